//! JSON (RFC 8259) to a [`Node`]: strict, every value with its place, numbers exactly as written, a repeated key
//! reported instead of silently overwritten, nesting and number of values bounded.

use std::collections::BTreeSet;
use std::sync::Arc;

use crate::codes;
use crate::finding::{Code, Finding, Place};
use crate::limits;
use crate::read::text::{self, Positions, Text};
use crate::read::tree::{Entry, Node, Value};

/// Reads a JSON document from bytes. `None` when it is not JSON; the findings say why.
pub fn read(path: &str, bytes: &[u8], findings: &mut Vec<Finding>) -> Option<Node> {
    let text = text::read(path, bytes, findings)?;
    parse(text, findings)
}

/// Reads one JSON document from a text. `None` when it is not JSON; the findings say why.
pub fn parse(text: Text<'_>, findings: &mut Vec<Finding>) -> Option<Node> {
    let mut parser = Parser::new(text);
    let parsed = parser.document();
    findings.append(&mut parser.repeated);
    match parsed {
        Ok(node) => Some(node),
        Err(wrong) => {
            findings.push(Finding::new(wrong.code, text.place(wrong.offset), wrong.message));
            None
        }
    }
}

/// Reads a JSON Lines document: a list with a value for each line, so that a blank text is an empty list. A line that is
/// not JSON becomes a finding and is left out. `None` when it has to be refused as a whole.
pub fn lines(text: Text<'_>, findings: &mut Vec<Finding>) -> Option<Node> {
    let mut parser = Parser::new(text);
    let mut positions = Positions::new(text.content.as_bytes());
    let mut items = Vec::new();
    let mut wrong = 0;
    let bytes = text.content.as_bytes();
    while parser.at < bytes.len() {
        let end = memchr::memchr(b'\n', &bytes[parser.at..]).map_or(bytes.len(), |at| parser.at + at);
        // What stands behind the line is not there: a value cannot go on in the next one.
        parser.text.content = &text.content[..end];
        parser.space();
        if parser.at < end {
            parser.pointer.clear();
            push_pointer(&mut parser.pointer, &items.len().to_string());
            parser.depth = 0;
            match parser.document() {
                Ok(node) => items.push(node),
                Err(found) => {
                    wrong += 1;
                    let is_over = found.code == &codes::TOO_LARGE;
                    if is_over || wrong <= limits::FINDINGS_PER_CODE.value {
                        let hint = if is_over { "" } else { "write one JSON value on each line" };
                        let (line, character) = positions.of(found.offset);
                        let place = Place::file(text.path).at(line, character);
                        findings.push(Finding::new(found.code, place, found.message).hint(hint));
                    }
                    if is_over {
                        return None;
                    }
                }
            }
        }
        parser.at = end + 1;
    }
    let limit = limits::FINDINGS_PER_CODE;
    if wrong > limit.value {
        let message = format!("{} more like these are not listed (limit `{}`)", wrong - limit.value, limit.name);
        findings.push(Finding::new(&codes::JSON_SYNTAX, Place::file(text.path), message));
    }
    findings.append(&mut parser.repeated);
    Some(Node { value: Value::List(items), offset: 0 })
}

/// Appends one reference token to a JSON pointer (RFC 6901).
pub fn push_pointer(pointer: &mut String, token: &str) {
    pointer.push('/');
    for character in token.chars() {
        match character {
            '~' => pointer.push_str("~0"),
            '/' => pointer.push_str("~1"),
            other => pointer.push(other),
        }
    }
}

struct Wrong {
    code: &'static Code,
    offset: usize,
    message: String,
}

struct Parser<'a> {
    text: Text<'a>,
    at: usize,
    depth: u64,
    values: u64,
    pointer: String,
    /// Every key so far: the tables of a list mostly have the same.
    keys: BTreeSet<Arc<str>>,
    repeated: Vec<Finding>,
}

impl<'a> Parser<'a> {
    fn new(text: Text<'a>) -> Self {
        Self { text, at: 0, depth: 0, values: 0, pointer: String::new(), keys: BTreeSet::new(), repeated: Vec::new() }
    }

    fn document(&mut self) -> Result<Node, Wrong> {
        self.space();
        let node = self.value()?;
        self.space();
        if self.at < self.bytes().len() {
            return Err(self.wrong("expected the end of the document"));
        }
        Ok(node)
    }

    fn bytes(&self) -> &[u8] {
        self.text.content.as_bytes()
    }

    fn peek(&self) -> Option<u8> {
        self.bytes().get(self.at).copied()
    }

    fn space(&mut self) {
        while matches!(self.peek(), Some(b' ' | b'\t' | b'\n' | b'\r')) {
            self.at += 1;
        }
    }

    fn wrong(&self, expected: &str) -> Wrong {
        let found = match self.text.content[self.at..].chars().next() {
            None => "the end of the file".to_owned(),
            Some(character) if character.is_control() => {
                format!("character U+{:04X}", u32::from(character))
            }
            Some(character) => format!("`{character}`"),
        };
        Wrong { code: &codes::JSON_SYNTAX, offset: self.at, message: format!("{expected}, found {found}") }
    }

    fn value(&mut self) -> Result<Node, Wrong> {
        let offset = self.at;
        self.values += 1;
        if self.values > limits::JSON_VALUES.value {
            let limit = limits::JSON_VALUES;
            let message = format!("has more than {} values (limit `{}`)", limit.value, limit.name);
            return Err(Wrong { code: &codes::TOO_LARGE, offset, message });
        }
        let value = match self.peek() {
            Some(b'{') => self.nested(Self::table)?,
            Some(b'[') => self.nested(Self::list)?,
            Some(b'"') => Value::Text(self.string()?),
            Some(b'-' | b'0'..=b'9') => self.number()?,
            _ => self.word()?,
        };
        Ok(Node { value, offset })
    }

    fn nested(&mut self, read: fn(&mut Self) -> Result<Value, Wrong>) -> Result<Value, Wrong> {
        if self.depth == limits::NESTING.value {
            let limit = limits::NESTING;
            let message = format!("is nested deeper than {} levels (limit `{}`)", limit.value, limit.name);
            return Err(Wrong { code: &codes::TOO_DEEP, offset: self.at, message });
        }
        self.depth += 1;
        self.at += 1;
        let value = read(self)?;
        self.depth -= 1;
        Ok(value)
    }

    fn word(&mut self) -> Result<Value, Wrong> {
        for (word, value) in [("null", Value::Null), ("true", Value::Bool(true)), ("false", Value::Bool(false))] {
            if self.bytes()[self.at..].starts_with(word.as_bytes()) {
                self.at += word.len();
                return Ok(value);
            }
        }
        Err(self.wrong("expected a value"))
    }

    fn number(&mut self) -> Result<Value, Wrong> {
        let start = self.at;
        if self.peek() == Some(b'-') {
            self.at += 1;
        }
        if self.peek() == Some(b'0') {
            self.at += 1;
        } else {
            self.digits()?;
        }
        if self.peek() == Some(b'.') {
            self.at += 1;
            self.digits()?;
        }
        if matches!(self.peek(), Some(b'e' | b'E')) {
            self.at += 1;
            if matches!(self.peek(), Some(b'+' | b'-')) {
                self.at += 1;
            }
            self.digits()?;
        }
        Ok(Value::Number(self.text.content[start..self.at].to_owned()))
    }

    fn digits(&mut self) -> Result<(), Wrong> {
        let start = self.at;
        while matches!(self.peek(), Some(b'0'..=b'9')) {
            self.at += 1;
        }
        if self.at == start { Err(self.wrong("expected a digit")) } else { Ok(()) }
    }

    fn string(&mut self) -> Result<String, Wrong> {
        self.at += 1;
        let mut value = String::new();
        loop {
            let start = self.at;
            while matches!(self.peek(), Some(byte) if byte != b'"' && byte != b'\\' && byte >= 0x20) {
                self.at += 1;
            }
            value.push_str(&self.text.content[start..self.at]);
            match self.peek() {
                Some(b'"') => {
                    self.at += 1;
                    return Ok(value);
                }
                Some(b'\\') => value.push(self.escape()?),
                _ => return Err(self.wrong("expected `\"` at the end of the text")),
            }
        }
    }

    fn escape(&mut self) -> Result<char, Wrong> {
        self.at += 1;
        let character = match self.peek() {
            Some(b'"') => '"',
            Some(b'\\') => '\\',
            Some(b'/') => '/',
            Some(b'b') => '\u{8}',
            Some(b'f') => '\u{c}',
            Some(b'n') => '\n',
            Some(b'r') => '\r',
            Some(b't') => '\t',
            Some(b'u') => return self.unicode(),
            _ => return Err(self.wrong("expected an escape such as `\\n`")),
        };
        self.at += 1;
        Ok(character)
    }

    /// `\u` and four digits, or two of them when the first is a high surrogate.
    fn unicode(&mut self) -> Result<char, Wrong> {
        let start = self.at - 1;
        let lone = |parser: &Self| Wrong {
            code: &codes::JSON_SYNTAX,
            offset: start,
            message: format!("`{}` is half of a surrogate pair", &parser.text.content[start..parser.at]),
        };
        let first = self.hex()?;
        if !(0xD800..0xE000).contains(&first) {
            return char::from_u32(first).ok_or_else(|| lone(self));
        }
        if first >= 0xDC00 || !self.bytes()[self.at..].starts_with(b"\\u") {
            return Err(lone(self));
        }
        self.at += 1;
        let second = self.hex()?;
        if !(0xDC00..0xE000).contains(&second) {
            return Err(lone(self));
        }
        char::from_u32(0x1_0000 + ((first - 0xD800) << 10) + (second - 0xDC00)).ok_or_else(|| lone(self))
    }

    fn hex(&mut self) -> Result<u32, Wrong> {
        self.at += 1;
        let mut number = 0;
        for _ in 0..4 {
            let Some(digit) = self.peek().and_then(|byte| char::from(byte).to_digit(16)) else {
                return Err(self.wrong("expected four hexadecimal digits"));
            };
            number = number * 16 + digit;
            self.at += 1;
        }
        Ok(number)
    }

    fn list(&mut self) -> Result<Value, Wrong> {
        let mut items = Vec::new();
        self.space();
        if self.peek() == Some(b']') {
            self.at += 1;
            return Ok(Value::List(items));
        }
        loop {
            self.space();
            let outer = self.pointer.len();
            push_pointer(&mut self.pointer, &items.len().to_string());
            items.push(self.value()?);
            self.pointer.truncate(outer);
            self.space();
            match self.peek() {
                Some(b',') => self.at += 1,
                Some(b']') => {
                    self.at += 1;
                    items.shrink_to_fit();
                    return Ok(Value::List(items));
                }
                _ => return Err(self.wrong("expected `,` or `]`")),
            }
        }
    }

    fn table(&mut self) -> Result<Value, Wrong> {
        let mut entries: Vec<Entry> = Vec::new();
        let mut seen = BTreeSet::new();
        self.space();
        if self.peek() == Some(b'}') {
            self.at += 1;
            return Ok(Value::Table(entries));
        }
        loop {
            self.space();
            let offset = self.at;
            if self.peek() != Some(b'"') {
                return Err(self.wrong("expected a key in double quotes"));
            }
            let key = self.key()?;
            let outer = self.pointer.len();
            push_pointer(&mut self.pointer, &key);
            self.space();
            if self.peek() != Some(b':') {
                return Err(self.wrong("expected `:`"));
            }
            self.at += 1;
            self.space();
            let node = self.value()?;
            if seen.insert(Arc::clone(&key)) {
                entries.push(Entry { key, offset, node });
            } else {
                self.report_repeated(&key, offset);
            }
            self.pointer.truncate(outer);
            self.space();
            match self.peek() {
                Some(b',') => self.at += 1,
                Some(b'}') => {
                    self.at += 1;
                    entries.shrink_to_fit();
                    return Ok(Value::Table(entries));
                }
                _ => return Err(self.wrong("expected `,` or `}`")),
            }
        }
    }

    /// A key, shared with the tables that have it already.
    fn key(&mut self) -> Result<Arc<str>, Wrong> {
        let key = self.string()?;
        if let Some(known) = self.keys.get(key.as_str()) {
            return Ok(Arc::clone(known));
        }
        let key: Arc<str> = key.into();
        self.keys.insert(Arc::clone(&key));
        Ok(key)
    }

    fn report_repeated(&mut self, key: &str, offset: usize) {
        if self.repeated.len() as u64 == limits::FINDINGS_PER_CODE.value {
            return;
        }
        let place = Place { pointer: Some(self.pointer.clone()), ..self.text.place(offset) };
        self.repeated.push(
            Finding::new(&codes::DUPLICATE_KEY, place, format!("key `{key}` stands here a second time"))
                .hint("keep one of them; programs disagree on which one counts"),
        );
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn check(json: &str) -> String {
        let mut findings = Vec::new();
        let node = read("f.json", json.as_bytes(), &mut findings);
        let found: Vec<_> = findings
            .iter()
            .map(|finding| format!("{} {}: {}", finding.code.id, finding.place, finding.message))
            .collect();
        format!("{} {}", node.map_or("-".to_owned(), |node| node.to_json().to_string()), found.join("; "))
    }

    #[test]
    fn values_are_read_as_written() {
        assert_eq!(
            check(r#" {"a":[1,-0.50e+3,true,null],"中":"\u4e2d\ud83d\ude00\n"} "#),
            "{\"a\":[1,-500.0,true,null],\"中\":\"中😀\\n\"} "
        );
        let mut findings = Vec::new();
        let node = read("f", b"28000.50", &mut findings).unwrap();
        assert_eq!(node.value, Value::Number("28000.50".to_owned()));
    }

    #[test]
    fn faults_have_their_place() {
        assert_eq!(check("{\n \"a\": tru}"), "- json_syntax f.json:2:7: expected a value, found `t`");
        assert_eq!(check("{\"a\":1,}"), "- json_syntax f.json:1:8: expected a key in double quotes, found `}`");
        assert_eq!(check("[01]"), "- json_syntax f.json:1:3: expected `,` or `]`, found `1`");
        assert_eq!(check("\"\\ud800\""), "- json_syntax f.json:1:2: `\\ud800` is half of a surrogate pair");
        assert_eq!(check("[1] x"), "- json_syntax f.json:1:5: expected the end of the document, found `x`");
        assert_eq!(
            check(r#"{"a":{"b/c":1,"b/c":2}}"#),
            "{\"a\":{\"b/c\":1}} duplicate_key f.json:1:15 at /a/b~1c: key `b/c` stands here a second time"
        );
        let deep = format!("{}{}", "[".repeat(10_000), "]".repeat(10_000));
        assert_eq!(check(&deep), "- too_deep f.json:1:129: is nested deeper than 128 levels (limit `nesting`)");
    }

    #[test]
    fn the_number_of_values_is_limited() {
        let check = |content: &str, expected: &str| {
            let mut parser = Parser::new(Text { path: "f", content });
            parser.values = limits::JSON_VALUES.value - 3;
            let told = match parser.document() {
                Ok(_) => "fine".to_owned(),
                Err(wrong) => format!("{} {}: {}", wrong.code.id, wrong.offset, wrong.message),
            };
            assert_eq!(told, expected);
        };
        check("[1,{}]", "fine");
        check("[1,[2]]", "too_large 4: has more than 10000000 values (limit `json_values`)");
        check(r#"{"a":1,"b":2,"c":3}"#, "too_large 17: has more than 10000000 values (limit `json_values`)");
    }

    #[test]
    fn a_line_that_is_not_json_is_left_out() {
        let check = |content: &str, expected: &str| {
            let mut findings = Vec::new();
            let node = lines(text::read("f", content.as_bytes(), &mut findings).unwrap(), &mut findings);
            let found: Vec<_> = findings.iter().map(|found| format!("{} {}", found.place, found.message)).collect();
            assert_eq!(format!("{} {}", node.unwrap().to_json(), found.join("; ")), expected);
        };
        check("{\"a\":1}\n\n [2] \r\n", "[{\"a\":1},[2]] ");
        check("1 2\n3", "[3] f:1:3 expected the end of the document, found `2`");
        check(
            "{\"a\":\n1}\n2",
            "[2] f:1:6 expected a value, found the end of the file; f:2:2 expected the end of the document, found `}`",
        );
    }

    proptest! {
        /// The judge is serde_json: the same texts are accepted and give the same values.
        #[test]
        fn agrees_with_serde_json(text in r#"[\[\]{}",:0-9eE.+\-a-z\\ u]{0,40}|\{"a":(\[[0-9,]{0,8}\]|"[ -~]{0,6}"|-?[0-9]{1,4}(\.[0-9]{1,3})?)\}"#) {
            let mut findings = Vec::new();
            let ours = read("f", text.as_bytes(), &mut findings).map(|node| node.to_json());
            let theirs: Option<serde_json::Value> = serde_json::from_str(&text).ok();
            prop_assert!(ours.is_some() || theirs.is_none() || text.trim().is_empty(), "{text}: {findings:?}");
            // serde_json refuses numbers beyond f64; we keep them as written.
            if theirs.is_some() && !findings.iter().any(|finding| finding.code.id == "duplicate_key") {
                prop_assert_eq!(ours, theirs);
            } else if findings.is_empty() && !text.contains(['e', 'E']) {
                prop_assert!(theirs.is_some(), "{}", text);
            }
        }

        #[test]
        fn never_panics(bytes: Vec<u8>) {
            read("f", &bytes, &mut Vec::new());
        }
    }
}
