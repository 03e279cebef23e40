//! Tables against their schema: rows of any format are checked one by one, and become records where those are asked for.
//!
//! Invariants: a column is known by its exact name and never guessed; a row with an error is not used, but counted; of
//! rows that share a key none is used, since nothing says which one holds; no value is converted that has two readings.
//! A check without records holds one row at a time, and what keys need.

use crate::check::links::Links;
pub use crate::check::links::{OtherTable, OtherTables};
use crate::check::privacy;
use crate::check::schema::TableSchema;
use crate::check::table::checker::Checker;
use crate::check::value::Plain;
use crate::finding::{Finding, Place};
use crate::read::capped::Capped;
use crate::read::crew::Crew;
use crate::read::format::Format;
use crate::read::stream::{self, Fold as _, Source};
use crate::read::table;

mod checker;
mod record;
mod row;
#[cfg(test)]
mod tests;

pub use checker::Checked;
pub use record::{Fact, Record, Records};

/// Reads a record file. `None` when the table as a whole cannot be used: it could not be read to its end, or a
/// required column is missing or stands twice. That is not the same as a table without rows.
pub fn read(path: &str, bytes: &[u8], schema: &TableSchema, findings: &mut Vec<Finding>) -> Option<Records> {
    let mut findings = Capped::new(path, findings);
    let links = Links::new(path, schema, &OtherTables::new(), &mut findings);
    let mut checker = Checker::new(path, schema, links);
    checker.records = Some(Vec::new());
    let format = table::read(path, bytes, &mut findings, &mut |row, findings| checker.row(&row, findings));
    let (found, records) = match format {
        Some(format) => checker.finish(format, &mut findings),
        None => (Checked { missing: Vec::new(), rows: None, has_its_columns: false }, Vec::new()),
    };
    let rows_read =
        found.rows.filter(|_| found.has_its_columns).map(|rows| usize::try_from(rows).unwrap_or(usize::MAX));
    let records = rows_read.map(|rows_read| Records { file: path.to_owned(), rows_read, records });
    if let (Some(Format::Xlsx), Some(records)) = (format, &records) {
        check_privacy(records, schema, &mut findings);
    }
    findings.finish();
    records
}

/// Checks a file against a schema without keeping its rows. Columns that are missing do not keep the others from being
/// checked. Of a workbook it is the sheet of this name.
pub fn check(
    path: &str,
    source: &mut dyn Source,
    crew: Crew,
    sheet: Option<&str>,
    schema: &TableSchema,
    others: &OtherTables,
    findings: &mut Vec<Finding>,
) -> Checked {
    let mut findings = Capped::new(path, findings);
    let begin = |findings: &mut Capped<'_>| {
        let mut checker = Checker::new(path, schema, Links::new(path, schema, others, findings));
        checker.sheet = sheet.map(str::to_owned);
        let is_keyed = &checker.row.is_keyed;
        checker.plain = schema.fields.iter().zip(is_keyed).map(|(field, keyed)| Plain::of(field, *keyed)).collect();
        checker
    };
    let found = match stream::read(path, source, crew, &mut findings, &begin) {
        Some((format, checker)) => checker.finish(format, &mut findings).0,
        None => Checked { missing: Vec::new(), rows: None, has_its_columns: false },
    };
    findings.finish();
    found
}

/// Looks into the cells of a workbook. Of a text file its lines are looked at, whatever it is read as.
fn check_privacy(records: &Records, schema: &TableSchema, findings: &mut Capped<'_>) {
    for record in &records.records {
        for (field, value) in schema.fields.iter().zip(&record.values) {
            for hit in value.iter().flat_map(|value| privacy::scan(value.show().as_bytes())) {
                let place = Place { column: Some(field.name.clone()), ..record.place.clone() };
                let found = hit.at(place);
                findings.add(found.code, || found);
            }
        }
    }
}
