//! The sections of a preflight page: the routing table that rules, the figures, the question that a dispatcher asks.

use serde_json::json;

use crate::facts::Facts;
use crate::kinds::dispatcher_preflight::rules::{METRICS, RULES, Rule};
use crate::lang::{Words, words};
use crate::view::pack::{Context, prose, section, table};
use crate::view::page::{Block, Figure, Inline, Section, Tone};
use crate::view::texts;

pub(super) fn sections(facts: &Facts, context: &Context<'_>) -> Vec<Section> {
    let lang = context.lang;
    vec![
        section("routing", words("派工規則", "Routing contract").get(lang), vec![routing(context)]),
        section("metrics", texts::METRICS.get(lang), vec![metrics(context)]),
        section("payload", words("派工前檢查請求", "Preflight request").get(lang), vec![payload(facts)]),
    ]
}

fn routing(context: &Context<'_>) -> Block {
    let lang = context.lang;
    let row = |rule: &Rule| {
        let tone = match rule.then.result {
            "close_ready" => Tone::Good,
            "allowed_build" => Tone::Info,
            "case_blocked" | "no_response" => Tone::Bad,
            _ => Tone::Warn,
        };
        vec![
            Inline::Code(rule.id.to_owned()),
            prose(rule.when.get(lang)),
            Inline::Tag(tone, rule.then.result.to_owned()),
            Inline::Code(rule.then.decision.to_owned()),
            Inline::Text(rule.then.route.get(lang).to_owned()),
        ]
    };
    let columns = [
        texts::RULE,
        texts::CONDITION,
        words("檢查結果", "Preflight result"),
        words("派工決策", "Dispatch decision"),
        texts::GOES_TO,
    ];
    let caption = words("由上而下，第一條成立的規則生效", "First rule that holds wins, from the top");
    table(context, caption, &columns, RULES.iter().map(row).collect())
}

fn metrics(context: &Context<'_>) -> Block {
    let lang = context.lang;
    let figure = |(name, title, definition): &(&str, Words, Words)| Figure {
        label: texts::named(lang, title.get(lang), name),
        value: Inline::Unknown(texts::NOT_CHECKED.get(lang).to_owned()),
        definition: definition.get(lang).to_owned(),
        source: "dispatcher_preflight_runs".to_owned(),
    };
    Block::Figures(METRICS.iter().map(figure).collect())
}

/// What the dispatcher sends before it creates a job, with the ids of this pack.
fn payload(facts: &Facts) -> Block {
    let request = json!({
        "project_id": facts.pack.project_id,
        "action_item_id": facts.pack.action_item_id,
        "signal": "action_overdue",
        "required_registry_kinds": ["script", "closure_gate", "adoption_ledger", "loop_breaker"],
    });
    Block::Code(format!("POST /api/pls/dispatcher/preflight\n{request:#}"))
}
