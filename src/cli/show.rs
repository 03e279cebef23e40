//! Findings and counts, for people and for programs, from one model.

use std::io::{self, Write};
use std::path::Path;

use anstyle::{AnsiColor, Style};
use serde_json::Value;
use unicode_width::UnicodeWidthStr as _;

use super::stopped::Stopped;
use super::told::{Form, Told};
use crate::answer::{Answer, github, json, junit, message, page, sarif};
use crate::check::privacy::{self, redaction};
use crate::disk;
use crate::finding::{self, Finding, Severity, is_hidden};
use crate::lang::Lang;
use crate::limits;
use crate::view::context::Context;

/// Longest part of a line that is shown beside a finding, in characters.
const SNIPPET: usize = 110;

pub(super) fn paint(text: &str, style: Style) -> String {
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

pub(super) fn severity(severity: Severity) -> Style {
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
        let line = text
            .lines()
            .nth(usize::try_from(number).ok()? - 1)
            .filter(|line| privacy::is_harmless(line) && !redaction::holds_secret(line))?;
        let line: String =
            line.chars().map(|one| if one == '\t' || is_hidden(one) { ' ' } else { one }).take(SNIPPET).collect();
        let before: String = line.chars().take(character - 1).collect();
        (character <= SNIPPET).then(|| (number.to_string(), line.trim_end().to_owned(), before.width()))
    }
}

/// Several answers in one of the forms that all commands share; those for people at a terminal and for programs are each
/// command's own.
pub(super) fn answers(answers: &[Answer], told: &Told, out: &mut dyn Write) -> Result<(), Stopped> {
    let context = Context { lang: told.lang, zone: &told.zone, now: &told.now, workspace: "" };
    let text = match told.form {
        Form::Human | Form::Json => return Ok(()),
        Form::Jsonl => json::lines(answers),
        Form::Junit => junit::document(&junit::suites(answers)),
        Form::Sarif => sarif::document(answers),
        Form::Github => github::annotations(answers),
        Form::Markdown => page::summary(answers, &context),
        Form::Html => page::page(answers, &context),
        Form::Message => messages(answers)?,
    };
    Ok(out.write_all(text.as_bytes())?)
}

/// The messages to the senders of files, in both languages.
fn messages(answers: &[Answer]) -> Result<String, Stopped> {
    let mut texts = Vec::new();
    for answer in answers {
        for lang in [Lang::ZhHant, Lang::En] {
            let none = || Stopped::new(format!("{} is no upload: there is no sender to tell", answer.path));
            texts.push(message::text(answer, lang).ok_or_else(none)?);
        }
    }
    Ok(texts.join("\n"))
}

/// A JSON document, indented, with a final newline.
pub(super) fn json(value: &Value, out: &mut dyn Write) -> io::Result<()> {
    writeln!(out, "{value:#}")
}

/// The code of the first finding of the greatest weight: what `explain` is best asked about.
pub(super) fn ask_about(findings: &[Finding]) -> Option<&'static str> {
    findings.iter().min_by_key(|finding| finding.severity).map(|finding| finding.code.id)
}
