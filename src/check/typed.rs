//! Typed values: what a cell of a table is once it has been read as what its field declares.
//!
//! Invariant: equal values have the same key, however they were written; nothing is copied that need not be, since a
//! table may have a hundred million cells.

use std::borrow::Cow;
use std::cmp::Ordering;

use jiff::Timestamp;
use jiff::civil::{Date, DateTime, Time};

use crate::check::iso::Duration;
use crate::read::decimal::{Decimal, millionths};
use crate::read::tree::{Node, Value};

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
    pub(super) fn length(&self) -> Option<usize> {
        match self {
            Self::Text(text) => Some(text.chars().count()),
            Self::List(items) => Some(items.len()),
            Self::Json(node) => Some(node.items().len() + node.entries().len()),
            _ => None,
        }
    }
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

/// Compact JSON with every number as it was written.
pub(super) fn write_json(node: &Node, json: &mut String) {
    let quoted = |text: &str| serde_json::Value::from(text).to_string();
    match &node.value {
        Value::Null => json.push_str("null"),
        Value::Bool(flag) => json.push_str(if *flag { "true" } else { "false" }),
        Value::Number(number) => json.push_str(number),
        Value::Text(text) => json.push_str(&quoted(text)),
        Value::List(items) => {
            for (index, item) in items.iter().enumerate() {
                json.push(if index == 0 { '[' } else { ',' });
                write_json(item, json);
            }
            json.push_str(if items.is_empty() { "[]" } else { "]" });
        }
        Value::Table(entries) => {
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
