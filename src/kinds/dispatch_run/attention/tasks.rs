//! What needs somebody among the tasks: those that are stuck or failed, and results that cannot be used.

use jiff::Timestamp;

use crate::check::export::Exports;
use crate::finding::Place;
use crate::kinds::dispatch::redact::{holds_secret, shown};
use crate::kinds::dispatch::value;
use crate::kinds::dispatch_run::attention::item::{QUOTED, place, unredacted, unusable_role};
use crate::kinds::dispatch_run::dry_run::Judged;
use crate::kinds::dispatch_run::notice::{Attention, Said};
use crate::kinds::dispatch_run::roles::Roles;
use crate::kinds::dispatch_run::wording::{duration, name_of};
use crate::kinds::dispatch_run::{codes, errors, lifecycle, result};
use crate::lang::{Lang, words};
use crate::read::tree::Node;

pub(super) fn tasks(exports: &Exports, roles: &Roles<'_>, now: Timestamp, found: &mut Attention) {
    for (at, task) in exports.items("tasks").into_iter().flatten() {
        let here = |key: &str| place(exports, "tasks", format!("/{at}/{key}"));
        if holds_secret(value::text(task, "title")) {
            unredacted(found, task, here("title"));
        }
        if !lifecycle::concerns_dispatch(task) {
            continue;
        }
        let (source, state) = (value::text(task, "source"), value::text(task, "dispatch_status"));
        let fault = lifecycle::claim_fault(source, roles).filter(|_| lifecycle::is_dispatched(task));
        if state != "queued" && fault == Some("role_not_found") {
            unusable_role(found, roles, task, lifecycle::role_of(source).unwrap_or_default(), here("source"));
        }
        match state {
            "running" => running(task, roles, now, &here, found),
            "queued" => queued(task, fault, &here, found),
            "failed" => failed(task, fault, &here, found),
            "completed" => completed(task, &here, found),
            _ => {}
        }
    }
}

fn running(task: &Node, roles: &Roles<'_>, now: Timestamp, here: &dyn Fn(&str) -> Place, found: &mut Attention) {
    let Some((seconds, budget)) = lifecycle::running_for(task, roles, now) else {
        found.push(&codes::RUNNING_SINCE_UNKNOWN, || {
            let said =
                words("沒有可讀的更新時間，無法得知已執行多久", "no readable time of update, so nobody knows how long");
            (name_of(task), said.into(), None, here("updated_at"))
        });
        return;
    };
    if seconds > budget {
        found.push(&codes::RUNNING_PAST_BUDGET, || {
            let told = |lang| (duration(seconds, lang), duration(budget, lang));
            let ((for_zh, may_zh), (for_en, may_en)) = (told(Lang::ZhHant), told(Lang::En));
            let said = Said {
                zh: format!("已執行 {for_zh}，角色時限 {may_zh}"),
                en: format!("running for {for_en}, its role may {may_en}"),
            };
            (name_of(task), said, None, here("updated_at"))
        });
    }
}

fn queued(task: &Node, fault: Option<&str>, here: &dyn Fn(&str) -> Place, found: &mut Attention) {
    let source = || shown(value::text(task, "source"), 60);
    if lifecycle::is_never_claimed(task) {
        found.push(&codes::NEVER_CLAIMED, || {
            let source = source();
            let said = Said {
                zh: format!("來源「{source}」不是角色派工"),
                en: format!("source “{source}” is no dispatch to a role"),
            };
            (name_of(task), said, None, here("source"))
        });
    } else if let Some(fault) = fault {
        found.push(&codes::CLAIM_WILL_FAIL, || {
            let source = source();
            let said =
                Said { zh: format!("來源「{source}」：{fault}"), en: format!("source “{source}”: {fault}") };
            (name_of(task), said, None, here("source"))
        });
    }
}

fn failed(task: &Node, fault: Option<&str>, here: &dyn Fn(&str) -> Place, found: &mut Attention) {
    found.push(&codes::TASK_FAILED, || {
        let badge = result::badge(task);
        let kind = badge.error_kind.as_deref();
        let said = format!("{}: {}", errors::exported(kind), shown(&badge.message, QUOTED));
        let todo = if lifecycle::may_requeue(task) {
            // A task that cannot be claimed again is not helped by what helped against its error.
            errors::normalised(fault.or(kind).unwrap_or_default()).remedy
        } else {
            Some(words(
                "不是角色派工，無法重新排入佇列：由人完成，或重新套用候選項目",
                "it was dispatched to no role and cannot be put back: finish it by hand, or apply the candidate again",
            ))
        };
        (name_of(task), Said::same(said), todo.map(Said::from), here("execution_result"))
    });
}

fn completed(task: &Node, here: &dyn Fn(&str) -> Place, found: &mut Attention) {
    let role = lifecycle::role_of(value::text(task, "source"));
    if let Some(fault) = result::stored_fault(task, role) {
        found.push(&codes::RESULT_INVALID, || {
            let role = shown(role.unwrap_or("?"), 60);
            let said = Said { zh: format!("{role}：{fault}"), en: format!("{role}: {fault}") };
            (name_of(task), said, None, here("execution_result"))
        });
    }
}

/// The files of results that would not be written, and those whose names are odd.
pub(super) fn files(exports: &Exports, judged: &[Judged<'_>], found: &mut Attention) {
    for (of, caution) in judged.iter().filter_map(|of| Some((of, of.verdict.caution?))) {
        found.push(&codes::FILE_NOT_PORTABLE, || {
            let (path, about) = (shown(&of.verdict.path, 80), caution.about());
            let said = Said { zh: format!("{path}：{}", about.zh), en: format!("{path}: {}", about.en) };
            (name_of(of.task), said, None, place(exports, "tasks", format!("/{}/execution_result", of.at)))
        });
    }
    for (of, reason) in judged.iter().filter_map(|of| Some((of, of.verdict.refused?))) {
        found.push(&codes::FILE_REFUSED, || {
            let (path, word, about) = (shown(&of.verdict.path, 80), reason.word(), reason.about());
            let said =
                Said { zh: format!("{path}（{word}）：{}", about.zh), en: format!("{path} ({word}): {}", about.en) };
            (name_of(of.task), said, None, place(exports, "tasks", format!("/{}/execution_result", of.at)))
        });
    }
}
