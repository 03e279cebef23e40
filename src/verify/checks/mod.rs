//! The checks that a bundle can be put to. Which there are and in which order they are reported stands in `plan`; what
//! they do, in the module of their subject.

mod check;
mod claims;
mod documents;
mod files;
mod links;
mod pages;
pub(super) mod plan;
mod privacy;
mod report;

pub(super) use check::{Elsewhere, ids, made, not_checked, run};
pub(super) use plan::{BUNDLE, LATER, PUBLICATION, REPORT, SOURCES_ALIVE};
pub(super) use report::report;

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn ids_are_unique() {
        let all: Vec<_> = ids(BUNDLE)
            .into_iter()
            .chain(ids(REPORT))
            .chain(ids(LATER))
            .chain(ids(PUBLICATION))
            .chain(ids(SOURCES_ALIVE))
            .collect();
        assert_eq!(all.iter().collect::<BTreeSet<_>>().len(), all.len());
    }
}
