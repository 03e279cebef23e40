//! The pages and documents that every pack has, whatever its kind: its primary page around the sections of its kind,
//! and the appendices that are generated from what is enforced.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use jiff::tz::TimeZone;

use crate::bundle::{
    self, ACCEPTANCE, CLAIMS, DATA_MODEL, DECISION, LEDGER, MANIFEST, MEMORY, REPORT_HTML, REPORT_JSON, REPORT_MD,
};
use crate::check::export::Export;
use crate::check::schema::{Field, TableSchema};
use crate::claims::{Judged, Reason, Status as Standing};
use crate::clock::Now;
use crate::documents::acceptance::{self, Trial};
use crate::documents::allowed;
use crate::documents::claims::{self, Evidence};
use crate::documents::decision_record::Status;
use crate::facts::{Facts, UPLOADS};
use crate::finding::{self, Finding, Severity};
use crate::lang::{Lang, Words};
use crate::view::page::{Block, Fact, Inline, NextStep, Page, Section, Stage, Table, Tone, Verdict};
use crate::view::{exports, records, texts};

/// Longest path of an address that a page shows; the link leads to all of it.
const ADDRESS_SHOWN: usize = 32;

/// Name and version of the program, as every page tells them.
pub const TOOL: &str = concat!(env!("CARGO_PKG_NAME"), " ", env!("CARGO_PKG_VERSION"));

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
    /// A moment as people read it, in the workspace's time zone; seconds only where there are any.
    pub fn moment(&self, moment: Timestamp) -> String {
        let moment = moment.to_zoned(self.zone.clone());
        let format = if moment.second() == 0 { "%Y-%m-%d %H:%M" } else { "%Y-%m-%d %H:%M:%S" };
        moment.strftime(format).to_string()
    }

    /// A due date, with a word when it is past.
    pub fn due(&self, due: Timestamp) -> String {
        let shown = self.moment(due);
        if due < self.now.timestamp() { texts::past_due(self.lang, &shown) } else { shown }
    }

    /// What the time zone is called.
    pub fn zone_name(&self) -> String {
        let offset = || self.now.timestamp().to_zoned(self.zone.clone()).offset().to_string();
        self.zone.iana_name().map_or_else(offset, str::to_owned)
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
        sections.push(records::records(parts, context));
    }
    if !parts.exports.is_empty() {
        sections.push(exports::exports(parts, lang));
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

/// The lines under every page.
pub fn footer(context: &Context<'_>) -> Vec<String> {
    vec![
        texts::as_of(
            context.lang,
            &texts::in_zone(context.lang, &context.moment(context.now.timestamp()), &context.zone_name()),
        ),
        texts::generated_by(context.lang, TOOL),
    ]
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

/// The step that comes before all others when something is wrong.
pub fn mend(errors: usize, lang: Lang) -> Option<NextStep> {
    (errors > 0).then(|| NextStep {
        what: texts::mend(lang, errors),
        who: texts::MAKER.get(lang).to_owned(),
        due: Some(texts::NOW.get(lang).to_owned()),
    })
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

/// A table of fixed rows, such as the rules of a kind.
pub fn table(context: &Context<'_>, caption: Words, columns: &[Words], rows: Vec<Vec<Inline>>) -> Block {
    let lang = context.lang;
    Block::Table(Table {
        caption: caption.get(lang).to_owned(),
        columns: columns.iter().map(|text| text.get(lang).to_owned()).collect(),
        rows,
        empty: Inline::Text(String::new()),
    })
}

/// A section of a page.
pub fn section(id: &str, title: &str, blocks: Vec<Block>) -> Section {
    Section { id: id.to_owned(), title: title.to_owned(), blocks }
}

/// Text in which names for programs stand between backticks.
pub fn prose(text: &str) -> Inline {
    prose_as(text, Inline::Text)
}

/// The same in English, whatever the language of the page.
pub fn english(text: &str) -> Inline {
    prose_as(text, Inline::English)
}

/// What a finding says, in the language of the page where that is known.
pub fn said(finding: &Finding, lang: Lang) -> Inline {
    let known = if lang == Lang::ZhHant { finding.message_zh() } else { None };
    known.map_or_else(|| english(&finding.message), |message| prose(&message))
}

/// What to do about a finding, in the language of the page where that is known.
pub fn to_do(finding: &Finding, lang: Lang) -> Inline {
    match finding.code.fix_zh {
        fix if lang == Lang::ZhHant && !fix.is_empty() && !finding.hint.is_empty() => prose(fix),
        _ => english(&finding.hint),
    }
}

fn prose_as(text: &str, plain: fn(String) -> Inline) -> Inline {
    let parts: Vec<_> = text.split('`').collect();
    // An odd number of backticks leaves one alone.
    if parts.len() == 1 || parts.len() % 2 == 0 {
        return plain(text.to_owned());
    }
    let part = |(at, part): (usize, &&str)| match at % 2 {
        0 => plain((*part).to_owned()),
        _ => Inline::Code((*part).to_owned()),
    };
    Inline::Many(parts.iter().enumerate().map(part).collect())
}

fn not_given(id: &str, title: &str, lang: Lang) -> Section {
    section(id, title, vec![Block::Note(Tone::Unknown, texts::NOT_GIVEN.get(lang).to_owned())])
}

fn headings(columns: &[Words], lang: Lang) -> Vec<String> {
    columns.iter().map(|words| words.get(lang).to_owned()).collect()
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

/// Findings as a section. `within` is the folder that places are shown in.
pub fn findings(findings: &[Finding], within: &str, lang: Lang) -> Section {
    let row = |finding: &Finding| {
        let (tone, word) = match finding.severity {
            Severity::Error => (Tone::Bad, texts::ERROR),
            Severity::Warning => (Tone::Warn, texts::WARNING),
            Severity::Notice => (Tone::Info, texts::NOTICE),
        };
        let place = finding.place.to_string();
        vec![
            Inline::Tag(tone, word.get(lang).to_owned()),
            Inline::Text(finding.code.title.get(lang).to_owned()),
            Inline::Code(place.strip_prefix(within).map_or_else(|| place.clone(), str::to_owned)),
            said(finding, lang),
            to_do(finding, lang),
        ]
    };
    let mut worst_first: Vec<&Finding> = findings.iter().collect();
    worst_first.sort_by_key(|finding| finding.severity);
    let mut rows: Vec<_> = worst_first.into_iter().map(row).collect();
    let mut columns = vec![texts::SEVERITY, texts::FINDING, texts::PLACE, texts::MESSAGE, texts::HINT];
    if findings.iter().all(|finding| finding.hint.is_empty()) {
        columns.pop();
        for row in &mut rows {
            row.truncate(columns.len());
        }
    }
    let title = texts::FINDINGS.get(lang);
    if findings.is_empty() {
        return section("findings", title, vec![Block::Text(texts::NO_FINDINGS.get(lang).to_owned())]);
    }
    let count = |severity| finding::count(findings, severity);
    let table = Table {
        caption: texts::findings(lang, count(Severity::Error), count(Severity::Warning), count(Severity::Notice)),
        columns: headings(&columns, lang),
        rows,
        empty: Inline::Text(String::new()),
    };
    section("findings", title, vec![Block::Listing(table)])
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

/// Claims with their status: nowhere does a page print a statement without it.
pub fn claimed(judged: Option<&[Judged<'_>]>, context: &Context<'_>) -> Section {
    let lang = context.lang;
    let title = texts::CLAIMS.get(lang);
    let Some(judged) = judged else { return not_given("claims", title, lang) };
    let row = |one: &Judged<'_>| {
        let claim = one.claim;
        vec![
            Inline::Code(claim.id.clone()),
            standing(one, context),
            Inline::Text(claim.statement.clone()),
            Inline::Code(claim.kind.word().to_owned()),
            evidence(&claim.evidence, context),
            reasons(&one.reasons, lang),
        ]
    };
    let columns =
        [texts::CLAIM, texts::STATUS, texts::STATEMENT, texts::CLAIM_KIND, texts::EVIDENCE, texts::CLAIM_REASON];
    let table = Table {
        caption: texts::CLAIMS_CAPTION.get(lang).to_owned(),
        columns: headings(&columns, lang),
        rows: judged.iter().map(row).collect(),
        empty: Inline::Text(texts::NONE.get(lang).to_owned()),
    };
    section("claims", title, vec![Block::Table(table)])
}

/// The status of a claim, and until when it holds.
fn standing(judged: &Judged<'_>, context: &Context<'_>) -> Inline {
    let lang = context.lang;
    let status = match judged.status {
        Standing::Verified => Inline::Tag(Tone::Good, texts::VERIFIED.get(lang).to_owned()),
        Standing::Refuted => Inline::Tag(Tone::Bad, texts::REFUTED.get(lang).to_owned()),
        Standing::Expired => Inline::Tag(Tone::Warn, texts::EXPIRED.get(lang).to_owned()),
        Standing::Unverified => return Inline::Unknown(texts::UNVERIFIED.get(lang).to_owned()),
    };
    let until = judged.valid_until.map(|until| Inline::Text(texts::valid_until(lang, &context.moment(until))));
    Inline::Many(std::iter::once(status).chain(until).collect())
}

/// Why a claim has its status; pieces of evidence that say the same are told once.
fn reasons(reasons: &[Reason], lang: Lang) -> Inline {
    let mut told: Vec<&str> = reasons.iter().map(|reason| reason.why.get(lang)).collect();
    told.dedup();
    Inline::Text(told.join(texts::separator(lang)))
}

/// What is put forward for a claim, and when it was captured.
fn evidence(evidence: &[Evidence], context: &Context<'_>) -> Inline {
    let lang = context.lang;
    if evidence.is_empty() {
        return Inline::Text(texts::NONE.get(lang).to_owned());
    }
    let mut parts = Vec::new();
    for item in evidence {
        if !parts.is_empty() {
            parts.push(Inline::Text(texts::separator(lang).to_owned()));
        }
        // A path is one of the pack's, which the bundle need not have.
        let is_address = item.locator.starts_with("https://") || item.locator.starts_with("http://");
        parts.push(if is_address {
            Inline::Link { href: item.locator.clone(), text: short_address(&item.locator) }
        } else if let Some(name) = bundle::evidence_name(&item.locator) {
            Inline::Link { href: name.clone(), text: name }
        } else {
            Inline::Code(item.locator.clone())
        });
        if let Some(moment) = item.captured_at {
            parts.push(Inline::Text(texts::captured(lang, &context.moment(moment))));
        }
    }
    Inline::Many(parts)
}

/// An address as people tell it: without its scheme, and without what makes it long.
fn short_address(address: &str) -> String {
    let rest = address.split_once("://").map_or(address, |(_, rest)| rest).trim_end_matches('/');
    match rest.split_once('/') {
        Some((host, path)) if path.len() > ADDRESS_SHOWN || path.contains(['?', '#']) => format!("{host}/…"),
        _ => rest.to_owned(),
    }
}

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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::codes;
    use crate::finding::Place;
    use crate::view::markdown;

    #[test]
    fn names_stand_between_backticks() {
        let check = |text: &str, expected: &str| {
            let markdown =
                markdown::document("t", &[section("s", "s", vec![Block::List(vec![prose(text)])])], Lang::En);
            assert_eq!(markdown.lines().last(), Some(expected));
        };
        check("填 `false`。", "- 填 `false`。");
        check("`a` or `b`", "- `a` or `b`");
        check("a", "- a");
        check("one ` alone", "- one \\` alone");
    }

    #[test]
    fn long_addresses_are_told_by_their_host() {
        let check = |address: &str, expected: &str| assert_eq!(short_address(address), expected);
        check("https://a.example/", "a.example");
        check("https://a.example/b/c", "a.example/b/c");
        check("https://a.example/b?c", "a.example/…");
        check(&format!("https://a.example/{}", "b".repeat(33)), "a.example/…");
    }

    #[test]
    fn findings_show_the_worst_first_and_ask_for_what_must_be_done() {
        let finding = |code, message: &str| Finding::new(code, Place::file("packs/a/x.csv"), message);
        let found = [finding(&codes::FORMULA_VALUE, "n"), finding(&codes::UNREADABLE, "`e`").hint("h")];
        let markdown = markdown::document("t", &[findings(&found, "packs/a/", Lang::En)], Lang::En);
        let rows: Vec<_> = markdown.lines().filter(|line| line.starts_with("| **")).collect();
        assert_eq!(
            rows,
            [
                "| **Error** | file cannot be read | `x.csv` | `e` | h |",
                "| **Notice** | cells that are formulas | `x.csv` | n |  |"
            ]
        );
        assert!(mend(1, Lang::En).is_some() && mend(0, Lang::En).is_none());
    }
}
