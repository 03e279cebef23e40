//! What workers said last.

use crate::kinds::dispatch_workflow::codes;
use crate::kinds::dispatch_workflow::guard::{self, TERMINALS};
use crate::kinds::dispatch_workflow::lanes;
use crate::kinds::dispatch_workflow::view::console::{Console, code, none, said, shown};
use crate::kinds::dispatch_workflow::view::names;
use crate::lang::{Lang, words};
use crate::read::tree::Node;
use crate::view::page::{Block, Inline, Tone};
use crate::view::texts;

pub(super) fn add(console: &mut Console<'_>) {
    let blocks = results(console);
    console.add("results", words("Worker 結尾文字", "Last texts of workers"), blocks);
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
            console.find(&codes::LAST_TEXT, "worker_results", format!("/{at}/text"), message, codes::LAST_TEXT.fix);
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
            row.text_at("lane").and_then(lanes::resolve).map_or_else(none, |lane| names::lane(console, &lane)),
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
