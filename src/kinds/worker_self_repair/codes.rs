//! Finding codes that only self-repair reports.

use crate::codes::{codes, lower};
use crate::finding::Code;
use crate::finding::Severity::{Error, Warning};
use crate::lang::words;

codes! {
    pub(super),
    RETRIED_AGAIN: Error, "重試超過一次", "retried a second time",
        "For each job and phase a worker touches and retries once. The second time it diagnoses or proposes.",
        "two events of one job and phase with repair_action touch_retry_once",
        "Do not retry again; write the repair proposal. Correct the record when it is the record that is wrong.";
    NOT_PERMITTED: Error, "未獲准的處置", "done without leave",
        "A worker does by itself only what is of low risk or what its policy permitted at that moment. An action that no rule names is high.",
        "repair_action release while the policy about release is a draft",
        "Have whoever may decide look at what was done, and approve or reject the policy. Correct the record when it is the record that is wrong.";
    NO_OUTPUT: Error, "沒有原始輸出", "repair without raw output",
        "A repair without what the command printed is a claim and no evidence.",
        "raw_command_output is {}",
        "Write command, exit_code and output.";
    PROPOSAL_MISSING: Warning, "缺修復提案", "repair proposal missing",
        "The same event came twice for a job and phase, and nobody has proposed a repair. It must not be completed meanwhile.",
        "two schema_error in progress and no row in repair_proposals",
        "Write one proposal for the job, phase and event type.";
    PROPOSAL_REPEATED: Error, "重複的修復提案", "repair proposal made twice",
        "A repeated fault has one proposal, however often it comes back.",
        "two rows of repair_proposals with the same job, phase and event type",
        "Keep one of them.";
    GUARD_DISAGREES: Error, "守門結果與事實不符", "guard result that the facts do not give",
        "The recorded result of a check is not what follows from its status and counts. The check does not count as a pass.",
        "`pass` with HTTP 404; `pass` without an expected count",
        "Look at the artifact again and record what is seen.";
    POLICY_AUDIT: Error, "政策與稽核不符", "policy that its audit does not bear out",
        "A policy has the state to which permitted, audited changes by the required role lead, and no other.",
        "status approved without an audit entry; draft → retired; release approved by the PLS owner",
        "Have whoever may decide change the policy, with output and reason on the audit.";
    RISK_UNDERSTATED: Warning, "風險低報", "risk stated too low",
        "The rules know a higher risk for the action than the policy states. The higher one counts.",
        "release with risk_level low",
        "State the risk that the rules name.";
}
