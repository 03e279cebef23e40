//! The work that agents hold, and what they told the server: the order, what it would refuse, and the payloads.

use std::collections::BTreeMap;

use crate::kinds::dispatch::{redact, value};
use crate::kinds::dispatch_workflow::codes;
use crate::kinds::dispatch_workflow::issues;
use crate::kinds::dispatch_workflow::pull_requests;
use crate::kinds::dispatch_workflow::updates::{self, FAULTS};
use crate::kinds::dispatch_workflow::view::console::{Console, code, linked, none, said, shown};
use crate::kinds::dispatch_workflow::view::names;
use crate::kinds::dispatch_workflow::work::{self, Lease};
use crate::lang::{Lang, words};
use crate::read::tree::Node;
use crate::view::page::{Block, Inline, Tone};
use crate::view::texts;

/// Longest payload of a cell, in characters.
const PAYLOAD_SHOWN: usize = 1_000;

pub(super) fn add(console: &mut Console<'_>) {
    let mut blocks = active(console);
    blocks.extend(held(console));
    console.add("work", words("進行中的工作", "Work in progress"), blocks);
    let blocks = updates_told(console);
    console.add("updates", words("檢查點與狀態順序", "Checkpoints and statuses"), blocks);
}

/// What the server says each agent is at.
fn active(console: &Console<'_>) -> Vec<Block> {
    let Some(rows) = console.rows("active_work") else { return vec![console.not_given("active_work")] };
    let listed = rows.iter().map(|row| {
        let context = row.get("context").unwrap_or(row);
        let is_active = value::flag(row, "hasActiveWork");
        let number = ["issueNumber", "number"].iter().find_map(|key| context.get(key).and_then(issues::integer));
        let text = |key: &str| context.text_at(key).map_or_else(none, code);
        vec![
            code(row.text_at("agentName").unwrap_or_default()),
            match is_active {
                Some(true) => Inline::Tag(Tone::Info, console.word(words("有", "active"))),
                Some(false) => Inline::Text(console.word(words("沒有", "none"))),
                None => Inline::Unknown(console.word(words("沒說", "not said"))),
            },
            number.map_or_else(none, |number| code(&issues::key(issues::repo(context), Some(number)))),
            issues::lane(context).map_or_else(none, |lane| names::lane(console, &lane)),
            text("checkpoint"),
            text("nextAction"),
        ]
    });
    let columns = [
        words("Agent", "Agent"),
        words("工作", "Work"),
        words("Issue", "Issue"),
        words("Lane", "Lane"),
        words("檢查點", "Checkpoint"),
        words("下一步", "Next"),
    ];
    console.table(
        words("伺服器說每個 agent 在做什麼", "What each agent is at, as the server says"),
        &columns,
        listed,
        words("沒有 agent。", "There is no agent."),
    )
}

/// The work of agents with its lease as of the moment of the run, and agents that hold more than one issue.
fn held(console: &mut Console<'_>) -> Vec<Block> {
    let Some(rows) = console.rows("agent_work") else { return vec![console.not_given("agent_work")] };
    let lang = console.lang;
    let key_of = |row: &Node| issues::key(issues::repo(row), issues::number(row));
    for (agent, at) in work::held_at_once(rows) {
        let keys: Vec<_> = at.iter().filter_map(|at| rows.get(*at)).map(|row| shown(&key_of(row))).collect();
        let fix = words("問出在做哪一個，釋放其餘的", "find out which one it works on, and release the others");
        let why = texts::titled(
            lang,
            words("同時持有多個 issue", "it holds several issues at once").get(lang),
            &keys.join(texts::separator(lang)),
        );
        console.attend(Tone::Warn, words("持有的工作", "Held work"), agent, &why, fix);
        let message = || format!("{} holds {} at once", shown(agent), keys.join(", "));
        let at = at.get(1).copied().unwrap_or_default();
        console.find(&codes::WORK_HELD_TWICE, "agent_work", format!("/{at}"), message, fix.en);
    }
    let context = console.given.context;
    let now = context.now.timestamp();
    let listed = rows.iter().map(|row| {
        let until = |moment| context.moment(moment);
        let lease = match work::lease(row, now) {
            Lease::NotHeld => none(),
            Lease::Unknown => Inline::Unknown(texts::NOT_CHECKED.get(lang).to_owned()),
            Lease::Until(end) => Inline::Text(match lang {
                Lang::ZhHant => format!("到 {}", until(end)),
                Lang::En => format!("until {}", until(end)),
            }),
            Lease::RanOut(end) => Inline::Tag(
                Tone::Warn,
                match lang {
                    Lang::ZhHant => format!("{} 已過", until(end)),
                    Lang::En => format!("ran out {}", until(end)),
                },
            ),
        };
        vec![
            code(&key_of(row)),
            code(row.text_at("agentName").unwrap_or_default()),
            row.text_at("state").map_or_else(none, code),
            lease,
            value::word(row, "prUrl").map_or_else(none, pull_request),
        ]
    });
    let columns = [
        words("Issue", "Issue"),
        words("Agent", "Agent"),
        words("狀態", "State"),
        words("租約", "Lease"),
        words("PR", "Pull request"),
    ];
    console.table(
        words(
            "agent 的工作；最後一個檢查點起租約五分鐘，過了應為 STALE",
            "Work of agents; a lease runs five minutes from the last checkpoint, after which the work should be STALE",
        ),
        &columns,
        listed,
        words("沒有工作。", "There is no work."),
    )
}

/// A link to the pull request that work has led to, by its number.
fn pull_request(url: &str) -> Inline {
    match (linked(url), pull_requests::place_of_url(url)) {
        (Inline::Link { href, .. }, Some((_, number))) => Inline::Link { href, text: format!("PR #{number}") },
        (other, _) => other,
    }
}

fn updates_told(console: &mut Console<'_>) -> Vec<Block> {
    let Some(rows) = console.rows("updates") else { return vec![console.not_given("updates")] };
    let lang = console.lang;
    let replayed = updates::replay(rows);
    let mut told: BTreeMap<(&str, String), Vec<&Node>> = BTreeMap::new();
    let mut last: BTreeMap<(&str, String), usize> = BTreeMap::new();
    let mut refused = Vec::new();
    for (at, row) in rows.iter().enumerate() {
        if let Some(fault) = updates::fault(row) {
            refused.push((row, fault));
            refuse(console, at, &updates::key(row), fault);
        }
        let of = (row.text_at("agent").unwrap_or_default(), updates::key(row));
        last.insert(of.clone(), at);
        told.entry(of).or_default().push(row);
    }
    let fault_of = |of: &(&str, String), steps: &[&Node]| {
        let is = |step: &&Node, key: &str, word: &str| step.text_at(key) == Some(word);
        let is_opened = steps.iter().any(|step| is(step, "checkpoint", "PR_OPENED") || is(step, "status", "in-review"));
        let last = || last.get(of).copied().unwrap_or_default();
        let late = replayed.get(of).and_then(|work| Some((work.after_release?, "after-release")));
        let wrong = || Some((last(), updates::sequence(steps).filter(|_| is_opened)?));
        (is_opened, late.or_else(wrong))
    };
    for (of @ (_, key), steps) in &told {
        if let (_, Some((at, fault))) = fault_of(of, steps) {
            refuse(console, at, key, fault);
            console.attend(
                Tone::Warn,
                words("檢查點順序", "Order of updates"),
                key,
                updates::why(Some(fault)).get(lang),
                words("補上或改正回報", "report what is missing, in order"),
            );
        }
    }
    let listed = told.iter().map(|(of @ (agent, key), steps)| {
        let result = match fault_of(of, steps) {
            (_, Some((_, fault))) => Inline::Tag(Tone::Warn, fault.to_owned()),
            (true, None) => Inline::Tag(Tone::Good, words("順序正確", "in order").get(lang).to_owned()),
            (false, None) => Inline::Text(words("尚未開 PR", "no pull request yet").get(lang).to_owned()),
        };
        let words_of = steps.iter().filter_map(|step| step.text_at("checkpoint").or_else(|| step.text_at("status")));
        vec![
            code(key),
            result,
            said(&words_of.collect::<Vec<_>>().join(" → ")),
            replayed.get(of).and_then(|work| work.state).map_or_else(none, |state| Inline::Code(state.to_owned())),
            code(agent),
        ]
    });
    let columns = [
        words("Issue", "Issue"),
        words("結果", "Result"),
        words("回報順序", "Told in this order"),
        words("工作狀態", "State of work"),
        words("Agent", "Agent"),
    ];
    let mut blocks = console.table(
        words("每個 agent 對每個 issue 的回報", "What each agent told about each issue"),
        &columns,
        listed,
        words("沒有回報。", "Nothing was told."),
    );
    for (row, fault) in &refused {
        console.attend(
            Tone::Warn,
            words("回報被拒", "Refused update"),
            &updates::key(row),
            updates::why(Some(fault)).get(lang),
            words("依合約重新回報", "report again as the contract says"),
        );
    }
    let refused = refused.iter().map(|(row, fault)| {
        vec![
            code(&updates::key(row)),
            Inline::Tag(Tone::Bad, (*fault).to_owned()),
            Inline::Text(updates::why(Some(fault)).get(lang).to_owned()),
            code(row.text_at("agent").unwrap_or_default()),
        ]
    });
    let columns =
        [words("Issue", "Issue"), words("原因", "Fault"), words("說明", "Which means"), words("Agent", "Agent")];
    blocks.extend(console.table(
        words("伺服器會拒絕的回報", "Updates that the server would refuse"),
        &columns,
        refused,
        words("沒有會被拒絕的回報。", "None would be refused."),
    ));
    blocks.extend(payloads(console, rows));
    let rules =
        FAULTS.iter().map(|(id, when)| vec![Inline::Code((*id).to_owned()), Inline::Text(when.get(lang).to_owned())]);
    blocks.extend(console.fixed(
        words("回報的規則", "What is refused"),
        &[words("代碼", "Code"), words("意思", "Meaning")],
        rules,
    ));
    blocks
}

/// What goes to the server for every update that it would take, with the path.
fn payloads(console: &Console<'_>, rows: &[Node]) -> Vec<Block> {
    let accepted: Vec<_> = rows.iter().filter(|row| updates::fault(row).is_none()).collect();
    let listed = accepted.iter().map(|row| {
        let (path, payload) = updates::payload(row);
        let payload = serde_json::Value::from(payload).to_string();
        vec![
            code(&updates::key(row)),
            Inline::Code(format!("POST {path}")),
            Inline::Code(redact::shown(&payload, PAYLOAD_SHOWN)),
        ]
    });
    let columns = [words("Issue", "Issue"), words("路徑", "Path"), words("內容", "Payload")];
    console.table(
        words("送給伺服器的內容（只列不送）", "What goes to the server (listed, not sent)"),
        &columns,
        listed,
        words("沒有可送的回報。", "There is nothing to send."),
    )
}

/// Reports an update that the server would refuse, or the last one of a sequence that is not in order.
fn refuse(console: &mut Console<'_>, at: usize, key: &str, fault: &'static str) {
    let message = || format!("{}: {fault} ({})", shown(key), updates::why(Some(fault)).en);
    console.find(&codes::UPDATE_REFUSED, "updates", format!("/{at}"), message, codes::UPDATE_REFUSED.fix);
}
