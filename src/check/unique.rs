//! Keys that must not repeat in a table, most of whose rows come in parts.
//!
//! Most tables are written in the order of their keys. Keys each of which is greater than all before it cannot repeat one
//! another: of parts they are only written down, and gone through once in the end, for the few that were not greater.
//! When those are many, all are looked up as they come.
//!
//! Invariant: the keys told to repeat, and the rows in which they stood first, are the same either way.

use std::collections::{BTreeMap, BTreeSet};

use crate::check::keys::{Key, Keys, Place, Spot, Waiting};

/// The keys of a table so far.
#[derive(Debug, Default)]
pub(super) struct Unique {
    /// Those that were looked up.
    known: Keys,
    /// The greatest text of a key.
    greatest: String,
    /// Keys of parts that were greater than all before them, with their rows. None of them is known.
    risen: Vec<Vec<Place>>,
    /// Keys of parts that were not.
    others: Vec<(Key, Spot)>,
    /// The keys of parts, once too many of them did not rise.
    waiting: Option<Waiting>,
}

/// The keys of a part of a table, in the order of its rows.
#[derive(Debug, Default)]
pub(super) struct Listed {
    keys: Vec<(Key, Spot)>,
    texts: String,
    /// Where the text of each key ends.
    ends: Vec<usize>,
}

/// So many keys that do not rise are written down at least, and one in so many at most.
const FEW: usize = 1 << 16;
const ONE_IN: usize = 8;

impl Listed {
    /// Adds the key of the next row. It has these parts.
    pub(super) fn push<'a>(&mut self, parts: impl Iterator<Item = &'a str> + Clone, spot: Spot) {
        self.keys.push((Key::of(parts.clone()), spot));
        // Two keys may have the same text, but no key has two.
        parts.for_each(|part| self.texts.push_str(part));
        self.ends.push(self.texts.len());
    }
}

impl Unique {
    /// So many keys are likely to come.
    pub(super) fn expect(&mut self, keys: u64) {
        self.known.expect(keys);
    }

    /// The row in which the key of the next row stood first. `None` when it did not stand anywhere yet. No part may have
    /// been joined before.
    pub(super) fn first<'a>(&mut self, parts: impl Iterator<Item = &'a str> + Clone, row: u32) -> Option<u32> {
        let text: String = parts.clone().collect();
        if text > self.greatest {
            self.greatest = text;
        }
        self.known.first(Key::of(parts), row)
    }

    /// Takes the keys of the next part. Where some stand that turned out to repeat, and the rows in which they stood first.
    pub(super) fn join(&mut self, below: &Listed) -> Vec<(Spot, u32)> {
        if let Some(waiting) = &mut self.waiting {
            below.keys.iter().for_each(|(key, spot)| waiting.push(*key, *spot));
            return if waiting.is_full() { self.known.first_of(waiting) } else { Vec::new() };
        }
        let mut risen = Vec::with_capacity(below.keys.len());
        let (mut greatest, mut from) = (self.greatest.as_str(), 0);
        for ((key, spot), end) in below.keys.iter().zip(&below.ends) {
            let text = &below.texts[from..*end];
            from = *end;
            if text > greatest {
                greatest = text;
                risen.push(key.in_row(spot.row));
            } else {
                self.others.push((*key, *spot));
            }
        }
        self.greatest = greatest.to_owned();
        self.risen.push(risen);
        let count: usize = self.risen.iter().map(Vec::len).sum();
        if self.others.len() > FEW + count / ONE_IN { self.look_up_from_now_on() } else { Vec::new() }
    }

    /// What `join` did not tell yet.
    pub(super) fn finish(&mut self) -> Vec<(Spot, u32)> {
        match &mut self.waiting {
            Some(waiting) => self.known.first_of(waiting),
            None => self.compare_others(),
        }
    }

    /// Looks up the keys of parts that were written down, and lets all others wait for that.
    fn look_up_from_now_on(&mut self) -> Vec<(Spot, u32)> {
        self.waiting = Some(Waiting::default());
        for place in self.risen.drain(..).flatten() {
            self.known.first(Key::at(place), place.2);
        }
        let others = std::mem::take(&mut self.others).into_iter();
        others.filter_map(|(key, spot)| Some((spot, self.known.first(key, spot.row)?))).collect()
    }

    /// Looks for the few keys that did not rise among those that did.
    fn compare_others(&mut self) -> Vec<(Spot, u32)> {
        let others = std::mem::take(&mut self.others);
        let sieve = Sieve::of(others.iter().map(|(key, _)| *key));
        let candidates: BTreeSet<_> = others.iter().map(|(key, _)| *key).collect();
        let risen = self.risen.drain(..).flatten().map(|place| (Key::at(place), place.2));
        let risen: BTreeMap<_, _> = risen.filter(|(key, _)| sieve.may_hold(*key) && candidates.contains(key)).collect();
        let first = |(key, spot): (Key, Spot)| {
            let known = self.known.first(key, spot.row);
            Some((spot, risen.get(&key).copied().or(known)?))
        };
        others.into_iter().filter_map(first).collect()
    }
}

/// Tells of most keys that they are none of a few, in little memory.
struct Sieve {
    bits: Vec<u64>,
}

/// So many bits for each of the keys.
const BITS: usize = 32;

impl Sieve {
    fn of(keys: impl ExactSizeIterator<Item = Key>) -> Self {
        let mut sieve = Self { bits: vec![0; (keys.len() * BITS / 64).max(1)] };
        for key in keys {
            let (word, bit) = sieve.place(key);
            sieve.bits[word] |= bit;
        }
        sieve
    }

    fn may_hold(&self, key: Key) -> bool {
        let (word, bit) = self.place(key);
        self.bits[word] & bit != 0
    }

    /// The word and the bit in it that the bits of a key tell.
    fn place(&self, key: Key) -> (usize, u64) {
        let fraction = u128::from(key.high) * self.bits.len() as u128;
        (usize::try_from(fraction >> 64).unwrap_or(0), 1 << (key.high & 63))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// Rows that repeat a key with the row in which it stood first: looked up at once in `head` rows, then in parts.
    fn repeated(keys: &[u32], head: usize, part: usize) -> Vec<(u32, u32)> {
        let mut unique = Unique::default();
        let mut again = Vec::new();
        let rows: Vec<_> = (1..).zip(keys.iter().map(|key| format!("{key:06}"))).collect();
        let (above, below) = rows.split_at(head.min(rows.len()));
        for (row, text) in above {
            again.extend(unique.first([text.as_str()].into_iter(), *row).map(|first| (*row, first)));
        }
        let mut said = Vec::new();
        for rows in below.chunks(part) {
            let mut listed = Listed::default();
            for (row, text) in rows {
                listed.push([text.as_str()].into_iter(), Spot { row: *row, line: None, byte: None });
            }
            said.extend(unique.join(&listed));
        }
        said.extend(unique.finish());
        again.extend(said.into_iter().map(|(spot, first)| (spot.row, first)));
        again
    }

    /// The same, plainly.
    fn check(keys: &[u32], head: usize, part: usize) {
        let mut first = BTreeMap::new();
        let expected: Vec<_> = (1..)
            .zip(keys)
            .filter_map(|(row, key)| {
                let before = first.get(key).copied();
                first.entry(*key).or_insert(row);
                Some((row, before?))
            })
            .collect();
        assert_eq!(repeated(keys, head, part), expected, "{head} {part}");
    }

    #[test]
    fn keys_that_repeat_are_told_in_any_order() {
        for keys in
            [&[1, 2, 3, 4][..], &[1, 3, 2, 3, 2, 4, 1], &[4, 3, 2, 1, 4], &[9, 1, 2, 3, 1, 9, 9], &[1, 1, 1], &[]]
        {
            for (head, part) in [(0, 1), (0, 3), (1, 2), (3, 5), (9, 9)] {
                check(keys, head, part);
            }
        }
    }

    #[test]
    fn when_many_do_not_rise_all_are_looked_up() {
        let many = u32::try_from(FEW).unwrap();
        let mut keys: Vec<_> = (0..many).chain((0..2 * many).rev()).collect();
        keys.extend([5, 2 * many, 2 * many]);
        check(&keys, 10, 1000);
    }

    proptest! {
        #[test]
        fn every_order_comes_to_the_same(keys in prop::collection::vec(0..40_u32, 0..60), head in 0..20_usize, part in 1..20_usize) {
            check(&keys, head, part);
        }
    }
}
