//! What is noticed of whole columns while rows come in, in parts that are joined, and said once for the file.

use crate::finding::{Code, Finding, Place, Severity};
use crate::kinds::data_gap::orders::codes;
use crate::kinds::data_gap::orders::contract::{FIELDS, Field};
use crate::kinds::data_gap::orders::date::Moment;
use crate::kinds::data_gap::orders::identifier::{self, Lengths};
use crate::kinds::data_gap::orders::status::Status;
use crate::limits::FINDINGS_PER_CODE;
use crate::read::capped::Capped;

/// What is noticed.
#[derive(Default)]
pub(super) struct Noticed {
    doubts: Doubts,
    /// How long the identifiers of each column are that are digits alone.
    lengths: [Lengths; FIELDS],
    naive: u64,
    with_offset: u64,
    date_cells: Tally,
    numeric_ids: Tally,
    free_orders: Tally,
}

impl Noticed {
    /// Takes over what was noticed further below.
    pub(super) fn append(&mut self, below: Self) {
        self.doubts.append(below.doubts);
        for (here, below) in self.lengths.iter_mut().zip(below.lengths) {
            here.join(below);
        }
        self.naive += below.naive;
        self.with_offset += below.with_offset;
        self.date_cells.join(below.date_cells);
        self.numeric_ids.join(below.numeric_ids);
        self.free_orders.join(below.free_orders);
    }

    /// Looks at an amount that could be read.
    pub(super) fn amount(&mut self, amount: i64, status: Option<Status>, place: impl FnOnce() -> Place) {
        if amount == 0 && status == Some(Status::Paid) {
            self.free_orders.add(place);
        }
    }

    /// Looks at a moment that could be read.
    pub(super) fn moment(&mut self, moment: Moment) {
        let count = if moment.has_offset { &mut self.with_offset } else { &mut self.naive };
        *count += 1;
    }

    /// Looks at a moment that stands in a date cell.
    pub(super) fn date_cell(&mut self, place: impl FnOnce() -> Place) {
        self.date_cells.add(place);
    }

    /// Looks at an identifier that stands in a number cell.
    pub(super) fn numeric_id(&mut self, place: impl FnOnce() -> Place) {
        self.numeric_ids.add(place);
    }

    /// Looks at a folded identifier. Whether it is a doubtful one.
    pub(super) fn identifier(&mut self, field: Field, id: &str, place: impl Fn() -> Place) -> bool {
        let is_doubtful = identifier::is_doubtful(id);
        if is_doubtful {
            self.doubts.add(field, &place);
        }
        self.doubts.witnesses[field as usize] |= identifier::is_witness(id);
        self.lengths[field as usize].add(id, place);
        is_doubtful
    }

    /// Says which identifiers are damaged as far as nothing speaks against it. Returns their columns.
    pub(super) fn damaged(&mut self, findings: &mut Capped<'_>) -> Vec<Field> {
        let damaged = self.doubts.damaged();
        for (field, place) in std::mem::take(&mut self.doubts.places) {
            if !damaged.contains(&field) {
                continue;
            }
            self.doubts.counts[field as usize] -= 1;
            let message = format!(
                "{} has 16 digits and ends with 0, as every such one in the column: a spreadsheet program keeps only 15",
                field.name()
            );
            findings.add(&codes::MANGLED_ID, || {
                Finding::new(&codes::MANGLED_ID, place, message)
                    .hint("export the column as text, from the system and not from a file that Excel saved again")
            });
        }
        let unlisted = damaged.iter().map(|field| self.doubts.counts[*field as usize]).sum();
        if unlisted > 0 {
            findings.count(&codes::MANGLED_ID, unlisted);
        }
        damaged
    }

    /// Identifiers that are shorter than those beside them that begin with zeros.
    pub(super) fn lost_zeros(&mut self, findings: &mut Capped<'_>) {
        for (field, lengths) in Field::ALL.into_iter().zip(std::mem::take(&mut self.lengths)) {
            let Some((count, digits, first)) = lengths.shorter() else { continue };
            let message = format!(
                "{} has fewer digits than those of the column that begin with 0, which have {digits}: leading zeros may \
                 be lost (first here, {count} in all)",
                field.name()
            );
            let finding = Finding::new(&codes::MANGLED_ID, first, message).severity(Severity::Warning);
            findings.once().push(finding.hint("compare with the system, and export the column as text"));
        }
    }

    /// Says what was read as something else, or is worth knowing.
    pub(super) fn say(self, path: &str, zone_name: &str, findings: &mut Capped<'_>) {
        if self.naive > 0 {
            let mixed = if self.with_offset > 0 {
                format!("; {} others name their offset and were converted", self.with_offset)
            } else {
                String::new()
            };
            let message = format!("{} times without an offset were read as {}{mixed}", self.naive, zone_name);
            let place = Place { column: Some(Field::CreatedAt.name().to_owned()), ..Place::file(path) };
            findings.once().push(Finding::new(&codes::TIME_ZONE, place, message));
        }
        let tallies = [
            self.date_cells.finding(&codes::DATE_SERIAL, "dates are date cells of the workbook"),
            self.numeric_ids.finding(
                &codes::NUMERIC_ID,
                "identifiers are number cells: whether leading zeros were lost cannot be checked",
            ),
            self.free_orders.finding(&codes::FREE_ORDER, "paid orders of 0 are free orders"),
        ];
        findings.once().extend(tallies.into_iter().flatten());
    }
}

/// Identifiers of 16 digits that end with 0, and columns that show that none was replaced.
#[derive(Default)]
struct Doubts {
    /// The first ones of each column.
    places: Vec<(Field, Place)>,
    counts: [u64; FIELDS],
    witnesses: [bool; FIELDS],
}

impl Doubts {
    fn add(&mut self, field: Field, place: impl FnOnce() -> Place) {
        let count = &mut self.counts[field as usize];
        if *count < FINDINGS_PER_CODE.value {
            self.places.push((field, place()));
        }
        *count += 1;
    }

    fn append(&mut self, mut below: Self) {
        for (field, place) in below.places {
            self.add(field, || place);
            below.counts[field as usize] -= 1;
        }
        for field in 0..FIELDS {
            self.counts[field] += below.counts[field];
            self.witnesses[field] |= below.witnesses[field];
        }
    }

    /// The columns in which nothing speaks against a replaced digit.
    fn damaged(&self) -> Vec<Field> {
        let is_damaged = |field: &Field| self.counts[*field as usize] > 0 && !self.witnesses[*field as usize];
        Field::ALL.into_iter().filter(is_damaged).collect()
    }
}

/// How often something was seen, and where first.
#[derive(Default)]
struct Tally {
    count: u64,
    first: Option<Place>,
}

impl Tally {
    fn add(&mut self, place: impl FnOnce() -> Place) {
        self.count += 1;
        self.first.get_or_insert_with(place);
    }

    /// Adds what was seen further below.
    fn join(&mut self, below: Self) {
        self.count += below.count;
        self.first = self.first.take().or(below.first);
    }

    fn finding(self, code: &'static Code, message: &str) -> Option<Finding> {
        let first = self.first?;
        Some(Finding::new(code, first, format!("{message} (first here, {} in all)", self.count)))
    }
}
