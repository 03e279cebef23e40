//! The exports that the kind reads, each declared once: the declaration checks the file and documents it.

use crate::check::export::{Export, Form};
use crate::check::shape::{Key, Shape, Type, optional, required};
use crate::kinds::dispatch_workflow::{updates, work};
use crate::lang::words;

const fn open(about: &'static str, keys: &'static [Key]) -> Shape {
    Shape { about, keys, closed: false }
}

/// A text or nothing.
const TEXT: Type = Type::Nullable(&Type::AnyText);
/// Labels are texts, or tables with a name.
const LABELS: Type = Type::Nullable(&Type::List(&Type::Any));
const TEXTS: Type = Type::Nullable(&Type::List(&Type::AnyText));
const COUNT: Type = Type::Nullable(&Type::Count);
const FLAG: Type = Type::Nullable(&Type::Bool);

static LANE: Shape = open(
    "A lane.",
    &[
        required("id", Type::Any, "its name"),
        required("title", Type::Any, "what people call it"),
        required("claimable", Type::Any, "whether workers may claim in it"),
        optional("defaultAgent", TEXT, "the agent that works in it"),
    ],
);
static LANE_CONFIG: Shape = open(
    "The lane configuration of the server.",
    &[
        required("lanes", Type::List(&Type::Table(&LANE)), "the lanes"),
        optional(
            "prFixEvidenceLimit",
            COUNT,
            "distinct pieces of evidence of a PR-fix item before a person has to look; 5 without",
        ),
        optional("laneAliases", Type::Map(&Type::AnyText), "older names and the lane that each means"),
    ],
);
static ISSUE: Shape = open(
    "An issue.",
    &[
        required("number", Type::Count, "its number"),
        optional("repoFullName", TEXT, "owner/repo"),
        optional("title", TEXT, "its title"),
        optional("state", TEXT, "open or closed, in any case; without it most rules are not checked"),
        optional("body", TEXT, "its body; children of audits are known by the marker in it"),
        optional("labels", LABELS, "its labels, as texts or with a name"),
        optional("status", TEXT, "its status, with or without `status/`; beats the label"),
        optional("lane", TEXT, "its lane"),
        optional("claimable", FLAG, "whether it may be claimed"),
    ],
);
static QUEUED: Shape = open(
    "A row of the queue, in its order.",
    &[
        optional("issueId", TEXT, "the server's id of the issue"),
        optional("repoFullName", TEXT, "owner/repo"),
        optional("number", COUNT, "number of the issue"),
        optional("title", TEXT, "its title"),
        optional("labels", LABELS, "its labels"),
        optional("lane", TEXT, "its lane; without one it is for every lane"),
        optional("status", TEXT, "its status"),
        optional("claimable", Type::Any, "only a true that is a boolean counts"),
        optional("agentMatch", Type::Any, "whether it belongs to the agent that asked"),
    ],
);
static CONTEXT: Shape = open(
    "What an agent works on.",
    &[
        optional("repoFullName", TEXT, "owner/repo"),
        optional("issueNumber", Type::Any, "number of the issue"),
        optional("lane", TEXT, "its lane"),
        optional("nextAction", TEXT, "what the server says comes next"),
        optional("checkpoint", TEXT, "the last checkpoint"),
    ],
);
static ACTIVE: Shape = open(
    "What the server says about the active work of one agent.",
    &[
        required("agentName", Type::Text, "the agent"),
        required("hasActiveWork", Type::Bool, "whether it has any"),
        optional("context", Type::Nullable(&Type::Table(&CONTEXT)), "what it works on"),
    ],
);
static WORK: Shape = open(
    "Work of an agent on an issue.",
    &[
        optional("agentName", TEXT, "the agent"),
        optional("repoFullName", TEXT, "owner/repo"),
        optional("issueNumber", COUNT, "number of the issue"),
        optional("state", Type::Nullable(&Type::Known(&work::STATES)), "state of the work"),
        optional("prUrl", TEXT, "address of the pull request that it led to"),
        optional("lastCheckpointAt", TEXT, "when its last checkpoint came; its lease runs five minutes from then"),
    ],
);
static PULL_REQUEST: Shape = open(
    "A pull request.",
    &[
        optional("repoFullName", TEXT, "owner/repo"),
        required("number", Type::Count, "its number"),
        optional("issueNumber", COUNT, "number of the issue that it is for"),
        optional("url", TEXT, "its address"),
        optional("state", TEXT, "OPEN, CLOSED or MERGED, in any case"),
        optional("isDraft", FLAG, "whether it is a draft"),
        optional("reviewDecision", TEXT, "such as CHANGES_REQUESTED"),
        optional("statusCheckRollup", LABELS, "its checks, with name and conclusion"),
        optional("mergeable", TEXT, "such as CONFLICTING"),
        optional("mergeStateStatus", TEXT, "such as DIRTY"),
        optional("body", TEXT, "its body; only its first and last lines are looked at"),
        optional("headRefName", TEXT, "its branch"),
        optional("isCrossRepository", FLAG, "whether it comes from a fork"),
        optional("author", Type::Any, "its author, as a text or with a login"),
        optional("headRepositoryOwner", Type::Any, "the owner of its branch, as a text or with a login"),
    ],
);
static PR_FIX_ITEM: Shape = open(
    "An item of the PR-fix queue.",
    &[
        optional("id", TEXT, "its id; owner/repo#pr without"),
        required("repo", Type::Text, "owner/repo"),
        required("pr", Type::Count, "number of the pull request"),
        optional("lane", TEXT, "its lane; local without"),
        optional("status", TEXT, "queued, fixed, blocked, stale or ignored, in any case; queued without"),
        optional("reason", TEXT, "why it is queued"),
        optional("feedback", TEXTS, "what reviewers and checks said"),
        optional("evidenceKeys", TEXTS, "what that was read from"),
        optional("queuedAt", TEXT, "since when it is queued"),
        optional("branch", TEXT, "its branch; workers push to no other"),
    ],
);
static PR_FIX_REPORT: Shape = open(
    "A report that would be merged into the PR-fix queue.",
    &[
        required("repo", Type::Text, "owner/repo"),
        required("pr", Type::Count, "number of the pull request"),
        required("reason", Type::Text, "why it is reported"),
        required("feedback", Type::Text, "what was said"),
        required("evidenceKey", Type::Text, "what it was read from"),
        optional("lane", TEXT, "the lane that it goes to"),
        optional("headSha", TEXT, "head of the pull request"),
    ],
);
static SETUP: Shape = open(
    "What workers find on their machine.",
    &[
        optional("missing_tools", Type::List(&Type::AnyText), "tools of git, python3 and gh that are missing"),
        optional("workspaces", Type::List(&Type::AnyText), "repositories with a usable checkout"),
        optional("no_gh", Type::Bool, "whether pull requests cannot be looked at"),
        optional("dispatch_error", TEXT, "why the server could not be asked"),
        optional("pr_fix_error", TEXT, "why the PR-fix queue could not be read"),
    ],
);
static PROBES: Shape = open(
    "What probes said, by lane; null where one failed.",
    &[
        optional("local", Type::Any, "the probe of the lane"),
        optional("cloud", Type::Any, "the probe of the lane"),
        optional("frontier", Type::Any, "the probe of the lane"),
    ],
);
static RESULT: Shape = open(
    "The last text of a worker.",
    &[
        optional("runId", TEXT, "id of its run"),
        optional("agentName", TEXT, "the agent"),
        optional("outcome", Type::Nullable(&Type::Known(updates::OUTCOMES)), "how the run ended"),
        required("lane", Type::AnyText, "its lane"),
        required("text", Type::AnyText, "what it said last"),
    ],
);
static AUDIT: Shape = open(
    "An audit umbrella.",
    &[
        required("repoFullName", Type::Text, "owner/repo"),
        required("number", Type::Count, "its number"),
        required("title", Type::AnyText, "its title"),
        optional("state", TEXT, "open or closed; without it nothing is planned"),
        optional("html_url", TEXT, "its address"),
        required("body", Type::AnyText, "its body in Markdown"),
    ],
);
static LABEL: Shape = open(
    "A label of a repository.",
    &[required("repoFullName", Type::Text, "owner/repo"), required("name", Type::Text, "the label")],
);
static JOB: Shape = open(
    "A scheduled job. Only its prompt is kept.",
    &[required("name", Type::Text, "its name"), optional("prompt", TEXT, "its prompt")],
);
static TEMPLATE_CONFIG: Shape = open(
    "What templates are made with.",
    &[
        optional("values", Type::Map(&Type::Any), "configured values by the name of their placeholder"),
        optional("documented", Type::List(&Type::AnyText), "file names of the templates that the documentation names"),
        optional("files", Type::List(&Type::AnyText), "files that would be committed"),
    ],
);
static HEARTBEAT: Shape = open(
    "One heartbeat.",
    &[
        optional("server_heartbeat", Type::Any, "the answer of the server"),
        optional("grooming", Type::Any, "the answer about grooming work"),
        optional("flags", Type::List(&Type::AnyText), "flags of the run"),
        optional("runner_exit", Type::Nullable(&Type::Number), "exit status of the runner, when it ran"),
        optional("state_changes", COUNT, "how many things changed that people should know"),
        optional("follow_ups", COUNT, "how many pull requests call their workers back"),
        optional("backlog_pressure", FLAG, "whether more waits than is worked off"),
    ],
);
static UPDATE: Shape = open(
    "A checkpoint or a status that a worker told the server, in its order.",
    &[
        required("command", Type::Known(&["checkpoint", "status"]), "what it told"),
        optional("agent", TEXT, "the agent"),
        optional("issueId", TEXT, "the server's id of the issue; sent with a status"),
        optional("repo", TEXT, "owner/repo"),
        optional("issueNumber", Type::Any, "number of the issue"),
        optional("checkpoint", TEXT, "the checkpoint"),
        optional("status", TEXT, "the status"),
        optional("summary", TEXT, "what was done"),
        optional("blockerReason", TEXT, "why it cannot go on"),
    ],
);

const fn items(shape: &'static Shape) -> Form {
    Form::Items { shape, id: None }
}

/// Declares an export.
macro_rules! export {
    ($name:literal, $zh:literal, $en:literal, $about_zh:literal, $about_en:literal, $form:expr) => {
        Export { name: $name, title: words($zh, $en), about: words($about_zh, $about_en), form: $form }
    };
}

/// Every export, in the order in which they are shown.
#[rustfmt::skip]
pub(super) static EXPORTS: &[Export] = &[
    export!("issues", "Issue", "Issues", "狀態合約檢查的對象", "what the status contract is about", items(&ISSUE)),
    export!("pull_requests", "Pull request", "Pull requests", "PR 的狀態、檢查與寫法", "states, checks and form of pull requests", items(&PULL_REQUEST)),
    export!("queue", "佇列", "Queue", "worker 可拿的項目，依佇列順序", "what workers may take, in its order", items(&QUEUED)),
    export!("active_work", "進行中工作", "Active work", "每個 agent 是否有進行中的工作", "whether each agent has active work", items(&ACTIVE)),
    export!("agent_work", "工作紀錄", "Work", "agent 對 issue 的工作與 PR", "work of agents on issues, and its pull requests", items(&WORK)),
    export!("pr_fix_items", "PR 修復佇列", "PR-fix queue", "要回頭修的 PR", "pull requests to be mended", items(&PR_FIX_ITEM)),
    export!("pr_fix_reports", "PR 修復回報", "PR-fix reports", "將併入佇列的回報", "reports that would be merged", items(&PR_FIX_REPORT)),
    export!("worker_setup", "Worker 環境", "Worker set-up", "工具、checkout 與連線", "tools, checkouts and connections", Form::Document(&SETUP)),
    export!("lane_config", "Lane 設定", "Lane configuration", "伺服器的 lane 設定", "the lanes of the server", Form::Document(&LANE_CONFIG)),
    export!("probes", "探測結果", "Probes", "各 lane 的探測結果", "what the probes of the lanes said", Form::Document(&PROBES)),
    export!("worker_results", "Worker 結尾文字", "Last texts of workers", "結尾檢查的對象", "what the result guard is about", items(&RESULT)),
    export!("audits", "稽核母 issue", "Audit umbrellas", "待拆分或待關閉的稽核", "audits to be decomposed or closed", items(&AUDIT)),
    export!("repo_labels", "Repository 標籤", "Labels of repositories", "子 issue 可用的標籤", "labels that child issues may have", items(&LABEL)),
    export!("jobs", "排程工作", "Scheduled jobs", "抽出提示詞範本的來源", "what templates are extracted from", items(&JOB)),
    export!("template_config", "範本設定", "Template configuration", "佔位符的值與文件所列範本", "values of placeholders, and documented templates", Form::Document(&TEMPLATE_CONFIG)),
    export!("templates", "提示詞範本", "Prompt templates", "將公開的範本", "templates that become public", Form::Texts),
    export!("heartbeat", "心跳", "Heartbeat", "一次心跳的輸入", "what one heartbeat was given", Form::Document(&HEARTBEAT)),
    export!("updates", "檢查點與狀態更新", "Checkpoints and statuses", "worker 回報的順序", "what workers told the server, in order", items(&UPDATE)),
];

/// What nobody decides while an export is not given.
#[rustfmt::skip]
pub(super) static UNDECIDED: &[(&str, crate::lang::Words)] = &[
    ("issues", words("狀態合約；自己的 issue 是否要跟進；子 issue 是否已存在", "the status contract, what workers follow up, which child issues exist")),
    ("pull_requests", words("issue 與 PR 是否相符；PR 寫法；是否要跟進", "whether issues and pull requests agree, how those are written, what workers follow up")),
    ("queue", words("worker 可以拿哪一筆；lane 是否已清空", "what workers may take, and whether a lane is clear")),
    ("active_work", words("worker 是否要先繼續進行中的工作", "whether a worker has to resume what it began")),
    ("agent_work", words("已關閉的 issue 是否仍有租約；工作帶來哪個 PR", "whether closed issues still have leases, and which pull request work has led to")),
    ("pr_fix_items", words("是否有 PR 要先修", "whether a pull request has to be mended first")),
    ("pr_fix_reports", words("回報會怎麼改變 PR 修復佇列", "what reports would change in the PR-fix queue")),
    ("worker_setup", words("工具、checkout 與連線是否可用", "whether tools, checkouts and connections are usable")),
    ("lane_config", words("lane 設定是否正確；各 lane 實際的 agent", "whether the lanes are configured well, and who works in them")),
    ("probes", words("伺服器自己的探測說了什麼", "what the server's own probes said")),
    ("worker_results", words("worker 的結尾是否合格", "whether the last texts of workers are acceptable")),
    ("audits", words("哪些稽核要拆分或關閉", "which audits are to be decomposed or closed")),
    ("repo_labels", words("子 issue 的標籤是否存在", "whether the labels of child issues exist")),
    ("jobs", words("排程裡的提示詞能否公開", "whether prompts of jobs may be published")),
    ("template_config", words("佔位符代表什麼；文件與範本是否一致", "what placeholders stand for, and whether the documentation agrees")),
    ("templates", words("提示詞範本能否公開", "whether prompt templates may be published")),
    ("heartbeat", words("心跳的結果與回覆", "the outcome of a heartbeat and its reply")),
    ("updates", words("檢查點與狀態的順序是否正確", "whether checkpoints and statuses came in order")),
];

/// The title of an export.
pub(super) fn title(name: &str) -> Option<crate::lang::Words> {
    EXPORTS.iter().find(|export| export.name == name).map(|export| export.title)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_export_says_what_is_not_decided_without_it() {
        let names = |names: &mut dyn Iterator<Item = &'static str>| names.collect::<Vec<_>>();
        assert_eq!(
            names(&mut UNDECIDED.iter().map(|(name, _)| *name)),
            names(&mut EXPORTS.iter().map(|export| export.name))
        );
    }
}
