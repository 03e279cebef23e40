//! The exports of a planning and dispatching console: what each may hold. Keys of newer versions are passed over.

use crate::check::export::{Export, Form};
use crate::check::shape::{Shape, Type, optional, required};
use crate::kinds::dispatch_run::{activity, audit, context, lifecycle, quality};
use crate::lang::words;

const TEXT: Type = Type::Nullable(&Type::AnyText);
const MOMENT: Type = Type::Nullable(&Type::AnyText);
const FLAG: Type = Type::Nullable(&Type::Bool);

static REQUIREMENT: Shape = Shape {
    about: "A requirement.",
    closed: false,
    keys: &[
        required("id", Type::Text, "id"),
        optional("project_id", TEXT, "its project"),
        optional("title", TEXT, "what is wanted"),
        optional("summary", TEXT, "in a sentence; does not count for the scale"),
        optional("description", TEXT, "in full"),
        optional("audience", TEXT, "for whom"),
        optional("success_criteria", TEXT, "how it is known to be done"),
        optional("status", TEXT, "its state"),
    ],
};

static RUN: Shape = Shape {
    about: "A planning run of a requirement.",
    closed: false,
    keys: &[
        required("id", Type::Text, "id"),
        optional("project_id", TEXT, "its project"),
        optional("requirement_id", TEXT, "its requirement"),
        optional("status", Type::Nullable(&Type::Known(RUN_STATES)), "state of the run"),
        optional("dispatch_status", Type::Nullable(&Type::Known(LEASES)), "state of its lease"),
        optional("context_pack_id", TEXT, "id of the context it was given; blank on old runs"),
        optional("lease_expires_at", MOMENT, "when its connector has to be back"),
        optional("updated_at", MOMENT, "when it last changed; without the former its lease ends ten minutes later"),
        optional("completed_at", MOMENT, "when it was completed"),
        optional("error_kind", TEXT, "why it failed"),
        optional("error_message", TEXT, "what was said when it failed"),
    ],
};

/// States of planning runs.
const RUN_STATES: &[&str] = &["queued", "running", "completed", "failed", "cancelled"];
/// States of the leases of planning runs.
const LEASES: &[&str] = &["not_required", "queued", "leased", "returned", "expired"];

static CANDIDATE: Shape = Shape {
    about: "A backlog candidate that a run proposed.",
    closed: false,
    keys: &[
        required("id", Type::Text, "id"),
        optional("planning_run_id", TEXT, "the run that proposed it"),
        optional("title", TEXT, "what is proposed"),
        optional("status", Type::Nullable(&Type::Known(quality::CANDIDATE_STATUSES)), "what a person decided"),
        optional("feedback_kind", TEXT, "why; blank when nothing was said"),
        optional("feedback_note", TEXT, "why, in words"),
        optional("execution_role", TEXT, "role that was confirmed for it"),
        optional("suggestion", Type::Any, "what the router suggested: an object, or its answer as `agent_output`"),
    ],
};

static TASK: Shape = Shape {
    about: "A task.",
    closed: false,
    keys: &[
        required("id", Type::Text, "id"),
        optional("project_id", TEXT, "its project"),
        optional("title", TEXT, "what is to be done"),
        optional("status", Type::Nullable(&Type::Known(WORK)), "state of the work, which dispatching never changes"),
        optional("priority", Type::Nullable(&Type::Known(&["low", "medium", "high"])), "its priority"),
        optional("source", TEXT, "where it comes from; `role_dispatch:<role>` when it is dispatched"),
        optional("dispatch_status", Type::Nullable(&Type::Known(lifecycle::STATES)), "state of the dispatch"),
        optional("execution_result", Type::Any, "what came back: an object, or its JSON as text"),
        optional("created_at", MOMENT, "when it was made"),
        optional("updated_at", MOMENT, "when it last changed"),
    ],
};

/// States of work.
const WORK: &[&str] = &["todo", "in_progress", "done", "cancelled"];

static SNAPSHOT: Shape = Shape {
    about: "A stored context snapshot of a planning run.",
    closed: false,
    keys: &[
        optional("id", TEXT, "id"),
        optional("pack_id", TEXT, "id of the context"),
        required("planning_run_id", Type::Text, "the run"),
        optional("schema_version", Type::Nullable(&Type::Known(&[context::VERSION])), "version of the envelope"),
        optional("snapshot", Type::Any, "the envelope: an object, or its JSON as text"),
        optional("sources_bytes", Type::Nullable(&Type::Number), "bytes of its sources"),
        optional("dropped_counts", Type::Any, "what was dropped, by source: an object, or its JSON as text"),
        optional("created_at", MOMENT, "when it was stored; the newest of a run counts"),
    ],
};

static CONNECTOR: Shape = Shape {
    about: "A connector and what it said last.",
    closed: false,
    keys: &[
        required("id", Type::Text, "id"),
        optional("name", TEXT, "what people call it"),
        optional("status", TEXT, "`revoked` when it may no longer connect"),
        optional("last_seen_at", MOMENT, "when it was last there"),
        optional("activity", Type::Nullable(&Type::Table(&ACTIVITY)), "its last report"),
    ],
};

static ACTIVITY: Shape = Shape {
    about: "What a connector does.",
    closed: false,
    keys: &[
        optional("phase", Type::Nullable(&Type::Known(activity::PHASE_WORDS)), "what it does"),
        optional("subject_kind", TEXT, "what sort of thing it does it to"),
        optional("subject_id", TEXT, "id of that"),
        optional("subject_title", TEXT, "title of that"),
        optional("role_id", TEXT, "as which role"),
        optional("step", TEXT, "how far it is"),
        optional("started_at", MOMENT, "since when"),
        optional("updated_at", MOMENT, "when it said so"),
    ],
};

static ROLE: Shape = Shape {
    about: "A role of the catalogue.",
    closed: false,
    keys: &[
        required("id", Type::Text, "id, in exactly this case"),
        optional("title", TEXT, "what people call it"),
        optional("version", Type::Nullable(&Type::Number), "version of its prompt"),
        optional("use_case", TEXT, "what it is for"),
        optional("default_timeout_sec", Type::Nullable(&Type::Number), "time limit in seconds, above 0"),
        optional("category", Type::Nullable(&Type::Known(&["role", "meta"])), "`meta` serves other roles"),
    ],
};

static REPOSITORY: Shape = Shape {
    about: "The file tree of a project's repository, without contents.",
    closed: false,
    keys: &[
        required("project_id", Type::Text, "the project"),
        required("repo_path", Type::AnyText, "absolute path of the repository where connectors run"),
        optional("files", Type::Any, "paths of its files: a list, or an object by path"),
        optional("folders", Type::Nullable(&Type::List(&Type::AnyText)), "folders without files, and folders outside"),
        optional("symlinks", Type::Nullable(&Type::Map(&Type::AnyText)), "target of each symbolic link, by path"),
    ],
};

static DOCUMENT: Shape = Shape {
    about: "A document of a project; its text is not exported.",
    closed: false,
    keys: &[
        required("id", Type::Text, "id"),
        optional("project_id", TEXT, "its project"),
        optional("title", TEXT, "title"),
        optional("is_stale", FLAG, "whether the code has moved on since"),
    ],
};

static AUDIT: Shape = Shape {
    about: "A change of an audited field.",
    closed: false,
    keys: &[
        required("subject_kind", Type::Known(audit::SUBJECTS), "what was changed"),
        required("subject_id", Type::Text, "id of that"),
        required("field", Type::Text, "the field, such as `execution_role`"),
        optional("old_value", TEXT, "its value before"),
        optional("new_value", TEXT, "its value since"),
        required("actor_kind", Type::Known(audit::ACTORS), "who changed it"),
        optional("actor_id", TEXT, "id of that"),
        optional("rationale", TEXT, "why"),
        optional("confidence", Type::Nullable(&Type::Number), "how sure the router was, 0 to 1; nobody else has one"),
        optional("created_at", MOMENT, "when"),
    ],
};

const fn items(shape: &'static Shape) -> Form {
    Form::Items { shape, id: Some("id") }
}

/// Every export, in the order in which a run goes through them.
pub(super) static EXPORTS: &[Export] = &[
    Export {
        name: "requirements",
        title: words("需求", "Requirements"),
        about: words(
            "規劃的起點：標題、說明與成功條件",
            "what planning begins with: title, description, success criteria",
        ),
        form: items(&REQUIREMENT),
    },
    Export {
        name: "planning_runs",
        title: words("規劃執行", "Planning runs"),
        about: words("每次規劃的狀態、租約與結果", "state, lease and end of every planning run"),
        form: items(&RUN),
    },
    Export {
        name: "context_snapshots",
        title: words("情境快照", "Context snapshots"),
        about: words("每次規劃拿到的情境", "the context that each run was given"),
        form: Form::Items { shape: &SNAPSHOT, id: None },
    },
    Export {
        name: "backlog_candidates",
        title: words("候選項目", "Backlog candidates"),
        about: words(
            "規劃提出的項目、人的決定與角色建議",
            "what runs proposed, what people decided, which role was suggested",
        ),
        form: items(&CANDIDATE),
    },
    Export {
        name: "role_audits",
        title: words("角色稽核", "Role audit"),
        about: words("誰在何時為何設定執行角色；只增不改", "who set which execution role, when and why; only added to"),
        form: Form::Items { shape: &AUDIT, id: None },
    },
    Export {
        name: "tasks",
        title: words("任務", "Tasks"),
        about: words("任務與派工狀態、執行結果", "tasks with their dispatch and its result"),
        form: items(&TASK),
    },
    Export {
        name: "connectors",
        title: words("連接器", "Connectors"),
        about: words("連接器最後的回報", "what each connector said last"),
        form: items(&CONNECTOR),
    },
    Export {
        name: "roles",
        title: words("角色目錄", "Role catalogue"),
        about: words("角色、版本與時限", "roles, versions and time limits"),
        form: items(&ROLE),
    },
    Export {
        name: "prompts",
        title: words("提示檔", "Prompt files"),
        about: words(
            "roles/ 與 meta/ 下的提示檔，用來核對目錄",
            "prompt files in roles/ and meta/, compared with the catalogue",
        ),
        form: Form::Texts,
    },
    Export {
        name: "repositories",
        title: words("儲存庫檔案樹", "Repository trees"),
        about: words("試算寫檔結果所依據的檔案樹", "the file trees that the dry run of files looks at"),
        form: Form::Items { shape: &REPOSITORY, id: Some("project_id") },
    },
    Export {
        name: "documents",
        title: words("專案文件", "Project documents"),
        about: words("健康分數所需：文件是否過期", "for the health score: which documents are stale"),
        form: items(&DOCUMENT),
    },
];
