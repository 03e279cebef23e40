//! Credentials and personal data, located and never repeated.

use std::collections::{BTreeMap, BTreeSet};

use super::check::{Answer, EVIDENCE, answer, counted, lines};
use crate::check::privacy;
use crate::finding::Severity;
use crate::verify::Subject;

pub(super) fn secrets(subject: &Subject<'_>) -> Answer {
    guard(subject, true)
}

pub(super) fn personal_data(subject: &Subject<'_>) -> Answer {
    guard(subject, false)
}

fn guard(subject: &Subject<'_>, secret: bool) -> Answer {
    let hits: Vec<_> = subject.guarded.stopped.iter().filter(|(_, hit)| hit.secret == secret).collect();
    let place = |(name, hit): &&(&str, privacy::Hit)| {
        let (line, column) = subject.position(name, hit.offset);
        format!("{name}:{line}:{column}: {hit}")
    };
    // The places of those that are not shown are not looked up.
    let mut wrong: Vec<_> = hits.iter().take(EVIDENCE).map(place).collect();
    wrong.extend(hits.iter().skip(EVIDENCE).map(|(name, hit)| format!("{name}: {hit}")));
    answer(counted(subject.files.len(), &wrong, "files"), wrong)
}

/// Each exception that was used, with its reason, whatever became of it.
pub(super) fn allowed(subject: &Subject<'_>) -> Answer {
    let mut wrong = lines(subject.not_allowed, Severity::Error);
    wrong.extend(lines(&subject.guarded.findings, Severity::Error));
    let passed = &subject.guarded.passed;
    let mut files: BTreeMap<_, BTreeSet<&str>> = BTreeMap::new();
    for (name, hit, entry) in passed {
        let what = format!("{hit} until {}: {}", entry.until, entry.reason);
        files.entry(what).or_default().insert(name);
    }
    let told: Vec<_> = files
        .into_iter()
        .map(|(what, names)| format!("{}: {what}", names.into_iter().collect::<Vec<_>>().join(", ")))
        .collect();
    let observed = match told.len() {
        0 => "nothing is let through".to_owned(),
        1 => "1 value is let through".to_owned(),
        more => format!("{more} values are let through"),
    };
    Answer { told, ..answer(observed, wrong) }
}
