//! Role suggestions: what a router answered, whether it can be used, and its reasoning made fit to be stored. A
//! suggestion is never applied by itself: a person confirms it.

use serde_json::{Value as Json, json};

use crate::check::privacy::redaction::without_secrets;
use crate::decide::Question;
use crate::kinds::dispatch::form::{self, form};
use crate::kinds::dispatch::value;
use crate::kinds::dispatch_run::result;
use crate::kinds::dispatch_run::roles::Roles;
use crate::lang::words;
use crate::read::tree::{Node, Value};

/// Longest reasoning, in bytes.
const MOST_REASONING: usize = 1024;
/// Most alternatives.
const MOST_ALTERNATIVES: usize = 2;
/// From this confidence on the router was asked to name no alternative.
const SURE: f64 = 0.85;
/// How much of an answer without JSON an error quotes, in characters.
const EXCERPT: usize = 200;

/// A suggestion that was read.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Suggestion {
    /// The role; blank when none can be used.
    pub role_id: String,
    /// 0 to 1.
    pub confidence: f64,
    pub reasoning: String,
    pub alternatives: Vec<Alternative>,
    /// Why there is no role, as error kind and message.
    pub error: Option<(&'static str, String)>,
    /// What the router was asked and did not keep to; nothing is refused for it.
    pub notes: Vec<&'static str>,
}

/// Another role that was weighed.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Alternative {
    pub role_id: String,
    pub reason: String,
    /// 0 to 1.
    pub score: f64,
}

/// Reads what a router answered.
pub(super) fn read(output: &str, roles: &Roles<'_>) -> Suggestion {
    let failed = |kind, message: String| Suggestion { error: Some((kind, message)), ..Suggestion::default() };
    let Some(answer) = result::object_in(output) else {
        let quoted = result::excerpt(output, EXCERPT);
        return failed(result::INVALID, format!("no valid JSON in the answer: {quoted}"));
    };
    let Some((role_id, confidence, reasoning, alternatives)) = fields(&answer) else {
        return failed(result::INVALID, "a field of the answer is of the wrong type".to_owned());
    };
    let reasoning = stored(reasoning);
    if !roles.is_selectable(role_id) {
        let message = if role_id.is_empty() { "the answer names no role" } else { "the role is not in the catalogue" };
        return Suggestion { reasoning, ..failed("router_no_match", message.to_owned()) };
    }
    let mut notes = Vec::new();
    let named = alternatives.iter().filter(|one| !one.role_id.is_empty()).count();
    let mut kept: Vec<_> = alternatives.into_iter().filter(|one| roles.is_selectable(&one.role_id)).collect();
    if kept.len() < named {
        notes.push("unknown-alternative");
    }
    if kept.len() > MOST_ALTERNATIVES {
        notes.push("too-many-alternatives");
        kept.truncate(MOST_ALTERNATIVES);
    }
    if confidence >= SURE && !kept.is_empty() {
        notes.push("alternatives-although-sure");
    }
    if kept.iter().any(|one| one.score >= confidence) {
        notes.push("alternative-not-below");
    }
    Suggestion { role_id: role_id.to_owned(), confidence, reasoning, alternatives: kept, error: None, notes }
}

/// The fields of an answer; `None` when one is of the wrong type. Absent and null are blank.
fn fields(answer: &Node) -> Option<(&str, f64, &str, Vec<Alternative>)> {
    let alternatives = match answer.get("alternatives").map(|node| &node.value) {
        None | Some(Value::Null) => &[],
        Some(Value::List(items)) => items.as_slice(),
        Some(_) => return None,
    };
    let alternative = |node: &Node| {
        let is_table = matches!(node.value, Value::Table(_));
        let (role_id, reason) = (text(node, "role_id")?.to_owned(), stored(text(node, "reason")?));
        is_table.then_some(Alternative { role_id, reason, score: share(node, "score")? })
    };
    let alternatives = alternatives.iter().map(alternative).collect::<Option<_>>()?;
    Some((text(answer, "role_id")?, share(answer, "confidence")?, text(answer, "reasoning")?, alternatives))
}

fn text<'a>(node: &'a Node, key: &str) -> Option<&'a str> {
    match node.get(key).map(|node| &node.value) {
        None | Some(Value::Null) => Some(""),
        Some(Value::Text(text)) => Some(text),
        Some(_) => None,
    }
}

/// A number brought between 0 and 1.
fn share(node: &Node, key: &str) -> Option<f64> {
    match node.get(key).map(|node| &node.value) {
        None | Some(Value::Null) => Some(0.0),
        Some(Value::Number(number)) => number.parse().ok().map(|number: f64| number.clamp(0.0, 1.0)),
        Some(_) => None,
    }
}

/// Reasoning without control characters (tabs and line breaks stay), and then not longer than its limit in bytes, cut at a
/// character. What cannot be seen but is no control stays: the page shows it as such.
fn sanitised(text: &str) -> String {
    limited(without_controls(text))
}

/// Reasoning as a suggestion tells it: sanitised, and without secrets before it is cut, lest a part of one be left that
/// nobody knows as one.
fn stored(text: &str) -> String {
    limited(without_secrets(&without_controls(text)))
}

fn without_controls(text: &str) -> String {
    let is_kept = |one: &char| !matches!(one, '\0'..='\u{8}' | '\u{B}' | '\u{C}' | '\u{E}'..='\u{1F}' | '\u{7F}');
    text.chars().filter(is_kept).collect()
}

fn limited(mut text: String) -> String {
    if text.len() > MOST_REASONING {
        let end = (0..=MOST_REASONING).rev().find(|at| text.is_char_boundary(*at)).unwrap_or(0);
        text.truncate(end);
    }
    text
}

fn told(suggestion: &Suggestion) -> Json {
    let alternatives: Vec<_> = suggestion
        .alternatives
        .iter()
        .map(|one| json!({"role_id": one.role_id, "reason": one.reason, "score": one.score}))
        .collect();
    let (kind, message) = suggestion.error.clone().unzip();
    json!({
        "role_id": suggestion.role_id,
        "confidence": suggestion.confidence,
        "reasoning": suggestion.reasoning,
        "alternatives": alternatives,
        "error_kind": kind,
        "error_message": message,
        "notes": suggestion.notes,
    })
}

/// `role-suggestion`: what a router answered (`agent_output`), or which status a request for one gets (`endpoint`).
pub(super) static SUGGESTION: Question = Question {
    name: "role-suggestion",
    about: words("檢查角色建議", "whether a role suggestion can be used"),
    facts: None,
    sanitises: false,
    answer: |facts, asked| {
        form::answer(
            facts,
            asked,
            &[
                form("agent_output", &[], |form, _| told(&read(form.text("agent_output"), &Roles::default()))),
                form(
                    "endpoint",
                    &["candidate_exists", "suggester_configured", "key_for_project", "result"],
                    |form, _| {
                        if form.text("endpoint") != "suggest-role" {
                            form.refuse(&["endpoint"], "`endpoint` is none of suggest-role");
                        }
                        let (configured, exists) =
                            (form.flag_if("suggester_configured"), form.flag_if("candidate_exists"));
                        let allowed = form.flag_if("key_for_project");
                        form.table_if("result");
                        // An error of the router is advice that failed, not a request that failed.
                        let status = if configured == Some(false) {
                            503
                        } else if exists == Some(false) {
                            404
                        } else if allowed == Some(false) {
                            403
                        } else {
                            200
                        };
                        json!({"http_status": status})
                    },
                ),
            ],
        )
    },
};

/// `reasoning-sanitise`: `{text}`.
pub(super) static REASONING: Question = Question {
    name: "reasoning-sanitise",
    about: words("清理建議理由的文字", "the text of a reasoning made fit to be stored"),
    facts: None,
    sanitises: true,
    answer: |facts, asked| {
        form::answer(
            facts,
            asked,
            &[form("text", &[], |form, _| {
                let text = sanitised(form.text_if("text").unwrap_or_default());
                json!({"bytes": text.len(), "chars": text.chars().count(), "text": text})
            })],
        )
    },
};

/// The suggestion that an export holds: an object, or the text of the router.
pub(super) fn exported(node: &Node, roles: &Roles<'_>) -> Suggestion {
    match value::word(node, "agent_output") {
        Some(output) => read(output, roles),
        None => read(&node.to_json().to_string(), roles),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn check(answer: &str, expected: &str) {
        let read = read(answer, &Roles::default());
        let alternatives: Vec<_> =
            read.alternatives.iter().map(|one| format!("{}:{}:{}", one.role_id, one.score, one.reason)).collect();
        let error = read.error.map(|(kind, _)| kind).unwrap_or_default();
        let told = format!(
            "{}|{}|{}|{}|{error}|{}",
            read.role_id,
            read.confidence,
            read.reasoning,
            alternatives.join(","),
            read.notes.join(",")
        );
        assert_eq!(told, expected, "{answer}");
    }

    #[test]
    fn a_role_is_taken_only_from_the_catalogue() {
        check(r#"{"role_id":"test-writer","confidence":-3,"reasoning":"r"}"#, "test-writer|0|r|||");
        check(r#"{"role_id":"test-writer"}"#, "test-writer|0||||");
        check(r#"{"role_id":"Test-Writer","confidence":1,"reasoning":"r"}"#, "|0|r||router_no_match|");
        check(r#"{"role_id":"dispatcher","reasoning":"r"}"#, "|0|r||router_no_match|");
        check(r#"{"reasoning":"r"}"#, "|0|r||router_no_match|");
        check(r#"{"role_id":7}"#, "|0|||invalid_result_schema|");
        check(r#"{"role_id":"test-writer","confidence":"high"}"#, "|0|||invalid_result_schema|");
        check(r#"{"role_id":"test-writer","alternatives":{}}"#, "|0|||invalid_result_schema|");
        check(r#"{"role_id":"test-writer","alternatives":["x"]}"#, "|0|||invalid_result_schema|");
        check("none", "|0|||invalid_result_schema|");
    }

    #[test]
    fn alternatives_are_checked_cut_and_cleaned() {
        let with = |list: &str| format!(r#"{{"role_id":"test-writer","confidence":0.6,"alternatives":[{list}]}}"#);
        let one = |id: &str, score: &str| format!(r#"{{"role_id":"{id}","score":{score},"reason":"a\u0007b"}}"#);
        check(&with(&one("", "0.1")), "test-writer|0.6||||");
        check(&with(&one("nobody", "0.1")), "test-writer|0.6||||unknown-alternative");
        check(&with(&one("dispatcher", "0.1")), "test-writer|0.6||||unknown-alternative");
        check(&with(&one("code-reviewer", "7")), "test-writer|0.6||code-reviewer:1:ab||alternative-not-below");
        let three =
            [one("code-reviewer", "0.1"), one("ui-scaffolder", "0.2"), one("backend-architect", "0.3")].join(",");
        check(&with(&three), "test-writer|0.6||code-reviewer:0.1:ab,ui-scaffolder:0.2:ab||too-many-alternatives");
        check(
            r#"{"role_id":"test-writer","confidence":0.85,"alternatives":[{"role_id":"code-reviewer"}]}"#,
            "test-writer|0.85||code-reviewer:0:||alternatives-although-sure",
        );
    }

    #[test]
    fn reasoning_loses_controls_first_and_length_then() {
        let check = |text: &str, expected: &str| assert_eq!(sanitised(text), expected);
        check("a\0b\tc\nd\re\u{7f}f\u{85}g\u{202e}h\u{2028}i ", "ab\tc\nd\ref\u{85}g\u{202e}h\u{2028}i ");
        assert_eq!(sanitised(&"a".repeat(1024)).len(), 1024);
        assert_eq!(sanitised(&format!("{}é", "a".repeat(1023))).len(), 1023);
        assert_eq!(sanitised(&"😀".repeat(300)).len(), 1024);
        // A secret across the cut leaves no part of itself.
        let token = format!("ghp_{}", "a1B2".repeat(9));
        let long = format!("{} {token}", "a".repeat(1000));
        assert_eq!(stored(&long), format!("{} [REDACTED]", "a".repeat(1000)));
        check(&long, &long[..1024]);
    }

    proptest! {
        #[test]
        fn never_panics(text: String, number in "-?[0-9]{1,400}(\\.[0-9]{1,3})?(e[0-9]{1,4})?") {
            prop_assert!(sanitised(&text).len() <= MOST_REASONING);
            let read = read(&format!("{{\"role_id\":\"test-writer\",\"confidence\":{number}}}"), &Roles::default());
            prop_assert!((0.0..=1.0).contains(&read.confidence));
        }
    }
}
