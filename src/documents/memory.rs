//! `learning-memory.json`: what was learnt from a job, so that the next worker does not repeat it.
//!
//! Three programs write such documents, each in its own shape. All three are valid and come to one [`Memory`]:
//!
//! | memory | `worker-rules` | `hermes-learned` | `assumptions-overturned` |
//! |---|---|---|---|
//! | project | `project_id` | `ai_native_project_id` | `project` |
//! | topic | `signal.type` | `topic` | - |
//! | lessons | `signal.root_cause_hypothesis`, then `next_worker_rules` as `condition → action` | `what_hermes_learned` | `assumptions_overturned` |
//! | next checks | `recommended_next_check` | `assumptions_to_test_next` | `pls_next_checks` |
//! | do not repeat | `do_not_repeat` | - | - |
//! | next priority | - | `next_round_priority` | `next_iteration_condition` |
//! | market context | `market_context` as `date: pattern` | `market_learning` | `market_context` as `source: lesson` |
//!
//! A key that another shape has is read too, so that nothing which a document says is lost.

use crate::check::shape::{self, Shape, Type, optional, required};
use crate::codes;
use crate::finding::Finding;
use crate::read::tree::Node;
use crate::read::{json, text};

/// Name of the document inside a pack.
pub const FILE: &str = "learning-memory.json";

static SIGNAL: Shape = Shape {
    about: "What set the job off.",
    closed: false,
    keys: &[
        optional("type", Type::Text, "sort of signal"),
        optional("summary", Type::Text, "what happened"),
        optional("root_cause_hypothesis", Type::Text, "why it probably happened"),
    ],
};

static PATTERN: Shape = Shape {
    about: "How others do it.",
    closed: false,
    keys: &[
        optional("checked_date", Type::Date, "day on which that was looked up"),
        required("pattern", Type::Text, "what they do"),
    ],
};

static SOURCE: Shape = Shape {
    about: "What others teach.",
    closed: false,
    keys: &[
        required("source", Type::Text, "who or what teaches it"),
        required("lesson", Type::Text, "what it teaches"),
    ],
};

static WORKER_RULES: Shape = Shape {
    about: "A learning memory with rules for the next worker.",
    closed: false,
    keys: &[
        required("job_id", Type::Text, "id of the job that learnt"),
        optional("project_id", Type::Text, "id of the project"),
        optional("ai_native_project_id", Type::Text, "id of the AI-native project"),
        optional("learned_at", Type::Moment, "when it was learnt"),
        optional("signal", Type::Table(&SIGNAL), "what set the job off"),
        required("recommended_next_check", Type::List(&Type::Text), "what to check before the next job"),
        required("do_not_repeat", Type::List(&Type::Text), "what must not be done again"),
        required("next_worker_rules", Type::Map(&Type::Text), "condition to what the next worker does then"),
        optional("market_context", Type::Table(&PATTERN), "how others do it"),
    ],
};

static HERMES_LEARNED: Shape = Shape {
    about: "A learning memory with the priority of the next round.",
    closed: false,
    keys: &[
        required("job_id", Type::Text, "id of the job that learnt"),
        optional("ai_native_project_id", Type::Text, "id of the AI-native project"),
        optional("topic", Type::Text, "topic under which memories are collected"),
        optional("learned_at", Type::Moment, "when it was learnt"),
        required("what_hermes_learned", Type::List(&Type::Text), "what was learnt"),
        optional("market_learning", Type::List(&Type::Text), "what others teach"),
        optional("assumptions_to_test_next", Type::List(&Type::Text), "what to test next"),
        required("next_round_priority", Type::Text, "what comes first in the next round"),
    ],
};

static ASSUMPTIONS_OVERTURNED: Shape = Shape {
    about: "A learning memory with the condition of the next iteration.",
    closed: false,
    keys: &[
        required("job_id", Type::Text, "id of the job that learnt"),
        optional("project", Type::Text, "name of the project"),
        optional("learned_at", Type::Moment, "when it was learnt"),
        optional("market_context", Type::List(&Type::Table(&SOURCE)), "what others teach"),
        required("pls_next_checks", Type::List(&Type::Text), "what to check next"),
        required("assumptions_overturned", Type::List(&Type::Text), "what turned out to be wrong"),
        required("next_iteration_condition", Type::Text, "what has to happen before the next iteration"),
    ],
};

/// The three shapes by name.
pub static SHAPES: &[(&str, &Shape)] = &[
    ("worker-rules", &WORKER_RULES),
    ("hermes-learned", &HERMES_LEARNED),
    ("assumptions-overturned", &ASSUMPTIONS_OVERTURNED),
];

/// The keys that tell the shapes apart, in the order of [`SHAPES`].
const TELLING: [&[&str]; 3] = [
    &["recommended_next_check", "do_not_repeat", "next_worker_rules"],
    &["what_hermes_learned", "next_round_priority"],
    &["pls_next_checks", "assumptions_overturned", "next_iteration_condition"],
];

/// What a learning memory says, whatever its shape.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Memory {
    /// Name of its shape, one of [`SHAPES`].
    pub shape: &'static str,
    /// Id of the job that learnt.
    pub job_id: String,
    /// Id or name of the project.
    pub project: Option<String>,
    /// What it is about.
    pub topic: Option<String>,
    /// When it was learnt, RFC 3339 as written.
    pub learned_at: Option<String>,
    /// What was learnt.
    pub lessons: Vec<String>,
    /// What to check next.
    pub next_checks: Vec<String>,
    /// What must not be done again.
    pub do_not_repeat: Vec<String>,
    /// What comes first next.
    pub next_priority: Option<String>,
    /// What others do or teach.
    pub market_context: Vec<String>,
}

/// Reads a learning memory. `None` when it is of no known shape or names no job; the findings say so.
pub fn read(path: &str, bytes: &[u8], findings: &mut Vec<Finding>) -> Option<Memory> {
    let node = json::read(path, bytes, findings)?;
    let text = text::read(path, bytes, &mut Vec::new())?;
    let Some((name, shape)) = shape_of(&node) else {
        let sets: Vec<_> = TELLING.iter().map(|keys| keys.join(" + ")).collect();
        let message = format!("has none of the keys of a learning memory: {}", sets.join(", or "));
        findings.push(
            Finding::new(&codes::UNKNOWN_SHAPE, text.place(node.offset), message)
                .hint("write it in one of the shapes that `proofpack schema learning-memory` prints"),
        );
        return None;
    };
    let before = findings.len();
    shape::check(&node, shape, text, findings);
    for finding in &mut findings[before..] {
        finding.message.push_str(" (shape `");
        finding.message.push_str(name);
        finding.message.push_str("`)");
    }
    let memory = normalise(&node, name);
    if memory.lessons.is_empty() && memory.do_not_repeat.is_empty() {
        let message = "holds no lesson: nothing was learnt from which the next job could profit";
        let hint = match name {
            "worker-rules" => "write at least one entry of `do_not_repeat`",
            "hermes-learned" => "write at least one entry of `what_hermes_learned`",
            _ => "write at least one entry of `assumptions_overturned`",
        };
        findings.push(Finding::new(&codes::NO_LESSON, text.place(node.offset), message).hint(hint));
    }
    if memory.next_checks.is_empty() && memory.next_priority.is_none() {
        let message = "names no next step: neither something to check nor a priority";
        let hint = match name {
            "worker-rules" => "write at least one entry of `recommended_next_check`",
            "hermes-learned" => "write `next_round_priority`",
            _ => "write at least one entry of `pls_next_checks`, or `next_iteration_condition`",
        };
        findings.push(Finding::new(&codes::NO_NEXT_STEP, text.place(node.offset), message).hint(hint));
    }
    (!memory.job_id.is_empty()).then_some(memory)
}

/// The shape of which the document has most telling keys; the first of several.
fn shape_of(node: &Node) -> Option<(&'static str, &'static Shape)> {
    let told = |keys: &[&str]| keys.iter().filter(|key| node.get(key).is_some()).count();
    let counts = TELLING.map(told);
    let most = counts.into_iter().max().filter(|most| *most > 0)?;
    let index = counts.iter().position(|count| *count == most)?;
    Some(SHAPES[index])
}

fn normalise(node: &Node, shape: &'static str) -> Memory {
    let text = |key: &str| said(node.get(key));
    let list =
        |key: &str| node.get(key).map(Node::items).unwrap_or_default().iter().filter_map(|item| said(Some(item)));
    let signal = |key: &str| said(node.get("signal").and_then(|signal| signal.get(key)));
    let rules = node.get("next_worker_rules").map(Node::entries).unwrap_or_default();
    let rules = rules.iter().filter_map(|rule| Some(format!("{} → {}", rule.key, said(Some(&rule.node))?)));
    let context = node.get("market_context");
    let pattern = context.and_then(|context| labelled(context, "checked_date", "pattern"));
    let sources = context.map(Node::items).unwrap_or_default().iter();
    Memory {
        shape,
        job_id: text("job_id").unwrap_or_default(),
        project: text("project_id").or_else(|| text("project")).or_else(|| text("ai_native_project_id")),
        topic: text("topic").or_else(|| signal("type")),
        learned_at: text("learned_at"),
        lessons: signal("root_cause_hypothesis")
            .into_iter()
            .chain(rules)
            .chain(list("what_hermes_learned"))
            .chain(list("assumptions_overturned"))
            .collect(),
        next_checks: list("recommended_next_check")
            .chain(list("assumptions_to_test_next"))
            .chain(list("pls_next_checks"))
            .collect(),
        do_not_repeat: list("do_not_repeat").collect(),
        next_priority: text("next_round_priority").or_else(|| text("next_iteration_condition")),
        market_context: pattern
            .into_iter()
            .chain(sources.filter_map(|source| labelled(source, "source", "lesson")))
            .chain(list("market_learning"))
            .collect(),
    }
}

/// A text that is not blank.
fn said(node: Option<&Node>) -> Option<String> {
    node.and_then(Node::text).map(str::trim).filter(|text| !text.is_empty()).map(str::to_owned)
}

/// `label: text`, or only the text when there is no label.
fn labelled(node: &Node, label: &str, text: &str) -> Option<String> {
    let text = said(node.get(text))?;
    Some(said(node.get(label)).map_or_else(|| text.clone(), |label| format!("{label}: {text}")))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn show(findings: &[Finding]) -> Vec<String> {
        findings.iter().map(|found| format!("{} {}: {}", found.code.id, found.place, found.message)).collect()
    }

    fn check(json: &str) -> (Option<Memory>, Vec<String>) {
        let mut findings = Vec::new();
        let memory = read("m.json", json.as_bytes(), &mut findings);
        (memory, show(&findings))
    }

    /// A document that was really written, without findings.
    fn real(json: &str) -> Memory {
        let (memory, findings) = check(json);
        assert_eq!(findings, [""; 0]);
        memory.unwrap()
    }

    #[test]
    fn worker_rules_come_to_a_memory() {
        let memory = real(include_str!("../../fixtures/learning-memory/000.json"));
        assert_eq!((memory.shape, memory.job_id.as_str()), ("worker-rules", "4a31ca42-58ca-45a3-9abb-913dda8d9380"));
        assert_eq!(memory.project.as_deref(), Some("b3138a2e-6641-4cc1-859d-8b1d0abf2d3b"));
        assert_eq!(memory.topic.as_deref(), Some("action_overdue"));
        assert_eq!(memory.learned_at.as_deref(), Some("2026-05-24T03:18:00+08:00"));
        assert_eq!(memory.lessons.len(), 6);
        assert!(memory.lessons[0].starts_with("Loop breaker artifact exists"));
        assert_eq!(memory.lessons[5], "if_preflight_result_allowed_build → allow_one_production_build");
        assert_eq!((memory.next_checks.len(), memory.do_not_repeat.len()), (4, 3));
        assert_eq!(memory.next_priority, None);
        assert_eq!(memory.market_context.len(), 1);
        assert!(memory.market_context[0].starts_with("2026-05-24: CRM/playbook systems"));
    }

    #[test]
    fn what_hermes_learned_comes_to_a_memory() {
        let memory = real(include_str!("../../fixtures/learning-memory/001.json"));
        assert_eq!((memory.shape, memory.job_id.as_str()), ("hermes-learned", "bd1fed04-67cb-4729-b6ec-8b3b259054bf"));
        assert_eq!(memory.project.as_deref(), Some("fde2bfd0-5d5b-4cf1-9900-bcbcb446f0b0"));
        assert_eq!(memory.topic.as_deref(), Some("codex-session-stability"));
        assert_eq!(memory.learned_at, None);
        assert_eq!((memory.lessons.len(), memory.next_checks.len(), memory.do_not_repeat.len()), (3, 3, 0));
        assert!(memory.next_priority.unwrap().starts_with("Collect three real worker"));
        assert_eq!(memory.market_context[0], "SRE monitoring maturity focuses on actionable symptoms.");
    }

    #[test]
    fn overturned_assumptions_come_to_a_memory() {
        let memory = real(include_str!("../../fixtures/learning-memory/002.json"));
        assert_eq!(memory.shape, "assumptions-overturned");
        assert!(memory.project.unwrap().contains("Kolable"));
        assert_eq!(memory.topic, None);
        assert_eq!((memory.lessons.len(), memory.next_checks.len()), (3, 3));
        assert_eq!(memory.lessons[0], "重複 production pack 不會讓資料自動出現。");
        assert!(memory.next_priority.unwrap().starts_with("下一輪必須出現"));
        assert_eq!(memory.market_context.len(), 3);
        assert!(memory.market_context[1].starts_with("TikTok Shop settlement practice: "));
    }

    #[test]
    fn a_memory_without_lesson_or_next_step_is_a_finding() {
        let (memory, findings) =
            check(r#"{"job_id":"a","recommended_next_check":[],"do_not_repeat":[],"next_worker_rules":{}}"#);
        assert!(memory.is_some());
        assert_eq!(
            findings,
            [
                "no_lesson m.json:1:1: holds no lesson: nothing was learnt from which the next job could profit",
                "no_next_step m.json:1:1: names no next step: neither something to check nor a priority"
            ]
        );
        let (_, findings) =
            check(r#"{"job_id":"a","recommended_next_check":["b"],"do_not_repeat":["c"],"next_worker_rules":{}}"#);
        assert_eq!(findings, [""; 0]);
        let (_, findings) = check(r#"{"job_id":"a","what_hermes_learned":[" "],"next_round_priority":"b"}"#);
        assert_eq!(
            findings,
            [
                "wrong_type m.json:1:38 at /what_hermes_learned/0: `0` is blank, expected a text that is not blank (shape `hermes-learned`)",
                "no_lesson m.json:1:1: holds no lesson: nothing was learnt from which the next job could profit"
            ]
        );
    }

    #[test]
    fn what_is_wrong_is_told_for_the_shape() {
        let (memory, findings) =
            check(r#"{"assumptions_overturned":["a"],"pls_next_checks":["b"],"do_not_repeat":["c"],"other":1}"#);
        assert_eq!(memory, None);
        assert_eq!(
            findings,
            [
                "missing_key m.json:1:1: key `job_id` is missing (id of the job that learnt) (shape `assumptions-overturned`)",
                "missing_key m.json:1:1: key `next_iteration_condition` is missing (what has to happen before the next iteration) (shape `assumptions-overturned`)"
            ]
        );
        for json in [r#"{"notes":[]}"#, "[]", "1"] {
            let (memory, findings) = check(json);
            assert_eq!(memory, None);
            assert_eq!(
                findings,
                [
                    "unknown_shape m.json:1:1: has none of the keys of a learning memory: recommended_next_check + do_not_repeat + next_worker_rules, or what_hermes_learned + next_round_priority, or pls_next_checks + assumptions_overturned + next_iteration_condition"
                ]
            );
        }
    }

    proptest! {
        #[test]
        fn never_panics(json in r#"\{("(job_id|signal|type|market_context|pattern|source|do_not_repeat|next_worker_rules|pls_next_checks)":(1|"a"|\[\]|\["a"\]|\{\}|null),?){0,6}\}"#, bytes: Vec<u8>) {
            read("m", json.as_bytes(), &mut Vec::new());
            read("m", &bytes, &mut Vec::new());
        }
    }
}
