//! TOML 1.0 to a [`Node`]: every key and value with its place, every syntax fault of the file in one run.

use ::toml::Spanned;
use ::toml::de::{DeArray, DeTable, DeValue};

use crate::codes;
use crate::finding::Finding;
use crate::read::text;
use crate::read::tree::{Entry, Node, Value};

/// Reads a TOML document from bytes. `None` when it is not TOML; the findings say why.
pub fn read(path: &str, bytes: &[u8], findings: &mut Vec<Finding>) -> Option<Node> {
    let text = text::read(path, bytes, findings)?;
    let (table, errors) = DeTable::parse_recoverable(text.content);
    if errors.is_empty() {
        return Some(Node { offset: 0, value: entries(table.into_inner()) });
    }
    let mut faults: Vec<_> =
        errors.iter().map(|error| (error.span().map_or(0, |span| span.start), error.message())).collect();
    faults.sort_unstable();
    for (offset, message) in faults {
        let message = message.trim().replace('\n', ", ");
        findings.push(Finding::new(&codes::TOML_SYNTAX, text.place(offset), message));
    }
    None
}

fn entries(table: DeTable<'_>) -> Value {
    let mut entries: Vec<Entry> = table
        .into_iter()
        .map(|(key, value)| Entry { offset: key.span().start, key: key.into_inner().into(), node: node(value) })
        .collect();
    entries.sort_by_key(|entry| entry.offset);
    Value::Table(entries)
}

fn list(array: DeArray<'_>) -> Value {
    Value::List(array.into_iter().map(node).collect())
}

fn node(value: Spanned<DeValue<'_>>) -> Node {
    let offset = value.span().start;
    let value = match value.into_inner() {
        DeValue::String(text) => Value::Text(text.into_owned()),
        DeValue::Integer(number) => Value::Number(number.to_string()),
        DeValue::Float(number) => Value::Number(number.to_string()),
        DeValue::Boolean(flag) => Value::Bool(flag),
        DeValue::Datetime(moment) => Value::Text(moment.to_string()),
        DeValue::Array(array) => list(array),
        DeValue::Table(table) => entries(table),
    };
    Node { value, offset }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(toml: &str) -> String {
        let mut findings = Vec::new();
        let node = read("p.toml", toml.as_bytes(), &mut findings);
        let found: Vec<_> = findings.iter().map(|finding| format!("{} {}", finding.code.id, finding.place)).collect();
        format!("{} {}", node.map_or("-".to_owned(), |node| node.to_json().to_string()), found.join("; "))
    }

    #[test]
    fn values_and_places() {
        assert_eq!(
            check("b = 2026-05-25T18:00:00+08:00\na = [1, 2.5, true]\n[c]\nd = 'x'\n"),
            r#"{"b":"2026-05-25T18:00:00+08:00","a":[1,2.5,true],"c":{"d":"x"}} "#
        );
        assert_eq!(check("a = \nb = 1\nc = [1,,2]\n"), "- toml_syntax p.toml:1:5; toml_syntax p.toml:3:8");
        assert_eq!(check("a = 1\na = 2\n"), "- toml_syntax p.toml:2:1");
    }
}
