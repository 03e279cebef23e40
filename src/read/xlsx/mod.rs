//! XLSX row by row: a scanner of our own over the XML parts of the container.
//!
//! Invariants: no size that the file declares is believed, every byte is counted while it inflates; nothing is
//! allocated by the size of the grid, only by what stands in it; a text that many cells share is held once; numbers
//! stay as they are written, dates are computed without floating point.

mod cell;
mod container;
mod dates;
mod formula;
mod pipe;
mod plain;
mod shared;
mod sheet;
#[cfg(test)]
pub(crate) mod tests;
mod unseen;
mod workbook;
mod xml;

use container::Container;
use sheet::Scan;
use workbook::Workbook;

use crate::codes;
use crate::finding::{Finding, Place};
use crate::read::stream::Crew;
use crate::read::table::{Capped, Content, Format, Legacy, Origin, Row, Sink};

/// Reads the first visible sheet with content. `None` when the workbook cannot be read to its end.
pub(super) fn read(path: &str, bytes: &[u8], crew: Crew, findings: &mut Capped<'_>, sink: &mut Sink<'_>) -> Option<()> {
    match read_workbook(path, bytes, crew, findings, sink) {
        Ok(()) => Some(()),
        Err(finding) => {
            findings.once().push(*finding);
            None
        }
    }
}

/// What a container holds, when it is a workbook in another form than XLSX.
pub(super) fn legacy(bytes: &[u8]) -> Option<Legacy> {
    let Err(refused) = Container::open("", bytes) else { return None };
    [Legacy::Xlsb, Legacy::Ods].into_iter().find(|format| refused.message.contains(format.name()))
}

/// The finding that ended the reading.
type Refused = Box<Finding>;

fn read_workbook(
    path: &str,
    bytes: &[u8],
    crew: Crew,
    findings: &mut Capped<'_>,
    sink: &mut Sink<'_>,
) -> Result<(), Refused> {
    let mut container = Container::open(path, bytes)?;
    let workbook = Workbook::read(&mut container, crew)?;
    workbook.report_hidden_sheets(path, findings);
    let mut chosen = false;
    // Every sheet with content, and how many rows of it have some.
    let mut filled: Vec<(&str, u64)> = Vec::new();
    for sheet in &workbook.sheets {
        let mut scan = Scan::new(&workbook, path, &sheet.name);
        let mut rows = 0;
        if chosen {
            let mut unsaid = Vec::new();
            scan.rows(&mut container, &sheet.part, crew, &mut Capped::new(path, &mut unsaid), &mut |_, _, _| {
                rows += 1;
            })?;
        } else {
            scan.rows(&mut container, &sheet.part, crew, findings, &mut |number, cells, findings| {
                rows += 1;
                let origin = Origin::Sheet { path, sheet: &sheet.name };
                sink(Row { format: Format::Xlsx, number, content: Content::Cells(cells), origin }, findings);
            })?;
            chosen = rows > 0;
            if let Some((count, place)) = scan.formulas {
                let message =
                    format!("the values that were saved with formulas were used (formulas in the sheet: {count})");
                findings.once().push(Finding::new(&codes::FORMULA_VALUE, place, message));
            }
        }
        if rows > 0 {
            filled.push((&sheet.name, rows));
        }
    }
    if !chosen {
        let message = "has no visible sheet with content";
        return Err(Box::new(
            Finding::new(&codes::EMPTY_FILE, Place::file(path), message).hint("show the sheet that holds the table"),
        ));
    }
    if filled.len() > 1 {
        let counted: Vec<_> = filled.iter().take(10).map(|(name, rows)| format!("`{name}` ({rows} rows)")).collect();
        let and_more = if filled.len() > 10 { format!(" and {} more", filled.len() - 10) } else { String::new() };
        let message = format!("has content in several sheets: {}{and_more}", counted.join(", "));
        findings.once().push(Finding::new(&codes::SHEETS, Place::file(path), message).hint(
            "only the first was read: keep one table in one workbook, or hide the sheets that do not belong to it",
        ));
    }
    Ok(())
}
