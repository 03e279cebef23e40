//! Gates, policies and the adoption threshold (design 5.2, seed 001): one table of rules for each question, of which the
//! first that holds wins, and one always does.
//!
//! Invariant: pure. The same tables decide, are printed on the console and answer `explain`.

use crate::decide::{Moment, Rule, Told};
use crate::kinds::worker_self_repair::question;
use crate::lang::{Words, words};

/// What may go wrong for a worker.
pub(super) const EVENTS: &[&str] =
    &["fetch_failed", "schema_error", "artifact_missing", "claim_idle", "lease_risk", "manual_blocker"];
/// Those of them that are retried once.
const RETRIED: &[&str] = &["fetch_failed", "claim_idle"];
/// The same event so often calls for a repair proposal.
pub(super) const REPEATED: u32 = 2;
/// Role of the PLS owner.
pub(super) const PLS_OWNER: &str = "pls_owner";
/// Role of Louis, who answers for what is risky.
pub(super) const LOUIS: &str = "ceo";

/// A gate of the repair loop.
pub(super) struct Gate {
    /// Stable id.
    pub id: &'static str,
    /// What trips it.
    pub trigger: Words,
    /// What the worker does.
    pub action: Words,
    /// What people have to decide.
    pub policy: Words,
    /// What shows that it was passed.
    pub evidence: Words,
}

/// The gates in the order in which a job meets them.
pub(super) static GATES: &[Gate] = &[
    Gate {
        id: "stuck_claim",
        trigger: words("fetch_failed 或 claim_idle", "fetch_failed or claim_idle"),
        action: words(
            "每個工作與階段只 touch 並重試一次；第二次不再重試",
            "touch and retry once for each job and phase; the second time it is not retried",
        ),
        policy: words("不得硬 complete", "never a forced complete"),
        evidence: words("原始指令輸出", "raw command output"),
    },
    Gate {
        id: "repair_suggested",
        trigger: words(
            "同工作、同階段、同類事件第 2 次",
            "the same event type for the same job and phase a second time",
        ),
        action: words("產生一份修復提案，不重複產生", "one repair proposal, made once"),
        policy: words(
            "Louis 或 PLS owner 決定是否納入政策",
            "Louis or the PLS owner decides whether it becomes policy",
        ),
        evidence: words("提案紀錄與決策紀錄", "proposal record and decision record"),
    },
    Gate {
        id: "artifact_guard",
        trigger: words("complete 之前", "before complete"),
        action: words(
            "主要成果為 HTML、HTTP 200、上傳數等於預期（至少 1）才通過；408、425、429、5xx 或無回應則重試；其餘為失敗",
            "pass only when the primary artifact is HTML, answers 200 and the upload count is as expected (at least 1); 408, 425, 429, 5xx or no answer: retry; anything else fails",
        ),
        policy: words("未通過不得 complete", "no complete without a pass"),
        evidence: words("檢查紀錄：URL、狀態碼、上傳數", "gate check: URL, status, upload count"),
    },
    Gate {
        id: "worker_learning",
        trigger: words("每次修復之後", "after every repair"),
        action: words("寫下教訓與下一輪優先事項", "write a lesson and the next priority"),
        policy: words("一線 worker 可回報政策摩擦", "workers may report friction with a policy"),
        evidence: words("學習記憶更新", "learning memory update"),
    },
];

/// A fault that a worker met, and what happened to the same job and phase before.
#[derive(Clone, Debug)]
pub(super) struct Fault {
    /// Word of [`EVENTS`].
    pub event_type: &'static str,
    /// Events of the same type for the same job and phase, this one included.
    pub same_event_count: u32,
    /// Retries for the same job and phase.
    pub retry_count: u32,
    /// Whether a proposal for the same job, phase and type was made already.
    pub proposal_open: bool,
}

impl Fault {
    fn is_repeated(&self) -> bool {
        self.same_event_count >= REPEATED
    }

    fn is_retried(&self) -> bool {
        RETRIED.contains(&self.event_type)
    }
}

/// What a worker does about a fault. Whatever it is, an open fault never allows a complete.
#[derive(Debug)]
pub(super) struct Repair {
    /// The gate that it stands at, if any.
    pub gate: Option<&'static str>,
    /// What the worker does.
    pub action: &'static str,
    /// The same in words.
    pub route: Words,
}

/// What a worker does about a fault.
pub(super) static REPAIRS: &[Rule<Fault, Repair>] = &[
    Rule {
        id: "R1",
        when: words(
            "同工作、同階段、同類事件第 2 次以上，提案已存在",
            "the same event a second time or more, and its proposal was made already",
        ),
        holds: |fault| fault.is_repeated() && fault.proposal_open,
        then: Repair {
            gate: Some("repair_suggested"),
            action: "none",
            route: words("不重複提案，等人決定", "no second proposal; it waits for a person"),
        },
    },
    Rule {
        id: "R2",
        when: words(
            "同工作、同階段、同類事件第 2 次以上，尚無提案",
            "the same event a second time or more, and no proposal yet",
        ),
        holds: |fault| fault.is_repeated() && !fault.proposal_open,
        then: Repair {
            gate: Some("repair_suggested"),
            action: "create_repair_proposal",
            route: words("產生一份修復提案，不重試也不得 complete", "one repair proposal; no retry and no complete"),
        },
    },
    Rule {
        id: "R3",
        when: words(
            "fetch_failed 或 claim_idle 第一次發生，這個工作與階段尚未重試",
            "fetch_failed or claim_idle for the first time, not yet retried for this job and phase",
        ),
        holds: |fault| !fault.is_repeated() && fault.is_retried() && fault.retry_count == 0,
        then: Repair {
            gate: Some("stuck_claim"),
            action: "touch_retry_once",
            route: words("touch 並重試一次，附原始輸出", "touch and retry once, with the raw output as evidence"),
        },
    },
    Rule {
        id: "R4",
        when: words(
            "fetch_failed 或 claim_idle，這個工作與階段已重試過",
            "fetch_failed or claim_idle, already retried for this job and phase",
        ),
        holds: |fault| !fault.is_repeated() && fault.is_retried() && fault.retry_count > 0,
        then: Repair {
            gate: Some("stuck_claim"),
            action: "diagnose",
            route: words(
                "不再重試，診斷並記下卡住的階段",
                "no further retry; diagnose and record the phase that is stuck",
            ),
        },
    },
    Rule {
        id: "R5",
        when: words("其他事件第一次發生", "any other event for the first time"),
        holds: |fault| !fault.is_repeated() && !fault.is_retried(),
        then: Repair {
            gate: None,
            action: "diagnose",
            route: words("診斷並寫下修復事件", "diagnose and record the event"),
        },
    },
];

/// What was seen of the primary artifact before complete.
#[derive(Clone, Debug)]
pub(super) struct Seen {
    /// Whether the primary artifact is HTML by its name.
    pub is_html: bool,
    /// `None` when there was no answer.
    pub http_status: Option<u32>,
    pub upload_files_count: u32,
    pub expected_upload_count: u32,
}

impl Seen {
    fn says_nothing(&self) -> bool {
        self.http_status.is_none_or(|status| matches!(status, 408 | 425 | 429 | 500..=599))
    }

    fn is_uploaded(&self) -> bool {
        self.expected_upload_count >= 1 && self.upload_files_count == self.expected_upload_count
    }

    fn opens(&self) -> bool {
        self.http_status == Some(200)
    }
}

/// Whether the name or address of an artifact says that it is HTML. A gist names its files in the fragment, with `-` for
/// the dot.
pub(super) fn is_html(artifact: &str) -> bool {
    let (path, fragment) = artifact.split_once('#').unwrap_or((artifact, ""));
    let path = path.split_once('?').map_or(path, |(path, _)| path).to_ascii_lowercase();
    let fragment = fragment.to_ascii_lowercase();
    let gist_file = fragment.strip_prefix("file-");
    [".html", ".htm"].iter().any(|end| path.ends_with(end) && path.len() > end.len())
        || gist_file.is_some_and(|file| file.ends_with("-html") || file.ends_with("-htm"))
}

/// What the guard says.
#[derive(Debug)]
pub(super) struct Guard {
    /// `result` of the check.
    pub result: &'static str,
    pub route: Words,
}

/// The result of a guard that lets a job complete.
pub(super) const PASS: &str = "pass";

/// Whether a job may complete. The first three conditions are those of the design, the others say which part failed.
pub(super) static GUARDS: &[Rule<Seen, Guard>] = &[
    Rule {
        id: "G1",
        when: words(
            "主要成果為 HTML、HTTP 200、上傳數等於預期（至少 1）",
            "the primary artifact is HTML, answers 200, and the upload count is as expected (at least 1)",
        ),
        holds: |seen| seen.is_html && seen.opens() && seen.is_uploaded(),
        then: Guard { result: PASS, route: words("可以 complete", "complete is allowed") },
    },
    Rule {
        id: "G2",
        when: words("408、425、429、5xx 或沒有回應", "408, 425, 429, 5xx or no answer"),
        holds: Seen::says_nothing,
        then: Guard {
            result: "retry_needed",
            route: words("稍後再檢查，不得 complete", "look again later; no complete"),
        },
    },
    Rule {
        id: "G3",
        when: words("主要成果不是 HTML", "the primary artifact is not HTML"),
        holds: |seen| !seen.is_html,
        then: Guard {
            result: "fail",
            route: words("交出 HTML 主要成果後再檢查", "deliver an HTML primary artifact, then look again"),
        },
    },
    Rule {
        id: "G4",
        when: words("回應不是 HTTP 200", "the answer is not HTTP 200"),
        holds: |seen| !seen.opens(),
        then: Guard {
            result: "fail",
            route: words("讓主要成果可以開啟後再檢查", "make the primary artifact open, then look again"),
        },
    },
    Rule {
        id: "G5",
        when: words(
            "上傳數不等於預期，或預期少於 1",
            "the upload count is not as expected, or less than 1 is expected",
        ),
        holds: |seen| !seen.is_uploaded(),
        then: Guard {
            result: "fail",
            route: words("補齊上傳的檔案後再檢查", "upload what is missing, then look again"),
        },
    },
];

/// How much can go wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Risk {
    Low,
    Medium,
    High,
}

impl Risk {
    pub(super) const WORDS: &[&str] = &["low", "medium", "high"];

    pub(super) fn word(self) -> &'static str {
        match self {
            Self::Low => "low",
            Self::Medium => "medium",
            Self::High => "high",
        }
    }

    pub(super) fn from_word(word: &str) -> Option<Self> {
        [Self::Low, Self::Medium, Self::High].into_iter().find(|risk| risk.word() == word)
    }

    /// The risk of an action. A policy may state a higher one and never lowers it; an action that no level names is high.
    pub(super) fn of(action: &str, stated: Option<Self>) -> Self {
        let named =
            POLICIES.iter().find(|policy| policy.actions.contains(&action)).map_or(Self::High, |policy| policy.risk);
        stated.map_or(named, |stated| stated.max(named))
    }

    /// Who has to approve a policy of this risk before it permits anything.
    pub(super) fn approver(self) -> Option<&'static str> {
        match self {
            Self::Low => None,
            Self::Medium => Some(PLS_OWNER),
            Self::High => Some(LOUIS),
        }
    }

    /// Who may approve, reject or retire a policy of this risk.
    pub(super) fn deciders(self) -> &'static [&'static str] {
        match self {
            Self::Low => &[PLS_OWNER, LOUIS],
            Self::Medium => &[PLS_OWNER],
            Self::High => &[LOUIS],
        }
    }
}

/// What a risk level lets a worker do.
pub(super) struct Policy {
    /// Risk level.
    pub risk: Risk,
    /// Actions of this level; an action that no level names is high.
    pub actions: &'static [&'static str],
    /// Who has to approve them.
    pub approval: Words,
}

/// The risk of actions. An action is permitted only when its policy is approved by the role named; else it is proposed
/// only. No action is medium by itself: a policy says so of one.
pub(super) static POLICIES: &[Policy] = &[
    Policy {
        risk: Risk::Low,
        actions: &["diagnose", "touch", "retry_once", "propose", "write_learning_memory"],
        approval: words("不需核准", "no approval needed"),
    },
    Policy { risk: Risk::Medium, actions: &[], approval: words("PLS owner", "the PLS owner") },
    Policy {
        risk: Risk::High,
        actions: &["release", "reclaim", "cross_project_permission", "external_commitment"],
        approval: words("Louis", "Louis"),
    },
];

/// The state of a policy.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum State {
    Draft,
    Approved,
    Rejected,
    Retired,
}

impl State {
    pub(super) const WORDS: &[&str] = &["draft", "approved", "rejected", "retired"];

    pub(super) fn word(self) -> &'static str {
        match self {
            Self::Draft => "draft",
            Self::Approved => "approved",
            Self::Rejected => "rejected",
            Self::Retired => "retired",
        }
    }

    pub(super) fn from_word(word: &str) -> Option<Self> {
        [Self::Draft, Self::Approved, Self::Rejected, Self::Retired].into_iter().find(|state| state.word() == word)
    }
}

/// What a worker wants to do, and the policy about it.
#[derive(Clone, Debug)]
pub(super) struct Wanted {
    pub risk: Risk,
    /// State of the policy; `None` when there is none.
    pub state: Option<State>,
    /// Roles of whoever approved it.
    pub approved_by: Vec<String>,
}

impl Wanted {
    fn is_withdrawn(&self) -> bool {
        matches!(self.state, Some(State::Rejected | State::Retired))
    }

    fn is_approved_by_required(&self) -> bool {
        self.state == Some(State::Approved)
            && self.risk.approver().is_some_and(|role| self.approved_by.iter().any(|by| by == role))
    }
}

/// Whether a worker may act.
#[derive(Debug)]
pub(super) struct Leave {
    /// `permitted` or `propose_only`.
    pub decision: &'static str,
    pub route: Words,
}

/// `decision` that lets a worker act.
pub(super) const PERMITTED: &str = "permitted";
const PROPOSE_ONLY: &str = "propose_only";

/// Whether a worker may act by itself.
pub(super) static LEAVES: &[Rule<Wanted, Leave>] = &[
    Rule {
        id: "W1",
        when: words("low，政策未被拒絕或停用", "low risk, and no policy against it was rejected or retired"),
        holds: |wanted| wanted.risk == Risk::Low && !wanted.is_withdrawn(),
        then: Leave {
            decision: PERMITTED,
            route: words("worker 可自行執行並附原始輸出", "the worker may do it, with the raw output as evidence"),
        },
    },
    Rule {
        id: "W2",
        when: words("政策已被拒絕或停用", "the policy was rejected or retired"),
        holds: Wanted::is_withdrawn,
        then: Leave { decision: PROPOSE_ONLY, route: words("只能提案", "propose only") },
    },
    Rule {
        id: "W3",
        when: words("政策尚未核准", "the policy is not approved"),
        holds: |wanted| wanted.risk != Risk::Low && !wanted.is_withdrawn() && wanted.state != Some(State::Approved),
        then: Leave {
            decision: PROPOSE_ONLY,
            route: words("只能提案，等必要角色核准", "propose only, until the role that it requires approves"),
        },
    },
    Rule {
        id: "W4",
        when: words("政策已由必要角色核准", "the policy is approved by the role that it requires"),
        holds: |wanted| wanted.risk != Risk::Low && wanted.is_approved_by_required(),
        then: Leave {
            decision: PERMITTED,
            route: words("worker 可執行並附原始輸出", "the worker may do it, with the raw output as evidence"),
        },
    },
    Rule {
        id: "W5",
        when: words("政策已核准，但不是必要角色核准的", "the policy is approved, and not by the role that it requires"),
        holds: |wanted| {
            wanted.risk != Risk::Low && wanted.state == Some(State::Approved) && !wanted.is_approved_by_required()
        },
        then: Leave {
            decision: PROPOSE_ONLY,
            route: words("只能提案，等必要角色核准", "propose only, until the role that it requires approves"),
        },
    },
];

/// A change of the state of a policy.
#[derive(Clone, Debug)]
pub(super) struct Change {
    pub risk: Risk,
    pub old_state: State,
    pub new_state: State,
    /// Roles of whoever changed it.
    pub actor_roles: Vec<String>,
    /// Whether the raw command output was kept.
    pub has_output: bool,
    /// Whether a reason was given.
    pub has_reason: bool,
}

impl Change {
    fn is_a_step(&self) -> bool {
        matches!(
            (self.old_state, self.new_state),
            (State::Draft, State::Approved | State::Rejected) | (State::Approved, State::Retired)
        )
    }

    fn is_audited(&self) -> bool {
        self.has_output && self.has_reason
    }

    fn is_authorised(&self) -> bool {
        self.actor_roles.iter().any(|role| self.risk.deciders().contains(&role.as_str()))
    }
}

/// Whether a change of state counts.
#[derive(Debug)]
pub(super) struct Valid {
    /// `valid` or what is wrong.
    pub result: &'static str,
    pub route: Words,
}

/// The result of a change that counts.
pub(super) const VALID: &str = "valid";

/// Whether a change of the state of a policy counts.
pub(super) static CHANGES: &[Rule<Change, Valid>] = &[
    Rule {
        id: "T1",
        when: words(
            "不是 draft→approved、draft→rejected 或 approved→retired",
            "not draft → approved, draft → rejected or approved → retired",
        ),
        holds: |change| !change.is_a_step(),
        then: Valid {
            result: "illegal_transition",
            route: words("變更不採計，政策維持原狀", "the change does not count; the policy stays as it was"),
        },
    },
    Rule {
        id: "T2",
        when: words("缺原始輸出或理由", "no raw command output or no reason"),
        holds: |change| !change.is_audited(),
        then: Valid {
            result: "audit_incomplete",
            route: words("補齊稽核紀錄後才採計", "it counts once the audit is complete"),
        },
    },
    Rule {
        id: "T3",
        when: words("變更者沒有必要角色", "whoever changed it does not have the role that the risk requires"),
        holds: |change| !change.is_authorised(),
        then: Valid {
            result: "not_authorised",
            route: words("由必要角色決定", "the role that the risk requires decides"),
        },
    },
    Rule {
        id: "T4",
        when: words("合法變更、稽核完整、角色相符", "a permitted step, fully audited, by the role that it requires"),
        holds: |change| change.is_a_step() && change.is_audited() && change.is_authorised(),
        then: Valid { result: VALID, route: words("變更生效", "the change takes effect") },
    },
];

/// How far workers took the loop up, as of a moment.
#[derive(Clone, Debug)]
pub(super) struct Adopted {
    /// Observed numbers in the order of [`ADOPTION`].
    pub counts: [u32; 3],
    pub now: Moment,
    /// End of day 7.
    pub due: Moment,
}

impl Adopted {
    fn is_enough(&self) -> bool {
        self.counts.iter().zip(ADOPTION).all(|(count, (_, threshold, _))| count >= threshold)
    }

    fn is_past(&self) -> bool {
        self.now.0 > self.due.0
    }
}

/// Whether workers took the loop up.
#[derive(Debug)]
pub(super) struct Adoption {
    /// `sufficient`, `not_yet` or `worker_adoption_insufficient`.
    pub result: &'static str,
    pub route: Words,
}

/// The result when adoption falls short.
pub(super) const INSUFFICIENT: &str = "worker_adoption_insufficient";

/// Whether workers took the loop up by day 7.
pub(super) static ADOPTIONS: &[Rule<Adopted, Adoption>] = &[
    Rule {
        id: "N1",
        when: words("三項門檻都達到", "all three thresholds are reached"),
        holds: Adopted::is_enough,
        then: Adoption { result: "sufficient", route: words("可以往 D14 前進", "go on to D14") },
    },
    Rule {
        id: "N2",
        when: words("尚未達標，D7 還沒到", "not all are reached, and day 7 is not over"),
        holds: |adopted| !adopted.is_enough() && !adopted.is_past(),
        then: Adoption {
            result: "not_yet",
            route: words("在 D7 前補足缺少的項目", "make up what is missing before day 7"),
        },
    },
    Rule {
        id: "N3",
        when: words("D7 已過仍未達標", "day 7 is over and not all are reached"),
        holds: |adopted| !adopted.is_enough() && adopted.is_past(),
        then: Adoption {
            result: INSUFFICIENT,
            route: words(
                "不升級 agent，維持 watchdog 與人工核准",
                "the agent is not promoted; watchdog and manual approval stay",
            ),
        },
    },
];

/// What must be reached by day 7, else the pack is `worker_adoption_insufficient`: id, threshold and definition.
pub(super) static ADOPTION: &[(&str, u32, Words)] = &[
    ("repair_events", 3, words("D7 前的修復或摩擦事件", "repair or friction events by D7")),
    ("guard_passes", 1, words("artifact_guard 通過次數", "passes of artifact_guard")),
    ("policies_decided", 1, words("已核准或拒絕的政策", "policies approved or rejected")),
];

/// The tables and the gates for `explain`.
pub(super) fn told() -> Vec<Told> {
    let gates = GATES.iter().map(|gate| Told {
        id: gate.id,
        question: question::REPAIR,
        when: gate.trigger,
        decides: Vec::new(),
        route: Some(gate.action),
        is_first: true,
    });
    gates
        .chain(tell(question::REPAIR, REPAIRS, |then| (then.action, then.route)))
        .chain(tell(question::GUARD, GUARDS, |then| (then.result, then.route)))
        .chain(tell(question::POLICY, LEAVES, |then| (then.decision, then.route)))
        .chain(tell(question::TRANSITION, CHANGES, |then| (then.result, then.route)))
        .chain(tell(question::ADOPTION, ADOPTIONS, |then| (then.result, then.route)))
        .collect()
}

fn tell<F, T>(
    question: &'static str,
    table: &'static [Rule<F, T>],
    then: fn(&T) -> (&'static str, Words),
) -> impl Iterator<Item = Told> {
    table.iter().map(move |rule| {
        let (result, route) = then(&rule.then);
        Told { id: rule.id, question, when: rule.when, decides: vec![result], route: Some(route), is_first: true }
    })
}

/// The reliability scorecard: id, title and definition.
pub(super) static SCORECARD: &[(&str, Words, Words)] = &[
    (
        "repeat_rate",
        words("重複發生率", "Repeats"),
        words("同工作、同階段、同類事件重複的比例", "share of events that repeat one of the same job, phase and type"),
    ),
    (
        "retry_success",
        words("重試成功率", "Retry success"),
        words("重試後成功 ÷ 重試次數", "retries that succeeded ÷ retries"),
    ),
    (
        "guard_pass_rate",
        words("成果檢查通過率", "Guard passes"),
        words("通過 ÷ 全部 artifact 檢查", "passes ÷ all artifact checks"),
    ),
    (
        "learning_coverage",
        words("學習涵蓋率", "Learning coverage"),
        words("有教訓的已修復工作 ÷ 已修復工作", "repaired jobs with a lesson ÷ repaired jobs"),
    ),
    (
        "open_proposals",
        words("待決提案", "Open proposals"),
        words("未決的修復提案 ÷ 全部提案", "repair proposals that nobody has decided ÷ all proposals"),
    ),
];

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::decide;

    /// Some rule holds for every fact, and every rule wins for one.
    fn check<F: std::fmt::Debug, T: std::fmt::Debug>(table: &'static [Rule<F, T>], facts: Vec<F>) {
        let winner =
            |facts: F| decide::first(table, &facts).unwrap_or_else(|_| panic!("no rule for {facts:?}")).rule.id;
        let winners: BTreeSet<_> = facts.into_iter().map(winner).collect();
        assert_eq!(winners.into_iter().collect::<Vec<_>>(), table.iter().map(|rule| rule.id).collect::<Vec<_>>());
    }

    const FLAGS: [bool; 2] = [false, true];

    #[test]
    fn repairs_are_total() {
        let mut facts = Vec::new();
        for event_type in EVENTS.iter().copied() {
            for same_event_count in 1..4 {
                for retry_count in 0..3 {
                    for proposal_open in FLAGS {
                        facts.push(Fault { event_type, same_event_count, retry_count, proposal_open });
                    }
                }
            }
        }
        // A retry happens once at most, and never for what came twice.
        for fault in &facts {
            let retried = decide::first(REPAIRS, fault).unwrap().rule.then.action == "touch_retry_once";
            let first = fault.same_event_count == 1 && fault.retry_count == 0;
            assert_eq!(retried, first && ["fetch_failed", "claim_idle"].contains(&fault.event_type), "{fault:?}");
        }
        check(REPAIRS, facts);
    }

    #[test]
    fn guards_are_total_and_pass_only_what_is_whole() {
        let mut facts = Vec::new();
        for is_html in FLAGS {
            for http_status in std::iter::once(None).chain((100..=599).map(Some)) {
                for (upload_files_count, expected_upload_count) in
                    [(0, 0), (0, 1), (1, 1), (12, 13), (13, 12), (13, 13)]
                {
                    facts.push(Seen { is_html, http_status, upload_files_count, expected_upload_count });
                }
            }
        }
        for seen in &facts {
            let result = decide::first(GUARDS, seen).unwrap().rule.then.result;
            let uploaded = seen.upload_files_count == seen.expected_upload_count && seen.upload_files_count > 0;
            let expected = match seen.http_status {
                Some(200) if seen.is_html && uploaded => "pass",
                None | Some(408 | 425 | 429) => "retry_needed",
                Some(status) if status >= 500 => "retry_needed",
                _ => "fail",
            };
            assert_eq!(result, expected, "{seen:?}");
        }
        check(GUARDS, facts);
    }

    #[test]
    fn leaves_are_total_and_nothing_risky_goes_without_approval() {
        let states = [None, Some(State::Draft), Some(State::Approved), Some(State::Rejected), Some(State::Retired)];
        let by = [vec![], vec!["worker"], vec![PLS_OWNER], vec![LOUIS], vec![PLS_OWNER, LOUIS]];
        let mut facts = Vec::new();
        for risk in [Risk::Low, Risk::Medium, Risk::High] {
            for state in states {
                for roles in &by {
                    let approved_by = roles.iter().map(|role| (*role).to_owned()).collect();
                    facts.push(Wanted { risk, state, approved_by });
                }
            }
        }
        for wanted in &facts {
            let permitted = decide::first(LEAVES, wanted).unwrap().rule.then.decision == "permitted";
            let by =
                |role: &str| wanted.state == Some(State::Approved) && wanted.approved_by.iter().any(|by| by == role);
            let expected = match wanted.risk {
                Risk::Low => !matches!(wanted.state, Some(State::Rejected | State::Retired)),
                Risk::Medium => by("pls_owner"),
                Risk::High => by("ceo"),
            };
            assert_eq!(permitted, expected, "{wanted:?}");
        }
        check(LEAVES, facts);
    }

    #[test]
    fn changes_are_total() {
        let states = [State::Draft, State::Approved, State::Rejected, State::Retired];
        let mut facts = Vec::new();
        for risk in [Risk::Low, Risk::Medium, Risk::High] {
            for old_state in states {
                for new_state in states {
                    for role in ["worker", PLS_OWNER, LOUIS] {
                        for has_output in FLAGS {
                            for has_reason in FLAGS {
                                let actor_roles = vec![role.to_owned()];
                                facts.push(Change { risk, old_state, new_state, actor_roles, has_output, has_reason });
                            }
                        }
                    }
                }
            }
        }
        check(CHANGES, facts);
    }

    #[test]
    fn adoptions_are_total() {
        let moment = |text: &str| (text.parse().unwrap(), text.to_owned());
        let due = || moment("2026-05-31T18:00:00+08:00");
        let mut facts = Vec::new();
        for events in [0, 2, 3, 4] {
            for passes in 0..3 {
                for decided in 0..3 {
                    for now in ["2026-05-31T17:59:59+08:00", "2026-05-31T18:00:00+08:00", "2026-05-31T18:00:01+08:00"] {
                        facts.push(Adopted { counts: [events, passes, decided], now: moment(now), due: due() });
                    }
                }
            }
        }
        check(ADOPTIONS, facts);
    }

    #[test]
    fn an_action_is_as_risky_as_the_table_or_its_policy_says() {
        let check = |action: &str, stated, expected| assert_eq!(Risk::of(action, stated), expected, "{action}");
        check("touch", None, Risk::Low);
        check("touch", Some(Risk::Medium), Risk::Medium);
        check("release", Some(Risk::Low), Risk::High);
        check("delete_workspace", None, Risk::High);
        check("delete_workspace", Some(Risk::Medium), Risk::High);
    }

    #[test]
    fn html_is_told_by_its_name() {
        let check = |artifact: &str, expected: bool| assert_eq!(is_html(artifact), expected, "{artifact}");
        check("console.html", true);
        check("https://gist.example/a/b#file-console-html", true);
        check("https://a.example/Console.HTM?x=1#top", true);
        check("production-brief.md", false);
        check("https://gist.example/a/b#file-brief-md", false);
        check("https://a.example/brief.md?as=.html", false);
        check(".html", false);
    }
}
