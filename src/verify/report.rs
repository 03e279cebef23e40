//! The result of a verification, and its form as an in-toto Statement.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use crate::lang::Lang;

/// The type of the predicate: which keys it has and what they mean is fixed by `proofpack schema e2e-verification`.
pub const PREDICATE_TYPE: &str = "urn:proofpack:e2e-verification:v1";
/// The type of the statement.
pub const STATEMENT_TYPE: &str = "https://in-toto.io/Statement/v1";

/// Whether something holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Status {
    /// It was checked and holds.
    Pass,
    /// It was checked and does not hold.
    Fail,
    /// Nobody has checked it. Never a pass.
    NotChecked,
}

impl Status {
    /// The word used in every report format.
    pub fn word(self) -> &'static str {
        match self {
            Self::Pass => "pass",
            Self::Fail => "fail",
            Self::NotChecked => "not_checked",
        }
    }

    /// The status of a word.
    pub fn from_word(word: &str) -> Option<Self> {
        [Self::Pass, Self::Fail, Self::NotChecked].into_iter().find(|status| status.word() == word)
    }
}

/// One line of a report.
#[derive(Clone, Debug)]
pub struct Outcome {
    /// Which check this is.
    pub id: &'static str,
    /// Whether it holds.
    pub status: Status,
    /// What was expected.
    pub expected: String,
    /// What was found; for `not_checked` the reason.
    pub observed: String,
    /// Files, and places in them, that show it.
    pub evidence: Vec<String>,
}

/// Every check with its result.
#[derive(Clone, Debug)]
pub struct Report {
    /// SHA-256 of the files that the report speaks about, by name.
    pub subjects: BTreeMap<String, String>,
    /// The checks that must have passed.
    pub plan: Vec<&'static str>,
    /// All results: the planned ones, then those that nobody has checked.
    pub results: Vec<Outcome>,
}

impl Report {
    /// Whether every planned check has exactly one result and that is a pass.
    pub fn passed(&self) -> bool {
        !self.plan.is_empty()
            && self.plan.iter().all(|id| {
                let mut results = self.results.iter().filter(|outcome| outcome.id == *id);
                results.next().is_some_and(|outcome| outcome.status == Status::Pass) && results.next().is_none()
            })
    }

    /// The planned checks that did not pass.
    pub fn failures(&self) -> impl Iterator<Item = &Outcome> {
        self.results.iter().filter(|outcome| outcome.status != Status::Pass && self.plan.contains(&outcome.id))
    }

    /// How many planned checks passed.
    pub fn passes(&self) -> usize {
        self.results.iter().filter(|outcome| outcome.status == Status::Pass && self.plan.contains(&outcome.id)).count()
    }
}

/// What a recorded report says about the pack beside its results.
#[derive(Debug)]
pub struct Header<'a> {
    /// Name of the pack's folder.
    pub slug: &'a str,
    /// Name of the pack's kind.
    pub kind: &'a str,
    /// Title of the pack.
    pub title: &'a str,
    /// Id of the job that made the pack.
    pub job_id: &'a str,
    /// As of when, RFC 3339.
    pub as_of: &'a str,
    /// Language of its Markdown and HTML forms.
    pub lang: Lang,
}

/// One result as JSON.
pub fn outcome(outcome: &Outcome) -> Value {
    json!({
        "id": outcome.id,
        "status": outcome.status.word(),
        "expected": outcome.expected,
        "observed": outcome.observed,
        "evidence": outcome.evidence,
    })
}

/// The report as an in-toto Statement v1, pretty-printed with a final newline.
pub fn statement(report: &Report, header: &Header<'_>) -> String {
    let subject: Vec<_> =
        report.subjects.iter().map(|(name, digest)| json!({"name": name, "digest": {"sha256": digest}})).collect();
    let results: Vec<_> = report.results.iter().map(outcome).collect();
    let statement = json!({
        "_type": STATEMENT_TYPE,
        "subject": subject,
        "predicateType": PREDICATE_TYPE,
        "predicate": {
            "result": if report.passed() { "PASSED" } else { "FAILED" },
            "tool": {"name": env!("CARGO_PKG_NAME"), "version": env!("CARGO_PKG_VERSION")},
            "as_of": header.as_of,
            "pack": {
                "slug": header.slug,
                "kind": header.kind,
                "title": header.title,
                "job_id": header.job_id,
                "language": header.lang.tag(),
            },
            "plan": report.plan,
            "results": results,
        },
    });
    // `{:#}` of a JSON value is its indented form.
    format!("{statement:#}\n")
}

/// The JSON Schema of the statement.
pub fn json_schema() -> Value {
    let text = || json!({"type": "string"});
    let texts = || json!({"type": "array", "items": {"type": "string"}});
    let object = |properties: Value| {
        let required: Vec<_> = properties.as_object().into_iter().flat_map(|keys| keys.keys().cloned()).collect();
        json!({"type": "object", "properties": properties, "required": required})
    };
    let subject = object(
        json!({"name": text(), "digest": object(json!({"sha256": {"type": "string", "pattern": "^[0-9a-f]{64}$"}}))}),
    );
    let result = object(json!({
        "id": text(),
        "status": {"enum": [Status::Pass.word(), Status::Fail.word(), Status::NotChecked.word()]},
        "expected": text(),
        "observed": text(),
        "evidence": texts(),
    }));
    object(json!({
        "_type": {"const": STATEMENT_TYPE},
        "subject": {"type": "array", "items": subject},
        "predicateType": {"const": PREDICATE_TYPE},
        "predicate": object(json!({
            "result": {"enum": ["PASSED", "FAILED"]},
            "tool": object(json!({"name": text(), "version": text()})),
            "as_of": {"type": "string", "format": "date-time"},
            "pack": object(json!({
                "slug": text(), "kind": text(), "title": text(), "job_id": text(), "language": {"enum": Lang::TAGS},
            })),
            "plan": texts(),
            "results": {"type": "array", "items": result},
        })),
    }))
}
