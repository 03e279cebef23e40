//! The envelope of a planning context, as its specification declares it.

use crate::check::shape::{Shape, Type, optional, required};
use crate::kinds::dispatch_run::context::VERSION;

pub(super) static ENVELOPE: Shape = Shape {
    about: "The envelope of a planning context.",
    closed: false,
    keys: &[
        required("schema_version", Type::Word(&[VERSION]), "version"),
        required("pack_id", Type::AnyText, "id of the context; blank on old runs"),
        required("role", Type::AnyText, "role, often blank"),
        required("intent_mode", Type::Word(&["analyze", "implement", "review", "document"]), "what is to be done"),
        required("task_scale", Type::Word(&["small", "medium", "large"]), "scale"),
        required("generated_at", Type::Moment, "when it was made"),
        required("generated_by", Type::Word(&["server"]), "who made it"),
        required("sanitizer_version", Type::Word(&["v1"]), "by which rules it was redacted"),
        required("limits", Type::Table(&LIMIT_KEYS), "limits"),
        required("source_of_truth", Type::List(&Type::Table(&TRUTH)), "what counts when sources differ"),
        required("sources", Type::Table(&SOURCE_KEYS), "the sources"),
        required("meta", Type::Table(&META), "how it was made"),
    ],
};

static LIMIT_KEYS: Shape = Shape {
    about: "The limits of a context.",
    closed: false,
    keys: &[
        required("max_open_tasks", Type::Count, "tasks"),
        required("max_recent_documents", Type::Count, "documents"),
        required("max_open_drift_signals", Type::Count, "drift signals"),
        required("max_recent_agent_runs", Type::Count, "agent runs"),
        required("include_latest_sync_run", Type::Bool, "whether the sync run is in it"),
        required("max_sources_bytes", Type::Count, "bytes of all sources"),
    ],
};

static TRUTH: Shape = Shape {
    about: "A document that counts.",
    closed: false,
    keys: &[
        required("name", Type::AnyText, "name"),
        required("path", Type::AnyText, "path"),
        required("role", Type::AnyText, "what it is for"),
    ],
};

/// Empty lists are written as null by some programs.
static SOURCE_KEYS: Shape = Shape {
    about: "The sources of a context.",
    closed: false,
    keys: &[
        required("open_tasks", Type::Nullable(&Type::List(&Type::Table(&TASK))), "open tasks"),
        required("recent_documents", Type::Nullable(&Type::List(&Type::Table(&DOCUMENT))), "documents"),
        required("open_drift_signals", Type::Nullable(&Type::List(&Type::Table(&DRIFT))), "drift signals"),
        optional("latest_sync_run", Type::Nullable(&Type::Table(&SYNC_RUN)), "latest sync run"),
        required("recent_agent_runs", Type::Nullable(&Type::List(&Type::Table(&AGENT_RUN))), "agent runs"),
    ],
};

static TASK: Shape = Shape {
    about: "An open task.",
    closed: false,
    keys: &[
        required("id", Type::Text, "id"),
        required("title", Type::AnyText, "title"),
        required("status", Type::Text, "status"),
        required("priority", Type::Word(&["low", "medium", "high"]), "priority"),
        required("updated_at", Type::Moment, "when it last changed"),
    ],
};

static DOCUMENT: Shape = Shape {
    about: "A document, without its text.",
    closed: false,
    keys: &[
        required("id", Type::Text, "id"),
        required("title", Type::AnyText, "title"),
        required("file_path", Type::AnyText, "path"),
        required("doc_type", Type::AnyText, "sort"),
        required("is_stale", Type::Bool, "whether the code has moved on"),
        required("staleness_days", Type::Count, "for how many days"),
    ],
};

static DRIFT: Shape = Shape {
    about: "A drift signal.",
    closed: false,
    keys: &[
        required("id", Type::Text, "id"),
        required("document_title", Type::AnyText, "document"),
        required("trigger_type", Type::AnyText, "what set it off"),
        required("trigger_detail", Type::AnyText, "in words"),
        required("severity", Type::Word(&["low", "medium", "high", ""]), "severity"),
        required("opened_at", Type::Moment, "since when"),
    ],
};

static SYNC_RUN: Shape = Shape {
    about: "The latest sync run.",
    closed: false,
    keys: &[
        required("id", Type::Text, "id"),
        required("status", Type::Text, "status"),
        required("started_at", Type::Moment, "when it began"),
        optional("completed_at", Type::Nullable(&Type::Moment), "when it ended"),
        required("error_message", Type::AnyText, "error"),
    ],
};

static AGENT_RUN: Shape = Shape {
    about: "A run of an agent.",
    closed: false,
    keys: &[
        required("id", Type::Text, "id"),
        required("agent_name", Type::AnyText, "agent"),
        required("action_type", Type::AnyText, "what it does"),
        required("status", Type::Text, "status"),
        required("started_at", Type::Moment, "when it began"),
        required("summary", Type::AnyText, "what came of it"),
    ],
};

static META: Shape = Shape {
    about: "How a context was made.",
    closed: false,
    keys: &[
        required("ranking", Type::Table(&RANKING), "how the sources are ordered"),
        required("dropped_counts", Type::Table(&DROPPED), "what was dropped"),
        required("sources_bytes", Type::Count, "bytes of the sources"),
        required("warnings", Type::List(&Type::AnyText), "sources that failed"),
    ],
};

static RANKING: Shape = Shape {
    about: "How sources are ordered.",
    closed: false,
    keys: &[
        required("documents", Type::Word(&["relevance_v1"]), "documents"),
        required("tasks", Type::Word(&["updated_at_desc"]), "tasks"),
        required("drift_signals", Type::Word(&["severity_desc_then_opened_at_desc"]), "drift signals"),
        required("agent_runs", Type::Word(&["started_at_desc_excluding_self_planner"]), "agent runs"),
    ],
};

static DROPPED: Shape = Shape {
    about: "How many items of each source were dropped.",
    closed: false,
    keys: &[
        required("open_tasks", Type::Count, "tasks"),
        required("recent_documents", Type::Count, "documents"),
        required("open_drift_signals", Type::Count, "drift signals"),
        required("latest_sync_run", Type::Count, "sync run"),
        required("recent_agent_runs", Type::Count, "agent runs"),
    ],
};
