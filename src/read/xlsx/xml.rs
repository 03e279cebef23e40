//! The XML of a part, event by event.

use std::borrow::Cow;
use std::io::BufRead as _;

use quick_xml::XmlVersion;
use quick_xml::events::{BytesStart, Event};

use super::pipe::{Pieces, Pipe, Plain};
use super::refused::{Refused, refused};
use crate::finding::Place;
use crate::limits;
use crate::read::capped::too_large;

/// The XML of a part, event by event, with every limit watched.
pub(super) struct Xml<'p, 'c, P: Plain = ()> {
    path: &'p str,
    part: &'p str,
    reader: quick_xml::Reader<Pieces<'p, 'c, P>>,
    buffer: Vec<u8>,
    depth: u64,
    /// How many tags and texts of the container may still be read.
    left: u64,
}

impl<'p, 'c, P: Plain> Xml<'p, 'c, P> {
    pub(super) fn new(path: &'p str, part: &'p str, pipe: &'p Pipe<'c, P>, left: u64) -> Self {
        let mut reader = quick_xml::Reader::from_reader(Pieces::of(pipe));
        reader.config_mut().expand_empty_elements = true;
        Self { path, part, reader, buffer: Vec::new(), depth: 0, left }
    }

    /// How many tags and texts may still be read.
    pub(super) fn left(&self) -> u64 {
        self.left
    }

    /// What follows, as far as it is plain, and the text that it was read from. To be called behind the end of an
    /// element, and only when elements so much deeper are read as here.
    pub(super) fn plain(&mut self, deeper: u64) -> Option<(&P, &str)> {
        if self.depth + deeper > limits::NESTING.value {
            return None;
        }
        self.reader.get_mut().event = 0;
        self.reader.get_mut().plain()
    }

    /// Passes over bytes that were read as plain.
    pub(super) fn pass(&mut self, bytes: usize) {
        self.reader.stream().consume(bytes);
    }

    /// The next start, end or text. `None` at the end of the part.
    pub(super) fn next(&mut self) -> Result<Option<Event<'_>>, Refused> {
        self.buffer.clear();
        self.reader.get_mut().event = 0;
        let event = match self.reader.read_event_into(&mut self.buffer) {
            Ok(event) => event,
            Err(error) => {
                let over = self.reader.get_ref().over;
                return Err(Box::new(match over {
                    Some(limit) if limit.name == limits::INFLATED_BYTES.name => {
                        too_large(Place::file(self.path), "the workbook inflates to more bytes", limit)
                    }
                    Some(limit) => {
                        let what = format!("a text or tag of the part `{}` has more bytes", self.part);
                        too_large(Place::file(self.path), &what, limit)
                    }
                    None => refused(self.path, &format!("its part `{}` is damaged: {error}", self.part)),
                }));
            }
        };
        match &event {
            Event::Start(_) => self.depth += 1,
            Event::End(_) => self.depth = self.depth.saturating_sub(1),
            Event::DocType(_) => {
                let message = format!("its part `{}` declares a document type, which no workbook does", self.part);
                return Err(refused(self.path, &message).into());
            }
            Event::Eof if self.depth > 0 => {
                return Err(refused(self.path, &format!("its part `{}` ends in the middle", self.part)).into());
            }
            Event::Eof => return Ok(None),
            _ => {}
        }
        let Some(left) = self.left.checked_sub(1) else {
            let what = "the workbook has more tags and texts that are not written in the usual way";
            return Err(Box::new(too_large(Place::file(self.path), what, limits::XML_EVENTS)));
        };
        self.left = left;
        if self.depth > limits::NESTING.value {
            let what = format!("the part `{}` is nested deeper", self.part);
            return Err(Box::new(too_large(Place::file(self.path), &what, limits::NESTING)));
        }
        Ok(Some(event))
    }
}

/// The text of an event, with the five entities of XML resolved; others are left out.
pub(super) fn text_of<'e>(event: &'e Event<'_>) -> Cow<'e, str> {
    match event {
        Event::Text(text) => text.xml10_content(),
        Event::CData(text) => text.xml10_content(),
        Event::GeneralRef(reference) => match reference.resolve_char_ref() {
            Ok(Some(character)) => character.to_string().into(),
            _ => quick_xml::escape::resolve_predefined_entity(reference).unwrap_or_default().into(),
        },
        _ => "".into(),
    }
}

/// An attribute by its name without prefix.
pub(super) fn attribute<'e>(element: &'e BytesStart<'_>, name: &str) -> Option<Cow<'e, str>> {
    let mut attributes = element.attributes();
    let found = attributes.with_checks(false).flatten().find(|found| found.key.local_name().as_ref() == name)?;
    found.normalized_value(XmlVersion::Implicit1_0).ok()
}

/// Whether an attribute is true.
pub(super) fn is_set(element: &BytesStart<'_>, name: &str) -> bool {
    matches!(attribute(element, name).as_deref(), Some("1" | "true"))
}
