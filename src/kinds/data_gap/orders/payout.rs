//! What a settlement file says about one order. Matching is by payment reference alone: an amount and a day that are
//! alike prove nothing.

use jiff::civil::Date;

use crate::kinds::data_gap::orders::ledger::Order;
use crate::kinds::data_gap::orders::settlement::Line;
use crate::kinds::data_gap::orders::status::Status;
use crate::lang::{Words, words};

/// Days after an order until its payment has to be in a settlement file: gateways pay out between the next working day
/// and the tenth day.
const PAYOUT_DAYS: i32 = 10;

/// How an order and the settlement file agree.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(in crate::kinds::data_gap) enum Payout {
    /// The same amount, paid out.
    Matched,
    /// The same amount, and the file does not say that it was paid out by now.
    NotPaidOut,
    /// Refunded, as both say.
    RefundedBoth,
    /// Too young to be in the file.
    NotYetDue,
    /// Old enough to be in the file, and it is not.
    Missing,
    /// Another amount.
    AmountDiffers,
    /// The gateway refunded it, and the export knows of no refund.
    RefundedThere,
    /// The export has a refund, and the gateway knows of none.
    RefundedHere,
    /// The gateway was paid, and the export says that nobody paid.
    StatusDiffers,
}

impl Payout {
    /// Every outcome, in the order in which they are shown.
    pub(in crate::kinds::data_gap) const ALL: [Self; 9] = [
        Self::Matched,
        Self::NotPaidOut,
        Self::RefundedBoth,
        Self::NotYetDue,
        Self::Missing,
        Self::AmountDiffers,
        Self::RefundedThere,
        Self::RefundedHere,
        Self::StatusDiffers,
    ];

    /// Its word and what it means.
    pub(in crate::kinds::data_gap) fn about(self) -> (&'static str, Words) {
        match self {
            Self::Matched => ("matched", words("金額一致，已撥款", "the same amount, paid out")),
            Self::NotPaidOut => (
                "not_paid_out",
                words("金額一致，結算檔未顯示已撥款", "the same amount, not said to be paid out by now"),
            ),
            Self::RefundedBoth => ("refunded_both", words("兩邊都已退款", "refunded on both sides")),
            Self::NotYetDue => {
                ("not_yet_due", words("下單未滿撥款日數，還不該出現", "too young to be in the settlement file"))
            }
            Self::Missing => ("missing_in_settlement", words("結算檔沒有這筆付款", "not in the settlement file")),
            Self::AmountDiffers => ("amount_mismatch", words("金額不一致", "another amount in the settlement file")),
            Self::RefundedThere => {
                ("refunded_in_settlement", words("只有金流端退款", "refunded in the settlement file only"))
            }
            Self::RefundedHere => ("refunded_in_orders", words("只有訂單端退款", "refunded in the export only")),
            Self::StatusDiffers => {
                ("status_mismatch", words("金流端已收款，訂單端未付款", "paid at the gateway, not in the export"))
            }
        }
    }
}

/// How an order agrees with the lines about its payment. `is_refunded` tells that the export has a refund of it in
/// another row. `None` where nothing is to be expected: an order that was not paid, or that is free of charge.
pub(super) fn of(order: &Order, is_refunded: bool, lines: &[&Line], today: Option<Date>) -> Option<Payout> {
    let (status, amount) = (order.status?, order.amount?);
    let gross: i64 = lines.iter().map(|line| line.amount.max(0)).sum();
    let back: i64 = lines.iter().map(|line| line.refund + (-line.amount).max(0)).sum();
    let is_refund = is_refunded || matches!(status, Status::Refunded | Status::PartialRefund);
    Some(match status {
        Status::Pending | Status::Failed if gross > back => Payout::StatusDiffers,
        Status::Pending | Status::Failed => return None,
        _ if lines.is_empty() && amount == 0 => return None,
        _ if lines.is_empty() => {
            // Of an order without a day nobody can say whether it is due.
            let age = order.at.zip(today).and_then(|(at, today)| Some(at.date().until(today).ok()?.get_days()))?;
            match age {
                ..=PAYOUT_DAYS => Payout::NotYetDue,
                _ if is_refund => Payout::RefundedHere,
                _ => Payout::Missing,
            }
        }
        _ if is_refund && back == 0 => Payout::RefundedHere,
        // How much of a partial refund went back is not in the export.
        _ if is_refund && (status == Status::PartialRefund || back == amount) => Payout::RefundedBoth,
        _ if is_refund => Payout::AmountDiffers,
        _ if back > 0 => Payout::RefundedThere,
        _ if gross != amount => Payout::AmountDiffers,
        _ if lines.iter().all(|line| line.is_paid_out) => Payout::Matched,
        _ => Payout::NotPaidOut,
    })
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;
    use crate::kinds::data_gap::orders::contract::FIELDS;
    use crate::kinds::data_gap::orders::keys::fingerprint;
    use crate::kinds::data_gap::orders::ledger::{Entry, Ledger, Spot};

    #[track_caller]
    fn check(status: Status, is_refunded: bool, lines: &[(i64, i64, bool)], today: i8, expected: Option<Payout>) {
        let mut ledger = Ledger::new("f", fingerprint);
        let at = Some(date(2026, 5, 12).at(10, 0, 0, 0));
        let (status, amount) = (Some(status), Some(100));
        let entry =
            Entry { status, amount, at, in_window: true, is_clean: true, cells: [""; FIELDS], usable: u16::MAX };
        ledger.push(Spot::default(), &entry);
        let line = |(amount, refund, is_paid_out): &(i64, i64, bool)| Line {
            row: 2,
            amount: *amount,
            refund: *refund,
            fee: 1,
            day: None,
            is_paid_out: *is_paid_out,
        };
        let lines: Vec<_> = lines.iter().map(line).collect();
        let lines: Vec<_> = lines.iter().collect();
        assert_eq!(of(&ledger.orders[0], is_refunded, &lines, Some(date(2026, 5, today))), expected);
    }

    #[test]
    fn every_outcome() {
        let (paid, refunded) = (Status::Paid, Status::Refunded);
        check(paid, false, &[(100, 0, true)], 31, Some(Payout::Matched));
        check(paid, false, &[(60, 0, true), (40, 0, true)], 31, Some(Payout::Matched));
        check(paid, false, &[(100, 0, false)], 31, Some(Payout::NotPaidOut));
        check(paid, false, &[(90, 0, true)], 31, Some(Payout::AmountDiffers));
        check(paid, false, &[(200, 0, true)], 31, Some(Payout::AmountDiffers));
        check(paid, false, &[(100, 100, true)], 31, Some(Payout::RefundedThere));
        check(paid, false, &[(100, 0, true), (-100, 0, true)], 31, Some(Payout::RefundedThere));
        check(paid, true, &[(100, 0, true), (-100, 0, true)], 31, Some(Payout::RefundedBoth));
        check(paid, true, &[(100, 0, true)], 31, Some(Payout::RefundedHere));
        check(paid, false, &[], 22, Some(Payout::NotYetDue));
        check(paid, false, &[], 23, Some(Payout::Missing));
        check(refunded, false, &[(100, 100, true)], 31, Some(Payout::RefundedBoth));
        check(refunded, false, &[(100, 40, true)], 31, Some(Payout::AmountDiffers));
        check(refunded, false, &[(100, 0, true)], 31, Some(Payout::RefundedHere));
        check(refunded, false, &[], 31, Some(Payout::RefundedHere));
        check(Status::PartialRefund, false, &[(100, 40, true)], 31, Some(Payout::RefundedBoth));
        check(Status::Pending, false, &[(100, 0, true)], 31, Some(Payout::StatusDiffers));
        check(Status::Pending, false, &[], 31, None);
        check(Status::Failed, false, &[(100, 100, true)], 31, None);
    }
}
