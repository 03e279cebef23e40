//! The rows that findings speak about, read again, with what may be shown of their cells.

use std::collections::{BTreeMap, BTreeSet};

use crate::check::upload::{Discretion, Head};
use crate::finding::{Finding, Severity};
use crate::read::capped::Capped;
use crate::read::row::{Cell, Content, Fault, Value, cell_position};
use crate::read::table;

/// Longest text of a cell that is shown, in characters.
const LONGEST: usize = 40;

/// Rows by their number, each with the cells under known columns.
pub type Rows = BTreeMap<u32, Vec<Shown>>;

/// A cell, as far as it may be shown.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Shown {
    /// Column, from 0.
    pub column: u32,
    /// The field that it holds.
    pub field: &'static str,
    /// What stands in it; `None` when that must not be repeated.
    pub text: Option<String>,
}

/// Reads the rows that something is wrong with.
pub fn rows(path: &str, bytes: &[u8], findings: &[Finding], head: &Head, discretion: Discretion) -> Rows {
    let about = |finding: &&Finding| {
        let is_below = finding.place.row > Some(head.row) && !head.is_beside(&finding.place);
        is_below && finding.severity != Severity::Notice
    };
    let wanted: BTreeSet<u32> = findings.iter().filter(about).filter_map(|finding| finding.place.row).collect();
    let mut rows = Rows::new();
    // Everything has been said about the file.
    let mut unsaid = Vec::new();
    let last = wanted.last().copied().unwrap_or_default();
    if last == 0 {
        return rows;
    }
    table::read_sheet(path, bytes, head.sheet.as_deref(), &mut Capped::new(path, &mut unsaid), &mut |row, _| {
        if let (true, Content::Cells(cells)) = (wanted.contains(&row.number), row.content) {
            rows.insert(row.number, shown(cells, head, discretion));
        }
    });
    rows
}

fn shown(cells: &[Cell<'_>], head: &Head, discretion: Discretion) -> Vec<Shown> {
    let shown = |(column, field): &(u32, &'static str)| {
        let text = cells.iter().find(|cell| cell.column == *column).map_or("", |cell| text(cell.value));
        let text = (discretion.may_be_shown)(field, text).then(|| shortened(text));
        Shown { column: *column, field, text }
    };
    head.fields.iter().map(shown).collect()
}

/// What a cell says.
pub(super) fn text(value: Value<'_>) -> &str {
    match value {
        Value::Text(text)
        | Value::Number(text)
        | Value::Moment(text)
        | Value::Fault(Fault::Error(text) | Fault::NotWhatItSays(text) | Fault::NoDate(text)) => text,
        Value::Bool(true) => "TRUE",
        Value::Bool(false) => "FALSE",
        Value::Blank | Value::Tree(_) | Value::Fault(Fault::NoValue) => "",
    }
}

fn shortened(text: &str) -> String {
    let visible = |character: char| if character.is_control() { ' ' } else { character };
    let mut short: String = text.chars().map(visible).take(LONGEST).collect();
    if text.chars().nth(LONGEST).is_some() {
        short.push('…');
    }
    short
}

/// The cell of a finding between its neighbours, after the first cell of its row, and whether each is the one. Of a
/// finding about the whole row, the cells that may be shown.
pub(super) fn around<'a>(rows: &'a Rows, finding: &Finding) -> Vec<(&'a Shown, bool)> {
    let Some(row) = finding.place.row.and_then(|row| rows.get(&row)) else { return Vec::new() };
    let column = finding.place.cell.as_deref().and_then(cell_position).map(|(column, _)| column);
    let at = column.and_then(|column| row.iter().position(|shown| shown.column == column));
    match at {
        Some(at) => {
            let near = |index: &usize| *index == 0 || index.abs_diff(at) <= 1;
            (0..row.len()).filter(near).map(|index| (&row[index], index == at)).collect()
        }
        None => row
            .iter()
            .filter(|shown| shown.text.as_ref().is_some_and(|text| !text.is_empty()))
            .take(4)
            .map(|shown| (shown, false))
            .collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::codes::INVALID_VALUE;
    use crate::finding::Place;

    const DISCRETION: Discretion = Discretion { may_be_shown: |field, _| field != "c", may_be_returned: |_, _| false };

    #[test]
    fn a_cell_stands_between_its_neighbours_and_what_is_personal_is_left_out() {
        let head = Head { sheet: None, row: 1, fields: vec![(0, "a"), (1, "b"), (2, "c"), (3, "d"), (4, "e")] };
        let place = Place { row: Some(3), cell: Some("D3".to_owned()), ..Place::file("f") };
        let finding = Finding::new(&INVALID_VALUE, place, "m");
        let bytes = format!("a,b,c,d,e\n1,2,3,4,5\n6,7,8,{},10\n", "9".repeat(50));
        let rows = rows("f", bytes.as_bytes(), std::slice::from_ref(&finding), &head, DISCRETION);
        assert_eq!(rows.keys().collect::<Vec<_>>(), [&3]);
        let around: Vec<_> =
            around(&rows, &finding).into_iter().map(|(shown, it)| (shown.field, shown.text.as_deref(), it)).collect();
        let nines = "9".repeat(40) + "…";
        assert_eq!(
            around,
            [("a", Some("6"), false), ("c", None, false), ("d", Some(nines.as_str()), true), ("e", Some("10"), false)]
        );
    }
}
