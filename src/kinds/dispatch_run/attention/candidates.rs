//! What needs somebody among the candidates and in the audit of their roles.

use crate::check::export::Exports;
use crate::finding::Place;
use crate::kinds::dispatch::redact::{holds_secret, shown};
use crate::kinds::dispatch::value;
use crate::kinds::dispatch_run::attention::item::{QUOTED, place, unredacted, unusable_role};
use crate::kinds::dispatch_run::notice::{Attention, Said};
use crate::kinds::dispatch_run::roles::Roles;
use crate::kinds::dispatch_run::wording::name_of;
use crate::kinds::dispatch_run::{audit, codes, quality, suggestion};
use crate::read::tree::Node;

pub(super) fn candidates(exports: &Exports, roles: &Roles<'_>, found: &mut Attention) {
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
        if let Some(role) = value::word(candidate, "execution_role").filter(|role| !roles.is_selectable(role.trim())) {
            unusable_role(found, roles, candidate, role.trim(), here("execution_role"));
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

pub(super) fn audits(exports: &Exports, found: &mut Attention) {
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
