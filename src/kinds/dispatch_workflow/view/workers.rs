//! What workers said last, the PR-fix queue, the heartbeat, and checkpoints with statuses in their order.

use std::collections::BTreeMap;

use crate::kinds::dispatch_workflow::codes;
use crate::kinds::dispatch_workflow::guard::{self, TERMINALS};
use crate::kinds::dispatch_workflow::heartbeat::{self, News, REPLIES};
use crate::kinds::dispatch_workflow::issues;
use crate::kinds::dispatch_workflow::lanes;
use crate::kinds::dispatch_workflow::pr_fix::{self, Item, MERGES};
use crate::kinds::dispatch_workflow::updates::{self, FAULTS};
use crate::kinds::dispatch_workflow::view::{Console, code, none, said, shown};
use crate::kinds::dispatch_workflow::{preflight, templates};
use crate::lang::{Lang, words};
use crate::read::tree::{Node, Value};
use crate::view::page::{Block, Inline, Tone};
use crate::view::texts;

pub(super) fn add(console: &mut Console<'_>) {
    let blocks = results(console);
    console.add("results", words("Worker 結尾文字", "Last texts of workers"), blocks);
    let blocks = queue(console);
    console.add("pr-fix", words("PR 修復佇列", "PR-fix queue"), blocks);
    let blocks = updates(console);
    console.add("updates", words("檢查點與狀態順序", "Checkpoints and statuses"), blocks);
    let blocks = beat(console);
    console.add("heartbeat", words("心跳", "Heartbeat"), blocks);
}

fn results(console: &mut Console<'_>) -> Vec<Block> {
    let Some(rows) = console.rows("worker_results") else { return vec![console.not_given("worker_results")] };
    let lang = console.lang;
    let run_of = |at: usize, row: &Node| row.text_at("runId").map_or_else(|| format!("#{}", at + 1), str::to_owned);
    let judge = |row: &Node| guard::judge(row.text_at("text").unwrap_or_default(), row.text_at("lane"));
    let mut judged = Vec::with_capacity(rows.len());
    for (at, row) in rows.iter().enumerate() {
        let text = row.text_at("text").unwrap_or_default().trim();
        let verdict = judge(row);
        if !verdict.valid {
            let message = || format!("{}: {} ({})", shown(&run_of(at, row)), verdict.code, verdict.why.en);
            console.find(&codes::LAST_TEXT, "worker_results", format!("/{at}/text"), message, "");
            let fix = words(
                "看 worker 的紀錄，重新回報合格的結尾",
                "look at the worker's log and have a proper end reported",
            );
            console.attend(Tone::Warn, words("Worker 結尾", "Last text"), &run_of(at, row), verdict.why.get(lang), fix);
        } else if text.starts_with("Stuck:") {
            let fix = words("處理受阻的原因", "deal with what it is stuck on");
            console.attend(Tone::Bad, words("Worker 受阻", "Stuck worker"), &run_of(at, row), text, fix);
        }
        judged.push((verdict, at, row));
    }
    judged.sort_by_key(|(verdict, ..)| verdict.valid);
    let listed = judged.iter().map(|(verdict, at, row)| {
        let tone = if verdict.valid { Tone::Good } else { Tone::Bad };
        vec![
            code(&run_of(*at, row)),
            row.text_at("lane").and_then(lanes::resolve).map_or_else(none, |lane| code(&lane.id)),
            Inline::Tag(tone, verdict.code.to_owned()),
            Inline::Text(verdict.why.get(lang).to_owned()),
            row.text_at("outcome").map_or_else(none, code),
            said(row.text_at("text").unwrap_or_default().trim()),
        ]
    });
    let columns = [
        words("執行", "Run"),
        words("Lane", "Lane"),
        words("結果", "Result"),
        words("因為", "Because"),
        words("結束方式", "Outcome"),
        words("文字", "Text"),
    ];
    let mut blocks = console.table(
        words("不合格的在前", "Those that are refused first"),
        &columns,
        listed,
        words("沒有文字。", "There is no text."),
    );
    let clear = lanes::worked().filter_map(|lane| {
        Some(vec![
            Inline::Code(lane.clear_text?.to_owned()),
            Inline::Text(match lang {
                Lang::ZhHant => format!("只限 {}，沒有工作", lane.id),
                Lang::En => format!("{} only, nothing to do", lane.id),
            }),
        ])
    });
    let forms = TERMINALS.iter().map(|form| {
        vec![Inline::Code(form.form.to_owned()), Inline::Text(texts::named(lang, form.when.get(lang), form.id))]
    });
    let columns = [words("格式", "Form"), words("用途", "For")];
    blocks.extend(console.fixed(
        words("合格的結尾，整段一字不差", "The forms, whole and to the letter"),
        &columns,
        clear.chain(forms).collect::<Vec<_>>(),
    ));
    blocks
}

fn queue(console: &mut Console<'_>) -> Vec<Block> {
    let Some(rows) = console.rows("pr_fix_items") else { return vec![console.not_given("pr_fix_items")] };
    let lang = console.lang;
    let items = pr_fix::items(rows);
    for item in items.iter().filter(|item| pr_fix::waits(item, None, true) && item.status == "blocked") {
        let fix = words("由人看過證據後決定", "a person looks at the evidence and decides");
        console.attend(Tone::Warn, words("PR 修復", "PR fix"), &item.key(), &item.reason, fix);
    }
    let pull_requests = console.tree("pull_requests").map(preflight::by_id).unwrap_or_default();
    let values = templates::configured(console.tree("template_config").and_then(|config| config.get("values")));
    let authors = values.get("TRACKED_PR_AUTHORS").map(Vec::as_slice).unwrap_or_default();
    for item in items.iter().filter(|item| item.status == "queued") {
        let why =
            pull_requests.get(&issues::id(&item.repo, item.pr)).and_then(|pr| pr_fix::untouchable(item, pr, authors));
        if let Some(why) = why {
            let fix = words("不要派 worker；標為 stale 或 ignored", "send no worker; mark it stale or ignored");
            console.attend(Tone::Warn, words("PR 修復", "PR fix"), &item.key(), why.get(lang), fix);
        }
    }
    let (counts, by_lane) = pr_fix::summary(&items);
    let told = |counts: &BTreeMap<&str, usize>| {
        let parts: Vec<_> = counts.iter().map(|(word, count)| format!("{} {count}", shown(word))).collect();
        if parts.is_empty() { "0".to_owned() } else { parts.join(texts::separator(lang)) }
    };
    let mut blocks = vec![Block::Text(match lang {
        Lang::ZhHant => format!("各狀態：{}。各 lane 等待中：{}。", told(&counts), told(&by_lane)),
        Lang::En => format!("By status: {}. Queued by lane: {}.", told(&counts), told(&by_lane)),
    })];
    let doubled = rows.iter().filter(|row| matches!(row.value, Value::Table(_))).count() - items.len();
    if doubled > 0 {
        blocks.push(Block::Note(
            Tone::Warn,
            match lang {
                Lang::ZhHant => format!("{doubled} 筆與前面的項目是同一個 PR，只看第一筆。"),
                Lang::En => {
                    format!("{doubled} more are about a pull request that is listed before; the first one counts.")
                }
            },
        ));
    }
    let waits = |item: &&Item| pr_fix::waits(item, None, true);
    let ordered: Vec<_> = items.iter().filter(waits).chain(items.iter().filter(|item| !waits(item))).collect();
    let listed = ordered.iter().map(|item| {
        let lane_tone = if item.lane.known { Tone::Info } else { Tone::Warn };
        let tone = match item.status.as_str() {
            "queued" => Tone::Info,
            "fixed" => Tone::Good,
            "blocked" => Tone::Bad,
            "stale" | "ignored" => Tone::Unknown,
            _ => Tone::Warn,
        };
        vec![
            code(&item.key()),
            Inline::Tag(tone, shown(&item.status)),
            Inline::Tag(lane_tone, shown(&item.lane.id)),
            code(&item.queued_at),
            said(&item.reason),
            item.feedback.last().map_or_else(none, |text| said(text)),
            Inline::Text(item.evidence.len().to_string()),
        ]
    });
    let columns = [
        words("PR", "Pull request"),
        words("狀態", "Status"),
        words("Lane", "Lane"),
        words("排入", "Queued at"),
        words("原因", "Reason"),
        words("最近回饋", "Last feedback"),
        words("證據數", "Evidence"),
    ];
    blocks.extend(console.table(
        words("依處理順序：先排入的在前，已結的在後", "In the order in which they are taken; the finished last"),
        &columns,
        listed,
        words("佇列是空的。", "The queue is empty."),
    ));
    blocks.extend(merges(console, &items));
    blocks
}

/// What reports would change in the queue, and by which rules.
fn merges(console: &Console<'_>, items: &[Item]) -> Vec<Block> {
    let lang = console.lang;
    let mut blocks = vec![Block::Heading(console.word(words("併入回報的預覽", "What reports would change")))];
    let Some(reports) = console.rows("pr_fix_reports") else {
        blocks.push(console.not_given("pr_fix_reports"));
        return blocks;
    };
    let limit =
        console.tree("lane_config").and_then(|config| config.get("prFixEvidenceLimit")).and_then(issues::integer);
    let limit = limit.and_then(|limit| limit.try_into().ok()).unwrap_or(pr_fix::EVIDENCE_BEFORE_HUMAN);
    let known: BTreeMap<_, _> = items.iter().map(|item| (item.key(), item)).collect();
    let listed = reports.iter().map(|report| {
        let key = issues::key(issues::repo(report), report.get("pr").and_then(issues::integer));
        if let Some(missing) = pr_fix::lacks(report) {
            return vec![code(&key), Inline::Tag(Tone::Warn, format!("missing-{missing}")), none(), none(), none()];
        }
        let before = known.get(&key);
        let (after, rule, when) = pr_fix::enqueued(before.map(|item| (*item).clone()), report, None, limit);
        let was = before.map_or_else(none, |item| code(&item.status));
        vec![
            code(&key),
            Inline::Code(rule.to_owned()),
            was,
            Inline::Many(vec![code(&after.status), Inline::Text(" ".to_owned()), code(&after.lane.id)]),
            Inline::Text(when.get(lang).to_owned()),
        ]
    });
    let columns = [
        words("PR", "Pull request"),
        words("規則", "Rule"),
        words("現在", "Now"),
        words("之後", "Then"),
        words("因為", "Because"),
    ];
    blocks.extend(console.table(
        words("每筆回報各自與現在的佇列比對", "Each report against the queue as it is"),
        &columns,
        listed,
        words("沒有回報。", "There is no report."),
    ));
    let rules =
        MERGES.iter().map(|rule| vec![Inline::Code(rule.id.to_owned()), Inline::Text(rule.when.get(lang).to_owned())]);
    blocks.extend(console.fixed(
        words("併入的規則，第一條成立的決定", "How reports are merged; the first that holds decides"),
        &[words("規則", "Rule"), words("何時", "When")],
        rules,
    ));
    blocks
}

fn updates(console: &mut Console<'_>) -> Vec<Block> {
    let Some(rows) = console.rows("updates") else { return vec![console.not_given("updates")] };
    let lang = console.lang;
    let key_of = |row: &Node| issues::key(issues::repo(row), row.get("issueNumber").and_then(issues::integer));
    let mut told: BTreeMap<(&str, String), Vec<&Node>> = BTreeMap::new();
    let mut last: BTreeMap<(&str, String), usize> = BTreeMap::new();
    let mut refused = Vec::new();
    for (at, row) in rows.iter().enumerate() {
        if let Some(fault) = updates::fault(row) {
            refused.push((row, fault));
            refuse(console, at, &key_of(row), fault);
        }
        let of = (row.text_at("agent").unwrap_or_default(), key_of(row));
        last.insert(of.clone(), at);
        told.entry(of).or_default().push(row);
    }
    let fault_of = |steps: &[&Node]| {
        let is = |step: &&Node, key: &str, word: &str| step.text_at(key) == Some(word);
        let is_opened = steps.iter().any(|step| is(step, "checkpoint", "PR_OPENED") || is(step, "status", "in-review"));
        (is_opened, updates::sequence(steps).filter(|_| is_opened))
    };
    for (of @ (_, key), steps) in &told {
        if let (_, Some(fault)) = fault_of(steps) {
            refuse(console, last.get(of).copied().unwrap_or_default(), key, fault);
            console.attend(
                Tone::Warn,
                words("檢查點順序", "Order of updates"),
                key,
                updates::why(Some(fault)).get(lang),
                words("補上或改正回報", "report what is missing, in order"),
            );
        }
    }
    let listed = told.iter().map(|((agent, key), steps)| {
        let result = match fault_of(steps) {
            (_, Some(fault)) => Inline::Tag(Tone::Warn, fault.to_owned()),
            (true, None) => Inline::Tag(Tone::Good, words("順序正確", "in order").get(lang).to_owned()),
            (false, None) => Inline::Text(words("尚未開 PR", "no pull request yet").get(lang).to_owned()),
        };
        let words_of = steps.iter().filter_map(|step| step.text_at("checkpoint").or_else(|| step.text_at("status")));
        vec![
            code(key),
            result,
            said(&words_of.collect::<Vec<_>>().join(" → ")),
            updates::replay(steps).map_or_else(none, |state| Inline::Code(state.to_owned())),
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
            &key_of(row),
            updates::why(Some(fault)).get(lang),
            words("依合約重新回報", "report again as the contract says"),
        );
    }
    let refused = refused.iter().map(|(row, fault)| {
        vec![
            code(&key_of(row)),
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
    let rules =
        FAULTS.iter().map(|(id, when)| vec![Inline::Code((*id).to_owned()), Inline::Text(when.get(lang).to_owned())]);
    blocks.extend(console.fixed(
        words("回報的規則", "What is refused"),
        &[words("代碼", "Code"), words("意思", "Meaning")],
        rules,
    ));
    blocks
}

/// Reports an update that the server would refuse, or the last one of a sequence that is not in order.
fn refuse(console: &mut Console<'_>, at: usize, key: &str, fault: &'static str) {
    let message = || format!("{}: {fault} ({})", shown(key), updates::why(Some(fault)).en);
    console.find(&codes::UPDATE_REFUSED, "updates", format!("/{at}"), message, "");
}

fn beat(console: &mut Console<'_>) -> Vec<Block> {
    let Some(export) = console.tree("heartbeat") else { return vec![console.not_given("heartbeat")] };
    let lang = console.lang;
    let flags = export.get("flags").map(Node::texts).unwrap_or_default();
    let beat = heartbeat::beat(export.get("server_heartbeat"), console.tree("probes"), export.get("grooming"), &flags);
    let surfaced = heartbeat::surfaced(&News {
        runner_exit: heartbeat::exit(export.get("runner_exit")),
        errors: beat.errors,
        grooming: beat.grooming,
        follow_ups: heartbeat::has_any(export, "follow_ups"),
        state_changes: heartbeat::has_any(export, "state_changes"),
        backlog_pressure: heartbeat::has_any(export, "backlog_pressure"),
    });
    for reply in &surfaced {
        let is_failure = reply.id.starts_with("runner") || reply.id == "errors";
        let tone = if is_failure { Tone::Bad } else { Tone::Warn };
        if let Some(act) = reply.act {
            console.attend(tone, words("心跳", "Heartbeat"), reply.id, reply.when.get(lang), act);
        }
    }
    let answer = surfaced.first().and_then(|reply| reply.word).unwrap_or("–");
    let why = surfaced.iter().map(|reply| reply.when.get(lang)).collect::<Vec<_>>().join(words("；", "; ").get(lang));
    let tone = if beat.exit_code == 0 { Tone::Good } else { Tone::Bad };
    let fact =
        |label: crate::lang::Words, value: Inline| crate::view::page::Fact { label: label.get(lang).to_owned(), value };
    let mut blocks = vec![Block::Facts(vec![
        fact(words("伺服器狀態", "Status of the server"), Inline::Tag(tone, shown(&beat.status))),
        fact(words("結束碼", "Exit status"), Inline::Code(beat.exit_code.to_string())),
        fact(words("回覆", "Reply"), Inline::Code(answer.to_owned())),
        fact(words("因為", "Because"), Inline::Text(why)),
    ])];
    if beat.report.is_null() {
        blocks.push(Block::Note(
            Tone::Warn,
            console.word(words(
                "伺服器的狀態字不是 ok、warning、error，回報會失敗。",
                "The server's status is none of ok, warning, error, so the report would fail.",
            )),
        ));
    }
    let steps = beat.steps.iter().enumerate().map(|(at, step)| vec![Inline::Text((at + 1).to_string()), code(step)]);
    blocks.extend(console.fixed(
        words("步驟，順序固定", "The steps, in their fixed order"),
        &[words("第", "No."), words("步驟", "Step")],
        steps,
    ));
    if !beat.told.is_empty() {
        blocks.push(Block::List(beat.told.iter().map(|text| said(text)).collect()));
    }
    let rules = REPLIES.iter().map(|reply| {
        vec![
            Inline::Code(reply.id.to_owned()),
            Inline::Text(reply.when.get(lang).to_owned()),
            reply.word.map_or_else(none, |word| Inline::Code(word.to_owned())),
        ]
    });
    blocks.extend(console.fixed(
        words("回覆的規則", "What is replied"),
        &[words("規則", "Rule"), words("何時", "When"), words("回覆", "Reply")],
        rules,
    ));
    blocks
}
