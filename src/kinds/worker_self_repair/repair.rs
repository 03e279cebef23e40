//! What a worker does about a fault: the gates of the repair loop and the table of repairs (design 5.2, seed 001).

use crate::decide::Rule;
use crate::lang::{Words, words};

/// What may go wrong for a worker.
pub(super) const EVENTS: &[&str] =
    &["fetch_failed", "schema_error", "artifact_missing", "claim_idle", "lease_risk", "manual_blocker"];
/// Those of them that are retried once.
const RETRIED: &[&str] = &["fetch_failed", "claim_idle"];
/// The same event so often calls for a repair proposal.
pub(super) const REPEATED: u32 = 2;

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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::decide;
    use crate::kinds::worker_self_repair::rules::every_rule_wins;

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
        every_rule_wins(REPAIRS, facts);
    }
}
