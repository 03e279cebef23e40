//! What workers would do now: a decision for each lane, what it lacks, and every rule that led to it.

use std::collections::BTreeSet;

use crate::kinds::dispatch::value;
use crate::kinds::dispatch_workflow::issues;
use crate::kinds::dispatch_workflow::lanes::{self, Config, Lane};
use crate::kinds::dispatch_workflow::pr_fix;
use crate::kinds::dispatch_workflow::preflight::{self, Decided, Exports, Looked, Packet, RULES, Rule, Worker};
use crate::kinds::dispatch_workflow::view::console::Console;
use crate::lang::words;
use crate::read::tree::Node;
use crate::view::compose::prose;
use crate::view::page::{Block, Inline, Tone};
use crate::view::texts;

pub(super) fn add(console: &mut Console<'_>, decided: &[(&'static Lane, String, Decided)]) {
    let blocks = trace(console, decided);
    console.add("preflight", words("Worker 會做什麼，為什麼", "What workers would do, and why"), blocks);
}

/// What a worker of every lane would do.
pub(super) fn decisions(console: &Console<'_>) -> Vec<(&'static Lane, String, Decided)> {
    let setup = console.tree("worker_setup");
    let texts = |key: &str| {
        setup.and_then(|setup| setup.get(key)).map(|list| list.items().iter().filter_map(Node::text).collect())
    };
    let text = |key: &str| setup.and_then(|setup| setup.text_at(key)).filter(|text| !text.trim().is_empty());
    let pull_requests = console.tree("pull_requests");
    let mut exports = Exports {
        has_setup: setup.is_some(),
        missing_tools: texts("missing_tools"),
        pr_fix_error: text("pr_fix_error"),
        dispatch_error: text("dispatch_error"),
        active_work: Looked::NotGiven,
        issues: console.rows("issues"),
        work: console.rows("agent_work").map(issues::by_issue),
        linked: console.links,
        pull_requests: pull_requests.map(issues::by_id),
        queue: console.rows("queue"),
        workspaces: texts("workspaces"),
        no_gh: setup.is_some_and(|setup| value::is_true(setup, "no_gh")),
    };
    let fixes = console.rows("pr_fix_items").map(pr_fix::items);
    let config = console.tree("lane_config").and_then(|config| Config::read(config).ok());
    let mut decided = Vec::new();
    for lane in lanes::worked() {
        let named = config.as_ref().and_then(|config| config.lane(lane.id)?.agent.clone());
        let agent = named.or_else(|| lane.agent.map(str::to_owned)).unwrap_or_default();
        let is_own = |work: &&Node| work.text_at("agentName").is_some_and(|name| name.eq_ignore_ascii_case(&agent));
        exports.active_work =
            console.rows("active_work").map_or(Looked::NotGiven, |rows| rows.iter().find(is_own).into());
        let mut worker = Worker::new(lane.id, Some(&agent), &exports);
        if let Some(items) = &fixes {
            let first = items.iter().find(|item| pr_fix::waits(item, Some(lane.id), false));
            worker.pr_fix_item = first.map(|item| item.told().into()).into();
        }
        let result = preflight::decide(&worker);
        decided.push((lane, agent, result));
    }
    decided
}

/// How a page shows an action.
pub(super) fn tone(action: &str) -> Tone {
    match action {
        "stuck" => Tone::Bad,
        "clear" => Tone::Good,
        "claim-conflict" => Tone::Warn,
        _ => Tone::Info,
    }
}

/// Says which exports a lane would need so that something is decided; nothing when every rule was checked.
pub(super) fn unchecked(console: &Console<'_>, decided: &Decided) -> Option<String> {
    let needs = decided.not_checked().into_iter().chain(decided.result.as_ref().err().copied());
    let exports: BTreeSet<_> = needs.map(preflight::Need::export).collect();
    let titles: Vec<_> = exports.into_iter().map(|export| console.title(export)).collect();
    let lang = console.lang;
    (!titles.is_empty())
        .then(|| texts::titled(lang, texts::NOT_CHECKED.get(lang), &titles.join(texts::separator(lang))))
}

/// The action that is decided; `None` while a rule before it was not checked.
pub(super) fn action(decided: &Decided) -> Option<&Packet> {
    let (_, packet) = decided.result.as_ref().ok()?;
    decided.not_checked().is_empty().then_some(packet)
}

/// Every rule in its order, and what came of it for each lane.
fn trace(console: &Console<'_>, decided: &[(&'static Lane, String, Decided)]) -> Vec<Block> {
    let lang = console.lang;
    let cell = |rule: &Rule, decided: &Decided| {
        if let Ok((held, packet)) = &decided.result
            && held.id == rule.id
        {
            return Inline::Tag(tone(packet.action), words("成立", "holds").get(lang).to_owned());
        }
        match decided.passed.iter().find(|(passed, _)| passed.id == rule.id) {
            Some((_, None)) => Inline::Text(words("不成立", "does not hold").get(lang).to_owned()),
            Some((_, Some(_))) => Inline::Unknown(texts::NOT_CHECKED.get(lang).to_owned()),
            None => Inline::Text(words("未問到", "not asked").get(lang).to_owned()),
        }
    };
    let rows = RULES.iter().map(|rule| {
        let mut row =
            vec![Inline::Code(rule.id.to_owned()), prose(rule.when.get(lang)), Inline::Code(rule.action.to_owned())];
        row.extend(decided.iter().map(|(.., decided)| cell(rule, decided)));
        row
    });
    let mut columns = vec![words("規則", "Rule"), words("何時", "When"), words("則", "Then")];
    columns.extend(decided.iter().map(|(lane, ..)| words(lane.id, lane.id)));
    let mut blocks = console.fixed(
        words("依序檢查，第一條成立的決定", "Asked in this order; the first that holds decides"),
        &columns,
        rows,
    );
    let missing: BTreeSet<_> = decided.iter().flat_map(|(.., decided)| decided.not_checked()).collect();
    let exports: BTreeSet<_> = missing.into_iter().map(preflight::Need::export).collect();
    blocks.extend(exports.into_iter().map(|export| console.not_given(export)));
    blocks
}
