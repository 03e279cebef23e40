//! What must not leave: credentials, personal data and names of secret files, found by their form and, where there is
//! one, their check digit; located; at most four characters of it repeated.
//!
//! One way in, [`scan`]: a text goes in, hits with their places come out. Inside, by sense: [`hidden`] characters,
//! [`names`] of files, `hit` (what is found, and what of it may be shown), `pass` (the one pass over a text), `tokens`
//! (one table of forms), `places` (what stands around a credential), `numbers` and `people` (personal data), `decode`
//! (what a text is once escapes, look-alikes and base64 are undone), [`glance`] (what is plainly harmless); beside it
//! `redaction`, which gives a text back without its secrets.
//!
//! Invariants: time is linear in the text, whatever stands in it: each place is looked at once and a bounded way around.
//! A hit in what was undone is told by its place in the original. No value is in a finding: four characters at most.

use std::collections::BTreeMap;

use crate::codes;
use crate::finding::{Code, Finding, Place};
use crate::limits;
use crate::read::text::Positions;

mod decode;
pub mod glance;
pub mod hidden;
mod hit;
pub mod names;
mod numbers;
mod pass;
mod people;
mod places;
pub mod redaction;
#[cfg(test)]
mod tests;
mod tokens;

pub use hit::{Hit, Masked};
pub use pass::scan;

/// Ids of all rules by which something is kept from leaving.
pub const RULES: &[&str] = &[
    "anthropic_key",
    "authorization_header",
    "aws_key_id",
    "aws_secret_key",
    "bank_account",
    "card_number",
    "e_mail_address",
    "github_token",
    "gitlab_token",
    "google_key",
    "hugging_face_token",
    "json_web_token",
    "line_channel_secret",
    "line_notify_token",
    "line_token",
    "line_user_id",
    "mobile_number",
    "national_id",
    "npm_token",
    "openai_key",
    "passport_number",
    "private_key",
    "pypi_token",
    "resident_number",
    "sendgrid_key",
    "slack_token",
    "slack_webhook",
    "street_address",
    "stripe_key",
    "url_password",
];

/// The same as findings with line and character, and what is merely worth knowing: numbers that are public, characters
/// that nobody sees. Nothing is looked for in a workbook, which is compressed; its cells are.
pub fn findings(path: &str, content: &[u8]) -> Vec<Finding> {
    findings_but(path, content, |_| false)
}

/// The same without the hits that are let through.
pub fn findings_but(path: &str, content: &[u8], is_allowed: impl Fn(&Hit) -> bool) -> Vec<Finding> {
    if content.starts_with(b"PK\x03\x04") {
        return Vec::new();
    }
    let content = content.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(content);
    let mut told = Told { path, counts: BTreeMap::new(), findings: Vec::new() };
    let mut positions = Positions::new(content);
    for hit in pass::over(content).into_iter().filter(|hit| !is_allowed(hit)) {
        told.add(hit.code(), |path| {
            let (line, character) = positions.of(hit.offset);
            hit.at(Place::file(path).at(line, character))
        });
    }
    let mut positions = Positions::new(content);
    for one in str::from_utf8(content).map(hidden::find).unwrap_or_default() {
        told.add(&codes::HIDDEN_CHARACTER, |path| {
            let (line, character) = positions.of(one.offset);
            let what = if one.deceives { "changes how the text reads" } else { "is not seen" };
            let message = format!("has U+{:04X}, which {what}", u32::from(one.character));
            Finding::new(&codes::HIDDEN_CHARACTER, Place::file(path).at(line, character), message)
                .hint("take it out, unless the script or the symbol before it needs it")
        });
    }
    told.findings()
}

/// Findings about one file: of each code the first ones, the rest counted.
struct Told<'a> {
    path: &'a str,
    counts: BTreeMap<&'static str, (&'static Code, u64)>,
    findings: Vec<Finding>,
}

impl Told<'_> {
    fn add(&mut self, code: &'static Code, finding: impl FnOnce(&str) -> Finding) {
        let (_, count) = self.counts.entry(code.id).or_insert((code, 0));
        *count += 1;
        if *count <= limits::FINDINGS_PER_CODE.value {
            self.findings.push(finding(self.path));
        }
    }

    fn findings(mut self) -> Vec<Finding> {
        let limit = limits::FINDINGS_PER_CODE;
        for (code, count) in self.counts.into_values().filter(|(_, count)| *count > limit.value) {
            let message = format!("{} more like these are not listed (limit `{}`)", count - limit.value, limit.name);
            let rest = usize::try_from(count - limit.value).unwrap_or(usize::MAX);
            self.findings.push(Finding::new(code, Place::file(self.path), message).times(rest));
        }
        self.findings
    }
}

/// A text as messages quote it: in backticks, unless it must not be repeated.
pub fn quoted(text: &str) -> String {
    match scan(text.as_bytes()).first() {
        None => format!("`{text}`"),
        Some(hit) => format!("({}, not repeated here)", hit.kind),
    }
}

/// A line of a report without what must not be repeated: names of files stand before `: `, what is quoted in backticks.
pub fn cleaned(line: &str) -> String {
    if is_harmless(line) {
        return line.to_owned();
    }
    let unquoted = |part: &str| part.split('`').map(without_hits).collect::<Vec<_>>().join("`");
    let cleaned = line.split(": ").map(unquoted).collect::<Vec<_>>().join(": ");
    without_hits(&cleaned).to_owned()
}

/// Takes what must not be repeated out of findings, wherever their messages, hints and places quote the input.
pub fn redact(findings: &mut [Finding]) {
    for finding in findings {
        for text in [&mut finding.message, &mut finding.hint] {
            // Labelled secrets are looked for in quotations alone: a message of ours may speak of a token.
            if redaction::holds_secret(text) {
                let part = |(at, part): (usize, &str)| {
                    if at % 2 == 1 { redaction::without_secrets(part) } else { part.to_owned() }
                };
                *text = text.split('`').enumerate().map(part).collect::<Vec<_>>().join("`");
            }
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
            if redaction::holds_secret(text) {
                *text = redaction::without_secrets(text);
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
