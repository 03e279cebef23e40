//! Texts of a special form.

use crate::read::decimal::Decimal;
use crate::read::tree::{Node, Value};

/// At most 40 characters, without control characters.
pub(crate) fn shortened(text: &str) -> String {
    const MOST: usize = 40;
    let mut short: String = text.chars().take(MOST).map(|c| if c.is_control() { ' ' } else { c }).collect();
    if text.chars().nth(MOST).is_some() {
        short.push('…');
    }
    short
}

/// Whether a text may be an address, a phone, card or identity number or a token. Says so rather too often: the place
/// of the value is named in any case.
pub(crate) fn looks_personal(text: &str) -> bool {
    let is_digit = |character: char| character.is_ascii_digit() || ('\u{FF10}'..='\u{FF19}').contains(&character);
    let is_separator = |character: char| matches!(character, ' ' | '-' | '(' | ')' | '+' | '.' | '/');
    // Days and times have many digits, but few in one piece.
    let starts_with_year =
        matches!(text.as_bytes(), [b'1', b'9', _, _, mark, ..] | [b'2', b'0', _, _, mark, ..] if b"-/.".contains(mark));
    let pieces = text.split(|c: char| !is_digit(c) && (starts_with_year || !is_separator(c)));
    let longest = pieces.map(|piece| piece.chars().filter(|c| is_digit(*c)).count()).max().unwrap_or(0);
    let is_token = !starts_with_year
        && text.chars().nth(19).is_some()
        && !text.contains(char::is_whitespace)
        && text.contains(|c: char| c.is_ascii_digit())
        && text.contains(|c: char| c.is_ascii_alphabetic());
    text.contains(['@', '＠']) || longest >= 8 || is_token
}

/// As HTML forms have it, letters of any script allowed: `name@host`.
pub(super) fn is_email(text: &str) -> bool {
    let Some((local, host)) = text.rsplit_once('@') else { return false };
    let is_atom = |c: char| c.is_alphanumeric() || ".!#$%&'*+/=?^_`{|}~-".contains(c);
    let is_label = |label: &str| {
        !label.is_empty()
            && label.chars().count() <= 63
            && !label.starts_with('-')
            && !label.ends_with('-')
            && label.chars().all(|c| c.is_alphanumeric() || c == '-')
    };
    !local.is_empty() && local.chars().all(is_atom) && host.split('.').all(is_label)
}

/// Base64 with its padding (RFC 4648, section 4).
pub(super) fn is_base64(text: &str) -> bool {
    let digits = text.trim_end_matches('=');
    text.len().is_multiple_of(4)
        && text.len() - digits.len() <= 2
        && digits.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/'))
}

/// `longitude, latitude`
pub(super) fn is_point(text: &str) -> bool {
    let Some((lon, lat)) = text.split_once(',') else { return false };
    is_within(lon, 180) && is_within(lat.strip_prefix(' ').unwrap_or(lat), 90)
}

/// Whether two JSON values are a longitude and a latitude.
pub(super) fn is_position(lon: &Node, lat: &Node) -> bool {
    let is_angle = |node: &Node, most| matches!(&node.value, Value::Number(number) if is_within(number, most));
    is_angle(lon, 180) && is_angle(lat, 90)
}

/// Whether a number is at most so far from 0.
fn is_within(number: &str, most: i16) -> bool {
    let bound = |text: String| Decimal::parse(&text);
    let Some(number) = Decimal::parse(number) else { return false };
    bound((-most).to_string()).is_some_and(|least| least <= number)
        && bound(most.to_string()).is_some_and(|most| number <= most)
}

/// Whether a text is a UUID, in the usual form.
pub(crate) fn is_uuid(text: &str) -> bool {
    let parts: Vec<_> = text.split('-').collect();
    parts.iter().map(|part| part.len()).eq([8, 4, 4, 4, 12])
        && parts.iter().all(|part| part.bytes().all(|byte| byte.is_ascii_hexdigit()))
}

/// A scheme, a colon, and something after it without spaces (RFC 3986, section 4.3).
pub(super) fn is_uri(text: &str) -> bool {
    let Some((scheme, rest)) = text.split_once(':') else { return false };
    let is_scheme = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'-' | b'.');
    scheme.starts_with(|first: char| first.is_ascii_alphabetic())
        && scheme.bytes().all(is_scheme)
        && !rest.trim_start_matches('/').is_empty()
        && !rest.contains(|character: char| character.is_whitespace() || character.is_control())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_looks_personal_is_not_shown() {
        for personal in [
            "a@b.c",
            "0912345678",
            "0912-345-678",
            "(02) 2345 6789",
            "A123456789",
            "4111 1111 1111 1111",
            "2026-05-12 0912345678",
            "ghp_0123456789abcdefghij",
        ] {
            assert!(looks_personal(personal), "{personal}");
        }
        for plain in ["28,000", "NT$28000", "2026-05-12T18:00:00", "2026/05/12 18:00", "yesterday", "已付款", "1234567"]
        {
            assert!(!looks_personal(plain), "{plain}");
        }
        assert_eq!(shortened(&format!("a\n{}", "中".repeat(50))), format!("a {}…", "中".repeat(38)));
    }

    #[test]
    fn forms_of_texts() {
        for (is_form, good, bad) in [
            (is_email as fn(&str) -> bool, "a.b+c@example.com 王@例子.台灣", "a@ @b a@-b a@b..c a"),
            (is_base64, "QUJD QUI= QQ==", "QUJ Q=== QU=D QU-D"),
            (is_point, "121.56,25.03 -180,-90", "181,0 0,91 121 a,b"),
        ] {
            for text in good.split(' ') {
                assert!(is_form(text), "{text}");
            }
            for text in bad.split(' ') {
                assert!(!is_form(text), "{text}");
            }
        }
        assert!(is_point("121.56, 25.03") && !is_point("121.56,  25.03"));
    }
}
