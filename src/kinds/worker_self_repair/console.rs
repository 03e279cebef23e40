//! What the event log, the checks and the policies of a pack amount to: each gate's state with its evidence, which jobs
//! may complete, which policy permits what, and what a person has to decide next.
//!
//! Invariants: pure; a result that was recorded counts only when the facts beside it give the same; what was not given is
//! unknown and not zero; nothing that lies after the moment that is asked about counts.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;

use crate::check::schema::TableSchema;
use crate::check::table::{Fact, Record};
use crate::clock;
use crate::codes as core;
use crate::decide;
use crate::documents::workspace::Workspace;
use crate::facts::Facts;
use crate::finding::{Code, Finding, Place};
use crate::kinds::metric::{Measured, Metric};
use crate::kinds::people::{column, integer, moment, text};
use crate::kinds::worker_self_repair::adoption::{ADOPTIONS, Adopted, Adoption};
use crate::kinds::worker_self_repair::guard::{GUARDS, Guard, PASS, Seen, is_html};
use crate::kinds::worker_self_repair::policy::{CHANGES, Change, LEAVES, Leave, PERMITTED, Risk, State, VALID, Wanted};
use crate::kinds::worker_self_repair::repair::{EVENTS, Fault, REPAIRS, REPEATED, Repair};
use crate::kinds::worker_self_repair::{TABLES, codes};
use crate::lang::{Words, words};

/// The reliability scorecard: id, title and definition.
pub(super) static SCORECARD: &[(&str, Words, Words)] = &[
    (
        "repeat_rate",
        words("重複發生率", "Repeats"),
        words("同工作、同階段、同類事件重複的比例", "share of events that repeat one of the same job, phase and type"),
    ),
    (
        "retry_success",
        words("重試成功率", "Retry success"),
        words("重試後成功 ÷ 重試次數", "retries that succeeded ÷ retries"),
    ),
    (
        "guard_pass_rate",
        words("成果檢查通過率", "Guard passes"),
        words("通過 ÷ 全部 artifact 檢查", "passes ÷ all artifact checks"),
    ),
    (
        "learning_coverage",
        words("學習涵蓋率", "Learning coverage"),
        words("有教訓的已修復工作 ÷ 已修復工作", "repaired jobs with a lesson ÷ repaired jobs"),
    ),
    (
        "open_proposals",
        words("待決提案", "Open proposals"),
        words("未決的修復提案 ÷ 全部提案", "repair proposals that nobody has decided ÷ all proposals"),
    ),
];

/// Code word of the repair that retries.
const RETRY: &str = "touch_retry_once";

/// A fault of the log, and what the rules say about it.
#[derive(Debug)]
pub(super) struct Event {
    pub id: String,
    pub job: String,
    pub phase: String,
    /// What went wrong.
    pub sort: &'static str,
    pub at: Timestamp,
    /// What the worker did.
    pub action: String,
    /// Whether its retry succeeded; `None` when it was not retried or nobody recorded how that ended.
    pub retried: Option<bool>,
    /// Its number among those of the same type, job and phase.
    pub number: u32,
    pub rule: &'static decide::Rule<Fault, Repair>,
}

/// A check of a primary artifact, and what follows from what was seen.
#[derive(Debug)]
pub(super) struct Check {
    pub id: String,
    pub job: String,
    pub at: Timestamp,
    pub rule: &'static decide::Rule<Seen, Guard>,
    /// Whether the recorded result is the one that follows.
    pub is_borne_out: bool,
}

impl Check {
    pub(super) fn passes(&self) -> bool {
        self.is_borne_out && self.rule.then.result == PASS
    }
}

/// A repair proposal.
#[derive(Debug)]
pub(super) struct Proposal {
    pub id: String,
    pub job: String,
    pub phase: String,
    pub event_type: String,
    pub is_open: bool,
}

/// A policy, with the state that its audit bears out.
#[derive(Debug)]
pub(super) struct PolicyState {
    pub key: String,
    pub action: String,
    pub risk: Risk,
    pub state: State,
    /// Audit entry that led to the state.
    pub evidence: Option<String>,
    /// When it was approved or rejected.
    pub decided: Option<Timestamp>,
    pub rule: &'static decide::Rule<Wanted, Leave>,
    /// What may be done by it from when on, the oldest first.
    leaves: Vec<(Timestamp, &'static decide::Rule<Wanted, Leave>)>,
}

/// What was learnt from a job.
#[derive(Debug)]
pub(super) struct Lesson {
    pub id: String,
    pub job: String,
    /// Whether it names what comes next.
    pub has_priority: bool,
}

/// Everything that the records say by a moment; a table that was not given is `None`.
#[derive(Debug)]
pub(super) struct Console {
    pub events: Option<Vec<Event>>,
    pub proposals: Option<Vec<Proposal>>,
    pub checks: Option<Vec<Check>>,
    pub policies: Option<Vec<PolicyState>>,
    pub lessons: Option<Vec<Lesson>>,
}

/// Reads the records as of a moment.
pub(super) fn console(facts: &Facts, workspace: &Workspace, now: Timestamp, findings: &mut Vec<Finding>) -> Console {
    let mut reader = Reader { facts, workspace, now, findings };
    let (proposals, policies) = (reader.proposals(), reader.policies());
    let events = reader.events(proposals.as_deref(), policies.as_deref());
    Console { events, checks: reader.checks(), policies, lessons: reader.lessons(), proposals }
}

struct Reader<'a> {
    facts: &'a Facts,
    workspace: &'a Workspace,
    now: Timestamp,
    findings: &'a mut Vec<Finding>,
}

impl<'a> Reader<'a> {
    /// The records of a table that were written by now, in the order of their time.
    fn table(&mut self, name: &str, time: &str) -> Option<Vec<(&'static TableSchema, &'a Record, Timestamp)>> {
        let schema = TABLES.iter().find(|schema| schema.name == name)?;
        let given = self.facts.tables.get(name)?;
        let mut records = Vec::new();
        let mut last: Option<Timestamp> = None;
        for record in &given.records {
            let Some(at) = moment(record, schema, time) else { continue };
            if at > self.now {
                let (at, now) = (self.shown(at), self.shown(self.now));
                let message = format!("is of {at}, and it is {now}; the record is not used");
                self.report(&core::FUTURE_RECORD, column(&record.place, time), message, "correct the time");
                continue;
            }
            // Such tables are only ever added to, so that an older line below a newer one was put there later.
            if last.is_some_and(|last| at < last) {
                let message = "is older than the record above it, in a table that is only added to";
                self.report(
                    &core::OUT_OF_ORDER,
                    column(&record.place, time),
                    message,
                    "put the records in their order",
                );
            }
            last = last.max(Some(at));
            records.push((schema, record, at));
        }
        records.sort_by_key(|(.., at)| *at);
        Some(records)
    }

    fn shown(&self, moment: Timestamp) -> String {
        clock::rfc3339(moment, &self.workspace.zone)
    }

    fn report(&mut self, code: &'static Code, place: Place, message: impl Into<String>, hint: &str) {
        self.findings.push(Finding::new(code, place, message).hint(hint));
    }

    fn proposals(&mut self) -> Option<Vec<Proposal>> {
        let mut proposals: Vec<Proposal> = Vec::new();
        for (schema, record, _) in self.table("repair_proposals", "created_at")? {
            let field = |field: &str| text(record, schema, field).to_owned();
            let proposal = Proposal {
                id: field("id"),
                job: field("job_id"),
                phase: field("phase"),
                event_type: field("event_type"),
                is_open: field("status") == "open",
            };
            let same = |other: &&Proposal| {
                (&other.job, &other.phase, &other.event_type) == (&proposal.job, &proposal.phase, &proposal.event_type)
            };
            match proposals.iter().find(same) {
                Some(first) => {
                    let message = format!("proposes again what {} proposed; it does not count", first.id);
                    self.report(&codes::PROPOSAL_REPEATED, record.place.clone(), message, "keep one of them");
                }
                None => proposals.push(proposal),
            }
        }
        Some(proposals)
    }

    fn events(&mut self, proposals: Option<&[Proposal]>, policies: Option<&[PolicyState]>) -> Option<Vec<Event>> {
        let mut same: BTreeMap<(String, String, &str), u32> = BTreeMap::new();
        let mut retries: BTreeMap<(String, String), u32> = BTreeMap::new();
        let mut events = Vec::new();
        for (schema, record, at) in self.table("worker_repair_events", "created_at")? {
            let field = |field: &str| text(record, schema, field).to_owned();
            let (id, job, phase, action) = (field("id"), field("job_id"), field("phase"), field("repair_action"));
            let word = field("event_type");
            let Some(event_type) = EVENTS.iter().copied().find(|event| *event == word) else { continue };
            let number = same.entry((job.clone(), phase.clone(), event_type)).or_default();
            *number += 1;
            let number = *number;
            let retry_count = retries.entry((job.clone(), phase.clone())).or_default();
            let proposed = proposals.is_some_and(|all| {
                all.iter().any(|made| (&made.job, &made.phase, made.event_type.as_str()) == (&job, &phase, event_type))
            });
            let fault =
                Fault { event_type, same_event_count: number, retry_count: *retry_count, proposal_open: proposed };
            let Ok(ruling) = decide::first(REPAIRS, &fault) else { continue };
            let is_retry = action == RETRY || action == "retry_once";
            *retry_count += u32::from(is_retry);
            if is_retry && ruling.rule.then.action != RETRY {
                let message =
                    format!("was retried; by {} the worker had to `{}`", ruling.rule.id, ruling.rule.then.action);
                let place = column(&record.place, "repair_action");
                self.report(&codes::RETRIED_AGAIN, place, message, "diagnose or propose instead");
            }
            if let Some(rule) = policies.and_then(|policies| forbidden(&action, at, policies)) {
                let message = format!("`{action}` was done; by {} the worker had to `{}`", rule.id, rule.then.decision);
                let place = column(&record.place, "repair_action");
                self.report(&codes::NOT_PERMITTED, place, message, "propose it, and have its policy approved first");
            }
            if number == REPEATED && !proposed && proposals.is_some() {
                let message =
                    format!("`{event_type}` came a second time in `{phase}`, and nobody has proposed a repair");
                self.report(&codes::PROPOSAL_MISSING, record.place.clone(), message, "write one proposal");
            }
            let output = record.get(schema, "raw_command_output");
            let Some(Fact::Json(output)) = output else { continue };
            if output.entries().is_empty() {
                let place = column(&record.place, "raw_command_output");
                let message = "is empty, so that nothing shows the repair";
                self.report(&codes::NO_OUTPUT, place, message, "write command, exit_code and output");
            }
            let exit_is_0 = output.get("retry_exit_code").map(|code| code.to_json() == 0);
            let outcome = exit_is_0.filter(|_| is_retry);
            events.push(Event {
                id,
                job,
                phase,
                sort: event_type,
                at,
                action,
                retried: outcome,
                number,
                rule: ruling.rule,
            });
        }
        Some(events)
    }

    fn checks(&mut self) -> Option<Vec<Check>> {
        let mut checks = Vec::new();
        for (schema, record, at) in self.table("artifact_gate_checks", "checked_at")? {
            let count = |field: &str| integer(record, schema, field).and_then(|count| u32::try_from(count).ok());
            let seen = Seen {
                is_html: is_html(text(record, schema, "primary_artifact_url")),
                http_status: count("http_status"),
                upload_files_count: count("upload_files_count").unwrap_or_default(),
                // Nobody recorded how many there should be, so that no number of files is the right one.
                expected_upload_count: count("expected_upload_count").unwrap_or_default(),
            };
            let Ok(ruling) = decide::first(GUARDS, &seen) else { continue };
            let said = text(record, schema, "result");
            let follows = ruling.rule.then.result;
            if said != follows {
                let message = format!("says `{said}`; by {} the facts give `{follows}`", ruling.rule.id);
                let place = column(&record.place, "result");
                self.report(&codes::GUARD_DISAGREES, place, message, "look at the artifact again");
            }
            let field = |field: &str| text(record, schema, field).to_owned();
            let is_borne_out = said == follows;
            checks.push(Check { id: field("id"), job: field("job_id"), at, rule: ruling.rule, is_borne_out });
        }
        Some(checks)
    }

    fn policies(&mut self) -> Option<Vec<PolicyState>> {
        let schema = TABLES.iter().find(|schema| schema.name == "worker_policy_decisions")?;
        let given = self.facts.tables.get(schema.name.as_str())?;
        let audit = self.table("worker_policy_audit", "changed_at");
        let mut policies = Vec::new();
        let mut known = BTreeSet::new();
        for record in &given.records {
            let field = |field: &str| text(record, schema, field).to_owned();
            let (key, action) = (field("policy_key"), field("allowed_action"));
            let stated = Risk::from_word(&field("risk_level"));
            let risk = Risk::of(&action, stated);
            known.insert(key.clone());
            if stated.is_some_and(|stated| stated < risk) {
                let message = format!("states {}, and `{action}` is {}", field("risk_level"), risk.word());
                let place = column(&record.place, "risk_level");
                self.report(&codes::RISK_UNDERSTATED, place, message, "state the risk that the rules name");
            }
            let mut state = State::Draft;
            let (mut evidence, mut decided, mut approved_by, mut leaves) = (None, None, Vec::new(), Vec::new());
            for (of, entry, at) in audit.iter().flatten().filter(|(of, entry, _)| text(entry, of, "policy_key") == key)
            {
                if let Some((next, roles)) = self.change(of, entry, risk, state) {
                    evidence = Some(text(entry, of, "id").to_owned());
                    decided = if matches!(next, State::Approved | State::Rejected) { Some(*at) } else { decided };
                    approved_by = if next == State::Approved { roles } else { approved_by };
                    state = next;
                    let wanted = Wanted { risk, state: Some(state), approved_by: approved_by.clone() };
                    leaves.extend(decide::first(LEAVES, &wanted).ok().map(|ruling| (*at, ruling.rule)));
                }
            }
            if State::from_word(&field("status")).is_some_and(|said| said != state) {
                let message =
                    format!("says `{}`; its audit bears out `{}`, which counts", field("status"), state.word());
                let place = column(&record.place, "status");
                self.report(&codes::POLICY_AUDIT, place, message, "audit the change, or correct the status");
            }
            let Ok(ruling) = decide::first(LEAVES, &Wanted { risk, state: Some(state), approved_by }) else { continue };
            policies.push(PolicyState { key, action, risk, state, evidence, decided, rule: ruling.rule, leaves });
        }
        for (of, entry, _) in
            audit.iter().flatten().filter(|(of, entry, _)| !known.contains(text(entry, of, "policy_key")))
        {
            let place = column(&entry.place, "policy_key");
            let message = format!("`{}` is no policy of worker_policy_decisions", text(entry, of, "policy_key"));
            self.report(&codes::POLICY_AUDIT, place, message, "correct the name, or add the policy");
        }
        Some(policies)
    }

    /// The state to which an audited change leads and the roles of who made it, when it counts.
    fn change(
        &mut self,
        schema: &TableSchema,
        entry: &Record,
        risk: Risk,
        from: State,
    ) -> Option<(State, Vec<String>)> {
        let state = |field: &str| State::from_word(text(entry, schema, field));
        let (old_state, new_state) = (state("old_state")?, state("new_state")?);
        let actor = text(entry, schema, "actor");
        let roles = self.workspace.people.get(actor).map(|person| person.roles.clone()).unwrap_or_default();
        let output = entry.get(schema, "raw_command_output");
        let change = Change {
            risk,
            old_state,
            new_state,
            actor_roles: roles.clone(),
            has_output: matches!(output, Some(Fact::Json(output)) if !output.entries().is_empty()),
            has_reason: !text(entry, schema, "reason").is_empty(),
        };
        let rule = decide::first(CHANGES, &change).ok()?.rule;
        let step = format!("{} → {} by `{actor}`", old_state.word(), new_state.word());
        let wrong = if old_state != from {
            Some(format!("{step} does not count: the policy was {}", from.word()))
        } else if rule.then.result != VALID {
            Some(format!("{step} does not count: {} ({})", rule.then.result, rule.id))
        } else {
            None
        };
        if let Some(message) = wrong {
            let hint = format!("a policy of risk {} is decided by {}", risk.word(), risk.deciders().join(" or "));
            self.report(&codes::POLICY_AUDIT, entry.place.clone(), message, &hint);
            return None;
        }
        Some((new_state, roles))
    }

    fn lessons(&mut self) -> Option<Vec<Lesson>> {
        let lesson = |(schema, record, _): (&TableSchema, &Record, Timestamp)| Lesson {
            id: text(record, schema, "id").to_owned(),
            job: text(record, schema, "job_id").to_owned(),
            has_priority: !text(record, schema, "next_round_priority").is_empty(),
        };
        let records = self.table("learning_memory_updates", "created_at")?;
        Some(records.into_iter().map(|(schema, record, at)| lesson((schema, record, at))).collect())
    }
}

/// The rule by which a worker could not do something at a moment: by a policy about it that was decided by then, else by
/// the risk of the action alone, since nobody can tell when a draft was written.
fn forbidden(action: &str, at: Timestamp, policies: &[PolicyState]) -> Option<&'static decide::Rule<Wanted, Leave>> {
    let action = match action {
        "" | "none" => return None,
        RETRY => "retry_once",
        "create_repair_proposal" => "propose",
        other => other,
    };
    let by_then =
        |policy: &PolicyState| policy.leaves.iter().rev().find(|(since, _)| *since <= at).map(|(_, rule)| *rule);
    let mut rules: Vec<_> = policies.iter().filter(|policy| policy.action == action).filter_map(by_then).collect();
    if rules.is_empty() {
        let wanted = Wanted { risk: Risk::of(action, None), state: None, approved_by: Vec::new() };
        rules.push(decide::first(LEAVES, &wanted).ok()?.rule);
    }
    rules.into_iter().find(|rule| rule.then.decision != PERMITTED)
}

impl Console {
    /// Jobs that were repaired: a worker did something about one of their faults.
    pub(super) fn repaired(&self) -> Option<BTreeSet<&str>> {
        let events = self.events.as_ref()?.iter().filter(|event| !event.action.is_empty());
        Some(events.map(|event| event.job.as_str()).collect())
    }

    /// Whether a repaired job has a lesson and names what comes next. `None` when lessons were not given.
    pub(super) fn has_learnt(&self, job: &str) -> Option<bool> {
        Some(self.lessons.as_ref()?.iter().any(|lesson| lesson.job == job && lesson.has_priority))
    }

    /// The newest check of a job.
    pub(super) fn last_check(&self, job: &str) -> Option<&Check> {
        self.checks.as_ref()?.iter().rev().find(|check| check.job == job)
    }

    /// The proposal for what an event is one of.
    pub(super) fn proposal(&self, event: &Event) -> Option<&Proposal> {
        self.proposals.as_ref()?.iter().find(|made| {
            (made.job.as_str(), made.phase.as_str(), made.event_type.as_str())
                == (event.job.as_str(), event.phase.as_str(), event.sort)
        })
    }

    /// What was reached by day 7, in the order of the adoption thresholds; `None` when a table was not given.
    pub(super) fn adoption(
        &self,
        now: Timestamp,
        due: Timestamp,
    ) -> Option<([u32; 3], &'static decide::Rule<Adopted, Adoption>)> {
        let count = |count: usize| u32::try_from(count).unwrap_or(u32::MAX);
        let counts = [
            count(self.events.as_ref()?.iter().filter(|event| event.at <= due).count()),
            count(self.checks.as_ref()?.iter().filter(|check| check.passes() && check.at <= due).count()),
            count(
                self.policies
                    .as_ref()?
                    .iter()
                    .filter(|policy| policy.decided.is_some_and(|decided| decided <= due))
                    .count(),
            ),
        ];
        let adopted = Adopted { counts, now: (now, String::new()), due: (due, String::new()) };
        Some((counts, decide::first(ADOPTIONS, &adopted).ok()?.rule))
    }

    /// Every figure of the scorecard.
    pub(super) fn scorecard(&self) -> Vec<Metric> {
        let share = |numerator: usize, denominator: usize| Measured::Share {
            numerator: numerator as u64,
            denominator: denominator as u64,
        };
        let value = |id: &str| match id {
            "repeat_rate" => self
                .events
                .as_ref()
                .map(|events| share(events.iter().filter(|event| event.number >= REPEATED).count(), events.len())),
            "retry_success" => self.events.as_ref().map(|events| {
                let retried: Vec<_> = events.iter().filter(|event| event.action == RETRY).collect();
                share(retried.iter().filter(|event| event.retried == Some(true)).count(), retried.len())
            }),
            "guard_pass_rate" => self
                .checks
                .as_ref()
                .map(|checks| share(checks.iter().filter(|check| check.passes()).count(), checks.len())),
            "learning_coverage" => self.repaired().zip(self.lessons.as_ref()).map(|(jobs, _)| {
                share(jobs.iter().filter(|job| self.has_learnt(job) == Some(true)).count(), jobs.len())
            }),
            "open_proposals" => self
                .proposals
                .as_ref()
                .map(|all| share(all.iter().filter(|proposal| proposal.is_open).count(), all.len())),
            _ => None,
        };
        let metric = |(id, title, definition): &(&'static str, Words, Words)| Metric {
            id,
            title: *title,
            definition: *definition,
            value: value(id),
            source: match *id {
                "guard_pass_rate" => "artifact_gate_checks",
                "learning_coverage" => "worker_repair_events, learning_memory_updates",
                "open_proposals" => "repair_proposals",
                _ => "worker_repair_events",
            },
        };
        SCORECARD.iter().map(metric).collect()
    }

    /// How many events there are of each type that there is.
    pub(super) fn by_type(&self) -> Vec<(&'static str, usize)> {
        let events = self.events.as_deref().unwrap_or_default();
        let of = |word: &'static str| (word, events.iter().filter(|event| event.sort == word).count());
        EVENTS.iter().copied().map(of).filter(|(_, count)| *count > 0).collect()
    }
}
