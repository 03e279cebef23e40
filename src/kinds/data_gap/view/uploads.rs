//! What was received: every file with its verdict and what it is taken for, and how the current export differs from the
//! last accepted one.

use super::{owner, text};
use crate::check::upload::{Counts, Verdict};
use crate::kinds::Given;
use crate::kinds::data_gap::reconcile::{Compared, Reconciled, Role, Sent};
use crate::kinds::data_gap::view::money::twd;
use crate::lang::{Lang, words};
use crate::view::compose::table;
use crate::view::context::Context;
use crate::view::page::{Block, Inline, Tone};
use crate::view::texts;

/// Most orders of one sort that the comparison lists.
const ORDERS_SHOWN: usize = 50;

/// Every file received, in order.
pub(super) fn received(reconciled: &Reconciled, given: &Given<'_>) -> Vec<Block> {
    let context = given.context;
    let lang = context.lang;
    if reconciled.sent.is_empty() {
        let text = words("沒有收到任何檔案。", "No file was received.");
        return vec![Block::Note(Tone::Warn, text.get(lang).to_owned())];
    }
    let columns = [
        texts::FILE,
        words("查核結果", "Verdict"),
        words("用途", "Taken for"),
        words("收到", "Received"),
        words("缺少欄位", "Missing fields"),
        words("問題", "Findings"),
    ];
    let rows = reconciled.sent.iter().map(|sent| summary(sent, reconciled, given)).collect();
    let mut blocks = vec![table(context, words("收到的檔案，依收到順序", "Files received, in order"), &columns, rows)];
    let readable: Vec<_> = reconciled.sent.iter().filter_map(|sent| Some((sent, sent.upload.counts?))).collect();
    if !readable.is_empty() {
        let columns = [
            texts::FILE,
            words("列", "Rows"),
            words("已付款", "Paid"),
            words("待付款", "Pending"),
            words("已退款", "Refunded"),
            words("重複", "Duplicate"),
        ];
        let row = |(sent, counts): (&Sent, Counts)| {
            let Counts { rows, paid, pending, refunded, duplicate } = counts;
            let counts = [rows, paid, pending, refunded, duplicate].map(|count| text(count.to_string()));
            std::iter::once(Inline::Code(file_name(sent).to_owned())).chain(counts).collect()
        };
        let rows = readable.into_iter().map(row).collect();
        blocks.push(table(context, words("可讀檔案的列數", "Rows of the files that can be read"), &columns, rows));
    }
    let note = words(
        "最後一個讀得出來的匯出檔為準；讀不出來的檔案不取代它。",
        "The last export that can be read counts; a file that cannot be read replaces nothing.",
    );
    blocks.push(Block::Text(note.get(lang).to_owned()));
    blocks
}

fn file_name(sent: &Sent) -> &str {
    sent.name.rsplit('/').next().unwrap_or(&sent.name)
}

fn summary(sent: &Sent, reconciled: &Reconciled, given: &Given<'_>) -> Vec<Inline> {
    let context = given.context;
    let lang = context.lang;
    let upload = &sent.upload;
    let is_used_settlement =
        reconciled.settlement.as_ref().is_some_and(|settlement| settlement.path.ends_with(&sent.name));
    let is_settlement = sent.role == Role::Settlement || is_used_settlement;
    let verdict = match upload.verdict {
        _ if is_settlement => text(words("結算檔", "settlement file").get(lang)),
        Verdict::Accepted => Inline::Tag(Tone::Good, upload.verdict.word().to_owned()),
        Verdict::Partial => Inline::Tag(Tone::Warn, upload.verdict.word().to_owned()),
        Verdict::SchemaFailed => Inline::Tag(Tone::Bad, upload.verdict.word().to_owned()),
    };
    let role = match sent.role {
        Role::Current => Inline::Tag(Tone::Info, words("目前檔案", "current").get(lang).to_owned()),
        Role::Superseded => text(words("已被取代", "superseded").get(lang)),
        Role::Refused => text(words("退回", "sent back").get(lang)),
        Role::Settlement => text(words("比對撥款", "matching payouts").get(lang)),
        Role::Unlisted => {
            Inline::Tag(Tone::Bad, words("未登錄，不採用", "not recorded, not used").get(lang).to_owned())
        }
    };
    let received = match &sent.received {
        Some((at, who)) => text(format!("{} {who}", context.moment(*at))),
        None => text(owner(given, "data_owner")),
    };
    let (wrong, _) = upload.parts();
    let missing = upload.missing_fields.join(", ");
    let wrong = if is_settlement { String::new() } else { wrong.len().to_string() };
    vec![Inline::Code(file_name(sent).to_owned()), verdict, role, received, text(missing), text(wrong)]
}

/// How the current export differs from the last accepted one before it; nothing when there is none.
pub(super) fn compared(reconciled: &Reconciled, context: &Context<'_>) -> Vec<Block> {
    let lang = context.lang;
    let Some(Compared { with, comparison, recognised_before }) = &reconciled.comparison else { return Vec::new() };
    let (added, removed, changed) = (comparison.added.len(), comparison.removed.len(), comparison.changed.len());
    let intro = match lang {
        Lang::ZhHant => format!(
            "與上一個已接受的 {with} 比較：新增 {added} 筆、移除 {removed} 筆、變更 {changed} 筆、相同 {} 筆。只列欄位名稱，不列內容。",
            comparison.same
        ),
        Lang::En => format!(
            "Compared with {with}, the last one that was accepted: {added} added, {removed} removed, {changed} changed, {} the same. Names of columns are told, not their contents.",
            comparison.same
        ),
    };
    let mut blocks = vec![Block::Text(intro)];
    match (recognised_before, &reconciled.money) {
        (Some(before), Some(money)) => {
            let after = money.sums.recognised;
            let difference = after - before;
            let sign = if difference >= 0 { "+" } else { "\u{2212}" };
            let (before, after, by) = (twd(*before), twd(after), twd(difference.abs()));
            blocks.push(Block::Text(match lang {
                Lang::ZhHant => format!("認列營收由 {before} 變為 {after}（{sign}{by}）。"),
                Lang::En => format!("Recognised revenue went from {before} to {after} ({sign}{by})."),
            }));
        }
        _ => blocks.push(Block::Note(
            Tone::Unknown,
            words(
                "對金額的影響未經驗證：目前檔案尚未被接受。",
                "What it means in money is unverified: the current file is not accepted.",
            )
            .get(lang)
            .to_owned(),
        )),
    }
    let sort = |tone, words: crate::lang::Words| Inline::Tag(tone, words.get(lang).to_owned());
    let mut rows = Vec::new();
    let whole = |id: &String, sort| vec![Inline::Code(id.clone()), sort, text(""), text("")];
    for id in comparison.added.iter().take(ORDERS_SHOWN) {
        rows.push(whole(id, sort(Tone::Good, words("新增", "added"))));
    }
    for id in comparison.removed.iter().take(ORDERS_SHOWN) {
        rows.push(whole(id, sort(Tone::Bad, words("移除", "removed"))));
    }
    for change in comparison.changed.iter().take(ORDERS_SHOWN) {
        let fields = match change.fields.as_slice() {
            [] => words("列數不同", "another number of rows").get(lang).to_owned(),
            fields => fields.join(", "),
        };
        let status = change.status.map(|(before, after)| format!("{} → {}", before.word(), after.word()));
        let changed = sort(Tone::Warn, words("變更", "changed"));
        rows.push(vec![Inline::Code(change.order_id.clone()), changed, text(fields), text(status.unwrap_or_default())]);
    }
    if !rows.is_empty() {
        let columns = [
            words("訂單", "Order"),
            words("差異", "Difference"),
            words("欄位", "Columns"),
            words("狀態變化", "Status"),
        ];
        let caption = words("逐筆差異", "Order by order");
        blocks.push(table(context, caption, &columns, rows));
        let most = added.max(removed).max(changed);
        if most > ORDERS_SHOWN {
            blocks.push(Block::Text(match lang {
                Lang::ZhHant => format!("每種差異最多列出 {ORDERS_SHOWN} 筆。"),
                Lang::En => format!("Of each sort at most {ORDERS_SHOWN} are listed."),
            }));
        }
    }
    blocks
}
