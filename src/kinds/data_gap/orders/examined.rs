//! What came of an order export that was checked.

use crate::check::upload::Upload;
use crate::kinds::data_gap::orders::classify::Classified;
use crate::kinds::data_gap::orders::ledger::Ledger;

/// An export and, when its rows could be read, its orders and what became of each.
#[derive(Debug)]
pub(in crate::kinds::data_gap) struct Examined {
    /// The answer about the file.
    pub upload: Upload,
    /// `None` when it was refused.
    pub orders: Option<(Ledger, Classified)>,
}

impl Examined {
    pub(super) fn refused(missing_fields: Vec<&'static str>) -> Self {
        Self { upload: Upload::refused(missing_fields, Vec::new()), orders: None }
    }
}
