//! The context that each planning run was given: what its snapshot records, whether that holds, and what stood in it, as
//! far as it may be shown.

use std::collections::{BTreeMap, BTreeSet};

use crate::kinds::dispatch::redact::shown;
use crate::kinds::dispatch::value;
use crate::kinds::dispatch_run::view::{Page, ROWS};
use crate::kinds::dispatch_run::{context, snapshot, sources};
use crate::lang::{Lang, words};
use crate::read::tree::Node;
use crate::view::page::{Block, Inline, Table, Tone};
use crate::view::texts;

/// What is known of the run that a snapshot is of.
#[derive(Clone, Copy)]
enum Run<'a> {
    /// The run was exported.
    Known(&'a Node),
    /// The runs were exported, and this one is not among them.
    NotAmong,
    /// The runs were not exported.
    NotGiven,
}

impl Run<'_> {
    fn is_shown(self) -> bool {
        match self {
            Self::Known(run) => snapshot::is_shown(Some(run)),
            Self::NotAmong | Self::NotGiven => snapshot::is_shown(None),
        }
    }
}

impl Page<'_> {
    pub(super) fn contexts(&self) -> Vec<Block> {
        let Some(newest) = &self.snapshots else { return vec![self.not_given()] };
        let runs: Option<BTreeMap<_, _>> =
            self.items("planning_runs").map(|runs| runs.into_iter().map(|run| (value::text(run, "id"), run)).collect());
        let of = |id: &str| match &runs {
            None => Run::NotGiven,
            Some(runs) => runs.get(id).map_or(Run::NotAmong, |run| Run::Known(run)),
        };
        let with: Vec<_> = newest.iter().map(|(id, row)| (*id, Some(*row), of(id))).collect();
        let has: BTreeSet<_> = newest.iter().map(|(run, _)| *run).collect();
        let without = runs.iter().flatten().filter(|(id, run)| snapshot::is_shown(Some(run)) && !has.contains(*id));
        let without: Vec<_> = without.map(|(id, run)| (*id, None, Run::Known(run))).collect();
        let all = with.len() + without.len();
        let rows: Vec<_> =
            with.into_iter().chain(without).take(ROWS).map(|(id, row, run)| self.context_row(id, row, run)).collect();
        let columns = [
            words("執行", "Run"),
            words("信封", "Envelope"),
            words("來源", "Sources"),
            words("大小", "Size"),
            words("查核", "Checked"),
        ];
        let caption =
            self.say(words("每次執行最新的快照，新的在前", "The newest snapshot of each run, the latest first"));
        let mut blocks = self.table(caption, &columns, rows, all, words("沒有快照", "No snapshot"));
        blocks.extend(self.held(newest, &of));
        blocks
    }

    fn context_row(&self, id: &str, row: Option<&Node>, run: Run<'_>) -> Vec<Inline> {
        let mut about = vec![Inline::Code(shown(id, 60)), Inline::Text(" ".to_owned())];
        match run {
            Run::Known(run) => about.push(self.run_state(run)),
            Run::NotAmong => about.push(Inline::Unknown(self.say(words("執行未在匯出中", "run is not in the export")))),
            Run::NotGiven => {}
        }
        let unknown = |said| Inline::Unknown(self.say(said));
        let rest =
            |said| vec![unknown(said), unknown(texts::UNKNOWN), unknown(texts::UNKNOWN), unknown(texts::NOT_CHECKED)];
        let Some(row) = row else {
            let mut cells = vec![Inline::Many(about)];
            cells.extend(rest(words("沒有快照", "no snapshot")));
            return cells;
        };
        if !run.is_shown() {
            let mut cells = vec![Inline::Many(about)];
            cells.extend(rest(words("執行結束後才顯示", "shown when the run has ended")));
            return cells;
        }
        let view = context::View::of(Some(row));
        let envelope = value::document(row, "snapshot").filter(|_| view.readable);
        vec![
            Inline::Many(about),
            self.envelope(&view),
            self.counted(&view),
            self.measured(&view, envelope.as_ref()),
            self.checked(row, &view, envelope.as_ref()),
        ]
    }

    /// Id and chips.
    fn envelope(&self, view: &context::View) -> Inline {
        let mut parts = vec![Inline::Code(shown(&context::short_id(&view.pack_id), 8))];
        for chip in [&view.role, &view.intent_mode, &view.task_scale].into_iter().filter(|chip| !chip.is_empty()) {
            parts.push(Inline::Text(" ".to_owned()));
            parts.push(Inline::Code(shown(chip, 40)));
        }
        if !view.readable {
            parts.push(Inline::Text(" ".to_owned()));
            parts.push(Inline::Tag(Tone::Bad, self.say(words("無法讀取", "Unreadable"))));
        }
        Inline::Many(parts)
    }

    /// How many there are of each source.
    fn counted(&self, view: &context::View) -> Inline {
        if !view.readable {
            return Inline::Unknown(self.say(texts::UNKNOWN));
        }
        let truth = view.source_of_truth.as_ref().and_then(|truth| truth.as_array()).map_or(0, Vec::len);
        Inline::Text(match self.lang {
            Lang::ZhHant => format!(
                "任務 {}、文件 {}、偏移 {}、代理 {}、同步{}、依據文件 {truth}",
                view.open_tasks,
                view.documents,
                view.drift_signals,
                view.agent_runs,
                if view.has_sync_run { "有" } else { "無" }
            ),
            Lang::En => format!(
                "{} tasks, {} documents, {} drift signals, {} agent runs, {} sync run, {truth} sources of truth",
                view.open_tasks,
                view.documents,
                view.drift_signals,
                view.agent_runs,
                if view.has_sync_run { "a" } else { "no" }
            ),
        })
    }

    /// The recorded size, what was dropped for it, and what its own cap would still drop.
    fn measured(&self, view: &context::View, envelope: Option<&Node>) -> Inline {
        let bytes = context::bytes_label(u64::try_from(view.sources_bytes).unwrap_or_default());
        let mut parts = vec![Inline::Text(bytes)];
        let mut marked = |tone, word, list: Vec<String>| {
            parts.push(Inline::Text(" ".to_owned()));
            parts.push(Inline::Tag(tone, self.say(word)));
            parts.push(Inline::Text(format!(" {}", list.join(texts::separator(self.lang)))));
        };
        let dropped = context::truncated(&view.dropped);
        if !dropped.is_empty() {
            let dropped = dropped.iter().take(5).map(|pair| shown(pair, 40)).collect();
            marked(Tone::Warn, words("已截斷", "Truncated"), dropped);
        }
        let would = envelope.map(|envelope| sources::dropped(&sources::reduced(envelope))).unwrap_or_default();
        if !would.is_empty() {
            marked(Tone::Bad, words("超過上限，應再丟棄", "Above its cap, still to drop"), would);
        }
        Inline::Many(parts)
    }

    /// Whether the snapshot holds, and what the server could not put into it.
    fn checked(&self, row: &Node, view: &context::View, envelope: Option<&Node>) -> Inline {
        let Some(envelope) = envelope else { return Inline::Unknown(self.say(texts::NOT_CHECKED)) };
        let faults = snapshot::faults(row, envelope);
        let mut parts = vec![match faults.as_slice() {
            [] => Inline::Tag(Tone::Good, self.say(words("符合規格", "As specified"))),
            [first, rest @ ..] => {
                let more = if rest.is_empty() { String::new() } else { format!(" +{}", rest.len()) };
                let word = Inline::Tag(Tone::Warn, self.say(words("不符規格", "Not as specified")));
                Inline::Many(vec![word, Inline::Text(format!(" {}{more}", first.said.get(self.lang)))])
            }
        }];
        if !view.warnings.is_empty() {
            let warnings: Vec<_> = view.warnings.iter().take(5).map(|warning| shown(warning, 80)).collect();
            parts.push(Inline::Text(" ".to_owned()));
            parts.push(Inline::Tag(Tone::Warn, self.say(words("來源有缺", "Source missing"))));
            parts.push(Inline::Text(format!(" {}", warnings.join(texts::separator(self.lang)))));
        }
        Inline::Many(parts)
    }

    /// What stood in the snapshots, redacted and within their caps.
    fn held<'b>(&self, newest: &[(&'b str, &'b Node)], of: &dyn Fn(&str) -> Run<'b>) -> Vec<Block> {
        let mut rows = Vec::new();
        let mut all = 0;
        for (id, row) in newest.iter().filter(|(id, _)| of(id).is_shown()) {
            let Some(envelope) = value::document(row, "snapshot") else { continue };
            if rows.len() >= ROWS {
                all += sources::reduced(&envelope).kept.iter().sum::<usize>();
                continue;
            }
            let items = snapshot::items(&snapshot::redacted(&envelope));
            all += items.len();
            let room = ROWS - rows.len();
            rows.extend(items.into_iter().take(room).map(|item| {
                let at =
                    item.at.map_or_else(|| Inline::Text(String::new()), |at| Inline::Text(self.context.moment(at)));
                vec![
                    Inline::Many(vec![Inline::Text(format!("{} ", item.title)), Inline::Code(item.id)]),
                    Inline::Many(vec![
                        Inline::Code(item.source.to_owned()),
                        Inline::Text(" ".to_owned()),
                        Inline::Code(shown(id, 60)),
                    ]),
                    Inline::Text(item.state),
                    Inline::Text(item.text),
                    at,
                ]
            }));
        }
        let listed = rows.len();
        let columns = [
            words("項目", "Item"),
            words("來源與執行", "Source and run"),
            texts::STATUS,
            words("內容", "Text"),
            words("時間", "When"),
        ];
        let caption =
            words("快照內容：已遮蔽並裁到位元組上限", "What the snapshots hold, redacted and cut to the byte cap");
        let mut blocks = vec![Block::Listing(Table {
            caption: self.say(caption),
            columns: columns.map(|words| self.say(words)).to_vec(),
            rows,
            empty: self.text(words("快照沒有內容", "The snapshots hold nothing")),
        })];
        if !newest.is_empty() {
            blocks.push(self.complete(listed, all, snapshot::FILE));
        }
        blocks
    }
}
