//! The JSON document of a schema to the [`TableSchema`] that checks. Everything wrong with it is reported in one run.

use crate::check::field::{Field, Missing};
use crate::check::schema::document::reader::{Dialect, Reader, words};
use crate::check::schema::document::shapes::{OWN_KEYS, SHAPE};
use crate::check::schema::{FieldsMatch, ForeignKey, TableSchema, Target};
use crate::check::shape;
use crate::finding::{Finding, Severity};
use crate::read::json;
use crate::read::text::{self, Text};
use crate::read::tree::Node;

mod field;
mod reader;
pub(super) mod shapes;

const MATCHES: [(&str, FieldsMatch); 5] = [
    ("exact", FieldsMatch::Exact),
    ("equal", FieldsMatch::Equal),
    ("subset", FieldsMatch::Subset),
    ("superset", FieldsMatch::Superset),
    ("partial", FieldsMatch::Partial),
];

impl TableSchema {
    /// Reads the schema of a record table of ours from its JSON text: it has titles and descriptions in both languages,
    /// values are written in one way, and a table may have fewer columns and others. The error says everything that is
    /// wrong with it.
    pub fn from_json(source: &str) -> Result<Self, String> {
        let mut findings = Vec::new();
        let text = Text { path: "schema", content: source };
        let schema = json::parse(text, &mut findings).and_then(|node| read(&node, text, Dialect::Own, &mut findings));
        schema.ok_or_else(|| {
            let lines = findings.iter().map(|finding| format!("{}: {}", finding.place, finding.message));
            lines.collect::<Vec<_>>().join("\n")
        })
    }

    /// Reads a schema that somebody else declared. `None` when it cannot be used; the findings say where and why.
    pub fn declared(path: &str, bytes: &[u8], findings: &mut Vec<Finding>) -> Option<Self> {
        let text = text::read(path, bytes, findings)?;
        let node = json::parse(text, findings)?;
        read(&node, text, Dialect::Declared, findings)
    }
}

/// Reads a schema. `None` when it cannot be used; the findings say where and why.
fn read(node: &Node, text: Text<'_>, dialect: Dialect, findings: &mut Vec<Finding>) -> Option<TableSchema> {
    let before = findings.len();
    shape::check(node, &SHAPE, text, findings);
    let schema = Reader { text, dialect, findings }.schema(node);
    let is_sound = findings[before..].iter().all(|finding| finding.severity != Severity::Error);
    is_sound.then_some(schema)
}

impl Reader<'_, '_> {
    fn schema(&mut self, node: &Node) -> TableSchema {
        self.keys(node, &SHAPE, "", &OWN_KEYS);
        let missing = match (self.dialect, node.get("missingValues")) {
            (Dialect::Own, None) => Missing::Blank,
            (_, Some(list)) => self.missing(list, "/missingValues"),
            (Dialect::Declared, None) => Missing::Exactly(vec![String::new()]),
        };
        let mut fields: Vec<Field> = Vec::new();
        for (index, item) in node.get("fields").map(Node::items).unwrap_or_default().iter().enumerate() {
            let pointer = format!("/fields/{index}");
            let field = self.field(item, &pointer, &missing);
            if fields.iter().any(|known| known.name == field.name) {
                self.wrong(item, &pointer, format!("field `{}` stands twice", field.name));
            }
            fields.push(field);
        }
        if fields.is_empty() {
            self.wrong(node, "/fields", "a table has at least one field");
        }
        let primary_key = match node.get("primaryKey") {
            Some(key) => self.places(key, "/primaryKey", &fields),
            None => Vec::new(),
        };
        for index in &primary_key {
            fields[*index].required = true;
        }
        let mut unique_keys = Vec::new();
        for (index, key) in node.get("uniqueKeys").map(Node::items).unwrap_or_default().iter().enumerate() {
            unique_keys.push(self.places(key, &format!("/uniqueKeys/{index}"), &fields));
        }
        for keyed in unique_keys.iter().chain([&primary_key]).flatten() {
            self.comparable(&fields[*keyed].kind, node, "/primaryKey", &fields[*keyed].name);
        }
        let mut foreign_keys = Vec::new();
        for (index, key) in node.get("foreignKeys").map(Node::items).unwrap_or_default().iter().enumerate() {
            foreign_keys.extend(self.foreign_key(key, &format!("/foreignKeys/{index}"), &fields));
        }
        TableSchema {
            name: node.text_at("name").unwrap_or_default().to_owned(),
            title: words(node, "title", "title_zh_hant"),
            description: words(node, "description", "description_zh_hant"),
            fields_match: self.fields_match(node),
            fields,
            primary_key,
            unique_keys,
            foreign_keys,
            source: self.text.content.to_owned(),
        }
    }

    fn fields_match(&mut self, node: &Node) -> FieldsMatch {
        let Some(given) = node.get("fieldsMatch") else {
            return if self.dialect == Dialect::Own { FieldsMatch::Partial } else { FieldsMatch::Exact };
        };
        let word = given.text().or_else(|| given.items().first().and_then(Node::text)).unwrap_or_default();
        if let Some((_, fields_match)) = MATCHES.iter().find(|(known, _)| *known == word) {
            return *fields_match;
        }
        let known: Vec<_> = MATCHES.iter().map(|(known, _)| *known).collect();
        self.wrong(given, "/fieldsMatch", format!("`fieldsMatch` is one of {}", known.join(", ")));
        FieldsMatch::Exact
    }

    /// The places of the fields that a key names: a list of names, or one name.
    fn places(&mut self, key: &Node, pointer: &str, fields: &[Field]) -> Vec<usize> {
        let mut places = Vec::new();
        let names: Vec<_> = if key.text().is_some() { vec![key] } else { key.items().iter().collect() };
        if names.is_empty() {
            self.wrong(key, pointer, "expected the names of fields");
        }
        for name in names {
            let place = name.text().and_then(|name| fields.iter().position(|field| field.name == name));
            if let Some(place) = place {
                places.push(place);
            } else {
                {
                    let shown = name.text().unwrap_or("something that is no text");
                    self.wrong(name, pointer, format!("names `{shown}`, which is no field"));
                }
            }
        }
        places
    }

    fn foreign_key(&mut self, key: &Node, pointer: &str, fields: &[Field]) -> Option<ForeignKey> {
        let (Some(own), Some(reference)) = (key.get("fields"), key.get("reference")) else {
            self.wrong(key, pointer, "a foreign key has `fields` and `reference`");
            return None;
        };
        let Some(columns) = reference.get("fields") else {
            self.wrong(reference, &format!("{pointer}/reference"), "a reference has `fields`");
            return None;
        };
        let fields_pointer = format!("{pointer}/fields");
        let own_fields = self.places(own, &fields_pointer, fields);
        for index in &own_fields {
            self.comparable(&fields[*index].kind, own, &fields_pointer, &fields[*index].name);
        }
        let target_pointer = format!("{pointer}/reference/fields");
        let target = match reference.text_at("resource").unwrap_or_default() {
            "" => Target::Own(self.places(columns, &target_pointer, fields)),
            resource => {
                let columns = columns.text().map_or_else(|| columns.texts(), |one| vec![one.to_owned()]);
                Target::Other { resource: resource.to_owned(), columns }
            }
        };
        let count = match &target {
            Target::Own(places) => places.len(),
            Target::Other { columns, .. } => columns.len(),
        };
        if count != own_fields.len() || count == 0 {
            self.wrong(columns, &target_pointer, "a reference has as many fields as the key");
            return None;
        }
        Some(ForeignKey { fields: own_fields, target })
    }
}
