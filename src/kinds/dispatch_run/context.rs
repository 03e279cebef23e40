//! The planning context that a run was given: its envelope, its snapshot as people see it, and the two texts in it
//! that are cleaned before they are stored.

use serde_json::{Map, Value as Json, json};

use crate::decide::Question;
use crate::kinds::dispatch::form::{self, form};
use crate::kinds::dispatch::redact::{cut, redact};
use crate::kinds::dispatch::value;
use crate::kinds::dispatch_run::scale;
use crate::kinds::dispatch_run::sources::{self, SOURCES};
use crate::lang::words;
use crate::read::tree::{Entry, Node, Value};

/// Version of the envelope. Adding a field keeps it, renaming one needs another.
pub(super) const VERSION: &str = "context.v2";
/// Most characters of an agent run's summary.
const SUMMARY_CHARACTERS: usize = 180;
/// Most characters of a sync run's error.
const SYNC_ERROR_CHARACTERS: usize = 240;
/// How much of a pack id is shown.
const SHORT_ID: usize = 8;

/// What an envelope says beside the context that it carries.
struct Head<'a> {
    pack_id: &'a str,
    role: &'a str,
    intent_mode: &'a str,
    task_scale: &'a str,
    source_of_truth: Option<&'a Node>,
}

/// Who makes envelopes, and by which rules their texts were cleaned, when the older context does not say.
const GENERATED_BY: &str = "server";
const SANITIZER: &str = "v1";

/// The limits of a context whose older form does not say them.
pub(super) fn usual_limits() -> Map<String, Json> {
    let limits = json!({
        "max_open_tasks": 100,
        "max_recent_documents": 8,
        "max_open_drift_signals": 6,
        "max_recent_agent_runs": 6,
        "include_latest_sync_run": true,
        "max_sources_bytes": 262_144,
    });
    if let Json::Object(limits) = limits { limits } else { Map::new() }
}

/// The envelope around an older context: its own keys, then limits, sources and meta as they were. Lists that were
/// written as null are empty, every source has its count of what was dropped, and what is not said is as usual.
fn envelope(v1: &Node, head: &Head<'_>) -> Json {
    let copied = |key: &str| v1.get(key).map_or(Json::Null, Node::to_json);
    let mut meta = match copied("meta") {
        Json::Object(meta) => meta,
        _ => Map::new(),
    };
    let given = meta.get("dropped_counts").cloned().unwrap_or_default();
    let counts = SOURCES.map(|key| (key.to_owned(), given.get(key).cloned().unwrap_or_else(|| 0.into())));
    meta.insert("dropped_counts".to_owned(), counts.into_iter().collect::<Map<_, _>>().into());
    if meta.get("warnings").is_none_or(Json::is_null) {
        meta.insert("warnings".to_owned(), json!([]));
    }
    let mut limits = usual_limits();
    if let Json::Object(given) = copied("limits") {
        limits.extend(given.into_iter().filter(|(_, limit)| !limit.is_null()));
    }
    let said = |key: &str, usual: &str| value::word(v1, key).unwrap_or(usual).to_owned();
    // In UTC; what is no moment is copied, lest a page show another than the export.
    let generated = v1.text_at("generated_at").filter(|text| !text.ends_with('Z')).and_then(value::moment_of);
    let truth = head.source_of_truth.filter(|node| matches!(node.value, Value::List(_)));
    json!({
        "schema_version": VERSION,
        "pack_id": head.pack_id,
        "role": head.role,
        "intent_mode": head.intent_mode,
        "task_scale": head.task_scale,
        "generated_at": generated.map_or_else(|| copied("generated_at"), |moment| moment.to_string().into()),
        "generated_by": said("generated_by", GENERATED_BY),
        "sanitizer_version": said("sanitizer_version", SANITIZER),
        "limits": limits,
        "source_of_truth": truth.map_or_else(|| json!([]), Node::to_json),
        "sources": v1.get("sources").map_or(Json::Null, sources::normalised),
        "meta": meta,
    })
}

/// The row that is stored when a connector claims a run, and the envelope that it is answered with. Both are null when
/// there is no context or it could not be stored.
fn on_claim(claim: &Node) -> Json {
    let empty = Node { value: Value::Table(Vec::new()), offset: 0 };
    let (run, requirement) = (claim.get("run").unwrap_or(&empty), claim.get("requirement").unwrap_or(&empty));
    let stored = !value::is_true(claim, "save_fails");
    let Some(v1) = value::get(claim, "v1").filter(|_| stored) else { return json!({"envelope": null, "row": null}) };
    let pack_id = value::text(run, "context_pack_id");
    let estimate = scale::estimate(value::text(requirement, "title"), value::text(requirement, "description"));
    let head =
        Head { pack_id, role: "", intent_mode: "implement", task_scale: estimate.scale.word(), source_of_truth: None };
    let envelope = envelope(v1, &head);
    json!({
        "row": {
            "pack_id": pack_id,
            "planning_run_id": value::text(run, "id"),
            "schema_version": VERSION,
            "snapshot": envelope.to_string(),
            "sources_bytes": envelope["meta"]["sources_bytes"],
            "dropped_counts": envelope["meta"]["dropped_counts"].to_string(),
        },
        "envelope": envelope,
    })
}

/// A snapshot as people see it.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct View {
    /// Whether there is a row; runs before snapshots and runs without a connector have none.
    pub available: bool,
    /// Whether the stored text could be read. If not, counts are 0 and only the row speaks.
    pub readable: bool,
    pub pack_id: String,
    pub planning_run_id: String,
    pub schema_version: String,
    pub sources_bytes: i64,
    /// What was dropped for the byte cap, by source.
    pub dropped: Vec<(String, i64)>,
    pub open_tasks: usize,
    pub documents: usize,
    pub drift_signals: usize,
    pub agent_runs: usize,
    pub has_sync_run: bool,
    pub role: String,
    pub intent_mode: String,
    pub task_scale: String,
    pub source_of_truth: Option<Json>,
    /// What the server could not put into the context, as `source: reason`.
    pub warnings: Vec<String>,
}

impl View {
    /// Reads the newest of the rows of one run.
    pub(super) fn newest<'a>(rows: impl IntoIterator<Item = &'a Node>) -> Self {
        let newest = rows.into_iter().max_by_key(|row| value::moment(row, "created_at"));
        Self::of(newest)
    }

    /// Reads one row, or the absence of any.
    pub(super) fn of(row: Option<&Node>) -> Self {
        let Some(row) = row else { return Self::default() };
        let version = value::word(row, "schema_version").unwrap_or(VERSION);
        let mut view = Self {
            available: true,
            pack_id: value::text(row, "pack_id").to_owned(),
            planning_run_id: value::text(row, "planning_run_id").to_owned(),
            schema_version: version.to_owned(),
            sources_bytes: value::integer(row, "sources_bytes").unwrap_or_default(),
            dropped: value::document(row, "dropped_counts").as_ref().map(counts).unwrap_or_default(),
            ..Self::default()
        };
        let snapshot = value::document(row, "snapshot").filter(|node| matches!(node.value, Value::Table(_)));
        if let Some(snapshot) = snapshot {
            let listed = |key: &str| snapshot.get("sources").map_or(0, |sources| value::list(sources, key).len());
            view.readable = true;
            [view.open_tasks, view.documents, view.drift_signals, view.agent_runs] =
                ["open_tasks", "recent_documents", "open_drift_signals", "recent_agent_runs"].map(listed);
            let sync = snapshot.get("sources").and_then(|sources| value::get(sources, "latest_sync_run"));
            view.has_sync_run = sync.is_some();
            let text = |key: &str| value::text(&snapshot, key).to_owned();
            [view.role, view.intent_mode, view.task_scale] = ["role", "intent_mode", "task_scale"].map(text);
            view.warnings = value::get(&snapshot, "meta")
                .and_then(|meta| meta.get("warnings"))
                .map(Node::texts)
                .unwrap_or_default();
            view.source_of_truth = value::get(&snapshot, "source_of_truth").map(Node::to_json);
        }
        view
    }

    fn to_json(&self) -> Json {
        let dropped: Map<_, _> = self.dropped.iter().map(|(key, count)| (key.clone(), (*count).into())).collect();
        json!({
            "available": self.available,
            "pack_id": self.pack_id,
            "planning_run_id": self.planning_run_id,
            "schema_version": self.schema_version,
            "sources_bytes": self.sources_bytes,
            "dropped_counts": dropped,
            "open_task_count": self.open_tasks,
            "document_count": self.documents,
            "drift_count": self.drift_signals,
            "agent_run_count": self.agent_runs,
            "has_sync_run": self.has_sync_run,
            "role": self.role,
            "intent_mode": self.intent_mode,
            "task_scale": self.task_scale,
            "source_of_truth": self.source_of_truth.clone().unwrap_or_else(|| json!([])),
            "truncated": !truncated(&self.dropped).is_empty(),
        })
    }
}

/// The counts of what was dropped, by source; what is no number is passed over.
pub(super) fn counts(dropped: &Node) -> Vec<(String, i64)> {
    let count = |entry: &Entry| Some((entry.key.to_string(), value::number(&entry.node)?.parse().ok()?));
    dropped.entries().iter().filter_map(count).collect()
}

/// What was dropped, as people read it; empty when nothing was and nothing is marked as cut.
pub(super) fn truncated(dropped: &[(String, i64)]) -> Vec<String> {
    dropped.iter().filter(|(_, count)| *count > 0).map(|(key, count)| format!("{count} {key}")).collect()
}

/// A number of bytes as people read it: in units of 1,024 with one decimal, rounded half up.
pub(super) fn bytes_label(bytes: u64) -> String {
    let tenths = bytes.saturating_mul(10).saturating_add(512) / 1024;
    format!("{}.{} KB", tenths / 10, tenths % 10)
}

/// The beginning of a pack id.
pub(super) fn short_id(id: &str) -> String {
    id.chars().take(SHORT_ID).collect()
}

/// An agent run's summary as it is stored.
pub(super) fn clean_summary(text: &str) -> String {
    cut(&redact(text), SUMMARY_CHARACTERS)
}

/// A sync run's error as it is stored.
pub(super) fn clean_sync_error(text: &str) -> String {
    cut(&redact(text), SYNC_ERROR_CHARACTERS)
}

/// `context-snapshot`: an older context put into its envelope (`upgrade`), what is stored at a claim
/// (`snapshot_on_claim`), a stored row or several as people see them (`view`, `view_rows`), and how sizes and ids are
/// shown (`format_bytes`, `short_pack_id`, `dropped_counts`).
pub(super) static SNAPSHOT: Question = Question {
    name: "context-snapshot",
    about: words("規劃情境的信封與快照", "the envelope of a planning context and its snapshot"),
    facts: None,
    sanitises: false,
    answer: |facts, asked| {
        form::answer(
            facts,
            asked,
            &[
                form("upgrade", &[], |form, _| {
                    let Some(upgrade) = form.table("upgrade") else { return json!({}) };
                    let Some(v1) = value::get(upgrade, "v1") else {
                        form.refuse(&["upgrade"], "`v1` is missing, expected the older context");
                        return json!({});
                    };
                    let text = |key: &str| value::text(upgrade, key);
                    let head = Head {
                        pack_id: text("pack_id"),
                        role: text("role"),
                        intent_mode: text("intent_mode"),
                        task_scale: text("task_scale"),
                        source_of_truth: upgrade.get("source_of_truth"),
                    };
                    envelope(v1, &head)
                }),
                form("snapshot_on_claim", &[], |form, _| match form.table("snapshot_on_claim") {
                    Some(claim) => on_claim(claim),
                    None => json!({"envelope": null, "row": null}),
                }),
                form("view", &[], |form, _| View::of(form.table("view")).to_json()),
                form("view_rows", &[], |form, _| View::newest(form.list("view_rows")).to_json()),
                form("format_bytes", &[], |form, _| {
                    let sizes = form.list("format_bytes");
                    let label = |node: &Node| value::number(node)?.parse().ok().map(bytes_label);
                    let labels: Vec<_> = sizes.iter().filter_map(label).collect();
                    if labels.len() < sizes.len() {
                        form.refuse(&["format_bytes"], "expected whole numbers from 0");
                    }
                    json!({"labels": labels})
                }),
                form("short_pack_id", &[], |form, _| json!({"short": short_id(form.text("short_pack_id"))})),
                form("dropped_counts", &[], |form, _| {
                    let dropped = form.table("dropped_counts").map(counts).unwrap_or_default();
                    let labels = truncated(&dropped);
                    json!({"truncated": !labels.is_empty(), "labels": labels})
                }),
            ],
        )
    },
};

/// `redaction`: secrets taken out (`text`), a text cut (`truncate`), or both as for an agent run's summary or a sync
/// run's error.
pub(super) static REDACTION: Question = Question {
    name: "redaction",
    about: words("從文字中移除機密，並裁到長度上限", "secrets taken out of a text, and the text cut to its limit"),
    facts: None,
    sanitises: true,
    answer: |facts, asked| {
        form::answer(
            facts,
            asked,
            &[
                form("text", &[], |form, _| told(&redact(form.text_if("text").unwrap_or_default()))),
                form("truncate", &["max_runes"], |form, _| {
                    let most = usize::try_from(form.count("max_runes")).unwrap_or(usize::MAX);
                    told(&cut(form.text("truncate"), most))
                }),
                form("agent_run_summary", &[], |form, _| {
                    told(&clean_summary(form.text_if("agent_run_summary").unwrap_or_default()))
                }),
                form("sync_run_error", &[], |form, _| {
                    told(&clean_sync_error(form.text_if("sync_run_error").unwrap_or_default()))
                }),
            ],
        )
    },
};

/// A text and how many characters it has.
fn told(text: &str) -> Json {
    json!({"length": text.chars().count(), "text": text})
}
