//! `worker-self-repair`: what a worker may mend by itself, what needs approval, and when a job may complete (seed 001).

use std::sync::LazyLock;

use crate::check::schema::TableSchema;
use crate::kinds::{Kind, schemas};
use crate::lang::words;

mod adoption;
mod codes;
mod console;
mod guard;
mod policy;
mod question;
mod repair;
mod rules;
mod view;

/// The kind.
pub(super) static KIND: Kind = Kind {
    name: "worker-self-repair",
    title: words("Worker 自修復採用作戰台", "Worker self-repair adoption console"),
    primary: "worker-self-repair-adoption-console.html",
    documents: &[
        "production-brief.md",
        "decision-record.md",
        "market-context.md",
        "people-sync.md",
        "production-readiness.md",
        "skill-usage.md",
        "solution-selection.md",
    ],
    tables: || &TABLES,
    exports: &[],
    conclude: view::conclude,
    questions: question::QUESTIONS,
    by_action: None,
    rules: rules::told,
    metrics: Some(|facts, workspace, now| {
        console::console(facts, workspace, now.timestamp(), &mut Vec::new()).scorecard()
    }),
    codes: codes::ALL,
    upload: None,
};

static TABLES: LazyLock<Vec<TableSchema>> = LazyLock::new(|| {
    schemas(&[
        include_str!("tables/worker_repair_events.json"),
        include_str!("tables/repair_proposals.json"),
        include_str!("tables/artifact_gate_checks.json"),
        include_str!("tables/worker_policy_decisions.json"),
        include_str!("tables/worker_policy_audit.json"),
        include_str!("tables/learning_memory_updates.json"),
    ])
});
