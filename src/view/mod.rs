//! Facts and decisions to page content and from there to HTML and Markdown.
//!
//! Invariants: viewing looks nothing up (no file, no clock, no rule); every text is escaped for the place it goes to;
//! what is unknown looks different from zero and from none.

pub mod appendices;
mod authored;
pub mod claims;
pub mod compose;
pub mod context;
mod exports;
pub mod findings;
pub mod html;
pub mod index;
mod link;
pub mod markdown;
pub mod pack;
pub mod page;
mod records;
#[cfg(test)]
mod sample;
pub mod script;
pub mod texts;
