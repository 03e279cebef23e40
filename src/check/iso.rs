//! Days, moments and lengths of time as ISO 8601 and those that follow it write them, each in one way.

use std::cmp::Ordering;

use jiff::civil::{Date, DateTime};
use jiff::{Span, Timestamp, Unit};

/// A day written `YYYY-MM-DD` and in no other way.
pub fn day(text: &str) -> Option<Date> {
    matches(text, "0000-00-00").then(|| text.parse().ok())?
}

/// A moment written as RFC 3339 has it, with `T` and an offset.
pub fn moment(text: &str) -> Option<Timestamp> {
    let offset = match text.strip_suffix('Z') {
        Some(rest) => rest.len(),
        None => text.len().checked_sub("+00:00".len())?,
    };
    let (civil, offset) = text.split_at_checked(offset)?;
    let offset_is_sound = offset == "Z" || matches(offset, "+00:00") || matches(offset, "-00:00");
    (offset_is_sound && is_civil(civil)).then(|| text.parse().ok())?
}

/// A moment without an offset: `2026-05-12T18:00:00`.
pub(super) fn civil(text: &str) -> Option<DateTime> {
    is_civil(text).then(|| text.parse().ok())?
}

fn is_civil(text: &str) -> bool {
    let (whole, fraction) = text.split_once('.').unwrap_or((text, "0"));
    matches(whole, "0000-00-00T00:00:00") && is_fraction(fraction)
}

/// The digits of a part of a second.
pub(super) fn is_fraction(text: &str) -> bool {
    (1..=9).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_digit())
}

/// Whether a text is like a pattern in which `0` stands for any digit.
fn matches(text: &str, pattern: &str) -> bool {
    text.len() == pattern.len()
        && text.bytes().zip(pattern.bytes()).all(|(byte, like)| match like {
            b'0' => byte.is_ascii_digit(),
            like => byte == like,
        })
}

/// A length of time: months and nanoseconds, which no number of days makes equal.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Duration {
    months: i64,
    nanoseconds: i128,
}

impl Duration {
    /// `P1Y2M3DT4H5M6.7S` as XML Schema has it. `None` when it is none, or longer than can be counted.
    pub(super) fn parse(text: &str) -> Option<Self> {
        const SECOND: i128 = 1_000_000_000;
        let (sign, rest) = text.strip_prefix('-').map_or((1, text), |rest| (-1, rest));
        let rest = rest.strip_prefix('P')?;
        let (days, clock) = match rest.split_once('T') {
            Some((_, "")) => return None,
            Some((days, clock)) => (days, clock),
            None => (rest, ""),
        };
        if days.is_empty() && clock.is_empty() {
            return None;
        }
        let mut duration = Self { months: 0, nanoseconds: 0 };
        for (part, units) in [
            (days, &[('Y', 0), ('M', 0), ('D', 86_400 * SECOND)]),
            (clock, &[('H', 3_600 * SECOND), ('M', 60 * SECOND), ('S', SECOND)]),
        ] {
            let mut rest = part;
            for (unit, nanoseconds) in units {
                let Some(at) =
                    rest.find(*unit).filter(|at| rest[..*at].bytes().all(|b| b.is_ascii_digit() || b == b'.'))
                else {
                    continue;
                };
                let number = &rest[..at];
                rest = &rest[at + 1..];
                let (whole, fraction) = number.split_once('.').unwrap_or((number, "0"));
                let has_fraction = number.contains('.');
                if whole.is_empty() || whole.contains('.') || (has_fraction && (*unit != 'S' || !is_fraction(fraction)))
                {
                    return None;
                }
                let whole: i64 = whole.parse().ok()?;
                match (*unit, *nanoseconds) {
                    ('Y', _) => duration.months = duration.months.checked_add(whole.checked_mul(12)?)?,
                    (_, 0) => duration.months = duration.months.checked_add(whole)?,
                    (_, nanoseconds) => {
                        let fraction: i128 = format!("{fraction:0<9}").parse().ok()?;
                        let length = i128::from(whole) * nanoseconds + if has_fraction { fraction } else { 0 };
                        duration.nanoseconds = duration.nanoseconds.checked_add(length)?;
                    }
                }
            }
            if !rest.is_empty() {
                return None;
            }
        }
        Some(Self { months: sign * duration.months, nanoseconds: i128::from(sign) * duration.nanoseconds })
    }

    pub(super) fn key(self) -> String {
        format!("{} {}", self.months, self.nanoseconds)
    }

    /// As XML Schema compares: by the ends that two lengths reach from four days that were chosen for it. `None` when
    /// those do not agree.
    pub(super) fn compare(&self, other: &Self) -> Option<Ordering> {
        let from = [(1696, 9), (1697, 2), (1903, 3), (1903, 7)];
        let orders = from.map(|(year, month)| {
            let start = Date::new(year, month, 1).ok()?;
            Some(self.end(start)?.cmp(&other.end(start)?))
        });
        let [first, ..] = orders;
        orders.iter().all(|order| *order == first).then_some(first)?
    }

    /// Nanoseconds from a day to the end of the length that begins there.
    fn end(self, start: Date) -> Option<i128> {
        let months = Span::new().try_months(self.months).ok()?;
        let days = start.until((Unit::Day, start.checked_add(months).ok()?)).ok()?.get_days();
        Some(i128::from(days) * 86_400_000_000_000 + self.nanoseconds)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_and_moments_are_written_in_one_way() {
        for good in ["2026-05-12T18:00:00+08:00", "2026-05-12T10:00:00.123456789Z", "2026-12-31T23:59:60Z"] {
            assert!(moment(good).is_some(), "{good}");
        }
        for bad in [
            "2026-05-12T18:00:00",
            "2026-05-12 18:00:00+08:00",
            "2026-05-12T18:00+08:00",
            "2026-05-12T18:00:00+0800",
            "2026-05-12",
            "2026-02-30T18:00:00Z",
            "2026-05-12T25:00:00Z",
            "2026-05-12T18:00:00+08:00[Asia/Taipei]",
            "",
            "Z",
            "中文中文中文",
            "2026-05-12T18:00:00.Z",
        ] {
            assert!(moment(bad).is_none(), "{bad}");
        }
        assert!(
            civil("2026-05-12T18:00:00").is_some()
                && civil("2026-05-12").is_none()
                && civil("2026-13-12T18:00:00").is_none()
        );
        assert!(day("2026-05-12").is_some());
        for bad in ["2026-5-12", "20260512", "2026-02-30", "2026-05-12T00:00:00", "２０２６-05-12"] {
            assert!(day(bad).is_none(), "{bad}");
        }
    }
}
