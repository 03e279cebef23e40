//! What an upload is judged with beside its own content: the pack that it lies in, what people decided, and what the
//! payment gateway says.
//!
//! Invariant: a decision counts only when the people of a workspace say who may decide; without a workspace none is read.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use jiff::civil::Date;

use super::stopped::Stopped;
use crate::check::table::{self, Records};
use crate::check::upload::Window;
use crate::clock::Now;
use crate::convert;
use crate::disk;
use crate::documents::workspace::Workspace;
use crate::documents::{pack, workspace};
use crate::finding::Finding;
use crate::kinds::{Beside, KINDS, UploadCheck};
use crate::limits;

/// The pack that an upload lies in. One that is not valid is none; checking the pack tells why.
pub(super) struct Home {
    folder: PathBuf,
    /// Its workspace.
    pub workspace: Workspace,
    /// First and last day that it asks for.
    pub window: Option<(Date, Date)>,
}

impl Home {
    /// The pack that a file lies in.
    pub(super) fn of(path: &Path) -> Option<Self> {
        let folder = disk::find_upward(path, pack::FILE)?;
        let workspace = workspace_of(&folder)?;
        let slug = disk::name(&folder).ok()?;
        let content = disk::read(&folder.join(pack::FILE), "", limits::DOCUMENT_BYTES, &mut Vec::new())?;
        let pack = pack::read(pack::FILE, &content, &slug, &workspace, &mut Vec::new());
        Some(Self { folder, workspace, window: pack.window })
    }
}

/// The workspace that a file or folder lies in.
fn workspace_of(path: &Path) -> Option<Workspace> {
    let root = disk::find_upward(path, workspace::FILE)?;
    let content = disk::read(&root.join(workspace::FILE), "", limits::DOCUMENT_BYTES, &mut Vec::new())?;
    workspace::read(workspace::FILE, &content, &mut Vec::new())
}

/// What is known beside an upload.
#[derive(Default)]
pub(super) struct Known {
    decided: Option<(Workspace, BTreeMap<String, Records>)>,
    settlement: Option<(String, Vec<u8>)>,
}

impl Known {
    /// Reads what the caller names, else what people decided in the pack.
    pub(super) fn read(
        path: &Path,
        home: Option<&Home>,
        check: &UploadCheck,
        settlement: Option<&Path>,
        decisions: &[PathBuf],
        findings: &mut Vec<Finding>,
    ) -> Result<Self, Stopped> {
        let mut known = Self::default();
        if let Some(file) = settlement {
            known.settlement = content(file, findings)?.map(|content| (disk::shown(file), content));
        }
        let own = || home.map(|home| tables_of(home, check)).unwrap_or_default();
        let files = if decisions.is_empty() { own() } else { decisions.to_vec() };
        if files.is_empty() {
            return Ok(known);
        }
        if let Some(missing) = files.iter().find(|file| !disk::is_file(file)) {
            return Err(does_not_exist(missing));
        }
        let found = home.map(|home| home.workspace.clone()).or_else(|| workspace_of(path));
        let Some(workspace) = found.or_else(|| files.iter().find_map(|file| workspace_of(file))) else {
            let why = format!(
                "--decisions: who may decide says a {}, and neither {} nor the decisions lie in a workspace",
                workspace::FILE,
                path.display()
            );
            return Err(Stopped::new(why));
        };
        let mut tables = BTreeMap::new();
        for file in &files {
            let stem = file.file_stem().map(|stem| stem.to_string_lossy().into_owned()).unwrap_or_default();
            let name = check.decided_in.iter().find(|name| **name == stem).or(check.decided_in.first());
            let schema = KINDS.iter().flat_map(|kind| (kind.tables)()).find(|schema| Some(&&*schema.name) == name);
            let (Some(schema), Some(content)) = (schema, content(file, findings)?) else { continue };
            let Some(records) = table::read(&disk::shown(file), &content, schema, findings) else { continue };
            if tables.insert(schema.name.clone(), records).is_some() {
                return Err(Stopped::new(format!("--decisions: the table `{}` is given twice", schema.name)));
            }
        }
        known.decided = Some((workspace, tables));
        Ok(known)
    }

    /// The same for a check of these days at this moment.
    pub(super) fn beside<'a>(&'a self, window: &'a Window, now: &'a Now) -> Beside<'a> {
        let decided = self.decided.as_ref().map(|(workspace, tables)| (workspace, tables));
        let settlement = self.settlement.as_ref().map(|(path, content)| (path.as_str(), content.as_slice()));
        Beside { decided, settlement, ..Beside::nothing(window, now) }
    }
}

/// The tables of a pack that say what people decided, in the one form that each is given in.
fn tables_of(home: &Home, check: &UploadCheck) -> Vec<PathBuf> {
    let records = home.folder.join("records");
    let file = |name: &&str| {
        let mut forms = ["csv", "json", "jsonl", "xlsx"].iter().map(|form| records.join(format!("{name}.{form}")));
        forms.find(|file| disk::is_file(file))
    };
    check.decided_in.iter().filter_map(file).collect()
}

fn does_not_exist(file: &Path) -> Stopped {
    Stopped::new(format!("{} does not exist", file.display()))
}

/// The content of a file that the caller names. `None` when it has to be refused; the findings say why.
fn content(file: &Path, findings: &mut Vec<Finding>) -> Result<Option<Vec<u8>>, Stopped> {
    if !disk::is_file(file) {
        return Err(does_not_exist(file));
    }
    let shown = disk::shown(file);
    let content = disk::read(file, &shown, limits::RECORDS_BYTES, findings);
    Ok(content.and_then(|content| convert::plain(&shown, content, findings)))
}
