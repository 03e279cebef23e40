//! Findings and counts, for people and for programs, from one model.

use std::io::{self, Write};
use std::path::Path;

use anstyle::{AnsiColor, Style};
use serde_json::{Map, Value, json};
use unicode_width::UnicodeWidthStr as _;

use crate::check::privacy;
use crate::check::upload::{Counts, Rows, Upload, Verdict};
use crate::disk;
use crate::finding::{self, Finding, Severity};
use crate::limits;

/// Longest part of a line that is shown beside a finding, in characters.
const SNIPPET: usize = 110;
/// Most lines that tell the sender of an upload what to do.
const TOLD: usize = 8;
/// What stands where a figure would, when nothing proves it.
const UNVERIFIED: &str = "unverified";

fn paint(text: &str, style: Style) -> String {
    format!("{style}{text}{style:#}")
}

fn bold(color: AnsiColor) -> Style {
    color.on_default().bold()
}

/// A word that says that something went wrong.
pub(super) fn failure(word: &str) -> String {
    paint(word, bold(AnsiColor::Red))
}

/// A word that says that something is as it should be.
pub(super) fn success(word: &str) -> String {
    paint(word, bold(AnsiColor::Green))
}

/// A word that says that something is not known.
pub(super) fn doubt(word: &str) -> String {
    paint(word, bold(AnsiColor::Yellow))
}

/// Text beside the point.
pub(super) fn faint(text: &str) -> String {
    paint(text, Style::new().dimmed())
}

/// Text that heads what follows.
pub(super) fn strong(text: &str) -> String {
    paint(text, Style::new().bold())
}

fn severity(severity: Severity) -> Style {
    match severity {
        Severity::Error => bold(AnsiColor::Red),
        Severity::Warning => bold(AnsiColor::Yellow),
        Severity::Notice => bold(AnsiColor::Cyan),
    }
}

/// `2 errors, 1 warning`; `no findings` when there are none.
pub(super) fn counts(findings: &[Finding]) -> String {
    let count = |severity, word: &str| {
        let count = finding::count(findings, severity);
        let plural = if count == 1 { "" } else { "s" };
        (count > 0).then(|| format!("{count} {word}{plural}"))
    };
    let all = [count(Severity::Error, "error"), count(Severity::Warning, "warning"), count(Severity::Notice, "notice")];
    let all: Vec<_> = all.into_iter().flatten().collect();
    if all.is_empty() { "no findings".to_owned() } else { all.join(", ") }
}

/// The counts as JSON.
pub(super) fn counts_json(findings: &[Finding]) -> Value {
    json!({
        "error": finding::count(findings, Severity::Error),
        "warning": finding::count(findings, Severity::Warning),
        "notice": finding::count(findings, Severity::Notice),
    })
}

/// Every finding with the place it speaks about. `root` is the folder that their paths begin at.
pub(super) fn findings(findings: &[Finding], root: &Path, out: &mut dyn Write) -> io::Result<()> {
    let mut lines = Lines { root, file: String::new(), content: Vec::new() };
    for finding in findings {
        let head = format!("{}[{}]", finding.severity.word(), finding.code.id);
        writeln!(out, "{}: {}", paint(&head, severity(finding.severity)), finding.message)?;
        writeln!(out, "  {} {}", faint("-->"), finding.place)?;
        if let Some((number, line, before)) = lines.snippet(finding) {
            let gutter = " ".repeat(number.len());
            writeln!(out, "   {}", faint(&format!("{gutter} |")))?;
            writeln!(out, "   {} {line}", faint(&format!("{number} |")))?;
            let mark = paint("^", severity(finding.severity));
            writeln!(out, "   {} {}{mark}", faint(&format!("{gutter} |")), " ".repeat(before))?;
        }
        if !finding.hint.is_empty() {
            writeln!(out, "  {} {}", faint("help:"), finding.hint)?;
        }
        writeln!(out)?;
    }
    Ok(())
}

/// Reads the line that a finding speaks about, one file at a time.
struct Lines<'a> {
    root: &'a Path,
    file: String,
    content: Vec<u8>,
}

impl Lines<'_> {
    /// The line's number, its text, and how many columns stand before the place.
    fn snippet(&mut self, finding: &Finding) -> Option<(String, String, usize)> {
        let (file, number) = (finding.place.file.as_ref()?, finding.place.line?);
        let character = usize::try_from(finding.place.character?).ok()?;
        if self.file != *file {
            self.content =
                disk::read(&self.root.join(file), file, limits::DOCUMENT_BYTES, &mut Vec::new()).unwrap_or_default();
            self.file.clone_from(file);
        }
        let text = str::from_utf8(&self.content).ok()?.trim_start_matches('\u{FEFF}');
        // What must not be repeated is not shown in its place either, whatever the finding is about.
        let line = text.lines().nth(usize::try_from(number).ok()? - 1).filter(|line| privacy::is_harmless(line))?;
        let line: String =
            line.chars().map(|character| if character.is_control() { ' ' } else { character }).take(SNIPPET).collect();
        let before: String = line.chars().take(character - 1).collect();
        (character <= SNIPPET).then(|| (number.to_string(), line.trim_end().to_owned(), before.width()))
    }
}

/// A finding as JSON; parts of its place that are not known are null.
pub(super) fn finding_json(finding: &Finding) -> Value {
    let place = &finding.place;
    let fields: [(&str, Value); 12] = [
        ("code", finding.code.id.into()),
        ("severity", finding.severity.word().into()),
        ("file", place.file.clone().into()),
        ("sheet", place.sheet.clone().into()),
        ("line", place.line.into()),
        ("character", place.character.into()),
        ("byte", place.byte.into()),
        ("row", place.row.into()),
        ("column", place.column.clone().into()),
        ("cell", place.cell.clone().into()),
        ("pointer", place.pointer.clone().into()),
        ("message", finding.message.clone().into()),
    ];
    let mut object: Map<String, Value> = fields.into_iter().map(|(key, value)| (key.to_owned(), value)).collect();
    object.insert("hint".to_owned(), finding.hint.clone().into());
    Value::Object(object)
}

/// All findings as JSON.
pub(super) fn findings_json(findings: &[Finding]) -> Value {
    findings.iter().map(finding_json).collect()
}

/// What was found in an upload, as JSON. Revenue that nothing proves is the word `unverified`.
pub(super) fn upload_json(upload: &Upload) -> Value {
    let (findings, notices) = upload.parts();
    let list = |findings: Vec<&Finding>| findings.into_iter().map(finding_json).collect::<Value>();
    let count = |count: fn(&Counts) -> u64| upload.counts.as_ref().map(count);
    // Rows of any table have no status; that is not the same as none.
    let of_orders = |of: fn(&Counts) -> u64| count(of).filter(|_| upload.holds == Rows::Orders);
    json!({
        "verdict": upload.verdict.word(),
        "missing_fields": upload.missing_fields,
        "counts": {
            "rows": count(|counts| counts.rows),
            "paid": of_orders(|counts| counts.paid),
            "pending": of_orders(|counts| counts.pending),
            "refunded": of_orders(|counts| counts.refunded),
            "duplicate": of_orders(|counts| counts.duplicate),
        },
        "recognized_revenue": upload.recognised_revenue.map_or_else(|| UNVERIFIED.into(), Value::from),
        "findings": list(findings),
        "notices": list(notices),
    })
}

/// What was found in an upload, for people: what is to be done with it, and the figures that there are.
pub(super) fn upload(upload: &Upload, out: &mut dyn Write) -> io::Result<()> {
    let word = match upload.verdict {
        Verdict::Accepted => success("accepted"),
        Verdict::Partial => doubt("partial"),
        Verdict::SchemaFailed => failure("schema_failed"),
    };
    writeln!(out, "{} {word}", strong("verdict:"))?;
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
    let (findings, _) = upload.parts();
    if findings.is_empty() {
        return Ok(());
    }
    writeln!(out, "{}", strong("tell the sender:"))?;
    let mut told: Vec<(&Finding, u64)> = Vec::new();
    for finding in findings {
        match told.iter_mut().find(|(first, _)| first.code == finding.code && first.hint == finding.hint) {
            Some((_, count)) => *count += 1,
            None => told.push((finding, 1)),
        }
    }
    // How many were not listed is said above.
    let hinted: Vec<_> = told.iter().filter(|(first, _)| !first.hint.is_empty()).map(|(first, _)| first.code).collect();
    told.retain(|(first, _)| !first.hint.is_empty() || !hinted.contains(&first.code));
    let more = told.len().saturating_sub(TOLD);
    for (first, count) in told.into_iter().take(TOLD) {
        let times = if count > 1 { format!(" and {} more", count - 1) } else { String::new() };
        let hint = if first.hint.is_empty() { first.code.fix } else { &first.hint };
        writeln!(out, "  - {}{times}: {hint}", place_in_file(first))?;
    }
    if more > 0 {
        writeln!(out, "  - and {more} other sorts of findings above")?;
    }
    Ok(())
}

/// Where a finding is, for somebody who has the file open.
fn place_in_file(finding: &Finding) -> String {
    let place = &finding.place;
    match (&place.cell, place.row, &place.column) {
        (Some(cell), _, Some(column)) => format!("{cell} ({column})"),
        (Some(cell), _, None) => cell.clone(),
        (None, _, Some(column)) => column.clone(),
        (None, Some(row), None) => format!("row {row}"),
        (None, None, None) => "the file".to_owned(),
    }
}

/// A JSON document, indented, with a final newline.
pub(super) fn json(value: &Value, out: &mut dyn Write) -> io::Result<()> {
    writeln!(out, "{value:#}")
}

/// The code of the first finding of the greatest weight: what `explain` is best asked about.
pub(super) fn ask_about(findings: &[Finding]) -> Option<&'static str> {
    findings.iter().min_by_key(|finding| finding.severity).map(|finding| finding.code.id)
}
