//! Which cells of an order file may be shown, and which may go back to whoever sent them.

use crate::check::upload::Discretion;
use crate::kinds::data_gap::orders::contract::Field;
use crate::kinds::data_gap::orders::personal::{is_identity, look};
use crate::kinds::data_gap::orders::text::{fold, is_error};
use crate::kinds::data_gap::orders::{identifier, shown, status, totals};

/// What may be repeated of the cells of an order export.
pub(in crate::kinds::data_gap) const DISCRETION: Discretion = Discretion { may_be_shown, may_be_returned };

/// Whether anybody may see a cell: keys, codes and figures, never a customer or a note.
fn may_be_shown(field: &str, text: &str) -> bool {
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
fn may_be_returned(field: &str, text: &str) -> bool {
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

#[cfg(test)]
mod tests {
    use super::*;

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
}
