//! An amount: whole TWD, exact, and only where a cell has one reading.

use std::borrow::Cow;

use crate::kinds::data_gap::orders::codes;
use crate::kinds::data_gap::orders::status::Status;
use crate::kinds::data_gap::orders::text::fold;
use crate::kinds::data_gap::orders::wrong::Wrong;
use crate::read::currency::is_foreign;
use crate::read::decimal::Decimal;

/// Largest amount of one order. A larger one is a wrong column or a slip.
const MOST: i64 = 1_000_000_000;
/// Significant digits that a spreadsheet program keeps.
const SPREADSHEET_DIGITS: usize = 15;

const WHOLE: &str = "write whole TWD as digits alone, such as 28000";

/// Signs and words for TWD, before or behind the number; longer ones first.
const OURS_BEFORE: [&str; 9] = ["NT$", "NTD$", "NTD", "TWD$", "TWD", "新台幣", "新臺幣", "台幣", "臺幣"];
const OURS_BEHIND: [&str; 6] = ["元整", "元", "圓整", "圓", "NTD", "TWD"];
/// An amount as it was read from a cell.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Amount {
    /// Whole TWD; negative where the cell says so.
    pub twd: i64,
    /// Whether the cell was written otherwise than as digits.
    pub normalised: bool,
}

/// Reads an amount from a text.
pub(super) fn of_text(text: &str) -> Result<Amount, Wrong> {
    if let Some(twd) = plain(text.as_bytes()) {
        return Ok(Amount { twd, normalised: false });
    }
    let folded = fold(text);
    let twd = parse(&folded)?;
    Ok(Amount { twd, normalised: text != twd.to_string() })
}

/// Reads an amount from a number cell. Spreadsheet programs store `28000` with 17 digits and show 15.
pub(super) fn of_number(number: &str) -> Result<Amount, Wrong> {
    let Some(decimal) = Decimal::parse(number) else { return Err(invalid()) };
    let decimal = decimal.rounded(SPREADSHEET_DIGITS);
    if !decimal.is_whole() {
        return Err(not_whole());
    }
    let Ok(twd) = decimal.to_string().parse::<i64>() else { return Err(too_large()) };
    within(twd).map(|twd| Amount { twd, normalised: false })
}

/// The amount that a row of this status stands for. A refund may be written as a negative amount; nothing else may.
pub(super) fn with_status(amount: Amount, status: Option<Status>) -> Result<Amount, Wrong> {
    match status {
        _ if amount.twd >= 0 => Ok(amount),
        Some(Status::Refunded | Status::PartialRefund) => Ok(Amount { twd: -amount.twd, normalised: true }),
        _ => Err(Wrong::new(
            &codes::NEGATIVE_AMOUNT,
            "is negative in a row that is not refunded",
            "correct the amount, or the status if this is a refund",
        )),
    }
}

/// An amount that is written as it should be: at most nine digits without a zero in front.
pub(super) fn plain(text: &[u8]) -> Option<i64> {
    if text.is_empty() || text.len() > 9 || (text[0] == b'0' && text.len() > 1) {
        return None;
    }
    text.iter().try_fold(0, |number, byte| byte.is_ascii_digit().then(|| number * 10 + i64::from(byte - b'0')))
}

fn parse(text: &str) -> Result<i64, Wrong> {
    // Without letters and signs there is no currency.
    if text.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.') {
        return digits(text);
    }
    let upper = text.to_uppercase();
    if is_foreign(&upper) {
        let message = "is in another currency than TWD";
        return Err(Wrong::showing(&codes::CURRENCY, message, "give the amount in TWD; nothing is converted"));
    }
    let (mut negative, rest) = match upper.strip_prefix('(').and_then(|rest| rest.strip_suffix(')')) {
        Some(inner) => (true, inner.trim()),
        None => signed(&upper),
    };
    let rest = OURS_BEFORE.iter().find_map(|sign| rest.strip_prefix(sign)).unwrap_or(rest).trim_start();
    // `NT$(28,000)`
    let rest = match rest.strip_prefix('(').and_then(|rest| rest.strip_suffix(')')).filter(|_| !negative) {
        Some(inner) => {
            negative = true;
            inner.trim()
        }
        None => rest,
    };
    let rest = if negative {
        rest
    } else {
        let (behind, rest) = signed(rest);
        negative = behind;
        rest
    };
    let rest = OURS_BEHIND.iter().find_map(|sign| rest.strip_suffix(sign)).unwrap_or(rest).trim_end();
    if let Some(behind) = rest.strip_prefix('$') {
        if digits(behind).is_ok() {
            return Err(Wrong::showing(&codes::AMBIGUOUS_AMOUNT, "`$` can be TWD or another currency", WHOLE));
        }
        return Err(invalid());
    }
    let twd = digits(rest)?;
    Ok(if negative { -twd } else { twd })
}

/// Whether there is a minus in front, and what follows the sign.
fn signed(text: &str) -> (bool, &str) {
    match text.strip_prefix('-') {
        Some(rest) => (true, rest.trim_start()),
        None => (false, text.strip_prefix('+').unwrap_or(text)),
    }
}

/// Reads digits in groups of three or none, with nothing but zeros behind a point.
fn digits(number: &str) -> Result<i64, Wrong> {
    let is_digits = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
    let (whole, fraction) = match number.split_once('.') {
        Some((whole, fraction)) => (whole, Some(fraction)),
        None => (number, None),
    };
    let plain = if whole.contains(',') {
        let mut groups = whole.split(',');
        let first = groups.next().unwrap_or_default();
        if !is_digits(first)
            || first.len() > 3
            || first.starts_with('0')
            || !groups.all(|group| group.len() == 3 && is_digits(group))
        {
            return Err(invalid());
        }
        Cow::Owned(whole.replace(',', ""))
    } else {
        Cow::Borrowed(whole)
    };
    if !is_digits(&plain) {
        return Err(invalid());
    }
    if let Some(fraction) = fraction {
        let groups = fraction.split(['.', ',']).all(|group| group.len() == 3 && is_digits(group));
        // A point before three digits is how half the world writes thousands.
        if groups && !whole.contains(',') && plain.len() <= 3 && !plain.starts_with('0') {
            return Err(Wrong::showing(&codes::AMBIGUOUS_AMOUNT, "can be read in two ways", WHOLE));
        }
        if !is_digits(fraction) {
            return Err(invalid());
        }
        if fraction.bytes().any(|byte| byte != b'0') {
            return Err(not_whole());
        }
    }
    let significant = plain.trim_start_matches('0');
    if significant.is_empty() {
        return Ok(0);
    }
    let Ok(twd) = significant.parse::<i64>() else { return Err(too_large()) };
    within(twd)
}

fn within(twd: i64) -> Result<i64, Wrong> {
    if twd.unsigned_abs() > MOST.unsigned_abs() { Err(too_large()) } else { Ok(twd) }
}

fn invalid() -> Wrong {
    Wrong::showing(&codes::INVALID_AMOUNT, "is not an amount", WHOLE)
}

fn not_whole() -> Wrong {
    Wrong::showing(&codes::INVALID_AMOUNT, "is not whole TWD", WHOLE)
}

fn too_large() -> Wrong {
    Wrong::showing(&codes::INVALID_AMOUNT, "is more than 1000000000", WHOLE)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn check(text: &str) -> String {
        of_text(text).map_or_else(
            |wrong| wrong.code.id.to_owned(),
            |amount| format!("{}{}", amount.twd, if amount.normalised { "*" } else { "" }),
        )
    }

    #[test]
    fn an_amount_has_one_reading_or_none() {
        for (text, expected) in [
            ("28000", "28000"),
            ("0", "0"),
            ("NT$28,000", "28000*"),
            ("nt$ 28,000", "28000*"),
            ("28,000元", "28000*"),
            ("NT$(28,000)", "-28000*"),
            ("NT$ ( 28,000 )", "-28000*"),
            ("(NT$28,000)", "-28000*"),
            ("-NT$(28,000)", "invalid_amount"),
            ("(NT$(28,000))", "invalid_amount"),
            ("NT$(-28,000)", "invalid_amount"),
            ("900円", "currency"),
            ("28000 元整", "28000*"),
            ("新台幣28,000元", "28000*"),
            ("28000.00", "28000*"),
            ("28,000.00", "28000*"),
            ("28000.000", "28000*"),
            (" 28000 ", "28000*"),
            ("TWD 28000", "28000*"),
            ("２８，０００", "28000*"),
            ("+28000", "28000*"),
            ("28.00", "28*"),
            ("=\"28000\"", "28000*"),
            ("1,000,000,000", "1000000000*"),
            ("-28000", "-28000"),
            ("(28,000)", "-28000*"),
            ("-NT$28,000", "-28000*"),
            ("NT$-28,000", "-28000*"),
            ("−28000", "-28000*"),
            ("28.000", "ambiguous_amount"),
            ("1.234.567", "ambiguous_amount"),
            ("28.000,000", "ambiguous_amount"),
            ("$28,000", "ambiguous_amount"),
            ("2.8萬", "invalid_amount"),
            ("二萬八千", "invalid_amount"),
            ("28000-", "invalid_amount"),
            ("2,80,00", "invalid_amount"),
            ("28,00", "invalid_amount"),
            ("0,280", "invalid_amount"),
            ("28000/2期", "invalid_amount"),
            ("28000.5", "invalid_amount"),
            ("28000.", "invalid_amount"),
            ("28 000", "invalid_amount"),
            ("--28000", "invalid_amount"),
            ("2.8E+04", "invalid_amount"),
            ("N/A", "invalid_amount"),
            ("1000000001", "invalid_amount"),
            ("99999999999999999999", "invalid_amount"),
            ("US$900", "currency"),
            ("900 usd", "currency"),
            ("￥28000", "currency"),
            ("28000日圓", "currency"),
        ] {
            assert_eq!(check(text), expected, "{text}");
        }
    }

    #[test]
    fn number_cells_are_exact() {
        let check = |number| of_number(number).map_or_else(|wrong| wrong.code.id.to_owned(), |a| a.twd.to_string());
        for (number, expected) in [
            ("28000", "28000"),
            ("28000.000000000004", "28000"),
            ("2.8E4", "28000"),
            ("-28000", "-28000"),
            ("28000.5", "invalid_amount"),
            ("1E300", "invalid_amount"),
            ("1e12", "invalid_amount"),
        ] {
            assert_eq!(check(number), expected, "{number}");
        }
    }

    #[test]
    fn only_refunds_may_be_negative() {
        let amount = of_text("(28,000)").unwrap();
        assert_eq!(with_status(amount, Some(Status::Refunded)).unwrap().twd, 28000);
        for status in [None, Some(Status::Paid), Some(Status::Pending), Some(Status::Failed)] {
            assert_eq!(with_status(amount, status).unwrap_err().code.id, "negative_amount");
        }
    }

    proptest! {
        #[test]
        fn never_panics(text in "[-+(]?(NT\\$|US\\$)?[0-9,.元萬)]{0,30}|\\PC{0,20}") {
            let _ = of_text(&text);
            let _ = of_number(&text);
        }

        #[test]
        fn grouping_changes_nothing(twd in 0..=MOST) {
            let digits = twd.to_string();
            let mut grouped = String::new();
            for (at, digit) in digits.char_indices() {
                if at > 0 && (digits.len() - at).is_multiple_of(3) {
                    grouped.push(',');
                }
                grouped.push(digit);
            }
            prop_assert_eq!(of_text(&grouped).unwrap().twd, twd);
            prop_assert_eq!(of_text(&format!("{grouped}.00")).unwrap().twd, twd);
            prop_assert_eq!(of_number(&digits).unwrap().twd, twd);
        }
    }
}
