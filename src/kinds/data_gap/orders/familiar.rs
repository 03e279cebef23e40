//! Cells that a column has again and again, such as codes and notes, so that most of them are looked at once.

use crate::kinds::data_gap::orders::contract::{FIELDS, Field};

/// So many are kept of a column, as its slots.
const SLOTS: usize = 64;

/// What was found out about a text.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Seen {
    /// Whether it is written as cells of its column should be, and nothing is to be found in it.
    pub(super) is_plain: bool,
    /// Whether there is a digit in it; `false` also where that was not asked.
    pub(super) has_digit: bool,
}

/// Texts that were looked at.
#[derive(Debug, Default)]
pub(super) struct Familiar {
    columns: [Vec<Slot>; FIELDS],
}

/// The last of the texts that share it.
type Slot = Option<(Box<str>, Seen)>;

impl Familiar {
    /// What is known about a text of this column, or what a look at it tells.
    pub(super) fn look(&mut self, field: Field, text: &str, look: impl FnOnce() -> Seen) -> Seen {
        /// A text that is longer takes longer to compare than it is likely to come again.
        const LONGEST: usize = 256;
        let repeats = matches!(field, Field::ProgramId | Field::DiscountCode | Field::SourceEvent | Field::OwnerNote);
        if !repeats || text.len() > LONGEST {
            return look();
        }
        let column = &mut self.columns[field as usize];
        if column.is_empty() {
            column.resize(SLOTS, None);
        }
        let known = &mut column[slot(text.as_bytes())];
        match known {
            Some((known, look)) if **known == *text => *look,
            _ => known.insert((text.into(), look())).1,
        }
    }
}

/// The slot of a text, told by its length, its last bytes, in which codes differ, and its first ones, in which notes do.
fn slot(text: &[u8]) -> usize {
    let told = text.iter().rev().take(4).chain(text.iter().take(4));
    told.fold(text.len(), |told, byte| told.wrapping_mul(31) ^ usize::from(*byte)) % SLOTS
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_is_looked_at_again_only_in_another_column() {
        let mut familiar = Familiar::default();
        let (plain, other) = (Seen { is_plain: true, has_digit: true }, Seen::default());
        for text in ["PRG-018", "", "退款原因:重複下單"] {
            assert_eq!(familiar.look(Field::ProgramId, text, || plain), plain);
            assert_eq!(familiar.look(Field::ProgramId, text, || unreachable!()), plain);
            assert_eq!(familiar.look(Field::OwnerNote, text, || other), other);
            // Keys do not come again.
            assert_eq!(familiar.look(Field::OrderId, text, || plain), plain);
            assert_eq!(familiar.look(Field::OrderId, text, || other), other);
        }
        for number in 0..1_000 {
            let (one, look) = (format!("{number}"), Seen { is_plain: number % 2 == 0, has_digit: true });
            assert_eq!(familiar.look(Field::SourceEvent, &one, || look), look, "{number}");
        }
    }
}
