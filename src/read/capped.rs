//! The findings of one file, of which so many are listed and the rest are counted.

use crate::codes;
use crate::finding::{Code, Finding, Place};
use crate::limits::{self, Limit};

/// The findings of one file: of one code at most so many with their places, the rest counted.
#[derive(Debug)]
pub struct Capped<'a> {
    path: &'a str,
    findings: &'a mut Vec<Finding>,
    counts: Vec<Counted>,
    /// Of one code so many are listed.
    pub(super) limit: Limit,
    /// Those of the findings that are counted.
    listed: Vec<usize>,
}

/// The findings of one code: how many there are, and how many are listed with their places.
#[derive(Debug)]
struct Counted {
    code: &'static Code,
    count: u64,
    listed: u64,
}

/// How many findings of each code there are in a part of a file.
#[derive(Debug, Default)]
pub(super) struct FindingCounts {
    counts: Vec<(&'static Code, u64)>,
    /// Which of the findings are counted; the others stand once in a file.
    counted: Vec<usize>,
}

impl FindingCounts {
    /// Of all codes.
    pub(super) fn total(&self) -> u64 {
        self.counts.iter().map(|(_, count)| count).sum()
    }
}

impl<'a> Capped<'a> {
    /// For the findings of one file.
    pub fn new(path: &'a str, findings: &'a mut Vec<Finding>) -> Self {
        Self::within(path, findings, limits::FINDINGS_PER_CODE)
    }

    /// For the findings of one file, of one code so many with their places.
    pub fn within(path: &'a str, findings: &'a mut Vec<Finding>, limit: Limit) -> Self {
        Self { path, findings, counts: Vec::new(), limit, listed: Vec::new() }
    }

    /// For the findings of a part of a file, of whose earlier parts so many findings of these codes are listed that no more
    /// will be.
    pub(super) fn below(path: &'a str, findings: &'a mut Vec<Finding>, limit: Limit, full: &[&'static Code]) -> Self {
        let counts = full.iter().map(|code| Counted { code, count: 0, listed: limit.value }).collect();
        Self { counts, ..Self::within(path, findings, limit) }
    }

    /// The codes of which no more findings will be listed.
    pub(super) fn full(&self) -> impl Iterator<Item = &'static Code> {
        let is_full = |counted: &&Counted| counted.listed >= self.limit.value;
        self.counts.iter().filter(is_full).map(|counted| counted.code)
    }

    /// Counts one finding, and makes it when there is room for it.
    pub fn add(&mut self, code: &'static Code, make: impl FnOnce() -> Finding) {
        let has_room = (self.listed.len() as u64) < limits::MARKED_FINDINGS.value;
        let most = self.limit.value;
        let counted = self.counted(code);
        counted.count += 1;
        if has_room && counted.listed < most {
            counted.listed += 1;
            self.listed.push(self.findings.len());
            self.findings.push(make());
        }
    }

    /// Counts findings whose places nobody kept.
    pub fn count(&mut self, code: &'static Code, more: u64) {
        self.counted(code).count += more;
    }

    fn counted(&mut self, code: &'static Code) -> &mut Counted {
        // Nearly always it is the very same.
        let same = self.counts.iter().position(|known| std::ptr::eq(known.code, code));
        let known = same.or_else(|| self.counts.iter().position(|known| known.code.id == code.id));
        let at = known.unwrap_or_else(|| {
            self.counts.push(Counted { code, count: 0, listed: 0 });
            self.counts.len() - 1
        });
        &mut self.counts[at]
    }

    /// What was counted, when the findings go on to [`Capped::join`].
    pub(super) fn into_counts(self) -> FindingCounts {
        let counts = self.counts.into_iter().map(|counted| (counted.code, counted.count)).collect();
        FindingCounts { counts, counted: self.listed }
    }

    /// Takes over the findings of a later part of the file, with what was counted there.
    pub(super) fn join(&mut self, found: Vec<Finding>, counts: FindingCounts) {
        let FindingCounts { mut counts, counted } = counts;
        let mut counted = counted.into_iter().peekable();
        for (at, finding) in found.into_iter().enumerate() {
            if counted.next_if_eq(&at).is_none() {
                self.findings.push(finding);
                continue;
            }
            if let Some((_, count)) = counts.iter_mut().find(|(code, _)| code.id == finding.code.id) {
                *count = count.saturating_sub(1);
            }
            self.add(finding.code, || finding);
        }
        for (code, count) in counts.into_iter().filter(|(_, count)| *count > 0) {
            self.count(code, count);
        }
    }

    /// The findings, for those that stand once in a file.
    pub fn once(&mut self) -> &mut Vec<Finding> {
        self.findings
    }

    /// Says how many findings of each code were not listed.
    pub fn finish(mut self) {
        let limit = self.limit;
        self.counts.sort_by_key(|counted| counted.code.id);
        for Counted { code, count, listed } in self.counts {
            let rest = count.saturating_sub(listed);
            if rest > 0 {
                let message = format!("{rest} more like this in the file, {count} in all (limit `{}`)", limit.name);
                let rest = usize::try_from(rest).unwrap_or(usize::MAX);
                self.findings.push(Finding::new(code, Place::file(self.path), message).times(rest));
            }
        }
    }
}

/// Findings of one file that were kept within a larger limit, as they are told: of each code no more than usual.
pub fn told(path: &str, kept: &[Finding]) -> Vec<Finding> {
    let mut told = Vec::new();
    let mut capped = Capped::new(path, &mut told);
    for finding in kept {
        match finding.times {
            1 => capped.add(finding.code, || finding.clone()),
            times => capped.count(finding.code, times as u64),
        }
    }
    capped.finish();
    told
}

/// A finding about something that is larger than a limit.
pub(super) fn too_large(place: Place, what: &str, limit: Limit) -> Finding {
    let message = format!("{what} than {} (limit `{}`)", limit.value, limit.name);
    Finding::new(&codes::TOO_LARGE, place, message).hint("split the file, or remove what does not belong into it")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn findings_beyond_the_limit_are_counted() {
        let mut findings = Vec::new();
        let mut capped = Capped::new("f", &mut findings);
        for _ in 0..150 {
            capped.add(&codes::RAGGED_ROW, || Finding::new(&codes::RAGGED_ROW, Place::file("f"), "x"));
        }
        capped.add(&codes::INVALID_VALUE, || Finding::new(&codes::INVALID_VALUE, Place::file("f"), "y"));
        capped.finish();
        assert_eq!(findings.len(), 102);
        assert_eq!(findings[101].code.id, "ragged_row");
        assert_eq!(findings[101].message, "50 more like this in the file, 150 in all (limit `findings_per_code`)");
    }

    #[test]
    fn parts_come_to_the_same_as_the_whole() {
        let wrong = |row: u32| Finding::new(&codes::ENCODING, Place { row: Some(row), ..Place::file("f") }, "x");
        let once = || Finding::new(&codes::ENCODING, Place::file("f"), "has a byte order mark");
        let add = |capped: &mut Capped<'_>, rows: std::ops::Range<u32>| {
            rows.for_each(|row| capped.add(&codes::ENCODING, || wrong(row)));
        };
        let mut whole = Vec::new();
        let mut capped = Capped::new("f", &mut whole);
        capped.once().push(once());
        add(&mut capped, 0..150);
        capped.once().push(once());
        add(&mut capped, 150..160);
        capped.finish();
        let mut joined = Vec::new();
        let mut capped = Capped::new("f", &mut joined);
        for rows in [0..150, 150..160] {
            let full: Vec<_> = capped.full().collect();
            let mut found = Vec::new();
            let mut part = Capped::below("f", &mut found, capped.limit, &full);
            part.once().push(once());
            add(&mut part, rows);
            let counts = part.into_counts();
            capped.join(found, counts);
        }
        capped.finish();
        assert_eq!(joined, whole);
        assert_eq!(joined.last().map(|rest| rest.times), Some(60));
    }
}
