//! Plain data to facts: documents against their shape, tables against their schema, texts against the privacy rules.
//!
//! Of tables, each of these knows only those before it: how days are written (`iso`), what a value is (`typed`), what a
//! field is declared to be (`field`), how a cell is read as such a value (`value`), what a table is declared to be and
//! how that is read (`schema`), how its rows are checked (`table`).
//!
//! Invariants: checking knows no format and no file system; what does not hold becomes a finding, and what was not
//! checked is never taken for correct.

pub(crate) use value::is_uuid;

pub mod address;
pub mod export;
pub mod field;
mod header;
pub mod iso;
mod keys;
mod links;
pub mod names;
pub mod privacy;
pub mod schema;
pub mod shape;
pub mod table;
mod typed;
mod unique;
pub mod upload;
mod value;
mod vector;
