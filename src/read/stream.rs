//! A table that is read while it comes in, its rows learnt from in several places at once.
//!
//! Invariants: the findings and their order, and what was learnt, are the same for any number of hands; of a text table
//! no more is held than a few blocks, of any other format the file, whose size is limited.

use std::collections::BTreeMap;
use std::io::{self, Read, Seek, SeekFrom};
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};

use crate::codes;
use crate::finding::{Code, Finding, Place};
use crate::limits::{self, Limit};
use crate::read::blocks::{Block, Blocks, Start};
use crate::read::capped::{Capped, FindingCounts, too_large};
use crate::read::crew::Crew;
use crate::read::csv::{self, Dialect, Piece, Shells};
use crate::read::encoding;
use crate::read::format::{self, Format};
use crate::read::row::Row;
use crate::read::row_set::RowSet;
use crate::read::sheets::Choice;
use crate::read::table;

/// Where bytes come from: a file, or memory.
pub trait Source: Read + Seek + Send {}

impl<Any: Read + Seek + Send> Source for Any {}

/// What is learnt from the rows of a table.
pub trait Fold: Send + Sync + Sized {
    /// Takes the next row.
    fn row(&mut self, row: &Row<'_>, findings: &mut Capped<'_>);

    /// Which sheet of a workbook it learns from.
    fn choice(&self) -> Choice {
        Choice::default()
    }

    /// So many rows are likely to come in all, so that room can be made for what has to be kept of them.
    fn expect(&mut self, _rows: u64) {}

    /// The rows that it learns from below the head of the table; others may be passed over. `None` when that is all.
    fn only(&self) -> Option<&RowSet> {
        None
    }

    /// One that learns from rows further below, knowing nothing of them but what stood at the head of the table. `None`
    /// as long as that is still to be found.
    fn fork(&self) -> Option<Self>;

    /// Takes over what was learnt from the rows right below those that this one has seen.
    fn join(&mut self, below: Self, findings: &mut Capped<'_>);
}

/// Most bytes that are looked at to tell what a file is; one that is no longer is read whole.
const HEAD: usize = 1 << 20;
/// Most blocks that wait for one before them.
const WAITING: usize = 4;

/// Reads a table. `None` when it could not be read to its end; the findings say why.
pub fn read<F: Fold>(
    path: &str,
    source: &mut dyn Source,
    crew: Crew,
    findings: &mut Capped<'_>,
    begin: &dyn Fn(&mut Capped<'_>) -> F,
) -> Option<(Format, F)> {
    match try_read(path, source, crew, findings, begin) {
        Ok(read) => read,
        Err(error) => {
            let message = format!("cannot be read: {error}");
            findings.once().push(Finding::new(&codes::UNREADABLE, Place::file(path), message));
            None
        }
    }
}

fn try_read<F: Fold>(
    path: &str,
    source: &mut dyn Source,
    crew: Crew,
    findings: &mut Capped<'_>,
    begin: &dyn Fn(&mut Capped<'_>) -> F,
) -> io::Result<Option<(Format, F)>> {
    let mut head = Vec::with_capacity(HEAD);
    source.take(HEAD as u64).read_to_end(&mut head)?;
    if head.len() == HEAD && encoding::may_be_utf8(&head) && format::sniff(&head) == Ok(Format::Csv) {
        let mut found = Vec::new();
        let mut capped = Capped::within(path, &mut found, findings.limit);
        let mut is_damaged = false;
        let length = source.seek(SeekFrom::End(0))?;
        source.seek(SeekFrom::Start(HEAD as u64))?;
        loop {
            let mut text = Text { path, source: &mut *source, length, head: head.clone(), crew, is_damaged };
            match text.read(&mut capped, begin)? {
                Outcome::Read(fold) => {
                    let counts = capped.into_counts();
                    findings.join(found, counts);
                    let read = fold.map(|fold| (Format::Csv, fold));
                    if read.is_some() {
                        table::say_when_misnamed(path, Format::Csv, findings);
                    }
                    return Ok(read);
                }
                Outcome::NotUtf8 => {
                    found = Vec::new();
                    capped = Capped::within(path, &mut found, findings.limit);
                    source.seek(SeekFrom::Start(0))?;
                    if !encoding::is_damaged_utf8(source)? {
                        break;
                    }
                    is_damaged = true;
                    source.seek(SeekFrom::Start(HEAD as u64))?;
                }
            }
        }
        source.seek(SeekFrom::Start(HEAD as u64))?;
    }
    let mut fold = begin(findings);
    let length = source.seek(SeekFrom::End(0))?;
    if length > limits::RECORDS_BYTES.value {
        let what = format!("is {length} bytes, more");
        findings.once().push(too_large(Place::file(path), &what, limits::RECORDS_BYTES));
        return Ok(None);
    }
    source.seek(SeekFrom::Start(head.len() as u64))?;
    head.reserve_exact(usize::try_from(length).unwrap_or(0).saturating_sub(head.len()));
    source.take(limits::RECORDS_BYTES.value).read_to_end(&mut head)?;
    let format =
        table::read_by(crew, path, &head, &fold.choice(), findings, &mut |row, findings| fold.row(&row, findings));
    Ok(format.map(|format| (format, fold)))
}

/// A text table that is read block by block.
struct Text<'a> {
    path: &'a str,
    /// Stands behind the head.
    source: &'a mut dyn Source,
    /// Bytes of the whole file.
    length: u64,
    head: Vec<u8>,
    crew: Crew,
    /// Whether it is known that bytes in it are not UTF-8.
    is_damaged: bool,
}

enum Outcome<F> {
    /// `None` when a finding ended the reading.
    Read(Option<F>),
    /// There are bytes that are not UTF-8, so that it has to be found out what the file is.
    NotUtf8,
}

impl Text<'_> {
    fn read<F: Fold>(
        &mut self,
        findings: &mut Capped<'_>,
        begin: &dyn Fn(&mut Capped<'_>) -> F,
    ) -> io::Result<Outcome<F>> {
        let (path, limit) = (self.path, findings.limit);
        let marks = encoding::byte_order_marks(path, &self.head, findings.once());
        let mut read = std::mem::take(&mut self.head);
        read.drain(..marks);
        let dialect = Dialect::of(path, &read, findings.once());
        read.drain(..dialect.skips);
        let lines = memchr::memchr_iter(b'\n', &read).count() as u64;
        let rows = lines.saturating_mul(self.length / (read.len() as u64).max(1));
        let mut start = Start::of_table(Some((marks + dialect.skips) as u64));
        start.line = dialect.first_line;
        let mut blocks = Blocks::new(&mut *self.source, dialect.separator, read, start);
        let is_damaged = self.is_damaged;

        // Until the head of the table is known, one block after the other.
        let mut whole = Part { fold: begin(findings), shells: Shells::default(), ended: None };
        if whole.fold.choice().named.is_some() {
            findings.once().push(table::no_sheets(path, Format::Csv));
            return Ok(Outcome::Read(None));
        }
        let seed = loop {
            if let Some(seed) = whole.fold.fork() {
                break seed;
            }
            let Some(block) = blocks.next()? else { return Ok(Outcome::Read(Some(whole.finish(findings)))) };
            whole.rows(path, &block, dialect, is_damaged, None, findings);
            blocks.give_back(block);
            match whole.ended {
                Some(Ended::NotUtf8) => return Ok(Outcome::NotUtf8),
                Some(Ended::With(finding)) => {
                    findings.once().push(*finding);
                    return Ok(Outcome::Read(None));
                }
                None => {}
            }
        };
        whole.fold.expect(rows);
        let line = Line {
            joined: Some((whole, findings)),
            next: 0,
            waiting: BTreeMap::new(),
            full: Vec::new(),
            has_ended: false,
            error: None,
        };
        let (blocks, line, turn) = (Mutex::new((0, blocks)), Mutex::new(line), Condvar::new());
        let work = Work { path, dialect, is_damaged, limit, seed, blocks, line, turn };
        (self.crew)(&|| work.run());
        let line = work.line.into_inner().unwrap_or_else(PoisonError::into_inner);
        if let Some(error) = line.error {
            return Err(error);
        }
        let Some((whole, findings)) = line.joined else { return Err(io::Error::other("the reading was interrupted")) };
        Ok(match whole.ended {
            Some(Ended::NotUtf8) => Outcome::NotUtf8,
            Some(Ended::With(finding)) => {
                findings.once().push(*finding);
                Outcome::Read(None)
            }
            None => Outcome::Read(Some(whole.finish(findings))),
        })
    }
}

/// What was learnt from rows that follow one another.
struct Part<F> {
    fold: F,
    shells: Shells,
    ended: Option<Ended>,
}

/// Why the rows were not read to their end.
enum Ended {
    NotUtf8,
    With(Box<Finding>),
}

impl<F: Fold> Part<F> {
    fn rows(
        &mut self,
        path: &str,
        block: &Block,
        dialect: Dialect,
        is_damaged: bool,
        only: Option<&RowSet>,
        findings: &mut Capped<'_>,
    ) {
        let rows = &block.bytes()[..block.end];
        let text = str::from_utf8(rows).ok();
        if text.is_none() && !is_damaged {
            self.ended = Some(Ended::NotUtf8);
            return;
        }
        let text = text.filter(|_| memchr::memchr(0, rows).is_none());
        let piece = Piece { bytes: block.bytes(), end: block.end, start: block.start, text, only };
        let fold = &mut self.fold;
        let mut sink = |row: Row<'_>, findings: &mut Capped<'_>| fold.row(&row, findings);
        let read = csv::read_piece(path, &piece, dialect.separator, &mut self.shells, findings, &mut sink);
        self.ended = match read {
            Err(finding) => Some(Ended::With(finding)),
            Ok(()) if block.is_too_long => {
                let place =
                    Place { row: Some(block.start.rows + 1), line: Some(block.start.line), ..Place::file(path) };
                Some(Ended::With(too_large(place, "the row has more bytes", limits::RECORDS_BYTES).into()))
            }
            Ok(()) => None,
        };
    }

    fn finish(self, findings: &mut Capped<'_>) -> F {
        self.shells.say(findings);
        self.fold
    }
}

/// The blocks of a table, and the line in which what was learnt from them is joined.
struct Work<'a, 'f, F, From> {
    path: &'a str,
    dialect: Dialect,
    is_damaged: bool,
    /// Of one code so many findings have their places.
    limit: Limit,
    seed: F,
    /// The number of the next block, and where it comes from.
    blocks: Mutex<(usize, Blocks<From>)>,
    line: Mutex<Line<'a, 'f, F>>,
    /// Somebody has joined something.
    turn: Condvar,
}

struct Line<'a, 'f, F> {
    /// What was joined so far. `None` while somebody is joining more to it.
    joined: Option<(Part<F>, &'a mut Capped<'f>)>,
    /// The block whose turn it is.
    next: usize,
    waiting: BTreeMap<usize, Done<F>>,
    /// The codes of which what was joined lists as many findings as are listed.
    full: Vec<&'static Code>,
    has_ended: bool,
    error: Option<io::Error>,
}

/// What was learnt from a block and found in it.
struct Done<F> {
    part: Part<F>,
    found: Vec<Finding>,
    counts: FindingCounts,
}

impl<F: Fold, From: Read + Send> Work<'_, '_, F, From> {
    /// Reads blocks until there are none left.
    fn run(&self) {
        while !lock(&self.line).has_ended
            && let Some((number, block)) = self.next()
            && let Some(fold) = self.seed.fork()
        {
            let mut part = Part { fold, shells: Shells::default(), ended: None };
            let mut found = Vec::new();
            let full = lock(&self.line).full.clone();
            let mut findings = Capped::below(self.path, &mut found, self.limit, &full);
            part.rows(self.path, &block, self.dialect, self.is_damaged, self.seed.only(), &mut findings);
            let counts = findings.into_counts();
            lock(&self.blocks).1.give_back(block);
            self.join(number, Done { part, found, counts });
        }
        self.turn.notify_all();
    }

    fn next(&self) -> Option<(usize, Block)> {
        let mut blocks = lock(&self.blocks);
        match blocks.1.next() {
            Ok(block) => {
                blocks.0 += 1;
                Some((blocks.0 - 1, block?))
            }
            Err(error) => {
                let mut line = lock(&self.line);
                line.has_ended = true;
                line.error.get_or_insert(error);
                None
            }
        }
    }

    /// Joins what was learnt, when its turn has come, and what waits behind it. Nobody goes on far ahead of the others.
    fn join(&self, number: usize, done: Done<F>) {
        let mut line = lock(&self.line);
        while number > line.next + WAITING && !line.has_ended {
            line = self.turn.wait(line).unwrap_or_else(PoisonError::into_inner);
        }
        line.waiting.insert(number, done);
        let Some((mut whole, findings)) = line.joined.take() else { return };
        while !line.has_ended {
            let next = line.next;
            let Some(Done { part, found, counts }) = line.waiting.remove(&next) else { break };
            drop(line);
            findings.join(found, counts);
            whole.fold.join(part.fold, findings);
            whole.shells.join(part.shells);
            whole.ended = part.ended;
            line = lock(&self.line);
            line.full.clear();
            line.full.extend(findings.full());
            line.next += 1;
            line.has_ended |= whole.ended.is_some();
            self.turn.notify_all();
        }
        line.joined = Some((whole, findings));
    }
}

/// A crew member that panicked takes the whole run down when the crew is joined; until then what it held is as good as
/// before.
fn lock<Any>(mutex: &Mutex<Any>) -> MutexGuard<'_, Any> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use std::io::Cursor;
    use std::thread;

    use super::*;
    use crate::read::crew::alone;

    /// What a fold has seen: rows with their places, and how often parts were joined.
    struct Seen {
        rows: Vec<(u32, Option<u64>, Option<String>)>,
        knows_head: bool,
        only: Option<RowSet>,
    }

    impl Fold for Seen {
        fn row(&mut self, row: &Row<'_>, _: &mut Capped<'_>) {
            // Every one of many rows is written like those beside it.
            let content =
                row.number.is_multiple_of(199).then(|| format!("{:?} {:?}", row.place_of_cell(1), row.content));
            self.rows.push((row.number, row.byte(), content));
            self.knows_head = true;
        }

        fn only(&self) -> Option<&RowSet> {
            self.only.as_ref()
        }

        fn fork(&self) -> Option<Self> {
            self.knows_head.then(|| Self { rows: Vec::new(), knows_head: true, only: None })
        }

        fn join(&mut self, below: Self, _: &mut Capped<'_>) {
            self.rows.extend(below.rows);
        }
    }

    fn two(work: &(dyn Fn() + Sync)) {
        thread::scope(|scope| {
            scope.spawn(work);
            work();
        });
    }

    /// The rows and findings of a file: read whole, by one, and by two.
    fn check(bytes: &[u8]) {
        let mut findings = Vec::new();
        let mut capped = Capped::new("f.csv", &mut findings);
        let mut whole = Seen { rows: Vec::new(), knows_head: false, only: None };
        let format = table::read("f.csv", bytes, &mut capped, &mut |row, findings| whole.row(&row, findings));
        capped.finish();
        for crew in [alone as Crew, two] {
            let mut found = Vec::new();
            let mut capped = Capped::new("f.csv", &mut found);
            let begin = |_: &mut Capped<'_>| Seen { rows: Vec::new(), knows_head: false, only: None };
            let read = read("f.csv", &mut Cursor::new(bytes), crew, &mut capped, &begin);
            capped.finish();
            assert_eq!(read.as_ref().map(|(format, _)| *format), format);
            assert_eq!(found, findings);
            if let Some((_, seen)) = read {
                assert_eq!(seen.rows.len(), whole.rows.len());
                let differing = seen.rows.iter().zip(&whole.rows).find(|(here, there)| here != there);
                assert_eq!(differing, None);
            }
            let begin = |_: &mut Capped<'_>| {
                let mut only = RowSet::default();
                whole.rows.iter().filter(|(row, ..)| row.is_multiple_of(97)).for_each(|(row, ..)| only.add(*row));
                Seen { rows: Vec::new(), knows_head: false, only: Some(only) }
            };
            let again =
                super::read("f.csv", &mut Cursor::new(bytes), crew, &mut Capped::new("f.csv", &mut Vec::new()), &begin);
            if let Some((_, seen)) = again {
                let mut rows = whole.rows.iter();
                assert!(seen.rows.iter().all(|row| rows.any(|other| other == row)));
                let asked_for = |(row, ..): &&(u32, _, _)| row.is_multiple_of(97);
                let (seen, there) = (seen.rows.iter().filter(asked_for), whole.rows.iter().filter(asked_for));
                assert!(seen.eq(there));
            }
        }
    }

    #[test]
    fn blocks_come_to_the_same_as_the_whole() {
        let many = |piece: &str| piece.repeat((5 << 18) / piece.len());
        for piece in [
            "1,two,3\n",
            "1,\"two\nlines\",3\r\n\r\n",
            "1,a \"quote\" inside,中文\n2,\"torn,3\n4,\"x\"y\"\n",
            "1,=\"0012\",\"\"\"\"\r",
        ] {
            let text = format!("a,b,c\n{}", many(piece));
            check(text.as_bytes());
            check(format!("\u{FEFF}{text}\"never closes\n1,2\n").as_bytes());
        }
        let mut damaged = format!("a;b;c\n{}", many("1;二;3\n")).into_bytes();
        damaged[1_100_003] = 0xFF;
        damaged[1_200_000] = 0;
        check(&damaged);
        // More than are listed, of a code that also tells of the mark in front.
        let mut damaged = format!("\u{FEFF}a,b\n{}", many("1,二\n")).into_bytes();
        let rows = "\u{FEFF}a,b\n".len();
        (0..150).for_each(|row| damaged[rows + row * "1,二\n".len()] = 0xFF);
        check(&damaged);
        let wide: Vec<u8> =
            format!("\u{FEFF}a\tb\n{}", many("1\t2\n")).encode_utf16().flat_map(u16::to_le_bytes).collect();
        check(&wide);
        let mut cp950 = b"a,b\n".to_vec();
        cp950.extend(many("1,2\n").into_bytes());
        cp950.extend(b"\xA9\x6D\xA6\x57,1\n");
        check(&cp950);
        check(format!("a,b\n{},{}\n", many("1,2\n"), "x".repeat(200_000)).as_bytes());
    }
}
