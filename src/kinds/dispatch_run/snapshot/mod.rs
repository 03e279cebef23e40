//! Stored context snapshots: the newest of each run, put to their specification, and what of them may be shown.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use jiff::Timestamp;
use serde_json::json;

use crate::check::export::Exports;
use crate::kinds::dispatch::redact::shown;
use crate::kinds::dispatch::value;
use crate::kinds::dispatch_run::appendix;
use crate::kinds::dispatch_run::context;
use crate::kinds::dispatch_run::sources::{dropped, reduced};
use crate::read::tree::Node;

pub(super) use faults::{faults, has_secret};
pub(super) use redacted::{items, redacted};

mod envelope;
mod faults;
mod redacted;

/// The newest row of every run, the latest first; `None` when no snapshots were given.
pub(super) fn newest(exports: &Exports) -> Option<Vec<(&str, &Node)>> {
    let mut of_run: BTreeMap<&str, (Option<Timestamp>, &Node)> = BTreeMap::new();
    for (_, row) in exports.items("context_snapshots")? {
        let at = value::moment(row, "created_at");
        let newest = of_run.entry(value::text(row, "planning_run_id")).or_insert((at, row));
        if at >= newest.0 {
            *newest = (at, row);
        }
    }
    let mut rows: Vec<_> = of_run.into_iter().collect();
    rows.sort_by_key(|(run, (at, _))| (Reverse(*at), *run));
    Some(rows.into_iter().map(|(run, (_, row))| (run, row)).collect())
}

/// Whether the context of a run may be shown: when the run is at its end, and when nobody knows how far it is.
pub(super) fn is_shown(run: Option<&Node>) -> bool {
    run.is_none_or(|run| ["completed", "failed"].contains(&value::text(run, "status")))
}

/// Name of the file with every snapshot as it may be shown.
pub(super) const FILE: &str = "context-snapshots.json";

/// The newest snapshot of every run as JSON: what its row records, what its byte cap would drop of it, and the envelope
/// redacted and within that cap; null when it cannot be read.
pub(super) fn document(rows: &[&(&str, &Node)]) -> String {
    let entry = |(run, row): &&(&str, &Node)| {
        let view = context::View::of(Some(row));
        let envelope = value::document(row, "snapshot").filter(|_| view.readable);
        json!({
            "planning_run_id": shown(run, 80),
            "recorded_bytes": view.sources_bytes,
            "recorded_dropped": context::truncated(&view.dropped).iter().take(5).map(|pair| shown(pair, 40)).collect::<Vec<_>>(),
            "would_drop": envelope.as_ref().map(|envelope| dropped(&reduced(envelope))),
            "faults": envelope.as_ref().map(|envelope| faults(row, envelope).len()),
            "envelope": envelope.as_ref().map(redacted),
        })
    };
    let about = json!("redacted, and reduced to the byte cap of each");
    appendix::list(&about, "snapshots", rows.len(), rows.iter().map(entry))
}

#[cfg(test)]
mod tests {
    use serde_json::{Value as Json, json};

    pub(super) const ID: &str = "1f6f3c1e-8a35-4a52-9d0c-6a8c2f6f0a11";

    /// An envelope and its row with which nothing is wrong.
    pub(super) fn good() -> Json {
        let sources = json!({
            "open_tasks": [
                {"id": "t1", "title": "<b>", "status": "todo", "priority": "low", "updated_at": "2026-05-02T00:00:00Z"},
                {"id": "t2", "title": "b", "status": "todo", "priority": "high", "updated_at": "2026-05-01T00:00:00Z"},
            ],
            "recent_documents": [],
            "open_drift_signals": [
                {"id": "d1", "document_title": "x", "trigger_type": "", "trigger_detail": "", "severity": "high", "opened_at": "2026-05-01T00:00:00Z"},
                {"id": "d2", "document_title": "x", "trigger_type": "", "trigger_detail": "", "severity": "", "opened_at": "2026-05-02T00:00:00Z"},
            ],
            "recent_agent_runs": [
                {"id": "a", "agent_name": "agent:planning-orchestrator", "action_type": "review", "status": "completed", "started_at": "2026-05-01T00:00:00Z", "summary": "s"},
            ],
        });
        let bytes = sources.to_string().len();
        json!({"id": ID, "pack_id": ID, "sources_bytes": bytes, "dropped_counts": "{}", "snapshot": {
            "schema_version": "context.v2", "pack_id": ID, "role": "", "intent_mode": "review", "task_scale": "large",
            "generated_at": "2026-05-02T00:00:00Z", "generated_by": "server", "sanitizer_version": "v1",
            "limits": {"max_open_tasks": 100, "max_recent_documents": 8, "max_open_drift_signals": 6,
                "max_recent_agent_runs": 6, "include_latest_sync_run": true, "max_sources_bytes": 262_144},
            "source_of_truth": [], "sources": sources,
            "meta": {"ranking": {"documents": "relevance_v1", "tasks": "updated_at_desc",
                    "drift_signals": "severity_desc_then_opened_at_desc", "agent_runs": "started_at_desc_excluding_self_planner"},
                "dropped_counts": {"open_tasks": 0, "recent_documents": 0, "open_drift_signals": 0, "latest_sync_run": 0, "recent_agent_runs": 0},
                "sources_bytes": bytes, "warnings": []},
        }})
    }
}
