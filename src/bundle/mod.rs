//! All files of a bundle in memory, before any is written: flat, with names that are safe and unique everywhere.

use std::collections::BTreeMap;

use crate::check::names;
use crate::codes;
use crate::documents::evidence;
use crate::finding::{Finding, Place};
use crate::limits;

pub mod manifest;

/// Name of the manifest, the one file that it does not list.
pub const MANIFEST: &str = "manifest.sha256";
/// Name of the verification report.
pub const REPORT_JSON: &str = "e2e-verification.json";
/// The report for readers of Markdown.
pub const REPORT_MD: &str = "e2e-verification.md";
/// The report as a page.
pub const REPORT_HTML: &str = "e2e-verification.html";
/// The learning memory of the pack.
pub const MEMORY: &str = "learning-memory.json";
/// The decision record of the pack.
pub const DECISION: &str = "decision-record.md";
/// Generated from the record schemas.
pub const DATA_MODEL: &str = "data-model.md";
/// Generated from the acceptance cases.
pub const ACCEPTANCE: &str = "acceptance-tests.md";
/// Generated from the claims.
pub const CLAIMS: &str = "artifact-url-or-pr.md";
/// The claims with their computed status.
pub const LEDGER: &str = "claims.json";

/// The three forms of the verification report.
pub const REPORTS: [&str; 3] = [REPORT_JSON, REPORT_MD, REPORT_HTML];
/// Documents that the tool writes and nobody authors.
pub const GENERATED: [&str; 4] = [DATA_MODEL, ACCEPTANCE, CLAIMS, LEDGER];

/// Content of files by name.
pub type Files = BTreeMap<String, Vec<u8>>;

/// A folder as `verify` finds it: its files, and what else lies there and has no business in a bundle.
#[derive(Debug, Default)]
pub struct Folder {
    /// Content by name.
    pub files: Files,
    /// Name and reason of everything that is not a readable regular file of permitted size.
    pub strangers: Vec<(String, String)>,
}

impl Folder {
    /// What proofpack did not write: what neither the manifest nor the bundle that comes next has. The latter counts so
    /// that a bundle whose manifest was lost can be built again.
    pub fn foreign(&self, next: &Files) -> Vec<String> {
        let listed = self.files.get(MANIFEST).and_then(|bytes| manifest::parse(bytes).ok()).unwrap_or_default();
        let is_ours = |name: &String| *name == MANIFEST || listed.contains_key(name) || next.contains_key(name);
        let strangers = self.strangers.iter().map(|(name, _)| name);
        strangers.chain(self.files.keys().filter(|name| !is_ours(name))).cloned().collect()
    }
}

/// Adds a file, or says why it cannot be part of a bundle. `source` is where the name comes from.
pub fn add(files: &mut Files, name: &str, bytes: Vec<u8>, source: &str, findings: &mut Vec<Finding>) {
    let place = Place::file(source);
    if let Err(why) = names::artifact_name(name) {
        findings.push(Finding::new(&codes::BAD_NAME, place, format!("`{name}` {why}")).hint("rename the file"));
    // Safe names are ASCII, so nothing but case can make two of them one.
    } else if let Some(other) = files.keys().find(|other| other.eq_ignore_ascii_case(name)) {
        let message = format!("`{name}` and `{other}` are one name on many systems");
        findings.push(Finding::new(&codes::NAME_COLLISION, place, message).hint("rename one of them"));
    } else if bytes.len() as u64 > limits::ARTIFACT_BYTES.value {
        let limit = limits::ARTIFACT_BYTES;
        let message = format!("`{name}` is larger than {} bytes (limit `{}`)", limit.value, limit.name);
        findings.push(Finding::new(&codes::TOO_LARGE, place, message));
    } else {
        files.insert(name.to_owned(), bytes);
    }
}

/// The name in a bundle, which has no folders, of a document of evidence by its path in the pack: `evidence/pr.json` is
/// `evidence-pr.json`. `None` for what is no JSON file directly in that folder.
pub fn evidence_name(path: &str) -> Option<String> {
    let name = path.strip_prefix(evidence::FOLDER).filter(|name| !name.contains('/') && has_extension(name, "json"))?;
    Some(format!("evidence-{name}"))
}

/// Whether people write this file of a bundle, not the tool.
pub fn is_authored(name: &str) -> bool {
    name == MEMORY || (has_extension(name, "md") && !GENERATED.contains(&name) && !REPORTS.contains(&name))
}

/// Whether a name ends in this extension, in any case.
pub fn has_extension(name: &str, extension: &str) -> bool {
    name.rsplit_once('.').is_some_and(|(_, found)| found.eq_ignore_ascii_case(extension))
}
