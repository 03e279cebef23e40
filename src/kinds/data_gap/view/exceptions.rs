//! What is left to settle, with its owner, due time and age; the 28,000 orders; and what people decided.

use super::{owner, text};
use crate::kinds::Given;
use crate::kinds::data_gap::decisions::Outcome;
use crate::kinds::data_gap::orders::contract::Field;
use crate::kinds::data_gap::orders::status::Status;
use crate::kinds::data_gap::reconcile::{Exception, Reconciled};
use crate::kinds::data_gap::rules::{AGES, TRAINING_AMOUNT};
use crate::lang::{Lang, Words, words};
use crate::view::compose::table;
use crate::view::context::Context;
use crate::view::findings::{said, to_do};
use crate::view::page::{Block, Inline, Table, Tone};
use crate::view::texts;

/// Most exceptions that the page lists; `proofpack check` lists them all.
const SHOWN: usize = 100;

/// The exceptions, and how old they and the pending orders are.
pub(super) fn listed(reconciled: &Reconciled, given: &Given<'_>) -> Vec<Block> {
    let context = given.context;
    let lang = context.lang;
    if reconciled.current.is_none() && reconciled.exceptions.is_empty() {
        return vec![Block::Note(
            Tone::Unknown,
            words("沒有可讀的檔案，例外尚未查核。", "No file can be read; exceptions are not checked.")
                .get(lang)
                .to_owned(),
        )];
    }
    let mut blocks = Vec::new();
    if reconciled.exceptions.is_empty() {
        blocks.push(Block::Text(words("沒有待處理的例外。", "Nothing is left to settle.").get(lang).to_owned()));
    } else {
        let columns = [
            words("儲存格或列", "Cell or row"),
            words("問題", "Finding"),
            words("訂單", "Order"),
            texts::WHO,
            texts::DUE,
            words("天數", "Days"),
        ];
        let shown = reconciled.exceptions.len().min(SHOWN);
        blocks.push(Block::Listing(Table {
            caption: match lang {
                Lang::ZhHant => format!("需要處理的問題（顯示 {shown} 項，共 {} 項）", reconciled.exceptions.len()),
                Lang::En => format!("What has to be settled ({shown} of {} shown)", reconciled.exceptions.len()),
            },
            columns: columns.iter().map(|text| text.get(lang).to_owned()).collect(),
            rows: reconciled.exceptions.iter().take(SHOWN).map(|exception| row(exception, given)).collect(),
            empty: text(""),
        }));
    }
    blocks.extend(ages(reconciled, context));
    blocks
}

fn row(exception: &Exception, given: &Given<'_>) -> Vec<Inline> {
    let context = given.context;
    let lang = context.lang;
    let unknown = || Inline::Unknown(texts::UNKNOWN.get(lang).to_owned());
    let finding = &exception.finding;
    let due = match exception.due {
        Some(due) if due < context.now.timestamp() => Inline::Many(vec![
            text(format!("{} ", context.moment(due))),
            Inline::Tag(Tone::Bad, words("逾期", "overdue").get(lang).to_owned()),
        ]),
        Some(due) => text(context.moment(due)),
        None => text(texts::NO_DUE.get(lang)),
    };
    let mut what = vec![Inline::Code(finding.code.id.to_owned()), text("\n"), said(finding, lang)];
    if !finding.hint.is_empty() {
        what.extend([text("\n"), to_do(finding, lang)]);
    }
    vec![
        text(spot(exception, lang)),
        Inline::Many(what),
        exception.order_id.clone().map_or_else(|| text(""), Inline::Id),
        text(owner(given, exception.owner)),
        due,
        exception.age.map_or_else(unknown, |days| text(days.to_string())),
    ]
}

/// Where it is: the cell or row, of the settlement file when it is not about an order of the export.
fn spot(exception: &Exception, lang: Lang) -> String {
    let spot = &exception.spot;
    match lang {
        _ if !exception.is_about_settlement || exception.order_id.is_some() => spot.clone(),
        Lang::ZhHant => format!("結算檔 {spot}"),
        Lang::En => format!("settlement {spot}"),
    }
}

/// How many exceptions and pending orders there are of each class of age.
fn ages(reconciled: &Reconciled, context: &Context<'_>) -> Option<Block> {
    reconciled.current?;
    let lang = context.lang;
    let open: Vec<_> = reconciled.exceptions.iter().map(|exception| exception.age).collect();
    let pending = reconciled.pending_ages();
    if open.is_empty() && pending.is_empty() {
        return None;
    }
    let mut from = 0;
    let mut rows = Vec::new();
    let mut class = |name: String, is_in: &dyn Fn(Option<i32>) -> bool| {
        let count = |ages: &[Option<i32>]| text(ages.iter().filter(|age| is_in(**age)).count().to_string());
        rows.push(vec![text(name), count(&open), count(&pending)]);
    };
    for to in AGES {
        let first = from;
        let name = match lang {
            Lang::ZhHant => format!("{first}–{to} 天"),
            Lang::En => format!("{first}–{to} days"),
        };
        class(name, &|age| age.is_some_and(|age| (first..=*to).contains(&age)));
        from = to + 1;
    }
    let name = match lang {
        Lang::ZhHant => format!("超過 {} 天", from - 1),
        Lang::En => format!("more than {} days", from - 1),
    };
    class(name, &|age| age.is_some_and(|age| age >= from));
    class(words("下單時間不明", "day of the order unknown").get(lang).to_owned(), &|age| age.is_none());
    let caption = words("自下單起的天數", "Days since the order was made");
    let columns = [words("天數", "Age"), words("例外", "Exceptions"), words("待付款訂單", "Pending orders")];
    Some(table(context, caption, &columns, rows))
}

/// The 28,000 orders: what became of each, and who resolves the others.
pub(super) fn training(reconciled: &Reconciled, given: &Given<'_>) -> Vec<Block> {
    let context = given.context;
    let lang = context.lang;
    let name = owner(given, "verification_owner");
    let Some(said) = &reconciled.decisions.training else {
        let note = match lang {
            Lang::ZhHant => format!("沒有 training_orders，28,000 訂單的結果尚未查核。由 {name} 逐筆確認並附證據。"),
            Lang::En => format!(
                "training_orders is not given, so what became of the 28,000 orders is not checked. {name} resolves them with evidence."
            ),
        };
        return vec![Block::Note(Tone::Unknown, note)];
    };
    let ledger = reconciled.orders.as_ref().map(|(ledger, _)| ledger);
    let exported = ledger
        .into_iter()
        .flat_map(|ledger| ledger.orders.iter().map(move |order| (ledger.shown_id(order).unwrap_or_default(), order)));
    let unlisted: Vec<_> = exported
        .filter(|(id, order)| order.amount == Some(TRAINING_AMOUNT) && !said.contains_key(*id))
        .map(|(id, order)| (id, order.status))
        .collect();
    let status_of = |id: &str| {
        let ledger = ledger?;
        ledger.orders.iter().find(|order| ledger.text(order, Field::OrderId) == id)?.status
    };
    let cell =
        |status: Option<Status>| status.map_or_else(|| text(""), |status| Inline::Code(status.word().to_owned()));
    let mut rows = Vec::new();
    for (id, said) in said {
        rows.push(vec![
            Inline::Id(id.clone()),
            tag(said.outcome),
            cell(status_of(id)),
            text(said.by.clone()),
            text(context.moment(said.at)),
            text(said.evidence.clone()),
        ]);
    }
    for (id, status) in unlisted {
        let who = text(name);
        rows.push(vec![Inline::Id(id.to_owned()), tag(Outcome::Unresolved), cell(status), who, text(""), text("")]);
    }
    let columns = [
        words("訂單", "Order"),
        words("結果", "Outcome"),
        words("匯出檔狀態", "Status in the export"),
        texts::WHO,
        words("填寫時間", "Written"),
        texts::EVIDENCE,
    ];
    let count = |outcome: Outcome| rows.iter().filter(|row| is_tag(&row[1], outcome)).count();
    let counts = Outcome::ALL.map(|outcome| format!("{} {}", outcome.word(), count(outcome)));
    let total = Block::Text(counts.join(texts::separator(lang)));
    let caption = words(
        "逐筆結果；unresolved 的已付款訂單不認列",
        "Order by order; a paid one that is unresolved recognises nothing",
    );
    vec![total, table(context, caption, &columns, rows)]
}

fn tag(outcome: Outcome) -> Inline {
    let tone = if outcome == Outcome::Unresolved { Tone::Bad } else { Tone::Good };
    Inline::Tag(tone, outcome.word().to_owned())
}

fn is_tag(cell: &Inline, outcome: Outcome) -> bool {
    matches!(cell, Inline::Tag(_, word) if word == outcome.word())
}

/// What people decided about orders; nothing when there is no decision.
pub(super) fn decided(reconciled: &Reconciled, context: &Context<'_>) -> Vec<Block> {
    let lang = context.lang;
    if reconciled.decisions.orders.is_empty() {
        return Vec::new();
    }
    let used = reconciled.orders.as_ref().map(|(_, classified)| &classified.decided);
    let rows = reconciled.decisions.orders.iter().map(|((order_id, subject), decision)| {
        let is_used = used.is_some_and(|used| used.contains(&decision.place));
        let word: Words = if decision.keep { words("採計", "counts") } else { words("排除", "left out") };
        let tone = if decision.keep { Tone::Good } else { Tone::Warn };
        let effect = if is_used { words("生效", "in effect") } else { words("目前用不到", "not needed now") };
        vec![
            Inline::Id(order_id.clone()),
            Inline::Code(subject.clone()),
            Inline::Tag(tone, word.get(lang).to_owned()),
            text(effect.get(lang)),
            text(decision.by.clone()),
            text(context.moment(decision.at)),
            text(decision.evidence.clone()),
        ]
    });
    let columns = [
        words("訂單", "Order"),
        words("事由", "Reason"),
        texts::DECISION,
        texts::STATUS,
        texts::WHO,
        words("時間", "When"),
        texts::EVIDENCE,
    ];
    let caption = words("同一訂單同一事由，以最晚的決定為準", "Of several about one order and reason the latest holds");
    vec![table(context, caption, &columns, rows.collect())]
}
