//! The console of a dispatch workflow: what it concludes from its exports, and what bad exports do to it.

use crate::harness::{NOW, Sandbox};

const PACK: &str = "packs/saffron-dispatch-workflow";
const PAGE: &str = "out/saffron-dispatch-workflow/dispatch-workflow-console.html";

/// Builds with one export replaced: the findings about it, and the page.
fn built(export: &str, content: impl AsRef<[u8]>) -> (Vec<String>, String) {
    let sandbox = Sandbox::example();
    let path = format!("{PACK}/exports/{export}");
    sandbox.write(&path, content);
    let ran = sandbox.run(&["build", ".", "--now", NOW, "--format", "json"]);
    assert!(ran.status <= 1, "{}", ran.stderr);
    let about = ran.findings().into_iter().filter(|finding| finding.contains(&path)).collect();
    sandbox.run(&["verify", "out/saffron-dispatch-workflow"]).status(0);
    (about, sandbox.read(PAGE))
}

#[test]
fn the_page_tells_what_each_lane_would_do_and_what_breaks_the_contract() {
    let sandbox = Sandbox::built();
    let page = sandbox.read(PAGE);
    for told in [
        "active-follow-up",
        "pdf-snapshots FAILURE",
        "acme-labs/billing#212",
        "resume-active-work",
        "open-issue-marked-done",
        "merged-pr-issue-open",
        "wrong-lane",
        "would-create",
        "would-dedup-skip",
        "HEARTBEAT",
        "cloud-worker.md",
    ] {
        assert!(page.contains(told), "{told}");
    }
    // A child that is to be created is there as it would be posted; the other one is an open issue already.
    let children: Vec<_> = sandbox
        .tree("out/saffron-dispatch-workflow")
        .into_keys()
        .filter(|name| name.starts_with("audit-child-"))
        .collect();
    assert_eq!(children.len(), 1, "{children:?}");
    let plan = json(&sandbox.read("out/saffron-dispatch-workflow/audit-plan.json"));
    let planned = &plan[0]["children"];
    assert_eq!(planned[0]["labels"], serde_json::json!(["audit", "status/backlog", "priority/p1"]));
    assert_eq!(planned[0]["body_file"], children[0]);
    assert_eq!((&planned[1]["number"], &planned[1]["body_file"]), (&104.into(), &serde_json::Value::Null));
    assert_eq!(
        plan[0]["server_note"]["followUpUrls"],
        serde_json::json!(["https://github.com/acme-labs/shop/issues/104"])
    );
    let comment = plan[1]["close"]["comment"].as_str().unwrap();
    assert!(part(&page, "audits").contains(comment) && comment.starts_with("All 2 child issues are closed."));
    let text = sandbox.read(&format!("out/saffron-dispatch-workflow/{}", children[0]));
    assert!(
        text.starts_with("<!-- audit-child:v1 parent=acme-labs/shop#113 key=") && text.contains("## Recommendation")
    );
    assert!(children.iter().all(|name| page.contains(name.as_str())));
}

#[test]
fn an_export_that_was_not_given_is_not_an_empty_one() {
    let sandbox = Sandbox::example();
    std::fs::remove_file(sandbox.path(&format!("{PACK}/exports/queue.json"))).unwrap();
    std::fs::remove_file(sandbox.path(&format!("{PACK}/exports/pr_fix_items.json"))).unwrap();
    sandbox.run(&["build", ".", "--now", NOW]).status(0);
    let without = sandbox.read(PAGE);
    assert!(without.contains("未檢查：沒有匯出「佇列」") && without.contains("未檢查：沒有匯出「PR 修復佇列」"));
    assert!(!without.contains("佇列是空的"));
    let (findings, empty) = built("queue.json", "[]");
    assert_eq!(findings, [""; 0]);
    assert!(empty.contains("佇列是空的") && !empty.contains("未檢查：沒有匯出「佇列」"));
}

#[test]
fn exports_of_the_wrong_shape_are_findings_and_the_page_goes_on() {
    let (findings, _) = built("issues.json", r#"{"issues":[]}"#);
    assert!(findings.iter().any(|finding| finding.starts_with("wrong_type")), "{findings:#?}");
    let (findings, page) = built(
        "issues.json",
        r#"[7,null,"x",{},{"number":"7","labels":"none"},{"number":9,"state":"open","labels":[]}]"#,
    );
    assert!(findings.iter().any(|finding| finding.starts_with("wrong_type")), "{findings:#?}");
    assert!(page.contains("missing-status") && page.contains("#9"));
    let (findings, _) = built("queue.json", "[[[[");
    assert!(findings.iter().any(|finding| finding.starts_with("json_syntax")), "{findings:#?}");
    let sandbox = Sandbox::example();
    for export in [
        "pull_requests",
        "active_work",
        "agent_work",
        "pr_fix_items",
        "pr_fix_reports",
        "audits",
        "jobs",
        "repo_labels",
    ] {
        sandbox.write(&format!("{PACK}/exports/{export}.json"), r#"[{},{"number":1,"pr":1,"repo":5,"body":[]},null]"#);
    }
    for export in ["worker_setup", "lane_config", "probes", "template_config", "heartbeat"] {
        let odd = r#"{"lanes":7,"values":[],"local":3,"flags":"x","server_heartbeat":[]}"#;
        sandbox.write(&format!("{PACK}/exports/{export}.json"), odd);
    }
    sandbox.run(&["build", ".", "--now", NOW]).status(1);
    sandbox.run(&["verify", "out/saffron-dispatch-workflow"]).status(0);
}

#[test]
fn an_unknown_lane_is_kept_shown_and_flagged() {
    let (findings, page) = built(
        "queue.json",
        r#"[{"issueId":"i","repoFullName":"a/b","number":1,"lane":"Pink","status":"ready","claimable":true}]"#,
    );
    assert!(findings.iter().any(|finding| finding.starts_with("unknown_lane")), "{findings:#?}");
    assert!(page.contains("Pink") && page.contains("未知的 lane"));
    let (findings, _) = built("lane_config.json", r#"{"lanes":[{"id":"a","title":"A","claimable":false}]}"#);
    assert!(findings.iter().any(|finding| finding.starts_with("lane_configuration")), "{findings:#?}");
}

#[test]
fn secrets_and_marks_of_direction_never_reach_the_page() {
    let secret = "ghp_0123456789abcdefghij0123456789abcdef";
    let text = format!("Stuck: token={secret} \u{202e}reversed and ask someone@mail.com.tw. {}", "x".repeat(3 << 20));
    let row = serde_json::json!({"runId": "r1", "lane": "local", "text": text}).to_string();
    let (_, page) = built("worker_results.jsonl", row);
    assert!(!page.contains(secret) && !page.contains("someone@mail.com.tw") && !page.contains('\u{202e}'));
    assert!(page.contains("r1") && page.len() < 1 << 20);
    let issue = serde_json::json!([{"repoFullName": "a/b", "number": 1, "state": "open", "title": format!("password: {secret}"), "labels": ["status/done"]}]);
    let (findings, page) = built("issues.json", issue.to_string());
    assert!(!page.contains(secret) && page.contains("[REDACTED]"));
    assert!(findings.iter().all(|finding| !finding.contains(secret)));
}

#[test]
fn a_template_that_is_not_safe_says_where() {
    let sandbox = Sandbox::example();
    let path = format!("{PACK}/exports/templates/cloud-worker.md");
    sandbox.write(&path, "# Cloud\n\nPOST http://dispatch.internal:3000/api/issues\n");
    let ran = sandbox.run(&["build", ".", "--now", NOW, "--format", "json"]).status(0);
    assert!(ran.findings().contains(&format!("unsafe_template {path}")), "{}", ran.stdout);
    assert!(sandbox.read(PAGE).contains("internal-url"));
}

/// Builds without these exports, the others as given here: the findings of the build, and the folder.
fn built_without(absent: &[&str], others: &[(&str, &str)]) -> (serde_json::Value, Sandbox) {
    let sandbox = Sandbox::example();
    for export in absent {
        std::fs::remove_file(sandbox.path(&format!("{PACK}/exports/{export}.json"))).unwrap();
    }
    for (export, content) in others {
        sandbox.write(&format!("{PACK}/exports/{export}.json"), content);
    }
    let ran = sandbox.run(&["build", ".", "--now", NOW, "--format", "json"]).status(0);
    let findings = ran.json()["findings"].as_array().unwrap().clone();
    sandbox.run(&["verify", "out/saffron-dispatch-workflow"]).status(0);
    let own = findings.into_iter().filter(|found| found["file"].as_str().is_some_and(|file| file.starts_with(PACK)));
    (own.collect(), sandbox)
}

/// The part of the page with this id.
fn part(page: &str, id: &str) -> String {
    let from = page.find(&format!("id=\"{id}\"")).unwrap_or_else(|| panic!("no part {id}"));
    let rest = &page[from..];
    rest[..rest.find("</section>").unwrap_or(rest.len())].to_owned()
}

fn json(text: &str) -> serde_json::Value {
    serde_json::from_str(text).unwrap()
}

/// What findings of a code say, each with its place.
fn told(findings: &serde_json::Value, code: &str) -> Vec<String> {
    let text = |found: &serde_json::Value, key: &str| found[key].as_str().unwrap_or_default().to_owned();
    let of_code = findings.as_array().unwrap().iter().filter(|found| found["code"] == code);
    of_code.map(|found| format!("{} {}", text(found, "pointer"), text(found, "message"))).collect()
}

#[test]
fn pull_requests_are_linked_however_they_say_it() {
    let sandbox = Sandbox::example();
    let given = json(&sandbox.read(&format!("{PACK}/exports/pull_requests.json")));
    let without = |keys: &[&str]| {
        let mut rows = given.as_array().unwrap().clone();
        for row in &mut rows {
            for key in keys {
                row.as_object_mut().unwrap().remove(*key);
            }
        }
        serde_json::Value::from(rows).to_string()
    };
    // By its body, by the work that led to it, and by its number alone.
    for (keys, work) in [
        (&["issueNumber", "url", "headRefName"][..], "[]"),
        (
            &["issueNumber", "body", "headRefName"],
            r#"[{"agentName":"saffron-local","repoFullName":"acme-labs/shop","issueNumber":103,"state":"DONE","prUrl":"https://github.com/acme-labs/shop/pull/203"}]"#,
        ),
        (&["url", "body", "headRefName"], "[]"),
    ] {
        let (findings, sandbox) = built_without(&[], &[("pull_requests", &without(keys)), ("agent_work", work)]);
        let broken = told(&findings, "status_contract");
        assert!(broken.iter().all(|broken| !broken.contains("shop#103")), "{keys:?} {broken:#?}");
        let lanes = part(&sandbox.read(PAGE), "lanes");
        assert!(lanes.contains("acme-labs/shop#103") && lanes.contains("PR #203"), "{keys:?} {lanes}");
    }
    // One that says nothing may be for any issue of its repository: whether #103 lacks one is not checked, and neither
    // is what the worker follows up.
    let nothing = without(&["issueNumber", "body", "headRefName"]);
    let (findings, sandbox) = built_without(&[], &[("pull_requests", &nothing), ("agent_work", "[]")]);
    let broken = told(&findings, "status_contract");
    assert!(broken.iter().all(|broken| !broken.contains("shop#103")), "{broken:#?}");
    assert_eq!(told(&findings, "unlinked_pull_request").len(), 4);
    let page = sandbox.read(PAGE);
    assert!(part(&page, "status-contract").contains("4 個未關的 PR 沒說是哪個 issue 的"));
    assert!(part(&page, "lanes").contains("未決定"));
}

#[test]
fn an_unknown_lane_is_flagged_wherever_it_is_named() {
    let active = r#"[{"agentName":"saffron-frontier","hasActiveWork":true,"context":{"repoFullName":"acme-labs/shop","issueNumber":104,"lane":"pink"}}]"#;
    let reports =
        r#"[{"repo":"acme-labs/shop","pr":203,"lane":"purple","reason":"r","feedback":"f","evidenceKey":"e"}]"#;
    let probes = r#"{"mauve":{"action":"clear","hasWork":false}}"#;
    let (findings, sandbox) =
        built_without(&[], &[("active_work", active), ("pr_fix_reports", reports), ("probes", probes)]);
    assert_eq!(
        told(&findings, "unknown_lane"),
        [
            "/0/context/lane lane `pink` of 1 in active_work is not known",
            "/0/lane lane `purple` of 1 in pr_fix_reports is not known",
            " lane `mauve` of 1 in probes is not known",
        ]
    );
    let page = sandbox.read(PAGE);
    let lanes = part(&page, "lanes");
    assert!(lanes.contains("查到的 lane 是 pink（依 active-work）") && lanes.contains("acme-labs/shop#104"), "{lanes}");
    assert!(part(&page, "work").contains("未知的 lane") && part(&page, "schedules").contains("mauve"));
}

#[test]
fn a_probe_that_says_something_else_is_flagged() {
    let probes = r#"{"local":{"action":"clear","hasWork":false},"cloud":{"action":"pr-fix","hasWork":false},"frontier":{"action":"resume-active-work","hasWork":true}}"#;
    let (findings, sandbox) = built_without(&[], &[("probes", probes)]);
    assert_eq!(
        told(&findings, "probe_differs"),
        [
            "/cloud cloud: its flags are not those of its action (probe `pr-fix`, exports `pr-fix`)",
            "/local local: by the other exports the worker would do something else (probe `clear`, exports `active-follow-up`)",
        ]
    );
    assert!(part(&sandbox.read(PAGE), "schedules").contains("與其他匯出相符"));
}

#[test]
fn reports_follow_one_another_and_a_claim_releases_older_work() {
    let report = |evidence: usize| {
        format!(
            r#"{{"repo":"acme-labs/shop","pr":203,"lane":"local","reason":"r","feedback":"f{evidence}","evidenceKey":"e{evidence}"}}"#
        )
    };
    let reports = format!("[{}]", (1..=6).map(report).collect::<Vec<_>>().join(","));
    let work = r#"[{"agentName":"a","repoFullName":"a/b","issueNumber":1,"state":"CLAIMED","lastCheckpointAt":"2026-05-24T03:55:00Z"},
        {"agentName":"a","repoFullName":"a/b","issueNumber":2,"state":"BLOCKED","lastCheckpointAt":"2026-05-24T03:54:59Z"}]"#;
    let (findings, sandbox) = built_without(&[], &[("pr_fix_reports", &reports), ("agent_work", work)]);
    let page = sandbox.read(PAGE);
    let queue = part(&page, "pr-fix");
    let before_rules = &queue[queue.find("併入回報的預覽").unwrap()..queue.find("併入的規則").unwrap()];
    let counts = ["created", "more-evidence", "too-much-evidence"].map(|rule| before_rules.matches(rule).count());
    assert_eq!(counts, [1, 4, 1], "{before_rules}");
    assert_eq!(told(&findings, "work_held_twice"), ["/1 a holds a/b#1, a/b#2 at once"]);
    let work = part(&page, "work");
    assert!(work.contains("到 2026-05-24 12:00") && work.contains("2026-05-24 11:59:59 已過"), "{work}");
    let late = "/11 acme-labs/shop#110: after-release (told about work that a newer claim has released)".to_owned();
    assert!(told(&findings, "update_refused").contains(&late));
    let updates = part(&page, "updates");
    assert!(updates.contains("RELEASED") && updates.contains("POST /api/agent-work/checkpoint"));
}

#[test]
fn templates_of_jobs_become_files_when_they_are_safe() {
    let sandbox = Sandbox::built();
    let template = sandbox.read("out/saffron-dispatch-workflow/template-1-dispatch-local.txt");
    assert!(template.starts_with("You are {{DISPATCH_LOCAL_AGENT}}. Run the preflight in {{WORKFLOW_DIR}}/scripts"));
    let page = part(&sandbox.read(PAGE), "templates");
    assert!(page.contains("enabled, model, schedule") && page.contains("不可公開，未寫出"), "{page}");
    let files = sandbox.tree("out/saffron-dispatch-workflow").into_keys();
    assert_eq!(files.filter(|name| name.starts_with("template-")).count(), 1);
}

#[test]
fn an_issue_that_does_not_say_its_state_is_flagged_and_nothing_is_planned_on_it() {
    // The first child of the audit may be the issue of the same title; without its state nobody can tell.
    let issues = r#"[
        {"repoFullName":"acme-labs/shop","number":7,"title":"Cache order_total_cents per cart","body":"","labels":["status/ready"]},
        {"repoFullName":"acme-labs/shop","number":8,"title":"x","body":"","state":"paused","labels":["status/done"]},
        {"repoFullName":"acme-labs/shop","number":9,"title":"y","body":"","state":"Closed","labels":["status/done"]}]"#;
    let (findings, sandbox) = built_without(&["queue"], &[("issues", issues), ("pull_requests", r#"[{"number":4}]"#)]);
    let told: Vec<_> = findings.as_array().unwrap().iter().filter(|found| found["code"] == "unknown_state").collect();
    let places: Vec<_> = told.iter().map(|found| found["pointer"].as_str().unwrap()).collect();
    assert_eq!(places, ["/0", "/1/state", "/0"], "{findings:#}");
    let page = sandbox.read(PAGE);
    assert!(part(&page, "status-contract").contains("2 筆沒有說明是否開啟"));
    assert!(part(&page, "attention").contains("acme-labs/shop#7, acme-labs/shop#8"));
    let files =
        sandbox.tree("out/saffron-dispatch-workflow").into_keys().filter(|name| name.starts_with("audit-child-"));
    assert_eq!(files.count(), 1, "only the child that no issue may be");
    assert!(part(&page, "audits").contains("尚未查核") && !part(&page, "audits").contains("[dry-run]"));
}

#[test]
fn a_lane_is_not_decided_while_rules_before_were_not_checked() {
    let (_, sandbox) = built_without(&["active_work", "worker_setup", "probes"], &[]);
    let page = sandbox.read(PAGE);
    let lanes = part(&page, "lanes");
    assert_eq!(lanes.matches("未決定").count(), 3, "{lanes}");
    assert!(lanes.contains("尚未查核：進行中工作、Worker 環境。若這些規則都不成立，會是"));
    let trace = part(&page, "preflight");
    assert!(trace.contains("未檢查：沒有匯出「Worker 環境」") && trace.contains("未檢查：沒有匯出「進行中工作」"));
    // In two of three lanes; in the third a rule before holds.
    for (rule, lanes) in [("missing-tool", 3), ("server-unreachable", 2)] {
        let row = &trace[trace.find(rule).unwrap()..];
        assert_eq!(row[..row.find("</tr>").unwrap()].matches("尚未查核").count(), lanes, "{rule}");
    }
    assert!(!part(&page, "schedules").contains("disable") && !part(&page, "schedules").contains("enable"));
    let missing = part(&page, "not-checked");
    assert!(missing.contains("exports/active_work.json") && missing.contains("worker 是否要先繼續進行中的工作"));
    // Given and empty is known: nobody has active work.
    let (_, sandbox) = built_without(&[], &[("active_work", "[]")]);
    let page = sandbox.read(PAGE);
    assert!(!part(&page, "lanes").contains("未決定") && !page.contains("id=\"not-checked\""));
    assert!(!part(&page, "lanes").contains("resume-active-work"));
}

#[test]
fn children_of_an_audit_are_not_written_when_nobody_knows_which_exist() {
    let without_bodies =
        r#"[{"repoFullName":"acme-labs/shop","number":7,"title":"x","state":"open","labels":["status/ready"]}]"#;
    for (absent, others) in [(&["issues"][..], &[][..]), (&[], &[("issues", without_bodies)])] {
        let (_, sandbox) = built_without(absent, others);
        let mut files = sandbox.tree("out/saffron-dispatch-workflow").into_keys();
        assert!(!files.any(|name| name.starts_with("audit-child-")));
        let page = sandbox.read(PAGE);
        assert!(part(&page, "attention").contains("未查核子 issue 是否已存在"));
        let audits = part(&page, "audits");
        assert!(audits.contains("尚未查核") && !audits.contains("would-create") && !audits.contains("- [dry-run]"));
    }
}

#[test]
fn what_breaks_the_contract_is_a_finding_at_its_row() {
    let row = |number: usize| {
        format!(r#"{{"repoFullName":"a/b","number":{number},"state":"open","labels":["status/done"]}}"#)
    };
    let rows: Vec<_> = (1..=130).map(row).collect();
    let (findings, sandbox) = built_without(&["queue"], &[("issues", &format!("[{}]", rows.join(",")))]);
    let own: Vec<_> = findings.as_array().unwrap().iter().filter(|found| found["code"] == "status_contract").collect();
    assert_eq!(own.len(), 101);
    assert_eq!(own.iter().map(|found| found["count"].as_u64().unwrap()).sum::<u64>(), 130);
    let first = own.iter().find(|found| found["pointer"] == "/0").unwrap();
    assert_eq!(first["message"], "a/b#1: open-issue-marked-done (open issue in `done`)");
    assert_eq!(
        (&first["severity"], &first["hint"]),
        (&"warning".into(), &"back to backlog, or in-review when a pull request is open".into())
    );
    assert!(sandbox.read(PAGE).contains("130 個 issue，130 個違反合約"));
}

#[test]
fn a_status_that_nobody_knows_is_kept_shown_and_flagged() {
    let queue = r#"[{"repoFullName":"a/b","number":1,"lane":"local","status":"Napping","claimable":true},
        {"repoFullName":"a/b","number":2,"labels":["status/napping"],"agentMatch":true}]"#;
    let fixes = r#"[{"repo":"a/b","pr":3,"lane":"local","status":"paused","queuedAt":"2026-05-20T08:30:00Z"}]"#;
    let (findings, sandbox) = built_without(&[], &[("queue", queue), ("pr_fix_items", fixes)]);
    let told: Vec<_> = findings.as_array().unwrap().iter().filter(|found| found["code"] == "new_word").collect();
    let messages: Vec<_> = told.iter().map(|found| found["message"].as_str().unwrap()).collect();
    assert_eq!(
        messages,
        ["status `paused` of 1 in pr_fix_items is not known", "status `napping` of 2 in queue is not known"]
    );
    let page = sandbox.read(PAGE);
    assert_eq!(part(&page, "queue").matches("未知的狀態").count(), 2);
    assert!(part(&page, "attention").contains("未知的狀態，「佇列」2 筆") && part(&page, "pr-fix").contains("paused"));
}

#[test]
fn an_older_name_that_only_the_server_knows_is_its_lane() {
    let config = r#"{"lanes":[{"id":"local","title":"Local","claimable":true,"defaultAgent":"saffron-local"}],"laneAliases":{"Fast":"local"}}"#;
    let queue = r#"[{"issueId":"i","repoFullName":"acme-labs/shop","number":1,"lane":"fast","status":"ready","claimable":true}]"#;
    let (findings, sandbox) = built_without(
        &[],
        &[("lane_config", config), ("queue", queue), ("issues", "[]"), ("active_work", "[]"), ("pr_fix_items", "[]")],
    );
    assert!(findings.as_array().unwrap().iter().all(|found| found["code"] != "unknown_lane"), "{findings:#}");
    let page = sandbox.read(PAGE);
    assert!(part(&page, "lanes").contains("ready-issue") && part(&page, "lanes").contains("acme-labs/shop#1"));
}

#[test]
fn what_workers_told_wrongly_is_a_finding_at_its_row() {
    let sandbox = Sandbox::example();
    sandbox.write(
        &format!("{PACK}/exports/updates.jsonl"),
        r#"{"command":"checkpoint","agent":"a","repo":"a/b","issueNumber":7,"checkpoint":"PR_OPENED","summary":"s"}
{"command":"status","agent":"a","repo":"a/b","issueNumber":7,"status":"done"}
{"command":"status","agent":"a","repo":"a/b","issueNumber":8,"status":"status/ready"}
"#,
    );
    sandbox.write(
        &format!("{PACK}/exports/worker_results.jsonl"),
        r#"{"runId":"r1","lane":"local","text":"Pipeline is clear."}
{"runId":"r2","lane":"cloud","text":"Pipeline is clear."}
"#,
    );
    let ran = sandbox.run(&["build", ".", "--now", NOW, "--format", "json"]).status(0);
    let told = |code: &str| -> Vec<String> {
        let of = |found: &&serde_json::Value| {
            found["code"] == code && found["file"].as_str().is_some_and(|file| file.starts_with(PACK))
        };
        let text = |found: &serde_json::Value, key: &str| found[key].as_str().unwrap_or_default().to_owned();
        let findings = ran.json()["findings"].as_array().unwrap().clone();
        findings
            .iter()
            .filter(of)
            .map(|found| format!("{} {}", text(found, "pointer"), text(found, "message")))
            .collect()
    };
    assert_eq!(told("last_text"), ["/1/text r2: wrong-lane (it is the clear text of another lane)"]);
    assert_eq!(
        told("update_refused"),
        [
            "/1 a/b#7: done-while-open (`done` while the pull request is open)",
            "/2 a/b#8: invalid-status (not a status, which has no prefix here)",
        ]
    );
}
