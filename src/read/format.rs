//! What a file is, by its bytes and not by its name.

use crate::codes;
use crate::finding::{Code, Finding, Place};

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
    pub(super) fn promised(path: &str) -> Option<Self> {
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
pub(super) mod tests {
    use super::*;

    /// A compound file whose directory has these names.
    pub(in crate::read) fn compound(names: &[&str]) -> Vec<u8> {
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
    }
}
