//! The facts of a question about dispatching. One question may be asked in several forms, told apart by a key that
//! only one of them has.
//!
//! Invariant: keys of the question itself that nobody knows are refused; inside of what was exported they are passed
//! over, as when it is read from a pack.

use jiff::Timestamp;
use serde_json::Value as Json;

use crate::decide::{Answer, Asked, Refusal};
use crate::finding::did_you_mean;
use crate::kinds::dispatch::value::moment_of;
use crate::read::json::push_pointer;
use crate::read::tree::{Node, Value};

/// One form of a question.
pub(in crate::kinds) struct Shape {
    /// The key that tells it from the other forms.
    pub key: &'static str,
    /// The keys beside it.
    pub others: &'static [&'static str],
    /// Answers; what it cannot read it refuses through the form, and then its answer is thrown away.
    pub answer: fn(&mut Form<'_>, &Asked) -> Json,
}

/// One form of a question.
pub(in crate::kinds) const fn form(
    key: &'static str,
    others: &'static [&'static str],
    answer: fn(&mut Form<'_>, &Asked) -> Json,
) -> Shape {
    Shape { key, others, answer }
}

/// Answers in the first form whose key is there.
pub(in crate::kinds) fn answer(facts: &Node, asked: &Asked, forms: &[Shape]) -> Result<Answer, Vec<Refusal>> {
    let refused = |message: String| Err(vec![Refusal { pointer: String::new(), message }]);
    if !matches!(facts.value, Value::Table(_)) {
        return refused(format!("the facts are {}, expected an object", facts.value.sort()));
    }
    let Some(shape) = forms.iter().find(|shape| facts.get(shape.key).is_some()) else {
        let keys: Vec<_> = forms.iter().map(|shape| format!("`{}`", shape.key)).collect();
        return refused(format!("the form of the question is not known; it has one of {}", keys.join(", ")));
    };
    let mut form = Form { node: facts, refusals: Vec::new() };
    for entry in facts.entries() {
        let known = || shape.others.iter().copied().chain([shape.key]);
        if !known().any(|known| *known == *entry.key) {
            let near = did_you_mean(&entry.key, known()).map_or_else(
                || format!("known keys here: {}", known().collect::<Vec<_>>().join(", ")),
                |near| format!("did you mean `{near}`?"),
            );
            form.refuse(&[&entry.key], format!("key `{}` is not known here; {near}", entry.key));
        }
    }
    let answer = (shape.answer)(&mut form, asked);
    match (answer, form.refusals) {
        (Json::Object(answer), refusals) if refusals.is_empty() => Ok(answer),
        (_, refusals) if refusals.is_empty() => refused("there is no answer".to_owned()),
        (_, refusals) => Err(refusals),
    }
}

/// The keys of a `json!` object.
pub(in crate::kinds) fn object(value: Json) -> Answer {
    match value {
        Json::Object(keys) => keys,
        _ => Answer::new(),
    }
}

/// The facts of one form, read key by key; what does not fit is refused.
pub(in crate::kinds) struct Form<'a> {
    node: &'a Node,
    refusals: Vec<Refusal>,
}

impl<'a> Form<'a> {
    /// Refuses what stands under these keys.
    pub(in crate::kinds) fn refuse(&mut self, keys: &[&str], message: impl Into<String>) {
        let mut pointer = String::new();
        for key in keys {
            push_pointer(&mut pointer, key);
        }
        self.refusals.push(Refusal { pointer, message: message.into() });
    }

    /// All of its facts.
    pub(in crate::kinds) fn node(&self) -> &'a Node {
        self.node
    }

    /// Whether the key is there, be it null.
    pub(in crate::kinds) fn has(&self, key: &str) -> bool {
        self.node.get(key).is_some()
    }

    /// The value of a key that is neither absent nor null.
    pub(in crate::kinds) fn get(&self, key: &str) -> Option<&'a Node> {
        self.node.get(key).filter(|node| node.value != Value::Null)
    }

    /// The text of a key; blank and refused when there is none.
    pub(in crate::kinds) fn text(&mut self, key: &str) -> &'a str {
        self.needed(key, "a text", Node::text).unwrap_or_default()
    }

    /// The text of a key that may be absent or null.
    pub(in crate::kinds) fn text_if(&mut self, key: &str) -> Option<&'a str> {
        self.get(key)?;
        self.needed(key, "a text", Node::text)
    }

    /// The flag of a key that may be absent or null.
    pub(in crate::kinds) fn flag_if(&mut self, key: &str) -> Option<bool> {
        self.get(key)?;
        self.needed(key, "true or false", |node| match node.value {
            Value::Bool(flag) => Some(flag),
            _ => None,
        })
    }

    /// The count of a key; 0 and refused when there is none.
    pub(in crate::kinds) fn count(&mut self, key: &str) -> u32 {
        self.needed(key, "a whole number from 0", count).unwrap_or_default()
    }

    /// The count of a key that may be absent or null.
    pub(in crate::kinds) fn count_if(&mut self, key: &str) -> Option<u32> {
        self.get(key)?;
        self.needed(key, "a whole number from 0", count)
    }

    /// The whole number of a key, of any sign; 0 and refused when there is none.
    pub(in crate::kinds) fn integer(&mut self, key: &str) -> i64 {
        self.needed(key, "a whole number", |node| match &node.value {
            Value::Number(number) => number.parse().ok(),
            _ => None,
        })
        .unwrap_or_default()
    }

    /// The moment of a key; the beginning of 1970 and refused when there is none.
    pub(in crate::kinds) fn moment(&mut self, key: &str) -> Timestamp {
        self.needed(key, "a time with its offset such as 2026-05-25T18:00:00+08:00", |node| moment_of(node.text()?))
            .unwrap_or_default()
    }

    /// The moment of a key that may be absent or null.
    pub(in crate::kinds) fn moment_if(&mut self, key: &str) -> Option<Timestamp> {
        self.get(key).map(|_| self.moment(key))
    }

    /// The items of a key; none and refused when it is no list. Programs write an empty list as null.
    pub(in crate::kinds) fn list(&mut self, key: &str) -> &'a [Node] {
        match self.node.get(key) {
            Some(Node { value: Value::Null, .. }) => &[],
            _ => self
                .needed(key, "a list", |node| matches!(node.value, Value::List(_)).then(|| node.items()))
                .unwrap_or_default(),
        }
    }

    /// The items of a key that may be absent or null, which is not the same as empty.
    pub(in crate::kinds) fn list_if(&mut self, key: &str) -> Option<&'a [Node]> {
        self.get(key)?;
        Some(self.list(key))
    }

    /// The table of a key that may be null.
    pub(in crate::kinds) fn table(&mut self, key: &str) -> Option<&'a Node> {
        match self.node.get(key) {
            Some(Node { value: Value::Null, .. }) => None,
            _ => self.needed(key, "an object", |node| matches!(node.value, Value::Table(_)).then_some(node)),
        }
    }

    /// The table of a key that may be absent or null.
    pub(in crate::kinds) fn table_if(&mut self, key: &str) -> Option<&'a Node> {
        self.get(key)?;
        self.table(key)
    }

    fn needed<T>(&mut self, key: &str, expected: &str, read: impl Fn(&'a Node) -> Option<T>) -> Option<T> {
        let found = match self.node.get(key) {
            None => {
                self.refuse(&[], format!("key `{key}` is missing, expected {expected}"));
                return None;
            }
            Some(node) => (read(node), node.value.sort()),
        };
        if found.0.is_none() {
            self.refuse(&[key], format!("`{key}` is {}, expected {expected}", found.1));
        }
        found.0
    }
}

fn count(node: &Node) -> Option<u32> {
    match &node.value {
        Value::Number(number) => number.parse().ok(),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::kinds::dispatch::value::parsed;
    use crate::lang::Lang;

    fn check(facts: &str, expected: &str) {
        let forms = [
            form(
                "name",
                &["age", "at"],
                |form, _| json!({"name": form.text("name"), "age": form.count_if("age"), "at": form.moment_if("at").map(|at| at.to_string())}),
            ),
            form("list", &[], |form, _| json!({"count": form.list("list").len()})),
        ];
        let asked = Asked { lang: Lang::En, trace: false };
        let told = match answer(&parsed(facts).unwrap(), &asked, &forms) {
            Ok(answer) => Json::Object(answer).to_string(),
            Err(refusals) => refusals
                .iter()
                .map(|refusal| format!("{}: {}", refusal.pointer, refusal.message))
                .collect::<Vec<_>>()
                .join("; "),
        };
        assert_eq!(told, expected);
    }

    #[test]
    fn a_form_is_known_by_its_key_and_refuses_what_it_does_not_know() {
        check(r#"{"name":"n","age":3}"#, r#"{"name":"n","age":3,"at":null}"#);
        check(r#"{"list":null}"#, r#"{"count":0}"#);
        check(r#"{"nome":"n"}"#, ": the form of the question is not known; it has one of `name`, `list`");
        check(r#"{"name":"n","agee":3}"#, "/agee: key `agee` is not known here; did you mean `age`?");
        check(
            r#"{"name":7,"age":-1,"at":"soon"}"#,
            "/name: `name` is a number, expected a text; /age: `age` is a number, expected a whole number from 0; /at: `at` is a text, expected a time with its offset such as 2026-05-25T18:00:00+08:00",
        );
        check("[]", ": the facts are a list, expected an object");
    }
}
