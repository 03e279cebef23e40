//! The sheet of a workbook that is the table: every sheet is looked at as far as it takes to tell, and what is said of the
//! others.

use std::ops::ControlFlow;

use super::container::Container;
use super::refused::Refused;
use super::sheet::Scan;
use super::workbook::{Sheet, Workbook, named};
use crate::codes;
use crate::finding::{Finding, Place, Severity};
use crate::read::capped::{Capped, FindingCounts};
use crate::read::crew::Crew;
use crate::read::format::Format;
use crate::read::row::{Content, Origin, Row};
use crate::read::sheets::{Choice, Wanted};

/// What was seen in a sheet.
struct Seen<'w> {
    sheet: &'w Sheet,
    /// Rows with content, those up to the header included, as far as it was looked at.
    rows: u64,
    /// Of these: rows below the header. Without a header that is looked for, all of them.
    below: u64,
    /// How many names of the header stand in one of its rows.
    names: usize,
    /// Whether that is all of them. Without a header that is looked for, whether there is content.
    has_header: bool,
    found: Vec<Finding>,
    counts: FindingCounts,
}

impl Seen<'_> {
    fn is_table(&self) -> bool {
        self.has_header && self.below > 0
    }

    fn named(&self) -> String {
        format!("`{}` ({} rows)", self.sheet.name, self.below)
    }
}

/// The sheet that is the table.
pub(super) struct Chosen<'w> {
    /// `None` when no visible one has content.
    pub(super) sheet: Option<&'w Sheet>,
    /// Whether no visible sheet has the header that is looked for.
    is_missed: bool,
}

/// Looks at sheets of one workbook.
struct Looker<'w, 'c, 'b> {
    workbook: &'w Workbook,
    container: &'c mut Container<'b>,
    path: &'w str,
    crew: Crew,
    wanted: Option<Wanted>,
}

/// Finds the sheet that is the table, and says which others were left aside.
pub(super) fn choose<'w>(
    path: &'w str,
    workbook: &'w Workbook,
    container: &mut Container<'_>,
    crew: Crew,
    choice: &Choice,
    findings: &mut Capped<'_>,
) -> Result<Chosen<'w>, Refused> {
    if let ([only], None) = (workbook.sheets.as_slice(), &choice.named)
        && !only.is_hidden
    {
        return Ok(Chosen { sheet: Some(only), is_missed: false });
    }
    let mut looker = Looker { workbook, container, path, crew, wanted: choice.wanted };
    let asked = match &choice.named {
        Some(name) => Some(looker.of_name(name)?),
        None => None,
    };
    let mut visible = Vec::new();
    for sheet in workbook.sheets.iter().filter(|sheet| !sheet.is_hidden) {
        visible.push(looker.look(sheet, false, findings)?);
    }
    let tables: Vec<_> = (0..visible.len()).filter(|at| visible[*at].is_table()).collect();
    let is_missed = tables.is_empty() && !visible.iter().any(|seen| seen.has_header);
    let nearest = || {
        let filled = (0..visible.len()).filter(|at| visible[*at].rows > 0);
        filled.min_by_key(|at| (std::cmp::Reverse(visible[*at].names), *at))
    };
    let chosen = asked.or_else(|| Some(visible[tables.first().copied().or_else(nearest)?].sheet));
    let is_several = asked.is_none() && tables.len() > 1;
    let mut several = Vec::new();
    for (at, mut seen) in visible.into_iter().enumerate() {
        let is_chosen = chosen.is_some_and(|chosen| chosen.part == seen.sheet.part);
        if is_several && tables.contains(&at) {
            // How many rows they have, and nothing else: the first one is read, and none of them counts.
            several.push(looker.look(seen.sheet, true, findings)?.named());
            continue;
        }
        if is_chosen || seen.rows == 0 {
            continue;
        }
        if seen.is_table() {
            seen = looker.look(seen.sheet, true, findings)?;
        }
        let why = if asked.is_some() {
            "another sheet was asked for"
        } else if is_missed {
            "no sheet has the whole header, and another one is nearer to it"
        } else if seen.has_header {
            "it has the header and nothing below it"
        } else {
            "the header stands in another sheet"
        };
        findings.join(seen.found, seen.counts);
        findings.add(&codes::SHEETS, || {
            let message = format!("the sheet was left aside: {why} (rows with content: {})", seen.rows);
            Finding::new(&codes::SHEETS, seen.sheet.place(path), message).severity(Severity::Notice)
        });
    }
    if is_several {
        findings.once().push(several_sheets(path, &several, choice.wanted.is_some()));
    }
    Ok(Chosen { sheet: chosen, is_missed: is_missed && asked.is_none() })
}

/// Says which sheets are hidden. They are looked at last, lest what is in them keep anything else from being read.
pub(super) fn tell_hidden(
    path: &str,
    workbook: &Workbook,
    container: &mut Container<'_>,
    crew: Crew,
    choice: &Choice,
    chosen: &Chosen<'_>,
    findings: &mut Capped<'_>,
) {
    let mut looker = Looker { workbook, container, path, crew, wanted: choice.wanted };
    let is_chosen = |sheet: &Sheet| chosen.sheet.is_some_and(|chosen| chosen.part == sheet.part);
    for sheet in workbook.sheets.iter().filter(|sheet| sheet.is_hidden && !is_chosen(sheet)) {
        looker.hidden(sheet, chosen.is_missed, findings);
    }
}

/// What is said when there is nothing in the sheet that is the table, or no such sheet.
pub(super) fn nothing(path: &str, choice: &Choice) -> Refused {
    let (message, hint) = match choice.named {
        Some(_) => ("has nothing in the sheet that was asked for", "name the sheet that holds the table"),
        None => ("has no visible sheet with content", "show the sheet that holds the table"),
    };
    Finding::new(&codes::EMPTY_FILE, Place::file(path), message).hint(hint).into()
}

/// What is said when several sheets may be the table.
fn several_sheets(path: &str, several: &[String], has_header: bool) -> Finding {
    let and_more = if several.len() > 10 { format!(" and {} more", several.len() - 10) } else { String::new() };
    let listed = several.iter().take(10).map(String::as_str).collect::<Vec<_>>().join(", ") + &and_more;
    if has_header {
        let message =
            format!("the header stands in several sheets: {listed}; which of their rows count is not guessed");
        let hint = "put all rows into one sheet, or say which one counts with --sheet NAME";
        Finding::new(&codes::SEVERAL_SHEETS, Place::file(path), message).hint(hint)
    } else {
        let message = format!("has content in several sheets: {listed}");
        let hint =
            "only the first was read: keep one table in one workbook, or hide the sheets that do not belong to it";
        Finding::new(&codes::SHEETS, Place::file(path), message).hint(hint)
    }
}

impl<'w> Looker<'w, '_, '_> {
    /// The sheet that somebody asked for: of exactly this name, else of one that differs in case alone.
    fn of_name(&self, name: &str) -> Result<&'w Sheet, Refused> {
        let sheets = &self.workbook.sheets;
        let like = |sheet: &&Sheet| sheet.name.to_lowercase() == name.trim().to_lowercase();
        let found = sheets.iter().find(|sheet| sheet.name == name).or_else(|| sheets.iter().find(like));
        found.ok_or_else(|| {
            let names: Vec<_> = sheets.iter().map(|sheet| sheet.name.as_str()).collect();
            let message = "does not have the sheet that was asked for";
            let hint = format!("it has these sheets: {}", named(&names));
            Finding::new(&codes::NO_SHEET, Place::file(self.path), message).hint(hint).into()
        })
    }

    /// Looks at a sheet: to its end, or until it is known to be a table.
    fn look(&mut self, sheet: &'w Sheet, to_the_end: bool, findings: &Capped<'_>) -> Result<Seen<'w>, Refused> {
        let (path, wanted) = (self.path, self.wanted);
        let mut seen = Seen {
            sheet,
            rows: 0,
            below: 0,
            names: 0,
            has_header: false,
            found: Vec::new(),
            counts: FindingCounts::default(),
        };
        let mut found = Vec::new();
        let mut said = Capped::within(path, &mut found, findings.limit);
        // What the scan itself notices is said when a sheet is read.
        let mut unsaid = Vec::new();
        let mut unsaid = Capped::new(path, &mut unsaid);
        let mut scan = Scan::new(self.workbook, path, &sheet.name);
        scan.rows(self.container, &sheet.part, self.crew, &mut unsaid, &mut |number, cells, _| {
            seen.rows += 1;
            seen.below += u64::from(wanted.is_none() || seen.has_header);
            if let Some(wanted) = wanted {
                let origin = Origin::Sheet { path, sheet: &sheet.name };
                let row = Row { format: Format::Xlsx, number, content: Content::Cells(cells), origin };
                seen.names = seen.names.max((wanted.look)(&row, &mut said));
            }
            seen.has_header = wanted.is_none_or(|wanted| seen.names >= wanted.names);
            if seen.is_table() && !to_the_end { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
        })?;
        seen.counts = said.into_counts();
        seen.found = found;
        Ok(seen)
    }

    /// Says that a sheet is hidden, and what it is about. It is looked at when there is a header to look for; what cannot be read
    /// of it keeps nothing else from being read.
    fn hidden(&mut self, sheet: &'w Sheet, is_missed: bool, findings: &mut Capped<'_>) {
        let seen = self.wanted.map(|_| self.look(sheet, true, findings));
        let message = match &seen {
            None => "the sheet is hidden and was not read".to_owned(),
            Some(Err(_)) => "the sheet is hidden, was not read, and could not be looked at to its end".to_owned(),
            Some(Ok(seen)) if seen.is_table() => {
                format!(
                    "the sheet is hidden and was not read, although it has the header (rows below it: {})",
                    seen.below
                )
            }
            Some(Ok(seen)) => format!("the sheet is hidden and was not read (rows with content: {})", seen.rows),
        };
        let place = sheet.place(self.path);
        let seen = seen.and_then(Result::ok);
        let is_sought = is_missed && seen.as_ref().is_some_and(Seen::is_table);
        findings.add(&codes::HIDDEN_SHEET, || {
            let finding = Finding::new(&codes::HIDDEN_SHEET, place, message);
            if is_sought {
                finding.severity(Severity::Warning).hint("show the sheet, or say that it counts with --sheet NAME")
            } else {
                finding
            }
        });
        // It blocks no row, for none of it is read.
        if let Some(mut seen) = seen
            && !seen.found.is_empty()
        {
            let first = seen.found.swap_remove(0);
            let count: u64 = seen.counts.total();
            let message =
                format!("{}; in a hidden sheet that was not read (first here, {count} in all)", first.message);
            let finding = Finding::new(first.code, first.place, message).severity(Severity::Warning);
            findings.once().push(finding.hint("send the file without the hidden sheet"));
        }
    }
}
