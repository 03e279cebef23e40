//! What all packs of a workspace have learnt, side by side: what was learnt twice, what contradicts, and which plan does
//! again what an earlier pack learnt not to do.
//!
//! How a plan is held against a rule, so that anybody can follow it: a rule loses its "do not" and what follows an "if",
//! "without" or "unless"; of what is left, words that carry meaning count, and a table of concepts makes words of both
//! languages comparable. A clause of a plan breaks a rule when it is not itself a refusal and says most of those words. Packs
//! about the same topic, project or action have to agree in fewer words than strangers.
//!
//! Invariants: pure and deterministic; a hint and no verdict, so its findings are warnings.

use std::collections::BTreeSet;

use jiff::Timestamp;
use unicode_normalization::UnicodeNormalization as _;

use crate::codes;
use crate::documents::memory::{self, Memory};
use crate::documents::pack::{self, Pack};
use crate::finding::{Finding, Place};

/// What one pack has learnt and plans to do.
#[derive(Clone, Debug)]
pub struct Remembered {
    /// Its slug.
    pub slug: String,
    /// Its folder as findings name it.
    pub shown: String,
    /// Its learning memory, if it has one that can be read.
    pub memory: Option<Memory>,
    /// When it learnt; `None` when that is not said.
    pub learned: Option<Timestamp>,
    /// What it is about: topic, project, action.
    about: BTreeSet<String>,
    /// What it plans: place in `pack.toml`, and text.
    plan: Vec<(String, String)>,
}

impl Remembered {
    /// What a pack has learnt and plans.
    pub fn new(pack: &Pack, memory: Option<Memory>, shown: &str) -> Self {
        let about = [&pack.topic, &pack.project_id, &pack.ai_native_project_id, &pack.action_item_id];
        let next = pack.next.iter().enumerate().map(|(at, step)| (format!("/next/{at}/what"), step.what.clone()));
        let milestones = ["D1", "D7", "D14", "D30"].iter().zip(&pack.milestones);
        let milestones = milestones.map(|(name, text)| (format!("/milestones/{name}"), text.clone()));
        Self {
            slug: pack.slug.clone(),
            shown: shown.to_owned(),
            learned: memory.as_ref().and_then(|memory| memory.learned_at.as_deref()?.parse().ok()),
            about: about.into_iter().flatten().cloned().collect(),
            plan: next.chain(milestones).collect(),
            memory,
        }
    }

    fn place(&self) -> Place {
        Place::file(format!("{}/{}", self.shown, memory::FILE))
    }

    fn is_about_the_same(&self, other: &Self) -> bool {
        !self.about.is_disjoint(&other.about)
    }

    /// Whether this pack learnt before the other; what has no time may have been first.
    fn is_earlier(&self, other: &Self) -> bool {
        match (self.learned, other.learned) {
            (Some(this), Some(other)) => this <= other,
            _ => true,
        }
    }
}

/// Holds every pack against the others.
pub fn compare(packs: &[Remembered], findings: &mut Vec<Finding>) {
    for (at, one) in packs.iter().enumerate() {
        for (other_at, other) in packs.iter().enumerate().filter(|(other_at, _)| *other_at != at) {
            broken(one, other, findings);
            if at < other_at {
                repeated(one, other, findings);
            }
        }
    }
}

/// What a later pack plans or recommends against the rules of an earlier one.
fn broken(earlier: &Remembered, later: &Remembered, findings: &mut Vec<Finding>) {
    let Some(memory) = &earlier.memory else { return };
    let near = earlier.is_about_the_same(later);
    for rule in &memory.do_not_repeat {
        let words = forbidden(rule);
        if earlier.is_earlier(later) {
            for (pointer, text) in &later.plan {
                if let Some(clause) = breaks(&words, text, near) {
                    let place = Place {
                        pointer: Some(pointer.clone()),
                        ..Place::file(format!("{}/{}", later.shown, pack::FILE))
                    };
                    let message = format!("plans “{clause}”, and {} learnt: {rule}", earlier.slug);
                    findings.push(
                        Finding::new(&codes::BREAKS_A_LESSON, place, message)
                            .hint("change the plan, or say in the decision record why the rule no longer holds"),
                    );
                }
            }
        }
        let advice = later.memory.iter().flat_map(|memory| memory.next_priority.iter().chain(&memory.lessons));
        for text in advice {
            // A rule is told as `condition → action`.
            let action = text.split_once('→').map_or(text.as_str(), |(_, action)| action);
            if let Some(clause) = breaks(&words, action, near) {
                let message = format!("says “{clause}”, and {} learnt: {rule}", earlier.slug);
                findings.push(
                    Finding::new(&codes::CONTRADICTING_LESSONS, later.place(), message)
                        .hint("decide which one holds and take the other out"),
                );
            }
        }
    }
}

/// Lessons that two packs share, and lessons of which one says the opposite of the other.
fn repeated(one: &Remembered, other: &Remembered, findings: &mut Vec<Finding>) {
    let lessons = |pack: &Remembered| -> Vec<String> {
        pack.memory.iter().flat_map(|memory| memory.lessons.iter().chain(&memory.do_not_repeat)).cloned().collect()
    };
    for first in lessons(one) {
        for second in lessons(other) {
            let (a, b) = (terms(&first), terms(&second));
            let shared = a.intersection(&b).count();
            let all = a.union(&b).count();
            // Four of five words, and more than one.
            if shared < 2 || shared * 5 < all * 4 {
                continue;
            }
            let (code, message, hint) = if refuses(&first) == refuses(&second) {
                let message = format!("learnt again what {} had learnt: {second}", one.slug);
                (&codes::REPEATED_LESSON, message, "find out why the first time did not help")
            } else {
                let message = format!("says the opposite of {}: “{second}” and “{first}”", one.slug);
                (&codes::CONTRADICTING_LESSONS, message, "decide which one holds and take the other out")
            };
            findings.push(Finding::new(code, other.place(), message).hint(hint));
        }
    }
}

/// Words that refuse something.
const REFUSALS: &[&str] = &[
    "do not",
    "don't",
    "never",
    "must not",
    "no longer",
    "instead of",
    "without",
    "stop",
    "avoid",
    "no more",
    "cannot",
    "not",
    "不",
    "勿",
    "禁止",
    "避免",
    "停止",
    "別再",
    "沒有",
    "無須",
    "無需",
];
/// What a rule forbids with.
const FORBIDDING: &[&str] =
    &[" do not ", " don't ", " never ", " must not ", "不得", "不要", "禁止", "勿", "別再", "不可"];
/// What begins the condition of a rule.
const CONDITIONS: &[&str] = &[
    " if ",
    " unless ",
    " without ",
    " when ",
    " until ",
    " while ",
    " because ",
    "除非",
    "如果",
    "若",
    "當",
    "之前",
    "以前",
    "而沒有",
];
/// Words that carry no meaning of their own.
const EMPTY: &[&str] = &[
    "the", "a", "an", "this", "that", "same", "another", "full", "for", "to", "of", "and", "or", "in", "on", "by",
    "with", "as", "is", "are", "be", "it", "its", "again", "any", "has", "have", "one", "action", "new", "do", "not",
    "never", "don", "must", "before", "after", "from", "into", "at", "all", "more", "no", "only", "should", "will",
];
/// Words of both languages that mean the same here. Longer ones stand before the shorter that they contain.
const CONCEPTS: &[(&str, &[&str])] = &[
    (
        "#pack",
        &[
            "production build",
            "production job",
            "production pack",
            "strategy pack",
            "build job",
            "生產包",
            "產製工作",
            "策略包",
            "production job",
            "pack",
            "job",
        ],
    ),
    ("#override", &["override", "overrule", "覆寫", "繞過", "跳過", "bypass", "skip"]),
    ("#retry", &["retry", "retries", "重試"]),
    ("#release", &["release", "reclaim", "釋出", "釋放", "收回"]),
    ("#complete", &["complete", "hard complete", "完成", "結案"]),
    ("#revenue", &["revenue", "income", "營收", "收入", "實收", "認列"]),
    ("#claim", &["claim", "宣稱", "聲稱", "announce"]),
    ("#review", &["adoption review", "採用審核", "review", "審核"]),
    ("#script", &["script", "腳本"]),
    ("#preflight", &["preflight", "派工前檢查"]),
    ("#guess", &["guess", "guessing", "猜", "補假資料", "invent"]),
    ("#column", &["column", "columns", "欄位"]),
    ("#missing", &["missing", "缺少", "遺漏"]),
    (
        "#make",
        &[
            "create", "rebuild", "build", "produce", "generate", "make", "重建", "重做", "建立", "產生", "產出",
            "建置", "製作", "再做", "再產", "再派", "建",
        ],
    ),
];

/// The words of a rule that say what must not be done: what follows its "do not", up to a condition.
fn forbidden(rule: &str) -> BTreeSet<String> {
    let folded = folded(rule);
    let after = FORBIDDING.iter().filter_map(|word| Some(folded.find(word)? + word.len())).min().unwrap_or(0);
    let order = folded.get(after..).unwrap_or(&folded);
    let end = CONDITIONS.iter().filter_map(|word| order.find(word)).filter(|at| *at > 0).min();
    let words = terms(order.get(..end.unwrap_or(order.len())).unwrap_or(order));
    // When that leaves too little to go by, all of the rule counts.
    if words.len() < 2 { terms(&folded) } else { words }
}

/// The clause of a plan that does what is forbidden.
fn breaks(forbidden: &BTreeSet<String>, plan: &str, near: bool) -> Option<String> {
    if forbidden.len() < 2 {
        return None;
    }
    let needed = if near { (forbidden.len() * 3).div_ceil(5).max(2) } else { forbidden.len().max(3) };
    plan.split(['，', '。', '；', '：', '、', '！', '\n', '（', '）', '(', ')'])
        .flat_map(|clause| clause.split(", "))
        .flat_map(|clause| clause.split("; "))
        .flat_map(|clause| clause.split(". "))
        .find(|clause| !refuses(clause) && terms(clause).intersection(forbidden).count() >= needed)
        .map(|clause| clause.trim().to_owned())
}

/// Whether a text says that something is not done.
fn refuses(text: &str) -> bool {
    let folded = folded(text);
    REFUSALS
        .iter()
        .any(|word| if word.is_ascii() { folded.contains(&format!(" {word} ")) } else { folded.contains(word) })
}

/// Lower case, compatibility forms folded, a space before and after.
fn folded(text: &str) -> String {
    let text: String = text.nfkc().flat_map(char::to_lowercase).collect();
    let spaced: String =
        text.chars().map(|char| if matches!(char, '.' | ',' | '-' | '_' | '/') { ' ' } else { char }).collect();
    format!(" {} ", spaced.trim())
}

/// The words of a text that carry meaning: concepts, stems of Latin words, pairs of Chinese characters.
fn terms(text: &str) -> BTreeSet<String> {
    let mut rest = folded(text);
    let mut terms = BTreeSet::new();
    for (concept, words) in CONCEPTS {
        for word in *words {
            let (found, with) = if word.is_ascii() { (format!(" {word}"), true) } else { ((*word).to_owned(), false) };
            while let Some(at) = position(&rest, &found, with) {
                terms.insert((*concept).to_owned());
                rest.replace_range(at.0..at.1, " \u{1} ");
            }
        }
    }
    let is_latin = |char: char| char.is_ascii_alphanumeric();
    for word in rest.split(|char: char| !is_latin(char)).filter(|word| word.len() > 1 && !EMPTY.contains(word)) {
        terms.insert(stem(word).to_owned());
    }
    let is_han = |char: &char| ('\u{4E00}'..='\u{9FFF}').contains(char);
    let chars: Vec<char> = rest.chars().collect();
    for pair in chars.windows(2).filter(|pair| pair.iter().all(is_han)) {
        if !pair.iter().any(|char| "的了在是與和及或再不要勿就都也把被".contains(*char)) {
            terms.insert(pair.iter().collect());
        }
    }
    terms
}

/// Where a word stands; a Latin one with any of its endings.
fn position(text: &str, word: &str, latin: bool) -> Option<(usize, usize)> {
    if !latin {
        return text.find(word).map(|at| (at, at + word.len()));
    }
    memchr::memmem::find_iter(text.as_bytes(), word).find_map(|at| {
        let after = text.get(at + word.len()..)?;
        let ending: usize = after.bytes().take_while(u8::is_ascii_alphanumeric).count();
        let known = ["", "s", "d", "ed", "ing", "es"].contains(&after.get(..ending)?);
        known.then_some((at, at + word.len() + ending))
    })
}

/// A Latin word without its commonest ending.
fn stem(word: &str) -> &str {
    let endings = ["ing", "ed", "es", "s"];
    endings.iter().find_map(|ending| word.strip_suffix(ending).filter(|stem| stem.len() > 3)).unwrap_or(word)
}

#[cfg(test)]
mod tests {
    use super::*;

    const BUILD: &str =
        "Do not create another full production build for this same action if registry has usable artifacts";
    const REVIEW: &str = "Do not treat missing adoption review as missing script";
    const OVERRIDE: &str = "Do not override preflight without decision-record";

    #[track_caller]
    fn check(rule: &str, plan: &str, near: bool, expected: Option<&str>) {
        assert_eq!(
            breaks(&forbidden(rule), plan, near).as_deref(),
            expected,
            "{:?} {:?}",
            forbidden(rule),
            terms(plan)
        );
    }

    #[test]
    fn a_plan_that_does_it_again_breaks_the_rule() {
        check(BUILD, "Build the production pack once more.", true, Some("Build the production pack once more."));
        check(BUILD, "先查 registry，再建一份生產包。", true, Some("再建一份生產包"));
        check(
            BUILD,
            "Create a new production job every heartbeat",
            true,
            Some("Create a new production job every heartbeat"),
        );
        check(OVERRIDE, "Override the preflight when it is late", true, Some("Override the preflight when it is late"));
        check(OVERRIDE, "逾期就覆寫派工前檢查", true, Some("逾期就覆寫派工前檢查"));
        check(
            REVIEW,
            "Treat a missing adoption review as a missing script",
            false,
            Some("Treat a missing adoption review as a missing script"),
        );
        check("不要再產生策略包", "D7 再產一份策略包", true, Some("D7 再產一份策略包"));
        check("沒有付款檔不得宣稱營收", "對外宣稱營收 28,000", true, Some("對外宣稱營收 28,000"));
    }

    #[test]
    fn a_plan_that_keeps_to_it_does_not() {
        check(BUILD, "同一 action 不再直接建 job。", true, None);
        check(BUILD, "close_ready 自動關閉逾期 action 並派 proposal module，不再產生同型生產包。", true, None);
        check(BUILD, "重複的 production job 為 0", true, None);
        check(BUILD, "dispatcher 建立 preflight hook，先查 script_delivery_registry。", true, None);
        check(BUILD, "Never create another production pack", true, None);
        check(BUILD, "Ask the product owner for a review", true, None);
        check(REVIEW, "回覆 adoption review：accept、revise 或 evidence_gap。", true, None);
        check(OVERRIDE, "Run the preflight before every job", true, None);
        // Strangers have to agree in all of it.
        check(BUILD, "Build the production pack once more.", false, None);
    }

    #[test]
    fn lessons_are_compared_by_what_they_mean() {
        let pack = |slug: &str, lesson: &str| Remembered {
            slug: slug.to_owned(),
            shown: format!("packs/{slug}"),
            memory: memory::read(
                "m",
                format!(r#"{{"job_id":"j","what_hermes_learned":["{lesson}"],"next_round_priority":"p"}}"#).as_bytes(),
                &mut Vec::new(),
            ),
            learned: None,
            about: BTreeSet::new(),
            plan: Vec::new(),
        };
        let check = |first: &str, second: &str, expected: &[&str]| {
            let mut findings = Vec::new();
            compare(&[pack("a", first), pack("b", second)], &mut findings);
            assert_eq!(findings.iter().map(|found| found.code.id).collect::<Vec<_>>(), expected, "{findings:?}");
        };
        check("Retries hide the fault.", "retries hide the faults", &["repeated_lesson"]);
        check("Retry after a timeout.", "Do not retry after a timeout.", &["contradicting_lessons"]);
        check("逾時之後可以重試", "逾時之後不可以重試", &["contradicting_lessons"]);
        check("Retry after a timeout.", "Ask the product owner.", &[]);
    }
}
