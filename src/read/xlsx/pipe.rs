//! A part while it inflates: pieces of its XML, made ahead by whoever of the crew has nothing else to do.
//!
//! Invariants: pieces come in their order and are cut alike, whoever makes them; no more than a few of them wait; every
//! byte is counted as it inflates.

use std::collections::BTreeMap;
use std::io::{self, BufRead, Read};
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};

use crate::limits::{self, Limit};

/// How many bytes are inflated at once.
const PIECE: usize = 256 << 10;
/// Most pieces that wait to be read.
const WAITING: usize = 6;

/// What is read from a piece right after it was inflated, as long as it is written in the one plain way in which nearly
/// everything is written.
pub(super) trait Plain: Default + Send {
    /// What pieces are cut behind, so that the next one begins where something begins.
    const END: &[u8];

    /// Reads as much of the text as is plain.
    fn read(&mut self, text: &str);
}

/// Nothing is read ahead.
impl Plain for () {
    const END: &[u8] = b">";

    fn read(&mut self, _: &str) {}
}

/// A part, and what of it was inflated ahead.
pub(super) struct Pipe<'c, P> {
    source: Mutex<Source<'c>>,
    line: Mutex<Line<P>>,
    /// Something in the line has changed.
    turn: Condvar,
}

struct Source<'c> {
    part: Box<dyn Read + Send + 'c>,
    /// How many bytes the container may still inflate to.
    left: &'c mut u64,
    /// What was inflated and belongs to the next piece.
    rest: Vec<u8>,
    /// How many pieces were made.
    made: usize,
    has_ended: bool,
}

struct Line<P> {
    ready: BTreeMap<usize, Piece<P>>,
    /// The piece that is read next.
    next: usize,
    /// How many pieces there are, once that is known.
    count: Option<usize>,
    /// How many pieces were begun.
    begun: usize,
    /// Nobody reads any more.
    is_closed: bool,
}

/// Some of the XML.
struct Piece<P> {
    bytes: Bytes,
    plain: P,
    /// Why nothing follows, when something should.
    failure: Option<Failure>,
}

/// The bytes of a piece.
enum Bytes {
    Text(String),
    /// Not UTF-8, or not whole.
    Other(Vec<u8>),
}

impl Bytes {
    fn as_slice(&self) -> &[u8] {
        match self {
            Self::Text(text) => text.as_bytes(),
            Self::Other(bytes) => bytes,
        }
    }
}

#[derive(Clone)]
enum Failure {
    Over(Limit),
    Damaged(io::ErrorKind, String),
}

impl Failure {
    fn of(error: &io::Error) -> Self {
        Self::Damaged(error.kind(), error.to_string())
    }
}

impl<'c, P: Plain> Pipe<'c, P> {
    /// Of a part. The bytes that it inflates to are taken off what is left.
    pub(super) fn new(part: impl Read + Send + 'c, left: &'c mut u64) -> Self {
        let source = Source { part: Box::new(part), left, rest: Vec::new(), made: 0, has_ended: false };
        let line = Line { ready: BTreeMap::new(), next: 0, count: None, begun: 0, is_closed: false };
        Self { source: Mutex::new(source), line: Mutex::new(line), turn: Condvar::new() }
    }

    /// Makes pieces ahead until there are no more, or nobody reads them.
    pub(super) fn help(&self) {
        loop {
            let mut line = lock(&self.line);
            while !line.is_closed && line.count.is_none() && line.begun >= line.next + WAITING {
                line = self.turn.wait(line).unwrap_or_else(PoisonError::into_inner);
            }
            if line.is_closed || line.count.is_some() {
                return;
            }
            drop(line);
            self.make();
        }
    }

    /// The next piece. `None` at the end of the part.
    fn next(&self) -> Option<Piece<P>> {
        loop {
            let mut line = lock(&self.line);
            let next = line.next;
            if let Some(piece) = line.ready.remove(&next) {
                line.next += 1;
                self.turn.notify_all();
                return Some(piece);
            }
            if line.count.is_some_and(|count| next >= count) {
                return None;
            }
            // Somebody is at it, and what comes behind it is being made too.
            if line.begun > next + 1 || (line.count.is_some() && line.begun > next) {
                drop(self.turn.wait(line).unwrap_or_else(PoisonError::into_inner));
                continue;
            }
            drop(line);
            self.make();
        }
    }

    /// Makes the next piece.
    fn make(&self) {
        let mut source = lock(&self.source);
        if source.has_ended {
            return;
        }
        let number = source.made;
        source.made += 1;
        lock(&self.line).begun = source.made;
        let mut making = Making { pipe: self, number, piece: None };
        let (bytes, failure) = source.piece(P::END);
        if source.has_ended {
            lock(&self.line).count = Some(source.made);
        }
        drop(source);
        let bytes = String::from_utf8(bytes).map_or_else(|error| Bytes::Other(error.into_bytes()), Bytes::Text);
        let mut plain = P::default();
        if let Bytes::Text(text) = &bytes {
            plain.read(text);
        }
        making.piece = Some(Piece { bytes, plain, failure });
    }
}

/// A piece that is being made. It is put into the line even when that is interrupted, lest somebody wait for ever.
struct Making<'p, 'c, P: Plain> {
    pipe: &'p Pipe<'c, P>,
    number: usize,
    piece: Option<Piece<P>>,
}

impl<P: Plain> Drop for Making<'_, '_, P> {
    fn drop(&mut self) {
        let failure = || Some(Failure::of(&io::Error::other("the reading was interrupted")));
        let interrupted = || Piece { bytes: Bytes::Other(Vec::new()), plain: P::default(), failure: failure() };
        let piece = self.piece.take().unwrap_or_else(interrupted);
        lock(&self.pipe.line).ready.insert(self.number, piece);
        self.pipe.turn.notify_all();
    }
}

impl Source<'_> {
    /// Inflates the next piece, up to the last end that is in it.
    fn piece(&mut self, end: &[u8]) -> (Vec<u8>, Option<Failure>) {
        let mut bytes = std::mem::take(&mut self.rest);
        let begun = bytes.len();
        bytes.reserve_exact(PIECE);
        let read = (&mut self.part).take(PIECE as u64).read_to_end(&mut bytes);
        let inflated = (bytes.len() - begun) as u64;
        let is_over = inflated > *self.left;
        *self.left = self.left.saturating_sub(inflated);
        let failure = match read {
            _ if is_over => Some(Failure::Over(limits::INFLATED_BYTES)),
            Err(error) => Some(Failure::of(&error)),
            Ok(_) => None,
        };
        self.has_ended = failure.is_some() || inflated < PIECE as u64;
        if !self.has_ended
            && let Some(at) = memchr::memmem::rfind(&bytes, end)
        {
            self.rest = Vec::with_capacity(bytes.len() - at - end.len() + PIECE);
            self.rest.extend_from_slice(&bytes[at + end.len()..]);
            bytes.truncate(at + end.len());
        }
        (bytes, failure)
    }
}

/// The XML of a part for whoever reads it.
pub(super) struct Pieces<'p, 'c, P: Plain> {
    pipe: &'p Pipe<'c, P>,
    piece: Option<Piece<P>>,
    /// How much of the piece has been read.
    at: usize,
    /// Where in the piece begins what was read from it as plain.
    plain_from: usize,
    /// Bytes of the tag or text that is being read.
    pub(super) event: u64,
    /// The limit that kept something from being read.
    pub(super) over: Option<Limit>,
}

/// Most bytes of one tag or text: a cell's text with every character escaped.
const EVENT_BYTES: u64 = limits::CELL_BYTES.value * 8;

impl<'p, 'c, P: Plain> Pieces<'p, 'c, P> {
    pub(super) fn of(pipe: &'p Pipe<'c, P>) -> Self {
        Self { pipe, piece: None, at: 0, plain_from: 0, event: 0, over: None }
    }

    /// What follows, as far as it is plain, and the text that it was read from. To be called where something begins.
    pub(super) fn plain(&mut self) -> Option<(&P, &str)> {
        if self.fill_buf().ok()?.is_empty() {
            return None;
        }
        let (at, from) = (self.at, &mut self.plain_from);
        let Piece { bytes: Bytes::Text(text), plain, .. } = self.piece.as_mut()? else { return None };
        let text = text.get(at..)?;
        if *from != at {
            *plain = P::default();
            plain.read(text);
            *from = at;
        }
        Some((plain, text))
    }
}

impl<P: Plain> BufRead for Pieces<'_, '_, P> {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        if self.event > EVENT_BYTES {
            self.over = Some(limits::CELL_BYTES);
            return Err(io::Error::other("limit"));
        }
        while self.piece.as_ref().is_none_or(|piece| self.at >= piece.bytes.as_slice().len()) {
            if let Some(failure) = self.piece.as_ref().and_then(|piece| piece.failure.clone()) {
                return Err(match failure {
                    Failure::Damaged(kind, message) => io::Error::new(kind, message),
                    Failure::Over(limit) => {
                        self.over = Some(limit);
                        io::Error::other("limit")
                    }
                });
            }
            let Some(next) = self.pipe.next() else { return Ok(&[]) };
            (self.piece, self.at, self.plain_from) = (Some(next), 0, 0);
        }
        let bytes = self.piece.as_ref().map_or(&[][..], |piece| piece.bytes.as_slice());
        Ok(bytes.get(self.at..).unwrap_or_default())
    }

    fn consume(&mut self, count: usize) {
        self.at += count;
        self.event += count as u64;
    }
}

impl<P: Plain> Read for Pieces<'_, '_, P> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = self.fill_buf()?.read(buffer)?;
        self.consume(count);
        Ok(count)
    }
}

impl<P: Plain> Drop for Pieces<'_, '_, P> {
    fn drop(&mut self) {
        lock(&self.pipe.line).is_closed = true;
        self.pipe.turn.notify_all();
    }
}

/// What somebody held who panicked is as good as before.
pub(super) fn lock<Any>(mutex: &Mutex<Any>) -> MutexGuard<'_, Any> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
