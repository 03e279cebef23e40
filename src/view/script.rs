//! The one script that a page may have: it sorts and filters long listings. Pages without one do not have it.
//!
//! Invariants: a page is complete without it; it asks for nothing and keeps nothing; the policy of a page permits it by
//! its digest and nothing else; its texts stand in its `data-` attributes, so that it is the same in every language.

use crate::view::page::{Block, Page};

/// The script, as it stands between its tags.
pub const TABLES: &str = include_str!("../../templates/tables.js");

/// What permits [`TABLES`] in a content security policy: its SHA-256 in Base64. Written down rather than computed, so
/// that no change of the script goes unnoticed.
pub const TABLES_SOURCE: &str = "'sha256-HoL2Q9qVBRI+oIv6TTmI5boQasNfut9GhsPaUzrXB3c='";

/// Fewest rows of a listing for which sorting and filtering is worth its controls.
const LONG: usize = 8;

/// Whether it is a listing that is long enough to be sorted and filtered.
pub(super) fn serves(block: &Block) -> bool {
    matches!(block, Block::Listing(table) if table.rows.len() >= LONG)
}

/// Whether a page has a long listing, and so the script.
pub(super) fn is_needed(page: &Page) -> bool {
    page.sections.iter().flat_map(|section| &section.blocks).any(serves)
}

#[cfg(test)]
mod tests {
    use base64::Engine as _;
    use base64::prelude::BASE64_STANDARD;
    use sha2::{Digest as _, Sha256};

    use super::*;

    #[test]
    fn the_digest_is_that_of_the_script() {
        let digest = BASE64_STANDARD.encode(Sha256::digest(TABLES));
        assert_eq!(format!("'sha256-{digest}'"), TABLES_SOURCE);
    }

    #[test]
    fn the_script_can_stand_in_a_page_as_it_is() {
        assert!(!TABLES.contains('<') && !TABLES.contains('\r'));
    }
}
