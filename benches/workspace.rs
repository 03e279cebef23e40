//! How fast is the main job? `cargo bench` builds workspaces of 1,000 packs and, with `-- --full`, of 10,000, and puts
//! the times side by side with what the same bytes cost as plain file writes.
//!
//! Every figure is the median of several runs that are taken in turns, so that a busy machine slows all of them alike.
#![expect(clippy::disallowed_methods, clippy::print_stdout, reason = "a benchmark prepares files and prints figures")]

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

const NOW: &str = "2026-05-24T12:00:00+08:00";
const LATER: &str = "2026-05-24T12:00:01+08:00";
/// The packs that generated ones are copies of: what `init` makes with three more record tables (12 files), and the
/// largest of the example workspace (17 files).
const MODELS: [(&str, &str); 2] = [("scaffold", "packs/first-pack"), ("example", "packs/customer-visit-script")];
/// Tables of the example that the scaffold is filled up with.
const MORE: [&str; 3] = ["adoption_reviews.json", "close_events.json", "visit_events.csv"];

fn main() {
    let full = std::env::args().any(|argument| argument == "--full");
    let folder = tempfile::tempdir_in(std::env::var("PROOFPACK_BENCH_DIR").unwrap_or_else(|_| ".".to_owned()))
        .expect("a folder");
    let version = median((0..20).map(|_| timed(Command::new(binary()).arg("--version"))).map(|run| run.time).collect());
    println!("start-up of --version: {}", shown(version));
    let [small, large] = MODELS.map(|model| measure(folder.path(), model, 1_000, 5));
    println!("\npacks of the example take {:.1} times as long as those of the scaffold", ratio(large, small));
    let thousand = small;
    exports(folder.path(), "dispatch-run-console", TASKS, 100_000);
    exports(folder.path(), "saffron-dispatch-workflow", ISSUES, 100_000);
    if full {
        let ten_thousand = measure(folder.path(), MODELS[0], 10_000, 3);
        println!("10,000 packs take {:.1} times as long to build as 1,000", ratio(ten_thousand, thousand));
    }
}

/// Measures one size of workspace; returns the time of a build.
fn measure(folder: &Path, (model, pack): (&str, &str), packs: usize, rounds: usize) -> Duration {
    let workspace = folder.join(format!("{model}-{packs}"));
    generate(&workspace, pack, packs);
    let out = workspace.join("out");
    let mut builds = Vec::new();
    let mut writes = Vec::new();
    let mut rebuilds = Vec::new();
    let mut replaces = Vec::new();
    let mut verifies = Vec::new();
    let mut peak = 0;
    for round in 0..rounds {
        let _ = fs::remove_dir_all(&out);
        let build = timed(Command::new(binary()).arg("build").arg(&workspace).args(["--now", NOW]));
        peak = peak.max(build.peak);
        builds.push(build.time);
        rebuilds.push(timed(Command::new(binary()).arg("build").arg(&workspace).args(["--now", NOW])).time);
        verifies.push(timed(Command::new(binary()).arg("verify").args(bundles(&out))).time);
        let plain = folder.join(format!("plain-{packs}-{round}"));
        writes.push(plain_writes(&out, &plain));
        fs::remove_dir_all(&plain).expect("removed");
        replaces.push(timed(Command::new(binary()).arg("build").arg(&workspace).args(["--now", LATER])).time);
    }
    let (files, bytes) = size(&out);
    let [build, write, rebuild, replace, verify] = [builds, writes, rebuilds, replaces, verifies].map(median);
    println!("\n{packs} packs of the {model}, {files} files, {} MiB written", bytes >> 20);
    println!("  plain writes of the same bytes   {}", shown(write));
    println!(
        "  build with verification          {}   {:.2} x plain writes, peak {} MiB",
        shown(build),
        ratio(build, write),
        peak >> 10
    );
    println!("  build over an older one          {}   {:.2} x plain writes", shown(replace), ratio(replace, write));
    println!("  unchanged rebuild                {}   {:.2} x build", shown(rebuild), ratio(rebuild, build));
    println!("  verify again                     {}   {:.2} x plain writes", shown(verify), ratio(verify, write));
    fs::remove_dir_all(&workspace).expect("removed");
    build
}

/// A file of exports, and one item of it.
type Export = (&'static str, fn(usize) -> String);

/// What an agent wrote into a field, of about 700 bytes.
fn prose(at: usize) -> String {
    format!("Step {at}: the cart keeps its lines when a session ends, and the test says so. ").repeat(9)
}

/// Tasks of about 1 KB, half of their fields missing, with results that want to write files.
const TASKS: &[Export] = &[("tasks", |at| {
    let (role, state, day) = (ROLES[at % ROLES.len()], STATES[at % STATES.len()], 1 + at % 23);
    let more =
        if at.is_multiple_of(2) { String::new() } else { format!(r#","created_at":"2026-05-{day:02}T10:00:00Z""#) };
    let result =
        format!(r#"{{"files":[{{"path":"src/a.rs","contents":"{}"}},{{"path":"../b","contents":"x"}}]}}"#, prose(at));
    format!(
        r#"{{"id":"t{at}","project_id":"cart","title":"task {at}","source":"role_dispatch:{role}","dispatch_status":"{state}","updated_at":"2026-05-{day:02}T11:00:00Z","execution_result":{result}{more}}}"#
    )
})];
const ROLES: [&str; 5] = ["code-reviewer", "test-writer", "ui-scaffolder", "dispatcher", "nobody"];
const STATES: [&str; 6] = ["none", "queued", "running", "failed", "completed", "paused"];

/// Issues of about 1 KB, pull requests, the queue and work of agents: as many of each, most of them against the contract.
const ISSUES: &[Export] = &[
    ("issues", |at| {
        let (status, lane) = (STATUSES[at % STATUSES.len()], LANES[at % LANES.len()]);
        let state = if at.is_multiple_of(4) { "closed" } else { "open" };
        format!(
            r#"{{"number":{at},"repoFullName":"acme/r{}","title":"issue {at}","state":"{state}","labels":["bug","status/{status}","agent/saffron-local"],"lane":"{lane}","body":"{}"}}"#,
            at % 50,
            prose(at)
        )
    }),
    ("pull_requests", |at| {
        let state = ["OPEN", "MERGED", "CLOSED"][at % 3];
        format!(
            r#"{{"repoFullName":"acme/r{0}","number":{1},"issueNumber":{at},"title":"PR {at}","url":"https://github.com/acme/r{0}/pull/{1}","state":"{state}","isDraft":false,"reviewDecision":"CHANGES_REQUESTED","statusCheckRollup":[{{"name":"unit","conclusion":"FAILURE"}}],"mergeable":"MERGEABLE","mergeStateStatus":"CLEAN","isCrossRepository":false,"body":"Fixes #{at}","headRefName":"fix/issue-{at}-a-b"}}"#,
            at % 50,
            at + 1_000_000
        )
    }),
    ("queue", |at| {
        let (status, lane) = (STATUSES[at % STATUSES.len()], LANES[at % LANES.len()]);
        format!(
            r#"{{"issueId":"i{at}","repoFullName":"acme/r{}","number":{at},"title":"issue {at}","labels":["status/{status}"],"lane":"{lane}","status":"status/{status}","claimable":true}}"#,
            at % 50
        )
    }),
    ("agent_work", |at| {
        format!(
            r#"{{"agentName":"saffron-local","repoFullName":"acme/r{}","issueNumber":{at},"state":"CLAIMED"}}"#,
            at % 50
        )
    }),
];
const STATUSES: [&str; 7] = ["backlog", "ready", "in-progress", "in-review", "done", "blocked", "odd"];
const LANES: [&str; 6] = ["local", "cloud", "frontier", "normal", "pink", ""];

/// Measures one pack of the example whose exports have many items.
fn exports(folder: &Path, slug: &str, exports: &[Export], items: usize) {
    let workspace = folder.join("exports");
    let pack = workspace.join("packs").join(slug);
    let example = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/example");
    let model = example.join("packs").join(slug);
    for path in walk(&model) {
        let to = pack.join(path.strip_prefix(&model).expect("inside"));
        fs::create_dir_all(to.parent().expect("a folder")).expect("made");
        fs::copy(path, to).expect("copied");
    }
    fs::copy(example.join("proofpack.toml"), workspace.join("proofpack.toml")).expect("copied");
    let mut bytes = 0;
    for (name, item) in exports {
        let list = format!("[{}]", (0..items).map(item).collect::<Vec<_>>().join(",\n"));
        bytes += list.len();
        fs::write(pack.join(format!("exports/{name}.json")), list).expect("written");
    }
    let out = workspace.join("out");
    let mut times = Vec::new();
    let mut peak = 0;
    for _ in 0..3 {
        let _ = fs::remove_dir_all(&out);
        let build = timed(Command::new(binary()).arg("build").arg(&workspace).args(["--now", NOW]));
        peak = peak.max(build.peak);
        times.push(build.time);
    }
    let names: Vec<_> = exports.iter().map(|(name, _)| *name).collect();
    println!("\n{items} of {}, {} MiB", names.join(", "), bytes >> 20);
    println!("  build with verification          {}   peak {} MiB", shown(median(times)), peak >> 10);
    fs::remove_dir_all(&workspace).expect("removed");
}

fn binary() -> &'static str {
    env!("CARGO_BIN_EXE_proofpack")
}

/// A workspace whose packs differ in their ids.
fn generate(workspace: &Path, pack: &str, packs: usize) {
    let example = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/example");
    let made = Command::new(binary()).arg("init").arg(workspace).stdout(Stdio::null()).status().expect("run");
    assert!(made.success());
    let scaffold = workspace.join("packs/first-pack");
    for name in MORE {
        let from = example.join("packs/customer-visit-script/records").join(name);
        fs::copy(from, scaffold.join("records").join(name)).expect("copied");
    }
    let from_example = example.join(pack);
    let model = if from_example.is_dir() { from_example } else { workspace.join(pack) };
    let relative = |path: &PathBuf| path.strip_prefix(&model).expect("inside").to_owned();
    let files: Vec<(PathBuf, String)> =
        walk(&model).map(|path| (relative(&path), fs::read_to_string(&path).expect("text"))).collect();
    if model.starts_with(&example) {
        fs::copy(example.join("proofpack.toml"), workspace.join("proofpack.toml")).expect("copied");
    }
    fs::remove_dir_all(&scaffold).expect("removed");
    for number in 0..packs {
        let pack = workspace.join(format!("packs/pack-{number:05}"));
        fs::create_dir_all(pack.join("records")).expect("made");
        for (name, text) in &files {
            let text = text
                .replace("4a31ca42", &format!("{number:08x}"))
                .replace("00000000-0000", &format!("{number:08x}-0000"));
            fs::write(pack.join(name), text).expect("written");
        }
    }
}

fn walk(root: &Path) -> impl Iterator<Item = PathBuf> {
    let entries = walkdir::WalkDir::new(root).sort_by_file_name().into_iter().map(|entry| entry.expect("listed"));
    entries.filter(|entry| entry.file_type().is_file()).map(walkdir::DirEntry::into_path)
}

fn bundles(out: &Path) -> Vec<PathBuf> {
    let mut bundles: Vec<_> = fs::read_dir(out)
        .expect("listed")
        .map(|entry| entry.expect("entry").path())
        .filter(|path| path.is_dir())
        .collect();
    bundles.sort();
    bundles
}

fn size(out: &Path) -> (usize, u64) {
    walk(out).fold((0, 0), |(files, bytes), path| (files + 1, bytes + fs::metadata(path).expect("size").len()))
}

/// Writes what lies in a folder into another one, file by file, from memory; reading is not counted.
fn plain_writes(from: &Path, to: &Path) -> Duration {
    let mut time = Duration::ZERO;
    fs::create_dir(to).expect("made");
    for bundle in bundles(from) {
        let files: Vec<(PathBuf, Vec<u8>)> =
            walk(&bundle).map(|path| (path.clone(), fs::read(&path).expect("read"))).collect();
        let folder = to.join(bundle.file_name().expect("named"));
        let begun = Instant::now();
        fs::create_dir(&folder).expect("made");
        for (path, bytes) in files {
            fs::write(folder.join(path.file_name().expect("named")), bytes).expect("written");
        }
        time += begun.elapsed();
    }
    time
}

struct Run {
    time: Duration,
    /// Largest resident memory in KiB, as far as it was seen.
    peak: u64,
}

fn timed(command: &mut Command) -> Run {
    let begun = Instant::now();
    let mut child = command.stdout(Stdio::null()).spawn().expect("started");
    let status = format!("/proc/{}/status", child.id());
    let mut peak = 0;
    loop {
        if let Some(code) = child.try_wait().expect("waited") {
            let time = begun.elapsed();
            assert!(code.success(), "{code}");
            return Run { time, peak };
        }
        let text = fs::read_to_string(&status).unwrap_or_default();
        let high = text
            .lines()
            .find_map(|line| line.strip_prefix("VmHWM:"))
            .and_then(|rest| rest.split_whitespace().next()?.parse().ok());
        peak = peak.max(high.unwrap_or(0));
        std::thread::sleep(Duration::from_micros(if begun.elapsed() < Duration::from_millis(50) {
            200
        } else {
            5_000
        }));
    }
}

fn median(mut times: Vec<Duration>) -> Duration {
    times.sort();
    times[times.len() / 2]
}

fn ratio(one: Duration, other: Duration) -> f64 {
    one.as_secs_f64() / other.as_secs_f64()
}

fn shown(time: Duration) -> String {
    format!("{:8.1} ms", time.as_secs_f64() * 1_000.0)
}
