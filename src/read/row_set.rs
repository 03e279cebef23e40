//! A set of rows of a table.

/// Rows by their numbers, a bit for each up to the last one.
#[derive(Debug, Default)]
pub struct RowSet {
    words: Vec<u64>,
}

impl RowSet {
    /// Adds a row.
    pub fn add(&mut self, row: u32) {
        let word = row as usize / 64;
        if word >= self.words.len() {
            self.words.resize(word + 1, 0);
        }
        self.words[word] |= 1 << (row % 64);
    }

    /// Whether a row is one of them.
    pub fn has(&self, row: u32) -> bool {
        self.words.get(row as usize / 64).is_some_and(|word| word & 1 << (row % 64) != 0)
    }

    /// The rows, in order.
    pub fn iter(&self) -> impl Iterator<Item = u32> {
        (0..)
            .zip(&self.words)
            .flat_map(|(at, word)| (0..64).filter(move |bit| word & 1 << bit != 0).map(move |bit| at * 64 + bit))
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.words.is_empty()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_that_were_added_are_there_in_order() {
        let mut rows = RowSet::default();
        assert!(rows.is_empty() && rows.iter().next().is_none());
        for row in [700, 0, 63, 64, 700, 127] {
            rows.add(row);
        }
        assert!(rows.iter().eq([0, 63, 64, 127, 700]));
        assert!(rows.has(63) && !rows.has(62) && !rows.has(u32::MAX));
    }
}
