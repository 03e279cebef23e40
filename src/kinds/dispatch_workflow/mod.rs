//! `dispatch-workflow`: the workflow around a dispatch server, checked from its exports: statuses, lanes, what workers
//! would do and why, their last words, audits, prompt templates, the PR-fix queue and the heartbeat (seed 004).
//!
//! Invariant: its parts know one another in one direction: words (`status`, `lanes`), records as exports give them
//! (`issues`, `pull_requests`, `work`), what ties them (`evidence`, `links`), rules, and the view of all of it.

use crate::decide::{Answer, Asked, Question, Refusal};
use crate::kinds::Kind;
use crate::kinds::dispatch::form;
use crate::lang::words;
use crate::read::tree::Node;

mod audit;
mod codes;
mod contract;
mod evidence;
mod exports;
mod guard;
mod heartbeat;
mod held;
mod issues;
mod lanes;
mod links;
mod pr_fix;
mod pr_form;
mod preflight;
mod probe;
mod pull_requests;
mod queue;
mod status;
mod templates;
mod told;
mod triage;
mod updates;
mod view;
mod work;

/// Declares the questions of this kind, each with its forms.
macro_rules! questions {
    ($($name:literal, $zh:literal, $en:literal, $forms:expr;)*) => {
        /// The decisions that can be asked by name.
        static QUESTIONS: &[&Question] = &[$({
            fn answer(facts: &Node, asked: &Asked) -> Result<Answer, Vec<Refusal>> {
                form::answer(facts, asked, $forms)
            }
            static QUESTION: Question = Question { name: $name, about: words($zh, $en), facts: None, sanitises: false, answer };
            &QUESTION
        }),*];
    };
}

questions! {
    "status-contract", "issue 的狀態是否合約", "what breaks the status contract of an issue", contract::FORMS;
    "lanes", "lane 名稱與設定", "what a lane name means, and what is wrong in a lane configuration", lanes::FORMS;
    "worker-preflight", "worker 現在會做什麼", "what a worker of a lane would do now", preflight::FORMS;
    "select-queue-item", "worker 會拿佇列的哪一筆", "which row of the queue a worker takes", queue::FORMS;
    "work-probe", "值不值得啟動 worker", "whether starting a worker is worth it", probe::FORMS;
    "cron-toggle", "排程要啟用還是停用", "what follows from probes for the schedules of the lanes", probe::CRON_FORMS;
    "result-guard", "worker 的結尾是否合格", "whether a text may be the last that a worker says", guard::FORMS;
    "audit-parse", "稽核建議了哪些子 issue", "the child issues that an audit recommends", audit::breakdown::FORMS;
    "audit-child", "子 issue 的內容與識別", "a child issue as it would be posted", audit::children::CHILD_FORMS;
    "audit-plan", "每個子 issue 該怎麼處理", "what is to be done about every child of an audit", audit::children::PLAN_FORMS;
    "audit-umbrella", "稽核母 issue 該拆分或關閉", "whether an audit is to be decomposed or may close", audit::FORMS;
    "extract-templates", "提示詞範本能否公開", "templates of prompts, and what must not become public", templates::FORMS;
    "pr-fix-queue", "PR 修復佇列", "the order of the PR-fix queue, and what reports do to its items", pr_fix::FORMS;
    "pr-evidence", "PR 上有什麼要處理", "what on a pull request calls its worker back", evidence::FORMS;
    "heartbeat", "心跳的步驟與回覆", "the steps of a heartbeat, its report and its reply", heartbeat::FORMS;
    "work-update", "檢查點與狀態更新", "checkpoints and statuses, and their order", updates::FORMS;
}

/// The kind.
pub(super) static KIND: Kind = Kind {
    name: "dispatch-workflow",
    title: words("派工流程主控台", "Dispatch workflow console"),
    primary: "dispatch-workflow-console.html",
    documents: &["production-brief.md", "decision-record.md", "people-sync.md", "sources.md"],
    tables: || &[],
    exports: exports::EXPORTS,
    conclude: view::conclude,
    questions: QUESTIONS,
    by_action: None,
    rules: told::told,
    metrics: None,
    codes: codes::ALL,
    upload: None,
};

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::{Value, json};

    use super::*;
    use crate::decide;
    use crate::lang::Lang;
    use crate::read::{json, text};

    /// Asks a question and compares what is expected of its answer; null is absent, other keys are free.
    pub(super) fn check(name: &str, facts: &str, expected: &str) {
        let question = QUESTIONS.iter().find(|question| question.name == name).unwrap();
        let mut findings = Vec::new();
        let node = json::read("facts", facts.as_bytes(), &mut findings).unwrap();
        let text = text::read("facts", facts.as_bytes(), &mut findings).unwrap();
        let asked = Asked { lang: Lang::En, trace: true };
        let answer = decide::ask(question, &node, &asked, text, &mut findings)
            .unwrap_or_else(|| panic!("{facts}: {findings:?}"));
        let expected: Value = serde_json::from_str(expected).unwrap();
        holds(&expected, &Value::Object(answer), facts);
    }

    fn holds(expected: &Value, got: &Value, facts: &str) {
        match (expected, got) {
            (Value::Object(keys), Value::Object(found)) => {
                for (key, expected) in keys {
                    holds(expected, found.get(key).unwrap_or(&Value::Null), facts);
                }
            }
            (Value::Array(items), Value::Array(found)) if items.len() == found.len() => {
                items.iter().zip(found).for_each(|(expected, got)| holds(expected, got, facts));
            }
            _ => assert_eq!(expected, got, "{facts}"),
        }
    }

    /// Values such as exports hold, and such as they should not hold.
    fn value() -> impl Strategy<Value = Value> {
        let words = "open|closed|OPEN|MERGED|status/ready|status/done|agent/saffron-local|local|normal|pink|a/b|queued|stuck|CLAIMED|PR_OPENED|audit|[{}#*_`<!-]{0,12}|\\PC{0,12}";
        let body = "(## Recommended Issue Breakdown\n|### \\[P1\\] A\n|1\\. x: y\n|## Decomposed into\n|<!-- audit-decompose:v1 -->\n|- #4 — x\n|```\n|\\t| |字){0,8}";
        let leaf = prop_oneof![
            Just(Value::Null),
            any::<bool>().prop_map(Value::from),
            any::<i32>().prop_map(Value::from),
            words.prop_map(Value::from),
            body.prop_map(Value::from)
        ];
        let keys = "number|issueNumber|repoFullName|title|labels|status|lane|state|body|text|url|prUrl|action|hasWork|reason|name|command|checkpoint|context|hasActiveWork|feedback|evidenceKeys|pr|repo";
        leaf.prop_recursive(3, 24, 4, move |inner| {
            prop_oneof![
                prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
                prop::collection::btree_map(keys, inner, 0..5).prop_map(|map| json!(map)),
            ]
        })
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(32))]

        #[test]
        fn no_question_panics(values in prop::collection::vec(value(), 12), at in 0..QUESTIONS.len()) {
            let keys = [
                "issue", "linked_prs", "active_work", "lane", "lane_config", "queue", "issues", "pull_requests", "claim", "items",
                "agentName", "probes", "actuator", "text", "body", "repo", "issueNumber", "parent", "existing_issues", "title",
                "children", "child_states", "template", "job", "values", "files", "drift", "normalise", "enqueue", "existing",
                "mark", "summary_of", "pr", "server_heartbeat", "reporter", "reply_for", "command", "sequence_after_pr",
            ];
            // Every key once with each of the values, and the lane as it has to be.
            for (offset, key) in keys.iter().enumerate() {
                let mut facts = json!({"lane": "local", "repo": "a/b", "issueNumber": 4, "title": "audit"});
                for (step, other) in keys.iter().enumerate().filter(|(step, _)| (offset + step) % 5 == 0) {
                    facts[*other] = values[(offset + step) % values.len()].clone();
                }
                facts[*key] = values[offset % values.len()].clone();
                let facts = facts.to_string();
                let node = json::read("facts", facts.as_bytes(), &mut Vec::new()).unwrap();
                let _ = (QUESTIONS[at].answer)(&node, &Asked { lang: Lang::ZhHant, trace: true });
            }
        }

        #[test]
        fn no_form_panics(one in value(), two in value()) {
            let ask = |name: &str, facts: Value| {
                let facts = facts.to_string();
                let node = json::read("facts", facts.as_bytes(), &mut Vec::new()).unwrap();
                let question = QUESTIONS.iter().find(|question| question.name == name).unwrap();
                let _ = (question.answer)(&node, &Asked { lang: Lang::En, trace: true });
            };
            ask("status-contract", json!({"issue": one, "linked_prs": [two.clone()]}));
            ask("worker-preflight", json!({"lane": "local", "queue": [one], "active_work": two, "issues": [one]}));
            ask("work-probe", json!({"lane": "cloud", "issues": [one], "pull_requests": two, "queue": []}));
            ask("audit-plan", json!({"repo": "a/b", "parent": {"number": 1, "title": "audit", "body": one}, "existing_issues": [two.clone()]}));
            ask("audit-umbrella", json!({"title": "audit", "body": one, "child_states": {"4": two.clone()}}));
            ask("audit-umbrella", json!({"body": one, "children": [two.clone()]}));
            ask("extract-templates", json!({"job": one, "values": {"X": two.clone()}}));
            ask("pr-fix-queue", json!({"existing": one, "enqueue": {"repo": "a/b", "pr": 1, "reason": "r", "feedback": "f", "evidenceKey": "k", "lane": two}}));
            ask("heartbeat", json!({"server_heartbeat": one, "probes": two, "flags": []}));
            ask("work-update", json!({"sequence_after_pr": [one, two]}));
        }
    }
}
