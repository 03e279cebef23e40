//! What a new report does to an item of the PR-fix queue: one table of rules, the first that holds decides.
//!
//! Invariant: stale and ignored items stay what they are.

use std::collections::{BTreeMap, BTreeSet};

use crate::kinds::dispatch_workflow::issues;
use crate::kinds::dispatch_workflow::lanes::{self, NEEDS_HUMAN, Named};
use crate::kinds::dispatch_workflow::pr_fix::item::{Item, metadata};
use crate::lang::{Words, words};
use crate::read::tree::{Node, Value};

/// Most distinct pieces of evidence before a person has to look, unless the server is configured otherwise.
pub(in crate::kinds::dispatch_workflow) const EVIDENCE_BEFORE_HUMAN: usize = 5;
/// Most pieces of feedback that an item keeps.
const FEEDBACK_KEPT: usize = 12;
/// Most keys of evidence that an item keeps.
const EVIDENCE_KEPT: usize = 40;

/// What a new report is about.
struct Report {
    /// The lane that it goes to.
    pub lane: Named,
    /// What was said.
    pub feedback: String,
    /// What it was read from.
    pub evidence: String,
    /// The head of the pull request.
    pub head: Option<String>,
    /// Most distinct pieces of evidence before a person has to look.
    pub limit: usize,
}

/// What a report does to an item.
pub(in crate::kinds::dispatch_workflow) struct Merge {
    /// Stable id.
    pub id: &'static str,
    /// When it applies, in words.
    pub when: Words,
    holds: fn(&Item, &Report, bool) -> bool,
    apply: fn(&mut Item),
}

/// The rule for evidence of which nobody can tell whether it came back.
pub(super) const HEAD_UNSAID: &str = "head-not-said";

/// The rules for an item that exists, in their order; the last one always holds.
pub(in crate::kinds::dispatch_workflow) static MERGES: &[Merge] = &[
    Merge {
        id: "sticky",
        when: words("stale 或 ignored 不再變動", "stale and ignored items stay what they are"),
        holds: |item, _, _| ["stale", "ignored"].contains(&item.status.as_str()),
        apply: |_| {},
    },
    Merge {
        id: "reopened",
        when: words("標為已修，同一證據再現，head 未變", "marked fixed, and the same evidence on the same head"),
        holds: |item, report, is_new| {
            item.status == "fixed" && !is_new && item.head.is_some() && item.head == report.head
        },
        apply: queue_again,
    },
    Merge {
        id: HEAD_UNSAID,
        when: words(
            "標為已修，同一證據再現，但沒說 head 是否變動；狀態不變",
            "marked fixed, and the same evidence; whether the head changed is not said, so its status stays",
        ),
        holds: |item, report, is_new| {
            item.status == "fixed" && !is_new && (item.head.is_none() || report.head.is_none())
        },
        apply: |_| {},
    },
    Merge {
        id: "known-evidence",
        when: words("已知的證據，狀態不變", "known evidence; its status stays"),
        holds: |_, _, is_new| !is_new,
        apply: |_| {},
    },
    Merge {
        id: "too-much-evidence",
        when: words("不同證據超過上限，改由人處理", "more distinct evidence than the limit; a person has to look"),
        holds: |item, report, _| item.evidence.len() > report.limit,
        apply: block,
    },
    Merge {
        id: "sent-to-human",
        when: words("指定由人處理", "sent to a person"),
        holds: |_, report, _| report.lane.id == NEEDS_HUMAN,
        apply: block,
    },
    Merge {
        id: "came-back",
        when: words("已修或受阻，出現新證據", "fixed or blocked, and new evidence"),
        holds: |item, _, _| ["fixed", "blocked"].contains(&item.status.as_str()),
        apply: queue_again,
    },
    Merge {
        id: "more-evidence",
        when: words("仍在佇列，加上新證據", "still queued; the new evidence is added"),
        holds: |_, _, _| true,
        apply: |_| {},
    },
];

fn queue_again(item: &mut Item) {
    "queued".clone_into(&mut item.status);
    item.generation += 1;
}

pub(super) fn block(item: &mut Item) {
    "blocked".clone_into(&mut item.status);
    item.lane = Named { id: NEEDS_HUMAN.to_owned(), known: true, aliased: false };
}

/// Merges a report into an item that exists; the rule that applied.
fn merge(item: &mut Item, report: &Report) -> &'static Merge {
    let is_new = !item.evidence.contains(&report.evidence);
    push(&mut item.feedback, &report.feedback, FEEDBACK_KEPT);
    push(&mut item.evidence, &report.evidence, EVIDENCE_KEPT);
    let rule = MERGES.iter().find(|rule| (rule.holds)(item, report, is_new)).unwrap_or(&MERGES[MERGES.len() - 1]);
    let sticky = rule.id == "sticky";
    if is_new && !sticky {
        item.lane = report.lane.clone();
    }
    (rule.apply)(item);
    if report.head.is_some() {
        item.head.clone_from(&report.head);
    }
    rule
}

/// Adds a text, drops those that are there already, and keeps the last ones.
fn push(list: &mut Vec<String>, text: &str, kept: usize) {
    list.push(text.to_owned());
    let mut seen = BTreeSet::new();
    list.retain(|text| seen.insert(text.clone()));
    list.drain(..list.len().saturating_sub(kept));
}

/// The fields that a report needs, in the order in which they are looked for.
const NEEDED: [&str; 5] = ["repo", "pr", "reason", "feedback", "evidenceKey"];

/// The first field that a report lacks.
pub(super) fn lacks(report: &Node) -> Option<&'static str> {
    NEEDED.into_iter().find(|key| match report.get(key).map(|node| &node.value) {
        Some(Value::Text(text)) => text.trim().is_empty() || *key == "pr",
        Some(Value::Number(_)) => *key != "pr",
        _ => true,
    })
}

/// An item with what a row reports about it, and the rule that applied; `limit` is the most distinct pieces of evidence
/// before a person has to look.
pub(super) fn enqueued(
    existing: Option<Item>,
    node: &Node,
    now: Option<String>,
    limit: usize,
) -> (Item, &'static str, Words) {
    let text = |key: &str| node.text_at(key).unwrap_or_default().trim().to_owned();
    let named = lanes::resolve_pr_fix(node.text_at("lane").unwrap_or_default());
    let human = Named { id: NEEDS_HUMAN.to_owned(), known: true, aliased: false };
    let report = Report {
        lane: if named.known { named } else { human },
        feedback: text("feedback"),
        evidence: text("evidenceKey"),
        head: node.text_at("headSha").map(str::to_owned),
        limit,
    };
    let blank = Node { value: Value::Table(Vec::new()), offset: 0 };
    let exists = existing.is_some();
    let mut item = existing.unwrap_or_else(|| Item::read(&blank));
    let was = item.key();
    issues::repo(node).clone_into(&mut item.repo);
    item.pr = node.get("pr").and_then(issues::integer);
    if item.id == was {
        item.id = item.key();
    }
    item.reason = text("reason");
    item.metadata.extend(metadata(node));
    if let Some(now) = now {
        if !exists {
            item.queued_at.clone_from(&now);
        }
        item.updated_at = now;
    }
    if exists {
        let rule = merge(&mut item, &report);
        return (item, rule.id, rule.when);
    }
    if report.lane.id == NEEDS_HUMAN {
        block(&mut item);
    } else {
        item.lane = report.lane;
    }
    item.feedback.push(report.feedback);
    item.evidence.push(report.evidence);
    item.head = report.head;
    (item, "created", words("新項目", "a new item"))
}

/// The queue while reports are merged into it, one after the other.
pub(in crate::kinds::dispatch_workflow) struct Preview<'a> {
    items: BTreeMap<String, &'a Item>,
    changed: BTreeMap<String, Item>,
    limit: usize,
}

/// What one report did.
pub(in crate::kinds::dispatch_workflow) struct Merged {
    /// The item before; `None` when there was none.
    pub before: Option<Item>,
    /// The item after.
    pub after: Item,
    /// Id of the rule that applied.
    pub rule: &'static str,
    /// When it applies, in words.
    pub when: Words,
}

impl<'a> Preview<'a> {
    /// The queue as it is; `limit` is the most distinct pieces of evidence before a person has to look.
    pub(in crate::kinds::dispatch_workflow) fn of(items: &'a [Item], limit: usize) -> Self {
        let items = items.iter().map(|item| (issues::id(&item.repo, item.pr), item)).collect();
        Self { items, changed: BTreeMap::new(), limit }
    }

    /// Merges a report into what the reports before it left; the first field that it lacks otherwise.
    pub(in crate::kinds::dispatch_workflow) fn merge(&mut self, report: &Node) -> Result<Merged, &'static str> {
        if let Some(missing) = lacks(report) {
            return Err(missing);
        }
        let key = issues::id(issues::repo(report), report.get("pr").and_then(issues::integer));
        let before = self.changed.get(&key).or_else(|| self.items.get(&key).copied()).cloned();
        let (after, rule, when) = enqueued(before.clone(), report, None, self.limit);
        self.changed.insert(key, after.clone());
        Ok(Merged { before, after, rule, when })
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::kinds::dispatch::value::parsed;

    #[test]
    fn reports_on_one_pull_request_are_merged_one_after_the_other() {
        let items = [];
        let mut preview = Preview::of(&items, EVIDENCE_BEFORE_HUMAN);
        let mut merged = |evidence: &str| {
            let report = json!({"repo": "a/b", "pr": 1, "reason": "r", "feedback": "f", "evidenceKey": evidence});
            let merged =
                preview.merge(&parsed(&report.to_string()).unwrap()).unwrap_or_else(|missing| panic!("{missing}"));
            format!("{} {} {} {}", merged.rule, merged.after.status, merged.after.lane.id, merged.after.evidence.len())
        };
        assert_eq!(merged("k1"), "created queued local 1");
        assert_eq!(merged("k1"), "known-evidence queued local 1");
        for (evidence, count) in [("k2", 2), ("k3", 3), ("k4", 4), ("k5", 5)] {
            assert_eq!(merged(evidence), format!("more-evidence queued local {count}"));
        }
        assert_eq!(merged("k6"), "too-much-evidence blocked needs-human 6");
        let report = parsed(r#"{"repo":"a/b","pr":1}"#).unwrap();
        assert_eq!(preview.merge(&report).err(), Some("reason"));
    }
}
