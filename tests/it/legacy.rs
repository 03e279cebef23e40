//! Workbooks of old formats: converted in a child process, which may crash without taking us down.

use std::fs;
use std::io::Write as _;

use serde_json::Value;

use crate::harness::Sandbox;
use crate::order_table::good;

fn fixture(name: &str) -> Vec<u8> {
    fs::read(format!("{}/fixtures/legacy/{name}", env!("CARGO_MANIFEST_DIR"))).unwrap()
}

fn check(name: &str, bytes: &[u8]) -> Value {
    let sandbox = Sandbox::empty();
    sandbox.write(name, bytes);
    let ran = sandbox.run(&["check", name, "--format", "json"]);
    assert!(ran.status == 0 || ran.status == 1, "{}", ran.stderr);
    ran.json()
}

/// `code cell` of each.
fn said(list: &Value) -> Vec<String> {
    let one = |found: &Value| format!("{} {}", found["code"].as_str().unwrap(), found["cell"].as_str().unwrap_or("-"));
    list.as_array().unwrap().iter().map(one).collect()
}

/// A ZIP archive of these parts.
fn archive(parts: &[(&str, &str)]) -> Vec<u8> {
    let mut zip = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    for (name, content) in parts {
        zip.start_file(*name, zip::write::SimpleFileOptions::default()).unwrap();
        zip.write_all(content.as_bytes()).unwrap();
    }
    zip.finish().unwrap().into_inner()
}

#[test]
fn the_same_orders_in_every_format_give_the_same_answer() {
    for name in ["orders.xls", "orders_1904.xls", "orders.xlsb", "orders.ods"] {
        let answer = check(name, &fixture(name));
        assert_eq!(answer["verdict"], "accepted", "{name} {answer:#}");
        assert_eq!((&answer["counts"]["rows"], &answer["recognized_revenue"]), (&8.into(), &76360.into()), "{name}");
        assert!(said(&answer["notices"]).contains(&"converted -".to_owned()), "{name} {answer:#}");
    }
}

#[test]
fn the_name_of_the_file_does_not_matter() {
    assert_eq!(check("orders.csv", &fixture("orders.xls"))["verdict"], "accepted");
    assert_eq!(check("orders.xlsx", &fixture("orders.ods"))["verdict"], "accepted");
}

#[test]
fn addresses_errors_and_sheets_come_through() {
    let answer = check("faults.xls", &fixture("faults.xls"));
    assert_eq!((&answer["verdict"], &answer["counts"]["rows"]), (&"partial".into(), &8.into()));
    assert_eq!(said(&answer["findings"]), ["error_cell E6", "formula E8"]);
    assert_eq!(answer["findings"][0]["sheet"], "訂單");
    let notices = said(&answer["notices"]);
    for expected in ["hidden_sheet -", "header_row -"] {
        assert!(notices.contains(&expected.to_owned()), "{notices:?}");
    }
}

#[test]
fn a_schema_is_checked_in_any_format() {
    let sandbox = Sandbox::empty();
    let schema = sandbox.run(&["schema", "orders"]).status(0).stdout;
    sandbox.write("orders.json", schema);
    sandbox.write("orders.ods", fixture("orders.ods"));
    let answer = sandbox.run(&["check", "orders.ods", "--schema", "orders.json", "--format", "json"]).status(0).json();
    assert_eq!((&answer["verdict"], &answer["counts"]["rows"]), (&"accepted".into(), &8.into()));
}

#[test]
fn a_workbook_that_asks_for_too_much_is_a_finding() {
    // A kilobyte with two cells at opposite corners of the sheet, between which the library makes room for all others.
    let corners = fs::read(format!("{}/fixtures/hostile/corners.xlsb", env!("CARGO_MANIFEST_DIR"))).unwrap();
    let answer = check("corners.xlsb", &corners);
    assert_eq!(answer["verdict"], "schema_failed");
    assert_eq!(said(&answer["findings"]), ["too_large -"]);
    let message = answer["findings"][0]["message"].as_str().unwrap();
    assert!(message.contains("converter_bytes"), "{message}");
}

#[test]
fn damaged_workbooks_are_survived() {
    for name in ["orders.xls", "orders.xlsb", "orders.ods"] {
        let sound = fixture(name);
        // A run of the program for each; a fixed walk over the file instead of a random one.
        for at in (0..sound.len()).step_by(sound.len() / 8).skip(1) {
            check(name, &sound[..at]);
            let mut changed = sound.clone();
            changed[at..].iter_mut().step_by(97).for_each(|byte| *byte = byte.wrapping_add(0x5B));
            check(name, &changed);
        }
    }
}

#[test]
fn a_text_document_is_no_workbook() {
    let answer = check(
        "letter.ods",
        &archive(&[("mimetype", "application/vnd.oasis.opendocument.text"), ("content.xml", "<a/>")]),
    );
    assert_eq!(said(&answer["findings"]), ["wrong_file -"]);
}

#[test]
fn the_program_converts_under_any_name() {
    let sandbox = Sandbox::empty();
    sandbox.write("orders.xls", fixture("orders.xls"));
    let (program, renamed) = (env!("CARGO_BIN_EXE_proofpack"), sandbox.path("upload-check-1.0"));
    fs::hard_link(program, &renamed).or_else(|_| fs::copy(program, &renamed).map(|_| ())).unwrap();
    let output = std::process::Command::new(renamed).arg("check").arg(sandbox.path("orders.xls")).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stdout));
}

/// An ODS workbook of six orders in which one cell stands in the place of the first amount.
fn ods(amount: &str) -> Vec<u8> {
    let mut rows = String::new();
    for (at, row) in good().0.iter().enumerate() {
        rows += "<table:table-row>";
        for (column, cell) in row.iter().enumerate() {
            if (at, column) == (1, 4) {
                rows += amount;
                continue;
            }
            rows += "<table:table-cell office:value-type=\"string\"><text:p>";
            rows += cell;
            rows += "</text:p></table:table-cell>";
        }
        rows += "</table:table-row>";
    }
    let namespaces = ["office", "table", "text"]
        .map(|name| format!(" xmlns:{name}=\"urn:oasis:names:tc:opendocument:xmlns:{name}:1.0\""))
        .concat();
    let content = format!(
        "<office:document-content{namespaces}><office:body><office:spreadsheet><table:table table:name=\"S\">{rows}\
         </table:table></office:spreadsheet></office:body></office:document-content>"
    );
    archive(&[
        ("mimetype", "application/vnd.oasis.opendocument.spreadsheet"),
        ("META-INF/manifest.xml", "<manifest/>"),
        ("content.xml", &content),
    ])
}

#[test]
fn currencies_and_errors_of_ods_come_through() {
    let money = |code: &str| {
        format!(
            "<table:table-cell office:value-type=\"currency\" office:currency=\"{code}\" office:value=\"1000\"><text:p>1,000</text:p></table:table-cell>"
        )
    };
    let error = "<table:table-cell table:formula=\"of:=1/0\" office:value-type=\"string\" office:string-value=\"\"><text:p>#DIV/0!</text:p></table:table-cell>";
    for (cell, expected) in
        [(money("TWD").as_str(), &[][..]), (&money("USD"), &["currency E2"]), (error, &["error_cell E2"])]
    {
        let answer = check("orders.ods", &ods(cell));
        assert_eq!(answer["counts"]["rows"], 6, "{answer:#}");
        assert_eq!(said(&answer["findings"]), expected, "{answer:#}");
    }
}

#[test]
fn the_converter_ends_by_itself() {
    let sandbox = Sandbox::empty();
    // Nothing on stdin, and a format that is none.
    assert_eq!(sandbox.run(&["read-legacy", "xls"]).status, 4);
    assert_eq!(sandbox.run(&["read-legacy", "doc"]).status, 4);
    let help = sandbox.run(&["--help"]).status(0).stdout;
    assert!(!help.contains("read-legacy"), "{help}");
}

#[test]
fn a_pack_reads_them_too() {
    let sandbox = Sandbox::example();
    sandbox.write("packs/kolable-data-gap/uploads/sent.ods", fixture("orders.ods"));
    let ran = sandbox.run(&["check", "packs/kolable-data-gap", "--format", "json"]);
    let findings = ran.findings();
    let about: Vec<_> = findings.iter().filter(|found| found.contains("sent.ods")).collect();
    assert!(about.iter().any(|found| found.starts_with("converted")), "{about:?}");
    assert!(!about.iter().any(|found| found.starts_with("wrong_file")), "{about:?}");
}

#[test]
fn several_sheets_are_named_with_their_rows() {
    let expected = "the header stands in several sheets: `May 12–16` (3 rows), `May 17–21` (2 rows); which of their rows count is not guessed";
    let answer = check("two_sheets.xls", &fixture("two_sheets.xls"));
    assert_eq!(answer["verdict"], "schema_failed");
    let found = answer["findings"].as_array().unwrap().iter().find(|found| found["code"] == "several_sheets").unwrap();
    assert_eq!(found["message"], expected);
    let sandbox = Sandbox::empty();
    sandbox.write("s.json", r#"{"fields":[{"name":"order_id"}],"fieldsMatch":"subset"}"#);
    sandbox.write("t.xls", fixture("two_sheets.xls"));
    let answer = sandbox.run(&["check", "t.xls", "--schema", "s.json", "--format", "json"]).status(1).json();
    assert_eq!(answer["verdict"], "schema_failed");
    let expected = "has content in several sheets: `May 12–16` (4 rows), `May 17–21` (3 rows), and the rows of all of them would have to count";
    assert!(answer["findings"].as_array().unwrap().iter().any(|found| found["message"] == expected), "{answer:#}");
    let args = ["check", "t.xls", "--schema", "s.json", "--sheet", "May 12–16", "--format", "json"];
    let answer = sandbox.run(&args).status(0).json();
    assert_eq!((&answer["verdict"], &answer["counts"]["rows"]), (&"accepted".into(), &3.into()));
}
