//! A report as page content, for the Markdown and HTML forms beside the statement.

use crate::bundle::MANIFEST;
use crate::lang::{Lang, words};
use crate::verify::checks;
use crate::verify::report::{Header, Outcome, Report, Status};
use crate::view::pack::section;
use crate::view::page::{Block, Fact, Inline, Page, Section, Table, Tone, Verdict};
use crate::view::texts;

/// The report as a page. In its tables every status stands right behind the id of its check, as the word that the
/// statement uses, so that `verify` can hold all three forms against what it recomputes.
pub fn page(report: &Report, header: &Header<'_>, lang: Lang, footer: Vec<String>) -> Page {
    let (tone, word) = if report.passed() { (Tone::Good, texts::PASS) } else { (Tone::Bad, texts::FAIL) };
    let fact = |label: &str, value: Inline| Fact { label: label.to_owned(), value };
    Page {
        lang,
        title: texts::E2E_VERIFICATION.get(lang).to_owned(),
        eyebrow: header.title.to_owned(),
        lead: words(
            "這份報告說明這包成果裡哪些已經證實、哪些不成立、哪些還沒有人查核。任何人都可以用 proofpack verify 從檔案重算一次，不必相信它。",
            "What is proven about this bundle, what is refuted and what nobody has checked. Anyone can recompute it from the files with `proofpack verify` and need not believe it.",
        )
        .get(lang)
        .to_owned(),
        verdict: Verdict {
            tone,
            word: word.get(lang).to_owned(),
            text: texts::passed(lang, report.passes(), report.plan.len()),
        },
        next: Vec::new(),
        facts: vec![
            fact(texts::KIND.get(lang), Inline::Code(header.kind.to_owned())),
            fact(texts::JOB.get(lang), Inline::Code(header.job_id.to_owned())),
            fact(texts::PACK.get(lang), Inline::Code(header.slug.to_owned())),
        ],
        sections: sections(report, lang),
        footer,
    }
}

/// The sections of the report, also those of its Markdown form.
pub fn sections(report: &Report, lang: Lang) -> Vec<Section> {
    let planned = |outcome: &&Outcome| report.plan.contains(&outcome.id);
    let plan: Vec<_> = report.results.iter().filter(planned).collect();
    let others: Vec<_> = report.results.iter().filter(|outcome| !planned(outcome)).collect();
    let subjects =
        report.subjects.iter().map(|(name, digest)| vec![Inline::Code(name.clone()), Inline::Code(digest.clone())]);
    let subjects = Table {
        caption: words(
            "報告寫成時的檔案；報告自身與清單另列於清單",
            "The files when the report was written; the manifest lists the report too",
        )
        .get(lang)
        .to_owned(),
        columns: vec![texts::FILE.get(lang).to_owned(), texts::DIGEST.get(lang).to_owned()],
        rows: subjects.collect(),
        empty: Inline::Text(texts::NONE.get(lang).to_owned()),
    };
    let recheck = format!("proofpack verify .\nsha256sum -c {MANIFEST}\n");
    vec![
        section(
            "plan",
            texts::CHECKS.get(lang),
            vec![results(&plan, words("全部通過才算通過", "Passed only if every one passes"), lang)],
        ),
        section(
            "not-checked",
            texts::NOT_CHECKED.get(lang),
            vec![results(
                &others,
                words("沒有人查核過，不算通過", "Nobody has checked these; they are not passes"),
                lang,
            )],
        ),
        section("subjects", texts::SUBJECTS.get(lang), vec![Block::Table(subjects)]),
        section("recheck", words("自行重算", "Check it yourself").get(lang), vec![Block::Code(recheck)]),
    ]
}

fn results(outcomes: &[&Outcome], caption: crate::lang::Words, lang: Lang) -> Block {
    let row = |outcome: &&Outcome| {
        let status = match outcome.status {
            Status::Pass => Inline::Tag(Tone::Good, outcome.status.word().to_owned()),
            Status::Fail => Inline::Tag(Tone::Bad, outcome.status.word().to_owned()),
            Status::NotChecked => Inline::Unknown(outcome.status.word().to_owned()),
        };
        let about = checks::about(outcome.id).map_or("", |about| about.get(lang));
        let mut observed = vec![Inline::Text(outcome.observed.clone())];
        observed.extend(outcome.evidence.iter().cloned().map(Inline::Code));
        vec![
            Inline::Code(outcome.id.to_owned()),
            status,
            Inline::Text(about.to_owned()),
            Inline::Text(outcome.expected.clone()),
            Inline::Many(observed),
        ]
    };
    let columns = [texts::CHECK, texts::STATUS, texts::DESCRIPTION, texts::EXPECTED, texts::OBSERVED];
    Block::Table(Table {
        caption: caption.get(lang).to_owned(),
        columns: columns.iter().map(|text| text.get(lang).to_owned()).collect(),
        rows: outcomes.iter().map(row).collect(),
        empty: Inline::Text(texts::NONE.get(lang).to_owned()),
    })
}
