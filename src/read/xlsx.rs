//! Stub.
use crate::read::table::{Capped, Sink};
pub(super) fn read(_: &str, _: &[u8], _: &mut Capped<'_>, _: &mut Sink<'_>) -> Option<()> { None }
