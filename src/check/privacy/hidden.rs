//! Characters that nobody sees, or that make a text read differently from what it says.
//!
//! Two sorts. Those that turn the direction of what follows, and control characters, are refused wherever they stand
//! (Unicode TR 36; "Trojan Source", CVE-2021-42574). The invisible ones are legitimate in many texts, so they are only
//! told, and only where no script or emoji needs them: joiners between emoji and in scripts whose letters join, variation
//! selectors behind what has variants, the tags of a flag, marks of direction beside a script that runs from right to left.

/// Something hidden in a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Hidden {
    /// Byte offset at which it stands.
    pub offset: usize,
    /// The character.
    pub character: char,
    /// Whether the text reads differently with it; otherwise it is merely not seen.
    pub deceives: bool,
}

/// What is hidden in a text, in its order.
pub fn find(text: &str) -> Vec<Hidden> {
    let mut found = Vec::new();
    let mut from = 0;
    while let Some(at) = text.as_bytes()[from..].iter().position(|byte| may_begin(*byte)) {
        let offset = from + at;
        let Some(character) = text.get(offset..).and_then(|rest| rest.chars().next()) else {
            from = offset + 1;
            continue;
        };
        from = offset + character.len_utf8();
        let deceives = turns_direction(character) || is_control(character);
        if deceives || is_invisible(character) && !is_needed(text, offset, character) {
            found.push(Hidden { offset, character, deceives });
        }
    }
    found
}

/// Whether nobody should meet this character in a line of text such as a title, wherever it stands.
pub fn is_hidden(character: char) -> bool {
    character.is_control() || turns_direction(character) || is_invisible(character)
}

/// First bytes of the characters that are looked for.
fn may_begin(byte: u8) -> bool {
    byte < b' ' && !matches!(byte, b'\t' | b'\n' | b'\r')
        || matches!(byte, 0x7F | 0xC2 | 0xCD | 0xD8 | 0xE1 | 0xE2 | 0xE3 | 0xEF | 0xF3)
}

fn is_control(character: char) -> bool {
    character.is_control() && !matches!(character, '\t' | '\n' | '\r')
}

/// Embeddings, overrides and isolates.
pub(super) fn turns_direction(character: char) -> bool {
    matches!(character, '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}')
}

/// Characters without width: joiners, marks, selectors, fillers and tags.
pub(super) fn is_invisible(character: char) -> bool {
    matches!(
        character,
        '\u{AD}' | '\u{34F}' | '\u{61C}' | '\u{115F}' | '\u{1160}' | '\u{17B4}' | '\u{17B5}'
        | '\u{180B}'..='\u{180E}' | '\u{200B}'..='\u{200F}' | '\u{2060}'..='\u{2065}' | '\u{206A}'..='\u{206F}'
        | '\u{3164}' | '\u{FE00}'..='\u{FE0F}' | '\u{FEFF}' | '\u{FFA0}' | '\u{E0000}'..='\u{E0FFF}'
    )
}

/// Whether the text around an invisible character has a use for it.
fn is_needed(text: &str, offset: usize, character: char) -> bool {
    let mut before = text[..offset].chars().rev();
    let previous = before.next();
    let next = text[offset + character.len_utf8()..].chars().next();
    match character {
        // A hyphen that is seen only where a line breaks is between letters.
        '\u{AD}' => previous.is_some_and(char::is_alphabetic) && next.is_some_and(char::is_alphabetic),
        // A mark at the very beginning of a file says how it is encoded.
        '\u{FEFF}' => offset == 0,
        '\u{200C}' | '\u{200D}' => {
            let base = previous.filter(|one| is_variation(*one)).map_or(previous, |_| before.next());
            base.is_some_and(|one| is_emoji(one) || joins(one)) && next.is_some_and(|one| is_emoji(one) || joins(one))
        }
        '\u{200E}' | '\u{200F}' | '\u{61C}' => {
            let around = text[..offset].chars().rev().take(32).chain(text[offset..].chars().take(32));
            around.into_iter().any(runs_from_right_to_left)
        }
        '\u{FE00}'..='\u{FE0F}' => previous.is_some_and(|one| {
            is_emoji(one)
                || matches!(one, '0'..='9' | '#' | '*') && next == Some('\u{20E3}')
                || !one.is_ascii() && !is_invisible(one)
        }),
        // Variants of ideographs.
        '\u{E0100}'..='\u{E01EF}' => previous.is_some_and(is_ideograph),
        // A flag of a region: the black flag, tags, and the tag that ends it.
        '\u{E0020}'..='\u{E007F}' => {
            text[..offset].chars().rev().take(8).find(|one| !matches!(one, '\u{E0020}'..='\u{E007E}'))
                == Some('\u{1F3F4}')
        }
        '\u{180B}'..='\u{180E}' => previous.is_some_and(|one| matches!(one, '\u{1800}'..='\u{18AF}')),
        _ => false,
    }
}

fn is_variation(character: char) -> bool {
    matches!(character, '\u{FE00}'..='\u{FE0F}' | '\u{1F3FB}'..='\u{1F3FF}')
}

/// Pictographs, and the symbols that have an emoji form.
fn is_emoji(character: char) -> bool {
    matches!(character,
        '\u{A9}' | '\u{AE}' | '\u{203C}' | '\u{2049}' | '\u{2122}' | '\u{2139}' | '\u{2190}'..='\u{21FF}'
        | '\u{2300}'..='\u{23FF}' | '\u{24C2}' | '\u{25A0}'..='\u{27BF}' | '\u{2900}'..='\u{2BFF}' | '\u{3030}'
        | '\u{303D}' | '\u{3297}' | '\u{3299}' | '\u{1F000}'..='\u{1FAFF}')
}

/// Scripts in which joiners change how letters are written: Arabic, Syriac, N'Ko, those of India and South-East Asia,
/// Mongolian.
fn joins(character: char) -> bool {
    matches!(character,
        '\u{600}'..='\u{8FF}' | '\u{900}'..='\u{DFF}' | '\u{E00}'..='\u{109F}' | '\u{1780}'..='\u{18AF}'
        | '\u{1A20}'..='\u{1CFF}' | '\u{A800}'..='\u{ABFF}' | '\u{FB50}'..='\u{FDFF}' | '\u{FE70}'..='\u{FEFE}'
        | '\u{10A00}'..='\u{11FFF}')
}

fn runs_from_right_to_left(character: char) -> bool {
    matches!(character, '\u{590}'..='\u{8FF}' | '\u{FB1D}'..='\u{FDFF}' | '\u{FE70}'..='\u{FEFC}' | '\u{10800}'..='\u{10FFF}' | '\u{1E800}'..='\u{1EFFF}')
        && character != '\u{61C}'
}

fn is_ideograph(character: char) -> bool {
    matches!(character, '\u{3400}'..='\u{9FFF}' | '\u{F900}'..='\u{FAFF}' | '\u{20000}'..='\u{323AF}')
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn check(text: &str) -> String {
        let told = |one: &Hidden| {
            format!("{}{} U+{:04X}", if one.deceives { "!" } else { "" }, one.offset, u32::from(one.character))
        };
        find(text).iter().map(told).collect::<Vec<_>>().join(", ")
    }

    #[test]
    fn what_deceives_is_told_wherever_it_stands() {
        assert_eq!(check("ok\nab\u{202E}c"), "!5 U+202E");
        assert_eq!(check("a\u{85}\u{7}\u{2066}"), "!1 U+0085, !3 U+0007, !4 U+2066");
        assert_eq!(check("\u{627}\u{202B}"), "!2 U+202B");
    }

    #[test]
    fn what_is_invisible_is_told_where_nothing_needs_it() {
        assert_eq!(check("pay\u{200B}ment"), "3 U+200B");
        assert_eq!(check("a\u{200D}b \u{200C}"), "1 U+200D, 6 U+200C");
        assert_eq!(check("a\u{FEFF}"), "1 U+FEFF");
        assert_eq!(check("a\u{FE0F}\u{E0041}\u{E0042}"), "1 U+FE0F, 4 U+E0041, 8 U+E0042");
        assert_eq!(check("ab\u{200E}中\u{2060}\u{3164}"), "2 U+200E, 8 U+2060, 11 U+3164");
        // A run of selectors hides bytes behind one character.
        assert_eq!(check("中\u{E0100}\u{E0101}"), "7 U+E0101");
        assert_eq!(check("😀\u{FE0F}\u{FE00}"), "7 U+FE00");
    }

    #[test]
    fn what_scripts_and_emoji_need_is_no_alarm() {
        for text in [
            "👩\u{200D}💻 👨\u{200D}👩\u{200D}👧 🏳\u{FE0F}\u{200D}🌈 ❤\u{FE0F} 👩🏽\u{200D}🚀 1\u{FE0F}\u{20E3}",
            "🏴\u{E0067}\u{E0062}\u{E0065}\u{E006E}\u{E0067}\u{E007F}",
            "می\u{200C}خواهم क्\u{200D}ष",
            "שלום\u{200F}! العربية\u{200E} ABC",
            "葛\u{E0100}城 co\u{AD}operate",
            "\u{FEFF}中文，標點「」、。 é — … ok\t\r\n",
        ] {
            assert_eq!(check(text), "", "{text}");
        }
    }

    proptest! {
        #[test]
        fn never_panics(text: String) {
            find(&text);
        }
    }
}
