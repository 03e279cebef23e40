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
        "changes_requested, failing_checks",
        "acme-labs/billing#212",
        "resume-active-work",
        "open-issue-marked-done",
        "merged-pr-issue-open",
        "wrong-lane",
        "would-create",
        "HEARTBEAT",
        "cloud-worker.md",
    ] {
        assert!(page.contains(told), "{told}");
    }
    // A child that is to be created is there as it would be posted.
    let children: Vec<_> = sandbox
        .tree("out/saffron-dispatch-workflow")
        .into_keys()
        .filter(|name| name.starts_with("audit-child-"))
        .collect();
    assert_eq!(children.len(), 2, "{children:?}");
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
        built(&format!("{export}.json"), r#"[{},{"number":1,"pr":1,"repo":5,"body":[]},null]"#);
    }
    for export in ["worker_setup", "lane_config", "probes", "template_config", "heartbeat"] {
        built(&format!("{export}.json"), r#"{"lanes":7,"values":[],"local":3,"flags":"x","server_heartbeat":[]}"#);
    }
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
