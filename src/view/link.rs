//! Which targets a link may have, and how they are written.
//!
//! Invariant: what is returned runs no script, reaches no other scheme and is valid in an attribute and in Markdown.

use std::borrow::Cow;
use std::fmt::Write as _;

/// The target as it may be written, or `None` when the link has to be shown as text.
///
/// Permitted are `https:`, `http:` and `mailto:`, a `#fragment`, and a relative path of plain names.
pub(super) fn target(href: &str) -> Option<Cow<'_, str>> {
    let hidden = |char: char| char.is_control() || char == '\\';
    if href.contains(hidden) || href.trim() != href {
        return None;
    }
    let before_path = &href[..href.find(['/', '?', '#']).unwrap_or(href.len())];
    let permitted = match before_path.split_once(':') {
        Some((scheme, _)) if scheme.eq_ignore_ascii_case("https") || scheme.eq_ignore_ascii_case("http") => {
            href[scheme.len() + 1..].strip_prefix("//").is_some_and(has_plain_host)
        }
        Some((scheme, address)) => scheme.eq_ignore_ascii_case("mailto") && address.contains('@'),
        None => href.starts_with('#') && href.len() > 1 || is_plain_path(href),
    };
    permitted.then(|| encoded(href))
}

/// Whether a host stands there, without a user name in front of it that could pass for one.
fn has_plain_host(rest: &str) -> bool {
    let authority = &rest[..rest.find(['/', '?', '#']).unwrap_or(rest.len())];
    let (host, port) = authority.split_once(':').unwrap_or((authority, "0"));
    host.starts_with(char::is_alphanumeric)
        && host.chars().all(|char| char.is_alphanumeric() || matches!(char, '-' | '.' | '_'))
        && port.parse::<u16>().is_ok()
}

/// Whether every part is a name as files of a bundle have it: no step upwards, no hidden file, no query.
fn is_plain_path(href: &str) -> bool {
    let path = href.split('#').next().unwrap_or_default();
    path.split('/').all(|name| {
        name.starts_with(char::is_alphanumeric)
            && name.chars().all(|char| char.is_alphanumeric() || matches!(char, '-' | '.' | '_' | ' ' | '(' | ')'))
    })
}

/// The target with everything percent-encoded that may not stand in a URL.
fn encoded(href: &str) -> Cow<'_, str> {
    let is_url = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~:/?@!$&'()*+,;=".contains(&byte);
    if href.bytes().all(is_url) {
        return Cow::Borrowed(href);
    }
    let mut out = String::with_capacity(href.len() + 8);
    let mut in_fragment = false;
    for (at, char) in href.char_indices() {
        let after = href.as_bytes().get(at + 1..at + 3);
        let is_escape = char == '%' && after.is_some_and(|digits| digits.iter().all(u8::is_ascii_hexdigit));
        let begins_fragment = char == '#' && !in_fragment;
        in_fragment |= begins_fragment;
        let may_stand = if char.is_ascii() { is_url(char as u8) } else { char.is_alphanumeric() };
        if may_stand || is_escape || begins_fragment {
            out.push(char);
        } else {
            for byte in char.encode_utf8(&mut [0; 4]).bytes() {
                // Writing into a String cannot fail.
                let _ = write!(out, "%{byte:02X}");
            }
        }
    }
    Cow::Owned(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(href: &str, expected: Option<&str>) {
        assert_eq!(target(href).as_deref(), expected, "{href:?}");
    }

    #[test]
    fn permitted_targets() {
        for href in [
            "https://example.com",
            "HTTP://example.com:8080/a?b=c&d=e#f",
            "https://例子.台灣/路徑",
            "mailto:wade@example.com",
            "#verdict",
            "data-model.md",
            "e2e-verification.html#checks",
            "kolable/index.html",
            "提案.html",
            "https://example.com/a%20b",
        ] {
            check(href, Some(href));
        }
    }

    #[test]
    fn what_may_not_stand_in_a_url_is_encoded() {
        check("https://example.com/a b\"<>`{}|^[]", Some("https://example.com/a%20b%22%3C%3E%60%7B%7D%7C%5E%5B%5D"));
        check("https://example.com/100%", Some("https://example.com/100%25"));
        check("https://example.com/#a#b", Some("https://example.com/#a%23b"));
        check("https://example.com/\u{FF0C}", Some("https://example.com/%EF%BC%8C"));
        check("notes (1).md", Some("notes%20(1).md"));
    }

    #[test]
    fn everything_else_is_refused() {
        for href in [
            "",
            "#",
            "javascript:alert(1)",
            "JaVaScRiPt:alert(1)",
            "java\nscript:alert(1)",
            " javascript:alert(1)",
            "\u{1}javascript:alert(1)",
            "javascript&colon;alert(1)",
            "vbscript:x",
            "data:text/html,<script>",
            "file:///etc/passwd",
            "//host/path",
            "/etc/passwd",
            "\\\\host\\share",
            "https:\\\\host",
            "https:/host",
            "https://",
            "https:///path",
            "https://github.com@evil.example/",
            "https://host:99999/",
            "https://[::1]/",
            "mailto:",
            "../secret.md",
            "a/../b.md",
            "./a.md",
            ".git",
            "a//b",
            "a.md?x",
            "ftp://host",
            "C:\\a",
            "c:a",
        ] {
            check(href, None);
        }
    }
}
