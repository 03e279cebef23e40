//! Totals rows: no orders, but a claim about the rows above them that can be checked.

use crate::finding::{Finding, Place, Severity};
use crate::kinds::data_gap::orders::status::Status;
use crate::kinds::data_gap::orders::text::fold;
use crate::kinds::data_gap::orders::{amount, codes};
use crate::read::table::{Capped, Cell, Row, Value, cell_name};

/// Words that begin a totals row.
const LABELS: [&str; 12] =
    ["合計", "總計", "小計", "總額", "總金額", "共計", "加總", "total", "subtotal", "sub total", "grand total", "sum"];
/// A totals row has no more cells than this with content: an order has more.
const MOST_CELLS: usize = 4;

/// Running sums, as spreadsheets add: refunds written as negative amounts count as such.
#[derive(Clone, Copy, Default)]
struct Sum {
    all: i64,
    positive: i64,
    paid: i64,
}

/// The sums of the rows above.
#[derive(Default)]
pub(super) struct Totals {
    whole: Sum,
    since: Sum,
    unknown: bool,
    rows: Vec<Claim>,
}

/// What a totals row says.
struct Claim {
    place: Place,
    /// Its amount and whether that is the sum of the rows above; `None` when it cannot be told.
    holds: Option<bool>,
}

/// Whether this is a totals row.
pub(super) fn is_totals(cells: &[Cell<'_>]) -> bool {
    let filled = || cells.iter().filter(|cell| !cell.value.is_blank());
    if filled().count() > MOST_CELLS {
        return false;
    }
    filled().any(|cell| matches!(cell.value, Value::Text(text) if is_label(&fold(text))))
}

/// Whether a folded text begins a totals row.
pub(super) fn is_label(folded: &str) -> bool {
    let folded = folded.to_lowercase();
    LABELS.into_iter().any(|label| {
        let rest = folded.strip_prefix(label);
        rest.is_some_and(|rest| !rest.starts_with(|next: char| next.is_alphanumeric() || next == '_') || is_count(rest))
    })
}

/// `合計9筆`
fn is_count(rest: &str) -> bool {
    let rest = rest.trim_start_matches(|character: char| character.is_ascii_digit() || " :,".contains(character));
    ["", "筆", "元", "金額", "(twd)"].contains(&rest)
}

impl Totals {
    /// Adds an order with the amount as it is written.
    pub(super) fn order(&mut self, signed: Option<i64>, status: Option<Status>) {
        let Some(amount) = signed else {
            self.unknown = true;
            return;
        };
        for sum in [&mut self.whole, &mut self.since] {
            sum.all += amount;
            sum.positive += amount.abs();
            sum.paid += if status == Some(Status::Paid) { amount } else { 0 };
        }
    }

    /// Counts an order whose amount could not be read.
    pub(super) fn unknown(&mut self) {
        self.unknown = true;
    }

    /// Takes a totals row.
    pub(super) fn row(&mut self, row: &Row<'_>, cells: &[Cell<'_>], column: Option<u32>, findings: &mut Capped<'_>) {
        let read = |cell: &Cell<'_>| match cell.value {
            Value::Text(text) => amount::of_text(text).ok(),
            Value::Number(number) => amount::of_number(number).ok(),
            _ => None,
        };
        let cell = cells.iter().find(|cell| Some(cell.column) == column && !cell.value.is_blank());
        let claimed = cell.and_then(read);
        let sums = [self.whole, self.since].map(|sum| [sum.all, sum.positive, sum.paid]);
        let holds = match (cell, claimed) {
            (Some(_), Some(claimed)) if !self.unknown => Some(sums.as_flattened().contains(&claimed.twd)),
            _ => None,
        };
        let place = match cell {
            Some(cell) => Place { cell: Some(cell_name(cell.column, row.number)), ..row.place() },
            None => row.place(),
        };
        self.since = Sum::default();
        if self.rows.len() < 1000 {
            self.rows.push(Claim { place, holds });
        } else {
            findings.count(&codes::TOTALS_ROW, 1);
        }
    }

    /// Says what became of the totals rows.
    pub(super) fn check(&mut self, findings: &mut Capped<'_>) {
        for claim in std::mem::take(&mut self.rows) {
            findings.add(&codes::TOTALS_ROW, || {
                let message = match claim.holds {
                    Some(true) => "is a totals row, left out; it equals the sum of the rows above",
                    Some(false) => "is a totals row, left out; it does not equal the sum of the rows above",
                    None => "is a totals row, left out; it could not be compared with the rows above",
                };
                let severity = if claim.holds == Some(false) { Severity::Error } else { Severity::Notice };
                let hint = if severity == Severity::Error {
                    "rows may be missing: export again, or correct the total"
                } else {
                    ""
                };
                Finding::new(&codes::TOTALS_ROW, claim.place, message).severity(severity).hint(hint)
            });
        }
    }
}
