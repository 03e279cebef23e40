//! Whole workbooks: what their cells say, and how what is none is refused.

use std::io::{Cursor, Write as _};

use proptest::prelude::*;
use zip::write::{SimpleFileOptions, ZipWriter};

use super::formats;
use super::read as read_all;
use super::*;
use crate::read::crew::alone;
use crate::read::row::Value;
use crate::read::table::tests::check;

const RELATION: &str = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
const STYLES: &str = r#"<styleSheet><numFmts count="2"><numFmt numFmtId="164" formatCode="yyyy/mm/dd&quot;x&quot;"/>
    <numFmt numFmtId="165" formatCode="[Red]0 &quot;days&quot;\d"/></numFmts><cellStyleXfs><xf numFmtId="14"/></cellStyleXfs>
    <cellXfs><xf numFmtId="0"/><xf numFmtId="14"/><xf numFmtId="164"/><xf numFmtId="165"/><xf numFmtId="57"/></cellXfs>
    <dxfs><dxf><numFmt numFmtId="165" formatCode="yyyy"/></dxf></dxfs></styleSheet>"#;

/// A container with these parts.
pub(super) fn container(parts: &[(&str, &str)]) -> Vec<u8> {
    let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, content) in parts {
        writer.start_file(*name, SimpleFileOptions::default()).unwrap();
        writer.write_all(content.as_bytes()).unwrap();
    }
    writer.finish().unwrap().into_inner()
}

/// A workbook: `workbookPr` and such, shared strings, and sheets as state, name and rows.
pub(super) fn workbook(properties: &str, shared: &str, sheets: &[(&str, &str, &str)]) -> Vec<u8> {
    let mut list = Vec::new();
    let mut relations = vec![format!(
        r#"<Relationship Id="rIdS" Type="{RELATION}/sharedStrings" Target="sharedStrings.xml"/>
        <Relationship Id="rIdT" Type="{RELATION}/styles" Target="/xl/styles.xml"/>"#
    )];
    let mut parts = Vec::new();
    for (number, (state, name, rows)) in sheets.iter().enumerate() {
        list.push(format!(r#"<sheet name="{name}" sheetId="{number}" state="{state}" r:id="rId{number}"/>"#));
        relations.push(format!(
            r#"<Relationship Id="rId{number}" Type="{RELATION}/worksheet" Target="sheets/s{number}.xml"/>"#
        ));
        let content = format!("<worksheet><dimension ref=\"A1:XFD1048576\"/><sheetData>{rows}</sheetData></worksheet>");
        parts.push((format!("xl/sheets/s{number}.xml"), content));
    }
    let root = format!(
        r#"<Relationships><Relationship Id="r" Type="{RELATION}/officeDocument" Target="xl/workbook.xml"/></Relationships>"#
    );
    let book = format!("<workbook>{properties}<sheets>{}</sheets></workbook>", list.concat());
    let relations = format!("<Relationships>{}</Relationships>", relations.concat());
    let shared = format!(r#"<sst uniqueCount="18446744073709551615">{shared}</sst>"#);
    let mut all = vec![
        ("_rels/.rels", root.as_str()),
        ("xl/workbook.xml", &book),
        ("xl/_rels/workbook.xml.rels", &relations),
        ("xl/sharedStrings.xml", &shared),
        ("xl/styles.xml", STYLES),
    ];
    all.extend(parts.iter().map(|(name, content)| (name.as_str(), content.as_str())));
    container(&all)
}

/// A workbook of one sheet `T` with these rows.
pub(crate) fn sheet(rows: &str) -> Vec<u8> {
    workbook("", "", &[("visible", "T", rows)])
}

#[test]
fn cells_of_every_sort_are_read() {
    let shared = r#"<si><t>id</t></si><si><r><t xml:space="preserve">陳 </t></r><r><rPr><b/></rPr><t>大&amp;文</t></r>
        <rPh sb="0" eb="1"><t>チン</t></rPh></si>"#;
    let rows = r#"<row r="2" spans="1:9"><c r="A2" t="s"><v>0</v></c><c r="C2" t="s"><v>1</v></c></row>
        <row r="4"><c t="inlineStr"><is><t>a_x000A_b_x0007_</t></is></c><c><v>1.1000000000000001</v></c><c t="b"><v>1</v></c>
        <c/><c r="F4" s="1"><v>46154</v></c><c s="2"><v>46154.834027777776</v></c><c s="3"><v>46154</v></c></row>
        <row><c t="e"><v>#N/A</v></c><c><f>A1</f></c><c><v>x</v></c><c s="4"><v>60</v></c><c t="str"><f>A1</f><v></v></c>
        <c t="str"><f>A1</f><v>y</v></c><c t="d"><v>2026-05-12T00:00:00</v></c></row>"#;
    assert_eq!(
        check("t.xlsx", &workbook("", shared, &[("visible", "T", rows)])),
        [
            "t.xlsx!T, row 2: A2=Text(\"id\") C2=Text(\"陳 大&文\")",
            "t.xlsx!T, row 4: A4=Text(\"a\\nb_x0007_\") B4=Number(\"1.1000000000000001\") C4=Bool(true) F4=Moment(\"2026-05-12\") G4=Moment(\"2026-05-12T20:01:00\") H4=Number(\"46154\")",
            "t.xlsx!T, row 5: A5=Fault(Error(\"#N/A\")) B5=Fault(NoValue) C5=Fault(NotWhatItSays(\"x\")) D5=Fault(NoDate(\"60\")) F5=Text(\"y\") G5=Moment(\"2026-05-12\")",
            "XLSX",
            "notice formula_value t.xlsx!T!E5: the values that were saved with formulas were used (formulas in the sheet: 2)",
        ]
    );
}

#[test]
fn the_first_visible_sheet_with_content_is_the_table() {
    let row = |text: &str| format!(r#"<row r="1"><c r="A1" t="str"><v>{text}</v></c></row>"#);
    let (blank, may, june) = (row(" "), row("may"), row("june"));
    let sheets = [
        ("hidden", "H", may.as_str()),
        ("visible", "Blank", &blank),
        ("visible", "M&amp;M", &may),
        ("visible", "June", &june),
        ("veryHidden", "V", &june),
    ];
    assert_eq!(
        check("t.xlsx", &workbook("", "", &sheets)),
        [
            "t.xlsx!M&M, row 1: A1=Text(\"may\")",
            "XLSX",
            "warning sheets t.xlsx: has content in several sheets: `M&M` (1 rows), `June` (1 rows)",
            "notice hidden_sheet t.xlsx!H: the sheet is hidden and was not read",
            "notice hidden_sheet t.xlsx!V: the sheet is hidden and was not read"
        ]
    );
    assert_eq!(
        check("t.xlsx", &workbook("", "", &sheets[..2])),
        [
            "-",
            "notice hidden_sheet t.xlsx!H: the sheet is hidden and was not read",
            "error empty_file t.xlsx: has no visible sheet with content"
        ]
    );
}

/// A workbook of one sheet `T` with these rows and what stands before and behind them.
fn dressed(before: &str, rows: &str, behind: &str) -> Vec<u8> {
    let rows = format!("</sheetData>{before}<sheetData>{rows}</sheetData>{behind}<sheetData>");
    workbook("", "", &[("visible", "T", &rows)])
}

/// The findings alone.
fn said(book: &[u8]) -> Vec<String> {
    let all = check("t.xlsx", book);
    all.into_iter().skip_while(|line| line != "XLSX" && line != "-").skip(1).collect()
}

#[test]
fn what_nobody_sees_is_read_and_said() {
    let row = |number: u32, hidden: &str| {
        format!(r#"<row r="{number}" {hidden}><c r="B{number}" t="str"><v>x</v></c></row>"#)
    };
    let rows = [
        row(1, ""),
        row(3, r#"hidden="1""#),
        row(4, r#"hidden="false""#),
        row(5, r#"hidden="true""#),
        r#"<row r="6" hidden="1"/>"#.to_owned(),
        row(8, r#"hidden="1""#),
    ]
    .concat();
    let columns = r#"<cols><col min="1" max="1" hidden="1"/><col min="2" max="16384" hidden="1"/><col min="3" max="4" hidden="1"/></cols>"#;
    let book = dressed(columns, &rows, "");
    assert_eq!(check("t.xlsx", &book)[..5].iter().filter(|row| row.contains("Text(\"x\")")).count(), 5);
    assert_eq!(
        said(&book),
        [
            "notice hidden_row t.xlsx!T, row 3: the row is hidden and was read like any other",
            "notice hidden_row t.xlsx!T, row 5: rows 5 to 8 are hidden and were read like any other (rows with content: 2)",
            "notice hidden_column t.xlsx!T: column A is hidden and was read like any other",
            "notice hidden_column t.xlsx!T: column B is hidden and was read like any other",
        ]
    );
}

#[test]
fn merged_cells_are_said_and_not_filled() {
    let rows = r#"<row r="2"><c r="A2" t="str"><v>x</v></c><c r="B2"><v>1</v></c></row><row r="3"><c r="B3"><v>2</v></c></row>"#;
    let merges = r#"<mergeCells count="9"><mergeCell ref="A2:A3"/><mergeCell ref="$C$9:XFD1048576"/><mergeCell ref="A2"/><mergeCell ref="2:A"/><mergeCell/></mergeCells>"#;
    let book = dressed("", rows, merges);
    assert_eq!(check("t.xlsx", &book)[1], "t.xlsx!T, row 3: B3=Number(\"2\")");
    assert_eq!(
        said(&book),
        [
            "notice merged_cell t.xlsx!T!A2: the cells A2:A3 are merged; only the first of them has the value",
            "notice merged_cell t.xlsx!T!C9: the cells C9:XFD1048576 are merged; only the first of them has the value",
        ]
    );
}

#[test]
fn a_formula_that_changes_by_itself_is_flagged_in_every_cell() {
    let rows = r#"<row><c><f t="shared" ref="A1:A2" si="0">NOW()</f><v>1</v></c><c><f t="shared" si="1">A1</f><v>1</v></c></row>
        <row><c><f t="shared" si="0"/><v>2</v></c><c><f t="shared" si="1"/><v>2</v></c></row>"#;
    let unstable =
        "the formula depends on the day, on chance or on another workbook; the value that was saved with it was used";
    assert_eq!(
        said(&sheet(rows)),
        [
            format!("warning unstable_formula t.xlsx!T!A1: {unstable}"),
            format!("warning unstable_formula t.xlsx!T!A2: {unstable}"),
            "notice formula_value t.xlsx!T!A1: the values that were saved with formulas were used (formulas in the sheet: 4)"
                .to_owned(),
        ]
    );
}

#[test]
fn what_is_no_whole_workbook_is_refused_by_name() {
    let whole = sheet("<row><c><v>1</v></c></row>");
    let rel = |target: &str| {
        format!(r#"<Relationships><Relationship Type="x/officeDocument" Target="{target}"/></Relationships>"#)
    };
    for (bytes, code, name) in [
        (container(&[("a.txt", "a")]), "wrong_file", "a ZIP archive without a workbook"),
        (container(&[("may.CSV", "a")]), "wrong_file", "a ZIP archive with tables in it"),
        (container(&[("word/document.xml", "")]), "wrong_file", "a Word document"),
        (container(&[("XL/Workbook.bin", "")]), "wrong_file", "a binary workbook (XLSB)"),
        (
            container(&[("mimetype", "application/vnd.oasis.opendocument.spreadsheet"), ("content.xml", "")]),
            "wrong_file",
            "an OpenDocument workbook (ODS)",
        ),
        (
            container(&[("mimetype", "application/vnd.oasis.opendocument.text"), ("content.xml", "")]),
            "wrong_file",
            "an OpenDocument file that is no workbook",
        ),
        (container(&[("Index/Document.iwa", "")]), "wrong_file", "an Apple Numbers document"),
    ] {
        let message = format!("error {code} t.xlsx: is {name}, expected CSV, XLSX, JSON or JSONL");
        assert_eq!(check("t.xlsx", &bytes), ["-".to_owned(), message]);
    }
    // Every beginning of a workbook is known to be no more than that.
    for cut in 4..whole.len() {
        let found = check("t.xlsx", &whole[..cut]);
        let cut_off = "error truncated t.xlsx: is a ZIP container that was cut off: its end is missing";
        let damaged = "error unreadable t.xlsx: is a ZIP container that is damaged";
        assert_eq!(found, ["-", if cut < whole.len() - 18 { cut_off } else { damaged }], "{cut}");
    }
    let mut encrypted = container(&[("xl/workbook.xml", "")]);
    let directory = memchr::memmem::find(&encrypted, b"PK\x01\x02").unwrap();
    encrypted[directory + 8] |= 1;
    assert_eq!(
        check("t.xlsx", &encrypted),
        ["-", "error encrypted t.xlsx: is a ZIP archive that is encrypted, expected CSV, XLSX, JSON or JSONL"]
    );
    for (bytes, message) in [
        (b"PK\x03\x04PK\x05\x06".to_vec(), "is a ZIP container that is damaged"),
        (container(&[("_rels/.rels", "<Relationships/>")]), "is a container without a workbook"),
        (container(&[("_rels/.rels", &rel("xl/w.xml"))]), "its part `xl/w.xml` is missing"),
        (
            container(&[("_rels/.rels", "<a><b></a>")]),
            "its part `_rels/.rels` is damaged: ill-formed document: expected `</b>`, but `</a>` was found",
        ),
        (container(&[("_rels/.rels", "<a><b>")]), "its part `_rels/.rels` ends in the middle"),
        (
            container(&[("_rels/.rels", "<!DOCTYPE a [<!ENTITY x \"y\">]><a>&x;</a>")]),
            "its part `_rels/.rels` declares a document type, which no workbook does",
        ),
    ] {
        assert_eq!(check("t.xlsx", &bytes), ["-".to_owned(), format!("error unreadable t.xlsx: {message}")]);
    }
    // A part that was changed after it was packed.
    let options = SimpleFileOptions::default().compression_method(zip::CompressionMethod::Stored);
    let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
    writer.start_file("_rels/.rels", options).unwrap();
    writer.write_all(b"<a>1</a>").unwrap();
    let mut changed = writer.finish().unwrap().into_inner();
    let at = changed.windows(3).position(|bytes| bytes == b">1<").unwrap();
    changed[at + 1] = b'2';
    assert!(check("t.xlsx", &changed)[1].contains("its part `_rels/.rels` is damaged: "));
}

#[test]
fn a_sheet_that_contradicts_itself_is_refused() {
    for (rows, finding) in [
        (r#"<row r="2"/><row r="2"/>"#, "t.xlsx!T, row 2: the row that follows this one does not have a higher number"),
        (r#"<row r="0"/>"#, "t.xlsx!T: the row that follows this one does not have a higher number"),
        (
            r#"<row><c r="B1"/><c r="A1"/></row>"#,
            "t.xlsx!T, row 1: a cell of the row does not stand right of the one before it",
        ),
        (r#"<row><c r="1"/></row>"#, "t.xlsx!T, row 1: a cell of the row does not stand right of the one before it"),
        (r#"<row><c t="s"><v>7</v></c></row>"#, "t.xlsx!T!A1: the cell names a shared text that does not exist"),
    ] {
        let found = check("t.xlsx", &sheet(rows));
        assert_eq!(*found.last().unwrap(), format!("error unreadable {finding}"), "{rows}");
    }
}

#[test]
fn limits_end_the_reading_and_are_named() {
    let deep = format!("<row>{}", "<x>".repeat(200));
    let long = format!(r#"<row><c t="str"><v>{}</v></c></row>"#, "x".repeat(131_073));
    let longer = format!(r#"<row><c t="str"><v>{}</v></c></row>"#, "x".repeat(1_500_000));
    for (rows, finding) in [
        (r#"<row r="1048577"/>"#, "t.xlsx!T: the sheet has more rows than 1048576 (limit `table_rows`)"),
        (r#"<row r="4294967296"/>"#, "t.xlsx!T: the sheet has more rows than 1048576 (limit `table_rows`)"),
        (r#"<row><c r="XFE1"/></row>"#, "t.xlsx!T, row 1: the row has more columns than 16384 (limit `table_columns`)"),
        (
            r#"<row><c r="ZZZZZZZZZZZZZZZZ1"/></row>"#,
            "t.xlsx!T, row 1: the row has more columns than 16384 (limit `table_columns`)",
        ),
        (&deep, "t.xlsx: the part `xl/sheets/s0.xml` is nested deeper than 128 (limit `nesting`)"),
        (&long, "t.xlsx!T!A1: the cell has more bytes than 131072 (limit `cell_bytes`)"),
        (
            &longer,
            "t.xlsx: a text or tag of the part `xl/sheets/s0.xml` has more bytes than 131072 (limit `cell_bytes`)",
        ),
    ] {
        let found = check("t.xlsx", &sheet(rows));
        assert_eq!(*found.last().unwrap(), format!("error too_large {finding}"));
    }
    let many: Vec<_> = (0..4_097).map(|number| (format!("{number}"), "")).collect();
    let many: Vec<_> = many.iter().map(|(name, content)| (name.as_str(), *content)).collect();
    assert_eq!(
        check("t.xlsx", &container(&many))[1],
        "error too_large t.xlsx: the workbook has more parts than 4096 (limit `container_parts`)"
    );
}

#[test]
fn what_costs_memory_beside_the_rows_is_bounded() {
    let relation = r#"<Relationship Id="a" Type="x/worksheet" Target="a"/>"#;
    let many = format!("<Relationships>{}</Relationships>", relation.repeat(4_097));
    assert_eq!(
        check("t.xlsx", &container(&[("_rels/.rels", &many)])),
        [
            "-",
            "error too_large t.xlsx: the part `_rels/.rels` refers to more parts than 4096 (limit `container_parts`)"
        ]
    );
    let sheets = r#"<sheet name="x" r:id="rId0"/>"#.repeat(4_097);
    assert_eq!(
        check("t.xlsx", &workbook(&sheets, "", &[("visible", "T", "")])),
        ["-", "error too_large t.xlsx: the workbook has more sheets than 4096 (limit `container_parts`)"]
    );
    let part = |styles: &str| {
        let book = container(&[("_rels/.rels", ""), ("s.xml", styles)]);
        let mut container = Container::open("t.xlsx", &book).unwrap();
        formats::styles(&mut container, "s.xml").map(|styles| styles.len()).map_err(|refused| refused.message)
    };
    assert_eq!(part(&format!("<cellXfs>{}</cellXfs>", "<xf/>".repeat(1_000))), Ok(1_000));
    assert_eq!(
        part(&format!("<cellXfs>{}</cellXfs>", "<xf/>".repeat(131_073))),
        Err("the workbook has more cell styles and number formats than 131072 (limit `cell_styles`)".to_owned())
    );
    let cell = format!(r#"<c t="str"><v>{}</v></c>"#, "x".repeat(130_000));
    assert_eq!(
        *check("t.xlsx", &sheet(&format!("<row>{}</row>", cell.repeat(65)))).last().unwrap(),
        "error too_large t.xlsx!T, row 1: the row has more bytes than 8388608 (limit `document_bytes`)"
    );
}

/// Much of nothing, and little that says it is much.
#[test]
fn what_is_empty_costs_nothing() {
    let row = |cells: &str| format!("<row s=\"1\" customFormat=\"1\">{cells}</row>");
    let book = sheet(
        &(row("<c t=\"str\"><v>id</v></c>") + &row("<c s=\"1\"/>").repeat(20_000) + &row(&"<c/>".repeat(16_384))),
    );
    assert_eq!(check("t.xlsx", &book), ["t.xlsx!T, row 1: A1=Text(\"id\")", "XLSX"]);
    let corners = r#"<row r="1"><c r="A1"><v>1</v></c></row><row r="1048576"><c r="XFD1048576"><v>2</v></c></row>"#;
    assert_eq!(
        check("t.xlsx", &sheet(corners)),
        ["t.xlsx!T, row 1: A1=Number(\"1\")", "t.xlsx!T, row 1048576: XFD1048576=Number(\"2\")", "XLSX"]
    );
}

#[test]
fn inflated_bytes_are_counted_and_not_believed() {
    let book = sheet(&"<row><c><v>1</v></c></row>".repeat(1_000));
    let mut container = Container::open("t.xlsx", &book).unwrap();
    container.left = 20_000;
    let workbook = Workbook::read(&mut container, alone).unwrap();
    let mut scan = Scan::new(&workbook, "t.xlsx", "T");
    let mut findings = Vec::new();
    let mut findings = Capped::new("t.xlsx", &mut findings);
    let refused = scan
        .rows(&mut container, "xl/sheets/s0.xml", alone, &mut findings, &mut |_, _, _| ControlFlow::Continue(()))
        .unwrap_err();
    assert_eq!(refused.message, "the workbook inflates to more bytes than 536870912 (limit `inflated_bytes`)");
}

#[test]
fn a_text_that_cells_share_is_borrowed() {
    let shared = format!("<si><t>{}</t></si>", "x".repeat(10_000));
    let rows = r#"<row><c t="s"><v>0</v></c><c t="s"><v>0</v></c></row>"#.repeat(50_000);
    let book = workbook("", &shared, &[("visible", "T", &rows)]);
    let mut container = Container::open("t.xlsx", &book).unwrap();
    let workbook = Workbook::read(&mut container, alone).unwrap();
    let held = workbook.shared.texts.as_ptr().addr();
    let mut scan = Scan::new(&workbook, "t.xlsx", "T");
    let mut count = 0;
    let mut findings = Vec::new();
    let mut findings = Capped::new("t.xlsx", &mut findings);
    scan.rows(&mut container, "xl/sheets/s0.xml", alone, &mut findings, &mut |_, cells, _| {
        for cell in cells {
            assert!(matches!(cell.value, Value::Text(text) if text.as_ptr().addr() == held));
            count += 1;
        }
        ControlFlow::Continue(())
    })
    .unwrap();
    assert_eq!(count, 100_000);
}

/// Two parts of one name, and parts that share their bytes.
#[test]
fn a_container_that_says_two_things_is_refused() {
    let mut book = sheet("<row><c><v>1</v></c></row>");
    let [one, other] = [b"xl/styles.xml".as_slice(), b"xl/sheets/s0.xml"];
    let mut twice = container(&[("_rels/.rels", ""), ("a/b.xml", "1"), ("A/B.xml", "2")]);
    assert_eq!(
        check("t.xlsx", &twice),
        ["-", "error unreadable t.xlsx: is a ZIP container with two parts of the same name"]
    );
    for at in memchr::memmem::find_iter(&twice.clone(), b"A/B.xml") {
        twice[at..at + 7].copy_from_slice(b"a/b.xml");
    }
    assert_eq!(
        check("t.xlsx", &twice),
        ["-", "error unreadable t.xlsx: is a ZIP container with two parts of the same name"]
    );
    // The directory says that one part stands where another does.
    let entry = |book: &[u8], name: &[u8]| memchr::memmem::rfind(book, name).unwrap() - 46;
    let (from, to) = (entry(&book, one), entry(&book, other));
    book.copy_within(from + 42..from + 46, to + 42);
    assert_eq!(check("t.xlsx", &book), ["-", "error unreadable t.xlsx: is a ZIP container whose parts overlap"]);
}

#[test]
fn a_long_text_that_very_many_cells_share_is_too_much() {
    let shared = format!("<si><t>{}</t></si>", "x".repeat(131_072));
    let rows = r#"<row><c t="s"><v>0</v></c></row>"#.repeat(8_193);
    let found = check("t.xlsx", &workbook("", &shared, &[("visible", "T", &rows)]));
    assert_eq!(
        *found.last().unwrap(),
        "error too_large t.xlsx!T, row 8193: the texts of the sheet have more bytes than 1073741824 (limit `sheet_bytes`)"
    );
}

#[test]
fn tags_that_are_read_one_by_one_are_counted() {
    let book = sheet(&"<row><x/></row>".repeat(1_000));
    let mut container = Container::open("t.xlsx", &book).unwrap();
    container.events = 2_000;
    let workbook = Workbook::read(&mut container, alone).unwrap();
    let mut findings = Vec::new();
    let mut findings = Capped::new("t.xlsx", &mut findings);
    let mut scan = Scan::new(&workbook, "t.xlsx", "T");
    let refused = scan
        .rows(&mut container, "xl/sheets/s0.xml", alone, &mut findings, &mut |_, _, _| ControlFlow::Continue(()))
        .unwrap_err();
    assert_eq!(
        refused.message,
        "the workbook has more tags and texts that are not written in the usual way than 67108864 (limit `xml_events`)"
    );
}

/// Two hands, of which one inflates ahead.
fn two(work: &(dyn Fn() + Sync)) {
    std::thread::scope(|scope| {
        scope.spawn(work);
        work();
    });
}

/// Whatever the rows and shared texts are: read as plain where they are, by one and by two, or every one of them with
/// care, since a space keeps it from being plain.
fn comes_to_the_same(shared: &str, rows: &str) -> bool {
    let read = |shared: &str, rows: &str, crew| {
        let (mut findings, mut lines) = (Vec::new(), Vec::new());
        let mut capped = Capped::new("t.xlsx", &mut findings);
        let book = workbook("", shared, &[("visible", "T", rows)]);
        let done = read_all("t.xlsx", &book, crew, &Choice::default(), &mut capped, &mut |row, _| {
            lines.push(format!("{row:?}"));
        });
        capped.finish();
        (done, lines, findings)
    };
    let plain = read(shared, rows, alone);
    plain == read(shared, rows, two)
        && plain == read(&shared.replace("<si", "<si "), &rows.replace("<row", "<row "), alone)
}

#[test]
fn many_pieces_come_to_the_same() {
    let rows: Vec<String> = (1..30_000_u32)
        .map(|row| {
            let odd = match row % 997 {
                0 => "<!-- </row> -->",
                1 => r#"<c r="E1" t="s"><v>9999999</v></c>"#,
                2 => r#"<c r="E1"><f>NOW()</f><v>1</v></c>"#,
                _ => "",
            };
            let odd = if row < 20_000 && row % 997 == 1 { "" } else { odd };
            let shared = row % 5_000;
            let (spans, end) = (r#"spans="1:5""#, "</v></c>");
            format!(
                r#"<row r="{row}" {spans}><c r="A{row}" t="s"><v>{shared}{end}<c r="C{row}" s="1"><v>4{row}{end}{odd}</row>"#
            )
        })
        .collect();
    let shared: String = (0..5_000)
        .map(|number| match number % 101 {
            0 => format!("<si><r><t>a{number}</t></r><rPh><t>x</t></rPh></si>"),
            1 => format!("<si><t xml:space=\"preserve\"> &lt;_x000A_{number}</t></si>"),
            _ => format!("<si><t>一段文字 {number} {}</t></si>", "x".repeat(80)),
        })
        .collect();
    assert!(comes_to_the_same(&shared, &rows.concat()));
}

proptest! {
    #[test]
    fn never_panics(bytes: Vec<u8>) {
        check("f", &[b"PK\x03\x04", bytes.as_slice()].concat());
    }

    /// Changed bytes of the container itself: lengths, offsets, names, compressed data.
    #[test]
    fn never_panics_on_a_changed_container(changes in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..8)) {
        let mut bytes = sheet(r#"<row r="1"><c r="A1" t="str"><v>id</v></c><c r="B1" s="1"><v>46154.5</v></c></row>"#);
        for (at, byte) in changes {
            let at = at.index(bytes.len());
            bytes[at] = byte;
        }
        check("f", &bytes);
    }

    /// Changed XML in a sound container.
    #[test]
    fn never_panics_on_changed_xml(
        shared in "(<si>|</si>|<t>|</t>|<rPh>|_x000D_|_x005|中|&amp;|&#65;|&x;){0,9}",
        rows in r#"(<row r="[0-9]{0,3}">|</row>|<c r="[A-Z]{0,3}1" t="(s|b|e|d|str)?" s="[0-9]">|</c>|<v>|</v>|<f>|<f si="0">|</f>|NOW\(|\[1\]|<mergeCell ref="[A-Z]{0,9}[0-9]{0,12}:B2"/>|<col min="[0-9]" max="[0-9]{0,12}" hidden="1"/>|</sheetData>|[0-9.eE+\-]{1,6}|<c/>){0,20}"#,
    ) {
        check("f", &workbook("", &shared, &[("visible", "T", &rows)]));
    }

    #[test]
    fn plain_and_careful_come_to_the_same(
        shared in r#"(<si><t>[a&<_x0]{0,3}</t></si>|<si><t xml:space="preserve"> x</t></si>|<si><t>(&amp;|&lt;|&#65;|&x;|_x000A_|一|\r)</t></si>|<si/>|</si>|<t>|<rPh>){0,8}"#,
        rows in r#"(<row( r="[0-9]{1,2}"| hidden="[01]"| spans="1:3"| x:r="3"){0,2}>(<c( r="[A-C]{1,2}[0-9]?"| s="[0-5]"| t="(s|b|e|d|n|str|inlineStr)"| x="1"){0,3}(/>|></c>|>(<f( t="shared"| ref="A1"| si="[01]"){0,2}(/>|>(NOW\(\)|A1)?</f>))?<v>(|[0-9]{1,5}|-1E5|x|&amp;|&quot;y|&#65;|\r\n|_x000A_| 7 |)</v></c>|><is><t>(z|&gt;|)</t></is></c>)){0,4}</row>|<row r="[0-9]"/>|<row/>|</row>|<!-- </row><row> -->|</sheetData>|<sheetData/>| ){0,9}"#,
    ) {
        // The first row is read with care, so that there is a plain one behind it.
        let same = comes_to_the_same(&["<si/>", &shared].concat(), &["<row/>", &rows].concat());
        prop_assert!(same);
    }
}
