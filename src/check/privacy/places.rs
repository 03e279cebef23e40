//! Credentials that are known by what stands around them: private keys, headers that authorise, passwords in addresses.

use crate::check::privacy::hit::{Hit, Rule, secret};

const PRIVATE_KEY: Rule = secret("private_key", "private key");
const HEADER: Rule = secret("authorization_header", "authorization header");
const PASSWORD: Rule = secret("url_password", "password in a URL");

/// How much of a private key tells it from others.
const KEY_LOOK: usize = 512;

/// Most bytes of a name with its password in a URL.
const USER_INFORMATION_LOOK: usize = 256;

/// The words that may announce a credential.
pub(super) const WORDS: [&str; 2] = ["BEGIN", "authorization"];

/// Looks at a word that may announce a credential.
#[inline]
pub(super) fn word(text: &[u8], start: usize, end: usize, hits: &mut Vec<Hit>) {
    match end - start {
        5 if &text[start..end] == WORDS[0].as_bytes() => hits.extend(private_key(text, start, end)),
        13 if text[start..end].eq_ignore_ascii_case(WORDS[1].as_bytes()) => hits.extend(authorisation(text, end)),
        _ => {}
    }
}

/// `-----BEGIN … PRIVATE KEY-----` (RFC 7468), also `PGP PRIVATE KEY BLOCK`.
fn private_key(text: &[u8], start: usize, end: usize) -> Option<Hit> {
    let label = window(text, end, 64);
    let label = &label[..length(label, |byte| byte.is_ascii_uppercase() || byte == b' ')];
    let is_key = label.ends_with(b"PRIVATE KEY") || label.ends_with(b"PRIVATE KEY BLOCK");
    let framed = text[..start].ends_with(b"-----") && text[end + label.len()..].starts_with(b"-----");
    (is_key && framed).then(|| Hit::veiled(PRIVATE_KEY, start - 5, window(text, end, KEY_LOOK)))
}

/// `Authorization: Bearer …` as a header, in JSON or in a command (RFC 9110).
fn authorisation(text: &[u8], end: usize) -> Option<Hit> {
    let quoted = |byte: u8| b"\"'`\\ ".contains(&byte);
    let mut at = end + length(window(text, end, 4), quoted);
    if !matches!(text.get(at), Some(b':' | b'=')) {
        return None;
    }
    at += 1;
    at += length(window(text, at, 4), quoted);
    let scheme = window(text, at, 8);
    let scheme = &scheme[..length(scheme, |byte| byte.is_ascii_alphabetic())];
    if !scheme.eq_ignore_ascii_case(b"bearer") && !scheme.eq_ignore_ascii_case(b"basic") {
        return None;
    }
    at += scheme.len();
    let space = length(window(text, at, 4), |byte| byte == b' ');
    at += space;
    let value = window(text, at, 4096);
    let value = &value[..length(value, |byte| byte.is_ascii_alphanumeric() || b"._~+/=-".contains(&byte))];
    let any = |what: fn(&u8) -> bool| value.iter().any(what);
    // `YOUR_TOKEN` and `token` are words that stand for one.
    let telling =
        any(u8::is_ascii_digit) || any(u8::is_ascii_lowercase) && (any(u8::is_ascii_uppercase) || value.len() >= 20);
    (space > 0 && value.len() >= 8 && telling).then(|| Hit::veiled(HEADER, at, value))
}

/// A name with a password in `scheme://name:password@host` (RFC 3986).
pub(super) fn user_information(text: &[u8], colon: usize) -> Option<Hit> {
    let start = colon + 3;
    let scheme = text[..colon].last().is_some_and(u8::is_ascii_alphanumeric);
    if !scheme || !text[colon..].starts_with(b"://") {
        return None;
    }
    let named = user_information_length(window(text, start, USER_INFORMATION_LOOK))?;
    let named = window(text, start, named);
    let password = memchr::memchr(b':', named).map_or(&[][..], |at| &named[at + 1..]);
    // `$PASSWORD`, `${…}`, `{{…}}`, `[…]` and `***` stand for one.
    password.first().is_some_and(|first| !b"${[*".contains(first)).then(|| Hit::veiled(PASSWORD, start, named))
}

/// How much stands before the `@` behind `://`, when there is one.
fn user_information_length(rest: &[u8]) -> Option<usize> {
    let named = length(rest, |byte| byte.is_ascii_graphic() && !b"@/?#\"'`<>\\|".contains(&byte));
    (rest.get(named) == Some(&b'@')).then_some(named)
}

/// Whether the `@` here ends the name of a user in a URL, which is no e-mail address.
pub(super) fn ends_user_information(text: &[u8], at: usize) -> bool {
    let near = at.saturating_sub(USER_INFORMATION_LOOK);
    memchr::memmem::rfind(&text[near..at], b"://")
        .is_some_and(|colon| user_information_length(&text[near + colon + 3..]) == Some(at - near - colon - 3))
}

fn window(text: &[u8], from: usize, most: usize) -> &[u8] {
    let rest = text.get(from..).unwrap_or_default();
    &rest[..rest.len().min(most)]
}

/// How many bytes from the first on are such.
fn length(bytes: &[u8], such: impl Fn(u8) -> bool) -> usize {
    bytes.iter().position(|byte| !such(*byte)).unwrap_or(bytes.len())
}

/// Ids of the rules of this file.
#[cfg(test)]
pub(super) const RULES: [&str; 3] = [PRIVATE_KEY.id, HEADER.id, PASSWORD.id];
