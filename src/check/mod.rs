//! Plain data to facts: documents against their shape, tables against their schema, texts against the privacy rules.
//!
//! Invariants: checking knows no format and no file system; what does not hold becomes a finding, and what was not
//! checked is never taken for correct.

pub(crate) use value::is_uuid;

pub mod address;
pub mod export;
mod header;
mod keys;
mod links;
pub mod names;
pub mod privacy;
pub mod schema;
pub mod shape;
pub mod table;
mod unique;
pub mod upload;
mod value;
mod vector;
