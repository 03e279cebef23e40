//! The only module that touches the file system: finding, listing and reading inputs, and writing bundles so that a
//! kill at any moment leaves the old or the new one whole.
//!
//! Invariants: nothing outside the workspace is read, links are never followed; nothing is deleted that proofpack did
//! not write. A bundle is safe against a killed process; against a power cut it is not, `verify` then tells.

#![expect(clippy::disallowed_methods, reason = "this is the module that everyone else is told to use")]

use std::collections::{BTreeMap, BTreeSet};
use std::ffi::OsString;
use std::fmt;
use std::fs;
use std::io::{self, Read as _, Write as _};
use std::path::{Path, PathBuf};

use crate::bundle::{Files, Folder, MANIFEST};
use crate::codes;
use crate::documents::workspace;
use crate::facts;
use crate::finding::{Finding, Place};
use crate::limits::{self, Limit};

/// The file that marks an output folder as ours; its lock keeps two builds apart.
const MARKER: &str = ".proofpack";
/// What the marker says to whoever finds it.
const MARKER_TEXT: &str = "This folder is written by proofpack. Do not keep other files in it.\n";
/// Folders in which the next bundle is written before it takes the place of the old one. No one else makes such names.
const STAGE: &str = ".proofpack-stage-";
/// Where an old bundle waits on systems that cannot exchange two folders in one step.
const OLD: &str = ".old-";

/// Something could not be done at all: the run ends with status 2.
#[derive(Debug)]
pub struct Error {
    doing: String,
    source: io::Error,
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "cannot {}: {}", self.doing, self.source)
    }
}

impl std::error::Error for Error {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        Some(&self.source)
    }
}

fn failed(doing: &str, path: &Path) -> impl FnOnce(io::Error) -> Error {
    let doing = format!("{doing} {}", path.display());
    move |source| Error { doing, source }
}

fn refused(doing: &str, path: &Path, why: String) -> Error {
    failed(doing, path)(io::Error::other(why))
}

/// A path as findings show it: with `/` on every system.
pub fn shown(path: &Path) -> String {
    let text = path.to_string_lossy().replace(std::path::MAIN_SEPARATOR, "/");
    if text.is_empty() { ".".to_owned() } else { text }
}

/// What tells this program from another build of it: its version, and the size and time of its file.
pub fn program() -> String {
    let file = std::env::current_exe().and_then(fs::metadata);
    let time = file.as_ref().ok().and_then(|file| file.modified().ok());
    let since =
        time.and_then(|time| time.duration_since(std::time::UNIX_EPOCH).ok()).map_or(0, |since| since.as_nanos());
    format!("{} {} {since}", env!("CARGO_PKG_VERSION"), file.map_or(0, |file| file.len()))
}

/// The name of a file or folder, also when the path ends in `.` or `..`.
pub fn name(path: &Path) -> Result<String, Error> {
    let whole = fs::canonicalize(path).map_err(failed("read", path))?;
    Ok(whole.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default())
}

/// The nearest folder at or above `start` that holds a file of this name.
pub fn find_upward(start: &Path, name: &str) -> Option<PathBuf> {
    let start = fs::canonicalize(start).ok()?;
    start.ancestors().find(|folder| folder.join(name).is_file()).map(Path::to_path_buf)
}

/// Whether this is a folder.
pub fn is_folder(path: &Path) -> bool {
    path.is_dir()
}

/// Whether this is there and is no folder. Whatever else it may be than a regular file, reading it says so.
pub fn is_file(path: &Path) -> bool {
    fs::metadata(path).is_ok_and(|metadata| !metadata.is_dir())
}

/// Reads a whole regular file that is not larger than a limit. `None` with a finding when it has to be refused.
pub fn read(path: &Path, shown: &str, limit: Limit, findings: &mut Vec<Finding>) -> Option<Vec<u8>> {
    read_or(path, shown, limit, "shorten or split it", findings)
}

fn read_or(path: &Path, shown: &str, limit: Limit, remedy: &str, findings: &mut Vec<Finding>) -> Option<Vec<u8>> {
    match read_limited(path, limit) {
        Ok(Some(bytes)) => Some(bytes),
        Ok(None) => {
            let message = format!("is larger than {} bytes (limit `{}`)", limit.value, limit.name);
            findings.push(Finding::new(&codes::TOO_LARGE, Place::file(shown), message).hint(remedy));
            None
        }
        Err(error) => {
            findings.push(unreadable(path, shown, &error));
            None
        }
    }
}

/// Opens a regular file that is read piece by piece, and tells its size. `None` with a finding when it has to be refused.
pub fn open_table(path: &Path, shown: &str, findings: &mut Vec<Finding>) -> Option<(fs::File, u64)> {
    match open_regular(path) {
        Ok(opened) => Some(opened),
        Err(error) => {
            findings.push(unreadable(path, shown, &error));
            None
        }
    }
}

/// Why a file could not be opened. A link is not followed, also where the user names it.
fn unreadable(path: &Path, shown: &str, error: &io::Error) -> Finding {
    if fs::symlink_metadata(path).is_ok_and(|metadata| metadata.is_symlink()) {
        return link(shown);
    }
    Finding::new(&codes::UNREADABLE, Place::file(shown), format!("cannot be read: {error}"))
}

/// Opens a file that the user names, or a pipe, to be read bit by bit.
pub fn open(path: &Path) -> Result<fs::File, Error> {
    if is_folder(path) {
        return Err(refused("read", path, "it is a folder".to_owned()));
    }
    fs::File::open(path).map_err(failed("read", path))
}

fn read_limited(path: &Path, limit: Limit) -> io::Result<Option<Vec<u8>>> {
    let (file, size) = open_regular(path)?;
    if size > limit.value {
        return Ok(None);
    }
    let mut bytes = Vec::with_capacity(usize::try_from(size).unwrap_or(0) + 1);
    // A file that grows while it is read does not get past the limit either.
    file.take(limit.value + 1).read_to_end(&mut bytes)?;
    Ok((bytes.len() as u64 <= limit.value).then_some(bytes))
}

fn open_regular(path: &Path) -> io::Result<(fs::File, u64)> {
    let mut options = fs::OpenOptions::new();
    options.read(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::OpenOptionsExt as _;
        // Neither a link put there since the listing is followed, nor does a pipe keep us waiting.
        let flags = rustix::fs::OFlags::NOFOLLOW | rustix::fs::OFlags::NONBLOCK;
        options.custom_flags(flags.bits().cast_signed());
    }
    let file = options.open(path)?;
    let metadata = file.metadata()?;
    if !metadata.is_file() {
        return Err(io::Error::other("not a regular file"));
    }
    Ok((file, metadata.len()))
}

/// The names of the folders in `packs/` that hold a file of this name, sorted.
pub fn slugs(packs: &Path, document: &str, findings: &mut Vec<Finding>) -> Result<Vec<String>, Error> {
    let mut slugs = Vec::new();
    match fs::symlink_metadata(packs) {
        Ok(metadata) if metadata.is_symlink() => {
            findings.push(link("packs"));
            return Ok(slugs);
        }
        Ok(metadata) if metadata.is_dir() => {}
        _ => return Ok(slugs),
    }
    for entry in walkdir::WalkDir::new(packs).min_depth(1).max_depth(1).sort_by_file_name() {
        let entry = entry.map_err(|error| failed("list", packs)(error.into()))?;
        let shown = format!("packs/{}", entry.file_name().to_string_lossy());
        let unused = |message| Finding::new(&codes::UNUSED_FILE, Place::file(&shown), message);
        if entry.path_is_symlink() {
            findings.push(link(&shown));
            continue;
        }
        if !entry.file_type().is_dir() {
            findings.push(unused("is not a folder, so it is not a pack".to_owned()));
            continue;
        }
        // A link or a pipe of this name makes a pack too: reading it says what is wrong with it.
        match fs::symlink_metadata(entry.path().join(document)) {
            Ok(metadata) if !metadata.is_dir() => match entry.file_name().to_str() {
                Some(slug) => slugs.push(slug.to_owned()),
                None => findings.push(unreadable_name(&shown)),
            },
            Err(error) if error.kind() != io::ErrorKind::NotFound => {
                let message = format!("cannot be read: {error}");
                findings.push(Finding::new(&codes::UNREADABLE, Place::file(&shown), message));
            }
            _ => findings.push(unused(format!("has no {document}, so it is not a pack"))),
        }
    }
    Ok(slugs)
}

/// Every file of a pack by its path inside the pack, in a stable order. Links and oversized files become findings.
pub fn pack_files(folder: &Path, shown: &str, findings: &mut Vec<Finding>) -> BTreeMap<String, Vec<u8>> {
    let mut files = BTreeMap::new();
    let too_deep = usize::try_from(limits::NESTING.value).unwrap_or(usize::MAX).saturating_add(1);
    let walk = walkdir::WalkDir::new(folder).min_depth(1).max_depth(too_deep).sort_by_file_name();
    for (count, entry) in walk.into_iter().enumerate() {
        if count as u64 == limits::PACK_FILES.value {
            let limit = limits::PACK_FILES;
            let message = format!("has more than {} files (limit `{}`)", limit.value, limit.name);
            findings.push(Finding::new(&codes::TOO_LARGE, Place::file(shown), message));
            break;
        }
        let entry = match entry {
            Ok(entry) => entry,
            Err(error) => {
                let path = error.path().and_then(|path| path.strip_prefix(folder).ok());
                let path = path.filter(|path| !path.as_os_str().is_empty()).map(self::shown);
                let place = Place::file(path.map_or(shown.to_owned(), |path| format!("{shown}/{path}")));
                findings.push(Finding::new(&codes::UNREADABLE, place, "cannot be listed"));
                continue;
            }
        };
        let relative = entry.path().strip_prefix(folder).unwrap_or(entry.path());
        let file_shown = format!("{shown}/{}", self::shown(relative));
        if entry.depth() == too_deep {
            let limit = limits::NESTING;
            let message = format!("lies more than {} folders deep (limit `{}`)", limit.value, limit.name);
            findings.push(Finding::new(&codes::TOO_DEEP, Place::file(file_shown), message).hint("move it further up"));
        } else if entry.path_is_symlink() {
            findings.push(link(&file_shown));
        } else if entry.file_type().is_dir() {
        } else if !entry.file_type().is_file() {
            findings.push(Finding::new(&codes::UNREADABLE, Place::file(file_shown), "is not a regular file"));
        } else if let Some(name) = relative.to_str() {
            let name = name.replace(std::path::MAIN_SEPARATOR, "/");
            let (limit, remedy) = facts::limit(&name);
            if let Some(bytes) = read_or(entry.path(), &file_shown, limit, remedy, findings) {
                files.insert(name, bytes);
            }
        } else {
            findings.push(unreadable_name(&file_shown));
        }
    }
    files
}

fn link(shown: &str) -> Finding {
    Finding::new(&codes::SYMLINK, Place::file(shown), "is a symbolic link and was not followed")
        .hint("name the file that it leads to, or replace the link by a copy of it")
}

fn unreadable_name(shown: &str) -> Finding {
    Finding::new(&codes::BAD_NAME, Place::file(shown), "has a name that is not UTF-8").hint("rename it")
}

/// Reads a bundle from disk.
pub fn read_folder(folder: &Path) -> Result<Folder, Error> {
    let mut read = Folder::default();
    for entry in walkdir::WalkDir::new(folder).min_depth(1).max_depth(1).sort_by_file_name() {
        let entry = entry.map_err(|error| failed("read", folder)(error.into()))?;
        let name = entry.file_name().to_string_lossy().into_owned();
        if entry.file_name().to_str().is_none() {
            read.strangers.push((name, "has a name that is not UTF-8".to_owned()));
        } else if entry.path_is_symlink() {
            read.strangers.push((name, "is a symbolic link".to_owned()));
        } else if entry.file_type().is_dir() {
            read.strangers.push((name, "is a folder; a bundle is flat".to_owned()));
        } else {
            match read_limited(entry.path(), limits::ARTIFACT_BYTES) {
                Ok(Some(bytes)) => {
                    read.files.insert(name, bytes);
                }
                Ok(None) => {
                    let limit = limits::ARTIFACT_BYTES;
                    let why = format!("is larger than {} bytes (limit `{}`)", limit.value, limit.name);
                    read.strangers.push((name, why));
                }
                Err(error) => read.strangers.push((name, format!("cannot be read: {error}"))),
            }
        }
    }
    Ok(read)
}

/// An output folder that is ours and that no other build writes to.
#[derive(Debug)]
pub struct Output {
    root: PathBuf,
    _lock: fs::File,
}

impl Output {
    /// Opens or makes the output folder. A folder with other content is refused, and so is one in use or among packs.
    pub fn open(root: &Path) -> Result<Self, Error> {
        if is_among_packs(root) {
            return Err(refused(
                "write to",
                root,
                "it lies among the packs of a workspace; choose another folder with --out".to_owned(),
            ));
        }
        let marker = root.join(MARKER);
        if !marker.is_file() {
            let mut entries = walkdir::WalkDir::new(root).min_depth(1).max_depth(1).sort_by_file_name().into_iter();
            if root.exists()
                && let Some(entry) = entries.next()
            {
                let first = entry.map(|entry| entry.file_name().to_string_lossy().into_owned()).unwrap_or_default();
                let why = format!(
                    "it is not empty (`{first}`) and was not made by proofpack; choose another folder with --out"
                );
                return Err(refused("write to", root, why));
            }
            fs::create_dir_all(root).map_err(failed("make", root))?;
        }
        let mut lock = fs::OpenOptions::new()
            .create(true)
            .truncate(false)
            .read(true)
            .write(true)
            .open(&marker)
            .map_err(failed("write", &marker))?;
        if let Err(error) = lock.try_lock() {
            return Err(match error {
                fs::TryLockError::WouldBlock => {
                    refused("write to", root, "another proofpack is at work in it".to_owned())
                }
                fs::TryLockError::Error(error) => failed("lock", &marker)(error),
            });
        }
        if lock.metadata().map_err(failed("read", &marker))?.len() == 0 {
            lock.write_all(MARKER_TEXT.as_bytes()).map_err(failed("write", &marker))?;
        }
        Ok(Self { root: root.to_path_buf(), _lock: lock })
    }

    /// Clears away what a killed build of these packs left behind; an old bundle whose place is empty goes back. What a
    /// build would not leave is left alone.
    pub fn recover(&self, slugs: &BTreeSet<&str>) -> Result<(), Error> {
        for (name, path) in self.folders()? {
            if name.starts_with(STAGE) {
                tidy(&path);
            } else if let Some(slug) = name.strip_prefix(OLD)
                && slugs.contains(slug)
                && read_folder(&path).is_ok_and(|old| old.foreign(&Files::new()).is_empty())
            {
                let place = self.root.join(slug);
                if fs::symlink_metadata(&place).is_ok() {
                    tidy(&path);
                } else {
                    fs::rename(&path, &place).map_err(failed("put back", &place))?;
                }
            }
        }
        Ok(())
    }

    fn folders(&self) -> Result<Vec<(String, PathBuf)>, Error> {
        let mut folders = Vec::new();
        for entry in walkdir::WalkDir::new(&self.root).min_depth(1).max_depth(1).sort_by_file_name() {
            let entry = entry.map_err(|error| failed("list", &self.root)(error.into()))?;
            if entry.file_type().is_dir() {
                folders.push((entry.file_name().to_string_lossy().into_owned(), entry.into_path()));
            }
        }
        Ok(folders)
    }

    /// Where the bundle of a pack lies.
    pub fn bundle(&self, slug: &str) -> PathBuf {
        self.root.join(slug)
    }

    /// Names of bundle folders in the output folder.
    pub fn bundles(&self) -> Result<Vec<String>, Error> {
        Ok(self.folders()?.into_iter().map(|(name, _)| name).filter(|name| !name.starts_with('.')).collect())
    }

    /// What lies in the place of a bundle and is no folder.
    pub fn obstacle(&self, slug: &str) -> Option<&'static str> {
        let metadata = fs::symlink_metadata(self.bundle(slug)).ok()?;
        if metadata.is_symlink() { Some("a symbolic link") } else { (!metadata.is_dir()).then_some("a file") }
    }

    /// The bundle that is there now; `None` when there is none.
    pub fn read_bundle(&self, slug: &str) -> Result<Option<Folder>, Error> {
        let folder = self.bundle(slug);
        let is_folder = fs::symlink_metadata(&folder).is_ok_and(|metadata| metadata.is_dir());
        if is_folder { read_folder(&folder).map(Some) } else { Ok(None) }
    }

    /// Writes all files of a bundle beside the old one. The old one is not touched.
    pub fn stage(&self, slug: &str, files: &Files) -> Result<Stage<'_>, Error> {
        let mut number = 0_u32;
        let folder = loop {
            let folder = self.root.join(format!("{STAGE}{number}-{slug}"));
            match fs::create_dir(&folder) {
                Ok(()) => break folder,
                // A stage that could not be cleared away stands in nobody's way.
                Err(error) if error.kind() == io::ErrorKind::AlreadyExists => number += 1,
                Err(error) => return Err(failed("make", &folder)(error)),
            }
        };
        let stage = Stage { output: self, slug: slug.to_owned(), folder };
        // The manifest comes last: a bundle without it is visibly torn.
        let (manifest, others): (Vec<_>, Vec<_>) = files.iter().partition(|(name, _)| *name == MANIFEST);
        for (name, bytes) in others.into_iter().chain(manifest) {
            let path = stage.folder.join(name);
            write_new(&path, bytes).map_err(failed("write", &path))?;
        }
        Ok(stage)
    }

    /// Reads one text file of the output folder itself; what is not there is empty.
    pub fn read(&self, name: &str) -> Result<String, Error> {
        let path = self.root.join(name);
        match fs::read(&path) {
            Ok(bytes) => Ok(String::from_utf8_lossy(&bytes).into_owned()),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(String::new()),
            Err(error) => Err(failed("read", &path)(error)),
        }
    }

    /// The bytes of one file of the output folder itself that is not larger than a limit; `None` when it is not there.
    pub fn find(&self, name: &str, limit: Limit) -> Result<Option<Vec<u8>>, Error> {
        let path = self.root.join(name);
        match read_limited(&path, limit) {
            Ok(Some(bytes)) => Ok(Some(bytes)),
            Ok(None) => {
                Err(refused("read", &path, format!("it is larger than {} bytes (limit `{}`)", limit.value, limit.name)))
            }
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(failed("read", &path)(error)),
        }
    }

    /// Writes one file of the output folder itself so that it is there even after a power cut.
    pub fn keep(&self, name: &str, bytes: &[u8]) -> Result<(), Error> {
        let path = self.root.join(name);
        let next = self.root.join(format!(".{name}.next"));
        let write = || {
            let mut file = fs::File::create(&next)?;
            file.write_all(bytes)?;
            file.sync_all()?;
            fs::rename(&next, &path)?;
            #[cfg(unix)]
            fs::File::open(&self.root)?.sync_all()?;
            Ok(())
        };
        write().map_err(failed("write", &path))
    }

    /// Removes one file of the output folder itself, if it is there.
    pub fn discard(&self, name: &str) -> Result<(), Error> {
        let path = self.root.join(name);
        match fs::remove_file(&path) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => Err(failed("remove", &path)(error)),
            _ => Ok(()),
        }
    }

    /// Writes one file of the output folder itself. Returns whether it had to be changed.
    pub fn write(&self, name: &str, bytes: &[u8]) -> Result<bool, Error> {
        let path = self.root.join(name);
        if fs::read(&path).is_ok_and(|old| old == bytes) {
            return Ok(false);
        }
        let next = self.root.join(format!(".{name}.next"));
        let written = fs::write(&next, bytes).and_then(|()| fs::rename(&next, &path));
        if written.is_err() {
            // A half-written file is of no use to anyone; the old one is still whole.
            let _ = fs::remove_file(&next);
        }
        written.map_err(failed("write", &path))?;
        Ok(true)
    }
}

/// Whether a folder, there or not yet there, is the `packs/` of a workspace or lies in it.
fn is_among_packs(folder: &Path) -> bool {
    let whole = Path::new(".").join(folder);
    // What is there tells where it is; the rest is yet to be made.
    let resolved = whole.ancestors().find_map(|there| {
        let rest = whole.strip_prefix(there).ok()?;
        Some(fs::canonicalize(there).ok()?.join(rest))
    });
    let is_workspace = |folder: &Path| folder.join(workspace::FILE).is_file();
    let is_packs = |folder: &Path| folder.ends_with(workspace::PACKS) && folder.parent().is_some_and(is_workspace);
    resolved.is_some_and(|folder| folder.ancestors().any(is_packs))
}

/// Removes a folder that holds nothing but regular files, as stages and bundles do. What cannot be removed now is removed
/// by the next build, so a failure is none.
fn tidy(folder: &Path) {
    let entries: Result<Vec<_>, _> = walkdir::WalkDir::new(folder).min_depth(1).max_depth(1).into_iter().collect();
    let Ok(entries) = entries else { return };
    if entries.iter().all(|entry| entry.file_type().is_file()) {
        for entry in entries {
            let _ = fs::remove_file(entry.path());
        }
        let _ = fs::remove_dir(folder);
    }
}

fn write_new(path: &Path, bytes: &[u8]) -> io::Result<()> {
    fs::OpenOptions::new().write(true).create_new(true).open(path)?.write_all(bytes)
}

/// A whole bundle that waits beside the old one. Dropped without [`Stage::publish`], it is removed.
#[derive(Debug)]
pub struct Stage<'a> {
    output: &'a Output,
    slug: String,
    folder: PathBuf,
}

impl Stage<'_> {
    /// Reads back what was written; a disk that gives other bytes stops the run.
    pub fn read_back(self, files: &Files) -> Result<Self, Error> {
        let read = read_folder(&self.folder)?;
        if read.strangers.is_empty() && read.files == *files {
            Ok(self)
        } else {
            Err(refused("write", &self.folder, "what was read back is not what was written".to_owned()))
        }
    }

    /// Puts the staged bundle in the place of the old one, in one step where the system can.
    pub fn publish(self) -> Result<(), Error> {
        let place = self.output.bundle(&self.slug);
        if fs::symlink_metadata(&place).is_err() {
            return fs::rename(&self.folder, &place).map_err(failed("write", &place));
        }
        if exchange(&self.folder, &place).is_err() {
            let old = self.output.root.join(format!("{OLD}{}", self.slug));
            fs::rename(&place, &old).map_err(failed("replace", &place))?;
            fs::rename(&self.folder, &place).map_err(failed("write", &place))?;
            tidy(&old);
        }
        // After the exchange the stage holds the old bundle, and dropping it removes that.
        Ok(())
    }
}

impl Drop for Stage<'_> {
    fn drop(&mut self) {
        tidy(&self.folder);
    }
}

#[cfg(any(target_os = "linux", target_os = "android", target_vendor = "apple"))]
fn exchange(a: &Path, b: &Path) -> io::Result<()> {
    let here = rustix::fs::CWD;
    rustix::fs::renameat_with(here, a, here, b, rustix::fs::RenameFlags::EXCHANGE).map_err(io::Error::from)
}

#[cfg(not(any(target_os = "linux", target_os = "android", target_vendor = "apple")))]
fn exchange(_: &Path, _: &Path) -> io::Result<()> {
    Err(io::ErrorKind::Unsupported.into())
}

/// Appends a line to a file of JSON lines, unless a whole line has this `id` already; returns whether it was written. Two
/// writers at once wait for one another; a line that a killed writer left half written stays by itself.
pub fn append(path: &Path, id: &str, line: &str) -> Result<bool, Error> {
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder).map_err(failed("make", folder))?;
    }
    let mut options = fs::OpenOptions::new();
    options.create(true).append(true).read(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::OpenOptionsExt as _;
        options.custom_flags(rustix::fs::OFlags::NOFOLLOW.bits().cast_signed());
    }
    let mut file = options.open(path).map_err(failed("write", path))?;
    file.lock().map_err(failed("lock", path))?;
    let mut content = Vec::new();
    file.read_to_end(&mut content).map_err(failed("read", path))?;
    let is_it = |line: &[u8]| {
        memchr::memmem::find(line, id.as_bytes()).is_some()
            && serde_json::from_slice::<serde_json::Value>(line).is_ok_and(|line| line["id"] == id)
    };
    if content.split(|byte| *byte == b'\n').any(is_it) {
        return Ok(false);
    }
    let start = if content.last().is_some_and(|last| *last != b'\n') { "\n" } else { "" };
    // One write, so that what is there is always a whole line or the beginning of one.
    file.write_all([start, line, "\n"].concat().as_bytes()).map_err(failed("write", path))?;
    Ok(true)
}

/// Writes a new file in one step, so that nobody ever sees half of it. What exists is never replaced: somebody may have
/// filled it in, or it is what was checked.
pub fn write_whole(path: &Path, bytes: &[u8]) -> Result<(), Error> {
    if fs::symlink_metadata(path).is_ok() {
        return Err(refused("write", path, "it exists already; name another file, or remove it".to_owned()));
    }
    let mut name = OsString::from(".");
    name.push(path.file_name().unwrap_or_default());
    name.push(".next");
    let next = path.with_file_name(name);
    // What a run left behind that was killed is of no use to anyone, and neither is what could not be finished.
    let _ = fs::remove_file(&next);
    let written = write_new(&next, bytes).and_then(|()| fs::rename(&next, path));
    if written.is_err() {
        let _ = fs::remove_file(&next);
    }
    written.map_err(failed("write", path))
}

/// Writes a new workspace for `init`. Nothing that exists is overwritten.
pub fn write_scaffold(root: &Path, files: &[(&str, &str)]) -> Result<(), Error> {
    if root.exists() && walkdir::WalkDir::new(root).min_depth(1).max_depth(1).into_iter().next().is_some() {
        return Err(refused("make a workspace in", root, "it is not empty".to_owned()));
    }
    for (name, content) in files {
        let path = root.join(name);
        let parent = path.parent().unwrap_or(root);
        fs::create_dir_all(parent).map_err(failed("make", parent))?;
        write_new(&path, content.as_bytes()).map_err(failed("write", &path))?;
    }
    Ok(())
}
