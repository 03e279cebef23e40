//! One pass over the rows of a sheet.

use std::collections::BTreeSet;
use std::ops::{ControlFlow, Range};

use quick_xml::events::{BytesStart, Event};

use super::cell::{Inside, Open, Raw, RawValue, Sort, column_of};
use super::container::Container;
use super::dates::date_of;
use super::formats::Shown;
use super::formula::is_unstable;
use super::plain::PlainRows;
use super::refused::Refused;
use super::text::unescape;
use super::unseen::Unseen;
use super::workbook::Workbook;
use super::xml::{Xml, attribute, is_set, text_of};
use crate::codes;
use crate::finding::{Finding, Place};
use crate::limits;
use crate::read::capped::{Capped, too_large};
use crate::read::crew::Crew;
use crate::read::decimal::is_number;
use crate::read::row::{Cell, Fault, Value, cell_name};

/// One pass over the rows of a sheet.
pub(super) struct Scan<'w> {
    workbook: &'w Workbook,
    path: &'w str,
    sheet: &'w str,
    /// How many cells were formulas, and where the first one stands.
    pub(super) formulas: Option<(u64, Place)>,
    /// Groups of cells that share one formula whose value changes by itself.
    unstable: BTreeSet<String>,
    unseen: Unseen,
    row: u32,
    /// Column of the last cell of the row, counted from 1.
    column: u32,
    /// Bytes of the texts of all cells so far.
    bytes: u64,
    /// Texts of the row, one after the other; what cells share is not copied here.
    texts: String,
    /// The formula of the cell that is being read.
    formula: String,
    cells: Vec<Raw>,
}

/// Takes a row, and says whether there is need of more.
type RowSink<'s> = dyn FnMut(u32, &[Cell<'_>], &mut Capped<'_>) -> ControlFlow<()> + Send + 's;

impl<'w> Scan<'w> {
    pub(super) fn new(workbook: &'w Workbook, path: &'w str, sheet: &'w str) -> Self {
        Self {
            workbook,
            path,
            sheet,
            formulas: None,
            unstable: BTreeSet::new(),
            unseen: Unseen::of(Place { sheet: Some(sheet.to_owned()), ..Place::file(path) }),
            row: 0,
            column: 0,
            bytes: 0,
            texts: String::new(),
            formula: String::new(),
            cells: Vec::new(),
        }
    }

    /// Hands on every row with content, as long as there is need of more. Only a sheet that was read to its end is known to be whole.
    pub(super) fn rows(
        &mut self,
        container: &mut Container<'_>,
        part: &str,
        crew: Crew,
        findings: &mut Capped<'_>,
        sink: &mut RowSink<'_>,
    ) -> Result<(), Refused> {
        container.required(part, crew, |xml| self.read(xml, findings, sink))
    }

    fn read(
        &mut self,
        xml: &mut Xml<'_, '_, PlainRows>,
        findings: &mut Capped<'_>,
        sink: &mut RowSink<'_>,
    ) -> Result<(), Refused> {
        let mut in_data = false;
        let mut in_row = false;
        let mut open: Option<Open> = None;
        // To the end, so that a part that is cut off or has a wrong checksum does not pass.
        while let Some(event) = xml.next()? {
            if let Some(cell) = &mut open {
                self.step(cell, &event)?;
                if matches!(&event, Event::End(element) if element.local_name().as_ref() == "c")
                    && let Some(cell) = open.take()
                {
                    self.close_cell(&cell, findings)?;
                }
                continue;
            }
            match &event {
                Event::Start(element) => match element.local_name().as_ref() {
                    "sheetData" => in_data = true,
                    "row" if in_data => {
                        in_row = true;
                        self.open_row(element)?;
                    }
                    "c" if in_row => open = Some(self.open_cell(element)?),
                    "col" => self.unseen.note_column(element),
                    "mergeCell" => self.unseen.report_merged(element, findings),
                    _ => {}
                },
                Event::End(element) => match element.local_name().as_ref() {
                    "sheetData" => in_data = false,
                    "row" if in_row => {
                        in_row = false;
                        if self.close_row(findings, sink)?.is_break() {
                            return Ok(());
                        }
                        while in_data && let Some((plain, text)) = xml.plain(4).filter(|(plain, _)| plain.end > 0) {
                            if self.plain_rows(plain, text, findings, sink)?.is_break() {
                                return Ok(());
                            }
                            let end = plain.end;
                            xml.pass(end);
                        }
                    }
                    _ => {}
                },
                _ => {}
            }
        }
        self.unseen.end_sheet(findings);
        Ok(())
    }

    /// Takes rows that were read as plain, as if they had been read here.
    fn plain_rows(
        &mut self,
        plain: &PlainRows,
        text: &str,
        findings: &mut Capped<'_>,
        sink: &mut RowSink<'_>,
    ) -> Result<ControlFlow<()>, Refused> {
        let mut start = 0;
        for row in &plain.rows {
            self.begin_row(row.number, row.is_hidden)?;
            for cell in &plain.cells[start..row.cells_end] {
                self.column = cell.column;
                let mut open = Open {
                    sort: cell.sort,
                    style: cell.style as usize,
                    start: self.texts.len(),
                    is_formula: cell.formula.is_some(),
                    has_value: cell.has_value,
                    ..Open::default()
                };
                if let Some(formula) = cell.formula.and_then(|at| plain.formulas.get(at as usize)) {
                    self.formula.clear();
                    formula.text.push(text, &mut self.formula);
                    open.group = formula.group.map(|group| {
                        let mut written = String::new();
                        group.push(text, &mut written);
                        written
                    });
                }
                cell.text.push(text, &mut self.texts);
                self.close_cell(&open, findings)?;
            }
            start = row.cells_end;
            if self.close_row(findings, sink)?.is_break() {
                return Ok(ControlFlow::Break(()));
            }
        }
        Ok(ControlFlow::Continue(()))
    }

    /// A piece of the cell that is open.
    fn step(&mut self, cell: &mut Open, event: &Event<'_>) -> Result<(), Refused> {
        cell.text.step(event, &mut self.texts);
        match event {
            Event::Start(element) => match element.local_name().as_ref() {
                "v" => (cell.inside, cell.has_value) = (Inside::Value, true),
                "f" => {
                    (cell.inside, cell.is_formula) = (Inside::Formula, true);
                    cell.group = attribute(element, "si").map(|group| group.chars().take(16).collect());
                }
                _ => {}
            },
            Event::End(element) if matches!(element.local_name().as_ref(), "v" | "f") => cell.inside = Inside::Other,
            event if cell.inside == Inside::Value => self.texts.push_str(&text_of(event)),
            event if cell.inside == Inside::Formula => self.formula.push_str(&text_of(event)),
            _ => {}
        }
        let longest = (self.texts.len() - cell.start).max(self.formula.len());
        if longest as u64 > limits::CELL_BYTES.value {
            return Err(Box::new(too_large(self.cell_place(), "the cell has more bytes", limits::CELL_BYTES)));
        }
        if self.texts.len() as u64 > limits::DOCUMENT_BYTES.value {
            return Err(Box::new(too_large(self.place(), "the row has more bytes", limits::DOCUMENT_BYTES)));
        }
        Ok(())
    }

    fn open_row(&mut self, element: &BytesStart<'_>) -> Result<(), Refused> {
        // What is no number is not higher than any.
        let number = attribute(element, "r").map(|number| number.parse().unwrap_or(0));
        self.begin_row(number, is_set(element, "hidden"))
    }

    /// A row begins, below the one before it when it does not say where.
    fn begin_row(&mut self, number: Option<u64>, is_hidden: bool) -> Result<(), Refused> {
        let number = number.unwrap_or(u64::from(self.row) + 1);
        if number <= u64::from(self.row) {
            return Err(self.damaged("the row that follows this one does not have a higher number"));
        }
        if number > limits::TABLE_ROWS.value {
            return Err(Box::new(too_large(self.place(), "the sheet has more rows", limits::TABLE_ROWS)));
        }
        self.row = u32::try_from(number).unwrap_or(u32::MAX);
        self.unseen.begin_row(is_hidden);
        self.column = 0;
        self.texts.clear();
        self.cells.clear();
        Ok(())
    }

    fn open_cell(&mut self, element: &BytesStart<'_>) -> Result<Open, Refused> {
        let next = match attribute(element, "r") {
            None => u64::from(self.column) + 1,
            Some(name) => {
                let letters = name.trim_end_matches(|character: char| character.is_ascii_digit());
                let number = column_of(letters).unwrap_or(0);
                if number <= u64::from(self.column) {
                    return Err(self.damaged("a cell of the row does not stand right of the one before it"));
                }
                number
            }
        };
        if next > limits::TABLE_COLUMNS.value {
            return Err(Box::new(too_large(self.place(), "the row has more columns", limits::TABLE_COLUMNS)));
        }
        self.column = u32::try_from(next).unwrap_or(u32::MAX);
        self.formula.clear();
        Ok(Open {
            sort: Sort::of(attribute(element, "t").as_deref()),
            style: attribute(element, "s").and_then(|style| style.parse().ok()).unwrap_or(0),
            start: self.texts.len(),
            ..Open::default()
        })
    }

    fn close_cell(&mut self, cell: &Open, findings: &mut Capped<'_>) -> Result<(), Refused> {
        if cell.is_formula && self.is_unstable(cell) {
            findings.add(&codes::UNSTABLE_FORMULA, || {
                let message = "the formula depends on the day, on chance or on another workbook; the value that was saved \
                               with it was used";
                Finding::new(&codes::UNSTABLE_FORMULA, self.cell_place(), message).hint("paste the value over the formula")
            });
        }
        if cell.sort == Sort::Text {
            unescape(&mut self.texts, cell.start);
        }
        let range = cell.start..self.texts.len();
        let written = &self.texts[range.clone()];
        let value = match cell.sort {
            // A formula may well give an empty text, but no empty number; without any value it was never calculated.
            sort if written.is_empty() && cell.is_formula && !(sort == Sort::Text && cell.has_value) => {
                RawValue::NoValue
            }
            _ if written.is_empty() => {
                if cell.is_formula {
                    self.note_formula();
                }
                return Ok(());
            }
            Sort::Text => RawValue::Text(range),
            Sort::Error => RawValue::Error(range),
            Sort::Shared => match written.trim().parse() {
                Ok(index) if self.workbook.shared.has(index) => RawValue::Shared(index),
                _ => {
                    let message = "the cell names a shared text that does not exist";
                    return Err(Box::new(Finding { place: self.cell_place(), ..*self.damaged(message) }));
                }
            },
            Sort::Bool => match written.trim() {
                "1" | "true" => RawValue::Bool(true),
                "0" | "false" => RawValue::Bool(false),
                _ => RawValue::NotWhatItSays(range),
            },
            Sort::IsoDate => match written.trim().parse::<jiff::civil::DateTime>() {
                Ok(moment) => {
                    let midnight = moment.time() == jiff::civil::Time::midnight();
                    let format = if midnight { "%Y-%m-%d" } else { "%Y-%m-%dT%H:%M:%S" };
                    RawValue::Moment(self.replace(&range, &moment.strftime(format).to_string()))
                }
                Err(_) => RawValue::NotWhatItSays(range),
            },
            Sort::Number if !is_number(written.trim()) => RawValue::NotWhatItSays(range),
            Sort::Number => match self.workbook.styles.get(cell.style).copied().unwrap_or_default() {
                Shown::Number => RawValue::Number(range),
                Shown::Date => match date_of(written.trim(), self.workbook.from_1904) {
                    Some(text) => RawValue::Moment(self.replace(&range, &text)),
                    None => RawValue::NoDate(range),
                },
                Shown::OtherCurrency => {
                    findings.add(&codes::OTHER_CURRENCY, || {
                        let message = "the number is formatted as an amount in another currency than TWD; the number alone was used";
                        Finding::new(&codes::OTHER_CURRENCY, self.cell_place(), message)
                            .hint("give the amount in TWD, or mend the format if it is one")
                    });
                    RawValue::Number(range)
                }
            },
        };
        if cell.is_formula && !matches!(value, RawValue::NoValue) {
            self.note_formula();
        }
        self.cells.push(Raw { column: self.column - 1, value });
        Ok(())
    }

    /// Counts a formula whose value was used.
    fn note_formula(&mut self) {
        match &mut self.formulas {
            Some((count, _)) => *count += 1,
            None => self.formulas = Some((1, self.cell_place())),
        }
    }

    /// Whether the value of a formula changes without anybody changing the workbook. Of cells that share a formula only
    /// the first has it.
    fn is_unstable(&mut self, cell: &Open) -> bool {
        let is_unstable = is_unstable(&self.formula);
        if let Some(group) = &cell.group {
            if is_unstable && (self.unstable.len() as u64) < limits::TABLE_COLUMNS.value {
                self.unstable.insert(group.clone());
            }
            return is_unstable || (self.formula.is_empty() && self.unstable.contains(group));
        }
        is_unstable
    }

    /// Puts another text in the place of the last one.
    fn replace(&mut self, range: &Range<usize>, text: &str) -> Range<usize> {
        self.texts.truncate(range.start);
        self.texts.push_str(text);
        range.start..self.texts.len()
    }

    fn close_row(&mut self, findings: &mut Capped<'_>, sink: &mut RowSink<'_>) -> Result<ControlFlow<()>, Refused> {
        let text = |range: &Range<usize>| &self.texts[range.clone()];
        let value = |raw: &Raw| match &raw.value {
            RawValue::Text(range) => Value::Text(text(range)),
            RawValue::Shared(index) => Value::Text(self.workbook.shared.get(*index).unwrap_or_default()),
            RawValue::Number(range) => Value::Number(text(range).trim()),
            RawValue::Bool(flag) => Value::Bool(*flag),
            RawValue::Moment(range) => Value::Moment(text(range)),
            RawValue::Error(range) => Value::Fault(Fault::Error(text(range))),
            RawValue::NoValue => Value::Fault(Fault::NoValue),
            RawValue::NotWhatItSays(range) => Value::Fault(Fault::NotWhatItSays(text(range))),
            RawValue::NoDate(range) => Value::Fault(Fault::NoDate(text(range))),
        };
        let cells: Vec<_> = self.cells.iter().map(|raw| Cell { column: raw.column, value: value(raw) }).collect();
        // A text that many cells share is looked at as often as there are cells.
        let bytes = cells.iter().map(|cell| if let Value::Text(text) = cell.value { text.len() as u64 } else { 0 });
        self.bytes += bytes.sum::<u64>();
        if self.bytes > limits::SHEET_BYTES.value {
            return Err(Box::new(too_large(
                self.place(),
                "the texts of the sheet have more bytes",
                limits::SHEET_BYTES,
            )));
        }
        let Some(last) = cells.iter().rev().find(|cell| !cell.value.is_blank()) else {
            return Ok(ControlFlow::Continue(()));
        };
        let widest = last.column + 1;
        let more = sink(self.row, &cells, findings);
        drop(cells);
        self.unseen.end_row(self.row, widest, findings);
        Ok(more)
    }

    fn place(&self) -> Place {
        Place { sheet: Some(self.sheet.to_owned()), row: (self.row > 0).then_some(self.row), ..Place::file(self.path) }
    }

    fn cell_place(&self) -> Place {
        Place { cell: Some(cell_name(self.column.saturating_sub(1), self.row)), ..self.place() }
    }

    fn damaged(&self, message: &str) -> Refused {
        Finding::new(&codes::UNREADABLE, self.place(), message).hint("export it again").into()
    }
}
