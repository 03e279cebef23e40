//! What a worker of a lane would do if it were started now: one table of rules, the first that holds decides.
//!
//! Invariants: one item and one step a run; a lane is clear only when its queue was exported; whatever could not be
//! looked up stops the worker and never reads as nothing to do.

use std::collections::BTreeMap;

use serde_json::{Value as Json, json};

use crate::decide::{Answer, Asked};
use crate::kinds::dispatch::form::{Form, Shape, form};
use crate::kinds::dispatch_workflow::evidence;
use crate::kinds::dispatch_workflow::issues::{self, Issue};
use crate::kinds::dispatch_workflow::lanes::{self, Lane, Named};
use crate::kinds::dispatch_workflow::object;
use crate::kinds::dispatch_workflow::queue::{self, Seeker};
use crate::kinds::dispatch_workflow::status::is_true;
use crate::lang::{Words, words};
use crate::read::tree::{Node, Value};

/// Most pull requests that are looked at for one worker.
const PULL_REQUESTS_LOOKED_AT: usize = 10;
/// What stands for the configured folder of checkouts.
const WORKSPACE_ROOT: &str = "<workspace_root>";

/// What is exported, indexed once for all lanes. `None` is not exported.
#[derive(Default)]
pub(super) struct Exports<'a> {
    /// Tools that a worker needs and that are missing.
    pub missing_tools: Option<Vec<&'a str>>,
    /// Why the PR-fix queue could not be read.
    pub pr_fix_error: Option<&'a str>,
    /// Why the server could not be asked.
    pub dispatch_error: Option<&'a str>,
    /// The agent's active work.
    pub active_work: Option<&'a Node>,
    /// Issues.
    pub issues: Option<&'a [Node]>,
    /// URL of the pull request that work on an issue has led to, by `owner/repo#n`.
    pub work_urls: Option<BTreeMap<String, &'a str>>,
    /// Pull requests linked to an issue, by `owner/repo#n` of the issue.
    pub linked: Option<BTreeMap<String, Vec<&'a Node>>>,
    /// Pull requests by `owner/repo#n`.
    pub pull_requests: Option<BTreeMap<String, &'a Node>>,
    /// The queue in its order.
    pub queue: Option<&'a [Node]>,
    /// Repositories with a usable checkout.
    pub workspaces: Option<Vec<&'a str>>,
    /// Whether the tool that looks at pull requests is not there.
    pub no_gh: bool,
}

/// The URL of the pull request that work has led to, by issue.
pub(super) fn work_urls(rows: &[Node]) -> BTreeMap<String, &str> {
    let row = |row| Some((issues::key(issues::repo(row), issues::number(row)), row.text_at("prUrl")?));
    let mut urls = BTreeMap::new();
    for (key, url) in rows.iter().filter_map(row) {
        urls.entry(key).or_insert(url);
    }
    urls
}

/// Rows by their key: a table of them, or a list of rows that name repository and number.
pub(super) fn by_key(node: &Node) -> BTreeMap<String, &Node> {
    let listed = node.items().iter().map(|row| (issues::key(issues::repo(row), issues::number(row)), row));
    let keyed = node.entries().iter().map(|entry| (entry.key.to_string(), &entry.node));
    listed.chain(keyed).collect()
}

/// What a look into an export found.
pub(super) enum Looked<T> {
    /// The export was not given.
    NotGiven,
    /// It was, and there is nothing in it.
    Nothing,
    /// This.
    Found(T),
}

impl<T> From<Option<T>> for Looked<T> {
    fn from(found: Option<T>) -> Self {
        found.map_or(Self::Nothing, Self::Found)
    }
}

/// A worker about to start.
pub(super) struct Worker<'a> {
    /// The lane as it was written.
    pub written: &'a str,
    /// The lane, when workers are started in it.
    pub lane: Option<&'static Lane>,
    /// The agent.
    pub agent: &'a str,
    /// The first queued PR-fix item of the lane: not exported, none, or one.
    pub pr_fix_item: Looked<Json>,
    /// Whether it claims what it finds.
    pub claim: bool,
    /// What the server answered to the claim.
    pub claim_result: Option<&'a Node>,
    /// Everything else.
    pub exports: &'a Exports<'a>,
    /// What it would take from the queue, when the queue is exported.
    selected: Looked<Issue<'a>>,
}

impl<'a> Worker<'a> {
    /// A worker of a lane that only looks. Without a name it is the lane's usual agent.
    pub(super) fn new(written: &'a str, agent: Option<&'a str>, exports: &'a Exports<'a>) -> Self {
        let lane = lanes::resolve(written).and_then(|named| lanes::worked().find(|lane| lane.id == named.id));
        let agent = agent.or_else(|| lane?.agent).unwrap_or_default();
        let seeker = |lane: &'static Lane| Seeker { lane: lane.id, agent };
        let selected = lane.zip(exports.queue).map(|(lane, rows)| queue::select(rows, &seeker(lane)));
        let selected = selected.map_or(Looked::NotGiven, Looked::from);
        Self {
            written,
            lane,
            agent,
            pr_fix_item: Looked::NotGiven,
            claim: false,
            claim_result: None,
            exports,
            selected,
        }
    }

    fn taken(&self) -> Option<&Issue<'a>> {
        match &self.selected {
            Looked::Found(issue) => Some(issue),
            _ => None,
        }
    }
}

/// What a worker would do.
pub(super) struct Packet {
    /// The word for it.
    pub action: &'static str,
    /// Why, as programs read it; nothing when the action says it all.
    pub reason: Option<String>,
    /// What the worker says before it stops.
    pub terminal: Option<String>,
    /// What the action is about.
    pub more: Answer,
}

impl Packet {
    fn go(action: &'static str, more: Json) -> Self {
        Self { action, reason: None, terminal: None, more: object(more) }
    }

    fn stuck(reason: impl Into<String>, more: Json) -> Self {
        let reason = reason.into();
        let terminal = Some(format!("Stuck: {reason}."));
        Self { action: "stuck", reason: Some(reason), terminal, more: object(more) }
    }

    fn failed(error: &str) -> Self {
        Self::stuck(format!("worker preflight failed: {error}"), json!({}))
    }

    /// Exit status of the preflight.
    pub(super) fn exit_code(&self) -> u8 {
        if self.action == "stuck" { 2 } else { 0 }
    }
}

/// What came of a rule.
enum Outcome {
    Holds(Packet),
    HoldsNot,
    /// It needs an export that was not given; the next rule is asked.
    NotChecked(&'static str),
    /// It needs an export that was not given, and nothing can be decided without.
    Unknown(&'static str),
}

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
        ask: |worker| {
            worker.exports.pr_fix_error.map_or(Outcome::HoldsNot, |error| Outcome::Holds(Packet::failed(error)))
        },
    },
    Rule {
        id: "pr-fix",
        when: words("PR 修復佇列有這個 lane 的項目", "the PR-fix queue has an item of the lane"),
        action: "pr-fix",
        ask: |worker| match &worker.pr_fix_item {
            Looked::NotGiven => Outcome::NotChecked("pr_fix_items"),
            Looked::Nothing => Outcome::HoldsNot,
            Looked::Found(item) => Outcome::Holds(Packet::go("pr-fix", json!({"item": item}))),
        },
    },
    Rule {
        id: "server-unreachable",
        when: words("伺服器無法回答", "the server could not be asked"),
        action: "stuck",
        ask: |worker| {
            worker.exports.dispatch_error.map_or(Outcome::HoldsNot, |error| Outcome::Holds(Packet::failed(error)))
        },
    },
    Rule {
        id: "active-work-number",
        when: words("進行中的工作沒有有效的 issue 編號", "active work without a whole issue number"),
        action: "stuck",
        ask: |worker| match Active::of(worker) {
            Looked::NotGiven => Outcome::NotChecked("active_work"),
            Looked::Found(active) if active.number.is_none() => {
                Outcome::Holds(Packet::stuck("active work issue number missing or invalid", json!({})))
            }
            _ => Outcome::HoldsNot,
        },
    },
    Rule {
        id: "active-work-lane",
        when: words("進行中工作的 lane 不同或無法確認", "the lane of active work differs or cannot be verified"),
        action: "stuck",
        ask: |worker| match Active::of(worker) {
            Looked::NotGiven => Outcome::NotChecked("active_work"),
            Looked::Found(active) if !active.agrees(worker) => Outcome::Holds(Packet::stuck(
                "active work lane mismatch or could not be verified",
                json!({
                    "expectedLane": worker.lane.map(|lane| lane.id),
                    "verifiedLane": active.lane.as_ref().map(|(lane, _)| lane.id.as_str()),
                    "verificationSource": active.lane.as_ref().map(|(_, source)| source),
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
            Looked::NotGiven => Outcome::NotChecked("active_work"),
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
        ask: follow_up,
    },
    Rule {
        id: "queue-empty",
        when: words("佇列裡沒有可拿的項目", "nothing in the queue may be taken"),
        action: "clear",
        ask: |worker| match &worker.selected {
            Looked::NotGiven => Outcome::Unknown("queue"),
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
            Some(issue) if !is_repository(issue.repo) => {
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
            (None, _) => Outcome::NotChecked("workspaces"),
            (Some(usable), Some(issue)) if !usable.iter().any(|repo| repo.trim() == issue.repo) => {
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
            None => Outcome::Unknown("claim_result"),
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
    /// The rule that held and what the worker does; otherwise the export without which nothing can be decided.
    pub result: Result<(&'static Rule, Packet), &'static str>,
    /// The rules before it, and the export that each was not checked for.
    pub passed: Vec<(&'static Rule, Option<&'static str>)>,
}

/// Asks the rules in their order.
pub(super) fn decide(worker: &Worker<'_>) -> Decided {
    let mut passed = Vec::new();
    for rule in RULES {
        match (rule.ask)(worker) {
            Outcome::Holds(packet) => return Decided { result: Ok((rule, packet)), passed },
            Outcome::HoldsNot => passed.push((rule, None)),
            Outcome::NotChecked(export) => passed.push((rule, Some(export))),
            Outcome::Unknown(export) => return Decided { result: Err(export), passed },
        }
    }
    Decided { result: Err("queue"), passed }
}

impl Decided {
    /// The exports that a rule before would have needed, each once.
    pub(super) fn not_checked(&self) -> Vec<&'static str> {
        let mut exports: Vec<_> = self.passed.iter().filter_map(|(_, export)| *export).collect();
        exports.dedup();
        exports
    }
}

fn missing_tool(worker: &Worker<'_>) -> Outcome {
    match &worker.exports.missing_tools {
        None => Outcome::NotChecked("missing_tools"),
        Some(tools) if tools.is_empty() => Outcome::HoldsNot,
        Some(tools) => Outcome::Holds(Packet {
            action: "stuck",
            reason: Some("required tools unavailable".to_owned()),
            terminal: Some(format!("Stuck: required tools unavailable: {}.", tools.join(", "))),
            more: object(json!({"missingTools": tools})),
        }),
    }
}

/// Work that the agent has begun.
struct Active<'a> {
    repo: &'a str,
    number: Option<u64>,
    next_action: Option<&'a str>,
    checkpoint: Option<&'a str>,
    /// Its lane, and what says so.
    lane: Option<(Named, &'static str)>,
}

impl<'a> Active<'a> {
    /// The active work of a worker: not exported, none, or some.
    fn of(worker: &Worker<'a>) -> Looked<Self> {
        let Some(work) = worker.exports.active_work else { return Looked::NotGiven };
        if !is_true(work, "hasActiveWork") {
            return Looked::Nothing;
        }
        let context = work.get("context").filter(|context| matches!(context.value, Value::Table(_))).unwrap_or(work);
        let number = issues::number(context);
        let repo = issues::repo(context);
        Looked::Found(Self {
            repo,
            number,
            next_action: context.text_at("nextAction"),
            checkpoint: context.text_at("checkpoint"),
            lane: issues::lane(context).map(|lane| (lane, "active-work")).or_else(|| {
                let rows = worker.exports.issues.unwrap_or_default();
                let is_it = |issue: &Issue<'_>| {
                    number.is_some()
                        && issue.number == number
                        && (repo.is_empty() || issue.repo.is_empty() || issue.repo == repo)
                };
                lane_of_issue(&Issue::all(rows).find(is_it)?, worker.agent)
            }),
        })
    }

    fn agrees(&self, worker: &Worker<'_>) -> bool {
        self.lane.as_ref().zip(worker.lane).is_some_and(|((named, _), lane)| named.id == lane.id)
    }

    fn told(&self) -> Json {
        json!({
            "nextAction": self.next_action,
            "checkpoint": self.checkpoint,
            "verificationSource": self.lane.as_ref().map(|(_, source)| source),
            "issueKey": issues::key(self.repo, self.number),
            "number": self.number,
        })
    }
}

/// Labels that tell the lane of active work whose lane is not set.
const ESCALATED: [&str; 4] = ["needs-gpt", "needs-escalation", "escalated", "frontier"];

/// The lane of an issue, to verify active work with: its own, else what its labels say.
fn lane_of_issue(issue: &Issue<'_>, agent: &str) -> Option<(Named, &'static str)> {
    let escalated =
        || issue.labels.iter().any(|label| ESCALATED.contains(&label.as_str())).then(|| lanes::resolve("frontier"));
    let suffix = || {
        let agent = agent.to_lowercase();
        let own = issue.labelled(issues::AGENT).find(|name| *name == agent)?;
        lanes::resolve(own.rsplit('-').next()?).filter(|lane| lane.known)
    };
    (issue.lane.clone().map(|lane| (lane, "dispatch-issue-lane")))
        .or_else(|| escalated().flatten().map(|lane| (lane, "labels")))
        .or_else(|| suffix().map(|lane| (lane, "agent-label")))
}

fn follow_up(worker: &Worker<'_>) -> Outcome {
    let exports = worker.exports;
    if exports.no_gh {
        return Outcome::HoldsNot;
    }
    let Some(rows) = exports.issues else { return Outcome::NotChecked("issues") };
    let Some(pull_requests) = &exports.pull_requests else { return Outcome::NotChecked("pull_requests") };
    let own = Issue::all(rows).filter(|issue| {
        issue.is_of(worker.agent)
            && issue.status.is(&["in-progress", "in-review"])
            && !issue.is_of_a_bot()
            && issue.lane.as_ref().is_none_or(|named| worker.lane.is_some_and(|lane| lane.id == named.id))
    });
    let looked_at = own.filter_map(|issue| {
        let (url, number) = pull_request_of(&issue, exports)?;
        let pull_request = pull_requests.get(&issues::key(issue.repo, Some(number)))?;
        Some((issue, url, number, *pull_request))
    });
    for (issue, url, number, pull_request) in looked_at.take(PULL_REQUESTS_LOOKED_AT) {
        if let Some(evidence) = evidence::of(pull_request) {
            let more = json!({
                "evidence": evidence,
                "prUrl": url,
                "prNumber": number,
                "issueKey": issue.key(),
                "issue": {"number": issue.number, "repoFullName": issue.repo, "title": issue.title},
            });
            return Outcome::Holds(Packet::go("active-follow-up", more));
        }
    }
    Outcome::HoldsNot
}

/// The pull request of an issue in its own repository: the one that work has led to, else the first that is linked.
fn pull_request_of<'a>(issue: &Issue<'_>, exports: &Exports<'a>) -> Option<(&'a str, u64)> {
    let own = |url: &'a str| {
        let (repo, number) = pull_request_url(url)?;
        repo.eq_ignore_ascii_case(issue.repo).then_some((url, number))
    };
    let key = issue.key();
    let worked = || own(exports.work_urls.as_ref()?.get(&key)?);
    let linked = || exports.linked.as_ref()?.get(&key)?.iter().find_map(|link| own(link.text_at("url")?));
    worked().or_else(linked)
}

/// Repository and number that the address of a pull request names.
pub(super) fn pull_request_url(url: &str) -> Option<(&str, u64)> {
    let (before, after) = url.split_once("/pull/")?;
    let digits = after.len() - after.trim_start_matches(|character: char| character.is_ascii_digit()).len();
    let number = after.get(..digits)?.parse().ok()?;
    let owner = before.rmatch_indices('/').nth(1).map_or(0, |(at, _)| at + 1);
    before.get(owner..).filter(|repo| is_repository(repo)).map(|repo| (repo, number))
}

fn is_repository(name: &str) -> bool {
    name.split_once('/').is_some_and(|(owner, repo)| !owner.is_empty() && !repo.is_empty())
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
    let Some(result) = worker.claim_result else { return Outcome::Unknown("claim_result") };
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
    let Some(result) = worker.claim_result else { return Outcome::Unknown("claim_result") };
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
    let exports = Exports {
        missing_tools: given.list_if("missing_tools").map(|list| list.iter().filter_map(Node::text).collect()),
        pr_fix_error: given.text_if("pr_fix_error"),
        dispatch_error: given.text_if("dispatch_error"),
        active_work: given.table_if("active_work"),
        issues: given.list_if("issues"),
        work_urls: given
            .table_if("agent_work")
            .map(|work| work_urls(work.get("activeWork").map(Node::items).unwrap_or_default())),
        linked: given.table_if("linked_prs").map(|linked| {
            linked.entries().iter().map(|entry| (entry.key.to_string(), entry.node.items().iter().collect())).collect()
        }),
        pull_requests: given.table_if("pull_requests").map(by_key),
        queue: given.list_if("queue"),
        workspaces: given.list_if("workspaces").map(|list| list.iter().filter_map(Node::text).collect()),
        no_gh: given.flag_if("no_gh") == Some(true),
    };
    let mut worker = Worker::new(lane, agent, &exports);
    if given.has("pr_fix_item") {
        worker.pr_fix_item = given.table_if("pr_fix_item").map(Node::to_json).into();
    }
    worker.claim = claim;
    worker.claim_result = given.get("claim_result");
    let decided = decide(&worker);
    match &decided.result {
        Ok((rule, packet)) => told(&worker, rule, packet, &decided, asked),
        Err(export) => {
            let message = format!("`{export}` is missing: without it nothing says what the worker would do");
            given.refuse(&[], message);
            Answer::new()
        }
    }
}

fn told(worker: &Worker<'_>, rule: &Rule, packet: &Packet, decided: &Decided, asked: &Asked) -> Answer {
    let lang = asked.lang;
    let mut answer = object(json!({
        "action": packet.action,
        "lane": worker.lane.map_or(worker.written, |lane| lane.id),
        "agentName": worker.agent,
        "reason": packet.reason,
        "terminal": packet.terminal,
        "exit_code": packet.exit_code(),
        "rule": rule.id,
        "rationale": rule.when.get(lang),
    }));
    answer.extend(packet.more.clone());
    answer.insert("not_checked".to_owned(), decided.not_checked().into());
    if asked.trace {
        let passed = decided.passed.iter().map(|(rule, export)| {
            json!({"rule": rule.id, "rationale": rule.when.get(lang), "holds": export.is_none().then_some(false), "not_checked": export})
        });
        answer.insert("passed".to_owned(), passed.collect());
    }
    answer
}
