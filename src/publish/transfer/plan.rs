//! What would be uploaded, and whether it may be: what must not leave and what cannot be confirmed is found here, before a
//! connection is opened.

use jiff::Timestamp;
use serde_json::{Value, json};

use crate::bundle::{Folder, manifest};
use crate::check::address::Address;
use crate::documents::acceptance;
use crate::documents::target::Target;
use crate::finding::Finding;
use crate::limits;
use crate::publish::guard::{Guard, Identity};
use crate::publish::transfer::receipt::{Intent, Receipt};
use crate::verify::Verification;

/// What is asked for.
#[derive(Clone, Copy, Debug)]
pub struct Asked<'a> {
    /// Name of the pack's folder.
    pub slug: &'a str,
    /// Where its files go.
    pub target: &'a Target,
    /// Files that are sent although they were sent before: somebody looked, and the server does not have them.
    pub resend: &'a [String],
    /// What time it is: what may leave is judged as of then.
    pub now: Timestamp,
}

/// What would be uploaded.
#[derive(Clone, Debug)]
pub struct Plan {
    /// Name of the pack's folder.
    pub slug: String,
    /// What tells the pack from others: its slug and eight digits of its job's hash.
    pub pack: String,
    /// Address that takes the files.
    pub address: Address,
    /// Address that lists what the server has.
    pub list: Option<Address>,
    /// Form fields besides the file.
    pub fields: Vec<(String, String)>,
    /// How files are sent and confirmed.
    pub target: Target,
    /// SHA-256 of the manifest.
    pub manifest: String,
    /// Every file, by name.
    pub files: Vec<Planned>,
}

/// One file that would be uploaded.
#[derive(Clone, Debug)]
pub struct Planned {
    /// Its name.
    pub name: String,
    /// Its size.
    pub bytes: u64,
    /// Its SHA-256.
    pub sha256: String,
    /// What tells the server that the same file of the same pack comes again.
    pub key: String,
    /// What becomes of it.
    pub change: Change,
}

/// What becomes of a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Change {
    /// It is sent.
    Send,
    /// It was sent, and nobody knows what became of that; it is looked for.
    Look,
    /// It is confirmed already.
    Keep,
}

impl Change {
    /// The word used in every form of the plan.
    pub fn word(self) -> &'static str {
        match self {
            Self::Send => "send",
            Self::Look => "look",
            Self::Keep => "keep",
        }
    }
}

impl Plan {
    /// Size of all files.
    pub fn bytes(&self) -> u64 {
        self.files.iter().map(|file| file.bytes).sum()
    }

    /// For programs.
    pub fn as_json(&self) -> Value {
        let file = |file: &Planned| json!({"name": file.name, "bytes": file.bytes, "sha256": file.sha256, "change": file.change.word()});
        json!({
            "slug": self.slug,
            "target": self.address.to_string(),
            "list": self.list.as_ref().map(ToString::to_string),
            "manifest_sha256": self.manifest,
            "bytes": self.bytes(),
            "files": self.files.iter().map(file).collect::<Vec<_>>(),
        })
    }

    /// What is worth knowing about it and keeps nobody from uploading.
    pub fn notes(&self) -> Vec<String> {
        let note = "without `list_url` a lost answer cannot be looked up: the run then stops and names the file";
        if self.list.is_none() { vec![note.to_owned()] } else { Vec::new() }
    }
}

/// Plans the upload of a bundle as it was found and verified; `Err` when the target gives no address for this pack. With
/// an error among the findings nothing may be sent.
pub fn plan(
    asked: &Asked<'_>,
    folder: &Folder,
    verification: &Verification,
    receipt: Option<&Receipt>,
    intent: Option<&Intent>,
) -> Result<(Plan, Vec<Finding>), String> {
    let Asked { slug, target, resend, now } = *asked;
    let mut guard = Guard::default();
    let Identity { pack, job_id, manifest } = guard.bundle(slug, folder, verification, now);
    let address = target.address(slug, &job_id).map_err(|why| format!("the address of the upload target {why}"))?;
    let list = target.list(slug, &job_id).transpose().map_err(|why| format!("the address of its list {why}"))?;
    let fields = target.fields(slug, &job_id);
    for (name, bytes) in &folder.files {
        guard.limit(name, bytes.len() as u64, limits::ARTIFACT_BYTES, "bytes", "split it");
    }
    for name in resend.iter().filter(|name| !folder.files.contains_key(*name)) {
        guard.refuse(slug, format!("--resend {name}: the bundle has no such file"), "name a file of the bundle");
    }
    let wanted = expected(folder);
    if wanted != folder.files.len() as u64 {
        let message = format!("the acceptance expects {wanted} files, the bundle has {}", folder.files.len());
        guard.refuse(slug, message, "mend `upload_files` in acceptance.toml, or the artifacts of the pack, and build");
    }
    let known = receipt.map(|receipt| (receipt.target.as_str(), receipt.pack.as_str()));
    for known in known.into_iter().chain(intent.map(|intent| (intent.target.as_str(), intent.pack.as_str()))) {
        guard.known(slug, known, (&address.to_string(), &pack), "upload-receipt.json and upload-intent.json");
    }
    let (shown, listed) = (address.to_string(), list.as_ref().map(ToString::to_string));
    let names = folder.files.keys().map(|name| ("the name of a file", name.as_str()));
    let addresses = [shown.as_str()].into_iter().chain(listed.as_deref()).map(|url| ("the address", url));
    let values = fields.iter().map(|(_, value)| ("a form field", value.as_str()));
    guard.words(names.chain(addresses).chain(values).chain([("the name of the pack", slug)]));
    let files = folder.files.iter().map(|(name, bytes)| {
        let sha256 = manifest::sha256(bytes);
        let began = intent.and_then(|intent| intent.files.iter().find(|one| one.name == *name && one.sha256 == sha256));
        let confirmed =
            receipt.is_some_and(|kept| kept.files.iter().any(|one| one.name == *name && one.sha256 == sha256));
        let change = match began {
            _ if resend.contains(name) => Change::Send,
            Some(began) if began.id.is_some() => Change::Keep,
            Some(began) if began.asked_at.is_some() => Change::Look,
            _ if confirmed => Change::Keep,
            _ => Change::Send,
        };
        let key = manifest::sha256(format!("{pack}\n{name}\n{sha256}").as_bytes());
        Planned { name: name.clone(), bytes: bytes.len() as u64, sha256, key, change }
    });
    let files = files.collect();
    let slug = slug.to_owned();
    Ok((Plan { slug, pack, address, list, fields, target: target.clone(), manifest, files }, guard.findings))
}

/// How many files of this bundle an upload has to accept: as many as its acceptance says, else all of them.
pub(super) fn expected(folder: &Folder) -> u64 {
    let said = folder.files.get(acceptance::FILE).and_then(|bytes| acceptance::upload_files(bytes));
    said.unwrap_or(folder.files.len() as u64)
}
