//! The keys by which orders are compared, and which rows share one: what a first look at a text table remembers of its
//! rows, so that a second look needs only few of them.
//!
//! Invariants: it errs in one direction only. A row that shares a key with another one is always found; of the others
//! few are, and it is the comparison of texts that decides. It takes 12 bytes a row, and while rows are told apart about
//! as much again for one key at a time.

use std::hash::{BuildHasher as _, Hasher as _};

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};

use foldhash::quality::FixedState;

use crate::kinds::data_gap::orders::contract::Field;
use crate::read::crew::Crew;
use crate::read::row_set::RowSet;

/// Columns in which orders are compared with one another.
#[derive(Clone, Copy, Debug)]
pub(super) enum Key {
    Order,
    Payment,
    Purchase,
}

/// How many keys there are.
pub(super) const KEYS: usize = 3;

impl Key {
    /// Every key.
    pub(super) const ALL: [Self; KEYS] = [Self::Order, Self::Payment, Self::Purchase];

    /// Its columns.
    pub(super) fn fields(self) -> &'static [Field] {
        match self {
            Self::Order => &[Field::OrderId],
            Self::Payment => &[Field::PaymentRef],
            Self::Purchase => &[Field::CustomerKey, Field::ProgramId],
        }
    }
}

/// Makes a number of a text, behind the number of what stands before it. Equal texts have equal numbers; others may have.
pub(super) type Fingerprint = fn(u64, &str) -> u64;

/// The usual [`Fingerprint`]. Whoever writes texts for which it is the same makes a second look longer, and nothing else.
pub(super) fn fingerprint(before: u64, text: &str) -> u64 {
    let mut hasher = FixedState::with_seed(before).build_hasher();
    hasher.write(text.as_bytes());
    hasher.write_usize(text.len());
    hasher.finish()
}

/// What is remembered of the keys of a row; 0 stands for a key that it does not have.
pub(super) type Print = [u32; KEYS];

/// What is remembered of a key with this fingerprint.
pub(super) fn short(print: u64) -> u32 {
    u32::try_from(print >> 32).unwrap_or(u32::MAX).max(1)
}

/// What is remembered of the rows of a table.
#[derive(Debug, Default)]
pub(super) struct Prints {
    runs: Vec<Run>,
}

/// Rows right below one another.
#[derive(Debug)]
struct Run {
    first: u32,
    /// Of each key, of every row.
    prints: [Vec<u32>; KEYS],
}

impl Run {
    fn push(&mut self, print: Print) {
        for (prints, print) in self.prints.iter_mut().zip(print) {
            prints.push(print);
        }
    }

    fn print(&self, at: usize) -> Print {
        std::array::from_fn(|key| self.prints[key][at])
    }
}

/// So many rows that are no orders may stand inside a run.
const GAP: u32 = 4;

impl Prints {
    /// Adds a row below the others.
    pub(super) fn push(&mut self, row: u32, print: Print) {
        if let Some(run) = self.runs.last_mut()
            && let Some(next) = u32::try_from(run.prints[0].len()).ok().and_then(|length| run.first.checked_add(length))
            && (next..=next.saturating_add(GAP)).contains(&row)
        {
            for _ in next..row {
                run.push([0; KEYS]);
            }
            run.push(print);
        } else {
            self.runs.push(Run { first: row, prints: print.map(|print| vec![print]) });
        }
    }

    /// Takes over the rows that follow.
    pub(super) fn append(&mut self, below: Self) {
        self.runs.extend(below.runs.into_iter().map(|mut run| {
            run.prints.iter_mut().for_each(Vec::shrink_to_fit);
            run
        }));
    }

    /// Rows with their prints, in order.
    pub(super) fn iter(&self) -> impl Iterator<Item = (u32, Print)> {
        let rows = self.runs.iter().flat_map(|run| (run.first..).zip((0..run.prints[0].len()).map(|at| run.print(at))));
        rows.filter(|(_, print)| *print != [0; KEYS])
    }

    /// Those of these rows.
    pub(super) fn of(&self, rows: &RowSet) -> impl Iterator<Item = (u32, Print)> {
        rows.iter().filter_map(|row| {
            let run = self.runs.partition_point(|run| run.first <= row).checked_sub(1).map(|at| &self.runs[at])?;
            let at = (row - run.first) as usize;
            (at < run.prints[0].len()).then(|| (row, run.print(at))).filter(|(_, print)| *print != [0; KEYS])
        })
    }

    /// The rows that may share a key with another one.
    pub(super) fn repeated(&self, crew: Crew) -> RowSet {
        let (next, rows) = (AtomicUsize::new(0), Mutex::new(RowSet::default()));
        crew(&|| {
            while let key @ ..KEYS = next.fetch_add(1, Ordering::Relaxed) {
                let found = self.repeated_in(key);
                let mut rows = rows.lock().unwrap_or_else(PoisonError::into_inner);
                for row in found {
                    rows.add(row);
                }
            }
        });
        rows.into_inner().unwrap_or_else(PoisonError::into_inner)
    }

    /// The rows in which this key may be one that another row has.
    fn repeated_in(&self, key: usize) -> Vec<u32> {
        /// By so many of their uppermost bits prints are looked up, before they are compared.
        const BITS: u32 = 22;
        let again = self.again(key);
        let mut beginnings = RowSet::default();
        for print in &again {
            beginnings.add(print >> (32 - BITS));
        }
        let mut rows = Vec::new();
        self.each(key, |row, print| {
            if beginnings.has(print >> (32 - BITS)) && again.binary_search(&print).is_ok() {
                rows.push(row);
            }
        });
        rows
    }

    /// The prints of this key that come more than once, in order. They are sorted into parts first, each of which is looked
    /// at in memory that is near by.
    fn again(&self, key: usize) -> Vec<u32> {
        let part = |print: u32| (print >> 24) as usize;
        let mut places = [0; 256];
        self.each(key, |_, print| places[part(print)] += 1);
        let mut count = 0;
        for place in &mut places {
            count += *place;
            *place = count - *place;
        }
        let mut prints = vec![0; count];
        self.each(key, |_, print| {
            let place = &mut places[part(print)];
            prints[*place] = print;
            *place += 1;
        });
        let mut again = Vec::new();
        for part in prints.chunk_by(|one, other| part(*one) == part(*other)) {
            let slots = Slots::of(part);
            let mut alike: Vec<_> = part.iter().copied().filter(|print| slots.has_again(*print)).collect();
            alike.sort_unstable();
            again.extend(alike.chunk_by(u32::eq).filter(|alike| alike.len() > 1).map(|alike| alike[0]));
        }
        again
    }

    /// Takes each row that has this key, with its print.
    fn each(&self, key: usize, mut take: impl FnMut(u32, u32)) {
        for run in &self.runs {
            for (row, print) in (run.first..).zip(&run.prints[key]) {
                if *print != 0 {
                    take(row, *print);
                }
            }
        }
    }
}

/// Slots for each print: of those that came once, one in so many shares its slot with another.
const SLOTS: usize = 8;

/// Which prints came again, but for a few that share their slot with another one.
struct Slots {
    /// For 64 slots each: which of them were seen, and which again.
    words: Vec<[u64; 2]>,
}

impl Slots {
    fn of(prints: &[u32]) -> Self {
        let mut slots = Self { words: vec![[0; 2]; (prints.len().saturating_mul(SLOTS) / 64).next_power_of_two()] };
        for print in prints {
            let (word, bit) = slots.slot(*print);
            let [seen, again] = &mut slots.words[word];
            *again |= *seen & bit;
            *seen |= bit;
        }
        slots
    }

    fn has_again(&self, print: u32) -> bool {
        let (word, bit) = self.slot(print);
        self.words[word][1] & bit != 0
    }

    /// A word, of which there are a power of two, and a bit of it.
    fn slot(&self, print: u32) -> (usize, u64) {
        ((print >> 6) as usize & (self.words.len() - 1), 1 << (print & 63))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::read::crew::alone;

    fn prints(rows: impl IntoIterator<Item = (u32, Print)>) -> Prints {
        let mut prints = Prints::default();
        rows.into_iter().for_each(|(row, print)| prints.push(row, print));
        prints
    }

    #[test]
    fn rows_that_share_a_key_are_found_and_no_others() {
        let key = |number: u32| short(fingerprint(0, &format!("ORD-{number:010}")));
        let row = |row: u32| match row {
            // The same payment far apart, the same customer right below one another.
            77 | 9_000 => (row, [key(row), 7, 0]),
            300 | 301 => (row, [key(row), 0, 9]),
            _ => (row, [key(row), 0, 0]),
        };
        let mut whole = prints((2..5_000).map(row));
        whole.append(prints((5_000..10_000).filter(|number| number % 40 != 0 || *number == 9_000).map(row)));
        let rows = whole.repeated(alone);
        let found: Vec<_> = (0..10_100).filter(|row| rows.has(*row)).collect();
        assert_eq!(found, [77, 300, 301, 9_000]);
        assert!(prints([(2, [5, 0, 0]), (3, [0, 5, 0])]).repeated(alone).is_empty());
        let all = prints((2..100).map(|row| (row, [1, 1, 1]))).repeated(alone);
        assert!((2..100).all(|row| all.has(row)) && !all.has(1) && !all.has(100));
    }

    #[test]
    fn rows_are_kept_with_their_numbers() {
        let rows = [(2, [1, 0, 0]), (3, [2, 0, 0]), (5, [3, 0, 0]), (90, [4, 0, 0]), (91, [5, 0, 0])];
        assert!(prints(rows).iter().eq(rows));
        let mut asked_for = RowSet::default();
        for row in [1, 3, 4, 5, 89, 91, 200] {
            asked_for.add(row);
        }
        assert!(prints(rows).of(&asked_for).eq([(3, [2, 0, 0]), (5, [3, 0, 0]), (91, [5, 0, 0])]));
    }

    #[test]
    fn texts_are_told_from_one_another() {
        let two = |one, other| fingerprint(fingerprint(0, one), other);
        assert_ne!(two("ab", "c"), two("a", "bc"));
        assert_ne!(two("a", ""), two("", "a"));
        assert_ne!(fingerprint(0, "a\0"), fingerprint(0, "a"));
    }
}
