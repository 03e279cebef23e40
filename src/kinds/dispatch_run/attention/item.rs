//! What any item of an export may give notice of, and where it stands.

use crate::check::export::Exports;
use crate::finding::Place;
use crate::kinds::dispatch::redact::shown;
use crate::kinds::dispatch_run::codes;
use crate::kinds::dispatch_run::notice::{Attention, Said};
use crate::kinds::dispatch_run::roles::Roles;
use crate::kinds::dispatch_run::wording::name_of;
use crate::read::tree::Node;

/// Longest text of an export that a notice repeats, in characters.
pub(super) const QUOTED: usize = 120;

/// Where an item of an export stands, or something in it.
pub(super) fn place(exports: &Exports, name: &str, pointer: String) -> Place {
    exports.get(name).map_or_else(Place::default, |export| export.place(pointer))
}

/// Something is to be done as a role that nobody can be dispatched as.
pub(super) fn unusable_role(found: &mut Attention, roles: &Roles<'_>, item: &Node, role: &str, place: Place) {
    found.push(&codes::UNKNOWN_ROLE, || {
        let word = shown(role, 60);
        let said = if roles.has(role) {
            Said { zh: format!("「{word}」是 meta 角色"), en: format!("“{word}” is a meta role") }
        } else {
            Said {
                zh: format!("目錄沒有角色「{word}」"), en: format!("the catalogue has no role “{word}”")
            }
        };
        (name_of(item), said, None, place)
    });
}

/// A text of the item holds a secret.
pub(super) fn unredacted(found: &mut Attention, item: &Node, place: Place) {
    found.push(&codes::UNREDACTED, || {
        let said = Said { zh: "內容未顯示".to_owned(), en: "what it is, is not repeated here".to_owned() };
        (name_of(item), said, None, place)
    });
}
