//! What people decided and nothing in an export needs: perhaps the wrong order or the wrong subject was written down, and
//! who decided has to know that nothing came of it.

use std::collections::BTreeMap;

use crate::finding::{Finding, Severity};
use crate::kinds::data_gap::decisions::{Decision, Decisions};
use crate::kinds::data_gap::orders::classify::Classified;
use crate::kinds::data_gap::orders::codes;
use crate::kinds::data_gap::orders::contract::Field;
use crate::kinds::data_gap::orders::ledger::Ledger;

/// Decisions that nothing in the export needs, and resolved orders that are missing from it. The ledger has every order.
pub(in crate::kinds::data_gap) fn find(
    decisions: &Decisions,
    ledger: &Ledger,
    classified: &Classified,
    findings: &mut Vec<Finding>,
) {
    if decisions.orders.is_empty() && decisions.training.is_none() {
        return;
    }
    let mut exported: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
    for (at, order) in ledger.orders.iter().enumerate() {
        exported.entry(ledger.text(order, Field::OrderId)).or_default().push(at);
    }
    let rows_of = |order_id: &str| exported.get(order_id).map(Vec::as_slice).unwrap_or_default();
    for ((order_id, subject), decision) in &decisions.orders {
        if classified.decided.contains(&decision.place) {
            continue;
        }
        let rows = rows_of(order_id);
        let finding = if let Some(first) = rows.first() {
            let message = format!("nothing in the current export is `{subject}` for this order");
            let is_used = |decision: &Decision| classified.decided.contains(&decision.place);
            let of_order = decisions.orders.iter().filter(|((other, _), _)| other == order_id);
            let settled = of_order.filter(|(_, other)| is_used(other)).map(|((_, subject), _)| subject).next();
            let open = rows.iter().find_map(|at| Some((at, classified.states.get(*at).copied().flatten()?)));
            let hint = match (settled, open) {
                (Some(settled), _) => format!("of this order `{settled}` was to be decided, and has been"),
                (None, Some((at, code))) => {
                    let row = ledger.orders[*at].spot.row;
                    format!("row {row} is `{}`; if that is meant, add a decision with this subject", code.id)
                }
                (None, None) => {
                    format!("row {} has nothing that a decision could settle", ledger.orders[*first].spot.row)
                }
            };
            Finding::new(&codes::IDLE_DECISION, decision.place.clone(), message).hint(hint)
        } else {
            let message = "is about an order that is not in the current export";
            Finding::new(&codes::IDLE_DECISION, decision.place.clone(), message)
                .hint("if another order is meant, add a decision with its order_id as the export writes it")
        };
        findings.push(finding);
    }
    for (order_id, said) in decisions.training.iter().flatten() {
        if rows_of(order_id).is_empty() {
            // The 28,000 orders are not those of one window alone.
            let message = "the order is not in the current export";
            let finding = Finding::new(&codes::IDLE_DECISION, said.place.clone(), message);
            findings.push(finding.severity(Severity::Notice));
        }
    }
}
