//! `check FILE --schema SCHEMA`: any table against a declared Table Schema (Frictionless, version 2).

use std::io::Cursor;

use proofpack::check::schema::TableSchema;
use proofpack::check::table::{self, OtherTable, OtherTables};
use proofpack::check::upload::Upload;
use proofpack::read::crew;
use serde_json::Value;

use crate::harness::Sandbox;

/// The verdict, missing fields and rows, then every finding.
fn check(schema: &str, file: &str, bytes: &[u8], others: &[(&str, &str)]) -> Vec<String> {
    let mut findings = Vec::new();
    let schema = TableSchema::declared("s.json", schema.as_bytes(), &mut findings)
        .unwrap_or_else(|| panic!("{schema}: {findings:#?}"));
    let table = |(name, text): &(&str, &str)| {
        ((*name).to_owned(), OtherTable { path: format!("{name}.csv"), bytes: text.as_bytes().to_vec() })
    };
    let others: OtherTables = others.iter().map(table).collect();
    let upload = Upload::of_table(
        table::check(file, &mut Cursor::new(bytes), crew::alone, None, &schema, &others, &mut findings),
        findings,
    );
    let rows = upload.counts.map_or("-".to_owned(), |counts| counts.rows.to_string());
    let mut lines = vec![format!("{} [{}] {rows}", upload.verdict.word(), upload.missing_fields.join(" "))];
    lines.extend(upload.findings.iter().map(|found| format!("{} {}: {}", found.code.id, found.place, found.message)));
    lines
}

/// A field `v` of one type beside an `id`; the codes that its values get.
#[track_caller]
fn values(field: &str, cells: &[(&str, &str)]) {
    let schema = format!(r#"{{"fields":[{{"name":"id"}},{{"name":"v",{field}}}]}}"#);
    for (cell, expected) in cells {
        let csv = format!("id,v\n1,\"{}\"\n", cell.replace('"', "\"\""));
        let found = check(&schema, "t.csv", csv.as_bytes(), &[]);
        let codes: Vec<_> = found[1..].iter().map(|line| line.split(' ').next().unwrap()).collect();
        assert_eq!(codes.join(" "), *expected, "{field} {cell}: {found:#?}");
    }
}

#[test]
fn values_of_every_type() {
    const NO: &str = "invalid_value";
    values(r#""type":"any""#, &[("", ""), ("x", "")]);
    values(r#""type":"string","format":"email""#, &[("a@example.com", ""), ("a.example.com", NO), ("", "")]);
    values(r#""type":"string","format":"binary""#, &[("QUJD", ""), ("QUJ", NO)]);
    values(r#""type":"string","format":"uuid""#, &[("261f40df-ef82-41a3-a28c-f7b1491e99f5", ""), ("261f40df", NO)]);
    values(r#""type":"integer""#, &[("-007", ""), ("+5", ""), ("1.0", NO), ("1e3", NO), ("1,000", NO), (" 1", NO)]);
    values(r#""type":"integer","groupChar":",""#, &[("1,000", ""), ("1000", ""), ("1,,000", NO), (",1", NO)]);
    values(r#""type":"number""#, &[(".5", ""), ("5.", ""), ("1e-3", ""), ("NaN", ""), ("-INF", ""), ("1,5", NO)]);
    values(r#""type":"number","decimalChar":",","groupChar":".""#, &[("28.000,50", ""), ("28,5", ""), ("1,5.0", NO)]);
    values(r#""type":"number","bareNumber":false"#, &[("NT$95", ""), ("95%", ""), ("-€95", NO), ("none", NO)]);
    values(r#""type":"boolean""#, &[("true", ""), ("0", ""), ("yes", NO)]);
    values(r#""type":"boolean","trueValues":["yes"],"falseValues":["no"]"#, &[("yes", ""), ("no", ""), ("true", NO)]);
    values(r#""type":"date""#, &[("2026-05-12", ""), ("2026-02-30", NO), ("2026/05/12", NO), ("12/05/2026", NO)]);
    values(r#""type":"date","format":"%d/%m/%Y""#, &[("12/05/2026", ""), ("2026-05-12", NO), ("31/02/2026", NO)]);
    values(r#""type":"date","format":"any""#, &[("2026/5/12", ""), ("20260512", ""), ("05/12/2026", NO)]);
    values(r#""type":"time""#, &[("18:00:00", ""), ("18:00:00.5", ""), ("18:00", NO), ("24:00:01", NO)]);
    values(r#""type":"time","format":"%H:%M""#, &[("18:00", ""), ("18:00:00", NO)]);
    values(
        r#""type":"datetime""#,
        &[("2026-05-12T18:00:00", ""), ("2026-05-12T18:00:00.5+08:00", ""), ("2026-05-12 18:00:00", NO)],
    );
    values(
        r#""type":"datetime","format":"any""#,
        &[("2026/05/12 18:00", ""), ("2026-05-12T18:00+0800", ""), ("12 May 2026", NO)],
    );
    values(
        r#""type":"datetime","format":"%Y-%m-%d %H:%M:%S %z""#,
        &[("2026-05-12 18:00:00 +0800", ""), ("2026-05-12 18:00:00 +08:00", ""), ("2026-05-12 18:00:00", NO)],
    );
    values(r#""type":"year""#, &[("2026", ""), ("26", NO), ("-0044", ""), ("２０２６", NO)]);
    values(r#""type":"yearmonth""#, &[("2026-05", ""), ("2026-13", NO), ("2026-5", NO)]);
    values(
        r#""type":"duration""#,
        &[("P1Y2M3DT4H5M6.7S", ""), ("-P1D", ""), ("PT36H", ""), ("P", NO), ("P1DT", NO), ("1D", NO), ("P1S", NO)],
    );
    values(r#""type":"object""#, &[(r#"{"a":1}"#, ""), ("[1]", NO), ("{a}", NO)]);
    values(r#""type":"array""#, &[("[1]", ""), ("{}", NO)]);
    values(r#""type":"list""#, &[("a,b", "")]);
    values(r#""type":"list","itemType":"integer","delimiter":"; ""#, &[("1; 2", ""), ("1;2", NO), ("1; x", NO)]);
    values(r#""type":"geopoint""#, &[("121.56, 25.03", ""), ("121.56,25.03", ""), ("25.03", NO), ("25, 121", NO)]);
    values(r#""type":"geopoint","format":"array""#, &[("[121.56, 25.03]", ""), ("[121.56]", NO)]);
    values(r#""type":"geopoint","format":"object""#, &[(r#"{"lon":121,"lat":25}"#, ""), (r#"{"lon":121}"#, NO)]);
}

#[test]
fn constraints() {
    const FAR: &str = "out_of_range";
    let with = |field: &str, constraints: &str| format!(r#"{field},"constraints":{{{constraints}}}"#);
    values(&with(r#""type":"string""#, r#""required":true"#), &[("x", ""), ("", "blank_required"), (" ", "")]);
    values(
        &with(r#""type":"string""#, r#""pattern":"^PRG-\\d{3}$""#),
        &[("PRG-001", ""), ("PRG-0011", "pattern_mismatch"), ("", "")],
    );
    values(&with(r#""type":"string""#, r#""enum":["paid"]"#), &[("paid", ""), ("Paid", "unknown_word")]);
    values(&with(r#""type":"integer""#, r#""enum":["1",2]"#), &[("01", ""), ("+2", ""), ("3", "unknown_word")]);
    values(
        &with(r#""type":"string""#, r#""minLength":2,"maxLength":3"#),
        &[("許功", ""), ("許", "wrong_length"), ("abcd", "wrong_length")],
    );
    values(&with(r#""type":"array""#, r#""minLength":1"#), &[("[1]", ""), ("[]", "wrong_length")]);
    values(
        &with(r#""type":"number""#, r#""minimum":0,"exclusiveMaximum":"1e2""#),
        &[("0", ""), ("99.99", ""), ("100", FAR), ("-0.01", FAR), ("NaN", FAR), ("INF", FAR)],
    );
    values(
        &with(r#""type":"integer""#, r#""exclusiveMinimum":0.5"#),
        &[("1", ""), ("0", FAR), ("99999999999999999999", "")],
    );
    values(&with(r#""type":"date""#, r#""minimum":"2026-05-12""#), &[("2026-05-12", ""), ("2026-05-11", FAR)]);
    values(&with(r#""type":"time""#, r#""maximum":"18:00:00""#), &[("18:00:00", ""), ("18:00:00.1", FAR)]);
    values(&with(r#""type":"yearmonth""#, r#""minimum":"2026-05""#), &[("2026-05", ""), ("2025-12", FAR)]);
    values(&with(r#""type":"year""#, r#""maximum":2026"#), &[("2026", ""), ("2027", FAR)]);
    // A month is neither shorter nor longer than 30 days.
    values(&with(r#""type":"duration""#, r#""maximum":"P30D""#), &[("P29D", ""), ("PT721H", FAR), ("P1M", FAR)]);
    // Without an offset nobody can tell.
    values(
        &with(r#""type":"datetime""#, r#""minimum":"2026-05-12T00:00:00+08:00""#),
        &[("2026-05-12T00:00:00+08:00", ""), ("2026-05-11T16:00:00Z", ""), ("2026-05-13T00:00:00", FAR)],
    );
    values(
        r#""type":"string","categories":[{"value":"a","label":"A"},"b"]"#,
        &[("a", ""), ("b", ""), ("A", "unknown_word")],
    );
    values(
        r#""type":"integer","missingValues":["-",""],"constraints":{"required":true}"#,
        &[("-", "blank_required"), ("", "blank_required"), ("--", "invalid_value")],
    );
    values(r#""type":"integer","missingValues":["-"]"#, &[("-", ""), ("", "invalid_value")]);
    values(
        r#""type":"string","missingValues":[],"constraints":{"required":true,"minLength":1}"#,
        &[("", "wrong_length")],
    );
}

#[test]
fn columns_are_matched_by_name() {
    let schema =
        |mode: &str| format!(r#"{{"fieldsMatch":"{mode}","fields":[{{"name":"a"}},{{"name":"b"}},{{"name":"c"}}]}}"#);
    for (header, mode, expected) in [
        ("a,b,c", "exact", "accepted [] 1"),
        ("b,a,c", "exact", "schema_failed [] 1 column_order"),
        ("b,a,c", "equal", "accepted [] 1"),
        ("a,b,c,d", "exact", "schema_failed [] 1 unknown_column"),
        ("a,b,c,d", "equal", "schema_failed [] 1 unknown_column"),
        ("a,b,c,d", "superset", "schema_failed [] 1 unknown_column"),
        ("a,b,c,d", "subset", "accepted [] 1 unknown_column"),
        ("a,b,c,d", "partial", "accepted [] 1 unknown_column"),
        ("a,c", "exact", "schema_failed [b] 1 missing_column"),
        ("a,c", "subset", "schema_failed [b] 1 missing_column"),
        ("a,c", "superset", "accepted [] 1"),
        ("a,c", "partial", "accepted [] 1"),
        ("a,b,c,a", "partial", "schema_failed [] 1 duplicate_column"),
        ("x,y,z", "partial", "schema_failed [] - missing_column unknown_column unknown_column unknown_column"),
    ] {
        let cells = vec!["1"; header.split(',').count()].join(",");
        let found = check(&schema(mode), "t.csv", format!("{header}\n{cells}\n").as_bytes(), &[]);
        let mut line = found[0].clone();
        for finding in &found[1..] {
            line = format!("{line} {}", finding.split(' ').next().unwrap());
        }
        assert_eq!(line, expected, "{header} {mode} {found:#?}");
        // JSON has no order and no cells; what its objects have is the same.
        if mode != "exact" && !header.contains("c,a") {
            let keys: Vec<_> = header.split(',').map(|name| format!(r#""{name}":"1""#)).collect();
            let found = check(&schema(mode), "t.json", format!("[{{{}}}]", keys.join(",")).as_bytes(), &[]);
            assert_eq!(found[0].split(' ').next(), expected.split(' ').next(), "{header} {mode} {found:#?}");
        }
    }
}

#[test]
fn titles_above_and_headers_within_are_left_out() {
    let schema = r#"{"fields":[{"name":"id","type":"integer"},{"name":"name"}]}"#;
    assert_eq!(
        check(schema, "t.csv", b"Visits of May\n\nid, name\n1,a\nid,name\nx,b\n", &[]),
        [
            "partial [] 2",
            "header_row t.csv:3: the header was found in row 3; what stands above it was left out",
            "header_normalised t.csv:3!B3 (name): the name was read as `name`",
            "repeated_header t.csv:5: is the header again, left out",
            "invalid_value t.csv:6!A6 (id): `id` is `x`, expected a whole number such as 28000",
        ]
    );
}

#[test]
fn keys_do_not_repeat() {
    let schema = r#"{"fields":[{"name":"id","type":"integer","constraints":{"unique":true}},{"name":"a"},{"name":"b"}],
        "primaryKey":["a","b"],"uniqueKeys":[["id","b"]]}"#;
    assert_eq!(
        check(schema, "t.csv", b"id,a,b\n1,x,y\n01,x,z\n,x,y\n2,,y\n3,\"x,\",y\n4,x,\",y\"\n", &[]),
        [
            "partial [] 6",
            "duplicate_id t.csv:3!A3 (id): row 3 has the same `id` as row 2",
            "duplicate_id t.csv:4!B4 (a): row 4 has the same `a`, `b` as row 2",
            "blank_required t.csv:5!B5 (a): `a` is blank, expected a value",
        ]
    );
}

#[test]
fn foreign_keys_are_looked_up_or_said_to_be_not_checked() {
    let schema = r#"{"fields":[{"name":"id","type":"integer"},{"name":"of","type":"integer"},{"name":"program"}],
        "foreignKeys":[{"fields":["of"],"reference":{"fields":["id"]}},
                       {"fields":"program","reference":{"resource":"programs","fields":"code"}}]}"#;
    let csv = b"id,of,program\n1,02,A\n2,,B\n3,9,\n4,9,A\n";
    assert_eq!(
        check(schema, "t.csv", csv, &[("programs", "title,code\nOne,A\n")]),
        [
            "partial [] 4",
            "missing_reference t.csv:3!C3 (program): `program` is `B`, and no row of `programs` has it in `code`",
            "missing_reference t.csv:4!B4 (of): `of` is `9`, and no row has it in `id` (2 rows, the first here)",
        ]
    );
    assert_eq!(
        check(schema, "t.csv", b"id,of,program\n1,,A\n", &[]),
        [
            "partial [] 1",
            "reference_not_checked t.csv (program): the values were not looked up: table `programs` was not given",
        ]
    );
    assert_eq!(
        check(schema, "t.csv", b"id,of,program\n1,,A\n", &[("programs", "name\nA\n")])[1..],
        [
            "missing_column programs.csv: has no row with the column names `code`",
            "reference_not_checked t.csv (program): the values were not looked up: table `programs` could not be read",
        ]
    );
}

#[test]
fn the_answer_is_that_of_an_upload() {
    let sandbox = Sandbox::empty();
    sandbox.write("s.json", r#"{"fields":[{"name":"id","type":"integer"},{"name":"at","type":"date"}]}"#);
    sandbox.write("good.csv", "id,at\n1,2026-05-12\n");
    sandbox.write("bad.csv", "id,at\n1,yesterday\n");
    sandbox.write("other.csv", "a,b\n1,2\n");
    let run = |file: &str| sandbox.run(&["check", file, "--schema", "s.json", "--format", "json"]);
    let good = run("good.csv").status(0).json();
    assert_eq!((&good["verdict"], &good["counts"]["rows"]), (&"accepted".into(), &1.into()));
    assert_eq!((&good["counts"]["paid"], &good["recognized_revenue"]), (&Value::Null, &"unverified".into()));
    let bad = run("bad.csv").status(1).json();
    assert_eq!((&bad["verdict"], &bad["findings"][0]["cell"]), (&"partial".into(), &"B2".into()));
    let other = run("other.csv").status(1).json();
    assert_eq!(
        (&other["verdict"], &other["missing_fields"]),
        (&"schema_failed".into(), &serde_json::json!(["id", "at"]))
    );
    let human = sandbox.run(&["check", "bad.csv", "--schema", "s.json"]).status(1);
    assert!(human.stdout.contains("1 rows") && !human.stdout.contains("revenue"), "{}", human.stdout);
}

#[test]
fn a_schema_that_cannot_be_used_checks_nothing() {
    let sandbox = Sandbox::empty();
    sandbox.write("t.csv", "id\n1\n");
    sandbox.write("s.json", r#"{"fields":[{"name":"id","type":"integer","constraints":{"pattern":"1"}}]}"#);
    let ran = sandbox.run(&["check", "t.csv", "--schema", "s.json", "--format", "json"]).status(2);
    assert_eq!(ran.findings(), ["bad_schema s.json:1"]);
    assert!(ran.stderr.contains("nothing was checked"), "{}", ran.stderr);
    sandbox.run(&["check", "t.csv", "--schema", "none.json"]).status(2);
    sandbox.run(&["check", "t.csv", "--table", "a=b"]).status(2);
    sandbox.write("s.json", r#"{"fields":[{"name":"id"}]}"#);
    sandbox.run(&["check", "t.csv", "--schema", "s.json", "--table", "a=none.csv"]).status(2);
    sandbox.run(&["check", ".", "--schema", "s.json"]).status(2);
}

#[test]
fn a_million_rows_with_one_bad_cell() {
    let sandbox = Sandbox::empty();
    sandbox.write("s.json", r#"{"fields":[{"name":"id","type":"integer","constraints":{"unique":true}},{"name":"amount","type":"number"}]}"#);
    let rows: String =
        (1..1_000_000).map(|id| if id == 765_432 { format!("{id},2.8萬\n") } else { format!("{id},1\n") }).collect();
    sandbox.write("t.csv", format!("id,amount\n{rows}"));
    let ran = sandbox.run(&["check", "t.csv", "--schema", "s.json", "--format", "json"]).status(1);
    let answer = ran.json();
    let cells: Vec<_> = answer["findings"].as_array().unwrap().iter().map(|found| &found["cell"]).collect();
    assert_eq!((&cells[..], &answer["counts"]["rows"]), (&[&"B765433".into()][..], &999_999.into()));
}

#[test]
fn the_orders_contract_is_a_schema_that_others_can_use() {
    let sandbox = Sandbox::empty();
    let schema = sandbox.run(&["schema", "orders"]).status(0).stdout;
    sandbox.write("orders.schema.json", schema);
    let fixture = |name: &str| format!("{}/fixtures/uploads/{name}", env!("CARGO_MANIFEST_DIR"));
    let run = |name: &str| {
        sandbox.run(&["check", &fixture(name), "--schema", "orders.schema.json", "--format", "json"]).json()
    };
    assert_eq!(run("a01_clean_utf8_lf.csv")["verdict"], "accepted");
    let lacking = run("b01_missing_discount_code.csv");
    assert_eq!(
        (&lacking["verdict"], &lacking["missing_fields"]),
        (&"schema_failed".into(), &serde_json::json!(["discount_code"]))
    );
}
