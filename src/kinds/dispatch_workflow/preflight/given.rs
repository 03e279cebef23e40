//! What is exported for workers, indexed once for all lanes, and the names of what a rule looks at.

use std::collections::BTreeMap;

use crate::kinds::dispatch_workflow::issues::ByIssue;
use crate::kinds::dispatch_workflow::links::Links;
use crate::read::tree::Node;

/// What a rule looks at.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(in crate::kinds::dispatch_workflow) enum Need {
    Setup,
    Tools,
    PrFix,
    ActiveWork,
    Issues,
    AgentWork,
    PullRequests,
    Queue,
    Workspaces,
    ClaimResult,
}

impl Need {
    /// The key of a question's facts that states it.
    pub(in crate::kinds::dispatch_workflow) fn key(self) -> &'static str {
        match self {
            Self::Setup => "dispatch_error",
            Self::Tools => "missing_tools",
            Self::PrFix => "pr_fix_item",
            Self::ActiveWork => "active_work",
            Self::Issues => "issues",
            Self::AgentWork => "agent_work",
            Self::PullRequests => "pull_requests",
            Self::Queue => "queue",
            Self::Workspaces => "workspaces",
            Self::ClaimResult => "claim_result",
        }
    }

    /// The export that states it.
    pub(in crate::kinds::dispatch_workflow) fn export(self) -> &'static str {
        match self {
            Self::Setup | Self::Tools | Self::Workspaces => "worker_setup",
            Self::PrFix => "pr_fix_items",
            other => other.key(),
        }
    }
}

/// What is exported, indexed once for all lanes. `None` is not exported.
#[derive(Default)]
pub(in crate::kinds::dispatch_workflow) struct Exports<'a> {
    /// Whether it was looked at what a worker finds on its machine.
    pub has_setup: bool,
    /// Tools that a worker needs and that are missing.
    pub missing_tools: Option<Vec<&'a str>>,
    /// Why the PR-fix queue could not be read.
    pub pr_fix_error: Option<&'a str>,
    /// Why the server could not be asked.
    pub dispatch_error: Option<&'a str>,
    /// The agent's active work.
    pub active_work: Looked<&'a Node>,
    /// Issues.
    pub issues: Option<&'a [Node]>,
    /// Work of agents, by the id of the issue that it is on.
    pub work: Option<ByIssue<'a>>,
    /// Pull requests by the issue that they are for.
    pub linked: Option<&'a Links<'a>>,
    /// Pull requests by their id.
    pub pull_requests: Option<BTreeMap<String, &'a Node>>,
    /// The queue in its order.
    pub queue: Option<&'a [Node]>,
    /// Repositories with a usable checkout.
    pub workspaces: Option<Vec<&'a str>>,
    /// Whether the tool that looks at pull requests is not there.
    pub no_gh: bool,
}

/// What a look into an export found.
#[derive(Clone, Copy, Default)]
pub(in crate::kinds::dispatch_workflow) enum Looked<T> {
    /// The export was not given, or does not say.
    #[default]
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
