//! What leaves the house: a bundle as a gist, so that it can be proven what is up there, and its files to an upload
//! target ([`transfer`]). For each the plan, the protocol, the receipt, and the later look whether the receipt holds.
//!
//! Invariants: pure; every request, wait, look at the clock and note to disk goes through [`Outside`]. Nothing is asked
//! of a server before the plan is clean. An answer is a statement, not a proof: success is a receipt, and a receipt is
//! written only for what was read back or confirmed. A request that writes is never repeated while nobody knows what
//! became of it: there is one gist for a pack, and a file is uploaded once. Source of the facts about gists:
//! docs.github.com/en/rest/gists.

use std::collections::BTreeMap;
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};

mod gist;
mod github;
mod guard;
pub mod online;
pub mod plan;
pub mod protocol;
mod readback;
pub mod receipt;
mod session;
pub mod sources;
pub mod transfer;

pub use crate::check::address::Address;
pub use plan::Plan;
pub use receipt::{Intent, Receipt};

/// What is asked of a server.
#[derive(Clone, Debug)]
pub struct Request {
    /// `GET`, `POST` or `PATCH`.
    pub method: &'static str,
    /// Where.
    pub address: Address,
    /// Headers besides those of the connection and of the token.
    pub headers: Vec<(String, String)>,
    /// What to send.
    pub body: Option<Vec<u8>>,
    /// Most bytes that the answer may have.
    pub most: u64,
}

/// What a server answered.
#[derive(Clone, Debug)]
pub struct Answer {
    /// HTTP status.
    pub status: u16,
    /// Headers by their name in lower case.
    pub headers: BTreeMap<String, String>,
    /// The whole body.
    pub body: Vec<u8>,
}

impl Answer {
    fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).map(String::as_str)
    }
}

/// There is no answer.
#[derive(Clone, Debug)]
pub enum Lost {
    /// No connection came about, so nothing was done.
    NotSent(String),
    /// The request may or may not have been carried out.
    Unknown(String),
}

/// Everything that publishing needs of the world.
pub trait Outside {
    /// Sends one request and takes in its whole answer, in bounded time. Redirects are not followed.
    fn send(&mut self, request: &Request) -> Result<Answer, Lost>;
    /// Waits. `false`, at once, when that is longer than the run may take.
    fn pause(&mut self, time: Duration) -> bool;
    /// Puts an intent, as it is rendered, where a later run finds it, so that even a power cut does not lose it.
    fn keep(&mut self, intent: &[u8]) -> Result<(), String>;
    /// What time it is: how old an unanswered request is, says nothing in a bundle.
    fn now(&self) -> Timestamp;
    /// Tells a person what is going on.
    fn say(&mut self, what: &str);
}

/// Why there is no receipt.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Failure {
    /// It could not be done; the reason and what to do.
    Stopped(String),
    /// What the server has or says is not what was sent or what the receipt says, point by point.
    Differs(Vec<String>),
}

/// How long a server may take until it lists what it did. Until then, a request whose answer was lost and whose deed is
/// not listed is not repeated; GitHub lists a gist of one's own at once.
const SETTLES: SignedDuration = SignedDuration::from_secs(30);
/// How often a list is read until then: with the pauses between, a little longer than [`SETTLES`].
const LOOKS: u32 = 7;

/// A moment as intents and receipts give it, in whole seconds.
pub fn moment(at: Timestamp) -> String {
    at.strftime("%Y-%m-%dT%H:%M:%SZ").to_string()
}

/// Until when a request that was sent then may still turn up. A moment that cannot be read is of no help, so that is now.
fn settled_at(asked_at: &str, now: Timestamp) -> Timestamp {
    let asked: Timestamp = asked_at.parse().unwrap_or(now);
    asked.checked_add(SETTLES).unwrap_or(Timestamp::MAX)
}

impl Failure {
    fn differs(what: impl Into<String>) -> Self {
        Self::Differs(vec![what.into()])
    }
}
