//! Work that an agent has begun, and which lane it is in.

use serde_json::{Value as Json, json};

use crate::kinds::dispatch::value;
use crate::kinds::dispatch_workflow::issues::{self, Issue};
use crate::kinds::dispatch_workflow::lanes::{self, Named};
use crate::kinds::dispatch_workflow::preflight::given::Looked;
use crate::kinds::dispatch_workflow::preflight::worker::Worker;
use crate::read::tree::Value;

/// Work that the agent has begun.
pub(super) struct Active<'a> {
    repo: &'a str,
    pub(super) number: Option<u64>,
    next_action: Option<&'a str>,
    checkpoint: Option<&'a str>,
    /// Its lane, and what says so.
    pub(super) lane: Option<(Named, &'static str)>,
}

impl<'a> Active<'a> {
    /// The active work of a worker: not exported, none, or some.
    pub(super) fn of(worker: &Worker<'a>) -> Looked<Self> {
        let work = match worker.exports.active_work {
            Looked::NotGiven => return Looked::NotGiven,
            Looked::Nothing => return Looked::Nothing,
            Looked::Found(work) => work,
        };
        match work.get("hasActiveWork").map(|flag| &flag.value) {
            Some(Value::Bool(true)) => {}
            Some(Value::Bool(false)) => return Looked::Nothing,
            _ => return Looked::NotGiven,
        }
        // Without a context that says something its fields stand beside the flag.
        let context = work.get("context").filter(|context| !context.entries().is_empty()).unwrap_or(work);
        let number = ["issueNumber", "number"].iter().find_map(|key| value::get(context, key));
        let number = number.and_then(issues::integer);
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
                        && (repo.is_empty() || issue.repo.is_empty() || issue.repo.eq_ignore_ascii_case(repo))
                };
                lane_of_issue(&Issue::all(rows).find(is_it)?, worker.agent)
            }),
        })
    }

    pub(super) fn agrees(&self, worker: &Worker<'_>) -> bool {
        self.lane.as_ref().zip(worker.lane).is_some_and(|((named, _), lane)| named.id == lane.id)
    }

    /// `owner/repo#n` of its issue.
    pub(super) fn key(&self) -> String {
        issues::key(self.repo, self.number)
    }

    pub(super) fn told(&self) -> Json {
        json!({
            "nextAction": self.next_action,
            "checkpoint": self.checkpoint,
            "verificationSource": self.lane.as_ref().map(|(_, source)| source),
            "issueKey": self.key(),
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
