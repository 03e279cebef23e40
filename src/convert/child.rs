//! The child process: limits first, then a workbook from stdin, then the same as XLSX to stdout.
//!
//! Of a cell the value goes over as it was stored, the address, errors, dates and the text of its formula; of a sheet its
//! name and whether it is hidden. Nothing is computed.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::io::{self, Cursor, Read as _, Write as _};

use calamine::{Data, DataType as _, ExcelDateTime, Ods, Range, Reader, SheetType, SheetVisible, Xls, Xlsb};
use zip::ZipWriter;
use zip::write::SimpleFileOptions;

use super::ods::{self, Position, Seen};
use crate::limits;
use crate::read::format::Legacy;
use crate::read::row::cell_name;

/// Exit status: the workbook has a password.
pub(super) const ENCRYPTED: i32 = 3;
/// Exit status: the workbook cannot be read; why is the first line on stderr.
pub(super) const UNREADABLE: i32 = 4;

/// Whether a signal says that the time was up.
#[cfg(unix)]
pub(super) fn is_time_signal(signal: i32) -> bool {
    rustix::process::Signal::XCPU.as_raw() == signal
}

/// Runs as the child. The result is the exit status.
pub fn run(format: &str) -> i32 {
    if let Err(error) = bound() {
        return complain(&format!("the limits of the converter could not be set: {error}"));
    }
    let Some(format) = Legacy::of_word(format) else { return complain("this format is not converted") };
    let mut bytes = Vec::new();
    if let Err(error) = io::stdin().take(limits::RECORDS_BYTES.value + 1).read_to_end(&mut bytes) {
        return complain(&error.to_string());
    }
    let seen = if format == Legacy::Ods { ods::seen(&bytes) } else { Vec::new() };
    let source = Cursor::new(bytes);
    let book = match format {
        Legacy::Xls => book::<Xls<_>>(source, seen),
        Legacy::Xlsb => book::<Xlsb<_>>(source, seen),
        Legacy::Ods => book::<Ods<_>>(source, seen),
    };
    match book.and_then(|book| pack(&book).map_err(|error| error.to_string())) {
        Ok(bytes) => match io::stdout().write_all(&bytes).and_then(|()| io::stdout().flush()) {
            Ok(()) => 0,
            Err(_) => UNREADABLE,
        },
        Err(why) if why.to_lowercase().contains("password") => ENCRYPTED,
        Err(why) => complain(&why),
    }
}

fn complain(why: &str) -> i32 {
    let _ = writeln!(io::stderr(), "{why}");
    UNREADABLE
}

/// Limits this process: what the library asks for beyond them ends it.
#[cfg(unix)]
fn bound() -> io::Result<()> {
    use rustix::process::{Resource, Rlimit, setrlimit};
    // The signal of the lower limit of time says that it is that; the one of the upper limit does not.
    let seconds = limits::CONVERTER_SECONDS.value;
    let limits = [
        (Resource::As, limits::CONVERTER_BYTES.value, limits::CONVERTER_BYTES.value),
        (Resource::Cpu, seconds, seconds + 1),
        (Resource::Core, 0, 0),
        (Resource::Fsize, 0, 0),
    ];
    for (resource, current, maximum) in limits {
        setrlimit(resource, Rlimit { current: Some(current), maximum: Some(maximum) })?;
    }
    Ok(())
}

#[cfg(not(unix))]
fn bound() -> io::Result<()> {
    Err(io::Error::other("this system has none"))
}

/// The parts of an XLSX workbook that differ from book to book.
#[derive(Default)]
struct Book {
    /// Name, whether it is hidden, and XML of every sheet.
    sheets: Vec<(String, bool, String)>,
    from_1904: bool,
    /// Currencies of amounts, in the order of their styles.
    currencies: Vec<String>,
}

/// So many currencies are told apart; what comes after them is said to be in one of them.
const CURRENCIES: usize = 64;

fn book<R: Reader<Cursor<Vec<u8>>>>(
    source: Cursor<Vec<u8>>,
    seen: Vec<BTreeMap<Position, Seen>>,
) -> Result<Book, String>
where
    R::Error: std::fmt::Display,
{
    let mut workbook = R::new(source).map_err(|error| error.to_string())?;
    let mut book = Book::default();
    let mut seen = seen.into_iter();
    for sheet in workbook.sheets_metadata().to_vec() {
        let seen = seen.next().unwrap_or_default();
        if sheet.typ != SheetType::WorkSheet {
            continue;
        }
        let values = workbook.worksheet_range(&sheet.name).map_err(|error| error.to_string())?;
        // A formula that cannot be taken apart leaves its value behind.
        let formulas = workbook.worksheet_formula(&sheet.name).unwrap_or_default();
        let xml = book.sheet(&values, &formulas, &seen);
        book.sheets.push((sheet.name, sheet.visible != SheetVisible::Visible, xml));
    }
    Ok(book)
}

impl Book {
    fn sheet(&mut self, values: &Range<Data>, formulas: &Range<String>, seen: &BTreeMap<Position, Seen>) -> String {
        let mut xml = SHEET_HEAD.to_owned();
        let corners = |start: Option<(u32, u32)>, end: Option<(u32, u32)>| start.zip(end);
        let all = [corners(values.start(), values.end()), corners(formulas.start(), formulas.end())];
        let rows = all.iter().flatten().map(|((first, _), (last, _))| (*first, *last));
        let columns = all.iter().flatten().map(|((_, first), (_, last))| (*first, *last));
        let whole = |spans: &mut dyn Iterator<Item = (u32, u32)>| spans.reduce(|a, b| (a.0.min(b.0), a.1.max(b.1)));
        let (Some(rows), Some(columns)) = (whole(&mut rows.into_iter()), whole(&mut columns.into_iter())) else {
            return xml + SHEET_TAIL;
        };
        for row in rows.0..=rows.1 {
            let start = xml.len();
            let _ = write!(xml, r#"<row r="{}">"#, row + 1);
            let empty = xml.len();
            for column in columns.0..=columns.1 {
                let value = values.get_value((row, column)).unwrap_or(&Data::Empty);
                let formula = formulas.get_value((row, column)).map_or("", String::as_str);
                self.cell(&mut xml, &cell_name(column, row + 1), value, formula, seen.get(&(row, column)));
            }
            if xml.len() == empty {
                xml.truncate(start);
            } else {
                xml.push_str("</row>");
            }
        }
        xml + SHEET_TAIL
    }

    fn cell(&mut self, xml: &mut String, name: &str, value: &Data, formula: &str, seen: Option<&Seen>) {
        if value.is_empty() && formula.is_empty() {
            return;
        }
        let (mut kind, mut content) = self.content(value);
        match seen {
            Some(Seen::Error(error)) => (kind, content) = (r#" t="e""#.into(), format!("<v>{}</v>", escaped(error))),
            Some(Seen::Currency(code)) if matches!(value, Data::Int(_) | Data::Float(_)) => {
                kind = format!(r#" s="{}""#, self.style_of(code)).into();
            }
            _ => {}
        }
        let _ = write!(xml, r#"<c r="{name}"{kind}>"#);
        if !formula.is_empty() {
            xml.push_str("<f>");
            escape(formula, xml);
            xml.push_str("</f>");
        }
        xml.push_str(&content);
        xml.push_str("</c>");
    }

    /// The style of amounts in a currency.
    fn style_of(&mut self, code: &str) -> usize {
        let known = self.currencies.iter().position(|known| known == code);
        let at = known.unwrap_or_else(|| {
            if self.currencies.len() < CURRENCIES {
                self.currencies.push(code.to_owned());
            }
            self.currencies.len() - 1
        });
        BUILT_IN.len() + at
    }

    /// The attributes of a cell and what stands in it.
    fn content(&mut self, value: &Data) -> (Cow<'static, str>, String) {
        let number = |number: f64| {
            if number.is_finite() { format!("<v>{number}</v>") } else { "<v>#NUM!</v>".to_owned() }
        };
        let text = |text: &str| {
            let mut content = r#"<is><t xml:space="preserve">"#.to_owned();
            escape(text, &mut content);
            content + "</t></is>"
        };
        let (kind, content) = match value {
            Data::Empty => ("", String::new()),
            Data::Int(whole) => ("", format!("<v>{whole}</v>")),
            Data::Float(float) => ("", number(*float)),
            Data::Bool(flag) => (r#" t="b""#, format!("<v>{}</v>", u8::from(*flag))),
            Data::Error(error) => (r#" t="e""#, format!("<v>{error}</v>")),
            Data::DateTime(at) => {
                let serial = at.as_f64();
                let in_1900 = ExcelDateTime::new(serial, calamine::ExcelDateTimeType::DateTime, false);
                self.from_1904 |= at.is_datetime() && in_1900.to_ymd_hms_milli() != at.to_ymd_hms_milli();
                let style = if at.is_duration() {
                    r#" s="3""#
                } else if serial < 1.0 {
                    r#" s="2""#
                } else {
                    r#" s="1""#
                };
                (style, number(serial))
            }
            Data::DateTimeIso(iso) => (r#" t="d""#, format!("<v>{}</v>", escaped(iso))),
            Data::DurationIso(iso) => match days(iso) {
                Some(days) => (r#" s="2""#, number(days)),
                None => (r#" t="inlineStr""#, text(iso)),
            },
            Data::String(string) => (r#" t="inlineStr""#, text(string)),
        };
        (kind.into(), content)
    }
}

/// `PT18H05M00S`, a time of day, as a part of a day.
fn days(iso: &str) -> Option<f64> {
    let (hours, rest) = iso.strip_prefix("PT")?.split_once('H')?;
    let (minutes, rest) = rest.split_once('M')?;
    let seconds = rest.strip_suffix('S')?;
    let number = |text: &str| text.parse::<u32>().ok().map(f64::from);
    let whole = seconds.split_once('.').map_or(seconds, |(whole, _)| whole);
    Some((number(hours)? * 3600.0 + number(minutes)? * 60.0 + number(whole)?) / 86_400.0)
}

fn escaped(text: &str) -> String {
    let mut xml = String::new();
    escape(text, &mut xml);
    xml
}

/// XML text; characters that XML cannot hold as Excel writes them.
fn escape(text: &str, xml: &mut String) {
    for (at, character) in text.char_indices() {
        match character {
            '&' => xml.push_str("&amp;"),
            '<' => xml.push_str("&lt;"),
            '>' => xml.push_str("&gt;"),
            '_' if text[at..].starts_with("_x") => xml.push_str("_x005F_"),
            '\t' | '\n' => xml.push(character),
            '\u{0}'..='\u{1F}' | '\u{FFFE}' | '\u{FFFF}' => {
                let _ = write!(xml, "_x{:04X}_", u32::from(character));
            }
            _ => xml.push(character),
        }
    }
}

/// None, date with time, time, length of time: the number formats that every spreadsheet program has.
const BUILT_IN: [u32; 4] = [0, 22, 21, 46];
const SHEET_HEAD: &str = r#"<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>"#;
const SHEET_TAIL: &str = "</sheetData></worksheet>";
const MAIN: &str = "http://schemas.openxmlformats.org/spreadsheetml/2006/main";
const OFFICE: &str = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
const PACKAGE: &str = "http://schemas.openxmlformats.org/package/2006/relationships";

/// The container of a book.
fn pack(book: &Book) -> zip::result::ZipResult<Vec<u8>> {
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    let options = SimpleFileOptions::default();
    let mut part = |name: &str, xml: &str| -> zip::result::ZipResult<()> {
        zip.start_file(name, options)?;
        Ok(zip.write_all(xml.as_bytes())?)
    };
    let relation = |id: usize, sort: &str, target: &str| {
        format!(r#"<Relationship Id="r{id}" Type="{OFFICE}/{sort}" Target="{target}"/>"#)
    };
    let relations = |inner: &str| format!(r#"<Relationships xmlns="{PACKAGE}">{inner}</Relationships>"#);
    part("_rels/.rels", &relations(&relation(1, "officeDocument", "xl/workbook.xml")))?;
    let (mut sheets, mut targets) = (String::new(), relation(0, "styles", "styles.xml"));
    for (id, (name, is_hidden, xml)) in (1..).zip(&book.sheets) {
        let mut escaped_name = escaped(name);
        escaped_name = escaped_name.replace('"', "&quot;");
        let state = if *is_hidden { r#" state="hidden""# } else { "" };
        let _ = write!(sheets, r#"<sheet name="{escaped_name}" sheetId="{id}"{state} r:id="r{id}"/>"#);
        targets.push_str(&relation(id, "worksheet", &format!("sheet{id}.xml")));
        part(&format!("xl/sheet{id}.xml"), xml)?;
    }
    let epoch = if book.from_1904 { r#"<workbookPr date1904="1"/>"# } else { "" };
    part("xl/_rels/workbook.xml.rels", &relations(&targets))?;
    let workbook =
        format!(r#"<workbook xmlns="{MAIN}" xmlns:r="{OFFICE}">{epoch}<sheets>{sheets}</sheets></workbook>"#);
    part("xl/workbook.xml", &workbook)?;
    let mut formats = BUILT_IN.map(|id| format!(r#"<xf numFmtId="{id}"/>"#)).concat();
    let mut own = String::new();
    // Excel gives the formats of a workbook numbers from 164 on.
    for (id, code) in (164..).zip(&book.currencies) {
        let letters: String = code.chars().filter(char::is_ascii_alphanumeric).collect();
        let _ = write!(own, r#"<numFmt numFmtId="{id}" formatCode="[${letters}] #,##0"/>"#);
        let _ = write!(formats, r#"<xf numFmtId="{id}"/>"#);
    }
    let styles = format!("<numFmts>{own}</numFmts><cellXfs>{formats}</cellXfs>");
    part("xl/styles.xml", &format!(r#"<styleSheet xmlns="{MAIN}">{styles}</styleSheet>"#))?;
    Ok(zip.finish()?.into_inner())
}
