//! Whether claims carry the status that their evidence gives, wherever the bundle speaks of them.

use jiff::tz::TimeZone;

use super::check::{Answer, answer, counted, lines};
use crate::bundle::{self, CLAIMS, DECISION, LEDGER, is_authored};
use crate::claims::{self, Premises};
use crate::clock::Now;
use crate::documents;
use crate::finding::Severity;
use crate::kinds;
use crate::lang::Lang;
use crate::read::json;
use crate::statements;
use crate::verify::Subject;
use crate::view::context::Context;
use crate::view::{self, appendices, markdown, texts};

/// Judges the claims that the bundle holds again, as of the moment that it gives, and compares what is printed of them.
/// A claim that is not verified fails nothing: it is printed as what it is.
pub(super) fn claims_supported(subject: &Subject<'_>) -> Answer {
    let ledger = subject.files.get(LEDGER).and_then(|bytes| json::read(LEDGER, bytes, &mut Vec::new()));
    let said = |key: &str| ledger.as_ref().and_then(|ledger| ledger.text_at(key));
    let (Some(as_of), Some(zone_name)) = (said("as_of"), said("time_zone")) else {
        return answer(
            "no ledger of claims",
            vec![format!("{LEDGER}: is missing, or does not say as of when it holds")],
        );
    };
    let (Ok(now), Ok(zone)) = (Now::from_rfc3339(as_of), TimeZone::get(zone_name)) else {
        return answer("no usable ledger", vec![format!("{LEDGER}: as_of or time_zone cannot be read")]);
    };
    let mut findings = Vec::new();
    let given = subject.files.get(documents::claims::FILE);
    let given = given.map(|bytes| documents::claims::read(documents::claims::FILE, bytes, &mut findings));
    let file = |path: &str| {
        let name = bundle::evidence_name(path)?;
        let bytes = subject.files.get(name.as_str())?;
        Some((name, *bytes))
    };
    let record = subject.files.get(DECISION).copied();
    let premises = ledger.as_ref().map(|ledger| Premises::of_bundle(ledger, record)).unwrap_or_default();
    let judged = given.as_ref().map(|given| claims::judge(given, &premises, &file, now.timestamp(), &mut findings));
    let judged = judged.as_deref();
    let mut wrong = lines(&findings, Severity::Error);
    let is_unverified = subject.is_revenue_unverified();
    let unverified = kinds::unverified(is_unverified);
    if subject.files.get(LEDGER).copied()
        != Some(claims::ledger(judged, &premises, unverified, as_of, zone_name).as_slice())
    {
        wrong.push(format!("{LEDGER}: is not what the evidence gives"));
    }
    let primary = subject.kind.and_then(|kind| subject.text(kind.primary)).unwrap_or_default();
    // The bundle need not say its language; what is printed must be right in one.
    let context = |lang| Context { lang, zone: &zone, now: &now, workspace: "" };
    let document = |lang: Lang| {
        let sections = appendices::appendix(appendices::claims_document(judged, &context(lang)), is_unverified, lang);
        markdown::document(texts::ARTIFACT_URL_OR_PR.get(lang), &sections, lang)
    };
    let langs = [Lang::ZhHant, Lang::En];
    if !langs.iter().any(|lang| subject.text(CLAIMS) == Some(document(*lang).as_str())) {
        wrong.push(format!("{CLAIMS}: is not what is printed of the claims when they are judged"));
    }
    let shown = |lang: &Lang| view::html::shows(primary, &view::claims::claimed(judged, &context(*lang)), *lang);
    if !langs.iter().any(shown) {
        let page = subject.kind.map_or("the primary page", |kind| kind.primary);
        wrong.push(format!("{page}: does not print the claims with the status that they have"));
    }
    let count = |status: claims::Status| judged.unwrap_or_default().iter().filter(|one| one.status == status).count();
    let observed = if judged.is_none() {
        "nothing is claimed".to_owned()
    } else {
        use claims::Status::{Expired, Refuted, Unverified, Verified};
        let counts = [Verified, Refuted, Unverified, Expired].map(|one| format!("{} {}", count(one), one.word()));
        counts.join(", ")
    };
    // Whoever reads the report alone has to know it.
    let observed = if is_unverified { format!("{observed}; revenue is unverified") } else { observed };
    let mut stated = Vec::new();
    for (name, bytes) in subject.files.iter().filter(|(name, _)| is_authored(name)) {
        stated.extend(statements::findings(name, bytes, judged.unwrap_or_default()));
    }
    wrong.extend(lines(&stated, Severity::Error));
    // What the linter takes for a claim may be none, so it fails nothing; but whoever verifies should know where to look.
    let unclaimed: Vec<_> = stated.iter().filter(|found| found.severity == Severity::Warning).collect();
    let observed = match unclaimed.first() {
        Some(first) => format!(
            "{observed}; {} without a claim, first {}",
            counted(unclaimed.len(), &[], "statements"),
            first.place
        ),
        None => observed,
    };
    answer(observed, wrong)
}
