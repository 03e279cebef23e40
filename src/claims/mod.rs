//! Which claims hold: the status of each, computed from the documents of evidence that it names, and nothing else.
//!
//! Invariants: pure; the same claims, documents and moment give the same statuses. What cannot be looked at proves
//! nothing. What proofpack wrote itself proves nothing about the outside, and no claim is evidence of another: evidence
//! is only what stands in `evidence/`, unchanged since it was captured. A claim for which nothing speaks is unverified,
//! which is not refuted. What evidence is held against and does not stand in `evidence/` are the [`Premises`].

use jiff::{SignedDuration, Timestamp};

use crate::bundle::{self, manifest};
use crate::codes;
use crate::documents::claims::{Claim, Claims, Evidence};
use crate::documents::evidence::{self, Document, Says};
use crate::finding::Finding;
use crate::lang::{Words, words};

mod judged;
mod ledger;
mod opinion;
mod premises;
#[cfg(test)]
mod tests;

pub use judged::{Judged, Reason, Status};
pub use ledger::ledger;
pub use premises::Premises;

use opinion::{Known, OWN, Opinion, is_sha256};

/// How long an answer of an address is believed: that it answered then is not that it answers now.
const ANSWER_LASTS: SignedDuration = SignedDuration::from_hours(30 * 24);
/// What evidence calls this program, as the tool that made it or in a command.
const SELF: &str = env!("CARGO_PKG_NAME");

/// The name to show and the bytes of a file, by its path in the pack.
pub type Look<'a, 'f> = dyn Fn(&str) -> Option<(String, &'f [u8])> + 'a;

/// Judges every claim as of `now`.
/// Evidence that is missing, changed or not well written is a finding.
pub fn judge<'c>(
    claims: &'c Claims,
    premises: &Premises,
    file: &Look<'_, '_>,
    now: Timestamp,
    findings: &mut Vec<Finding>,
) -> Vec<Judged<'c>> {
    claims.list.iter().map(|claim| status(claim, (claims, premises), file, now, findings)).collect()
}

fn status<'c>(
    claim: &'c Claim,
    (claims, premises): (&Claims, &Premises),
    file: &Look<'_, '_>,
    now: Timestamp,
    findings: &mut Vec<Finding>,
) -> Judged<'c> {
    let documents: Vec<_> =
        claim.evidence.iter().map(|evidence| (evidence, examine(evidence, file, now, findings))).collect();
    let pages: Vec<String> = documents
        .iter()
        .filter_map(|(_, document)| match &document.as_ref().ok()?.says {
            Says::Published { page } => Some(page.clone()),
            _ => None,
        })
        .collect();
    let known = Known { hosts: &claims.deployment_hosts, pages: &pages, premises };
    let named = documents.iter().filter_map(|(_, document)| match &document.as_ref().ok()?.says {
        Says::Adoption { by, .. } => Some((by.clone(), premises.roles.get(by)?.clone())),
        _ => None,
    });
    let people = named.collect();
    let mut reasons = Vec::new();
    // The newest document that decides anything decides; of two at the same moment, the one that speaks against.
    let mut decisive: Option<(Timestamp, bool, bool)> = None;
    for (evidence, document) in &documents {
        let opinion = match document {
            Ok(document) => opinion::of(claim.kind, evidence, document, &known),
            Err(why) => Opinion::Nothing(*why),
        };
        let (why, against) = match opinion {
            Opinion::For(why) => (why, Some(false)),
            Opinion::Against(why) => (why, Some(true)),
            Opinion::Nothing(why) => (why, None),
        };
        if let (Some(against), Ok(document)) = (against, document) {
            let ages = matches!(document.says, Says::Answered { .. });
            let next = (document.captured_at, against, ages);
            decisive = Some(decisive.map_or(next, |before| before.max(next)));
        }
        reasons.push(Reason { about: evidence.locator.clone(), why });
    }
    if reasons.is_empty() {
        reasons.push(Reason { about: String::new(), why: words("沒有任何證據", "no evidence is given") });
    }
    let aged = decisive.filter(|(_, _, ages)| *ages).and_then(|(at, ..)| at.checked_add(ANSWER_LASTS).ok());
    let valid_until = decisive.and_then(|_| claim.valid_until.into_iter().chain(aged).min());
    let status = match decisive {
        None => Status::Unverified,
        Some(_) if valid_until.is_some_and(|until| now > until) => Status::Expired,
        Some((_, true, _)) => Status::Refuted,
        Some((_, false, _)) => Status::Verified,
    };
    Judged { claim, status, valid_until, reasons, people }
}

/// The document of a piece of evidence, or why it counts for nothing.
fn examine(
    evidence: &Evidence,
    file: &Look<'_, '_>,
    now: Timestamp,
    findings: &mut Vec<Finding>,
) -> Result<Document, Words> {
    let path = evidence.path().ok_or(words("沒有擷取內容，只有網址", "nothing was captured of it"))?;
    let Some((shown, bytes)) = bundle::evidence_name(path).and_then(|_| file(path)) else {
        let message = format!("`{path}` is not a JSON file in {}", evidence::FOLDER);
        let hint = format!("add it directly in {}, or take the evidence out", evidence::FOLDER);
        findings.push(Finding::new(&codes::EVIDENCE_MISSING, evidence.place.clone(), message).hint(hint));
        return Err(words("證據檔案不存在", "its file is not there"));
    };
    let hash = evidence.sha256.as_ref().ok_or(words(
        "沒有記載證據檔案的 SHA-256，無法確認未經更動",
        "the SHA-256 of its file is not given, so it may have been changed",
    ))?;
    let found = manifest::sha256(bytes);
    if *hash != found {
        let message = format!("`{path}` has SHA-256 {found}, and the claim gives {hash}");
        let hint = "restore the file as it was captured, or capture it again and give its SHA-256";
        findings.push(Finding::new(&codes::EVIDENCE_CHANGED, evidence.place.clone(), message).hint(hint));
        return Err(words("證據檔案與記載的 SHA-256 不符", "its file does not have the SHA-256 that is given"));
    }
    let document = evidence::read(&shown, bytes, evidence.kind, findings)
        .ok_or(words("證據檔案不是這一類證據的格式", "its file is not written as such evidence is"))?;
    if evidence.captured_at.is_some_and(|at| at != document.captured_at) {
        return Err(words("擷取時間與證據檔案不同", "its file says another moment of capture"));
    }
    if document.captured_at > now {
        return Err(words("擷取時間在未來", "it was captured later than now"));
    }
    let own = |text: &str| text.to_ascii_lowercase().contains(SELF);
    match &document.says {
        // A receipt is always ours; what it proves is decided with the claim.
        Says::Published { .. } => return Ok(document),
        Says::Ran { command, .. } if own(command) => return Err(OWN),
        Says::Answered { url, body_sha256, body, .. } => {
            if *url != evidence.locator {
                return Err(words("回應的是另一個網址", "another address answered"));
            }
            if !is_sha256(body_sha256)
                || body.as_ref().is_some_and(|body| manifest::sha256(body.as_bytes()) != *body_sha256)
            {
                return Err(words("內文與它的 SHA-256 不符", "the body does not have its SHA-256"));
            }
        }
        _ => {}
    }
    if own(&document.tool) { Err(OWN) } else { Ok(document) }
}
