//! Finding codes that only packs about dispatched runs report: what does not hold in the exported state, or needs
//! somebody.

use crate::codes::{Code, codes, lower};
use crate::finding::Severity::Warning;
use crate::lang::words;

codes! {
    pub(super),
    RUNNING_PAST_BUDGET: Warning, "執行超過角色時限", "task that runs longer than its role may",
        "A running task whose result was lost never ends by itself and cannot be put back; nobody else will notice it.",
        "a test-writer task that has been running for 30 hours",
        "See whether its connector is alive; if not, end the task by hand and apply it again.";
    TASK_FAILED: Warning, "派工失敗", "dispatched task that failed",
        "The task came back with an error. Its work status was not changed, so it still looks open.",
        "error_kind rate_limited",
        "Do what the message says helps, then put the task back into the queue.";
    CLAIM_WILL_FAIL: Warning, "領取時會失敗", "queued task that will fail when it is claimed",
        "The source of the task names no role, or none that tasks may be dispatched to. The next claim fails it.",
        "source role_dispatch:dispatcher",
        "Apply the candidate again with a role of the catalogue.";
    UNKNOWN_ROLE: Warning, "目錄中沒有的角色", "role that the catalogue does not have",
        "The role is kept and shown as it is, but nothing is known of it: neither its time limit nor what its result has to hold. A task that is put back for it fails when it is claimed.",
        "source role_dispatch:security-reviewer on a failed task",
        "Apply the candidate again with a role of the catalogue; putting the task back does not help.";
    RESULT_INVALID: Warning, "結果格式不符", "result that is not what its role has to give",
        "A completed task holds a result without the keys that its role has to give, so nothing of it can be used.",
        "a code-reviewer result without `findings`",
        "Mend the prompt of the role, then dispatch the task again.";
    FILE_REFUSED: Warning, "檔案不會寫入", "file of a result that would not be written",
        "The dry run refuses the file. Nothing is written by proofpack; the connector would skip the file or harm the repository.",
        "a file whose path is ../outside.txt",
        "See what the role was after; a safe path in the repository, with contents, is written.";
    FILE_NOT_PORTABLE: Warning, "檔名並非各系統通用", "file whose name is not the same on every system",
        "The connector would write the file, but another system cannot, or takes it for another file, or people read another name in it than it has.",
        "a file named aux.rs, notes. or 12:00.md, or one with a mark that turns the direction of its name",
        "Ask the role for a plain name before the file is committed.";
    CONNECTOR_STALE: Warning, "連接器回報過舊", "connector whose last report is old",
        "A connector that dies leaves its last busy phase behind, and busy phases are never forgotten.",
        "dispatching, last heard of 40 minutes ago",
        "See whether the connector runs; restart it, then look at the task that it held.";
    IDLE_KEPT: Warning, "閒置紀錄未清除", "idle report that should have been forgotten",
        "The server forgets idle reports after five minutes. One that is older says that the clearing does not run, or that the export is older than the moment it is judged as of.",
        "phase idle, last heard of 3 hours ago",
        "Export again, or see whether the server still clears its reports.";
    LEASE_EXPIRED: Warning, "規劃租約逾期", "planning run whose lease has run out",
        "The connector did not come back in time. The run goes back into the queue, and what it did is lost.",
        "dispatch_status leased with a lease_expires_at of yesterday",
        "See whether its connector is alive; the run may be claimed again.";
    CATALOGUE_DRIFT: Warning, "角色目錄與提示檔不符", "catalogue and prompt files that disagree",
        "What people see of a role is not what its prompt says, so results are judged by another rule than they were asked for.",
        "version 2 in roles/test-writer.md, version 1 in the catalogue",
        "Bring both to the same title, version, use case and category.";
    SUGGESTION_UNUSABLE: Warning, "角色建議不可用", "role suggestion that cannot be used",
        "The router named no role of the catalogue, or its answer cannot be read. Nothing is applied by itself.",
        "a suggestion for `dispatcher`, which is a meta role",
        "Choose the role by hand.";
    AUDIT_INVALID: Warning, "角色稽核不成立", "audit of execution roles that does not hold",
        "The audit is only ever added to. A row that is not as it has to be, or does not follow from the one before it, means that somebody changed a role without a trace.",
        "an old_value that is not the new_value before it",
        "Find out who changed the role, and have the change recorded; rows are never mended.";
    SNAPSHOT_UNREADABLE: Warning, "情境快照無法讀取", "context snapshot that cannot be read",
        "The stored envelope is no JSON object, so nobody can tell what the run was given.",
        "a snapshot that was cut off in the database",
        "Take the snapshot from its source again; the run's decisions have no other evidence of their context.";
    CONTEXT_INVALID: Warning, "規劃情境不符規格", "planning context that is not as it has to be",
        "The stored envelope can be read, but says what no server of its version writes, or contradicts the row it stands in; decisions made from it rest on something else.",
        "an envelope of another pack than its row names, or 400 open tasks where 100 is the limit",
        "Find out what wrote the snapshot; take it from its source again.";
    FEEDBACK_MISMATCH: Warning, "回饋與決定不符", "feedback that does not fit the decision",
        "The feedback is of no known kind, or of one for the opposite decision, so the distribution misleads.",
        "good_fit on a rejected candidate",
        "Correct the feedback, or the decision.";
    UNREDACTED: Warning, "文字含有應遮蔽的內容", "text that should have been redacted",
        "A title, message or summary holds something of a form that is taken out before it is stored. Pages show it redacted.",
        "token=… in an agent run's summary",
        "Revoke what was exposed, and redact it where the text is written.";
}
