//! Which keys may stand in more than one row: a small filter in front of the exact comparison.
//!
//! Invariant: it errs in one direction only. A key that is repeated is always kept; one that is not is kept seldom, and
//! the comparison that follows finds that out.

/// Slots for each key: one in so many keys is kept by accident.
const SLOTS: usize = 16;

/// The fingerprints that came more than once, or share their slot with another.
pub(super) struct Repeated {
    /// For 64 slots each: which of them were seen, and which again.
    slots: Vec<[u64; 2]>,
}

impl Repeated {
    /// Of so many fingerprints, or fewer.
    pub(super) fn among(count: usize, prints: impl Iterator<Item = u64>) -> Self {
        let words = (count.saturating_mul(SLOTS) / 64).next_power_of_two();
        let mut slots = vec![[0; 2]; words];
        for print in prints {
            let (word, bit) = slot(print, words);
            let [seen, again] = &mut slots[word];
            *again |= *seen & bit;
            *seen |= bit;
        }
        Self { slots }
    }

    /// Whether the fingerprint may have come more than once.
    pub(super) fn may_have(&self, print: u64) -> bool {
        let (word, bit) = slot(print, self.slots.len());
        self.slots[word][1] & bit != 0
    }
}

/// A word of so many, a power of two, and a bit of it.
fn slot(print: u64, words: usize) -> (usize, u64) {
    let word = usize::try_from(print >> 6).unwrap_or(usize::MAX) & (words - 1);
    (word, 1 << (print & 63))
}

/// A number for a text, behind the number of what stands before it. Equal texts have equal numbers; others may have.
pub(super) fn fingerprint(before: u64, text: &str) -> u64 {
    // Odd, and with as many ones as zeros: the golden ratio.
    const MULTIPLIER: u64 = 0x9E37_79B9_7F4A_7C15;
    let mix = |print: u64, eight: [u8; 8]| {
        let product = (print ^ u64::from_le_bytes(eight)).wrapping_mul(MULTIPLIER);
        product ^ (product >> 29)
    };
    let (eights, rest) = text.as_bytes().as_chunks();
    let mut last = [0; 8];
    last[..rest.len()].copy_from_slice(rest);
    let print = eights.iter().copied().fold(before ^ text.len() as u64, mix);
    mix(mix(print, last), [0; 8])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_repeated_is_kept_and_little_else() {
        let keys: Vec<_> = (0..10_000).map(|number| format!("ORD-{number:010}")).collect();
        let prints = || keys.iter().chain(&keys[..50]).map(|key| fingerprint(0, key));
        let repeated = Repeated::among(keys.len() + 50, prints());
        assert!(keys[..50].iter().all(|key| repeated.may_have(fingerprint(0, key))));
        let kept = keys[50..].iter().filter(|key| repeated.may_have(fingerprint(0, key))).count();
        assert!(kept < 1_500, "{kept}");
    }

    #[test]
    fn texts_are_told_from_one_another() {
        let two = |one, other| fingerprint(fingerprint(0, one), other);
        assert_ne!(two("ab", "c"), two("a", "bc"));
        assert_ne!(two("a", ""), two("", "a"));
        assert_ne!(fingerprint(0, "a\0"), fingerprint(0, "a"));
    }
}
