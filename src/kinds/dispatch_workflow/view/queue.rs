//! The queue: which worker would take each of its rows, or why nobody does.

use crate::kinds::dispatch_workflow::issues::Issue;
use crate::kinds::dispatch_workflow::lanes::{LANES, Lane};
use crate::kinds::dispatch_workflow::preflight::Decided;
use crate::kinds::dispatch_workflow::queue::{self, Seeker};
use crate::kinds::dispatch_workflow::view::console::{Console, code, none, said};
use crate::kinds::dispatch_workflow::view::names;
use crate::lang::{Lang, words};
use crate::view::page::{Block, Inline, Tone};
use crate::view::texts;

pub(super) fn add(console: &mut Console<'_>, decided: &[(&'static Lane, String, Decided)]) {
    let blocks = rows(console, decided);
    console.add("queue", words("佇列", "Queue"), blocks);
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
