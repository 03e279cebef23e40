//! Runs every case of every file in `fixtures/conformance/`, or in `$PROOFPACK_CONFORMANCE_DIR`.
//!
//! A file is named after the decision that it asks and holds an array of `{"name", "input", "expect"}`. `expect` is a
//! subset: the keys listed must be equal, others are free, and `null` means absent or null. In an input,
//! `{"$repeat": [text, n]}` stands for the text n times and `{"$concat": [part, …]}` for its parts joined. `$REPO` is
//! an empty folder and `$OUTSIDE` another beside it, both in an exported tree and not on the disk.

#![expect(clippy::disallowed_methods, reason = "tests read their own cases")]

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::{env, fs};

use proofpack::decide::{Asked, ask};
use proofpack::kinds;
use proofpack::lang::Lang;
use proofpack::read::{json, text};
use serde::Deserialize;
use serde_json::Value;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Case {
    name: String,
    input: Value,
    expect: Value,
}

#[test]
#[expect(clippy::print_stdout, reason = "the count of cases is told")]
fn every_case_is_met() {
    let folder = env::var_os("PROOFPACK_CONFORMANCE_DIR")
        .map_or_else(|| Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/conformance"), PathBuf::from);
    let entries = fs::read_dir(&folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display()));
    let files: BTreeMap<String, PathBuf> = entries
        .map(|entry| entry.expect("a folder can be listed").path())
        .filter(|path| path.extension().is_some_and(|extension| extension == "json"))
        .map(|path| (path.file_stem().unwrap_or_default().to_string_lossy().into_owned(), path))
        .collect();
    assert!(!files.is_empty(), "no cases in {}", folder.display());
    let (mut run, mut failed) = (0, Vec::new());
    for (function, path) in &files {
        let cases: Vec<Case> = serde_json::from_slice(&fs::read(path).expect("a listed file can be read"))
            .unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        assert!(!cases.is_empty(), "{} has no case", path.display());
        for case in cases {
            run += 1;
            let mut wrong = Vec::new();
            match answer(function, &placed(expanded(case.input))) {
                Ok(answer) => differences(&replaced(case.expect), Some(&answer), "", &mut wrong),
                Err(reason) => wrong.push(reason),
            }
            failed.extend(wrong.into_iter().map(|wrong| format!("{function}/{}: {wrong}", case.name)));
        }
    }
    println!("{run} cases of {} functions, {} differences", files.len(), failed.len());
    assert!(failed.is_empty(), "{} differences:\n{}", failed.len(), failed.join("\n"));
}

fn answer(function: &str, input: &Value) -> Result<Value, String> {
    let question = kinds::questions()
        .find(|question| question.name == function)
        .ok_or_else(|| "no decision has this name".to_owned())?;
    let bytes = input.to_string().into_bytes();
    let mut findings = Vec::new();
    let told = |findings: &[proofpack::finding::Finding]| {
        findings.iter().map(|found| format!("{}: {}", found.place, found.message)).collect::<Vec<_>>().join("; ")
    };
    let Some(facts) = json::read("input", &bytes, &mut findings) else { return Err(told(&findings)) };
    let Some(text) = text::read("input", &bytes, &mut findings) else { return Err(told(&findings)) };
    let asked = Asked { lang: Lang::En, trace: false };
    ask(question, &facts, &asked, text, &mut findings)
        .map(Value::Object)
        .ok_or_else(|| format!("refused: {}", told(&findings)))
}

/// The input with its repetitions written out.
fn expanded(value: Value) -> Value {
    match value {
        Value::Object(map) if map.len() == 1 && map.contains_key("$repeat") => {
            let repeat = map["$repeat"].as_array().expect("$repeat takes [text, n]");
            let count = usize::try_from(repeat[1].as_u64().expect("$repeat takes a count")).expect("a count");
            Value::String(repeat[0].as_str().expect("$repeat takes a text").repeat(count))
        }
        Value::Object(map) if map.len() == 1 && map.contains_key("$concat") => {
            let parts = map["$concat"].as_array().expect("$concat takes a list").iter().cloned().map(expanded);
            Value::String(parts.map(|part| part.as_str().expect("$concat joins texts").to_owned()).collect())
        }
        Value::Object(map) => map.into_iter().map(|(key, value)| (key, expanded(value))).collect(),
        Value::Array(items) => items.into_iter().map(expanded).collect(),
        other => other,
    }
}

/// The input with its folders put into the exported tree that a dry run looks at.
fn placed(input: Value) -> Value {
    let mut input = replaced(input);
    if input.get("repo_path").is_some() {
        if input.get("setup").is_none_or(Value::is_null) {
            input["setup"] = serde_json::json!({});
        }
        input["setup"]["root"] = "/repo".into();
        input["setup"]["folders"] = serde_json::json!(["/repo", "/outside"]);
    }
    input
}

fn replaced(value: Value) -> Value {
    match value {
        Value::String(text) if text.contains('$') => {
            Value::String(text.replace("$REPO", "/repo").replace("$OUTSIDE", "/outside"))
        }
        Value::Object(map) => map
            .into_iter()
            .map(|(key, value)| (key.replace("$REPO", "/repo").replace("$OUTSIDE", "/outside"), replaced(value)))
            .collect(),
        Value::Array(items) => items.into_iter().map(replaced).collect(),
        other => other,
    }
}

/// Where the answer is not what was expected.
fn differences(expect: &Value, got: Option<&Value>, at: &str, wrong: &mut Vec<String>) {
    match (expect, got) {
        (Value::Null, None | Some(Value::Null)) => {}
        (Value::Object(keys), Some(Value::Object(found))) => {
            for (key, expect) in keys {
                differences(expect, found.get(key), &format!("{at}/{key}"), wrong);
            }
        }
        (Value::Array(items), Some(Value::Array(found))) if items.len() == found.len() => {
            for (index, (expect, got)) in items.iter().zip(found).enumerate() {
                differences(expect, Some(got), &format!("{at}/{index}"), wrong);
            }
        }
        // A repetition in what is expected is written out like one in the input.
        (Value::Object(_), Some(Value::String(got))) if expanded(expect.clone()).as_str() == Some(got) => {}
        (expect, Some(got)) if expect == got || same_number(expect, got) => {}
        (expect, got) => {
            let short = |value: &Value| value.to_string().chars().take(300).collect::<String>();
            let got = got.map_or_else(|| "nothing".to_owned(), short);
            wrong.push(format!("{at}: expected {}, got {got}", short(expect)));
        }
    }
}

/// `0.5` and `0.50`, `1` and `1.0` are the same number.
fn same_number(one: &Value, other: &Value) -> bool {
    matches!((one.as_f64(), other.as_f64()), (Some(one), Some(other)) if (one - other).abs() <= f64::EPSILON * one.abs())
}
