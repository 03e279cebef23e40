//! What needs somebody: every export is gone through once, and whatever is stuck, refused or contradicts itself becomes
//! a notice with its evidence and what to do. The same notices are the findings of the pack, but for those about words
//! that nobody knows: the reading of the export has told of them.

use std::collections::BTreeMap;

use jiff::Timestamp;

use crate::check::export::{Exports, Form};
use crate::check::shape;
use crate::codes::NEW_WORD;
use crate::kinds::dispatch::redact::shown;
use crate::kinds::dispatch_run::codes;
use crate::kinds::dispatch_run::dry_run::Judged;
use crate::kinds::dispatch_run::exports::EXPORTS;
use crate::kinds::dispatch_run::notice::{Attention, Said};
use crate::kinds::dispatch_run::roles::{self, Roles};
use crate::kinds::dispatch_run::wording::name_of;
use crate::read::tree::Node;

use item::place;

mod candidates;
mod connectors;
mod item;
mod planning;
mod tasks;

/// Goes through every export that was given, and through the verdicts on the files of its tasks.
pub(super) fn attention(exports: &Exports, judged: &[Judged<'_>], now: Timestamp) -> Attention {
    let mut found = Attention::default();
    let roles = Roles::of(exports);
    tasks::tasks(exports, &roles, now, &mut found);
    tasks::files(exports, judged, &mut found);
    connectors::connectors(exports, &roles, now, &mut found);
    planning::runs(exports, now, &mut found);
    candidates::candidates(exports, &roles, &mut found);
    candidates::audits(exports, &mut found);
    planning::snapshots(exports, &mut found);
    new_words(exports, &mut found);
    for drift in roles::drifted(exports).unwrap_or_default() {
        let (what, role) = drift.split_once(':').unwrap_or((&drift, ""));
        found.push(&codes::CATALOGUE_DRIFT, || {
            let said = Said { zh: what.to_owned(), en: what.to_owned() };
            (shown(role, 80), said, None, place(exports, "roles", String::new()))
        });
    }
    found.sort();
    found
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
