//! The console: what needs attention first, then the lanes, then everything that was judged, each with its reason.

use std::collections::BTreeMap;

use crate::kinds::Given;
use crate::kinds::dispatch::not_given;
use crate::kinds::dispatch_workflow::exports;
use crate::kinds::dispatch_workflow::lanes::Config;
use crate::kinds::dispatch_workflow::links::Links;
use crate::lang::{Lang, words};
use crate::read::tree::Node;
use crate::view::pack::Own;
use crate::view::page::{NextStep, Tone, Verdict};
use crate::view::texts;

use console::{Console, Sort};

mod audits;
mod console;
mod contract;
mod heartbeat;
mod lanes;
mod names;
mod pr_fix;
mod preflight;
mod queue;
mod schedules;
mod templates;
mod updates;
mod workers;

/// Most lines of what needs attention that become next steps.
const STEPS: usize = 4;

/// The verdict, the next steps, the sections and the findings.
pub(super) fn conclude(given: &Given<'_>) -> Own {
    let lang = given.context.lang;
    let renamed = renamed(given);
    let rows = |export: &str| given.facts.exports.tree(export).map(Node::items);
    let links = rows("pull_requests").map(|pull_requests| Links::read(pull_requests, rows("agent_work")));
    let mut console = Console::new(given, &renamed, links.as_ref());
    let decided = preflight::decisions(&console);
    lanes::add(&mut console, &decided);
    preflight::add(&mut console, &decided);
    schedules::add(&mut console, &decided);
    queue::add(&mut console, &decided);
    contract::add(&mut console);
    workers::add(&mut console);
    pr_fix::add(&mut console);
    updates::add(&mut console);
    heartbeat::add(&mut console);
    audits::add(&mut console);
    templates::add(&mut console);
    console.attention.sort_by_key(|attention| attention.tone != Tone::Bad);
    console.count_the_rest();
    let first = [console.first()].into_iter().chain(console.not_checked_section()).collect::<Vec<_>>();
    let unread = exports::EXPORTS.iter().filter(|export| !console.is_read(export.name)).count();
    let missing = exports::EXPORTS.iter().filter(|export| given.facts.exports.get(export.name).is_none()).count();
    let Console { attention, counts, findings, sections, files, .. } = console;
    let who = given.facts.pack.owners.first().map_or(texts::MAKER.get(lang), |(_, name)| name.as_str());
    let next = attention.iter().take(STEPS).map(|attention| NextStep {
        what: texts::titled(lang, &attention.item, &attention.fix),
        who: who.to_owned(),
        due: None,
    });
    Own {
        verdict: Some(verdict(lang, &counts, unread, missing)),
        next: next.collect(),
        sections: first.into_iter().chain(sections).collect(),
        files,
        findings,
        ..Own::default()
    }
}

/// The exports whose lanes the configuration of the server renames.
fn renamed(given: &Given<'_>) -> BTreeMap<&'static str, Node> {
    let exports = &given.facts.exports;
    let Some(config) = exports.tree("lane_config").and_then(|config| Config::read(config).ok()) else {
        return BTreeMap::new();
    };
    let with_lanes = ["issues", "queue", "active_work", "pr_fix_items", "pr_fix_reports", "worker_results"];
    with_lanes.into_iter().filter_map(|name| Some((name, config.renamed(exports.tree(name)?)?))).collect()
}

fn verdict(lang: Lang, counts: &[Sort], unread: usize, missing: usize) -> Verdict {
    let bad: usize = counts.iter().filter(|of| of.tone == Tone::Bad).map(|of| of.total).sum();
    let count: usize = counts.iter().map(|of| of.total).sum();
    let (tone, word) = match (count, bad, unread) {
        (0, _, 0) => (Tone::Good, words("一切就緒", "All in order")),
        (0, ..) => (Tone::Unknown, words("部分未檢查", "Partly not checked")),
        (_, 0, _) => (Tone::Warn, words("有待處理", "To be looked at")),
        _ => (Tone::Bad, words("需要處理", "Needs attention")),
    };
    let given = not_given(lang, missing);
    let text = match lang {
        Lang::ZhHant => format!("{count} 件要處理，其中 {bad} 件違反合約或卡住；{given}"),
        Lang::En => format!("{count} to be looked at, {bad} of them broken or stuck; {given}"),
    };
    Verdict { tone, word: word.get(lang).to_owned(), text }
}
