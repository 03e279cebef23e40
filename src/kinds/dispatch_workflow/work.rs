//! The work of agents on issues: its states, who holds more than one issue, and how long a lease runs.

use std::collections::BTreeMap;

use jiff::{SignedDuration, Timestamp};

use crate::kinds::dispatch::value;
use crate::kinds::dispatch_workflow::issues;
use crate::read::tree::Node;

/// The states of work, by their exact word.
pub(super) const STATES: [&str; 6] = ["CLAIMED", "IN_PROGRESS", "BLOCKED", "DONE", "RELEASED", "STALE"];

/// The states of work that an agent holds.
const HELD: [&str; 3] = ["CLAIMED", "IN_PROGRESS", "BLOCKED"];

/// How long work is held after its last checkpoint.
const LEASE: SignedDuration = SignedDuration::from_mins(5);

/// Whether work in this state is held by its agent.
pub(super) fn is_held(state: &str) -> bool {
    HELD.contains(&state)
}

/// Agents that hold more than one issue at once, with the rows that say so: a start releases older work of the agent, so
/// the server does not know of a release, or somebody forced a claim.
pub(super) fn held_at_once(work: &[Node]) -> BTreeMap<&str, Vec<usize>> {
    let mut held: BTreeMap<&str, BTreeMap<String, usize>> = BTreeMap::new();
    for (at, row) in work.iter().enumerate() {
        let is_held = row.text_at("state").is_some_and(is_held);
        if let Some(agent) = value::word(row, "agentName").filter(|_| is_held) {
            let issue = issues::key(issues::repo(row), issues::number(row));
            held.entry(agent.trim()).or_default().entry(issue).or_insert(at);
        }
    }
    held.retain(|_, issues| issues.len() > 1);
    let rows = |issues: BTreeMap<String, usize>| {
        let mut rows: Vec<_> = issues.into_values().collect();
        rows.sort_unstable();
        rows
    };
    held.into_iter().map(|(agent, issues)| (agent, rows(issues))).collect()
}

/// How long work of an agent is still held.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Lease {
    /// Nobody holds it.
    NotHeld,
    /// Its last checkpoint was not exported.
    Unknown,
    /// It runs until then.
    Until(Timestamp),
    /// It ran out then.
    RanOut(Timestamp),
}

/// The lease of a row of work as of a moment: each checkpoint renews it.
pub(super) fn lease(work: &Node, now: Timestamp) -> Lease {
    if !work.text_at("state").is_some_and(is_held) {
        return Lease::NotHeld;
    }
    match value::moment(work, "lastCheckpointAt").and_then(|last| last.checked_add(LEASE).ok()) {
        None => Lease::Unknown,
        Some(end) if end < now => Lease::RanOut(end),
        Some(end) => Lease::Until(end),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kinds::dispatch::value::parsed;

    #[test]
    fn an_agent_holds_one_issue_and_a_lease_runs_five_minutes() {
        let work = r#"[{"agentName":"a","issueNumber":1,"state":"CLAIMED","lastCheckpointAt":"2026-05-23T19:00:00Z"},
            {"agentName":"a","issueNumber":1,"state":"IN_PROGRESS"},
            {"agentName":"b","issueNumber":2,"state":"BLOCKED"},
            {"agentName":"a","issueNumber":3,"state":"RELEASED","lastCheckpointAt":"2026-05-23T19:00:00Z"}]"#;
        let rows = parsed(work).unwrap();
        assert!(held_at_once(rows.items()).is_empty());
        let rows = parsed(&work.replace("RELEASED", "BLOCKED")).unwrap();
        assert_eq!(held_at_once(rows.items()), BTreeMap::from([("a", vec![0, 3])]));
        let at = |text: &str| text.parse::<Timestamp>().unwrap();
        let rows = parsed(work).unwrap();
        let leases = |now: &str| rows.items().iter().map(|row| lease(row, at(now))).collect::<Vec<_>>();
        let end = at("2026-05-23T19:05:00Z");
        assert_eq!(leases("2026-05-23T19:05:00Z"), [Lease::Until(end), Lease::Unknown, Lease::Unknown, Lease::NotHeld]);
        assert_eq!(leases("2026-05-23T19:05:01Z")[0], Lease::RanOut(end));
    }
}
