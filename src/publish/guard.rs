//! What keeps a bundle from leaving, wherever it would go: one that does not verify, is another pack's, has names that are
//! not safe everywhere, or would take personal data or a secret along.

use jiff::Timestamp;

use crate::bundle::{Folder, LEDGER, MANIFEST, manifest};
use crate::check::{names, privacy};
use crate::codes;
use crate::documents::allowed;
use crate::finding::{Finding, Place, Severity};
use crate::guard;
use crate::limits;
use crate::read::text;
use crate::verify::{self, Verification};

/// Collects why something may not leave.
#[derive(Default)]
pub(super) struct Guard {
    pub findings: Vec<Finding>,
}

/// What tells a bundle from others.
pub(super) struct Identity {
    /// The slug and eight digits of the hash of its job.
    pub pack: String,
    /// Id of the job that made it; empty when it does not say.
    pub job_id: String,
    /// SHA-256 of the manifest.
    pub manifest: String,
}

impl Guard {
    pub(super) fn refuse(&mut self, place: &str, message: impl Into<String>, hint: &str) {
        let place = if privacy::is_harmless(place) { place } else { "the name of a file" };
        self.findings.push(Finding::new(&codes::UNPUBLISHABLE, Place::file(place), message.into()).hint(hint));
    }

    /// The bundle must verify, be the pack's, and have files whose names are safe and that are not too many.
    pub(super) fn bundle(
        &mut self,
        slug: &str,
        folder: &Folder,
        verification: &Verification,
        now: Timestamp,
    ) -> Identity {
        for failure in verification.report.failures() {
            let shown = failure.evidence.iter().take(3).cloned().collect::<Vec<_>>().join("; ");
            let message = format!("the bundle does not verify: {}: {shown}", failure.id);
            self.refuse(slug, message, "mend what is named, run `proofpack build`, then try again");
        }
        if verification.slug.as_deref().is_some_and(|said| said != slug) {
            self.refuse(slug, "the bundle says that it is another pack", "build this pack again");
        }
        for (name, why) in &folder.strangers {
            self.refuse(name, why.clone(), "take it out of the bundle");
        }
        for name in folder.files.keys() {
            if let Err(why) = names::artifact_name(name) {
                self.refuse(name, format!("its name {why}"), "rename it");
            }
        }
        self.limit("the bundle", folder.files.len() as u64, limits::BUNDLE_FILES, "files", "split the pack");
        self.findings.extend(kept_back(folder, now));
        let job_id = verification.job_id.clone().unwrap_or_default();
        Identity {
            pack: format!("{slug}:{}", &manifest::sha256(job_id.as_bytes())[..8]),
            job_id,
            manifest: folder.files.get(MANIFEST).map(|bytes| manifest::sha256(bytes)).unwrap_or_default(),
        }
    }

    pub(super) fn limit(&mut self, place: &str, value: u64, limit: limits::Limit, what: &str, hint: &str) {
        if value > limit.value {
            self.refuse(place, format!("has more than {} {what} (limit `{}`)", limit.value, limit.name), hint);
        }
    }

    /// What leaves besides the files, each with how it is called.
    pub(super) fn words<'a>(&mut self, words: impl Iterator<Item = (&'static str, &'a str)>) {
        for (called, text) in words {
            self.findings.extend(privacy::scan(text.as_bytes()).into_iter().map(|hit| hit.at(Place::file(called))));
        }
    }

    /// What was kept of an earlier run must be about the same server and pack.
    pub(super) fn known(&mut self, slug: &str, known: (&str, &str), here: (&str, &str), kept: &str) {
        let hint = format!("send it there, or remove its {kept} to begin anew here");
        if known.0 != here.0 {
            self.refuse(slug, "it was already sent to another server than is named now", &hint);
        }
        if known.1 != here.1 {
            self.refuse(slug, "what was kept beside the bundle is that of another pack or job", &hint);
        }
    }
}

/// What may not leave today, in any file: also in the report and the manifest, which no check of the bundle looks into.
/// An update sends parts of the same files and nothing else, so its difference from what is published is guarded too.
fn kept_back(folder: &Folder, now: Timestamp) -> Vec<Finding> {
    let bytes = |name: &str| folder.files.get(name).map(Vec::as_slice);
    let entries = bytes(allowed::FILE).map(|bytes| allowed::read(allowed::FILE, bytes, &mut Vec::new()));
    let zone = bytes(LEDGER).and_then(verify::as_of).map(|moment| moment.time_zone().clone());
    let today = zone.map(|zone| now.to_zoned(zone).date());
    let files = folder.files.iter().map(|(name, bytes)| (name.as_str(), bytes.as_slice()));
    let entries = entries.unwrap_or_default();
    let guarded = guard::judge(files, &entries, today);
    let shown = usize::try_from(limits::FINDINGS_PER_CODE.value).unwrap_or(usize::MAX);
    let stopped = guarded.stopped.iter().take(shown).map(|(name, hit)| {
        let (line, character) = text::position(bytes(name).unwrap_or_default(), hit.offset);
        let name = if privacy::is_harmless(name) { name } else { "a file that has to be renamed" };
        hit.at(Place::file(name).at(line, character))
    });
    guarded.findings.iter().filter(|found| found.severity == Severity::Error).cloned().chain(stopped).collect()
}
