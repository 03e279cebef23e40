//! Which date a number is. Computed without floating point.

use jiff::ToSpan;

use crate::read::decimal::Decimal;

/// The ISO text of a serial number: whole days and a fraction of a day. The fraction is rounded to the millisecond, since
/// binary storage writes midnight as a moment before, and what is left of a second is cut, as it is of a text: the last
/// second of a day stays in that day. `None` where Excel has no date: below 0, after the year 9999, and on 29 February
/// 1900, which never was.
pub(super) fn date_of(serial: &str, from_1904: bool) -> Option<String> {
    let plain = Decimal::parse(serial)?.to_string();
    let (days, fraction) = plain.split_once('.').unwrap_or((&plain, ""));
    let mut days: i32 = days.parse().ok()?;
    if plain.starts_with('-') || days > 2_958_465 {
        return None;
    }
    // 18 digits are finer than any second, and leave room for the multiplication.
    let digits = &fraction[..fraction.len().min(18)];
    let unit = 10_u128.pow(u32::try_from(digits.len()).ok()?);
    let part: u128 = if digits.is_empty() { 0 } else { digits.parse().ok()? };
    let mut seconds = (part * 86_400_000 * 2 + unit) / (unit * 2) / 1000;
    if seconds == 86_400 {
        days += 1;
        seconds = 0;
    }
    let time = format!("{:02}:{:02}:{:02}", seconds / 3600, seconds / 60 % 60, seconds % 60);
    let first = match (from_1904, days) {
        (false, 0) => return Some(time),
        (false, 60) => return None,
        (false, ..60) => jiff::civil::date(1899, 12, 31),
        (false, _) => jiff::civil::date(1899, 12, 30),
        (true, _) => jiff::civil::date(1904, 1, 1),
    };
    let date = first.checked_add(days.days()).ok()?;
    Some(if seconds == 0 { date.to_string() } else { format!("{date}T{time}") })
}

#[cfg(test)]
mod tests {
    use super::super::tests::workbook;
    use super::*;
    use crate::read::table::tests::check;

    #[test]
    fn dates_are_those_that_excel_shows() {
        for (serial, from_1904, text) in [
            ("1", false, "1900-01-01"),
            ("59", false, "1900-02-28"),
            ("60", false, "-"),
            ("61", false, "1900-03-01"),
            ("46154", false, "2026-05-12"),
            ("44692", true, "2026-05-12"),
            ("0", true, "1904-01-01"),
            ("46154.5", false, "2026-05-12T12:00:00"),
            // 20:01:00 as binary storage writes it, and the last second of a day up to its last half millisecond.
            ("46154.834027777775", false, "2026-05-12T20:01:00"),
            ("46154.834027777", false, "2026-05-12T20:01:00"),
            ("46154.999996527776", false, "2026-05-12T23:59:59"),
            ("46154.999999", false, "2026-05-12T23:59:59"),
            ("46154.999999999", false, "2026-05-13"),
            ("46154.99998", false, "2026-05-12T23:59:58"),
            ("0.25", false, "06:00:00"),
            ("4.61545E4", false, "2026-05-12T12:00:00"),
            ("2958465", false, "9999-12-31"),
            ("2958466", false, "-"),
            ("2958465.9999999", false, "9999-12-31T23:59:59"),
            ("2958465.999999999", false, "-"),
            ("-1", false, "-"),
            ("-0.5", false, "-"),
            ("1E30", false, "-"),
        ] {
            assert_eq!(date_of(serial, from_1904).as_deref().unwrap_or("-"), text, "{serial}");
        }
        let rows = r#"<row><c s="1"><v>44692</v></c></row>"#;
        let book = workbook(r#"<workbookPr date1904="1"/>"#, "", &[("visible", "T", rows)]);
        assert_eq!(check("t.xlsx", &book)[0], "t.xlsx!T, row 1: A1=Moment(\"2026-05-12\")");
    }
}
