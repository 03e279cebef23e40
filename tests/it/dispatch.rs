//! The dispatcher asks about an action: facts from the records and the registry, runs on the record, figures from them.

use std::process::Stdio;

use serde_json::{Value, json};

use crate::harness::{NOW, Ran, Sandbox, ran};

const PACK: &str = "packs/customer-visit-script";
const ACTION: &str = "76890f66-704c-4bc5-a9e6-e22b0c98da97";
const RUNS: &str = "packs/customer-visit-script/records/dispatcher_preflight_runs.jsonl";
const SUPPRESSIONS: &str = "packs/customer-visit-script/records/dispatch_suppression_events.jsonl";

/// Asks about the action of the example at a moment.
fn ask(sandbox: &Sandbox, now: &str, more: &[&str]) -> Ran {
    let base = ["decide", "dispatcher-preflight", "--action", ACTION, "--lang", "en", "--now", now];
    sandbox.run(&[&base, more].concat())
}

fn review(id: u8, status: &str, by: &str, at: &str) -> Value {
    json!({"id": format!("00000000-0000-4000-8000-0000000000{id:02}"), "action_item_id": ACTION, "status": status,
        "section_id": null, "reason": null, "written_by": by, "written_at": at})
}

fn reviews(sandbox: &Sandbox, rows: &[Value]) {
    sandbox.write(&format!("{PACK}/records/adoption_reviews.json"), Value::from(rows.to_vec()).to_string());
}

/// The records of a file of lines.
fn lines(sandbox: &Sandbox, path: &str) -> Vec<Value> {
    sandbox.read(path).lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

#[test]
fn facts_come_from_records_and_each_says_which() {
    let sandbox = Sandbox::built();
    let answer = ask(&sandbox, NOW, &[]).status(0).json();
    assert_eq!((answer["rule"].as_str(), answer["dispatch_decision"].as_str()), (Some("P4"), Some("suppress_build")));
    assert_eq!(answer["facts"]["registry_hit_count"], 4);
    let sources = answer["sources"].as_array().unwrap();
    let of = |fact: &str| sources.iter().filter(|source| source["fact"] == fact).collect::<Vec<_>>();
    assert_eq!(of("registry_hit_count").len(), 4);
    assert_eq!(of("gap_task_open")[0]["id"], "1cc742c1-c08f-5a88-aa06-fc335390c9f9");
    assert!(of("case_scope_status")[0]["place"].as_str().unwrap().contains("case_scopes.json:2"));
    assert_eq!(of("adoption_review_status")[0]["id"], Value::Null);
    // Past due, another task is missing, and that one is not open.
    let late = ask(&sandbox, "2026-05-25T18:00:01+08:00", &[]).status(0).json();
    assert_eq!((late["rule"].as_str(), late["task"]["kind"].as_str()), (Some("P5"), Some("ceo_escalation")));
    // The same facts by hand give the same decision.
    sandbox.write("facts.json", answer["facts"].to_string());
    let by_hand = sandbox.run(&["decide", "dispatcher-preflight", "facts.json"]).status(0).json();
    assert_eq!(by_hand["rationale"], answer["rationale"]);
}

#[test]
fn a_fact_counts_only_from_the_right_role_and_by_then() {
    let sandbox = Sandbox::built();
    let check = |rows: &[Value], status: i32, said: &str, rule: &str| {
        reviews(&sandbox, rows);
        let answer = ask(&sandbox, NOW, &[]).status(status);
        assert!(answer.stderr.contains(said), "{}", answer.stderr);
        if status < 2 {
            assert_eq!(answer.json()["rule"], rule);
        } else {
            assert!(answer.stdout.is_empty(), "{}", answer.stdout);
        }
    };
    let early = "2026-05-24T09:00:00+08:00";
    check(&[review(1, "accept", "product_owner", early)], 0, "", "P6");
    check(&[review(1, "accept", "codex_worker", early)], 1, "not_entitled", "P4");
    check(&[review(1, "accept", "nobody", early)], 1, "unknown_person", "P4");
    check(&[review(1, "accept", "product_owner", "2026-05-25T09:00:00+08:00")], 1, "future_record", "P4");
    // A newer review takes the place of an older one; two of one moment contradict each other.
    let newer = review(2, "revise", "product_owner", "2026-05-24T10:00:00+08:00");
    check(&[newer, review(1, "accept", "product_owner", early)], 0, "", "P3");
    let same = [review(1, "accept", "product_owner", early), review(2, "revise", "product_owner", early)];
    check(&same, 2, "contradiction", "");
    // What could not be read, or was not given, is not nothing: neither a record nor the due time.
    sandbox.replace(
        &format!("{PACK}/pack.toml"),
        "due = \"2026-05-25T18:00:00+08:00\"\ninputs",
        "due = \"2026-05-25T18:00:00\"\ninputs",
    );
    check(&[], 2, "a time with its offset", "");
    sandbox.replace(
        &format!("{PACK}/pack.toml"),
        "due = \"2026-05-25T18:00:00\"\ninputs",
        "due = \"2026-05-25T18:00:00+08:00\"\ninputs",
    );
    check(&[review(1, "accept", "product_owner", "2026-05-24 09:00")], 2, "no decision was made", "");
    let twice = [review(1, "accept", "product_owner", early), review(1, "accept", "product_owner", early)];
    check(&twice, 2, "duplicate_id", "");
    std::fs::remove_file(sandbox.path(&format!("{PACK}/records/adoption_reviews.json"))).unwrap();
    assert!(ask(&sandbox, NOW, &[]).status(2).stderr.contains("absence is not emptiness"));
}

#[test]
fn an_artifact_counts_from_its_registration_on() {
    let sandbox = Sandbox::built();
    let answer = ask(&sandbox, "2026-05-23T18:20:00+08:00", &[]).status(1);
    assert!(answer.stderr.contains("script_delivery_registry.csv:5 (registered_at)"), "{}", answer.stderr);
    assert_eq!(answer.json()["facts"]["registry_hit_count"], 3);
    let before = ask(&sandbox, "2026-05-23T18:00:00+08:00", &[]).status(1).json();
    assert_eq!((&before["facts"]["registry_hit_count"], &before["rule"]), (&json!(0), &json!("P1")));
}

#[test]
fn a_close_before_its_signal_is_found() {
    let sandbox = Sandbox::example();
    let close = json!([{"id": "00000000-0000-4000-8000-000000000001", "action_item_id": ACTION,
        "signal_at": "2026-05-24T01:00:00+08:00", "closed_at": "2026-05-24T00:00:00+08:00", "proposal_module_id": null}]);
    sandbox.write(&format!("{PACK}/records/close_events.json"), close.to_string());
    let found = sandbox.run(&["check", PACK, "--now", NOW, "--format", "json"]).status(1).findings();
    assert!(found.iter().any(|found| found.starts_with("out_of_order ")), "{found:?}");
}

#[test]
fn a_bundle_that_does_not_verify_is_not_usable() {
    let sandbox = Sandbox::example();
    sandbox.write(
        &format!("{PACK}/records/script_delivery_registry.csv"),
        "id,project_id,action_item_id,artifact_kind,title,artifact_ref,usable,registered_at\n",
    );
    let other = "packs/kolable-data-gap/pack.toml";
    sandbox.replace(other, "topic = ", &format!("action_item_id = \"{ACTION}\"\ntopic = "));
    let refused = ask(&sandbox, NOW, &[]).status(2);
    assert!(
        refused.stderr.contains("registry.json") && refused.stderr.contains("proofpack build"),
        "{}",
        refused.stderr
    );
    sandbox.run(&["build", ".", "--now", NOW]).status(0);
    let answer = ask(&sandbox, NOW, &[]).status(0).json();
    assert_eq!((&answer["facts"]["registry_hit_count"], &answer["rule"]), (&json!(1), &json!("P4")));
    assert_eq!(answer["sources"][0]["id"], "kolable-data-gap");
    let page = "out/kolable-data-gap/kolable-data-gap-escalation.html";
    sandbox.write(page, sandbox.read(page).replacen("<h1", "<h1 ", 1));
    let answer = ask(&sandbox, NOW, &[]).status(0);
    assert!(answer.stderr.contains("not_usable") && answer.stderr.contains("manifest.hashes"), "{}", answer.stderr);
    assert_eq!((&answer.json()["facts"]["registry_hit_count"], &answer.json()["rule"]), (&json!(0), &json!("P1")));
}

#[test]
fn an_override_needs_a_decision_record_that_exists_and_the_right_role() {
    let sandbox = Sandbox::built();
    let check = |record: &str, by: &str, expected: &str, said: &str| {
        let status = i32::from(!said.is_empty());
        let answer =
            ask(&sandbox, NOW, &["--override", record, "--by", by, "--record", "--signal", record]).status(status);
        assert_eq!(answer.json()["rule"], expected, "{record} {by}");
        assert!(answer.stderr.contains(said), "{}", answer.stderr);
        let run = lines(&sandbox, RUNS).pop().unwrap();
        assert_eq!(run["source_signal_id"], record);
        let rationale = run["rationale"].as_str().unwrap().to_owned();
        let told = if expected == "P0" { "Overridden by decision-record.md (ceo)" } else { "override does not count" };
        assert!(rationale.contains(told), "{rationale}");
    };
    check("decision-record.md", "louis", "P0", "");
    check("packs/kolable-data-gap/decision-record.md", "codex_worker", "P4", "may not override");
    check("decision-9.md", "ceo", "P4", "does not exist in the workspace");
    check("../decision-record.md", "ceo", "P4", "does not exist in the workspace");
    sandbox.replace(&format!("{PACK}/decision-record.md"), "pending_dispatcher_adoption", "rejected");
    check("./decision-record.md", "ceo", "P4", "does not exist in the workspace");
    check(&format!("{PACK}/decision-record.md"), "ceo", "P4", "does not hold: it is rejected");
}

#[test]
fn runs_are_recorded_once_for_a_signal_and_its_facts() {
    let sandbox = Sandbox::built();
    let before = (lines(&sandbox, RUNS).len(), lines(&sandbox, SUPPRESSIONS).len());
    let first = ask(&sandbox, NOW, &["--record", "--signal", "s-1"]).status(0).json();
    assert_eq!(first["recorded"][0]["new"], true);
    // Whoever asks again, a second later, asks about the same.
    let again = ask(&sandbox, "2026-05-24T12:00:01+08:00", &["--record", "--signal", "s-1"]).status(0).json();
    assert_eq!((&again["recorded"][0]["new"], &again["recorded"][1]["new"]), (&json!(false), &json!(false)));
    assert_eq!((lines(&sandbox, RUNS).len(), lines(&sandbox, SUPPRESSIONS).len()), (before.0 + 1, before.1 + 1));
    let event = lines(&sandbox, SUPPRESSIONS).pop().unwrap();
    assert_eq!(event["preflight_run_id"], first["recorded"][0]["id"]);
    assert_eq!((&event["source_signal_id"], &event["created_at"]), (&json!("s-1"), &json!(NOW)));
    // A line that a killed writer left half written takes no other with it and is not the run that it began.
    let whole = sandbox.read(RUNS);
    sandbox.write(RUNS, whole.trim_end().strip_suffix("\"}").unwrap());
    let retried = ask(&sandbox, NOW, &["--record", "--signal", "s-1"]).json();
    assert_eq!(retried["recorded"][0]["new"], true);
    assert_eq!(sandbox.read(RUNS).lines().last(), whole.lines().last());
    let torn = whole + "{\"id\": \"00";
    sandbox.write(RUNS, torn);
    sandbox.run(&["decide", "dispatcher-preflight", "--action", ACTION, "--record"]).status(2);
    let other = ask(&sandbox, NOW, &["--record", "--signal", "s-2"]);
    assert_eq!(other.json()["recorded"][0]["new"], true);
    assert!(sandbox.read(RUNS).lines().last().unwrap().contains("\"s-2\""));
    // The records that a run leaves are records that can be read.
    sandbox.write(RUNS, sandbox.read(RUNS).replace("{\"id\": \"00\n", ""));
    sandbox.run(&["check", ".", "--now", NOW]).status(0);
    // A table in a form that cannot be appended to is not written beside.
    std::fs::rename(sandbox.path(RUNS), sandbox.path(&RUNS.replace("jsonl", "json"))).unwrap();
    let refused = ask(&sandbox, NOW, &["--record", "--signal", "s-3"]).status(2);
    assert!(refused.stderr.contains("cannot be appended to; nothing was recorded"), "{}", refused.stderr);
}

#[test]
fn two_writers_at_once_lose_nothing() {
    let sandbox = Sandbox::built();
    let before = lines(&sandbox, RUNS).len();
    let mut children = Vec::new();
    for at in 0..24 {
        // Every signal comes twice, to two dispatchers.
        let signal = format!("signal-{}", at / 2);
        let arguments =
            ["decide", "dispatcher-preflight", "--action", ACTION, "--now", NOW, "--record", "--signal", &signal];
        let mut command = sandbox.command(&arguments);
        children.push(command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap());
    }
    let new: usize = children
        .into_iter()
        .map(|child| ran(child.wait_with_output().unwrap()).status(0).json())
        .filter(|answer| answer["recorded"][0]["new"] == true)
        .count();
    let runs = lines(&sandbox, RUNS);
    assert_eq!((new, runs.len()), (12, before + 12));
    for at in 0..12 {
        let signal = format!("signal-{at}");
        assert_eq!(runs.iter().filter(|run| run["source_signal_id"] == signal.as_str()).count(), 1, "{signal}");
    }
}

#[test]
fn figures_of_200_recorded_runs_can_be_counted_by_hand() {
    let sandbox = Sandbox::built();
    std::fs::remove_file(sandbox.path(RUNS)).unwrap();
    std::fs::remove_file(sandbox.path(SUPPRESSIONS)).unwrap();
    let registry = format!("{PACK}/records/script_delivery_registry.csv");
    let (full, empty) = (sandbox.read(&registry), sandbox.read(&registry).lines().next().unwrap().to_owned() + "\n");
    let early = "2026-05-24T09:00:00+08:00";
    for at in 0..200_u32 {
        // Facts change every ten runs, and days every twenty.
        if at % 10 == 0 {
            sandbox.write(&registry, if at % 40 == 30 { &empty } else { &full });
            let reviewed = at % 30 == 20;
            reviews(
                &sandbox,
                if reviewed { vec![review(1, "accept", "product_owner", early)] } else { vec![] }.as_slice(),
            );
        }
        let now = format!("2026-05-{:02}T12:00:{:02}+08:00", 24 + at / 100, at % 60);
        let signal = format!("signal-{at}");
        let mut more = vec!["--record", "--signal", &signal];
        if at % 25 == 0 {
            more.extend(["--override", "decision-record.md", "--by", "ceo"]);
        }
        ask(&sandbox, &now, &more).status(0);
    }
    sandbox.write(&registry, full);
    sandbox.write(
        &format!("{PACK}/records/close_events.json"),
        json!([
            {"id": "00000000-0000-4000-8000-000000000001", "action_item_id": ACTION, "signal_at": "2026-05-24T00:00:00+08:00",
                "closed_at": "2026-05-24T01:00:00+08:00", "proposal_module_id": "m-1"},
            {"id": "00000000-0000-4000-8000-000000000002", "action_item_id": ACTION, "signal_at": "2026-05-24T00:00:00+08:00",
                "closed_at": "2026-05-24T04:00:00+08:00", "proposal_module_id": null},
        ])
        .to_string(),
    );
    // Counted again by a program of a few lines that knows nothing of ours.
    let runs = lines(&sandbox, RUNS);
    assert_eq!(runs.len(), 200);
    let decided = |word: &str| runs.iter().filter(|run| run["dispatch_decision"] == word).count() as u64;
    let duplicates = runs
        .iter()
        .filter(|run| run["dispatch_decision"] == "create_build_job" && run["registry_hit_count"].as_u64() > Some(0))
        .count() as u64;
    let built = decided("create_build_job");
    assert!(duplicates > 0 && duplicates < built && decided("create_gap_task") > 0 && decided("suppress_build") > 0);
    assert_eq!(lines(&sandbox, SUPPRESSIONS).len() as u64, 200 - built);
    let figures = sandbox.run(&["metrics", "--format", "json"]).status(0).json();
    let pack =
        figures["packs"].as_array().unwrap().iter().find(|pack| pack["slug"] == "customer-visit-script").unwrap();
    let figure = |id: &str| {
        let found = pack["metrics"].as_array().unwrap().iter().find(|metric| metric["id"] == id).unwrap();
        (found["numerator"].as_u64(), found["denominator"].as_u64(), found["median_seconds"].as_i64())
    };
    assert_eq!(figure("duplicate_job_rate"), (Some(duplicates), Some(built), None));
    assert_eq!(figure("suppressed_build_count"), (Some(200 - built), Some(200), None));
    assert_eq!(figure("gap_dispatch_count"), (Some(decided("create_gap_task")), Some(200), None));
    assert_eq!(figure("close_ready_count"), (Some(0), Some(200), None));
    assert_eq!(figure("close_latency"), (None, Some(2), Some(9_000)));
    assert_eq!(figure("proposal_module_spawned"), (Some(1), Some(2), None));
    // The page shows the same figures, and the trend in words.
    sandbox.run(&["build", ".", "--now", "2026-05-26T12:00:00+08:00"]).status(0);
    let page = sandbox.read("out/customer-visit-script/dispatcher-preflight-contract.html");
    assert!(page.contains(&format!("{duplicates} / {built}")) && page.contains("02:30:00（2 筆的中位數）"));
    assert!(page.contains("2026-05-25") && page.contains("100 次檢查"), "no trend");
}

#[test]
fn unknown_is_not_zero() {
    let sandbox = Sandbox::built();
    std::fs::remove_file(sandbox.path(RUNS)).unwrap();
    sandbox.replace(&format!("{PACK}/pack.toml"), "  \"records/dispatcher_preflight_runs.jsonl\",\n", "");
    let figures = sandbox.run(&["metrics", "--format", "json"]).status(0).json();
    let metrics =
        figures["packs"].as_array().unwrap().iter().find(|pack| pack["slug"] == "customer-visit-script").unwrap();
    assert_eq!(
        (&metrics["metrics"][0]["numerator"], &metrics["metrics"][0]["denominator"]),
        (&Value::Null, &Value::Null)
    );
    assert!(sandbox.run(&["metrics"]).status(0).stdout.contains("unknown (not given)"));
}
