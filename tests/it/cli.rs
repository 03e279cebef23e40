//! The command line as a stranger meets it.

use crate::harness::{NOW, Sandbox};

#[test]
fn a_new_workspace_builds_clean_at_once() {
    let sandbox = Sandbox::empty();
    sandbox.run(&["init", "mine"]).status(0);
    let ran = sandbox.run(&["build", "mine", "--format", "json"]).status(0);
    assert_eq!(ran.json()["counts"], serde_json::json!({"error": 0, "warning": 0, "notice": 0}));
    sandbox.run(&["verify", "mine/out/first-pack"]).status(0);
    sandbox.run(&["check", "mine"]).status(0);
    // Never over something that is there.
    let ran = sandbox.run(&["init", "mine"]).status(2);
    assert!(ran.stderr.contains("not empty"), "{}", ran.stderr);
}

#[test]
fn wrong_arguments_are_status_2_and_leave_stdout_empty() {
    let sandbox = Sandbox::example();
    let wrong: [(&[&str], &str); 9] = [
        (&["bulid"], "build"),
        (&["build", "nowhere"], "not a workspace"),
        (&["build", ".", "--now", "yesterday"], "RFC 3339"),
        (&["build", ".", "--now", "2026-05-24T12:00:00"], "offset"),
        (&["explain", "mising_key"], "did you mean `missing_key`?"),
        (&["schema", "pakc"], "did you mean `pack`?"),
        (&["check", "nowhere"], "does not exist"),
        (&["check", "packs"], "neither a workspace"),
        (&["check"], "PATHS"),
    ];
    for (arguments, hint) in wrong {
        let ran = sandbox.run(arguments).status(2);
        assert!(ran.stdout.is_empty() && ran.stderr.contains(hint), "{arguments:?}: {}", ran.stderr);
    }
    let output = sandbox.command(&["build", "."]).env("SOURCE_DATE_EPOCH", "soon").output().unwrap();
    assert!(crate::harness::ran(output).status(2).stderr.contains("SOURCE_DATE_EPOCH"));
}

#[test]
fn check_takes_a_workspace_a_pack_or_a_file_and_writes_nothing() {
    let sandbox = Sandbox::example();
    let before = sandbox.tree(".");
    let pack = "packs/customer-visit-script";
    let memory = format!("{pack}/learning-memory.json");
    let decision = format!("{pack}/decision-record.md");
    let table = format!("{pack}/records/visit_events.csv");
    for (path, what) in [
        (".", "workspace"),
        (pack, "pack"),
        (memory.as_str(), "learning memory"),
        (decision.as_str(), "decision record"),
        (table.as_str(), "record table"),
    ] {
        let ran = sandbox.run(&["check", path, "--now", NOW, "--format", "json"]).status(0);
        assert_eq!(ran.json()["what"], what);
        sandbox.run(&["check", path, "--now", NOW]).status(0);
    }
    let several = sandbox.run(&["check", memory.as_str(), decision.as_str(), "--format", "json"]).status(0);
    assert_eq!(several.json().as_array().unwrap().len(), 2);
    assert!(sandbox.tree(".") == before);
    sandbox.write(&memory, "{\"job_id\": \"x\"}");
    sandbox.run(&["check", &memory]).status(1);
    let ran = sandbox.run(&["check", pack, "--now", NOW]).status(1);
    assert!(ran.stdout.contains("unknown_shape"), "{}", ran.stdout);
    // Run inside of a pack, the workspace is found upward.
    let output =
        sandbox.command(&["build", "--now", NOW]).current_dir(sandbox.path("packs/kolable-data-gap")).output().unwrap();
    crate::harness::ran(output).status(1);
    assert!(sandbox.path("out/kolable-data-gap/manifest.sha256").is_file());
}

#[test]
fn a_pipe_as_an_argument_is_called_what_it_is() {
    let sandbox = Sandbox::empty();
    assert!(std::process::Command::new("mkfifo").arg(sandbox.path("memory.json")).status().unwrap().success());
    let ran = sandbox.run(&["check", "memory.json"]).status(1);
    assert!(ran.stdout.contains("not a regular file"), "{}", ran.stdout);
    sandbox.run(&["verify", "memory.json"]).status(2);
}

#[test]
fn a_bundle_or_a_pack_may_be_named_by_a_link() {
    let sandbox = Sandbox::built();
    for (link, target) in [("bundle", "out/kolable-data-gap"), ("pack", "packs/kolable-data-gap")] {
        std::os::unix::fs::symlink(target, sandbox.path(link)).unwrap();
    }
    sandbox.run(&["verify", "bundle"]).status(0);
    sandbox.run(&["verify", "bundle/"]).status(0);
    sandbox.run(&["check", "pack", "--now", NOW]).status(0);
}

#[test]
fn a_finding_is_shown_in_its_place() {
    let sandbox = Sandbox::example();
    sandbox.replace("packs/kolable-data-gap/pack.toml", "\ntitle =", "\ntitel =");
    let ran = sandbox.run(&["check", "packs/kolable-data-gap", "--now", NOW]).status(1);
    let text = sandbox.read("packs/kolable-data-gap/pack.toml");
    let line = text.lines().position(|line| line.starts_with("titel")).unwrap() + 1;
    let expected = format!(
        "error[unknown_key]: key `titel` is not known here\n  --> packs/kolable-data-gap/pack.toml:{line}:1 at /titel\n"
    );
    assert!(ran.stdout.contains(&expected), "{}", ran.stdout);
    assert!(
        ran.stdout.contains(&format!("{line} | titel = ")) && ran.stdout.contains("help: did you mean `title`?"),
        "{}",
        ran.stdout
    );
}

#[test]
fn every_code_can_be_explained_and_every_schema_printed() {
    let sandbox = Sandbox::empty();
    let codes = sandbox.run(&["explain"]).status(0).stdout;
    assert!(codes.lines().count() > 40);
    for line in codes.lines() {
        let code = line.split_whitespace().next().unwrap();
        let text = sandbox.run(&["explain", code]).status(0).stdout;
        let is_rule = line.split_whitespace().nth(1) == Some("rule");
        let parts = if is_rule { ["(rule of ", "that holds"] } else { ["Example:", "Mend:"] };
        assert!(text.starts_with(code) && parts.iter().all(|part| text.contains(part)), "{text}");
    }
    let names = sandbox.run(&["schema"]).status(0).stdout;
    for line in names.lines() {
        let name = line.split_whitespace().next().unwrap();
        let schema = sandbox.run(&["schema", name]).status(0).json();
        assert!(
            schema["properties"].is_object() || schema["anyOf"].is_array() || schema["fields"].is_array(),
            "{name}"
        );
    }
}

#[test]
fn a_reader_that_goes_away_is_no_failure() {
    let sandbox = Sandbox::empty();
    let script = format!("{} explain | head -n 1; exit ${{PIPESTATUS[0]}}", env!("CARGO_BIN_EXE_proofpack"));
    let output =
        std::process::Command::new("bash").args(["-c", &script]).current_dir(sandbox.dir.path()).output().unwrap();
    crate::harness::ran(output).status(0);
    // It does not make what is wrong right.
    sandbox.write("learning-memory.json", "{}");
    let script =
        format!("{} check learning-memory.json | true; exit ${{PIPESTATUS[0]}}", env!("CARGO_BIN_EXE_proofpack"));
    let output =
        std::process::Command::new("bash").args(["-c", &script]).current_dir(sandbox.dir.path()).output().unwrap();
    crate::harness::ran(output).status(1);
}

#[test]
fn what_is_missing_does_not_hide_what_is_there() {
    let sandbox = Sandbox::built();
    let memory = "packs/customer-visit-script/learning-memory.json";
    let ran = sandbox.run(&["check", memory, "nowhere", memory, "neither"]).status(2);
    assert_eq!(ran.stdout.matches("ok learning memory").count(), 2, "{}", ran.stdout);
    assert!(ran.stderr.contains("nowhere does not") && ran.stderr.contains("neither does not"), "{}", ran.stderr);
    let ran = sandbox.run(&["check", memory, "nowhere", "--format", "json"]).status(2);
    assert_eq!(ran.json().as_array().unwrap().len(), 1);
    let ran = sandbox.run(&["verify", "nowhere", "out/customer-visit-script", "--format", "json"]).status(2);
    let json = ran.json();
    assert_eq!((json["verdict"].as_str(), json["bundles"].as_array().unwrap().len()), (Some("fail"), 1));
}

#[test]
fn colour_only_where_it_is_wanted() {
    let sandbox = Sandbox::example();
    let colours = |name: &str, value: &str| {
        let output =
            sandbox.command(&["check", ".", "--now", NOW]).env_remove("NO_COLOR").env(name, value).output().unwrap();
        String::from_utf8(output.stdout).unwrap().contains('\u{1b}')
    };
    assert!(!colours("LANG", "C"), "into a file");
    assert!(colours("CLICOLOR_FORCE", "1"), "when forced");
    assert!(!colours("NO_COLOR", "1"), "when refused");
}

/// Says where a document is not what its schema says; for the few words that our schemas use.
fn misfit(schema: &serde_json::Value, value: &serde_json::Value, at: &str) -> Option<String> {
    let sort = match value {
        serde_json::Value::Null => "null",
        serde_json::Value::Bool(_) => "boolean",
        serde_json::Value::Number(_) => "integer",
        serde_json::Value::String(_) => "string",
        serde_json::Value::Array(_) => "array",
        serde_json::Value::Object(_) => "object",
    };
    let types = &schema["type"];
    if types != sort && !types.as_array().is_some_and(|types| types.iter().any(|known| known == sort)) {
        return Some(format!("{at} is {sort}, expected {types}"));
    }
    let properties = schema["properties"].as_object();
    let keys = |object: &serde_json::Map<String, serde_json::Value>| {
        object.keys().cloned().collect::<std::collections::BTreeSet<_>>()
    };
    if let (Some(properties), Some(object)) = (properties, value.as_object()) {
        if keys(properties) != keys(object) {
            return Some(format!("{at} has {:?}, expected {:?}", keys(object), keys(properties)));
        }
        return properties.iter().find_map(|(key, schema)| misfit(schema, &object[key], &format!("{at}/{key}")));
    }
    value.as_array()?.iter().find_map(|item| misfit(&schema["items"], item, &format!("{at}/-")))
}

#[test]
fn what_is_printed_for_programs_is_what_the_schema_says() {
    let sandbox = Sandbox::example();
    sandbox.replace("packs/kolable-data-gap/pack.toml", "\ntitle =", "\ntitel =");
    let results = [
        ("build-result", sandbox.run(&["build", ".", "--now", NOW, "--format", "json"]).status(1).json()),
        ("check-result", sandbox.run(&["check", ".", "--now", NOW, "--format", "json"]).status(1).json()),
        (
            "verify-result",
            sandbox.run(&["verify", "out/customer-visit-script", "packs", "--format", "json"]).status(1).json(),
        ),
        ("registry", serde_json::from_str(&sandbox.read("out/registry.json")).unwrap()),
    ];
    for (name, result) in results {
        let schema = sandbox.run(&["schema", name]).status(0).json();
        assert_eq!(misfit(&schema, &result, name), None);
    }
}
