//! A copy of the example workspace in a temporary folder, and the binary run in it.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use serde_json::Value;

/// The moment that every test builds at.
pub(crate) const NOW: &str = "2026-05-24T12:00:00+08:00";
/// The packs of the example workspace with their primary pages.
pub(crate) const PACKS: [(&str, &str); 6] = [
    ("codex-worker-self-repair", "worker-self-repair-adoption-console.html"),
    ("customer-visit-script", "dispatcher-preflight-contract.html"),
    ("dispatch-run-console", "dispatch-run-console.html"),
    ("kolable-branch-orders", "kolable-data-gap-escalation.html"),
    ("kolable-data-gap", "kolable-data-gap-escalation.html"),
    ("saffron-dispatch-workflow", "dispatch-workflow-console.html"),
];

/// A temporary folder with a workspace in it.
pub(crate) struct Sandbox {
    pub dir: tempfile::TempDir,
}

/// What a run printed and how it ended.
pub(crate) struct Ran {
    pub status: i32,
    pub stdout: String,
    pub stderr: String,
}

impl Ran {
    /// Fails unless the run ended with this status.
    #[track_caller]
    pub(crate) fn status(self, expected: i32) -> Self {
        assert_eq!(self.status, expected, "stdout:\n{}\nstderr:\n{}", self.stdout, self.stderr);
        self
    }

    /// Standard output as JSON.
    #[track_caller]
    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.stdout).unwrap_or_else(|error| panic!("{error}:\n{}\n{}", self.stdout, self.stderr))
    }

    /// `code place` of every finding, for comparison.
    #[track_caller]
    pub(crate) fn findings(&self) -> Vec<String> {
        let json = self.json();
        let findings = json["findings"].as_array().unwrap_or_else(|| panic!("no findings in {json:#}"));
        findings
            .iter()
            .map(|finding| {
                let line = finding["line"].as_u64().map(|line| format!(":{line}")).unwrap_or_default();
                format!("{} {}{line}", finding["code"].as_str().unwrap(), finding["file"].as_str().unwrap_or("-"))
            })
            .collect()
    }
}

impl Sandbox {
    /// An empty folder.
    pub(crate) fn empty() -> Self {
        Self { dir: tempfile::tempdir().unwrap() }
    }

    /// The example workspace.
    pub(crate) fn example() -> Self {
        let sandbox = Self::empty();
        copy(&Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/example"), &sandbox.path("."));
        sandbox
    }

    /// The example workspace, built.
    pub(crate) fn built() -> Self {
        let sandbox = Self::example();
        sandbox.run(&["build", ".", "--now", NOW]).status(0);
        sandbox
    }

    pub(crate) fn path(&self, relative: &str) -> PathBuf {
        self.dir.path().join(relative)
    }

    pub(crate) fn write(&self, relative: &str, content: impl AsRef<[u8]>) {
        let path = self.path(relative);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, content).unwrap();
    }

    pub(crate) fn read(&self, relative: &str) -> String {
        fs::read_to_string(self.path(relative)).unwrap_or_else(|error| panic!("{relative}: {error}"))
    }

    /// Replaces a text that must be there.
    #[track_caller]
    pub(crate) fn replace(&self, relative: &str, from: &str, to: &str) {
        let old = self.read(relative);
        assert!(old.contains(from), "{relative} has no {from}");
        self.write(relative, old.replace(from, to));
    }

    /// The command, in this folder and with nothing of the caller's environment that could matter.
    pub(crate) fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_proofpack"));
        command.args(arguments).current_dir(self.dir.path()).env_remove("SOURCE_DATE_EPOCH").env("NO_COLOR", "1");
        command
    }

    pub(crate) fn run(&self, arguments: &[&str]) -> Ran {
        ran(self.command(arguments).output().unwrap())
    }

    /// Every file below a folder with its content.
    pub(crate) fn tree(&self, relative: &str) -> BTreeMap<String, Vec<u8>> {
        tree(&self.path(relative))
    }
}

pub(crate) fn ran(output: Output) -> Ran {
    Ran {
        status: output.status.code().unwrap_or(-1),
        stdout: String::from_utf8(output.stdout).unwrap(),
        stderr: String::from_utf8(output.stderr).unwrap(),
    }
}

pub(crate) fn tree(root: &Path) -> BTreeMap<String, Vec<u8>> {
    walkdir::WalkDir::new(root)
        .into_iter()
        .map(Result::unwrap)
        .filter(|entry| entry.file_type().is_file())
        .map(|entry| {
            (entry.path().strip_prefix(root).unwrap().to_str().unwrap().to_owned(), fs::read(entry.path()).unwrap())
        })
        .collect()
}

fn copy(from: &Path, to: &Path) {
    for entry in walkdir::WalkDir::new(from).into_iter().map(Result::unwrap) {
        let target = to.join(entry.path().strip_prefix(from).unwrap());
        if entry.file_type().is_dir() {
            fs::create_dir_all(target).unwrap();
        } else {
            fs::copy(entry.path(), target).unwrap();
        }
    }
}
