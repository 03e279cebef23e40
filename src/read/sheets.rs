//! Which sheet of a workbook is the table, when it has several.
//!
//! Invariants: it is never guessed at, and nothing is left aside without being said. A sheet that is hidden is the table only when
//! somebody names it.

use crate::read::capped::Capped;
use crate::read::row::Row;

/// Which sheet of a workbook is the table. Unless something is said: the first visible one with content, and that there
/// are others is a warning.
#[derive(Clone, Debug, Default)]
pub struct Choice {
    /// The name of the one that somebody asked for.
    pub named: Option<String>,
    /// The header that tells the table from everything else.
    pub wanted: Option<Wanted>,
}

/// A header that is looked for in every sheet. The one visible sheet that has it, and a row below, is the table; several
/// are a finding, and the first of them is read.
#[derive(Clone, Copy, Debug)]
pub struct Wanted {
    /// How many names the whole header has.
    pub names: usize,
    /// Looks at a row with content: how many of the names stand in it. What it finds is told of sheets that are left aside.
    pub look: fn(&Row<'_>, &mut Capped<'_>) -> usize,
}

impl Choice {
    /// The sheet of this name, whatever stands in it.
    pub fn named(name: Option<&str>) -> Self {
        Self { named: name.map(str::to_owned), wanted: None }
    }
}

/// How the names of sheets begin that proofpack itself writes beside a table, in forms and in workbooks that it returns.
/// They are no tables and are not read.
pub const OWN_SHEETS: &str = "proofpack ";
