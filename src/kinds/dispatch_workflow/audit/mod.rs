//! Audit umbrellas: the breakdown of an audit into child issues, the plan for them, and when the umbrella may close.
//!
//! Invariants: nothing outside the breakdown section is read; nothing is posted, only planned; an umbrella without
//! children is never closed.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use regex::Regex;
use serde_json::{Value as Json, json};

use crate::decide::Asked;
use crate::kinds::dispatch::form::{Form, Shape, form};
use crate::kinds::dispatch::pattern::pattern;
use crate::kinds::dispatch_workflow::issues::{self, State};
use crate::lang::{Words, words};
use crate::read::tree::Node;

pub(super) mod breakdown;
pub(super) mod children;
pub(super) mod title;

/// Heading over the list of children.
const HEADING: &str = "## Decomposed into";
const OPEN: &str = "<!-- audit-decompose:v1 -->";
const CLOSE: &str = "<!-- /audit-decompose:v1 -->";

/// What an umbrella waits for.
pub(super) struct Gate {
    /// Stable id.
    pub id: &'static str,
    /// In words.
    pub when: Words,
    /// Whether it is to be decomposed.
    pub decompose: bool,
    /// Whether its children are to be looked at for closing it.
    pub close_check: bool,
}

const fn gate(id: &'static str, when: Words, decompose: bool, close_check: bool) -> Gate {
    Gate { id, when, decompose, close_check }
}

/// The gates in the order in which they are asked.
pub(super) static GATES: &[Gate] = &[
    gate("not-an-audit", words("標題沒有 audit", "its title does not say audit"), false, false),
    gate("closed", words("已關閉", "it is closed"), false, false),
    gate(
        "state-unknown",
        words("沒有說明是否開啟，不拆分也不關閉", "it does not say whether it is open, so nothing is planned"),
        false,
        false,
    ),
    gate("decomposed", words("已列出子 issue", "its children are listed"), false, true),
    gate("breakdown", words("有建議拆分段落", "it has a breakdown"), true, false),
    gate("no-breakdown", words("沒有建議拆分段落", "it has no breakdown"), false, false),
];

/// The gate that an umbrella is at.
pub(super) fn gate_of(title: &str, state: &str, body: &str) -> &'static Gate {
    let id = if !title.to_lowercase().contains("audit") {
        "not-an-audit"
    } else if State::read(state) == State::Closed {
        "closed"
    } else if State::read(state) == State::Unknown {
        "state-unknown"
    } else if block(body).is_some_and(|block| !listed(block).is_empty()) {
        "decomposed"
    } else if breakdown::section(body).is_some() {
        "breakdown"
    } else {
        "no-breakdown"
    };
    GATES.iter().find(|gate| gate.id == id).unwrap_or(&GATES[0])
}

/// What stands between the markers of the list of children.
fn block(body: &str) -> Option<&str> {
    let (_, after) = body.split_once(OPEN)?;
    Some(after.split_once(CLOSE).map_or(after, |(block, _)| block))
}

/// The children that a block lists: only the number right after the list mark counts, each once.
fn listed(block: &str) -> Vec<u64> {
    static ITEM: LazyLock<Regex> = LazyLock::new(|| pattern(r"^\s*[-*+]\s+#([0-9]+)\b"));
    let mut children = Vec::new();
    for child in block.lines().filter_map(|line| ITEM.captures(line)?.get(1)?.as_str().parse().ok()) {
        if !children.contains(&child) {
            children.push(child);
        }
    }
    children
}

/// The children that an umbrella lists.
pub(super) fn children_of(body: &str) -> Vec<u64> {
    block(body).map(listed).unwrap_or_default()
}

/// Why an umbrella may or may not close.
pub(super) static CLOSINGS: &[(&str, Words)] = &[
    ("not-an-audit", words("標題沒有 audit", "its title does not say audit")),
    ("closed", words("已經關閉", "it is closed already")),
    ("no-children", words("沒有列出子 issue", "it lists no child")),
    ("lookup-failed", words("有子 issue 查不到狀態", "the state of a child is not known")),
    ("child-open", words("還有子 issue 未關閉", "a child is still open")),
    ("all-closed", words("所有子 issue 都已關閉", "every child is closed")),
];

/// Whether an umbrella may close: the id of [`CLOSINGS`] and its children.
pub(super) fn closing(title: &str, state: &str, body: &str, states: &BTreeMap<u64, State>) -> (&'static str, Vec<u64>) {
    let children = children_of(body);
    let known: Vec<_> = children.iter().map(|child| states.get(child).copied().unwrap_or(State::Unknown)).collect();
    let id = if !title.to_lowercase().contains("audit") {
        "not-an-audit"
    } else if State::read(state) == State::Closed {
        "closed"
    } else if children.is_empty() {
        "no-children"
    } else if known.contains(&State::Unknown) {
        "lookup-failed"
    } else if known.contains(&State::Open) {
        "child-open"
    } else {
        "all-closed"
    };
    (id, children)
}

/// The comment that closes an umbrella.
pub(super) fn closing_comment(children: usize) -> String {
    let what = if children == 1 { "1 child issue is".to_owned() } else { format!("All {children} child issues are") };
    format!("{what} closed. Closing this audit as completed; reopen it when something is left to do.")
}

/// The body of an umbrella with its children listed, in place of an older list.
pub(super) fn with_children(body: &str, children: &[(Option<u64>, String)]) -> String {
    let mut section = format!("{HEADING}\n{OPEN}\n");
    for (number, title) in children {
        let number = number.map_or_else(|| "[dry-run]".to_owned(), |number| format!("#{number}"));
        let title = title.split_whitespace().collect::<Vec<_>>().join(" ");
        section.extend(["- ", &number, " — ", &title, "\n"]);
    }
    section.push_str(CLOSE);
    let body = body.replace("\r\n", "\n");
    let Some((before, after)) = body.split_once(OPEN) else {
        let before = body.trim_end();
        let gap = if before.is_empty() { "" } else { "\n\n" };
        return format!("{before}{gap}{section}\n");
    };
    let before = before.trim_end();
    let before = before.strip_suffix(HEADING).filter(|rest| rest.is_empty() || rest.ends_with('\n')).unwrap_or(before);
    let before = before.trim_end();
    let gap = if before.is_empty() { "" } else { "\n\n" };
    let after = after.split_once(CLOSE).map_or("", |(_, after)| after);
    let after = if after.is_empty() { "\n" } else { after };
    format!("{before}{gap}{section}{after}")
}

/// `audit-umbrella`: what an umbrella waits for, whether it may close, and its body with its children.
pub(super) static FORMS: &[Shape] = &[
    form("children", &["body"], parent),
    form("child_states", &["title", "body", "state", "number", "html_url", "labels"], close),
    form("umbrellas", &[], scan),
    // What an exported issue has beside these counts for nothing: no label is needed.
    form("title", &["body", "state", "number", "html_url", "labels"], gates),
];

fn gates(given: &mut Form<'_>, asked: &Asked) -> Json {
    let (title, body) = (given.text("title"), given.text_if("body").unwrap_or_default());
    let gate = gate_of(title, given.text_if("state").unwrap_or_default(), body);
    json!({
        "decompose": gate.decompose,
        "close_check": gate.close_check,
        "rule": gate.id,
        "rationale": gate.when.get(asked.lang),
    })
}

fn close(given: &mut Form<'_>, asked: &Asked) -> Json {
    let (title, body) = (given.text("title"), given.text_if("body").unwrap_or_default());
    let state = given.text_if("state").unwrap_or_default();
    let states = child_states(given.table_if("child_states"));
    let (rule, children) = closing(title, state, body, &states);
    let why = CLOSINGS.iter().find(|(id, _)| *id == rule).map(|(_, words)| words.get(asked.lang));
    let close = rule == "all-closed";
    json!({
        "children": children,
        "close": close,
        "comment": close.then(|| closing_comment(children.len())),
        "rule": rule,
        "rationale": why,
    })
}

/// What a scan of many umbrellas comes to: those whose children are listed are checked, each with its `child_states`.
fn scan(given: &mut Form<'_>, _: &Asked) -> Json {
    let (mut checked, mut closed, mut failures) = (0, Vec::new(), Vec::new());
    for row in given.list_if("umbrellas").unwrap_or_default() {
        let text = |key: &str| row.text_at(key).unwrap_or_default();
        if !gate_of(text("title"), text("state"), text("body")).close_check {
            continue;
        }
        checked += 1;
        let states = child_states(row.get("child_states"));
        match closing(text("title"), text("state"), text("body"), &states).0 {
            "all-closed" => closed.push(issues::number(row)),
            "lookup-failed" => failures.push(issues::number(row)),
            _ => {}
        }
    }
    json!({
        "checked": checked,
        "closed": closed.len(),
        "failures": failures.len(),
        "to_close": closed,
        "not_looked_up": failures,
        "exit_code": u8::from(!failures.is_empty()),
    })
}

fn child_states(states: Option<&Node>) -> BTreeMap<u64, State> {
    let entries = states.map(Node::entries).unwrap_or_default();
    entries.iter().filter_map(|entry| Some((entry.key.parse().ok()?, State::read(entry.node.text()?)))).collect()
}

fn parent(given: &mut Form<'_>, _: &Asked) -> Json {
    let body = given.text_if("body").unwrap_or_default();
    let children = given.list_if("children").unwrap_or_default();
    let children: Vec<_> = children
        .iter()
        .map(|child| {
            (issues::number(child).filter(|number| *number > 0), child.text_at("title").unwrap_or_default().to_owned())
        })
        .collect();
    json!({"body": with_children(body, &children)})
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::kinds::dispatch_workflow::tests::check;

    const BREAKDOWN: &str = "## Recommended Issue Breakdown\n\n### [P1] A\nx\n";

    #[test]
    fn a_marker_without_numbers_is_decomposed_again() {
        let gate = |title: &str, state: &str, body: &str| gate_of(title, state, body).id;
        let marked = |inner: &str| format!("{BREAKDOWN}\n{HEADING}\n{OPEN}\n{inner}{CLOSE}\n");
        assert_eq!(gate("Nightly AUDIT", "open", BREAKDOWN), "breakdown");
        assert_eq!(gate("Nightly AUDIT", "closed", BREAKDOWN), "closed");
        assert_eq!(gate("Nightly AUDIT", "", BREAKDOWN), "state-unknown");
        assert_eq!(gate("Nightly AUDIT", "paused", &marked("- #4 — A\n")), "state-unknown");
        assert_eq!(gate("Features", "open", BREAKDOWN), "not-an-audit");
        assert_eq!(gate("Audit", "open", &marked("")), "breakdown");
        assert_eq!(gate("Audit", "open", &marked("- [dry-run] — see #4\n")), "breakdown");
        assert_eq!(gate("Audit", "open", &marked("- #4 — A\n")), "decomposed");
        assert_eq!(gate("Audit", "open", "## Recommended Issue Breakdown\n\n## Next\n"), "no-breakdown");
    }

    #[test]
    fn an_umbrella_closes_when_every_child_is_known_to_be_closed() {
        let body = format!("x\n\n{HEADING}\n{OPEN}\n- #5 — follows #9\n- #6 — B\n{CLOSE}\n");
        let close = |states: serde_json::Value, expected: &str| {
            let facts = json!({"title": "Audit", "body": body, "child_states": states}).to_string();
            check("audit-umbrella", &facts, expected);
        };
        close(json!({"5": "closed", "6": "closed"}), r#"{"children":[5,6],"close":true,"rule":"all-closed"}"#);
        close(json!({"5": "closed", "6": "open"}), r#"{"close":false,"rule":"child-open"}"#);
        close(json!({"5": "closed"}), r#"{"close":false,"rule":"lookup-failed"}"#);
        close(json!({"5": "closed", "6": null}), r#"{"close":false,"rule":"lookup-failed"}"#);
    }

    #[test]
    fn the_list_of_children_replaces_an_older_one_where_it_stood() {
        let children = vec![(Some(5), "A".to_owned())];
        let section = format!("{HEADING}\n{OPEN}\n- #5 — A\n{CLOSE}");
        assert_eq!(with_children("", &children), format!("{section}\n"));
        let old = format!("intro\n\n{HEADING}\n{OPEN}\n- [dry-run] — A\n{CLOSE}\n\n## After\n");
        let new = with_children(&old, &children);
        assert_eq!(new, format!("intro\n\n{section}\n\n## After\n"));
        assert_eq!(with_children(&new, &children), new);
        assert_eq!(with_children(&format!("a\n{OPEN}\n{CLOSE}"), &children), format!("a\n\n{section}\n"));
    }
}
