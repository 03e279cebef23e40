//! The hourly heartbeat: the steps in their fixed order, what is reported, and what is replied.
//!
//! Invariants: only an error of the server fails it; what could not be looked up changes nothing; OK is replied only
//! after the runner ran.

use serde_json::{Value as Json, json};

use crate::decide::{Answer, Asked};
use crate::kinds::dispatch::form::{Form, Shape, form};
use crate::kinds::dispatch::value;
use crate::kinds::dispatch_workflow::issues;
use crate::kinds::dispatch_workflow::lanes;
use crate::kinds::dispatch_workflow::probe;
use crate::lang::{Words, words};
use crate::read::tree::{Node, Value};

/// The words that a report may have as its status.
const REPORTED: [&str; 3] = ["ok", "warning", "error"];
/// Most warnings and errors of the server that are listed.
const LISTED: usize = 5;

/// One heartbeat, as it is replayed from exports.
pub(super) struct Beat {
    /// Steps in the order in which they run.
    pub steps: Vec<String>,
    /// Status of the server: its own word, or `error` when it could not be asked.
    pub status: String,
    /// Exit status.
    pub exit_code: u8,
    /// What is reported.
    pub report: Json,
    /// Whether there is grooming work to surface.
    pub grooming: bool,
    /// Whether the server could not be asked or told of errors.
    pub errors: bool,
    /// The server's warnings and errors, the first of them.
    pub told: Vec<String>,
}

/// Replays a heartbeat. Lanes without a probe keep their schedule.
pub(super) fn beat(server: Option<&Node>, probes: Option<&Node>, grooming: Option<&Node>, flags: &[String]) -> Beat {
    let has = |flag: &str| flags.iter().any(|given| given == flag);
    let answer = server.filter(|server| matches!(server.value, Value::Table(_)) && server.get("raise").is_none());
    let status = answer.map_or("error", |answer| answer.text_at("status").unwrap_or_default()).to_owned();
    let mut steps = vec!["server-heartbeat".to_owned()];
    if !has("--no-probe") {
        steps.extend(lanes::worked().map(|lane| format!("probe:{}", lane.id)));
        if !has("--no-cron-toggle") {
            let nothing = Node { value: Value::Null, offset: 0 };
            let plan = probe::plan(probes.unwrap_or(&nothing));
            let changed = plan.iter().filter(|(_, toggle)| toggle.set != "unchanged");
            steps.extend(changed.map(|(lane, toggle)| format!("cron:{}:{}", lane.id, toggle.set)));
        }
    }
    steps.extend(["grooming-check".to_owned(), "report".to_owned()]);
    let texts = |key: &str| answer.and_then(|answer| answer.get(key)).map(Node::texts).unwrap_or_default();
    let touched = texts("touchedIssueUrls");
    let report = if REPORTED.contains(&status.as_str()) {
        json!({
            "status": status,
            "summary": answer.and_then(|answer| answer.text_at("summary")).filter(|text| !text.trim().is_empty()),
            "touched": (!touched.is_empty()).then_some(touched),
        })
    } else {
        Json::Null
    };
    let mut told = texts("errors");
    let errors = status == "error"
        || answer.and_then(|answer| answer.get("errors")).is_some_and(|errors| is_any(errors) != Some(false));
    told.extend(texts("warnings"));
    told.truncate(LISTED);
    Beat {
        steps,
        exit_code: u8::from(status == "error"),
        status,
        report,
        grooming: grooming.and_then(|grooming| grooming.text_at("type")) == Some("groom"),
        errors,
        told,
    }
}

/// What is replied after a heartbeat.
pub(super) struct Reply {
    /// Stable id; what is surfaced, when something is.
    pub id: &'static str,
    /// When it is replied, in words.
    pub when: Words,
    /// The word, when there is one.
    pub word: Option<&'static str>,
    /// What a person does about it, when it is for one.
    pub act: Option<Words>,
}

const fn surface(id: &'static str, when: Words, act: Option<Words>) -> Reply {
    Reply { id, when, word: None, act }
}

const LOOK: Words = words("看伺服器與執行紀錄", "look at the server and at the log of the run");

/// The replies in the order in which they are looked for; the last one when no other holds.
pub(super) static REPLIES: &[Reply] = &[
    surface("runner-not-executed", words("執行程式沒有跑", "the runner did not run"), Some(LOOK)),
    Reply {
        word: Some("HEARTBEAT_FAILED"),
        ..surface("runner-failed", words("執行程式失敗", "the runner failed"), Some(LOOK))
    },
    surface("errors", words("有錯誤", "there were errors"), Some(LOOK)),
    surface(
        "grooming",
        words("有整理工作要處理", "there is grooming work"),
        Some(words("觸發整理", "have it groomed")),
    ),
    surface("follow-ups", words("有 PR 要跟進", "pull requests call their workers back"), None),
    surface("state-changes", words("有狀態變動要告知", "something changed that people should know"), None),
    surface(
        "backlog-pressure",
        words("待辦堆積", "more waits than is worked off"),
        Some(words("整理或加派 worker", "groom it or start more workers")),
    ),
    Reply {
        word: Some("HEARTBEAT_OK"),
        ..surface("nothing", words("沒有要告知的事", "there is nothing to surface"), None)
    },
];

/// The keys under which counts, lists or flags say what there is to surface.
const NEWS: [(&str, &str); 4] = [
    ("errors", "errors"),
    ("follow_ups", "follow-ups"),
    ("state_changes", "state-changes"),
    ("backlog_pressure", "backlog-pressure"),
];

/// What there is to surface, by the ids of [`REPLIES`]; what nobody said is not.
pub(super) fn news(export: &Node, errors: bool, grooming: bool) -> Vec<&'static str> {
    let has = |key: &str| export.get(key).and_then(is_any) == Some(true);
    let said = NEWS.into_iter().filter(|(key, _)| has(key)).map(|(_, id)| id);
    said.chain(errors.then_some("errors")).chain(grooming.then_some("grooming")).collect()
}

/// Everything that is surfaced, of which the first is the reply: exit status of the runner when it ran, and what there is.
/// Of a run that failed nothing else is believed.
pub(super) fn surfaced(runner_exit: Option<i64>, news: &[&str]) -> Vec<&'static Reply> {
    let ids = match runner_exit {
        None => &["runner-not-executed"][..],
        Some(0) if news.is_empty() => &["nothing"],
        Some(0) => news,
        Some(_) => &["runner-failed"],
    };
    REPLIES.iter().filter(|reply| ids.contains(&reply.id)).collect()
}

/// Whether a count, a list or a flag says that there is something; `None` when it is none of these.
fn is_any(node: &Node) -> Option<bool> {
    match &node.value {
        Value::Null => Some(false),
        Value::Bool(flag) => Some(*flag),
        Value::List(items) => Some(!items.is_empty()),
        Value::Number(_) => issues::integer(node).map(|count| count > 0),
        _ => None,
    }
}

/// A moment in UTC to the second; `None` when it is none.
fn utc(text: &str) -> Option<String> {
    Some(value::moment_of(text)?.strftime("%Y-%m-%dT%H:%M:%SZ").to_string())
}

/// Exit status of the runner; `None` when it did not run.
pub(super) fn exit(node: Option<&Node>) -> Option<i64> {
    match node.map(|node| &node.value) {
        Some(Value::Number(number)) => number.parse().ok(),
        _ => None,
    }
}

/// `heartbeat`: the steps of a heartbeat, what is reported, and what is replied.
pub(super) static FORMS: &[Shape] = &[
    form("reporter", &[], reporter),
    form("reply_for", &[], replied),
    form("server_heartbeat", &["probes", "grooming", "flags"], replayed),
];

/// Flags of a heartbeat.
const FLAGS: [&str; 2] = ["--no-probe", "--no-cron-toggle"];

fn replayed(given: &mut Form<'_>, _: &Asked) -> Json {
    let flags = given.list_if("flags").map(|flags| flags.iter().filter_map(Node::text).map(str::to_owned).collect());
    let flags: Vec<String> = flags.unwrap_or_default();
    if let Some(odd) = flags.iter().find(|flag| !FLAGS.contains(&flag.as_str())) {
        given.refuse(&["flags"], format!("`{odd}` is none of {}", FLAGS.join(", ")));
    }
    let beat = beat(given.get("server_heartbeat"), given.get("probes"), given.get("grooming"), &flags);
    json!({
        "steps": beat.steps,
        "exit_code": beat.exit_code,
        "status": beat.status,
        "report": beat.report,
        "report_refused": beat.report.is_null().then(|| format!("status `{}` is none of {}", beat.status, REPORTED.join(", "))),
        "grooming_surfaced": beat.grooming,
        "told": beat.told,
    })
}

fn reporter(given: &mut Form<'_>, _: &Asked) -> Json {
    let Some(node) = given.table_if("reporter") else { return Json::Null };
    let status = node.text_at("status").unwrap_or_default();
    if !REPORTED.contains(&status) {
        let error = format!("status is none of {}", REPORTED.join(", "));
        return json!({"accepted": false, "error": error, "payload": null});
    }
    let mut payload = Answer::new();
    let mut absent = Vec::new();
    for key in ["agentName", "runType", "status", "startedAt", "finishedAt", "summary", "touchedIssueUrls"] {
        let text = node.text_at(key).filter(|text| !text.trim().is_empty());
        let value: Option<Json> = match key {
            "runType" => Some("heartbeat".into()),
            "startedAt" => text.map(|text| utc(text).unwrap_or_else(|| text.to_owned()).into()),
            "finishedAt" => text.and_then(utc).map(Json::from),
            "touchedIssueUrls" => node.get(key).map(Node::texts).filter(|urls| !urls.is_empty()).map(Json::from),
            _ => text.map(Json::from),
        };
        match value {
            Some(value) => drop(payload.insert(key.to_owned(), value)),
            None if node.get(key).is_some() => absent.push(key),
            None => {}
        }
    }
    json!({"accepted": true, "payload": payload, "absent": absent})
}

fn replied(given: &mut Form<'_>, asked: &Asked) -> Json {
    let Some(node) = given.table_if("reply_for") else { return Json::Null };
    for entry in node.entries() {
        if NEWS.iter().any(|(key, _)| *key == &*entry.key) {
            if is_any(&entry.node).is_none() {
                given.refuse(&["reply_for", &entry.key], "expected a count, a list, or true or false");
            }
        } else if !["runner_exit", "groom_type"].contains(&&*entry.key) {
            let message = format!("key `{}` is not known here", entry.key);
            given.refuse(&["reply_for", &entry.key], message);
        }
    }
    let grooming = node.text_at("groom_type") == Some("groom");
    let surfaced = surfaced(exit(node.get("runner_exit")), &news(node, false, grooming));
    let Some(reply) = surfaced.first() else { return Json::Null };
    let others: Vec<_> = surfaced.iter().map(|reply| reply.id).filter(|id| *id != "nothing").collect();
    let not_checked: Vec<_> = NEWS.into_iter().map(|(key, _)| key).filter(|key| node.get(key).is_none()).collect();
    json!({
        "reply": reply.word,
        "surface": (reply.id != "nothing").then_some(reply.id),
        "surfaced": others,
        "not_checked": not_checked,
        "rule": reply.id,
        "rationale": reply.when.get(asked.lang),
    })
}

#[cfg(test)]
mod tests {
    use crate::kinds::dispatch_workflow::tests::check;

    #[test]
    fn only_an_error_of_the_server_fails() {
        let beat = |server: &str, expected: &str| {
            check(
                "heartbeat",
                &format!(
                    r#"{{"server_heartbeat":{server},"probes":{{"local":{{"action":"pr-fix","hasWork":true}},"cloud":null,"frontier":{{"raise":"timeout"}}}},"grooming":{{"type":"groom"}}}}"#
                ),
                expected,
            );
        };
        beat(
            r#"{"status":"ok"}"#,
            r#"{"exit_code":0,"steps":["server-heartbeat","probe:local","probe:cloud","probe:frontier","cron:local:enable","grooming-check","report"],"grooming_surfaced":true}"#,
        );
        beat(
            r#"{"status":"error","errors":["1","2","3","4","5","6"]}"#,
            r#"{"exit_code":1,"report":{"status":"error"},"told":["1","2","3","4","5"]}"#,
        );
        beat(r#"{"raise":"refused"}"#, r#"{"exit_code":1,"report":{"status":"error"}}"#);
        beat(r#""gone""#, r#"{"exit_code":1,"status":"error"}"#);
        beat(
            r#"{"status":"degraded"}"#,
            r#"{"exit_code":0,"report":null,"report_refused":"status `degraded` is none of ok, warning, error"}"#,
        );
    }

    #[test]
    fn a_report_has_times_in_utc_and_nothing_empty() {
        check(
            "heartbeat",
            r#"{"reporter":{"agentName":"saffron","startedAt":"2026-03-01T10:00:00.7+08:00","finishedAt":"2026-03-01T02:05:00Z","status":"warning","summary":" ","touchedIssueUrls":[]}}"#,
            r#"{"payload":{"agentName":"saffron","startedAt":"2026-03-01T02:00:00Z","finishedAt":"2026-03-01T02:05:00Z","summary":null},"absent":["summary","touchedIssueUrls"]}"#,
        );
        check("heartbeat", r#"{"reporter":{"startedAt":"x","status":"fine"}}"#, r#"{"accepted":false,"payload":null}"#);
    }

    #[test]
    fn ok_is_replied_when_there_is_nothing_else_to_say() {
        let reply = |facts: &str, expected: &str| check("heartbeat", &format!(r#"{{"reply_for":{facts}}}"#), expected);
        reply(
            r#"{"runner_exit":null,"groom_type":"idle","state_changes":0}"#,
            r#"{"reply":null,"surface":"runner-not-executed"}"#,
        );
        reply(r#"{"runner_exit":0,"groom_type":"groom","state_changes":0}"#, r#"{"reply":null,"surface":"grooming"}"#);
        reply(
            r#"{"runner_exit":0,"groom_type":"idle","state_changes":2}"#,
            r#"{"reply":null,"surface":"state-changes"}"#,
        );
        reply(
            r#"{"runner_exit":2,"groom_type":"groom","state_changes":2}"#,
            r#"{"reply":"HEARTBEAT_FAILED","surfaced":["runner-failed"]}"#,
        );
        reply(
            r#"{"runner_exit":0,"errors":["lane sync failed"],"follow_ups":1,"backlog_pressure":true}"#,
            r#"{"reply":null,"surface":"errors","surfaced":["errors","follow-ups","backlog-pressure"],"not_checked":["state_changes"]}"#,
        );
        reply(r#"{"runner_exit":0,"backlog_pressure":true}"#, r#"{"reply":null,"surface":"backlog-pressure"}"#);
        reply(
            r#"{"runner_exit":0,"errors":[],"follow_ups":0,"state_changes":0,"backlog_pressure":false}"#,
            r#"{"reply":"HEARTBEAT_OK","surface":null,"surfaced":[],"not_checked":[]}"#,
        );
    }
}
