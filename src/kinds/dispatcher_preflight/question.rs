//! `decide dispatcher-preflight`: the facts as JSON in, the decision as JSON out.

use serde_json::{Value, json};

use crate::check::shape::{Shape, Type, optional, required};
use crate::decide::{self, Answer, Asked, Question, Reader, Refusal, Told, text};
use crate::kinds::dispatcher_preflight::rules::{self, CLOSE, Decision, Facts, Override, Review, Revise, Scope};
use crate::lang::{Lang, words};
use crate::read::tree::Node;

/// The question.
pub(super) static QUESTION: Question = Question {
    name: "dispatcher-preflight",
    about: words(
        "建立產製工作之前：真的要建置、改派缺口任務、還是可以結案",
        "before a production job is created: build, fill a gap, or close",
    ),
    facts: Some(&SHAPE),
    sanitises: false,
    answer: |facts, asked| {
        let facts = read(facts)?;
        Ok(answer(&facts, &rules::decide(&facts)?, asked))
    },
};

static REVISE: Shape = Shape {
    about: "What the product owner wants to have revised.",
    closed: true,
    keys: &[
        optional("section_id", Type::Nullable(&Type::AnyText), "section to revise; without it the owner is asked"),
        optional("reason", Type::Nullable(&Type::AnyText), "why it has to change; without it the owner is asked"),
    ],
};

static OVERRIDE: Shape = Shape {
    about: "Leave to build in spite of the gates.",
    closed: true,
    keys: &[
        optional("decision_record_id", Type::Nullable(&Type::AnyText), "decision record that says so"),
        optional("authorised_by", Type::Nullable(&Type::AnyText), "role that signed it; only `ceo` may"),
    ],
};

static SHAPE: Shape = Shape {
    about: "The facts of a dispatcher preflight. A key that may be left out means the same as null.",
    closed: true,
    keys: &[
        required("registry_hit_count", Type::Count, "usable artifacts that the registry holds for the action"),
        required("adoption_review_status", Type::Word(Review::WORDS), "verdict of the product owner"),
        optional("revise", Type::Nullable(&Type::Table(&REVISE)), "what is to be revised, when the verdict is revise"),
        required("visit_event_count", Type::Count, "valid visit events"),
        required("case_scope_status", Type::Word(Scope::WORDS), "whether the case may be shown outside"),
        optional("due_at", Type::Nullable(&Type::Moment), "when the action is due; null when it has no due time"),
        required("now", Type::Moment, "as of when the decision is made"),
        required("gap_task_open", Type::Bool, "whether the very task that would be created is open already"),
        optional("override", Type::Nullable(&Type::Table(&OVERRIDE)), "a signed override"),
    ],
};

/// The facts of a document that fits the shape.
fn read(node: &Node) -> Result<Facts, Vec<Refusal>> {
    let mut read = Reader::new(node);
    let registry_hit_count = read.count("registry_hit_count");
    let review = read.word("adoption_review_status", Review::from_word);
    let visit_event_count = read.count("visit_event_count");
    let scope = read.word("case_scope_status", Scope::from_word);
    let due = read.given("due_at").map(|_| read.moment("due_at"));
    let now = read.moment("now");
    let gap_task_open = read.flag("gap_task_open");
    let revise = read
        .given("revise")
        .map(|revise| Revise { section_id: text(revise, "section_id"), reason: text(revise, "reason") });
    let signed = read.given("override").map(|signed| Override {
        decision_record_id: text(signed, "decision_record_id"),
        authorised_by: text(signed, "authorised_by"),
    });
    let facts = || {
        Some(Facts {
            registry_hit_count: registry_hit_count?,
            review: review?,
            revise,
            visit_event_count: visit_event_count?,
            scope: scope?,
            due: due.flatten(),
            now: now?,
            gap_task_open: gap_task_open?,
            signed,
        })
    };
    read.finish(facts())
}

/// The decision as it is printed.
pub(super) fn answer(facts: &Facts, decision: &Decision, asked: &Asked) -> Answer {
    let then = &decision.rule().then;
    let mut task = Value::Null;
    if let Some((kind, owner)) = then.task {
        task = json!({"kind": kind, "owner_role": owner});
        if let Some(Revise { section_id: Some(section), reason: Some(reason) }) = &facts.revise
            && kind == "section_revision"
        {
            task["section_id"] = section.as_str().into();
            task["reason"] = reason.as_str().into();
        }
    }
    let open = if decision.is_suppressed() { task.take() } else { Value::Null };
    let mut answer = decide::answer([
        ("preflight_result", then.result.into()),
        ("dispatch_decision", decision.decision.into()),
        ("rule", decision.rule().id.into()),
        ("rationale", rationale(facts, decision, asked.lang).into()),
        ("task", task),
    ]);
    if decision.is_suppressed() {
        answer.insert("open_task".to_owned(), open);
    }
    if decision.decision == CLOSE {
        answer.insert("spawn".to_owned(), "proposal_module".into());
    }
    if let Some(signed) = &facts.signed {
        let fault = signed.fault();
        answer.insert(
            "override".to_owned(),
            json!({
                "status": if fault.is_none() { "recorded" } else { "ignored" },
                "reason": fault.map(|fault| fault.get(asked.lang)),
                "decision_record_id": signed.decision_record_id,
                "authorised_by": signed.authorised_by,
            }),
        );
    }
    decision.ruling.trace(asked, &mut answer);
    answer
}

/// Why, in one line: the rule, the facts that it looked at, what happens next.
pub(super) fn rationale(facts: &Facts, decision: &Decision, lang: Lang) -> String {
    let rule = decision.rule();
    let (id, when, route) = (rule.id, rule.when.get(lang), rule.then.route.get(lang));
    let (hits, visits, now) = (facts.registry_hit_count, facts.visit_event_count, &facts.now.1);
    let (review, scope) = (facts.review.word(), facts.scope.word());
    let due = facts.due.as_ref().map(|(_, text)| text.as_str());
    let fault = facts.signed.as_ref().and_then(Override::fault);
    let (next, ignored) = match lang {
        Lang::ZhHant if decision.is_suppressed() => ("同一缺口任務尚未結案，不再建立。".to_owned(), "覆寫不採計："),
        Lang::ZhHant => (format!("下一步：{route}。"), "覆寫不採計："),
        Lang::En if decision.is_suppressed() => {
            (" The same gap task is open already, so nothing is created.".to_owned(), " The override does not count: ")
        }
        Lang::En => (format!(" Next: {route}."), " The override does not count: "),
    };
    let stop = if lang == Lang::ZhHant { "。" } else { "." };
    let signed = match (&facts.signed, fault) {
        (Some(_), Some(fault)) => [ignored, fault.get(lang), stop].concat(),
        (Some(Override { decision_record_id: Some(record), authorised_by: Some(by) }), None) => match lang {
            Lang::ZhHant => format!("覆寫依據：{record}（{by}）。"),
            Lang::En => format!(" Overridden by {record} ({by})."),
        },
        _ => String::new(),
    };
    match lang {
        Lang::ZhHant => {
            let due = due.unwrap_or("未訂");
            format!(
                "{id}：{when}。可用成果 {hits} 件，採用審核 {review}，有效拜訪 {visits} 筆，案例授權 {scope}，期限 {due}，現在 {now}。{next}{signed}"
            )
        }
        Lang::En => {
            let due = due.unwrap_or("not set");
            format!(
                "{id}: {when}. Usable artifacts {hits}, adoption review {review}, valid visits {visits}, case scope {scope}, due {due}, now {now}.{next}{signed}"
            )
        }
    }
}

/// The table for `explain`.
pub(super) fn told() -> Vec<Told> {
    let told = |rule: &rules::Rule| Told {
        id: rule.id,
        question: QUESTION.name,
        when: rule.when,
        decides: vec![rule.then.result, rule.then.decision],
        route: Some(rule.then.route),
        is_first: true,
    };
    rules::RULES.iter().map(told).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::read::{json, text};

    const FACTS: &str = r#"{"registry_hit_count":4,"adoption_review_status":"none","revise":null,"visit_event_count":0,"case_scope_status":"unknown","due_at":"2026-05-25T18:00:00+08:00","now":"2026-05-24T03:18:00+08:00","gap_task_open":false,"override":null}"#;

    fn check(facts: &str, trace: bool) -> String {
        let mut findings = Vec::new();
        let node = json::read("f", facts.as_bytes(), &mut findings).unwrap();
        let text = text::read("f", facts.as_bytes(), &mut findings).unwrap();
        let asked = Asked { lang: Lang::En, trace };
        match decide::ask(&QUESTION, &node, &asked, text, &mut findings) {
            Some(answer) => Value::Object(answer).to_string(),
            None => {
                findings.iter().map(|found| format!("{} {}", found.place, found.message)).collect::<Vec<_>>().join("; ")
            }
        }
    }

    #[test]
    fn the_answer_has_its_keys_in_their_order() {
        assert_eq!(
            check(FACTS, false),
            r#"{"preflight_result":"need_adoption_review","dispatch_decision":"create_gap_task","rule":"P4","rationale":"P4: no adoption review, not past due (or no due date). Usable artifacts 4, adoption review none, valid visits 0, case scope unknown, due 2026-05-25T18:00:00+08:00, now 2026-05-24T03:18:00+08:00. Next: product owner reviews.","task":{"kind":"adoption_review","owner_role":"product_owner"}}"#
        );
        let open = check(&FACTS.replace("\"gap_task_open\":false", "\"gap_task_open\":true"), false);
        assert!(open.contains(r#""dispatch_decision":"suppress_build""#), "{open}");
        assert!(open.ends_with(r#""task":null,"open_task":{"kind":"adoption_review","owner_role":"product_owner"}}"#));
    }

    #[test]
    fn an_override_is_recorded_or_reported() {
        let check = |signed: &str, expected: &str| {
            let answer = check(&FACTS.replace("\"override\":null", &format!("\"override\":{signed}")), false);
            assert!(answer.ends_with(expected), "{answer}");
        };
        check(
            r#"{"decision_record_id":"decision-record.md","authorised_by":"ceo"}"#,
            r#""override":{"status":"recorded","reason":null,"decision_record_id":"decision-record.md","authorised_by":"ceo"}}"#,
        );
        check(
            r#"{"decision_record_id":" ","authorised_by":"ceo"}"#,
            r#""override":{"status":"ignored","reason":"it names no decision record that holds","decision_record_id":null,"authorised_by":"ceo"}}"#,
        );
    }

    #[test]
    fn what_cannot_be_read_is_refused_with_its_place() {
        let check = |from: &str, to: &str, expected: &str| {
            assert!(FACTS.contains(from));
            let refused = check(&FACTS.replace(from, to), false);
            assert!(refused.contains(expected), "{refused}");
        };
        check("\"registry_hit_count\":4", "\"registry_hit_count\":-4", "f:1:23 at /registry_hit_count");
        check("\"visit_event_count\":0", "\"visit_event_count\":0.5", "/visit_event_count");
        check("\"visit_event_count\":0", "\"visit_event_count\":\"0\"", "/visit_event_count");
        check("\"none\"", "\"accepted\"", "`accepted` is none of accept, revise, evidence_gap, none");
        check("\"unknown\"", "\"Safe\"", "`Safe` is none of safe, blocked, unknown");
        check("18:00:00+08:00", "18:00:00", "a time with its offset");
        check("03:18:00+08:00", "03:18:00", "a time with its offset");
        check("\"gap_task_open\":false,", "", "key `gap_task_open` is missing");
        check("\"gap_task_open\":false", "\"gap_task_opened\":false", "key `gap_task_opened` is not known here");
        check("\"revise\":null", "\"revise\":{\"section\":\"a\"}", "key `section` is not known here");
    }

    #[test]
    fn the_trace_lists_the_rules_that_did_not_hold() {
        let answer = check(FACTS, true);
        let trace = answer.split_once("\"trace\":").unwrap().1;
        for id in ["P0", "P1", "P2", "P3"] {
            assert!(trace.contains(&format!("{{\"rule\":\"{id}\",\"holds\":false")), "{trace}");
        }
        assert!(!trace.contains("P4"), "{trace}");
    }
}
