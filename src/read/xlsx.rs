//! XLSX row by row: a scanner of our own over the XML parts of the container.
//!
//! Invariants: no size that the file declares is believed, every byte is counted while it inflates; nothing is
//! allocated by the size of the grid, only by what stands in it; a text that many cells share is held once; numbers
//! stay as they are written, dates are computed without floating point.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};
use std::io::{self, BufReader, Cursor, Read};
use std::ops::Range;

use jiff::ToSpan;
use quick_xml::XmlVersion;
use quick_xml::events::{BytesStart, Event};
use zip::ZipArchive;
use zip::read::ZipFile;

use crate::codes;
use crate::finding::{Finding, Place};
use crate::limits::{self, Limit};
use crate::read::decimal::{Decimal, is_number};
use crate::read::table::{
    Capped, Cell, Content, EXPORT, Fault, Format, Legacy, OWN_SHEETS, Origin, Other, Row, SAVE_AS_XLSX, Sink, UNPACK,
    Value, cell_name, too_large,
};

/// Reads the first visible sheet with content. `None` when the workbook cannot be read to its end.
pub(super) fn read(path: &str, bytes: &[u8], findings: &mut Capped<'_>, sink: &mut Sink<'_>) -> Option<()> {
    match read_workbook(path, bytes, findings, sink) {
        Ok(()) => Some(()),
        Err(finding) => {
            findings.once().push(*finding);
            None
        }
    }
}

/// What a container holds, when it is a workbook in another form than XLSX.
pub(super) fn legacy(bytes: &[u8]) -> Option<Legacy> {
    let Err(refused) = Container::open("", bytes) else { return None };
    [Legacy::Xlsb, Legacy::Ods].into_iter().find(|format| refused.message.contains(format.name()))
}

/// The finding that ended the reading.
type Refused = Box<Finding>;

fn read_workbook(path: &str, bytes: &[u8], findings: &mut Capped<'_>, sink: &mut Sink<'_>) -> Result<(), Refused> {
    let mut container = Container::open(path, bytes)?;
    let workbook = Workbook::read(&mut container)?;
    workbook.report_hidden_sheets(path, findings);
    let mut chosen = false;
    // Every sheet with content, and how many rows of it have some.
    let mut filled: Vec<(&str, u64)> = Vec::new();
    for sheet in &workbook.sheets {
        let mut scan = Scan::new(&workbook, path, &sheet.name);
        let mut rows = 0;
        if chosen {
            let mut unsaid = Vec::new();
            scan.rows(&mut container, &sheet.part, &mut Capped::new(path, &mut unsaid), &mut |_, _, _| {
                rows += 1;
                true
            })?;
        } else {
            scan.rows(&mut container, &sheet.part, findings, &mut |number, cells, findings| {
                rows += 1;
                let origin = Origin::Sheet { path, sheet: &sheet.name };
                sink(Row { format: Format::Xlsx, number, content: Content::Cells(cells), origin }, findings);
                true
            })?;
            chosen = rows > 0;
            if let Some((count, place)) = scan.formulas {
                let message =
                    format!("the values that were saved with formulas were used (formulas in the sheet: {count})");
                findings.once().push(Finding::new(&codes::FORMULA_VALUE, place, message));
            }
        }
        if rows > 0 {
            filled.push((&sheet.name, rows));
        }
    }
    if !chosen {
        let message = "has no visible sheet with content";
        return Err(Box::new(
            Finding::new(&codes::EMPTY_FILE, Place::file(path), message).hint("show the sheet that holds the table"),
        ));
    }
    if filled.len() > 1 {
        let counted: Vec<_> = filled.iter().take(10).map(|(name, rows)| format!("`{name}` ({rows} rows)")).collect();
        let and_more = if filled.len() > 10 { format!(" and {} more", filled.len() - 10) } else { String::new() };
        let message = format!("has content in several sheets: {}{and_more}", counted.join(", "));
        findings.once().push(Finding::new(&codes::SHEETS, Place::file(path), message).hint(
            "only the first was read: keep one table in one workbook, or hide the sheets that do not belong to it",
        ));
    }
    Ok(())
}

/// The first names of a list.
fn named<Name: AsRef<str>>(names: &[Name]) -> String {
    let first: Vec<_> = names.iter().take(10).map(|name| format!("`{}`", name.as_ref())).collect();
    let and_more = if names.len() > 10 { format!(" and {} more", names.len() - 10) } else { String::new() };
    first.join(", ") + &and_more
}

/// The parts of the container, and how many bytes they may still inflate to.
struct Container<'a> {
    path: &'a str,
    archive: ZipArchive<Cursor<&'a [u8]>>,
    /// Part names are compared without regard to case (Open Packaging Conventions).
    parts: BTreeMap<String, usize>,
    left: u64,
}

impl<'a> Container<'a> {
    fn open(path: &'a str, bytes: &'a [u8]) -> Result<Self, Refused> {
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
        let mut is_encrypted = false;
        for index in 0..archive.len() {
            let Ok(entry) = archive.by_index_data(index) else { continue };
            is_encrypted |= entry.encrypted();
            if let Ok(name) = entry.name() {
                parts.insert(part_name("", &name), index);
            }
        }
        let mut container = Self { path, archive, parts, left: limits::INFLATED_BYTES.value };
        match container.other_kind(is_encrypted) {
            Some(other) => Err(other.finding(path).into()),
            None => Ok(container),
        }
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

    /// A part to read, when the container has it.
    fn part<'c>(&'c mut self, name: &'c str) -> Result<Option<Xml<'c, 'a>>, Refused> {
        let Some(index) = self.parts.get(name) else { return Ok(None) };
        match self.archive.by_index(*index) {
            Ok(file) => Ok(Some(Xml::new(self.path, name, file, &mut self.left))),
            Err(error) => Err(refused(self.path, &format!("its part `{name}` cannot be read: {error}")).into()),
        }
    }

    /// A part that has to be there.
    fn required<'c>(&'c mut self, name: &'c str) -> Result<Xml<'c, 'a>, Refused> {
        let path = self.path;
        self.part(name)?.ok_or_else(|| refused(path, &format!("its part `{name}` is missing")).into())
    }

    /// What another part refers to: id, last word of the type, name of the part.
    fn relations(&mut self, source: &str) -> Result<Vec<Relation>, Refused> {
        let (folder, file) = source.rsplit_once('/').unwrap_or(("", source));
        let name = part_name(folder, &format!("_rels/{file}.rels"));
        let mut relations = Vec::new();
        let path = self.path;
        let Some(mut xml) = self.part(&name)? else { return Ok(relations) };
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
    }
}

/// Most bytes of a reference to another part that is followed.
const LONGEST_REFERENCE: usize = 4_096;

struct Relation {
    id: String,
    /// Last word of the relationship type, which is the same in both editions of the standard.
    sort: String,
    part: String,
}

fn refused(path: &str, message: &str) -> Finding {
    Finding::new(&codes::UNREADABLE_WORKBOOK, Place::file(path), message).hint("export it again")
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

/// The XML of a part, event by event, with every limit watched.
struct Xml<'c, 'a> {
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
    fn new(path: &'c str, part: &'c str, file: ZipFile<'c, Cursor<&'a [u8]>>, left: &'c mut u64) -> Self {
        let counted = Counted { part: file, left, event: 0, over: None };
        let mut reader = quick_xml::Reader::from_reader(BufReader::new(counted));
        reader.config_mut().expand_empty_elements = true;
        Self { path, part, reader, buffer: Vec::new(), depth: 0 }
    }

    /// The next start, end or text. `None` at the end of the part.
    fn next(&mut self) -> Result<Option<Event<'_>>, Refused> {
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
fn text_of<'e>(event: &'e Event<'_>) -> Cow<'e, str> {
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
fn attribute<'e>(element: &'e BytesStart<'_>, name: &str) -> Option<Cow<'e, str>> {
    let mut attributes = element.attributes();
    let found = attributes.with_checks(false).flatten().find(|found| found.key.local_name().as_ref() == name)?;
    found.normalized_value(XmlVersion::Implicit1_0).ok()
}

/// Whether an attribute is true.
fn is_set(element: &BytesStart<'_>, name: &str) -> bool {
    matches!(attribute(element, name).as_deref(), Some("1" | "true"))
}

/// Column (from 0) and row (from 1) of a name such as `E4` or `$E$4`.
fn cell_of(name: &str) -> Option<(u32, u32)> {
    let name = name.replace('$', "");
    let digits = name.find(|character: char| character.is_ascii_digit())?;
    let (letters, row) = name.split_at(digits);
    let column = column_of(letters).filter(|column| *column > 0)?;
    Some((u32::try_from(column - 1).ok()?, row.parse().ok()?))
}

/// The column of letters such as `E` or `XFD`, counted from 1. `None` when something else is among them.
fn column_of(letters: &str) -> Option<u64> {
    letters.bytes().try_fold(0_u64, |number, letter| {
        let digit = u64::from(letter.is_ascii_alphabetic().then(|| letter.to_ascii_uppercase())? - b'A') + 1;
        Some(number.saturating_mul(26).saturating_add(digit))
    })
}

/// The letters of a column, counted from 0.
fn column_name(column: u32) -> String {
    cell_name(column, 0).trim_end_matches('0').to_owned()
}

/// Functions whose value changes with the day, with chance, or with what surrounds the cell.
const VOLATILE: [&str; 9] = ["TODAY", "NOW", "RAND", "RANDBETWEEN", "RANDARRAY", "OFFSET", "INDIRECT", "CELL", "INFO"];

/// Whether a formula calls a function that is volatile, or refers to another workbook (`[1]Sheet!A1`). What stands in
/// quotes is text.
fn is_unstable(formula: &str) -> bool {
    let mut word_start = None;
    let mut in_text = false;
    for (at, character) in formula.char_indices() {
        let before = word_start;
        let in_word = character.is_alphanumeric() || matches!(character, '_' | '.');
        word_start = in_word.then(|| word_start.unwrap_or(at));
        match character {
            '"' => in_text = !in_text,
            _ if in_text => {}
            '(' => {
                // Newer functions are written with a prefix, `_xlfn.RANDARRAY`.
                let word = before.and_then(|start| formula[start..at].rsplit('.').next()).unwrap_or_default();
                if VOLATILE.iter().any(|name| word.eq_ignore_ascii_case(name)) {
                    return true;
                }
            }
            // The columns of a table stand in brackets too, but behind its name or in brackets of their own.
            '[' if before.is_none() && !formula[..at].ends_with(['[', ',', ']']) => {
                let rest = formula[at + 1..].trim_start_matches(|character: char| character.is_ascii_digit());
                if rest.len() < formula.len() - at - 1 && rest.starts_with(']') {
                    return true;
                }
            }
            _ => {}
        }
    }
    false
}

/// What holds for every sheet.
struct Workbook {
    /// Visible sheets in their order.
    sheets: Vec<Sheet>,
    /// Names of sheets that are hidden.
    hidden: Vec<String>,
    shared: Shared,
    /// Whether a cell of this style shows its number as a date.
    date_styles: Vec<bool>,
    /// Days are counted from 1904 and not from 1900.
    from_1904: bool,
}

struct Sheet {
    name: String,
    part: String,
}

impl Workbook {
    fn read(container: &mut Container<'_>) -> Result<Self, Refused> {
        let path = container.path;
        let of_sort = |relations: &[Relation], sort: &str| {
            relations.iter().find(|relation| relation.sort == sort).map(|relation| relation.part.clone())
        };
        let roots = container.relations("")?;
        let Some(main) = of_sort(&roots, "officeDocument") else {
            return Err(refused(path, "is a container without a workbook").into());
        };
        let relations = container.relations(&main)?;
        let by_id: BTreeMap<_, _> = relations.iter().map(|relation| (relation.id.as_str(), relation)).collect();
        let mut sheets = Vec::new();
        let mut hidden = Vec::new();
        let mut from_1904 = false;
        let mut xml = container.required(&main)?;
        while let Some(event) = xml.next()? {
            let Event::Start(element) = event else { continue };
            match element.local_name().as_ref() {
                "workbookPr" => {
                    from_1904 = matches!(attribute(&element, "date1904").as_deref(), Some("1" | "true"));
                }
                "sheet" => {
                    let is_visible = attribute(&element, "state").is_none_or(|state| state == "visible");
                    let id = attribute(&element, "id").unwrap_or_default();
                    // Charts and dialogs are sheets too, without cells.
                    let Some(relation) = by_id.get(id.as_ref()).filter(|relation| relation.sort == "worksheet") else {
                        continue;
                    };
                    if (sheets.len() + hidden.len()) as u64 == limits::CONTAINER_PARTS.value {
                        let what = "the workbook has more sheets";
                        return Err(Box::new(too_large(Place::file(path), what, limits::CONTAINER_PARTS)));
                    }
                    // Excel allows 31 characters.
                    let name: String = attribute(&element, "name").unwrap_or_default().chars().take(31).collect();
                    if name.starts_with(OWN_SHEETS) {
                        // Written by proofpack about the table beside it.
                    } else if is_visible {
                        sheets.push(Sheet { name, part: relation.part.clone() });
                    } else {
                        hidden.push(name);
                    }
                }
                _ => {}
            }
        }
        drop(xml);
        let shared = match of_sort(&relations, "sharedStrings") {
            Some(part) => Shared::read(container, &part)?,
            None => Shared::default(),
        };
        let date_styles = match of_sort(&relations, "styles") {
            Some(part) => date_styles(container, &part)?,
            None => Vec::new(),
        };
        Ok(Self { sheets, hidden, shared, date_styles, from_1904 })
    }

    fn report_hidden_sheets(&self, path: &str, findings: &mut Capped<'_>) {
        if !self.hidden.is_empty() {
            let message = format!("hidden sheets were not read: {}", named(&self.hidden));
            findings.once().push(Finding::new(&codes::HIDDEN_SHEET, Place::file(path), message));
        }
    }
}

/// The texts that cells share: one after the other in one buffer.
#[derive(Default)]
struct Shared {
    texts: String,
    ends: Vec<u32>,
}

impl Shared {
    fn read(container: &mut Container<'_>, part: &str) -> Result<Self, Refused> {
        let path = container.path;
        let mut shared = Self::default();
        let mut start = 0;
        let mut text = TextElement::default();
        let mut xml = container.required(part)?;
        while let Some(event) = xml.next()? {
            text.step(&event, &mut shared.texts);
            if shared.texts.len() as u64 - start as u64 > limits::CELL_BYTES.value {
                return Err(Box::new(too_large(Place::file(path), "a shared text has more bytes", limits::CELL_BYTES)));
            }
            if let Event::End(element) = &event
                && element.local_name().as_ref() == "si"
            {
                if shared.texts.len() as u64 > limits::SHARED_BYTES.value {
                    let what = "the shared texts of the workbook have more bytes";
                    return Err(Box::new(too_large(Place::file(path), what, limits::SHARED_BYTES)));
                }
                if shared.ends.len() as u64 == limits::SHARED_TEXTS.value {
                    let what = "the workbook has more shared texts";
                    return Err(Box::new(too_large(Place::file(path), what, limits::SHARED_TEXTS)));
                }
                unescape(&mut shared.texts, start);
                start = shared.texts.len();
                // The limit of inflated bytes is far below 4 GB.
                shared.ends.push(u32::try_from(start).unwrap_or(u32::MAX));
            }
        }
        Ok(shared)
    }

    fn get(&self, index: usize) -> Option<&str> {
        let end = *self.ends.get(index)? as usize;
        let start = if index == 0 { 0 } else { self.ends[index - 1] as usize };
        self.texts.get(start..end)
    }
}

/// Collects the text of `t` elements: runs of rich text are joined, readings (`rPh`) are left out.
#[derive(Default)]
struct TextElement {
    inside: bool,
    readings: u32,
}

impl TextElement {
    fn step(&mut self, event: &Event<'_>, into: &mut String) {
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
fn unescape(text: &mut String, start: usize) {
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

/// For every cell style whether its number format is one of dates.
fn date_styles(container: &mut Container<'_>, part: &str) -> Result<Vec<bool>, Refused> {
    let mut custom = BTreeMap::new();
    let mut styles = Vec::new();
    let mut list = String::new();
    let path = container.path;
    let mut xml = container.required(part)?;
    while let Some(event) = xml.next()? {
        if (custom.len() + styles.len()) as u64 > limits::CELL_STYLES.value {
            let what = "the workbook has more cell styles and number formats";
            return Err(Box::new(too_large(Place::file(path), what, limits::CELL_STYLES)));
        }
        match event {
            Event::Start(element) => {
                let name = element.local_name();
                let id = || attribute(&element, "numFmtId").and_then(|id| id.parse::<u32>().ok()).unwrap_or(0);
                match (list.as_str(), name.as_ref()) {
                    (_, "numFmts" | "cellXfs") => name.as_ref().clone_into(&mut list),
                    ("numFmts", "numFmt") => {
                        let format = attribute(&element, "formatCode").unwrap_or_default();
                        custom.insert(id(), is_date_format(&format));
                    }
                    ("cellXfs", "xf") => styles.push(id()),
                    _ => {}
                }
            }
            Event::End(element) if element.local_name().as_ref() == list => list.clear(),
            _ => {}
        }
    }
    let is_date = |id: u32| custom.get(&id).copied().unwrap_or_else(|| is_built_in_date_format(id));
    Ok(styles.into_iter().map(is_date).collect())
}

/// Built-in formats of dates and times (ECMA-376 part 1, 18.8.30), those of East Asian editions included.
fn is_built_in_date_format(id: u32) -> bool {
    matches!(id, 14..=22 | 27..=36 | 45..=47 | 50..=58)
}

/// Whether a number format shows a part of a date or time: y, m, d, h or s that is neither quoted nor escaped nor in
/// brackets (colours, locales, conditions).
fn is_date_format(format: &str) -> bool {
    let mut characters = format.chars();
    while let Some(character) = characters.next() {
        match character {
            '"' => {
                characters.find(|quoted| *quoted == '"');
            }
            '[' => {
                characters.find(|bracketed| *bracketed == ']');
            }
            // The next character stands for itself, as a space of its width, or is repeated.
            '\\' | '_' | '*' => {
                characters.next();
            }
            'y' | 'm' | 'd' | 'h' | 's' | 'Y' | 'M' | 'D' | 'H' | 'S' => return true,
            _ => {}
        }
    }
    false
}

/// The ISO text of a serial number: whole days and a fraction of a day, rounded to the second. `None` where Excel has
/// no date: below 0, after the year 9999, and on 29 February 1900, which never was.
fn date_of(serial: &str, from_1904: bool) -> Option<String> {
    let plain = Decimal::parse(serial)?.to_string();
    let (days, fraction) = plain.split_once('.').unwrap_or((&plain, ""));
    let mut days: i32 = days.parse().ok()?;
    if plain.starts_with('-') || days > 2_958_465 {
        return None;
    }
    // 18 digits are finer than any second, and leave room for the multiplication.
    let digits = &fraction[..fraction.len().min(18)];
    let unit = 10_u128.pow(u32::try_from(digits.len()).ok()?);
    let part: u128 = if digits.is_empty() { 0 } else { digits.parse().ok()? };
    let mut seconds = (part * 86_400 * 2 + unit) / (unit * 2);
    if seconds == 86_400 {
        days += 1;
        seconds = 0;
    }
    let time = format!("{:02}:{:02}:{:02}", seconds / 3600, seconds / 60 % 60, seconds % 60);
    let first = match (from_1904, days) {
        (false, 0) => return Some(time),
        (false, 60) => return None,
        (false, ..60) => jiff::civil::date(1899, 12, 31),
        (false, _) => jiff::civil::date(1899, 12, 30),
        (true, _) => jiff::civil::date(1904, 1, 1),
    };
    let date = first.checked_add(days.days()).ok()?;
    Some(if seconds == 0 { date.to_string() } else { format!("{date}T{time}") })
}

/// One pass over the rows of a sheet.
struct Scan<'w> {
    workbook: &'w Workbook,
    path: &'w str,
    sheet: &'w str,
    /// How many cells were formulas, and where the first one stands.
    formulas: Option<(u64, Place)>,
    /// Groups of cells that share one formula whose value changes by itself.
    unstable: BTreeSet<String>,
    hidden: Hidden,
    row: u32,
    /// Column of the last cell of the row, counted from 1.
    column: u32,
    /// Texts of the row, one after the other; what cells share is not copied here.
    texts: String,
    /// The formula of the cell that is being read.
    formula: String,
    cells: Vec<Raw>,
}

/// What of the sheet nobody sees who opens it.
#[derive(Default)]
struct Hidden {
    /// Whether the row that is being read is hidden.
    row: bool,
    /// First and last of the hidden rows with content that follow one another, and how many they are.
    run: Option<(u32, u32, u32)>,
    /// First and last of hidden columns, counted from 1.
    columns: Vec<(u32, u32)>,
    /// The last column with content, counted from 1.
    widest: u32,
}

/// A cell of the row that is being read.
struct Raw {
    column: u32,
    value: RawValue,
}

enum RawValue {
    Text(Range<usize>),
    Shared(usize),
    Number(Range<usize>),
    Bool(bool),
    Moment(Range<usize>),
    Error(Range<usize>),
    NoValue,
    NotWhatItSays(Range<usize>),
    NoDate(Range<usize>),
}

/// The cell whose elements are being read.
#[derive(Default)]
struct Open {
    sort: Sort,
    style: usize,
    start: usize,
    is_formula: bool,
    /// The group of cells that share their formula.
    group: Option<String>,
    has_value: bool,
    inside: Inside,
    text: TextElement,
}

/// The element of a cell that the next text belongs to.
#[derive(Default, PartialEq)]
enum Inside {
    #[default]
    Other,
    Formula,
    Value,
}

/// What a cell says that it holds (ECMA-376 part 1, 18.18.11).
#[derive(Clone, Copy, Default, PartialEq)]
enum Sort {
    #[default]
    Number,
    Shared,
    Text,
    Bool,
    Error,
    IsoDate,
}

impl Sort {
    fn of(word: Option<&str>) -> Self {
        match word {
            Some("s") => Self::Shared,
            Some("str" | "inlineStr") => Self::Text,
            Some("b") => Self::Bool,
            Some("e") => Self::Error,
            Some("d") => Self::IsoDate,
            _ => Self::Number,
        }
    }
}

/// Takes a row, and says whether to go on.
type RowSink<'s> = dyn FnMut(u32, &[Cell<'_>], &mut Capped<'_>) -> bool + 's;

impl<'w> Scan<'w> {
    fn new(workbook: &'w Workbook, path: &'w str, sheet: &'w str) -> Self {
        Self {
            workbook,
            path,
            sheet,
            formulas: None,
            unstable: BTreeSet::new(),
            hidden: Hidden::default(),
            row: 0,
            column: 0,
            texts: String::new(),
            formula: String::new(),
            cells: Vec::new(),
        }
    }

    /// Hands on every row with content.
    fn rows(
        &mut self,
        container: &mut Container<'_>,
        part: &str,
        findings: &mut Capped<'_>,
        sink: &mut RowSink<'_>,
    ) -> Result<(), Refused> {
        let mut xml = container.required(part)?;
        let mut in_data = false;
        let mut in_row = false;
        let mut open: Option<Open> = None;
        // To the end, so that a part that is cut off or has a wrong checksum does not pass.
        while let Some(event) = xml.next()? {
            if let Some(cell) = &mut open {
                self.step(cell, &event)?;
                if matches!(&event, Event::End(element) if element.local_name().as_ref() == "c")
                    && let Some(cell) = open.take()
                {
                    self.close_cell(&cell, findings)?;
                }
                continue;
            }
            match &event {
                Event::Start(element) => match element.local_name().as_ref() {
                    "sheetData" => in_data = true,
                    "row" if in_data => {
                        in_row = true;
                        self.open_row(element)?;
                    }
                    "c" if in_row => open = Some(self.open_cell(element)?),
                    "col" => self.note_column(element),
                    "mergeCell" if self.hidden.widest > 0 => self.report_merged(element, findings),
                    _ => {}
                },
                Event::End(element) => match element.local_name().as_ref() {
                    "sheetData" => in_data = false,
                    "row" if in_row => {
                        in_row = false;
                        if !self.close_row(findings, sink) {
                            return Ok(());
                        }
                    }
                    _ => {}
                },
                _ => {}
            }
        }
        self.report_hidden_rows(findings);
        self.report_hidden_columns(findings);
        Ok(())
    }

    /// A piece of the cell that is open.
    fn step(&mut self, cell: &mut Open, event: &Event<'_>) -> Result<(), Refused> {
        cell.text.step(event, &mut self.texts);
        match event {
            Event::Start(element) => match element.local_name().as_ref() {
                "v" => (cell.inside, cell.has_value) = (Inside::Value, true),
                "f" => {
                    (cell.inside, cell.is_formula) = (Inside::Formula, true);
                    cell.group = attribute(element, "si").map(|group| group.chars().take(16).collect());
                }
                _ => {}
            },
            Event::End(element) if matches!(element.local_name().as_ref(), "v" | "f") => cell.inside = Inside::Other,
            event if cell.inside == Inside::Value => self.texts.push_str(&text_of(event)),
            event if cell.inside == Inside::Formula => self.formula.push_str(&text_of(event)),
            _ => {}
        }
        let longest = (self.texts.len() - cell.start).max(self.formula.len());
        if longest as u64 > limits::CELL_BYTES.value {
            return Err(Box::new(too_large(self.cell_place(), "the cell has more bytes", limits::CELL_BYTES)));
        }
        if self.texts.len() as u64 > limits::DOCUMENT_BYTES.value {
            return Err(Box::new(too_large(self.place(), "the row has more bytes", limits::DOCUMENT_BYTES)));
        }
        Ok(())
    }

    fn note_column(&mut self, element: &BytesStart<'_>) {
        let number = |key| attribute(element, key).and_then(|number| number.parse().ok());
        if is_set(element, "hidden")
            && let (Some(first), Some(last)) = (number("min"), number("max"))
            && (self.hidden.columns.len() as u64) < limits::TABLE_COLUMNS.value
        {
            self.hidden.columns.push((first, last));
        }
    }

    fn report_hidden_columns(&self, findings: &mut Capped<'_>) {
        for (first, last) in &self.hidden.columns {
            let last = self.hidden.widest.min(*last);
            if *first == 0 || *first > last {
                continue;
            }
            findings.add(&codes::HIDDEN_COLUMN, || {
                let [first, last] = [*first, last].map(|column| column_name(column - 1));
                let which = if first == last {
                    format!("column {first} is hidden and was")
                } else {
                    format!("columns {first} to {last} are hidden and were")
                };
                let place = Place { row: None, ..self.place() };
                Finding::new(&codes::HIDDEN_COLUMN, place, format!("{which} read like any other"))
            });
        }
    }

    /// Reports the hidden rows that came one after the other.
    fn report_hidden_rows(&mut self, findings: &mut Capped<'_>) {
        let Some((first, last, count)) = self.hidden.run.take() else { return };
        findings.add(&codes::HIDDEN_ROW, || {
            let message = if count == 1 {
                "the row is hidden and was read like any other".to_owned()
            } else {
                format!("rows {first} to {last} are hidden and were read like any other (rows with content: {count})")
            };
            Finding::new(&codes::HIDDEN_ROW, Place { row: Some(first), ..self.place() }, message)
        });
    }

    fn report_merged(&self, element: &BytesStart<'_>, findings: &mut Capped<'_>) {
        let range = attribute(element, "ref").unwrap_or_default();
        let Some((first, last)) = range.split_once(':') else { return };
        let (Some(first), Some(last)) = (cell_of(first), cell_of(last)) else { return };
        findings.add(&codes::MERGED_CELL, || {
            let [name, end] = [first, last].map(|(column, row)| cell_name(column, row));
            let message = format!("the cells {name}:{end} are merged; only the first of them has the value");
            let place = Place { row: Some(first.1), cell: Some(name), ..self.place() };
            Finding::new(&codes::MERGED_CELL, place, message)
                .hint("unmerge them and write the value into each row that it holds for")
        });
    }

    fn open_row(&mut self, element: &BytesStart<'_>) -> Result<(), Refused> {
        let next = match attribute(element, "r") {
            None => u64::from(self.row) + 1,
            Some(number) => match number.parse::<u64>() {
                Ok(number) if number > u64::from(self.row) => number,
                _ => {
                    return Err(self.damaged("the row that follows this one does not have a higher number"));
                }
            },
        };
        if next > limits::TABLE_ROWS.value {
            return Err(Box::new(too_large(self.place(), "the sheet has more rows", limits::TABLE_ROWS)));
        }
        self.row = u32::try_from(next).unwrap_or(u32::MAX);
        self.hidden.row = is_set(element, "hidden");
        self.column = 0;
        self.texts.clear();
        self.cells.clear();
        Ok(())
    }

    fn open_cell(&mut self, element: &BytesStart<'_>) -> Result<Open, Refused> {
        let next = match attribute(element, "r") {
            None => u64::from(self.column) + 1,
            Some(name) => {
                let letters = name.trim_end_matches(|character: char| character.is_ascii_digit());
                let number = column_of(letters).unwrap_or(0);
                if number <= u64::from(self.column) {
                    return Err(self.damaged("a cell of the row does not stand right of the one before it"));
                }
                number
            }
        };
        if next > limits::TABLE_COLUMNS.value {
            return Err(Box::new(too_large(self.place(), "the row has more columns", limits::TABLE_COLUMNS)));
        }
        self.column = u32::try_from(next).unwrap_or(u32::MAX);
        self.formula.clear();
        Ok(Open {
            sort: Sort::of(attribute(element, "t").as_deref()),
            style: attribute(element, "s").and_then(|style| style.parse().ok()).unwrap_or(0),
            start: self.texts.len(),
            ..Open::default()
        })
    }

    fn close_cell(&mut self, cell: &Open, findings: &mut Capped<'_>) -> Result<(), Refused> {
        if cell.is_formula && self.is_unstable(cell) {
            findings.add(&codes::UNSTABLE_FORMULA, || {
                let message = "the formula depends on the day, on chance or on another workbook; the value that was saved \
                               with it was used";
                Finding::new(&codes::UNSTABLE_FORMULA, self.cell_place(), message).hint("paste the value over the formula")
            });
        }
        if cell.is_formula && cell.has_value {
            let place = self.cell_place();
            self.formulas.get_or_insert((0, place)).0 += 1;
        }
        if cell.sort == Sort::Text {
            unescape(&mut self.texts, cell.start);
        }
        let range = cell.start..self.texts.len();
        let written = &self.texts[range.clone()];
        let value = match cell.sort {
            // A formula may well give an empty text, but no empty number; without any value it was never calculated.
            sort if written.is_empty() && cell.is_formula && !(sort == Sort::Text && cell.has_value) => {
                RawValue::NoValue
            }
            _ if written.is_empty() => return Ok(()),
            Sort::Text => RawValue::Text(range),
            Sort::Error => RawValue::Error(range),
            Sort::Shared => match written.trim().parse() {
                Ok(index) if self.workbook.shared.get(index).is_some() => RawValue::Shared(index),
                _ => {
                    let message = "the cell names a shared text that does not exist";
                    return Err(Box::new(Finding { place: self.cell_place(), ..*self.damaged(message) }));
                }
            },
            Sort::Bool => match written.trim() {
                "1" | "true" => RawValue::Bool(true),
                "0" | "false" => RawValue::Bool(false),
                _ => RawValue::NotWhatItSays(range),
            },
            Sort::IsoDate => match written.trim().parse::<jiff::civil::DateTime>() {
                Ok(moment) => {
                    let midnight = moment.time() == jiff::civil::Time::midnight();
                    let format = if midnight { "%Y-%m-%d" } else { "%Y-%m-%dT%H:%M:%S" };
                    RawValue::Moment(self.replace(&range, &moment.strftime(format).to_string()))
                }
                Err(_) => RawValue::NotWhatItSays(range),
            },
            Sort::Number if !is_number(written.trim()) => RawValue::NotWhatItSays(range),
            Sort::Number if self.workbook.date_styles.get(cell.style).copied().unwrap_or(false) => {
                match date_of(written.trim(), self.workbook.from_1904) {
                    Some(text) => RawValue::Moment(self.replace(&range, &text)),
                    None => RawValue::NoDate(range),
                }
            }
            Sort::Number => RawValue::Number(range),
        };
        self.cells.push(Raw { column: self.column - 1, value });
        Ok(())
    }

    /// Whether the value of a formula changes without anybody changing the workbook. Of cells that share a formula only
    /// the first has it.
    fn is_unstable(&mut self, cell: &Open) -> bool {
        let is_unstable = is_unstable(&self.formula);
        if let Some(group) = &cell.group {
            if is_unstable && (self.unstable.len() as u64) < limits::TABLE_COLUMNS.value {
                self.unstable.insert(group.clone());
            }
            return is_unstable || (self.formula.is_empty() && self.unstable.contains(group));
        }
        is_unstable
    }

    /// Puts another text in the place of the last one.
    fn replace(&mut self, range: &Range<usize>, text: &str) -> Range<usize> {
        self.texts.truncate(range.start);
        self.texts.push_str(text);
        range.start..self.texts.len()
    }

    fn close_row(&mut self, findings: &mut Capped<'_>, sink: &mut RowSink<'_>) -> bool {
        let text = |range: &Range<usize>| &self.texts[range.clone()];
        let value = |raw: &Raw| match &raw.value {
            RawValue::Text(range) => Value::Text(text(range)),
            RawValue::Shared(index) => Value::Text(self.workbook.shared.get(*index).unwrap_or_default()),
            RawValue::Number(range) => Value::Number(text(range).trim()),
            RawValue::Bool(flag) => Value::Bool(*flag),
            RawValue::Moment(range) => Value::Moment(text(range)),
            RawValue::Error(range) => Value::Fault(Fault::Error(text(range))),
            RawValue::NoValue => Value::Fault(Fault::NoValue),
            RawValue::NotWhatItSays(range) => Value::Fault(Fault::NotWhatItSays(text(range))),
            RawValue::NoDate(range) => Value::Fault(Fault::NoDate(text(range))),
        };
        let cells: Vec<_> = self.cells.iter().map(|raw| Cell { column: raw.column, value: value(raw) }).collect();
        let Some(last) = cells.iter().rev().find(|cell| !cell.value.is_blank()) else { return true };
        let widest = last.column + 1;
        let goes_on = sink(self.row, &cells, findings);
        drop(cells);
        self.hidden.widest = self.hidden.widest.max(widest);
        if self.hidden.row {
            let (first, _, count) = self.hidden.run.unwrap_or((self.row, self.row, 0));
            self.hidden.run = Some((first, self.row, count + 1));
        } else {
            self.report_hidden_rows(findings);
        }
        goes_on
    }

    fn place(&self) -> Place {
        Place { sheet: Some(self.sheet.to_owned()), row: (self.row > 0).then_some(self.row), ..Place::file(self.path) }
    }

    fn cell_place(&self) -> Place {
        Place { cell: Some(cell_name(self.column.saturating_sub(1), self.row)), ..self.place() }
    }

    fn damaged(&self, message: &str) -> Refused {
        Finding::new(&codes::UNREADABLE_WORKBOOK, self.place(), message).hint("export it again").into()
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use std::io::Write;

    use proptest::prelude::*;
    use zip::write::{SimpleFileOptions, ZipWriter};

    use super::*;
    use crate::read::table::tests::check;

    const RELATION: &str = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
    const STYLES: &str = r#"<styleSheet><numFmts count="2"><numFmt numFmtId="164" formatCode="yyyy/mm/dd&quot;x&quot;"/>
        <numFmt numFmtId="165" formatCode="[Red]0 &quot;days&quot;\d"/></numFmts><cellStyleXfs><xf numFmtId="14"/></cellStyleXfs>
        <cellXfs><xf numFmtId="0"/><xf numFmtId="14"/><xf numFmtId="164"/><xf numFmtId="165"/><xf numFmtId="57"/></cellXfs>
        <dxfs><dxf><numFmt numFmtId="165" formatCode="yyyy"/></dxf></dxfs></styleSheet>"#;

    /// A container with these parts.
    fn container(parts: &[(&str, &str)]) -> Vec<u8> {
        let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
        for (name, content) in parts {
            writer.start_file(*name, SimpleFileOptions::default()).unwrap();
            writer.write_all(content.as_bytes()).unwrap();
        }
        writer.finish().unwrap().into_inner()
    }

    /// A workbook: `workbookPr` and such, shared strings, and sheets as state, name and rows.
    fn workbook(properties: &str, shared: &str, sheets: &[(&str, &str, &str)]) -> Vec<u8> {
        let mut list = Vec::new();
        let mut relations = vec![format!(
            r#"<Relationship Id="rIdS" Type="{RELATION}/sharedStrings" Target="sharedStrings.xml"/>
            <Relationship Id="rIdT" Type="{RELATION}/styles" Target="/xl/styles.xml"/>"#
        )];
        let mut parts = Vec::new();
        for (number, (state, name, rows)) in sheets.iter().enumerate() {
            list.push(format!(r#"<sheet name="{name}" sheetId="{number}" state="{state}" r:id="rId{number}"/>"#));
            relations.push(format!(
                r#"<Relationship Id="rId{number}" Type="{RELATION}/worksheet" Target="sheets/s{number}.xml"/>"#
            ));
            let content =
                format!("<worksheet><dimension ref=\"A1:XFD1048576\"/><sheetData>{rows}</sheetData></worksheet>");
            parts.push((format!("xl/sheets/s{number}.xml"), content));
        }
        let root = format!(
            r#"<Relationships><Relationship Id="r" Type="{RELATION}/officeDocument" Target="xl/workbook.xml"/></Relationships>"#
        );
        let book = format!("<workbook>{properties}<sheets>{}</sheets></workbook>", list.concat());
        let relations = format!("<Relationships>{}</Relationships>", relations.concat());
        let shared = format!(r#"<sst uniqueCount="18446744073709551615">{shared}</sst>"#);
        let mut all = vec![
            ("_rels/.rels", root.as_str()),
            ("xl/workbook.xml", &book),
            ("xl/_rels/workbook.xml.rels", &relations),
            ("xl/sharedStrings.xml", &shared),
            ("xl/styles.xml", STYLES),
        ];
        all.extend(parts.iter().map(|(name, content)| (name.as_str(), content.as_str())));
        container(&all)
    }

    /// A workbook of one sheet `T` with these rows.
    pub(crate) fn sheet(rows: &str) -> Vec<u8> {
        workbook("", "", &[("visible", "T", rows)])
    }

    #[test]
    fn cells_of_every_sort_are_read() {
        let shared = r#"<si><t>id</t></si><si><r><t xml:space="preserve">陳 </t></r><r><rPr><b/></rPr><t>大&amp;文</t></r>
            <rPh sb="0" eb="1"><t>チン</t></rPh></si>"#;
        let rows = r#"<row r="2" spans="1:9"><c r="A2" t="s"><v>0</v></c><c r="C2" t="s"><v>1</v></c></row>
            <row r="4"><c t="inlineStr"><is><t>a_x000A_b_x0007_</t></is></c><c><v>1.1000000000000001</v></c><c t="b"><v>1</v></c>
            <c/><c r="F4" s="1"><v>46154</v></c><c s="2"><v>46154.834027777776</v></c><c s="3"><v>46154</v></c></row>
            <row><c t="e"><v>#N/A</v></c><c><f>A1</f></c><c><v>x</v></c><c s="4"><v>60</v></c><c t="str"><f>A1</f><v></v></c>
            <c t="str"><f>A1</f><v>y</v></c><c t="d"><v>2026-05-12T00:00:00</v></c></row>"#;
        assert_eq!(
            check("t.xlsx", &workbook("", shared, &[("visible", "T", rows)])),
            [
                "t.xlsx!T, row 2: A2=Text(\"id\") C2=Text(\"陳 大&文\")",
                "t.xlsx!T, row 4: A4=Text(\"a\\nb_x0007_\") B4=Number(\"1.1000000000000001\") C4=Bool(true) F4=Moment(\"2026-05-12\") G4=Moment(\"2026-05-12T20:01:00\") H4=Number(\"46154\")",
                "t.xlsx!T, row 5: A5=Fault(Error(\"#N/A\")) B5=Fault(NoValue) C5=Fault(NotWhatItSays(\"x\")) D5=Fault(NoDate(\"60\")) F5=Text(\"y\") G5=Moment(\"2026-05-12\")",
                "XLSX",
                "notice formula_value t.xlsx!T!E5: the values that were saved with formulas were used (formulas in the sheet: 2)",
            ]
        );
    }

    #[test]
    fn the_first_visible_sheet_with_content_is_the_table() {
        let row = |text: &str| format!(r#"<row r="1"><c r="A1" t="str"><v>{text}</v></c></row>"#);
        let (blank, may, june) = (row(" "), row("may"), row("june"));
        let sheets = [
            ("hidden", "H", may.as_str()),
            ("visible", "Blank", &blank),
            ("visible", "M&amp;M", &may),
            ("visible", "June", &june),
            ("veryHidden", "V", &june),
        ];
        assert_eq!(
            check("t.xlsx", &workbook("", "", &sheets)),
            [
                "t.xlsx!M&M, row 1: A1=Text(\"may\")",
                "XLSX",
                "notice hidden_sheet t.xlsx: hidden sheets were not read: `H`, `V`",
                "warning sheets t.xlsx: has content in several sheets: `M&M` (1 rows), `June` (1 rows)"
            ]
        );
        assert_eq!(
            check("t.xlsx", &workbook("", "", &sheets[..2])),
            [
                "-",
                "notice hidden_sheet t.xlsx: hidden sheets were not read: `H`",
                "error empty_file t.xlsx: has no visible sheet with content"
            ]
        );
    }

    /// A workbook of one sheet `T` with these rows and what stands before and behind them.
    fn dressed(before: &str, rows: &str, behind: &str) -> Vec<u8> {
        let rows = format!("</sheetData>{before}<sheetData>{rows}</sheetData>{behind}<sheetData>");
        workbook("", "", &[("visible", "T", &rows)])
    }

    /// The findings alone.
    fn said(book: &[u8]) -> Vec<String> {
        let all = check("t.xlsx", book);
        all.into_iter().skip_while(|line| line != "XLSX" && line != "-").skip(1).collect()
    }

    #[test]
    fn what_nobody_sees_is_read_and_said() {
        let row = |number: u32, hidden: &str| {
            format!(r#"<row r="{number}" {hidden}><c r="B{number}" t="str"><v>x</v></c></row>"#)
        };
        let rows = [
            row(1, ""),
            row(3, r#"hidden="1""#),
            row(4, r#"hidden="false""#),
            row(5, r#"hidden="true""#),
            r#"<row r="6" hidden="1"/>"#.to_owned(),
            row(8, r#"hidden="1""#),
        ]
        .concat();
        let columns = r#"<cols><col min="1" max="1" hidden="1"/><col min="2" max="16384" hidden="1"/><col min="3" max="4" hidden="1"/></cols>"#;
        let book = dressed(columns, &rows, "");
        assert_eq!(check("t.xlsx", &book)[..5].iter().filter(|row| row.contains("Text(\"x\")")).count(), 5);
        assert_eq!(
            said(&book),
            [
                "notice hidden_row t.xlsx!T, row 3: the row is hidden and was read like any other",
                "notice hidden_row t.xlsx!T, row 5: rows 5 to 8 are hidden and were read like any other (rows with content: 2)",
                "notice hidden_column t.xlsx!T: column A is hidden and was read like any other",
                "notice hidden_column t.xlsx!T: column B is hidden and was read like any other",
            ]
        );
    }

    #[test]
    fn merged_cells_are_said_and_not_filled() {
        let rows = r#"<row r="2"><c r="A2" t="str"><v>x</v></c><c r="B2"><v>1</v></c></row><row r="3"><c r="B3"><v>2</v></c></row>"#;
        let merges = r#"<mergeCells count="9"><mergeCell ref="A2:A3"/><mergeCell ref="$C$9:XFD1048576"/><mergeCell ref="A2"/><mergeCell ref="2:A"/><mergeCell/></mergeCells>"#;
        let book = dressed("", rows, merges);
        assert_eq!(check("t.xlsx", &book)[1], "t.xlsx!T, row 3: B3=Number(\"2\")");
        assert_eq!(
            said(&book),
            [
                "notice merged_cell t.xlsx!T!A2: the cells A2:A3 are merged; only the first of them has the value",
                "notice merged_cell t.xlsx!T!C9: the cells C9:XFD1048576 are merged; only the first of them has the value",
            ]
        );
    }

    #[test]
    fn formulas_that_change_by_themselves_are_flagged() {
        for formula in [
            "TODAY()",
            "A1+now()",
            "IF(A1,RAND(),1)",
            "_xlfn.RANDARRAY(2)",
            "[1]Prices!B2",
            "'[12]May 2026'!B2*2",
            "SUM([2]S!A1:A3)",
        ] {
            assert!(is_unstable(formula), "{formula}");
        }
        for formula in [
            "",
            "SUM(A1:A2)",
            "TODAY",
            "MYTODAY()",
            "\"NOW()\"",
            "Orders[1]",
            "Orders[[1],[2]]",
            "Orders[[#This Row],[x]]",
            "[",
            "[]",
            "[x",
        ] {
            assert!(!is_unstable(formula), "{formula}");
        }
        let rows = r#"<row><c><f t="shared" ref="A1:A2" si="0">NOW()</f><v>1</v></c><c><f t="shared" si="1">A1</f><v>1</v></c></row>
            <row><c><f t="shared" si="0"/><v>2</v></c><c><f t="shared" si="1"/><v>2</v></c></row>"#;
        let unstable = "the formula depends on the day, on chance or on another workbook; the value that was saved with it was used";
        assert_eq!(
            said(&sheet(rows)),
            [
                format!("warning unstable_formula t.xlsx!T!A1: {unstable}"),
                format!("warning unstable_formula t.xlsx!T!A2: {unstable}"),
                "notice formula_value t.xlsx!T!A1: the values that were saved with formulas were used (formulas in the sheet: 4)"
                    .to_owned(),
            ]
        );
    }

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

    #[test]
    fn dates_are_those_that_excel_shows() {
        for (serial, from_1904, text) in [
            ("1", false, "1900-01-01"),
            ("59", false, "1900-02-28"),
            ("60", false, "-"),
            ("61", false, "1900-03-01"),
            ("46154", false, "2026-05-12"),
            ("44692", true, "2026-05-12"),
            ("0", true, "1904-01-01"),
            ("46154.5", false, "2026-05-12T12:00:00"),
            // 20:01:00 as binary storage writes it, and the last half second of a day.
            ("46154.834027777775", false, "2026-05-12T20:01:00"),
            ("46154.999999", false, "2026-05-13"),
            ("46154.99998", false, "2026-05-12T23:59:58"),
            ("0.25", false, "06:00:00"),
            ("4.61545E4", false, "2026-05-12T12:00:00"),
            ("2958465", false, "9999-12-31"),
            ("2958466", false, "-"),
            ("2958465.9999999", false, "-"),
            ("-1", false, "-"),
            ("-0.5", false, "-"),
            ("1E30", false, "-"),
        ] {
            assert_eq!(date_of(serial, from_1904).as_deref().unwrap_or("-"), text, "{serial}");
        }
        let rows = r#"<row><c s="1"><v>44692</v></c></row>"#;
        let book = workbook(r#"<workbookPr date1904="1"/>"#, "", &[("visible", "T", rows)]);
        assert_eq!(check("t.xlsx", &book)[0], "t.xlsx!T, row 1: A1=Moment(\"2026-05-12\")");
    }

    #[test]
    fn number_formats_of_dates_are_told_from_others() {
        for format in ["yyyy-mm-dd", "[$-404]e/m/d", "h:mm AM/PM", "[h]:mm", "0 \\d s", "[Red]D", "\"x\"YY"] {
            assert!(is_date_format(format), "{format}");
        }
        for format in
            ["General", "#,##0.00", "0.00E+00", "\"days\" 0", "[Red]0", "0\\d", "0_d*s", "G/通用格式", "[Black", "\"h"]
        {
            assert!(!is_date_format(format), "{format}");
        }
    }

    #[test]
    fn what_is_no_whole_workbook_is_refused_by_name() {
        let whole = sheet("<row><c><v>1</v></c></row>");
        let rel = |target: &str| {
            format!(r#"<Relationships><Relationship Type="x/officeDocument" Target="{target}"/></Relationships>"#)
        };
        for (bytes, code, name) in [
            (container(&[("a.txt", "a")]), "wrong_file", "a ZIP archive without a workbook"),
            (container(&[("may.CSV", "a")]), "wrong_file", "a ZIP archive with tables in it"),
            (container(&[("word/document.xml", "")]), "wrong_file", "a Word document"),
            (container(&[("XL/Workbook.bin", "")]), "wrong_file", "a binary workbook (XLSB)"),
            (
                container(&[("mimetype", "application/vnd.oasis.opendocument.spreadsheet"), ("content.xml", "")]),
                "wrong_file",
                "an OpenDocument workbook (ODS)",
            ),
            (
                container(&[("mimetype", "application/vnd.oasis.opendocument.text"), ("content.xml", "")]),
                "wrong_file",
                "an OpenDocument file that is no workbook",
            ),
            (container(&[("Index/Document.iwa", "")]), "wrong_file", "an Apple Numbers document"),
        ] {
            let message = format!("error {code} t.xlsx: is {name}, expected CSV, XLSX, JSON or JSONL");
            assert_eq!(check("t.xlsx", &bytes), ["-".to_owned(), message]);
        }
        // Every beginning of a workbook is known to be no more than that.
        for cut in 4..whole.len() {
            let found = check("t.xlsx", &whole[..cut]);
            let cut_off = "error truncated t.xlsx: is a ZIP container that was cut off: its end is missing";
            let damaged = "error unreadable_workbook t.xlsx: is a ZIP container that is damaged";
            assert_eq!(found, ["-", if cut < whole.len() - 18 { cut_off } else { damaged }], "{cut}");
        }
        let mut encrypted = container(&[("xl/workbook.xml", "")]);
        let directory = memchr::memmem::find(&encrypted, b"PK\x01\x02").unwrap();
        encrypted[directory + 8] |= 1;
        assert_eq!(
            check("t.xlsx", &encrypted),
            ["-", "error encrypted t.xlsx: is a ZIP archive that is encrypted, expected CSV, XLSX, JSON or JSONL"]
        );
        for (bytes, message) in [
            (b"PK\x03\x04PK\x05\x06".to_vec(), "is a ZIP container that is damaged"),
            (container(&[("_rels/.rels", "<Relationships/>")]), "is a container without a workbook"),
            (container(&[("_rels/.rels", &rel("xl/w.xml"))]), "its part `xl/w.xml` is missing"),
            (
                container(&[("_rels/.rels", "<a><b></a>")]),
                "its part `_rels/.rels` is damaged: ill-formed document: expected `</b>`, but `</a>` was found",
            ),
            (container(&[("_rels/.rels", "<a><b>")]), "its part `_rels/.rels` ends in the middle"),
            (
                container(&[("_rels/.rels", "<!DOCTYPE a [<!ENTITY x \"y\">]><a>&x;</a>")]),
                "its part `_rels/.rels` declares a document type, which no workbook does",
            ),
        ] {
            assert_eq!(
                check("t.xlsx", &bytes),
                ["-".to_owned(), format!("error unreadable_workbook t.xlsx: {message}")]
            );
        }
        // A part that was changed after it was packed.
        let options = SimpleFileOptions::default().compression_method(zip::CompressionMethod::Stored);
        let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
        writer.start_file("_rels/.rels", options).unwrap();
        writer.write_all(b"<a>1</a>").unwrap();
        let mut changed = writer.finish().unwrap().into_inner();
        let at = changed.windows(3).position(|bytes| bytes == b">1<").unwrap();
        changed[at + 1] = b'2';
        assert!(check("t.xlsx", &changed)[1].contains("its part `_rels/.rels` is damaged: "));
    }

    #[test]
    fn a_sheet_that_contradicts_itself_is_refused() {
        for (rows, finding) in [
            (
                r#"<row r="2"/><row r="2"/>"#,
                "t.xlsx!T, row 2: the row that follows this one does not have a higher number",
            ),
            (r#"<row r="0"/>"#, "t.xlsx!T: the row that follows this one does not have a higher number"),
            (
                r#"<row><c r="B1"/><c r="A1"/></row>"#,
                "t.xlsx!T, row 1: a cell of the row does not stand right of the one before it",
            ),
            (
                r#"<row><c r="1"/></row>"#,
                "t.xlsx!T, row 1: a cell of the row does not stand right of the one before it",
            ),
            (r#"<row><c t="s"><v>7</v></c></row>"#, "t.xlsx!T!A1: the cell names a shared text that does not exist"),
        ] {
            let found = check("t.xlsx", &sheet(rows));
            assert_eq!(*found.last().unwrap(), format!("error unreadable_workbook {finding}"), "{rows}");
        }
    }

    #[test]
    fn limits_end_the_reading_and_are_named() {
        let deep = format!("<row>{}", "<x>".repeat(200));
        let long = format!(r#"<row><c t="str"><v>{}</v></c></row>"#, "x".repeat(131_073));
        let longer = format!(r#"<row><c t="str"><v>{}</v></c></row>"#, "x".repeat(1_100_000));
        for (rows, finding) in [
            (r#"<row r="1048577"/>"#, "t.xlsx!T: the sheet has more rows than 1048576 (limit `table_rows`)"),
            (r#"<row r="4294967296"/>"#, "t.xlsx!T: the sheet has more rows than 1048576 (limit `table_rows`)"),
            (
                r#"<row><c r="XFE1"/></row>"#,
                "t.xlsx!T, row 1: the row has more columns than 16384 (limit `table_columns`)",
            ),
            (
                r#"<row><c r="ZZZZZZZZZZZZZZZZ1"/></row>"#,
                "t.xlsx!T, row 1: the row has more columns than 16384 (limit `table_columns`)",
            ),
            (&deep, "t.xlsx: the part `xl/sheets/s0.xml` is nested deeper than 128 (limit `nesting`)"),
            (&long, "t.xlsx!T!A1: the cell has more bytes than 131072 (limit `cell_bytes`)"),
            (
                &longer,
                "t.xlsx: a text or tag of the part `xl/sheets/s0.xml` has more bytes than 131072 (limit `cell_bytes`)",
            ),
        ] {
            let found = check("t.xlsx", &sheet(rows));
            assert_eq!(*found.last().unwrap(), format!("error too_large {finding}"));
        }
        let many: Vec<_> = (0..4_097).map(|number| (format!("{number}"), "")).collect();
        let many: Vec<_> = many.iter().map(|(name, content)| (name.as_str(), *content)).collect();
        assert_eq!(
            check("t.xlsx", &container(&many))[1],
            "error too_large t.xlsx: the workbook has more parts than 4096 (limit `container_parts`)"
        );
    }

    #[test]
    fn what_costs_memory_beside_the_rows_is_bounded() {
        let relation = r#"<Relationship Id="a" Type="x/worksheet" Target="a"/>"#;
        let many = format!("<Relationships>{}</Relationships>", relation.repeat(4_097));
        assert_eq!(
            check("t.xlsx", &container(&[("_rels/.rels", &many)])),
            [
                "-",
                "error too_large t.xlsx: the part `_rels/.rels` refers to more parts than 4096 (limit `container_parts`)"
            ]
        );
        let sheets = r#"<sheet name="x" r:id="rId0"/>"#.repeat(4_097);
        assert_eq!(
            check("t.xlsx", &workbook(&sheets, "", &[("visible", "T", "")])),
            ["-", "error too_large t.xlsx: the workbook has more sheets than 4096 (limit `container_parts`)"]
        );
        let part = |styles: &str| {
            let book = container(&[("_rels/.rels", ""), ("s.xml", styles)]);
            let mut container = Container::open("t.xlsx", &book).unwrap();
            date_styles(&mut container, "s.xml").map(|styles| styles.len()).map_err(|refused| refused.message)
        };
        assert_eq!(part(&format!("<cellXfs>{}</cellXfs>", "<xf/>".repeat(1_000))), Ok(1_000));
        assert_eq!(
            part(&format!("<cellXfs>{}</cellXfs>", "<xf/>".repeat(131_073))),
            Err("the workbook has more cell styles and number formats than 131072 (limit `cell_styles`)".to_owned())
        );
        let cell = format!(r#"<c t="str"><v>{}</v></c>"#, "x".repeat(130_000));
        assert_eq!(
            *check("t.xlsx", &sheet(&format!("<row>{}</row>", cell.repeat(65)))).last().unwrap(),
            "error too_large t.xlsx!T, row 1: the row has more bytes than 8388608 (limit `document_bytes`)"
        );
    }

    /// Much of nothing, and little that says it is much.
    #[test]
    fn what_is_empty_costs_nothing() {
        let row = |cells: &str| format!("<row s=\"1\" customFormat=\"1\">{cells}</row>");
        let book = sheet(
            &(row("<c t=\"str\"><v>id</v></c>") + &row("<c s=\"1\"/>").repeat(20_000) + &row(&"<c/>".repeat(16_384))),
        );
        assert_eq!(check("t.xlsx", &book), ["t.xlsx!T, row 1: A1=Text(\"id\")", "XLSX"]);
        let corners = r#"<row r="1"><c r="A1"><v>1</v></c></row><row r="1048576"><c r="XFD1048576"><v>2</v></c></row>"#;
        assert_eq!(
            check("t.xlsx", &sheet(corners)),
            ["t.xlsx!T, row 1: A1=Number(\"1\")", "t.xlsx!T, row 1048576: XFD1048576=Number(\"2\")", "XLSX"]
        );
    }

    #[test]
    fn inflated_bytes_are_counted_and_not_believed() {
        let book = sheet(&"<row><c><v>1</v></c></row>".repeat(1_000));
        let mut container = Container::open("t.xlsx", &book).unwrap();
        container.left = 20_000;
        let workbook = Workbook::read(&mut container).unwrap();
        let mut scan = Scan::new(&workbook, "t.xlsx", "T");
        let mut findings = Vec::new();
        let mut findings = Capped::new("t.xlsx", &mut findings);
        let refused = scan.rows(&mut container, "xl/sheets/s0.xml", &mut findings, &mut |_, _, _| true).unwrap_err();
        assert_eq!(refused.message, "the workbook inflates to more bytes than 536870912 (limit `inflated_bytes`)");
    }

    #[test]
    fn a_text_that_cells_share_is_borrowed() {
        let shared = format!("<si><t>{}</t></si>", "x".repeat(100_000));
        let rows = r#"<row><c t="s"><v>0</v></c><c t="s"><v>0</v></c></row>"#.repeat(50_000);
        let book = workbook("", &shared, &[("visible", "T", &rows)]);
        let mut container = Container::open("t.xlsx", &book).unwrap();
        let workbook = Workbook::read(&mut container).unwrap();
        let held = workbook.shared.texts.as_ptr();
        let mut scan = Scan::new(&workbook, "t.xlsx", "T");
        let mut count = 0;
        let mut findings = Vec::new();
        let mut findings = Capped::new("t.xlsx", &mut findings);
        scan.rows(&mut container, "xl/sheets/s0.xml", &mut findings, &mut |_, cells, _| {
            for cell in cells {
                assert!(matches!(cell.value, Value::Text(text) if text.as_ptr() == held));
                count += 1;
            }
            true
        })
        .unwrap();
        assert_eq!(count, 100_000);
    }

    proptest! {
        #[test]
        fn never_panics(bytes: Vec<u8>) {
            check("f", &[b"PK\x03\x04", bytes.as_slice()].concat());
        }

        /// Changed bytes of the container itself: lengths, offsets, names, compressed data.
        #[test]
        fn never_panics_on_a_changed_container(changes in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..8)) {
            let mut bytes = sheet(r#"<row r="1"><c r="A1" t="str"><v>id</v></c><c r="B1" s="1"><v>46154.5</v></c></row>"#);
            for (at, byte) in changes {
                let at = at.index(bytes.len());
                bytes[at] = byte;
            }
            check("f", &bytes);
        }

        /// Changed XML in a sound container.
        #[test]
        fn never_panics_on_changed_xml(
            shared in "(<si>|</si>|<t>|</t>|<rPh>|_x000D_|_x005|中|&amp;|&#65;|&x;){0,9}",
            rows in r#"(<row r="[0-9]{0,3}">|</row>|<c r="[A-Z]{0,3}1" t="(s|b|e|d|str)?" s="[0-9]">|</c>|<v>|</v>|<f>|<f si="0">|</f>|NOW\(|\[1\]|<mergeCell ref="[A-Z]{0,9}[0-9]{0,12}:B2"/>|<col min="[0-9]" max="[0-9]{0,12}" hidden="1"/>|</sheetData>|[0-9.eE+\-]{1,6}|<c/>){0,20}"#,
        ) {
            check("f", &workbook("", &shared, &[("visible", "T", &rows)]));
        }
    }
}
