//! The sources of a planning context, and how they are made to fit under their byte cap.

use serde_json::{Map, Value as Json, json};

use crate::decide::Question;
use crate::kinds::dispatch::form::{self, form};
use crate::kinds::dispatch::value;
use crate::lang::words;
use crate::read::tree::Node;

/// The sources in the order that breaks ties. All are lists but the latest sync run, which is one thing or none.
pub(super) const SOURCES: [&str; 5] =
    ["open_tasks", "recent_documents", "open_drift_signals", SYNC_RUN, "recent_agent_runs"];
const SYNC_RUN: &str = "latest_sync_run";
/// The end of a sync run, which is left out while there is none.
const COMPLETED: &str = "completed_at";

/// The sources with every list there, and without a sync run, or its end, that is null. Keys that nobody knows are left
/// out.
pub(super) fn normalised(sources: &Node) -> Json {
    let mut normal = Map::new();
    for key in SOURCES {
        let given = sources.get(key).map_or(Json::Null, Node::to_json);
        match given {
            Json::Null if key == SYNC_RUN => continue,
            Json::Null => normal.insert(key.to_owned(), json!([])),
            Json::Object(mut run) if key == SYNC_RUN => {
                if run.get(COMPLETED).is_some_and(Json::is_null) {
                    run.shift_remove(COMPLETED);
                }
                normal.insert(key.to_owned(), run.into())
            }
            given => normal.insert(key.to_owned(), given),
        };
    }
    normal.into()
}

/// Sources cut to a byte cap.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Reduced {
    /// How many items are left of each source.
    pub kept: [usize; 5],
    /// How many items were taken from each source.
    pub dropped: [usize; 5],
    /// Bytes of the compact JSON of what is left.
    pub bytes: usize,
}

/// Takes the last item of whichever source is largest, measured anew each time, until the compact JSON of all sources
/// is not longer than `cap`. A cap of 0 or less is none. Only sizes are looked at: 100,000 items are one pass.
fn reduce(sources: &Json, cap: i64) -> Reduced {
    let size = |value: &Json| value.to_string().len();
    let mut items: [Vec<usize>; 5] = SOURCES.map(|key| match sources.get(key) {
        None => Vec::new(),
        Some(Json::Array(items)) => items.iter().map(size).collect(),
        Some(one) => vec![size(one)],
    });
    let mut dropped = [0; 5];
    let mut bytes = size(sources);
    // What a source measures by itself: its brackets, items and commas; a sync run is bare.
    let mut measures: [usize; 5] = std::array::from_fn(|at| {
        let sum: usize = items[at].iter().sum();
        if SOURCES[at] == SYNC_RUN { sum } else { 2 + sum + items[at].len().saturating_sub(1) }
    });
    while cap > 0 && usize::try_from(cap).is_ok_and(|cap| bytes > cap) {
        // The first of the largest: `max_by_key` gives the last, so the order is turned round.
        let largest = (0..5).rev().filter(|at| !items[*at].is_empty()).max_by_key(|at| measures[*at]);
        let Some(at) = largest else { break };
        let Some(taken) = items[at].pop() else { break };
        dropped[at] += 1;
        let gone = if SOURCES[at] == SYNC_RUN {
            // `"latest_sync_run":` and the comma beside it.
            taken + SYNC_RUN.len() + 4
        } else {
            taken + usize::from(!items[at].is_empty())
        };
        measures[at] = measures[at].saturating_sub(gone);
        bytes = bytes.saturating_sub(gone);
    }
    Reduced { kept: items.map(|items| items.len()), dropped, bytes }
}

/// What is left of the sources of an envelope within its own byte cap.
pub(super) fn reduced(envelope: &Node) -> Reduced {
    let cap = envelope.get("limits").and_then(|limits| value::integer(limits, "max_sources_bytes")).unwrap_or_default();
    let sources = envelope.get("sources").map_or_else(|| json!({}), normalised);
    reduce(&sources, cap)
}

/// What was taken away, as people read it.
pub(super) fn dropped(reduced: &Reduced) -> Vec<String> {
    let pairs = SOURCES.iter().zip(reduced.dropped).filter(|(_, count)| *count > 0);
    pairs.map(|(key, count)| format!("{count} {key}")).collect()
}

/// `source-reducer`: `{sources, max_bytes}`. Answers with what is left, its size and what was dropped.
pub(super) static QUESTION: Question = Question {
    name: "source-reducer",
    about: words("把情境來源裁到位元組上限", "the sources of a context, cut to their byte cap"),
    facts: None,
    sanitises: false,
    answer: |facts, asked| {
        form::answer(
            facts,
            asked,
            &[form("sources", &["max_bytes"], |form, _| {
                let cap = form.integer("max_bytes");
                let Some(sources) = form.table("sources") else { return json!({}) };
                let reduced = reduce(&normalised(sources), cap);
                let by_source = |counts: [usize; 5]| -> Map<String, Json> {
                    SOURCES.iter().zip(counts).map(|(key, count)| ((*key).to_owned(), count.into())).collect()
                };
                json!({
                    "sources_bytes": reduced.bytes,
                    "dropped_counts": by_source(reduced.dropped),
                    "kept": by_source(reduced.kept),
                })
            })],
        )
    },
};

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::kinds::dispatch::value::parsed;

    fn check(sources: &str, cap: i64, kept: [usize; 5], bytes: usize) {
        let sources = normalised(&parsed(sources).unwrap());
        let reduced = reduce(&sources, cap);
        assert_eq!((reduced.kept, reduced.bytes), (kept, bytes), "{sources} {cap}");
    }

    #[test]
    fn the_largest_source_gives_its_last_item_first() {
        let empty = r#"{"open_tasks":[],"recent_documents":[],"open_drift_signals":[],"recent_agent_runs":[]}"#;
        check("{}", 0, [0; 5], empty.len());
        check(r#"{"open_tasks":null,"more":1}"#, 1, [0; 5], empty.len());
        let base = empty.len();
        let cap = |bytes: usize| i64::try_from(bytes).unwrap();
        check(r#"{"open_tasks":[1,2],"recent_documents":[3]}"#, 0, [2, 1, 0, 0, 0], base + 4);
        check(r#"{"open_tasks":[1,2],"recent_documents":[3]}"#, -5, [2, 1, 0, 0, 0], base + 4);
        check(r#"{"open_tasks":[1,2],"recent_documents":[3]}"#, 89, [1, 1, 0, 0, 0], base + 2);
        check(r#"{"open_tasks":[1],"recent_documents":[3]}"#, cap(base + 1), [0, 1, 0, 0, 0], base + 1);
        check(r#"{"latest_sync_run":{"a":1},"open_tasks":[1]}"#, cap(base + 1), [1, 0, 0, 0, 0], base + 1);
        check(r#"{"latest_sync_run":{},"open_tasks":[11]}"#, cap(base + 21), [0, 0, 0, 1, 0], base + 21);
        check(r#"{"latest_sync_run":{"completed_at":null}}"#, 0, [0, 0, 0, 1, 0], base + 21);
        check(r#"{"open_tasks":["<中>"]}"#, 0, [1, 0, 0, 0, 0], base + 7);
    }

    proptest! {
        /// Whatever is taken away, the size is the size of what is left.
        #[test]
        fn bytes_are_those_of_what_is_left(tasks in prop::collection::vec("[a-z]{0,9}", 0..9), runs in prop::collection::vec("[a-z]{0,9}", 0..9), sync in prop::option::of("[a-z]{0,30}"), cap in 0i64..300) {
            let mut sources = json!({"open_tasks": tasks, "recent_documents": [], "open_drift_signals": [], "recent_agent_runs": runs});
            if let Some(sync) = sync {
                sources["latest_sync_run"] = json!({"id": sync});
            }
            let reduced = reduce(&sources, cap);
            for (key, kept) in SOURCES.iter().zip(reduced.kept) {
                if let Some(list) = sources[*key].as_array_mut() {
                    list.truncate(kept);
                } else if kept == 0 && let Some(sources) = sources.as_object_mut() {
                    sources.remove(*key);
                }
            }
            prop_assert_eq!(sources.to_string().len(), reduced.bytes);
            let over = cap > 0 && usize::try_from(cap).is_ok_and(|cap| reduced.bytes > cap);
            prop_assert!(!over || reduced.kept == [0; 5]);
        }
    }
}
