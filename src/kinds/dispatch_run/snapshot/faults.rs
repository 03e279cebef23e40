//! What is wrong with a snapshot: with its row, with the shape of its envelope, and where they contradict each other or
//! themselves.

use std::collections::{BTreeMap, BTreeSet};

use crate::check::is_uuid;
use crate::check::shape;
use crate::finding::Finding;
use crate::kinds::dispatch::redact::{holds_secret, shown};
use crate::kinds::dispatch::value;
use crate::kinds::dispatch_run::context::{self, clean_summary, clean_sync_error};
use crate::kinds::dispatch_run::notice::Said;
use crate::kinds::dispatch_run::snapshot::envelope::ENVELOPE;
use crate::kinds::dispatch_run::sources::{self, dropped, reduced};
use crate::lang::words;
use crate::read::text::Text;
use crate::read::tree::{Node, Value};

/// Longest message about a shape that is shown, in characters.
const MESSAGE_SHOWN: usize = 240;
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

/// What is wrong with a snapshot.
#[derive(Clone, Debug)]
pub(in crate::kinds::dispatch_run) struct Fault {
    /// Where in the envelope, as a pointer, which is also said; where in the row when `in_row`.
    pub pointer: String,
    pub in_row: bool,
    pub said: Said,
}

/// Everything that is wrong with an envelope that can be read, and with the row that it stands in.
pub(in crate::kinds::dispatch_run) fn faults(row: &Node, envelope: &Node) -> Vec<Fault> {
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
        let message = shown(&finding.message, MESSAGE_SHOWN);
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

/// Whether a text of the sources holds a secret.
pub(in crate::kinds::dispatch_run) fn has_secret(envelope: &Node) -> bool {
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

#[cfg(test)]
mod tests {
    use serde_json::{Value as Json, json};

    use super::*;
    use crate::kinds::dispatch::value::parsed;
    use crate::kinds::dispatch_run::snapshot::tests::{ID, good};

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
}
