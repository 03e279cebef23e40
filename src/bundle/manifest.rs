//! `manifest.sha256`: one line `HASH  NAME` for each file, sorted by the bytes of the names, as `sha256sum -c` reads it.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use sha2::{Digest as _, Sha256};

use crate::bundle::{Files, MANIFEST};

/// SHA-256 as 64 lower-case hexadecimal digits.
pub fn sha256(bytes: &[u8]) -> String {
    hex(&Sha256::digest(bytes))
}

/// Bytes as lower-case hexadecimal digits.
pub fn hex(bytes: &[u8]) -> String {
    let digit = |value: u8| char::from(b"0123456789abcdef"[usize::from(value)]);
    bytes.iter().flat_map(|byte| [digit(byte >> 4), digit(byte & 15)]).collect()
}

/// SHA-256 of every file but the manifest, by name.
pub fn digests(files: &Files) -> BTreeMap<String, String> {
    files.iter().filter(|(name, _)| *name != MANIFEST).map(|(name, bytes)| (name.clone(), sha256(bytes))).collect()
}

/// The manifest of these digests.
pub fn render(digests: &BTreeMap<String, String>) -> String {
    let mut text = String::new();
    for (name, digest) in digests {
        let _ = writeln!(text, "{digest}  {name}");
    }
    text
}

/// Reads a manifest. The errors name the line and what is wrong with it.
pub fn parse(bytes: &[u8]) -> Result<BTreeMap<String, String>, Vec<String>> {
    let Ok(text) = str::from_utf8(bytes) else {
        return Err(vec!["is not UTF-8".to_owned()]);
    };
    let mut listed = BTreeMap::new();
    let mut wrong = Vec::new();
    let mut previous = "";
    for (index, line) in text.lines().enumerate() {
        let number = index + 1;
        let entry = line.split_once("  ").filter(|(digest, name)| {
            digest.len() == 64
                && digest.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'))
                && !name.is_empty()
        });
        match entry {
            None => wrong.push(format!("line {number} is not `SHA-256  NAME`")),
            Some((_, name)) if name <= previous => wrong.push(format!("line {number} is out of order or repeated")),
            Some((digest, name)) => {
                previous = name;
                listed.insert(name.to_owned(), digest.to_owned());
            }
        }
    }
    if !text.is_empty() && !text.ends_with('\n') {
        wrong.push("its last line has no end".to_owned());
    }
    if listed.is_empty() {
        wrong.push("lists no file".to_owned());
    }
    if wrong.is_empty() { Ok(listed) } else { Err(wrong) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_is_read() {
        let files = Files::from([
            ("b.md".to_owned(), b"b".to_vec()),
            ("a.json".to_owned(), b"{}".to_vec()),
            (MANIFEST.to_owned(), b"ignored".to_vec()),
        ]);
        let text = render(&digests(&files));
        assert_eq!(
            text,
            "44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a  a.json\n\
             3e23e8160039594a33894f6564e1b1348bbd7a0088d42c4acb73eeaed59c009d  b.md\n"
        );
        assert_eq!(parse(text.as_bytes()), Ok(digests(&files)));
    }

    #[test]
    fn faults_are_named() {
        let good = "44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a  a.json\n";
        let check = |text: &str| parse(text.as_bytes()).unwrap_err().join("; ");
        assert_eq!(check(""), "lists no file");
        assert_eq!(check(&format!("{good}{good}")), "line 2 is out of order or repeated");
        assert_eq!(check(&format!("{good}xyz  b.md\n")), "line 2 is not `SHA-256  NAME`");
        assert_eq!(check(good.trim_end()), "its last line has no end");
    }
}
