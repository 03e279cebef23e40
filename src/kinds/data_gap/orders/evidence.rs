//! What is known beside an order export when it is checked.

use jiff::civil::Date;

use crate::check::upload::Window;
use crate::kinds::data_gap::decisions::Decisions;
use crate::kinds::data_gap::orders::settlement::Settlement;
use crate::limits::{self, Limit};

/// What else is known when an export is checked.
#[derive(Clone, Copy, Debug)]
pub(in crate::kinds::data_gap) struct Evidence<'a> {
    /// The days that it is asked for.
    pub window: &'a Window,
    /// What people decided.
    pub decisions: &'a Decisions,
    /// What the payment gateway says.
    pub settlement: Option<&'a Settlement>,
    /// The day of the run, in the time zone of the window.
    pub today: Option<Date>,
    /// Of one code so many findings are listed with their places.
    pub listed: Limit,
    /// The sheet of a workbook that somebody asked for.
    pub sheet: Option<&'a str>,
}

impl<'a> Evidence<'a> {
    /// Decisions, and nothing else.
    pub(in crate::kinds::data_gap) fn alone(window: &'a Window, decisions: &'a Decisions) -> Self {
        Self { window, decisions, settlement: None, today: None, listed: limits::FINDINGS_PER_CODE, sheet: None }
    }
}
