//! The lanes: what a worker of each would do now and why, the rules that did not hold, and the plan for the schedules.

use std::collections::{BTreeMap, BTreeSet};

use crate::finding::Finding;
use crate::kinds::dispatch_workflow::codes;
use crate::kinds::dispatch_workflow::issues::{self, Issue};
use crate::kinds::dispatch_workflow::lanes::{self, CONFIG_FAULTS, Config, LANES, Lane};
use crate::kinds::dispatch_workflow::pr_fix;
use crate::kinds::dispatch_workflow::preflight::{self, Decided, Exports, RULES, Worker};
use crate::kinds::dispatch_workflow::probe::{self, TOGGLES, Toggle};
use crate::kinds::dispatch_workflow::queue::{self, Seeker};
use crate::kinds::dispatch_workflow::view::{Console, code, none, said};
use crate::lang::words;
use crate::read::tree::Node;
use crate::view::page::{Block, Inline, Tone};
use crate::view::texts;

pub(super) fn add(console: &mut Console<'_>) {
    let decided = decisions(console);
    let mut blocks = overview(console, &decided);
    blocks.extend(configuration(console));
    console.add("lanes", words("Lane 現況", "Lanes"), blocks);
    let blocks = trace(console, &decided);
    console.add("preflight", words("Worker 會做什麼，為什麼", "What workers would do, and why"), blocks);
    let blocks = schedules(console, &decided);
    console.add("schedules", words("排程切換計畫", "Plan for the schedules"), blocks);
    let blocks = rows(console);
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
    let base = || Exports {
        missing_tools: texts("missing_tools"),
        pr_fix_error: text("pr_fix_error"),
        dispatch_error: text("dispatch_error"),
        active_work: None,
        issues: console.rows("issues"),
        work_urls: console.rows("agent_work").map(preflight::work_urls),
        linked: pull_requests.map(|rows| linked(rows.items())),
        pull_requests: pull_requests.map(preflight::by_key),
        queue: console.rows("queue"),
        workspaces: texts("workspaces"),
        no_gh: setup.is_some_and(|setup| crate::kinds::dispatch_workflow::status::is_true(setup, "no_gh")),
    };
    let fixes = console.rows("pr_fix_items").map(pr_fix::items);
    let config = console.tree("lane_config").and_then(|config| Config::read(config).ok());
    let mut exports = base();
    let mut decided = Vec::new();
    for lane in lanes::worked() {
        let named = config.as_ref().and_then(|config| config.lane(lane.id)?.agent.clone());
        let agent = named.or_else(|| lane.agent.map(str::to_owned)).unwrap_or_default();
        let active = console.rows("active_work").unwrap_or_default();
        exports.active_work = active.iter().find(|work| work.text_at("agentName") == Some(&agent));
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

/// Pull requests by the issue that they are for.
pub(super) fn linked(rows: &[Node]) -> BTreeMap<String, Vec<&Node>> {
    let mut linked: BTreeMap<String, Vec<&Node>> = BTreeMap::new();
    for row in rows {
        if let Some(issue) = row.get("issueNumber").and_then(issues::integer) {
            linked.entry(issues::key(issues::repo(row), Some(issue))).or_default().push(row);
        }
    }
    linked
}

fn tone(action: &str) -> Tone {
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
        let (action, why, about) = match &decided.result {
            Ok((held, packet)) => {
                if packet.action == "stuck" {
                    let why = packet.reason.clone().unwrap_or_default();
                    let fix = words("排除原因後再啟動 worker", "remove the cause before a worker is started");
                    console.attend(Tone::Bad, words("Lane", "Lane"), lane.id, &why, fix);
                }
                let more = |key: &str| packet.more.get(key).and_then(serde_json::Value::as_str).map(str::to_owned);
                let item = packet.more.get("item").filter(|_| held.id == "pr-fix");
                let fix = item.and_then(|item| {
                    let number = item.get("pr").and_then(serde_json::Value::as_u64);
                    Some(issues::key(item.get("repo")?.as_str()?, number))
                });
                let about = fix.or_else(|| more("issueKey")).or_else(|| more("nextAction"));
                let evidence = packet.more.get("evidence").and_then(serde_json::Value::as_object);
                let evidence = evidence.map(|found| found.keys().cloned().collect::<Vec<_>>().join(", "));
                let said_last = packet.terminal.clone().or(evidence).or_else(|| more("nextAction"));
                let why = vec![
                    Inline::Text(held.when.get(lang).to_owned()),
                    said_last.map_or(Inline::Text(String::new()), |text| {
                        Inline::Many(vec![Inline::Text(" ".to_owned()), code(&text)])
                    }),
                ];
                (
                    Inline::Tag(tone(packet.action), packet.action.to_owned()),
                    Inline::Many(why),
                    about.map_or_else(none, |about| code(&about)),
                )
            }
            Err(export) => {
                let text = console.not_checked(export);
                (Inline::Unknown(texts::NOT_CHECKED.get(lang).to_owned()), Inline::Text(text), none())
            }
        };
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

/// The lane configuration, and lanes that exports name and nobody knows.
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
            console.findings.push(Finding::new(
                &codes::LANE_CONFIGURATION,
                console.place("lane_config"),
                format!("{fault}: {english}"),
            ));
            blocks.push(Block::Note(Tone::Bad, why));
        }
    }
    let mut odd: BTreeMap<(String, &'static str), usize> = BTreeMap::new();
    for export in ["issues", "queue", "pr_fix_items", "worker_results"] {
        for row in console.rows(export).unwrap_or_default() {
            let named = match export {
                "pr_fix_items" => row.text_at("lane").map(lanes::resolve_pr_fix),
                _ => issues::lane(row),
            };
            if let Some(named) = named.filter(|named| !named.known && !configured.contains(&named.id.to_lowercase())) {
                *odd.entry((named.id, export)).or_default() += 1;
            }
        }
    }
    for ((lane, export), count) in odd {
        let lane = super::shown(&lane);
        let why = match console.lang {
            crate::lang::Lang::ZhHant => format!("未知的 lane，{count} 筆；保留原字，不會被領取"),
            crate::lang::Lang::En => format!("unknown lane of {count}; kept as written, and nobody takes it"),
        };
        console.attend(
            Tone::Warn,
            words("Lane 名稱", "Lane name"),
            &lane,
            &why,
            words("改正名稱或加入 lane 設定", "correct the name, or configure the lane"),
        );
        let message = format!("lane `{lane}` of {count} in {export} is not known");
        console.findings.push(Finding::new(&codes::UNKNOWN_LANE, console.place(export), message));
    }
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
    let cell = |rule: &preflight::Rule, decided: &Decided| {
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
        let mut row = vec![
            Inline::Code(rule.id.to_owned()),
            Inline::Text(rule.when.get(lang).to_owned()),
            Inline::Code(rule.action.to_owned()),
        ];
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
    blocks.extend(
        missing
            .into_iter()
            .filter(|name| *name != "missing_tools" && *name != "workspaces")
            .map(|export| console.not_given(export)),
    );
    blocks
}

/// The plan for the schedules: from the exported probes, else from what workers would do.
fn schedules(console: &Console<'_>, decided: &[(&'static Lane, String, Decided)]) -> Vec<Block> {
    let lang = console.lang;
    let derived = || {
        let plan = decided.iter().map(|(lane, _, decided)| {
            let named = lanes::Named { id: lane.id.to_owned(), known: true, aliased: false };
            (named, from_packet(decided))
        });
        (plan.collect(), words("沒有匯出探測結果，依上表推算", "Without exported probes, from the table above"))
    };
    let exported = |probes| (probe::plan(probes), words("依匯出的探測結果", "From the exported probes"));
    let (plan, from) = console.tree("probes").map_or_else(derived, exported);
    let rows = plan.iter().map(|(lane, toggle)| {
        let tone = match toggle.set {
            "enable" => Tone::Info,
            "disable" => Tone::Good,
            _ => Tone::Warn,
        };
        let why = TOGGLES.iter().find(|(id, ..)| *id == toggle.rule).map_or("", |(.., words)| words.get(lang));
        vec![
            code(&lane.id),
            Inline::Tag(tone, toggle.set.to_owned()),
            Inline::Text(why.to_owned()),
            said(&toggle.reason),
        ]
    });
    let columns = [words("Lane", "Lane"), words("排程", "Schedule"), words("規則", "Rule"), words("理由", "Reason")];
    let mut blocks = console.fixed(from, &columns, rows);
    blocks.push(Block::Text(
        console.word(words("這是計畫；這裡不切換任何排程。", "This is a plan; nothing is switched here.")),
    ));
    blocks
}

fn from_packet(decided: &Decided) -> Toggle {
    match &decided.result {
        Err(_) => probe::toggle(None),
        Ok((_, packet)) => {
            let classified = probe::classify(packet.action);
            let reason = packet.reason.clone().or_else(|| packet.terminal.clone()).unwrap_or_default();
            probe::toggle_of(classified, &reason)
        }
    }
}

/// The queue row by row: who would take it, or why nobody does.
fn rows(console: &Console<'_>) -> Vec<Block> {
    let Some(rows) = console.rows("queue") else { return vec![console.not_given("queue")] };
    let lang = console.lang;
    let seekers: Vec<_> =
        lanes::worked().map(|lane| Seeker { lane: lane.id, agent: lane.agent.unwrap_or_default() }).collect();
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
        let of_lane = issue.lane.as_ref().map_or_else(none, |named| code(&named.id));
        let status = issue.status.one().map_or_else(none, code);
        vec![code(&issue.key()), of_lane, status, verdict, said(issue.title)]
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
        crate::lang::Lang::ZhHant => format!("已知的 lane：{}。", lanes.join("、")),
        crate::lang::Lang::En => format!("Lanes that are known: {}.", lanes.join(", ")),
    }));
    blocks
}
