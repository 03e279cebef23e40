//! Items of the PR-fix queue, read into one form and put in order.
//!
//! Invariants: one item a pull request; an unknown lane or status is kept.

use std::collections::BTreeMap;

use serde_json::json;

use crate::decide::Answer;
use crate::kinds::dispatch::form::object;
use crate::kinds::dispatch::value;
use crate::kinds::dispatch_workflow::issues;
use crate::kinds::dispatch_workflow::lanes::{self, Named};
use crate::read::tree::{Node, Value};

/// The statuses of an item.
pub(super) const STATUSES: [&str; 5] = ["queued", "fixed", "blocked", "stale", "ignored"];

/// One item.
#[derive(Clone, Debug)]
pub(in crate::kinds::dispatch_workflow) struct Item {
    /// Its id, else `owner/repo#pr`.
    pub id: String,
    /// `owner/repo`.
    pub repo: String,
    /// Number of the pull request.
    pub pr: Option<u64>,
    /// Its lane.
    pub lane: Named,
    /// One of [`STATUSES`], or another word as it was read.
    pub status: String,
    /// Why it is queued.
    pub reason: String,
    /// What reviewers and checks said.
    pub feedback: Vec<String>,
    /// What that was read from.
    pub evidence: Vec<String>,
    /// Since when it is queued, as it was written.
    pub queued_at: String,
    /// When it last changed, as it was written.
    pub updated_at: String,
    /// The head that it was last seen at.
    pub head: Option<String>,
    /// How often it came back.
    pub generation: u64,
    /// What else is said about the pull request, under [`METADATA`].
    pub metadata: Answer,
}

/// What may be said about the pull request of an item beside what the queue goes by.
const METADATA: [&str; 5] = ["issue", "branch", "url", "title", "author"];

/// The metadata that a row states; blanks and null state none.
pub(super) fn metadata(node: &Node) -> Answer {
    let is_blank = |node: &Node| node.text().is_some_and(|text| text.trim().is_empty());
    let stated = METADATA.into_iter().filter_map(|key| Some((key, value::get(node, key)?)));
    stated.filter(|(_, node)| !is_blank(node)).map(|(key, node)| (key.to_owned(), node.to_json())).collect()
}

impl Item {
    /// Reads an item; what is missing gets its default.
    pub(in crate::kinds::dispatch_workflow) fn read(node: &Node) -> Self {
        let text = |key: &str| node.text_at(key).map(str::trim).filter(|text| !text.is_empty()).map(str::to_owned);
        let texts = |key: &str| node.get(key).map(Node::texts).unwrap_or_default();
        let repo = issues::repo(node).to_owned();
        let pr = ["pr", "prNumber", "number"].iter().find_map(|key| node.get(key).and_then(issues::integer));
        let queued_at = text("queuedAt").unwrap_or_default();
        Self {
            id: text("id").unwrap_or_else(|| issues::key(&repo, pr)),
            lane: lanes::resolve_pr_fix(node.text_at("lane").unwrap_or_default()),
            status: text("status")
                .map_or_else(|| "queued".to_owned(), |status| status.to_lowercase().replace('_', "-")),
            reason: text("reason").unwrap_or_default(),
            feedback: texts("feedback"),
            evidence: texts("evidenceKeys"),
            updated_at: text("updatedAt").unwrap_or_else(|| queued_at.clone()),
            queued_at,
            head: text("headSha"),
            generation: node.get("generation").and_then(issues::integer).unwrap_or(1),
            metadata: metadata(node),
            repo,
            pr,
        }
    }

    /// `owner/repo#pr`.
    pub(in crate::kinds::dispatch_workflow) fn key(&self) -> String {
        issues::key(&self.repo, self.pr)
    }

    /// Whether its status is one of the contract.
    pub(in crate::kinds::dispatch_workflow) fn has_known_status(&self) -> bool {
        STATUSES.contains(&self.status.as_str())
    }

    /// The item as answers and pages tell it.
    pub(in crate::kinds::dispatch_workflow) fn told(&self) -> Answer {
        let mut told = object(json!({
            "id": self.id,
            "repo": self.repo,
            "pr": self.pr,
            "lane": self.lane.id,
            "lane_known": self.lane.known,
            "status": self.status,
            "status_known": self.has_known_status(),
            "reason": self.reason,
            "feedback": self.feedback,
            "evidenceKeys": self.evidence,
            "queuedAt": self.queued_at,
            "updatedAt": self.updated_at,
            "headSha": self.head,
            "generation": self.generation,
        }));
        told.extend(self.metadata.clone());
        told
    }
}

/// Every item, in queue order: since when it is queued, repository, number of the pull request. An item whose time
/// cannot be read comes after those whose can. Of items with the same pull request only the first read stays.
pub(in crate::kinds::dispatch_workflow) fn items(rows: &[Node]) -> Vec<Item> {
    let mut first: BTreeMap<(String, Option<u64>), usize> = BTreeMap::new();
    let mut items: Vec<Item> = Vec::new();
    for item in rows.iter().filter(|row| matches!(row.value, Value::Table(_))).map(Item::read) {
        first.entry((item.repo.to_lowercase(), item.pr)).or_insert_with(|| {
            items.push(item);
            items.len()
        });
    }
    items.sort_by_cached_key(|item| {
        let moment = value::moment_of(&item.queued_at);
        // One moment may be written with different offsets; only what is none is put in order as it is written.
        let written = moment.is_none().then(|| item.queued_at.clone());
        (moment.is_none(), moment, written, item.repo.clone(), item.pr.is_none(), item.pr)
    });
    items
}

/// Whether an item waits for a worker of a lane, or of any.
pub(in crate::kinds::dispatch_workflow) fn waits(item: &Item, lane: Option<&str>, include_blocked: bool) -> bool {
    let status = item.status == "queued" || (include_blocked && item.status == "blocked");
    status && lane.is_none_or(|lane| item.lane.id == lane)
}

/// Counts per status, and per lane of what is queued.
pub(in crate::kinds::dispatch_workflow) fn summary(items: &[Item]) -> (BTreeMap<&str, usize>, BTreeMap<&str, usize>) {
    let (mut counts, mut by_lane) = (BTreeMap::new(), BTreeMap::new());
    for item in items {
        *counts.entry(item.status.as_str()).or_insert(0) += 1;
        if item.status == "queued" {
            *by_lane.entry(item.lane.id.as_str()).or_insert(0) += 1;
        }
    }
    (counts, by_lane)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use crate::kinds::dispatch_workflow::tests::check;

    #[test]
    fn items_are_read_into_one_form() {
        check(
            "pr-fix-queue",
            r#"{"normalise":{"repo":"a/b","pr":4}}"#,
            r#"{"id":"a/b#4","lane":"local","status":"queued","feedback":[],"evidenceKeys":[]}"#,
        );
        check(
            "pr-fix-queue",
            r#"{"normalise":{"repo":"a/b","pr":4,"lane":"NEEDS_HUMAN","status":"BLOCKED"}}"#,
            r#"{"lane":"needs-human","status":"blocked"}"#,
        );
        check(
            "pr-fix-queue",
            r#"{"normalise":{"repo":"a/b","pr":4,"lane":"pink","status":"ON_HOLD"}}"#,
            r#"{"lane":"pink","lane_known":false,"status":"on-hold","status_known":false}"#,
        );
    }

    #[test]
    fn order_is_by_time_then_repository_then_number() {
        let item = |repo: &str, pr: u64, at: &str, status: &str| json!({"repo": repo, "pr": pr, "queuedAt": at, "status": status});
        let queue = json!([
            item("a/b", 10, "2026-03-01T08:00:00+08:00", "queued"),
            item("a/b", 9, "2026-03-01T00:00:00Z", "queued"),
            item("a/a", 99, "2026-03-01T00:00:00Z", "queued"),
            item("a/b", 1, "2026-02-01T00:00:00Z", "blocked"),
            item("a/b", 2, "soon", "queued"),
            item("a/b", 9, "2020-01-01T00:00:00Z", "queued"),
            "junk",
        ]);
        let order = |blocked: bool, expected: &str| {
            check("pr-fix-queue", &json!({"queue": queue, "include_blocked": blocked}).to_string(), expected);
        };
        order(false, r#"{"order":["a/a#99","a/b#9","a/b#10","a/b#2"],"next":"a/a#99"}"#);
        order(true, r#"{"next":"a/b#1"}"#);
        let queue = json!([
            item("a/b", 1, "2026-03-01T00:00:00Z", "queued"),
            item("a/a", 1, "2026-03-01T08:00:00+08:00", "queued"),
        ]);
        check("pr-fix-queue", &json!({"queue": queue}).to_string(), r#"{"order":["a/a#1","a/b#1"]}"#);
        check(
            "pr-fix-queue",
            r#"{"queue":"down"}"#,
            r#"{"order":[],"next":null,"error":"the queue could not be read"}"#,
        );
    }
}
