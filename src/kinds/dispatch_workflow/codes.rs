//! The finding codes that only this kind reports: what cannot be right in its exports, and what they say of issues and
//! pull requests that breaks the contract. The latter is a warning: the pack tells it faithfully, a person has to look.

use crate::codes::{codes, lower};
use crate::finding::Code;
use crate::finding::Severity::{Error, Notice, Warning};
use crate::lang::words;

codes! {
    pub(super),
    UNKNOWN_LANE: Warning, "未知的 lane", "lane that does not exist",
        "An export names a lane that is neither known nor an older name of one. The text is kept, the item is shown, and no worker takes it.",
        "\"lane\": \"blue\"",
        "Correct the lane on the server, or add it to the lane configuration.",
        "請改正伺服器上的 lane 名稱，或把它加入 lane 設定。",
        [
            "lane `{}` of {} in {} is not known" => "lane `{}` 不是已知的 lane：{} 筆，在 {}",
        ];
    UNKNOWN_STATE: Warning, "未說明是否開啟", "issue or pull request that does not say whether it is open",
        "Most rules hold only of what is open or only of what is closed. They are not checked for it, and nothing is planned on top of it.",
        "\"state\": null",
        "Export the state as open or closed, of a pull request also as merged; any case will do.",
        "請匯出 state：open 或 closed，PR 另有 merged，大小寫不拘。",
        [
            "{} does not say whether it is open" => "{} 沒有說明是否開啟",
        ];
    UNLINKED_PULL_REQUEST: Notice, "PR 未說明屬於哪個 issue", "open pull request that does not say which issue it is for",
        "It names no issue, neither in `issueNumber` nor in its body, its branch or the work that led to it. It may be for any issue of its repository, so whether one of them lacks an open pull request is not checked.",
        "a body without Fixes #n, exported without issueNumber",
        "Export issueNumber, null when it is for none, or begin the body with Fixes #n.",
        "請匯出 issueNumber，不屬於任何 issue 時為 null；或讓內文以 Fixes #n 開頭。",
        [
            "{} does not say which issue it is for" => "{} 沒說是哪個 issue 的",
        ];
    STATUS_CONTRACT: Warning, "違反狀態合約", "issue that breaks the status contract",
        "Workers and servers go by the status. An issue in an illegal one is done twice, or never.",
        "an open issue labelled status/done",
        "Look up the live state, then do what the hint says.",
        "請先查當下狀態，再照「狀態合約」表裡這一筆的「怎麼辦」處理。",
        [
            "{}: {} ({})" => "{}：{}",
        ];
    PULL_REQUEST_FORM: Warning, "PR 寫法不符", "open pull request that is not written as agreed",
        "Automation finds the issue, the worker and the branch by how a pull request is written.",
        "a body that does not begin with Fixes #n",
        "Mend the pull request as the message says.",
        "請照「PR 寫法」表裡的說明改正或關閉這個 PR。",
        [
            "{}: {} ({})" => "{}：{}",
        ];
    PROBE_DIFFERS: Warning, "探測與其他匯出不符", "probe that says something else than the other exports",
        "Schedules follow the probes. One that contradicts itself, or that came before or after the other exports, starts a worker for nothing or leaves work lying.",
        "the probe says clear, the PR-fix queue has an item of the lane",
        "Probe the lane again, and export everything at the same moment.",
        "請重新探測這個 lane，並在同一時間匯出其他資料。",
        [
            "{}: {} (probe `{}`, exports `{}`)" => "{}：{}（探測 `{}`，依匯出推算 `{}`）",
            "its action is not a known word" => "探測的 action 不是已知的字",
            "its flags are not those of its action" => "探測的旗標與它的 action 不符",
            "by the other exports the worker would do something else" => "其他匯出推算的結果不同",
        ];
    LAST_TEXT: Warning, "Worker 結尾不合格", "last text of a worker that is refused",
        "Whoever reads the end of a run goes by its form. Of a text without one nobody knows whether the work is done.",
        "Pipeline is clear. (said in the lane cloud)",
        "Look at the worker's log, and have it report one of the forms.",
        "請看 worker 的紀錄，讓它照合格的格式重新回報。",
        [
            "{}: {} ({})" => "{}：{}",
        ];
    UPDATE_REFUSED: Warning, "回報不合合約", "checkpoint or status that breaks the contract",
        "The server refuses it, or takes the work for something that it is not.",
        "a status of done while the pull request is open",
        "Report again as the contract says: the checkpoint PR_OPENED first, then the status in-review.",
        "請照合約重新回報：先檢查點 PR_OPENED，再改狀態 in-review。",
        [
            "{}: {} ({})" => "{}：{}",
        ];
    WORK_HELD_TWICE: Warning, "同時持有多項工作", "agent with more than one active work",
        "A start releases what the agent held before, so an agent has one active work at most. With two, nobody knows which one goes on, and the other one stays locked.",
        "saffron-local is IN_PROGRESS on #103 and BLOCKED on #108",
        "Find out which one the agent works on, and release the others.",
        "請問出這個 agent 在做哪一個，並釋放其餘的。",
        [
            "{} holds {} at once" => "{} 同時持有 {}",
        ];
    LANE_CONFIGURATION: Error, "lane 設定有誤", "lane configuration that cannot be used",
        "With a configuration like this the server would refuse to start or hide work.",
        "\"lanes\": []",
        "Correct what the message says in the server's lane configuration, then export again.",
        "請改正伺服器的 lane 設定後重新匯出。",
        [
            "{}: {}" => "lane 設定有誤：{}",
        ];
    AUDIT_BREAKDOWN: Warning, "稽核拆分讀不出子 issue", "breakdown without a child",
        "The audit has a breakdown section, but nothing in it is a child issue, so decomposing it would do nothing.",
        "### Cache invoices (without [P1])",
        "Write one `### [P1] Title` block for each child issue.",
        "請為每個子 issue 寫一段 `### [P1] 標題`。",
        [
            "{} has a breakdown without a child" => "{} 的拆分段落讀不出子 issue",
        ];
    AUDIT_CHILD_FIELDS: Warning, "稽核的子 issue 缺少欄位", "recommended child issue without a field that it has to have",
        "Who takes the child reads what is wrong, how it is known and when it is done. Without one of them the child is guessed at, or left lying.",
        "a block without **Evidence:**",
        "Add **Problem:**, **Evidence:** and **Acceptance:** to the block before it is decomposed.",
        "請在拆分之前為這一段補上 **Problem:**、**Evidence:**、**Acceptance:**。",
        [
            "{}: `{}` lacks {}" => "{}：`{}` 缺少 {}",
        ];
    UNSAFE_TEMPLATE: Warning, "範本含不可公開的內容", "template that is not safe to publish",
        "A template becomes public; what is in it cannot be taken back.",
        "DISPATCH_URL=http://dispatch.internal:3000",
        "Take out or replace what stands in the line that the message names.",
        "請拿掉或改寫訊息所指的那一行；怎麼改見「提示詞範本」的表。",
        [
            "{} in line {} ({})" => "{}，第 {} 行",
        ];
}
