//! What was found in an upload, for people at a terminal: the wrong cells between their neighbours, sort by sort, then
//! the verdict, the figures that there are, and what to tell the sender.

use std::io::{self, Write};

use anstyle::Style;
use unicode_width::{UnicodeWidthChar as _, UnicodeWidthStr as _};

use super::show::{doubt, failure, faint, paint, severity, strong, success};
use crate::answer::excerpt::Shown;
use crate::answer::{Answer, Group, UNVERIFIED, groups, message};
use crate::check::upload::{Counts, Rows, Upload, Verdict};
use crate::finding::{Finding, Severity};
use crate::lang::Lang;

/// Most findings of one sort that are shown.
const SHOWN: usize = 10;
/// Terminal columns that the cell in question and each of its neighbours take at most: a row fits into 80.
const CELL: usize = 18;
const NEIGHBOUR: usize = 15;

pub(super) fn human(answer: &Answer, upload: &Upload, out: &mut dyn Write) -> io::Result<()> {
    for group in groups(&answer.findings) {
        if group.severity == Severity::Notice {
            notices(answer, &group, out)?;
        } else {
            sort(answer, &group, out)?;
        }
    }
    let word = match upload.verdict {
        Verdict::Accepted => success("accepted"),
        Verdict::Partial => doubt("partial"),
        Verdict::SchemaFailed => failure("schema_failed"),
    };
    writeln!(out, "\n{} {word}", strong("verdict:"))?;
    if !upload.missing_fields.is_empty() {
        writeln!(out, "{} {}", strong("missing fields:"), upload.missing_fields.join(", "))?;
    }
    if let (Some(Counts { rows, .. }), Rows::OfATable) = (upload.counts, upload.holds) {
        writeln!(out, "{} {rows} rows", strong("counts:"))?;
    } else if let Some(Counts { rows, paid, pending, refunded, duplicate }) = upload.counts {
        let counts = format!("{rows} rows, {paid} paid, {pending} pending, {refunded} refunded, {duplicate} duplicate");
        writeln!(out, "{} {counts}", strong("counts:"))?;
    }
    if upload.holds == Rows::Orders {
        let revenue = upload.recognised_revenue.map_or_else(|| doubt(UNVERIFIED), |twd| format!("{twd} TWD"));
        writeln!(out, "{} {revenue}", strong("recognised revenue:"))?;
    }
    if let Some(matching) = &upload.matching {
        let outcomes = matching.outcomes.iter().filter(|(.., count)| *count > 0);
        let outcomes: Vec<_> = outcomes.map(|(word, _, count)| format!("{count} {word}")).collect();
        let said = if outcomes.is_empty() { "nothing to match".to_owned() } else { outcomes.join(", ") };
        writeln!(out, "{} {said} ({}, {} lines)", strong("settlement:"), matching.form, matching.lines)?;
    }
    if !answer.is_clean()
        && let Some(text) = message::text(answer, Lang::En)
    {
        writeln!(out, "{} {}", strong("tell the sender:"), faint("(`--format message` also in Chinese)"))?;
        for line in text.lines() {
            writeln!(out, "  {line}")?;
        }
    }
    Ok(())
}

/// One sort of finding: how many there are, what to do, and the first of them in their rows.
fn sort(answer: &Answer, group: &Group<'_>, out: &mut dyn Write) -> io::Result<()> {
    let head = format!("{}[{}]", group.severity.word(), group.code.id);
    let total = if group.total > 1 { faint(&format!(" ({} in all)", group.total)) } else { String::new() };
    writeln!(out, "{}: {}{total}", paint(&head, severity(group.severity)), group.code.title.en)?;
    let hint = group.listed.first().map_or("", |finding| finding.hint.as_str());
    let is_same = group.listed.iter().all(|finding| finding.hint == hint);
    for finding in group.listed.iter().take(SHOWN) {
        let spot = answer.spot(finding).unwrap_or_else(|| "file".to_owned());
        writeln!(out, "  {} {}", strong(&spot), finding.message)?;
        let cells = answer.around(finding);
        if !cells.is_empty() {
            writeln!(out, "    {} {}", faint("|"), row(&cells, group.severity))?;
        }
        if !is_same && !finding.hint.is_empty() {
            writeln!(out, "    {} {}", faint("help:"), finding.hint)?;
        }
    }
    let more = group.total - group.listed.len().min(SHOWN);
    if more > 0 {
        let listed = group.listed.len();
        let where_ = if listed < group.total {
            format!("the first {listed} places are in `--format json`, the others only counted")
        } else {
            "all places are in `--format json`".to_owned()
        };
        writeln!(out, "  {}", faint(&format!("and {more} more; {where_}")))?;
    }
    if is_same && !hint.is_empty() {
        writeln!(out, "  {} {hint}", faint("help:"))?;
    }
    writeln!(out)
}

/// The cells around a place, the one that is meant in brackets.
fn row(cells: &[(&Shown, bool)], weight: Severity) -> String {
    let one = |(shown, is_it): &(&Shown, bool)| match (&shown.text, is_it) {
        (Some(text), true) if text.is_empty() => paint("[blank]", severity(weight)),
        (Some(text), true) => paint(&format!("[{}]", clipped(text, CELL)), severity(weight)),
        (None, true) => paint("[not shown]", severity(weight)),
        (Some(text), false) if text.is_empty() => faint("(blank)"),
        (Some(text), false) => clipped(text, NEIGHBOUR),
        (None, false) => paint("…", Style::new().dimmed()),
    };
    cells.iter().map(one).collect::<Vec<_>>().join(&faint(" | "))
}

/// A text in so many columns of a terminal, in which a Chinese character takes two.
fn clipped(text: &str, most: usize) -> String {
    if text.width() <= most {
        return text.to_owned();
    }
    let mut clipped = String::new();
    let mut width = 1;
    for character in text.chars() {
        width += character.width().unwrap_or(0);
        if width > most {
            break;
        }
        clipped.push(character);
    }
    clipped + "…"
}

/// What was normalised: a line for each sort, with the first place.
fn notices(answer: &Answer, group: &Group<'_>, out: &mut dyn Write) -> io::Result<()> {
    let head = format!("notice[{}]", group.code.id);
    let first: Option<&&Finding> = group.listed.first();
    let spot = first.and_then(|finding| answer.spot(finding)).map(|spot| format!("{spot} ")).unwrap_or_default();
    let message = first.map_or("", |finding| finding.message.as_str());
    let more = if group.total > 1 { faint(&format!(" (and {} more)", group.total - 1)) } else { String::new() };
    writeln!(out, "{}: {spot}{message}{more}", paint(&head, severity(Severity::Notice)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_takes_no_more_columns_than_it_has() {
        for (text, expected) in [
            ("28000", "28000"),
            ("e3fa79a9-3855-4f64-adff-6f5d05011ece", "e3fa79a9-3855-4f6…"),
            ("二萬八千元整二萬八千元整", "二萬八千元整二萬…"),
        ] {
            assert_eq!(clipped(text, CELL), expected);
            assert!(clipped(text, CELL).width() <= CELL);
        }
    }
}
