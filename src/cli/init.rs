//! `proofpack init`: a workspace with one pack that builds clean at once.

use std::io::Write;
use std::path::Path;

use super::show;
use super::stopped::Ran;
use crate::disk;

/// The files of the scaffold, by their path in the workspace.
const FILES: &[(&str, &str)] = &[
    ("proofpack.toml", include_str!("../../templates/init/proofpack.toml")),
    (".gitignore", "/out/\n"),
    ("packs/first-pack/pack.toml", include_str!("../../templates/init/pack.toml")),
    ("packs/first-pack/production-brief.md", include_str!("../../templates/init/production-brief.md")),
    ("packs/first-pack/decision-record.md", include_str!("../../templates/init/decision-record.md")),
    ("packs/first-pack/sources.md", include_str!("../../templates/init/sources.md")),
    ("packs/first-pack/learning-memory.json", include_str!("../../templates/init/learning-memory.json")),
    ("packs/first-pack/acceptance.toml", include_str!("../../templates/init/acceptance.toml")),
    ("packs/first-pack/claims.toml", include_str!("../../templates/init/claims.toml")),
    (
        "packs/first-pack/records/script_delivery_registry.csv",
        include_str!("../../templates/init/script_delivery_registry.csv"),
    ),
];

pub(super) fn run(dir: &Path, out: &mut dyn Write) -> Ran {
    disk::write_scaffold(dir, FILES)?;
    let dir = disk::shown(dir);
    writeln!(out, "{} {dir} with one pack in packs/first-pack", show::success("made"))?;
    writeln!(out, "next: proofpack build {dir}")?;
    Ok(true)
}
