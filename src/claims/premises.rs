//! What evidence is held against besides what stands in `evidence/`: who may say what, what the decision record says, and
//! which export the pack itself accepts. A bundle gives the first and the last in its ledger, as it gives the moment.

use std::collections::BTreeMap;

use crate::documents::decision_record::{self, Status};
use crate::documents::workspace::Workspace;
use crate::read::tree::Node;

/// What claims are judged by besides their evidence.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Premises {
    /// Roles of people, by their short name and by the name that pages show.
    pub roles: BTreeMap<String, Vec<String>>,
    /// What the decision record says of its adoption.
    pub decision: Option<Status>,
    /// SHA-256 of the export that the pack accepts and recognises revenue from; `None` when it accepts none.
    pub accepted_import: Option<String>,
}

impl Premises {
    /// As a workspace and a pack give them.
    pub fn new(workspace: &Workspace, decision: Option<Status>, accepted_import: Option<String>) -> Self {
        let mut roles = BTreeMap::new();
        for (short, person) in &workspace.people {
            roles.insert(person.name.clone(), person.roles.clone());
            roles.insert(short.clone(), person.roles.clone());
        }
        Self { roles, decision, accepted_import }
    }

    /// As a bundle gives them: its ledger and its decision record.
    pub fn of_bundle(ledger: &Node, decision_record: Option<&[u8]>) -> Self {
        let people = ledger.get("people").map(Node::entries).unwrap_or_default();
        let record = decision_record.and_then(|bytes| decision_record::read("", bytes, &mut Vec::new()));
        Self {
            roles: people.iter().map(|entry| (entry.key.to_string(), entry.node.texts())).collect(),
            decision: record.and_then(|record| record.status),
            accepted_import: ledger.text_at("accepted_import").map(str::to_owned),
        }
    }
}
