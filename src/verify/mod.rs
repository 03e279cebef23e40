//! Is a bundle what it says it is? Starts from its files alone, recomputes everything and trusts nobody: neither what
//! `build` remembered nor what the bundle's own report says.
//!
//! Invariants: a verification passes only if every planned check has exactly one result and that is `pass`; nothing
//! counts as its own evidence; a check that was not made is `not_checked`, never a pass.

use std::collections::BTreeMap;

use jiff::tz::TimeZone;
use jiff::{Timestamp, Zoned};

use crate::bundle::{Files, Folder, LEDGER, MANIFEST, REPORT_JSON, REPORTS, has_extension, manifest};
use crate::documents::allowed::{self, Entry};
use crate::finding::Finding;
use crate::guard::{self, Guarded};
use crate::kinds::{self, Kind};
use crate::read::text::{self, Text};
use crate::read::{json, markdown};

mod checks;
mod html;
pub mod page;
mod recorded;
pub mod report;
mod sources;

pub use report::{Outcome, Report, Status};

use recorded::Recorded;

/// What the checks look at, read once.
struct Subject<'a> {
    /// Every file but the manifest and the report.
    files: BTreeMap<&'a str, &'a [u8]>,
    /// Those of them that are UTF-8.
    texts: BTreeMap<&'a str, &'a str>,
    /// What lies there and is not a readable file, with the reason.
    strangers: &'a [(String, String)],
    /// SHA-256 of every file but the manifest.
    digests: BTreeMap<String, String>,
    /// What the manifest lists.
    manifest: Result<BTreeMap<String, String>, Vec<String>>,
    /// The kind that the report names, if it exists.
    kind: Option<&'static Kind>,
    /// Every page, tokenised.
    pages: BTreeMap<&'a str, html::PageFacts>,
    /// Every Markdown file, outlined.
    outlines: BTreeMap<&'a str, markdown::Outline>,
    /// What looks like a secret or personal data and what is let through.
    guarded: Guarded<'a>,
    /// What is wrong with the document that lets it through.
    not_allowed: &'a [Finding],
}

/// What a bundle lets through, read before anything is looked at.
struct Exceptions {
    entries: Vec<Entry>,
    findings: Vec<Finding>,
}

impl Exceptions {
    fn read(files: &Files) -> Self {
        let mut findings = Vec::new();
        let bytes = files.get(allowed::FILE);
        let entries = bytes.map(|bytes| allowed::read(allowed::FILE, bytes, &mut findings)).unwrap_or_default();
        Self { entries, findings }
    }
}

impl<'a> Subject<'a> {
    fn new(
        files: &'a Files,
        strangers: &'a [(String, String)],
        digests: BTreeMap<String, String>,
        manifest: Result<BTreeMap<String, String>, Vec<String>>,
        kind: Option<&'static Kind>,
        exceptions: &'a Exceptions,
    ) -> Self {
        let files: BTreeMap<&str, &[u8]> = files
            .iter()
            .filter(|(name, _)| *name != MANIFEST && !REPORTS.contains(&name.as_str()))
            .map(|(name, bytes)| (name.as_str(), bytes.as_slice()))
            .collect();
        let texts: BTreeMap<&str, &str> =
            files.iter().filter_map(|(name, bytes)| Some((*name, str::from_utf8(bytes).ok()?))).collect();
        let of = |extension| texts.iter().filter(move |(name, _)| has_extension(name, extension));
        let pages = of("html").map(|(name, text)| (*name, html::read(text))).collect();
        let outline = |path, content| markdown::outline(Text { path, content }, &mut Vec::new());
        let outlines = of("md").map(|(name, text)| (*name, outline(name, text))).collect();
        // As of the day of the bundle: `publish` judges again as of its own.
        let today = files.get(LEDGER).and_then(|ledger| as_of(ledger)).map(|moment| moment.date());
        let all = files.iter().map(|(name, bytes)| (*name, *bytes));
        let guarded = guard::judge(all, &exceptions.entries, today);
        let not_allowed = exceptions.findings.as_slice();
        Self { files, texts, strangers, digests, manifest, kind, pages, outlines, guarded, not_allowed }
    }

    /// Line and character of a byte offset into a file.
    fn position(&self, name: &str, offset: usize) -> (u32, u32) {
        text::position(self.files.get(name).copied().unwrap_or_default(), offset)
    }

    /// Whether revenue is unverified, as the ledger of claims gives the export that was accepted.
    fn is_revenue_unverified(&self) -> bool {
        let ledger = self.files.get(LEDGER).and_then(|bytes| json::read(LEDGER, bytes, &mut Vec::new()));
        let accepted = ledger.as_ref().and_then(|ledger| ledger.text_at("accepted_import"));
        self.kind.is_some_and(|kind| kind.is_revenue_unverified(accepted))
    }

    fn text(&self, name: &str) -> Option<&'a str> {
        self.texts.get(name).copied()
    }
}

/// The moment of a bundle, in its time zone, as its ledger of claims gives it. That it is the moment of the report too is
/// checked with the report.
pub fn as_of(ledger: &[u8]) -> Option<Zoned> {
    let ledger = json::read(LEDGER, ledger, &mut Vec::new())?;
    let moment: Timestamp = ledger.text_at("as_of")?.parse().ok()?;
    Some(moment.to_zoned(TimeZone::get(ledger.text_at("time_zone")?).ok()?))
}

/// Checks the content of a bundle that has no report and no manifest yet: what `build` writes its report from.
pub fn content(files: &Files, kind: &'static Kind) -> Report {
    let digests = manifest::digests(files);
    let exceptions = Exceptions::read(files);
    let subject = Subject::new(files, &[], digests.clone(), Ok(digests.clone()), Some(kind), &exceptions);
    let mut results = checks::run(checks::BUNDLE, &subject);
    results.extend(checks::not_checked(checks::REPORT));
    results.extend(checks::not_checked(checks::LATER));
    results.extend(checks::not_checked(checks::PUBLICATION));
    results.extend(checks::not_checked(checks::SOURCES_ALIVE));
    Report { subjects: digests, plan: checks::ids(checks::BUNDLE), results }
}

/// Verifies a bundle as it was found.
pub fn bundle(folder: &Folder) -> Verification {
    let digests = manifest::digests(&folder.files);
    let listed = match folder.files.get(MANIFEST) {
        Some(bytes) => manifest::parse(bytes),
        None => Err(vec!["is missing".to_owned()]),
    };
    let recorded = Recorded::read(folder.files.get(REPORT_JSON).map(Vec::as_slice));
    let kind = recorded.kind.as_deref().and_then(kinds::find);
    let exceptions = Exceptions::read(&folder.files);
    let subject = Subject::new(&folder.files, &folder.strangers, digests.clone(), listed, kind, &exceptions);
    let mut results = checks::run(checks::BUNDLE, &subject);
    results.extend(checks::report(&recorded, &folder.files, &subject, &results));
    results.extend(checks::not_checked(checks::LATER));
    results.extend(checks::not_checked(checks::PUBLICATION));
    results.extend(checks::not_checked(checks::SOURCES_ALIVE));
    let mut plan = checks::ids(checks::BUNDLE);
    plan.extend(checks::ids(checks::REPORT));
    let report = Report { subjects: digests, plan, results };
    let Recorded { slug, kind, title, job_id, as_of, version, .. } = recorded;
    Verification { slug, kind, title, job_id, as_of, version, report }
}

/// What the verification of a bundle found.
#[derive(Debug)]
pub struct Verification {
    /// The pack that the bundle says it is.
    pub slug: Option<String>,
    /// The kind that it says it has.
    pub kind: Option<String>,
    /// The title that it says it has.
    pub title: Option<String>,
    /// The job that it says made it.
    pub job_id: Option<String>,
    /// As of when it says it was built, RFC 3339.
    pub as_of: Option<String>,
    /// The version of proofpack that it says built it.
    pub version: Option<String>,
    /// Every check with its result.
    pub report: Report,
}

impl Verification {
    /// Takes the checks of its publication into the plan, each with what was found. One that was not made stays
    /// `not_checked`, and then the whole does not pass.
    #[must_use]
    pub fn published(self, found: BTreeMap<&'static str, Result<Vec<String>, String>>) -> Self {
        self.with(checks::PUBLICATION, found)
    }

    /// Takes the check of its external sources into the plan; the lines say what each source answered.
    #[must_use]
    pub fn sources(self, found: Result<Vec<String>, String>, lines: Vec<String>) -> Self {
        let mut with = self.with(checks::SOURCES_ALIVE, BTreeMap::from([(checks::SOURCES_ALIVE[0].id, found)]));
        if let Some(outcome) = with.report.results.last_mut() {
            outcome.evidence = lines;
        }
        with
    }

    /// Takes the count of uploaded files into the plan, with what an upload receipt shows of it. A receipt that says
    /// nothing about this state of the bundle is only mentioned.
    #[must_use]
    pub fn uploaded(mut self, found: Result<Vec<String>, String>) -> Self {
        let id = checks::LATER[0].id;
        match found {
            Ok(found) => self.with(checks::LATER, BTreeMap::from([(id, Ok(found))])),
            Err(why) => {
                for outcome in self.report.results.iter_mut().filter(|outcome| outcome.id == id) {
                    outcome.observed.clone_from(&why);
                }
                self
            }
        }
    }

    fn with(
        mut self,
        checks: &[checks::Elsewhere],
        mut found: BTreeMap<&'static str, Result<Vec<String>, String>>,
    ) -> Self {
        let ids = checks::ids(checks);
        self.report.results.retain(|outcome| !ids.contains(&outcome.id));
        self.report.results.extend(checks::made(checks, &mut found));
        self.report.plan.extend(ids);
        self
    }
}
