//! One row of an order export, as the contract reads its cells.

use std::borrow::Cow;

use crate::check::privacy::glance::Glance;
use crate::check::privacy::hidden;
use crate::codes as core;
use crate::finding::{Code, Finding, Place};
use crate::kinds::data_gap::orders::contract::{FIELDS, Field};
use crate::kinds::data_gap::orders::date::{Moment, Zone};
use crate::kinds::data_gap::orders::familiar::{Familiar, Look};
use crate::kinds::data_gap::orders::header::Header;
use crate::kinds::data_gap::orders::status::Status;
use crate::kinds::data_gap::orders::text::{Wrong, fold};
use crate::kinds::data_gap::orders::{amount, codes, date, identifier, personal, status, text, unsalted};
use crate::read::capped::Capped;
use crate::read::row::{Cell, Fault, Row, Value, cell_name};

/// What the cells of a row say.
pub(super) struct Cells<'a> {
    pub(super) texts: [Cow<'a, str>; FIELDS],
    /// Bits of the columns whose cells can be compared, or are plain.
    pub(super) usable: u16,
    pub(super) is_clean: bool,
    /// Bits of the columns that hold a doubtful identifier.
    pub(super) doubtful: u16,
}

/// What is missing in a blank cell.
pub(super) fn blank(status: Option<Status>) -> Wrong {
    let message = match status {
        Some(Status::Paid) => "is blank in a paid row",
        _ => "is blank",
    };
    Wrong::new(&core::BLANK_REQUIRED, message, "fill it in; nothing is filled in by guessing")
}

/// What the cells of a row say that are written as they should be, as nearly all are. Nothing else is to be found in such a
/// cell.
#[derive(Default)]
pub(super) struct Plain {
    pub(super) status: Option<Status>,
    pub(super) amount: Option<i64>,
    pub(super) moment: Option<Moment>,
    /// Bits of the columns that hold such cells.
    pub(super) columns: u16,
    /// Bits of the columns whose cells have a digit, as far as that is known.
    digits: u16,
    /// Bits of the columns of texts whose cells are blank.
    blank: u16,
}

impl Plain {
    pub(super) fn of(values: &[Value<'_>; FIELDS], zone: &Zone<'_>, familiar: &mut Familiar) -> Self {
        let text = |field: Field| match values[field as usize] {
            Value::Text(text) => Some(text),
            _ => None,
        };
        let status = text(Field::PaymentStatus).and_then(status::plain);
        let amount = text(Field::Amount).and_then(|text| amount::plain(text.as_bytes()));
        let moment = text(Field::CreatedAt).and_then(|text| date::plain(text.as_bytes(), zone));
        let bit = |field: Field, is_so: bool| if is_so { field.bit() } else { 0 };
        let mut digits = bit(Field::Amount, amount.is_some()) | bit(Field::CreatedAt, moment.is_some());
        let mut columns = digits | bit(Field::PaymentStatus, status.is_some());
        let mut blank = 0;
        for field in Field::TEXTS {
            blank |= bit(field, values[field as usize] == Value::Blank);
            let Some(text) = text(field) else { continue };
            let look = familiar.look(field, text, || look_at(field, text));
            digits |= bit(field, look.has_digit);
            columns |= bit(field, look.is_plain);
        }
        Self { status, amount, moment, columns, digits, blank }
    }

    /// What the row says, when every cell of it is plain, or blank where that is allowed: nothing else is to be found in it.
    pub(super) fn whole(&self, header: &Header, cells: &[Cell<'_>]) -> Option<(Status, i64, Moment)> {
        let may_be_blank = Field::may_be_blank(self.status, self.amount);
        let is_whole = self.columns | (self.blank & may_be_blank) == Field::EVERY;
        let is_nothing_else = cells.len() == FIELDS && header.width as usize == FIELDS;
        (is_whole && is_nothing_else).then_some((self.status?, self.amount?, self.moment?))
    }

    pub(super) fn has(&self, field: Field) -> bool {
        self.columns & field.bit() != 0
    }

    /// How many there are.
    pub(super) fn count(&self) -> usize {
        self.columns.count_ones() as usize
    }

    /// Whether it is known that there is a digit in the cell of this column.
    pub(super) fn has_digit(&self, field: Field) -> bool {
        self.digits & field.bit() != 0
    }

    /// In how many columns it is known that there is a digit.
    pub(super) fn count_of_digits(&self) -> usize {
        self.digits.count_ones() as usize
    }
}

/// Looks at a key, a code or a note.
fn look_at(field: Field, text: &str) -> Look {
    let glance = Glance::of(text);
    let is_plain = match glance {
        _ if field == Field::OwnerNote => {
            !Value::Text(text).is_blank()
                && !status::contradicts_paid(text)
                && !hidden::find(text).iter().any(|hidden| hidden.deceives)
                && personal::look(text).is_none()
        }
        Some(glance) => identifier::is_plain(field, text, &glance),
        None => false,
    };
    Look { is_plain, has_digit: glance.is_some_and(|glance| glance.has_digit()) }
}

/// Personal data, credentials and characters that make a text look different, in the cells of a row, also in those that
/// nothing reads.
pub(super) fn look_for_personal(
    header: &Header,
    row: &Row<'_>,
    cells: &[Cell<'_>],
    plain: &Plain,
    found: &mut dyn FnMut(Finding),
) {
    for cell in cells {
        let (Value::Text(text) | Value::Number(text)) = cell.value else { continue };
        if text.is_empty() || header.field(cell.column).is_some_and(|field| plain.has(field)) {
            continue;
        }
        let place = || {
            let column = header.field(cell.column).map(|field| field.name().to_owned());
            Place { column, cell: Some(cell_name(cell.column, row.number)), ..row.place() }
        };
        if let Some(hidden) = hidden::find(text).into_iter().find(|hidden| hidden.deceives) {
            let message = format!("has the hidden character U+{:04X}", u32::from(hidden.character));
            let hint = "delete the character; it makes the text look different from what it says";
            found(Finding::new(&core::CONTROL_CHARACTER, place(), message).hint(hint));
        }
        let Some((kind, secret)) = personal::look(text) else { continue };
        let (code, sort) = if secret { (&core::SECRET, "a credential") } else { (&codes::PII, "personal data") };
        let message = format!("looks like {sort}: {kind} (not repeated here)");
        found(Finding::new(code, place(), message).hint("remove it, or replace it by a keyed hash at the source"));
    }
}

/// Refuses a customer key that is the bare hash of personal data in its row. The row is blocked already.
pub(super) fn refuse_bare_hash(
    header: &Header,
    row: &Row<'_>,
    cells: &[Cell<'_>],
    values: &[Value<'_>; FIELDS],
    findings: &mut Capped<'_>,
) {
    let (Value::Text(key) | Value::Number(key)) = values[Field::CustomerKey as usize] else { return };
    let texts = cells.iter().filter_map(|cell| match cell.value {
        Value::Text(text) | Value::Number(text) => Some(text),
        _ => None,
    });
    if unsalted::is_hash_of(key, texts) {
        findings.add(&codes::PII, || {
            let message = "customer_key is the hash of personal data in the same row, made without a secret key";
            let hint = "use a keyed hash (such as HMAC-SHA-256) whose key only the sender has";
            Finding::new(&codes::PII, place(header, row, Field::CustomerKey), message).hint(hint)
        });
    }
}

/// Reads the cells of one row.
pub(super) struct RowReader<'r, 'h, 'f, 'c> {
    pub(super) header: &'h Header,
    pub(super) row: &'r Row<'r>,
    /// What stands in the columns of the contract.
    pub(super) values: &'r [Value<'r>; FIELDS],
    pub(super) findings: &'f mut Capped<'c>,
}

impl RowReader<'_, '_, '_, '_> {
    pub(super) fn place(&self, field: Field) -> Place {
        place(self.header, self.row, field)
    }

    #[expect(clippy::needless_pass_by_value, reason = "most callers make it right there")]
    pub(super) fn wrong(&mut self, field: Field, read: &mut Cells<'_>, wrong: Wrong) {
        read.is_clean = false;
        let (header, row, value) = (self.header, self.row, self.values[field as usize]);
        self.findings.add(wrong.code, || {
            let written = match value {
                Value::Text(text) | Value::Number(text) | Value::Moment(text) => text,
                _ => "",
            };
            let message = format!("{} {}", field.name(), wrong.message_about(written));
            Finding::new(wrong.code, place(header, row, field), message).hint(wrong.hint)
        });
    }

    pub(super) fn notice(&mut self, field: Field, code: &'static Code, message: impl FnOnce() -> String) {
        let (header, row) = (self.header, self.row);
        self.findings
            .add(code, || Finding::new(code, place(header, row, field), format!("{} {}", field.name(), message())));
    }

    pub(super) fn status(&mut self, value: Value<'_>, read: &mut Cells<'_>) -> Option<Status> {
        let field = Field::PaymentStatus;
        match value {
            _ if value.is_blank() => None,
            Value::Text(text) if self.is_error(field, text, read) => None,
            Value::Text(text) => match status::read(text) {
                Ok((status, normalised)) => {
                    if normalised {
                        self.notice(field, &codes::STATUS_NORMALISED, || {
                            "was read without regard to case or spaces".to_owned()
                        });
                    }
                    Some(status)
                }
                Err(wrong) => {
                    self.wrong(field, read, wrong);
                    None
                }
            },
            Value::Fault(_) => {
                self.unusable(field, value, read);
                None
            }
            _ => {
                let hint = "use one of: paid, pending, refunded, partial_refund, failed";
                self.wrong(field, read, Wrong::new(&codes::UNKNOWN_STATUS, "is not a word", hint));
                None
            }
        }
    }

    /// Whether a text is the error that a spreadsheet program showed when it was exported.
    pub(super) fn is_error(&mut self, field: Field, text: &str, read: &mut Cells<'_>) -> bool {
        let folded = fold(text);
        let is_error = text::is_error(&folded);
        if is_error {
            self.wrong(field, read, error_cell());
        }
        is_error
    }

    /// Says why a cell that is neither text, number nor date cannot be used.
    pub(super) fn unusable(&mut self, field: Field, value: Value<'_>, read: &mut Cells<'_>) {
        let hint = "correct the cell";
        let wrong = match (value, field) {
            (Value::Fault(Fault::Error(_)), _) => error_cell(),
            (Value::Fault(Fault::NoValue), _) => Wrong::new(
                &codes::FORMULA,
                "is a formula without a stored value",
                "open the file in Excel and save it once",
            ),
            (_, Field::Amount) => Wrong::new(&codes::INVALID_AMOUNT, "is a cell that holds no amount", hint),
            (_, Field::CreatedAt) => Wrong::new(&codes::INVALID_DATE, "is a cell that holds no date", hint),
            (_, Field::PaymentStatus) => Wrong::new(&codes::UNKNOWN_STATUS, "is a cell that holds no word", hint),
            _ => Wrong::new(&codes::MANGLED_ID, "is a cell that holds no text", hint),
        };
        self.wrong(field, read, wrong);
    }
}

/// The place of a cell of the contract.
pub(super) fn place(header: &Header, row: &Row<'_>, field: Field) -> Place {
    let column = header.columns[field as usize].unwrap_or_default();
    Place { column: Some(field.name().to_owned()), ..row.place_of_cell(column) }
}

fn error_cell() -> Wrong {
    Wrong::new(
        &codes::ERROR_CELL,
        "is an error of the spreadsheet program, not a value",
        "mend the formula, or paste the value",
    )
}
