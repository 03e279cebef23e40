//! The routing table: the first rule that holds wins, and one always does (design 5.1, seed 000).

use crate::lang::{Words, words};

/// One line of the routing table.
pub(super) struct Rule {
    /// Stable id.
    pub id: &'static str,
    /// When it holds, in words.
    pub when: Words,
    /// `preflight_result` of the run.
    pub result: &'static str,
    /// `dispatch_decision` of the run.
    pub decision: &'static str,
    /// Who has to do what next.
    pub route: Words,
}

/// The routing table in the order in which it is asked.
pub(super) static RULES: &[Rule] = &[
    Rule {
        id: "P0",
        when: words(
            "有簽核的覆寫：決策紀錄編號與授權角色（CEO）俱全",
            "a signed override: a decision record and an authorised role (CEO)",
        ),
        result: "allowed_build",
        decision: "create_build_job",
        route: words("建立一次產製工作，並記下這次覆寫", "build once; the override is recorded"),
    },
    Rule {
        id: "P1",
        when: words("登錄中沒有可用成果", "no usable artifact in the registry"),
        result: "allowed_build",
        decision: "create_build_job",
        route: words("建立產製工作", "build"),
    },
    Rule {
        id: "P2",
        when: words(
            "採用審核為 revise，且段落編號與理由俱全",
            "adoption review is `revise` with section id and reason",
        ),
        result: "allowed_build",
        decision: "create_gap_task",
        route: words("只修該段落，不重做整份", "revise that section only, never a full rebuild"),
    },
    Rule {
        id: "P3",
        when: words(
            "採用審核為 revise，但缺段落編號或理由",
            "adoption review is `revise` without section id or reason",
        ),
        result: "need_adoption_review",
        decision: "create_gap_task",
        route: words("產品負責人補上段落與理由", "product owner names section and reason"),
    },
    Rule {
        id: "P4",
        when: words("尚無採用審核，未逾期（或無期限）", "no adoption review, not past due (or no due date)"),
        result: "need_adoption_review",
        decision: "create_gap_task",
        route: words("產品負責人回覆採用與否", "product owner reviews"),
    },
    Rule {
        id: "P5",
        when: words("尚無採用審核，已逾期", "no adoption review, past due"),
        result: "no_response",
        decision: "create_gap_task",
        route: words("升級給 CEO 處理", "escalated to the CEO"),
    },
    Rule {
        id: "P6",
        when: words(
            "證據不足，或已採用但有效拜訪少於 2 筆",
            "evidence gap, or accepted with fewer than 2 valid visits",
        ),
        result: "need_visit_evidence",
        decision: "create_gap_task",
        route: words("客成補拜訪證據", "customer success adds visit evidence"),
    },
    Rule {
        id: "P7",
        when: words(
            "已採用、拜訪 2 筆以上，但案例授權為 blocked 或 unknown",
            "accepted, 2 or more visits, case scope blocked or unknown",
        ),
        result: "case_blocked",
        decision: "create_gap_task",
        route: words("取得案例授權；對外提案暫停", "case authorisation; the outside proposal waits"),
    },
    Rule {
        id: "P8",
        when: words("已採用、拜訪 2 筆以上、案例授權為 safe", "accepted, 2 or more visits, case scope safe"),
        result: "close_ready",
        decision: "close_action",
        route: words("關閉行動，派出提案模組", "close the action and spawn the proposal module"),
    },
];

/// What may be counted: id, title and definition with numerator and denominator.
pub(super) static METRICS: &[(&str, Words, Words)] = &[
    (
        "duplicate_job_rate",
        words("重複產製率", "Duplicate jobs"),
        words(
            "同一行動已有可用成果仍建立的產製工作 ÷ 全部產製工作",
            "build jobs for an action that had usable artifacts ÷ all build jobs",
        ),
    ),
    (
        "suppressed_build_count",
        words("擋下的產製", "Suppressed builds"),
        words("檢查後未建立產製工作的次數", "preflight runs that created no build job"),
    ),
    ("gap_dispatch_count", words("派出的缺口任務", "Gap tasks"), words("派出的缺口任務數", "gap tasks created")),
    (
        "close_ready_count",
        words("可結案次數", "Ready to close"),
        words("檢查結果為 close_ready 的次數", "preflight runs that ended in close_ready"),
    ),
    (
        "close_latency",
        words("結案時間", "Time to close"),
        words("訊號到關閉的時間中位數", "median time from signal to close"),
    ),
    (
        "proposal_module_spawned",
        words("派出的提案模組", "Proposal modules"),
        words("關閉後派出的提案模組數 ÷ 關閉數", "proposal modules spawned ÷ actions closed"),
    ),
];
