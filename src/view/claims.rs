//! Claims as page content: each with its status, the evidence put forward and why the status is what it is.

use crate::bundle;
use crate::claims::{Judged, Reason, Status as Standing};
use crate::documents::claims::Evidence;
use crate::lang::Lang;
use crate::view::compose::{headings, not_given, section};
use crate::view::context::Context;
use crate::view::page::{Block, Inline, Section, Table, Tone};
use crate::view::texts;

/// Longest path of an address that a page shows; the link leads to all of it.
const ADDRESS_SHOWN: usize = 32;

/// Claims with their status: nowhere does a page print a statement without it.
pub fn claimed(judged: Option<&[Judged<'_>]>, context: &Context<'_>) -> Section {
    let lang = context.lang;
    let title = texts::CLAIMS.get(lang);
    let Some(judged) = judged else { return not_given("claims", title, lang) };
    let row = |one: &Judged<'_>| {
        let claim = one.claim;
        vec![
            Inline::Code(claim.id.clone()),
            standing(one, context),
            Inline::Text(claim.statement.clone()),
            Inline::Code(claim.kind.word().to_owned()),
            evidence(&claim.evidence, context),
            reasons(&one.reasons, lang),
        ]
    };
    let columns =
        [texts::CLAIM, texts::STATUS, texts::STATEMENT, texts::CLAIM_KIND, texts::EVIDENCE, texts::CLAIM_REASON];
    let table = Table {
        caption: texts::CLAIMS_CAPTION.get(lang).to_owned(),
        columns: headings(&columns, lang),
        rows: judged.iter().map(row).collect(),
        empty: Inline::Text(texts::NONE.get(lang).to_owned()),
    };
    section("claims", title, vec![Block::Table(table)])
}

/// The status of a claim, and until when it holds.
fn standing(judged: &Judged<'_>, context: &Context<'_>) -> Inline {
    let lang = context.lang;
    let status = match judged.status {
        Standing::Verified => Inline::Tag(Tone::Good, texts::VERIFIED.get(lang).to_owned()),
        Standing::Refuted => Inline::Tag(Tone::Bad, texts::REFUTED.get(lang).to_owned()),
        Standing::Expired => Inline::Tag(Tone::Warn, texts::EXPIRED.get(lang).to_owned()),
        Standing::Unverified => return Inline::Unknown(texts::UNVERIFIED.get(lang).to_owned()),
    };
    let until = judged.valid_until.map(|until| Inline::Text(texts::valid_until(lang, &context.moment(until))));
    Inline::Many(std::iter::once(status).chain(until).collect())
}

/// Why a claim has its status; pieces of evidence that say the same are told once.
fn reasons(reasons: &[Reason], lang: Lang) -> Inline {
    let mut told: Vec<&str> = reasons.iter().map(|reason| reason.why.get(lang)).collect();
    told.dedup();
    Inline::Text(told.join(texts::separator(lang)))
}

/// What is put forward for a claim, and when it was captured.
fn evidence(evidence: &[Evidence], context: &Context<'_>) -> Inline {
    let lang = context.lang;
    if evidence.is_empty() {
        return Inline::Text(texts::NONE.get(lang).to_owned());
    }
    let mut parts = Vec::new();
    for item in evidence {
        if !parts.is_empty() {
            parts.push(Inline::Text(texts::separator(lang).to_owned()));
        }
        // A path is one of the pack's, which the bundle need not have.
        let is_address = item.locator.starts_with("https://") || item.locator.starts_with("http://");
        parts.push(if is_address {
            Inline::Link { href: item.locator.clone(), text: short_address(&item.locator) }
        } else if let Some(name) = bundle::evidence_name(&item.locator) {
            Inline::Link { href: name.clone(), text: name }
        } else {
            Inline::Code(item.locator.clone())
        });
        if let Some(moment) = item.captured_at {
            parts.push(Inline::Text(texts::captured(lang, &context.moment(moment))));
        }
    }
    Inline::Many(parts)
}

/// An address as people tell it: without its scheme, and without what makes it long.
fn short_address(address: &str) -> String {
    let rest = address.split_once("://").map_or(address, |(_, rest)| rest).trim_end_matches('/');
    match rest.split_once('/') {
        Some((host, path)) if path.len() > ADDRESS_SHOWN || path.contains(['?', '#']) => format!("{host}/…"),
        _ => rest.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_addresses_are_told_by_their_host() {
        let check = |address: &str, expected: &str| assert_eq!(short_address(address), expected);
        check("https://a.example/", "a.example");
        check("https://a.example/b/c", "a.example/b/c");
        check("https://a.example/b?c", "a.example/…");
        check(&format!("https://a.example/{}", "b".repeat(33)), "a.example/…");
    }
}
