//! What the library that reads ODS leaves out of its cells: the currency of an amount, and the error that a formula shows.

use std::collections::BTreeMap;
use std::io::{BufReader, Cursor};

use quick_xml::XmlVersion;
use quick_xml::events::{BytesStart, Event};
use zip::ZipArchive;

/// What was seen of a cell.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Seen {
    /// The code of the currency in which its number is an amount.
    Currency(String),
    /// The error in its place, such as `#DIV/0!`.
    Error(String),
}

/// Row and column from 0 of a cell.
pub(super) type Position = (u32, u32);

/// So many of a file are kept; that is more than a table has amounts.
const MOST: usize = 2_000_000;

/// What is seen in the cells of every sheet, by its place among the sheets. A file that cannot be read gives nothing here; whoever
/// reads its values says so.
pub(super) fn seen(bytes: &[u8]) -> Vec<BTreeMap<Position, Seen>> {
    let mut sheets = Vec::new();
    let Ok(mut archive) = ZipArchive::new(Cursor::new(bytes)) else { return sheets };
    let Ok(content) = archive.by_name("content.xml") else { return sheets };
    let mut reader = quick_xml::Reader::from_reader(BufReader::new(content));
    reader.config_mut().expand_empty_elements = true;
    let mut buffer = Vec::new();
    let mut at = Place::default();
    let mut kept = 0;
    while let Ok(event) = reader.read_event_into(&mut buffer) {
        match event {
            Event::Start(element) => match element.name().as_ref() {
                "table:table" => {
                    sheets.push(BTreeMap::new());
                    at = Place::default();
                }
                "table:table-row" => at.open_row(&element),
                "table:table-cell" | "table:covered-table-cell" => at.open_cell(&element),
                "text:p" => at.in_text = at.is_formula,
                _ => {}
            },
            Event::Text(text) if at.in_text => at.text.push_str(&text.xml10_content()),
            Event::End(element) => match element.name().as_ref() {
                "text:p" => at.in_text = false,
                "table:table-cell" | "table:covered-table-cell" => {
                    if let (Some(cells), Some(seen)) = (sheets.last_mut(), at.close_cell().filter(|_| kept < MOST)) {
                        kept += 1;
                        cells.insert((at.row, at.column), seen);
                    }
                    at.column = at.column.saturating_add(at.columns);
                }
                "table:table-row" => at.row = at.row.saturating_add(at.rows),
                _ => {}
            },
            Event::Eof => break,
            _ => {}
        }
        buffer.clear();
    }
    sheets
}

/// The cell that is being read.
#[derive(Default)]
struct Place {
    row: u32,
    column: u32,
    /// How often the row and the cell are repeated. A repeated cell counts once: only blank ones are repeated far.
    rows: u32,
    columns: u32,
    currency: Option<String>,
    is_formula: bool,
    in_text: bool,
    text: String,
}

impl Place {
    fn open_row(&mut self, element: &BytesStart<'_>) {
        self.rows = attribute(element, "table:number-rows-repeated").and_then(|times| times.parse().ok()).unwrap_or(1);
        self.column = 0;
    }

    fn open_cell(&mut self, element: &BytesStart<'_>) {
        let times = attribute(element, "table:number-columns-repeated");
        self.columns = times.and_then(|times| times.parse().ok()).unwrap_or(1);
        self.currency = attribute(element, "office:currency").filter(|code| !code.is_empty());
        self.is_formula = attribute(element, "table:formula").is_some();
        self.text.clear();
    }

    fn close_cell(&mut self) -> Option<Seen> {
        let is_error = self.text.starts_with('#') || self.text.starts_with("Err:");
        match self.currency.take() {
            _ if self.is_formula && is_error => Some(Seen::Error(std::mem::take(&mut self.text))),
            currency => currency.map(Seen::Currency),
        }
    }
}

fn attribute(element: &BytesStart<'_>, name: &str) -> Option<String> {
    let mut attributes = element.attributes();
    let found = attributes.with_checks(false).flatten().find(|found| found.key.as_ref() == name)?;
    Some(found.normalized_value(XmlVersion::Implicit1_0).ok()?.into_owned())
}

#[cfg(test)]
mod tests {
    use std::io::Write as _;

    use super::*;

    fn check(rows: &str) -> Vec<(Position, Seen)> {
        let mut zip = zip::ZipWriter::new(Cursor::new(Vec::new()));
        zip.start_file("content.xml", zip::write::SimpleFileOptions::default()).unwrap();
        zip.write_all(format!("<x><table:table>{rows}</table:table></x>").as_bytes()).unwrap();
        seen(&zip.finish().unwrap().into_inner()).into_iter().flatten().collect()
    }

    #[test]
    fn currencies_and_errors_are_seen_at_their_places() {
        let rows = r#"<table:table-row table:number-rows-repeated="3"><table:table-cell/></table:table-row>
            <table:table-row><table:table-cell table:number-columns-repeated="4"/><table:table-cell office:value-type="currency" office:currency="USD" office:value="900"><text:p>$900</text:p></table:table-cell></table:table-row>
            <table:table-row><table:table-cell table:formula="of:=1/0"><text:p>#DIV/0!</text:p></table:table-cell><table:table-cell><text:p>#1</text:p></table:table-cell><table:table-cell table:formula="of:=1"><text:p>1</text:p></table:table-cell></table:table-row>"#;
        assert_eq!(
            check(rows),
            [((3, 4), Seen::Currency("USD".to_owned())), ((4, 0), Seen::Error("#DIV/0!".to_owned()))]
        );
        assert_eq!(check("<table:table-row"), []);
        assert!(seen(b"PK").is_empty());
    }
}
