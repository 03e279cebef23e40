//! What on a pull request calls its worker back: review, failing checks, conflicts.

use serde_json::{Value as Json, json};

use crate::decide::{Answer, Asked};
use crate::kinds::dispatch::form::{Form, Shape, form};
use crate::kinds::dispatch::value;
use crate::lang::{Words, words};
use crate::read::tree::Node;

/// Most failing checks that are listed.
const CHECKS_LISTED: usize = 10;

/// What was seen on a pull request.
pub(super) struct Seen<'a> {
    pull_request: &'a Node,
    failing: Vec<(&'a str, &'a str)>,
}

/// A kind of evidence.
pub(super) struct Kind {
    /// Its key in the answer.
    pub id: &'static str,
    /// When it is seen, in words.
    pub when: Words,
    value: fn(&Seen<'_>) -> Option<serde_json::Value>,
}

/// Every kind, in the order in which they are listed.
pub(super) static KINDS: &[Kind] = &[
    Kind {
        id: "changes_requested",
        when: words("審查要求修改", "a review requests changes"),
        value: |seen| seen.changes_requested().then(|| true.into()),
    },
    Kind {
        id: "failing_checks",
        when: words("檢查失敗", "checks fail"),
        value: |seen| {
            let list = || seen.failing.iter().take(CHECKS_LISTED);
            (!seen.failing.is_empty())
                .then(|| list().map(|(name, conclusion)| json!({"name": name, "conclusion": conclusion})).collect())
        },
    },
    Kind {
        id: "has_merge_conflict",
        when: words("合併衝突", "it conflicts with its base"),
        value: |seen| seen.has("mergeable", "CONFLICTING").then(|| true.into()),
    },
    Kind {
        id: "merge_dirty",
        when: words("合併狀態為 DIRTY", "its merge state is DIRTY"),
        value: |seen| seen.has("mergeStateStatus", "DIRTY").then(|| true.into()),
    },
    Kind {
        id: "merge_blocked",
        when: words("合併受阻，且檢查失敗或審查要求修改", "blocked, and checks fail or a review requests changes"),
        value: |seen| {
            let is_reason = !seen.failing.is_empty() || seen.changes_requested();
            (seen.has("mergeStateStatus", "BLOCKED") && is_reason).then(|| "BLOCKED".into())
        },
    },
    Kind {
        id: "behind_with_failing",
        when: words("落後基底且檢查失敗", "behind its base, and checks fail"),
        value: |seen| (seen.has("mergeStateStatus", "BEHIND") && !seen.failing.is_empty()).then(|| true.into()),
    },
];

/// The evidence on a pull request; `None` when there is none, and always for drafts and for what is not open.
pub(super) fn of(pull_request: &Node) -> Option<Answer> {
    if pull_request.text_at("state") != Some("OPEN") || value::is_true(pull_request, "isDraft") {
        return None;
    }
    let checks = pull_request.get("statusCheckRollup").map(Node::items).unwrap_or_default();
    let seen = Seen { pull_request, failing: checks.iter().filter_map(failing).collect() };
    let evidence: Answer = KINDS.iter().filter_map(|kind| Some((kind.id.to_owned(), (kind.value)(&seen)?))).collect();
    (!evidence.is_empty()).then_some(evidence)
}

impl Seen<'_> {
    fn has(&self, key: &str, word: &str) -> bool {
        self.pull_request.text_at(key) == Some(word)
    }

    fn changes_requested(&self) -> bool {
        self.has("reviewDecision", "CHANGES_REQUESTED")
    }
}

/// Name and conclusion of a check that failed. Skipped, neutral, stale and pending ones did not.
fn failing(check: &Node) -> Option<(&str, &str)> {
    let word = |key: &str, failures: &[&str]| check.text_at(key).filter(|word| failures.contains(word));
    let conclusion = word("conclusion", &["FAILURE", "ERROR", "CANCELLED", "TIMED_OUT", "ACTION_REQUIRED"]);
    let conclusion = conclusion.or_else(|| word("state", &["ERROR", "FAILURE"]))?;
    let name = ["name", "context"].iter().find_map(|key| check.text_at(key).filter(|name| !name.trim().is_empty()));
    Some((name.unwrap_or("unknown"), conclusion))
}

/// `pr-evidence`: what on a pull request calls its worker back.
pub(super) static FORMS: &[Shape] = &[form("pr", &[], evidence)];

fn evidence(given: &mut Form<'_>, asked: &Asked) -> Json {
    let evidence = given.table_if("pr").and_then(of);
    let rule = evidence.as_ref().and_then(|found| found.keys().next().cloned()).unwrap_or_else(|| "none".to_owned());
    let told = KINDS.iter().filter(|kind| evidence.as_ref().is_some_and(|found| found.contains_key(kind.id)));
    let lang = asked.lang;
    let told: Vec<_> = told.map(|kind| kind.when.get(lang)).collect();
    let rationale = if told.is_empty() {
        words("沒有需要作者回來處理的證據", "nothing on it calls its worker back").get(lang).to_owned()
    } else {
        told.join(words("；", "; ").get(lang))
    };
    json!({"evidence": evidence, "rule": rule, "rationale": rationale})
}

#[cfg(test)]
mod tests {
    use crate::kinds::dispatch_workflow::tests::check;

    fn evidence(pr: &str, expected: &str) {
        check("pr-evidence", &format!(r#"{{"pr":{pr}}}"#), &format!(r#"{{"evidence":{expected}}}"#));
    }

    #[test]
    fn only_open_pull_requests_that_are_no_drafts_count() {
        evidence(r#"{"state":"open","reviewDecision":"CHANGES_REQUESTED"}"#, "null");
        evidence(r#"{"state":"MERGED","reviewDecision":"CHANGES_REQUESTED"}"#, "null");
        evidence(r#"{"state":"OPEN","reviewDecision":"CHANGES_REQUESTED"}"#, r#"{"changes_requested":true}"#);
        evidence(r#"{"state":"OPEN","reviewDecision":"REVIEW_REQUIRED"}"#, "null");
        check("pr-evidence", r#"{"pr":null}"#, r#"{"evidence":null,"rule":"none"}"#);
    }

    #[test]
    fn blocked_or_behind_is_none_without_a_reason() {
        evidence(
            r#"{"state":"OPEN","mergeStateStatus":"BLOCKED","statusCheckRollup":[{"conclusion":null,"status":"IN_PROGRESS"}]}"#,
            "null",
        );
        evidence(r#"{"state":"OPEN","mergeStateStatus":"BEHIND"}"#, "null");
        evidence(
            r#"{"state":"OPEN","mergeStateStatus":"BLOCKED","reviewDecision":"CHANGES_REQUESTED"}"#,
            r#"{"changes_requested":true,"merge_blocked":"BLOCKED"}"#,
        );
        evidence(
            r#"{"state":"OPEN","mergeStateStatus":"BEHIND","statusCheckRollup":[{"context":"ci","state":"ERROR"}]}"#,
            r#"{"failing_checks":[{"name":"ci","conclusion":"ERROR"}],"behind_with_failing":true}"#,
        );
    }

    #[test]
    fn a_check_without_a_name_is_still_listed() {
        evidence(
            r#"{"state":"OPEN","statusCheckRollup":[{"name":"","conclusion":"TIMED_OUT"},"odd"]}"#,
            r#"{"failing_checks":[{"name":"unknown","conclusion":"TIMED_OUT"}]}"#,
        );
    }
}
