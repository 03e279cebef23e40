//! The sections of a data-gap page: what to do next, the request, the columns that an export needs, and the money.

use crate::facts::Facts;
use crate::kinds::data_gap::rules::{FIGURES, NEXT_ACTIONS, REQUIRED_COLUMNS, STATES};
use crate::lang::{Words, words};
use crate::view::pack::{Context, section};
use crate::view::page::{Block, Figure, Inline, Section, Table, Tone};
use crate::view::texts;

pub(super) fn sections(facts: &Facts, context: &Context<'_>) -> Vec<Section> {
    let lang = context.lang;
    vec![
        section("revenue", words("營收認列", "Revenue recognition").get(lang), revenue(context)),
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

fn table(context: &Context<'_>, caption: Words, columns: &[Words], rows: Vec<Vec<Inline>>) -> Block {
    let lang = context.lang;
    Block::Table(Table {
        caption: caption.get(lang).to_owned(),
        columns: columns.iter().map(|text| text.get(lang).to_owned()).collect(),
        rows,
        empty: Inline::Text(String::new()),
    })
}

/// Without an accepted import there is no figure, not even a zero.
fn revenue(context: &Context<'_>) -> Vec<Block> {
    let lang = context.lang;
    let figure = |(name, title, definition): &(&str, Words, Words)| Figure {
        label: texts::named(lang, title.get(lang), name),
        value: Inline::Unknown(texts::UNVERIFIED.get(lang).to_owned()),
        definition: definition.get(lang).to_owned(),
        source: "kolable_reconciliation_imports".to_owned(),
    };
    let note = words(
        "沒有任何匯入經過查核並被接受，所以不印任何金額。",
        "No import was checked and accepted, so no amount is printed.",
    );
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

fn uploads(facts: &Facts, context: &Context<'_>) -> Vec<Block> {
    let lang = context.lang;
    if facts.uploads.is_empty() {
        let text = words("沒有收到任何檔案。", "No file was received.");
        return vec![Block::Note(Tone::Warn, text.get(lang).to_owned())];
    }
    let rows = facts
        .uploads
        .iter()
        .map(|file| vec![Inline::Code(file.clone()), Inline::Unknown(texts::NOT_CHECKED.get(lang).to_owned())])
        .collect();
    vec![table(context, words("收到的檔案", "Files received"), &[texts::FILE, texts::STATUS], rows)]
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
