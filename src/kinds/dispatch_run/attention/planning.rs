//! What needs somebody among the planning runs and the contexts that they were given.

use jiff::Timestamp;

use crate::check::export::Exports;
use crate::finding::Place;
use crate::kinds::dispatch::redact::shown;
use crate::kinds::dispatch::value;
use crate::kinds::dispatch_run::attention::item::{QUOTED, place};
use crate::kinds::dispatch_run::notice::{Attention, Said};
use crate::kinds::dispatch_run::wording::{duration, name_of};
use crate::kinds::dispatch_run::{codes, context, errors, lifecycle, snapshot};
use crate::lang::{Lang, words};
use crate::read::tree::Node;

pub(super) fn runs(exports: &Exports, now: Timestamp, found: &mut Attention) {
    for (at, run) in exports.items("planning_runs").into_iter().flatten() {
        if value::text(run, "status") == "failed" {
            failed(run, place(exports, "planning_runs", format!("/{at}/error_kind")), found);
        }
        let lease = value::text(run, "dispatch_status");
        let end = if lease == "leased" { lifecycle::lease_end(run) } else { value::moment(run, "lease_expires_at") };
        let ended = end.filter(|end| *end < now);
        if lease == "expired" || (lease == "leased" && ended.is_some()) {
            found.push(&codes::LEASE_EXPIRED, || {
                let since = ended.map(|end| now.duration_since(end).as_secs());
                let said = since.map_or(
                    Said { zh: "租約已逾期".to_owned(), en: "its lease has expired".to_owned() },
                    |since| Said {
                        zh: format!("租約在 {}前到期；回到 queued，租約 expired", duration(since, Lang::ZhHant)),
                        en: format!(
                            "its lease ended {} ago: it goes back to queued, its lease to expired",
                            duration(since, Lang::En)
                        ),
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
                (about(), words("不是 JSON 物件", "is no JSON object").into(), None, here("snapshot"))
            });
            continue;
        }
        let Some(envelope) = value::document(row, "snapshot") else { continue };
        let is_text = row.get("snapshot").is_some_and(|node| node.text().is_some());
        for fault in snapshot::faults(row, &envelope) {
            found.push(&codes::CONTEXT_INVALID, || {
                // An envelope that stands in a text has no pointers of the file; what is said names the key.
                let inner = if is_text { "" } else { &fault.pointer };
                let pointer = if fault.in_row { fault.pointer.clone() } else { format!("/snapshot{inner}") };
                (about(), fault.said, None, here(pointer.trim_start_matches('/')))
            });
        }
        if snapshot::has_secret(&envelope) {
            found.push(&codes::UNREDACTED, || {
                let said = words("內容未顯示", "what it is, is not repeated here");
                (about(), said.into(), None, here("snapshot"))
            });
        }
    }
}
