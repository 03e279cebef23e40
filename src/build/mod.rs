//! The whole way from a workspace on disk to bundles in its output folder, pack by pack.
//!
//! Invariants: a bundle takes the place of the old one only when it passed its plan and was read back byte for byte; an
//! unchanged one is not touched; what is kept of a pack after it was handled is one line of the index and its findings.

mod ledger;
pub mod registry;

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use rayon::prelude::*;

use crate::assemble::{self, Assembled};
use crate::bundle::{DECISION, Files, MANIFEST, MEMORY, manifest};
use crate::check::names;
use crate::clock::Now;
use crate::codes;
use crate::convert;
use crate::disk::{self, Error, Output};
use crate::documents::decision_record::{self, DecisionRecord};
use crate::documents::lessons::{self, Remembered};
use crate::documents::workspace::{PACKS, Workspace};
use crate::documents::{memory, pack, workspace};
use crate::facts::{self, Facts, PackFiles};
use crate::finding::{self, Finding, Place, Severity};
use crate::kinds::{self, Kind};
use crate::limits;
use crate::view;
use crate::view::context::Context;
use crate::view::html;
use crate::view::index::{Entry, State};

use ledger::{Built, Ledger};

/// The page that leads to every bundle.
const INDEX: &str = "index.html";
/// What has been built and is usable, for programs.
const REGISTRY: &str = registry::FILE;

/// A workspace on disk whose `proofpack.toml` could be read.
#[derive(Debug)]
pub struct Opened {
    /// Its folder.
    pub root: PathBuf,
    /// The bytes of its `proofpack.toml`.
    source: Vec<u8>,
    /// What its `proofpack.toml` says.
    pub workspace: Workspace,
    /// Its packs by the name of their folder.
    pub slugs: Vec<String>,
}

/// What became of a workspace.
#[derive(Debug, Default)]
pub struct Outcome {
    /// Every pack, by slug.
    pub packs: Vec<Entry>,
    /// Every finding, in the order in which they are shown.
    pub findings: Vec<Finding>,
}

impl Outcome {
    /// Whether nothing is wrong.
    pub fn is_clean(&self) -> bool {
        finding::count(&self.findings, Severity::Error) == 0
    }
}

/// Opens a workspace. `None` when its `proofpack.toml` cannot be used; the findings say why.
pub fn open(root: &Path, findings: &mut Vec<Finding>) -> Result<Option<Opened>, Error> {
    let Some(bytes) = disk::read(&root.join(workspace::FILE), workspace::FILE, limits::DOCUMENT_BYTES, findings) else {
        return Ok(None);
    };
    let workspace = workspace::read(workspace::FILE, &bytes, findings);
    let slugs = disk::slugs(&root.join(PACKS), pack::FILE, findings)?;
    let slugs = usable(slugs, findings);
    Ok(workspace.map(|workspace| Opened { root: root.to_path_buf(), source: bytes, workspace, slugs }))
}

/// Slugs name folders of the output and parts of web addresses, so they must be safe and unique everywhere.
fn usable(slugs: Vec<String>, findings: &mut Vec<Finding>) -> Vec<String> {
    if slugs.is_empty() {
        findings.push(
            Finding::new(
                &codes::NO_PACKS,
                Place::file(PACKS),
                format!("holds no pack (a folder with a {})", pack::FILE),
            )
            .hint("`proofpack init` shows one"),
        );
    }
    for (one, other) in names::collisions(slugs.iter().map(String::as_str)) {
        let place = Place::file(format!("{PACKS}/{other}"));
        let message = format!("`{one}` and `{other}` are one name on many systems");
        findings.push(Finding::new(&codes::NAME_COLLISION, place, message).hint("rename one of the packs"));
    }
    let mut usable = Vec::new();
    let mut taken = BTreeSet::new();
    for slug in slugs {
        let folded = names::folded(&slug);
        let safe = if [INDEX, REGISTRY].contains(&folded.as_str()) {
            Err("is a file of the output folder".to_owned())
        } else {
            names::artifact_name(&slug)
        };
        if let Err(why) = safe {
            let place = Place::file(format!("{PACKS}/{slug}"));
            findings.push(Finding::new(&codes::BAD_NAME, place, format!("`{slug}` {why}")).hint("rename the folder"));
        } else if taken.insert(folded) {
            usable.push(slug);
        }
    }
    usable
}

impl Opened {
    /// Its output folder.
    pub fn out(&self) -> PathBuf {
        self.root.join(&self.workspace.out)
    }
}

/// The `pack.toml` of one pack of the workspace.
pub fn pack(opened: &Opened, slug: &str) -> Option<pack::Pack> {
    let slug = opened.slugs.iter().find(|known| *known == slug)?;
    let shown = format!("{PACKS}/{slug}");
    let path = opened.root.join(&shown).join(pack::FILE);
    let bytes = disk::read(&path, pack::FILE, limits::DOCUMENT_BYTES, &mut Vec::new())?;
    let files = PackFiles::from([(pack::FILE.to_owned(), bytes)]);
    facts::read_pack(slug, &files, &shown, &opened.workspace, &mut Vec::new())
}

/// The files of a pack, and what a build would make of them at a moment. Nothing is written.
pub fn again(opened: &Opened, slug: &str, now: &Now) -> (PackFiles, Assembled) {
    let (files, early) = read_pack(opened, slug);
    let assembled = assembled(opened, slug, &files, early, now);
    (files, assembled)
}

/// What a pack of a known kind says, for questions about it: its kind, its facts and its files.
pub fn read(opened: &Opened, slug: &str, findings: &mut Vec<Finding>) -> Option<(&'static Kind, Facts, PackFiles)> {
    let (files, mut early) = read_pack(opened, slug);
    findings.append(&mut early);
    let shown = format!("{PACKS}/{slug}");
    let pack = facts::read_pack(slug, &files, &shown, &opened.workspace, findings)?;
    let kind = kinds::find(&pack.kind.as_ref()?.pattern)?;
    let facts = facts::read(pack, &files, &shown, Some(&kind.expected()), findings);
    Some((kind, facts, files))
}

/// Checks every pack of a workspace, or one, and writes nothing.
pub fn check(opened: &Opened, only: Option<&str>, now: &Now, done: &(dyn Fn() + Sync)) -> Outcome {
    let slugs: Vec<&String> =
        opened.slugs.iter().filter(|slug| only.is_none_or(|only| only == slug.as_str())).collect();
    let handled_packs = slugs.into_par_iter().map(|slug| {
        let (files, early) = read_pack(opened, slug);
        let mut assembled = assembled(opened, slug, &files, early, now);
        done();
        let findings = std::mem::take(&mut assembled.findings);
        handled(slug, assembled, State::NotWritten, findings)
    });
    gather(handled_packs.collect())
}

/// Builds every pack of a workspace into an output folder.
pub fn build(opened: &Opened, output: &Output, now: &Now, done: &(dyn Fn() + Sync)) -> Result<Outcome, Error> {
    let slugs: BTreeSet<&str> = opened.slugs.iter().map(String::as_str).collect();
    output.recover(&slugs)?;
    let ledger = Ledger::parse(&output.read(ledger::FILE)?);
    let surroundings = ledger::surroundings(&disk::program(), &opened.source, &now.rfc3339(&opened.workspace.zone));
    let handled: Result<Vec<(Handled, Option<Built>)>, Error> = opened
        .slugs
        .par_iter()
        .map(|slug| {
            let (files, early) = read_pack(opened, slug);
            let inputs = ledger::inputs(&surroundings, slug, &files);
            // A finding about the files is no part of them, so such a pack is always assembled.
            let built = ledger.unchanged(slug, &inputs).filter(|_| early.is_empty());
            let handled = match built {
                Some(built) => unchanged(opened, slug, &files, built, output)?,
                None => None,
            };
            let handled = match handled {
                Some(handled) => handled,
                None => build_pack(opened, slug, &files, early, output, now)?,
            };
            done();
            let built = handled
                .entry
                .manifest
                .clone()
                .filter(|_| handled.entry.state.is_usable() && handled.findings.is_empty());
            Ok((handled, built.map(|manifest| Built { inputs, manifest })))
        })
        .collect();
    let (handled, built): (Vec<_>, Vec<_>) = handled?.into_iter().unzip();
    let mut outcome = gather(handled);
    let built =
        outcome.packs.iter().zip(&built).filter_map(|(entry, built)| Some((entry.slug.as_str(), built.as_ref()?)));
    output.write(ledger::FILE, Ledger::render(built).as_bytes())?;
    for name in output.bundles()?.into_iter().filter(|name| !slugs.contains(name.as_str())) {
        let message = "belongs to no pack of the workspace and was left alone";
        outcome.findings.push(Finding::new(
            &codes::STALE_BUNDLE,
            Place::file(disk::shown(&output.bundle(&name))),
            message,
        ));
    }
    finding::sort(&mut outcome.findings);
    let context =
        Context { lang: opened.workspace.lang, zone: &opened.workspace.zone, now, workspace: &opened.workspace.title };
    let index = html::page(&view::index::page(&outcome.packs, &outcome.findings, &context));
    output.write(INDEX, index.as_bytes())?;
    output.write(REGISTRY, registry::render(&outcome.packs, &opened.workspace, now).as_bytes())?;
    Ok(outcome)
}

struct Handled {
    entry: Entry,
    decision: Option<DecisionRecord>,
    remembered: Option<Remembered>,
    findings: Vec<Finding>,
}

fn gather(handled: Vec<Handled>) -> Outcome {
    let mut outcome = Outcome::default();
    let (mut records, mut remembered) = (Vec::new(), Vec::new());
    for pack in handled {
        outcome.packs.push(pack.entry);
        outcome.findings.extend(pack.findings);
        records.extend(pack.decision);
        remembered.extend(pack.remembered);
    }
    decision_record::check_supersession(&records, &mut outcome.findings);
    lessons::compare(&remembered, &mut outcome.findings);
    finding::sort(&mut outcome.findings);
    outcome
}

fn read_pack(opened: &Opened, slug: &str) -> (PackFiles, Vec<Finding>) {
    let mut early = Vec::new();
    let shown = format!("{PACKS}/{slug}");
    let files = disk::pack_files(&opened.root.join(&shown), &shown, &mut early);
    (files, early)
}

/// A pack that is assembled from its files, its tables in a form that is read.
fn assembled(opened: &Opened, slug: &str, files: &PackFiles, mut early: Vec<Finding>, now: &Now) -> Assembled {
    let files = convert::plain_files(files, &format!("{PACKS}/{slug}"), &mut early);
    assemble::pack(slug, &files, early, &opened.workspace, now)
}

/// A pack whose inputs are those that the ledger knows. `None` when its bundle is no longer what was built.
fn unchanged(
    opened: &Opened,
    slug: &str,
    files: &PackFiles,
    built: &Built,
    output: &Output,
) -> Result<Option<Handled>, Error> {
    let Some(folder) = output.read_bundle(slug)? else { return Ok(None) };
    let listed = folder.files.get(MANIFEST).filter(|bytes| manifest::sha256(bytes) == built.manifest);
    let whole = folder.strangers.is_empty()
        && listed
            .is_some_and(|bytes| manifest::parse(bytes).is_ok_and(|listed| listed == manifest::digests(&folder.files)));
    if !whole {
        return Ok(None);
    }
    let shown = format!("{PACKS}/{slug}");
    let Some(pack) = facts::read_pack(slug, files, &shown, &opened.workspace, &mut Vec::new()) else { return Ok(None) };
    let decision = files
        .get(DECISION)
        .and_then(|bytes| decision_record::read(&format!("{shown}/{DECISION}"), bytes, &mut Vec::new()));
    let memory = files.get(MEMORY).and_then(|bytes| memory::read(MEMORY, bytes, &mut Vec::new()));
    let remembered = Some(Remembered::new(&pack, memory, &shown));
    let assembled =
        Assembled { decision, remembered, files: Some(folder.files), complete: true, ..Assembled::begun(&pack) };
    Ok(Some(handled(slug, assembled, State::Unchanged, Vec::new())))
}

fn build_pack(
    opened: &Opened,
    slug: &str,
    files: &PackFiles,
    early: Vec<Finding>,
    output: &Output,
    now: &Now,
) -> Result<Handled, Error> {
    let mut assembled = assembled(opened, slug, files, early, now);
    let mut findings = std::mem::take(&mut assembled.findings);
    let state = match &assembled.files {
        Some(files) if assembled.complete => write(slug, files, output, &mut findings)?,
        _ => State::NotWritten,
    };
    if state == State::NotWritten {
        // What is said about a bundle is said about what lies on disk.
        assembled.files = output.read_bundle(slug)?.map(|old| old.files);
    }
    finding::sort(&mut findings);
    Ok(handled(slug, assembled, state, findings))
}

/// What is kept of a pack: one line of the index, the links of its decision record, its findings.
fn handled(slug: &str, assembled: Assembled, state: State, findings: Vec<Finding>) -> Handled {
    Handled {
        entry: entry(slug, &assembled, state),
        decision: assembled.decision.map(DecisionRecord::links_only),
        remembered: assembled.remembered,
        findings,
    }
}

fn entry(slug: &str, assembled: &Assembled, state: State) -> Entry {
    let files = assembled.files.as_ref();
    Entry {
        slug: slug.to_owned(),
        title: assembled.title.clone(),
        kind: assembled.kind.map(|kind| (kind.name, kind.title)),
        primary: assembled.kind.map(|kind| kind.primary),
        job_id: assembled.job_id.clone(),
        project_id: assembled.project_id.clone(),
        action_item_id: assembled.action_item_id.clone(),
        next: assembled.next.first().cloned(),
        manifest: files.and_then(|files| files.get(MANIFEST)).map(|bytes| manifest::sha256(bytes)),
        files: files.map_or(0, Files::len),
        bytes: files.map_or(0, |files| files.values().map(Vec::len).sum()),
        state,
    }
}

/// Puts a bundle in the place of the old one, if it differs and verifies.
fn write(slug: &str, files: &Files, output: &Output, findings: &mut Vec<Finding>) -> Result<State, Error> {
    let mut not_ours = |message: String| {
        let place = Place::file(disk::shown(&output.bundle(slug)));
        let hint = "move it elsewhere; it was left as it is";
        findings.push(Finding::new(&codes::NOT_OURS, place, message).hint(hint));
        Ok(State::NotWritten)
    };
    if let Some(what) = output.obstacle(slug) {
        return not_ours(format!("is {what} where the folder of the bundle belongs"));
    }
    if let Some(old) = output.read_bundle(slug)? {
        if old.strangers.is_empty() && old.files == *files {
            return Ok(State::Unchanged);
        }
        let foreign = old.foreign(files);
        if !foreign.is_empty() {
            return not_ours(format!("has files that proofpack did not write: {}", foreign.join(", ")));
        }
    }
    // The bundle in memory has been verified; the same bytes on disk are therefore too.
    output.stage(slug, files)?.read_back(files)?.publish()?;
    Ok(State::Written)
}
