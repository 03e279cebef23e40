//! The history of preflights: the lines that a run leaves behind, and what is counted from all of them.
//!
//! Invariants: pure; the same signal about the same facts gives the same line, so that recording it twice changes nothing;
//! what was not given is unknown and not zero.

use std::collections::BTreeMap;

use serde_json::json;

use crate::bundle::manifest;
use crate::check::schema::TableSchema;
use crate::check::table::{Record, Records};
use crate::codes;
use crate::decide::Answer;
use crate::facts;
use crate::finding::Finding;
use crate::kinds::dispatcher_preflight::TABLES;
use crate::kinds::dispatcher_preflight::rules::{BUILD, METRICS};
use crate::kinds::metric::{Measured, Metric, median};
use crate::kinds::people::{column, integer, moment, text};
use crate::kinds::{Line, Signal, Surroundings};
use crate::lang::Words;
use crate::lang::words;
use crate::view::context::Context;
use crate::view::page::{Bar, Block, Chart};

const RUNS: &str = "dispatcher_preflight_runs";
const SUPPRESSIONS: &str = "dispatch_suppression_events";
const CLOSES: &str = "close_events";
/// Days that the trend shows, the last ones on which something ran.
const DAYS: usize = 14;

/// The lines that a decision leaves behind. What does not change with the clock tells runs apart.
pub(super) fn lines(about: &Surroundings<'_>, answer: &Answer, signal: &Signal) -> Result<Vec<Line>, String> {
    let Some(project) = &about.facts.pack.project_id else {
        return Err(format!("{}/pack.toml names no project_id, which every recorded run needs", about.shown));
    };
    let facts = answer.get("facts").cloned().unwrap_or_default();
    let mut lasting = facts.clone();
    if let Some(lasting) = lasting.as_object_mut() {
        lasting.shift_remove("now");
    }
    let said = |key: &str| answer.get(key).cloned().unwrap_or_default();
    let key = json!([signal.id, about.action, lasting, said("rule"), said("dispatch_decision")]).to_string();
    let run = id("run", &key);
    let mut lines = vec![Line {
        table: RUNS,
        id: run.clone(),
        json: json!({
            "id": run,
            "project_id": project,
            "action_item_id": about.action,
            "signal_type": signal.kind,
            "registry_hit_count": facts["registry_hit_count"],
            "adoption_review_status": facts["adoption_review_status"],
            "visit_event_count": facts["visit_event_count"],
            "case_scope_status": facts["case_scope_status"],
            "preflight_result": said("preflight_result"),
            "dispatch_decision": said("dispatch_decision"),
            "rationale": said("rationale"),
            "created_at": facts["now"],
            "source_signal_id": signal.id,
        })
        .to_string(),
    }];
    if said("dispatch_decision") != BUILD {
        let event = id("suppression", &key);
        lines.push(Line {
            table: SUPPRESSIONS,
            id: event.clone(),
            json: json!({
                "id": event,
                "project_id": project,
                "action_item_id": about.action,
                "source_signal_id": signal.id,
                "preflight_run_id": run,
                "rationale": said("rationale"),
                "created_at": facts["now"],
            })
            .to_string(),
        });
    }
    Ok(lines)
}

/// A UUID (version 8, RFC 9562) that is made from what it names.
fn id(sort: &str, key: &str) -> String {
    let digest = manifest::sha256(format!("{sort}\n{key}").as_bytes());
    let part = |from: usize, to: usize| digest.get(from..to).unwrap_or_default();
    format!("{}-{}-8{}-8{}-{}", part(0, 8), part(8, 12), part(13, 16), part(17, 20), part(20, 32))
}

/// A table that was given, and its records.
fn table<'f>(facts: &'f facts::Facts, name: &str) -> Option<(&'static TableSchema, &'f Records)> {
    Some((TABLES.iter().find(|schema| schema.name == name)?, facts.tables.get(name)?))
}

/// Says of closes that lie before their signal that they have no latency.
pub(super) fn check(facts: &facts::Facts, findings: &mut Vec<Finding>) {
    let Some((schema, records)) = table(facts, CLOSES) else { return };
    for record in &records.records {
        if moment(record, schema, "closed_at") < moment(record, schema, "signal_at") {
            let message = "was closed before its signal came in; it does not count for the latency";
            findings.push(
                Finding::new(&codes::OUT_OF_ORDER, column(&record.place, "closed_at"), message)
                    .hint("correct one of the two times"),
            );
        }
    }
}

/// Every figure, in the order in which they are defined.
pub(super) fn metrics(facts: &facts::Facts) -> Vec<Metric> {
    let runs = table(facts, RUNS);
    let closes = table(facts, CLOSES);
    let share = |given: Option<(&TableSchema, &Records)>,
                 of: &dyn Fn(&TableSchema, &Record) -> bool,
                 part: &dyn Fn(&TableSchema, &Record) -> bool| {
        given.map(|(schema, records)| {
            let whole: Vec<_> = records.records.iter().filter(|record| of(schema, record)).collect();
            let numerator = whole.iter().filter(|record| part(schema, record)).count() as u64;
            Measured::Share { numerator, denominator: whole.len() as u64 }
        })
    };
    let all = |_: &TableSchema, _: &Record| true;
    let decided = |schema: &TableSchema, record: &Record| text(record, schema, "dispatch_decision").to_owned();
    let built = |schema: &TableSchema, record: &Record| decided(schema, record) == BUILD;
    let latency = closes.map(|(schema, records)| {
        let seconds = |record: &Record| {
            let [from, to] = ["signal_at", "closed_at"].map(|field| moment(record, schema, field));
            Some(to?.as_second() - from?.as_second()).filter(|seconds| *seconds >= 0)
        };
        let seconds: Vec<_> = records.records.iter().filter_map(seconds).collect();
        Measured::Median { of: seconds.len() as u64, seconds: median(seconds) }
    });
    let value = |id: &str| match id {
        "duplicate_job_rate" => share(runs, &built, &|schema, record| {
            integer(record, schema, "registry_hit_count").is_some_and(|hits| hits > 0)
        }),
        "suppressed_build_count" => share(runs, &all, &|schema, record| !built(schema, record)),
        "gap_dispatch_count" => share(runs, &all, &|schema, record| decided(schema, record) == "create_gap_task"),
        "close_ready_count" => {
            share(runs, &all, &|schema, record| text(record, schema, "preflight_result") == "close_ready")
        }
        "close_latency" => latency,
        "proposal_module_spawned" => {
            share(closes, &all, &|schema, record| !text(record, schema, "proposal_module_id").is_empty())
        }
        _ => None,
    };
    let metric = |(id, title, definition): &(&'static str, Words, Words)| Metric {
        id,
        title: *title,
        definition: *definition,
        value: value(id),
        source: if matches!(*id, "close_latency" | "proposal_module_spawned") { CLOSES } else { RUNS },
    };
    METRICS.iter().map(metric).collect()
}

/// Runs day by day, and how many of them created no job. `None` when nothing ran.
pub(super) fn trend(facts: &facts::Facts, context: &Context<'_>) -> Option<Block> {
    let (schema, records) = table(facts, RUNS)?;
    let mut days: BTreeMap<_, (usize, usize)> = BTreeMap::new();
    for record in &records.records {
        let day = moment(record, schema, "created_at")?.to_zoned(context.zone.clone()).date();
        let (runs, suppressed) = days.entry(day).or_default();
        *runs += 1;
        *suppressed += usize::from(text(record, schema, "dispatch_decision") != BUILD);
    }
    let shown: Vec<_> = days.iter().skip(days.len().saturating_sub(DAYS)).collect();
    let most = shown.iter().map(|(_, (runs, _))| *runs).max()?;
    let length = |count: usize| u16::try_from(count * 1000 / most.max(1)).unwrap_or(1000);
    let text = words("次檢查，{} 次未建立產製工作", "runs, {} without a production job").get(context.lang);
    let bar = |(day, (runs, suppressed)): &(&jiff::civil::Date, &(usize, usize))| Bar {
        label: day.to_string(),
        text: format!("{runs} {}", text.replace("{}", &suppressed.to_string())),
        whole: length(*runs),
        part: length(*suppressed),
    };
    let caption = words(
        "每日檢查次數；深色為未建立產製工作的次數",
        "Preflight runs by day; the darker part created no production job",
    );
    Some(Block::Chart(Chart { caption: caption.get(context.lang).to_owned(), bars: shown.iter().map(bar).collect() }))
}
