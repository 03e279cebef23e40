//! A report as page content, for the Markdown and HTML forms beside the statement.

use crate::bundle::{MANIFEST, REPORT_HTML, REPORT_JSON, REPORT_MD};
use crate::kinds;
use crate::lang::{Lang, Words, words};
use crate::verify::checks::plan;
use crate::verify::report::{self, Header, Outcome, Report, Status};
use crate::view::compose::{prose, section};
use crate::view::context::TOOL;
use crate::view::page::{Block, Fact, Inline, NextStep, Page, Section, Table, Tone, Verdict};
use crate::view::{html, markdown, texts};

/// The report in its three forms, by file name. They follow from the results and the header alone, so that `verify` can
/// make them again and compare.
pub fn forms(report: &Report, header: &Header<'_>) -> [(&'static str, String); 3] {
    [
        (REPORT_JSON, report::statement(report, header)),
        (REPORT_MD, document(report, header.lang)),
        (REPORT_HTML, html::page(&page(report, header))),
    ]
}

fn page(report: &Report, header: &Header<'_>) -> Page {
    let lang = header.lang;
    let (tone, word) = if report.passed() { (Tone::Good, texts::PASS) } else { (Tone::Bad, texts::FAIL) };
    let fact = |label: Words, value: Inline| Fact { label: label.get(lang).to_owned(), value };
    let primary = kinds::find(header.kind).map(|kind| kind.primary.to_owned());
    let link = |name: String| fact(texts::PRIMARY_PAGE, Inline::Link { href: name.clone(), text: name });
    let mut facts: Vec<Fact> = primary.map(link).into_iter().collect();
    facts.extend([
        fact(texts::KIND, Inline::Code(header.kind.to_owned())),
        fact(texts::JOB, Inline::Code(header.job_id.to_owned())),
        fact(texts::PACK, Inline::Code(header.slug.to_owned())),
    ]);
    Page {
        lang,
        title: texts::E2E_VERIFICATION.get(lang).to_owned(),
        eyebrow: header.title.to_owned(),
        lead: words(
            "這份報告說明這個生產包裡，哪些已經證實、哪些不成立、哪些還沒有人查核。任何人都能從檔案重算一次，不必相信它。",
            "What is proven about this pack, what is refuted and what nobody has checked. Anyone can recompute it from the files and need not believe it.",
        )
        .get(lang)
        .to_owned(),
        verdict: Verdict { tone, word: word.get(lang).to_owned(), text: summary(report, lang) },
        next: next(report, lang),
        facts,
        sections: sections(report, lang),
        footer: vec![texts::as_of(lang, header.as_of), texts::generated_by(lang, TOOL)],
    }
}

/// The verdict in a sentence: what passed and what nobody has checked.
fn summary(report: &Report, lang: Lang) -> String {
    let planned = report.plan.len();
    texts::passed(lang, report.passes(), planned, report.results.len().saturating_sub(planned))
}

fn next(report: &Report, lang: Lang) -> Vec<NextStep> {
    let step = |what: Words, who: Words| NextStep {
        what: what.get(lang).to_owned(),
        who: who.get(lang).to_owned(),
        due: Some(words("隨時", "Any time").get(lang).to_owned()),
    };
    let mend = step(
        words("修正未通過的項目，再重新產生這個生產包。", "Fix what did not pass, then build the pack again."),
        texts::MAKER,
    );
    let recompute = step(
        words(
            "在這個資料夾執行 proofpack verify .，自行重算一次。",
            "Run proofpack verify . in this folder to recompute it.",
        ),
        words("任何收到這個生產包的人", "Anyone who receives the pack"),
    );
    if report.passed() { vec![recompute] } else { vec![mend, recompute] }
}

fn document(report: &Report, lang: Lang) -> String {
    let word = if report.passed() { texts::PASS } else { texts::FAIL };
    let title = texts::titled(lang, texts::E2E_VERIFICATION.get(lang), word.get(lang));
    let verdict = section("verdict", texts::VERDICT.get(lang), vec![Block::Text(summary(report, lang))]);
    let sections: Vec<_> = std::iter::once(verdict).chain(sections(report, lang)).collect();
    markdown::document(&title, &sections, lang)
}

fn sections(report: &Report, lang: Lang) -> Vec<Section> {
    let planned = |outcome: &&Outcome| report.plan.contains(&outcome.id);
    let plan: Vec<_> = report.results.iter().filter(planned).collect();
    let others: Vec<_> = report.results.iter().filter(|outcome| !planned(outcome)).collect();
    let subjects =
        report.subjects.iter().map(|(name, digest)| vec![Inline::Code(name.clone()), Inline::Code(digest.clone())]);
    let subjects = Table {
        caption: words(
            "報告寫成時的檔案；報告本身列在 manifest.sha256",
            "The files when the report was written; manifest.sha256 lists the report too",
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

fn results(outcomes: &[&Outcome], caption: Words, lang: Lang) -> Block {
    let row = |outcome: &&Outcome| {
        let status = match outcome.status {
            Status::Pass => Inline::Tag(Tone::Good, outcome.status.word().to_owned()),
            Status::Fail => Inline::Tag(Tone::Bad, outcome.status.word().to_owned()),
            Status::NotChecked => Inline::Unknown(outcome.status.word().to_owned()),
        };
        let known = plan::describe(outcome.id);
        let about = known.map_or_else(
            || Inline::English(outcome.expected.clone()),
            |known| Inline::Text(texts::titled(lang, known.about.get(lang), known.expected.get(lang))),
        );
        let reason = known.and_then(|known| known.reason).filter(|_| outcome.status == Status::NotChecked);
        let mut observed =
            vec![reason.map_or_else(|| Inline::English(outcome.observed.clone()), |reason| prose(reason.get(lang)))];
        for line in &outcome.evidence {
            observed.extend([Inline::Text("\n".to_owned()), Inline::English(line.clone())]);
        }
        vec![Inline::Code(outcome.id.to_owned()), status, about, Inline::Many(observed)]
    };
    let columns = [texts::CHECK, texts::STATUS, texts::EXPECTED, texts::OBSERVED];
    Block::Table(Table {
        caption: caption.get(lang).to_owned(),
        columns: columns.iter().map(|text| text.get(lang).to_owned()).collect(),
        rows: outcomes.iter().map(row).collect(),
        empty: Inline::Text(texts::NONE.get(lang).to_owned()),
    })
}
