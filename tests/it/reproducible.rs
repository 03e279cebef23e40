//! The same input and moment give the same bytes, wherever and however they are built.

use std::fs;

use crate::harness::{NOW, Sandbox, ran, tree};

#[test]
fn nothing_of_the_surroundings_reaches_a_bundle() {
    let sandbox = Sandbox::example();
    let build = |out: &str, cwd: &str, workspace: &str, environment: &[(&str, &str)], umask: &str| {
        let binary = env!("CARGO_BIN_EXE_proofpack");
        let out = sandbox.path(out);
        let script =
            format!("umask {umask}; cd {cwd} && exec {binary} build {workspace} --out {} --now {NOW}", out.display());
        let mut command = std::process::Command::new("sh");
        command.args(["-c", &script]).current_dir(sandbox.dir.path()).envs(environment.iter().copied());
        ran(command.output().unwrap()).status(0);
        let mut files = tree(&out);
        // The lock and the ledger are the tool's own and no part of what it makes.
        files.retain(|name, _| !name.starts_with('.'));
        files
    };
    let first = build("one", ".", ".", &[("TZ", "UTC"), ("LANG", "C"), ("RAYON_NUM_THREADS", "1")], "022");
    assert!(first.len() > 30, "{}", first.len());
    let second = build(
        "two",
        "packs/kolable-data-gap",
        "",
        &[
            ("TZ", "America/Los_Angeles"),
            ("LANG", "zh_TW.UTF-8"),
            ("LC_ALL", "tr_TR.UTF-8"),
            ("RAYON_NUM_THREADS", "7"),
            ("USER", "x"),
            ("HOME", "/nonexistent"),
        ],
        "077",
    );
    for (name, bytes) in &first {
        assert!(second.get(name) == Some(bytes), "{name} differs");
    }
    assert_eq!(first.len(), second.len());
}

#[test]
fn the_order_in_which_files_were_made_does_not_matter() {
    let sandbox = Sandbox::example();
    let other = Sandbox::empty();
    for (name, bytes) in sandbox.tree(".").into_iter().rev() {
        other.write(&name, bytes);
    }
    let files = |sandbox: &Sandbox| {
        sandbox.run(&["build", ".", "--now", NOW]).status(0);
        sandbox.tree("out")
    };
    assert!(files(&sandbox) == files(&other));
}

#[test]
fn the_moment_comes_from_the_flag_or_from_the_environment() {
    let sandbox = Sandbox::example();
    let manifest = || sandbox.read("out/kolable-data-gap/manifest.sha256");
    sandbox.run(&["build", ".", "--now", "2026-05-24T04:00:00Z"]).status(0);
    let by_flag = manifest();
    let output = sandbox.command(&["build", "."]).env("SOURCE_DATE_EPOCH", "1779595200").output().unwrap();
    assert!(ran(output).status(0).stdout.contains("unchanged"));
    assert_eq!(manifest(), by_flag);
    sandbox.run(&["build", ".", "--now", "2026-05-25T04:00:00Z"]).status(0);
    assert_ne!(manifest(), by_flag);
}

#[test]
fn an_unchanged_rebuild_writes_nothing() {
    let sandbox = Sandbox::built();
    let times = || {
        walkdir::WalkDir::new(sandbox.path("out"))
            .into_iter()
            .map(|entry| fs::metadata(entry.unwrap().path()).unwrap().modified().unwrap())
            .collect::<Vec<_>>()
    };
    let before = times();
    let ran = sandbox.run(&["build", ".", "--now", NOW, "--format", "json"]).status(0);
    assert!(ran.json()["packs"].as_array().unwrap().iter().all(|pack| pack["state"] == "unchanged"));
    assert_eq!(times(), before);
}

#[test]
fn a_damaged_bundle_is_built_anew_although_its_pack_is_unchanged() {
    let sandbox = Sandbox::built();
    let whole = sandbox.tree("out/kolable-data-gap");
    let states = || {
        let ran = sandbox.run(&["build", ".", "--now", NOW, "--format", "json"]).status(0);
        let packs = ran.json()["packs"].as_array().unwrap().clone();
        packs.iter().map(|pack| pack["state"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
    };
    sandbox.replace("out/kolable-data-gap/production-brief.md", "Wade", "Wada");
    assert_eq!(states(), ["unchanged", "unchanged", "unchanged", "written"]);
    assert!(sandbox.tree("out/kolable-data-gap") == whole);
    // Nor is a bundle with a new manifest of its own taken for the one that was built.
    let manifest = sandbox.read("out/kolable-data-gap/manifest.sha256");
    let (first, rest) = manifest.split_once('\n').unwrap();
    fs::remove_file(sandbox.path(&format!("out/kolable-data-gap/{}", &first[66..]))).unwrap();
    sandbox.write("out/kolable-data-gap/manifest.sha256", rest);
    assert_eq!(states(), ["unchanged", "unchanged", "unchanged", "written"]);
    assert!(sandbox.tree("out/kolable-data-gap") == whole);
    // Losing the ledger costs time, nothing else.
    fs::remove_file(sandbox.path("out/.built")).unwrap();
    assert_eq!(states(), ["unchanged"; 4]);
}
