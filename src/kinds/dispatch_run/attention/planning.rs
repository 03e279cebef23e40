//! What needs somebody among the planning runs and the contexts that they were given.

use jiff::Timestamp;

use crate::check::export::Exports;
use crate::finding::Place;
use crate::kinds::dispatch::redact::{holds_secret, shown};
use crate::kinds::dispatch::value;
use crate::kinds::dispatch_run::attention::{QUOTED, duration, name_of, place};
use crate::kinds::dispatch_run::notice::{Attention, Said};
use crate::kinds::dispatch_run::{codes, context, errors};
use crate::lang::Lang;
use crate::read::tree::Node;

pub(super) fn runs(exports: &Exports, now: Timestamp, found: &mut Attention) {
    for (at, run) in exports.items("planning_runs").into_iter().flatten() {
        if value::text(run, "status") == "failed" {
            failed(run, place(exports, "planning_runs", format!("/{at}/error_kind")), found);
        }
        let lease = value::text(run, "dispatch_status");
        let ended = value::moment(run, "lease_expires_at").filter(|end| *end < now);
        if lease == "expired" || (lease == "leased" && ended.is_some()) {
            found.push(&codes::LEASE_EXPIRED, || {
                let since = ended.map(|end| now.duration_since(end).as_secs());
                let said = since.map_or(
                    Said { zh: "租約已逾期".to_owned(), en: "its lease has expired".to_owned() },
                    |since| Said {
                        zh: format!("租約在 {}前到期", duration(since, Lang::ZhHant)),
                        en: format!("its lease ended {} ago", duration(since, Lang::En)),
                    },
                );
                (name_of(run), said, None, place(exports, "planning_runs", format!("/{at}/dispatch_status")))
            });
        }
    }
}

fn failed(run: &Node, place: Place, found: &mut Attention) {
    found.push(&codes::PLANNING_FAILED, || {
        let (kind, message) = errors::of_run(run);
        let said = format!("{}: {}", errors::exported(Some(kind)), shown(message, QUOTED));
        let todo = errors::normalised(kind).remedy.map(Said::from);
        (name_of(run), Said::same(said), todo, place)
    });
}

pub(super) fn snapshots(exports: &Exports, found: &mut Attention) {
    for (at, row) in exports.items("context_snapshots").into_iter().flatten() {
        let here = |key: &str| place(exports, "context_snapshots", format!("/{at}/{key}"));
        let about = || shown(value::text(row, "planning_run_id"), 80);
        if !context::View::of(Some(row)).readable {
            found.push(&codes::SNAPSHOT_UNREADABLE, || {
                let said = Said { zh: "不是 JSON 物件".to_owned(), en: "is no JSON object".to_owned() };
                (about(), said, None, here("snapshot"))
            });
            continue;
        }
        let snapshot = value::document(row, "snapshot");
        let faults = snapshot.as_ref().map(|snapshot| context::faults(row, snapshot)).unwrap_or_default();
        if !faults.is_empty() {
            found.push(&codes::CONTEXT_INVALID, || {
                let said = |separator: &str, lang| {
                    faults.iter().map(|fault| fault.get(lang)).collect::<Vec<_>>().join(separator)
                };
                let said = Said { zh: said("；", Lang::ZhHant), en: said("; ", Lang::En) };
                (about(), said, None, here("snapshot"))
            });
        }
        let Some(sources) = snapshot.as_ref().and_then(|snapshot| snapshot.get("sources")) else { continue };
        let texts = [
            ("open_tasks", "title"),
            ("recent_documents", "title"),
            ("open_drift_signals", "document_title"),
            ("open_drift_signals", "trigger_detail"),
            ("recent_agent_runs", "summary"),
        ];
        let listed = texts
            .into_iter()
            .flat_map(|(list, key)| value::list(sources, list).iter().map(move |item| value::text(item, key)));
        let sync = value::get(sources, "latest_sync_run").map(|run| value::text(run, "error_message"));
        if listed.chain(sync).any(holds_secret) {
            found.push(&codes::UNREDACTED, || {
                let said = Said { zh: "內容未顯示".to_owned(), en: "what it is, is not repeated here".to_owned() };
                (about(), said, None, here("snapshot"))
            });
        }
    }
}
