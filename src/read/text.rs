//! Bytes to text: strict UTF-8 with or without a byte order mark, no NUL, nothing blank.

use crate::codes;
use crate::finding::{Finding, Place, Severity};

/// A text file and the path by which findings name it.
#[derive(Clone, Copy, Debug)]
pub struct Text<'a> {
    /// Path as findings show it.
    pub path: &'a str,
    /// Content without the byte order mark.
    pub content: &'a str,
}

impl Text<'_> {
    /// Line and character (both from 1) of a byte offset into the content.
    pub fn position(&self, offset: usize) -> (u32, u32) {
        position(self.content.as_bytes(), offset)
    }

    /// The place of a byte offset into the content.
    pub fn place(&self, offset: usize) -> Place {
        let (line, character) = self.position(offset);
        Place::file(self.path).at(line, character)
    }
}

/// Line and character (both from 1) of a byte offset.
pub fn position(bytes: &[u8], offset: usize) -> (u32, u32) {
    let before = &bytes[..offset.min(bytes.len())];
    let line_start = memchr::memrchr(b'\n', before).map_or(0, |at| at + 1);
    let line = memchr::memchr_iter(b'\n', before).count() + 1;
    // Continuation bytes of UTF-8 do not begin a character.
    let character = before[line_start..].iter().filter(|byte| **byte & 0xC0 != 0x80).count() + 1;
    (u32::try_from(line).unwrap_or(u32::MAX), u32::try_from(character).unwrap_or(u32::MAX))
}

/// The positions of offsets asked for in ascending order, in one pass over the bytes however many there are.
#[derive(Debug)]
pub struct Positions<'a> {
    bytes: &'a [u8],
    at: usize,
    line: u32,
    character: u32,
}

impl<'a> Positions<'a> {
    /// Begins at the first byte.
    pub fn new(bytes: &'a [u8]) -> Self {
        Self { bytes, at: 0, line: 1, character: 1 }
    }

    /// Line and character (both from 1) of a byte offset, not smaller than the one asked for before.
    pub fn of(&mut self, offset: usize) -> (u32, u32) {
        let between = self.bytes.get(self.at..offset.min(self.bytes.len())).unwrap_or_default();
        let (lines, character) = position(between, between.len());
        self.character = if lines == 1 { self.character.saturating_add(character - 1) } else { character };
        self.line = self.line.saturating_add(lines - 1);
        self.at += between.len();
        (self.line, self.character)
    }
}

/// Reads a text document that says something. `None` when it has to be refused; the findings say why.
pub fn read<'a>(path: &'a str, bytes: &'a [u8], findings: &mut Vec<Finding>) -> Option<Text<'a>> {
    let text = read_any(path, bytes, findings)?;
    if text.content.trim().is_empty() {
        findings.push(
            Finding::new(&codes::EMPTY_FILE, Place::file(path), "is blank")
                .hint("write it, or remove it from the pack"),
        );
        return None;
    }
    Some(text)
}

/// Reads a text that may be blank, where blank means that there is nothing of what it lists.
pub fn read_any<'a>(path: &'a str, bytes: &'a [u8], findings: &mut Vec<Finding>) -> Option<Text<'a>> {
    let content = match bytes.strip_prefix(b"\xEF\xBB\xBF") {
        Some(rest) => {
            findings.push(
                Finding::new(&codes::ENCODING, Place::file(path), "begins with a UTF-8 byte order mark, left out")
                    .severity(Severity::Notice),
            );
            rest
        }
        None => bytes,
    };
    if content.starts_with(b"\xFF\xFE") || content.starts_with(b"\xFE\xFF") {
        findings.push(
            Finding::new(&codes::ENCODING, Place::file(path), "is UTF-16, expected UTF-8").hint("save it as UTF-8"),
        );
        return None;
    }
    if let Some(at) = memchr::memchr(0, content) {
        let (line, character) = position(content, at);
        findings.push(
            Finding::new(&codes::CONTROL_CHARACTER, Place::file(path).at(line, character), "has a NUL byte")
                .hint("this is not a text file, or it was damaged on the way; take it from its source again"),
        );
        return None;
    }
    let content = match str::from_utf8(content) {
        Ok(content) => content,
        Err(error) => {
            let at = error.valid_up_to();
            let (line, character) = position(content, at);
            let message = format!("byte 0x{:02X} at offset {at} is not UTF-8", content[at]);
            findings.push(
                Finding::new(&codes::ENCODING, Place::file(path).at(line, character), message)
                    .hint("save it as UTF-8; a file from Excel in Taiwan is often Big5"),
            );
            return None;
        }
    };
    Some(Text { path, content })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(bytes: &[u8]) -> String {
        let mut findings = Vec::new();
        let text = read("f", bytes, &mut findings).map(|text| text.content.to_owned());
        let found: Vec<_> = findings
            .iter()
            .map(|finding| format!("{} {} {}", finding.code.id, finding.place, finding.message))
            .collect();
        format!("{text:?} {}", found.join("; "))
    }

    #[test]
    fn ascending_positions_are_the_positions() {
        let bytes = "一a\n\nbc二\nd".as_bytes();
        let mut positions = Positions::new(bytes);
        for offset in 0..=bytes.len() + 1 {
            assert_eq!(positions.of(offset), position(bytes, offset), "{offset}");
        }
        assert_eq!(Positions::new(bytes).of(6), (3, 1));
    }

    #[test]
    fn text_is_strict_utf8() {
        assert_eq!(check("中文\n".as_bytes()), "Some(\"中文\\n\") ");
        assert_eq!(check(b"\xEF\xBB\xBFa"), "Some(\"a\") encoding f begins with a UTF-8 byte order mark, left out");
        assert_eq!(check("é\né\0".as_bytes()), "None control_character f:2:2 has a NUL byte");
        assert_eq!(check(b"ab\nc\xFF"), "None encoding f:2:2 byte 0xFF at offset 4 is not UTF-8");
        assert_eq!(check(b"\xFF\xFEa\0"), "None encoding f is UTF-16, expected UTF-8");
        assert_eq!(check(b" \n\t"), "None empty_file f is blank");
        assert_eq!(check(b""), "None empty_file f is blank");
    }
}
