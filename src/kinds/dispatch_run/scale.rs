//! Task scale: how large a requirement is, estimated from its words. Advisory: nothing is refused for it.

use std::sync::LazyLock;

use regex::Regex;
use serde_json::{Value as Json, json};

use crate::decide::{Asked, Question};
use crate::kinds::dispatch::form::{self, Form, form};
use crate::kinds::dispatch::pattern::pattern;
use crate::lang::{Lang, words};

/// How large a task is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Scale {
    Small,
    Medium,
    Large,
}

impl Scale {
    /// The word that envelopes carry.
    pub(super) fn word(self) -> &'static str {
        match self {
            Self::Small => "small",
            Self::Medium => "medium",
            Self::Large => "large",
        }
    }
}

/// Words that make a task large wherever they stand as a whole word.
const LARGE_WORDS: [&str; 5] = ["refactor", "migrate", "redesign", "overhaul", "architecture"];
/// From so many words on a task is large.
const LARGE_FROM: usize = 300;
/// Below so many words a task is small.
const SMALL_BELOW: usize = 100;

/// A scale and what it follows from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Estimate {
    /// The scale.
    pub scale: Scale,
    /// How many words title and description have together.
    pub words: usize,
    /// The word that made it large.
    pub keyword: Option<&'static str>,
}

impl Estimate {
    /// Why it is that scale.
    pub(super) fn reason(self, lang: Lang) -> String {
        match (self.keyword, lang) {
            (Some(word), Lang::ZhHant) => format!("出現「{word}」一詞"),
            (Some(word), Lang::En) => format!("the word “{word}” occurs"),
            (None, Lang::ZhHant) => format!("{} 個詞（少於 {SMALL_BELOW} 為小，{LARGE_FROM} 以上為大）", self.words),
            (None, Lang::En) => {
                format!("{} words (small below {SMALL_BELOW}, large from {LARGE_FROM})", self.words)
            }
        }
    }
}

/// Estimates the scale: a large word, else the number of words. A summary does not count.
pub(super) fn estimate(title: &str, description: &str) -> Estimate {
    let text = format!("{title} {description}").to_lowercase();
    let words = text.split_whitespace().count();
    let keyword = LARGE_WORDS.into_iter().find(|word| has_word(&text, word));
    let scale = match words {
        _ if keyword.is_some() => Scale::Large,
        LARGE_FROM.. => Scale::Large,
        ..SMALL_BELOW => Scale::Small,
        _ => Scale::Medium,
    };
    Estimate { scale, words, keyword }
}

/// One letter, of the general category L: narrower than [`char::is_alphabetic`], which takes roman numerals, circled
/// letters and vowel signs too.
static LETTER: LazyLock<Regex> = LazyLock::new(|| pattern(r"^\p{L}$"));

fn is_letter(one: char) -> bool {
    LETTER.is_match(one.encode_utf8(&mut [0; 4]))
}

/// Whether the word stands in the text with no letter on either side. Digits, `_` and `-` are no letters.
fn has_word(text: &str, word: &str) -> bool {
    text.match_indices(word).any(|(at, _)| {
        let before = text[..at].chars().next_back();
        let after = text[at + word.len()..].chars().next();
        !before.is_some_and(is_letter) && !after.is_some_and(is_letter)
    })
}

/// `task-scale`: `{title, description}`; a summary may be there and does not count.
pub(super) static QUESTION: Question = Question {
    name: "task-scale",
    about: words("需求的任務規模與理由", "how large a requirement is, and why"),
    facts: None,
    sanitises: false,
    answer: |facts, asked| {
        form::answer(
            facts,
            asked,
            &[form("title", &["description", "summary"], told), form("description", &["summary"], told)],
        )
    },
};

fn told(form: &mut Form<'_>, asked: &Asked) -> Json {
    let [title, description] = ["title", "description"].map(|key| form.text_if(key).unwrap_or_default());
    let estimate = estimate(title, description);
    json!({
        "task_scale": estimate.scale.word(),
        "words": estimate.words,
        "keyword": estimate.keyword,
        "rationale": estimate.reason(asked.lang),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_large_word_beats_the_number_of_words() {
        let check = |title: &str, description: &str, scale: Scale| {
            assert_eq!(estimate(title, description).scale, scale, "{title}");
        };
        for word in LARGE_WORDS {
            check("", word, Scale::Large);
        }
        check("xrefactor refactorx refactoring migrated", "", Scale::Small);
        check("refactor2 _migrate_ 3redesign", "", Scale::Large);
        check("", "éoverhaul", Scale::Small);
        check("", "overhaulé", Scale::Small);
        check("", "重overhaul", Scale::Small);
        check("", "「overhaul」", Scale::Large);
        check("refactors", "then refactor", Scale::Large);
        check("re", "factor", Scale::Small);
        check("add fix update rename tweak", "", Scale::Small);
    }

    #[test]
    fn words_are_what_white_space_separates() {
        let check = |count: usize, scale: Scale| {
            let text = "a\u{3000}b\u{a0}c\u{85}".repeat(count / 3) + &"- ".repeat(count % 3);
            let estimate = estimate("", &text);
            assert_eq!((estimate.words, estimate.scale), (count, scale));
        };
        check(0, Scale::Small);
        check(99, Scale::Small);
        check(100, Scale::Medium);
        check(299, Scale::Medium);
        check(300, Scale::Large);
        assert_eq!(estimate("一個沒有空白的長句子", "").words, 1);
    }
}
