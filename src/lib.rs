//! proofpack: a production pack that proves itself.
//!
//! ```text
//! bytes ─ read ─▶ records ─ check ─▶ facts ─ decide ─▶ decisions ─ view ─▶ pages ─ bundle ─▶ out/ ─ verify ─▶ report ─ publish ─▶ receipt
//! ```
//!
//! Data flows one way. The modules stand below in the order of that way; each may use those above it and none below.
//! `ARCHITECTURE.md` tells who may know whom and why.

// The ground: words that everyone uses.
pub mod clock;
pub mod codes;
pub mod finding;
pub mod lang;
pub mod limits;

// Bytes to facts.
pub mod check;
pub mod claims;
pub mod decide;
pub mod documents;
pub mod facts;
pub mod guard;
pub mod read;
pub mod statements;

// Facts to pages; each kind with its own records, rules and views.
pub mod answer;
pub mod kinds;
pub mod view;

// Pages to bundles, and bundles to reports.
pub mod assemble;
pub mod bundle;
pub mod verify;

// Bundles to where others read them, with a receipt, and how all of it stands.
pub mod publish;
pub mod status;

// The outside: files, folders, network, terminal.
pub mod build;
pub mod cli;
pub mod convert;
pub mod disk;
#[cfg(feature = "net")]
pub mod net;
