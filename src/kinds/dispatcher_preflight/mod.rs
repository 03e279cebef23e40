//! `dispatcher-preflight`: what to do instead of building again something that exists (seed 000).

use std::sync::LazyLock;

use crate::check::schema::TableSchema;
use crate::decide::Told;
use crate::kinds::{Kind, schemas};
use crate::lang::words;
use crate::view::pack::Own;

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
    conclude: |given| Own { sections: view::sections(given.facts, given.context), ..Own::default() },
    questions: &[&question::QUESTION],
    codes: &[],
    upload: None,
};

/// Its rules, for `explain`.
pub(super) fn told() -> impl Iterator<Item = Told> {
    rules::told()
}

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
