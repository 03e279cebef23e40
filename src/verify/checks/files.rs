//! The files of a bundle: whether they are there, named safely, listed with their hash, and readable.

use super::check::{Answer, answer, counted, lines};
use crate::bundle::{GENERATED, MANIFEST, MEMORY, REPORT_JSON, has_extension};
use crate::check::names;
use crate::check::privacy::{self, hidden};
use crate::documents::acceptance;
use crate::finding::Severity;
use crate::limits;
use crate::read::{json, text};
use crate::verify::Subject;

pub(super) fn files_required(subject: &Subject<'_>) -> Answer {
    let Some(kind) = subject.kind else {
        return answer("the kind of the pack cannot be told", vec![format!("{REPORT_JSON}: names no known kind")]);
    };
    let required: Vec<&str> = [kind.primary, MEMORY, acceptance::FILE]
        .into_iter()
        .chain(kind.documents.iter().copied())
        .chain(GENERATED)
        .collect();
    let missing: Vec<_> = required
        .iter()
        .filter(|name| !subject.files.contains_key(**name))
        .map(|name| format!("{name}: is missing"))
        .collect();
    answer(format!("{} of {} required files", required.len() - missing.len(), required.len()), missing)
}

pub(super) fn files_names(subject: &Subject<'_>) -> Answer {
    let mut wrong: Vec<_> = subject.strangers.iter().map(|(name, why)| format!("{name}: {why}")).collect();
    for name in subject.files.keys() {
        if let Err(why) = names::artifact_name(name) {
            wrong.push(format!("{name}: {why}"));
        }
        if !privacy::is_harmless(name) {
            wrong.push(format!("{}: is the name of a file", privacy::quoted(name)));
        }
    }
    let collisions = names::collisions(subject.files.keys().copied());
    wrong.extend(collisions.into_iter().map(|(one, other)| format!("{one} and {other}: are one name on many systems")));
    let limit = limits::BUNDLE_FILES;
    if subject.files.len() as u64 > limit.value {
        wrong.push(format!("more than {} files (limit `{}`)", limit.value, limit.name));
    }
    answer(counted(subject.files.len(), &wrong, "names"), wrong)
}

pub(super) fn manifest_hashes(subject: &Subject<'_>) -> Answer {
    let listed = match &subject.manifest {
        Ok(listed) => listed,
        Err(faults) => {
            return answer("no usable manifest", faults.iter().map(|fault| format!("{MANIFEST}: {fault}")).collect());
        }
    };
    let mut wrong = Vec::new();
    for (name, digest) in listed {
        match subject.digests.get(name) {
            None => wrong.push(format!("{name}: is listed and missing")),
            Some(found) if found != digest => wrong.push(format!("{name}: has SHA-256 {found}, listed {digest}")),
            Some(_) => {}
        }
    }
    let observed =
        if wrong.is_empty() { "all listed files match".to_owned() } else { format!("{} do not match", wrong.len()) };
    answer(observed, wrong)
}

pub(super) fn manifest_unlisted(subject: &Subject<'_>) -> Answer {
    let Ok(listed) = &subject.manifest else {
        return answer("no usable manifest", vec![format!("{MANIFEST}: cannot be used")]);
    };
    let wrong: Vec<_> = subject
        .digests
        .keys()
        .filter(|name| !listed.contains_key(*name))
        .map(|name| format!("{name}: is not listed"))
        .collect();
    let observed = if wrong.is_empty() { "no unlisted file".to_owned() } else { format!("{} unlisted", wrong.len()) };
    answer(observed, wrong)
}

pub(super) fn text_valid(subject: &Subject<'_>) -> Answer {
    let mut wrong = Vec::new();
    for (name, bytes) in &subject.files {
        let mut findings = Vec::new();
        if let Some(content) = text::read(name, bytes, &mut findings) {
            wrong.extend(strange_characters(name, content.content));
        }
        wrong.extend(lines(&findings, Severity::Error));
    }
    answer(counted(subject.files.len(), &wrong, "texts"), wrong)
}

/// The first control character or bidirectional override: they make a text look different from what it says.
fn strange_characters(name: &str, content: &str) -> Option<String> {
    let strange = hidden::find(content).into_iter().find(|one| one.deceives)?;
    let (line, column) = text::position(content.as_bytes(), strange.offset);
    Some(format!("{name}:{line}:{column}: has U+{:04X}", u32::from(strange.character)))
}

pub(super) fn json_parse(subject: &Subject<'_>) -> Answer {
    let mut documents = 0;
    let mut wrong = Vec::new();
    for (name, bytes) in subject.files.iter().filter(|(name, _)| has_extension(name, "json")) {
        documents += 1;
        let mut findings = Vec::new();
        json::read(name, bytes, &mut findings);
        wrong.extend(lines(&findings, Severity::Error));
    }
    if documents == 0 {
        wrong.push("no JSON document".to_owned());
    }
    answer(counted(documents, &wrong, "documents"), wrong)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn strange_characters_are_named() {
        assert_eq!(strange_characters("f", "中文 é — \t ok\n"), None);
        assert_eq!(strange_characters("f", "ok\nab\u{202E}c"), Some("f:2:3: has U+202E".to_owned()));
        assert_eq!(strange_characters("f", "a\u{85}"), Some("f:1:2: has U+0085".to_owned()));
        assert_eq!(strange_characters("f", "a\u{7}"), Some("f:1:2: has U+0007".to_owned()));
    }
}
