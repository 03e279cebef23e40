//! Which keys a table has had so far, and in which row first.
//!
//! Of a key 128 bits are kept and not its text, so that memory grows with the number of rows and not with what stands in
//! them. That two different keys share them happens by chance in one of 10²⁰ tables of a billion rows.

#[expect(clippy::disallowed_types, reason = "looked up by key only; nothing is listed in its order")]
use std::collections::HashMap;
use std::hash::{DefaultHasher, Hash as _, Hasher as _};

/// What stands for a key.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) struct Key(u128);

impl Key {
    /// Of the parts of a key. Each part tells its length, so that `a,b` and `c` are not `a` and `b,c`.
    pub(super) fn of<'a>(parts: &(impl Iterator<Item = &'a str> + Clone)) -> Self {
        // Without a random start, so that every run finds the same.
        let half = |salt: u8| {
            let mut hasher = DefaultHasher::new();
            salt.hash(&mut hasher);
            for part in parts.clone() {
                part.len().hash(&mut hasher);
                hasher.write(part.as_bytes());
            }
            u128::from(hasher.finish())
        };
        Self(half(0) << 64 | half(1))
    }
}

/// Where a key stood first.
#[derive(Clone, Copy, Debug)]
pub(super) struct First {
    /// The row, as its format counts.
    pub row: u32,
    /// The record that was made of it, if any.
    pub record: Option<u32>,
}

/// The keys of a table.
#[derive(Debug, Default)]
#[expect(clippy::disallowed_types, reason = "looked up by key only; nothing is listed in its order")]
pub(super) struct Keys(HashMap<Key, First>);

impl Keys {
    /// Where a key stood first.
    pub(super) fn first(&self, key: Key) -> Option<First> {
        self.0.get(&key).copied()
    }

    /// Remembers where a key stood, unless it stood somewhere before.
    pub(super) fn insert(&mut self, key: Key, first: First) {
        self.0.entry(key).or_insert(first);
    }

    /// Whether the table has a key.
    pub(super) fn has(&self, key: Key) -> bool {
        self.0.contains_key(&key)
    }
}
