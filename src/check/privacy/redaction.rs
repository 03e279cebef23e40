//! Secrets taken out of a text that somebody else wrote, so that the rest of it can be told.
//!
//! Two nets. [`redact`] knows eight forms in a fixed order, which programs that dispatch work to agents promise to take out;
//! several of them by the label before the secret. [`without_secrets`] puts the privacy scan behind it, which knows credentials by their own
//! form; it is for whatever is told of texts: answers, and quotations in findings.

use std::sync::LazyLock;

use regex::{Regex, RegexSet};

use crate::check::privacy::scan;

/// What stands where a secret stood.
pub const REDACTED: &str = "[REDACTED]";

/// The forms in the order in which they are taken out; what one leaves is seen by the next.
const FORMS: [&str; 8] = [
    r"(?i)sk-[a-z0-9]{20,}",
    r"AKIA[A-Z0-9]{16}",
    // Only the line that announces a key; its body is caught by nobody who reads line by line.
    r"-----BEGIN [A-Z0-9 ]*PRIVATE KEY-----",
    r"(?i)bearer\s+[A-Za-z0-9._-]{16,}",
    r"(?i)https?://[^\s/:@]+:[^\s/@]+@",
    r"(?i)(?:password|passwd|secret|token|api[_-]?key)\s*[:=]\s*\S+",
    DIGEST,
    // The scheme word and what follows it: without the latter the credential itself would stay.
    r"(?i)authorization:\s*(?:(?:basic|bearer|digest|negotiate|ntlm|token|apikey|hoba|scram-sha-256)\s+)?\S+",
];
/// A digest is no secret of ours: manifests and evidence are told by it.
const DIGEST: &str = r"(?i)sha256:[0-9a-f]{32,}";
/// Names of values that are secrets whatever they look like.
const LABELS: [&str; 8] = ["password", "passwd", "secret", "token", "apikey", "api_key", "api-key", "authorization"];

static ALL: LazyLock<Forms> = LazyLock::new(|| Forms::of(&FORMS));
static SECRETS: LazyLock<Forms> =
    LazyLock::new(|| Forms::of(&FORMS.into_iter().filter(|form| *form != DIGEST).collect::<Vec<_>>()));

struct Forms {
    each: Vec<Regex>,
    any: RegexSet,
}

impl Forms {
    fn of(forms: &[&str]) -> Self {
        let each = forms.iter().map(|form| Regex::new(form)).collect::<Result<_, _>>();
        let any = RegexSet::new(forms);
        match (each, any) {
            (Ok(each), Ok(any)) => Self { each, any },
            (Err(error), _) | (_, Err(error)) => panic!("redaction form: {error}"),
        }
    }

    fn redact(&self, text: &str) -> String {
        let mut text = text.to_owned();
        if self.any.is_match(&text) {
            for form in &self.each {
                text = form.replace_all(&text, REDACTED).into_owned();
            }
        }
        text
    }
}

/// The text with every secret of the eight forms replaced.
pub fn redact(text: &str) -> String {
    ALL.redact(text)
}

/// Whether [`redact`] would take something out.
pub fn holds_secret(text: &str) -> bool {
    ALL.any.is_match(text)
}

/// The text without secrets of any form that is known: those of [`redact`] but for digests, and what the privacy scan
/// knows as a credential.
pub fn without_secrets(text: &str) -> String {
    without_credentials(&SECRETS.redact(text))
}

/// The text without what the privacy scan knows as a credential: before a text is cut, lest a part of one be left that
/// is no longer known.
pub fn without_credentials(text: &str) -> String {
    let mut text = text.to_owned();
    let is_found = |text: &str| scan(text.as_bytes()).into_iter().filter(|hit| hit.secret).map(|hit| hit.offset);
    // From the end, so that what is found before stays where it is.
    let found: Vec<_> = is_found(&text).collect();
    for offset in found.iter().rev() {
        let (from, end) = run_of(&text, *offset);
        text.replace_range(from..end, REDACTED);
    }
    if !found.is_empty() && is_found(&text).next().is_some() { REDACTED.to_owned() } else { text }
}

/// Whether the value under this key is a secret whatever it looks like.
pub fn is_label(key: &str) -> bool {
    LABELS.iter().any(|label| label.eq_ignore_ascii_case(key))
}

/// The run of characters that a hit stands in, from blank to blank. Numbers in groups go on behind blanks.
pub fn run_of(text: &str, offset: usize) -> (usize, usize) {
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
    fn what_is_told_holds_no_credential_of_any_form() {
        let check = |text: &str, expected: &str| assert_eq!(without_secrets(text), expected);
        let token = format!("ghp_{}", "a1B2".repeat(9));
        check(&format!("one {token} two ({token})\nthree"), "one [REDACTED] two [REDACTED]\nthree");
        check("token=abc and password: x", "[REDACTED] and [REDACTED]");
        check(&format!("token={token}"), REDACTED);
        let digest = format!("sha256:{}", "0123456789abcdef".repeat(4));
        check(&digest, &digest);
        check("ask someone@mail.com.tw", "ask someone@mail.com.tw");
        check("the token was lost", "the token was lost");
    }

    proptest! {
        #[test]
        fn never_panics_and_leaves_none(text in r"([a-z0-9]{0,20}|中|token=|Bearer |ghp_[a-zA-Z0-9]{36}|-----BEGIN PRIVATE KEY-----| |\n){0,12}") {
            prop_assert!(!holds_secret(&text) || redact(&text) != text);
            let told = without_secrets(&text);
            prop_assert!(scan(told.as_bytes()).iter().all(|hit| !hit.secret), "{told}");
        }
    }
}
