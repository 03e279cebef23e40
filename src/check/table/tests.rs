use proptest::prelude::*;

use super::*;
use crate::check::schema::tests::schema_of;
use crate::read::xlsx::tests::sheet;

fn orders() -> TableSchema {
    schema_of(
        &[
            ("id", "string", r#","constraints":{"unique":true}"#),
            ("amount", "integer", r#","constraints":{"required":true,"minimum":0,"maximum":50000}"#),
            ("rate", "number", r#","constraints":{"maximum":1.5}"#),
            ("state", "string", r#","constraints":{"enum":["paid","pending"]}"#),
            ("day", "date", ""),
            ("at", "datetime", r#","constraints":{"minimum":"2026-01-01T00:00:00Z"}"#),
            ("ok", "boolean", ""),
            ("link", "string", r#","format":"uri""#),
            ("parts", "array", ""),
        ],
        r#","primaryKey":["id"]"#,
    )
    .unwrap()
}

/// A table of an id and a few other fields.
fn small(more: &str) -> TableSchema {
    schema_of(
        &[("id", "string", ""), ("amount", "integer", r#","constraints":{"required":true}"#), ("note", "string", "")],
        more,
    )
    .unwrap()
}

/// The facts of every record, then rows used and read, then every finding with its hint.
fn check(schema: &TableSchema, path: &str, bytes: &[u8]) -> Vec<String> {
    let mut findings = Vec::new();
    let records = read(path, bytes, schema, &mut findings);
    let mut lines: Vec<_> = records.iter().flat_map(|records| &records.records).map(show_record).collect();
    lines.push(records.map_or("-".to_owned(), |records| format!("{} of {}", records.records.len(), records.rows_read)));
    lines.extend(
        findings.iter().map(|found| format!("{} {}: {} [{}]", found.code.id, found.place, found.message, found.hint)),
    );
    lines
}

fn show_record(record: &Record) -> String {
    let values: Vec<_> = record.values.iter().map(|value| value.as_ref().map_or("-".to_owned(), Fact::show)).collect();
    values.join(" | ")
}

const CSV: &str = "id,amount,rate,state,day,at,ok,link,parts\n\
    007a,28000,0.5,paid,2026-05-12,2026-05-12T18:00:00+08:00,true,https://example.com/a,\"[1.50,{\"\"a\"\":\"\"中\"\"}]\"\n\
    ,,,,,,,,\n\
    8,0,-1.25,pending,,,FALSE,,\n";

#[test]
fn every_format_gives_the_same_facts() {
    let cells = |texts: &[&str]| -> String {
        texts.iter().map(|text| [r#"<c t="str"><v>"#, text, "</v></c>"].concat()).collect()
    };
    let header = cells(&["id", " amount\u{FEFF}", "rate", "state", "day", "at", "ok", "link", "parts"]);
    // Cell style 1 of the test workbooks is a date.
    let rows = format!(
        r#"<row r="1">{header}</row><row r="2">{}<c><v>28000</v></c><c><v>0.5</v></c>{}<c s="1"><v>46154</v></c>{}<c t="b"><v>1</v></c>{}</row>
        <row r="4"><c><v>8</v></c><c><v>0</v></c><c><v>-1.25</v></c>{}<c r="G4" t="b"><v>0</v></c></row>"#,
        cells(&["007a"]),
        cells(&["paid"]),
        cells(&["2026-05-12T18:00:00+08:00"]),
        cells(&["https://example.com/a", "[1.50,{&quot;a&quot;:&quot;中&quot;}]"]),
        cells(&["pending"]),
    );
    let first = r#"{"id":"007a","amount":28000,"rate":0.5,"state":"paid","day":"2026-05-12","at":"2026-05-12T18:00:00+08:00","ok":true,"link":"https://example.com/a","parts":[1.50,{"a":"中"}]}"#;
    let second = r#"{"id":"8","amount":0,"rate":-1.25,"state":"pending","day":null,"ok":false}"#;
    let expected = [
        r#"007a | 28000 | 0.5 | paid | 2026-05-12 | 2026-05-12T18:00:00+08:00 | true | https://example.com/a | [1.50,{"a":"中"}]"#,
        "8 | 0 | -1.25 | pending | - | - | false | - | -",
        "2 of 2",
    ];
    assert_eq!(check(&orders(), "o.csv", CSV.as_bytes()), expected);
    let of_sheet = check(&orders(), "o.xlsx", &sheet(&rows));
    assert_eq!(of_sheet[..3], expected);
    assert_eq!(of_sheet[3..], ["header_normalised o.xlsx!T!B1 (amount): the name was read as `amount` []"]);
    assert_eq!(check(&orders(), "o.json", format!("[{first},\n{second}]").as_bytes()), expected);
    assert_eq!(check(&orders(), "o.jsonl", format!("{first}\n\n{second}\n").as_bytes()), expected);
}

#[test]
fn records_know_their_place_and_their_fields() {
    let schema = small("");
    let mut findings = Vec::new();
    let records = read("o.csv", b"note,id,amount\n\nn,7,5\n", &schema, &mut findings).unwrap();
    let [record] = &records.records[..] else { panic!() };
    assert_eq!((records.file.as_str(), record.place.row, record.place.line), ("o.csv", Some(3), Some(3)));
    assert_eq!(record.get(&schema, "amount"), Some(&Fact::Integer(5)));
    assert_eq!(record.get(&schema, "note"), Some(&Fact::Text("n".to_owned())));
    assert_eq!(record.get(&schema, "other"), None);
    let records = read("o.json", b"[\n{\"amount\":5}]", &schema, &mut findings).unwrap();
    assert_eq!(records.records[0].place, Place { pointer: Some("/0".to_owned()), ..Place::file("o.json").at(2, 1) });
}

#[test]
fn a_value_that_is_not_of_its_type_is_found_in_its_cell() {
    let csv = "id,amount,rate,state,day,at,ok,link,parts\n\
        1,28.0,1e1x,payed,2026-5-12,2026-05-12T18:00:00,1,example.com,{}\n\
        2,-1,1.51,unknown,2026-02-30,2025-12-31T23:59:59+00:00,yes,https://,[\n\
        3, ,.5,paid,,0912-345-678,TRUE,https://a b,\"[1,]\"\n";
    assert_eq!(
        check(&orders(), "o.csv", csv.as_bytes()),
        [
            "0 of 3",
            "invalid_value o.csv:2!B2 (amount): `amount` is `28.0`, expected a whole number such as 28000 []",
            "invalid_value o.csv:2!C2 (rate): `rate` is `1e1x`, expected a number such as 28000 or 0.5 []",
            "unknown_word o.csv:2!D2 (state): `state` is `payed`, which is none of paid, pending [did you mean `paid`?]",
            "invalid_value o.csv:2!E2 (day): `day` is `2026-5-12`, expected a day such as 2026-05-12 []",
            "invalid_value o.csv:2!F2 (at): `at` is `2026-05-12T18:00:00`, which has no offset, expected a time with its offset such as 2026-05-25T18:00:00+08:00 [write the time as text with its offset, +08:00 for Taipei]",
            "invalid_value o.csv:2!G2 (ok): `ok` is `1`, expected true or false []",
            "invalid_value o.csv:2!H2 (link): `link` is `example.com`, expected an absolute URI such as https://example.com/a []",
            "invalid_value o.csv:2!I2 (parts): `parts` is `{}`, expected a JSON list []",
            "out_of_range o.csv:3!B3 (amount): `amount` is `-1`, expected a whole number such as 28000, from 0 to 50000 []",
            "out_of_range o.csv:3!C3 (rate): `rate` is `1.51`, expected a number such as 28000 or 0.5, to 1.5 []",
            "unknown_word o.csv:3!D3 (state): `state` is `unknown`, which is none of paid, pending []",
            "invalid_value o.csv:3!E3 (day): `day` is `2026-02-30`, expected a day such as 2026-05-12 []",
            "out_of_range o.csv:3!F3 (at): `at` is `2025-12-31T23:59:59+00:00`, expected a time with its offset such as 2026-05-25T18:00:00+08:00, from 2026-01-01T00:00:00Z []",
            "invalid_value o.csv:3!G3 (ok): `ok` is `yes`, expected true or false []",
            "invalid_value o.csv:3!H3 (link): `link` is `https://`, expected an absolute URI such as https://example.com/a []",
            "invalid_value o.csv:3!I3 (parts): `parts` is `[`, expected a JSON list []",
            "invalid_value o.csv:4!C4 (rate): `rate` is `.5`, expected a number such as 28000 or 0.5 []",
            "invalid_value o.csv:4!F4 (at): `at` is a text that is not repeated here, expected a time with its offset such as 2026-05-25T18:00:00+08:00 []",
            "invalid_value o.csv:4!H4 (link): `link` is `https://a b`, expected an absolute URI such as https://example.com/a []",
            "invalid_value o.csv:4!I4 (parts): `parts` is `[1,]`, expected a JSON list []",
            "blank_required o.csv:4!B4 (amount): `amount` is blank, expected a whole number such as 28000 [fill it in; the row is not used without it]",
        ]
    );
}

#[test]
fn json_values_are_not_converted() {
    assert_eq!(
        check(
            &small(""),
            "o.jsonl",
            b"{\"id\":7,\"amount\":1}\n{\"id\":\"7\",\"amount\":\"1\"}\n{\"amount\":1.0}\n{\"id\":\"8\",\"amount\":2}"
        ),
        [
            "8 | 2 | -",
            "1 of 4",
            "invalid_value o.jsonl:1:7 (id) at /id: `id` is `7`, expected a text [write it as text: in a sheet in a cell of text format, in JSON in quotes]",
            "invalid_value o.jsonl:2:20 (amount) at /amount: `amount` is `1`, expected a whole number such as 28000 []",
            "invalid_value o.jsonl:3:11 (amount) at /amount: `amount` is `1.0`, expected a whole number such as 28000 []",
        ]
    );
}

#[test]
fn personal_data_in_a_workbook_has_its_row_and_column() {
    let cell = |text: &str| [r#"<c t="str"><v>"#, text, "</v></c>"].concat();
    let rows = format!(
        "<row>{}{}{}</row><row>{}<c><v>1</v></c>{}</row>",
        cell("id"),
        cell("amount"),
        cell("note"),
        cell("7"),
        cell("call 0912345678")
    );
    assert_eq!(
        check(&small(""), "o.xlsx", &sheet(&rows))[2..],
        [
            "personal_data o.xlsx!T, row 2 (note): looks like personal data: mobile number `09…78` (rule mobile_number) [remove it or replace it by a keyed hash at the source]"
        ]
    );
}

#[test]
fn cells_of_a_workbook_are_read_as_they_are_shown() {
    let schema = schema_of(
        &[("id", "string", ""), ("amount", "integer", ""), ("rate", "number", ""), ("at", "datetime", "")],
        "",
    )
    .unwrap();
    let header = r#"<row><c t="str"><v>id</v></c><c t="str"><v>amount</v></c><c t="str"><v>rate</v></c><c t="str"><v>at</v></c></row>"#;
    let rows = r#"<row><c><v>20260512001</v></c><c><v>7.0</v></c><c><v>1.1000000000000001</v></c></row>
        <row><c><v>2.0260512001E+15</v></c><c><v>1234567890123456</v></c><c t="e"><v>#DIV/0!</v></c><c s="1"><v>46154.5</v></c></row>
        <row><c s="1"><v>46154</v></c><c><f>A1</f></c><c t="str"><v>0.50</v></c></row>
        <row><c t="b"><v>1</v></c><c s="1"><v>-1</v></c><c r="F5"><v>1</v></c></row>"#;
    assert_eq!(
        check(&schema, "o.xlsx", &sheet(&format!("{header}{rows}"))),
        [
            "20260512001 | 7 | 1.1 | -",
            "1 of 4",
            "invalid_value o.xlsx!T!A3 (id): `id` is a number of more than 15 digits, of which a workbook loses the rest [format the column as text and take the value from its source again]",
            "invalid_value o.xlsx!T!B3 (amount): `amount` is a number of more than 15 digits, of which a workbook loses the rest [format the column as text and take the value from its source again]",
            "invalid_value o.xlsx!T!C3 (rate): `rate` is the error #DIV/0!, expected a number such as 28000 or 0.5 []",
            "invalid_value o.xlsx!T!D3 (at): `at` is the date cell 2026-05-12T12:00:00, which has no offset, expected a time with its offset such as 2026-05-25T18:00:00+08:00 [write the time as text with its offset, +08:00 for Taipei]",
            "invalid_value o.xlsx!T!A4 (id): `id` is the date cell 2026-05-12, expected a text [write it as text: in a sheet in a cell of text format, in JSON in quotes]",
            "invalid_value o.xlsx!T!B4 (amount): `amount` is a formula that was saved without its value, expected a whole number such as 28000 [open the workbook in a spreadsheet program and save it]",
            "ragged_row o.xlsx!T, row 5: the row has 6 cells, the header has 4 [quote cells that hold the separator, or complete the row]",
        ]
    );
}

#[test]
fn columns_are_known_by_their_exact_name() {
    let schema = small("");
    assert_eq!(
        check(&schema, "o.csv", b"id,Amount,,note,note,phone 0912345678\n1,2,x,,,\n"),
        [
            "-",
            "unknown_column o.csv:1!B1 (Amount): column `Amount` is not part of the table and was ignored [did you mean `amount`?]",
            "duplicate_column o.csv:1!E1 (note): column `note` stands also in D1 [rename or remove one of them]",
            "unknown_column o.csv:1!F1: a column whose name is not repeated here is not part of the table and was ignored [columns of `t`: id, amount, note]",
            "missing_column o.csv:1 (amount): required column `amount` is missing (en) [is it column `Amount`? then rename it to `amount`]",
            "unknown_column o.csv:2!C2: values stand in a column without a name; it was ignored [name the column, or empty it]",
        ]
    );
    assert_eq!(
        check(&schema, "o.json", b"[{\"id\":\"1\",\"amuont\":2,\"a@b.c\":3},{\"amuont\":1}]"),
        [
            "-",
            "unknown_column o.json:1:21 (amuont) at /0/amuont: column `amuont` is not part of the table and was ignored [did you mean `amount`?]",
            "unknown_column o.json:1:2 at /0: a column whose name is not repeated here is not part of the table and was ignored [columns of `t`: id, amount, note]",
            "missing_column o.json (amount): required column `amount` is missing (en) [is it column `amuont`? then rename it to `amount`]",
        ]
    );
    // A key that some objects have is a blank in the others.
    assert_eq!(
        check(&schema, "o.json", b"[{\"id\":\"1\"},{\"amount\":1},{\"amount\":null}]"),
        [
            "- | 1 | -",
            "1 of 3",
            "blank_required o.json:1:36 (amount) at /2/amount: `amount` is blank, expected a whole number such as 28000 [fill it in; the row is not used without it]",
            "blank_required o.json:1:2 (amount) at /0: `amount` is blank, expected a whole number such as 28000 [fill it in; the row is not used without it]",
        ]
    );
}

#[test]
fn rows_that_share_a_key_are_not_used() {
    let schema = small(r#","primaryKey":["id","amount"]"#);
    let csv = b"id,amount,note\n7,1,a\n7,2,b\n7,1,c\n8,1,d\n7,1,e\n,1,f\n\"7,1\",1,g\n";
    assert_eq!(
        check(&schema, "o.csv", csv),
        [
            "7 | 2 | b",
            "8 | 1 | d",
            "7,1 | 1 | g",
            "3 of 7",
            "duplicate_id o.csv:4!A4 (id): row 4 has the same `id`, `amount` as row 2 [neither row is used; correct or remove one of them]",
            "duplicate_id o.csv:6!A6 (id): row 6 has the same `id`, `amount` as row 2 [neither row is used; correct or remove one of them]",
            "blank_required o.csv:7!A7 (id): `id` is blank, expected a text [fill it in; the row is not used without it]",
        ]
    );
    // A row with an error of its own repeats its key all the same.
    let unique =
        schema_of(&[("id", "string", ""), ("rate", "number", r#","constraints":{"unique":true}"#)], "").unwrap();
    assert_eq!(
        check(&unique, "o.json", br#"[{"rate":1.0},{"rate":10e-1},{"rate":2,"id":3},{"rate":2},{"rate":3},{}]"#),
        [
            "- | 3",
            "- | -",
            "2 of 6",
            "duplicate_id o.json:1:15 (rate) at /1: item 1 has the same `rate` as item 0 [neither row is used; correct or remove one of them]",
            "invalid_value o.json:1:45 (id) at /2/id: `id` is `3`, expected a text [write it as text: in a sheet in a cell of text format, in JSON in quotes]",
            "duplicate_id o.json:1:48 (rate) at /3: item 3 has the same `rate` as item 2 [neither row is used; correct or remove one of them]",
        ]
    );
}

#[test]
fn rows_that_cannot_be_read_are_counted() {
    assert_eq!(
        check(&small(""), "o.csv", b"id,amount,note\n1,28,000,\n2,5\n3,6,\"x\" y\n4,7,\"never closed\n5,8,\n"),
        [
            "5 | 8 | -",
            "1 of 5",
            "ragged_row o.csv:2: the row has 4 cells, the header has 3 [quote cells that hold the separator, or complete the row]",
            "ragged_row o.csv:3: the row has 2 cells, the header has 3 [quote cells that hold the separator, or complete the row]",
            "ragged_row o.csv:4:8!C4: text follows the closing quote of this cell [a cell with quotes, separators or line breaks is quoted, and quotes inside it are written twice]",
            "ragged_row o.csv:5:5!C5: a quote opens here and never closes [a cell with quotes, separators or line breaks is quoted, and quotes inside it are written twice]",
        ]
    );
    assert_eq!(check(&small(""), "o.csv", b"\"id,amount\n1,2\n").len(), 2);
}

#[test]
fn no_rows_and_no_table_are_told_apart() {
    assert_eq!(check(&small(""), "o", b"id,amount,note\n"), ["0 of 0"]);
    assert_eq!(check(&small(""), "o", b"[]"), ["0 of 0"]);
    assert_eq!(check(&small(""), "o", b",,\n")[0], "-");
    assert_eq!(check(&small(""), "o", b"")[0], "-");
    assert_eq!(check(&small(""), "o", b"[{\"amount\":1},")[0], "-");
}

#[test]
fn findings_are_capped_with_exact_totals() {
    let csv = format!("id,amount\n{}", "1,x\n".repeat(250));
    let lines = check(&small(""), "o.csv", csv.as_bytes());
    assert_eq!((lines.len(), lines[0].as_str()), (102, "0 of 250"));
    assert_eq!(
        lines[101],
        "invalid_value o.csv: 150 more like this in the file, 250 in all (limit `findings_per_code`) []"
    );
    let json = format!("[{{\"amount\":1}}{}]", ",{}".repeat(250));
    let lines = check(&small(""), "o.json", json.as_bytes());
    assert_eq!(
        lines[102],
        "blank_required o.json: 150 more like this in the file, 250 in all (limit `findings_per_code`) []"
    );
}

proptest! {
    #[test]
    fn never_panics(start in r#"(id,amount,note\n|\[|\{"id":)?"#, bytes: Vec<u8>) {
        check(&orders(), "f", &[start.as_bytes(), &bytes].concat());
    }

    #[test]
    fn never_panics_on_tables(text in r#"(id,amount,at,parts\n)?([0-9a,"\n:{}\[\]T+.-]|2026-05-12|\{"amount":|中){0,40}"#) {
        check(&orders(), "f", text.as_bytes());
    }

    /// Whatever the amounts are, every row that was read is either used or has a finding.
    #[test]
    fn no_row_is_lost(amounts in prop::collection::vec("-?[0-9]{0,3}[.x]?[0-9]{0,2}", 0..20)) {
        let row = |(id, amount): (u32, &String)| [&id.to_string(), ",", amount, "\n"].concat();
        let rows: String = (0..).zip(&amounts).map(row).collect();
        let mut findings = Vec::new();
        let records = read("f", format!("id,amount\n{rows}").as_bytes(), &small(""), &mut findings).unwrap();
        let errors = crate::finding::count(&findings, crate::finding::Severity::Error);
        prop_assert_eq!(records.rows_read, amounts.len());
        prop_assert_eq!(records.records.len() + errors, amounts.len());
    }
}
