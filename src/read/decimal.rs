//! Decimal numbers as they are written, without floating point.
//!
//! Invariant: one number has one representation, so that equal numbers are equal however they were written.

use std::cmp::Ordering;
use std::fmt;

/// Most digits and most zeros that a number may have; no amount or measure needs more.
const MOST_DIGITS: usize = 64;

/// A decimal number: its significant digits, and how many of them stand after the point.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Decimal {
    negative: bool,
    /// No leading and no trailing zero; empty for zero.
    digits: String,
    /// Digits after the point; negative when zeros follow the digits.
    scale: i32,
}

/// Whether a text is a number as JSON writes it: `-12`, `0.5`, `1E+3`; no `+5`, `.5`, `007`, `28,000`.
pub fn is_number(text: &str) -> bool {
    parts(text).is_some()
}

/// Sign, digits before the point, digits after it, exponent.
fn parts(text: &str) -> Option<(bool, &str, &str, &str)> {
    let negative = text.starts_with('-');
    let (mantissa, exponent) = match text.find(['e', 'E']) {
        Some(at) => (&text[..at], &text[at + 1..]),
        None => (text, "0"),
    };
    let mantissa = mantissa.strip_prefix('-').unwrap_or(mantissa);
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, "0"));
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    let whole_is_plain = digits(whole) && (whole.len() == 1 || !whole.starts_with('0'));
    let exponent_digits = exponent.strip_prefix(['+', '-']).unwrap_or(exponent);
    (whole_is_plain && digits(fraction) && digits(exponent_digits)).then_some((negative, whole, fraction, exponent))
}

/// A number as JSON writes it in millionths, when it has at most twelve digits before the point and six behind it, and no
/// exponent: exact, and soon compared.
pub fn millionths(text: &str) -> Option<i64> {
    let (is_negative, digits) = match text.as_bytes() {
        [b'-', digits @ ..] => (true, digits),
        digits => (false, digits),
    };
    // Twelve digits, the point, six digits: as many as 64 bits can hold.
    if digits.len() > 19 {
        return None;
    }
    let (mut number, mut point) = (0_u64, digits.len());
    for (at, byte) in digits.iter().enumerate() {
        match byte {
            b'0'..=b'9' => number = number * 10 + u64::from(byte - b'0'),
            b'.' if point == digits.len() => point = at,
            _ => return None,
        }
    }
    let is_padded = point > 1 && digits[0] == b'0';
    let decimals =
        if point == digits.len() { Some(0) } else { Some(digits.len() - point - 1).filter(|count| *count > 0) };
    if point == 0 || point > 12 || is_padded {
        return None;
    }
    let factor = [1_000_000, 100_000, 10_000, 1_000, 100, 10, 1].get(decimals?)?;
    let number = i64::try_from(number * factor).ok()?;
    Some(if is_negative { -number } else { number })
}

impl Decimal {
    /// Reads a number as JSON writes it. `None` when it is none, or has more than 64 digits or zeros.
    pub fn parse(text: &str) -> Option<Self> {
        let (negative, whole, fraction, exponent) = parts(text)?;
        let digits = format!("{whole}{fraction}");
        let exponent: i32 = exponent.parse().ok()?;
        let scale = i32::try_from(fraction.len()).ok()?.checked_sub(exponent)?;
        let number = Self { negative, digits, scale }.normal();
        let zeros = usize::try_from(number.scale.unsigned_abs()).ok()?;
        (number.digits.len() <= MOST_DIGITS && zeros <= MOST_DIGITS).then_some(number)
    }

    /// Without leading zeros, trailing zeros and a negative zero.
    fn normal(mut self) -> Self {
        let significant = self.digits.trim_end_matches('0').len();
        let dropped = self.digits.len() - significant;
        self.digits.truncate(significant);
        self.scale = self.scale.saturating_sub(i32::try_from(dropped).unwrap_or(i32::MAX));
        self.digits = self.digits.trim_start_matches('0').to_owned();
        if self.digits.is_empty() {
            return Self { negative: false, digits: String::new(), scale: 0 };
        }
        self
    }

    /// Whether there is nothing after the point.
    pub fn is_whole(&self) -> bool {
        self.scale <= 0
    }

    /// How many digits stand before the point; 0 for a number below 1, less when zeros follow the point.
    pub fn magnitude(&self) -> i32 {
        i32::try_from(self.digits.len()).unwrap_or(i32::MAX).saturating_sub(self.scale)
    }

    /// Rounded half up to so many significant digits. Spreadsheet programs store `1.1` as `1.1000000000000001` and
    /// show, like we do, 15 digits.
    #[must_use]
    pub fn rounded(self, significant: usize) -> Self {
        let Some(next) = self.digits.as_bytes().get(significant).copied() else { return self };
        let dropped = i32::try_from(self.digits.len() - significant).unwrap_or(i32::MAX);
        let mut digits = self.digits.as_bytes()[..significant].to_vec();
        if next >= b'5' {
            // 9 becomes 0 and carries; a number of nines gets one digit more.
            if let Some(at) = digits.iter().rposition(|digit| *digit != b'9') {
                digits[at] += 1;
                digits[at + 1..].fill(b'0');
            } else {
                digits.fill(b'0');
                digits.insert(0, b'1');
            }
        }
        let digits = digits.into_iter().map(char::from).collect();
        Self { negative: self.negative, digits, scale: self.scale.saturating_sub(dropped) }.normal()
    }
}

/// Plain digits, no exponent.
impl fmt::Display for Decimal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.digits.is_empty() {
            return f.write_str("0");
        }
        if self.negative {
            f.write_str("-")?;
        }
        let after_point = usize::try_from(self.scale).unwrap_or(0);
        if self.scale <= 0 {
            let zeros = usize::try_from(self.scale.unsigned_abs()).unwrap_or(0);
            write!(f, "{}{}", self.digits, "0".repeat(zeros))
        } else if let Some(split) = self.digits.len().checked_sub(after_point).filter(|split| *split > 0) {
            write!(f, "{}.{}", &self.digits[..split], &self.digits[split..])
        } else {
            write!(f, "0.{}{}", "0".repeat(after_point - self.digits.len()), self.digits)
        }
    }
}

impl Ord for Decimal {
    fn cmp(&self, other: &Self) -> Ordering {
        let sign = |number: &Self| match (number.digits.is_empty(), number.negative) {
            (true, _) => 0,
            (false, true) => -1,
            (false, false) => 1,
        };
        let size = (self.magnitude(), &self.digits).cmp(&(other.magnitude(), &other.digits));
        sign(self).cmp(&sign(other)).then(if self.negative { size.reverse() } else { size })
    }
}

impl PartialOrd for Decimal {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn check(text: &str) -> String {
        Decimal::parse(text).map_or("-".to_owned(), |number| number.to_string())
    }

    #[test]
    fn one_number_has_one_text() {
        for (written, plain) in [
            ("0", "0"),
            ("-0.00", "0"),
            ("28000", "28000"),
            ("28000.50", "28000.5"),
            ("-0.050", "-0.05"),
            ("2.5E+3", "2500"),
            ("25e-4", "0.0025"),
            ("1E64", &format!("1{}", "0".repeat(64))),
        ] {
            assert_eq!(check(written), plain, "{written}");
        }
        for wrong in
            ["", "-", "+5", ".5", "5.", "007", "28,000", "1E", "1E+", "0x1", "1E65", "１", "1E99999999999", "--1"]
        {
            assert_eq!(check(wrong), "-", "{wrong}");
        }
    }

    #[test]
    fn rounding_undoes_what_binary_storage_adds() {
        for (stored, meant) in [
            ("1.1000000000000001", "1.1"),
            ("0.30000000000000004", "0.3"),
            ("999999999999999.96", "1000000000000000"),
            ("123456789012345", "123456789012345"),
            ("-28000.099999999999", "-28000.1"),
            ("46154.834027777775", "46154.8340277778"),
        ] {
            assert_eq!(Decimal::parse(stored).unwrap().rounded(15).to_string(), meant, "{stored}");
        }
    }

    proptest! {
        #[test]
        fn millionths_are_the_same_numbers(one in "-?[0-9]{1,13}([.][0-9]{0,7})?(e1)?", other in "-?[0-9]{1,3}([.][0-9]{1,3})?") {
            if let Some(short) = millionths(&one) {
                let long = Decimal::parse(&one).unwrap();
                if let Some(other_short) = millionths(&other) {
                    prop_assert_eq!(short.cmp(&other_short), long.cmp(&Decimal::parse(&other).unwrap()));
                }
            }
        }
        #[test]
        fn order_is_that_of_the_numbers(a in -100_000i64..100_000, b in -100_000i64..100_000, zeros in 0usize..3) {
            // Thousandths, written with a point and with trailing zeros.
            let written = |number: i64| {
                let sign = if number < 0 { "-" } else { "" };
                let size = number.abs();
                Decimal::parse(&format!("{sign}{}.{:03}{}", size / 1000, size % 1000, "0".repeat(zeros))).unwrap()
            };
            prop_assert_eq!(written(a).cmp(&written(b)), a.cmp(&b));
        }

        #[test]
        fn never_panics(text in "[-+.eE0-9]{0,30}", digits in 0usize..20) {
            if let Some(number) = Decimal::parse(&text) {
                let plain = number.to_string();
                prop_assert_eq!(Decimal::parse(&plain), Some(number.clone()));
                number.rounded(digits).to_string();
            }
        }
    }
}
