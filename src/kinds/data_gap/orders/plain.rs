//! What the cells of a row say that are written as they should be, told at a glance.

use crate::check::privacy::glance::Glance;
use crate::kinds::data_gap::orders::contract::{FIELDS, Field};
use crate::kinds::data_gap::orders::date::{Moment, Zone};
use crate::kinds::data_gap::orders::familiar::{Familiar, Seen};
use crate::kinds::data_gap::orders::header::Header;
use crate::kinds::data_gap::orders::status::Status;
use crate::kinds::data_gap::orders::{amount, date, identifier, personal, status};
use crate::read::row::{Cell, Value};

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
    pub(super) digits: u16,
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
}

/// Looks at a key, a code or a note.
fn look_at(field: Field, text: &str) -> Seen {
    let glance = Glance::of(text);
    let is_plain = match glance {
        _ if field == Field::OwnerNote => {
            !Value::Text(text).is_blank()
                && !status::contradicts_paid(text)
                && personal::deceiving(text).is_none()
                && personal::look(text).is_none()
        }
        Some(glance) => identifier::is_plain(field, text, &glance),
        None => false,
    };
    Seen { is_plain, has_digit: glance.is_some_and(|glance| glance.has_digit()) }
}
