//! Lanes and statuses that exports name and nobody knows: kept, shown and flagged, never dropped.

use std::collections::{BTreeMap, BTreeSet};

use crate::codes::{self, Code};
use crate::kinds::dispatch_workflow::codes::UNKNOWN_LANE;
use crate::kinds::dispatch_workflow::issues::{self, Issue};
use crate::kinds::dispatch_workflow::pr_fix::Item;
use crate::kinds::dispatch_workflow::view::{Console, code, none, shown};
use crate::kinds::dispatch_workflow::{lanes, status};
use crate::lang::{Lang, Words, words};
use crate::read::tree::Node;
use crate::view::page::{Inline, Tone};

/// How often a name occurs in an export, and the first row that has it.
type Odd = BTreeMap<(&'static str, String), (usize, usize)>;

/// Flags every lane and every status that has no meaning here. `configured` are the lanes of the server.
pub(super) fn flag(console: &mut Console<'_>, configured: &BTreeSet<String>) {
    let is_odd = |lane: &lanes::Named| !lane.known && !configured.contains(&lane.id.to_lowercase());
    let of_lane = |export: &str, row: &Node| {
        let named = match export {
            "pr_fix_items" => row.text_at("lane").map(lanes::resolve_pr_fix),
            _ => issues::lane(row),
        };
        named.filter(is_odd).map(|lane| lane.id).into_iter().collect()
    };
    let lanes = odd(console, &["issues", "queue", "pr_fix_items", "worker_results"], of_lane);
    tell(console, &LANE, lanes);
    // Those of issues break the status contract, which tells them.
    let of_status = |export: &str, row: &Node| match export {
        "pr_fix_items" => {
            let item = Item::read(row);
            if item.has_known_status() { Vec::new() } else { vec![item.status] }
        }
        _ => Issue::read(row).map(|issue| unknown_statuses(&issue)).unwrap_or_default(),
    };
    let statuses = odd(console, &["queue", "pr_fix_items"], of_status);
    tell(console, &STATUS, statuses);
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

fn odd(console: &Console<'_>, exports: &[&'static str], names: impl Fn(&str, &Node) -> Vec<String>) -> Odd {
    let mut odd = Odd::new();
    for export in exports {
        for (at, row) in console.rows(export).unwrap_or_default().iter().enumerate() {
            for name in names(export, row) {
                odd.entry((*export, name)).or_insert((0, at)).0 += 1;
            }
        }
    }
    odd
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
    for ((export, name), (count, first)) in odd {
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
        console.find(sort.code, export, format!("/{first}/{}", sort.what), message, sort.fix.en);
    }
}
