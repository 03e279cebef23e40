//! Every fault in one run, in its exact place: one fault does not hide the others.

use crate::harness::{NOW, Sandbox};

const PACK: &str = "packs/customer-visit-script";

/// Every finding of a check of the pack as `code file:line message`, without the folder of the pack.
#[track_caller]
fn faults(sandbox: &Sandbox) -> Vec<String> {
    let ran = sandbox.run(&["check", PACK, "--now", NOW, "--format", "json"]).status(1);
    let json = ran.json();
    json["findings"]
        .as_array()
        .unwrap()
        .iter()
        .zip(ran.findings())
        .map(|(finding, place)| {
            format!("{} {}", place.replace(&format!("{PACK}/"), ""), finding["message"].as_str().unwrap())
        })
        .collect()
}

/// Expects findings that begin so, and none that begin with what is unwanted.
#[track_caller]
fn expect(found: &[String], expected: &[&str], unwanted: &[&str]) {
    let begins = |start: &&str| found.iter().any(|one| one.starts_with(*start));
    let missing: Vec<_> = expected.iter().filter(|start| !begins(start)).collect();
    let noise: Vec<_> = unwanted.iter().filter(|start| begins(start)).collect();
    assert!(missing.is_empty() && noise.is_empty(), "missing {missing:?}, unwanted {noise:?} in {found:#?}");
}

/// What is wrong in the files of [`broken`] that need no kind to be read.
const FAULTS: [&str; 7] = [
    "wrong_type acceptance.toml:1 ",
    "missing_key claims.toml:1 key `kind`",
    "missing_key claims.toml:1 key `statement`",
    "status_by_hand claims.toml:3 ",
    "decision_part_missing decision-record.md:1 the part `why`",
    "unknown_shape learning-memory.json:1 ",
    "encoding production-brief.md:1 ",
];

/// A pack with something wrong in every sort of file.
fn broken() -> Sandbox {
    let sandbox = Sandbox::example();
    sandbox.write(&format!("{PACK}/claims.toml"), "[[claim]]\nid = \"a\"\nstatus = \"verified\"\n");
    sandbox.write(&format!("{PACK}/acceptance.toml"), "case = 1\n");
    sandbox.write(&format!("{PACK}/learning-memory.json"), "{}");
    sandbox.write(&format!("{PACK}/records/visit_events.csv"), "id,id\n1,2\n");
    sandbox.write(&format!("{PACK}/production-brief.md"), b"a\xFF");
    sandbox.replace(&format!("{PACK}/decision-record.md"), "\n## ", "\n## x ");
    sandbox.replace(&format!("{PACK}/pack.toml"), "inputs = [", "inputs = [\"uploads/none.csv\", ");
    sandbox
}

#[test]
fn a_fault_of_pack_toml_hides_none_elsewhere() {
    let sandbox = broken();
    let pack = format!("{PACK}/pack.toml");
    expect(&faults(&sandbox), &FAULTS, &["missing_key pack.toml"]);
    sandbox.replace(&pack, "\ntitle =", "\ntitel =");
    let found = faults(&sandbox);
    expect(&found, &FAULTS, &[]);
    let of_this_kind = ["missing_input pack.toml:10 ", "duplicate_column records/visit_events.csv:1 "];
    expect(&found, &of_this_kind, &[]);
    expect(&found, &["unknown_key pack.toml:2 ", "missing_key pack.toml:1 key `title`"], &[]);
    sandbox.replace(&pack, "\ntitel =", "\ntitel =\n=");
    // What cannot be read as TOML says nothing about the pack, not that it says nothing.
    let authored = &FAULTS[..FAULTS.len() - 1];
    expect(&faults(&sandbox), authored, &["missing_key pack.toml", "unknown_kind", "unknown_table", "unused_file"]);
    assert!(!sandbox.path("out").exists());
    sandbox.run(&["build", ".", "--now", NOW]).status(1);
    assert!(!sandbox.path("out/customer-visit-script").exists());
}

#[test]
fn an_unknown_kind_hides_nothing_that_needs_no_kind() {
    let sandbox = broken();
    sandbox.replace(&format!("{PACK}/pack.toml"), "kind = \"dispatcher-preflight\"", "kind = \"dispatcher\"");
    let found = faults(&sandbox);
    let authored = &FAULTS[..FAULTS.len() - 1];
    expect(&found, authored, &["unknown_table", "unused_file", "not_verified"]);
    expect(&found, &["unknown_kind pack.toml:1 `dispatcher`", "missing_input pack.toml:10 "], &[]);
    let kind = sandbox.run(&["check", PACK, "--now", NOW]);
    assert!(kind.stdout.contains(&format!("{PACK}/pack.toml:1:8 at /kind")), "{}", kind.stdout);
}

#[test]
fn links_of_a_record_are_judged_as_in_the_workspace() {
    let sandbox = Sandbox::example();
    let record = format!("{PACK}/decision-record.md");
    let text = sandbox.read(&record);
    let link = |target: &str| {
        sandbox.write(&record, format!("---\nsupersedes: \"[other]({target})\"\n---\n{text}"));
        let dangling = |path: &str| {
            let ran = sandbox.run(&["check", path, "--now", NOW]);
            (ran.status, ran.stdout.contains("decision_dangling") && ran.stdout.contains(&format!("{record}:2:14")))
        };
        [dangling("."), dangling(PACK), dangling(&record)]
    };
    assert_eq!(link("../kolable-data-gap/decision-record.md"), [(0, false); 3]);
    assert_eq!(link("../kolable-data-gap/people-sync.md"), [(1, true); 3]);
    // Run in the folder of the pack, the workspace is found upward.
    link("../kolable-data-gap/decision-record.md");
    let mut command = sandbox.command(&["check", "decision-record.md"]);
    crate::harness::ran(command.current_dir(sandbox.path(PACK)).output().unwrap()).status(0);
    // Outside of a workspace, an identifier stands for the file beside it whose name begins with its number.
    let sandbox = Sandbox::empty();
    sandbox.write("adr/0001-a.md", format!("---\nstatus: superseded by ADR-0002\n---\n{text}"));
    sandbox.write("adr/0002-b.md", &text);
    let ran = sandbox.run(&["check", "adr/0001-a.md"]);
    assert!(!ran.stdout.contains("decision_dangling"), "{}", ran.stdout);
    std::fs::remove_file(sandbox.path("adr/0002-b.md")).unwrap();
    let ran = sandbox.run(&["check", "adr/0001-a.md"]).status(1);
    assert!(ran.stdout.contains("`ADR-0002` is none of the decision records"), "{}", ran.stdout);
}

#[test]
fn markdown_that_is_no_decision_record_is_told_so_once() {
    let sandbox = Sandbox::empty();
    sandbox.write("notes.md", "# Notes\n\nBuy milk.\n");
    let ran = sandbox.run(&["check", "notes.md", "--format", "json"]).status(1);
    assert_eq!(ran.findings(), ["decision_part_missing notes.md"]);
    assert!(ran.stdout.contains("was judged as a decision record"), "{}", ran.stdout);
    // A record of which only parts are missing is told which.
    sandbox.write("notes.md", "# Notes\n\n## Decision\n\nBuy milk.\n");
    assert_eq!(sandbox.run(&["check", "notes.md", "--format", "json"]).status(1).findings().len(), 6);
}

#[test]
fn what_cannot_be_read_is_not_called_missing() {
    let sandbox = Sandbox::example();
    sandbox.write(&format!("{PACK}/production-brief.md"), vec![b'a'; 50 << 20]);
    std::fs::remove_file(sandbox.path(&format!("{PACK}/learning-memory.json"))).unwrap();
    std::os::unix::fs::symlink("/etc/hostname", sandbox.path(&format!("{PACK}/learning-memory.json"))).unwrap();
    let unwanted = ["missing_document", "missing_input", "unused_file"];
    expect(&faults(&sandbox), &["too_large production-brief.md", "symlink learning-memory.json"], &unwanted);
}

#[test]
fn what_the_tool_writes_is_no_artifact_of_a_pack() {
    for name in ["data-model.md", "E2E-Verification.md", "manifest.sha256", "dispatcher-preflight-contract.html"] {
        let sandbox = Sandbox::example();
        sandbox.write(&format!("{PACK}/{name}"), "# Mine\n");
        sandbox.replace(&format!("{PACK}/pack.toml"), "artifacts = [", &format!("artifacts = [\"{name}\", "));
        let line = sandbox.read(&format!("{PACK}/pack.toml"));
        let line = line.lines().position(|line| line.starts_with("artifacts")).unwrap() + 1;
        expect(
            &faults(&sandbox),
            &[&format!("name_collision pack.toml:{line} `{name}` is written by")],
            &["missing_doc"],
        );
    }
}

#[test]
fn an_empty_log_is_a_table_without_rows() {
    let sandbox = Sandbox::empty();
    for (content, status) in [("", 0), ("\n \n", 0), ("x", 1)] {
        sandbox.write("visit_events.jsonl", content);
        sandbox.run(&["check", "visit_events.jsonl"]).status(status);
    }
}

#[test]
fn personal_data_has_its_place_in_every_sort_of_file_and_is_never_repeated() {
    let number = format!("09{}", "12345678");
    let sandbox = Sandbox::example();
    let add = |name: &str, line: String| {
        let path = format!("{PACK}/{name}");
        let text = sandbox.read(&path);
        sandbox.write(&path, format!("{line}\n{text}"));
    };
    add("pack.toml", format!("\"{number}\" = 1\nlanguage = \"{number}\""));
    add("people-sync.md", format!("Call {number}."));
    add("decision-record.md", format!("---\nstatus: {} {number}\nsupersedes: {number}.md\n---", "x".repeat(55)));
    add("acceptance.toml", format!("# {number}"));
    add("claims.toml", format!("# {number}"));
    sandbox.write(
        &format!("{PACK}/learning-memory.json"),
        format!("{{\"next_worker_rules\": {{\"{number}\": 1, \"{number}\": 2}}}}"),
    );
    let table = format!("{PACK}/records/visit_events.csv");
    let text = sandbox.read(&table);
    sandbox.write(&table, format!("{}\n{number}\n", text.trim_end()));
    let line = text.trim_end().lines().count() + 1;
    let expected = [
        "personal_data pack.toml:1 ",
        "personal_data pack.toml:2 ",
        "unknown_key pack.toml:1 key `…`",
        "unknown_word pack.toml:2 `…` is none of",
        "personal_data people-sync.md:1 ",
        "personal_data decision-record.md:2 ",
        "decision_unknown_status decision-record.md:2 ",
        "decision_dangling decision-record.md:3 `…`",
        "personal_data acceptance.toml:1 ",
        "personal_data claims.toml:1 ",
        "personal_data learning-memory.json:1 ",
        "duplicate_key learning-memory.json:1 key `…`",
        &format!("personal_data records/visit_events.csv:{line} "),
    ];
    expect(&faults(&sandbox), &expected, &[]);
    let files =
        ["learning-memory.json", "decision-record.md", "records/visit_events.csv"].map(|name| format!("{PACK}/{name}"));
    for form in ["human", "json"] {
        for path in files.iter().map(String::as_str).chain([PACK, "."]) {
            let ran = sandbox.run(&["check", path, "--now", NOW, "--format", form]).status(1);
            assert!(ran.stdout.contains("personal_data"), "{path} {}", ran.stdout);
            // Not even its end, cut off somewhere.
            assert!(!ran.stdout.contains("0912"), "{path} {}", ran.stdout);
        }
    }
}

#[test]
fn a_pattern_that_is_none_comes_with_what_to_write() {
    for pattern in ["../other/*.csv", "/etc/hostname", "uploads/[", "a**"] {
        let sandbox = Sandbox::example();
        sandbox.replace(&format!("{PACK}/pack.toml"), "inputs = [", &format!("inputs = [\"{pattern}\", "));
        let ran = sandbox.run(&["check", PACK, "--now", NOW]).status(1);
        assert!(ran.stdout.contains("bad_pattern") && ran.stdout.contains("help: write "), "{}", ran.stdout);
    }
}
