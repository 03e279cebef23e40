//! CSV (RFC 4180) row by row, cells separated by commas, or by tabs, semicolons or vertical bars when the header has no
//! other reading; lines end with CR, LF or both.
//!
//! Invariants: a fault costs the row in which it stands and no other: after a quote that does not close, reading goes on
//! with the next line; rows are counted as Excel shows them, blank ones included; no more is held than one row, and of
//! that no more cells than the limit. Rows of sound text on one line without a quote in a cell, nearly all of most files,
//! are split by a shorter way that comes to the same.

use std::borrow::Cow;
use std::ops::Range;

use memchr::{memchr, memchr_iter, memchr2, memchr3};
use wide::u8x16;

use crate::codes;
use crate::finding::{Code, Finding, Place};
use crate::limits;
use crate::read::blocks::Start;
use crate::read::capped::{Capped, too_large};
use crate::read::encoding;
use crate::read::format::Format;
use crate::read::row::{Bytes, Cell, Content, Origin, Row, Sink, Value};
use crate::read::row_set::RowSet;
use crate::read::text;

/// Reads a CSV file. `None` when it is no text or reaches a limit.
pub(super) fn read(path: &str, bytes: &[u8], findings: &mut Capped<'_>, sink: &mut Sink<'_>) -> Option<()> {
    let decoded = encoding::decode(path, bytes, findings.once())?;
    let content = decoded.bytes.as_ref();
    let dialect = Dialect::of(path, content, findings.once());
    let mut start = Start::of_table(decoded.offset.map(|offset| offset as u64 + dialect.skips as u64));
    start.line = dialect.first_line;
    let rows = &content[dialect.skips..];
    let piece = Piece {
        bytes: rows,
        end: rows.len(),
        start,
        text: str::from_utf8(rows).ok().filter(|_| decoded.is_sound),
        only: None,
    };
    let mut shells = Shells::default();
    let read = read_piece(path, &piece, dialect.separator, &mut shells, findings, sink);
    if let Err(finding) = read {
        findings.once().push(*finding);
        return None;
    }
    shells.say(findings);
    Some(())
}

/// How the text of a table is written.
#[derive(Clone, Copy, Debug)]
pub(super) struct Dialect {
    /// What separates cells.
    pub(super) separator: u8,
    /// So many bytes in front are no row: a line that tells Excel the separator, which Excel does not show.
    pub(super) skips: usize,
    /// The line on which the first row begins.
    pub(super) first_line: u32,
}

impl Dialect {
    /// The dialect of a table that begins like this; says which separator it takes when that is not the comma.
    pub(super) fn of(path: &str, content: &[u8], findings: &mut Vec<Finding>) -> Self {
        let declared = declared_separator(content);
        let chosen = declared.map_or_else(|| separator(content), |(index, _)| index);
        let (separator, name) = SEPARATORS[chosen];
        if chosen > 0 {
            let message = format!("the cells are separated by {name}");
            findings.push(Finding::new(&codes::DELIMITER, Place::file(path), message));
        }
        let (skips, first_line) = declared.map_or((0, 1), |(_, length)| (length, 2));
        Self { separator, skips, first_line }
    }
}

/// Rows of a table and what follows them.
pub(super) struct Piece<'a> {
    /// The bytes of the rows, and of what follows as far as it is there.
    pub(super) bytes: &'a [u8],
    /// Where the rows end.
    pub(super) end: usize,
    /// Where the first row stands in the table.
    pub(super) start: Start,
    /// The rows as text, when all of it is sound.
    pub(super) text: Option<&'a str>,
    /// The rows that are asked for; others may be passed over. `None` when that is all.
    pub(super) only: Option<&'a RowSet>,
}

/// Cells that were written as `="…"`: how many, and where the first one stands.
#[derive(Default)]
pub(super) struct Shells(Option<(u64, Place)>);

impl Shells {
    /// Adds those of rows further below.
    pub(super) fn join(&mut self, below: Self) {
        match (&mut self.0, below.0) {
            (Some((count, _)), Some((more, _))) => *count += more,
            (here @ None, below) => *here = below,
            (Some(_), None) => {}
        }
    }

    /// Says that there were such cells.
    pub(super) fn say(self, findings: &mut Capped<'_>) {
        if let Some((count, place)) = self.0 {
            let message = format!(
                "cells of the form `=\"…\"` were read as the text in their quotes (cells in the file: {count})"
            );
            findings.once().push(Finding::new(&codes::FORMULA_VALUE, place, message));
        }
    }
}

/// Reads the rows of a piece. The error is the finding that ends the reading.
pub(super) fn read_piece(
    path: &str,
    piece: &Piece<'_>,
    separator: u8,
    shells: &mut Shells,
    findings: &mut Capped<'_>,
    sink: &mut Sink<'_>,
) -> Result<(), Box<Finding>> {
    let base = piece.start.offset;
    let mut rows = Rows::of(piece, separator);
    let marks_of = |separator| piece.text.map(|text| Marks::new(&text.as_bytes()[..piece.end], separator));
    let mut marks = marks_of(separator);
    let mut line_ends = piece.only.and_then(|only| Some((only, marks_of(b'\n')?)));
    let (mut plain, mut starts) = (Vec::new(), Vec::new());
    loop {
        if let (Some((only, line_ends)), Some(marks)) = (&mut line_ends, &mut marks)
            && rows.pass_over(only, line_ends)
        {
            marks.go_to(rows.at);
        }
        if let (Some(text), Some(marks)) = (piece.text, &mut marks)
            && let Some((row, line)) = rows.plain_row(text, marks, &mut plain, &mut starts)
        {
            let bytes = Bytes { base, row, cells: &starts };
            let origin = Origin::Text { path, line, bytes };
            let (number, content) = (rows.row, Content::Cells(&plain));
            if u64::from(number) > limits::TEXT_ROWS.value {
                let row = Row { format: Format::Csv, number, content, origin };
                return Err(too_large(row.place(), "the table has more rows", limits::TEXT_ROWS).into());
            }
            sink(Row { format: Format::Csv, number, content, origin }, findings);
            continue;
        }
        let Some(raw) = rows.next() else { return Ok(()) };
        if let Some(marks) = &mut marks {
            marks.go_to(rows.at);
        }
        starts.clear();
        starts.extend(rows.spans.iter().map(|span| span.start));
        let origin = Origin::Text { path, line: raw.line, bytes: Bytes { base, row: raw.raw.start, cells: &starts } };
        let row = Row { format: Format::Csv, number: rows.row, content: Content::Broken, origin };
        if u64::from(rows.row) > limits::TEXT_ROWS.value {
            return Err(too_large(row.place(), "the table has more rows", limits::TEXT_ROWS).into());
        }
        if raw.is_too_wide {
            return Err(too_large(row.place(), "the row has more cells", limits::TABLE_COLUMNS).into());
        }
        if let Some(fault) = raw.fault.or_else(|| rows.damage(piece, &raw.raw)) {
            findings.add(fault.code, || {
                let raw_start = raw.raw.start;
                let (below, character) = text::position(&piece.bytes[raw_start..], fault.at - raw_start);
                let byte = base.map(|base| base + fault.at as u64);
                let place = row.place_of_cell(fault.column).at(raw.line.saturating_add(below - 1), character);
                Finding::new(fault.code, Place { byte, ..place }, fault.message).hint(fault.hint)
            });
            sink(row, findings);
            continue;
        }
        let mut cells = Vec::with_capacity(rows.spans.len());
        for (column, span) in (0..).zip(&rows.spans) {
            let written = rows.text(span);
            if written.len() as u64 > limits::CELL_BYTES.value {
                let place = row.place_of_cell(column);
                return Err(too_large(place, "the cell has more bytes", limits::CELL_BYTES).into());
            }
            let text =
                shelled(written).inspect(|_| shells.0.get_or_insert_with(|| (0, row.place_of_cell(column))).0 += 1);
            let text = text.unwrap_or(written);
            cells.push(Cell { column, value: if text.is_empty() { Value::Blank } else { Value::Text(text) } });
        }
        sink(Row { content: Content::Cells(&cells), ..row }, findings);
    }
}

/// Finds the separators, quotes and line ends of a text, 64 bytes at a time.
struct Marks<'a> {
    bytes: &'a [u8],
    separator: u8,
    /// Where the 64 bytes begin that `found` is about.
    from: usize,
    /// A bit for each of the bytes that is yet to be handed on.
    found: u64,
}

impl<'a> Marks<'a> {
    fn new(bytes: &'a [u8], separator: u8) -> Self {
        let mut marks = Self { bytes, separator, from: 0, found: 0 };
        marks.go_to(0);
        marks
    }

    /// Goes on at this byte.
    fn go_to(&mut self, at: usize) {
        self.from = at / 64 * 64;
        self.look();
        self.found &= u64::MAX << (at - self.from);
    }

    /// The next one. `None` at the end of the text.
    #[inline]
    fn next(&mut self) -> Option<usize> {
        while self.found == 0 {
            if self.from >= self.bytes.len() {
                return None;
            }
            self.from += 64;
            self.look();
        }
        let at = self.from + self.found.trailing_zeros() as usize;
        self.found &= self.found - 1;
        Some(at)
    }

    /// The next quote. `None` when the line ends before it.
    fn closing(&mut self) -> Option<usize> {
        loop {
            let at = self.next()?;
            match self.bytes[at] {
                b'"' => return Some(at),
                b'\r' | b'\n' => return None,
                _ => {}
            }
        }
    }

    #[inline]
    fn look(&mut self) {
        let rest = self.bytes.get(self.from..).unwrap_or_default();
        self.found = if let Some(chunk) = rest.first_chunk() {
            marks_in(chunk, self.separator)
        } else {
            let mut chunk = [0; 64];
            chunk[..rest.len()].copy_from_slice(rest);
            marks_in(&chunk, self.separator)
        };
    }
}

/// A bit for each of 64 bytes that separates, quotes or ends a line.
#[inline]
fn marks_in(chunk: &[u8; 64], separator: u8) -> u64 {
    let [separator, feed, carriage, quote] = [separator, b'\n', b'\r', b'"'].map(u8x16::splat);
    let (sixteens, _) = chunk.as_chunks();
    sixteens.iter().rev().fold(0, |mask, sixteen| {
        let bytes = u8x16::new(*sixteen);
        let ends = bytes.simd_eq(feed) | bytes.simd_eq(carriage);
        let others = bytes.simd_eq(separator) | bytes.simd_eq(quote);
        mask << 16 | u64::from((ends | others).to_bitmask())
    })
}

/// The text of a cell such as `="0012"`, by which programs keep Excel from making a number of it.
fn shelled(text: &str) -> Option<&str> {
    text.strip_prefix("=\"")?.strip_suffix('"').filter(|text| !text.contains('"'))
}

/// The separators, the usual one first, and their names.
const SEPARATORS: [(u8, &str); 4] = [(b',', "commas"), (b'\t', "tabs"), (b';', "semicolons"), (b'|', "vertical bars")];

/// How many rows are looked at for the one that tells the separator: titles may stand above the header.
const HEADER_ROWS: usize = 20;

/// Splits a file into rows, and a row into cells.
struct Rows<'a> {
    content: &'a [u8],
    separator: u8,
    /// Rows begin before this.
    end: usize,
    at: usize,
    /// The row that was read last, as Excel counts.
    row: u32,
    /// The line on which the next row begins.
    line: u32,
    /// The cells of the row that was read last.
    spans: Vec<Span>,
    /// Texts of quoted cells in which a quote stands twice.
    unquoted: Vec<u8>,
    /// Up to here a quote inside a cell without quotes is part of a cell that was torn apart at its line breaks.
    torn_until: usize,
}

/// A cell of the row.
struct Span {
    /// Where it begins in the content.
    start: usize,
    /// Its text in the content or, when its quotes had to be taken out, in `unquoted`.
    text: Range<usize>,
    is_unquoted: bool,
}

/// A row as it is written.
struct RawRow {
    raw: Range<usize>,
    /// The line on which it begins.
    line: u32,
    fault: Option<Fault>,
    /// It has more cells than the limit; the rest of it was not looked at.
    is_too_wide: bool,
}

/// What makes a row unreadable.
struct Fault {
    code: &'static Code,
    /// Where in the content.
    at: usize,
    column: u32,
    message: Cow<'static, str>,
    hint: &'static str,
}

impl Fault {
    fn quote(at: usize, column: usize, message: &'static str) -> Self {
        let hint = "a cell with quotes, separators or line breaks is quoted, and quotes inside it are written twice";
        Self {
            code: &codes::RAGGED_ROW,
            at,
            column: u32::try_from(column).unwrap_or(u32::MAX),
            message: message.into(),
            hint,
        }
    }
}

impl<'a> Rows<'a> {
    fn of(piece: &Piece<'a>, separator: u8) -> Self {
        let Start { rows, line, torn_until, .. } = piece.start;
        Self { end: piece.end, row: rows, line, torn_until, ..Self::with(piece.bytes, separator) }
    }

    fn with(content: &'a [u8], separator: u8) -> Self {
        let (spans, unquoted) = (Vec::new(), Vec::new());
        Self { content, separator, end: content.len(), at: 0, row: 0, line: 1, spans, unquoted, torn_until: 0 }
    }

    /// Passes over rows without a quote that are not asked for; says whether there were any. The marks are those of quotes
    /// and line ends.
    fn pass_over(&mut self, only: &RowSet, marks: &mut Marks<'_>) -> bool {
        let from = self.at;
        marks.go_to(from);
        while self.at < self.end && !only.has(self.row + 1) {
            let mark = loop {
                match marks.next() {
                    // The line feed behind a carriage return.
                    Some(mark) if mark < self.at => {}
                    mark => break mark.unwrap_or(self.end),
                }
            };
            if self.content.get(mark) == Some(&b'"') {
                break;
            }
            self.at = mark;
            self.row += 1;
            self.end_line(self.line_end(mark));
        }
        self.at > from
    }

    /// The next row, when it is a plain one: in no cell a quote or the end of a line, but for quotes around it. Where it
    /// begins and its line. `None` when it has to be looked at with [`Rows::next`], and at the end.
    fn plain_row(
        &mut self,
        text: &'a str,
        marks: &mut Marks<'a>,
        cells: &mut Vec<Cell<'a>>,
        starts: &mut Vec<usize>,
    ) -> Option<(usize, u32)> {
        cells.clear();
        starts.clear();
        let (start, mut from, mut column) = (self.at, self.at, 0);
        if start >= self.end {
            return None;
        }
        let (end, next) = loop {
            let mut at = marks.next().unwrap_or(self.end);
            let mut cell = from..at;
            let mut mark = self.content.get(at).copied().filter(|_| at < self.end);
            if mark == Some(b'"') {
                if at > from || start < self.torn_until {
                    return None;
                }
                cell = at + 1..marks.closing()?;
                at = cell.end + 1;
                mark = self.content.get(at).copied().filter(|mark| marks.next() == Some(at) && *mark != b'"');
                mark?;
            }
            if cell.len() as u64 > limits::CELL_BYTES.value || u64::from(column) == limits::TABLE_COLUMNS.value {
                return None;
            }
            let value = if cell.is_empty() { Value::Blank } else { Value::Text(&text[cell]) };
            cells.push(Cell { column, value });
            starts.push(from);
            if mark == Some(self.separator) {
                (from, column) = (at + 1, column + 1);
                continue;
            }
            break (at, self.end.min(at + self.line_end(at)));
        };
        // A blank line is no row.
        if end == start {
            return None;
        }
        if next == end + 2 {
            marks.next();
        }
        let line = self.line;
        self.row += 1;
        self.line = line.saturating_add(u32::from(self.content[end..next].ends_with(b"\n")));
        self.at = next;
        Some((start, line))
    }

    /// The next row that is not a blank line; its cells are in `spans`.
    fn next(&mut self) -> Option<RawRow> {
        while self.at < self.end
            && let length @ 1.. = self.line_end(self.at)
        {
            self.end_line(length);
            self.row += 1;
        }
        if self.at >= self.end {
            return None;
        }
        self.row += 1;
        self.spans.clear();
        self.unquoted.clear();
        let (start, line) = (self.at, self.line);
        let mut row = RawRow { raw: start..start, line, fault: None, is_too_wide: false };
        loop {
            if self.spans.len() as u64 == limits::TABLE_COLUMNS.value {
                row.is_too_wide = true;
                return Some(row);
            }
            let fault = self.cell(start);
            row.fault = row.fault.or(fault);
            if self.content.get(self.at) != Some(&self.separator) {
                break;
            }
            self.at += 1;
        }
        row.raw.end = self.at;
        let breaks = memchr_iter(b'\n', &self.content[start..self.at]).count();
        self.line = self.line.saturating_add(u32::try_from(breaks).unwrap_or(u32::MAX));
        self.end_line(self.line_end(self.at));
        Some(row)
    }

    /// How many bytes the end of a line has that stands here; 0 when none does.
    fn line_end(&self, at: usize) -> usize {
        match self.content.get(at..).unwrap_or_default() {
            [b'\r', b'\n', ..] => 2,
            [b'\r' | b'\n', ..] => 1,
            _ => 0,
        }
    }

    /// Goes past the end of a line. Only a line feed ends a line for whoever opens the file at the place named.
    fn end_line(&mut self, length: usize) {
        self.line = self.line.saturating_add(u32::from(length > 0 && self.content[self.at + length - 1] == b'\n'));
        self.at += length;
    }

    /// Reads one cell and stops at what ends it: a separator, the end of a line or of the file. After a fault that is
    /// the end of the line on which the cell begins.
    fn cell(&mut self, row_start: usize) -> Option<Fault> {
        let content = self.content;
        let (start, column) = (self.at, self.spans.len());
        if content.get(start) == Some(&b'"') {
            let Err(fault) = self.quoted_cell() else { return None };
            self.at = start + memchr2(b'\r', b'\n', &content[start..]).unwrap_or(content.len() - start);
            return Some(fault);
        }
        let length = memchr3(self.separator, b'\r', b'\n', &content[start..]).unwrap_or(content.len() - start);
        self.at += length;
        self.spans.push(Span { start, text: start..self.at, is_unquoted: false });
        let torn = (row_start < self.torn_until).then(|| memchr(b'"', &content[start..self.at])).flatten()?;
        let message = "a quote stands inside a cell that does not begin with one; a cell above it was torn apart here";
        Some(Fault::quote(start + torn, column, message))
    }

    fn quoted_cell(&mut self) -> Result<(), Fault> {
        let content = self.content;
        let (start, column) = (self.at, self.spans.len());
        let text_start = self.unquoted.len();
        let mut from = start + 1;
        let mut at = from;
        loop {
            let Some(length) = memchr(b'"', &content[at..]) else {
                return Err(Fault::quote(start, column, "a quote opens here and never closes"));
            };
            at += length + 1;
            if content.get(at) != Some(&b'"') {
                break;
            }
            self.unquoted.extend_from_slice(&content[from..at]);
            at += 1;
            from = at;
        }
        let follows = content.get(at);
        if follows.is_some_and(|next| *next != self.separator && !matches!(next, b'\r' | b'\n')) {
            if memchr2(b'\r', b'\n', &content[start..at]).is_none() {
                return Err(Fault::quote(at, column, "text follows the closing quote of this cell"));
            }
            self.torn_until = self.torn_until.max(at);
            return Err(Fault::quote(start, column, "a quote opens here and does not close before the next one opens"));
        }
        let is_unquoted = from > start + 1;
        let text = if is_unquoted {
            self.unquoted.extend_from_slice(&content[from..at - 1]);
            text_start..self.unquoted.len()
        } else {
            from..at - 1
        };
        self.at = at;
        self.spans.push(Span { start, text, is_unquoted });
        Ok(())
    }

    /// The text of a cell of a row without damage.
    fn text(&self, span: &Span) -> &str {
        let held = if span.is_unquoted { &self.unquoted } else { self.content };
        str::from_utf8(&held[span.text.clone()]).unwrap_or_default()
    }

    /// The first damaged byte of the row that was read last.
    fn damage(&self, piece: &Piece<'_>, raw: &Range<usize>) -> Option<Fault> {
        if piece.text.is_some() {
            return None;
        }
        let bytes = &self.content[raw.clone()];
        let not_text = str::from_utf8(bytes).err().map(|error| error.valid_up_to());
        let nul = memchr(0, bytes);
        let at = raw.start + not_text.into_iter().chain(nul).min()?;
        let column = self.spans.iter().skip(1).take_while(|span| span.start <= at).count();
        let (code, message, hint): (_, Cow<'_, str>, _) = match piece.start.offset {
            _ if self.content[at] == 0 => (&codes::CONTROL_CHARACTER, "a NUL byte stands here".into(), "remove it"),
            None => (&codes::ENCODING, "half a character of UTF-16 stands here".into(), "write the cell anew"),
            Some(offset) => {
                let message = format!("byte 0x{:02X} at offset {} is not UTF-8", self.content[at], offset + at as u64);
                (&codes::ENCODING, message.into(), "write the cell anew and save the file as UTF-8")
            }
        };
        Some(Fault { code, at, column: u32::try_from(column).unwrap_or(u32::MAX), message, hint })
    }
}

/// The separator that a first line such as `sep=;` declares to Excel, and the length of that line.
fn declared_separator(content: &[u8]) -> Option<(usize, usize)> {
    let (&separator, rest) = content.strip_prefix(b"sep=").or_else(|| content.strip_prefix(b"SEP="))?.split_first()?;
    let index = SEPARATORS.iter().position(|(known, _)| *known == separator)?;
    let end = [&b"\r\n"[..], b"\n", b"\r"].into_iter().find(|end| rest.starts_with(end))?;
    Some((index, "sep=;".len() + end.len()))
}

/// Which separator a file has, by its first row that any of them splits: the only one that does, else the comma. Below
/// the first row, where prose may stand, two cells are not enough.
fn separator(content: &[u8]) -> usize {
    let mut readings = SEPARATORS.map(|(separator, _)| Rows::with(content, separator));
    for cells in [2].into_iter().chain([3; HEADER_ROWS - 1]) {
        let mut splits = Vec::new();
        for (index, rows) in readings.iter_mut().enumerate() {
            let Some(row) = rows.next() else { continue };
            if row.is_too_wide || (row.fault.is_none() && rows.spans.len() >= cells) {
                splits.push(index);
            }
            if row.is_too_wide {
                rows.at = content.len();
            }
        }
        match splits[..] {
            [] => {}
            [only] => return only,
            _ => break,
        }
    }
    0
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::read::table::{self, tests::check};

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

    /// The rows that were read as `number@line=cells`, `!` for one that could not be, then the findings.
    fn brief(csv: &[u8]) -> Vec<String> {
        let mut findings = Vec::new();
        let mut rows = Vec::new();
        let mut capped = Capped::new("t.csv", &mut findings);
        let read = table::read("t.csv", csv, &mut capped, &mut |row, _| {
            let content = match row.content {
                Content::Cells(cells) => cells.iter().map(text).collect::<Vec<_>>().join("|"),
                _ => "!".to_owned(),
            };
            rows.push(format!("{}@{}={content}", row.number, row.place().line.unwrap()));
        });
        capped.finish();
        if read.is_none() {
            rows.push("-".to_owned());
        }
        rows.extend(findings.iter().map(|found| format!("{} {}: {}", found.code.id, found.place, found.message)));
        rows
    }

    fn text<'a>(cell: &Cell<'a>) -> &'a str {
        match cell.value {
            Value::Text(text) => text,
            _ => "",
        }
    }

    #[test]
    fn a_quote_that_does_not_close_costs_its_row_and_no_other() {
        let never = "a quote opens here and never closes";
        let torn = "a quote opens here and does not close before the next one opens";
        let inside = "a quote stands inside a cell that does not begin with one; a cell above it was torn apart here";
        let behind = "text follows the closing quote of this cell";
        for (csv, expected) in [
            (
                "a,b\n1,2\n\"x\ny\",\"3\n4,5\n6,7\n",
                vec!["1@1=a|b", "2@2=1|2", "3@3=!", "4@5=4|5", "5@6=6|7", &format!("ragged_row t.csv:4:4!B3: {never}")],
            ),
            (
                "a,b\r\n1,\"2\r\n3,4\r\n\r\n5,\"x\"\r\n",
                vec!["1@1=a|b", "2@2=!", "3@3=3|4", "5@5=5|x", &format!("ragged_row t.csv:2:3!B2: {torn}")],
            ),
            (
                "a,b\n1,\"2\n3,\"4\n5,6\n",
                vec![
                    "1@1=a|b",
                    "2@2=!",
                    "3@3=!",
                    "4@4=5|6",
                    &format!("ragged_row t.csv:2:3!B2: {torn}"),
                    &format!("ragged_row t.csv:3:3!B3: {never}"),
                ],
            ),
            // Inner quotes that are not written twice: on one line, and in a cell of several lines, whose pieces must not
            // pass for rows.
            (
                "a,b\n1,\"a \"big\" one\"\n2,c\n",
                vec!["1@1=a|b", "2@2=!", "3@3=2|c", &format!("ragged_row t.csv:2:7!B2: {behind}")],
            ),
            (
                "a,b\n1,\"it\nsays, \"hi\"\nend\"\n2,5\" wide\n",
                vec![
                    "1@1=a|b",
                    "2@2=!",
                    "3@3=!",
                    "4@4=end\"",
                    "5@5=2|5\" wide",
                    &format!("ragged_row t.csv:2:3!B2: {torn}"),
                    &format!("ragged_row t.csv:3:7!B3: {inside}"),
                ],
            ),
            ("a,\"b\"\r\n\"\",5\" pipe\n", vec!["1@1=a|b", "2@2=|5\" pipe"]),
            ("\"a", vec!["1@1=!", &format!("ragged_row t.csv:1:1!A1: {never}")]),
        ] {
            assert_eq!(brief(csv.as_bytes()), expected, "{csv}");
        }
    }

    #[test]
    fn a_damaged_byte_costs_its_row_and_no_other() {
        assert_eq!(
            brief(
                "id,名\n1,中文\n2,"
                    .as_bytes()
                    .iter()
                    .chain(b"\xE4\xB8\n3,\xE9\xAB\x98\n")
                    .copied()
                    .collect::<Vec<_>>()
                    .as_slice()
            ),
            [
                "1@1=id|名",
                "2@2=1|中文",
                "3@3=!",
                "4@4=3|高",
                "encoding t.csv:3:3!B3: byte 0xE4 at offset 18 is not UTF-8"
            ]
        );
        assert_eq!(
            brief(b"\xEF\xBB\xBFa,b\n1,\"x\ny\xFF\"\n2,\0\n"),
            [
                "1@1=a|b",
                "2@2=!",
                "3@4=!",
                "encoding t.csv: begins with a UTF-8 byte order mark, left out",
                "encoding t.csv:3:2!B2: byte 0xFF at offset 13 is not UTF-8",
                "control_character t.csv:4:3!B3: a NUL byte stands here"
            ]
        );
        let half = [&b"\xFF\xFEa\0,\0b\0\n\0"[..], b"1\0,\0\0\xD8\n\0", b"2\0,\x003\0"].concat();
        assert_eq!(
            brief(&half),
            [
                "1@1=a|b",
                "2@2=!",
                "3@3=2|3",
                "encoding t.csv: is UTF-16 (little endian), read as such",
                "encoding t.csv:2:3!B2: half a character of UTF-16 stands here"
            ]
        );
    }

    #[test]
    fn tables_in_other_encodings_are_read() {
        // 姓名 and 許功蓋, whose second bytes are a backslash in ASCII, and a bar in the third column (育).
        let cp950 = b"id,\xA9\x6D\xA6\x57,c\r\n1,\"\xB3\x5C\xA5\x5C\xBB\x5C\",\xA8\x7C\r\n";
        assert_eq!(brief(cp950)[..2], ["1@1=id|姓名|c", "2@2=1|許功蓋|育"]);
        let utf16: Vec<u8> = "\u{FEFF}id\t名\r\n1\t\"一\n二\"\r\n".encode_utf16().flat_map(u16::to_le_bytes).collect();
        assert_eq!(
            brief(&utf16),
            [
                "1@1=id|名",
                "2@2=1|一\n二",
                "encoding t.csv: is UTF-16 (little endian), read as such",
                "delimiter t.csv: the cells are separated by tabs"
            ]
        );
    }

    #[test]
    fn another_separator_is_taken_only_without_doubt() {
        for (csv, rows, said) in [
            ("a;b\n1,5;2", vec!["1@1=a|b", "2@2=1,5|2"], "semicolons"),
            ("a|b\n1|2", vec!["1@1=a|b", "2@2=1|2"], "vertical bars"),
            ("\"a,\"\tb", vec!["1@1=a,|b"], "tabs"),
            ("\"a\";\"b,c\"", vec!["1@1=a|b,c"], "semicolons"),
            ("a;b\tc", vec!["1@1=a;b\tc"], ""),
            ("a;b,c", vec!["1@1=a;b|c"], ""),
            // Titles stand above the header, prose below it.
            ("Orders\n\na;b;c", vec!["1@1=Orders", "3@3=a|b|c"], "semicolons"),
            ("note\nmet; agreed", vec!["1@1=note", "2@2=met; agreed"], ""),
            // A line for Excel, which does not show it.
            ("sep=;\r\na,x;b", vec!["1@2=a,x|b"], "semicolons"),
            ("sep=,\na,b;c", vec!["1@2=a|b;c"], ""),
        ] {
            let mut expected: Vec<_> = rows.into_iter().map(str::to_owned).collect();
            if !said.is_empty() {
                expected.push(format!("delimiter t.csv: the cells are separated by {said}"));
            }
            assert_eq!(brief(csv.as_bytes()), expected, "{csv}");
        }
    }

    #[test]
    fn shells_around_texts_are_taken_off() {
        assert_eq!(
            brief(b"a,b,c\n=\"0012\",\"=\"\"007\"\"\",=\"\"\n=\"1\"\"2\",x=\"1\",=\"1\"&\"2\"\n"),
            [
                "1@1=a|b|c",
                "2@2=0012|007|",
                "3@3==\"1\"\"2\"|x=\"1\"|=\"1\"&\"2\"",
                "formula_value t.csv:2!A2: cells of the form `=\"…\"` were read as the text in their quotes (cells in the file: 3)"
            ]
        );
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
        assert_eq!(
            check("t.csv", b"a\0"),
            ["-", "error wrong_file t.csv: is binary data, expected CSV, XLSX, JSON or JSONL"]
        );
    }

    /// Each of these once took time by the square of its size, or memory by a multiple of it.
    #[test]
    fn a_large_file_of_one_character_is_soon_done() {
        let many = |piece: &str| piece.repeat((1 << 20) / piece.len());
        assert_eq!(
            brief(many(",").as_bytes()),
            ["-", "too_large t.csv:1: the row has more cells than 16384 (limit `table_columns`)"]
        );
        assert_eq!(
            brief(many("\"").as_bytes()).last().unwrap(),
            "too_large t.csv:1!A1: the cell has more bytes than 131072 (limit `cell_bytes`)"
        );
        for piece in ["\"a\n", "\"\n\"x", "\"\"\"\n", "a,\"b\"\"\n", "\n\"\"\"a", "\r", "\n", "\"a\"\n"] {
            let rows = brief(&[b"a\n", many(piece).as_bytes()].concat());
            assert!(!rows.is_empty(), "{piece:?}");
        }
    }

    proptest! {
        /// What was written by the rules is read as it was.
        #[test]
        fn sound_files_are_read_as_they_were_written(
            table in prop::collection::vec(prop::collection::vec("[a中\" ,;\\\\|\r\n\t]{0,4}", 2..5), 1..6),
            end in "(\n|\r\n|\r)",
        ) {
            let quoted = |cell: &String| format!("\"{}\"", cell.replace('"', "\"\""));
            let lines: Vec<_> = table.iter().map(|row| row.iter().map(quoted).collect::<Vec<_>>().join(",")).collect();
            let mut findings = Vec::new();
            let mut read = Vec::new();
            table::read("f", lines.join(&end).as_bytes(), &mut Capped::new("f", &mut findings), &mut |row, _| {
                let Content::Cells(cells) = row.content else { panic!() };
                read.push((row.number, cells.iter().map(|cell| text(cell).to_owned()).collect::<Vec<_>>()));
            });
            prop_assert_eq!(read, (1..).zip(table).collect::<Vec<_>>());
            prop_assert_eq!(findings, []);
        }

        /// Changed bytes of a sound file in each encoding: never a panic, and never more rows than line ends.
        #[test]
        fn changed_files_are_read_or_refused(
            encoding in 0..4,
            changes in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 0..6),
        ) {
            let text = "id,名\r\n1,\"一\n\"\"二\"\r\n\r\n2,=\"003\"\r\n3,中文\r\n";
            let mut bytes = match encoding {
                0 => text.as_bytes().to_vec(),
                1 => text.encode_utf16().flat_map(u16::to_le_bytes).collect(),
                2 => [0xFE, 0xFF].into_iter().chain(text.encode_utf16().flat_map(u16::to_be_bytes)).collect(),
                _ => encoding_rs::BIG5.encode(text).0.into_owned(),
            };
            for (at, byte) in changes {
                let at = at.index(bytes.len());
                bytes[at] = byte;
            }
            let rows = brief(&bytes).iter().filter(|row| row.contains('@')).count();
            prop_assert!(rows <= 1 + bytes.iter().filter(|byte| matches!(byte, b'\r' | b'\n')).count());
        }
    }
}
