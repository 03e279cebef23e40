//! Credentials and personal data, located and never repeated.

use super::{Answer, answer, counted};
use crate::check::privacy;
use crate::verify::Subject;

pub(super) fn secrets(subject: &Subject<'_>) -> Answer {
    guard(subject, true)
}

pub(super) fn personal_data(subject: &Subject<'_>) -> Answer {
    guard(subject, false)
}

fn guard(subject: &Subject<'_>, secret: bool) -> Answer {
    let hits: Vec<_> = subject.hits.iter().filter(|(_, hit)| hit.secret == secret).collect();
    let wrong: Vec<_> = hits
        .iter()
        .map(|(name, hit): &&(&str, privacy::Hit)| {
            let (line, column) = subject.position(name, hit.offset);
            format!("{name}:{line}:{column}: {}", hit.kind)
        })
        .collect();
    answer(counted(subject.files.len(), &wrong, "files"), wrong)
}
