//! What connectors are doing: how it is shown, when it is stale, and which reports are kept and sent on.
//!
//! A connector that dies leaves its last busy phase behind and busy phases are never purged, so whoever shows one shows
//! its age and whether it is stale.

use std::collections::BTreeMap;

use jiff::{SignedDuration, Timestamp};
use serde_json::{Value as Json, json};

use crate::decide::Question;
use crate::kinds::dispatch::form::{self, Form, form};
use crate::kinds::dispatch::value;
use crate::lang::words;
use crate::read::tree::Node;

/// Phases with what they are called and the colour they are shown in.
pub(super) const PHASES: [(&str, &str, &str); 6] = [
    ("idle", "idle", "grey"),
    ("claiming_run", "claiming", "amber"),
    ("planning", "planning", "blue"),
    ("claiming_task", "claiming task", "amber"),
    ("dispatching", "dispatching", "green"),
    ("submitting", "submitting", "green"),
];
/// The words of [`PHASES`].
pub(super) const PHASE_WORDS: &[&str] =
    &["idle", "claiming_run", "planning", "claiming_task", "dispatching", "submitting"];
/// How long ago a connector that is online was last seen at most.
const ONLINE: SignedDuration = SignedDuration::from_secs(90);
/// After how long without an update an activity is stale.
const STALE: SignedDuration = SignedDuration::from_secs(90);
/// After how long an idle activity is forgotten.
const FORGOTTEN: SignedDuration = SignedDuration::from_mins(5);
/// Most streams that one user may hold.
const MOST_STREAMS: u32 = 3;

/// What a phase is called and its colour; a phase that nobody knows is called by its word.
pub(super) fn badge(phase: &str, online: bool) -> (String, &'static str) {
    let known = PHASES.iter().find(|(word, ..)| *word == phase);
    let label = known.map_or_else(|| phase.to_owned(), |(_, label, _)| (*label).to_owned());
    (label, known.filter(|_| online).map_or("grey", |(_, _, colour)| colour))
}

/// Whether a connector is there: seen, and not too long ago.
pub(super) fn is_online(last_seen: Option<Timestamp>, now: Timestamp) -> bool {
    last_seen.is_some_and(|seen| now.duration_since(seen) <= ONLINE)
}

/// Whether an activity may no longer be true. Without a time nothing can be said.
pub(super) fn is_stale(updated: Option<Timestamp>, now: Timestamp) -> bool {
    updated.is_some_and(|updated| now.duration_since(updated) > STALE)
}

/// Whole seconds since an update; 0 without one and for one of the future.
pub(super) fn age_seconds(updated: Option<Timestamp>, now: Timestamp) -> i64 {
    updated.map_or(0, |updated| now.duration_since(updated).as_secs().max(0))
}

/// Whether an activity is forgotten: idle for long. A busy one and one without a time never are.
pub(super) fn is_forgotten(activity: &Node, now: Timestamp) -> bool {
    let updated = value::moment(activity, "updated_at");
    value::text(activity, "phase") == "idle" && updated.is_some_and(|at| now.duration_since(at) > FORGOTTEN)
}

/// Whether a connector is listed: not revoked, and there or doing something.
pub(super) fn is_listed(connector: &Node, now: Timestamp) -> bool {
    let is_revoked = value::text(connector, "status") == "revoked" || value::get(connector, "revoked_at").is_some();
    let phase = value::get(connector, "activity").and_then(|activity| value::word(activity, "phase"));
    !is_revoked && (is_online(value::moment(connector, "last_seen_at"), now) || phase.is_some())
}

/// A report with what it leaves out: blank is idle, and missing times are now.
fn normalised(activity: &Node, now: Timestamp) -> Json {
    let Json::Object(mut report) = activity.to_json() else { return json!({}) };
    if value::word(activity, "phase").is_none() {
        report.insert("phase".to_owned(), "idle".into());
    }
    for key in [STARTED, "updated_at"] {
        if value::moment(activity, key).is_none() {
            report.insert(key.to_owned(), now.to_string().into());
        }
    }
    report.into()
}

/// The reports that are sent on. One of the same phase within the window of its group's first, to its last millisecond,
/// takes the place of the one that waits, but for when the phase began; an event with `flush` empties the queue, and the
/// next report begins a group.
fn coalesced(events: &[Node], window_ms: i64) -> Vec<Json> {
    let mut sent: Vec<Json> = Vec::new();
    let mut group: Option<(&str, i64)> = None;
    for event in events {
        if value::is_true(event, "flush") {
            group = None;
            continue;
        }
        let (phase, at) = (value::text(event, "phase"), value::integer(event, "t").unwrap_or_default());
        let joins = group.is_some_and(|(first, since)| first == phase && at.saturating_sub(since) <= window_ms);
        let waiting = if joins { sent.pop() } else { None };
        if !joins {
            group = Some((phase, at));
        }
        let mut report = event.to_json();
        if let Some(report) = report.as_object_mut() {
            report.remove("t");
            if let Some(started) = waiting.as_ref().and_then(|waiting| waiting.get(STARTED)) {
                report.insert(STARTED.to_owned(), started.clone());
            }
        }
        sent.push(report);
    }
    sent
}

/// When the phase of a report began.
const STARTED: &str = "started_at";

/// How many of the attempts to subscribe are let in, and how many are not.
fn subscribed(attempts: u32, leave: u32, then: u32) -> (u32, u32) {
    let first = attempts.min(MOST_STREAMS);
    let held = first - leave.min(first);
    let second = then.min(MOST_STREAMS - held);
    (first + second, (attempts - first) + (then - second))
}

/// `activity`: by `op`, one of `purge`, `normalise`, `badge`, `online`, `stale`, `age`, `active_list`, `coalesce` and
/// `subscribe`.
pub(super) static QUESTION: Question = Question {
    name: "activity",
    about: words("連接器活動的顯示、時效與彙整", "how the activity of connectors is shown, aged and merged"),
    facts: None,
    sanitises: false,
    answer: |facts, asked| form::answer(facts, asked, &[form("op", KEYS, |form, _| answer(form))]),
};

/// Keys of every `op`.
const KEYS: &[&str] = &[
    "now",
    "states",
    "activity",
    "online",
    "last_seen_at",
    "last_update_at",
    "updated_at",
    "connectors",
    "window_ms",
    "events",
    "user",
    "attempts",
    "leave",
    "then",
];

fn answer(form: &mut Form<'_>) -> Json {
    match form.text("op") {
        "purge" => {
            let now = form.moment("now");
            let states: BTreeMap<_, _> = form
                .table("states")
                .into_iter()
                .flat_map(Node::entries)
                .map(|entry| (&*entry.key, &entry.node))
                .collect();
            let kept: Vec<_> =
                states.into_iter().filter(|(_, state)| !is_forgotten(state, now)).map(|(id, _)| id).collect();
            json!({"kept": kept})
        }
        "normalise" => {
            let now = form.moment("now");
            form.table("activity").map_or_else(|| json!({}), |activity| normalised(activity, now))
        }
        "badge" => {
            let online = form.flag_if("online").unwrap_or(true);
            let phase = form.table_if("activity").and_then(|activity| value::word(activity, "phase"));
            let (label, colour) = badge(phase.unwrap_or("idle"), online);
            json!({"label": label, "colour": colour})
        }
        "online" => json!({"online": is_online(form.moment_if("last_seen_at"), form.moment("now"))}),
        "stale" => json!({"stale": is_stale(form.moment_if("last_update_at"), form.moment("now"))}),
        "age" => json!({"age_seconds": age_seconds(form.moment_if("updated_at"), form.moment("now"))}),
        "active_list" => {
            let now = form.moment("now");
            let listed: Vec<_> = form.list("connectors").iter().filter(|connector| is_listed(connector, now)).collect();
            json!({"listed": listed.iter().map(|connector| value::text(connector, "id")).collect::<Vec<_>>()})
        }
        "coalesce" => {
            let window = form.integer("window_ms");
            json!({"sent": coalesced(form.list("events"), window)})
        }
        "subscribe" => {
            form.text_if("user");
            let [leave, then] = ["leave", "then"].map(|key| form.count_if(key).unwrap_or_default());
            let (accepted, rejected) = subscribed(form.count("attempts"), leave, then);
            let status = (rejected > 0).then_some(503);
            json!({"accepted": accepted, "rejected": rejected, "rejected_http_status": status})
        }
        _ => {
            form.refuse(
                &["op"],
                "`op` is none of purge, normalise, badge, online, stale, age, active_list, coalesce, subscribe",
            );
            json!({})
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kinds::dispatch::value::parsed;

    fn at(text: &str) -> Timestamp {
        format!("2026-05-08T{text}Z").parse().unwrap()
    }

    #[test]
    fn limits_of_time_hold_to_the_second() {
        let now = at("12:00:00");
        assert!(is_online(Some(at("11:58:30")), now) && !is_online(Some(at("11:58:29")), now) && !is_online(None, now));
        assert!(!is_stale(Some(at("11:58:30")), now) && is_stale(Some(at("11:58:29")), now) && !is_stale(None, now));
        assert!(is_online(Some(at("12:05:00")), now) && !is_stale(Some(at("12:05:00")), now));
        assert_eq!([Some(at("11:59:58.5")), Some(at("12:00:09")), None].map(|one| age_seconds(one, now)), [1, 0, 0]);
        let forgotten = |phase: &str, updated: &str| {
            is_forgotten(&parsed(&json!({"phase": phase, "updated_at": updated}).to_string()).unwrap(), now)
        };
        assert!(forgotten("idle", "2026-05-08T11:54:59Z") && !forgotten("idle", "2026-05-08T11:55:00Z"));
        assert!(!forgotten("planning", "2026-05-01T00:00:00Z") && !forgotten("idle", ""));
    }

    #[test]
    fn phases_have_their_label_and_colour() {
        for (phase, (word, label, colour)) in PHASE_WORDS.iter().zip(PHASES) {
            assert_eq!((*phase, badge(phase, true), badge(phase, false).1), (word, (label.to_owned(), colour), "grey"));
        }
        assert_eq!(badge("resting", true), ("resting".to_owned(), "grey"));
    }

    #[test]
    fn a_connector_is_listed_when_it_is_there_or_busy() {
        let check = |connector: &str, listed: bool| {
            assert_eq!(is_listed(&parsed(connector).unwrap(), at("12:00:00")), listed, "{connector}");
        };
        check(r#"{"last_seen_at":"2026-05-08T11:59:00Z"}"#, true);
        check(r#"{"last_seen_at":"2026-05-08T11:00:00Z"}"#, false);
        check(r#"{"activity":{"phase":"planning"}}"#, true);
        check(r#"{"activity":{"phase":" "}}"#, false);
        check(r#"{"activity":{"phase":"planning"},"status":"revoked"}"#, false);
        check(r#"{"activity":{"phase":"planning"},"revoked_at":"2026-05-08T11:00:00Z"}"#, false);
    }

    #[test]
    fn reports_of_one_phase_are_merged_until_their_window_ends() {
        let check = |events: &str, expected: &str| {
            let sent = coalesced(parsed(events).unwrap().items(), 500);
            let told =
                sent.iter().map(|one| format!("{}{}", one["phase"].as_str().unwrap(), one["step"])).collect::<Vec<_>>();
            let started = sent.iter().all(|one| one.get(STARTED).is_none_or(|started| *started == one["phase"]));
            assert!(started, "{events}");
            assert_eq!(told.join(" "), expected, "{events}");
        };
        check(
            r#"[{"t":0,"phase":"a","step":1},{"t":400,"phase":"a","step":2},{"t":600,"phase":"a","step":3}]"#,
            "a2 a3",
        );
        check(
            r#"[{"t":0,"phase":"a","step":1},{"t":500,"phase":"a","step":2},{"t":501,"phase":"a","step":3}]"#,
            "a2 a3",
        );
        check(
            r#"[{"t":0,"phase":"a","step":1,"started_at":"a"},{"t":1,"phase":"a","step":2,"started_at":"later"},{"t":2,"phase":"a","step":3}]"#,
            "a3",
        );
        check(
            r#"[{"t":0,"phase":"a","step":1},{"t":1,"phase":"b","step":2},{"t":2,"phase":"a","step":3}]"#,
            "a1 b2 a3",
        );
        check(r#"[{"t":0,"phase":"a","step":1},{"t":1,"flush":true},{"t":2,"phase":"a","step":2}]"#, "a1 a2");
    }

    #[test]
    fn a_user_holds_so_many_streams() {
        for (attempts, leave, then, expected) in
            [(4, 0, 0, (3, 1)), (3, 1, 1, (4, 0)), (3, 1, 2, (4, 1)), (2, 9, 4, (5, 1)), (0, 0, 0, (0, 0))]
        {
            assert_eq!(subscribed(attempts, leave, then), expected);
        }
    }
}
