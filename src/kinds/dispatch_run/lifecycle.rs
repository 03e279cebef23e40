//! The life of a dispatched task: applied, claimed, submitted, put back; and what is stuck in it.
//!
//! `none` → (applied as role dispatch) `queued` → (claimed) `running` → (submitted) `completed` or `failed` →
//! (put back) `queued`. The work status of a task is another thing that none of this changes.

use std::collections::BTreeSet;

use jiff::{SignedDuration, Timestamp};
use serde_json::{Map, Value as Json, json};

use crate::decide::{Asked, Question};
use crate::kinds::dispatch::form::{self, Form, form};
use crate::kinds::dispatch::value;
use crate::kinds::dispatch_run::errors;
use crate::kinds::dispatch_run::roles::{self, Roles};
use crate::lang::words;
use crate::read::tree::Node;

/// States of a dispatch.
pub(super) const STATES: &[&str] = &["none", "queued", "running", "completed", "failed"];
/// How the source of a dispatched task begins.
const DISPATCHED: &str = "role_dispatch";
/// Source of a task that a person works on.
const MANUAL: &str = "agent:planning-orchestrator";
/// Most failing tasks that one claim drains. Reaching it, the claim comes back empty even when a good task is next.
const MOST_DRAINED: usize = 16;
/// Longest source, in characters.
const MOST_SOURCE: usize = 80;

/// The role that a task is dispatched to, as its source says: the text behind the colon, which may be blank.
pub(super) fn role_of(source: &str) -> Option<&str> {
    source.strip_prefix(DISPATCHED)?.strip_prefix(':').map(str::trim)
}

/// Whether a task was dispatched to a role, well-formed or not. The prefix is meant literally.
pub(super) fn is_dispatched(task: &Node) -> bool {
    value::text(task, "source").starts_with(DISPATCHED)
}

/// Whether a task is or was dispatched in any way: by its source, or by a state that only dispatching gives, be it one
/// that nobody knows.
pub(super) fn concerns_dispatch(task: &Node) -> bool {
    is_dispatched(task) || value::word(task, "dispatch_status").is_some_and(|state| state != "none")
}

/// Whether a task waits for a claim that never comes: it is queued, but no claim looks at it.
pub(super) fn is_never_claimed(task: &Node) -> bool {
    value::text(task, "dispatch_status") == "queued" && !is_dispatched(task)
}

/// Why a queued task would fail when it is claimed; `None` when it would run.
pub(super) fn claim_fault(source: &str, roles: &Roles<'_>) -> Option<&'static str> {
    match role_of(source) {
        None | Some("") => Some("role_dispatch_malformed"),
        // A meta role is in the catalogue, but nobody can be dispatched as one.
        Some(role) if !roles.is_selectable(role) => Some("role_not_found"),
        Some(_) => None,
    }
}

/// What one claim does.
#[derive(Clone, Debug, Default)]
pub(super) struct Claim<'a> {
    /// The task that is handed out.
    pub claimed: Option<&'a Node>,
    /// Tasks that fail on the way, with their error kind.
    pub failed: Vec<(&'a Node, &'static str)>,
    /// Whether the claim stopped at its limit of failing tasks.
    pub drained: bool,
}

/// Claims the next of the queued tasks that `is_visible` lets through: the oldest, then by id.
pub(super) fn claim<'a>(
    tasks: impl IntoIterator<Item = &'a Node>,
    roles: &Roles<'_>,
    is_visible: impl Fn(&Node) -> bool,
) -> Claim<'a> {
    let mut queue: Vec<_> = tasks
        .into_iter()
        .filter(|task| value::text(task, "dispatch_status") == "queued" && is_dispatched(task) && is_visible(task))
        .collect();
    queue.sort_by_cached_key(|task| value::in_time(task, "created_at"));
    let mut result = Claim::default();
    for task in queue {
        match claim_fault(value::text(task, "source"), roles) {
            None => {
                result.claimed = Some(task);
                break;
            }
            Some(kind) => result.failed.push((task, kind)),
        }
        if result.failed.len() == MOST_DRAINED {
            result.drained = true;
            break;
        }
    }
    result
}

/// What a connector is told about the requirement behind a task: the lines that are not blank.
pub(super) fn project_context(requirement: &Node) -> String {
    let lines = [
        ("Requirement", "title"),
        ("Description", "description"),
        ("Audience", "audience"),
        ("Success criteria", "success_criteria"),
    ];
    let line =
        |(label, key): (&str, &str)| value::word(requirement, key).map(|text| format!("{label}: {}", text.trim()));
    lines.into_iter().filter_map(line).collect::<Vec<_>>().join("\n")
}

/// Words that stand for a token which lets nobody in. Which tokens there are, only the server knows, and a real one
/// stands in no export: so a token is refused when it is missing, or when it says itself that it is none.
const NO_TOKEN: [&str; 7] = ["revoked", "unknown", "missing", "invalid", "bad", "expired", "none"];

/// Whether a token lets somebody in, as far as it says itself.
fn is_valid_token(token: Option<&str>) -> bool {
    let words = |token: &str| {
        token
            .split(|one: char| !one.is_alphanumeric())
            .any(|word| NO_TOKEN.iter().any(|no| word.eq_ignore_ascii_case(no)))
    };
    token.is_some_and(|token| !token.trim().is_empty() && !words(token))
}

/// What becomes of a candidate that is applied: a status as of HTTP, and the task that is made.
fn apply_candidate(candidate: &Node) -> Json {
    let refused = |status: u16, why: &str| json!({"http_status": status, "reason": why});
    let mode = value::word(candidate, "execution_mode").map_or("manual", str::trim);
    let role = value::text(candidate, "execution_role").trim();
    let (source, dispatch) = match mode {
        "manual" => (MANUAL.to_owned(), "none"),
        "role_dispatch" if roles::selectable(role).is_some() => {
            (format!("{DISPATCHED}:{role}").chars().take(MOST_SOURCE).collect(), "queued")
        }
        "role_dispatch" => return refused(400, "role-unknown"),
        "role_dispatch_auto" => return refused(400, "mode-reserved"),
        _ => return refused(400, "mode-unknown"),
    };
    let done_before = value::is_true(candidate, "already_applied");
    match value::word(candidate, "candidate_status").unwrap_or("approved") {
        "applied" => return json!({"http_status": 200, "already_applied": true}),
        _ if done_before => return json!({"http_status": 200, "already_applied": true}),
        "approved" => {}
        "rejected" => return refused(400, "candidate-rejected"),
        "draft" => return refused(400, "candidate-draft"),
        _ => return refused(400, "candidate-status-unknown"),
    }
    let title = |key: &str| value::text(candidate, key).trim().to_lowercase();
    if value::word(candidate, "open_task_title").is_some() && title("open_task_title") == title("candidate_title") {
        return refused(409, "open-task-of-this-title");
    }
    json!({
        "http_status": 201,
        "already_applied": false,
        "source": source,
        "dispatch_status": dispatch,
        "task_status": "todo",
        "priority": "medium",
    })
}

/// What a submitted result makes of a running task.
fn submit(task: &Node, request: Option<&Node>) -> Json {
    let status = value::text(task, "dispatch_status");
    if status != "running" {
        return json!({"http_status": 400, "dispatch_status": status});
    }
    let success = request.is_some_and(|request| value::is_true(request, "success"));
    if success {
        let result = request.and_then(|request| value::get(request, "result")).map(Node::to_json);
        return json!({"http_status": 200, "dispatch_status": "completed", "execution_result": result});
    }
    let text = |key: &str| request.map(|request| value::text(request, key).trim()).unwrap_or_default();
    let message = Some(text("error_message")).filter(|text| !text.is_empty()).unwrap_or("execution failed");
    let kind = errors::normalised(text("error_kind")).id;
    json!({
        "http_status": 200,
        "dispatch_status": "failed",
        "execution_result": {"error_message": message, "error_kind": kind},
    })
}

/// How long a planning run is leased to the connector that claims it.
const LEASE: SignedDuration = SignedDuration::from_mins(10);

/// When the lease of a planning run ends: as it says, else a lease after it was last touched, which is the claim or
/// later. `None` when neither is known.
pub(super) fn lease_end(run: &Node) -> Option<Timestamp> {
    let touched = || value::moment(run, "updated_at")?.checked_add(LEASE).ok();
    value::moment(run, "lease_expires_at").or_else(touched)
}

/// Whether a failed task may be put back into the queue.
pub(super) fn may_requeue(task: &Node) -> bool {
    value::text(task, "dispatch_status") == "failed" && is_dispatched(task)
}

/// How long a task has been running, in seconds, of which one that has begun counts, and how long its role may; `None` when it does not run or nobody
/// knows since when. Nothing ends a running task whose result was lost, so somebody has to look.
pub(super) fn running_for(task: &Node, roles: &Roles<'_>, now: Timestamp) -> Option<(i64, i64)> {
    if value::text(task, "dispatch_status") != "running" {
        return None;
    }
    let since = value::moment(task, "updated_at")?;
    let running = now.duration_since(since);
    Some((running.as_secs() + i64::from(running.subsec_nanos() > 0), budget_sec(task, roles)))
}

/// Time limit of the role that a task is dispatched to, in seconds.
fn budget_sec(task: &Node, roles: &Roles<'_>) -> i64 {
    roles.timeout_sec(role_of(value::text(task, "source")).unwrap_or_default())
}

/// The finding on a task that runs longer than its role may.
pub(super) const PAST_BUDGET: &str = "running-past-role-budget";

/// `claim`: what one claim does (`tasks`, `members` by project, `user`), or what becomes of a candidate that is applied
/// (`apply_candidate`).
pub(super) static CLAIM: Question = Question {
    name: "claim",
    about: words(
        "下一個可領取的任務，以及套用候選項目的結果",
        "which task is claimed next, and what applying a candidate does",
    ),
    facts: None,
    sanitises: false,
    answer: |facts, asked| {
        form::answer(
            facts,
            asked,
            &[
                form("tasks", &["members", "user", "token"], |form, _| {
                    if form.has("token") && !is_valid_token(form.text_if("token")) {
                        return json!({"http_status": 401, "claimed": null, "failed": []});
                    }
                    let user = form.text_if("user").unwrap_or_default();
                    let members = form.table_if("members");
                    let visible: BTreeSet<&str> = members
                        .into_iter()
                        .flat_map(Node::entries)
                        .filter(|entry| entry.node.items().iter().any(|member| member.text() == Some(user)))
                        .map(|entry| &*entry.key)
                        .collect();
                    let tasks = form.list("tasks");
                    let claim =
                        claim(tasks, &Roles::default(), |task| visible.contains(value::text(task, "project_id")));
                    let failed = claim
                        .failed
                        .iter()
                        .map(|(task, kind)| json!({"id": value::text(task, "id"), "error_kind": kind}));
                    let role = claim.claimed.and_then(|task| role_of(value::text(task, "source")));
                    let requirement = claim.claimed.and_then(|task| value::get(task, "requirement"));
                    json!({
                        "claimed": claim.claimed.map(|task| value::text(task, "id")),
                        "role": role,
                        "project_context": requirement.map(project_context),
                        "failed": failed.collect::<Vec<_>>(),
                        "drained": claim.drained,
                    })
                }),
                form("apply_candidate", &[], |form, _| match form.table("apply_candidate") {
                    Some(candidate) => apply_candidate(candidate),
                    None => json!({"http_status": 400, "reason": "no-candidate"}),
                }),
                // A token that lets nobody in is refused before any task is looked at.
                form("token", &["members", "user"], |form, _| {
                    if is_valid_token(form.text_if("token")) {
                        form.refuse(&[], "key `tasks` is missing, expected a list");
                    }
                    json!({"http_status": 401, "claimed": null, "failed": []})
                }),
            ],
        )
    },
};

/// `submit-result`: `{task, member, request, token}`.
pub(super) static SUBMIT: Question = Question {
    name: "submit-result",
    about: words("回報結果後任務的狀態", "what a submitted result makes of a task"),
    facts: None,
    sanitises: false,
    answer: |facts, asked| {
        form::answer(
            facts,
            asked,
            &[
                form("request", &["task", "member", "token"], submitted),
                form("task", &["member", "token"], submitted),
                form("token", &["member"], submitted),
            ],
        )
    },
};

/// The status of a request that submits a result. One without a body is a failure that says nothing.
fn submitted(form: &mut Form<'_>, _: &Asked) -> Json {
    let request = form.table_if("request");
    if form.has("token") && !is_valid_token(form.text_if("token")) {
        return json!({"http_status": 401});
    }
    let member = form.flag_if("member");
    match form.table_if("task").filter(|_| member != Some(false)) {
        None => json!({"http_status": 404}),
        Some(task) => submit(task, request),
    }
}

/// `requeue`: `{task, user, member}` for a request, `{task, now}` for what is stuck.
pub(super) static REQUEUE: Question = Question {
    name: "requeue",
    about: words(
        "失敗的任務能否重新排入佇列，以及哪些卡住",
        "whether a failed task may be put back, and what is stuck",
    ),
    facts: None,
    sanitises: false,
    answer: |facts, asked| {
        form::answer(
            facts,
            asked,
            &[form("task", &["user", "member", "now"], |form, asked| {
                let task = form.table("task");
                let mut answer = Map::new();
                if form.has("user") || form.has("member") {
                    let (user, member) = (form.text_if("user"), form.flag_if("member"));
                    let signed_in = user.is_some_and(|user| !user.is_empty());
                    answer.extend(requeued(task, signed_in, member != Some(false), form.moment_if("now")));
                }
                if let (Some(now), Some(task)) = (form.moment_if("now"), task) {
                    let roles = Roles::default();
                    let late = running_for(task, &roles, now).filter(|(seconds, budget)| *seconds > *budget);
                    answer.insert("finding".to_owned(), late.map(|_| PAST_BUDGET).into());
                    answer.insert("budget_sec".to_owned(), budget_sec(task, &roles).into());
                    answer.insert(
                        "running_sec".to_owned(),
                        running_for(task, &roles, now).map(|(seconds, _)| seconds).into(),
                    );
                    let reason = words(
                        "結果遺失的任務不會自己結束，須由人處理",
                        "nothing ends a running task whose result was lost; a person has to",
                    );
                    answer.insert("rationale".to_owned(), late.map(|_| reason.get(asked.lang)).into());
                }
                if answer.is_empty() {
                    form.refuse(&[], "expected `user` and `member` of a request, or `now`");
                }
                Json::Object(answer)
            })],
        )
    },
};

/// The status of a request to put a task back, and what the task is then.
fn requeued(task: Option<&Node>, is_signed_in: bool, is_member: bool, now: Option<Timestamp>) -> Map<String, Json> {
    let mut answer = Map::new();
    let mut set = |key: &str, value: Json| answer.insert(key.to_owned(), value);
    match task {
        _ if !is_signed_in => {
            set("http_status", 401.into());
        }
        None => {
            set("http_status", 404.into());
        }
        Some(task) => {
            let fine = may_requeue(task) && is_member;
            let kept = |key: &str| task.get(key).map_or(Json::Null, Node::to_json);
            set("http_status", if fine { 200 } else { 409 }.into());
            set("dispatch_status", if fine { "queued".into() } else { kept("dispatch_status") });
            set("execution_result", if fine { Json::Null } else { kept("execution_result") });
            set("status", kept("status"));
            let updated = now.filter(|_| fine).map(|now| Json::from(now.to_string()));
            // Put back at a moment that nobody told, its own is no longer true.
            set("updated_at", updated.unwrap_or_else(|| if fine { Json::Null } else { kept("updated_at") }));
        }
    }
    answer
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kinds::dispatch::value::parsed;

    fn task(id: &str, source: &str, at: &str) -> Json {
        json!({"id": id, "source": source, "dispatch_status": "queued", "created_at": at})
    }

    fn check_claim(tasks: &[Json], claimed: &str, failed: &[&str], drained: bool) {
        let tasks = parsed(&json!(tasks).to_string()).unwrap();
        let claim = claim(tasks.items(), &Roles::default(), |_| true);
        let found: Vec<_> =
            claim.failed.iter().map(|(task, kind)| format!("{}:{kind}", value::text(task, "id"))).collect();
        let next = claim.claimed.map_or("-", |task| value::text(task, "id"));
        assert_eq!((next, claim.drained), (claimed, drained));
        assert_eq!(found, failed);
    }

    #[test]
    fn the_oldest_good_task_is_claimed_and_bad_ones_before_it_fail() {
        let good = |id: &str, at: &str| task(id, "role_dispatch:test-writer", at);
        check_claim(
            &[good("b", "2026-05-01T10:00:00Z"), good("a", "2026-05-01T10:00:00Z"), good("c", "2026-05-01T09:00:00Z")],
            "c",
            &[],
            false,
        );
        check_claim(&[good("b", "2026-05-01T10:00:00Z"), good("a", "2026-05-01T18:00:00+08:00")], "a", &[], false);
        check_claim(
            &[
                task("x", "role_dispatch", "2026-05-01"),
                task("y", "role_dispatch:Test-Writer", "2026-05-02"),
                good("z", "2026-05-03"),
                task("w", "role_dispatch:", "2026-05-04"),
            ],
            "z",
            &["x:role_dispatch_malformed", "y:role_not_found"],
            false,
        );
        check_claim(&[task("a", "role_dispatch: test-writer ", "")], "a", &[], false);
        check_claim(&[task("a", "role_dispatcher:test-writer", "")], "-", &["a:role_dispatch_malformed"], false);
        check_claim(
            &[json!({"id": "a", "source": "role_dispatch:test-writer", "dispatch_status": "running"})],
            "-",
            &[],
            false,
        );
        check_claim(&[], "-", &[], false);
    }

    #[test]
    fn a_claim_drains_so_many_and_no_more() {
        let mut tasks: Vec<_> =
            (0..15).map(|at| task(&format!("b{at:02}"), "role_dispatch:nobody", "2026-05-01T00:00:00Z")).collect();
        tasks.push(task("good", "role_dispatch:test-writer", "2026-05-02T00:00:00Z"));
        let failed: Vec<_> = (0..16).map(|at| format!("b{at:02}:role_not_found")).collect();
        let failed: Vec<_> = failed.iter().map(String::as_str).collect();
        check_claim(&tasks, "good", &failed[..15], false);
        tasks.push(task("b15", "role_dispatch:nobody", "2026-05-01T00:00:00Z"));
        check_claim(&tasks, "-", &failed, true);
    }

    #[test]
    fn a_candidate_becomes_a_task_once() {
        let check = |candidate: &str, expected: &str| {
            let applied = apply_candidate(&parsed(candidate).unwrap());
            let part = |key: &str| applied.get(key).map(|value| value.to_string().replace('"', "")).unwrap_or_default();
            let told =
                ["http_status", "reason", "source", "dispatch_status", "task_status", "priority"].map(part).join("|");
            assert_eq!(told, expected, "{candidate}");
        };
        check("{}", "201||agent:planning-orchestrator|none|todo|medium");
        check(r#"{"execution_mode":" "}"#, "201||agent:planning-orchestrator|none|todo|medium");
        check(
            r#"{"execution_mode":"role_dispatch","execution_role":" test-writer "}"#,
            "201||role_dispatch:test-writer|queued|todo|medium",
        );
        check(r#"{"execution_mode":"role_dispatch"}"#, "400|role-unknown||||");
        check(r#"{"execution_mode":"role_dispatch","execution_role":"dispatcher"}"#, "400|role-unknown||||");
        check(r#"{"execution_mode":"else"}"#, "400|mode-unknown||||");
        check(r#"{"candidate_status":"applied"}"#, "200|||||");
        check(r#"{"candidate_status":"odd"}"#, "400|candidate-status-unknown||||");
        check(r#"{"open_task_title":"A","candidate_title":"b"}"#, "201||agent:planning-orchestrator|none|todo|medium");
        check(r#"{"open_task_title":"A ","candidate_title":" a"}"#, "409|open-task-of-this-title||||");
    }

    #[test]
    fn a_result_ends_a_running_task_only() {
        let check = |status: &str, request: &str, expected: &str| {
            let task = parsed(&json!({"dispatch_status": status}).to_string()).unwrap();
            let request = parsed(request);
            assert_eq!(submit(&task, request.as_ref()).to_string(), expected);
        };
        check("queued", r#"{"success":true}"#, r#"{"http_status":400,"dispatch_status":"queued"}"#);
        check("", r#"{"success":true}"#, r#"{"http_status":400,"dispatch_status":""}"#);
        let failed = |message: &str, kind: &str| {
            format!(
                r#"{{"http_status":200,"dispatch_status":"failed","execution_result":{{"error_message":"{message}","error_kind":"{kind}"}}}}"#
            )
        };
        check("running", "{}", &failed("execution failed", "unknown"));
        check("running", "null", &failed("execution failed", "unknown"));
        check(
            "running",
            r#"{"error_message":" ","error_kind":" cli_timeout "}"#,
            &failed("execution failed", "cli_timeout"),
        );
        check("running", r#"{"success":false,"error_message":"x","error_kind":"odd"}"#, &failed("x", "unknown"));
    }

    #[test]
    fn only_what_failed_goes_back_and_only_for_members() {
        let check = |source: &str, status: &str, signed_in: bool, member: bool, expected: u16| {
            let task =
                parsed(&json!({"source": source, "dispatch_status": status, "status": "done"}).to_string()).unwrap();
            let answer = requeued(Some(&task), signed_in, member, None);
            assert_eq!(answer["http_status"], expected, "{source} {status}");
        };
        check("role_dispatch:x", "failed", true, true, 200);
        check("role_dispatch:x", "failed", true, false, 409);
        check("role_dispatch:x", "failed", false, true, 401);
        check("role-dispatch:x", "failed", true, true, 409);
        check("manual", "failed", true, true, 409);
        check("role_dispatch:x", "completed", true, true, 409);
        assert_eq!(requeued(None, true, true, None)["http_status"], 404);
        let task = |status: &str| {
            let task = json!({"source": "role_dispatch:x", "dispatch_status": status, "updated_at": "then"});
            let now = Some("2026-05-01T08:00:00+08:00".parse().unwrap());
            requeued(parsed(&task.to_string()).as_ref(), true, true, now)["updated_at"].clone()
        };
        assert_eq!([task("failed"), task("running")], ["2026-05-01T00:00:00Z", "then"]);
    }

    #[test]
    fn a_token_is_refused_when_it_says_that_it_is_none() {
        for token in ["tok-123", "valid", "a"] {
            assert!(is_valid_token(Some(token)), "{token}");
        }
        for token in [None, Some(""), Some(" "), Some("revoked"), Some("Unknown token"), Some("tok_revoked")] {
            assert!(!is_valid_token(token), "{token:?}");
        }
    }

    #[test]
    fn a_lease_ends_when_it_says_or_after_its_time() {
        let check = |run: &str, expected: Option<&str>| {
            let ended = lease_end(&parsed(run).unwrap()).map(|end| end.to_string());
            assert_eq!(ended.as_deref(), expected, "{run}");
        };
        check(
            r#"{"lease_expires_at":"2026-05-01T00:00:00Z","updated_at":"2026-05-02T00:00:00Z"}"#,
            Some("2026-05-01T00:00:00Z"),
        );
        check(r#"{"updated_at":"2026-05-01T00:00:00Z"}"#, Some("2026-05-01T00:10:00Z"));
        check("{}", None);
    }

    #[test]
    fn running_is_late_only_after_the_time_of_its_role() {
        let check = |source: &str, at: &str, expected: Option<(i64, i64)>| {
            let task = json!({"dispatch_status": "running", "source": source, "updated_at": at});
            let now = "2026-05-01T01:00:00Z".parse().unwrap();
            assert_eq!(running_for(&parsed(&task.to_string()).unwrap(), &Roles::default(), now), expected);
        };
        check("role_dispatch:code-reviewer", "2026-05-01T00:45:00Z", Some((900, 900)));
        check("role_dispatch:nobody", "2026-05-01T00:00:00Z", Some((3600, 1800)));
        check("role_dispatch:code-reviewer", "2026-05-01T00:44:59.5Z", Some((901, 900)));
        check("role_dispatch:nobody", "soon", None);
    }

    #[test]
    fn the_context_has_only_lines_that_say_something() {
        let requirement = parsed(r#"{"title":"T","description":" ","audience":null,"success_criteria":"S"}"#).unwrap();
        assert_eq!(project_context(&requirement), "Requirement: T\nSuccess criteria: S");
    }
}
