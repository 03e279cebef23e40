//! The primary page that every pack has, whatever its kind: the common head and sections around those of its kind.

use std::collections::{BTreeMap, BTreeSet};

use crate::bundle::{
    self, ACCEPTANCE, CLAIMS, DATA_MODEL, DECISION, LEDGER, MANIFEST, MEMORY, REPORT_HTML, REPORT_JSON, REPORT_MD,
};
use crate::check::export::Export;
use crate::check::schema::TableSchema;
use crate::claims::Judged;
use crate::documents::decision_record::Status;
use crate::documents::{acceptance, allowed, claims};
use crate::facts::{Facts, UPLOADS};
use crate::finding::{self, Finding, Severity};
use crate::lang::{Lang, Words};
use crate::view::claims::claimed;
use crate::view::compose::{headings, not_given, section};
use crate::view::context::{Context, footer};
use crate::view::findings::{findings, mend};
use crate::view::page::{Block, Fact, Inline, NextStep, Page, Section, Stage, Table, Tone, Verdict};
use crate::view::{exports, records, texts};

/// What the primary page of a pack is composed from.
#[derive(Clone, Copy, Debug)]
pub struct Parts<'a> {
    /// What the pack's files say.
    pub facts: &'a Facts,
    /// What people call its kind.
    pub kind: &'a str,
    /// Schemas of the kind's record tables.
    pub schemas: &'a [TableSchema],
    /// The exports that the kind reads.
    pub exports: &'a [Export],
    /// Its claims with their status; `None` when not given.
    pub claims: Option<&'a [Judged<'a>]>,
    /// What was found while reading the pack.
    pub findings: &'a [Finding],
}

/// What a kind concludes from a pack, beside what is shown of every pack.
#[derive(Clone, Debug, Default)]
pub struct Own {
    /// What is concluded, when nothing is wrong with the pack's own files.
    pub verdict: Option<Verdict>,
    /// What follows and who does it, before what the pack itself names.
    pub next: Vec<NextStep>,
    /// The sections that only its pages have.
    pub sections: Vec<Section>,
    /// Further files of the bundle, by name, such as texts to be posted by hand.
    pub files: BTreeMap<String, String>,
    /// What was noticed while concluding.
    pub findings: Vec<Finding>,
    /// SHA-256 of the export that was accepted and that revenue is counted from, if there is one.
    pub accepted_import: Option<String>,
}

/// The primary page: the common head, the sections of the kind, then what every pack has.
pub fn primary(parts: Parts<'_>, own: Own, context: &Context<'_>) -> Page {
    let pack = &parts.facts.pack;
    let lang = context.lang;
    let mut sections = own.sections;
    sections.push(milestones(parts.facts, lang));
    sections.extend(document(parts.facts, "people-sync.md", "people-sync", texts::PEOPLE_SYNC.get(lang)));
    sections.push(claimed(parts.claims, context));
    sections.push(findings(parts.findings, &format!("packs/{}/", pack.slug), lang));
    if !parts.schemas.is_empty() {
        sections.push(records::records(parts.schemas, parts.facts, context));
    }
    if !parts.exports.is_empty() {
        sections.push(exports::exports(parts.exports, parts.facts, lang));
    }
    sections.push(decision(parts.facts, lang));
    sections.extend(document(parts.facts, "production-brief.md", "production-brief", texts::BRIEF.get(lang)));
    sections.push(learning(parts.facts, lang));
    sections.push(documents(parts.facts, lang));
    Page {
        lang,
        title: pack.title.clone(),
        eyebrow: [context.workspace, parts.kind].join(" · "),
        lead: pack.summary.clone(),
        verdict: own.verdict.filter(|_| own_errors(parts) == 0).unwrap_or_else(|| verdict(parts, lang)),
        next: next_steps(parts, own.next, context),
        facts: head(parts.facts, context),
        sections,
        footer: footer(context),
    }
}

/// Errors in what the pack's makers wrote. What a partner sent is for the kind to judge.
fn own_errors(parts: Parts<'_>) -> usize {
    let sent = format!("packs/{}/{UPLOADS}", parts.facts.pack.slug);
    let is_sent = |found: &Finding| found.place.file.as_deref().is_some_and(|file| file.starts_with(&sent));
    parts.findings.iter().filter(|found| found.severity == Severity::Error && !is_sent(found)).count()
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

fn next_steps(parts: Parts<'_>, own: Vec<NextStep>, context: &Context<'_>) -> Vec<NextStep> {
    let step = |step: &crate::documents::pack::Step| NextStep {
        what: step.what.clone(),
        who: step.who.clone(),
        due: step.due.map(|due| context.due(due)),
    };
    let authored = parts.facts.pack.next.iter().map(step);
    mend(own_errors(parts), context.lang).into_iter().chain(own).chain(authored).collect()
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
    fact(texts::DUE.get(lang), pack.due.map(|due| text(context.due(due))));
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

fn decision(facts: &Facts, lang: Lang) -> Section {
    let title = texts::DECISION_RECORD.get(lang);
    let Some(record) = &facts.decision else { return not_given("decision-record", title, lang) };
    let status = record.status.map_or_else(
        || Inline::Unknown(texts::UNKNOWN.get(lang).to_owned()),
        |status| {
            let (tone, word) = match status {
                Status::Proposed => (Tone::Info, texts::PROPOSED),
                Status::Pending => (Tone::Warn, texts::PENDING),
                Status::Accepted => (Tone::Good, texts::ACCEPTED),
                Status::Rejected => (Tone::Bad, texts::REJECTED),
                Status::Deprecated => (Tone::Bad, texts::DEPRECATED),
                Status::Superseded => (Tone::Bad, texts::SUPERSEDED),
            };
            Inline::Tag(tone, word.get(lang).to_owned())
        },
    );
    let mut blocks =
        vec![Block::Facts(vec![Fact { label: texts::ADOPTION_STATUS.get(lang).to_owned(), value: status }])];
    blocks.extend(facts.documents.get(DECISION).map(|text| Block::Markdown(text.clone())));
    section("decision-record", title, blocks)
}

fn learning(facts: &Facts, lang: Lang) -> Section {
    let title = texts::LEARNING_MEMORY.get(lang);
    let Some(memory) = &facts.memory else { return not_given("learning-memory", title, lang) };
    let priority: Vec<String> = memory.next_priority.iter().cloned().collect();
    let parts = [
        (texts::LESSONS, &memory.lessons),
        (texts::DO_NOT_REPEAT, &memory.do_not_repeat),
        (texts::NEXT_CHECKS, &memory.next_checks),
        (texts::NEXT_PRIORITY, &priority),
        (texts::MARKET_CONTEXT, &memory.market_context),
    ];
    let mut blocks = Vec::new();
    for (name, items) in parts.into_iter().filter(|(_, items)| !items.is_empty()) {
        blocks.push(Block::Heading(name.get(lang).to_owned()));
        blocks.push(Block::List(items.iter().cloned().map(Inline::Text).collect()));
    }
    if blocks.is_empty() {
        blocks.push(Block::Text(texts::NONE.get(lang).to_owned()));
    }
    section("learning-memory", title, blocks)
}

fn documents(facts: &Facts, lang: Lang) -> Section {
    let row = |name: &str, about: String, origin: Words| {
        let link = Inline::Link { href: name.to_owned(), text: name.to_owned() };
        vec![link, Inline::Text(about), Inline::Text(origin.get(lang).to_owned())]
    };
    let authored = |(name, text): (&String, &String)| row(name, about(name, text, lang), texts::AUTHORED);
    let generated = |(name, about): (&str, Words)| row(name, about.get(lang).to_owned(), texts::GENERATED);
    let mut rows: Vec<_> = facts.documents.iter().map(authored).collect();
    if facts.memory.is_some() {
        rows.push(row(MEMORY, texts::LEARNING_MEMORY.get(lang).to_owned(), texts::AUTHORED));
    }
    if facts.acceptance.is_some() {
        rows.push(row(acceptance::FILE, texts::CASES.get(lang).to_owned(), texts::AUTHORED));
    }
    if facts.allowed.is_some() {
        rows.push(row(allowed::FILE, texts::ALLOWED.get(lang).to_owned(), texts::AUTHORED));
    }
    if let Some(claimed) = &facts.claims {
        rows.push(row(claims::FILE, texts::CLAIMS.get(lang).to_owned(), texts::AUTHORED));
        let evidence = claimed.list.iter().flat_map(|claim| &claim.evidence);
        let names: BTreeSet<String> = evidence.filter_map(|one| bundle::evidence_name(one.path()?)).collect();
        rows.extend(names.iter().map(|name| row(name, texts::EVIDENCE.get(lang).to_owned(), texts::AUTHORED)));
    }
    rows.extend(
        [
            (DATA_MODEL, texts::DATA_MODEL),
            (ACCEPTANCE, texts::ACCEPTANCE_TESTS),
            (CLAIMS, texts::ARTIFACT_URL_OR_PR),
            (LEDGER, texts::CLAIMS_LEDGER),
            (REPORT_HTML, texts::REPORT_PAGE),
            (REPORT_MD, texts::REPORT_MARKDOWN),
            (REPORT_JSON, texts::REPORT_STATEMENT),
            (MANIFEST, texts::FILES_AND_DIGESTS),
        ]
        .map(generated),
    );
    let table = Table {
        caption: texts::ARTIFACTS.get(lang).to_owned(),
        columns: headings(&[texts::FILE, texts::DESCRIPTION, texts::ORIGIN], lang),
        rows,
        empty: Inline::Text(String::new()),
    };
    section("documents", texts::DOCUMENTS.get(lang), vec![Block::Table(table)])
}

/// What an authored document is: what every pack calls it, else its first heading.
fn about(name: &str, text: &str, lang: Lang) -> String {
    let known = match name {
        DECISION => texts::DECISION_RECORD,
        "production-brief.md" => texts::BRIEF,
        "people-sync.md" => texts::PEOPLE_SYNC,
        "market-context.md" => texts::MARKET_CONTEXT,
        "production-readiness.md" => texts::PRODUCTION_READINESS,
        "sources.md" => texts::SOURCES,
        "solution-selection.md" => texts::SOLUTION_SELECTION,
        "skill-usage.md" => texts::SKILL_USAGE,
        _ => {
            let heading = text.lines().find_map(|line| line.strip_prefix("# "));
            return heading.unwrap_or_default().trim().to_owned();
        }
    };
    known.get(lang).to_owned()
}
