//! `data-request` as a question: what to do next about an export that was asked for, and where the request stands.

use jiff::Span;
use jiff::fmt::temporal::Pieces;
use jiff::tz::Offset;
use serde_json::{Value, json};

use crate::check::shape::{Shape, Type, required};
use crate::decide::{self, Answer, Asked, Moment, Question, Reader, Refusal, Rule, Told};
use crate::kinds::data_gap::rules::{self, COLUMN_NAMES, DUE_HOURS, Import, NextAction, Situation, State};
use crate::lang::{Lang, words};
use crate::read::tree::Node;

/// Words of `request_status`: the states, and that there is no request.
const REQUEST_STATUS: &[&str] = &["none", "open", "uploaded", "schema_failed", "accepted", "escalated"];

/// The question.
pub(super) static QUESTION: Question = Question {
    name: "data-request",
    about: words(
        "資料請求的下一步與狀態：追檔、退回錯誤、產出記分卡或改派 repo_change",
        "what to do next about a data request, and where it stands",
    ),
    facts: Some(&SHAPE),
    sanitises: false,
    answer: |facts, asked| answer(&read(facts)?, asked),
};

static SHAPE: Shape = Shape {
    about: "What is known about a data request.",
    closed: true,
    keys: &[
        required("request_status", Type::Word(REQUEST_STATUS), "recorded state of the request; `none` without one"),
        required("file_given", Type::Bool, "whether a file was sent"),
        required("missing_fields", Type::List(&Type::Word(COLUMN_NAMES)), "required columns that the file lacks"),
        required("import_status", Type::Word(Import::WORDS), "what the import of the file gave"),
        required("repo_or_api_given", Type::Bool, "whether a repository or an API was given"),
        required("due_at", Type::Nullable(&Type::Moment), "when the file is due; null when it has no due time"),
        required("now", Type::Moment, "the moment that is asked about"),
    ],
};

struct Facts {
    /// The recorded state; `None` when there is no request.
    recorded: Option<State>,
    missing: Vec<String>,
    /// What the import is said to have given.
    said: Import,
    file_given: bool,
    repo_or_api_given: bool,
    due: Option<Moment>,
    now: Moment,
}

fn read(node: &Node) -> Result<Facts, Vec<Refusal>> {
    let mut read = Reader::new(node);
    let known = |word: &str| REQUEST_STATUS.contains(&word).then(|| State::of(word));
    let recorded = read.word("request_status", known);
    let said = read.word("import_status", Import::of);
    let missing = node.get("missing_fields").map(Node::texts).unwrap_or_default();
    let (file_given, repo_or_api_given) = (read.flag("file_given"), read.flag("repo_or_api_given"));
    let due = read.given("due_at").map(|_| read.moment("due_at"));
    let now = read.moment("now");
    let facts = || {
        Some(Facts {
            recorded: recorded?,
            missing,
            said: said?,
            file_given: file_given?,
            repo_or_api_given: repo_or_api_given?,
            due: due.flatten(),
            now: now?,
        })
    };
    read.finish(facts())
}

fn answer(facts: &Facts, asked: &Asked) -> Result<Answer, Vec<Refusal>> {
    let Facts { recorded, said, file_given, repo_or_api_given, .. } = *facts;
    // A file that lacks columns has failed, whether or not its import says so already.
    let import = if said == Import::None && !facts.missing.is_empty() { Import::Failed } else { said };
    let situation = Situation { file_given, import, repo_or_api_given };
    let is_overdue = facts.due.as_ref().is_some_and(|due| facts.now.0 > due.0);
    let state = rules::state(recorded, situation, is_overdue);
    let refusals = contradictions(recorded, state, situation, said, &facts.missing);
    if !refusals.is_empty() {
        return Err(refusals);
    }
    let ruling = rules::next_action(situation)?;
    let then = &ruling.rule.then;
    let mut task = json!({"kind": then.word, "owner_role": then.owner_role});
    let is_request = then.word == "data_request";
    if is_request {
        let after = || facts.now.0.checked_add(Span::new().hours(DUE_HOURS)).ok();
        // In the offset of whoever asks.
        let written = Pieces::parse(&facts.now.1).ok();
        let offset = written.and_then(|written| written.to_numeric_offset()).unwrap_or(Offset::UTC);
        let opened = || after().map(|due| due.display_with_offset(offset).to_string());
        let due = if recorded.is_some() { facts.due.as_ref().map(|due| due.1.clone()) } else { opened() };
        task["priority"] = "P0".into();
        task["due_at"] = due.into();
    }
    let absent = |is_there: bool, value: Value| if is_there { value } else { Value::Null };
    let mut answer = decide::answer([
        ("next_action", then.word.into()),
        ("request_status", state.word().into()),
        ("revenue", absent(import != Import::Accepted, "unverified".into())),
        ("rule", ruling.rule.id.into()),
        ("rationale", rationale(ruling.rule, state, asked.lang).into()),
        ("never", then.never.get(asked.lang).into()),
        ("task", task),
        ("notify", absent(is_request, json!(["ceo"]))),
        ("missing_fields", absent(!facts.missing.is_empty(), json!(facts.missing))),
        ("also", absent(repo_or_api_given && then.word != "repo_change", json!(["repo_change"]))),
    ]);
    ruling.trace(asked, &mut answer);
    Ok(answer)
}

/// Why the rule holds and what it asks for, in one sentence.
fn rationale(rule: &Rule<Situation, NextAction>, state: State, lang: Lang) -> String {
    let (when, action) = (rule.when.get(lang), rule.then.action.get(lang));
    match lang {
        Lang::ZhHant => format!("{when}：{action}。請求狀態為 `{}`。", state.word()),
        Lang::En => format!("{when}: {action}. The request is `{}`.", state.word()),
    }
}

/// Facts that cannot be true together.
fn contradictions(
    recorded: Option<State>,
    state: State,
    situation: Situation,
    said: Import,
    missing: &[String],
) -> Vec<Refusal> {
    let mut refusals = Vec::new();
    let mut refuse = |pointer: &str, message: String| refusals.push(Refusal::new(pointer, message));
    if !situation.file_given && said != Import::None {
        refuse("/import_status", format!("is `{}`, and no file is given; expected `none`", said.word()));
    }
    if !situation.file_given && !missing.is_empty() {
        refuse("/missing_fields", "names columns, and no file is given; expected an empty list".to_owned());
    }
    if !missing.is_empty() && matches!(said, Import::Accepted | Import::Partial) {
        refuse("/import_status", format!("is `{}`, and columns are missing; expected `failed`", said.word()));
    }
    if let Some(recorded) = recorded.filter(|recorded| !recorded.leads_to(state)) {
        let message =
            format!("is `{}`, which does not lead to `{}`, what the other facts give", recorded.word(), state.word());
        refuse("/request_status", message);
    }
    refusals
}

/// The table for `explain`.
pub(super) fn told() -> Vec<Told> {
    let told = |rule: &Rule<Situation, NextAction>| Told {
        id: rule.id,
        question: QUESTION.name,
        when: rule.when,
        decides: vec![rule.then.word],
        route: Some(rule.then.action),
        is_first: true,
    };
    rules::NEXT_ACTIONS.iter().map(told).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::read::{json as json_document, text::Text};

    const FACTS: &str = r#"{"request_status": "open", "file_given": false, "missing_fields": [], "import_status": "none",
        "repo_or_api_given": false, "due_at": "2026-05-25T05:45:00+08:00", "now": "2026-05-24T05:45:00+08:00"}"#;

    /// The answer to the facts with some of them replaced, or what is refused.
    fn ask(changes: &[(&str, Value)]) -> Value {
        let mut facts: Value = serde_json::from_str(FACTS).unwrap();
        for (key, value) in changes {
            facts[*key] = value.clone();
        }
        let content = facts.to_string();
        let mut findings = Vec::new();
        let text = Text { path: "f", content: &content };
        let node = json_document::read("f", content.as_bytes(), &mut findings).unwrap();
        let asked = Asked { lang: Lang::En, trace: false };
        decide::ask(&QUESTION, &node, &asked, text, &mut findings).map_or_else(
            || {
                findings
                    .iter()
                    .map(|found| format!("{}: {}", found.place.pointer.as_deref().unwrap_or("-"), found.message))
                    .collect()
            },
            Value::Object,
        )
    }

    #[track_caller]
    fn check(changes: &[(&str, Value)], rule: &str, action: &str, state: &str) {
        let answer = ask(changes);
        assert_eq!(
            [&answer["rule"], &answer["next_action"], &answer["request_status"]],
            [rule, action, state],
            "{answer}"
        );
    }

    #[test]
    fn the_table_of_the_seed() {
        assert!(rules::STATES.iter().map(|state| &state.1).eq(&REQUEST_STATUS[1..]));
        check(&[], "D1", "data_request", "open");
        check(&[("request_status", "none".into())], "D1", "data_request", "open");
        check(&[("now", "2026-05-25T05:45:00+08:00".into())], "D1", "data_request", "open");
        check(&[("now", "2026-05-25T05:45:01+08:00".into())], "D1", "data_request", "escalated");
        check(&[("repo_or_api_given", true.into())], "D4", "repo_change", "open");
        let file = ("file_given", true.into());
        check(std::slice::from_ref(&file), "D5", "import", "uploaded");
        let missing = ("missing_fields", json!(["discount_code"]));
        check(&[file.clone(), missing.clone()], "D2", "return_errors", "schema_failed");
        check(&[file.clone(), ("import_status", "partial".into())], "D2", "return_errors", "uploaded");
        check(&[file.clone(), ("import_status", "accepted".into())], "D3", "scorecard", "accepted");
        assert_eq!(ask(&[])["revenue"], "unverified");
        assert_eq!(ask(&[file, ("import_status", "accepted".into())])["revenue"], Value::Null);
        assert_eq!(ask(&[("request_status", "none".into())])["task"]["due_at"], "2026-05-25T05:45:00+08:00");
    }

    #[test]
    fn facts_that_contradict_one_another_are_refused() {
        for (changes, expected) in [
            (
                vec![("import_status", json!("accepted"))],
                "/import_status: is `accepted`, and no file is given; expected `none`",
            ),
            (
                vec![("missing_fields", json!(["amount"]))],
                "/missing_fields: names columns, and no file is given; expected an empty list",
            ),
            (
                vec![("request_status", json!("accepted"))],
                "/request_status: is `accepted`, which does not lead to `open`, what the other facts give",
            ),
            (vec![("missing_fields", json!(["price"])), ("file_given", json!(true))], "/missing_fields/0: "),
            (vec![("due", json!("2026-05-25T05:45:00+08:00"))], "/due: key `due` is not known here"),
        ] {
            let said = ask(&changes);
            let said: Vec<_> = said.as_array().unwrap().iter().filter_map(Value::as_str).collect();
            assert!(said.iter().any(|said| said.starts_with(expected)), "{said:?}");
        }
    }
}
