//! What tells who somebody is: identification numbers with their checksum, e-mail addresses, street addresses, ids of
//! LINE, and numbers that only the word before them tells for what they are.
//!
//! Sources: the checksum of Taiwan's national identification and residence numbers; RFC 5321 and RFC 2606; the LINE
//! Messaging API (user ids); the checksum of the unified business number (since 2023-04 modulo 5).

use crate::check::privacy::hit::{Hit, Rule, notice, personal};
use crate::check::privacy::{numbers, places};

const IDENTITY: Rule = personal("national_id", "national id");
const RESIDENT: Rule = personal("resident_number", "resident number");
const E_MAIL: Rule = personal("e_mail_address", "e-mail address");
const LINE_USER: Rule = personal("line_user_id", "LINE user id");
const STREET: Rule = personal("street_address", "street address");
const PASSPORT: Rule = personal("passport_number", "passport number");
const ACCOUNT: Rule = personal("bank_account", "bank account");
const BUSINESS: Rule = notice("business_number", "unified business number");

/// Longest local part and longest domain of an e-mail address (RFC 5321).
const LONGEST_LOCAL_PART: usize = 64;
const LONGEST_DOMAIN: usize = 255;

/// Whether a word is as long as those are that tell by themselves whose they are.
#[inline]
pub(super) fn has_length_of_one(length: usize) -> bool {
    matches!(length, IDENTITY_LENGTH | LINE_USER_LENGTH)
}

/// Characters of an identification number, and of the id of a LINE user.
const IDENTITY_LENGTH: usize = 10;
const LINE_USER_LENGTH: usize = 33;

/// Looks at a word.
pub(super) fn word(text: &[u8], start: usize, end: usize, hits: &mut Vec<Hit>) {
    let word = &text[start..end];
    match word.len() {
        IDENTITY_LENGTH => hits.extend(identity(word).map(|rule| Hit::new(rule, start, word))),
        LINE_USER_LENGTH if is_line_user(word) => hits.push(Hit::new(LINE_USER, start, word)),
        _ => {}
    }
}

/// `U` and 32 hexadecimal digits in lower case.
fn is_line_user(word: &[u8]) -> bool {
    word[0] == b'U' && word[1..].iter().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'))
}

/// Taiwan's national identification number and the number of a resident: ten characters with a checksum.
fn identity(word: &[u8]) -> Option<Rule> {
    // The codes of A to Z.
    const CODES: &[u8; 26] =
        b"\x0A\x0B\x0C\x0D\x0E\x0F\x10\x11\x22\x12\x13\x14\x15\x16\x23\x17\x18\x19\x1A\x1B\x1C\x1D\x20\x1E\x1F\x21";
    let code = |letter: u8| CODES.get(usize::from(letter.checked_sub(b'A')?)).map(|code| u32::from(*code));
    let [first, second, digits @ ..] = word else { return None };
    let rule = match second {
        b'1' | b'2' => IDENTITY,
        b'7'..=b'9' | b'A'..=b'D' => RESIDENT,
        _ => return None,
    };
    if digits.len() != 8 || !digits.iter().all(u8::is_ascii_digit) {
        return None;
    }
    let second = if second.is_ascii_digit() { u32::from(second - b'0') } else { code(*second)? % 10 };
    let mut sum = code(*first)? / 10 + code(*first)? % 10 * 9 + second * 8;
    for (digit, weight) in digits.iter().zip([7, 6, 5, 4, 3, 2, 1, 1]) {
        sum += u32::from(digit - b'0') * weight;
    }
    sum.is_multiple_of(10).then_some(rule)
}

/// Looks at the `@` here; returns where to go on.
pub(super) fn e_mail(text: &[u8], at: usize, hits: &mut Vec<Hit>) -> usize {
    let behind = at + 1;
    let local = |byte: u8| byte.is_ascii_alphanumeric() || b"._%+-".contains(&byte);
    let nearest = at.saturating_sub(LONGEST_LOCAL_PART);
    let mut start = at - text[nearest..at].iter().rev().take_while(|byte| local(**byte)).count();
    // The letter of an escape, `\n`, is none of it.
    if text[..start].ends_with(b"\\") && matches!(text[start], b'n' | b'r' | b't') {
        start += 1;
    }
    start += length(&text[start..at], |byte| !byte.is_ascii_alphanumeric() && byte != b'_');
    let domain = &text[behind..];
    let domain = &domain[..domain.len().min(LONGEST_DOMAIN)];
    let domain = &domain[..length(domain, |byte| byte.is_ascii_alphanumeric() || b".-".contains(&byte))];
    let kept = domain.iter().rev().take_while(|byte| b".-".contains(byte)).count();
    let domain = &domain[..domain.len() - kept];
    let name = &text[start..at];
    let ends_well = name.last().is_some_and(|last| last.is_ascii_alphanumeric() || b"_+-".contains(last));
    if ends_well
        && is_mail_domain(domain)
        && !belongs_to_nobody(name, &domain.to_ascii_lowercase())
        && !places::ends_user_information(text, at)
    {
        hits.push(Hit::new(E_MAIL, start, &text[start..behind + domain.len()]));
    }
    behind
}

/// At least two labels, the last one of letters; no version number and no `@2x.png`.
fn is_mail_domain(domain: &[u8]) -> bool {
    let mut labels = domain.rsplit(|byte| *byte == b'.');
    let top = labels.next().unwrap_or_default();
    let rest: Vec<_> = labels.collect();
    let number = |label: &[u8]| label.iter().all(u8::is_ascii_digit);
    let scale = |label: &[u8]| matches!(label, [b'0'..=b'9', b'x']);
    let labelled = rest.iter().all(|label| !label.is_empty() && !label.starts_with(b"-") && !label.ends_with(b"-"));
    (2..=24).contains(&top.len())
        && top.iter().all(u8::is_ascii_alphabetic)
        && !rest.is_empty()
        && labelled
        && !(rest.len() > 1 && rest.iter().all(|label| number(label)))
        && !(rest.len() == 1 && scale(rest[0]))
}

/// Addresses of documentation (RFC 2606), those that nobody reads, and those that GitHub gives to commits and to SSH.
fn belongs_to_nobody(local: &[u8], domain: &[u8]) -> bool {
    let labels: Vec<_> = domain.rsplit(|byte| *byte == b'.').collect();
    let reserved = matches!(
        labels[..],
        [b"example" | b"test" | b"invalid", ..]
            | [_, b"example", ..]
            | [_, b"com" | b"org" | b"net" | b"edu" | b"co", b"example", ..]
    );
    let nobody = ["noreply", "no-reply", "donotreply", "do-not-reply"];
    let answers = !nobody.iter().any(|name| local.eq_ignore_ascii_case(name.as_bytes()));
    reserved || !answers || domain == b"users.noreply.github.com" || local == b"git"
}

/// What the number behind a word is.
#[derive(Clone, Copy)]
pub(super) enum Sign {
    Identity,
    Passport,
    Account,
    Business,
    /// `號`, which ends a street address.
    HouseNumber,
}

/// A word and, behind it, another one; a blank, `_` or `-` may stand between them. In any case.
pub(super) const WORDS: &[(&str, &str, Sign)] = &[
    ("account", "number", Sign::Account),
    ("account", "no", Sign::Account),
    ("bank", "account", Sign::Account),
    ("business", "number", Sign::Business),
    ("id", "number", Sign::Identity),
    ("national", "id", Sign::Identity),
    ("passport", "", Sign::Passport),
    ("tax", "id", Sign::Business),
];

const IDEOGRAPHS: &[(&str, Sign)] = &[
    ("身分證", Sign::Identity),
    ("身份證", Sign::Identity),
    ("居留證", Sign::Identity),
    ("護照", Sign::Passport),
    ("帳號", Sign::Account),
    ("帳戶", Sign::Account),
    ("統一編號", Sign::Business),
    ("統編", Sign::Business),
    ("號", Sign::HouseNumber),
    ("号", Sign::HouseNumber),
];

/// Looks whether the word here tells what the number behind it is.
#[inline]
pub(super) fn told_by_word(text: &[u8], start: usize, end: usize, hits: &mut Vec<Hit>) {
    let may_tell = match end - start {
        2..=4 | 7 | 8 => true,
        // Two words in one: `taxId`, `passportNumber`.
        5 | 9.. => text[start..end].iter().any(u8::is_ascii_uppercase),
        _ => false,
    };
    if !may_tell {
        return;
    }
    let rest = &text[start..];
    let begins = |rest: &[u8], word: &str| {
        rest.get(..word.len()).is_some_and(|begins| begins.eq_ignore_ascii_case(word.as_bytes()))
    };
    for (first, second, sign) in WORDS.iter().filter(|(first, ..)| first.as_bytes()[0] == text[start] | 0x20) {
        let between = rest.get(first.len()).is_some_and(|byte| b" _-".contains(byte));
        let length = first.len() + usize::from(between);
        if begins(rest, first) && begins(&rest[length.min(rest.len())..], second) {
            told(text, start, start + length + second.len(), *sign, hits);
            return;
        }
    }
}

/// Looks whether the ideograph here begins such a word.
#[inline]
pub(super) fn told_by_ideograph(text: &[u8], start: usize, hits: &mut Vec<Hit>) {
    let rest = &text[start..];
    if !matches!(
        rest,
        [0xE5, 0x8F | 0xB1 | 0xB8, 0xB7 | 0x85 | 0xB3, ..]
            | [0xE7, 0xB5, 0xB1, ..]
            | [0xE8, 0x99 | 0xAD | 0xBA, 0x9F | 0xB7 | 0xAB, ..]
    ) {
        return;
    }
    if let Some((word, sign)) = IDEOGRAPHS.iter().find(|(word, _)| rest.starts_with(word.as_bytes())) {
        told(text, start, start + word.len(), *sign, hits);
    }
}

/// Finds what a word tells that stands here: the first number near behind it that can be such.
fn told(text: &[u8], start: usize, end: usize, sign: Sign, hits: &mut Vec<Hit>) {
    /// How far behind its word a number stands at most, in bytes: a heading of a table and a first cell, or a bank.
    const NEAR: usize = 64;
    let window = end.min(text.len())..text.len().min(end + NEAR);
    let first = |rule: Rule, holds: &dyn Fn(&[u8]) -> bool| {
        let found = candidates(text, window).into_iter().find(|one| holds(&compact(&text[one.clone()])))?;
        Some(Hit::new(rule, found.start, &text[found]))
    };
    let digits = |word: &[u8]| word.iter().all(u8::is_ascii_digit);
    let at = |hit: &Hit, length: usize| &text[hit.offset..text.len().min(hit.offset + length)];
    hits.extend(match sign {
        // Written properly, it is found wherever it stands.
        Sign::Identity => first(IDENTITY, &|word| identity(&word.to_ascii_uppercase()).is_some())
            .filter(|hit| identity(at(hit, 10)).is_none()),
        Sign::Passport => first(PASSPORT, &|word| word.len() == 9 && digits(&word[1..])),
        // Ten digits from 09 on are a mobile number, and found wherever they stand.
        Sign::Account => first(ACCOUNT, &|word| {
            (10..=16).contains(&word.len()) && digits(word) && !(word.len() == 10 && word.starts_with(b"09"))
        }),
        // The first of its length: a date that comes later has the right checksum every fifth day.
        Sign::Business => {
            first(BUSINESS, &|word| word.len() == 8 && digits(word)).filter(|hit| is_business(at(hit, 8)))
        }
        Sign::HouseNumber => street(text, start),
    });
}

/// Runs of letters and digits, with single blanks and hyphens between them, that hold a digit and begin in the window.
fn candidates(text: &[u8], window: std::ops::Range<usize>) -> Vec<std::ops::Range<usize>> {
    const LONGEST: usize = 24;
    let mut found = Vec::new();
    let mut at = window.start;
    while at < window.end {
        let one = text[at];
        let begins = one.is_ascii_alphanumeric() && !text[..at].last().is_some_and(u8::is_ascii_alphanumeric);
        if !begins {
            at += 1;
            continue;
        }
        let word = &text[at..text.len().min(at + LONGEST + 1)];
        let word = length(word, |byte| byte.is_ascii_alphanumeric());
        // A word of letters introduces the number: `no`, `NT`. One letter begins it.
        if word > 1 && text[at..at + word].iter().all(u8::is_ascii_alphabetic) {
            at += word;
            continue;
        }
        let mut end = at + word;
        while end - at < LONGEST {
            let gap = numbers::separator(text, end);
            let more = text.get(end + gap..).unwrap_or_default();
            let more = length(&more[..more.len().min(LONGEST)], |byte| byte.is_ascii_digit());
            if gap == 0 || more == 0 {
                break;
            }
            end += gap + more;
        }
        let is_day = matches!(text[at..end], [_, _, _, _, b'-', _, _, b'-', _, _, ..]);
        if end - at <= LONGEST && !is_day && numbers::ends_at(text, end) {
            found.push(at..end);
            // Its parts count too: a code of a bank stands before an account.
            found.push(at..at + word);
        }
        at += word;
    }
    found
}

fn compact(value: &[u8]) -> Vec<u8> {
    value.iter().copied().filter(u8::is_ascii_alphanumeric).collect()
}

/// Eight digits whose weighted digit sum is divisible by five; for a seven at the seventh place, one of two sums.
fn is_business(word: &[u8]) -> bool {
    if word.len() != 8 || !word.iter().all(u8::is_ascii_digit) {
        return false;
    }
    let sum: u32 = word
        .iter()
        .zip([1, 2, 1, 2, 1, 2, 4, 1])
        .map(|(digit, weight)| u32::from(digit - b'0') * weight)
        .map(|product| product / 10 + product % 10)
        .sum();
    sum.is_multiple_of(5) || word[6] == b'7' && (sum + 1).is_multiple_of(5)
}

/// A street address that ends in the `號` here: a number before it, a street before that, and a town before the street.
fn street(text: &[u8], end: usize) -> Option<Hit> {
    /// Most bytes of an address before its `號`.
    const LONGEST: usize = 96;
    let near = &text[end.saturating_sub(LONGEST)..end];
    // The window may begin inside a character.
    let begins = near.iter().position(|byte| byte & 0xC0 != 0x80)?;
    let near = str::from_utf8(&near[begins..]).ok()?;
    let is_number = |one: char| one.is_ascii_digit() || "０１２３４５６７８９一二三四五六七八九十百之-".contains(one);
    let before = near.trim_end_matches(is_number);
    let number = &near[before.len()..];
    if !number.contains(|one: char| is_number(one) && !"之-".contains(one)) {
        return None;
    }
    // An address is not interrupted.
    let is_part = |one: char| one.is_alphanumeric() && !one.is_ascii_alphabetic() || one == ' ';
    let line = before
        .rfind(|one: char| !is_part(one))
        .map_or(before, |at| before[at..].trim_start_matches(|one| !is_part(one)));
    let street = ["路", "街", "大道", "巷", "弄"].iter().filter_map(|word| line.rfind(word)).max()?;
    let is_near = line[street..].chars().count() <= 8;
    let town = ["區", "市", "鎮", "鄉", "縣", "村", "里"].iter().filter_map(|word| line[..street].find(word)).min()?;
    let named = line[..town].chars().next_back().is_some_and(|one| !one.is_ascii());
    let start = end - (near.len() - before.len()) - line.len();
    let address = text.get(start..end)?;
    (is_near && named).then(|| Hit::new(STREET, start, address))
}

fn length(bytes: &[u8], such: impl Fn(u8) -> bool) -> usize {
    bytes.iter().position(|byte| !such(*byte)).unwrap_or(bytes.len())
}

/// Ids of the rules of this file.
#[cfg(test)]
pub(super) const RULES: [&str; 7] =
    [IDENTITY.id, RESIDENT.id, E_MAIL.id, LINE_USER.id, STREET.id, PASSPORT.id, ACCOUNT.id];
