//! What a decision record says, as plain data.

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
