//! What needs somebody: every export is gone through once, and whatever is stuck, refused or contradicts itself becomes
//! a notice with its evidence and what to do. The same notices are the findings of the pack, but for those about words
//! that nobody knows: the reading of the export has told of them.

use std::collections::BTreeMap;

use jiff::Timestamp;

use crate::check::export::{Exports, Form};
use crate::check::shape;
use crate::codes::NEW_WORD;
use crate::finding::Place;
use crate::kinds::dispatch::redact::shown;
use crate::kinds::dispatch::value;
use crate::kinds::dispatch_run::dry_run::Judged;
use crate::kinds::dispatch_run::notice::{Attention, Said};
use crate::kinds::dispatch_run::{
    activity, codes,
    exports::EXPORTS,
    roles::{self, Roles},
};
use crate::lang::Lang;
use crate::read::tree::Node;

mod candidates;
mod planning;
mod tasks;

/// Longest text of an export that a notice repeats, in characters.
const QUOTED: usize = 120;

/// What people call an item: its title, else its id.
pub(super) fn name_of(item: &Node) -> String {
    let named = ["title", "name", "id"].into_iter().find_map(|key| value::word(item, key));
    shown(named.unwrap_or("?"), 80)
}

/// Goes through every export that was given, and through the verdicts on the files of its tasks.
pub(super) fn attention(exports: &Exports, judged: &[Judged<'_>], now: Timestamp) -> Attention {
    let mut found = Attention::default();
    let roles = Roles::of(exports);
    tasks::tasks(exports, &roles, now, &mut found);
    tasks::files(exports, judged, &mut found);
    connectors(exports, &roles, now, &mut found);
    planning::runs(exports, now, &mut found);
    candidates::candidates(exports, &roles, &mut found);
    candidates::audits(exports, &mut found);
    planning::snapshots(exports, &mut found);
    new_words(exports, &mut found);
    for drift in drift(exports).unwrap_or_default() {
        let (what, role) = drift.split_once(':').unwrap_or((&drift, ""));
        found.push(&codes::CATALOGUE_DRIFT, || {
            let said = Said { zh: what.to_owned(), en: what.to_owned() };
            (shown(role, 80), said, None, place(exports, "roles", String::new()))
        });
    }
    found.sort();
    found
}

fn place(exports: &Exports, name: &str, pointer: String) -> Place {
    exports.get(name).map_or_else(Place::default, |export| export.place(pointer))
}

/// Something is to be done as a role that nobody can be dispatched as.
fn unusable_role(found: &mut Attention, roles: &Roles<'_>, item: &Node, role: &str, place: Place) {
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

fn unredacted(found: &mut Attention, item: &Node, place: Place) {
    found.push(&codes::UNREDACTED, || {
        let said = Said { zh: "內容未顯示".to_owned(), en: "what it is, is not repeated here".to_owned() };
        (name_of(item), said, None, place)
    });
}

/// Words of every export that nobody knows: kept, shown, and flagged here, each word once.
fn new_words(exports: &Exports, found: &mut Attention) {
    for export in EXPORTS {
        let Form::Items { shape, .. } = export.form else { continue };
        let mut words: BTreeMap<(String, &str), (usize, &Node, String)> = BTreeMap::new();
        for (at, item) in exports.items(export.name).into_iter().flatten() {
            for (pointer, word) in shape::new_words(item, shape) {
                let key = pointer.rsplit('/').next().unwrap_or_default().to_owned();
                let (count, ..) = words.entry((key, word)).or_insert((0, item, format!("/{at}{pointer}")));
                *count += 1;
            }
        }
        for ((key, word), (count, first, pointer)) in words {
            found.push(&NEW_WORD, || {
                let said = format!("{key}: {}", shown(word, 40));
                let said = match count {
                    1 => Said::same(said),
                    _ => Said {
                        zh: format!("{said}（{count} 筆，這是第一筆）"),
                        en: format!("{said} ({count} of them, this is the first)"),
                    },
                };
                let todo = Said {
                    zh: "確認不是拼錯；若是程式新增的用詞，則不必處理。".to_owned(),
                    en: NEW_WORD.fix.to_owned(),
                };
                (name_of(first), said, Some(todo), place(exports, export.name, pointer))
            });
        }
    }
}

fn connectors(exports: &Exports, roles: &Roles<'_>, now: Timestamp, found: &mut Attention) {
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
