//! What is found in a text: where it stands, by which rule, what follows from it, and what of it may be shown.
//!
//! Invariant: no value is in a hit: four characters at most.

use std::fmt;
use std::hash::{DefaultHasher, Hash as _, Hasher as _};

use crate::codes;
use crate::finding::{Code, Finding, Place};

/// How a sort of thing is known.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Rule {
    /// Stable id.
    pub(super) id: &'static str,
    /// What it finds, for people.
    pub(super) kind: &'static str,
    pub(super) sort: Sort,
}

/// What follows from a hit.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Sort {
    Secret,
    Personal,
    /// Public, and worth knowing.
    Notice,
}

pub(super) const fn secret(id: &'static str, kind: &'static str) -> Rule {
    Rule { id, kind, sort: Sort::Secret }
}

pub(super) const fn personal(id: &'static str, kind: &'static str) -> Rule {
    Rule { id, kind, sort: Sort::Personal }
}

pub(super) const fn notice(id: &'static str, kind: &'static str) -> Rule {
    Rule { id, kind, sort: Sort::Notice }
}

/// A credential or a piece of personal data.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Hit {
    /// Byte offset at which it begins.
    pub offset: usize,
    /// What it looks like, such as `mobile number`.
    pub kind: &'static str,
    /// Whether it is a credential and not personal data.
    pub secret: bool,
    /// Id of the rule by which it was found, one of [`RULES`](crate::check::privacy::RULES).
    pub rule: &'static str,
    /// What of it may be shown.
    pub masked: Masked,
    pub(super) sort: Sort,
    /// Tells two values apart of which the same is shown.
    pub(super) fingerprint: u64,
}

impl Hit {
    pub(super) fn new(rule: Rule, offset: usize, value: &[u8]) -> Self {
        let value = String::from_utf8_lossy(value);
        let mut hasher = DefaultHasher::new();
        value.chars().filter(|one| one.is_alphanumeric()).for_each(|one| one.hash(&mut hasher));
        Self {
            offset,
            kind: rule.kind,
            secret: rule.sort == Sort::Secret,
            rule: rule.id,
            masked: Masked::new(&value),
            sort: rule.sort,
            fingerprint: hasher.finish(),
        }
    }

    /// Of a value of which nothing at all may be shown.
    pub(super) fn veiled(rule: Rule, offset: usize, value: &[u8]) -> Self {
        Self { masked: Masked::default(), ..Self::new(rule, offset, value) }
    }

    /// Whether both are of one value.
    pub fn is_same(&self, other: &Self) -> bool {
        (self.rule, self.masked, self.fingerprint) == (other.rule, other.masked, other.fingerprint)
    }

    pub(super) fn code(&self) -> &'static Code {
        match self.sort {
            Sort::Secret => &codes::SECRET,
            Sort::Personal => &codes::PERSONAL_DATA,
            Sort::Notice => &codes::PUBLIC_NUMBER,
        }
    }

    /// The hit as a finding, which tells where, by which rule, and at most four characters.
    pub fn at(self, place: Place) -> Finding {
        let (sort, hint) = match self.sort {
            Sort::Secret => ("a credential", "remove it and revoke it: whoever saw it can use it"),
            Sort::Personal => ("personal data", "remove it or replace it by a keyed hash at the source"),
            Sort::Notice => ("public data", ""),
        };
        Finding::new(self.code(), place, format!("looks like {sort}: {self}")).hint(hint)
    }
}

impl fmt::Display for Hit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} `{}` (rule {})", self.kind, self.masked, self.rule)
    }
}

/// The first and last characters of a value, four at most and fewer of a short one; separators do not count. `…` alone
/// for what is not shown at all.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Masked([Option<char>; 4]);

impl Masked {
    /// Fewest characters of a value of which four are shown, and of which two are.
    const FOUR: usize = 10;
    const TWO: usize = 6;

    pub(super) fn new(value: &str) -> Self {
        let mut characters = value.chars().filter(|one| one.is_alphanumeric());
        let count = characters.clone().count();
        let shown = if count >= Self::FOUR { 2 } else { usize::from(count >= Self::TWO) };
        let mut masked = [None; 4];
        for place in &mut masked[..shown] {
            *place = characters.next();
        }
        for place in masked[2..2 + shown].iter_mut().rev() {
            *place = characters.next_back();
        }
        Self(masked)
    }
}

impl fmt::Display for Masked {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [first, second, third, last] = self.0;
        let text = |characters: [Option<char>; 2]| characters.into_iter().flatten().collect::<String>();
        write!(f, "{}…{}", text([first, second]), text([third, last]))
    }
}
