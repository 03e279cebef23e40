//! Who may state what (design 5.1 and 5.3): a fact counts only when the role that may state it wrote it.

use crate::check::schema::TableSchema;
use crate::check::table::{Fact, Record};
use crate::codes as core;
use crate::documents::workspace::Workspace;
use crate::finding::{Finding, Place, did_you_mean};
use crate::kinds::data_gap::codes;

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
    let Some(person) = workspace.people.get(short) else {
        let names = || workspace.people.keys().map(String::as_str);
        let hint = did_you_mean(short, names()).map_or_else(
            || format!("people of the workspace: {}", names().collect::<Vec<_>>().join(", ")),
            |near| format!("did you mean `{near}`?"),
        );
        let message = format!("`{short}` is not one of the workspace's people; the record is not used");
        findings.push(Finding::new(&core::UNKNOWN_PERSON, place.clone(), message).hint(hint));
        return None;
    };
    let roles = statement.roles();
    if person.roles.iter().any(|role| roles.contains(&role.as_str())) {
        return Some(person.name.clone());
    }
    let (roles, has) = (roles.join(" or "), person.roles.join(", "));
    let message = format!("`{short}` is {has}, and this takes {roles}; the record is not used");
    let hint = format!("have somebody with the role {roles} write it");
    findings.push(Finding::new(&codes::NOT_ENTITLED, place.clone(), message).hint(hint));
    None
}

/// The text of a field; blank when there is none.
pub(super) fn text<'r>(record: &'r Record, schema: &TableSchema, field: &str) -> &'r str {
    match record.get(schema, field) {
        Some(Fact::Text(text)) => text.trim(),
        _ => "",
    }
}

/// The moment of a field.
pub(super) fn moment(record: &Record, schema: &TableSchema, field: &str) -> Option<jiff::Timestamp> {
    match record.get(schema, field) {
        Some(Fact::Moment { timestamp, .. }) => Some(*timestamp),
        _ => None,
    }
}
