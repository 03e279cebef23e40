//! The kinds of pack. Each is one folder with its record schemas, its rules and its views side by side.
//!
//! Invariants: kinds do not know one another; the rest of the program knows them only through [`KINDS`]. A new kind is
//! a new folder and one line here.

use std::collections::BTreeMap;

use crate::check::export::Export;
use crate::check::schema::TableSchema;
use crate::check::table::Records;
use crate::check::upload::{Discretion, Upload, Window};
use crate::clock::Now;
use crate::codes;
use crate::decide::{Answer, Asked, Question, Told};
use crate::documents::workspace::Workspace;
use crate::facts::{Expected, Facts, PackFiles};
use crate::finding::{Code, Finding};
use crate::lang::{Lang, Words};
use crate::limits::{self, Limit};
use crate::read::crew::Crew;
use crate::read::stream::Source;
use crate::view::context::Context;
use crate::view::pack::Own;

mod data_gap;
mod dispatch;
mod dispatch_run;
mod dispatch_workflow;
mod dispatcher_preflight;
pub mod metric;
mod people;
mod worker_self_repair;

use metric::Metric;

/// Every kind.
pub static KINDS: &[&Kind] = &[
    &dispatcher_preflight::KIND,
    &worker_self_repair::KIND,
    &data_gap::KIND,
    &dispatch_run::KIND,
    &dispatch_workflow::KIND,
];

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
    /// Exports of other programs that it reads, in the order in which they are shown.
    pub exports: &'static [Export],
    /// What it concludes from a pack, and what of it only its primary page has.
    pub conclude: fn(&Given<'_>) -> Own,
    /// The decisions of it that can be asked by name.
    pub questions: &'static [&'static Question],
    /// Its question about an action of a workspace, if it has one.
    pub by_action: Option<&'static ByAction>,
    /// Its rules that can be explained by their ids, table by table.
    pub rules: fn() -> Vec<Told>,
    /// Counts the figures of the history in a pack, if the kind keeps one.
    pub metrics: Option<CountMetrics>,
    /// Finding codes that only it reports.
    pub codes: &'static [&'static Code],
    /// How it checks a file that a partner sent, if it takes such files.
    pub upload: Option<UploadCheck>,
}

/// Counts figures from the records of a pack as of a moment.
pub type CountMetrics = fn(&Facts, &Workspace, &Now) -> Vec<Metric>;

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
    pub check: fn(&str, &mut dyn Source, Crew, &Beside<'_>) -> Upload,
    /// The record tables that say what people decided about rows of it; the first is meant where none is named.
    pub decided_in: &'static [&'static str],
    /// What may be repeated of the cells of such a file.
    pub discretion: Discretion,
    /// An empty form for whoever sends such a file, as a workbook in one language, made at a moment.
    pub form: fn(Lang, &Now) -> Result<Vec<u8>, String>,
}

/// What a file that a partner sent is checked with.
#[derive(Clone, Copy, Debug)]
pub struct Beside<'a> {
    /// The days that it is asked for.
    pub window: &'a Window,
    /// The moment of the run.
    pub now: &'a Now,
    /// Of one code so many findings are listed with their places.
    pub listed: Limit,
    /// The people, and what they decided by record table; `None` when nobody said.
    pub decided: Option<(&'a Workspace, &'a BTreeMap<String, Records>)>,
    /// Path and content of what the payment gateway says; `None` when nobody gave it.
    pub settlement: Option<(&'a str, &'a [u8])>,
    /// The sheet of a workbook that somebody asked for.
    pub sheet: Option<&'a str>,
}

impl<'a> Beside<'a> {
    /// Nothing but the file itself.
    pub fn nothing(window: &'a Window, now: &'a Now) -> Self {
        Self { window, now, listed: limits::FINDINGS_PER_CODE, decided: None, settlement: None, sheet: None }
    }
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
    /// Whether revenue of its packs is unverified: it is counted from the export that a kind takes, once one is accepted.
    pub fn is_revenue_unverified(&self, accepted_import: Option<&str>) -> bool {
        self.upload.is_some() && accepted_import.is_none()
    }

    /// What a pack of the kind is expected to hold.
    pub fn expected(&self) -> Expected<'static> {
        let (documents, exports, primary) = (self.documents, self.exports, self.primary);
        Expected { documents, tables: (self.tables)(), exports, primary }
    }
}

/// What of a pack is unverified, in the words of the ledger of claims.
pub fn unverified(is_revenue: bool) -> &'static [&'static str] {
    if is_revenue { &["revenue"] } else { &[] }
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

/// A question that is asked about an action of a workspace: its facts come from the records of a pack and from what is
/// built, and its runs are recorded in that pack.
#[derive(Debug)]
pub struct ByAction {
    /// The question.
    pub question: &'static Question,
    /// Gathers the facts and answers, with the facts and where each came from. `None` when they could not be read; the
    /// findings say why.
    pub decide: fn(&Surroundings<'_>, &Asked, &mut Vec<Finding>) -> Option<Answer>,
    /// The lines that an answer leaves behind in the tables of the pack.
    pub lines: fn(&Surroundings<'_>, &Answer, &Signal) -> Result<Vec<Line>, String>,
}

/// What a question about an action is asked of.
#[derive(Debug)]
pub struct Surroundings<'a> {
    /// Id of the action.
    pub action: &'a str,
    /// What the files of the pack say.
    pub facts: &'a Facts,
    /// The pack's folder as findings name it.
    pub shown: &'a str,
    /// The people and the time zone.
    pub workspace: &'a Workspace,
    /// As of when.
    pub now: &'a Now,
    /// What the registry says was built.
    pub built: &'a [Built],
    /// An override that somebody asks for.
    pub signed: Option<Signed>,
}

/// An override that somebody asks for.
#[derive(Clone, Debug)]
pub struct Signed {
    /// Path of the decision record, in the workspace or in the pack.
    pub record: String,
    /// Short name of who signed it.
    pub by: String,
    /// Whether there is such a decision record and it holds; else why not.
    pub found: Result<(), String>,
}

/// A bundle of the registry.
#[derive(Clone, Debug)]
pub struct Built {
    /// Its pack.
    pub slug: String,
    /// The action that it answers.
    pub action: Option<String>,
    /// Where it lies, when it verifies; else why it does not count, as a fragment.
    pub usable: Result<String, String>,
}

/// What set a question off.
#[derive(Clone, Debug)]
pub struct Signal {
    /// Its id.
    pub id: String,
    /// What sort of signal it is.
    pub kind: String,
}

/// A line for an append-only table.
#[derive(Clone, Debug)]
pub struct Line {
    /// Name of the table.
    pub table: &'static str,
    /// Id of the record; one that is there already is not written again.
    pub id: String,
    /// The record as JSON, without a line break.
    pub json: String,
}

/// The question of this name, if it can be asked about an action, and the kind of the packs that hold its records.
pub fn by_action(question: &str) -> Option<(&'static Kind, &'static ByAction)> {
    let mut asked = KINDS.iter().filter_map(|kind| Some((*kind, kind.by_action?)));
    asked.find(|(_, asked)| asked.question.name == question)
}

/// Every rule that can be explained by its id, in the order of the kinds.
pub fn rules() -> impl Iterator<Item = Told> {
    KINDS.iter().flat_map(|kind| (kind.rules)())
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
            let exports: BTreeSet<_> = kind.exports.iter().map(|export| export.name).collect();
            assert_eq!(exports.len(), kind.exports.len(), "{}", kind.name);
            assert!(kind.documents.contains(&crate::bundle::DECISION), "{}", kind.name);
        }
        let asked: BTreeSet<_> = questions().map(|question| question.name).collect();
        assert_eq!(asked.len(), questions().count());
        let rules: BTreeSet<_> = rules().map(|rule| (rule.question, rule.id)).collect();
        assert_eq!(rules.len(), super::rules().count());
        let codes: BTreeSet<_> = all_codes().map(|code| code.id).collect();
        assert_eq!(codes.len(), all_codes().count());
    }
}
