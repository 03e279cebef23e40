//! Figures of quality, with their definitions and sources.

use std::collections::BTreeMap;

use crate::kinds::dispatch::redact::shown;
use crate::kinds::dispatch::value;
use crate::kinds::dispatch_run::quality::{self, Acceptance, Stock, Summary};
use crate::kinds::dispatch_run::view::Page;
use crate::lang::{Lang, words};
use crate::read::tree::Node;
use crate::view::page::{Block, Figure, Inline};
use crate::view::texts;

/// Most projects whose figures are shown, the worst first.
const PROJECTS: usize = 12;

impl Page<'_> {
    pub(super) fn figures(&self) -> Vec<Block> {
        let not_checked = || Inline::Unknown(self.say(texts::NOT_CHECKED));
        let summaries = self.summaries();
        let mut figures = self.acceptance(summaries.as_ref());
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

    /// The acceptance rate of each project; not checked when runs or candidates are missing.
    fn acceptance(&self, summaries: Option<&BTreeMap<&str, Summary>>) -> Vec<Figure> {
        let figure = |project: &str, value: Inline| Figure {
            label: match self.lang {
                Lang::ZhHant => format!("七日採納率 {project}"),
                Lang::En => format!("Seven-day acceptance rate {project}"),
            },
            value,
            definition: self.say(words(
                "該專案七天內完成且沒有草稿的執行：採納（含已套用）÷（採納＋拒絕），合併計算",
                "runs completed within seven days without a draft: approved or applied ÷ those and rejected, pooled",
            )),
            source: "planning_runs, backlog_candidates".to_owned(),
        };
        let (Some(runs), Some(summaries)) = (self.items("planning_runs"), summaries) else {
            return vec![figure("", Inline::Unknown(self.say(texts::NOT_CHECKED)))];
        };
        let mut projects: BTreeMap<&str, Vec<&Node>> = BTreeMap::new();
        for run in runs {
            projects.entry(value::text(run, "project_id")).or_default().push(run);
        }
        let rate = |(project, runs): (&str, Vec<&Node>)| {
            let run = |run: &Node| (value::moment(run, "completed_at"), summaries.get(value::text(run, "id")).cloned());
            let pooled = Acceptance::of(runs.into_iter().map(run), self.now);
            let percent = (pooled.runs > 0).then(|| quality::percent(pooled.approved, pooled.decided));
            (percent.is_none(), percent, project.to_owned(), pooled)
        };
        let mut rates: Vec<_> = projects.into_iter().map(rate).collect();
        // The worst first; those of which nothing was reviewed last.
        rates.sort_unstable_by(|one, other| (one.0, one.1, &one.2).cmp(&(other.0, other.1, &other.2)));
        let one = |(_, percent, project, pooled): &(bool, Option<usize>, String, Acceptance)| {
            let Acceptance { approved, decided, runs } = pooled;
            let value = match (percent, self.lang) {
                (None, _) => {
                    Inline::Unknown(self.say(words("這七天沒有已審完的執行", "no reviewed run in these seven days")))
                }
                (Some(percent), Lang::ZhHant) => {
                    Inline::Text(format!("{percent}%（{approved}/{decided}，{runs} 次執行）"))
                }
                (Some(percent), Lang::En) => {
                    let plural = if *runs == 1 { "" } else { "s" };
                    Inline::Text(format!("{percent}% ({approved}/{decided}, {runs} run{plural})"))
                }
            };
            figure(&self.project(project), value)
        };
        let mut figures: Vec<_> = rates.iter().take(PROJECTS).map(one).collect();
        let more = rates.len().saturating_sub(PROJECTS);
        if more > 0 {
            let label = self.say(words("其餘專案（較高或沒有）", "(others: higher, or none)"));
            figures.push(figure(&label, Inline::Text(more.to_string())));
        }
        if rates.is_empty() {
            figures.push(figure("", self.text(texts::NONE)));
        }
        figures
    }

    /// What a project is called.
    fn project(&self, id: &str) -> String {
        if id.trim().is_empty() {
            self.say(words("（未註明專案）", "(no project named)"))
        } else {
            shown(id, 40)
        }
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
            stock.stale += u32::from(value::is_true(document, "is_stale"));
        }
        let mut scores: Vec<_> =
            projects.into_iter().map(|(project, stock)| (quality::health_hundredths(stock), project)).collect();
        scores.sort_unstable();
        let more = scores.len().saturating_sub(PROJECTS);
        let one = |(score, project): &(_, &str)| {
            figure(&self.project(project), Inline::Text(format!("{}.{:02}", score / 100, score % 100)))
        };
        let mut figures: Vec<_> = scores.iter().take(PROJECTS).map(one).collect();
        if more > 0 {
            let label = self.say(words("其餘專案（分數較高）", "(others, which are better)"));
            figures.push(figure(&label, Inline::Text(more.to_string())));
        }
        figures
    }
}
