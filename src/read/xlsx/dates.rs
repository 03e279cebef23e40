//! Which numbers are dates, and which dates they are. Computed without floating point.

use std::collections::BTreeMap;

use jiff::ToSpan;
use quick_xml::events::Event;

use super::Refused;
use super::container::Container;
use super::xml::attribute;
use crate::finding::Place;
use crate::limits;
use crate::read::decimal::Decimal;
use crate::read::stream::alone;
use crate::read::table::too_large;

/// For every cell style whether its number format is one of dates.
pub(super) fn date_styles(container: &mut Container<'_>, part: &str) -> Result<Vec<bool>, Refused> {
    let path = container.path;
    container.required::<(), _>(part, alone, |xml| {
        let mut custom = BTreeMap::new();
        let mut styles = Vec::new();
        let mut list = String::new();
        while let Some(event) = xml.next()? {
            if (custom.len() + styles.len()) as u64 > limits::CELL_STYLES.value {
                let what = "the workbook has more cell styles and number formats";
                return Err(Box::new(too_large(Place::file(path), what, limits::CELL_STYLES)));
            }
            match event {
                Event::Start(element) => {
                    let name = element.local_name();
                    let id = || attribute(&element, "numFmtId").and_then(|id| id.parse::<u32>().ok()).unwrap_or(0);
                    match (list.as_str(), name.as_ref()) {
                        (_, "numFmts" | "cellXfs") => name.as_ref().clone_into(&mut list),
                        ("numFmts", "numFmt") => {
                            let format = attribute(&element, "formatCode").unwrap_or_default();
                            custom.insert(id(), is_date_format(&format));
                        }
                        ("cellXfs", "xf") => styles.push(id()),
                        _ => {}
                    }
                }
                Event::End(element) if element.local_name().as_ref() == list => list.clear(),
                _ => {}
            }
        }
        let is_date = |id: u32| custom.get(&id).copied().unwrap_or_else(|| is_built_in_date_format(id));
        Ok(styles.into_iter().map(is_date).collect())
    })
}

/// Built-in formats of dates and times (ECMA-376 part 1, 18.8.30), those of East Asian editions included.
fn is_built_in_date_format(id: u32) -> bool {
    matches!(id, 14..=22 | 27..=36 | 45..=47 | 50..=58)
}

/// Whether a number format shows a part of a date or time: y, m, d, h or s that is neither quoted nor escaped nor in
/// brackets (colours, locales, conditions).
fn is_date_format(format: &str) -> bool {
    let mut characters = format.chars();
    while let Some(character) = characters.next() {
        match character {
            '"' => {
                characters.find(|quoted| *quoted == '"');
            }
            '[' => {
                characters.find(|bracketed| *bracketed == ']');
            }
            // The next character stands for itself, as a space of its width, or is repeated.
            '\\' | '_' | '*' => {
                characters.next();
            }
            'y' | 'm' | 'd' | 'h' | 's' | 'Y' | 'M' | 'D' | 'H' | 'S' => return true,
            _ => {}
        }
    }
    false
}

/// The ISO text of a serial number: whole days and a fraction of a day, rounded to the second. `None` where Excel has
/// no date: below 0, after the year 9999, and on 29 February 1900, which never was.
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
    let mut seconds = (part * 86_400 * 2 + unit) / (unit * 2);
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
            // 20:01:00 as binary storage writes it, and the last half second of a day.
            ("46154.834027777775", false, "2026-05-12T20:01:00"),
            ("46154.999999", false, "2026-05-13"),
            ("46154.99998", false, "2026-05-12T23:59:58"),
            ("0.25", false, "06:00:00"),
            ("4.61545E4", false, "2026-05-12T12:00:00"),
            ("2958465", false, "9999-12-31"),
            ("2958466", false, "-"),
            ("2958465.9999999", false, "-"),
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

    #[test]
    fn number_formats_of_dates_are_told_from_others() {
        for format in ["yyyy-mm-dd", "[$-404]e/m/d", "h:mm AM/PM", "[h]:mm", "0 \\d s", "[Red]D", "\"x\"YY"] {
            assert!(is_date_format(format), "{format}");
        }
        for format in
            ["General", "#,##0.00", "0.00E+00", "\"days\" 0", "[Red]0", "0\\d", "0_d*s", "G/通用格式", "[Black", "\"h"]
        {
            assert!(!is_date_format(format), "{format}");
        }
    }
}
