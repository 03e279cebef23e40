//! The status of a payment: five words, no others.

use std::sync::LazyLock;

use aho_corasick::AhoCorasick;

use crate::kinds::data_gap::orders::codes;
use crate::kinds::data_gap::orders::text::fold;
use crate::kinds::data_gap::orders::wrong::Wrong;

/// What a row says about its payment.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(in crate::kinds::data_gap) enum Status {
    /// Paid in full.
    Paid,
    /// Not paid yet.
    Pending,
    /// Paid back in full.
    Refunded,
    /// Paid back in part: nothing of the order is recognised.
    PartialRefund,
    /// Payment did not go through.
    Failed,
}

impl Status {
    /// Its word.
    pub(in crate::kinds::data_gap) fn word(self) -> &'static str {
        WORDS[self as usize].0
    }
}

/// The five words, in the order of the variants.
pub(super) const WORDS: [(&str, Status); 5] = [
    ("paid", Status::Paid),
    ("pending", Status::Pending),
    ("refunded", Status::Refunded),
    ("partial_refund", Status::PartialRefund),
    ("failed", Status::Failed),
];

/// Words of other programs and of people, folded, and which of ours they probably mean. They are suggested, never taken.
const LOOK_ALIKES: &[(&str, &str)] = &[
    ("success", "paid"),
    ("completed", "paid"),
    ("complete", "paid"),
    ("已付款", "paid"),
    ("已完成", "paid"),
    ("付款成功", "paid"),
    ("已付", "paid"),
    ("unpaid", "pending"),
    ("paying", "pending"),
    ("待付款", "pending"),
    ("未付款", "pending"),
    ("付款中", "pending"),
    ("refund", "refunded"),
    ("已退款", "refunded"),
    ("退款", "refunded"),
    ("partially_refunded", "partial_refund"),
    ("partial refund", "partial_refund"),
    ("partial-refund", "partial_refund"),
    ("部分退款", "partial_refund"),
    ("fail", "failed"),
    ("expired", "failed"),
    ("cancelled", "failed"),
    ("canceled", "failed"),
    ("付款失敗", "failed"),
    ("已失效", "failed"),
];

const CHOOSE: &str = "use one of: paid, pending, refunded, partial_refund, failed";

/// A status that is written as it should be.
pub(super) fn plain(text: &str) -> Option<Status> {
    WORDS.iter().find(|(word, _)| *word == text).map(|(_, status)| *status)
}

/// Reads a status, and whether it had to be normalised.
pub(super) fn read(text: &str) -> Result<(Status, bool), Wrong> {
    if let Some(status) = plain(text) {
        return Ok((status, false));
    }
    let folded = fold(text);
    let bare = folded.trim_matches(['"', '\'', '“', '”', '‘', '’', '「', '」']);
    let lower = bare.trim().to_ascii_lowercase();
    if let Some((word, status)) = WORDS.iter().find(|(word, _)| *word == lower) {
        return Ok((*status, text != *word));
    }
    let meant = LOOK_ALIKES.iter().find(|(word, _)| *word == lower);
    let message = match meant {
        Some((word, ours)) => format!("`{word}` is none of the five words; did you mean `{ours}`?"),
        // No more than one slip of a finger: `REFUNDING` is not `refunded`.
        None => match WORDS.iter().find(|(word, _)| strsim::osa_distance(word, &lower) == 1) {
            Some((near, _)) => format!("is none of the five words; did you mean `{near}`?"),
            None => "is none of the five words".to_owned(),
        },
    };
    Err(Wrong::new(&codes::UNKNOWN_STATUS, message, CHOOSE))
}

/// Words of notes that contradict `paid`, in lower case.
const CONTRADICTIONS: [&str; 20] = [
    "退款",
    "退費",
    "退刷",
    "刷退",
    "退錢",
    "全額退",
    "取消訂單",
    "訂單取消",
    "作廢",
    "未付款",
    "未收款",
    "未入帳",
    "未繳費",
    "待付款",
    "付款失敗",
    "refund",
    "chargeback",
    "unpaid",
    "not paid",
    "cancelled",
];

/// All of them looked for at once.
static SEARCH: LazyLock<AhoCorasick> =
    LazyLock::new(|| AhoCorasick::new(CONTRADICTIONS).unwrap_or_else(|error| panic!("embedded words: {error}")));

/// Whether a note may hold one of [`CONTRADICTIONS`]: by one character or two of each. Most notes do not.
fn may_contradict(note: &str) -> bool {
    let is_wide =
        |character| matches!(character, '\u{200B}'..='\u{200D}' | '\u{2060}' | '\u{FEFF}' | '\u{FF01}'..='\u{FF5E}');
    let two = |two: &[u8]| {
        let two = [two[0].to_ascii_lowercase(), two[1].to_ascii_lowercase()];
        matches!(&two, b"fu" | b"ba" | b"pa" | b"ll")
    };
    note.as_bytes().windows(2).any(two)
        || (!note.is_ascii()
            && note.chars().any(|next| is_wide(next) || matches!(next, '退' | '消' | '廢' | '未' | '待' | '敗')))
}

/// The five words.
pub(super) fn words() -> impl Iterator<Item = &'static str> {
    WORDS.iter().map(|(word, _)| *word)
}

/// Whether a folded text is one of the five words or a word of another program for one of them.
pub(super) fn is_known(folded: &str) -> bool {
    let lower = folded.to_ascii_lowercase();
    words().chain(LOOK_ALIKES.iter().map(|(word, _)| *word)).any(|word| word == lower)
}

/// What a note says that a paid row cannot be.
pub(super) fn contradicts_paid(note: &str) -> bool {
    if !may_contradict(note) {
        return false;
    }
    let folded = fold(note).to_lowercase();
    SEARCH.find_overlapping_iter(&folded).any(|word| {
        let before = folded[..word.start()].trim_end();
        !["不", "未", "無", "沒有", "没有", "沒", "免", "非", "不可", "不能", "no", "not", "non-"]
            .iter()
            .any(|denied| before.ends_with(denied))
            && !is_only_named(&folded[word.end()..])
    })
}

/// Whether a note names the handling or the terms of a refund, and does not say that there is one. `處理中` says so.
fn is_only_named(after: &str) -> bool {
    let named = ["處理", "流程", "政策", "規則", "說明", "須知"].iter().find_map(|word| after.strip_prefix(word));
    named.is_some_and(|rest| !rest.starts_with(['中', '完', '好']))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn five_words_and_no_others() {
        for (text, expected) in [
            ("paid", Ok((Status::Paid, false))),
            (" Paid ", Ok((Status::Paid, true))),
            ("ＰＡＩＤ", Ok((Status::Paid, true))),
            ("“paid”", Ok((Status::Paid, true))),
            ("PARTIAL_REFUND", Ok((Status::PartialRefund, true))),
            ("pending", Ok((Status::Pending, false))),
            ("failed", Ok((Status::Failed, false))),
            ("SUCCESS", Err("`success` is none of the five words; did you mean `paid`?")),
            ("已付款", Err("`已付款` is none of the five words; did you mean `paid`?")),
            ("refundd", Err("is none of the five words; did you mean `refunded`?")),
            ("pendnig", Err("is none of the five words; did you mean `pending`?")),
            ("PARTIAL_PAID", Err("is none of the five words")),
            ("REFUNDING", Err("is none of the five words")),
            ("paid/refunded", Err("is none of the five words")),
            ("unrefunded", Err("is none of the five words")),
            ("王小明", Err("is none of the five words")),
        ] {
            assert_eq!(
                read(text).map_err(|wrong| wrong.message.into_owned()),
                expected.map_err(str::to_owned),
                "{text}"
            );
        }
    }

    #[test]
    fn no_contradiction_is_passed_over() {
        for word in CONTRADICTIONS {
            let wide = word.replacen(|letter: char| letter.is_ascii_lowercase(), "ｘ", 1);
            assert!(may_contradict(word) && may_contradict(&word.to_uppercase()) && may_contradict(&wide), "{word}");
        }
        assert!(!may_contradict("已電話確認") && !may_contradict("second instalment, see CRM"));
    }

    #[test]
    fn a_note_that_speaks_of_a_refund_contradicts_paid() {
        for (note, expected) in [
            ("退刷處理", false),
            ("退款政策已說明", false),
            ("退刷處理中", true),
            ("退款處理完成", true),
            ("已退款", true),
            ("客戶要求退費", true),
            ("Refund requested", true),
            ("尚未付款", true),
            ("已對到金流", false),
            ("重買", false),
            ("未退款", false),
            ("no refund", false),
            ("", false),
        ] {
            assert_eq!(contradicts_paid(note), expected, "{note}");
        }
    }
}
