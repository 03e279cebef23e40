//! The sections of a data-gap page: what to do next, the request, the columns that an export needs, and the money.

use crate::check::upload::{Counts, Upload, Verdict};
use crate::facts::Facts;
use crate::finding::Finding;
use crate::kinds::data_gap::rules::{FIGURES, NEXT_ACTIONS, REQUIRED_COLUMNS, STATES};
use crate::lang::{Lang, Words, words};
use crate::view::pack::{Context, section, table};
use crate::view::page::{Block, Figure, Inline, Section, Table, Tone};
use crate::view::texts;

pub(super) fn sections(facts: &Facts, context: &Context<'_>) -> Vec<Section> {
    let lang = context.lang;
    vec![
        section("revenue", words("營收認列", "Revenue recognition").get(lang), revenue(facts, context)),
        section(
            "next-actions",
            words("下一步自動化規則", "Rules for the next action").get(lang),
            vec![next_actions(context)],
        ),
        section("uploads", words("上傳檔案", "Uploads").get(lang), uploads(facts, context)),
        section("columns", words("必要欄位", "Required columns").get(lang), vec![columns(context)]),
        section("states", words("請求狀態", "Request states").get(lang), vec![states(context)]),
    ]
}

/// Without an accepted import there is no figure, not even a zero.
fn revenue(facts: &Facts, context: &Context<'_>) -> Vec<Block> {
    let lang = context.lang;
    let figure = |(name, title, definition): &(&str, Words, Words)| Figure {
        label: texts::named(lang, title.get(lang), name),
        value: Inline::Unknown(texts::UNVERIFIED.get(lang).to_owned()),
        definition: definition.get(lang).to_owned(),
        source: "kolable_reconciliation_imports".to_owned(),
    };
    let readable = facts.uploads.values().flatten().any(|upload| upload.verdict == Verdict::Accepted);
    let note = if readable {
        words(
            "有檔案通過查核，但沒有任何匯入被紀錄為已接受，所以不印任何金額。",
            "A file passed its checks, but no import is recorded as accepted, so no amount is printed.",
        )
    } else {
        words(
            "沒有任何匯入經過查核並被接受，所以不印任何金額。",
            "No import was checked and accepted, so no amount is printed.",
        )
    };
    vec![Block::Note(Tone::Unknown, note.get(lang).to_owned()), Block::Figures(FIGURES.iter().map(figure).collect())]
}

fn next_actions(context: &Context<'_>) -> Block {
    let text = |words: Words| Inline::Text(words.get(context.lang).to_owned());
    let rows = NEXT_ACTIONS
        .iter()
        .map(|next| vec![Inline::Code(next.id.to_owned()), text(next.when), text(next.action), text(next.never)])
        .collect();
    let columns = [texts::RULE, texts::CONDITION, words("要做", "Do"), words("不得做", "Never")];
    table(context, words("由上而下，第一條成立的規則生效", "First rule that holds wins, from the top"), &columns, rows)
}

/// Most findings of one upload that the page shows; `proofpack check` lists them all.
const FINDINGS_SHOWN: usize = 50;

fn uploads(facts: &Facts, context: &Context<'_>) -> Vec<Block> {
    let lang = context.lang;
    if facts.uploads.is_empty() {
        let text = words("沒有收到任何檔案。", "No file was received.");
        return vec![Block::Note(Tone::Warn, text.get(lang).to_owned())];
    }
    let columns = [
        texts::FILE,
        texts::STATUS,
        words("缺少欄位", "Missing fields"),
        words("列", "Rows"),
        words("已付款", "Paid"),
        words("待付款", "Pending"),
        words("已退款", "Refunded"),
        words("重複", "Duplicate"),
    ];
    let rows = facts.uploads.iter().map(|(file, upload)| summary(file, upload.as_ref(), context)).collect();
    let mut blocks = vec![table(context, words("收到的檔案", "Files received"), &columns, rows)];
    for (file, upload) in &facts.uploads {
        blocks.extend(upload.as_ref().and_then(|upload| findings(file, upload, context)));
    }
    blocks
}

fn summary(file: &str, upload: Option<&Upload>, context: &Context<'_>) -> Vec<Inline> {
    let unknown = || Inline::Unknown(texts::NOT_CHECKED.get(context.lang).to_owned());
    let (verdict, missing) = match upload {
        Some(upload) => (verdict(upload), Inline::Text(upload.missing_fields.join(", "))),
        None => (unknown(), unknown()),
    };
    let mut row = vec![Inline::Code(file.to_owned()), verdict, missing];
    match upload.and_then(|upload| upload.counts) {
        Some(Counts { rows, paid, pending, refunded, duplicate }) => {
            row.extend([rows, paid, pending, refunded, duplicate].map(|count| Inline::Text(count.to_string())));
        }
        None => row.extend(std::iter::repeat_with(unknown).take(5)),
    }
    row
}

fn verdict(upload: &Upload) -> Inline {
    let tone = match upload.verdict {
        Verdict::Accepted => Tone::Good,
        Verdict::Partial => Tone::Warn,
        Verdict::SchemaFailed => Tone::Bad,
    };
    Inline::Tag(tone, upload.verdict.word().to_owned())
}

/// What is wrong with one upload, cell by cell.
fn findings(file: &str, upload: &Upload, context: &Context<'_>) -> Option<Block> {
    let (wrong, _) = upload.parts();
    if wrong.is_empty() {
        return None;
    }
    let lang = context.lang;
    let spot = |finding: &Finding| {
        let row = finding.place.row.map(|row| row.to_string());
        finding.place.cell.clone().or(row).unwrap_or_default()
    };
    let row = |finding: &&Finding| {
        vec![
            Inline::Text(spot(finding)),
            Inline::Code(finding.code.id.to_owned()),
            Inline::Text(finding.message.clone()),
            Inline::Text(finding.hint.clone()),
        ]
    };
    let columns =
        [words("儲存格或列", "Cell or row"), words("問題", "Finding"), texts::DESCRIPTION, words("怎麼改", "Mend")];
    let shown = wrong.len().min(FINDINGS_SHOWN);
    Some(Block::Table(Table {
        caption: match lang {
            Lang::ZhHant => format!("{file}：需要處理的問題（顯示 {shown} 項，共 {} 項）", wrong.len()),
            Lang::En => format!("{file}: what has to be looked at ({shown} of {} shown)", wrong.len()),
        },
        columns: columns.iter().map(|text| text.get(lang).to_owned()).collect(),
        rows: wrong.iter().take(FINDINGS_SHOWN).map(row).collect(),
        empty: Inline::Text(String::new()),
    }))
}

fn columns(context: &Context<'_>) -> Block {
    named(context, words("十個欄位缺一不可", "None of the ten may be missing"), texts::FIELD, REQUIRED_COLUMNS)
}

fn states(context: &Context<'_>) -> Block {
    named(
        context,
        words("資料請求依序經過的狀態", "The states that a data request goes through"),
        texts::STATUS,
        STATES,
    )
}

fn named(context: &Context<'_>, caption: Words, heading: Words, entries: &[(&str, Words)]) -> Block {
    let row = |(name, meaning): &(&str, Words)| {
        vec![Inline::Code((*name).to_owned()), Inline::Text(meaning.get(context.lang).to_owned())]
    };
    table(context, caption, &[heading, texts::DESCRIPTION], entries.iter().map(row).collect())
}
