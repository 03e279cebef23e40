//! What of a sheet nobody sees who opens it: hidden rows and columns, and what merged cells hide.

use quick_xml::events::BytesStart;

use super::cell::{cell_of, column_name};
use super::xml::{attribute, is_set};
use crate::codes;
use crate::finding::{Finding, Place};
use crate::limits;
use crate::read::capped::Capped;
use crate::read::row::cell_name;

/// What of a sheet nobody sees who opens it.
#[derive(Default)]
pub(super) struct Unseen {
    /// The sheet.
    place: Place,
    /// Whether the row that is being read is hidden.
    is_hidden: bool,
    /// First and last of the hidden rows with content that follow one another, and how many they are.
    run: Option<(u32, u32, u32)>,
    /// First and last of hidden columns, counted from 1.
    columns: Vec<(u32, u32)>,
    /// The last column with content, counted from 1.
    widest: u32,
}

impl Unseen {
    /// Of the sheet at this place.
    pub(super) fn of(place: Place) -> Self {
        Self { place, ..Self::default() }
    }

    /// Whether the row that begins is hidden.
    pub(super) fn begin_row(&mut self, is_hidden: bool) {
        self.is_hidden = is_hidden;
    }

    /// The row has content, up to that column, counted from 1.
    pub(super) fn end_row(&mut self, row: u32, widest: u32, findings: &mut Capped<'_>) {
        self.widest = self.widest.max(widest);
        if self.is_hidden {
            let (first, _, count) = self.run.unwrap_or((row, row, 0));
            self.run = Some((first, row, count + 1));
        } else {
            self.report_hidden_rows(findings);
        }
    }

    /// Reports what is known at the end of the sheet.
    pub(super) fn end_sheet(&mut self, findings: &mut Capped<'_>) {
        self.report_hidden_rows(findings);
        self.report_hidden_columns(findings);
    }

    /// A column of the sheet, which stands before its rows.
    pub(super) fn note_column(&mut self, element: &BytesStart<'_>) {
        let number = |key| attribute(element, key).and_then(|number| number.parse().ok());
        if is_set(element, "hidden")
            && let (Some(first), Some(last)) = (number("min"), number("max"))
            && (self.columns.len() as u64) < limits::TABLE_COLUMNS.value
        {
            self.columns.push((first, last));
        }
    }

    fn report_hidden_columns(&self, findings: &mut Capped<'_>) {
        for (first, last) in &self.columns {
            let last = self.widest.min(*last);
            if *first == 0 || *first > last {
                continue;
            }
            findings.add(&codes::HIDDEN_COLUMN, || {
                let [first, last] = [*first, last].map(|column| column_name(column - 1));
                let which = if first == last {
                    format!("column {first} is hidden and was")
                } else {
                    format!("columns {first} to {last} are hidden and were")
                };
                let place = self.place.clone();
                Finding::new(&codes::HIDDEN_COLUMN, place, format!("{which} read like any other"))
            });
        }
    }

    /// Reports the hidden rows that came one after the other.
    fn report_hidden_rows(&mut self, findings: &mut Capped<'_>) {
        let Some((first, last, count)) = self.run.take() else { return };
        findings.add(&codes::HIDDEN_ROW, || {
            let message = if count == 1 {
                "the row is hidden and was read like any other".to_owned()
            } else {
                format!("rows {first} to {last} are hidden and were read like any other (rows with content: {count})")
            };
            Finding::new(&codes::HIDDEN_ROW, Place { row: Some(first), ..self.place.clone() }, message)
        });
    }

    /// Reports merged cells, which stand behind the rows, when there is any row with content.
    pub(super) fn report_merged(&self, element: &BytesStart<'_>, findings: &mut Capped<'_>) {
        if self.widest == 0 {
            return;
        }
        let range = attribute(element, "ref").unwrap_or_default();
        let Some((first, last)) = range.split_once(':') else { return };
        let (Some(first), Some(last)) = (cell_of(first), cell_of(last)) else { return };
        findings.add(&codes::MERGED_CELL, || {
            let [name, end] = [first, last].map(|(column, row)| cell_name(column, row));
            let message = format!("the cells {name}:{end} are merged; only the first of them has the value");
            let place = Place { row: Some(first.1), cell: Some(name), ..self.place.clone() };
            Finding::new(&codes::MERGED_CELL, place, message)
                .hint("unmerge them and write the value into each row that it holds for")
        });
    }
}
