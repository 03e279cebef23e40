//! Workbooks of formats that are not read here (XLS, XLSB, ODS) to XLSX, which is.
//!
//! The library that reads them can be made to ask for terabytes or to crash by a file of a kilobyte, so it runs in a
//! child process: this program again, with limits on memory and time that it sets for itself before it looks at the
//! file. Invariants: whatever the child does, the parent gets a workbook or a finding; a workbook that was converted
//! says so, with what could not be seen.

mod child;
mod ods;

use std::borrow::Cow;
#[cfg(unix)]
use std::io::{self, Read, Write as _};
#[cfg(unix)]
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::atomic::{AtomicBool, Ordering};
#[cfg(unix)]
use std::sync::mpsc;
#[cfg(unix)]
use std::thread;
#[cfg(unix)]
use std::time::Duration;

pub use child::run as run_child;

use crate::codes;
use crate::facts::{DATA, PackFiles};
use crate::finding::{Code, Finding, Place};
use crate::limits;
use crate::read::format::Legacy;
use crate::read::table::legacy;

/// The hidden command by which this program is a converter.
pub const COMMAND: &str = "read-legacy";

/// Whether this program knows the command. One that only uses the library does not, and must not be started with it.
static IS_CONVERTER: AtomicBool = AtomicBool::new(false);

/// Says that this program, whatever its file is called, converts when it is started with [`COMMAND`].
pub fn this_program_converts() {
    IS_CONVERTER.store(true, Ordering::Relaxed);
}

/// A workbook in the form that is read.
#[derive(Clone, Debug)]
pub struct Converted {
    /// XLSX.
    pub bytes: Vec<u8>,
    /// That it was converted, and what could not be seen.
    pub notice: Finding,
}

/// Converts a workbook of an old format. `None` when the file is none.
pub fn convert(path: &str, bytes: &[u8]) -> Option<Result<Converted, Finding>> {
    let format = legacy(bytes)?;
    Some(run(format, bytes).map_err(|failure| failure.finding(path, format)).map(|bytes| {
        let message = format!(
            "is {}, which was converted to XLSX to be read; hidden rows and columns, merged cells and formats of numbers of it could not be seen",
            format.name()
        );
        Converted { bytes, notice: Finding::new(&codes::CONVERTED, Place::file(path), message) }
    }))
}

/// The bytes of a table in a form that is read: converted when they have to be. `None` when that did not succeed; the
/// findings say why, or that the table was converted.
pub fn plain(path: &str, bytes: Vec<u8>, findings: &mut Vec<Finding>) -> Option<Vec<u8>> {
    match convert(path, &bytes) {
        None => Some(bytes),
        Some(Ok(converted)) => {
            findings.push(converted.notice);
            Some(converted.bytes)
        }
        Some(Err(finding)) => {
            findings.push(finding);
            None
        }
    }
}

/// The files of a pack with its tables in a form that is read. Whoever wants to tell a file by its bytes asks for those
/// before: here they are the converter's. A file that could not be converted stays as it is.
pub fn plain_files<'a>(files: &'a PackFiles, shown: &str, findings: &mut Vec<Finding>) -> Cow<'a, PackFiles> {
    let mut plain = Cow::Borrowed(files);
    for (name, bytes) in files.iter().filter(|(name, _)| DATA.iter().any(|folder| name.starts_with(folder))) {
        match convert(&format!("{shown}/{name}"), bytes) {
            None => {}
            Some(Ok(converted)) => {
                findings.push(converted.notice);
                plain.to_mut().insert(name.clone(), converted.bytes);
            }
            Some(Err(finding)) => findings.push(finding),
        }
    }
    plain
}

/// Why the child gave no workbook.
enum Failure {
    NotHere,
    Encrypted,
    Unreadable(String),
    Memory,
    Time,
    Output,
}

impl Failure {
    fn finding(self, path: &str, format: Legacy) -> Finding {
        let name = format.name();
        let hint = "open it in a spreadsheet program and save it as an Excel workbook (.xlsx)";
        let over = |limit: limits::Limit, what: &str| {
            let message =
                format!("is {name}, and reading it takes {what} than {} (limit `{}`)", limit.value, limit.name);
            (&codes::TOO_LARGE, message)
        };
        let (code, message): (&'static Code, _) = match self {
            Self::NotHere => {
                (&codes::WRONG_FILE, format!("is {name}, and this program cannot convert it, expected CSV or XLSX"))
            }
            Self::Encrypted => (&codes::ENCRYPTED, format!("is {name} that is protected with a password")),
            Self::Unreadable(why) => (&codes::UNREADABLE, format!("is {name} that cannot be read: {why}")),
            Self::Memory => over(limits::CONVERTER_BYTES, "more bytes"),
            Self::Time => over(limits::CONVERTER_SECONDS, "more seconds"),
            Self::Output => over(limits::RECORDS_BYTES, "more bytes as XLSX"),
        };
        Finding::new(code, Place::file(path), message).hint(hint)
    }
}

/// Runs the child.
#[cfg(unix)]
fn run(format: Legacy, bytes: &[u8]) -> Result<Vec<u8>, Failure> {
    if !IS_CONVERTER.load(Ordering::Relaxed) {
        return Err(Failure::NotHere);
    }
    let not_started = |error| Failure::Unreadable(format!("its converter could not be started: {error}"));
    let program = std::env::current_exe().map_err(not_started)?;
    let child = Command::new(program)
        .args([COMMAND, format.word()])
        .env_clear()
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .map_err(not_started)?;
    Running::begin(child, bytes.to_vec()).end()
}

#[cfg(not(unix))]
fn run(_: Legacy, _: &[u8]) -> Result<Vec<u8>, Failure> {
    Err(Failure::NotHere)
}

/// A child and what it says, each on a thread, since it may stop to listen before it begins to talk.
#[cfg(unix)]
struct Running {
    child: Child,
    said: mpsc::Receiver<(Vec<u8>, Vec<u8>)>,
}

#[cfg(unix)]
impl Running {
    fn begin(mut child: Child, bytes: Vec<u8>) -> Self {
        let (stdin, stdout, stderr) = (child.stdin.take(), child.stdout.take(), child.stderr.take());
        thread::spawn(move || {
            // A child that crashes does not listen to the end.
            let _ = stdin.map(|mut stdin| stdin.write_all(&bytes));
        });
        let complaint = thread::spawn(move || read(stderr, 4_096));
        let (sender, said) = mpsc::channel();
        thread::spawn(move || {
            let workbook = read(stdout, limits::RECORDS_BYTES.value + 1);
            let _ = sender.send((workbook, complaint.join().unwrap_or_default()));
        });
        Self { child, said }
    }

    fn end(mut self) -> Result<Vec<u8>, Failure> {
        // The child itself stops after as many seconds of work; waiting does not count there.
        let said = self.said.recv_timeout(Duration::from_secs(2 * limits::CONVERTER_SECONDS.value));
        if said.is_err() {
            let _ = self.child.kill();
        }
        let status = self.child.wait();
        let Ok((workbook, complaint)) = said else { return Err(Failure::Time) };
        let complaint = String::from_utf8_lossy(&complaint);
        match status {
            Ok(status) if status.success() && workbook.len() as u64 <= limits::RECORDS_BYTES.value => Ok(workbook),
            Ok(status) => Err(why(status, &complaint, workbook.len() as u64)),
            Err(error) => Err(Failure::Unreadable(format!("its converter was lost: {error}"))),
        }
    }
}

#[cfg(unix)]
fn read(from: Option<impl Read>, most: u64) -> Vec<u8> {
    let mut bytes = Vec::new();
    // Closed before its end when there is more, which ends the child.
    let _: Option<io::Result<usize>> = from.map(|from| from.take(most).read_to_end(&mut bytes));
    bytes
}

#[cfg(unix)]
fn why(status: ExitStatus, complaint: &str, length: u64) -> Failure {
    use std::os::unix::process::ExitStatusExt as _;

    if length > limits::RECORDS_BYTES.value {
        return Failure::Output;
    }
    let signal = status.signal();
    match status.code() {
        Some(child::ENCRYPTED) => Failure::Encrypted,
        Some(child::UNREADABLE) => {
            let line = complaint.lines().next().unwrap_or_default();
            Failure::Unreadable(line.chars().take(200).collect())
        }
        _ if complaint.contains("memory allocation of") => Failure::Memory,
        _ if signal.is_some_and(child::is_time_signal) => Failure::Time,
        _ => Failure::Unreadable("its content makes the reader of old formats crash".to_owned()),
    }
}

#[cfg(all(test, unix))]
mod tests {
    use std::os::unix::process::ExitStatusExt as _;

    use super::*;

    #[test]
    fn the_end_of_the_child_becomes_a_finding() {
        let (exit, signal) = (|code: i32| code << 8, |signal: i32| signal);
        for (status, complaint, length, expected) in [
            (exit(child::ENCRYPTED), "", 0, "encrypted f: is an old XLS workbook that is protected with a password"),
            (
                exit(child::UNREADABLE),
                "Invalid stack length\nmore",
                0,
                "unreadable f: is an old XLS workbook that cannot be read: Invalid stack length",
            ),
            (
                signal(6),
                "memory allocation of 549755813888 bytes failed",
                0,
                "too_large f: is an old XLS workbook, and reading it takes more bytes than 1073741824 (limit `converter_bytes`)",
            ),
            (
                signal(rustix::process::Signal::XCPU.as_raw()),
                "",
                9,
                "too_large f: is an old XLS workbook, and reading it takes more seconds than 20 (limit `converter_seconds`)",
            ),
            (
                exit(101),
                "thread 'main' panicked",
                0,
                "unreadable f: is an old XLS workbook that cannot be read: its content makes the reader of old formats crash",
            ),
            (
                signal(11),
                "",
                0,
                "unreadable f: is an old XLS workbook that cannot be read: its content makes the reader of old formats crash",
            ),
        ] {
            let found = why(ExitStatus::from_raw(status), complaint, length).finding("f", Legacy::Xls);
            assert_eq!(format!("{} {}: {}", found.code.id, found.place, found.message), expected);
        }
    }

    #[test]
    fn a_program_that_only_uses_the_library_converts_nothing() {
        let sound = include_bytes!("../../fixtures/legacy/orders.xls");
        // The tests of this library are such a program.
        assert_eq!(legacy(sound), Some(Legacy::Xls));
        let found = convert("f", sound).unwrap().unwrap_err();
        assert_eq!(
            format!("{} {}", found.code.id, found.message),
            "wrong_file is an old XLS workbook, and this program cannot convert it, expected CSV or XLSX"
        );
    }
}
