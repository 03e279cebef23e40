//! What every workbook that is written here has in common: its styles, its properties, and texts that stay texts.
//!
//! Invariants: the same content and moment give the same bytes; no text becomes a formula, neither in the workbook nor
//! when somebody edits the cell.

use rust_xlsxwriter::{
    Color, DocProperties, ExcelDateTime, Format, FormatAlign, FormatBorder, Workbook, Worksheet, XlsxError,
};

use crate::clock::Now;

/// Rows of a sheet (Excel's own limit).
pub const ROWS: u32 = 1_048_576;
/// Columns of a sheet (Excel's own limit).
pub const COLUMNS: u16 = 16_384;
/// Characters of a cell (Excel's own limit is 32,767).
const CELL: usize = 32_000;

/// What is written when something cannot be.
pub type Result<T> = std::result::Result<T, XlsxError>;

/// A workbook made at a moment.
pub fn new(title: &str, now: &Now) -> Result<Workbook> {
    let mut workbook = Workbook::new();
    let made = ExcelDateTime::from_timestamp(now.timestamp().as_second())?;
    let properties = DocProperties::new().set_title(title).set_author("proofpack").set_creation_datetime(&made);
    workbook.set_properties(&properties);
    Ok(workbook)
}

/// Text in the format of text cells, so that digits keep their zeros.
pub fn text() -> Format {
    Format::new().set_num_format("@").set_align(FormatAlign::Top)
}

/// A cell that something is wrong with.
pub fn wrong(format: &Format) -> Format {
    marked(format, 0xFF_C7CE, 0x9C_0006)
}

/// A cell that somebody should look at.
pub fn doubtful(format: &Format) -> Format {
    marked(format, 0xFF_EB9C, 0x7F_6000)
}

fn marked(format: &Format, fill: u32, ink: u32) -> Format {
    format
        .clone()
        .set_background_color(Color::RGB(fill))
        .set_font_color(Color::RGB(ink))
        .set_border(FormatBorder::Thin)
        .set_border_color(Color::RGB(ink))
}

/// A heading of a column.
pub fn heading() -> Format {
    text().set_bold().set_background_color(Color::RGB(0x1F_3A5F)).set_font_color(Color::White).set_text_wrap()
}

/// Running text.
pub fn prose() -> Format {
    text().set_text_wrap()
}

/// Writes a text as a text, whatever it begins with.
pub fn write(sheet: &mut Worksheet, row: u32, column: u16, text: &str, format: &Format) -> Result<()> {
    let end = text.char_indices().nth(CELL).map_or(text.len(), |(at, _)| at);
    let text = &text[..end];
    if is_like_a_formula(text) {
        sheet.write_string_with_format(row, column, text, &format.clone().set_quote_prefix())?;
    } else {
        sheet.write_string_with_format(row, column, text, format)?;
    }
    Ok(())
}

/// Whether a spreadsheet program takes a text for a formula when somebody edits or imports it (OWASP, CSV injection).
fn is_like_a_formula(text: &str) -> bool {
    text.starts_with(['=', '+', '-', '@', '\t', '\r', '\n', '＝', '＋', '－', '＠'])
}

/// A name for a sheet that Excel takes; the other one where nothing is left of it.
pub fn sheet_name(wanted: &str, otherwise: &str) -> String {
    let allowed = |character: &char| !character.is_control() && !"[]:*?/\\".contains(*character);
    let mut name = String::new();
    for character in wanted.chars().filter(allowed) {
        if name.encode_utf16().count() + character.len_utf16() > 31 {
            break;
        }
        name.push(character);
    }
    let name = name.trim_matches('\'').trim();
    // Excel keeps this name for itself.
    if name.is_empty() || name.eq_ignore_ascii_case("history") { otherwise.to_owned() } else { name.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sheets_have_names_that_excel_takes() {
        for (wanted, expected) in [
            ("訂單", "訂單"),
            ("a/b:c", "abc"),
            ("'quoted'", "quoted"),
            ("", "table"),
            ("???", "table"),
            ("History", "table"),
            ("1234567890123456789012345678901234567890", "1234567890123456789012345678901"),
        ] {
            assert_eq!(sheet_name(wanted, "table"), expected, "{wanted}");
        }
    }
}
