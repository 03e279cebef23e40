//! What comes of a rule: what the worker would do, with all that it is told, or why nobody can say.

use serde_json::{Value as Json, json};

use crate::decide::Answer;
use crate::kinds::dispatch::form::object;
use crate::kinds::dispatch_workflow::preflight::given::Need;

/// What a worker would do.
pub(in crate::kinds::dispatch_workflow) struct Packet {
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
    pub(super) fn go(action: &'static str, more: Json) -> Self {
        Self { action, reason: None, terminal: None, more: object(more) }
    }

    pub(super) fn stuck(reason: impl Into<String>, more: Json) -> Self {
        let reason = reason.into();
        let terminal = Some(format!("Stuck: {reason}."));
        Self { action: "stuck", reason: Some(reason), terminal, more: object(more) }
    }

    pub(super) fn failed(error: &str) -> Self {
        Self::stuck(format!("worker preflight failed: {error}"), json!({}))
    }

    /// Exit status of the preflight.
    pub(in crate::kinds::dispatch_workflow) fn exit_code(&self) -> u8 {
        if self.action == "stuck" { 2 } else { 0 }
    }
}

/// What came of a rule.
pub(super) enum Outcome {
    Holds(Packet),
    HoldsNot,
    /// It needs what was not given; the next rule is asked.
    NotChecked(Need),
    /// It needs what was not given, and nothing can be decided without.
    Unknown(Need),
}
