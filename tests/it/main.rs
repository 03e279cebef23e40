//! Tests through the binary: one harness, one module for each promise.
#![expect(
    clippy::disallowed_methods,
    clippy::unwrap_used,
    reason = "tests prepare files themselves and stop at a surprise"
)]

#[cfg(feature = "net")]
mod gist_server;
mod harness;
mod order_table;

mod acceptance;
mod answers;
mod architecture;
mod atomic;
mod build;
mod claims;
mod cli;
mod decide;
mod dispatch;
mod exports;
mod faults;
mod hostile;
mod legacy;
mod lessons;
mod planted;
#[cfg(feature = "net")]
mod publish;
mod reconcile;
mod repair;
mod reproducible;
mod schemas;
mod status;
#[cfg(feature = "net")]
mod transfer;
mod uploads;
mod uploads_made;
mod verify;
mod workflow;
