//! The declared shape of a document (pack.toml, learning-memory.json, …): the same table checks the document, names
//! its unknown keys and prints its JSON Schema.

use std::collections::BTreeMap;

use serde_json::json;

use crate::check::privacy;
use crate::codes;
use crate::finding::{Code, Finding, Place, did_you_mean};
use crate::limits;
use crate::read::json::push_pointer;
use crate::read::text::{Positions, Text};
use crate::read::tree::{Node, Value};

/// Longest text that a message repeats, in bytes.
const LONGEST_QUOTED: usize = 60;

/// The keys that a table may have.
#[derive(Debug)]
pub struct Shape {
    /// What the document or part is, for its JSON Schema.
    pub about: &'static str,
    /// Its keys in the order in which they are printed.
    pub keys: &'static [Key],
    /// Whether keys beyond these are an error. Documents of other programs may have more.
    pub closed: bool,
}

/// One key of a [`Shape`].
#[derive(Debug)]
pub struct Key {
    /// The key.
    pub name: &'static str,
    /// What its value is.
    pub value: Type,
    /// Whether it has to be there.
    pub required: bool,
    /// What it means.
    pub about: &'static str,
}

/// A key that has to be there.
pub const fn required(name: &'static str, value: Type, about: &'static str) -> Key {
    Key { name, value, required: true, about }
}

/// A key that may be left out.
pub const fn optional(name: &'static str, value: Type, about: &'static str) -> Key {
    Key { name, value, required: false, about }
}

/// What a value may be.
#[derive(Debug)]
pub enum Type {
    /// A text that is not blank.
    Text,
    /// A text, also a blank one.
    AnyText,
    /// True or false.
    Bool,
    /// A whole number, not negative.
    Count,
    /// A day, `YYYY-MM-DD`.
    Date,
    /// A moment with its offset, RFC 3339.
    Moment,
    /// A number of any size and sign.
    Number,
    /// One of these words.
    Word(&'static [&'static str]),
    /// One of these words. Any other is kept, and said: the document comes from a program that may know more of them.
    Known(&'static [&'static str]),
    /// A list of such values.
    List(&'static Type),
    /// A table of this shape.
    Table(&'static Shape),
    /// A table whose keys are free and whose values are such.
    Map(&'static Type),
    /// Such a value, or null.
    Nullable(&'static Type),
    /// Anything at all, kept as it is.
    Any,
}

/// Checks a document against its shape.
pub fn check(node: &Node, shape: &Shape, text: Text<'_>, findings: &mut Vec<Finding>) {
    let mut checker = Checker::default();
    checker.table(node, shape, &mut String::new());
    checker.tell(text, findings);
}

/// Checks a list of which every item has this shape, and that no two of them have the same text at the key `id`.
pub fn check_list(node: &Node, shape: &Shape, id: Option<&str>, text: Text<'_>, findings: &mut Vec<Finding>) {
    let mut checker = Checker::default();
    let mut seen = BTreeMap::new();
    for (index, item) in node.items().iter().enumerate() {
        let mut pointer = format!("/{index}");
        checker.table(item, shape, &mut pointer);
        let Some((key, node)) = id.and_then(|key| Some((key, item.get(key)?))) else { continue };
        let Some(value) = node.text() else { continue };
        if let Some(first) = seen.get(value) {
            push_pointer(&mut pointer, key);
            let message = format!("{} is also the {key} of item {first}", shown(value));
            checker.report(&codes::DUPLICATE_ID, node.offset, &pointer, message, "keep one of them");
        } else {
            seen.insert(value, index);
        }
    }
    checker.tell(text, findings);
}

/// The words of a document that its shape does not know but keeps ([`Type::Known`]), with the pointers that lead to them.
/// A blank text is no word.
pub fn new_words<'n>(node: &'n Node, shape: &Shape) -> Vec<(String, &'n str)> {
    let mut found = Vec::new();
    new_words_of(node, shape, &mut String::new(), &mut found);
    found
}

fn new_words_of<'n>(node: &'n Node, shape: &Shape, pointer: &mut String, found: &mut Vec<(String, &'n str)>) {
    for key in shape.keys {
        let Some(node) = node.get(key.name) else { continue };
        let outer = pointer.len();
        push_pointer(pointer, key.name);
        new_words_at(node, &key.value, pointer, found);
        pointer.truncate(outer);
    }
}

fn new_words_at<'n>(node: &'n Node, expected: &Type, pointer: &mut String, found: &mut Vec<(String, &'n str)>) {
    match expected {
        Type::Known(list) => {
            let word = node.text().filter(|word| !word.trim().is_empty() && !list.contains(word));
            found.extend(word.map(|word| (pointer.clone(), word)));
        }
        Type::Nullable(inner) => new_words_at(node, inner, pointer, found),
        Type::Table(shape) => new_words_of(node, shape, pointer, found),
        Type::List(item) => {
            for (index, element) in node.items().iter().enumerate() {
                let outer = pointer.len();
                push_pointer(pointer, &index.to_string());
                new_words_at(element, item, pointer, found);
                pointer.truncate(outer);
            }
        }
        _ => {}
    }
}

/// What does not fit, before its place is looked up. Of each code the first few are kept, the rest are counted, so that
/// a long document full of faults costs no more than a short one.
#[derive(Default)]
struct Checker {
    found: Vec<(usize, Finding)>,
    counts: BTreeMap<&'static str, (&'static Code, u64)>,
}

impl Checker {
    fn report(
        &mut self,
        code: &'static Code,
        offset: usize,
        pointer: &str,
        message: impl Into<String>,
        hint: impl Into<String>,
    ) {
        let (_, count) = self.counts.entry(code.id).or_insert((code, 0));
        *count += 1;
        if *count <= limits::FINDINGS_PER_CODE.value {
            let place = Place { pointer: Some(pointer.to_owned()), ..Place::default() };
            self.found.push((offset, Finding::new(code, place, message).hint(hint)));
        }
    }

    /// The findings with their places, in the order in which they were found.
    fn tell(mut self, text: Text<'_>, findings: &mut Vec<Finding>) {
        let mut order: Vec<usize> = (0..self.found.len()).collect();
        order.sort_by_key(|at| self.found[*at].0);
        let mut positions = Positions::new(text.content.as_bytes());
        for at in order {
            let (offset, finding) = &mut self.found[at];
            let (line, character) = positions.of(*offset);
            let pointer = finding.place.pointer.take();
            finding.place = Place { pointer, ..Place::file(text.path).at(line, character) };
        }
        let before = findings.len();
        findings.extend(self.found.into_iter().map(|(_, finding)| finding));
        privacy::redact(&mut findings[before..]);
        let limit = limits::FINDINGS_PER_CODE;
        for (code, count) in self.counts.into_values().filter(|(_, count)| *count > limit.value) {
            let message = format!("{} more like these are not listed (limit `{}`)", count - limit.value, limit.name);
            let times = usize::try_from(count - limit.value).unwrap_or(usize::MAX);
            findings.push(Finding::new(code, Place::file(text.path), message).times(times));
        }
    }

    fn table(&mut self, node: &Node, shape: &Shape, pointer: &mut String) {
        if !matches!(node.value, Value::Table(_)) {
            return self.wrong_type(node, "a table", pointer);
        }
        for entry in node.entries() {
            let outer = pointer.len();
            push_pointer(pointer, &entry.key);
            match shape.keys.iter().find(|key| *key.name == *entry.key) {
                Some(key) => self.value(&entry.node, &key.value, pointer),
                None if shape.closed => {
                    let known = || shape.keys.iter().map(|key| key.name);
                    let hint = did_you_mean(&entry.key, known()).map_or_else(
                        || format!("known keys here: {}", known().collect::<Vec<_>>().join(", ")),
                        |near| format!("did you mean `{near}`?"),
                    );
                    let message = format!("key `{}` is not known here", entry.key);
                    self.report(&codes::UNKNOWN_KEY, entry.offset, pointer, message, hint);
                }
                None => {}
            }
            pointer.truncate(outer);
        }
        for key in shape.keys.iter().filter(|key| key.required && node.get(key.name).is_none()) {
            let message = format!("key `{}` is missing ({})", key.name, key.about);
            self.report(&codes::MISSING_KEY, node.offset, pointer, message, format!("add `{}`", key.name));
        }
    }

    fn value(&mut self, node: &Node, expected: &Type, pointer: &mut String) {
        match expected {
            Type::Any => {}
            Type::Nullable(inner) => {
                if node.value != Value::Null {
                    self.value(node, inner, pointer);
                }
            }
            Type::AnyText if node.text().is_some() => {}
            Type::AnyText => self.wrong_type(node, "a text", pointer),
            Type::Number if matches!(node.value, Value::Number(_)) => {}
            Type::Number => self.wrong_type(node, "a number", pointer),
            Type::Text => match node.text() {
                Some(text) if text.trim().is_empty() => self.wrong_type(node, "a text that is not blank", pointer),
                Some(_) => {}
                None => self.wrong_type(node, "a text", pointer),
            },
            Type::Bool if matches!(node.value, Value::Bool(_)) => {}
            Type::Bool => self.wrong_type(node, "true or false", pointer),
            Type::Count => match &node.value {
                Value::Number(number) if number.parse::<u32>().is_ok() => {}
                _ => self.wrong_type(node, "a whole number from 0", pointer),
            },
            Type::Date => match node.text().map(str::parse::<jiff::civil::Date>) {
                Some(Ok(_)) => {}
                _ => self.wrong_type(node, "a day such as 2026-05-12", pointer),
            },
            Type::Moment => match node.text().map(str::parse::<jiff::Timestamp>) {
                Some(Ok(_)) => {}
                _ => self.wrong_type(node, "a time with its offset such as 2026-05-25T18:00:00+08:00", pointer),
            },
            Type::Word(list) => self.word(node, list, &codes::UNKNOWN_WORD, pointer),
            Type::Known(list) => self.word(node, list, &codes::NEW_WORD, pointer),
            Type::List(item) => {
                if !matches!(node.value, Value::List(_)) {
                    return self.wrong_type(node, "a list", pointer);
                }
                for (index, element) in node.items().iter().enumerate() {
                    let outer = pointer.len();
                    push_pointer(pointer, &index.to_string());
                    self.value(element, item, pointer);
                    pointer.truncate(outer);
                }
            }
            Type::Table(shape) => self.table(node, shape, pointer),
            Type::Map(value) => {
                if !matches!(node.value, Value::Table(_)) {
                    return self.wrong_type(node, "a table", pointer);
                }
                for entry in node.entries() {
                    let outer = pointer.len();
                    push_pointer(pointer, &entry.key);
                    self.value(&entry.node, value, pointer);
                    pointer.truncate(outer);
                }
            }
        }
    }

    fn word(&mut self, node: &Node, list: &[&str], unknown: &'static Code, pointer: &str) {
        match node.text() {
            Some(word) if list.contains(&word) => {}
            Some(word) => {
                let hint = did_you_mean(word, list.iter().copied());
                let hint = hint.map(|near| format!("did you mean `{near}`?")).unwrap_or_default();
                let message = format!("{} is none of {}", shown(word), list.join(", "));
                self.report(unknown, node.offset, pointer, message, hint);
            }
            None => self.wrong_type(node, &format!("one of {}", list.join(", ")), pointer),
        }
    }

    fn wrong_type(&mut self, node: &Node, expected: &str, pointer: &str) {
        let name = pointer.rsplit('/').next().filter(|name| !name.is_empty()).unwrap_or("the document");
        let message = match &node.value {
            Value::Text(text) if text.trim().is_empty() => {
                format!("`{name}` is blank, expected {expected}")
            }
            Value::Text(text) if text.len() <= LONGEST_QUOTED => {
                format!("`{name}` is `{text}`, expected {expected}")
            }
            Value::Number(number) => {
                format!("`{name}` is the number {number}, expected {expected}")
            }
            other => format!("`{name}` is {}, expected {expected}", other.sort()),
        };
        self.report(&codes::WRONG_TYPE, node.offset, pointer, message, "");
    }
}

/// A text as messages quote it, unless it is long.
fn shown(text: &str) -> String {
    if text.len() <= LONGEST_QUOTED { format!("`{text}`") } else { format!("a text of {} bytes", text.len()) }
}

/// The JSON Schema (2020-12) of a shape, without `$schema` and `title`.
pub fn json_schema(shape: &Shape) -> serde_json::Value {
    let properties: serde_json::Map<_, _> = shape
        .keys
        .iter()
        .map(|key| {
            let mut schema = type_schema(&key.value);
            schema["description"] = key.about.into();
            (key.name.to_owned(), schema)
        })
        .collect();
    let required: Vec<_> = shape.keys.iter().filter(|key| key.required).map(|key| key.name).collect();
    json!({
        "description": shape.about,
        "type": "object",
        "properties": properties,
        "required": required,
        "additionalProperties": !shape.closed,
    })
}

fn type_schema(value: &Type) -> serde_json::Value {
    match value {
        Type::Any => json!({}),
        Type::Nullable(inner) => json!({"anyOf": [type_schema(inner), {"type": "null"}]}),
        Type::AnyText => json!({"type": "string"}),
        Type::Text => json!({"type": "string", "pattern": "\\S"}),
        Type::Number => json!({"type": "number"}),
        Type::Known(list) => json!({"type": "string", "examples": list}),
        Type::Bool => json!({"type": "boolean"}),
        Type::Count => json!({"type": "integer", "minimum": 0, "maximum": u32::MAX}),
        Type::Date => json!({"type": "string", "format": "date"}),
        Type::Moment => json!({"type": "string", "format": "date-time"}),
        Type::Word(list) => json!({"enum": list}),
        Type::List(item) => json!({"type": "array", "items": type_schema(item)}),
        Type::Table(shape) => json_schema(shape),
        Type::Map(value) => json!({"type": "object", "additionalProperties": type_schema(value)}),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::read::{json, text};

    static INNER: Shape = Shape { about: "inner", closed: true, keys: &[required("n", Type::Count, "how many")] };
    static SHAPE: Shape = Shape {
        about: "test",
        closed: true,
        keys: &[
            required("title", Type::Text, "a title"),
            optional("due", Type::Moment, "when"),
            optional("day", Type::Date, "which day"),
            optional("words", Type::List(&Type::Word(&["open", "closed"])), "words"),
            optional("inner", Type::Nullable(&Type::Table(&INNER)), "a part"),
            optional("note", Type::AnyText, "a note"),
        ],
    };

    fn check_json(document: &str) -> Vec<String> {
        let mut findings = Vec::new();
        let node = json::read("f", document.as_bytes(), &mut findings).unwrap();
        let text = text::read("f", document.as_bytes(), &mut findings).unwrap();
        check(&node, &SHAPE, text, &mut findings);
        findings
            .iter()
            .map(|found| format!("{} {}: {} [{}]", found.code.id, found.place, found.message, found.hint))
            .collect()
    }

    #[test]
    fn words_that_are_kept_are_told_with_their_place() {
        static PART: Shape =
            Shape { about: "", closed: false, keys: &[optional("how", Type::Nullable(&Type::Known(&["a"])), "")] };
        static WHOLE: Shape = Shape {
            about: "",
            closed: false,
            keys: &[
                optional("how", Type::Known(&["a", "b"]), ""),
                optional("parts", Type::List(&Type::Table(&PART)), ""),
                optional("one", Type::Nullable(&Type::Table(&PART)), ""),
            ],
        };
        let check = |content: &str, expected: &[(&str, &str)]| {
            let node = json::read("f", content.as_bytes(), &mut Vec::new()).unwrap();
            let found = new_words(&node, &WHOLE);
            let found: Vec<_> = found.iter().map(|(pointer, word)| (pointer.as_str(), *word)).collect();
            assert_eq!(found, expected, "{content}");
        };
        check(r#"{"how":"b","parts":[{"how":"a"},{"how":null},7],"one":null,"more":"c"}"#, &[]);
        check(r#"{"how":" ","parts":null}"#, &[]);
        check(
            r#"{"how":"c","parts":[{},{"how":"b"}],"one":{"how":"A"}}"#,
            &[("/how", "c"), ("/parts/1/how", "b"), ("/one/how", "A")],
        );
    }

    #[test]
    fn a_document_of_the_shape_has_no_findings() {
        let good = r#"{"title":"t","due":"2026-05-25T18:00:00+08:00","day":"2026-05-12","words":["open"],"inner":{"n":0},"note":""}"#;
        assert_eq!(check_json(good), [""; 0]);
        assert_eq!(check_json(r#"{"title":"t","inner":null}"#), [""; 0]);
    }

    #[test]
    fn every_fault_is_reported_in_one_run() {
        let bad = r#"{"titel":"t","due":"2026-05-25T18:00:00","day":"2026-02-30","words":["opne",1],"inner":{"n":-1}}"#;
        assert_eq!(
            check_json(bad),
            [
                "unknown_key f:1:2 at /titel: key `titel` is not known here [did you mean `title`?]",
                "wrong_type f:1:20 at /due: `due` is `2026-05-25T18:00:00`, expected a time with its offset such as 2026-05-25T18:00:00+08:00 []",
                "wrong_type f:1:48 at /day: `day` is `2026-02-30`, expected a day such as 2026-05-12 []",
                "unknown_word f:1:70 at /words/0: `opne` is none of open, closed [did you mean `open`?]",
                "wrong_type f:1:77 at /words/1: `1` is the number 1, expected one of open, closed []",
                "wrong_type f:1:93 at /inner/n: `n` is the number -1, expected a whole number from 0 []",
                "missing_key f:1:1: key `title` is missing (a title) [add `title`]",
            ]
        );
    }
}
