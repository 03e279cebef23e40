//! `privacy-allow.toml`: what the privacy guard finds in a pack and may leave all the same, each with who looked at it
//! and until when that holds.
//!
//! It never holds the value itself, nor a hash of it: ten digits are found from a hash in seconds, and the document goes
//! into the bundle, so that `verify` can judge it again. An entry has what the finding shows, which is four characters
//! at most, and names rule and file. The guard refuses an entry that fits two different values.

use jiff::civil::Date;

use crate::check::privacy::{self, Hit};
use crate::check::shape::{self, Shape, Type, optional, required};
use crate::documents::place::place_of;
use crate::finding::{Finding, Place};
use crate::read::tree::Node;
use crate::read::{text, toml};

/// Name of the document inside a pack and a bundle.
pub const FILE: &str = "privacy-allow.toml";

static ENTRY: Shape = Shape {
    about: "One value that may leave.",
    closed: true,
    keys: &[
        required("rule", Type::Word(privacy::RULES), "the rule that finds it"),
        required(
            "file",
            Type::Text,
            "name of the file in the bundle, or path in the pack; `*` stands for any characters",
        ),
        required("shown", Type::Text, "what the finding shows of the value, such as `09…78`"),
        required("reason", Type::Text, "why it may leave"),
        required("until", Type::Date, "the last day on which it may"),
    ],
};

/// The shape of `privacy-allow.toml`.
pub static SHAPE: Shape = Shape {
    about: "What looks like personal data or a credential and may leave all the same.",
    closed: true,
    keys: &[optional("allow", Type::List(&Type::Table(&ENTRY)), "the values")],
};

/// One value that may leave.
#[derive(Clone, Debug)]
pub struct Entry {
    /// Id of the rule that finds it.
    pub rule: String,
    /// Where it may stand; `*` stands for any characters.
    pub file: String,
    /// What findings show of it.
    pub shown: String,
    /// Why it may leave.
    pub reason: String,
    /// The last day on which it may.
    pub until: Date,
    /// Where the entry begins.
    pub place: Place,
}

impl Entry {
    /// Whether this entry is about such a hit in this file, whatever the day.
    pub fn fits(&self, file: &str, hit: &Hit) -> bool {
        self.rule == hit.rule && self.shown == hit.masked.to_string() && is_like(file, &self.file)
    }
}

/// Reads `privacy-allow.toml`. An entry that lacks anything lets nothing through; the findings say so.
pub fn read(path: &str, bytes: &[u8], findings: &mut Vec<Finding>) -> Vec<Entry> {
    let Some(node) = toml::read(path, bytes, findings) else { return Vec::new() };
    let Some(text) = text::read(path, bytes, &mut Vec::new()) else { return Vec::new() };
    shape::check(&node, &SHAPE, text, findings);
    let entries = node.get("allow").map(Node::items).unwrap_or_default().iter().enumerate();
    entries.filter_map(|(index, node)| entry(node, place_of(text, node, &["allow", &index.to_string()]))).collect()
}

fn entry(node: &Node, place: Place) -> Option<Entry> {
    let text = |key: &str| node.text_at(key).filter(|text| !text.trim().is_empty());
    Some(Entry {
        rule: text("rule")?.to_owned(),
        file: text("file")?.to_owned(),
        // Three points are easier to type.
        shown: text("shown")?.replace("...", "…"),
        reason: text("reason")?.to_owned(),
        until: text("until")?.parse().ok()?,
        place,
    })
}

/// Whether a name is like a pattern in which `*` stands for any characters, also none.
fn is_like(name: &str, pattern: &str) -> bool {
    let Some((first, rest)) = pattern.split_once('*') else { return name == pattern };
    let Some(mut name) = name.strip_prefix(first) else { return false };
    let (middle, last) = rest.rsplit_once('*').unwrap_or(("", rest));
    for part in middle.split('*') {
        match name.split_once(part) {
            Some((_, behind)) => name = behind,
            None if part.is_empty() => {}
            None => return false,
        }
    }
    name.ends_with(last)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str) -> (usize, Vec<String>) {
        let mut findings = Vec::new();
        let entries = read("p", text.as_bytes(), &mut findings);
        (entries.len(), findings.iter().map(|found| format!("{} {}", found.code.id, found.message)).collect())
    }

    #[test]
    fn an_entry_without_a_reason_or_a_day_lets_nothing_through() {
        let whole = "[[allow]]\nrule = \"mobile_number\"\nfile = \"a.md\"\nshown = \"09...78\"\nreason = \"r\"\nuntil = \"2026-12-31\"\n";
        assert_eq!(check(whole), (1, vec![]));
        for (from, to, said) in [
            ("reason = \"r\"", "", "missing_key"),
            ("reason = \"r\"", "reason = \" \"", "wrong_type"),
            ("until = \"2026-12-31\"", "", "missing_key"),
            ("\"2026-12-31\"", "\"soon\"", "wrong_type"),
            ("mobile_number", "mobile", "unknown_word"),
        ] {
            let (entries, findings) = check(&whole.replace(from, to));
            assert!(entries <= usize::from(said == "unknown_word"), "{from}");
            assert!(findings.len() == 1, "{said}: {findings:?}");
        }
        assert_eq!(check("").0, 0);
    }

    #[test]
    fn a_pattern_is_for_names_like_it() {
        for (pattern, name, expected) in [
            ("a.md", "a.md", true),
            ("a.md", "b.md", false),
            ("*", "any/thing", true),
            ("*.md", "a.md", true),
            ("*.md", "a.md.html", false),
            ("a*c*e", "abcde", true),
            ("a*c*e", "ace", true),
            ("a*c*e", "aec", false),
            ("ab*b", "ab", false),
            ("**", "", true),
        ] {
            assert_eq!(is_like(name, pattern), expected, "{pattern} {name}");
        }
    }
}
