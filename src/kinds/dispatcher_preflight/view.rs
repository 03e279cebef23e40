//! The sections of a preflight page: what is decided now and from what, the routing table that rules, the figures, the
//! question that a dispatcher asks.

use serde_json::json;

use crate::codes;
use crate::decide::Asked;
use crate::facts::Facts;
use crate::kinds::dispatcher_preflight::gather::{self, Gathered};
use crate::kinds::dispatcher_preflight::history;
use crate::kinds::dispatcher_preflight::question;
use crate::kinds::dispatcher_preflight::rules::{self, Decision, RULES, Rule};
use crate::kinds::{Given, Surroundings};
use crate::lang::{Words, words};
use crate::view::compose::{prose, section, table};
use crate::view::context::Context;
use crate::view::pack::Own;
use crate::view::page::{Block, Inline, NextStep, Section, Tone, Verdict};
use crate::view::texts;

/// What the rules say about the action of the pack as of now, and the sections of its page.
pub(super) fn conclude(given: &Given<'_>) -> Own {
    let (facts, context) = (given.facts, given.context);
    let mut own = Own::default();
    let decided = facts.pack.action_item_id.as_deref().and_then(|action| {
        let about = Surroundings {
            action,
            facts,
            shown: given.shown,
            workspace: given.workspace,
            now: context.now,
            built: &[],
            signed: None,
        };
        let gathered = gather::gather(&about, &mut own.findings)?;
        let decision = rules::decide(&gathered.facts).ok()?;
        Some((gathered, decision))
    });
    // What was not given is shown as not given; what could not be read has been said where it was read.
    own.findings.retain(|found| ![&codes::MISSING_INPUT, &codes::UNREADABLE].contains(&found.code));
    history::check(facts, &mut own.findings);
    if let Some((gathered, decision)) = &decided {
        own.verdict = Some(verdict(gathered, decision, context));
        own.next.push(next(gathered, decision, given));
        own.sections.push(decision_now(gathered, decision, given));
    }
    own.sections.extend(sections(facts, decided.as_ref().map(|(_, decision)| decision.rule().id), context));
    own
}

fn tone(result: &str) -> Tone {
    match result {
        "close_ready" => Tone::Good,
        "allowed_build" => Tone::Info,
        "case_blocked" | "no_response" => Tone::Bad,
        _ => Tone::Warn,
    }
}

fn verdict(gathered: &Gathered, decision: &Decision, context: &Context<'_>) -> Verdict {
    let then = &decision.rule().then;
    let word = match then.result {
        "close_ready" => words("可以結案", "Ready to close"),
        "need_adoption_review" => words("等採用審核", "Needs an adoption review"),
        "need_visit_evidence" => words("缺拜訪證據", "Needs visit evidence"),
        "case_blocked" => words("案例未授權", "Case not authorised"),
        "no_response" => words("逾期未回覆", "No response in time"),
        _ if decision.decision == rules::BUILD => words("允許建置", "Build allowed"),
        _ => words("只修一段", "One section only"),
    };
    let asked = Asked { lang: context.lang, trace: false };
    let text = question::rationale(&gathered.facts, decision, asked.lang);
    Verdict { tone: tone(then.result), word: word.get(context.lang).to_owned(), text }
}

/// Who has to do what the rule says.
fn next(gathered: &Gathered, decision: &Decision, given: &Given<'_>) -> NextStep {
    let then = &decision.rule().then;
    let role = then.task.map_or("dispatcher", |(_, role)| role);
    let who = given.workspace.people.values().find(|person| person.roles.iter().any(|has| has == role));
    NextStep {
        what: format!("{} {}", decision.rule().id, then.route.get(given.context.lang)),
        who: who.map_or(role, |person| &person.name).to_owned(),
        due: gathered.facts.due.as_ref().map(|(due, _)| given.context.due(*due)),
    }
}

/// The facts that were decided from, each with the record that says it.
fn decision_now(gathered: &Gathered, decision: &Decision, given: &Given<'_>) -> Section {
    let context = given.context;
    let lang = context.lang;
    let facts = gather::json(&gathered.facts);
    let row = |source: &gather::Source| {
        let value = &facts[source.fact];
        let value = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
        let id = source.id.clone().map_or_else(|| Inline::Text(texts::NONE.get(lang).to_owned()), Inline::Id);
        let within = source.place.strip_prefix(given.shown).and_then(|place| place.strip_prefix('/'));
        let place = within.unwrap_or(&source.place);
        vec![Inline::Code(source.fact.to_owned()), Inline::Text(value), id, Inline::Code(place.to_owned())]
    };
    let columns = [words("事實", "Fact"), texts::VALUE, words("紀錄", "Record"), texts::PLACE];
    let caption = words("每個事實來自哪一筆紀錄", "Which record each fact came from");
    let rule = decision.rule();
    let lead = Inline::Many(vec![
        Inline::Code(rule.id.to_owned()),
        Inline::Text(" ".to_owned()),
        Inline::Tag(tone(rule.then.result), rule.then.result.to_owned()),
        Inline::Text(" → ".to_owned()),
        Inline::Code(decision.decision.to_owned()),
    ]);
    let title = words("現在的決策", "The decision now").get(lang);
    let rows = gathered.sources.iter().map(row).collect();
    section("decision-now", title, vec![Block::List(vec![lead]), table(context, caption, &columns, rows)])
}

fn sections(facts: &Facts, rule: Option<&str>, context: &Context<'_>) -> Vec<Section> {
    let lang = context.lang;
    let figures = history::metrics(facts).iter().map(|metric| metric.figure(context)).collect();
    let mut metrics = vec![Block::Figures(figures)];
    metrics.extend(history::trend(facts, context));
    vec![
        section("routing", words("派工規則", "Routing contract").get(lang), vec![routing(rule, context)]),
        section("metrics", texts::METRICS.get(lang), metrics),
        section("payload", words("派工前檢查請求", "Preflight request").get(lang), vec![payload(facts)]),
    ]
}

fn routing(now: Option<&str>, context: &Context<'_>) -> Block {
    let lang = context.lang;
    let here = |words: Words| Inline::Tag(Tone::Info, words.get(lang).to_owned());
    let row = |rule: &Rule| {
        let mut id = vec![Inline::Code(rule.id.to_owned())];
        if now == Some(rule.id) {
            id.extend([Inline::Text(" ".to_owned()), here(words("目前", "now"))]);
        }
        vec![
            Inline::Many(id),
            prose(rule.when.get(lang)),
            Inline::Tag(tone(rule.then.result), rule.then.result.to_owned()),
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
