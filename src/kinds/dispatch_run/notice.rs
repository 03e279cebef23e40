//! What needs somebody, as notices: what it is about, by what it was noticed, and what to do. The console lists them,
//! and the pack reports them as its findings.

use std::collections::BTreeMap;

use crate::codes::NEW_WORD;
use crate::finding::{Code, Finding, Place};
use crate::kinds::dispatch_run::codes;
use crate::lang::{Lang, Words};
use crate::limits;

/// A text in both languages that is made of facts.
#[derive(Clone, Debug)]
pub(super) struct Said {
    pub zh: String,
    pub en: String,
}

impl Said {
    /// A text that is the same in both: codes, quoted texts.
    pub(super) fn same(text: impl Into<String>) -> Self {
        let text = text.into();
        Self { zh: text.clone(), en: text }
    }

    /// The text in one language.
    pub(super) fn get(&self, lang: Lang) -> &str {
        match lang {
            Lang::ZhHant => &self.zh,
            Lang::En => &self.en,
        }
    }
}

impl From<Words> for Said {
    fn from(words: Words) -> Self {
        Self { zh: words.zh.to_owned(), en: words.en.to_owned() }
    }
}

/// Something that needs somebody.
#[derive(Clone, Debug)]
pub(super) struct Notice {
    /// What sort of thing it is.
    pub code: &'static Code,
    /// What it is about, fit to be shown.
    pub subject: String,
    /// What it was noticed by.
    pub why: Said,
    /// What to do about it.
    pub todo: Said,
    /// Where it stands.
    pub place: Place,
}

/// The notices, worst first, and how many of each code there are in all.
#[derive(Debug, Default)]
pub(super) struct Attention {
    /// The first of each code.
    pub notices: Vec<Notice>,
    /// How many of each code there are, in the order of the codes.
    pub counts: BTreeMap<usize, (&'static Code, u64)>,
}

impl Attention {
    /// How many notices there are in all.
    pub(super) fn total(&self) -> u64 {
        self.counts.values().map(|(_, count)| count).sum()
    }

    /// The notices as findings; those beyond the limit are counted.
    pub(super) fn findings(&self) -> Vec<Finding> {
        let finding = |notice: &Notice| {
            let message = format!("{}: {}", notice.subject, notice.why.en);
            Finding::new(notice.code, notice.place.clone(), message).hint(fragment(&notice.todo.en))
        };
        let limit = limits::FINDINGS_PER_CODE;
        let is_told = |code: &Code| *code == NEW_WORD;
        let more =
            self.counts.values().filter(|(code, count)| !is_told(code) && *count > limit.value).map(|(code, count)| {
                let message =
                    format!("{} more like these are not listed (limit `{}`)", count - limit.value, limit.name);
                let file = self
                    .notices
                    .iter()
                    .find(|notice| notice.code == *code)
                    .and_then(|notice| notice.place.file.clone());
                let times = usize::try_from(count - limit.value).unwrap_or(usize::MAX);
                Finding::new(code, Place { file, ..Place::default() }, message).times(times)
            });
        self.notices.iter().filter(|notice| !is_told(notice.code)).map(finding).chain(more).collect()
    }

    /// The first notices, at most so many, worst first. When there are more, every code has its share, so that no code
    /// with many pushes the others off the page.
    pub(super) fn first(&self, most: usize) -> Vec<&Notice> {
        let shown = |share: usize| {
            self.counts
                .values()
                .map(|(_, count)| usize::try_from(*count).unwrap_or(usize::MAX).min(share))
                .sum::<usize>()
        };
        let share = (1..=most).rev().find(|share| shown(*share) <= most).unwrap_or(1);
        let mut taken: BTreeMap<&str, usize> = BTreeMap::new();
        let mut is_shown = |notice: &&Notice| {
            let taken = taken.entry(notice.code.id).or_default();
            *taken += 1;
            *taken <= share
        };
        self.notices.iter().filter(|notice| is_shown(notice)).collect()
    }

    /// Puts the worst first, by the order of the codes; words that nobody knows come last.
    pub(super) fn sort(&mut self) {
        self.notices.sort_by_key(|notice| order(notice.code));
    }

    /// Takes a notice up; what it says is made only while there is room for its code.
    pub(super) fn push(&mut self, code: &'static Code, make: impl FnOnce() -> (String, Said, Option<Said>, Place)) {
        let (_, count) = self.counts.entry(order(code)).or_insert((code, 0));
        *count += 1;
        if *count <= limits::FINDINGS_PER_CODE.value {
            let (subject, why, todo, place) = make();
            let todo = todo.unwrap_or_else(|| Said { zh: code.fix_zh.to_owned(), en: code.fix.to_owned() });
            self.notices.push(Notice { code, subject, why, todo, place });
        }
    }
}

/// Where a code stands among those of the kind; a code of the core comes behind them.
fn order(code: &Code) -> usize {
    codes::ALL.iter().position(|known| *known == code).unwrap_or(codes::ALL.len())
}

/// A sentence as hints are written: without its capital and its full stop.
fn fragment(sentence: &str) -> String {
    let mut characters = sentence.trim_end_matches('.').chars();
    characters.next().map(|first| first.to_lowercase().chain(characters).collect()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Which codes are shown of so many notices each, with how many.
    fn check(given: &[(&'static Code, usize)], most: usize, expected: &[(&str, usize)]) {
        let mut found = Attention::default();
        for (code, count) in given {
            for at in 0..*count {
                found.push(code, || (at.to_string(), Said::same(""), None, Place::default()));
            }
        }
        found.sort();
        let mut shown: Vec<(&str, usize)> = Vec::new();
        for notice in found.first(most) {
            match shown.last_mut().filter(|(code, _)| *code == notice.code.id) {
                Some((_, count)) => *count += 1,
                None => shown.push((notice.code.id, 1)),
            }
        }
        assert_eq!(shown, expected);
    }

    #[test]
    fn the_worst_come_first_and_no_code_pushes_the_others_away() {
        let (failed, refused) = (&codes::TASK_FAILED, &codes::FILE_REFUSED);
        check(
            &[(&NEW_WORD, 1), (refused, 1), (failed, 2)],
            60,
            &[("task_failed", 2), ("file_refused", 1), ("new_word", 1)],
        );
        check(&[(&NEW_WORD, 70), (failed, 3)], 60, &[("task_failed", 3), ("new_word", 57)]);
        check(&[(&NEW_WORD, 70), (failed, 200)], 60, &[("task_failed", 30), ("new_word", 30)]);
        check(&[(failed, 200)], 60, &[("task_failed", 60)]);
        check(&[], 60, &[]);
    }

    #[test]
    fn every_code_says_what_to_do_in_both_languages() {
        for code in codes::ALL {
            assert!(!code.fix_zh.is_empty() && !code.fix.is_empty(), "{}", code.id);
        }
    }
}
