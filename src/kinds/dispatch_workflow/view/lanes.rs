//! The lanes: what a worker of each would do now and why, the rules that did not hold, and the plan for the schedules.

use std::collections::BTreeSet;

use serde_json::Value as Json;

use crate::kinds::dispatch_workflow::codes;
use crate::kinds::dispatch_workflow::issues::{self, Issue};
use crate::kinds::dispatch_workflow::lanes::{self, CONFIG_FAULTS, Config, LANES, Lane};
use crate::kinds::dispatch_workflow::pr_fix;
use crate::kinds::dispatch_workflow::preflight::{self, Decided, Exports, Looked, Packet, RULES, Rule, Worker};
use crate::kinds::dispatch_workflow::queue::{self, Seeker};
use crate::kinds::dispatch_workflow::status;
use crate::kinds::dispatch_workflow::view::{Console, code, names, none, said, schedules, shown};
use crate::lang::{Lang, words};
use crate::read::tree::Node;
use crate::view::compose::prose;
use crate::view::page::{Block, Inline, Tone};
use crate::view::texts;

pub(super) fn add(console: &mut Console<'_>) {
    let decided = decisions(console);
    let mut blocks = overview(console, &decided);
    blocks.extend(configuration(console));
    console.add("lanes", words("Lane 現況", "Lanes"), blocks);
    let blocks = trace(console, &decided);
    console.add("preflight", words("Worker 會做什麼，為什麼", "What workers would do, and why"), blocks);
    schedules::add(console, &decided);
    let blocks = rows(console, &decided);
    console.add("queue", words("佇列", "Queue"), blocks);
}

/// What a worker of every lane would do.
fn decisions(console: &Console<'_>) -> Vec<(&'static Lane, String, Decided)> {
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
        pull_requests: pull_requests.map(preflight::by_id),
        queue: console.rows("queue"),
        workspaces: texts("workspaces"),
        no_gh: setup.is_some_and(|setup| status::is_true(setup, "no_gh")),
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

pub(super) fn tone(action: &str) -> Tone {
    match action {
        "stuck" => Tone::Bad,
        "clear" => Tone::Good,
        "claim-conflict" => Tone::Warn,
        _ => Tone::Info,
    }
}

fn overview(console: &mut Console<'_>, decided: &[(&'static Lane, String, Decided)]) -> Vec<Block> {
    let lang = console.lang;
    let mut rows = Vec::new();
    for (lane, agent, decided) in decided {
        let purpose = Inline::Text(lane.role.get(lang).to_owned());
        let undecided = || Inline::Unknown(words("未決定", "not decided").get(lang).to_owned());
        let unchecked = unchecked(console, decided);
        let (action, why, about) = match (&decided.result, &unchecked) {
            (Ok((held, packet)), None) => {
                let tag = Inline::Tag(tone(packet.action), packet.action.to_owned());
                (tag, because(lang, held, packet), about(held, packet))
            }
            (Ok((held, packet)), Some(unchecked)) => {
                let unless = match lang {
                    Lang::ZhHant => format!("{unchecked}。若這些規則都不成立，會是 "),
                    Lang::En => format!("{unchecked}. Should none of those rules hold, it would be "),
                };
                let separator = words("：", ": ").get(lang).to_owned();
                let parts = vec![
                    Inline::Text(unless),
                    Inline::Code(packet.action.to_owned()),
                    Inline::Text(separator),
                    because(lang, held, packet),
                ];
                (undecided(), Inline::Many(parts), about(held, packet))
            }
            (Err(_), unchecked) => (undecided(), Inline::Text(unchecked.clone().unwrap_or_default()), none()),
        };
        if let Ok((held, packet)) = &decided.result
            && packet.action == "stuck"
        {
            let issue = text_of(packet, "issueKey");
            let rule = Some(console.word(held.when));
            let said = packet.terminal.clone().or_else(|| packet.reason.clone());
            let why = [unchecked.clone(), rule, said, issue].into_iter().flatten().collect::<Vec<_>>();
            let tone = if unchecked.is_none() { Tone::Bad } else { Tone::Warn };
            let fix = words("排除原因後再啟動 worker", "remove the cause before a worker is started");
            console.attend(tone, words("Lane", "Lane"), lane.id, &why.join(words("；", "; ").get(lang)), fix);
        }
        rows.push(vec![Inline::Code(lane.id.to_owned()), action, why, about, code(agent), purpose]);
    }
    let columns = [
        words("Lane", "Lane"),
        words("會做什麼", "Would do"),
        words("因為", "Because"),
        words("對象", "About"),
        words("Agent", "Agent"),
        words("用途", "For"),
    ];
    console.fixed(
        words("現在啟動各 lane 的 worker 會發生什麼", "What would happen if the worker of each lane were started now"),
        &columns,
        rows,
    )
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

/// The rule that holds, and what the worker would say or was called by.
fn because(lang: Lang, held: &Rule, packet: &Packet) -> Inline {
    let blank = || Inline::Text(" ".to_owned());
    let mut parts = vec![prose(held.when.get(lang))];
    let said_last = packet.terminal.clone().or_else(|| text_of(packet, "nextAction"));
    parts.extend(said_last.into_iter().flat_map(|text| [blank(), code(&text)]));
    for (kind, value) in packet.more.get("evidence").and_then(Json::as_object).into_iter().flatten() {
        let text = |check: &Json, key: &str| check.get(key).and_then(Json::as_str).map(shown);
        let checks = value.as_array().into_iter().flatten();
        let checks: Vec<_> = checks
            .filter_map(|check| Some(format!("{} {}", text(check, "name")?, text(check, "conclusion")?)))
            .collect();
        parts.extend([blank(), Inline::Code(kind.clone())]);
        if !checks.is_empty() {
            parts.push(Inline::Text(texts::named(lang, "", &checks.join(texts::separator(lang)))));
        }
    }
    if held.id == "active-work-lane" {
        let verified = match (text_of(packet, "verifiedLane"), text_of(packet, "verificationSource")) {
            (Some(verified), Some(source)) => match lang {
                Lang::ZhHant => format!("查到的 lane 是 {}（依 {source}）", shown(&verified)),
                Lang::En => format!("its lane is {} (by {source})", shown(&verified)),
            },
            _ => words("查不到它的 lane", "nothing tells its lane").get(lang).to_owned(),
        };
        parts.extend([blank(), Inline::Text(verified)]);
    }
    Inline::Many(parts)
}

/// The pull request or issue that a packet is about.
fn about(held: &Rule, packet: &Packet) -> Inline {
    let item = packet.more.get("item").filter(|_| held.id == "pr-fix");
    let number = |value: Option<&Json>| value.and_then(Json::as_u64);
    let fix = item.and_then(|item| Some(issues::key(item.get("repo")?.as_str()?, number(item.get("pr")))));
    let issue = fix.or_else(|| text_of(packet, "issueKey")).or_else(|| text_of(packet, "nextAction"));
    let issue = issue.map_or_else(none, |about| code(&about));
    let Some(pull_request) = number(packet.more.get("prNumber")) else { return issue };
    let pull_request = format!("PR #{pull_request}");
    let href = text_of(packet, "prUrl").filter(|url| shown(url) == *url);
    let link = match href {
        Some(href) => Inline::Link { href, text: pull_request },
        None => Inline::Text(pull_request),
    };
    Inline::Many(vec![issue, Inline::Text(" ← ".to_owned()), link])
}

fn text_of(packet: &Packet, key: &str) -> Option<String> {
    packet.more.get(key).and_then(Json::as_str).map(str::to_owned)
}

/// The lane configuration, and older names.
fn configuration(console: &mut Console<'_>) -> Vec<Block> {
    let mut blocks = vec![Block::Heading(console.word(words("Lane 設定與名稱", "Configuration and names")))];
    let config = console.tree("lane_config").map(Config::read);
    let mut configured = BTreeSet::new();
    match config {
        None => blocks.push(console.not_given("lane_config")),
        Some(Ok(config)) => {
            configured = config.lanes.iter().map(|lane| lane.id.clone()).collect();
            let rows: Vec<_> = config
                .lanes
                .iter()
                .map(|lane| {
                    let claimable = if lane.claimable {
                        words("可領取", "claimable")
                    } else {
                        words("不可領取", "not claimable")
                    };
                    let old: Vec<_> =
                        config.aliases.iter().filter(|(_, now)| *now == lane.id).map(|(old, _)| old.as_str()).collect();
                    vec![
                        code(&lane.id),
                        said(&lane.title),
                        Inline::Text(console.word(claimable)),
                        lane.agent.as_deref().map_or_else(none, code),
                        if old.is_empty() { none() } else { code(&old.join(", ")) },
                    ]
                })
                .collect();
            let columns = [
                words("Lane", "Lane"),
                words("名稱", "Title"),
                words("領取", "Claiming"),
                words("Agent", "Agent"),
                words("舊名", "Older names"),
            ];
            blocks.extend(console.fixed(words("伺服器設定的 lane", "Lanes of the server"), &columns, rows));
        }
        Some(Err(fault)) => {
            let why = CONFIG_FAULTS
                .iter()
                .find(|(id, _)| *id == fault)
                .map_or("", |(_, words)| words.get(console.lang))
                .to_owned();
            console.attend(
                Tone::Bad,
                words("Lane 設定", "Lane configuration"),
                fault,
                &why,
                words("改正伺服器的 lane 設定", "correct the lane configuration of the server"),
            );
            let english = CONFIG_FAULTS.iter().find(|(id, _)| *id == fault).map_or(fault, |(_, words)| words.en);
            console.find(
                &codes::LANE_CONFIGURATION,
                "lane_config",
                String::new(),
                || format!("{fault}: {english}"),
                codes::LANE_CONFIGURATION.fix,
            );
            blocks.push(Block::Note(Tone::Bad, why));
        }
    }
    names::flag(console, &configured);
    let old =
        lanes::ALIASES.iter().map(|(old, now)| vec![Inline::Code((*old).to_owned()), Inline::Code((*now).to_owned())]);
    blocks.extend(console.fixed(
        words("匯出中仍可能出現的舊名", "Older names that exports may still have"),
        &[words("舊名", "Older name"), words("現在是", "Now")],
        old,
    ));
    blocks
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

/// The queue row by row: who would take it, or why nobody does.
fn rows(console: &Console<'_>, decided: &[(&'static Lane, String, Decided)]) -> Vec<Block> {
    let Some(rows) = console.rows("queue") else { return vec![console.not_given("queue")] };
    let lang = console.lang;
    let seekers: Vec<_> = decided.iter().map(|(lane, agent, _)| Seeker { lane: lane.id, agent }).collect();
    let listed = rows.iter().map(|row| {
        let Some(issue) = Issue::read(row) else {
            return vec![
                none(),
                none(),
                none(),
                Inline::Tag(Tone::Warn, words("不是物件", "no object").get(lang).to_owned()),
                none(),
            ];
        };
        // A row is judged by the worker of its lane; one without a lane by the first.
        let seeker = seekers.iter().find(|seeker| issue.lane.as_ref().is_none_or(|lane| lane.id == seeker.lane));
        let verdict = match seeker.map(|seeker| (seeker, queue::skipped(&issue, seeker))) {
            Some((seeker, None)) => {
                Inline::Tag(Tone::Good, texts::named(lang, words("可拿", "may be taken").get(lang), seeker.lane))
            }
            Some((_, Some(skip))) => Inline::Text(skip.why.get(lang).to_owned()),
            None if issue.lane.as_ref().is_some_and(|lane| !lane.known) => {
                Inline::Tag(Tone::Warn, words("未知的 lane", "unknown lane").get(lang).to_owned())
            }
            None => Inline::Text(words("這個 lane 不領取工作", "nobody claims in this lane").get(lang).to_owned()),
        };
        let of_lane = issue.lane.as_ref().map_or_else(none, |named| names::lane(console, named));
        vec![code(&issue.key()), of_lane, names::statuses(console, &issue), verdict, said(issue.title)]
    });
    let columns = [
        words("項目", "Row"),
        words("Lane", "Lane"),
        words("狀態", "Status"),
        words("結果", "Result"),
        words("標題", "Title"),
    ];
    let mut blocks = console.table(
        words("依佇列順序", "In the order of the queue"),
        &columns,
        listed,
        words("佇列是空的。", "The queue is empty."),
    );
    let lanes: Vec<_> = LANES.iter().map(|lane| lane.id).collect();
    blocks.push(Block::Text(match lang {
        Lang::ZhHant => format!("已知的 lane：{}。", lanes.join("、")),
        Lang::En => format!("Lanes that are known: {}.", lanes.join(", ")),
    }));
    blocks
}
