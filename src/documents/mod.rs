//! The documents that every workspace and every pack has, whatever its kind: each file here declares the shape of one
//! document, checks it and gives the typed facts.

pub mod acceptance;
pub mod allowed;
pub mod claims;
pub mod decision_record;
pub mod evidence;
pub mod lessons;
pub mod memory;
pub mod pack;
mod place;
pub mod target;
pub mod workspace;
