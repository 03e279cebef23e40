//! Personal data and credentials in a cell: what the privacy scan finds, and more, because a partner's file has no
//! made-up addresses as documents have: every e-mail address counts, also one at `example.com`.

use crate::check::privacy;
use crate::check::privacy::glance::Glance;
use crate::kinds::data_gap::orders::contract::Field;
use crate::kinds::data_gap::orders::text::{fold, is_error};
use crate::kinds::data_gap::orders::{identifier, shown, status, totals};

/// What a cell looks like, and whether that is a credential.
pub(super) fn look(text: &str) -> Option<(&'static str, bool)> {
    if Glance::of(text).is_some_and(|glance| glance.is_harmless()) {
        return None;
    }
    let hits = privacy::scan(text.as_bytes());
    let hit = hits.iter().find(|hit| hit.secret).or(hits.first());
    hit.map(|hit| (hit.kind, hit.secret)).or_else(|| has_address(text).then_some(("e-mail address", false)))
}

/// Whether anybody may see a cell: keys, codes and figures, never a customer or a note.
pub(super) fn may_be_shown(field: &str, text: &str) -> bool {
    let folded = fold(text);
    if look(&folded).is_some() || is_identity(&folded) {
        return false;
    }
    match Field::of(field) {
        _ if folded.is_empty() || is_error(&folded) => true,
        None | Some(Field::CustomerKey | Field::OwnerNote) => false,
        Some(Field::Amount | Field::CreatedAt) => shown::is_harmless(&folded),
        Some(Field::PaymentStatus) => status::is_known(&folded),
        Some(Field::OrderId | Field::ProgramId | Field::PaymentRef | Field::DiscountCode | Field::SourceEvent) => {
            folded.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_.:/+#".contains(&byte))
        }
    }
}

/// Whether a cell may go back to whoever sent it. Columns that nothing reads do not: nobody has looked at what they are
/// for, and names in them have no form by which they could be found.
pub(super) fn may_be_returned(field: &str, text: &str) -> bool {
    let folded = fold(text);
    let is_found = look(&folded).is_some() || look(text).is_some() || is_identity(&folded);
    match Field::of(field) {
        None => false,
        _ if folded.is_empty() || is_error(&folded) => true,
        Some(Field::CustomerKey) => !is_found && identifier::customer_key(&folded).is_ok(),
        Some(Field::DiscountCode | Field::SourceEvent | Field::OwnerNote) => !is_found,
        Some(field @ (Field::Amount | Field::CreatedAt)) => {
            !is_found && (shown::is_harmless(&folded) || is_word_of_tables(field, &folded))
        }
        Some(field) => !is_found && (!identifier::is_name(&folded) || is_word_of_tables(field, &folded)),
    }
}

/// Whether a text that could be a name is a word that tables have: a status, a heading, the label of a totals row or an
/// amount in Chinese figures.
fn is_word_of_tables(field: Field, text: &str) -> bool {
    status::is_known(text)
        || totals::is_label(text)
        || field.look_alikes().contains(&text)
        || text
            .chars()
            .all(|character| "〇零一二三四五六七八九十百千萬億兩壹貳參肆伍陸柒捌玖拾佰仟元圓整".contains(character))
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
    use crate::kinds::data_gap::orders::{amount, default_window};

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
    fn a_cell_is_shown_to_anybody_or_to_its_sender_or_to_nobody() {
        let hash = "7533ab582d4feb7a9a64cbad5e973d7b97ed0cc2bf94683540ef3809ab39f732";
        for (field, text, expected) in [
            ("order_id", "20260512-001", (true, true)),
            ("order_id", "王小明", (false, false)),
            ("order_id", "0912345678", (false, false)),
            ("order_id", "０９１２３４５６７８", (false, false)),
            ("customer_key", hash, (false, true)),
            ("customer_key", "王小明", (false, false)),
            ("customer_key", "customer-7", (false, false)),
            ("amount", "2.8萬", (true, true)),
            ("amount", "二萬八千", (false, true)),
            ("amount", "合計", (false, true)),
            ("amount", "王小明 付了 500", (false, false)),
            ("amount", "3600 (02)2345-6789", (false, false)),
            ("created_at", "2026/5/13 王小明", (false, false)),
            ("created_at", "2026/13/45", (true, true)),
            ("payment_status", "已付款", (true, true)),
            ("payment_status", "王小明", (false, false)),
            ("owner_note", "已寄開課信", (false, true)),
            ("owner_note", "請洽 wang@mail.com.tw", (false, false)),
            ("owner_note", "A123456789", (false, false)),
            ("會員姓名", "王小明", (false, false)),
            ("", "title", (false, false)),
        ] {
            assert_eq!((may_be_shown(field, text), may_be_returned(field, text)), expected, "{field}: {text}");
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
