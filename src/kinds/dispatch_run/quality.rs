//! Quality figures: how many candidates of a run were accepted, how many of a week, which feedback fits which decision,
//! and the health score of a project.

use std::collections::BTreeMap;

use jiff::{SignedDuration, Timestamp};
use serde_json::{Value as Json, json};

use crate::decide::{Asked, Question};
use crate::kinds::dispatch::form::{self, Form, form};
use crate::kinds::dispatch::value;
use crate::lang::words;
use crate::read::tree::Node;

/// Statuses of candidates. An applied candidate was accepted before.
pub(super) const CANDIDATE_STATUSES: &[&str] = &["draft", "approved", "rejected", "applied"];
/// How far back the acceptance rate looks.
const WEEK: SignedDuration = SignedDuration::from_hours(7 * 24);
/// Feedback that fits an approval.
const FOR_APPROVED: [&str; 3] = ["good_fit", "modified", "fallback"];
/// Feedback that fits a rejection.
const FOR_REJECTED: [&str; 5] = ["wrong_scope", "too_broad", "duplicate", "low_quality", "other"];

/// How the candidates of a run were decided.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Summary {
    pub total: usize,
    /// Approved or applied.
    pub approved: usize,
    pub rejected: usize,
    /// Drafts, and candidates that do not say what they are.
    pub drafts: usize,
    /// How often each feedback was given.
    pub feedback: BTreeMap<String, usize>,
}

impl Summary {
    /// Counts candidates; a run without any has no summary, which is not a summary of zeros.
    pub(super) fn of<'a>(candidates: impl IntoIterator<Item = &'a Node>) -> Option<Self> {
        let mut summary = Self::default();
        for candidate in candidates {
            summary.total += 1;
            match value::text(candidate, "status") {
                "approved" | "applied" => summary.approved += 1,
                "rejected" => summary.rejected += 1,
                "draft" | "" => summary.drafts += 1,
                // A word that nobody knows is no draft: somebody decided something.
                _ => {}
            }
            if let Some(kind) = value::word(candidate, "feedback_kind") {
                *summary.feedback.entry(kind.to_owned()).or_default() += 1;
            }
        }
        (summary.total > 0).then_some(summary)
    }

    /// Candidates that nobody has decided.
    pub(super) fn pending(&self) -> usize {
        self.total - self.approved - self.rejected
    }

    /// The row that is shown once everything is decided.
    pub(super) fn row(&self) -> Option<String> {
        let percent = percent(self.approved, self.approved + self.rejected);
        (self.pending() == 0).then(|| format!("Acceptance: {percent}% ({}/{})", self.approved, self.total))
    }
}

/// A share in percent, rounded half up; 0 of nothing.
pub(super) fn percent(part: usize, whole: usize) -> usize {
    if whole == 0 { 0 } else { (200 * part + whole) / (2 * whole) }
}

/// A rate from 0 to 1 as it is written, in percent, rounded half up: by its digits, because 57.5 is a little less in a
/// float that was multiplied.
fn percent_of(rate: &str) -> Option<usize> {
    let value: f64 = rate.parse().ok().filter(|value| (0.0..=1.0).contains(value))?;
    // The shortest decimal that is this number, without an exponent: what was written, but for its form.
    let plain = value.to_string();
    let (whole, fraction) = plain.split_once('.').unwrap_or((&plain, ""));
    let digit = |at: usize| fraction.as_bytes().get(at).map_or(0, |digit| usize::from(digit - b'0'));
    Some(whole.parse::<usize>().ok()? * 100 + digit(0) * 10 + digit(1) + usize::from(digit(2) >= 5))
}

/// A share; 0 of nothing.
fn share(part: usize, whole: usize) -> f64 {
    if whole == 0 {
        return 0.0;
    }
    #[expect(clippy::cast_precision_loss, reason = "counts of candidates are far below 2^52")]
    let share = part as f64 / whole as f64;
    share
}

/// The acceptance of a week, pooled over all its runs.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Acceptance {
    pub approved: usize,
    pub decided: usize,
    /// Runs that were completed in the week and of which no candidate is a draft.
    pub runs: usize,
}

impl Acceptance {
    /// Pools runs: when each was completed, and how its candidates were decided.
    pub(super) fn of(runs: impl IntoIterator<Item = (Option<Timestamp>, Option<Summary>)>, now: Timestamp) -> Self {
        let mut pooled = Self::default();
        for (completed, summary) in runs {
            let (Some(completed), Some(summary)) = (completed, summary) else { continue };
            if now.duration_since(completed) > WEEK || summary.drafts > 0 {
                continue;
            }
            pooled.approved += summary.approved;
            pooled.decided += summary.approved + summary.rejected;
            pooled.runs += 1;
        }
        // Of nothing that was approved or rejected there is no rate, so no run was reviewed for it.
        if pooled.decided == 0 { Self::default() } else { pooled }
    }

    /// The sentence that is shown when there is any run.
    pub(super) fn sentence(self) -> Option<String> {
        (self.runs > 0).then(|| sentence(percent(self.approved, self.decided), self.runs))
    }
}

fn sentence(percent: usize, runs: usize) -> String {
    let plural = if runs == 1 { "" } else { "s" };
    format!("7-day acceptance rate: {percent}% across {runs} reviewed run{plural}.")
}

/// Why a feedback cannot be given to a candidate; `None` when it can. Kinds are exact; blank clears, null leaves.
pub(super) fn feedback_fault(status: Option<&str>, current: Option<&str>, given: Option<&str>) -> Option<&'static str> {
    if status == Some("applied") {
        return Some("applied-not-editable");
    }
    // Null leaves the feedback as it is; that is a change only together with something else.
    let Some(given) = given else { return current.map(|_| "no-change") };
    if current == Some(given) {
        return Some("no-change");
    }
    let (approves, rejects) = (FOR_APPROVED.contains(&given), FOR_REJECTED.contains(&given));
    match status {
        _ if given.is_empty() => None,
        _ if !approves && !rejects => Some("unknown-kind"),
        Some("approved") if !approves => Some("kind-of-a-rejection"),
        Some("rejected") if !rejects => Some("kind-of-an-approval"),
        Some("draft") => Some("not-decided"),
        _ => None,
    }
}

/// What a project has, by state.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Stock {
    pub todo: u32,
    pub in_progress: u32,
    pub done: u32,
    pub cancelled: u32,
    pub documents: u32,
    pub stale: u32,
}

/// The health score in hundredths: 70 parts tasks done of those not cancelled, 30 parts documents not stale; a part of
/// which there is nothing is full. Cut, not rounded, and exact: no float is in it.
pub(super) fn health_hundredths(stock: Stock) -> u32 {
    let tasks = u128::from(stock.todo) + u128::from(stock.in_progress) + u128::from(stock.done);
    let documents = u128::from(stock.documents);
    let part = |of: u128, whole: u128| if whole == 0 { (1, 1) } else { (of, whole) };
    let (done, tasks) = part(stock.done.into(), tasks);
    let (fresh, documents) = part(u128::from(stock.documents.saturating_sub(stock.stale)), documents);
    let hundredths = (70 * done * documents + 30 * fresh * tasks) / (tasks * documents);
    u32::try_from(hundredths.min(100)).unwrap_or(100)
}

fn hundredths(value: u32) -> Json {
    Json::from(f64::from(value) / 100.0)
}

/// `quality-summary`: `{candidates}`.
pub(super) static SUMMARY: Question = Question {
    name: "quality-summary",
    about: words("單次規劃的候選項目品質摘要", "how the candidates of one run were decided"),
    facts: None,
    sanitises: false,
    answer: |facts, asked| {
        form::answer(
            facts,
            asked,
            &[form("candidates", &[], |form, _| match Summary::of(form.list("candidates")) {
                None => json!({"summary": null}),
                Some(summary) => json!({
                    "total": summary.total,
                    "approved": summary.approved,
                    "rejected": summary.rejected,
                    "pending": summary.pending(),
                    "acceptance_rate": share(summary.approved, summary.approved + summary.rejected),
                    "feedback_distribution": summary.feedback,
                    "row": summary.row(),
                }),
            })],
        )
    },
};

/// `acceptance-rate`: the runs of a project (`runs`, each with its candidates) as of `now`, or figures as they are
/// shown (`render`).
pub(super) static ACCEPTANCE: Question = Question {
    name: "acceptance-rate",
    about: words("近七天的採納率", "the acceptance rate of the last seven days"),
    facts: None,
    sanitises: false,
    answer: |facts, asked| {
        form::answer(
            facts,
            asked,
            &[
                form("runs", &["now", "project_id"], |form, _| {
                    let (now, project) = (form.moment("now"), form.text_if("project_id"));
                    let of_project =
                        |run: &&Node| project.is_none_or(|project| value::text(run, "project_id") == project);
                    let run =
                        |run: &Node| (value::moment(run, "completed_at"), Summary::of(value::list(run, "candidates")));
                    let pooled = Acceptance::of(form.list("runs").iter().filter(of_project).map(run), now);
                    json!({
                        "avg_planning_acceptance_rate": share(pooled.approved, pooled.decided),
                        "planning_runs_reviewed_count": pooled.runs,
                        "text": pooled.sentence(),
                    })
                }),
                form("render", &[], |form, _| {
                    let Some(figures) = form.table("render") else { return json!({"text": null}) };
                    let rate = figures.get("avg_planning_acceptance_rate").and_then(value::number);
                    let runs = value::integer(figures, "planning_runs_reviewed_count");
                    let (Some(percent), Some(Ok(runs))) = (rate.and_then(percent_of), runs.map(usize::try_from)) else {
                        form.refuse(&["render"], "expected a rate from 0 to 1 and a count of runs");
                        return json!({});
                    };
                    json!({"text": (runs > 0).then(|| sentence(percent, runs))})
                }),
            ],
        )
    },
};

/// `feedback-kind`: `{feedback_kind, candidate_status, current_kind}`.
pub(super) static FEEDBACK: Question = Question {
    name: "feedback-kind",
    about: words("回饋種類是否可用於該候選項目", "whether a feedback may be given to a candidate"),
    facts: None,
    sanitises: false,
    answer: |facts, asked| {
        form::answer(
            facts,
            asked,
            &[form(
                "feedback_kind",
                &["candidate_status", "current_kind", "feedback_note", "current_note"],
                |form, _| {
                    let given = form.text_if("feedback_kind");
                    let status = form.text_if("candidate_status");
                    let current = form.has("current_kind").then(|| form.text_if("current_kind").unwrap_or_default());
                    let note = form.text_if("feedback_note");
                    let note_changes = note.is_some() && note != form.text_if("current_note");
                    let fault = feedback_fault(status, current, given);
                    // A change of the note alone is a change.
                    let fault = fault.filter(|fault| *fault != "no-change" || !note_changes);
                    json!({
                        "valid": fault.is_none(),
                        "http_status": if fault.is_none() { 200 } else { 400 },
                        "reason": fault,
                    })
                },
            )],
        )
    },
};

/// `health-score`: `{todo, in_progress, done, cancelled, docs, stale}`.
pub(super) static HEALTH: Question = Question {
    name: "health-score",
    about: words("專案健康分數", "the health score of a project"),
    facts: None,
    sanitises: false,
    answer: |facts, asked| {
        let answer = |form: &mut Form<'_>, _: &Asked| {
            let stock = Stock {
                todo: form.count("todo"),
                in_progress: form.count("in_progress"),
                done: form.count("done"),
                cancelled: form.count("cancelled"),
                documents: form.count("docs"),
                stale: form.count("stale"),
            };
            json!({"health_score": hundredths(health_hundredths(stock))})
        };
        form::answer(facts, asked, &[form("todo", &["in_progress", "done", "cancelled", "docs", "stale"], answer)])
    },
};

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kinds::dispatch::value::parsed;

    fn summary(statuses: &[&str]) -> Option<Summary> {
        let candidates: Vec<_> = statuses.iter().map(|status| json!({"status": status})).collect();
        Summary::of(parsed(&json!(candidates).to_string()).unwrap().items())
    }

    #[test]
    fn a_run_is_summed_up_once_everything_is_decided() {
        let check = |statuses: &[&str], pending: usize, row: &str| {
            let summary = summary(statuses).unwrap();
            assert_eq!((summary.pending(), summary.row().unwrap_or_default().as_str()), (pending, row), "{statuses:?}");
        };
        check(&["approved", "applied", "rejected"], 0, "Acceptance: 67% (2/3)");
        check(
            &["approved", "rejected", "rejected", "rejected", "rejected", "rejected", "rejected", "rejected"],
            0,
            "Acceptance: 13% (1/8)",
        );
        check(&["approved", "draft"], 1, "");
        check(&["later", ""], 2, "");
        assert_eq!(summary(&[]), None);
    }

    #[test]
    fn the_week_is_pooled_over_reviewed_runs() {
        let now: Timestamp = "2026-05-08T12:00:00Z".parse().unwrap();
        let check = |runs: &[(Option<&str>, &[&str])], expected: (usize, usize, usize)| {
            let runs = runs.iter().map(|(at, statuses)| (at.map(|at| at.parse().unwrap()), summary(statuses)));
            let pooled = Acceptance::of(runs, now);
            assert_eq!((pooled.approved, pooled.decided, pooled.runs), expected);
        };
        check(
            &[(Some("2026-05-01T12:00:00Z"), &["approved"]), (Some("2026-05-01T11:59:59Z"), &["approved"])],
            (1, 1, 1),
        );
        check(&[(None, &["approved"]), (Some("2026-05-08T00:00:00Z"), &[])], (0, 0, 0));
        check(&[(Some("2026-05-08T00:00:00Z"), &["approved", "draft"])], (0, 0, 0));
        check(&[(Some("2026-05-08T00:00:00Z"), &["approved", ""])], (0, 0, 0));
        check(&[(Some("2026-05-08T00:00:00Z"), &["approved", "archived"])], (1, 1, 1));
        check(&[(Some("2026-05-08T00:00:00Z"), &["archived"])], (0, 0, 0));
        check(
            &[(Some("2026-05-08T00:00:00Z"), &["applied"]), (Some("2026-05-07T00:00:00Z"), &["rejected"; 3])],
            (1, 4, 2),
        );
        let two = Acceptance { approved: 1, decided: 8, runs: 2 };
        assert_eq!(two.sentence().unwrap(), "7-day acceptance rate: 13% across 2 reviewed runs.");
        assert_eq!(Acceptance::default().sentence(), None);
    }

    #[test]
    fn a_rate_is_rounded_half_up_as_it_is_written() {
        let check = |rate: &str, expected: Option<usize>| assert_eq!(percent_of(rate), expected, "{rate}");
        for (rate, percent) in [("0", 0), ("1", 100), ("1.0", 100), ("0.575", 58), ("0.145", 15), ("0.5749", 57)] {
            check(rate, Some(percent));
        }
        for (rate, percent) in [("0.995", 100), ("5e-3", 1), ("4.9e-3", 0), ("1e-300", 0), ("0.6666666666666666", 67)] {
            check(rate, Some(percent));
        }
        for none in ["1.01", "-0.1", "x", "1e400"] {
            check(none, None);
        }
    }

    #[test]
    fn feedback_fits_the_decision() {
        let check = |status: &str, given: Option<&str>, expected: &str| {
            let status = Some(status).filter(|status| !status.is_empty());
            assert_eq!(feedback_fault(status, None, given).unwrap_or("fine"), expected, "{status:?} {given:?}");
        };
        for kind in FOR_APPROVED {
            check("approved", Some(kind), "fine");
            check("rejected", Some(kind), "kind-of-an-approval");
            check("", Some(kind), "fine");
        }
        for kind in FOR_REJECTED {
            check("rejected", Some(kind), "fine");
            check("approved", Some(kind), "kind-of-a-rejection");
        }
        for unknown in ["poor_fit", "needs_clarification", " good_fit", "Good_fit", " "] {
            check("", Some(unknown), "unknown-kind");
        }
        check("approved", Some(""), "fine");
        check("draft", Some("good_fit"), "not-decided");
        check("applied", Some("good_fit"), "applied-not-editable");
        check("approved", None, "fine");
        assert_eq!(feedback_fault(Some("approved"), Some("good_fit"), None), Some("no-change"));
        assert_eq!(feedback_fault(None, Some(""), Some("")), Some("no-change"));
    }

    #[test]
    fn health_is_cut_and_exact() {
        let check = |[todo, in_progress, done, cancelled, documents, stale]: [u32; 6], expected: u32| {
            let stock = Stock { todo, in_progress, done, cancelled, documents, stale };
            assert_eq!(health_hundredths(stock), expected, "{stock:?}");
        };
        check([0; 6], 100);
        check([1, 0, 0, 0, 0, 0], 30);
        check([0, 0, 0, 0, 3, 3], 70);
        check([1, 0, 1, 5, 0, 0], 65);
        check([1, 1, 1, 0, 3, 1], 43);
        check([0, 0, 1, 0, 1, 9], 70);
        check([u32::MAX; 6], 23);
    }
}
