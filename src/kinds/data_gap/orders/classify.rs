//! Orders against one another: what is there twice, what contradicts, what was refunded, what a person has to decide;
//! and the sums that follow.
//!
//! Invariants: damaged keys are never matched; an order whose money is in doubt recognises nothing; gross paid is
//! recognised plus refunded plus blocked. Everything here is sorting, so that no file makes it slow.

use std::cmp::Ordering;
use std::collections::BTreeSet;

use crate::finding::{Code, Finding, Place, Severity};
use crate::kinds::data_gap::decisions::{Decision, Outcome};
use crate::kinds::data_gap::orders::codes;
use crate::kinds::data_gap::orders::contract::Field;
use crate::kinds::data_gap::orders::evidence::Evidence;
use crate::kinds::data_gap::orders::keys::Key;
use crate::kinds::data_gap::orders::ledger::{Folded, Ledger, Order};
use crate::kinds::data_gap::orders::payout::{self, Payout};
use crate::kinds::data_gap::orders::status::Status;
use crate::kinds::data_gap::rules::TRAINING_AMOUNT;
use crate::read::capped::Capped;

/// The money of a file, in whole TWD.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(in crate::kinds::data_gap) struct Sums {
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

/// What became of every order of a file.
#[derive(Debug, Default)]
pub(in crate::kinds::data_gap) struct Classified {
    /// The sums that follow.
    pub sums: Sums,
    /// Why an order recognises nothing, by its place in the ledger; the first reason stays. A row that is wrong by
    /// itself has none.
    pub states: Vec<Option<&'static Code>>,
    /// How it agrees with the settlement file; `None` without one.
    pub payouts: Vec<Option<Payout>>,
    /// Lines of the settlement file about no order of the export: of days inside the window, and of others.
    pub strays: [u64; 2],
    /// The decisions that mattered.
    pub decided: BTreeSet<Place>,
}

impl Classified {
    /// Whether a row is recognised.
    pub(in crate::kinds::data_gap) fn recognises(&self, at: usize, order: &Order) -> bool {
        order.status == Some(Status::Paid)
            && order.is_clean
            && order.in_window
            && self.states.get(at).is_some_and(Option::is_none)
    }

    /// Whether a paid row is not recognised because its money went back.
    pub(in crate::kinds::data_gap) fn is_refunded(state: Option<&'static Code>) -> bool {
        state.is_some_and(|code| *code == codes::REFUND_LINK || *code == codes::SETTLEMENT_REFUND)
    }
}

/// Compares orders of a file with one another and with what else is known of them. `alone` are the sums of all rows, each
/// taken by itself; the ledger has every order, or at least every one that has to do with another one.
pub(super) fn classify(ledger: &Ledger, alone: Sums, evidence: &Evidence<'_>, findings: &mut Capped<'_>) -> Classified {
    let orders = ledger.orders.len();
    let mut classes = Classes {
        ledger,
        evidence,
        states: vec![None; orders],
        linked: vec![false; orders],
        repeats: 0,
        decided: BTreeSet::new(),
    };
    classes.same_order(findings);
    classes.same_payment(findings);
    classes.same_customer(findings);
    classes.training(findings);
    let (payouts, strays) = classes.settlement(findings);
    Classified { sums: classes.sums(alone), states: classes.states, payouts, strays, decided: classes.decided }
}

/// Whether a person may let a doubtful order count. Of rows under one order number a decision cannot say which.
#[derive(Clone, Copy, PartialEq)]
enum May {
    Keep,
    LeaveOut,
}

struct Classes<'a> {
    ledger: &'a Ledger,
    evidence: &'a Evidence<'a>,
    /// Why an order recognises nothing; the first reason stays.
    states: Vec<Option<&'static Code>>,
    /// Refunds whose payment is known.
    linked: Vec<bool>,
    repeats: u64,
    decided: BTreeSet<Place>,
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

    /// Keeps an order from being recognised and says why, unless a person decided about it.
    fn block(
        &mut self,
        index: usize,
        code: &'static Code,
        may: May,
        findings: &mut Capped<'_>,
        message: impl FnOnce() -> String,
    ) {
        let ledger = self.ledger;
        let place = || ledger.place(self.order(index));
        match self.decision(index, code) {
            Some(decision) if decision.keep && may == May::LeaveOut => {
                findings.add(&codes::UNUSED_DECISION, || {
                    let message = "lets an order count of which several rows stand in the export; it is not used";
                    let hint = "decide `block`, or have the export corrected";
                    Finding::new(&codes::UNUSED_DECISION, decision.place.clone(), message).hint(hint)
                });
            }
            Some(decision) => {
                let word = if decision.keep { "counts although" } else { "is left out as" };
                let (by, evidence) = (&decision.by, &decision.evidence);
                findings.add(&codes::DECIDED, || {
                    let message = format!("{word} `{}`: {by} decided, by {evidence}", code.id);
                    Finding::new(&codes::DECIDED, place(), message)
                });
                self.decided.insert(decision.place.clone());
                if !decision.keep {
                    self.states[index].get_or_insert(code);
                }
                return;
            }
            None => {}
        }
        self.states[index].get_or_insert(code);
        findings.add(code, || Finding::new(code, ledger.place(&ledger.orders[index]), message()).hint(hint(code)));
    }

    /// What a person decided about an order and a finding. That a 28,000 order was bought again is said where such
    /// orders are resolved.
    fn decision(&self, index: usize, code: &'static Code) -> Option<Decision> {
        let decisions = self.evidence.decisions;
        let order_id = self.text(index, Field::OrderId);
        if let Some(decision) = decisions.of(order_id, code.id) {
            return Some(decision.clone());
        }
        let resolution =
            decisions.training(order_id).filter(|said| *code == codes::REBUY && said.outcome == Outcome::Rebought)?;
        let (by, at) = (resolution.by.clone(), resolution.at);
        Some(Decision { keep: true, by, at, evidence: resolution.evidence.clone(), place: resolution.place.clone() })
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
        let ledger = self.ledger;
        let groups = ledger.groups(Key::Order, |index| self.has(index, Field::OrderId));
        // Each with the first row that it equals.
        let mut equal = Vec::new();
        let mut groups: Vec<_> = apart(&groups).collect();
        for group in &mut groups {
            group.sort_by(|one, other| ledger.compare_content(*one, *other).then(one.cmp(other)));
            let same = group.chunk_by(|one, other| ledger.compare_content(*one, *other).is_eq());
            equal.extend(same.flat_map(|same| same[1..].iter().map(|index| (*index, self.row(same[0])))));
            group.dedup_by(|later, first| ledger.compare_content(*first, *later).is_eq());
        }
        self.equal(equal, findings);
        for mut kept in groups {
            kept.sort_unstable();
            if kept.len() > 1 && !self.link_refund(&kept, findings) {
                self.repeats += kept.len() as u64 - 1;
                for (at, index) in kept.iter().enumerate() {
                    let other = if at == 0 { kept[1] } else { kept[0] };
                    let differing = self.differing(*index, other);
                    let row = self.row(other);
                    self.block(*index, &codes::CONFLICT, May::LeaveOut, findings, || {
                        format!("row {row} has the same order_id and differs in {}", differing.join(", "))
                    });
                }
            }
        }
    }

    /// Orders that equal an earlier one in all ten columns, in the order of the file: those of the ledger, each with the row that it equals,
    /// and those that were left out of it.
    fn equal(&mut self, mut equal: Vec<(usize, u32)>, findings: &mut Capped<'_>) {
        equal.sort_unstable();
        let ledger = self.ledger;
        let message = |first: u32| format!("equals row {first} in all ten columns");
        let mut folded = ledger.folded.listed.iter().peekable();
        let mut left_out = |above: u32, findings: &mut Capped<'_>| {
            while let Some((spot, first)) = folded.next_if(|(spot, _)| spot.row < above) {
                let made = || Finding::new(&codes::DUPLICATE, ledger.place_of(*spot), message(*first));
                findings.add(&codes::DUPLICATE, || made().hint(hint(&codes::DUPLICATE)));
            }
        };
        for (index, first) in equal {
            left_out(self.row(index), findings);
            self.repeats += 1;
            self.block(index, &codes::DUPLICATE, May::LeaveOut, findings, || message(first));
        }
        left_out(u32::MAX, findings);
        let Folded { count, listed, .. } = &ledger.folded;
        self.repeats += count;
        findings.count(&codes::DUPLICATE, count - listed.len() as u64);
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
        self.block(*paid, &codes::REFUND_LINK, May::Keep, findings, || format!("row {row} refunds the same order_id"));
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
        let groups = self.ledger.groups(Key::Payment, moved_money);
        for group in apart(&groups) {
            let first = group[0];
            let Some(second) = group.iter().copied().find(|index| self.is_other_order(first, *index)) else { continue };
            let paid: Vec<_> =
                group.iter().copied().filter(|index| self.status(*index) == Some(Status::Paid)).collect();
            let refund = group.iter().copied().find(|index| self.is_refund(*index));
            if let Some(refund) = refund.filter(|_| !paid.is_empty()) {
                let row = self.row(refund);
                for index in &paid {
                    self.block(*index, &codes::REFUND_LINK, May::Keep, findings, || {
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
                self.block(*index, &codes::CONFLICT, May::Keep, findings, || {
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
        let groups = self.ledger.groups(Key::Purchase, is_complete);
        for mut group in apart(&groups) {
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
                self.block(*index, &codes::REFUND_LINK, May::Keep, findings, || {
                    format!("row {row} is a later refund of the same customer, programme and amount")
                });
            } else if let Some(refund) = earliest.filter(|refund| self.order(*refund).at < at) {
                let row = self.row(refund);
                self.block(*index, &codes::REBUY, May::Keep, findings, || {
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
            self.block(*index, &codes::POSSIBLE_DUPLICATE, May::Keep, findings, || {
                format!("row {row} has the same customer, programme and amount in the window")
            });
        }
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

    /// The 28,000 orders, when somebody gave the list of them: one that nobody resolved recognises nothing.
    fn training(&mut self, findings: &mut Capped<'_>) {
        let decisions = self.evidence.decisions;
        if decisions.training.is_none() {
            return;
        }
        for index in 0..self.ledger.orders.len() {
            let order = self.order(index);
            let said = decisions.training(self.text(index, Field::OrderId));
            let is_repeat = matches!(self.states[index], Some(code) if *code == codes::DUPLICATE);
            if is_repeat || (said.is_none() && order.amount != Some(TRAINING_AMOUNT)) {
                continue;
            }
            let outcome = said.map_or(Outcome::Unresolved, |said| said.outcome);
            match (order.status, outcome) {
                (Some(Status::Paid), Outcome::Paid | Outcome::Rebought)
                | (Some(Status::Refunded | Status::PartialRefund), Outcome::Refunded | Outcome::Rebought)
                // What recognises nothing anyway may wait.
                | (Some(Status::Refunded | Status::PartialRefund | Status::Pending | Status::Failed) | None, Outcome::Unresolved) => {}
                (Some(Status::Paid), Outcome::Refunded) => {
                    self.states[index].get_or_insert(&codes::REFUND_LINK);
                    let by = said.map_or("", |said| said.by.as_str());
                    findings.add(&codes::DECIDED, || {
                        let message = format!("is one of the 28,000 orders, which {by} found to be refunded");
                        Finding::new(&codes::DECIDED, self.ledger.place(self.order(index)), message)
                    });
                }
                (Some(Status::Paid), Outcome::Unresolved) => {
                    let message = || "is one of the 28,000 orders, and nobody resolved it".to_owned();
                    self.block(index, &codes::TRAINING_ORDER, May::LeaveOut, findings, message);
                }
                (_, outcome) => findings.add(&codes::TRAINING_ORDER, || {
                    let message = format!("is not what training_orders says of it: {}", outcome.word());
                    Finding::new(&codes::TRAINING_ORDER, self.ledger.place(self.order(index)), message)
                        .severity(Severity::Warning)
                        .hint("have both looked at; the export counts")
                }),
            }
        }
    }

    /// How each order agrees with the settlement file. A refund or another amount there keeps an order from being
    /// recognised; what is only missing there does not.
    fn settlement(&mut self, findings: &mut Capped<'_>) -> (Vec<Option<Payout>>, [u64; 2]) {
        let Some(settlement) = self.evidence.settlement else { return (Vec::new(), [0; 2]) };
        let mut used: BTreeSet<usize> = BTreeSet::new();
        let mut payouts = Vec::with_capacity(self.ledger.orders.len());
        for index in 0..self.ledger.orders.len() {
            let known = self.has(index, Field::PaymentRef).then(|| self.text(index, Field::PaymentRef));
            let at = known.map_or(&[][..], |number| settlement.lines_of(number));
            used.extend(at);
            let is = |code: &'static Code| self.states[index] == Some(code);
            // A payment that is not named has its finding already.
            if is(&codes::DUPLICATE) || is(&codes::CONFLICT) || known.is_none() {
                payouts.push(None);
                continue;
            }
            let lines: Vec<_> = at.iter().map(|at| &settlement.lines[*at]).collect();
            let payout = payout::of(self.order(index), is(&codes::REFUND_LINK), &lines, self.evidence.today);
            payouts.push(payout);
            let row = lines.first().map(|line| line.row).unwrap_or_default();
            match payout {
                Some(Payout::AmountDiffers) => {
                    let message =
                        || format!("row {row} of the settlement file has another amount for the same payment_ref");
                    self.block(index, &codes::SETTLEMENT_AMOUNT, May::Keep, findings, message);
                }
                Some(Payout::RefundedThere) => {
                    let message = || format!("row {row} of the settlement file refunds the same payment_ref");
                    self.block(index, &codes::SETTLEMENT_REFUND, May::Keep, findings, message);
                }
                Some(payout @ (Payout::Missing | Payout::RefundedHere | Payout::StatusDiffers)) => {
                    findings.add(&codes::SETTLEMENT_MISSING, || {
                        let (word, meaning) = payout.about();
                        let message = format!("{word}: {}", meaning.en);
                        Finding::new(&codes::SETTLEMENT_MISSING, self.ledger.place(self.order(index)), message)
                            .hint("ask the gateway, or correct the order")
                    });
                }
                _ => {}
            }
        }
        let mut strays = [0; 2];
        for (at, line) in settlement.lines.iter().enumerate().filter(|(at, _)| !used.contains(at)) {
            let is_outside = line.day.is_some_and(|day| !self.evidence.window.contains(day));
            strays[usize::from(is_outside)] += 1;
            if !is_outside {
                findings.add(&codes::SETTLEMENT_UNKNOWN, || {
                    let place = Place { row: Some(settlement.lines[at].row), ..Place::file(settlement.path.as_str()) };
                    let message = "is about a payment that no order of the export has";
                    let hint = "ask which order it belongs to; the export may lack orders";
                    Finding::new(&codes::SETTLEMENT_UNKNOWN, place, message).hint(hint)
                });
            }
        }
        (payouts, strays)
    }

    fn sums(&self, alone: Sums) -> Sums {
        let mut sums = Sums { duplicate: self.repeats, ..alone };
        sums.recognised -= self.ledger.folded.recognised;
        sums.blocked += self.ledger.folded.recognised;
        for (order, state) in self.ledger.orders.iter().zip(&self.states) {
            let (Some(Status::Paid), Some(amount), Some(_)) = (order.status, order.amount, state) else { continue };
            let is_sound = order.is_clean && order.in_window;
            *(if is_sound { &mut sums.recognised } else { &mut sums.blocked }) -= amount;
            *(if Classified::is_refunded(*state) { &mut sums.refunded } else { &mut sums.blocked }) += amount;
        }
        sums
    }
}

/// What to do about an order that is withheld.
fn hint(code: &Code) -> &'static str {
    match code.id {
        "duplicate" => "remove the row; the earlier one is kept",
        "refund_link" => "mark the order as refunded, or explain the refund",
        "rebuy" => "have a person confirm that it was bought again",
        "training_order" => "have the order resolved in training_orders, with its evidence",
        "settlement_amount" | "settlement_refund" => "correct the order, or have a person decide",
        _ => "have a person decide which rows hold, and record why",
    }
}

/// The members of each group.
fn apart(groups: &[(usize, usize)]) -> impl Iterator<Item = Vec<usize>> {
    let groups = groups.chunk_by(|(one, _), (other, _)| one == other);
    groups.map(|group| group.iter().map(|(_, index)| *index).collect())
}
