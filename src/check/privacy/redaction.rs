//! Secrets taken out of a text that somebody else wrote, so that the rest of it can be told.
//!
//! Two nets. [`redact`] knows eight forms in a fixed order, which programs that dispatch work to agents promise to take out;
//! several of them by the label before the secret. [`without_secrets`] is for whatever is told of texts: answers, pages,
//! quotations in findings. It knows a label in quotes too, as JSON writes it, takes more for a credential, and puts the
//! privacy scan behind it, which knows credentials by their own form.

use std::sync::LazyLock;

use regex::{Regex, RegexSet};

use crate::check::privacy::pass::scan;

/// What stands where a secret stood.
pub const REDACTED: &str = "[REDACTED]";

/// The forms that say by themselves what they are, in the order in which they are taken out; what one leaves is seen by
/// the next.
const FORMS: [&str; 5] = [
    r"(?i)sk-[a-z0-9]{20,}",
    r"AKIA[A-Z0-9]{16}",
    // Only the line that announces a key; its body is caught by nobody who reads line by line.
    r"-----BEGIN [A-Z0-9 ]*PRIVATE KEY-----",
    r"(?i)bearer\s+[A-Za-z0-9._-]{16,}",
    r"(?i)https?://[^\s/:@]+:[^\s/@]+@",
];
/// The forms behind those that are promised.
const PROMISED: [&str; 3] = [
    r"(?i)(?:password|passwd|secret|token|api[_-]?key)\s*[:=]\s*\S+",
    // A digest is no secret of ours: manifests and evidence are told by it.
    r"(?i)sha256:[0-9a-f]{32,}",
    // The scheme word and what follows it: without the latter the credential itself would stay. Parameters are told by
    // `=` and go on behind commas (RFC 9110, section 11.4). Behind a scheme that is not known, a credential is told from
    // prose by a digit, `=`, `_`, `+` or a capital behind a small letter in it, or by its length.
    r#"(?ix) authorization: \s* (?:
        [a-z][a-z0-9_-]* [\ \t]+ [a-z0-9_-]+ = (?: "[^"\n]*" | [^\s,] )* (?: ,\s* [a-z0-9_-]+ = (?: "[^"\n]*" | [^\s,] )* )+
        | (?: basic|bearer|digest|negotiate|ntlm|token|apikey|hoba|scram-sha-256 ) \s+ \S+
        | [a-z][a-z0-9_-]* [\ \t]+ (?: \S* [0-9=_+] \S* | (?-i: \S* [a-z] \S* [A-Z] \S* ) | \S{20,} )
        | \S+ )"#,
];
/// The forms behind those when a text is told: a label may stand in quotes, and a value in quotes goes to their end.
/// Whatever follows a word that is written like a scheme, with a capital or a hyphen, is its credential.
const TOLD: [&str; 2] = [
    r#"(?ix) (?: (?: password|passwd|secret|token|api[_-]?key ) \\* ["']? | authorization \\* ["'] ) \s* [:=] \s*
        (?: \\+ "[^"\n]*"? | " (?: [^"\\\n] | \\. )* "? | '[^'\n]*'? | \S+ )"#,
    r#"(?ix) authorization: \s* (?:
        [a-z][a-z0-9_-]* [\ \t]+ [a-z0-9_-]+ = (?: "[^"\n]*" | [^\s,] )* (?: ,\s* [a-z0-9_-]+ = (?: "[^"\n]*" | [^\s,] )* )+
        | (?: basic|bearer|digest|negotiate|ntlm|token|apikey|hoba|scram-sha-256 ) \s+ \S+
        | (?: (?-i:[A-Z]) [a-z0-9_-]* | [a-z][a-z0-9_]* - [a-z0-9_-]* ) [\ \t]+ \S+
        | [a-z][a-z0-9_-]* [\ \t]+ (?: \S* [0-9=_+] \S* | (?-i: \S* [a-z] \S* [A-Z] \S* ) | \S{20,} )
        | \S+ )"#,
];
/// Names of values that are secrets whatever they look like.
const LABELS: [&str; 8] = ["password", "passwd", "secret", "token", "apikey", "api_key", "api-key", "authorization"];

static ALL: LazyLock<Forms> = LazyLock::new(|| Forms::of(&PROMISED));
static SECRETS: LazyLock<Forms> = LazyLock::new(|| Forms::of(&TOLD));

struct Forms {
    each: Vec<Regex>,
    any: RegexSet,
}

impl Forms {
    fn of(more: &[&str]) -> Self {
        let forms: Vec<_> = FORMS.iter().chain(more).collect();
        let each = forms.iter().map(|form| Regex::new(form)).collect::<Result<_, _>>();
        let any = RegexSet::new(&forms);
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

/// Whether a text holds a secret of one of these forms.
pub fn holds_secret(text: &str) -> bool {
    ALL.any.is_match(text) || SECRETS.any.is_match(text)
}

/// The text without secrets of any form that is known: those of [`redact`] but for digests, labels in quotes, and what
/// the privacy scan knows as a credential.
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
        check("Authorization: PLS-Token 9f8e7d6c5b4a rest", "[REDACTED] rest");
        check("Authorization: Custom abcDef, rest", "[REDACTED] rest");
        check("Authorization: AWS4-HMAC-SHA256 Credential=x/2026 rest", "[REDACTED] rest");
        check(
            "Authorization: AWS4-HMAC-SHA256 Credential=x/2026, SignedHeaders=host,Signature=ab rest",
            "[REDACTED] rest",
        );
        check("Authorization: Digest username=\"a b\", uri=\"/\", response=\"0f\" rest", "[REDACTED] rest");
        check("Authorization: opaque\nX-Y: aB1", "[REDACTED]\nX-Y: aB1");
        check(r#"{"password":"hunter2secret"}"#, r#"{"password":"hunter2secret"}"#);
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
        check(r#"{"password":"hunter2 secret","a":1}"#, r#"{"[REDACTED],"a":1}"#);
        check(r#"{"api_key": "a\"b", 'apiKey' : 'c d'}"#, r#"{"[REDACTED], '[REDACTED]}"#);
        check(r#"{\"access_token\":\"x y\",\"b\":2}"#, r#"{\"access_[REDACTED],\"b\":2}"#);
        check(r#"{"Authorization": "Custom abc def"} rest"#, r#"{"[REDACTED]} rest"#);
        check(r#"password = "two words" rest"#, "[REDACTED] rest");
        check("secret: \"never closed\nrest", "[REDACTED]\nrest");
        check("Authorization: Custom secretword rest", "[REDACTED] rest");
        check("Authorization: pls-token secretword rest", "[REDACTED] rest");
        check("authorization: pending review", "[REDACTED] review");
    }

    proptest! {
        #[test]
        fn never_panics_and_leaves_none(text in r#"([a-z0-9]{0,20}|中|token=|"secret":|"|Authorization: |Bearer |ghp_[a-zA-Z0-9]{36}|-----BEGIN PRIVATE KEY-----| |\n){0,12}"#) {
            let told = without_secrets(&text);
            prop_assert!(!holds_secret(&text) || redact(&text) != text || told != text);
            prop_assert!(scan(told.as_bytes()).iter().all(|hit| !hit.secret), "{told}");
        }
    }
}
