//! Findings as page content, the worst first, and the step that they ask for.

use crate::finding::{self, Finding, Severity};
use crate::lang::Lang;
use crate::view::compose::{english, headings, prose, section};
use crate::view::page::{Block, Inline, NextStep, Section, Table, Tone};
use crate::view::texts;

/// Findings as a section. `within` is the folder that places are shown in.
pub fn findings(findings: &[Finding], within: &str, lang: Lang) -> Section {
    let row = |finding: &Finding| {
        let (tone, word) = match finding.severity {
            Severity::Error => (Tone::Bad, texts::ERROR),
            Severity::Warning => (Tone::Warn, texts::WARNING),
            Severity::Notice => (Tone::Info, texts::NOTICE),
        };
        let place = finding.place.to_string();
        vec![
            Inline::Tag(tone, word.get(lang).to_owned()),
            Inline::Text(finding.code.title.get(lang).to_owned()),
            Inline::Code(place.strip_prefix(within).map_or_else(|| place.clone(), str::to_owned)),
            said(finding, lang),
            to_do(finding, lang),
        ]
    };
    let mut worst_first: Vec<&Finding> = findings.iter().collect();
    worst_first.sort_by_key(|finding| finding.severity);
    let mut rows: Vec<_> = worst_first.into_iter().map(row).collect();
    let mut columns = vec![texts::SEVERITY, texts::FINDING, texts::PLACE, texts::MESSAGE, texts::HINT];
    if findings.iter().all(|finding| finding.hint.is_empty()) {
        columns.pop();
        for row in &mut rows {
            row.truncate(columns.len());
        }
    }
    let title = texts::FINDINGS.get(lang);
    if findings.is_empty() {
        return section("findings", title, vec![Block::Text(texts::NO_FINDINGS.get(lang).to_owned())]);
    }
    let count = |severity| finding::count(findings, severity);
    let table = Table {
        caption: texts::findings(lang, count(Severity::Error), count(Severity::Warning), count(Severity::Notice)),
        columns: headings(&columns, lang),
        rows,
        empty: Inline::Text(String::new()),
    };
    section("findings", title, vec![Block::Listing(table)])
}

/// What a finding says, in the language of the page where that is known.
pub fn said(finding: &Finding, lang: Lang) -> Inline {
    let known = if lang == Lang::ZhHant { finding.message_zh() } else { None };
    known.map_or_else(|| english(&finding.message), |message| prose(&message))
}

/// What to do about a finding, in the language of the page where that is known.
pub fn to_do(finding: &Finding, lang: Lang) -> Inline {
    match finding.code.fix_zh {
        fix if lang == Lang::ZhHant && !fix.is_empty() && !finding.hint.is_empty() => prose(fix),
        _ => english(&finding.hint),
    }
}

/// The step that comes before all others when something is wrong.
pub fn mend(errors: usize, lang: Lang) -> Option<NextStep> {
    (errors > 0).then(|| NextStep {
        what: texts::mend(lang, errors),
        who: texts::MAKER.get(lang).to_owned(),
        due: Some(texts::NOW.get(lang).to_owned()),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::codes;
    use crate::finding::Place;
    use crate::view::markdown;

    #[test]
    fn findings_show_the_worst_first_and_ask_for_what_must_be_done() {
        let finding = |code, message: &str| Finding::new(code, Place::file("packs/a/x.csv"), message);
        let found = [finding(&codes::FORMULA_VALUE, "n"), finding(&codes::UNREADABLE, "`e`").hint("h")];
        let markdown = markdown::document("t", &[findings(&found, "packs/a/", Lang::En)], Lang::En);
        let rows: Vec<_> = markdown.lines().filter(|line| line.starts_with("| **")).collect();
        assert_eq!(
            rows,
            [
                "| **Error** | file cannot be read | `x.csv` | `e` | h |",
                "| **Notice** | cells that are formulas | `x.csv` | n |  |"
            ]
        );
        assert!(mend(1, Lang::En).is_some() && mend(0, Lang::En).is_none());
    }
}
