//! The rule tables of this kind as `explain` tells them, each under the question that it decides.

use crate::decide::Told;
use crate::kinds::dispatch_workflow::audit::{self, children};
use crate::kinds::dispatch_workflow::{
    contract, evidence, guard, heartbeat, lanes, pr_fix, pr_form, preflight, probe, queue, templates, triage, updates,
};
use crate::lang::Words;

/// Every rule, table by table.
pub(super) fn told() -> Vec<Told> {
    let preflight = preflight::RULES.iter().map(|rule| first("worker-preflight", rule.id, rule.when, rule.action));
    let skips = queue::SKIPS.iter().map(|skip| first("select-queue-item", skip.id, skip.why, "skip"));
    let toggles = probe::TOGGLES.iter().map(|(id, set, when)| first("cron-toggle", id, *when, set));
    let compared = probe::COMPARISONS.iter();
    let compared = compared.map(|known| Told { is_first: true, ..each("probes", known.id, known.when) });
    let edits = probe::EDIT_FAULTS.iter().map(|(id, when)| first("cron-toggle", id, *when, "refused"));
    let contract = contract::RULES
        .iter()
        .map(|rule| Told { route: Some(rule.fix), ..each("status-contract", rule.id, rule.when) });
    let configuration = lanes::CONFIG_FAULTS.iter().map(|(id, when)| first("lanes", id, *when, "invalid"));
    let verdicts = guard::VERDICTS.iter().map(|verdict| {
        first("result-guard", verdict.code, verdict.why, if verdict.valid { "valid" } else { "invalid" })
    });
    let form = pr_form::rules().map(|rule| each("pull-requests", rule.id, rule.broken));
    let merges =
        pr_fix::MERGES.iter().map(|merge| Told { is_first: true, ..each("pr-fix-queue", merge.id, merge.when) });
    let triaged = triage::TRIAGE.iter().map(|rule| first("pr-fix-triage", rule.id, rule.when, rule.lane()));
    let gates = audit::GATES.iter().map(|gate| {
        let then = if gate.decompose {
            "decompose"
        } else if gate.close_check {
            "close-check"
        } else {
            "skip"
        };
        first("audit-umbrella", gate.id, gate.when, then)
    });
    // The others are gates too.
    let closings = audit::CLOSINGS.iter().filter(|(id, _)| audit::GATES.iter().all(|gate| gate.id != *id));
    let closings = closings
        .map(|(id, when)| first("audit-umbrella", id, *when, if *id == "all-closed" { "close" } else { "keep-open" }));
    let actions = children::ACTIONS.iter().map(|action| first("audit-plan", action.id, action.when, action.planned));
    let lints = templates::LINTS
        .iter()
        .map(|lint| Told { route: Some(lint.fix), ..each("extract-templates", lint.id, lint.what) });
    let seen = evidence::KINDS.iter().map(|kind| each("pr-evidence", kind.id, kind.when));
    let replies = heartbeat::REPLIES
        .iter()
        .map(|reply| first("heartbeat", reply.id, reply.when, reply.word.unwrap_or("surface")));
    let updates = updates::FAULTS.iter().map(|(id, when)| first("work-update", id, *when, "refused"));
    preflight
        .chain(skips)
        .chain(toggles)
        .chain(compared)
        .chain(edits)
        .chain(contract)
        .chain(configuration)
        .chain(verdicts)
        .chain(form)
        .chain(merges)
        .chain(triaged)
        .chain(gates)
        .chain(closings)
        .chain(actions)
        .chain(lints)
        .chain(seen)
        .chain(replies)
        .chain(updates)
        .collect()
}

/// A rule of a table whose first one that holds wins.
fn first(question: &'static str, id: &'static str, when: Words, then: &'static str) -> Told {
    Told { decides: vec![then], is_first: true, ..each(question, id, when) }
}

/// A rule of a table whose rules are all told that hold.
fn each(question: &'static str, id: &'static str, when: Words) -> Told {
    Told { id, question, when, decides: Vec::new(), route: None, is_first: false }
}
