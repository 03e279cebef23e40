//! An order export outside of a pack, with the decisions and the settlement file that somebody names beside it.

use crate::check::upload::{Matching, Upload};
use crate::codes as core;
use crate::finding::{self, Finding, Place};
use crate::kinds::Beside;
use crate::kinds::data_gap::decisions::{self, Decisions};
use crate::kinds::data_gap::orders::classify::Classified;
use crate::kinds::data_gap::orders::evidence::Evidence;
use crate::kinds::data_gap::orders::examined::Examined;
use crate::kinds::data_gap::orders::payout::Payout;
use crate::kinds::data_gap::orders::settlement::{self, Settlement};
use crate::kinds::data_gap::orders::{idle, judge};
use crate::kinds::data_gap::schema;
use crate::lang::words;
use crate::read::crew::Crew;
use crate::read::stream::Source;

/// Checks an order export outside of a pack, with what is given beside it. `path` is how findings name it.
pub(in crate::kinds::data_gap) fn check(
    path: &str,
    source: &mut dyn Source,
    crew: Crew,
    beside: &Beside<'_>,
) -> Upload {
    let Beside { window, now, listed, sheet, .. } = *beside;
    let mut findings = Vec::new();
    let decisions = beside.decided.map_or_else(Decisions::default, |(workspace, tables)| {
        let table = |name| Some((schema(name)?, tables.get(name)?));
        let [orders, training] = ["order_decisions", "training_orders"].map(table);
        decisions::read(orders, training, workspace, now.timestamp(), &mut findings)
    });
    let today = Some(window.zone.to_datetime(now.timestamp()).date());
    let settlement = beside.settlement.and_then(|(path, bytes)| {
        let read = settlement::read(path, bytes, window, today, &mut findings);
        if read.is_none() {
            let message = "is no settlement file that is known: none of the forms of ECPay, or not readable";
            let hint = "give the file as the gateway exports it; forms of other gateways are not read";
            findings.push(Finding::new(&core::WRONG_FILE, Place::file(path), message).hint(hint));
        }
        read
    });
    let evidence = Evidence { window, decisions: &decisions, settlement: settlement.as_ref(), today, listed, sheet };
    let Examined { mut upload, orders } = judge(path, source, crew, &evidence);
    if let Some((ledger, classified)) = &orders {
        idle::find(&decisions, ledger, classified, &mut findings);
        upload.matching = settlement.map(|settlement| matching(&settlement, classified));
    }
    upload.findings.append(&mut findings);
    finding::sort(&mut upload.findings);
    upload
}

/// How many orders agree with the settlement file, and in which way others do not.
fn matching(settlement: &Settlement, classified: &Classified) -> Matching {
    let count = |payout| classified.payouts.iter().filter(|found| **found == Some(payout)).count() as u64;
    let outcome = |payout: Payout| {
        let (word, meaning) = payout.about();
        (word, meaning, count(payout))
    };
    let mut outcomes: Vec<_> = Payout::ALL.into_iter().map(outcome).collect();
    let [inside, outside] = classified.strays;
    let here = words("期間內，訂單檔沒有這筆付款", "in the window, about no order of the export");
    let elsewhere = words("期間外，訂單檔沒有這筆付款", "outside the window, about no order of the export");
    outcomes.extend([("missing_in_orders", here, inside), ("outside_window", elsewhere, outside)]);
    Matching { file: settlement.path.clone(), form: settlement.form, lines: settlement.rows, outcomes }
}
