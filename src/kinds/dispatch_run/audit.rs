//! The audit of execution roles: who set which role, when and why. It is only ever added to, so its rows have to follow
//! from one another, and the role that a candidate has now is the last one that the audit tells.

use std::collections::BTreeMap;

use serde_json::json;

use crate::decide::{Question, Told};
use crate::kinds::dispatch::form::{self, form};
use crate::kinds::dispatch::value;
use crate::lang::{Words, words};
use crate::read::tree::{Node, Value};

/// What an audit row may be about.
pub(super) const SUBJECTS: &[&str] = &["backlog_candidate", "task", "planning_run", "connector"];
/// Who may have written one.
pub(super) const ACTORS: &[&str] = &["user", "api_key", "router", "system", "connector"];
/// The field that is audited.
const ROLE: &str = "execution_role";

/// What can be wrong with a row, in the order in which it is looked for.
pub(super) static FAULTS: &[(&str, Words)] = &[
    ("unknown-subject-kind", words("對象種類不明", "a subject of no known kind")),
    ("missing-subject", words("沒有對象", "no subject")),
    ("missing-field", words("沒有欄位", "no field")),
    ("unknown-actor-kind", words("寫入者種類不明", "an actor of no known kind")),
    ("confidence-missing", words("router 寫入卻沒有信心值", "written by the router without a confidence")),
    ("confidence-out-of-range", words("信心值不在 0 到 1 之間", "a confidence that is not within 0 and 1")),
    ("confidence-forbidden", words("只有 router 可以有信心值", "a confidence, which only the router has")),
    (
        "chain-broken",
        words(
            "舊值不是上一筆的新值：有紀錄被改或遺失",
            "its old value is not the new value before it: a row was changed or is lost",
        ),
    ),
    (
        "role-not-audited",
        words("現在的角色不是稽核的最後一筆", "the role it has now is not the last that the audit tells"),
    ),
];

/// What a fault means.
pub(super) fn about(fault: &str) -> Words {
    FAULTS.iter().find(|(id, _)| *id == fault).map_or(words("", ""), |(_, about)| *about)
}

/// The faults for `explain`.
pub(super) fn told() -> impl Iterator<Item = Told> {
    FAULTS.iter().map(|(id, when)| Told {
        id,
        question: "role-audit",
        when: *when,
        decides: vec!["invalid"],
        route: None,
        is_first: true,
    })
}

/// What is wrong with one row by itself.
pub(super) fn fault(row: &Node) -> Option<&'static str> {
    let is_router = value::text(row, "actor_kind") == "router";
    let confidence = value::get(row, "confidence").map(|node| &node.value);
    if !SUBJECTS.contains(&value::text(row, "subject_kind")) {
        return Some("unknown-subject-kind");
    }
    if value::word(row, "subject_id").is_none() {
        return Some("missing-subject");
    }
    if value::word(row, "field").is_none() {
        return Some("missing-field");
    }
    if !ACTORS.contains(&value::text(row, "actor_kind")) {
        return Some("unknown-actor-kind");
    }
    match confidence {
        None => is_router.then_some("confidence-missing"),
        Some(_) if !is_router => Some("confidence-forbidden"),
        Some(Value::Number(number)) if number.parse().is_ok_and(|share: f64| (0.0..=1.0).contains(&share)) => None,
        Some(_) => Some("confidence-out-of-range"),
    }
}

/// Every row that is wrong, with its position: by itself, or beside the one before it about the same thing.
pub(super) fn faults(rows: &[Node]) -> Vec<(usize, &'static str)> {
    let mut found: Vec<_> = rows.iter().enumerate().filter_map(|(at, row)| Some((at, fault(row)?))).collect();
    for chain in chains(rows).values() {
        let broken = chain.windows(2).filter(|pair| word(pair[0].1, "new_value") != word(pair[1].1, "old_value"));
        found.extend(broken.map(|pair| (pair[1].0, "chain-broken")));
    }
    found.sort_unstable();
    found.dedup_by_key(|(at, _)| *at);
    found
}

/// Candidates whose role is not the last that the audit tells, by position.
pub(super) fn not_audited<'a>(
    rows: &[Node],
    candidates: impl Iterator<Item = (usize, &'a Node)>,
) -> Vec<(usize, &'a Node)> {
    let chains = chains(rows);
    let last = |candidate: &Node| {
        let chain = chains.get(&("backlog_candidate", value::text(candidate, "id"), ROLE))?;
        chain.last().map(|(_, row)| word(row, "new_value"))
    };
    // Without any row the role may be older than the audit.
    candidates.filter(|(_, one)| last(one).is_some_and(|last| last != word(one, ROLE))).collect()
}

type Chain<'a> = Vec<(usize, &'a Node)>;

/// The rows about the same field of the same thing, in time; rows that are wrong by themselves are passed over.
fn chains(rows: &[Node]) -> BTreeMap<(&str, &str, &str), Chain<'_>> {
    let mut chains: BTreeMap<_, Chain<'_>> = BTreeMap::new();
    for (at, row) in rows.iter().enumerate().filter(|(_, row)| fault(row).is_none()) {
        let about = ["subject_kind", "subject_id", "field"].map(|key| value::text(row, key));
        chains.entry((about[0], about[1], about[2])).or_default().push((at, row));
    }
    for chain in chains.values_mut() {
        chain.sort_by_key(|(at, row)| (value::moment(row, "created_at"), *at));
    }
    chains
}

/// A value of a row; blank, null and absent are the same: no role.
fn word<'a>(row: &'a Node, key: &str) -> &'a str {
    value::text(row, key).trim()
}

/// `role-audit`: one row (`row`), or rows that have to follow from one another (`rows`).
pub(super) static QUESTION: Question = Question {
    name: "role-audit",
    about: words("角色稽核紀錄是否成立", "whether the audit of execution roles holds"),
    facts: None,
    sanitises: false,
    answer: |facts, asked| {
        form::answer(
            facts,
            asked,
            &[
                form("row", &[], |form, asked| {
                    let fault = form.table("row").and_then(fault);
                    let why = fault.map(|fault| about(fault).get(asked.lang));
                    json!({"valid": fault.is_none(), "error_code": fault, "rationale": why})
                }),
                form("rows", &[], |form, asked| {
                    let told = |(at, fault): (usize, &str)| json!({"row": at, "error_code": fault, "rationale": about(fault).get(asked.lang)});
                    let faults: Vec<_> = faults(form.list("rows")).into_iter().map(told).collect();
                    json!({"valid": faults.is_empty(), "faults": faults})
                }),
            ],
        )
    },
};

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kinds::dispatch::value::parsed;

    fn row(more: &str) -> String {
        format!(r#"{{"subject_kind":"backlog_candidate","subject_id":"c","field":"execution_role",{more}}}"#)
    }

    #[test]
    fn the_router_says_how_sure_it_is_and_nobody_else_does() {
        let check =
            |more: &str, expected: Option<&str>| assert_eq!(fault(&parsed(&row(more)).unwrap()), expected, "{more}");
        check(r#""actor_kind":"router","confidence":0.85"#, None);
        check(r#""actor_kind":"router","confidence":1"#, None);
        check(r#""actor_kind":"router","confidence":1.01"#, Some("confidence-out-of-range"));
        check(r#""actor_kind":"router","confidence":"0.5""#, Some("confidence-out-of-range"));
        check(r#""actor_kind":"router","confidence":null"#, Some("confidence-missing"));
        check(r#""actor_kind":"user""#, None);
        check(r#""actor_kind":"system","confidence":0"#, Some("confidence-forbidden"));
        check(r#""actor_kind":"Router","confidence":0.5"#, Some("unknown-actor-kind"));
        let check = |row: &str, expected: &str| assert_eq!(fault(&parsed(row).unwrap()), Some(expected));
        check(r#"{"subject_kind":"document"}"#, "unknown-subject-kind");
        check(r#"{"subject_kind":"task","subject_id":" "}"#, "missing-subject");
        check(r#"{"subject_kind":"task","subject_id":"t"}"#, "missing-field");
    }

    #[test]
    fn rows_follow_from_one_another_in_time() {
        let set = |old: &str, new: &str, at: &str| {
            row(&format!(
                r#""actor_kind":"user","old_value":{old},"new_value":{new},"created_at":"2026-05-{at}T10:00:00Z""#
            ))
        };
        let check = |rows: &[String], role: &str, expected: &[(usize, &str)], audited: bool| {
            let rows = parsed(&format!("[{}]", rows.join(","))).unwrap();
            assert_eq!(faults(rows.items()), expected);
            let candidate = parsed(&format!(r#"{{"id":"c","execution_role":{role}}}"#)).unwrap();
            assert_eq!(not_audited(rows.items(), [(0, &candidate)].into_iter()).is_empty(), audited);
        };
        let (first, second) = (set("null", r#""a""#, "01"), set(r#""a""#, r#""b""#, "02"));
        check(&[second.clone(), first.clone()], r#""b""#, &[], true);
        check(&[first.clone(), second.clone()], r#""a""#, &[], false);
        check(&[first, set(r#""x""#, r#""b""#, "03")], r#""b""#, &[(1, "chain-broken")], true);
        check(&[], r#""b""#, &[], true);
    }
}
