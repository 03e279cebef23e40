//! The appendices that are generated from what is enforced: the data model from the schemas that check records, the
//! acceptance cases as they were just run, the claims with their status.

use crate::check::export::Export;
use crate::check::field::Field;
use crate::check::schema::TableSchema;
use crate::claims::Judged;
use crate::documents::acceptance::Trial;
use crate::lang::{Lang, Words};
use crate::view::claims::claimed;
use crate::view::compose::{english, headings, not_given, prose, section};
use crate::view::context::Context;
use crate::view::page::{Block, Fact, Inline, Section, Table, Tone};
use crate::view::{exports, texts};

/// The sections of a generated appendix, after a word about revenue that nothing proves: whoever reads one appendix alone
/// has to know it.
pub fn appendix(mut sections: Vec<Section>, is_revenue_unverified: bool, lang: Lang) -> Vec<Section> {
    if is_revenue_unverified {
        let note = Block::Note(Tone::Unknown, texts::REVENUE_UNVERIFIED.get(lang).to_owned());
        sections.insert(0, section("revenue-unverified", texts::REVENUE.get(lang), vec![note]));
    }
    sections
}

/// `data-model.md`: every record table that the kind checks and every export that it reads, field by field.
pub fn data_model(schemas: &[TableSchema], exports: &[Export], lang: Lang) -> Vec<Section> {
    let table = |schema: &TableSchema| {
        let key: Vec<_> = schema.primary_key.iter().map(|at| schema.fields[*at].name.clone()).collect();
        let rows = schema
            .fields
            .iter()
            .map(|field| {
                vec![
                    Inline::Code(field.name.clone()),
                    field_type(field, lang),
                    Inline::Text(if field.required { texts::YES.get(lang) } else { texts::NO.get(lang) }.to_owned()),
                    prose(field.description(lang)),
                ]
            })
            .collect();
        let table = Table {
            caption: texts::primary_key(lang, &key),
            columns: headings(&[texts::FIELD, texts::TYPE, texts::REQUIRED, texts::DESCRIPTION], lang),
            rows,
            empty: Inline::Text(String::new()),
        };
        let title = texts::named(lang, schema.title.get(lang), &schema.name);
        section(&schema.name, &title, vec![Block::Markdown(schema.description(lang).to_owned()), Block::Table(table)])
    };
    schemas.iter().map(table).chain(exports::data_model(exports, lang)).collect()
}

/// What a field may hold: its type, or the words that have a meaning.
fn field_type(field: &Field, lang: Lang) -> Inline {
    if !field.words.is_empty() {
        let mut parts = vec![Inline::Text(texts::ONE_OF.get(lang).to_owned())];
        for word in &field.words {
            if parts.len() > 1 {
                parts.push(Inline::Text(texts::separator(lang).to_owned()));
            }
            parts.push(Inline::Code(word.clone()));
        }
        return Inline::Many(parts);
    }
    Inline::Code(field.kind.word().to_owned())
}

/// `acceptance-tests.md`: every case with what was given, expected and observed when it was run. `None` when the pack has
/// no cases, which is not the same as an empty list.
pub fn acceptance(trials: Option<&[Trial<'_>]>, lang: Lang) -> Vec<Section> {
    let title = texts::CASES.get(lang);
    let Some(trials) = trials else { return vec![not_given("cases", title, lang)] };
    let result = |trial: &Trial<'_>| {
        let (tone, word) = if trial.passed() { (Tone::Good, texts::PASS) } else { (Tone::Bad, texts::FAIL) };
        Inline::Tag(tone, word.get(lang).to_owned())
    };
    let row = |trial: &Trial<'_>| {
        let (id, rule) = (Inline::Code(trial.case.id.clone()), Inline::Code(trial.case.rule.clone()));
        vec![id, result(trial), Inline::Text(trial.case.title.clone()), rule]
    };
    let passed = trials.iter().filter(|trial| trial.passed()).count();
    let overview = Table {
        caption: texts::cases_passed(lang, passed, trials.len()),
        columns: headings(&[texts::CASE, texts::RESULT, texts::DESCRIPTION, texts::DECISION], lang),
        rows: trials.iter().map(row).collect(),
        empty: Inline::Text(texts::NONE.get(lang).to_owned()),
    };
    let case = |trial: &Trial<'_>| {
        let case = trial.case;
        let json = |value: &serde_json::Value| Block::Code(format!("{value:#}"));
        let fact = |label: Words, value: Inline| Fact { label: label.get(lang).to_owned(), value };
        let mut blocks = vec![
            Block::Facts(vec![
                fact(texts::CASE, Inline::Code(case.id.clone())),
                fact(texts::DECISION, Inline::Code(case.rule.clone())),
                fact(texts::RESULT, result(trial)),
            ]),
            Block::Heading(texts::GIVEN.get(lang).to_owned()),
            json(&case.given.to_json()),
            Block::Heading(texts::EXPECTED.get(lang).to_owned()),
            json(&case.expect.to_json()),
            Block::Heading(texts::OBSERVED.get(lang).to_owned()),
            trial
                .observed
                .as_ref()
                .map_or_else(|| Block::Note(Tone::Bad, texts::NOTHING_DECIDED.get(lang).to_owned()), json),
        ];
        if !trial.findings.is_empty() {
            blocks.push(Block::List(trial.findings.iter().map(|found| english(&found.message)).collect()));
        }
        section(&case.id, &case.title, blocks)
    };
    let overview = section("cases", title, vec![Block::Table(overview)]);
    std::iter::once(overview).chain(trials.iter().map(case)).collect()
}

/// `artifact-url-or-pr.md`: what may be said about the outside, with the status of each claim.
pub fn claims_document(judged: Option<&[Judged<'_>]>, context: &Context<'_>) -> Vec<Section> {
    let lang = context.lang;
    let publication = Block::Note(Tone::Unknown, texts::PUBLICATION_UNPROVEN.get(lang).to_owned());
    vec![section("publication", texts::PUBLICATION.get(lang), vec![publication]), claimed(judged, context)]
}
