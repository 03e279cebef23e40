//! A stored context snapshot put to its specification: its row, the envelope in it, and whether they agree with each other
//! and with themselves; and what of it may be shown: cut to its byte cap, every text without secrets.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use serde_json::{Map, Value as Json, json};

use crate::check::export::Exports;
use crate::check::is_uuid;
use crate::check::shape::{self, Shape, Type, optional, required};
use crate::finding::Finding;
use crate::kinds::dispatch::redact::{holds_secret, shown};
use crate::kinds::dispatch::value;
use crate::kinds::dispatch_run::appendix;
use crate::kinds::dispatch_run::context::{self, VERSION, clean_summary, clean_sync_error};
use crate::kinds::dispatch_run::notice::Said;
use crate::kinds::dispatch_run::sources::{self, Reduced, SOURCES};
use crate::lang::words;
use crate::read::text::Text;
use crate::read::tree::{Node, Value};

/// Longest text of a snapshot that is shown, in characters.
const SHOWN: usize = 240;
/// Who plans, and what a run of it that still runs is.
const SELF_PLANNER: [(&str, &str); 3] =
    [("agent_name", "agent:planning-orchestrator"), ("action_type", "review"), ("status", "running")];
/// Sources whose number of items is limited, and the limit.
const LIMITED: [(&str, &str); 4] = [
    ("open_tasks", "max_open_tasks"),
    ("recent_documents", "max_recent_documents"),
    ("open_drift_signals", "max_open_drift_signals"),
    ("recent_agent_runs", "max_recent_agent_runs"),
];

static ENVELOPE: Shape = Shape {
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

/// What is wrong with a snapshot.
#[derive(Clone, Debug)]
pub(super) struct Fault {
    /// Where in the envelope, as a pointer, which is also said; where in the row when `in_row`.
    pub pointer: String,
    pub in_row: bool,
    pub said: Said,
}

/// Everything that is wrong with an envelope that can be read, and with the row that it stands in.
pub(super) fn faults(row: &Node, envelope: &Node) -> Vec<Fault> {
    let mut faults = of_shape(envelope);
    let mut found = |pointer: String, in_row: bool, said: Said| faults.push(Fault { pointer, in_row, said });
    of_row(row, envelope, &mut |key, said| found(format!("/{key}"), true, said));
    of_envelope(envelope, &mut |pointer, said| {
        let said = Said { zh: format!("{pointer}：{}", said.zh), en: format!("{pointer}: {}", said.en) };
        found(pointer, false, said);
    });
    faults
}

/// What does not have the shape of an envelope.
fn of_shape(envelope: &Node) -> Vec<Fault> {
    let mut findings = Vec::new();
    shape::check(envelope, &ENVELOPE, Text { path: "", content: "" }, &mut findings);
    let fault = |finding: Finding| {
        let pointer = finding.place.pointer.unwrap_or_default();
        let message = shown(&finding.message, SHOWN);
        let said = Said {
            zh: format!("{pointer}：{}（{message}）", finding.code.title.zh),
            en: format!("{pointer}: {message}"),
        };
        Fault { pointer, in_row: false, said }
    };
    findings.into_iter().map(fault).collect()
}

/// What is wrong with the row, by itself and beside its envelope.
fn of_row(row: &Node, envelope: &Node, found: &mut dyn FnMut(&'static str, Said)) {
    let id_fault = |key: &str| value::word(row, key).is_some_and(|id| !is_uuid(id));
    for key in ["id", "pack_id"].into_iter().filter(|key| id_fault(key)) {
        found(key, Said { zh: format!("{key} 不是 UUID"), en: format!("its {key} is no UUID") });
    }
    if value::word(row, "pack_id").is_some_and(|id| id != value::text(envelope, "pack_id")) {
        found("pack_id", words("pack_id 與信封不同", "its pack_id is not that of its envelope").into());
    }
    if value::word(row, "created_at").is_some() && value::moment(row, "created_at").is_none() {
        found("created_at", words("created_at 不是時間", "its created_at is no time").into());
    }
    let meta = envelope.get("meta");
    let size = |node: Option<&Node>| value::integer(node?, "sources_bytes");
    if let (Some(own), Some(told)) = (size(Some(row)), size(meta))
        && own != told
    {
        let (zh, en) = (
            format!("列記錄 {own} 位元組，信封記錄 {told}"),
            format!("the row records {own} bytes of sources, the envelope {told}"),
        );
        found("sources_bytes", Said { zh, en });
    }
    let counts = |node: Option<&Node>| {
        let counts = context::counts(&value::document(node?, "dropped_counts")?);
        Some(counts.into_iter().filter(|(_, count)| *count != 0).collect::<BTreeMap<_, _>>())
    };
    let (own, told) = (counts(Some(row)), counts(meta));
    if value::get(row, "dropped_counts").is_some() && own.is_none() {
        found("dropped_counts", words("dropped_counts 無法讀取", "its dropped_counts cannot be read").into());
    }
    if own.zip(told).is_some_and(|(own, told)| own != told) {
        let said = words("列與信封記錄的丟棄數不同", "row and envelope record different dropped counts");
        found("dropped_counts", said.into());
    }
}

/// What of an envelope contradicts its specification or itself although it has the shape of one.
fn of_envelope(envelope: &Node, found: &mut dyn FnMut(String, Said)) {
    let limits = envelope.get("limits");
    let limit = |key: &str| limits.and_then(|limits| value::integer(limits, key));
    for (key, usual) in context::usual_limits() {
        if let Some(given) = limit(&key).filter(|given| usual.as_i64().is_some_and(|usual| *given != usual)) {
            let (zh, en) = (format!("{key} 是 {given}，應為 {usual}"), format!("{key} is {given}, expected {usual}"));
            found(format!("/limits/{key}"), Said { zh, en });
        }
    }
    for warning in envelope.get("meta").map(|meta| value::list(meta, "warnings")).unwrap_or_default() {
        if warning.text().is_some_and(|text| text.split_once(": ").is_none_or(|(source, _)| source.trim().is_empty())) {
            let said = words("警告不是「來源: 原因」", "a warning is not written as `source: reason`");
            found("/meta/warnings".to_owned(), said.into());
        }
    }
    let Some(sources) = envelope.get("sources").filter(|sources| matches!(sources.value, Value::Table(_))) else {
        return;
    };
    for (source, key) in LIMITED {
        let count = value::list(sources, source).len();
        if let Some(most) = limit(key).filter(|most| usize::try_from(*most).is_ok_and(|most| count > most)) {
            let (zh, en) = (
                format!("{source} 有 {count} 項，上限 {most}"),
                format!("{source} has {count} items, its limit is {most}"),
            );
            found(format!("/sources/{source}"), Said { zh, en });
        }
    }
    of_size(envelope, sources, found);
    of_sources(sources, found);
}

/// Whether the recorded size is that of the sources, and within the cap.
fn of_size(envelope: &Node, sources: &Node, found: &mut dyn FnMut(String, Said)) {
    let recorded = envelope.get("meta").and_then(|meta| value::integer(meta, "sources_bytes"));
    let sizes = sizes(sources);
    if let (Some(recorded), Some(size)) = (recorded, sizes.first())
        && !usize::try_from(recorded).is_ok_and(|recorded| sizes.contains(&recorded))
    {
        let (zh, en) = (
            format!("記錄 {recorded} 位元組，來源實為 {size}"),
            format!("{recorded} bytes are recorded, the sources have {size}"),
        );
        found("/meta/sources_bytes".to_owned(), Said { zh, en });
    }
    let reduced = reduced(envelope);
    if reduced.dropped != [0; 5] {
        let (left, gone) = (reduced.bytes, dropped(&reduced).join(", "));
        let (zh, en) = (
            format!("來源超過自己的位元組上限：應丟棄 {gone}，剩 {left} 位元組"),
            format!("its sources are above its own byte cap: {gone} would be dropped, which leaves {left} bytes"),
        );
        found("/sources".to_owned(), Said { zh, en });
    }
}

/// The bytes that the sources may have had when they were written: as they are or with empty lists for null, and with
/// `<`, `>`, `&` and the two line separators as they are or escaped, as some writers do.
fn sizes(sources: &Node) -> BTreeSet<usize> {
    let forms = [sources.to_json().to_string(), sources::normalised(sources).to_string()];
    let escaped = |text: &str| {
        let longer = |one: char| match one {
            '<' | '>' | '&' => 5,
            '\u{2028}' | '\u{2029}' => 3,
            _ => 0,
        };
        text.len() + text.chars().map(longer).sum::<usize>()
    };
    forms.iter().flat_map(|form| [form.len(), escaped(form)]).collect()
}

/// Whether the sources hold what they may, in the order that they are said to have.
fn of_sources(sources: &Node, found: &mut dyn FnMut(String, Said)) {
    let mut at = |source: &str, at: usize, key: &str, zh: String, en: String| {
        found(format!("/sources/{source}/{at}{key}"), Said { zh, en });
    };
    for (index, task) in value::list(sources, "open_tasks").iter().enumerate() {
        let status = value::text(task, "status");
        if ["done", "cancelled"].contains(&status) {
            let (zh, en) =
                (format!("未結任務中有 {status} 的任務"), format!("a task that is {status} is among the open ones"));
            at("open_tasks", index, "/status", zh, en);
        }
    }
    for (index, document) in value::list(sources, "recent_documents").iter().enumerate() {
        if ["body", "content"].into_iter().any(|key| value::get(document, key).is_some()) {
            at("recent_documents", index, "", "文件帶有內文".to_owned(), "a document comes with its text".to_owned());
        }
    }
    for (index, run) in value::list(sources, "recent_agent_runs").iter().enumerate() {
        if SELF_PLANNER.into_iter().all(|(key, word)| value::text(run, key) == word) {
            let (zh, en) = ("執行中的規劃者自己也在其中", "the planner's own running review is among the runs");
            at("recent_agent_runs", index, "", zh.to_owned(), en.to_owned());
        }
        let summary = value::text(run, "summary");
        if summary != clean_summary(summary) && !holds_secret(summary) {
            at("recent_agent_runs", index, "/summary", "摘要未裁短".to_owned(), "a summary is not cut".to_owned());
        }
    }
    let error = value::get(sources, "latest_sync_run").map(|run| value::text(run, "error_message")).unwrap_or_default();
    if error != clean_sync_error(error) && !holds_secret(error) {
        let said = words("同步錯誤訊息未裁短", "the error of the sync run is not cut");
        found("/sources/latest_sync_run/error_message".to_owned(), said.into());
    }
    let severity = |item: &Node| match value::text(item, "severity") {
        "high" => 3,
        "medium" => 2,
        "low" => 1,
        _ => 0,
    };
    let newest = |item: &Node, key: &str| value::moment(item, key);
    for (source, first) in [
        ("open_tasks", out_of_order(sources, "open_tasks", |item| newest(item, "updated_at"))),
        (
            "open_drift_signals",
            out_of_order(sources, "open_drift_signals", |item| Some((severity(item), newest(item, "opened_at")?))),
        ),
        ("recent_agent_runs", out_of_order(sources, "recent_agent_runs", |item| newest(item, "started_at"))),
    ] {
        if let Some(index) = first {
            let (zh, en) = ("這一項不在應有的順序", "this item is not in the order that its source is said to have");
            found(format!("/sources/{source}/{index}"), Said { zh: zh.to_owned(), en: en.to_owned() });
        }
    }
}

/// The first item of a source that is greater than the one before it; items that cannot be compared are passed over.
fn out_of_order<T: PartialOrd>(sources: &Node, source: &str, key: impl Fn(&Node) -> Option<T>) -> Option<usize> {
    let keys: Vec<_> =
        value::list(sources, source).iter().enumerate().filter_map(|(at, item)| Some((at, key(item)?))).collect();
    keys.windows(2).find(|pair| pair[1].1 > pair[0].1).map(|pair| pair[1].0)
}

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

/// What is left of the sources of an envelope within its own byte cap.
pub(super) fn reduced(envelope: &Node) -> Reduced {
    let cap = envelope.get("limits").and_then(|limits| value::integer(limits, "max_sources_bytes")).unwrap_or_default();
    let sources = envelope.get("sources").map_or_else(|| json!({}), sources::normalised);
    sources::reduce(&sources, cap)
}

/// What was taken away, as people read it.
pub(super) fn dropped(reduced: &Reduced) -> Vec<String> {
    let pairs = SOURCES.iter().zip(reduced.dropped).filter(|(_, count)| *count > 0);
    pairs.map(|(key, count)| format!("{count} {key}")).collect()
}

/// Whether a text of the sources holds a secret.
pub(super) fn has_secret(envelope: &Node) -> bool {
    let texts = [
        ("open_tasks", "title"),
        ("recent_documents", "title"),
        ("open_drift_signals", "document_title"),
        ("open_drift_signals", "trigger_detail"),
        ("recent_agent_runs", "summary"),
    ];
    let Some(sources) = envelope.get("sources") else { return false };
    let listed = texts
        .into_iter()
        .flat_map(|(list, key)| value::list(sources, list).iter().map(move |item| value::text(item, key)));
    let sync = value::get(sources, "latest_sync_run").map(|run| value::text(run, "error_message"));
    listed.chain(sync).any(holds_secret)
}

/// The envelope as it may be shown: the keys that are known, every text without secrets and not too long, the sources
/// within the byte cap. What is of the wrong type is null.
pub(super) fn redacted(envelope: &Node) -> Json {
    let mut shown = redacted_table(envelope, &ENVELOPE);
    let kept = reduced(envelope).kept;
    for (key, kept) in SOURCES.iter().zip(kept) {
        let Some(source) = shown.get_mut("sources").and_then(|sources| sources.get_mut(*key)) else { continue };
        match source {
            Json::Array(items) => items.truncate(kept),
            one if kept == 0 => *one = Json::Null,
            _ => {}
        }
    }
    shown
}

fn redacted_table(node: &Node, shape: &Shape) -> Json {
    let kept = shape
        .keys
        .iter()
        .filter_map(|key| Some((key.name.to_owned(), redacted_value(node.get(key.name)?, &key.value))));
    Json::Object(kept.collect::<Map<_, _>>())
}

fn redacted_value(node: &Node, expected: &Type) -> Json {
    match (expected, &node.value) {
        (Type::Nullable(inner), _) => redacted_value(node, inner),
        (Type::Table(shape), Value::Table(_)) => redacted_table(node, shape),
        (Type::List(item), Value::List(items)) => items.iter().map(|node| redacted_value(node, item)).collect(),
        (Type::Table(_) | Type::List(_), _) => Json::Null,
        (_, Value::Text(text)) => shown(text, SHOWN).into(),
        (_, Value::Number(_) | Value::Bool(_)) => node.to_json(),
        _ => Json::Null,
    }
}

/// One item of a context as it may be shown.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Item {
    pub source: &'static str,
    pub id: String,
    pub title: String,
    pub state: String,
    pub text: String,
    pub at: Option<Timestamp>,
}

/// The items of the sources of a redacted envelope, source by source.
pub(super) fn items(redacted: &Json) -> Vec<Item> {
    let empty = Json::Null;
    let sources = redacted.get("sources").unwrap_or(&empty);
    let mut items = Vec::new();
    for source in SOURCES {
        let listed: &[Json] = match sources.get(source) {
            Some(Json::Array(list)) => list,
            Some(one @ Json::Object(_)) => std::slice::from_ref(one),
            _ => &[],
        };
        items.extend(listed.iter().map(|item| item_of(source, item)));
    }
    items
}

fn item_of(source: &'static str, item: &Json) -> Item {
    let text = |key: &str| item.get(key).and_then(Json::as_str).unwrap_or_default();
    let first =
        |keys: &[&str]| keys.iter().map(|key| text(key)).find(|text| !text.is_empty()).unwrap_or_default().to_owned();
    let join = |keys: &[&str]| {
        keys.iter().map(|key| text(key)).filter(|text| !text.is_empty()).collect::<Vec<_>>().join(" · ")
    };
    let stale = match (item.get("is_stale").and_then(Json::as_bool), &item["staleness_days"]) {
        (Some(true), days) if days.is_number() => format!("stale · {days} d"),
        (Some(true), _) => "stale".to_owned(),
        _ => String::new(),
    };
    Item {
        source,
        id: first(&["id"]),
        title: join(&["title", "document_title", "agent_name", "action_type"]),
        state: if stale.is_empty() { join(&["status", "priority", "severity"]) } else { stale },
        text: join(&["file_path", "doc_type", "trigger_type", "trigger_detail", "summary", "error_message"]),
        at: value::moment_of(&first(&["updated_at", "opened_at", "started_at"])),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kinds::dispatch::value::parsed;

    const ID: &str = "1f6f3c1e-8a35-4a52-9d0c-6a8c2f6f0a11";

    /// An envelope and its row with which nothing is wrong.
    fn good() -> Json {
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

    /// What is wrong after a value of the row has been replaced: where, of the row with `row` before it. The sizes are
    /// made to fit again, unless they are what was replaced.
    fn check(pointer: &str, to: Json, expected: &[&str]) {
        let mut row = good();
        *row.pointer_mut(pointer).unwrap() = to;
        if !pointer.ends_with("sources_bytes") {
            let bytes = Json::from(row["snapshot"]["sources"].to_string().len());
            row["sources_bytes"] = bytes.clone();
            row["snapshot"]["meta"]["sources_bytes"] = bytes;
        }
        let row = parsed(&row.to_string()).unwrap();
        let faults = faults(&row, row.get("snapshot").unwrap());
        let told = |fault: &Fault| format!("{}{}", if fault.in_row { "row" } else { "" }, fault.pointer);
        assert_eq!(faults.iter().map(told).collect::<Vec<_>>(), expected, "{pointer}");
    }

    #[test]
    fn what_is_as_specified_has_no_fault() {
        check("/id", json!(ID), &[]);
        // Empty lists may be null, and some writers escape marks of markup: `<` and `>` are five bytes longer each.
        check("/snapshot/sources/recent_documents", json!(null), &[]);
        let bytes = good()["sources_bytes"].as_u64().unwrap();
        let mut row = good();
        row["sources_bytes"] = (bytes + 10).into();
        row["snapshot"]["meta"]["sources_bytes"] = (bytes + 10).into();
        let row = parsed(&row.to_string()).unwrap();
        assert!(faults(&row, row.get("snapshot").unwrap()).is_empty());
    }

    #[test]
    fn every_rule_of_row_and_envelope_is_a_fault_of_its_own() {
        check("/id", json!("snap-1"), &["row/id"]);
        check("/pack_id", json!("2f6f3c1e-8a35-4a52-9d0c-6a8c2f6f0a11"), &["row/pack_id"]);
        check("/dropped_counts", json!("{"), &["row/dropped_counts"]);
        check("/dropped_counts", json!({"open_tasks": 2}), &["row/dropped_counts"]);
        check("/sources_bytes", json!(5), &["row/sources_bytes"]);
        check("/snapshot/meta/sources_bytes", json!(5), &["row/sources_bytes", "/meta/sources_bytes"]);
        check("/snapshot/generated_at", json!("yesterday"), &["/generated_at"]);
        check("/snapshot/generated_by", json!("somebody"), &["/generated_by"]);
        check("/snapshot/sanitizer_version", json!("v9"), &["/sanitizer_version"]);
        check("/snapshot/source_of_truth", json!(null), &["/source_of_truth"]);
        check("/snapshot/source_of_truth", json!([{"name": "n", "path": "p"}]), &["/source_of_truth/0"]);
        check("/snapshot/limits/max_open_tasks", json!(100_000), &["/limits/max_open_tasks"]);
        check("/snapshot/limits/max_open_tasks", json!(1), &["/limits/max_open_tasks", "/sources/open_tasks"]);
        check("/snapshot/limits/max_sources_bytes", json!(200), &["/limits/max_sources_bytes", "/sources"]);
        check("/snapshot/meta/ranking/tasks", json!("by name"), &["/meta/ranking/tasks"]);
        check("/snapshot/meta/warnings", json!(null), &["/meta/warnings"]);
        check("/snapshot/meta/warnings", json!(["documents: timed out", "odd"]), &["/meta/warnings"]);
        check(
            "/snapshot/meta/dropped_counts/open_tasks",
            json!(-3),
            &["/meta/dropped_counts/open_tasks", "row/dropped_counts"],
        );
    }

    #[test]
    fn sources_hold_what_they_may_in_their_order() {
        let at = |tail: &str| format!("/snapshot/sources/{tail}");
        check(&at("open_tasks/0/status"), json!("done"), &["/sources/open_tasks/0/status"]);
        check(&at("open_tasks/1/updated_at"), json!("2026-05-03T00:00:00Z"), &["/sources/open_tasks/1"]);
        check(&at("open_tasks/1/updated_at"), json!("2026-05-02T00:00:00Z"), &[]);
        check(
            &at("open_drift_signals/0/severity"),
            json!("catastrophic"),
            &["/sources/open_drift_signals/0/severity", "/sources/open_drift_signals/1"],
        );
        check(&at("open_drift_signals/1/severity"), json!("high"), &["/sources/open_drift_signals/1"]);
        check(&at("recent_agent_runs/0/status"), json!("running"), &["/sources/recent_agent_runs/0"]);
        check(&at("recent_agent_runs/0/summary"), json!("s".repeat(180)), &[]);
        check(&at("recent_agent_runs/0/summary"), json!("s".repeat(181)), &["/sources/recent_agent_runs/0/summary"]);
        let document = json!([{"id": "d", "title": "", "file_path": "", "doc_type": "", "is_stale": false, "staleness_days": 0, "body": "all of it"}]);
        check(&at("recent_documents"), document, &["/sources/recent_documents/0"]);
        check("/snapshot/sources", json!({}), &["/sources", "/sources", "/sources", "/sources"]);
    }

    #[test]
    fn what_is_shown_is_redacted_and_within_the_cap() {
        let mut row = good();
        row["snapshot"]["sources"]["open_tasks"][0]["title"] = json!("token=Zq7hunter and more");
        row["snapshot"]["sources"]["open_tasks"][0]["body"] = json!("not known");
        row["snapshot"]["limits"]["max_sources_bytes"] = json!(500);
        let row = parsed(&row.to_string()).unwrap();
        let envelope = row.get("snapshot").unwrap();
        assert!(has_secret(envelope));
        assert_eq!(dropped(&reduced(envelope)), ["1 open_tasks", "1 open_drift_signals"]);
        let shown = redacted(envelope);
        assert_eq!(
            shown["sources"]["open_tasks"],
            json!([{"id": "t1", "title": "[REDACTED] and more", "status": "todo", "priority": "low", "updated_at": "2026-05-02T00:00:00Z"}])
        );
        assert_eq!(items(&shown).iter().map(|item| item.id.as_str()).collect::<Vec<_>>(), ["t1", "d1", "a"]);
        assert!(redacted(&parsed("[]").unwrap()).as_object().is_some_and(Map::is_empty));
    }
}
