//! A worker about to start: its lane, who it is, and what it would find.

use serde_json::Value as Json;

use crate::kinds::dispatch_workflow::issues::Issue;
use crate::kinds::dispatch_workflow::lanes::{self, Lane};
use crate::kinds::dispatch_workflow::preflight::given::{Exports, Looked};
use crate::kinds::dispatch_workflow::queue::{self, Seeker};
use crate::read::tree::Node;

/// A worker about to start.
pub(in crate::kinds::dispatch_workflow) struct Worker<'a> {
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
    pub(super) selected: Looked<Issue<'a>>,
}

impl<'a> Worker<'a> {
    /// A worker of a lane that only looks. Without a name it is the lane's usual agent.
    pub(in crate::kinds::dispatch_workflow) fn new(
        written: &'a str,
        agent: Option<&'a str>,
        exports: &'a Exports<'a>,
    ) -> Self {
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

    /// What it would take from the queue.
    pub(super) fn taken(&self) -> Option<&Issue<'a>> {
        match &self.selected {
            Looked::Found(issue) => Some(issue),
            _ => None,
        }
    }
}
