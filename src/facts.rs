//! What the files of one pack say, read and checked: everything that rules and pages may look at.
//!
//! Invariant: pure. The same files give the same facts and the same findings; a file that was not given stays `None`,
//! which is not the same as an empty one.

use std::collections::{BTreeMap, BTreeSet};

use glob::{Pattern, PatternError};

use crate::bundle::{
    self, ACCEPTANCE, CLAIMS, DATA_MODEL, DECISION, GENERATED, LEDGER, MANIFEST, MEMORY, REPORTS, has_extension,
};
use crate::check::export::{self, Export, Exports};
use crate::check::privacy;
use crate::check::schema::TableSchema;
use crate::check::table::{self, Records};
use crate::codes;
use crate::documents::acceptance::{self, Case};
use crate::documents::allowed::{self, Entry};
use crate::documents::claims::{self, Claims};
use crate::documents::decision_record::{self, DecisionRecord};
use crate::documents::memory::{self, Memory};
use crate::documents::pack::{self, Declared, Pack};
use crate::documents::workspace::Workspace;
use crate::finding::{Code, Finding, Place, did_you_mean};
use crate::limits::{self, Limit};
use crate::read::text;

/// Folder of the typed records of a pack.
const RECORDS: &str = "records/";
/// Folder of the files that a partner sent. A kind that takes them checks them, with all other facts at hand.
pub const UPLOADS: &str = "uploads/";

/// Folders of what is shown with its faults instead of being refused for them.
pub const DATA: [&str; 3] = [RECORDS, UPLOADS, export::FOLDER];

/// How large a file of a pack may be, and what to do about one that is larger.
pub fn limit(name: &str) -> (Limit, &'static str) {
    if name.starts_with(export::FOLDER) {
        (limits::EXPORT_BYTES, "export a shorter time, or fewer fields of each item")
    } else if DATA.iter().any(|folder| name.starts_with(folder)) {
        (limits::RECORDS_BYTES, "leave out what this pack does not need, or split it over several packs")
    } else {
        (limits::DOCUMENT_BYTES, "shorten it")
    }
}

/// Content of a pack's files by their path inside the pack.
pub type PackFiles = BTreeMap<String, Vec<u8>>;

/// What a kind expects to find in a pack.
#[derive(Clone, Debug)]
pub struct Expected<'a> {
    /// Authored documents that every bundle of the kind holds.
    pub documents: &'a [&'a str],
    /// Schemas of its record tables.
    pub tables: &'a [TableSchema],
    /// Its exports.
    pub exports: &'static [Export],
    /// File name of its primary page.
    pub primary: &'a str,
}

/// What a pack says.
#[derive(Debug)]
pub struct Facts {
    /// Its `pack.toml`.
    pub pack: Pack,
    /// Its learning memory.
    pub memory: Option<Memory>,
    /// Its decision record.
    pub decision: Option<DecisionRecord>,
    /// Its acceptance cases; `None` when not given.
    pub acceptance: Option<Vec<Case>>,
    /// Its claims; `None` when not given.
    pub claims: Option<Claims>,
    /// What may leave although the privacy scan finds it; `None` when not given.
    pub allowed: Option<Vec<Entry>>,
    /// The record tables that were given, by name.
    pub tables: BTreeMap<String, Records>,
    /// The exports that were given.
    pub exports: Exports,
    /// Authored documents that the bundle holds, by name.
    pub documents: BTreeMap<String, String>,
}

/// Reads the files of a pack. `shown` is the pack's folder as findings name it. Without `expected`, when the kind is not
/// known, nothing is said about what only a kind can tell: which documents it requires and which tables it has.
pub fn read(
    pack: Pack,
    files: &PackFiles,
    shown: &str,
    expected: Option<&Expected<'_>>,
    findings: &mut Vec<Finding>,
) -> Facts {
    let path = |name: &str| format!("{shown}/{name}");
    let given = |name: &str| files.get(name).map(|bytes| (path(name), bytes.as_slice()));
    // What could not be read has been reported while the files were read; it is not missing.
    let refused: BTreeSet<String> = findings
        .iter()
        .filter(|found| UNREAD.contains(&found.code))
        .filter_map(|found| Some(found.place.file.as_deref()?.strip_prefix(shown)?.strip_prefix('/')?.to_owned()))
        .collect();
    check_inputs(&pack.inputs, files, &refused, findings);
    let allowed = given(allowed::FILE).map(|(path, bytes)| allowed::read(&path, bytes, findings));
    for (name, bytes) in files.iter().filter(|(name, _)| !name.starts_with(UPLOADS)) {
        // Whether an entry still holds is judged with the bundle.
        let in_bundle = bundle::evidence_name(name);
        let fits = |entry: &Entry, hit: &_| {
            entry.fits(name, hit) || in_bundle.as_ref().is_some_and(|name| entry.fits(name, hit))
        };
        let is_allowed = |hit: &_| allowed.iter().flatten().any(|entry| fits(entry, hit));
        findings.extend(privacy::findings_but(&path(name), bytes, is_allowed));
    }
    let mut documents = BTreeMap::new();
    let declared = pack.artifacts.iter().map(|declared| (declared.pattern.as_str(), declared.place.clone()));
    let required = expected.map(|expected| expected.documents).unwrap_or_default();
    let required = required.iter().map(|name| (*name, Place::file(shown)));
    for (name, place) in required.chain(declared) {
        if is_written_here(name, expected) {
            let message = format!("`{name}` is written by proofpack itself");
            let hint = "take the line out of `artifacts`, or name your document differently";
            findings.push(Finding::new(&codes::NAME_COLLISION, place, message).hint(hint));
            continue;
        }
        match files.get(name) {
            Some(bytes) => {
                if let Some(text) = text::read(&path(name), bytes, findings) {
                    documents.insert(name.to_owned(), text.content.to_owned());
                }
            }
            None if refused.contains(name) => {}
            None => findings.push(
                Finding::new(&codes::MISSING_DOCUMENT, place, format!("`{name}` is missing"))
                    .hint(format!("write {}", path(name))),
            ),
        }
    }
    if !files.contains_key(MEMORY) && !refused.contains(MEMORY) {
        findings.push(
            Finding::new(&codes::MISSING_DOCUMENT, Place::file(shown), format!("`{MEMORY}` is missing"))
                .hint(format!("write {}; `proofpack schema learning-memory` shows its shapes", path(MEMORY))),
        );
    }
    let facts = Facts {
        memory: given(MEMORY).and_then(|(path, bytes)| memory::read(&path, bytes, findings)),
        decision: given(DECISION).and_then(|(path, bytes)| decision_record::read(&path, bytes, findings)),
        acceptance: given(acceptance::FILE).map(|(path, bytes)| acceptance::read(&path, bytes, findings)),
        claims: given(claims::FILE).map(|(path, bytes)| claims::read(&path, bytes, findings)),
        tables: expected.map(|expected| tables(files, shown, expected.tables, findings)).unwrap_or_default(),
        allowed,
        exports: expected.map(|expected| export::read(files, shown, expected.exports, findings)).unwrap_or_default(),
        pack,
        documents,
    };
    if let Some(expected) = expected {
        check_unused(files, &facts, shown, expected, findings);
    }
    facts
}

/// Codes of files that are there and could not be read.
const UNREAD: [&Code; 4] = [&codes::UNREADABLE, &codes::TOO_LARGE, &codes::SYMLINK, &codes::BAD_NAME];

/// Whether the bundle has a file of this name that nobody authors.
fn is_written_here(name: &str, expected: Option<&Expected<'_>>) -> bool {
    let mut written = GENERATED.iter().chain(&REPORTS).copied().chain([MANIFEST]);
    let primary = expected.map(|expected| expected.primary);
    written.any(|written| written.eq_ignore_ascii_case(name))
        || primary.is_some_and(|page| page.eq_ignore_ascii_case(name))
}

/// Every declared input must be there, and every pattern must match something.
fn check_inputs(inputs: &[Declared], files: &PackFiles, refused: &BTreeSet<String>, findings: &mut Vec<Finding>) {
    for input in inputs {
        let leaves = input.pattern.starts_with('/') || input.pattern.split('/').any(|part| part == "..");
        match parts(&input.pattern) {
            Ok(parts) if !leaves => {
                if !files.keys().chain(refused).any(|name| matches(&parts, &name.split('/').collect::<Vec<_>>())) {
                    let message = format!("input `{}` matches no file of the pack", input.pattern);
                    let hint = "add the file, or take the line out of `inputs`";
                    findings.push(Finding::new(&codes::MISSING_INPUT, input.place.clone(), message).hint(hint));
                }
            }
            Ok(_) => {
                let message = format!("input `{}` leads out of the pack", input.pattern);
                let hint = "write a path inside the pack, without `..` and without `/` at its beginning";
                findings.push(Finding::new(&codes::BAD_PATTERN, input.place.clone(), message).hint(hint));
            }
            Err(error) => {
                let message = format!("input `{}`: {}", input.pattern, error.msg);
                let hint = "write names with `*`, `?` or `[…]` between `/`; `**` stands alone for any folders";
                findings.push(Finding::new(&codes::BAD_PATTERN, input.place.clone(), message).hint(hint));
            }
        }
    }
}

/// Any folders, or none.
const FOLDERS: &str = "**";

/// A pattern folder by folder. As a whole, a few `*` before a `/` would make the crate try every way to place them.
fn parts(pattern: &str) -> Result<Vec<Pattern>, PatternError> {
    let mut parts = pattern.split('/').map(Pattern::new).collect::<Result<Vec<_>, _>>()?;
    parts.dedup_by(|one, other| one.as_str() == FOLDERS && other.as_str() == FOLDERS);
    Ok(parts)
}

fn matches(parts: &[Pattern], path: &[&str]) -> bool {
    match (parts, path) {
        ([], []) => true,
        ([folders, rest @ ..], _) if folders.as_str() == FOLDERS => {
            (0..=path.len()).any(|passed| matches(rest, &path[passed..]))
        }
        ([part, rest @ ..], [name, below @ ..]) => part.matches(name) && matches(rest, below),
        _ => false,
    }
}

fn tables(
    files: &PackFiles,
    shown: &str,
    schemas: &[TableSchema],
    findings: &mut Vec<Finding>,
) -> BTreeMap<String, Records> {
    let mut tables: BTreeMap<String, Records> = BTreeMap::new();
    for (name, bytes) in files {
        let Some(file) = name.strip_prefix(RECORDS) else { continue };
        let path = format!("{shown}/{name}");
        let stem = file.rsplit_once('.').map_or(file, |(stem, _)| stem);
        let Some(schema) = schemas.iter().find(|schema| schema.name == stem) else {
            let known = || schemas.iter().map(|schema| schema.name.as_str());
            let hint = did_you_mean(stem, known()).map_or_else(
                || format!("tables: {}", known().collect::<Vec<_>>().join(", ")),
                |near| format!("did you mean `{near}`?"),
            );
            let message = format!("`{stem}` is not a table of this kind");
            findings.push(Finding::new(&codes::UNKNOWN_TABLE, Place::file(path), message).hint(hint));
            continue;
        };
        if let Some(other) = tables.get(stem) {
            let message = format!("`{stem}` is already given by {}", other.file);
            findings.push(
                Finding::new(&codes::DUPLICATE_TABLE, Place::file(path), message).hint("merge them into one file"),
            );
        } else if let Some(records) = table::read(&path, bytes, schema, findings) {
            tables.insert(stem.to_owned(), records);
        }
    }
    tables
}

/// A file that no part of the pack reads may be a misspelt one.
fn check_unused(files: &PackFiles, facts: &Facts, shown: &str, expected: &Expected<'_>, findings: &mut Vec<Finding>) {
    let known = [pack::FILE, MEMORY, acceptance::FILE, allowed::FILE, claims::FILE];
    let declared = |name: &str| {
        !is_written_here(name, Some(expected)) && facts.pack.artifacts.iter().any(|artifact| artifact.pattern == name)
    };
    let evidence = |name: &str| {
        let claims = facts.claims.iter().flat_map(|claims| &claims.list);
        claims.flat_map(|claim| &claim.evidence).any(|evidence| evidence.path() == Some(name))
    };
    for name in files.keys() {
        let used = known.contains(&name.as_str())
            || facts.documents.contains_key(name)
            || expected.documents.contains(&name.as_str())
            || declared(name)
            || DATA.iter().any(|folder| name.starts_with(folder))
            || evidence(name)
            || name == DECISION;
        if used {
            continue;
        }
        let place = Place::file(format!("{shown}/{name}"));
        let generated = GENERATED.contains(&name.as_str()) || REPORTS.contains(&name.as_str());
        let hint = if generated {
            format!("{DATA_MODEL}, {ACCEPTANCE}, {CLAIMS}, {LEDGER} and the report are generated; remove it")
        } else if has_extension(name, "md") && !name.contains('/') {
            format!("add \"{name}\" to `artifacts` in {}, or remove it", pack::FILE)
        } else {
            "remove it, or move it where the pack reads it".to_owned()
        };
        findings.push(Finding::new(&codes::UNUSED_FILE, place, "is not read by any part of the pack").hint(hint));
    }
}

/// Reads `proofpack.toml`'s neighbour, the `pack.toml` of one pack.
pub fn read_pack(
    slug: &str,
    files: &PackFiles,
    shown: &str,
    workspace: &Workspace,
    findings: &mut Vec<Finding>,
) -> Option<Pack> {
    let bytes = files.get(pack::FILE)?;
    Some(pack::read(&format!("{shown}/{}", pack::FILE), bytes, slug, workspace, findings))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_export_may_be_larger_than_a_record_table_and_that_than_a_document() {
        // 100,000 items of 2 KiB.
        assert!(limit("exports/tasks.json").0.value >= 100_000 * 2048);
        let named = |name: &str| limit(name).0.name;
        assert_eq!(named("records/visits.csv"), "records_bytes");
        assert_eq!(named("uploads/a/orders.csv"), "records_bytes");
        assert_eq!(named("exports.json"), "document_bytes");
    }

    #[test]
    fn wildcards_stay_inside_a_folder() {
        let check = |pattern: &str, path: &str, expected: bool| {
            let path: Vec<_> = path.split('/').collect();
            assert_eq!(matches(&parts(pattern).unwrap(), &path), expected, "{pattern} {path:?}");
        };
        check("records/visits.csv", "records/visits.csv", true);
        check("records/*.csv", "records/visits.csv", true);
        check("records/visit?.cs[uvw]", "records/visits.csv", true);
        check("records/[!v]*", "records/visits.csv", false);
        check("records*", "records/visits.csv", false);
        check("records?visits.csv", "records/visits.csv", false);
        check("records/", "records/visits.csv", false);
        check("Records/*", "records/visits.csv", false);
        check("*", "records/visits.csv", false);
        check("*", ".hidden", true);
        check("**/*.csv", "records/visits.csv", true);
        check("**/*.csv", "visits.csv", true);
        check("records/**", "records/a/b.csv", true);
        check("**/records", "records/visits.csv", false);
        check(&("*a".repeat(100) + "/b"), &("a".repeat(250) + "/c"), false);
        check(&("**/".repeat(1000) + "b"), "a/a/a/a", false);
    }

    #[test]
    fn a_pattern_that_is_none_is_refused() {
        for pattern in ["uploads/[", "a**", "***/a"] {
            assert!(parts(pattern).is_err(), "{pattern}");
        }
    }
}
