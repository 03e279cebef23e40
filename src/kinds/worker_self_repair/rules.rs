//! Gates, policies and the adoption threshold (design 5.2, seed 001).

use crate::lang::{Words, words};

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

/// What a risk level lets a worker do.
pub(super) struct Policy {
    /// Risk level.
    pub risk: &'static str,
    /// Actions of this level; an action that no level names is high.
    pub actions: &'static [&'static str],
    /// Who has to approve them.
    pub approval: Words,
}

/// The policy table. An action is permitted only when its policy is approved by the role named; else it is proposed only.
pub(super) static POLICIES: &[Policy] = &[
    Policy {
        risk: "low",
        actions: &["diagnose", "touch", "retry_once", "propose", "write_learning_memory"],
        approval: words("不需核准", "no approval needed"),
    },
    Policy { risk: "medium", actions: &[], approval: words("PLS owner", "the PLS owner") },
    Policy {
        risk: "high",
        actions: &["release", "reclaim", "cross_project_permission", "external_commitment"],
        approval: words("Louis", "Louis"),
    },
];

/// What must be reached by day 7, else the pack is `worker_adoption_insufficient`: id, threshold and definition.
pub(super) static ADOPTION: &[(&str, u32, Words)] = &[
    ("repair_events", 3, words("D7 前的修復或摩擦事件", "repair or friction events by D7")),
    ("guard_passes", 1, words("artifact_guard 通過次數", "passes of artifact_guard")),
    ("policies_decided", 1, words("已核准或拒絕的政策", "policies approved or rejected")),
];

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
        words("未決的修復提案", "repair proposals that nobody has decided"),
    ),
];
