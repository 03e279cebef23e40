//! Rows of a sheet that are written in the one plain way in which nearly every program writes them, read without an XML
//! reader.
//!
//! Invariants: a row is taken whole or not at all; whatever is not plain is left to the careful way in `sheet`, which
//! comes to the same for what is plain. An attribute, element, reference or value that is not expected here is not
//! plain, and neither is anything that has to be reported.

use super::cell::Sort;
use super::pipe::Plain;
use crate::limits;

/// Rows that follow one another. Texts are ranges of the text that they were read from.
#[derive(Default)]
pub(super) struct PlainRows {
    pub(super) rows: Vec<PlainRow>,
    pub(super) cells: Vec<PlainCell>,
    pub(super) formulas: Vec<PlainFormula>,
    /// Where the first thing begins that is not plain.
    pub(super) end: usize,
}

pub(super) struct PlainRow {
    /// As it is written.
    pub(super) number: Option<u64>,
    pub(super) is_hidden: bool,
    /// Where its cells end in the list of all.
    pub(super) cells_end: usize,
}

/// A cell with content.
pub(super) struct PlainCell {
    /// Column, counted from 1.
    pub(super) column: u32,
    pub(super) style: u32,
    pub(super) sort: Sort,
    /// Its formula, by its place in the list of all.
    pub(super) formula: Option<u32>,
    pub(super) has_value: bool,
    pub(super) text: PlainText,
}

pub(super) struct PlainFormula {
    /// The group of cells that share it, as it is written.
    pub(super) group: Option<PlainText>,
    pub(super) text: PlainText,
}

/// Where a text stands.
#[derive(Clone, Copy, Default)]
pub(super) struct PlainText {
    start: u32,
    end: u32,
    /// Whether references such as `&amp;` stand in it.
    has_references: bool,
}

impl PlainText {
    /// Adds the text, its references resolved.
    pub(super) fn push(self, from: &str, into: &mut String) {
        let text = &from[self.start as usize..self.end as usize];
        if self.has_references {
            push_resolved(text, into);
        } else {
            into.push_str(text);
        }
    }
}

impl Plain for PlainRows {
    const END: &[u8] = b"</row>";

    fn read(&mut self, text: &str) {
        let mut at = Cursor { text, at: 0 };
        loop {
            self.end = at.at;
            let (cells, formulas) = (self.cells.len(), self.formulas.len());
            let Some(row) = self.row(&mut at) else {
                self.cells.truncate(cells);
                self.formulas.truncate(formulas);
                return;
            };
            self.rows.push(row);
        }
    }
}

impl PlainRows {
    fn row(&mut self, at: &mut Cursor<'_>) -> Option<PlainRow> {
        at.pass("<row")?;
        let mut number = None;
        let mut is_hidden = None;
        while let Some((name, value)) = at.attribute()? {
            match name {
                "r" if number.is_none() => number = Some(u64::from(digits(value, 7)?)),
                "hidden" if is_hidden.is_none() => is_hidden = Some(matches!(value, "1" | "true")),
                "spans" | "s" | "customFormat" | "ht" | "customHeight" | "thickBot" | "thickTop" | "outlineLevel"
                | "collapsed" | "x14ac:dyDescent" => {}
                _ => return None,
            }
        }
        if at.opens()? {
            let mut column = 0;
            while at.passes("<c") {
                column = self.cell(at, column)?;
            }
            at.pass("</row>")?;
        }
        Some(PlainRow { number, is_hidden: is_hidden.unwrap_or(false), cells_end: self.cells.len() })
    }

    /// A cell behind its name, right of that column. Returns its own.
    fn cell(&mut self, at: &mut Cursor<'_>, before: u32) -> Option<u32> {
        let (mut column, mut style, mut sort) = (None, None, None);
        while let Some((name, value)) = at.attribute()? {
            match name {
                "r" if column.is_none() => column = Some(column_of(value)?),
                "s" if style.is_none() => style = Some(digits(value, 7)?),
                "t" if sort.is_none() => sort = Some(sort_of(value)?),
                _ => return None,
            }
        }
        let column = column.unwrap_or(before + 1);
        if column <= before || u64::from(column) > limits::TABLE_COLUMNS.value {
            return None;
        }
        if !at.opens()? || at.passes("</c>") {
            return Some(column);
        }
        let formula = if at.passes("<f") { Some(self.formula(at)?) } else { None };
        let mut text = PlainText::default();
        let has_value = at.passes("<v>");
        if has_value {
            text = at.text()?;
            at.pass("</v></c>")?;
        } else if formula.is_some() {
            at.pass("</c>")?;
        } else {
            at.pass("<is>")?;
            text = at.text_element()?;
            at.pass("</is></c>")?;
        }
        let (style, sort) = (style.unwrap_or(0), sort.unwrap_or_default());
        self.cells.push(PlainCell { column, style, sort, formula, has_value, text });
        Some(column)
    }

    /// A formula behind its name. Returns its place in the list of all.
    fn formula(&mut self, at: &mut Cursor<'_>) -> Option<u32> {
        let mut group = None;
        while let Some((name, value)) = at.attribute()? {
            match name {
                "si" if group.is_none() => {
                    digits(value, 7)?;
                    // It was passed with the quote behind it.
                    let end = u32::try_from(at.at - 1).ok()?;
                    let start = end - u32::try_from(value.len()).ok()?;
                    group = Some(PlainText { start, end, has_references: false });
                }
                "t" | "ref" | "aca" | "ca" => {}
                _ => return None,
            }
        }
        let mut text = PlainText::default();
        if at.opens()? {
            text = at.text()?;
            at.pass("</f>")?;
        }
        self.formulas.push(PlainFormula { group, text });
        u32::try_from(self.formulas.len() - 1).ok()
    }
}

/// Shared texts that follow one another, with references and escapes resolved.
#[derive(Default)]
pub(super) struct PlainTexts {
    pub(super) texts: String,
    /// Where each of them ends.
    pub(super) ends: Vec<usize>,
    /// Where the first thing begins that is not plain.
    pub(super) end: usize,
}

impl Plain for PlainTexts {
    const END: &[u8] = b"</si>";

    fn read(&mut self, text: &str) {
        let mut at = Cursor { text, at: 0 };
        loop {
            self.end = at.at;
            if self.shared(&mut at).is_none() {
                return;
            }
        }
    }
}

impl PlainTexts {
    fn shared(&mut self, at: &mut Cursor<'_>) -> Option<()> {
        at.pass("<si>")?;
        let text = at.text_element()?;
        at.pass("</si>")?;
        let start = self.texts.len();
        text.push(at.text, &mut self.texts);
        super::text::unescape(&mut self.texts, start);
        self.ends.push(self.texts.len());
        Some(())
    }
}

/// Adds a text, its references resolved.
fn push_resolved(text: &str, into: &mut String) {
    let mut rest = text;
    while let Some(at) = memchr::memchr(b'&', rest.as_bytes()) {
        into.push_str(&rest[..at]);
        rest = &rest[at..];
        // No other ones are plain.
        let Some((reference, character)) = REFERENCES.iter().find(|(reference, _)| rest.starts_with(reference)) else {
            break;
        };
        into.push(*character);
        rest = &rest[reference.len()..];
    }
    into.push_str(rest);
}

/// The references that XML itself knows.
const REFERENCES: [(&str, char); 5] = [("&amp;", '&'), ("&lt;", '<'), ("&gt;", '>'), ("&quot;", '"'), ("&apos;", '\'')];

fn digits(text: &str, most: usize) -> Option<u32> {
    if text.is_empty() || text.len() > most {
        return None;
    }
    text.bytes().try_fold(0, |number, byte| byte.is_ascii_digit().then(|| number * 10 + u32::from(byte - b'0')))
}

/// The column of a name such as `E4`, counted from 1.
fn column_of(name: &str) -> Option<u32> {
    let mut column = 0;
    for (at, byte) in name.bytes().enumerate() {
        match byte {
            b'A'..=b'Z' if at < 3 => column = column * 26 + u32::from(byte - b'A') + 1,
            b'0'..=b'9' if column > 0 => {
                let rest = &name.as_bytes()[at..];
                return rest.iter().all(u8::is_ascii_digit).then_some(column);
            }
            _ => return None,
        }
    }
    None
}

fn sort_of(word: &str) -> Option<Sort> {
    Some(match word {
        "n" => Sort::Number,
        "s" | "str" | "inlineStr" | "b" | "e" => Sort::of(Some(word)),
        _ => return None,
    })
}

/// A place in a text.
struct Cursor<'t> {
    text: &'t str,
    at: usize,
}

impl<'t> Cursor<'t> {
    fn rest(&self) -> &'t [u8] {
        self.text.as_bytes().get(self.at..).unwrap_or_default()
    }

    /// Goes on when this follows.
    fn passes(&mut self, what: &str) -> bool {
        let follows = self.rest().starts_with(what.as_bytes());
        if follows {
            self.at += what.len();
        }
        follows
    }

    fn pass(&mut self, what: &str) -> Option<()> {
        self.passes(what).then_some(())
    }

    /// The next attribute of a tag, if there is one.
    #[expect(clippy::option_option, reason = "nothing more is not the same as nothing plain")]
    fn attribute(&mut self) -> Option<Option<(&'t str, &'t str)>> {
        let rest = self.rest();
        if rest.first() != Some(&b' ') {
            return Some(None);
        }
        let equals = rest.iter().take(32).position(|byte| *byte == b'=')?;
        if rest.get(equals + 1) != Some(&b'"') {
            return None;
        }
        let value = equals + 2;
        let length = rest.get(value..)?.iter().take(64).position(|byte| *byte == b'"')?;
        let name = self.text.get(self.at + 1..self.at + equals)?;
        let found = self.text.get(self.at + value..self.at + value + length)?;
        self.at += value + length + 1;
        Some(Some((name, found)))
    }

    /// Passes the end of a tag. Whether it opens an element and does not close it at once.
    fn opens(&mut self) -> Option<bool> {
        if self.passes(">") {
            return Some(true);
        }
        self.pass("/>").map(|()| false)
    }

    /// A text up to the next tag.
    fn text(&mut self) -> Option<PlainText> {
        let rest = self.rest();
        let mut has_references = false;
        let mut length = 0;
        loop {
            match rest.get(length)? {
                b'<' => break,
                // Line ends of XML are normalised.
                b'\r' => return None,
                b'&' => {
                    let known = |(reference, _): &(&str, char)| rest[length..].starts_with(reference.as_bytes());
                    has_references = true;
                    length += REFERENCES.iter().find(|one| known(one))?.0.len();
                }
                _ => length += 1,
            }
        }
        if length as u64 > limits::CELL_BYTES.value {
            return None;
        }
        let (start, end) = (self.at, self.at + length);
        self.at = end;
        Some(PlainText { start: u32::try_from(start).ok()?, end: u32::try_from(end).ok()?, has_references })
    }

    /// The text of a `t` element.
    fn text_element(&mut self) -> Option<PlainText> {
        if !self.passes("<t>") {
            self.pass("<t xml:space=\"preserve\">")?;
        }
        let found = self.text()?;
        self.pass("</t>")?;
        Some(found)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// How much of a text is plain, and its cells with content.
    fn check(text: &str) -> (usize, Vec<String>) {
        let mut plain = PlainRows::default();
        plain.read(text);
        let show = |cell: &PlainCell| {
            let mut shown = format!("{}:", cell.column);
            cell.text.push(text, &mut shown);
            shown
        };
        (plain.end, plain.cells.iter().map(show).collect())
    }

    #[test]
    fn what_excel_and_others_write_is_plain() {
        for row in [
            r#"<row r="2" spans="1:9" x14ac:dyDescent="0.25"><c r="A2" t="s"><v>0</v></c><c r="XFD2" s="3"><v>1.5</v></c></row>"#,
            r#"<row r="3" s="1" customFormat="1" ht="15" customHeight="1" hidden="1"/>"#,
            r#"<row><c/><c></c><c t="inlineStr"><is><t xml:space="preserve"> &amp; </t></is></c><c t="b"><v>1</v></c></row>"#,
            "<row></row>",
            r#"<row><c><f>A1&amp;"x"</f><v>1</v></c><c t="str"><f t="shared" ref="B1:B9" si="0">A1</f><v></v></c></row>"#,
            r#"<row><c><f t="shared" si="0"/><v>1</v></c><c><f aca="false">A1</f></c></row>"#,
        ] {
            assert_eq!(check(&row.repeat(2)).0, row.len() * 2, "{row}");
        }
        let (_, cells) = check(r#"<row><c/><c s="1"/><c><v>7</v></c><c r="F1" t="e"><v>#N/A</v></c></row>"#);
        assert_eq!(cells, ["3:7", "6:#N/A"]);
    }

    #[test]
    fn what_is_not_plain_is_left_alone() {
        for row in [
            "<rows/>",
            "<row >",
            "<row r='1'/>",
            r#"<row r="x"/>"#,
            r#"<row r="1" r="2"/>"#,
            r#"<row x:r="1"/>"#,
            "<row><c>",
            "<row><col/></row>",
            r#"<row><c r="B1"/><c r="A1"/></row>"#,
            r#"<row><c r="a1"/></row>"#,
            r#"<row><c r="XFE1"/></row>"#,
            r#"<row><c t="d"><v>1</v></c></row>"#,
            r#"<row><c><f x:si="0">A1</f><v>1</v></c></row>"#,
            "<row><c><v>1</v><f>A1</f></c></row>",
            "<row><c><v>&#65;</v></c></row>",
            "<row><c><v>a\rb</v></c></row>",
            "<row><c><v>1</v></c> </row>",
            "<!-- --><row/>",
        ] {
            assert_eq!(check(&format!("<row/>{row}")), ("<row/>".len(), Vec::new()), "{row}");
        }
    }
}
