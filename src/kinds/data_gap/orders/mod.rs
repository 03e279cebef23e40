//! An order export: checked cell by cell against the contract of ten columns, its orders compared with one another,
//! and its revenue recognised when nothing in it needs a person.
//!
//! Invariants: no column is guessed and no value is filled in; whatever is normalised is said; what may be personal is
//! located and not repeated; without an accepted file there is no figure.

use std::borrow::Cow;
use std::collections::BTreeSet;

use jiff::civil::{Date, date};
use jiff::tz::TimeZone;

use crate::check::schema::TableSchema;
use crate::check::upload::{Counts, Discretion, Head, Rows, Upload, Verdict, Window, refuse_other_sheets};
use crate::codes::{self as core, Code};
use crate::finding::{self, Finding, Place, Severity};
use crate::kinds::data_gap::decisions::Decisions;
use crate::kinds::data_gap::orders::classify::{Classified, Sums};
use crate::kinds::data_gap::orders::contract::{FIELDS, Field};
use crate::kinds::data_gap::orders::date::Zone;
use crate::kinds::data_gap::orders::header::Header;
use crate::kinds::data_gap::orders::ledger::{Entry, Ledger};
use crate::kinds::data_gap::orders::settlement::Settlement;
use crate::kinds::data_gap::orders::status::Status;
use crate::kinds::data_gap::orders::text::{Wrong, fold};
use crate::kinds::data_gap::orders::totals::Totals;
use crate::limits::{self, Limit};
use crate::read::stream::{self, Crew, Fold, Source};
use crate::read::table::{Capped, Cell, Content, Fault, Format, Row, Value, cell_name, cell_position};

mod amount;
pub(super) mod beside;
pub(super) mod classify;
pub(super) mod codes;
pub(super) mod compare;
pub(super) mod contract;
mod date;
pub(super) mod form;
mod header;
mod identifier;
pub(super) mod ledger;
pub(super) mod payout;
mod personal;
mod repeated;
pub(super) mod settlement;
pub(super) mod status;
mod stranger;
mod text;
mod totals;

/// The days that orders are asked for unless a pack or the caller says otherwise: 12 to 21 May 2026 in Taipei.
pub(super) fn default_window() -> Window {
    let zone_name = "Asia/Taipei";
    let zone = TimeZone::get(zone_name).unwrap_or(TimeZone::UTC);
    Window { from: date(2026, 5, 12), to: date(2026, 5, 21), zone, zone_name: zone_name.to_owned() }
}

/// The ten columns as a table schema.
pub(super) fn schema() -> &'static TableSchema {
    &contract::SCHEMA
}

/// What may be repeated of the cells of an order export.
pub(super) const DISCRETION: Discretion =
    Discretion { may_be_shown: personal::may_be_shown, may_be_returned: personal::may_be_returned };

/// What else is known when an export is checked.
#[derive(Clone, Copy, Debug)]
pub(super) struct Evidence<'a> {
    /// The days that it is asked for.
    pub window: &'a Window,
    /// What people decided.
    pub decisions: &'a Decisions,
    /// What the payment gateway says.
    pub settlement: Option<&'a Settlement>,
    /// The day of the run, in the time zone of the window.
    pub today: Option<Date>,
    /// Of one code so many findings are listed with their places.
    pub listed: Limit,
}

impl<'a> Evidence<'a> {
    /// Decisions, and nothing else.
    pub(super) fn alone(window: &'a Window, decisions: &'a Decisions) -> Self {
        Self { window, decisions, settlement: None, today: None, listed: limits::FINDINGS_PER_CODE }
    }
}

/// An export and, when its rows could be read, its orders and what became of each.
#[derive(Debug)]
pub(super) struct Examined {
    /// The answer about the file.
    pub upload: Upload,
    /// `None` when it was refused.
    pub orders: Option<(Ledger, Classified)>,
}

impl Examined {
    fn refused(missing_fields: Vec<&'static str>) -> Self {
        Self { upload: Upload::refused(missing_fields, Vec::new()), orders: None }
    }
}

/// Checks an order export against everything that is known.
pub(super) fn examine(path: &str, source: &mut dyn Source, crew: Crew, evidence: &Evidence<'_>) -> Examined {
    let mut findings = Vec::new();
    let mut capped = Capped::within(path, &mut findings, evidence.listed);
    let zone = Zone::new(&evidence.window.zone, evidence.window.from);
    let read = stream::read(path, source, crew, &mut capped, &|_| Intake::new(path, evidence, zone));
    let mut examined = match read {
        Some((_, intake)) => intake.finish(&mut capped),
        None => Examined::refused(Vec::new()),
    };
    capped.finish();
    if let Some(head) = &examined.upload.head {
        judge_cells(&mut findings, head);
    }
    if refuse_other_sheets(&mut findings) {
        let head = examined.upload.head.take();
        examined = Examined::refused(Vec::new());
        examined.upload.head = head;
    }
    let upload = &mut examined.upload;
    if upload.verdict == Verdict::Accepted && finding::count(&findings, Severity::Error) > 0 {
        upload.verdict = Verdict::Partial;
    }
    if upload.verdict != Verdict::Accepted {
        upload.recognised_revenue = None;
    }
    finding::sort(&mut findings);
    upload.findings = findings;
    examined
}

/// What the reader of a workbook found knows its cell and not its column. A formula whose value changes by itself is an
/// error in a column of the contract.
fn judge_cells(findings: &mut [Finding], head: &Head) {
    let mut has_unstable = false;
    for finding in findings.iter_mut().filter(|finding| finding.place.column.is_none()) {
        let Some((column, row)) = finding.place.cell.as_deref().and_then(cell_position) else { continue };
        let Some(field) = head.field(column).filter(|_| row > head.row) else { continue };
        finding.place.column = Some(field.to_owned());
        if finding.code == &core::UNSTABLE_FORMULA {
            has_unstable = true;
            finding.code = &codes::FORMULA;
            finding.severity = Severity::Error;
            finding.message = format!("{field} is a formula that depends on the day, on chance or on another workbook");
        }
    }
    // Those whose places were not kept.
    let rest = |finding: &&mut Finding| has_unstable && finding.code == &core::UNSTABLE_FORMULA && finding.times > 1;
    for finding in findings.iter_mut().filter(rest) {
        finding.code = &codes::FORMULA;
        finding.severity = Severity::Error;
    }
}

/// Takes the rows of a file one by one.
struct Intake<'a> {
    path: &'a str,
    window: &'a Window,
    zone: Zone<'a>,
    evidence: &'a Evidence<'a>,
    header: Option<Header>,
    /// The row that has most of the names, while none has them all.
    nearest: Option<Header>,
    /// What stands above the header and looks personal.
    above: Vec<Finding>,
    /// Whether the file holds objects and not rows.
    objects: bool,
    ledger: Ledger,
    totals: Totals,
    counts: Counts,
    /// The last row that is no blank one, when it is too short: the file may be cut off there. The outer `None` before
    /// any such row.
    #[expect(clippy::option_option, reason = "no row at all and a whole row are different things")]
    short: Option<Option<u32>>,
    /// Identifiers of 16 digits that end with 0, and columns that show that none was replaced.
    doubtful: Vec<(Field, usize, Place)>,
    witnesses: [bool; FIELDS],
    /// How long the identifiers of each column are that are digits alone.
    lengths: [identifier::Lengths; FIELDS],
    naive: u64,
    with_offset: u64,
    date_cells: Tally,
    numeric_ids: Tally,
    free_orders: Tally,
    /// Decisions about single rows that mattered.
    decided: BTreeSet<Place>,
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

/// What the cells of a row say.
struct Cells<'a> {
    texts: [Cow<'a, str>; FIELDS],
    usable: [bool; FIELDS],
    is_clean: bool,
}

impl Fold for Intake<'_> {
    fn row(&mut self, row: &Row<'_>, findings: &mut Capped<'_>) {
        let cells = match row.content {
            Content::Cells(cells) => cells,
            Content::Object(_) => {
                self.objects = true;
                return;
            }
            // Its finding has been made; it is a row all the same.
            Content::Broken => {
                self.counts.rows += u64::from(self.header.is_some());
                return;
            }
        };
        if cells.iter().all(|cell| cell.value.is_blank()) {
            return;
        }
        let Some(header) = self.header.take() else {
            self.above_header(row, cells);
            return;
        };
        self.short = Some(None);
        if header.is_ambiguous() {
            // Refused for its header; nothing more is said about its rows.
        } else if header.is_repeated_by(cells) {
            let message = "is a header again, left out";
            findings.add(&core::REPEATED_HEADER, || Finding::new(&core::REPEATED_HEADER, row.place(), message));
        } else if totals::is_totals(cells) {
            look_for_personal(&header, row, cells, &mut |finding| findings.add(finding.code, || finding));
            let amount = header.columns[Field::Amount as usize];
            self.totals.row(row, cells, amount);
        } else {
            self.order(&header, row, cells, findings);
        }
        self.header = Some(header);
    }

    fn fork(&self) -> Option<Self> {
        let header = Some(self.header.clone()?);
        Some(Self { header, ..Self::new(self.path, self.evidence, self.zone) })
    }

    fn join(&mut self, below: Self, _: &mut Capped<'_>) {
        let orders = self.ledger.orders.len();
        self.ledger.append(below.ledger);
        self.totals.append(below.totals);
        self.counts.rows += below.counts.rows;
        self.counts.paid += below.counts.paid;
        self.counts.pending += below.counts.pending;
        self.counts.refunded += below.counts.refunded;
        self.short = below.short.or(self.short);
        self.doubtful.extend(below.doubtful.into_iter().map(|(field, index, place)| (field, orders + index, place)));
        for (here, below) in self.witnesses.iter_mut().zip(below.witnesses) {
            *here |= below;
        }
        for (here, below) in self.lengths.iter_mut().zip(below.lengths) {
            here.join(below);
        }
        self.naive += below.naive;
        self.with_offset += below.with_offset;
        self.date_cells.join(below.date_cells);
        self.numeric_ids.join(below.numeric_ids);
        self.free_orders.join(below.free_orders);
        self.decided.extend(below.decided);
    }
}

impl<'a> Intake<'a> {
    fn new(path: &'a str, evidence: &'a Evidence<'a>, zone: Zone<'a>) -> Self {
        Self {
            path,
            window: evidence.window,
            zone,
            evidence,
            header: None,
            nearest: None,
            above: Vec::new(),
            objects: false,
            ledger: Ledger::new(path),
            totals: Totals::default(),
            counts: Counts::default(),
            short: None,
            doubtful: Vec::new(),
            witnesses: [false; FIELDS],
            lengths: Default::default(),
            naive: 0,
            with_offset: 0,
            date_cells: Tally::default(),
            numeric_ids: Tally::default(),
            free_orders: Tally::default(),
            decided: BTreeSet::new(),
        }
    }

    fn above_header(&mut self, row: &Row<'_>, cells: &[Cell<'_>]) {
        if row.number > header::ROWS {
            return;
        }
        let header = Header::read(row, cells);
        look_for_personal(&header, row, cells, &mut |finding| self.above.push(finding));
        if header.is_complete() {
            self.header = Some(header);
        } else if self.nearest.as_ref().is_none_or(|nearest| nearest.known() < header.known()) {
            self.nearest = Some(header);
        }
    }

    fn order(&mut self, header: &Header, row: &Row<'_>, cells: &[Cell<'_>], findings: &mut Capped<'_>) {
        self.counts.rows += 1;
        let mut is_clean = true;
        look_for_personal(header, row, cells, &mut |finding| {
            is_clean = false;
            findings.add(finding.code, || finding);
        });
        if self.is_ragged(header, row, cells, findings) {
            self.totals.unknown();
            return;
        }
        let mut read = Cells { texts: [const { Cow::Borrowed("") }; FIELDS], usable: [false; FIELDS], is_clean };
        let mut values = [Value::Blank; FIELDS];
        for cell in cells {
            if let Some(field) = header.field(cell.column) {
                values[field as usize] = cell.value;
            }
        }
        let mut reader = RowReader { header, row, values: &values, findings };
        let status = reader.status(values[Field::PaymentStatus as usize], &mut read);
        let amount = self.amount(&mut reader, values[Field::Amount as usize], status, &mut read);
        let at = self.moment(&mut reader, values[Field::CreatedAt as usize], &mut read);
        for field in Field::ALL {
            if !matches!(field, Field::Amount | Field::CreatedAt | Field::PaymentStatus) {
                self.text(&mut reader, field, values[field as usize], &mut read);
            }
        }
        for field in Field::ALL {
            let is_blank = values[field as usize].is_blank();
            if is_blank && !field.may_be_blank(status, amount) {
                reader.wrong(field, &mut read, blank(status));
            }
        }
        let in_window = at.is_some_and(|at| (self.window.from..=self.window.to).contains(&at.date()));
        if at.is_some() && !in_window {
            let message =
                format!("is outside the window {} to {} ({})", self.window.from, self.window.to, self.window.zone_name);
            let wrong =
                Wrong::new(&codes::OUT_OF_WINDOW, message, "leave out orders of other days, or ask with --window");
            reader.wrong(Field::CreatedAt, &mut read, wrong);
        }
        if status == Some(Status::Paid) && status::contradicts_paid(&read.texts[Field::OwnerNote as usize]) {
            self.note(&mut reader, &mut read);
        }
        match status {
            Some(Status::Paid) => self.counts.paid += 1,
            Some(Status::Pending) => self.counts.pending += 1,
            Some(Status::Refunded | Status::PartialRefund) => self.counts.refunded += 1,
            Some(Status::Failed) | None => {}
        }
        let Cells { texts, usable, is_clean } = &read;
        let cells = texts.each_ref().map(|text| &**text);
        let entry = Entry { status, amount, at, in_window, is_clean: *is_clean, cells, usable: *usable };
        let spot = self.ledger.spot(row);
        self.ledger.push(spot, &entry);
    }

    /// A note that contradicts the status keeps the order from being recognised, unless a person decided otherwise.
    fn note(&mut self, reader: &mut RowReader<'_, '_, '_, '_>, read: &mut Cells<'_>) {
        let code = &codes::NOTE_CONFLICT;
        if let Some(decision) = self.evidence.decisions.of(&read.texts[Field::OrderId as usize], code.id) {
            let (by, evidence) = (&decision.by, &decision.evidence);
            self.decided.insert(decision.place.clone());
            read.is_clean &= decision.keep;
            let word = if decision.keep { "counts although" } else { "is left out as" };
            return reader.notice(Field::OwnerNote, &codes::DECIDED, || {
                format!("{word} `{}`: {by} decided, by {evidence}", code.id)
            });
        }
        let message = "speaks of a refund or of money that did not come, and the status says paid";
        reader.wrong(Field::OwnerNote, read, Wrong::new(code, message, "correct the status or the note"));
    }

    /// Whether the cells of a row do not stand under their columns. Blank cells beyond the header are harmless.
    fn is_ragged(&mut self, header: &Header, row: &Row<'_>, cells: &[Cell<'_>], findings: &mut Capped<'_>) -> bool {
        if row.format != Format::Csv {
            return false;
        }
        let found = cells.len();
        let expected = header.width as usize;
        let beyond = cells.get(header.cells as usize..).unwrap_or_default();
        if found >= expected && beyond.iter().all(|cell| cell.value.is_blank()) {
            return false;
        }
        if found < expected {
            self.short = Some(Some(row.number));
        }
        findings.add(&core::RAGGED_ROW, || {
            let hint = if found < expected {
                "complete the row; cells without content need their commas too"
            } else {
                "put cells with a comma, such as \"28,000\", into quotes"
            };
            let message = format!("has {found} cells, expected {expected}");
            Finding::new(&core::RAGGED_ROW, row.place(), message).hint(hint)
        });
        true
    }

    fn amount(
        &mut self,
        reader: &mut RowReader<'_, '_, '_, '_>,
        value: Value<'_>,
        status: Option<Status>,
        read: &mut Cells<'_>,
    ) -> Option<i64> {
        let written = match value {
            Value::Blank => None,
            Value::Text(text) if value.is_blank() || reader.is_error(Field::Amount, text, read) => None,
            Value::Text(text) => Some(amount::of_text(text)),
            Value::Number(number) => Some(amount::of_number(number)),
            other => {
                reader.unusable(Field::Amount, other, read);
                None
            }
        };
        let signed = written.as_ref().and_then(|written| written.as_ref().ok()).map(|amount| amount.twd);
        self.totals.order(signed, status);
        match written?.and_then(|written| amount::with_status(written, status)) {
            Ok(amount) => {
                if amount.normalised {
                    reader.notice(Field::Amount, &codes::AMOUNT_NORMALISED, || format!("was read as {}", amount.twd));
                }
                if amount.twd == 0 && status == Some(Status::Paid) {
                    self.free_orders.add(|| reader.place(Field::Amount));
                }
                Some(amount.twd)
            }
            Err(wrong) => {
                reader.wrong(Field::Amount, read, wrong);
                None
            }
        }
    }

    fn moment(
        &mut self,
        reader: &mut RowReader<'_, '_, '_, '_>,
        value: Value<'_>,
        read: &mut Cells<'_>,
    ) -> Option<jiff::civil::DateTime> {
        let text = match value {
            Value::Blank => return None,
            Value::Text(text) if value.is_blank() || reader.is_error(Field::CreatedAt, text, read) => return None,
            Value::Text(text) | Value::Number(text) => text,
            Value::Moment(text) => {
                self.date_cells.add(|| reader.place(Field::CreatedAt));
                text
            }
            other => {
                reader.unusable(Field::CreatedAt, other, read);
                return None;
            }
        };
        match date::read(text, &self.zone) {
            Ok(moment) => {
                let count = if moment.has_offset { &mut self.with_offset } else { &mut self.naive };
                *count += 1;
                if moment.normalised || !moment.has_time {
                    reader.notice(Field::CreatedAt, &codes::DATE_NORMALISED, || format!("was read as {}", moment.at));
                }
                Some(moment.at)
            }
            Err(wrong) => {
                reader.wrong(Field::CreatedAt, read, wrong);
                None
            }
        }
    }

    /// Reads a key, a code or a note.
    fn text<'v>(
        &mut self,
        reader: &mut RowReader<'_, '_, '_, '_>,
        field: Field,
        value: Value<'v>,
        read: &mut Cells<'v>,
    ) {
        let at = field as usize;
        let result = match value {
            _ if value.is_blank() => return,
            Value::Text(text) if field == Field::OwnerNote => {
                read.texts[at] = Cow::Borrowed(text);
                return;
            }
            Value::Text(text) if identifier::is_plain(text) => {
                read.texts[at] = Cow::Borrowed(text);
                Ok(())
            }
            Value::Text(text) if reader.is_error(field, text, read) => return,
            Value::Text(text) => {
                let folded = fold(text);
                if folded != text {
                    reader.notice(field, &codes::ID_NORMALISED, || {
                        "was read without spaces, invisible characters or full-width forms".to_owned()
                    });
                }
                read.texts[at] = folded;
                if field.is_key() { identifier::of_text(&read.texts[at]) } else { Ok(()) }
            }
            Value::Number(number) if field.is_key() => identifier::of_number(number).map(|digits| {
                self.numeric_ids.add(|| reader.place(field));
                read.texts[at] = Cow::Owned(digits);
            }),
            Value::Number(text) => {
                read.texts[at] = Cow::Borrowed(text);
                Ok(())
            }
            Value::Moment(text) if field == Field::OwnerNote => {
                read.texts[at] = Cow::Borrowed(text);
                Ok(())
            }
            Value::Moment(_) => Err(identifier::of_moment()),
            other => {
                reader.unusable(field, other, read);
                return;
            }
        };
        let id = &read.texts[at];
        let result =
            result.and_then(|()| if field == Field::CustomerKey { identifier::customer_key(id) } else { Ok(()) });
        if let Err(wrong) = result {
            // The privacy scan has said it already.
            if wrong.code == &codes::PII && personal::look(id).is_some() {
                read.is_clean = false;
            } else {
                reader.wrong(field, read, wrong);
            }
            return;
        }
        if field.is_key() {
            if identifier::is_doubtful(id) {
                self.doubtful.push((field, self.ledger.orders.len(), reader.place(field)));
            }
            self.witnesses[at] |= identifier::is_witness(id);
            self.lengths[at].add(id, || reader.place(field));
            if text::is_nothing(id) {
                reader.wrong(
                    field,
                    read,
                    Wrong::new(
                        &core::BLANK_REQUIRED,
                        "holds a word that stands for nothing",
                        "fill it in, or leave it blank where that is allowed",
                    ),
                );
                return;
            }
        }
        read.usable[at] = true;
    }

    fn finish(mut self, findings: &mut Capped<'_>) -> Examined {
        let head = self.header.as_ref().or(self.nearest.as_ref()).map(Header::head);
        let refused = |missing, findings: &mut Capped<'_>, more: Vec<Finding>| {
            findings.once().extend(more);
            let mut examined = Examined::refused(missing);
            examined.upload.head.clone_from(&head);
            examined
        };
        if self.objects {
            let hint = "export the orders as CSV or XLSX, with the ten columns in the header";
            let finding =
                Finding::new(&crate::codes::WRONG_FILE, Place::file(self.path), "is a JSON file, expected CSV or XLSX");
            return refused(Vec::new(), findings, vec![finding.hint(hint)]);
        }
        let Some(header) = self.header.take() else {
            let Some(nearest) = self.nearest.take() else {
                let missing = Field::ALL.map(Field::name).to_vec();
                let message = format!("has no header in its first {} rows", header::ROWS);
                let hint = format!("the header names the ten columns: {}", missing.join(", "));
                let finding = Finding::new(&core::MISSING_COLUMN, Place::file(self.path), message).hint(hint);
                return refused(missing, findings, vec![finding]);
            };
            return refused(nearest.missing(), findings, nearest.faults());
        };
        let faults = header.faults();
        if !faults.is_empty() {
            return refused(Vec::new(), findings, faults);
        }
        if self.counts.rows == 0 {
            let finding = Finding::new(&codes::NO_ROWS, header.place.clone(), "has a header and no orders");
            let hint = "check the filter of the export, or say that there were no orders";
            return refused(Vec::new(), findings, vec![finding.hint(hint)]);
        }
        findings.once().append(&mut self.above);
        findings.once().extend(header.notices());
        self.doubts(findings);
        self.lost_zeros(findings);
        self.totals.check(findings);
        let mut classified = classify::classify(&self.ledger, self.evidence, findings);
        classified.decided.append(&mut self.decided);
        self.notices(findings);
        let sums = classified.sums;
        let counts = Counts { duplicate: sums.duplicate, ..self.counts };
        let Sums { gross_paid, recognised, refunded, blocked, .. } = sums;
        let adds_up = gross_paid == recognised + refunded + blocked;
        let upload = Upload {
            holds: Rows::Orders,
            verdict: Verdict::Accepted,
            head,
            missing_fields: Vec::new(),
            counts: Some(counts),
            recognised_revenue: adds_up.then_some(recognised),
            matching: None,
            findings: Vec::new(),
        };
        Examined { upload, orders: Some((self.ledger, classified)) }
    }

    /// Identifiers of 16 digits that end with 0, in columns where nothing speaks against a replaced digit.
    fn doubts(&mut self, findings: &mut Capped<'_>) {
        for (field, index, place) in std::mem::take(&mut self.doubtful) {
            if self.witnesses[field as usize] {
                continue;
            }
            if let Some(order) = self.ledger.orders.get_mut(index) {
                order.doubt(field);
            }
            let message = format!(
                "{} has 16 digits and ends with 0, as every such one in the column: a spreadsheet program keeps only 15",
                field.name()
            );
            findings.add(&codes::MANGLED_ID, || {
                Finding::new(&codes::MANGLED_ID, place, message)
                    .hint("export the column as text, from the system and not from a file that Excel saved again")
            });
        }
    }

    /// Identifiers that are shorter than those beside them that begin with zeros.
    fn lost_zeros(&mut self, findings: &mut Capped<'_>) {
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

    fn notices(&mut self, findings: &mut Capped<'_>) {
        let take = std::mem::take::<Tally>;
        if self.naive > 0 {
            let mixed = if self.with_offset > 0 {
                format!("; {} others name their offset and were converted", self.with_offset)
            } else {
                String::new()
            };
            let message =
                format!("{} times without an offset were read as {}{mixed}", self.naive, self.window.zone_name);
            let place = Place { column: Some(Field::CreatedAt.name().to_owned()), ..Place::file(self.path) };
            findings.once().push(Finding::new(&codes::TIME_ZONE, place, message));
        }
        let tallies = [
            take(&mut self.date_cells).finding(&codes::DATE_SERIAL, "dates are date cells of the workbook"),
            take(&mut self.numeric_ids).finding(
                &codes::NUMERIC_ID,
                "identifiers are number cells: whether leading zeros were lost cannot be checked",
            ),
            take(&mut self.free_orders).finding(&codes::FREE_ORDER, "paid orders of 0 are free orders"),
        ];
        findings.once().extend(tallies.into_iter().flatten());
        if let Some(Some(row)) = self.short {
            let place = Place { row: Some(row), ..Place::file(self.path) };
            let message = "the last row is too short: the file looks cut off";
            findings.once().push(Finding::new(&core::RAGGED_ROW, place, message).hint("export and send it again"));
        }
    }
}

/// What is missing in a blank cell.
fn blank(status: Option<Status>) -> Wrong {
    let message = match status {
        Some(Status::Paid) => "is blank in a paid row",
        _ => "is blank",
    };
    Wrong::new(&core::BLANK_REQUIRED, message, "fill it in; nothing is filled in by guessing")
}

/// Personal data and credentials in the cells of a row, also in those that nothing reads.
fn look_for_personal(header: &Header, row: &Row<'_>, cells: &[Cell<'_>], found: &mut dyn FnMut(Finding)) {
    for cell in cells {
        let (Value::Text(text) | Value::Number(text)) = cell.value else { continue };
        let Some((kind, secret)) = personal::look(text) else { continue };
        let (code, sort) = if secret { (&core::SECRET, "a credential") } else { (&codes::PII, "personal data") };
        let column = header.field(cell.column).map(|field| field.name().to_owned());
        let place = Place { column, cell: Some(cell_name(cell.column, row.number)), ..row.place() };
        let message = format!("looks like {sort}: {kind} (not repeated here)");
        found(Finding::new(code, place, message).hint("remove it, or replace it by a keyed hash at the source"));
    }
}

/// Reads the cells of one row.
struct RowReader<'r, 'h, 'f, 'c> {
    header: &'h Header,
    row: &'r Row<'r>,
    /// What stands in the columns of the contract.
    values: &'r [Value<'r>; FIELDS],
    findings: &'f mut Capped<'c>,
}

impl RowReader<'_, '_, '_, '_> {
    fn place(&self, field: Field) -> Place {
        place(self.header, self.row, field)
    }

    #[expect(clippy::needless_pass_by_value, reason = "most callers make it right there")]
    fn wrong(&mut self, field: Field, read: &mut Cells<'_>, wrong: Wrong) {
        read.is_clean = false;
        let (header, row, value) = (self.header, self.row, self.values[field as usize]);
        self.findings.add(wrong.code, || {
            let written = match value {
                Value::Text(text) | Value::Number(text) | Value::Moment(text) => text,
                _ => "",
            };
            let message = format!("{} {}", field.name(), wrong.message_about(written));
            Finding::new(wrong.code, place(header, row, field), message).hint(wrong.hint)
        });
    }

    fn notice(&mut self, field: Field, code: &'static Code, message: impl FnOnce() -> String) {
        let (header, row) = (self.header, self.row);
        self.findings
            .add(code, || Finding::new(code, place(header, row, field), format!("{} {}", field.name(), message())));
    }

    fn status(&mut self, value: Value<'_>, read: &mut Cells<'_>) -> Option<Status> {
        let field = Field::PaymentStatus;
        match value {
            _ if value.is_blank() => None,
            Value::Text(text) if self.is_error(field, text, read) => None,
            Value::Text(text) => match status::read(text) {
                Ok((status, normalised)) => {
                    if normalised {
                        self.notice(field, &codes::STATUS_NORMALISED, || {
                            "was read without regard to case or spaces".to_owned()
                        });
                    }
                    Some(status)
                }
                Err(wrong) => {
                    self.wrong(field, read, wrong);
                    None
                }
            },
            Value::Fault(_) => {
                self.unusable(field, value, read);
                None
            }
            _ => {
                let hint = "use one of: paid, pending, refunded, partial_refund, failed";
                self.wrong(field, read, Wrong::new(&codes::UNKNOWN_STATUS, "is not a word", hint));
                None
            }
        }
    }

    /// Whether a text is the error that a spreadsheet program showed when it was exported.
    fn is_error(&mut self, field: Field, text: &str, read: &mut Cells<'_>) -> bool {
        let folded = fold(text);
        let is_error = text::is_error(&folded);
        if is_error {
            self.wrong(field, read, error_cell());
        }
        is_error
    }

    /// Says why a cell that is neither text, number nor date cannot be used.
    fn unusable(&mut self, field: Field, value: Value<'_>, read: &mut Cells<'_>) {
        let hint = "correct the cell";
        let wrong = match (value, field) {
            (Value::Fault(Fault::Error(_)), _) => error_cell(),
            (Value::Fault(Fault::NoValue), _) => Wrong::new(
                &codes::FORMULA,
                "is a formula without a stored value",
                "open the file in Excel and save it once",
            ),
            (_, Field::Amount) => Wrong::new(&codes::INVALID_AMOUNT, "is a cell that holds no amount", hint),
            (_, Field::CreatedAt) => Wrong::new(&codes::INVALID_DATE, "is a cell that holds no date", hint),
            (_, Field::PaymentStatus) => Wrong::new(&codes::UNKNOWN_STATUS, "is a cell that holds no word", hint),
            _ => Wrong::new(&codes::MANGLED_ID, "is a cell that holds no text", hint),
        };
        self.wrong(field, read, wrong);
    }
}

/// The place of a cell of the contract.
fn place(header: &Header, row: &Row<'_>, field: Field) -> Place {
    let column = header.columns[field as usize].unwrap_or_default();
    Place { column: Some(field.name().to_owned()), ..row.place_of_cell(column) }
}

fn error_cell() -> Wrong {
    Wrong::new(
        &codes::ERROR_CELL,
        "is an error of the spreadsheet program, not a value",
        "mend the formula, or paste the value",
    )
}

#[cfg(test)]
mod tests;
