//! Record tables against their schema: rows of any format become records of typed facts.
//!
//! Invariants: a column is known by its exact name and never guessed; a row with an error is not used, but counted; of
//! rows that share a key none is used, since nothing says which one holds; no value is converted that has two readings.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use jiff::civil::Date;

use crate::check::privacy;
use crate::check::schema::{self, Bound, Field, FieldKind, TableSchema};
use crate::codes::{self, Code};
use crate::finding::{Finding, Place, did_you_mean};
use crate::limits;
use crate::read::decimal::Decimal;
use crate::read::json;
use crate::read::table::{self, Capped, Cell, Content, Fault, Format, Row, Value, trimmed};
use crate::read::text::Text;
use crate::read::tree::{self, Entry, Node};

/// Spreadsheet programs keep 15 digits of a number.
const SPREADSHEET_DIGITS: usize = 15;

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
                write_json(node, &mut json);
                json
            }
        }
    }

    /// A text that is the same for equal values, however they were written.
    fn key(&self) -> String {
        match self {
            Self::Decimal(text) => Decimal::parse(text).map_or_else(|| text.clone(), |number| number.to_string()),
            Self::Moment { timestamp, .. } => timestamp.to_string(),
            other => other.show(),
        }
    }
}

/// Compact JSON with every number as it was written.
fn write_json(node: &Node, json: &mut String) {
    let quoted = |text: &str| serde_json::Value::from(text).to_string();
    match &node.value {
        tree::Value::Null => json.push_str("null"),
        tree::Value::Bool(flag) => json.push_str(if *flag { "true" } else { "false" }),
        tree::Value::Number(number) => json.push_str(number),
        tree::Value::Text(text) => json.push_str(&quoted(text)),
        tree::Value::List(items) => {
            for (index, item) in items.iter().enumerate() {
                json.push(if index == 0 { '[' } else { ',' });
                write_json(item, json);
            }
            json.push_str(if items.is_empty() { "[]" } else { "]" });
        }
        tree::Value::Table(entries) => {
            for (index, entry) in entries.iter().enumerate() {
                json.push(if index == 0 { '{' } else { ',' });
                json.push_str(&quoted(&entry.key));
                json.push(':');
                write_json(&entry.node, json);
            }
            json.push_str(if entries.is_empty() { "{}" } else { "}" });
        }
    }
}

/// Reads a record file. `None` when the table as a whole cannot be used: it could not be read to its end, or a
/// required column is missing or stands twice. That is not the same as a table without rows.
pub fn read(path: &str, bytes: &[u8], schema: &TableSchema, findings: &mut Vec<Finding>) -> Option<Records> {
    let mut findings = Capped::new(path, findings);
    let mut checker = Checker::new(path, schema);
    let format = table::read(path, bytes, &mut findings, &mut |row, findings| checker.row(&row, findings));
    let records = format.and_then(|format| checker.finish(format, &mut findings));
    if let (Some(Format::Xlsx), Some(records)) = (format, &records) {
        check_privacy(records, schema, &mut findings);
    }
    findings.finish();
    records
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
    header: Option<Header>,
    /// Whether a fault of the header makes every row unreadable.
    is_unusable: bool,
    rows_read: usize,
    records: Vec<Record>,
    keys: Vec<Key>,
    /// Records that turned out to share their key with a later row.
    withdrawn: BTreeSet<usize>,
    /// For every field, whether any JSON object has it.
    seen: Vec<bool>,
    /// For every required field, the JSON objects without it.
    absent: Vec<Absent>,
    unknown_keys: BTreeSet<String>,
}

/// The first row of a CSV file or sheet.
struct Header {
    /// What stands in every column.
    columns: Vec<Column>,
    /// For every field of the schema, its column.
    fields: Vec<Option<u32>>,
}

/// What a column holds.
#[derive(Clone, Copy, PartialEq)]
enum Column {
    /// The field that stands there in the schema.
    Field(usize),
    /// Something that was reported as unknown or as standing twice.
    Ignored,
    /// The header is blank here; reported when a value stands below.
    Nameless,
}

/// Fields whose values together must not repeat.
struct Key {
    fields: Vec<usize>,
    /// Row and, when it was used, record that has the value.
    values: BTreeMap<String, (u32, Option<usize>)>,
}

#[derive(Clone, Default)]
struct Absent {
    places: Vec<Place>,
    count: u64,
}

impl<'s> Checker<'s> {
    fn new(path: &'s str, schema: &'s TableSchema) -> Self {
        let unique = |(index, field): (usize, &Field)| field.unique.then(|| vec![index]);
        let mut keys: Vec<_> = schema.fields.iter().enumerate().filter_map(unique).collect();
        if !schema.primary_key.is_empty() && !keys.contains(&schema.primary_key) {
            keys.insert(0, schema.primary_key.clone());
        }
        Self {
            path,
            schema,
            header: None,
            is_unusable: false,
            rows_read: 0,
            records: Vec::new(),
            keys: keys.into_iter().map(|fields| Key { fields, values: BTreeMap::new() }).collect(),
            withdrawn: BTreeSet::new(),
            seen: vec![false; schema.fields.len()],
            absent: vec![Absent::default(); schema.fields.len()],
            unknown_keys: BTreeSet::new(),
        }
    }

    fn row(&mut self, row: &Row<'_>, findings: &mut Capped<'_>) {
        match row.content {
            Content::Cells(cells) if cells.iter().all(|cell| cell.value.is_blank()) => {}
            Content::Cells(cells) => match self.header.take() {
                None => self.header = Some(self.read_header(row, cells, findings)),
                Some(mut header) => {
                    self.rows_read += 1;
                    let values = self.cells(row, cells, &mut header, findings);
                    self.header = Some(header);
                    if let Some(values) = values {
                        self.keep(row, values, findings);
                    }
                }
            },
            Content::Object(entries) => {
                self.rows_read += 1;
                let values = self.entries(row, entries, findings);
                self.keep(row, values, findings);
            }
            Content::Broken if self.header.is_none() && row.format == Format::Csv => {
                self.is_unusable = true;
                self.header = Some(Header { columns: Vec::new(), fields: Vec::new() });
            }
            Content::Broken => self.rows_read += 1,
        }
    }

    fn read_header(&mut self, row: &Row<'_>, cells: &[Cell<'_>], findings: &mut Capped<'_>) -> Header {
        let width = cells.last().map_or(0, |cell| cell.column as usize + 1);
        let mut header =
            Header { columns: vec![Column::Nameless; width], fields: vec![None; self.schema.fields.len()] };
        let mut first: BTreeMap<&str, u32> = BTreeMap::new();
        let mut unknown = Vec::new();
        for cell in cells.iter().filter(|cell| !cell.value.is_blank()) {
            let name = match cell.value {
                Value::Text(text) | Value::Number(text) | Value::Moment(text) => trimmed(text),
                _ => "",
            };
            header.columns[cell.column as usize] = Column::Ignored;
            let place = || Place { column: repeatable(name), ..row.place_of_cell(cell.column) };
            if let Some(earlier) = first.get(name) {
                self.is_unusable |= self.schema.index_of(name).is_some();
                findings.add(&codes::DUPLICATE_COLUMN, || {
                    let cell = table::cell_name(*earlier, row.number);
                    let message = format!("{} stands also in {cell}", column_name(name));
                    Finding::new(&codes::DUPLICATE_COLUMN, place(), message).hint("rename or remove one of them")
                });
                continue;
            }
            first.insert(name, cell.column);
            if let Some(field) = self.schema.index_of(name) {
                header.columns[cell.column as usize] = Column::Field(field);
                header.fields[field] = Some(cell.column);
            } else {
                unknown.push(name);
                findings.add(&codes::UNKNOWN_COLUMN, || self.unknown_column(name, place()));
            }
        }
        for (field, column) in self.schema.fields.iter().zip(&header.fields) {
            if field.required && column.is_none() {
                self.is_unusable = true;
                let place = Place { column: Some(field.name.clone()), ..row.place() };
                findings.add(&codes::MISSING_COLUMN, || missing_column(field, place, &unknown));
            }
        }
        header
    }

    fn unknown_column(&self, name: &str, place: Place) -> Finding {
        let known = || self.schema.fields.iter().map(|field| field.name.as_str());
        let hint = did_you_mean(name, known()).map_or_else(
            || format!("columns of `{}`: {}", self.schema.name, known().collect::<Vec<_>>().join(", ")),
            |near| format!("did you mean `{near}`?"),
        );
        let message = format!("{} is not part of the table and was ignored", column_name(name));
        Finding::new(&codes::UNKNOWN_COLUMN, place, message).hint(hint)
    }

    /// The values of a row of cells. `None` when the cells do not stand under their columns.
    fn cells(
        &self,
        row: &Row<'_>,
        cells: &[Cell<'_>],
        header: &mut Header,
        findings: &mut Capped<'_>,
    ) -> Option<Values> {
        let expected = header.columns.len();
        let found = cells.iter().rev().find(|cell| row.format == Format::Csv || !cell.value.is_blank());
        let found = found.map_or(0, |cell| cell.column as usize + 1);
        // A sheet has only cells with content, so that it cannot be short of blank ones. In CSV one blank cell too many
        // may be the end of `28,000`.
        let is_ragged = found > expected || (row.format == Format::Csv && found < expected);
        if is_ragged {
            if !self.is_unusable {
                findings.add(&codes::RAGGED_ROW, || {
                    let message = format!("the row has {found} cells, the header has {expected}");
                    Finding::new(&codes::RAGGED_ROW, row.place(), message)
                        .hint("quote cells that hold the separator, or complete the row")
                });
            }
            return None;
        }
        let mut values = Values::new(self.schema.fields.len());
        for cell in cells.iter().filter(|cell| !cell.value.is_blank()) {
            let column = &mut header.columns[cell.column as usize];
            match *column {
                Column::Field(index) => {
                    let field = &self.schema.fields[index];
                    let place = || Place { column: Some(field.name.clone()), ..row.place_of_cell(cell.column) };
                    values.read(field, index, cell.value, row.format, place, findings);
                }
                Column::Ignored => {}
                Column::Nameless => {
                    *column = Column::Ignored;
                    findings.add(&codes::UNKNOWN_COLUMN, || {
                        let message = "values stand in a column without a name; it was ignored";
                        Finding::new(&codes::UNKNOWN_COLUMN, row.place_of_cell(cell.column), message)
                            .hint("name the column, or empty it")
                    });
                }
            }
        }
        for (index, field) in self.schema.fields.iter().enumerate() {
            if let Some(column) = header.fields[index] {
                let place = || Place { column: Some(field.name.clone()), ..row.place_of_cell(column) };
                values.blank(field, index, place, findings);
            }
        }
        Some(values)
    }

    /// The values of a JSON object.
    fn entries(&mut self, row: &Row<'_>, entries: &[Entry], findings: &mut Capped<'_>) -> Values {
        let mut values = Values::new(self.schema.fields.len());
        let mut present = vec![false; self.schema.fields.len()];
        for entry in entries {
            let Some(index) = self.schema.index_of(&entry.key) else {
                if self.unknown_keys.insert(entry.key.clone()) {
                    findings.add(&codes::UNKNOWN_COLUMN, || {
                        // The pointer would repeat the key.
                        let column = repeatable(&entry.key);
                        let place = if column.is_some() { row.place_of_entry(entry) } else { row.place() };
                        self.unknown_column(&entry.key, Place { column, ..place })
                    });
                }
                continue;
            };
            let place = || Place { column: Some(entry.key.clone()), ..row.place_of_entry(entry) };
            present[index] = true;
            self.seen[index] = true;
            let field = &self.schema.fields[index];
            values.read(field, index, Value::of(&entry.node), row.format, place, findings);
            values.blank(field, index, place, findings);
        }
        for (index, field) in self.schema.fields.iter().enumerate() {
            if field.required && !present[index] {
                values.is_sound = false;
                let absent = &mut self.absent[index];
                absent.count += 1;
                if absent.count <= limits::FINDINGS_PER_CODE.value {
                    absent.places.push(Place { column: Some(field.name.clone()), ..row.place() });
                }
            }
        }
        values
    }

    /// Keeps a row as a record, unless it has an error or repeats a key.
    fn keep(&mut self, row: &Row<'_>, values: Values, findings: &mut Capped<'_>) {
        let of_keys: Vec<_> = self.keys.iter().map(|key| key.value(&values)).collect();
        let mut repeats = false;
        for (key, value) in self.keys.iter().zip(&of_keys) {
            let Some((earlier, used)) = value.as_ref().and_then(|value| key.values.get(value)) else { continue };
            repeats = true;
            self.withdrawn.extend(used);
            findings.add(&codes::DUPLICATE_ID, || {
                let first = &self.schema.fields[key.fields[0]].name;
                let names: Vec<_> = key.fields.iter().map(|index| self.schema.fields[*index].name.as_str()).collect();
                let column = self.header.as_ref().and_then(|header| header.fields[key.fields[0]]);
                let place = column.map_or_else(|| row.place(), |column| row.place_of_cell(column));
                let [here, there] = [row.number, *earlier].map(|number| spot(row.format, number));
                let message = format!("{here} has the same `{}` as {there}", names.join("`, `"));
                Finding::new(&codes::DUPLICATE_ID, Place { column: Some(first.clone()), ..place }, message)
                    .hint("neither row is used; correct or remove one of them")
            });
        }
        let is_used = values.is_sound && !repeats && !self.is_unusable;
        let record = is_used.then_some(self.records.len());
        for (key, value) in self.keys.iter_mut().zip(of_keys) {
            if let Some(value) = value {
                key.values.entry(value).or_insert((row.number, record));
            }
        }
        if is_used {
            self.records.push(Record { place: row.place(), values: values.facts });
        }
    }

    fn finish(mut self, format: Format, findings: &mut Capped<'_>) -> Option<Records> {
        let is_positional = matches!(format, Format::Csv | Format::Xlsx);
        if is_positional && self.header.is_none() {
            let finding = Finding::new(&codes::EMPTY_FILE, Place::file(self.path), "has no row with content");
            findings.once().push(finding.hint("write at least the header"));
            return None;
        }
        let unknown: Vec<_> = self.unknown_keys.iter().map(String::as_str).collect();
        for ((field, absent), seen) in self.schema.fields.iter().zip(self.absent).zip(&self.seen) {
            if absent.count > 0 && !seen {
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
        if self.is_unusable {
            return None;
        }
        let mut index = 0;
        self.records.retain(|_| {
            index += 1;
            !self.withdrawn.contains(&(index - 1))
        });
        Some(Records { file: self.path.to_owned(), rows_read: self.rows_read, records: self.records })
    }
}

impl Key {
    /// The value of the key in a row, when every part of it has one. Each part tells its length, so that `a,b` and `c`
    /// are not `a` and `b,c`.
    fn value(&self, values: &Values) -> Option<String> {
        let part = |index: &usize| {
            let part = values.facts[*index].as_ref()?.key();
            Some([part.len().to_string(), part].join(":"))
        };
        self.fields.iter().map(part).collect()
    }
}

/// How people find a row again.
fn spot(format: Format, number: u32) -> String {
    match format {
        Format::Csv | Format::Xlsx => format!("row {number}"),
        Format::Json => format!("item {number}"),
        Format::JsonLines => format!("line {number}"),
    }
}

fn missing_column(field: &Field, place: Place, unknown: &[&str]) -> Finding {
    let message = format!("required column `{}` is missing ({})", field.name, field.description.en);
    let hint = did_you_mean(&field.name, unknown.iter().copied()).map_or_else(
        || format!("add the column `{}`", field.name),
        |near| format!("is it {}? then rename it to `{}`", column_name(near), field.name),
    );
    Finding::new(&codes::MISSING_COLUMN, place, message).hint(hint)
}

fn blank_required(field: &Field, place: Place) -> Finding {
    let message = format!("`{}` is blank, expected {}", field.name, field.kind.expected());
    Finding::new(&codes::BLANK_REQUIRED, place, message).hint("fill it in; the row is not used without it")
}

/// The values of a row.
struct Values {
    facts: Vec<Option<Fact>>,
    /// Fields whose fault has been reported.
    faulty: Vec<bool>,
    is_sound: bool,
}

impl Values {
    fn new(fields: usize) -> Self {
        Self { facts: vec![None; fields], faulty: vec![false; fields], is_sound: true }
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
        match fact(field, value, format) {
            Ok(fact) => self.facts[index] = fact,
            Err(wrong) => {
                self.is_sound = false;
                self.faulty[index] = true;
                findings.add(wrong.code(), || wrong.finding(field, value, place()));
            }
        }
    }

    /// Reports a required field without a value.
    fn blank(&mut self, field: &Field, index: usize, place: impl FnOnce() -> Place, findings: &mut Capped<'_>) {
        if field.required && self.facts[index].is_none() && !self.faulty[index] {
            self.is_sound = false;
            findings.add(&codes::BLANK_REQUIRED, || blank_required(field, place()));
        }
    }
}

/// Why a value is not one of its field.
#[derive(Clone, Copy, Debug)]
enum Wrong {
    /// Not of the type.
    Type,
    /// A moment without its offset.
    NoOffset,
    /// A number that the spreadsheet program may have changed.
    Rounded,
    /// Outside of the list of words.
    Word,
    /// Below the smallest or above the largest value.
    Range,
}

/// The fact that a value is. `None` when it is blank.
fn fact(field: &Field, value: Value<'_>, format: Format) -> Result<Option<Fact>, Wrong> {
    if value.is_blank() {
        return Ok(None);
    }
    let is_json = matches!(format, Format::Json | Format::JsonLines);
    let fact = match (field.kind, value) {
        (FieldKind::Text, Value::Text(text)) => Fact::Text(text.to_owned()),
        (FieldKind::Uuid, Value::Text(text)) if is_uuid(text) => Fact::Text(text.to_owned()),
        (FieldKind::Uri, Value::Text(text)) if is_uri(text) => Fact::Text(text.to_owned()),
        (FieldKind::Date, Value::Text(text) | Value::Moment(text)) => Fact::Date(schema::day(text).ok_or(Wrong::Type)?),
        (FieldKind::Moment, Value::Text(text)) => match schema::moment(text) {
            Some(timestamp) => Fact::Moment { timestamp, text: text.to_owned() },
            None if schema::lacks_offset(text) => return Err(Wrong::NoOffset),
            None => return Err(Wrong::Type),
        },
        (FieldKind::Moment, Value::Moment(_)) => return Err(Wrong::NoOffset),
        (FieldKind::Boolean, Value::Bool(flag)) => Fact::Bool(flag),
        (FieldKind::Object | FieldKind::Array, Value::Tree(node)) => json_fact(field, node.clone())?,
        (FieldKind::Integer | FieldKind::Number, Value::Number(number)) if is_json => number_fact(field, number)?,
        (FieldKind::Text | FieldKind::Integer | FieldKind::Number, Value::Number(number)) if !is_json => {
            spreadsheet_fact(field, number)?
        }
        // In CSV everything is text, and in a sheet a number may well be one.
        (_, Value::Text(text)) if !is_json => match field.kind {
            FieldKind::Integer | FieldKind::Number => number_fact(field, text)?,
            FieldKind::Boolean => match text {
                "true" | "True" | "TRUE" => Fact::Bool(true),
                "false" | "False" | "FALSE" => Fact::Bool(false),
                _ => return Err(Wrong::Type),
            },
            FieldKind::Object | FieldKind::Array => {
                let cell = Text { path: "", content: text };
                let mut findings = Vec::new();
                let node = json::parse(cell, &mut findings).filter(|_| findings.is_empty());
                json_fact(field, node.ok_or(Wrong::Type)?)?
            }
            _ => return Err(Wrong::Type),
        },
        _ => return Err(Wrong::Type),
    };
    check_constraints(field, &fact)?;
    Ok(Some(fact))
}

/// A number as text or JSON writes it.
fn number_fact(field: &Field, number: &str) -> Result<Fact, Wrong> {
    let decimal = Decimal::parse(number).ok_or(Wrong::Type)?;
    if field.kind == FieldKind::Integer {
        return number.parse().map(Fact::Integer).map_err(|_| Wrong::Type);
    }
    let has_exponent = number.contains(['e', 'E']);
    Ok(Fact::Decimal(if has_exponent { decimal.to_string() } else { number.to_owned() }))
}

/// A number cell of a workbook. It was stored in binary, so that what the user sees are its first 15 digits.
fn spreadsheet_fact(field: &Field, number: &str) -> Result<Fact, Wrong> {
    let decimal = Decimal::parse(number).ok_or(Wrong::Type)?.rounded(SPREADSHEET_DIGITS);
    if field.kind == FieldKind::Number {
        return Ok(Fact::Decimal(decimal.to_string()));
    }
    if !decimal.is_whole() {
        return Err(Wrong::Type);
    }
    if usize::try_from(decimal.magnitude()).is_ok_and(|digits| digits > SPREADSHEET_DIGITS) {
        return Err(Wrong::Rounded);
    }
    let plain = decimal.to_string();
    match field.kind {
        FieldKind::Integer => plain.parse().map(Fact::Integer).map_err(|_| Wrong::Type),
        _ => Ok(Fact::Text(plain)),
    }
}

fn json_fact(field: &Field, node: Node) -> Result<Fact, Wrong> {
    match (field.kind, &node.value) {
        (FieldKind::Object, tree::Value::Table(_)) | (FieldKind::Array, tree::Value::List(_)) => Ok(Fact::Json(node)),
        _ => Err(Wrong::Type),
    }
}

fn check_constraints(field: &Field, fact: &Fact) -> Result<(), Wrong> {
    if let Fact::Text(text) = fact
        && !field.words.is_empty()
        && !field.words.contains(text)
    {
        return Err(Wrong::Word);
    }
    let is_below = |bound: &Bound| order(fact, bound).is_some_and(std::cmp::Ordering::is_lt);
    let is_above = |bound: &Bound| order(fact, bound).is_some_and(std::cmp::Ordering::is_gt);
    if field.minimum.as_ref().is_some_and(is_below) || field.maximum.as_ref().is_some_and(is_above) {
        return Err(Wrong::Range);
    }
    Ok(())
}

/// How a value compares with a bound; the schema has only bounds of the field's own type.
fn order(fact: &Fact, bound: &Bound) -> Option<std::cmp::Ordering> {
    match (fact, bound) {
        (Fact::Integer(number), Bound::Number(bound)) => Some(Decimal::parse(&number.to_string())?.cmp(bound)),
        (Fact::Decimal(number), Bound::Number(bound)) => Some(Decimal::parse(number)?.cmp(bound)),
        (Fact::Date(day), Bound::Date(bound)) => Some(day.cmp(bound)),
        (Fact::Moment { timestamp, .. }, Bound::Moment(bound)) => Some(timestamp.cmp(bound)),
        _ => None,
    }
}

impl Wrong {
    fn code(self) -> &'static Code {
        match self {
            Self::Word => &codes::UNKNOWN_WORD,
            _ => &codes::INVALID_VALUE,
        }
    }

    fn finding(self, field: &Field, value: Value<'_>, place: Place) -> Finding {
        let name = &field.name;
        let shown = show(value);
        let (message, hint) = match self {
            Self::Type => {
                let hint = match (value, field.kind) {
                    (Value::Fault(Fault::NoValue), _) => "open the workbook in a spreadsheet program and save it",
                    (Value::Number(_) | Value::Bool(_) | Value::Moment(_), FieldKind::Text) => {
                        "write it as text: in a sheet in a cell of text format, in JSON in quotes"
                    }
                    _ => "",
                };
                (format!("`{name}` is {shown}, expected {}", field.kind.expected()), hint.to_owned())
            }
            Self::NoOffset => (
                format!("`{name}` is {shown}, which has no offset, expected {}", field.kind.expected()),
                "write the time as text with its offset, +08:00 for Taipei".to_owned(),
            ),
            Self::Rounded => (
                format!(
                    "`{name}` is a number of more than {SPREADSHEET_DIGITS} digits, of which a workbook loses the rest"
                ),
                "format the column as text and take the value from its source again".to_owned(),
            ),
            Self::Word => {
                let near = match value {
                    Value::Text(text) => did_you_mean(text, field.words.iter().map(String::as_str)),
                    _ => None,
                };
                (
                    format!("`{name}` is {shown}, which is none of {}", field.words.join(", ")),
                    near.map(|near| format!("did you mean `{near}`?")).unwrap_or_default(),
                )
            }
            Self::Range => {
                let bound = |word: &str, bound: &Option<Bound>| {
                    bound.as_ref().map(|bound| format!("{word} {}", show_bound(bound))).unwrap_or_default()
                };
                let range = format!("{} {}", bound("from", &field.minimum), bound("to", &field.maximum));
                (format!("`{name}` is {shown}, expected {}, {}", field.kind.expected(), range.trim()), String::new())
            }
        };
        Finding::new(self.code(), place, message).hint(hint)
    }
}

fn show_bound(bound: &Bound) -> String {
    match bound {
        Bound::Number(number) => number.to_string(),
        Bound::Date(day) => day.to_string(),
        Bound::Moment(moment) => moment.to_string(),
    }
}

/// A value for a message, unless it looks like personal data.
fn show(value: Value<'_>) -> String {
    let quoted = |sort: &str, text: &str| {
        if looks_personal(text) {
            format!("{sort} that is not repeated here")
        } else {
            format!("`{}`", shortened(text))
        }
    };
    match value {
        Value::Blank => "blank".to_owned(),
        Value::Text(text) => quoted("a text", text),
        Value::Number(number) => quoted("a number", number),
        Value::Bool(flag) => flag.to_string(),
        Value::Moment(text) => format!("the date cell {text}"),
        Value::Tree(node) => node.value.sort().to_owned(),
        Value::Fault(Fault::Error(error)) => format!("the error {}", shortened(error)),
        Value::Fault(Fault::NoValue) => "a formula that was saved without its value".to_owned(),
        Value::Fault(Fault::NotWhatItSays(_)) => "a cell whose content is not of the type it is marked as".to_owned(),
        Value::Fault(Fault::NoDate(number)) => {
            format!("a date cell for whose number {} there is no date", shortened(number))
        }
    }
}

/// At most 40 characters, without control characters.
fn shortened(text: &str) -> String {
    const MOST: usize = 40;
    let mut short: String = text.chars().take(MOST).map(|c| if c.is_control() { ' ' } else { c }).collect();
    if text.chars().nth(MOST).is_some() {
        short.push('…');
    }
    short
}

/// Whether a text may be an address, a phone, card or identity number or a token. Says so rather too often: the place
/// of the value is named in any case.
fn looks_personal(text: &str) -> bool {
    let is_digit = |character: char| character.is_ascii_digit() || ('\u{FF10}'..='\u{FF19}').contains(&character);
    let is_separator = |character: char| matches!(character, ' ' | '-' | '(' | ')' | '+' | '.' | '/');
    // Days and times have many digits, but few in one piece.
    let starts_with_year =
        matches!(text.as_bytes(), [b'1', b'9', _, _, mark, ..] | [b'2', b'0', _, _, mark, ..] if b"-/.".contains(mark));
    let pieces = text.split(|c: char| !is_digit(c) && (starts_with_year || !is_separator(c)));
    let longest = pieces.map(|piece| piece.chars().filter(|c| is_digit(*c)).count()).max().unwrap_or(0);
    let is_token = !starts_with_year
        && text.chars().nth(19).is_some()
        && !text.contains(char::is_whitespace)
        && text.contains(|c: char| c.is_ascii_digit())
        && text.contains(|c: char| c.is_ascii_alphabetic());
    text.contains(['@', '＠']) || longest >= 8 || is_token
}

/// The name of a column for a place, unless it looks like personal data: a file without header has data in its place.
fn repeatable(name: &str) -> Option<String> {
    (!looks_personal(name)).then(|| shortened(name))
}

fn column_name(name: &str) -> String {
    repeatable(name)
        .map_or_else(|| "a column whose name is not repeated here".to_owned(), |name| format!("column `{name}`"))
}

fn is_uuid(text: &str) -> bool {
    let parts: Vec<_> = text.split('-').collect();
    parts.iter().map(|part| part.len()).eq([8, 4, 4, 4, 12])
        && parts.iter().all(|part| part.bytes().all(|byte| byte.is_ascii_hexdigit()))
}

/// A scheme, a colon, and something after it without spaces (RFC 3986, section 4.3).
fn is_uri(text: &str) -> bool {
    let Some((scheme, rest)) = text.split_once(':') else { return false };
    let is_scheme = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'-' | b'.');
    scheme.starts_with(|first: char| first.is_ascii_alphabetic())
        && scheme.bytes().all(is_scheme)
        && !rest.trim_start_matches('/').is_empty()
        && !rest.contains(|character: char| character.is_whitespace() || character.is_control())
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
        assert_eq!(check(&orders(), "o.xlsx", &sheet(&rows)), expected);
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
                "invalid_value o.csv:3!B3 (amount): `amount` is `-1`, expected a whole number such as 28000, from 0 to 50000 []",
                "invalid_value o.csv:3!C3 (rate): `rate` is `1.51`, expected a number such as 28000 or 0.5, to 1.5 []",
                "unknown_word o.csv:3!D3 (state): `state` is `unknown`, which is none of paid, pending []",
                "invalid_value o.csv:3!E3 (day): `day` is `2026-02-30`, expected a day such as 2026-05-12 []",
                "invalid_value o.csv:3!F3 (at): `at` is `2025-12-31T23:59:59+00:00`, expected a time with its offset such as 2026-05-25T18:00:00+08:00, from 2026-01-01T00:00:00Z []",
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
                "personal_data o.xlsx!T, row 2 (note): looks like personal data: mobile number (not repeated here) [remove it or replace it by a keyed hash at the source]"
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
                "csv_syntax o.csv:4:8!C4: text follows the closing quote of this cell [a cell with quotes, separators or line breaks is quoted, and quotes inside it are written twice]",
                "csv_syntax o.csv:5:5!C5: a quote opens here and never closes [a cell with quotes, separators or line breaks is quoted, and quotes inside it are written twice]",
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

    #[test]
    fn what_looks_personal_is_not_shown() {
        for personal in [
            "a@b.c",
            "0912345678",
            "0912-345-678",
            "(02) 2345 6789",
            "A123456789",
            "4111 1111 1111 1111",
            "2026-05-12 0912345678",
            "ghp_0123456789abcdefghij",
        ] {
            assert!(looks_personal(personal), "{personal}");
        }
        for plain in ["28,000", "NT$28000", "2026-05-12T18:00:00", "2026/05/12 18:00", "yesterday", "已付款", "1234567"]
        {
            assert!(!looks_personal(plain), "{plain}");
        }
        assert_eq!(shortened(&format!("a\n{}", "中".repeat(50))), format!("a {}…", "中".repeat(38)));
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
