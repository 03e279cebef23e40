//! The foreign keys of a table: values that must stand in other columns, of the same table or of another one.
//!
//! Invariant: what cannot be looked up is reported as not checked, and never passes.

use std::collections::BTreeMap;

use crate::check::keys::{Key, Keys};
use crate::check::schema::{ForeignKey, TableSchema, Target};
use crate::check::value::{self, looks_personal, shortened};
use crate::codes;
use crate::finding::{Finding, Place};
use crate::read::capped::Capped;
use crate::read::format::Format;
use crate::read::row::{Cell, Content, Row, Value, trimmed};
use crate::read::table;

/// A table that foreign keys may point into.
#[derive(Clone, Debug)]
pub struct OtherTable {
    /// Path as findings show it.
    pub path: String,
    /// The file.
    pub bytes: Vec<u8>,
}

/// The tables that foreign keys may point into, by the names that schemas give them.
pub type OtherTables = BTreeMap<String, OtherTable>;

/// The foreign keys of the table that is being checked.
pub(super) struct Links<'s> {
    schema: &'s TableSchema,
    links: Vec<Link<'s>>,
}

struct Link<'s> {
    key: &'s ForeignKey,
    /// The keys that there are; `None` when nobody can tell.
    known: Option<Keys>,
    /// Values that did not stand in the same table until then, and may stand below.
    open: BTreeMap<Key, Open>,
}

/// Rows with the same value.
struct Open {
    row: u32,
    place: Place,
    shown: String,
    count: u64,
}

impl<'s> Links<'s> {
    /// Of a table without foreign keys.
    pub(super) fn none(schema: &'s TableSchema) -> Self {
        Self { schema, links: Vec::new() }
    }

    /// Reads the columns that keys point to.
    pub(super) fn new(path: &str, schema: &'s TableSchema, others: &OtherTables, findings: &mut Capped<'_>) -> Self {
        let mut links = Vec::new();
        for key in &schema.foreign_keys {
            let known = match &key.target {
                Target::Own(_) => Some(Keys::default()),
                Target::Other { resource, columns } => {
                    let place = || Place { column: column(schema, &key.fields), ..Place::file(path) };
                    match others.get(resource).map(|other| read_columns(schema, &key.fields, columns, other, findings))
                    {
                        Some(Some(known)) => Some(known),
                        Some(None) => {
                            let message =
                                format!("the values were not looked up: table `{resource}` could not be read");
                            let finding = Finding::new(&codes::REFERENCE_NOT_CHECKED, place(), message);
                            findings.once().push(finding.hint("mend what is said about that table"));
                            None
                        }
                        None => {
                            let message = format!("the values were not looked up: table `{resource}` was not given");
                            let finding = Finding::new(&codes::REFERENCE_NOT_CHECKED, place(), message);
                            findings.once().push(finding.hint(format!("give it with --table {resource}=FILE")));
                            None
                        }
                    }
                }
            };
            links.push(Link { key, known, open: BTreeMap::new() });
        }
        Self { schema, links }
    }

    /// Looks up the values of a row: of every field the text of its key, if it has a value.
    pub(super) fn row<'v>(
        &mut self,
        row: &Row<'_>,
        value: impl Fn(usize) -> Option<&'v str>,
        place: impl Fn(usize) -> Place,
        findings: &mut Capped<'_>,
    ) {
        for link in &mut self.links {
            let Some(known) = &mut link.known else { continue };
            let values = |fields: &[usize]| fields.iter().map(|field| value(*field)).collect::<Option<Vec<_>>>();
            if let Target::Own(target) = &link.key.target
                && let Some(parts) = values(target)
            {
                known.first(Key::of(parts.into_iter()), row.number);
            }
            let Some(parts) = values(&link.key.fields) else { continue };
            let key = Key::of(parts.iter().copied());
            if known.has(key) {
                continue;
            }
            let own = || place(link.key.fields[0]);
            if matches!(link.key.target, Target::Own(_)) {
                let open = link.open.entry(key).or_insert_with(|| Open {
                    row: row.number,
                    place: own(),
                    shown: show(&parts),
                    count: 0,
                });
                open.count += 1;
            } else {
                findings.add(&codes::MISSING_REFERENCE, || missing(self.schema, link.key, own(), &show(&parts)));
            }
        }
    }

    /// Reports what stood nowhere in the same table. A column that is missing has been reported.
    pub(super) fn finish(self, is_present: impl Fn(usize) -> bool, findings: &mut Capped<'_>) {
        for Link { key, known, open } in self.links {
            let (Target::Own(target), Some(known)) = (&key.target, known) else { continue };
            if !target.iter().all(|field| is_present(*field)) {
                continue;
            }
            let mut open: Vec<_> = open.into_iter().filter(|(key, _)| !known.has(*key)).map(|(_, open)| open).collect();
            open.sort_by_key(|open| open.row);
            for Open { place, shown, count, .. } in open {
                findings.add(&codes::MISSING_REFERENCE, || {
                    let mut finding = missing(self.schema, key, place, &shown);
                    if count > 1 {
                        finding.message += &[" (", &count.to_string(), " rows, the first here)"].concat();
                    }
                    finding
                });
            }
        }
    }
}

fn column(schema: &TableSchema, fields: &[usize]) -> Option<String> {
    fields.first().map(|field| schema.fields[*field].name.clone())
}

fn show(parts: &[&str]) -> String {
    let show = |part: &&str| {
        if looks_personal(part) {
            "a text that is not repeated here".to_owned()
        } else {
            format!("`{}`", shortened(part))
        }
    };
    parts.iter().map(show).collect::<Vec<_>>().join(", ")
}

fn missing(schema: &TableSchema, key: &ForeignKey, place: Place, shown: &str) -> Finding {
    let names = |fields: &[usize]| {
        fields.iter().map(|field| schema.fields[*field].name.as_str()).collect::<Vec<_>>().join("`, `")
    };
    let target = match &key.target {
        Target::Own(fields) => format!("no row has it in `{}`", names(fields)),
        Target::Other { resource, columns } => format!("no row of `{resource}` has it in `{}`", columns.join("`, `")),
    };
    let message = format!("`{}` is {shown}, and {target}", names(&key.fields));
    let place = Place { column: column(schema, &key.fields), ..place };
    Finding::new(&codes::MISSING_REFERENCE, place, message).hint("correct the value, or add the row that it names")
}

/// The keys that stand in some columns of another table. Its values are read like those of the fields that point there:
/// what cannot be read so is none of them. `None` when the table or a column of it cannot be read.
fn read_columns(
    schema: &TableSchema,
    fields: &[usize],
    columns: &[String],
    other: &OtherTable,
    findings: &mut Capped<'_>,
) -> Option<Keys> {
    let mut own = Vec::new();
    let mut capped = Capped::new(&other.path, &mut own);
    let mut keys = Keys::default();
    let mut header: Option<Vec<Option<u32>>> = None;
    let mut parts = vec![String::new(); fields.len()];
    let read = table::read(&other.path, &other.bytes, &mut capped, &mut |row, _| {
        let values: Vec<_> = match (row.content, &header) {
            (Content::Cells(cells), None) => {
                let found: Vec<_> = columns.iter().map(|name| column_of(cells, name)).collect();
                if found.iter().all(Option::is_some) {
                    header = Some(found);
                }
                return;
            }
            (Content::Cells(cells), Some(header)) => {
                let value = |column: &Option<u32>| {
                    cells.iter().find(|cell| Some(cell.column) == *column).map(|cell| cell.value)
                };
                header.iter().map(value).collect()
            }
            (Content::Object(entries), _) => {
                let value = |name: &String| {
                    entries.iter().find(|entry| *entry.key == **name).map(|entry| Value::of(&entry.node))
                };
                columns.iter().map(value).collect()
            }
            (Content::Broken, _) => return,
        };
        for ((field, part), value) in fields.iter().zip(&mut parts).zip(values) {
            part.clear();
            // Of the constraints of the pointing field none is asked for here.
            let typed = value.map(|value| value::typed(&schema.fields[*field].kind, value, row.format, false));
            let Some(Ok(typed)) = typed else { return };
            typed.write_key(part);
        }
        let key = Key::of(parts.iter().map(String::as_str));
        keys.first(key, row.number);
    });
    capped.finish();
    let is_positional = matches!(read, Some(Format::Csv | Format::Xlsx));
    if is_positional && header.is_none() {
        let message = format!("has no row with the column names `{}`", columns.join("`, `"));
        own.push(Finding::new(&codes::MISSING_COLUMN, Place::file(&other.path), message));
    }
    let is_whole = read.is_some() && !(is_positional && header.is_none());
    findings.once().append(&mut own);
    is_whole.then_some(keys)
}

fn column_of(cells: &[Cell<'_>], name: &str) -> Option<u32> {
    let is_name = |cell: &&Cell<'_>| matches!(cell.value, Value::Text(text) if trimmed(text) == name);
    cells.iter().find(is_name).map(|cell| cell.column)
}
