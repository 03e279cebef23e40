//! The PR-fix queue in the order in which it is worked off, and what reports would change in it.

use std::collections::BTreeMap;

use crate::kinds::dispatch::value;
use crate::kinds::dispatch_workflow::issues;
use crate::kinds::dispatch_workflow::pr_fix::{self, Item, MERGES, Preview};
use crate::kinds::dispatch_workflow::templates;
use crate::kinds::dispatch_workflow::triage::{self, TRIAGE};
use crate::kinds::dispatch_workflow::view::console::{Console, code, none, said, shown};
use crate::lang::{Lang, words};
use crate::read::tree::Value;
use crate::view::page::{Block, Inline, Tone};
use crate::view::texts;

pub(super) fn add(console: &mut Console<'_>) {
    let blocks = queue(console);
    console.add("pr-fix", words("PR 修復佇列", "PR-fix queue"), blocks);
}

fn queue(console: &mut Console<'_>) -> Vec<Block> {
    let Some(rows) = console.rows("pr_fix_items") else { return vec![console.not_given("pr_fix_items")] };
    let lang = console.lang;
    let items = pr_fix::items(rows);
    for item in items.iter().filter(|item| pr_fix::waits(item, None, true) && item.status == "blocked") {
        let fix = words("由人看過證據後決定", "a person looks at the evidence and decides");
        console.attend(Tone::Warn, words("PR 修復", "PR fix"), &item.key(), &item.reason, fix);
    }
    let pull_requests = console.tree("pull_requests").map(issues::by_id).unwrap_or_default();
    let authors = templates::tracked_authors(console.tree("template_config"));
    for item in items.iter().filter(|item| item.status == "queued") {
        let why =
            pull_requests.get(&issues::id(&item.repo, item.pr)).and_then(|pr| pr_fix::untouchable(item, pr, &authors));
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
    let context = console.given.context;
    let listed = ordered.iter().map(|item| {
        let queued_at = value::moment_of(&item.queued_at);
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
            Inline::Many(vec![
                Inline::Tag(tone, shown(&item.status)),
                Inline::Text(" ".to_owned()),
                Inline::Tag(lane_tone, shown(&item.lane.id)),
            ]),
            queued_at.map_or_else(|| code(&item.queued_at), |moment| Inline::Text(context.moment(moment))),
            said(&item.reason),
            item.feedback.last().map_or_else(none, |text| said(text)),
            if waits(item) { suggested(item) } else { none() },
            Inline::Text(item.evidence.len().to_string()),
        ]
    });
    let columns = [
        words("PR", "Pull request"),
        words("狀態與 lane", "Status and lane"),
        words("排入", "Queued at"),
        words("原因", "Reason"),
        words("最近回饋", "Last feedback"),
        words("分流建議", "Suggested triage"),
        words("證據數", "Evidence"),
    ];
    blocks.extend(console.table(
        words("依處理順序：先排入的在前，已結的在後", "In the order in which they are taken; the finished last"),
        &columns,
        listed,
        words("佇列是空的。", "The queue is empty."),
    ));
    let about = words(
        "分流建議只看原因與最近的回饋裡有沒有少數幾個字詞，供人參考，不改變佇列：",
        "The triage is only suggested, from a few words of the reason and the last feedback, and changes nothing in the queue:",
    );
    blocks.push(Block::Text(console.word(about)));
    let rules = TRIAGE.iter().map(|rule| {
        let words_of = if rule.words.is_empty() { none() } else { Inline::Code(rule.words.join(", ")) };
        vec![Inline::Code(rule.id.to_owned()), Inline::Text(rule.when.get(lang).to_owned()), words_of]
    });
    blocks.extend(console.fixed(
        words("建議的分流，第一條成立的決定", "The suggestions; the first that holds decides"),
        &[words("建議", "Suggested"), words("何時", "When"), words("字詞", "Words")],
        rules,
    ));
    blocks.extend(merges(console, &items));
    blocks
}

/// Where an item would go by what was said of it.
fn suggested(item: &Item) -> Inline {
    let feedback = item.feedback.last().map_or("", String::as_str);
    let rule = triage::suggest(&[&item.reason, feedback]);
    let tone = if rule.is_for_a_person { Tone::Warn } else { Tone::Info };
    Inline::Tag(tone, rule.id.to_owned())
}

/// What reports would change in the queue, one after the other, and by which rules.
fn merges(console: &Console<'_>, items: &[Item]) -> Vec<Block> {
    let lang = console.lang;
    let mut blocks = vec![Block::Heading(console.word(words("併入回報的預覽", "What reports would change")))];
    let Some(reports) = console.rows("pr_fix_reports") else {
        blocks.push(console.not_given("pr_fix_reports"));
        return blocks;
    };
    let limit = console.tree("lane_config").and_then(|config| config.get("prFixEvidenceLimit"));
    let limit = limit.and_then(issues::integer).and_then(|limit| limit.try_into().ok());
    let mut preview = Preview::of(items, limit.unwrap_or(pr_fix::EVIDENCE_BEFORE_HUMAN));
    let listed = reports.iter().map(|report| {
        let key = issues::key(issues::repo(report), report.get("pr").and_then(issues::integer));
        let merged = match preview.merge(report) {
            Ok(merged) => merged,
            Err(missing) => {
                let mut row = vec![code(&key), Inline::Tag(Tone::Warn, format!("missing-{missing}"))];
                row.resize_with(6, none);
                return row;
            }
        };
        let after = &merged.after;
        let arrow = || Inline::Text(" → ".to_owned());
        let was = merged.before.as_ref().map_or_else(none, |item| code(&item.status));
        let evidence = match lang {
            Lang::ZhHant => format!("（共 {} 件）", after.evidence.len()),
            Lang::En => format!(" ({} in all)", after.evidence.len()),
        };
        vec![
            code(&key),
            Inline::Many(vec![was, arrow(), code(&after.status), Inline::Text(" ".to_owned()), code(&after.lane.id)]),
            Inline::Text(after.generation.to_string()),
            Inline::Many(vec![code(report.text_at("evidenceKey").unwrap_or_default()), Inline::Text(evidence)]),
            said(report.text_at("feedback").unwrap_or_default()),
            Inline::Many(vec![
                Inline::Code(merged.rule.to_owned()),
                Inline::Text(" ".to_owned()),
                Inline::Text(merged.when.get(lang).to_owned()),
            ]),
        ]
    });
    let columns = [
        words("PR", "Pull request"),
        words("之前 → 之後", "Before → then"),
        words("第幾輪", "Generation"),
        words("證據", "Evidence"),
        words("回饋", "Feedback"),
        words("因為", "Because"),
    ];
    blocks.extend(console.table(
        words("回報依序併入，每一筆接著前一筆的結果", "The reports in their order, each upon what the one before left"),
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
