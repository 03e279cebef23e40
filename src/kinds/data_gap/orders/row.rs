//! One row of an order export, as the contract reads its cells.

use std::borrow::Cow;

use jiff::civil::DateTime;

use crate::codes as core;
use crate::finding::{Code, Finding, Place};
use crate::kinds::data_gap::orders::amount::Amount;
use crate::kinds::data_gap::orders::contract::{FIELDS, Field};
use crate::kinds::data_gap::orders::date::{Moment, Zone};
use crate::kinds::data_gap::orders::header::Header;
use crate::kinds::data_gap::orders::noticed::Noticed;
use crate::kinds::data_gap::orders::plain::Plain;
use crate::kinds::data_gap::orders::status::Status;
use crate::kinds::data_gap::orders::text::fold;
use crate::kinds::data_gap::orders::totals::Totals;
use crate::kinds::data_gap::orders::wrong::Wrong;
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
        if let Some(character) = personal::deceiving(text) {
            let message = format!("has the hidden character U+{:04X}", u32::from(character));
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
    pub(super) noticed: &'f mut Noticed,
}

impl RowReader<'_, '_, '_, '_> {
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

    /// Reads the amount, and adds it to the sums as it is written.
    pub(super) fn amount(
        &mut self,
        plain: Option<i64>,
        status: Option<Status>,
        totals: &mut Totals,
        read: &mut Cells<'_>,
    ) -> Option<i64> {
        let value = self.values[Field::Amount as usize];
        let written = match value {
            _ if plain.is_some() => plain.map(|twd| Ok(Amount { twd, normalised: false })),
            Value::Blank => None,
            Value::Text(text) if value.is_blank() || self.is_error(Field::Amount, text, read) => None,
            Value::Text(text) => Some(amount::of_text(text)),
            Value::Number(number) => Some(amount::of_number(number)),
            other => {
                self.unusable(Field::Amount, other, read);
                None
            }
        };
        let signed = written.as_ref().and_then(|written| written.as_ref().ok()).map(|amount| amount.twd);
        totals.order(signed, status);
        match written?.and_then(|written| amount::with_status(written, status)) {
            Ok(amount) => {
                if amount.normalised {
                    self.notice(Field::Amount, &codes::AMOUNT_NORMALISED, || format!("was read as {}", amount.twd));
                }
                let (header, row) = (self.header, self.row);
                self.noticed.amount(amount.twd, status, || place(header, row, Field::Amount));
                Some(amount.twd)
            }
            Err(wrong) => {
                self.wrong(Field::Amount, read, wrong);
                None
            }
        }
    }

    /// Reads the moment.
    pub(super) fn moment(&mut self, plain: Option<Moment>, zone: &Zone<'_>, read: &mut Cells<'_>) -> Option<DateTime> {
        if let Some(moment) = plain {
            self.noticed.moment(moment);
            return Some(moment.at);
        }
        let value = self.values[Field::CreatedAt as usize];
        let text = match value {
            Value::Blank => return None,
            Value::Text(text) if value.is_blank() || self.is_error(Field::CreatedAt, text, read) => return None,
            Value::Text(text) | Value::Number(text) => text,
            Value::Moment(text) => {
                let (header, row) = (self.header, self.row);
                self.noticed.date_cell(|| place(header, row, Field::CreatedAt));
                text
            }
            other => {
                self.unusable(Field::CreatedAt, other, read);
                return None;
            }
        };
        match date::read(text, zone) {
            Ok(moment) => {
                if moment.normalised || !moment.has_time {
                    self.notice(Field::CreatedAt, &codes::DATE_NORMALISED, || format!("was read as {}", moment.at));
                }
                self.noticed.moment(moment);
                Some(moment.at)
            }
            Err(wrong) => {
                self.wrong(Field::CreatedAt, read, wrong);
                None
            }
        }
    }

    /// Reads a key, a code or a note.
    pub(super) fn text<'v>(&mut self, field: Field, value: Value<'v>, read: &mut Cells<'v>) {
        let at = field as usize;
        let result = match value {
            _ if value.is_blank() => return,
            Value::Text(text) if field == Field::OwnerNote => {
                read.texts[at] = Cow::Borrowed(text);
                return;
            }
            Value::Text(text) if self.is_error(field, text, read) => return,
            Value::Text(text) => {
                let folded = fold(text);
                if folded != text {
                    self.notice(field, &codes::ID_NORMALISED, || {
                        "was read without spaces, invisible characters or full-width forms".to_owned()
                    });
                }
                read.texts[at] = match identifier::without_capitals(field, &folded) {
                    Some(key) => {
                        self.notice(field, &codes::ID_NORMALISED, || {
                            "was read in small letters: digits of a hash have no case".to_owned()
                        });
                        Cow::Owned(key)
                    }
                    None => folded,
                };
                if field.is_key() { identifier::of_text(field, &read.texts[at]) } else { Ok(()) }
            }
            Value::Number(number) if field.is_key() => identifier::of_number(number).map(|digits| {
                let (header, row) = (self.header, self.row);
                self.noticed.numeric_id(|| place(header, row, field));
                read.texts[at] = Cow::Owned(digits);
            }),
            Value::Number(text) => {
                read.texts[at] = Cow::Borrowed(text);
                Ok(())
            }
            Value::Moment(text) if field == Field::OwnerNote => {
                read.texts[at] = Cow::Borrowed(text);
                Ok(())
            }
            Value::Moment(_) => Err(identifier::of_moment()),
            other => {
                self.unusable(field, other, read);
                return;
            }
        };
        let id = &read.texts[at];
        let result =
            result.and_then(|()| if field == Field::CustomerKey { identifier::customer_key(id) } else { Ok(()) });
        if let Err(wrong) = result {
            // The privacy scan has said it already.
            if wrong.code == &codes::PII && personal::look(id).is_some() {
                read.is_clean = false;
            } else {
                self.wrong(field, read, wrong);
            }
            return;
        }
        if field.is_key() {
            let (header, row) = (self.header, self.row);
            if self.noticed.identifier(field, id, || place(header, row, field)) {
                read.doubtful |= field.bit();
            }
            if text::is_nothing(id) {
                self.wrong(
                    field,
                    read,
                    Wrong::new(
                        &core::BLANK_REQUIRED,
                        "holds a word that stands for nothing",
                        "fill it in, or leave it blank where that is allowed",
                    ),
                );
                return;
            }
        }
        read.usable |= field.bit();
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
