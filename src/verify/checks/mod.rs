//! The checks that a bundle can be put to: what a check is, and how the answers of a plan are gathered. Which checks
//! there are and in which order they are reported stands in `plan`; what they do, in the module of their subject.

mod claims;
mod documents;
mod files;
mod links;
mod pages;
mod plan;
mod privacy;
mod report;

use std::collections::BTreeMap;

use crate::bundle::is_authored;
use crate::finding::{Finding, Severity};
use crate::lang::Words;
use crate::verify::Subject;
use crate::verify::report::{Outcome, Status};

pub(super) use plan::{BUNDLE, LATER, PUBLICATION, REPORT, SOURCES_ALIVE};
pub(super) use report::report;

/// One check.
pub(super) struct Check {
    /// Stable id.
    pub id: &'static str,
    /// What it asks.
    pub about: Words,
    /// What is expected.
    pub expected: Words,
    run: fn(&Subject<'_>) -> Answer,
}

/// What a check found: nothing against it, or what is wrong and where.
struct Answer {
    observed: String,
    wrong: Vec<String>,
    /// What the report tells although nothing is wrong with it.
    told: Vec<String>,
}

/// A check that this plan does not hold, and why.
pub(super) struct Elsewhere {
    /// Stable id.
    pub id: &'static str,
    /// What it asks.
    pub about: Words,
    /// What is expected.
    pub expected: Words,
    /// Why it is not checked here.
    pub reason: Words,
}

/// Most lines of evidence that one check gives; the rest are counted.
const EVIDENCE: usize = 20;

/// Checks that were made elsewhere, with what was found.
pub(super) fn made(
    checks: &[Elsewhere],
    found: &mut BTreeMap<&'static str, Result<Vec<String>, String>>,
) -> Vec<Outcome> {
    let line = |check: &Elsewhere| match found.remove(check.id) {
        Some(Ok(wrong)) => {
            let observed = if wrong.is_empty() { "as expected".to_owned() } else { format!("{} wrong", wrong.len()) };
            outcome(check.id, check.expected.en, answer(observed, wrong))
        }
        other => Outcome {
            id: check.id,
            status: Status::NotChecked,
            expected: check.expected.en.to_owned(),
            observed: other.and_then(Result::err).unwrap_or_else(|| "was not looked at".to_owned()),
            evidence: Vec::new(),
        },
    };
    checks.iter().map(line).collect()
}

/// The ids of these checks.
pub(super) fn ids<T: Identified>(checks: &[T]) -> Vec<&'static str> {
    checks.iter().map(Identified::id).collect()
}

/// Something with a stable id.
pub(super) trait Identified {
    fn id(&self) -> &'static str;
}

impl Identified for Check {
    fn id(&self) -> &'static str {
        self.id
    }
}

impl Identified for Elsewhere {
    fn id(&self) -> &'static str {
        self.id
    }
}

/// What is known of a check before it is made.
#[derive(Clone, Copy)]
pub(super) struct Described {
    /// What it asks.
    pub about: Words,
    /// What is expected.
    pub expected: Words,
    /// Why it is not part of the plan of a bundle; `None` when it is.
    pub reason: Option<Words>,
}

/// What a check asks, by its id.
pub(super) fn describe(id: &str) -> Option<Described> {
    let planned = BUNDLE.iter().find(|check| check.id == id);
    let planned = planned.map(|check| Described { about: check.about, expected: check.expected, reason: None });
    let other = || REPORT.iter().chain(LATER).chain(PUBLICATION).chain(SOURCES_ALIVE).find(|check| check.id == id);
    planned.or_else(|| {
        other().map(|check| Described { about: check.about, expected: check.expected, reason: Some(check.reason) })
    })
}

/// Makes these checks.
pub(super) fn run(checks: &[Check], subject: &Subject<'_>) -> Vec<Outcome> {
    checks.iter().map(|check| outcome(check.id, check.expected.en, (check.run)(subject))).collect()
}

/// Lines that say that these checks were not made.
pub(super) fn not_checked(checks: &[Elsewhere]) -> Vec<Outcome> {
    let line = |check: &Elsewhere| Outcome {
        id: check.id,
        status: Status::NotChecked,
        expected: check.expected.en.to_owned(),
        observed: check.reason.en.to_owned(),
        evidence: Vec::new(),
    };
    checks.iter().map(line).collect()
}

fn outcome(id: &'static str, expected: &str, answer: Answer) -> Outcome {
    let status = if answer.wrong.is_empty() { Status::Pass } else { Status::Fail };
    let mut evidence = if answer.wrong.is_empty() { answer.told } else { answer.wrong };
    let more = evidence.len().saturating_sub(EVIDENCE);
    evidence.truncate(EVIDENCE);
    // The name of a file may be what must not be repeated.
    let mut evidence: Vec<_> = evidence.iter().map(|line| crate::check::privacy::cleaned(line)).collect();
    if more > 0 {
        evidence.push(format!("… and {more} more"));
    }
    Outcome { id, status, expected: expected.to_owned(), observed: answer.observed, evidence }
}

fn answer(observed: impl Into<String>, wrong: Vec<String>) -> Answer {
    Answer { observed: observed.into(), wrong, told: Vec::new() }
}

/// `5 files` when nothing is wrong, `3 wrong among 5 files` when something is.
fn counted(all: usize, wrong: &[String], what: &str) -> String {
    let what = if all == 1 { what.strip_suffix('s').unwrap_or(what) } else { what };
    if wrong.is_empty() { format!("{all} {what}") } else { format!("{} wrong among {all} {what}", wrong.len()) }
}

fn lines(findings: &[Finding], at_least: Severity) -> Vec<String> {
    findings
        .iter()
        .filter(|finding| finding.severity <= at_least)
        .map(|finding| format!("{}: {}", finding.place, finding.message))
        .collect()
}

fn authored<'a>(subject: &'a Subject<'_>) -> impl Iterator<Item = &'a str> {
    subject.files.keys().copied().filter(|name| is_authored(name))
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn ids_are_unique() {
        let all: Vec<_> = ids(BUNDLE)
            .into_iter()
            .chain(ids(REPORT))
            .chain(ids(LATER))
            .chain(ids(PUBLICATION))
            .chain(ids(SOURCES_ALIVE))
            .collect();
        assert_eq!(all.iter().collect::<BTreeSet<_>>().len(), all.len());
    }
}
