//! The declared schema of a table in the form of Frictionless Table Schema v2: the same text validates the rows, prints
//! the data model and is what `proofpack schema` shows. The text is read in `document`.
//!
//! Invariant: a schema of which any part would not be checked is refused, since it would promise what nobody does.
//! What a reader cannot know for a check (a key such as `foo`) is said.

use crate::check::field::{Field, OwnWords};
use crate::lang::Lang;

mod document;
#[cfg(test)]
pub(crate) mod tests;

/// The schema of a table.
#[derive(Clone, Debug)]
pub struct TableSchema {
    /// Name of the table and of its files; empty when it has none.
    pub name: String,
    /// Title for pages.
    pub title: OwnWords,
    /// What a row is.
    pub description: OwnWords,
    /// Fields in their order.
    pub fields: Vec<Field>,
    /// Which columns a table must and may have.
    pub fields_match: FieldsMatch,
    /// Places in `fields` of those that tell rows apart; they are required.
    pub primary_key: Vec<usize>,
    /// Places in `fields` of those that together must not repeat.
    pub unique_keys: Vec<Vec<usize>>,
    /// Fields whose values stand elsewhere too.
    pub foreign_keys: Vec<ForeignKey>,
    /// The JSON text that the schema was read from.
    pub source: String,
}

/// Which columns a table must and may have. Columns are known by their names in any case.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FieldsMatch {
    /// All fields in their order, and no others.
    Exact,
    /// All fields in any order, and no others.
    Equal,
    /// All fields; others may stand there too.
    Subset,
    /// No others than the fields.
    Superset,
    /// At least one of the fields; others may stand there too.
    Partial,
}

impl FieldsMatch {
    /// Whether every field has to be there, and not only the required ones.
    pub fn wants_all(self) -> bool {
        matches!(self, Self::Exact | Self::Equal | Self::Subset)
    }

    /// Whether columns may stand there that are no field.
    pub fn allows_others(self) -> bool {
        matches!(self, Self::Subset | Self::Partial)
    }
}

/// Fields whose values, where they have any, must be those of other fields.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ForeignKey {
    /// Places in [`TableSchema::fields`].
    pub fields: Vec<usize>,
    /// Where the values must stand.
    pub target: Target,
}

/// Where the values of a foreign key must stand.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Target {
    /// In the same table; places in [`TableSchema::fields`].
    Own(Vec<usize>),
    /// In another table.
    Other {
        /// Its name.
        resource: String,
        /// Its columns.
        columns: Vec<String>,
    },
}

impl ForeignKey {
    /// The fields of the same table that it looks at.
    pub(super) fn own_fields(&self) -> impl Iterator<Item = usize> {
        let target = match &self.target {
            Target::Own(fields) => &fields[..],
            Target::Other { .. } => &[],
        };
        self.fields.iter().chain(target).copied()
    }
}

impl TableSchema {
    /// What a row is, in one language.
    pub fn description(&self, lang: Lang) -> &str {
        self.description.get(lang)
    }

    /// Where a field stands in `fields`.
    pub fn index_of(&self, field: &str) -> Option<usize> {
        self.fields.iter().position(|known| known.name == field)
    }
}
