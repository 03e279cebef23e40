//! `dispatcher-preflight`: what to do instead of building again something that exists (seed 000).

use std::sync::LazyLock;

use crate::check::schema::TableSchema;
use crate::kinds::{ByAction, Kind, schemas};
use crate::lang::words;

mod gather;
mod history;
mod question;
mod rules;
mod view;

/// The kind.
pub(super) static KIND: Kind = Kind {
    name: "dispatcher-preflight",
    title: words("派工前檢查合約", "Dispatcher preflight contract"),
    primary: "dispatcher-preflight-contract.html",
    documents: &["production-brief.md", "decision-record.md", "sources.md"],
    tables: || &TABLES,
    exports: &[],
    conclude: view::conclude,
    questions: &[&question::QUESTION],
    by_action: Some(&BY_ACTION),
    rules: question::told,
    metrics: Some(|facts, _, _| history::metrics(facts)),
    codes: &[],
    upload: None,
};

/// The preflight of an action.
static BY_ACTION: ByAction = ByAction {
    question: &question::QUESTION,
    decide: |about, asked, findings| {
        let gathered = gather::gather(about, findings)?;
        let decision = rules::decide(&gathered.facts).ok()?;
        let mut answer = question::answer(&gathered.facts, &decision, asked);
        answer.insert("facts".to_owned(), gather::json(&gathered.facts));
        answer.insert("sources".to_owned(), gathered.sources.iter().map(gather::Source::json).collect());
        Some(answer)
    },
    lines: history::lines,
};

static TABLES: LazyLock<Vec<TableSchema>> = LazyLock::new(|| {
    schemas(&[
        include_str!("tables/script_delivery_registry.json"),
        include_str!("tables/adoption_reviews.json"),
        include_str!("tables/visit_events.json"),
        include_str!("tables/case_scopes.json"),
        include_str!("tables/gap_tasks.json"),
        include_str!("tables/dispatcher_preflight_runs.json"),
        include_str!("tables/dispatch_suppression_events.json"),
        include_str!("tables/close_events.json"),
    ])
});
