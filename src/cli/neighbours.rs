//! The decision records that one names, or that name it.

use std::path::{Path, PathBuf};

use crate::bundle::has_extension;
use crate::disk;
use crate::documents::decision_record::{self, DecisionRecord};
use crate::documents::workspace::PACKS;
use crate::documents::{pack, workspace};
use crate::finding::Finding;
use crate::limits;

/// The decision records of every pack of a workspace, by paths that begin at it. What is wrong in them is not said.
pub(super) fn of_workspace(root: &Path) -> Vec<DecisionRecord> {
    let slugs = disk::slugs(&root.join(PACKS), pack::FILE, &mut Vec::new()).unwrap_or_default();
    let record = |slug: String| {
        let path = format!("{PACKS}/{slug}/{}", decision_record::FILE);
        let bytes = disk::read(&root.join(&path), &path, limits::DOCUMENT_BYTES, &mut Vec::new())?;
        decision_record::read(&path, &bytes, &mut Vec::new()).map(DecisionRecord::links_only)
    };
    slugs.into_iter().filter_map(record).collect()
}

/// A folder that is not named is the one that the run stands in.
fn folder_or_here(folder: &Path) -> &Path {
    if folder.as_os_str() == "" { Path::new(".") } else { folder }
}

/// The files of a folder, by paths that begin like its own.
fn paths_in(folder: &Path) -> Vec<String> {
    let read = disk::read_folder(folder_or_here(folder)).unwrap_or_default();
    read.files.into_keys().map(|name| disk::shown(&folder.join(name))).collect()
}

/// Whether a finding about links stands in this record, or in a circle that leads through it.
pub(super) fn is_about(finding: &Finding, path: &str) -> bool {
    finding.place.file.as_deref() == Some(path) || finding.message.contains(&format!("`{path}`"))
}

/// The workspace of a pack's decision record, and the record's path from there.
fn in_workspace(path: &Path) -> Option<(PathBuf, String)> {
    let name = disk::name(path).ok().filter(|name| name == decision_record::FILE)?;
    let folder = disk::find_upward(folder_or_here(path.parent()?), &name)?;
    let root = disk::find_upward(&folder, workspace::FILE)?;
    let own = disk::shown(folder.join(name).strip_prefix(&root).ok()?);
    Some((root, own))
}

/// Judges the supersession links of a record: one of a pack among those of the workspace, any other among the records
/// beside it, as far as links lead.
pub(super) fn check(path: &Path, record: DecisionRecord, findings: &mut Vec<Finding>) {
    if let Some((root, own)) = in_workspace(path) {
        let records = of_workspace(&root);
        if records.iter().any(|record| record.path == own) {
            let mut among = Vec::new();
            decision_record::check_supersession(&records, &mut among);
            among.retain(|found| is_about(found, &own));
            for found in among.iter_mut().filter(|found| found.place.file.as_deref() == Some(&own)) {
                found.place.file = Some(record.path.clone());
            }
            findings.append(&mut among);
            return;
        }
    }
    let folder = path.parent().unwrap_or(Path::new(""));
    let mut beside = None;
    let mut records = vec![record];
    let mut at = 0;
    while at < records.len() {
        for mut target in records[at].targets() {
            // An identifier stands for the file whose name begins with its number.
            if !has_extension(&target, "md") {
                let paths = beside.get_or_insert_with(|| paths_in(folder));
                if let Some(path) = paths.iter().find(|path| decision_record::is_meant(&target, path)) {
                    target.clone_from(path);
                }
            }
            let known = records.iter().any(|record| record.path == target);
            if !known
                && let Some(bytes) = disk::read(Path::new(&target), &target, limits::DOCUMENT_BYTES, &mut Vec::new())
                && Path::new(&target).starts_with(folder)
                && let Some(record) = decision_record::read(&target, &bytes, &mut Vec::new())
            {
                records.push(record);
            }
        }
        at += 1;
    }
    decision_record::check_supersession(&records, findings);
}
