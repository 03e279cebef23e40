//! Sixteen bytes of a short text at once.

use wide::u8x16;

/// Less than sixteen bytes, zeros behind them, read without a loop.
#[inline]
pub(super) fn padded(bytes: &[u8]) -> u8x16 {
    let number = |place: usize| bytes.get(place).map_or(0, |byte| u128::from(*byte) << (8 * place));
    let both = |first: u64, last: u64, width: usize| {
        u128::from(first) | u128::from(last) << (8 * bytes.len().saturating_sub(width))
    };
    let number = match (bytes.first_chunk(), bytes.last_chunk(), bytes.first_chunk(), bytes.last_chunk()) {
        (Some(first), Some(last), ..) => both(u64::from_le_bytes(*first), u64::from_le_bytes(*last), 8),
        (.., Some(first), Some(last)) => both(u32::from_le_bytes(*first).into(), u32::from_le_bytes(*last).into(), 4),
        _ => number(0) | number(1) | number(2),
    };
    u8x16::new(number.to_le_bytes())
}

/// A bit for each byte that is true.
#[inline]
pub(super) fn bits(are: u8x16) -> u16 {
    u16::try_from(are.to_bitmask()).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn short_texts_are_padded_with_zeros() {
        let text = b"0123456789abcde";
        for length in 0..=15 {
            let mut expected = [0; 16];
            expected[..length].copy_from_slice(&text[..length]);
            assert_eq!(padded(&text[..length]).to_array(), expected);
        }
    }
}
