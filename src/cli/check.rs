//! `proofpack check`: a workspace, a pack or a single file.

use std::io::Write;
use std::path::{Path, PathBuf};

use serde_json::json;

use super::progress::Progress;
use super::{Form, Ran, Stopped, show};
use crate::build;
use crate::check::table;
use crate::clock::Now;
use crate::disk;
use crate::documents::{decision_record, memory, pack, workspace};
use crate::finding::{self, Finding, Severity};
use crate::kinds::KINDS;
use crate::limits;

/// What was checked: the path as typed, the folder that places begin at, and what was found.
struct Checked {
    path: PathBuf,
    root: PathBuf,
    what: &'static str,
    findings: Vec<Finding>,
}

pub(super) fn run(paths: &[PathBuf], now: &Now, form: Form, out: &mut dyn Write) -> Ran {
    let (mut checked, mut stopped) = (Vec::new(), Vec::new());
    for path in paths {
        match check(path, now) {
            Ok(one) => checked.push(one),
            Err(why) => stopped.push(why),
        }
    }
    if checked.is_empty()
        && let Some(stopped) = Stopped::all(&stopped)
    {
        return Err(stopped);
    }
    for one in &mut checked {
        finding::sort(&mut one.findings);
    }
    let clean = checked.iter().all(|one| finding::count(&one.findings, Severity::Error) == 0);
    match form {
        Form::Json => {
            let results: Vec<_> = checked.iter().map(as_json).collect();
            // One path gives its result, several give a list of them.
            let value = if let ([one], 1) = (results.as_slice(), paths.len()) { one.clone() } else { json!(results) };
            show::json(&value, out)?;
        }
        Form::Human => {
            for one in &checked {
                show::findings(&one.findings, &one.root, out)?;
                let word = if finding::count(&one.findings, Severity::Error) == 0 {
                    show::success("ok")
                } else {
                    show::failure("wrong")
                };
                writeln!(out, "{word} {} {}: {}", one.what, disk::shown(&one.path), show::counts(&one.findings))?;
                if let Some(code) = show::ask_about(&one.findings) {
                    writeln!(out, "{}", show::faint(&format!("`proofpack explain {code}` tells more")))?;
                }
            }
        }
    }
    Stopped::all(&stopped).map_or(Ok(clean), Err)
}

fn as_json(checked: &Checked) -> serde_json::Value {
    let clean = finding::count(&checked.findings, Severity::Error) == 0;
    json!({
        "path": disk::shown(&checked.path),
        "what": checked.what,
        "verdict": if clean { "clean" } else { "findings" },
        "counts": show::counts_json(&checked.findings),
        "findings": show::findings_json(&checked.findings),
    })
}

fn check(path: &Path, now: &Now) -> Result<Checked, Stopped> {
    if disk::is_file(&path.join(workspace::FILE)) {
        return check_workspace(path, path, None, now);
    }
    if disk::is_file(&path.join(pack::FILE)) {
        let root = disk::find_upward(path, workspace::FILE).ok_or_else(|| {
            Stopped::new(format!("{} is a pack outside a workspace: no {} above it", path.display(), workspace::FILE))
        })?;
        let slug = disk::name(path)?;
        return check_workspace(path, &root, Some(&slug), now);
    }
    if disk::is_folder(path) {
        return Err(Stopped::new(format!(
            "{} is neither a workspace ({}) nor a pack ({})",
            path.display(),
            workspace::FILE,
            pack::FILE
        )));
    }
    if disk::is_file(path) {
        return check_file(path);
    }
    Err(Stopped::new(format!("{} does not exist", path.display())))
}

fn check_workspace(path: &Path, root: &Path, only: Option<&str>, now: &Now) -> Result<Checked, Stopped> {
    let mut findings = Vec::new();
    if let Some(opened) = build::open(root, &mut findings)? {
        let progress = Progress::new(only.map_or(opened.slugs.len(), |_| 1));
        findings.extend(build::check(&opened, only, now, &|| progress.tick()).findings);
    }
    let what = if only.is_some() { "pack" } else { "workspace" };
    Ok(Checked { path: path.to_owned(), root: root.to_owned(), what, findings })
}

fn check_file(path: &Path) -> Result<Checked, Stopped> {
    let shown = disk::shown(path);
    let mut findings = Vec::new();
    let name = disk::name(path)?;
    let (stem, extension) = name.rsplit_once('.').unwrap_or((&name, ""));
    let table = KINDS.iter().flat_map(|kind| (kind.tables)()).find(|schema| schema.name == stem);
    let limit = if table.is_some() { limits::RECORDS_BYTES } else { limits::DOCUMENT_BYTES };
    let bytes = disk::read(path, &shown, limit, &mut findings);
    let what = match (table, extension.to_ascii_lowercase().as_str()) {
        (Some(schema), _) => {
            bytes.and_then(|bytes| table::read(&shown, &bytes, schema, &mut findings));
            "record table"
        }
        (None, "json") => {
            bytes.and_then(|bytes| memory::read(&shown, &bytes, &mut findings));
            "learning memory"
        }
        (None, "md") => {
            if let Some(record) = bytes.and_then(|bytes| decision_record::read(&shown, &bytes, &mut findings)) {
                check_neighbours(path, record, &mut findings);
            }
            "decision record"
        }
        _ => {
            let known =
                "a learning memory (.json), a decision record (.md) or a record table named as in `proofpack schema`";
            return Err(Stopped::new(format!(
                "{} is not something that can be checked by itself: expected {known}",
                path.display()
            )));
        }
    };
    Ok(Checked { path: path.to_owned(), root: PathBuf::new(), what, findings })
}

/// Follows the supersession links of a record to the records beside it.
fn check_neighbours(path: &Path, record: decision_record::DecisionRecord, findings: &mut Vec<Finding>) {
    let folder = path.parent().unwrap_or(Path::new(""));
    let mut records = vec![record];
    let mut at = 0;
    while at < records.len() {
        for target in records[at].targets() {
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
