//! CSV (RFC 4180) row by row: UTF-8, comma, or tab or semicolon when the header has no other reading.
//!
//! The csv crate takes the cells apart. What it lets pass in silence is looked for here: a quote that never closes and
//! would swallow the rest of the file, text behind a closing quote, and the blank lines that it does not count.

use csv::{ReaderBuilder, StringRecord};

use crate::codes;
use crate::finding::{Finding, Place};
use crate::limits;
use crate::read::table::{Capped, Cell, Content, Format, Origin, Row, Sink, Value, cell_name, too_large};
use crate::read::text;

/// Reads a CSV file. `None` when it is no text or reaches a limit.
pub(super) fn read(path: &str, bytes: &[u8], findings: &mut Capped<'_>, sink: &mut Sink<'_>) -> Option<()> {
    let text = text::read(path, bytes, findings.once())?;
    // The crate would leave out a second byte order mark without counting it.
    let content = text.content.trim_start_matches('\u{FEFF}');
    let delimiter = delimiter(path, content, findings);
    let mut reader =
        ReaderBuilder::new().has_headers(false).flexible(true).delimiter(delimiter).from_reader(content.as_bytes());
    let mut record = StringRecord::new();
    let mut rows = Rows { content, at: 0, row: 0, line: 1 };
    // The bytes are in memory and UTF-8, so that reading cannot fail.
    while let Ok(true) = reader.read_record(&mut record) {
        let end = usize::try_from(reader.position().byte()).unwrap_or(content.len());
        let raw = rows.next(end.min(content.len()));
        let (number, line) = (rows.row, rows.line);
        let place = || Place { row: Some(number), line: Some(line), ..Place::file(path) };
        let cell_place = |column| Place { cell: Some(cell_name(column, number)), ..place() };
        if u64::from(number) > limits::TABLE_ROWS.value {
            findings.once().push(too_large(place(), "the table has more rows", limits::TABLE_ROWS));
            return None;
        }
        let fault = bad_quote(raw.as_bytes(), delimiter);
        if fault.is_none() && record.len() as u64 > limits::TABLE_COLUMNS.value {
            findings.once().push(too_large(place(), "the row has more cells", limits::TABLE_COLUMNS));
            return None;
        }
        let cells: Vec<_> = (0..).zip(&record).map(|(column, text)| cell(column, text)).collect();
        if let Some(fault) = &fault {
            findings.add(&codes::CSV_SYNTAX, || {
                let (below, character) = text::position(raw.as_bytes(), fault.offset);
                let place = cell_place(fault.column).at(line + below - 1, character);
                Finding::new(&codes::CSV_SYNTAX, place, fault.message)
                    .hint("a cell with quotes, commas or line breaks is quoted, and quotes inside it are written twice")
            });
        } else if let Some(long) = cells.iter().find(|cell| is_too_long(cell)) {
            findings.once().push(too_large(cell_place(long.column), "the cell has more bytes", limits::CELL_BYTES));
            return None;
        }
        let content = if fault.is_some() { Content::Broken } else { Content::Cells(&cells) };
        sink(Row { format: Format::Csv, number, content, origin: Origin::Text { path, line } }, findings);
        rows.pass(raw);
    }
    Some(())
}

fn cell(column: u32, text: &str) -> Cell<'_> {
    Cell { column, value: if text.is_empty() { Value::Blank } else { Value::Text(text) } }
}

fn is_too_long(cell: &Cell<'_>) -> bool {
    matches!(cell.value, Value::Text(text) if text.len() as u64 > limits::CELL_BYTES.value)
}

/// What separates the cells, by the first line that is not blank: a comma, unless it has none and has either tabs or
/// semicolons.
fn delimiter(path: &str, content: &str, findings: &mut Capped<'_>) -> u8 {
    let header = content.lines().find(|line| !line.trim().is_empty()).unwrap_or_default();
    let has = |delimiter: char| header.split('"').step_by(2).any(|unquoted| unquoted.contains(delimiter));
    let (delimiter, name) = match (has(','), has('\t'), has(';')) {
        (false, true, false) => (b'\t', "tabs"),
        (false, false, true) => (b';', "semicolons"),
        _ => return b',',
    };
    let message = format!("the cells are separated by {name}");
    findings.once().push(Finding::new(&codes::DELIMITER, Place::file(path), message));
    delimiter
}

/// Counts rows as Excel shows them, and lines.
struct Rows<'a> {
    content: &'a str,
    at: usize,
    row: u32,
    line: u32,
}

impl<'a> Rows<'a> {
    /// The next row as it is written, which ends here. Blank lines before it are rows of Excel, but not of the crate.
    fn next(&mut self, end: usize) -> &'a str {
        let bytes = self.content.as_bytes();
        // The crate ends a row after the first byte of CR LF.
        if self.at > 0 && bytes[self.at - 1] == b'\r' && bytes.get(self.at) == Some(&b'\n') {
            self.at += 1;
            self.line += 1;
        }
        loop {
            let length = match &bytes[self.at..end] {
                [b'\r', b'\n', ..] => 2,
                [b'\r' | b'\n', ..] => 1,
                _ => break,
            };
            self.line += u32::from(bytes[self.at + length - 1] == b'\n');
            self.at += length;
            self.row += 1;
        }
        self.row += 1;
        let raw = &self.content[self.at..end];
        self.at = end;
        raw
    }

    /// Counts the lines of a row that has been handed on.
    fn pass(&mut self, raw: &str) {
        let lines = memchr::memchr_iter(b'\n', raw.as_bytes()).count();
        self.line = self.line.saturating_add(u32::try_from(lines).unwrap_or(u32::MAX));
    }
}

/// A quote that makes the row unreadable.
struct BadQuote {
    offset: usize,
    column: u32,
    message: &'static str,
}

/// The first quote of a row that never closes, or that has text behind it where it closes.
fn bad_quote(raw: &[u8], delimiter: u8) -> Option<BadQuote> {
    memchr::memchr(b'"', raw)?;
    let mut at = 0;
    let mut column = 0;
    loop {
        if raw.get(at) == Some(&b'"') {
            let opened = at;
            at += 1;
            loop {
                let Some(quote) = memchr::memchr(b'"', &raw[at..]) else {
                    let message = "a quote opens here and never closes, so that the rest of the file is one cell";
                    return Some(BadQuote { offset: opened, column, message });
                };
                at += quote + 1;
                if raw.get(at) != Some(&b'"') {
                    break;
                }
                at += 1;
            }
            if raw.get(at).is_some_and(|next| *next != delimiter && !matches!(next, b'\r' | b'\n')) {
                let message = "text follows the closing quote of this cell";
                return Some(BadQuote { offset: at, column, message });
            }
        }
        at += memchr::memchr(delimiter, &raw[at..])? + 1;
        column += 1;
    }
}

#[cfg(test)]
mod tests {
    use crate::read::table::tests::check;

    #[test]
    fn rows_are_numbered_as_excel_does() {
        let expected = [
            "t.csv:1: A1=Text(\"id\") B1=Text(\"note\")",
            "t.csv:3: A3=Text(\"1\") B3=Text(\"two\\nlines, \\\"quoted\\\"\")",
            "t.csv:6: A5=Text(\"2\") B5=Blank",
            "CSV",
        ];
        let unix = "id,note\n\n1,\"two\nlines, \"\"quoted\"\"\"\n\n2,\n";
        assert_eq!(check("t.csv", unix.as_bytes()), expected);
        let windows = "id,note\r\n\r\n1,\"two\nlines, \"\"quoted\"\"\"\r\n\r\n2,\r\n\r\n";
        assert_eq!(check("t.csv", windows.as_bytes()), expected);
        // Only a line feed ends a line for whoever opens the file at the place named.
        assert_eq!(check("t.csv", b"a\r\rb")[1], "t.csv:1: A3=Text(\"b\")");
    }

    #[test]
    fn ragged_rows_and_blank_cells_are_handed_on_as_they_are() {
        assert_eq!(
            check("t.csv", b"a,b\n1\n1,28,000\n,\n"),
            [
                "t.csv:1: A1=Text(\"a\") B1=Text(\"b\")",
                "t.csv:2: A2=Text(\"1\")",
                "t.csv:3: A3=Text(\"1\") B3=Text(\"28\") C3=Text(\"000\")",
                "t.csv:4: A4=Blank B4=Blank",
                "CSV"
            ]
        );
    }

    #[test]
    fn a_quote_that_never_closes_is_found_where_it_opens() {
        assert_eq!(
            check("t.csv", b"a,b\n1,2\n\"x\ny\",\"3\n4,5\n6,7\n"),
            [
                "t.csv:1: A1=Text(\"a\") B1=Text(\"b\")",
                "t.csv:2: A2=Text(\"1\") B2=Text(\"2\")",
                "t.csv:3: broken",
                "CSV",
                "error csv_syntax t.csv:4:4!B3: a quote opens here and never closes, so that the rest of the file is one cell"
            ]
        );
        assert_eq!(
            check("t.csv", b"a,b\n1,\"2\n3,\"4\n5,6\n"),
            [
                "t.csv:1: A1=Text(\"a\") B1=Text(\"b\")",
                "t.csv:2: broken",
                "t.csv:4: A3=Text(\"5\") B3=Text(\"6\")",
                "CSV",
                "error csv_syntax t.csv:3:4!B2: text follows the closing quote of this cell"
            ]
        );
        assert_eq!(check("t.csv", b"a,\"b\"\r\n\"\",5\" pipe\n").len(), 3);
    }

    #[test]
    fn another_separator_is_taken_only_without_doubt() {
        for (header, cells, said) in [
            ("a;b", 2, "notice delimiter t.csv: the cells are separated by semicolons"),
            ("\"a,\"\tb", 2, "notice delimiter t.csv: the cells are separated by tabs"),
            ("a;b\tc", 1, "CSV"),
            ("a;b,c", 2, "CSV"),
        ] {
            let rows = check("t.csv", header.as_bytes());
            assert_eq!(rows[0].matches('=').count(), cells, "{header}");
            assert_eq!(rows.last().unwrap(), said, "{header}");
        }
    }

    #[test]
    fn limits_end_the_reading_and_are_named() {
        let wide = format!("a\n{}", ",".repeat(16_384));
        assert_eq!(
            check("t.csv", wide.as_bytes())[1..],
            ["-", "error too_large t.csv:2: the row has more cells than 16384 (limit `table_columns`)"]
        );
        let long = format!("a,b\n1,{}", "x".repeat(131_073));
        assert_eq!(
            check("t.csv", long.as_bytes())[1..],
            ["-", "error too_large t.csv:2!B2: the cell has more bytes than 131072 (limit `cell_bytes`)"]
        );
        assert_eq!(check("t.csv", b" \n"), ["-", "error empty_file t.csv: is blank"]);
        assert_eq!(check("t.csv", b"a\0"), ["-", "error control_character t.csv:1:2: has a NUL byte"]);
    }
}
