//! When an order was made: a moment in the window's time zone, and only where a cell has one reading.
//!
//! Sources of the forms: ISO 8601, what Excel writes in Taiwan (`2026/5/12 下午 08:05`), the ROC calendar
//! (year 1 is 1912), and the exports of Kolable and Shopify.

use jiff::ToSpan;
use jiff::civil::{Date, DateTime, Time};
use jiff::tz::{Offset, TimeZone};

use crate::kinds::data_gap::orders::codes;
use crate::kinds::data_gap::orders::text::fold;
use crate::kinds::data_gap::orders::wrong::Wrong;

/// A moment as it was read from a cell.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Moment {
    /// In the time zone of the window.
    pub at: DateTime,
    /// Whether the cell names its offset from UTC.
    pub has_offset: bool,
    /// Whether the cell has a time of day; without one it is 00:00.
    pub has_time: bool,
    /// Whether the cell was written otherwise than `YYYY-MM-DD` or `YYYY/MM/DD` with a time of 24 hours.
    pub normalised: bool,
}

const FORM: &str = "write it as 2026-05-12 20:05";
/// What is added to a year of the ROC calendar.
const ROC: i32 = 1911;

/// A time zone, and the years around the window in which its clocks are not changed.
#[derive(Clone, Copy, Debug)]
pub(super) struct Zone<'a> {
    rules: &'a TimeZone,
    /// The offset in seconds that holds between two moments of the zone.
    steady: i32,
    from: DateTime,
    until: DateTime,
}

impl<'a> Zone<'a> {
    /// The zone, with nothing looked up: for few moments.
    pub(super) fn of(zone: &'a TimeZone) -> Self {
        Self { rules: zone, steady: 0, from: DateTime::MAX, until: DateTime::MIN }
    }

    /// The zone, with the days around this one looked up.
    pub(super) fn new(zone: &'a TimeZone, day: Date) -> Self {
        let nothing = Self::of(zone);
        let Ok(here) = day.to_datetime(Time::midnight()).to_zoned(zone.clone()) else { return nothing };
        let (here, offset) = (here.timestamp(), here.offset());
        // A day or two less, since what is compared are civil times.
        let day_of = |timestamp, days: i64| offset.to_datetime(timestamp).saturating_add(days.days());
        let from = zone
            .preceding(here)
            .next()
            .map_or(DateTime::MIN.saturating_add(2.days()), |change| day_of(change.timestamp(), 1));
        let until = zone
            .following(here)
            .next()
            .map_or(DateTime::MAX.saturating_sub(2.days()), |change| day_of(change.timestamp(), -1));
        Self { rules: zone, steady: offset.seconds(), from, until }
    }
}

/// Reads a moment; one without an offset is of this time zone.
pub(super) fn read(text: &str, zone: &Zone<'_>) -> Result<Moment, Wrong> {
    if let Some(moment) = plain(text.as_bytes(), zone) {
        return Ok(moment);
    }
    careful(text, zone)
}

fn careful(text: &str, zone: &Zone<'_>) -> Result<Moment, Wrong> {
    let folded = fold(text);
    let mut scan = Scan { rest: &folded };
    let Some(mut written) = scan.moment() else { return Err(fault(&folded)) };
    written.normalised |= folded != text;
    let none = || Wrong::showing(&codes::INVALID_DATE, "is no date that exists", FORM);
    let field = |value: u32| i8::try_from(value).map_err(|_| none());
    let year = i16::try_from(written.year).map_err(|_| none())?;
    let (month, day) = (field(written.month)?, field(written.day)?);
    let (hour, minute, second) = (field(written.hour)?, field(written.minute)?, field(written.second)?);
    let civil = DateTime::new(year, month, day, hour, minute, second, 0).map_err(|_| none())?;
    if written.weekday.is_some_and(|day| day != civil.weekday().to_monday_one_offset()) {
        return Err(Wrong::showing(&codes::INVALID_DATE, "names another day of the week than that day is", FORM));
    }
    let at = match written.offset {
        Some(seconds) => {
            let offset = Offset::from_seconds(seconds).map_err(|_| none())?;
            zone.rules.to_datetime(offset.to_timestamp(civil).map_err(|_| none())?)
        }
        None => civil,
    };
    let (has_offset, has_time) = (written.offset.is_some(), written.has_time);
    Ok(Moment { at, has_offset, has_time, normalised: written.normalised })
}

/// A moment as programs write it, `2026-05-12T20:05:09+08:00`, with the offset of the zone or none. What is written in
/// any other way, or does not exist, has to be read with more care.
pub(super) fn plain(text: &[u8], zone: &Zone<'_>) -> Option<Moment> {
    let (civil, offset) = text.split_first_chunk::<19>()?;
    if [civil[4], civil[7], civil[10], civil[13], civil[16]] != *b"--T::" {
        return None;
    }
    let number = |at: usize| two(civil[at], civil[at + 1]);
    let (century, year) = (number(0), number(2));
    let at = DateTime::new(
        i16::from(century) * 100 + i16::from(year),
        number(5),
        number(8),
        number(11),
        number(14),
        number(17),
        0,
    )
    .ok()?;
    if century == NO_NUMBER || year == NO_NUMBER {
        return None;
    }
    if let [sign @ (b'+' | b'-'), hour, hours, b':', minute, minutes] = *offset {
        let [hours, minutes] = [two(hour, hours), two(minute, minutes)];
        let seconds = i32::from(hours) * 3600 + i32::from(minutes) * 60;
        let seconds = if sign == b'-' { -seconds } else { seconds };
        if hours == NO_NUMBER || minutes > 59 || seconds != zone.steady || !(zone.from..=zone.until).contains(&at) {
            return None;
        }
    } else if !offset.is_empty() {
        return None;
    }
    Some(Moment { at, has_offset: !offset.is_empty(), has_time: true, normalised: false })
}

/// What stands for no number: no month, no day and no time of day.
const NO_NUMBER: i8 = i8::MAX;

/// A number of two digits, or [`NO_NUMBER`].
fn two(ten: u8, one: u8) -> i8 {
    let [ten, one] = [ten, one].map(|digit| digit.wrapping_sub(b'0'));
    if ten > 9 || one > 9 { NO_NUMBER } else { (ten * 10 + one).cast_signed() }
}

/// Why a text is no moment.
fn fault(text: &str) -> Wrong {
    let looks = |form: &[&str]| {
        let mut rest = text;
        form.iter().all(|part| {
            let end = match *part {
                "#" => rest.bytes().take_while(u8::is_ascii_digit).count(),
                _ => usize::from(rest.starts_with(['/', '-', '.'])),
            };
            rest = &rest[end..];
            end == 1 || (end == 2 && *part == "#")
        })
    };
    if looks(&["#", "/", "#"]) {
        return Wrong::showing(&codes::AMBIGUOUS_DATE, "has more than one reading as a date", FORM);
    }
    let (whole, fraction) = text.split_once('.').unwrap_or((text, "0"));
    let is_serial =
        whole.len() == 5 && [whole, fraction].iter().all(|part| part.bytes().all(|byte| byte.is_ascii_digit()));
    if is_serial {
        return Wrong::showing(
            &codes::INVALID_DATE,
            "is a number, perhaps a date that lost its format",
            "format the column as a date, or as text with 2026-05-12 20:05",
        );
    }
    Wrong::showing(&codes::INVALID_DATE, "is not a date", FORM)
}

/// The parts of a moment as they are written.
#[derive(Default)]
struct Written {
    year: i32,
    month: u32,
    day: u32,
    hour: u32,
    minute: u32,
    second: u32,
    has_time: bool,
    /// Seconds east of UTC.
    offset: Option<i32>,
    normalised: bool,
    /// The day of the week that is named, from 1 for Monday.
    weekday: Option<i8>,
}

struct Scan<'a> {
    rest: &'a str,
}

impl Scan<'_> {
    fn moment(&mut self) -> Option<Written> {
        let mut written = self.day()?;
        self.weekday(&mut written)?;
        if self.rest.is_empty() {
            return Some(written);
        }
        let spaces = self.spaces();
        if !self.take("T") && !self.take("t") && !spaces && !self.rest.starts_with(['上', '下']) {
            return None;
        }
        self.time(&mut written)?;
        self.rest.is_empty().then_some(written)
    }

    fn day(&mut self) -> Option<Written> {
        let named = self.take("民國") || self.take("中華民國");
        self.spaces();
        let (year, length) = self.number(8)?;
        let mut written = Written::default();
        if length == 8 && !named {
            let number = i32::try_from(year).ok()?;
            let (month, day) = (year / 100 % 100, year % 100);
            return Some(Written { year: number / 10_000, month, day, normalised: true, ..written });
        }
        let year = i32::try_from(year).ok()?;
        written.year = match length {
            4 if !named => year,
            3 if named || year >= 100 => year + ROC,
            1 | 2 if named => year + ROC,
            _ => return None,
        };
        written.normalised = length != 4;
        if self.unit("年") {
            self.spaces();
            written.month = self.number(2)?.0;
            self.unit("月").then_some(())?;
            self.spaces();
            written.day = self.number(2)?.0;
            self.unit("日").then_some(())?;
            written.normalised = true;
        } else {
            let separator = ["-", "/", "."].into_iter().find(|separator| self.rest.starts_with(separator))?;
            self.needs(separator)?;
            written.month = self.number(2)?.0;
            self.needs(separator)?;
            written.day = self.number(2)?.0;
        }
        Some(written)
    }

    /// The day of the week behind a day, `星期三`, `週三` or `(三)`, if there is one.
    fn weekday(&mut self, written: &mut Written) -> Option<()> {
        let before = self.rest;
        self.spaces();
        let in_brackets = self.take("(");
        let named = ["星期", "禮拜", "週", "周"].into_iter().any(|word| self.take(word));
        if !in_brackets && !named {
            self.rest = before;
            return Some(());
        }
        let day = [["一"; 2], ["二"; 2], ["三"; 2], ["四"; 2], ["五"; 2], ["六"; 2], ["日", "天"]]
            .iter()
            .position(|names| names.iter().any(|name| self.take(name)))?;
        if in_brackets {
            self.needs(")")?;
        }
        written.weekday = Some(i8::try_from(day + 1).ok()?);
        written.normalised = true;
        Some(())
    }

    fn time(&mut self, written: &mut Written) -> Option<()> {
        let before = self.half_of_day();
        self.spaces();
        written.hour = self.number(2)?.0;
        if self.unit("時") || self.unit("點") {
            written.normalised = true;
            self.spaces();
            written.minute = self.number(2)?.0;
            self.unit("分").then_some(())?;
            if self.rest.trim_start().starts_with(|next: char| next.is_ascii_digit()) {
                self.spaces();
                let (second, _) = self.number(2)?;
                self.unit("秒").then_some(())?;
                written.second = second;
            }
        } else {
            self.needs(":")?;
            written.minute = self.two()?;
            if self.take(":") {
                written.second = self.two()?;
                if self.take(".") {
                    self.number(9)?;
                }
            }
        }
        let spaces = self.spaces();
        let behind = self.half_of_day();
        if let Some(afternoon) = before.or(behind) {
            written.normalised = true;
            written.hour = match written.hour {
                12 => 0,
                hour @ 1..12 => hour,
                0 if !afternoon => 0,
                _ => return None,
            } + if afternoon { 12 } else { 0 };
        }
        if before.is_some() && behind.is_some() {
            return None;
        }
        self.spaces();
        written.offset = self.offset()?;
        written.has_time = true;
        // Spaces that lead to nothing have been trimmed away before.
        (!spaces || behind.is_some() || written.offset.is_some()).then_some(())
    }

    /// `Some(true)` in the afternoon.
    fn half_of_day(&mut self) -> Option<bool> {
        [
            ("上午", false),
            ("下午", true),
            ("AM", false),
            ("PM", true),
            ("am", false),
            ("pm", true),
            ("a.m.", false),
            ("p.m.", true),
        ]
        .into_iter()
        .find_map(|(word, afternoon)| self.take(word).then_some(afternoon))
    }

    /// The offset from UTC, if there is one; `None` when what stands there is none.
    #[expect(clippy::option_option, reason = "no offset and a wrong one are different things")]
    fn offset(&mut self) -> Option<Option<i32>> {
        if self.rest.is_empty() {
            return Some(None);
        }
        if self.take("Z") || self.take("z") {
            return Some(Some(0));
        }
        let named = self.take("UTC") || self.take("GMT");
        if named && self.rest.is_empty() {
            return Some(Some(0));
        }
        let sign = if self.take("+") {
            1
        } else {
            self.needs("-")?;
            -1
        };
        let (hours, length) = self.number(4)?;
        let (hours, minutes) = match length {
            4 => (hours / 100, hours % 100),
            2 => (hours, if self.take(":") { self.two()? } else { 0 }),
            1 if named => (hours, 0),
            _ => return None,
        };
        (hours <= 14 && minutes < 60).then_some(())?;
        Some(Some(sign * i32::try_from(hours * 3600 + minutes * 60).ok()?))
    }

    fn take(&mut self, text: &str) -> bool {
        let rest = self.rest.strip_prefix(text);
        self.rest = rest.unwrap_or(self.rest);
        rest.is_some()
    }

    /// A word behind a number, with spaces before it or none.
    fn unit(&mut self, word: &str) -> bool {
        let rest = self.rest.trim_start_matches(' ').strip_prefix(word);
        self.rest = rest.unwrap_or(self.rest);
        rest.is_some()
    }

    fn needs(&mut self, text: &str) -> Option<()> {
        self.take(text).then_some(())
    }

    fn spaces(&mut self) -> bool {
        let rest = self.rest.trim_start_matches(' ');
        let taken = rest.len() < self.rest.len();
        self.rest = rest;
        taken
    }

    /// A number of at most so many digits, and how many it has.
    fn number(&mut self, most: usize) -> Option<(u32, usize)> {
        let length = self.rest.bytes().take_while(u8::is_ascii_digit).count();
        if length == 0 || length > most {
            return None;
        }
        let (digits, rest) = self.rest.split_at(length);
        self.rest = rest;
        Some((digits.parse().ok()?, length))
    }

    /// A number of two digits.
    fn two(&mut self) -> Option<u32> {
        self.number(2).filter(|(_, length)| *length == 2).map(|(number, _)| number)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use jiff::civil::date;

    use super::*;

    fn check(text: &str) -> String {
        let zone = TimeZone::get("Asia/Taipei").unwrap();
        read(text, &Zone::new(&zone, date(2026, 5, 12))).map_or_else(
            |wrong| wrong.code.id.to_owned(),
            |moment| {
                let mark = |set, mark: &'static str| if set { mark } else { "" };
                let marks = [mark(moment.has_offset, "o"), mark(!moment.has_time, "d"), mark(moment.normalised, "*")];
                format!("{}{}", moment.at, marks.concat())
            },
        )
    }

    #[test]
    fn a_moment_has_one_reading_or_none() {
        for (text, expected) in [
            ("2026-05-12 20:05:09", "2026-05-12T20:05:09"),
            ("2026-05-12T20:05:09.123", "2026-05-12T20:05:09"),
            ("2026/05/12 20:05", "2026-05-12T20:05:00"),
            ("2026/5/2 8:05", "2026-05-02T08:05:00"),
            ("2026.05.18", "2026-05-18T00:00:00d"),
            ("2026-05-12", "2026-05-12T00:00:00d"),
            ("2026-05-12T16:00:00Z", "2026-05-13T00:00:00o"),
            ("2026-05-12 20:11:09 +0800", "2026-05-12T20:11:09o"),
            ("2026-05-21T23:59:59+09:00", "2026-05-21T22:59:59o"),
            ("2026-05-12 20:05 UTC", "2026-05-13T04:05:00o"),
            ("2026-05-12 20:05 GMT+8", "2026-05-12T20:05:00o"),
            ("115/05/12", "2026-05-12T00:00:00d*"),
            ("115.5.12 09:00", "2026-05-12T09:00:00*"),
            ("民國115年5月12日", "2026-05-12T00:00:00d*"),
            ("2026年5月12日 20時5分", "2026-05-12T20:05:00*"),
            ("2026年5月12日 20 時 5 分 7 秒", "2026-05-12T20:05:07*"),
            ("民國 115 年 5 月 13 日 下午 3:20", "2026-05-13T15:20:00*"),
            ("2026年05月13日 星期三", "2026-05-13T00:00:00d*"),
            ("2026年5月13日星期三 下午 3:20", "2026-05-13T15:20:00*"),
            ("2026/5/17（週日）", "2026-05-17T00:00:00d*"),
            ("2026/5/17 (天) 08:00", "2026-05-17T08:00:00*"),
            ("2026年05月13日 星期四", "invalid_date"),
            ("2026年05月13日 星期", "invalid_date"),
            ("2026年05月13日 (三", "invalid_date"),
            ("2026/5/12 上午12:05", "2026-05-12T00:05:00*"),
            ("2026/5/12 下午12:05", "2026-05-12T12:05:00*"),
            ("2026/5/12 下午 08:05:30", "2026-05-12T20:05:30*"),
            ("2026/5/12 8:05 PM", "2026-05-12T20:05:00*"),
            ("20260512", "2026-05-12T00:00:00d*"),
            (" 2026-05-12 20:05", "2026-05-12T20:05:00*"),
            ("２０２６－０５－１２", "2026-05-12T00:00:00d*"),
            ("05/12/2026", "ambiguous_date"),
            ("12-05-26", "ambiguous_date"),
            ("13/05/2026 10:00", "ambiguous_date"),
            ("5/12", "ambiguous_date"),
            ("46154.83", "invalid_date"),
            ("46154", "invalid_date"),
            ("2026-02-30", "invalid_date"),
            ("2026-05-12 24:00", "invalid_date"),
            ("2026-05-12 25:00", "invalid_date"),
            ("2026/5/12 下午 13:05", "invalid_date"),
            ("2026-05/12", "invalid_date"),
            ("2026-05-12 20:05 CST", "invalid_date"),
            ("1778671415185", "invalid_date"),
            ("Invalid Date", "invalid_date"),
            ("########", "invalid_date"),
            ("20:05:00", "invalid_date"),
            ("099/05/12", "invalid_date"),
        ] {
            assert_eq!(check(text), expected, "{text}");
        }
    }

    #[test]
    fn the_short_way_comes_to_the_same() {
        for name in ["Asia/Taipei", "Europe/Berlin", "America/St_Johns", "UTC"] {
            let zone = TimeZone::get(name).unwrap();
            let near = Zone::new(&zone, date(2026, 5, 12));
            let far = Zone::of(&zone);
            for day in
                ["1970-01-01", "2025-10-26", "2026-03-29", "2026-05-12", "2026-10-25", "2026-02-30", "9999-12-31"]
            {
                for offset in ["", "+08:00", "+02:00", "+01:00", "-02:30", "-03:30", "+00:00", "-00:00", "+99:99"] {
                    for time in ["00:00:00", "02:30:00", "23:59:59", "24:00:00"] {
                        let text = format!("{day}T{time}{offset}");
                        assert_eq!(read(&text, &near), read(&text, &far), "{text} {name}");
                    }
                }
            }
        }
    }

    proptest! {
        #[test]
        fn never_panics(text in "(2026|115|民國)?[-/年.0-9月日 T上下午:AMPZ+]{0,24}|\\PC{0,16}") {
            check(&text);
        }

        #[test]
        fn what_is_plain_is_read_with_care_as_well(
            text in "20[0-9]{2}-[01][0-9]-[0-3][0-9]T[0-2][0-9]:[0-6][0-9]:[0-6][0-9]([+-](08|0[0-9]):(00|30|60))?",
            change in prop::option::of((any::<prop::sample::Index>(), "[0-9a-zA-Z:/ -]")),
        ) {
            let zone = TimeZone::get("Asia/Taipei").unwrap();
            let zone = Zone::new(&zone, date(2026, 5, 12));
            let mut text = text;
            if let Some((at, character)) = change {
                let at = at.index(text.len());
                text.replace_range(at..=at, &character);
            }
            if let Some(moment) = plain(text.as_bytes(), &zone) {
                prop_assert_eq!(Ok(moment), careful(&text, &zone));
            }
        }

        #[test]
        fn every_day_is_read_back(days in 0..200_000i32) {
            let day = date(1900, 1, 1).checked_add(jiff::Span::new().days(days)).unwrap();
            prop_assert_eq!(check(&day.to_string()), format!("{day}T00:00:00d"));
        }
    }
}
