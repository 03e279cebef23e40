//! What a bundle's own report says. Read to be compared with what is recomputed, never to be believed.

use crate::lang::Lang;
use crate::read::json;
use crate::read::tree::Node;
use crate::verify::report::{Header, PREDICATE_TYPE, STATEMENT_TYPE};

/// The parts of a recorded report that are compared.
#[derive(Debug, Default)]
pub(super) struct Recorded {
    /// Why it cannot be read; empty when it can.
    pub faults: Vec<String>,
    /// Name of the pack's folder.
    pub slug: Option<String>,
    /// Name of the pack's kind.
    pub kind: Option<String>,
    /// Title of the pack.
    pub title: Option<String>,
    /// Id of the job that made it.
    pub job_id: Option<String>,
    /// BCP 47 tag of its language.
    pub language: Option<String>,
    /// As of when it was made, RFC 3339.
    pub as_of: Option<String>,
    /// Version of the tool that made it.
    pub version: Option<String>,
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
    /// What the report says about the pack, if it says all of it.
    pub(super) fn header(&self) -> Option<Header<'_>> {
        Some(Header {
            slug: self.slug.as_deref()?,
            kind: self.kind.as_deref()?,
            title: self.title.as_deref()?,
            job_id: self.job_id.as_deref()?,
            as_of: self.as_of.as_deref()?,
            lang: Lang::from_tag(self.language.as_deref()?)?,
        })
    }

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
        recorded.title = pack("title");
        recorded.job_id = pack("job_id");
        recorded.language = pack("language");
        recorded.as_of = text("as_of");
        recorded.version = predicate.get("tool").and_then(|tool| tool.text_at("version")).map(str::to_owned);
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
