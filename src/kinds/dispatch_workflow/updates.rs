//! What workers tell the server: checkpoints and statuses, what follows from them, and the order after a pull request.
//!
//! Invariant: the two vocabularies are never mixed, and a word of neither is an error, not a guess.

use std::collections::BTreeMap;

use serde_json::{Value as Json, json};

use crate::decide::{Answer, Asked};
use crate::kinds::dispatch::form::{Form, Shape, form, object};
use crate::kinds::dispatch::value;
use crate::kinds::dispatch_workflow::issues;
use crate::kinds::dispatch_workflow::status::STATUSES;
use crate::kinds::dispatch_workflow::work;
use crate::lang::{Words, words};
use crate::read::tree::Node;

/// The checkpoints of a worker, by their exact word.
pub(super) const CHECKPOINTS: [&str; 8] =
    ["CLAIMED", "REPO_PREPARED", "BRANCH_CREATED", "CHANGES_MADE", "TESTS_RUNNING", "PR_OPENED", "DONE", "BLOCKED"];

/// How a run may end, by the exact word. The server refuses any other.
pub(super) const OUTCOMES: &[&str] =
    &["PR_OPENED", "PR_UPDATED", "FOLLOW_UP_CREATED", "DESIGN_COMMENT_POSTED", "DECOMPOSED_SKIPPED", "STUCK"];

/// What the server says comes next after a checkpoint of its own vocabulary.
pub(super) static NEXT_ACTIONS: &[(&str, &str)] = &[
    ("issue_claimed", "inspect_issue"),
    ("branch_created", "continue_changes"),
    ("changes_made", "open_pr"),
    ("pr_opened", "check_pr_status"),
    ("feedback_received", "address_pr_feedback"),
    ("work_complete", "finish_or_block"),
];

/// Why an update or a sequence of them is refused.
pub(super) static FAULTS: &[(&str, Words)] = &[
    ("missing-agent", words("沒有寫 agent", "the agent is missing")),
    ("invalid-checkpoint", words("不是檢查點的字", "not a word of the checkpoints")),
    ("missing-summary", words("沒有摘要", "the summary is missing")),
    ("missing-blocker-reason", words("BLOCKED 沒有寫受阻原因", "BLOCKED without a blocker reason")),
    ("invalid-issue-number", words("issue 編號不是整數", "the issue number is not a whole one")),
    ("invalid-status", words("不是狀態的字（不加字首）", "not a status, which has no prefix here")),
    ("done-while-open", words("PR 還沒關就標 done", "`done` while the pull request is open")),
    ("order", words("先寫檢查點 PR_OPENED，再改狀態", "the checkpoint PR_OPENED comes before the status")),
    ("status-missing", words("沒有把狀態改成 in-review", "the status was not set to `in-review`")),
    ("after-release", words("較新的領取已釋放這項工作，仍在回報", "told about work that a newer claim has released")),
    ("invalid-work-state", words("不是工作狀態的字", "not a state of work")),
    ("invalid-outcome", words("不是執行結果的字", "not an outcome of a run")),
    ("held-by-another", words("別的 agent 已持有", "another agent holds it")),
    ("issue-finished", words("issue 已關閉或已完成", "the issue is closed or done")),
];

/// What a fault means; without one all is as it should be.
pub(super) fn why(code: Option<&str>) -> Words {
    let fault = FAULTS.iter().find(|(id, _)| Some(*id) == code);
    fault.map_or(words("符合規定", "as it should be"), |(_, words)| *words)
}

/// The state of work after a checkpoint. Progress does not lift a block.
pub(super) fn work_state(state: &'static str, checkpoint: &str) -> &'static str {
    match (state, checkpoint) {
        (_, "BLOCKED") => "BLOCKED",
        (_, "DONE") => "DONE",
        ("CLAIMED", _) => "IN_PROGRESS",
        (state, _) => state,
    }
}

/// What is wrong with the updates after a pull request was opened; `None` when nothing is.
pub(super) fn sequence(steps: &[&Node]) -> Option<&'static str> {
    let is = |step: &Node, command: &str, key: &str, word: &str| {
        step.text_at("command") == Some(command) && step.text_at(key) == Some(word)
    };
    let opened = steps.iter().position(|step| is(step, "checkpoint", "checkpoint", "PR_OPENED"));
    let status = steps.iter().position(|step| step.text_at("command") == Some("status"));
    if steps.iter().any(|step| is(step, "status", "status", "done")) {
        Some("done-while-open")
    } else if status.is_some_and(|status| opened.is_none_or(|opened| status < opened)) {
        Some("order")
    } else if !steps.iter().any(|step| is(step, "status", "status", "in-review")) {
        Some("status-missing")
    } else {
        None
    }
}

/// `work-update`: payloads of checkpoints and statuses, what follows from them, and their order.
pub(super) static FORMS: &[Shape] = &[
    form(
        "command",
        &["agent", "checkpoint", "summary", "blockerReason", "issueId", "repo", "issueNumber", "status"],
        command,
    ),
    form("sequence_after_pr", &[], sequenced),
    form("work_state", &["checkpoint"], state),
    form("next_action_for", &[], next),
    form("run_outcome", &[], outcome),
    form("claim", &[], claim),
];

fn command(given: &mut Form<'_>, asked: &Asked) -> Json {
    let update = given.node();
    let fault = fault(update);
    let texts: &[&str] = match given.text_if("command") {
        Some("checkpoint") => &["agent", "checkpoint", "summary", "blockerReason"],
        Some("status") => &["agent", "issueId", "repo", "status"],
        _ => {
            given.refuse(&["command"], "`command` is none of checkpoint, status");
            return Json::Null;
        }
    };
    for key in texts {
        let _ = given.text_if(key);
    }
    let (path, payload) = payload(update);
    let is_accepted = fault.is_none();
    json!({
        "accepted": is_accepted,
        "error_code": fault,
        "path": is_accepted.then_some(path),
        "payload": is_accepted.then_some(payload),
        "rule": fault.unwrap_or("accepted"),
        "rationale": why(fault).get(asked.lang),
    })
}

/// What is wrong with an update that a worker tells; `None` when nothing is.
pub(super) fn fault(update: &Node) -> Option<&'static str> {
    let is_blank = |key: &str| value::word(update, key).is_none();
    let is_checkpoint = update.text_at("command") == Some("checkpoint");
    let word = update.text_at(if is_checkpoint { "checkpoint" } else { "status" }).unwrap_or_default();
    if is_blank("agent") {
        Some("missing-agent")
    } else if is_checkpoint {
        match word {
            word if !CHECKPOINTS.contains(&word) => Some("invalid-checkpoint"),
            _ if is_blank("summary") => Some("missing-summary"),
            "BLOCKED" if is_blank("blockerReason") => Some("missing-blocker-reason"),
            _ => None,
        }
    } else if update.get("issueNumber").and_then(issues::integer).is_none_or(|number| number == 0) {
        Some("invalid-issue-number")
    } else {
        (!STATUSES.iter().any(|known| known.id == word)).then_some("invalid-status")
    }
}

/// What updates come to for the work of an agent on an issue.
#[derive(Default)]
pub(super) struct Replayed {
    /// The state of the work; `None` when it was never claimed.
    pub state: Option<&'static str>,
    /// The first update that came after a newer claim of the agent had released it, by its place in the export.
    pub after_release: Option<usize>,
}

/// Replays updates in their order, by agent and `owner/repo#n`. A claim releases what the agent held before; what the
/// server would refuse changes nothing.
pub(super) fn replay(rows: &[Node]) -> BTreeMap<(&str, String), Replayed> {
    let mut works: BTreeMap<(&str, String), Replayed> = BTreeMap::new();
    // At most one: a claim releases the one before.
    let mut held: BTreeMap<&str, String> = BTreeMap::new();
    for (at, row) in rows.iter().enumerate().filter(|(_, row)| fault(row).is_none()) {
        let (Some(agent), Some(word)) = (row.text_at("agent"), row.text_at("checkpoint")) else { continue };
        let key = key(row);
        let state = works.get(&(agent, key.clone())).and_then(|work| work.state);
        let is_start = word == "CLAIMED" && !state.is_some_and(work::is_held);
        if is_start
            && let Some(older) = held.insert(agent, key.clone())
            && let Some(older) = works.get_mut(&(agent, older))
            && older.state.is_some_and(work::is_held)
        {
            older.state = Some("RELEASED");
        }
        let replayed = works.entry((agent, key)).or_default();
        if state == Some("RELEASED") && !is_start {
            replayed.after_release.get_or_insert(at);
        }
        replayed.state = if is_start { Some("CLAIMED") } else { state.map(|state| work_state(state, word)) };
    }
    works
}

/// `owner/repo#n` of the issue that an update is about.
pub(super) fn key(update: &Node) -> String {
    issues::key(issues::repo(update), update.get("issueNumber").and_then(issues::integer))
}

/// Where an update goes on the server, and what is sent there.
pub(super) fn payload(update: &Node) -> (&'static str, Answer) {
    let text = |key: &str| value::word(update, key);
    if update.text_at("command") == Some("checkpoint") {
        let mut payload = object(json!({
            "agentName": text("agent"),
            "checkpoint": text("checkpoint"),
            "summary": text("summary"),
        }));
        payload.extend(text("blockerReason").map(|blocker| ("blockerReason".to_owned(), blocker.into())));
        return ("/api/agent-work/checkpoint", payload);
    }
    let repo = issues::repo(update);
    let payload = json!({
        "issueId": text("issueId"),
        "repoFullName": (!repo.is_empty()).then_some(repo),
        "issueNumber": update.get("issueNumber").and_then(issues::integer),
        "status": text("status"),
        "agentName": text("agent"),
        "actor": text("agent"),
    });
    ("/api/issues/status", object(payload))
}

fn sequenced(given: &mut Form<'_>, asked: &Asked) -> Json {
    let steps: Vec<_> = given.list_if("sequence_after_pr").unwrap_or_default().iter().collect();
    let fault = sequence(&steps);
    json!({
        "valid": fault.is_none(),
        "error_code": fault,
        "rule": fault.unwrap_or("in-order"),
        "rationale": why(fault).get(asked.lang),
    })
}

fn state(given: &mut Form<'_>, asked: &Asked) -> Json {
    let (state, checkpoint) = (given.text("work_state"), given.text("checkpoint"));
    let known = work::STATES.into_iter().find(|known| *known == state);
    let fault = if known.is_none() {
        Some("invalid-work-state")
    } else {
        (!CHECKPOINTS.contains(&checkpoint)).then_some("invalid-checkpoint")
    };
    let next = known.filter(|_| fault.is_none()).map(|known| work_state(known, checkpoint));
    json!({
        "work_state": next,
        "error_code": fault,
        "rule": fault.unwrap_or("checkpoint-effect"),
        "rationale": why(fault).get(asked.lang),
    })
}

fn next(given: &mut Form<'_>, asked: &Asked) -> Json {
    let checkpoint = given.text_if("next_action_for").unwrap_or_default();
    let action = NEXT_ACTIONS.iter().find(|(known, _)| *known == checkpoint).map(|(_, action)| *action);
    let fault = action.is_none().then_some("invalid-checkpoint");
    json!({
        "nextAction": action,
        "error_code": fault,
        "rule": fault.unwrap_or("server-contract"),
        "rationale": why(fault).get(asked.lang),
    })
}

fn outcome(given: &mut Form<'_>, asked: &Asked) -> Json {
    let is_known = OUTCOMES.contains(&given.text("run_outcome"));
    answered(200, (!is_known).then_some((400, "invalid-outcome")), asked)
}

/// A claim of an issue: who asks (`agentName`), whether by force, and what the issue is (`held_by`, `state`, `status`).
fn claim(given: &mut Form<'_>, asked: &Asked) -> Json {
    let Some(claim) = given.table("claim") else { return Json::Null };
    let text = |key: &str| value::word(claim, key).map(str::trim);
    let is_finished = text("state").is_some_and(|state| state.eq_ignore_ascii_case("closed"))
        || text("status").is_some_and(|status| status.to_lowercase().trim_start_matches("status/") == "done");
    let is_held = text("held_by").is_some_and(|holder| Some(holder) != text("agentName"));
    let fault = if text("agentName").is_none() {
        Some((400, "missing-agent"))
    } else if is_finished {
        Some((400, "issue-finished"))
    } else if is_held && !value::is_true(claim, "force") {
        Some((409, "held-by-another"))
    } else {
        None
    };
    answered(200, fault, asked)
}

fn answered(status: u16, fault: Option<(u16, &str)>, asked: &Asked) -> Json {
    let code = fault.map(|(_, code)| code);
    json!({
        "accepted": fault.is_none(),
        "http_status": fault.map_or(status, |(status, _)| status),
        "error_code": code,
        "rule": code.unwrap_or("accepted"),
        "rationale": why(code).get(asked.lang),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kinds::dispatch::value::parsed;
    use crate::kinds::dispatch_workflow::tests::check;

    #[test]
    fn a_claim_releases_what_the_agent_held_before() {
        // Issue and checkpoint of one agent; expected are the states by issue, with a ! for what came after a release.
        let replayed = |steps: &[(u64, &str)], expected: &str| {
            let rows: Vec<_> = steps
                .iter()
                .map(|(issue, word)| json!({"command": "checkpoint", "agent": "a", "repo": "a/b", "issueNumber": issue, "checkpoint": word, "summary": "s"}))
                .collect();
            let rows = parsed(&json!(rows).to_string()).unwrap();
            let told = replay(rows.items()).into_iter().map(|((_, key), work)| {
                let late = if work.after_release.is_some() { "!" } else { "" };
                format!("{key} {}{late}", work.state.unwrap_or("-"))
            });
            assert_eq!(told.collect::<Vec<_>>().join(", "), expected, "{steps:?}");
        };
        replayed(
            &[(1, "CLAIMED"), (1, "BRANCH_CREATED"), (2, "CLAIMED"), (1, "CHANGES_MADE")],
            "a/b#1 RELEASED!, a/b#2 CLAIMED",
        );
        replayed(&[(1, "CLAIMED"), (1, "DONE"), (2, "CLAIMED")], "a/b#1 DONE, a/b#2 CLAIMED");
        replayed(&[(1, "CLAIMED"), (2, "CLAIMED"), (1, "CLAIMED")], "a/b#1 CLAIMED, a/b#2 RELEASED");
        replayed(&[(1, "CLAIMED"), (1, "CLAIMED"), (1, "TESTS_RUNNING")], "a/b#1 IN_PROGRESS");
        // Without a blocker reason it is refused; what was never claimed is in no state.
        replayed(&[(1, "CLAIMED"), (1, "BLOCKED"), (2, "PR_OPENED")], "a/b#1 CLAIMED, a/b#2 -");
    }

    #[test]
    fn checkpoints_are_exact_and_say_why() {
        let update = |rest: &str, expected: &str| {
            check("work-update", &format!(r#"{{"command":"checkpoint",{rest}}}"#), expected);
        };
        update(
            r#""agent":"a","checkpoint":"BLOCKED","summary":"s""#,
            r#"{"accepted":false,"error_code":"missing-blocker-reason","payload":null}"#,
        );
        update(r#""agent":"a","checkpoint":"DONE","summary":"  ""#, r#"{"error_code":"missing-summary"}"#);
        update(r#""agent":"a","checkpoint":"ready","summary":"s""#, r#"{"error_code":"invalid-checkpoint"}"#);
        update(r#""checkpoint":"DONE","summary":"s""#, r#"{"error_code":"missing-agent"}"#);
    }

    #[test]
    fn statuses_have_no_prefix_and_issues_a_whole_number() {
        let update = |rest: &str, expected: &str| {
            check(
                "work-update",
                &format!(r#"{{"command":"status","agent":"a","issueId":"i","repo":"a/b",{rest}}}"#),
                expected,
            );
        };
        update(r#""issueNumber":7,"status":"status/ready""#, r#"{"error_code":"invalid-status"}"#);
        update(r#""issueNumber":7,"status":"CLAIMED""#, r#"{"error_code":"invalid-status"}"#);
        update(r#""issueNumber":"7","status":"ready""#, r#"{"error_code":"invalid-issue-number"}"#);
        update(r#""issueNumber":7,"status":"done""#, r#"{"accepted":true}"#);
    }

    #[test]
    fn the_checkpoint_comes_before_the_status() {
        let after = |steps: &str, expected: &str| {
            check("work-update", &format!(r#"{{"sequence_after_pr":[{steps}]}}"#), expected);
        };
        let (opened, review) =
            (r#"{"command":"checkpoint","checkpoint":"PR_OPENED"}"#, r#"{"command":"status","status":"in-review"}"#);
        after(&format!("{opened},{review}"), r#"{"valid":true,"error_code":null}"#);
        after(&format!("{review},{opened}"), r#"{"valid":false,"error_code":"order"}"#);
        after(review, r#"{"error_code":"order"}"#);
        after("", r#"{"error_code":"status-missing"}"#);
    }

    #[test]
    fn outcomes_and_claims_are_answered_as_the_server_does() {
        let check = |facts: &str, expected: &str| check("work-update", facts, expected);
        check(r#"{"run_outcome":"PR_OPENED"}"#, r#"{"accepted":true,"http_status":200}"#);
        check(
            r#"{"run_outcome":"pr_opened"}"#,
            r#"{"accepted":false,"http_status":400,"error_code":"invalid-outcome"}"#,
        );
        let claim = |more: &str, status: u16| {
            let facts = format!(r#"{{"claim":{{"agentName":"a",{more}}}}}"#);
            check(&facts, &format!(r#"{{"http_status":{status},"accepted":{}}}"#, status == 200));
        };
        claim(r#""held_by":null,"state":"open""#, 200);
        claim(r#""held_by":"a""#, 200);
        claim(r#""held_by":"b""#, 409);
        claim(r#""held_by":"b","force":true"#, 200);
        claim(r#""held_by":"b","force":true,"state":"CLOSED""#, 400);
        claim(r#""status":"status/done""#, 400);
    }

    #[test]
    fn progress_does_not_lift_a_block() {
        let state = |state: &str, checkpoint: &str, expected: &str| {
            check("work-update", &format!(r#"{{"work_state":"{state}","checkpoint":"{checkpoint}"}}"#), expected);
        };
        state("BLOCKED", "TESTS_RUNNING", r#"{"work_state":"BLOCKED"}"#);
        state("BLOCKED", "DONE", r#"{"work_state":"DONE"}"#);
        state("STALE", "CHANGES_MADE", r#"{"work_state":"STALE"}"#);
        state("CLAIMED", "changes_made", r#"{"work_state":null,"error_code":"invalid-checkpoint"}"#);
        state("SLEEPING", "DONE", r#"{"error_code":"invalid-work-state"}"#);
        check(
            "work-update",
            r#"{"next_action_for":"CLAIMED"}"#,
            r#"{"nextAction":null,"error_code":"invalid-checkpoint"}"#,
        );
    }
}
