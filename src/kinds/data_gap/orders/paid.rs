//! What is paid, added up while rows come in, in parts that are joined.

use std::collections::BTreeMap;

use crate::kinds::data_gap::orders::classify::Sums;
use crate::kinds::data_gap::orders::contract::Field;

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
