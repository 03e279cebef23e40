//! Orders of a file with their texts, in one text for all cells: every order where pages need them, else those that may
//! have to do with one another. About 250 bytes each.

use std::cmp::Ordering;

use jiff::civil::DateTime;

use crate::finding::Place;
use crate::kinds::data_gap::orders::contract::{FIELDS, Field};
use crate::kinds::data_gap::orders::identifier::is_doubtful;
use crate::kinds::data_gap::orders::keys::{Fingerprint, Key};
use crate::kinds::data_gap::orders::personal;
use crate::kinds::data_gap::orders::status::Status;
use crate::read::row::Row;

/// Where an order stands.
#[derive(Clone, Copy, Debug, Default)]
pub(in crate::kinds::data_gap) struct Spot {
    /// Row as Excel shows it.
    pub row: u32,
    /// Line of a text file.
    pub line: Option<u32>,
    /// Offset in a text file.
    pub byte: Option<u64>,
    /// Which of the sheets of the ledger.
    pub sheet: Option<u16>,
}

/// One order.
#[derive(Clone, Copy, Debug)]
pub(in crate::kinds::data_gap) struct Order {
    /// Where it stands.
    pub spot: Spot,
    /// Its status, when it has one of the five.
    pub status: Option<Status>,
    /// Whole TWD, not negative.
    pub amount: Option<i64>,
    /// When it was made, in the time zone of the window.
    pub at: Option<DateTime>,
    /// Whether that is in the window.
    pub in_window: bool,
    /// Whether nothing is wrong with the row by itself.
    pub is_clean: bool,
    /// Bits of the columns whose cells can be compared.
    usable: u16,
    start: usize,
    ends: [u32; FIELDS],
}

impl Order {
    /// Whether the cell of this column is neither blank nor damaged.
    pub(in crate::kinds::data_gap) fn is_usable(&self, field: Field) -> bool {
        self.usable & field.bit() != 0
    }

    /// Takes the cell of this column for damaged.
    fn doubt(&mut self, field: Field) {
        self.usable &= !field.bit();
        self.is_clean = false;
    }
}

/// Orders of a file.
#[derive(Debug)]
pub(in crate::kinds::data_gap) struct Ledger {
    path: String,
    sheets: Vec<String>,
    text: String,
    /// In the order of the file.
    pub orders: Vec<Order>,
    /// What keys are sorted by, before their texts are compared.
    pub(super) fingerprint: Fingerprint,
    /// What was left out because it equals an order that is kept.
    pub(super) folded: Folded,
    /// So many orders, and bytes of their texts, hold no two that are equal.
    settled: (usize, usize),
}

/// Orders that were left out because an earlier one says the same.
#[derive(Debug, Default)]
pub(super) struct Folded {
    /// How many.
    pub count: u64,
    /// What of them is paid, and would be recognised if each stood alone.
    pub recognised: i64,
    /// Where the first of them stand, and the row that each of them equals.
    pub listed: Vec<(Spot, u32)>,
}

/// What a row says, before it is kept.
#[derive(Debug)]
pub(in crate::kinds::data_gap) struct Entry<'a> {
    /// See [`Order`].
    pub status: Option<Status>,
    /// See [`Order`].
    pub amount: Option<i64>,
    /// See [`Order`].
    pub at: Option<DateTime>,
    /// See [`Order`].
    pub in_window: bool,
    /// See [`Order`].
    pub is_clean: bool,
    /// The folded cells.
    pub cells: [&'a str; FIELDS],
    /// Bits of the columns whose texts can be compared.
    pub usable: u16,
}

impl Ledger {
    /// One without orders, that sorts keys by this fingerprint.
    pub(super) fn new(path: &str, fingerprint: Fingerprint) -> Self {
        Self {
            path: path.to_owned(),
            sheets: Vec::new(),
            text: String::new(),
            orders: Vec::new(),
            fingerprint,
            folded: Folded::default(),
            settled: (0, 0),
        }
    }

    /// Where a row stands.
    pub(super) fn spot(&mut self, row: &Row<'_>) -> Spot {
        let sheet = row.sheet().and_then(|sheet| {
            if self.sheets.last().is_none_or(|last| last != sheet) {
                self.sheets.push(sheet.to_owned());
            }
            u16::try_from(self.sheets.len() - 1).ok()
        });
        Spot { row: row.number, line: row.line(), byte: row.byte(), sheet }
    }

    /// Keeps an order.
    pub(in crate::kinds::data_gap) fn push(&mut self, spot: Spot, entry: &Entry<'_>) {
        let start = self.text.len();
        let mut ends = [0; FIELDS];
        for (at, cell) in entry.cells.iter().enumerate() {
            self.text.push_str(cell);
            ends[at] = u32::try_from(self.text.len() - start).unwrap_or(u32::MAX);
        }
        let Entry { status, amount, at, in_window, is_clean, usable, .. } = *entry;
        self.orders.push(Order { spot, status, amount, at, in_window, is_clean, usable, start, ends });
    }

    /// Takes over the orders that follow these. Only text tables come in parts, and they have no sheets.
    pub(super) fn append(&mut self, below: Self) {
        let start = self.text.len();
        self.text.push_str(&below.text);
        self.orders.extend(below.orders.into_iter().map(|order| Order { start: start + order.start, ..order }));
    }

    /// Whether so many orders came since equal ones were left out that it is worth while again.
    pub(super) fn is_unsettled(&self) -> bool {
        const FEWEST: usize = 1 << 16;
        self.orders.len() - self.settled.0 >= FEWEST.max(self.settled.0 / 4)
    }

    /// Leaves out the orders that may be, and that equal an earlier one in all ten columns; at most so many of them keep their
    /// places. So a file that says the same over and over takes no more room than one that says it once.
    pub(super) fn fold_equal(&mut self, most: u64, may_be: impl Fn(&Self, &Order) -> bool) {
        let may_be = |at: &usize| {
            let order = &self.orders[*at];
            let is_doubted = || Field::ALL.into_iter().any(|field| is_doubtful(self.text(order, field)));
            order.is_usable(Field::OrderId) && !is_doubted() && may_be(self, order)
        };
        let print = |at: usize| {
            Field::ALL.iter().fold(0, |print, field| (self.fingerprint)(print, self.text(&self.orders[at], *field)))
        };
        let passing = (0..self.orders.len()).filter(may_be);
        let mut prints: Vec<_> = passing.map(|at| (print(at), at)).collect();
        prints.sort_unstable();
        // What is left out, and what it equals.
        let mut equal = Vec::new();
        for alike in prints.chunk_by_mut(|(one, _), (other, _)| one == other).filter(|alike| alike.len() > 1) {
            alike.sort_by(|(_, one), (_, other)| self.compare_content(*one, *other).then(one.cmp(other)));
            for same in alike.chunk_by(|(_, one), (_, other)| self.compare_content(*one, *other).is_eq()) {
                equal.extend(same[1..].iter().map(|(_, at)| (*at, same[0].1)));
            }
        }
        drop(prints);
        equal.sort_unstable();
        for (at, first) in &equal {
            let order = &self.orders[*at];
            let is_sound = order.status == Some(Status::Paid) && order.is_clean && order.in_window;
            self.folded.recognised += order.amount.filter(|_| is_sound).unwrap_or_default();
            if self.folded.count < most {
                self.folded.listed.push((order.spot, self.orders[*first].spot.row));
            }
            self.folded.count += 1;
        }
        self.leave_out(equal.into_iter().map(|(at, _)| at));
    }

    /// Leaves out these orders, in their order; none of them is settled.
    fn leave_out(&mut self, out: impl Iterator<Item = usize>) {
        let (settled, bytes) = self.settled;
        let mut out = out.peekable();
        let mut texts = String::new();
        let mut kept = settled;
        for at in settled..self.orders.len() {
            if out.next_if_eq(&at).is_some() {
                continue;
            }
            let mut order = self.orders[at];
            let end = order.start + order.ends[FIELDS - 1] as usize;
            let text = &self.text[order.start..end];
            order.start = bytes + texts.len();
            texts.push_str(text);
            self.orders[kept] = order;
            kept += 1;
        }
        self.orders.truncate(kept);
        self.text.truncate(bytes);
        self.text.push_str(&texts);
        self.settled = (kept, self.text.len());
    }

    /// How two orders compare in all ten columns: what was read of three of them, the texts of the others.
    pub(super) fn compare_content(&self, one: usize, other: usize) -> Ordering {
        let [one, other] = [one, other].map(|at| &self.orders[at]);
        let key = |order: &Order| (order.status, order.amount, order.at);
        let texts = |order| Field::ALL.into_iter().map(move |field| self.text(order, field));
        key(one).cmp(&key(other)).then_with(|| texts(one).cmp(texts(other)))
    }

    /// Takes the identifiers of these columns for damaged that end as if a digit had been replaced.
    pub(super) fn doubt(&mut self, columns: &[Field]) {
        for at in 0..self.orders.len() {
            for field in columns {
                if is_doubtful(self.text(&self.orders[at], *field)) {
                    self.orders[at].doubt(*field);
                }
            }
        }
    }

    /// The orders that pass and share a key with another one that does: each with the first one of its group, by which
    /// they are sorted, and then in the order of the file.
    pub(super) fn groups(&self, key: Key, passes: impl Fn(usize) -> bool) -> Vec<(usize, usize)> {
        let text = |at: usize| key.fields().iter().map(move |field| self.text(&self.orders[at], *field));
        let print = |at: usize| text(at).fold(0, self.fingerprint);
        let passing = (0..self.orders.len()).filter(|at| passes(*at));
        let mut prints: Vec<_> = passing.map(|at| (print(at), at)).collect();
        prints.sort_unstable();
        let mut groups = Vec::new();
        for alike in prints.chunk_by_mut(|(one, _), (other, _)| one == other).filter(|alike| alike.len() > 1) {
            // An equal fingerprint proves nothing. The sorting is stable: the order of the file remains.
            alike.sort_by(|(_, one), (_, other)| text(*one).cmp(text(*other)));
            for group in alike.chunk_by(|(_, one), (_, other)| text(*one).eq(text(*other))) {
                if let [(_, first), _, ..] = group {
                    groups.extend(group.iter().map(|(_, at)| (*first, *at)));
                }
            }
        }
        groups.sort_unstable();
        groups
    }

    /// The folded cell of an order.
    pub(in crate::kinds::data_gap) fn text(&self, order: &Order, field: Field) -> &str {
        let at = field as usize;
        let from = if at == 0 { 0 } else { order.ends[at - 1] };
        &self.text[order.start + from as usize..order.start + order.ends[at] as usize]
    }

    /// The number of an order as pages may show it; none when it is damaged or looks personal.
    pub(in crate::kinds::data_gap) fn shown_id(&self, order: &Order) -> Option<&str> {
        let id = self.text(order, Field::OrderId);
        (order.is_usable(Field::OrderId) && personal::look(id).is_none()).then_some(id)
    }

    /// Where an order stands.
    pub(in crate::kinds::data_gap) fn place(&self, order: &Order) -> Place {
        self.place_of(order.spot)
    }

    /// The place of a row.
    pub(super) fn place_of(&self, spot: Spot) -> Place {
        let sheet = spot.sheet.and_then(|at| self.sheets.get(usize::from(at))).cloned();
        let Spot { row, line, byte, .. } = spot;
        Place { sheet, row: Some(row), line, byte, ..Place::file(self.path.as_str()) }
    }
}
