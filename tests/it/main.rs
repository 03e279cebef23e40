//! Tests through the binary: one harness, one module for each promise.
#![expect(clippy::disallowed_methods, reason = "tests prepare and look at files themselves")]

mod harness;

mod architecture;
mod atomic;
mod build;
mod cli;
mod hostile;
mod reproducible;
mod verify;
