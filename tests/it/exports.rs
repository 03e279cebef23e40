//! Exports of other programs: what was not given is not checked, faults are told with their place, and nothing that a
//! text should not hold comes out again.

use serde_json::{Value, json};

use crate::harness::{NOW, Sandbox};

const PACK: &str = "packs/dispatch-run-console";
const PAGE: &str = "out/dispatch-run-console/dispatch-run-console.html";

fn build(sandbox: &Sandbox, status: i32) -> Vec<String> {
    sandbox.run(&["build", ".", "--now", NOW, "--format", "json"]).status(status).findings()
}

/// Changes one item of an export.
fn change(sandbox: &Sandbox, export: &str, at: usize, key: &str, value: Value) {
    let file = format!("{PACK}/exports/{export}.json");
    let mut items: Value = serde_json::from_str(&sandbox.read(&file)).unwrap();
    items[at][key] = value;
    sandbox.write(&file, items.to_string());
}

#[test]
fn what_was_not_given_is_not_checked() {
    let sandbox = Sandbox::example();
    for export in ["tasks.json", "connectors.json", "repositories.json"] {
        std::fs::remove_file(sandbox.path(&format!("{PACK}/exports/{export}"))).unwrap();
        sandbox.replace(&format!("{PACK}/pack.toml"), &format!("  \"exports/{export}\",\n"), "");
    }
    let found = build(&sandbox, 0);
    assert!(!found.iter().any(|one| one.contains("tasks.json")), "{found:#?}");
    let page = sandbox.read(PAGE);
    assert!(page.contains("任務未提供") && page.contains("4 種匯出未提供"), "{page}");
    // An empty list is something else: it is known that there is none.
    sandbox.write(&format!("{PACK}/exports/tasks.json"), "[]");
    build(&sandbox, 0);
    let page = sandbox.read(PAGE);
    assert!(page.contains("0 個派工任務") && page.contains("佇列是空的"), "{page}");
}

#[test]
fn faults_of_exports_have_their_place_and_the_pack_is_still_built() {
    let sandbox = Sandbox::example();
    sandbox.write(&format!("{PACK}/exports/roles.json"), "{\"id\": 1}");
    sandbox.write(&format!("{PACK}/exports/connectors.json"), "[{]");
    sandbox.write(&format!("{PACK}/exports/task.json"), "[]");
    sandbox.write(&format!("{PACK}/exports/notes/a.md"), "x");
    sandbox.write(
        &format!("{PACK}/exports/documents.jsonl"),
        "{\"id\":\"a\"}\n{\"id\":\"a\",\"is_stale\":\"no\"}\n{\"id\"\n[1]\n",
    );
    change(&sandbox, "tasks", 0, "title", json!(7));
    let found = build(&sandbox, 1);
    for expected in [
        "wrong_type packs/dispatch-run-console/exports/roles.json",
        "json_syntax packs/dispatch-run-console/exports/connectors.json:1",
        "unknown_export packs/dispatch-run-console/exports/task.json",
        "unknown_export packs/dispatch-run-console/exports/notes/a.md",
        "duplicate_id packs/dispatch-run-console/exports/documents.jsonl:2",
        "wrong_type packs/dispatch-run-console/exports/documents.jsonl:2",
        "json_syntax packs/dispatch-run-console/exports/documents.jsonl:3",
        "wrong_type packs/dispatch-run-console/exports/documents.jsonl:4",
        "wrong_type packs/dispatch-run-console/exports/tasks.json:1",
    ] {
        assert!(found.iter().any(|one| one == expected), "{expected} is not in {found:#?}");
    }
    assert!(sandbox.read(PAGE).contains("/0/title"));
}

#[test]
fn an_export_above_the_limit_is_told_what_to_do() {
    let sandbox = Sandbox::example();
    let path = sandbox.path(&format!("{PACK}/exports/tasks.json"));
    // A file of holes, which is refused by its size before it is read.
    std::fs::OpenOptions::new().write(true).open(path).unwrap().set_len((256 << 20) + 1).unwrap();
    let ran = sandbox.run(&["check", PACK, "--format", "json"]).status(1).json();
    let found = ran["findings"].as_array().unwrap().iter().find(|found| found["code"] == "too_large").unwrap().clone();
    assert_eq!(found["message"], "is larger than 268435456 bytes (limit `export_bytes`)");
    assert_eq!(found["hint"], "export a shorter time, or fewer fields of each item");
}

#[test]
fn words_and_roles_that_nobody_knows_are_shown_and_flagged() {
    let sandbox = Sandbox::example();
    let task = |id: &str, source: &str, state: &str, result: Value| {
        json!({"id": id, "project_id": "cart", "title": format!("task {id}"), "source": source,
            "dispatch_status": state, "execution_result": result, "updated_at": "2026-05-24T11:59:00+08:00"})
    };
    let tasks = json!([
        task("t1", "role_dispatch:night-owl", "failed", json!({"error_message": "slow", "error_kind": "rate_limited"})),
        task("t2", "role_dispatch:test-writer", "failed", json!({"error_message": "odd", "error_kind": "moon_phase"})),
        task("t3", "role_dispatch:test-writer", "paused", Value::Null),
        task("t4", "manual", "paused-too", Value::Null),
        task("t5", "role_dispatch:night-owl", "queued", Value::Null),
        task("t6", "role_dispatch:home-grown", "queued", Value::Null),
    ]);
    // A role that only the export has may be dispatched to, and the console does not leave it out.
    let mut roles: Value = serde_json::from_str(&sandbox.read(&format!("{PACK}/exports/roles.json"))).unwrap();
    let more = json!({"id": "home-grown", "title": "H", "version": 1, "use_case": "u", "default_timeout_sec": 240, "category": "role"});
    roles.as_array_mut().unwrap().push(more);
    sandbox.write(&format!("{PACK}/exports/roles.json"), roles.to_string());
    sandbox.write(&format!("{PACK}/exports/tasks.json"), tasks.to_string());
    sandbox.replace("proofpack.toml", "zh-Hant", "en");
    change(&sandbox, "connectors", 1, "activity", json!({"phase": "dreaming", "role_id": "night-owl"}));
    let long_ago = json!({"phase": "idle", "updated_at": "2026-05-24T11:54:59+08:00"});
    change(&sandbox, "connectors", 0, "activity", long_ago);
    let ran = sandbox.run(&["build", ".", "--now", NOW, "--format", "json"]);
    let found = ran.json()["findings"].as_array().unwrap().clone();
    let count = |code: &str| found.iter().filter(|found| found["code"] == code).count();
    // Each word is one finding, told by the reading of the export, and one row of the console.
    assert_eq!((count("new_word"), count("unknown_role"), count("claim_will_fail")), (3, 2, 1), "{found:#?}");
    assert_eq!(count("idle_kept"), 1, "{found:#?}");
    let hint = |code: &str| found.iter().find(|found| found["code"] == code).unwrap()["hint"].to_string();
    assert!(hint("task_failed").contains("choose a role of the catalogue"), "{}", hint("task_failed"));
    let page = sandbox.read(PAGE);
    let rows = |word: &str| {
        let rows = page.split("<tr").filter(|row| row.contains(word));
        rows.map(|row| row.replace(['\n', '\u{a0}'], " ")).collect::<Vec<_>>()
    };
    for word in ["dispatch_status: paused<", "dispatch_status: paused-too", "phase: dreaming", "night-owl"] {
        assert!(rows(word).iter().any(|row| row.contains(".json")), "{word}: {:#?}", rows(word));
    }
    let retry =
        |id: &str| rows(id).into_iter().find(|row| row.contains("requeued") || row.contains("put back")).unwrap();
    assert!(retry("task t1").contains("put back, it fails when it is claimed"), "{}", retry("task t1"));
    assert!(retry("task t2").contains("may be requeued") && retry("task t2").contains("moon_phase"));
    for id in ["task t3", "task t4"] {
        assert!(rows(id).iter().any(|row| row.contains(">paused")), "{id}: {:#?}", rows(id));
    }
}

#[test]
fn a_context_that_contradicts_itself_is_flagged() {
    let sandbox = Sandbox::example();
    sandbox.replace("proofpack.toml", "zh-Hant", "en");
    let file = format!("{PACK}/exports/context_snapshots.jsonl");
    let good = sandbox.read(&file);
    let found =
        |status: i32| build(&sandbox, status).into_iter().filter(|one| one.starts_with("context_invalid")).count();
    assert_eq!(found(0), 0);
    let first = good.lines().next().unwrap();
    for (from, to, said) in [
        (
            r#"{\"schema_version\": \"context.v2\""#,
            r#"{\"schema_version\": \"context.v1\""#,
            "its version is not context.v2",
        ),
        (r#"\"pack_id\": \"1f6f"#, r#"\"pack_id\": \"2f6f"#, "its pack_id is not that of its row"),
        (r#"\"implement\""#, r#"\"improvise\""#, "its intent_mode is none of the known"),
        (r#"\"task_scale\": \"small\""#, r#"\"task_scale\": \"tiny\""#, "its task_scale is none of the known"),
        (r#"\"sources\": {"#, r#"\"source\": {"#, "it has no sources"),
        (r#"\"max_open_tasks\": 100"#, r#"\"max_open_tasks\": 1"#, "a source has more items than its own limit"),
        (r#"\"max_sources_bytes\": 262144"#, r#"\"max_sources_bytes\": 200"#, "its sources are above its own byte cap"),
    ] {
        assert!(first.contains(from), "{from}");
        sandbox.write(&file, first.replace(from, to) + "\n");
        assert_eq!(found(0), 1, "{said}");
        assert!(sandbox.read(PAGE).contains(said), "{said}");
    }
    sandbox.write(&file, first.replace(r#"\"warnings\": []"#, r#"\"warnings\": [\"sync run: token=Zq7hunter\"]"#));
    assert_eq!(found(0), 0);
    let page = sandbox.read(PAGE);
    assert!(page.contains("Source missing") && page.contains("sync run: [REDACTED]"));
}

#[test]
fn secrets_and_hidden_marks_of_texts_come_out_nowhere() {
    let sandbox = Sandbox::example();
    let (key, mobile, word) = ("sk-abcdefghij0123456789", "0912345678", "hunter2hunter2");
    change(&sandbox, "tasks", 3, "title", json!(format!("ask {mobile} \u{202e}about it")));
    // A finding about a word that nobody knows repeats the word.
    change(&sandbox, "tasks", 3, "priority", json!("\u{202e}hgih"));
    change(
        &sandbox,
        "tasks",
        3,
        "execution_result",
        json!({"error_message": format!("{key} password={word} {{\"api_key\": \"{word}\"}}")}),
    );
    change(&sandbox, "requirements", 1, "summary", json!(format!("Authorization: PLS-Token {word}")));
    change(&sandbox, "connectors", 1, "name", json!(format!("box token={word}")));
    change(
        &sandbox,
        "requirements",
        0,
        "summary",
        json!(format!("Authorization: Basic {word} {}", "長".repeat(1 << 20))),
    );
    let ran = sandbox.run(&["build", ".", "--now", NOW]).status(1);
    let bundle = sandbox.tree("out/dispatch-run-console");
    let mut written: Vec<(String, String)> =
        bundle.into_iter().map(|(name, bytes)| (name, String::from_utf8(bytes).unwrap())).collect();
    written.push(("stdout".to_owned(), ran.stdout));
    for (name, text) in &written {
        for secret in [key, mobile, word, "\u{202e}"] {
            assert!(!text.contains(secret), "{name} repeats {secret}");
        }
        assert!(text.len() < 1 << 20, "{name}");
    }
    assert!(written.iter().any(|(name, text)| name == "stdout" && text.contains("`\u{FFFD}hgih`")));
    for secret in [key, mobile, word] {
        assert!(!ran.stderr.contains(secret), "{}", ran.stderr);
    }
}

#[test]
fn a_lease_that_does_not_say_its_end_ends_ten_minutes_after_it_was_touched() {
    let sandbox = Sandbox::example();
    change(&sandbox, "planning_runs", 2, "lease_expires_at", Value::Null);
    for (touched, expected) in [("2026-05-24T11:49:59+08:00", 1), ("2026-05-24T11:50:00+08:00", 0)] {
        change(&sandbox, "planning_runs", 2, "updated_at", json!(touched));
        let found = build(&sandbox, 0);
        assert_eq!(found.iter().filter(|one| one.starts_with("lease_expired")).count(), expected, "{touched}");
    }
}

#[test]
fn hostile_paths_are_refused_on_the_page() {
    let sandbox = Sandbox::example();
    let files: Vec<_> = ["../a", "/etc/passwd", "C:\\a", ".git/hooks/x", "src/vendor/x", "ok.txt", "src/aux.rs"]
        .iter()
        .map(|path| json!({"path": path, "contents": "x"}))
        .collect();
    change(&sandbox, "tasks", 0, "execution_result", json!({"files": files, "files_applied": 7}));
    let found = build(&sandbox, 0);
    let refused = found.iter().filter(|one| one.starts_with("file_refused")).count();
    assert_eq!(refused, 5, "{found:#?}");
    let odd: Vec<_> = found.iter().filter(|one| one.starts_with("file_not_portable")).collect();
    assert_eq!(odd.len(), 1, "{found:#?}");
    let page = sandbox.read(PAGE);
    for word in ["unsafe_path", "denied_path", "symlink_escape"] {
        assert!(page.contains(word), "{word}");
    }
}
