//! The kinds of pack. Each is one folder with its record schemas, its rules and its views side by side.
//!
//! Invariants: kinds do not know one another; the rest of the program knows them only through [`KINDS`]. A new kind is
//! a new folder and one line here.

use crate::check::schema::TableSchema;
use crate::check::upload::{Discretion, Upload, Window};
use crate::clock::Now;
use crate::codes::{self, Code};
use crate::decide::{Question, Told};
use crate::documents::workspace::Workspace;
use crate::facts::{Expected, Facts, PackFiles};
use crate::lang::{Lang, Words};
use crate::read::stream::{Crew, Source};
use crate::view::pack::{Context, Own};

mod data_gap;
mod dispatcher_preflight;
mod worker_self_repair;

/// Every kind.
pub static KINDS: &[&Kind] = &[&dispatcher_preflight::KIND, &worker_self_repair::KIND, &data_gap::KIND];

/// What makes a kind.
#[derive(Debug)]
pub struct Kind {
    /// The word that `pack.toml` names it by.
    pub name: &'static str,
    /// What people call it.
    pub title: Words,
    /// File name of its primary page.
    pub primary: &'static str,
    /// Authored documents that every bundle of the kind holds.
    pub documents: &'static [&'static str],
    /// Schemas of its record tables, in the order in which they are shown.
    pub tables: fn() -> &'static [TableSchema],
    /// What it concludes from a pack, and what of it only its primary page has.
    pub conclude: fn(&Given<'_>) -> Own,
    /// The decisions of it that can be asked by name.
    pub questions: &'static [&'static Question],
    /// Finding codes that only it reports.
    pub codes: &'static [&'static Code],
    /// How it checks a file that a partner sent, if it takes such files.
    pub upload: Option<UploadCheck>,
}

/// How a kind checks a file that a partner sent, by itself.
#[derive(Debug)]
pub struct UploadCheck {
    /// What such a file is called on the command line.
    pub name: &'static str,
    /// The days that it asks for unless somebody says otherwise.
    pub window: fn() -> Window,
    /// The columns that it has to have, as far as a table schema can say it.
    pub schema: fn() -> &'static TableSchema,
    /// Checks a file; the path is how findings name it.
    pub check: fn(&str, &mut dyn Source, Crew, &Window) -> Upload,
    /// What may be repeated of the cells of such a file.
    pub discretion: Discretion,
    /// An empty form for whoever sends such a file, as a workbook in one language, made at a moment.
    pub form: fn(Lang, &Now) -> Result<Vec<u8>, String>,
}

/// All that a kind may conclude from.
#[derive(Clone, Copy, Debug)]
pub struct Given<'a> {
    /// What the pack's files say.
    pub facts: &'a Facts,
    /// The files themselves; a kind that takes uploads finds them here.
    pub files: &'a PackFiles,
    /// The pack's folder as findings name it.
    pub shown: &'a str,
    /// The people and the time zone.
    pub workspace: &'a Workspace,
    /// How its pages are to read, and as of when.
    pub context: &'a Context<'a>,
}

impl Kind {
    /// What a pack of the kind is expected to hold.
    pub fn expected(&self) -> Expected<'static> {
        Expected { documents: self.documents, tables: (self.tables)(), primary: self.primary }
    }
}

/// The kind of this name.
pub fn find(name: &str) -> Option<&'static Kind> {
    KINDS.iter().copied().find(|kind| kind.name == name)
}

/// How files that partners send are checked: by the kind that takes them.
pub fn upload_check() -> Option<&'static UploadCheck> {
    KINDS.iter().find_map(|kind| kind.upload.as_ref())
}

/// Every decision that can be asked by name, in the order of the kinds.
pub fn questions() -> impl Iterator<Item = &'static Question> + Clone {
    KINDS.iter().flat_map(|kind| kind.questions).copied()
}

/// Every rule that can be explained by its id, table by table.
pub fn rules() -> impl Iterator<Item = Told> {
    dispatcher_preflight::told().chain(worker_self_repair::told()).chain(data_gap::told())
}

/// Every finding code, those of the core first.
pub fn all_codes() -> impl Iterator<Item = &'static Code> + Clone {
    codes::ALL.iter().chain(KINDS.iter().flat_map(|kind| kind.codes)).copied()
}

/// Reads the embedded schemas of a kind.
fn schemas(sources: &[&str]) -> Vec<TableSchema> {
    let parse =
        |source: &&str| TableSchema::from_json(source).unwrap_or_else(|error| panic!("embedded schema: {error}"));
    sources.iter().map(parse).collect()
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn kinds_can_be_told_apart_and_their_schemas_read() {
        let names: BTreeSet<_> = KINDS.iter().map(|kind| kind.name).collect();
        let pages: BTreeSet<_> = KINDS.iter().map(|kind| kind.primary).collect();
        assert_eq!((names.len(), pages.len()), (KINDS.len(), KINDS.len()));
        for kind in KINDS {
            let tables: BTreeSet<_> = (kind.tables)().iter().map(|schema| &schema.name).collect();
            assert_eq!(tables.len(), (kind.tables)().len(), "{}", kind.name);
            assert!(kind.documents.contains(&crate::bundle::DECISION), "{}", kind.name);
        }
        let asked: BTreeSet<_> = questions().map(|question| question.name).collect();
        assert_eq!(asked.len(), questions().count());
        let rules: BTreeSet<_> = rules().map(|rule| rule.id).collect();
        assert_eq!(rules.len(), super::rules().count());
        for code in KINDS.iter().filter(|kind| kind.upload.is_some()).flat_map(|kind| kind.codes) {
            let is_told = code.severity == crate::finding::Severity::Error;
            assert!(!is_told || code.fix_zh.ends_with('。'), "a sender is not told what to do about {}", code.id);
        }
        let codes: BTreeSet<_> = all_codes().map(|code| code.id).collect();
        assert_eq!(codes.len(), all_codes().count());
    }
}
