//! Who wrote a record, and whether they may: what all kinds ask of records in the same way.

use jiff::Timestamp;

use crate::check::schema::TableSchema;
use crate::check::table::{Fact, Record};
use crate::codes;
use crate::documents::workspace::Workspace;
use crate::finding::{Finding, Place, did_you_mean};

/// The name of who wrote a record, if that is somebody with one of these roles; the findings say why not.
pub(super) fn author(
    roles: &[&str],
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
        findings.push(Finding::new(&codes::UNKNOWN_PERSON, place.clone(), message).hint(hint));
        return None;
    };
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
pub(super) fn moment(record: &Record, schema: &TableSchema, field: &str) -> Option<Timestamp> {
    match record.get(schema, field) {
        Some(Fact::Moment { timestamp, .. }) => Some(*timestamp),
        _ => None,
    }
}

/// The whole number of a field.
pub(super) fn integer(record: &Record, schema: &TableSchema, field: &str) -> Option<i64> {
    match record.get(schema, field) {
        Some(Fact::Integer(number)) => Some(*number),
        _ => None,
    }
}

/// Whether a field says true.
pub(super) fn flag(record: &Record, schema: &TableSchema, field: &str) -> bool {
    matches!(record.get(schema, field), Some(Fact::Bool(true)))
}

/// The same place with the column of a field.
pub(super) fn column(place: &Place, field: &str) -> Place {
    Place { column: Some(field.to_owned()), ..place.clone() }
}
