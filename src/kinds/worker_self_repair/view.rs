//! The sections of a self-repair console: each gate's state with its evidence, jobs, policies, what a person has to decide
//! next, adoption by day 7 and the scorecard.

use jiff::Timestamp;

use crate::facts::Facts;
use crate::kinds::Given;
use crate::kinds::worker_self_repair::adoption::THRESHOLDS;
use crate::kinds::worker_self_repair::console::{self, Console, Event};
use crate::kinds::worker_self_repair::policy::{POLICIES, Risk, State};
use crate::kinds::worker_self_repair::repair::{GATES, Gate, REPEATED};
use crate::lang::{Lang, Words, words};
use crate::view::compose::{section, table};
use crate::view::context::Context;
use crate::view::pack::Own;
use crate::view::page::{Bar, Block, Chart, Inline, NextStep, Tone, Verdict};
use crate::view::texts;

/// Most pieces of evidence that a cell names; the records table has them all.
const EVIDENCE: usize = 4;

/// The state of a gate.
struct Standing {
    tone: Tone,
    word: Words,
    /// Ids of the records that show it.
    evidence: Vec<String>,
}

/// What a person has to decide.
struct Pending {
    what: String,
    /// Name of who decides.
    who: String,
    due: Option<Timestamp>,
}

/// What the records of the pack amount to as of now, and the sections of its page.
pub(super) fn conclude(given: &Given<'_>) -> Own {
    let mut own = Own::default();
    let (facts, context) = (given.facts, given.context);
    let now = context.now.timestamp();
    let console = console::console(facts, given.workspace, now, &mut own.findings);
    let gates: Vec<_> = GATES.iter().map(|gate| (gate, standing(gate, &console, facts))).collect();
    let pending = pending(&console, given);
    own.verdict = Some(verdict(&gates, &pending, &console, facts, context));
    own.next = pending
        .iter()
        .map(|pending| NextStep {
            what: pending.what.clone(),
            who: pending.who.clone(),
            due: pending.due.map(|due| context.due(due)),
        })
        .collect();
    let title = |words: Words| words.get(context.lang);
    own.sections = vec![
        section("gates", title(words("自修復關卡", "Self-repair gates")), vec![gate_table(&gates, context)]),
        section("decide", title(words("待人決定", "To be decided by people")), vec![pending_table(&pending, context)]),
        section("jobs", title(words("各工作能否 complete", "Which jobs may complete")), vec![jobs(&console, context)]),
        section(
            "policies",
            title(words("政策核准", "Policy approvals")),
            vec![policies(&console, given), risks(context)],
        ),
        section("adoption", title(words("D7 採用門檻", "Adoption by D7")), adoption(&console, facts, context)),
        section("scorecard", title(words("可靠度記分卡", "Reliability scorecard")), scorecard(&console, context)),
    ];
    own
}

fn standing(gate: &Gate, console: &Console, facts: &Facts) -> Standing {
    let not_given = Standing { tone: Tone::Unknown, word: texts::NOT_GIVEN, evidence: Vec::new() };
    let standing = |tone, word, evidence| Standing { tone, word, evidence };
    let ids = |events: &[&Event]| events.iter().map(|event| event.id.clone()).collect::<Vec<_>>();
    let quiet = words("未觸發", "Not tripped");
    match gate.id {
        "stuck_claim" => {
            let Some(events) = &console.events else { return not_given };
            let stuck: Vec<_> =
                events.iter().filter(|event| matches!(event.sort, "fetch_failed" | "claim_idle")).collect();
            // What ended well is over; the newest of a job and phase says how it stands.
            let newest = |event: &&&Event| {
                !stuck
                    .iter()
                    .any(|other| (&other.job, &other.phase) == (&event.job, &event.phase) && other.at > event.at)
            };
            let is_over = stuck.iter().filter(newest).all(|event| event.retried == Some(true));
            match (stuck.is_empty(), is_over) {
                (true, _) => standing(Tone::Good, quiet, Vec::new()),
                (_, true) => standing(Tone::Good, words("重試一次後恢復", "Recovered after one retry"), ids(&stuck)),
                (_, false) => standing(Tone::Bad, words("卡住，不得 complete", "Stuck, no complete"), ids(&stuck)),
            }
        }
        "repair_suggested" => {
            let (Some(events), Some(_)) = (&console.events, &console.proposals) else { return not_given };
            let repeated: Vec<_> = events.iter().filter(|event| event.number == REPEATED).collect();
            let made: Vec<_> = repeated.iter().filter_map(|event| console.proposal(event)).collect();
            let evidence = made.iter().map(|proposal| proposal.id.clone()).collect();
            if repeated.is_empty() {
                standing(Tone::Good, quiet, Vec::new())
            } else if made.len() < repeated.len() {
                standing(Tone::Bad, words("缺提案", "Proposal missing"), ids(&repeated))
            } else if made.iter().any(|proposal| proposal.is_open) {
                standing(Tone::Warn, words("已提案，等人決定", "Proposed, waits for a person"), evidence)
            } else {
                standing(Tone::Good, words("提案已決定", "Proposal decided"), evidence)
            }
        }
        "artifact_guard" => {
            if console.checks.is_none() {
                return not_given;
            }
            match console.last_check(&facts.pack.job_id) {
                None => standing(Tone::Bad, words("沒有檢查，不得 complete", "No check, no complete"), Vec::new()),
                Some(check) if check.passes() => standing(
                    Tone::Good,
                    words("通過，可以 complete", "Passed, complete allowed"),
                    vec![check.id.clone()],
                ),
                Some(check) if check.rule.then.result == "retry_needed" => standing(
                    Tone::Warn,
                    words("稍後再檢查，不得 complete", "Look again, no complete"),
                    vec![check.id.clone()],
                ),
                Some(check) => {
                    standing(Tone::Bad, words("未通過，不得 complete", "Failed, no complete"), vec![check.id.clone()])
                }
            }
        }
        _ => {
            let (Some(jobs), Some(lessons)) = (console.repaired(), &console.lessons) else { return not_given };
            let learnt = |job: &&str| console.has_learnt(job) == Some(true);
            let evidence = lessons.iter().filter(|lesson| jobs.contains(lesson.job.as_str()));
            let evidence = evidence.map(|lesson| lesson.id.clone()).collect();
            if jobs.is_empty() {
                standing(Tone::Good, quiet, Vec::new())
            } else if jobs.iter().all(learnt) {
                standing(Tone::Good, words("每個修復都有教訓", "Every repair has its lesson"), evidence)
            } else {
                standing(Tone::Bad, words("有修復沒有教訓", "A repair has no lesson"), evidence)
            }
        }
    }
}

/// The name of somebody with a role, else the role: an owner of the pack comes before anybody else, and who has few roles
/// before who has many.
fn holder(role: &str, given: &Given<'_>) -> String {
    let people = given.workspace.people.values().filter(|person| person.roles.iter().any(|has| has == role));
    let is_owner = |name: &str| given.facts.pack.owners.iter().any(|(_, owner)| owner == name);
    let first = people.min_by_key(|person| (!is_owner(&person.name), person.roles.len()));
    first.map_or_else(|| role.to_owned(), |person| person.name.clone())
}

/// What a person has to decide next: proposals that are open, and policies that wait for their role.
fn pending(console: &Console, given: &Given<'_>) -> Vec<Pending> {
    let lang = given.context.lang;
    let due = given.facts.pack.due;
    let open = console.proposals.iter().flatten().filter(|proposal| proposal.is_open);
    let mut pending: Vec<_> = open
        .map(|proposal| Pending {
            what: match lang {
                Lang::ZhHant => format!("修復提案是否納入政策：{} 的 {}", proposal.phase, proposal.event_type),
                Lang::En => {
                    format!("Does the repair proposal become policy: {} in {}", proposal.event_type, proposal.phase)
                }
            },
            who: holder("pls_owner", given),
            due,
        })
        .collect();
    let mut drafts: Vec<(&str, Vec<&str>)> = Vec::new();
    for policy in console.policies.iter().flatten().filter(|policy| policy.state == State::Draft) {
        // A low risk needs nobody.
        let Some(role) = policy.risk.approver() else { continue };
        match drafts.iter_mut().find(|(by, _)| *by == role) {
            Some((_, keys)) => keys.push(&policy.key),
            None => drafts.push((role, vec![&policy.key])),
        }
    }
    pending.extend(drafts.into_iter().map(|(role, keys)| Pending {
        what: match lang {
            Lang::ZhHant => format!("核准或拒絕 {} 項政策：{}", keys.len(), keys.join("、")),
            Lang::En => format!("Approve or reject {} policies: {}", keys.len(), keys.join(", ")),
        },
        who: holder(role, given),
        due,
    }));
    pending
}

fn verdict(
    gates: &[(&Gate, Standing)],
    pending: &[Pending],
    console: &Console,
    facts: &Facts,
    context: &Context<'_>,
) -> Verdict {
    let lang = context.lang;
    let passed = gates.iter().filter(|(_, standing)| standing.tone == Tone::Good).count();
    let is = |tone| gates.iter().any(|(_, standing)| standing.tone == tone);
    let (tone, word) = if is(Tone::Bad) {
        (Tone::Bad, words("有關卡擋下", "A gate blocks"))
    } else if is(Tone::Unknown) {
        (Tone::Unknown, texts::NOT_CHECKED)
    } else if is(Tone::Warn) || !pending.is_empty() {
        (Tone::Warn, words("等人決定", "Waits for people"))
    } else {
        (Tone::Good, words("關卡全過", "All gates passed"))
    };
    let adopted = facts.pack.due.and_then(|due| console.adoption(context.now.timestamp(), due));
    let adopted = adopted.map_or(texts::NOT_CHECKED.get(lang), |(_, rule)| rule.when.get(lang));
    let text = match lang {
        Lang::ZhHant => {
            format!("{passed} / {} 道關卡通過；D7 採用：{adopted}；待人決定 {} 項。", gates.len(), pending.len())
        }
        Lang::En => format!(
            "{passed} of {} gates passed; adoption by D7: {adopted}; {} to be decided by people.",
            gates.len(),
            pending.len()
        ),
    };
    Verdict { tone, word: word.get(lang).to_owned(), text }
}

/// Ids of records, the first few of them.
fn evidence(ids: &[String], lang: Lang) -> Inline {
    if ids.is_empty() {
        return Inline::Text(texts::NONE.get(lang).to_owned());
    }
    let mut parts = Vec::new();
    for id in ids.iter().take(EVIDENCE) {
        if !parts.is_empty() {
            parts.push(Inline::Text(texts::separator(lang).to_owned()));
        }
        parts.push(Inline::Id(id.clone()));
    }
    if ids.len() > EVIDENCE {
        parts.push(Inline::Text(format!(" +{}", ids.len() - EVIDENCE)));
    }
    Inline::Many(parts)
}

fn gate_table(gates: &[(&Gate, Standing)], context: &Context<'_>) -> Block {
    let text = |words: Words| Inline::Text(words.get(context.lang).to_owned());
    let row = |(gate, standing): &(&Gate, Standing)| {
        let word = standing.word.get(context.lang).to_owned();
        let state = match standing.tone {
            Tone::Unknown => Inline::Unknown(word),
            tone => Inline::Tag(tone, word),
        };
        vec![
            Inline::Code(gate.id.to_owned()),
            state,
            Inline::Many(vec![
                text(gate.evidence),
                Inline::Text("\n".to_owned()),
                evidence(&standing.evidence, context.lang),
            ]),
            text(gate.trigger),
            text(gate.action),
            text(gate.policy),
        ]
    };
    let columns = [
        words("關卡", "Gate"),
        texts::STATUS,
        texts::EVIDENCE,
        words("觸發條件", "Trigger"),
        words("Worker 動作", "Worker action"),
        words("人的政策", "Human policy"),
    ];
    let caption = words("依序檢查，未通過不得 complete", "Asked in this order; no complete without a pass");
    table(context, caption, &columns, gates.iter().map(row).collect())
}

fn pending_table(pending: &[Pending], context: &Context<'_>) -> Block {
    if pending.is_empty() {
        return Block::Text(texts::NONE.get(context.lang).to_owned());
    }
    let row = |pending: &Pending| {
        let due = pending.due.map_or_else(
            || Inline::Unknown(texts::NO_DUE.get(context.lang).to_owned()),
            |due| Inline::Text(context.moment(due)),
        );
        vec![Inline::Text(pending.what.clone()), Inline::Text(pending.who.clone()), due]
    };
    let caption = words("沒有決定之前，worker 只能提案", "Until then a worker only proposes");
    table(context, caption, &[texts::WHAT, texts::WHO, texts::DUE], pending.iter().map(row).collect())
}

/// Every job of the log: what the guard says, and what was learnt.
fn jobs(console: &Console, context: &Context<'_>) -> Block {
    let lang = context.lang;
    let of_events = console.events.iter().flatten().map(|event| event.job.as_str());
    let of_checks = console.checks.iter().flatten().map(|check| check.job.as_str());
    let jobs: std::collections::BTreeSet<&str> = of_events.chain(of_checks).collect();
    if jobs.is_empty() {
        return Block::Text(texts::NO_ROWS.get(lang).to_owned());
    }
    let tag = |tone, words: Words| Inline::Tag(tone, words.get(lang).to_owned());
    let row = |job: &&str| {
        let events: Vec<_> = console.events.iter().flatten().filter(|event| event.job == **job).collect();
        let does = events.last().map_or_else(
            || Inline::Text(texts::NONE.get(lang).to_owned()),
            |event| {
                Inline::Many(vec![
                    Inline::Code(event.rule.id.to_owned()),
                    Inline::Text(format!(" {}", event.rule.then.route.get(lang))),
                ])
            },
        );
        let (complete, guard) = match console.last_check(job) {
            Some(check) => {
                let rule = Inline::Many(vec![
                    Inline::Code(check.rule.id.to_owned()),
                    Inline::Text(format!(" {}", check.rule.when.get(lang))),
                ]);
                let allowed = if check.passes() {
                    tag(Tone::Good, words("可以", "Allowed"))
                } else {
                    tag(Tone::Bad, words("不得", "Blocked"))
                };
                (allowed, rule)
            }
            None => {
                (tag(Tone::Bad, words("不得", "Blocked")), Inline::Unknown(texts::NOT_CHECKED.get(lang).to_owned()))
            }
        };
        let learnt = match console.has_learnt(job) {
            Some(true) => Inline::Text(texts::YES.get(lang).to_owned()),
            Some(false) => Inline::Text(texts::NO.get(lang).to_owned()),
            None => Inline::Unknown(texts::NOT_GIVEN.get(lang).to_owned()),
        };
        vec![Inline::Id((*job).to_owned()), complete, guard, Inline::Text(events.len().to_string()), does, learnt]
    };
    let columns = [
        texts::JOB,
        words("complete", "Complete"),
        words("artifact_guard", "artifact_guard"),
        words("事件數", "Events"),
        words("最近一次的規則", "Rule of the last one"),
        words("有教訓與下一步", "Lesson and next step"),
    ];
    let caption = words("以最近一次檢查為準", "The newest check counts");
    table(context, caption, &columns, jobs.iter().map(row).collect())
}

/// Every policy with the state that its audit bears out.
fn policies(console: &Console, given: &Given<'_>) -> Block {
    let context = given.context;
    let lang = context.lang;
    let Some(policies) = &console.policies else {
        return Block::Note(Tone::Unknown, texts::NOT_GIVEN.get(lang).to_owned());
    };
    let row = |policy: &console::PolicyState| {
        let (tone, word) = match policy.rule.then.decision {
            "permitted" => (Tone::Good, words("可自行執行", "Permitted")),
            _ => (Tone::Warn, words("只能提案", "Propose only")),
        };
        let decider = policy
            .risk
            .approver()
            .map_or_else(|| words("不需核准", "no approval needed").get(lang).to_owned(), |role| holder(role, given));
        vec![
            Inline::Code(policy.key.clone()),
            Inline::Code(policy.action.clone()),
            Inline::Tag(risk_tone(policy.risk), policy.risk.word().to_owned()),
            Inline::Code(policy.state.word().to_owned()),
            Inline::Many(vec![
                Inline::Tag(tone, word.get(lang).to_owned()),
                Inline::Text(" ".to_owned()),
                Inline::Code(policy.rule.id.to_owned()),
            ]),
            Inline::Text(decider),
            evidence(policy.evidence.as_slice(), lang),
        ]
    };
    let columns = [
        words("政策", "Policy"),
        words("動作", "Action"),
        words("風險", "Risk"),
        texts::STATUS,
        words("Worker 可以", "A worker may"),
        words("核准者", "Approved by"),
        texts::EVIDENCE,
    ];
    let caption = words("狀態以稽核紀錄為準", "States are those that the audit bears out");
    table(context, caption, &columns, policies.iter().map(row).collect())
}

fn risk_tone(risk: Risk) -> Tone {
    match risk {
        Risk::Low => Tone::Good,
        Risk::Medium => Tone::Warn,
        Risk::High => Tone::Bad,
    }
}

/// Which action has which risk, and who approves it.
fn risks(context: &Context<'_>) -> Block {
    let lang = context.lang;
    let rows = POLICIES
        .iter()
        .map(|policy| {
            let tone = risk_tone(policy.risk);
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

fn adoption(console: &Console, facts: &Facts, context: &Context<'_>) -> Vec<Block> {
    let lang = context.lang;
    let adopted = facts.pack.due.and_then(|due| console.adoption(context.now.timestamp(), due));
    let not_given = || Inline::Unknown(texts::NOT_GIVEN.get(lang).to_owned());
    let row = |(at, (id, threshold, definition)): (usize, &(&str, u32, Words))| {
        let observed = adopted.and_then(|(counts, _)| counts.get(at).copied());
        vec![
            Inline::Text(definition.get(lang).to_owned()),
            Inline::Text(format!("≥ {threshold}")),
            observed.map_or_else(not_given, |count| {
                Inline::Tag(if count >= *threshold { Tone::Good } else { Tone::Warn }, count.to_string())
            }),
            Inline::Code((*id).to_owned()),
        ]
    };
    let lead = match (adopted, facts.pack.due) {
        (Some((_, rule)), Some(due)) => {
            let tone = match rule.then.result {
                "sufficient" => Tone::Good,
                "not_yet" => Tone::Warn,
                _ => Tone::Bad,
            };
            let day = context.moment(due);
            Block::List(vec![Inline::Many(vec![
                Inline::Code(rule.id.to_owned()),
                Inline::Text(" ".to_owned()),
                Inline::Tag(tone, rule.then.result.to_owned()),
                Inline::Text(match lang {
                    Lang::ZhHant => format!(" {}（D7：{day}）。{}", rule.when.get(lang), rule.then.route.get(lang)),
                    Lang::En => format!(" {} (D7: {day}). Next: {}", rule.when.get(lang), rule.then.route.get(lang)),
                }),
            ])])
        }
        _ => Block::Note(Tone::Unknown, texts::NOT_GIVEN.get(lang).to_owned()),
    };
    let columns = [texts::DEFINITION, texts::EXPECTED, texts::OBSERVED, texts::CODE];
    let caption =
        words("D7 前未達標即為 worker_adoption_insufficient", "Short of it by D7: worker_adoption_insufficient");
    vec![lead, table(context, caption, &columns, THRESHOLDS.iter().enumerate().map(row).collect())]
}

fn scorecard(console: &Console, context: &Context<'_>) -> Vec<Block> {
    let figures = console.scorecard().iter().map(|metric| metric.figure(context)).collect();
    let mut blocks = vec![Block::Figures(figures)];
    let types = console.by_type();
    if let Some(most) = types.iter().map(|(_, count)| *count).max() {
        let bar = |(word, count): &(&str, usize)| {
            let length = u16::try_from(count * 1000 / most.max(1)).unwrap_or(1000);
            Bar { label: (*word).to_owned(), text: count.to_string(), whole: length, part: length }
        };
        let caption = words("各類事件數", "Events by type").get(context.lang).to_owned();
        blocks.push(Block::Chart(Chart { caption, bars: types.iter().map(bar).collect() }));
    }
    blocks
}
