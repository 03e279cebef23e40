//! How an answer is given: its form and language, and the moment and time zone of what it says.

use std::path::{Path, PathBuf};

use clap::ValueEnum;
use jiff::tz::TimeZone;

use crate::clock::Now;
use crate::disk;
use crate::documents::workspace;
use crate::lang::Lang;
use crate::limits;

/// How an answer is given.
pub(super) struct Told {
    pub(super) form: Form,
    pub(super) lang: Lang,
    /// Time zone in which moments are shown.
    pub(super) zone: TimeZone,
    /// As of when.
    pub(super) now: Now,
}

impl Told {
    /// As the caller says, else as the workspace that a path lies in says.
    pub(super) fn new(form: Form, lang: Option<Lang>, now: Now, path: &Path) -> Self {
        let root = disk::find_upward(path, workspace::FILE);
        let read = |root: PathBuf| disk::read(&root.join(workspace::FILE), "", limits::DOCUMENT_BYTES, &mut Vec::new());
        let workspace = root.and_then(read).and_then(|bytes| workspace::read("", &bytes, &mut Vec::new()));
        let (own, zone) = workspace.map_or_else(
            || (Lang::ZhHant, TimeZone::get("Asia/Taipei").unwrap_or(TimeZone::UTC)),
            |workspace| (workspace.lang, workspace.zone),
        );
        Self { form, lang: lang.unwrap_or(own), zone, now }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, ValueEnum)]
pub(super) enum Form {
    /// For people at a terminal
    Human,
    /// For programs
    Json,
    /// One finding a line, then a line that sums up
    Jsonl,
    /// JUnit XML for CI systems
    Junit,
    /// SARIF 2.1.0 for code scanning
    Sarif,
    /// Annotations of a GitHub workflow
    Github,
    /// Markdown for the summary of a CI job, at most 1 MiB
    Markdown,
    /// One self-contained page
    Html,
    /// What to tell the sender of an upload, to paste into a chat
    Message,
}

impl Form {
    /// Whether it shows the rows that findings speak about.
    pub(super) fn shows_rows(self) -> bool {
        matches!(self, Self::Human | Self::Markdown | Self::Html)
    }
}

#[derive(Clone, Copy, Debug, PartialEq, ValueEnum)]
pub(super) enum ListForm {
    /// For people at a terminal
    Human,
    /// For programs
    Json,
}
