//! Totals rows: no orders, but a claim about the rows above them that can be checked.

use crate::finding::{Finding, Place, Severity};
use crate::kinds::data_gap::orders::status::Status;
use crate::kinds::data_gap::orders::text::fold;
use crate::kinds::data_gap::orders::{amount, codes};
use crate::read::capped::Capped;
use crate::read::row::{Cell, Row, Value, cell_name};

/// Words that begin a totals row.
const LABELS: [&str; 13] = [
    "合計",
    "總計",
    "小計",
    "總額",
    "總金額",
    "共計",
    "加總",
    "累計",
    "total",
    "subtotal",
    "sub total",
    "grand total",
    "sum",
];
/// What such a word is of.
const OF: [&str; 10] = ["本頁", "本日", "本週", "本月", "本期", "當日", "當月", "當期", "以上", "全部"];
/// A totals row has no more cells than this with content: an order has more.
pub(super) const MOST_CELLS: usize = 4;
/// So many totals rows are compared with the rows above them; the rest are counted.
const MOST_ROWS: usize = 1000;

/// Running sums, as spreadsheets add: refunds written as negative amounts count as such.
#[derive(Clone, Copy, Default)]
struct Sum {
    /// How many orders it is of.
    orders: u64,
    all: i64,
    positive: i64,
    paid: i64,
}

impl Sum {
    fn plus(self, other: Self) -> Self {
        Self {
            orders: self.orders + other.orders,
            all: self.all + other.all,
            positive: self.positive + other.positive,
            paid: self.paid + other.paid,
        }
    }

    /// Whether a totals row that states this amount holds.
    fn is(self, amount: i64) -> bool {
        [self.all, self.positive, self.paid].contains(&amount)
    }
}

/// The sums of the rows above.
#[derive(Default)]
pub(super) struct Totals {
    whole: Sum,
    since: Sum,
    unknown: bool,
    rows: Vec<Claim>,
    /// Totals rows beyond those that are kept.
    more: u64,
}

/// What a totals row says.
struct Claim {
    place: Place,
    /// Its amount, when it has a readable one.
    amount: Option<i64>,
    /// The sums that it may state: of all rows above and of those since the last totals row. `None` when a row among
    /// them has no readable amount.
    sums: Option<[Sum; 2]>,
    /// Whether no totals row stands above it.
    is_first: bool,
}

/// Whether this is a totals row.
pub(super) fn is_totals(cells: &[Cell<'_>]) -> bool {
    let filled = || cells.iter().filter(|cell| !cell.value.is_blank());
    if filled().nth(MOST_CELLS).is_some() {
        return false;
    }
    filled().any(|cell| matches!(cell.value, Value::Text(text) if is_label(&fold(text))))
}

/// Whether a folded text begins a totals row.
pub(super) fn is_label(folded: &str) -> bool {
    let folded = folded.to_lowercase();
    // `合 計`, as labels are spaced out to fill a cell.
    let is_chinese = folded.chars().next().is_some_and(|first| !first.is_ascii());
    let folded = if is_chinese { folded.replace(' ', "") } else { folded };
    let label_of = OF.iter().find_map(|of| folded.strip_prefix(of)).unwrap_or(&folded);
    LABELS.into_iter().any(|label| {
        let rest = label_of.strip_prefix(label);
        rest.is_some_and(|rest| !rest.starts_with(|next: char| next.is_alphanumeric() || next == '_') || is_count(rest))
    })
}

/// Whether a text is the word of a totals row and nothing else.
pub(super) fn is_word(text: &str) -> bool {
    const LONGEST: usize = "grand total".len();
    text.len() <= LONGEST && LABELS.iter().any(|label| text.eq_ignore_ascii_case(label))
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
            sum.orders += 1;
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
    pub(super) fn row(&mut self, row: &Row<'_>, cells: &[Cell<'_>], column: Option<u32>) {
        let read = |cell: &Cell<'_>| match cell.value {
            Value::Text(text) => amount::of_text(text).ok(),
            Value::Number(number) => amount::of_number(number).ok(),
            _ => None,
        };
        let cell = cells.iter().find(|cell| Some(cell.column) == column && !cell.value.is_blank());
        let claimed = cell.and_then(read);
        let sums = (!self.unknown).then_some([self.whole, self.since]);
        let place = match cell {
            Some(cell) => Place { cell: Some(cell_name(cell.column, row.number)), ..row.place() },
            None => row.place(),
        };
        self.since = Sum::default();
        let is_first = self.rows.is_empty();
        if self.rows.len() < MOST_ROWS {
            self.rows.push(Claim { place, amount: claimed.map(|amount| amount.twd), sums, is_first });
        } else {
            self.more += 1;
        }
    }

    /// Takes over the sums and the totals rows of the rows that follow.
    pub(super) fn append(&mut self, below: Self) {
        let (whole, since) = (self.whole, self.since);
        let claims = below.rows.into_iter().map(|mut claim| {
            claim.sums = claim.sums.filter(|_| !self.unknown);
            if let Some([above, last]) = &mut claim.sums {
                *above = above.plus(whole);
                *last = if claim.is_first { last.plus(since) } else { *last };
            }
            Claim { is_first: false, ..claim }
        });
        let had_claims = claims.len() > 0;
        self.rows.extend(claims);
        self.more += below.more + self.rows.len().saturating_sub(MOST_ROWS) as u64;
        self.rows.truncate(MOST_ROWS);
        self.whole = whole.plus(below.whole);
        self.since = if had_claims { below.since } else { since.plus(below.since) };
        self.unknown |= below.unknown;
    }

    /// Says what became of the totals rows.
    pub(super) fn check(&mut self, findings: &mut Capped<'_>) {
        let whole = (!self.unknown).then_some([self.whole; 2]);
        for claim in std::mem::take(&mut self.rows) {
            findings.add(&codes::TOTALS_ROW, || {
                // One that stands above every order is about those below it.
                let is_on_top = claim.sums.is_some_and(|[above, _]| above.orders == 0);
                let sums = if is_on_top { whole } else { claim.sums };
                let holds = claim.amount.zip(sums).map(|(amount, sums)| sums.iter().any(|sum| sum.is(amount)));
                let message = match (holds, is_on_top) {
                    (Some(true), false) => "is a totals row, left out; it equals the sum of the rows above",
                    (Some(false), false) => "is a totals row, left out; it does not equal the sum of the rows above",
                    (None, false) => "is a totals row, left out; it could not be compared with the rows above",
                    (Some(true), true) => "is a totals row, left out; it equals the sum of the rows below",
                    (Some(false), true) => "is a totals row, left out; it does not equal the sum of the rows below",
                    (None, true) => "is a totals row, left out; it could not be compared with the rows below",
                };
                let severity = if holds == Some(false) { Severity::Error } else { Severity::Notice };
                let hint = if severity == Severity::Error {
                    "rows may be missing: export again, or correct the total"
                } else {
                    ""
                };
                Finding::new(&codes::TOTALS_ROW, claim.place, message).severity(severity).hint(hint)
            });
        }
        findings.count(&codes::TOTALS_ROW, self.more);
    }
}
