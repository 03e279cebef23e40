//! `acceptance.toml`: the acceptance cases of a pack, facts in and decision expected. Reading them runs nothing.
//!
//! Invariant: a case passes only when its facts were decided from and the decision has everything that is expected of it.

use std::collections::BTreeMap;

use crate::check::privacy;
use crate::check::shape::{self, Shape, Type, optional, required};
use crate::codes;
use crate::decide::{self, Asked, Question};
use crate::documents::place::place_of;
use crate::finding::{Finding, Place, did_you_mean};
use crate::read::json::push_pointer;
use crate::read::text::Text;
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
    keys: &[
        required("case", Type::List(&Type::Table(&CASE)), "the cases"),
        optional(
            "upload_files",
            Type::Count,
            "how many files the upload has to accept; every file of the bundle unless given",
        ),
    ],
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

/// How many files the upload of the pack has to accept, if its acceptance says so.
pub fn upload_files(bytes: &[u8]) -> Option<u64> {
    match &toml::read(FILE, bytes, &mut Vec::new())?.get("upload_files")?.value {
        Value::Number(number) => number.parse().ok(),
        _ => None,
    }
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

/// What became of a case when it was run.
#[derive(Debug)]
pub struct Trial<'c> {
    /// The case.
    pub case: &'c Case,
    /// What was decided; `None` when nothing could be.
    pub observed: Option<serde_json::Value>,
    /// Why it did not pass; empty when it did.
    pub findings: Vec<Finding>,
}

impl Trial<'_> {
    /// Whether the decision is the expected one.
    pub fn passed(&self) -> bool {
        self.observed.is_some() && self.findings.is_empty()
    }
}

/// Runs the cases of a document: asks each question and compares the answer with what is expected.
pub fn run<'c>(
    path: &str,
    bytes: &[u8],
    cases: &'c [Case],
    asked: &Asked,
    questions: &(impl Iterator<Item = &'static Question> + Clone),
) -> Vec<Trial<'c>> {
    let Some(text) = text::read(path, bytes, &mut Vec::new()) else { return Vec::new() };
    cases.iter().map(|case| try_case(case, text, asked, questions)).collect()
}

fn try_case<'c>(
    case: &'c Case,
    text: Text<'_>,
    asked: &Asked,
    questions: &(impl Iterator<Item = &'static Question> + Clone),
) -> Trial<'c> {
    let mut findings = Vec::new();
    let at = case.place.pointer.clone().unwrap_or_default();
    let Some(question) = questions.clone().find(|question| question.name == case.rule) else {
        let known = || questions.clone().map(|question| question.name);
        let hint = did_you_mean(&case.rule, known()).map_or_else(
            || format!("rules that can be asked: {}", known().collect::<Vec<_>>().join(", ")),
            |near| format!("did you mean `{near}`?"),
        );
        let message = format!("case `{}` asks `{}`, which is no rule that can be asked", case.id, case.rule);
        findings.push(Finding::new(&codes::UNKNOWN_RULE, case.place.clone(), message).hint(hint));
        privacy::redact(&mut findings);
        return Trial { case, observed: None, findings };
    };
    let answer = decide::ask(question, &case.given, asked, text, &mut findings);
    for finding in &mut findings {
        let inner = finding.place.pointer.take().unwrap_or_default();
        finding.place.pointer = Some(format!("{at}/given{inner}"));
    }
    let observed = answer.map(serde_json::Value::Object);
    if let Some(observed) = &observed {
        let mut pointer = format!("{at}/expect");
        compare(case, &case.expect, Some(observed), text, &mut pointer, &mut findings);
        privacy::redact(&mut findings);
    }
    Trial { case, observed, findings }
}

/// Every expected key is there with the expected value, tables key by key; null is also what is not there.
fn compare(
    case: &Case,
    expected: &Node,
    observed: Option<&serde_json::Value>,
    text: Text<'_>,
    pointer: &mut String,
    findings: &mut Vec<Finding>,
) {
    if let (Value::Table(entries), Some(serde_json::Value::Object(observed))) = (&expected.value, observed) {
        for entry in entries {
            let outer = pointer.len();
            push_pointer(pointer, &entry.key);
            compare(case, &entry.node, observed.get(&*entry.key), text, pointer, findings);
            pointer.truncate(outer);
        }
        return;
    }
    let wanted = expected.to_json();
    if wanted != *observed.unwrap_or(&serde_json::Value::Null) {
        let place = Place { pointer: Some(pointer.clone()), ..text.place(expected.offset) };
        let key = pointer.rsplit('/').next().unwrap_or_default();
        let found = observed.map_or("nothing".to_owned(), ToString::to_string);
        let message = format!("case `{}` expects `{key}` {wanted}, the decision has {found}", case.id);
        findings.push(
            Finding::new(&codes::ACCEPTANCE_FAILED, place, message).hint(
                "mend the facts or what is expected; the rule table decides, `proofpack explain` tells its rules",
            ),
        );
    }
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

    static ECHO_SHAPE: Shape = Shape { about: "test", closed: true, keys: &[required("n", Type::Count, "a number")] };
    static ECHO: Question = Question {
        name: "echo",
        about: crate::lang::words("", ""),
        facts: Some(&ECHO_SHAPE),
        sanitises: false,
        answer: |facts, _| {
            let n = facts.get("n").map(Node::to_json).unwrap_or_default();
            Ok(decide::answer([("n", n), ("task", serde_json::json!({"kind": "k", "owner": "o"}))]))
        },
    };

    #[test]
    fn a_case_passes_only_with_everything_that_is_expected() {
        let check = |rule: &str, given: &str, expect: &str, expected: &[&str]| {
            let toml =
                format!("[[case]]\nid='a'\ntitle='T'\nrule='{rule}'\n[case.given]\n{given}\n[case.expect]\n{expect}\n");
            let cases = read("a", toml.as_bytes(), &mut Vec::new());
            let asked = Asked { lang: crate::lang::Lang::En, trace: false };
            let trials = run("a", toml.as_bytes(), &cases, &asked, &std::iter::once(&ECHO));
            let found = trials[0].findings.iter();
            let found: Vec<_> =
                found.map(|found| format!("{} {}: {}", found.code.id, found.place, found.message)).collect();
            assert_eq!(found, expected);
            assert_eq!(trials[0].passed(), expected.is_empty());
        };
        check("echo", "n = 2", "n = 2\ntask = { kind = 'k' }", &[]);
        check(
            "echo",
            "n = 2",
            "n = 3\ntask = { kind = 'x' }\nother = 1",
            &[
                "acceptance_failed a:8:5 at /case/0/expect/n: case `a` expects `n` 3, the decision has 2",
                "acceptance_failed a:9:17 at /case/0/expect/task/kind: case `a` expects `kind` \"x\", the decision has \"k\"",
                "acceptance_failed a:10:9 at /case/0/expect/other: case `a` expects `other` 1, the decision has nothing",
            ],
        );
        check(
            "echo",
            "n = -2",
            "n = 2",
            &["wrong_type a:6:5 at /case/0/given/n: `n` is the number -2, expected a whole number from 0"],
        );
        check(
            "eco",
            "n = 2",
            "n = 2",
            &["unknown_rule a:1:1 at /case/0: case `a` asks `eco`, which is no rule that can be asked"],
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
