//! A message to whoever sent a file: what to mend, ready to be pasted into a chat.
//!
//! Invariants: at most ten lines, no markup, no value of any cell, what matters most first.

use crate::answer::{Answer, Group, groups};
use crate::check::privacy;
use crate::check::upload::{Upload, Verdict};
use crate::codes;
use crate::finding::{Finding, Severity};
use crate::lang::Lang;

/// Most lines of a message; a chat shows no more without a tap.
const LINES: usize = 10;
/// Most places that a line names.
const PLACES: usize = 6;

/// The message about a file that somebody sent; `None` about anything else.
pub fn text(answer: &Answer, lang: Lang) -> Option<String> {
    let upload = answer.upload.as_ref()?;
    let mut lines = vec![greeting(answer, upload, lang)];
    if upload.verdict != Verdict::Accepted {
        let groups: Vec<_> =
            groups(&answer.findings).into_iter().filter(|one| one.severity != Severity::Notice).collect();
        // Between the first line and the last one, with one for what is left out.
        let shown = if groups.len() > LINES - 2 { LINES - 3 } else { groups.len() };
        let items = groups.iter().take(shown).enumerate();
        lines.extend(items.map(|(at, group)| format!("{}. {}", at + 1, item(answer, group, lang))));
        let rest = &groups[shown..];
        if !rest.is_empty() {
            let total: usize = rest.iter().map(|group| group.total).sum();
            lines.push(match lang {
                Lang::ZhHant => format!("另有 {} 類問題，共 {total} 處，請見檢查報告。", rest.len()),
                Lang::En => format!("And {} other sorts of findings, {total} in all: see the report.", rest.len()),
            });
        }
        lines.push(
            match lang {
                Lang::ZhHant => "請在原始檔修正後整份重新上傳；不確定的內容請直接問，不要猜。",
                Lang::En => {
                    "Please mend the original file and send it again as a whole. Ask when unsure; do not guess."
                }
            }
            .to_owned(),
        );
    }
    Some(lines.join("\n") + "\n")
}

fn greeting(answer: &Answer, upload: &Upload, lang: Lang) -> String {
    let name = answer.path.rsplit('/').next().filter(|name| privacy::is_harmless(name));
    let name = name.map_or_else(
        || match lang {
            Lang::ZhHant => "您上傳的檔案".to_owned(),
            Lang::En => "Your file".to_owned(),
        },
        |name| name.chars().filter(|character| !character.is_control()).collect(),
    );
    let rows = upload.counts.map_or(0, |counts| counts.rows);
    match (lang, upload.verdict) {
        (Lang::ZhHant, Verdict::Accepted) => format!("{name}：檢查通過，共 {rows} 列，不需要修改，謝謝。"),
        (Lang::ZhHant, Verdict::Partial) => format!("{name}：共 {rows} 列，有下列問題，請協助修正："),
        (Lang::ZhHant, Verdict::SchemaFailed) => format!("{name}：目前無法採用，原因如下："),
        (Lang::En, Verdict::Accepted) => format!("{name}: {rows} rows checked, nothing to mend. Thank you."),
        (Lang::En, Verdict::Partial) => format!("{name}: {rows} rows checked; please mend the following:"),
        (Lang::En, Verdict::SchemaFailed) => format!("{name} cannot be used yet:"),
    }
}

/// What is wrong, how often and where, and what to do.
fn item(answer: &Answer, group: &Group<'_>, lang: Lang) -> String {
    let title = group.code.title.get(lang);
    let fix = fix(group, lang);
    match (places(answer, group, lang), lang) {
        (Some(places), Lang::ZhHant) => format!("{title}：{places}。{fix}"),
        (Some(places), Lang::En) => format!("{}: {places}. {fix}", sentence(title)),
        (None, Lang::ZhHant) => format!("{title}。{fix}"),
        (None, Lang::En) => format!("{}. {fix}", sentence(title)),
    }
}

/// What to do: in English what the findings say when they say the same, else what is said about their sort.
fn fix(group: &Group<'_>, lang: Lang) -> String {
    let hint = group.listed.first().map(|first| first.hint.as_str()).filter(|hint| !hint.is_empty());
    let is_same = group.listed.iter().all(|finding| Some(finding.hint.as_str()) == hint);
    match (lang, hint) {
        (Lang::ZhHant, _) if !group.code.fix_zh.is_empty() => group.code.fix_zh.to_owned(),
        (Lang::En, Some(hint)) if is_same => {
            // What a file is instead is said nowhere else.
            let what = match group.listed.as_slice() {
                [only] if only.code == &codes::WRONG_FILE => format!("It {}; ", only.message),
                _ => String::new(),
            };
            let text = format!("{what}{hint}").replace('`', "");
            sentence(text.trim_end_matches('.')) + "."
        }
        _ => group.code.fix.replace('`', ""),
    }
}

fn places(answer: &Answer, group: &Group<'_>, lang: Lang) -> Option<String> {
    let place = |finding: &&Finding| {
        let place = &finding.place;
        let row = |row: u32| match lang {
            Lang::ZhHant => format!("第 {row} 列"),
            Lang::En => format!("row {row}"),
        };
        // The header is one row; which of its columns matters more.
        let is_header = group.code == &codes::MISSING_COLUMN;
        let row = place.row.filter(|_| !is_header).map(row);
        let spot = place.cell.clone().or(row).or_else(|| place.column.clone());
        answer.within(finding, spot)
    };
    let mut places: Vec<_> = group.listed.iter().filter_map(place).collect();
    places.dedup();
    if places.is_empty() {
        return None;
    }
    // Required columns are all named: there are no more than a table has.
    let most = if group.code == &codes::MISSING_COLUMN { places.len() } else { PLACES };
    let is_cut = places.len() > most || group.total > group.listed.len();
    places.truncate(most);
    Some(match lang {
        Lang::ZhHant if is_cut => format!("{} 等 {} 處", places.join("、"), group.total),
        Lang::ZhHant => places.join("、"),
        Lang::En if is_cut => format!("{} and others, {} in all", places.join(", "), group.total),
        Lang::En => places.join(", "),
    })
}

fn sentence(text: &str) -> String {
    let mut characters = text.chars();
    characters.next().map_or_else(String::new, |first| first.to_uppercase().chain(characters).collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::check::upload::Counts;
    use crate::codes::{ALL, BLANK_REQUIRED, MISSING_COLUMN, RAGGED_ROW};
    use crate::finding::{Code, Place};

    fn answer(verdict: Verdict, findings: Vec<Finding>) -> Answer {
        let counts = Some(Counts { rows: 13, ..Counts::default() });
        Answer::of_upload(
            "in/orders.csv".to_owned(),
            Upload { verdict, counts, ..Upload::refused(Vec::new(), findings) },
        )
    }

    fn cell(name: &str) -> Finding {
        let place = Place { cell: Some(name.to_owned()), row: Some(2), ..Place::file("in/orders.csv") };
        Finding::new(&BLANK_REQUIRED, place, "amount is blank").hint("fill it in")
    }

    #[test]
    fn each_sort_is_one_line_with_its_places() {
        let mut findings: Vec<_> = ["E2", "E3", "E4", "E5", "E6", "E7", "E8"].map(cell).to_vec();
        findings.push(Finding::new(&RAGGED_ROW, Place { row: Some(9), ..Place::file("in/orders.csv") }, "m"));
        let answer = answer(Verdict::Partial, findings);
        assert_eq!(
            text(&answer, Lang::ZhHant).unwrap(),
            "orders.csv：共 13 列，有下列問題，請協助修正：\n\
             1. 必填欄位空白：E2、E3、E4、E5、E6、E7 等 7 處。請填入實際的值；我們不會代填。\n\
             2. 欄數不符：第 9 列。請補齊這些列的儲存格；含逗號的值（例如 \"28,000\"）要加引號，引號要成對。\n\
             請在原始檔修正後整份重新上傳；不確定的內容請直接問，不要猜。\n"
        );
        assert_eq!(
            text(&answer, Lang::En).unwrap(),
            "orders.csv: 13 rows checked; please mend the following:\n\
             1. Required cell is blank: E2, E3, E4, E5, E6, E7 and others, 7 in all. Fill it in.\n\
             2. Row with too many or too few cells: row 9. Quote the cell, close the quote or complete the row; a quote inside a quoted cell is written twice.\n\
             Please mend the original file and send it again as a whole. Ask when unsure; do not guess.\n"
        );
    }

    #[test]
    fn missing_columns_are_named() {
        let column = |name: &str| {
            let place = Place { row: Some(1), column: Some(name.to_owned()), ..Place::file("in/orders.csv") };
            Finding::new(&MISSING_COLUMN, place, "missing")
        };
        let answer = answer(Verdict::SchemaFailed, ["a", "b", "c", "d", "e", "f", "g"].map(column).to_vec());
        assert!(text(&answer, Lang::ZhHant).unwrap().contains("缺少必要欄位：a、b、c、d、e、f、g。請補上"));
    }

    #[test]
    fn a_message_has_ten_lines_and_counts_the_rest() {
        let finding =
            |code: &&'static Code| Finding::new(code, Place::file("in/orders.csv"), "m").severity(Severity::Error);
        let answer = answer(Verdict::Partial, ALL.iter().take(30).map(finding).collect());
        for lang in [Lang::ZhHant, Lang::En] {
            let text = text(&answer, lang).unwrap();
            assert_eq!(text.lines().count(), LINES, "{text}");
            assert!(text.contains("23"), "{text}");
        }
    }

    #[test]
    fn good_news_is_one_line() {
        let answer = answer(Verdict::Accepted, Vec::new());
        assert_eq!(text(&answer, Lang::ZhHant).unwrap(), "orders.csv：檢查通過，共 13 列，不需要修改，謝謝。\n");
        assert_eq!(text(&Answer::new("w".to_owned(), "", "workspace", Vec::new()), Lang::En), None);
    }
}
