//! An order export: checked cell by cell against the contract of ten columns, its orders compared with one another,
//! and its revenue recognised when nothing in it needs a person.
//!
//! Invariants: no column is guessed and no value is filled in; whatever is normalised is said; what may be personal is
//! located and not repeated; without an accepted file there is no figure.

use std::collections::BTreeSet;

use jiff::civil::date;
use jiff::tz::TimeZone;

use crate::check::schema::TableSchema;
use crate::check::upload::{Head, Verdict, Window, refuse_other_sheets};
use crate::codes as core;
use crate::finding::{self, Code, Finding, Place, Severity};
use crate::kinds::data_gap::decisions::Decisions;
use crate::kinds::data_gap::orders::contract::Field;
use crate::kinds::data_gap::orders::date::Zone;
use crate::kinds::data_gap::orders::evidence::Evidence;
use crate::kinds::data_gap::orders::examined::Examined;
use crate::kinds::data_gap::orders::intake::{Intake, Look};
use crate::kinds::data_gap::orders::keys::Fingerprint;
use crate::read::capped::Capped;
use crate::read::crew::Crew;
use crate::read::row::cell_position;
use crate::read::stream::{self, Source};

mod amount;
pub(super) mod beside;
pub(super) mod classify;
pub(super) mod codes;
pub(super) mod compare;
pub(super) mod contract;
mod date;
pub(super) mod discretion;
pub(super) mod evidence;
pub(super) mod examined;
mod familiar;
pub(super) mod form;
mod header;
mod identifier;
pub(super) mod idle;
mod intake;
mod keys;
pub(super) mod ledger;
mod noticed;
mod paid;
pub(super) mod payout;
mod personal;
mod plain;
mod row;
pub(super) mod settlement;
mod shown;
pub(super) mod status;
mod stranger;
mod text;
mod totals;
mod unsalted;
mod wrong;

/// The days that orders are asked for unless a pack or the caller says otherwise: 12 to 21 May 2026 in Taipei.
pub(super) fn default_window() -> Window {
    let zone_name = "Asia/Taipei";
    let zone = TimeZone::get(zone_name).unwrap_or(TimeZone::UTC);
    Window { from: date(2026, 5, 12), to: date(2026, 5, 21), zone, zone_name: zone_name.to_owned() }
}

/// The ten columns as a table schema.
pub(super) fn schema() -> &'static TableSchema {
    &contract::SCHEMA
}

/// Checks an order export against everything that is known, and keeps its orders.
pub(super) fn examine(path: &str, source: &mut dyn Source, crew: Crew, evidence: &Evidence<'_>) -> Examined {
    look(path, source, crew, evidence, Look::Only, keys::fingerprint)
}

/// Checks an order export against everything that is known, and keeps no more of its orders than that takes.
///
/// A text table is looked at twice: first row by row, remembering of each what tells which ones share a key, then again at
/// those. So memory grows by a few bytes a row, whatever stands in it, and by the texts of orders that share a key. Where
/// each order is compared with what somebody said or paid, every order is kept.
fn judge(path: &str, source: &mut dyn Source, crew: Crew, evidence: &Evidence<'_>) -> Examined {
    let Decisions { orders, training } = evidence.decisions;
    let needs_all = evidence.settlement.is_some() || training.is_some() || !orders.is_empty();
    let sort = if needs_all { Look::Only } else { Look::First };
    look(path, source, crew, evidence, sort, keys::fingerprint)
}

fn look(
    path: &str,
    source: &mut dyn Source,
    crew: Crew,
    evidence: &Evidence<'_>,
    look: Look<'_>,
    fingerprint: Fingerprint,
) -> Examined {
    let mut findings = Vec::new();
    let mut capped = Capped::within(path, &mut findings, evidence.listed);
    let zone = Zone::new(&evidence.window.zone, evidence.window.from);
    let begin = |_: &mut Capped<'_>| Intake::new(path, evidence, zone, look, fingerprint);
    let mut examined = match stream::read(path, source, crew, &mut capped, &begin) {
        Some((_, mut intake)) => {
            if intake.look_again(source, crew) {
                intake.finish(&mut capped)
            } else {
                let message = "cannot be read a second time as it was read first";
                let hint = "check it again when nothing writes to it any more";
                capped.once().push(Finding::new(&core::UNREADABLE, Place::file(path), message).hint(hint));
                Examined::refused(Vec::new())
            }
        }
        None => Examined::refused(Vec::new()),
    };
    capped.finish();
    if let Some(head) = &examined.upload.head {
        judge_cells(&mut findings, head);
    }
    if refuse_other_sheets(&mut findings) {
        let head = examined.upload.head.take();
        examined = Examined::refused(Vec::new());
        examined.upload.head = head;
    }
    let upload = &mut examined.upload;
    if upload.verdict == Verdict::Accepted && finding::count(&findings, Severity::Error) > 0 {
        upload.verdict = Verdict::Partial;
    }
    if upload.verdict != Verdict::Accepted {
        upload.recognised_revenue = None;
    }
    finding::sort(&mut findings);
    upload.findings = findings;
    examined
}

/// What the reader of a workbook found knows its cell and not its column. In a column of the contract a formula whose value
/// changes by itself is an error, and so is an amount that is formatted in another currency.
fn judge_cells(findings: &mut [Finding], head: &Head) {
    let mut promoted = BTreeSet::new();
    // A totals row is wrong as a whole.
    let is_unjudged = |finding: &&mut Finding| {
        finding.place.column.is_none() && finding.code != &codes::TOTALS_ROW && !head.is_beside(&finding.place)
    };
    for finding in findings.iter_mut().filter(is_unjudged) {
        let Some((column, row)) = finding.place.cell.as_deref().and_then(cell_position) else { continue };
        let Some(field) = head.field(column).filter(|_| row > head.row) else { continue };
        finding.place.column = Some(field.to_owned());
        let Some((code, message)) = as_error(finding.code) else { continue };
        if code == &codes::CURRENCY && field != Field::Amount.name() {
            continue;
        }
        promoted.insert(code.id);
        finding.code = code;
        finding.severity = Severity::Error;
        finding.message = format!("{field} {message}");
    }
    // Those whose places were not kept.
    for finding in findings.iter_mut().filter(|finding| finding.times > 1) {
        if let Some((code, _)) = as_error(finding.code).filter(|(code, _)| promoted.contains(code.id)) {
            finding.code = code;
            finding.severity = Severity::Error;
        }
    }
}

/// What a finding of the reader is in a column of the contract, when it is an error there, and its message.
fn as_error(code: &Code) -> Option<(&'static Code, &'static str)> {
    if code == &core::UNSTABLE_FORMULA {
        return Some((&codes::FORMULA, "is a formula that depends on the day, on chance or on another workbook"));
    }
    let message = "is in another currency than TWD, as the format of the cell shows";
    (code == &core::OTHER_CURRENCY).then_some((&codes::CURRENCY, message))
}

#[cfg(test)]
mod tests;
