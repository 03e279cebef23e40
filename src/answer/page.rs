//! Answers as a page of their own, and the same as Markdown for the summary of a CI job.

use crate::answer::excerpt::Shown;
use crate::answer::{Answer, Group, groups, message};
use crate::check::upload::{Counts, Rows, Upload, Verdict as UploadVerdict};
use crate::finding::{Finding, Severity};
use crate::lang::{Lang, Words, words};
use crate::view::compose::{english, section};
use crate::view::context::{Context, footer};
use crate::view::findings::{mend, said, to_do};
use crate::view::page::{Block, Fact, Inline, NextStep, Page, Section, Table, Tone, Verdict};
use crate::view::{html, markdown, texts};

/// GitHub takes no larger summary of a step.
const SUMMARY_BYTES: usize = 1 << 20;
/// Longest cell beside the one in question that is shown whole, in characters: a day with its time.
const WHOLE: usize = 20;
/// Most findings of one sort that are listed, in the order in which a summary tries to do with less.
const LISTED: [usize; 4] = [100, 25, 5, 0];

/// One self-contained page about all answers.
pub fn page(answers: &[Answer], context: &Context<'_>) -> String {
    html::page(&content(answers, context, LISTED[0]))
}

/// The same as Markdown, small enough for the summary of a CI job.
pub fn summary(answers: &[Answer], context: &Context<'_>) -> String {
    let mut text = String::new();
    for listed in LISTED {
        text = document(content(answers, context, listed), context.lang);
        if text.len() <= SUMMARY_BYTES {
            return text;
        }
    }
    cut(text, context.lang)
}

/// A text that says where it was cut off, at the end of a line.
fn cut(mut text: String, lang: Lang) -> String {
    let note = match lang {
        Lang::ZhHant => "\n內容超過 1 MiB，以下省略；完整內容請用其他格式。\n",
        Lang::En => "\nCut off at 1 MiB; the other formats have everything.\n",
    };
    let room = SUMMARY_BYTES - note.len();
    if text.len() > room {
        let end = text.as_bytes()[..room].iter().rposition(|byte| *byte == b'\n').map_or(0, |at| at + 1);
        text.truncate(end);
        text.push_str(note);
    }
    text
}

fn document(page: Page, lang: Lang) -> String {
    let Verdict { tone, word, text } = page.verdict;
    let mut head =
        vec![Block::Facts(vec![Fact { label: texts::VERDICT.get(lang).to_owned(), value: Inline::Tag(tone, word) }])];
    head.push(Block::Text(text));
    head.push(Block::Facts(page.facts));
    let mut sections = vec![section("verdict", texts::VERDICT.get(lang), head)];
    sections.extend(page.sections);
    markdown::document(&page.title, &sections, lang)
}

fn content(answers: &[Answer], context: &Context<'_>, listed: usize) -> Page {
    let lang = context.lang;
    let title = match answers {
        [only] => only
            .path
            .rsplit('/')
            .find(|part| !part.is_empty() && *part != ".")
            .map_or_else(|| what(only.what, lang), str::to_owned),
        several => match lang {
            Lang::ZhHant => format!("{} 項檢查結果", several.len()),
            Lang::En => format!("Results of {} checks", several.len()),
        },
    };
    let lead = words(
        "檢查發現了什麼、在哪裡、要怎麼修正。個人資料只標示位置，不會重複出現。",
        "What was found, where it is and how to mend it. Personal data is located and not repeated.",
    );
    let sections = match answers {
        [only] => sections(only, lang, listed),
        several => several.iter().enumerate().map(|(at, answer)| whole(answer, at, lang, listed)).collect(),
    };
    Page {
        lang,
        title,
        eyebrow: match answers {
            [only] => format!("proofpack check · {}", what(only.what, lang)),
            _ => "proofpack check".to_owned(),
        },
        lead: lead.get(lang).to_owned(),
        verdict: verdict(answers, lang),
        next: answers.iter().filter_map(|answer| next(answer, answers.len() > 1, lang)).take(5).collect(),
        facts: if let [only] = answers { facts(only, lang) } else { Vec::new() },
        sections,
        footer: footer(context),
    }
}

/// What was checked, in the words of the page.
fn what(what: &str, lang: Lang) -> String {
    let known = match what {
        "workspace" => texts::WORKSPACE,
        "pack" => texts::PACK,
        "upload" => words("上傳檔案", "Upload"),
        "learning memory" => texts::LEARNING_MEMORY,
        "decision record" => texts::DECISION_RECORD,
        "record table" => words("資料表", "Record table"),
        "bundle" => words("成果包", "Bundle"),
        other => return other.to_owned(),
    };
    known.get(lang).to_owned()
}

fn verdict(answers: &[Answer], lang: Lang) -> Verdict {
    let sum = |severity| answers.iter().map(|answer| answer.count(severity)).sum::<usize>();
    let found = texts::findings(lang, sum(Severity::Error), sum(Severity::Warning), sum(Severity::Notice));
    let (tone, word) = match answers {
        [Answer { upload: Some(upload), .. }] => upload_verdict(upload),
        _ if answers.iter().all(Answer::is_clean) => (Tone::Good, words("沒有錯誤", "Clean")),
        _ => (Tone::Bad, words("有錯誤", "Findings")),
    };
    let text = match lang {
        Lang::ZhHant => format!("{found}。"),
        Lang::En => format!("{found}."),
    };
    Verdict { tone, word: word.get(lang).to_owned(), text }
}

fn upload_verdict(upload: &Upload) -> (Tone, Words) {
    match upload.verdict {
        UploadVerdict::Accepted => (Tone::Good, words("可採用（accepted）", "Accepted")),
        UploadVerdict::Partial => (Tone::Warn, words("部分需修正（partial）", "Partial")),
        UploadVerdict::SchemaFailed => (Tone::Bad, words("無法採用（schema_failed）", "Schema failed")),
    }
}

fn next(answer: &Answer, is_one_of_several: bool, lang: Lang) -> Option<NextStep> {
    let step = match answer.upload.as_ref().map(|upload| upload.verdict) {
        Some(UploadVerdict::Accepted) => None,
        Some(_) => {
            let what = words(
                "把下面的訊息傳給寄件人，請他修正後整份重新上傳。",
                "Send the message below to the sender and ask for the whole file again.",
            );
            let who = words("收到檔案的人", "Whoever received the file");
            Some(NextStep { what: what.get(lang).to_owned(), who: who.get(lang).to_owned(), due: None })
        }
        None => mend(answer.count(Severity::Error), lang),
    };
    let titled = |what: String| if is_one_of_several { texts::titled(lang, &answer.path, &what) } else { what };
    step.map(|step| NextStep { what: titled(step.what), ..step })
}

fn facts(answer: &Answer, lang: Lang) -> Vec<Fact> {
    let fact = |label: Words, value: Inline| Fact { label: label.get(lang).to_owned(), value };
    let text = |text: String| Inline::Text(text);
    let mut facts = vec![fact(texts::FILE, Inline::Code(answer.path.clone()))];
    let Some(upload) = &answer.upload else { return facts };
    if !upload.missing_fields.is_empty() {
        let missing = upload.missing_fields.iter().map(|field| Inline::Code(field.clone()));
        let spaced = missing.flat_map(|field| [field, text(" ".to_owned())]).collect();
        facts.push(fact(words("缺少欄位", "Missing fields"), Inline::Many(spaced)));
    }
    let unknown = || Inline::Unknown(texts::NOT_CHECKED.get(lang).to_owned());
    let count = |label: Words, count: fn(&Counts) -> u64| {
        fact(label, upload.counts.as_ref().map_or_else(unknown, |counts| text(count(counts).to_string())))
    };
    facts.push(count(words("列數", "Rows"), |counts| counts.rows));
    if upload.holds == Rows::OfATable {
        return facts;
    }
    facts.extend([
        count(words("已付款", "Paid"), |counts| counts.paid),
        count(words("待付款", "Pending"), |counts| counts.pending),
        count(words("已退款", "Refunded"), |counts| counts.refunded),
        count(words("重複", "Duplicate"), |counts| counts.duplicate),
    ]);
    let revenue = upload.recognised_revenue;
    facts.push(fact(
        words("可認列營收", "Recognised revenue"),
        revenue
            .map_or_else(|| Inline::Unknown(texts::UNVERIFIED.get(lang).to_owned()), |twd| text(format!("{twd} TWD"))),
    ));
    if let Some(matching) = &upload.matching {
        let outcomes = matching.outcomes.iter().filter(|(.., count)| *count > 0);
        let outcomes: Vec<_> =
            outcomes.map(|(_, meaning, count)| texts::titled(lang, meaning.get(lang), &count.to_string())).collect();
        let joined = outcomes.join(if lang == Lang::ZhHant { "；" } else { "; " });
        facts.push(fact(words("結算檔比對", "Settlement"), text(joined)));
    }
    facts
}

/// One of several answers, as a section with its parts under headings.
fn whole(answer: &Answer, at: usize, lang: Lang, listed: usize) -> Section {
    let mut blocks = vec![Block::Facts(facts(answer, lang))];
    for part in sections(answer, lang, listed) {
        blocks.push(Block::Heading(part.title));
        blocks.extend(part.blocks);
    }
    section(&format!("a{}", at + 1), &answer.path, blocks)
}

fn sections(answer: &Answer, lang: Lang, listed: usize) -> Vec<Section> {
    let groups = groups(&answer.findings);
    let (notices, wrong): (Vec<_>, Vec<_>) = groups.iter().partition(|group| group.severity == Severity::Notice);
    let mut sections = Vec::new();
    let mut push = |id: &str, title: Words, blocks| sections.push(section(id, title.get(lang), blocks));
    if answer.findings.is_empty() {
        push("findings", texts::FINDINGS, vec![Block::Text(texts::NO_FINDINGS.get(lang).to_owned())]);
        return sections;
    }
    push("sorts", words("問題總覽", "What was found"), vec![sorts(&groups, lang)]);
    let told = [Lang::ZhHant, Lang::En].map(|lang| message::text(answer, lang));
    if let ([Some(zh), Some(en)], false) = (told, answer.is_clean()) {
        let (first, second) = if lang == Lang::ZhHant { (zh, en) } else { (en, zh) };
        push(
            "message",
            words("給寄件人的訊息", "Message to the sender"),
            vec![Block::Code(first), Block::Code(second)],
        );
    }
    if !wrong.is_empty() {
        let blocks = wrong.iter().flat_map(|group| list(answer, group, lang, listed)).collect();
        push("findings", words("逐項位置", "Where"), blocks);
    }
    if !notices.is_empty() {
        let blocks = notices.iter().flat_map(|group| list(answer, group, lang, listed)).collect();
        push("notices", words("已自動處理，無損原意", "Normalised without loss"), blocks);
    }
    sections
}

fn tag(severity: Severity, lang: Lang) -> Inline {
    let (tone, word) = match severity {
        Severity::Error => (Tone::Bad, texts::ERROR),
        Severity::Warning => (Tone::Warn, texts::WARNING),
        Severity::Notice => (Tone::Info, texts::NOTICE),
    };
    Inline::Tag(tone, word.get(lang).to_owned())
}

/// Every sort of finding with its exact total, what it means and what to do.
fn sorts(groups: &[Group<'_>], lang: Lang) -> Block {
    let row = |group: &Group<'_>| {
        let mend = match lang {
            Lang::ZhHant if !group.code.fix_zh.is_empty() => Inline::Text(group.code.fix_zh.to_owned()),
            _ => english(group.code.fix),
        };
        let mut row = vec![
            Inline::Text(group.code.title.get(lang).to_owned()),
            tag(group.severity, lang),
            Inline::Text(group.total.to_string()),
            Inline::Code(group.code.id.to_owned()),
            mend,
        ];
        // What a sort means at length is written in English; in Chinese its name and what to do say it.
        row.extend((lang == Lang::En).then(|| english(group.code.meaning)));
        row
    };
    let mut columns = vec![texts::FINDING, texts::SEVERITY, texts::COUNT, texts::CODE, texts::HINT];
    columns.extend((lang == Lang::En).then_some(texts::DESCRIPTION));
    let total = groups.iter().map(|group| group.total).sum::<usize>();
    Block::Table(Table {
        caption: match lang {
            Lang::ZhHant => format!("{} 類，共 {total} 處", groups.len()),
            Lang::En => format!("{total} in all, by sort"),
        },
        columns: columns.iter().map(|text| text.get(lang).to_owned()).collect(),
        rows: groups.iter().map(row).collect(),
        empty: Inline::Text(String::new()),
    })
}

/// The places of one sort of finding.
fn list(answer: &Answer, group: &Group<'_>, lang: Lang, listed: usize) -> Vec<Block> {
    let shown = group.listed.len().min(listed);
    let title = texts::named(lang, group.code.title.get(lang), group.code.id);
    let hint = group.listed.first().map_or("", |first| first.hint.as_str());
    // What is to be done is said once where it is the same everywhere, as in Chinese.
    let has_fix = lang == Lang::ZhHant && !group.code.fix_zh.is_empty();
    let has_hints = !has_fix && group.listed.iter().any(|finding| finding.hint != hint);
    let has_rows = group.listed.iter().any(|finding| !answer.around(finding).is_empty());
    let row = |finding: &&Finding| {
        let mut row = vec![Inline::Code(place(answer, finding)), said(finding, lang)];
        if has_rows {
            row.push(in_row(&answer.around(finding), lang));
        }
        if has_hints {
            row.push(to_do(finding, lang));
        }
        row
    };
    let mut columns = vec![texts::PLACE, texts::MESSAGE];
    columns.extend(has_rows.then_some(words("所在列", "In its row")));
    columns.extend(has_hints.then_some(texts::HINT));
    let caption = match lang {
        Lang::ZhHant if shown < group.total => format!("{title}：列出 {shown} 處，共 {} 處", group.total),
        Lang::ZhHant => format!("{title}：{} 處", group.total),
        Lang::En if shown < group.total => format!("{title}: {shown} of {} listed", group.total),
        Lang::En => format!("{title}: {} in all", group.total),
    };
    if shown == 0 {
        return vec![Block::Text(caption)];
    }
    let mut blocks = vec![Block::Listing(Table {
        caption,
        columns: columns.iter().map(|text| text.get(lang).to_owned()).collect(),
        rows: group.listed.iter().take(shown).map(row).collect(),
        empty: Inline::Text(String::new()),
    })];
    if let Some(first) = group.listed.first().filter(|_| !has_hints && !hint.is_empty()) {
        blocks.push(Block::List(vec![to_do(first, lang)]));
    }
    blocks
}

/// The place of a finding; the file only where it is not the one that was asked about.
fn place(answer: &Answer, finding: &Finding) -> String {
    if finding.place.file.as_ref() == Some(&answer.path) {
        return match (&finding.place.sheet, super::spot(finding)) {
            (Some(sheet), Some(spot)) => format!("{sheet}!{spot}"),
            (Some(sheet), None) => sheet.clone(),
            (None, spot) => spot.unwrap_or_else(|| answer.path.clone()),
        };
    }
    finding.place.to_string()
}

/// The cells around a place, the one that is meant in a box of its own.
fn in_row(cells: &[(&Shown, bool)], lang: Lang) -> Inline {
    let hidden = words("（不顯示）", "(not shown)").get(lang);
    let mut parts = Vec::new();
    for (shown, is_it) in cells {
        let text = shown.text.as_deref().unwrap_or(hidden);
        let text = if text.is_empty() { words("（空白）", "(blank)").get(lang) } else { text };
        if !parts.is_empty() {
            parts.push(Inline::Text(" · ".to_owned()));
        }
        let text = text.to_owned();
        parts.push(match is_it {
            true => Inline::Tag(Tone::Bad, text),
            false if text.chars().count() > WHOLE => Inline::Id(text),
            false => Inline::Text(text),
        });
    }
    Inline::Many(parts)
}

#[cfg(test)]
mod tests {
    use jiff::tz::TimeZone;

    use super::*;
    use crate::clock::Now;
    use crate::codes::ALL;
    use crate::finding::Place;

    #[test]
    fn a_summary_is_never_larger_than_github_takes() {
        let now = Now::from_rfc3339("2026-05-24T12:00:00+08:00").unwrap();
        let long = "x".repeat(2_000);
        let finding = |at: usize| Finding::new(ALL[at % 20], Place::file("f").at(1, 1), format!("{long} {at}"));
        let answer = Answer::new("f".to_owned(), "", "pack", (0..2_000).map(finding).collect());
        let text = summary(&[answer], &Context { lang: Lang::En, zone: &TimeZone::UTC, now: &now, workspace: "" });
        assert!(text.len() <= SUMMARY_BYTES && text.len() > SUMMARY_BYTES / 4, "{}", text.len());
        assert!(text.contains("25 of 100 listed"));
        assert!(cut("line\n".repeat(SUMMARY_BYTES), Lang::En).len() <= SUMMARY_BYTES);
        assert!(cut("line\n".repeat(SUMMARY_BYTES), Lang::En).ends_with("have everything.\n"));
    }
}
