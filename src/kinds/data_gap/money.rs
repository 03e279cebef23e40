//! The money of an accepted export: sums with their definitions, reasons and attribution. Whole TWD, exact.

use std::collections::{BTreeMap, BTreeSet};

use crate::kinds::data_gap::orders::classify::{Classified, Sums};
use crate::kinds::data_gap::orders::contract::Field;
use crate::kinds::data_gap::orders::ledger::{Ledger, Order};
use crate::kinds::data_gap::orders::payout::Payout;
use crate::kinds::data_gap::orders::settlement::Settlement;
use crate::kinds::data_gap::orders::status::Status;

/// The sums of an accepted export.
#[derive(Debug)]
pub(super) struct Money {
    /// Gross paid and what it is made of.
    pub sums: Sums,
    /// What is withheld, by the code of the reason.
    pub blocked: BTreeMap<&'static str, i64>,
    /// Every order once, whatever its status.
    pub gmv: i64,
    /// Rows that are refunded in full.
    pub refunds: i64,
    /// Orders that are partly refunded, and how many they are.
    pub partial_refunds: (i64, u64),
    /// What the settlement file shows as paid out of what is recognised, and the fees; `None` without such a file.
    pub settled: Option<(i64, i64)>,
    /// By discount code, then by source event.
    pub attribution: [Vec<Share>; 2],
    /// How many orders have a discount code and no event, and the other way round.
    pub one_sided: [u64; 2],
}

/// What came by one discount code or event.
#[derive(Debug, Default)]
pub(super) struct Share {
    /// The code or event; `None` is blank, which is not guessed.
    pub name: Option<String>,
    /// Orders, each once.
    pub orders: u64,
    /// Their amount.
    pub gmv: i64,
    /// What of it is recognised.
    pub recognised: i64,
}

impl Money {
    /// Whether gross paid is what is recognised, refunded and withheld, and the reasons add up.
    pub(super) fn adds_up(&self) -> bool {
        let Sums { gross_paid, recognised, refunded, blocked, .. } = self.sums;
        gross_paid == recognised + refunded + blocked && blocked == self.blocked.values().sum::<i64>()
    }
}

/// Adds up.
pub(super) fn count(ledger: &Ledger, classified: &Classified, settlement: Option<&Settlement>) -> Money {
    let mut money = Money {
        sums: classified.sums,
        blocked: BTreeMap::new(),
        gmv: 0,
        refunds: 0,
        partial_refunds: (0, 0),
        settled: settlement.map(|_| (0, 0)),
        attribution: [Vec::new(), Vec::new()],
        one_sided: [0; 2],
    };
    let once = distinct(ledger, classified);
    let mut shares: [BTreeMap<Option<&str>, Share>; 2] = [BTreeMap::new(), BTreeMap::new()];
    for (at, order) in ledger.orders.iter().enumerate() {
        let Some(amount) = order.amount else { continue };
        let state = classified.states.get(at).copied().flatten();
        let recognised = if classified.recognises(at, order) { amount } else { 0 };
        match order.status {
            Some(Status::Paid) if !classified.recognises(at, order) && !Classified::is_refunded(state) => {
                // In an accepted export a row is wrong by itself only where a person decided to leave it out for its note.
                let reason = state.map_or("note_conflict", |code| code.id);
                *money.blocked.entry(reason).or_default() += amount;
            }
            Some(Status::Refunded) => money.refunds += amount,
            Some(Status::PartialRefund) => {
                money.partial_refunds.0 += amount;
                money.partial_refunds.1 += 1;
            }
            _ => {}
        }
        if let (Some(settled), Some(settlement)) = (&mut money.settled, settlement)
            && recognised > 0
            && classified.payouts.get(at).copied().flatten() == Some(Payout::Matched)
        {
            let lines = settlement.lines_of(ledger.text(order, Field::PaymentRef));
            settled.0 += amount;
            settled.1 += lines.iter().filter_map(|at| settlement.lines.get(*at)).map(|line| line.fee).sum::<i64>();
        }
        if !once.contains(&at) {
            continue;
        }
        money.gmv += amount;
        let named = [Field::DiscountCode, Field::SourceEvent].map(|field| Some(ledger.text(order, field)));
        let named = named.map(|text| text.filter(|text| !text.is_empty()));
        match named {
            [Some(_), None] => money.one_sided[0] += 1,
            [None, Some(_)] => money.one_sided[1] += 1,
            _ => {}
        }
        for (shares, name) in shares.iter_mut().zip(named) {
            let share = shares.entry(name).or_default();
            share.orders += 1;
            share.gmv += amount;
            share.recognised += recognised;
        }
    }
    money.attribution = shares.map(|shares| {
        let named = shares.into_iter().map(|(name, share)| Share { name: name.map(str::to_owned), ..share });
        let mut shares: Vec<_> = named.collect();
        shares.sort_by(|one, other| {
            (other.recognised, other.gmv, &one.name).cmp(&(one.recognised, one.gmv, &other.name))
        });
        shares
    });
    money
}

/// The rows that stand for an order each: of several rows under one number the paid one, else the first; a refund that
/// was booked under a number of its own stands for none.
fn distinct(ledger: &Ledger, classified: &Classified) -> BTreeSet<usize> {
    let is_paid = |order: &Order| order.status == Some(Status::Paid);
    let is_refund = |order: &Order| matches!(order.status, Some(Status::Refunded | Status::PartialRefund));
    let paid_refs: BTreeSet<_> = ledger
        .orders
        .iter()
        .filter(|order| is_paid(order) && order.is_usable(Field::PaymentRef))
        .map(|order| ledger.text(order, Field::PaymentRef))
        .collect();
    let mut chosen: BTreeMap<&str, usize> = BTreeMap::new();
    for (at, order) in ledger.orders.iter().enumerate() {
        let id = ledger.text(order, Field::OrderId);
        let is_repeat = classified.states.get(at).copied().flatten().is_some_and(|code| code.id == "duplicate");
        let is_booking = is_refund(order) && paid_refs.contains(ledger.text(order, Field::PaymentRef));
        if is_repeat || is_booking {
            continue;
        }
        let known = chosen.entry(id).or_insert(at);
        if is_paid(order) && !is_paid(&ledger.orders[*known]) {
            *known = at;
        }
    }
    chosen.into_values().collect()
}
