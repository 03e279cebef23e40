//! Why a cell has no value of its field.

use crate::codes;
use crate::finding::Code;

/// Why a value is not one of its field.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(in crate::check) enum Wrong {
    /// Not of the type.
    Type,
    /// A moment without its offset.
    NoOffset,
    /// A number that the spreadsheet program may have changed.
    Rounded,
    /// Outside of the list of words.
    Word,
    /// Below the smallest or above the largest value.
    Range,
    /// Neither below nor above a bound.
    Unordered,
    /// Not like the pattern.
    Pattern,
    /// Too short or too long.
    Length,
}

impl Wrong {
    /// As what it is reported.
    pub(in crate::check) fn code(self) -> &'static Code {
        match self {
            Self::Word => &codes::UNKNOWN_WORD,
            Self::Range | Self::Unordered => &codes::OUT_OF_RANGE,
            Self::Pattern => &codes::PATTERN_MISMATCH,
            Self::Length => &codes::WRONG_LENGTH,
            Self::Type | Self::NoOffset | Self::Rounded => &codes::INVALID_VALUE,
        }
    }
}
