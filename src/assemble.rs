//! The files of one pack to its bundle, all in memory: read, check, view, bundle, report. Nothing is written here.
//!
//! Invariant: pure. The same files, workspace and moment give the same bytes and the same findings.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use crate::bundle::{self, ACCEPTANCE, CLAIMS, DATA_MODEL, Files, LEDGER, MANIFEST, MEMORY, manifest};
use crate::check::privacy;
use crate::claims::{self, Premises};
use crate::clock::{self, Now};
use crate::codes;
use crate::decide::Asked;
use crate::documents::acceptance::{self, Case, Trial};
use crate::documents::allowed;
use crate::documents::claims::{Evidence, FILE as CLAIMED};
use crate::documents::decision_record::DecisionRecord;
use crate::documents::lessons::Remembered;
use crate::documents::pack::{Declared, FILE as PACK, Pack, Step};
use crate::documents::workspace::Workspace;
use crate::facts::{self, PackFiles};
use crate::finding::{self, Finding, Place, Severity, did_you_mean};
use crate::guard;
use crate::kinds::{self, Given, KINDS};
use crate::lang::{Lang, Words};
use crate::statements;
use crate::verify::report::Header;
use crate::verify::{self, Outcome, Report};
use crate::view::context::Context;
use crate::view::pack::Parts;
use crate::view::{self, appendices, html, markdown, texts};

/// Most lines of evidence that one finding repeats; the report has them all.
const EVIDENCE_SHOWN: usize = 3;

/// A pack and what became of it.
#[derive(Debug)]
pub struct Assembled {
    /// Its title; the slug when `pack.toml` does not say.
    pub title: String,
    /// Its kind, if it has a known one.
    pub kind: Option<&'static kinds::Kind>,
    /// Id of the job that made it.
    pub job_id: Option<String>,
    /// Id of its project.
    pub project_id: Option<String>,
    /// Id of the action that it answers.
    pub action_item_id: Option<String>,
    /// What to do next about it.
    pub next: Vec<Step>,
    /// Its decision record, for links between packs.
    pub decision: Option<DecisionRecord>,
    /// What it has learnt and plans, for comparison between packs.
    pub remembered: Option<Remembered>,
    /// Every file of its bundle; `None` when it could not be assembled.
    pub files: Option<Files>,
    /// Whether the bundle is what the pack says. Faults of records are part of what it says, any other error is not.
    pub complete: bool,
    /// What was found, in the order in which it is shown.
    pub findings: Vec<Finding>,
}

impl Assembled {
    /// A pack of which nothing is known but its folder.
    fn unknown(slug: &str) -> Self {
        Self {
            title: slug.to_owned(),
            kind: None,
            job_id: None,
            project_id: None,
            action_item_id: None,
            next: Vec::new(),
            decision: None,
            remembered: None,
            files: None,
            complete: false,
            findings: Vec::new(),
        }
    }

    /// A pack of which `pack.toml` has been read.
    pub fn begun(pack: &Pack) -> Self {
        Self {
            title: pack.title.clone(),
            kind: pack.kind.as_ref().and_then(|kind| kinds::find(&kind.pattern)),
            job_id: Some(pack.job_id.clone()).filter(|id| !id.is_empty()),
            project_id: pack.project_id.clone(),
            action_item_id: pack.action_item_id.clone(),
            next: pack.next.clone(),
            ..Self::unknown(&pack.slug)
        }
    }
}

/// Assembles one pack. `early` is what was found while its files were read from disk.
pub fn pack(slug: &str, files: &PackFiles, early: Vec<Finding>, workspace: &Workspace, now: &Now) -> Assembled {
    let mut findings = early;
    let shown = format!("packs/{slug}");
    let mut assembled = Assembled::unknown(slug);
    if let Some(pack) = facts::read_pack(slug, files, &shown, workspace, &mut findings) {
        assembled = Assembled::begun(&pack);
        if let (None, Some(named)) = (assembled.kind, &pack.kind) {
            findings.push(unknown_kind(named));
        }
        let expected = assembled.kind.map(kinds::Kind::expected);
        let mut facts = facts::read(pack, files, &shown, expected.as_ref(), &mut findings);
        let trials = facts.acceptance.as_ref().map(|cases| try_cases(cases, files, &shown, facts.pack.lang));
        findings.extend(trials.iter().flatten().flat_map(|trial| trial.findings.iter().cloned()));
        finding::sort(&mut findings);
        if let Some(kind) = assembled.kind {
            assembled.files = Some(bundle(&facts, trials.as_deref(), kind, files, &mut findings, workspace, now));
        }
        assembled.remembered = Some(Remembered::new(&facts.pack, facts.memory.take(), &shown));
        assembled.decision = facts.decision.take();
    }
    privacy::redact(&mut findings);
    finding::sort(&mut findings);
    let about_records = |finding: &Finding| {
        let path = finding.place.file.as_deref().and_then(|file| file.strip_prefix(&shown));
        path.is_some_and(|path| facts::DATA.iter().any(|folder| path.trim_start_matches('/').starts_with(folder)))
    };
    assembled.complete = assembled.files.is_some()
        && findings.iter().all(|found| found.severity != Severity::Error || about_records(found));
    assembled.findings = findings;
    assembled
}

fn unknown_kind(named: &Declared) -> Finding {
    let known = || KINDS.iter().map(|kind| kind.name);
    let hint = did_you_mean(&named.pattern, known()).map_or_else(
        || format!("kinds: {}", known().collect::<Vec<_>>().join(", ")),
        |near| format!("did you mean `{near}`?"),
    );
    let message = format!("`{}` is not a kind", named.pattern);
    Finding::new(&codes::UNKNOWN_KIND, named.place.clone(), message).hint(hint)
}

/// Runs the acceptance cases of a pack.
fn try_cases<'c>(cases: &'c [Case], files: &PackFiles, shown: &str, lang: Lang) -> Vec<Trial<'c>> {
    let bytes = files.get(acceptance::FILE).map(Vec::as_slice).unwrap_or_default();
    let asked = Asked { lang, trace: false };
    acceptance::run(&format!("{shown}/{}", acceptance::FILE), bytes, cases, &asked, &kinds::questions())
}

fn bundle(
    facts: &facts::Facts,
    trials: Option<&[Trial<'_>]>,
    kind: &'static kinds::Kind,
    sources: &PackFiles,
    findings: &mut Vec<Finding>,
    workspace: &Workspace,
    now: &Now,
) -> Files {
    let pack = &facts.pack;
    let lang = pack.lang;
    let context = Context { lang, zone: &workspace.zone, now, workspace: &workspace.title };
    let shown = format!("packs/{}", pack.slug);
    let schemas = (kind.tables)();
    let given = Given { facts, files: sources, shown: &shown, workspace, context: &context };
    let mut own = (kind.conclude)(&given);
    findings.append(&mut own.findings);
    let further = std::mem::take(&mut own.files);
    let evidence = |path: &str| Some((format!("{shown}/{path}"), sources.get(path)?.as_slice()));
    let decided = facts.decision.as_ref().and_then(|record| record.status);
    let premises = Premises::new(workspace, decided, own.accepted_import.take());
    let judged =
        facts.claims.as_ref().map(|claimed| claims::judge(claimed, &premises, &evidence, now.timestamp(), findings));
    let judged = judged.as_deref();
    let is_unverified = kind.is_revenue_unverified(premises.accepted_import.as_deref());
    let authored = facts.documents.keys().map(String::as_str).chain([MEMORY, PACK]);
    for (name, bytes) in authored.filter_map(|name| Some((name, sources.get(name)?))) {
        findings.extend(statements::findings(&format!("{shown}/{name}"), bytes, judged.unwrap_or_default()));
    }
    finding::sort(findings);
    let parts = Parts { facts, kind: kind.title.get(lang), schemas, exports: kind.exports, claims: judged, findings };
    let primary = html::page(&view::pack::primary(parts, own, &context));
    let document = |title: Words, sections| {
        let sections = appendices::appendix(sections, is_unverified, lang);
        markdown::document(title.get(lang), &sections, lang).into_bytes()
    };
    let as_of = clock::rfc3339(now.timestamp(), &workspace.zone);
    let generated = [
        (kind.primary, primary.into_bytes()),
        (DATA_MODEL, document(texts::DATA_MODEL, appendices::data_model(schemas, kind.exports, lang))),
        (ACCEPTANCE, document(texts::ACCEPTANCE_TESTS, appendices::acceptance(trials, lang))),
        (CLAIMS, document(texts::ARTIFACT_URL_OR_PR, appendices::claims_document(judged, &context))),
        (LEDGER, claims::ledger(judged, &premises, kinds::unverified(is_unverified), &as_of, &workspace.zone_name)),
    ];
    let mut files = Files::new();
    for (name, bytes) in generated {
        bundle::add(&mut files, name, bytes, &shown, findings);
    }
    for (name, text) in further {
        bundle::add(&mut files, &name, text.into_bytes(), &shown, findings);
    }
    // Authored files go into the bundle byte for byte.
    let authored = facts.documents.keys().map(String::as_str).chain(facts.memory.iter().map(|_| MEMORY));
    let authored = authored.chain(trials.map(|_| acceptance::FILE)).chain(judged.map(|_| CLAIMED));
    let authored = authored.chain(facts.allowed.iter().map(|_| allowed::FILE));
    for name in authored {
        if let Some(bytes) = sources.get(name) {
            bundle::add(&mut files, name, bytes.clone(), &format!("{shown}/{name}"), findings);
        }
    }
    let evidence = facts.claims.iter().flat_map(|claimed| &claimed.list).flat_map(|claim| &claim.evidence);
    for path in evidence.filter_map(Evidence::path).collect::<BTreeSet<_>>() {
        if let (Some(name), Some(bytes)) = (bundle::evidence_name(path), sources.get(path)) {
            bundle::add(&mut files, &name, bytes.clone(), &format!("{shown}/{path}"), findings);
        }
    }
    if let Some(entries) = &facts.allowed {
        // What an entry is for may stand in a file that only goes into pages.
        let read = sources.iter().filter(|(name, _)| !name.starts_with(facts::UPLOADS));
        let all = read.chain(&files).map(|(name, bytes)| (name.as_str(), bytes.as_slice()));
        let today = now.timestamp().to_zoned(workspace.zone.clone()).date();
        findings.extend(guard::judge(all, entries, Some(today)).findings);
    }
    let report = verify::content(&files, kind);
    let (slug, title, job_id) = (&pack.slug, &pack.title, &pack.job_id);
    let header = Header { slug, kind: kind.name, title, job_id, as_of: &as_of, lang };
    add_report(&mut files, &report, &header);
    findings.extend(report.failures().map(|failure| not_verified(failure, &shown)));
    files
}

/// What a failed check of a bundle means for the pack that it was made from.
fn not_verified(failure: &Outcome, shown: &str) -> Finding {
    let more = failure.evidence.len().saturating_sub(EVIDENCE_SHOWN);
    let mut evidence = failure.evidence[..failure.evidence.len() - more].join("; ");
    if more > 0 {
        // Writing to a String cannot fail.
        let _ = write!(evidence, "; and {more} more");
    }
    let message = format!("the bundle fails {}: {evidence}", failure.id);
    Finding::new(&codes::NOT_VERIFIED, Place::file(shown), message).hint(format!("expected {}", failure.expected))
}

/// Adds the report in its three forms, and last the manifest of everything.
fn add_report(files: &mut Files, report: &Report, header: &Header<'_>) {
    let mut digests = report.subjects.clone();
    for (name, text) in verify::page::forms(report, header) {
        digests.insert(name.to_owned(), manifest::sha256(text.as_bytes()));
        files.insert(name.to_owned(), text.into_bytes());
    }
    files.insert(MANIFEST.to_owned(), manifest::render(&digests).into_bytes());
}
