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
        let (cases, faults) = cases(path);
        failed.extend(faults.into_iter().map(|fault| format!("{function}{fault}")));
        for case in cases {
            run += 1;
            let wrong = differing(function, &case);
            failed.extend(wrong.into_iter().map(|wrong| format!("{function}/{}: {wrong}", case.name)));
        }
    }
    println!("{run} cases of {} functions, {} differences", files.len(), failed.len());
    assert!(failed.is_empty(), "{} differences:\n{}", failed.len(), failed.join("\n"));
}

/// The cases of a file, and what of it is none: it fails like a case, and the others are run.
fn cases(path: &Path) -> (Vec<Case>, Vec<String>) {
    let read = fs::read(path).map_err(|error| error.to_string());
    let items: Vec<Value> =
        match read.and_then(|bytes| serde_json::from_slice(&bytes).map_err(|error| error.to_string())) {
            Ok(items) => items,
            Err(error) => return (Vec::new(), vec![format!(": cannot be read: {error}")]),
        };
    if items.is_empty() {
        return (Vec::new(), vec![": has no case".to_owned()]);
    }
    let (mut cases, mut faults) = (Vec::new(), Vec::new());
    for (at, item) in items.into_iter().enumerate() {
        match serde_json::from_value(item) {
            Ok(case) => cases.push(case),
            Err(error) => faults.push(format!("/{at}: is no case: {error}")),
        }
    }
    (cases, faults)
}

/// Where a case is not met.
fn differing(function: &str, case: &Case) -> Vec<String> {
    let mut wrong = Vec::new();
    match expanded(&case.input).and_then(|input| answer(function, &placed(&input))) {
        Ok(answer) => differences(&replaced(&case.expect), Some(&answer), "", &mut wrong),
        Err(reason) => wrong.push(reason),
    }
    wrong
}

#[test]
fn what_is_no_case_fails_by_its_name_and_hides_no_other() {
    let folder = tempfile::tempdir().expect("a folder");
    let check = |content: &str, expected: &[&str]| {
        let path = folder.path().join("task-scale.json");
        fs::write(&path, content).expect("written");
        let (cases, mut told) = cases(&path);
        for case in cases {
            let wrong = differing("task-scale", &case);
            told.extend(wrong.into_iter().map(|wrong| format!("/{}: {wrong}", case.name)));
        }
        let fits = told.len() == expected.len()
            && told.iter().zip(expected).all(|(told, expected)| told.starts_with(expected));
        assert!(fits, "{content}: {told:#?}");
    };
    check("[{]", &[": cannot be read: key must be a string"]);
    check("{}", &[": cannot be read: invalid type: map"]);
    check("[]", &[": has no case"]);
    let case = |name: &str, title: &str, expect: &str| {
        format!(r#"{{"name":"{name}","input":{{"title":{title},"description":""}},"expect":{expect}}}"#)
    };
    let small = r#"{"task_scale":"small"}"#;
    let good = case("good", "\"fix it\"", small);
    check(&format!("[7,{good}]"), &["/0: is no case: invalid type: integer"]);
    check(&format!(r#"[{good},{{"name":"n"}}]"#), &["/1: is no case: missing field `input`"]);
    let large = case("large", r#"{"$repeat":["migrate ",2]}"#, small);
    check(&format!("[{large},{good}]"), &["/large: /task_scale: expected \"small\", got \"large\""]);
    for marker in [r#"{"$repeat":["a"]}"#, r#"{"$repeat":7}"#, r#"{"$concat":["a",1]}"#, r#"{"$repeat":["a",-1]}"#] {
        check(&format!("[{},{good}]", case("odd", marker, small)), &["/odd: $"]);
    }
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

/// The longest text that a repetition may be written out to, in bytes.
const MOST_REPEATED: usize = 64 << 20;

/// The input with its repetitions written out; `Err` when one cannot be.
fn expanded(value: &Value) -> Result<Value, String> {
    Ok(match value {
        Value::Object(map) if map.len() == 1 && map.contains_key("$repeat") => {
            let wrong = || format!("$repeat takes [text, n], found {}", map["$repeat"]);
            let [text, count] = map["$repeat"].as_array().map(Vec::as_slice).unwrap_or_default() else {
                return Err(wrong());
            };
            let text = text.as_str().ok_or_else(wrong)?;
            let count = count.as_u64().and_then(|count| usize::try_from(count).ok()).ok_or_else(wrong)?;
            if text.len().saturating_mul(count) > MOST_REPEATED {
                return Err(wrong());
            }
            Value::String(text.repeat(count))
        }
        Value::Object(map) if map.len() == 1 && map.contains_key("$concat") => {
            let wrong = || format!("$concat takes a list of texts, found {}", map["$concat"]);
            let mut joined = String::new();
            for part in map["$concat"].as_array().ok_or_else(wrong)? {
                joined += expanded(part)?.as_str().ok_or_else(wrong)?;
            }
            Value::String(joined)
        }
        Value::Object(map) => Value::Object(
            map.iter().map(|(key, value)| Ok((key.clone(), expanded(value)?))).collect::<Result<_, String>>()?,
        ),
        Value::Array(items) => Value::Array(items.iter().map(expanded).collect::<Result<_, _>>()?),
        other => other.clone(),
    })
}

/// The input with its folders put into the exported tree that a dry run looks at.
fn placed(input: &Value) -> Value {
    let mut input = replaced(input);
    if input.get("repo_path").is_some() {
        if input.get("setup").is_none_or(Value::is_null) {
            input["setup"] = serde_json::json!({});
        }
        if let Some(setup) = input["setup"].as_object_mut() {
            setup.insert("root".to_owned(), "/repo".into());
            setup.insert("folders".to_owned(), serde_json::json!(["/repo", "/outside"]));
        }
    }
    input
}

fn replaced(value: &Value) -> Value {
    let with_folders = |text: &str| text.replace("$REPO", "/repo").replace("$OUTSIDE", "/outside");
    match value {
        Value::String(text) => Value::String(with_folders(text)),
        Value::Object(map) => map.iter().map(|(key, value)| (with_folders(key), replaced(value))).collect(),
        Value::Array(items) => items.iter().map(replaced).collect(),
        other => other.clone(),
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
        (Value::Object(_), Some(Value::String(got)))
            if expanded(expect).is_ok_and(|expect| expect.as_str() == Some(got)) => {}
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
