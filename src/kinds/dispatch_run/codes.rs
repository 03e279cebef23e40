//! Finding codes that only packs about dispatched runs report, the most pressing first: what does not hold in the
//! exported state, or needs somebody.

use crate::codes::{codes, lower};
use crate::finding::Code;
use crate::finding::Severity::Warning;
use crate::lang::words;

codes! {
    pub(super),
    UNREDACTED: Warning, "文字含有應遮蔽的內容", "text that should have been redacted",
        "A title, message or summary holds something of a form that is taken out before it is stored. Pages show it redacted.",
        "token=… in an agent run's summary",
        "Revoke what was exposed, and redact it where the text is written.",
        "撤銷外洩的內容，並在寫入處先遮蔽。";
    RUNNING_PAST_BUDGET: Warning, "執行超過角色時限", "task that runs longer than its role may",
        "A running task whose result was lost never ends by itself and cannot be put back; nobody else will notice it.",
        "a test-writer task that has been running for 30 hours",
        "See whether its connector is alive; if not, end the task by hand and apply it again.",
        "確認連接器是否還活著；若否，由人結束任務並重新套用。";
    RUNNING_SINCE_UNKNOWN: Warning, "執行多久不明", "running task that does not say since when",
        "Without a readable time of its last update nobody can tell whether the task is stuck, and nothing ends it by itself.",
        "a running task whose updated_at is null",
        "Look the task up on the server, and export the time of its last update.",
        "在伺服器上查看任務，並匯出它的更新時間。";
    TASK_FAILED: Warning, "派工失敗", "dispatched task that failed",
        "The task came back with an error. Its work status was not changed, so it still looks open.",
        "error_kind rate_limited",
        "Do what helps against its message; then put it back into the queue, if it was dispatched to a role.",
        "依訊息排除原因；角色派工的任務再重新排入佇列。";
    PLANNING_FAILED: Warning, "規劃失敗", "planning run that failed",
        "The run came back with an error and proposed nothing. Its requirement waits until somebody plans it again.",
        "error_kind adapter_timeout",
        "Do what helps against its message, then plan the requirement again.",
        "依訊息排除原因，再重新規劃該需求。";
    NEVER_CLAIMED: Warning, "不會被領取的排隊任務", "queued task that no claim looks at",
        "Claims look only at tasks whose source begins with role_dispatch, to the letter. This one waits for ever, and nobody is told.",
        "source role-dispatch:test-writer on a queued task",
        "Apply the candidate again as a dispatch to a role, or take the task out of the queue.",
        "以角色派工重新套用候選項目，或把任務移出佇列。";
    CLAIM_WILL_FAIL: Warning, "領取時會失敗", "queued task that will fail when it is claimed",
        "The source of the task names no role, or none that tasks may be dispatched to. The next claim fails it.",
        "source role_dispatch:dispatcher",
        "Apply the candidate again with a role of the catalogue.",
        "選擇目錄中的角色，重新套用候選項目。";
    UNKNOWN_ROLE: Warning, "不能派工的角色", "role that nobody can be dispatched as",
        "The catalogue does not have the role, or has it as a meta role, which only serves the others. It is kept and shown as it is; a task that is dispatched or put back for it fails when it is claimed.",
        "source role_dispatch:security-reviewer on a failed task, or execution_role dispatcher on a candidate",
        "Choose a role of the catalogue and apply the candidate again; putting a task back does not help.",
        "選擇目錄中的角色，重新套用候選項目；重新排入佇列沒有用。";
    RESULT_INVALID: Warning, "結果格式不符", "result that is not what its role has to give",
        "A completed task holds a result that cannot be read, or one without the keys that its role has to give, so nothing of it can be used.",
        "a code-reviewer result without `findings`",
        "Mend the prompt of the role, then dispatch the task again.",
        "修正該角色的提示，再派一次。";
    FILE_REFUSED: Warning, "檔案不會寫入", "file of a result that would not be written",
        "The dry run refuses the file. Nothing is written by proofpack; the connector would skip the file or harm the repository.",
        "a file whose path is ../outside.txt",
        "See what the role was after; a safe path in the repository, with contents, is written.",
        "確認角色想寫什麼；路徑在儲存庫內且有內容才會寫入。";
    FILE_NOT_PORTABLE: Warning, "檔名並非各系統通用", "file whose name is not the same on every system",
        "The connector would write the file, but another system cannot, or takes it for another file, or people read another name in it than it has.",
        "a file named aux.rs, notes. or 12:00.md, or one with a mark that turns the direction of its name",
        "Ask the role for a plain name before the file is committed.",
        "請角色改用一般的檔名，再提交該檔。";
    CONNECTOR_STALE: Warning, "連接器回報過舊", "connector whose last report is old",
        "A connector that dies leaves its last busy phase behind, and busy phases are never forgotten.",
        "dispatching, last heard of 40 minutes ago",
        "See whether the connector runs; restart it, then look at the task that it held.",
        "確認連接器是否在執行；重新啟動後，檢查它手上的任務。";
    IDLE_KEPT: Warning, "閒置紀錄未清除", "idle report that should have been forgotten",
        "The server forgets idle reports after five minutes. One that is older says that the clearing does not run, or that the export is older than the moment it is judged as of.",
        "phase idle, last heard of 3 hours ago",
        "Export again, or see whether the server still clears its reports.",
        "重新匯出，或確認伺服器仍會清除閒置紀錄。";
    LEASE_EXPIRED: Warning, "規劃租約逾期", "planning run whose lease has run out",
        "The connector did not come back in time. The run goes back into the queue, and what it did is lost.",
        "dispatch_status leased with a lease_expires_at of yesterday",
        "See whether its connector is alive; the run may be claimed again.",
        "確認連接器是否還活著；這次規劃可重新領取。";
    CATALOGUE_DRIFT: Warning, "角色目錄與提示檔不符", "catalogue and prompt files that disagree",
        "What people see of a role is not what its prompt says, so results are judged by another rule than they were asked for.",
        "version 2 in roles/test-writer.md, version 1 in the catalogue",
        "Bring both to the same title, version, use case and category.",
        "讓兩邊的標題、版本、用途與類別一致。";
    SUGGESTION_UNUSABLE: Warning, "角色建議不可用", "role suggestion that cannot be used",
        "The router named no role of the catalogue, or its answer cannot be read. Nothing is applied by itself.",
        "a suggestion for `dispatcher`, which is a meta role",
        "Choose the role by hand.",
        "由人選定角色。";
    AUDIT_INVALID: Warning, "角色稽核不成立", "audit of execution roles that does not hold",
        "The audit is only ever added to. A row that is not as it has to be, or does not follow from the one before it, means that somebody changed a role without a trace.",
        "an old_value that is not the new_value before it",
        "Find out who changed the role, and have the change recorded; rows are never mended.",
        "查明誰改了角色並補上紀錄；既有紀錄不得修改。";
    SNAPSHOT_UNREADABLE: Warning, "情境快照無法讀取", "context snapshot that cannot be read",
        "The stored envelope is no JSON object, so nobody can tell what the run was given.",
        "a snapshot that was cut off in the database",
        "Take the snapshot from its source again; the run's decisions have no other evidence of their context.",
        "從來源重新匯出快照。";
    CONTEXT_INVALID: Warning, "規劃情境不符規格", "planning context that is not as it has to be",
        "The stored envelope can be read, but says what no server of its version writes, or contradicts the row it stands in or itself; decisions made from it rest on something else.",
        "an envelope of another pack than its row names, 400 open tasks where 100 is the limit, or a task that is done among the open ones",
        "Find out what wrote the snapshot; take it from its source again.",
        "查明快照由誰寫入，並從來源重新匯出。";
    FEEDBACK_MISMATCH: Warning, "回饋與決定不符", "feedback that does not fit the decision",
        "The feedback is of no known kind, or of one for the opposite decision, so the distribution misleads.",
        "good_fit on a rejected candidate",
        "Correct the feedback, or the decision.",
        "修正回饋或決定。";
}
