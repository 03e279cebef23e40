//! `proofpack decide RULE --action ID`: the facts come from the registry and the records of a pack, and the run may be
//! recorded in that pack.

use std::io::Write;
use std::path::{Path, PathBuf};

use serde_json::{Value, json};

use super::show;
use super::stopped::{Ran, Stopped};
use crate::build::{self, Opened, registry};
use crate::check::privacy;
use crate::clock::Now;
use crate::codes;
use crate::decide::{Answer, Asked, Question};
use crate::disk;
use crate::documents::decision_record::{self, Status};
use crate::documents::pack;
use crate::documents::workspace::PACKS;
use crate::facts::{Facts, PackFiles};
use crate::finding::{self, Finding, Severity};
use crate::kinds::{self, ByAction, Kind, Line, Signal, Signed, Surroundings};
use crate::lang::Lang;
use crate::limits;

/// Folder of the records of a pack.
const RECORDS: &str = "records";

/// What is asked about an action.
pub(super) struct Action {
    /// Its id.
    pub id: String,
    /// Output folder, unless the workspace's own.
    pub out: Option<PathBuf>,
    /// Decision record and who signed it.
    pub signed: Option<(String, String)>,
    /// The signal to record the run for.
    pub record: Option<Signal>,
}

pub(super) fn run(
    question: &Question,
    action: &Action,
    root: &Path,
    (lang, trace): (Option<Lang>, bool),
    now: &Now,
    out: &mut dyn Write,
) -> Ran {
    let (kind, asked) = kinds::by_action(question.name).ok_or_else(|| {
        Stopped::new(format!("`{}` cannot be asked about an action; give it facts as JSON", question.name))
    })?;
    let mut findings = Vec::new();
    let decided = decide((kind, asked), action, root, (lang, trace), now, &mut findings);
    privacy::redact(&mut findings);
    finding::sort(&mut findings);
    let mut said = Vec::new();
    show::findings(&findings, root, &mut said)?;
    anstream::stderr().write_all(&said)?;
    let Some(answer) = decided? else {
        return Err(Stopped::new("no decision was made, since not every fact could be read".to_owned()));
    };
    show::json(&Value::Object(answer), out)?;
    Ok(finding::count(&findings, Severity::Error) == 0)
}

fn decide(
    (kind, asked): (&'static Kind, &ByAction),
    action: &Action,
    root: &Path,
    (lang, trace): (Option<Lang>, bool),
    now: &Now,
    findings: &mut Vec<Finding>,
) -> Result<Option<Answer>, Stopped> {
    let Some(opened) = build::open(root, findings)? else { return Ok(None) };
    let (slug, facts, files) = pack_of(kind, &opened, &action.id, findings)?;
    // Due time and ids stand in pack.toml: nothing is decided from one that could not be read.
    let manifest = format!("{PACKS}/{slug}/{}", pack::FILE);
    if findings.iter().any(|found| found.place.file.as_deref() == Some(manifest.as_str())) {
        return Ok(None);
    }
    let folder = action.out.clone().unwrap_or_else(|| root.join(&opened.workspace.out));
    // A bundle matters when it answers the action, or when a record may name it.
    let is_named = |slug: &str| files.values().any(|bytes| memchr::memmem::find(bytes, slug.as_bytes()).is_some());
    let wanted = |other: &str, of: Option<&str>| other != slug && (of == Some(action.id.as_str()) || is_named(other));
    let Some(built) = registry::built(&folder, &wanted, findings)? else { return Ok(None) };
    let shown = format!("{PACKS}/{slug}");
    let signed = action.signed.as_ref().map(|(record, by)| Signed {
        record: record.clone(),
        by: by.clone(),
        found: decision_record_holds(&opened, &shown, record),
    });
    let about = Surroundings {
        action: &action.id,
        facts: &facts,
        shown: &shown,
        workspace: &opened.workspace,
        now,
        built: &built,
        signed,
    };
    let lang = lang.unwrap_or(opened.workspace.lang);
    let Some(mut answer) = (asked.decide)(&about, &Asked { lang, trace }, findings) else { return Ok(None) };
    answer.insert("action_item_id".to_owned(), action.id.clone().into());
    answer.insert("pack".to_owned(), slug.clone().into());
    if let Some(signal) = &action.record {
        let lines = (asked.lines)(&about, &answer, signal).map_err(Stopped::new)?;
        answer.insert("recorded".to_owned(), record(&opened.root.join(&shown), &lines)?);
    }
    Ok(Some(answer))
}

/// The pack of the right kind that is about an action.
fn pack_of(
    wanted: &Kind,
    opened: &Opened,
    action: &str,
    findings: &mut Vec<Finding>,
) -> Result<(String, Facts, PackFiles), Stopped> {
    let mut found = Vec::new();
    for slug in &opened.slugs {
        let path = opened.root.join(PACKS).join(slug).join(pack::FILE);
        let says = disk::read(&path, "", limits::DOCUMENT_BYTES, &mut Vec::new()).unwrap_or_default();
        if memchr::memmem::find(&says, action.as_bytes()).is_none() {
            continue;
        }
        let mut noticed = Vec::new();
        let Some((kind, facts, files)) = build::read(opened, slug, &mut noticed) else { continue };
        if kind.name == wanted.name && facts.pack.action_item_id.as_deref() == Some(action) {
            // Other faults of the pack are for `check`.
            let told = [format!("{PACKS}/{slug}/{}", pack::FILE), format!("{PACKS}/{slug}/{RECORDS}/")];
            noticed.retain(|found| {
                let file = found.place.file.as_deref().unwrap_or_default();
                let is_about_facts = told.iter().any(|path| file.starts_with(path.as_str()));
                is_about_facts && found.severity == Severity::Error && found.code != &codes::MISSING_INPUT
            });
            findings.append(&mut noticed);
            found.push((slug.clone(), facts, files));
        }
    }
    let names: Vec<_> = found.iter().map(|(slug, ..)| slug.clone()).collect();
    match found.pop() {
        Some(only) if found.is_empty() => Ok(only),
        Some(_) => Err(Stopped::new(format!("several packs are about action {action}: {}", names.join(", ")))),
        None => Err(Stopped::new(format!(
            "no pack of kind {} is about action {action}; pack.toml says so with `action_item_id`",
            wanted.name
        ))),
    }
}

/// Whether a decision record is there and holds, named from its pack or from the workspace; else why not.
fn decision_record_holds(opened: &Opened, shown: &str, record: &str) -> Result<(), String> {
    let is_inside = !record.starts_with('/')
        && !record.contains(['\\', ':'])
        && record.split('/').all(|part| !part.is_empty() && part != "." && part != "..");
    let paths = [format!("{shown}/{record}"), record.to_owned()];
    let Some(path) = paths.iter().filter(|_| is_inside).find(|path| disk::is_file(&opened.root.join(path))) else {
        return Err("does not exist in the workspace".to_owned());
    };
    let mut findings = Vec::new();
    let read = disk::read(&opened.root.join(path), path, limits::DOCUMENT_BYTES, &mut findings)
        .and_then(|bytes| decision_record::read(path, &bytes, &mut findings));
    match read.and_then(|record| record.status) {
        _ if finding::count(&findings, Severity::Error) > 0 => Err("is not a complete decision record".to_owned()),
        None => Err("does not say whether it holds".to_owned()),
        Some(status @ (Status::Rejected | Status::Deprecated | Status::Superseded)) => {
            Err(format!("does not hold: it is {}", status.word()))
        }
        Some(_) => Ok(()),
    }
}

/// Appends the lines to the tables of the pack.
fn record(pack: &Path, lines: &[Line]) -> Result<Value, Stopped> {
    let folder = pack.join(RECORDS);
    for line in lines {
        for extension in ["csv", "xlsx", "json"] {
            let other = folder.join(format!("{}.{extension}", line.table));
            if disk::is_file(&other) {
                return Err(Stopped::new(format!(
                    "{} cannot be appended to; nothing was recorded. Write its rows as {}.jsonl, one JSON object in each line",
                    disk::shown(&other),
                    line.table
                )));
            }
        }
    }
    let mut recorded = Vec::new();
    for line in lines {
        let path = folder.join(format!("{}.jsonl", line.table));
        let is_new = disk::append(&path, &line.id, &line.json)?;
        recorded.push(json!({"table": line.table, "id": line.id, "new": is_new}));
    }
    Ok(recorded.into())
}
