//! Figures of quality, with their definitions and sources.

use std::collections::BTreeMap;

use crate::kinds::dispatch::redact::shown;
use crate::kinds::dispatch::value;
use crate::kinds::dispatch_run::quality::{self, Acceptance, Stock};
use crate::kinds::dispatch_run::view::Page;
use crate::lang::{Lang, words};
use crate::read::tree::Node;
use crate::view::page::{Block, Figure, Inline};
use crate::view::texts;

/// Most projects whose figures are shown, the worst first.
const PROJECTS: usize = 12;

impl<'a> Page<'a> {
    pub(super) fn figures(&self) -> Vec<Block> {
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
                "七天內完成且全部審完的執行：採納（含已套用）÷（採納＋拒絕），合併計算",
                "runs completed within seven days and fully reviewed: approved or applied ÷ decided, pooled",
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
    pub(super) fn health(&self) -> Vec<Figure> {
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
}
