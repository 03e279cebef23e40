//! `proofpack check`: a workspace, a pack or a single file.

use std::io::Write;
use std::path::{Path, PathBuf};

use jiff::civil::Date;
use jiff::tz::TimeZone;
use serde_json::json;

use super::declared::Declared;
use super::progress::Progress;
use super::{Form, Ran, Stopped, show, source};
use crate::build;
use crate::bundle::has_extension;
use crate::check::upload::{Upload, Verdict, Window};
use crate::check::{privacy, table};
use crate::clock::Now;
use crate::codes;
use crate::convert;
use crate::disk;
use crate::documents::decision_record::{self, DecisionRecord};
use crate::documents::{memory, pack, workspace};
use crate::finding::{self, Finding, Place, Severity};
use crate::kinds::{KINDS, UploadCheck, upload_check};
use crate::limits;

/// Folder of the packs in a workspace.
const PACKS: &str = "packs";

/// What was checked: the path as typed, the folder that places begin at, and what was found.
struct Checked {
    path: PathBuf,
    root: PathBuf,
    what: &'static str,
    findings: Vec<Finding>,
    /// Of a file that a partner sent.
    upload: Option<Upload>,
}

impl Checked {
    fn new(path: &Path, root: &Path, what: &'static str, findings: Vec<Finding>) -> Self {
        Self { path: path.to_owned(), root: root.to_owned(), what, findings, upload: None }
    }

    fn is_clean(&self) -> bool {
        match &self.upload {
            Some(upload) => upload.verdict == Verdict::Accepted,
            None => finding::count(&self.findings, Severity::Error) == 0,
        }
    }
}

/// What the caller says about the days of an upload.
pub(super) struct Asked {
    /// First and last day.
    pub window: Option<(Date, Date)>,
    /// Time zone and its IANA name.
    pub zone: Option<(TimeZone, String)>,
    /// The schema that files are checked against, in place of what they are taken for.
    pub declared: Option<Declared>,
}

pub(super) fn run(paths: &[PathBuf], asked: &Asked, now: &Now, form: Form, out: &mut dyn Write) -> Ran {
    let (mut checked, mut stopped) = (Vec::new(), Vec::new());
    for path in paths {
        match check(path, asked, now) {
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
        privacy::redact(&mut one.findings);
        finding::sort(&mut one.findings);
    }
    let clean = checked.iter().all(Checked::is_clean);
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
                if let Some(upload) = &one.upload {
                    show::upload(upload, out)?;
                }
                let word = if one.is_clean() { show::success("ok") } else { show::failure("wrong") };
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
    if let Some(upload) = &checked.upload {
        let mut value = show::upload_json(upload);
        value["path"] = disk::shown(&checked.path).into();
        value["what"] = checked.what.into();
        return value;
    }
    let clean = finding::count(&checked.findings, Severity::Error) == 0;
    json!({
        "path": disk::shown(&checked.path),
        "what": checked.what,
        "verdict": if clean { "clean" } else { "findings" },
        "counts": show::counts_json(&checked.findings),
        "findings": show::findings_json(&checked.findings),
    })
}

fn check(path: &Path, asked: &Asked, now: &Now) -> Result<Checked, Stopped> {
    if let Some(declared) = &asked.declared {
        let upload = declared.check(path)?;
        let findings = upload.findings.clone();
        return Ok(Checked { upload: Some(upload), ..Checked::new(path, Path::new(""), "table", findings) });
    }
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
        return check_file(path, asked);
    }
    Err(Stopped::new(format!("{} does not exist", path.display())))
}

fn check_workspace(path: &Path, root: &Path, only: Option<&str>, now: &Now) -> Result<Checked, Stopped> {
    let mut findings = Vec::new();
    if let Some(opened) = build::open(root, &mut findings)? {
        let progress = Progress::of_packs(only.map_or(opened.slugs.len(), |_| 1));
        findings.extend(build::check(&opened, only, now, &|| progress.tick()).findings);
    }
    if let Some(slug) = only {
        let own = format!("{PACKS}/{slug}/{}", decision_record::FILE);
        let records = workspace_records(root);
        // Alone, a record knows none of those that it names; among those of the workspace it is judged again.
        let (mut alone, mut among) = (Vec::new(), Vec::new());
        if let Some(record) = records.iter().find(|record| record.path == own) {
            decision_record::check_supersession(std::slice::from_ref(record), &mut alone);
            decision_record::check_supersession(&records, &mut among);
        }
        findings.retain(|found| !alone.contains(found));
        findings.extend(among.into_iter().filter(|found| is_about(found, &own)));
    }
    let what = if only.is_some() { "pack" } else { "workspace" };
    Ok(Checked::new(path, root, what, findings))
}

fn check_file(path: &Path, asked: &Asked) -> Result<Checked, Stopped> {
    let shown = disk::shown(path);
    let mut findings = Vec::new();
    let name = disk::name(path)?;
    let (stem, extension) = name.rsplit_once('.').unwrap_or((&name, ""));
    let table = KINDS.iter().flat_map(|kind| (kind.tables)()).find(|schema| schema.name == stem);
    let extension = extension.to_ascii_lowercase();
    if table.is_none()
        && !matches!(extension.as_str(), "json" | "md")
        && let Some(check) = upload_check()
    {
        return check_upload(path, check, asked);
    }
    let limit = if table.is_some() { limits::RECORDS_BYTES } else { limits::DOCUMENT_BYTES };
    let bytes = disk::read(path, &shown, limit, &mut findings);
    findings.extend(bytes.iter().flat_map(|bytes| privacy::findings(&shown, bytes)));
    let what = match (table, extension.as_str()) {
        (Some(schema), _) => {
            let bytes = bytes.and_then(|bytes| convert::plain(&shown, bytes, &mut findings));
            bytes.and_then(|bytes| table::read(&shown, &bytes, schema, &mut findings));
            "record table"
        }
        (None, "json") => {
            bytes.and_then(|bytes| memory::read(&shown, &bytes, &mut findings));
            "learning memory"
        }
        _ => {
            if let Some(record) = bytes.and_then(|bytes| decision_record::read(&shown, &bytes, &mut findings)) {
                if name != decision_record::FILE {
                    say_what_it_was_judged_as(&record, &mut findings);
                }
                check_neighbours(path, record, &mut findings);
            }
            "decision record"
        }
    };
    Ok(Checked::new(path, Path::new(""), what, findings))
}

/// Checks a file that a partner sent. One that cannot be opened is refused with the reason.
fn check_upload(path: &Path, check: &UploadCheck, asked: &Asked) -> Result<Checked, Stopped> {
    let shown = disk::shown(path);
    let mut findings = Vec::new();
    let window = window(path, check, asked)?;
    let source = source::open(path, &shown, &mut findings);
    let mut upload = match source {
        Some(mut source) => (check.check)(&shown, &mut *source, source::on_every_core, &window),
        None => Upload::refused(Vec::new(), Vec::new()),
    };
    upload.findings.append(&mut findings);
    let findings = upload.findings.clone();
    Ok(Checked { upload: Some(upload), ..Checked::new(path, Path::new(""), "upload", findings) })
}

/// The days that an upload is asked for: as the caller says, else as the pack says that it lies in, else as its kind
/// says.
fn window(path: &Path, check: &UploadCheck, asked: &Asked) -> Result<Window, Stopped> {
    let mut window = (check.window)();
    if let Some((days, zone, zone_name)) = window_of_pack(path) {
        (window.zone, window.zone_name) = (zone, zone_name);
        if let Some((from, to)) = days {
            (window.from, window.to) = (from, to);
        }
    }
    if let Some((from, to)) = asked.window {
        (window.from, window.to) = (from, to);
    }
    if let Some((zone, name)) = &asked.zone {
        (window.zone, window.zone_name) = (zone.clone(), name.clone());
    }
    if window.from > window.to {
        return Err(Stopped::new(format!("the window ends before it begins: {}..{}", window.from, window.to)));
    }
    Ok(window)
}

/// The window of the pack that a file lies in, and the time zone of its workspace. A pack that is not valid is not
/// asked; checking the pack tells why.
#[expect(clippy::type_complexity, reason = "used once, right above")]
fn window_of_pack(path: &Path) -> Option<(Option<(Date, Date)>, TimeZone, String)> {
    let folder = disk::find_upward(path, pack::FILE)?;
    let root = disk::find_upward(&folder, workspace::FILE)?;
    let read = |path: &Path| disk::read(path, "", limits::DOCUMENT_BYTES, &mut Vec::new());
    let workspace = workspace::read(workspace::FILE, &read(&root.join(workspace::FILE))?, &mut Vec::new())?;
    let slug = disk::name(&folder).ok()?;
    let pack = pack::read(pack::FILE, &read(&folder.join(pack::FILE))?, &slug, &workspace, &mut Vec::new());
    Some((pack.window, workspace.zone, workspace.zone_name))
}

/// Markdown of another name in which nothing looks like a decision record lacks more than single parts.
fn say_what_it_was_judged_as(record: &DecisionRecord, findings: &mut Vec<Finding>) {
    let blank = |found: &Finding| found.code == &codes::DECISION_PART_MISSING && found.message.ends_with("is blank");
    if record.status_text.is_some() || record.decision.is_some() || findings.iter().any(blank) {
        return;
    }
    findings.retain(|found| found.code != &codes::DECISION_PART_MISSING);
    let message = "was judged as a decision record, and has neither a status nor a decision";
    let hint =
        "only decision records are Markdown that can be checked by itself; other documents are checked with their pack";
    findings.push(Finding::new(&codes::DECISION_PART_MISSING, Place::file(&record.path), message).hint(hint));
}

/// The decision records of every pack of a workspace, by paths that begin at it. What is wrong in them is not said.
fn workspace_records(root: &Path) -> Vec<DecisionRecord> {
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
fn is_about(finding: &Finding, path: &str) -> bool {
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
fn check_neighbours(path: &Path, record: DecisionRecord, findings: &mut Vec<Finding>) {
    if let Some((root, own)) = in_workspace(path) {
        let records = workspace_records(&root);
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
