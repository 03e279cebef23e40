//! What a bundle's own report says. Read to be compared with what is recomputed, never to be believed.

use crate::read::json;
use crate::read::tree::Node;
use crate::verify::report::{PREDICATE_TYPE, STATEMENT_TYPE};

/// The parts of a recorded report that are compared.
#[derive(Debug, Default)]
pub(super) struct Recorded {
    /// Why it cannot be read; empty when it can.
    pub faults: Vec<String>,
    /// Name of the pack's folder.
    pub slug: Option<String>,
    /// Name of the pack's kind.
    pub kind: Option<String>,
    /// `PASSED` or `FAILED`.
    pub result: Option<String>,
    /// Name and SHA-256 of its subjects, in its order.
    pub subjects: Vec<(String, String)>,
    /// Ids of its plan, in its order.
    pub plan: Vec<String>,
    /// Id and status word of its results, in its order.
    pub results: Vec<(String, String)>,
}

impl Recorded {
    pub(super) fn read(bytes: Option<&[u8]>) -> Self {
        let mut recorded = Self::default();
        let Some(bytes) = bytes else {
            recorded.faults.push("is missing".to_owned());
            return recorded;
        };
        let mut findings = Vec::new();
        let node = json::read("", bytes, &mut findings);
        recorded.faults.extend(findings.iter().map(|finding| finding.message.clone()));
        let Some(node) = node else { return recorded };
        if node.text_at("_type") != Some(STATEMENT_TYPE) || node.text_at("predicateType") != Some(PREDICATE_TYPE) {
            recorded.faults.push(format!("is not a statement of type {PREDICATE_TYPE}"));
        }
        let Some(predicate) = node.get("predicate") else {
            recorded.faults.push("has no predicate".to_owned());
            return recorded;
        };
        let text = |key: &str| predicate.text_at(key).map(str::to_owned);
        let pack = |key: &str| predicate.get("pack").and_then(|pack| pack.text_at(key)).map(str::to_owned);
        recorded.slug = pack("slug");
        recorded.kind = pack("kind");
        recorded.result = text("result");
        recorded.plan = predicate.get("plan").map(Node::texts).unwrap_or_default();
        for subject in node.get("subject").map(Node::items).unwrap_or_default() {
            let digest = subject.get("digest").and_then(|digest| digest.text_at("sha256")).unwrap_or_default();
            recorded.subjects.push((subject.text_at("name").unwrap_or_default().to_owned(), digest.to_owned()));
        }
        for result in predicate.get("results").map(Node::items).unwrap_or_default() {
            let word = |key: &str| result.text_at(key).unwrap_or_default().to_owned();
            recorded.results.push((word("id"), word("status")));
        }
        recorded
    }
}
