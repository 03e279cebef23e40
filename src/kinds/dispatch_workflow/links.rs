//! Which pull requests are for which issue: said outright, or by the work that led to one, by the words of its body, or
//! by the name of its branch.
//!
//! Invariant: a pull request that says nowhere which issue it is for may be for any of its repository. While there is
//! one, an issue without a pull request is not known to have none.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::LazyLock;

use regex::Regex;

use crate::kinds::dispatch::pattern::pattern;
use crate::kinds::dispatch_workflow::issues::{self, Issue, State};
use crate::kinds::dispatch_workflow::{evidence, pull_requests};
use crate::read::tree::{Node, Value};

/// Pull requests by the issue that they are for.
#[derive(Default)]
pub(super) struct Links<'a> {
    by_issue: BTreeMap<String, Vec<&'a Node>>,
    /// The issues of every row, in file order.
    of_rows: Vec<BTreeSet<String>>,
    /// Which rows do not say which issue they are for.
    unsaid_rows: Vec<usize>,
    /// What those of a repository come to; of rows without a repository under the empty name.
    unsaid: BTreeMap<String, Unsaid>,
}

/// What the pull requests of a repository come to that do not say which issue they are for.
#[derive(Clone, Copy, Default)]
pub(super) struct Unsaid {
    /// Whether one is open, or may be.
    pub open: bool,
    /// Whether one was merged, or may have been.
    pub merged: bool,
    /// Whether one has what calls its worker back, or may have.
    pub calls_back: bool,
}

impl<'a> Links<'a> {
    /// Links the rows of an export; `work` is what agents did, with the addresses of pull requests.
    pub(super) fn read(rows: &'a [Node], work: Option<&[Node]>) -> Self {
        let worked = worked(work.unwrap_or_default());
        let mut links = Self::default();
        for (at, row) in rows.iter().enumerate() {
            let issues = issues_of(row, &worked);
            for issue in &issues {
                links.by_issue.entry(issue.clone()).or_default().push(row);
            }
            if issues.is_empty() && is_unsaid(row) {
                let state = pull_requests::state(row);
                let unsaid = links.unsaid.entry(issues::repo(row).to_lowercase()).or_default();
                unsaid.open |= state != State::Closed;
                unsaid.merged |= state == State::Unknown || pull_requests::is_merged(row);
                unsaid.calls_back |= state == State::Unknown || evidence::of(row).is_some();
                links.unsaid_rows.push(at);
            }
            links.of_rows.push(issues);
        }
        links
    }

    /// Links that were looked up issue by issue: a table of lists by `owner/repo#n`.
    pub(super) fn given(table: &'a Node) -> Self {
        let by_issue = table.entries().iter();
        let by_issue = by_issue.map(|entry| (entry.key.to_lowercase(), entry.node.items().iter().collect())).collect();
        Self { by_issue, ..Self::default() }
    }

    /// The pull requests of an issue, by its id.
    pub(super) fn of_issue(&self, id: &str) -> &[&'a Node] {
        self.by_issue.get(id).map_or(&[], Vec::as_slice)
    }

    /// The issues that a row is for, by its place in the export.
    pub(super) fn of_row(&self, at: usize) -> impl Iterator<Item = &str> {
        self.of_rows.get(at).into_iter().flatten().map(String::as_str)
    }

    /// Places of the rows that do not say which issue they are for.
    pub(super) fn unsaid_rows(&self) -> &[usize] {
        &self.unsaid_rows
    }

    /// What the pull requests come to that may be for an issue of this repository, though they do not say so.
    pub(super) fn unsaid(&self, repo: &str) -> Unsaid {
        let of = |repo: &str| self.unsaid.get(repo).copied().unwrap_or_default();
        let (named, nameless) = (of(&repo.to_lowercase()), of(""));
        Unsaid {
            open: named.open || nameless.open,
            merged: named.merged || nameless.merged,
            calls_back: named.calls_back || nameless.calls_back,
        }
    }
}

/// The issues that work was on, by the pull request that it led to.
fn worked(work: &[Node]) -> BTreeMap<(String, u64), BTreeSet<String>> {
    let mut worked: BTreeMap<_, BTreeSet<_>> = BTreeMap::new();
    for row in work {
        if let Some((repo, number)) = row.text_at("prUrl").and_then(pull_requests::place_of_url) {
            let issue = issues::id(issues::repo(row), issues::number(row));
            worked.entry((repo.to_lowercase(), number)).or_default().insert(issue);
        }
    }
    worked
}

/// The ids of the issues that a pull request is for; the number that it states counts alone.
fn issues_of(row: &Node, worked: &BTreeMap<(String, u64), BTreeSet<String>>) -> BTreeSet<String> {
    let repo = issues::repo(row);
    if let Some(number) = row.get("issueNumber").and_then(issues::integer) {
        return [issues::id(repo, Some(number))].into();
    }
    let place = pull_requests::place_of(row).map(|(repo, number)| (repo.to_lowercase(), number));
    let mut issues = place.and_then(|place| worked.get(&place)).cloned().unwrap_or_default();
    issues.extend(named_in_body(repo, row.text_at("body").unwrap_or_default()));
    if issues.is_empty() {
        issues.extend(named_by_branch(row).map(|number| issues::id(repo, Some(number))));
    }
    issues
}

/// The issues that a body closes, and the one that it begins with a reference to.
fn named_in_body(repo: &str, body: &str) -> BTreeSet<String> {
    static FIRST: LazyLock<Regex> = LazyLock::new(|| pattern(&format!(r"(?i)\A\s*refs{ISSUE}")));
    let named = |(of, number): (Option<&str>, u64)| issues::id(of.unwrap_or(repo), Some(number));
    named_by(&FIRST, body).chain(closed_in(body)).map(named).collect()
}

/// An issue behind the word that tells what a pull request is to it: its repository when it is another, its number.
const ISSUE: &str = r":?\s+(?:https?://[^\s/]+/)?([\w.-]+/[\w.-]+)?(?:#|/issues/)([1-9][0-9]*)\b";

/// The issues that a body closes when its pull request is merged, with their repository when it names one.
fn closed_in(body: &str) -> impl Iterator<Item = (Option<&str>, u64)> {
    static CLOSED: LazyLock<Regex> =
        LazyLock::new(|| pattern(&format!(r"(?i)\b(?:close[sd]?|fix(?:e[sd])?|resolve[sd]?){ISSUE}")));
    named_by(&CLOSED, body)
}

fn named_by<'t>(words: &Regex, body: &'t str) -> impl Iterator<Item = (Option<&'t str>, u64)> {
    words
        .captures_iter(body)
        .filter_map(|found| Some((found.get(1).map(|repo| repo.as_str()), found.get(2)?.as_str().parse().ok()?)))
}

/// Whether a linked pull request closes this issue when it is merged: as it says, else as its body does. One whose body
/// was not exported counts as closing: it is linked.
pub(super) fn is_closing(pr: &Node, issue: &Issue<'_>) -> bool {
    if let Some(Value::Bool(closing)) = pr.get("closing").map(|node| &node.value) {
        return *closing;
    }
    let Some(body) = pr.get("body") else { return true };
    let own = Some(issues::repo(pr)).filter(|repo| !repo.is_empty());
    closed_in(body.text().unwrap_or_default()).any(|(repo, number)| {
        let is_its = |repo: &str| issue.repo.is_empty() || repo.eq_ignore_ascii_case(issue.repo);
        Some(number) == issue.number && repo.or(own).is_none_or(is_its)
    })
}

fn named_by_branch(row: &Node) -> Option<u64> {
    static BRANCH: LazyLock<Regex> = LazyLock::new(|| pattern(r"^fix/issue-([1-9][0-9]*)(?:-|$)"));
    BRANCH.captures(row.text_at("headRefName")?)?.get(1)?.as_str().parse().ok()
}

/// Whether a row that names no issue leaves it open: the number was not exported, which is not the same as null. What a
/// dependency bot opened is for no issue.
fn is_unsaid(row: &Node) -> bool {
    let is_bot = || Issue::read(row).is_some_and(|row| row.is_of_a_bot());
    matches!(row.value, Value::Table(_)) && row.get("issueNumber").is_none() && !is_bot()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::read::json;

    /// The issues of one pull request of `a/b`, those joined by blanks; `?` when it does not say.
    fn check(row: &str, work: &str, expected: &str) {
        let rows = format!(r#"[{{"repoFullName":"a/b","number":9,"state":"OPEN",{row}}}]"#);
        let (rows, work) = [&*rows, work].map(|text| json::read("f", text.as_bytes(), &mut Vec::new()).unwrap()).into();
        let links = Links::read(rows.items(), Some(work.items()));
        let told = if links.unsaid_rows().is_empty() {
            links.of_row(0).collect::<Vec<_>>().join(" ")
        } else {
            assert!(links.unsaid("a/b").open && !links.unsaid("c/d").open);
            "?".to_owned()
        };
        assert_eq!(told, expected, "{}", rows.to_json());
    }

    #[test]
    fn a_stated_number_beats_what_is_read_elsewhere() {
        check(r#""issueNumber":7,"body":"Fixes #8""#, "[]", "a/b#7");
        check(r#""issueNumber":null,"body":"Fixes #8""#, "[]", "a/b#8");
    }

    #[test]
    fn bodies_branches_and_work_name_issues_too() {
        check(
            r#""body":"Text\n\nfixes #8, Closes: c/d#9 and resolved https://x.example/e/f/issues/4""#,
            "[]",
            "a/b#8 c/d#9 e/f#4",
        );
        check(r#""body":"Refs #8\nrefs #9\nprefixes #3\nfixes#4""#, "[]", "a/b#8");
        check(r#""body":"","headRefName":"fix/issue-12-cart""#, "[]", "a/b#12");
        check(r#""body":"Fixes #8","headRefName":"fix/issue-12-cart""#, "[]", "a/b#8");
        let work = r#"[{"repoFullName":"a/b","issueNumber":5,"prUrl":"https://x.example/A/b/pull/9"}]"#;
        check(r#""url":"""#, work, "a/b#5");
        check(r#""url":"https://x.example/a/b/pull/9""#, work, "a/b#5");
        check(r#""url":"https://x.example/a/c/pull/9""#, work, "?");
    }

    #[test]
    fn one_that_says_nothing_is_for_no_known_issue() {
        check(r#""title":"x""#, "[]", "?");
        check(r#""body":"see #8","headRefName":"main""#, "[]", "?");
        check(r#""issueNumber":null"#, "[]", "");
        check(r#""title":"Update dependency serde to v2""#, "[]", "");
    }
}
