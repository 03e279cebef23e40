//! A file that is to be checked, opened so that no more of it is held than has to be, and the crew that reads it.

use std::io::{Cursor, Read as _, Seek as _, SeekFrom};
use std::path::Path;

use super::progress::Watched;
use crate::convert;
use crate::disk;
use crate::finding::Finding;
use crate::limits;
use crate::read::stream::Source;

/// So many bytes tell a text from a container.
const HEAD: u64 = 512;

/// Opens a file; a workbook of an old format is converted. `None` when that did not succeed; the findings say why.
pub(super) fn open(path: &Path, shown: &str, findings: &mut Vec<Finding>) -> Option<Box<dyn Source>> {
    let (mut file, size) = disk::open_table(path, shown, findings)?;
    let mut head = Vec::new();
    let is_read = (&mut file).take(HEAD).read_to_end(&mut head).and_then(|_| file.seek(SeekFrom::Start(0))).is_ok();
    if is_read && !head.contains(&0) {
        return Some(Box::new(Watched::new(file, size)));
    }
    let bytes = disk::read(path, shown, limits::RECORDS_BYTES, findings)?;
    Some(Box::new(Cursor::new(convert::plain(shown, bytes, findings)?)))
}

/// A crew with a hand for every core.
pub(super) fn on_every_core(work: &(dyn Fn() + Sync)) {
    rayon::broadcast(|_| work());
}
