//! Whether starting a worker is worth it, and what follows for the schedules of the lanes: plans, never switched here.

use serde_json::{Value as Json, json};

use crate::decide::{Answer, Asked};
use crate::kinds::dispatch::form::{Form, Shape, form, object};
use crate::kinds::dispatch::value;
use crate::kinds::dispatch_workflow::lanes::{self, Named};
use crate::kinds::dispatch_workflow::{issues, preflight};
use crate::lang::{Lang, Words, words};
use crate::read::tree::{Node, Value};

/// What an action of a preflight means for a probe.
pub(super) struct Classified {
    /// The action.
    pub action: &'static str,
    /// Whether there is work.
    pub has_work: bool,
    /// Whether a worker should be started.
    pub should_run: bool,
    /// Whether a person should look.
    pub needs_attention: bool,
}

const fn work(action: &'static str) -> Classified {
    Classified { action, has_work: true, should_run: true, needs_attention: false }
}

/// The actions, by their exact word.
pub(super) static ACTIONS: &[Classified] = &[
    Classified { action: "clear", has_work: false, should_run: false, needs_attention: false },
    Classified { action: "stuck", has_work: false, should_run: true, needs_attention: true },
    work("pr-fix"),
    work("resume-active-work"),
    work("active-follow-up"),
    work("ready-issue"),
    work("claim-ready-issue"),
    work("claim-conflict"),
];

/// What an action means; `None` for one that is unknown.
pub(super) fn classify(action: &str) -> Option<&'static Classified> {
    ACTIONS.iter().find(|known| known.action == action)
}

/// `work-probe`: whether starting a worker is worth it.
pub(super) static FORMS: &[Shape] = &[form("classify_action", &[], classified), form("lane", preflight::KEYS, probe)];

fn classified(given: &mut Form<'_>, _: &Asked) -> Json {
    let action = given.text_if("classify_action").unwrap_or_default();
    let mut answer = object(json!({"action": action}));
    answer.extend(verdict(classify(action)));
    answer.into()
}

fn verdict(classified: Option<&Classified>) -> Answer {
    let mut answer = object(json!({
        "hasWork": classified.is_some_and(|known| known.has_work),
        "shouldRunWorker": classified.is_some_and(|known| known.should_run),
    }));
    if classified.is_some_and(|known| known.needs_attention) {
        answer.insert("needsAttention".to_owned(), true.into());
    }
    answer
}

fn probe(given: &mut Form<'_>, asked: &Asked) -> Json {
    let _ = given.flag_if("claim");
    let packet = preflight::packet(given, false, asked);
    let text = |key: &str| packet.get(key).and_then(Json::as_str).unwrap_or_default().to_owned();
    let is_invalid = text("rule") == "invalid-lane";
    let reason = [text("reason"), text("terminal")].into_iter().find(|text| !text.is_empty()).unwrap_or_default();
    let mut answer = object(json!({
        "lane": text("lane"),
        "agentName": text("agentName"),
        "action": text("action"),
        "reason": reason,
        "rule": text("rule"),
        "rationale": text("rationale"),
    }));
    // Nobody is started for a lane that is none.
    answer.extend(verdict(if is_invalid { None } else { classify(&text("action")) }));
    answer.insert("packet".to_owned(), if is_invalid { Json::Null } else { packet.into() });
    answer.into()
}

/// What to do with the schedule of a lane.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Toggle {
    /// `enable`, `disable` or `unchanged`.
    pub set: &'static str,
    /// Id of the rule.
    pub rule: &'static str,
    /// Why, as the schedule's log tells it.
    pub reason: String,
}

/// The rules of toggling, in their order.
pub(super) static TOGGLES: &[(&str, &str, Words)] = &[
    ("probe-missing", "unchanged", words("沒有探測結果", "there is no probe")),
    ("needs-attention", "unchanged", words("探測卡住，或要人看", "the probe is stuck or needs attention")),
    ("has-work", "enable", words("有工作", "there is work")),
    ("no-work", "disable", words("沒有工作", "there is no work")),
];

/// What follows from a probe for the schedule of its lane.
pub(super) fn toggle(probe: Option<&Node>) -> Toggle {
    let action = probe.and_then(|probe| probe.text_at("action"));
    let has_work = probe.and_then(|probe| probe.get("hasWork")).filter(|node| matches!(node.value, Value::Bool(_)));
    let reason = |otherwise: &str| {
        let told = probe.and_then(|probe| probe.text_at("reason")).filter(|reason| !reason.trim().is_empty());
        told.unwrap_or(otherwise).to_owned()
    };
    match probe {
        Some(_) if action.is_none() && has_work.is_none() => unchanged("probe-missing", "probe missing".to_owned()),
        None => unchanged("probe-missing", "probe missing".to_owned()),
        Some(probe) if action == Some("stuck") || value::is_true(probe, "needsAttention") => {
            unchanged("needs-attention", reason("needs attention"))
        }
        Some(probe) if value::is_true(probe, "hasWork") => {
            Toggle { set: "enable", rule: "has-work", reason: reason("work available") }
        }
        Some(_) => Toggle { set: "disable", rule: "no-work", reason: reason("clear") },
    }
}

/// The same from what a preflight came to.
pub(super) fn toggle_of(classified: Option<&Classified>, reason: &str) -> Toggle {
    let reason = |otherwise: &str| if reason.is_empty() { otherwise.to_owned() } else { reason.to_owned() };
    match classified {
        None => unchanged("probe-missing", reason("probe missing")),
        Some(known) if known.needs_attention => unchanged("needs-attention", reason("needs attention")),
        Some(known) if known.has_work => Toggle { set: "enable", rule: "has-work", reason: reason("work available") },
        Some(_) => Toggle { set: "disable", rule: "no-work", reason: reason("clear") },
    }
}

fn unchanged(rule: &'static str, reason: String) -> Toggle {
    Toggle { set: "unchanged", rule, reason }
}

/// The plan for every lane that workers are started in, and for every other lane that was probed.
pub(super) fn plan(probes: &Node) -> Vec<(Named, Toggle)> {
    let given = probes.entries().iter().filter_map(|entry| Some((lanes::resolve(&entry.key)?, &entry.node)));
    let given: Vec<_> = given.collect();
    let known = lanes::worked().map(|lane| {
        let named = Named { id: lane.id.to_owned(), known: true, aliased: false };
        (named, toggle(of_lane(probes, lane.id).map(|(_, probe)| probe)))
    });
    let others = given.iter().filter(|(named, _)| !lanes::worked().any(|lane| lane.id == named.id));
    let others = others.map(|(named, _)| (named.clone(), unchanged("probe-missing", "no such worker lane".to_owned())));
    known.chain(others).collect()
}

/// The probe of a lane and the name that it is exported under; `None` when it failed or is none.
pub(super) fn of_lane<'a>(probes: &'a Node, lane: &str) -> Option<(&'a str, &'a Node)> {
    let is_of = |key: &str| lanes::resolve(key).is_some_and(|named| named.id == lane);
    let entry = probes.entries().iter().find(|entry| is_of(&entry.key))?;
    let is_usable = matches!(entry.node.value, Value::Table(_)) && entry.node.get("raise").is_none();
    is_usable.then_some((&*entry.key, &entry.node))
}

/// How an exported probe stands to what its worker would do by the other exports.
pub(super) struct Comparison {
    /// Stable id.
    pub id: &'static str,
    /// In words.
    pub when: Words,
    /// Whether somebody has to look before the probe is followed.
    pub is_odd: bool,
}

const fn comparison(id: &'static str, when: Words, is_odd: bool) -> Comparison {
    Comparison { id, when, is_odd }
}

/// The comparisons in the order in which they are looked for.
pub(super) static COMPARISONS: &[Comparison] = &[
    comparison("probe-missing", words("沒有這個 lane 的探測", "there is no probe of the lane"), false),
    comparison("unknown-action", words("探測的 action 不是已知的字", "its action is not a known word"), true),
    comparison(
        "contradicts-itself",
        words("探測的旗標與它的 action 不符", "its flags are not those of its action"),
        true,
    ),
    comparison(
        "not-decided",
        words("其他匯出不足以對照", "the other exports do not decide what it is compared with"),
        false,
    ),
    comparison(
        "other-action",
        words("其他匯出推算的結果不同", "by the other exports the worker would do something else"),
        true,
    ),
    comparison("agrees", words("與其他匯出相符", "the other exports say the same"), false),
];

/// Compares a probe with the action that the other exports lead to, when they lead to one.
pub(super) fn compare(probe: Option<&Node>, decided: Option<&str>) -> &'static Comparison {
    let action = probe.and_then(|probe| probe.text_at("action"));
    let id = match (probe, action.map(classify)) {
        (None, _) | (_, None) => "probe-missing",
        (_, Some(None)) => "unknown-action",
        (Some(probe), Some(Some(known))) if !has_flags_of(probe, known) => "contradicts-itself",
        _ if decided.is_none() => "not-decided",
        _ if decided != action => "other-action",
        _ => "agrees",
    };
    COMPARISONS.iter().find(|known| known.id == id).unwrap_or(&COMPARISONS[0])
}

/// Whether the flags that a probe states are those of its action.
fn has_flags_of(probe: &Node, known: &Classified) -> bool {
    let flags =
        [("hasWork", known.has_work), ("shouldRunWorker", known.should_run), ("needsAttention", known.needs_attention)];
    flags.iter().all(|(key, expected)| match probe.get(key).map(|node| &node.value) {
        Some(Value::Bool(flag)) => flag == expected,
        _ => true,
    })
}

/// `cron-toggle`: what follows from probes for the schedules, and whether an edit of one is permitted.
pub(super) static CRON_FORMS: &[Shape] = &[form("probes", &[], toggles), form("actuator", &[], actuator)];

fn toggles(given: &mut Form<'_>, asked: &Asked) -> Json {
    let Some(probes) = given.table_if("probes") else { return Json::Null };
    let lang = asked.lang;
    let lanes: Answer = plan(probes)
        .into_iter()
        .map(|(named, toggle)| {
            let why = TOGGLES.iter().find(|(id, ..)| *id == toggle.rule).map(|(_, _, words)| words.get(lang));
            let told = json!({"set": toggle.set, "reason": toggle.reason, "known": named.known, "rule": toggle.rule, "rationale": why});
            (named.id, told)
        })
        .collect();
    json!({"plan": lanes})
}

/// Why an edit of a schedule is refused.
pub(super) static EDIT_FAULTS: &[(&str, Words)] = &[
    ("forbidden-edit", words("只准啟用或停用，不得改其他設定", "only enabling and disabling is permitted")),
    ("invalid-lane", words("lane 只能是 local、cloud、frontier", "the lane is none of local, cloud, frontier")),
    ("enable-or-disable", words("必須且只能選啟用或停用其一", "exactly one of enable and disable is needed")),
    ("missing-reason", words("必須寫理由", "a reason is needed")),
];

/// Keys of an edit that say which schedule and how, and change nothing else.
const EDIT_KEYS: [&str; 7] = ["lane", "enable", "disable", "reason", "apply", "dryRun", "cronId"];

fn actuator(given: &mut Form<'_>, asked: &Asked) -> Json {
    let Some(edit) = given.table_if("actuator") else { return Json::Null };
    let lane =
        edit.text_at("lane").and_then(lanes::resolve).filter(|named| lanes::worked().any(|lane| lane.id == named.id));
    let reason = edit.text_at("reason").map(str::trim).filter(|reason| !reason.is_empty());
    let flag = |key: &str| match edit.get(key).map(|node| &node.value) {
        Some(Value::Bool(flag)) => Some(*flag),
        _ => None,
    };
    let enabled = match (flag("enable"), flag("disable")) {
        (Some(enable), None) => Some(enable),
        (None, Some(disable)) => Some(!disable),
        (Some(enable), Some(disable)) if enable != disable => Some(enable),
        _ => None,
    };
    let fault = if edit.entries().iter().any(|entry| !EDIT_KEYS.contains(&&*entry.key)) {
        Some("forbidden-edit")
    } else if lane.is_none() {
        Some("invalid-lane")
    } else if enabled.is_none() {
        Some("enable-or-disable")
    } else if reason.is_none() {
        Some("missing-reason")
    } else {
        None
    };
    let told = EDIT_FAULTS.iter().find(|(id, _)| Some(*id) == fault);
    let id = edit.get("cronId").filter(|id| id.text().is_some() || issues::integer(id).is_some());
    json!({
        "accepted": fault.is_none(),
        "lane": lane.map(|named| named.id),
        "cronId": id.map(Node::to_json),
        "command": id.zip(enabled).filter(|_| fault.is_none()).map(|(id, enabled)| command(id, enabled)),
        "enabled": enabled.filter(|_| fault.is_none()),
        "reason": reason,
        "dryRun": !value::is_true(edit, "apply"),
        "applied": false,
        "error": told.map(|(_, words)| words.get(Lang::En)),
        "error_code": fault,
        "rule": fault.unwrap_or("permitted"),
        "rationale": told.map_or_else(
            || words("只切換啟用狀態；這裡不執行", "only switches it on or off; nothing is run here"),
            |(_, words)| *words,
        ).get(asked.lang),
    })
}

/// The command that a person or a scheduler's agent would run; nothing runs it here.
fn command(id: &Node, enabled: bool) -> [String; 4] {
    let id = id.text().map_or_else(|| id.to_json().to_string(), str::to_owned);
    ["openclaw", "cron", if enabled { "enable" } else { "disable" }, &id].map(str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kinds::dispatch::value::parsed;
    use crate::kinds::dispatch_workflow::tests::check;

    #[test]
    fn a_probe_is_compared_with_the_other_exports() {
        let compared = |probes: &str, decided: Option<&str>, expected: &str| {
            let probes = parsed(probes).unwrap();
            let probe = of_lane(&probes, "local").map(|(_, probe)| probe);
            assert_eq!(compare(probe, decided).id, expected, "{}", probes.to_json());
        };
        compared(r#"{"local":null}"#, Some("clear"), "probe-missing");
        compared(r#"{"local":{"raise":"timeout"}}"#, Some("clear"), "probe-missing");
        compared(r#"{"local":{"action":"Clear"}}"#, Some("clear"), "unknown-action");
        compared(r#"{"local":{"action":"clear","hasWork":true}}"#, Some("clear"), "contradicts-itself");
        compared(r#"{"local":{"action":"stuck","hasWork":false,"shouldRunWorker":false}}"#, None, "contradicts-itself");
        compared(r#"{"normal":{"action":"clear","hasWork":false}}"#, None, "not-decided");
        compared(r#"{"normal":{"action":"clear","hasWork":false}}"#, Some("pr-fix"), "other-action");
        compared(r#"{"local":{"action":"stuck","needsAttention":true}}"#, Some("stuck"), "agrees");
    }

    #[test]
    fn every_action_is_classified_by_its_exact_word() {
        let table = [
            ("clear", false, false),
            ("stuck", false, true),
            ("pr-fix", true, true),
            ("resume-active-work", true, true),
            ("active-follow-up", true, true),
            ("ready-issue", true, true),
            ("claim-ready-issue", true, true),
            ("claim-conflict", true, true),
            ("Ready-Issue", false, false),
            ("dance", false, false),
        ];
        for (action, has_work, should_run) in table {
            let expected = format!(r#"{{"hasWork":{has_work},"shouldRunWorker":{should_run}}}"#);
            check("work-probe", &format!(r#"{{"classify_action":"{action}"}}"#), &expected);
        }
        check("work-probe", r#"{"classify_action":"stuck"}"#, r#"{"needsAttention":true}"#);
    }

    #[test]
    fn a_lane_that_is_none_starts_nobody() {
        check(
            "work-probe",
            r#"{"lane":"pink","queue":[]}"#,
            r#"{"action":"stuck","hasWork":false,"shouldRunWorker":false,"packet":null,"needsAttention":null}"#,
        );
        check("work-probe", r#"{"lane":"backlog","queue":[]}"#, r#"{"action":"stuck","shouldRunWorker":false}"#);
        check(
            "work-probe",
            r#"{"lane":"cloud","queue":[]}"#,
            r#"{"reason":"Cloud lane is clear.","agentName":"saffron-cloud"}"#,
        );
    }

    #[test]
    fn schedules_follow_their_probes() {
        check(
            "cron-toggle",
            r#"{"probes":{"normal":{"action":"pr-fix","hasWork":true},"cloud":{"action":"stuck","hasWork":false,"shouldRunWorker":true,"reason":"no git"},"pink":{"action":"clear","hasWork":false}}}"#,
            r#"{"plan":{"local":{"set":"enable","reason":"work available"},"cloud":{"set":"unchanged","reason":"no git"},"frontier":{"set":"unchanged"},"pink":{"set":"unchanged","known":false}}}"#,
        );
        check(
            "cron-toggle",
            r#"{"probes":{"local":{},"cloud":"x"}}"#,
            r#"{"plan":{"local":{"set":"unchanged"},"cloud":{"set":"unchanged"}}}"#,
        );
        check(
            "cron-toggle",
            r#"{"probes":{"local":{"action":"claim-conflict","hasWork":true,"reason":"claim-409-conflict"}}}"#,
            r#"{"plan":{"local":{"set":"enable","reason":"claim-409-conflict"}}}"#,
        );
    }

    #[test]
    fn an_edit_only_switches_a_worker_lane_and_says_why() {
        let edit =
            |edit: &str, expected: &str| check("cron-toggle", &format!(r#"{{"actuator":{{{edit}}}}}"#), expected);
        edit(
            r#""lane":"local","enable":true,"reason":"work""#,
            r#"{"accepted":true,"dryRun":true,"enabled":true,"applied":false}"#,
        );
        edit(
            r#""lane":"normal","disable":true,"reason":"quiet""#,
            r#"{"accepted":true,"lane":"local","enabled":false}"#,
        );
        edit(
            r#""lane":"local","enable":true,"disable":true,"reason":"x""#,
            r#"{"accepted":false,"error_code":"enable-or-disable"}"#,
        );
        edit(r#""lane":"local","reason":"x""#, r#"{"accepted":false,"error_code":"enable-or-disable"}"#);
        edit(r#""lane":"backlog","enable":true,"reason":"x""#, r#"{"accepted":false,"error_code":"invalid-lane"}"#);
        edit(r#""lane":"local","enable":true,"reason":"  ""#, r#"{"accepted":false,"error_code":"missing-reason"}"#);
        for key in ["schedule", "model", "prompt", "delivery", "alerts"] {
            edit(
                &format!(r#""lane":"local","enable":true,"reason":"x","{key}":"y""#),
                r#"{"accepted":false,"error_code":"forbidden-edit"}"#,
            );
        }
    }
}
