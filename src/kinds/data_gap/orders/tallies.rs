//! What is counted and added up while rows come in, in parts that are joined.

use std::collections::BTreeMap;

use crate::finding::{Code, Finding, Place};
use crate::kinds::data_gap::orders::classify::Sums;
use crate::kinds::data_gap::orders::contract::{FIELDS, Field};
use crate::limits::FINDINGS_PER_CODE;

/// What is paid, each row taken by itself.
#[derive(Default)]
pub(super) struct Paid {
    pub(super) gross: i64,
    /// Of these: in the window, with nothing wrong. By the columns, as bits, that hold a doubtful identifier.
    pub(super) sound: BTreeMap<u16, i64>,
}

impl Paid {
    pub(super) fn append(&mut self, below: Self) {
        self.gross += below.gross;
        for (doubtful, amount) in below.sound {
            *self.sound.entry(doubtful).or_default() += amount;
        }
    }

    /// The sums when identifiers in these columns are damaged.
    pub(super) fn sums(&self, damaged: &[Field]) -> Sums {
        let damaged = damaged.iter().fold(0, |bits, field| bits | field.bit());
        let recognised =
            self.sound.iter().filter(|(doubtful, _)| *doubtful & damaged == 0).map(|(_, amount)| amount).sum();
        Sums { gross_paid: self.gross, recognised, blocked: self.gross - recognised, ..Sums::default() }
    }
}

/// Identifiers of 16 digits that end with 0, and columns that show that none was replaced.
#[derive(Default)]
pub(super) struct Doubts {
    /// The first ones of each column.
    pub(super) places: Vec<(Field, Place)>,
    pub(super) counts: [u64; FIELDS],
    pub(super) witnesses: [bool; FIELDS],
}

impl Doubts {
    pub(super) fn add(&mut self, field: Field, place: impl FnOnce() -> Place) {
        let count = &mut self.counts[field as usize];
        if *count < FINDINGS_PER_CODE.value {
            self.places.push((field, place()));
        }
        *count += 1;
    }

    pub(super) fn append(&mut self, mut below: Self) {
        for (field, place) in below.places {
            self.add(field, || place);
            below.counts[field as usize] -= 1;
        }
        for field in 0..FIELDS {
            self.counts[field] += below.counts[field];
            self.witnesses[field] |= below.witnesses[field];
        }
    }

    /// The columns in which nothing speaks against a replaced digit.
    pub(super) fn damaged(&self) -> Vec<Field> {
        let is_damaged = |field: &Field| self.counts[*field as usize] > 0 && !self.witnesses[*field as usize];
        Field::ALL.into_iter().filter(is_damaged).collect()
    }
}

/// How often something was seen, and where first.
#[derive(Default)]
pub(super) struct Tally {
    pub(super) count: u64,
    pub(super) first: Option<Place>,
}

impl Tally {
    pub(super) fn add(&mut self, place: impl FnOnce() -> Place) {
        self.count += 1;
        self.first.get_or_insert_with(place);
    }

    /// Adds what was seen further below.
    pub(super) fn join(&mut self, below: Self) {
        self.count += below.count;
        self.first = self.first.take().or(below.first);
    }

    pub(super) fn finding(self, code: &'static Code, message: &str) -> Option<Finding> {
        let first = self.first?;
        Some(Finding::new(code, first, format!("{message} (first here, {} in all)", self.count)))
    }
}
