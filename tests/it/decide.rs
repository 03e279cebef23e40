//! Decisions as a dispatcher and a worker ask for them.

use std::io::Write as _;
use std::process::Stdio;

use serde_json::{Value, json};

use crate::harness::{Ran, Sandbox, ran};

/// The facts that design and seed give for an action whose review is missing.
const FACTS: &str = r#"{"registry_hit_count":4,"adoption_review_status":"none","revise":null,"visit_event_count":0,"case_scope_status":"unknown","due_at":"2026-05-25T18:00:00+08:00","now":"2026-05-24T03:18:00+08:00","gap_task_open":false,"override":null}"#;

/// Runs the command with an input.
fn fed(sandbox: &Sandbox, arguments: &[&str], input: &str) -> Ran {
    let mut command = sandbox.command(arguments);
    let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let mut stdin = child.stdin.take().unwrap();
    let input = input.to_owned();
    let writer = std::thread::spawn(move || stdin.write_all(input.as_bytes()));
    let output = child.wait_with_output().unwrap();
    writer.join().unwrap().unwrap();
    ran(output)
}

#[test]
fn one_object_gives_one_decision_with_its_keys_in_order() {
    let sandbox = Sandbox::empty();
    let expected =
        r#"{"preflight_result":"need_adoption_review","dispatch_decision":"create_gap_task","rule":"P4","rationale":""#;
    let task = r#","task":{"kind":"adoption_review","owner_role":"product_owner"}}"#;
    let pretty = format!("{:#}", serde_json::from_str::<Value>(FACTS).unwrap());
    sandbox.write("facts.json", &pretty);
    let file = sandbox.run(&["decide", "dispatcher-preflight", "facts.json"]).status(0);
    for input in [FACTS.to_owned(), format!("{FACTS}\n"), format!("\n\n{pretty}\n"), format!("\u{FEFF}{FACTS}")] {
        let answer = fed(&sandbox, &["decide", "dispatcher-preflight"], &input).status(0);
        assert_eq!(answer.stdout, file.stdout);
        assert!(answer.stdout.starts_with(expected) && answer.stdout.trim_end().ends_with(task), "{}", answer.stdout);
    }
    let zh = fed(&sandbox, &["decide", "dispatcher-preflight", "-", "--lang", "zh-Hant"], FACTS).status(0).json();
    assert!(zh["rationale"].as_str().unwrap().starts_with("P4：尚無採用審核"), "{zh}");
    let traced = fed(&sandbox, &["decide", "dispatcher-preflight", "-", "--trace"], FACTS).status(0).json();
    assert_eq!(traced["trace"].as_array().unwrap().len(), 4);
}

#[test]
fn lines_are_answered_one_for_one_and_a_bad_one_hides_no_other() {
    let sandbox = Sandbox::empty();
    let bad = FACTS.replace("\"visit_event_count\":0", "\"visit_event_count\":-1");
    // Whichever line is bad, also the first.
    for broken in [bad.as_str(), "{\"registry_hit_count\":4", "[]", "{} {}", "null"] {
        for at in 0..3 {
            let mut lines = vec![FACTS; 2];
            lines.insert(at, broken);
            let answers = fed(&sandbox, &["decide", "dispatcher-preflight"], &lines.join("\n")).status(2);
            let out: Vec<Value> = answers.stdout.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
            assert_eq!(out.len(), 3, "{}", answers.stdout);
            for (line, answer) in out.iter().enumerate() {
                assert_eq!(answer["rule"] == "P4", line != at, "{answer}");
                assert_eq!(answer["error"]["line"].as_u64(), (line == at).then_some(at as u64 + 1), "{answer}");
            }
            assert!(answers.stderr.contains(&format!("-:{}:", at + 1)), "{}", answers.stderr);
            assert!(answers.stderr.contains("1 of 3 facts refused"), "{}", answers.stderr);
        }
    }
}

#[test]
fn facts_that_cannot_be_read_are_refused_with_their_place() {
    let sandbox = Sandbox::empty();
    let check = |rule: &str, facts: &Value, said: &str| {
        let answer = fed(&sandbox, &["decide", rule], &facts.to_string()).status(2);
        assert!(answer.stderr.contains(said), "{rule} {facts}: {}", answer.stderr);
        assert!(answer.json()["error"]["findings"][0]["code"].is_string(), "{}", answer.stdout);
    };
    let preflight = |key: &str, value: Value| {
        let mut facts: Value = serde_json::from_str(FACTS).unwrap();
        facts[key] = value;
        facts
    };
    let rule = "dispatcher-preflight";
    check(rule, &preflight("registry_hit_count", json!(-1)), "the number -1, expected a whole number from 0");
    check(rule, &preflight("registry_hit_count", json!(1.5)), "expected a whole number");
    check(rule, &preflight("adoption_review_status", json!("yes")), "`yes` is none of accept, revise");
    check(rule, &preflight("case_scope_status", Value::Null), "/case_scope_status");
    check(rule, &preflight("now", json!("2026-05-24T03:18:00")), "a time with its offset");
    check(rule, &preflight("due_at", json!("soon")), "a time with its offset");
    check(rule, &preflight("gap_task_open", json!("false")), "expected true or false");
    check(rule, &preflight("gap_open", json!(false)), "key `gap_open` is not known here");
    check(rule, &preflight("revise", json!({"section": "a"})), "key `section` is not known here");
    check(rule, &json!({}), "key `registry_hit_count` is missing");
    let repair = json!({"event_type": "fetch_failed", "phase": "context", "same_event_count": 0, "retry_count": 0, "proposal_open": false});
    check("repair-gates", &repair, "at least 1");
    let guard =
        json!({"primary_artifact": "a.html", "http_status": 42, "upload_files_count": 1, "expected_upload_count": 1});
    check("artifact-guard", &guard, "is not an HTTP status");
    check("worker-policy", &json!({"action": "release", "status": "approvd"}), "did you mean `approved`?");
    check("worker-policy", &json!({"action": "release", "approved_by_role": "king"}), "is none of ceo");
    // A key that stands twice has two readings.
    let twice = FACTS.replace("\"gap_task_open\":false", "\"gap_task_open\":false,\"gap_task_open\":true");
    let answer = fed(&sandbox, &["decide", rule], &twice).status(2);
    assert!(answer.stderr.contains("a second time"), "{}", answer.stderr);
    let empty = fed(&sandbox, &["decide", rule], "\n \n").status(2);
    assert!(empty.stderr.contains("has no facts") && empty.stdout.is_empty());
}

#[test]
fn what_is_refused_never_repeats_personal_data() {
    let sandbox = Sandbox::empty();
    let facts = FACTS.replace("\"none\"", "\"wade.chen@gmail.com\"");
    let answer = fed(&sandbox, &["decide", "dispatcher-preflight"], &facts).status(2);
    assert!(!answer.stderr.contains("wade.chen@") && !answer.stdout.contains("wade.chen@"), "{}", answer.stderr);
}

#[test]
fn the_questions_of_self_repair_are_answered() {
    let sandbox = Sandbox::empty();
    let check = |rule: &str, facts: &Value, expected: &Value| {
        let answer = fed(&sandbox, &["decide", rule], &facts.to_string()).status(0).json();
        for (key, value) in expected.as_object().unwrap() {
            assert_eq!(answer[key], *value, "{rule} {facts}: {answer}");
        }
        assert!(answer["rule"].is_string() && answer["rationale"].is_string(), "{answer}");
    };
    let fault = |event: &str, same: u32, retries: u32, open: bool| json!({"event_type": event, "phase": "context", "same_event_count": same, "retry_count": retries, "proposal_open": open});
    let (first, again, proposed) =
        (fault("claim_idle", 1, 0, false), fault("claim_idle", 2, 1, false), fault("claim_idle", 3, 1, true));
    check(
        "repair-gates",
        &first,
        &json!({"gate": "stuck_claim", "action": "touch_retry_once", "complete_allowed": false}),
    );
    check("repair-gates", &again, &json!({"gate": "repair_suggested", "action": "create_repair_proposal"}));
    check("repair-gates", &proposed, &json!({"action": "none", "complete_allowed": false}));
    check("repair-gates", &fault("fetch_failed", 1, 1, false), &json!({"gate": "stuck_claim", "action": "diagnose"}));
    let medium = |role: &str| json!({"action": "propose", "risk_level": "medium", "status": "approved", "approved_by_role": role});
    check(
        "worker-policy",
        &medium("worker"),
        &json!({"decision": "propose_only", "approval_required_by": "pls_owner"}),
    );
    check("worker-policy", &medium("pls_owner"), &json!({"decision": "permitted"}));
    check("worker-policy", &json!({"action": "touch"}), &json!({"decision": "permitted", "risk_level": "low"}));
    let release = json!({"action": "release", "status": "approved", "approved_by_role": "louis"});
    check("worker-policy", &release, &json!({"decision": "permitted", "risk_level": "high"}));
    let change = |from: &str, to: &str| json!({"action": "release", "old_state": from, "new_state": to, "actor_roles": ["ceo"], "raw_command_output": {"exit_code": 0}, "reason": "r"});
    check("policy-transition", &change("draft", "approved"), &json!({"result": "valid", "counts": true}));
    check(
        "policy-transition",
        &change("rejected", "approved"),
        &json!({"result": "illegal_transition", "counts": false}),
    );
    let adoption = |now: &str| {
        json!({"repair_event_count": 2, "guard_pass_count": 1, "policies_decided_count": 1,
            "due_at": "2026-05-31T18:00:00+08:00", "now": now})
    };
    check("worker-adoption", &adoption("2026-05-31T18:00:00+08:00"), &json!({"result": "not_yet"}));
    check(
        "worker-adoption",
        &adoption("2026-06-01T00:00:00+08:00"),
        &json!({"result": "worker_adoption_insufficient"}),
    );
}

#[test]
fn rules_are_listed_and_explained() {
    let sandbox = Sandbox::empty();
    let listed = sandbox.run(&["decide"]).status(0).stdout;
    for name in ["dispatcher-preflight", "repair-gates", "artifact-guard", "worker-policy"] {
        assert!(listed.contains(name), "{listed}");
        sandbox.run(&["schema", &format!("decide-{name}")]).status(0).json();
    }
    let explained = sandbox.run(&["explain", "P4"]).status(0).stdout;
    assert!(explained.contains("no adoption review, not past due") && explained.contains("need_adoption_review"));
    sandbox.run(&["explain", "stuck_claim"]).status(0);
    // An id that stands in two tables is told from both, unless the table is named.
    let both = sandbox.run(&["explain", "invalid-lane"]).status(0).stdout;
    assert!(both.contains("(rule of worker-preflight)") && both.contains("(rule of cron-toggle)"), "{both}");
    let one = sandbox.run(&["explain", "cron-toggle/invalid-lane"]).status(0).stdout;
    assert!(one.starts_with("invalid-lane (rule of cron-toggle)") && !one.contains("worker-preflight"), "{one}");
    let unknown = sandbox.run(&["explain", "worker-preflight/reddy"]).status(2);
    assert!(unknown.stderr.contains("neither a finding code nor a rule"), "{}", unknown.stderr);
    let unknown = sandbox.run(&["decide", "dispatcher-prefligth"]).status(2);
    assert!(unknown.stderr.contains("did you mean `dispatcher-preflight`?") && unknown.stdout.is_empty());
}

/// Every text in a document, one at a time, with a secret put behind it and in its place.
fn planted(facts: &Value, secret: &str) -> Vec<Value> {
    let put = |text: &str| [format!("{text} {secret}"), secret.to_owned()];
    match facts {
        Value::String(text) => put(text).into_iter().map(Value::String).collect(),
        Value::Array(items) => items
            .iter()
            .enumerate()
            .flat_map(|(at, item)| {
                planted(item, secret).into_iter().map(move |other| {
                    let mut items = items.clone();
                    items[at] = other;
                    Value::Array(items)
                })
            })
            .collect(),
        Value::Object(parts) => parts
            .iter()
            .flat_map(|(key, part)| {
                planted(part, secret).into_iter().map(move |other| {
                    let mut parts = parts.clone();
                    parts[key] = other;
                    Value::Object(parts)
                })
            })
            .collect(),
        _ => Vec::new(),
    }
}

/// Facts that each question can be asked with: the conformance cases of it, and for the others one by hand.
fn samples() -> Vec<(String, Vec<Value>)> {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/conformance");
    let of_file = |(name, bytes): (String, Vec<u8>)| {
        let question = name.strip_suffix(".json")?.to_owned();
        let text = String::from_utf8(bytes).unwrap().replace("$REPO", "/repo").replace("$OUTSIDE", "/outside");
        let cases: Vec<Value> = serde_json::from_str(&text).unwrap();
        let inputs = cases.into_iter().map(|mut case| case["input"].take());
        // What the runner of cases would write out is nothing to ask with.
        Some((question, inputs.filter(|input| !input.to_string().contains("\"$")).collect()))
    };
    let mut samples: Vec<_> = crate::harness::tree(&folder).into_iter().filter_map(of_file).collect();
    let mut facts: Value = serde_json::from_str(FACTS).unwrap();
    facts["adoption_review_status"] = "revise".into();
    facts["revise"] = json!({"section_id": "s1", "reason": "r"});
    let mut signed = facts.clone();
    signed["override"] = json!({"decision_record_id": "adr-1", "authorised_by": "ceo"});
    samples.push(("dispatcher-preflight".to_owned(), vec![facts, signed]));
    let mut by_hand = |name: &str, facts: Value| samples.push((name.to_owned(), vec![facts]));
    by_hand(
        "repair-gates",
        json!({"event_type": "claim_idle", "phase": "context", "same_event_count": 2, "retry_count": 1, "proposal_open": false}),
    );
    by_hand(
        "data-request",
        json!({"request_status": "open", "file_given": false, "missing_fields": ["amount"], "import_status": "none",
            "repo_or_api_given": false, "due_at": "2026-05-31T18:00:00+08:00", "now": "2026-05-31T18:00:00+08:00"}),
    );
    by_hand(
        "artifact-guard",
        json!({"primary_artifact": "a.html", "http_status": 200, "upload_files_count": 1, "expected_upload_count": 1}),
    );
    by_hand("worker-policy", json!({"action": "release", "status": "approved", "approved_by_role": "louis"}));
    by_hand(
        "policy-transition",
        json!({"action": "release", "old_state": "draft", "new_state": "approved", "actor_roles": ["ceo"],
            "raw_command_output": {"exit_code": 0, "stdout": "ok"}, "reason": "r"}),
    );
    let row = json!({"subject_kind": "task", "subject_id": "t1", "field": "execution_role", "old_value": "a",
        "new_value": "b", "actor_kind": "user", "rationale": "r", "created_at": "2026-05-01T10:00:00Z"});
    by_hand("role-audit", json!({"row": row}));
    by_hand("role-audit", json!({"rows": [row]}));
    by_hand(
        "worker-adoption",
        json!({"repair_event_count": 2, "guard_pass_count": 1, "policies_decided_count": 1,
            "due_at": "2026-05-31T18:00:00+08:00", "now": "2026-05-31T18:00:00+08:00"}),
    );
    samples
}

#[test]
fn no_answer_and_no_refusal_repeats_a_secret() {
    let sandbox = Sandbox::empty();
    // One that a label tells, one that its form tells; some answers cut their texts, so the beginning counts too.
    let (labelled, token) = ("token=Zq7hunter", format!("ghp_{}", "a1B2".repeat(9)));
    let secret = format!("{labelled} {token}");
    let mut redacted = 0;
    let samples = samples();
    for (question, facts) in &samples {
        let lines: Vec<_> =
            facts.iter().flat_map(|facts| planted(facts, &secret)).map(|facts| facts.to_string()).collect();
        assert!(!lines.is_empty() || question == "health-score", "{question} has no sample with a text");
        let ran = fed(&sandbox, &["decide", question], &lines.join("\n"));
        assert!(matches!(ran.status, 0 | 2), "{question}: {}", ran.stderr);
        for (asked, line) in lines.iter().zip(ran.stdout.lines()) {
            // Two questions are about what is taken out of a text, and answer what their rules leave.
            if ["redaction", "reasoning-sanitise"].contains(&question.as_str()) && !line.starts_with(r#"{"error""#) {
                continue;
            }
            assert!(!line.contains("Zq7") && !line.contains("ghp_a1"), "{question}\n{asked}\n{line}");
        }
        assert_eq!(ran.stdout.lines().count(), lines.len(), "{question}: {}", ran.stderr);
        assert!(!ran.stderr.contains("Zq7") && !ran.stderr.contains("ghp_a1"), "{question}: {}", ran.stderr);
        redacted += ran.stdout.matches("[REDACTED]").count();
    }
    assert!(redacted > 100, "{redacted}");
    let asked = sandbox.run(&["decide"]).status(0).stdout;
    for name in asked.lines().filter_map(|line| line.split_whitespace().next()) {
        assert!(samples.iter().any(|(question, _)| question == name), "{name} has no sample");
    }
}
