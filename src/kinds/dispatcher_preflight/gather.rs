//! The facts of a preflight from the records of a pack and from what is built: which record each came from, and which
//! did not count.
//!
//! Invariants: pure; a fact counts only when the role that may state it wrote it, before the moment that is asked about;
//! absence is not emptiness: of a table that was not given, or not read whole, nothing is decided.

use std::collections::BTreeSet;

use jiff::Timestamp;
use serde_json::{Value, json};

use crate::check::schema::TableSchema;
use crate::check::table::Record;
use crate::clock;
use crate::codes;
use crate::finding::{Finding, Place};
use crate::kinds::dispatcher_preflight::TABLES;
use crate::kinds::dispatcher_preflight::rules::{self, Facts, OVERRIDING, Override, Review, Revise, Scope};
use crate::kinds::people::{author, column, flag, moment, text};
use crate::kinds::{Built, Signed, Surroundings};

/// Where a fact came from.
#[derive(Clone, Debug)]
pub(super) struct Source {
    /// Key of the fact.
    pub fact: &'static str,
    /// File and place in it.
    pub place: String,
    /// Id of the record, or what was built; `None` when there is no record and the fact says so.
    pub id: Option<String>,
}

impl Source {
    pub(super) fn json(&self) -> Value {
        json!({"fact": self.fact, "place": self.place, "id": self.id})
    }
}

/// The facts and where they came from.
#[derive(Debug)]
pub(super) struct Gathered {
    pub facts: Facts,
    pub sources: Vec<Source>,
}

/// The records of one table that are about the action.
struct Table<'a> {
    schema: &'static TableSchema,
    file: &'a str,
    records: Vec<&'a Record>,
}

impl Table<'_> {
    /// Where a fact is from when no record says it.
    fn nothing(&self, fact: &'static str) -> Source {
        Source { fact, place: self.file.to_owned(), id: None }
    }

    fn source(&self, fact: &'static str, record: &Record) -> Source {
        Source { fact, place: record.place.to_string(), id: Some(text(record, self.schema, "id").to_owned()) }
    }
}

/// Gathers the facts. `None` when something that they need could not be read; the findings say what.
pub(super) fn gather(about: &Surroundings<'_>, findings: &mut Vec<Finding>) -> Option<Gathered> {
    let names = ["script_delivery_registry", "adoption_reviews", "visit_events", "case_scopes", "gap_tasks"];
    let [registry, reviews, visits, scopes, tasks] = names.map(|name| table(about, name, findings));
    let (registry, reviews, visits, scopes, tasks) = (registry?, reviews?, visits?, scopes?, tasks?);
    let mut sources = Vec::new();
    let registry_hit_count = hits(about, &registry, &mut sources, findings);
    let (review, revise) = review(about, &reviews, &mut sources, findings)?;
    let visit_event_count = visit_count(about, &visits, &mut sources, findings);
    let scope = scope(about, &scopes, &mut sources, findings)?;
    let written = |moment: Timestamp| (moment, clock::rfc3339(moment, &about.workspace.zone));
    sources.push(Source { fact: "due_at", place: format!("{}/pack.toml", about.shown), id: None });
    let mut facts = Facts {
        registry_hit_count,
        review,
        revise,
        visit_event_count,
        scope,
        due: about.facts.pack.due.map(written),
        now: written(about.now.timestamp()),
        gap_task_open: false,
        signed: about.signed.as_ref().map(|signed| signed.checked(about, findings)),
    };
    // The task that would be created is known only once it is decided what to do.
    let task = rules::decide(&facts).ok()?.rule().then.task;
    facts.gap_task_open = open_task(about, &tasks, task.map(|(kind, _)| kind), &mut sources, findings);
    Some(Gathered { facts, sources })
}

/// A table of the pack, when it was given and read whole.
fn table<'a>(about: &Surroundings<'a>, name: &'static str, findings: &mut Vec<Finding>) -> Option<Table<'a>> {
    let schema = TABLES.iter().find(|schema| schema.name == name)?;
    let Some(given) = about.facts.tables.get(name) else {
        let place = Place::file(format!("{}/records", about.shown));
        let message = format!("`{name}` was not given or could not be used; absence is not emptiness");
        let hint = format!("write records/{name}.csv; its header alone says that there is none");
        findings.push(Finding::new(&codes::MISSING_INPUT, place, message).hint(hint));
        return None;
    };
    let unread = given.rows_read.saturating_sub(given.records.len());
    if unread > 0 {
        let message = format!("{unread} rows of `{name}` could not be used, so nothing is decided from it");
        let hint = "mend the rows that are named";
        findings.push(Finding::new(&codes::UNREADABLE, Place::file(&given.file), message).hint(hint));
        return None;
    }
    let records = given.records.iter().filter(|record| text(record, schema, "action_item_id") == about.action);
    Some(Table { schema, file: &given.file, records: records.collect() })
}

/// Usable artifacts: rows of the registry, and verified bundles of other packs for the same action.
fn hits(about: &Surroundings<'_>, table: &Table<'_>, sources: &mut Vec<Source>, findings: &mut Vec<Finding>) -> u32 {
    let before = sources.len();
    let mut named = BTreeSet::new();
    for record in &table.records {
        let reference = text(record, table.schema, "artifact_ref");
        let slug = reference.split('/').next().unwrap_or_default();
        let built = about.built.iter().find(|built| built.slug == slug);
        named.extend(built.map(|built| built.slug.as_str()));
        match built.map(|built| &built.usable) {
            Some(Err(why)) => not_usable(slug, why, column(&record.place, "artifact_ref"), findings),
            _ if flag(record, table.schema, "usable") => {
                let place = column(&record.place, "registered_at");
                let registered = moment(record, table.schema, "registered_at");
                if registered.is_some_and(|registered| is_known(about, registered, &place, findings)) {
                    sources.push(table.source("registry_hit_count", record));
                }
            }
            _ => {}
        }
    }
    for Built { slug, action, usable } in about.built {
        if action.as_deref() != Some(about.action) || *slug == about.facts.pack.slug || named.contains(slug.as_str()) {
            continue;
        }
        match usable {
            Ok(place) => {
                sources.push(Source { fact: "registry_hit_count", place: place.clone(), id: Some(slug.clone()) });
            }
            Err(why) => not_usable(slug, why, Place::file("registry.json"), findings),
        }
    }
    if sources.len() == before {
        sources.push(table.nothing("registry_hit_count"));
        return 0;
    }
    u32::try_from(sources.len() - before).unwrap_or(u32::MAX)
}

fn not_usable(slug: &str, why: &str, place: Place, findings: &mut Vec<Finding>) {
    let message = format!("the bundle `{slug}` {why}, so it does not count");
    findings.push(Finding::new(&codes::NOT_USABLE, place, message).hint("build it again"));
}

/// The records that count: written by a role that may, and not after the moment that is asked about.
fn counted<'a>(
    about: &Surroundings<'_>,
    table: &Table<'a>,
    roles: &[&str],
    findings: &mut Vec<Finding>,
) -> Vec<(&'a Record, Timestamp)> {
    let mut counted = Vec::new();
    for record in &table.records {
        let Some(written) = moment(record, table.schema, "written_at") else { continue };
        let place = column(&record.place, "written_by");
        let by = text(record, table.schema, "written_by");
        let is_entitled = author(roles, by, &place, about.workspace, findings).is_some();
        if is_known(about, written, &column(&record.place, "written_at"), findings) && is_entitled {
            counted.push((*record, written));
        }
    }
    counted
}

/// Whether a record was written by the moment that is asked about.
fn is_known(about: &Surroundings<'_>, written: Timestamp, place: &Place, findings: &mut Vec<Finding>) -> bool {
    let now = about.now.timestamp();
    if written <= now {
        return true;
    }
    let (written, now) = (clock::rfc3339(written, &about.workspace.zone), clock::rfc3339(now, &about.workspace.zone));
    let message = format!("was written at {written}, and it is {now}; the record is not used");
    findings.push(
        Finding::new(&codes::FUTURE_RECORD, place.clone(), message)
            .hint("correct the time, or ask about a later moment with --now"),
    );
    false
}

/// The newest record that counts; the findings say so when two of the same moment say different things, and then nothing
/// can be decided.
fn newest<'a>(
    table: &Table<'_>,
    counted: &[(&'a Record, Timestamp)],
    findings: &mut Vec<Finding>,
) -> Result<Option<&'a Record>, ()> {
    let Some(latest) = counted.iter().map(|(_, written)| *written).max() else { return Ok(None) };
    let mut last = counted.iter().filter(|(_, written)| *written == latest).map(|(record, _)| *record);
    let Some(first) = last.next() else { return Ok(None) };
    let says =
        |record: &Record| ["status", "section_id", "reason"].map(|field| text(record, table.schema, field).to_owned());
    match last.find(|other| says(other) != says(first)) {
        None => Ok(Some(first)),
        Some(other) => {
            let message = format!("says something else than {} at the same moment", first.place);
            let place = column(&other.place, "status");
            findings.push(
                Finding::new(&codes::CONTRADICTION, place, message).hint("correct one of them, or write a newer one"),
            );
            Err(())
        }
    }
}

fn review(
    about: &Surroundings<'_>,
    table: &Table<'_>,
    sources: &mut Vec<Source>,
    findings: &mut Vec<Finding>,
) -> Option<(Review, Option<Revise>)> {
    let counted = counted(about, table, &["product_owner"], findings);
    let Some(record) = newest(table, &counted, findings).ok()? else {
        sources.push(table.nothing("adoption_review_status"));
        return Some((Review::None, None));
    };
    let review = Review::from_word(text(record, table.schema, "status"))?;
    sources.push(table.source("adoption_review_status", record));
    let part = |field: &str| Some(text(record, table.schema, field).to_owned()).filter(|text| !text.is_empty());
    let revise = (review == Review::Revise).then(|| Revise { section_id: part("section_id"), reason: part("reason") });
    Some((review, revise))
}

fn visit_count(
    about: &Surroundings<'_>,
    table: &Table<'_>,
    sources: &mut Vec<Source>,
    findings: &mut Vec<Finding>,
) -> u32 {
    let before = sources.len();
    for (record, written) in counted(about, table, &["customer_success"], findings) {
        let occurred = moment(record, table.schema, "occurred_at");
        if occurred.is_some_and(|occurred| occurred > written) {
            let place = column(&record.place, "occurred_at");
            let message = "took place after it was written down; the record is not used";
            findings.push(Finding::new(&codes::OUT_OF_ORDER, place, message).hint("correct one of the two times"));
        } else if flag(record, table.schema, "valid") {
            sources.push(table.source("visit_event_count", record));
        }
    }
    let count = sources.len() - before;
    if count == 0 {
        sources.push(table.nothing("visit_event_count"));
    }
    u32::try_from(count).unwrap_or(u32::MAX)
}

fn scope(
    about: &Surroundings<'_>,
    table: &Table<'_>,
    sources: &mut Vec<Source>,
    findings: &mut Vec<Finding>,
) -> Option<Scope> {
    let counted = counted(about, table, &["case_authoriser"], findings);
    let Some(record) = newest(table, &counted, findings).ok()? else {
        sources.push(table.nothing("case_scope_status"));
        return Some(Scope::Unknown);
    };
    sources.push(table.source("case_scope_status", record));
    Scope::from_word(text(record, table.schema, "status"))
}

/// Whether a task of this kind is open for the action.
fn open_task(
    about: &Surroundings<'_>,
    table: &Table<'_>,
    kind: Option<&str>,
    sources: &mut Vec<Source>,
    findings: &mut Vec<Finding>,
) -> bool {
    let mut open = None;
    for record in &table.records {
        let [created, closed] = ["created_at", "closed_at"].map(|field| moment(record, table.schema, field));
        let is_known =
            created.is_some_and(|created| is_known(about, created, &column(&record.place, "created_at"), findings));
        let is_open = text(record, table.schema, "status") == "open";
        if is_open == closed.is_some() || closed < created.filter(|_| closed.is_some()) {
            let place = column(&record.place, "closed_at");
            let message = match closed {
                Some(_) if is_open => "is open and has a time at which it was closed; it counts as open",
                Some(_) => "was closed before it was created",
                None => "is closed without a time at which it was",
            };
            findings.push(Finding::new(&codes::OUT_OF_ORDER, place, message).hint("correct status or times"));
        }
        if is_known && is_open && kind == Some(text(record, table.schema, "task_kind")) {
            open = open.or(Some(*record));
        }
    }
    sources.push(open.map_or_else(|| table.nothing("gap_task_open"), |record| table.source("gap_task_open", record)));
    open.is_some()
}

impl Signed {
    /// The override with the parts that hold.
    fn checked(&self, about: &Surroundings<'_>, findings: &mut Vec<Finding>) -> Override {
        let mut refuse = |message: String| {
            let hint = "name a decision record of the workspace that holds, and somebody with the role ceo";
            findings.push(Finding::new(&codes::OVERRIDE_REFUSED, Place::file(about.shown), message).hint(hint));
        };
        let decision_record_id = match &self.found {
            Ok(()) => Some(self.record.clone()),
            Err(why) => {
                refuse(format!("the decision record `{}` {why}", self.record));
                None
            }
        };
        let roles = about.workspace.people.get(&self.by).map(|person| person.roles.as_slice()).unwrap_or_default();
        let role = roles.iter().find(|role| OVERRIDING.contains(&role.as_str())).or(roles.first()).cloned();
        if role.as_ref().is_none_or(|role| !OVERRIDING.contains(&role.as_str())) {
            refuse(format!("`{}` may not override: that takes the role {}", self.by, OVERRIDING.join(" or ")));
        }
        Override { decision_record_id, authorised_by: role }
    }
}

/// The facts as they are asked about, in the order of the design.
pub(super) fn json(facts: &Facts) -> Value {
    json!({
        "registry_hit_count": facts.registry_hit_count,
        "adoption_review_status": facts.review.word(),
        "revise": facts.revise.as_ref().map(|revise| json!({"section_id": revise.section_id, "reason": revise.reason})),
        "visit_event_count": facts.visit_event_count,
        "case_scope_status": facts.scope.word(),
        "due_at": facts.due.as_ref().map(|(_, text)| text),
        "now": facts.now.1,
        "gap_task_open": facts.gap_task_open,
        "override": facts.signed.as_ref().map(|signed| json!({
            "decision_record_id": signed.decision_record_id, "authorised_by": signed.authorised_by,
        })),
    })
}
