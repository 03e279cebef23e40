//! `claims.toml`: what a pack wants to say about the world outside, each claim with the evidence that is to back it.
//!
//! Invariant: nothing here says whether a claim holds. Its status is computed from the evidence; one that was written
//! by hand is refused.

use std::collections::BTreeMap;

use jiff::Timestamp;

use crate::check::shape::{self, Shape, Type, optional, required};
use crate::codes;
use crate::documents::place::place_of;
use crate::finding::{Finding, Place};
use crate::read::tree::Node;
use crate::read::{text, toml};

/// Name of the document inside a pack.
pub const FILE: &str = "claims.toml";

/// What a claim can be about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum ClaimKind {
    /// Something is published.
    Published,
    /// A pull request exists.
    PullRequest,
    /// Something is deployed.
    Deployment,
    /// An amount was earned.
    Revenue,
    /// An import was accepted.
    ImportAccepted,
    /// Someone adopted something.
    Adopted,
    /// A test passed.
    TestPassed,
    /// Something holds for the market.
    MarketFact,
}

impl ClaimKind {
    /// The words of `claims.toml`, in the order of the variants.
    pub const WORDS: &'static [&'static str] = &[
        "published",
        "pull_request",
        "deployment",
        "revenue",
        "import_accepted",
        "adopted",
        "test_passed",
        "market_fact",
    ];
    const ALL: [Self; 8] = [
        Self::Published,
        Self::PullRequest,
        Self::Deployment,
        Self::Revenue,
        Self::ImportAccepted,
        Self::Adopted,
        Self::TestPassed,
        Self::MarketFact,
    ];

    /// The word of `claims.toml`.
    pub fn word(self) -> &'static str {
        Self::WORDS[self as usize]
    }

    fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.word() == word)
    }
}

/// What sort of thing is to back a claim.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum EvidenceType {
    /// An address with what it answered.
    UrlCapture,
    /// The receipt of a publication.
    GistReceipt,
    /// The report of an import.
    ImportReport,
    /// A file of the pack.
    File,
    /// What a command printed.
    CommandOutput,
}

impl EvidenceType {
    /// The words of `claims.toml`, in the order of the variants.
    pub const WORDS: &'static [&'static str] =
        &["url_capture", "gist_receipt", "import_report", "file", "command_output"];
    const ALL: [Self; 5] = [Self::UrlCapture, Self::GistReceipt, Self::ImportReport, Self::File, Self::CommandOutput];

    /// The word of `claims.toml`.
    pub fn word(self) -> &'static str {
        Self::WORDS[self as usize]
    }

    fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.word() == word)
    }
}

static EVIDENCE: Shape = Shape {
    about: "Something that is to back a claim.",
    closed: true,
    keys: &[
        required("type", Type::Word(EvidenceType::WORDS), "what sort of thing it is"),
        required("locator", Type::Text, "where it is: an address, or a JSON file in evidence/"),
        optional("file", Type::Text, "what was captured of an address: a JSON file in evidence/"),
        optional("sha256", Type::Text, "SHA-256 of its bytes, 64 hexadecimal digits"),
        optional("captured_at", Type::Moment, "when it was captured"),
        optional("quote", Type::Text, "the words of the captured text that say what is claimed"),
    ],
};

static CLAIM: Shape = Shape {
    about: "A statement about the world outside.",
    closed: true,
    keys: &[
        required("id", Type::Text, "id of the claim, unique in the pack"),
        required("kind", Type::Word(ClaimKind::WORDS), "what it is about"),
        required("statement", Type::Text, "what pages print for it"),
        optional("valid_until", Type::Moment, "when its evidence is too old"),
        optional("evidence", Type::List(&Type::Table(&EVIDENCE)), "what is to back it"),
    ],
};

/// The shape of `claims.toml`.
pub static SHAPE: Shape = Shape {
    about: "What a pack wants to say about the world outside.",
    closed: true,
    keys: &[
        optional("deployment_hosts", Type::List(&Type::Text), "hosts on which deployments of this pack may stand"),
        optional("claim", Type::List(&Type::Table(&CLAIM)), "the claims"),
    ],
};

/// What a pack wants to say about the world outside.
#[derive(Clone, Debug, Default)]
pub struct Claims {
    /// Hosts on which deployments may stand, in lower case.
    pub deployment_hosts: Vec<String>,
    /// The claims that can be judged.
    pub list: Vec<Claim>,
}

/// A statement about the world outside.
#[derive(Clone, Debug)]
pub struct Claim {
    /// Id, unique in the pack.
    pub id: String,
    /// What it is about.
    pub kind: ClaimKind,
    /// What pages print for it.
    pub statement: String,
    /// When its evidence is too old.
    pub valid_until: Option<Timestamp>,
    /// What is to back it.
    pub evidence: Vec<Evidence>,
    /// Where the claim begins.
    pub place: Place,
}

/// Something that is to back a claim.
#[derive(Clone, Debug)]
pub struct Evidence {
    /// What sort of thing it is.
    pub kind: EvidenceType,
    /// An address, or a path inside the pack.
    pub locator: String,
    /// Path inside the pack of what was captured of an address.
    pub file: Option<String>,
    /// The words of the captured text that say what is claimed.
    pub quote: Option<String>,
    /// SHA-256 of the file's bytes, 64 hexadecimal digits in lower case.
    pub sha256: Option<String>,
    /// When it was captured.
    pub captured_at: Option<Timestamp>,
    /// Where it is written.
    pub place: Place,
}

impl Evidence {
    /// The file of the pack that holds it; `None` when nothing was captured.
    pub fn path(&self) -> Option<&str> {
        match self.kind {
            EvidenceType::UrlCapture => self.file.as_deref(),
            _ => Some(&self.locator),
        }
    }
}

/// Reads `claims.toml`: the claims that can be judged. Evidence that is not well written backs nothing and is left
/// out; the findings say so.
pub fn read(path: &str, bytes: &[u8], findings: &mut Vec<Finding>) -> Claims {
    let Some(node) = toml::read(path, bytes, findings) else { return Claims::default() };
    let Some(text) = text::read(path, bytes, &mut Vec::new()) else { return Claims::default() };
    let before = findings.len();
    shape::check(&node, &SHAPE, text, findings);
    refuse_status(&mut findings[before..]);
    let mut seen = BTreeMap::new();
    let mut claims = Vec::new();
    for (index, node) in node.get("claim").map(Node::items).unwrap_or_default().iter().enumerate() {
        let index = index.to_string();
        let place = place_of(text, node, &["claim", &index]);
        if let Some(id) = node.text_at("id") {
            let (line, _) = text.position(node.offset);
            if let Some(first) = seen.get(id) {
                let message = format!("claim `{id}` stands here a second time, first in line {first}");
                findings.push(Finding::new(&codes::DUPLICATE_ID, place, message).hint("give it an id of its own"));
                continue;
            }
            seen.insert(id, line);
        }
        let mut evidence = Vec::new();
        for (at, node) in node.get("evidence").map(Node::items).unwrap_or_default().iter().enumerate() {
            let place = place_of(text, node, &["claim", &index, "evidence", &at.to_string()]);
            evidence.extend(read_evidence(node, place, findings));
        }
        let claim = claim(node, evidence, place);
        findings.extend(claim.as_ref().and_then(figure));
        claims.extend(claim);
    }
    let hosts = node.get("deployment_hosts").map(Node::texts).unwrap_or_default();
    Claims { deployment_hosts: hosts.iter().map(|host| host.to_ascii_lowercase()).collect(), list: claims }
}

/// A figure of revenue comes from an accepted import and is never written by hand; only days may stand in a statement.
fn figure(claim: &Claim) -> Option<Finding> {
    let is_day = |word: &&str| word.parse::<jiff::civil::Date>().is_ok();
    let mut words = claim
        .statement
        .split(|one: char| !(one.is_numeric() || one == '-'))
        .filter(|word| word.contains(char::is_numeric));
    if claim.kind != ClaimKind::Revenue || words.all(|word| is_day(&word)) {
        return None;
    }
    let message = "a statement about revenue holds a figure that nothing proves";
    let hint = "take it out; only days such as 2026-05-12 may stand in the statement";
    Some(Finding::new(&codes::FIGURE_BY_HAND, claim.place.clone(), message).hint(hint))
}

/// A key `status` is more than an unknown key: someone tried to say that the claim holds.
fn refuse_status(findings: &mut [Finding]) {
    for finding in findings {
        let pointer = finding.place.pointer.as_deref().unwrap_or_default();
        if finding.code == &codes::UNKNOWN_KEY && pointer.starts_with("/claim/") && pointer.ends_with("/status") {
            finding.code = &codes::STATUS_BY_HAND;
            "the status of a claim is computed from its evidence and never written".clone_into(&mut finding.message);
            "remove `status`; give evidence instead".clone_into(&mut finding.hint);
        }
    }
}

fn claim(node: &Node, evidence: Vec<Evidence>, place: Place) -> Option<Claim> {
    let text = |key: &str| node.text_at(key).filter(|text| !text.trim().is_empty());
    let valid_until = match node.get("valid_until") {
        // A moment that cannot be read must not make the claim valid for ever.
        Some(until) => Some(until.text()?.parse().ok()?),
        None => None,
    };
    Some(Claim {
        id: text("id")?.to_owned(),
        kind: ClaimKind::from_word(text("kind")?)?,
        statement: text("statement")?.to_owned(),
        valid_until,
        evidence,
        place,
    })
}

fn read_evidence(node: &Node, place: Place, findings: &mut Vec<Finding>) -> Option<Evidence> {
    let sha256 = match node.get("sha256") {
        Some(hash) => {
            let hash = hash.text()?;
            if hash.len() != 64 || !hash.bytes().all(|byte| byte.is_ascii_hexdigit()) {
                let message = "`sha256` is not a SHA-256, which has 64 hexadecimal digits";
                findings.push(Finding::new(&codes::INVALID_VALUE, place, message));
                return None;
            }
            Some(hash.to_ascii_lowercase())
        }
        None => None,
    };
    let captured_at = match node.get("captured_at") {
        Some(moment) => Some(moment.text()?.parse().ok()?),
        None => None,
    };
    Some(Evidence {
        kind: EvidenceType::from_word(node.text_at("type")?)?,
        locator: node.text_at("locator").filter(|locator| !locator.trim().is_empty())?.to_owned(),
        file: node.text_at("file").map(str::to_owned),
        quote: node.text_at("quote").filter(|quote| !quote.trim().is_empty()).map(str::to_owned),
        sha256,
        captured_at,
        place,
    })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn check(toml: &str) -> Vec<String> {
        let mut findings = Vec::new();
        let claims = read("c.toml", toml.as_bytes(), &mut findings);
        let claims = claims.list.iter().map(|claim| {
            let evidence: Vec<_> = claim
                .evidence
                .iter()
                .map(|one| {
                    let hash = one.sha256.as_deref().map_or("-", |hash| &hash[..4]);
                    let moment = one.captured_at.map_or("-".to_owned(), |moment| moment.to_string());
                    format!("{} {} {hash} {moment}", one.kind.word(), one.locator)
                })
                .collect();
            let until = claim.valid_until.map_or("-".to_owned(), |until| until.to_string());
            format!("{} {} {} {until} {evidence:?}", claim.id, claim.kind.word(), claim.statement)
        });
        claims
            .chain(findings.iter().map(|found| format!("{} {}: {}", found.code.id, found.place, found.message)))
            .collect()
    }

    #[test]
    fn claims_with_their_evidence() {
        let hash = "AB".repeat(32);
        assert_eq!(
            check(&format!(
                "[[claim]]\nid = 'a'\nkind = 'market_fact'\nstatement = 'S'\nvalid_until = 2026-06-24T00:00:00+08:00\n\
                 evidence = [{{ type = 'url_capture', locator = 'https://a.example', sha256 = '{hash}', captured_at = 2026-05-24T00:00:00Z }},\n\
                 {{ type = 'file', locator = 'x.txt' }}]\n[[claim]]\nid = 'b'\nkind = 'revenue'\nstatement = 'R'\n"
            )),
            [
                r#"a market_fact S 2026-06-23T16:00:00Z ["url_capture https://a.example abab 2026-05-24T00:00:00Z", "file x.txt - -"]"#,
                "b revenue R - []",
            ]
        );
        assert_eq!(check("# none"), [""; 0]);
        for word in ClaimKind::WORDS {
            assert_eq!(ClaimKind::from_word(word).unwrap().word(), *word);
        }
        for word in EvidenceType::WORDS {
            assert_eq!(EvidenceType::from_word(word).unwrap().word(), *word);
        }
    }

    #[test]
    fn every_fault_has_its_place() {
        assert_eq!(
            check(
                "[[claim]]\nid = 'a'\nkind = 'deployment'\nstatement = 'S'\nstatus = 'verified'\n\
                 evidence = [{ type = 'file', locator = 'x', sha256 = 'ab' }, { type = 'hearsay', locator = 'y' }]\n\
                 [[claim]]\nid = 'a'\nkind = 'revenue'\nstatement = 'S'\n\
                 [[claim]]\nid = 'c'\nkind = 'profit'\nstatement = 'S'\nvalid_until = 'soon'\n"
            ),
            [
                "a deployment S - []",
                "status_by_hand c.toml:5:1 at /claim/0/status: the status of a claim is computed from its evidence and never written",
                "unknown_word c.toml:6:71 at /claim/0/evidence/1/type: `hearsay` is none of url_capture, gist_receipt, import_report, file, command_output",
                "unknown_word c.toml:13:8 at /claim/2/kind: `profit` is none of published, pull_request, deployment, revenue, import_accepted, adopted, test_passed, market_fact",
                "wrong_type c.toml:15:15 at /claim/2/valid_until: `valid_until` is `soon`, expected a time with its offset such as 2026-05-25T18:00:00+08:00",
                "invalid_value c.toml:6:13 at /claim/0/evidence/0: `sha256` is not a SHA-256, which has 64 hexadecimal digits",
                "duplicate_id c.toml:7:1 at /claim/1: claim `a` stands here a second time, first in line 1",
            ]
        );
    }

    #[test]
    fn revenue_is_claimed_without_a_figure() {
        let found = |kind: &str, statement: &str| {
            check(&format!("[[claim]]\nid = 'a'\nkind = '{kind}'\nstatement = '{statement}'\n"))
                .iter()
                .any(|line| line.starts_with("figure_by_hand c.toml:1:1 at /claim/0"))
        };
        assert!(!found("revenue", "2026-05-12 至 2026-05-21 的認列營收"));
        for statement in ["認列營收 72,780 元", "NT$0", "２８０００ 元", "2026-05-12 -5"] {
            assert!(found("revenue", statement), "{statement}");
        }
        assert!(!found("import_accepted", "13 列已接受"));
    }

    proptest! {
        #[test]
        fn never_panics(toml in r"(\[\[claim\]\]\n|claim = \[1\]\n|id = 'a'\n|kind = 'revenue'\n|statement = 'a'\n|status = 1\n|evidence = \[\{type = 'file'\}, 1\]\n){0,8}", bytes: Vec<u8>) {
            read("c", toml.as_bytes(), &mut Vec::new());
            read("c", &bytes, &mut Vec::new());
        }
    }
}
