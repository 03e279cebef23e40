//! Dispatched tasks: which is claimed next, how each stands, and what would become of the files of results.

use crate::kinds::dispatch::redact::shown;
use crate::kinds::dispatch::value;
use crate::kinds::dispatch_run::dry_run::{self, Judged, Meaning};
use crate::kinds::dispatch_run::view::{Page, ROWS, code};
use crate::kinds::dispatch_run::wording::{duration, name_of};
use crate::kinds::dispatch_run::{errors, lifecycle, result};
use crate::lang::{Lang, words};
use crate::read::tree::Node;
use crate::view::page::{Block, Inline, Table, Tone};
use crate::view::texts;

impl Page<'_> {
    pub(super) fn queue(&self) -> Vec<Block> {
        let Some(tasks) = self.items("tasks") else { return vec![self.not_given()] };
        let is_queued = |task: &&Node| value::text(task, "dispatch_status") == "queued";
        let mut queue: Vec<_> = tasks.into_iter().filter(is_queued).collect();
        // What no claim looks at waits behind everything else.
        queue.sort_by_cached_key(|task| (lifecycle::is_never_claimed(task), value::in_time(task, "created_at")));
        let claim = lifecycle::claim(queue.iter().copied(), &self.roles, |_| true);
        let mut is_behind = false;
        let row = |task: &&Node| {
            let source = value::text(task, "source");
            if lifecycle::is_never_claimed(task) {
                return vec![
                    Inline::Text(name_of(task)),
                    Inline::Tag(Tone::Bad, self.say(words("不會被領取", "Never claimed"))),
                    Inline::Code(shown(source, 60)),
                    self.text(words(
                        "來源不是角色派工，沒有領取會看它",
                        "its source is no dispatch to a role; no claim looks at it",
                    )),
                    self.moment(task, "created_at"),
                ];
            }
            let fault = lifecycle::claim_fault(source, &self.roles);
            let (tone, word) = match fault {
                Some(_) => (Tone::Bad, words("領取時失敗", "Fails at the claim")),
                None if !is_behind && !claim.drained => {
                    is_behind = true;
                    (Tone::Good, words("下一個", "Next"))
                }
                None => (Tone::Info, words("等候", "Waits")),
            };
            let role = lifecycle::role_of(source).unwrap_or_default();
            let reason = fault.map_or_else(
                || self.text(words("角色可選，依建立時間排隊", "its role can be chosen; in order of creation")),
                |fault| Inline::Code(fault.to_owned()),
            );
            vec![
                Inline::Text(name_of(task)),
                Inline::Tag(tone, self.say(word)),
                Inline::Code(shown(role, 60)),
                reason,
                self.moment(task, "created_at"),
            ]
        };
        let rows: Vec<_> = queue.iter().take(ROWS).map(row).collect();
        let columns = [words("任務", "Task"), texts::STATUS, texts::ROLE, texts::RATIONALE, words("建立", "Created")];
        let caption = self.say(words(
            "假設連接器的使用者是所有專案的成員；先建立的先領取",
            "As if the connector's user were a member of every project; the oldest first",
        ));
        let mut blocks = self.table(caption, &columns, rows, queue.len(), words("佇列是空的", "The queue is empty"));
        if claim.drained {
            let note = words(
                "前 16 個任務都會失敗：這次領取會空手而回，即使後面有可用的任務。",
                "The first 16 tasks fail: this claim comes back empty although a good task may be behind them.",
            );
            blocks.push(Block::Note(Tone::Bad, self.say(note)));
        }
        blocks
    }

    pub(super) fn tasks(&self) -> Vec<Block> {
        let Some(tasks) = self.items("tasks") else { return vec![self.not_given()] };
        let mut dispatched: Vec<_> = tasks.into_iter().filter(|task| lifecycle::concerns_dispatch(task)).collect();
        // Those that somebody has to look at come first, then the newest.
        let rank = |task: &Node| match value::text(task, "dispatch_status") {
            "failed" => 0,
            "running" => 2,
            "queued" => 3,
            "" | "none" => 4,
            "completed" => 5,
            // A state that nobody knows.
            _ => 1,
        };
        dispatched.sort_by_cached_key(|task| {
            (rank(task), std::cmp::Reverse(value::moment(task, "updated_at")), value::text(task, "id"))
        });
        let row = |task: &&Node| {
            let badge = result::badge(task);
            let tone = match value::text(task, "dispatch_status") {
                "completed" => Tone::Good,
                "failed" => Tone::Bad,
                "queued" | "running" => Tone::Info,
                _ => Tone::Unknown,
            };
            let source = value::text(task, "source");
            let (state, applied) = self.state(task, &badge);
            vec![
                Inline::Many(vec![
                    Inline::Text(format!("{} ", name_of(task))),
                    code(lifecycle::role_of(source).unwrap_or(source), 60),
                ]),
                Inline::Many(vec![Inline::Tag(tone, state), Inline::Text(applied)]),
                self.outcome(task, &badge),
                Inline::Many(vec![
                    code(value::text(task, "status"), 20),
                    Inline::Text(" ".to_owned()),
                    self.moment(task, "updated_at"),
                ]),
            ]
        };
        let rows: Vec<_> = dispatched.iter().take(ROWS).map(row).collect();
        let columns = [
            words("任務", "Task"),
            words("派工", "Dispatch"),
            words("結果與依據", "Outcome and evidence"),
            words("工作狀態與更新", "Work, updated"),
        ];
        let caption = self.say(words("失敗與執行中在前，再依更新時間", "Failed and running first, then the latest"));
        self.table(caption, &columns, rows, dispatched.len(), words("沒有派工任務", "No dispatched task"))
    }

    /// The state of a dispatch in the language of the page, and how many files its result says were applied; a word that
    /// nobody knows stays.
    fn state(&self, task: &Node, badge: &result::Badge) -> (String, String) {
        let known = match value::text(task, "dispatch_status") {
            "" | "none" => words("未派工", "Not dispatched"),
            "queued" => words("排隊中", "Queued"),
            "running" => words("執行中", "Running…"),
            "failed" => words("失敗", "Failed"),
            "completed" => words("完成", "Completed"),
            other => return (shown(other, 40), String::new()),
        };
        let applied = badge.applied.as_deref().map(|count| match (self.lang, count) {
            (Lang::ZhHant, _) => format!("（已套用 {} 個檔案）", shown(count, 20)),
            (Lang::En, "1") => " (1 file applied)".to_owned(),
            (Lang::En, _) => format!(" ({} files applied)", shown(count, 20)),
        });
        (self.say(known), applied.unwrap_or_default())
    }

    /// What came of a task, or how long it takes.
    fn outcome(&self, task: &Node, badge: &result::Badge) -> Inline {
        match value::text(task, "dispatch_status") {
            "running" => self.running(task),
            "failed" => self.failed(task, badge),
            "completed" => self.completed(task, badge),
            "queued" if lifecycle::is_never_claimed(task) => {
                Inline::Tag(Tone::Bad, self.say(words("不會被領取", "Never claimed")))
            }
            "queued" => self.text(words("等候領取", "waits to be claimed")),
            _ => Inline::Unknown(self.say(words("沒有結果", "no result"))),
        }
    }

    fn running(&self, task: &Node) -> Inline {
        let Some((seconds, budget)) = lifecycle::running_for(task, &self.roles, self.now) else {
            return Inline::Unknown(self.say(words("不知已執行多久", "nobody knows since when")));
        };
        let (seconds, budget) = (duration(seconds, self.lang), duration(budget, self.lang));
        Inline::Text(match self.lang {
            Lang::ZhHant => format!("已執行 {seconds}／時限 {budget}"),
            Lang::En => format!("for {seconds} of {budget}"),
        })
    }

    fn failed(&self, task: &Node, badge: &result::Badge) -> Inline {
        let retry = match lifecycle::claim_fault(value::text(task, "source"), &self.roles) {
            _ if !lifecycle::may_requeue(task) => words("不可重新排入佇列", "may not be requeued"),
            None => words("可重新排入佇列", "may be requeued"),
            Some(_) => words(
                "沒有可派的角色，重新排入佇列後領取仍會失敗",
                "has no role to be dispatched to: put back, it fails when it is claimed",
            ),
        };
        let message = shown(&badge.message, 200);
        let kind = Inline::Code(errors::exported(badge.error_kind.as_deref()));
        Inline::Many(vec![kind, Inline::Text(format!(" {message} · {}", self.say(retry)))])
    }

    fn completed(&self, task: &Node, badge: &result::Badge) -> Inline {
        if value::get(task, "execution_result").is_none() {
            return Inline::Unknown(self.say(words("完成，但沒有存結果", "completed, but no result was stored")));
        }
        let mut parts = Vec::new();
        match result::stored_fault(task, lifecycle::role_of(value::text(task, "source"))) {
            Some(fault) => {
                parts.push(Inline::Tag(Tone::Warn, self.say(words("格式不符", "Not as required"))));
                parts.push(Inline::Text(" ".to_owned()));
                parts.push(Inline::Code(fault));
            }
            None => parts.push(self.text(words("格式符合", "As required"))),
        }
        if let Some(raw) = &badge.raw {
            parts.push(Inline::Text(" ".to_owned()));
            parts.push(Inline::Code(shown(&raw.to_string(), 160)));
        }
        let files: Vec<_> = badge.files.iter().take(3).map(|path| shown(path, 60)).collect();
        if !files.is_empty() {
            let more = badge.files.len() - files.len();
            let more = if more > 0 { format!(" +{more}") } else { String::new() };
            parts.push(Inline::Text(format!(" · {}{more}", files.join(texts::separator(self.lang)))));
        }
        Inline::Many(parts)
    }

    pub(super) fn files(&self) -> Vec<Block> {
        let Some(judged) = &self.judged else { return vec![self.not_given()] };
        let row = |of: &&Judged<'_>| {
            let (tone, word) = match of.meaning() {
                Meaning::Refused(_) => (Tone::Bad, words("拒絕", "Refused")),
                Meaning::NotChecked => (Tone::Unknown, texts::NOT_CHECKED),
                Meaning::Written => (Tone::Good, words("會寫入", "Would be written")),
            };
            vec![
                Inline::Code(shown(&of.verdict.path, 120)),
                Inline::Tag(tone, self.say(word)),
                match of.verdict.caution {
                    Some(caution) => {
                        let about = format!(" {}", caution.about().get(self.lang));
                        Inline::Many(vec![self.meaning(of.meaning()), Inline::Text(about)])
                    }
                    None => self.meaning(of.meaning()),
                },
                Inline::Text(name_of(of.task)),
            ]
        };
        let ordered = dry_run::refused_first(judged);
        let rows: Vec<_> = ordered.iter().take(ROWS).map(row).collect();
        let columns = [texts::FILE, words("判定", "Verdict"), texts::RATIONALE, words("任務", "Task")];
        let caption = self
            .say(words("只是試算，沒有寫入任何檔案；拒絕的在前", "A dry run: nothing is written. Refused files first"));
        let listed = rows.len();
        let mut blocks = self.table(caption, &columns, rows, listed, words("沒有要寫的檔案", "No file to write"));
        if judged.is_empty() {
            return blocks;
        }
        let total = |(meaning, count): (Meaning, usize)| vec![self.meaning(meaning), Inline::Text(count.to_string())];
        blocks.push(Block::Table(Table {
            caption: self.say(words("全部檔案的判定", "The verdicts on all files")),
            columns: [words("判定", "Verdict"), words("檔案數", "Files")].map(|words| self.say(words)).to_vec(),
            rows: dry_run::counts(judged).into_iter().map(total).collect(),
            empty: self.text(texts::NONE),
        }));
        blocks.push(self.complete(listed, judged.len(), dry_run::FILE));
        blocks
    }

    /// A verdict: its word and what it means.
    fn meaning(&self, meaning: Meaning) -> Inline {
        let about = format!(" {}", meaning.about().get(self.lang));
        Inline::Many(vec![Inline::Code(meaning.word().to_owned()), Inline::Text(about)])
    }
}
