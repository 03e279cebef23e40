//! `dispatch-run`: planning runs and dispatched tasks as their console exports them (seed 003): what was decided, what
//! would happen next, what is stuck and what does not hold.

use crate::decide::Question;
use crate::kinds::Kind;
use crate::lang::words;

mod activity;
mod appendix;
mod attention;
mod audit;
mod codes;
mod context;
mod dry_run;
mod errors;
mod exports;
mod files;
mod lifecycle;
mod notice;
mod quality;
mod result;
mod roles;
mod scale;
mod snapshot;
mod sources;
mod suggestion;
mod tree;
mod view;
mod wording;

/// The kind.
pub(super) static KIND: Kind = Kind {
    name: "dispatch-run",
    title: words("派工執行作戰台", "Dispatch run console"),
    primary: "dispatch-run-console.html",
    documents: &["production-brief.md", "decision-record.md", "sources.md"],
    tables: || &[],
    exports: exports::EXPORTS,
    conclude: view::conclude,
    questions: QUESTIONS,
    by_action: None,
    rules: || files::told().chain(errors::told()).chain(audit::told()).collect(),
    metrics: None,
    codes: codes::ALL,
    upload: None,
};

static QUESTIONS: &[&Question] = &[
    &scale::QUESTION,
    &context::SNAPSHOT,
    &sources::QUESTION,
    &context::REDACTION,
    &result::SCHEMA,
    &files::QUESTION,
    &result::BADGE,
    &suggestion::SUGGESTION,
    &suggestion::REASONING,
    &quality::SUMMARY,
    &quality::ACCEPTANCE,
    &quality::FEEDBACK,
    &quality::HEALTH,
    &lifecycle::CLAIM,
    &lifecycle::SUBMIT,
    &errors::QUESTION,
    &lifecycle::REQUEUE,
    &activity::QUESTION,
    &roles::QUESTION,
    &audit::QUESTION,
];
