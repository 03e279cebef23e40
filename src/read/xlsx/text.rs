//! The text of a cell or a shared text, put together from its elements.

use quick_xml::events::Event;

use super::xml::text_of;

/// Collects the text of `t` elements: runs of rich text are joined, readings (`rPh`) are left out.
#[derive(Default)]
pub(super) struct TextElement {
    inside: bool,
    readings: u32,
}

impl TextElement {
    /// Whether nothing is open.
    pub(super) fn is_closed(&self) -> bool {
        !self.inside && self.readings == 0
    }

    pub(super) fn step(&mut self, event: &Event<'_>, into: &mut String) {
        match event {
            Event::Start(element) => match element.local_name().as_ref() {
                "t" => self.inside = true,
                "rPh" => self.readings += 1,
                _ => {}
            },
            Event::End(element) => match element.local_name().as_ref() {
                "t" => self.inside = false,
                "rPh" => self.readings = self.readings.saturating_sub(1),
                _ => {}
            },
            event if self.inside && self.readings == 0 => into.push_str(&text_of(event)),
            _ => {}
        }
    }
}

/// Excel writes characters that XML cannot hold as `_x000D_`, and `_x005F_` for a `_` that would look like that. Only
/// line breaks, tabs and visible characters are taken back; other control characters stay as they are written.
pub(super) fn unescape(text: &mut String, start: usize) {
    if !text[start..].contains("_x") {
        return;
    }
    let escaped = text.split_off(start);
    let mut rest = escaped.as_str();
    while let Some(at) = rest.find("_x") {
        let (before, escape) = rest.split_at(at);
        text.push_str(before);
        if let Some(character) = escaped_character(escape) {
            text.push(character);
            rest = &escape["_x0000_".len()..];
        } else {
            text.push_str("_x");
            rest = &escape["_x".len()..];
        }
    }
    text.push_str(rest);
}

/// The character of an escape such as `_x000D_` at the beginning of a text.
fn escaped_character(text: &str) -> Option<char> {
    let digits = text.as_bytes().get(2..6).filter(|_| text.as_bytes().get(6) == Some(&b'_'))?;
    let number = digits.iter().try_fold(0, |number, byte| Some(number * 16 + char::from(*byte).to_digit(16)?))?;
    char::from_u32(number).filter(|character| !character.is_control() || matches!(character, '\t' | '\n' | '\r'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn escapes_of_excel_are_taken_back() {
        for (written, read) in [
            ("a_x000D__x000A_b", "a\r\nb"),
            ("_x005F_x000D_", "_x000D_"),
            ("_x4e2D_", "中"),
            ("_x0000_ _xD800_ _x00 _xzzzz_ _x", "_x0000_ _xD800_ _x00 _xzzzz_ _x"),
            ("_x00é_", "_x00é_"),
        ] {
            let mut text = format!("_x000A_{written}");
            unescape(&mut text, 7);
            assert_eq!(text, format!("_x000A_{read}"));
        }
    }
}
