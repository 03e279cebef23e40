//! The texts that cells share, and the text of elements.

use quick_xml::events::Event;

use super::Refused;
use super::container::Container;
use super::plain::PlainTexts;
use super::xml::{Xml, text_of};
use crate::finding::Place;
use crate::limits;
use crate::read::capped::too_large;
use crate::read::crew::Crew;

/// The texts that cells share: one after the other in one buffer.
#[derive(Default)]
pub(super) struct Shared {
    pub(super) texts: String,
    ends: Vec<u32>,
}

impl Shared {
    pub(super) fn read(container: &mut Container<'_>, part: &str, crew: Crew) -> Result<Self, Refused> {
        let path = container.path;
        container.required(part, crew, |xml: &mut Xml<'_, '_, PlainTexts>| {
            let mut shared = Self::default();
            let mut text = TextElement::default();
            while let Some(event) = xml.next()? {
                text.step(&event, &mut shared.texts);
                let start = shared.ends.last().map_or(0, |end| *end as usize);
                if (shared.texts.len() - start) as u64 > limits::CELL_BYTES.value {
                    let what = "a shared text has more bytes";
                    return Err(Box::new(too_large(Place::file(path), what, limits::CELL_BYTES)));
                }
                if let Event::End(element) = &event
                    && element.local_name().as_ref() == "si"
                {
                    unescape(&mut shared.texts, start);
                    shared.end(path)?;
                    if !text.inside && text.readings == 0 {
                        while let Some((plain, _)) = xml.plain(2).filter(|(plain, _)| plain.end > 0) {
                            shared.add(plain, path)?;
                            let end = plain.end;
                            xml.pass(end);
                        }
                    }
                }
            }
            Ok(shared)
        })
    }

    fn add(&mut self, plain: &PlainTexts, path: &str) -> Result<(), Refused> {
        let mut start = 0;
        for end in &plain.ends {
            self.texts.push_str(&plain.texts[start..*end]);
            self.end(path)?;
            start = *end;
        }
        Ok(())
    }

    /// A text ends here.
    fn end(&mut self, path: &str) -> Result<(), Refused> {
        if self.texts.len() as u64 > limits::SHARED_BYTES.value {
            let what = "the shared texts of the workbook have more bytes";
            return Err(Box::new(too_large(Place::file(path), what, limits::SHARED_BYTES)));
        }
        if self.ends.len() as u64 == limits::SHARED_TEXTS.value {
            let what = "the workbook has more shared texts";
            return Err(Box::new(too_large(Place::file(path), what, limits::SHARED_TEXTS)));
        }
        // The limit of their bytes is far below 4 GB.
        self.ends.push(u32::try_from(self.texts.len()).unwrap_or(u32::MAX));
        Ok(())
    }

    pub(super) fn has(&self, index: usize) -> bool {
        index < self.ends.len()
    }

    pub(super) fn get(&self, index: usize) -> Option<&str> {
        let end = *self.ends.get(index)? as usize;
        let start = if index == 0 { 0 } else { self.ends[index - 1] as usize };
        self.texts.get(start..end)
    }
}

/// Collects the text of `t` elements: runs of rich text are joined, readings (`rPh`) are left out.
#[derive(Default)]
pub(super) struct TextElement {
    inside: bool,
    readings: u32,
}

impl TextElement {
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
