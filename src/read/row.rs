//! One row of a record table in any format: plain cells that know where they came from.

use crate::finding::Place;
use crate::read::capped::Capped;
use crate::read::format::Format;
use crate::read::json_document::Document;
use crate::read::tree::{self, Entry, Node};

/// One row of a table. The header of a CSV file or sheet is its first row that is not blank, and is handed on as any
/// other row.
#[derive(Clone, Copy, Debug)]
pub struct Row<'a> {
    /// Format it was read from.
    pub format: Format,
    /// How the row is counted: CSV and XLSX the row that Excel shows, from 1; JSON the item of the list, from 0; JSONL
    /// the line, from 1.
    pub number: u32,
    /// What stands in it.
    pub content: Content<'a>,
    pub(super) origin: Origin<'a>,
}

/// What stands in a row.
#[derive(Clone, Copy, Debug)]
pub enum Content<'a> {
    /// Cells in the order of their columns. CSV has every cell, also the blank ones; of a sheet only cells with content.
    Cells(&'a [Cell<'a>]),
    /// The keys and values of a JSON object, as they stand in it.
    Object(&'a [Entry]),
    /// The row could not be read. Its finding has been made.
    Broken,
}

/// A cell and the column it stands in.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Cell<'a> {
    /// Column, from 0.
    pub column: u32,
    /// What stands in it.
    pub value: Value<'a>,
}

/// What stands in a cell.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Value<'a> {
    /// Nothing, or JSON null.
    Blank,
    /// Text, as it stands there.
    Text(&'a str),
    /// A number exactly as it is written in a workbook or JSON document.
    Number(&'a str),
    /// True or false.
    Bool(bool),
    /// A date cell of a workbook as `YYYY-MM-DD`, `YYYY-MM-DDTHH:MM:SS` or, before day 1, `HH:MM:SS`. It has no offset.
    Moment(&'a str),
    /// A JSON list or object.
    Tree(&'a Node),
    /// A cell without a usable value.
    Fault(Fault<'a>),
}

/// Why a cell of a workbook has no usable value.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Fault<'a> {
    /// It shows an error such as `#N/A`.
    Error(&'a str),
    /// A formula that was saved without its value.
    NoValue,
    /// It is marked as a number or a boolean and holds something else.
    NotWhatItSays(&'a str),
    /// A number formatted as a date, for which Excel has no date.
    NoDate(&'a str),
}

impl<'a> Value<'a> {
    /// The value of a JSON node.
    pub fn of(node: &'a Node) -> Self {
        match &node.value {
            tree::Value::Null => Self::Blank,
            tree::Value::Bool(flag) => Self::Bool(*flag),
            tree::Value::Number(number) => Self::Number(number),
            tree::Value::Text(text) => Self::Text(text),
            tree::Value::List(_) | tree::Value::Table(_) => Self::Tree(node),
        }
    }

    /// Whether nothing stands there: no text, or only spaces and characters without width.
    pub fn is_blank(&self) -> bool {
        match self {
            Self::Blank => true,
            Self::Text(text) => trimmed(text).is_empty(),
            _ => false,
        }
    }
}

/// A text without the spaces, byte order marks and characters without width around it.
pub fn trimmed(text: &str) -> &str {
    // Nearly every cell begins and ends with something visible in ASCII.
    if let [first, .., last] | [first @ last] = text.as_bytes()
        && first.is_ascii_graphic()
        && last.is_ascii_graphic()
    {
        return text;
    }
    let invisible = |character: char| {
        character.is_whitespace() || matches!(character, '\u{200B}'..='\u{200D}' | '\u{2060}' | '\u{FEFF}')
    };
    text.trim_matches(invisible)
}

/// Where a row came from.
#[derive(Clone, Copy, Debug)]
pub(super) enum Origin<'a> {
    /// A CSV file: path, the line on which the row begins, and where its bytes stand.
    Text { path: &'a str, line: u32, bytes: Bytes<'a> },
    /// A sheet of a workbook.
    Sheet { path: &'a str, sheet: &'a str },
    /// A part of a JSON text.
    Json { document: &'a Document<'a>, offset: usize },
}

/// Where the bytes of a row stand in its file.
#[derive(Clone, Copy, Debug)]
pub(super) struct Bytes<'a> {
    /// Offset in the file to which the others are added. `None` when the file was in another encoding.
    pub(super) base: Option<u64>,
    /// The first byte of the row.
    pub(super) row: usize,
    /// The first byte of each cell.
    pub(super) cells: &'a [usize],
}

impl Bytes<'_> {
    fn offset(&self, at: usize) -> Option<u64> {
        Some(self.base? + at as u64)
    }
}

impl Row<'_> {
    /// The place of the row.
    pub fn place(&self) -> Place {
        match self.origin {
            Origin::Text { path, line, bytes } => {
                let byte = bytes.offset(bytes.row);
                Place { row: Some(self.number), line: Some(line), byte, ..Place::file(path) }
            }
            Origin::Sheet { path, sheet } => {
                Place { sheet: Some(sheet.to_owned()), row: Some(self.number), ..Place::file(path) }
            }
            Origin::Json { document, offset } => document.place(offset, &[]),
        }
    }

    /// The place of a cell, by its column from 0.
    pub fn place_of_cell(&self, column: u32) -> Place {
        let mut place = Place { cell: Some(cell_name(column, self.number)), ..self.place() };
        place.byte = self.byte_of_cell(column).or(place.byte);
        place
    }

    /// The line of a text file on which the row begins.
    pub fn line(&self) -> Option<u32> {
        match self.origin {
            Origin::Text { line, .. } => Some(line),
            _ => None,
        }
    }

    /// The offset in a text file at which the row begins.
    pub fn byte(&self) -> Option<u64> {
        match self.origin {
            Origin::Text { bytes, .. } => bytes.offset(bytes.row),
            _ => None,
        }
    }

    /// The offset in a text file at which a cell begins, by its column from 0.
    pub fn byte_of_cell(&self, column: u32) -> Option<u64> {
        match self.origin {
            Origin::Text { bytes, .. } => bytes.offset(*bytes.cells.get(column as usize)?),
            _ => None,
        }
    }

    /// The sheet of a workbook in which the row stands.
    pub fn sheet(&self) -> Option<&str> {
        match self.origin {
            Origin::Sheet { sheet, .. } => Some(sheet),
            _ => None,
        }
    }

    /// The place of a value of a JSON object.
    pub fn place_of_entry(&self, entry: &Entry) -> Place {
        match self.origin {
            Origin::Json { document, .. } => document.place(entry.node.offset, &[&entry.key]),
            _ => self.place(),
        }
    }
}

/// A cell as Excel names it, such as `E4`; the column from 0, the row from 1.
pub fn cell_name(column: u32, row: u32) -> String {
    let mut letters = Vec::new();
    let mut rest = u64::from(column) + 1;
    while rest > 0 {
        rest -= 1;
        letters.push(char::from(b'A' + u8::try_from(rest % 26).unwrap_or(0)));
        rest /= 26;
    }
    letters.iter().rev().collect::<String>() + &row.to_string()
}

/// Column from 0 and row from 1 of a cell as Excel names it; `None` when it is no such name.
pub fn cell_position(name: &str) -> Option<(u32, u32)> {
    let digits = name.find(|character: char| character.is_ascii_digit())?;
    let (letters, row) = name.split_at(digits);
    let next = |column: u32, letter: u8| {
        letter.is_ascii_uppercase().then(|| column.checked_mul(26)?.checked_add(u32::from(letter - b'A') + 1)).flatten()
    };
    let column = letters.bytes().try_fold(0, next)?;
    Some((column.checked_sub(1)?, row.parse().ok()?))
}

/// What takes the rows of a table, one by one.
pub type Sink<'s> = dyn FnMut(Row<'_>, &mut Capped<'_>) + Send + 's;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cell_name_and_its_position_say_the_same() {
        for (column, row) in [(0, 1), (25, 2), (26, 30), (701, 4), (702, 5), (16_383, 1_048_576)] {
            assert_eq!(cell_position(&cell_name(column, row)), Some((column, row)));
        }
        for wrong in ["", "4", "E", "e4", "E4F", "ZZZZZZZZZZ1"] {
            assert_eq!(cell_position(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn cells_are_named_as_excel_does() {
        for (column, row, name) in [(0, 1, "A1"), (4, 4, "E4"), (25, 9, "Z9"), (26, 1, "AA1"), (16_383, 2, "XFD2")] {
            assert_eq!(cell_name(column, row), name);
        }
        assert_eq!(cell_name(u32::MAX, u32::MAX), "MWLQKWV4294967295");
    }
}
