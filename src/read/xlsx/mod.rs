//! XLSX row by row: a scanner of our own over the XML parts of the container.
//!
//! Invariants: no size that the file declares is believed, every byte is counted while it inflates; nothing is
//! allocated by the size of the grid, only by what stands in it; a text that many cells share is held once; numbers
//! stay as they are written, dates are computed without floating point.

mod cell;
mod choose;
mod container;
mod dates;
mod formats;
mod formula;
mod pipe;
mod plain;
mod refused;
mod shared;
mod sheet;
#[cfg(test)]
pub(crate) mod tests;
mod text;
mod unseen;
mod workbook;
mod xml;

use std::ops::ControlFlow;

use container::Container;
use refused::Refused;
use sheet::Scan;
use workbook::Workbook;

use crate::codes;
use crate::finding::Finding;
use crate::read::capped::Capped;
use crate::read::crew::Crew;
use crate::read::format::{Format, Legacy};
use crate::read::row::{Content, Origin, Row, Sink};
use crate::read::sheets::Choice;

/// Reads the sheet that is the table. `None` when the workbook cannot be read to its end.
pub(super) fn read(
    path: &str,
    bytes: &[u8],
    crew: Crew,
    choice: &Choice,
    findings: &mut Capped<'_>,
    sink: &mut Sink<'_>,
) -> Option<()> {
    match read_workbook(path, bytes, crew, choice, findings, sink) {
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

fn read_workbook(
    path: &str,
    bytes: &[u8],
    crew: Crew,
    choice: &Choice,
    findings: &mut Capped<'_>,
    sink: &mut Sink<'_>,
) -> Result<(), Refused> {
    let mut container = Container::open(path, bytes)?;
    let workbook = Workbook::read(&mut container, crew)?;
    let chosen = choose::choose(path, &workbook, &mut container, crew, choice, findings)?;
    let mut is_empty = true;
    if let Some(sheet) = chosen.sheet {
        let mut scan = Scan::new(&workbook, path, &sheet.name);
        scan.rows(&mut container, &sheet.part, crew, findings, &mut |number, cells, findings| {
            is_empty = false;
            let origin = Origin::Sheet { path, sheet: &sheet.name };
            sink(Row { format: Format::Xlsx, number, content: Content::Cells(cells), origin }, findings);
            ControlFlow::Continue(())
        })?;
        if let Some((count, place)) = scan.formulas {
            let message =
                format!("the values that were saved with formulas were used (formulas in the sheet: {count})");
            findings.once().push(Finding::new(&codes::FORMULA_VALUE, place, message));
        }
    }
    choose::tell_hidden(path, &workbook, &mut container, crew, choice, &chosen, findings);
    if is_empty { Err(choose::nothing(path, choice)) } else { Ok(()) }
}
