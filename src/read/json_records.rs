//! Records in JSON: a list of objects, or one object a line. Each record is read by itself, so that a large file is
//! never held as one tree.

use crate::codes;
use crate::finding::{Finding, Place};
use crate::limits;
use crate::read::capped::{Capped, too_large};
use crate::read::format::Format;
use crate::read::json;
use crate::read::json_document::{Document, Position};
use crate::read::row::{Content, Origin, Row, Sink};
use crate::read::text::{self, Text};
use crate::read::tree::Value;

/// Reads a JSON list of objects. `None` when the list does not hold together.
pub(super) fn read_list(path: &str, bytes: &[u8], findings: &mut Capped<'_>, sink: &mut Sink<'_>) -> Option<()> {
    let text = text::read(path, bytes, findings.once())?;
    let content = text.content;
    let mut position = Position::START;
    let wrong = |offset: usize, expected: &str, findings: &mut Capped<'_>| {
        let found = content[offset..].chars().next().map_or("the end of the file".to_owned(), |c| format!("`{c}`"));
        let message = format!("{expected}, found {found}");
        findings.once().push(Finding::new(&codes::JSON_SYNTAX, text.place(offset), message));
        None
    };
    let mut at = skip_space(content, 0) + 1;
    let mut number = 0;
    loop {
        at = skip_space(content, at);
        let end = record_end(content.as_bytes(), at);
        if at == end {
            if number == 0 && content[end..].starts_with(']') {
                at = end + 1;
                break;
            }
            return wrong(at, "expected a value", findings);
        }
        let start = position.advance(content, at);
        let part = Text { path, content: &content[at..end] };
        let document = Document { text: part, start, pointer: format!("/{number}") };
        if let Record::NotJson = record(&document, Format::Json, number, findings, sink)? {
            return None;
        }
        number += 1;
        match content.as_bytes().get(end) {
            Some(b',') => at = end + 1,
            Some(b']') => {
                at = end + 1;
                break;
            }
            _ => return wrong(end, "expected `,` or `]`", findings),
        }
    }
    at = skip_space(content, at);
    if at < content.len() {
        return wrong(at, "expected the end of the document", findings);
    }
    Some(())
}

/// Reads one JSON object a line; blank lines are passed over, a line that is not JSON does not stop the rest.
pub(super) fn read_lines(path: &str, bytes: &[u8], findings: &mut Capped<'_>, sink: &mut Sink<'_>) -> Option<()> {
    let text = text::read(path, bytes, findings.once())?;
    if let Some(message) = one_object(text) {
        findings.once().push(
            Finding::new(&codes::UNKNOWN_FORMAT, Place::file(path), message)
                .hint("write the records as a list `[{…}, {…}]`, or as one object a line"),
        );
        return None;
    }
    for (line, number) in text.content.split('\n').zip(1..) {
        let indent = line.len() - line.trim_ascii_start().len();
        let content = line.trim_ascii();
        if content.is_empty() {
            continue;
        }
        let character = u32::try_from(indent).unwrap_or(u32::MAX).saturating_add(1);
        let start = Position { offset: 0, line: number, character };
        let document = Document { text: Text { path, content }, start, pointer: String::new() };
        record(&document, Format::JsonLines, number, findings, sink)?;
    }
    Some(())
}

/// Why a text that begins with `{` is one document and not one object a line.
fn one_object(text: Text<'_>) -> Option<&'static str> {
    let content = text.content.trim_ascii();
    let (first, rest) = content.split_once('\n').unwrap_or((content, ""));
    if first.len() as u64 > limits::DOCUMENT_BYTES.value {
        return None;
    }
    if let Some(node) = json::parse(Text { path: text.path, content: first }, &mut Vec::new()) {
        let wraps_a_list = matches!(node.entries(), [only] if matches!(only.node.value, Value::List(_)));
        return (wraps_a_list && rest.is_empty()).then_some("is one JSON object around a list, not a list of records");
    }
    (!rest.is_empty() && unclosed(first.as_bytes()))
        .then_some("is a JSON object over several lines, not a list of records")
}

enum Record {
    /// Handed on, or reported as something else than an object.
    Read,
    NotJson,
}

/// Reads one record and hands it on. `None` when a limit was reached.
fn record(
    document: &Document<'_>,
    format: Format,
    number: u32,
    findings: &mut Capped<'_>,
    sink: &mut Sink<'_>,
) -> Option<Record> {
    if u64::from(number) > limits::TABLE_ROWS.value {
        findings.once().push(too_large(document.place(0, &[]), "the table has more rows", limits::TABLE_ROWS));
        return None;
    }
    if document.text.content.len() as u64 > limits::DOCUMENT_BYTES.value {
        findings.once().push(too_large(document.place(0, &[]), "the record has more bytes", limits::DOCUMENT_BYTES));
        return None;
    }
    let mut own = Vec::new();
    let node = json::parse(document.text, &mut own);
    let sound = own.is_empty();
    for finding in own {
        findings.add(finding.code, || Finding { place: document.moved(finding.place.clone()), ..finding });
    }
    let origin = |offset| Origin::Json { document, offset };
    let Some(node) = node else {
        sink(Row { format, number, content: Content::Broken, origin: origin(0) }, findings);
        return Some(Record::NotJson);
    };
    let is_object = matches!(node.value, Value::Table(_));
    if !is_object {
        findings.add(&codes::WRONG_TYPE, || {
            let message = format!("the record is {}, expected an object with the table's fields", node.value.sort());
            Finding::new(&codes::WRONG_TYPE, document.place(node.offset, &[]), message)
        });
    }
    for entry in node.entries() {
        if entry.node.text().is_some_and(|text| text.len() as u64 > limits::CELL_BYTES.value) {
            let place = document.place(entry.node.offset, &[&entry.key]);
            findings.once().push(too_large(place, "the text has more bytes", limits::CELL_BYTES));
            return None;
        }
    }
    let content = if is_object && sound { Content::Object(node.entries()) } else { Content::Broken };
    sink(Row { format, number, content, origin: origin(node.offset) }, findings);
    Some(Record::Read)
}

fn skip_space(content: &str, at: usize) -> usize {
    let rest = &content.as_bytes()[at..];
    at + rest.iter().position(|byte| !matches!(byte, b' ' | b'\t' | b'\n' | b'\r')).unwrap_or(rest.len())
}

/// Where the record that begins here ends: at the `,` or `]` after it, or at the end of the text.
fn record_end(bytes: &[u8], start: usize) -> usize {
    let mut scan = Scan::default();
    for (at, byte) in bytes.iter().enumerate().skip(start) {
        if scan.depth == 0 && !scan.in_text && matches!(byte, b',' | b']') {
            return at;
        }
        scan.step(*byte);
    }
    bytes.len()
}

/// Whether brackets or a text are still open at the end.
fn unclosed(bytes: &[u8]) -> bool {
    let mut scan = Scan::default();
    for byte in bytes {
        scan.step(*byte);
    }
    scan.depth > 0 || scan.in_text
}

/// Brackets and texts of JSON, as far as they decide where a value ends.
#[derive(Default)]
struct Scan {
    depth: usize,
    in_text: bool,
    escaped: bool,
}

impl Scan {
    fn step(&mut self, byte: u8) {
        if self.in_text {
            self.in_text = self.escaped || byte != b'"';
            self.escaped = !self.escaped && byte == b'\\';
            return;
        }
        match byte {
            b'"' => self.in_text = true,
            b'[' | b'{' => self.depth += 1,
            b']' | b'}' => self.depth = self.depth.saturating_sub(1),
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::read::table::tests::check;

    #[test]
    fn a_list_gives_its_objects_with_pointer_and_line() {
        assert_eq!(
            check("f.json", "[{\"a\":\"中\",\"b\":1.50},\n  {\"a\":null, \"x/y\":[true]}]".as_bytes()),
            [
                "f.json:1:2 at /0: f.json:1:7 at /0/a=Text(\"中\") f.json:1:15 at /0/b=Number(\"1.50\")",
                "f.json:2:3 at /1: f.json:2:8 at /1/a=Blank f.json:2:20 at /1/x~1y=Tree(Node { value: List([Node { value: Bool(true), offset: 18 }]), offset: 17 })",
                "JSON"
            ]
        );
        assert_eq!(check("f.json", b"[ ]"), ["JSON"]);
    }

    #[test]
    fn lines_give_their_objects_and_go_on_after_a_fault() {
        assert_eq!(
            check("f.jsonl", b"{\"a\":1}\r\n\n  {\"a\":}\n[2]\n{\"a\":3,\"a\":4}\n{\"a\":\"],\\\"\"}"),
            [
                "f.jsonl:1:1: f.jsonl:1:6 at /a=Number(\"1\")",
                "f.jsonl:3:3: broken",
                "f.jsonl:4:1: broken",
                "f.jsonl:5:1: broken",
                "f.jsonl:6:1: f.jsonl:6:6 at /a=Text(\"],\\\"\")",
                "JSONL",
                "error json_syntax f.jsonl:3:8: expected a value, found `}`",
                "error wrong_type f.jsonl:4:1: the record is a list, expected an object with the table's fields",
                "error duplicate_key f.jsonl:5:8 at /a: key `a` stands here a second time",
            ]
        );
    }

    #[test]
    fn a_list_that_does_not_hold_together_is_not_read() {
        for (json, finding) in [
            ("[{\"a\":1},]", "json_syntax f.json:1:10: expected a value, found `]`"),
            ("[{\"a\":1}", "json_syntax f.json:1:9: expected `,` or `]`, found the end of the file"),
            ("[{\"a\":1}] 2", "json_syntax f.json:1:11: expected the end of the document, found `2`"),
            ("[\n{\"a\":1} {}]", "json_syntax f.json:2:9: expected the end of the document, found `{`"),
            (
                "[{\"a\":\"1}]",
                "json_syntax f.json:1:11: expected `\"` at the end of the text, found the end of the file",
            ),
            ("[", "json_syntax f.json:1:2: expected a value, found the end of the file"),
        ] {
            let rows = check("f.json", json.as_bytes());
            assert!(rows.contains(&"-".to_owned()), "{rows:?}");
            assert_eq!(*rows.last().unwrap(), format!("error {finding}"), "{json}");
        }
    }

    #[test]
    fn one_object_is_not_a_table() {
        assert_eq!(
            check("f.json", b"{\n \"rows\": []\n}"),
            ["-", "error unknown_format f.json: is a JSON object over several lines, not a list of records"]
        );
        assert_eq!(
            check("f.jsonl", b"{\"rows\": [{\"a\":1}]}\n"),
            ["-", "error unknown_format f.jsonl: is one JSON object around a list, not a list of records"]
        );
    }

    #[test]
    fn limits_end_the_reading_and_are_named() {
        let long = format!("[{{\"a\":1}},{{\"a\":\"{}\"}}]", "x".repeat(131_073));
        assert_eq!(
            check("f.json", long.as_bytes())[1..],
            ["-", "error too_large f.json:1:15 at /1/a: the text has more bytes than 131072 (limit `cell_bytes`)"]
        );
        let deep = format!("[{}]", "[".repeat(10_000));
        assert_eq!(
            check("f.json", deep.as_bytes())[2],
            "error too_deep f.json:1:130: is nested deeper than 128 levels (limit `nesting`)"
        );
    }
}
