//! The texts that cells share, and the text of elements.

use quick_xml::events::Event;

use super::container::Container;
use super::plain::PlainTexts;
use super::refused::Refused;
use super::text::{TextElement, unescape};
use super::xml::Xml;
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
                    if text.is_closed() {
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
