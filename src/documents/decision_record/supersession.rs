//! Records that take the place of one another: where their links lead, and whether they go in a circle.

use std::collections::{BTreeMap, BTreeSet};

use super::record::{DecisionRecord, Link};
use crate::check::privacy;
use crate::codes;
use crate::finding::{Finding, Place};
use crate::limits;

/// Checks that what the records say about one another leads somewhere and not in a circle. Targets are paths relative
/// to the folder of the record that names them; one that begins with `/` is relative to the workspace.
pub fn check_supersession(records: &[DecisionRecord], findings: &mut Vec<Finding>) {
    let before = findings.len();
    let paths: BTreeMap<String, &DecisionRecord> =
        records.iter().filter_map(|record| Some((resolve("", &record.path)?, record))).collect();
    // From a record to those that take its place, each with the record and link that say so.
    let mut successors: BTreeMap<&str, BTreeMap<&str, (&str, &Link)>> = BTreeMap::new();
    for (path, record) in &paths {
        let folder = path.rfind('/').map_or("", |end| &path[..end]);
        let successor = record.superseded_by.iter().map(|link| (link, true));
        let mut dangling = 0;
        for (link, is_successor) in successor.chain(record.supersedes.iter().map(|link| (link, false))) {
            let target = resolve(folder, &link.target).and_then(|target| {
                let named = paths.keys().find(|path| **path == target);
                named.or_else(|| paths.keys().find(|path| is_meant(&target, path)))
            });
            let Some(target) = target else {
                dangling += 1;
                if dangling > limits::FINDINGS_PER_CODE.value {
                    continue;
                }
                let place = Place::file(&record.path).at(link.line, link.character);
                let message = format!("`{}` is none of the decision records", link.target);
                findings.push(
                    Finding::new(&codes::DECISION_DANGLING, place, message)
                        .hint("name the file of the record, relative to the folder of this one"),
                );
                continue;
            };
            let (from, to) = if is_successor { (path, target) } else { (target, path) };
            successors.entry(from).or_default().entry(to).or_insert((record.path.as_str(), link));
        }
    }
    for circle in circles(&successors) {
        report_circle(&circle, &successors, findings);
    }
    privacy::redact(&mut findings[before..]);
}

/// Whether an identifier such as `adr/ADR-0123` means the record of this path: `adr/0123-*.md` or `adr/ADR-0123*.md`.
pub fn is_meant(target: &str, path: &str) -> bool {
    let (folder, identifier) = target.rsplit_once('/').unwrap_or(("", target));
    let (beside, file) = path.rsplit_once('/').unwrap_or(("", path));
    let number = identifier.split_once('-').map_or("", |(_, number)| number);
    let numbered = !number.is_empty() && number.bytes().all(|byte| byte.is_ascii_digit());
    let (identifier, file) = (identifier.to_lowercase(), file.to_lowercase());
    let Some(stem) = file.strip_suffix(".md").filter(|_| numbered && folder == beside) else { return false };
    [number, &identifier]
        .into_iter()
        .filter_map(|name| stem.strip_prefix(name))
        .any(|rest| rest.is_empty() || rest.starts_with('-'))
}

/// A path without `.`, `..` and `#fragment`. `None` when it leads out of the workspace or to another machine.
pub(super) fn resolve(folder: &str, target: &str) -> Option<String> {
    let target = target.split(['#', '?']).next().unwrap_or_default();
    if target.is_empty() || target.contains("://") {
        return None;
    }
    let folder = if target.starts_with('/') { "" } else { folder };
    let mut parts = Vec::new();
    for part in folder.split('/').chain(target.split('/')) {
        match part {
            "" | "." => {}
            ".." => {
                parts.pop()?;
            }
            part => parts.push(part),
        }
    }
    Some(parts.join("/"))
}

type Successors<'a> = BTreeMap<&'a str, BTreeMap<&'a str, (&'a str, &'a Link)>>;

/// The circles, each once, beginning with their first path in lexical order.
fn circles<'a>(successors: &Successors<'a>) -> BTreeSet<Vec<&'a str>> {
    let next_of = |path: &str| -> Vec<&'a str> {
        successors.get(path).map(|next| next.keys().rev().copied().collect()).unwrap_or_default()
    };
    let mut circles = BTreeSet::new();
    let mut done = BTreeSet::new();
    for start in successors.keys() {
        // A walk with its own stack: as long as the longest chain of records, whatever that is.
        let mut way: Vec<&'a str> = Vec::new();
        let mut open: Vec<(&'a str, Vec<&'a str>)> = Vec::new();
        let mut enter = Some(*start).filter(|start| !done.contains(start));
        loop {
            if let Some(path) = enter.take() {
                way.push(path);
                open.push((path, next_of(path)));
            }
            let Some((path, next)) = open.last_mut() else { break };
            match next.pop() {
                None => {
                    done.insert(*path);
                    open.pop();
                    way.pop();
                }
                Some(next) => {
                    if let Some(begin) = way.iter().position(|path| *path == next) {
                        let mut circle = way[begin..].to_vec();
                        let first = (0..circle.len()).min_by_key(|at| circle[*at]).unwrap_or_default();
                        circle.rotate_left(first);
                        circles.insert(circle);
                    } else if !done.contains(next) {
                        enter = Some(next);
                    }
                }
            }
        }
    }
    circles
}

fn report_circle(circle: &[&str], successors: &Successors<'_>, findings: &mut Vec<Finding>) {
    let steps: Vec<_> = circle
        .iter()
        .zip(circle.iter().cycle().skip(1))
        .filter_map(|(from, to)| Some((from, to, successors.get(from)?.get(to)?)))
        .collect();
    let said: Vec<_> = steps
        .iter()
        .map(|(from, to, (by, link))| format!("`{from}` is superseded by `{to}` ({by}:{})", link.line))
        .collect();
    // A statement in the first record itself, if it makes one.
    let Some((_, _, (by, link))) = steps.iter().find(|(_, _, (by, _))| *by == circle[0]).or(steps.first()) else {
        return;
    };
    let place = Place::file(*by).at(link.line, link.character);
    findings.push(Finding::new(&codes::DECISION_CYCLE, place, said.join(", ")).hint("remove one of these links"));
}
