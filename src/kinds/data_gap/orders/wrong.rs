//! Why a cell cannot be used, and what may be repeated of it when that is said.

use std::borrow::Cow;

use crate::finding::Code;
use crate::kinds::data_gap::orders::shown::shown;
use crate::kinds::data_gap::orders::text::fold;

/// Why a cell cannot be used.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Wrong {
    /// What sort of fault it is.
    pub code: &'static Code,
    /// What was found and what was expected.
    pub message: Cow<'static, str>,
    /// Whether the message ends with what stands in the cell, as far as that may be shown.
    pub shows: bool,
    /// What to do about it.
    pub hint: &'static str,
}

impl Wrong {
    pub(super) fn new(code: &'static Code, message: impl Into<Cow<'static, str>>, hint: &'static str) -> Self {
        Self { code, message: message.into(), shows: false, hint }
    }

    /// One whose message ends with what stands in the cell.
    pub(super) fn showing(code: &'static Code, message: &'static str, hint: &'static str) -> Self {
        Self { shows: true, ..Self::new(code, message, hint) }
    }

    /// The message about a cell in which this stands.
    pub(super) fn message_about(&self, written: &str) -> String {
        if self.shows {
            format!("{}: {}", self.message, shown(&fold(written)))
        } else {
            self.message.clone().into_owned()
        }
    }
}
