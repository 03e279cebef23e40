//! What uploading leaves on disk beside a bundle, never inside it: how far it came, and the receipt when the server has
//! confirmed every file.

use serde::{Deserialize, Serialize};

use crate::publish::receipt::{read, render};

/// The type of a receipt.
const RECEIPT_TYPE: &str = "urn:proofpack:upload-receipt:v1";
/// The type of an intent.
const INTENT_TYPE: &str = "urn:proofpack:upload-intent:v1";

/// What a server confirmed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Receipt {
    /// Its type.
    #[serde(rename = "type")]
    pub type_: String,
    /// Version of proofpack that wrote it.
    pub tool: String,
    /// Name of the pack's folder.
    pub slug: String,
    /// What tells the pack from others: its slug and eight digits of its job's hash.
    pub pack: String,
    /// Address that took the files.
    pub target: String,
    /// SHA-256 of the bundle's manifest.
    pub manifest_sha256: String,
    /// Every file with the id that the server gave it, by name.
    pub files: Vec<Accepted>,
    /// Whether the server's list had every one of them at the end, besides its answer to each.
    pub listed: bool,
    /// When the last file was confirmed, RFC 3339. From the clock of the machine, not from `--now`.
    pub uploaded_at: String,
    /// The server's ids of the requests.
    pub requests: Vec<String>,
}

/// A file that the server confirmed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Accepted {
    /// Its name.
    pub name: String,
    /// Its size.
    pub bytes: u64,
    /// SHA-256 of what was sent.
    pub sha256: String,
    /// The server's id of it.
    pub id: String,
}

/// How far an upload came, written before and after each file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Intent {
    /// Its type.
    #[serde(rename = "type")]
    pub type_: String,
    /// What tells the pack from others.
    pub pack: String,
    /// Address that takes the files.
    pub target: String,
    /// Ids that the server's list had before anything was sent; none when it has no list.
    pub known: Option<Vec<String>>,
    /// Every file.
    pub files: Vec<Sending>,
}

/// Where a file stands.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Sending {
    /// Its name.
    pub name: String,
    /// SHA-256 of its bytes.
    pub sha256: String,
    /// When it was sent, RFC 3339, as long as nobody knows what became of that.
    pub asked_at: Option<String>,
    /// The server's id of it, once it is confirmed.
    pub id: Option<String>,
}

impl Receipt {
    /// One that says nothing yet.
    pub(super) fn blank() -> Self {
        Self {
            type_: RECEIPT_TYPE.to_owned(),
            tool: concat!(env!("CARGO_PKG_NAME"), " ", env!("CARGO_PKG_VERSION")).to_owned(),
            slug: String::new(),
            pack: String::new(),
            target: String::new(),
            manifest_sha256: String::new(),
            files: Vec::new(),
            listed: false,
            uploaded_at: String::new(),
            requests: Vec::new(),
        }
    }

    /// Reads a receipt.
    pub fn read(bytes: &[u8]) -> Result<Self, String> {
        read(bytes, |receipt: &Self| receipt.type_ == RECEIPT_TYPE, RECEIPT_TYPE)
    }

    /// As it is written to disk.
    pub fn render(&self) -> Vec<u8> {
        render(self)
    }
}

impl Intent {
    pub(super) fn new(pack: &str, target: String) -> Self {
        Self { type_: INTENT_TYPE.to_owned(), pack: pack.to_owned(), target, known: None, files: Vec::new() }
    }

    /// Reads an intent.
    pub fn read(bytes: &[u8]) -> Result<Self, String> {
        read(bytes, |intent: &Self| intent.type_ == INTENT_TYPE, INTENT_TYPE)
    }

    /// As it is written to disk.
    pub fn render(&self) -> Vec<u8> {
        render(self)
    }
}
