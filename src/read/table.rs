//! A record table in any format, row by row: plain cells that know where they came from.
//!
//! Invariants: what a file is, is decided by its bytes and not by its name; nothing is converted but what the format
//! itself says (a date cell of a workbook, a text cell written as `="0012"`); rows are handed on one by one, so a reader may become faster without its
//! callers noticing.

use crate::codes;
use crate::finding::{Code, Finding, Place, Severity};
use crate::limits::{self, Limit};
use crate::read::json_records::Document;
use crate::read::sheets::Choice;
use crate::read::stream::{self, Crew};
use crate::read::tree::{self, Entry, Node};
use crate::read::{csv, json_records, xlsx};

/// The formats in which a record table is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// Comma-separated text (RFC 4180).
    Csv,
    /// An Office Open XML workbook.
    Xlsx,
    /// A JSON list of objects.
    Json,
    /// One JSON object a line.
    JsonLines,
}

impl Format {
    /// The name for messages.
    pub fn name(self) -> &'static str {
        match self {
            Self::Csv => "CSV",
            Self::Xlsx => "XLSX",
            Self::Json => "JSON",
            Self::JsonLines => "JSONL",
        }
    }

    /// The format that a file name promises, when its extension is one of the known ones.
    fn promised(path: &str) -> Option<Self> {
        let (_, extension) = path.rsplit_once('.')?;
        match extension.to_ascii_lowercase().as_str() {
            "csv" => Some(Self::Csv),
            "xlsx" => Some(Self::Xlsx),
            "json" => Some(Self::Json),
            "jsonl" => Some(Self::JsonLines),
            _ => None,
        }
    }
}

/// One row of a table. The header of a CSV file or sheet is its first row that is not blank, and is handed on as any
/// other row.
#[derive(Clone, Copy, Debug)]
pub struct Row<'a> {
    /// Format it was read from.
    pub format: Format,
    /// How the row is counted: CSV and XLSX the row that Excel shows, from 1; JSON the item of the list, from 0; JSONL
    /// the line, from 1.
    pub number: u32,
    /// What stands in it.
    pub content: Content<'a>,
    pub(super) origin: Origin<'a>,
}

/// What stands in a row.
#[derive(Clone, Copy, Debug)]
pub enum Content<'a> {
    /// Cells in the order of their columns. CSV has every cell, also the blank ones; of a sheet only cells with content.
    Cells(&'a [Cell<'a>]),
    /// The keys and values of a JSON object, as they stand in it.
    Object(&'a [Entry]),
    /// The row could not be read. Its finding has been made.
    Broken,
}

/// A cell and the column it stands in.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Cell<'a> {
    /// Column, from 0.
    pub column: u32,
    /// What stands in it.
    pub value: Value<'a>,
}

/// What stands in a cell.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Value<'a> {
    /// Nothing, or JSON null.
    Blank,
    /// Text, as it stands there.
    Text(&'a str),
    /// A number exactly as it is written in a workbook or JSON document.
    Number(&'a str),
    /// True or false.
    Bool(bool),
    /// A date cell of a workbook as `YYYY-MM-DD`, `YYYY-MM-DDTHH:MM:SS` or, before day 1, `HH:MM:SS`. It has no offset.
    Moment(&'a str),
    /// A JSON list or object.
    Tree(&'a Node),
    /// A cell without a usable value.
    Fault(Fault<'a>),
}

/// Why a cell of a workbook has no usable value.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Fault<'a> {
    /// It shows an error such as `#N/A`.
    Error(&'a str),
    /// A formula that was saved without its value.
    NoValue,
    /// It is marked as a number or a boolean and holds something else.
    NotWhatItSays(&'a str),
    /// A number formatted as a date, for which Excel has no date.
    NoDate(&'a str),
}

impl<'a> Value<'a> {
    /// The value of a JSON node.
    pub fn of(node: &'a Node) -> Self {
        match &node.value {
            tree::Value::Null => Self::Blank,
            tree::Value::Bool(flag) => Self::Bool(*flag),
            tree::Value::Number(number) => Self::Number(number),
            tree::Value::Text(text) => Self::Text(text),
            tree::Value::List(_) | tree::Value::Table(_) => Self::Tree(node),
        }
    }

    /// Whether nothing stands there: no text, or only spaces and characters without width.
    pub fn is_blank(&self) -> bool {
        match self {
            Self::Blank => true,
            Self::Text(text) => trimmed(text).is_empty(),
            _ => false,
        }
    }
}

/// A text without the spaces, byte order marks and characters without width around it.
pub fn trimmed(text: &str) -> &str {
    // Nearly every cell begins and ends with something visible in ASCII.
    if let [first, .., last] | [first @ last] = text.as_bytes()
        && first.is_ascii_graphic()
        && last.is_ascii_graphic()
    {
        return text;
    }
    let invisible = |character: char| {
        character.is_whitespace() || matches!(character, '\u{200B}'..='\u{200D}' | '\u{2060}' | '\u{FEFF}')
    };
    text.trim_matches(invisible)
}

/// Where a row came from.
#[derive(Clone, Copy, Debug)]
pub(super) enum Origin<'a> {
    /// A CSV file: path, the line on which the row begins, and where its bytes stand.
    Text { path: &'a str, line: u32, bytes: Bytes<'a> },
    /// A sheet of a workbook.
    Sheet { path: &'a str, sheet: &'a str },
    /// A part of a JSON text.
    Json { document: &'a Document<'a>, offset: usize },
}

/// Where the bytes of a row stand in its file.
#[derive(Clone, Copy, Debug)]
pub(super) struct Bytes<'a> {
    /// Offset in the file to which the others are added. `None` when the file was in another encoding.
    pub(super) base: Option<u64>,
    /// The first byte of the row.
    pub(super) row: usize,
    /// The first byte of each cell.
    pub(super) cells: &'a [usize],
}

impl Bytes<'_> {
    fn offset(&self, at: usize) -> Option<u64> {
        Some(self.base? + at as u64)
    }
}

impl Row<'_> {
    /// The place of the row.
    pub fn place(&self) -> Place {
        match self.origin {
            Origin::Text { path, line, bytes } => {
                let byte = bytes.offset(bytes.row);
                Place { row: Some(self.number), line: Some(line), byte, ..Place::file(path) }
            }
            Origin::Sheet { path, sheet } => {
                Place { sheet: Some(sheet.to_owned()), row: Some(self.number), ..Place::file(path) }
            }
            Origin::Json { document, offset } => document.place(offset, &[]),
        }
    }

    /// The place of a cell, by its column from 0.
    pub fn place_of_cell(&self, column: u32) -> Place {
        let mut place = Place { cell: Some(cell_name(column, self.number)), ..self.place() };
        place.byte = self.byte_of_cell(column).or(place.byte);
        place
    }

    /// The line of a text file on which the row begins.
    pub fn line(&self) -> Option<u32> {
        match self.origin {
            Origin::Text { line, .. } => Some(line),
            _ => None,
        }
    }

    /// The offset in a text file at which the row begins.
    pub fn byte(&self) -> Option<u64> {
        match self.origin {
            Origin::Text { bytes, .. } => bytes.offset(bytes.row),
            _ => None,
        }
    }

    /// The offset in a text file at which a cell begins, by its column from 0.
    pub fn byte_of_cell(&self, column: u32) -> Option<u64> {
        match self.origin {
            Origin::Text { bytes, .. } => bytes.offset(*bytes.cells.get(column as usize)?),
            _ => None,
        }
    }

    /// The sheet of a workbook in which the row stands.
    pub fn sheet(&self) -> Option<&str> {
        match self.origin {
            Origin::Sheet { sheet, .. } => Some(sheet),
            _ => None,
        }
    }

    /// The place of a value of a JSON object.
    pub fn place_of_entry(&self, entry: &Entry) -> Place {
        match self.origin {
            Origin::Json { document, .. } => document.place(entry.node.offset, &[&entry.key]),
            _ => self.place(),
        }
    }
}

/// A cell as Excel names it, such as `E4`; the column from 0, the row from 1.
pub fn cell_name(column: u32, row: u32) -> String {
    let mut letters = Vec::new();
    let mut rest = u64::from(column) + 1;
    while rest > 0 {
        rest -= 1;
        letters.push(char::from(b'A' + u8::try_from(rest % 26).unwrap_or(0)));
        rest /= 26;
    }
    letters.iter().rev().collect::<String>() + &row.to_string()
}

/// Column from 0 and row from 1 of a cell as Excel names it; `None` when it is no such name.
pub fn cell_position(name: &str) -> Option<(u32, u32)> {
    let digits = name.find(|character: char| character.is_ascii_digit())?;
    let (letters, row) = name.split_at(digits);
    let next = |column: u32, letter: u8| {
        letter.is_ascii_uppercase().then(|| column.checked_mul(26)?.checked_add(u32::from(letter - b'A') + 1)).flatten()
    };
    let column = letters.bytes().try_fold(0, next)?;
    Some((column.checked_sub(1)?, row.parse().ok()?))
}

/// How the names of sheets begin that proofpack itself writes beside a table, in forms and in workbooks that it returns.
/// They are no tables and are not read.
pub const OWN_SHEETS: &str = "proofpack ";

/// The findings of one file: of one code at most so many with their places, the rest counted.
#[derive(Debug)]
pub struct Capped<'a> {
    path: &'a str,
    findings: &'a mut Vec<Finding>,
    counts: Vec<Counted>,
    /// Of one code so many are listed.
    pub(super) limit: Limit,
    /// How many of all codes are listed.
    listed: u64,
}

/// The findings of one code: how many there are, and how many are listed with their places.
#[derive(Debug)]
struct Counted {
    code: &'static Code,
    count: u64,
    listed: u64,
}

/// How many findings of each code there are.
pub(super) type FindingCounts = Vec<(&'static Code, u64)>;

impl<'a> Capped<'a> {
    /// For the findings of one file.
    pub fn new(path: &'a str, findings: &'a mut Vec<Finding>) -> Self {
        Self::within(path, findings, limits::FINDINGS_PER_CODE)
    }

    /// For the findings of one file, of one code so many with their places.
    pub fn within(path: &'a str, findings: &'a mut Vec<Finding>, limit: Limit) -> Self {
        Self { path, findings, counts: Vec::new(), limit, listed: 0 }
    }

    /// For the findings of a part of a file, of whose earlier parts so many findings of these codes are listed that no more
    /// will be.
    pub(super) fn below(path: &'a str, findings: &'a mut Vec<Finding>, limit: Limit, full: &[&'static Code]) -> Self {
        let counts = full.iter().map(|code| Counted { code, count: 0, listed: limit.value }).collect();
        Self { counts, ..Self::within(path, findings, limit) }
    }

    /// The codes of which no more findings will be listed.
    pub(super) fn full(&self) -> impl Iterator<Item = &'static Code> {
        let is_full = |counted: &&Counted| counted.listed >= self.limit.value;
        self.counts.iter().filter(is_full).map(|counted| counted.code)
    }

    /// Counts one finding, and makes it when there is room for it.
    pub fn add(&mut self, code: &'static Code, make: impl FnOnce() -> Finding) {
        let has_room = self.listed < limits::MARKED_FINDINGS.value;
        let most = self.limit.value;
        let counted = self.counted(code);
        counted.count += 1;
        if has_room && counted.listed < most {
            counted.listed += 1;
            self.listed += 1;
            self.findings.push(make());
        }
    }

    /// Counts findings whose places nobody kept.
    pub fn count(&mut self, code: &'static Code, more: u64) {
        self.counted(code).count += more;
    }

    fn counted(&mut self, code: &'static Code) -> &mut Counted {
        // Nearly always it is the very same.
        let same = self.counts.iter().position(|known| std::ptr::eq(known.code, code));
        let known = same.or_else(|| self.counts.iter().position(|known| known.code.id == code.id));
        let at = known.unwrap_or_else(|| {
            self.counts.push(Counted { code, count: 0, listed: 0 });
            self.counts.len() - 1
        });
        &mut self.counts[at]
    }

    /// What was counted, when the findings go on to [`Capped::join`].
    pub(super) fn into_counts(self) -> FindingCounts {
        self.counts.into_iter().map(|counted| (counted.code, counted.count)).collect()
    }

    /// Takes over the findings of a later part of the file, with what was counted there.
    pub(super) fn join(&mut self, found: Vec<Finding>, mut counts: FindingCounts) {
        for finding in found {
            match counts.iter_mut().find(|(code, _)| code.id == finding.code.id) {
                Some((code, count)) if *count > 0 => {
                    *count -= 1;
                    self.add(code, || finding);
                }
                _ => self.findings.push(finding),
            }
        }
        for (code, count) in counts.into_iter().filter(|(_, count)| *count > 0) {
            self.count(code, count);
        }
    }

    /// The findings, for those that stand once in a file.
    pub fn once(&mut self) -> &mut Vec<Finding> {
        self.findings
    }

    /// Says how many findings of each code were not listed.
    pub fn finish(mut self) {
        let limit = self.limit;
        self.counts.sort_by_key(|counted| counted.code.id);
        for Counted { code, count, listed } in self.counts {
            let rest = count.saturating_sub(listed);
            if rest > 0 {
                let message = format!("{rest} more like this in the file, {count} in all (limit `{}`)", limit.name);
                let rest = usize::try_from(rest).unwrap_or(usize::MAX);
                self.findings.push(Finding::new(code, Place::file(self.path), message).times(rest));
            }
        }
    }
}

/// Findings of one file that were kept within a larger limit, as they are told: of each code no more than usual.
pub fn told(path: &str, kept: &[Finding]) -> Vec<Finding> {
    let mut told = Vec::new();
    let mut capped = Capped::new(path, &mut told);
    for finding in kept {
        match finding.times {
            1 => capped.add(finding.code, || finding.clone()),
            times => capped.count(finding.code, times as u64),
        }
    }
    capped.finish();
    told
}

/// A finding about something that is larger than a limit.
pub(super) fn too_large(place: Place, what: &str, limit: Limit) -> Finding {
    let message = format!("{what} than {} (limit `{}`)", limit.value, limit.name);
    Finding::new(&codes::TOO_LARGE, place, message).hint("split the file, or remove what does not belong into it")
}

/// What takes the rows of a table, one by one.
pub type Sink<'s> = dyn FnMut(Row<'_>, &mut Capped<'_>) + Send + 's;

/// Reads a record table. `None` when it could not be read to its end: the rows that were handed on until then are not
/// the whole table and must not be used. The findings say why.
pub fn read(path: &str, bytes: &[u8], findings: &mut Capped<'_>, sink: &mut Sink<'_>) -> Option<Format> {
    read_by(stream::alone, path, bytes, &Choice::default(), findings, sink)
}

/// The same of this sheet, when it is a workbook.
pub fn read_sheet(
    path: &str,
    bytes: &[u8],
    sheet: Option<&str>,
    findings: &mut Capped<'_>,
    sink: &mut Sink<'_>,
) -> Option<Format> {
    read_by(stream::alone, path, bytes, &Choice::named(sheet), findings, sink)
}

/// Reads a record table with the help of a crew.
pub(super) fn read_by(
    crew: Crew,
    path: &str,
    bytes: &[u8],
    choice: &Choice,
    findings: &mut Capped<'_>,
    sink: &mut Sink<'_>,
) -> Option<Format> {
    if bytes.len() as u64 > limits::RECORDS_BYTES.value {
        let what = format!("is {} bytes, more", bytes.len());
        findings.once().push(too_large(Place::file(path), &what, limits::RECORDS_BYTES));
        return None;
    }
    // A log to which nothing was written yet: no line is no row. Every other format says at least what its columns are.
    if bytes.trim_ascii().is_empty() && Format::promised(path) == Some(Format::JsonLines) {
        return Some(Format::JsonLines);
    }
    let format = match sniff(bytes) {
        Ok(format) => format,
        Err(other) => {
            findings.once().push(other.finding(path));
            return None;
        }
    };
    if choice.named.is_some() && format != Format::Xlsx {
        findings.once().push(no_sheets(path, format));
        return None;
    }
    match format {
        Format::Csv => csv::read(path, bytes, findings, sink)?,
        Format::Xlsx => xlsx::read(path, bytes, crew, choice, findings, sink)?,
        Format::Json => json_records::read_list(path, bytes, findings, sink)?,
        Format::JsonLines => json_records::read_lines(path, bytes, findings, sink)?,
    }
    say_when_misnamed(path, format, findings);
    Some(format)
}

/// What is said when a sheet is asked for of a file that has none.
pub(super) fn no_sheets(path: &str, format: Format) -> Finding {
    let message = format!("is {} and has no sheets, and one was asked for", format.name());
    Finding::new(&codes::NO_SHEET, Place::file(path), message).hint("check it without --sheet")
}

/// Says when the name of a file promises another format than it has.
pub(super) fn say_when_misnamed(path: &str, format: Format, findings: &mut Capped<'_>) {
    if let Some(promised) = Format::promised(path).filter(|promised| *promised != format) {
        let message = format!("is named like {} and is {}; it was read as {1}", promised.name(), format.name());
        findings.once().push(
            Finding::new(&codes::UNKNOWN_FORMAT, Place::file(path), message)
                .severity(Severity::Notice)
                .hint("name it by what it is"),
        );
    }
}

/// A file that is not a record table, by its bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Other {
    /// What it is, with its article.
    pub name: &'static str,
    /// What to do about it.
    pub hint: &'static str,
    /// `wrong_file` or `encrypted`.
    pub code: &'static Code,
}

impl Other {
    pub(super) const fn wrong(name: &'static str, hint: &'static str) -> Self {
        Self { name, hint, code: &codes::WRONG_FILE }
    }

    pub(super) const fn encrypted(name: &'static str, hint: &'static str) -> Self {
        Self { name, hint, code: &codes::ENCRYPTED }
    }

    /// The finding about a file that is this.
    pub(super) fn finding(self, path: &str) -> Finding {
        let message = format!("is {}, expected CSV, XLSX, JSON or JSONL", self.name);
        Finding::new(self.code, Place::file(path), message).hint(self.hint)
    }
}

pub(super) const EXPORT: &str = "export the table as CSV or XLSX";
/// What to do about a file that a spreadsheet program can open.
pub(super) const SAVE_AS_XLSX: &str = "open it in a spreadsheet program and save it as an Excel workbook (.xlsx)";
const NO_PASSWORD: &str = "save a copy without a password";
const NO_LABEL: &str = "save a copy without its sensitivity label; there is no password to ask for";

/// What a file is, by its first bytes. What has no mark of its own is taken for CSV.
pub fn sniff(bytes: &[u8]) -> Result<Format, Other> {
    if bytes.starts_with(b"PK\x03\x04") || bytes.starts_with(b"PK\x05\x06") {
        return Ok(Format::Xlsx);
    }
    if bytes.starts_with(b"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1") {
        return Err(compound(bytes));
    }
    if let Some((_, name, hint)) = BINARY.iter().find(|(mark, ..)| bytes.starts_with(mark)) {
        return Err(Other::wrong(name, hint));
    }
    if bytes.get(4..8) == Some(b"ftyp") || (bytes.starts_with(b"RIFF") && bytes.get(8..12) == Some(b"WEBP")) {
        return Err(Other::wrong("a picture or video", EXPORT));
    }
    // The marks of texts are ASCII, in UTF-16 with a NUL beside each.
    let head = &bytes[..bytes.len().min(4_096)];
    let is_wide = head.starts_with(b"\xFF\xFE") || head.starts_with(b"\xFE\xFF");
    let head: Vec<_> = if is_wide {
        head[2..].iter().filter(|byte| **byte != 0).map(u8::to_ascii_lowercase).collect()
    } else {
        head.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(head).to_ascii_lowercase()
    };
    match head.trim_ascii_start() {
        [b'<', ..] => Err(markup(&head)),
        [b'[' | b'{', ..] if is_wide => Err(Other::wrong("JSON in UTF-16", "save it as UTF-8")),
        text if text.starts_with(b"{\\rtf") => Err(Other::wrong("an RTF document", EXPORT)),
        text if text.starts_with(b"mime-version:") => Err(Other::wrong("a web archive (MHTML)", SAVE_AS_XLSX)),
        [b'[', ..] => Ok(Format::Json),
        [b'{', ..] => Ok(Format::JsonLines),
        _ => Ok(Format::Csv),
    }
}

/// Formats of workbooks that are not read here, and can be converted to one that is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Legacy {
    /// Excel 97 to 2003.
    Xls,
    /// The binary form of XLSX.
    Xlsb,
    /// The workbook of the `OpenDocument` format.
    Ods,
}

impl Legacy {
    const ALL: [(Self, &'static str, &'static str); 3] = [
        (Self::Xls, "xls", "an old XLS workbook"),
        (Self::Xlsb, "xlsb", "a binary workbook (XLSB)"),
        (Self::Ods, "ods", "an OpenDocument workbook (ODS)"),
    ];

    /// The word for arguments.
    pub fn word(self) -> &'static str {
        Self::ALL.iter().find(|(known, ..)| *known == self).map_or("", |(_, word, _)| word)
    }

    /// The format of this word.
    pub fn of_word(word: &str) -> Option<Self> {
        Self::ALL.iter().find(|(_, known, _)| *known == word).map(|(format, ..)| *format)
    }

    /// The name for messages, with its article.
    pub fn name(self) -> &'static str {
        Self::ALL.iter().find(|(known, ..)| *known == self).map_or("", |(.., name)| name)
    }
}

/// The format of a workbook that has to be converted before it is read.
pub fn legacy(bytes: &[u8]) -> Option<Legacy> {
    match sniff(bytes) {
        Ok(Format::Xlsx) => xlsx::legacy(bytes),
        Err(other) if other.name == Legacy::Xls.name() => Some(Legacy::Xls),
        _ => None,
    }
}

/// First bytes of files that no text begins with, what they are and what to do about them.
const BINARY: &[(&[u8], &str, &str)] = &[
    (b"%PDF-", "a PDF document", EXPORT),
    (b"\x89PNG\r\n", "a picture (PNG)", EXPORT),
    (b"\xFF\xD8\xFF", "a picture (JPEG)", EXPORT),
    (b"GIF8", "a picture (GIF)", EXPORT),
    (b"II*\0", "a picture (TIFF)", EXPORT),
    (b"MM\0*", "a picture (TIFF)", EXPORT),
    (b"\x1F\x8B", "a gzip file", UNPACK),
    (b"BZh91AY&SY", "a bzip2 file", UNPACK),
    (b"\xFD7zXZ\0", "an xz file", UNPACK),
    (b"\x28\xB5\x2F\xFD", "a Zstandard file", UNPACK),
    (b"7z\xBC\xAF\x27\x1C", "a 7-Zip archive", UNPACK),
    (b"Rar!\x1A\x07", "a RAR archive", UNPACK),
    (b"SQLite format 3\0", "a SQLite database", EXPORT),
    (b"PAR1", "a Parquet file", EXPORT),
    // The two-byte marks of the oldest workbooks, BIFF 2 to 4.
    (b"\x09\x00\x04\x00", "a very old XLS workbook", SAVE_AS_XLSX),
    (b"\x09\x02\x06\x00", "a very old XLS workbook", SAVE_AS_XLSX),
    (b"\x09\x04\x06\x00", "a very old XLS workbook", SAVE_AS_XLSX),
];
/// What to do about a packed file.
pub(super) const UNPACK: &str = "unpack it and hand in the table that is in it";

/// What a compound file is, the container of old office documents and of encrypted new ones: by the names in its
/// directory, whose entries stand at multiples of 128 bytes.
fn compound(bytes: &[u8]) -> Other {
    let has = |name: &str| {
        let wide: Vec<u8> = name.encode_utf16().flat_map(u16::to_le_bytes).chain([0, 0]).collect();
        memchr::memmem::find_iter(bytes, &wide).any(|at| at % 128 == 0)
    };
    if has("EncryptedPackage") {
        // Rights management, which is how labels encrypt, brings its own transform.
        return if has("DRMEncryptedTransform") || has("DRMEncryptedDataSpace") {
            Other::encrypted("a workbook that a sensitivity label encrypts", NO_LABEL)
        } else {
            Other::encrypted("a workbook that is encrypted with a password", NO_PASSWORD)
        };
    }
    if has("Workbook") || has("Book") {
        Other::wrong("an old XLS workbook", SAVE_AS_XLSX)
    } else if has("WordDocument") {
        Other::wrong("an old Word document", EXPORT)
    } else if has("PowerPoint Document") {
        Other::wrong("an old PowerPoint presentation", EXPORT)
    } else if has("__properties_version1.0") {
        Other::wrong("an Outlook message", "save its attachment and hand that in")
    } else {
        Other::wrong("an office document of an old format", SAVE_AS_XLSX)
    }
}

/// What a text is that begins with `<`, by its first bytes in lower case.
fn markup(head: &[u8]) -> Other {
    let has = |word: &str| memchr::memmem::find(head, word.as_bytes()).is_some();
    if has("schemas-microsoft-com:office:spreadsheet") && !has("<html") {
        Other::wrong("an XML workbook of Excel 2003", SAVE_AS_XLSX)
    } else if ["<html", "<!doctype html", "<table", "<head", "<body", "<meta", "<div"].iter().any(|word| has(word)) {
        Other::wrong("an HTML page", SAVE_AS_XLSX)
    } else {
        Other::wrong("an XML document", EXPORT)
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_cell_name_and_its_position_say_the_same() {
        for (column, row) in [(0, 1), (25, 2), (26, 30), (701, 4), (702, 5), (16_383, 1_048_576)] {
            assert_eq!(cell_position(&cell_name(column, row)), Some((column, row)));
        }
        for wrong in ["", "4", "E", "e4", "E4F", "ZZZZZZZZZZ1"] {
            assert_eq!(cell_position(wrong), None, "{wrong}");
        }
    }

    /// Every row as one text, then every finding.
    pub(crate) fn check(path: &str, bytes: &[u8]) -> Vec<String> {
        let mut findings = Vec::new();
        let mut rows = Vec::new();
        let mut capped = Capped::new(path, &mut findings);
        let format = read(path, bytes, &mut capped, &mut |row, _| rows.push(show(&row)));
        capped.finish();
        rows.push(format.map_or("-", Format::name).to_owned());
        rows.extend(
            findings
                .iter()
                .map(|found| format!("{} {} {}: {}", found.severity.word(), found.code.id, found.place, found.message)),
        );
        rows
    }

    fn show(row: &Row<'_>) -> String {
        let content: Vec<_> = match row.content {
            Content::Cells(cells) => {
                cells.iter().map(|cell| format!("{}={:?}", cell_name(cell.column, row.number), cell.value)).collect()
            }
            Content::Object(entries) => entries
                .iter()
                .map(|entry| format!("{}={:?}", row.place_of_entry(entry), Value::of(&entry.node)))
                .collect(),
            Content::Broken => vec!["broken".to_owned()],
        };
        format!("{}: {}", row.place(), content.join(" "))
    }

    /// A compound file whose directory has these names.
    fn compound(names: &[&str]) -> Vec<u8> {
        let mut file = b"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1".to_vec();
        file.resize(512, 0);
        for name in names {
            file.extend(name.encode_utf16().flat_map(u16::to_le_bytes));
            file.resize(file.len().next_multiple_of(128), 0);
        }
        file
    }

    #[test]
    fn bytes_decide_what_a_file_is() {
        let wide = |text: &str| text.encode_utf16().flat_map(u16::to_le_bytes).collect::<Vec<_>>();
        for (bytes, expected) in [
            (&b"a,b\n1,2\n"[..], "CSV"),
            (b"", "CSV"),
            (b"Book,MIME-Version\n", "CSV"),
            (&wide("\u{FEFF}a\tb"), "CSV"),
            (b"PK\x03\x04...", "XLSX"),
            (b"\xEF\xBB\xBF \n[1]", "JSON"),
            (b"\n{}", "JSONL"),
            (&wide("\u{FEFF}[1]"), "JSON in UTF-16"),
            (&compound(&["Root Entry", "Workbook"]), "an old XLS workbook"),
            (&compound(&["Root Entry", "Book"]), "an old XLS workbook"),
            (&compound(&["WordDocument"]), "an old Word document"),
            (&compound(&["A Workbook"]), "an office document of an old format"),
            (&compound(&["EncryptionInfo", "EncryptedPackage"]), "a workbook that is encrypted with a password"),
            (&compound(&["EncryptedPackage", "DRMEncryptedTransform"]), "a workbook that a sensitivity label encrypts"),
            (b"%PDF-1.7", "a PDF document"),
            (b"\x89PNG\r\n", "a picture (PNG)"),
            (b"\0\0\0\x18ftypheic", "a picture or video"),
            (b"\x1F\x8B\x08", "a gzip file"),
            (b"{\\rtf1\\ansi", "an RTF document"),
            (b"MIME-Version: 1.0\r\n", "a web archive (MHTML)"),
            (b" <TABLE border=1>", "an HTML page"),
            (&wide("\u{FEFF}<html xmlns:x=\"urn:schemas-microsoft-com:office:spreadsheet\">"), "an HTML page"),
            (
                b"<?xml version=\"1.0\"?><Workbook xmlns=\"urn:schemas-microsoft-com:office:spreadsheet\">",
                "an XML workbook of Excel 2003",
            ),
            (b"<?xml version=\"1.0\"?><orders/>", "an XML document"),
        ] {
            assert_eq!(sniff(bytes).map_or_else(|other| other.name, Format::name), expected);
        }
        assert_eq!(
            check("t.xlsx", b"a\n1"),
            [
                "t.xlsx:1: A1=Text(\"a\")",
                "t.xlsx:2: A2=Text(\"1\")",
                "CSV",
                "notice unknown_format t.xlsx: is named like XLSX and is CSV; it was read as CSV"
            ]
        );
        assert_eq!(
            check("t.xls", b"<html>"),
            ["-", "error wrong_file t.xls: is an HTML page, expected CSV, XLSX, JSON or JSONL"]
        );
        assert_eq!(
            check("t.xlsx", &compound(&["EncryptedPackage"])),
            [
                "-",
                "error encrypted t.xlsx: is a workbook that is encrypted with a password, expected CSV, XLSX, JSON or JSONL"
            ]
        );
    }

    #[test]
    fn cells_are_named_as_excel_does() {
        for (column, row, name) in [(0, 1, "A1"), (4, 4, "E4"), (25, 9, "Z9"), (26, 1, "AA1"), (16_383, 2, "XFD2")] {
            assert_eq!(cell_name(column, row), name);
        }
        assert_eq!(cell_name(u32::MAX, u32::MAX), "MWLQKWV4294967295");
    }

    #[test]
    fn findings_beyond_the_limit_are_counted() {
        let mut findings = Vec::new();
        let mut capped = Capped::new("f", &mut findings);
        for _ in 0..150 {
            capped.add(&codes::RAGGED_ROW, || Finding::new(&codes::RAGGED_ROW, Place::file("f"), "x"));
        }
        capped.add(&codes::INVALID_VALUE, || Finding::new(&codes::INVALID_VALUE, Place::file("f"), "y"));
        capped.finish();
        assert_eq!(findings.len(), 102);
        assert_eq!(findings[101].code.id, "ragged_row");
        assert_eq!(findings[101].message, "50 more like this in the file, 150 in all (limit `findings_per_code`)");
    }

    proptest! {
        #[test]
        fn never_panics(bytes: Vec<u8>) {
            check("f", &bytes);
        }

        #[test]
        fn never_panics_on_texts(text in r#"[\[{"]?[\[\]{}",;:0-9a\t\r\n\\ 中]{0,60}"#) {
            check("f", text.as_bytes());
        }
    }
}
