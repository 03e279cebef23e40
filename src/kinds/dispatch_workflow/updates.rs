//! What workers tell the server: checkpoints and statuses, what follows from them, and the order after a pull request.
//!
//! Invariant: the two vocabularies are never mixed, and a word of neither is an error, not a guess.

use serde_json::{Value as Json, json};

use crate::decide::{Answer, Asked};
use crate::kinds::dispatch::form::{Form, Shape, form};
use crate::kinds::dispatch::value;
use crate::kinds::dispatch_workflow::issues;
use crate::kinds::dispatch_workflow::object;
use crate::kinds::dispatch_workflow::status::STATUSES;
use crate::lang::{Words, words};
use crate::read::tree::Node;

/// The checkpoints of a worker, by their exact word.
pub(super) const CHECKPOINTS: [&str; 8] =
    ["CLAIMED", "REPO_PREPARED", "BRANCH_CREATED", "CHANGES_MADE", "TESTS_RUNNING", "PR_OPENED", "DONE", "BLOCKED"];

/// The states of work, by their exact word.
pub(super) const WORK_STATES: [&str; 6] = ["CLAIMED", "IN_PROGRESS", "BLOCKED", "DONE", "RELEASED", "STALE"];

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
    let fault = fault(given.node());
    match given.text_if("command") {
        Some("checkpoint") => checkpoint(given, asked, fault),
        Some("status") => status(given, asked, fault),
        _ => {
            given.refuse(&["command"], "`command` is none of checkpoint, status");
            Json::Null
        }
    }
}

fn update(asked: &Asked, fault: Option<&str>, path: &str, payload: Answer) -> Json {
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

/// The state of work after its checkpoints; `None` when it was never claimed.
pub(super) fn replay(steps: &[&Node]) -> Option<&'static str> {
    let checkpoints = steps.iter().filter_map(|step| step.text_at("checkpoint"));
    checkpoints.filter(|word| CHECKPOINTS.contains(word)).fold(None, |state, word| match (state, word) {
        (None, "CLAIMED") => Some("CLAIMED"),
        (None, _) => None,
        (Some(state), word) => Some(work_state(state, word)),
    })
}

fn checkpoint(given: &mut Form<'_>, asked: &Asked, fault: Option<&str>) -> Json {
    let mut filled = |key: &str| given.text_if(key).filter(|text| !text.trim().is_empty());
    let (agent, word, summary, blocker) =
        (filled("agent"), filled("checkpoint"), filled("summary"), filled("blockerReason"));
    let mut payload = object(json!({"agentName": agent, "checkpoint": word, "summary": summary}));
    payload.extend(blocker.map(|blocker| ("blockerReason".to_owned(), blocker.into())));
    update(asked, fault, "/api/agent-work/checkpoint", payload)
}

fn status(given: &mut Form<'_>, asked: &Asked, fault: Option<&str>) -> Json {
    let mut text = |key: &str| given.text_if(key).filter(|text| !text.trim().is_empty());
    let (agent, id, repo, status) = (text("agent"), text("issueId"), text("repo"), text("status"));
    let number = given.get("issueNumber").and_then(issues::integer);
    let payload = object(json!({
        "issueId": id,
        "repoFullName": repo,
        "issueNumber": number,
        "status": status,
        "agentName": agent,
        "actor": agent,
    }));
    update(asked, fault, "/api/issues/status", payload)
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
    let known = WORK_STATES.into_iter().find(|known| *known == state);
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
    } else if is_held && value::flag(claim, "force") != Some(true) {
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
    use crate::kinds::dispatch_workflow::tests::check;

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
