//! A text as a reader gets it in the end: escapes, entities and look-alike characters undone once, and what base64 hides.
//!
//! Each piece knows where it stands in the original, so that what is found there is told by its place in the original.
//! Undone are HTML entities, percent-encoding, the escapes of JSON strings, full-width and mathematical letters and
//! digits, blanks and dashes of any width, and characters that nobody sees; all of it once. Memory is bounded: a text is
//! undone window by window.

use base64::Engine as _;
use base64::alphabet;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};

use crate::check::privacy::hidden;

/// How much is undone at a time, and by how much the windows overlap: more than anything that is found is long.
const WINDOW: usize = 1 << 20;
const OVERLAP: usize = 1 << 10;

/// Fewest bytes of base64 that can hold anything that is looked for: ten characters.
const SHORTEST_RUN: usize = 14;

/// A window of a text, undone.
pub(super) struct Plain {
    pub bytes: Vec<u8>,
    /// Where a piece begins in `bytes`, and where in the original.
    pieces: Vec<(usize, usize)>,
    /// The part of the original that no other window answers for.
    pub own: std::ops::Range<usize>,
}

impl Plain {
    /// The place in the original of a place in `bytes`.
    pub(super) fn original(&self, at: usize) -> usize {
        let next = self.pieces.partition_point(|(begins, _)| *begins <= at);
        self.pieces.get(next.wrapping_sub(1)).map_or(at, |(begins, original)| original + (at - begins))
    }
}

/// The windows of a text in which there is something to undo.
pub(super) fn plain(text: &[u8]) -> impl Iterator<Item = Plain> {
    let windows = (0..text.len()).step_by(WINDOW);
    windows.filter_map(move |from| {
        let own = from..text.len().min(from + WINDOW);
        let start = from.saturating_sub(OVERLAP);
        let window = text.get(start..text.len().min(own.end + OVERLAP))?;
        first_to_undo(window, 0)?;
        Some(undo(window, start, own))
    })
}

/// What a byte may begin that is undone.
pub(super) const fn may_begin(byte: u8) -> bool {
    matches!(byte, b'&' | b'%' | b'\\' | 0xC2 | 0xCD | 0xE1 | 0xE2 | 0xE3 | 0xEF | 0xF0 | 0xF3)
}

/// Whether a text begins with something that is undone.
pub(super) fn begins(text: &[u8]) -> bool {
    undone(text).is_some()
}

fn first_to_undo(text: &[u8], from: usize) -> Option<(usize, Undone)> {
    let mut at = from;
    loop {
        at += text.get(at..)?.iter().position(|byte| may_begin(*byte))?;
        match undone(&text[at..]) {
            Some(undone) => return Some((at, undone)),
            None => at += 1,
        }
    }
}

fn undo(window: &[u8], start: usize, own: std::ops::Range<usize>) -> Plain {
    let mut plain = Plain { bytes: Vec::with_capacity(window.len()), pieces: vec![(0, start)], own };
    let mut at = 0;
    while let Some((found, undone)) = first_to_undo(window, at) {
        plain.bytes.extend_from_slice(&window[at..found]);
        plain.pieces.push((plain.bytes.len(), start + found));
        let mut buffer = [0; 4];
        if let Some(character) = undone.character.and_then(folded_or_itself) {
            plain.bytes.extend_from_slice(character.encode_utf8(&mut buffer).as_bytes());
        }
        at = found + undone.length;
        plain.pieces.push((plain.bytes.len(), start + at));
    }
    plain.bytes.extend_from_slice(&window[at..]);
    plain
}

/// What stands in the original, and for what.
struct Undone {
    length: usize,
    /// `None` when it stands for nothing that is seen.
    character: Option<char>,
}

fn undone(text: &[u8]) -> Option<Undone> {
    let (length, character) = match text.first()? {
        b'&' => entity(text)?,
        b'%' => percent(text)?,
        b'\\' => escape(text)?,
        _ => return folded(first_character(text)?),
    };
    Some(Undone { length, character: Some(character) })
}

fn first_character(text: &[u8]) -> Option<char> {
    let length = match text.first()? {
        0xC2..=0xDF => 2,
        0xE0..=0xEF => 3,
        0xF0..=0xF4 => 4,
        _ => 1,
    };
    str::from_utf8(text.get(..length)?).ok()?.chars().next()
}

fn folded_or_itself(character: char) -> Option<char> {
    folded(character).map_or(Some(character), |read| read.character)
}

/// What a character is read as; `None` when as itself. Full-width punctuation that no number and no address has in it
/// stays, for most Chinese texts are full of it and nothing hides there.
fn folded(character: char) -> Option<Undone> {
    let code = u32::from(character);
    let ascii = |from: u32, first: u8| u8::try_from(code - from).ok().map(|offset| char::from(first + offset));
    let read = match character {
        '０'..='９' => ascii(0xFF10, b'0'),
        'Ａ'..='Ｚ' => ascii(0xFF21, b'A'),
        'ａ'..='ｚ' => ascii(0xFF41, b'a'),
        '＋' => Some('+'),
        '．' => Some('.'),
        '／' => Some('/'),
        '＿' => Some('_'),
        '＠' => Some('@'),
        '＝' => Some('='),
        '\u{2010}'..='\u{2015}' | '\u{2212}' | '\u{FE63}' | '－' => Some('-'),
        '\u{A0}' | '\u{2000}'..='\u{200A}' | '\u{202F}' | '\u{205F}' | '\u{3000}' => Some(' '),
        // The mathematical alphabets: thirteen of letters, five of digits.
        '\u{1D7CE}'..='\u{1D7FF}' => char::from_digit((code - 0x1D7CE) % 10, 10),
        '\u{1D400}'..='\u{1D6A3}' => {
            let place = u8::try_from((code - 0x1D400) % 52).unwrap_or_default();
            Some(char::from(if place < 26 { b'A' + place } else { b'a' + (place - 26) }))
        }
        _ if hidden::is_invisible(character) || hidden::turns_direction(character) => None,
        _ => return None,
    };
    Some(Undone { length: character.len_utf8(), character: read })
}

/// `&#48;`, `&#x30;` and the names of what can stand in a number, an address or a token (HTML, named character
/// references).
fn entity(text: &[u8]) -> Option<(usize, char)> {
    const LONGEST: usize = 12;
    let end = text.iter().take(LONGEST).position(|byte| *byte == b';')?;
    let name = str::from_utf8(&text[1..end]).ok()?;
    let character = match name.strip_prefix('#') {
        Some(number) => {
            let hexadecimal = number.strip_prefix(['x', 'X']);
            let code = hexadecimal.map_or_else(|| number.parse(), |digits| u32::from_str_radix(digits, 16));
            char::from_u32(code.ok()?)?
        }
        None => match name {
            "amp" => '&',
            "lt" => '<',
            "gt" => '>',
            "quot" => '"',
            "apos" => '\'',
            "commat" => '@',
            "period" => '.',
            "lowbar" => '_',
            "hyphen" | "dash" | "ndash" | "mdash" | "minus" => '-',
            "plus" => '+',
            "equals" => '=',
            "sol" => '/',
            "colon" => ':',
            "nbsp" | "ensp" | "emsp" | "thinsp" => ' ',
            "shy" => '\u{AD}',
            "zwj" => '\u{200D}',
            "zwnj" => '\u{200C}',
            _ => return None,
        },
    };
    Some((end + 1, character))
}

/// `%41`, also a character of several bytes.
fn percent(text: &[u8]) -> Option<(usize, char)> {
    let byte = |at: usize| {
        let [b'%', high, low] = text.get(at..at + 3)? else { return None };
        let digit = |one: u8| char::from(one).to_digit(16).and_then(|digit| u8::try_from(digit).ok());
        Some(digit(*high)? * 16 + digit(*low)?)
    };
    let first = byte(0)?;
    if first.is_ascii() {
        return Some((3, char::from(first)));
    }
    let mut bytes = [first, 0, 0, 0];
    let mut length = 1;
    while length < 4 {
        bytes[length] = byte(length * 3)?;
        length += 1;
        if let Ok(character) = str::from_utf8(&bytes[..length]) {
            return character.chars().next().map(|character| (length * 3, character));
        }
    }
    None
}

/// `\u0030` and the other escapes of a JSON string (RFC 8259), and `\x30`.
fn escape(text: &[u8]) -> Option<(usize, char)> {
    let number = |digits: Option<&[u8]>| u32::from_str_radix(str::from_utf8(digits?).ok()?, 16).ok();
    let character = match text.get(1)? {
        b'n' | b'r' => '\n',
        b't' | b'b' | b'f' => ' ',
        b'"' => '"',
        b'/' => '/',
        b'\\' => '\\',
        b'x' => return Some((4, char::from_u32(number(text.get(2..4))?)?)),
        b'u' => {
            let first = number(text.get(2..6))?;
            if let Some(character) = char::from_u32(first) {
                return Some((6, character));
            }
            // Two halves of one character beyond U+FFFF.
            let second = number(text.strip_prefix(&text[..6])?.strip_prefix(b"\\u")?.get(..4))?;
            let code = 0x1_0000 + (first.checked_sub(0xD800)? << 10) + second.checked_sub(0xDC00)?;
            return Some((12, char::from_u32(code)?));
        }
        _ => return None,
    };
    Some((2, character))
}

/// Either alphabet of RFC 4648, with or without padding.
static STANDARD: GeneralPurpose = engine(&alphabet::STANDARD);
static URL_SAFE: GeneralPurpose = engine(&alphabet::URL_SAFE);

const fn engine(alphabet: &alphabet::Alphabet) -> GeneralPurpose {
    let config = GeneralPurposeConfig::new()
        .with_decode_padding_mode(DecodePaddingMode::Indifferent)
        .with_decode_allow_trailing_bits(true);
    GeneralPurpose::new(alphabet, config)
}

/// Runs of letters, digits and `+/-_` that are long enough to hide something, in their order.
pub(super) fn runs(text: &[u8]) -> impl Iterator<Item = std::ops::Range<usize>> {
    // `A` is the only one that stands for nothing.
    let is_part = |byte: &u8| *byte == b'A' || SEXTETS[usize::from(*byte)] > 0;
    let mut from = 0;
    std::iter::from_fn(move || {
        loop {
            // A run that is long enough has a part at the end of the first stretch; most stretches are passed at once.
            let stretch = text.get(from..from + SHORTEST_RUN)?;
            let behind = SHORTEST_RUN - stretch.iter().rev().take_while(|byte| is_part(byte)).count();
            if behind > 0 {
                from += behind;
                continue;
            }
            let rest = &text[from + SHORTEST_RUN..];
            let more = rest.iter().position(|byte| !is_part(byte)).unwrap_or(rest.len());
            let run = from..from + SHORTEST_RUN + more;
            from = run.end;
            return Some(run);
        }
    })
}

/// Whether a run is long enough to hide something and its first eight characters, in either alphabet, stand for six
/// bytes that a text may have. Most words, hashes and identifiers do not, and need no more than this look.
#[inline]
pub(super) fn begins_as_text(run: &[u8]) -> bool {
    let Some(eight) = run.first_chunk::<8>().filter(|_| run.len() >= SHORTEST_RUN) else { return false };
    let sextet = |place: usize| SEXTETS[usize::from(eight[place])];
    // The first byte alone tells nearly always.
    if !begins_character(sextet(0) << 2 | sextet(1) >> 4) {
        return false;
    }
    let bits = eight.iter().fold(0_u64, |bits, character| bits << 6 | u64::from(SEXTETS[usize::from(*character)]));
    let six = &bits.to_be_bytes()[2..];
    six.iter().copied().all(is_text) && str::from_utf8(six).map_or_else(|error| error.error_len().is_none(), |_| true)
}

/// What each character of base64 stands for.
static SEXTETS: [u8; 256] = {
    let mut sextets = [0; 256];
    let mut value = 0;
    while value < 26 {
        sextets[(b'A' + value) as usize] = value;
        sextets[(b'a' + value) as usize] = 26 + value;
        value += 1;
    }
    let mut digit = 0;
    while digit < 10 {
        sextets[(b'0' + digit) as usize] = 52 + digit;
        digit += 1;
    }
    sextets[b'+' as usize] = 62;
    sextets[b'-' as usize] = 62;
    sextets[b'/' as usize] = 63;
    sextets[b'_' as usize] = 63;
    sextets
};

/// Whether a character of a text may begin with this byte in UTF-8.
fn begins_character(byte: u8) -> bool {
    is_text(byte) && !(0x80..0xC2).contains(&byte)
}

fn is_text(byte: u8) -> bool {
    byte >= b' ' && byte != 0x7F || b"\t\r\n".contains(&byte)
}

/// The text that a run of base64 stands for; `None` when it stands for none.
pub(super) fn base64(run: &[u8]) -> Option<Vec<u8>> {
    /// Enough to tell that something is no text; a multiple of four.
    const BEGINNING: usize = 24;
    let engine = if run.iter().any(|byte| b"-_".contains(byte)) { &URL_SAFE } else { &STANDARD };
    if !begins_as_text(run) {
        return None;
    }
    // One letter too many is none of it.
    let run = &run[..run.len() - usize::from(run.len() % 4 == 1)];
    let mut beginning = [0; BEGINNING];
    let length = engine.decode_slice(&run[..run.len().min(BEGINNING)], &mut beginning).ok()?;
    if !beginning[..length].iter().copied().all(is_text) {
        return None;
    }
    let whole = engine.decode(run).ok()?;
    (whole.iter().copied().all(is_text) && str::from_utf8(&whole).is_ok()).then_some(whole)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn undo_all(text: &str) -> String {
        let windows: Vec<_> = plain(text.as_bytes()).map(|plain| plain.bytes).collect();
        if windows.is_empty() { text.to_owned() } else { String::from_utf8(windows.concat()).unwrap() }
    }

    #[test]
    fn everything_is_undone_once() {
        for (text, expected) in [
            ("a&#48;&#x39;&commat;&amp;#48;&unknown;&;&#;&#xD800;", "a09@&#48;&unknown;&;&#;&#xD800;"),
            ("%30%39%2530%EF%BC%90%E4%B8%AD%4%zz%FF", "09%300中%4%zz%FF"),
            (r#"\u0030\u39\uff10\ud835\udfce\n\"\/\\n\x41\q"#, "0\\u3900\n\"/\\nA\\q"),
            ("０９Ａｚ＠ａ．ｂ－１　２", "09Az@a.b-1 2"),
            ("09\u{200B}12\u{AD}\u{2060}3\u{FEFF}", "09123"),
            ("𝟎𝟗𝐀𝗓𝟘", "09Az0"),
            ("標題：內文，（一）；完。", "標題：內文，（一）；完。"),
            ("plain", "plain"),
        ] {
            assert_eq!(undo_all(text), expected, "{text}");
        }
    }

    #[test]
    fn places_are_those_of_the_original() {
        let text = "中&#48;１\u{200B}a%41b";
        let plain = plain(text.as_bytes()).next().unwrap();
        assert_eq!(str::from_utf8(&plain.bytes).unwrap(), "中01aAb");
        for (at, original) in [(0, "中"), (3, "&#48"), (4, "１"), (5, "a"), (6, "%41"), (7, "b")] {
            assert!(text[plain.original(at)..].starts_with(original), "{at} {}", plain.original(at));
        }
    }

    #[test]
    fn windows_answer_for_every_place_once() {
        let text = format!("&#48;{}", "a".repeat(995)).repeat(WINDOW / 400);
        let owned: Vec<_> = plain(text.as_bytes()).map(|plain| plain.own).collect();
        assert_eq!(owned.first().map(|own| own.start), Some(0));
        assert_eq!(owned.last().map(|own| own.end), Some(text.len()));
        assert!(owned.windows(2).all(|pair| pair[0].end == pair[1].start));
    }

    #[test]
    fn runs_are_found_whole_and_base64_only_when_it_is_text() {
        let found: Vec<_> =
            runs(b"short aGVsbG8gd29ybGQhIQ== /x+yyyyyyyyyyyy,1234567890123").map(|run| (run.start, run.end)).collect();
        assert_eq!(found, [(6, 24), (27, 42)]);
        for (run, expected) in [
            ("aGVsbG8gd29ybGQhIQ", Some("hello world!!")),
            ("5Lit5paH5Lit5paH5Lit5paH", Some("中文中文中文")),
            ("internationalization", None),
            ("AAAAAAAAAAAAAAAA", None),
            ("iVBORw0KGgoAAAANSUhEUgAA", None),
        ] {
            let text = base64(run.as_bytes()).map(|bytes| String::from_utf8(bytes).unwrap());
            assert_eq!(text.as_deref(), expected, "{run}");
        }
    }

    proptest! {
        #[test]
        fn never_panics(text in r"(&#|x|;|%|\\u|[0-9a-fA-F]{0,4}|＠|０|\u{200b}|中|𝟎|é){0,30}", bytes: Vec<u8>) {
            for text in [text.as_bytes(), &bytes] {
                for plain in plain(text) {
                    for at in 0..=plain.bytes.len() {
                        prop_assert!(plain.original(at) <= text.len());
                    }
                }
                for run in runs(text) {
                    base64(&text[run]);
                }
            }
        }
    }
}
