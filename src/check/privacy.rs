//! Credentials and personal data in any text: found by their form and, where there is one, their check digit; located;
//! never repeated.
//!
//! One pass over the bytes. A word or a number is looked at once, where it begins; what looks further ahead looks a
//! bounded way. That is what keeps hashes, UUIDs, dates and epoch numbers out: they are words and numbers as a whole,
//! and no part of one begins a hit. Sources: GitHub's, `OpenAI`'s, Anthropic's, AWS's, Google's, Slack's, Stripe's, npm's,
//! `PyPI`'s, GitLab's, Hugging Face's and `SendGrid`'s token forms, RFC 7468, RFC 9110, ISO/IEC 7812 (Luhn), and the
//! checksum of Taiwan's national identification number.

use crate::codes;
use crate::finding::{Finding, Place};
use crate::limits;
use crate::read::text::Positions;

/// A credential or a piece of personal data.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Hit {
    /// Byte offset at which it begins.
    pub offset: usize,
    /// What it looks like, such as `mobile number`.
    pub kind: &'static str,
    /// Whether it is a credential and not personal data.
    pub secret: bool,
}

impl Hit {
    /// The hit as a finding, which tells where and never what.
    pub fn at(self, place: Place) -> Finding {
        let (code, sort, hint) = if self.secret {
            (&codes::SECRET, "a credential", "remove it and revoke it: whoever saw it can use it")
        } else {
            (&codes::PERSONAL_DATA, "personal data", "remove it or replace it by a keyed hash at the source")
        };
        Finding::new(code, place, format!("looks like {sort}: {} (not repeated here)", self.kind)).hint(hint)
    }
}

/// Finds credentials and personal data, in the order of the text. The bytes need not be UTF-8.
pub fn scan(content: &[u8]) -> Vec<Hit> {
    let mut scanner = Scanner { bytes: content, hits: Vec::new() };
    let mut at = 0;
    while let Some(byte) = content.get(at) {
        at = match CLASSES[usize::from(*byte)] {
            Class::Letter => scanner.word(at),
            Class::Digit => scanner.number(at),
            Class::Plus => scanner.international(at, at + 1),
            Class::At => scanner.e_mail(at),
            Class::Colon if content.get(at + 1) == Some(&b'/') => scanner.user_information(at),
            Class::Colon | Class::Other => at + 1,
            Class::Wide => scanner.wide(at),
        };
    }
    scanner.hits.sort_unstable();
    scanner.hits
}

/// The same as findings with line and character. What was found is not in them. Nothing is looked for in a workbook,
/// which is compressed; its cells are.
pub fn findings(path: &str, content: &[u8]) -> Vec<Finding> {
    if content.starts_with(b"PK\x03\x04") {
        return Vec::new();
    }
    let content = content.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(content);
    let mut positions = Positions::new(content);
    let mut findings = Vec::new();
    let (mut secrets, mut personal) = (0, 0);
    for hit in scan(content) {
        let count = if hit.secret { &mut secrets } else { &mut personal };
        *count += 1;
        if *count > limits::FINDINGS_PER_CODE.value {
            continue;
        }
        let (line, character) = positions.of(hit.offset);
        findings.push(hit.at(Place::file(path).at(line, character)));
    }
    let limit = limits::FINDINGS_PER_CODE;
    for (code, count) in [(&codes::SECRET, secrets), (&codes::PERSONAL_DATA, personal)] {
        if count > limit.value {
            let message = format!("{} more like these are not listed (limit `{}`)", count - limit.value, limit.name);
            let rest = usize::try_from(count - limit.value).unwrap_or(usize::MAX);
            findings.push(Finding::new(code, Place::file(path), message).times(rest));
        }
    }
    findings
}

/// A text as messages quote it: in backticks, unless it must not be repeated.
pub fn quoted(text: &str) -> String {
    match scan(text.as_bytes()).first() {
        None => format!("`{text}`"),
        Some(hit) => format!("({}, not repeated here)", hit.kind),
    }
}

/// Takes what must not be repeated out of findings, wherever their messages, hints and places quote the input.
pub fn redact(findings: &mut [Finding]) {
    for finding in findings {
        for text in [&mut finding.message, &mut finding.hint] {
            if !is_harmless(text) {
                *text = text.split('`').map(without_hits).collect::<Vec<_>>().join("`");
            }
            if !is_harmless(text) {
                finding.code.title.en.clone_into(text);
            }
        }
        for text in
            [&mut finding.place.pointer, &mut finding.place.column, &mut finding.place.sheet].into_iter().flatten()
        {
            if !is_harmless(text) {
                *text = text.split('/').map(without_hits).collect::<Vec<_>>().join("/");
            }
        }
    }
}

/// Whether a text holds neither a credential nor personal data.
pub fn is_harmless(text: &str) -> bool {
    scan(text.as_bytes()).is_empty()
}

fn without_hits(text: &str) -> &str {
    if is_harmless(text) { text } else { "…" }
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
    /// First byte of the full-width forms `０`–`９` and `＋`.
    Wide,
}

static CLASSES: [Class; 256] = {
    let mut classes = [Class::Other; 256];
    let mut byte: u8 = 0;
    while byte < 128 {
        classes[byte as usize] = match byte {
            b'A'..=b'Z' | b'a'..=b'z' => Class::Letter,
            b'0'..=b'9' => Class::Digit,
            b'+' => Class::Plus,
            b'@' => Class::At,
            b':' => Class::Colon,
            _ => Class::Other,
        };
        byte += 1;
    }
    classes[0xEF] = Class::Wide;
    classes
};

// Sets of bytes, as bits of `SETS`.
const ALPHANUMERIC: u8 = 1;
const UNDERSCORE: u8 = 2;
const HYPHEN: u8 = 4;
const DOT: u8 = 8;
/// First letters of tokens.
const BEGINS: u8 = 16;

static SETS: [u8; 256] = {
    let mut sets = [0; 256];
    let mut byte: u8 = 0;
    while byte < 128 {
        sets[byte as usize] = match byte {
            b'g' | b'h' | b'n' | b'p' | b'r' | b's' | b'x' | b'S' => ALPHANUMERIC | BEGINS,
            letter if letter.is_ascii_alphanumeric() => ALPHANUMERIC,
            b'_' => UNDERSCORE,
            b'-' => HYPHEN,
            b'.' => DOT,
            _ => 0,
        };
        byte += 1;
    }
    sets
};

fn is_in(byte: u8, sets: u8) -> bool {
    SETS[usize::from(byte)] & sets != 0
}

/// A credential that is known by how it begins. A word ends behind the first `_`, `-` or `.` of the beginning.
struct Token {
    begins: &'static [u8],
    kind: &'static str,
    /// Which bytes besides ASCII letters and digits may follow: sets of [`SETS`].
    also: u8,
    /// How many bytes have to follow.
    least: usize,
    /// How many letters and digits in a row there have to be: more than a word of any language has.
    run: usize,
    /// Whether there has to be a digit.
    digit: bool,
}

const fn token(begins: &'static [u8], kind: &'static str, also: u8, least: usize, run: usize) -> Token {
    Token { begins, kind, also, least, run, digit: false }
}

static TOKENS: &[Token] = &[
    token(b"ghp_", "GitHub token", 0, 36, 36),
    token(b"gho_", "GitHub token", 0, 36, 36),
    token(b"ghu_", "GitHub token", 0, 36, 36),
    token(b"ghr_", "GitHub token", 0, 36, 36),
    // Since 2026 also `ghs_<app>_<JWT>`.
    token(b"ghs_", "GitHub token", DOT | UNDERSCORE | HYPHEN, 36, 16),
    token(b"github_pat_", "GitHub token", UNDERSCORE, 40, 16),
    // OpenAI's and Anthropic's.
    token(b"sk-", "API key", UNDERSCORE | HYPHEN, 20, 16),
    token(b"sk_live_", "Stripe key", 0, 16, 16),
    token(b"rk_live_", "Stripe key", 0, 16, 16),
    token(b"sk_test_", "Stripe key", 0, 16, 16),
    token(b"rk_test_", "Stripe key", 0, 16, 16),
    token(b"sk_prod_", "Stripe key", 0, 16, 16),
    token(b"rk_prod_", "Stripe key", 0, 16, 16),
    Token { digit: true, ..token(b"xoxa-", "Slack token", HYPHEN, 10, 1) },
    Token { digit: true, ..token(b"xoxb-", "Slack token", HYPHEN, 10, 1) },
    Token { digit: true, ..token(b"xoxe-", "Slack token", HYPHEN, 10, 1) },
    Token { digit: true, ..token(b"xoxp-", "Slack token", HYPHEN, 10, 1) },
    Token { digit: true, ..token(b"xoxr-", "Slack token", HYPHEN, 10, 1) },
    Token { digit: true, ..token(b"xoxs-", "Slack token", HYPHEN, 10, 1) },
    token(b"npm_", "npm token", 0, 36, 36),
    token(b"pypi-", "PyPI token", UNDERSCORE | HYPHEN, 20, 16),
    token(b"glpat-", "GitLab token", UNDERSCORE | HYPHEN, 20, 1),
    token(b"hf_", "Hugging Face token", 0, 30, 30),
    token(b"SG.", "SendGrid key", DOT | UNDERSCORE | HYPHEN, 32, 16),
];

/// The longest word that begins a [`Token`].
const LONGEST_BEGINNING: usize = 6;

/// Most bytes behind its beginning in which a token has to show that it is one.
const TOKEN_LOOK: usize = 96;

/// Fewest bytes of the path of a Slack webhook: two ids and a secret.
const WEBHOOK_PATH: usize = 32;

/// Most bytes of a name with its password in a URL.
const USER_INFORMATION_LOOK: usize = 256;

/// Longest local part and longest domain of an e-mail address (RFC 5321).
const LONGEST_LOCAL_PART: usize = 64;
const LONGEST_DOMAIN: usize = 255;

/// Most digits of a card number (ISO/IEC 7812).
const MOST_DIGITS: usize = 19;

struct Scanner<'a> {
    bytes: &'a [u8],
    hits: Vec<Hit>,
}

// Each of these begins at the start of something and returns where to go on.
impl Scanner<'_> {
    // Most words and numbers are done with here; the rest is kept out of the way.
    #[inline]
    fn word(&mut self, start: usize) -> usize {
        let mut end = start + 1;
        while self.bytes.get(end).is_some_and(|byte| is_in(*byte, ALPHANUMERIC)) {
            end += 1;
        }
        let first = self.bytes[start];
        let telling = match end - start {
            10 | 13 => true,
            ..=LONGEST_BEGINNING if is_in(first, BEGINS) => {
                self.bytes.get(end).is_some_and(|next| is_in(*next, UNDERSCORE | HYPHEN | DOT))
            }
            5 => first == b'B',
            4.. => first == b'A',
            _ => false,
        };
        if telling || self.is_behind_escape(start) { self.telling_word(start, end) } else { end }
    }

    #[inline]
    fn number(&mut self, start: usize) -> usize {
        let mut end = start + 1;
        while self.bytes.get(end).is_some_and(u8::is_ascii_digit) {
            end += 1;
        }
        if self.is_behind_escape(start)
            && let Some(behind) = self.escape(start)
        {
            return behind;
        }
        let next = self.bytes.get(end).copied().unwrap_or_default();
        if is_in(next, ALPHANUMERIC) {
            return end + length(&self.bytes[end..], |byte| is_in(byte, ALPHANUMERIC));
        }
        let first = (self.bytes[start], self.bytes.get(start + 1).copied().unwrap_or_default());
        let may_begin = match end - start {
            // The first of several groups: of a mobile number, or of a card number, whose first digit is 2 to 6.
            4 => matches!(first, (b'0', b'9') | (b'2', b'2'..=b'7') | (b'3'..=b'6', _)),
            10 => first == (b'0', b'9'),
            13..=MOST_DIGITS => true,
            _ => next == 0xEF,
        };
        if may_begin { self.grouped(start).unwrap_or(end) } else { end }
    }

    #[inline]
    fn is_behind_escape(&self, start: usize) -> bool {
        start > 0 && matches!(self.bytes[start - 1], b'\\' | b'%')
    }

    fn telling_word(&mut self, start: usize, end: usize) -> usize {
        if let Some(behind) = self.escape(start) {
            return behind;
        }
        let word = &self.bytes[start..end];
        match word.len() {
            5 if word == b"BEGIN" => self.private_key(start, end),
            13 if word.eq_ignore_ascii_case(b"authorization") => return self.authorisation(end),
            10 if word[0].is_ascii_uppercase() => self.identity(start, word),
            _ => {}
        }
        if word[0] == b'A' && word.len() >= 4 {
            return self.cloud_key(start, word).unwrap_or(end);
        }
        if word.len() <= LONGEST_BEGINNING && matches!(self.bytes.get(end), Some(b'_' | b'-' | b'.')) {
            return self.token(start).unwrap_or(end);
        }
        end
    }

    /// Behind the letters of an escape (`\n`, `\u003d`, `%3D`), which belong to no word.
    fn escape(&self, start: usize) -> Option<usize> {
        let before = *self.bytes.get(start.checked_sub(1)?)?;
        let letters = match (before, self.bytes[start]) {
            (b'\\', b'n' | b'r' | b't' | b'b' | b'f') => 1,
            (b'\\', b'u') => 5,
            (b'%', digit) if digit.is_ascii_hexdigit() => 2,
            _ => return None,
        };
        let escape = self.bytes.get(start..start + letters)?;
        (letters == 1 || escape[1..].iter().all(u8::is_ascii_hexdigit)).then_some(start + letters)
    }

    fn hit(&mut self, offset: usize, kind: &'static str, secret: bool) {
        self.hits.push(Hit { offset, kind, secret });
    }

    fn token(&mut self, start: usize) -> Option<usize> {
        let rest = &self.bytes[start..];
        let token = TOKENS.iter().find(|token| token.begins[0] == rest[0] && rest.starts_with(token.begins))?;
        let value = &rest[token.begins.len()..];
        let may_follow = |byte: u8| is_in(byte, ALPHANUMERIC | token.also);
        // In one go, for this is done at every word that begins like a token.
        let (mut run, mut longest_run, mut digit, mut whole) = (0, 0, !token.digit, false);
        for (index, byte) in value.iter().enumerate().take(TOKEN_LOOK) {
            if !may_follow(*byte) {
                break;
            }
            run = if is_in(*byte, ALPHANUMERIC) { run + 1 } else { 0 };
            longest_run = longest_run.max(run);
            digit |= byte.is_ascii_digit();
            whole = digit && longest_run >= token.run && index + 1 >= token.least;
            if whole {
                break;
            }
        }
        if !whole {
            return None;
        }
        self.hit(start, token.kind, true);
        Some(start + token.begins.len() + length(value, may_follow))
    }

    /// AWS access key ids and Google API keys, which have no `_` or `-` behind their beginning.
    fn cloud_key(&mut self, start: usize, word: &[u8]) -> Option<usize> {
        let end = start + word.len();
        match &word[..4] {
            b"AKIA" | b"ASIA" | b"ABIA" | b"ACCA" => {
                let key =
                    word.len() == 20 && word.iter().all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit());
                key.then(|| self.hit(start, "AWS access key id", true)).map(|()| end)
            }
            b"AIza" => {
                let all = length(&self.bytes[start..], |byte| byte.is_ascii_alphanumeric() || b"_-".contains(&byte));
                (all >= 39).then(|| self.hit(start, "Google API key", true)).map(|()| start + all)
            }
            _ => None,
        }
    }

    /// `-----BEGIN … PRIVATE KEY-----` (RFC 7468), also `PGP PRIVATE KEY BLOCK`.
    fn private_key(&mut self, start: usize, end: usize) {
        let label = &self.bytes[end..];
        let label = &label[..length(&label[..label.len().min(64)], |byte| byte.is_ascii_uppercase() || byte == b' ')];
        let begins = self.bytes[..start].ends_with(b"-----") && self.bytes[end + label.len()..].starts_with(b"-----");
        if begins && (label.ends_with(b"PRIVATE KEY") || label.ends_with(b"PRIVATE KEY BLOCK")) {
            self.hit(start - 5, "private key", true);
        }
    }

    /// `Authorization: Bearer …` as a header, in JSON or in a command.
    fn authorisation(&mut self, end: usize) -> usize {
        let rest = &self.bytes[end..];
        let quoted = |byte: u8| b"\"'`\\ ".contains(&byte);
        let mut at = length(&rest[..rest.len().min(4)], quoted);
        if !matches!(rest.get(at), Some(b':' | b'=')) {
            return end;
        }
        at += 1;
        at += length(&rest[at..rest.len().min(at + 4)], quoted);
        let scheme = &rest[at..];
        let scheme = &scheme[..length(&scheme[..scheme.len().min(8)], |byte| byte.is_ascii_alphabetic())];
        if !scheme.eq_ignore_ascii_case(b"bearer") && !scheme.eq_ignore_ascii_case(b"basic") {
            return end;
        }
        at += scheme.len();
        let space = length(&rest[at..rest.len().min(at + 4)], |byte| byte == b' ');
        if space == 0 {
            return end;
        }
        at += space;
        let value = &rest[at..];
        let value = &value[..length(value, |byte| byte.is_ascii_alphanumeric() || b"._~+/=-".contains(&byte))];
        let any = |what: fn(&u8) -> bool| value.iter().any(what);
        // `YOUR_TOKEN` and `token` are words that stand for one.
        let telling = any(u8::is_ascii_digit)
            || any(u8::is_ascii_lowercase) && (any(u8::is_ascii_uppercase) || value.len() >= 20);
        if value.len() < 8 || !telling {
            return end;
        }
        self.hit(end + at, "authorization header", true);
        end + at + value.len()
    }

    /// A name with a password in `scheme://name:password@host`.
    fn user_information(&mut self, colon: usize) -> usize {
        let start = colon + 3;
        let scheme = colon.checked_sub(1).is_some_and(|before| self.bytes[before].is_ascii_alphanumeric());
        if !scheme || !self.bytes[colon..].starts_with(b"://") {
            return colon + 1;
        }
        let rest = &self.bytes[start..];
        let rest = &rest[..rest.len().min(USER_INFORMATION_LOOK)];
        // Whoever has the address of a webhook may post: the address itself is the credential.
        if let Some(path) = rest.strip_prefix(b"hooks.slack.com/services/")
            && length(path, |byte| byte.is_ascii_alphanumeric() || byte == b'/') >= WEBHOOK_PATH
            && path.iter().any(u8::is_ascii_digit)
        {
            self.hit(start, "Slack webhook", true);
            return start + length(rest, |byte| byte.is_ascii_graphic());
        }
        let named = length(rest, |byte| byte.is_ascii_graphic() && !b"@/?#\"'`<>\\|".contains(&byte));
        if rest.get(named) != Some(&b'@') {
            return start;
        }
        let password = memchr::memchr(b':', &rest[..named]).map_or(&[][..], |at| &rest[at + 1..named]);
        // `$PASSWORD`, `${…}`, `{{…}}`, `[…]` and `***` stand for one.
        if password.first().is_some_and(|first| !b"${[*".contains(first)) {
            self.hit(start, "password in a URL", true);
        }
        // What stands before `@` in a URL is no e-mail address.
        start + named + 1
    }

    fn e_mail(&mut self, at: usize) -> usize {
        let behind = at + 1;
        let local = |byte: u8| byte.is_ascii_alphanumeric() || b"._%+-".contains(&byte);
        let nearest = at.saturating_sub(LONGEST_LOCAL_PART);
        let mut start = at - self.bytes[nearest..at].iter().rev().take_while(|byte| local(**byte)).count();
        if self.bytes[..start].ends_with(b"\\") && matches!(self.bytes[start], b'n' | b'r' | b't') {
            start += 1;
        }
        start += length(&self.bytes[start..at], |byte| !byte.is_ascii_alphanumeric() && byte != b'_');
        let domain = &self.bytes[behind..];
        let domain = &domain[..domain.len().min(LONGEST_DOMAIN)];
        let domain = &domain[..length(domain, |byte| byte.is_ascii_alphanumeric() || b".-".contains(&byte))];
        let kept = domain.iter().rev().take_while(|byte| b".-".contains(byte)).count();
        let domain = domain[..domain.len() - kept].to_ascii_lowercase();
        let name = &self.bytes[start..at];
        let ends_well = name.last().is_some_and(|last| last.is_ascii_alphanumeric() || b"_+-".contains(last));
        if ends_well && is_mail_domain(&domain) && !belongs_to_nobody(name, &domain) {
            self.hit(start, "e-mail address", false);
        }
        behind
    }

    /// Taiwan's national identification number and the number of a resident: ten characters with a checksum.
    fn identity(&mut self, start: usize, word: &[u8]) {
        // The codes of A to Z.
        const CODES: &[u8; 26] =
            b"\x0A\x0B\x0C\x0D\x0E\x0F\x10\x11\x22\x12\x13\x14\x15\x16\x23\x17\x18\x19\x1A\x1B\x1C\x1D\x20\x1E\x1F\x21";
        let kind = match word[1] {
            b'1' | b'2' => "national id",
            b'7'..=b'9' | b'A'..=b'D' => "resident number",
            _ => return,
        };
        if !word[2..].iter().all(u8::is_ascii_digit) {
            return;
        }
        let code = |letter: u8| u32::from(CODES[usize::from(letter - b'A')]);
        let second = if word[1].is_ascii_digit() { u32::from(word[1] - b'0') } else { code(word[1]) % 10 };
        let mut sum = code(word[0]) / 10 + code(word[0]) % 10 * 9 + second * 8;
        for (digit, weight) in word[2..].iter().zip([7, 6, 5, 4, 3, 2, 1, 1]) {
            sum += u32::from(digit - b'0') * weight;
        }
        if sum.is_multiple_of(10) {
            self.hit(start, kind, false);
        }
    }

    fn wide(&mut self, start: usize) -> usize {
        match self.bytes.get(start..start + 3) {
            Some([0xEF, 0xBC, 0x8B]) => self.international(start, start + 3),
            Some([0xEF, 0xBC, 0x90..=0x99]) => {
                let end = Digits::read(self.bytes, start).groups().first().map_or(start + 3, |group| group.end);
                self.grouped(start).unwrap_or(end)
            }
            _ => start + 1,
        }
    }

    /// A mobile number or a card number, in groups or not.
    fn grouped(&mut self, start: usize) -> Option<usize> {
        // `1.0912…` and `2026-0912…` go on from something else.
        if let [.., before, b'.' | b'-'] = &self.bytes[..start]
            && before.is_ascii_digit()
        {
            return None;
        }
        let digits = Digits::read(self.bytes, start);
        let groups = digits.groups();
        let mobile: [&[usize]; 3] = [&[10], &[4, 6], &[4, 3, 3]];
        let card: [&[usize]; 5] = [&[4, 4, 4, 4, 3], &[4, 4, 4, 4], &[4, 6, 5], &[4, 6, 4], &[groups.first()?.size]];
        let of = |forms: &[&[usize]], holds: fn(&[u8]) -> bool| {
            forms.iter().find_map(|sizes| {
                let end = groups.get(sizes.len() - 1)?.end;
                let same = groups.iter().zip(*sizes).all(|(group, size)| group.size == *size);
                (same && holds(&digits.values[..sizes.iter().sum()]) && self.ends_at(end)).then_some(end)
            })
        };
        let (end, kind) = of(&mobile, is_mobile)
            .map(|end| (end, "mobile number"))
            .or_else(|| of(&card, is_card).map(|end| (end, "card number")))?;
        self.hit(start, kind, false);
        Some(end)
    }

    /// `+886 9…` in any grouping, with or without a `(0)`.
    fn international(&mut self, start: usize, behind: usize) -> usize {
        let mut at = behind;
        for expected in [8, 8, 6] {
            match digit(self.bytes, at) {
                Some((value, size)) if value == expected => at += size,
                _ => return behind,
            }
        }
        at += separator(self.bytes, at);
        for zero in [&b"(0)"[..], b"0"] {
            if self.bytes[at..].starts_with(zero) {
                at += zero.len();
                at += separator(self.bytes, at);
                break;
            }
        }
        for place in 0..9 {
            match digit(self.bytes, at) {
                Some((value, size)) if place > 0 || value == 9 => at += size,
                _ => return behind,
            }
            if place < 8 {
                at += separator(self.bytes, at);
            }
        }
        if !self.ends_at(at) {
            return behind;
        }
        self.hit(start, "mobile number", false);
        at
    }

    /// Whether a number that ends here goes on in no way.
    fn ends_at(&self, end: usize) -> bool {
        let next = self.bytes.get(end).copied().unwrap_or_default();
        let joined = matches!(next, b'-' | b'.') && digit(self.bytes, end + 1).is_some();
        !next.is_ascii_alphabetic() && !joined && digit(self.bytes, end).is_none()
    }
}

/// Up to [`MOST_DIGITS`] digits from a place on, with at most one separator between two of them.
struct Digits {
    values: [u8; MOST_DIGITS],
    read: [Group; MOST_DIGITS],
    count: usize,
}

#[derive(Clone, Copy, Default)]
struct Group {
    size: usize,
    /// Offset behind its last digit.
    end: usize,
}

impl Digits {
    fn read(bytes: &[u8], start: usize) -> Self {
        let mut digits = Self { values: [0; MOST_DIGITS], read: [Group::default(); MOST_DIGITS], count: 0 };
        let mut at = start;
        let mut group = Group::default();
        for value in &mut digits.values {
            let gap = if group.size == 0 { 0 } else { separator(bytes, at) };
            let Some((next, size)) = digit(bytes, at + gap) else { break };
            if gap > 0 {
                digits.read[digits.count] = group;
                digits.count += 1;
                group = Group::default();
            }
            *value = next;
            at += gap + size;
            group = Group { size: group.size + 1, end: at };
        }
        if group.size > 0 {
            digits.read[digits.count] = group;
            digits.count += 1;
        }
        digits
    }

    fn groups(&self) -> &[Group] {
        &self.read[..self.count]
    }
}

/// How many bytes from the first on are such.
fn length(bytes: &[u8], such: impl Fn(u8) -> bool) -> usize {
    bytes.iter().position(|byte| !such(*byte)).unwrap_or(bytes.len())
}

/// The value and size of a digit, ASCII or full-width.
fn digit(bytes: &[u8], at: usize) -> Option<(u8, usize)> {
    match bytes.get(at..)? {
        [digit @ b'0'..=b'9', ..] => Some((digit - b'0', 1)),
        [0xEF, 0xBC, digit @ 0x90..=0x99, ..] => Some((digit - 0x90, 3)),
        _ => None,
    }
}

/// The size of what may stand between two groups of digits: a space, a hyphen or a dash, of any width; 0 for none.
fn separator(bytes: &[u8], at: usize) -> usize {
    match bytes.get(at..).unwrap_or_default() {
        [b' ' | b'-', ..] => 1,
        [0xC2, 0xA0, ..] => 2,
        [0xE2, 0x80, 0x90..=0x93, ..] | [0xEF, 0xBC, 0x8D, ..] | [0xE3, 0x80, 0x80, ..] => 3,
        _ => 0,
    }
}

fn is_mobile(digits: &[u8]) -> bool {
    digits.starts_with(&[0, 9])
}

/// A number of one of the card schemes, in a length that the scheme has, with a right check digit.
fn is_card(digits: &[u8]) -> bool {
    let Some(first) = digits.first_chunk::<4>() else { return false };
    let first = first.iter().fold(0_u32, |number, digit| number * 10 + u32::from(*digit));
    let scheme = match first {
        4000..=4999 => matches!(digits.len(), 13 | 16 | 19),
        5100..=5599 | 2221..=2720 => digits.len() == 16,
        3400..=3499 | 3700..=3799 => digits.len() == 15,
        3000..=3059 | 3095..=3099 | 3600..=3699 | 3800..=3999 => digits.len() == 14,
        3528..=3589 | 6011 | 6440..=6599 | 6200..=6299 => (16..=19).contains(&digits.len()),
        5018 | 5020 | 5038 | 5893 | 6304 | 6759 | 6761..=6763 => (13..=19).contains(&digits.len()),
        _ => false,
    };
    scheme && luhn(digits) && !is_article(digits)
}

fn luhn(digits: &[u8]) -> bool {
    let sum: u32 = digits
        .iter()
        .rev()
        .enumerate()
        .map(|(place, digit)| match (place % 2, u32::from(*digit)) {
            (0, digit) => digit,
            (_, digit) => digit * 2 / 10 + digit * 2 % 10,
        })
        .sum();
    sum.is_multiple_of(10)
}

/// A GTIN-13, as on every article: Taiwan's begin with 471, like a card.
fn is_article(digits: &[u8]) -> bool {
    let weighted = digits.iter().zip([1, 3].into_iter().cycle()).map(|(digit, weight)| u32::from(*digit) * weight);
    digits.len() == 13 && weighted.sum::<u32>().is_multiple_of(10)
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

/// Addresses of documentation (RFC 2606) and those that GitHub gives to commits and to SSH.
fn belongs_to_nobody(local: &[u8], domain: &[u8]) -> bool {
    let labels: Vec<_> = domain.rsplit(|byte| *byte == b'.').collect();
    let reserved = matches!(
        labels[..],
        [b"example" | b"test" | b"invalid", ..]
            | [_, b"example", ..]
            | [_, b"com" | b"org" | b"net" | b"edu" | b"co", b"example", ..]
    );
    let github = domain == b"users.noreply.github.com"
        || domain == b"github.com" && (local == b"git" || local.eq_ignore_ascii_case(b"noreply"));
    reserved || github || local == b"git"
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn check(text: &str) -> Vec<String> {
        scan(text.as_bytes()).iter().map(|hit| format!("{} {}", hit.offset, hit.kind)).collect()
    }

    /// A synthetic value of this length that looks random enough and is none.
    fn filler(length: usize) -> String {
        "aB3dE5gH7jK9mN1pQ2rS4tU6vW8xY0z".chars().cycle().take(length).collect()
    }

    /// Credentials that no service ever gave, put together here so that no scanner stops the repository.
    fn credentials() -> Vec<(String, &'static str)> {
        vec![
            (format!("{}p_{}", "gh", filler(36)), "GitHub token"),
            (format!("{}o_{}", "gh", "A".repeat(36)), "GitHub token"),
            (format!("{}s_{}", "gh", filler(36)), "GitHub token"),
            (format!("{}s_123456_{}.{}.{}", "gh", filler(36), filler(200), filler(43)), "GitHub token"),
            (format!("{}_pat_{}_{}", "github", filler(22), filler(59)), "GitHub token"),
            (format!("{}-{}", "sk", filler(48)), "API key"),
            (format!("{}-proj-{}_{}", "sk", filler(40), filler(20)), "API key"),
            (format!("{}-ant-api03-{}-{}AA", "sk", filler(50), filler(42)), "API key"),
            (format!("{}IA{}", "AK", "IOSFODNN7EXAMPLE"), "AWS access key id"),
            (format!("{}IA{}", "AS", "Z234567ABCDEFGH2"), "AWS access key id"),
            (format!("{}za{}", "AI", "Sy_-".repeat(8) + "abc"), "Google API key"),
            (format!("{}b-123456789012-{}", "xox", filler(24)), "Slack token"),
            (format!("{}_live_{}", "sk", filler(24)), "Stripe key"),
            (format!("{}_{}", "npm", filler(36)), "npm token"),
            (format!("{}-AgEIcHlwaS5vcmc{}", "pypi", filler(60)), "PyPI token"),
            (format!("{}-{}", "glpat", "a-B_3".repeat(4)), "GitLab token"),
            (format!("{}_{}", "hf", "a".repeat(34)), "Hugging Face token"),
            (format!("{}.{}.{}", "SG", filler(22), filler(43)), "SendGrid key"),
            (format!("-----BEGIN RSA {} KEY-----", "PRIVATE"), "private key"),
            (format!("-----BEGIN {} KEY-----", "PRIVATE"), "private key"),
            (format!("-----BEGIN PGP {} KEY BLOCK-----", "PRIVATE"), "private key"),
        ]
    }

    #[test]
    fn credentials_are_found_wherever_they_stand() {
        for (credential, kind) in credentials() {
            for (before, behind) in [
                ("", ""),
                ("令牌", "。"),
                ("\"", "\""),
                ("TOKEN=", "\n"),
                ("a_", " "),
                ("x\\n", "\\n"),
                ("k%3D", "&"),
                ("(", ")."),
            ] {
                let text = format!("{before}{credential}{behind}");
                assert_eq!(check(&text), [format!("{} {kind}", before.len())], "{text}");
            }
        }
    }

    #[test]
    fn what_is_nearly_a_credential_is_none() {
        for (credential, _) in credentials() {
            // Glued to a word, or cut off in the middle.
            for text in [format!("x{credential}"), credential[..14].to_owned()] {
                assert!(credential.starts_with("-----") || check(&text).is_empty(), "{text}");
            }
        }
        for text in [
            "sk-learn-has-many-words-in-a-row-and-no-key",
            "task-force-aB3dE5gH7jK9mN1pQ2rS4tU6vW8xY0z",
            "xoxb-your-token-goes-here",
            "-----BEGIN PUBLIC KEY-----",
            "-----BEGIN CERTIFICATE-----",
            "-----BEGIN ... PRIVATE KEY-----",
            "BEGIN PRIVATE KEY",
            "AIRPLANE ASIAN AKIAB",
            "npm_config_registry hf_hub_download SG.0",
        ] {
            assert_eq!(check(text), [""; 0], "{text}");
        }
    }

    #[test]
    fn headers_and_addresses_with_a_password() {
        for (text, expected) in [
            ("Authorization: Bearer abcDEF123456", "22 authorization header"),
            ("authorization:basic dXNlcjpwYXNz", "20 authorization header"),
            (r#"{"Authorization": "Bearer abc.def-123"}"#, "26 authorization header"),
            (r#"-H \"Authorization: Bearer abcdef12\""#, "27 authorization header"),
            ("Authorization: Bearer $TOKEN", ""),
            ("Authorization: Bearer <token>", ""),
            ("Authorization: Bearer YOUR_LONG_ACCESS_TOKEN", ""),
            ("Authorization: Bearer token", ""),
            ("Authorization: none", ""),
            ("Authorization Bearer abcDEF123456", ""),
            ("postgres://user:secret@db.internal/x", "11 password in a URL"),
            ("見https://:p@ss@host", "11 password in a URL"),
            ("https://user@mail.invalid.tw/", ""),
            ("https://u:${PASSWORD}@host, https://u:***@host, https://u:<p>@host", ""),
            ("https://host:8080/a@b https://medium.com/@user?x=a:b", ""),
            ("http://[::1]:80/ a://b://c", ""),
            (&format!("https://{}.slack.com/services/T01234567/B01234567/{}", "hooks", filler(24)), "8 Slack webhook"),
            ("https://hooks.slack.com/services/YOUR/WEBHOOK/URL", ""),
        ] {
            assert_eq!(check(text).join(" "), expected, "{text}");
        }
    }

    #[test]
    fn mobile_numbers() {
        for text in [
            "0912345678",
            "0912-345-678",
            "0912-345678",
            "0912 345 678",
            "０９１２３４５６７８",
            "０９１２－３４５－６７８",
            "0912‑345‑678",
            "+886912345678",
            "+886 912 345 678",
            "+886-9-1234-5678",
            "+886 (0)912-345-678",
            "＋８８６９１２３４５６７８",
        ] {
            for (before, behind) in [
                ("", ""),
                ("電話", "轉"),
                ("tel:", ";"),
                ("tel-", "."),
                ("\\", "\\"),
                ("1,", ",2"),
                ("\\n", "\\n"),
                ("(", ")"),
            ] {
                let expected = format!("{} mobile number", before.len());
                assert_eq!(check(&format!("{before}{text}{behind}")), [expected], "{before}{text}{behind}");
            }
        }
        for text in [
            "0812345678",
            "09123456789",
            "091234567",
            "0912345678a",
            "a0912345678",
            "1.0912345678",
            "0912345678.5",
            "2026-0912345678",
            "0912-345-678-9",
            "0912-34-5678",
            "09-12-2026 10:00",
            "09 12 34 56 78",
            "+886 2 2345 6789",
            "+886 912 345 6789",
            "+8869123",
        ] {
            assert_eq!(check(text), [""; 0], "{text}");
        }
    }

    #[test]
    fn identification_numbers() {
        for (text, kind) in [
            ("A123456789", "national id"),
            ("A800000014", "resident number"),
            ("F900000002", "resident number"),
            ("AA00000009", "resident number"),
            ("FC12345674", "resident number"),
        ] {
            assert_eq!(check(text), [format!("0 {kind}")], "{text}");
            assert_eq!(check(&format!("身分證{text}號")), [format!("9 {kind}")], "{text}");
            for near in [format!("{text}0"), format!("x{text}"), format!("{}1", &text[..9]), text.to_lowercase()] {
                assert_eq!(check(&near), [""; 0], "{near}");
            }
        }
        assert_eq!(check("A323456789 1234567890 PRODUCTION"), [""; 0]);
    }

    #[test]
    fn card_numbers() {
        for text in [
            "4111111111111111",
            "4111 1111 1111 1111",
            "4111-1111-1111-1111",
            "４１１１　１１１１　１１１１　１１１１",
            "5555 5555 5555 4444",
            "2223003122003222",
            "3782 822463 10005",
            "378282246310005",
            "3056 930902 5904",
            "6011111111111117",
            "3530111333300000",
            "6200000000000005",
            "4222222222222",
            "4111 1111 1111 1111 110",
        ] {
            for (before, behind) in [("", ""), ("卡", " 123"), ("2 ", ",")] {
                let expected = format!("{} card number", before.len());
                assert_eq!(check(&format!("{before}{text}{behind}")), [expected], "{before}{text}{behind}");
            }
        }
        for text in [
            "4111111111111112",
            "1111111111111117",
            "41111111111111",
            "4111-1111-1111-1111-0",
            "0.4111111111111111",
            "4111111111111111a",
            "x4111111111111111",
            "41-11111111111111",
            "4710941710048",
        ] {
            assert_eq!(check(text), [""; 0], "{text}");
        }
    }

    #[test]
    fn e_mail_addresses() {
        for (text, expected) in [
            ("wang.a+b@mail.com.tw", "0 e-mail address"),
            ("寄給wang@163.com。", "6 e-mail address"),
            ("<mailto:W_@a-b.io>", "8 e-mail address"),
            (r"a\nwang@a.tw", "3 e-mail address"),
            ("0912345678@a.tw", "0 e-mail address 0 mobile number"),
            ("user@example.evil.com", "0 e-mail address"),
            ("a@example.com b@mail.example.org c@example.com.tw d@x.example e@a.test", ""),
            ("1+a@users.noreply.github.com noreply@github.com git@github.com:o/r.git", ""),
            ("@wade @a.b pkg@1.2.3 pkg@1.0.beta icon@2x.png a@b a@.com a@b..com a.@b.com", ""),
            ("@@@", ""),
        ] {
            assert_eq!(check(text).join(" "), expected, "{text}");
        }
    }

    #[test]
    fn innocent_strings_stay_so() {
        for text in [
            "3b5e6423212ca80975a607ec2b69982a",
            "76890f66-704c-4bc5-a9e6-e22b0c98da97",
            "00000000-4111-1111-1111-111111111111",
            "12345678-0912-3456-7890-123456789012",
            "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
            "4111111111111111411111111111111141111111111111114111111111111111",
            "2026-05-24T03:18:00+08:00 2026/05/24 20260524031800 20260524",
            "1716491880 1716491880123 1716491880123456 1716491880123456789",
            "28,000 72780 NT$1,234,567.89 +886 +1",
            "ORD-20260512-0001 2221-05-24 22099131",
            "https://a.example:8080/x?y=1#z 12:30 a::b",
            "",
        ] {
            assert_eq!(check(text), [""; 0], "{text}");
        }
    }

    #[test]
    fn what_is_quoted_is_not_repeated() {
        assert_eq!(quoted("a"), "`a`");
        assert_eq!(quoted("0912345678"), "(mobile number, not repeated here)");
        let place = Place { pointer: Some("/a/0912345678/b".to_owned()), ..Place::file("f").at(1, 2) };
        let mut found = [
            Finding::new(&codes::UNKNOWN_KEY, place, "key `0912345678` of `a` is not known").hint("ask 0912345678"),
            Finding::new(&codes::UNKNOWN_KEY, Place::file("f"), "key `a` is not known").hint("a `b`"),
        ];
        let [_, harmless] = found.clone();
        redact(&mut found);
        assert_eq!(found[0].message, "key `…` of `a` is not known");
        assert_eq!((found[0].hint.as_str(), found[0].place.to_string().as_str()), ("…", "f:1:2 at /a/…/b"));
        assert_eq!(found[1], harmless);
    }

    #[test]
    fn findings_tell_the_place_and_never_the_value() {
        let text = format!("\u{feff}a\n中 0912345678 {}_{}\n", "npm", filler(36));
        let found: Vec<_> = findings("p.md", text.as_bytes())
            .iter()
            .map(|found| format!("{} {}: {}", found.code.id, found.place, found.message))
            .collect();
        assert_eq!(
            found,
            [
                "personal_data p.md:2:3: looks like personal data: mobile number (not repeated here)",
                "secret p.md:2:14: looks like a credential: npm token (not repeated here)",
            ]
        );
        let many = findings("p.md", "0912345678 ".repeat(103).as_bytes());
        assert_eq!(many.len(), 101);
        assert_eq!(many[100].message, "3 more like these are not listed (limit `findings_per_code`)");
    }

    proptest! {
        #[test]
        fn never_panics(
            text in r"(sk-|gh|p_|s_|@|://|:|\.|-|\+|＋|886|09|4111|１２|０９| |Authorization: Bearer |-----BEGIN |%|\\|n|u|[A-Za-z0-9]{0,5}|中){0,30}",
            bytes: Vec<u8>,
        ) {
            scan(text.as_bytes());
            scan(&bytes);
            findings("f", &bytes);
        }

        /// What is found does not depend on what stands around it, as long as that is no part of it.
        #[test]
        fn every_number_of_its_form_is_found(rest in 0_u32..100_000_000) {
            let text = format!("中 09{rest:08} 中");
            prop_assert_eq!(check(&text), ["4 mobile number"]);
        }
    }
}
