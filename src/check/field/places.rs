//! Patterns of short texts in which what may stand at one place does not depend on what stands at another, such as
//! `^ck_[0-9a-f]{24}$`: many bytes are compared at once.
//!
//! Invariant: a text that holds here is one of the pattern; of any other text nothing is said.

use std::collections::BTreeSet;
use std::ops::RangeInclusive;

use regex_automata::dfa::Automaton;
use regex_automata::util::primitives::StateID;
use wide::u8x16;

use crate::check::vector;

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

/// For every place, a range of bytes of ASCII.
#[derive(Clone)]
struct Range {
    first: [u8; PLACES],
    /// How far the last is from the first.
    span: [u8; PLACES],
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
        // No text has a byte 0xFF.
        let nowhere = Range { first: [u8::MAX; PLACES], span: [0; PLACES] };
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
                (range.first[place], range.span[place]) = (*bytes.start(), bytes.end() - bytes.start());
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
        let is_like = match (text.first_chunk(), text.last_chunk()) {
            (Some(first), Some(last)) => {
                let are_like = |bytes: &[u8; 16], from| self.are_like(u8x16::new(*bytes), from) == u16::MAX;
                are_like(first, 0) && are_like(last, length - 16)
            }
            _ => self.are_like(vector::padded(text), 0) | u16::MAX << length == u16::MAX,
        };
        is_like
            && self.forks.iter().take_while(|fork| fork.places.end <= length).all(|fork| {
                let state = |state, byte: &u8| states.next_state(state, *byte);
                text[fork.places.clone()].iter().fold(fork.from, state) == fork.to
            })
    }

    /// A bit for each of sixteen bytes that is in a range of its place.
    #[inline]
    fn are_like(&self, bytes: u8x16, from: usize) -> u16 {
        let is_within = |range: &Range| {
            let places = |of: &[u8; PLACES]| of[from..].first_chunk().map_or(u8x16::ZERO, |bytes| u8x16::new(*bytes));
            (bytes - places(&range.first)).simd_le(places(&range.span))
        };
        let [one, other] = &self.ranges;
        vector::bits(is_within(one) | is_within(other))
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
