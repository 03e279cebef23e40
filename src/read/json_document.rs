//! The part of a JSON text that holds one record, and where it stands in its file.

use crate::finding::Place;
use crate::read::json::push_pointer;
use crate::read::text::{self, Text};

/// The part of a JSON text that holds one record.
#[derive(Debug)]
pub(super) struct Document<'a> {
    pub(super) text: Text<'a>,
    /// Where the part begins in the file.
    pub(super) start: Position,
    /// JSON pointer of the record in its file; empty in JSONL, where each line is a document of its own.
    pub(super) pointer: String,
}

impl Document<'_> {
    /// The place of an offset into the part, with the keys that lead there.
    pub(super) fn place(&self, offset: usize, keys: &[&str]) -> Place {
        let mut pointer = self.pointer.clone();
        for key in keys {
            push_pointer(&mut pointer, key);
        }
        let place = self.moved(self.text.place(offset));
        Place { pointer: (!pointer.is_empty()).then_some(pointer), ..place }
    }

    /// A place in the part as a place in the file.
    pub(super) fn moved(&self, mut place: Place) -> Place {
        if place.line == Some(1) {
            place.character = place.character.map(|character| character + self.start.character - 1);
        }
        place.line = place.line.map(|line| line + self.start.line - 1);
        place.pointer = place.pointer.map(|pointer| self.pointer.clone() + &pointer);
        place
    }
}

/// Line and character of an offset; only moves forward, so that many records on one line stay cheap.
#[derive(Clone, Copy, Debug)]
pub(super) struct Position {
    pub(super) offset: usize,
    pub(super) line: u32,
    pub(super) character: u32,
}

impl Position {
    pub(super) const START: Self = Self { offset: 0, line: 1, character: 1 };

    pub(super) fn advance(&mut self, content: &str, to: usize) -> Self {
        let (lines, character) = text::position(&content.as_bytes()[self.offset..], to - self.offset);
        self.character = if lines == 1 { self.character + character - 1 } else { character };
        self.line += lines - 1;
        self.offset = to;
        *self
    }
}
