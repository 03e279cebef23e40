//! The PR-fix queue: who may push to the pull requests of its items, and what is asked about it.

use serde_json::{Value as Json, json};

use crate::decide::Asked;
use crate::kinds::dispatch::form::{Form, Shape, form, object};
use crate::kinds::dispatch::value;
use crate::kinds::dispatch_workflow::issues::{self, State};
use crate::kinds::dispatch_workflow::lanes;
use crate::kinds::dispatch_workflow::pull_requests;
use crate::lang::{Words, words};
use crate::read::tree::{Node, Value};

use item::STATUSES;
pub(super) use item::{Item, items, summary, waits};
pub(super) use merge::{EVIDENCE_BEFORE_HUMAN, MERGES, Preview};
use merge::{HEAD_UNSAID, block, enqueued, lacks};

mod item;
mod merge;

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
