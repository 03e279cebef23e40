//! A text table cut into blocks at the ends of rows, so that no more of it is held than is being read, and blocks can be
//! read apart from one another.
//!
//! Invariants: blocks are cut where the reader of rows would end a row, by the same rules, whatever quotes stand
//! there; a block brings along as much of what follows it as is needed to tell what is wrong with its last rows.

use std::io::{self, Read};
use std::ops::Range;

use memchr::{memchr, memchr_iter, memchr2, memrchr};

/// Usual size of a block in bytes: enough that starting one costs nothing, and little enough for the cache.
const BLOCK: usize = 1 << 20;
/// Largest block, when a quote is open for as long: behind that it never closes.
pub(super) const LARGEST: usize = 64 << 20;

/// Rows of a text table, with where they stand in it.
#[derive(Debug)]
pub(super) struct Block {
    /// Holds the bytes; what stands behind them is left of an earlier block.
    buffer: Vec<u8>,
    length: usize,
    /// Where the rows end in them.
    pub(super) end: usize,
    /// Where the first of them stands in the table.
    pub(super) start: Start,
    /// Whether the row is longer than any block, so that its end is missing.
    pub(super) is_too_long: bool,
}

impl Block {
    /// The bytes of the rows and, as far as needed, what follows them.
    pub(super) fn bytes(&self) -> &[u8] {
        &self.buffer[..self.length]
    }
}

/// Where rows begin in a table.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Start {
    /// Offset in the file. `None` when the file was in another encoding.
    pub(super) offset: Option<u64>,
    /// How many rows stand before, as Excel counts them.
    pub(super) rows: u32,
    /// The line on which the first row begins, from 1.
    pub(super) line: u32,
    /// So many bytes from here belong to a cell that was torn apart.
    pub(super) torn_until: usize,
}

impl Start {
    /// The beginning of a table whose first byte stands there in the file.
    pub(super) fn of_table(offset: Option<u64>) -> Self {
        Self { offset, rows: 0, line: 1, torn_until: 0 }
    }
}

/// Cuts what it reads into blocks.
pub(super) struct Blocks<Source> {
    source: Source,
    separator: u8,
    /// What was read and belongs to the next block.
    rest: Vec<u8>,
    start: Start,
    has_ended: bool,
    spare: Vec<Vec<u8>>,
}

impl<Source: Read> Blocks<Source> {
    /// Goes on reading a table at this place, of which these bytes have been read already.
    pub(super) fn new(source: Source, separator: u8, read: Vec<u8>, start: Start) -> Self {
        Self { source, separator, rest: read, start, has_ended: false, spare: Vec::new() }
    }

    /// The next block. `None` at the end of the table.
    pub(super) fn next(&mut self) -> io::Result<Option<Block>> {
        // Not emptied, so that it is not filled with zeros before every block.
        let mut buffer = self.spare.pop().unwrap_or_default();
        let mut length = self.rest.len();
        buffer.resize(buffer.len().max(length), 0);
        buffer[..length].copy_from_slice(&self.rest);
        let mut goal = BLOCK;
        let mut is_too_long = false;
        let cut = loop {
            goal = goal.max(length);
            if !self.has_ended && length < goal {
                buffer.resize(buffer.len().max(goal), 0);
                length += fill(&mut self.source, &mut buffer[length..goal])?;
                self.has_ended = length < goal;
            }
            if self.has_ended {
                break Cut::at(length);
            }
            if let Some(cut) = cut(&buffer[..length], self.separator, length >= LARGEST) {
                break cut;
            }
            if length >= LARGEST {
                is_too_long = true;
                break Cut::at(length);
            }
            goal = length * 2;
        };
        if length == 0 {
            return Ok(None);
        }
        self.rest.clear();
        self.rest.extend_from_slice(&buffer[cut.end..length]);
        let start = self.start;
        self.start = Start {
            offset: start.offset.map(|offset| offset + cut.end as u64),
            rows: start.rows.saturating_add(cut.rows),
            line: start.line.saturating_add(cut.lines),
            torn_until: cut.torn_until.max(start.torn_until).saturating_sub(cut.end),
        };
        Ok(Some(Block { buffer, length, end: cut.end, start, is_too_long }))
    }

    /// Takes back the memory of a block that has been read.
    pub(super) fn give_back(&mut self, block: Block) {
        if block.buffer.len() <= 2 * BLOCK {
            self.spare.push(block.buffer);
        }
    }
}

/// Reads until the room is full or nothing is left; returns how many bytes were read.
fn fill(source: &mut impl Read, room: &mut [u8]) -> io::Result<usize> {
    let mut filled = 0;
    while filled < room.len() {
        match source.read(&mut room[filled..]) {
            Ok(0) => break,
            Ok(read) => filled += read,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    Ok(filled)
}

/// Where rows can be cut, and what stands before.
#[derive(Debug, PartialEq, Eq)]
struct Cut {
    end: usize,
    rows: u32,
    lines: u32,
    torn_until: usize,
}

impl Cut {
    fn at(end: usize) -> Self {
        Self { end, rows: 0, lines: 0, torn_until: 0 }
    }
}

/// Finds the last end of a row. Rows in which something has to be known that stands behind these bytes are left for the
/// next block, unless nothing more is to be read. `None` when not even the first row ends here.
fn cut(bytes: &[u8], separator: u8, is_last: bool) -> Option<Cut> {
    if memchr2(b'"', b'\r', bytes).is_none() {
        let end = memrchr(b'\n', bytes)? + 1;
        let lines = memchr_iter(b'\n', &bytes[..end]).count();
        return Some(Cut { end, rows: count(lines), lines: count(lines), torn_until: 0 });
    }
    // What does not stand in quotes.
    let mut outside: Vec<Range<usize>> = Vec::new();
    let (mut from, mut at, mut until, mut torn_until) = (0, 0, bytes.len(), 0);
    while let Some(length) = memchr(b'"', &bytes[at..]) {
        let quote = at + length;
        let begins_cell = quote == 0 || matches!(bytes[quote - 1], b'\r' | b'\n') || bytes[quote - 1] == separator;
        at = quote + 1;
        if !begins_cell {
            continue;
        }
        match closing(bytes, quote, separator, is_last) {
            Closing::At(end) => {
                outside.push(from..quote);
                (from, at) = (end, end);
            }
            // The reader goes on with the next line.
            Closing::Torn(end) => {
                torn_until = end.max(torn_until);
                at = memchr2(b'\r', b'\n', &bytes[quote..]).map_or(bytes.len(), |length| quote + length);
            }
            Closing::Never => {
                at = memchr2(b'\r', b'\n', &bytes[quote..]).map_or(bytes.len(), |length| quote + length);
            }
            Closing::Unknown => {
                until = quote;
                break;
            }
        }
    }
    outside.push(from..until);
    let feed = |piece: &Range<usize>| Some(piece.start + memrchr(b'\n', &bytes[piece.clone()])? + 1);
    // Of a carriage return it must be known that no line feed follows.
    let known = bytes.len().saturating_sub(1);
    let carriage = |piece: &Range<usize>| {
        let known = piece.start..piece.end.min(known).max(piece.start);
        Some(piece.start + memrchr(b'\r', &bytes[known])? + 1)
    };
    let end = outside.iter().rev().find_map(feed).or_else(|| outside.iter().rev().find_map(carriage))?;
    let (mut rows, mut lines, mut quoted) = (0, 0, 0);
    for piece in outside.iter().filter(|piece| piece.start < end) {
        let (feeds, alone) = ends(&bytes[piece.start..piece.end.min(end)]);
        rows += feeds + alone;
        lines += feeds + memchr_iter(b'\n', &bytes[quoted..piece.start]).count();
        quoted = piece.end.min(end);
    }
    Some(Cut { end, rows: count(rows), lines: count(lines), torn_until })
}

fn count(count: usize) -> u32 {
    u32::try_from(count).unwrap_or(u32::MAX)
}

/// How many lines end here with LF, and how many with CR alone.
fn ends(bytes: &[u8]) -> (usize, usize) {
    let alone = memchr_iter(b'\r', bytes).filter(|at| bytes.get(at + 1) != Some(&b'\n')).count();
    (memchr_iter(b'\n', bytes).count(), alone)
}

/// What becomes of a quote that opens.
enum Closing {
    /// The cell ends there.
    At(usize),
    /// Something else follows the next quote, which ends there; on another line, or 0.
    Torn(usize),
    /// There is no other quote.
    Never,
    /// The bytes do not tell.
    Unknown,
}

fn closing(bytes: &[u8], quote: usize, separator: u8, is_last: bool) -> Closing {
    let mut at = quote + 1;
    loop {
        let Some(length) = memchr(b'"', &bytes[at..]) else {
            return if is_last { Closing::Never } else { Closing::Unknown };
        };
        at += length + 1;
        match bytes.get(at) {
            None if is_last => return Closing::At(at),
            None => return Closing::Unknown,
            Some(b'"') => at += 1,
            Some(b'\r' | b'\n') => return Closing::At(at),
            Some(next) if *next == separator => return Closing::At(at),
            Some(_) => {
                let is_long = memchr2(b'\r', b'\n', &bytes[quote..at]).is_some();
                return Closing::Torn(if is_long { at } else { 0 });
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str) -> Option<(&str, u32, u32, usize)> {
        let cut = cut(text.as_bytes(), b',', false)?;
        Some((&text[..cut.end], cut.rows, cut.lines, cut.torn_until))
    }

    #[test]
    fn blocks_end_where_rows_do() {
        for (text, expected) in [
            ("a,b\nc", Some(("a,b\n", 1, 1, 0))),
            ("a\r\n\r\nb\r\nc", Some(("a\r\n\r\nb\r\n", 3, 3, 0))),
            ("a\rb\rc", Some(("a\rb\r", 2, 0, 0))),
            // Whether a line feed follows is not known.
            ("a\rb\r", Some(("a\r", 1, 0, 0))),
            ("a", None),
            ("a\n\"b\nc", Some(("a\n", 1, 1, 0))),
            ("\"b\nc", None),
            ("a\n\"b\nc\",d\ne", Some(("a\n\"b\nc\",d\n", 2, 3, 0))),
            // The quote at the end may be the first of two.
            ("a\n\"b\nc\"", Some(("a\n", 1, 1, 0))),
            ("5\" pipe\n\"a\"\"\n\"\nx", Some(("5\" pipe\n\"a\"\"\n\"\n", 2, 3, 0))),
            // Torn: the reader goes on behind the first line of the cell.
            ("\"a\nb\"c\nd", Some(("\"a\nb\"c\n", 2, 2, 5))),
            ("\"a\"c\nd", Some(("\"a\"c\n", 1, 1, 0))),
        ] {
            assert_eq!(check(text), expected, "{text:?}");
        }
    }
}
