//! Who may state what (design 5.1 and 5.3): a fact counts only when the role that may state it wrote it.

use crate::documents::workspace::Workspace;
use crate::finding::{Finding, Place};
use crate::kinds::people;

pub(super) use crate::kinds::people::{moment, text};

/// What only some may state.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Statement {
    /// That data is asked for.
    Request,
    /// That a file was received from the data owner.
    Upload,
    /// Whether a doubtful order counts.
    Recognition,
    /// What became of a 28,000 order.
    Training,
}

impl Statement {
    /// The roles of `proofpack.toml` that may state it: Louis opens requests and approves recognition, and PLS may ask
    /// in his name; Wade uploads; Huber resolves the 28,000 orders.
    pub(super) fn roles(self) -> &'static [&'static str] {
        match self {
            Self::Request => &["ceo", "pls_owner"],
            Self::Upload => &["data_owner"],
            Self::Recognition => &["ceo"],
            Self::Training => &["verification_owner"],
        }
    }
}

/// The name of who wrote a record, if that is somebody who may; the findings say why not.
pub(super) fn author(
    statement: Statement,
    short: &str,
    place: &Place,
    workspace: &Workspace,
    findings: &mut Vec<Finding>,
) -> Option<String> {
    people::author(statement.roles(), short, place, workspace, findings)
}
