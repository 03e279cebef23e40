//! The status contract: every combination of what an issue says, its pull requests and the work on it that is illegal or
//! suspicious.
//!
//! Invariants: the hosting service is authoritative and nothing is changed here, only suggested; a rule that asks for
//! what was not exported, or for a state that is not said, is not checked: it neither holds nor is kept.

use serde_json::{Value as Json, json};

use crate::decide::Asked;
use crate::finding::Severity;
use crate::kinds::dispatch::form::{Form, Shape, form};
use crate::kinds::dispatch::value;
use crate::kinds::dispatch_workflow::held::Held;
use crate::kinds::dispatch_workflow::issues::{self, AGENT, ByIssue, Issue, State};
use crate::kinds::dispatch_workflow::links::{self, Links, Unsaid};
use crate::kinds::dispatch_workflow::status::{self, EXTENSION};
use crate::kinds::dispatch_workflow::{pull_requests, work};
use crate::lang::{Words, words};
use crate::read::tree::Node;

/// Statuses of work that is going on.
const ACTIVE: [&str; 3] = ["ready", "in-progress", "in-review"];

/// An issue with what else is exported about it.
pub(super) struct Case<'a> {
    /// The issue.
    pub issue: Issue<'a>,
    /// Its pull requests; `None` when they were not exported.
    pub pull_requests: Option<&'a [&'a Node]>,
    /// What those come to that may be its too, because they do not say which issue they are for.
    pub unsaid: Unsaid,
    /// Work of agents on it; `None` when not exported.
    pub work: Option<&'a [&'a Node]>,
}

/// A combination that is illegal or suspicious.
pub(super) struct Rule {
    /// Its code.
    pub id: &'static str,
    /// How much it weighs.
    pub severity: Severity,
    /// When it holds, in words.
    pub when: Words,
    /// What to do about it, in words.
    pub fix: Words,
    /// Whether it holds.
    holds: fn(&Case<'_>) -> Held,
    /// The status that it suggests.
    suggests: fn(&Case<'_>) -> Option<&'static str>,
}

/// Every rule, in the order in which violations are listed.
pub(super) static RULES: &[Rule] = &[
    Rule {
        id: "open-issue-marked-done",
        severity: Severity::Error,
        when: words("issue 未關閉卻標 done", "open issue in `done`"),
        fix: words(
            "退回 backlog；有未關 PR 則為 in-review",
            "back to backlog, or in-review when a pull request is open",
        ),
        holds: |case| case.open().and(case.is(&["done"])),
        suggests: in_review_or_backlog,
    },
    Rule {
        id: "closed-issue-still-active",
        severity: Severity::Error,
        when: words(
            "issue 已關閉，狀態仍為 ready、in-progress 或 in-review",
            "closed issue in `ready`, `in-progress` or `in-review`",
        ),
        fix: words("改為 done 並釋放租約", "set done and release its leases"),
        holds: |case| case.closed().and(case.is(&ACTIVE)),
        suggests: |_| Some("done"),
    },
    Rule {
        id: "closed-issue-not-done",
        severity: Severity::Error,
        when: words("issue 已關閉，狀態為 backlog 或沒有狀態", "closed issue in `backlog` or without a status"),
        fix: words("改為 done", "set done"),
        holds: |case| case.closed().and(case.is(&["backlog"]) || case.has_no_status()),
        suggests: |_| Some("done"),
    },
    Rule {
        id: "multiple-status-labels",
        severity: Severity::Error,
        when: words("兩個以上的狀態標籤", "two or more status labels"),
        fix: words("由人決定留下哪一個", "a person decides which one stays"),
        holds: |case| (case.issue.status.labels.len() > 1).into(),
        suggests: |_| None,
    },
    Rule {
        id: "missing-status",
        severity: Severity::Warning,
        when: words("issue 未關閉且沒有狀態", "open issue without a status"),
        fix: words(
            "視為 backlog；有未關 PR 則為 in-review",
            "treat as backlog, or as in-review when a pull request is open",
        ),
        holds: |case| case.open().and(case.has_no_status()),
        suggests: in_review_or_backlog,
    },
    Rule {
        id: "unknown-status-value",
        severity: Severity::Warning,
        when: words("狀態不在合約內", "a status outside the contract"),
        fix: words("改用合約內的狀態；原字保留", "use a status of the contract; the word is kept"),
        holds: |case| case.stated().any(|status| !status::is_known(status)).into(),
        suggests: |_| None,
    },
    Rule {
        id: "extension-status",
        severity: Severity::Notice,
        when: words("狀態為後來新增的 blocked", "in the later extension `blocked`"),
        fix: words("僅供參考；不可領取", "for information; not claimable"),
        holds: |case| case.stated().any(|status| status == EXTENSION).into(),
        suggests: |_| None,
    },
    Rule {
        id: "backlog-claimed",
        severity: Severity::Error,
        when: words("backlog 卻有 agent 標籤", "in `backlog` with an agent label"),
        fix: words("拿掉 agent 標籤，或整理為 ready", "take the agent label off, or groom it to ready"),
        holds: |case| (case.is(&["backlog"]) && case.has_agent()).into(),
        suggests: |_| None,
    },
    Rule {
        id: "backlog-claimable",
        severity: Severity::Error,
        when: words("backlog 卻標示可領取", "in `backlog` and said to be claimable"),
        fix: words("整理之前不可領取", "not claimable until groomed"),
        holds: |case| (case.is(&["backlog"]) && value::is_true(case.issue.node, "claimable")).into(),
        suggests: |_| None,
    },
    Rule {
        id: "open-pr-not-in-review",
        severity: Severity::Error,
        when: words(
            "issue 未關閉、有未關 PR，狀態卻不是 in-review",
            "open issue with an open pull request and not in `in-review`",
        ),
        fix: words("改為 in-review", "set in-review"),
        holds: |case| case.open().and(case.open_pull_request()).and(!case.issue.status.may_be(&["in-review"])),
        suggests: |_| Some("in-review"),
    },
    Rule {
        id: "in-review-without-open-pr",
        severity: Severity::Error,
        when: words("狀態為 in-review，但沒有未關的 PR", "in `in-review` and no pull request is open"),
        fix: words("退回 in-progress", "back to in-progress"),
        holds: |case| case.open_pull_request().not().and(case.is(&["in-review"])),
        suggests: |case| (case.merged_pull_request() == Held::No).then_some("in-progress"),
    },
    Rule {
        id: "merged-pr-issue-open",
        severity: Severity::Error,
        when: words("PR 已合併，issue 仍未關閉", "a closing pull request is merged and the issue is open"),
        fix: words("留言後關閉 issue", "close the issue with a comment"),
        holds: |case| case.open().and(case.merged_pull_request()),
        // `done` is the status of closed issues; until it is closed there is none to suggest.
        suggests: |_| None,
    },
    Rule {
        id: "in-progress-unassigned",
        severity: Severity::Warning,
        when: words("狀態為 in-progress 卻沒有 agent 標籤", "in `in-progress` without an agent label"),
        fix: words("查出是誰在做，補上標籤", "find out who works on it and label it"),
        holds: |case| (case.is(&["in-progress"]) && !case.has_agent()).into(),
        suggests: |_| None,
    },
    Rule {
        id: "multiple-agent-labels",
        severity: Severity::Error,
        when: words("兩個以上的 agent 標籤", "more than one agent label"),
        fix: words("由人決定留下哪一個", "a person decides which one stays"),
        holds: |case| case.issue.labelled(AGENT).nth(1).is_some().into(),
        suggests: |_| None,
    },
    Rule {
        id: "multiple-owner-labels",
        severity: Severity::Error,
        when: words("兩個以上的 owner 標籤", "more than one owner label"),
        fix: words("由人決定留下哪一個", "a person decides which one stays"),
        holds: |case| case.issue.labelled("owner/").nth(1).is_some().into(),
        suggests: |_| None,
    },
    Rule {
        id: "status-field-label-mismatch",
        severity: Severity::Warning,
        when: words("狀態欄位與標籤不同", "the status field and the label differ"),
        fix: words("以欄位為準，改正標籤", "the field wins; mend the label"),
        holds: |case| {
            let stated = &case.issue.status;
            let differs = |field| !stated.labels.is_empty() && !stated.labels.contains(field);
            stated.field.as_ref().is_some_and(differs).into()
        },
        suggests: |_| None,
    },
    Rule {
        id: "closed-issue-has-active-work",
        severity: Severity::Error,
        when: words("issue 已關閉，仍有進行中的工作", "closed issue with work that is CLAIMED, IN_PROGRESS or BLOCKED"),
        fix: words("釋放該工作", "release that work"),
        holds: |case| case.closed().and(case.active_work()),
        suggests: |_| None,
    },
];

/// Where an open issue belongs that is in no status of an open one; not suggested when its pull requests do not say
/// whether they are open.
fn in_review_or_backlog(case: &Case<'_>) -> Option<&'static str> {
    match case.open_pull_request() {
        Held::Yes => Some("in-review"),
        Held::Unknown if case.pull_requests.is_some() => None,
        _ => Some("backlog"),
    }
}

/// Rules that say nothing new beside another one: mending that mends them.
const EXPLAINED: [(&str, &str); 7] = [
    ("in-review-without-open-pr", "merged-pr-issue-open"),
    ("in-review-without-open-pr", "closed-issue-still-active"),
    ("in-progress-unassigned", "closed-issue-still-active"),
    ("backlog-claimed", "closed-issue-not-done"),
    ("backlog-claimable", "closed-issue-not-done"),
    ("open-pr-not-in-review", "open-issue-marked-done"),
    ("closed-issue-has-active-work", "closed-issue-still-active"),
];

/// What is wrong with an issue.
pub(super) struct Verdict {
    /// The rules that hold, in the order of [`RULES`].
    pub violations: Vec<&'static Rule>,
    /// The rules that nobody can tell of, because something was not exported or not said.
    pub unchecked: Vec<&'static Rule>,
    /// The status that the first of them suggests.
    pub suggested: Option<&'static str>,
}

impl Verdict {
    /// The violations that are left when those that another one explains are taken away.
    pub(super) fn telling(&self) -> impl Iterator<Item = &'static Rule> {
        let has = |id: &str| self.violations.iter().any(|rule| rule.id == id);
        let is_explained = move |rule: &Rule| EXPLAINED.iter().any(|(id, by)| *id == rule.id && has(by));
        self.violations.iter().copied().filter(move |rule| !is_explained(rule))
    }
}

/// Puts an issue to every rule.
pub(super) fn judge(case: &Case<'_>) -> Verdict {
    let (mut violations, mut unchecked) = (Vec::new(), Vec::new());
    for rule in RULES {
        match (rule.holds)(case) {
            Held::Yes => violations.push(rule),
            Held::No => {}
            Held::Unknown => unchecked.push(rule),
        }
    }
    // Where an issue belongs depends on whether it is open.
    let is_said = case.issue.state != State::Unknown;
    let suggested = violations.iter().filter(|_| is_said).find_map(|rule| (rule.suggests)(case));
    Verdict { violations, unchecked, suggested }
}

impl<'a> Case<'a> {
    /// An issue with what was exported about it.
    pub(super) fn of(issue: Issue<'a>, links: Option<&'a Links<'a>>, work: Option<&'a ByIssue<'a>>) -> Self {
        let id = issue.id();
        Self {
            pull_requests: links.map(|links| links.of_issue(&id)),
            unsaid: links.map(|links| links.unsaid(issue.repo)).unwrap_or_default(),
            work: work.map(|rows| rows.get(&id).map_or(&[][..], Vec::as_slice)),
            issue,
        }
    }

    fn open(&self) -> Held {
        match self.issue.state {
            State::Open => Held::Yes,
            State::Closed => Held::No,
            State::Unknown => Held::Unknown,
        }
    }

    fn closed(&self) -> Held {
        self.open().not()
    }

    fn has_agent(&self) -> bool {
        self.issue.labelled(AGENT).next().is_some()
    }

    fn is(&self, words: &[&str]) -> bool {
        self.issue.status.is(words)
    }

    fn has_no_status(&self) -> bool {
        self.issue.status.candidates().is_empty()
    }

    /// Every status that the field or a label names.
    fn stated(&self) -> impl Iterator<Item = &str> {
        let stated = &self.issue.status;
        stated.field.iter().chain(&stated.labels).map(String::as_str)
    }

    fn open_pull_request(&self) -> Held {
        let open = Held::any(self.pull_requests, |pr| match pull_requests::state(pr) {
            State::Open => Held::Yes,
            State::Closed => Held::No,
            State::Unknown => Held::Unknown,
        });
        open.unless_unsaid(self.unsaid.open)
    }

    fn merged_pull_request(&self) -> Held {
        let merged = Held::any(self.pull_requests, |pr| {
            let held = match pull_requests::state(pr) {
                State::Unknown => Held::Unknown,
                _ => pull_requests::is_merged(pr).into(),
            };
            if held == Held::No { held } else { held.and(links::is_closing(pr, &self.issue)) }
        });
        merged.unless_unsaid(self.unsaid.merged)
    }

    fn active_work(&self) -> Held {
        Held::any(self.work, |row| match row.text_at("state") {
            Some(state) if work::is_held(state) => Held::Yes,
            Some(state) if work::STATES.contains(&state) => Held::No,
            _ => Held::Unknown,
        })
    }

    /// Whether a pull request of the issue does not say whether it is open.
    fn has_unsaid_pull_request(&self) -> bool {
        self.pull_requests.unwrap_or_default().iter().any(|pr| pull_requests::state(pr) == State::Unknown)
    }
}

/// `status-contract`: what is wrong with an issue.
pub(super) static FORMS: &[Shape] = &[form("issue", &["linked_prs", "active_work"], contract)];

fn contract(given: &mut Form<'_>, asked: &Asked) -> Json {
    let pull_requests = given.list_if("linked_prs").map(|list| list.iter().collect::<Vec<_>>());
    let work = given.list_if("active_work");
    let Some(issue) = given.table_if("issue").and_then(Issue::read) else {
        given.refuse(&["issue"], "`issue` is missing, expected a table");
        return Json::Null;
    };
    // Work that says which issue it is on counts for that one alone.
    let is_on = |row: &&Node| issues::number(row).is_none_or(|number| Some(number) == issue.number);
    let work = work.map(|rows| rows.iter().filter(is_on).collect::<Vec<_>>());
    let lang = asked.lang;
    let unsaid = Unsaid::default();
    let case = Case { issue, pull_requests: pull_requests.as_deref(), unsaid, work: work.as_deref() };
    let verdict = judge(&case);
    let ids: Vec<_> = verdict.violations.iter().map(|rule| rule.id).collect();
    let said: Vec<_> = verdict.violations.iter().map(|rule| rule.when.get(lang)).collect();
    let (rule, rationale) = match (ids.first(), verdict.unchecked.first()) {
        (Some(first), _) => (*first, said.join(words("；", "; ").get(lang))),
        (None, Some(_)) => (
            "not-checked",
            words("查得到的規則都符合，其餘未檢查", "keeps the rules that could be checked; the others were not")
                .get(lang)
                .to_owned(),
        ),
        (None, None) => ("legal", words("符合狀態合約", "keeps the status contract").get(lang).to_owned()),
    };
    let unsaid = [
        ("state", case.issue.state == State::Unknown),
        ("linked_prs", pull_requests.is_none() || case.has_unsaid_pull_request()),
        ("active_work", work.is_none()),
    ];
    let not_checked: Vec<_> = unsaid.iter().filter(|(_, unsaid)| *unsaid).map(|(key, _)| *key).collect();
    let unchecked: Vec<_> = verdict.unchecked.iter().map(|rule| rule.id).collect();
    json!({
        "status": case.issue.status.one(),
        "violations": ids,
        "suggested_status": verdict.suggested,
        "rule": rule,
        "rationale": rationale,
        "not_checked": not_checked,
        "rules_not_checked": unchecked,
    })
}

#[cfg(test)]
mod tests {
    use crate::kinds::dispatch_workflow::tests::check;

    fn violations(issue: &str, beside: &str, expected: &str) {
        let facts = format!(r#"{{"issue":{{"number":7,{issue}}}{beside}}}"#);
        check("status-contract", &facts, expected);
    }

    #[test]
    fn every_rule_holds_where_it_should() {
        violations(
            r#""state":"open","labels":["status/done"]"#,
            "",
            r#"{"violations":["open-issue-marked-done"],"suggested_status":"backlog"}"#,
        );
        violations(
            r#""state":"CLOSED","labels":["Status/Backlog"]"#,
            "",
            r#"{"violations":["closed-issue-not-done"],"suggested_status":"done"}"#,
        );
        violations(r#""state":"closed","labels":[]"#, "", r#"{"status":null,"violations":["closed-issue-not-done"]}"#);
        violations(
            r#""state":"open","labels":["status/ready","status/in-progress"]"#,
            "",
            r#"{"status":null,"violations":["multiple-status-labels"],"suggested_status":null}"#,
        );
        violations(
            r#""state":"open","labels":["bug"]"#,
            "",
            r#"{"violations":["missing-status"],"suggested_status":"backlog"}"#,
        );
        violations(
            r#""state":"open","labels":[]"#,
            r#","linked_prs":[{"state":"open"}]"#,
            r#"{"violations":["missing-status","open-pr-not-in-review"],"suggested_status":"in-review"}"#,
        );
        violations(
            r#""state":"open","labels":["status/waiting"]"#,
            "",
            r#"{"status":"waiting","violations":["unknown-status-value"]}"#,
        );
        violations(
            r#""state":"open","labels":["status/backlog","agent/a"]"#,
            "",
            r#"{"violations":["backlog-claimed"]}"#,
        );
        violations(
            r#""state":"open","labels":["status/ready"]"#,
            r#","linked_prs":[{"state":"OPEN","isDraft":true}]"#,
            r#"{"violations":["open-pr-not-in-review"],"suggested_status":"in-review"}"#,
        );
        violations(
            r#""state":"open","labels":["status/ready"]"#,
            r#","linked_prs":[{"state":"closed","merged":true}]"#,
            r#"{"violations":["merged-pr-issue-open"],"suggested_status":null}"#,
        );
        violations(
            r#""state":"open","labels":["status/in-progress"]"#,
            "",
            r#"{"violations":["in-progress-unassigned"]}"#,
        );
        violations(
            r#""state":"open","labels":["status/ready","agent/a","agent/b","owner/x"]"#,
            "",
            r#"{"violations":["multiple-agent-labels"]}"#,
        );
        violations(
            r#""state":"open","labels":["status/ready","owner/x","owner/y"]"#,
            "",
            r#"{"violations":["multiple-owner-labels"]}"#,
        );
        violations(
            r#""state":"open","status":"status/ready","labels":["status/backlog"]"#,
            "",
            r#"{"status":"ready","violations":["status-field-label-mismatch"]}"#,
        );
    }

    #[test]
    fn what_looks_odd_and_is_legal() {
        violations(r#""state":"open","lane":"backlog","labels":["status/ready"]"#, "", r#"{"violations":[]}"#);
        violations(r#""state":"open","labels":["status/in-progress","agent/a","owner/x"]"#, "", r#"{"violations":[]}"#);
        violations(
            r#""state":"open","status":"ready","labels":[{"name":"Status/Ready"},{"name":null},4]"#,
            "",
            r#"{"violations":[]}"#,
        );
    }

    #[test]
    fn a_pull_request_that_does_not_say_its_state_is_not_taken_for_closed() {
        let check = |pull_request: &str, expected: &str| {
            let linked = format!(r#","linked_prs":[{pull_request}]"#);
            violations(r#""state":"open","labels":["status/in-review"]"#, &linked, expected);
        };
        check(r#"{"number":3}"#, r#"{"violations":[]}"#);
        check(r#"{"number":3,"state":"new"}"#, r#"{"violations":[]}"#);
        check(r#"{"number":3,"state":"CLOSED"}"#, r#"{"violations":["in-review-without-open-pr"]}"#);
        violations(
            r#""state":"open","labels":["status/done"]"#,
            r#","linked_prs":[{"number":3}]"#,
            r#"{"violations":["open-issue-marked-done"],"suggested_status":null,"not_checked":["linked_prs","active_work"]}"#,
        );
    }

    #[test]
    fn an_issue_that_does_not_say_its_state_is_neither_open_nor_closed() {
        for state in ["", r#""state":null,"#, r#""state":"paused","#, r#""state":7,"#] {
            violations(
                &format!(r#"{state}"labels":["status/done"]"#),
                r#","linked_prs":[],"active_work":[]"#,
                r#"{"violations":[],"suggested_status":null,"rule":"not-checked","not_checked":["state"],"rules_not_checked":["open-issue-marked-done"]}"#,
            );
            violations(
                &format!(r#"{state}"labels":["status/backlog","agent/a"]"#),
                r#","linked_prs":[{"state":"MERGED"}],"active_work":[{"state":"CLAIMED"}]"#,
                r#"{"violations":["backlog-claimed"],"suggested_status":null,"rules_not_checked":["closed-issue-not-done","merged-pr-issue-open","closed-issue-has-active-work"]}"#,
            );
        }
        violations(
            r#""labels":["status/in-review"]"#,
            r#","linked_prs":[]"#,
            r#"{"violations":["in-review-without-open-pr"],"suggested_status":null}"#,
        );
        violations(
            r#""state":" OPEN ","labels":["status/done"]"#,
            r#","linked_prs":[],"active_work":[]"#,
            r#"{"violations":["open-issue-marked-done"],"suggested_status":"backlog","not_checked":[]}"#,
        );
    }

    #[test]
    fn only_what_was_checked_is_legal() {
        let check = |beside: &str, rule: &str| {
            let labels = r#""state":"open","labels":["status/ready"]"#;
            violations(labels, beside, &format!(r#"{{"violations":[],"rule":"{rule}"}}"#));
        };
        check(r#","linked_prs":[],"active_work":[]"#, "legal");
        check("", "not-checked");
        check(r#","linked_prs":[{"number":1}],"active_work":[]"#, "not-checked");
    }

    #[test]
    fn leases_of_a_closed_issue_are_told_beside_its_status() {
        violations(
            r#""state":"closed","labels":["status/in-review"]"#,
            r#","linked_prs":[],"active_work":[{"state":"RELEASED"},{"state":"BLOCKED"}]"#,
            r#"{"violations":["closed-issue-still-active","in-review-without-open-pr","closed-issue-has-active-work"],"suggested_status":"done"}"#,
        );
        violations(
            r#""state":"closed","labels":["status/done"]"#,
            r#","active_work":[{"state":"STALE"}]"#,
            r#"{"violations":[],"not_checked":["linked_prs"]}"#,
        );
        violations(
            r#""state":"closed","labels":["status/done"]"#,
            r#","active_work":[{"issueNumber":8,"state":"CLAIMED"}]"#,
            r#"{"violations":[]}"#,
        );
    }
}
