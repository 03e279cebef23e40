//! Pull requests as exports give them: whether one is open or merged, whose it is, and where.
//!
//! Invariant: one that does not say whether it is open is neither open nor closed.

use crate::kinds::dispatch::value;
use crate::kinds::dispatch_workflow::issues::{self, State};
use crate::read::tree::Node;

/// Whether a pull request is open; a merged one is closed, whatever else it does not say.
pub(super) fn state(pr: &Node) -> State {
    match State::read(pr.text_at("state").unwrap_or_default()) {
        State::Unknown if is_merged(pr) => State::Closed,
        state => state,
    }
}

/// Whether a pull request says that it was merged.
pub(super) fn is_merged(pr: &Node) -> bool {
    let word = pr.text_at("state").unwrap_or_default().trim();
    word.eq_ignore_ascii_case("merged") || value::is_true(pr, "merged") || pr.text_at("mergedAt").is_some()
}

/// Whose account a row names under a key: as a text, or with a login.
pub(super) fn login<'a>(row: &'a Node, key: &str) -> Option<&'a str> {
    row.text_at(key).or_else(|| row.get(key)?.text_at("login"))
}

/// Whether a pull request is by somebody else than these, who are told from others without case; not known when it does
/// not name its author, or when nobody says whose pull requests are worked on.
pub(super) fn is_foreign(pr: &Node, authors: &[String]) -> bool {
    let is_other = |author: &str| !authors.iter().any(|known| known.eq_ignore_ascii_case(author));
    !authors.is_empty() && login(pr, "author").is_some_and(is_other)
}

/// `owner/repo#n` of a pull request, as far as it is known.
pub(super) fn key(pr: &Node) -> String {
    issues::key(issues::repo(pr), pr.get("number").and_then(issues::integer))
}

/// The address of a pull request.
pub(super) fn address(row: &Node) -> Option<&str> {
    row.text_at("url").filter(|url| !url.trim().is_empty())
}

/// Repository and number of a pull request: as its address names them, else as the row does.
pub(super) fn place_of(row: &Node) -> Option<(&str, u64)> {
    let named = || Some((issues::repo(row), row.get("number").and_then(issues::integer)?));
    address(row).and_then(place_of_url).or_else(|| named().filter(|(repo, _)| !repo.is_empty()))
}

/// Repository and number that the address of a pull request names.
pub(super) fn place_of_url(url: &str) -> Option<(&str, u64)> {
    let (before, after) = url.split_once("/pull/")?;
    let digits = after.len() - after.trim_start_matches(|character: char| character.is_ascii_digit()).len();
    let number = after.get(..digits)?.parse().ok()?;
    let owner = before.rmatch_indices('/').nth(1).map_or(0, |(at, _)| at + 1);
    before.get(owner..).filter(|repo| issues::is_repository(repo)).map(|repo| (repo, number))
}
