//! The header of an order export: the one row that has all ten names, and what to say when there is none.

use crate::check::upload::Head;
use crate::codes as core;
use crate::finding::{Finding, Place};
use crate::kinds::data_gap::orders::codes;
use crate::kinds::data_gap::orders::contract::{FIELDS, Field};
use crate::kinds::data_gap::orders::stranger::{self, Stranger};
use crate::kinds::data_gap::orders::text::fold;
use crate::read::row::{Cell, Row, Value, cell_name};

/// The header stands in one of so many rows, title rows and blank rows counted.
pub(super) const ROWS: u32 = 20;
/// So many of its own names make a row of the table a header again.
const REPEATED: usize = 5;

/// What a row says when it is read as a header.
#[derive(Clone, Debug)]
pub(super) struct Header {
    /// Where each column of the contract stands, from 0.
    pub columns: [Option<u32>; FIELDS],
    /// The column of the contract that stands at each place.
    fields: Vec<Option<Field>>,
    /// How many cells the row has, blank ones counted.
    pub cells: u32,
    /// How many it has up to the last one with a name.
    pub width: u32,
    /// The row as Excel counts it.
    pub row: u32,
    /// Its own place.
    pub place: Place,
    /// The names as they are compared: folded, in lower case.
    names: Vec<(u32, String)>,
    /// Columns whose name had to be normalised.
    normalised: Vec<(Field, u32)>,
    /// Required names that stand there again.
    again: Vec<(Field, u32)>,
}

impl Header {
    /// Reads a row as if it were the header.
    pub(super) fn read(row: &Row<'_>, cells: &[Cell<'_>]) -> Self {
        let mut header = Self {
            columns: [None; FIELDS],
            fields: Vec::new(),
            cells: cells.last().map_or(0, |cell| cell.column + 1),
            width: 0,
            row: row.number,
            place: row.place(),
            names: Vec::new(),
            normalised: Vec::new(),
            again: Vec::new(),
        };
        for cell in cells {
            let Value::Text(text) = cell.value else { continue };
            let name = fold(text).to_ascii_lowercase();
            if name.is_empty() {
                continue;
            }
            header.width = header.width.max(cell.column + 1);
            if let Some(field) = Field::of(&name) {
                let known = &mut header.columns[field as usize];
                if known.is_some() {
                    header.again.push((field, cell.column));
                } else {
                    *known = Some(cell.column);
                    if text != name {
                        header.normalised.push((field, cell.column));
                    }
                }
            }
            header.names.push((cell.column, name));
        }
        header.fields = vec![None; usize::try_from(header.width).unwrap_or(0)];
        for field in Field::ALL {
            if let Some(column) = header.columns[field as usize] {
                header.fields[column as usize] = Some(field);
            }
        }
        header
    }

    /// Where it stands and what stands under it.
    pub(super) fn head(&self) -> Head {
        let at = |column: u32| Some((column, self.field(column)?.name()));
        Head { sheet: self.place.sheet.clone(), row: self.row, fields: (0..self.width).filter_map(at).collect() }
    }

    /// How many of the ten names it has.
    pub(super) fn known(&self) -> usize {
        self.columns.iter().flatten().count()
    }

    /// How many of the ten names it has; nearly all when it is the header of an export that is known.
    pub(super) fn likeness(&self) -> usize {
        match self.known() {
            known if known < FIELDS - 1 && self.stranger().is_some() => FIELDS - 1,
            known => known,
        }
    }

    /// Whether it has all ten names.
    pub(super) fn is_complete(&self) -> bool {
        self.known() == FIELDS
    }

    /// Whether one of the ten names stands there twice, so that rows have two readings.
    pub(super) fn is_ambiguous(&self) -> bool {
        !self.again.is_empty()
    }

    /// The ones that it does not have, in the order of the contract.
    pub(super) fn missing(&self) -> Vec<&'static str> {
        Field::ALL.into_iter().filter(|field| self.columns[*field as usize].is_none()).map(Field::name).collect()
    }

    /// The column of the contract that stands at this place.
    pub(super) fn field(&self, column: u32) -> Option<Field> {
        self.fields.get(column as usize).copied().flatten()
    }

    /// What stands in the columns of the contract in a row below it.
    pub(super) fn values<'a>(&self, cells: &[Cell<'a>]) -> [Value<'a>; FIELDS] {
        let mut values = [Value::Blank; FIELDS];
        for cell in cells {
            if let Some(field) = self.field(cell.column) {
                values[field as usize] = cell.value;
            }
        }
        values
    }

    /// Whether a row below it is a header again: the same names, or the names that another program has for them. Names
    /// have no digits; of the columns with these bits it is known that they have.
    pub(super) fn is_repeated_by(values: &[Value<'_>; FIELDS], digits: u16) -> bool {
        if digits.count_ones() as usize + REPEATED > FIELDS {
            return false;
        }
        let named = || {
            Field::ALL.into_iter().filter_map(|field| match values[field as usize] {
                Value::Text(text) if digits & field.bit() == 0 && may_be_name(text) => Some((field, text)),
                _ => None,
            })
        };
        // In most rows that is decided by their digits.
        if named().nth(REPEATED - 1).is_none() {
            return false;
        }
        let is_name = |(field, text): &(Field, &str)| {
            let name = fold(text).to_ascii_lowercase();
            name == field.name() || field.look_alikes().contains(&name.as_str())
        };
        named().filter(is_name).count() >= REPEATED
    }

    /// What is wrong with it: names that are missing and names that stand there twice, or that it is the header of
    /// another export.
    pub(super) fn faults(&self) -> Vec<Finding> {
        let stranger = self.stranger().filter(|_| !self.is_complete());
        let mut findings: Vec<_> = stranger.map(|stranger| self.is_stranger(stranger)).into_iter().collect();
        findings.extend(stranger.and_then(Stranger::statuses).map(|statuses| {
            let message = format!("its status words mean: {statuses}");
            Finding::new(&codes::STATUS_MAPPING, self.place.clone(), message)
        }));
        for (field, column) in &self.again {
            let message = format!("`{}` stands in the header twice", field.name());
            let place = self.place_of(*column, *field);
            findings.push(Finding::new(&core::DUPLICATE_COLUMN, place, message).hint("keep one of the two columns"));
        }
        for field in Field::ALL.into_iter().filter(|field| self.columns[*field as usize].is_none()) {
            let place = Place { column: Some(field.name().to_owned()), ..self.place.clone() };
            let message = format!("the column `{}` is missing", field.name());
            let look_alike = self.names.iter().find(|(_, name)| field.look_alikes().contains(&name.as_str()));
            let hint = match (stranger, look_alike) {
                (Some(stranger), _) => stranger.gives.iter().find(|(ours, _)| *ours == field.name()).map_or_else(
                    || "the sender has to add it; nothing in this export gives it".to_owned(),
                    |(_, theirs)| format!("it can be made from {theirs}; nothing is taken over by itself"),
                ),
                (None, Some((column, name))) if field == Field::CustomerKey => format!(
                    "if `{name}` in {} is it, replace it by a keyed hash at the source and name the column `{}`",
                    cell_name(*column, self.row),
                    field.name()
                ),
                (None, Some((column, name))) => format!(
                    "if `{name}` in {} is it, name the column `{}`; it is not taken for it",
                    cell_name(*column, self.row),
                    field.name()
                ),
                (None, None) if self.is_one_cell() => {
                    "the header is one cell: separate the columns by commas, or send XLSX".to_owned()
                }
                (None, None) => "add the column with exactly this name; it is not filled in".to_owned(),
            };
            findings.push(Finding::new(&core::MISSING_COLUMN, place, message).hint(hint));
        }
        findings
    }

    /// What was normalised in it and what of it is not read.
    pub(super) fn notices(&self) -> Vec<Finding> {
        let mut findings = Vec::new();
        if self.row > 1 {
            let message = format!("the header was found in row {}; what stands above it was left out", self.row);
            findings.push(Finding::new(&core::HEADER_ROW, self.place.clone(), message));
        }
        for (field, column) in &self.normalised {
            let message = format!("the name was read as `{}`", field.name());
            findings.push(Finding::new(&core::HEADER_NORMALISED, self.place_of(*column, *field), message));
        }
        let ignored: Vec<_> = self.names.iter().filter(|(column, _)| self.field(*column).is_none()).collect();
        if !ignored.is_empty() {
            let named: Vec<_> = ignored.iter().take(20).map(|(column, _)| cell_name(*column, self.row)).collect();
            let and_more = if ignored.len() > 20 { " and more" } else { "" };
            let message = format!(
                "columns that are not of the contract, looked through for personal data only ({}): {}{and_more}",
                ignored.len(),
                named.join(", ")
            );
            findings.push(Finding::new(&codes::IGNORED_COLUMNS, self.place.clone(), message));
        }
        findings
    }

    fn place_of(&self, column: u32, field: Field) -> Place {
        Place { cell: Some(cell_name(column, self.row)), column: Some(field.name().to_owned()), ..self.place.clone() }
    }

    fn is_one_cell(&self) -> bool {
        matches!(self.names.as_slice(), [(_, name)] if Field::ALL.iter().filter(|field| name.contains(field.name())).count() > 1)
    }

    /// The export of another program that it is the header of.
    fn stranger(&self) -> Option<&'static Stranger> {
        let names: Vec<_> = self.names.iter().map(|(_, name)| name.as_str()).collect();
        stranger::recognise(&names)
    }

    fn is_stranger(&self, stranger: &Stranger) -> Finding {
        let gives: Vec<_> = stranger.gives.iter().map(|(ours, theirs)| format!("{ours} ({theirs})")).collect();
        let lacks: Vec<_> = Field::ALL
            .into_iter()
            .map(Field::name)
            .filter(|name| stranger.gives.iter().all(|(ours, _)| ours != name))
            .collect();
        let message =
            format!("is {} with {} columns, not the order file with the ten columns", stranger.name, self.names.len());
        let can = if gives.is_empty() {
            "no column of it can be taken as it is".to_owned()
        } else {
            format!("it can give {}", gives.join(", "))
        };
        let hint = format!("{can}; the sender has to add {}. {}", lacks.join(", "), stranger.note);
        Finding::new(&core::WRONG_FILE, self.place.clone(), message).hint(hint.trim_end())
    }
}

/// Whether a cell may be the name of a column: names are short and have no digits, unlike amounts, dates and hashes.
fn may_be_name(text: &str) -> bool {
    text.len() <= 64 && !text.bytes().any(|byte| byte.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_name_may_be_one() {
        for field in Field::ALL {
            assert!(field.look_alikes().iter().copied().chain([field.name()]).all(may_be_name), "{}", field.name());
        }
    }
}
