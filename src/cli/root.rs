//! The workspace that a command is about.

use std::path::{Path, PathBuf};

use super::stopped::Stopped;
use crate::disk;
use crate::documents::workspace;

/// The workspace that was named, or the one found upward from here.
pub(super) fn find(named: Option<PathBuf>) -> Result<PathBuf, Stopped> {
    match named {
        Some(path) if disk::is_file(&path.join(workspace::FILE)) => Ok(path),
        Some(path) => Err(not_a_workspace(&path)),
        None => disk::find_upward(Path::new("."), workspace::FILE).ok_or_else(|| {
            Stopped::new(format!("no {} here or above; `proofpack init DIR` makes a workspace", workspace::FILE))
        }),
    }
}

fn not_a_workspace(path: &Path) -> Stopped {
    Stopped::new(format!("{} is not a workspace: it has no {}", path.display(), workspace::FILE))
}
