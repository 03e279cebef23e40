//! `proofpack build`.

use std::io::Write;
use std::path::{Path, PathBuf};

use serde_json::json;

use super::progress::Progress;
use super::show;
use super::stopped::Ran;
use super::told::{Form, Told};
use crate::answer::{Answer, json as answer_json};
use crate::build::{self, Outcome};
use crate::check::privacy;
use crate::disk::{self, Output};
use crate::finding;
use crate::view::index::State;

pub(super) fn run(root: &Path, folder: Option<PathBuf>, told: &Told, out: &mut dyn Write) -> Ran {
    let mut early = Vec::new();
    let opened = build::open(root, &mut early)?;
    let mut target = PathBuf::new();
    let mut outcome = Outcome::default();
    if let Some(opened) = &opened {
        target = folder.unwrap_or_else(|| root.join(&opened.workspace.out));
        let output = Output::open(&target)?;
        let progress = Progress::of_packs(opened.slugs.len());
        outcome = build::build(opened, &output, &told.now, &|| progress.tick())?;
    }
    outcome.findings.append(&mut early);
    privacy::redact(&mut outcome.findings);
    finding::sort(&mut outcome.findings);
    match told.form {
        Form::Json => show::json(&as_json(&outcome, &target), out)?,
        Form::Human => human(&outcome, root, &target, out)?,
        _ => {
            let root = disk::shown(root);
            let answer = Answer::new(root.clone(), &root, "workspace", outcome.findings.clone());
            show::answers(&[answer], told, out)?;
        }
    }
    Ok(outcome.is_clean())
}

fn human(outcome: &Outcome, root: &Path, target: &Path, out: &mut dyn Write) -> std::io::Result<()> {
    show::findings(&outcome.findings, root, out)?;
    for entry in &outcome.packs {
        let word = match entry.state {
            State::Written => show::success("built    "),
            State::Unchanged => show::success("unchanged"),
            State::NotWritten => show::failure("not built"),
        };
        let place = disk::shown(&target.join(&entry.slug));
        let size = if entry.state.is_usable() {
            show::faint(&format!("  {} files, {} KiB, verified", entry.files, entry.bytes.div_ceil(1024)))
        } else {
            show::faint("  the old bundle, if any, was left as it is")
        };
        writeln!(out, "{word} {place}{size}")?;
    }
    let usable = outcome.packs.iter().filter(|entry| entry.state.is_usable()).count();
    writeln!(out, "{usable} of {} packs usable, {}", outcome.packs.len(), show::counts(&outcome.findings))?;
    if let Some(code) = show::ask_about(&outcome.findings) {
        writeln!(out, "{}", show::faint(&format!("`proofpack explain {code}` tells more")))?;
    }
    Ok(())
}

fn as_json(outcome: &Outcome, target: &Path) -> serde_json::Value {
    let packs: Vec<_> = outcome
        .packs
        .iter()
        .map(|entry| {
            json!({
                "slug": entry.slug,
                "kind": entry.kind.map(|(name, _)| name),
                "path": disk::shown(&target.join(&entry.slug)),
                "state": entry.state.word(),
                "usable": entry.state.is_usable(),
                "manifest_sha256": entry.manifest,
                "files": entry.files,
                "bytes": entry.bytes,
            })
        })
        .collect();
    json!({
        "verdict": if outcome.is_clean() { "clean" } else { "findings" },
        "packs": packs,
        "counts": answer_json::counts(&outcome.findings),
        "findings": answer_json::findings(&outcome.findings),
    })
}
