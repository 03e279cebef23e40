//! The rule tables of the kind, for `explain`. Of each the first rule that holds wins, and one always does.
//!
//! Invariant: pure. The same tables decide, are printed on the console and are told here.

use crate::decide::{Rule, Told};
use crate::kinds::worker_self_repair::adoption::ADOPTIONS;
use crate::kinds::worker_self_repair::guard::GUARDS;
use crate::kinds::worker_self_repair::policy::{CHANGES, LEAVES};
use crate::kinds::worker_self_repair::question;
use crate::kinds::worker_self_repair::repair::{GATES, REPAIRS};
use crate::lang::Words;

/// The tables and the gates for `explain`.
pub(super) fn told() -> Vec<Told> {
    let gates = GATES.iter().map(|gate| Told {
        id: gate.id,
        question: question::REPAIR,
        when: gate.trigger,
        decides: Vec::new(),
        route: Some(gate.action),
        is_first: true,
    });
    gates
        .chain(tell(question::REPAIR, REPAIRS, |then| (then.action, then.route)))
        .chain(tell(question::GUARD, GUARDS, |then| (then.result, then.route)))
        .chain(tell(question::POLICY, LEAVES, |then| (then.decision, then.route)))
        .chain(tell(question::TRANSITION, CHANGES, |then| (then.result, then.route)))
        .chain(tell(question::ADOPTION, ADOPTIONS, |then| (then.result, then.route)))
        .collect()
}

fn tell<F, T>(
    question: &'static str,
    table: &'static [Rule<F, T>],
    then: fn(&T) -> (&'static str, Words),
) -> impl Iterator<Item = Told> {
    table.iter().map(move |rule| {
        let (result, route) = then(&rule.then);
        Told { id: rule.id, question, when: rule.when, decides: vec![result], route: Some(route), is_first: true }
    })
}

/// Some rule holds for every fact, and every rule wins for one.
#[cfg(test)]
pub(super) fn every_rule_wins<F: std::fmt::Debug, T: std::fmt::Debug>(table: &'static [Rule<F, T>], facts: Vec<F>) {
    let winner =
        |facts: F| crate::decide::first(table, &facts).unwrap_or_else(|_| panic!("no rule for {facts:?}")).rule.id;
    let winners: std::collections::BTreeSet<_> = facts.into_iter().map(winner).collect();
    assert_eq!(winners.into_iter().collect::<Vec<_>>(), table.iter().map(|rule| rule.id).collect::<Vec<_>>());
}
