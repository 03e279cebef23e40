//! Conditions of which it may be unknown whether they hold: what was not exported or not said is neither true nor false.

use crate::read::tree::Node;

/// What a condition comes to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Held {
    Yes,
    No,
    /// It asks for something that nobody said.
    Unknown,
}

impl From<bool> for Held {
    fn from(holds: bool) -> Self {
        if holds { Self::Yes } else { Self::No }
    }
}

impl Held {
    /// Whether both hold.
    pub(super) fn and(self, other: impl Into<Self>) -> Self {
        match (self, other.into()) {
            (Self::No, _) | (_, Self::No) => Self::No,
            (Self::Yes, Self::Yes) => Self::Yes,
            _ => Self::Unknown,
        }
    }

    /// Whether it does not hold.
    pub(super) fn not(self) -> Self {
        match self {
            Self::Yes => Self::No,
            Self::No => Self::Yes,
            Self::Unknown => Self::Unknown,
        }
    }

    /// The same, when something may make it hold that did not say what it is about.
    pub(super) fn unless_unsaid(self, is_unsaid: bool) -> Self {
        if self == Self::No && is_unsaid { Self::Unknown } else { self }
    }

    /// Whether a condition holds for one row at least; not known when the rows were not exported.
    pub(super) fn any<'a>(rows: Option<&[&'a Node]>, holds: impl Fn(&'a Node) -> Self) -> Self {
        let Some(rows) = rows else { return Self::Unknown };
        let mut any = Self::No;
        for row in rows {
            match holds(row) {
                Self::Yes => return Self::Yes,
                Self::No => {}
                Self::Unknown => any = Self::Unknown,
            }
        }
        any
    }
}
