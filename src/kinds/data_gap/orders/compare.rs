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

#[cfg(test)]
mod tests {
    use std::io::Cursor;

    use super::*;
    use crate::check::upload::Window;
    use crate::kinds::data_gap::decisions::Decisions;
    use crate::kinds::data_gap::orders::evidence::Evidence;
    use crate::kinds::data_gap::orders::{default_window, examine};
    use crate::read::crew;

    fn ledger(rows: &str, window: &Window) -> Ledger {
        let header = Field::ALL.map(Field::name).join(",");
        let decisions = Decisions::default();
        let evidence = Evidence::alone(window, &decisions);
        examine("f.csv", &mut Cursor::new(format!("{header}\n{rows}")), crew::alone, &evidence).orders.unwrap().0
    }

    #[test]
    fn what_came_what_went_and_what_changed() {
        let row = |id: &str, amount: &str, status: &str| {
            format!("{id},2026-05-12 10:00,{:032x}a,P,{amount},{status},R-{id},,,", id.len())
        };
        let window = default_window();
        let before =
            [row("A", "1", "paid"), row("B", "2", "pending"), row("C", "3", "paid"), row("a@b.example", "1", "paid")];
        let after = [row("A", "NT$1", "paid"), row("B", "2", "paid"), row("D", "4", "paid"), row("D", "5", "paid")];
        let comparison = compare(&ledger(&before.join("\n"), &window), &ledger(&after.join("\n"), &window));
        assert_eq!(comparison.added, ["D"]);
        // A number that looks personal is in no list.
        assert_eq!(comparison.removed, ["C"]);
        let changed: Vec<_> =
            comparison.changed.iter().map(|change| (&*change.order_id, &*change.fields, change.status)).collect();
        assert_eq!(changed, [("B", &["payment_status"][..], Some((Status::Pending, Status::Paid)))]);
        assert_eq!(comparison.same, 1);
        let again = compare(&ledger(&after.join("\n"), &window), &ledger(&after[..3].join("\n"), &window));
        assert_eq!((again.changed.len(), again.changed[0].fields.len(), again.same), (1, 0, 2));
    }
}
