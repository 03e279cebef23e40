//! Days and times as schemas let them be written.

use jiff::civil::{self, Date, Time};
use jiff::fmt::strtime::{self, BrokenDownTime};

use crate::check::field::{Clock, FieldKind};
use crate::check::iso::{self, is_fraction};
use crate::check::typed::Typed;
use crate::check::value::wrong::Wrong;

/// What a `strptime` pattern may hold: the directives of Python and C that jiff reads in the same way.
const DIRECTIVES: &str = "aAbBdefFHhIjmMpRSTyYzD%";

/// Whether values of a kind can be read by a pattern. The error says why not.
pub(in crate::check) fn check_pattern(kind: &FieldKind, pattern: &str) -> Result<(), String> {
    let mut rest = pattern;
    while let Some(at) = rest.find('%') {
        let directive = rest[at + 1..].chars().next();
        let Some(known) = directive.filter(|known| DIRECTIVES.contains(*known)) else {
            let shown = directive.map_or("%".to_owned(), |directive| format!("%{directive}"));
            return Err(format!("`{shown}` in a format is not supported"));
        };
        rest = &rest[at + 1 + known.len_utf8()..];
    }
    if !pattern.contains('%') {
        return Err(format!("format `{pattern}` of type {} is not supported", kind.word()));
    }
    // What a pattern writes it has to read again, whole.
    let sample = civil::date(2026, 5, 12).at(18, 4, 59, 0).to_zoned(jiff::tz::TimeZone::UTC).ok();
    let written = sample.and_then(|sample| strtime::format(pattern, &sample).ok());
    let is_whole = written.is_some_and(|written| match kind {
        FieldKind::Date(_) => date_like(pattern, &written).is_some(),
        FieldKind::Time(_) => time_like(pattern, &written).is_some(),
        _ => moment_like(pattern, &written).is_some(),
    });
    if is_whole { Ok(()) } else { Err(format!("format `{pattern}` does not make a whole {}", kind.word())) }
}

fn broken_down(pattern: &str, text: &str) -> Option<BrokenDownTime> {
    // Python reads an offset with and without its colon.
    strtime::parse(pattern, text)
        .or_else(
            |error| {
                if pattern.contains("%z") { strtime::parse(pattern.replace("%z", "%:z"), text) } else { Err(error) }
            },
        )
        .ok()
}

fn date_like(pattern: &str, text: &str) -> Option<Date> {
    broken_down(pattern, text)?.to_date().ok()
}

fn time_like(pattern: &str, text: &str) -> Option<Time> {
    broken_down(pattern, text)?.to_time().ok()
}

fn moment_like<'a>(pattern: &str, text: &'a str) -> Option<Typed<'a>> {
    let broken_down = broken_down(pattern, text)?;
    if broken_down.offset().is_some() {
        return Some(Typed::Moment { timestamp: broken_down.to_timestamp().ok()?, text: text.into() });
    }
    broken_down.to_datetime().ok().map(Typed::Local)
}

/// A day.
pub(super) fn date(clock: &Clock, text: &str) -> Option<Date> {
    match clock {
        Clock::Iso | Clock::WithOffset => iso::day(text),
        Clock::Any => day_of_any_form(text),
        Clock::Like(pattern) => date_like(pattern, text),
    }
}

/// A time of day.
pub(super) fn time(clock: &Clock, text: &str) -> Option<Time> {
    match clock {
        Clock::Iso | Clock::WithOffset => {
            let (whole, fraction) = text.split_once('.').unwrap_or((text, "0"));
            let is_sound = matches!(whole.as_bytes(), [_, _, b':', _, _, b':', _, _]) && is_fraction(fraction);
            is_sound.then(|| time_of_any_form(text))?
        }
        Clock::Any => time_of_any_form(text),
        Clock::Like(pattern) => time_like(pattern, text),
    }
}

/// A day with its time of day.
pub(super) fn moment<'a>(clock: &Clock, text: &'a str) -> Result<Typed<'a>, Wrong> {
    let typed = match clock {
        Clock::Iso => match iso::moment(text) {
            Some(timestamp) => Some(Typed::Moment { timestamp, text: text.into() }),
            None => iso::civil(text).map(Typed::Local),
        },
        Clock::WithOffset => match iso::moment(text) {
            Some(timestamp) => Some(Typed::Moment { timestamp, text: text.into() }),
            None if iso::civil(text).is_some() => return Err(Wrong::NoOffset),
            None => None,
        },
        Clock::Any => moment_of_any_form(text),
        Clock::Like(pattern) => moment_like(pattern, text),
    };
    typed.ok_or(Wrong::Type)
}

/// A date cell of a workbook, `YYYY-MM-DD`, `YYYY-MM-DDTHH:MM:SS` or `HH:MM:SS`: a day and a time whatever the format
/// that texts have.
pub(super) fn of_cell<'a>(kind: &FieldKind, text: &'a str) -> Result<Typed<'a>, Wrong> {
    let typed = match kind {
        FieldKind::Any => Some(Typed::Text(text.into())),
        FieldKind::Date(_) => iso::day(text).map(Typed::Date),
        FieldKind::Time(_) => time(&Clock::Iso, text).map(Typed::Time),
        FieldKind::Moment(Clock::WithOffset) => return Err(Wrong::NoOffset),
        FieldKind::Moment(_) => {
            let midnight = || iso::day(text).map(|day| day.to_datetime(Time::midnight()));
            iso::civil(text).or_else(midnight).map(Typed::Local)
        }
        _ => None,
    };
    typed.ok_or(Wrong::Type)
}

/// `YYYY`, or more digits, or before our era.
pub(super) fn year(text: &str) -> Option<Typed<'static>> {
    year_number(text).map(Typed::Year)
}

fn year_number(text: &str) -> Option<i64> {
    let digits = text.strip_prefix('-').unwrap_or(text);
    let is_sound = (4..=9).contains(&digits.len())
        && digits.bytes().all(|byte| byte.is_ascii_digit())
        && (digits.len() == 4 || !digits.starts_with('0'));
    is_sound.then(|| text.parse().ok())?
}

/// `YYYY-MM`
pub(super) fn year_month(text: &str) -> Option<Typed<'static>> {
    let (year, month) = text.rsplit_once('-')?;
    let is_month = month.len() == 2 && month.bytes().all(|byte| byte.is_ascii_digit());
    let month: i8 = month.parse().ok().filter(|month| is_month && (1..=12).contains(month))?;
    Some(Typed::YearMonth(year_number(year)?, month))
}

/// A day, the year first: `2026-5-12`, `2026/05/12`, `2026.5.12`, `20260512`.
fn day_of_any_form(text: &str) -> Option<Date> {
    let number = |part: &str, most: usize| -> Option<i16> {
        let is_sound = (1..=most).contains(&part.len()) && part.bytes().all(|byte| byte.is_ascii_digit());
        is_sound.then(|| part.parse().ok())?
    };
    let day = |year: &str, month: &str, day: &str| {
        let (month, day) = (i8::try_from(number(month, 2)?).ok()?, i8::try_from(number(day, 2)?).ok()?);
        Date::new(number(year, 4).filter(|_| year.len() == 4)?, month, day).ok()
    };
    if text.len() == 8 && text.bytes().all(|byte| byte.is_ascii_digit()) {
        return day(&text[..4], &text[4..6], &text[6..]);
    }
    let mark = text.find(['-', '/', '.']).and_then(|at| text[at..].chars().next())?;
    let mut parts = text.split(mark);
    let (year, month, of_month) = (parts.next()?, parts.next()?, parts.next()?);
    if parts.next().is_some() { None } else { day(year, month, of_month) }
}

/// `9:05`, `09:05:30`, `09:05:30.5`
fn time_of_any_form(text: &str) -> Option<Time> {
    let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
    let mut parts = whole.split(':');
    let (hour, minute, second) = (parts.next()?, parts.next()?, parts.next());
    if parts.next().is_some() || (!fraction.is_empty() && second.is_none()) {
        return None;
    }
    let number = |part: &str, least: usize| -> Option<i8> {
        let is_sound = (least..=2).contains(&part.len()) && part.bytes().all(|byte| byte.is_ascii_digit());
        is_sound.then(|| part.parse().ok())?
    };
    let nanosecond = if fraction.is_empty() {
        if text.ends_with('.') { None } else { Some(0) }
    } else {
        is_fraction(fraction).then(|| format!("{fraction:0<9}").parse().ok())?
    };
    let second = second.map_or(Some(0), |second| number(second, 2))?;
    Time::new(number(hour, 1)?, number(minute, 2)?, second, nanosecond?).ok()
}

/// A day of any form, then a space or `T` and a time of any form, then an offset or none; no time is midnight.
fn moment_of_any_form(text: &str) -> Option<Typed<'_>> {
    let Some(at) = text.find(['T', ' ']) else {
        return day_of_any_form(text).map(|day| Typed::Local(day.to_datetime(Time::midnight())));
    };
    let (day, rest) = (day_of_any_form(&text[..at])?, &text[at + 1..]);
    let offset_at = rest.find(['Z', '+', '-']);
    let (time, offset) = rest.split_at(offset_at.unwrap_or(rest.len()));
    let local = day.to_datetime(time_of_any_form(time.trim_end())?);
    if offset.is_empty() {
        return (time == time.trim_end()).then_some(Typed::Local(local));
    }
    let seconds = offset_seconds(offset)?;
    let timestamp = jiff::tz::Offset::from_seconds(seconds).ok()?.to_timestamp(local).ok()?;
    Some(Typed::Moment { timestamp, text: text.into() })
}

/// `Z`, `+08:00`, `+0800` or `+08`
fn offset_seconds(text: &str) -> Option<i32> {
    if text == "Z" {
        return Some(0);
    }
    let sign = if text.starts_with('-') { -1 } else { 1 };
    let digits: String = match &text.as_bytes()[1..] {
        [_, _, b':', _, _] => text[1..].replacen(':', "", 1),
        [_, _] => text[1..].to_owned() + "00",
        [_, _, _, _] => text[1..].to_owned(),
        _ => return None,
    };
    let is_sound = digits.len() == 4 && digits.bytes().all(|byte| byte.is_ascii_digit());
    let (hours, minutes): (i32, i32) =
        is_sound.then(|| Some((digits[..2].parse().ok()?, digits[2..].parse().ok()?)))??;
    (hours <= 14 && minutes <= 59).then_some(sign * (hours * 3600 + minutes * 60))
}
