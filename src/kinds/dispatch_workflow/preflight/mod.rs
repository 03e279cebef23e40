//! What a worker of a lane would do if it were started now: one table of rules, the first that holds decides.
//!
//! Invariants: one item and one step a run; a lane is clear only when its queue was exported; whatever could not be
//! looked up stops the worker and never reads as nothing to do; a rule whose export was not given is not checked, and
//! what a later rule says is then only what would follow if it did not hold.

use std::collections::BTreeSet;

use serde_json::{Value as Json, json};

use crate::decide::{Answer, Asked};
use crate::kinds::dispatch::form::{Form, Shape, form, object};
use crate::kinds::dispatch_workflow::issues::{self, Issue};
use crate::kinds::dispatch_workflow::links::Links;
use crate::lang::{Lang, Words, words};
use crate::read::tree::{Node, Value};

use active::Active;
pub(super) use given::{Exports, Looked, Need};
use packet::Outcome;
pub(super) use packet::Packet;
pub(super) use worker::Worker;

mod active;
mod follow_up;
mod given;
mod packet;
mod worker;

/// What stands for the configured folder of checkouts.
const WORKSPACE_ROOT: &str = "<workspace_root>";

/// One rule.
pub(super) struct Rule {
    /// Stable id.
    pub id: &'static str,
    /// When it holds, in words.
    pub when: Words,
    /// What the worker does then.
    pub action: &'static str,
    ask: fn(&Worker<'_>) -> Outcome,
}

/// The rules in the order in which they are asked.
pub(super) static RULES: &[Rule] = &[
    Rule {
        id: "invalid-lane",
        when: words("不是 worker 會啟動的 lane", "not a lane that workers are started in"),
        action: "stuck",
        ask: |worker| match worker.lane {
            Some(_) => Outcome::HoldsNot,
            None => Outcome::Holds(Packet::failed(&format!("invalid lane: {}", worker.written.trim()))),
        },
    },
    Rule {
        id: "missing-tool",
        when: words("缺少必要工具", "a required tool is missing"),
        action: "stuck",
        ask: missing_tool,
    },
    Rule {
        id: "pr-fix-unreadable",
        when: words("PR 修復佇列讀不到", "the PR-fix queue could not be read"),
        action: "stuck",
        ask: |worker| match (worker.exports.pr_fix_error, &worker.pr_fix_item) {
            (Some(error), _) => Outcome::Holds(Packet::failed(error)),
            (None, Looked::NotGiven) if !worker.exports.has_setup => Outcome::NotChecked(Need::Setup),
            (None, _) => Outcome::HoldsNot,
        },
    },
    Rule {
        id: "pr-fix",
        when: words("PR 修復佇列有這個 lane 的項目", "the PR-fix queue has an item of the lane"),
        action: "pr-fix",
        ask: |worker| match &worker.pr_fix_item {
            Looked::NotGiven => Outcome::NotChecked(Need::PrFix),
            Looked::Nothing => Outcome::HoldsNot,
            Looked::Found(item) => Outcome::Holds(Packet::go("pr-fix", json!({"item": item}))),
        },
    },
    Rule {
        id: "server-unreachable",
        when: words("伺服器無法回答", "the server could not be asked"),
        action: "stuck",
        ask: |worker| match worker.exports.dispatch_error {
            Some(error) => Outcome::Holds(Packet::failed(error)),
            None if !worker.exports.has_setup => Outcome::NotChecked(Need::Setup),
            None => Outcome::HoldsNot,
        },
    },
    Rule {
        id: "active-work-number",
        when: words("進行中的工作沒有有效的 issue 編號", "active work without a whole issue number"),
        action: "stuck",
        ask: |worker| match Active::of(worker) {
            Looked::NotGiven => Outcome::NotChecked(Need::ActiveWork),
            Looked::Found(active) if active.number.is_none() => {
                let about = json!({"issueKey": active.key()});
                Outcome::Holds(Packet::stuck("active work issue number missing or invalid", about))
            }
            _ => Outcome::HoldsNot,
        },
    },
    Rule {
        id: "active-work-lane",
        when: words("進行中工作的 lane 不同或無法確認", "the lane of active work differs or cannot be verified"),
        action: "stuck",
        ask: |worker| match Active::of(worker) {
            Looked::NotGiven => Outcome::NotChecked(Need::ActiveWork),
            Looked::Found(active) if !active.agrees(worker) => Outcome::Holds(Packet::stuck(
                "active work lane mismatch or could not be verified",
                json!({
                    "expectedLane": worker.lane.map(|lane| lane.id),
                    "verifiedLane": active.lane.as_ref().map(|(lane, _)| lane.id.as_str()),
                    "verificationSource": active.lane.as_ref().map(|(_, source)| source),
                    "issueKey": active.key(),
                }),
            )),
            _ => Outcome::HoldsNot,
        },
    },
    Rule {
        id: "resume",
        when: words("有進行中的工作，lane 相符", "there is active work, and its lane agrees"),
        action: "resume-active-work",
        ask: |worker| match Active::of(worker) {
            Looked::NotGiven => Outcome::NotChecked(Need::ActiveWork),
            Looked::Nothing => Outcome::HoldsNot,
            Looked::Found(active) => Outcome::Holds(Packet::go("resume-active-work", active.told())),
        },
    },
    Rule {
        id: "follow-up",
        when: words(
            "自己的 in-progress 或 in-review issue，其 PR 有待處理的證據",
            "its own issue in `in-progress` or `in-review`, with evidence on its pull request",
        ),
        action: "active-follow-up",
        ask: follow_up::follow_up,
    },
    Rule {
        id: "queue-empty",
        when: words("佇列裡沒有可拿的項目", "nothing in the queue may be taken"),
        action: "clear",
        ask: |worker| match &worker.selected {
            Looked::NotGiven => Outcome::Unknown(Need::Queue),
            Looked::Found(_) => Outcome::HoldsNot,
            Looked::Nothing => Outcome::Holds(Packet {
                action: "clear",
                reason: None,
                terminal: worker.lane.and_then(|lane| lane.clear_text).map(str::to_owned),
                more: object(json!({"queueCount": worker.exports.queue.map_or(0, <[Node]>::len)})),
            }),
        },
    },
    Rule {
        id: "repository-name",
        when: words("選中的項目沒有 owner/repo", "the selected row names no owner/repo"),
        action: "stuck",
        ask: |worker| match worker.taken() {
            Some(issue) if !issues::is_repository(issue.repo) => {
                Outcome::Holds(Packet::stuck("repoFullName missing or invalid", json!({})))
            }
            _ => Outcome::HoldsNot,
        },
    },
    Rule {
        id: "no-checkout",
        when: words("該 repository 沒有可用的 checkout", "there is no usable checkout of its repository"),
        action: "stuck",
        ask: |worker| match (&worker.exports.workspaces, worker.taken()) {
            (None, _) => Outcome::NotChecked(Need::Workspaces),
            (Some(usable), Some(issue)) if !usable.iter().any(|repo| repo.trim().eq_ignore_ascii_case(issue.repo)) => {
                Outcome::Holds(Packet::stuck(format!("repo workspace missing: {}", workspace(issue.repo)), json!({})))
            }
            _ => Outcome::HoldsNot,
        },
    },
    Rule {
        id: "incomplete-row",
        when: words("選中的項目缺編號，或領取所需的欄位", "the selected row lacks its number, or what a claim needs"),
        action: "stuck",
        ask: |worker| match worker.taken() {
            Some(issue) if issue.number.is_none() || (worker.claim && issue_id(issue).is_none()) => {
                Outcome::Holds(Packet::failed("selected queue item lacks issueId/repoFullName/number"))
            }
            _ => Outcome::HoldsNot,
        },
    },
    Rule {
        id: "ready",
        when: words("有可拿的項目，沒有要求領取", "a row may be taken, and no claim is asked"),
        action: "ready-issue",
        ask: |worker| match worker.taken() {
            Some(issue) if !worker.claim => Outcome::Holds(Packet::go("ready-issue", item(issue))),
            _ => Outcome::HoldsNot,
        },
    },
    Rule {
        id: "claimed",
        when: words("領取成功", "the claim was accepted"),
        action: "claim-ready-issue",
        ask: claimed,
    },
    Rule {
        id: "claim-conflict",
        when: words("領取時別人已持有（409）", "somebody else holds it (409)"),
        action: "claim-conflict",
        ask: conflict,
    },
    Rule {
        id: "claim-failed",
        when: words("領取失敗", "the claim failed"),
        action: "stuck",
        ask: |worker| match worker.claim_result {
            None => Outcome::Unknown(Need::ClaimResult),
            Some(result) => {
                let status = result.get("http_status").and_then(issues::integer);
                let error =
                    status.map_or_else(|| "claim refused".to_owned(), |status| format!("claim answered {status}"));
                Outcome::Holds(Packet::failed(&error))
            }
        },
    },
];

/// What was decided and how.
pub(super) struct Decided {
    /// The rule that held and what the worker does, if the rules that were not checked do not hold; otherwise that
    /// without which nothing can be decided.
    pub result: Result<(&'static Rule, Packet), Need>,
    /// The rules before it, and what each was not checked for.
    pub passed: Vec<(&'static Rule, Option<Need>)>,
}

/// Asks the rules in their order.
pub(super) fn decide(worker: &Worker<'_>) -> Decided {
    let mut passed = Vec::new();
    for rule in RULES {
        match (rule.ask)(worker) {
            Outcome::Holds(packet) => return Decided { result: Ok((rule, packet)), passed },
            Outcome::HoldsNot => passed.push((rule, None)),
            Outcome::NotChecked(need) => passed.push((rule, Some(need))),
            Outcome::Unknown(need) => return Decided { result: Err(need), passed },
        }
    }
    Decided { result: Err(Need::Queue), passed }
}

impl Decided {
    /// What the rules before would have needed, each once.
    pub(super) fn not_checked(&self) -> BTreeSet<Need> {
        self.passed.iter().filter_map(|(_, need)| *need).collect()
    }
}

fn missing_tool(worker: &Worker<'_>) -> Outcome {
    match &worker.exports.missing_tools {
        None => Outcome::NotChecked(Need::Tools),
        Some(tools) if tools.is_empty() => Outcome::HoldsNot,
        Some(tools) => Outcome::Holds(Packet {
            action: "stuck",
            reason: Some("required tools unavailable".to_owned()),
            terminal: Some(format!("Stuck: required tools unavailable: {}.", tools.join(", "))),
            more: object(json!({"missingTools": tools})),
        }),
    }
}

fn workspace(repo: &str) -> String {
    format!("{WORKSPACE_ROOT}/{}", repo.rsplit('/').next().unwrap_or_default())
}

fn issue_id<'a>(issue: &Issue<'a>) -> Option<&'a str> {
    ["issueId", "id"].iter().find_map(|key| issue.node.text_at(key)).filter(|id| !id.trim().is_empty())
}

fn item(issue: &Issue<'_>) -> Json {
    json!({"item": issue.node.to_json(), "repoWorkspace": workspace(issue.repo), "issueKey": issue.key()})
}

fn claimed(worker: &Worker<'_>) -> Outcome {
    let Some(result) = worker.claim_result else { return Outcome::Unknown(Need::ClaimResult) };
    let status = result.get("http_status");
    let is_accepted = match status {
        Some(status) => issues::integer(status).is_some_and(|status| (200..300).contains(&status)),
        None => {
            matches!(result.value, Value::Table(_))
                && result.get("success").is_none_or(|node| node.value == Value::Bool(true))
        }
    };
    let Some(issue) = worker.taken().filter(|_| is_accepted) else { return Outcome::HoldsNot };
    let mut packet = Packet::go("claim-ready-issue", item(issue));
    let claim = status.and_then(|_| result.get("body")).unwrap_or(result);
    packet.more.insert("claim".to_owned(), claim.to_json());
    Outcome::Holds(packet)
}

fn conflict(worker: &Worker<'_>) -> Outcome {
    let Some(result) = worker.claim_result else { return Outcome::Unknown(Need::ClaimResult) };
    let is_conflict = result.get("http_status").and_then(issues::integer) == Some(409);
    let Some(issue) = worker.taken().filter(|_| is_conflict) else { return Outcome::HoldsNot };
    let mut more = object(item(issue));
    more.insert("conflictBody".to_owned(), result.get("body").map_or(Json::Null, Node::to_json));
    Outcome::Holds(Packet {
        action: "claim-conflict",
        reason: Some("claim-409-conflict".to_owned()),
        terminal: worker.lane.and_then(|lane| lane.clear_text).map(str::to_owned),
        more,
    })
}

/// The keys that a preflight and a probe take beside the lane.
pub(super) const KEYS: &[&str] = &[
    "agent_name",
    "agentName",
    "claim",
    "missing_tools",
    "pr_fix_item",
    "pr_fix_error",
    "dispatch_error",
    "active_work",
    "issues",
    "agent_work",
    "linked_prs",
    "pull_requests",
    "queue",
    "workspaces",
    "claim_result",
    "no_gh",
];

/// `worker-preflight`: what a worker of a lane would do now.
pub(super) static FORMS: &[Shape] = &[form("lane", KEYS, preflight)];

fn preflight(given: &mut Form<'_>, asked: &Asked) -> Json {
    let claim = given.flag_if("claim") == Some(true);
    packet(given, claim, asked).into()
}

/// The packet of the stated exports; with `claim` as asked.
pub(super) fn packet(given: &mut Form<'_>, claim: bool, asked: &Asked) -> Answer {
    let lane = given.text("lane");
    let agent = given.text_if("agent_name").or_else(|| given.text_if("agentName"));
    for key in ["missing_tools", "workspaces"] {
        if given.get(key).is_some_and(|list| list.items().iter().any(|item| item.text().is_none())) {
            given.refuse(&[key], format!("`{key}` holds something else than texts"));
        }
    }
    let linked = given.table_if("linked_prs").map(Links::given);
    let exports = Exports {
        // Who asks has looked: an error that is not stated did not happen.
        has_setup: true,
        missing_tools: given.list_if("missing_tools").map(|list| list.iter().filter_map(Node::text).collect()),
        pr_fix_error: given.text_if("pr_fix_error"),
        dispatch_error: given.text_if("dispatch_error"),
        active_work: given.table_if("active_work").map_or(Looked::NotGiven, Looked::Found),
        issues: given.list_if("issues"),
        work: given
            .table_if("agent_work")
            .map(|work| issues::by_issue(work.get("activeWork").map(Node::items).unwrap_or_default())),
        linked: linked.as_ref(),
        pull_requests: given.table_if("pull_requests").map(issues::by_id),
        queue: given.list_if("queue"),
        workspaces: given.list_if("workspaces").map(|list| list.iter().filter_map(Node::text).collect()),
        no_gh: given.flag_if("no_gh") == Some(true),
    };
    let mut worker = Worker::new(lane, agent, &exports);
    if given.has("pr_fix_item") {
        // Whoever asks a queue with nothing in it gets an empty object.
        let item = given.table_if("pr_fix_item").filter(|item| !item.entries().is_empty());
        worker.pr_fix_item = item.map(Node::to_json).into();
    }
    worker.claim = claim;
    worker.claim_result = given.get("claim_result");
    let decided = decide(&worker);
    match &decided.result {
        Ok((rule, packet)) => told(&worker, rule, packet, &decided, asked),
        Err(need) => {
            let message = format!("`{}` is missing: without it nothing says what the worker would do", need.key());
            given.refuse(&[], message);
            Answer::new()
        }
    }
}

fn told(worker: &Worker<'_>, rule: &Rule, packet: &Packet, decided: &Decided, asked: &Asked) -> Answer {
    let lang = asked.lang;
    let unchecked: Vec<_> = decided.not_checked().into_iter().map(Need::key).collect();
    let mut answer = object(json!({
        "action": packet.action,
        "lane": worker.lane.map_or(worker.written, |lane| lane.id),
        "agentName": worker.agent,
        "reason": packet.reason,
        "terminal": packet.terminal,
        "exit_code": packet.exit_code(),
        "rule": rule.id,
        "rationale": rationale(rule, &unchecked, lang),
    }));
    answer.extend(packet.more.clone());
    answer.insert("not_checked".to_owned(), unchecked.into());
    if asked.trace {
        let passed = decided.passed.iter().map(|(rule, need)| {
            json!({"rule": rule.id, "rationale": rule.when.get(lang), "holds": need.is_none().then_some(false), "not_checked": need.map(Need::key)})
        });
        answer.insert("passed".to_owned(), passed.collect());
    }
    answer
}

/// Why a rule decides; when rules before it were not checked, that it only would.
fn rationale(rule: &Rule, unchecked: &[&str], lang: Lang) -> String {
    let why = rule.when.get(lang);
    let absent = unchecked.join(words("、", ", ").get(lang));
    match lang {
        _ if unchecked.is_empty() => why.to_owned(),
        Lang::ZhHant => format!("{why}；前面的規則未全部檢查，缺 {absent}"),
        Lang::En => format!("{why}, unless a rule before holds that was not checked for want of {absent}"),
    }
}

#[cfg(test)]
mod tests {
    use crate::kinds::dispatch_workflow::tests::check;

    #[test]
    fn what_was_not_given_is_not_checked_and_the_answer_says_so() {
        let ask = |facts: &str, expected: &str| {
            check("worker-preflight", &format!(r#"{{"lane":"local",{facts}}}"#), expected);
        };
        let all = r#""missing_tools":[],"pr_fix_item":null,"active_work":{"hasActiveWork":false},"issues":[],"workspaces":[]"#;
        ask(
            &format!(r#"{all},"queue":[]"#),
            r#"{"action":"clear","rationale":"nothing in the queue may be taken","not_checked":[]}"#,
        );
        ask(
            r#""queue":[]"#,
            r#"{"action":"clear","not_checked":["missing_tools","pr_fix_item","active_work","issues"]}"#,
        );
        // A flag that is neither true nor false says nothing.
        let unsaid = all.replace("false", "null");
        ask(&format!(r#"{unsaid},"queue":[]"#), r#"{"action":"clear","not_checked":["active_work"]}"#);
    }

    #[test]
    fn a_pull_request_that_nobody_looked_at_is_not_checked() {
        let own = r#"{"number":9,"repoFullName":"a/b","labels":["status/in-review","agent/saffron-local"]}"#;
        let ask = |beside: &str, expected: &str| {
            let facts = format!(
                r#"{{"lane":"local","missing_tools":[],"pr_fix_item":null,"active_work":{{"hasActiveWork":false}},"workspaces":[],"queue":[],"issues":[{own}]{beside}}}"#
            );
            check("worker-preflight", &facts, &format!(r#"{{"action":"clear","not_checked":[{expected}]}}"#));
        };
        let work = r#","agent_work":{"activeWork":[{"repoFullName":"a/b","issueNumber":9,"prUrl":"https://github.com/a/b/pull/4"}]}"#;
        ask("", r#""agent_work""#);
        ask(r#","agent_work":{"activeWork":[]}"#, r#""pull_requests""#);
        ask(r#","agent_work":{"activeWork":[]},"linked_prs":{}"#, "");
        ask(work, r#""pull_requests""#);
        ask(&format!(r#"{work},"pull_requests":{{}}"#), r#""pull_requests""#);
        ask(&format!(r#"{work},"pull_requests":{{"a/b#4":{{}}}}"#), r#""pull_requests""#);
        ask(&format!(r#"{work},"pull_requests":{{"a/b#4":{{"state":"CLOSED"}}}}"#), "");
    }
}
