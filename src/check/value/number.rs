//! Numbers as schemas let them be written, to numbers as JSON writes them.

use std::borrow::Cow;

use crate::check::field::{Digits, FieldKind};
use crate::check::typed::Typed;
use crate::read::decimal::{Decimal, is_number, millionths};

/// A number of JSON.
pub(super) fn of_json<'a>(kind: &FieldKind, number: &'a str) -> Option<Typed<'a>> {
    plain(kind, number.into())
}

/// A number in a cell of text.
pub(super) fn of_text<'a>(kind: &FieldKind, text: &'a str) -> Option<Typed<'a>> {
    let (FieldKind::Integer(digits) | FieldKind::Number(digits)) = kind else { return None };
    if digits.as_json {
        return plain(kind, text.into());
    }
    let is_integer = matches!(kind, FieldKind::Integer(_));
    // Most numbers are written in the one way that all have in common.
    if digits.decimal == '.' && !is_integer && millionths(text).is_some() {
        return Some(Typed::Decimal(text.into()));
    }
    if digits.decimal == '.' && is_number(text) && (!is_integer || text.parse::<i64>().is_ok()) {
        return plain(kind, text.into());
    }
    if !is_integer && let Some(word) = not_finite(text) {
        return Some(Typed::NotFinite(word));
    }
    let text = if digits.bare { text } else { bared(text, digits)? };
    plain(kind, as_json(text, digits, is_integer)?.into())
}

/// A number as JSON writes it. A whole one has neither point nor exponent.
fn plain<'a>(kind: &FieldKind, number: Cow<'a, str>) -> Option<Typed<'a>> {
    if let FieldKind::Integer(digits) = kind {
        match number.parse() {
            Ok(integer) if is_number(&number) => Some(Typed::Integer(integer)),
            _ if digits.as_json || number.contains(['.', 'e', 'E']) => None,
            _ => Decimal::parse(&number).map(|_| Typed::Decimal(number)),
        }
    } else {
        {
            let decimal = Decimal::parse(&number)?;
            let has_exponent = number.contains(['e', 'E']);
            Some(Typed::Decimal(if has_exponent { decimal.to_string().into() } else { number }))
        }
    }
}

fn not_finite(text: &str) -> Option<&'static str> {
    ["NaN", "INF", "-INF"].into_iter().find(|word| word.eq_ignore_ascii_case(text))
}

/// A number without what stands around it. A sign that does not stand right before the number may well be one, so that
/// it has no reading.
fn bared<'a>(text: &'a str, digits: &Digits) -> Option<&'a str> {
    let first = text.find(|character: char| character.is_ascii_digit())?;
    let last = text.rfind(|character: char| character.is_ascii_digit())?;
    let mut start = first;
    let before = &text[..start];
    if before.ends_with(digits.decimal) && digits.decimal != ' ' {
        start -= digits.decimal.len_utf8();
    }
    if text[..start].ends_with(['+', '-']) {
        start -= 1;
    }
    let around = [&text[..start], &text[last + 1..]];
    let is_sign = |character: char| matches!(character, '+' | '-' | '−' | '(' | ')' | '－' | '＋');
    (!around.iter().any(|part| part.contains(is_sign))).then_some(&text[start..=last])
}

/// A number of XML Schema, with its own point and groups, as JSON writes it.
fn as_json(text: &str, digits: &Digits, is_integer: bool) -> Option<String> {
    let (sign, unsigned) = match text.as_bytes().first()? {
        b'-' => ("-", &text[1..]),
        b'+' => ("", &text[1..]),
        _ => ("", text),
    };
    let (mantissa, exponent) = match unsigned.find(['e', 'E']) {
        Some(at) if !is_integer => (&unsigned[..at], Some(&unsigned[at + 1..])),
        _ => (unsigned, None),
    };
    let (whole, fraction) = match mantissa.split_once(digits.decimal) {
        Some(parts) if !is_integer => parts,
        _ => (mantissa, ""),
    };
    let whole = match digits.group {
        Some(group) if whole.contains(group) => {
            // A group mark stands between digits.
            if whole.split(group).any(str::is_empty) {
                return None;
            }
            whole.replace(group, "")
        }
        _ => whole.to_owned(),
    };
    let are_digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    if (whole.is_empty() && fraction.is_empty()) || !are_digits(&whole) || !are_digits(fraction) {
        return None;
    }
    let whole = whole.trim_start_matches('0');
    let mut json = sign.to_owned();
    json.push_str(if whole.is_empty() { "0" } else { whole });
    if !fraction.is_empty() {
        json.push('.');
        json.push_str(fraction);
    }
    if let Some(exponent) = exponent {
        json.push('e');
        json.push_str(exponent);
    }
    Some(json)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The number, or `-`, as an integer and as a number.
    fn check(digits: &Digits, text: &str) -> [String; 2] {
        [FieldKind::Integer(digits.clone()), FieldKind::Number(digits.clone())].map(|kind| {
            let mut key = String::new();
            match of_text(&kind, text) {
                Some(typed) => typed.write_key(&mut key),
                None => key.push('-'),
            }
            key
        })
    }

    #[test]
    fn numbers_have_one_reading_or_none() {
        for (text, integer, number) in [
            ("28000", "28000", "28000"),
            ("+007", "7", "7"),
            ("-0.50", "-", "-0.5"),
            (".5", "-", "0.5"),
            ("5.", "-", "5"),
            ("1e3", "-", "1000"),
            ("1.5E-1", "-", "0.15"),
            ("12345678901234567890", "12345678901234567890", "12345678901234567890"),
            ("NaN", "-", "NaN"),
            ("-inf", "-", "-INF"),
            ("", "-", "-"),
            ("-", "-", "-"),
            (".", "-", "-"),
            ("28,000", "-", "-"),
            (" 1", "-", "-"),
            ("１", "-", "-"),
            ("1e", "-", "-"),
            ("0x1", "-", "-"),
        ] {
            assert_eq!(check(&Digits::PLAIN, text), [integer, number], "{text}");
        }
        let grouped = Digits { group: Some('.'), decimal: ',', ..Digits::PLAIN };
        for (text, integer, number) in [
            ("28.000,50", "-", "28000.5"),
            ("28.000", "28000", "28000"),
            (".5", "-", "-"),
            ("1..5", "-", "-"),
            ("1.5.", "-", "-"),
            ("1,5.0", "-", "-"),
        ] {
            assert_eq!(check(&grouped, text), [integer, number], "{text}");
        }
        let decorated = Digits { bare: false, group: Some(','), ..Digits::PLAIN };
        for (text, integer, number) in [
            ("NT$28,000", "28000", "28000"),
            ("95%", "95", "95"),
            ("EUR -9.5", "-", "-9.5"),
            ("-€95", "-", "-"),
            ("(95)", "-", "-"),
            ("95-", "-", "-"),
            ("28000/2", "-", "-"),
            ("none", "-", "-"),
        ] {
            assert_eq!(check(&decorated, text), [integer, number], "{text}");
        }
    }
}
