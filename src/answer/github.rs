//! GitHub workflow commands: annotations beside the lines of a pull request.
//!
//! Invariants: no text can end its command or begin another; at most as many of each severity as GitHub shows, and a line
//! that says how many more there are.

use std::fmt::Write as _;

use crate::answer::Answer;
use crate::finding::{Finding, Severity};

/// GitHub shows so many annotations of one severity in one step.
const SHOWN: usize = 10;

/// The annotations of several answers, what weighs most first.
pub fn annotations(answers: &[Answer]) -> String {
    let mut out = String::new();
    for severity in [Severity::Error, Severity::Warning, Severity::Notice] {
        let of_severity =
            answers.iter().flat_map(|answer| answer.findings.iter().map(move |finding| (answer, finding)));
        let all: Vec<_> = of_severity.filter(|(_, finding)| finding.severity == severity).collect();
        // Where places are known, they are shown; a count of the rest has none.
        let (listed, _): (Vec<_>, Vec<_>) = all.iter().partition(|(_, finding)| finding.times == 1);
        for (answer, finding) in listed.iter().take(SHOWN) {
            push(&mut out, answer, finding);
        }
        let more = all.iter().map(|(_, finding)| finding.times).sum::<usize>() - listed.len().min(SHOWN);
        if more > 0 {
            let word = severity.word();
            let plural = if more == 1 { "" } else { "s" };
            let _ = writeln!(out, "{more} more {word}{plural} than GitHub shows; the whole list is in another format");
        }
    }
    out
}

fn push(out: &mut String, answer: &Answer, finding: &Finding) {
    let place = &finding.place;
    let mut properties = vec![format!("file={}", property(&answer.file(finding)))];
    properties.extend(place.line.map(|line| format!("line={line}")));
    properties.extend(place.character.map(|character| format!("col={character}")));
    properties.push(format!("title={}", property(&format!("{} ({})", finding.code.title.en, finding.code.id))));
    let at = answer.spot(finding).map(|spot| format!("{spot}: ")).unwrap_or_default();
    let hint = if finding.hint.is_empty() { String::new() } else { format!("\n{}", finding.hint) };
    let message = format!("{at}{}{hint}", finding.message);
    let _ = writeln!(out, "::{} {}::{}", finding.severity.word(), properties.join(","), data(&message));
}

/// Text behind the second `::`.
fn data(text: &str) -> String {
    text.replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A")
}

/// Text of a property.
fn property(text: &str) -> String {
    data(text).replace(':', "%3A").replace(',', "%2C")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::codes::{RAGGED_ROW, SYMLINK};
    use crate::finding::Place;

    #[test]
    fn no_text_ends_its_command() {
        let place = Place::file("a,b:c%.md").at(3, 7);
        let finding = Finding::new(&SYMLINK, place, "100%\r\n::error::x").hint("a, b");
        let answer = Answer::new("p".to_owned(), "sub", "pack", vec![finding]);
        assert_eq!(
            annotations(&[answer]),
            "::error file=sub/a%2Cb%3Ac%25.md,line=3,col=7,title=symbolic link (symlink)::line 3: 100%25%0D%0A::error::x%0Aa, b\n"
        );
    }

    #[test]
    fn what_github_would_not_show_is_counted() {
        let row = |row| Finding::new(&RAGGED_ROW, Place { row: Some(row), ..Place::file("f") }, "m");
        let mut findings: Vec<_> = (1..=12).map(row).collect();
        findings.push(Finding::new(&RAGGED_ROW, Place::file("f"), "rest").times(30));
        let text = annotations(&[Answer::new("f".to_owned(), "", "upload", findings)]);
        assert_eq!(text.matches("::error ").count(), 10);
        assert!(text.ends_with("\n32 more errors than GitHub shows; the whole list is in another format\n"), "{text}");
    }
}
