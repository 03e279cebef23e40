//! One cell against its field: the typed value, or why it is none.
//!
//! Invariants: a value with two readings is none; nothing is copied that need not be, since a table may have a hundred
//! million cells; a message repeats nothing that looks personal.

use std::borrow::Cow;
use std::cmp::Ordering;

use jiff::Timestamp;
use jiff::civil::{Date, DateTime, Time};

use crate::check::schema::{Bound, Field, FieldKind, Flags, Missing, PointForm, Side};
use crate::check::value::time::Duration;
use crate::codes;
use crate::finding::{Code, Finding, Place, did_you_mean};
use crate::read::decimal::{Decimal, millionths};
use crate::read::format::Format;
use crate::read::json;
use crate::read::row::{Fault, Value};
use crate::read::text::Text;
use crate::read::tree::{self, Node};

pub(crate) use text::is_uuid;

mod number;
mod plain;
mod text;
pub(super) mod time;

pub(super) use plain::Plain;
pub(super) use text::{looks_personal, shortened};

/// Spreadsheet programs keep 15 digits of a number.
const SPREADSHEET_DIGITS: usize = 15;

/// A value of a field's type.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Typed<'a> {
    Text(Cow<'a, str>),
    Integer(i64),
    /// A number as JSON writes it.
    Decimal(Cow<'a, str>),
    /// `NaN`, `INF` or `-INF`.
    NotFinite(&'static str),
    Bool(bool),
    Date(Date),
    Time(Time),
    /// A day with a time of day, without an offset.
    Local(DateTime),
    Moment {
        timestamp: Timestamp,
        text: Cow<'a, str>,
    },
    Year(i64),
    YearMonth(i64, i8),
    Duration(Duration),
    Json(Cow<'a, Node>),
    List(Vec<Typed<'a>>),
}

impl Typed<'_> {
    pub(super) fn into_owned(self) -> Typed<'static> {
        let owned = |text: Cow<'_, str>| Cow::Owned(text.into_owned());
        match self {
            Self::Text(text) => Typed::Text(owned(text)),
            Self::Integer(number) => Typed::Integer(number),
            Self::Decimal(text) => Typed::Decimal(owned(text)),
            Self::NotFinite(word) => Typed::NotFinite(word),
            Self::Bool(flag) => Typed::Bool(flag),
            Self::Date(day) => Typed::Date(day),
            Self::Time(time) => Typed::Time(time),
            Self::Local(at) => Typed::Local(at),
            Self::Moment { timestamp, text } => Typed::Moment { timestamp, text: owned(text) },
            Self::Year(year) => Typed::Year(year),
            Self::YearMonth(year, month) => Typed::YearMonth(year, month),
            Self::Duration(duration) => Typed::Duration(duration),
            Self::Json(node) => Typed::Json(Cow::Owned(node.into_owned())),
            Self::List(items) => Typed::List(items.into_iter().map(Typed::into_owned).collect()),
        }
    }

    /// Appends a text that is the same for equal values, however they were written.
    pub(super) fn write_key(&self, key: &mut String) {
        match self {
            Self::Text(text) => key.push_str(text),
            Self::Integer(number) => key.push_str(&number.to_string()),
            Self::Decimal(text) => match Decimal::parse(text) {
                Some(number) => key.push_str(&number.to_string()),
                None => key.push_str(text),
            },
            Self::NotFinite(word) => key.push_str(word),
            Self::Bool(flag) => key.push_str(if *flag { "true" } else { "false" }),
            Self::Date(day) => key.push_str(&day.to_string()),
            Self::Time(time) => key.push_str(&time.to_string()),
            Self::Local(at) => key.push_str(&at.to_string()),
            Self::Moment { timestamp, .. } => key.push_str(&timestamp.to_string()),
            Self::Year(year) => key.push_str(&year.to_string()),
            Self::YearMonth(year, month) => key.push_str(&[year.to_string(), month.to_string()].join("-")),
            Self::Duration(duration) => key.push_str(&duration.key()),
            Self::Json(node) => write_json(node, key),
            Self::List(items) => {
                for item in items {
                    let mut part = String::new();
                    item.write_key(&mut part);
                    key.push_str(&part.len().to_string());
                    key.push(':');
                    key.push_str(&part);
                }
            }
        }
    }

    /// Characters of a text, items of a list, keys of an object.
    fn length(&self) -> Option<usize> {
        match self {
            Self::Text(text) => Some(text.chars().count()),
            Self::List(items) => Some(items.len()),
            Self::Json(node) => Some(node.items().len() + node.entries().len()),
            _ => None,
        }
    }
}

/// Why a value is not one of its field.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Wrong {
    /// Not of the type.
    Type,
    /// A moment without its offset.
    NoOffset,
    /// A number that the spreadsheet program may have changed.
    Rounded,
    /// Outside of the list of words.
    Word,
    /// Below the smallest or above the largest value.
    Range,
    /// Neither below nor above a bound.
    Unordered,
    /// Not like the pattern.
    Pattern,
    /// Too short or too long.
    Length,
}

/// Reads the value of a cell and checks it. `None` when it is missing.
pub(super) fn read<'a>(field: &Field, value: Value<'a>, format: Format) -> Result<Option<Typed<'a>>, Wrong> {
    let is_missing = match (&field.missing, value) {
        (Missing::Blank, value) => value.is_blank(),
        (Missing::Exactly(_), Value::Blank) if format != Format::Csv => true,
        (Missing::Exactly(texts), Value::Blank) => texts.iter().any(String::is_empty),
        (Missing::Exactly(texts), Value::Text(text) | Value::Number(text)) => texts.iter().any(|known| known == text),
        _ => false,
    };
    if is_missing {
        return Ok(None);
    }
    // In a text file a blank cell that does not stand for a missing value is an empty text.
    let value = if value == Value::Blank { Value::Text("") } else { value };
    let typed = typed(&field.kind, value, format, field.is_own())?;
    check_constraints(field, &typed)?;
    Ok(Some(typed))
}

/// The value of a type. JSON values of our own tables are not converted: there a number is no text and a text no
/// number.
pub(super) fn typed<'a>(kind: &FieldKind, value: Value<'a>, format: Format, is_own: bool) -> Result<Typed<'a>, Wrong> {
    let is_json = matches!(format, Format::Json | Format::JsonLines);
    let converts = !(is_json && is_own);
    match value {
        Value::Text(text) => of_text(kind, text, converts),
        Value::Number(number) if is_json => match kind {
            FieldKind::Any => Ok(Typed::Decimal(number.into())),
            FieldKind::Integer(_) | FieldKind::Number(_) => number::of_json(kind, number).ok_or(Wrong::Type),
            FieldKind::Year => time::year(number).ok_or(Wrong::Type),
            _ => Err(Wrong::Type),
        },
        Value::Number(number) => of_number_cell(kind, number),
        Value::Bool(flag) if matches!(kind, FieldKind::Boolean(_) | FieldKind::Any) => Ok(Typed::Bool(flag)),
        Value::Moment(text) => time::of_cell(kind, text),
        Value::Tree(node) => of_json(kind, Cow::Borrowed(node)),
        Value::Bool(_) | Value::Blank | Value::Fault(_) => Err(Wrong::Type),
    }
}

fn of_text<'a>(kind: &FieldKind, text: &'a str, converts: bool) -> Result<Typed<'a>, Wrong> {
    let is_sound = match kind {
        FieldKind::Any | FieldKind::Text => true,
        FieldKind::Email => text::is_email(text),
        FieldKind::Uri => text::is_uri(text),
        FieldKind::Binary => text::is_base64(text),
        FieldKind::Uuid => is_uuid(text),
        FieldKind::Date(clock) => return time::date(clock, text).map(Typed::Date).ok_or(Wrong::Type),
        FieldKind::Time(clock) => return time::time(clock, text).map(Typed::Time).ok_or(Wrong::Type),
        FieldKind::Moment(clock) => return time::moment(clock, text),
        FieldKind::Year => return time::year(text).ok_or(Wrong::Type),
        FieldKind::YearMonth => return time::year_month(text).ok_or(Wrong::Type),
        FieldKind::Duration => return Duration::parse(text).map(Typed::Duration).ok_or(Wrong::Type),
        FieldKind::List(items) => {
            let item = |item| of_text(&items.kind, item, true);
            let list: Result<Vec<_>, _> =
                if text.is_empty() { Ok(Vec::new()) } else { text.split(items.delimiter.as_str()).map(item).collect() };
            return list.map(Typed::List);
        }
        FieldKind::Point(PointForm::Text) => text::is_point(text),
        _ if !converts => false,
        FieldKind::Integer(_) | FieldKind::Number(_) => return number::of_text(kind, text).ok_or(Wrong::Type),
        FieldKind::Boolean(flags) => return flag(flags, text).map(Typed::Bool).ok_or(Wrong::Type),
        FieldKind::Object | FieldKind::Array | FieldKind::Point(_) => {
            let mut findings = Vec::new();
            let node = json::parse(Text { path: "", content: text }, &mut findings).filter(|_| findings.is_empty());
            return of_json(kind, Cow::Owned(node.ok_or(Wrong::Type)?));
        }
    };
    if is_sound { Ok(Typed::Text(text.into())) } else { Err(Wrong::Type) }
}

fn flag(flags: &Flags, text: &str) -> Option<bool> {
    let is_one_of = |words: &[String]| words.iter().any(|word| word == text);
    if is_one_of(&flags.yes) {
        return Some(true);
    }
    is_one_of(&flags.no).then_some(false)
}

/// A number cell of a workbook. It was stored in binary, so that what the user sees are its first 15 digits.
fn of_number_cell<'a>(kind: &FieldKind, number: &'a str) -> Result<Typed<'a>, Wrong> {
    let decimal = Decimal::parse(number).ok_or(Wrong::Type)?.rounded(SPREADSHEET_DIGITS);
    let plain = decimal.to_string();
    match kind {
        FieldKind::Any => return Ok(Typed::Text(plain.into())),
        FieldKind::Number(_) => return Ok(Typed::Decimal(plain.into())),
        FieldKind::Boolean(flags) => return flag(flags, &plain).map(Typed::Bool).ok_or(Wrong::Type),
        FieldKind::Year => return time::year(&plain).ok_or(Wrong::Type),
        FieldKind::Text | FieldKind::Integer(_) => {}
        _ => return Err(Wrong::Type),
    }
    if !decimal.is_whole() {
        return Err(Wrong::Type);
    }
    if usize::try_from(decimal.magnitude()).is_ok_and(|digits| digits > SPREADSHEET_DIGITS) {
        return Err(Wrong::Rounded);
    }
    match kind {
        FieldKind::Integer(_) => plain.parse().map(Typed::Integer).map_err(|_| Wrong::Type),
        _ => Ok(Typed::Text(plain.into())),
    }
}

fn of_json<'a>(kind: &FieldKind, node: Cow<'a, Node>) -> Result<Typed<'a>, Wrong> {
    let is_sound = match (kind, &node.value) {
        (FieldKind::Any, _) | (FieldKind::Object, tree::Value::Table(_)) | (FieldKind::Array, tree::Value::List(_)) => {
            true
        }
        (FieldKind::Point(PointForm::Array), tree::Value::List(items)) => {
            matches!(&items[..], [lon, lat] if text::is_position(lon, lat))
        }
        (FieldKind::Point(PointForm::Object), tree::Value::Table(entries)) => {
            entries.len() == 2
                && node.get("lon").zip(node.get("lat")).is_some_and(|(lon, lat)| text::is_position(lon, lat))
        }
        _ => false,
    };
    if is_sound { Ok(Typed::Json(node)) } else { Err(Wrong::Type) }
}

fn check_constraints(field: &Field, typed: &Typed<'_>) -> Result<(), Wrong> {
    if !field.words.is_empty() {
        let is_word = match typed {
            Typed::Text(text) if field.kind.is_text() => field.words.iter().any(|word| word == text),
            other => {
                let mut key = String::new();
                other.write_key(&mut key);
                field.keys.contains(&key)
            }
        };
        if !is_word {
            return Err(Wrong::Word);
        }
    }
    if let (Some(pattern), Typed::Text(text)) = (&field.pattern, typed)
        && !pattern.matches(text)
    {
        return Err(Wrong::Pattern);
    }
    if field.length != (None, None)
        && let Some(length) = typed.length()
    {
        let length = u32::try_from(length).unwrap_or(u32::MAX);
        let (least, most) = field.length;
        if least.is_some_and(|least| length < least) || most.is_some_and(|most| length > most) {
            return Err(Wrong::Length);
        }
    }
    for Bound { side, value, .. } in &field.bounds {
        let order = compare(typed, value).ok_or(Wrong::Unordered)?;
        let holds = match side {
            Side::Minimum => order.is_ge(),
            Side::Above => order.is_gt(),
            Side::Maximum => order.is_le(),
            Side::Below => order.is_lt(),
        };
        if !holds {
            return Err(Wrong::Range);
        }
    }
    Ok(())
}

/// How two values of one type compare. `None` when they have no order: of a moment and a time without an offset, of a
/// month and 30 days, of anything and what is not a number.
pub(super) fn compare(one: &Typed<'_>, other: &Typed<'_>) -> Option<Ordering> {
    if let (Typed::Decimal(one), Typed::Decimal(other)) = (one, other)
        && let (Some(one), Some(other)) = (millionths(one), millionths(other))
    {
        return Some(one.cmp(&other));
    }
    match (one, other) {
        (Typed::Integer(one), Typed::Integer(other)) | (Typed::Year(one), Typed::Year(other)) => Some(one.cmp(other)),
        (Typed::Integer(_) | Typed::Decimal(_), Typed::Integer(_) | Typed::Decimal(_)) => {
            Some(decimal(one)?.cmp(&decimal(other)?))
        }
        (Typed::NotFinite("INF"), Typed::Integer(_) | Typed::Decimal(_)) => Some(Ordering::Greater),
        (Typed::NotFinite("-INF"), Typed::Integer(_) | Typed::Decimal(_)) => Some(Ordering::Less),
        (Typed::Date(one), Typed::Date(other)) => Some(one.cmp(other)),
        (Typed::Time(one), Typed::Time(other)) => Some(one.cmp(other)),
        (Typed::Local(one), Typed::Local(other)) => Some(one.cmp(other)),
        (Typed::Moment { timestamp: one, .. }, Typed::Moment { timestamp: other, .. }) => Some(one.cmp(other)),
        (Typed::YearMonth(year, month), Typed::YearMonth(other_year, other_month)) => {
            Some((year, month).cmp(&(other_year, other_month)))
        }
        (Typed::Duration(one), Typed::Duration(other)) => one.compare(other),
        _ => None,
    }
}

fn decimal(typed: &Typed<'_>) -> Option<Decimal> {
    match typed {
        Typed::Integer(number) => Decimal::parse(&number.to_string()),
        Typed::Decimal(text) => Decimal::parse(text),
        _ => None,
    }
}

impl Wrong {
    pub(super) fn code(self) -> &'static Code {
        match self {
            Self::Word => &codes::UNKNOWN_WORD,
            Self::Range | Self::Unordered => &codes::OUT_OF_RANGE,
            Self::Pattern => &codes::PATTERN_MISMATCH,
            Self::Length => &codes::WRONG_LENGTH,
            Self::Type | Self::NoOffset | Self::Rounded => &codes::INVALID_VALUE,
        }
    }

    pub(super) fn finding(self, field: &Field, value: Value<'_>, place: Place) -> Finding {
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
pub(super) fn show(value: Value<'_>) -> String {
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

/// Compact JSON with every number as it was written.
pub(super) fn write_json(node: &Node, json: &mut String) {
    let quoted = |text: &str| serde_json::Value::from(text).to_string();
    match &node.value {
        tree::Value::Null => json.push_str("null"),
        tree::Value::Bool(flag) => json.push_str(if *flag { "true" } else { "false" }),
        tree::Value::Number(number) => json.push_str(number),
        tree::Value::Text(text) => json.push_str(&quoted(text)),
        tree::Value::List(items) => {
            for (index, item) in items.iter().enumerate() {
                json.push(if index == 0 { '[' } else { ',' });
                write_json(item, json);
            }
            json.push_str(if items.is_empty() { "[]" } else { "]" });
        }
        tree::Value::Table(entries) => {
            for (index, entry) in entries.iter().enumerate() {
                json.push(if index == 0 { '{' } else { ',' });
                json.push_str(&quoted(&entry.key));
                json.push(':');
                write_json(&entry.node, json);
            }
            json.push_str(if entries.is_empty() { "{}" } else { "}" });
        }
    }
}
