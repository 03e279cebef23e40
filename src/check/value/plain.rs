//! Values that are plainly right, as nearly all of a large table are.
//!
//! Invariant: a text that is plain here is one in which [`super::read`] finds nothing wrong, and its own key. Of every
//! other text nothing is said, so that what is wrong with a value is decided in one place only.

use std::ops::RangeInclusive;

use crate::check::field::{Bound, Clock, Field, FieldKind, Missing, Pattern, Side};
use crate::check::typed::Typed;
use crate::read::decimal::millionths;

/// What the plain values of a field look like in a text file.
#[derive(Debug)]
pub(in crate::check) struct Plain<'s> {
    /// Whether a cell in which nothing stands is one without a value.
    pub(in crate::check) may_be_blank: bool,
    /// Texts that stand for a missing value, but for the empty one.
    missing: Vec<&'s str>,
    /// Whether what looks blank stands for a missing value.
    is_blank_missing: bool,
    form: Form<'s>,
}

/// The form of plain values.
#[derive(Debug)]
enum Form<'s> {
    /// None is.
    Nothing,
    /// Texts of so many characters, of a pattern when there is one.
    Text(RangeInclusive<usize>, Option<&'s Pattern>),
    /// One of these words.
    Word(Words),
    /// Numbers from and to so many millionths, whole ones or any.
    Number { range: RangeInclusive<i64>, is_whole: bool },
    /// Days as `2026-05-12`.
    Day,
    /// Moments as `2026-05-12T18:00:00+08:00`.
    Moment,
}

impl<'s> Plain<'s> {
    /// Of a field, and whether its values are part of a key.
    pub(in crate::check) fn of(field: &'s Field, is_keyed: bool) -> Self {
        let missing = match &field.missing {
            Missing::Blank => &[][..],
            Missing::Exactly(texts) => texts,
        };
        let form = match &field.kind {
            FieldKind::Text if !field.bounds.is_empty() => Form::Nothing,
            FieldKind::Text if field.words.is_empty() => {
                let (least, most) = field.length;
                let count = |limit: u32| usize::try_from(limit).unwrap_or(usize::MAX);
                let length = least.map_or(1, count).max(1)..=most.map_or(usize::MAX, count);
                Form::Text(length, field.pattern.as_ref())
            }
            FieldKind::Text if field.pattern.is_none() && field.length == (None, None) => {
                Words::of(&field.words).map_or(Form::Nothing, Form::Word)
            }
            // Equal values of other types may be written in several ways.
            _ if is_keyed || !field.words.is_empty() => Form::Nothing,
            FieldKind::Integer(digits) | FieldKind::Number(digits) if digits.decimal == '.' => {
                let is_whole = matches!(field.kind, FieldKind::Integer(_));
                range(&field.bounds).map_or(Form::Nothing, |range| Form::Number { range, is_whole })
            }
            FieldKind::Date(Clock::Iso | Clock::WithOffset) if field.bounds.is_empty() => Form::Day,
            FieldKind::Moment(Clock::Iso | Clock::WithOffset) if field.bounds.is_empty() => Form::Moment,
            _ => Form::Nothing,
        };
        let may_be_blank = field.missing == Missing::Blank || missing.iter().any(String::is_empty);
        let missing = missing.iter().map(String::as_str).filter(|text| !text.is_empty()).collect();
        Self { may_be_blank, missing, is_blank_missing: field.missing == Missing::Blank, form }
    }

    /// Whether a text is plainly a value.
    #[inline]
    pub(in crate::check) fn holds(&self, text: &str) -> bool {
        let bytes = text.as_bytes();
        let is_missing = match bytes {
            [] => true,
            [first, ..] => (self.is_blank_missing && !first.is_ascii_graphic()) || self.missing.contains(&text),
        };
        !is_missing
            && match &self.form {
                Form::Nothing => false,
                Form::Text(length, pattern) => {
                    // No text has more characters than bytes, and one in ASCII has as many.
                    length.contains(&bytes.len())
                        && (*length.start() == 1 || bytes.is_ascii())
                        && pattern.is_none_or(|pattern| pattern.matches(text))
                }
                Form::Word(words) => words.contain(bytes),
                Form::Number { range, is_whole } => {
                    !(*is_whole && bytes.contains(&b'.'))
                        && millionths(text).is_some_and(|number| range.contains(&number))
                }
                Form::Day => is_day(bytes),
                Form::Moment => is_moment(bytes),
            }
    }
}

/// The numbers within bounds, in millionths. `None` when those cannot tell.
fn range(bounds: &[Bound]) -> Option<RangeInclusive<i64>> {
    let (mut least, mut most) = (i64::MIN, i64::MAX);
    for Bound { side, value, .. } in bounds {
        let bound = match value {
            Typed::Integer(number) => number.checked_mul(1_000_000),
            Typed::Decimal(text) => millionths(text),
            _ => None,
        }?;
        match side {
            Side::Minimum => least = least.max(bound),
            Side::Above => least = least.max(bound.checked_add(1)?),
            Side::Maximum => most = most.min(bound),
            Side::Below => most = most.min(bound.checked_sub(1)?),
        }
    }
    Some(least..=most)
}

/// A day of the years 1 to 9998, which has no exception.
fn is_day(text: &[u8]) -> bool {
    let [y1, y2, y3, y4, b'-', m1, m2, b'-', d1, d2] = *text else { return false };
    let (century, year, month, day) = (two(y1, y2), two(y3, y4), two(m1, m2), two(d1, d2));
    let days = match month {
        1 | 3 | 5 | 7 | 8 | 10 | 12 => 31,
        4 | 6 | 9 | 11 => 30,
        2 => 28,
        _ => 0,
    };
    century <= 99 && year <= 99 && (1..=9998).contains(&(century * 100 + year)) && (1..=days).contains(&day)
}

/// A plain day with a time and its offset.
fn is_moment(text: &[u8]) -> bool {
    let Some((day, time)) = text.split_first_chunk::<10>() else { return false };
    let [b'T', h1, h2, b':', m1, m2, b':', s1, s2, offset @ ..] = time else { return false };
    let is_offset = match *offset {
        [b'Z'] => true,
        [b'+' | b'-', h1, h2, b':', m1, m2] => two(h1, h2) <= 23 && two(m1, m2) <= 59,
        _ => false,
    };
    is_offset && two(*h1, *h2) <= 23 && two(*m1, *m2) <= 59 && two(*s1, *s2) <= 59 && is_day(day)
}

/// The number of two digits, or more than 99.
fn two(tens: u8, ones: u8) -> u16 {
    let [tens, ones] = [tens, ones].map(|digit| u16::from(digit.wrapping_sub(b'0')));
    if tens > 9 || ones > 9 { u16::MAX } else { tens * 10 + ones }
}

/// Words of one to sixteen bytes, each alone in its slot.
#[derive(Debug)]
struct Words {
    slots: Vec<Spelling>,
    factor: u64,
}

/// Length, first bytes and last bytes of a word, which together tell it. Length 0 stands in a free slot.
type Spelling = (usize, u64, u64);

impl Words {
    /// `None` when two of them do not get out of each other's way.
    fn of(words: &[String]) -> Option<Self> {
        let spellings: Vec<_> = words.iter().filter_map(|word| spelling(word.as_bytes())).collect();
        let count = spellings.len().next_power_of_two() * 4;
        // Odd factors, each far from the one before.
        let mut factors = (1..1000_u64).map(|number| number.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1);
        factors.find_map(|factor| {
            let mut words = Self { slots: vec![(0, 0, 0); count], factor };
            spellings.iter().all(|spelling| words.place(*spelling)).then_some(words)
        })
    }

    /// Puts a word into its slot. False when another stands there.
    fn place(&mut self, spelling: Spelling) -> bool {
        let slot = self.slot(spelling);
        let is_free = self.slots[slot].0 == 0 || self.slots[slot] == spelling;
        self.slots[slot] = spelling;
        is_free
    }

    fn slot(&self, (length, first, last): Spelling) -> usize {
        let mixed = (first ^ last.rotate_left(31) ^ length as u64).wrapping_mul(self.factor) >> 32;
        usize::try_from(mixed).unwrap_or(0) & (self.slots.len() - 1)
    }

    fn contain(&self, word: &[u8]) -> bool {
        spelling(word).is_some_and(|spelling| self.slots[self.slot(spelling)] == spelling)
    }
}

fn spelling(word: &[u8]) -> Option<Spelling> {
    let eight = |bytes: Option<&[u8; 8]>| bytes.map(|bytes| u64::from_le_bytes(*bytes));
    let four = |bytes: Option<&[u8; 4]>| bytes.map(|bytes| u64::from(u32::from_le_bytes(*bytes)));
    let (first, last) = match *word {
        [] => return None,
        [only] => (u64::from(only), 0),
        [one, other] => (u64::from(one), u64::from(other)),
        [one, other, last] => (u64::from(one) | u64::from(other) << 8, u64::from(last)),
        _ if word.len() < 8 => (four(word.first_chunk())?, four(word.last_chunk())?),
        _ if word.len() <= 16 => (eight(word.first_chunk())?, eight(word.last_chunk())?),
        _ => return None,
    };
    Some((word.len(), first, last))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::check::schema::TableSchema;
    use crate::check::value;
    use crate::read::format::Format;
    use crate::read::row::Value;

    /// Fields of every form, and some that have none.
    fn fields() -> Vec<Field> {
        let schema = r#"{"missingValues":["","-","n/a"],"fields":[
            {"name":"a","type":"string"},
            {"name":"b","type":"string","constraints":{"minLength":2,"maxLength":5}},
            {"name":"c","type":"string","constraints":{"pattern":"^ck_[0-9a-f]{4}$"}},
            {"name":"d","type":"string","constraints":{"pattern":"^(0[1-9]|1[0-2])-[A-Z]{1,3}$","maxLength":5}},
            {"name":"e","type":"string","constraints":{"enum":["paid","pending","a","ab","abc","-","中文","longer than sixteen"]}},
            {"name":"f","type":"string","constraints":{"enum":["paid"],"maxLength":3}},
            {"name":"g","type":"number"},
            {"name":"h","type":"number","constraints":{"minimum":-0.5,"exclusiveMaximum":20}},
            {"name":"i","type":"number","decimalChar":",","groupChar":"."},
            {"name":"j","type":"number","groupChar":",","bareNumber":false},
            {"name":"k","type":"integer"},
            {"name":"l","type":"integer","constraints":{"minimum":5,"maximum":20}},
            {"name":"m","type":"integer","constraints":{"enum":["5","7"]}},
            {"name":"n","type":"date"},
            {"name":"o","type":"date","constraints":{"minimum":"2026-01-01"}},
            {"name":"p","type":"datetime"},
            {"name":"q","type":"any"}]}"#;
        let mut findings = Vec::new();
        let declared = TableSchema::declared("s", schema.as_bytes(), &mut findings);
        assert_eq!(findings, []);
        let own = r#"{"name":"t","title":"T","title_zh_hant":"表","description":"a","description_zh_hant":"一","fields":[
            {"name":"a","type":"string","description":"a","description_zh_hant":"一"},
            {"name":"b","type":"number","description":"a","description_zh_hant":"一"},
            {"name":"c","type":"integer","description":"a","description_zh_hant":"一"},
            {"name":"d","type":"datetime","description":"a","description_zh_hant":"一"}]}"#;
        declared.unwrap().fields.into_iter().chain(TableSchema::from_json(own).unwrap().fields).collect()
    }

    /// Whether a text is plain, of a field that is known to be sound with it.
    fn check(field: &Field, text: &str) -> bool {
        let read = value::read(field, Value::Text(text), Format::Csv);
        [false, true].into_iter().any(|is_keyed| {
            let is_plain = Plain::of(field, is_keyed).holds(text);
            if is_plain {
                let mut key = String::new();
                let typed = read.clone().ok().flatten();
                typed.unwrap_or_else(|| panic!("{} holds {text:?}", field.name)).write_key(&mut key);
                assert!(!is_keyed || key == text, "{} {text:?}", field.name);
            }
            is_plain
        })
    }

    #[test]
    fn usual_values_are_plain() {
        let fields = fields();
        for (name, texts) in [
            ("a", "x 中文 =1"),
            ("b", "ab abcde"),
            ("c", "ck_09af"),
            ("d", "01-A 12-AB"),
            ("e", "paid pending a ab abc 中文"),
            ("g", "0 28000 -1.5 999999999999.999999"),
            ("h", "-0.5 19.999999"),
            ("j", "28000.5"),
            ("k", "28000 -7 0"),
            ("l", "5 20"),
            ("n", "2026-05-12 2024-02-28"),
            ("p", "2026-05-12T23:59:59+08:00 2026-05-12T00:00:00Z"),
        ] {
            let field = fields.iter().find(|field| field.name == name).unwrap();
            for text in texts.split(' ') {
                assert!(check(field, text), "{name} {text}");
            }
        }
    }

    #[test]
    fn what_is_nearly_right_is_not_plain() {
        for text in [
            "2026-02-30",
            "2026-02-31",
            "2026-04-31",
            "2026-13-01",
            "2026-00-10",
            "2026-01-00",
            "0000-01-01",
            "2026-1-01",
            "2026-05-12T24:00:00Z",
            "2026-05-12T23:60:00Z",
            "2026-05-12T23:59:60Z",
            "2026-05-12T23:59:59+24:00",
            "2026-05-12T23:59:59+08:60",
            "2026-02-30T23:59:59Z",
            "2026-05-12T23:59:59z",
            "2026-05-12 23:59:59Z",
            "007",
            "1.",
            ".5",
            "-",
            "--1",
            "1e3",
            "+1",
            "1,000",
            "-0.500001",
            "20",
            "20.0",
            "4",
            "21",
            "1234567890123",
            "1234567890123456789012",
            "1.1234567",
            "-0",
            "28000.0",
            "ck_09aF",
            "ck_09a",
            "ck_09afa",
            "ck-09af",
            "00-A",
            "13-A",
            "12-ABCD",
            "12_A",
            "abcdef",
            "x",
            "pai",
            "paid ",
            "n/a",
            " ",
            "\u{FEFF}",
            "\u{200B}1",
        ] {
            for field in fields() {
                check(&field, text);
            }
        }
    }

    proptest! {
        #[test]
        fn what_is_plain_is_right(
            text in "[-+]?[0-9]{0,13}[.,]?[0-9]{0,7}|ck_[0-9a-g]{3,5}|[01][0-9]-[A-Z]{0,4}|.{0,6}|\
                (paid|pending|a|ab|abc|-|n/a|中文|longer than sixteen| ){1,2}|\
                [0-9]{2}(00|26)-[01][0-9]-[0-3][0-9](T[0-2][0-9]:[0-6][0-9]:[0-6][0-9](Z|[-+][0-2][0-9]:[0-6][0-9]))?",
            change in prop::option::of((any::<prop::sample::Index>(), any::<char>())),
        ) {
            let mut characters: Vec<_> = text.chars().collect();
            if let Some((at, character)) = change.filter(|_| !text.is_empty()) {
                let at = at.index(characters.len());
                characters[at] = character;
            }
            let text: String = characters.into_iter().collect();
            for field in fields() {
                check(&field, &text);
            }
        }
    }
}
