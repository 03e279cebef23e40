//! Names of artifacts: the same file on every system, in a gist and in a URL.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;

use unicode_normalization::UnicodeNormalization;

use crate::check::privacy;

/// Longest name, in bytes.
const LONGEST: usize = 100;

/// Names that Windows reserves, whatever their extension (learn.microsoft.com, "Naming files, paths, and namespaces").
const RESERVED: &[&str] = &["con", "prn", "aux", "nul", "conin$", "conout$"];

/// The device that a name means on Windows, if it does: it looks at what stands before the first dot, without case and
/// blanks.
pub fn device(name: &str) -> Option<String> {
    let stem = name.split('.').next().unwrap_or_default().trim().to_ascii_lowercase();
    let port = stem.strip_prefix("com").or_else(|| stem.strip_prefix("lpt"));
    let is_port = port.is_some_and(|port| {
        let mut digits = port.chars();
        matches!((digits.next(), digits.next()), (Some('0'..='9' | '¹' | '²' | '³'), None))
    });
    (is_port || RESERVED.contains(&stem.as_str())).then_some(stem)
}

/// Says why a name is not safe everywhere: `[A-Za-z0-9][A-Za-z0-9._-]{0,99}`, no dot at the end, no name that Windows
/// reserves, none of those that a gist gives on its own, none of a file that never leaves.
pub fn artifact_name(name: &str) -> Result<(), String> {
    let Some(first) = name.chars().next() else { return Err("is empty".to_owned()) };
    if !first.is_ascii_alphanumeric() {
        return Err(format!("begins with {}, expected a letter A-Z or a digit", shown(first)));
    }
    if let Some(other) = name.chars().find(|other| !other.is_ascii_alphanumeric() && !"._-".contains(*other)) {
        return Err(format!("has {}, expected only letters A-Z, digits, `.`, `_` and `-`", shown(other)));
    }
    if name.len() > LONGEST {
        return Err(format!("is {} characters long, at most {LONGEST} are safe", name.len()));
    }
    if name.ends_with('.') {
        return Err("ends with `.`, which Windows leaves out".to_owned());
    }
    if let Some(device) = device(name) {
        return Err(format!("is the name of the device `{device}` on Windows"));
    }
    if privacy::names::is_denied(name) {
        return Err("is a name of files with credentials or runtime state, which never leave".to_owned());
    }
    let lower = name.to_ascii_lowercase();
    if lower.strip_prefix("gistfile").is_some_and(|rest| rest.starts_with(|first: char| first.is_ascii_digit())) {
        return Err("is a name that a gist gives to files without one".to_owned());
    }
    Ok(())
}

/// The names that are one file on systems which do not tell case or Unicode form apart: each with the first of its
/// like, in the order given.
pub fn collisions<'a>(names: impl Iterator<Item = &'a str>) -> Vec<(String, String)> {
    let mut seen = BTreeMap::new();
    let mut pairs = Vec::new();
    for name in names {
        match seen.entry(folded(name)) {
            Entry::Vacant(first) => {
                first.insert(name);
            }
            Entry::Occupied(first) => pairs.push(((*first.get()).to_owned(), name.to_owned())),
        }
    }
    pairs
}

/// What two names have in common that are one on systems which do not tell case or Unicode form apart: NFC without
/// case. By way of the capitals, so that `ß` and `SS`, `ς` and `σ` are the same.
pub fn folded(name: &str) -> String {
    if name.is_ascii() {
        return name.to_ascii_lowercase();
    }
    name.nfc().flat_map(char::to_uppercase).flat_map(char::to_lowercase).nfc().collect()
}

fn shown(character: char) -> String {
    match character {
        ' ' => "a space".to_owned(),
        visible if visible.is_ascii_graphic() || visible.is_alphanumeric() => format!("`{visible}`"),
        hidden => format!("the character U+{:04X}", u32::from(hidden)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_that_are_safe() {
        let longest = "a".repeat(100);
        for name in ["a", "0", "00-contract.html", "e2e-verification.json", "A_b.C", "com10.md", "console.md", &longest]
        {
            assert_eq!(artifact_name(name), Ok(()), "{name}");
        }
        for name in ["comx", "lpt.md", "gistfile.txt", "gistfiles1.txt", "nul-a.md"] {
            assert_eq!(artifact_name(name), Ok(()), "{name}");
        }
    }

    #[test]
    fn names_that_are_not() {
        let too_long = "a".repeat(101);
        for (name, why) in [
            ("", "is empty"),
            (".htaccess", "begins with `.`, expected a letter A-Z or a digit"),
            ("-rf", "begins with `-`, expected a letter A-Z or a digit"),
            (" a", "begins with a space, expected a letter A-Z or a digit"),
            ("提案.md", "begins with `提`, expected a letter A-Z or a digit"),
            ("a/b", "has `/`, expected only letters A-Z, digits, `.`, `_` and `-`"),
            ("a\\b", "has `\\`, expected only letters A-Z, digits, `.`, `_` and `-`"),
            ("a:b.md", "has `:`, expected only letters A-Z, digits, `.`, `_` and `-`"),
            ("a ", "has a space, expected only letters A-Z, digits, `.`, `_` and `-`"),
            ("a\u{202e}b", "has the character U+202E, expected only letters A-Z, digits, `.`, `_` and `-`"),
            ("a\nb", "has the character U+000A, expected only letters A-Z, digits, `.`, `_` and `-`"),
            (&too_long, "is 101 characters long, at most 100 are safe"),
            ("a.", "ends with `.`, which Windows leaves out"),
            ("con.md", "is the name of the device `con` on Windows"),
            ("NUL", "is the name of the device `nul` on Windows"),
            ("Com0.tar.gz", "is the name of the device `com0` on Windows"),
            ("LPT9.txt", "is the name of the device `lpt9` on Windows"),
            ("HEARTBEAT.md", "is a name of files with credentials or runtime state, which never leave"),
            ("server.PEM", "is a name of files with credentials or runtime state, which never leave"),
            ("id_rsa", "is a name of files with credentials or runtime state, which never leave"),
            ("GistFile12.md", "is a name that a gist gives to files without one"),
        ] {
            assert_eq!(artifact_name(name), Err(why.to_owned()), "{name}");
        }
    }

    #[test]
    fn names_that_are_one_file_on_some_systems() {
        let collide = |names: &[&'static str]| -> Vec<String> {
            collisions(names.iter().copied()).into_iter().map(|(first, other)| format!("{first} {other}")).collect()
        };
        assert_eq!(collide(&["a.md", "b.md", "a.txt"]), [""; 0]);
        assert_eq!(collide(&["Brief.md", "x", "brief.md", "BRIEF.md"]), ["Brief.md brief.md", "Brief.md BRIEF.md"]);
        assert_eq!(collide(&["\u{e9}", "e\u{301}", "E\u{301}"]), ["\u{e9} e\u{301}", "\u{e9} E\u{301}"]);
        assert_eq!(
            collide(&["stra\u{df}e", "STRASSE", "\u{3c3}", "\u{3c2}"]),
            ["stra\u{df}e STRASSE", "\u{3c3} \u{3c2}"]
        );
        assert_eq!(collide(&["a", "a"]).len(), 1);
    }
}
