//! What the authored documents must hold: keywords, sources, a whole decision record and memory, cases that hold.

use unicode_normalization::UnicodeNormalization as _;

use super::check::{Answer, answer, authored, lines};
use crate::bundle::{ACCEPTANCE, DECISION, MEMORY, is_authored};
use crate::decide::Asked;
use crate::documents::acceptance::{self, Trial};
use crate::documents::{decision_record, memory};
use crate::finding::Severity;
use crate::kinds;
use crate::lang::Lang;
use crate::verify::{Subject, sources};
use crate::view::{appendices, markdown, texts};

/// The words that the authored documents of every pack must contain (seed 000, gate 0).
const KEYWORDS: [&str; 5] =
    ["market_context", "production_readiness", "e2e_verification", "people_sync", "learning_memory"];
/// Fewest distinct external sites (seed 001, check 5).
const SOURCES: usize = 2;
pub(super) fn keywords(subject: &Subject<'_>) -> Answer {
    let texts: Vec<&str> = authored(subject).filter_map(|name| subject.text(name)).collect();
    // Compatibility forms are folded, so that a keyword in full-width letters is one too.
    let says = |keyword: &str| {
        texts.iter().any(|text| has_word(text, keyword))
            || texts.iter().any(|text| has_word(&text.nfkc().collect::<String>(), keyword))
    };
    let looked_in = || authored(subject).collect::<Vec<_>>().join(", ");
    let missing: Vec<_> = KEYWORDS
        .iter()
        .filter(|keyword| !says(keyword))
        .map(|keyword| format!("{keyword}: not in {}", looked_in()))
        .collect();
    answer(format!("{} of {} keywords", KEYWORDS.len() - missing.len(), KEYWORDS.len()), missing)
}

/// Whether a text has a word that no ASCII letter, digit or `_` touches.
fn has_word(text: &str, word: &str) -> bool {
    let part = |byte: Option<&u8>| byte.is_some_and(|byte| byte.is_ascii_alphanumeric() || *byte == b'_');
    memchr::memmem::find_iter(text.as_bytes(), word).any(|at| {
        !part(at.checked_sub(1).and_then(|before| text.as_bytes().get(before)))
            && !part(text.as_bytes().get(at + word.len()))
    })
}

pub(super) fn external_sources(subject: &Subject<'_>) -> Answer {
    let outlines = subject.outlines.iter().filter(|(name, _)| is_authored(name));
    let sites = sources::sites(outlines.flat_map(|(_, outline)| &outline.links).map(|link| link.target.as_str()));
    let found = sites.iter().map(String::as_str).collect::<Vec<_>>().join(", ");
    let wrong = if sites.len() < SOURCES { vec![format!("found {}: {found}", sites.len())] } else { Vec::new() };
    answer(format!("{} sites: {found}", sites.len()), wrong)
}

pub(super) fn decision_complete(subject: &Subject<'_>) -> Answer {
    let Some(bytes) = subject.files.get(DECISION) else {
        return answer("no decision record", vec![format!("{DECISION}: is missing")]);
    };
    let mut findings = Vec::new();
    let record = decision_record::read(DECISION, bytes, &mut findings);
    let observed = record.map_or("cannot be read".to_owned(), |record| {
        format!("status: {}", record.status.map_or("none", decision_record::Status::word))
    });
    answer(observed, lines(&findings, Severity::Error))
}

pub(super) fn memory_complete(subject: &Subject<'_>) -> Answer {
    let Some(bytes) = subject.files.get(MEMORY) else {
        return answer("no learning memory", vec![format!("{MEMORY}: is missing")]);
    };
    let mut findings = Vec::new();
    let memory = memory::read(MEMORY, bytes, &mut findings);
    let observed = memory.map_or("cannot be read".to_owned(), |memory| {
        format!(
            "{} lessons, {} next checks",
            memory.lessons.len() + memory.do_not_repeat.len(),
            memory.next_checks.len()
        )
    });
    answer(observed, lines(&findings, Severity::Error))
}

/// Runs the cases that the bundle holds again, and compares what the bundle prints about them.
pub(super) fn acceptance_cases(subject: &Subject<'_>) -> Answer {
    let Some(bytes) = subject.files.get(acceptance::FILE) else {
        return answer("no acceptance cases", vec![format!("{}: is missing", acceptance::FILE)]);
    };
    let mut findings = Vec::new();
    let cases = acceptance::read(acceptance::FILE, bytes, &mut findings);
    let mut wrong = lines(&findings, Severity::Error);
    let tried =
        |lang| acceptance::run(acceptance::FILE, bytes, &cases, &Asked { lang, trace: false }, &kinds::questions());
    // The report is in English; the document is in the language of the pack, which the bundle need not say.
    let trials = tried(Lang::En);
    let passed = trials.iter().filter(|trial| trial.passed()).count();
    wrong.extend(trials.iter().flat_map(|trial| lines(&trial.findings, Severity::Error)));
    if cases.is_empty() {
        wrong.push(format!("{}: has no case that can be run", acceptance::FILE));
    }
    let printed = subject.text(ACCEPTANCE).unwrap_or_default();
    let expected = |lang: Lang, trials: &[Trial<'_>]| {
        let sections =
            appendices::appendix(appendices::acceptance(Some(trials), lang), subject.is_revenue_unverified(), lang);
        markdown::document(texts::ACCEPTANCE_TESTS.get(lang), &sections, lang)
    };
    if expected(Lang::En, &trials) != printed && expected(Lang::ZhHant, &tried(Lang::ZhHant)) != printed {
        wrong.push(format!("{ACCEPTANCE}: is not what is printed of the cases when they are run"));
    }
    answer(format!("{passed} of {} cases decided as expected", cases.len()), wrong)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_stand_alone() {
        assert!(has_word("## market_context\n", "market_context"));
        assert!(has_word("含market_context、", "market_context"));
        assert!(!has_word("my_market_context market_contexts", "market_context"));
        assert!(has_word("xmarket_context market_context", "market_context"));
    }
}
