//! How many facts a second are decided? `cargo bench --bench decide` feeds JSON Lines to the command, as a dispatcher
//! would, and takes the median of several runs. One process, one thread.
#![expect(clippy::disallowed_methods, clippy::print_stdout, reason = "a benchmark prepares files and prints figures")]

use std::fs;
use std::process::{Command, Stdio};
use std::time::Instant;

/// Facts of one run.
const FACTS: usize = 300_000;
const ROUNDS: usize = 5;

fn main() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("facts.jsonl");
    let reviews = ["accept", "revise", "evidence_gap", "none"];
    let scopes = ["safe", "blocked", "unknown"];
    let line = |at: usize| {
        format!(
            r#"{{"registry_hit_count":{},"adoption_review_status":"{}","revise":null,"visit_event_count":{},"case_scope_status":"{}","due_at":"2026-05-25T18:00:00+08:00","now":"2026-05-{:02}T03:18:00+08:00","gap_task_open":{},"override":null}}"#,
            at % 5,
            reviews[at % 4],
            at % 3,
            scopes[at / 4 % 3],
            24 + at % 3,
            at.is_multiple_of(2)
        )
    };
    let lines: Vec<_> = (0..FACTS).map(line).collect();
    fs::write(&path, lines.join("\n")).expect("written");
    let mut rates: Vec<u128> = (0..ROUNDS)
        .map(|_| {
            let start = Instant::now();
            let ran = Command::new(env!("CARGO_BIN_EXE_proofpack"))
                .args(["decide", "dispatcher-preflight"])
                .arg(&path)
                .stdout(Stdio::null())
                .status()
                .expect("a run");
            assert!(ran.success());
            FACTS as u128 * 1_000_000 / start.elapsed().as_micros().max(1)
        })
        .collect();
    rates.sort_unstable();
    println!("dispatcher-preflight: {} facts a second (median of {ROUNDS} runs of {FACTS} lines)", rates[ROUNDS / 2]);
}
