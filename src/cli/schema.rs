//! `proofpack schema`: the shapes of what is read and written, printed from what checks them.

use std::io::Write;

use serde_json::{Map, Value, json};

use super::show;
use super::stopped::{Ran, Stopped};
use crate::check::shape::{self, Shape};
use crate::documents::{acceptance, allowed, claims, evidence, memory, pack, target, workspace};
use crate::finding::did_you_mean;
use crate::kinds::{KINDS, questions};
use crate::verify;

pub(super) fn run(name: Option<&str>, out: &mut dyn Write) -> Ran {
    let Some(name) = name else {
        for (name, about) in names() {
            writeln!(out, "{name:34} {about}")?;
        }
        return Ok(true);
    };
    if let Some(schema) = find(name) {
        show::json(&schema, out)?;
    } else {
        let names = names();
        let near = did_you_mean(name, names.iter().map(|(name, _)| name.as_str()));
        let hint =
            near.map_or("`proofpack schema` lists them all".to_owned(), |near| format!("did you mean `{near}`?"));
        return Err(Stopped::new(format!("there is no schema `{name}`; {hint}")));
    }
    Ok(true)
}

/// Documents whose shape is one table: name and shape.
static DOCUMENTS: &[(&str, &Shape)] = &[
    ("workspace", &workspace::SHAPE),
    ("pack", &pack::SHAPE),
    ("acceptance", &acceptance::SHAPE),
    ("claims", &claims::SHAPE),
    ("upload-target", &target::SHAPE),
    ("privacy-allow", &allowed::SHAPE),
    ("evidence-url-capture", &evidence::URL_CAPTURE),
    ("evidence-command-output", &evidence::COMMAND_OUTPUT),
    ("evidence-import-report", &evidence::IMPORT_REPORT),
    ("evidence-file", &evidence::ADOPTION),
];
const MEMORY: &str = "learning-memory";
const REPORT: &str = "e2e-verification";

/// Name of what is written for programs, what it is, and its shape. A type that ends in `?` may be null.
type Output = (&'static str, &'static str, fn() -> Value);

static OUTPUTS: &[Output] = &[
    ("claims-ledger", "claims.json of a bundle: every claim with its computed status and why.", || {
        json!({
            "type": "string",
            "as_of": "string",
            "time_zone": "string",
            "people": "object",
            "accepted_import": "string?",
            "unverified": ["string"],
            "claims": [{
                "id": "string", "kind": "string", "statement": "string", "status": "string", "valid_until": "string?",
                "evidence": [{
                    "type": "string", "locator": "string", "file": "string?", "sha256": "string?",
                    "captured_at": "string?",
                }],
                "reasons": [{"about": "string", "reason": "string"}],
            }],
        })
    }),
    ("registry", "registry.json of the output folder: what was built and is usable.", || {
        json!({
            "type": "string",
            "as_of": "string",
            "packs": [{
                "slug": "string", "kind": "string?", "title": "string", "job_id": "string?", "project_id": "string?",
                "action_item_id": "string?", "primary": "string?", "manifest_sha256": "string?", "usable": "boolean",
            }],
        })
    }),
    ("build-result", "What `build --format json` prints.", || {
        json!({
            "verdict": "string",
            "packs": [{
                "slug": "string", "kind": "string?", "path": "string", "state": "string", "usable": "boolean",
                "manifest_sha256": "string?", "files": "integer?", "bytes": "integer?",
            }],
            "counts": counts(),
            "findings": [finding()],
        })
    }),
    (
        "check-result",
        "What `check --format json` prints of one path; of several, a list of such.",
        || json!({"path": "string", "what": "string", "verdict": "string", "counts": counts(), "findings": [finding()]}),
    ),
    ("status-result", "What `status --format json` prints; a part that does not apply is null.", || {
        json!({
            "verdict": "string",
            "as_of": "string",
            "packs": [{
                "slug": "string", "verdict": "string",
                "built": {
                    "state": "string", "as_of": "string?", "inputs": "integer", "inputs_sha256": "string",
                    "differs": ["string"],
                },
                "verified": "object?", "published": {"state": "string"}, "uploaded": {"state": "string"},
                "claims": "array?", "online": "object?", "attention": ["string"], "notes": ["string"],
            }],
        })
    }),
    ("verify-result", "What `verify --format json` prints.", || {
        let result = json!({
            "id": "string", "status": "string", "expected": "string", "observed": "string", "evidence": ["string"],
        });
        json!({
            "verdict": "string",
            "bundles": [{
                "path": "string", "slug": "string?", "kind": "string?", "verdict": "string", "plan": ["string"],
                "results": [result],
            }],
        })
    }),
];

fn counts() -> Value {
    json!({"error": "integer", "warning": "integer", "notice": "integer"})
}

fn finding() -> Value {
    json!({
        "code": "string", "severity": "string", "file": "string?", "sheet": "string?", "line": "integer?",
        "character": "integer?", "byte": "integer?", "row": "integer?", "column": "string?", "cell": "string?", "pointer": "string?",
        "message": "string", "hint": "string", "count": "integer",
    })
}

/// The JSON Schema of a shape of [`OUTPUTS`]; every key is there.
fn written(shape: &Value) -> Value {
    match shape {
        Value::Object(keys) => json!({
            "type": "object",
            "properties": keys.iter().map(|(key, value)| (key.clone(), written(value))).collect::<Map<_, _>>(),
            "required": keys.keys().collect::<Vec<_>>(),
        }),
        Value::Array(items) => json!({"type": "array", "items": items.first().map(written)}),
        word => match word.as_str().unwrap_or_default().split_once('?') {
            Some((name, _)) => json!({"type": [name, "null"]}),
            None => json!({"type": word}),
        },
    }
}

fn names() -> Vec<(String, String)> {
    let mut names: Vec<_> =
        DOCUMENTS.iter().map(|(name, shape)| ((*name).to_owned(), shape.about.to_owned())).collect();
    names.push((MEMORY.to_owned(), "A learning memory, in one of three shapes.".to_owned()));
    names.push((REPORT.to_owned(), "The verification report, an in-toto Statement.".to_owned()));
    names.extend(OUTPUTS.iter().map(|(name, about, _)| ((*name).to_owned(), (*about).to_owned())));
    names.extend(asked().map(|(name, shape)| (name, shape.about.to_owned())));
    for kind in KINDS {
        let upload = kind.upload.iter().map(|upload| (upload.schema)());
        names
            .extend(upload.map(|table| (table.name.clone(), format!("File that a partner sends, for {}.", kind.name))));
        names.extend(
            (kind.tables)().iter().map(|table| (table.name.clone(), format!("Record table of {}.", kind.name))),
        );
        let exports = kind.exports.iter().filter(|export| export.form.shape().is_some());
        names.extend(
            exports.map(|export| (format!("{}/{}", kind.name, export.name), format!("Export of {}.", kind.name))),
        );
    }
    names
}

/// The facts that decisions take.
fn asked() -> impl Iterator<Item = (String, &'static Shape)> {
    questions().filter_map(|question| Some((format!("decide-{}", question.name), question.facts?)))
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
        _ => {
            let facts =
                || asked().find(|(known, _)| known == name).map(|(_, shape)| titled(name, shape::json_schema(shape)));
            output(name).or_else(|| table(name)).or_else(facts).or_else(|| export(name))
        }
    }
}

fn output(name: &str) -> Option<Value> {
    let (_, about, shape) = OUTPUTS.iter().find(|(known, ..)| *known == name)?;
    let mut schema = written(&shape());
    schema["description"] = (*about).into();
    Some(titled(name, schema))
}

/// Record tables are described by Table Schema, not by JSON Schema.
fn table(name: &str) -> Option<Value> {
    let records = || KINDS.iter().flat_map(|kind| (kind.tables)());
    let mut uploads = KINDS.iter().filter_map(|kind| kind.upload.as_ref()).map(|upload| (upload.schema)());
    let table = records().find(|table| table.name == name).or_else(|| uploads.find(|table| table.name == name))?;
    let schema = serde_json::from_str(&table.source).ok()?;
    // A record table may have fewer columns and others; an upload says itself what it may have.
    let head = json!({
        "$schema": "https://datapackage.org/profiles/2.0/tableschema.json",
        "fieldsMatch": "partial",
    });
    Some(extended(head, schema))
}

/// An item of an export, or the document that it is.
fn export(name: &str) -> Option<Value> {
    let (kind, export) = name.split_once('/')?;
    let kind = KINDS.iter().find(|known| known.name == kind)?;
    let export = kind.exports.iter().find(|known| known.name == export)?;
    export.form.shape().map(|shape| titled(name, shape::json_schema(shape)))
}

fn titled(name: &str, schema: Value) -> Value {
    extended(json!({"$schema": "https://json-schema.org/draft/2020-12/schema", "title": name}), schema)
}

fn extended(mut head: Value, schema: Value) -> Value {
    if let (Value::Object(head), Value::Object(schema)) = (&mut head, schema) {
        head.extend(schema);
    }
    head
}
