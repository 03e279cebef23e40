//! The console: what needs attention first, then what happens next, then tasks, files, runs, figures, connectors and
//! roles, each decision with its reason. What an export would have told and did not is said to be not checked.

use std::collections::BTreeMap;

use jiff::Timestamp;

use crate::check::export::Exports;
use crate::finding::Code;
use crate::kinds::Given;
use crate::kinds::dispatch::redact::shown;
use crate::kinds::dispatch::{not_given, value};
use crate::kinds::dispatch_run::attention;
use crate::kinds::dispatch_run::dry_run::{self, Judged};
use crate::kinds::dispatch_run::exports::EXPORTS;
use crate::kinds::dispatch_run::notice::{Attention, Notice};
use crate::kinds::dispatch_run::roles::Roles;
use crate::kinds::dispatch_run::{lifecycle, snapshot};
use crate::lang::{Lang, Words, words};
use crate::read::tree::Node;
use crate::view::compose::section;
use crate::view::context::Context;
use crate::view::pack::Own;
use crate::view::page::{Block, Inline, NextStep, Section, Table, Tone, Verdict};
use crate::view::texts;

mod candidates;
mod connectors;
mod contexts;
mod figures;
mod runs;
mod tasks;

/// Most rows of one table; the export has the rest.
const ROWS: usize = 100;
/// Most notices on the first screen.
const NOTICES: usize = 60;
/// Most sorts of notices that become a next step.
const STEPS: usize = 3;

/// What the kind concludes from a pack.
pub(super) fn conclude(given: &Given<'_>) -> Own {
    let (exports, context) = (&given.facts.exports, given.context);
    let (lang, now) = (context.lang, context.now.timestamp());
    let judged = dry_run::judged(exports);
    let attention = attention::attention(exports, judged.as_deref().unwrap_or_default(), now);
    let page =
        Page { exports, roles: Roles::of(exports), judged, snapshots: snapshot::newest(exports), context, lang, now };
    Own {
        verdict: Some(page.verdict(&attention)),
        next: page.next(&attention),
        sections: page.sections(&attention),
        files: page.files_of_bundle(),
        findings: attention.findings(),
        ..Own::default()
    }
}

/// A code word as a page may show it; nothing when it is blank.
fn code(text: &str, most: usize) -> Inline {
    if text.trim().is_empty() { Inline::Text(String::new()) } else { Inline::Code(shown(text, most)) }
}

struct Page<'a> {
    exports: &'a Exports,
    roles: Roles<'a>,
    /// The verdict on every file of a result; `None` when no tasks were given.
    judged: Option<Vec<Judged<'a>>>,
    /// The newest snapshot of every run; `None` when none were given.
    snapshots: Option<Vec<(&'a str, &'a Node)>>,
    context: &'a Context<'a>,
    lang: Lang,
    now: Timestamp,
}

impl<'a> Page<'a> {
    /// Further files of the bundle.
    fn files_of_bundle(&self) -> BTreeMap<String, String> {
        let judged = self.judged.iter().filter(|judged| !judged.is_empty());
        let runs: BTreeMap<_, _> =
            self.items("planning_runs").into_iter().flatten().map(|run| (value::text(run, "id"), run)).collect();
        let is_shown = |(run, _): &&(&str, &Node)| snapshot::is_shown(runs.get(run).copied());
        let snapshots = self.snapshots.iter().map(|rows| rows.iter().filter(is_shown).collect::<Vec<_>>());
        let snapshots = snapshots.filter(|rows| !rows.is_empty());
        judged
            .map(|judged| (dry_run::FILE.to_owned(), dry_run::document(judged)))
            .chain(snapshots.map(|rows| (snapshot::FILE.to_owned(), snapshot::document(&rows))))
            .collect()
    }

    fn say(&self, words: Words) -> String {
        words.get(self.lang).to_owned()
    }

    fn text(&self, words: Words) -> Inline {
        Inline::Text(self.say(words))
    }

    fn not_given(&self) -> Block {
        Block::Note(Tone::Unknown, self.say(texts::NOT_GIVEN))
    }

    fn items(&self, name: &str) -> Option<Vec<&'a Node>> {
        Some(self.exports.items(name)?.map(|(_, item)| item).collect())
    }

    fn section(&self, id: &str, title: Words, blocks: Vec<Block>) -> Section {
        section(id, title.get(self.lang), blocks)
    }

    /// A table of at most [`ROWS`] rows, with a line about the rest.
    fn table(
        &self,
        caption: String,
        columns: &[Words],
        rows: Vec<Vec<Inline>>,
        all: usize,
        empty: Words,
    ) -> Vec<Block> {
        let more = all - rows.len();
        let mut blocks = vec![Block::Listing(Table {
            caption,
            columns: columns.iter().map(|words| self.say(*words)).collect(),
            rows,
            empty: self.text(empty),
        })];
        if more > 0 {
            blocks.push(Block::Note(
                Tone::Info,
                match self.lang {
                    Lang::ZhHant => format!("另有 {more} 項未顯示，見匯出檔。"),
                    Lang::En => format!("{more} more are not shown; the export has them."),
                },
            ));
        }
        blocks
    }

    /// How many of all are in the table above, and the file that has the rest.
    fn complete(&self, listed: usize, all: usize, file: &str) -> Block {
        let (list, end) = match self.lang {
            Lang::ZhHant => (format!("表中列出 {listed}／{all} 項；完整清單在 "), "。"),
            Lang::En => (format!("{listed} of {all} are in the table; the full list is in "), "."),
        };
        let link = Inline::Link { href: file.to_owned(), text: file.to_owned() };
        Block::List(vec![Inline::Many(vec![Inline::Text(list), link, Inline::Text(end.to_owned())])])
    }

    fn moment(&self, node: &Node, key: &str) -> Inline {
        match value::moment(node, key) {
            Some(moment) => Inline::Text(self.context.moment(moment)),
            None => Inline::Unknown(self.say(texts::UNKNOWN)),
        }
    }

    fn missing(&self) -> Vec<&'static str> {
        EXPORTS
            .iter()
            .filter(|export| self.exports.get(export.name).is_none())
            .map(|export| export.title.get(self.lang))
            .collect()
    }

    fn verdict(&self, attention: &Attention) -> Verdict {
        let (total, missing) = (attention.total(), self.missing().len());
        let tasks = self.items("tasks");
        let dispatched = tasks.map(|tasks| tasks.iter().filter(|task| lifecycle::concerns_dispatch(task)).count());
        let (zh, en) = match dispatched {
            Some(count) => (format!("{count} 個派工任務"), format!("{count} dispatched tasks")),
            None => ("任務未提供".to_owned(), "tasks are not provided".to_owned()),
        };
        let given = not_given(self.lang, missing);
        let text = match self.lang {
            Lang::ZhHant => format!("{zh}；{total} 件需要處理；{given}"),
            Lang::En => format!("{en}; {total} things need somebody; {given}"),
        };
        let (tone, word) = match (total, missing) {
            (0, 0) => (Tone::Good, words("無待處理", "Nothing stuck")),
            (0, _) => (Tone::Unknown, words("部分未查核", "Partly not checked")),
            _ => (Tone::Warn, words("需要處理", "Needs attention")),
        };
        Verdict { tone, word: self.say(word), text }
    }

    fn next(&self, attention: &Attention) -> Vec<NextStep> {
        let step = |(code, count): &(&'static Code, u64)| NextStep {
            what: match self.lang {
                Lang::ZhHant => format!("處理「{}」：{count} 件。", code.title.zh),
                Lang::En => format!("Look after “{}”: {count}.", code.title.en),
            },
            who: self.say(words("派工值班者", "Whoever runs the dispatch")),
            due: None,
        };
        attention.counts.values().take(STEPS).map(step).collect()
    }

    fn sections(&self, attention: &Attention) -> Vec<Section> {
        let mut sections = vec![
            self.attention(attention),
            self.section("queue", words("接下來會被領取的任務", "What is claimed next"), self.queue()),
            self.section("tasks", words("派工任務", "Dispatched tasks"), self.tasks()),
            self.section("files", words("結果要寫的檔案（試算）", "Files of results (dry run)"), self.files()),
            self.section("runs", words("規劃執行", "Planning runs"), self.runs()),
            self.section("contexts", words("規劃情境的證據", "Evidence of planning contexts"), self.contexts()),
            self.section("candidates", words("候選項目", "Candidates"), self.candidates()),
            self.section("requirements", words("需求規模", "Scale of requirements"), self.requirements()),
            self.section("figures", words("品質數字", "Quality figures"), self.figures()),
            self.section("suggestions", words("角色建議", "Role suggestions"), self.suggestions()),
            self.section("role-audit", words("角色稽核", "Role audit"), self.audits()),
            self.section("connectors", words("連接器活動", "Connector activity"), self.connectors()),
            self.section("roles", words("角色目錄", "Role catalogue"), self.roles()),
        ];
        let missing = self.missing();
        if !missing.is_empty() {
            let list = missing.into_iter().map(|title| Inline::Unknown(title.to_owned())).collect();
            let title = words("尚未查核：未提供的匯出", "Not checked: exports that were not provided");
            sections.insert(1, self.section("not-checked", title, vec![Block::List(list)]));
        }
        sections
    }

    fn attention(&self, attention: &Attention) -> Section {
        let row = |notice: &Notice| {
            let place = notice.place.to_string();
            let place = place.split_once("/exports/").map_or(place.as_str(), |(_, place)| place).to_owned();
            vec![
                Inline::Tag(Tone::Warn, notice.code.title.get(self.lang).to_owned()),
                Inline::Many(vec![Inline::Text(format!("{} ", notice.subject)), Inline::Code(place)]),
                Inline::Text(notice.why.get(self.lang).to_owned()),
                Inline::Text(notice.todo.get(self.lang).to_owned()),
            ]
        };
        let rows: Vec<_> = attention.first(NOTICES).into_iter().map(row).collect();
        let listed = rows.len();
        let columns = [words("事項", "What"), words("對象", "About"), words("依據", "Evidence"), texts::HINT];
        let caption = self.say(words("最要緊的在前", "Most pressing first"));
        let empty = words("沒有卡住或矛盾的事項", "Nothing is stuck and nothing contradicts itself");
        let title = words("需要處理", "Needs attention");
        let mut blocks = self.table(caption, &columns, rows, listed, empty);
        if attention.total() > u64::try_from(listed).unwrap_or(u64::MAX) {
            let of = |(code, count): &(&Code, u64)| format!("{} {count}", code.title.get(self.lang));
            let all: Vec<_> = attention.counts.values().map(of).collect();
            let all = all.join(texts::separator(self.lang));
            let total = attention.total();
            blocks.push(Block::Note(
                Tone::Info,
                match self.lang {
                    Lang::ZhHant => format!("共 {total} 件，每種只列前幾件：{all}。"),
                    Lang::En => format!("{total} in all, of which the first of each sort are listed: {all}."),
                },
            ));
        }
        self.section("attention", title, blocks)
    }
}
