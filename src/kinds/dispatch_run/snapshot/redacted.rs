//! What of an envelope may be shown: cut to its byte cap, every text without secrets.

use jiff::Timestamp;
use serde_json::{Map, Value as Json};

use crate::check::shape::{Shape, Type};
use crate::kinds::dispatch::redact::shown;
use crate::kinds::dispatch::value;
use crate::kinds::dispatch_run::snapshot::envelope::ENVELOPE;
use crate::kinds::dispatch_run::sources::{SOURCES, reduced};
use crate::read::tree::{Node, Value};

/// Longest text of a snapshot that is shown, in characters.
const TEXT_SHOWN: usize = 240;

/// The envelope as it may be shown: the keys that are known, every text without secrets and not too long, the sources
/// within the byte cap. What is of the wrong type is null.
pub(in crate::kinds::dispatch_run) fn redacted(envelope: &Node) -> Json {
    let mut shown = redacted_table(envelope, &ENVELOPE);
    let kept = reduced(envelope).kept;
    for (key, kept) in SOURCES.iter().zip(kept) {
        let Some(source) = shown.get_mut("sources").and_then(|sources| sources.get_mut(*key)) else { continue };
        match source {
            Json::Array(items) => items.truncate(kept),
            one if kept == 0 => *one = Json::Null,
            _ => {}
        }
    }
    shown
}

fn redacted_table(node: &Node, shape: &Shape) -> Json {
    let kept = shape
        .keys
        .iter()
        .filter_map(|key| Some((key.name.to_owned(), redacted_value(node.get(key.name)?, &key.value))));
    Json::Object(kept.collect::<Map<_, _>>())
}

fn redacted_value(node: &Node, expected: &Type) -> Json {
    match (expected, &node.value) {
        (Type::Nullable(inner), _) => redacted_value(node, inner),
        (Type::Table(shape), Value::Table(_)) => redacted_table(node, shape),
        (Type::List(item), Value::List(items)) => items.iter().map(|node| redacted_value(node, item)).collect(),
        (Type::Table(_) | Type::List(_), _) => Json::Null,
        (_, Value::Text(text)) => shown(text, TEXT_SHOWN).into(),
        (_, Value::Number(_) | Value::Bool(_)) => node.to_json(),
        _ => Json::Null,
    }
}

/// One item of a context as it may be shown.
#[derive(Clone, Debug, PartialEq)]
pub(in crate::kinds::dispatch_run) struct Item {
    pub source: &'static str,
    pub id: String,
    pub title: String,
    pub state: String,
    pub text: String,
    pub at: Option<Timestamp>,
}

/// The items of the sources of a redacted envelope, source by source.
pub(in crate::kinds::dispatch_run) fn items(redacted: &Json) -> Vec<Item> {
    let empty = Json::Null;
    let sources = redacted.get("sources").unwrap_or(&empty);
    let mut items = Vec::new();
    for source in SOURCES {
        let listed: &[Json] = match sources.get(source) {
            Some(Json::Array(list)) => list,
            Some(one @ Json::Object(_)) => std::slice::from_ref(one),
            _ => &[],
        };
        items.extend(listed.iter().map(|item| item_of(source, item)));
    }
    items
}

fn item_of(source: &'static str, item: &Json) -> Item {
    let text = |key: &str| item.get(key).and_then(Json::as_str).unwrap_or_default();
    let first =
        |keys: &[&str]| keys.iter().map(|key| text(key)).find(|text| !text.is_empty()).unwrap_or_default().to_owned();
    let join = |keys: &[&str]| {
        keys.iter().map(|key| text(key)).filter(|text| !text.is_empty()).collect::<Vec<_>>().join(" · ")
    };
    let stale = match (item.get("is_stale").and_then(Json::as_bool), &item["staleness_days"]) {
        (Some(true), days) if days.is_number() => format!("stale · {days} d"),
        (Some(true), _) => "stale".to_owned(),
        _ => String::new(),
    };
    Item {
        source,
        id: first(&["id"]),
        title: join(&["title", "document_title", "agent_name", "action_type"]),
        state: if stale.is_empty() { join(&["status", "priority", "severity"]) } else { stale },
        text: join(&["file_path", "doc_type", "trigger_type", "trigger_detail", "summary", "error_message"]),
        at: value::moment_of(&first(&["updated_at", "opened_at", "started_at"])),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::kinds::dispatch::value::parsed;
    use crate::kinds::dispatch_run::snapshot::has_secret;
    use crate::kinds::dispatch_run::snapshot::tests::good;
    use crate::kinds::dispatch_run::sources::dropped;

    #[test]
    fn what_is_shown_is_redacted_and_within_the_cap() {
        let mut row = good();
        row["snapshot"]["sources"]["open_tasks"][0]["title"] = json!("token=Zq7hunter and more");
        row["snapshot"]["sources"]["open_tasks"][0]["body"] = json!("not known");
        row["snapshot"]["limits"]["max_sources_bytes"] = json!(500);
        let row = parsed(&row.to_string()).unwrap();
        let envelope = row.get("snapshot").unwrap();
        assert!(has_secret(envelope));
        assert_eq!(dropped(&reduced(envelope)), ["1 open_tasks", "1 open_drift_signals"]);
        let shown = redacted(envelope);
        assert_eq!(
            shown["sources"]["open_tasks"],
            json!([{"id": "t1", "title": "[REDACTED] and more", "status": "todo", "priority": "low", "updated_at": "2026-05-02T00:00:00Z"}])
        );
        assert_eq!(items(&shown).iter().map(|item| item.id.as_str()).collect::<Vec<_>>(), ["t1", "d1", "a"]);
        assert!(redacted(&parsed("[]").unwrap()).as_object().is_some_and(Map::is_empty));
    }
}
