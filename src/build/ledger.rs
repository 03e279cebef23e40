//! What was built from what, so that an unchanged pack need not be assembled again.
//!
//! Invariants: a line is believed only when the same program would read the same bytes at the same moment, and only about
//! packs without findings; the bundle itself is still read and held against its manifest. Losing the ledger costs time,
//! nothing else.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use sha2::{Digest as _, Sha256};

use crate::bundle::manifest::{hex, sha256};
use crate::facts::PackFiles;

/// Name of the ledger in the output folder.
pub(super) const FILE: &str = ".built";

/// From which inputs which bundles were built.
#[derive(Debug, Default)]
pub(super) struct Ledger {
    built: BTreeMap<String, Built>,
}

/// One line of the ledger.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Built {
    /// Digest of everything that the bundle was made from.
    pub inputs: String,
    /// SHA-256 of its manifest.
    pub manifest: String,
}

impl Ledger {
    /// Reads the lines `INPUTS MANIFEST SLUG`; a line that is none is passed over.
    pub(super) fn parse(text: &str) -> Self {
        let line = |line: &str| {
            let mut words = line.splitn(3, ' ').map(str::to_owned);
            let (inputs, manifest, slug) = (words.next()?, words.next()?, words.next()?);
            Some((slug, Built { inputs, manifest }))
        };
        Self { built: text.lines().filter_map(line).collect() }
    }

    /// The ledger of these bundles.
    pub(super) fn render<'a>(built: impl Iterator<Item = (&'a str, &'a Built)>) -> String {
        let mut text = String::new();
        for (slug, Built { inputs, manifest }) in built {
            // Writing to a String cannot fail.
            let _ = writeln!(text, "{inputs} {manifest} {slug}");
        }
        text
    }

    /// The line of a pack, if its inputs are still the same.
    pub(super) fn unchanged(&self, slug: &str, inputs: &str) -> Option<&Built> {
        self.built.get(slug).filter(|built| built.inputs == inputs)
    }
}

/// Digest of what is the same for all packs: the program, the workspace and the moment.
pub(super) fn surroundings(program: &str, workspace: &[u8], now: &str) -> String {
    sha256(format!("{program}\n{}\n{now}\n", sha256(workspace)).as_bytes())
}

/// Digest of everything that a bundle is made from.
pub(super) fn inputs(surroundings: &str, slug: &str, files: &PackFiles) -> String {
    let mut digest = Sha256::new();
    digest.update(surroundings);
    for (name, bytes) in
        [(slug, &[] as &[u8])].into_iter().chain(files.iter().map(|(name, bytes)| (name.as_str(), bytes.as_slice())))
    {
        // Lengths keep the end of one part and the beginning of the next apart.
        digest.update((name.len() as u64).to_le_bytes());
        digest.update((bytes.len() as u64).to_le_bytes());
        digest.update(name);
        digest.update(bytes);
    }
    hex(&digest.finalize())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_input_counts() {
        let files = |name: &str, content: &str| PackFiles::from([(name.to_owned(), content.into())]);
        let base = inputs(&surroundings("p", b"w", "n"), "s", &files("ab", "c"));
        assert_eq!(base, inputs(&surroundings("p", b"w", "n"), "s", &files("ab", "c")));
        for other in [
            inputs(&surroundings("q", b"w", "n"), "s", &files("ab", "c")),
            inputs(&surroundings("p", b"x", "n"), "s", &files("ab", "c")),
            inputs(&surroundings("p", b"w", "m"), "s", &files("ab", "c")),
            inputs(&surroundings("p", b"w", "n"), "t", &files("ab", "c")),
            inputs(&surroundings("p", b"w", "n"), "s", &files("a", "bc")),
            inputs(&surroundings("p", b"w", "n"), "s", &files("ab", "d")),
            inputs(&surroundings("p", b"w", "n"), "s", &PackFiles::new()),
        ] {
            assert_ne!(base, other);
        }
    }

    #[test]
    fn what_is_written_is_read() {
        let built = Built { inputs: "i".to_owned(), manifest: "m".to_owned() };
        let ledger = Ledger::parse(&format!("rubbish\n{}", Ledger::render([("a b", &built)].into_iter())));
        assert_eq!(ledger.unchanged("a b", "i"), Some(&built));
        assert_eq!((ledger.unchanged("a b", "j"), ledger.unchanged("c", "i")), (None, None));
    }
}
