//! Signs, codes and words of currencies in texts and in the number formats of workbooks. Amounts are in New Taiwan
//! dollars; what names another currency must not be counted as those.

/// Signs, codes and words of currencies other than the New Taiwan dollar, in upper case.
const FOREIGN: [&str; 41] = [
    "US$",
    "USD",
    "HK$",
    "HKD",
    "SG$",
    "SGD",
    "A$",
    "AUD",
    "CAD",
    "NZD",
    "JPY",
    "CNY",
    "RMB",
    "EUR",
    "GBP",
    "CHF",
    "KRW",
    "MYR",
    "THB",
    "VND",
    "¥",
    "￥",
    "€",
    "£",
    "₩",
    "฿",
    "₫",
    "₱",
    "₹",
    "円",
    "美金",
    "美元",
    "人民幣",
    "日幣",
    "日圓",
    "日元",
    "港幣",
    "歐元",
    "韓元",
    "馬幣",
    "英鎊",
];

/// Whether a text in upper case names a currency other than the New Taiwan dollar. `$` alone may be any dollar.
pub(crate) fn is_foreign(text: &str) -> bool {
    FOREIGN.iter().any(|sign| text.contains(sign))
}

/// Whether a number format of a workbook shows a currency other than the New Taiwan dollar. What shows `$` alone shows the
/// sign of whoever formatted it, in Taiwan `$` for NT$; with a locale behind it is that locale's (`[$$-409]`).
pub(super) fn is_foreign_format(format: &str) -> bool {
    let mut shown = String::new();
    let mut characters = format.chars();
    while let Some(character) = characters.next() {
        match character {
            '"' => shown.extend(characters.by_ref().take_while(|quoted| *quoted != '"')),
            '[' => {
                let inner: String = characters.by_ref().take_while(|inner| *inner != ']').collect();
                if let Some((sign, locale)) =
                    inner.strip_prefix('$').map(|inner| inner.split_once('-').unwrap_or((inner, "")))
                {
                    if is_foreign_sign(&sign.to_uppercase(), locale) {
                        return true;
                    }
                    shown.push_str(sign);
                }
            }
            // A space of the width of the next character, or as many of it as fit.
            '_' | '*' => {
                characters.next();
            }
            '\\' => {}
            other => shown.push(other),
        }
    }
    is_foreign(&shown.to_uppercase())
}

/// Whether the sign of a format is that of another currency: by the code of the currency, or by the locale of a sign that
/// many share. In the number of a locale (MS-LCID) the last four digits tell language and country; 0404 is Taiwan.
fn is_foreign_sign(sign: &str, locale: &str) -> bool {
    let is_code = sign.len() == 3 && sign.bytes().all(|byte| byte.is_ascii_uppercase());
    if is_code {
        return !matches!(sign, "TWD" | "NTD");
    }
    let country = locale.get(locale.len().saturating_sub(4)..).unwrap_or_default().trim_start_matches('0');
    matches!(sign, "$" | "元")
        && !country.is_empty()
        && !country.eq_ignore_ascii_case("404")
        && !locale.eq_ignore_ascii_case("zh-TW")
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn formats_of_other_currencies_are_told_from_ours() {
        for format in [
            "[$USD] #,##0",
            "\"US$\"#,##0",
            "[$€-407]#,##0.00",
            "#,##0.00\\ \"€\"",
            "#,##0 \\€",
            "[$$-409]#,##0.00",
            "[$$-en-US]#,##0",
            "[$¥-411]#,##0",
            "[$元-804]0",
            "_-[$£-809]* #,##0_-",
            "0;[Red]-[$THB] 0",
            "US\\$0",
            "[$XAF] 0",
        ] {
            assert!(is_foreign_format(format), "{format}");
        }
        for format in [
            "General",
            "#,##0",
            "[$NT$-404]#,##0",
            "\"NT$\"#,##0",
            "0\"元\"",
            "#,##0\\ \"元\"",
            "[$TWD] 0",
            "\"$\"#,##0",
            "[$$-404]#,##0",
            "[$$-10404]#,##0",
            "[$$]0",
            "[$-404]e/m/d",
            "[$-409]h:mm AM/PM",
            "_-\"$\"* #,##0_-",
            "[Red]0",
            "\"x",
            "[$",
        ] {
            assert!(!is_foreign_format(format), "{format}");
        }
    }

    proptest! {
        #[test]
        fn never_panics(format in "[\\[\\]$\"\\\\_*元€a4-]{0,12}|\\PC{0,12}") {
            is_foreign_format(&format);
        }
    }
}
