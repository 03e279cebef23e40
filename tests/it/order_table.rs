//! A good table of orders, what is done to it by the names of its cells, and its bytes as text or workbook.

use std::fmt::Write as _;
use std::io::Write as _;

pub(crate) const FIELDS: [&str; 10] = [
    "order_id",
    "created_at",
    "customer_key",
    "program_id",
    "amount",
    "payment_status",
    "payment_ref",
    "discount_code",
    "source_event",
    "owner_note",
];

/// A table by cell names: row 1 is the header, `E4` the amount of the third order.
#[derive(Clone)]
pub(crate) struct Table(pub Vec<Vec<String>>);

/// What a cell of a workbook says in place of a text: the attributes and the content of its element.
pub(crate) const RAW: char = '\u{1}';

/// Six orders: paid 1000, 2000 and 4000, pending 8000, refunded 16000, paid 32000. Every sum of some of them tells which.
pub(crate) fn good() -> Table {
    let statuses = ["paid", "paid", "paid", "pending", "refunded", "paid"];
    let order = |(at, status): (usize, &&str)| {
        vec![
            format!("K-2026051{at}-{at}"),
            format!("2026-05-1{} 1{at}:05:00", at + 3),
            format!("{:064x}", (at as u128 + 11) << 120 | 0xabc_def0),
            "ProgramPlan_6513270e".to_owned(),
            (1000 << at).to_string(),
            (*status).to_owned(),
            format!("MOP17786714151{at}"),
            "LIVE0512".to_owned(),
            "LIVE-20260513-2000".to_owned(),
            "已對到金流".to_owned(),
        ]
    };
    let header = FIELDS.map(str::to_owned).to_vec();
    Table([header].into_iter().chain(statuses.iter().enumerate().map(order)).collect())
}

/// Row and column from 0 of a name such as `E4`.
pub(crate) fn position(name: &str) -> (usize, usize) {
    let (letter, row) = name.split_at(1);
    (row.parse::<usize>().unwrap() - 1, usize::from(letter.as_bytes()[0] - b'A'))
}

impl Table {
    pub(crate) fn with(mut self, cells: &[(&str, &str)]) -> Self {
        for (name, text) in cells {
            let (row, column) = position(name);
            let row = &mut self.0[row];
            row.resize(row.len().max(column + 1), String::new());
            (*text).clone_into(&mut row[column]);
        }
        self
    }

    /// With a row in front of this one, counted from 1.
    pub(crate) fn row(mut self, at: usize, cells: &[&str]) -> Self {
        self.0.insert(at - 1, cells.iter().map(|cell| (*cell).to_owned()).collect());
        self
    }

    /// With so many columns in every row.
    pub(crate) fn wide(mut self, columns: usize) -> Self {
        self.0.iter_mut().for_each(|row| row.resize(columns, String::new()));
        self
    }

    /// With a copy of a row at its end, and other cells in it: by the letter of the column.
    pub(crate) fn again(mut self, row: usize, cells: &[(&str, &str)]) -> Self {
        self.0.push(self.0[row - 1].clone());
        let last = self.0.len();
        let named: Vec<_> = cells.iter().map(|(letter, text)| (format!("{letter}{last}"), *text)).collect();
        self.with(&named.iter().map(|(name, text)| (name.as_str(), *text)).collect::<Vec<_>>())
    }

    /// Without a column, by its letter.
    pub(crate) fn without(mut self, letter: &str) -> Self {
        let (_, column) = position(&format!("{letter}1"));
        self.0.iter_mut().for_each(|row| drop(row.remove(column)));
        self
    }

    pub(crate) fn text(&self, separator: &str, end: &str) -> String {
        let quoted = |cell: &String| {
            let is_plain = !cell.contains(['"', '\n', '\r']) && !cell.contains(separator);
            if is_plain { cell.clone() } else { format!("\"{}\"", cell.replace('"', "\"\"")) }
        };
        let line = |row: &Vec<String>| row.iter().map(quoted).collect::<Vec<_>>().join(separator) + end;
        self.0.iter().map(line).collect()
    }

    pub(crate) fn csv(&self) -> Vec<u8> {
        self.text(",", "\n").into_bytes()
    }

    pub(crate) fn xlsx(&self) -> Vec<u8> {
        book("", &[("訂單", "", self, "")])
    }
}

/// A workbook: what stands in its properties, and for each sheet its name, its attributes, its table and what follows the
/// rows. Style 1 is a date and time, 2 an amount in US dollars, 3 one in ours.
pub(crate) fn book(properties: &str, sheets: &[(&str, &str, &Table, &str)]) -> Vec<u8> {
    const MAIN: &str = "http://schemas.openxmlformats.org/spreadsheetml/2006/main";
    const DOCUMENT: &str = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
    const PACKAGE: &str = "http://schemas.openxmlformats.org/package/2006/relationships";
    let relations = |list: &str| format!("<Relationships xmlns=\"{PACKAGE}\">{list}</Relationships>");
    let relation = |id: usize, sort: &str, target: &str| {
        format!("<Relationship Id=\"r{id}\" Type=\"{DOCUMENT}/{sort}\" Target=\"{target}\"/>")
    };
    let mut zip = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    let mut part = |name: &str, content: &str| {
        zip.start_file(name, zip::write::SimpleFileOptions::default()).unwrap();
        zip.write_all(content.as_bytes()).unwrap();
    };
    let (mut list, mut targets) = (String::new(), relation(0, "styles", "styles.xml"));
    for (at, (name, attributes, table, after)) in (1..).zip(sheets) {
        write!(list, "<sheet name=\"{name}\" sheetId=\"{at}\" r:id=\"r{at}\" {attributes}/>").unwrap();
        targets += &relation(at, "worksheet", &format!("sheet{at}.xml"));
        part(&format!("xl/sheet{at}.xml"), &format!("<worksheet xmlns=\"{MAIN}\">{}{after}</worksheet>", rows(table)));
    }
    part("_rels/.rels", &relations(&relation(1, "officeDocument", "xl/workbook.xml")));
    part("xl/_rels/workbook.xml.rels", &relations(&targets));
    part(
        "xl/styles.xml",
        &format!(
            "<styleSheet xmlns=\"{MAIN}\"><numFmts><numFmt numFmtId=\"164\" formatCode=\"[$USD] #,##0\"/>\
             <numFmt numFmtId=\"165\" formatCode=\"&quot;NT$&quot;#,##0\"/></numFmts><cellXfs><xf numFmtId=\"0\"/>\
             <xf numFmtId=\"22\"/><xf numFmtId=\"164\"/><xf numFmtId=\"165\"/></cellXfs></styleSheet>"
        ),
    );
    let workbook =
        format!("<workbook xmlns=\"{MAIN}\" xmlns:r=\"{DOCUMENT}\">{properties}<sheets>{list}</sheets></workbook>");
    part("xl/workbook.xml", &workbook);
    zip.finish().unwrap().into_inner()
}

fn rows(table: &Table) -> String {
    let mut xml = String::from("<sheetData>");
    for (row, cells) in (1..).zip(&table.0) {
        write!(xml, "<row r=\"{row}\">").unwrap();
        for (column, cell) in ('A'..).zip(cells).filter(|(_, cell)| !cell.is_empty()) {
            let escaped = || cell.replace('&', "&amp;").replace('<', "&lt;");
            match cell.strip_prefix(RAW) {
                Some(raw) => write!(xml, "<c r=\"{column}{row}\" {raw}</c>"),
                None => write!(xml, "<c r=\"{column}{row}\" t=\"inlineStr\"><is><t>{}</t></is></c>", escaped()),
            }
            .unwrap();
        }
        xml += "</row>";
    }
    xml + "</sheetData>"
}

/// A number cell.
pub(crate) fn number(value: &str) -> String {
    format!("{RAW}><v>{value}</v>")
}

/// A date cell.
pub(crate) fn serial(value: &str) -> String {
    format!("{RAW}s=\"1\"><v>{value}</v>")
}
