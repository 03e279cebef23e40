//! The XML of a part, event by event.

use std::borrow::Cow;
use std::io::{self, BufReader, Cursor, Read};

use quick_xml::XmlVersion;
use quick_xml::events::{BytesStart, Event};
use zip::read::ZipFile;

use super::Refused;
use super::container::refused;
use crate::finding::Place;
use crate::limits::{self, Limit};
use crate::read::table::too_large;

/// The XML of a part, event by event, with every limit watched.
pub(super) struct Xml<'c, 'a> {
    path: &'c str,
    part: &'c str,
    reader: quick_xml::Reader<BufReader<Counted<'c, 'a>>>,
    buffer: Vec<u8>,
    depth: u64,
}

/// Counts the bytes of a part while they inflate.
struct Counted<'c, 'a> {
    part: ZipFile<'c, Cursor<&'a [u8]>>,
    left: &'c mut u64,
    /// Bytes of the tag or text that is being read.
    event: u64,
    over: Option<Limit>,
}

/// Most bytes of one tag or text: a cell's text with every character escaped.
const EVENT_BYTES: u64 = limits::CELL_BYTES.value * 8;

impl Read for Counted<'_, '_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = self.part.read(buffer)?;
        let bytes = count as u64;
        self.event += bytes;
        if bytes > *self.left {
            self.over = Some(limits::INFLATED_BYTES);
        } else if self.event > EVENT_BYTES {
            self.over = Some(limits::CELL_BYTES);
        }
        *self.left = self.left.saturating_sub(bytes);
        if self.over.is_some() { Err(io::Error::other("limit")) } else { Ok(count) }
    }
}

impl<'c, 'a> Xml<'c, 'a> {
    pub(super) fn new(path: &'c str, part: &'c str, file: ZipFile<'c, Cursor<&'a [u8]>>, left: &'c mut u64) -> Self {
        let counted = Counted { part: file, left, event: 0, over: None };
        let mut reader = quick_xml::Reader::from_reader(BufReader::new(counted));
        reader.config_mut().expand_empty_elements = true;
        Self { path, part, reader, buffer: Vec::new(), depth: 0 }
    }

    /// The next start, end or text. `None` at the end of the part.
    pub(super) fn next(&mut self) -> Result<Option<Event<'_>>, Refused> {
        self.buffer.clear();
        self.reader.get_mut().get_mut().event = 0;
        let event = match self.reader.read_event_into(&mut self.buffer) {
            Ok(event) => event,
            Err(error) => {
                let over = self.reader.get_ref().get_ref().over;
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
