//! Values of exported JSON as other programs write them: null and absence are the same, lists may be null, a document
//! may stand in a text, and a moment may lack its offset, which then is UTC.

use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::tz::TimeZone;

use crate::read::json;
use crate::read::text::Text;
use crate::read::tree::{Node, Value};

/// The value of a key that is neither absent nor null.
pub(in crate::kinds) fn get<'a>(node: &'a Node, key: &str) -> Option<&'a Node> {
    node.get(key).filter(|node| node.value != Value::Null)
}

/// The text of a key; blank when there is none.
pub(in crate::kinds) fn text<'a>(node: &'a Node, key: &str) -> &'a str {
    node.text_at(key).unwrap_or_default()
}

/// The text of a key that is not blank.
pub(in crate::kinds) fn word<'a>(node: &'a Node, key: &str) -> Option<&'a str> {
    node.text_at(key).filter(|text| !text.trim().is_empty())
}

/// The flag of a key.
pub(in crate::kinds) fn flag(node: &Node, key: &str) -> Option<bool> {
    match node.get(key)?.value {
        Value::Bool(flag) => Some(flag),
        _ => None,
    }
}

/// Whether a key is exactly true.
pub(in crate::kinds) fn is_true(node: &Node, key: &str) -> bool {
    flag(node, key) == Some(true)
}

/// The whole number of a key.
pub(in crate::kinds) fn integer(node: &Node, key: &str) -> Option<i64> {
    number(node.get(key)?)?.parse().ok()
}

/// A number as it was written.
pub(in crate::kinds) fn number(node: &Node) -> Option<&str> {
    match &node.value {
        Value::Number(number) => Some(number),
        _ => None,
    }
}

/// The items of a list; none when it is absent, null or no list.
pub(in crate::kinds) fn list<'a>(node: &'a Node, key: &str) -> &'a [Node] {
    node.get(key).map(Node::items).unwrap_or_default()
}

/// The moment of a key.
pub(in crate::kinds) fn moment(node: &Node, key: &str) -> Option<Timestamp> {
    moment_of(node.text_at(key)?)
}

/// The beginning of the year 1, in seconds from 1970: how programs write a moment that was never set.
const UNSET: i64 = -62_135_596_800;

/// A moment: RFC 3339, or a date and time without an offset, which is UTC. The beginning of the year 1 is none.
pub(in crate::kinds) fn moment_of(text: &str) -> Option<Timestamp> {
    let text = text.trim();
    let moment = text.parse::<Timestamp>().ok().or_else(|| {
        let local: DateTime = text.parse().ok()?;
        local.to_zoned(TimeZone::UTC).ok().map(|moment| moment.timestamp())
    });
    moment.filter(|moment| moment.as_second() != UNSET)
}

/// The document of a key: itself, or the JSON that stands in its text. `None` when there is none or it cannot be read.
pub(in crate::kinds) fn document(node: &Node, key: &str) -> Option<Node> {
    let node = get(node, key)?;
    match &node.value {
        Value::Text(text) => parsed(text),
        _ => Some(node.clone()),
    }
}

/// A JSON document that stands in a text.
pub(in crate::kinds) fn parsed(text: &str) -> Option<Node> {
    json::parse(Text { path: "", content: text }, &mut Vec::new())
}

/// Where an item stands in time: the older first, those without a time last, and among equals by id.
pub(in crate::kinds) fn in_time<'a>(node: &'a Node, key: &str) -> (bool, Option<Timestamp>, &'a str) {
    let moment = moment(node, key);
    (moment.is_none(), moment, text(node, "id"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn null_is_absent_and_documents_may_stand_in_texts() {
        let node = parsed(r#"{"a":null,"b":"{\"c\":[1]}","d":{"e":-2},"f":"{","g":" ","h":[null]}"#).unwrap();
        assert!(get(&node, "a").is_none() && get(&node, "z").is_none());
        assert_eq!((text(&node, "a"), word(&node, "g")), ("", None));
        assert_eq!(document(&node, "b").unwrap().to_json().to_string(), r#"{"c":[1]}"#);
        assert_eq!(integer(&document(&node, "d").unwrap(), "e"), Some(-2));
        assert!(document(&node, "f").is_none() && document(&node, "a").is_none());
        assert_eq!((list(&node, "h").len(), list(&node, "a").len(), list(&node, "b").len()), (1, 0, 0));
    }

    #[test]
    fn moments_without_an_offset_are_utc() {
        let check = |text: &str, expected: &str| assert_eq!(moment_of(text).unwrap().to_string(), expected);
        check("2026-05-01T10:00:00+08:00", "2026-05-01T02:00:00Z");
        check("2026-05-01 10:00:00", "2026-05-01T10:00:00Z");
        check(" 2026-05-01T10:00:00.5Z ", "2026-05-01T10:00:00.5Z");
        for none in ["yesterday", "", "0001-01-01T00:00:00Z"] {
            assert!(moment_of(none).is_none(), "{none}");
        }
    }

    #[test]
    fn items_stand_in_the_order_of_time_then_id() {
        let node =
            parsed(r#"[{"id":"c"},{"id":"b","t":"2026-01-01T00:00:00Z"},{"id":"a","t":"2026-01-01T08:00:00+08:00"}]"#);
        let node = node.unwrap();
        let mut items: Vec<_> = node.items().iter().collect();
        items.sort_by_key(|item| in_time(item, "t"));
        assert_eq!(items.iter().map(|item| text(item, "id")).collect::<Vec<_>>(), ["a", "b", "c"]);
    }
}
