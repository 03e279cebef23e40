//! Customer keys that are the bare hash of personal data standing in the same row. Whoever has the row has the person, and
//! without a secret key anybody tries all telephone numbers of a country in seconds.
//!
//! Only looked at where personal data was found, and only in the usual forms: what is not found here may still be no
//! keyed hash.

use md5::Md5;
use sha1::Sha1;
use sha2::{Digest, Sha256};

use crate::bundle::manifest::hex;
use crate::kinds::data_gap::orders::personal::is_identity;
use crate::kinds::data_gap::orders::text::fold;

/// Most cells of a row that are looked at, most values of a cell, and most bytes of one: a row of hostile size costs no
/// more than another.
const CELLS: usize = 16;
const VALUES: usize = 8;
const BYTES: usize = 1024;
/// Fewest hexadecimal digits of a hash that was cut short.
const LEAST: usize = 16;

/// Whether a key is the hash of something personal in one of these cells.
pub(super) fn is_hash_of<'t>(key: &str, cells: impl Iterator<Item = &'t str>) -> bool {
    let key = fold(key).to_ascii_lowercase();
    // What stands before a hash: `ck_`, `sha256:`.
    let bare = key.rsplit(['_', ':', '-']).next().unwrap_or_default();
    if bare.len() < LEAST || !bare.bytes().all(|byte| byte.is_ascii_hexdigit()) {
        return false;
    }
    let is_of = |value: &String| {
        let value = value.as_bytes();
        [hex(&Sha256::digest(value)), hex(&Sha1::digest(value)), hex(&Md5::digest(value))]
            .iter()
            .any(|hash| hash.starts_with(bare))
    };
    let cells = cells.filter(|cell| *cell != key && cell.len() <= BYTES).take(CELLS);
    cells.flat_map(values).any(|value| forms(&value).iter().any(is_of))
}

/// The values of a cell that may be those of a person: words with `@`, telephone numbers, identity numbers.
fn values(cell: &str) -> Vec<String> {
    let folded = fold(cell);
    let is_of_address = |character: char| character.is_ascii_alphanumeric() || "@._%+-".contains(character);
    let is_of_number = |character: char| character.is_ascii_digit() || "+-() ".contains(character);
    let words = folded.split(|character| !is_of_address(character)).map(|word| word.trim_matches(['.', '-']));
    let words = words.filter(|word| word.contains('@') || is_identity(word));
    let numbers = folded.split(|character| !is_of_number(character)).map(str::trim);
    let numbers = numbers.filter(|number| number.bytes().filter(u8::is_ascii_digit).count() >= 8);
    words.chain(numbers).map(str::to_owned).take(VALUES).collect()
}

/// The forms in which a value is usually hashed.
fn forms(value: &str) -> Vec<String> {
    let mut forms = vec![value.to_owned(), value.to_ascii_lowercase(), value.to_ascii_uppercase()];
    let digits: String = value.chars().filter(char::is_ascii_digit).collect();
    if !value.contains('@') && !is_identity(value) {
        let local = match digits.strip_prefix("886") {
            Some(rest) => format!("0{}", rest.trim_start_matches('0')),
            None => digits.clone(),
        };
        let bare = local.trim_start_matches('0');
        forms.extend([format!("+886{bare}"), format!("886{bare}"), bare.to_owned()]);
        if let (Some(first), Some(second), Some(third)) = (local.get(..4), local.get(4..7), local.get(7..)) {
            forms.push(format!("{first}-{second}-{third}"));
        }
        forms.extend([local, digits]);
    }
    forms
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_key_is_the_hash_of_what_stands_beside_it() {
        // `printf 0912345678 | sha256sum`, and likewise.
        for (key, cell, expected) in [
            ("20faf05baccf8a477fa337b77c0acb0e8bff77f34664feec6a057bd3cf23235b", "0912345678", true),
            ("20faf05baccf8a477fa337b77c0acb0e8bff77f34664feec6a057bd3cf23235b", "電話 0912-345-678，已聯絡", true),
            ("ck_20FAF05BACCF8A477FA337B77C0ACB0E", "+886 912 345 678", true),
            ("sha256:20faf05baccf8a477fa337b77c0acb0e8bff77f34664feec6a057bd3cf23235b", "0912345679", false),
            ("MD5", "0912345678", true),
            ("SHA1", "wang@mail.com.tw", true),
            ("20faf05b", "0912345678", false),
        ] {
            let key = match key {
                "MD5" => hex(&Md5::digest("0912345678")),
                "SHA1" => hex(&Sha1::digest("wang@mail.com.tw")),
                key => key.to_owned(),
            };
            let cell = if cell.contains('@') { "請寄 Wang@mail.com.tw。" } else { cell };
            assert_eq!(is_hash_of(&key, ["x", cell].into_iter()), expected, "{key} {cell}");
        }
    }

    proptest! {
        #[test]
        fn never_panics(cell in any::<String>(), number in "[0-9+() -]{0,20}") {
            is_hash_of("20faf05baccf8a477fa337b7", [cell.as_str(), number.as_str()].into_iter());
        }
    }
}
