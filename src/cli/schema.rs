//! `proofpack schema`: the shapes of what is read and written, printed from what checks them.

use std::io::Write;

use serde_json::{Value, json};

use super::{Ran, Stopped, show};
use crate::check::shape::{self, Shape};
use crate::documents::{acceptance, claims, memory, pack, workspace};
use crate::finding::did_you_mean;
use crate::kinds::KINDS;
use crate::verify;

pub(super) fn run(name: Option<&str>, out: &mut dyn Write) -> Ran {
    let Some(name) = name else {
        for (name, about) in names() {
            writeln!(out, "{name:34} {about}")?;
        }
        return Ok(true);
    };
    match find(name) {
        Some(schema) => show::json(&schema, out)?,
        None => {
            let names = names();
            let near = did_you_mean(name, names.iter().map(|(name, _)| name.as_str()));
            let hint =
                near.map_or("`proofpack schema` lists them all".to_owned(), |near| format!("did you mean `{near}`?"));
            return Err(Stopped::new(format!("there is no schema `{name}`; {hint}")));
        }
    }
    Ok(true)
}

/// Documents whose shape is one table: name and shape.
static DOCUMENTS: &[(&str, &Shape)] = &[
    ("workspace", &workspace::SHAPE),
    ("pack", &pack::SHAPE),
    ("acceptance", &acceptance::SHAPE),
    ("claims", &claims::SHAPE),
];
const MEMORY: &str = "learning-memory";
const REPORT: &str = "e2e-verification";

fn names() -> Vec<(String, String)> {
    let mut names: Vec<_> =
        DOCUMENTS.iter().map(|(name, shape)| ((*name).to_owned(), shape.about.to_owned())).collect();
    names.push((MEMORY.to_owned(), "A learning memory, in one of three shapes.".to_owned()));
    names.push((REPORT.to_owned(), "The verification report, an in-toto Statement.".to_owned()));
    for kind in KINDS {
        names.extend(
            (kind.tables)().iter().map(|table| (table.name.clone(), format!("Record table of {}.", kind.name))),
        );
    }
    names
}

fn find(name: &str) -> Option<Value> {
    if let Some((_, shape)) = DOCUMENTS.iter().find(|(known, _)| *known == name) {
        return Some(titled(name, shape::json_schema(shape)));
    }
    match name {
        MEMORY => {
            let shapes: Vec<_> = memory::SHAPES.iter().map(|(_, shape)| shape::json_schema(shape)).collect();
            Some(titled(name, json!({"anyOf": shapes})))
        }
        REPORT => Some(titled(name, verify::report::json_schema())),
        _ => KINDS
            .iter()
            .flat_map(|kind| (kind.tables)())
            .find(|table| table.name == name)
            .and_then(|table| serde_json::from_str(&table.source).ok()),
    }
}

fn titled(name: &str, schema: Value) -> Value {
    let mut titled = json!({"$schema": "https://json-schema.org/draft/2020-12/schema", "title": name});
    if let (Value::Object(titled), Value::Object(schema)) = (&mut titled, schema) {
        titled.extend(schema);
    }
    titled
}
