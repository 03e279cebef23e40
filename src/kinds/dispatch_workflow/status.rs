//! The statuses of issues: the words of the contract, and what an issue says of its own.
//!
//! Invariants: statuses ignore case and stand without their prefix; a status field beats the labels.

use crate::lang::{Words, words};

/// A status of the contract, in the order in which an issue goes through them.
pub(super) struct Status {
    /// The word behind `status/`.
    pub id: &'static str,
    /// What it means.
    pub meaning: Words,
    /// Whether a worker may claim what is in it.
    pub claimable: bool,
}

/// The statuses.
pub(super) static STATUSES: &[Status] = &[
    Status { id: "backlog", meaning: words("待整理", "needs triage"), claimable: false },
    Status { id: "ready", meaning: words("已整理，可領取", "groomed, may be claimed"), claimable: true },
    Status { id: "in-progress", meaning: words("已領取或已開始", "claimed or started"), claimable: false },
    Status {
        id: "in-review",
        meaning: words("PR 已開，issue 未關", "pull request open, issue open"),
        claimable: false,
    },
    Status { id: "done", meaning: words("issue 已關閉", "issue closed, nothing follows"), claimable: false },
];

/// A status that later servers add; known, not part of the contract.
pub(super) const EXTENSION: &str = "blocked";
/// Prefix of the label of a status.
const PREFIX: &str = "status/";

/// Whether a status has a meaning here, without its prefix.
pub(super) fn is_known(status: &str) -> bool {
    status == EXTENSION || STATUSES.iter().any(|known| known.id == status)
}

/// What an issue says of its status, without the `status/` prefix.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Stated {
    /// The status field.
    pub field: Option<String>,
    /// The statuses of its labels, each once.
    pub labels: Vec<String>,
}

impl Stated {
    /// Reads the status field and the labels, which are in lower case.
    pub(super) fn read(field: Option<&str>, labels: &[String]) -> Self {
        let said = |status: &String| !status.is_empty();
        let labels = labels.iter().filter_map(|label| label.strip_prefix(PREFIX)).map(bare);
        Self { field: field.map(bare).filter(said), labels: labels.filter(said).collect() }
    }

    /// What it may be in: the field, else every label of a status.
    pub(super) fn candidates(&self) -> &[String] {
        self.field.as_ref().map_or(&self.labels, std::slice::from_ref)
    }

    /// Its status, when it says exactly one.
    pub(super) fn one(&self) -> Option<&str> {
        match self.candidates() {
            [status] => Some(status),
            _ => None,
        }
    }

    /// Whether it is in one of these, whichever of its labels is right.
    pub(super) fn is(&self, words: &[&str]) -> bool {
        let candidates = self.candidates();
        !candidates.is_empty() && candidates.iter().all(|status| words.contains(&status.as_str()))
    }

    /// Whether any of what it says is one of these.
    pub(super) fn may_be(&self, words: &[&str]) -> bool {
        self.candidates().iter().any(|status| words.contains(&status.as_str()))
    }
}

/// A status without its prefix, in lower case.
fn bare(written: &str) -> String {
    let lower = written.trim().to_lowercase();
    lower.strip_prefix(PREFIX).unwrap_or(&lower).trim().to_owned()
}
