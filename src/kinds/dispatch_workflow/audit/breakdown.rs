//! The breakdown of an audit: its section, and the child issues that it recommends.
//!
//! Strict form: a `### [Pn] Title` block a child. Only when there is none, numbered items are read.

use std::collections::BTreeSet;
use std::sync::LazyLock;

use regex::Regex;
use serde_json::{Value as Json, json};

use crate::bundle::manifest::sha256;
use crate::decide::Asked;
use crate::kinds::dispatch::form::{Form, Shape, form};
use crate::kinds::dispatch::pattern::pattern;
use crate::kinds::dispatch_workflow::audit::title;
use crate::kinds::dispatch_workflow::issues;
use crate::lang::{Words, words};

/// A child issue that is recommended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Recommended {
    /// Title without markup and priority.
    pub title: String,
    /// Priority 0 to 3, when it names one.
    pub priority: Option<u8>,
    /// What stands below the heading, or the whole item.
    pub body: String,
}

/// A colon ends the title of a numbered item when it stands within as many characters.
const COLON_WITHIN: usize = 100;

/// Fields that every child has to have in its body.
pub(super) const FIELDS: [&str; 3] = ["Problem", "Evidence", "Acceptance"];

impl Recommended {
    /// The fields that its body lacks.
    pub(super) fn missing_fields(&self) -> Vec<&'static str> {
        let lower = self.body.to_lowercase();
        let has = |field: &str| {
            let field = field.to_lowercase();
            ["**", "**:"].iter().any(|end| lower.contains(&format!("**{field}{end}")))
                || lower.contains(&format!("**{field}:**"))
        };
        FIELDS.into_iter().filter(|field| !has(field)).collect()
    }

    /// What tells it from all other children of all umbrellas.
    pub(super) fn key(&self, repo: &str, parent: u64) -> String {
        key(repo, parent, &self.title)
    }
}

/// First 16 hexadecimal digits of the SHA-256 of `owner/repo#parent:` and the title in lower case.
pub(super) fn key(repo: &str, parent: u64, title: &str) -> String {
    let mut digest = sha256(format!("{repo}#{parent}:{}", title.to_lowercase()).as_bytes());
    digest.truncate(16);
    digest
}

/// Lines of a text, each with whether it stands inside a code fence (fences themselves do).
fn fenced(text: &str) -> impl Iterator<Item = (&str, bool)> {
    let mut fence: Option<(char, usize)> = None;
    text.lines().map(move |line| {
        let trimmed = line.trim_start();
        let mark = trimmed.chars().next().filter(|mark| matches!(mark, '`' | '~'));
        let length = mark.map_or(0, |mark| trimmed.chars().take_while(|character| *character == mark).count());
        let inside = fence.is_some();
        match (fence, mark) {
            (None, Some(mark)) if length >= 3 => {
                fence = Some((mark, length));
                return (line, true);
            }
            (Some((open, least)), Some(mark))
                if mark == open && length >= least && trimmed.trim_end().chars().all(|character| character == mark) =>
            {
                fence = None;
            }
            _ => {}
        }
        (line, inside)
    })
}

/// The breakdown section without its heading, up to the next heading of level 2; `None` when there is none or nothing in it.
pub(super) fn section(body: &str) -> Option<String> {
    static HEADING: LazyLock<Regex> = LazyLock::new(|| pattern(r"(?i)^#{2,3}\s+recommended issue breakdown\s*$"));
    static LEVEL_2: LazyLock<Regex> = LazyLock::new(|| pattern(r"^##(?:\s|$)"));
    let body = body.replace("\r\n", "\n");
    let mut lines = fenced(&body).skip_while(|(line, is_fenced)| *is_fenced || !HEADING.is_match(line));
    lines.next()?;
    let inside: Vec<_> =
        lines.take_while(|(line, is_fenced)| *is_fenced || !LEVEL_2.is_match(line)).map(|(line, _)| line).collect();
    let section = inside.join("\n");
    (!section.trim().is_empty()).then_some(section)
}

/// The children that a section recommends; of those with the same title the first.
pub(super) fn children(section: &str) -> Vec<Recommended> {
    let mut children = strict(section);
    if children.is_empty() {
        children = numbered(section);
    }
    let mut seen = BTreeSet::new();
    children.retain(|child| seen.insert(child.title.to_lowercase()));
    children
}

fn strict(section: &str) -> Vec<Recommended> {
    static BLOCK: LazyLock<Regex> = LazyLock::new(|| pattern(r"^###(?:\s+(.*))?$"));
    let mut children: Vec<Recommended> = Vec::new();
    // Lines of the block that is being read; those of prose go nowhere.
    let mut is_child = false;
    for (line, is_fenced) in fenced(section) {
        let heading = if is_fenced { None } else { BLOCK.captures(line) };
        if let Some(heading) = heading {
            let text = heading.get(1).map_or("", |text| without_closing(text.as_str()));
            let found = title::priority(text).map(|(priority, rest)| (priority, title::clean(rest)));
            let found = found.filter(|(_, title)| !title.is_empty());
            is_child = found.is_some();
            children.extend(found.map(|(priority, title)| Recommended {
                title,
                priority: Some(priority),
                body: String::new(),
            }));
        } else if let (true, Some(child)) = (is_child, children.last_mut()) {
            child.body.push_str(line);
            child.body.push('\n');
        }
    }
    for child in &mut children {
        child.body = child.body.trim().to_owned();
    }
    children
}

fn numbered(section: &str) -> Vec<Recommended> {
    static ITEM: LazyLock<Regex> = LazyLock::new(|| pattern(r"^[0-9]+\.\s+(\S.*)$"));
    let mut items: Vec<Vec<&str>> = Vec::new();
    let mut is_item = false;
    for (line, is_fenced) in fenced(section) {
        if let Some(found) = ITEM.captures(line).filter(|_| !is_fenced) {
            items.push(found.get(1).map(|text| text.as_str()).into_iter().collect());
            is_item = true;
        } else if !is_item {
        } else if let Some(rest) = line.strip_prefix('\t').or_else(|| line.strip_prefix("   ")) {
            items.last_mut().into_iter().for_each(|item| item.push(rest));
        } else if line.trim().is_empty() {
            items.last_mut().into_iter().for_each(|item| item.push(""));
        } else {
            is_item = false;
        }
    }
    items.iter().filter_map(|lines| item(lines)).collect()
}

/// A heading without the number signs that may close it.
fn without_closing(heading: &str) -> &str {
    let text = heading.trim_end();
    let open = text.trim_end_matches('#');
    if open.is_empty() || open.ends_with(char::is_whitespace) { open.trim_end() } else { text }
}

/// A numbered item: its title is bold, or stands before an early colon, or is the first line.
fn item(lines: &[&str]) -> Option<Recommended> {
    static BOLD: LazyLock<Regex> = LazyLock::new(|| pattern(r"\*\*(.+?)\*\*|__(.+?)__"));
    let first = lines.first()?.trim();
    let (priority, rest) = title::priority(first).map_or((None, first), |(priority, rest)| (Some(priority), rest));
    let bold = BOLD.captures(first).and_then(|found| found.get(1).or_else(|| found.get(2)));
    let bold = bold.map(|bold| {
        // The priority is taken off once: in front of the bold text, or inside of it.
        let is_behind = priority.is_some() && bold.start() >= first.len() - rest.len();
        match title::priority(bold.as_str()).filter(|_| !is_behind) {
            Some((priority, rest)) => (Some(priority), title::clean(rest)),
            None => (priority, title::clean(bold.as_str())),
        }
    });
    // The colon after a priority is its separator and ends no title.
    let otherwise = || (priority, title::clean(&title::before_colon(rest, COLON_WITHIN)));
    let (priority, title) = bold.filter(|(_, title)| !title.is_empty()).unwrap_or_else(otherwise);
    (!title.is_empty()).then(|| Recommended { title, priority, body: lines.join("\n").trim().to_owned() })
}

/// `audit-parse`: the child issues that an umbrella recommends.
pub(in crate::kinds::dispatch_workflow) static FORMS: &[Shape] = &[form("body", &["repo", "issueNumber"], parse)];

fn parse(given: &mut Form<'_>, _: &Asked) -> Json {
    let (repo, body) = (given.text("repo"), given.text_if("body").unwrap_or_default());
    let parent = given.get("issueNumber").and_then(issues::integer);
    let Some(parent) = parent else {
        given.refuse(&["issueNumber"], "`issueNumber` is missing or no whole number");
        return Json::Null;
    };
    let section = section(body);
    let recommended: Vec<_> = section.as_deref().map(children).unwrap_or_default();
    let findings = findings(section.is_some(), recommended.iter().map(Recommended::missing_fields));
    let children: Vec<_> = recommended
        .iter()
        .map(|child| {
            json!({
                "title": child.title,
                "priority": child.priority,
                "body": child.body,
                "key": child.key(repo, parent),
                "missing_fields": child.missing_fields(),
            })
        })
        .collect();
    json!({"source": if section.is_some() { "breakdown" } else { "none" }, "children": children, "findings": findings})
}

/// A breakdown that recommends nothing: its code, and what that means.
pub(super) const UNPARSEABLE: (&str, Words) =
    ("unparseable-breakdown", words("拆分段落讀不出子 issue", "no child issue can be read from its breakdown"));

/// What is wrong with a breakdown, by code: no child can be read from it, or one lacks a field that it has to have.
pub(super) fn findings(
    has_section: bool,
    missing_fields: impl ExactSizeIterator<Item = Vec<&'static str>>,
) -> Vec<&'static str> {
    if has_section && missing_fields.len() == 0 {
        return vec![UNPARSEABLE.0];
    }
    let lacks = missing_fields.filter(|fields| !fields.is_empty()).count();
    if lacks > 0 { vec!["missing-fields"] } else { Vec::new() }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn titles(body: &str) -> Vec<(Option<u8>, String)> {
        let section = section(body).unwrap_or_default();
        children(&section).into_iter().map(|child| (child.priority, child.title)).collect()
    }

    fn one(priority: u8, title: &str) -> Vec<(Option<u8>, String)> {
        vec![(Some(priority), title.to_owned())]
    }

    #[test]
    fn the_section_runs_to_the_next_heading_outside_a_fence() {
        assert_eq!(
            titles(
                "### recommended issue breakdown  \n### P1: A\n```\n## no heading\n### [P0] nor this\n```\n## After\n### [P0] B\n"
            ),
            one(1, "A")
        );
        assert_eq!(titles("## Recommended Issue Breakdown (draft)\n### [P1] A\n"), []);
        assert_eq!(titles("```\n## Recommended Issue Breakdown\n### [P1] A\n```\n"), []);
        assert_eq!(titles("## Recommended Issue Breakdown\r\n\r\n### [P1] A\r\nx\r\n"), one(1, "A"));
    }

    #[test]
    fn a_block_is_a_child_with_priority_and_title() {
        assert_eq!(
            titles(
                "## Recommended Issue Breakdown\n### [P1]\nx\n### P2P sync\ny\n### [P1] ###\n### p3 — Good ##\n#### detail\n- a\n"
            ),
            one(3, "Good")
        );
        assert_eq!(titles("## Recommended Issue Breakdown\n### [P1] Same\nx\n### [P2] SAME\ny\n"), one(1, "Same"));
        let section =
            section("## Recommended Issue Breakdown\n### [P1] A\n\n#### d\n- a\n\n### Prose\nz\n").unwrap_or_default();
        assert_eq!(children(&section)[0].body, "#### d\n- a");
    }

    #[test]
    fn numbered_items_are_read_when_there_is_no_block() {
        let list = |items: &str| titles(&format!("## Recommended Issue Breakdown\n\n{items}"));
        assert_eq!(list("1. **P2 — Cache** the rest\n"), one(2, "Cache"));
        assert_eq!(list("1. P1: Cache: why\n"), one(1, "Cache"));
        assert_eq!(list("1. P1 P2 thing: now\n"), one(1, "P2 thing"));
        assert_eq!(list("1. P1: **P2 thing** now\n"), one(1, "P2 thing"));
        assert_eq!(list("1. **P1:** Cache it: now\n"), one(1, "Cache it"));
        assert_eq!(
            list("1. See [x](https://e.example) now: then\n2. Fix `a:b` in https://e.example/\n"),
            [(None, "See x now".to_owned()), (None, "Fix a:b in https://e.example/".to_owned())]
        );
        assert_eq!(list("1. Cache the lot\n   and more: yes\n"), [(None, "Cache the lot".to_owned())]);
        assert_eq!(list(&format!("1. {}: x\n", "a".repeat(100))), [(None, format!("{}: x", "a".repeat(100)))]);
        assert_eq!(list("1. A\n\n   still A\nend\n   lost\n2. B\n").len(), 2);
        assert_eq!(list("1. A\n```\n2. not an item\n```\n3. B\n").len(), 2);
    }

    #[test]
    fn a_child_says_which_of_its_fields_are_missing() {
        let child = |body: &str| Recommended { title: "A".into(), priority: None, body: body.into() }.missing_fields();
        assert_eq!(child("**Problem:** x\n**evidence**: y\n**Acceptance** z"), [""; 0]);
        assert_eq!(child("Problem: x\n**Acceptance:** z"), ["Problem", "Evidence"]);
    }
}
