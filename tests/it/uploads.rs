//! Order exports as partners really send them: every file of `fixtures/uploads`, or of `$PROOFPACK_UPLOADS_DIR`,
//! against what `expectations.json` there says about it. The key `reading` of that document says how to read it.

use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::Instant;

use serde_json::Value;

use crate::harness::{NOW, Ran, Sandbox};

#[test]
fn uploads_meet_their_expectations() {
    let given = std::env::var_os("PROOFPACK_UPLOADS_DIR").map(PathBuf::from);
    let folder = given.unwrap_or_else(|| Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/uploads"));
    let expectations: Value = serde_json::from_slice(&fs::read(folder.join("expectations.json")).unwrap()).unwrap();
    let window = &expectations["window"];
    let (start, end) = (window["start"].as_str().unwrap(), window["end"].as_str().unwrap());
    let window = [format!("{start}..{end}"), window["time_zone"].as_str().unwrap().to_owned()];
    let files = expectations["files"].as_array().unwrap();
    assert!(!files.is_empty());
    let mut wrong = String::new();
    for expected in files {
        let name = expected["file"].as_str().unwrap();
        let faults = check(&folder.join(name), expected, &window);
        if !faults.is_empty() {
            writeln!(wrong, "{name} ({})\n  {}", expected["why"].as_str().unwrap_or_default(), faults.join("\n  "))
                .unwrap();
        }
    }
    assert!(wrong.is_empty(), "\n{wrong}");
}

/// A pack shows what became of its uploads, and no figure without an accepted import.
#[test]
fn a_pack_shows_its_uploads() {
    let sandbox = Sandbox::example();
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/uploads");
    for name in ["a01_clean_utf8_lf.csv", "e02_amounts_bad.csv", "b01_missing_discount_code.csv"] {
        let target = format!("packs/kolable-data-gap/uploads/{name}");
        sandbox.write(&target, fs::read(folder.join(name)).unwrap());
    }
    sandbox.run(&["build", ".", "--now", NOW]).status(1);
    let page = sandbox.read("out/kolable-data-gap/kolable-data-gap-escalation.html");
    for shown in ["accepted", "partial", "schema_failed", "ambiguous_amount", "E2", "discount_code"] {
        assert!(page.contains(shown), "{shown}");
    }
    for (name, bytes) in sandbox.tree("out/kolable-data-gap") {
        let text = String::from_utf8_lossy(&bytes).replace(',', "");
        assert!(!text.contains("104360") && !text.contains("19600"), "{name} has a figure");
    }
    sandbox.run(&["verify", "out/kolable-data-gap"]).status(0);
}

#[test]
fn the_window_is_the_callers_then_the_packs() {
    let sandbox = Sandbox::example();
    let path = "packs/kolable-data-gap/uploads/orders.csv";
    let good = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/uploads/a01_clean_utf8_lf.csv");
    sandbox.write(path, fs::read(good).unwrap());
    let revenue = |arguments: &[&str]| {
        let arguments = [&["check", path, "--format", "json"], arguments].concat();
        sandbox.run(&arguments).json()["recognized_revenue"].clone()
    };
    assert_eq!(revenue(&[]), 104_360);
    assert_eq!(revenue(&["--window", "2026-05-20..2026-05-21"]), "unverified");
    sandbox.replace("packs/kolable-data-gap/pack.toml", "2026-05-12", "2026-05-20");
    assert_eq!(revenue(&[]), "unverified");
    for wrong in [["--window", "2026-05-12"], ["--window", "2026-05-21..2026-05-12"], ["--timezone", "Taipei"]] {
        sandbox.run(&["check", path, wrong[0], wrong[1]]).status(2);
    }
    let ran = sandbox.run(&["check", path]).status(1);
    assert!(ran.stdout.contains("out_of_window") && ran.stdout.contains("tell the sender:"), "{}", ran.stdout);
}

/// Everything in which a file misses its expectations.
pub(crate) fn check(path: &Path, expected: &Value, window: &[String; 2]) -> Vec<String> {
    let begun = Instant::now();
    let path = path.to_str().unwrap();
    let ran =
        Sandbox::empty().run(&["check", path, "--window", &window[0], "--timezone", &window[1], "--format", "json"]);
    let seconds = begun.elapsed().as_secs();
    let mut faults = Vec::new();
    let answer = match serde_json::from_str::<Value>(&ran.stdout) {
        Ok(answer) => answer,
        Err(error) => return vec![format!("no answer: {error}\n{}\n{}", ran.stdout, ran.stderr)],
    };
    let verdict = answer["verdict"].as_str().unwrap_or_default();
    if ran.status != i32::from(verdict != "accepted") {
        faults.push(format!("status {} for {verdict}", ran.status));
    }
    match expected["accept"].as_str().unwrap() {
        "must" if verdict != "accepted" => faults.push(format!("must be accepted, is {verdict}")),
        "must_not" if verdict == "accepted" => faults.push("must not be accepted".to_owned()),
        _ => {}
    }
    let outcomes = expected["outcomes"].as_array().unwrap();
    let misses: Vec<_> = outcomes.iter().map(|outcome| misses(&answer, outcome)).collect();
    if misses.iter().all(|misses| !misses.is_empty()) {
        faults.extend(misses.iter().map(|misses| format!("not this outcome: {}", misses.join("; "))));
    }
    let all_findings =
        || [&answer["findings"], &answer["notices"]].into_iter().flat_map(|list| list.as_array().unwrap());
    for error in expected["row_errors"].as_array().unwrap() {
        let applies = verdict == "partial" || error["always"] == true;
        let kinds: Vec<_> = error["kinds"].as_array().unwrap().iter().filter_map(Value::as_str).collect();
        let reported = all_findings().any(|found| {
            (error["row"].is_null() || found["row"] == error["row"])
                && (error["column"].is_null() || found["column"] == error["column"])
                && kinds.contains(&found["code"].as_str().unwrap())
        });
        if applies && !reported {
            faults.push(format!("row {} {} is not reported as {}", error["row"], error["column"], kinds.join(" or ")));
        }
    }
    for notice in expected["notices"].as_array().unwrap() {
        let kind = notice["kind"].as_str().unwrap();
        let told = all_findings().any(|found| {
            kind.starts_with(found["code"].as_str().unwrap())
                && (notice["row"].is_null() || found["row"] == notice["row"])
        });
        if verdict == "accepted" && !told {
            faults.push(format!("{kind} at row {} is not told", notice["row"]));
        }
    }
    faults.extend(forbidden(&answer, expected, &ran));
    if let Some(most) = expected["limits"]["max_seconds"].as_u64()
        && seconds > most
    {
        faults.push(format!("took {seconds} seconds, at most {most}"));
    }
    if !faults.is_empty() {
        let said = |found: &Value| format!("{} {} {}", found["code"], found["row"], found["cell"]);
        faults.push(format!("said: {}", all_findings().map(said).collect::<Vec<_>>().join(", ")));
    }
    faults
}

/// In what an answer differs from an outcome.
fn misses(answer: &Value, outcome: &Value) -> Vec<String> {
    let mut misses = Vec::new();
    if answer["verdict"] != outcome["verdict"] {
        misses.push(format!("verdict {}, expected {}", answer["verdict"], outcome["verdict"]));
    }
    let fields = &outcome["missing_fields"];
    if !has_fields(&answer["missing_fields"], fields) {
        misses.push(format!("missing_fields {}, expected {fields}", answer["missing_fields"]));
    }
    for (name, expected) in outcome["counts"].as_object().unwrap() {
        let found = &answer["counts"][name];
        let within = match expected {
            Value::Null => true,
            Value::Object(range) => found.as_i64().is_some_and(|found| {
                (range["min"].as_i64().unwrap()..=range["max"].as_i64().unwrap()).contains(&found)
            }),
            exactly => found == exactly,
        };
        if !within {
            misses.push(format!("{name} {found}, expected {expected}"));
        }
    }
    let revenue = &answer["recognized_revenue"];
    if !outcome["recognised_revenue"].as_array().unwrap().contains(revenue) {
        misses.push(format!("revenue {revenue}, expected one of {}", outcome["recognised_revenue"]));
    }
    misses
}

fn has_fields(found: &Value, expected: &Value) -> bool {
    let set = |value: &Value| {
        let mut names: Vec<_> =
            value.as_array().unwrap().iter().map(|name| name.as_str().unwrap().to_owned()).collect();
        names.sort();
        names
    };
    match expected {
        Value::Null => true,
        Value::Array(_) => set(found) == set(expected),
        _ if expected["any_of"].is_array() => {
            expected["any_of"].as_array().unwrap().iter().any(|one| set(found) == set(one))
        }
        _ => set(&expected["must_include"]).iter().all(|name| set(found).contains(name)),
    }
}

/// What must not happen whatever the verdict. A note is for people to read.
fn forbidden(answer: &Value, expected: &Value, ran: &Ran) -> Vec<String> {
    let happened = |forbidden: &Value| {
        let echoed = |text: &str| ran.stdout.contains(text) || ran.stderr.contains(text);
        forbidden["verdict"].as_str().is_some_and(|verdict| answer["verdict"] == verdict)
            || (!forbidden["revenue"].is_null() && answer["recognized_revenue"] == forbidden["revenue"])
            || forbidden["echo"].as_str().is_some_and(echoed)
    };
    let list = expected["forbidden"].as_array().unwrap();
    list.iter().filter(|one| happened(one)).map(|one| format!("forbidden: {one}")).collect()
}

/// A file of many blocks with one wrong cell is answered with that cell: its row, its name, and where its bytes begin.
#[test]
fn one_wrong_cell_in_a_million_rows_is_found() {
    const ROWS: usize = 1_000_000;
    const WRONG: usize = 765_432;
    let mut text = String::from(
        "order_id,created_at,customer_key,program_id,amount,payment_status,payment_ref,discount_code,source_event,owner_note\n",
    );
    let mut byte = 0;
    for number in 1..=ROWS {
        write!(text, "O-{number},2026-05-13,").unwrap();
        if number == WRONG {
            byte = text.len();
            text.replace_range(byte - 11.., "2026-02-30,");
            byte -= 11;
        }
        writeln!(text, "c{number:031x},P-1,900,paid,R-{number},,,").unwrap();
    }
    let sandbox = Sandbox::empty();
    sandbox.write("orders.csv", text);
    let answer = sandbox.run(&["check", "orders.csv", "--format", "json"]).status(1).json();
    assert_eq!((&answer["verdict"], &answer["counts"]["rows"]), (&Value::from("partial"), &Value::from(ROWS)));
    let findings = answer["findings"].as_array().unwrap();
    assert_eq!(findings.len(), 1, "{findings:#?}");
    let place = ["code", "row", "cell", "column", "line", "byte"].map(|key| findings[0][key].to_string());
    let row = WRONG + 1;
    let expected = [
        "\"invalid_date\"",
        &row.to_string(),
        &format!("\"B{row}\""),
        "\"created_at\"",
        &row.to_string(),
        &byte.to_string(),
    ];
    assert_eq!(place.each_ref().map(String::as_str), expected);
}

/// A link is not followed, also where the user names it.
#[test]
fn a_link_to_an_upload_is_said_to_be_one() {
    let sandbox = Sandbox::empty();
    sandbox.write("orders.csv", "order_id\n");
    std::os::unix::fs::symlink("orders.csv", sandbox.path("link.csv")).unwrap();
    let answer = sandbox.run(&["check", "link.csv", "--format", "json"]).status(1).json();
    assert_eq!((&answer["verdict"], &answer["findings"][0]["code"]), (&"schema_failed".into(), &"symlink".into()));
}
