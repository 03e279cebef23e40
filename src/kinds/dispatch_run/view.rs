//! The console: what needs attention first, then what happens next, then tasks, files, runs, figures, connectors and
//! roles, each decision with its reason. What an export would have told and did not is said to be not checked.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;

use crate::check::export::Exports;
use crate::kinds::Given;
use crate::kinds::dispatch::redact::shown;
use crate::kinds::dispatch::{not_given, value};
use crate::kinds::dispatch_run::attention::{self, Attention, Notice, duration, name_of};
use crate::kinds::dispatch_run::exports::EXPORTS;
use crate::kinds::dispatch_run::quality::{self, Acceptance, Stock, Summary};
use crate::kinds::dispatch_run::roles::{self, Roles};
use crate::kinds::dispatch_run::{activity, audit, context, lifecycle, result, scale, suggestion};
use crate::lang::{Lang, Words, words};
use crate::read::tree::Node;
use crate::view::pack::{Context, Own, section};
use crate::view::page::{Block, Figure, Inline, NextStep, Section, Table, Tone, Verdict};
use crate::view::texts;

/// Most rows of one table; the export has the rest.
const ROWS: usize = 100;
/// Most notices on the first screen.
const NOTICES: usize = 60;
/// Most projects whose health is shown, the worst first.
const PROJECTS: usize = 12;
/// Most sorts of notices that become a next step.
const STEPS: usize = 3;

/// What the kind concludes from a pack.
pub(super) fn conclude(given: &Given<'_>) -> Own {
    let (exports, context) = (&given.facts.exports, given.context);
    let attention = attention::attention(exports, context.now.timestamp());
    let (lang, now) = (context.lang, context.now.timestamp());
    let page = Page { exports, roles: Roles::of(exports), context, lang, now };
    Own {
        verdict: Some(page.verdict(&attention)),
        next: page.next(&attention),
        sections: page.sections(&attention),
        findings: attention.findings(),
        ..Own::default()
    }
}

struct Page<'a> {
    exports: &'a Exports,
    roles: Roles<'a>,
    context: &'a Context<'a>,
    lang: Lang,
    now: Timestamp,
}

impl<'a> Page<'a> {
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
        let step = |(code, count): &(&'static crate::codes::Code, u64)| NextStep {
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
            self.section("runs", words("規劃執行與情境", "Planning runs and their context"), self.runs()),
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
        let rows: Vec<_> = attention.notices.iter().take(NOTICES).map(row).collect();
        let all = usize::try_from(attention.total()).unwrap_or(usize::MAX);
        let columns = [words("事項", "What"), words("對象", "About"), words("依據", "Evidence"), texts::HINT];
        let caption = self.say(words("最要緊的在前", "Most pressing first"));
        let empty = words("沒有卡住或矛盾的事項", "Nothing is stuck and nothing contradicts itself");
        let title = words("需要處理", "Needs attention");
        self.section("attention", title, self.table(caption, &columns, rows, all, empty))
    }

    fn queue(&self) -> Vec<Block> {
        let Some(tasks) = self.items("tasks") else { return vec![self.not_given()] };
        let mut queue: Vec<_> = tasks
            .iter()
            .copied()
            .filter(|task| value::text(task, "dispatch_status") == "queued" && lifecycle::is_dispatched(task))
            .collect();
        queue.sort_by_cached_key(|task| value::in_time(task, "created_at"));
        let claim = lifecycle::claim(queue.iter().copied(), &self.roles, |_| true);
        let mut is_behind = false;
        let row = |task: &&Node| {
            let fault = lifecycle::claim_fault(value::text(task, "source"), &self.roles);
            let (tone, word) = match fault {
                Some(_) => (Tone::Bad, words("領取時失敗", "Fails at the claim")),
                None if !is_behind && !claim.drained => {
                    is_behind = true;
                    (Tone::Good, words("下一個", "Next"))
                }
                None => (Tone::Info, words("等候", "Waits")),
            };
            let role = lifecycle::role_of(value::text(task, "source")).unwrap_or_default();
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

    fn tasks(&self) -> Vec<Block> {
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
            let role = shown(lifecycle::role_of(value::text(task, "source")).unwrap_or("?"), 60);
            vec![
                Inline::Many(vec![Inline::Text(format!("{} ", name_of(task))), Inline::Code(role)]),
                Inline::Tag(tone, self.state(task)),
                self.outcome(task, &badge),
                Inline::Code(shown(value::text(task, "status"), 20)),
                self.moment(task, "updated_at"),
            ]
        };
        let rows: Vec<_> = dispatched.iter().take(ROWS).map(row).collect();
        let columns = [
            words("任務", "Task"),
            words("派工", "Dispatch"),
            words("結果與依據", "Outcome and evidence"),
            words("工作狀態", "Work"),
            words("更新", "Updated"),
        ];
        let caption = self.say(words("失敗與執行中在前，再依更新時間", "Failed and running first, then the latest"));
        self.table(caption, &columns, rows, dispatched.len(), words("沒有派工任務", "No dispatched task"))
    }

    /// The state of a dispatch in the language of the page; a word that nobody knows stays.
    fn state(&self, task: &Node) -> String {
        let known = match value::text(task, "dispatch_status") {
            "" | "none" => words("未派工", "Not dispatched"),
            "queued" => words("排隊中", "Queued"),
            "running" => words("執行中", "Running"),
            "completed" => words("完成", "Completed"),
            "failed" => words("失敗", "Failed"),
            other => return shown(other, 40),
        };
        self.say(known)
    }

    /// What came of a task, or how long it takes.
    fn outcome(&self, task: &Node, badge: &result::Badge) -> Inline {
        if let Some((seconds, budget)) = lifecycle::running_for(task, &self.roles, self.now) {
            let (seconds, budget) = (duration(seconds, self.lang), duration(budget, self.lang));
            return Inline::Text(match self.lang {
                Lang::ZhHant => format!("已執行 {seconds}／時限 {budget}"),
                Lang::En => format!("for {seconds} of {budget}"),
            });
        }
        if value::text(task, "dispatch_status") == "failed" {
            let retry = match lifecycle::claim_fault(value::text(task, "source"), &self.roles) {
                _ if !badge.retry || !lifecycle::may_requeue(task) => words("不可重新排入佇列", "may not be requeued"),
                None => words("可重新排入佇列", "may be requeued"),
                Some(_) => words(
                    "沒有可派的角色，重新排入佇列後領取仍會失敗",
                    "has no role to be dispatched to: put back, it fails when it is claimed",
                ),
            };
            let message = shown(&badge.message, 200);
            let kind = Inline::Code(attention::error_word(badge));
            let parts = [kind, Inline::Text(format!(" {message} · {}", self.say(retry)))];
            return Inline::Many(parts.to_vec());
        }
        let role = lifecycle::role_of(value::text(task, "source"));
        let result = value::document(task, "execution_result");
        match result.as_ref().map(|result| result::fault(result, role)) {
            Some(Some(fault)) => Inline::Many(vec![
                Inline::Tag(Tone::Warn, self.say(words("格式不符", "Not as required"))),
                Inline::Text(" ".to_owned()),
                Inline::Code(fault),
            ]),
            Some(None) if badge.files.is_empty() => self.text(words("格式符合", "As required")),
            Some(None) => {
                let files: Vec<_> = badge.files.iter().take(3).map(|path| shown(path, 60)).collect();
                let more = badge.files.len().saturating_sub(3);
                let more = if more > 0 { format!(" +{more}") } else { String::new() };
                Inline::Text(format!("{}{more}", files.join(texts::separator(self.lang))))
            }
            None if value::text(task, "dispatch_status") == "queued" => {
                self.text(words("等候領取", "waits to be claimed"))
            }
            None => Inline::Unknown(self.say(words("沒有結果", "no result"))),
        }
    }

    fn files(&self) -> Vec<Block> {
        let Some(tasks) = self.items("tasks") else { return vec![self.not_given()] };
        let Some(trees) = attention::repositories(self.exports) else { return vec![self.not_given()] };
        let mut rows = Vec::new();
        let mut all = 0;
        let mut without_tree = 0;
        for task in tasks.into_iter().filter(|task| value::text(task, "dispatch_status") == "completed") {
            if !trees.contains_key(value::text(task, "project_id")) {
                without_tree += 1;
                continue;
            }
            for verdict in attention::dry_run(task, &trees).unwrap_or_default() {
                all += 1;
                let (tone, word, reason) = match verdict.refused {
                    None => {
                        let caution = verdict.caution.map(|caution| caution.about().get(self.lang).to_owned());
                        (Tone::Good, words("會寫入", "Would be written"), Inline::Text(caution.unwrap_or_default()))
                    }
                    Some(reason) => {
                        let parts = [
                            Inline::Code(reason.word().to_owned()),
                            Inline::Text(format!(" {}", reason.about().get(self.lang))),
                        ];
                        (Tone::Bad, words("拒絕", "Refused"), Inline::Many(parts.to_vec()))
                    }
                };
                let row = vec![
                    Inline::Code(shown(&verdict.path, 120)),
                    Inline::Tag(tone, self.say(word)),
                    reason,
                    Inline::Text(name_of(task)),
                ];
                rows.push((verdict.refused.is_none(), row));
            }
        }
        rows.sort_by_key(|(written, _)| *written);
        let rows: Vec<_> = rows.into_iter().take(ROWS).map(|(_, row)| row).collect();
        let columns = [texts::FILE, words("判定", "Verdict"), texts::RATIONALE, words("任務", "Task")];
        let caption = self
            .say(words("只是試算，沒有寫入任何檔案；拒絕的在前", "A dry run: nothing is written. Refused files first"));
        let mut blocks = self.table(caption, &columns, rows, all, words("沒有要寫的檔案", "No file to write"));
        if without_tree > 0 {
            blocks.push(Block::Note(
                Tone::Unknown,
                match self.lang {
                    Lang::ZhHant => format!("{without_tree} 個已完成任務的專案沒有檔案樹，尚未查核。"),
                    Lang::En => format!(
                        "{without_tree} completed tasks are of projects without a file tree and are not checked."
                    ),
                },
            ));
        }
        blocks
    }

    fn runs(&self) -> Vec<Block> {
        let Some(mut runs) = self.items("planning_runs") else { return vec![self.not_given()] };
        runs.sort_by_cached_key(|run| (std::cmp::Reverse(value::moment(run, "completed_at")), value::text(run, "id")));
        let mut rows_of: BTreeMap<&str, Vec<&Node>> = BTreeMap::new();
        for row in self.items("context_snapshots").into_iter().flatten() {
            rows_of.entry(value::text(row, "planning_run_id")).or_default().push(row);
        }
        let summaries = self.summaries();
        let titles: BTreeMap<_, _> = self
            .items("requirements")
            .into_iter()
            .flatten()
            .map(|requirement| (value::text(requirement, "id"), requirement))
            .collect();
        let row = |run: &&Node| {
            let id = value::text(run, "id");
            let requirement = titles.get(value::text(run, "requirement_id")).map(|requirement| name_of(requirement));
            let status = value::text(run, "status");
            let tone = match status {
                "completed" => Tone::Good,
                "failed" => Tone::Bad,
                "queued" | "running" => Tone::Info,
                _ => Tone::Unknown,
            };
            let quality = summaries.as_ref().map_or_else(
                || Inline::Unknown(self.say(texts::NOT_GIVEN)),
                |summaries| match summaries.get(id) {
                    None => self.text(words("沒有候選項目", "no candidates")),
                    Some(summary) => Inline::Text(summary.row().unwrap_or_else(|| match self.lang {
                        Lang::ZhHant => format!("{} 項待決定", summary.pending()),
                        Lang::En => format!("{} to decide", summary.pending()),
                    })),
                },
            );
            let evidence = match self.exports.get("context_snapshots") {
                None => Inline::Unknown(self.say(texts::NOT_GIVEN)),
                Some(_) => self.evidence(&context::View::newest(rows_of.get(id).into_iter().flatten().copied())),
            };
            let requirement = requirement.map(|name| format!("{name} ")).unwrap_or_default();
            vec![
                Inline::Many(vec![Inline::Text(requirement), Inline::Code(shown(id, 60))]),
                Inline::Tag(tone, shown(status, 20)),
                evidence,
                quality,
                self.moment(run, "completed_at"),
            ]
        };
        let rows: Vec<_> = runs.iter().take(ROWS).map(row).collect();
        let columns = [
            words("執行", "Run"),
            texts::STATUS,
            words("情境證據", "Context evidence"),
            words("採納", "Acceptance"),
            words("完成", "Completed"),
        ];
        let caption = self.say(words("最近完成的在前", "The latest first"));
        self.table(caption, &columns, rows, runs.len(), words("沒有規劃執行", "No planning run"))
    }

    /// What a run was given, in a line.
    fn evidence(&self, view: &context::View) -> Inline {
        if !view.available {
            return Inline::Unknown(self.say(words("沒有快照", "no snapshot")));
        }
        let bytes = context::bytes_label(u64::try_from(view.sources_bytes).unwrap_or_default());
        let mut parts = vec![Inline::Code(shown(&context::short_id(&view.pack_id), 8))];
        if !view.readable {
            parts.push(Inline::Tag(Tone::Bad, self.say(words("無法讀取", "Unreadable"))));
            return Inline::Many(parts);
        }
        let counts = match self.lang {
            Lang::ZhHant => format!(
                " {bytes} · 任務 {}、文件 {}、偏移 {}、代理 {}",
                view.open_tasks, view.documents, view.drift_signals, view.agent_runs
            ),
            Lang::En => format!(
                " {bytes} · {} tasks, {} documents, {} drift signals, {} agent runs",
                view.open_tasks, view.documents, view.drift_signals, view.agent_runs
            ),
        };
        parts.push(Inline::Text(counts));
        for chip in [&view.role, &view.intent_mode, &view.task_scale].into_iter().filter(|chip| !chip.is_empty()) {
            parts.push(Inline::Text(" ".to_owned()));
            parts.push(Inline::Code(shown(chip, 40)));
        }
        let dropped = context::truncated(&view.dropped);
        if !dropped.is_empty() {
            let dropped: Vec<_> = dropped.iter().take(5).map(|pair| shown(pair, 40)).collect();
            parts.push(Inline::Text(" ".to_owned()));
            parts.push(Inline::Tag(Tone::Warn, self.say(words("已截斷", "Truncated"))));
            parts.push(Inline::Text(format!(" {}", dropped.join(texts::separator(self.lang)))));
        }
        if !view.warnings.is_empty() {
            let warnings: Vec<_> = view.warnings.iter().take(5).map(|warning| shown(warning, 80)).collect();
            parts.push(Inline::Text(" ".to_owned()));
            parts.push(Inline::Tag(Tone::Warn, self.say(words("來源有缺", "Source missing"))));
            parts.push(Inline::Text(format!(" {}", warnings.join(texts::separator(self.lang)))));
        }
        Inline::Many(parts)
    }

    fn requirements(&self) -> Vec<Block> {
        let Some(requirements) = self.items("requirements") else { return vec![self.not_given()] };
        let row = |requirement: &&Node| {
            let estimate = scale::estimate(value::text(requirement, "title"), value::text(requirement, "description"));
            vec![
                Inline::Text(name_of(requirement)),
                Inline::Tag(Tone::Info, estimate.scale.word().to_owned()),
                Inline::Text(estimate.reason(self.lang)),
                Inline::Text(shown(value::text(requirement, "summary"), 200)),
            ]
        };
        let rows: Vec<_> = requirements.iter().take(ROWS).map(row).collect();
        let columns =
            [words("需求", "Requirement"), words("規模", "Scale"), texts::RATIONALE, words("摘要", "Summary")];
        let caption =
            self.say(words("依標題與說明估計，僅供參考", "Estimated from title and description; advice only"));
        self.table(caption, &columns, rows, requirements.len(), words("沒有需求", "No requirement"))
    }

    /// How the candidates of each run were decided.
    fn summaries(&self) -> Option<BTreeMap<&'a str, Summary>> {
        let mut of_run: BTreeMap<&str, Vec<&Node>> = BTreeMap::new();
        for candidate in self.items("backlog_candidates")? {
            of_run.entry(value::text(candidate, "planning_run_id")).or_default().push(candidate);
        }
        Some(of_run.into_iter().filter_map(|(run, all)| Some((run, Summary::of(all)?))).collect())
    }

    fn figures(&self) -> Vec<Block> {
        let not_checked = || Inline::Unknown(self.say(texts::NOT_CHECKED));
        let (runs, summaries) = (self.items("planning_runs"), self.summaries());
        let acceptance = runs.zip(summaries.as_ref()).map(|(runs, summaries)| {
            let run =
                |run: &&Node| (value::moment(run, "completed_at"), summaries.get(value::text(run, "id")).cloned());
            Acceptance::of(runs.iter().map(run), self.now)
        });
        let rate = match acceptance {
            None => not_checked(),
            Some(pooled) => Inline::Text(match (pooled.runs, self.lang) {
                (0, _) => self.say(words("這七天沒有已審完的執行", "no reviewed run in these seven days")),
                (runs, Lang::ZhHant) => {
                    format!(
                        "{}%（{}/{}，{runs} 次執行）",
                        quality::percent(pooled.approved, pooled.decided),
                        pooled.approved,
                        pooled.decided
                    )
                }
                (runs, Lang::En) => {
                    format!(
                        "{}% ({}/{}, {runs} runs)",
                        quality::percent(pooled.approved, pooled.decided),
                        pooled.approved,
                        pooled.decided
                    )
                }
            }),
        };
        let mut figures = vec![Figure {
            label: self.say(words("七日採納率", "Seven-day acceptance rate")),
            value: rate,
            definition: self.say(words(
                "七天內完成且沒有草稿的執行：採納（含已套用）÷（採納＋拒絕），合併計算",
                "runs completed within seven days without a draft: approved or applied ÷ those and rejected, pooled",
            )),
            source: "planning_runs, backlog_candidates".to_owned(),
        }];
        figures.extend(self.health());
        let mut feedback: BTreeMap<String, usize> = BTreeMap::new();
        for (kind, count) in summaries.iter().flatten().flat_map(|(_, summary)| &summary.feedback) {
            *feedback.entry(shown(kind, 40)).or_default() += count;
        }
        let told: Vec<_> = feedback.iter().take(12).map(|(kind, count)| format!("{kind} {count}")).collect();
        figures.push(Figure {
            label: self.say(words("回饋分布", "Feedback")),
            value: match (&summaries, told.is_empty()) {
                (None, _) => not_checked(),
                (_, true) => self.text(texts::NONE),
                _ => Inline::Text(told.join(texts::separator(self.lang))),
            },
            definition: self.say(words("各種回饋的次數", "how often each was given")),
            source: "backlog_candidates".to_owned(),
        });
        vec![Block::Figures(figures)]
    }

    /// The health score of each project; not checked when tasks or documents are missing.
    fn health(&self) -> Vec<Figure> {
        let figure = |project: &str, value: Inline| Figure {
            label: match self.lang {
                Lang::ZhHant => format!("健康分數 {project}"),
                Lang::En => format!("Health score {project}"),
            },
            value,
            definition: self.say(words(
                "0.7 ×（完成 ÷ 未取消的任務）＋ 0.3 ×（未過期 ÷ 文件），捨去到小數兩位",
                "0.7 × (done ÷ tasks not cancelled) + 0.3 × (fresh ÷ documents), cut to two decimals",
            )),
            source: "tasks, documents".to_owned(),
        };
        let (Some(tasks), Some(documents)) = (self.items("tasks"), self.items("documents")) else {
            return vec![figure("", Inline::Unknown(self.say(texts::NOT_CHECKED)))];
        };
        let mut projects: BTreeMap<&str, Stock> = BTreeMap::new();
        for task in tasks {
            let stock = projects.entry(value::text(task, "project_id")).or_default();
            match value::text(task, "status") {
                "done" => stock.done += 1,
                "cancelled" => stock.cancelled += 1,
                "in_progress" => stock.in_progress += 1,
                _ => stock.todo += 1,
            }
        }
        for document in documents {
            let stock = projects.entry(value::text(document, "project_id")).or_default();
            stock.documents += 1;
            stock.stale += u32::from(value::flag(document, "is_stale") == Some(true));
        }
        let mut scores: Vec<_> =
            projects.into_iter().map(|(project, stock)| (quality::health_hundredths(stock), project)).collect();
        scores.sort_unstable();
        let more = scores.len().saturating_sub(PROJECTS);
        let one = |(score, project): &(_, &str)| {
            figure(&shown(project, 40), Inline::Text(format!("{}.{:02}", score / 100, score % 100)))
        };
        let mut figures: Vec<_> = scores.iter().take(PROJECTS).map(one).collect();
        if more > 0 {
            let label = self.say(words("其餘專案（分數較高）", "(others, which are better)"));
            figures.push(figure(&label, Inline::Text(more.to_string())));
        }
        figures
    }

    fn suggestions(&self) -> Vec<Block> {
        let Some(candidates) = self.items("backlog_candidates") else { return vec![self.not_given()] };
        let suggested: Vec<_> =
            candidates.into_iter().filter_map(|one| Some((one, value::get(one, "suggestion")?))).collect();
        let row = |(candidate, given): &(&Node, &Node)| {
            let read = suggestion::exported(given, &self.roles);
            let (tone, word) = match &read.error {
                None => (Tone::Good, read.role_id.clone()),
                Some((kind, _)) => (Tone::Bad, (*kind).to_owned()),
            };
            let others: Vec<_> =
                read.alternatives.iter().map(|one| format!("{} {:.2}", one.role_id, one.score)).collect();
            vec![
                Inline::Text(name_of(candidate)),
                Inline::Tag(tone, shown(&word, 60)),
                Inline::Text(if read.error.is_none() { format!("{:.2}", read.confidence) } else { String::new() }),
                Inline::Text(shown(&read.reasoning, 240)),
                Inline::Text(others.join(texts::separator(self.lang))),
                Inline::Code(shown(value::text(candidate, "execution_role"), 60)),
            ]
        };
        let rows: Vec<_> = suggested.iter().take(ROWS).map(row).collect();
        let columns = [
            words("候選項目", "Candidate"),
            words("建議", "Suggestion"),
            words("信心", "Confidence"),
            texts::RATIONALE,
            words("其他選擇", "Alternatives"),
            words("已確認角色", "Confirmed role"),
        ];
        let caption = self.say(words("建議不會自動套用，由人確認", "Nothing is applied by itself; a person confirms"));
        self.table(caption, &columns, rows, suggested.len(), words("沒有角色建議", "No suggestion"))
    }

    /// Who set which role, the latest first; a row that does not hold says so.
    fn audits(&self) -> Vec<Block> {
        let Some(rows) = self.exports.tree("role_audits").map(Node::items) else { return vec![self.not_given()] };
        let faults: BTreeMap<_, _> = audit::faults(rows).into_iter().collect();
        let mut order: Vec<usize> = (0..rows.len()).collect();
        order
            .sort_by_cached_key(|at| std::cmp::Reverse(rows.get(*at).and_then(|row| value::moment(row, "created_at"))));
        let of = |row: &Node, key: &str| Inline::Code(shown(value::text(row, key), 60));
        let line = |(at, row): (usize, &Node)| {
            let state = faults.get(&at).map_or_else(
                || Inline::Tag(Tone::Good, self.say(words("成立", "Holds"))),
                |fault| Inline::Tag(Tone::Warn, self.say(audit::about(fault))),
            );
            vec![
                Inline::Many(vec![of(row, "subject_kind"), Inline::Text(" ".to_owned()), of(row, "subject_id")]),
                state,
                Inline::Many(vec![of(row, "old_value"), Inline::Text(" → ".to_owned()), of(row, "new_value")]),
                of(row, "actor_kind"),
                Inline::Text(shown(value::text(row, "rationale"), 200)),
                self.moment(row, "created_at"),
            ]
        };
        let shown_rows = order.iter().filter_map(|at| Some((*at, rows.get(*at)?))).take(ROWS).map(line).collect();
        let columns = [
            words("對象", "About"),
            texts::STATUS,
            words("變更", "Change"),
            words("寫入者", "By"),
            texts::RATIONALE,
            words("時間", "When"),
        ];
        let caption = self.say(words("最近的在前；只增不改", "The latest first; only ever added to"));
        self.table(caption, &columns, shown_rows, rows.len(), words("沒有稽核紀錄", "No audit row"))
    }

    fn connectors(&self) -> Vec<Block> {
        let Some(connectors) = self.items("connectors") else { return vec![self.not_given()] };
        let listed: Vec<_> = connectors.into_iter().filter(|one| activity::is_listed(one, self.now)).collect();
        let row = |connector: &&Node| {
            let activity = value::get(connector, "activity");
            let field = |key: &str| activity.map(|activity| value::text(activity, key)).unwrap_or_default();
            let online = activity::is_online(value::moment(connector, "last_seen_at"), self.now);
            let phase = Some(field("phase").trim()).filter(|phase| !phase.is_empty()).unwrap_or("idle");
            let (label, colour) = activity::badge(phase, online);
            let tone = match colour {
                "green" => Tone::Good,
                "amber" => Tone::Warn,
                "blue" => Tone::Info,
                _ => Tone::Unknown,
            };
            let updated = activity.and_then(|activity| value::moment(activity, "updated_at"));
            let age = updated.map_or_else(
                || Inline::Unknown(self.say(texts::UNKNOWN)),
                |_| Inline::Text(duration(activity::age_seconds(updated, self.now), self.lang)),
            );
            let mut fresh = vec![age];
            if activity::is_stale(updated, self.now) {
                fresh.push(Inline::Tag(Tone::Warn, self.say(words("過舊", "Stale"))));
            }
            let presence = if online { words("在線", "Online") } else { words("離線", "Offline") };
            vec![
                Inline::Text(name_of(connector)),
                Inline::Tag(tone, shown(&label, 40)),
                self.text(presence),
                Inline::Many(fresh),
                Inline::Text(shown(field("subject_title"), 80)),
                Inline::Text(shown(field("step"), 80)),
            ]
        };
        let rows: Vec<_> = listed.iter().take(ROWS).map(row).collect();
        let columns = [
            words("連接器", "Connector"),
            words("階段", "Phase"),
            words("在線", "Presence"),
            words("距上次回報", "Last heard"),
            words("對象", "About"),
            words("步驟", "Step"),
        ];
        let caption = self.say(words(
            "當掉的連接器會停在最後的階段：看距上次回報多久",
            "A connector that died stays in its last phase: see how old it is",
        ));
        self.table(
            caption,
            &columns,
            rows,
            listed.len(),
            words("沒有在線或忙碌的連接器", "No connector is there or busy"),
        )
    }

    fn roles(&self) -> Vec<Block> {
        let drift = attention::drift(self.exports);
        let state = |id: &str| {
            let off: BTreeSet<&str> = drift
                .iter()
                .flatten()
                .filter_map(|found| found.split_once(':').filter(|(_, of)| *of == id).map(|(what, _)| what))
                .collect();
            match (&drift, off.is_empty()) {
                (None, _) => Inline::Unknown(self.say(texts::NOT_CHECKED)),
                (_, true) => Inline::Tag(Tone::Good, self.say(words("一致", "Agrees"))),
                _ => Inline::Many(off.iter().map(|what| Inline::Code((*what).to_owned())).collect()),
            }
        };
        let row = |role: &roles::Role| {
            let result: Vec<_> = role.result.iter().map(|(key, _)| *key).collect();
            vec![
                Inline::Code(role.id.to_owned()),
                Inline::Text(duration(self.roles.timeout_sec(role.id), self.lang)),
                Inline::Code(role.category.to_owned()),
                Inline::Text(result.join(texts::separator(self.lang))),
                state(role.id),
            ]
        };
        let beyond = |(id, role): (&str, &Node)| {
            vec![
                Inline::Code(shown(id, 60)),
                Inline::Text(duration(self.roles.timeout_sec(id), self.lang)),
                Inline::Code(shown(value::text(role, "category"), 20)),
                Inline::Unknown(self.say(words("未知：匯出才有的角色", "unknown: only the export has this role"))),
                state(id),
            ]
        };
        let count = roles::CATALOGUE.len() + self.roles.beyond().count();
        let rows = roles::CATALOGUE.iter().map(row).chain(self.roles.beyond().map(beyond)).take(ROWS).collect();
        let columns = [
            texts::ROLE,
            words("時限", "Time limit"),
            words("類別", "Category"),
            words("結果必須有", "Its result has"),
            words("目錄與提示檔", "Catalogue and prompts"),
        ];
        let caption = self.say(words("meta 角色不能被派工", "Nobody can be dispatched as a meta role"));
        self.table(caption, &columns, rows, count, texts::NONE)
    }
}
