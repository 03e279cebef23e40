//! What needs somebody among the connectors: roles that nobody knows, and those that were not heard of.

use jiff::Timestamp;

use crate::check::export::Exports;
use crate::kinds::dispatch::redact::shown;
use crate::kinds::dispatch::value;
use crate::kinds::dispatch_run::attention::item::{place, unusable_role};
use crate::kinds::dispatch_run::notice::{Attention, Said};
use crate::kinds::dispatch_run::roles::Roles;
use crate::kinds::dispatch_run::wording::{duration, name_of};
use crate::kinds::dispatch_run::{activity, codes};
use crate::lang::Lang;

pub(super) fn connectors(exports: &Exports, roles: &Roles<'_>, now: Timestamp, found: &mut Attention) {
    for (at, connector) in exports.items("connectors").into_iter().flatten() {
        let Some(activity) = value::get(connector, "activity").filter(|_| activity::is_listed(connector, now)) else {
            continue;
        };
        // A connector may well do what a meta role is for.
        if let Some(role) = value::word(activity, "role_id").filter(|role| !roles.has(role)) {
            let place = place(exports, "connectors", format!("/{at}/activity/role_id"));
            unusable_role(found, roles, connector, role, place);
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
