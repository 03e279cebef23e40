//! Which keys a table has had so far, and in which row first; [`crate::check::unique`] asks whether they repeat.
//!
//! Of a key 96 bits are kept and not its text, so that memory grows with the number of rows and not with what stands in
//! them. That two different keys share them happens by chance in one of 10¹¹ tables of a billion rows.

use std::hash::{BuildHasher, Hasher as _};
use std::hint::black_box;
use std::num::{NonZeroU32, NonZeroU64};
use std::sync::LazyLock;

use foldhash::quality::RandomState;

/// What stands for a key, in this run only: every run begins with other numbers, so that nobody can write a file whose
/// keys crowd together.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) struct Key {
    pub(super) high: u64,
    low: u32,
}

/// Two looks at a key that know nothing of each other.
static LOOKS: LazyLock<[RandomState; 2]> = LazyLock::new(Default::default);

impl Key {
    /// Of the parts of a key. Each part tells its length, so that `a,b` and `c` are not `a` and `b,c`.
    pub(super) fn of<'a>(parts: impl Iterator<Item = &'a str>) -> Self {
        let [mut high, mut low] = LOOKS.each_ref().map(BuildHasher::build_hasher);
        for part in parts {
            high.write(part.as_bytes());
            high.write_usize(part.len());
            low.write(part.as_bytes());
            low.write_usize(part.len());
        }
        Self { high: high.finish(), low: u32::try_from(low.finish() >> 32).unwrap_or(0) }
    }

    /// With the row in which it stands.
    pub(super) fn in_row(self, row: u32) -> Place {
        (self.high, self.low, row)
    }

    /// Of a place where one is.
    pub(super) fn at((high, low, _): Place) -> Self {
        Self { high, low }
    }
}

/// The keys of a table, in many small parts that grow one at a time: growing takes the old and the new part at once.
#[derive(Debug)]
pub(super) struct Keys {
    parts: Vec<Part>,
    /// How many keys each part is likely to have in the end.
    expected: usize,
}

/// How many parts there are, as a power of two.
const PARTS: u32 = 7;
/// Places of a new part.
const FIRST: usize = 64;

/// Places in a row; a key stands at the place that its bits tell, or at the first free one behind it.
#[derive(Clone, Debug, Default)]
struct Part {
    places: Vec<Place>,
    used: usize,
}

/// Half of a key, and the other half with its row: less than the two take side by side.
pub(super) type Place = (u64, u32, u32);

/// A place without a key. It is not zero, so that its memory is there before anybody looks for something in it; row by
/// row, the system would hand it out twice, once to look and once to write.
const FREE: Place = (0, 0, u32::MAX);

/// Where a key stands.
#[derive(Clone, Copy, Debug)]
pub(super) struct Spot {
    pub(super) row: u32,
    pub(super) line: Option<NonZeroU32>,
    pub(super) byte: Option<NonZeroU64>,
}

/// Keys that wait until they are many: those of one part are then looked up together, in memory that is near by.
#[derive(Debug)]
pub(super) struct Waiting {
    parts: Vec<Vec<Place>>,
    /// Where each of them stands, in the order of rows.
    spots: Vec<Spot>,
}

/// So many keys wait at most.
const MOST_WAITING: usize = 1 << 17;
/// How many keys are looked up side by side.
const AT_ONCE: usize = 64;

impl Default for Waiting {
    fn default() -> Self {
        Self { parts: vec![Vec::new(); 1 << PARTS], spots: Vec::new() }
    }
}

impl Waiting {
    /// Lets a key wait that stands below the others. Whoever does that looks up all of them when they are many.
    pub(super) fn push(&mut self, key: Key, spot: Spot) {
        self.parts[number_of_part(key)].push(key.in_row(spot.row));
        self.spots.push(spot);
    }

    /// Whether so many wait that they should be looked up.
    pub(super) fn is_full(&self) -> bool {
        self.spots.len() >= MOST_WAITING
    }
}

impl Default for Keys {
    fn default() -> Self {
        Self { parts: vec![Part::default(); 1 << PARTS], expected: 0 }
    }
}

impl Keys {
    /// So many keys are likely to come.
    pub(super) fn expect(&mut self, keys: u64) {
        self.expected = usize::try_from(keys >> PARTS).unwrap_or(0);
    }

    /// The row in which a key stood first. When it did not stand anywhere yet, it is remembered that it stands in this
    /// row.
    pub(super) fn first(&mut self, key: Key, row: u32) -> Option<u32> {
        self.parts[number_of_part(key)].first(key, row, self.expected)
    }

    /// Looks up all keys that wait: where those stand that stood somewhere before, with the row of that, in the order of
    /// rows.
    pub(super) fn first_of(&mut self, waiting: &mut Waiting) -> Vec<(Spot, u32)> {
        let mut again = Vec::new();
        for (part, waiting) in self.parts.iter_mut().zip(&mut waiting.parts) {
            for some in waiting.chunks(AT_ONCE) {
                part.fetch(some);
                for place in some {
                    let first = part.first(Key::at(*place), place.2, self.expected);
                    again.extend(first.map(|first| (place.2, first)));
                }
            }
            waiting.clear();
        }
        again.sort_unstable();
        let spot = |row| waiting.spots.binary_search_by_key(&row, |spot| spot.row).ok().map(|at| waiting.spots[at]);
        let again = again.into_iter().filter_map(|(row, first)| Some((spot(row)?, first))).collect();
        waiting.spots.clear();
        again
    }

    /// Whether the table has a key.
    pub(super) fn has(&self, key: Key) -> bool {
        let part = &self.parts[number_of_part(key)];
        !part.places.is_empty() && part.places[part.find(key)].2 != FREE.2
    }
}

fn number_of_part(key: Key) -> usize {
    usize::try_from(key.high >> (64 - PARTS)).unwrap_or(0)
}

impl Part {
    fn first(&mut self, key: Key, row: u32, expected: usize) -> Option<u32> {
        if self.used * 5 >= self.places.len() * 4 {
            self.grow(expected);
        }
        let at = self.find(key);
        let place = &mut self.places[at];
        if place.2 != FREE.2 {
            return Some(place.2);
        }
        *place = key.in_row(row);
        self.used += 1;
        None
    }

    /// Looks at the places of some keys, so that the memory fetches them side by side. Each stands somewhere else, and
    /// to wait for one after the other takes longer than all the rest.
    fn fetch(&self, keys: &[Place]) {
        let row = |(high, _, _): &Place| self.places.get(self.place(*high)).map_or(0, |(_, _, row)| *row);
        black_box(keys.iter().map(row).fold(0, |all, row| all ^ row));
    }

    /// The place that the bits of a key tell.
    fn place(&self, high: u64) -> usize {
        // Those behind the bits that chose the part, as a fraction of all places.
        let fraction = u128::from(high << PARTS);
        usize::try_from((fraction * self.places.len() as u128) >> 64).unwrap_or(0)
    }

    /// Where a key stands, or the free place where it would. There always is a free place.
    fn find(&self, key: Key) -> usize {
        let count = self.places.len();
        let mut at = self.place(key.high);
        loop {
            let (high, low, row) = self.places[at];
            if row == FREE.2 || (high == key.high && low == key.low) {
                return at;
            }
            at = if at + 1 == count { 0 } else { at + 1 };
        }
    }

    /// Makes room for a quarter more, or on the way to those that are expected for four times as many: who expects too
    /// many wastes no more than that.
    fn grow(&mut self, expected: usize) {
        let count = self.places.len();
        let mut likely = expected + expected / 3;
        while likely > count.max(FIRST) * 4 {
            likely /= 4;
        }
        let count = likely.max(count + count / 4).max(FIRST);
        let old = std::mem::replace(&mut self.places, vec![FREE; count]);
        for place in old.into_iter().filter(|(_, _, row)| *row != FREE.2) {
            let at = self.find(Key::at(place));
            self.places[at] = place;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_key_is_found_again_in_its_first_row() {
        let keys: Vec<_> = (0..50_000).map(|number| Key::of([format!("{number}").as_str()].into_iter())).collect();
        let mut known = Keys::default();
        for (row, key) in (0..).zip(&keys) {
            assert_eq!((known.has(*key), known.first(*key, row)), (false, None));
        }
        for (row, key) in (0..).zip(&keys) {
            assert_eq!((known.has(*key), known.first(*key, 7)), (true, Some(row)));
        }
    }

    #[test]
    fn keys_that_waited_are_told_in_the_order_of_their_rows() {
        let wait = |waiting: &mut Waiting, row: u32, number: u32| {
            let key = Key::of([number.to_string().as_str()].into_iter());
            waiting.push(key, Spot { row, line: None, byte: None });
        };
        let (mut known, mut waiting) = (Keys::default(), Waiting::default());
        (0..1000).for_each(|row| wait(&mut waiting, row, row));
        assert!(known.first_of(&mut waiting).is_empty());
        (1000..2000).for_each(|row| wait(&mut waiting, row, row % 1500));
        let again: Vec<_> = known.first_of(&mut waiting).into_iter().map(|(spot, first)| (spot.row, first)).collect();
        assert_eq!(again, (0..500).map(|number| (1500 + number, number)).collect::<Vec<_>>());
        assert!(known.first_of(&mut waiting).is_empty());
    }

    #[test]
    fn parts_of_a_key_are_told_from_one_another() {
        let key = |parts: &[&'static str]| Key::of(parts.iter().copied());
        assert_ne!(key(&["a,b", "c"]), key(&["a", "b,c"]));
        assert_eq!(key(&["a", ""]), key(&["a", ""]));
    }
}
