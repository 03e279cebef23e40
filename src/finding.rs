//! What was noticed in an input or an artifact, where, and what to do about it.
//!
//! Bad data is not an error: whoever reads or checks returns what could be used together with its findings, and the
//! run goes on. Invariants: a finding never repeats a secret or personal data, it only says where they are; nothing in
//! it is hidden from whoever reads it.

use std::cmp::Ordering;
use std::fmt;

use crate::lang::Words;

/// How much a finding weighs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Severity {
    /// Something is wrong; the run ends with status 1.
    Error,
    /// Something is suspicious; a person should look.
    Warning,
    /// Something was normalised without loss, or is worth knowing.
    Notice,
}

impl Severity {
    /// The word used in every report format.
    pub fn word(self) -> &'static str {
        match self {
            Self::Error => "error",
            Self::Warning => "warning",
            Self::Notice => "notice",
        }
    }
}

/// A stable finding code and its documentation, printed by `proofpack explain`.
#[derive(Debug)]
pub struct Code {
    /// The word that stands in every report.
    pub id: &'static str,
    /// How much such a finding weighs, unless it says otherwise.
    pub severity: Severity,
    /// A heading for people.
    pub title: Words,
    /// What it means and why it matters.
    pub meaning: &'static str,
    /// What brings it about.
    pub example: &'static str,
    /// How to mend it.
    pub fix: &'static str,
    /// The same in Chinese, for whoever sent the file; empty where nobody is asked to mend anything.
    pub fix_zh: &'static str,
    /// What its findings say, in English and in Chinese, with `{}` for the gaps, which come in the same order; and what
    /// may stand in a gap. A pattern stands before another one that has its words too.
    pub said_zh: &'static [(&'static str, &'static str)],
}

impl PartialEq for Code {
    fn eq(&self, other: &Self) -> bool {
        self.id == other.id
    }
}

impl Eq for Code {}

/// Where something is. Every part is optional; a place with none is the run itself.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Place {
    /// Path as a user would name it: relative to the workspace or as typed, with `/`.
    pub file: Option<String>,
    /// Sheet of a workbook.
    pub sheet: Option<String>,
    /// Row as Excel shows it: title and header rows counted, from 1.
    pub row: Option<u32>,
    /// Line of a text file, from 1.
    pub line: Option<u32>,
    /// Character within the line, from 1.
    pub character: Option<u32>,
    /// Column by its field name.
    pub column: Option<String>,
    /// Cell as Excel names it, such as `E4`.
    pub cell: Option<String>,
    /// RFC 6901 JSON pointer.
    pub pointer: Option<String>,
    /// Offset in bytes from the beginning of a text file, from 0. For programs; people are shown line and cell.
    pub byte: Option<u64>,
}

impl Place {
    /// A whole file.
    pub fn file(path: impl Into<String>) -> Self {
        Self { file: Some(path.into()), ..Self::default() }
    }

    /// A line and a character of this file.
    #[must_use]
    pub fn at(mut self, line: u32, character: u32) -> Self {
        self.line = Some(line);
        self.character = Some(character);
        self
    }
}

/// Whether a character cannot be seen and changes how the rest reads: controls but tabs and line breaks, and marks that
/// turn the direction of a text.
pub fn is_hidden(character: char) -> bool {
    match character {
        '\t' | '\n' | '\r' => false,
        '\u{61C}' | '\u{200E}' | '\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}' => true,
        other => other.is_control(),
    }
}

/// A text as people may be shown it: hidden characters are shown as U+FFFD.
pub fn visible(text: impl Into<String>) -> String {
    let text = text.into();
    if text.contains(is_hidden) { text.replace(is_hidden, "\u{FFFD}") } else { text }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&visible(self.file.as_deref().unwrap_or("-")))?;
        if let Some(sheet) = &self.sheet {
            write!(f, "!{}", visible(sheet))?;
        }
        if let Some(line) = self.line {
            write!(f, ":{line}")?;
        }
        if let Some(character) = self.character {
            write!(f, ":{character}")?;
        }
        if let Some(cell) = &self.cell {
            write!(f, "!{cell}")?;
        } else if let (Some(row), None) = (self.row, self.line) {
            write!(f, ", row {row}")?;
        }
        if let Some(column) = &self.column {
            write!(f, " ({})", visible(column))?;
        }
        if let Some(pointer) = &self.pointer
            && !pointer.is_empty()
        {
            write!(f, " at {}", visible(pointer))?;
        }
        Ok(())
    }
}

/// One finding.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// What sort of thing was found; `proofpack explain` tells more.
    pub code: &'static Code,
    /// Usually the code's own severity.
    pub severity: Severity,
    /// Where.
    pub place: Place,
    /// What was found and what was expected, as a lower-case fragment.
    pub message: String,
    /// What to do about it; empty when the message says it all.
    pub hint: String,
    /// How many findings it stands for: itself, or all those of its code whose places a limit left out.
    pub times: usize,
}

impl Finding {
    /// A finding with its code's severity and no hint.
    pub fn new(code: &'static Code, place: Place, message: impl Into<String>) -> Self {
        Self { code, severity: code.severity, place, message: visible(message), hint: String::new(), times: 1 }
    }

    /// The same finding with a hint.
    #[must_use]
    pub fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = visible(hint);
        self
    }

    /// The same finding with another severity than its code's.
    #[must_use]
    pub fn severity(mut self, severity: Severity) -> Self {
        self.severity = severity;
        self
    }

    /// A finding that stands for so many whose places were not kept.
    #[must_use]
    pub fn times(mut self, times: usize) -> Self {
        self.times = times;
        self
    }

    /// What it says in Chinese; `None` when that is not known. Its words are looked up, and what stands in their gaps is
    /// carried over as it is.
    pub fn message_zh(&self) -> Option<String> {
        let carried = |(english, chinese): &(&str, &str)| self.carried(english, chinese);
        let by_title = || {
            Some(format!(
                "{}：{}",
                self.message.strip_suffix(self.code.title.en)?.strip_suffix(": ")?,
                self.code.title.zh
            ))
        };
        self.code.said_zh.iter().chain(&OF_ALL).find_map(carried).or_else(by_title)
    }

    /// The message in Chinese, when it has the words of this pattern.
    fn carried(&self, english: &str, chinese: &str) -> Option<String> {
        let stand = gaps(&self.message, english)?;
        let said = |gap: &str| {
            let known = self.code.said_zh.iter().find(|(english, _)| *english == gap);
            let withheld = || Some(filled(WITHHELD.1, &gaps(gap, WITHHELD.0)?));
            known.map(|(_, chinese)| (*chinese).to_owned()).or_else(withheld).unwrap_or_else(|| gap.to_owned())
        };
        let said: Vec<_> = stand.into_iter().map(said).collect();
        Some(filled(chinese, &said))
    }
    /// The one order in which findings are shown: by place, then weight, then code.
    fn order(&self, other: &Self) -> Ordering {
        (&self.place, self.severity, self.code.id, &self.message).cmp(&(
            &other.place,
            other.severity,
            other.code.id,
            &other.message,
        ))
    }
}

/// What findings of every code say: one that stands for others.
const OF_ALL: [(&str, &str); 1] =
    [("{} more like this in the file, {} in all (limit `{}`)", "另有 {} 處，共 {} 處（上限 `{}`）")];
/// What stands in a gap for a value that is not repeated.
const WITHHELD: (&str, &str) = ("a text of {} characters", "{} 個字的內容（不顯示）");

/// What stands in the gaps of a pattern, when a text has its words.
fn gaps<'t>(text: &'t str, pattern: &str) -> Option<Vec<&'t str>> {
    let mut words = pattern.split("{}").peekable();
    let mut rest = text.strip_prefix(words.next()?)?;
    let mut gaps = Vec::new();
    while let Some(next) = words.next() {
        let end = match words.peek() {
            Some(_) => rest.find(next)?,
            None => rest.strip_suffix(next)?.len(),
        };
        gaps.push(&rest[..end]);
        rest = &rest[end + next.len()..];
    }
    rest.is_empty().then_some(gaps)
}

/// A pattern with its gaps filled.
fn filled(pattern: &str, gaps: &[impl AsRef<str>]) -> String {
    let mut pieces = pattern.split("{}");
    let mut text = pieces.next().unwrap_or_default().to_owned();
    for (piece, gap) in pieces.zip(gaps) {
        text += gap.as_ref();
        text += piece;
    }
    text
}

/// Puts findings into the one order in which they are shown.
pub fn sort(findings: &mut [Finding]) {
    findings.sort_by(Finding::order);
}

/// How many findings have this severity, those counted whose places were not kept.
pub fn count(findings: &[Finding], severity: Severity) -> usize {
    findings.iter().filter(|finding| finding.severity == severity).map(|finding| finding.times).sum()
}

/// `did you mean …` when one of the known words is close to what was typed.
pub fn did_you_mean<'a>(typed: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    known
        .into_iter()
        .map(|word| (strsim::jaro_winkler(typed, word), word))
        .filter(|(likeness, _)| *likeness > 0.8)
        .max_by(|a, b| a.0.total_cmp(&b.0))
        .map(|(_, word)| word)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::codes;

    #[track_caller]
    fn check(code: &'static Code, message: &str, expected: Option<&str>) {
        assert_eq!(Finding::new(code, Place::default(), message).message_zh().as_deref(), expected, "{message}");
    }

    #[test]
    fn the_gaps_of_a_message_are_carried_over() {
        check(&codes::RAGGED_ROW, "has 3 cells, expected 10", Some("這一列有 3 格，應有 10 格"));
        check(&codes::DELIMITER, "the cells are separated by tabs", Some("儲存格以定位字元（Tab）分隔"));
        check(&codes::BLANK_REQUIRED, "amount is blank in a paid row", Some("amount 空白，但這一列是已付款"));
        check(&codes::EMPTY_FILE, "is blank", Some("檔案是空的"));
        check(&codes::EMPTY_FILE, "is blank and more", None);
        check(&codes::SYMLINK, "is a link", None);
        check(&codes::SYMLINK, "amount: symbolic link", Some("amount：不接受符號連結"));
        check(&codes::UNREADABLE, "cannot be read: a text of 3 characters", Some("無法讀取：3 個字的內容（不顯示）"));
        let rest = "3 more like this in the file, 103 in all (limit `findings_per_code`)";
        check(&codes::RAGGED_ROW, rest, Some("另有 3 處，共 103 處（上限 `findings_per_code`）"));
    }

    #[test]
    fn nothing_in_a_finding_is_hidden() {
        let place = Place { pointer: Some("/a\u{202E}b".to_owned()), ..Place::file("f\u{1b}[31m.json") };
        let found = Finding::new(&codes::NEW_WORD, place, "`\u{2066}x`\tand\nmore").hint("\u{200F}");
        assert_eq!(found.message, "`\u{FFFD}x`\tand\nmore");
        assert_eq!(found.hint, "\u{FFFD}");
        assert_eq!(found.place.to_string(), "f\u{FFFD}[31m.json at /a\u{FFFD}b");
    }
}
