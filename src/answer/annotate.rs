//! The sender's own table returned as a workbook: every cell where it was, the wrong ones marked with a note that says
//! what to do, and a sheet that lists everything.
//!
//! Invariants: rows and columns keep their places, so that every address holds; what may be personal is not copied, nor
//! are columns that nobody asked for; no text becomes a formula; proofpack reads the returned workbook as if its own
//! sheet were not there.

use std::borrow::Cow;
use std::collections::BTreeMap;

use rust_xlsxwriter::{ExcelDateTime, Format, IgnoreError, Note, Url, Workbook, Worksheet, XlsxError};

use crate::answer::book::{self, COLUMNS, ROWS};
use crate::answer::excerpt::text;
use crate::answer::{Answer, groups};
use crate::check::privacy;
use crate::check::upload::{Discretion, Head};
use crate::clock::Now;
use crate::finding::{Finding, Severity};
use crate::lang::{Lang, Words, words};
use crate::read::capped::Capped;
use crate::read::row::{Cell, Content, Row, Value, cell_name, cell_position};
use crate::read::sheets::OWN_SHEETS;
use crate::read::table;

/// Larger files are written row by row through a temporary file of the workbook library, so that memory does not grow
/// with them.
const IN_MEMORY: usize = 4 << 20;
/// Rows that are looked at for the widths of columns.
const MEASURED: u32 = 200;
/// Most findings that the note of one cell tells.
const TOLD: usize = 5;
/// Most cells that have a note, and most findings that are listed: each costs kilobytes, and nobody reads more. The
/// others are marked by their colour alone.
const NOTED: usize = 10_000;

/// What is to be returned.
#[derive(Clone, Copy, Debug)]
pub struct Original<'a> {
    /// The file's path, as findings name it.
    pub path: &'a str,
    /// Its content.
    pub bytes: &'a [u8],
    /// What may be repeated of it.
    pub discretion: Discretion,
}

/// The workbook, and what of the file is not in it.
#[derive(Debug)]
pub struct Annotated {
    /// The file to write.
    pub bytes: Vec<u8>,
    /// Rows that Excel has no room for.
    pub left_out: u64,
}

/// Makes the workbook, or says why there can be none.
pub fn workbook(original: Original<'_>, answer: &Answer, lang: Lang, now: &Now) -> Result<Annotated, String> {
    write(original, answer, lang, now, original.bytes.len() > IN_MEMORY)
}

fn write(original: Original<'_>, answer: &Answer, lang: Lang, now: &Now, is_large: bool) -> Result<Annotated, String> {
    let head = answer.upload.as_ref().and_then(|upload| upload.head.as_ref());
    let head =
        head.filter(|head| !head.fields.is_empty()).ok_or("no column of it is known, so nothing of it is copied")?;
    let failed = |error: XlsxError| format!("the workbook cannot be written: {error}");
    let mut workbook = book::new(words("查核結果", "What was found").get(lang), now).map_err(failed)?;
    let sheet = if is_large {
        workbook.add_worksheet_with_constant_memory().map_err(failed)?
    } else {
        workbook.add_worksheet()
    };
    let mut copy = Copy::new(sheet, head, original.discretion, answer, lang);
    // Everything has been said about the file.
    let mut unsaid = Vec::new();
    let mut capped = Capped::new(original.path, &mut unsaid);
    let sheet = head.sheet.as_deref();
    let read = table::read_sheet(original.path, original.bytes, sheet, &mut capped, &mut |row, _| copy.row(&row));
    read.ok_or("it cannot be read to its end, so nothing of it is copied")?;
    let left_out = copy.left_out;
    let name = copy.finish(answer).map_err(failed)?;
    list(&mut workbook, &name, answer, left_out, lang).map_err(failed)?;
    let bytes = workbook.save_to_buffer().map_err(failed)?;
    Ok(Annotated { bytes, left_out })
}

/// What is wrong, by row and column from 0.
type Marks<'a> = BTreeMap<(u32, u16), Vec<&'a Finding>>;

fn marks<'a>(answer: &'a Answer, head: &Head) -> Marks<'a> {
    let first = head.fields.first().map_or(0, |(column, _)| *column);
    let mut marks = Marks::new();
    let is_marked = |finding: &&Finding| finding.severity != Severity::Notice && !answer.is_beside(finding);
    for finding in answer.marks().iter().filter(is_marked) {
        let place = &finding.place;
        let named = place.cell.as_deref().and_then(cell_position);
        // What concerns a whole row stands at its first cell.
        let Some((column, row)) = named.or_else(|| Some((first, place.row?))) else { continue };
        if let (Some(column), 1..=ROWS) = (of_sheet(column), row) {
            marks.entry((row - 1, column)).or_default().push(finding);
        }
    }
    marks
}

/// A column, where a sheet has one.
fn of_sheet(column: u32) -> Option<u16> {
    u16::try_from(column).ok().filter(|column| *column < COLUMNS)
}

/// The copy of the table while it is written.
struct Copy<'a> {
    sheet: &'a mut Worksheet,
    head: &'a Head,
    discretion: Discretion,
    lang: Lang,
    marks: Marks<'a>,
    formats: Formats,
    name: Option<String>,
    widths: BTreeMap<u16, usize>,
    last: (u32, u16),
    left_out: u64,
    failed: Option<XlsxError>,
}

struct Formats {
    text: Format,
    number: Format,
    day: Format,
    moment: Format,
    heading: Format,
    not_copied: Format,
}

impl<'a> Copy<'a> {
    fn new(sheet: &'a mut Worksheet, head: &'a Head, discretion: Discretion, answer: &'a Answer, lang: Lang) -> Self {
        let text = book::text();
        let not_copied = text.clone().set_italic().set_font_color(0x80_8080);
        let [day, moment] = ["yyyy-mm-dd", "yyyy-mm-dd hh:mm:ss"].map(|shown| Format::new().set_num_format(shown));
        let formats = Formats { text, number: Format::new(), day, moment, heading: book::heading(), not_copied };
        Self {
            sheet,
            head,
            discretion,
            lang,
            marks: marks(answer, head),
            formats,
            name: None,
            widths: BTreeMap::new(),
            last: (0, 0),
            left_out: 0,
            failed: None,
        }
    }

    fn row(&mut self, row: &Row<'_>) {
        if row.number > ROWS {
            self.left_out += 1;
        } else if self.failed.is_none() {
            self.failed = self.write(row).err();
        }
    }

    fn write(&mut self, row: &Row<'_>) -> book::Result<()> {
        if self.name.is_none() {
            self.name = Some(row.place().sheet.unwrap_or_default());
        }
        let index = row.number - 1;
        let blank = match row.content {
            Content::Cells(cells) => {
                for cell in cells {
                    self.cell(row.number, cell)?;
                }
                let has = |column: u16| cells.iter().any(|cell| cell.column == u32::from(column) && !is_empty(cell));
                self.marked(index).filter(|column| !has(*column)).collect::<Vec<_>>()
            }
            Content::Object(_) => return Ok(()),
            Content::Broken => {
                let said = words("（這一列讀不出來）", "(this row cannot be read)").get(self.lang);
                book::write(self.sheet, index, 0, said, &book::wrong(&self.formats.not_copied))?;
                Vec::new()
            }
        };
        for column in blank {
            let format = format(&self.marks, index, column, &self.formats.text);
            self.sheet.write_blank(index, column, &format)?;
        }
        Ok(())
    }

    fn marked(&self, index: u32) -> impl Iterator<Item = u16> {
        self.marks.range((index, 0)..=(index, u16::MAX)).map(|((_, column), _)| *column)
    }

    fn cell(&mut self, row: u32, cell: &Cell<'_>) -> book::Result<()> {
        let Some(column) = of_sheet(cell.column) else { return Ok(()) };
        if is_empty(cell) {
            return Ok(());
        }
        let index = row - 1;
        let said = text(cell.value);
        let field = self.head.field(cell.column);
        let is_header = row == self.head.row;
        let may_be_copied = match field {
            _ if is_header => privacy::is_harmless(said),
            // What stands above the header is no cell of the table.
            Some(field) if row > self.head.row => (self.discretion.may_be_returned)(field, said),
            _ => false,
        };
        self.last = (self.last.0.max(index), self.last.1.max(column));
        if row <= self.head.row + MEASURED {
            let width = unicode_width::UnicodeWidthStr::width(said);
            let widest = self.widths.entry(column).or_default();
            *widest = width.max(*widest);
        }
        if !may_be_copied {
            let said = if field.is_some() && row > self.head.row {
                words("（疑似個資，未複製）", "(may be personal, not copied)")
            } else {
                words("（未複製）", "(not copied)")
            };
            let format = format(&self.marks, index, column, &self.formats.not_copied);
            return book::write(self.sheet, index, column, said.get(self.lang), &format);
        }
        if is_header {
            let format = format(&self.marks, index, column, &self.formats.heading);
            return book::write(self.sheet, index, column, said, &format);
        }
        match cell.value {
            Value::Number(number) => {
                // A number is written as one when that is exact.
                if let Some(exact) = number.parse::<f64>().ok().filter(|value| value.to_string() == number) {
                    let format = format(&self.marks, index, column, &self.formats.number);
                    self.sheet.write_number_with_format(index, column, exact, &format)?;
                    return Ok(());
                }
            }
            Value::Bool(flag) => {
                let format = format(&self.marks, index, column, &self.formats.number);
                self.sheet.write_boolean_with_format(index, column, flag, &format)?;
                return Ok(());
            }
            Value::Moment(moment) => {
                if let Ok(date) = ExcelDateTime::parse_from_str(moment) {
                    let plain = if moment.contains('T') { &self.formats.moment } else { &self.formats.day };
                    let format = format(&self.marks, index, column, plain);
                    self.sheet.write_datetime_with_format(index, column, &date, &format)?;
                    return Ok(());
                }
            }
            _ => {}
        }
        let format = format(&self.marks, index, column, &self.formats.text);
        book::write(self.sheet, index, column, said, &format)
    }

    /// Puts the notes in, and gives the name of the sheet.
    fn finish(self, answer: &Answer) -> book::Result<String> {
        if let Some(error) = self.failed {
            return Err(error);
        }
        let name = self.name.filter(|name| privacy::is_harmless(name)).unwrap_or_default();
        let name = book::sheet_name(&name, words("資料", "table").get(self.lang));
        self.sheet.set_name(&name)?;
        for ((row, column), findings) in self.marks.iter().take(NOTED) {
            self.sheet.insert_note(*row, *column, &note(findings, self.lang))?;
        }
        for (column, width) in &self.widths {
            self.sheet.set_column_width(*column, u16::try_from((width + 2).clamp(10, 36)).unwrap_or(36))?;
        }
        let (row, column) = self.last;
        self.sheet.ignore_error_range(0, 0, row, column, IgnoreError::NumberStoredAsText)?;
        if self.head.row <= 20 {
            self.sheet.set_freeze_panes(self.head.row, 0)?;
        }
        if !answer.is_clean() {
            self.sheet.set_tab_color(0x9C_0006);
        }
        Ok(name)
    }
}

/// The format of a cell, marked when something is wrong with it.
fn format<'f>(marks: &Marks<'_>, row: u32, column: u16, plain: &'f Format) -> Cow<'f, Format> {
    match marks.get(&(row, column)) {
        None => Cow::Borrowed(plain),
        Some(findings) if findings.iter().any(|finding| finding.severity == Severity::Error) => {
            Cow::Owned(book::wrong(plain))
        }
        Some(_) => Cow::Owned(book::doubtful(plain)),
    }
}

/// Whether a cell has nothing to write.
fn is_empty(cell: &Cell<'_>) -> bool {
    text(cell.value).is_empty() && !matches!(cell.value, Value::Bool(_))
}

/// What is wrong with a cell and what to do, within reach of a mouse.
fn note(findings: &[&Finding], lang: Lang) -> Note {
    let one = |finding: &&Finding| {
        let title = finding.code.title.get(lang);
        let message = said(finding, lang);
        match lang {
            Lang::ZhHant => format!("【{title}】{}\n({message})", fix(finding, lang)),
            Lang::En => format!("{title}: {message}.\n{}", fix(finding, lang)),
        }
    };
    let mut texts: Vec<_> = findings.iter().take(TOLD).map(one).collect();
    if findings.len() > TOLD {
        texts.push(format!("+{}", findings.len() - TOLD));
    }
    let text = texts.join("\n");
    let lines: usize = text.lines().map(|line| 1 + unicode_width::UnicodeWidthStr::width(line) / 40).sum();
    let height = u32::try_from(18 * lines + 12).unwrap_or(400).min(400);
    Note::new(text).set_author("proofpack").add_author_prefix(false).set_width(300).set_height(height)
}

/// What a finding says, in the language of the reader where it is known.
fn said(finding: &Finding, lang: Lang) -> String {
    let known = if lang == Lang::ZhHant { finding.message_zh() } else { None };
    known.unwrap_or_else(|| finding.message.clone()).replace('`', "")
}

/// What to do about a finding, in the language of the reader where it is known.
fn fix(finding: &Finding, lang: Lang) -> String {
    let fix = match lang {
        Lang::ZhHant if !finding.code.fix_zh.is_empty() => finding.code.fix_zh,
        _ if !finding.hint.is_empty() => &finding.hint,
        _ => finding.code.fix,
    };
    fix.replace('`', "")
}

/// The sheet that lists everything, with a link to every cell.
fn list(workbook: &mut Workbook, table: &str, answer: &Answer, left_out: u64, lang: Lang) -> book::Result<()> {
    let sheet = workbook.add_worksheet();
    sheet.set_name(format!("{OWN_SHEETS}{}", words("查核結果", "findings").get(lang)))?;
    let (text, heading, prose) = (book::text(), book::heading(), book::prose());
    let bold = book::text().set_bold();
    let mut row = 0;
    let mut line = |sheet: &mut Worksheet, said: &str, format: &Format| {
        row += 1;
        book::write(sheet, row - 1, 0, said, format)
    };
    let verdict = match lang {
        Lang::ZhHant => format!("結論：{}", answer.verdict()),
        Lang::En => format!("Verdict: {}", answer.verdict()),
    };
    line(sheet, &verdict, &bold)?;
    for said in HOW {
        line(sheet, said.get(lang), &text)?;
    }
    if left_out > 0 {
        let said = match lang {
            Lang::ZhHant => format!("Excel 最多 {ROWS} 列，另有 {left_out} 列沒有放進這份檔案。"),
            Lang::En => format!("Excel has room for {ROWS} rows; {left_out} more rows are not in this file."),
        };
        line(sheet, &said, &bold)?;
    }
    let placed = || answer.marks().iter().filter(|finding| finding.times == 1);
    let count = placed().count();
    if count > NOTED {
        let said = match lang {
            Lang::ZhHant => {
                format!("標示 {count} 處；註解與下表只有前 {NOTED} 處，其餘只標顏色。")
            }
            Lang::En => {
                format!(
                    "{count} places are marked; notes and the list below have the first {NOTED}, the others their colour alone."
                )
            }
        };
        line(sheet, &said, &bold)?;
    }
    row += 1;
    let columns = |sheet: &mut Worksheet, row: u32, columns: &[Words]| {
        let mut columns = columns.iter().zip(0_u16..);
        columns.try_for_each(|(title, column)| book::write(sheet, row, column, title.get(lang), &heading))
    };
    columns(sheet, row, &SORTS)?;
    for group in groups(answer.marks()) {
        row += 1;
        book::write(sheet, row, 0, group.code.id, &text)?;
        sheet.write_number_with_format(row, 1, u32::try_from(group.total).unwrap_or(u32::MAX), &text)?;
        book::write(sheet, row, 2, severity(group.severity).get(lang), &text)?;
        book::write(sheet, row, 3, group.code.title.get(lang), &text)?;
        let hidden = group.total - group.listed.len();
        if hidden > 0 {
            let said = match lang {
                Lang::ZhHant => format!("標示前 {} 處，其餘 {hidden} 處只計數。", group.listed.len()),
                Lang::En => format!("The first {} are marked, {hidden} more are only counted.", group.listed.len()),
            };
            book::write(sheet, row, 4, &said, &prose)?;
        }
    }
    row += 2;
    columns(sheet, row, &LISTED)?;
    let first = row;
    for finding in placed().take(NOTED) {
        row += 1;
        let place = &finding.place;
        let target = place.cell.clone().or_else(|| place.row.map(|row| cell_name(0, row)));
        match target.filter(|_| !answer.is_beside(finding) && place.row.is_none_or(|row| row <= ROWS)) {
            Some(target) => {
                let url = format!("internal:'{}'!{target}", table.replace('\'', "''"));
                sheet.write_url(row, 0, Url::new(url).set_text(&target))?;
            }
            None => book::write(sheet, row, 0, &answer.spot(finding).unwrap_or_else(|| "-".to_owned()), &text)?,
        }
        if let Some(number) = place.row {
            sheet.write_number_with_format(row, 1, number, &text)?;
        }
        book::write(sheet, row, 2, severity(finding.severity).get(lang), &text)?;
        book::write(sheet, row, 3, finding.code.title.get(lang), &text)?;
        book::write(sheet, row, 4, &fix_or_nothing(finding, lang), &prose)?;
        book::write(sheet, row, 5, place.column.as_deref().unwrap_or_default(), &text)?;
        book::write(sheet, row, 6, &said(finding, lang), &prose)?;
    }
    if row > first {
        sheet.autofilter(first, 0, row, 6)?;
    }
    for (column, width) in [(0, 22), (1, 8), (2, 8), (3, 26), (4, 60), (5, 18), (6, 60)] {
        sheet.set_column_width(column, width)?;
    }
    Ok(())
}

/// What to do; nothing where nothing is wrong.
fn fix_or_nothing(finding: &Finding, lang: Lang) -> String {
    if finding.severity == Severity::Notice { String::new() } else { fix(finding, lang) }
}

const HOW: [Words; 3] = [
    words(
        "紅底是錯誤、黃底請確認；把滑鼠移到儲存格上可看到說明。",
        "Red cells are wrong, yellow ones should be looked at; hover over a cell to read its note.",
    ),
    words(
        "直接在資料工作表修正後整份重新上傳即可，這張工作表和註解不影響匯入。",
        "Mend the cells in the table and send the whole workbook again; this sheet and the notes are not read.",
    ),
    words(
        "疑似個資的儲存格與契約以外的欄位沒有複製；請從來源系統補上雜湊後的值。",
        "Cells that may be personal and columns that nobody asked for were not copied; fill in hashed values from the source.",
    ),
];
const SORTS: [Words; 5] = [
    words("代碼", "Code"),
    words("數量", "Count"),
    words("程度", "Weight"),
    words("問題", "Finding"),
    words("備註", "Remark"),
];
const LISTED: [Words; 7] = [
    words("儲存格", "Cell"),
    words("列", "Row"),
    words("程度", "Weight"),
    words("問題", "Finding"),
    words("怎麼修正", "What to do"),
    words("欄位", "Field"),
    words("內容", "Message"),
];

fn severity(severity: Severity) -> Words {
    match severity {
        Severity::Error => crate::view::texts::ERROR,
        Severity::Warning => crate::view::texts::WARNING,
        Severity::Notice => crate::view::texts::NOTICE,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::check::upload::Upload;
    use crate::codes::INVALID_VALUE;
    use crate::finding::Place;
    use crate::read::row::trimmed;
    use crate::read::table::read;

    const DISCRETION: Discretion =
        Discretion { may_be_shown: |_, _| false, may_be_returned: |_, text| text != "secret" };

    fn returned(csv: &[u8], cells: &[&str], is_large: bool) -> Result<Vec<u8>, String> {
        let finding = |cell: &&str| {
            let row = cell_position(cell).map(|(_, row)| row);
            Finding::new(&INVALID_VALUE, Place { cell: Some((*cell).to_owned()), row, ..Place::file("f.csv") }, "m")
        };
        let head = Head { sheet: None, row: 1, fields: vec![(0, "a"), (1, "b")] };
        let upload = Upload { head: Some(head), ..Upload::refused(Vec::new(), cells.iter().map(finding).collect()) };
        let answer = Answer::of_upload("f.csv".to_owned(), upload);
        let now = Now::from_rfc3339("2026-05-24T12:00:00+08:00")?;
        let original = Original { path: "f.csv", bytes: csv, discretion: DISCRETION };
        Ok(write(original, &answer, Lang::En, &now, is_large)?.bytes)
    }

    /// Every cell of the returned table as `A1=text`.
    fn cells(bytes: &[u8]) -> Vec<String> {
        let mut cells = Vec::new();
        let mut findings = Vec::new();
        let mut capped = Capped::new("f.xlsx", &mut findings);
        read("f.xlsx", bytes, &mut capped, &mut |row, _| {
            if let Content::Cells(found) = row.content {
                let shown = |cell: &Cell<'_>| format!("{}={}", cell_name(cell.column, row.number), text(cell.value));
                cells.extend(found.iter().filter(|cell| !cell.value.is_blank()).map(shown));
            }
        });
        cells
    }

    #[test]
    fn cells_keep_their_places_and_what_is_personal_stays_behind() {
        let expected = [
            "A1=a",
            "B1=b",
            "C1=c",
            "A2==1",
            "B2=(may be personal, not copied)",
            "C2=(not copied)",
            "A4=007",
            "C4=(not copied)",
        ];
        // Row by row through a temporary file as in memory.
        for is_large in [false, true] {
            let marks = ["B2", "B4", "ZZZ9", "A2000000"];
            let bytes = returned(b"a,b,c\n=1,secret,name\n\n007,,x\n", &marks, is_large).unwrap();
            assert_eq!(cells(&bytes), expected);
        }
        let refused = returned(b"%PDF-1.7", &[], false);
        assert_eq!(refused, Err("it cannot be read to its end, so nothing of it is copied".to_owned()));
    }

    proptest! {
        #[test]
        fn whatever_stands_in_the_cells_comes_back_as_it_was(texts in prop::collection::vec("[^\0-\u{1f}\u{7f}-\u{9f}\"]{1,20}", 1..20)) {
            let rows = texts.iter().fold(String::new(), |rows, text| rows + "\"" + text + "\",\"x\"\n");
            let bytes = returned(format!("a,b\n{rows}").as_bytes(), &["A2"], false).unwrap();
            let expected: Vec<_> = texts.iter().zip(2..).map(|(text, row)| format!("A{row}={text}")).collect();
            let found: Vec<_> = cells(&bytes).into_iter().filter(|cell| cell.starts_with('A') && !cell.starts_with("A1=")).collect();
            let expected: Vec<_> = expected.into_iter().filter(|cell| {
                let text = cell.split_once('=').unwrap().1;
                !trimmed(text).is_empty() && text != "secret"
            }).collect();
            prop_assert_eq!(found, expected);
        }

        #[test]
        fn no_bytes_panic(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
            let _ = returned(&bytes, &["A1", "B2"], false);
        }
    }
}
