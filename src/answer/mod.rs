//! What was found, in every form in which people and programs want it: pure functions from an [`Answer`] to bytes.
//!
//! Invariants: every form tells the same findings and the same exact totals; places that a limit left out are counted
//! and the count is said; what may be personal is located and not repeated, also in what goes back to the sender.

use std::collections::BTreeMap;

use crate::check::privacy;
use crate::check::upload::{Upload, Verdict};
use crate::finding::{self, Code, Finding, Severity};
use crate::read::capped;

pub mod annotate;
pub mod book;
pub mod excerpt;
pub mod github;
pub mod json;
pub mod junit;
pub mod message;
pub mod page;
pub mod sarif;

/// What stands where a figure would, when nothing proves it.
pub const UNVERIFIED: &str = "unverified";

/// What was found in one thing that somebody asked about.
#[derive(Debug)]
pub struct Answer {
    /// Its path as typed.
    pub path: String,
    /// The folder that the places of findings begin at, with a `/` at its end; empty when they begin where the run does.
    pub root: String,
    /// What it is: `workspace`, `upload` …
    pub what: &'static str,
    /// Everything that was noticed, in the one order, without what must not be repeated.
    pub findings: Vec<Finding>,
    /// The same with more places, for a workbook that is returned; empty when none is asked for.
    pub marks: Vec<Finding>,
    /// Of a file that a partner sent. Its findings stand in `findings` alone.
    pub upload: Option<Upload>,
    /// The rows that findings speak about, as far as they may be shown.
    pub rows: excerpt::Rows,
}

impl Answer {
    /// An answer about something, with the folder that its places begin at.
    pub fn new(path: String, root: &str, what: &'static str, mut findings: Vec<Finding>) -> Self {
        privacy::redact(&mut findings);
        finding::sort(&mut findings);
        let root = match root {
            "" | "." | "./" => String::new(),
            folder => format!("{}/", folder.trim_end_matches('/')),
        };
        Self { path, root, what, findings, marks: Vec::new(), upload: None, rows: BTreeMap::new() }
    }

    /// The answer about a file that a partner sent.
    pub fn of_upload(path: String, mut upload: Upload) -> Self {
        let findings = std::mem::take(&mut upload.findings);
        Self { upload: Some(upload), ..Self::new(path, "", "upload", findings) }
    }

    /// The answer about a file that a partner sent and that goes back to him: the findings with more places stay for the
    /// workbook, the others are told.
    pub fn of_returned(path: String, upload: Upload) -> Self {
        let mut answer = Self::of_upload(path, upload);
        let told = capped::told(&answer.path, &answer.findings);
        answer.marks = std::mem::replace(&mut answer.findings, told);
        finding::sort(&mut answer.findings);
        answer
    }

    /// What a returned workbook marks.
    fn marks(&self) -> &[Finding] {
        if self.marks.is_empty() { &self.findings } else { &self.marks }
    }

    /// Whether nothing is wrong with it, nor with what it was judged with.
    pub fn is_clean(&self) -> bool {
        let is_accepted = self.upload.as_ref().is_none_or(|upload| upload.verdict == Verdict::Accepted);
        is_accepted && self.count(Severity::Error) == 0
    }

    /// The word for what is to be done with it.
    pub fn verdict(&self) -> &'static str {
        match &self.upload {
            Some(upload) => upload.verdict.word(),
            None if self.is_clean() => "clean",
            None => "findings",
        }
    }

    /// How many findings have this severity.
    pub fn count(&self, severity: Severity) -> usize {
        finding::count(&self.findings, severity)
    }

    /// What has to be looked at, and what was only normalised.
    pub fn parts(&self) -> (Vec<&Finding>, Vec<&Finding>) {
        self.findings.iter().partition(|finding| finding.severity != Severity::Notice)
    }

    /// Where a finding is, for somebody who has the file open; with what it is in, when that is not the table.
    pub fn spot(&self, finding: &Finding) -> Option<String> {
        self.within(finding, spot(finding))
    }

    /// A spot with the file that it is in, when that is not the one that was sent, or with the sheet, when that is not the
    /// one of the table.
    fn within(&self, finding: &Finding, spot: Option<String>) -> Option<String> {
        if !self.is_beside(finding) {
            return spot;
        }
        let file = finding.place.file.as_deref().filter(|_| self.is_of_another_file(finding));
        let name = file.map(|file| file.rsplit('/').next().unwrap_or(file));
        // A name that may be personal is not repeated.
        let name = name.map(|name| if privacy::is_harmless(name) { name } else { "…" });
        match (name, &finding.place.sheet, spot) {
            (Some(name), _, Some(spot)) => Some(format!("{name} {spot}")),
            (Some(name), _, None) => Some(name.to_owned()),
            (None, Some(sheet), Some(spot)) => Some(format!("{sheet}!{spot}")),
            (None, sheet, None) => sheet.clone(),
            (None, None, spot) => spot,
        }
    }

    /// The cells around the place of a finding, and whether each is the one.
    pub fn around(&self, finding: &Finding) -> Vec<(&excerpt::Shown, bool)> {
        if self.is_beside(finding) { Vec::new() } else { excerpt::around(&self.rows, finding) }
    }

    /// Whether a finding is about another file than the one that was sent, such as what it was matched with.
    fn is_of_another_file(&self, finding: &Finding) -> bool {
        self.upload.is_some() && finding.place.file.as_ref().is_some_and(|file| *file != self.path)
    }

    /// Whether a finding is about another file, or another sheet of the workbook, than the one that the table is in.
    fn is_beside(&self, finding: &Finding) -> bool {
        if self.is_of_another_file(finding) {
            return true;
        }
        let head = self.upload.as_ref().and_then(|upload| upload.head.as_ref());
        head.is_some_and(|head| head.is_beside(&finding.place))
    }

    /// The file that a finding is about, from where the run was started.
    pub fn file(&self, finding: &Finding) -> String {
        finding.place.file.as_ref().map_or_else(|| self.path.clone(), |file| format!("{}{file}", self.root))
    }
}

/// Findings of one code and severity.
#[derive(Debug)]
pub struct Group<'a> {
    /// What sort of finding.
    pub code: &'static Code,
    /// How much they weigh.
    pub severity: Severity,
    /// How many there are, exactly.
    pub total: usize,
    /// Those whose places were kept, in the one order.
    pub listed: Vec<&'a Finding>,
}

/// Findings by sort: what weighs most comes first, then what concerns the whole file, then what concerns people, then
/// what there is most of.
pub fn groups(findings: &[Finding]) -> Vec<Group<'_>> {
    let mut groups: Vec<Group<'_>> = Vec::new();
    for finding in findings {
        let same = |group: &Group<'_>| group.code == finding.code && group.severity == finding.severity;
        let at = groups.iter().position(same).unwrap_or_else(|| {
            let (code, severity) = (finding.code, finding.severity);
            groups.push(Group { code, severity, total: 0, listed: Vec::new() });
            groups.len() - 1
        });
        let group = &mut groups[at];
        group.total += finding.times;
        // What stands for others has no place of its own.
        if finding.times == 1 {
            group.listed.push(finding);
        }
    }
    groups.sort_by_key(|group| {
        let is_whole = group.listed.iter().all(|finding| finding.place.row.is_none() && finding.place.line.is_none());
        let is_personal = ["secret", "personal_data", "pii"].contains(&group.code.id);
        (group.severity, !is_whole, !is_personal, std::cmp::Reverse(group.total))
    });
    groups
}

/// Where a finding is, for somebody who has the file open: `E4 (amount)`, `row 7`, `line 3`. `None` for the whole file.
fn spot(finding: &Finding) -> Option<String> {
    let place = &finding.place;
    let spot = match (&place.cell, place.row, place.line) {
        (Some(cell), ..) => cell.clone(),
        (None, Some(row), _) => format!("row {row}"),
        (None, None, Some(line)) => format!("line {line}"),
        (None, None, None) => return place.column.clone().or_else(|| place.pointer.clone()),
    };
    Some(place.column.as_ref().map_or_else(|| spot.clone(), |column| format!("{spot} ({column})")))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::codes::{BLANK_REQUIRED, RAGGED_ROW, SECRET, UNREADABLE};
    use crate::finding::Place;

    #[test]
    fn totals_are_exact_and_what_matters_comes_first() {
        let row = |code, row| Finding::new(code, Place { row: Some(row), ..Place::file("f") }, "m");
        let findings = [
            Finding::new(&RAGGED_ROW, Place::file("f"), "400 more").times(400),
            row(&RAGGED_ROW, 2),
            row(&RAGGED_ROW, 3),
            row(&RAGGED_ROW, 4).severity(Severity::Notice),
            row(&BLANK_REQUIRED, 5),
            row(&SECRET, 6),
            Finding::new(&UNREADABLE, Place::file("f"), "m"),
        ];
        let groups = groups(&findings);
        let shown: Vec<_> = groups.iter().map(|group| (group.code.id, group.total, group.listed.len())).collect();
        let expected = [
            ("unreadable", 1, 1),
            ("secret", 1, 1),
            ("ragged_row", 402, 2),
            ("blank_required", 1, 1),
            ("ragged_row", 1, 1),
        ];
        assert_eq!(shown, expected);
    }

    #[test]
    fn a_place_is_named_for_whoever_has_the_file_open() {
        let place = Place { row: Some(4), line: Some(9), column: Some("amount".to_owned()), ..Place::file("f") };
        let spot = |place| spot(&Finding::new(&RAGGED_ROW, place, "m"));
        assert_eq!(spot(Place { cell: Some("E4".to_owned()), ..place.clone() }).unwrap(), "E4 (amount)");
        assert_eq!(spot(place).unwrap(), "row 4 (amount)");
        assert_eq!(spot(Place::file("f").at(3, 1)).unwrap(), "line 3");
        assert_eq!(spot(Place::file("f")), None);
    }
}
