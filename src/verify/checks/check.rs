//! What a check is, and how the answers of a plan are gathered.

use std::collections::BTreeMap;

use crate::bundle::is_authored;
use crate::finding::{Finding, Severity};
use crate::lang::Words;
use crate::verify::Subject;
use crate::verify::report::{Outcome, Status};

/// One check.
pub(in crate::verify) struct Check {
    /// Stable id.
    pub id: &'static str,
    /// What it asks.
    pub about: Words,
    /// What is expected.
    pub expected: Words,
    pub(super) run: fn(&Subject<'_>) -> Answer,
}

/// What a check found: nothing against it, or what is wrong and where.
pub(super) struct Answer {
    pub(super) observed: String,
    pub(super) wrong: Vec<String>,
    /// What the report tells although nothing is wrong with it.
    pub(super) told: Vec<String>,
}

/// A check that this plan does not hold, and why.
pub(in crate::verify) struct Elsewhere {
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
pub(super) const EVIDENCE: usize = 20;

/// Checks that were made elsewhere, with what was found.
pub(in crate::verify) fn made(
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
pub(in crate::verify) fn ids<T: Identified>(checks: &[T]) -> Vec<&'static str> {
    checks.iter().map(Identified::id).collect()
}

/// Something with a stable id.
pub(in crate::verify) trait Identified {
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

/// Makes these checks.
pub(in crate::verify) fn run(checks: &[Check], subject: &Subject<'_>) -> Vec<Outcome> {
    checks.iter().map(|check| outcome(check.id, check.expected.en, (check.run)(subject))).collect()
}

/// Lines that say that these checks were not made.
pub(in crate::verify) fn not_checked(checks: &[Elsewhere]) -> Vec<Outcome> {
    let line = |check: &Elsewhere| Outcome {
        id: check.id,
        status: Status::NotChecked,
        expected: check.expected.en.to_owned(),
        observed: check.reason.en.to_owned(),
        evidence: Vec::new(),
    };
    checks.iter().map(line).collect()
}

pub(super) fn outcome(id: &'static str, expected: &str, answer: Answer) -> Outcome {
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

pub(super) fn answer(observed: impl Into<String>, wrong: Vec<String>) -> Answer {
    Answer { observed: observed.into(), wrong, told: Vec::new() }
}

/// `5 files` when nothing is wrong, `3 wrong among 5 files` when something is.
pub(super) fn counted(all: usize, wrong: &[String], what: &str) -> String {
    let what = if all == 1 { what.strip_suffix('s').unwrap_or(what) } else { what };
    if wrong.is_empty() { format!("{all} {what}") } else { format!("{} wrong among {all} {what}", wrong.len()) }
}

pub(super) fn lines(findings: &[Finding], at_least: Severity) -> Vec<String> {
    findings
        .iter()
        .filter(|finding| finding.severity <= at_least)
        .map(|finding| format!("{}: {}", finding.place, finding.message))
        .collect()
}

pub(super) fn authored<'a>(subject: &'a Subject<'_>) -> impl Iterator<Item = &'a str> {
    subject.files.keys().copied().filter(|name| is_authored(name))
}
