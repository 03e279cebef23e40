//! Words and numbers in which nothing is found, told at a glance, as nearly all keys and codes of a large table are.
//!
//! Invariant: where a glance finds a text harmless, [`scan`](super::scan) finds nothing in it; a property test holds the
//! two together. Of every other text nothing is said.

use wide::u8x16;

use crate::check::privacy::{decode, numbers, pass};
use crate::check::vector;

/// What a short text of letters, digits, `-` and `_` is made of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Glance<'a> {
    text: &'a [u8],
    /// A bit for each byte that is a digit.
    digits: u64,
    /// A bit for each byte that is a letter.
    letters: u64,
}

impl<'a> Glance<'a> {
    /// `None` of a text that is empty, longer than 64 bytes, or has other characters.
    #[inline]
    pub fn of(text: &'a str) -> Option<Self> {
        let text = text.as_bytes();
        let glance = Self { text, digits: 0, letters: 0 };
        match text.len() {
            0 | 65.. => None,
            1..=15 => glance.with(vector::padded(text), 0, !(u16::MAX << text.len())),
            length => {
                let last = length - 16;
                (0..last).step_by(16).chain([last]).try_fold(glance, |glance, from| {
                    let bytes = text.get(from..).and_then(<[u8]>::first_chunk)?;
                    glance.with(u8x16::new(*bytes), from, u16::MAX)
                })
            }
        }
    }

    /// With the bytes that stand there; those looked at have a bit.
    #[inline]
    fn with(self, bytes: u8x16, from: usize, looked_at: u16) -> Option<Self> {
        let within = |bytes: u8x16, first: u8, last: u8| {
            vector::bits((bytes - u8x16::splat(first)).simd_le(u8x16::splat(last - first)))
        };
        let digits = within(bytes, b'0', b'9');
        let letters = within(bytes | u8x16::splat(0x20), b'a', b'z');
        let joints = vector::bits(bytes.simd_eq(u8x16::splat(b'-')) | bytes.simd_eq(u8x16::splat(b'_')));
        let bits = |of: u16| u64::from(of & looked_at) << from;
        let are_known = (digits | letters | joints) & looked_at == looked_at;
        are_known.then(|| Self { digits: self.digits | bits(digits), letters: self.letters | bits(letters), ..self })
    }

    /// Whether there is a digit in it.
    pub fn has_digit(&self) -> bool {
        self.digits != 0
    }

    /// Whether it has a letter, and is not written as `1e-10` is, which is a number.
    pub fn is_word(&self) -> bool {
        self.letters & 1 != 0 || (self.letters != 0 && self.text.iter().all(u8::is_ascii_alphanumeric))
    }

    /// Whether nothing is found in it. Its words and numbers are asked for what they are, as in any text; nothing else
    /// stands there, nothing in it is undone, and no word that would tell what base64 is stands before it.
    #[inline]
    pub fn is_harmless(&self) -> bool {
        let mut hits = Vec::new();
        let both = self.digits | self.letters;
        let mut begins = both & !(both << 1);
        while begins != 0 {
            let start = begins.trailing_zeros();
            begins &= begins - 1;
            let number = start + (!(self.digits >> start)).trailing_zeros();
            let end = start + (!(both >> start)).trailing_zeros();
            let [start, number, end] = [start, number, end].map(|at| at as usize);
            if number < end {
                pass::word(self.text, number, end, &mut hits);
            } else {
                numbers::number(self.text, start, end, &mut hits);
            }
        }
        hits.is_empty() && !decode::begins_as_text(self.text)
    }
}
