//! Secrets in texts that agents and programs wrote: taken out before anything else is done with the text.
//!
//! [`redact`] is what the exporting programs promise; [`shown`] puts behind it what the house itself knows of secrets, and
//! its privacy scan, because a page must hold nothing that either of them knows.

use crate::check::privacy;
pub(in crate::kinds) use crate::check::privacy::redaction::{holds_secret, redact};
use crate::check::privacy::redaction::{run_of, without_secrets};
use crate::finding::visible;

/// Most hits of the privacy scan that are taken out of a text one by one; a text with more is not shown.
const MOST_HITS: usize = 64;

/// The first `most` characters (code points) of a longer text, without the blanks at its ends; a text that is not
/// longer stays as it is.
pub(in crate::kinds) fn cut(text: &str, most: usize) -> String {
    match text.char_indices().nth(most) {
        Some((end, _)) => text[..end].trim().to_owned(),
        None => text.to_owned(),
    }
}

/// A text as a page may show it: redacted, without what the privacy scan still finds, without characters that turn the
/// direction of what follows, and not longer than `most` characters.
pub(in crate::kinds) fn shown(text: &str, most: usize) -> String {
    // What is far behind the cut cannot be seen; a secret that crosses it is cut by its form first.
    let near = match text.char_indices().nth(most.saturating_mul(4).saturating_add(4096)) {
        Some((end, _)) => &text[..end],
        None => text,
    };
    let redacted = without_secrets(&redact(&visible(near)));
    let is_cut = redacted.chars().count() > most;
    let mut text = cut(&redacted, most);
    // Only now: a number that is no telephone number may become one when it is cut.
    for _ in 0..MOST_HITS {
        let Some(hit) = privacy::scan(text.as_bytes()).into_iter().next() else { break };
        let (from, end) = run_of(&text, hit.offset);
        text.replace_range(from..end, "…");
    }
    if !privacy::is_harmless(&text) {
        text.clear();
    }
    if is_cut {
        text.push('…');
    }
    text
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn only_a_longer_text_is_cut_and_trimmed() {
        assert_eq!(cut("  ab  ", 6), "  ab  ");
        assert_eq!(cut("  ab  ", 5), "ab");
        assert_eq!(cut("中文字", 2), "中文");
        assert_eq!(cut("x", 0), "");
    }

    #[test]
    fn what_is_shown_holds_nothing_private_and_nothing_that_cannot_be_seen() {
        let check = |text: &str, expected: &str| assert_eq!(shown(text, 60), expected);
        check("ask someone@mail.com.tw, now", "ask … now");
        check("call 0912 345 678 now", "call … now");
        check(r#"{"password": "hunter2secret"}"#, r#"{"[REDACTED]}"#);
        check("a\u{202E}b\u{7}c\nd", "a\u{FFFD}b\u{FFFD}c\nd");
        check(&"x".repeat(61), &format!("{}…", "x".repeat(60)));
        check(&format!("{} token=abc", "x".repeat(55)), &format!("{} [RED…", "x".repeat(55)));
    }

    proptest! {
        #[test]
        fn what_is_shown_is_harmless_and_bounded(text in r"(a|中|[a-z0-9]{0,20}|someone@mail\.com\.tw|0912345678|4111 1111 1111 1111|token=|Bearer |\u{202e}| |\n){0,20}", most in 0usize..80) {
            let shown = shown(&text, most);
            prop_assert!(shown.chars().count() <= most + 1);
            prop_assert!(privacy::is_harmless(&shown), "{shown}");
        }

        #[test]
        fn never_panics(text: String, most in 0usize..50) {
            shown(&text, most);
        }
    }
}
