//! `proofpack check`: a workspace, a pack or a single file.

use std::io::Write;
use std::path::{Path, PathBuf};

use jiff::civil::Date;
use jiff::tz::TimeZone;

use super::beside::{Home, Known};
use super::declared::Declared;
use super::progress::Progress;
use super::stopped::{Ran, Stopped};
use super::told::{Form, Told};
use super::{answers, neighbours, source};
use crate::answer::annotate::{self, Original};
use crate::answer::{Answer, book, excerpt};
use crate::build;
use crate::check::upload::{Upload, Window};
use crate::check::{privacy, table};
use crate::clock::Now;
use crate::codes;
use crate::convert;
use crate::disk;
use crate::documents::decision_record::{self, DecisionRecord};
use crate::documents::workspace::PACKS;
use crate::documents::{memory, pack, workspace};
use crate::finding::{Finding, Place};
use crate::kinds::{Beside, KINDS, UploadCheck, upload_check};
use crate::limits;

/// What the caller says beside the paths.
pub(super) struct Asked<'a> {
    /// First and last day of an upload.
    pub window: Option<(Date, Date)>,
    /// Time zone of an upload and its IANA name.
    pub zone: Option<(TimeZone, String)>,
    /// Files with what people decided about the rows of an upload.
    pub decisions: Vec<PathBuf>,
    /// What the payment gateway says.
    pub settlement: Option<PathBuf>,
    /// The sheet of a workbook that counts.
    pub sheet: Option<String>,
    /// The schema that files are checked against, in place of what they are taken for.
    pub declared: Option<&'a Declared>,
    /// Where the returned workbook goes.
    pub annotate: Option<PathBuf>,
    /// How the answer is given.
    pub told: &'a Told,
}

pub(super) fn run(paths: &[PathBuf], asked: &Asked<'_>, out: &mut dyn Write) -> Ran {
    if let (Some(target), [_, _, ..]) = (&asked.annotate, paths) {
        let why = format!("{} can hold one file: name a single one beside --annotate", target.display());
        return Err(Stopped::new(why));
    }
    let (mut answers, mut stopped) = (Vec::new(), Vec::new());
    for path in paths {
        match check(path, asked) {
            Ok(one) => answers.push(one),
            Err(why) => stopped.push(why),
        }
    }
    if answers.is_empty()
        && let Some(stopped) = Stopped::all(&stopped)
    {
        return Err(stopped);
    }
    let clean = answers.iter().all(Answer::is_clean);
    answers::print(&answers, paths.len(), asked.told, out)?;
    if let (Some(target), [answer]) = (&asked.annotate, answers.as_slice())
        && let Err(why) = annotate(target, &paths[0], answer, asked, out)
    {
        out.flush()?;
        stopped.push(why);
    }
    Stopped::all(&stopped).map_or(Ok(clean), Err)
}

/// Writes the table that was checked as a workbook in which its wrong cells are marked.
fn annotate(
    target: &Path,
    path: &Path,
    answer: &Answer,
    asked: &Asked<'_>,
    out: &mut dyn Write,
) -> Result<(), Stopped> {
    let (Some(check), Some(_)) = (upload_check(), &answer.upload) else {
        return Err(Stopped::new(format!("{} is no upload: only a file that somebody sent is returned", answer.path)));
    };
    let stopped = |why: String| Stopped::new(format!("{} is not written: {why}", target.display()));
    let bytes = disk::read(path, &answer.path, limits::RECORDS_BYTES, &mut Vec::new())
        .and_then(|bytes| convert::plain(&answer.path, bytes, &mut Vec::new()));
    let bytes = bytes.ok_or_else(|| stopped("the file cannot be read".to_owned()))?;
    let original = Original { path: &answer.path, bytes: &bytes, discretion: check.discretion };
    let annotated = annotate::workbook(original, answer, asked.told.lang, &asked.told.now).map_err(stopped)?;
    disk::write_whole(target, &annotated.bytes)?;
    if asked.told.form == Form::Human {
        writeln!(out, "written: {}", disk::shown(target))?;
    }
    if annotated.left_out > 0 {
        let why = format!("{} rows are not in it: a sheet has room for {}", annotated.left_out, book::ROWS);
        return Err(Stopped::new(format!("{} is written, but {why}", target.display())));
    }
    Ok(())
}

fn check(path: &Path, asked: &Asked<'_>) -> Result<Answer, Stopped> {
    let now = &asked.told.now;
    if let Some(declared) = asked.declared {
        return Ok(Answer {
            what: "table",
            ..Answer::of_upload(disk::shown(path), declared.check(path, asked.sheet.as_deref())?)
        });
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

fn check_workspace(path: &Path, root: &Path, only: Option<&str>, now: &Now) -> Result<Answer, Stopped> {
    let mut findings = Vec::new();
    if let Some(opened) = build::open(root, &mut findings)? {
        let progress = Progress::of_packs(only.map_or(opened.slugs.len(), |_| 1));
        findings.extend(build::check(&opened, only, now, &|| progress.tick()).findings);
    }
    if let Some(slug) = only {
        let own = format!("{PACKS}/{slug}/{}", decision_record::FILE);
        let records = neighbours::of_workspace(root);
        // Alone, a record knows none of those that it names; among those of the workspace it is judged again.
        let (mut alone, mut among) = (Vec::new(), Vec::new());
        if let Some(record) = records.iter().find(|record| record.path == own) {
            decision_record::check_supersession(std::slice::from_ref(record), &mut alone);
            decision_record::check_supersession(&records, &mut among);
        }
        findings.retain(|found| !alone.contains(found));
        findings.extend(among.into_iter().filter(|found| neighbours::is_about(found, &own)));
    }
    let what = if only.is_some() { "pack" } else { "workspace" };
    Ok(Answer::new(disk::shown(path), &disk::shown(root), what, findings))
}

fn check_file(path: &Path, asked: &Asked<'_>) -> Result<Answer, Stopped> {
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
                neighbours::check(path, record, &mut findings);
            }
            "decision record"
        }
    };
    Ok(Answer::new(shown, "", what, findings))
}

/// Checks a file that a partner sent. One that cannot be opened is refused with the reason.
fn check_upload(path: &Path, check: &UploadCheck, asked: &Asked<'_>) -> Result<Answer, Stopped> {
    let shown = disk::shown(path);
    let mut findings = Vec::new();
    let home = Home::of(path);
    let window = window(home.as_ref(), check, asked)?;
    let known = Known::read(path, home.as_ref(), check, asked.settlement.as_deref(), &asked.decisions, &mut findings)?;
    let is_returned = asked.annotate.is_some();
    let listed = if is_returned { limits::MARKED_FINDINGS } else { limits::FINDINGS_PER_CODE };
    let beside = Beside { listed, sheet: asked.sheet.as_deref(), ..known.beside(&window, &asked.told.now) };
    let mut upload = match source::open(path, &shown, &mut findings) {
        Some(mut source) => (check.check)(&shown, &mut *source, source::on_every_core, &beside),
        None => Upload::refused(Vec::new(), Vec::new()),
    };
    upload.findings.append(&mut findings);
    let head = upload.head.clone();
    let mut answer = if is_returned { Answer::of_returned(shown, upload) } else { Answer::of_upload(shown, upload) };
    // Of a file that is too large to be read whole no rows are shown.
    if let (Some(head), true) = (head, asked.told.form.shows_rows())
        && let Some(bytes) = disk::read(path, &answer.path, limits::RECORDS_BYTES, &mut Vec::new())
        && let Some(bytes) = convert::plain(&answer.path, bytes, &mut Vec::new())
    {
        answer.rows = excerpt::rows(&answer.path, &bytes, &answer.findings, &head, check.discretion);
    }
    Ok(answer)
}

/// The days that an upload is asked for: as the caller says, else as the pack says that it lies in, else as its kind
/// says.
fn window(home: Option<&Home>, check: &UploadCheck, asked: &Asked<'_>) -> Result<Window, Stopped> {
    let mut window = (check.window)();
    if let Some(Home { workspace, window: days, .. }) = home {
        (window.zone, window.zone_name) = (workspace.zone.clone(), workspace.zone_name.clone());
        if let Some((from, to)) = *days {
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
