//! Whether a sentence states that something was achieved. It knows words and where they stand, and no more grammar.
//!
//! Invariants: pure; one pass over the sentence finds every word of [`phrases`](super::phrases), and what follows looks
//! at each of them once.

use std::collections::BTreeSet;
use std::ops::Range;
use std::sync::LazyLock;

use aho_corasick::AhoCorasick;

use super::phrases::{self, WORDINGS};
use super::{REFERENCE, references};
use crate::documents::claims::ClaimKind;
use crate::read::prose::{self, Sentence};

/// How far before a Chinese verb 已 may stand, and how far apart subject and predicate, in bytes.
const NEAR: usize = 45;
/// How far before an English participle its auxiliary may stand, in bytes.
const AUXILIARY_NEAR: usize = 24;
/// How far behind a Chinese verb 完成 may stand when 已 stands between, in bytes.
const DONE_NEAR: usize = 15;
/// How far behind its predicate what passed may stand, in bytes.
const OBJECT_NEAR: usize = 18;
/// Longest text between 「」 that is taken for quoted.
const QUOTED: usize = 600;

/// What a word does in a sentence. The number is that of its wording.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Role {
    Subject(usize),
    Predicate(usize),
    Verb(usize),
    Participle(usize),
    Phrase(usize),
    Figure(usize),
    Done,
    DoneBefore,
    DoneBehind,
    Auxiliary,
    Determiner,
    Negation,
    Hedge,
    Condition,
    ConditionalBehind,
    NominalBehind,
    Innocent,
    Break,
    Question,
    Preposition,
    Plan,
    Result,
    Unproven,
}

/// A word that was found in a text.
#[derive(Clone, Copy, Debug)]
struct Word {
    role: Role,
    start: usize,
    end: usize,
}

struct Words {
    finder: AhoCorasick,
    roles: Vec<(Role, &'static str)>,
}

static WORDS: LazyLock<Words> = LazyLock::new(|| {
    let mut roles = Vec::new();
    let mut add = |role: Role, words: phrases::Words| roles.extend(each(words).map(|word| (role, word)));
    for (number, wording) in WORDINGS.iter().enumerate() {
        add(Role::Subject(number), wording.subjects);
        add(Role::Predicate(number), wording.predicates);
        add(Role::Verb(number), wording.verbs);
        add(Role::Participle(number), wording.participles);
        add(Role::Phrase(number), wording.phrases);
        add(Role::Figure(number), wording.figures);
    }
    add(Role::Done, phrases::DONE);
    add(Role::DoneBefore, phrases::DONE_BEFORE);
    add(Role::DoneBehind, phrases::DONE_BEHIND);
    add(Role::Auxiliary, phrases::AUXILIARIES);
    add(Role::Determiner, phrases::DETERMINERS);
    add(Role::Negation, phrases::NEGATIONS);
    add(Role::Hedge, phrases::HEDGES);
    add(Role::Condition, phrases::CONDITIONS);
    add(Role::ConditionalBehind, phrases::CONDITIONAL_BEHIND);
    add(Role::NominalBehind, phrases::NOMINAL_BEHIND);
    add(Role::Innocent, phrases::INNOCENT);
    add(Role::Break, phrases::BREAKS);
    add(Role::Question, phrases::QUESTIONS);
    add(Role::Preposition, phrases::PREPOSITIONS);
    add(Role::Plan, phrases::PLANS);
    add(Role::Result, phrases::RESULTS);
    add(Role::Unproven, phrases::UNPROVEN);
    let finder = AhoCorasick::builder()
        .ascii_case_insensitive(true)
        .build(roles.iter().map(|(_, word)| word))
        .unwrap_or_else(|error| unreachable!("the table of words is far from any limit: {error}"));
    Words { finder, roles }
});

fn each(words: phrases::Words) -> impl Iterator<Item = &'static str> {
    words.split('|').map(str::trim).filter(|word| !word.is_empty())
}

/// Something that a sentence states.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Statement {
    pub kind: ClaimKind,
    /// The words that state it, in the text of the sentence.
    pub words: Range<usize>,
}

/// What a sentence states, at most once for each kind.
pub(super) fn statements(sentence: &Sentence) -> Vec<Statement> {
    let text = sentence.text.as_str();
    if sentence.open_task
        || sentence.under.iter().any(|above| is_plan(above))
        || prose::label(text).is_some_and(is_plan)
        || is_milestone(text)
    {
        return Vec::new();
    }
    let verdict = text.trim_end_matches(['.', '。', '！', '!', ' ']).to_lowercase();
    if each(phrases::VERDICTS).any(|word| word == verdict) {
        return vec![Statement { kind: ClaimKind::TestPassed, words: 0..verdict.len() }];
    }
    let words = words(text);
    if words.iter().any(|word| word.role == Role::Question) {
        return Vec::new();
    }
    let mut found = Vec::new();
    let condition = words.iter().find(|word| word.role == Role::Condition).map_or(usize::MAX, |word| word.start);
    let subjects: BTreeSet<_> = words
        .iter()
        .filter_map(|word| match word.role {
            Role::Subject(wording) => Some(wording),
            _ => None,
        })
        .collect();
    let clauses: Vec<&[Word]> = words.split(|word| word.role == Role::Break).collect();
    for (number, clause) in clauses.iter().enumerate() {
        let next = clauses.get(number + 1).and_then(|next| next.first());
        let next_is_condition = next.is_some_and(|next| {
            let end = clause.last().map_or(0, |last| last.end);
            next.role == Role::ConditionalBehind && next.start.saturating_sub(end) <= 3
        });
        let clause = Clause { text, words: clause, subjects: &subjects, condition, next_is_condition };
        clause.statements(&mut found);
    }
    let mut kinds = BTreeSet::new();
    found.retain(|one| kinds.insert(one.kind));
    found
}

/// Whether a sentence itself says that it is not proven, not so, or not yet.
pub(super) fn admits(sentence: &Sentence) -> bool {
    words(&sentence.text).iter().any(|word| {
        matches!(word.role, Role::Unproven | Role::Negation | Role::Hedge | Role::Condition | Role::Question)
    })
}

fn is_plan(above: &str) -> bool {
    let words = words(above);
    let has = |role: Role| words.iter().any(|word| word.role == role);
    (has(Role::Plan) || has(Role::Hedge) || has(Role::Condition)) && !has(Role::Result)
}

/// `D7：…` is what is reached by then.
fn is_milestone(text: &str) -> bool {
    let digits = text.strip_prefix(['D', 'd']).map(|rest| rest.trim_start_matches(|one: char| one.is_ascii_digit()));
    digits.is_some_and(|rest| rest.len() + 1 < text.len() && !rest.starts_with(char::is_alphabetic))
}

/// The words of a text in their order, without those that are quoted or part of a longer one that means something else.
fn words(text: &str) -> Vec<Word> {
    let mut words = Vec::new();
    let mut innocent = Vec::new();
    let bytes = text.as_bytes();
    for found in WORDS.finder.find_overlapping_iter(text) {
        let Some((role, word)) = WORDS.roles.get(found.pattern().as_usize()) else { continue };
        let (start, end) = (found.start(), found.end());
        let is_figure = matches!(role, Role::Figure(_));
        // A figure stands directly beside its unit, and Chinese beside anything.
        let before = start.checked_sub(1).and_then(|at| bytes.get(at)).copied();
        let goes_on = |edge: Option<u8>, beyond: Option<u8>| {
            let part = |byte: u8| byte.is_ascii_alphabetic() || (byte.is_ascii_digit() && !is_figure);
            edge.is_some_and(|edge| edge.is_ascii_alphanumeric()) && beyond.is_some_and(part)
        };
        if goes_on(word.bytes().next(), before) || goes_on(word.bytes().last(), bytes.get(end).copied()) {
            continue;
        }
        // The month, not the verb.
        if *role == Role::Hedge && start > 0 && &text[start..end] == "May" {
            continue;
        }
        if *role == Role::Innocent {
            innocent.push(start..end);
        } else {
            words.push(Word { role: *role, start, end });
        }
    }
    words.sort_by_key(|word| (word.start, word.end, word.role));
    let mut hidden = quotations(text);
    hidden.extend(references(text).into_iter().map(|(at, id)| at..at + REFERENCE.len() + id.len()));
    hidden.extend(innocent);
    hidden.sort_by_key(|range| range.start);
    // Furthest ends of what began before a word, and of what begins with it.
    let (mut before, mut here) = (0, (0, 0));
    let mut next = hidden.iter().peekable();
    words.retain(|word| {
        while let Some(range) = next.next_if(|range| range.start <= word.start) {
            if range.start != here.0 {
                before = before.max(here.1);
                here = (range.start, 0);
            }
            here.1 = here.1.max(range.end);
        }
        if here.0 < word.start { before.max(here.1) < word.end } else { before < word.end && here.1 <= word.end }
    });
    // One that stands in the middle of a clause is more often part of another word.
    words.retain(|word| {
        let begins = text[..word.start].chars().next_back().is_none_or(|last| !last.is_alphanumeric());
        word.role != Role::Condition || word.end - word.start > 3 || begins || text[word.start..word.end].is_ascii()
    });
    words
}

/// What stands between quotation marks: it is mentioned, not said.
fn quotations(text: &str) -> Vec<Range<usize>> {
    let mut found = Vec::new();
    let mut open: Option<(char, usize)> = None;
    for (at, mark) in text.char_indices() {
        match open {
            Some((close, start)) if mark == close && at - start <= QUOTED => {
                found.push(start..at + mark.len_utf8());
                open = None;
            }
            Some((_, start)) if at - start > QUOTED => open = None,
            Some(_) => {}
            None => {
                let close = match mark {
                    '「' => '」',
                    '『' => '』',
                    '“' => '”',
                    '"' => '"',
                    _ => continue,
                };
                open = Some((close, at));
            }
        }
    }
    found
}

/// What stands between two marks that end clauses.
struct Clause<'a> {
    text: &'a str,
    words: &'a [Word],
    /// What the sentence is about.
    subjects: &'a BTreeSet<usize>,
    /// Where the sentence begins to speak of a condition.
    condition: usize,
    /// Whether the next clause begins with what makes this one a condition.
    next_is_condition: bool,
}

impl Clause<'_> {
    fn statements(&self, found: &mut Vec<Statement>) {
        let opposed = self.words.iter().find(|word| matches!(word.role, Role::Negation | Role::Hedge));
        let opposed = opposed.map_or(usize::MAX, |word| word.start).min(self.condition);
        if self.next_is_condition {
            return;
        }
        let about = |wording: usize| self.subjects.contains(&wording);
        for (at, word) in self.words.iter().enumerate() {
            if word.start >= opposed {
                return;
            }
            let (wording, stated) = match word.role {
                Role::Phrase(wording) => (wording, Some(word.start..word.end)),
                Role::Verb(wording) if !WORDINGS[wording].only_about || about(wording) => (wording, self.done(at)),
                Role::Participle(wording) if !WORDINGS[wording].only_about || about(wording) => {
                    (wording, self.is_verb(at))
                }
                Role::Predicate(wording) => (wording, self.with_subject(at, wording)),
                Role::Figure(wording) if self.is_figure(word) && about(wording) => {
                    (wording, Some(word.start..word.end))
                }
                _ => continue,
            };
            let Some(words) = stated else { continue };
            if matches!(word.role, Role::Figure(_)) || !self.is_part_of_more(words.end) {
                found.push(Statement { kind: WORDINGS[wording].kind, words });
            }
        }
    }

    /// The Chinese verb with what says that it is done.
    fn done(&self, at: usize) -> Option<Range<usize>> {
        let verb = self.words[at];
        // 匯入完成; 匯入已順利完成.
        let mut said = false;
        for word in self.words[at + 1..].iter().take(8).filter(|word| word.start >= verb.end) {
            let gap = word.start - verb.end;
            match word.role {
                Role::Done if gap <= 1 => said = true,
                Role::DoneBehind if gap <= 1 || (said && gap <= DONE_NEAR) => return Some(verb.start..word.end),
                _ => {}
            }
        }
        for word in self.words[..at].iter().rev().take(12).filter(|word| word.end <= verb.start) {
            match word.role {
                Role::Done if verb.start - word.end <= NEAR => return Some(word.start..verb.end),
                Role::DoneBefore if verb.start - word.end <= 1 => return Some(word.start..verb.end),
                // 已 belongs to the verb before: 已接受的檔案.
                Role::Verb(_) if self.text[word.end..].starts_with('的') => return None,
                _ => {}
            }
        }
        None
    }

    /// The English participle, when it is the verb of the clause and no adjective.
    fn is_verb(&self, at: usize) -> Option<Range<usize>> {
        let participle = self.words[at];
        let before = self.text[..participle.start].trim_end();
        let directly = |word: &Word| word.end <= participle.start && participle.start - word.end <= 1;
        let described =
            self.words[..at].iter().rev().take(6).any(|word| word.role == Role::Determiner && directly(word));
        if described {
            return None;
        }
        let auxiliary = self.words[..at].iter().rev().take(12).any(|word| {
            word.role == Role::Auxiliary
                && word.end <= participle.start
                && participle.start - word.end <= AUXILIARY_NEAR
        });
        let behind = |role: Role| {
            let mut behind = self.words[at + 1..].iter().take(8);
            behind.any(|word| word.role == role && word.start >= participle.end && word.start - participle.end <= 1)
        };
        let counted = self.text[participle.end..].trim_start().starts_with(|next: char| next.is_ascii_digit());
        let begins = before.is_empty() || before.ends_with([':', '：', '.', '。', '*']);
        let active = behind(Role::Determiner) || counted || (begins && behind(Role::Preposition));
        (auxiliary || active).then_some(participle.start..participle.end)
    }

    /// The predicate with its subject before it.
    fn with_subject(&self, at: usize, wording: usize) -> Option<Range<usize>> {
        let predicate = self.words[at];
        let subject = self.words[..at].iter().rev().take(24).find(|word| {
            word.role == Role::Subject(wording) && word.end <= predicate.start && predicate.start - word.end <= NEAR
        });
        if let Some(subject) = subject {
            return Some(subject.start..predicate.end);
        }
        let behind = self.words[at + 1..].iter().take(16).find(|word| {
            word.role == Role::Subject(wording)
                && word.start >= predicate.end
                && word.start - predicate.end <= OBJECT_NEAR
        });
        let behind = behind.filter(|subject| {
            !self.is_part_of_more(predicate.end) && !self.text[predicate.end..subject.start].contains([':', '：'])
        });
        behind.map(|subject| predicate.start..subject.end)
    }

    /// Whether a digit stands beside the unit.
    fn is_figure(&self, unit: &Word) -> bool {
        let before = self.text[..unit.start].trim_end().bytes().last();
        let behind = self.text[unit.end..].trim_start().bytes().next();
        let takes_behind = self.text[unit.start..unit.end].ends_with(['$', 'D', 'd']);
        let digit = |byte: Option<u8>| byte.is_some_and(|byte| byte.is_ascii_digit());
        digit(before) || (takes_behind && digit(behind))
    }

    /// Whether what stands directly behind makes it a condition, a description or a name.
    fn is_part_of_more(&self, end: usize) -> bool {
        let next = self.words.partition_point(|word| word.start < end);
        let mut behind = self.words[next..].iter().take_while(|word| word.start - end <= 1);
        behind.any(|word| {
            let at_the_end = self.text[word.end..].trim_end_matches(['。', '.', '！', '!']).trim().is_empty();
            match word.role {
                Role::ConditionalBehind => true,
                Role::NominalBehind => !at_the_end || self.text[word.start..word.end].len() > 3,
                _ => false,
            }
        })
    }
}
