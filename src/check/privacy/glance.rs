//! Words and numbers in which nothing is found, told at a glance, as nearly all keys and codes of a large table are.
//!
//! Invariant: where a glance finds a text harmless, [`scan`](super::scan) finds nothing in it; a property test holds the
//! two together. Of every other text nothing is said.

use crate::check::privacy::{decode, numbers, pass};

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
        match text.len() {
            0 | 65.. => None,
            1..=16 => Self::within::<16>(text),
            17..=32 => Self::within::<32>(text),
            33..=64 => Self::within::<64>(text),
        }
    }

    /// Written so that the compiler makes vector instructions of it.
    #[inline]
    fn within<const LENGTH: usize>(text: &'a [u8]) -> Option<Self> {
        let mut bytes = [b'-'; LENGTH];
        bytes[..text.len()].copy_from_slice(text);
        let (mut digits, mut letters, mut others) = ([0_u8; LENGTH], [0_u8; LENGTH], 0);
        for (byte, (digit, letter)) in bytes.iter().zip(digits.iter_mut().zip(&mut letters)) {
            *digit = u8::from(byte.wrapping_sub(b'0') < 10);
            *letter = u8::from((byte | 0x20).wrapping_sub(b'a') < 26);
            others |= 1 ^ *digit ^ *letter ^ u8::from(matches!(byte, b'-' | b'_'));
        }
        (others == 0).then(|| Self { text, digits: bits(&digits), letters: bits(&letters) })
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

/// The lowest bits of bytes that are 0 or 1.
#[inline]
fn bits<const LENGTH: usize>(flags: &[u8; LENGTH]) -> u64 {
    // The multiplication moves the lowest bits of eight bytes into the uppermost byte; no two of them meet.
    let bits = |eight: &[u8; 8]| u64::from_le_bytes(*eight).wrapping_mul(0x0102_0408_1020_4080) >> 56;
    let (eights, _) = flags.as_chunks::<8>();
    eights.iter().rev().fold(0, |mask, eight| mask << 8 | bits(eight))
}
