//! The patterns of a schema: regular expressions that a whole text has to match, in linear time.
//!
//! Table Schema asks for the expressions of XML Schema. What those and the usual ones have in common is taken; `^` and
//! `$` are the edges of the text, as everybody writes them, and `\w` is a letter, digit, mark or underscore. What the
//! two read differently (class subtraction, sets within sets) and what takes more than linear time (look-around,
//! back references) is refused.

use std::fmt;

use regex::Regex;
use regex_automata::dfa::Automaton as _;
use regex_automata::dfa::dense::{Config, DFA};
use regex_automata::nfa::thompson;
use regex_automata::util::primitives::StateID;
use regex_automata::{Anchored, Input};

use crate::check::field::places::Places;

/// What a whole text has to look like.
#[derive(Clone)]
pub struct Pattern {
    /// As the schema writes it.
    pub source: String,
    regex: Regex,
    /// The same as a table of states, when it is a small one: several times as fast on short texts.
    table: Option<Table>,
}

/// The states of a pattern, and the one in which every text begins.
#[derive(Clone)]
struct Table {
    states: DFA<Vec<u32>>,
    start: StateID,
    places: Option<Places>,
}

/// Most bytes of a table of states.
const TABLE_BYTES: usize = 256 << 10;
/// Most bytes of a table of which equal states are looked for, which takes longer than to make the table.
const MINIMAL_BYTES: usize = 32 << 10;

impl fmt::Debug for Pattern {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Pattern({})", self.source)
    }
}

impl Pattern {
    /// Reads a pattern. The error says why it is none, or which part of it is not supported.
    pub(in crate::check) fn new(source: &str) -> Result<Self, String> {
        refuse_two_readings(source)?;
        let regex = Regex::new(&format!(r"\A(?:{source})\z")).map_err(|error| {
            // The last line of the message says what is wrong, those before it where in what we built around it.
            error.to_string().lines().last().unwrap_or_default().trim_start_matches("error: ").to_owned()
        })?;
        // A bracket that closes ours would be a pattern only together with ours.
        Regex::new(source).map_err(|_| "its brackets do not match".to_owned())?;
        let table = Table::new(&format!(r"\A(?:{source})\z"));
        Ok(Self { source: source.to_owned(), regex, table })
    }

    /// Whether the whole text is like it.
    pub fn matches(&self, text: &str) -> bool {
        self.table.as_ref().and_then(|table| table.matches(text)).unwrap_or_else(|| self.regex.is_match(text))
    }
}

impl Table {
    /// The table of a pattern, unless it would be a large one.
    fn new(whole: &str) -> Option<Self> {
        let config = Config::new().dfa_size_limit(Some(TABLE_BYTES)).determinize_size_limit(Some(TABLE_BYTES * 4));
        let nfa = thompson::Config::new().nfa_size_limit(Some(TABLE_BYTES));
        let build = |config| DFA::builder().configure(config).thompson(nfa.clone()).build(whole).ok();
        let mut states = build(config.clone())?;
        if states.memory_usage() <= MINIMAL_BYTES {
            states = build(config.minimize(true))?;
        }
        let start = states.start_state_forward(&Input::new("").anchored(Anchored::Yes)).ok()?;
        let places = Places::of(&states, start);
        Some(Self { states, start, places })
    }

    /// Whether a text leads to a match. `None` when the table cannot tell.
    fn matches(&self, text: &str) -> Option<bool> {
        if self.places.as_ref().is_some_and(|places| places.hold(&self.states, text.as_bytes())) {
            return Some(true);
        }
        let mut state = self.start;
        for byte in text.bytes() {
            state = self.states.next_state(state, byte);
            if self.states.is_special_state(state) {
                if self.states.is_dead_state(state) {
                    return Some(false);
                }
                if self.states.is_quit_state(state) {
                    return None;
                }
            }
        }
        Some(self.states.is_match_state(self.states.next_eoi_state(state)))
    }
}

/// Refuses what is one set of characters in XML Schema or in other programs, and another one here.
fn refuse_two_readings(source: &str) -> Result<(), String> {
    let mut characters = source.chars().peekable();
    let mut in_class = false;
    while let Some(character) = characters.next() {
        let next = characters.peek().copied();
        match character {
            '\\' => match characters.next() {
                Some(escaped @ ('i' | 'I' | 'c' | 'C')) => {
                    return Err(format!("`\\{escaped}` of XML Schema is not supported; write the set of characters"));
                }
                Some('p' | 'P') if source.contains("{Is") => {
                    return Err(
                        "blocks such as `\\p{IsHangul}` are not supported; write a range or a script".to_owned()
                    );
                }
                _ => {}
            },
            '[' if in_class => {
                return Err("`[` inside a set has two readings; write `\\[`, or the set without subtraction".to_owned());
            }
            '[' => {
                in_class = true;
                // A bracket that closes nothing stands for itself.
                characters.next_if_eq(&'^');
                characters.next_if_eq(&']');
            }
            ']' => in_class = false,
            '&' | '-' | '~' if in_class && next == Some(character) => {
                return Err(format!("`{character}{character}` inside a set has two readings; write it with `\\`"));
            }
            _ => {}
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn the_table_says_the_same(text in "(ck_)?[0-9a-f中٣]{0,9}|PRG-[0-9]{2,4}\\n?|[a-c]{0,4}|[0-2][0-9]:[0-9a-z]{0,30}") {
            for source in ["^ck_[0-9a-f]{3}$", "^(ck_)?[0-9a-f]{2,5}$", "([01][0-9]|2[0-3]):[0-9a-xz]{5,28}", "[0-9a-f]{9}", r"^PRG-\d{3}$", "a|bc?", "", r"\d+", r"\bck_.*", "(?i)A*"] {
                let pattern = Pattern::new(source).unwrap();
                let said = pattern.table.as_ref().and_then(|table| table.matches(&text));
                prop_assert!(said.is_none_or(|said| said == pattern.regex.is_match(&text)), "{}", source);
                prop_assert!(said.is_some() || source.contains(r"\b"), "{}", source);
            }
        }
    }

    #[test]
    fn a_pattern_is_about_the_whole_text() {
        for (pattern, text, expected) in [
            ("a+", "aaa", true),
            ("a+", "aab", false),
            ("a|b", "ab", false),
            ("^a.*$", "apple", true),
            ("^a.*$", "apple\n", false),
            (r"\d{3}", "１２３", true),
            (r"[0-9]{3}", "１２３", false),
            (r"[\[\]-]", "[", true),
            ("[]a]", "]", true),
            (r"\p{Han}+", "許功蓋", true),
            ("", "", true),
            ("", "a", false),
        ] {
            assert_eq!(Pattern::new(pattern).unwrap().matches(text), expected, "{pattern} {text}");
        }
    }

    #[test]
    fn what_would_mean_something_else_is_refused() {
        for (pattern, error) in [
            ("[a-z-[aeiou]]", "`[` inside a set has two readings; write `\\[`, or the set without subtraction"),
            ("[a&&b]", "`&&` inside a set has two readings; write it with `\\`"),
            (r"\i\c*", "`\\i` of XML Schema is not supported; write the set of characters"),
            (r"\p{IsHangul}", "blocks such as `\\p{IsHangul}` are not supported; write a range or a script"),
            ("(?=a)a", "look-around, including look-ahead and look-behind, is not supported"),
            (r"(a)\1", "backreferences are not supported"),
            ("a)(b", "its brackets do not match"),
            ("(", "unclosed group"),
        ] {
            assert_eq!(Pattern::new(pattern).unwrap_err(), error, "{pattern}");
        }
    }
}
