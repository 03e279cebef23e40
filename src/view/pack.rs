//! The pages and documents that every pack has, whatever its kind: its primary page around the sections of its kind,
//! and the appendices that are generated from what is enforced.

use jiff::Timestamp;
use jiff::tz::TimeZone;

use crate::bundle::{ACCEPTANCE, CLAIMS, DATA_MODEL, DECISION, MEMORY, REPORT_HTML};
use crate::check::schema::{Field, FieldKind, TableSchema};
use crate::check::table::Records;
use crate::clock::{self, Now};
use crate::facts::Facts;
use crate::finding::{self, Finding, Severity};
use crate::lang::Lang;
use crate::view::page::{Block, Fact, Inline, NextStep, Page, Section, Stage, Table, Tone, Verdict};
use crate::view::texts;

/// Most rows of one record table that a page shows; the file has the rest.
const ROWS_SHOWN: usize = 100;

/// What every page needs to know beside its facts.
#[derive(Clone, Copy, Debug)]
pub struct Context<'a> {
    /// Language of the page.
    pub lang: Lang,
    /// Time zone in which times are shown.
    pub zone: &'a TimeZone,
    /// As of when.
    pub now: &'a Now,
    /// Title of the workspace.
    pub workspace: &'a str,
}

impl Context<'_> {
    /// A moment as people read it, in the workspace's time zone.
    pub fn moment(&self, moment: Timestamp) -> String {
        moment.to_zoned(self.zone.clone()).strftime("%Y-%m-%d %H:%M").to_string()
    }
}

/// What the primary page of a pack is composed from.
#[derive(Clone, Copy, Debug)]
pub struct Parts<'a> {
    /// What the pack's files say.
    pub facts: &'a Facts,
    /// What people call its kind.
    pub kind: &'a str,
    /// Schemas of the kind's record tables.
    pub schemas: &'a [TableSchema],
    /// What was found while reading the pack.
    pub findings: &'a [Finding],
}

/// The primary page: the common head, the sections of the kind, then what every pack has.
pub fn primary(parts: Parts<'_>, own: Vec<Section>, context: &Context<'_>) -> Page {
    let pack = &parts.facts.pack;
    let lang = context.lang;
    let mut sections = own;
    sections.push(milestones(parts.facts, lang));
    sections.extend(document(parts.facts, "people-sync.md", "people-sync", texts::PEOPLE_SYNC.get(lang)));
    sections.extend(document(parts.facts, "production-brief.md", "production-brief", texts::BRIEF.get(lang)));
    sections.push(records(parts, context));
    sections.push(decision(parts.facts, lang));
    sections.push(learning(parts.facts, lang));
    sections.push(claims(parts.facts, lang));
    sections.push(findings(parts.findings, lang));
    sections.push(documents(parts.facts, lang));
    Page {
        lang,
        title: pack.title.clone(),
        eyebrow: [context.workspace, parts.kind].join(" · "),
        lead: pack.summary.clone(),
        verdict: verdict(parts, lang),
        next: next_steps(parts.facts, context),
        facts: head(parts.facts, context),
        sections,
        footer: footer(context),
    }
}

/// The lines under every page.
pub fn footer(context: &Context<'_>) -> Vec<String> {
    let tool = concat!(env!("CARGO_PKG_NAME"), " ", env!("CARGO_PKG_VERSION"));
    vec![
        texts::as_of(context.lang, &clock::rfc3339(context.now.timestamp(), context.zone)),
        texts::generated_by(context.lang, tool),
    ]
}

/// What the reading of the pack's own files amounts to. What follows from them is not part of it.
fn verdict(parts: Parts<'_>, lang: Lang) -> Verdict {
    let count = |severity| finding::count(parts.findings, severity);
    let (errors, warnings) = (count(Severity::Error), count(Severity::Warning));
    let (tone, word) = match (errors, warnings) {
        (0, 0) => (Tone::Unknown, texts::DECISION_NOT_CHECKED),
        (0, _) => (Tone::Warn, texts::INPUTS_DOUBTFUL),
        _ => (Tone::Bad, texts::INPUTS_WRONG),
    };
    let rows = parts.facts.tables.values().map(|table| table.records.len()).sum();
    let text = texts::inputs_read(
        lang,
        parts.facts.tables.len(),
        rows,
        &texts::findings(lang, errors, warnings, count(Severity::Notice)),
    );
    Verdict { tone, word: word.get(lang).to_owned(), text }
}

fn next_steps(facts: &Facts, context: &Context<'_>) -> Vec<NextStep> {
    let step = |step: &crate::documents::pack::Step| NextStep {
        what: step.what.clone(),
        who: step.who.clone(),
        due: step.due.map(|due| context.moment(due)),
    };
    facts.pack.next.iter().map(step).collect()
}

fn head(facts: &Facts, context: &Context<'_>) -> Vec<Fact> {
    let pack = &facts.pack;
    let lang = context.lang;
    let text = |value: String| Inline::Text(value);
    let owners = |(responsibility, name): &(String, String)| Fact {
        label: texts::responsibility(lang, responsibility),
        value: text(name.clone()),
    };
    let mut head: Vec<Fact> = pack.owners.iter().map(owners).collect();
    let mut fact =
        |label: &str, value: Option<Inline>| head.extend(value.map(|value| Fact { label: label.to_owned(), value }));
    fact(texts::DUE.get(lang), pack.due.map(|due| text(context.moment(due))));
    fact(
        texts::WINDOW.get(lang),
        pack.window.map(|(from, to)| text(texts::days(lang, &from.to_string(), &to.to_string()))),
    );
    let code = |value: &Option<String>| value.clone().map(Inline::Code);
    fact(texts::TOPIC.get(lang), code(&pack.topic));
    fact(texts::JOB.get(lang), Some(Inline::Code(pack.job_id.clone())));
    fact(texts::PROJECT.get(lang), code(&pack.project_id));
    fact(texts::AI_NATIVE_PROJECT.get(lang), code(&pack.ai_native_project_id));
    fact(texts::ACTION_ITEM.get(lang), code(&pack.action_item_id));
    fact(
        texts::E2E_VERIFICATION.get(lang),
        Some(Inline::Link { href: REPORT_HTML.to_owned(), text: REPORT_HTML.to_owned() }),
    );
    head
}

fn milestones(facts: &Facts, lang: Lang) -> Section {
    let stages = ["D1", "D7", "D14", "D30"].iter().zip(&facts.pack.milestones);
    let stages =
        stages.map(|(name, text)| Stage { name: (*name).to_owned(), text: text.clone(), state: None }).collect();
    section("milestones", texts::MILESTONES.get(lang), vec![Block::Stages(stages)])
}

/// An authored document as a section, when the pack has it.
fn document(facts: &Facts, name: &str, id: &str, title: &str) -> Option<Section> {
    let text = facts.documents.get(name)?;
    Some(section(id, title, vec![Block::Markdown(text.clone())]))
}

/// A section of a page.
pub fn section(id: &str, title: &str, blocks: Vec<Block>) -> Section {
    Section { id: id.to_owned(), title: title.to_owned(), blocks }
}

fn records(parts: Parts<'_>, context: &Context<'_>) -> Section {
    let lang = context.lang;
    let mut blocks = Vec::new();
    let mut absent = Vec::new();
    for schema in parts.schemas {
        match parts.facts.tables.get(&schema.name) {
            Some(records) => blocks.extend(record_table(schema, records, context)),
            None => absent.push(schema),
        }
    }
    if !absent.is_empty() {
        let rows = absent
            .iter()
            .map(|schema| {
                vec![
                    Inline::Code(schema.name.clone()),
                    Inline::Text(schema.title.get(lang).to_owned()),
                    Inline::Unknown(texts::NOT_GIVEN.get(lang).to_owned()),
                ]
            })
            .collect();
        blocks.push(Block::Table(Table {
            caption: texts::ABSENT_TABLES.get(lang).to_owned(),
            columns: [texts::TABLE, texts::DESCRIPTION, texts::STATUS]
                .iter()
                .map(|text| text.get(lang).to_owned())
                .collect(),
            rows,
            empty: Inline::Text(String::new()),
        }));
    }
    section("records", texts::RECORDS.get(lang), blocks)
}

fn record_table(schema: &TableSchema, records: &Records, context: &Context<'_>) -> Vec<Block> {
    let lang = context.lang;
    let show = |value: &Option<crate::check::table::Fact>| match value {
        Some(fact) => Inline::Text(fact.show()),
        None => Inline::Text(String::new()),
    };
    let rows: Vec<Vec<Inline>> =
        records.records.iter().take(ROWS_SHOWN).map(|record| record.values.iter().map(show).collect()).collect();
    let file = records.file.rsplit('/').next().unwrap_or(&records.file);
    let caption = texts::record_table(lang, schema.title.get(lang), &schema.name, file, records.records.len());
    let mut blocks = vec![Block::Table(Table {
        caption,
        columns: schema.fields.iter().map(|field| field.name.clone()).collect(),
        rows,
        empty: Inline::Text(texts::NO_ROWS.get(lang).to_owned()),
    })];
    if records.records.len() > ROWS_SHOWN {
        blocks.push(Block::Note(Tone::Info, texts::rows_not_shown(lang, records.records.len() - ROWS_SHOWN, file)));
    }
    if records.rows_read > records.records.len() {
        blocks.push(Block::Note(Tone::Bad, texts::rows_refused(lang, records.rows_read - records.records.len(), file)));
    }
    blocks
}

fn decision(facts: &Facts, lang: Lang) -> Section {
    let title = texts::DECISION_RECORD.get(lang);
    let Some(record) = &facts.decision else {
        return section(
            "decision-record",
            title,
            vec![Block::Note(Tone::Unknown, texts::NOT_GIVEN.get(lang).to_owned())],
        );
    };
    let unknown = || Inline::Unknown(texts::UNKNOWN.get(lang).to_owned());
    let status = record.status.map_or_else(unknown, |status| Inline::Code(status.word().to_owned()));
    let mut blocks =
        vec![Block::Facts(vec![Fact { label: texts::ADOPTION_STATUS.get(lang).to_owned(), value: status }])];
    blocks.extend(facts.documents.get(DECISION).map(|text| Block::Markdown(text.clone())));
    section("decision-record", title, blocks)
}

fn learning(facts: &Facts, lang: Lang) -> Section {
    let title = texts::LEARNING_MEMORY.get(lang);
    let Some(memory) = &facts.memory else {
        return section(
            "learning-memory",
            title,
            vec![Block::Note(Tone::Unknown, texts::NOT_GIVEN.get(lang).to_owned())],
        );
    };
    let parts = [
        (texts::LESSONS, &memory.lessons),
        (texts::DO_NOT_REPEAT, &memory.do_not_repeat),
        (texts::NEXT_CHECKS, &memory.next_checks),
        (texts::MARKET_CONTEXT, &memory.market_context),
    ];
    let mut rows: Vec<Vec<Inline>> = Vec::new();
    for (name, items) in parts {
        for item in items {
            rows.push(vec![Inline::Text(name.get(lang).to_owned()), Inline::Text(item.clone())]);
        }
    }
    if let Some(priority) = &memory.next_priority {
        rows.push(vec![Inline::Text(texts::NEXT_PRIORITY.get(lang).to_owned()), Inline::Text(priority.clone())]);
    }
    let table = Table {
        caption: texts::from_file(lang, MEMORY),
        columns: vec![texts::PART.get(lang).to_owned(), texts::MESSAGE.get(lang).to_owned()],
        rows,
        empty: Inline::Text(texts::NONE.get(lang).to_owned()),
    };
    section("learning-memory", title, vec![Block::Table(table)])
}

fn findings(findings: &[Finding], lang: Lang) -> Section {
    let rows = findings
        .iter()
        .map(|finding| {
            let (tone, word) = match finding.severity {
                Severity::Error => (Tone::Bad, texts::ERROR),
                Severity::Warning => (Tone::Warn, texts::WARNING),
                Severity::Notice => (Tone::Info, texts::NOTICE),
            };
            vec![
                Inline::Tag(tone, word.get(lang).to_owned()),
                Inline::Text(finding.code.title.get(lang).to_owned()),
                Inline::Code(finding.place.to_string()),
                Inline::Text(finding.message.clone()),
                Inline::Text(finding.hint.clone()),
            ]
        })
        .collect();
    let columns = [texts::SEVERITY, texts::CODE, texts::PLACE, texts::MESSAGE, texts::HINT];
    let table = Table {
        caption: texts::FINDINGS.get(lang).to_owned(),
        columns: columns.iter().map(|text| text.get(lang).to_owned()).collect(),
        rows,
        empty: Inline::Text(texts::NO_FINDINGS.get(lang).to_owned()),
    };
    section("findings", texts::FINDINGS.get(lang), vec![Block::Table(table)])
}

fn documents(facts: &Facts, lang: Lang) -> Section {
    let link = |name: &str| Inline::Link { href: name.to_owned(), text: name.to_owned() };
    let row = |name: &str, origin: &str| vec![link(name), Inline::Text(origin.to_owned())];
    let authored = texts::AUTHORED.get(lang);
    let generated = texts::GENERATED.get(lang);
    let mut rows: Vec<_> = facts.documents.keys().map(|name| row(name, authored)).collect();
    rows.extend(facts.memory.iter().map(|_| row(MEMORY, authored)));
    rows.extend([DATA_MODEL, ACCEPTANCE, CLAIMS, REPORT_HTML].map(|name| row(name, generated)));
    let table = Table {
        caption: texts::ARTIFACTS.get(lang).to_owned(),
        columns: vec![texts::FILE.get(lang).to_owned(), texts::ORIGIN.get(lang).to_owned()],
        rows,
        empty: Inline::Text(String::new()),
    };
    section("documents", texts::DOCUMENTS.get(lang), vec![Block::Table(table)])
}

/// Claims with their status. It is computed from evidence; until something computes it, it is not checked.
fn claims(facts: &Facts, lang: Lang) -> Section {
    let title = texts::CLAIMS.get(lang);
    let Some(claims) = &facts.claims else {
        return section("claims", title, vec![Block::Note(Tone::Unknown, texts::NOT_GIVEN.get(lang).to_owned())]);
    };
    let rows = claims
        .iter()
        .map(|claim| {
            vec![
                Inline::Code(claim.id.clone()),
                Inline::Unknown(texts::NOT_CHECKED.get(lang).to_owned()),
                Inline::Code(claim.kind.word().to_owned()),
                Inline::Text(claim.statement.clone()),
                Inline::Text(texts::count(lang, claim.evidence.len())),
            ]
        })
        .collect();
    let columns = [texts::CLAIM, texts::STATUS, texts::CLAIM_KIND, texts::STATEMENT, texts::EVIDENCE];
    let table = Table {
        caption: texts::CLAIMS_CAPTION.get(lang).to_owned(),
        columns: columns.iter().map(|text| text.get(lang).to_owned()).collect(),
        rows,
        empty: Inline::Text(texts::NONE.get(lang).to_owned()),
    };
    section("claims", title, vec![Block::Table(table)])
}

/// `data-model.md`: every record table that the kind checks, field by field.
pub fn data_model(schemas: &[TableSchema], lang: Lang) -> Vec<Section> {
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
                    Inline::Text(field.description(lang).to_owned()),
                ]
            })
            .collect();
        let columns = [texts::FIELD, texts::TYPE, texts::REQUIRED, texts::DESCRIPTION];
        let table = Table {
            caption: texts::primary_key(lang, &key),
            columns: columns.iter().map(|text| text.get(lang).to_owned()).collect(),
            rows,
            empty: Inline::Text(String::new()),
        };
        let title = format!("{} ({})", schema.name, schema.title.get(lang));
        section(&schema.name, &title, vec![Block::Text(schema.description(lang).to_owned()), Block::Table(table)])
    };
    schemas.iter().map(table).collect()
}

/// What a field may hold: its type, or the words that have a meaning.
fn field_type(field: &Field, lang: Lang) -> Inline {
    if !field.words.is_empty() {
        let words = field.words.iter().cloned().map(Inline::Code);
        let label = Inline::Text(texts::PERMITTED_VALUES.get(lang).to_owned());
        return Inline::Many([label].into_iter().chain(words).collect());
    }
    let name = match field.kind {
        FieldKind::Text => "text",
        FieldKind::Uuid => "uuid",
        FieldKind::Uri => "uri",
        FieldKind::Integer => "integer",
        FieldKind::Number => "number",
        FieldKind::Boolean => "boolean",
        FieldKind::Date => "date",
        FieldKind::Moment => "datetime",
        FieldKind::Object => "object",
        FieldKind::Array => "array",
    };
    Inline::Code(name.to_owned())
}

/// `acceptance-tests.md`: every case with what is expected. The result is what was run, or `not checked`.
pub fn acceptance(facts: &Facts, lang: Lang) -> Vec<Section> {
    let title = texts::ACCEPTANCE_TESTS.get(lang);
    let Some(cases) = &facts.acceptance else {
        return vec![section("cases", title, vec![Block::Note(Tone::Unknown, texts::NOT_GIVEN.get(lang).to_owned())])];
    };
    let case = |case: &crate::documents::acceptance::Case| {
        let row = |label: crate::lang::Words, value: Inline| vec![Inline::Text(label.get(lang).to_owned()), value];
        let table = Table {
            caption: texts::rule_asked(lang, &case.rule),
            columns: vec![texts::PART.get(lang).to_owned(), texts::MESSAGE.get(lang).to_owned()],
            rows: vec![
                row(texts::GIVEN, Inline::Code(case.given.to_json().to_string())),
                row(texts::EXPECTED, Inline::Code(case.expect.to_json().to_string())),
                row(texts::RESULT, Inline::Unknown(texts::NOT_CHECKED.get(lang).to_owned())),
            ],
            empty: Inline::Text(String::new()),
        };
        section(&case.id, &format!("{}: {}", case.id, case.title), vec![Block::Table(table)])
    };
    cases.iter().map(case).collect()
}

/// `artifact-url-or-pr.md`: what may be said about the outside, with the status of each claim.
pub fn claims_document(facts: &Facts, lang: Lang) -> Vec<Section> {
    let publication = Block::Note(Tone::Unknown, texts::PUBLICATION_UNPROVEN.get(lang).to_owned());
    vec![section("publication", texts::PUBLICATION.get(lang), vec![publication]), claims(facts, lang)]
}
