//! Acceptance cases are run, by `build` and again by `verify`, and a pack cannot be had without them.

use crate::harness::{NOW, PACKS, Ran, Sandbox};

const PACK: &str = "packs/customer-visit-script";
const BUNDLE: &str = "out/customer-visit-script";

/// Builds the workspace, in which something about the cases is wrong.
fn build(sandbox: &Sandbox) -> Ran {
    sandbox.run(&["build", ".", "--now", NOW, "--format", "json"]).status(1)
}

#[test]
fn every_case_of_the_example_is_run_and_printed_with_its_result() {
    let sandbox = Sandbox::built();
    for (slug, _) in PACKS {
        let cases = sandbox.read(&format!("packs/{slug}/acceptance.toml")).matches("[[case]]").count();
        let printed = sandbox.read(&format!("out/{slug}/acceptance-tests.md"));
        assert!(printed.contains(&format!("建置時執行 {cases} 個案例，{cases} 個通過")), "{slug}: {printed}");
        assert_eq!(printed.matches("### 實際").count(), cases, "{slug}");
        let report = sandbox.run(&["verify", &format!("out/{slug}"), "--format", "json"]).status(0).json();
        let results = report["bundles"][0]["results"].as_array().unwrap();
        let result = results.iter().find(|result| result["id"] == "acceptance.cases").unwrap();
        assert_eq!(result["status"], "pass");
        assert_eq!(result["observed"], format!("{cases} of {cases} cases decided as expected"));
    }
}

#[test]
fn a_failing_an_empty_and_a_missing_list_fail_the_pack() {
    let sandbox = Sandbox::example();
    let path = format!("{PACK}/acceptance.toml");
    let cases = sandbox.read(&path);
    let check = |content: Option<&str>, expected: &[&str]| {
        match content {
            Some(content) => sandbox.write(&path, content),
            None => std::fs::remove_file(sandbox.path(&path)).unwrap(),
        }
        let ran = build(&sandbox);
        let found = ran.findings();
        for finding in expected.iter().chain(&["not_verified packs/customer-visit-script"]) {
            assert!(found.iter().any(|found| found.starts_with(finding)), "{finding} not in {found:?}");
        }
        assert!(!sandbox.path(BUNDLE).exists());
    };
    let at = |line: u32, code: &str| format!("{code} {path}:{line}");
    let wrong = cases.replacen("rule = \"P4\"", "rule = \"P5\"", 1);
    check(Some(&wrong), &[&at(20, "acceptance_failed")]);
    check(Some(&cases.replacen("= \"dispatcher-preflight\"", "= \"dispatch\"", 1)), &[&at(3, "unknown_rule")]);
    check(Some(&cases.replacen("visit_event_count = 0", "visit_event_count = -1", 1)), &[&at(11, "wrong_type")]);
    check(Some("case = []\n"), &[&at(1, "invalid_value")]);
    check(None, &[]);
    sandbox.write(&path, &cases);
    sandbox.run(&["build", ".", "--now", NOW]).status(0);
}

#[test]
fn verify_runs_the_cases_again_and_believes_no_printed_result() {
    let sandbox = Sandbox::built();
    let caught = |name: &str, from: &str, to: &str, culprit: &str| {
        let path = format!("{BUNDLE}/{name}");
        let whole = sandbox.read(&path);
        sandbox.replace(&path, from, to);
        let ran = sandbox.run(&["verify", BUNDLE]).status(1);
        assert!(ran.stdout.contains("acceptance.cases") && ran.stdout.contains(culprit), "{}", ran.stdout);
        sandbox.write(&path, whole);
    };
    caught("acceptance.toml", "rule = \"P8\"", "rule = \"P7\"", "acceptance.toml:39:8 at /case/1/expect/rule");
    caught("acceptance-tests.md", "12 個通過", "13 個通過", "acceptance-tests.md: is not what is printed");
    caught("acceptance-tests.md", "\"rule\": \"P8\"", "\"rule\": \"P7\"", "acceptance-tests.md: is not");
    std::fs::remove_file(sandbox.path(&format!("{BUNDLE}/acceptance.toml"))).unwrap();
    let ran = sandbox.run(&["verify", BUNDLE]).status(1);
    assert!(ran.stdout.contains("acceptance.toml: is missing"), "{}", ran.stdout);
}
