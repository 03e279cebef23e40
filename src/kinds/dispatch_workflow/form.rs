//! Facts that can be stated in several forms: which form was meant, what does not belong to it, and the typed facts.
//!
//! Invariant: a key that no form knows is refused with its place; so is a fact of the wrong sort. Rows of exports are
//! another matter: what is wrong in them is part of the answer.

use crate::decide::{Answer, Asked, Refusal};
use crate::finding::did_you_mean;
use crate::read::json::push_pointer;
use crate::read::tree::{Node, Value};

/// One form of a question.
pub(super) struct Form {
    /// The key that tells it from the other forms; an empty one fits whatever the others do not.
    pub key: &'static str,
    /// The keys that may stand beside it.
    pub others: &'static [&'static str],
    /// Answers it.
    pub answer: fn(&mut Given<'_>) -> Answer,
}

/// Answers the first form whose key is there.
pub(super) fn answer(forms: &[Form], facts: &Node, asked: Asked) -> Result<Answer, Vec<Refusal>> {
    let refuse = |message: String| Err(vec![Refusal { pointer: String::new(), message }]);
    if !matches!(facts.value, Value::Table(_)) {
        return refuse(format!("the facts are {}, expected a table", facts.value.sort()));
    }
    let Some(form) = forms.iter().find(|form| form.key.is_empty() || facts.get(form.key).is_some()) else {
        let keys: Vec<_> = forms.iter().map(|form| format!("`{}`", form.key)).collect();
        return refuse(format!("fits no form of this question, expected one of {}", keys.join(", ")));
    };
    let mut given = Given { facts, asked, refused: Vec::new() };
    for entry in facts.entries() {
        if entry.key != form.key && !form.others.contains(&entry.key.as_str()) {
            let known = form.others.iter().copied().chain([form.key]);
            let near = did_you_mean(&entry.key, known).map(|near| format!(", did you mean `{near}`?"));
            given.refuse(&entry.key, format!("key `{}` is not known here{}", entry.key, near.unwrap_or_default()));
        }
    }
    let answer = (form.answer)(&mut given);
    if given.refused.is_empty() { Ok(answer) } else { Err(given.refused) }
}

/// The facts of one form.
pub(super) struct Given<'a> {
    /// All of them.
    pub facts: &'a Node,
    /// How the answer is wanted.
    pub asked: Asked,
    refused: Vec<Refusal>,
}

impl<'a> Given<'a> {
    /// Says why nothing can be decided from the fact of this key.
    pub(super) fn refuse(&mut self, key: &str, message: impl Into<String>) {
        let mut pointer = String::new();
        if !key.is_empty() {
            push_pointer(&mut pointer, key);
        }
        self.refused.push(Refusal { pointer, message: message.into() });
    }

    /// The value of a key; null is the same as absent.
    pub(super) fn node(&self, key: &str) -> Option<&'a Node> {
        self.facts.get(key).filter(|node| node.value != Value::Null)
    }

    /// A text, when there is one.
    pub(super) fn text(&mut self, key: &str) -> Option<&'a str> {
        let node = self.node(key)?;
        let text = node.text();
        if text.is_none() {
            self.refuse(key, format!("`{key}` is {}, expected a text", node.value.sort()));
        }
        text
    }

    /// A text that has to be there.
    pub(super) fn required(&mut self, key: &str) -> &'a str {
        if self.node(key).is_none() {
            self.refuse(key, format!("`{key}` is missing, expected a text"));
        }
        self.text(key).unwrap_or_default()
    }

    /// True or false, when given.
    pub(super) fn flag(&mut self, key: &str) -> Option<bool> {
        let node = self.node(key)?;
        if let Value::Bool(flag) = node.value {
            return Some(flag);
        }
        self.refuse(key, format!("`{key}` is {}, expected true or false", node.value.sort()));
        None
    }

    /// The items of a list, when given.
    pub(super) fn list(&mut self, key: &str) -> Option<&'a [Node]> {
        let node = self.node(key)?;
        if !matches!(node.value, Value::List(_)) {
            self.refuse(key, format!("`{key}` is {}, expected a list", node.value.sort()));
        }
        Some(node.items())
    }

    /// A table, when given.
    pub(super) fn table(&mut self, key: &str) -> Option<&'a Node> {
        let node = self.node(key)?;
        if matches!(node.value, Value::Table(_)) {
            return Some(node);
        }
        self.refuse(key, format!("`{key}` is {}, expected a table", node.value.sort()));
        None
    }
}

/// Makes an answer of a `json!` table.
pub(super) fn answered(value: serde_json::Value) -> Answer {
    match value {
        serde_json::Value::Object(answer) => answer,
        _ => Answer::new(),
    }
}
