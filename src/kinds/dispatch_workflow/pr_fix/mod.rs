//! The PR-fix queue: items read into one form and put in order, and who may push to their pull requests.
//!
//! Invariants: one item a pull request; an unknown lane or status is kept.

use std::collections::BTreeMap;

use serde_json::{Value as Json, json};

use crate::decide::{Answer, Asked};
use crate::kinds::dispatch::form::{Form, Shape, form, object};
use crate::kinds::dispatch::value;
use crate::kinds::dispatch_workflow::issues::{self, State};
use crate::kinds::dispatch_workflow::lanes::{self, Named};
use crate::kinds::dispatch_workflow::pull_requests;
use crate::lang::{Words, words};
use crate::read::tree::{Node, Value};

pub(super) use merge::{EVIDENCE_BEFORE_HUMAN, MERGES, Preview};
use merge::{HEAD_UNSAID, block, enqueued, lacks};

mod merge;

/// The statuses of an item.
pub(super) const STATUSES: [&str; 5] = ["queued", "fixed", "blocked", "stale", "ignored"];
/// One item.
#[derive(Clone, Debug)]
pub(super) struct Item {
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
fn metadata(node: &Node) -> Answer {
    let is_blank = |node: &Node| node.text().is_some_and(|text| text.trim().is_empty());
    let stated = METADATA.into_iter().filter_map(|key| Some((key, value::get(node, key)?)));
    stated.filter(|(_, node)| !is_blank(node)).map(|(key, node)| (key.to_owned(), node.to_json())).collect()
}

impl Item {
    /// Reads an item; what is missing gets its default.
    pub(super) fn read(node: &Node) -> Self {
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
    pub(super) fn key(&self) -> String {
        issues::key(&self.repo, self.pr)
    }

    /// Whether its status is one of the contract.
    pub(super) fn has_known_status(&self) -> bool {
        STATUSES.contains(&self.status.as_str())
    }

    /// The item as answers and pages tell it.
    pub(super) fn told(&self) -> Answer {
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
pub(super) fn items(rows: &[Node]) -> Vec<Item> {
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
pub(super) fn waits(item: &Item, lane: Option<&str>, include_blocked: bool) -> bool {
    let status = item.status == "queued" || (include_blocked && item.status == "blocked");
    status && lane.is_none_or(|lane| item.lane.id == lane)
}

/// Why a worker must not push to the pull request of an item, as far as its export tells; `authors` are those whose pull
/// requests are worked on, none when nobody says.
pub(super) fn untouchable(item: &Item, pull_request: &Node, authors: &[String]) -> Option<Words> {
    match pull_requests::state(pull_request) {
        State::Open => {}
        State::Closed => return Some(words("PR 已不是開啟狀態", "the pull request is no longer open")),
        State::Unknown => {
            return Some(words("PR 沒有說明是否開啟", "the pull request does not say whether it is open"));
        }
    }
    if pull_requests::is_foreign(pull_request, authors) {
        return Some(words("PR 作者不在追蹤名單", "the author of the pull request is not a tracked one"));
    }
    let owner = item.repo.split('/').next().unwrap_or_default();
    let is_other = |head: &str| !owner.is_empty() && !head.eq_ignore_ascii_case(owner);
    if value::is_true(pull_request, "isCrossRepository")
        || pull_requests::login(pull_request, "headRepositoryOwner").is_some_and(is_other)
    {
        return Some(words("PR 的分支屬於別的擁有者", "the branch of the pull request belongs to another owner"));
    }
    let queued = item.metadata.get("branch").and_then(Json::as_str);
    let is_moved = queued.zip(pull_request.text_at("headRefName")).is_some_and(|(queued, head)| queued.trim() != head);
    is_moved.then_some(words("PR 的分支與排入時不同", "its branch is not the one that was queued"))
}

/// Counts per status, and per lane of what is queued.
pub(super) fn summary(items: &[Item]) -> (BTreeMap<&str, usize>, BTreeMap<&str, usize>) {
    let (mut counts, mut by_lane) = (BTreeMap::new(), BTreeMap::new());
    for item in items {
        *counts.entry(item.status.as_str()).or_insert(0) += 1;
        if item.status == "queued" {
            *by_lane.entry(item.lane.id.as_str()).or_insert(0) += 1;
        }
    }
    (counts, by_lane)
}

/// `pr-fix-queue`: items as they are read, their order, their counts, and what reports and marks do.
pub(super) static FORMS: &[Shape] = &[
    form("normalise", &[], normalise),
    form("enqueue", &["existing", "now", "evidence_limit"], enqueue),
    form("ignore", &["existing", "now"], ignore),
    form("mark", &[], mark),
    form("summary_of", &[], counts),
    form("queue", &["lane", "include_blocked"], order),
];

fn normalise(given: &mut Form<'_>, _: &Asked) -> Json {
    given.table_if("normalise").map_or(Json::Null, |node| Item::read(node).told().into())
}

fn order(given: &mut Form<'_>, asked: &Asked) -> Json {
    let lane = given.text_if("lane").and_then(|lane| lanes::resolve(&lane.replace('_', "-")));
    let include_blocked = given.flag_if("include_blocked") == Some(true);
    let rows = given.get("queue");
    let is_list = rows.is_some_and(|rows| matches!(rows.value, Value::List(_)));
    let items = items(rows.map(Node::items).unwrap_or_default());
    let waiting = items.iter().filter(|item| waits(item, lane.as_ref().map(|lane| lane.id.as_str()), include_blocked));
    let order: Vec<_> = waiting.map(Item::key).collect();
    let raised = rows.and_then(|rows| rows.text_at("raise"));
    let error = raised.unwrap_or(words("讀不到佇列", "the queue could not be read").get(asked.lang));
    json!({"next": order.first(), "order": order, "error": (!is_list).then_some(error)})
}

fn counts(given: &mut Form<'_>, _: &Asked) -> Json {
    let items = items(given.list_if("summary_of").unwrap_or_default());
    let (counts, by_lane) = summary(&items);
    json!({"counts": counts, "queuedByLane": by_lane})
}

fn enqueue(given: &mut Form<'_>, asked: &Asked) -> Json {
    let now = given.text_if("now").map(str::to_owned);
    let limit = given.count_if("evidence_limit").map_or(EVIDENCE_BEFORE_HUMAN, |limit| limit as usize);
    let Some(node) = given.table_if("enqueue") else { return Json::Null };
    if let Some(missing) = lacks(node) {
        return json!({"accepted": false, "error": format!("missing-{missing}")});
    }
    let (item, rule, when) = enqueued(given.table_if("existing").map(Item::read), node, now, limit);
    let mut answer = item.told();
    let not_checked: &[&str] = if rule == HEAD_UNSAID { &["headSha"] } else { &[] };
    answer.extend(object(
        json!({"accepted": true, "rule": rule, "rationale": when.get(asked.lang), "not_checked": not_checked}),
    ));
    answer.into()
}

fn ignore(given: &mut Form<'_>, asked: &Asked) -> Json {
    let Some(node) = given.table_if("ignore") else { return Json::Null };
    let now = given.text_if("now").map(str::to_owned);
    if node.text_at("reason").is_none_or(|reason| reason.trim().is_empty()) {
        return json!({"accepted": false, "error": "missing-reason"});
    }
    let existing = given.table_if("existing").map(Item::read);
    let (mut item, ..) = enqueued(existing, node, now, EVIDENCE_BEFORE_HUMAN);
    block(&mut item);
    "ignored".clone_into(&mut item.status);
    let mut answer = item.told();
    let when = words("附理由交給人，並標為忽略", "sent to a person with the reason, then ignored");
    answer.extend(object(json!({"accepted": true, "rule": "ignored", "rationale": when.get(asked.lang)})));
    answer.into()
}

fn mark(given: &mut Form<'_>, _: &Asked) -> Json {
    let Some(node) = given.table_if("mark") else { return Json::Null };
    let status = node.text_at("status").filter(|status| STATUSES.contains(status));
    let is_named = !issues::repo(node).is_empty() && node.get("pr").and_then(issues::integer).is_some();
    let error = match (status, is_named) {
        (None, _) => Json::from(format!("status is none of {}", STATUSES.join(", "))),
        (Some(_), false) => "repo or pr is missing".into(),
        (Some(_), true) => Json::Null,
    };
    json!({"accepted": error.is_null(), "status": status, "error": error})
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use crate::kinds::dispatch::value::parsed;
    use crate::kinds::dispatch_workflow::tests::check;

    fn enqueued(existing: &serde_json::Value, lane: &str, evidence: &str, head: Option<&str>, expected: &str) {
        let enqueue = json!({"repo": "a/b", "pr": 1, "lane": lane, "reason": "r", "feedback": "f", "evidenceKey": evidence, "headSha": head});
        check("pr-fix-queue", &json!({"existing": existing, "enqueue": enqueue}).to_string(), expected);
    }

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

    #[test]
    fn reports_change_items_by_the_table() {
        let item = |status: &str, keys: &[&str]| json!({"status": status, "feedback": ["x"], "evidenceKeys": keys, "generation": 1, "headSha": "s1"});
        enqueued(
            &json!(null),
            "local",
            "1",
            None,
            r#"{"status":"queued","generation":1,"lane":"local","rule":"created"}"#,
        );
        enqueued(&json!(null), "pink", "1", None, r#"{"status":"blocked","lane":"needs-human"}"#);
        // Only distinct evidence counts.
        enqueued(
            &item("queued", &["1", "1", "1", "1", "1"]),
            "local",
            "2",
            None,
            r#"{"status":"queued","evidenceKeys":["1","2"]}"#,
        );
        enqueued(
            &item("fixed", &["1"]),
            "local",
            "1",
            Some("s1"),
            r#"{"status":"queued","generation":2,"rule":"reopened"}"#,
        );
        enqueued(&item("fixed", &["1"]), "local", "1", Some("s2"), r#"{"status":"fixed","generation":1}"#);
        // Without a head nobody can tell whether it changed.
        enqueued(
            &item("fixed", &["1"]),
            "local",
            "1",
            None,
            r#"{"status":"fixed","generation":1,"rule":"head-not-said","not_checked":["headSha"]}"#,
        );
        enqueued(&item("blocked", &["1"]), "local", "1", None, r#"{"status":"blocked","rule":"known-evidence"}"#);
        enqueued(&item("fixed", &["1"]), "cloud", "2", None, r#"{"status":"queued","generation":2,"lane":"cloud"}"#);
        enqueued(&item("blocked", &["1"]), "local", "2", None, r#"{"status":"queued","generation":2}"#);
        enqueued(
            &item("queued", &["1"]),
            "local",
            "2",
            None,
            r#"{"status":"queued","generation":1,"evidenceKeys":["1","2"],"feedback":["x","f"]}"#,
        );
        enqueued(&item("queued", &["1"]), "needs-human", "2", None, r#"{"status":"blocked","lane":"needs-human"}"#);
        enqueued(
            &item("fixed", &["1", "2", "3", "4", "5"]),
            "local",
            "6",
            None,
            r#"{"status":"blocked","lane":"needs-human","generation":1}"#,
        );
        enqueued(&item("queued", &["1", "2", "3", "4"]), "local", "5", None, r#"{"status":"queued"}"#);
    }

    #[test]
    fn the_limit_of_evidence_may_be_configured_and_metadata_is_refreshed() {
        let ask = |beside: &str, expected: &str| {
            let facts = format!(
                r#"{{"existing":{{"status":"queued","evidenceKeys":["1"],"title":"old","issue":7}},"enqueue":{{"repo":"a/b","pr":1,"reason":"r","feedback":"f","evidenceKey":"2","title":"new","branch":" "}}{beside}}}"#
            );
            check("pr-fix-queue", &facts, expected);
        };
        ask("", r#"{"status":"queued","title":"new","issue":7,"branch":null}"#);
        ask(r#","evidence_limit":1"#, r#"{"status":"blocked","lane":"needs-human"}"#);
    }

    #[test]
    fn a_worker_pushes_only_to_open_pull_requests_of_tracked_authors() {
        let check = |pull_request: &str, authors: &[&str], expected: Option<&str>| {
            let node = parsed(pull_request).unwrap();
            let item = parsed(r#"{"repo":"a/b","pr":1,"branch":"fix/issue-7-cart"}"#);
            let item = super::Item::read(&item.unwrap());
            let authors: Vec<_> = authors.iter().map(|author| (*author).to_owned()).collect();
            let found = super::untouchable(&item, &node, &authors).map(|why| why.en);
            assert_eq!(found.is_some(), expected.is_some(), "{pull_request}: {found:?}");
            assert!(
                found.is_none_or(|why| expected.is_some_and(|word| why.contains(word))),
                "{pull_request}: {found:?}"
            );
        };
        check(r#"{"state":"OPEN","author":"Bot"}"#, &["bot"], None);
        check(r#"{"state":"OPEN","author":{"login":"x"}}"#, &[], None);
        check(r#"{"state":"OPEN"}"#, &["bot"], None);
        check(r#"{"state":"OPEN","author":{"login":"x"}}"#, &["bot"], Some("author"));
        check(r#"{"state":"MERGED","author":"bot"}"#, &["bot"], Some("open"));
        check(r#"{"state":"OPEN","isCrossRepository":true}"#, &[], Some("owner"));
        check(r#"{"state":"OPEN","headRepositoryOwner":{"login":"x"}}"#, &[], Some("owner"));
        check(r#"{"state":"OPEN","headRepositoryOwner":"A","headRefName":"fix/issue-7-cart"}"#, &[], None);
        check(r#"{"state":"OPEN","headRefName":"fix/issue-7-other"}"#, &[], Some("branch"));
    }

    #[test]
    fn reports_and_marks_need_their_fields() {
        for missing in ["repo", "pr", "reason", "feedback", "evidenceKey"] {
            let mut enqueue = json!({"repo": "a/b", "pr": 1, "reason": "r", "feedback": "f", "evidenceKey": "k"});
            enqueue[missing] = " ".into();
            let expected = format!(r#"{{"accepted":false,"error":"missing-{missing}"}}"#);
            check("pr-fix-queue", &json!({"enqueue": enqueue}).to_string(), &expected);
        }
        check("pr-fix-queue", r#"{"mark":{"repo":"a/b","pr":1,"status":"merged"}}"#, r#"{"accepted":false}"#);
        check("pr-fix-queue", r#"{"mark":{"repo":"a/b","pr":1,"status":"queued"}}"#, r#"{"accepted":true}"#);
        check(
            "pr-fix-queue",
            r#"{"ignore":{"repo":"a/b","pr":1,"reason":"vague"}}"#,
            r#"{"status":"ignored","lane":"needs-human","reason":"vague"}"#,
        );
    }
}
