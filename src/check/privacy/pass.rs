//! The one pass over a text: word by word and number by number, and again over what hides in it.

use crate::check::privacy::hit::{Hit, Sort};
use crate::check::privacy::{decode, numbers, people, places, tokens};

/// Finds credentials and personal data, in the order of the text. The bytes need not be UTF-8.
pub fn scan(content: &[u8]) -> Vec<Hit> {
    let mut hits = over(content);
    hits.retain(|hit| hit.sort != Sort::Notice);
    hits
}

/// Everything that any rule finds, in the order of the text.
pub(super) fn over(text: &[u8]) -> Vec<Hit> {
    both_readings(text, Depth::WithBase64)
}

/// Whether base64 is looked into; base64 in base64 is not.
#[derive(Clone, Copy, PartialEq)]
enum Depth {
    WithBase64,
    InBase64,
}

/// What is found in a text, and in the same text undone.
fn both_readings(text: &[u8], depth: Depth) -> Vec<Hit> {
    let mut hits = Vec::new();
    if reading(text, depth, &mut hits) {
        for plain in decode::plain(text) {
            let mut found = Vec::new();
            reading(&plain.bytes, depth, &mut found);
            let found = found.into_iter().map(|hit| Hit { offset: plain.original(hit.offset), ..hit });
            hits.extend(found.filter(|hit| plain.own.contains(&hit.offset)));
        }
    }
    // What both readings have is one hit.
    hits.sort_unstable();
    hits.dedup_by(|one, other| (one.offset, one.rule) == (other.offset, other.rule));
    hits
}

/// Finds what stands in a text, and what stands in its base64, which begins where the base64 does. Says whether there is
/// something else to undo.
fn reading(text: &[u8], depth: Depth, hits: &mut Vec<Hit>) -> bool {
    let something_to_undo = bare(text, hits);
    for run in decode::runs(text) {
        tokens::named(text, run.clone(), hits);
        if depth == Depth::WithBase64
            && let Some(decoded) = decode::base64(&text[run.clone()])
        {
            let found = both_readings(&decoded, Depth::InBase64);
            hits.extend(found.into_iter().map(|hit| Hit { offset: run.start, ..hit }));
        }
    }
    something_to_undo
}

/// Finds what stands in a text without undoing anything, and says whether there is something to undo.
fn bare(text: &[u8], hits: &mut Vec<Hit>) -> bool {
    let mut something_to_undo = false;
    let mut at = 0;
    while let Some(byte) = text.get(at) {
        at = match CLASSES[usize::from(*byte)] {
            Class::Other => at + 1,
            Class::Letter => {
                let end = end(text, at, |class| matches!(class, Class::Letter | Class::Digit));
                word(text, at, end, hits).unwrap_or(end)
            }
            Class::Digit => {
                let end = end(text, at, |class| matches!(class, Class::Digit));
                numbers::number(text, at, end, hits).unwrap_or(end)
            }
            Class::Plus => numbers::international(text, at, hits),
            Class::At => people::e_mail(text, at, hits),
            Class::Colon => {
                hits.extend(places::user_information(text, at));
                at + 1
            }
            Class::Ideograph => {
                people::told_by_ideograph(text, at, hits);
                at + 1
            }
            Class::Hiding => {
                something_to_undo = something_to_undo || decode::begins(&text[at..]);
                at + 1
            }
        };
    }
    something_to_undo
}

/// Looks at a word, which begins with a letter; returns where to go on when it is a credential.
#[inline]
pub(super) fn word(text: &[u8], start: usize, end: usize, hits: &mut Vec<Hit>) -> Option<usize> {
    let begins = begins_as_one(text, start) || tokens::is_glued(text, start, end);
    if !begins && !people::has_length_of_one(end - start) {
        return None;
    }
    telling_word(text, start, end, begins, hits)
}

/// Looks at one of the few words that may tell something.
fn telling_word(text: &[u8], start: usize, end: usize, begins: bool, hits: &mut Vec<Hit>) -> Option<usize> {
    people::word(text, start, end, hits);
    if !begins {
        return None;
    }
    people::told_by_word(text, start, end, hits);
    places::word(text, start, end, hits);
    tokens::word(text, start, end, hits)
}

/// Whether a word that tells something, or a credential, begins with the three characters here. Nearly no word does.
#[inline]
fn begins_as_one(text: &[u8], start: usize) -> bool {
    let Some([first, second, third, ..]) = text.get(start..) else { return false };
    BEGINNINGS[place(*first)][place(*second)] & letter(*third) != 0
}

/// A bit for each third character, by the first two.
static BEGINNINGS: [[u32; 32]; 32] = {
    let mut all = [[0; 32]; 32];
    let mut at = 0;
    while at < tokens::FORMS.len() {
        all = with(all, tokens::FORMS[at].begins, "");
        at += 1;
    }
    at = 0;
    while at < people::WORDS.len() {
        all = with(all, people::WORDS[at].0, people::WORDS[at].1);
        at += 1;
    }
    at = 0;
    while at < places::WORDS.len() {
        all = with(all, places::WORDS[at], "");
        at += 1;
    }
    all
};

/// With a word in any case. After one of two letters anything may stand before what follows it.
const fn with(mut all: [[u32; 32]; 32], word: &str, next: &str) -> [[u32; 32]; 32] {
    let (first, second, third) = match word.as_bytes() {
        [first, second, third, ..] => (*first, *second, letter(*third)),
        [first, second] if !next.is_empty() => (*first, *second, u32::MAX),
        _ => panic!("a word that stands alone has three characters"),
    };
    all[place(first)][place(second)] |= third;
    all
}

const fn place(byte: u8) -> usize {
    (byte & 31) as usize
}

/// The same for large and small letters; also for some other characters, which makes a word be looked at once more.
const fn letter(letter: u8) -> u32 {
    1 << (letter & 31)
}

/// Where bytes of the same sort as the one here end.
#[inline]
fn end(text: &[u8], start: usize, is_such: impl Fn(Class) -> bool) -> usize {
    let rest = &text[start + 1..];
    start + 1 + rest.iter().position(|byte| !is_such(CLASSES[usize::from(*byte)])).unwrap_or(rest.len())
}

/// What a byte may begin.
#[derive(Clone, Copy)]
enum Class {
    Other,
    Letter,
    Digit,
    Plus,
    At,
    Colon,
    /// First byte of the words that tell what a number is.
    Ideograph,
    /// First byte of what is undone.
    Hiding,
}

static CLASSES: [Class; 256] = {
    let mut classes = [Class::Other; 256];
    let mut byte: u8 = 0;
    loop {
        classes[byte as usize] = match byte {
            b'A'..=b'Z' | b'a'..=b'z' => Class::Letter,
            b'0'..=b'9' => Class::Digit,
            b'+' => Class::Plus,
            b'@' => Class::At,
            b':' => Class::Colon,
            0xE5 | 0xE7 | 0xE8 => Class::Ideograph,
            _ if decode::may_begin(byte) => Class::Hiding,
            _ => Class::Other,
        };
        if byte == u8::MAX {
            break classes;
        }
        byte += 1;
    }
};
