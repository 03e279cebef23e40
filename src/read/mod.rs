//! Bytes to plain data that knows where each piece came from.
//!
//! Invariants: reading knows formats and no domain; it touches no file system; it never fails on bad data but returns
//! what could be read together with findings.

mod blocks;
pub mod capped;
pub mod crew;
pub mod csv;
pub(crate) mod currency;
pub mod decimal;
mod encoding;
pub mod format;
pub mod json;
mod json_document;
pub mod json_records;
pub mod markdown;
pub mod prose;
pub mod row;
pub mod row_set;
pub mod sheets;
pub mod stream;
pub mod table;
pub mod text;
pub mod toml;
pub mod tree;
pub mod xlsx;
