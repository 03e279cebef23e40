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
