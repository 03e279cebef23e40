//! The header of a table: which field stands in which column, and what is wrong with the names.

use std::collections::BTreeMap;

use crate::check::field::{Field, Missing};
use crate::check::schema::{FieldsMatch, TableSchema};
use crate::check::value::{looks_personal, shortened};
use crate::codes;
use crate::finding::{Finding, Place, Severity, did_you_mean};
use crate::read::capped::Capped;
use crate::read::row::{Cell, Row, Value, cell_name, trimmed};

/// What a row says when it is read as the header.
#[derive(Clone)]
pub(super) struct Header {
    /// What stands in every column.
    pub columns: Vec<Column>,
    /// For every field of the schema, its column.
    pub fields: Vec<Option<u32>>,
    /// The required fields that have a column.
    pub required: Vec<usize>,
    /// Whether the header could not be read at all.
    pub is_unknown: bool,
    row: u32,
    place: Place,
    /// The names that stand there, without the spaces around them.
    names: Vec<(u32, String)>,
    /// Columns whose name had spaces around it.
    normalised: Vec<usize>,
}

/// What a column holds.
#[derive(Clone, Copy, PartialEq)]
pub(super) enum Column {
    /// The field that stands there in the schema.
    Field(usize),
    /// Something that was reported as unknown or as standing twice.
    Ignored,
    /// The header is blank here; reported when a value stands below.
    Nameless,
}

impl Header {
    /// A header that could not be read.
    pub(super) fn unknown(schema: &TableSchema, place: Place) -> Self {
        let (columns, names, required, normalised) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
        let fields = vec![None; schema.fields.len()];
        Self { columns, fields, required, is_unknown: true, row: 0, place, names, normalised }
    }

    /// Reads a row as if it were the header.
    pub(super) fn read(row: &Row<'_>, cells: &[Cell<'_>], schema: &TableSchema) -> Self {
        let width = cells.last().map_or(0, |cell| cell.column as usize + 1);
        let mut header = Self {
            columns: vec![Column::Nameless; width],
            row: row.number,
            is_unknown: false,
            ..Self::unknown(schema, row.place())
        };
        for cell in cells.iter().filter(|cell| !cell.value.is_blank()) {
            let written = match cell.value {
                Value::Text(text) | Value::Number(text) | Value::Moment(text) => text,
                _ => "",
            };
            let name = trimmed(written);
            header.columns[cell.column as usize] = Column::Ignored;
            let is_first = header.names.iter().all(|(_, known)| known != name);
            if is_first && let Some(field) = schema.index_of(name) {
                header.columns[cell.column as usize] = Column::Field(field);
                header.fields[field] = Some(cell.column);
                if schema.fields[field].required {
                    header.required.push(field);
                }
                if name != written {
                    header.normalised.push(field);
                }
            }
            header.names.push((cell.column, name.to_owned()));
        }
        header
    }

    /// How many of the names it has.
    pub(super) fn known(&self) -> usize {
        self.fields.iter().flatten().count()
    }

    /// Whether it has every required name or half of all names, so that it must be meant as the header.
    pub(super) fn is_near(&self, schema: &TableSchema) -> bool {
        let required = schema.fields.iter().filter(|field| field.required).count();
        let known = self.known();
        known > 0 && (known * 2 >= schema.fields.len() || (required > 0 && self.required.len() == required))
    }

    /// Whether a row below it has the same names again.
    pub(super) fn is_repeated_by(&self, cells: &[Cell<'_>]) -> bool {
        let mut names = self.names.iter();
        self.names.len() > 1
            && cells.iter().filter(|cell| !cell.value.is_blank()).all(|cell| {
                let Some((column, name)) = names.next() else { return false };
                cell.column == *column && matches!(cell.value, Value::Text(text) if trimmed(text) == name)
            })
            && names.next().is_none()
    }

    /// Says what is wrong with it. True when not every row can be used.
    pub(super) fn report(&self, schema: &TableSchema, findings: &mut Capped<'_>) -> bool {
        let mut is_unusable = false;
        let mut first: BTreeMap<&str, u32> = BTreeMap::new();
        let mut unknown = Vec::new();
        for (column, name) in &self.names {
            let place = || Place { column: repeatable(name), ..self.place_of(*column) };
            if let Some(earlier) = first.get(name.as_str()) {
                is_unusable |= schema.index_of(name).is_some();
                findings.add(&codes::DUPLICATE_COLUMN, || {
                    let message = format!("{} stands also in {}", column_name(name), cell_name(*earlier, self.row));
                    Finding::new(&codes::DUPLICATE_COLUMN, place(), message).hint("rename or remove one of them")
                });
                continue;
            }
            first.insert(name, *column);
            if schema.index_of(name).is_none() {
                is_unusable |= !schema.fields_match.allows_others();
                unknown.push(name.as_str());
                findings.add(&codes::UNKNOWN_COLUMN, || unknown_column(schema, name, place()));
            }
        }
        for field in &self.normalised {
            let name = &schema.fields[*field].name;
            let place = Place { column: Some(name.clone()), ..self.place_of(self.fields[*field].unwrap_or(0)) };
            let message = format!("the name was read as `{name}`");
            findings.once().push(Finding::new(&codes::HEADER_NORMALISED, place, message));
        }
        for (field, column) in schema.fields.iter().zip(&self.fields) {
            if column.is_none() && (field.required || schema.fields_match.wants_all()) {
                is_unusable = true;
                let place = Place { column: Some(field.name.clone()), ..self.place.clone() };
                findings.add(&codes::MISSING_COLUMN, || missing_column(field, place, &unknown));
            }
        }
        if schema.fields_match == FieldsMatch::Partial && self.known() == 0 && !is_unusable {
            is_unusable = true;
            let message = "none of the columns of the schema stands here";
            findings.once().push(Finding::new(&codes::MISSING_COLUMN, self.place.clone(), message));
        }
        let is_ordered = self.fields.iter().flatten().is_sorted();
        if schema.fields_match == FieldsMatch::Exact && !is_ordered {
            is_unusable = true;
            let names: Vec<_> = schema.fields.iter().map(|field| field.name.as_str()).collect();
            let message = format!("the columns are in another order than {}", names.join(", "));
            let hint = "put them into that order, or declare `fieldsMatch` as `equal`";
            findings.once().push(Finding::new(&codes::COLUMN_ORDER, self.place.clone(), message).hint(hint));
        }
        is_unusable
    }

    fn place_of(&self, column: u32) -> Place {
        Place { cell: Some(cell_name(column, self.row)), ..self.place.clone() }
    }
}

/// A column that is no field, when only fields may stand there.
pub(super) fn severity_of_others(schema: &TableSchema) -> Severity {
    if schema.fields_match.allows_others() { Severity::Warning } else { Severity::Error }
}

pub(super) fn unknown_column(schema: &TableSchema, name: &str, place: Place) -> Finding {
    let known = || schema.fields.iter().map(|field| field.name.as_str());
    let hint = did_you_mean(name, known()).map_or_else(
        || {
            let of = if schema.name.is_empty() { String::new() } else { format!(" of `{}`", schema.name) };
            format!("columns{of}: {}", known().collect::<Vec<_>>().join(", "))
        },
        |near| format!("did you mean `{near}`?"),
    );
    let message = format!("{} is not part of the table and was ignored", column_name(name));
    Finding::new(&codes::UNKNOWN_COLUMN, place, message).severity(severity_of_others(schema)).hint(hint)
}

pub(super) fn missing_column(field: &Field, place: Place, unknown: &[&str]) -> Finding {
    let about = if field.description.en.is_empty() { String::new() } else { format!(" ({})", field.description.en) };
    let message = format!("required column `{}` is missing{about}", field.name);
    let hint = did_you_mean(&field.name, unknown.iter().copied()).map_or_else(
        || format!("add the column `{}`", field.name),
        |near| format!("is it {}? then rename it to `{}`", column_name(near), field.name),
    );
    Finding::new(&codes::MISSING_COLUMN, place, message).hint(hint)
}

pub(super) fn blank_required(field: &Field, place: Place) -> Finding {
    let message = format!("`{}` is blank, expected {}", field.name, field.kind.expected());
    let hint =
        if field.missing == Missing::Blank { "fill it in; the row is not used without it" } else { "fill it in" };
    Finding::new(&codes::BLANK_REQUIRED, place, message).hint(hint)
}

/// The name of a column for a place, unless it looks like personal data: a file without header has data in its place.
pub(super) fn repeatable(name: &str) -> Option<String> {
    (!looks_personal(name)).then(|| shortened(name))
}

fn column_name(name: &str) -> String {
    repeatable(name)
        .map_or_else(|| "a column whose name is not repeated here".to_owned(), |name| format!("column `{name}`"))
}
