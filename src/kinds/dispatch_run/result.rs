//! Execution results: the JSON found in what an agent wrote, whether it is what its role has to give, and how a
//! finished task is shown.

use std::borrow::Cow;
use std::sync::LazyLock;

use regex::{Captures, Regex};
use serde_json::{Value as Json, json};

use crate::check::privacy::redaction::without_secrets;
use crate::decide::Question;
use crate::kinds::dispatch::form::{self, form};
use crate::kinds::dispatch::pattern::pattern;
use crate::kinds::dispatch::value;
use crate::kinds::dispatch_run::errors;
use crate::kinds::dispatch_run::roles::{self, Sort};
use crate::lang::words;
use crate::read::tree::{Node, Value};

/// The error kind of a result that is not what it has to be.
pub(super) const INVALID: &str = "invalid_result_schema";

/// Escape sequences of terminals: colours and cursor, and titles.
static ANSI: LazyLock<Regex> =
    LazyLock::new(|| pattern(r"\x1b(?:\[[0-?]*[ -/]*[@-~]|\][^\x07\x1b]*(?:\x07|\x1b\\)|[@-Z\\-_])"));

/// The escapes of JSON strings, read from the left: half of a surrogate pair that stands alone is told from the rest.
static ESCAPES: LazyLock<Regex> = LazyLock::new(|| {
    let (high, low) = (r"u[dD][89aAbB][0-9A-Fa-f]{2}", r"u[dD][c-fC-F][0-9A-Fa-f]{2}");
    pattern(&format!(r"(?s)\\(?:{high}\\{low}|({high}|{low})|.)"))
});

/// Text with the replacement character for every half of a surrogate pair, as the connector reads it: agents cut emoji
/// in two, and the answer is not lost for that.
fn with_whole_pairs(text: &str) -> Cow<'_, str> {
    ESCAPES.replace_all(text, |escape: &Captures<'_>| match escape.get(1) {
        Some(_) => r"\ufffd".to_owned(),
        None => escape[0].to_owned(),
    })
}

/// The JSON object in an agent's text: the first fenced block that is one, else what stands from the first `{` to the
/// last `}`, else the whole text.
pub(super) fn object_in(text: &str) -> Option<Node> {
    let text = ANSI.replace_all(text, "");
    let text = with_whole_pairs(&text);
    let object = |text: &str| value::parsed(text).filter(|node| matches!(node.value, Value::Table(_)));
    let mut blocks = text.split("```").skip(1).step_by(2);
    let fenced = blocks.find_map(|block| {
        let bare = block.strip_prefix("json").or_else(|| block.strip_prefix("JSON")).unwrap_or(block);
        object(bare)
    });
    let braced = || object(text.get(text.find('{')?..=text.rfind('}')?)?);
    fenced.or_else(braced).or_else(|| object(&text))
}

/// What is read behind the beginning of a text, in characters, so that a secret across its end is known as one.
const BEYOND: usize = 4096;

/// The beginning of a text as an error quotes it: on one line, without secrets.
pub(super) fn excerpt(text: &str, most: usize) -> String {
    let near: String = text.chars().take(most + BEYOND).collect();
    without_secrets(&near).chars().take(most).map(|one| if matches!(one, '\n' | '\r') { ' ' } else { one }).collect()
}

/// What a result lacks, as a code: what its role has to give is there, and that and what any role may add is of its
/// sort. A role that nobody knows has to give files.
pub(super) fn fault(result: &Node, role: Option<&str>) -> Option<String> {
    let role = role.and_then(roles::find);
    for (key, sort) in role.map_or(roles::FILES, |role| role.result) {
        match result.get(key) {
            None => return Some(format!("{key}-missing")),
            Some(node) if !is(&node.value, *sort) => return Some(not(key, *sort)),
            Some(_) => {}
        }
    }
    let besides = role.map_or(&[][..], |role| role.besides);
    let wrong = |(key, sort): &&(&str, Sort)| result.get(key).is_some_and(|node| !is(&node.value, *sort));
    ANY.iter().chain(besides).find(wrong).map(|(key, sort)| not(key, *sort))
}

/// What any role may add, in the order in which it is looked at.
const ANY: [(&str, Sort); 4] =
    [("files", Sort::Array), ("test_instructions", Sort::Text), ("risks", Sort::Array), ("followups", Sort::Array)];

fn is(value: &Value, sort: Sort) -> bool {
    match sort {
        Sort::Array => matches!(value, Value::List(_)),
        Sort::Object => matches!(value, Value::Table(_)),
        Sort::Text => matches!(value, Value::Text(_)),
        Sort::Number => matches!(value, Value::Number(_)),
    }
}

fn not(key: &str, sort: Sort) -> String {
    let sort = match sort {
        Sort::Array => "array",
        Sort::Object => "object",
        Sort::Text => "string",
        Sort::Number => "number",
    };
    format!("{key}-not-{sort}")
}

/// What the result that is stored with a completed task lacks: it cannot be read, or is not what its role has to give.
/// `None` also when nothing is stored: the server takes a success without a result.
pub(super) fn stored_fault(task: &Node, role: Option<&str>) -> Option<String> {
    value::get(task, "execution_result")?;
    match value::document(task, "execution_result") {
        Some(result) => fault(&result, role),
        None => Some("no-json".to_owned()),
    }
}

/// `result-schema`: a result (`payload`) or the text that it stands in (`agent_output`), and the role that gave it.
pub(super) static SCHEMA: Question = Question {
    name: "result-schema",
    about: words("執行結果是否符合角色的最低格式", "whether an execution result is what its role has to give"),
    facts: None,
    sanitises: false,
    answer: |facts, asked| {
        form::answer(
            facts,
            asked,
            &[
                form("payload", &["role", "role_id"], |form, _| {
                    let role = form.text_if("role_id").or_else(|| form.text_if("role"));
                    let null = Node { value: Value::Null, offset: 0 };
                    schema_told(fault(form.get("payload").unwrap_or(&null), role).as_deref())
                }),
                form("agent_output", &["role", "role_id"], |form, _| {
                    let role = form.text_if("role_id").or_else(|| form.text_if("role"));
                    match object_in(form.text("agent_output")) {
                        Some(result) => schema_told(fault(&result, role).as_deref()),
                        None => schema_told(Some("no-json")),
                    }
                }),
            ],
        )
    },
};

fn schema_told(code: Option<&str>) -> Json {
    json!({"valid": code.is_none(), "error_kind": code.map(|_| INVALID), "error_code": code})
}

/// How a dispatched task is shown.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Badge {
    /// What it says; `None` when the task was never dispatched.
    pub label: Option<String>,
    /// How many files the result says were applied, however the program wrote the number.
    pub applied: Option<String>,
    /// Paths that the result names.
    pub files: Vec<String>,
    /// What went wrong; blank when nothing is known.
    pub message: String,
    /// The kind of error that the result names, wherever it stands in it.
    pub error_kind: Option<String>,
    /// Whether it can be put back into the queue.
    pub retry: bool,
    /// The result as it is, when it is there and names no path.
    pub raw: Option<Json>,
}

/// How a task is shown: by the state of its dispatch, with what its result says.
pub(super) fn badge(task: &Node) -> Badge {
    let result = value::document(task, "execution_result");
    let of_result = |key: &str| result.as_ref().map(|result| value::text(result, key)).unwrap_or_default();
    match value::text(task, "dispatch_status") {
        "" | "none" => Badge::default(),
        "queued" => Badge { label: Some("Queued".to_owned()), ..Badge::default() },
        "running" => Badge { label: Some("Running…".to_owned()), ..Badge::default() },
        "completed" => {
            let applied = result.as_ref().and_then(|result| value::number(result.get("files_applied")?));
            // However a program writes the number: 2, 2.0 or 2e0.
            let applied =
                applied.map(|number| number.parse().map_or(number.to_owned(), |number: f64| number.to_string()));
            let label = match applied.as_deref() {
                None => "Completed".to_owned(),
                Some("1") => "Completed (1 file applied)".to_owned(),
                Some(number) => format!("Completed ({number} files applied)"),
            };
            let path = |entry: &Node| entry.text().or_else(|| entry.text_at("path")).map(str::to_owned);
            let files: Vec<_> =
                result.iter().flat_map(|result| value::list(result, "files")).filter_map(path).collect();
            let raw = result.as_ref().filter(|_| files.is_empty()).map(Node::to_json);
            Badge { label: Some(label), applied, files, raw, ..Badge::default() }
        }
        "failed" => {
            let written = [of_result("error_message"), of_result("error")];
            let message = written.into_iter().find(|text| !text.is_empty()).unwrap_or_default();
            let kind = Some(of_result("error_kind")).filter(|kind| !kind.is_empty());
            Badge {
                label: Some("Failed".to_owned()),
                message: message.to_owned(),
                error_kind: kind.or_else(|| kind_in(message)).map(str::to_owned),
                retry: value::text(task, "source").starts_with("role_dispatch"),
                ..Badge::default()
            }
        }
        other => Badge { label: Some(other.to_owned()), ..Badge::default() },
    }
}

/// The error kind that older exports put behind the message, as ` [kind]`. A message may end in brackets for other
/// reasons, so it is one of the catalogue.
fn kind_in(message: &str) -> Option<&'static str> {
    let (_, kind) = message.strip_suffix(']')?.rsplit_once(" [")?;
    errors::find(kind).map(|kind| kind.id)
}

/// `dispatch-badge`: `{task}`.
pub(super) static BADGE: Question = Question {
    name: "dispatch-badge",
    about: words("派工狀態的顯示方式", "how the state of a dispatched task is shown"),
    facts: None,
    sanitises: false,
    answer: |facts, asked| {
        form::answer(
            facts,
            asked,
            &[form("task", &[], |form, _| {
                let badge = form.table("task").map(badge).unwrap_or_default();
                json!({
                    "label": badge.label,
                    "files": badge.files,
                    "message": badge.message,
                    "error_kind": badge.error_kind,
                    "retry": badge.retry,
                    "raw": badge.raw,
                })
            })],
        )
    },
};

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn json_is_found_where_agents_put_it() {
        let check = |text: &str, expected: &str| {
            let found = object_in(text).map_or("-".to_owned(), |node| node.to_json().to_string());
            assert_eq!(found, expected, "{text}");
        };
        check("first\n```json\n{\"a\":1}\n```\n{\"b\":2}", r#"{"a":1}"#);
        check("```\nnot json\n```\ntext\n```\n{\"a\":1}\n```", r#"{"a":1}"#);
        check("```json\n[1]\n```\nso {\"b\":{\"c\":3}} it is", r#"{"b":{"c":3}}"#);
        check("\u{1b}[32m{\"a\"\u{1b}[0m:1}\u{1b}]0;title\u{7}", r#"{"a":1}"#);
        check("{\"a\":1} and {\"b\":2}", "-");
        check(r#"{"a":"\ud83d \ude00 \ud83d\ude00 \\ud83d"}"#, "{\"a\":\"\u{FFFD} \u{FFFD} 😀 \\\\ud83d\"}");
        check("[1]", "-");
        check("}{", "-");
        check("", "-");
    }

    #[test]
    fn each_role_has_to_give_its_own_keys() {
        let check = |result: &str, role: &str, expected: &str| {
            let role = Some(role).filter(|role| !role.is_empty());
            let found = fault(&value::parsed(result).unwrap(), role);
            assert_eq!(found.as_deref().unwrap_or_default(), expected, "{result}");
        };
        check("{}", "", "files-missing");
        check("[]", "", "files-missing");
        check("{}", "nobody", "files-missing");
        check(r#"{"files":{}}"#, "test-writer", "files-not-array");
        check(r#"{"files":[],"test_instructions":1,"risks":1}"#, "", "test_instructions-not-string");
        check(r#"{"files":[],"risks":null,"followups":1}"#, "", "risks-not-array");
        check(r#"{"files":[],"risks":[],"followups":{}}"#, "", "followups-not-array");
        check(r#"{"findings":[]}"#, "code-reviewer", "");
        check(r#"{"findings":[],"files":3}"#, "code-reviewer", "files-not-array");
        check(r#"{"files":[]}"#, "code-reviewer", "findings-missing");
        check(r#"{"endpoints":{}}"#, "api-contract-writer", "endpoints-not-array");
        check(r#"{"migration":[]}"#, "db-schema-designer", "migration-not-object");
        check(r#"{"migration":{},"risks":[]}"#, "db-schema-designer", "");
        check(r#"{"migration":{},"indexes_added":{}}"#, "db-schema-designer", "indexes_added-not-array");
        let answer = r#"{"role_id":"test-writer","confidence":0.5,"reasoning":"r","alternatives":[]}"#;
        check(answer, "dispatcher", "");
        check(r#"{"confidence":1}"#, "dispatcher", "role_id-missing");
        check(r#"{"role_id":null}"#, "dispatcher", "role_id-not-string");
        check(r#"{"role_id":"","confidence":"high"}"#, "dispatcher", "confidence-not-number");
    }

    #[test]
    fn what_is_stored_is_a_result_nothing_or_broken() {
        let check = |stored: &str, expected: Option<&str>| {
            let task = parsed_task(stored);
            assert_eq!(stored_fault(&task, Some("code-reviewer")).as_deref(), expected, "{stored}");
        };
        check("null", None);
        check(r#"{"findings":[]}"#, None);
        check(r#""{\"findings\":[]}""#, None);
        check(r#""{oops""#, Some("no-json"));
        check("[]", Some("findings-missing"));
        check("{}", Some("findings-missing"));
    }

    fn parsed_task(stored: &str) -> Node {
        value::parsed(&format!(r#"{{"execution_result":{stored}}}"#)).unwrap()
    }

    #[test]
    fn a_badge_tells_the_state_and_what_the_result_says() {
        let check = |task: &str, expected: &str| {
            let badge = badge(&value::parsed(task).unwrap());
            let kind = badge.error_kind.unwrap_or_default();
            let label = badge.label.unwrap_or_default();
            let told = format!("{label}|{}|{}|{kind}|{}", badge.files.join(","), badge.message, badge.retry);
            assert_eq!(told, expected, "{task}");
        };
        check("{}", "||||false");
        check(r#"{"dispatch_status":"none"}"#, "||||false");
        check(r#"{"dispatch_status":"running"}"#, "Running…||||false");
        let completed = |result: &str| format!(r#"{{"dispatch_status":"completed","execution_result":{result}}}"#);
        check(&completed(r#"{"files_applied":0}"#), "Completed (0 files applied)||||false");
        check(
            &completed(r#"{"files_applied":1,"files":["a",{"path":"b"},{},7]}"#),
            "Completed (1 file applied)|a,b|||false",
        );
        check(&completed(r#"{"files_applied":2.0}"#), "Completed (2 files applied)||||false");
        check(&completed(r#"{"files_applied":"2"}"#), "Completed||||false");
        check(&completed(r#""{\"files\":[\"a\"]}""#), "Completed|a|||false");
        check(&completed("null"), "Completed||||false");
        let failed = |source: &str, result: &str| {
            format!(r#"{{"dispatch_status":"failed","source":"{source}","execution_result":{result}}}"#)
        };
        check(&failed("role_dispatch:x", r#"{"error_message":"new","error":"old"}"#), "Failed||new||true");
        check(&failed("manual", r#"{"error":"old [rate_limited]"}"#), "Failed||old [rate_limited]|rate_limited|false");
        check(&failed("manual", r#"{"error":"crash in [main]"}"#), "Failed||crash in [main]||false");
        check(&failed("role_dispatch", r#"{"error_message":"x","error_kind":"unknown"}"#), "Failed||x|unknown|true");
        check(r#"{"dispatch_status":"paused"}"#, "paused||||false");
        let raw = badge(&value::parsed(&completed(r#"{"files":[7]}"#)).unwrap()).raw;
        assert_eq!(raw.unwrap().to_string(), r#"{"files":[7]}"#);
    }

    proptest! {
        #[test]
        fn never_panics(text in r#"([`{}\[\]:,"a1 ]|```|json|\x1b\[|中){0,40}"#) {
            if let Some(node) = object_in(&text) {
                fault(&node, None);
                badge(&node);
            }
        }
    }
}
