//! A claim with its status, and why it has it.

use std::collections::BTreeMap;

use jiff::Timestamp;

use crate::documents::claims::Claim;
use crate::lang::Words;

/// What the evidence makes of a claim.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Status {
    /// The evidence says so.
    Verified,
    /// The evidence says the contrary.
    Refuted,
    /// Nothing that counts speaks for it or against it.
    Unverified,
    /// What decided it is too old.
    Expired,
}

impl Status {
    /// The word of `claims.json`.
    pub fn word(self) -> &'static str {
        match self {
            Self::Verified => "verified",
            Self::Refuted => "refuted",
            Self::Unverified => "unverified",
            Self::Expired => "expired",
        }
    }
}

/// What one piece of evidence does for a claim.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reason {
    /// The evidence; empty when there is none.
    pub about: String,
    /// What it says, or why it counts for nothing.
    pub why: Words,
}

/// A claim with its status.
#[derive(Clone, Debug)]
pub struct Judged<'c> {
    /// The claim.
    pub claim: &'c Claim,
    /// What its evidence makes of it.
    pub status: Status,
    /// Until when that holds; `None` when nothing decided it or it does not age.
    pub valid_until: Option<Timestamp>,
    /// One line for each piece of evidence.
    pub reasons: Vec<Reason>,
    /// The people whose word its evidence gives, with the roles that the premises give them.
    pub people: BTreeMap<String, Vec<String>>,
}
