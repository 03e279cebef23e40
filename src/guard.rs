//! What may not leave: everything that the privacy scan finds in the files of a pack or a bundle, less what
//! `privacy-allow.toml` lets through on a day.
//!
//! Invariant: pure, and from the files alone, so that `verify` judges again what `build` judged. An entry that has
//! expired, or that fits two different values, lets nothing through. A diff against what is published holds nothing that
//! the new files do not hold: to guard all of them, with their names, guards what an update sends.

use std::collections::BTreeSet;

use jiff::civil::Date;

use crate::check::privacy::{self, Hit};
use crate::codes;
use crate::documents::allowed::Entry;
use crate::finding::{Finding, Severity};

/// What was found, and what became of it.
#[derive(Debug, Default)]
pub struct Guarded<'a> {
    /// What may not leave, with its file.
    pub stopped: Vec<(&'a str, Hit)>,
    /// What is let through, with its file and the entry that lets it.
    pub passed: Vec<(&'a str, Hit, &'a Entry)>,
    /// What is wrong with the entries, at the places of the entries.
    pub findings: Vec<Finding>,
}

/// Judges files on a day. Without a day no entry holds.
pub fn judge<'a>(
    files: impl Iterator<Item = (&'a str, &'a [u8])>,
    entries: &'a [Entry],
    today: Option<Date>,
) -> Guarded<'a> {
    let mut hits: Vec<(&str, Hit, Option<usize>)> = Vec::new();
    for (name, bytes) in files {
        let entry = |hit: &Hit| entries.iter().position(|entry| entry.fits(name, hit));
        hits.extend(privacy::scan(bytes).into_iter().map(|hit| (name, hit, entry(&hit))));
    }
    let mut guarded = Guarded::default();
    let mut void = BTreeSet::new();
    for (index, entry) in entries.iter().enumerate() {
        let mut of = hits.iter().filter(|(_, _, found)| *found == Some(index)).map(|(_, hit, _)| hit);
        let first = of.next();
        let two = first.is_some_and(|first| of.any(|other| !other.is_same(first)));
        let what = format!("`{}` by rule {} in `{}`", entry.shown, entry.rule, entry.file);
        let found = if today.is_none_or(|today| today > entry.until) {
            let message = format!("{what} might leave until {}, which is over", entry.until);
            Finding::new(&codes::ALLOWED_TOO_LONG, entry.place.clone(), message)
                .hint("take the value out of the pack, or look at it again and write a later day")
        } else if two {
            let message = format!("{what} is more than one value, and one entry is for one");
            Finding::new(&codes::ALLOWED_TWO, entry.place.clone(), message)
                .hint("name one file in the entry, and take the other value out")
        } else if first.is_none() {
            let message = format!("{what} lets nothing through: nothing there is like it");
            Finding::new(&codes::ALLOWED_NOTHING, entry.place.clone(), message)
                .hint("take the entry out, or copy rule and characters from the finding")
        } else {
            continue;
        };
        if found.severity == Severity::Error {
            void.insert(index);
        }
        guarded.findings.push(found);
    }
    for (name, hit, entry) in hits {
        match entry.filter(|index| !void.contains(index)).and_then(|index| entries.get(index)) {
            Some(entry) => guarded.passed.push((name, hit, entry)),
            None => guarded.stopped.push((name, hit)),
        }
    }
    guarded
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::documents::allowed;

    fn check(files: &[(&str, &str)], today: Option<&str>) -> String {
        let document = "[[allow]]\nrule = \"mobile_number\"\nfile = \"*.md\"\nshown = \"09…78\"\nreason = \"r\"\nuntil = \"2026-05-24\"\n";
        let mut findings = Vec::new();
        let entries = allowed::read(allowed::FILE, document.as_bytes(), &mut findings);
        assert_eq!(findings, []);
        let files = files.iter().map(|(name, text)| (*name, text.as_bytes()));
        let guarded = judge(files, &entries, today.map(|day| day.parse().unwrap()));
        let codes: Vec<_> = guarded.findings.iter().map(|found| found.code.id).collect();
        format!("{} stopped, {} passed {}", guarded.stopped.len(), guarded.passed.len(), codes.join(" "))
    }

    #[test]
    fn an_entry_lets_one_value_through_until_its_last_day() {
        let (one, other) = (format!("0912{}", "345678"), format!("0987{}", "654378"));
        let (one, other) = (one.as_str(), other.as_str());
        assert_eq!(check(&[("a.md", one), ("b.md", one)], Some("2026-05-24")), "0 stopped, 2 passed ");
        assert_eq!(check(&[("a.md", one)], Some("2026-05-25")), "1 stopped, 0 passed allowed_too_long");
        assert_eq!(check(&[("a.md", one)], None), "1 stopped, 0 passed allowed_too_long");
        assert_eq!(check(&[("a.md", one), ("b.md", other)], Some("2026-05-24")), "2 stopped, 0 passed allowed_two");
        assert_eq!(check(&[("a.html", one)], Some("2026-05-24")), "1 stopped, 0 passed allowed_nothing");
        // The same number in other groups is the same value.
        assert_eq!(check(&[("a.md", one), ("b.md", "0912-345-678")], Some("2026-05-24")), "0 stopped, 2 passed ");
    }
}
