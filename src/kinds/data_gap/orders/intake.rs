//! The rows of an order export, taken one by one: what each says, what is wrong with it, and what is kept of it.

use std::borrow::Cow;
use std::collections::BTreeSet;
use std::io::SeekFrom;
use std::sync::Arc;

use crate::check::upload::{Counts, Rows, Upload, Verdict, Window};
use crate::codes as core;
use crate::finding::{Finding, Place};
use crate::kinds::data_gap::decisions::Decisions;
use crate::kinds::data_gap::orders::classify::Sums;
use crate::kinds::data_gap::orders::contract::{FIELDS, Field};
use crate::kinds::data_gap::orders::date::{Moment, Zone};
use crate::kinds::data_gap::orders::evidence::Evidence;
use crate::kinds::data_gap::orders::examined::Examined;
use crate::kinds::data_gap::orders::familiar::Familiar;
use crate::kinds::data_gap::orders::header::Header;
use crate::kinds::data_gap::orders::keys::{Fingerprint, Key, Print, Prints};
use crate::kinds::data_gap::orders::ledger::{Entry, Ledger};
use crate::kinds::data_gap::orders::noticed::Noticed;
use crate::kinds::data_gap::orders::paid::Paid;
use crate::kinds::data_gap::orders::plain::Plain;
use crate::kinds::data_gap::orders::row::{Cells, RowReader, look_for_personal, refuse_bare_hash};
use crate::kinds::data_gap::orders::status::Status;
use crate::kinds::data_gap::orders::totals::Totals;
use crate::kinds::data_gap::orders::wrong::Wrong;
use crate::kinds::data_gap::orders::{classify, codes, header, keys, row, status, totals};
use crate::read::capped::Capped;
use crate::read::crew::Crew;
use crate::read::format::Format;
use crate::read::row::{Cell, Content, Row, Value};
use crate::read::row_set::RowSet;
use crate::read::sheets::{Choice, Wanted};
use crate::read::stream::{self, Fold, Source};

/// What is kept of the rows.
#[derive(Clone, Copy)]
pub(super) enum Look<'a> {
    /// Every order, with its texts.
    Only,
    /// Of a text table only what tells which rows have to be looked at again. A workbook is limited in its rows, and
    /// unpacking it again takes longer than all else.
    First,
    /// These orders, with their texts. What is wrong with them has been said.
    Second(&'a RowSet),
}

/// Takes the rows of a file one by one.
pub(super) struct Intake<'a> {
    path: &'a str,
    window: &'a Window,
    zone: Zone<'a>,
    evidence: &'a Evidence<'a>,
    look: Look<'a>,
    /// Shared, because it is taken out and put back for every row.
    header: Option<Arc<Header>>,
    /// The row that has most of the names, while none has them all.
    nearest: Option<Header>,
    /// What stands above the header and looks personal.
    above: Vec<Finding>,
    /// Whether the file holds objects and not rows.
    objects: bool,
    /// For the rows of this one alone.
    familiar: Familiar,
    pub(super) ledger: Ledger,
    prints: Prints,
    pub(super) paid: Paid,
    totals: Totals,
    counts: Counts,
    /// The last row that is no blank one, when it is too short: the file may be cut off there. The outer `None` before
    /// any such row.
    #[expect(clippy::option_option, reason = "no row at all and a whole row are different things")]
    short: Option<Option<u32>>,
    noticed: Noticed,
    /// Decisions about single rows that mattered.
    decided: BTreeSet<Place>,
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
        if let Look::Second(rows) = self.look
            && !rows.has(row.number)
        {
            self.header = Some(header);
            return;
        }
        self.short = Some(None);
        if header.is_ambiguous() {
            // Refused for it; nothing more is said about its rows.
            self.header = Some(header);
            return;
        }
        let values = header.values(cells);
        let plain = Plain::of(&values, &self.zone, &mut self.familiar);
        if Header::is_repeated_by(&values, plain.digits) {
            let message = "is a header again, left out";
            findings.add(&core::REPEATED_HEADER, || Finding::new(&core::REPEATED_HEADER, row.place(), message));
        } else if plain.count() <= totals::MOST_CELLS && totals::is_totals(cells) {
            look_for_personal(&header, row, cells, &Plain::default(), &mut |finding| {
                findings.add(finding.code, || finding);
            });
            let amount = header.columns[Field::Amount as usize];
            self.totals.row(row, cells, amount);
        } else if let Some((status, amount, moment)) = plain.whole(&header, cells)
            && self.window.contains(moment.at.date())
        {
            self.plain_order(&header, row, &values, plain.columns, (status, amount, moment));
        } else {
            self.order(&header, row, cells, &values, &plain, findings);
        }
        self.header = Some(header);
    }

    fn choice(&self) -> Choice {
        Choice {
            named: self.evidence.sheet.map(str::to_owned),
            wanted: Some(Wanted { names: FIELDS, look: look_beside }),
        }
    }

    fn only(&self) -> Option<&RowSet> {
        match self.look {
            Look::Second(rows) => Some(rows),
            Look::Only | Look::First => None,
        }
    }

    fn fork(&self) -> Option<Self> {
        let header = Some(self.header.clone()?);
        Some(Self { header, ..Self::new(self.path, self.evidence, self.zone, self.look, self.ledger.fingerprint) })
    }

    fn join(&mut self, below: Self, _: &mut Capped<'_>) {
        self.ledger.append(below.ledger);
        if matches!(self.look, Look::Second(_)) && self.ledger.is_unsettled() {
            self.fold_equal();
        }
        self.prints.append(below.prints);
        self.paid.append(below.paid);
        self.totals.append(below.totals);
        self.counts.rows += below.counts.rows;
        self.counts.paid += below.counts.paid;
        self.counts.pending += below.counts.pending;
        self.counts.refunded += below.counts.refunded;
        self.short = below.short.or(self.short);
        self.noticed.append(below.noticed);
        self.decided.extend(below.decided);
    }
}

/// Looks at a row of a sheet that may be the export or stand beside it: how much of the header it is. Personal data counts
/// wherever it stands.
fn look_beside(row: &Row<'_>, findings: &mut Capped<'_>) -> usize {
    let Content::Cells(cells) = row.content else { return 0 };
    let header = Header::read(row, cells);
    look_for_personal(&header, row, cells, &Plain::default(), &mut |mut finding| {
        finding.place.column = None;
        findings.add(finding.code, || finding);
    });
    if row.number > header::ROWS { 0 } else { header.likeness() }
}

impl<'a> Intake<'a> {
    pub(super) fn new(
        path: &'a str,
        evidence: &'a Evidence<'a>,
        zone: Zone<'a>,
        look: Look<'a>,
        fingerprint: Fingerprint,
    ) -> Self {
        Self {
            path,
            window: evidence.window,
            zone,
            evidence,
            look,
            header: None,
            nearest: None,
            above: Vec::new(),
            objects: false,
            familiar: Familiar::default(),
            ledger: Ledger::new(path, fingerprint),
            prints: Prints::default(),
            paid: Paid::default(),
            totals: Totals::default(),
            counts: Counts::default(),
            short: None,
            noticed: Noticed::default(),
            decided: BTreeSet::new(),
        }
    }

    fn above_header(&mut self, row: &Row<'_>, cells: &[Cell<'_>]) {
        if row.number > header::ROWS {
            return;
        }
        let header = Header::read(row, cells);
        look_for_personal(&header, row, cells, &Plain::default(), &mut |finding| self.above.push(finding));
        if header.is_complete() {
            self.header = Some(Arc::new(header));
        } else if self.nearest.as_ref().is_none_or(|nearest| nearest.known() < header.known()) {
            self.nearest = Some(header);
        }
    }

    /// Takes an order in which every cell is plain, as most are: a shorter way that comes to the same as [`Self::order`].
    fn plain_order(
        &mut self,
        header: &Header,
        row: &Row<'_>,
        values: &[Value<'_>; FIELDS],
        usable: u16,
        (status, amount, moment): (Status, i64, Moment),
    ) {
        self.counts.rows += 1;
        self.totals.order(Some(amount), Some(status));
        self.noticed.amount(amount, Some(status), || row::place(header, row, Field::Amount));
        self.noticed.moment(moment);
        let mut cells = [""; FIELDS];
        for field in Field::TEXTS {
            if let Value::Text(text) = values[field as usize] {
                cells[field as usize] = text;
            }
        }
        let (status, amount, at) = (Some(status), Some(amount), Some(moment.at));
        self.take(row, &Entry { status, amount, at, in_window: true, is_clean: true, cells, usable }, 0);
    }

    fn order(
        &mut self,
        header: &Header,
        row: &Row<'_>,
        cells: &[Cell<'_>],
        values: &[Value<'_>; FIELDS],
        plain: &Plain,
        findings: &mut Capped<'_>,
    ) {
        self.counts.rows += 1;
        let mut is_clean = true;
        look_for_personal(header, row, cells, plain, &mut |finding| {
            is_clean = false;
            findings.add(finding.code, || finding);
        });
        if !is_clean {
            refuse_bare_hash(header, row, cells, values, findings);
        }
        if self.is_ragged(header, row, cells, findings) {
            self.totals.unknown();
            return;
        }
        let mut read =
            Cells { texts: [const { Cow::Borrowed("") }; FIELDS], usable: plain.columns, is_clean, doubtful: 0 };
        let mut reader = RowReader { header, row, values, findings, noticed: &mut self.noticed };
        let status = plain.status.or_else(|| reader.status(values[Field::PaymentStatus as usize], &mut read));
        let amount = reader.amount(plain.amount, status, &mut self.totals, &mut read);
        let at = reader.moment(plain.moment, &self.zone, &mut read);
        for field in Field::TEXTS {
            match values[field as usize] {
                Value::Blank => {}
                Value::Text(text) if plain.has(field) => read.texts[field as usize] = Cow::Borrowed(text),
                value => reader.text(field, value, &mut read),
            }
        }
        let wanting = !(read.usable | Field::may_be_blank(status, amount));
        for field in Field::ALL.into_iter().filter(|field| wanting & field.bit() != 0) {
            if values[field as usize].is_blank() {
                reader.wrong(field, &mut read, row::blank(status));
            }
        }
        let in_window = at.is_some_and(|at| self.window.contains(at.date()));
        if at.is_some() && !in_window {
            let message =
                format!("is outside the window {} to {} ({})", self.window.from, self.window.to, self.window.zone_name);
            let wrong =
                Wrong::new(&codes::OUT_OF_WINDOW, message, "leave out orders of other days, or ask with --window");
            reader.wrong(Field::CreatedAt, &mut read, wrong);
        }
        if status == Some(Status::Paid) && status::contradicts_paid(&read.texts[Field::OwnerNote as usize]) {
            note(self.evidence.decisions, &mut self.decided, &mut reader, &mut read);
        }
        let Cells { texts, usable, is_clean, doubtful } = &read;
        let (cells, usable, is_clean) = (texts.each_ref().map(|text| &**text), *usable, *is_clean);
        self.take(row, &Entry { status, amount, at, in_window, is_clean, cells, usable }, *doubtful);
    }

    /// Counts an order and keeps what is needed of it.
    fn take(&mut self, row: &Row<'_>, entry: &Entry<'_>, doubtful: u16) {
        match entry.status {
            Some(Status::Paid) => self.counts.paid += 1,
            Some(Status::Pending) => self.counts.pending += 1,
            Some(Status::Refunded | Status::PartialRefund) => self.counts.refunded += 1,
            Some(Status::Failed) | None => {}
        }
        if let (Some(Status::Paid), Some(amount)) = (entry.status, entry.amount) {
            self.paid.gross += amount;
            if entry.is_clean && entry.in_window {
                *self.paid.sound.entry(doubtful).or_default() += amount;
            }
        }
        let is_text = row.format == Format::Csv;
        if is_text && !matches!(self.look, Look::Only) {
            self.prints.push(row.number, self.print(entry));
        }
        if !is_text || !matches!(self.look, Look::First) {
            let spot = self.ledger.spot(row);
            self.ledger.push(spot, entry);
        }
    }

    /// What is remembered of the keys of a row that has to do with others that have them.
    fn print(&self, entry: &Entry<'_>) -> Print {
        let has = |field: Field| entry.usable & field.bit() != 0;
        Key::ALL.map(|key| {
            let may_matter = key.fields().iter().all(|field| has(*field))
                && match key {
                    Key::Order => true,
                    Key::Payment => has(Field::OrderId) && entry.status != Some(Status::Failed),
                    Key::Purchase => entry.at.is_some(),
                };
            let texts = key.fields().iter().map(|field| entry.cells[*field as usize]);
            if may_matter { keys::short(texts.fold(0, self.ledger.fingerprint)) } else { 0 }
        })
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

    /// Leaves out the orders that say what an earlier one says, unless a person decided about that.
    fn fold_equal(&mut self) {
        let Evidence { decisions, listed, .. } = self.evidence;
        self.ledger.fold_equal(listed.value, |ledger, order| {
            decisions.of(ledger.text(order, Field::OrderId), codes::DUPLICATE.id).is_none()
        });
    }

    /// Looks a second time at the rows that may have to do with one another, if there are any. `false` when they could not
    /// be read again, or stand there no longer.
    pub(super) fn look_again(&mut self, source: &mut dyn Source, crew: Crew) -> bool {
        let rows = self.prints.repeated(crew);
        if rows.is_empty() {
            return true;
        }
        let mut said = Vec::new();
        let mut said = Capped::new(self.path, &mut said);
        let (evidence, zone, fingerprint) = (self.evidence, self.zone, self.ledger.fingerprint);
        let begin = |_: &mut Capped<'_>| Intake::new(self.path, evidence, zone, Look::Second(&rows), fingerprint);
        let is_reset = source.seek(SeekFrom::Start(0)).is_ok();
        let again = is_reset.then(|| stream::read(self.path, source, crew, &mut said, &begin)).flatten();
        let Some((_, mut again)) = again else { return false };
        again.fold_equal();
        let is_same = self.prints.of(&rows).eq(again.prints.iter());
        self.ledger = again.ledger;
        is_same
    }

    pub(super) fn finish(mut self, findings: &mut Capped<'_>) -> Examined {
        let head = self.header.as_deref().or(self.nearest.as_ref()).map(Header::head);
        let refused = |missing, findings: &mut Capped<'_>, more: Vec<Finding>| {
            findings.once().extend(more);
            let mut examined = Examined::refused(missing);
            examined.upload.head.clone_from(&head);
            examined
        };
        if self.objects {
            let hint = "export the orders as CSV or XLSX, with the ten columns in the header";
            let finding =
                Finding::new(&core::WRONG_FILE, Place::file(self.path), "is a JSON file, expected CSV or XLSX");
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
        let damaged = self.noticed.damaged(findings);
        self.noticed.lost_zeros(findings);
        self.totals.check(findings);
        self.ledger.doubt(&damaged);
        let mut classified = classify::classify(&self.ledger, self.paid.sums(&damaged), self.evidence, findings);
        classified.decided.append(&mut self.decided);
        self.noticed.say(self.path, &self.window.zone_name, findings);
        if let Some(Some(row)) = self.short {
            let place = Place { row: Some(row), ..Place::file(self.path) };
            let message = "the last row is too short: the file looks cut off";
            findings.once().push(Finding::new(&core::RAGGED_ROW, place, message).hint("export and send it again"));
        }
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
}

/// A note that contradicts the status keeps the order from being recognised, unless a person decided otherwise.
fn note(
    decisions: &Decisions,
    decided: &mut BTreeSet<Place>,
    reader: &mut RowReader<'_, '_, '_, '_>,
    read: &mut Cells<'_>,
) {
    let code = &codes::NOTE_CONFLICT;
    if let Some(decision) = decisions.of(&read.texts[Field::OrderId as usize], code.id) {
        let (by, evidence) = (&decision.by, &decision.evidence);
        decided.insert(decision.place.clone());
        read.is_clean &= decision.keep;
        let word = if decision.keep { "counts although" } else { "is left out as" };
        return reader.notice(Field::OwnerNote, &codes::DECIDED, || {
            format!("{word} `{}`: {by} decided, by {evidence}", code.id)
        });
    }
    let message = "speaks of a refund or of money that did not come, and the status says paid";
    reader.wrong(Field::OwnerNote, read, Wrong::new(code, message, "correct the status or the note"));
}
