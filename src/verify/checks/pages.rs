//! The pages: whether they open, ask for nothing, and can be read without scripts.

use super::check::{Answer, answer, counted};
use crate::bundle::REPORT_JSON;
use crate::verify::{Subject, html};

/// Fewest characters that a page must show without scripts.
const VISIBLE: usize = 200;

pub(super) fn page_primary(subject: &Subject<'_>) -> Answer {
    let Some(kind) = subject.kind else {
        return answer("the kind of the pack cannot be told", vec![format!("{REPORT_JSON}: names no known kind")]);
    };
    let name = kind.primary;
    let Some(page) = subject.pages.get(name) else {
        return answer("no page", vec![format!("{name}: is missing or not UTF-8")]);
    };
    let mut wrong: Vec<_> = page
        .errors
        .iter()
        .map(|(error, at)| {
            let (line, column) = subject.position(name, *at);
            format!("{name}:{line}:{column}: {error}")
        })
        .collect();
    for (there, what) in [
        (page.doctype, "begin with <!doctype html>"),
        (page.language, "say its language"),
        (!page.title.trim().is_empty(), "have a title"),
        (page.heading, "have a main heading"),
    ] {
        if !there {
            wrong.push(format!("{name}: does not {what}"));
        }
    }
    answer(format!("{name}, {} bytes", subject.files.get(name).map_or(0, |bytes| bytes.len())), wrong)
}

pub(super) fn page_ids(subject: &Subject<'_>) -> Answer {
    on_pages(subject, |page| {
        page.repeated_ids.iter().map(|(id, at)| (format!("id `{id}` a second time"), *at)).collect()
    })
}

pub(super) fn page_requests(subject: &Subject<'_>) -> Answer {
    on_pages(subject, |page| {
        let mut wrong: Vec<_> = page.requests.iter().map(|(what, at)| (format!("asks for {what}"), *at)).collect();
        match &page.policy {
            Some((policy, at)) => {
                let excess = html::excess(policy).into_iter();
                wrong.extend(excess.map(|excess| (format!("its content security policy permits {excess}"), *at)));
            }
            None => wrong.push(("has no content security policy with default-src 'none'".to_owned(), 0)),
        }
        wrong
    })
}

pub(super) fn page_scripts(subject: &Subject<'_>) -> Answer {
    on_pages(subject, |page| page.scripts.iter().map(|(what, at)| (format!("has {what}"), *at)).collect())
}

pub(super) fn page_content(subject: &Subject<'_>) -> Answer {
    on_pages(subject, |page| {
        if page.visible < VISIBLE {
            vec![(format!("shows {} characters without scripts", page.visible), 0)]
        } else {
            Vec::new()
        }
    })
}

fn on_pages(subject: &Subject<'_>, faults: fn(&html::PageFacts) -> Vec<(String, usize)>) -> Answer {
    let mut wrong = Vec::new();
    for (name, page) in &subject.pages {
        for (fault, at) in faults(page) {
            let (line, column) = subject.position(name, at);
            wrong.push(format!("{name}:{line}:{column}: {fault}"));
        }
    }
    if subject.pages.is_empty() {
        wrong.push("no page".to_owned());
    }
    answer(counted(subject.pages.len(), &wrong, "pages"), wrong)
}
