//! Why a run could not be made.

use std::io;

use crate::disk;

/// The run could not be made: status 2.
#[derive(Debug)]
pub(super) struct Stopped {
    pub(super) message: String,
}

impl Stopped {
    pub(super) fn new(message: impl Into<String>) -> Self {
        Self { message: message.into() }
    }

    /// Several reasons, each on a line of its own. `None` when there is none.
    pub(super) fn all(stopped: &[Self]) -> Option<Self> {
        let messages: Vec<_> = stopped.iter().map(|one| one.message.as_str()).collect();
        (!messages.is_empty()).then(|| Self::new(messages.join("\n")))
    }
}

impl From<io::Error> for Stopped {
    fn from(error: io::Error) -> Self {
        Self::new(error.to_string())
    }
}

impl From<disk::Error> for Stopped {
    fn from(error: disk::Error) -> Self {
        Self::new(error.to_string())
    }
}

/// Whether what was looked at is clean.
pub(super) type Ran = Result<bool, Stopped>;
