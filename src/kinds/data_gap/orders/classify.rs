//! Orders against one another: what is there twice, what contradicts, what was refunded, what a person has to decide;
//! and the sums that follow.
//!
//! Invariants: damaged keys are never matched; an order whose money is in doubt recognises nothing; gross paid is
//! recognised plus refunded plus blocked. Everything here is sorting, so that no file makes it slow.

use std::cmp::Ordering;

use crate::codes::Code;
use crate::finding::Finding;
use crate::kinds::data_gap::orders::codes;
use crate::kinds::data_gap::orders::contract::Field;
use crate::kinds::data_gap::orders::ledger::{Ledger, Order};
use crate::kinds::data_gap::orders::repeated::{self, Repeated};
use crate::kinds::data_gap::orders::status::Status;
use crate::read::table::Capped;

/// The money of a file, in whole TWD.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Sums {
    /// Amounts of paid rows.
    pub gross_paid: i64,
    /// Of these: paid, in the window, without refund or doubt.
    pub recognised: i64,
    /// Of these: refunded, as another row shows.
    pub refunded: i64,
    /// Of these: withheld until somebody decides.
    pub blocked: i64,
    /// Rows that repeat another one, or may do so.
    pub duplicate: u64,
}

/// Compares all orders of a file and adds up.
pub(super) fn classify(ledger: &Ledger, findings: &mut Capped<'_>) -> Sums {
    let mut classes = Classes { ledger, states: vec![None; ledger.orders.len()], linked: Vec::new(), repeats: 0 };
    classes.linked = vec![false; ledger.orders.len()];
    classes.same_order(findings);
    classes.same_payment(findings);
    classes.same_customer(findings);
    classes.sums()
}

struct Classes<'a> {
    ledger: &'a Ledger,
    /// Why an order recognises nothing; the first reason stays.
    states: Vec<Option<&'static Code>>,
    /// Refunds whose payment is known.
    linked: Vec<bool>,
    repeats: u64,
}

impl Classes<'_> {
    fn order(&self, index: usize) -> &Order {
        &self.ledger.orders[index]
    }

    fn row(&self, index: usize) -> u32 {
        self.order(index).spot.row
    }

    fn text(&self, index: usize, field: Field) -> &str {
        self.ledger.text(self.order(index), field)
    }

    fn status(&self, index: usize) -> Option<Status> {
        self.order(index).status
    }

    fn is_refund(&self, index: usize) -> bool {
        matches!(self.status(index), Some(Status::Refunded | Status::PartialRefund))
    }

    /// Keeps an order from being recognised and says why.
    fn block(
        &mut self,
        index: usize,
        code: &'static Code,
        findings: &mut Capped<'_>,
        message: impl FnOnce() -> String,
    ) {
        self.states[index].get_or_insert(code);
        let order = self.order(index);
        findings.add(code, || {
            let hint = match code.id {
                "duplicate" => "remove the row; the earlier one is kept",
                "refund_link" => "mark the order as refunded, or explain the refund",
                "rebuy" => "have a person confirm that it was bought again",
                _ => "have a person decide which rows hold, and record why",
            };
            Finding::new(code, self.ledger.place(order), message()).hint(hint)
        });
    }

    /// Indices of orders that pass and are equal in these columns, sorted by them, in groups of at least two.
    fn groups(&self, fields: &[Field], passes: impl Fn(usize) -> bool) -> Vec<Vec<usize>> {
        let compare = |one, other| self.compare(fields, one, other);
        let fingerprint =
            |index| fields.iter().fold(0, |print, field| repeated::fingerprint(print, self.text(index, *field)));
        let all = || (0..self.ledger.orders.len()).filter(|index| passes(*index));
        // Few orders share anything, and only those are sorted.
        let repeated = Repeated::among(self.ledger.orders.len(), all().map(fingerprint));
        let mut indices: Vec<_> = all().filter(|index| repeated.may_have(fingerprint(*index))).collect();
        indices.sort_by(|one, other| compare(*one, *other).then(one.cmp(other)));
        let groups = indices.chunk_by(|one, other| compare(*one, *other).is_eq());
        groups.filter(|group| group.len() > 1).map(<[usize]>::to_vec).collect()
    }

    /// Whether a key of an order can be compared.
    fn has(&self, index: usize, field: Field) -> bool {
        self.order(index).is_usable(field)
    }

    fn compare(&self, fields: &[Field], one: usize, other: usize) -> Ordering {
        fields.iter().fold(Ordering::Equal, |order, field| {
            order.then_with(|| self.text(one, *field).cmp(self.text(other, *field)))
        })
    }

    /// One order number: rows that are equal in everything, a paid row with its refund, or a contradiction.
    fn same_order(&mut self, findings: &mut Capped<'_>) {
        let groups = self.groups(&[Field::OrderId], |index| self.has(index, Field::OrderId));
        for mut group in groups {
            group.sort_by(|one, other| self.compare_content(*one, *other).then(one.cmp(other)));
            let mut kept = Vec::new();
            let equals: Vec<Vec<usize>> = group
                .chunk_by(|one, other| self.compare_content(*one, *other).is_eq())
                .map(<[usize]>::to_vec)
                .collect();
            for equal in equals {
                kept.push(equal[0]);
                let first = self.row(equal[0]);
                for index in &equal[1..] {
                    self.repeats += 1;
                    self.block(*index, &codes::DUPLICATE, findings, || {
                        format!("equals row {first} in all ten columns")
                    });
                }
            }
            kept.sort_unstable();
            if kept.len() > 1 && !self.link_refund(&kept, findings) {
                self.repeats += kept.len() as u64 - 1;
                for (at, index) in kept.iter().enumerate() {
                    let other = if at == 0 { kept[1] } else { kept[0] };
                    let differing = self.differing(*index, other);
                    let row = self.row(other);
                    self.block(*index, &codes::CONFLICT, findings, || {
                        format!("row {row} has the same order_id and differs in {}", differing.join(", "))
                    });
                }
            }
        }
    }

    /// One paid row and its refunds under the same order number.
    fn link_refund(&mut self, rows: &[usize], findings: &mut Capped<'_>) -> bool {
        let paid: Vec<_> = rows.iter().copied().filter(|index| self.status(*index) == Some(Status::Paid)).collect();
        let refunds: Vec<_> = rows.iter().copied().filter(|index| self.is_refund(*index)).collect();
        let [paid] = paid.as_slice() else { return false };
        let same = |index: &usize| self.compare(&[Field::CustomerKey, Field::ProgramId], *paid, *index).is_eq();
        if refunds.is_empty() || refunds.len() + 1 < rows.len() || !refunds.iter().all(same) {
            return false;
        }
        for index in &refunds {
            self.linked[*index] = true;
        }
        let row = self.row(refunds[0]);
        self.block(*paid, &codes::REFUND_LINK, findings, || format!("row {row} refunds the same order_id"));
        true
    }

    /// One payment under several order numbers. An attempt that failed moved no money and does not count.
    fn same_payment(&mut self, findings: &mut Capped<'_>) {
        let moved_money = |index| {
            self.has(index, Field::PaymentRef)
                && self.has(index, Field::OrderId)
                && self.states[index] != Some(&codes::DUPLICATE)
                && self.status(index) != Some(Status::Failed)
        };
        let groups = self.groups(&[Field::PaymentRef], moved_money);
        for group in groups {
            let first = group[0];
            let Some(second) = group.iter().copied().find(|index| self.is_other_order(first, *index)) else { continue };
            let paid: Vec<_> =
                group.iter().copied().filter(|index| self.status(*index) == Some(Status::Paid)).collect();
            let refund = group.iter().copied().find(|index| self.is_refund(*index));
            if let Some(refund) = refund.filter(|_| !paid.is_empty()) {
                let row = self.row(refund);
                for index in &paid {
                    self.block(*index, &codes::REFUND_LINK, findings, || {
                        format!("row {row} refunds the same payment_ref")
                    });
                }
                for index in group.iter().filter(|index| self.is_refund(**index)).copied().collect::<Vec<_>>() {
                    self.linked[index] = true;
                }
                let several = paid.iter().any(|index| self.is_other_order(paid[0], *index));
                if !several {
                    continue;
                }
            }
            self.repeats +=
                group.iter().skip(1).filter(|index| self.states[**index] != Some(&codes::CONFLICT)).count() as u64;
            for index in &group {
                let row = self.row(if self.is_other_order(first, *index) { first } else { second });
                self.block(*index, &codes::CONFLICT, findings, || {
                    format!("row {row} has the same payment_ref and another order_id")
                });
            }
        }
    }

    fn is_other_order(&self, one: usize, other: usize) -> bool {
        self.text(one, Field::OrderId) != self.text(other, Field::OrderId)
    }

    /// One customer and programme: refunds under another number, buying again, and candidates for duplicates.
    fn same_customer(&mut self, findings: &mut Capped<'_>) {
        let both = [Field::CustomerKey, Field::ProgramId];
        let is_complete = |index| both.iter().all(|field| self.has(index, *field)) && self.order(index).at.is_some();
        let groups = self.groups(&both, is_complete);
        for mut group in groups {
            let refunds = || group.iter().copied().filter(|index| self.is_refund(*index));
            let earliest = refunds().min_by_key(|index| (self.order(*index).at, *index));
            group.retain(|index| self.states[*index].is_none() && self.order(*index).amount.is_some());
            group.sort_by_key(|index| (self.order(*index).amount, *index));
            let amounts: Vec<Vec<usize>> = group
                .chunk_by(|one, other| self.order(*one).amount == self.order(*other).amount)
                .map(<[usize]>::to_vec)
                .collect();
            for same_amount in amounts {
                self.refund_or_rebuy(&same_amount, earliest, findings);
                self.candidates(&same_amount, findings);
            }
        }
    }

    fn refund_or_rebuy(&mut self, same_amount: &[usize], earliest: Option<usize>, findings: &mut Capped<'_>) {
        let unlinked = same_amount.iter().copied().filter(|index| self.is_refund(*index) && !self.linked[*index]);
        let latest = unlinked.max_by_key(|index| (self.order(*index).at, *index));
        for index in same_amount {
            if self.status(*index) != Some(Status::Paid) {
                continue;
            }
            let at = self.order(*index).at;
            if let Some(refund) = latest.filter(|refund| self.order(*refund).at >= at) {
                let row = self.row(refund);
                self.block(*index, &codes::REFUND_LINK, findings, || {
                    format!("row {row} is a later refund of the same customer, programme and amount")
                });
            } else if let Some(refund) = earliest.filter(|refund| self.order(*refund).at < at) {
                let row = self.row(refund);
                self.block(*index, &codes::REBUY, findings, || {
                    format!("row {row} is an earlier refund of the same customer and programme")
                });
            }
        }
    }

    fn candidates(&mut self, same_amount: &[usize], findings: &mut Capped<'_>) {
        let open: Vec<_> = same_amount
            .iter()
            .copied()
            .filter(|index| {
                let bought = matches!(self.status(*index), Some(Status::Paid | Status::Pending));
                bought && self.order(*index).in_window && self.states[*index].is_none()
            })
            .collect();
        let paid = open.iter().any(|index| self.status(*index) == Some(Status::Paid));
        let [first, second, ..] = open.as_slice() else { return };
        if !paid {
            return;
        }
        self.repeats += open.len() as u64 - 1;
        let rows = [self.row(*first), self.row(*second)];
        for (at, index) in open.iter().enumerate() {
            let row = rows[usize::from(at == 0)];
            self.block(*index, &codes::POSSIBLE_DUPLICATE, findings, || {
                format!("row {row} has the same customer, programme and amount in the window")
            });
        }
    }

    fn compare_content(&self, one: usize, other: usize) -> Ordering {
        let key = |index: usize| {
            let order = self.order(index);
            (order.status, order.amount, order.at)
        };
        key(one).cmp(&key(other)).then_with(|| self.compare(&Field::ALL, one, other))
    }

    /// The columns in which two rows differ.
    fn differing(&self, one: usize, other: usize) -> Vec<&'static str> {
        let (a, b) = (self.order(one), self.order(other));
        Field::ALL
            .into_iter()
            .filter(|field| match field {
                Field::Amount if a.amount.is_some() && b.amount.is_some() => a.amount != b.amount,
                Field::CreatedAt if a.at.is_some() && b.at.is_some() => a.at != b.at,
                Field::PaymentStatus if a.status.is_some() && b.status.is_some() => a.status != b.status,
                _ => self.text(one, *field) != self.text(other, *field),
            })
            .map(Field::name)
            .collect()
    }

    fn sums(&self) -> Sums {
        let mut sums = Sums { duplicate: self.repeats, ..Sums::default() };
        for (order, state) in self.ledger.orders.iter().zip(&self.states) {
            let (Some(Status::Paid), Some(amount)) = (order.status, order.amount) else { continue };
            sums.gross_paid += amount;
            let class = match state {
                Some(code) if **code == codes::REFUND_LINK => &mut sums.refunded,
                None if order.is_clean && order.in_window => &mut sums.recognised,
                _ => &mut sums.blocked,
            };
            *class += amount;
        }
        sums
    }
}
