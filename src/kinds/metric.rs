//! A figure of a history: what was counted out of what. Unknown is not zero.

use serde_json::{Value, json};

use crate::lang::{Lang, Words};
use crate::view::context::Context;
use crate::view::page::{Figure, Inline};
use crate::view::texts;

/// A figure with its parts.
#[derive(Clone, Debug)]
pub struct Metric {
    /// Stable id.
    pub id: &'static str,
    /// What people call it.
    pub title: Words,
    /// What is counted out of what.
    pub definition: Words,
    /// What it says; `None` when it cannot be known from what was given.
    pub value: Option<Measured>,
    /// The tables that it is counted from.
    pub source: &'static str,
}

/// What a figure says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Measured {
    /// A part of a whole. A whole of 0 has no share.
    Share {
        /// The part.
        numerator: u64,
        /// The whole.
        denominator: u64,
    },
    /// A median of so many durations, in seconds. Of none there is no median.
    Median {
        /// The median; the mean of the two in the middle, rounded down, when their number is even.
        seconds: Option<i64>,
        /// How many there are.
        of: u64,
    },
}

impl Metric {
    /// The figure as a page shows it.
    pub(super) fn figure(&self, context: &Context<'_>) -> Figure {
        let lang = context.lang;
        let unknown = |words: Words| Inline::Unknown(words.get(lang).to_owned());
        let value = match self.value {
            None => unknown(texts::NOT_GIVEN),
            Some(Measured::Share { denominator: 0, .. } | Measured::Median { seconds: None, .. }) => {
                unknown(texts::NO_ROWS)
            }
            Some(Measured::Share { numerator, denominator }) => {
                Inline::Text(format!("{numerator} / {denominator} = {}", percent(numerator, denominator)))
            }
            Some(Measured::Median { seconds: Some(seconds), of }) => {
                Inline::Text(texts::median(lang, &duration(seconds), of))
            }
        };
        Figure {
            label: texts::named(lang, self.title.get(lang), self.id),
            value,
            definition: self.definition.get(lang).to_owned(),
            source: self.source.to_owned(),
        }
    }

    /// The figure for programs: parts that are not known are null.
    pub fn json(&self, lang: Lang) -> Value {
        let (numerator, denominator, seconds) = match self.value {
            None => (None, None, None),
            Some(Measured::Share { numerator, denominator }) => (Some(numerator), Some(denominator), None),
            Some(Measured::Median { seconds, of }) => (None, Some(of), seconds),
        };
        json!({
            "id": self.id,
            "numerator": numerator,
            "denominator": denominator,
            "median_seconds": seconds,
            "definition": self.definition.get(lang),
            "source": self.source,
        })
    }

    /// The figure in a line of a terminal.
    pub fn line(&self) -> String {
        let value = match self.value {
            None => "unknown (not given)".to_owned(),
            Some(Measured::Share { denominator: 0, .. } | Measured::Median { seconds: None, .. }) => {
                "unknown (0 records)".to_owned()
            }
            Some(Measured::Share { numerator, denominator }) => {
                format!("{numerator} / {denominator} ({})", percent(numerator, denominator))
            }
            Some(Measured::Median { seconds: Some(seconds), of }) => format!("{} (median of {of})", duration(seconds)),
        };
        format!("{:26} {value:22} {}", self.id, self.definition.en)
    }
}

/// A share in whole and tenths of a percent, rounded down.
fn percent(numerator: u64, denominator: u64) -> String {
    let thousandths = u128::from(numerator) * 1000 / u128::from(denominator.max(1));
    format!("{}.{}%", thousandths / 10, thousandths % 10)
}

/// `1d 02:03:04`
fn duration(seconds: i64) -> String {
    let (days, rest) = (seconds / 86_400, seconds % 86_400);
    let clock = format!("{:02}:{:02}:{:02}", rest / 3_600, rest / 60 % 60, rest % 60);
    if days == 0 { clock } else { format!("{days}d {clock}") }
}

/// The median of durations in seconds.
pub(super) fn median(mut seconds: Vec<i64>) -> Option<i64> {
    seconds.sort_unstable();
    let middle = seconds.len() / 2;
    let upper = *seconds.get(middle)?;
    match seconds.len() % 2 {
        0 => Some(seconds.get(middle.checked_sub(1)?)?.midpoint(upper)),
        _ => Some(upper),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn figures_are_exact() {
        assert_eq!((percent(1, 3), percent(0, 5), percent(5, 5)), ("33.3%".into(), "0.0%".into(), "100.0%".into()));
        assert_eq!((duration(59), duration(93_784)), ("00:00:59".into(), "1d 02:03:04".into()));
        assert_eq!((median(vec![]), median(vec![5, 1, 3]), median(vec![4, 1])), (None, Some(3), Some(2)));
    }
}
