//! How a pack stands over time: whether its bundle is what a build would make of its sources today, verifies, is what was
//! published and uploaded, and which of its claims have expired or soon will.
//!
//! Invariants: pure; nothing is believed that can be made again. A bundle is current when building its sources as of its
//! own moment gives the same bytes. What was never done is said and is nothing wrong; what was done and no longer holds is.

use std::collections::BTreeMap;

use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};

use crate::bundle::{DECISION, Files, Folder, LEDGER, MANIFEST, manifest};
use crate::claims::{self, Premises, Status as Standing};
use crate::documents::claims as claimed;
use crate::facts::PackFiles;
use crate::publish::online::Found;
use crate::publish::{self, transfer};
use crate::read::json as reader;
use crate::verify::Verification;

/// How long before a claim expires that is said.
const SOON: SignedDuration = SignedDuration::from_hours(14 * 24);

/// A receipt beside a bundle, and whether a run is left that did not come to one.
#[derive(Debug)]
pub struct Kept<R> {
    /// The receipt; `None` when it is not there, `Err` when it cannot be read.
    pub receipt: Option<Result<R, String>>,
    /// Whether an intent is there.
    pub is_begun: bool,
}

/// What is looked at of a pack.
#[derive(Debug)]
pub struct Given<'a> {
    /// Name of the pack's folder.
    pub slug: &'a str,
    /// Its sources.
    pub sources: &'a PackFiles,
    /// What a build makes of them as of the moment of the bundle; `None` when it would make nothing.
    pub again: Option<&'a Files>,
    /// The bundle with its verification.
    pub bundle: Option<(&'a Folder, &'a Verification)>,
    /// What is kept of publishing.
    pub published: &'a Kept<publish::Receipt>,
    /// What is kept of uploading.
    pub uploaded: &'a Kept<transfer::Receipt>,
    /// What a server says about what is published, when it was asked.
    pub online: Option<&'a BTreeMap<&'static str, Found>>,
    /// As of when claims are judged.
    pub now: Timestamp,
}

/// How a pack stands.
#[derive(Debug)]
pub struct Status {
    /// Name of the pack's folder.
    pub slug: String,
    /// In one word each: built, verified, published, uploaded, claims.
    pub words: [String; 5],
    /// What somebody has to see to; empty when all is well.
    pub attention: Vec<String>,
    /// What is only said.
    pub notes: Vec<String>,
    /// All of it, for programs.
    pub json: Value,
}

/// What the columns of [`Status::words`] are about.
pub const COLUMNS: [&str; 5] = ["built", "verified", "published", "uploaded", "claims"];

/// Puts together how a pack stands.
pub fn of(given: &Given<'_>) -> Status {
    let mut told = Told::default();
    let (built, built_json) = built(given, &mut told);
    let (verified, verified_json) = verified(given, &mut told);
    let published = given.published.receipt.as_ref().map(|receipt| receipt.as_ref().map(Sent::of_gist));
    let (published, published_json) = sent(given, published, given.published.is_begun, "publish", &mut told);
    let uploaded = given.uploaded.receipt.as_ref().map(|receipt| receipt.as_ref().map(Sent::of_files));
    let (uploaded, uploaded_json) = sent(given, uploaded, given.uploaded.is_begun, "upload", &mut told);
    let (claims, claims_json) = ageing(given, &mut told);
    let online = given.online.map(|found| online(found, &mut told));
    let json = json!({
        "slug": given.slug,
        "verdict": if told.attention.is_empty() { "well" } else { "attention" },
        "built": built_json,
        "verified": verified_json,
        "published": published_json,
        "uploaded": uploaded_json,
        "claims": claims_json,
        "online": online,
        "attention": told.attention,
        "notes": told.notes,
    });
    let words = [built, verified, published, uploaded, claims];
    Status { slug: given.slug.to_owned(), words, attention: told.attention, notes: told.notes, json }
}

#[derive(Default)]
struct Told {
    attention: Vec<String>,
    notes: Vec<String>,
}

fn built(given: &Given<'_>, told: &mut Told) -> (String, Value) {
    let inputs = hashes(given.sources);
    let digest = manifest::sha256(manifest::render(&inputs).as_bytes());
    let mut differs = Vec::new();
    let state = match (given.bundle, given.again) {
        (None, _) => {
            told.attention.push("is not built; run `proofpack build`".to_owned());
            "missing"
        }
        (Some(_), None) => {
            told.attention.push("can no longer be built; `proofpack check` says why".to_owned());
            "unbuildable"
        }
        (Some((folder, verification)), Some(again)) => {
            differs = differences(&hashes(&folder.files), &hashes(again), "the sources");
            if differs.is_empty() {
                "current"
            } else {
                let version = verification.version.as_deref().filter(|version| *version != env!("CARGO_PKG_VERSION"));
                let by = version.map(|version| format!(", built by proofpack {version}")).unwrap_or_default();
                told.attention.push(format!("is stale: {}{by}; run `proofpack build`", some(&differs)));
                "stale"
            }
        }
    };
    let as_of = given.bundle.and_then(|(_, verification)| verification.as_of.clone());
    let json = json!({
        "state": state,
        "as_of": as_of,
        "inputs": inputs.len(),
        "inputs_sha256": digest,
        "differs": differs,
    });
    (format!("{state}{}", as_of.map(|as_of| format!(" ({as_of:.16})")).unwrap_or_default()), json)
}

fn verified(given: &Given<'_>, told: &mut Told) -> (String, Value) {
    let Some((_, verification)) = given.bundle else { return ("-".to_owned(), Value::Null) };
    let report = &verification.report;
    let failures: Vec<_> = report.failures().map(|failure| failure.id).collect();
    if !report.passed() {
        told.attention.push(format!("does not verify: {}", failures.join(", ")));
    }
    let word = if report.passed() { "pass" } else { "FAIL" };
    let counts = format!("{word} ({} of {})", report.passes(), report.plan.len());
    (
        counts,
        json!({"passed": report.passed(), "passes": report.passes(), "plan": report.plan.len(), "failures": failures}),
    )
}

/// What a receipt says was sent.
struct Sent {
    manifest: String,
    files: BTreeMap<String, String>,
    word: String,
    json: Value,
}

impl Sent {
    fn of_gist(receipt: &publish::Receipt) -> Self {
        Self {
            manifest: receipt.manifest_sha256.clone(),
            files: receipt.files.iter().map(|file| (file.name.clone(), file.sha256.clone())).collect(),
            word: format!("revision {:.8}", receipt.revision),
            json: json!({
                "revision": receipt.revision,
                "page": receipt.page,
                "public": receipt.public,
                "at": receipt.published_at,
            }),
        }
    }

    fn of_files(receipt: &transfer::Receipt) -> Self {
        Self {
            manifest: receipt.manifest_sha256.clone(),
            files: receipt.files.iter().map(|file| (file.name.clone(), file.sha256.clone())).collect(),
            word: format!("{} files", receipt.files.len()),
            json: json!({"target": receipt.target, "files": receipt.files.len(), "at": receipt.uploaded_at}),
        }
    }
}

/// How what was sent compares with the bundle. `command` is the one that sends it.
fn sent(
    given: &Given<'_>,
    receipt: Option<Result<Sent, &String>>,
    is_begun: bool,
    command: &str,
    told: &mut Told,
) -> (String, Value) {
    if is_begun {
        told.attention.push(format!("`proofpack {command}` did not come to its end; run it again"));
    }
    let unfinished = if is_begun { ", unfinished" } else { "" };
    let receipt = match receipt {
        None => {
            return (
                if is_begun { "unfinished" } else { "never" }.to_owned(),
                json!({"state": if is_begun { "unfinished" } else { "never" }}),
            );
        }
        Some(Err(why)) => {
            told.attention.push(format!("the receipt of `proofpack {command}` {why}"));
            return (format!("unreadable receipt{unfinished}"), json!({"state": "unreadable"}));
        }
        Some(Ok(receipt)) => receipt,
    };
    let mut differs = Vec::new();
    if let Some((folder, _)) = given.bundle {
        differs = differences(&receipt.files, &hashes(&folder.files), &format!("`{command}`"));
        let digest = folder.files.get(MANIFEST).map(|bytes| manifest::sha256(bytes));
        if differs.is_empty() && digest.as_ref() != Some(&receipt.manifest) {
            differs.push(format!("{MANIFEST}: is not the one of the receipt"));
        }
    } else {
        differs.push("there is no bundle to compare with".to_owned());
    }
    let state = if differs.is_empty() { "current" } else { "differs" };
    if !differs.is_empty() {
        told.attention.push(format!("is not what was sent by `proofpack {command}`: {}", some(&differs)));
    }
    let mut json = receipt.json;
    json["state"] = state.into();
    json["unfinished"] = is_begun.into();
    json["differs"] = differs.into();
    (format!("{state} ({}){unfinished}", receipt.word), json)
}

/// Claims that have expired, or soon will.
fn ageing(given: &Given<'_>, told: &mut Told) -> (String, Value) {
    let Some(bytes) = given.sources.get(claimed::FILE) else { return ("none".to_owned(), Value::Null) };
    let read = claimed::read(claimed::FILE, bytes, &mut Vec::new());
    let file = |path: &str| Some((path.to_owned(), given.sources.get(path)?.as_slice()));
    let built = given.again.or(given.bundle.map(|(folder, _)| &folder.files));
    let ledger = built.and_then(|files| reader::read(LEDGER, files.get(LEDGER)?, &mut Vec::new()));
    let record = given.sources.get(DECISION).map(Vec::as_slice);
    let premises = ledger.map(|ledger| Premises::of_bundle(&ledger, record)).unwrap_or_default();
    let judged = claims::judge(&read, &premises, &file, given.now, &mut Vec::new());
    let mut list = Vec::new();
    let (mut expired, mut soon) = (0, 0);
    for one in &judged {
        let until = one.valid_until.map(publish::moment).unwrap_or_default();
        let is_near = one.valid_until.is_some_and(|until| until.duration_since(given.now) <= SOON);
        let id = &one.claim.id;
        let ageing = if one.status == Standing::Expired {
            expired += 1;
            told.attention.push(format!("claim `{id}` has expired on {until}; capture its evidence again"));
            "expired"
        } else if is_near {
            soon += 1;
            told.notes.push(format!("claim `{id}` expires on {until}"));
            "soon"
        } else {
            continue;
        };
        list.push(json!({"id": id, "kind": one.claim.kind.word(), "valid_until": until, "ageing": ageing}));
    }
    let word = match (expired, soon) {
        (0, 0) => format!("{} hold their age", judged.len()),
        (0, soon) => format!("{soon} of {} expire soon", judged.len()),
        (expired, 0) => format!("{expired} of {} expired", judged.len()),
        (expired, soon) => format!("{expired} of {} expired, {soon} soon", judged.len()),
    };
    (word, list.into())
}

fn online(found: &BTreeMap<&'static str, Found>, told: &mut Told) -> Value {
    let mut checks = serde_json::Map::new();
    for (id, found) in found {
        let (status, evidence) = match found {
            Ok(wrong) if wrong.is_empty() => ("pass", Vec::new()),
            Ok(wrong) => {
                told.attention.push(format!("{id}: {}", some(wrong)));
                ("fail", wrong.clone())
            }
            Err(why) => {
                told.attention.push(format!("{id} was not checked: {why}"));
                ("not_checked", vec![why.clone()])
            }
        };
        checks.insert((*id).to_owned(), json!({"status": status, "evidence": evidence}));
    }
    Value::Object(checks)
}

fn hashes(files: &Files) -> BTreeMap<String, String> {
    files.iter().map(|(name, bytes)| (name.clone(), manifest::sha256(bytes))).collect()
}

/// One line for each file that is not the same.
fn differences(was: &BTreeMap<String, String>, is: &BTreeMap<String, String>, since: &str) -> Vec<String> {
    let mut lines = Vec::new();
    for (name, hash) in is {
        match was.get(name) {
            None => lines.push(format!("{name}: is new since {since}")),
            Some(other) if other != hash => lines.push(format!("{name}: differs from {since}")),
            Some(_) => {}
        }
    }
    lines
        .extend(was.keys().filter(|name| !is.contains_key(*name)).map(|name| format!("{name}: is gone since {since}")));
    lines
}

/// The first lines, and how many more there are.
fn some(lines: &[String]) -> String {
    let shown = lines.iter().take(3).map(String::as_str).collect::<Vec<_>>().join("; ");
    if lines.len() > 3 { format!("{shown}; and {} more", lines.len() - 3) } else { shown }
}
