//! Numbers that belong to somebody: mobile numbers and card numbers, in groups or not.
//!
//! A number is looked at once, where it begins; what looks further ahead looks a bounded way. No part of a hash, a
//! UUID, a date or an epoch number begins a hit: they are words and numbers as a whole.

use crate::check::privacy::hit::{Hit, Rule, personal};

const MOBILE: Rule = personal("mobile_number", "mobile number");
const CARD: Rule = personal("card_number", "card number");

/// Most digits of a card number (ISO/IEC 7812).
const MOST_DIGITS: usize = 19;

/// Looks at the digits here; returns where to go on when a number of somebody begins with them.
#[inline]
pub(super) fn number(text: &[u8], start: usize, end: usize, hits: &mut Vec<Hit>) -> Option<usize> {
    if text.get(end).is_some_and(u8::is_ascii_alphabetic) {
        return None;
    }
    let is_mobile = || text[start..].starts_with(b"09");
    // As all schemes of cards begin.
    let is_card = || matches!(text[start..], [b'2', b'2'..=b'7', ..] | [b'3'..=b'6', ..]);
    let may_begin = match end - start {
        // The first of several groups.
        4 => is_mobile() || is_card(),
        10 => is_mobile(),
        13..=MOST_DIGITS => is_card(),
        _ => false,
    };
    let (end, rule) = if may_begin { grouped(text, start) } else { None }?;
    hits.push(Hit::new(rule, start, &text[start..end]));
    Some(end)
}

/// A mobile number or a card number, in groups or not, and where it ends.
fn grouped(text: &[u8], start: usize) -> Option<(usize, Rule)> {
    // `1.0912…` and `2026-0912…` go on from something else.
    if let [.., before, b'.' | b'-'] = &text[..start]
        && before.is_ascii_digit()
    {
        return None;
    }
    let digits = Digits::read(text, start);
    let groups = digits.groups();
    let mobile: [&[usize]; 3] = [&[10], &[4, 6], &[4, 3, 3]];
    let card: [&[usize]; 5] = [&[4, 4, 4, 4, 3], &[4, 4, 4, 4], &[4, 6, 5], &[4, 6, 4], &[groups.first()?.size]];
    let of = |forms: &[&[usize]], holds: fn(&[u8]) -> bool| {
        forms.iter().find_map(|sizes| {
            let end = groups.get(sizes.len() - 1)?.end;
            let same = groups.iter().zip(*sizes).all(|(group, size)| group.size == *size);
            (same && holds(&digits.values[..sizes.iter().sum()]) && ends_at(text, end)).then_some(end)
        })
    };
    of(&mobile, |digits| digits.starts_with(&[0, 9]))
        .map(|end| (end, MOBILE))
        .or_else(|| of(&card, is_card).map(|end| (end, CARD)))
}

/// Looks for `+886 9…` in any grouping, with or without a `(0)`; returns where to go on.
pub(super) fn international(text: &[u8], start: usize, hits: &mut Vec<Hit>) -> usize {
    match international_end(text, start + 1) {
        Some(end) => {
            hits.push(Hit::new(MOBILE, start, &text[start..end]));
            end
        }
        None => start + 1,
    }
}

fn international_end(text: &[u8], from: usize) -> Option<usize> {
    let mut at = from + 3;
    if text.get(from..at)? != b"886" {
        return None;
    }
    at += separator(text, at);
    for zero in [&b"(0)"[..], b"0"] {
        if text[at..].starts_with(zero) {
            at += zero.len();
            at += separator(text, at);
            break;
        }
    }
    for place in 0..9 {
        let digit = text.get(at).filter(|byte| byte.is_ascii_digit())?;
        if place == 0 && *digit != b'9' {
            return None;
        }
        at += 1;
        if place < 8 {
            at += separator(text, at);
        }
    }
    ends_at(text, at).then_some(at)
}

/// Whether a number that ends here goes on in no way.
pub(super) fn ends_at(text: &[u8], end: usize) -> bool {
    let next = text.get(end).copied().unwrap_or_default();
    let joined = matches!(next, b'-' | b'.') && text.get(end + 1).is_some_and(u8::is_ascii_digit);
    !next.is_ascii_alphanumeric() && !joined
}

/// The size of what may stand between two groups of digits: 0 for none. Blanks and dashes of other widths have been
/// made these by then.
pub(super) fn separator(text: &[u8], at: usize) -> usize {
    usize::from(matches!(text.get(at), Some(b' ' | b'-')))
}

/// Up to [`MOST_DIGITS`] digits from a place on, with at most one separator between two of them.
struct Digits {
    values: [u8; MOST_DIGITS],
    read: [Group; MOST_DIGITS],
    count: usize,
}

#[derive(Clone, Copy, Default)]
struct Group {
    size: usize,
    /// Offset behind its last digit.
    end: usize,
}

impl Digits {
    fn read(text: &[u8], start: usize) -> Self {
        let mut digits = Self { values: [0; MOST_DIGITS], read: [Group::default(); MOST_DIGITS], count: 0 };
        let mut at = start;
        let mut group = Group::default();
        for value in &mut digits.values {
            let gap = if group.size == 0 { 0 } else { separator(text, at) };
            let Some(next) = text.get(at + gap).filter(|byte| byte.is_ascii_digit()) else { break };
            if gap > 0 {
                digits.read[digits.count] = group;
                digits.count += 1;
                group = Group::default();
            }
            *value = next - b'0';
            at += gap + 1;
            group = Group { size: group.size + 1, end: at };
        }
        if group.size > 0 {
            digits.read[digits.count] = group;
            digits.count += 1;
        }
        digits
    }

    fn groups(&self) -> &[Group] {
        &self.read[..self.count]
    }
}

/// A number of one of the card schemes, in a length that the scheme has, with a right check digit.
fn is_card(digits: &[u8]) -> bool {
    let Some(first) = digits.first_chunk::<4>() else { return false };
    let first = first.iter().fold(0_u32, |number, digit| number * 10 + u32::from(*digit));
    let scheme = match first {
        4000..=4999 => matches!(digits.len(), 13 | 16 | 19),
        5100..=5599 | 2221..=2720 => digits.len() == 16,
        3400..=3499 | 3700..=3799 => digits.len() == 15,
        3000..=3059 | 3095..=3099 | 3600..=3699 | 3800..=3999 => digits.len() == 14,
        3528..=3589 | 6011 | 6440..=6599 | 6200..=6299 => (16..=19).contains(&digits.len()),
        5018 | 5020 | 5038 | 5893 | 6304 | 6759 | 6761..=6763 => (13..=19).contains(&digits.len()),
        _ => false,
    };
    scheme && luhn(digits) && !is_article(digits)
}

fn luhn(digits: &[u8]) -> bool {
    let sum: u32 = digits
        .iter()
        .rev()
        .enumerate()
        .map(|(place, digit)| match (place % 2, u32::from(*digit)) {
            (0, digit) => digit,
            (_, digit) => digit * 2 / 10 + digit * 2 % 10,
        })
        .sum();
    sum.is_multiple_of(10)
}

/// A GTIN-13, as on every article: Taiwan's begin with 471, like a card.
fn is_article(digits: &[u8]) -> bool {
    let weighted = digits.iter().zip([1, 3].into_iter().cycle()).map(|(digit, weight)| u32::from(*digit) * weight);
    digits.len() == 13 && weighted.sum::<u32>().is_multiple_of(10)
}

/// Ids of the rules of this file.
#[cfg(test)]
pub(super) const RULES: [&str; 2] = [MOBILE.id, CARD.id];
