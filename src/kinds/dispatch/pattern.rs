//! Patterns that are written in the source, by which texts of exports are told.

use regex::Regex;

/// A pattern that is written in the source.
#[expect(clippy::expect_used, reason = "the pattern is written in the source")]
pub(in crate::kinds) fn pattern(source: &str) -> Regex {
    Regex::new(source).expect("a pattern that is written in the source")
}
