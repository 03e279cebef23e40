//! Whatever happens while a bundle is written, the old or the new one is whole.

use std::fs;
use std::os::unix::fs::MetadataExt as _;
use std::thread;
use std::time::Duration;

use crate::harness::{NOW, PACKS, Sandbox};

#[test]
fn a_kill_at_any_moment_leaves_whole_bundles() {
    let sandbox = Sandbox::built();
    let mut interrupted = 0;
    for round in 0..30_u64 {
        // Another moment each time, so that every bundle has to be written anew.
        let now = format!("2026-05-24T12:{:02}:00+08:00", 1 + round);
        let mut child =
            sandbox.command(&["build", ".", "--now", &now]).stdout(std::process::Stdio::null()).spawn().unwrap();
        thread::sleep(Duration::from_micros(round * 1_300));
        child.kill().unwrap();
        interrupted += u32::from(!child.wait().unwrap().success());
        for (slug, _) in PACKS {
            sandbox.run(&["verify", &format!("out/{slug}")]).status(0);
        }
    }
    assert!(interrupted > 0, "no build was interrupted, so nothing was shown");
    // The next build clears away what the killed ones left.
    sandbox.run(&["build", ".", "--now", NOW]).status(0);
    let left: Vec<_> = fs::read_dir(sandbox.path("out"))
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    assert!(!left.iter().any(|name| name.starts_with(".proofpack-stage") || name.starts_with(".old")), "{left:?}");
}

#[test]
fn an_old_bundle_that_was_moved_aside_comes_back() {
    let sandbox = Sandbox::built();
    let old = sandbox.tree("out/kolable-data-gap");
    fs::rename(sandbox.path("out/kolable-data-gap"), sandbox.path("out/.old-kolable-data-gap")).unwrap();
    // The pack is broken now, so the build cannot replace what was lost.
    sandbox.write("packs/kolable-data-gap/pack.toml", "kind = 1\n");
    sandbox.run(&["build", ".", "--now", NOW]).status(1);
    assert!(sandbox.tree("out/kolable-data-gap") == old);
}

#[test]
fn a_full_disk_leaves_the_old_bundle() {
    let sandbox = Sandbox::built();
    let old = sandbox.tree("out/kolable-data-gap");
    // A limit on the size of written files stands for a full disk: writing fails half way.
    let script = format!(
        "ulimit -f 4; trap '' XFSZ; exec {} build . --now 2026-05-24T13:00:00+08:00",
        env!("CARGO_BIN_EXE_proofpack")
    );
    let output =
        std::process::Command::new("sh").args(["-c", &script]).current_dir(sandbox.dir.path()).output().unwrap();
    let ran = crate::harness::ran(output).status(2);
    assert!(ran.stderr.contains("cannot write"), "{}", ran.stderr);
    for (slug, _) in PACKS {
        sandbox.run(&["verify", &format!("out/{slug}")]).status(0);
    }
    assert!(sandbox.tree("out/kolable-data-gap") == old);
}

#[test]
fn a_folder_that_is_not_ours_is_refused_and_kept() {
    let sandbox = Sandbox::example();
    sandbox.write("mine/thesis.txt", "years of work");
    let ran = sandbox.run(&["build", ".", "--out", "mine", "--now", NOW]).status(2);
    assert!(ran.stderr.contains("thesis.txt") && ran.stderr.contains("not made by proofpack"), "{}", ran.stderr);
    assert_eq!(sandbox.tree("mine").len(), 1);
    // Nor is the workspace itself an output folder.
    sandbox.run(&["build", ".", "--out", ".", "--now", NOW]).status(2);
    // A file that somebody put into a bundle is not deleted either.
    sandbox.run(&["build", ".", "--now", NOW]).status(0);
    sandbox.write("out/kolable-data-gap/notes.txt", "keep me");
    let ran = sandbox.run(&["build", ".", "--now", "2026-05-24T13:00:00+08:00", "--format", "json"]).status(1);
    assert_eq!(
        ran.findings().iter().filter(|finding| finding.starts_with("not_ours")).count(),
        1,
        "{:?}",
        ran.findings()
    );
    assert_eq!(sandbox.read("out/kolable-data-gap/notes.txt"), "keep me");
}

#[test]
fn what_lies_in_the_place_of_a_bundle_stays() {
    let elsewhere = |sandbox: &Sandbox| {
        std::os::unix::fs::symlink("../elsewhere", sandbox.path("out/kolable-data-gap")).unwrap();
    };
    let dangling = |sandbox: &Sandbox| {
        std::os::unix::fs::symlink("nowhere", sandbox.path("out/kolable-data-gap")).unwrap();
    };
    let file = |sandbox: &Sandbox| sandbox.write("out/kolable-data-gap", "years of work");
    let prepare: [&dyn Fn(&Sandbox); 3] = [&elsewhere, &dangling, &file];
    for prepare in prepare {
        let sandbox = Sandbox::built();
        fs::remove_dir_all(sandbox.path("out/kolable-data-gap")).unwrap();
        sandbox.write("elsewhere/thesis.txt", "years of work");
        prepare(&sandbox);
        let before = fs::symlink_metadata(sandbox.path("out/kolable-data-gap")).unwrap().ino();
        let ran = sandbox.run(&["build", ".", "--now", NOW, "--format", "json"]).status(1);
        let about_out = |found: &String| found.contains("/out/");
        assert_eq!(
            ran.findings().into_iter().filter(about_out).collect::<Vec<_>>(),
            ["not_ours ./out/kolable-data-gap"]
        );
        assert_eq!(fs::symlink_metadata(sandbox.path("out/kolable-data-gap")).unwrap().ino(), before);
        assert_eq!(sandbox.tree("elsewhere").len(), 1);
        // The other packs are built all the same.
        sandbox.run(&["verify", "out/customer-visit-script"]).status(0);
    }
}

#[test]
fn only_what_a_build_left_behind_is_cleared_away() {
    let sandbox = Sandbox::built();
    let kept = [
        "out/.old-thesis/thesis.txt",
        "out/.old-kolable-data-gap/thesis.txt",
        "out/.stage-thesis/thesis.txt",
        "out/.proofpack-stage-0-kolable-data-gap/deep/thesis.txt",
    ];
    for path in kept {
        sandbox.write(path, "years of work");
    }
    sandbox.write("out/.proofpack-stage-0-customer-visit-script/sources.md", "half a bun");
    let copy = sandbox.tree("out/customer-visit-script");
    for (name, content) in &copy {
        sandbox.write(&format!("out/.old-customer-visit-script/{name}"), content);
    }
    sandbox.run(&["build", ".", "--now", "2026-05-24T13:00:00+08:00"]).status(0);
    for path in kept {
        assert_eq!(sandbox.read(path), "years of work");
    }
    assert!(!sandbox.path("out/thesis").exists());
    assert!(!sandbox.path("out/.proofpack-stage-0-customer-visit-script").exists());
    assert!(!sandbox.path("out/.old-customer-visit-script").exists());
}

#[test]
fn a_damaged_bundle_is_built_again() {
    let sandbox = Sandbox::built();
    let whole = sandbox.tree("out/kolable-data-gap");
    fs::remove_file(sandbox.path("out/kolable-data-gap/manifest.sha256")).unwrap();
    sandbox.run(&["build", ".", "--now", NOW]).status(0);
    assert!(sandbox.tree("out/kolable-data-gap") == whole);
}

#[test]
fn two_builds_at_once_keep_apart() {
    let sandbox = Sandbox::built();
    let children: Vec<_> = (0..4)
        .map(|minute| {
            let now = format!("2026-05-24T14:{minute:02}:00+08:00");
            sandbox
                .command(&["build", ".", "--now", &now])
                .stdout(std::process::Stdio::null())
                .stderr(std::process::Stdio::null())
                .spawn()
                .unwrap()
        })
        .collect();
    let statuses: Vec<_> = children.into_iter().map(|mut child| child.wait().unwrap().code()).collect();
    // Each either built or was told that another one is building.
    assert!(statuses.contains(&Some(0)) && statuses.iter().all(|status| matches!(status, Some(0 | 2))), "{statuses:?}");
    for (slug, _) in PACKS {
        sandbox.run(&["verify", &format!("out/{slug}")]).status(0);
    }
}
