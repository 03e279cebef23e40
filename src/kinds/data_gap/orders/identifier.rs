//! Identifiers, which spreadsheet programs damage, and the customer key, which must be a hash.

use std::collections::{BTreeMap, BTreeSet};

use crate::check::privacy::glance::Glance;
use crate::finding::Place;
use crate::kinds::data_gap::orders::codes;
use crate::kinds::data_gap::orders::contract::Field;
use crate::kinds::data_gap::orders::personal::{is_identity, look};
use crate::kinds::data_gap::orders::text::is_nothing;
use crate::kinds::data_gap::orders::totals::is_word;
use crate::kinds::data_gap::orders::wrong::Wrong;
use crate::read::decimal::Decimal;

/// Digits that a spreadsheet program keeps of a number (Microsoft, KB 269370); the rest become zeros.
const KEPT_DIGITS: usize = 15;
/// Least characters of a hash in hexadecimal and in base64url.
const LEAST_HEX: usize = 16;
const LEAST_BASE64: usize = 20;

const AS_TEXT: &str = "export the column as text, from the system and not from a file that Excel saved again";
const HASH: &str = "give a keyed hash of the customer, such as HMAC-SHA-256 in hexadecimal";

/// Whether a cell holds an identifier as most are: nothing personal is found in it, there is nothing to fold in it,
/// nothing that a spreadsheet program damages, and no word that stands for nothing. A customer key is as long as a hash.
pub(super) fn is_plain(field: Field, id: &str, glance: &Glance<'_>) -> bool {
    glance.is_word()
        && (field != Field::CustomerKey || id.len() >= LEAST_BASE64)
        && !(field.is_key() && is_nothing(id))
        && !(field == Field::OrderId && is_word(id))
        && !(field == Field::CustomerKey && may_be_in_capitals(id))
        && glance.is_harmless()
}

/// A customer key in lower case, when it is hexadecimal in capitals: digits of a hash have no case, and some programs write
/// them in the one and some in the other.
pub(super) fn without_capitals(field: Field, key: &str) -> Option<String> {
    let is_hex = |byte: u8| byte.is_ascii_digit() || matches!(byte, b'A'..=b'F');
    let is_of_capitals = field == Field::CustomerKey && key.len() >= LEAST_HEX && key.bytes().all(is_hex);
    (is_of_capitals && may_be_in_capitals(key)).then(|| key.to_ascii_lowercase())
}

/// Whether the first letter and the last character are what they are in hexadecimal in capitals.
fn may_be_in_capitals(key: &str) -> bool {
    key.bytes().next_back().is_some_and(|last| matches!(last, b'0'..=b'9' | b'A'..=b'F'))
        && key.bytes().find(u8::is_ascii_alphabetic).is_some_and(|first| matches!(first, b'A'..=b'F'))
}

/// What is wrong with a folded identifier that is text, if anything.
pub(super) fn of_text(field: Field, id: &str) -> Result<(), Wrong> {
    let mangled = |message: &'static str| Err(Wrong::new(&codes::MANGLED_ID, message, AS_TEXT));
    if field == Field::OrderId && is_word(id) {
        let hint = "give the identifier of the order, or take the row out if it is a total";
        return Err(Wrong::new(&codes::MANGLED_ID, "is the word of a totals row in a row that is none", hint));
    }
    if id.contains(|character| matches!(character, '\u{FFFD}' | '?' | '\u{E000}'..='\u{F8FF}')) {
        return mangled("has characters that were lost in another encoding");
    }
    if id.contains(['\n', '\r']) {
        let message = "has several lines, as exports write several payments into one cell";
        return Err(Wrong::new(&codes::MANGLED_ID, message, "leave the one identifier that the row is about"));
    }
    if is_scientific(id) {
        return mangled("was shortened to scientific notation by a spreadsheet program");
    }
    if let Some((whole, fraction)) = id.split_once('.')
        && is_digits(whole)
        && is_digits(fraction)
        && fraction.bytes().all(|byte| byte == b'0')
    {
        return mangled("became a number with a decimal point, so leading zeros may be lost");
    }
    if is_digits(id) && id.len() > KEPT_DIGITS + 1 && loses_digits(id) {
        return mangled("has only zeros behind its 15th digit: a spreadsheet program replaced the others");
    }
    Ok(())
}

/// Whether a folded identifier of 16 digits ends with 0. One in ten does so by itself; in a column where all do, a
/// spreadsheet program replaced the last digit.
pub(super) fn is_doubtful(id: &str) -> bool {
    is_digits(id) && id.len() == KEPT_DIGITS + 1 && loses_digits(id)
}

/// Whether a folded identifier has more digits than a spreadsheet program keeps, and has kept them.
pub(super) fn is_witness(id: &str) -> bool {
    is_digits(id) && id.len() > KEPT_DIGITS && !loses_digits(id)
}

/// The digits of an identifier in a number cell.
pub(super) fn of_number(number: &str) -> Result<String, Wrong> {
    let mangled = |message: &'static str| Err(Wrong::new(&codes::MANGLED_ID, message, AS_TEXT));
    let Some(decimal) = Decimal::parse(number).filter(Decimal::is_whole) else {
        return mangled("is a number with a fraction, not an identifier");
    };
    let digits = decimal.to_string();
    if digits.len() > KEPT_DIGITS {
        return mangled("is a number of more than 15 digits, of which a spreadsheet program keeps only 15");
    }
    if digits.starts_with('-') {
        return mangled("is a negative number, not an identifier");
    }
    Ok(digits)
}

/// How long the identifiers of a column are that are digits alone: where those that begin with zeros have all one length,
/// shorter ones may have lost theirs.
#[derive(Debug, Default)]
pub(super) struct Lengths {
    /// Of those that begin with 0; several when they differ.
    zeros: BTreeSet<usize>,
    /// Of the others: how many there are of each length, and where the first one stands.
    others: BTreeMap<usize, (u64, Place)>,
}

impl Lengths {
    /// Looks at a folded identifier.
    pub(super) fn add(&mut self, id: &str, place: impl FnOnce() -> Place) {
        if !is_digits(id) || id.len() > LONGEST_NUMBER {
            return;
        }
        if id.starts_with('0') {
            self.zeros.insert(id.len());
        } else {
            self.others.entry(id.len()).or_insert_with(|| (0, place())).0 += 1;
        }
    }

    /// Takes over what stands further below.
    pub(super) fn join(&mut self, below: Self) {
        self.zeros.extend(below.zeros);
        for (length, (count, place)) in below.others {
            self.others.entry(length).or_insert((0, place)).0 += count;
        }
    }

    /// How many may have lost zeros, how many digits they should have, and where the first one stands.
    pub(super) fn shorter(self) -> Option<(u64, usize, Place)> {
        let [digits] = self.zeros.into_iter().collect::<Vec<_>>()[..] else { return None };
        let shorter: Vec<_> = self.others.into_iter().filter(|(length, _)| *length < digits).collect();
        let count = shorter.iter().map(|(_, (count, _))| count).sum();
        let first = shorter.into_iter().map(|(_, (_, place))| place).min()?;
        Some((count, digits, first))
    }
}

/// Numbers with more digits are no identifiers that somebody counts up.
const LONGEST_NUMBER: usize = 24;

/// What a spreadsheet program made a date of.
pub(super) fn of_moment() -> Wrong {
    Wrong::new(&codes::MANGLED_ID, "was turned into a date by a spreadsheet program", AS_TEXT)
}

/// What is wrong with a folded customer key, if anything. Personal data is found before.
pub(super) fn customer_key(key: &str) -> Result<(), Wrong> {
    let bare =
        ["sha256:", "sha-256:", "hmac:", "hmac-sha256:"].iter().find_map(|mark| key.strip_prefix(mark)).unwrap_or(key);
    let has_letter = bare.bytes().any(|byte| byte.is_ascii_alphabetic());
    let hex = bare.len() >= LEAST_HEX && bare.bytes().all(|byte| byte.is_ascii_hexdigit());
    let base64 = bare.len() >= LEAST_BASE64
        && bare.trim_end_matches('=').bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_'));
    if has_letter && (hex || base64) {
        return Ok(());
    }
    if is_name(key) {
        return Err(Wrong::new(&codes::PII, "looks like personal data: a name (not repeated here)", HASH));
    }
    if is_digits(key) || is_identity(key) || look(key).is_some() {
        return Err(Wrong::new(&codes::PII, "is a number, perhaps of a member or a telephone, not a hash", HASH));
    }
    Err(Wrong::new(&codes::PII, "is not a hash: expected at least 16 hexadecimal digits or 20 of base64url", HASH))
}

/// Whether a text is written like the name of a person: two to four Chinese characters, or two words of letters.
pub(super) fn is_name(text: &str) -> bool {
    let is_han = |character: char| matches!(character, '\u{3400}'..='\u{9FFF}' | '\u{F900}'..='\u{FAFF}');
    let characters = text.chars().filter(|character| *character != ' ').count();
    let han = (2..=4).contains(&characters) && text.chars().filter(|character| *character != ' ').all(is_han);
    let latin =
        text.contains(' ') && text.chars().all(|character| character.is_alphabetic() || " .-'".contains(character));
    han || latin
}

fn is_digits(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit())
}

fn loses_digits(id: &str) -> bool {
    id.as_bytes()[KEPT_DIGITS..].iter().all(|byte| *byte == b'0')
}

/// `2.02605E+14`, as Excel and pandas write it: always with a sign.
fn is_scientific(text: &str) -> bool {
    let Some(at) = text.find(['e', 'E']) else { return false };
    let (mantissa, exponent) = (&text[..at], &text[at + 1..]);
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, "0"));
    let whole = whole.strip_prefix('-').unwrap_or(whole);
    whole.len() == 1
        && is_digits(whole)
        && is_digits(fraction)
        && exponent.strip_prefix(['+', '-']).is_some_and(is_digits)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::kinds::data_gap::orders::text::{fold, is_error};

    #[test]
    fn damaged_identifiers_are_known() {
        for (id, whole) in [
            ("ae97ba94-d0ed-482f-af6d-05584ef8aa38", true),
            ("20260512000104", true),
            ("0012", true),
            ("1e10", true),
            ("2019060112345678910", true),
            ("2026051200010450", true),
            ("V1.0", true),
            ("2.02605E+14", false),
            ("1.7786e+12", false),
            ("2E+14", false),
            ("20260512001.0", false),
            ("2019060112345670000", false),
            ("A?1", false),
            ("1778671415185\n1778671415184", false),
            ("A\u{fffd}1", false),
        ] {
            assert_eq!(of_text(Field::PaymentRef, id).is_ok(), whole, "{id}");
        }
        assert!(is_doubtful("2026051200010450") && !is_doubtful("2026051200010451") && is_witness("2026051200010451"));
        for (number, expected) in [
            ("1778671415185", Some("1778671415185")),
            ("2.02605E+14", Some("202605000000000")),
            ("2019060112345678910", None),
            ("2026051200010450", None),
            ("1.5", None),
            ("-5", None),
        ] {
            assert_eq!(of_number(number).ok().as_deref(), expected, "{number}");
        }
    }

    #[test]
    fn a_customer_key_is_a_hash() {
        for (key, expected) in [
            ("8d48e8a38a3df349db533730761c6e69613dc767de1a2bc1f5f93d5536e7db53", "ok"),
            ("8d48e8a38a3df349", "ok"),
            ("sha256:8d48e8a38a3df349db53", "ok"),
            ("dGhpcyBpcyBhIGhhc2gh-_x", "ok"),
            ("chen.test@example.com", "pii"),
            ("0912345678", "pii"),
            ("A123456789", "pii"),
            ("王小明", "pii"),
            ("Wang Xiao Ming", "pii"),
            ("12345", "pii"),
            ("1234567890123456", "pii"),
            ("customer-7", "pii"),
            ("8d48e8", "pii"),
        ] {
            assert_eq!(customer_key(key).map_or_else(|wrong| wrong.code.id, |()| "ok"), expected, "{key}");
        }
    }

    proptest! {
        #[test]
        fn never_panics(text in "[0-9.eE+-]{0,24}|[-_0-9a-zA-Z]{0,30}|[0-9eE-]{1,4}|\\PC{0,24}") {
            for field in Field::ALL.into_iter().filter(|field| Glance::of(&text).is_some_and(|glance| is_plain(*field, &text, &glance))) {
                prop_assert!(of_text(field, &text).is_ok() && without_capitals(field, &text).is_none() && !is_doubtful(&text) && !is_witness(&text) && !is_digits(&text));
                prop_assert!(fold(&text) == text && !is_error(&text) && look(&text).is_none());
                prop_assert!(field != Field::CustomerKey || customer_key(&text).is_ok());
                prop_assert!(!field.is_key() || !is_nothing(&text));
            }
            let _ = (of_text(Field::OrderId, &text), without_capitals(Field::CustomerKey, &text), of_number(&text), customer_key(&text), is_doubtful(&text), is_witness(&text));
        }
    }
}
