//! Planning runs: what came of each, and the scale of the requirements that they are about.

use std::collections::BTreeMap;

use crate::kinds::dispatch::redact::shown;
use crate::kinds::dispatch::value;
use crate::kinds::dispatch_run::quality::{Summary, percent};
use crate::kinds::dispatch_run::view::{Page, ROWS};
use crate::kinds::dispatch_run::wording::name_of;
use crate::kinds::dispatch_run::{errors, lifecycle, scale};
use crate::lang::{Lang, words};
use crate::read::tree::Node;
use crate::view::page::{Block, Inline, Tone};
use crate::view::texts;

impl<'a> Page<'a> {
    pub(super) fn runs(&self) -> Vec<Block> {
        let Some(mut runs) = self.items("planning_runs") else { return vec![self.not_given()] };
        runs.sort_by_cached_key(|run| (std::cmp::Reverse(value::moment(run, "completed_at")), value::text(run, "id")));
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
            let requirement = requirement.map(|name| format!("{name} ")).unwrap_or_default();
            let candidates = summaries.as_ref().map_or_else(
                || Inline::Unknown(self.say(texts::NOT_GIVEN)),
                |summaries| match summaries.get(id) {
                    None => self.text(words("沒有候選項目", "no candidates")),
                    Some(summary) => Inline::Text(self.decided(summary)),
                },
            );
            vec![
                Inline::Many(vec![Inline::Text(requirement), Inline::Code(shown(id, 60))]),
                self.run_state(run),
                self.run_outcome(run),
                candidates,
                self.moment(run, "completed_at"),
            ]
        };
        let rows: Vec<_> = runs.iter().take(ROWS).map(row).collect();
        let columns = [
            words("執行", "Run"),
            texts::STATUS,
            words("結果與租約", "Outcome and lease"),
            words("候選項目", "Candidates"),
            words("完成", "Completed"),
        ];
        let caption = self.say(words("最近完成的在前", "The latest first"));
        self.table(caption, &columns, rows, runs.len(), words("沒有規劃執行", "No planning run"))
    }

    /// The state of a run in the language of the page; a word that nobody knows stays.
    pub(super) fn run_state(&self, run: &Node) -> Inline {
        let (tone, word) = match value::text(run, "status") {
            "completed" => (Tone::Good, words("完成", "Completed")),
            "failed" => (Tone::Bad, words("失敗", "Failed")),
            "queued" => (Tone::Info, words("排隊中", "Queued")),
            "running" => (Tone::Info, words("執行中", "Running")),
            "cancelled" => (Tone::Info, words("已取消", "Cancelled")),
            other => return Inline::Tag(Tone::Unknown, shown(other, 20)),
        };
        Inline::Tag(tone, self.say(word))
    }

    /// Why a run failed and what helps, and how its lease stands.
    fn run_outcome(&self, run: &Node) -> Inline {
        let mut parts = Vec::new();
        if value::text(run, "status") == "failed" {
            let (kind, message) = errors::of_run(run);
            parts.push(Inline::Code(errors::exported(Some(kind))));
            parts.push(Inline::Text(format!(" {} ", shown(message, 200))));
            if let Some(remedy) = errors::normalised(kind).remedy {
                parts.push(Inline::Text(format!("→ {} · ", self.say(remedy))));
            }
        }
        let lease = match value::text(run, "dispatch_status") {
            "" => None,
            "not_required" => Some(words("不需連接器", "needs no connector")),
            "queued" => Some(words("等候連接器", "waits for a connector")),
            "returned" => Some(words("已交回", "returned")),
            "expired" => Some(words("租約逾期，回到佇列", "lease expired, back in the queue")),
            "leased" => Some(words("租用中", "leased")),
            other => {
                parts.push(Inline::Code(shown(other, 20)));
                None
            }
        };
        parts.extend(lease.map(|lease| self.text(lease)));
        if value::text(run, "dispatch_status") == "leased"
            && let Some(end) = lifecycle::lease_end(run)
        {
            let until = self.context.moment(end);
            parts.push(Inline::Text(match (end < self.now, self.lang) {
                (true, Lang::ZhHant) => format!("，{until} 已到期"),
                (true, Lang::En) => format!(", ended {until}"),
                (false, Lang::ZhHant) => format!("，至 {until}"),
                (false, Lang::En) => format!(" until {until}"),
            }));
        }
        if parts.is_empty() { Inline::Unknown(self.say(texts::UNKNOWN)) } else { Inline::Many(parts) }
    }

    /// How the candidates of a run were decided, and with which feedback.
    fn decided(&self, summary: &Summary) -> String {
        let (approved, rejected, pending) = (summary.approved, summary.rejected, summary.pending());
        let counts = match self.lang {
            Lang::ZhHant => format!("{} 項：採納 {approved}、拒絕 {rejected}、待決定 {pending}", summary.total),
            Lang::En => format!("{}: {approved} approved, {rejected} rejected, {pending} to decide", summary.total),
        };
        let percent = percent(approved, approved + rejected);
        let rate = match self.lang {
            _ if pending > 0 => String::new(),
            Lang::ZhHant => format!("（採納率 {percent}%）"),
            Lang::En => format!(" (acceptance {percent}%)"),
        };
        let feedback: Vec<_> =
            summary.feedback.iter().take(8).map(|(kind, count)| format!("{} {count}", shown(kind, 40))).collect();
        let feedback = feedback.join(texts::separator(self.lang));
        let feedback = match self.lang {
            _ if feedback.is_empty() => String::new(),
            Lang::ZhHant => format!("；回饋 {feedback}"),
            Lang::En => format!("; feedback {feedback}"),
        };
        format!("{counts}{rate}{feedback}")
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
