//! Decision records: why something was decided, whether it holds, and what to say to reject it.
//!
//! Two dialects are read: headings for each part, in English or Traditional Chinese (`## Background`, `## 決策`), and
//! MADR 4 (front matter or a `* Status:` line, `## Considered Options`, `Chosen option: "X", because …`). A record
//! without a section for the reasons gives them in its recommendation. The words of both stand in [`PARTS`] and
//! [`STATUS_WORDS`], nothing else is understood: neither a part nor a status is guessed from prose.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

use crate::check::privacy;
use crate::codes;
use crate::finding::{Finding, Place, Severity};
use crate::limits;
use crate::read::markdown::{self, Heading, Outline};
use crate::read::text::{self, Positions, Text};

/// Name of the document inside a pack.
pub const FILE: &str = "decision-record.md";

/// What a decision record says.
#[derive(Clone, Debug)]
pub struct DecisionRecord {
    /// Path as findings show it.
    pub path: String,
    /// Its first heading, or the name of the file.
    pub title: String,
    /// Whether the decision holds. `None` when that is not said in a known word, which has been reported.
    pub status: Option<Status>,
    /// The whole section or line that says the status.
    pub status_text: Option<Part>,
    /// What made a decision necessary.
    pub context: Option<Part>,
    /// Between what was chosen.
    pub options: Option<Part>,
    /// What was chosen.
    pub decision: Option<Part>,
    /// For what reasons.
    pub why: Option<Part>,
    /// What follows from it.
    pub consequences: Option<Part>,
    /// What to answer when the decision is not adopted.
    pub feedback: Option<Part>,
    /// The records that this one takes the place of.
    pub supersedes: Vec<Link>,
    /// The records that take the place of this one.
    pub superseded_by: Vec<Link>,
}

/// A part of a decision record.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Part {
    /// Line of its heading, or where it begins when it has none; from 1.
    pub line: u32,
    /// What it says.
    pub markdown: String,
}

/// A reference to another record.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Link {
    /// As written: a path relative to the record's folder.
    pub target: String,
    /// Line, from 1.
    pub line: u32,
    /// Character within the line, from 1.
    pub character: u32,
}

/// Whether a decision holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Status {
    /// Put forward; nobody has been asked to adopt it yet.
    Proposed,
    /// Waits for someone's adoption or review.
    Pending,
    /// Holds.
    Accepted,
    /// Was turned down.
    Rejected,
    /// No longer holds, and nothing took its place.
    Deprecated,
    /// No longer holds; another record took its place.
    Superseded,
}

impl Status {
    /// The word used in reports.
    pub fn word(self) -> &'static str {
        match self {
            Self::Proposed => "proposed",
            Self::Pending => "pending",
            Self::Accepted => "accepted",
            Self::Rejected => "rejected",
            Self::Deprecated => "deprecated",
            Self::Superseded => "superseded",
        }
    }
}

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

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Role {
    Status,
    Context,
    Options,
    Decision,
    Why,
    Consequences,
    Feedback,
    /// Gives the reasons when nothing else does.
    Recommendation,
}

/// The headings of each part, in lower case.
const PARTS: &[(Role, &[&str])] = &[
    (Role::Status, &["status", "adoption status", "decision status", "狀態", "採用狀態", "決策狀態"]),
    (
        Role::Context,
        &[
            "context",
            "background",
            "problem",
            "problem statement",
            "context and problem statement",
            "背景",
            "脈絡",
            "問題",
            "問題陳述",
            "背景與問題",
            "脈絡與問題",
        ],
    ),
    (
        Role::Options,
        &[
            "options",
            "options considered",
            "considered options",
            "alternatives",
            "alternatives considered",
            "pros and cons of the options",
            "選項",
            "考慮的選項",
            "考慮過的選項",
            "方案",
            "備選方案",
        ],
    ),
    (Role::Decision, &["decision", "decision outcome", "決策", "決定", "決策結果"]),
    (Role::Why, &["why", "rationale", "reason", "reasons", "justification", "理由", "為什麼", "原因", "決策理由"]),
    (
        Role::Consequences,
        &["consequences", "positive consequences", "negative consequences", "impact", "後果", "影響", "後果與影響"],
    ),
    (
        Role::Feedback,
        &[
            "feedback",
            "feedback required if rejected",
            "feedback if rejected",
            "feedback if not adopted",
            "if not adopted",
            "if rejected",
            "回饋",
            "若不採用",
            "若未採用",
            "若被拒絕",
            "若被拒絕的回饋",
            "若不採用的回饋",
        ],
    ),
    (Role::Recommendation, &["recommendation", "建議"]),
];

/// With which words a decision that gives its reasons in the same sentence begins, and which begin the reasons.
const CHOSEN_BECAUSE: &[(&str, &str)] = &[("chosen option", "because"), ("選定", "因為"), ("選擇", "因為")];

/// Reads a decision record. `None` when the file is no text; the findings say what is missing or not understood.
pub fn read(path: &str, bytes: &[u8], findings: &mut Vec<Finding>) -> Option<DecisionRecord> {
    let text = text::read(path, bytes, findings)?;
    let outline = markdown::outline(text, findings);
    let sections = Sections::of(text, &outline);
    let mut record = DecisionRecord {
        path: path.to_owned(),
        title: sections.title.map_or_else(
            || path.rsplit('/').next().unwrap_or(path).to_owned(),
            |heading| heading.text.trim().to_owned(),
        ),
        status: None,
        status_text: None,
        context: sections.part(Role::Context),
        options: sections.part(Role::Options),
        decision: sections.part(Role::Decision),
        why: sections.part(Role::Why),
        consequences: sections.part(Role::Consequences),
        feedback: sections.part(Role::Feedback),
        supersedes: Vec::new(),
        superseded_by: Vec::new(),
    };
    if record.why.is_none() {
        record.why = sections.because().or_else(|| sections.part(Role::Recommendation));
    }
    let statements = Statements::of(&sections, &outline);
    read_status(&mut record, &statements.statuses, findings);
    report_missing(&record, &sections, findings);
    record.supersedes = statements.supersedes;
    record.superseded_by = statements.superseded_by;
    if let (Some(Status::Superseded), true, Some(part)) =
        (record.status, record.superseded_by.is_empty(), &record.status_text)
    {
        let place = Place::file(path).at(part.line, 1);
        findings.push(
            Finding::new(
                &codes::DECISION_DANGLING,
                place,
                "the decision is superseded, but its successor is not named",
            )
            .hint("write `Superseded by [title](file.md)`"),
        );
    }
    Some(record)
}

/// The parts of a record in the text.
struct Sections<'a> {
    text: Text<'a>,
    title: Option<&'a Heading>,
    /// Bytes before the first part, without the title and the front matter.
    preamble: Range<usize>,
    front_matter: Option<Range<usize>>,
    /// What was found for each role, in the order of the text; blank ones too.
    found: Vec<(Role, &'a Heading, Range<usize>)>,
}

impl<'a> Sections<'a> {
    fn of(text: Text<'a>, outline: &'a Outline) -> Self {
        let top: Vec<_> = outline.headings.iter().filter(|heading| heading.body.is_some()).collect();
        let title = top.first().copied().filter(|first| {
            role(&first.text).is_none() || top.len() > 1 && top[1..].iter().all(|heading| heading.level > first.level)
        });
        let named = |heading: &&&Heading| title.is_none_or(|title| title.offset != heading.offset);
        let parts: Vec<_> =
            top.iter().filter(named).filter_map(|heading| Some((role(&heading.text)?, *heading))).collect();
        // Options may have reasons and consequences of their own below them; those are theirs. A decision may have
        // the record's below it, as in MADR.
        let level = parts.iter().map(|(_, heading)| heading.level).min().unwrap_or_default();
        let decided: Vec<_> = parts
            .iter()
            .filter(|(role, heading)| *role == Role::Decision && heading.level == level)
            .filter_map(|(_, heading)| heading.body.clone())
            .collect();
        let parts: Vec<_> = parts
            .into_iter()
            .filter(|(role, heading)| {
                let before = decided.partition_point(|body| body.start <= heading.offset);
                heading.level == level
                    || matches!(role, Role::Why | Role::Consequences)
                        && decided[..before].last().is_some_and(|body| body.contains(&heading.offset))
            })
            .collect();
        let mut found = Vec::new();
        for (index, (role, heading)) in parts.iter().enumerate() {
            let Some(body) = heading.body.clone() else { continue };
            let next = parts.get(index + 1).map_or(body.end, |(_, next)| next.offset);
            found.push((*role, *heading, body.start..body.end.min(next)));
        }
        let behind_front_matter = markdown::front_matter(text.content).map_or(0, |(_, behind)| behind);
        let start = title.and_then(|title| title.body.clone()).map_or(behind_front_matter, |body| body.start);
        let end = parts.first().map_or(text.content.len(), |(_, heading)| heading.offset);
        Self { text, title, preamble: start..end.max(start), front_matter: outline.front_matter.clone(), found }
    }

    /// The first part of this role that is not blank.
    fn part(&self, role: Role) -> Option<Part> {
        self.found.iter().filter(|(found, ..)| *found == role).find_map(|(_, heading, body)| {
            let markdown = &self.text.content[body.clone()];
            says_something(markdown).then(|| Part { line: heading.line, markdown: markdown.trim().to_owned() })
        })
    }

    /// The reasons that stand in the sentence of the decision itself.
    fn because(&self) -> Option<Part> {
        let decisions = self.found.iter().filter(|(role, ..)| *role == Role::Decision);
        decisions.into_iter().find_map(|(_, _, body)| {
            let lower = self.text.content[body.clone()].to_ascii_lowercase();
            CHOSEN_BECAUSE.iter().find_map(|(chosen, because)| {
                let chosen = lower.find(chosen)?;
                let ends = ["\n\n", "\n\r\n"].map(|blank| lower[chosen..].find(blank));
                let paragraph = ends.into_iter().flatten().min().map_or(lower.len(), |end| chosen + end);
                let start = chosen + lower[chosen..paragraph].find(because)?;
                let reasons = body.start + start + because.len()..body.start + paragraph;
                let (line, _) = self.text.position(reasons.start);
                let markdown = self.text.content[reasons].trim();
                (!markdown.is_empty()).then(|| Part { line, markdown: markdown.to_owned() })
            })
        })
    }
}

/// The role of a heading: the whole of it, or one of the sides of `Context / 背景` and `背景（Context）`.
fn role(heading: &str) -> Option<Role> {
    let numbering = |character: char| character.is_ascii_digit() || "一二三四五六七八九十、.) ".contains(character);
    let heading = heading.to_lowercase();
    let heading = heading.trim_start_matches(numbering);
    heading.split(['/', '／', '|', '(', ')', '（', '）']).find_map(|side| {
        let side = side.trim().trim_end_matches([':', '：']).trim_end();
        PARTS.iter().find(|(_, words)| words.contains(&side)).map(|(role, _)| *role)
    })
}

/// Whether anything stands there besides comments and rules.
fn says_something(markdown: &str) -> bool {
    let mut rest = markdown;
    let mut uncommented = String::new();
    while let Some(start) = rest.find("<!--") {
        uncommented.push_str(&rest[..start]);
        rest = rest[start..].find("-->").map_or("", |end| &rest[start + end + 3..]);
    }
    uncommented.push_str(rest);
    uncommented.chars().any(char::is_alphanumeric)
}

/// What a record says about its status and about other records.
struct Statements<'a> {
    /// The place of what is read, which is read in the order of the text.
    positions: Positions<'a>,
    /// Line and text of every place that says the status.
    statuses: Vec<(u32, String)>,
    supersedes: Vec<Link>,
    superseded_by: Vec<Link>,
    /// The direction of a line that ends before it names a record; the list below it does.
    carried: Option<bool>,
}

impl<'a> Statements<'a> {
    fn of(sections: &Sections<'a>, outline: &Outline) -> Self {
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

fn read_status(record: &mut DecisionRecord, statuses: &[(u32, String)], findings: &mut Vec<Finding>) {
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
fn status_of(said: &str) -> Option<Status> {
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

fn report_missing(record: &DecisionRecord, sections: &Sections<'_>, findings: &mut Vec<Finding>) {
    let parts = [
        (Role::Status, "status", "## Status", &record.status_text, Severity::Error),
        (Role::Context, "context", "## Context", &record.context, Severity::Warning),
        (Role::Options, "options", "## Options", &record.options, Severity::Error),
        (Role::Decision, "decision", "## Decision", &record.decision, Severity::Error),
        (Role::Why, "why", "## Why", &record.why, Severity::Error),
        (Role::Consequences, "consequences", "## Consequences", &record.consequences, Severity::Warning),
        (Role::Feedback, "feedback", "## Feedback if not adopted", &record.feedback, Severity::Warning),
    ];
    for (role, name, heading, part, severity) in parts {
        if part.is_some() {
            continue;
        }
        let blank = sections.found.iter().find(|(found, ..)| *found == role).map(|(_, heading, _)| heading.line);
        let line = blank.or(sections.title.map(|title| title.line)).unwrap_or(1);
        let (message, hint) = if blank.is_some() {
            (format!("the part `{name}` is blank"), "write at least a sentence under this heading".to_owned())
        } else {
            (format!("the part `{name}` is missing"), format!("add a section `{heading}` with at least a sentence"))
        };
        let place = Place::file(&record.path).at(line, 1);
        findings.push(Finding::new(&codes::DECISION_PART_MISSING, place, message).hint(hint).severity(severity));
    }
}

/// Checks that what the records say about one another leads somewhere and not in a circle. Targets are paths relative
/// to the folder of the record that names them; one that begins with `/` is relative to the workspace.
pub fn check_supersession(records: &[DecisionRecord], findings: &mut Vec<Finding>) {
    let before = findings.len();
    let paths: BTreeMap<String, &DecisionRecord> =
        records.iter().filter_map(|record| Some((resolve("", &record.path)?, record))).collect();
    // From a record to those that take its place, each with the record and link that say so.
    let mut successors: BTreeMap<&str, BTreeMap<&str, (&str, &Link)>> = BTreeMap::new();
    for (path, record) in &paths {
        let folder = path.rfind('/').map_or("", |end| &path[..end]);
        let successor = record.superseded_by.iter().map(|link| (link, true));
        let mut dangling = 0;
        for (link, is_successor) in successor.chain(record.supersedes.iter().map(|link| (link, false))) {
            let target = resolve(folder, &link.target).and_then(|target| {
                let named = paths.keys().find(|path| **path == target);
                named.or_else(|| paths.keys().find(|path| is_meant(&target, path)))
            });
            let Some(target) = target else {
                dangling += 1;
                if dangling > limits::FINDINGS_PER_CODE.value {
                    continue;
                }
                let place = Place::file(&record.path).at(link.line, link.character);
                let message = format!("`{}` is none of the decision records", link.target);
                findings.push(
                    Finding::new(&codes::DECISION_DANGLING, place, message)
                        .hint("name the file of the record, relative to the folder of this one"),
                );
                continue;
            };
            let (from, to) = if is_successor { (path, target) } else { (target, path) };
            successors.entry(from).or_default().entry(to).or_insert((record.path.as_str(), link));
        }
    }
    for circle in circles(&successors) {
        report_circle(&circle, &successors, findings);
    }
    privacy::redact(&mut findings[before..]);
}

impl DecisionRecord {
    /// The paths of the records that this one names, resolved from its own folder.
    pub fn targets(&self) -> Vec<String> {
        let folder = self.path.rfind('/').map_or("", |end| &self.path[..end]);
        let links = self.superseded_by.iter().chain(&self.supersedes);
        links.filter_map(|link| resolve(folder, &link.target)).collect()
    }

    /// The same record without its text: all that links between many records need.
    #[must_use]
    pub fn links_only(self) -> Self {
        Self {
            status_text: None,
            context: None,
            options: None,
            decision: None,
            why: None,
            consequences: None,
            feedback: None,
            ..self
        }
    }
}

/// Whether an identifier such as `adr/ADR-0123` means the record of this path: `adr/0123-*.md` or `adr/ADR-0123*.md`.
pub fn is_meant(target: &str, path: &str) -> bool {
    let (folder, identifier) = target.rsplit_once('/').unwrap_or(("", target));
    let (beside, file) = path.rsplit_once('/').unwrap_or(("", path));
    let number = identifier.split_once('-').map_or("", |(_, number)| number);
    let numbered = !number.is_empty() && number.bytes().all(|byte| byte.is_ascii_digit());
    let (identifier, file) = (identifier.to_lowercase(), file.to_lowercase());
    let Some(stem) = file.strip_suffix(".md").filter(|_| numbered && folder == beside) else { return false };
    [number, &identifier]
        .into_iter()
        .filter_map(|name| stem.strip_prefix(name))
        .any(|rest| rest.is_empty() || rest.starts_with('-'))
}

/// A path without `.`, `..` and `#fragment`. `None` when it leads out of the workspace or to another machine.
fn resolve(folder: &str, target: &str) -> Option<String> {
    let target = target.split(['#', '?']).next().unwrap_or_default();
    if target.is_empty() || target.contains("://") {
        return None;
    }
    let folder = if target.starts_with('/') { "" } else { folder };
    let mut parts = Vec::new();
    for part in folder.split('/').chain(target.split('/')) {
        match part {
            "" | "." => {}
            ".." => {
                parts.pop()?;
            }
            part => parts.push(part),
        }
    }
    Some(parts.join("/"))
}

type Successors<'a> = BTreeMap<&'a str, BTreeMap<&'a str, (&'a str, &'a Link)>>;

/// The circles, each once, beginning with their first path in lexical order.
fn circles<'a>(successors: &Successors<'a>) -> BTreeSet<Vec<&'a str>> {
    let next_of = |path: &str| -> Vec<&'a str> {
        successors.get(path).map(|next| next.keys().rev().copied().collect()).unwrap_or_default()
    };
    let mut circles = BTreeSet::new();
    let mut done = BTreeSet::new();
    for start in successors.keys() {
        // A walk with its own stack: as long as the longest chain of records, whatever that is.
        let mut way: Vec<&'a str> = Vec::new();
        let mut open: Vec<(&'a str, Vec<&'a str>)> = Vec::new();
        let mut enter = Some(*start).filter(|start| !done.contains(start));
        loop {
            if let Some(path) = enter.take() {
                way.push(path);
                open.push((path, next_of(path)));
            }
            let Some((path, next)) = open.last_mut() else { break };
            match next.pop() {
                None => {
                    done.insert(*path);
                    open.pop();
                    way.pop();
                }
                Some(next) => {
                    if let Some(begin) = way.iter().position(|path| *path == next) {
                        let mut circle = way[begin..].to_vec();
                        let first = (0..circle.len()).min_by_key(|at| circle[*at]).unwrap_or_default();
                        circle.rotate_left(first);
                        circles.insert(circle);
                    } else if !done.contains(next) {
                        enter = Some(next);
                    }
                }
            }
        }
    }
    circles
}

fn report_circle(circle: &[&str], successors: &Successors<'_>, findings: &mut Vec<Finding>) {
    let steps: Vec<_> = circle
        .iter()
        .zip(circle.iter().cycle().skip(1))
        .filter_map(|(from, to)| Some((from, to, successors.get(from)?.get(to)?)))
        .collect();
    let said: Vec<_> = steps
        .iter()
        .map(|(from, to, (by, link))| format!("`{from}` is superseded by `{to}` ({by}:{})", link.line))
        .collect();
    // A statement in the first record itself, if it makes one.
    let Some((_, _, (by, link))) = steps.iter().find(|(_, _, (by, _))| *by == circle[0]).or(steps.first()) else {
        return;
    };
    let place = Place::file(*by).at(link.line, link.character);
    findings.push(Finding::new(&codes::DECISION_CYCLE, place, said.join(", ")).hint("remove one of these links"));
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn show(findings: &[Finding]) -> Vec<String> {
        findings
            .iter()
            .map(|found| format!("{} {} {}: {}", found.severity.word(), found.code.id, found.place, found.message))
            .collect()
    }

    /// The record in a line, its parts as `line «text»`, and the findings.
    fn check(markdown: &str) -> (String, Vec<String>) {
        let mut findings = Vec::new();
        let record = read("d/r.md", markdown.as_bytes(), &mut findings).unwrap();
        let parts = [
            ("status", &record.status_text),
            ("context", &record.context),
            ("options", &record.options),
            ("decision", &record.decision),
            ("why", &record.why),
            ("consequences", &record.consequences),
            ("feedback", &record.feedback),
        ];
        let parts = parts.into_iter().filter_map(|(name, part)| part.as_ref().map(|part| (name, part)));
        let parts = parts.map(|(name, part)| format!("{name} {} «{}»", part.line, part.markdown));
        let links = record.supersedes.iter().map(|link| ("supersedes", link));
        let links = links.chain(record.superseded_by.iter().map(|link| ("by", link)));
        let links = links.map(|(name, link)| format!("{name} {}:{} {}", link.line, link.character, link.target));
        let status = record.status.map_or("-", Status::word);
        let head = format!("{} [{status}]", record.title);
        let shown = std::iter::once(head).chain(parts).chain(links).collect::<Vec<_>>().join(" ");
        (shown, show(&findings))
    }

    #[test]
    fn a_record_with_a_table_of_options() {
        let (shown, findings) = check(
            "# Decision Record: Entry check\n\n## Background\nThe job is made again.\n\n## Options\n\n\
             | Option | Risk |\n|---|---|\n| Go on | Twice the work |\n\n## Decision\nCheck at the entry.\n\n\
             ## Why\nThe fault is upstream.\n\n## Adoption Status\n\npending_dispatcher_adoption\n\nOwner: dispatch.\n\n\
             ## Feedback Required If Rejected\n- Which rule is wrong.\n",
        );
        assert_eq!(
            shown,
            "Decision Record: Entry check [pending] status 18 «pending_dispatcher_adoption\n\nOwner: dispatch.» \
             context 3 «The job is made again.» options 6 «| Option | Risk |\n|---|---|\n| Go on | Twice the work |» \
             decision 12 «Check at the entry.» why 15 «The fault is upstream.» feedback 24 «- Which rule is wrong.»"
        );
        assert_eq!(findings, ["warning decision_part_missing d/r.md:1:1: the part `consequences` is missing"]);
    }

    #[test]
    fn a_record_whose_reasons_stand_in_the_recommendation() {
        let (shown, findings) = check(
            "# Decision Record\n\n## Decision\n採用自修復。\n\n## Options Considered\n- 只看：無法修。\n- 看和修：最佳。\n\n\
             ## Recommendation\nD1 採用。\n\n## Adoption Status\nReady for PLS owner review. 預設不執行。\n\n\
             ## If Not Adopted\n請指出阻礙。\n",
        );
        assert_eq!(
            shown,
            "Decision Record [pending] status 13 «Ready for PLS owner review. 預設不執行。» \
             options 6 «- 只看：無法修。\n- 看和修：最佳。» decision 3 «採用自修復。» why 10 «D1 採用。» feedback 16 «請指出阻礙。»"
        );
        assert_eq!(
            findings,
            [
                "warning decision_part_missing d/r.md:1:1: the part `context` is missing",
                "warning decision_part_missing d/r.md:1:1: the part `consequences` is missing"
            ]
        );
        let (shown, findings) = check(
            "# Decision Record\n## Decision\nEscalate the gap.\n## Problem\nNo file.\n## Options Considered\n1. Again.\n   \
             - Rejected: is there.\n2. Escalate.\n   - Recommended: has an owner.\n## Recommendation\nAsk for the file.\n\
             ## Adoption Status\nProposed. Acceptance requires a file.\n## Landing Path\nOwner: A.\n\
             ## Feedback If Not Adopted\nName the owner.\n",
        );
        assert!(
            shown.starts_with("Decision Record [proposed] status 13 «Proposed. Acceptance requires a file.»"),
            "{shown}"
        );
        assert_eq!(findings, ["warning decision_part_missing d/r.md:1:1: the part `consequences` is missing"]);
    }

    #[test]
    fn a_record_in_chinese() {
        let (shown, findings) = check(
            "# 入口檢查\n## 一、背景\na\n## 2. 選項\nb\n## 決策：\nc\n## 理由 / Why\nd\n## 後果\ne\n## 採用狀態\n\
             **已採用**，2026-05-24。取代 [舊](old.md)\n## 若被拒絕的回饋\nf\n",
        );
        assert_eq!(
            shown,
            "入口檢查 [accepted] status 12 «**已採用**，2026-05-24。取代 [舊](old.md)» context 2 «a» options 4 «b» decision 6 «c» \
             why 8 «d» consequences 10 «e» feedback 14 «f» supersedes 13:23 old.md"
        );
        assert_eq!(findings, [""; 0]);
    }

    #[test]
    fn a_record_in_madr() {
        let (shown, findings) = check(
            "---\nstatus: \"superseded by ADR-0005\"\ndate: 2026-05-24\ndecision-makers: A\nsupersedes:\n  - 0001-a.md\n  - 0002-b.md\n---\n\
             # Use X\n\n## Context and Problem Statement\n\nWhat?\n\n## Considered Options\n\n* X\n* Y\n\n## Decision Outcome\n\n\
             Chosen option: \"X\", because it\nis there.\n\n### Consequences\n\n* Good\n\n## Pros and Cons of the Options\n\n### X\n\n* Good\n",
        );
        assert_eq!(
            shown,
            "Use X [superseded] status 2 «superseded by ADR-0005» context 11 «What?» options 15 «* X\n* Y» \
             decision 20 «Chosen option: \"X\", because it\nis there.» why 22 «it\nis there.» consequences 25 «* Good» \
             supersedes 6:5 0001-a.md supersedes 7:5 0002-b.md by 2:24 ADR-0005"
        );
        assert_eq!(findings, ["warning decision_part_missing d/r.md:9:1: the part `feedback` is missing"]);
        let (shown, _) = check("# Use X\n\n* Status: accepted\n* Deciders: [A](a.md)\n\n## Decision\nX\n");
        assert_eq!(shown, "Use X [accepted] status 3 «accepted» decision 6 «X»");
    }

    #[test]
    fn what_is_missing_or_blank_is_named() {
        let (_, findings) =
            check("---\nstatus:\n---\n\n# T\n## Options\n<!-- list them -->\n## Decision\n\n### Why\n---\n");
        assert_eq!(
            findings,
            [
                "error decision_part_missing d/r.md:5:1: the part `status` is missing",
                "warning decision_part_missing d/r.md:5:1: the part `context` is missing",
                "error decision_part_missing d/r.md:6:1: the part `options` is blank",
                "error decision_part_missing d/r.md:8:1: the part `decision` is blank",
                "error decision_part_missing d/r.md:10:1: the part `why` is blank",
                "warning decision_part_missing d/r.md:5:1: the part `consequences` is missing",
                "warning decision_part_missing d/r.md:5:1: the part `feedback` is missing",
            ]
        );
        // Reasons and consequences of an option are not those of the decision.
        let (shown, _) = check("# T\n## Options\n### A\n#### Why\nbad\n### Consequences\nbad\n");
        assert_eq!(shown, "T [-] options 2 «### A\n#### Why\nbad\n### Consequences\nbad»");
    }

    #[test]
    fn statuses_by_their_first_word() {
        for (said, expected) in [
            ("Accepted", "accepted"),
            ("**adopted** by Louis", "accepted"),
            ("Approved-with-conditions", "accepted"),
            ("`pending_adoption`", "pending"),
            ("ready-for PLS owner review", "pending"),
            ("> Draft.", "proposed"),
            ("提案中，待討論", "proposed"),
            ("待審查", "pending"),
            ("已被 [新](n.md) 取代", "superseded"),
            ("deprecated", "deprecated"),
            ("Rejected: too dear", "rejected"),
            ("", "-"),
            ("maybe accepted", "-"),
            ("acceptedly", "-"),
            ("not accepted", "-"),
            ("ready for launch. Then a review.", "-"),
            ("proposed | accepted | rejected", "-"),
            ("{proposed}", "-"),
        ] {
            assert_eq!(status_of(said).map_or("-", Status::word), expected, "{said}");
        }
        let (shown, findings) = check("---\nstatus: accepted\n---\n# T\n## Status\nrejected\n");
        assert_eq!(shown, "T [accepted] status 2 «accepted»");
        assert_eq!(
            findings[0],
            "error decision_unknown_status d/r.md:5:1: the status is `rejected` here and `accepted` before"
        );
        let (shown, findings) = check("# T\n## Status\nMaybe later\n");
        assert_eq!(shown, "T [-] status 2 «Maybe later»");
        assert!(findings[0].starts_with(
            "error decision_unknown_status d/r.md:2:1: status `Maybe later` begins with none of proposed, draft,"
        ));
        assert!(findings[0].ends_with("已被取代, ready for … review"), "{}", findings[0]);
    }

    #[test]
    fn other_records_that_a_status_names() {
        for (said, expected) in [
            ("Superseded by [N](../n.md#why) and [M](m.md).", "by 2:15 ../n.md#why by 2:36 m.md"),
            ("superseded by n.md.", "by 2:15 n.md"),
            ("Superseded by\n[N](n.md)", "by 3:1 n.md"),
            ("accepted, supersedes a.md; superseded-by b.md", "supersedes 2:22 a.md by 2:42 b.md"),
            ("已被 [N](n.md) 取代；取代 [O](o.md)", "supersedes 2:20 o.md by 2:4 n.md"),
            ("已被取代：n.md", "by 2:6 n.md"),
            ("accepted; see [N](n.md)", ""),
            ("已接受，被要求補件。見 [N](n.md)", ""),
            ("Superseded by a newer one.", ""),
        ] {
            let (shown, _) = check(&format!("## Status\n{said}\n"));
            assert_eq!(shown.rsplit('»').next().unwrap().trim(), expected, "{said}");
        }
        let (_, findings) = check("# T\n## Status\nSuperseded by a newer one.\n");
        assert_eq!(
            findings.last().unwrap(),
            "error decision_dangling d/r.md:2:1: the decision is superseded, but its successor is not named"
        );
    }

    /// Findings about records of which only the path and the status are given.
    fn check_all(records: &[(&str, &str)]) -> Vec<String> {
        let records: Vec<_> = records
            .iter()
            .map(|(path, status)| read(path, format!("## Status\n{status}\n").as_bytes(), &mut Vec::new()).unwrap())
            .collect();
        let mut findings = Vec::new();
        check_supersession(&records, &mut findings);
        show(&findings)
    }

    #[test]
    fn supersession_leads_somewhere_and_not_in_a_circle() {
        assert_eq!(
            check_all(&[
                ("packs/a/r.md", "superseded by ../b/r.md#decision"),
                ("packs/b/r.md", "accepted, supersedes /packs/a/r.md and ./old/../s.md"),
                ("packs/b/s.md", "superseded by r.md"),
            ]),
            [""; 0]
        );
        assert_eq!(
            check_all(&[
                ("a/r.md", "superseded by s.md and ../../r.md"),
                ("s.md", "supersedes https://a.example/r.md")
            ]),
            [
                "error decision_dangling a/r.md:2:15: `s.md` is none of the decision records",
                "error decision_dangling a/r.md:2:24: `../../r.md` is none of the decision records",
                "error decision_dangling s.md:2:12: `https://a.example/r.md` is none of the decision records",
            ]
        );
        assert_eq!(
            check_all(&[
                ("c.md", "superseded by a.md"),
                ("b.md", "superseded by c.md"),
                ("a.md", "superseded by b.md"),
                ("d.md", "superseded by d.md"),
                ("e.md", "supersedes f.md; superseded by f.md"),
                ("f.md", "accepted"),
            ]),
            [
                "error decision_cycle a.md:2:15: `a.md` is superseded by `b.md` (a.md:2), `b.md` is superseded by `c.md` (b.md:2), `c.md` is superseded by `a.md` (c.md:2)",
                "error decision_cycle d.md:2:15: `d.md` is superseded by `d.md` (d.md:2)",
                "error decision_cycle e.md:2:32: `e.md` is superseded by `f.md` (e.md:2), `f.md` is superseded by `e.md` (e.md:2)",
            ]
        );
    }

    #[test]
    fn a_record_is_named_by_link_or_by_number_in_front_matter() {
        let records = |said: &str| {
            let mut findings = Vec::new();
            let first = format!("---\nstatus: superseded by {said}\n---\n# A\n");
            let first = read("adr/0001-a.md", first.as_bytes(), &mut Vec::new()).unwrap();
            let targets: Vec<_> = first.superseded_by.iter().map(|link| link.target.clone()).collect();
            let fifth = read("adr/0005-example.md", b"# B\n", &mut Vec::new()).unwrap();
            check_supersession(&[first, fifth], &mut findings);
            (targets, show(&findings))
        };
        let named = |target: &str| (vec![target.to_owned()], Vec::<String>::new());
        assert_eq!(records("[ADR-0005](0005-example.md)"), named("0005-example.md"));
        assert_eq!(records("\"[ADR-0005](<0005-example.md> 'title')\""), named("0005-example.md"));
        assert_eq!(records("ADR-0005"), named("ADR-0005"));
        for (target, dangling) in
            [("[ADR-0005](0006-example.md)", "0006-example.md"), ("ADR-0006", "ADR-0006"), ("ADR-000", "ADR-000")]
        {
            let (targets, findings) = records(target);
            assert_eq!(targets, [dangling]);
            assert!(findings.len() == 1 && findings[0].contains(dangling), "{findings:?}");
        }
    }

    proptest! {
        #[test]
        fn never_panics(markdown in r"(#|##|###| |\n|---\n|status: |Status|Decision|Why|背景|superseded by |supersedes|被|取代|；|\[a\]\(b.md\)|a.md|because|Chosen option|<!--|-->|é|:){0,40}") {
            let mut findings = Vec::new();
            if let Some(record) = read("r.md", markdown.as_bytes(), &mut findings) {
                check_supersession(&[record], &mut findings);
            }
        }

        #[test]
        fn any_bytes_are_read(bytes: Vec<u8>) {
            read("r.md", &bytes, &mut Vec::new());
        }
    }
}
