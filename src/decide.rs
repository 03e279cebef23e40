//! Decisions that can be asked by name: facts in, one answer out, the same for the same facts.
//!
//! Invariants: pure; nothing is defaulted silently and nothing is decided from a fact that could not be read: what does
//! not fit is refused with its place, and then there is no answer. One table of rules decides, is printed and explained.
//! No answer and no refusal repeats a secret of the facts, whatever question is asked; a question that is itself about
//! what is taken out of a text ([`Question::sanitises`]) answers what its rules leave.

use jiff::Timestamp;
use serde_json::{Map, Value, json};

use crate::check::privacy::redaction::{REDACTED, is_label, without_secrets};
use crate::check::shape::{self, Shape};
use crate::codes;
use crate::finding::{Finding, Place};
use crate::lang::{Lang, Words};
use crate::read::text::Text;
use crate::read::tree::{self, Node};

/// A decision that can be asked: `proofpack decide NAME`, and the `rule` of an acceptance case.
#[derive(Debug)]
pub struct Question {
    /// The name it is asked by.
    pub name: &'static str,
    /// What it decides.
    pub about: Words,
    /// The facts that it takes; `None` when it reads several forms and refuses by itself what fits none.
    pub facts: Option<&'static Shape>,
    /// Whether its answer is a text out of which it has taken itself what does not belong there, by rules that others
    /// rely on: such an answer is told as it is.
    pub sanitises: bool,
    /// Answers. The facts fit the shape.
    pub answer: fn(&Node, &Asked) -> Result<Answer, Vec<Refusal>>,
}

/// How the answer is wanted.
#[derive(Clone, Debug)]
pub struct Asked {
    /// Language of the rationale.
    pub lang: Lang,
    /// Whether the rules that did not hold are listed.
    pub trace: bool,
}

/// What was decided, as the JSON object that is printed.
pub type Answer = Map<String, Value>;

/// A fact that nothing can be decided from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refusal {
    /// RFC 6901 pointer to it.
    pub pointer: String,
    /// What is wrong and what was expected, as a lower-case fragment.
    pub message: String,
}

impl Refusal {
    /// Refuses the fact that a pointer leads to.
    pub fn new(pointer: &str, message: impl Into<String>) -> Self {
        Self { pointer: pointer.to_owned(), message: message.into() }
    }
}

/// Asks a question about facts that stand in `text`; without an answer the findings say why.
pub fn ask(
    question: &Question,
    facts: &Node,
    asked: &Asked,
    text: Text<'_>,
    findings: &mut Vec<Finding>,
) -> Option<Answer> {
    if let Some(shape) = question.facts {
        let before = findings.len();
        shape::check(facts, shape, text, findings);
        if findings.len() > before {
            return None;
        }
    }
    match (question.answer)(facts, asked) {
        Ok(answer) if question.sanitises => Some(answer),
        Ok(answer) => Some(answer.into_iter().map(told).collect()),
        Err(refusals) => {
            findings.extend(refusals.into_iter().map(|refusal| {
                let offset = facts.at(&refusal.pointer).unwrap_or(facts).offset;
                let place = Place { pointer: Some(without_secrets(&refusal.pointer)), ..text.place(offset) };
                Finding::new(&codes::INVALID_VALUE, place, without_secrets(&refusal.message))
            }));
            None
        }
    }
}

/// A part of an answer without the secrets that the facts may have brought into it.
fn told((key, value): (String, Value)) -> (String, Value) {
    let value = match value {
        Value::String(text) if is_label(&key) && !text.is_empty() => REDACTED.into(),
        value => told_value(value),
    };
    (without_secrets(&key), value)
}

fn told_value(value: Value) -> Value {
    match value {
        Value::String(text) => without_secrets(&text).into(),
        Value::Array(items) => items.into_iter().map(told_value).collect(),
        Value::Object(parts) => parts.into_iter().map(told).collect(),
        plain => plain,
    }
}

/// One line of a table of rules about facts `F`: what follows when it holds. The first line that holds rules.
#[derive(Debug)]
pub struct Rule<F: 'static, T: 'static> {
    /// Stable id, unique in its table.
    pub id: &'static str,
    /// When it holds, in words.
    pub when: Words,
    /// When it holds.
    pub holds: fn(&F) -> bool,
    /// What follows.
    pub then: T,
}

/// The rule that rules, and those before it, which do not hold.
#[derive(Debug)]
pub struct Ruling<F: 'static, T: 'static> {
    /// The first that holds.
    pub rule: &'static Rule<F, T>,
    passed: &'static [Rule<F, T>],
}

/// The first rule of a table that holds. Every table is total, which its tests show over all facts; should one not be,
/// the facts are refused.
pub fn first<F, T>(table: &'static [Rule<F, T>], facts: &F) -> Result<Ruling<F, T>, Vec<Refusal>> {
    let at = table.iter().position(|rule| (rule.holds)(facts));
    at.and_then(|at| Some(Ruling { rule: table.get(at)?, passed: table.get(..at)? }))
        .ok_or_else(|| vec![Refusal::new("", "no rule holds for these facts")])
}

impl<F, T> Ruling<F, T> {
    /// Adds the rules that did not hold, when they are wanted.
    pub fn trace(&self, asked: &Asked, answer: &mut Answer) {
        if asked.trace {
            let line = |rule: &Rule<F, T>| json!({"rule": rule.id, "holds": false, "when": rule.when.get(asked.lang)});
            answer.insert("trace".to_owned(), self.passed.iter().map(line).collect());
        }
    }
}

/// A rule as `explain` tells it.
#[derive(Clone, Debug)]
pub struct Told {
    /// Its id.
    pub id: &'static str,
    /// The question whose table it stands in, or the name of the table when nobody can ask it.
    pub question: &'static str,
    /// When it holds.
    pub when: Words,
    /// What it decides, in code words.
    pub decides: Vec<&'static str>,
    /// What happens next, where the table says it.
    pub route: Option<Words>,
    /// Whether the first rule of the table that holds wins; otherwise all that hold are told.
    pub is_first: bool,
}

/// An answer from its keys in the order in which they are printed.
pub fn answer<const N: usize>(parts: [(&str, Value); N]) -> Answer {
    parts.into_iter().map(|(key, value)| (key.to_owned(), value)).collect()
}

/// Reads the facts of a document: what is there is typed, what is not is refused.
#[derive(Debug)]
pub struct Reader<'n> {
    node: &'n Node,
    refusals: Vec<Refusal>,
}

/// A moment, and as it was written.
pub type Moment = (Timestamp, String);

impl<'n> Reader<'n> {
    /// Reads this table.
    pub fn new(node: &'n Node) -> Self {
        Self { node, refusals: Vec::new() }
    }

    /// A fact that is there and not null.
    pub fn given(&self, key: &str) -> Option<&'n Node> {
        self.node.get(key).filter(|node| node.value != tree::Value::Null)
    }

    /// Refuses a fact.
    pub fn refuse<T>(&mut self, key: &str, message: &str) -> Option<T> {
        self.refusals.push(Refusal::new(&format!("/{key}"), message));
        None
    }

    /// A whole number from 0.
    pub fn count(&mut self, key: &str) -> Option<u32> {
        match self.given(key).map(|node| &node.value) {
            Some(tree::Value::Number(number)) => number.parse().ok(),
            _ => None,
        }
        .or_else(|| self.refuse(key, "is not a whole number from 0"))
    }

    /// A word that means something.
    pub fn word<T>(&mut self, key: &str, from: impl Fn(&str) -> Option<T>) -> Option<T> {
        self.given(key).and_then(Node::text).and_then(from).or_else(|| self.refuse(key, "is not a known word"))
    }

    /// True or false.
    pub fn flag(&mut self, key: &str) -> Option<bool> {
        match self.given(key).map(|node| &node.value) {
            Some(tree::Value::Bool(flag)) => Some(*flag),
            _ => self.refuse(key, "is not true or false"),
        }
    }

    /// A moment with its offset.
    pub fn moment(&mut self, key: &str) -> Option<Moment> {
        let moment = |text: &str| Some((text.parse().ok()?, text.to_owned()));
        let read = self.given(key).and_then(Node::text).and_then(moment);
        read.or_else(|| self.refuse(key, "is not a time with its offset"))
    }

    /// A text that says something; `None` when it is blank or not given.
    pub fn text(&self, key: &str) -> Option<String> {
        text(self.node, key)
    }

    /// The facts, when every one of them could be read.
    pub fn finish<T>(self, facts: Option<T>) -> Result<T, Vec<Refusal>> {
        match facts {
            Some(facts) if self.refusals.is_empty() => Ok(facts),
            _ => Err(self.refusals),
        }
    }
}

/// A text of a table that says something; `None` when it is blank or not given.
pub fn text(node: &Node, key: &str) -> Option<String> {
    node.text_at(key).map(str::trim).filter(|text| !text.is_empty()).map(str::to_owned)
}
