//! What would be published, and whether it may be: everything that a server would refuse and everything that must not
//! leave is found here, before a connection is opened.

use jiff::Timestamp;
use serde_json::{Value, json};

use crate::bundle::{Folder, manifest};
use crate::check::address::Address;
use crate::check::privacy::hidden;
use crate::finding::Finding;
use crate::limits;
use crate::publish::guard::{Guard, Identity};
use crate::publish::receipt::{Intent, Receipt};
use crate::verify::Verification;

/// Longest title that goes into a description, in characters.
const TITLE: usize = 120;
/// From this size on a file is near the limit.
const NEAR: u64 = limits::GIST_FILE_BYTES.value / 10 * 9;

/// What is asked for.
#[derive(Clone, Debug)]
pub struct Asked<'a> {
    /// Name of the pack's folder.
    pub slug: &'a str,
    /// Base address of the API.
    pub api: &'a Address,
    /// Whether the gist is to be listed.
    pub public: bool,
    /// The moment of publishing, on which what may leave is judged again.
    pub now: Timestamp,
}

/// What would be published.
#[derive(Clone, Debug)]
pub struct Plan {
    /// Name of the pack's folder.
    pub slug: String,
    /// What tells the pack from others: its slug and eight digits of its job's hash.
    pub pack: String,
    /// Base address of the API.
    pub api: Address,
    /// Whether the gist is to be listed.
    pub public: bool,
    /// The description, which ends in the marker.
    pub description: String,
    /// SHA-256 of the manifest.
    pub manifest: String,
    /// Every file, in the order in which a gist shows them.
    pub files: Vec<Planned>,
    /// Files of the last receipt that the bundle no longer has.
    pub removed: Vec<String>,
    /// The gist of the last receipt.
    pub gist: Option<String>,
}

/// One file that would be published.
#[derive(Clone, Debug)]
pub struct Planned {
    /// Its name.
    pub name: String,
    /// Its size.
    pub bytes: u64,
    /// Its SHA-256.
    pub sha256: String,
    /// What becomes of it, against the last receipt.
    pub change: Change,
}

/// What becomes of a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Change {
    /// It is not up there yet.
    Add,
    /// It is up there with other bytes.
    Change,
    /// It is up there as it is.
    Keep,
}

impl Change {
    /// The word used in every form of the plan.
    pub fn word(self) -> &'static str {
        match self {
            Self::Add => "add",
            Self::Change => "change",
            Self::Keep => "keep",
        }
    }
}

impl Plan {
    /// What the description of every gist of this pack has, whatever its revision.
    pub(super) fn mark(pack: &str) -> String {
        format!("[proofpack:{pack} sha256:")
    }

    /// Size of all files.
    pub fn bytes(&self) -> u64 {
        self.files.iter().map(|file| file.bytes).sum()
    }

    /// For programs.
    pub fn as_json(&self) -> Value {
        let files: Vec<_> = self
            .files
            .iter()
            .map(|file| {
                json!({"name": file.name, "bytes": file.bytes, "sha256": file.sha256, "change": file.change.word()})
            })
            .collect();
        json!({
            "slug": self.slug,
            "api": self.api.to_string(),
            "visibility": if self.public { "public" } else { "secret" },
            "gist": self.gist,
            "description": self.description,
            "manifest_sha256": self.manifest,
            "bytes": self.bytes(),
            "files": files,
            "removed": self.removed,
        })
    }
}

/// Plans the publication of a bundle as it was found and verified. With an error among the findings nothing may be sent.
pub fn plan(
    asked: &Asked<'_>,
    folder: &Folder,
    verification: &Verification,
    receipt: Option<&Receipt>,
    intent: Option<&Intent>,
) -> (Plan, Vec<Finding>) {
    let mut guard = Guard::default();
    let slug = asked.slug;
    let Identity { pack, manifest: digest, .. } = guard.bundle(slug, folder, verification, asked.now);
    let whole_title = verification.title.as_deref().unwrap_or(slug);
    let title: String = whole_title.chars().take(TITLE).collect();
    let description = format!("{title} {}{:.16}]", Plan::mark(&pack), digest);
    if description.chars().any(hidden::is_hidden) {
        let message = "the title has invisible or direction-changing characters";
        guard.refuse(slug, message, "write the title in pack.toml anew");
    }
    files_fit(folder, &mut guard);
    let known = receipt.map(|receipt| (receipt.api.as_str(), receipt.pack.as_str()));
    if let Some(known) = known.or(intent.map(|intent| (intent.api.as_str(), intent.pack.as_str()))) {
        let kept = "publish-receipt.json and publish-intent.json";
        guard.known(slug, known, (&asked.api.to_string(), &pack), kept);
    }
    if let Some(receipt) = receipt
        && receipt.public != asked.public
    {
        let (is, hint) = if receipt.public {
            ("public", "publish with --public")
        } else {
            ("secret", "publish without --public, or delete the gist and its receipt and publish anew")
        };
        guard.refuse(slug, format!("the gist is {is}, and the visibility of a gist cannot be changed"), hint);
    }
    let names = folder.files.keys().map(|name| ("the name of a file", name.as_str()));
    // Of a credential that the title is cut in, the rest would leave unseen.
    let words = [("the description", whole_title), ("the description", description.as_str())];
    guard.words(names.chain(words).chain([("the name of the pack", slug)]));
    let change = |name: &str, sha256: &str| {
        let old = receipt.and_then(|receipt| receipt.files.iter().find(|file| file.name == name));
        match old {
            None => Change::Add,
            Some(old) if old.sha256 == sha256 => Change::Keep,
            Some(_) => Change::Change,
        }
    };
    let mut files: Vec<_> = folder
        .files
        .iter()
        .map(|(name, bytes)| {
            let sha256 = manifest::sha256(bytes);
            let change = change(name, &sha256);
            Planned { name: name.clone(), bytes: bytes.len() as u64, sha256, change }
        })
        .collect();
    files.sort_by_key(|file| file.name.to_ascii_lowercase());
    let removed = receipt.map(|receipt| receipt.files.iter()).into_iter().flatten();
    let removed = removed.map(|file| file.name.clone()).filter(|name| !folder.files.contains_key(name)).collect();
    let plan = Plan {
        slug: slug.to_owned(),
        pack,
        api: asked.api.clone(),
        public: asked.public,
        description,
        manifest: digest,
        files,
        removed,
        gist: receipt.map(|receipt| receipt.id.clone()),
    };
    (plan, guard.findings)
}

/// What a gist cannot hold: blank files, texts that are none, larger files than its API gives back whole.
fn files_fit(folder: &Folder, guard: &mut Guard) {
    for (name, bytes) in &folder.files {
        match str::from_utf8(bytes) {
            Err(_) => guard.refuse(name, "is not UTF-8, and a gist holds texts only", "take it out of the bundle"),
            Ok(text) if text.trim().is_empty() => {
                let message = "is blank, and a gist with a blank file is refused as a whole";
                guard.refuse(name, message, "write something into it, or take it out of the bundle");
            }
            Ok(_) => {}
        }
        let limit = limits::GIST_FILE_BYTES;
        if bytes.len() as u64 > limit.value {
            let message = format!("is larger than {} bytes (limit `{}`)", limit.value, limit.name);
            guard.refuse(name, message, "split it: a gist gives larger files back cut");
        }
    }
    let bytes = folder.files.values().map(|bytes| bytes.len() as u64).sum();
    guard.limit("the bundle", bytes, limits::GIST_BYTES, "bytes", "split the pack");
}

/// What is worth knowing about a plan and keeps nobody from publishing it.
pub fn notes(plan: &Plan) -> Vec<String> {
    let near = plan.files.iter().filter(|file| file.bytes > NEAR);
    let mut notes: Vec<_> = near
        .map(|file| {
            format!(
                "{} has {} bytes; at {} it can no longer be published",
                file.name,
                file.bytes,
                limits::GIST_FILE_BYTES.value
            )
        })
        .collect();
    if !plan.public {
        notes.push("secret means unlisted: everyone who has the address can read it".to_owned());
    }
    notes
}
