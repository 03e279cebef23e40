//! Issues as exports give them: rows of the issue list and of the queue, with their labels read once.
//!
//! Invariants: labels ignore case; what is missing stays missing, and an issue that does not say whether it is open is
//! neither.

use std::collections::{BTreeMap, BTreeSet};

use crate::kinds::dispatch_workflow::lanes::{self, Named};
use crate::kinds::dispatch_workflow::status::Stated;
use crate::read::tree::{Node, Value};

/// One issue.
#[derive(Clone, Debug)]
pub(super) struct Issue<'a> {
    /// The row that it was read from.
    pub node: &'a Node,
    /// `owner/repo`; empty when not given.
    pub repo: &'a str,
    /// Its number, when that is a whole one.
    pub number: Option<u64>,
    /// Its title; empty when not given.
    pub title: &'a str,
    /// Its labels in lower case, each once, in file order.
    pub labels: Vec<String>,
    /// Its lane, when it names one.
    pub lane: Option<Named>,
    /// What it says of its status.
    pub status: Stated,
    /// Whether it is open.
    pub state: State,
}

/// Whether an issue or a pull request is open. One that does not say so is neither open nor closed, and nothing is
/// concluded or planned as if it were.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum State {
    Open,
    Closed,
    Unknown,
}

impl State {
    /// The state that a word names, in any case.
    pub(super) fn read(written: &str) -> Self {
        match written.trim().to_ascii_lowercase().as_str() {
            "open" => Self::Open,
            "closed" => Self::Closed,
            _ => Self::Unknown,
        }
    }
}

impl<'a> Issue<'a> {
    /// Reads a row; `None` when it is no table.
    pub(super) fn read(node: &'a Node) -> Option<Self> {
        if !matches!(node.value, Value::Table(_)) {
            return None;
        }
        let labels = labels(node);
        Some(Self {
            node,
            repo: repo(node),
            number: number(node),
            title: node.text_at("title").unwrap_or_default(),
            lane: lane(node),
            status: Stated::read(node.text_at("status"), &labels),
            state: state(node),
            labels,
        })
    }

    /// Every issue of a list; rows that are no tables are passed over.
    pub(super) fn all(rows: &'a [Node]) -> impl Iterator<Item = Self> {
        rows.iter().filter_map(Self::read)
    }

    /// Names behind a prefix of its labels, such as those of `agent/`.
    pub(super) fn labelled(&self, prefix: &str) -> impl Iterator<Item = &str> {
        self.labels.iter().filter_map(move |label| label.strip_prefix(prefix)).filter(|name| !name.is_empty())
    }

    /// Whether it has the label of this agent.
    pub(super) fn is_of(&self, agent: &str) -> bool {
        let agent = agent.to_lowercase();
        self.labelled(AGENT).any(|name| name == agent)
    }

    /// Whether a dependency bot opened it, by its title or labels. Whole words only.
    pub(super) fn is_of_a_bot(&self) -> bool {
        let lower = self.title.to_lowercase();
        let words: Vec<_> =
            lower.split(|character: char| !character.is_alphanumeric()).filter(|word| !word.is_empty()).collect();
        words.contains(&"renovate")
            || words.windows(2).any(|pair| pair == ["dependency", "dashboard"])
            || matches!(words.as_slice(), ["update", "dependency" | "image" | "dep" | "deps", ..])
            || self.labels.iter().any(|label| BOT_LABELS.contains(&label.as_str()))
    }

    /// `owner/repo#n`, as far as it is known.
    pub(super) fn key(&self) -> String {
        key(self.repo, self.number)
    }

    /// What it is found by in other exports.
    pub(super) fn id(&self) -> String {
        id(self.repo, self.number)
    }
}

/// Prefix of the label of an agent.
pub(super) const AGENT: &str = "agent/";
/// Labels of what a dependency bot opened.
const BOT_LABELS: [&str; 3] = ["renovate", "dependencies", "automated"];

/// `owner/repo#n`, as far as it is known.
pub(super) fn key(repo: &str, number: Option<u64>) -> String {
    let number = number.map_or_else(|| "?".to_owned(), |number| number.to_string());
    format!("{repo}#{number}")
}

/// What rows about the same issue or pull request are found by: its [`key`] in lower case, because names of repositories
/// ignore case.
pub(super) fn id(repo: &str, number: Option<u64>) -> String {
    key(repo, number).to_lowercase()
}

/// Rows of another export by the id of the issue that they are about.
pub(super) type ByIssue<'a> = BTreeMap<String, Vec<&'a Node>>;

/// Puts rows under the issue that they are about.
pub(super) fn by_issue(rows: &[Node]) -> ByIssue<'_> {
    let mut by_issue = ByIssue::new();
    for row in rows {
        by_issue.entry(id(repo(row), number(row))).or_default().push(row);
    }
    by_issue
}

/// Rows by their id: a table of them, or a list of rows that name repository and number.
pub(super) fn by_id(node: &Node) -> BTreeMap<String, &Node> {
    let listed = node.items().iter().map(|row| (id(repo(row), number(row)), row));
    let keyed = node.entries().iter().map(|entry| (entry.key.to_lowercase(), &entry.node));
    listed.chain(keyed).collect()
}

/// A whole number; `"7"` and `7.0` are none.
pub(super) fn integer(node: &Node) -> Option<u64> {
    match &node.value {
        Value::Number(number) => number.parse().ok(),
        _ => None,
    }
}

/// Whether an issue is open, as its row says.
pub(super) fn state(node: &Node) -> State {
    State::read(node.text_at("state").unwrap_or_default())
}

/// The number of an issue.
pub(super) fn number(node: &Node) -> Option<u64> {
    ["number", "issueNumber"].iter().find_map(|key| node.get(key).and_then(integer))
}

/// `owner/repo` of a row; empty when not given.
pub(super) fn repo(node: &Node) -> &str {
    let nested = || node.get("repository").and_then(|repository| repository.text_at("fullName").or(repository.text()));
    node.text_at("repoFullName").or_else(nested).or_else(|| node.text_at("repo")).unwrap_or_default().trim()
}

/// Whether a name is `owner/repo`.
pub(super) fn is_repository(name: &str) -> bool {
    name.split_once('/').is_some_and(|(owner, repo)| !owner.is_empty() && !repo.is_empty())
}

/// The lane of a row, when it names one.
pub(super) fn lane(node: &Node) -> Option<Named> {
    lanes::LANE_KEYS.iter().find_map(|key| node.text_at(key).and_then(lanes::resolve))
}

/// The labels of a row in lower case, each once: texts, or tables with a name.
pub(super) fn labels(node: &Node) -> Vec<String> {
    let mut seen = BTreeSet::new();
    let listed = node.get("labels").map(Node::items).unwrap_or_default();
    let names = listed.iter().filter_map(|label| label.text().or_else(|| label.text_at("name")));
    names.map(|name| name.trim().to_lowercase()).filter(|name| !name.is_empty() && seen.insert(name.clone())).collect()
}
