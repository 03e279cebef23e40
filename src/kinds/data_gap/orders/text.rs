//! What is done to a cell before it is read: only what cannot change its meaning, and never to notes.

use std::borrow::Cow;

use crate::read::row::trimmed;

/// A text without spaces around it, without characters that have no width, with full-width letters, digits and signs
/// in their ordinary form, and without the `="…"` in which some programs wrap texts so that Excel leaves them alone.
pub(super) fn fold(text: &str) -> Cow<'_, str> {
    let text = trimmed(text);
    let text = text
        .strip_prefix("=\"")
        .and_then(|rest| rest.strip_suffix('"'))
        .filter(|inner| !inner.contains('"'))
        .map_or(text, trimmed);
    if text.is_ascii() {
        return Cow::Borrowed(text);
    }
    let folded: String = text.chars().filter_map(narrow).collect();
    let folded = trimmed(&folded);
    if folded == text { Cow::Borrowed(text) } else { Cow::Owned(folded.to_owned()) }
}

fn narrow(character: char) -> Option<char> {
    match character {
        '\u{200B}'..='\u{200D}' | '\u{2060}' | '\u{FEFF}' => None,
        '\u{3000}' | '\u{A0}' => Some(' '),
        '\u{2212}' => Some('-'),
        '\u{FF01}'..='\u{FF5E}' => char::from_u32(u32::from(character) - 0xFEE0),
        _ => Some(character),
    }
}

/// Whether a text is what a program writes for nothing.
pub(super) fn is_nothing(folded: &str) -> bool {
    const LONGEST: usize = "undefined".len();
    folded.len() <= LONGEST
        && !folded.starts_with(|first: char| first.is_ascii_alphanumeric() && !"nNuU".contains(first))
        && ["null", "undefined", "nan", "none", "n/a", "na", "nil", "-", "--", "—", "無"]
            .iter()
            .any(|word| folded.eq_ignore_ascii_case(word))
}

/// Whether a text is an error that a spreadsheet program shows.
pub(super) fn is_error(folded: &str) -> bool {
    folded.starts_with('#')
        && (["#N/A", "#REF!", "#VALUE!", "#DIV/0!", "#NAME?", "#NULL!", "#NUM!", "#SPILL!", "#CALC!", "#GETTING_DATA"]
            .contains(&folded)
            || (folded.len() >= 3 && folded.bytes().all(|byte| byte == b'#')))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_cannot_change_the_meaning_is_folded() {
        for (text, expected) in [
            ("paid", "paid"),
            (" 28000\u{a0}", "28000"),
            ("２８，０００", "28,000"),
            ("\u{feff}order_id", "order_id"),
            ("or\u{200b}der_id", "order_id"),
            ("=\"0012\"", "0012"),
            ("=\"0012\"&\"3\"", "=\"0012\"&\"3\""),
            ("許功蓋", "許功蓋"),
            ("①", "①"),
            ("（２８）", "(28)"),
            ("　", ""),
        ] {
            assert_eq!(fold(text), expected, "{text}");
        }
    }
}
