//! What people decided about orders: read from the pack's records, once, before any upload is looked at.
//!
//! Invariants: a record counts only when somebody wrote it who may, with evidence, and not later than the moment of the
//! run; records are only ever added, so of two about one thing the later one holds, and two of the same moment that
//! differ cancel each other. The same records and moment give the same decisions.

use std::collections::BTreeMap;

use jiff::Timestamp;

use crate::check::schema::TableSchema;
use crate::check::table::{Record, Records};
use crate::documents::workspace::Workspace;
use crate::finding::{Finding, Place};
use crate::kinds::data_gap::codes;
use crate::kinds::data_gap::people::{self, Statement, moment, text};

/// What a person decided about an order.
#[derive(Clone, Debug)]
pub(super) struct Decision {
    /// Whether the order counts.
    pub keep: bool,
    /// Who decided.
    pub by: String,
    /// When.
    pub at: Timestamp,
    /// What it rests on.
    pub evidence: String,
    /// Where it is written.
    pub place: Place,
}

/// What became of a 28,000 order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Outcome {
    /// The payment stands.
    Paid,
    /// It was paid back.
    Refunded,
    /// It was paid back and bought again; this order is the one that stands.
    Rebought,
    /// Nobody knows yet.
    Unresolved,
}

impl Outcome {
    /// Every outcome, in the order in which they are counted.
    pub(super) const ALL: [Self; 4] = [Self::Paid, Self::Refunded, Self::Rebought, Self::Unresolved];

    /// The word of the records.
    pub(super) fn word(self) -> &'static str {
        match self {
            Self::Paid => "paid",
            Self::Refunded => "refunded",
            Self::Rebought => "rebought",
            Self::Unresolved => "unresolved",
        }
    }
}

/// What was said about a 28,000 order.
#[derive(Clone, Debug)]
pub(super) struct Resolution {
    /// What became of it.
    pub outcome: Outcome,
    /// Who said so.
    pub by: String,
    /// When.
    pub at: Timestamp,
    /// What it rests on; blank while unresolved.
    pub evidence: String,
    /// Where it is written.
    pub place: Place,
}

/// Everything that people decided.
#[derive(Clone, Debug, Default)]
pub(super) struct Decisions {
    /// By order number and by the code of the finding that made a decision necessary.
    pub orders: BTreeMap<(String, String), Decision>,
    /// By order number; `None` when nobody gave the list of the 28,000 orders.
    pub training: Option<BTreeMap<String, Resolution>>,
}

impl Decisions {
    /// What was decided about an order and a finding.
    pub(super) fn of(&self, order_id: &str, code: &str) -> Option<&Decision> {
        // Most files are checked without decisions, and most orders have none.
        if self.orders.is_empty() {
            return None;
        }
        self.orders.get(&(order_id.to_owned(), code.to_owned()))
    }

    /// What became of a 28,000 order, if somebody said so.
    pub(super) fn training(&self, order_id: &str) -> Option<&Resolution> {
        self.training.as_ref()?.get(order_id)
    }
}

/// The records of a table with their schema.
pub(super) type Table<'a> = Option<(&'a TableSchema, &'a Records)>;

/// Reads what people decided until `now`.
pub(super) fn read(
    orders: Table<'_>,
    training: Table<'_>,
    workspace: &Workspace,
    now: Timestamp,
    findings: &mut Vec<Finding>,
) -> Decisions {
    let mut decisions = Decisions::default();
    if let Some((schema, records)) = orders {
        let rows = records.records.iter().filter_map(|record| {
            let (at, by) =
                stated(Statement::Recognition, record, schema, ["decided_at", "decided_by"], workspace, now, findings)?;
            let evidence = text(record, schema, "evidence_ref").to_owned();
            let keep = text(record, schema, "decision") == "keep";
            let key = (text(record, schema, "order_id").to_owned(), text(record, schema, "subject").to_owned());
            Some((key, at, Decision { keep, by, at, evidence, place: record.place.clone() }))
        });
        let rows: Vec<_> = rows.collect();
        let same = |one: &Decision, other: &Decision| one.keep == other.keep;
        decisions.orders = latest(rows, same, |decision| &decision.place, findings);
    }
    if let Some((schema, records)) = training {
        let rows = records.records.iter().filter_map(|record| {
            let (at, by) =
                stated(Statement::Training, record, schema, ["written_at", "written_by"], workspace, now, findings)?;
            let word = text(record, schema, "status");
            let outcome = Outcome::ALL.into_iter().find(|outcome| outcome.word() == word)?;
            let evidence = text(record, schema, "evidence_ref").to_owned();
            if evidence.is_empty() && outcome != Outcome::Unresolved {
                let message = format!("says `{word}` without evidence; the record is not used");
                let hint = "name the payment, refund or other evidence in evidence_ref";
                findings.push(Finding::new(&codes::UNUSED_DECISION, record.place.clone(), message).hint(hint));
                return None;
            }
            let key = text(record, schema, "order_id").to_owned();
            Some((key, at, Resolution { outcome, by, at, evidence, place: record.place.clone() }))
        });
        let rows: Vec<_> = rows.collect();
        let same = |one: &Resolution, other: &Resolution| one.outcome == other.outcome;
        decisions.training = Some(latest(rows, same, |resolution| &resolution.place, findings));
    }
    decisions
}

/// When and by whom a record was written, if it may be used.
fn stated(
    statement: Statement,
    record: &Record,
    schema: &TableSchema,
    [when, who]: [&str; 2],
    workspace: &Workspace,
    now: Timestamp,
    findings: &mut Vec<Finding>,
) -> Option<(Timestamp, String)> {
    let by = people::author(statement, text(record, schema, who), &record.place, workspace, findings)?;
    let at = moment(record, schema, when)?;
    if at > now {
        let message = "is of a time after the moment of this run; the record is not used";
        let hint = format!("correct {when}, or run later");
        findings.push(Finding::new(&codes::UNUSED_DECISION, record.place.clone(), message).hint(hint));
        return None;
    }
    Some((at, by))
}

/// The latest of the records about each thing; none where two of the same moment differ.
fn latest<K: Ord, V>(
    rows: Vec<(K, Timestamp, V)>,
    is_same: impl Fn(&V, &V) -> bool,
    place: impl Fn(&V) -> &Place,
    findings: &mut Vec<Finding>,
) -> BTreeMap<K, V> {
    let mut grouped: BTreeMap<K, Vec<(Timestamp, V)>> = BTreeMap::new();
    for (key, at, value) in rows {
        grouped.entry(key).or_default().push((at, value));
    }
    let mut held = BTreeMap::new();
    for (key, mut values) in grouped {
        // Stable: of equal moments the order of the file remains.
        values.sort_by_key(|(at, _)| *at);
        let Some((at, last)) = values.pop() else { continue };
        let other = values.iter().find(|(earlier, value)| *earlier == at && !is_same(value, &last));
        if let Some((_, other)) = other {
            let row = place(other).row.map_or_else(|| place(other).to_string(), |row| format!("row {row}"));
            let message = format!("contradicts {row}, which is of the same moment; neither is used");
            let hint = "add a later row that says which holds; nothing is removed from this table";
            findings.push(Finding::new(&codes::UNUSED_DECISION, place(&last).clone(), message).hint(hint));
            continue;
        }
        held.insert(key, last);
    }
    held
}
