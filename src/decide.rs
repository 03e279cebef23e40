//! Decisions that can be asked by name: facts in, one answer out, the same for the same facts.
//!
//! Invariants: pure; nothing is defaulted silently and nothing is decided from a fact that could not be read: what does
//! not fit is refused with its place, and then there is no answer.

use serde_json::{Map, Value};

use crate::check::shape::{self, Shape};
use crate::codes;
use crate::finding::{Finding, Place};
use crate::lang::{Lang, Words};
use crate::read::text::Text;
use crate::read::tree::Node;

/// A decision that can be asked: `proofpack decide NAME`, and the `rule` of an acceptance case.
#[derive(Debug)]
pub struct Question {
    /// The name it is asked by.
    pub name: &'static str,
    /// What it decides.
    pub about: Words,
    /// The facts that it takes; `None` when it reads several forms and refuses by itself what fits none.
    pub facts: Option<&'static Shape>,
    /// Answers. The facts fit the shape.
    pub answer: fn(&Node, &Asked) -> Result<Answer, Vec<Refusal>>,
}

/// How the answer is wanted.
#[derive(Clone, Copy, Debug)]
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
        Ok(answer) => Some(answer),
        Err(refusals) => {
            findings.extend(refusals.into_iter().map(|refusal| {
                let offset = facts.at(&refusal.pointer).unwrap_or(facts).offset;
                let place = Place { pointer: Some(refusal.pointer), ..text.place(offset) };
                Finding::new(&codes::INVALID_VALUE, place, refusal.message)
            }));
            None
        }
    }
}
