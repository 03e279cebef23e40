//! What ends the reading of a workbook.

use crate::codes;
use crate::finding::{Finding, Place};

/// The finding that ended the reading.
pub(super) type Refused = Box<Finding>;

/// A workbook that is damaged in this way.
pub(super) fn refused(path: &str, message: &str) -> Finding {
    Finding::new(&codes::UNREADABLE, Place::file(path), message).hint("export it again")
}
