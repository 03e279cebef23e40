//! Prompt templates: taken out of scheduled jobs, checked for what must not become public, and compared with what is
//! documented; and the files that are never committed.
//!
//! Invariant: only the prompt of a job is kept.

use std::collections::BTreeSet;

use serde_json::{Value as Json, json};

use crate::decide::{Answer, Asked};
use crate::kinds::dispatch::form::{Form, Shape, form, object};
use crate::lang::{Lang, Words, words};
use crate::read::tree::Node;

pub(super) use lint::{LINTS, lint};
pub(super) use placeholders::{PLACEHOLDERS, configured, tracked_authors, used, with_placeholders};

mod lint;
mod placeholders;

/// The prompt of a job, and the fields that are dropped, sorted.
pub(super) fn prompt(job: &Node) -> (&str, Vec<&str>) {
    let nested = || job.get("payload").and_then(|payload| payload.text_at("message").or(payload.text_at("prompt")));
    let text = job.text_at("prompt").or_else(nested).unwrap_or_default();
    let mut dropped: Vec<_> = job.entries().iter().map(|entry| &*entry.key).collect();
    dropped.retain(|key| !["name", "prompt"].contains(key));
    dropped.sort_unstable();
    (text, dropped)
}

/// What is never committed: names and patterns as they are printed, and what they are. One that ends in `/` is a folder.
pub(super) static NEVER: &[(&str, Words)] = &[
    ("HEARTBEAT.md", words("執行中的副本", "the running copy")),
    ("cron/", words("排程執行狀態", "state of the scheduler")),
    (".state/", words("佇列執行狀態", "state of the queue")),
    ("pr_fix_queue.json", words("舊的本地佇列", "the former local queue")),
    (".env", words("環境設定", "an environment")),
    (".env.*", words("環境設定", "an environment")),
    ("*.env", words("環境設定", "an environment")),
    ("*.log", words("紀錄檔", "a log")),
    ("*.key", words("金鑰", "a key")),
    ("*.pem", words("金鑰或憑證", "a key or certificate")),
    ("*.crt", words("憑證", "a certificate")),
    ("*.token", words("權杖", "a token")),
    ("*.secret", words("密文", "a secret")),
    ("__pycache__/", words("編譯產物", "compiled files")),
    ("*.pyc", words("編譯產物", "compiled files")),
    ("*.bak", words("備份", "a backup")),
    ("openclaw.json", words("agent 設定", "configuration of an agent")),
    (".openclaw/", words("agent 設定", "configuration of an agent")),
    ("sessions/", words("工作階段", "sessions")),
    ("memory/", words("記憶", "memory")),
    ("MEMORY.md", words("記憶", "memory")),
];

/// The line of [`NEVER`] that a path falls under.
pub(super) fn never_committed(path: &str) -> Option<&'static (&'static str, Words)> {
    let path = path.replace('\\', "/");
    let (folders, name) = path.rsplit_once('/').unwrap_or(("", &path));
    NEVER.iter().find(|(pattern, _)| match (pattern.strip_suffix('/'), pattern.split_once('*')) {
        (Some(folder), _) => folders.split('/').any(|part| part == folder),
        (None, Some((before, after))) => {
            name.len() >= before.len() + after.len() && name.starts_with(before) && name.ends_with(after)
        }
        (None, None) => name == *pattern,
    })
}

/// `extract-templates`: templates from jobs, what must not be in them, what is never committed, what drifted.
pub(super) static FORMS: &[Shape] = &[
    form("template", &[], template),
    form("job", &["values"], job),
    form("files", &[], files),
    form("drift", &[], drift),
];

fn linted(text: &str, lang: Lang) -> Answer {
    let found = lint(text);
    let ids: Vec<_> = found.iter().map(|(lint, _)| lint.id).collect();
    let told: Vec<_> = found
        .iter()
        .map(|(lint, lines)| json!({"rule": lint.id, "lines": lines, "rationale": lint.what.get(lang)}))
        .collect();
    object(json!({"public_safe": ids.is_empty(), "findings": ids, "places": told}))
}

fn template(given: &mut Form<'_>, asked: &Asked) -> Json {
    let text = given.text_if("template").unwrap_or_default();
    linted(text, asked.lang).into()
}

fn job(given: &mut Form<'_>, asked: &Asked) -> Json {
    let values = given.table_if("values");
    let Some(job) = given.table_if("job") else { return Json::Null };
    let (text, dropped) = prompt(job);
    let template = with_placeholders(text, &configured(values));
    let mut answer = linted(&template, asked.lang);
    answer.insert("dropped_fields".to_owned(), dropped.into());
    answer.insert("template".to_owned(), template.into());
    answer.into()
}

fn files(given: &mut Form<'_>, _: &Asked) -> Json {
    let files = given.list_if("files").unwrap_or_default().iter().filter_map(Node::text);
    let (excluded, kept): (Vec<_>, Vec<_>) = files.partition(|path| never_committed(path).is_some());
    json!({"excluded": excluded, "kept": kept})
}

fn drift(given: &mut Form<'_>, _: &Asked) -> Json {
    let Some(drift) = given.table_if("drift") else { return Json::Null };
    let names = |key: &str| drift.get(key).map(|node| node.texts().into_iter().collect::<BTreeSet<_>>());
    let mut answer = Answer::new();
    let mut compare = |one: &str, other: &str, only_one: &str, only_other: &str| {
        if let (Some(one), Some(other)) = (names(one), names(other)) {
            answer.insert(only_one.to_owned(), one.difference(&other).cloned().collect());
            answer.insert(only_other.to_owned(), other.difference(&one).cloned().collect());
        }
    };
    compare("documented", "present", "missing", "undocumented");
    compare("declared", "used", "unused", "undeclared");
    for entry in drift.entries() {
        if !["documented", "present", "declared", "used"].contains(&&*entry.key) {
            given.refuse(&["drift"], format!("key `{}` is not known here", entry.key));
        }
    }
    answer.into()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use crate::kinds::dispatch_workflow::tests::check;

    #[test]
    fn a_job_keeps_its_prompt_only() {
        let facts = json!({
            "job": {"name": "L", "prompt": "as me in /x/wf/a", "schedule": "0 2 * * *", "model": "m", "delivery": {"to": "x"}},
            "values": {"WORKFLOW_DIR": "/x/wf", "DISPATCH_LOCAL_AGENT": "me", "TRACKED_PR_AUTHORS": []},
        });
        check(
            "extract-templates",
            &facts.to_string(),
            r#"{"template":"as {{DISPATCH_LOCAL_AGENT}} in {{WORKFLOW_DIR}}/a","public_safe":true,"dropped_fields":["delivery","model","schedule"]}"#,
        );
    }

    #[test]
    fn placeholders_and_files_drift() {
        check(
            "extract-templates",
            r#"{"drift":{"declared":["A","B"],"used":["B","C"]}}"#,
            r#"{"unused":["A"],"undeclared":["C"],"missing":null}"#,
        );
        check(
            "extract-templates",
            r#"{"files":["a/__pycache__/b.py","x.bak","heartbeat.md","environment","src/key"]}"#,
            r#"{"excluded":["a/__pycache__/b.py","x.bak"],"kept":["heartbeat.md","environment","src/key"]}"#,
        );
    }
}
