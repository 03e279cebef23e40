//! Which parts a record has: their headings in both dialects, where they stand, and what to say of those that are not
//! there.

use std::ops::Range;

use super::record::{DecisionRecord, Part};
use crate::codes;
use crate::finding::{Finding, Place, Severity};
use crate::read::markdown::{self, Heading, Outline};
use crate::read::text::Text;

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Role {
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

/// The parts of a record in the text.
pub(super) struct Sections<'a> {
    pub(super) text: Text<'a>,
    pub(super) title: Option<&'a Heading>,
    /// Bytes before the first part, without the title and the front matter.
    pub(super) preamble: Range<usize>,
    pub(super) front_matter: Option<Range<usize>>,
    /// What was found for each role, in the order of the text; blank ones too.
    pub(super) found: Vec<(Role, &'a Heading, Range<usize>)>,
}

impl<'a> Sections<'a> {
    pub(super) fn of(text: Text<'a>, outline: &'a Outline) -> Self {
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
    pub(super) fn part(&self, role: Role) -> Option<Part> {
        self.found.iter().filter(|(found, ..)| *found == role).find_map(|(_, heading, body)| {
            let markdown = &self.text.content[body.clone()];
            says_something(markdown).then(|| Part { line: heading.line, markdown: markdown.trim().to_owned() })
        })
    }

    /// The reasons that stand in the sentence of the decision itself.
    pub(super) fn because(&self) -> Option<Part> {
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
pub(super) fn role(heading: &str) -> Option<Role> {
    let numbering = |character: char| character.is_ascii_digit() || "一二三四五六七八九十、.) ".contains(character);
    let heading = heading.to_lowercase();
    let heading = heading.trim_start_matches(numbering);
    heading.split(['/', '／', '|', '(', ')', '（', '）']).find_map(|side| {
        let side = side.trim().trim_end_matches([':', '：']).trim_end();
        PARTS.iter().find(|(_, words)| words.contains(&side)).map(|(role, _)| *role)
    })
}

/// Whether anything stands there besides comments and rules.
pub(super) fn says_something(markdown: &str) -> bool {
    let mut rest = markdown;
    let mut uncommented = String::new();
    while let Some(start) = rest.find("<!--") {
        uncommented.push_str(&rest[..start]);
        rest = rest[start..].find("-->").map_or("", |end| &rest[start + end + 3..]);
    }
    uncommented.push_str(rest);
    uncommented.chars().any(char::is_alphanumeric)
}

pub(super) fn report_missing(record: &DecisionRecord, sections: &Sections<'_>, findings: &mut Vec<Finding>) {
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
