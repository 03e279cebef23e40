//! The kinds of pack. Each is one folder with its record schemas, its rules and its views side by side.
//!
//! Invariants: kinds do not know one another; the rest of the program knows them only through [`KINDS`]. A new kind is
//! a new folder and one line here.

use crate::check::schema::TableSchema;
use crate::facts::{Expected, Facts};
use crate::lang::Words;
use crate::view::pack::Context;
use crate::view::page::Section;

mod data_gap;
mod dispatcher_preflight;
mod worker_self_repair;

/// Every kind.
pub static KINDS: &[&Kind] = &[&dispatcher_preflight::KIND, &worker_self_repair::KIND, &data_gap::KIND];

/// What makes a kind.
#[derive(Debug)]
pub struct Kind {
    /// The word that `pack.toml` names it by.
    pub name: &'static str,
    /// What people call it.
    pub title: Words,
    /// File name of its primary page.
    pub primary: &'static str,
    /// Authored documents that every bundle of the kind holds.
    pub documents: &'static [&'static str],
    /// Schemas of its record tables, in the order in which they are shown.
    pub tables: fn() -> &'static [TableSchema],
    /// The sections of its primary page that only it has.
    pub sections: fn(&Facts, &Context<'_>) -> Vec<Section>,
}

impl Kind {
    /// What a pack of this kind is expected to hold.
    pub fn expected(&self) -> Expected<'static> {
        Expected { documents: self.documents, tables: (self.tables)(), primary: self.primary }
    }
}

/// The kind of this name.
pub fn find(name: &str) -> Option<&'static Kind> {
    KINDS.iter().copied().find(|kind| kind.name == name)
}

/// Reads the embedded schemas of a kind.
fn schemas(sources: &[&str]) -> Vec<TableSchema> {
    let parse =
        |source: &&str| TableSchema::from_json(source).unwrap_or_else(|error| panic!("embedded schema: {error}"));
    sources.iter().map(parse).collect()
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn kinds_can_be_told_apart_and_their_schemas_read() {
        let names: BTreeSet<_> = KINDS.iter().map(|kind| kind.name).collect();
        let pages: BTreeSet<_> = KINDS.iter().map(|kind| kind.primary).collect();
        assert_eq!((names.len(), pages.len()), (KINDS.len(), KINDS.len()));
        for kind in KINDS {
            let tables: BTreeSet<_> = (kind.tables)().iter().map(|schema| &schema.name).collect();
            assert_eq!(tables.len(), (kind.tables)().len(), "{}", kind.name);
            assert!(kind.documents.contains(&crate::bundle::DECISION), "{}", kind.name);
        }
    }
}
