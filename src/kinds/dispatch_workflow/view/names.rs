//! Lanes and statuses that exports name and nobody knows: kept, shown and flagged, never dropped.

use std::collections::{BTreeMap, BTreeSet};

use crate::codes;
use crate::finding::Code;
use crate::kinds::dispatch_workflow::codes::UNKNOWN_LANE;
use crate::kinds::dispatch_workflow::issues::{self, Issue};
use crate::kinds::dispatch_workflow::pr_fix::Item;
use crate::kinds::dispatch_workflow::view::console::{Console, code, none, shown};
use crate::kinds::dispatch_workflow::{lanes, status};
use crate::lang::{Lang, Words, words};
use crate::read::tree::Node;
use crate::view::page::{Inline, Tone};

/// How often a name occurs in an export, and where it does first.
type Odd = BTreeMap<(&'static str, String), (usize, String)>;

/// The exports whose rows name a lane.
const WITH_LANES: [&str; 6] = ["issues", "queue", "active_work", "pr_fix_items", "pr_fix_reports", "worker_results"];

/// Flags every lane and every status that has no meaning here. `configured` are the lanes of the server.
pub(super) fn flag(console: &mut Console<'_>, configured: &BTreeSet<String>) {
    let is_odd = |lane: &lanes::Named| !lane.known && !configured.contains(&lane.id.to_lowercase());
    let mut lanes = Odd::new();
    for export in WITH_LANES {
        for (at, row) in console.rows(export).unwrap_or_default().iter().enumerate() {
            let (key, lane) = match export {
                "pr_fix_items" | "pr_fix_reports" => ("lane", row.text_at("lane").map(lanes::resolve_pr_fix)),
                "active_work" => match row.get("context").and_then(issues::lane) {
                    Some(lane) => ("context/lane", Some(lane)),
                    None => ("lane", issues::lane(row)),
                },
                _ => ("lane", issues::lane(row)),
            };
            if let Some(lane) = lane.filter(is_odd) {
                count(&mut lanes, export, lane.id, || format!("/{at}/{key}"));
            }
        }
    }
    for entry in console.tree("probes").map(Node::entries).unwrap_or_default() {
        if let Some(lane) = lanes::resolve(&entry.key).filter(is_odd) {
            count(&mut lanes, "probes", lane.id, String::new);
        }
    }
    tell(console, &LANE, lanes);
    // Those of issues break the status contract, which tells them.
    let mut statuses = Odd::new();
    for (at, row) in console.rows("queue").unwrap_or_default().iter().enumerate() {
        for status in Issue::read(row).map(|issue| unknown_statuses(&issue)).unwrap_or_default() {
            count(&mut statuses, "queue", status, || format!("/{at}/status"));
        }
    }
    for (at, row) in console.rows("pr_fix_items").unwrap_or_default().iter().enumerate() {
        let item = Item::read(row);
        if !item.has_known_status() {
            count(&mut statuses, "pr_fix_items", item.status, || format!("/{at}/status"));
        }
    }
    tell(console, &STATUS, statuses);
}

fn count(odd: &mut Odd, export: &'static str, name: String, pointer: impl FnOnce() -> String) {
    odd.entry((export, name)).or_insert_with(|| (0, pointer())).0 += 1;
}

/// A lane as a page shows it: one that nobody knows is marked.
pub(super) fn lane(console: &Console<'_>, named: &lanes::Named) -> Inline {
    let name = code(&named.id);
    if named.known {
        return name;
    }
    let mark = Inline::Tag(Tone::Warn, console.word(LANE.unknown));
    Inline::Many(vec![name, Inline::Text(" ".to_owned()), mark])
}

/// What a row says of its status; what has no meaning here is marked.
pub(super) fn statuses(console: &Console<'_>, issue: &Issue<'_>) -> Inline {
    let unknown = unknown_statuses(issue);
    let candidates = issue.status.candidates();
    if unknown.is_empty() {
        return if candidates.is_empty() { none() } else { code(&candidates.join(", ")) };
    }
    let mark = Inline::Tag(Tone::Warn, console.word(STATUS.unknown));
    let mut named = candidates.to_vec();
    named.extend(unknown.into_iter().filter(|word| !candidates.contains(word)));
    Inline::Many(vec![code(&named.join(", ")), Inline::Text(" ".to_owned()), mark])
}

fn unknown_statuses(issue: &Issue<'_>) -> Vec<String> {
    let stated = issue.status.field.iter().chain(&issue.status.labels);
    let unknown: BTreeSet<_> = stated.filter(|word| !status::is_known(word)).cloned().collect();
    unknown.into_iter().collect()
}

/// A sort of names.
struct Sort {
    code: &'static Code,
    what: &'static str,
    area: Words,
    unknown: Words,
    fix: Words,
}

static LANE: Sort = Sort {
    code: &UNKNOWN_LANE,
    what: "lane",
    area: words("Lane 名稱", "Lane name"),
    unknown: words("未知的 lane", "unknown lane"),
    fix: words("改正名稱或加入 lane 設定", "correct the name, or configure the lane"),
};
static STATUS: Sort = Sort {
    code: &codes::NEW_WORD,
    what: "status",
    area: words("狀態", "Status"),
    unknown: words("未知的狀態", "unknown status"),
    fix: words("改用合約內的狀態", "use a status of the contract"),
};

fn tell(console: &mut Console<'_>, sort: &'static Sort, odd: Odd) {
    for ((export, name), (count, pointer)) in odd {
        let (name, title) = (shown(&name), console.title(export));
        let unknown = sort.unknown.get(console.lang);
        let why = match console.lang {
            Lang::ZhHant => format!("{unknown}，「{title}」{count} 筆；保留原字，不會被領取"),
            Lang::En => {
                format!("{unknown} of {count} in {}; kept as written, and nobody takes it", title.to_lowercase())
            }
        };
        console.attend(Tone::Warn, sort.area, &name, &why, sort.fix);
        let message = || format!("{} `{name}` of {count} in {export} is not known", sort.what);
        console.find(sort.code, export, pointer, message, sort.fix.en);
    }
}
