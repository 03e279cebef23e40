//! What was found in a file that a partner uploaded, whatever it holds.
//!
//! Invariants: money is whole and exact; a figure exists only when the file was accepted as it is; what could not be
//! counted is not counted as nothing.

use jiff::civil::Date;
use jiff::tz::TimeZone;

use crate::check::privacy;
use crate::check::table::Checked;
use crate::codes;
use crate::finding::{self, Finding, Place, Severity};
use crate::lang::Words;

/// The days that an upload is about, and where days begin.
#[derive(Clone, Debug)]
pub struct Window {
    /// First day.
    pub from: Date,
    /// Last day, included.
    pub to: Date,
    /// Time zone in which days begin and times without an offset are read.
    pub zone: TimeZone,
    /// Its IANA name.
    pub zone_name: String,
}

impl Window {
    /// Whether a day is one of them.
    pub fn contains(&self, day: Date) -> bool {
        (self.from..=self.to).contains(&day)
    }
}

/// What is to be done with an upload.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// Every row can be used as it is.
    Accepted,
    /// The file was read, and rows of it need a person.
    Partial,
    /// The file cannot be read as what was asked for.
    SchemaFailed,
}

impl Verdict {
    /// The word used in every report format.
    pub fn word(self) -> &'static str {
        match self {
            Self::Accepted => "accepted",
            Self::Partial => "partial",
            Self::SchemaFailed => "schema_failed",
        }
    }
}

/// How many rows of each sort an upload has. A row is in `rows`, in at most one of the three statuses, and in
/// `duplicate` when it repeats an earlier one.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// Rows of data.
    pub rows: u64,
    /// Rows that say they are paid.
    pub paid: u64,
    /// Rows that say they wait for payment.
    pub pending: u64,
    /// Rows that say they are refunded, wholly or in part.
    pub refunded: u64,
    /// Rows that repeat an earlier one, or may do so.
    pub duplicate: u64,
}

/// What the rows of an upload are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Rows {
    /// Orders, which have a status and an amount.
    Orders,
    /// Rows of any table, of which only their number is known.
    OfATable,
}

/// Makes an error of the warning that only the first of several sheets was read, for tables of which every row counts.
/// True when which sheet is the table is not known.
pub fn refuse_other_sheets(findings: &mut [Finding]) -> bool {
    let mut refused = findings.iter().any(|finding| finding.code == &codes::SEVERAL_SHEETS);
    let is_it = |finding: &&mut Finding| finding.code == &codes::SHEETS && finding.severity == Severity::Warning;
    for finding in findings.iter_mut().filter(is_it) {
        let hint = "put all rows into one sheet, or say which one counts with --sheet NAME";
        let message = std::mem::take(&mut finding.message) + ", and the rows of all of them would have to count";
        *finding = Finding::new(&codes::SEVERAL_SHEETS, finding.place.clone(), message).hint(hint);
        refused = true;
    }
    refused
}

/// How the orders of an upload agree with a settlement file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Matching {
    /// The settlement file, as findings name it.
    pub file: String,
    /// What it is, with its article.
    pub form: &'static str,
    /// How many lines it has.
    pub lines: u64,
    /// How many orders agree or disagree in which way, by word: every way, also those that there are none of; then the
    /// lines about no order.
    pub outcomes: Vec<(&'static str, Words, u64)>,
}

/// Where the header of an upload stands, and which columns under it are known.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Head {
    /// The sheet of a workbook that it stands in.
    pub sheet: Option<String>,
    /// Its row, as Excel counts.
    pub row: u32,
    /// Column, from 0, and the field that it holds; by column.
    pub fields: Vec<(u32, &'static str)>,
}

impl Head {
    /// Whether a place is in the table, and not in another sheet of its workbook.
    pub fn is_beside(&self, place: &Place) -> bool {
        // A name that may be personal is not in the places of an answer.
        let is_told = self.sheet.as_deref().is_none_or(privacy::is_harmless);
        is_told && place.sheet.is_some() && place.sheet != self.sheet
    }

    /// The field that a column holds.
    pub fn field(&self, column: u32) -> Option<&'static str> {
        self.fields.iter().find(|(known, _)| *known == column).map(|(_, field)| *field)
    }
}

/// What may be repeated of the cells of an upload, by field and text.
#[derive(Clone, Copy, Debug)]
pub struct Discretion {
    /// Whether anybody may see the cell.
    pub may_be_shown: fn(&str, &str) -> bool,
    /// Whether the cell may go back to whoever sent the file: nothing in it looks like personal data or a credential.
    pub may_be_returned: fn(&str, &str) -> bool,
}

/// What was found in an upload.
#[derive(Clone, Debug)]
pub struct Upload {
    /// What its rows are.
    pub holds: Rows,
    /// What is to be done with it.
    pub verdict: Verdict,
    /// Its header, or the row that is nearest to one.
    pub head: Option<Head>,
    /// Required columns that it does not have, in the order of the contract.
    pub missing_fields: Vec<String>,
    /// `None` when the rows could not be read.
    pub counts: Option<Counts>,
    /// Whole TWD; `None` is unverified, which is not zero.
    pub recognised_revenue: Option<i64>,
    /// How it agrees with a settlement file; `None` when there was none that could be used, or the rows could not be read.
    pub matching: Option<Matching>,
    /// Everything that was noticed; what was normalised without loss has the severity of a notice.
    pub findings: Vec<Finding>,
}

impl Upload {
    /// An upload that cannot be read as what was asked for.
    pub fn refused(missing_fields: Vec<&'static str>, findings: Vec<Finding>) -> Self {
        let missing_fields = missing_fields.into_iter().map(str::to_owned).collect();
        Self {
            holds: Rows::Orders,
            verdict: Verdict::SchemaFailed,
            head: None,
            missing_fields,
            counts: None,
            recognised_revenue: None,
            matching: None,
            findings,
        }
    }

    /// A file that was checked against the declared schema of any table. Its findings are in their order.
    pub fn of_table(checked: Checked, mut findings: Vec<Finding>) -> Self {
        let Checked { missing, rows, has_its_columns } = checked;
        let has_other_sheets = refuse_other_sheets(&mut findings);
        let verdict = match finding::count(&findings, Severity::Error) {
            _ if !has_its_columns || has_other_sheets => Verdict::SchemaFailed,
            0 => Verdict::Accepted,
            _ => Verdict::Partial,
        };
        finding::sort(&mut findings);
        let counts = rows.map(|rows| Counts { rows, ..Counts::default() });
        Self {
            holds: Rows::OfATable,
            verdict,
            head: None,
            missing_fields: missing,
            counts,
            recognised_revenue: None,
            matching: None,
            findings,
        }
    }

    /// What has to be looked at, and what was only normalised.
    pub fn parts(&self) -> (Vec<&Finding>, Vec<&Finding>) {
        self.findings.iter().partition(|finding| finding.severity != Severity::Notice)
    }
}
