//! Two exports compared, order by order: what came, what went, what changed. Values are not told, only the names of
//! the columns; what a status became is told, since it has only five words.

use std::collections::BTreeMap;

use crate::kinds::data_gap::orders::contract::Field;
use crate::kinds::data_gap::orders::ledger::{Ledger, Order};
use crate::kinds::data_gap::orders::status::Status;

/// How a later export differs from an earlier one.
#[derive(Debug, Default)]
pub(in crate::kinds::data_gap) struct Comparison {
    /// Order numbers that only the later one has.
    pub added: Vec<String>,
    /// Order numbers that only the earlier one has.
    pub removed: Vec<String>,
    /// Orders that both have, with differences.
    pub changed: Vec<Change>,
    /// How many orders are the same in both.
    pub same: u64,
}

/// An order that differs.
#[derive(Debug)]
pub(in crate::kinds::data_gap) struct Change {
    /// Its number.
    pub order_id: String,
    /// The columns that differ, in the order of the contract; none when it has another number of rows.
    pub fields: Vec<&'static str>,
    /// What its status was and is, when that differs.
    pub status: Option<(Status, Status)>,
}

/// Compares two exports. Orders whose number is damaged or looks personal are in none
/// of the lists.
pub(in crate::kinds::data_gap) fn compare(earlier: &Ledger, later: &Ledger) -> Comparison {
    let (old, new) = (by_id(earlier), by_id(later));
    let mut comparison = Comparison::default();
    for (id, rows) in &new {
        let Some(before) = old.get(id) else {
            comparison.added.push((*id).to_owned());
            continue;
        };
        let (fields, status) = match (before.as_slice(), rows.as_slice()) {
            ([one], [other]) => differences(earlier, one, later, other),
            _ if before.len() == rows.len() => {
                let both = before.iter().zip(rows);
                let differ =
                    both.map(|(one, other)| differences(earlier, one, later, other)).find(|it| !it.0.is_empty());
                differ.unwrap_or_default()
            }
            _ => {
                comparison.changed.push(Change { order_id: (*id).to_owned(), fields: Vec::new(), status: None });
                continue;
            }
        };
        if fields.is_empty() {
            comparison.same += 1;
        } else {
            comparison.changed.push(Change { order_id: (*id).to_owned(), fields, status });
        }
    }
    comparison.removed = old.keys().filter(|id| !new.contains_key(*id)).map(|id| (*id).to_owned()).collect();
    comparison
}

fn by_id(ledger: &Ledger) -> BTreeMap<&str, Vec<&Order>> {
    let mut orders: BTreeMap<_, Vec<_>> = BTreeMap::new();
    for order in &ledger.orders {
        if let Some(id) = ledger.shown_id(order) {
            orders.entry(id).or_default().push(order);
        }
    }
    orders
}

type Differences = (Vec<&'static str>, Option<(Status, Status)>);

fn differences(earlier: &Ledger, one: &Order, later: &Ledger, other: &Order) -> Differences {
    let fields = Field::ALL.into_iter().filter(|field| match field {
        Field::Amount => one.amount != other.amount,
        Field::CreatedAt => one.at != other.at,
        Field::PaymentStatus => one.status != other.status,
        _ => earlier.text(one, *field) != later.text(other, *field),
    });
    let status = one.status.zip(other.status).filter(|(before, after)| before != after);
    (fields.map(Field::name).collect(), status)
}
