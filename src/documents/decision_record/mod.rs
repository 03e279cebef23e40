//! Decision records: why something was decided, whether it holds, and what to say to reject it.
//!
//! Two dialects are read: headings for each part, in English or Traditional Chinese (`## Background`, `## 決策`), and
//! MADR 4 (front matter or a `* Status:` line, `## Considered Options`, `Chosen option: "X", because …`). A record
//! without a section for the reasons gives them in its recommendation. The words of both stand in `parts` and
//! `status`, nothing else is understood: neither a part nor a status is guessed from prose.

mod parts;
mod record;
mod status;
mod supersession;

use crate::codes;
use crate::finding::{Finding, Place};
use crate::read::{markdown, text};

use parts::{Role, Sections};
pub use record::{DecisionRecord, Link, Part, Status};
pub use status::STATUS_WORDS;
use status::Statements;
pub use supersession::{check_supersession, is_meant};

/// Name of the document inside a pack.
pub const FILE: &str = "decision-record.md";

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
    status::read(&mut record, &statements.statuses, findings);
    parts::report_missing(&record, &sections, findings);
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

impl DecisionRecord {
    /// The paths of the records that this one names, resolved from its own folder.
    pub fn targets(&self) -> Vec<String> {
        let folder = self.path.rfind('/').map_or("", |end| &self.path[..end]);
        let links = self.superseded_by.iter().chain(&self.supersedes);
        links.filter_map(|link| supersession::resolve(folder, &link.target)).collect()
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

#[cfg(test)]
mod tests;
