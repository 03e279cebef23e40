//! The lanes: what a worker of each would do now and why, and how the lanes are configured and named.

use std::collections::BTreeSet;

use serde_json::Value as Json;

use crate::kinds::dispatch_workflow::codes;
use crate::kinds::dispatch_workflow::issues;
use crate::kinds::dispatch_workflow::lanes::{self, CONFIG_FAULTS, Config, Lane};
use crate::kinds::dispatch_workflow::preflight::{Decided, Packet, Rule};
use crate::kinds::dispatch_workflow::view::console::{Console, code, none, said, shown};
use crate::kinds::dispatch_workflow::view::names;
use crate::kinds::dispatch_workflow::view::preflight::{tone, unchecked};
use crate::lang::{Lang, words};
use crate::view::compose::prose;
use crate::view::page::{Block, Inline, Tone};
use crate::view::texts;

pub(super) fn add(console: &mut Console<'_>, decided: &[(&'static Lane, String, Decided)]) {
    let mut blocks = overview(console, decided);
    blocks.extend(configuration(console));
    console.add("lanes", words("Lane 現況", "Lanes"), blocks);
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
