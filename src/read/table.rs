//! A record table in any format, row by row.
//!
//! Invariants: what a file is, is decided by its bytes and not by its name; nothing is converted but what the format
//! itself says (a date cell of a workbook, a text cell written as `="0012"`); rows are handed on one by one, so a reader
//! may become faster without its callers noticing.

use crate::codes;
use crate::finding::{Finding, Place, Severity};
use crate::limits;
use crate::read::capped::{Capped, too_large};
use crate::read::crew::{Crew, alone};
use crate::read::format::{Format, Legacy, sniff};
use crate::read::row::Sink;
use crate::read::sheets::Choice;
use crate::read::{csv, json_records, xlsx};

/// Reads a record table. `None` when it could not be read to its end: the rows that were handed on until then are not
/// the whole table and must not be used. The findings say why.
pub fn read(path: &str, bytes: &[u8], findings: &mut Capped<'_>, sink: &mut Sink<'_>) -> Option<Format> {
    read_by(alone, path, bytes, &Choice::default(), findings, sink)
}

/// The same of this sheet, when it is a workbook.
pub fn read_sheet(
    path: &str,
    bytes: &[u8],
    sheet: Option<&str>,
    findings: &mut Capped<'_>,
    sink: &mut Sink<'_>,
) -> Option<Format> {
    read_by(alone, path, bytes, &Choice::named(sheet), findings, sink)
}

/// Reads a record table with the help of a crew.
pub(super) fn read_by(
    crew: Crew,
    path: &str,
    bytes: &[u8],
    choice: &Choice,
    findings: &mut Capped<'_>,
    sink: &mut Sink<'_>,
) -> Option<Format> {
    if bytes.len() as u64 > limits::RECORDS_BYTES.value {
        let what = format!("is {} bytes, more", bytes.len());
        findings.once().push(too_large(Place::file(path), &what, limits::RECORDS_BYTES));
        return None;
    }
    // A log to which nothing was written yet: no line is no row. Every other format says at least what its columns are.
    if bytes.trim_ascii().is_empty() && Format::promised(path) == Some(Format::JsonLines) {
        return Some(Format::JsonLines);
    }
    let format = match sniff(bytes) {
        Ok(format) => format,
        Err(other) => {
            findings.once().push(other.finding(path));
            return None;
        }
    };
    if choice.named.is_some() && format != Format::Xlsx {
        findings.once().push(no_sheets(path, format));
        return None;
    }
    match format {
        Format::Csv => csv::read(path, bytes, findings, sink)?,
        Format::Xlsx => xlsx::read(path, bytes, crew, choice, findings, sink)?,
        Format::Json => json_records::read_list(path, bytes, findings, sink)?,
        Format::JsonLines => json_records::read_lines(path, bytes, findings, sink)?,
    }
    say_when_misnamed(path, format, findings);
    Some(format)
}

/// What is said when a sheet is asked for of a file that has none.
pub(super) fn no_sheets(path: &str, format: Format) -> Finding {
    let message = format!("is {} and has no sheets, and one was asked for", format.name());
    Finding::new(&codes::NO_SHEET, Place::file(path), message).hint("check it without --sheet")
}

/// Says when the name of a file promises another format than it has.
pub(super) fn say_when_misnamed(path: &str, format: Format, findings: &mut Capped<'_>) {
    if let Some(promised) = Format::promised(path).filter(|promised| *promised != format) {
        let message = format!("is named like {} and is {}; it was read as {1}", promised.name(), format.name());
        findings.once().push(
            Finding::new(&codes::UNKNOWN_FORMAT, Place::file(path), message)
                .severity(Severity::Notice)
                .hint("name it by what it is"),
        );
    }
}

/// The format of a workbook that has to be converted before it is read.
pub fn legacy(bytes: &[u8]) -> Option<Legacy> {
    match sniff(bytes) {
        Ok(Format::Xlsx) => xlsx::legacy(bytes),
        Err(other) if other.name == Legacy::Xls.name() => Some(Legacy::Xls),
        _ => None,
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::read::format::tests::compound;
    use crate::read::row::{Content, Row, Value, cell_name};

    /// Every row as one text, then every finding.
    pub(crate) fn check(path: &str, bytes: &[u8]) -> Vec<String> {
        let mut findings = Vec::new();
        let mut rows = Vec::new();
        let mut capped = Capped::new(path, &mut findings);
        let format = read(path, bytes, &mut capped, &mut |row, _| rows.push(show(&row)));
        capped.finish();
        rows.push(format.map_or("-", Format::name).to_owned());
        rows.extend(
            findings
                .iter()
                .map(|found| format!("{} {} {}: {}", found.severity.word(), found.code.id, found.place, found.message)),
        );
        rows
    }

    fn show(row: &Row<'_>) -> String {
        let content: Vec<_> = match row.content {
            Content::Cells(cells) => {
                cells.iter().map(|cell| format!("{}={:?}", cell_name(cell.column, row.number), cell.value)).collect()
            }
            Content::Object(entries) => entries
                .iter()
                .map(|entry| format!("{}={:?}", row.place_of_entry(entry), Value::of(&entry.node)))
                .collect(),
            Content::Broken => vec!["broken".to_owned()],
        };
        format!("{}: {}", row.place(), content.join(" "))
    }

    #[test]
    fn a_file_is_read_for_what_it_is() {
        assert_eq!(
            check("t.xlsx", b"a\n1"),
            [
                "t.xlsx:1: A1=Text(\"a\")",
                "t.xlsx:2: A2=Text(\"1\")",
                "CSV",
                "notice unknown_format t.xlsx: is named like XLSX and is CSV; it was read as CSV"
            ]
        );
        assert_eq!(
            check("t.xls", b"<html>"),
            ["-", "error wrong_file t.xls: is an HTML page, expected CSV, XLSX, JSON or JSONL"]
        );
        assert_eq!(
            check("t.xlsx", &compound(&["EncryptedPackage"])),
            [
                "-",
                "error encrypted t.xlsx: is a workbook that is encrypted with a password, expected CSV, XLSX, JSON or JSONL"
            ]
        );
    }

    proptest! {
        #[test]
        fn never_panics(bytes: Vec<u8>) {
            check("f", &bytes);
        }

        #[test]
        fn never_panics_on_texts(text in r#"[\[{"]?[\[\]{}",;:0-9a\t\r\n\\ 中]{0,60}"#) {
            check("f", text.as_bytes());
        }
    }
}
