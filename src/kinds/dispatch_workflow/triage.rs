//! Where what was said of a pull request would go: to the worker of its lane when it is something to act on, to a person
//! when it is vague, or about security without anything specific.
//!
//! The contract names the sorts and no words, so the words here are few and plain, and what they come to is a
//! suggestion for people: nothing goes by it.

use crate::kinds::dispatch_workflow::lanes::{DEFAULT, NEEDS_HUMAN};
use crate::lang::{Words, words};

/// A suggestion.
pub(super) struct Rule {
    /// Stable id.
    pub id: &'static str,
    /// When it holds, in words.
    pub when: Words,
    /// The beginnings of words that it looks for.
    pub words: &'static [&'static str],
    /// Whether a person has to look.
    pub is_for_a_person: bool,
}

impl Rule {
    /// The lane that it suggests.
    pub(super) fn lane(&self) -> &'static str {
        if self.is_for_a_person { NEEDS_HUMAN } else { DEFAULT }
    }
}

/// The suggestions in the order in which they are asked; the last one always holds.
pub(super) static TRIAGE: &[Rule] = &[
    Rule {
        id: "actionable",
        when: words("有具體錯誤、失敗的測試、lint 或衝突", "a concrete error, a failing test, lint or a conflict"),
        words: &[
            "error",
            "fail",
            "panic",
            "exception",
            "lint",
            "test",
            "snapshot",
            "expected",
            "conflict",
            "rebase",
            "unused",
        ],
        is_for_a_person: false,
    },
    Rule {
        id: "security",
        when: words("涉及安全，沒有具體內容", "about security, nothing specific"),
        words: &["security", "vulnerab", "permission", "credential", "secret", "auth", "安全", "權限"],
        is_for_a_person: true,
    },
    Rule { id: "vague", when: words("沒有具體內容", "nothing specific"), words: &[], is_for_a_person: true },
];

/// The suggestion for what was said.
pub(super) fn suggest(texts: &[&str]) -> &'static Rule {
    let text = texts.join(" ").to_lowercase();
    let has = |word: &&str| {
        let begins = |at: usize| !text[..at].ends_with(|before: char| before.is_ascii_alphanumeric());
        text.match_indices(*word).any(|(at, _)| begins(at))
    };
    let holds = |rule: &&Rule| rule.words.is_empty() || rule.words.iter().any(has);
    TRIAGE.iter().find(holds).unwrap_or(&TRIAGE[TRIAGE.len() - 1])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_specific_goes_to_a_worker() {
        for (texts, expected) in [
            (["checks", "unit-tests failed: expected 2, got 1"], "actionable"),
            (["security review", "cargo audit: 1 Error in the lock file"], "actionable"),
            (["merge conflict with main", ""], "actionable"),
            (["security review", "please check the permissions"], "security"),
            (["請看一下權限", ""], "security"),
            (["the latest version", "prefer another name"], "vague"),
            (["", ""], "vague"),
        ] {
            assert_eq!(suggest(&texts).id, expected, "{texts:?}");
        }
    }
}
