//! What would be published, and whether it may be: everything that a server would refuse and everything that must not
//! leave is found here, before a connection is opened.

use jiff::Timestamp;
use serde_json::{Value, json};

use crate::bundle::{Folder, LEDGER, MANIFEST, manifest};
use crate::check::names;
use crate::check::privacy::{self, hidden};
use crate::codes;
use crate::documents::allowed;
use crate::finding::{Finding, Place, Severity};
use crate::guard;
use crate::limits;
use crate::publish::{Address, Intent, Receipt};
use crate::read::text;
use crate::verify::{self, Verification};

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
    let mut findings = Vec::new();
    let mut refuse = |place: &str, message: String, hint: &str| {
        let place = if privacy::is_harmless(place) { place } else { "the name of a file" };
        findings.push(Finding::new(&codes::UNPUBLISHABLE, Place::file(place), message).hint(hint));
    };
    let slug = asked.slug;
    for failure in verification.report.failures() {
        let shown = failure.evidence.iter().take(3).cloned().collect::<Vec<_>>().join("; ");
        let message = format!("the bundle does not verify: {}: {shown}", failure.id);
        refuse(slug, message, "mend what is named, run `proofpack build`, then publish");
    }
    if verification.slug.as_deref().is_some_and(|said| said != slug) {
        refuse(slug, "the bundle says that it is another pack".to_owned(), "build this pack again");
    }
    let job = verification.job_id.as_deref().unwrap_or_default();
    let pack = format!("{slug}:{}", &manifest::sha256(job.as_bytes())[..8]);
    let digest = folder.files.get(MANIFEST).map(|bytes| manifest::sha256(bytes)).unwrap_or_default();
    let whole_title = verification.title.as_deref().unwrap_or(slug);
    let title: String = whole_title.chars().take(TITLE).collect();
    let description = format!("{title} {}{:.16}]", Plan::mark(&pack), digest);
    if description.chars().any(hidden::is_hidden) {
        let message = "the title has invisible or direction-changing characters".to_owned();
        refuse(slug, message, "write the title in pack.toml anew");
    }
    files_fit(folder, &mut refuse);
    let known = receipt.map(|receipt| (receipt.api.as_str(), receipt.pack.as_str()));
    let known = known.or(intent.map(|intent| (intent.api.as_str(), intent.pack.as_str())));
    if let Some((api, known_pack)) = known {
        let hint = "publish it there, or remove its publish-receipt.json and publish-intent.json to begin anew here";
        if api != asked.api.to_string() {
            refuse(slug, "it is already published on another server than --api names".to_owned(), hint);
        }
        if known_pack != pack {
            refuse(slug, "the receipt beside the bundle is that of another pack or job".to_owned(), hint);
        }
    }
    if let Some(receipt) = receipt
        && receipt.public != asked.public
    {
        let (is, hint) = if receipt.public {
            ("public", "publish with --public")
        } else {
            ("secret", "publish without --public, or delete the gist and its receipt and publish anew")
        };
        refuse(slug, format!("the gist is {is}, and the visibility of a gist cannot be changed"), hint);
    }
    findings.extend(kept_back(folder, asked.now));
    // What leaves besides the files.
    let names = folder.files.keys().map(String::as_str);
    let names = names.chain([slug]).map(|name| (name, "the name of a file"));
    // Of a credential that the title is cut in, the rest would leave unseen.
    let texts = names.chain([(whole_title, "the description"), (description.as_str(), "the description")]);
    for (text, place) in texts {
        let hits = privacy::scan(text.as_bytes());
        findings.extend(hits.into_iter().map(|hit| hit.at(Place::file(place))));
    }
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
    (plan, findings)
}

/// What may not leave today, in any file: also in the report and the manifest, which no check of the bundle looks into.
/// An update sends parts of the same files and nothing else, so its difference from what is published is guarded too.
fn kept_back(folder: &Folder, now: Timestamp) -> Vec<Finding> {
    let bytes = |name: &str| folder.files.get(name).map(Vec::as_slice);
    let entries = bytes(allowed::FILE).map(|bytes| allowed::read(allowed::FILE, bytes, &mut Vec::new()));
    let zone = bytes(LEDGER).and_then(verify::as_of).map(|moment| moment.time_zone().clone());
    let today = zone.map(|zone| now.to_zoned(zone).date());
    let files = folder.files.iter().map(|(name, bytes)| (name.as_str(), bytes.as_slice()));
    let entries = entries.unwrap_or_default();
    let guarded = guard::judge(files, &entries, today);
    let shown = usize::try_from(limits::FINDINGS_PER_CODE.value).unwrap_or(usize::MAX);
    let stopped = guarded.stopped.iter().take(shown).map(|(name, hit)| {
        let (line, character) = text::position(bytes(name).unwrap_or_default(), hit.offset);
        let name = if privacy::is_harmless(name) { name } else { "a file that has to be renamed" };
        hit.at(Place::file(name).at(line, character))
    });
    guarded.findings.iter().filter(|found| found.severity == Severity::Error).cloned().chain(stopped).collect()
}

/// What a gist cannot hold: blank files, texts that are none, more or larger files than its API gives back whole.
fn files_fit(folder: &Folder, refuse: &mut dyn FnMut(&str, String, &str)) {
    for (name, why) in &folder.strangers {
        refuse(name, why.clone(), "take it out of the bundle");
    }
    for (name, bytes) in &folder.files {
        if let Err(why) = names::artifact_name(name) {
            refuse(name, format!("its name {why}"), "rename it");
        }
        match str::from_utf8(bytes) {
            Err(_) => refuse(name, "is not UTF-8, and a gist holds texts only".to_owned(), "take it out of the bundle"),
            Ok(text) if text.trim().is_empty() => {
                let message = "is blank, and a gist with a blank file is refused as a whole".to_owned();
                refuse(name, message, "write something into it, or take it out of the bundle");
            }
            Ok(_) => {}
        }
        let limit = limits::GIST_FILE_BYTES;
        if bytes.len() as u64 > limit.value {
            let message = format!("is larger than {} bytes (limit `{}`)", limit.value, limit.name);
            refuse(name, message, "split it: a gist gives larger files back cut");
        }
    }
    for (place, value, limit, what) in [
        ("the bundle", folder.files.len() as u64, limits::BUNDLE_FILES, "files"),
        ("the bundle", folder.files.values().map(|bytes| bytes.len() as u64).sum(), limits::GIST_BYTES, "bytes"),
    ] {
        if value > limit.value {
            let message = format!("has more than {} {what} (limit `{}`)", limit.value, limit.name);
            refuse(place, message, "split the pack");
        }
    }
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
