//! Text in HTML: what would mean something there is written as a reference, and what may not stand there is replaced.

/// Appends text for an element or an attribute in quotes.
pub(super) fn push_escaped(out: &mut String, text: &str) {
    let mut written = 0;
    for (at, byte) in text.bytes().enumerate() {
        let reference = match byte {
            b'&' => "&amp;",
            b'<' => "&lt;",
            b'>' => "&gt;",
            b'"' => "&quot;",
            b'\'' => "&#39;",
            _ => continue,
        };
        out.push_str(&text[written..at]);
        out.push_str(reference);
        written = at + 1;
    }
    out.push_str(&text[written..]);
}

/// Shows code points that HTML forbids as the replacement character.
pub(super) fn without_forbidden(html: String) -> String {
    let is_forbidden = |char: char| match char {
        '\t' | '\n' => false,
        '\0'..='\x1F' | '\x7F'..='\u{9F}' | '\u{FDD0}'..='\u{FDEF}' => true,
        _ => u32::from(char) & 0xFFFE == 0xFFFE,
    };
    // Few lines have a byte that may begin one, and the others are passed over many bytes at a time.
    let may_begin = |byte: u8| matches!(byte, 0..=0x1F | 0x7F | 0xC2 | 0xEF..);
    let is_suspect = |line: &&str| line.bytes().fold(false, |found, byte| found | may_begin(byte));
    if html.split('\n').filter(is_suspect).any(|line| line.contains(is_forbidden)) {
        html.replace(is_forbidden, "\u{FFFD}")
    } else {
        html
    }
}
