//! The container of a workbook: its parts by name, and what it is when it is no workbook.

use std::collections::BTreeMap;
use std::io::{Cursor, Read as _};
use std::sync::{Mutex, PoisonError};

use quick_xml::events::Event;
use zip::ZipArchive;

use super::pipe::{Pipe, Plain, lock};
use super::refused::{Refused, refused};
use super::xml::{Xml, attribute};
use crate::codes;
use crate::finding::{Finding, Place};
use crate::limits;
use crate::read::capped::too_large;
use crate::read::crew::{Crew, alone};
use crate::read::format::{EXPORT, Legacy, Other, SAVE_AS_XLSX, UNPACK};

/// The parts of the container, and how much of them may still be read.
pub(super) struct Container<'a> {
    pub(super) path: &'a str,
    archive: ZipArchive<Cursor<&'a [u8]>>,
    /// Part names are compared without regard to case (Open Packaging Conventions).
    parts: BTreeMap<String, usize>,
    /// How many bytes they may still inflate to.
    pub(super) left: u64,
    /// How many of their tags and texts may still be read one by one.
    pub(super) events: u64,
}

impl<'a> Container<'a> {
    pub(super) fn open(path: &'a str, bytes: &'a [u8]) -> Result<Self, Refused> {
        // Counted before the directory is taken apart, since that alone costs memory for every part.
        let most = usize::try_from(limits::CONTAINER_PARTS.value).unwrap_or(usize::MAX);
        if memchr::memmem::find_iter(bytes, b"PK\x01\x02").take(most + 1).count() > most {
            let place = Place::file(path);
            return Err(Box::new(too_large(place, "the workbook has more parts", limits::CONTAINER_PARTS)));
        }
        let Ok(archive) = ZipArchive::new(Cursor::new(bytes)) else {
            // The directory of a container stands at its end.
            let has_end = memchr::memmem::rfind(bytes, b"PK\x05\x06").is_some();
            return Err(Box::new(if has_end {
                refused(path, "is a ZIP container that is damaged")
            } else {
                let message = "is a ZIP container that was cut off: its end is missing";
                Finding::new(&codes::TRUNCATED, Place::file(path), message).hint("take it from its source again")
            }));
        };
        let mut parts = BTreeMap::new();
        let (mut is_encrypted, mut is_named_twice) = (false, false);
        for index in 0..archive.len() {
            let Ok(entry) = archive.by_index_data(index) else { continue };
            is_encrypted |= entry.encrypted();
            if let Ok(name) = entry.name() {
                is_named_twice |= parts.insert(part_name("", &name), index).is_some();
            }
        }
        let mut container =
            Self { path, archive, parts, left: limits::INFLATED_BYTES.value, events: limits::XML_EVENTS.value };
        if let Some(other) = container.other_kind(is_encrypted) {
            return Err(other.finding(path).into());
        }
        // Every program would read something else of such a container.
        if container.archive.has_duplicate_names() || is_named_twice {
            return Err(refused(path, "is a ZIP container with two parts of the same name").into());
        }
        if container.archive.has_overlapping_entries().unwrap_or(false) {
            return Err(refused(path, "is a ZIP container whose parts overlap").into());
        }
        Ok(container)
    }

    /// What a container is that is no XLSX workbook.
    fn other_kind(&mut self, is_encrypted: bool) -> Option<Other> {
        let is_open_document_sheet = self.parts.get("mimetype").is_some_and(|index| {
            let mut sort = Vec::new();
            let part = self.archive.by_index(*index).map(|part| part.take(128).read_to_end(&mut sort));
            part.is_ok() && memchr::memmem::find(&sort, b"opendocument.spreadsheet").is_some()
        });
        let has = |name: &str| self.parts.contains_key(name);
        let ends = |extension: &str| self.parts.keys().any(|name| name.ends_with(extension));
        Some(if is_encrypted {
            Other::encrypted("a ZIP archive that is encrypted", "unpack it, and hand in the table without a password")
        } else if has("xl/workbook.bin") {
            Other::wrong(Legacy::Xlsb.name(), SAVE_AS_XLSX)
        } else if has("word/document.xml") {
            Other::wrong("a Word document", SAVE_AS_XLSX)
        } else if has("ppt/presentation.xml") {
            Other::wrong("a PowerPoint presentation", SAVE_AS_XLSX)
        } else if has("content.xml") && has("mimetype") {
            if is_open_document_sheet {
                Other::wrong(Legacy::Ods.name(), SAVE_AS_XLSX)
            } else {
                Other::wrong("an OpenDocument file that is no workbook", EXPORT)
            }
        } else if ends(".iwa") || has("index.zip") {
            Other::wrong("an Apple Numbers document", "export it as an Excel workbook (.xlsx) or CSV")
        } else if has("_rels/.rels") {
            return None;
        } else if ends(".csv") || ends(".xlsx") || ends(".xls") {
            Other::wrong("a ZIP archive with tables in it", UNPACK)
        } else {
            Other::wrong("a ZIP archive without a workbook", SAVE_AS_XLSX)
        })
    }

    /// Reads a part, while others of the crew inflate it ahead. `None` when the container does not have it.
    pub(super) fn read<P: Plain, Found: Send>(
        &mut self,
        name: &str,
        crew: Crew,
        work: impl FnOnce(&mut Xml<'_, '_, P>) -> Result<Found, Refused> + Send,
    ) -> Result<Option<Found>, Refused> {
        let path = self.path;
        let Some(index) = self.parts.get(name) else { return Ok(None) };
        let part = match self.archive.by_index(*index) {
            Ok(part) => part,
            Err(error) => return Err(refused(path, &format!("its part `{name}` cannot be read: {error}")).into()),
        };
        let events = self.events;
        let pipe = Pipe::new(part, &mut self.left);
        let (work, found) = (Mutex::new(Some(work)), Mutex::new(None));
        crew(&|| {
            let mine = lock(&work).take();
            match mine {
                Some(work) => {
                    let mut xml = Xml::new(path, name, &pipe, events);
                    let read = work(&mut xml);
                    *lock(&found) = Some((read, xml.left()));
                }
                None => pipe.help(),
            }
        });
        let Some((read, left)) = found.into_inner().unwrap_or_else(PoisonError::into_inner) else {
            return Err(refused(path, "the reading was interrupted").into());
        };
        self.events = left;
        read.map(Some)
    }

    /// Reads a part that has to be there.
    pub(super) fn required<P: Plain, Found: Send>(
        &mut self,
        name: &str,
        crew: Crew,
        work: impl FnOnce(&mut Xml<'_, '_, P>) -> Result<Found, Refused> + Send,
    ) -> Result<Found, Refused> {
        let path = self.path;
        self.read(name, crew, work)?.ok_or_else(|| refused(path, &format!("its part `{name}` is missing")).into())
    }

    /// What another part refers to: id, last word of the type, name of the part.
    pub(super) fn relations(&mut self, source: &str) -> Result<Vec<Relation>, Refused> {
        let (folder, file) = source.rsplit_once('/').unwrap_or(("", source));
        let name = part_name(folder, &format!("_rels/{file}.rels"));
        let path = self.path;
        let relations = self.read::<(), _>(&name, alone, |xml| {
            let mut relations = Vec::new();
            while let Some(event) = xml.next()? {
                let Event::Start(element) = event else { continue };
                if element.local_name().as_ref() == "Relationship" {
                    if relations.len() as u64 == limits::CONTAINER_PARTS.value {
                        let what = format!("the part `{name}` refers to more parts");
                        return Err(Box::new(too_large(Place::file(path), &what, limits::CONTAINER_PARTS)));
                    }
                    let [id, sort, target] =
                        ["Id", "Type", "Target"].map(|key| attribute(&element, key).unwrap_or_default());
                    // Names of the container are shorter.
                    if id.len() + target.len() <= LONGEST_REFERENCE {
                        relations.push(Relation {
                            id: id.into_owned(),
                            sort: sort.rsplit('/').next().unwrap_or_default().chars().take(32).collect(),
                            part: part_name(folder, &target),
                        });
                    }
                }
            }
            Ok(relations)
        })?;
        Ok(relations.unwrap_or_default())
    }
}

/// Most bytes of a reference to another part that is followed.
const LONGEST_REFERENCE: usize = 4_096;

pub(super) struct Relation {
    pub(super) id: String,
    /// Last word of the relationship type, which is the same in both editions of the standard.
    pub(super) sort: String,
    pub(super) part: String,
}

/// The name of a part, resolved against the folder of the part that refers to it.
fn part_name(folder: &str, target: &str) -> String {
    let target = target.replace('\\', "/").to_lowercase();
    let mut steps: Vec<&str> = if target.starts_with('/') { Vec::new() } else { folder.split('/').collect() };
    for step in target.split('/') {
        match step {
            "" | "." => {}
            ".." => {
                steps.pop();
            }
            step => steps.push(step),
        }
    }
    steps.retain(|step| !step.is_empty());
    steps.join("/")
}
