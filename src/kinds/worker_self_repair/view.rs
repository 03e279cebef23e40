//! The sections of a self-repair console: gates, policies, the adoption threshold and the scorecard.

use crate::facts::Facts;
use crate::kinds::worker_self_repair::rules::{ADOPTION, GATES, POLICIES, Risk, SCORECARD};
use crate::lang::{Words, words};
use crate::view::pack::{Context, section, table};
use crate::view::page::{Block, Figure, Inline, Section, Tone};
use crate::view::texts;

pub(super) fn sections(_: &Facts, context: &Context<'_>) -> Vec<Section> {
    let lang = context.lang;
    vec![
        section("gates", words("自修復關卡", "Self-repair gates").get(lang), vec![gates(context)]),
        section("policies", words("政策核准", "Policy approvals").get(lang), vec![policies(context)]),
        section("adoption", words("D7 採用門檻", "Adoption by D7").get(lang), vec![adoption(context)]),
        section("scorecard", words("可靠度記分卡", "Reliability scorecard").get(lang), vec![scorecard(context)]),
    ]
}

fn not_checked(context: &Context<'_>) -> Inline {
    Inline::Unknown(texts::NOT_CHECKED.get(context.lang).to_owned())
}

fn gates(context: &Context<'_>) -> Block {
    let text = |words: Words| Inline::Text(words.get(context.lang).to_owned());
    let rows = GATES
        .iter()
        .map(|gate| {
            vec![
                Inline::Code(gate.id.to_owned()),
                not_checked(context),
                text(gate.trigger),
                text(gate.action),
                text(gate.policy),
                text(gate.evidence),
            ]
        })
        .collect();
    let columns = [
        words("關卡", "Gate"),
        texts::STATUS,
        words("觸發條件", "Trigger"),
        words("Worker 動作", "Worker action"),
        words("人的政策", "Human policy"),
        words("通過證據", "Evidence of passing"),
    ];
    table(
        context,
        words("依序檢查，未通過不得 complete", "Asked in this order; no complete without a pass"),
        &columns,
        rows,
    )
}

fn policies(context: &Context<'_>) -> Block {
    let lang = context.lang;
    let rows = POLICIES
        .iter()
        .map(|policy| {
            let tone = match policy.risk {
                Risk::Low => Tone::Good,
                Risk::Medium => Tone::Warn,
                Risk::High => Tone::Bad,
            };
            let actions = if policy.actions.is_empty() {
                Inline::Text(words("由政策紀錄逐項指定", "as each policy record names them").get(lang).to_owned())
            } else {
                let mut actions = Vec::new();
                for action in policy.actions {
                    if !actions.is_empty() {
                        actions.push(Inline::Text(texts::separator(lang).to_owned()));
                    }
                    actions.push(Inline::Code((*action).to_owned()));
                }
                Inline::Many(actions)
            };
            vec![
                Inline::Tag(tone, policy.risk.word().to_owned()),
                actions,
                Inline::Text(policy.approval.get(lang).to_owned()),
            ]
        })
        .collect();
    let columns = [words("風險", "Risk"), words("動作", "Actions"), words("核准者", "Approved by")];
    let caption = words(
        "未列出的動作一律視為 high；核准之前只能提案",
        "An action that is not listed is high; until approved it is proposed only",
    );
    table(context, caption, &columns, rows)
}

fn adoption(context: &Context<'_>) -> Block {
    let lang = context.lang;
    let rows = ADOPTION
        .iter()
        .map(|(id, threshold, definition)| {
            vec![
                Inline::Text(definition.get(lang).to_owned()),
                Inline::Text(format!("≥ {threshold}")),
                not_checked(context),
                Inline::Code((*id).to_owned()),
            ]
        })
        .collect();
    let columns = [texts::DEFINITION, texts::EXPECTED, texts::OBSERVED, texts::CODE];
    table(
        context,
        words("未達標即為 worker_adoption_insufficient", "Short of it: worker_adoption_insufficient"),
        &columns,
        rows,
    )
}

fn scorecard(context: &Context<'_>) -> Block {
    let figure = |(name, title, definition): &(&str, Words, Words)| Figure {
        label: texts::named(context.lang, title.get(context.lang), name),
        value: not_checked(context),
        definition: definition.get(context.lang).to_owned(),
        source: "worker_repair_events, artifact_gate_checks".to_owned(),
    };
    Block::Figures(SCORECARD.iter().map(figure).collect())
}
