//! What authored texts state about the world outside, and whether a claim stands behind it: the linter.
//!
//! A sentence that says that something is deployed, merged, published, adopted, earned, imported, passed, or gives a
//! figure of a market, names the claim that its evidence is for: `[claim:ID]`, anywhere in the sentence or directly
//! behind it. A sentence whose claim is not verified says that too, in one of the words that pages print.
//!
//! The words are those of `phrases`, how they are put together is decided in `grammar`; both are read from sentences
//! judged by hand in `corpus.tsv`. It is a linter and no proof: what it says of sentences without a claim are warnings,
//! and the sentences that it does not understand it lets pass.
//!
//! Invariants: pure; time grows with the length of the text; nothing is said of code, headings, plans, rules, questions.

mod grammar;
mod phrases;

use crate::bundle::has_extension;
use crate::check::privacy;
use crate::claims::{Judged, Status};
use crate::codes;
use crate::finding::{Finding, Place};
use crate::read::prose::{self, Sentence};
use crate::read::text::{self, Positions, Text};
use crate::read::tree::{Node, Value};
use crate::read::{json, toml};

/// Keys of `pack.toml` that tell what is; its milestones and steps are plans.
const TELLING: [&str; 2] = ["title", "summary"];

/// How a text names the claim that a sentence states.
const REFERENCE: &str = "[claim:";
/// Longest id that is looked for in a reference, in bytes.
const LONGEST_ID: usize = 120;

/// Reads an authored file: Markdown, a learning memory or `pack.toml`. `shown` is its path as findings name it.
/// What cannot be read has been reported by whoever reads it for what it says.
pub fn findings(shown: &str, bytes: &[u8], claims: &[Judged<'_>]) -> Vec<Finding> {
    let Some(text) = text::read(shown, bytes, &mut Vec::new()) else { return Vec::new() };
    let mut linter = Linter { claims, found: Vec::new() };
    if has_extension(shown, "md") {
        for sentence in prose::markdown(text.content) {
            linter.sentence(&sentence, |at| sentence.offset(at), None);
        }
    } else if has_extension(shown, "json") {
        if let Some(node) = json::parse(text, &mut Vec::new()) {
            linter.strings(&node, &mut String::new(), &mut Vec::new());
        }
    } else if let Some(node) = toml::read(shown, bytes, &mut Vec::new()) {
        for key in TELLING {
            if let Some(value) = node.get(key) {
                linter.strings(value, &mut format!("/{key}"), &mut Vec::new());
            }
        }
    }
    linter.placed(text)
}

struct Linter<'a, 'c> {
    claims: &'a [Judged<'c>],
    /// Findings with the byte offset at which they are.
    found: Vec<(usize, Finding)>,
}

impl Linter<'_, '_> {
    /// The texts of a document, each under the keys that lead to it.
    fn strings<'n>(&mut self, node: &'n Node, pointer: &mut String, keys: &mut Vec<&'n str>) {
        let length = pointer.len();
        match &node.value {
            Value::Text(text) => {
                for sentence in prose::plain(text, keys) {
                    self.sentence(&sentence, |_| node.offset, Some(pointer));
                }
            }
            Value::List(items) => {
                for (index, item) in items.iter().enumerate() {
                    json::push_pointer(pointer, &index.to_string());
                    self.strings(item, pointer, keys);
                    pointer.truncate(length);
                }
            }
            Value::Table(entries) => {
                for entry in entries {
                    json::push_pointer(pointer, &entry.key);
                    keys.push(&entry.key);
                    self.strings(&entry.node, pointer, keys);
                    keys.pop();
                    pointer.truncate(length);
                }
            }
            _ => {}
        }
    }

    fn sentence(&mut self, sentence: &Sentence, offset: impl Fn(usize) -> usize, pointer: Option<&str>) {
        let mut add = |at: usize, finding: Finding| {
            let place = Place { pointer: pointer.map(str::to_owned), ..Place::default() };
            self.found.push((offset(at), Finding { place, ..finding }));
        };
        let mut named = Vec::new();
        for (at, id) in references(&sentence.text) {
            match self.claims.iter().find(|judged| judged.claim.id == id) {
                Some(judged) => named.push((at, judged)),
                None => add(at, unknown(id)),
            }
        }
        for stated in grammar::statements(sentence) {
            let same = |judged: &Judged<'_>| judged.claim.kind == stated.kind;
            if named.iter().any(|(_, judged)| same(judged)) {
                continue;
            }
            let words = sentence.text.get(stated.words.clone()).unwrap_or_default();
            let kind = stated.kind.word();
            let message = match named.first() {
                Some((_, other)) => {
                    format!(
                        "`{words}` claims `{kind}`, and `{}` is about `{}`",
                        other.claim.id,
                        other.claim.kind.word()
                    )
                }
                None => format!("`{words}` claims `{kind}` and names no claim"),
            };
            let hint = match self.claims.iter().find(|judged| same(judged)) {
                Some(judged) => format!(
                    "write `{REFERENCE}{}]` behind it if it is that claim; else add a claim with its evidence, or reword it",
                    judged.claim.id
                ),
                None => format!(
                    "add a claim of kind `{kind}` with its evidence to claims.toml and write `{REFERENCE}ID]` behind it, or reword it"
                ),
            };
            add(stated.words.start, Finding::new(&codes::UNCLAIMED_STATEMENT, Place::default(), message).hint(hint));
        }
        for (at, judged) in named {
            if judged.status != Status::Verified && !grammar::admits(sentence) {
                add(at, unsaid(judged));
            }
        }
    }

    /// The findings with their lines, found in one pass over the text.
    fn placed(mut self, text: Text<'_>) -> Vec<Finding> {
        self.found.sort_by_key(|(offset, _)| *offset);
        let mut positions = Positions::new(text.content.as_bytes());
        let placed = self.found.into_iter().map(|(offset, finding)| {
            let (line, character) = positions.of(offset);
            let place = Place { pointer: finding.place.pointer, ..Place::file(text.path).at(line, character) };
            Finding { place, ..finding }
        });
        placed.collect()
    }
}

fn unknown(id: &str) -> Finding {
    let message = format!("{} is not a claim of this pack", privacy::quoted(id));
    Finding::new(&codes::UNKNOWN_CLAIM, Place::default(), message)
        .hint("correct the id, or add the claim to claims.toml")
}

fn unsaid(judged: &Judged<'_>) -> Finding {
    let (id, status) = (&judged.claim.id, judged.status.word());
    let message = format!("claim `{id}` is {status}, and the sentence does not say so");
    let words = match judged.status {
        Status::Verified => "verified",
        Status::Refuted => "已被推翻, refuted",
        Status::Expired => "已過期, expired",
        Status::Unverified => "未經驗證, unverified",
    };
    let hint = format!("say it in the sentence ({words}), or give the claim evidence that verifies it");
    Finding::new(&codes::UNSAID_STATUS, Place::default(), message).hint(hint)
}

/// The ids that a sentence refers to, with where each reference begins.
fn references(text: &str) -> Vec<(usize, &str)> {
    let mut found = Vec::new();
    for (at, _) in text.match_indices(REFERENCE) {
        let rest = &text[at + REFERENCE.len()..];
        let end = rest.bytes().take(LONGEST_ID).position(|byte| byte == b']');
        found.extend(end.map(|end| (at, &rest[..end])));
    }
    found
}

#[cfg(test)]
mod tests;
