//! One cell against its field: the typed value, or why it is none.
//!
//! Invariants: a value with two readings is none; nothing is copied that need not be, since a table may have a hundred
//! million cells.

use std::borrow::Cow;

use crate::check::field::{Bound, Field, FieldKind, Flags, Missing, PointForm, Side};
use crate::check::iso::Duration;
use crate::check::typed::{Typed, compare};
use crate::check::value::wrong::Wrong;
use crate::read::decimal::Decimal;
use crate::read::format::Format;
use crate::read::json;
use crate::read::row::Value;
use crate::read::text::Text;
use crate::read::tree::{self, Node};

pub(crate) use text::is_uuid;

mod message;
mod number;
mod plain;
mod text;
pub(super) mod time;
mod wrong;

pub(super) use plain::Plain;
pub(super) use text::{looks_personal, shortened};

/// Spreadsheet programs keep 15 digits of a number.
const SPREADSHEET_DIGITS: usize = 15;

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
