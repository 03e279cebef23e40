//! What a record file holds: its rows without an error, each with its place and its typed values.

use jiff::Timestamp;
use jiff::civil::Date;

use crate::check::schema::TableSchema;
use crate::check::typed::{self, Typed};
use crate::finding::Place;
use crate::read::tree::Node;

/// What a record file holds.
#[derive(Clone, Debug)]
pub struct Records {
    /// Path as findings show it.
    pub file: String,
    /// Rows that were read, those with errors included.
    pub rows_read: usize,
    /// Rows without an error, in file order.
    pub records: Vec<Record>,
}

/// One row.
#[derive(Clone, Debug)]
pub struct Record {
    /// Where it stands.
    pub place: Place,
    /// A value for every field of the schema, in its order; `None` where the cell is blank.
    pub values: Vec<Option<Fact>>,
}

impl Record {
    /// The value of a field. `None` when it is blank, or the schema has no such field.
    pub fn get(&self, schema: &TableSchema, field: &str) -> Option<&Fact> {
        self.values.get(schema.index_of(field)?)?.as_ref()
    }
}

/// A typed value.
#[derive(Clone, Debug, PartialEq)]
pub enum Fact {
    /// Text, a UUID or a URI, as written.
    Text(String),
    /// A whole number.
    Integer(i64),
    /// A decimal number in plain digits, as written.
    Decimal(String),
    /// True or false.
    Bool(bool),
    /// A day.
    Date(Date),
    /// A moment.
    Moment {
        /// The moment.
        timestamp: Timestamp,
        /// As it was written, with its offset.
        text: String,
    },
    /// A JSON object or list.
    Json(Node),
}

impl Fact {
    /// The value as pages show it.
    pub fn show(&self) -> String {
        match self {
            Self::Text(text) | Self::Decimal(text) | Self::Moment { text, .. } => text.clone(),
            Self::Integer(number) => number.to_string(),
            Self::Bool(flag) => flag.to_string(),
            Self::Date(day) => day.to_string(),
            Self::Json(node) => {
                let mut json = String::new();
                typed::write_json(node, &mut json);
                json
            }
        }
    }

    pub(super) fn of(typed: Typed<'_>) -> Self {
        match typed {
            Typed::Integer(number) => Self::Integer(number),
            Typed::Decimal(text) => Self::Decimal(text.into_owned()),
            Typed::Bool(flag) => Self::Bool(flag),
            Typed::Date(day) => Self::Date(day),
            Typed::Moment { timestamp, text } => Self::Moment { timestamp, text: text.into_owned() },
            Typed::Json(node) => Self::Json(node.into_owned()),
            Typed::Text(text) => Self::Text(text.into_owned()),
            // Tables of ours have no values of other types.
            other => {
                let mut key = String::new();
                other.write_key(&mut key);
                Self::Text(key)
            }
        }
    }
}
