//! The heartbeat: what it came to, what it reports and replies, and its steps.

use crate::kinds::dispatch_workflow::heartbeat::{self, REPLIES};
use crate::kinds::dispatch_workflow::view::console::{Console, ROWS_SHOWN, code, linked, none, said, shown};
use crate::lang::{Words, words};
use crate::read::tree::Node;
use crate::view::page::{Block, Fact, Inline, Tone};

pub(super) fn add(console: &mut Console<'_>) {
    let blocks = beat(console);
    console.add("heartbeat", words("心跳", "Heartbeat"), blocks);
}

fn beat(console: &mut Console<'_>) -> Vec<Block> {
    let Some(export) = console.tree("heartbeat") else { return vec![console.not_given("heartbeat")] };
    let lang = console.lang;
    let flags = export.get("flags").map(Node::texts).unwrap_or_default();
    let beat = heartbeat::beat(export.get("server_heartbeat"), console.tree("probes"), export.get("grooming"), &flags);
    let news = heartbeat::news(export, beat.errors, beat.grooming);
    let surfaced = heartbeat::surfaced(heartbeat::exit(export.get("runner_exit")), &news);
    for reply in &surfaced {
        let is_failure = reply.id.starts_with("runner") || reply.id == "errors";
        let tone = if is_failure { Tone::Bad } else { Tone::Warn };
        if let Some(act) = reply.act {
            console.attend(tone, words("心跳", "Heartbeat"), reply.id, reply.when.get(lang), act);
        }
    }
    let answer = surfaced.first().and_then(|reply| reply.word).unwrap_or("–");
    let why = surfaced.iter().map(|reply| reply.when.get(lang)).collect::<Vec<_>>().join(words("；", "; ").get(lang));
    let tone = match beat.status.as_str() {
        _ if beat.exit_code != 0 => Tone::Bad,
        "ok" => Tone::Good,
        _ => Tone::Warn,
    };
    let fact = |label: Words, value: Inline| Fact { label: label.get(lang).to_owned(), value };
    let reported = beat.report.get("status").and_then(serde_json::Value::as_str);
    let summary = beat.report.get("summary").and_then(serde_json::Value::as_str);
    let mut blocks = vec![Block::Facts(vec![
        fact(words("伺服器狀態", "Status of the server"), Inline::Tag(tone, shown(&beat.status))),
        fact(words("結束碼", "Exit status"), Inline::Code(beat.exit_code.to_string())),
        fact(words("回覆", "Reply"), Inline::Code(answer.to_owned())),
        fact(words("因為", "Because"), Inline::Text(why)),
        fact(words("回報的狀態", "Status reported"), reported.map_or_else(none, code)),
        fact(words("回報的摘要", "Summary reported"), summary.map_or_else(none, said)),
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
        blocks.push(Block::Heading(console.word(words("伺服器的錯誤與警告", "Errors and warnings of the server"))));
        blocks.push(Block::List(beat.told.iter().map(|text| said(text)).collect()));
    }
    let touched: Vec<_> = beat.report.get("touched").and_then(|urls| urls.as_array()).into_iter().flatten().collect();
    if !touched.is_empty() {
        blocks.push(Block::Heading(console.word(words("動到的 issue", "Issues that it touched"))));
        let linked = touched.iter().take(ROWS_SHOWN).filter_map(|url| url.as_str()).map(linked);
        blocks.push(Block::List(linked.collect()));
        blocks.extend(console.left_out(touched.len().saturating_sub(ROWS_SHOWN)));
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
