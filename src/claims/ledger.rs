//! `claims.json`: what the evidence makes of each claim, for programs.

use std::collections::BTreeMap;

use serde_json::json;

use super::judged::Judged;
use super::premises::Premises;
use crate::bundle;
use crate::documents::claims::Evidence;

/// The type of `claims.json`.
const LEDGER_TYPE: &str = "urn:proofpack:claims:v1";

/// `claims.json`: every claim with its status and why. `None` when the pack has no claims document, which is not the same
/// as claiming nothing. `as_of` is RFC 3339, `zone` the IANA name in which the documents show times. Of the
/// premises it gives the people whose word evidence gives, and the export that the pack accepts. `unverified` are the
/// things that the pack is about and that nothing proves.
pub fn ledger(
    judged: Option<&[Judged<'_>]>,
    premises: &Premises,
    unverified: &[&str],
    as_of: &str,
    zone: &str,
) -> Vec<u8> {
    let evidence = |one: &Evidence| {
        json!({
            "type": one.kind.word(),
            "locator": one.locator,
            "file": one.path().and_then(bundle::evidence_name),
            "sha256": one.sha256,
            "captured_at": one.captured_at.map(|at| at.to_string()),
        })
    };
    let claim = |one: &Judged<'_>| {
        json!({
            "id": one.claim.id,
            "kind": one.claim.kind.word(),
            "statement": one.claim.statement,
            "status": one.status.word(),
            "valid_until": one.valid_until.map(|until| until.to_string()),
            "evidence": one.claim.evidence.iter().map(evidence).collect::<Vec<_>>(),
            "reasons": one.reasons.iter().map(|reason| json!({"about": reason.about, "reason": reason.why.en})).collect::<Vec<_>>(),
        })
    };
    let claims = judged.map(|judged| judged.iter().map(claim).collect::<Vec<_>>());
    let people: BTreeMap<_, _> = judged.unwrap_or_default().iter().flat_map(|one| &one.people).collect();
    let ledger = json!({
        "type": LEDGER_TYPE,
        "as_of": as_of,
        "time_zone": zone,
        "people": people,
        "accepted_import": premises.accepted_import,
        "unverified": unverified,
        "claims": claims,
    });
    format!("{ledger:#}\n").into_bytes()
}
