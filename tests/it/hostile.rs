//! Bad input gets a clear finding and loses nothing: the run ends with status 1, names the file, and the bundles that
//! were there stay as they are.

use std::fs;
use std::os::unix::fs::{PermissionsExt as _, symlink};

use crate::harness::{NOW, PACKS, Sandbox};

const PACK: &str = "packs/customer-visit-script";

/// Builds after a change and expects this finding, with every old bundle still whole.
#[track_caller]
fn found(prepare: impl Fn(&Sandbox), code: &str, place: &str) {
    let sandbox = Sandbox::built();
    let before = sandbox.tree("out/customer-visit-script");
    prepare(&sandbox);
    let ran = sandbox.run(&["build", ".", "--now", NOW, "--format", "json"]).status(1);
    let findings = ran.findings();
    let expected = format!("{code} {place}");
    assert!(findings.iter().any(|finding| finding.starts_with(&expected)), "no {expected} in {findings:#?}");
    for (slug, _) in PACKS {
        sandbox.run(&["verify", &format!("out/{slug}")]).status(0);
    }
    // What is wrong with a record is shown on the page; anything else keeps the new bundle from being written.
    let replaced = sandbox.tree("out/customer-visit-script") != before;
    let about_this_pack = place == PACK || place.starts_with(&format!("{PACK}/"));
    assert_eq!(replaced, about_this_pack && place.contains("/records/"), "{place}");
}

#[track_caller]
fn file(name: &str, content: &[u8], code: &str) {
    let path = format!("{PACK}/{name}");
    found(|sandbox| sandbox.write(&path, content), code, &path);
}

#[test]
fn texts() {
    file("sources.md", b"", "empty_file");
    file("sources.md", b" \n\n", "empty_file");
    file("sources.md", b"# a\xFFb", "encoding");
    file("sources.md", b"# a\0b", "control_character");
    file("sources.md", b"\xFF\xFE#\0", "encoding");
    file("sources.md", &vec![b'a'; 50 << 20], "too_large");
    file("pack.toml", b"kind = ", "toml_syntax");
    file("pack.toml", b"\xB7\xA1", "encoding");
    file("acceptance.toml", b"[[case]]\nid = 1\n", "wrong_type");
    file("claims.toml", b"[[claim]]\nid = \"a\"\nstatus = \"verified\"\n", "status_by_hand");
}

#[test]
fn json() {
    file("learning-memory.json", b"{\"job_id\":\"a\",\"job_id\":\"b\"}", "duplicate_key");
    file("learning-memory.json", "[".repeat(10_000).as_bytes(), "too_deep");
    file("learning-memory.json", b"{\"notes\":[]}", "unknown_shape");
    file("learning-memory.json", b"{\"job_id\":", "json_syntax");
    file("learning-memory.json", b"", "empty_file");
}

#[test]
fn a_byte_order_mark_is_left_out_and_said() {
    let sandbox = Sandbox::example();
    let path = format!("{PACK}/pack.toml");
    let text = sandbox.read(&path);
    sandbox.write(&path, format!("\u{FEFF}{text}"));
    let ran = sandbox.run(&["build", ".", "--now", NOW, "--format", "json"]).status(0);
    assert!(ran.findings().contains(&format!("encoding {path}")), "{:?}", ran.findings());
}

#[test]
fn tables() {
    file("records/visit_events.csv", b"id,id\n1,2\n", "duplicate_column");
    file("records/visit_events.csv", b"", "empty_file");
    file("records/visit_events.csv", b"action_item_id\nx\n", "missing_column");
    file("records/visit_events.xlsx", b"PK\x03\x04rubbish", "duplicate_table");
    file("records/visits.csv", b"id\n1\n", "unknown_table");
    let workbook = "packs/codex-worker-self-repair/records/artifact_gate_checks.xlsx";
    found(|sandbox| sandbox.write(workbook, b"PK\x03\x04rubbish"), "truncated", workbook);
    for (file, code) in [("zip_bomb.xlsx", "too_large"), ("truncated.xlsx", "truncated"), ("corners.xlsb", "too_large")]
    {
        let bytes = fs::read(format!("{}/fixtures/hostile/{file}", env!("CARGO_MANIFEST_DIR"))).unwrap();
        found(|sandbox| sandbox.write(workbook, &bytes), code, workbook);
    }
}

#[test]
fn links_are_not_followed() {
    let outside = |name: &'static str| {
        move |sandbox: &Sandbox| {
            sandbox.write("secret.md", "# outside\n");
            let path = sandbox.path(&format!("{PACK}/{name}"));
            let _ = fs::remove_file(&path);
            symlink(sandbox.path("secret.md"), path).unwrap();
        }
    };
    found(outside("sources.md"), "symlink", &format!("{PACK}/sources.md"));
    found(outside("records/visits.csv"), "symlink", &format!("{PACK}/records/visits.csv"));
    found(|sandbox| symlink("/", sandbox.path("packs/root")).unwrap(), "symlink", "packs/root");
    found(|sandbox| symlink("..", sandbox.path(&format!("{PACK}/up"))).unwrap(), "symlink", &format!("{PACK}/up"));
}

#[test]
fn names() {
    let copy = |to: &'static str| {
        move |sandbox: &Sandbox| {
            for (name, bytes) in sandbox.tree(PACK) {
                sandbox.write(&format!("packs/{to}/{name}"), bytes);
            }
        }
    };
    found(copy("CON"), "bad_name", "packs/CON");
    found(copy("index.html"), "bad_name", "packs/index.html");
    found(copy("Registry.json"), "bad_name", "packs/Registry.json");
    found(copy("a:b"), "bad_name", "packs/a:b");
    found(copy("提案"), "bad_name", "packs/提案");
    found(copy("Customer-Visit-Script"), "name_collision", "packs/customer-visit-script");
    let artifact = |name: &'static str| {
        move |sandbox: &Sandbox| {
            sandbox.replace(&format!("{PACK}/pack.toml"), "artifacts = [", &format!("artifacts = [\"{name}\", "));
            sandbox.write(&format!("{PACK}/{name}"), "# A note\n");
        }
    };
    found(artifact("aux.md"), "bad_name", &format!("{PACK}/aux.md"));
    found(artifact("a:b.md"), "bad_name", &format!("{PACK}/a:b.md"));
    found(artifact("Sources.md"), "name_collision", PACK);
    found(artifact("deep/note.md"), "bad_name", &format!("{PACK}/deep/note.md"));
}

#[test]
fn a_declared_path_cannot_leave_the_pack() {
    let declared = |line: &'static str| {
        move |sandbox: &Sandbox| {
            sandbox.replace(&format!("{PACK}/pack.toml"), "\ninputs = [", &format!("\ninputs = [{line}, "));
        }
    };
    found(declared("\"../../proofpack.toml\""), "bad_pattern", &format!("{PACK}/pack.toml"));
    found(declared("\"/etc/*\""), "bad_pattern", &format!("{PACK}/pack.toml"));
    found(declared("\"uploads/[\""), "bad_pattern", &format!("{PACK}/pack.toml"));
    found(declared("\"uploads/*.csv\""), "missing_input", &format!("{PACK}/pack.toml"));
}

#[test]
fn personal_data_is_located_and_not_repeated() {
    let sandbox = Sandbox::example();
    let number = format!("09{}", "12345678");
    let path = format!("{PACK}/people-sync.md");
    let text = sandbox.read(&path);
    sandbox.write(&path, format!("{text}\nCall {number}.\n"));
    for format in ["human", "json"] {
        let ran = sandbox.run(&["build", ".", "--now", NOW, "--format", format]).status(1);
        assert!(ran.stdout.contains("people-sync.md"), "{}", ran.stdout);
        assert!(!ran.stdout.contains(&number) && !ran.stderr.contains(&number), "{}", ran.stdout);
    }
}

#[test]
fn an_empty_workspace_is_not_a_success() {
    let sandbox = Sandbox::example();
    fs::remove_dir_all(sandbox.path("packs")).unwrap();
    let ran = sandbox.run(&["build", ".", "--now", NOW, "--format", "json"]).status(1);
    assert_eq!(ran.findings(), ["no_packs packs"]);
}

#[test]
fn a_pipe_in_a_pack_does_not_keep_us_waiting() {
    found(
        |sandbox| {
            let path = sandbox.path(&format!("{PACK}/pipe"));
            assert!(std::process::Command::new("mkfifo").arg(path).status().unwrap().success());
        },
        "unreadable",
        &format!("{PACK}/pipe"),
    );
}

#[test]
fn a_linked_folder_of_packs_is_not_followed() {
    let sandbox = Sandbox::example();
    fs::rename(sandbox.path("packs"), sandbox.path("elsewhere")).unwrap();
    symlink("elsewhere", sandbox.path("packs")).unwrap();
    let ran = sandbox.run(&["build", ".", "--now", NOW, "--format", "json"]).status(1);
    assert!(ran.findings().contains(&"symlink packs".to_owned()), "{:?}", ran.findings());
    assert_eq!(ran.json()["packs"].as_array().unwrap().len(), 0);
}

#[test]
fn a_pack_that_may_not_be_read_is_a_pack() {
    let sandbox = Sandbox::example();
    let set_mode = |mode| fs::set_permissions(sandbox.path(PACK), fs::Permissions::from_mode(mode)).unwrap();
    for mode in [0o000, 0o111, 0o444] {
        set_mode(mode);
        if fs::read_dir(sandbox.path(PACK)).is_ok() && fs::metadata(sandbox.path(&format!("{PACK}/pack.toml"))).is_ok()
        {
            // Whoever runs the tests may read everything.
            set_mode(0o755);
            return;
        }
        let ran = sandbox.run(&["build", ".", "--now", NOW, "--format", "json"]);
        set_mode(0o755);
        let findings = ran.status(1).findings();
        assert!(findings.contains(&format!("unreadable {PACK}")), "{mode:o} {findings:?}");
        assert!(!findings.contains(&format!("unused_file {PACK}")), "{mode:o} {findings:?}");
    }
}

#[test]
fn no_file_lies_too_deep_to_be_seen() {
    let sandbox = Sandbox::example();
    let deep = format!("{PACK}/1/2/3/4/5/note.md");
    sandbox.write(&deep, "# A note\n");
    let ran = sandbox.run(&["check", PACK, "--now", NOW, "--format", "json"]).status(0);
    assert!(ran.findings().contains(&format!("unused_file {deep}")), "{:?}", ran.findings());
    let deeper = format!("{PACK}{}", "/d".repeat(129));
    found(|sandbox| fs::create_dir_all(sandbox.path(&deeper)).unwrap(), "too_deep", &deeper);
}
