//! The bytes of a text table as UTF-8. Documents are UTF-8 and nothing else (`read::text`); tables come out of
//! spreadsheet programs, which in Taiwan save CP950 and elsewhere UTF-16.
//!
//! Invariants: an encoding is taken only when nothing else fits; every character is exact or the file is refused, no
//! replacement character is ever made; bytes that are damaged in an otherwise sound file stay as they are, for whoever
//! splits it into rows to name them at their place.

use std::borrow::Cow;
use std::char::decode_utf16;
use std::io::{self, Read};

use encoding_rs::BIG5;

use crate::codes;
use crate::finding::{Code, Finding, Place, Severity};
use crate::read::text;

const HINT: &str = "save it as UTF-8; in Excel that is `CSV UTF-8 (Comma delimited)`";

/// Most bytes outside of ASCII that may be damage in a file which is ASCII apart from them.
const STRAY_BYTES: usize = 16;

/// A text table as UTF-8.
#[derive(Debug)]
pub(super) struct Decoded<'a> {
    /// UTF-8 without byte order mark, apart from damaged places; half a surrogate pair is one byte 0xFF.
    pub(super) bytes: Cow<'a, [u8]>,
    /// Whether every byte is UTF-8 and none is NUL.
    pub(super) is_sound: bool,
    /// Where the first byte stands in the file. `None` when it was in another encoding.
    pub(super) offset: Option<usize>,
}

/// The bytes of a text table as UTF-8. `None` when it has to be refused; the findings say why.
pub(super) fn decode<'a>(path: &str, bytes: &'a [u8], findings: &mut Vec<Finding>) -> Option<Decoded<'a>> {
    let decoded = match encoding(bytes) {
        Ok(Encoding::Utf8) => {
            let rest = &bytes[byte_order_marks(path, bytes, findings)..];
            let is_utf8 = str::from_utf8(rest).is_ok();
            let is_sound = is_utf8 && memchr::memchr(0, rest).is_none();
            if let Some(line) = line_that_may_be_cp950(rest).filter(|_| is_utf8 && rest.len() == bytes.len()) {
                let message = format!(
                    "is UTF-8, but would be exact as CP950 (Big5 of Windows) as well, first on line {line}; it was read as UTF-8"
                );
                notice(path, &message, findings);
            }
            Ok(Decoded { bytes: rest.into(), is_sound, offset: Some(bytes.len() - rest.len()) })
        }
        Ok(Encoding::Utf16 { unit, name, start }) => {
            notice(path, &format!("is {name}, read as such"), findings);
            utf16(&bytes[start..], unit)
        }
        Ok(Encoding::Cp950) => {
            let message = "is not UTF-8 and has one exact reading as CP950 (Big5 of Windows); it was read as CP950";
            notice(path, message, findings);
            let (text, _) = BIG5.decode_without_bom_handling(bytes);
            let is_sound = !text.contains('\0');
            Ok(Decoded { bytes: text.into_owned().into_bytes().into(), is_sound, offset: None })
        }
        Err(refused) => Err(refused),
    };
    let refused = match decoded {
        Ok(decoded) if decoded.bytes.trim_ascii().is_empty() => Refused {
            code: &codes::EMPTY_FILE,
            at: None,
            message: "is blank".to_owned(),
            hint: "write at least the header",
        },
        Ok(decoded) if is_binary(&decoded) => Refused {
            code: &codes::WRONG_FILE,
            at: None,
            message: "is binary data, expected CSV, XLSX, JSON or JSONL".to_owned(),
            hint: "export the table in one of these formats",
        },
        Ok(decoded) => return Some(decoded),
        Err(refused) => refused,
    };
    let line = refused.at.map(|at| text::position(bytes, at).0);
    let place = Place { line, ..Place::file(path) };
    findings.push(Finding::new(refused.code, place, refused.message).hint(refused.hint));
    None
}

fn notice(path: &str, message: &str, findings: &mut Vec<Finding>) {
    findings.push(Finding::new(&codes::ENCODING, Place::file(path), message).severity(Severity::Notice));
}

/// How many bytes of byte order marks stand in front of UTF-8, which is said.
pub(super) fn byte_order_marks(path: &str, bytes: &[u8], findings: &mut Vec<Finding>) -> usize {
    let mut rest = bytes;
    while let Some(next) = rest.strip_prefix(MARK) {
        rest = next;
    }
    if rest.len() < bytes.len() {
        notice(path, "begins with a UTF-8 byte order mark, left out", findings);
    }
    bytes.len() - rest.len()
}

/// Whether a text that begins like this may be UTF-8, so that it can be read before all of it is there.
pub(super) fn may_be_utf8(head: &[u8]) -> bool {
    let line = memchr::memchr2(b'\n', b'\r', head).unwrap_or(head.len());
    !head.trim_ascii().is_empty() && memchr::memchr(0, &head[..line]).is_none() && wide(head).is_none()
}

/// Whether a text with damage is UTF-8 apart from it, without doubt: by the same count as of a text that is held whole.
pub(super) fn is_damaged_utf8(source: &mut dyn Read) -> io::Result<bool> {
    let mut bytes = Vec::new();
    let mut counts = Counts::default();
    let mut is_first = true;
    loop {
        // A character that the end of the bytes cuts in two is counted with the next ones.
        let read = source.take(1 << 20).read_to_end(&mut bytes)?;
        if std::mem::take(&mut is_first) && bytes.starts_with(MARK) {
            return Ok(true);
        }
        let last = bytes.utf8_chunks().last().map_or(0, |chunk| chunk.invalid().len());
        let ends_inside = str::from_utf8(&bytes[bytes.len() - last..]).is_err_and(|error| error.error_len().is_none());
        let until = if read > 0 && ends_inside { bytes.len() - last } else { bytes.len() };
        counts.add(&bytes[..until]);
        bytes.drain(..until);
        if read == 0 {
            return Ok(counts.is_utf8_without_doubt());
        }
    }
}

/// The byte order mark of UTF-8.
const MARK: &[u8] = b"\xEF\xBB\xBF";

/// Why a file has to be refused.
struct Refused {
    code: &'static Code,
    /// The offset of the byte that shows it.
    at: Option<usize>,
    message: String,
    hint: &'static str,
}

/// Whether there is a NUL before the first line ends: no table begins like that.
fn is_binary(decoded: &Decoded<'_>) -> bool {
    let bytes = &decoded.bytes;
    let line = memchr::memchr2(b'\n', b'\r', bytes).unwrap_or(bytes.len());
    !decoded.is_sound && memchr::memchr(0, &bytes[..line]).is_some()
}

enum Encoding {
    Utf8,
    Utf16 { unit: fn([u8; 2]) -> u16, name: &'static str, start: usize },
    Cp950,
}

/// The one encoding that fits.
fn encoding(bytes: &[u8]) -> Result<Encoding, Refused> {
    wide(bytes).unwrap_or_else(|| utf8_or_cp950(bytes))
}

/// The encoding of more than one byte a character, or why it is refused, by the first bytes.
fn wide(bytes: &[u8]) -> Option<Result<Encoding, Refused>> {
    const LITTLE: &str = "UTF-16 (little endian)";
    const BIG: &str = "UTF-16 (big endian)";
    let visible = |byte: &u8| matches!(byte, b'\t' | b' '..=b'~');
    Some(match bytes {
        [0xFF, 0xFE, 0, 0, ..] | [0, 0, 0xFE, 0xFF, ..] => Err(Refused {
            code: &codes::ENCODING,
            at: None,
            message: "is UTF-32, expected UTF-8".to_owned(),
            hint: HINT,
        }),
        [0xFF, 0xFE, ..] => Ok(Encoding::Utf16 { unit: u16::from_le_bytes, name: LITTLE, start: 2 }),
        [0xFE, 0xFF, ..] => Ok(Encoding::Utf16 { unit: u16::from_be_bytes, name: BIG, start: 2 }),
        // Two ASCII characters with a NUL each can be nothing else, since no text has a NUL.
        [first, 0, second, 0, ..] if visible(first) && visible(second) => {
            Ok(Encoding::Utf16 { unit: u16::from_le_bytes, name: LITTLE, start: 0 })
        }
        [0, first, 0, second, ..] if visible(first) && visible(second) => {
            Ok(Encoding::Utf16 { unit: u16::from_be_bytes, name: BIG, start: 0 })
        }
        _ => return None,
    })
}

/// What is UTF-8 is taken as that. Else the bytes decide between UTF-8 with damage and CP950: exact in CP950 to the last
/// pair is what damaged UTF-8 hardly ever is, and much UTF-8 is what CP950 hardly ever holds by accident.
fn utf8_or_cp950(bytes: &[u8]) -> Result<Encoding, Refused> {
    if bytes.starts_with(MARK) || str::from_utf8(bytes).is_ok() {
        return Ok(Encoding::Utf8);
    }
    let mut counts = Counts::default();
    counts.add(bytes);
    if counts.is_utf8_without_doubt() {
        return Ok(Encoding::Utf8);
    }
    let message = match cp950(bytes) {
        Cp950::Exact => return Ok(Encoding::Cp950),
        _ if counts.damaged < counts.sound() => return Ok(Encoding::Utf8),
        _ if counts.sound() == 0 && counts.damaged <= STRAY_BYTES => return Ok(Encoding::Utf8),
        Cp950::Not { at } => {
            let message = format!(
                "is neither UTF-8 nor CP950: the byte 0x{:02X} at offset {at} does not begin a character of either",
                bytes[at]
            );
            return Err(Refused { code: &codes::ENCODING, at: Some(at), message, hint: HINT });
        }
        Cp950::Doubtful => "is not UTF-8, and as CP950 would be mostly rare characters, so that it is something else",
    };
    Err(Refused { code: &codes::ENCODING, at: None, message: message.to_owned(), hint: HINT })
}

/// How many bytes outside of ASCII are UTF-8 and how many are not.
#[derive(Default)]
struct Counts {
    /// Of characters of two bytes. A pair of CP950, or the halves of two, looks like one now and then.
    pairs: usize,
    /// Of longer characters, such as Chinese ones, which come about in CP950 by rare accident only.
    longer: usize,
    damaged: usize,
}

impl Counts {
    fn add(&mut self, bytes: &[u8]) {
        for chunk in bytes.utf8_chunks() {
            for byte in chunk.valid().bytes() {
                match byte {
                    0xC2..=0xDF => self.pairs += 2,
                    0xE0..=0xEF => self.longer += 3,
                    0xF0.. => self.longer += 4,
                    _ => {}
                }
            }
            self.damaged += chunk.invalid().len();
        }
    }

    fn sound(&self) -> usize {
        self.pairs + self.longer
    }

    /// Whether so much is UTF-8 that the rest is damage, whatever else it would be.
    fn is_utf8_without_doubt(&self) -> bool {
        self.damaged < self.longer || self.damaged * 8 < self.pairs
    }
}

enum Cp950 {
    Exact,
    /// Every character exists, but the bytes look like those of another encoding.
    Doubtful,
    /// The offset of the first byte that is no character.
    Not {
        at: usize,
    },
}

/// Whether every character is one of CP950 that WHATWG Big5 reads in the same way.
fn cp950(bytes: &[u8]) -> Cp950 {
    let mut characters = 0_usize;
    let mut rare = 0_usize;
    let mut in_words = 0_usize;
    let mut of_gb2312 = 0_usize;
    let mut at = 0;
    while let Some(lead) = bytes.get(at) {
        if lead.is_ascii() {
            at += 1;
            continue;
        }
        let trail = match bytes.get(at + 1) {
            Some(trail) if is_cp950(*lead, *trail) => *trail,
            _ => return Cp950::Not { at },
        };
        let is_letter = |at: Option<usize>| at.and_then(|at| bytes.get(at)).is_some_and(u8::is_ascii_alphabetic);
        let is_rare = *lead >= 0xC9;
        characters += 1;
        rare += usize::from(is_rare);
        let has_neighbour = is_letter(at.checked_sub(1)) || is_letter(Some(at + 2));
        in_words += usize::from(is_rare && trail.is_ascii_alphabetic() && has_neighbour);
        of_gb2312 += usize::from((0xA1..=0xF7).contains(lead) && trail >= 0xA1);
        at += 2;
    }
    // An accent of Western Europe and the letter after it are a rare character in the middle of a word; the half of
    // GB2312 that is exact here is a rare character every second time and never has a second byte of ASCII. A few rare
    // characters alone are nothing but names.
    let is_western = in_words * 3 > characters;
    let is_chinese_of_the_mainland = characters >= 4 && of_gb2312 == characters && rare * 3 > characters;
    if is_western || is_chinese_of_the_mainland { Cp950::Doubtful } else { Cp950::Exact }
}

/// The line of the first character when UTF-8 text may as well be CP950: every character outside of ASCII has two bytes,
/// which are a character there too, and none is a letter of a word.
fn line_that_may_be_cp950(text: &[u8]) -> Option<u32> {
    if text.is_ascii() || text.iter().any(|byte| *byte >= 0xE0) || !matches!(cp950(text), Cp950::Exact) {
        return None;
    }
    let mut at = text.iter().position(|byte| !byte.is_ascii())?;
    let line = text::position(text, at).0;
    while at < text.len() {
        let is_letter = |at: Option<usize>| at.and_then(|at| text.get(at)).is_some_and(u8::is_ascii_alphabetic);
        if text[at].is_ascii() {
            at += 1;
        } else if is_letter(at.checked_sub(1)) || is_letter(Some(at + 2)) {
            return None;
        } else {
            at += 2;
        }
    }
    Some(line)
}

/// Whether two bytes are the same character in CP950 and in WHATWG Big5: not where one has private characters, Hong
/// Kong's or those of ETEN, and not 0xF9FE, a block of shade in the one and half as wide in the other.
fn is_cp950(lead: u8, trail: u8) -> bool {
    matches!(trail, 0x40..=0x7E | 0xA1..=0xFE)
        && match lead {
            0xA1 | 0xA2 | 0xA4..=0xC5 | 0xC9..=0xF8 => true,
            0xA3 => trail <= 0xBF || trail == 0xE1,
            0xC6 => trail <= 0x7E,
            0xF9 => trail != 0xFE,
            _ => false,
        }
}

fn utf16(bytes: &[u8], unit: fn([u8; 2]) -> u16) -> Result<Decoded<'static>, Refused> {
    let (units, rest) = bytes.as_chunks::<2>();
    if !rest.is_empty() {
        return Err(Refused {
            code: &codes::TRUNCATED,
            at: None,
            message: "is UTF-16 and ends in the middle of a character".to_owned(),
            hint: "take it from its source again",
        });
    }
    let mut decoded = Vec::with_capacity(units.len());
    let mut is_sound = true;
    for character in decode_utf16(units.iter().map(|pair| unit(*pair))) {
        if let Ok(character) = character {
            is_sound &= character != '\0';
            decoded.extend_from_slice(character.encode_utf8(&mut [0; 4]).as_bytes());
        } else {
            is_sound = false;
            decoded.push(0xFF);
        }
    }
    Ok(Decoded { bytes: decoded.into(), is_sound, offset: None })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn check(bytes: &[u8]) -> String {
        let mut findings = Vec::new();
        let decoded = decode("f", bytes, &mut findings);
        let decoded = decoded.map_or("-".to_owned(), |decoded| {
            let sound = if decoded.is_sound { "sound" } else { "damaged" };
            format!("{sound} {}", decoded.bytes.escape_ascii())
        });
        let found = findings.iter().map(|found| format!("{} {}: {}", found.code.id, found.place, found.message));
        [decoded].into_iter().chain(found).collect::<Vec<_>>().join("; ")
    }

    fn utf16_of(text: &str, bytes: fn(u16) -> [u8; 2]) -> Vec<u8> {
        text.encode_utf16().flat_map(bytes).collect()
    }

    #[test]
    fn utf8_is_taken_as_it_is() {
        assert_eq!(check(b"a,b"), "sound a,b");
        assert_eq!(
            check(b"\xEF\xBB\xBF\xEF\xBB\xBFa"),
            "sound a; encoding f: begins with a UTF-8 byte order mark, left out"
        );
        assert_eq!(check("中文\u{0}".as_bytes()), "-; wrong_file f: is binary data, expected CSV, XLSX, JSON or JSONL");
        assert_eq!(check(b"a\n\0"), "damaged a\\n\\x00");
        for blank in [&b""[..], b" \r\n", b"\xEF\xBB\xBF", b"\xFF\xFE"] {
            assert!(check(blank).contains("empty_file f: is blank"));
        }
        // Damage in a file that is otherwise UTF-8, or ASCII.
        assert_eq!(check("中文\n\u{4E2D}".as_bytes().split_last().unwrap().1).split(' ').next(), Some("damaged"));
        assert_eq!(check(b"a\ncaf\xE9,b"), "damaged a\\ncaf\\xe9,b");
    }

    #[test]
    fn utf16_is_known_by_its_mark_or_its_nul_bytes() {
        let text = "id,名\r\n1,🎓";
        for (mark, bytes, name) in [
            (&b"\xFF\xFE"[..], u16::to_le_bytes as fn(u16) -> [u8; 2], "little"),
            (b"\xFE\xFF", u16::to_be_bytes, "big"),
            (b"", u16::to_le_bytes, "little"),
            (b"", u16::to_be_bytes, "big"),
        ] {
            let file = [mark, &utf16_of(text, bytes)].concat();
            let expected = format!(
                "sound {}; encoding f: is UTF-16 ({name} endian), read as such",
                text.as_bytes().escape_ascii()
            );
            assert_eq!(check(&file), expected);
        }
        assert_eq!(
            check(b"\xFF\xFEa\0\0\xD8b\0"),
            "damaged a\\xffb; encoding f: is UTF-16 (little endian), read as such"
        );
        assert!(check(b"\xFF\xFEa\0b").ends_with("truncated f: is UTF-16 and ends in the middle of a character"));
        assert_eq!(check(b"\xFF\xFE\0\0a\0\0\0"), "-; encoding f: is UTF-32, expected UTF-8");
    }

    #[test]
    fn cp950_is_exact_or_refused() {
        // 許功蓋: second bytes that are `\` and `|` in ASCII.
        let read =
            "encoding f: is not UTF-8 and has one exact reading as CP950 (Big5 of Windows); it was read as CP950";
        assert_eq!(
            check(b"note\n\xB3\x5C\xA5\x5C\xBB\x5C"),
            format!("sound {}; {read}", "note\n許功蓋".as_bytes().escape_ascii())
        );
        // The euro sign and a word of the seven characters that ETEN added and CP950 took over (碁), beside usual ones.
        assert!(check(b"\xA3\xE1\xF9\xD6\xA4\xA4").starts_with("sound \\xe2\\x82\\xac\\xe7\\xa2\\x81"));
        let refused = |pair: &[u8]| check(&[b"a\n\xA4\xA4".repeat(20), pair.to_vec()].concat());
        for (pair, byte) in [
            (&b"\xF9\xFE"[..], "F9"),
            (b"\xC6\xA1", "C6"),
            (b"\xC8\x7E", "C8"),
            (b"\x87\x40", "87"),
            (b"\xFA\x40", "FA"),
            (b"\xA3\xC0", "A3"),
            (b"\x80", "80"),
            (b"\xA4", "A4"),
            (b"\xA4\x7F", "A4"),
            (b"\xA4\n", "A4"),
        ] {
            assert_eq!(
                refused(pair),
                format!(
                    "-; encoding f:21: is neither UTF-8 nor CP950: the byte 0x{byte} at offset 80 does not begin a character of either"
                )
            );
        }
        // Western European text, where é and a letter after it are a rare character each, and text in GB2312.
        for other in ["caf\u{e9}s,", "\u{d1}\u{a7}\u{c9}\u{fa},\u{cd}\u{cb}\u{bf}\u{ee}"] {
            let bytes: Vec<_> = other.chars().map(|character| u8::try_from(character).unwrap()).collect();
            let found = check(&bytes.repeat(20));
            assert!(found.contains("mostly rare characters"), "{found}");
        }
    }

    #[test]
    fn damage_and_cp950_are_told_apart() {
        let exact = "it was read as CP950";
        for (bytes, expected) in [
            // Rare characters alone: 碁, 王恒, 陳粧, 鑫, and all seven of ETEN between others.
            (&b"a,b\nc,\xF9\xD6"[..], exact),
            (b"a,b\nc,\xA4\xFD\xF9\xDA", exact),
            (b"a,b\nc,\xB3\xAF\xF9\xDB", exact),
            (b"a,b\nc,\xF8\xCA", exact),
            (b"a\n\xB4\xFA\xB8\xD5 \xF9\xD6\xF9\xD7\xF9\xD8\xF9\xD9\xF9\xDA\xF9\xDB\xF9\xDC \xA6r\xA4\xB8", exact),
            // 簡小羅: the first and the last are ² and ù in UTF-8.
            (b"a\n\xC2\xB2\xA4\x70\xC3\xB9", exact),
            // 瑀 and 羅 alone, and in a text with a letter beside the character.
            (b"a\n\xDE\xB7", "on line 2; it was read as UTF-8"),
            (b"a\n1,\xC3\xB9 ok", "on line 2; it was read as UTF-8"),
            (b"a\ncaf\xC3\xA9", "sound a\\ncaf\\xc3\\xa9"),
            (b"\xEF\xBB\xBF\xDE\xB7", "byte order mark, left out"),
            ("a\n備註 é".as_bytes(), "sound a\\n\\xe5\\x82\\x99\\xe8\\xa8\\xbb \\xc3\\xa9"),
            // UTF-8 in which one byte is damaged, Chinese and Western.
            (b"\xE4\xB8\xAD\n\xFF", "damaged \\xe4\\xb8\\xad\\n\\xff"),
            (b"\xE7\xA2\xBA\xE7\xA2\xBA\n\xA4\x40", "damaged \\xe7\\xa2\\xba\\xe7\\xa2\\xba\\n\\xa4@"),
            (b"\xC3\xA9t\xC3\xA9 \xC3\xA9 \xC3\xA9 \xC3\xA9 \xE9t", "damaged"),
        ] {
            let found = check(bytes);
            assert!(found.starts_with(expected) || found.ends_with(expected), "{found}");
        }
    }

    /// Compared once with the table of Windows: of the pairs taken, 13,502 in all, every one is the same in both, and
    /// only those that CP950 has twice do not come back as they were.
    #[test]
    fn pairs_are_read_as_windows_reads_them() {
        let mut taken = 0;
        let mut twice = Vec::new();
        for pair in 0x8000..=0xFFFF_u16 {
            let [lead, trail] = pair.to_be_bytes();
            if !is_cp950(lead, trail) {
                continue;
            }
            taken += 1;
            let pair_bytes = [lead, trail];
            let text = BIG5.decode_without_bom_handling_and_without_replacement(&pair_bytes).unwrap();
            assert_eq!(text.chars().count(), 1, "{pair:04X}");
            if *BIG5.encode(&text).0 != pair_bytes {
                twice.push(pair);
            }
        }
        assert_eq!(taken, 13_502);
        assert_eq!(twice, [0xA2A4, 0xA2A5, 0xA2A6, 0xA2A7, 0xA2CC, 0xA2CE, 0xC969, 0xF9FA, 0xF9FB, 0xF9FC, 0xF9FD]);
    }

    proptest! {
        #[test]
        fn what_is_sound_is_utf8(bytes: Vec<u8>) {
            if let Some(decoded) = decode("f", &bytes, &mut Vec::new()) {
                prop_assert_eq!(decoded.is_sound, str::from_utf8(&decoded.bytes).is_ok_and(|text| !text.contains('\0')));
            }
        }
    }
}
