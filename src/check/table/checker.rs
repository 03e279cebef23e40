//! One pass over the rows of a table: the header is found, then each row is put to the fields and the keys of the schema,
//! in one piece or in parts that are joined.

use std::collections::BTreeSet;
use std::num::{NonZeroU32, NonZeroU64};
use std::sync::Arc;

use crate::check::field::Field;
use crate::check::header::{
    Column, Header, blank_required, missing_column, repeatable, severity_of_others, unknown_column,
};
use crate::check::keys::Spot;
use crate::check::links::Links;
use crate::check::schema::{ForeignKey, TableSchema};
use crate::check::table::record::Record;
use crate::check::table::row::CurrentRow;
use crate::check::unique::{Listed, Unique};
use crate::check::value::Plain;
use crate::codes;
use crate::finding::{Finding, Place};
use crate::limits;
use crate::read::capped::Capped;
use crate::read::format::Format;
use crate::read::row::{Cell, Content, Row, Value, cell_name};
use crate::read::sheets::Choice;
use crate::read::stream::Fold;
use crate::read::tree::Entry;

/// The header stands in one of so many rows, title rows and blank rows counted.
const HEADER_ROWS: u32 = 20;

/// What a check of a whole table found out.
#[derive(Clone, Debug)]
pub struct Checked {
    /// Fields that have to be there and are not, in the order of the schema.
    pub missing: Vec<String>,
    /// Rows below the header; `None` when they could not be told from what is none.
    pub rows: Option<u64>,
    /// Whether the table could be read to its end and has the columns that it has to have.
    pub has_its_columns: bool,
}

/// What is learnt on the way through a table.
pub(super) struct Checker<'s> {
    path: &'s str,
    schema: &'s TableSchema,
    /// Whether it learns from a part of the table, whose keys are compared when it is joined to what is above.
    is_part: bool,
    /// The sheet of a workbook that was asked for.
    pub(super) sheet: Option<String>,
    header: Option<Box<Header>>,
    /// The row that has most of the names, while none has enough to be the header.
    nearest: Option<Header>,
    /// Whether a fault of the header makes every row unusable.
    is_unusable: bool,
    rows_read: u64,
    /// The rows without an error, when they are asked for.
    pub(super) records: Option<Vec<Record>>,
    /// The row of each record.
    record_rows: Vec<u32>,
    pub(super) row: CurrentRow,
    /// For every field, what its plain values look like; empty when records are asked for.
    pub(super) plain: Arc<[Plain<'s>]>,
    keys: Vec<UniqueKey>,
    links: Links<'s>,
    /// Rows that turned out to share their key with a later one, when records are asked for.
    withdrawn: BTreeSet<u32>,
    /// For every field, whether any JSON object has it.
    seen: Vec<bool>,
    /// For every required field, the JSON objects without it.
    absent: Vec<Absent>,
    unknown_keys: BTreeSet<String>,
}

/// Fields whose values together must not repeat.
struct UniqueKey {
    fields: Vec<usize>,
    /// Those of a part of the table, until it is joined to what is above.
    listed: Listed,
    unique: Unique,
}

#[derive(Clone, Default)]
struct Absent {
    places: Vec<Place>,
    count: u64,
}

impl Fold for Checker<'_> {
    fn row(&mut self, row: &Row<'_>, findings: &mut Capped<'_>) {
        match row.content {
            Content::Cells(cells) if cells.iter().all(|cell| cell.value.is_blank()) => {}
            Content::Cells(cells) => match self.header.take() {
                None => self.above_header(row, cells, findings),
                Some(mut header) => {
                    if header.is_repeated_by(cells) {
                        let message = "is the header again, left out";
                        findings.add(&codes::REPEATED_HEADER, || {
                            Finding::new(&codes::REPEATED_HEADER, row.place(), message)
                        });
                    } else {
                        self.rows_read += 1;
                        self.row.clear(self.records.is_some());
                        if self.cells(row, cells, &mut header, findings) {
                            self.keep(row, Some(&header), findings);
                        }
                    }
                    self.header = Some(header);
                }
            },
            Content::Object(entries) => {
                self.rows_read += 1;
                self.row.clear(self.records.is_some());
                self.entries(row, entries, findings);
                self.keep(row, None, findings);
            }
            // It may have been the header.
            Content::Broken if self.header.is_none() && row.format == Format::Csv => {
                self.is_unusable = true;
                self.header = Some(Header::unknown(self.schema, row.place()).into());
            }
            Content::Broken => self.rows_read += 1,
        }
    }

    fn expect(&mut self, rows: u64) {
        for unique in &mut self.keys {
            unique.unique.expect(rows);
        }
    }

    /// What needs the rows in their order stays in one piece: foreign keys, and columns that are reported at their first
    /// value.
    fn choice(&self) -> Choice {
        Choice::named(self.sheet.as_deref())
    }

    fn fork(&self) -> Option<Self> {
        let header = self.header.clone().filter(|header| !header.columns.contains(&Column::Nameless))?;
        if !self.schema.foreign_keys.is_empty() || self.records.is_some() {
            return None;
        }
        let mut part = Self::new(self.path, self.schema, Links::none(self.schema));
        part.plain = Arc::clone(&self.plain);
        part.header = Some(header);
        part.is_part = true;
        Some(part)
    }

    fn join(&mut self, below: Self, findings: &mut Capped<'_>) {
        self.rows_read += below.rows_read;
        for (index, below) in below.keys.iter().enumerate() {
            let again = self.keys[index].unique.join(&below.listed);
            self.report_again(index, again, findings);
        }
    }
}

impl<'s> Checker<'s> {
    pub(super) fn new(path: &'s str, schema: &'s TableSchema, links: Links<'s>) -> Self {
        let unique = |(index, field): (usize, &Field)| field.unique.then(|| vec![index]);
        let single: Vec<_> = schema.fields.iter().enumerate().filter_map(unique).collect();
        let mut keys: Vec<Vec<usize>> = Vec::new();
        for key in [&schema.primary_key].into_iter().chain(&single).chain(&schema.unique_keys) {
            if !key.is_empty() && !keys.contains(key) {
                keys.push(key.clone());
            }
        }
        let width = schema.fields.len();
        let mut is_keyed = vec![false; width];
        let linked = schema.foreign_keys.iter().flat_map(ForeignKey::own_fields);
        for field in keys.iter().flatten().copied().chain(linked) {
            is_keyed[field] = true;
        }
        Self {
            path,
            schema,
            is_part: false,
            sheet: None,
            header: None,
            nearest: None,
            is_unusable: false,
            rows_read: 0,
            records: None,
            record_rows: Vec::new(),
            row: CurrentRow::new(is_keyed),
            plain: Arc::new([]),
            keys: keys
                .into_iter()
                .map(|fields| UniqueKey { fields, unique: Unique::default(), listed: Listed::default() })
                .collect(),
            links,
            withdrawn: BTreeSet::new(),
            seen: vec![false; width],
            absent: vec![Absent::default(); width],
            unknown_keys: BTreeSet::new(),
        }
    }

    /// Looks for the header: the first row with every required name or half of all names.
    fn above_header(&mut self, row: &Row<'_>, cells: &[Cell<'_>], findings: &mut Capped<'_>) {
        if row.number > HEADER_ROWS && self.nearest.is_some() {
            return;
        }
        let header = Header::read(row, cells, self.schema);
        if header.is_near(self.schema) {
            self.is_unusable |= header.report(self.schema, findings);
            if self.nearest.is_some() {
                let message = format!("the header was found in row {}; what stands above it was left out", row.number);
                findings.once().push(Finding::new(&codes::HEADER_ROW, row.place(), message));
            }
            self.header = Some(header.into());
        } else if self.nearest.as_ref().is_none_or(|nearest| nearest.known() < header.known()) {
            self.nearest = Some(header);
        }
    }

    /// Reads a row of cells. False when the cells do not stand under their columns.
    fn cells(&mut self, row: &Row<'_>, cells: &[Cell<'_>], header: &mut Header, findings: &mut Capped<'_>) -> bool {
        let schema = self.schema;
        let expected = header.columns.len();
        let found = cells.iter().rev().find(|cell| row.format == Format::Csv || !cell.value.is_blank());
        let found = found.map_or(0, |cell| cell.column as usize + 1);
        // A sheet has only cells with content, so that it cannot be short of blank ones. In CSV one blank cell too many
        // may be the end of `28,000`.
        if found > expected || (row.format == Format::Csv && found < expected) {
            if !header.is_unknown {
                findings.add(&codes::RAGGED_ROW, || {
                    let message = format!("the row has {found} cells, the header has {expected}");
                    Finding::new(&codes::RAGGED_ROW, row.place(), message)
                        .hint("quote cells that hold the separator, or complete the row")
                });
            }
            return false;
        }
        for cell in cells {
            let Some(column) = header.columns.get_mut(cell.column as usize) else { continue };
            match *column {
                Column::Field(index) => {
                    match (self.plain.get(index), cell.value) {
                        (Some(plain), Value::Text(text)) if plain.holds(text) => {
                            self.row.take(index, text);
                            continue;
                        }
                        (Some(plain), Value::Blank) if plain.may_be_blank => continue,
                        _ => {}
                    }
                    let field = &schema.fields[index];
                    let place = || Place { column: Some(field.name.clone()), ..row.place_of_cell(cell.column) };
                    self.row.read(field, index, cell.value, row.format, place, findings);
                }
                Column::Nameless if !cell.value.is_blank() => {
                    *column = Column::Ignored;
                    findings.add(&codes::UNKNOWN_COLUMN, || {
                        let message = "values stand in a column without a name; it was ignored";
                        Finding::new(&codes::UNKNOWN_COLUMN, row.place_of_cell(cell.column), message)
                            .severity(severity_of_others(schema))
                            .hint("name the column, or empty it")
                    });
                }
                Column::Ignored | Column::Nameless => {}
            }
        }
        for index in &header.required {
            if let Some(column) = header.fields[*index] {
                let field = &schema.fields[*index];
                let place = || Place { column: Some(field.name.clone()), ..row.place_of_cell(column) };
                self.row.blank(field, *index, place, findings);
            }
        }
        true
    }

    /// Reads a JSON object.
    fn entries(&mut self, row: &Row<'_>, entries: &[Entry], findings: &mut Capped<'_>) {
        let schema = self.schema;
        let mut present = vec![false; schema.fields.len()];
        for entry in entries {
            let Some(index) = schema.index_of(&entry.key) else {
                if self.unknown_keys.insert(entry.key.to_string()) {
                    findings.add(&codes::UNKNOWN_COLUMN, || {
                        // The pointer would repeat the key.
                        let column = repeatable(&entry.key);
                        let place = if column.is_some() { row.place_of_entry(entry) } else { row.place() };
                        unknown_column(schema, &entry.key, Place { column, ..place })
                    });
                }
                continue;
            };
            let place = || Place { column: Some(entry.key.to_string()), ..row.place_of_entry(entry) };
            present[index] = true;
            self.seen[index] = true;
            let field = &schema.fields[index];
            self.row.read(field, index, Value::of(&entry.node), row.format, place, findings);
            self.row.blank(field, index, place, findings);
        }
        for (index, field) in schema.fields.iter().enumerate() {
            if field.required && !present[index] {
                self.row.is_sound = false;
                let absent = &mut self.absent[index];
                absent.count += 1;
                if absent.count <= limits::FINDINGS_PER_CODE.value {
                    absent.places.push(Place { column: Some(field.name.clone()), ..row.place() });
                }
            }
        }
    }

    /// Checks the keys of a row, and keeps it as a record when those are asked for and nothing is wrong with it.
    fn keep(&mut self, row: &Row<'_>, header: Option<&Header>, findings: &mut Capped<'_>) {
        let schema = self.schema;
        let current = &self.row;
        let place = |field: usize| {
            let column = header.and_then(|header| header.fields[field]);
            let place = column.map_or_else(|| row.place(), |column| row.place_of_cell(column));
            Place { column: Some(schema.fields[field].name.clone()), ..place }
        };
        let mut is_repeated = false;
        for unique in &mut self.keys {
            let Some(parts) = current.key(&unique.fields) else { continue };
            if self.is_part {
                let column = header.and_then(|header| header.fields[unique.fields[0]]).unwrap_or(0);
                let line = row.line().and_then(NonZeroU32::new);
                let byte = row.byte_of_cell(column).and_then(NonZeroU64::new);
                unique.listed.push(parts, Spot { row: row.number, line, byte });
                continue;
            }
            let Some(first) = unique.unique.first(parts, row.number) else { continue };
            is_repeated = true;
            let has_records = self.records.is_some();
            if has_records {
                self.withdrawn.insert(first);
            }
            findings.add(&codes::DUPLICATE_ID, || {
                let place = place(unique.fields[0]);
                repeats(schema, &unique.fields, row.format, [row.number, first], place, has_records)
            });
        }
        self.links.row(row, |field| current.part(field), place, findings);
        let is_used = current.is_sound && !is_repeated && !self.is_unusable;
        if let Some(records) = self.records.as_mut().filter(|_| is_used) {
            self.record_rows.push(row.number);
            records.push(Record { place: row.place(), values: self.row.facts.clone() });
        }
    }

    /// Reports rows of parts that repeat a key.
    fn report_again(&self, index: usize, again: Vec<(Spot, u32)>, findings: &mut Capped<'_>) {
        let fields = &self.keys[index].fields;
        let columns = self.header.as_ref().map(|header| &header.fields);
        for (Spot { row, line, byte }, first) in again {
            findings.add(&codes::DUPLICATE_ID, || {
                let column = columns.and_then(|columns| columns[fields[0]]).unwrap_or(0);
                let cell = Some(cell_name(column, row));
                let (line, byte) = (line.map(NonZeroU32::get), byte.map(NonZeroU64::get));
                let place = Place { row: Some(row), line, byte, cell, ..Place::file(self.path) };
                repeats(self.schema, fields, Format::Csv, [row, first], place, false)
            });
        }
    }

    pub(super) fn finish(mut self, format: Format, findings: &mut Capped<'_>) -> (Checked, Vec<Record>) {
        let schema = self.schema;
        for index in 0..self.keys.len() {
            let again = self.keys[index].unique.finish();
            self.report_again(index, again, findings);
        }
        let is_positional = matches!(format, Format::Csv | Format::Xlsx);
        let mut rows = Some(self.rows_read);
        if is_positional && self.header.is_none() {
            rows = None;
            self.is_unusable = true;
            if let Some(nearest) = &self.nearest {
                nearest.report(schema, findings);
            } else {
                let finding = Finding::new(&codes::EMPTY_FILE, Place::file(self.path), "has no row with content");
                findings.once().push(finding.hint("write at least the header"));
            }
        }
        let unknown: Vec<_> = self.unknown_keys.iter().map(String::as_str).collect();
        let has_objects = !is_positional && self.rows_read > 0;
        for (index, absent) in self.absent.into_iter().enumerate() {
            let field = &schema.fields[index];
            if has_objects && !self.seen[index] && (field.required || schema.fields_match.wants_all()) {
                self.is_unusable = true;
                let place = Place { column: Some(field.name.clone()), ..Place::file(self.path) };
                findings.add(&codes::MISSING_COLUMN, || missing_column(field, place, &unknown));
                continue;
            }
            let places_not_kept = absent.count - absent.places.len() as u64;
            for place in absent.places {
                findings.add(&codes::BLANK_REQUIRED, || blank_required(field, place));
            }
            findings.count(&codes::BLANK_REQUIRED, places_not_kept);
        }
        if has_objects && !self.seen.contains(&true) {
            self.is_unusable = true;
        }
        if !unknown.is_empty() && !schema.fields_match.allows_others() {
            self.is_unusable = true;
        }
        let header = self.header.map(|header| *header).or(self.nearest);
        let is_present = |field: usize| match &header {
            Some(header) => header.fields[field].is_some(),
            None => self.seen[field],
        };
        let missing = |index: &usize| {
            let field = &schema.fields[*index];
            (header.is_some() || has_objects)
                && !is_present(*index)
                && (field.required || schema.fields_match.wants_all())
        };
        let missing = (0..schema.fields.len()).filter(missing).map(|index| schema.fields[index].name.clone()).collect();
        self.links.finish(is_present, findings);
        let checked = Checked { missing, rows, has_its_columns: !self.is_unusable };
        let records = self.records.unwrap_or_default();
        let kept = self.record_rows.iter().zip(records).filter(|(row, _)| !self.withdrawn.contains(row));
        (checked, kept.map(|(_, record)| record).collect())
    }
}

/// A row that has the same key as an earlier one.
fn repeats(
    schema: &TableSchema,
    fields: &[usize],
    format: Format,
    rows: [u32; 2],
    place: Place,
    has_records: bool,
) -> Finding {
    let names: Vec<_> = fields.iter().map(|field| schema.fields[*field].name.as_str()).collect();
    let [here, there] = rows.map(|number| spot(format, number));
    let message = format!("{here} has the same `{}` as {there}", names.join("`, `"));
    let hint = if has_records {
        "neither row is used; correct or remove one of them"
    } else {
        "correct or remove one of them"
    };
    let place = Place { column: Some(names[0].to_owned()), ..place };
    Finding::new(&codes::DUPLICATE_ID, place, message).hint(hint)
}

/// How people find a row again.
fn spot(format: Format, number: u32) -> String {
    match format {
        Format::Csv | Format::Xlsx => format!("row {number}"),
        Format::Json => format!("item {number}"),
        Format::JsonLines => format!("line {number}"),
    }
}
