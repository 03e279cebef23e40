//! What stands in `evidence/`: JSON documents that somebody captured outside, one shape for each type of evidence.
//!
//! Invariants: a document is read for what it says and never believed further; one that is not well written says
//! nothing. Who wrote it is part of what it says.

use jiff::Timestamp;

use crate::check::shape::{self, Key, Shape, Type, optional, required};
use crate::documents::claims::EvidenceType;
use crate::finding::Finding;
use crate::read::tree::{Node, Value};
use crate::read::{json, text};

/// Folder of a pack in which evidence stands.
pub const FOLDER: &str = "evidence/";
/// The type of a publication receipt.
pub const RECEIPT_TYPE: &str = "urn:proofpack:publish-receipt:v1";

const TOOL: Key = required("tool", Type::Text, "what captured it, with its version");
const CAPTURED_AT: Key = required("captured_at", Type::Moment, "when it was captured");

/// What an address answered.
pub static URL_CAPTURE: Shape = Shape {
    about: "What an address answered.",
    closed: true,
    keys: &[
        required("url", Type::Text, "the address that answered, after redirects"),
        required("status", Type::Count, "HTTP status"),
        required("body_sha256", Type::Text, "SHA-256 of the body"),
        optional("body", Type::AnyText, "the body itself, where it is a text"),
        CAPTURED_AT,
        TOOL,
    ],
};

/// What a command printed.
pub static COMMAND_OUTPUT: Shape = Shape {
    about: "What a command printed.",
    closed: true,
    keys: &[
        required("command", Type::Text, "the command with its arguments"),
        required("exit_code", Type::Count, "its exit status"),
        required("output", Type::Text, "what it printed"),
        CAPTURED_AT,
        TOOL,
    ],
};

const IMPORTS: &[&str] = &["accepted", "failed", "partial"];

/// What the receiving system says of a file that it imported.
pub static IMPORT_REPORT: Shape = Shape {
    about: "What the receiving system says of a file that it imported.",
    closed: true,
    keys: &[
        required("status", Type::Word(IMPORTS), "what became of the file"),
        required("source_sha256", Type::Text, "SHA-256 of the file"),
        required("rows", Type::Count, "rows of the file"),
        required("accepted_rows", Type::Count, "rows that were taken"),
        CAPTURED_AT,
        TOOL,
    ],
};

const REVIEWS: &[&str] = &["accept", "revise", "reject"];

/// What somebody decided about adopting something.
pub static ADOPTION: Shape = Shape {
    about: "What somebody decided about adopting something.",
    closed: true,
    keys: &[
        required("decision", Type::Word(REVIEWS), "what was decided"),
        required("by", Type::Text, "who decided: the short or the shown name of a person of the workspace"),
        required("role", Type::Text, "in which role: ceo, pls_owner, product_owner or dispatcher"),
        CAPTURED_AT,
        TOOL,
    ],
};

/// The part of a publication receipt that is evidence.
static RECEIPT: Shape = Shape {
    about: "A publication receipt.",
    closed: false,
    keys: &[
        required("type", Type::Word(&[RECEIPT_TYPE]), "what it is"),
        required("page", Type::Text, "address of the page"),
        required("published_at", Type::Moment, "when the last byte was read back"),
        TOOL,
    ],
};

/// A document of evidence.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Document {
    /// When it was captured.
    pub captured_at: Timestamp,
    /// What captured it.
    pub tool: String,
    /// What it says.
    pub says: Says,
}

/// What a document of evidence says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Says {
    /// An address answered.
    Answered {
        /// The address.
        url: String,
        /// HTTP status.
        status: u32,
        /// SHA-256 of the body, as it was noted.
        body_sha256: String,
        /// The body.
        body: Option<String>,
    },
    /// A command ended.
    Ran {
        /// The command.
        command: String,
        /// Its exit status.
        exit_code: u32,
    },
    /// A file was imported.
    Imported {
        /// `accepted`, `failed` or `partial`.
        status: String,
        /// SHA-256 of the file.
        source_sha256: String,
        /// Rows of the file.
        rows: u32,
        /// Rows that were taken.
        accepted_rows: u32,
    },
    /// Somebody decided about adopting.
    Adoption {
        /// `accept`, `revise` or `reject`.
        decision: String,
        /// Who decided.
        by: String,
        /// In which role.
        role: String,
    },
    /// Something was published.
    Published {
        /// Address of its page.
        page: String,
    },
}

/// Reads a document of evidence; `None`, with findings, when it is not one of its type.
pub fn read(path: &str, bytes: &[u8], kind: EvidenceType, findings: &mut Vec<Finding>) -> Option<Document> {
    let node = json::read(path, bytes, findings)?;
    let text = text::read(path, bytes, &mut Vec::new())?;
    let shape = match kind {
        EvidenceType::UrlCapture => &URL_CAPTURE,
        EvidenceType::GistReceipt => &RECEIPT,
        EvidenceType::ImportReport => &IMPORT_REPORT,
        EvidenceType::File => &ADOPTION,
        EvidenceType::CommandOutput => &COMMAND_OUTPUT,
    };
    let before = findings.len();
    shape::check(&node, shape, text, findings);
    if findings.len() > before {
        return None;
    }
    let own = |key: &str| node.text_at(key).map(str::to_owned);
    let says = match kind {
        EvidenceType::UrlCapture => Says::Answered {
            url: own("url")?,
            status: count(&node, "status")?,
            body_sha256: own("body_sha256")?.to_ascii_lowercase(),
            body: own("body"),
        },
        EvidenceType::GistReceipt => Says::Published { page: own("page")? },
        EvidenceType::ImportReport => Says::Imported {
            status: own("status")?,
            source_sha256: own("source_sha256")?.to_ascii_lowercase(),
            rows: count(&node, "rows")?,
            accepted_rows: count(&node, "accepted_rows")?,
        },
        EvidenceType::File => Says::Adoption { decision: own("decision")?, by: own("by")?, role: own("role")? },
        EvidenceType::CommandOutput => Says::Ran { command: own("command")?, exit_code: count(&node, "exit_code")? },
    };
    let moment = if kind == EvidenceType::GistReceipt { "published_at" } else { "captured_at" };
    Some(Document { captured_at: node.text_at(moment)?.parse().ok()?, tool: own("tool")?, says })
}

fn count(node: &Node, key: &str) -> Option<u32> {
    match &node.get(key)?.value {
        Value::Number(number) => number.parse().ok(),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn check(kind: EvidenceType, json: &str, expected: &[&str]) {
        let mut findings = Vec::new();
        let read = read("e.json", json.as_bytes(), kind, &mut findings);
        let mut found: Vec<_> = read.iter().map(|document| format!("{:?}", document.says)).collect();
        found.extend(findings.iter().map(|one| format!("{} {}", one.code.id, one.place)));
        assert_eq!(found, expected, "{json}");
    }

    #[test]
    fn documents_say_what_their_type_can_say() {
        let rest = r#""captured_at": "2026-05-24T00:00:00Z", "tool": "curl 8"}"#;
        check(
            EvidenceType::UrlCapture,
            &format!(r#"{{"url": "https://a.example/", "status": 200, "body_sha256": "AB", {rest}"#),
            &[r#"Answered { url: "https://a.example/", status: 200, body_sha256: "ab", body: None }"#],
        );
        check(
            EvidenceType::File,
            &format!(r#"{{"decision": "accept", "by": "W", "role": "r", {rest}"#),
            &[r#"Adoption { decision: "accept", by: "W", role: "r" }"#],
        );
        check(
            EvidenceType::CommandOutput,
            &format!(r#"{{"command": "t", "exit_code": 1, "output": "o", {rest}"#),
            &[r#"Ran { command: "t", exit_code: 1 }"#],
        );
        check(
            EvidenceType::File,
            &format!(r#"{{"decision": "fine", "by": "W", "role": "r", {rest}"#),
            &["unknown_word e.json:1:14 at /decision"],
        );
        check(
            EvidenceType::GistReceipt,
            &format!(r#"{{"type": "t", "page": "p", "published_at": "2026-05-24T00:00:00Z", {rest}"#),
            &["unknown_word e.json:1:10 at /type"],
        );
    }

    proptest! {
        #[test]
        fn never_panics(bytes: Vec<u8>, json in r#"\{("status": (200|-1|"accepted"), |"url": ("a"|1), |"tool": "t", |"captured_at": "x", ){0,5}"rows": 1\}"#) {
            for kind in [EvidenceType::UrlCapture, EvidenceType::ImportReport, EvidenceType::GistReceipt] {
                read("e", &bytes, kind, &mut Vec::new());
                read("e", json.as_bytes(), kind, &mut Vec::new());
            }
        }
    }
}
