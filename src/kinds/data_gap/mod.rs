//! `data-gap`: chase the order export, check it, and recognise revenue only from an accepted import (seed 002).

use std::sync::LazyLock;

use crate::bundle::manifest;
use crate::check::schema::TableSchema;
use crate::kinds::{Given, Kind, UploadCheck, schemas};
use crate::lang::words;
use crate::view::pack::Own;

mod decisions;
mod money;
mod orders;
mod people;
mod reconcile;
mod request;
mod rules;
mod view;

use orders::codes;

/// The kind.
pub(super) static KIND: Kind = Kind {
    name: "data-gap",
    title: words("資料缺口升級包", "Data-gap escalation"),
    primary: "kolable-data-gap-escalation.html",
    documents: &["production-brief.md", "decision-record.md", "sources.md"],
    tables: || &TABLES,
    exports: &[],
    conclude,
    questions: &[&request::QUESTION],
    by_action: None,
    rules: request::told,
    metrics: None,
    codes: codes::ALL,
    upload: Some(UploadCheck {
        name: "orders",
        window: orders::default_window,
        schema: orders::schema,
        check: orders::beside::check,
        decided_in: &["order_decisions", "training_orders"],
        discretion: orders::discretion::DISCRETION,
        form: orders::form::workbook,
    }),
};

/// Concludes and lays out.
fn conclude(given: &Given<'_>) -> Own {
    let mut findings = Vec::new();
    let reconciled = reconcile::reconcile(given, &mut findings);
    let accepted = reconciled.accepted().and_then(|sent| given.files.get(&sent.name));
    Own { findings, accepted_import: accepted.map(|bytes| manifest::sha256(bytes)), ..view::page(&reconciled, given) }
}

/// The schema of a record table of the kind.
fn schema(name: &str) -> Option<&'static TableSchema> {
    TABLES.iter().find(|schema| schema.name == name)
}

static TABLES: LazyLock<Vec<TableSchema>> = LazyLock::new(|| {
    schemas(&[
        include_str!("tables/kolable_data_requests.json"),
        include_str!("tables/received_files.json"),
        include_str!("tables/kolable_reconciliation_imports.json"),
        include_str!("tables/order_decisions.json"),
        include_str!("tables/training_orders.json"),
    ])
});
