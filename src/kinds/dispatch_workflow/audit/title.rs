//! Titles of child issues: the priority they begin with, and what is left without markup.

use std::sync::LazyLock;

use regex::Regex;

use crate::check::privacy::redaction::without_credentials;
use crate::kinds::dispatch_workflow::audit::pattern;

/// Longest title, in characters.
const LONGEST: usize = 120;

/// Priority 0 to 3 at the beginning of a text, and what follows its separators. A digit needs a bracket, a separator or
/// a space after it: `P2P sync` and `[P10]` have no priority.
pub(super) fn priority(text: &str) -> Option<(u8, &str)> {
    static MARKER: LazyLock<Regex> =
        LazyLock::new(|| pattern(r"^[\s*_~`]*(?i:\[p([0-3])\]|p([0-3])(?:[\s:–—*_~`-]|$))[\s:–—*_~`-]*"));
    let found = MARKER.captures(text)?;
    let digit = found.get(1).or_else(|| found.get(2))?.as_str().parse().ok()?;
    Some((digit, &text[found.get(0)?.end()..]))
}

/// A title without markup and without its priority, on one line and no longer than it may be.
pub(super) fn clean(text: &str) -> String {
    static LINK: LazyLock<Regex> = LazyLock::new(|| pattern(r"!?\[([^\[\]]*)\]\([^()]*\)"));
    let text = priority(text).map_or(text, |(_, rest)| rest);
    let text = without_marks(&LINK.replace_all(text, "$1"));
    let line = text.split_whitespace().collect::<Vec<_>>().join(" ");
    let cut: String = without_credentials(&line).chars().take(LONGEST).collect();
    cut.trim_end_matches(|character: char| character.is_whitespace() || ".:-–—".contains(character)).to_owned()
}

/// Takes `*`, `_`, `~` and backticks away, but not inside code spans and words.
fn without_marks(text: &str) -> String {
    let mut kept = String::with_capacity(text.len());
    for (at, part) in text.split('`').enumerate() {
        // Every second part stands between backticks, the last one only when its backtick has a partner.
        let is_code = at % 2 == 1 && at + 1 < text.split('`').count();
        if is_code {
            kept.push_str(part);
            continue;
        }
        let characters: Vec<char> = part.chars().collect();
        for (at, character) in characters.iter().enumerate() {
            let is_mark = matches!(character, '*' | '_' | '~');
            let is_word =
                |at: Option<usize>| at.and_then(|at| characters.get(at)).is_some_and(|one| one.is_alphanumeric());
            if !is_mark || (is_word(at.checked_sub(1)) && is_word(Some(at + 1))) {
                kept.push(*character);
            }
        }
    }
    kept
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
            ("[P1] Cache  invoices: —", "Cache invoices"),
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
