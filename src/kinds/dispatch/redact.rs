//! Secrets in texts that agents and programs wrote: taken out before anything else is done with the text.
//!
//! Two nets. [`redact`] is the one that the exporting programs promise, eight forms in a fixed order; [`shown`] puts
//! the house's own privacy scan behind it, because a page must hold nothing that either of them knows.

use std::sync::LazyLock;

use regex::Regex;

use crate::check::privacy;
use crate::finding::visible;

/// What stands where a secret stood.
pub(in crate::kinds) const REDACTED: &str = "[REDACTED]";

/// Most hits of the privacy scan that are taken out of a text one by one; a text with more is not shown.
const MOST_HITS: usize = 64;

/// The forms in the order in which they are taken out; what one leaves is seen by the next.
static FORMS: LazyLock<Vec<Regex>> = LazyLock::new(|| {
    [
        r"(?i)sk-[a-z0-9]{20,}",
        r"AKIA[A-Z0-9]{16}",
        // Only the line that announces a key; its body is caught by nobody who reads line by line.
        r"-----BEGIN [A-Z0-9 ]*PRIVATE KEY-----",
        r"(?i)bearer\s+[A-Za-z0-9._-]{16,}",
        r"(?i)https?://[^\s/:@]+:[^\s/@]+@",
        r"(?i)(?:password|passwd|secret|token|api[_-]?key)\s*[:=]\s*\S+",
        r"(?i)sha256:[0-9a-f]{32,}",
        // The scheme word and what follows it: without the latter the credential itself would stay.
        r"(?i)authorization:\s*(?:(?:basic|bearer|digest|negotiate|ntlm|token|apikey|hoba|scram-sha-256)\s+)?\S+",
    ]
    .iter()
    .map(|form| Regex::new(form).unwrap_or_else(|error| panic!("redaction form: {error}")))
    .collect()
});

/// The text with every secret of the eight forms replaced.
pub(in crate::kinds) fn redact(text: &str) -> String {
    let mut text = text.to_owned();
    for form in FORMS.iter() {
        if form.is_match(&text) {
            text = form.replace_all(&text, REDACTED).into_owned();
        }
    }
    text
}

/// Whether [`redact`] would take something out.
pub(in crate::kinds) fn holds_secret(text: &str) -> bool {
    FORMS.iter().any(|form| form.is_match(text))
}

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
    let redacted = redact(&visible(near));
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

/// The run of characters that a hit stands in, from blank to blank. Numbers in groups go on behind blanks.
fn run_of(text: &str, offset: usize) -> (usize, usize) {
    let offset = (0..=offset.min(text.len())).rev().find(|at| text.is_char_boundary(*at)).unwrap_or(0);
    let blank = |(_, character): &(usize, char)| character.is_whitespace();
    let from = text[..offset].char_indices().rev().find(blank).map_or(0, |(at, blank)| at + blank.len_utf8());
    let mut end = offset;
    for (at, character) in text[offset..].char_indices() {
        let rest = text[offset + at..].trim_start();
        if character.is_whitespace() && !rest.starts_with(|next: char| next.is_ascii_digit()) {
            break;
        }
        end = offset + at + character.len_utf8();
    }
    (from, end)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn secrets_of_every_form_are_taken_out_and_look_alikes_stay() {
        let check = |text: &str, expected: &str| assert_eq!(redact(text), expected);
        check("key sk-abcdefghij0123456789 end", "key [REDACTED] end");
        check("sk-abcdefghij012345678", "sk-abcdefghij012345678");
        check("SK-ABCDEFGHIJ0123456789", REDACTED);
        check("AKIAABCDEFGHIJ012345", REDACTED);
        check("AKIAabcdefghij012345", "AKIAabcdefghij012345");
        check("-----BEGIN PRIVATE KEY-----\nbody", "[REDACTED]\nbody");
        check("Bearer\tabcdef.ghij_klmn-op", REDACTED);
        check("the bearer token is short", "the bearer token is short");
        check("see https://user:pw@host.example/a", "see [REDACTED]host.example/a");
        check("see https://host.example:8080/a@b", "see https://host.example:8080/a@b");
        check("PASSWORD : hunter2, next", "[REDACTED] next");
        check("api-key=x apikey:y Secret= z", "[REDACTED] [REDACTED] [REDACTED]");
        check("the token was lost", "the token was lost");
        let digest = "0123456789abcdef".repeat(2);
        check(&format!("sha256:{digest}"), REDACTED);
        check(&format!("sha256:{}", &digest[1..]), &format!("sha256:{}", &digest[1..]));
        check("Authorization: Basic dXNlcjpwYXNz rest", "[REDACTED] rest");
        check("authorization: opaque rest", "[REDACTED] rest");
        check("Authorization: Bearer abcdefghijklmnop rest", "[REDACTED] rest");
        check(
            "6f9619ff-8b86-d011-b42d-00cf4fc964ff 12345678901234567890",
            "6f9619ff-8b86-d011-b42d-00cf4fc964ff 12345678901234567890",
        );
    }

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
            prop_assert!(!holds_secret(&text) || redact(&text) != text);
        }
    }
}
