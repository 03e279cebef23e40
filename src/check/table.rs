//! Tables against their schema: rows of any format are checked one by one, and become records where those are asked for.
//!
//! Invariants: a column is known by its exact name and never guessed; a row with an error is not used, but counted; of
//! rows that share a key none is used, since nothing says which one holds; no value is converted that has two readings.
//! A check without records holds one row at a time, and what keys need.

use std::collections::BTreeSet;
use std::num::{NonZeroU32, NonZeroU64};
use std::sync::Arc;

use jiff::Timestamp;
use jiff::civil::Date;

use crate::check::field::Field;
use crate::check::header::{
    Column, Header, blank_required, missing_column, repeatable, severity_of_others, unknown_column,
};
use crate::check::keys::Spot;
use crate::check::links::Links;
pub use crate::check::links::{OtherTable, OtherTables};
use crate::check::privacy;
use crate::check::schema::{ForeignKey, TableSchema};
use crate::check::typed::{self, Typed};
use crate::check::unique::{Listed, Unique};
use crate::check::value::{self, Plain};
use crate::codes;
use crate::finding::{Finding, Place};
use crate::limits;
use crate::read::sheets::Choice;
use crate::read::stream::{self, Crew, Fold, Source};
use crate::read::table::{self, Capped, Cell, Content, Format, Row, Value, cell_name};
use crate::read::tree::{Entry, Node};

/// The header stands in one of so many rows, title rows and blank rows counted.
const HEADER_ROWS: u32 = 20;

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

    fn of(typed: Typed<'_>) -> Self {
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

struct Checker<'s> {
    path: &'s str,
    schema: &'s TableSchema,
    /// Whether it learns from a part of the table, whose keys are compared when it is joined to what is above.
    is_part: bool,
    /// The sheet of a workbook that was asked for.
    sheet: Option<String>,
    header: Option<Box<Header>>,
    /// The row that has most of the names, while none has enough to be the header.
    nearest: Option<Header>,
    /// Whether a fault of the header makes every row unusable.
    is_unusable: bool,
    rows_read: u64,
    /// The rows without an error, when they are asked for.
    records: Option<Vec<Record>>,
    /// The row of each record.
    record_rows: Vec<u32>,
    row: CurrentRow,
    /// For every field, what its plain values look like; empty when records are asked for.
    plain: Arc<[Plain<'s>]>,
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

/// What the cells of the row say that is being checked. One is used for all rows.
struct CurrentRow {
    /// For every field, what stands there.
    states: Vec<State>,
    /// For every field that is part of a key, the text of its value's key.
    parts: Vec<String>,
    /// Which those are.
    is_keyed: Vec<bool>,
    /// For every field its value, when records are asked for.
    facts: Vec<Option<Fact>>,
    is_sound: bool,
}

/// What stands in the cell of a field.
#[derive(Clone, Copy, PartialEq)]
enum State {
    /// Nothing, or what stands for a missing value.
    Missing,
    /// A value.
    Sound,
    /// Something whose fault has been reported.
    Faulty,
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
    fn new(path: &'s str, schema: &'s TableSchema, links: Links<'s>) -> Self {
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
        let row = CurrentRow {
            states: vec![State::Missing; width],
            parts: vec![String::new(); width],
            is_keyed,
            facts: Vec::new(),
            is_sound: true,
        };
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
            row,
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

    fn finish(mut self, format: Format, findings: &mut Capped<'_>) -> (Checked, Vec<Record>) {
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

impl CurrentRow {
    /// Forgets the row before.
    fn clear(&mut self, with_facts: bool) {
        self.states.fill(State::Missing);
        self.is_sound = true;
        if with_facts {
            self.facts.clear();
            self.facts.resize(self.states.len(), None);
        }
    }

    /// Takes a text that is plainly a value of a field.
    fn take(&mut self, index: usize, text: &str) {
        self.states[index] = State::Sound;
        if self.is_keyed[index] {
            self.parts[index].clear();
            self.parts[index].push_str(text);
        }
    }

    /// Reads the value of a field, or reports why it has none.
    fn read(
        &mut self,
        field: &Field,
        index: usize,
        value: Value<'_>,
        format: Format,
        place: impl FnOnce() -> Place,
        findings: &mut Capped<'_>,
    ) {
        match value::read(field, value, format) {
            Ok(None) => {}
            Ok(Some(typed)) => {
                self.states[index] = State::Sound;
                if self.is_keyed[index] {
                    self.parts[index].clear();
                    typed.write_key(&mut self.parts[index]);
                }
                if let Some(fact) = self.facts.get_mut(index) {
                    *fact = Some(Fact::of(typed));
                }
            }
            Err(wrong) => {
                self.is_sound = false;
                self.states[index] = State::Faulty;
                findings.add(wrong.code(), || wrong.finding(field, value, place()));
            }
        }
    }

    /// Reports a required field without a value.
    fn blank(&mut self, field: &Field, index: usize, place: impl FnOnce() -> Place, findings: &mut Capped<'_>) {
        if field.required && self.states[index] == State::Missing {
            self.is_sound = false;
            findings.add(&codes::BLANK_REQUIRED, || blank_required(field, place()));
        }
    }

    /// The text of the key of a field that has a value.
    fn part(&self, field: usize) -> Option<&str> {
        (self.states[field] == State::Sound).then(|| self.parts[field].as_str())
    }

    /// The parts of the key of some fields, when every one of them has a value.
    fn key<'a>(&'a self, fields: &'a [usize]) -> Option<impl Iterator<Item = &'a str> + Clone> {
        let is_whole = fields.iter().all(|field| self.states[*field] == State::Sound);
        is_whole.then(|| fields.iter().map(|field| self.parts[*field].as_str()))
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

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::check::schema::tests::schema_of;
    use crate::read::xlsx::tests::sheet;

    fn orders() -> TableSchema {
        schema_of(
            &[
                ("id", "string", r#","constraints":{"unique":true}"#),
                ("amount", "integer", r#","constraints":{"required":true,"minimum":0,"maximum":50000}"#),
                ("rate", "number", r#","constraints":{"maximum":1.5}"#),
                ("state", "string", r#","constraints":{"enum":["paid","pending"]}"#),
                ("day", "date", ""),
                ("at", "datetime", r#","constraints":{"minimum":"2026-01-01T00:00:00Z"}"#),
                ("ok", "boolean", ""),
                ("link", "string", r#","format":"uri""#),
                ("parts", "array", ""),
            ],
            r#","primaryKey":["id"]"#,
        )
        .unwrap()
    }

    /// A table of an id and a few other fields.
    fn small(more: &str) -> TableSchema {
        schema_of(
            &[
                ("id", "string", ""),
                ("amount", "integer", r#","constraints":{"required":true}"#),
                ("note", "string", ""),
            ],
            more,
        )
        .unwrap()
    }

    /// The facts of every record, then rows used and read, then every finding with its hint.
    fn check(schema: &TableSchema, path: &str, bytes: &[u8]) -> Vec<String> {
        let mut findings = Vec::new();
        let records = read(path, bytes, schema, &mut findings);
        let mut lines: Vec<_> = records.iter().flat_map(|records| &records.records).map(show_record).collect();
        lines.push(
            records.map_or("-".to_owned(), |records| format!("{} of {}", records.records.len(), records.rows_read)),
        );
        lines.extend(
            findings
                .iter()
                .map(|found| format!("{} {}: {} [{}]", found.code.id, found.place, found.message, found.hint)),
        );
        lines
    }

    fn show_record(record: &Record) -> String {
        let values: Vec<_> =
            record.values.iter().map(|value| value.as_ref().map_or("-".to_owned(), Fact::show)).collect();
        values.join(" | ")
    }

    const CSV: &str = "id,amount,rate,state,day,at,ok,link,parts\n\
        007a,28000,0.5,paid,2026-05-12,2026-05-12T18:00:00+08:00,true,https://example.com/a,\"[1.50,{\"\"a\"\":\"\"中\"\"}]\"\n\
        ,,,,,,,,\n\
        8,0,-1.25,pending,,,FALSE,,\n";

    #[test]
    fn every_format_gives_the_same_facts() {
        let cells = |texts: &[&str]| -> String {
            texts.iter().map(|text| [r#"<c t="str"><v>"#, text, "</v></c>"].concat()).collect()
        };
        let header = cells(&["id", " amount\u{FEFF}", "rate", "state", "day", "at", "ok", "link", "parts"]);
        // Cell style 1 of the test workbooks is a date.
        let rows = format!(
            r#"<row r="1">{header}</row><row r="2">{}<c><v>28000</v></c><c><v>0.5</v></c>{}<c s="1"><v>46154</v></c>{}<c t="b"><v>1</v></c>{}</row>
            <row r="4"><c><v>8</v></c><c><v>0</v></c><c><v>-1.25</v></c>{}<c r="G4" t="b"><v>0</v></c></row>"#,
            cells(&["007a"]),
            cells(&["paid"]),
            cells(&["2026-05-12T18:00:00+08:00"]),
            cells(&["https://example.com/a", "[1.50,{&quot;a&quot;:&quot;中&quot;}]"]),
            cells(&["pending"]),
        );
        let first = r#"{"id":"007a","amount":28000,"rate":0.5,"state":"paid","day":"2026-05-12","at":"2026-05-12T18:00:00+08:00","ok":true,"link":"https://example.com/a","parts":[1.50,{"a":"中"}]}"#;
        let second = r#"{"id":"8","amount":0,"rate":-1.25,"state":"pending","day":null,"ok":false}"#;
        let expected = [
            r#"007a | 28000 | 0.5 | paid | 2026-05-12 | 2026-05-12T18:00:00+08:00 | true | https://example.com/a | [1.50,{"a":"中"}]"#,
            "8 | 0 | -1.25 | pending | - | - | false | - | -",
            "2 of 2",
        ];
        assert_eq!(check(&orders(), "o.csv", CSV.as_bytes()), expected);
        let of_sheet = check(&orders(), "o.xlsx", &sheet(&rows));
        assert_eq!(of_sheet[..3], expected);
        assert_eq!(of_sheet[3..], ["header_normalised o.xlsx!T!B1 (amount): the name was read as `amount` []"]);
        assert_eq!(check(&orders(), "o.json", format!("[{first},\n{second}]").as_bytes()), expected);
        assert_eq!(check(&orders(), "o.jsonl", format!("{first}\n\n{second}\n").as_bytes()), expected);
    }

    #[test]
    fn records_know_their_place_and_their_fields() {
        let schema = small("");
        let mut findings = Vec::new();
        let records = read("o.csv", b"note,id,amount\n\nn,7,5\n", &schema, &mut findings).unwrap();
        let [record] = &records.records[..] else { panic!() };
        assert_eq!((records.file.as_str(), record.place.row, record.place.line), ("o.csv", Some(3), Some(3)));
        assert_eq!(record.get(&schema, "amount"), Some(&Fact::Integer(5)));
        assert_eq!(record.get(&schema, "note"), Some(&Fact::Text("n".to_owned())));
        assert_eq!(record.get(&schema, "other"), None);
        let records = read("o.json", b"[\n{\"amount\":5}]", &schema, &mut findings).unwrap();
        assert_eq!(
            records.records[0].place,
            Place { pointer: Some("/0".to_owned()), ..Place::file("o.json").at(2, 1) }
        );
    }

    #[test]
    fn a_value_that_is_not_of_its_type_is_found_in_its_cell() {
        let csv = "id,amount,rate,state,day,at,ok,link,parts\n\
            1,28.0,1e1x,payed,2026-5-12,2026-05-12T18:00:00,1,example.com,{}\n\
            2,-1,1.51,unknown,2026-02-30,2025-12-31T23:59:59+00:00,yes,https://,[\n\
            3, ,.5,paid,,0912-345-678,TRUE,https://a b,\"[1,]\"\n";
        assert_eq!(
            check(&orders(), "o.csv", csv.as_bytes()),
            [
                "0 of 3",
                "invalid_value o.csv:2!B2 (amount): `amount` is `28.0`, expected a whole number such as 28000 []",
                "invalid_value o.csv:2!C2 (rate): `rate` is `1e1x`, expected a number such as 28000 or 0.5 []",
                "unknown_word o.csv:2!D2 (state): `state` is `payed`, which is none of paid, pending [did you mean `paid`?]",
                "invalid_value o.csv:2!E2 (day): `day` is `2026-5-12`, expected a day such as 2026-05-12 []",
                "invalid_value o.csv:2!F2 (at): `at` is `2026-05-12T18:00:00`, which has no offset, expected a time with its offset such as 2026-05-25T18:00:00+08:00 [write the time as text with its offset, +08:00 for Taipei]",
                "invalid_value o.csv:2!G2 (ok): `ok` is `1`, expected true or false []",
                "invalid_value o.csv:2!H2 (link): `link` is `example.com`, expected an absolute URI such as https://example.com/a []",
                "invalid_value o.csv:2!I2 (parts): `parts` is `{}`, expected a JSON list []",
                "out_of_range o.csv:3!B3 (amount): `amount` is `-1`, expected a whole number such as 28000, from 0 to 50000 []",
                "out_of_range o.csv:3!C3 (rate): `rate` is `1.51`, expected a number such as 28000 or 0.5, to 1.5 []",
                "unknown_word o.csv:3!D3 (state): `state` is `unknown`, which is none of paid, pending []",
                "invalid_value o.csv:3!E3 (day): `day` is `2026-02-30`, expected a day such as 2026-05-12 []",
                "out_of_range o.csv:3!F3 (at): `at` is `2025-12-31T23:59:59+00:00`, expected a time with its offset such as 2026-05-25T18:00:00+08:00, from 2026-01-01T00:00:00Z []",
                "invalid_value o.csv:3!G3 (ok): `ok` is `yes`, expected true or false []",
                "invalid_value o.csv:3!H3 (link): `link` is `https://`, expected an absolute URI such as https://example.com/a []",
                "invalid_value o.csv:3!I3 (parts): `parts` is `[`, expected a JSON list []",
                "invalid_value o.csv:4!C4 (rate): `rate` is `.5`, expected a number such as 28000 or 0.5 []",
                "invalid_value o.csv:4!F4 (at): `at` is a text that is not repeated here, expected a time with its offset such as 2026-05-25T18:00:00+08:00 []",
                "invalid_value o.csv:4!H4 (link): `link` is `https://a b`, expected an absolute URI such as https://example.com/a []",
                "invalid_value o.csv:4!I4 (parts): `parts` is `[1,]`, expected a JSON list []",
                "blank_required o.csv:4!B4 (amount): `amount` is blank, expected a whole number such as 28000 [fill it in; the row is not used without it]",
            ]
        );
    }

    #[test]
    fn json_values_are_not_converted() {
        assert_eq!(
            check(&small(""), "o.jsonl", b"{\"id\":7,\"amount\":1}\n{\"id\":\"7\",\"amount\":\"1\"}\n{\"amount\":1.0}\n{\"id\":\"8\",\"amount\":2}"),
            [
                "8 | 2 | -",
                "1 of 4",
                "invalid_value o.jsonl:1:7 (id) at /id: `id` is `7`, expected a text [write it as text: in a sheet in a cell of text format, in JSON in quotes]",
                "invalid_value o.jsonl:2:20 (amount) at /amount: `amount` is `1`, expected a whole number such as 28000 []",
                "invalid_value o.jsonl:3:11 (amount) at /amount: `amount` is `1.0`, expected a whole number such as 28000 []",
            ]
        );
    }

    #[test]
    fn personal_data_in_a_workbook_has_its_row_and_column() {
        let cell = |text: &str| [r#"<c t="str"><v>"#, text, "</v></c>"].concat();
        let rows = format!(
            "<row>{}{}{}</row><row>{}<c><v>1</v></c>{}</row>",
            cell("id"),
            cell("amount"),
            cell("note"),
            cell("7"),
            cell("call 0912345678")
        );
        assert_eq!(
            check(&small(""), "o.xlsx", &sheet(&rows))[2..],
            [
                "personal_data o.xlsx!T, row 2 (note): looks like personal data: mobile number `09…78` (rule mobile_number) [remove it or replace it by a keyed hash at the source]"
            ]
        );
    }

    #[test]
    fn cells_of_a_workbook_are_read_as_they_are_shown() {
        let schema = schema_of(
            &[("id", "string", ""), ("amount", "integer", ""), ("rate", "number", ""), ("at", "datetime", "")],
            "",
        )
        .unwrap();
        let header = r#"<row><c t="str"><v>id</v></c><c t="str"><v>amount</v></c><c t="str"><v>rate</v></c><c t="str"><v>at</v></c></row>"#;
        let rows = r#"<row><c><v>20260512001</v></c><c><v>7.0</v></c><c><v>1.1000000000000001</v></c></row>
            <row><c><v>2.0260512001E+15</v></c><c><v>1234567890123456</v></c><c t="e"><v>#DIV/0!</v></c><c s="1"><v>46154.5</v></c></row>
            <row><c s="1"><v>46154</v></c><c><f>A1</f></c><c t="str"><v>0.50</v></c></row>
            <row><c t="b"><v>1</v></c><c s="1"><v>-1</v></c><c r="F5"><v>1</v></c></row>"#;
        assert_eq!(
            check(&schema, "o.xlsx", &sheet(&format!("{header}{rows}"))),
            [
                "20260512001 | 7 | 1.1 | -",
                "1 of 4",
                "invalid_value o.xlsx!T!A3 (id): `id` is a number of more than 15 digits, of which a workbook loses the rest [format the column as text and take the value from its source again]",
                "invalid_value o.xlsx!T!B3 (amount): `amount` is a number of more than 15 digits, of which a workbook loses the rest [format the column as text and take the value from its source again]",
                "invalid_value o.xlsx!T!C3 (rate): `rate` is the error #DIV/0!, expected a number such as 28000 or 0.5 []",
                "invalid_value o.xlsx!T!D3 (at): `at` is the date cell 2026-05-12T12:00:00, which has no offset, expected a time with its offset such as 2026-05-25T18:00:00+08:00 [write the time as text with its offset, +08:00 for Taipei]",
                "invalid_value o.xlsx!T!A4 (id): `id` is the date cell 2026-05-12, expected a text [write it as text: in a sheet in a cell of text format, in JSON in quotes]",
                "invalid_value o.xlsx!T!B4 (amount): `amount` is a formula that was saved without its value, expected a whole number such as 28000 [open the workbook in a spreadsheet program and save it]",
                "ragged_row o.xlsx!T, row 5: the row has 6 cells, the header has 4 [quote cells that hold the separator, or complete the row]",
            ]
        );
    }

    #[test]
    fn columns_are_known_by_their_exact_name() {
        let schema = small("");
        assert_eq!(
            check(&schema, "o.csv", b"id,Amount,,note,note,phone 0912345678\n1,2,x,,,\n"),
            [
                "-",
                "unknown_column o.csv:1!B1 (Amount): column `Amount` is not part of the table and was ignored [did you mean `amount`?]",
                "duplicate_column o.csv:1!E1 (note): column `note` stands also in D1 [rename or remove one of them]",
                "unknown_column o.csv:1!F1: a column whose name is not repeated here is not part of the table and was ignored [columns of `t`: id, amount, note]",
                "missing_column o.csv:1 (amount): required column `amount` is missing (en) [is it column `Amount`? then rename it to `amount`]",
                "unknown_column o.csv:2!C2: values stand in a column without a name; it was ignored [name the column, or empty it]",
            ]
        );
        assert_eq!(
            check(&schema, "o.json", b"[{\"id\":\"1\",\"amuont\":2,\"a@b.c\":3},{\"amuont\":1}]"),
            [
                "-",
                "unknown_column o.json:1:21 (amuont) at /0/amuont: column `amuont` is not part of the table and was ignored [did you mean `amount`?]",
                "unknown_column o.json:1:2 at /0: a column whose name is not repeated here is not part of the table and was ignored [columns of `t`: id, amount, note]",
                "missing_column o.json (amount): required column `amount` is missing (en) [is it column `amuont`? then rename it to `amount`]",
            ]
        );
        // A key that some objects have is a blank in the others.
        assert_eq!(
            check(&schema, "o.json", b"[{\"id\":\"1\"},{\"amount\":1},{\"amount\":null}]"),
            [
                "- | 1 | -",
                "1 of 3",
                "blank_required o.json:1:36 (amount) at /2/amount: `amount` is blank, expected a whole number such as 28000 [fill it in; the row is not used without it]",
                "blank_required o.json:1:2 (amount) at /0: `amount` is blank, expected a whole number such as 28000 [fill it in; the row is not used without it]",
            ]
        );
    }

    #[test]
    fn rows_that_share_a_key_are_not_used() {
        let schema = small(r#","primaryKey":["id","amount"]"#);
        let csv = b"id,amount,note\n7,1,a\n7,2,b\n7,1,c\n8,1,d\n7,1,e\n,1,f\n\"7,1\",1,g\n";
        assert_eq!(
            check(&schema, "o.csv", csv),
            [
                "7 | 2 | b",
                "8 | 1 | d",
                "7,1 | 1 | g",
                "3 of 7",
                "duplicate_id o.csv:4!A4 (id): row 4 has the same `id`, `amount` as row 2 [neither row is used; correct or remove one of them]",
                "duplicate_id o.csv:6!A6 (id): row 6 has the same `id`, `amount` as row 2 [neither row is used; correct or remove one of them]",
                "blank_required o.csv:7!A7 (id): `id` is blank, expected a text [fill it in; the row is not used without it]",
            ]
        );
        // A row with an error of its own repeats its key all the same.
        let unique =
            schema_of(&[("id", "string", ""), ("rate", "number", r#","constraints":{"unique":true}"#)], "").unwrap();
        assert_eq!(
            check(&unique, "o.json", br#"[{"rate":1.0},{"rate":10e-1},{"rate":2,"id":3},{"rate":2},{"rate":3},{}]"#),
            [
                "- | 3",
                "- | -",
                "2 of 6",
                "duplicate_id o.json:1:15 (rate) at /1: item 1 has the same `rate` as item 0 [neither row is used; correct or remove one of them]",
                "invalid_value o.json:1:45 (id) at /2/id: `id` is `3`, expected a text [write it as text: in a sheet in a cell of text format, in JSON in quotes]",
                "duplicate_id o.json:1:48 (rate) at /3: item 3 has the same `rate` as item 2 [neither row is used; correct or remove one of them]",
            ]
        );
    }

    #[test]
    fn rows_that_cannot_be_read_are_counted() {
        assert_eq!(
            check(&small(""), "o.csv", b"id,amount,note\n1,28,000,\n2,5\n3,6,\"x\" y\n4,7,\"never closed\n5,8,\n"),
            [
                "5 | 8 | -",
                "1 of 5",
                "ragged_row o.csv:2: the row has 4 cells, the header has 3 [quote cells that hold the separator, or complete the row]",
                "ragged_row o.csv:3: the row has 2 cells, the header has 3 [quote cells that hold the separator, or complete the row]",
                "ragged_row o.csv:4:8!C4: text follows the closing quote of this cell [a cell with quotes, separators or line breaks is quoted, and quotes inside it are written twice]",
                "ragged_row o.csv:5:5!C5: a quote opens here and never closes [a cell with quotes, separators or line breaks is quoted, and quotes inside it are written twice]",
            ]
        );
        assert_eq!(check(&small(""), "o.csv", b"\"id,amount\n1,2\n").len(), 2);
    }

    #[test]
    fn no_rows_and_no_table_are_told_apart() {
        assert_eq!(check(&small(""), "o", b"id,amount,note\n"), ["0 of 0"]);
        assert_eq!(check(&small(""), "o", b"[]"), ["0 of 0"]);
        assert_eq!(check(&small(""), "o", b",,\n")[0], "-");
        assert_eq!(check(&small(""), "o", b"")[0], "-");
        assert_eq!(check(&small(""), "o", b"[{\"amount\":1},")[0], "-");
    }

    #[test]
    fn findings_are_capped_with_exact_totals() {
        let csv = format!("id,amount\n{}", "1,x\n".repeat(250));
        let lines = check(&small(""), "o.csv", csv.as_bytes());
        assert_eq!((lines.len(), lines[0].as_str()), (102, "0 of 250"));
        assert_eq!(
            lines[101],
            "invalid_value o.csv: 150 more like this in the file, 250 in all (limit `findings_per_code`) []"
        );
        let json = format!("[{{\"amount\":1}}{}]", ",{}".repeat(250));
        let lines = check(&small(""), "o.json", json.as_bytes());
        assert_eq!(
            lines[102],
            "blank_required o.json: 150 more like this in the file, 250 in all (limit `findings_per_code`) []"
        );
    }

    proptest! {
        #[test]
        fn never_panics(start in r#"(id,amount,note\n|\[|\{"id":)?"#, bytes: Vec<u8>) {
            check(&orders(), "f", &[start.as_bytes(), &bytes].concat());
        }

        #[test]
        fn never_panics_on_tables(text in r#"(id,amount,at,parts\n)?([0-9a,"\n:{}\[\]T+.-]|2026-05-12|\{"amount":|中){0,40}"#) {
            check(&orders(), "f", text.as_bytes());
        }

        /// Whatever the amounts are, every row that was read is either used or has a finding.
        #[test]
        fn no_row_is_lost(amounts in prop::collection::vec("-?[0-9]{0,3}[.x]?[0-9]{0,2}", 0..20)) {
            let row = |(id, amount): (u32, &String)| [&id.to_string(), ",", amount, "\n"].concat();
            let rows: String = (0..).zip(&amounts).map(row).collect();
            let mut findings = Vec::new();
            let records = read("f", format!("id,amount\n{rows}").as_bytes(), &small(""), &mut findings).unwrap();
            let errors = crate::finding::count(&findings, crate::finding::Severity::Error);
            prop_assert_eq!(records.rows_read, amounts.len());
            prop_assert_eq!(records.records.len() + errors, amounts.len());
        }
    }
}
