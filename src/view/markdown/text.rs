//! Text in Markdown that reads as exactly that text, whatever characters it has, and changes nothing around it.

/// Writes what fills a cell, an item or a heading: white space at its ends is kept, where it would be trimmed.
pub(super) fn push_whole(out: &mut String, write: impl FnOnce(&mut String)) {
    let start = out.len();
    write(out);
    let reference = |char: char| format!("&#{};", u32::from(char));
    if let Some(last) = out[start..].chars().last().filter(|last| last.is_whitespace()) {
        out.truncate(out.len() - last.len_utf8());
        out.push_str(&reference(last));
    }
    if let Some(first) = out[start..].chars().next().filter(|first| first.is_whitespace()) {
        out.replace_range(start..start + first.len_utf8(), &reference(first));
    }
}

/// A paragraph whose line breaks are kept; blank lines are left out.
pub(super) fn push_lines(out: &mut String, text: &str, line_break: &str) {
    for (at, line) in text.lines().map(str::trim).filter(|line| !line.is_empty()).enumerate() {
        if at > 0 {
            out.push('\\');
            out.push_str(line_break);
        }
        push_text(out, line, true);
    }
}

/// The one place that escapes text: what it writes renders as exactly that text.
///
/// A line break becomes a character reference, so that the text stays in its cell. At the beginning of a line more
/// characters mean something.
pub(super) fn push_text(out: &mut String, text: &str, begins_line: bool) {
    let mut before = None;
    let mut only_digits = begins_line;
    let mut chars = text.chars().peekable();
    while let Some(char) = chars.next() {
        let after = chars.peek().copied();
        let is_inside_word = |neighbour: Option<char>| neighbour.is_some_and(char::is_alphanumeric);
        let has_meaning = match char {
            '\\' | '`' | '*' | '[' | ']' | '<' | '|' | '~' => true,
            // GitHub reads `$a$` as a formula.
            '$' => !is_inside_word(before),
            '_' => !(is_inside_word(before) && is_inside_word(after)),
            '&' => after.is_none_or(|after| after.is_ascii_alphanumeric() || after == '#'),
            // Before the bracket of a link it would make an image.
            '!' => after.is_none(),
            '#' | '-' | '+' | '=' | '>' | ':' => begins_line && before.is_none(),
            '.' | ')' => only_digits && before.is_some(),
            _ => false,
        };
        match char {
            '\0' => out.push('\u{FFFD}'),
            '\x01'..='\x1F' | '\x7F' => {
                out.push_str("&#");
                out.push_str(&u32::from(char).to_string());
                out.push(';');
            }
            _ => {
                if has_meaning {
                    out.push('\\');
                }
                out.push(char);
            }
        }
        only_digits &= char.is_ascii_digit();
        before = Some(char);
    }
}

/// A block of code; its fence is longer than any in the text.
pub(super) fn fenced(text: &str) -> String {
    let mut longest = 2;
    let mut run = 0;
    for char in text.chars() {
        run = if char == '`' { run + 1 } else { 0 };
        longest = longest.max(run);
    }
    let fence = "`".repeat(longest + 1);
    format!("{fence}\n{}\n{fence}", text.trim_end())
}
