//! A progress bar on a terminal, for work that takes longer than a second.

use std::io::{self, Read, Seek, SeekFrom};
use std::time::{Duration, Instant};

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

/// How long work may take before a bar is shown.
const PATIENCE: Duration = Duration::from_secs(1);

/// Counts finished units of work.
pub(super) struct Progress {
    bar: ProgressBar,
    begun: Instant,
}

impl Progress {
    /// For so many packs; nothing is shown yet.
    pub(super) fn of_packs(packs: usize) -> Self {
        Self::new(packs as u64, "{bar:30} {pos}/{len} packs, {eta} left")
    }

    /// For so many bytes of a file; nothing is shown yet.
    fn of_bytes(bytes: u64) -> Self {
        Self::new(bytes, "{bar:30} {percent:>3} %, {bytes} of {total_bytes} {msg}, {eta} left")
    }

    fn new(units: u64, template: &str) -> Self {
        let bar = ProgressBar::with_draw_target(Some(units), ProgressDrawTarget::hidden());
        let style = ProgressStyle::with_template(template);
        bar.set_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()));
        bar.set_message("read");
        Self { bar, begun: Instant::now() }
    }

    /// One more unit is done.
    pub(super) fn tick(&self) {
        self.advance(1);
    }

    fn advance(&self, units: u64) {
        if self.bar.is_hidden() && self.begun.elapsed() > PATIENCE {
            // Draws nothing unless stderr is a terminal.
            self.bar.set_draw_target(ProgressDrawTarget::stderr());
        }
        self.bar.inc(units);
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        self.bar.finish_and_clear();
    }
}

/// A file that shows how much of it has been read.
pub(super) struct Watched<File> {
    file: File,
    progress: Progress,
}

impl<File> Watched<File> {
    /// A file of so many bytes.
    pub(super) fn new(file: File, size: u64) -> Self {
        Self { file, progress: Progress::of_bytes(size) }
    }
}

impl<File: Read> Read for Watched<File> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.file.read(buffer)?;
        self.progress.advance(read as u64);
        Ok(read)
    }
}

impl<File: Seek> Seek for Watched<File> {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        let bar = &self.progress.bar;
        if to == SeekFrom::Start(0) && bar.position() > 0 {
            bar.set_message("read again");
            bar.reset_eta();
        }
        let at = self.file.seek(to)?;
        bar.set_position(at);
        Ok(at)
    }
}
