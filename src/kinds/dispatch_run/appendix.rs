//! Lists as files of the bundle, for whoever needs all of what a page shows the first of: as many entries as one file of
//! a gist has room for, and how many are left out.

use serde_json::{Value as Json, json};

use crate::limits;

/// Room for what stands in such a file before and behind its list.
const HEAD_BYTES: u64 = 4096;

/// A list of so many entries as JSON, an entry a line, behind what is said of all of them.
pub(super) fn list(about: &Json, name: &str, total: usize, entries: impl Iterator<Item = Json>) -> String {
    let mut lines: Vec<String> = Vec::new();
    let mut room = limits::GIST_FILE_BYTES.value.saturating_sub(HEAD_BYTES);
    for line in entries.map(|entry| entry.to_string()) {
        let Some(left) = room.checked_sub(line.len() as u64 + 2) else { break };
        room = left;
        lines.push(line);
    }
    let (not_listed, name) = (total.saturating_sub(lines.len()), json!(name));
    let lines = lines.join(",\n");
    format!("{{\"total\":{total},\"not_listed\":{not_listed},\"about\":{about},{name}:[\n{lines}\n]}}\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_has_no_room_is_counted() {
        let check = |total: usize, size: usize, listed: usize| {
            let entries = (0..total).map(|_| json!("x".repeat(size)));
            let text = list(&json!({}), "entries", total, entries);
            let read: Json = serde_json::from_str(&text).unwrap();
            assert_eq!(read["entries"].as_array().map(Vec::len), Some(listed));
            assert_eq!(read["not_listed"], total - listed);
            assert!(text.len() as u64 <= limits::GIST_FILE_BYTES.value);
        };
        check(0, 0, 0);
        check(3, 10, 3);
        // 995,904 bytes of room, an entry takes its quotes, its comma and its line break.
        check(3, 497_948, 2);
        check(3, 497_949, 1);
    }
}
