//! Whether the decision holds, in the words with which a record says so, and which records it says take its place.

use std::ops::Range;

use super::parts::{Role, Sections, role, says_something};
use super::record::{DecisionRecord, Link, Part, Status};
use crate::check::privacy;
use crate::codes;
use crate::finding::{Finding, Place};
use crate::limits;
use crate::read::markdown::Outline;
use crate::read::text::Positions;

/// The words with which a status may begin, besides `ready for … review`.
pub const STATUS_WORDS: &[(&str, Status)] = &[
    ("proposed", Status::Proposed),
    ("draft", Status::Proposed),
    ("pending", Status::Pending),
    ("accepted", Status::Accepted),
    ("adopted", Status::Accepted),
    ("approved", Status::Accepted),
    ("rejected", Status::Rejected),
    ("deprecated", Status::Deprecated),
    ("superseded", Status::Superseded),
    ("提案中", Status::Proposed),
    ("草案", Status::Proposed),
    ("待採用", Status::Pending),
    ("待審", Status::Pending),
    ("已採用", Status::Accepted),
    ("已接受", Status::Accepted),
    ("已拒絕", Status::Rejected),
    ("已棄用", Status::Deprecated),
    ("已被取代", Status::Superseded),
];

/// What a record says about its status and about other records.
pub(super) struct Statements<'a> {
    /// The place of what is read, which is read in the order of the text.
    positions: Positions<'a>,
    /// Line and text of every place that says the status.
    pub(super) statuses: Vec<(u32, String)>,
    pub(super) supersedes: Vec<Link>,
    pub(super) superseded_by: Vec<Link>,
    /// The direction of a line that ends before it names a record; the list below it does.
    carried: Option<bool>,
}

impl<'a> Statements<'a> {
    pub(super) fn of(sections: &Sections<'a>, outline: &Outline) -> Self {
        let content = sections.text.content;
        let mut statements = Self {
            positions: Positions::new(content.as_bytes()),
            statuses: Vec::new(),
            supersedes: Vec::new(),
            superseded_by: Vec::new(),
            carried: None,
        };
        for range in sections.front_matter.iter().chain([&sections.preamble]) {
            for (offset, line) in lines(content, range) {
                if let Some((key, value)) = line.split_once([':', '：'])
                    && role(key.trim_matches([' ', '\t', '*', '-', '+', '_', '>'])) == Some(Role::Status)
                {
                    let value = value.trim().trim_matches(['"', '\'', '*', ' ']);
                    if !value.is_empty() {
                        let (number, _) = statements.positions.of(offset);
                        statements.statuses.push((number, value.to_owned()));
                    }
                }
                statements.supersession(outline, offset, line);
            }
        }
        for (_, heading, body) in sections.found.iter().filter(|(role, ..)| *role == Role::Status) {
            let said = content[body.clone()].trim();
            if says_something(said) {
                statements.statuses.push((heading.line, said.to_owned()));
            }
            for (offset, line) in lines(content, body) {
                statements.supersession(outline, offset, line);
            }
        }
        statements
    }

    /// Collects the records that one line names behind `superseded by`, `supersedes` or `取代`, or between `被` and
    /// `取代`.
    fn supersession(&mut self, outline: &Outline, offset: usize, line: &str) {
        if !line.starts_with([' ', '\t', '-', '*', '+', '[']) {
            self.carried = None;
        }
        let markers = markers(line);
        if markers.is_empty() && self.carried.is_none() {
            return;
        }
        let first = outline.links.partition_point(|link| link.offset < offset);
        let linked = outline.links[first..].iter().take_while(|link| link.offset < offset + line.len());
        let mut targets: Vec<_> = linked.map(|link| (link.offset - offset, link.target.as_str())).collect();
        if targets.is_empty() {
            // Front matter is no Markdown, so the outline has none of its links.
            targets = linked_records(line);
        }
        if targets.is_empty() {
            targets = named_records(line);
        }
        let mut markers = markers.into_iter().peekable();
        let mut direction = self.carried;
        for (at, target) in targets {
            while let Some((_, said)) = markers.next_if(|(marker, _)| *marker <= at) {
                direction = Some(said);
                self.carried = None;
            }
            let Some(successor) = direction else { continue };
            let (number, character) = self.positions.of(offset + at);
            let named = Link { target: target.to_owned(), line: number, character };
            if successor { &mut self.superseded_by } else { &mut self.supersedes }.push(named);
        }
        if let Some((_, said)) = markers.last() {
            self.carried = Some(said);
        }
    }
}

/// The lines of a range with their offsets.
fn lines<'a>(content: &'a str, range: &Range<usize>) -> impl Iterator<Item = (usize, &'a str)> {
    let mut offset = range.start;
    content[range.clone()].split_inclusive('\n').map(move |line| {
        let start = offset;
        offset += line.len();
        (start, line.trim_end())
    })
}

/// Where a line begins to name successors (`true`) or predecessors (`false`) of the record.
fn markers(line: &str) -> Vec<(usize, bool)> {
    // Byte for byte, so that offsets stay what they are.
    let line = line.to_ascii_lowercase().replace(['-', '_'], " ");
    let mut found: Vec<_> = line.match_indices("superseded by").map(|(at, _)| (at, true)).collect();
    found.extend(line.match_indices("supersedes").map(|(at, _)| (at, false)));
    let mut clause_start = 0;
    for clause in line.split_inclusive(['；', ';', '。']) {
        // `被 A 取代` names A as the successor, `取代 A` as the predecessor.
        let passive = clause.find('被').filter(|passive| clause[*passive..].contains("取代"));
        let active = clause.find("取代").filter(|_| passive.is_none());
        found.extend(passive.map(|at| (clause_start + at, true)));
        found.extend(active.map(|at| (clause_start + at, false)));
        clause_start += clause.len();
    }
    found.sort_unstable();
    found
}

/// The targets of the Markdown links of a line, each where its link begins.
fn linked_records(line: &str) -> Vec<(usize, &str)> {
    let links = line.match_indices("](").filter_map(|(end, divider)| {
        let start = line[..end].rfind('[')?;
        let target = &line[end + divider.len()..];
        let target = target[..target.find(')')?].split_whitespace().next()?;
        Some((start, target.trim_start_matches('<').trim_end_matches('>')))
    });
    links.collect()
}

/// The words of a line that look like a record: a Markdown file, or an identifier with a number such as `ADR-0005`.
fn named_records(line: &str) -> Vec<(usize, &str)> {
    let divides = |character: char| {
        character.is_whitespace()
            || matches!(character, '"' | '\'' | '`' | ',' | ';' | '(' | ')' | '[' | ']' | ':' | '*')
            || matches!(character, '，' | '。' | '；' | '、' | '「' | '」' | '（' | '）' | '：' | '被' | '取' | '代')
    };
    let looks_like_a_record = |word: &str| {
        let number = word.split_once('-').map_or("", |(_, number)| number);
        let identifier = !number.is_empty() && number.bytes().all(|byte| byte.is_ascii_digit());
        identifier || word.strip_suffix(".md").is_some_and(|stem| !stem.is_empty())
    };
    let mut end = 0;
    line.split_inclusive(divides)
        .map(|piece| {
            let start = end;
            end += piece.len();
            (start, piece.trim_end_matches(divides).trim_end_matches('.'))
        })
        .filter(|(_, word)| looks_like_a_record(word))
        .collect()
}

/// Takes the status from what is said of it; what is no known word, or says two things, is a finding.
pub(super) fn read(record: &mut DecisionRecord, statuses: &[(u32, String)], findings: &mut Vec<Finding>) {
    let most = usize::try_from(limits::FINDINGS_PER_CODE.value).unwrap_or(usize::MAX);
    for (line, said) in statuses.iter().take(most) {
        let place = Place::file(&record.path).at(*line, 1);
        let wrong = match (status_of(said), record.status) {
            (None, _) => {
                let words: Vec<_> = STATUS_WORDS.iter().map(|(word, _)| *word).collect();
                // Looked at as a whole: what is cut off no longer looks like what it is.
                let first = said.lines().next().unwrap_or_default();
                let cut: String = first.chars().take(60).collect();
                let shown = privacy::quoted(if privacy::is_harmless(first) { &cut } else { first });
                let message = format!("status {shown} begins with none of {}, ready for … review", words.join(", "));
                Some((message, "begin the status with one of these words; prose may follow it"))
            }
            (Some(status), Some(known)) if status != known => {
                let message = format!("the status is `{}` here and `{}` before", status.word(), known.word());
                Some((message, "say the same in both places"))
            }
            (Some(status), _) => {
                record.status = Some(status);
                None
            }
        };
        if let Some((message, hint)) = wrong {
            findings.push(Finding::new(&codes::DECISION_UNKNOWN_STATUS, place, message).hint(hint));
        }
        if record.status_text.is_none() {
            record.status_text = Some(Part { line: *line, markdown: said.clone() });
        }
    }
}

/// The status that a text begins with; `_`, `-` and a space are the same.
pub(super) fn status_of(said: &str) -> Option<Status> {
    let said = said.trim_start_matches(|first: char| first.is_whitespace() || "*_`>-+".contains(first));
    let said = said.to_lowercase().replace(['_', '-'], " ");
    let sentence = said.split(['.', '。', '\n']).next().unwrap_or_default();
    if let Some(reviewer) = sentence.strip_prefix("ready for ") {
        return reviewer.split(' ').any(|word| word == "review").then_some(Status::Pending);
    }
    if said.starts_with("已被") && said.split(['。', '\n']).next().is_some_and(|said| said.contains("取代")) {
        return Some(Status::Superseded);
    }
    STATUS_WORDS.iter().find_map(|(word, status)| {
        let rest = said.strip_prefix(word)?;
        let goes_on = word.is_ascii() && rest.starts_with(char::is_alphanumeric);
        // `proposed | accepted | rejected` is a template that nobody filled in.
        let undecided = rest.trim_start().starts_with(['|', '/']);
        (!goes_on && !undecided).then_some(*status)
    })
}
