//! Which amounts and days may be repeated in a message, beside a finding or in a workbook that goes back: those that are
//! made of nothing but figures, signs and the words of amounts and days, whether or not they can be read.
//!
//! Invariant: an allow list. What has any other word, or more figures than one amount or one day has, may be a name or
//! a number of somebody and is withheld.

use crate::kinds::data_gap::orders::personal::look;

/// Most characters of a value that is repeated.
const LONGEST: usize = 40;
/// Words of amounts, the longer ones of the same beginning first.
const OF_AMOUNTS: &[&str] = &[
    "新台幣",
    "新臺幣",
    "人民幣",
    "台幣",
    "臺幣",
    "美金",
    "美元",
    "日圓",
    "日幣",
    "港幣",
    "歐元",
    "元",
    "圓",
    "塊",
    "整",
    "萬",
    "千",
    "百",
    "億",
    "期",
    "ntd",
    "nt",
    "twd",
    "usd",
    "us",
    "cny",
    "rmb",
    "jpy",
    "eur",
    "hkd",
    "hk",
    "gbp",
    "krw",
    "sgd",
    "k",
    "m",
    "e",
    "¥",
    "€",
    "£",
];
/// Words of days and times, likewise.
const OF_DAYS: &[&str] = &[
    "中華民國",
    "民國",
    "西元",
    "上午",
    "下午",
    "早上",
    "中午",
    "晚上",
    "凌晨",
    "星期",
    "週",
    "禮拜",
    "年",
    "月",
    "日",
    "號",
    "時",
    "點",
    "分",
    "秒",
    "一",
    "二",
    "三",
    "四",
    "五",
    "六",
    "am",
    "pm",
    "utc",
    "gmt",
    "cst",
    "t",
    "z",
    "january",
    "february",
    "march",
    "april",
    "june",
    "july",
    "august",
    "september",
    "october",
    "november",
    "december",
    "jan",
    "feb",
    "mar",
    "apr",
    "may",
    "jun",
    "jul",
    "aug",
    "sept",
    "sep",
    "oct",
    "nov",
    "dec",
    "monday",
    "tuesday",
    "wednesday",
    "thursday",
    "friday",
    "saturday",
    "sunday",
    "mon",
    "tue",
    "wed",
    "thu",
    "fri",
    "sat",
    "sun",
    "invalid",
    "date",
];

/// A folded value for a message, or what stands for it.
pub(super) fn shown(text: &str) -> String {
    if is_harmless(text) { format!("`{text}`") } else { format!("a text of {} characters", text.chars().count()) }
}

/// Whether a folded value looks like an amount or a day and like nothing else.
pub(super) fn is_harmless(text: &str) -> bool {
    let is_short = text.chars().nth(LONGEST).is_none();
    is_short && (is_like_an_amount(text) || is_like_a_day(text)) && look(text).is_none()
}

/// A piece of a value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Piece<'a> {
    Digits(&'a str),
    Sign(char),
    Word,
}

/// One number with its separators, or two with a word or a slash between them, as in `28000/2期`.
fn is_like_an_amount(text: &str) -> bool {
    let Some(pieces) = pieces(text, " .,:/-+()$%#'", OF_AMOUNTS) else { return false };
    let mut numbers: Vec<String> = Vec::new();
    let mut before: Option<Piece<'_>> = None;
    for piece in pieces {
        if let Piece::Digits(digits) = piece {
            match (before, numbers.last_mut()) {
                (Some(Piece::Sign('.' | ',' | '\'')), Some(number)) => number.push_str(digits),
                (Some(Piece::Sign('/' | '+') | Piece::Word), _) | (_, None) => numbers.push(digits.to_owned()),
                // Two numbers beside one another are those of somebody, such as `(02)2345-6789`.
                _ => return false,
            }
        }
        before = Some(piece);
    }
    // A billion, its cents, and no more; a telephone number begins with 0.
    let is_amount = |number: &String| number.len() <= 12 && !(number.starts_with('0') && number.len() > 6);
    numbers.len() <= 2 && numbers.iter().all(is_amount)
}

/// A year, and small numbers; also a fraction of a second and an offset.
fn is_like_a_day(text: &str) -> bool {
    let Some(pieces) = pieces(text, " .,:/-+()'", OF_DAYS) else { return false };
    let (mut years, mut numbers, mut has_time) = (0, 0, false);
    let mut before: Option<Piece<'_>> = None;
    for piece in pieces {
        if let Piece::Digits(digits) = piece {
            numbers += 1;
            match (digits.len(), before) {
                (1 | 2, _) => {}
                (..=9, Some(Piece::Sign('.'))) | (4, Some(Piece::Sign('+' | '-'))) if has_time => {}
                (3 | 4, _) => years += 1,
                // Without separators.
                (8 | 14, _) if digits.starts_with("19") || digits.starts_with("20") => years += 1,
                _ => return false,
            }
        }
        has_time |= piece == Piece::Sign(':');
        before = Some(piece);
    }
    years <= 1 && numbers <= 9
}

/// The pieces of a value; `None` when it has another sign or word than these.
fn pieces<'a>(text: &'a str, signs: &str, words: &[&str]) -> Option<Vec<Piece<'a>>> {
    let mut pieces = Vec::new();
    let mut rest = text;
    while let Some(next) = rest.chars().next() {
        let length = if next.is_ascii_digit() {
            let length = rest.bytes().take_while(u8::is_ascii_digit).count();
            pieces.push(Piece::Digits(&rest[..length]));
            length
        } else if signs.contains(next) {
            pieces.push(Piece::Sign(next));
            next.len_utf8()
        } else if next.is_ascii_alphabetic() {
            // A word of letters is one as a whole.
            let length = rest.bytes().take_while(u8::is_ascii_alphabetic).count();
            let word = &rest[..length];
            words.iter().any(|known| known.eq_ignore_ascii_case(word)).then(|| pieces.push(Piece::Word))?;
            length
        } else {
            let word = words.iter().find(|known| rest.starts_with(**known))?;
            pieces.push(Piece::Word);
            word.len()
        };
        rest = &rest[length..];
    }
    let has_figures = pieces.iter().any(|piece| matches!(piece, Piece::Digits(_)));
    // Without a figure only what no name is made of: signs alone, and what SheetJS writes for no date.
    let is_said = has_figures || text == "Invalid Date" || pieces.iter().all(|piece| matches!(piece, Piece::Sign(_)));
    is_said.then_some(pieces)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_value_that_is_no_amount_and_no_day_is_not_repeated() {
        for shown in [
            "28.000",
            "2.8萬",
            "28000/2期",
            "28000-",
            "(28,000)",
            "2,80,00",
            "US$900",
            "NT$28,000",
            "NTD 28000.5",
            "28000元整",
            "$28,000",
            "46154.83",
            "+1+1",
            "2026/13/45 10:00",
            "05/12/2026",
            "12-05-26",
            "2026-02-30T10:00:00.123+0800",
            "2026-05-12T20:05:11+08:00",
            "中華民國115年5月12日 下午3時5分",
            "2026/5/13 (星期三)",
            "May 13, 2026",
            "20261345",
            "Invalid Date",
            "--",
        ] {
            assert!(is_harmless(shown), "{shown}");
        }
        for withheld in [
            "王小明 付了 500",
            "王小明3600",
            "2026/5/13 王小明",
            "USD 王小明 3600",
            "$3600 陳先生",
            "3600 (02)2345-6789",
            "王小明",
            "(02)2345-6789",
            "02-2345-6789",
            "02 2345 6789",
            "0223456789",
            "(02)23456789",
            "2026/5/13 2345-6789",
            "2026/5/13 23456789",
            "0912345678",
            "0912-345-678",
            "+886 2 2345 6789",
            "3600 Chen",
            "A123456789",
            "伍佰",
            "五月",
            "wang@example.com 1",
            "1234567890123",
            "3600 02-1234567",
            "May",
            "3600 2345 6789",
            "3600 伍佰",
        ] {
            assert!(!is_harmless(withheld), "{withheld}");
        }
        assert_eq!(shown("王小明"), "a text of 3 characters");
        assert_eq!(shown("28.000"), "`28.000`");
    }

    proptest! {
        #[test]
        fn never_panics(text in any::<String>(), close in "[0-9元年 .:/+ETz-]{0,44}") {
            is_harmless(&text);
            is_harmless(&close);
        }
    }
}
