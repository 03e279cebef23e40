//! What is said about a cell that has no value of its field: what stands there, what was expected, what to do.
//!
//! Invariant: a message repeats nothing that looks personal.

use crate::check::field::{Field, Side};
use crate::check::value::text::{looks_personal, shortened};
use crate::check::value::wrong::Wrong;
use crate::check::value::{SPREADSHEET_DIGITS, typed};
use crate::finding::{Finding, Place, did_you_mean};
use crate::read::format::Format;
use crate::read::row::{Fault, Value};

impl Wrong {
    /// What is said about a value that is none of its field.
    pub(in crate::check) fn finding(self, field: &Field, value: Value<'_>, place: Place) -> Finding {
        let name = &field.name;
        let expected = field.kind.expected();
        let shown = show(value);
        let (message, hint) = match self {
            Self::Type => {
                let hint = match (value, &field.kind) {
                    (Value::Fault(Fault::NoValue), _) => "open the workbook in a spreadsheet program and save it",
                    (Value::Number(_) | Value::Bool(_) | Value::Moment(_), kind) if kind.is_text() => {
                        "write it as text: in a sheet in a cell of text format, in JSON in quotes"
                    }
                    _ => "",
                };
                (format!("`{name}` is {shown}, expected {expected}"), hint.to_owned())
            }
            Self::NoOffset => (
                format!("`{name}` is {shown}, which has no offset, expected {expected}"),
                "write the time as text with its offset, +08:00 for Taipei".to_owned(),
            ),
            Self::Rounded => (
                format!(
                    "`{name}` is a number of more than {SPREADSHEET_DIGITS} digits, of which a workbook loses the rest"
                ),
                "format the column as text and take the value from its source again".to_owned(),
            ),
            Self::Word => {
                let near = match value {
                    Value::Text(text) => did_you_mean(text, field.words.iter().map(String::as_str)),
                    _ => None,
                };
                (
                    format!("`{name}` is {shown}, which is none of {}", listed(&field.words)),
                    near.map(|near| format!("did you mean `{near}`?")).unwrap_or_default(),
                )
            }
            Self::Range => (format!("`{name}` is {shown}, expected {expected}, {}", range(field)), String::new()),
            Self::Unordered => (
                format!("`{name}` is {shown}, of which cannot be told whether it is in the range {}", range(field)),
                "write it as the bounds are written, with or without an offset".to_owned(),
            ),
            Self::Pattern => {
                let pattern = field.pattern.as_ref().map(|pattern| pattern.source.as_str()).unwrap_or_default();
                (format!("`{name}` is {shown}, which is not like the pattern `{pattern}`"), String::new())
            }
            Self::Length => {
                let unit = if field.kind.is_text() { "characters" } else { "items" };
                let limits = match field.length {
                    (Some(least), Some(most)) => format!("{least} to {most}"),
                    (Some(least), None) => format!("{least} or more"),
                    (_, most) => format!("at most {}", most.unwrap_or_default()),
                };
                let found = match read_length(field, value) {
                    Some(length) => format!("has {length} {unit}"),
                    None => format!("has too few or too many {unit}"),
                };
                (format!("`{name}` {found}, expected {limits}"), String::new())
            }
        };
        Finding::new(self.code(), place, message).hint(hint)
    }
}

fn read_length(field: &Field, value: Value<'_>) -> Option<usize> {
    let value = if value == Value::Blank { Value::Text("") } else { value };
    // The length is that of the value, whatever the format.
    typed(&field.kind, value, Format::Csv, false).ok()?.length()
}

/// At most 20 words.
fn listed(words: &[String]) -> String {
    let shown: Vec<_> = words.iter().take(20).map(String::as_str).collect();
    let more = words.len() - shown.len();
    let and_more = if more > 0 { format!(" and {more} more") } else { String::new() };
    shown.join(", ") + &and_more
}

fn range(field: &Field) -> String {
    let word = |side: Side| Side::ALL.iter().find(|(known, ..)| *known == side).map_or("", |(_, _, word)| word);
    let parts = field.bounds.iter().map(|bound| format!("{} {}", word(bound.side), bound.written));
    parts.collect::<Vec<_>>().join(" ")
}

/// A value for a message, unless it looks like personal data.
fn show(value: Value<'_>) -> String {
    let quoted = |sort: &str, text: &str| {
        if looks_personal(text) {
            format!("{sort} that is not repeated here")
        } else {
            format!("`{}`", shortened(text))
        }
    };
    match value {
        Value::Blank => "blank".to_owned(),
        Value::Text(text) => quoted("a text", text),
        Value::Number(number) => quoted("a number", number),
        Value::Bool(flag) => flag.to_string(),
        Value::Moment(text) => format!("the date cell {text}"),
        Value::Tree(node) => node.value.sort().to_owned(),
        Value::Fault(Fault::Error(error)) => format!("the error {}", shortened(error)),
        Value::Fault(Fault::NoValue) => "a formula that was saved without its value".to_owned(),
        Value::Fault(Fault::NotWhatItSays(_)) => "a cell whose content is not of the type it is marked as".to_owned(),
        Value::Fault(Fault::NoDate(number)) => {
            format!("a date cell for whose number {} there is no date", shortened(number))
        }
    }
}
