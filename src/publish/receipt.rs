//! What publishing leaves on disk beside a bundle, never inside it: the intent before anything is asked of a server, the
//! receipt when every byte was read back.

use serde::{Deserialize, Serialize};

pub use crate::documents::evidence::RECEIPT_TYPE;

/// The type of an intent.
const INTENT_TYPE: &str = "urn:proofpack:publish-intent:v1";

/// Proof that a bundle was published: what was read back, from where, when.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Receipt {
    /// [`RECEIPT_TYPE`].
    #[serde(rename = "type")]
    pub type_: String,
    /// Version of proofpack that wrote it.
    pub tool: String,
    /// Name of the pack's folder.
    pub slug: String,
    /// What tells the pack from others in the description of its gist.
    pub pack: String,
    /// Base address of the API.
    pub api: String,
    /// Id of the gist.
    pub id: String,
    /// Login of its owner.
    pub owner: String,
    /// Whether it is listed. A gist that is not can still be read by everyone who has its address.
    pub public: bool,
    /// Revision that was read back.
    pub revision: String,
    /// Address of its page.
    pub page: String,
    /// Its description.
    pub description: String,
    /// SHA-256 of the bundle's manifest.
    pub manifest_sha256: String,
    /// Every file that was read back, in the order in which the gist shows them.
    pub files: Vec<Published>,
    /// When the last byte was read back, RFC 3339. From the clock of the machine, not from `--now`.
    pub published_at: String,
    /// The server's ids of the requests that wrote or showed the gist.
    pub requests: Vec<String>,
}

/// A file that was read back.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Published {
    /// Its name.
    pub name: String,
    /// Its size.
    pub bytes: u64,
    /// SHA-256 of what was read back.
    pub sha256: String,
    /// From where it was read back, at this revision.
    pub raw: String,
}

/// That a gist is about to be written: a run that finds it without its receipt looks what became of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Intent {
    /// Its type.
    #[serde(rename = "type")]
    pub type_: String,
    /// What tells the pack from others in the description of its gist.
    pub pack: String,
    /// Base address of the API.
    pub api: String,
    /// Login of the owner.
    pub owner: String,
    /// The gist that is to be changed; none when one is to be made.
    pub gist: Option<String>,
    /// The description that it is to have.
    pub description: String,
    /// The files that it is to have.
    pub files: Vec<String>,
    /// When it was asked for the gist to be made, RFC 3339, as long as nobody knows what became of that.
    pub asked_at: Option<String>,
}

impl Receipt {
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
    pub(super) fn new(plan: &super::Plan, owner: &str, gist: Option<&str>, asked_at: Option<String>) -> Self {
        Self {
            type_: INTENT_TYPE.to_owned(),
            pack: plan.pack.clone(),
            api: plan.api.to_string(),
            owner: owner.to_owned(),
            gist: gist.map(str::to_owned),
            description: plan.description.clone(),
            files: plan.files.iter().map(|file| file.name.clone()).collect(),
            asked_at,
        }
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

pub(super) fn read<T: for<'a> Deserialize<'a>>(bytes: &[u8], is_one: fn(&T) -> bool, type_: &str) -> Result<T, String> {
    let read: T = serde_json::from_slice(bytes).map_err(|error| {
        format!("cannot be read: {:?} error in line {}, character {}", error.classify(), error.line(), error.column())
    })?;
    if is_one(&read) { Ok(read) } else { Err(format!("is not of type {type_}")) }
}

pub(super) fn render<T: Serialize>(value: &T) -> Vec<u8> {
    let mut bytes = serde_json::to_vec_pretty(value).unwrap_or_default();
    bytes.push(b'\n');
    bytes
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_is_read_and_nothing_else() {
        let intent = Intent {
            type_: INTENT_TYPE.to_owned(),
            pack: "p:1".to_owned(),
            api: "https://api.example/".to_owned(),
            owner: "o".to_owned(),
            gist: None,
            description: "d".to_owned(),
            files: vec!["a".to_owned()],
            asked_at: None,
        };
        assert_eq!(Intent::read(&intent.render()), Ok(intent.clone()));
        assert!(Receipt::read(&intent.render()).is_err());
        let text = String::from_utf8(intent.render()).unwrap();
        assert_eq!(
            Intent::read(text.replace("publish-intent", "other").as_bytes()),
            Err("is not of type urn:proofpack:publish-intent:v1".to_owned())
        );
        assert!(Intent::read(text.replace("\"owner\"", "\"own\"").as_bytes()).is_err());
        assert!(Intent::read(b"").is_err());
    }
}
