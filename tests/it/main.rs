//! Tests through the binary: one harness, one module for each promise.
#![expect(
    clippy::disallowed_methods,
    clippy::unwrap_used,
    reason = "tests prepare files themselves and stop at a surprise"
)]

mod harness;

mod acceptance;
mod answers;
mod architecture;
mod atomic;
mod build;
mod cli;
mod decide;
mod faults;
mod hostile;
mod legacy;
mod reconcile;
mod reproducible;
mod schemas;
mod uploads;
mod verify;
