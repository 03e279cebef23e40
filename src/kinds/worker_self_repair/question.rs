//! What can be asked of self-repair: facts as JSON in, decisions as JSON out.

use serde_json::{Value, json};

use crate::check::shape::{Shape, Type, optional, required};
use crate::decide::{self, Answer, Asked, Question, Reader, Refusal, Ruling};
use crate::documents::workspace::ROLES;
use crate::kinds::worker_self_repair::adoption::{ADOPTIONS, Adopted, THRESHOLDS};
use crate::kinds::worker_self_repair::guard::{GUARDS, PASS, Seen, is_html};
use crate::kinds::worker_self_repair::policy::{CHANGES, Change, LEAVES, LOUIS, Risk, State, VALID, Wanted};
use crate::kinds::worker_self_repair::repair::{EVENTS, Fault, REPAIRS};
use crate::lang::{Lang, Words, words};
use crate::read::tree::Node;

/// What a worker does about a fault.
pub(super) const REPAIR: &str = "repair-gates";
/// Whether a job may complete.
pub(super) const GUARD: &str = "artifact-guard";
/// Whether a worker may act by itself.
pub(super) const POLICY: &str = "worker-policy";
/// Whether a change of policy counts.
pub(super) const TRANSITION: &str = "policy-transition";
/// Whether workers took the loop up by day 7.
pub(super) const ADOPTION: &str = "worker-adoption";

/// The questions.
pub(super) static QUESTIONS: &[&Question] = &[
    &Question {
        name: REPAIR,
        about: words(
            "worker 遇到錯誤時：重試一次、提案或診斷",
            "a worker met a fault: retry once, propose or diagnose",
        ),
        facts: Some(&REPAIR_SHAPE),
        sanitises: false,
        answer: repair,
    },
    &Question {
        name: GUARD,
        about: words("complete 之前：主要成果可不可以交", "before complete: does the primary artifact hold"),
        facts: Some(&GUARD_SHAPE),
        sanitises: false,
        answer: guard,
    },
    &Question {
        name: POLICY,
        about: words("worker 能自行執行，還是只能提案", "may a worker act by itself, or propose only"),
        facts: Some(&POLICY_SHAPE),
        sanitises: false,
        answer: policy,
    },
    &Question {
        name: TRANSITION,
        about: words("政策的狀態變更算不算數", "does a change of the state of a policy count"),
        facts: Some(&TRANSITION_SHAPE),
        sanitises: false,
        answer: transition,
    },
    &Question {
        name: ADOPTION,
        about: words("D7 前 worker 有沒有採用", "did workers take the loop up by day 7"),
        facts: Some(&ADOPTION_SHAPE),
        sanitises: false,
        answer: adoption,
    },
];

static REPAIR_SHAPE: Shape = Shape {
    about: "A fault that a worker met, and what happened to the same job and phase before.",
    closed: true,
    keys: &[
        required("event_type", Type::Word(EVENTS), "what went wrong"),
        required("phase", Type::Text, "step of the job"),
        required("same_event_count", Type::Count, "events of this type for this job and phase, this one included"),
        required("retry_count", Type::Count, "retries for this job and phase so far"),
        required("proposal_open", Type::Bool, "whether a proposal for the same job, phase and type was made already"),
    ],
};

static GUARD_SHAPE: Shape = Shape {
    about: "What was seen of the primary artifact before complete.",
    closed: true,
    keys: &[
        required("primary_artifact", Type::Text, "name or address of the primary artifact"),
        optional("http_status", Type::Nullable(&Type::Count), "status of the answer; null when there was no answer"),
        required("upload_files_count", Type::Count, "files that the upload accepted"),
        required("expected_upload_count", Type::Count, "files that should have been uploaded"),
    ],
};

/// What the seed calls the person who holds the role [`LOUIS`].
const LOUIS_BY_NAME: &str = "louis";

static POLICY_SHAPE: Shape = Shape {
    about: "What a worker wants to do, and the policy about it.",
    closed: true,
    keys: &[
        required("action", Type::Text, "what the worker wants to do; an action that is not known is high risk"),
        optional(
            "risk_level",
            Type::Nullable(&Type::Word(Risk::WORDS)),
            "risk that the policy states; it raises the action's own and never lowers it",
        ),
        optional("status", Type::Nullable(&Type::Word(State::WORDS)), "state of the policy; null when there is none"),
        optional(
            "approved_by_role",
            Type::Nullable(&Type::Text),
            "role that approved it: a role of proofpack.toml, or `louis`",
        ),
    ],
};

static TRANSITION_SHAPE: Shape = Shape {
    about: "A change of the state of a policy, with its audit.",
    closed: true,
    keys: &[
        required("action", Type::Text, "action that the policy permits; one that is not known is high risk"),
        optional("risk_level", Type::Nullable(&Type::Word(Risk::WORDS)), "risk that the policy states"),
        required("old_state", Type::Word(State::WORDS), "state before"),
        required("new_state", Type::Word(State::WORDS), "state after"),
        required("actor_roles", Type::List(&Type::Word(ROLES)), "roles of whoever changed it"),
        optional("raw_command_output", Type::Any, "what the command printed; null when it was not kept"),
        optional("reason", Type::Nullable(&Type::AnyText), "why it was changed"),
    ],
};

static ADOPTION_SHAPE: Shape = Shape {
    about: "How far workers took the repair loop up.",
    closed: true,
    keys: &[
        required("repair_event_count", Type::Count, "repair or friction events by day 7"),
        required("guard_pass_count", Type::Count, "passes of the artifact guard by day 7"),
        required("policies_decided_count", Type::Count, "policies approved or rejected by day 7"),
        required("due_at", Type::Moment, "end of day 7"),
        required("now", Type::Moment, "as of when the decision is made"),
    ],
};

/// Why, in one line: the rule, the facts that it looked at, what happens next.
fn rationale<F, T>(ruling: &Ruling<F, T>, route: Words, facts: &str, lang: Lang) -> Value {
    let (id, when, route) = (ruling.rule.id, ruling.rule.when.get(lang), route.get(lang));
    match lang {
        Lang::ZhHant => format!("{id}：{when}（{facts}）。下一步：{route}。").into(),
        Lang::En => format!("{id}: {when} ({facts}). Next: {route}.").into(),
    }
}

fn repair(node: &Node, asked: &Asked) -> Result<Answer, Vec<Refusal>> {
    let mut read = Reader::new(node);
    let event_type = read.word("event_type", |word| EVENTS.iter().copied().find(|event| *event == word));
    let same_event_count = match read.count("same_event_count") {
        Some(0) => read.refuse("same_event_count", "is 0, and the event itself counts: at least 1"),
        count => count,
    };
    let (retry_count, proposal_open) = (read.count("retry_count"), read.flag("proposal_open"));
    let fault = || {
        Some(Fault {
            event_type: event_type?,
            same_event_count: same_event_count?,
            retry_count: retry_count?,
            proposal_open: proposal_open?,
        })
    };
    let fault = read.finish(fault())?;
    let ruling = decide::first(REPAIRS, &fault)?;
    let then = &ruling.rule.then;
    let facts = format!(
        "{} × {}, phase {}, retries {}, proposal {}",
        fault.event_type,
        fault.same_event_count,
        node.text_at("phase").unwrap_or_default(),
        fault.retry_count,
        fault.proposal_open
    );
    let mut answer = decide::answer([
        ("gate", then.gate.into()),
        ("action", then.action.into()),
        ("complete_allowed", false.into()),
        ("rule", ruling.rule.id.into()),
        ("rationale", rationale(&ruling, then.route, &facts, asked.lang)),
    ]);
    ruling.trace(asked, &mut answer);
    Ok(answer)
}

fn guard(node: &Node, asked: &Asked) -> Result<Answer, Vec<Refusal>> {
    let mut read = Reader::new(node);
    let artifact = node.text_at("primary_artifact").unwrap_or_default();
    let http_status = match read.given("http_status").map(|_| read.count("http_status")) {
        Some(Some(status)) if !(100..=599).contains(&status) => {
            read.refuse("http_status", "is not an HTTP status from 100 to 599; write null when there was no answer")
        }
        status => status.flatten(),
    };
    let (uploaded, expected) = (read.count("upload_files_count"), read.count("expected_upload_count"));
    let seen = || {
        Some(Seen {
            is_html: is_html(artifact),
            http_status,
            upload_files_count: uploaded?,
            expected_upload_count: expected?,
        })
    };
    let seen = read.finish(seen())?;
    let ruling = decide::first(GUARDS, &seen)?;
    let then = &ruling.rule.then;
    let status = seen.http_status.map_or("-".to_owned(), |status| status.to_string());
    let (uploaded, expected) = (seen.upload_files_count, seen.expected_upload_count);
    let facts = format!("{artifact}, HTTP {status}, {uploaded}/{expected}");
    let mut answer = decide::answer([
        ("result", then.result.into()),
        ("complete_allowed", (then.result == PASS).into()),
        ("rule", ruling.rule.id.into()),
        ("rationale", rationale(&ruling, then.route, &facts, asked.lang)),
    ]);
    ruling.trace(asked, &mut answer);
    Ok(answer)
}

/// Risk of the action of a document, as its policy may raise it.
fn risk(read: &mut Reader<'_>) -> (String, Risk) {
    let action = read.text("action").unwrap_or_default();
    let stated = read.given("risk_level").and_then(|_| read.word("risk_level", Risk::from_word));
    let risk = Risk::of(&action, stated);
    (action, risk)
}

fn policy(node: &Node, asked: &Asked) -> Result<Answer, Vec<Refusal>> {
    let mut read = Reader::new(node);
    let (action, risk) = risk(&mut read);
    let state = read.given("status").and_then(|_| read.word("status", State::from_word));
    let role = read.text("approved_by_role");
    let role = match role.as_deref() {
        Some(LOUIS_BY_NAME) => Some(LOUIS.to_owned()),
        Some(role) if !ROLES.contains(&role) => {
            read.refuse("approved_by_role", &format!("is none of {}, {LOUIS_BY_NAME}", ROLES.join(", ")))
        }
        _ => role,
    };
    let wanted = read.finish(Some(Wanted { risk, state, approved_by: role.iter().cloned().collect() }))?;
    let ruling = decide::first(LEAVES, &wanted)?;
    let then = &ruling.rule.then;
    let state = wanted.state.map_or("-", State::word);
    let facts = format!("{action}, {}, {state}, {}", risk.word(), role.as_deref().unwrap_or("-"));
    let mut answer = decide::answer([
        ("decision", then.decision.into()),
        ("risk_level", risk.word().into()),
        ("approval_required_by", risk.approver().into()),
        ("rule", ruling.rule.id.into()),
        ("rationale", rationale(&ruling, then.route, &facts, asked.lang)),
    ]);
    ruling.trace(asked, &mut answer);
    Ok(answer)
}

fn transition(node: &Node, asked: &Asked) -> Result<Answer, Vec<Refusal>> {
    let mut read = Reader::new(node);
    let (action, risk) = risk(&mut read);
    let (old_state, new_state) = (read.word("old_state", State::from_word), read.word("new_state", State::from_word));
    let change = || {
        Some(Change {
            risk,
            old_state: old_state?,
            new_state: new_state?,
            actor_roles: node.get("actor_roles").map(Node::texts).unwrap_or_default(),
            has_output: read.given("raw_command_output").is_some(),
            has_reason: read.text("reason").is_some(),
        })
    };
    let change = change();
    let change = read.finish(change)?;
    let ruling = decide::first(CHANGES, &change)?;
    let then = &ruling.rule.then;
    let (old, new) = (change.old_state.word(), change.new_state.word());
    let facts = format!("{action}, {}, {old} → {new}, {}", risk.word(), change.actor_roles.join(" + "));
    let mut answer = decide::answer([
        ("result", then.result.into()),
        ("counts", (then.result == VALID).into()),
        ("risk_level", risk.word().into()),
        ("decided_by", json!(risk.deciders())),
        ("rule", ruling.rule.id.into()),
        ("rationale", rationale(&ruling, then.route, &facts, asked.lang)),
    ]);
    ruling.trace(asked, &mut answer);
    Ok(answer)
}

fn adoption(node: &Node, asked: &Asked) -> Result<Answer, Vec<Refusal>> {
    let mut read = Reader::new(node);
    let counts = ["repair_event_count", "guard_pass_count", "policies_decided_count"].map(|key| read.count(key));
    let (due, now) = (read.moment("due_at"), read.moment("now"));
    let adopted = || {
        let [events, passes, decided] = counts;
        Some(Adopted { counts: [events?, passes?, decided?], now: now?, due: due? })
    };
    let adopted = read.finish(adopted())?;
    let ruling = decide::first(ADOPTIONS, &adopted)?;
    let then = &ruling.rule.then;
    let of: Vec<_> = adopted
        .counts
        .iter()
        .zip(THRESHOLDS)
        .map(|(count, (id, threshold, _))| format!("{id} {count}/{threshold}"))
        .collect();
    let facts = format!("{}, {} / {}", of.join(", "), adopted.now.1, adopted.due.1);
    let mut answer = decide::answer([
        ("result", then.result.into()),
        ("rule", ruling.rule.id.into()),
        ("rationale", rationale(&ruling, then.route, &facts, asked.lang)),
    ]);
    ruling.trace(asked, &mut answer);
    Ok(answer)
}
