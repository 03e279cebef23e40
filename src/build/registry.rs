//! `registry.json`: what was built, verified and is usable, and for which action and project. Written by a build, read by
//! whoever asks whether something has to be built; what it says about a bundle is believed only when the bundle verifies.

use std::path::Path;

use serde_json::json;

use crate::bundle::{MANIFEST, manifest};
use crate::clock::{self, Now};
use crate::codes;
use crate::disk::{self, Error};
use crate::documents::workspace::Workspace;
use crate::finding::{Finding, Place};
use crate::kinds::Built;
use crate::limits;
use crate::read::json;
use crate::read::tree::{self, Node};
use crate::verify;
use crate::view::index::Entry;

/// Name of the registry in an output folder.
pub const FILE: &str = "registry.json";

/// The registry as it is written.
pub(super) fn render(packs: &[Entry], workspace: &Workspace, now: &Now) -> String {
    let packs: Vec<_> = packs
        .iter()
        .map(|entry| {
            json!({
                "slug": entry.slug,
                "kind": entry.kind.map(|(name, _)| name),
                "title": entry.title,
                "job_id": entry.job_id,
                "project_id": entry.project_id,
                "action_item_id": entry.action_item_id,
                "primary": entry.primary,
                "manifest_sha256": entry.manifest,
                "usable": entry.state.is_usable(),
            })
        })
        .collect();
    let registry = json!({
        "type": "urn:proofpack:registry:v1",
        "as_of": clock::rfc3339(now.timestamp(), &workspace.zone),
        "packs": packs,
    });
    format!("{registry:#}\n")
}

/// The bundles of a registry that somebody wants to know about, by slug and action; each is verified from its files.
/// `None` when there is no registry that can be read; the findings say why.
pub fn built(
    folder: &Path,
    wanted: &dyn Fn(&str, Option<&str>) -> bool,
    findings: &mut Vec<Finding>,
) -> Result<Option<Vec<Built>>, Error> {
    let path = folder.join(FILE);
    let shown = disk::shown(&path);
    if !disk::is_file(&path) {
        let message = "is not there, so nobody knows what was built; absence is not emptiness";
        let finding = Finding::new(&codes::MISSING_INPUT, Place::file(shown), message);
        findings.push(finding.hint("run `proofpack build`, or name the output folder with --out"));
        return Ok(None);
    }
    let node = disk::read(&path, &shown, limits::RECORDS_BYTES, findings)
        .and_then(|bytes| json::read(&shown, &bytes, findings));
    let Some(node) = node else { return Ok(None) };
    let mut all = Vec::new();
    for pack in node.get("packs").map(Node::items).unwrap_or_default() {
        let Some(slug) = pack.text_at("slug") else { continue };
        let action = pack.text_at("action_item_id");
        if wanted(slug, action) {
            let usable = usable(folder, slug, pack)?;
            all.push(Built { slug: slug.to_owned(), action: action.map(str::to_owned), usable });
        }
    }
    Ok(Some(all))
}

/// Where a bundle lies, when it is the one that the registry speaks about and verifies; else why it does not count.
fn usable(folder: &Path, slug: &str, pack: &Node) -> Result<Result<String, String>, Error> {
    if pack.get("usable").map(|usable| &usable.value) != Some(&tree::Value::Bool(true)) {
        return Ok(Err("is not usable, says the registry".to_owned()));
    }
    let path = folder.join(slug);
    if crate::check::names::artifact_name(slug).is_err() || !disk::is_folder(&path) {
        return Ok(Err("is not there".to_owned()));
    }
    let found = disk::read_folder(&path)?;
    let digest = found.files.get(MANIFEST).map(|bytes| manifest::sha256(bytes));
    if digest.as_deref() != pack.text_at("manifest_sha256") {
        return Ok(Err("is not the one that the registry speaks about".to_owned()));
    }
    let report = verify::bundle(&found).report;
    let failures: Vec<_> = report.failures().map(|failure| failure.id).collect();
    Ok(if report.passed() { Ok(disk::shown(&path)) } else { Err(format!("does not verify ({})", failures.join(", "))) })
}
