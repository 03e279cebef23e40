//! Links inside the bundle.

use super::check::{Answer, answer, counted};
use crate::bundle::{MANIFEST, REPORTS};
use crate::verify::Subject;

pub(super) fn internal_links(subject: &Subject<'_>) -> Answer {
    let mut links = 0;
    let mut wrong = Vec::new();
    for (name, page) in &subject.pages {
        links += page.links.len();
        for (target, at) in &page.links {
            if let Some(fault) = dangling(subject, name, target) {
                let (line, _) = subject.position(name, *at);
                wrong.push(format!("{name}:{line}: `{target}` {fault}"));
            }
        }
    }
    for (name, outline) in &subject.outlines {
        links += outline.links.len();
        for link in &outline.links {
            if let Some(fault) = dangling(subject, name, &link.target) {
                wrong.push(format!("{name}:{}: `{}` {fault}", link.line, link.target));
            }
        }
    }
    let observed = counted(links, &wrong, "links");
    answer(observed, wrong)
}

/// Why a link does not lead anywhere in the bundle; `None` when it does or leads outside.
fn dangling(subject: &Subject<'_>, from: &str, target: &str) -> Option<&'static str> {
    let scheme = target.split_once(':').is_some_and(|(scheme, _)| {
        !scheme.is_empty()
            && scheme.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'-' | b'.'))
    });
    if scheme || target.starts_with("//") {
        return None;
    }
    let (file, fragment) = target.split_once('#').unwrap_or((target, ""));
    let file = if file.is_empty() { from } else { file.strip_prefix("./").unwrap_or(file) };
    // The report and the manifest are written after this check is made, and always are.
    if REPORTS.contains(&file) || file == MANIFEST {
        return None;
    }
    if !subject.files.contains_key(file) {
        return Some("is not in the bundle");
    }
    if fragment.is_empty() {
        return None;
    }
    let found = match (subject.pages.get(file), subject.outlines.get(file)) {
        (Some(page), _) => page.ids.contains(fragment),
        (None, Some(outline)) => outline.headings.iter().any(|heading| heading.slug == fragment),
        (None, None) => false,
    };
    (!found).then_some("names a place that does not exist")
}
