//! Personal data and credentials in a cell: what the privacy scan finds, and more, because a partner's file has no
//! made-up addresses as documents have: every e-mail address counts, also one at `example.com`.

use crate::check::privacy;
use crate::check::privacy::glance::Glance;
use crate::check::privacy::hidden;

/// A character in a cell that makes it look different from what it says.
pub(super) fn deceiving(text: &str) -> Option<char> {
    hidden::find(text).into_iter().find(|hidden| hidden.deceives).map(|hidden| hidden.character)
}

/// What a cell looks like, and whether that is a credential.
pub(super) fn look(text: &str) -> Option<(&'static str, bool)> {
    if Glance::of(text).is_some_and(|glance| glance.is_harmless()) {
        return None;
    }
    let hits = privacy::scan(text.as_bytes());
    let hit = hits.iter().find(|hit| hit.secret).or(hits.first());
    hit.map(|hit| (hit.kind, hit.secret)).or_else(|| has_address(text).then_some(("e-mail address", false)))
}

/// Whether a text has a name, `@` and a domain with a point in a row.
fn has_address(text: &str) -> bool {
    // The first byte of `＠` is that of most full-width signs.
    memchr::memchr2(b'@', 0xEF, text.as_bytes()).is_some()
        && text.match_indices(['@', '＠']).any(|(at, sign)| {
            let named = text[..at].ends_with(|last: char| last.is_alphanumeric() || "_+-%".contains(last));
            let domain = &text[at + sign.len()..];
            let end =
                domain.find(|next: char| !next.is_ascii_alphanumeric() && !".-".contains(next)).unwrap_or(domain.len());
            let mut labels = domain[..end].trim_end_matches(['.', '-']).split('.');
            let last = labels.next_back().unwrap_or_default();
            let top = last.len() > 1 && last.bytes().all(|byte| byte.is_ascii_alphabetic());
            named && top && labels.next().is_some_and(|label| !label.is_empty())
        })
}

/// Whether a text is written like a national identification number, whatever its check digit.
pub(super) fn is_identity(text: &str) -> bool {
    let bytes = text.as_bytes();
    bytes.len() == 10
        && bytes[0].is_ascii_alphabetic()
        && matches!(bytes[1], b'1' | b'2' | b'8' | b'9' | b'A'..=b'D')
        && bytes[2..].iter().all(u8::is_ascii_digit)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::kinds::data_gap::orders::date::{self, Zone};
    use crate::kinds::data_gap::orders::{amount, default_window, status};

    proptest! {
        /// What a column of the contract is read as at a glance holds nothing personal, so that nobody looks for it.
        #[test]
        fn what_is_plain_in_its_column_is_not_found(
            text in "[0-9]{1,10}|[0-9]{4}-[0-9]{2}-[0-9]{2}T([0-9]{2}:){2}[0-9]{2}([+-](08|0[0-9]):[0-9]{2})?"
        ) {
            let window = default_window();
            let zone = Zone::new(&window.zone, window.from);
            if amount::plain(text.as_bytes()).is_some() || date::plain(text.as_bytes(), &zone).is_some() {
                prop_assert!(privacy::scan(text.as_bytes()).is_empty() && !has_address(&text));
            }
            for word in status::words() {
                prop_assert!(privacy::scan(word.as_bytes()).is_empty() && !has_address(word));
            }
        }
    }

    #[test]
    fn every_address_counts() {
        for (text, expected) in [
            ("chen.test@example.com", Some("e-mail address")),
            ("請寄 wang@mail.com.tw。", Some("e-mail address")),
            ("0912345678", Some("mobile number")),
            ("官網 @wade 下單", None),
            ("a@b", None),
            ("icon@2x.png", Some("e-mail address")),
            ("LIVE-20260513-2000", None),
            ("1778671415185", None),
        ] {
            assert_eq!(look(text).map(|(kind, _)| kind), expected, "{text}");
        }
        assert!(is_identity("A123456780") && !is_identity("A1234567"));
    }
}
