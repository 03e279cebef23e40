//! The repair console: gates, guards, policies and adoption over real logs.

use serde_json::{Value, json};

use crate::harness::{NOW, Sandbox};

const PACK: &str = "packs/codex-worker-self-repair";
const JOB: &str = "bd1fed04-67cb-4729-b6ec-8b3b259054bf";
const PAGE: &str = "out/codex-worker-self-repair/worker-self-repair-adoption-console.html";

fn id(number: u32) -> String {
    format!("00000000-0000-4000-8000-{number:012}")
}

fn event(number: u32, kind: &str, phase: &str, action: &str, minute: u32) -> Value {
    json!({"id": id(number), "job_id": JOB, "worker_id": "codex_worker", "event_type": kind, "phase": phase,
        "raw_command_output": {"exit_code": 1}, "repair_action": action,
        "created_at": format!("2026-05-24T09:{minute:02}:00+08:00")})
}

/// Replaces a table of the pack by JSON Lines.
fn table(sandbox: &Sandbox, name: &str, rows: &[Value]) {
    for extension in ["csv", "xlsx", "json", "jsonl"] {
        let _ = std::fs::remove_file(sandbox.path(&format!("{PACK}/records/{name}.{extension}")));
    }
    let lines: Vec<_> = rows.iter().map(ToString::to_string).collect();
    sandbox.write(&format!("{PACK}/records/{name}.jsonl"), lines.join("\n") + "\n");
    let pack = sandbox.read(&format!("{PACK}/pack.toml"));
    let lines: Vec<_> = pack.lines().filter(|line| !line.contains(&format!("records/{name}."))).collect();
    sandbox.write(&format!("{PACK}/pack.toml"), lines.join("\n"));
}

/// Codes of what is found in the records of the pack.
fn found(sandbox: &Sandbox) -> Vec<String> {
    let ran = sandbox.run(&["check", PACK, "--now", NOW, "--format", "json"]);
    ran.findings().iter().map(|found| found.split(' ').next().unwrap().to_owned()).collect()
}

#[test]
fn the_console_shows_gates_with_evidence_and_what_people_decide() {
    let sandbox = Sandbox::built();
    let page = sandbox.read(PAGE);
    for shown in [
        "重試一次後恢復",
        "已提案，等人決定",
        "通過，可以 complete",
        "每個修復都有教訓",
        "核准或拒絕 4 項政策",
        "修復提案是否納入政策",
        "1 / 3 = 33.3%",
        "1 / 1 = 100.0%",
        "1 / 2 = 50.0%",
        "sufficient",
        "5ac7dd4d",
    ] {
        assert!(page.contains(shown), "{shown}");
    }
    let figures = sandbox.run(&["metrics", "--now", NOW, "--format", "json"]).status(0).json();
    let pack = &figures["packs"][0];
    assert_eq!((&pack["slug"], &pack["metrics"][0]["numerator"]), (&json!("codex-worker-self-repair"), &json!(1)));
}

#[test]
fn one_retry_one_proposal_and_no_more() {
    let check = |events: &[Value], expected: &[&str]| {
        let sandbox = Sandbox::example();
        table(&sandbox, "worker_repair_events", events);
        table(&sandbox, "repair_proposals", &[]);
        sandbox
            .write(&format!("{PACK}/records/repair_proposals.csv"), "id,job_id,phase,event_type,status,created_at\n");
        std::fs::remove_file(sandbox.path(&format!("{PACK}/records/repair_proposals.jsonl"))).unwrap();
        assert_eq!(found(&sandbox), expected);
    };
    let retry = "touch_retry_once";
    check(&[event(1, "fetch_failed", "context", retry, 1)], &[]);
    check(&[event(1, "fetch_failed", "context", retry, 1), event(2, "fetch_failed", "upload", retry, 2)], &[]);
    let twice = [event(1, "fetch_failed", "context", retry, 1), event(2, "fetch_failed", "context", retry, 2)];
    check(&twice, &["proposal_missing", "retried_again"]);
    let other = [event(1, "fetch_failed", "context", retry, 1), event(2, "claim_idle", "context", retry, 2)];
    check(&other, &["retried_again"]);
    let late = [event(1, "fetch_failed", "context", retry, 5), event(2, "schema_error", "context", "diagnose", 2)];
    check(&late, &["out_of_order"]);
    // What is not of low risk takes an approved policy; a complete is never a repair.
    check(&[event(1, "lease_risk", "context", "release", 1)], &["not_permitted"]);
    check(&[event(1, "lease_risk", "context", "complete", 1)], &["not_permitted"]);
    check(&[event(1, "schema_error", "context", "write_learning_memory", 1)], &[]);
    let mut empty = event(1, "fetch_failed", "context", retry, 1);
    empty["raw_command_output"] = json!({});
    check(&[empty], &["no_output"]);
    let mut future = event(1, "fetch_failed", "context", retry, 1);
    future["created_at"] = "2026-05-25T09:00:00+08:00".into();
    check(&[future], &["future_record"]);
    check(&[event(1, "lease_risk", "a", "", 1), event(1, "lease_risk", "b", "", 2)], &["duplicate_id"]);
}

#[test]
fn a_second_proposal_for_one_fault_does_not_count() {
    let sandbox = Sandbox::example();
    let proposal = |number: u32| {
        json!({"id": id(number), "job_id": JOB, "phase": "progress", "event_type": "schema_error", "status": "open",
            "created_at": "2026-05-24T09:00:00+08:00"})
    };
    table(&sandbox, "repair_proposals", &[proposal(1), proposal(2)]);
    assert_eq!(found(&sandbox), ["proposal_repeated"]);
}

#[test]
fn complete_is_blocked_unless_the_facts_of_a_check_pass() {
    let check = |status: Value, uploaded: u32, expected: Value, result: &str, codes: &[&str], shown: &str| {
        let sandbox = Sandbox::example();
        let row = json!({"id": id(1), "job_id": JOB, "primary_artifact_url": "https://gist.github.com/a/b#file-console-html",
            "http_status": status, "upload_files_count": uploaded, "result": result,
            "checked_at": "2026-05-24T09:00:00+08:00", "expected_upload_count": expected});
        table(&sandbox, "artifact_gate_checks", &[row]);
        assert_eq!(found(&sandbox), codes);
        sandbox.run(&["build", ".", "--now", NOW]);
        assert!(sandbox.read(PAGE).contains(shown), "{shown}");
    };
    check(json!(200), 13, json!(13), "pass", &[], "通過，可以 complete");
    check(json!(503), 13, json!(13), "retry_needed", &[], "稍後再檢查，不得 complete");
    check(json!(404), 13, json!(13), "pass", &["guard_disagrees"], "未通過，不得 complete");
    check(json!(200), 12, json!(13), "fail", &[], "未通過，不得 complete");
    check(json!(200), 13, Value::Null, "pass", &["guard_disagrees"], "未通過，不得 complete");
}

#[test]
fn policies_have_the_state_that_their_audit_bears_out() {
    let check = |action: &str, risk: &str, status: &str, audit: &[(&str, &str, &str)], codes: &[&str]| {
        let sandbox = Sandbox::example();
        let policy = json!({"id": id(1), "policy_key": "p", "allowed_action": action, "risk_level": risk,
            "approval_required_by": null, "status": status, "decided_at": null});
        table(&sandbox, "worker_policy_decisions", &[policy]);
        let entry = |(at, (actor, from, to)): (usize, &(&str, &str, &str))| {
            json!({"id": id(u32::try_from(at).unwrap()), "policy_key": "p", "actor": actor, "old_state": from,
                "new_state": to, "raw_command_output": {"exit_code": 0}, "reason": "r",
                "changed_at": format!("2026-05-24T09:{at:02}:00+08:00")})
        };
        table(&sandbox, "worker_policy_audit", &audit.iter().enumerate().map(entry).collect::<Vec<_>>());
        if audit.is_empty() {
            std::fs::remove_file(sandbox.path(&format!("{PACK}/records/worker_policy_audit.jsonl"))).unwrap();
        }
        assert_eq!(found(&sandbox), codes, "{action} {status} {audit:?}");
    };
    let step = |by, from, to| (by, from, to);
    check("release", "high", "draft", &[], &[]);
    check("release", "high", "approved", &[step("louis", "draft", "approved")], &[]);
    check("release", "high", "approved", &[], &["policy_audit"]);
    check("release", "high", "approved", &[step("pls_owner", "draft", "approved")], &["policy_audit", "policy_audit"]);
    check("release", "low", "draft", &[], &["risk_understated"]);
    check("release", "high", "retired", &[step("ceo", "draft", "approved"), step("ceo", "approved", "retired")], &[]);
    check("release", "high", "draft", &[step("ceo", "draft", "retired")], &["policy_audit"]);
    check(
        "release",
        "high",
        "rejected",
        &[step("ceo", "draft", "rejected"), step("ceo", "rejected", "approved")],
        &["policy_audit"],
    );
    check("propose", "medium", "approved", &[step("pls_owner", "draft", "approved")], &[]);
    check("propose", "medium", "draft", &[step("codex_worker", "draft", "approved")], &["policy_audit"]);
}

#[test]
fn a_policy_permits_from_its_approval_on() {
    let sandbox = Sandbox::example();
    let audit = format!("{PACK}/records/worker_policy_audit.jsonl");
    let approved = json!({"id": id(9), "policy_key": "release_job", "actor": "louis", "old_state": "draft",
        "new_state": "approved", "raw_command_output": {"exit_code": 0}, "reason": "r",
        "changed_at": "2026-05-24T10:40:00+08:00"});
    sandbox.write(&audit, format!("{}{approved}\n", sandbox.read(&audit)));
    sandbox.replace(
        &format!("{PACK}/records/worker_policy_decisions.csv"),
        "release_job,release,high,louis,draft,",
        "release_job,release,high,louis,approved,2026-05-24T10:40:00+08:00",
    );
    let release = |number: u32, at: &str| {
        let mut event = event(number, "lease_risk", &format!("phase-{number}"), "release", 0);
        event["created_at"] = at.into();
        event
    };
    table(&sandbox, "worker_repair_events", &[release(1, "2026-05-24T10:40:00+08:00")]);
    assert_eq!(found(&sandbox), [""; 0]);
    table(&sandbox, "worker_repair_events", &[release(1, "2026-05-24T10:39:59+08:00")]);
    assert_eq!(found(&sandbox), ["not_permitted"]);
}

#[test]
fn adoption_is_judged_as_of_now() {
    let sandbox = Sandbox::example();
    table(&sandbox, "worker_repair_events", &[event(1, "lease_risk", "a", "", 1)]);
    sandbox.run(&["build", ".", "--now", NOW]).status(0);
    assert!(sandbox.read(PAGE).contains(">not_yet<"));
    sandbox.run(&["build", ".", "--now", "2026-05-31T18:00:01+08:00"]).status(0);
    assert!(sandbox.read(PAGE).contains(">worker_adoption_insufficient<"));
}
