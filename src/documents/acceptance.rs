//! `acceptance.toml`: the acceptance cases of a pack, facts in and decision expected. Reading them runs nothing.

use std::collections::BTreeMap;

use crate::check::shape::{self, Shape, Type, optional, required};
use crate::codes;
use crate::documents::workspace::place_of;
use crate::finding::{Finding, Place};
use crate::read::tree::{Node, Value};
use crate::read::{text, toml};

/// Name of the document inside a pack.
pub const FILE: &str = "acceptance.toml";

static CASE: Shape = Shape {
    about: "An acceptance case.",
    closed: true,
    keys: &[
        required("id", Type::Text, "id of the case, unique in the pack"),
        required("title", Type::Text, "what the case shows"),
        optional("gate", Type::Text, "gate that the case belongs to"),
        required("rule", Type::Text, "name of the decision that is asked"),
        optional("given", Type::Map(&Type::Any), "facts that the decision is given"),
        required("expect", Type::Map(&Type::Any), "what the decision has to hold"),
    ],
};

/// The shape of `acceptance.toml`.
pub static SHAPE: Shape = Shape {
    about: "The acceptance cases of a pack.",
    closed: true,
    keys: &[required("case", Type::List(&Type::Table(&CASE)), "the cases")],
};

/// An acceptance case.
#[derive(Clone, Debug)]
pub struct Case {
    /// Id, unique in the pack.
    pub id: String,
    /// What the case shows.
    pub title: String,
    /// Gate that it belongs to.
    pub gate: Option<String>,
    /// Name of the decision that is asked; whether it exists is for the caller to say.
    pub rule: String,
    /// Facts, a table; an empty one when none are given.
    pub given: Node,
    /// What the decision has to hold, a table that is not empty.
    pub expect: Node,
    /// Where the case begins.
    pub place: Place,
}

/// Reads `acceptance.toml`: the cases that can be run. The findings say what is wrong with the others.
pub fn read(path: &str, bytes: &[u8], findings: &mut Vec<Finding>) -> Vec<Case> {
    let Some(node) = toml::read(path, bytes, findings) else { return Vec::new() };
    let Some(text) = text::read(path, bytes, &mut Vec::new()) else { return Vec::new() };
    shape::check(&node, &SHAPE, text, findings);
    let listed = node.get("case").map(Node::items).unwrap_or_default();
    if let Some(list) = node.get("case")
        && matches!(&list.value, Value::List(items) if items.is_empty())
    {
        let message = "`case` is an empty list: a pack without a case has nothing to show that it works";
        findings.push(
            Finding::new(&codes::INVALID_VALUE, place_of(text, list, &["case"]), message).hint("write a `[[case]]`"),
        );
    }
    let mut seen = BTreeMap::new();
    let mut cases = Vec::new();
    for (index, node) in listed.iter().enumerate() {
        let index = index.to_string();
        let place = place_of(text, node, &["case", &index]);
        if let Some(id) = node.text_at("id") {
            let (line, _) = text.position(node.offset);
            if let Some(first) = seen.get(id) {
                let message = format!("case `{id}` stands here a second time, first in line {first}");
                findings.push(Finding::new(&codes::DUPLICATE_ID, place, message).hint("give it an id of its own"));
                continue;
            }
            seen.insert(id, line);
        }
        if let Some(expect) = node.get("expect")
            && matches!(&expect.value, Value::Table(entries) if entries.is_empty())
        {
            let message = "`expect` is empty: a case that expects nothing cannot fail";
            let place = place_of(text, expect, &["case", &index, "expect"]);
            findings
                .push(Finding::new(&codes::INVALID_VALUE, place, message).hint("write what the decision has to hold"));
            continue;
        }
        cases.extend(case(node, place));
    }
    cases
}

fn case(node: &Node, place: Place) -> Option<Case> {
    let table = |node: &Node| matches!(node.value, Value::Table(_)).then(|| node.clone());
    let given = match node.get("given") {
        Some(given) => table(given)?,
        None => Node { value: Value::Table(Vec::new()), offset: node.offset },
    };
    let text = |key: &str| node.text_at(key).filter(|text| !text.trim().is_empty()).map(str::to_owned);
    Some(Case {
        id: text("id")?,
        title: text("title")?,
        gate: text("gate"),
        rule: text("rule")?,
        given,
        expect: table(node.get("expect")?)?,
        place,
    })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn check(toml: &str) -> Vec<String> {
        let mut findings = Vec::new();
        let cases = read("a.toml", toml.as_bytes(), &mut findings);
        let cases = cases.iter().map(|case| {
            let gate = case.gate.as_deref().unwrap_or("-");
            let (given, expect) = (case.given.to_json(), case.expect.to_json());
            format!("{} {} {} {gate} {} {given} {expect}", case.place, case.id, case.title, case.rule)
        });
        cases
            .chain(findings.iter().map(|found| format!("{} {}: {}", found.code.id, found.place, found.message)))
            .collect()
    }

    #[test]
    fn cases_are_read_in_order() {
        assert_eq!(
            check(
                "[[case]]\nid = 'a'\ntitle = 'T'\ngate = 'G1'\nrule = 'r'\n[case.given]\nn = 2\ndue = 2026-05-25T18:00:00+08:00\n\
                 [case.expect]\nresult = 'x'\n[[case]]\nid = 'b'\ntitle = 'U'\nrule = 'r'\nexpect = { task.kind = 'y' }\n"
            ),
            [
                r#"a.toml:1:1 at /case/0 a T G1 r {"n":2,"due":"2026-05-25T18:00:00+08:00"} {"result":"x"}"#,
                r#"a.toml:11:1 at /case/1 b U - r {} {"task":{"kind":"y"}}"#,
            ]
        );
    }

    #[test]
    fn every_fault_has_its_place() {
        assert_eq!(
            check("case = []"),
            [
                "invalid_value a.toml:1:8 at /case: `case` is an empty list: a pack without a case has nothing to show that it works"
            ]
        );
        assert_eq!(check("# none"), ["missing_key a.toml:1:1: key `case` is missing (the cases)"]);
        assert_eq!(
            check(
                "[[case]]\nid = 'a'\ntitle = 'T'\nrule = 'r'\nexpect = {}\n[[case]]\nid = 'a'\ntitle = 'T'\nrule = 'r'\nexpect = {b = 1}\n\
                 [[case]]\nid = 'c'\ntitle = 'T'\nrule = 'r'\ngiven = 1\nexpected = {b = 1}\n"
            ),
            [
                "wrong_type a.toml:15:9 at /case/2/given: `given` is the number 1, expected a table",
                "unknown_key a.toml:16:1 at /case/2/expected: key `expected` is not known here",
                "missing_key a.toml:11:1 at /case/2: key `expect` is missing (what the decision has to hold)",
                "invalid_value a.toml:5:10 at /case/0/expect: `expect` is empty: a case that expects nothing cannot fail",
                "duplicate_id a.toml:6:1 at /case/1: case `a` stands here a second time, first in line 1",
            ]
        );
    }

    proptest! {
        #[test]
        fn never_panics(toml in r"(\[\[case\]\]\n|case = \[\]\n|id = 'a'\n|expect = \{\}\n|given = 1\n|\[case.expect\]\n){0,8}", bytes: Vec<u8>) {
            read("a", toml.as_bytes(), &mut Vec::new());
            read("a", &bytes, &mut Vec::new());
        }
    }
}
