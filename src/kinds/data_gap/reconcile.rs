//! All that a data-gap pack holds, brought together: which upload is the current one, what people and the gateway say
//! about its orders, where the request stands, and what is left for whom.
//!
//! Invariants: pure; the current upload is the last export that can be read and may be used, and a refused one replaces
//! nothing; without an accepted current upload there is no money anywhere in what is concluded, nor in its findings.

use std::collections::BTreeMap;
use std::io::Cursor;

use jiff::civil::Date;
use jiff::{Span, Timestamp};

use crate::check::table::Fact;
use crate::check::upload::{Upload, Verdict, Window};
use crate::codes as core;
use crate::decide::Rule;
use crate::facts::UPLOADS;
use crate::finding::{Finding, Place, Severity};
use crate::kinds::Given;
use crate::kinds::data_gap::decisions::{self, Decisions, Table};
use crate::kinds::data_gap::money::{self, Money};
use crate::kinds::data_gap::orders::classify::Classified;
use crate::kinds::data_gap::orders::compare::{Comparison, compare};
use crate::kinds::data_gap::orders::contract::Field;
use crate::kinds::data_gap::orders::evidence::Evidence;
use crate::kinds::data_gap::orders::examined::Examined;
use crate::kinds::data_gap::orders::ledger::{Ledger, Order};
use crate::kinds::data_gap::orders::settlement::{self, Settlement};
use crate::kinds::data_gap::orders::status::Status;
use crate::kinds::data_gap::orders::{self, idle};
use crate::kinds::data_gap::people::{self, Statement, moment, text};
use crate::kinds::data_gap::rules::{self, DUE_HOURS, Import, NextAction, SETTLED_BY, Situation, State};
use crate::kinds::data_gap::{codes, schema};
use crate::read::crew::alone;

/// What is concluded from a pack.
#[derive(Debug)]
pub(super) struct Reconciled {
    /// Every file received, in order.
    pub sent: Vec<Sent>,
    /// The one that answers the request.
    pub current: Option<usize>,
    /// What its import gave; without one, what the last export gave.
    pub import: Import,
    /// The orders of the current one and what became of each.
    pub orders: Option<(Ledger, Classified)>,
    /// Its money; `None` is unverified.
    pub money: Option<Money>,
    /// How the current one differs from the last one that was accepted before it.
    pub comparison: Option<Compared>,
    /// What people decided.
    pub decisions: Decisions,
    /// What the gateway says.
    pub settlement: Option<Settlement>,
    /// The request, if one was opened by somebody who may.
    pub request: Option<Request>,
    /// Where the request stands, by what the uploads give.
    pub state: State,
    /// What to do next.
    pub next: Option<&'static Rule<Situation, NextAction>>,
    /// What is left to settle, in the order of the file.
    pub exceptions: Vec<Exception>,
    /// The day of the run.
    pub today: Date,
}

/// A file that was received.
#[derive(Debug)]
pub(super) struct Sent {
    /// Its path inside the pack.
    pub name: String,
    /// When and from whom, when that is recorded.
    pub received: Option<(Timestamp, String)>,
    /// What it is taken for.
    pub role: Role,
    /// What was found in it.
    pub upload: Upload,
}

/// What a received file is taken for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Role {
    /// The export that answers the request.
    Current,
    /// An export that a later one replaced.
    Superseded,
    /// An export that cannot be read as one.
    Refused,
    /// The settlement file that orders are matched with.
    Settlement,
    /// A file that nobody recorded who may.
    Unlisted,
}

/// A recorded request.
#[derive(Debug)]
pub(super) struct Request {
    /// Its recorded state.
    pub recorded: State,
    /// When the file is due.
    pub due: Timestamp,
    /// Who asked.
    pub by: String,
}

/// An earlier accepted export beside the current one.
#[derive(Debug)]
pub(super) struct Compared {
    /// The earlier file.
    pub with: String,
    /// What differs.
    pub comparison: Comparison,
    /// What was recognised of the earlier one, when the current one is accepted too.
    pub recognised_before: Option<i64>,
}

/// Something that somebody has to settle.
#[derive(Debug)]
pub(super) struct Exception {
    /// The row of the export as Excel shows it, or the cell.
    pub spot: String,
    /// The order that it is about.
    pub order_id: Option<String>,
    /// What was found.
    pub finding: Finding,
    /// Whether the gateway has to be asked, and no file mended.
    pub is_about_settlement: bool,
    /// Who settles it: a key of `owners` in `pack.toml`.
    pub owner: &'static str,
    /// By when.
    pub due: Option<Timestamp>,
    /// Days since the order was made.
    pub age: Option<i32>,
}

/// Brings together what a pack holds. What is found is told without figures as long as there is no money.
pub(super) fn reconcile(given: &Given<'_>, findings: &mut Vec<Finding>) -> Reconciled {
    let workspace = given.workspace;
    let usual = orders::default_window();
    let (from, to) = given.facts.pack.window.unwrap_or((usual.from, usual.to));
    let window = Window { from, to, zone: workspace.zone.clone(), zone_name: workspace.zone_name.clone() };
    let now = given.context.now.timestamp();
    let today = window.zone.to_datetime(now).date();
    let tables = [table(given, "order_decisions"), table(given, "training_orders")];
    let decisions = decisions::read(tables[0], tables[1], workspace, now, findings);
    let mut files = received(given, findings);
    let evidence = Evidence { today: Some(today), ..Evidence::alone(&window, &decisions) };
    // The gateway's file first: what it says about an order decides whether the order counts.
    let (settlement, examined) = examine(given, &mut files, &evidence, findings);
    let evidence = Evidence { settlement: settlement.as_ref(), ..evidence };
    let Chosen { sent, current, orders, comparison } = choose(given, files, examined, &evidence);
    let import = import(&sent, current);
    let situation = Situation { file_given: is_given(&sent), import, repo_or_api_given: false };
    let request = request(given, findings);
    let is_overdue = request.as_ref().is_some_and(|request| now > request.due);
    let state = rules::state(request.as_ref().map(|request| request.recorded), situation, is_overdue);
    let money = orders
        .as_ref()
        .filter(|_| import == Import::Accepted)
        .map(|(ledger, classified)| money::count(ledger, classified, settlement.as_ref()));
    let mut reconciled = Reconciled {
        sent,
        current,
        import,
        orders,
        money,
        comparison,
        decisions,
        settlement,
        request,
        state,
        next: rules::next_action(situation).ok().map(|ruling| ruling.rule),
        exceptions: Vec::new(),
        today,
    };
    reconciled.exceptions = exceptions(given, &reconciled, findings);
    check_records(given, &reconciled, findings);
    if let Some((ledger, classified)) = &reconciled.orders {
        idle::find(&reconciled.decisions, ledger, classified, findings);
    }
    if reconciled.money.is_none() {
        findings.iter_mut().for_each(without_figures);
    }
    reconciled
}

impl Reconciled {
    /// The upload that was accepted. Without money none was, whatever it is.
    pub(super) fn accepted(&self) -> Option<&Sent> {
        self.money.as_ref().and(self.current).and_then(|at| self.sent.get(at))
    }
}

fn table<'a>(given: &Given<'a>, name: &str) -> Table<'a> {
    Some((schema(name)?, given.facts.tables.get(name)?))
}

/// A file of the pack and whether it may answer the request.
struct File<'a> {
    name: &'a str,
    bytes: &'a [u8],
    received: Option<(Timestamp, String)>,
    is_usable: bool,
    /// The sheet of a workbook that counts, when that is recorded.
    sheet: Option<String>,
}

/// The uploads in the order in which they were received: as the table of received files says, else by name.
fn received<'a>(given: &Given<'a>, findings: &mut Vec<Finding>) -> Vec<File<'a>> {
    let sent = given.files.iter().filter(|(name, _)| name.starts_with(UPLOADS));
    let file =
        |(name, bytes): (&'a String, &'a Vec<u8>)| File { name, bytes, received: None, is_usable: true, sheet: None };
    let mut files: Vec<_> = sent.map(file).collect();
    let Some((schema, records)) = table(given, "received_files") else { return files };
    let mut listed = BTreeMap::new();
    for record in &records.records {
        let name = text(record, schema, "file");
        let short = text(record, schema, "received_from");
        let who = people::author(Statement::Upload, short, &record.place, given.workspace, findings);
        if !files.iter().any(|file| file.name.strip_prefix(UPLOADS) == Some(name)) {
            let message = format!("`{name}` is not in {UPLOADS}");
            let hint = "put the file there as it was received, or correct its name";
            findings.push(Finding::new(&codes::UNLISTED_UPLOAD, record.place.clone(), message).hint(hint));
        }
        if let (Some(at), Some(who)) = (moment(record, schema, "received_at"), who) {
            let sheet = Some(text(record, schema, "sheet")).filter(|sheet| !sheet.is_empty()).map(str::to_owned);
            listed.insert(name.to_owned(), ((at, who), sheet));
        }
    }
    let now = given.context.now.timestamp();
    for file in &mut files {
        let found = listed.remove(file.name.strip_prefix(UPLOADS).unwrap_or(file.name));
        (file.received, file.sheet) = found.map_or((None, None), |(received, sheet)| (Some(received), sheet));
        file.is_usable = file.received.as_ref().is_some_and(|(at, _)| *at <= now);
        if !file.is_usable {
            let place = Place::file(format!("{}/{}", given.shown, file.name));
            let message = "is not recorded as received by now from somebody who may send it; it answers no request";
            let hint = format!("add it to {}", records.file);
            findings.push(Finding::new(&codes::UNLISTED_UPLOAD, place, message).hint(hint));
        }
    }
    files.sort_by_key(|file| (file.received.as_ref().map(|(at, _)| *at), file.name));
    files
}

/// Checks every file, and finds the last settlement file among those that are no exports.
fn examine(
    given: &Given<'_>,
    files: &mut [File<'_>],
    evidence: &Evidence<'_>,
    findings: &mut Vec<Finding>,
) -> (Option<Settlement>, Vec<Option<Examined>>) {
    let mut settlement = None;
    let mut examined = Vec::with_capacity(files.len());
    for file in files {
        let path = format!("{}/{}", given.shown, file.name);
        let evidence = &Evidence { sheet: file.sheet.as_deref(), ..*evidence };
        let mut one = orders::examine(&path, &mut Cursor::new(file.bytes), alone, evidence);
        one.orders = one.orders.filter(|_| file.is_usable);
        let mut noticed = Vec::new();
        let read = Some(&one)
            .filter(|one| file.is_usable && one.upload.verdict == Verdict::SchemaFailed)
            .and_then(|_| settlement::read(&path, file.bytes, evidence.window, evidence.today, &mut noticed));
        match read {
            Some(read) => {
                settlement = Some((read, noticed));
                examined.push(None);
            }
            None => examined.push(Some(one)),
        }
        release(&mut examined);
    }
    let settlement = settlement.map(|(settlement, mut noticed)| {
        findings.append(&mut noticed);
        settlement
    });
    (settlement, examined)
}

/// Lets go of the orders of exports that cannot be the current one any more, nor the accepted one before it: a pack may have
/// hundreds of uploads.
fn release(examined: &mut [Option<Examined>]) {
    let mut kept = examined.iter_mut().rev().flatten().filter(|one| one.orders.is_some());
    // The last one that can be read is the current one so far.
    kept.next();
    let mut has_accepted = false;
    for one in kept {
        if has_accepted || one.upload.verdict != Verdict::Accepted {
            one.orders = None;
        } else {
            has_accepted = true;
        }
    }
}

struct Chosen {
    sent: Vec<Sent>,
    current: Option<usize>,
    orders: Option<(Ledger, Classified)>,
    comparison: Option<Compared>,
}

/// The current export, the last accepted one before it, and what every file is taken for.
fn choose(given: &Given<'_>, files: Vec<File<'_>>, examined: Vec<Option<Examined>>, evidence: &Evidence<'_>) -> Chosen {
    let mut sent: Vec<Sent> = Vec::with_capacity(files.len());
    let mut current: Option<usize> = None;
    let mut orders: Option<(Ledger, Classified)> = None;
    let mut accepted: Option<(String, Ledger, Classified)> = None;
    let last = files.iter().zip(&examined).rposition(|(file, examined)| {
        let is_readable = |one: &Examined| one.upload.verdict != Verdict::SchemaFailed;
        file.is_usable && examined.as_ref().is_some_and(is_readable)
    });
    for (at, (file, examined)) in files.into_iter().zip(examined).enumerate() {
        let is_last = last == Some(at);
        let (role, upload) = match examined {
            None => (Role::Settlement, Upload::refused(Vec::new(), Vec::new())),
            Some(Examined { upload, .. }) if !file.is_usable => (Role::Unlisted, upload),
            Some(Examined { upload, .. }) if upload.verdict == Verdict::SchemaFailed => (Role::Refused, upload),
            Some(mut examined) => {
                if is_last && evidence.settlement.is_some() {
                    examined.orders = None;
                    let path = format!("{}/{}", given.shown, file.name);
                    let evidence = &Evidence { sheet: file.sheet.as_deref(), ..*evidence };
                    examined = orders::examine(&path, &mut Cursor::new(file.bytes), alone, evidence);
                }
                let Examined { upload, orders: own } = examined;
                if is_last {
                    current = Some(at);
                    orders = own;
                } else if let Some((ledger, classified)) = own.filter(|_| upload.verdict == Verdict::Accepted) {
                    accepted = Some((file.name.to_owned(), ledger, classified));
                }
                (if is_last { Role::Current } else { Role::Superseded }, upload)
            }
        };
        sent.push(Sent { name: file.name.to_owned(), received: file.received, role, upload });
    }
    // Of several settlement files the last one is used, of refused exports those after the current one matter.
    let is_accepted = current.is_some_and(|at| sent[at].upload.verdict == Verdict::Accepted);
    let comparison = orders.as_ref().zip(accepted).map(|((later, _), (with, earlier, classified))| Compared {
        with,
        comparison: compare(&earlier, later),
        recognised_before: is_accepted.then_some(classified.sums.recognised),
    });
    if let Some(used) = evidence.settlement {
        for sent in sent.iter_mut().filter(|sent| sent.role == Role::Settlement) {
            if format!("{}/{}", given.shown, sent.name) != used.path {
                sent.role = Role::Superseded;
            }
        }
    }
    Chosen { sent, current, orders, comparison }
}

fn is_given(sent: &[Sent]) -> bool {
    sent.iter().any(|sent| matches!(sent.role, Role::Current | Role::Refused))
}

fn import(sent: &[Sent], current: Option<usize>) -> Import {
    match current.map(|at| sent[at].upload.verdict) {
        Some(Verdict::Accepted) => Import::Accepted,
        Some(_) => Import::Partial,
        None if is_given(sent) => Import::Failed,
        None => Import::None,
    }
}

/// The last request that was opened by somebody who may.
fn request(given: &Given<'_>, findings: &mut Vec<Finding>) -> Option<Request> {
    let (schema, records) = table(given, "kolable_data_requests")?;
    let mut last = None;
    for record in &records.records {
        let short = text(record, schema, "requested_by_profile_id");
        let by = people::author(Statement::Request, short, &record.place, given.workspace, findings);
        let due = moment(record, schema, "due_at");
        let recorded = State::of(text(record, schema, "status"));
        if let (Some(by), Some(due), Some(recorded)) = (by, due, recorded) {
            last = Some(Request { recorded, due, by });
        }
    }
    last
}

/// What is wrong with the current export, with a refused one after it and with the settlement file, each with its
/// owner, due time and age. The findings of exports become the pack's; those of the settlement file are already.
fn exceptions(given: &Given<'_>, reconciled: &Reconciled, findings: &mut Vec<Finding>) -> Vec<Exception> {
    let usual = reconciled.request.as_ref().map(|request| request.due).or(given.facts.pack.due);
    let due = |sent: &Sent| {
        let received = sent.received.as_ref().map(|(at, _)| *at);
        received.and_then(|at| at.checked_add(Span::new().hours(DUE_HOURS)).ok()).or(usual)
    };
    let about_settlement = findings.clone();
    let mut exceptions = Vec::new();
    for (at, sent) in reconciled.sent.iter().enumerate() {
        let path = format!("{}/{}", given.shown, sent.name);
        let is_refused = sent.role == Role::Refused && reconciled.current.is_none_or(|current| at > current);
        let found: Vec<Finding> = match sent.role {
            Role::Current => sent.upload.findings.clone(),
            Role::Refused if is_refused => sent.upload.findings.clone(),
            Role::Settlement => {
                about_settlement.iter().filter(|found| found.place.file.as_ref() == Some(&path)).cloned().collect()
            }
            _ => {
                findings.extend(sent.upload.findings.iter().filter(|found| is_personal(found)).map(left_behind));
                continue;
            }
        };
        let ledger = reconciled.orders.as_ref().filter(|_| sent.role == Role::Current).map(|(ledger, _)| ledger);
        let wrong = found.iter().filter(|finding| finding.severity != Severity::Notice);
        exceptions.extend(wrong.map(|finding| {
            let ledger = ledger.filter(|_| finding.place.file.as_ref() == Some(&path));
            Exception { due: due(sent), ..exception(finding, ledger, reconciled) }
        }));
        if sent.role != Role::Settlement {
            // What people decided stands in a table of its own.
            findings.extend(found.into_iter().filter(|found| found.code != &codes::DECIDED));
        }
    }
    exceptions
}

/// Whether something personal or secret was found.
fn is_personal(finding: &Finding) -> bool {
    finding.code == &codes::PII || finding.code == &core::SECRET
}

/// What is personal in a file that no longer counts still lies in the pack.
fn left_behind(finding: &Finding) -> Finding {
    finding.clone().severity(Severity::Warning).hint("take the file out of the pack; a later one counts")
}

/// A finding with who settles it and, when it is about an order of the export, which and how old.
fn exception(finding: &Finding, ledger: Option<&Ledger>, reconciled: &Reconciled) -> Exception {
    let order = ledger.zip(finding.place.row).and_then(|(ledger, row)| {
        let is_it = |order: &&Order| order.spot.row == row && ledger.place(order).sheet == finding.place.sheet;
        ledger.orders.iter().find(is_it).map(|order| (ledger, order))
    });
    let age = order.and_then(|(_, order)| reconciled.age(order));
    let order_id = order.and_then(|(ledger, order)| ledger.shown_id(order)).map(str::to_owned);
    let row = finding.place.row.map(|row| row.to_string());
    let owner = SETTLED_BY.iter().find(|(code, _)| *code == finding.code.id);
    let mut finding = finding.clone();
    if reconciled.money.is_none() {
        without_figures(&mut finding);
    }
    Exception {
        spot: finding.place.cell.clone().or(row).unwrap_or_default(),
        is_about_settlement: finding.code.id.starts_with("settlement_"),
        order_id,
        finding,
        owner: owner.map_or("data_owner", |(_, owner)| owner),
        due: None,
        age,
    }
}

/// Messages about amounts repeat them; where nothing is verified no amount is told.
fn without_figures(finding: &mut Finding) {
    if finding.place.column.as_deref() == Some(Field::Amount.name()) {
        finding.message = match finding.severity {
            Severity::Notice => "amount was read without its decoration".to_owned(),
            _ => format!("amount: {}", finding.code.title.en),
        };
        if !finding.hint.is_empty() {
            "write whole TWD as digits alone; `proofpack check` on the file shows the cell"
                .clone_into(&mut finding.hint);
        }
    }
}

/// What is recorded beside what the uploads give.
fn check_records(given: &Given<'_>, reconciled: &Reconciled, findings: &mut Vec<Finding>) {
    let wrong = |place: &Place, what: String| {
        Finding::new(&codes::REQUEST_STATE, place.clone(), what)
            .hint("correct the record; the page shows what the uploads give")
    };
    if let Some((schema, records)) = table(given, "kolable_data_requests")
        && let Some(record) = records.records.last()
        && let Some(recorded) = State::of(text(record, schema, "status"))
        && !recorded.leads_to(reconciled.state)
    {
        let message = format!(
            "the request is recorded as `{}`, and the uploads give `{}`",
            recorded.word(),
            reconciled.state.word()
        );
        findings.push(wrong(&record.place, message));
    }
    let Some((schema, records)) = table(given, "kolable_reconciliation_imports") else { return };
    let Some(record) = records.records.last() else { return };
    let recorded = text(record, schema, "status");
    if recorded != reconciled.import.word() {
        let given = reconciled.import.word();
        findings.push(wrong(
            &record.place,
            format!("the import is recorded as `{recorded}`, and the uploads give `{given}`"),
        ));
        return;
    }
    let Some(counts) = reconciled.current.and_then(|at| reconciled.sent[at].upload.counts) else { return };
    let counted = [
        ("row_count", counts.rows),
        ("paid_count", counts.paid),
        ("pending_count", counts.pending),
        ("refunded_count", counts.refunded),
        ("duplicate_count", counts.duplicate),
    ];
    for (field, count) in counted {
        if let Some(Fact::Integer(said)) = record.get(schema, field)
            && u64::try_from(*said) != Ok(count)
        {
            let place = Place { column: Some(field.to_owned()), ..record.place.clone() };
            findings.push(wrong(&place, format!("{field} is recorded as {said}, and the export has {count}")));
        }
    }
}

impl Reconciled {
    /// How many pending orders there are of each class of age.
    pub(super) fn pending_ages(&self) -> Vec<Option<i32>> {
        let orders = self.orders.iter().flat_map(|(ledger, _)| &ledger.orders);
        orders.filter(|order| order.status == Some(Status::Pending)).map(|order| self.age(order)).collect()
    }

    /// Days since an order was made, when that is known.
    fn age(&self, order: &Order) -> Option<i32> {
        Some(order.at?.date().until(self.today).ok()?.get_days().max(0))
    }
}
