//! Patterns of short texts in which what may stand at one place does not depend on what stands at another, such as
//! `^ck_[0-9a-f]{24}$`: many bytes are compared at once.
//!
//! Invariant: a text that holds here is one of the pattern; of any other text nothing is said.

use std::collections::BTreeSet;
use std::ops::RangeInclusive;

use regex_automata::dfa::Automaton;
use regex_automata::util::primitives::StateID;

/// Most bytes of such a text.
const PLACES: usize = 32;
/// Most places of a fork.
const FORK: usize = 4;

/// What stands at each place of the texts of a pattern.
#[derive(Clone)]
pub(super) struct Places {
    /// A bit for every length of a text.
    lengths: u64,
    /// For every place two ranges of bytes.
    ranges: [Range; 2],
    /// Places that depend on each other all the same, such as those of `(0[1-9]|1[0-2])`, in their order.
    forks: Vec<Fork>,
}

/// For every place, from which to which byte of ASCII.
#[derive(Clone)]
struct Range {
    /// What is added to a byte so that its uppermost bit is set when the byte is not below the range.
    to_first: [u8; PLACES],
    /// And so that it is set when the byte is above the range.
    to_next: [u8; PLACES],
}

/// Between these places a text leads from one state of the pattern to another.
#[derive(Clone)]
struct Fork {
    places: std::ops::Range<usize>,
    from: StateID,
    to: StateID,
}

impl Places {
    /// Of the states of a pattern; as many as possible have to be one and the same. `None` when there is no text of which
    /// enough can be said.
    pub(super) fn of(states: &impl Automaton, start: StateID) -> Option<Self> {
        let nowhere = Range { to_first: [0; PLACES], to_next: [0; PLACES] };
        let mut places = Self { lengths: 0, ranges: [nowhere.clone(), nowhere], forks: Vec::new() };
        // All texts of one length lead to these states; the last time that it was a single one.
        let (mut here, mut single) = (BTreeSet::from([start]), (0, start));
        for place in 0..=PLACES {
            if let Some(state) = here.first().copied().filter(|_| here.len() == 1) {
                if place - single.0 > 1 {
                    places.forks.push(Fork { places: single.0..place, from: single.1, to: state });
                }
                single = (place, state);
                places.lengths |= u64::from(states.is_match_state(states.next_eoi_state(state))) << place;
            }
            if place == PLACES || place - single.0 == FORK {
                break;
            }
            let goes_on = |state: StateID| !states.is_dead_state(state) && !states.is_quit_state(state);
            let next = |byte: u8| here.iter().map(move |state| states.next_state(*state, byte)).filter(|s| goes_on(*s));
            // A character that has several bytes is none that is looked at.
            let bytes: Vec<u8> = (0..128).filter(|byte| next(*byte).next().is_some()).collect();
            for (range, bytes) in places.ranges.iter_mut().zip(longest(&bytes)) {
                (range.to_first[place], range.to_next[place]) =
                    (UPPERMOST - bytes.start(), UPPERMOST - 1 - bytes.end());
            }
            here = bytes.iter().flat_map(|byte| next(*byte)).collect();
        }
        (places.lengths > 1).then_some(places)
    }

    /// Whether a text is certainly one of the pattern, whose states these are.
    #[inline]
    pub(super) fn hold(&self, states: &impl Automaton, text: &[u8]) -> bool {
        let length = text.len();
        if length > PLACES || self.lengths >> length & 1 == 0 {
            return false;
        }
        let is_like = if length < 8 {
            let unused = u64::MAX.checked_shl(u32::try_from(8 * length).unwrap_or(0)).unwrap_or(0);
            self.are_like(padded(text), 0, unused)
        } else {
            let last = length - 8;
            (0..last).step_by(8).chain([last]).all(|from| self.are_like(eight(&text[from..]), from, 0))
        };
        is_like
            && self.forks.iter().take_while(|fork| fork.places.end <= length).all(|fork| {
                let state = |state, byte: &u8| states.next_state(state, *byte);
                text[fork.places.clone()].iter().fold(fork.from, state) == fork.to
            })
    }

    /// Whether eight bytes are in the ranges of their places, those left out that are not used. All of them are ASCII, so
    /// that no sum reaches into the byte beside it.
    #[inline]
    fn are_like(&self, bytes: u64, from: usize, unused: u64) -> bool {
        const EACH: u64 = u64::from_ne_bytes([UPPERMOST; 8]);
        let is_within = |range: &Range| {
            let sum = |places: &[u8; PLACES]| bytes.wrapping_add(eight(&places[from..]));
            sum(&range.to_first) & !sum(&range.to_next)
        };
        let [one, other] = &self.ranges;
        (is_within(one) | is_within(other) | unused) & !bytes & EACH == EACH
    }
}

/// The bit that no byte of ASCII has.
const UPPERMOST: u8 = 0x80;

/// The first eight bytes as one number.
fn eight(bytes: &[u8]) -> u64 {
    bytes.first_chunk().map_or(0, |bytes| u64::from_le_bytes(*bytes))
}

/// Less than eight bytes as one number, zeros behind them.
fn padded(bytes: &[u8]) -> u64 {
    let number = |place: usize| bytes.get(place).map_or(0, |byte| u64::from(*byte) << (8 * place));
    match (bytes.first_chunk(), bytes.last_chunk()) {
        (Some(first), Some(last)) => {
            u64::from(u32::from_le_bytes(*first)) | u64::from(u32::from_le_bytes(*last)) << (8 * (bytes.len() - 4))
        }
        _ => number(0) | number(1) | number(2),
    }
}

/// The two longest ranges of bytes that ascend; twice the same when there is only one.
fn longest(bytes: &[u8]) -> Vec<RangeInclusive<u8>> {
    let mut ranges: Vec<_> =
        bytes.chunk_by(|one, next| *one + 1 == *next).filter_map(|run| Some(*run.first()?..=*run.last()?)).collect();
    ranges.sort_by_key(|range| std::cmp::Reverse(range.len()));
    ranges.truncate(2);
    if let [only] = &ranges[..] {
        ranges.push(only.clone());
    }
    ranges
}
