//! Record tables as page content: what tells rows apart as a table, what all rows share said once.
//!
//! Invariants: no value is left out of a page but those of rows beyond [`ROWS_SHOWN`]; a table that was not given never
//! looks like one without rows.

use crate::check::field::{Field, FieldKind};
use crate::check::schema::TableSchema;
use crate::check::table::{Fact, Record, Records};
use crate::facts::Facts;
use crate::lang::Lang;
use crate::read::tree::{Node, Value};
use crate::view::compose::{prose, section};
use crate::view::context::Context;
use crate::view::page::{Block, Inline, Section, Table, Tone};
use crate::view::texts;

/// Most rows of one record table that a page shows; the file has the rest.
const ROWS_SHOWN: usize = 100;

/// Every record table of the kind: those with rows, then those without.
pub(super) fn records(schemas: &[TableSchema], facts: &Facts, context: &Context<'_>) -> Section {
    let lang = context.lang;
    let mut blocks = vec![Block::Text(texts::records_intro(lang, &context.zone_name()))];
    let mut others = Vec::new();
    for schema in schemas {
        match facts.tables.get(&schema.name) {
            Some(records) if records.rows_read > 0 => blocks.extend(table(schema, records, context)),
            Some(_) => others.push((schema, Inline::Text(texts::NO_ROWS.get(lang).to_owned()))),
            None => others.push((schema, Inline::Unknown(texts::NOT_GIVEN.get(lang).to_owned()))),
        }
    }
    if blocks.len() == 1 {
        blocks.clear();
    }
    if !others.is_empty() {
        blocks.push(Block::Heading(texts::OTHER_TABLES.get(lang).to_owned()));
        blocks.push(without_rows(others, lang));
    }
    section("records", texts::RECORDS.get(lang), blocks)
}

fn without_rows(tables: Vec<(&TableSchema, Inline)>, lang: Lang) -> Block {
    let row = |(schema, status): (&TableSchema, Inline)| {
        let about = Inline::Text(schema.title.get(lang).to_owned());
        vec![Inline::Code(schema.name.clone()), status, about]
    };
    Block::Table(Table {
        caption: texts::TABLES_WITHOUT_ROWS.get(lang).to_owned(),
        columns: [texts::TABLE, texts::STATUS, texts::DESCRIPTION].map(|words| words.get(lang).to_owned()).to_vec(),
        rows: tables.into_iter().map(row).collect(),
        empty: Inline::Text(String::new()),
    })
}

fn table(schema: &TableSchema, records: &Records, context: &Context<'_>) -> Vec<Block> {
    let lang = context.lang;
    let rows = &records.records;
    let columns: Vec<Column<'_>> =
        (0..schema.fields.len()).map(|at| Column::new(&schema.fields[at], at, rows)).collect();
    let (blank, filled): (Vec<_>, Vec<_>) = columns.iter().partition(|column| column.is_blank);
    let (same, telling): (Vec<_>, Vec<_>) =
        filled.into_iter().partition(|column| column.is_same && rows.len() > 1 && column.at > 0);
    let file = records.file.rsplit('/').next().unwrap_or(&records.file);
    let caption = texts::record_table(lang, file, rows.len());
    let table = match rows.as_slice() {
        [only] => of_one(caption, &telling, only, context),
        _ => of_many(caption, &telling, rows, context),
    };
    let mut blocks = vec![Block::Heading(schema.title.get(lang).to_owned()), Block::Listing(table)];
    let mut notes = Vec::new();
    if let Some(first) = rows.first().filter(|_| !same.is_empty()) {
        let mut note = vec![Inline::Text(texts::EVERY_ROW.get(lang).to_owned())];
        for column in same {
            separate(&mut note, lang);
            note.push(Inline::Text(format!("{} = ", column.field.name)));
            note.push(column.cell(first, context, false));
        }
        notes.push(Inline::Many(note));
    }
    if !blank.is_empty() && !rows.is_empty() {
        let mut note = vec![Inline::Text(texts::NO_VALUE.get(lang).to_owned())];
        for column in blank {
            separate(&mut note, lang);
            note.push(Inline::Text(column.field.name.clone()));
        }
        notes.push(Inline::Many(note));
    }
    if !notes.is_empty() {
        blocks.push(Block::List(notes));
    }
    if rows.len() > ROWS_SHOWN {
        blocks.push(Block::Note(Tone::Info, texts::rows_not_shown(lang, rows.len() - ROWS_SHOWN, file)));
    }
    if records.rows_read > rows.len() {
        blocks.push(Block::Note(Tone::Bad, texts::rows_refused(lang, records.rows_read - rows.len(), file)));
    }
    blocks
}

/// Puts a separator before every item of a list but the first, which stands behind its introduction.
fn separate(list: &mut Vec<Inline>, lang: Lang) {
    if list.len() > 1 {
        list.push(Inline::Text(texts::separator(lang).to_owned()));
    }
}

fn of_many(caption: String, columns: &[&Column<'_>], rows: &[Record], context: &Context<'_>) -> Table {
    let cells = |row: &Record| columns.iter().map(|column| column.cell(row, context, true)).collect();
    Table {
        caption,
        columns: columns.iter().map(|column| column.field.name.clone()).collect(),
        rows: rows.iter().take(ROWS_SHOWN).map(cells).collect(),
        empty: Inline::Text(texts::NO_ROWS.get(context.lang).to_owned()),
    }
}

/// One row reads best from top to bottom.
fn of_one(caption: String, columns: &[&Column<'_>], row: &Record, context: &Context<'_>) -> Table {
    let lang = context.lang;
    let line = |column: &&Column<'_>| {
        let about = prose(column.field.description.get(lang));
        vec![Inline::Code(column.field.name.clone()), column.cell(row, context, false), about]
    };
    Table {
        caption,
        columns: [texts::FIELD, texts::VALUE, texts::DESCRIPTION].map(|words| words.get(lang).to_owned()).to_vec(),
        rows: columns.iter().map(line).collect(),
        empty: Inline::Text(String::new()),
    }
}

/// A field with what all its values have in common.
struct Column<'a> {
    field: &'a Field,
    /// Its place in the schema.
    at: usize,
    /// Whether no row has a value.
    is_blank: bool,
    /// Whether every row has the same value.
    is_same: bool,
    /// Whether its values are names for programs.
    is_code: bool,
}

impl<'a> Column<'a> {
    fn new(field: &'a Field, at: usize, rows: &[Record]) -> Self {
        let values = || rows.iter().map(|row| row.values.get(at).and_then(Option::as_ref));
        let is_word = |fact: &Fact| match fact {
            Fact::Text(text) => text.bytes().all(|byte| byte.is_ascii_graphic()),
            _ => false,
        };
        let first = values().next().flatten();
        Self {
            field,
            at,
            is_blank: values().all(|value| value.is_none()),
            is_same: first.is_some() && values().all(|value| value == first),
            is_code: !field.words.is_empty() || values().flatten().all(is_word),
        }
    }

    fn cell(&self, row: &Record, context: &Context<'_>, shortened: bool) -> Inline {
        let Some(fact) = row.values.get(self.at).and_then(Option::as_ref) else { return Inline::Text(String::new()) };
        match (fact, &self.field.kind) {
            (Fact::Text(text), FieldKind::Uuid) if shortened => Inline::Id(text.clone()),
            (Fact::Text(text), FieldKind::Uri) => Inline::Link { href: text.clone(), text: text.clone() },
            (Fact::Text(text), _) if self.is_code => Inline::Code(text.clone()),
            (Fact::Bool(flag), _) => {
                Inline::Text(if *flag { texts::YES } else { texts::NO }.get(context.lang).to_owned())
            }
            (Fact::Moment { timestamp, .. }, _) => Inline::Text(context.moment(*timestamp)),
            (Fact::Json(node), _) => json(node, context.lang).unwrap_or_else(|| Inline::Code(fact.show())),
            _ => Inline::Text(fact.show()),
        }
    }
}

/// A JSON object of simple values line by line, a list of them as a list. `None` for what is nested deeper.
fn json(node: &Node, lang: Lang) -> Option<Inline> {
    let mut parts = Vec::new();
    match &node.value {
        Value::Table(entries) if !entries.is_empty() => {
            for (at, entry) in entries.iter().enumerate() {
                let line_break = if at > 0 { "\n" } else { "" };
                parts.push(Inline::Text(line_break.to_owned()));
                parts.push(Inline::Code(entry.key.to_string()));
                parts.push(Inline::Text(format!(" {}", simple(&entry.node)?)));
            }
        }
        Value::List(items) if !items.is_empty() => {
            for (at, item) in items.iter().enumerate() {
                if at > 0 {
                    parts.push(Inline::Text(texts::separator(lang).to_owned()));
                }
                parts.push(Inline::Code(simple(item)?));
            }
        }
        _ => return None,
    }
    Some(Inline::Many(parts))
}

fn simple(node: &Node) -> Option<String> {
    match &node.value {
        Value::Null => Some("null".to_owned()),
        Value::Bool(flag) => Some(flag.to_string()),
        Value::Number(text) | Value::Text(text) => Some(text.clone()),
        Value::List(_) | Value::Table(_) => None,
    }
}

#[cfg(test)]
mod tests {
    use jiff::tz::TimeZone;

    use super::*;
    use crate::check::table as checked;
    use crate::clock::Now;
    use crate::view::markdown;

    const SCHEMA: &str = r#"{"name": "visits", "title": "Visits", "title_zh_hant": "拜訪", "description": "d",
        "description_zh_hant": "d", "primaryKey": ["id"], "fields": [
        {"name": "id", "type": "string", "format": "uuid", "description": "Id.", "description_zh_hant": "編號。"},
        {"name": "mode", "type": "string", "description": "Like `real`.", "description_zh_hant": "例如 `real`。"},
        {"name": "valid", "type": "boolean", "description": "v", "description_zh_hant": "v"},
        {"name": "at", "type": "datetime", "description": "a", "description_zh_hant": "a"},
        {"name": "raw", "type": "object", "description": "r", "description_zh_hant": "r"},
        {"name": "note", "type": "string", "description": "n", "description_zh_hant": "n"}]}"#;
    const ONE: &str = r#"{"id": "0fe2e25c-15bc-5b43-8c2c-4b7f8b13e216", "mode": "real", "valid": true,
        "at": "2026-05-24T01:00:00Z", "raw": {"code": 1, "out": "a b"}, "note": null}"#;
    const TWO: &str = r#"{"id": "1fe2e25c-15bc-5b43-8c2c-4b7f8b13e216", "mode": "real", "valid": false,
        "at": "2026-05-24T01:00:07Z", "raw": {"deep": [1]}, "note": null}"#;

    /// What a table with these rows looks like in Markdown.
    #[track_caller]
    fn check(rows: &[&str], lang: Lang, expected: &str) {
        let schema = TableSchema::from_json(SCHEMA).unwrap();
        let bytes = format!("[{}]", rows.join(","));
        let mut findings = Vec::new();
        let records = checked::read("p/visits.json", bytes.as_bytes(), &schema, &mut findings).unwrap();
        assert!(findings.is_empty(), "{findings:?}");
        let zone = TimeZone::fixed(jiff::tz::offset(8));
        let now = Now::from_rfc3339("2026-05-24T12:00:00+08:00").unwrap();
        let context = Context { lang, zone: &zone, now: &now, workspace: "w" };
        let blocks = table(&schema, &records, &context);
        let markdown = markdown::document("t", &[section("s", "s", blocks)], lang);
        assert_eq!(markdown.trim_end(), format!("# t\n\n## s\n\n{expected}"));
    }

    #[test]
    fn one_row_is_read_from_top_to_bottom() {
        check(
            &[ONE],
            Lang::ZhHant,
            "### 拜訪\n\nvisits.json，1 列\n\n| 欄位 | 值 | 說明 |\n| --- | --- | --- |\n\
             | `id` | `0fe2e25c-15bc-5b43-8c2c-4b7f8b13e216` | 編號。 |\n| `mode` | `real` | 例如 `real`。 |\n\
             | `valid` | 是 | v |\n| `at` | 2026-05-24 09:00 | a |\n\
             | `raw` | `code` 1&#10;`out` a b | r |\n\n- 沒有填寫：note",
        );
    }

    #[test]
    fn what_all_rows_share_is_said_once() {
        check(
            &[ONE, TWO],
            Lang::En,
            "### Visits\n\nvisits.json, 2 rows\n\n| id | valid | at | raw |\n| --- | --- | --- | --- |\n\
             | `0fe2e25c-15bc-5b43-8c2c-4b7f8b13e216` | Yes | 2026-05-24 09:00 | `code` 1&#10;`out` a b |\n\
             | `1fe2e25c-15bc-5b43-8c2c-4b7f8b13e216` | No | 2026-05-24 09:00:07 | `{\"deep\":[1]}` |\n\n\
             - The same in every row: mode = `real`\n- Without a value: note",
        );
    }
}
