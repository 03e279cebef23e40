//! What the number formats of a workbook show a number as: a date, or an amount in another currency.

use std::collections::BTreeMap;

use quick_xml::events::Event;

use super::container::Container;
use super::refused::Refused;
use super::xml::attribute;
use crate::finding::Place;
use crate::limits;
use crate::read::capped::too_large;
use crate::read::crew::alone;
use crate::read::currency::is_foreign_format;

/// What a cell of a style shows its number as.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Shown {
    #[default]
    Number,
    Date,
    /// An amount in another currency than New Taiwan dollars.
    OtherCurrency,
}

impl Shown {
    fn by(format: &str) -> Self {
        match format {
            _ if is_date_format(format) => Self::Date,
            _ if is_foreign_format(format) => Self::OtherCurrency,
            _ => Self::Number,
        }
    }
}

/// What every cell style shows numbers as.
pub(super) fn styles(container: &mut Container<'_>, part: &str) -> Result<Vec<Shown>, Refused> {
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
                            custom.insert(id(), Shown::by(&format));
                        }
                        ("cellXfs", "xf") => styles.push(id()),
                        _ => {}
                    }
                }
                Event::End(element) if element.local_name().as_ref() == list => list.clear(),
                _ => {}
            }
        }
        let built_in = |id| if is_built_in_date_format(id) { Shown::Date } else { Shown::Number };
        let shown = |id: u32| custom.get(&id).copied().unwrap_or_else(|| built_in(id));
        Ok(styles.into_iter().map(shown).collect())
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

#[cfg(test)]
mod tests {
    use super::*;

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
