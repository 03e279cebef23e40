//! A cell as it is written, and its name.

use std::ops::Range;

use super::text::TextElement;
use crate::read::row::cell_name;

/// A cell of the row that is being read.
pub(super) struct Raw {
    pub(super) column: u32,
    pub(super) value: RawValue,
}

pub(super) enum RawValue {
    Text(Range<usize>),
    Shared(usize),
    Number(Range<usize>),
    Bool(bool),
    Moment(Range<usize>),
    Error(Range<usize>),
    NoValue,
    NotWhatItSays(Range<usize>),
    NoDate(Range<usize>),
}

/// The cell whose elements are being read.
#[derive(Default)]
pub(super) struct Open {
    pub(super) sort: Sort,
    pub(super) style: usize,
    pub(super) start: usize,
    pub(super) is_formula: bool,
    /// The group of cells that share their formula.
    pub(super) group: Option<String>,
    pub(super) has_value: bool,
    pub(super) inside: Inside,
    pub(super) text: TextElement,
}

/// The element of a cell that the next text belongs to.
#[derive(Default, PartialEq)]
pub(super) enum Inside {
    #[default]
    Other,
    Formula,
    Value,
}

/// What a cell says that it holds (ECMA-376 part 1, 18.18.11).
#[derive(Clone, Copy, Default, PartialEq)]
pub(super) enum Sort {
    #[default]
    Number,
    Shared,
    Text,
    Bool,
    Error,
    IsoDate,
}

impl Sort {
    pub(super) fn of(word: Option<&str>) -> Self {
        match word {
            Some("s") => Self::Shared,
            Some("str" | "inlineStr") => Self::Text,
            Some("b") => Self::Bool,
            Some("e") => Self::Error,
            Some("d") => Self::IsoDate,
            _ => Self::Number,
        }
    }
}

/// Column (from 0) and row (from 1) of a name such as `E4` or `$E$4`.
pub(super) fn cell_of(name: &str) -> Option<(u32, u32)> {
    let name = name.replace('$', "");
    let digits = name.find(|character: char| character.is_ascii_digit())?;
    let (letters, row) = name.split_at(digits);
    let column = column_of(letters).filter(|column| *column > 0)?;
    Some((u32::try_from(column - 1).ok()?, row.parse().ok()?))
}

/// The column of letters such as `E` or `XFD`, counted from 1. `None` when something else is among them.
pub(super) fn column_of(letters: &str) -> Option<u64> {
    letters.bytes().try_fold(0_u64, |number, letter| {
        let digit = u64::from(letter.is_ascii_alphabetic().then(|| letter.to_ascii_uppercase())? - b'A') + 1;
        Some(number.saturating_mul(26).saturating_add(digit))
    })
}

/// The letters of a column, counted from 0.
pub(super) fn column_name(column: u32) -> String {
    cell_name(column, 0).trim_end_matches('0').to_owned()
}
