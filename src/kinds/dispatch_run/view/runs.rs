//! Planning runs with the context that each was given, and the scale of requirements.

use std::collections::BTreeMap;

use crate::kinds::dispatch::redact::shown;
use crate::kinds::dispatch::value;
use crate::kinds::dispatch_run::attention::name_of;
use crate::kinds::dispatch_run::quality::Summary;
use crate::kinds::dispatch_run::view::{Page, ROWS};
use crate::kinds::dispatch_run::{context, scale};
use crate::lang::{Lang, words};
use crate::read::tree::Node;
use crate::view::page::{Block, Inline, Tone};
use crate::view::texts;

impl<'a> Page<'a> {
    pub(super) fn runs(&self) -> Vec<Block> {
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
    pub(super) fn evidence(&self, view: &context::View) -> Inline {
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

    pub(super) fn requirements(&self) -> Vec<Block> {
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
    pub(super) fn summaries(&self) -> Option<BTreeMap<&'a str, Summary>> {
        let mut of_run: BTreeMap<&str, Vec<&Node>> = BTreeMap::new();
        for candidate in self.items("backlog_candidates")? {
            of_run.entry(value::text(candidate, "planning_run_id")).or_default().push(candidate);
        }
        Some(of_run.into_iter().filter_map(|(run, all)| Some((run, Summary::of(all)?))).collect())
    }
}
