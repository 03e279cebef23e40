//! Tests through the binary: one harness, one module for each promise.
#![expect(
    clippy::disallowed_methods,
    clippy::unwrap_used,
    reason = "tests prepare files themselves and stop at a surprise"
)]

#[cfg(feature = "net")]
mod gist_server;
mod harness;

mod acceptance;
mod answers;
mod architecture;
mod atomic;
mod build;
mod cli;
mod decide;
mod dispatch;
mod exports;
mod faults;
mod hostile;
mod legacy;
mod lessons;
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
mod verify;
mod workflow;
