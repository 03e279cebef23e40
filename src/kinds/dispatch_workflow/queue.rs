//! Which row of the queue a worker takes: one, in queue order, its own before unclaimed ones.

use serde_json::{Value as Json, json};

use crate::decide::Asked;
use crate::kinds::dispatch::form::{Form, Shape, form, object};
use crate::kinds::dispatch::value;
use crate::kinds::dispatch_workflow::issues::Issue;
use crate::kinds::dispatch_workflow::lanes;
use crate::lang::{Words, words};
use crate::read::tree::Node;

/// Who asks for work.
pub(super) struct Seeker<'a> {
    /// The lane, resolved.
    pub lane: &'a str,
    /// The agent.
    pub agent: &'a str,
}

/// Why a row is passed over.
pub(super) struct Skip {
    /// Stable id.
    pub id: &'static str,
    /// In words.
    pub why: Words,
    holds: fn(&Issue<'_>, &Seeker<'_>) -> bool,
}

/// What a row is passed over for, in the order in which it is asked.
pub(super) static SKIPS: &[Skip] = &[
    Skip {
        id: "bot-item",
        why: words("相依套件機器人開的", "opened by a dependency bot"),
        holds: |issue, _| issue.is_of_a_bot(),
    },
    Skip {
        id: "status-not-open-to-work",
        why: words(
            "狀態為 backlog、in-progress、in-review 或 done",
            "in `backlog`, `in-progress`, `in-review` or `done`",
        ),
        holds: |issue, _| issue.status.may_be(&["backlog", "in-progress", "in-review", "done"]),
    },
    Skip {
        id: "other-lane",
        why: words("屬於別的 lane", "in another lane"),
        holds: |issue, seeker| issue.lane.as_ref().is_some_and(|lane| lane.id != seeker.lane),
    },
    Skip {
        id: "own-in-another-status",
        why: words("自己的，但狀態不是 ready", "its own, in a status other than `ready`"),
        holds: |issue, seeker| {
            is_own(issue, seeker) && !issue.status.candidates().is_empty() && !issue.status.is(&["ready"])
        },
    },
    Skip {
        id: "of-another-agent",
        why: words("有別的 agent 的標籤", "labelled for another agent"),
        holds: |issue, seeker| !is_own(issue, seeker) && issue.labelled(super::issues::AGENT).next().is_some(),
    },
    Skip {
        id: "not-claimable",
        why: words("不是自己的，也不是可領取的 ready", "not its own, and not both claimable and `ready`"),
        holds: |issue, seeker| {
            let is_ready = value::is_true(issue.node, "claimable") && issue.status.is(&["ready"]);
            !is_ready && !is_own(issue, seeker)
        },
    },
];

/// Why a row is not for this seeker; `None` when it may be taken.
pub(super) fn skipped(issue: &Issue<'_>, seeker: &Seeker<'_>) -> Option<&'static Skip> {
    SKIPS.iter().find(|skip| (skip.holds)(issue, seeker))
}

/// The row to take: the first of its own, else the first that may be claimed.
pub(super) fn select<'a>(rows: &'a [Node], seeker: &Seeker<'_>) -> Option<Issue<'a>> {
    let mut first = None;
    for issue in Issue::all(rows).filter(|issue| skipped(issue, seeker).is_none()) {
        if is_own(&issue, seeker) {
            return Some(issue);
        }
        first.get_or_insert(issue);
    }
    first
}

fn is_own(issue: &Issue<'_>, seeker: &Seeker<'_>) -> bool {
    value::is_true(issue.node, "agentMatch") || issue.is_of(seeker.agent)
}

/// `select-queue-item`: which row of the queue a worker takes.
pub(super) static FORMS: &[Shape] = &[form("items", &["lane", "agentName"], selection)];

fn selection(given: &mut Form<'_>, asked: &Asked) -> Json {
    let written = given.text("lane");
    let agent = given.text_if("agentName");
    let rows = given.list_if("items").unwrap_or_default();
    let Some(named) = lanes::resolve(written) else {
        given.refuse(&["lane"], "`lane` is blank, expected a lane");
        return Json::Null;
    };
    let agent = agent.or_else(|| lanes::find(&named.id)?.agent).unwrap_or_default();
    let seeker = Seeker { lane: &named.id, agent };
    let found = select(rows, &seeker);
    let lang = asked.lang;
    let (rule, why) = match &found {
        Some(issue) if is_own(issue, &seeker) => ("own", words("自己的第一筆", "the first of its own")),
        Some(_) => ("claimable", words("第一筆可領取的 ready", "the first that is claimable and `ready`")),
        None => ("none", words("沒有可領取的項目", "no row may be taken")),
    };
    let mut answer = object(json!({
        "selected": found.as_ref().and_then(|issue| issue.number),
        "item": found.as_ref().map(|issue| issue.node.to_json()),
        "rule": rule,
        "rationale": why.get(lang),
    }));
    if asked.trace {
        let skipped = Issue::all(rows).filter_map(|issue| Some((issue.key(), skipped(&issue, &seeker)?)));
        let skipped: Vec<_> = skipped
            .map(|(item, skip)| json!({"item": item, "rule": skip.id, "rationale": skip.why.get(lang)}))
            .collect();
        answer.insert("skipped".to_owned(), skipped.into());
    }
    answer.into()
}

#[cfg(test)]
mod tests {
    use crate::kinds::dispatch_workflow::tests::check;

    fn selected(items: &str, expected: &str) {
        let facts = format!(r#"{{"lane":"local","agentName":"saffron-local","items":[{items}]}}"#);
        check("select-queue-item", &facts, &format!(r#"{{"selected":{expected}}}"#));
    }

    #[test]
    fn its_own_come_before_unclaimed_ones() {
        selected(
            r#"{"number":1,"status":"ready","claimable":true},{"number":2,"labels":["agent/Saffron-Local"]}"#,
            "2",
        );
        selected(
            r#"{"number":1,"status":"ready","claimable":true},{"number":2,"agentMatch":true,"status":"status/ready"}"#,
            "2",
        );
        selected(
            r#"{"number":1,"status":"ready","claimable":true},{"number":2,"agentMatch":"true","status":"ready"}"#,
            "1",
        );
        selected(r#"{"number":1,"agentMatch":true,"status":"blocked"}"#, "null");
        selected(r#"{"number":1,"agentMatch":true,"labels":["status/waiting"]}"#, "null");
    }

    #[test]
    fn statuses_count_with_and_without_their_prefix() {
        for status in ["backlog", "status/in-progress", "In-Review", "done"] {
            selected(&format!(r#"{{"number":1,"status":"{status}","claimable":true,"agentMatch":true}}"#), "null");
        }
        selected(r#"{"number":1,"claimable":true}"#, "null");
        selected(r#"{"number":1,"claimable":true,"labels":["status/ready","status/in-progress"]}"#, "null");
    }

    #[test]
    fn lanes_resolve_and_what_belongs_to_others_is_left_alone() {
        selected(r#"{"number":1,"lane":"normal","status":"ready","claimable":true}"#, "1");
        selected(r#"{"number":1,"lane":"cloud","status":"ready","claimable":true}"#, "null");
        selected(r#"{"number":1,"lane":"odd","status":"ready","claimable":true}"#, "null");
        selected(r#"{"number":1,"labels":["agent/other"],"status":"ready","claimable":true}"#, "null");
        selected(r#"{"issueNumber":4,"status":"ready","claimable":true}"#, "4");
    }

    #[test]
    fn bots_are_known_by_whole_words() {
        for (title, expected) in [
            ("Dependency Dashboard", "null"),
            ("Update dependency serde to v2", "null"),
            ("Update deps", "null"),
            ("update image: alpine", "null"),
            ("Update dependencies guide", "1"),
            ("Update images of the shop", "1"),
            ("Renovation of the cellar", "1"),
        ] {
            selected(&format!(r#"{{"number":1,"title":"{title}","status":"ready","claimable":true}}"#), expected);
        }
        selected(r#"{"number":1,"labels":["Renovate"],"status":"ready","claimable":true}"#, "null");
    }
}
