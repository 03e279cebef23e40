//! What needs somebody: every export is gone through once, and whatever is stuck, refused or contradicts itself becomes
//! a notice with its evidence and what to do. The same notices are the findings of the pack, but for those about words
//! that nobody knows: the reading of the export has told of them.

use std::collections::BTreeMap;

use jiff::Timestamp;

use crate::check::export::{Exports, Form};
use crate::check::shape;
use crate::codes::{Code, NEW_WORD};
use crate::finding::{Finding, Place};
use crate::kinds::dispatch::redact::{holds_secret, shown};
use crate::kinds::dispatch::value;
use crate::kinds::dispatch_run::{
    activity, audit, codes, context, errors,
    exports::EXPORTS,
    files, lifecycle, quality, result,
    roles::{self, Roles},
    suggestion, tree,
};
use crate::lang::Lang;
use crate::limits;
use crate::read::tree::Node;

/// Longest text of an export that a notice repeats, in characters.
const QUOTED: usize = 120;

/// A text in both languages that is made of facts.
#[derive(Clone, Debug)]
pub(super) struct Said {
    pub zh: String,
    pub en: String,
}

impl Said {
    /// The text in one language.
    pub(super) fn get(&self, lang: Lang) -> &str {
        match lang {
            Lang::ZhHant => &self.zh,
            Lang::En => &self.en,
        }
    }
}

/// Something that needs somebody.
#[derive(Clone, Debug)]
pub(super) struct Notice {
    /// What sort of thing it is.
    pub code: &'static Code,
    /// What it is about, fit to be shown.
    pub subject: String,
    /// What it was noticed by.
    pub why: Said,
    /// What to do about it.
    pub todo: Said,
    /// Where it stands.
    pub place: Place,
}

/// The notices, worst first, and how many of each code there are in all.
#[derive(Debug, Default)]
pub(super) struct Attention {
    /// The first of each code.
    pub notices: Vec<Notice>,
    /// How many of each code there are, in the order of the codes.
    pub counts: BTreeMap<usize, (&'static Code, u64)>,
}

impl Attention {
    /// How many notices there are in all.
    pub(super) fn total(&self) -> u64 {
        self.counts.values().map(|(_, count)| count).sum()
    }

    /// The notices as findings; those beyond the limit are counted.
    pub(super) fn findings(&self) -> Vec<Finding> {
        let finding = |notice: &Notice| {
            let message = format!("{}: {}", notice.subject, notice.why.en);
            Finding::new(notice.code, notice.place.clone(), message).hint(fragment(&notice.todo.en))
        };
        let limit = limits::FINDINGS_PER_CODE;
        let is_told = |code: &Code| *code == NEW_WORD;
        let more =
            self.counts.values().filter(|(code, count)| !is_told(code) && *count > limit.value).map(|(code, count)| {
                let message =
                    format!("{} more like these are not listed (limit `{}`)", count - limit.value, limit.name);
                let file = self
                    .notices
                    .iter()
                    .find(|notice| notice.code == *code)
                    .and_then(|notice| notice.place.file.clone());
                let times = usize::try_from(count - limit.value).unwrap_or(usize::MAX);
                Finding::new(code, Place { file, ..Place::default() }, message).times(times)
            });
        self.notices.iter().filter(|notice| !is_told(notice.code)).map(finding).chain(more).collect()
    }

    fn push(&mut self, code: &'static Code, make: impl FnOnce() -> (String, Said, Option<Said>, Place)) {
        let order = codes::ALL.iter().position(|known| *known == code).unwrap_or(codes::ALL.len());
        let (_, count) = self.counts.entry(order).or_insert((code, 0));
        *count += 1;
        if *count <= limits::FINDINGS_PER_CODE.value {
            let (subject, why, todo, place) = make();
            let todo = todo.unwrap_or_else(|| Said { zh: todo_of(code).to_owned(), en: code.fix.to_owned() });
            self.notices.push(Notice { code, subject, why, todo, place });
        }
    }
}

/// What to do about a notice of a code, in Chinese; in English it is the code's own text.
fn todo_of(code: &Code) -> &'static str {
    match code.id {
        "running_past_budget" => "確認連接器是否還活著；若否，由人結束任務並重新套用。",
        "task_failed" => "依訊息排除原因後，重新排入佇列。",
        "claim_will_fail" => "選擇目錄中的角色，重新套用候選項目。",
        "unknown_role" => "選擇目錄中的角色，重新套用候選項目；重新排入佇列沒有用。",
        "new_word" => "確認不是拼錯；若是程式新增的用詞，則不必處理。",
        "result_invalid" => "修正該角色的提示，再派一次。",
        "file_refused" => "確認角色想寫什麼；路徑在儲存庫內且有內容才會寫入。",
        "file_not_portable" => "請角色改用一般的檔名，再提交該檔。",
        "connector_stale" => "確認連接器是否在執行；重新啟動後，檢查它手上的任務。",
        "lease_expired" => "確認連接器是否還活著；這次規劃可重新領取。",
        "catalogue_drift" => "讓兩邊的標題、版本、用途與類別一致。",
        "suggestion_unusable" => "由人選定角色。",
        "audit_invalid" => "查明誰改了角色並補上紀錄；既有紀錄不得修改。",
        "context_invalid" => "查明快照由誰寫入，並從來源重新匯出。",
        "idle_kept" => "重新匯出，或確認伺服器仍會清除閒置紀錄。",
        "snapshot_unreadable" => "從來源重新匯出快照。",
        "feedback_mismatch" => "修正回饋或決定。",
        _ => "撤銷外洩的內容，並在寫入處先遮蔽。",
    }
}

/// A sentence as hints are written: without its capital and its full stop.
fn fragment(sentence: &str) -> String {
    let mut characters = sentence.trim_end_matches('.').chars();
    characters.next().map(|first| first.to_lowercase().chain(characters).collect()).unwrap_or_default()
}

/// What people call an item: its title, else its id.
pub(super) fn name_of(item: &Node) -> String {
    let named = ["title", "name", "id"].into_iter().find_map(|key| value::word(item, key));
    shown(named.unwrap_or("?"), 80)
}

/// Goes through every export that was given.
pub(super) fn attention(exports: &Exports, now: Timestamp) -> Attention {
    let mut found = Attention::default();
    let roles = Roles::of(exports);
    tasks(exports, &roles, now, &mut found);
    connectors(exports, &roles, now, &mut found);
    runs(exports, now, &mut found);
    candidates(exports, &roles, &mut found);
    audits(exports, &mut found);
    snapshots(exports, &mut found);
    new_words(exports, &mut found);
    for drift in drift(exports).unwrap_or_default() {
        let (what, role) = drift.split_once(':').unwrap_or((&drift, ""));
        found.push(&codes::CATALOGUE_DRIFT, || {
            let said = Said { zh: what.to_owned(), en: what.to_owned() };
            (shown(role, 80), said, None, place(exports, "roles", String::new()))
        });
    }
    let order = |notice: &Notice| codes::ALL.iter().position(|known| *known == notice.code);
    found.notices.sort_by_key(order);
    found
}

fn place(exports: &Exports, name: &str, pointer: String) -> Place {
    exports.get(name).map_or_else(Place::default, |export| export.place(pointer))
}

/// The file trees of the projects that were exported, with their repository path.
pub(super) fn repositories(exports: &Exports) -> Option<BTreeMap<&str, (&str, tree::Tree<'static>)>> {
    let tree = |(_, repository): (usize, &'_ Node)| {
        tree::exported(value::text(repository, "repo_path").trim(), Some(repository))
    };
    let items = exports.items("repositories")?;
    Some(
        items
            .map(|(at, item)| (value::text(item, "project_id"), (value::text(item, "repo_path"), tree((at, item)))))
            .collect(),
    )
}

/// The verdict on every file of a task's result; `None` when there is no result, no file or no tree of its project.
pub(super) fn dry_run(task: &Node, trees: &BTreeMap<&str, (&str, tree::Tree<'_>)>) -> Option<Vec<files::Verdict>> {
    let result = value::document(task, "execution_result")?;
    let listed = result.get("files").filter(|files| !files.items().is_empty())?;
    let (repo_path, tree) = trees.get(value::text(task, "project_id"))?;
    Some(files::apply(repo_path, listed, tree, &[]))
}

fn tasks(exports: &Exports, roles: &Roles<'_>, now: Timestamp, found: &mut Attention) {
    let trees = repositories(exports).unwrap_or_default();
    for (at, task) in exports.items("tasks").into_iter().flatten() {
        let here = |pointer: &str| place(exports, "tasks", format!("/{at}{pointer}"));
        if holds_secret(value::text(task, "title")) {
            unredacted(found, task, here("/title"));
        }
        if !lifecycle::concerns_dispatch(task) {
            continue;
        }
        let (source, state) = (value::text(task, "source"), value::text(task, "dispatch_status"));
        let fault = lifecycle::claim_fault(source, roles).filter(|_| lifecycle::is_dispatched(task));
        if state != "queued" && fault == Some("role_not_found") {
            let role = lifecycle::role_of(source).unwrap_or_default();
            unknown_role(found, task, role, here("/source"));
        }
        match state {
            "running" => {
                let late = lifecycle::running_for(task, roles, now).filter(|(seconds, budget)| *seconds > *budget);
                if let Some((seconds, budget)) = late {
                    found.push(&codes::RUNNING_PAST_BUDGET, || {
                        let said = Said {
                            zh: format!(
                                "已執行 {}，角色時限 {}",
                                duration(seconds, Lang::ZhHant),
                                duration(budget, Lang::ZhHant)
                            ),
                            en: format!(
                                "running for {}, its role may {}",
                                duration(seconds, Lang::En),
                                duration(budget, Lang::En)
                            ),
                        };
                        (name_of(task), said, None, here("/updated_at"))
                    });
                }
            }
            "queued" => {
                if let Some(fault) = lifecycle::claim_fault(source, roles) {
                    found.push(&codes::CLAIM_WILL_FAIL, || {
                        let source = shown(source, 60);
                        let said = Said {
                            zh: format!("來源「{source}」：{fault}"),
                            en: format!("source “{source}”: {fault}"),
                        };
                        (name_of(task), said, None, here("/source"))
                    });
                }
            }
            "failed" => {
                let badge = result::badge(task);
                // A task that cannot be claimed again is not helped by what helped against its error.
                let kind = errors::normalised(fault.or(badge.error_kind.as_deref()).unwrap_or_default());
                found.push(&codes::TASK_FAILED, || {
                    let said = format!("{}: {}", error_word(&badge), shown(&badge.message, QUOTED));
                    let todo = kind.remedy.map(|remedy| Said { zh: remedy.zh.to_owned(), en: remedy.en.to_owned() });
                    (name_of(task), Said { zh: said.clone(), en: said }, todo, here("/execution_result"))
                });
            }
            "completed" => completed(task, &trees, &here, found),
            _ => {}
        }
    }
}

/// The error kind as it was exported, also one that nobody knows.
pub(super) fn error_word(badge: &result::Badge) -> String {
    shown(badge.error_kind.as_deref().map_or("unknown", str::trim), 40)
}

fn unknown_role(found: &mut Attention, item: &Node, role: &str, place: Place) {
    found.push(&codes::UNKNOWN_ROLE, || {
        let role = shown(role, 60);
        let said = Said { zh: format!("角色「{role}」"), en: format!("role “{role}”") };
        (name_of(item), said, None, place)
    });
}

/// Words of every export that nobody knows: kept, shown, and flagged here.
fn new_words(exports: &Exports, found: &mut Attention) {
    for export in EXPORTS {
        let Form::Items { shape, .. } = export.form else { continue };
        for (at, item) in exports.items(export.name).into_iter().flatten() {
            for (pointer, word) in shape::new_words(item, shape) {
                found.push(&NEW_WORD, || {
                    let key = pointer.rsplit('/').next().unwrap_or_default();
                    let said = format!("{key}: {}", shown(word, 40));
                    let place = place(exports, export.name, format!("/{at}{pointer}"));
                    (name_of(item), Said { zh: said.clone(), en: said }, None, place)
                });
            }
        }
    }
}

fn completed(
    task: &Node,
    trees: &BTreeMap<&str, (&str, tree::Tree<'_>)>,
    here: &dyn Fn(&str) -> Place,
    found: &mut Attention,
) {
    let role = lifecycle::role_of(value::text(task, "source"));
    let fault = value::document(task, "execution_result").and_then(|result| result::fault(&result, role));
    if let Some(fault) = fault {
        found.push(&codes::RESULT_INVALID, || {
            let role = shown(role.unwrap_or_default(), 60);
            let said = Said { zh: format!("{role}：{fault}"), en: format!("{role}: {fault}") };
            (name_of(task), said, None, here("/execution_result"))
        });
    }
    for verdict in dry_run(task, trees).unwrap_or_default() {
        if let Some(caution) = verdict.caution {
            found.push(&codes::FILE_NOT_PORTABLE, || {
                let (path, about) = (shown(&verdict.path, 80), caution.about());
                let said = Said { zh: format!("{path}：{}", about.zh), en: format!("{path}: {}", about.en) };
                (name_of(task), said, None, here("/execution_result"))
            });
        }
        let Some(reason) = verdict.refused else { continue };
        found.push(&codes::FILE_REFUSED, || {
            let (path, word, about) = (shown(&verdict.path, 80), reason.word(), reason.about());
            let said =
                Said { zh: format!("{path}（{word}）：{}", about.zh), en: format!("{path} ({word}): {}", about.en) };
            (name_of(task), said, None, here("/execution_result"))
        });
    }
}

fn unredacted(found: &mut Attention, item: &Node, place: Place) {
    found.push(&codes::UNREDACTED, || {
        let said = Said { zh: "內容未顯示".to_owned(), en: "what it is, is not repeated here".to_owned() };
        (name_of(item), said, None, place)
    });
}

fn connectors(exports: &Exports, roles: &Roles<'_>, now: Timestamp, found: &mut Attention) {
    for (at, connector) in exports.items("connectors").into_iter().flatten() {
        let Some(activity) = value::get(connector, "activity").filter(|_| activity::is_listed(connector, now)) else {
            continue;
        };
        if let Some(role) = value::word(activity, "role_id").filter(|role| !roles.has(role)) {
            let place = place(exports, "connectors", format!("/{at}/activity/role_id"));
            unknown_role(found, connector, role, place);
        }
        let updated = value::moment(activity, "updated_at");
        if activity::is_forgotten(activity, now) {
            let age = activity::age_seconds(updated, now);
            found.push(&codes::IDLE_KEPT, || {
                let said = Said {
                    zh: format!("閒置，最後回報在 {}前", duration(age, Lang::ZhHant)),
                    en: format!("idle, last heard of {} ago", duration(age, Lang::En)),
                };
                (name_of(connector), said, None, place(exports, "connectors", format!("/{at}/activity/updated_at")))
            });
        }
        let phase = value::word(activity, "phase").unwrap_or("idle");
        if phase != "idle" && activity::is_stale(updated, now) {
            let age = activity::age_seconds(updated, now);
            found.push(&codes::CONNECTOR_STALE, || {
                let phase = shown(phase, 40);
                let said = Said {
                    zh: format!("{phase}，最後回報在 {}前", duration(age, Lang::ZhHant)),
                    en: format!("{phase}, last heard of {} ago", duration(age, Lang::En)),
                };
                (name_of(connector), said, None, place(exports, "connectors", format!("/{at}/activity/updated_at")))
            });
        }
    }
}

fn runs(exports: &Exports, now: Timestamp, found: &mut Attention) {
    for (at, run) in exports.items("planning_runs").into_iter().flatten() {
        let lease = value::text(run, "dispatch_status");
        let end = if lease == "leased" { lifecycle::lease_end(run) } else { value::moment(run, "lease_expires_at") };
        let ended = end.filter(|end| *end < now);
        if lease == "expired" || (lease == "leased" && ended.is_some()) {
            found.push(&codes::LEASE_EXPIRED, || {
                let since = ended.map(|end| now.duration_since(end).as_secs());
                let said = since.map_or(
                    Said { zh: "租約已逾期".to_owned(), en: "its lease has expired".to_owned() },
                    |since| Said {
                        zh: format!("租約在 {}前到期；回到 queued，租約 expired", duration(since, Lang::ZhHant)),
                        en: format!(
                            "its lease ended {} ago: it goes back to queued, its lease to expired",
                            duration(since, Lang::En)
                        ),
                    },
                );
                (name_of(run), said, None, place(exports, "planning_runs", format!("/{at}/dispatch_status")))
            });
        }
    }
}

fn candidates(exports: &Exports, roles: &Roles<'_>, found: &mut Attention) {
    for (at, candidate) in exports.items("backlog_candidates").into_iter().flatten() {
        let here = |key: &str| place(exports, "backlog_candidates", format!("/{at}/{key}"));
        if holds_secret(value::text(candidate, "title")) {
            unredacted(found, candidate, here("title"));
        }
        if let Some(given) = value::get(candidate, "suggestion")
            && let Some((kind, message)) = suggestion::exported(given, roles).error
        {
            found.push(&codes::SUGGESTION_UNUSABLE, || {
                let said = format!("{kind}: {}", shown(&message, QUOTED));
                (name_of(candidate), Said { zh: said.clone(), en: said }, None, here("suggestion"))
            });
        }
        if let Some(role) = value::word(candidate, "execution_role").filter(|role| !roles.has(role.trim())) {
            unknown_role(found, candidate, role, here("execution_role"));
        }
        // Feedback of an applied candidate was given when it was approved.
        let status = match value::text(candidate, "status") {
            "applied" => "approved",
            status => status,
        };
        let kind = value::word(candidate, "feedback_kind");
        if let Some(fault) = kind.and_then(|kind| quality::feedback_fault(Some(status), None, Some(kind))) {
            found.push(&codes::FEEDBACK_MISMATCH, || {
                let said = format!("{}, {}: {fault}", shown(status, 20), shown(kind.unwrap_or_default(), 40));
                (name_of(candidate), Said { zh: said.clone(), en: said }, None, here("feedback_kind"))
            });
        }
    }
}

fn audits(exports: &Exports, found: &mut Attention) {
    let Some(rows) = exports.tree("role_audits").map(Node::items) else { return };
    let mut push = |fault: &str, name: String, place: Place| {
        found.push(&codes::AUDIT_INVALID, || {
            let about = audit::about(fault);
            (name, Said { zh: about.zh.to_owned(), en: about.en.to_owned() }, None, place)
        });
    };
    for (at, fault) in audit::faults(rows) {
        let name = rows.get(at).map(|row| shown(value::text(row, "subject_id"), 80)).unwrap_or_default();
        push(fault, name, place(exports, "role_audits", format!("/{at}")));
    }
    for (at, candidate) in audit::not_audited(rows, exports.items("backlog_candidates").into_iter().flatten()) {
        let place = place(exports, "backlog_candidates", format!("/{at}/execution_role"));
        push("role-not-audited", name_of(candidate), place);
    }
}

fn snapshots(exports: &Exports, found: &mut Attention) {
    for (at, row) in exports.items("context_snapshots").into_iter().flatten() {
        let here = |key: &str| place(exports, "context_snapshots", format!("/{at}/{key}"));
        let about = || shown(value::text(row, "planning_run_id"), 80);
        if !context::View::of(Some(row)).readable {
            found.push(&codes::SNAPSHOT_UNREADABLE, || {
                let said = Said { zh: "不是 JSON 物件".to_owned(), en: "is no JSON object".to_owned() };
                (about(), said, None, here("snapshot"))
            });
            continue;
        }
        let snapshot = value::document(row, "snapshot");
        let faults = snapshot.as_ref().map(|snapshot| context::faults(row, snapshot)).unwrap_or_default();
        if !faults.is_empty() {
            found.push(&codes::CONTEXT_INVALID, || {
                let said = |separator: &str, lang| {
                    faults.iter().map(|fault| fault.get(lang)).collect::<Vec<_>>().join(separator)
                };
                let said = Said { zh: said("；", Lang::ZhHant), en: said("; ", Lang::En) };
                (about(), said, None, here("snapshot"))
            });
        }
        let Some(sources) = snapshot.as_ref().and_then(|snapshot| snapshot.get("sources")) else { continue };
        let texts = [
            ("open_tasks", "title"),
            ("recent_documents", "title"),
            ("open_drift_signals", "document_title"),
            ("open_drift_signals", "trigger_detail"),
            ("recent_agent_runs", "summary"),
        ];
        let listed = texts
            .into_iter()
            .flat_map(|(list, key)| value::list(sources, list).iter().map(move |item| value::text(item, key)));
        let sync = value::get(sources, "latest_sync_run").map(|run| value::text(run, "error_message"));
        if listed.chain(sync).any(holds_secret) {
            found.push(&codes::UNREDACTED, || {
                let said = Said { zh: "內容未顯示".to_owned(), en: "what it is, is not repeated here".to_owned() };
                (about(), said, None, here("snapshot"))
            });
        }
    }
}

/// Where the exported catalogue and the prompt files disagree; `None` when one of them was not given.
pub(super) fn drift(exports: &Exports) -> Option<Vec<String>> {
    let (roles, prompts) = (exports.items("roles")?, exports.texts("prompts")?);
    let prompts: Vec<_> =
        prompts.iter().filter_map(|(path, text)| value::parsed(&roles::front_matter(path, text).to_string())).collect();
    Some(roles::drift(roles.map(|(_, role)| role), prompts.iter()))
}

/// Seconds as people tell them, in the largest unit that fits.
pub(super) fn duration(seconds: i64, lang: Lang) -> String {
    let (count, zh, en) = match seconds {
        ..120 => (seconds, "秒", "s"),
        120..7200 => (seconds / 60, "分鐘", "min"),
        7200..172_800 => (seconds / 3600, "小時", "h"),
        _ => (seconds / 86_400, "天", "d"),
    };
    match lang {
        Lang::ZhHant => format!("{count} {zh}"),
        Lang::En => format!("{count} {en}"),
    }
}
