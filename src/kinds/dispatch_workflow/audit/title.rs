//! Titles of child issues: the priority they begin with, and what is left without markup.

use std::ops::Range;
use std::sync::LazyLock;

use regex::Regex;

use crate::check::privacy::redaction::without_credentials;
use crate::kinds::dispatch::pattern::pattern;

/// Longest title, in characters.
const LONGEST: usize = 120;

/// Priority 0 to 3 at the beginning of a text, and what follows its separators. A digit needs a bracket, a separator or
/// a space after it: `P2P sync` and `[P10]` have no priority.
pub(super) fn priority(text: &str) -> Option<(u8, &str)> {
    static MARKER: LazyLock<Regex> = LazyLock::new(|| pattern(r"^[\s*_~`]*(?i:\[p([0-3])\]|p([0-3]))"));
    let found = MARKER.captures(text)?;
    let digit = found.get(1).or_else(|| found.get(2))?.as_str().parse().ok()?;
    let rest = &text[found.get(0)?.end()..];
    let is_separator = |character: char| character.is_whitespace() || ":-–—".contains(character);
    let is_ended =
        found.get(1).is_some() || rest.is_empty() || rest.starts_with(|next| is_separator(next) || is_mark(next));
    // A mark that closes the priority goes with it; one behind a blank opens what follows.
    let rest = rest.trim_start_matches(is_mark).trim_start_matches([':', '-', '–', '—']).trim_start_matches(is_mark);
    is_ended.then(|| (digit, rest.trim_start_matches(is_separator)))
}

/// A title without markup, on one line and no longer than it may be.
pub(super) fn clean(text: &str) -> String {
    let text = without_marks(&without_links(text));
    let line = text.split_whitespace().collect::<Vec<_>>().join(" ");
    let cut: String = without_credentials(&line).chars().take(LONGEST).collect();
    cut.trim_end_matches(|character: char| character.is_whitespace() || ".:-–—".contains(character)).to_owned()
}

/// What stands before the first colon within so many characters, less links; all of it when there is none. A colon in a
/// code span or an address ends nothing.
pub(super) fn before_colon(text: &str, within: usize) -> String {
    let text = without_links(text);
    let codes = code_spans(&text);
    let mut near = text.char_indices().take(within).filter(|(_, character)| *character == ':').map(|(at, _)| at);
    let ends = |at: &usize| !codes.iter().any(|span| span.contains(at)) && !text[*at..].starts_with("://");
    let end = near.find(ends).unwrap_or(text.len());
    text[..end].to_owned()
}

fn is_mark(character: char) -> bool {
    matches!(character, '*' | '_' | '~' | '`')
}

/// Puts the texts of links and images, and bare addresses, in their place; those inside code spans stay.
fn without_links(text: &str) -> String {
    static LINK: LazyLock<Regex> =
        LazyLock::new(|| pattern(r"!?\[([^\[\]]*)\](?:\([^()]*\)|\[[^\[\]]*\])|<((?i:https?://|mailto:)[^\s<>]*)>"));
    let codes = code_spans(text);
    let replaced = LINK.replace_all(text, |found: &regex::Captures<'_>| {
        let whole = found.get(0).map_or(0..0, |whole| whole.range());
        let shown = found.get(1).or_else(|| found.get(2)).map_or("", |shown| shown.as_str());
        let is_code = codes.iter().any(|span| span.contains(&whole.start));
        if is_code { text[whole].to_owned() } else { shown.to_owned() }
    });
    replaced.into_owned()
}

/// Where code spans stand, with their backticks: a run of them, up to the next one of the same length.
fn code_spans(text: &str) -> Vec<Range<usize>> {
    static TICKS: LazyLock<Regex> = LazyLock::new(|| pattern("`+"));
    let ticks: Vec<_> = TICKS.find_iter(text).map(|run| run.range()).collect();
    let mut spans: Vec<Range<usize>> = Vec::new();
    for (at, open) in ticks.iter().enumerate() {
        if spans.last().is_some_and(|span| open.start < span.end) {
            continue;
        }
        let close = ticks[at + 1..].iter().find(|close| close.len() == open.len());
        spans.extend(close.map(|close| open.start..close.end));
    }
    spans
}

/// Takes `*`, `_`, `~` and backticks away, but not inside code spans and words.
fn without_marks(text: &str) -> String {
    let mut kept = String::with_capacity(text.len());
    let mut from = 0;
    for span in code_spans(text) {
        push_plain(&mut kept, &text[from..span.start]);
        kept.push_str(text[span.clone()].trim_matches('`'));
        from = span.end;
    }
    push_plain(&mut kept, &text[from..]);
    kept
}

fn push_plain(kept: &mut String, part: &str) {
    let characters: Vec<char> = part.chars().collect();
    let is_word = |at: Option<usize>| at.and_then(|at| characters.get(at)).is_some_and(|one| one.is_alphanumeric());
    for (at, character) in characters.iter().enumerate() {
        let is_inside = *character != '`' && is_word(at.checked_sub(1)) && is_word(Some(at + 1));
        if !is_mark(*character) || is_inside {
            kept.push(*character);
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_priority_needs_an_end() {
        for (text, expected) in [
            ("[P1] Title", Some((1, "Title"))),
            ("[p0]Title", Some((0, "Title"))),
            ("P2 — Title", Some((2, "Title"))),
            ("P3: - Title", Some((3, "Title"))),
            ("P1–Title", Some((1, "Title"))),
            ("**P1** Title", Some((1, "Title"))),
            ("P2P sync", None),
            ("[P10] Far", None),
            ("[P4] Later", None),
            ("Title P1", None),
            ("P1", Some((1, ""))),
            ("**P1:** Title", Some((1, "Title"))),
            ("`P1` Title", Some((1, "Title"))),
            ("[P1] `__init__` runs", Some((1, "`__init__` runs"))),
            ("P1 `a*b`", Some((1, "`a*b`"))),
        ] {
            assert_eq!(priority(text), expected, "{text}");
        }
    }

    #[test]
    fn markup_goes_and_words_stay() {
        for (text, expected) in [
            ("Rename `order_total_cents`", "Rename order_total_cents"),
            ("Rename order_total_cents", "Rename order_total_cents"),
            ("**Bold** and _thin_ ~~gone~~", "Bold and thin gone"),
            ("See [the guide](https://example.com/a_b)", "See the guide"),
            ("Cache  invoices: —", "Cache invoices"),
            ("[P2] stays", "[P2] stays"),
            ("See [the guide][1] and [more][] now", "See the guide and more now"),
            ("See <https://example.com/a_b> now", "See https://example.com/a_b now"),
            ("See [`a_b`](https://example.com) and `[x](y)`", "See a_b and [x](y)"),
            ("Use ``a`b_`` now", "Use a`b_ now"),
            ("Vec<T> of 2*3", "Vec<T> of 2*3"),
            ("`__init__` runs twice.", "__init__ runs twice"),
            ("one ` backtick _here_", "one  backtick here".split_whitespace().collect::<Vec<_>>().join(" ").as_str()),
        ] {
            assert_eq!(clean(text), expected, "{text}");
        }
        assert_eq!(clean(&"字".repeat(200)).chars().count(), LONGEST);
        // A credential across the cut leaves no part of itself.
        let token = format!("ghp_{}", "a1B2".repeat(9));
        assert_eq!(clean(&format!("{} {token}", "x".repeat(100))), format!("{} [REDACTED]", "x".repeat(100)));
    }

    proptest! {
        #[test]
        fn any_text_has_a_title(text in "\\PC{0,60}|[`*_\\[\\]()P0-9 –-]{0,60}") {
            prop_assert!(clean(&text).chars().count() <= LONGEST);
        }
    }
}
