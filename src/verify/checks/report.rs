//! What the report of a bundle says, compared with what is recomputed.

use std::collections::{BTreeMap, BTreeSet};

use super::check::{Answer, answer, counted, ids, not_checked, outcome};
use super::plan::{BUNDLE, LATER, PUBLICATION, REPORT, SOURCES_ALIVE, describe};
use crate::bundle::{Files, LEDGER, REPORT_JSON, REPORTS};
use crate::read::json;
use crate::verify::Subject;
use crate::verify::page;
use crate::verify::recorded::Recorded;
use crate::verify::report::{Outcome, Report};

/// Compares what the report says with what was recomputed. `files` are all files of the bundle.
pub(in crate::verify) fn report(
    recorded: &Recorded,
    files: &Files,
    subject: &Subject<'_>,
    recomputed: &[Outcome],
) -> Vec<Outcome> {
    let answers = [
        report_readable(recorded, files),
        report_subjects(recorded, &subject.digests),
        report_plan(recorded),
        report_truthful(recorded, files, subject, recomputed),
    ];
    REPORT.iter().zip(answers).map(|(check, answer)| outcome(check.id, check.expected.en, answer)).collect()
}

fn report_readable(recorded: &Recorded, files: &Files) -> Answer {
    let mut wrong: Vec<_> = recorded.faults.iter().map(|fault| format!("{REPORT_JSON}: {fault}")).collect();
    let missing = REPORTS.iter().filter(|name| !files.contains_key(**name) && **name != REPORT_JSON);
    wrong.extend(missing.map(|name| format!("{name}: is missing")));
    answer(if wrong.is_empty() { "readable" } else { "not readable" }, wrong)
}

fn report_subjects(recorded: &Recorded, digests: &BTreeMap<String, String>) -> Answer {
    let mut wrong = Vec::new();
    let mut seen = BTreeSet::new();
    for (name, digest) in &recorded.subjects {
        if !seen.insert(name) {
            wrong.push(format!("{name}: is a subject twice"));
        }
        match digests.get(name) {
            None => wrong.push(format!("{name}: is a subject and missing")),
            Some(found) if found != digest => {
                wrong.push(format!("{name}: is not the file that the report speaks about"));
            }
            Some(_) => {}
        }
    }
    for name in digests.keys().filter(|name| !REPORTS.contains(&name.as_str()) && !seen.contains(name)) {
        wrong.push(format!("{name}: is not a subject of the report"));
    }
    answer(counted(recorded.subjects.len(), &wrong, "subjects"), wrong)
}

fn report_plan(recorded: &Recorded) -> Answer {
    let mut wrong = Vec::new();
    let plan = ids(BUNDLE);
    if recorded.plan != plan {
        let missing = plan.iter().filter(|id| !recorded.plan.iter().any(|recorded| recorded == *id));
        wrong.extend(missing.map(|id| format!("{REPORT_JSON}: {id} is not in the plan")));
        let extra = recorded.plan.iter().filter(|id| !plan.contains(&id.as_str()));
        wrong.extend(extra.map(|id| format!("{REPORT_JSON}: {id} is in the plan and no known check")));
        if wrong.is_empty() {
            wrong.push(format!("{REPORT_JSON}: the plan repeats checks or is out of order"));
        }
    }
    for id in &plan {
        match recorded.results.iter().filter(|(recorded, _)| recorded == id).count() {
            1 => {}
            0 => wrong.push(format!("{REPORT_JSON}: {id} has no result")),
            _ => wrong.push(format!("{REPORT_JSON}: {id} has more than one result")),
        }
    }
    answer(counted(recorded.plan.len(), &wrong, "planned checks"), wrong)
}

fn report_truthful(recorded: &Recorded, files: &Files, subject: &Subject<'_>, recomputed: &[Outcome]) -> Answer {
    let mut wrong = Vec::new();
    let truth = |id: &str| {
        recomputed.iter().find(|outcome| outcome.id == id).map_or("not_checked", |outcome| outcome.status.word())
    };
    for (id, status) in &recorded.results {
        if describe(id).is_none() {
            wrong.push(format!("{REPORT_JSON}: {id} is no known check"));
        } else if status != truth(id) {
            wrong.push(format!("{REPORT_JSON}: {id} is recorded as `{status}` and is `{}`", truth(id)));
        }
    }
    match (recorded.header(), recorded.version.as_deref()) {
        (Some(header), Some(VERSION)) => {
            let subjects = subject.digests.iter().filter(|(name, _)| !REPORTS.contains(&name.as_str()));
            let report = Report {
                subjects: subjects.map(|(name, digest)| (name.clone(), digest.clone())).collect(),
                plan: ids(BUNDLE),
                results: recomputed
                    .iter()
                    .cloned()
                    .chain(not_checked(REPORT))
                    .chain(not_checked(LATER))
                    .chain(not_checked(PUBLICATION))
                    .chain(not_checked(SOURCES_ALIVE))
                    .collect(),
            };
            let page = subject.kind.and_then(|kind| subject.pages.get(kind.primary));
            if page.is_some_and(|page| page.title != header.title) {
                wrong.push(format!("{REPORT_JSON}: its title is not that of the primary page"));
            }
            let ledger = subject.files.get(LEDGER).and_then(|bytes| json::read(LEDGER, bytes, &mut Vec::new()));
            if ledger.is_some_and(|ledger| ledger.text_at("as_of") != Some(header.as_of)) {
                wrong.push(format!("{LEDGER}: is not as of the same moment as {REPORT_JSON}"));
            }
            for (name, expected) in page::forms(&report, &header) {
                let found = files.get(name).map(Vec::as_slice).unwrap_or_default();
                wrong.extend(first_difference(name, &expected, found));
            }
        }
        (Some(_), Some(version)) => {
            let advice = "its wording can only be recomputed by that version, or build the pack again";
            wrong.push(format!("{REPORT_JSON}: was written by version {version}, this is {VERSION}: {advice}"));
        }
        _ => wrong.push(format!("{REPORT_JSON}: does not say which pack it is about, or which version wrote it")),
    }
    answer(counted(recorded.results.len(), &wrong, "recorded results"), wrong)
}

/// The version whose reports can be recomputed to the letter.
const VERSION: &str = env!("CARGO_PKG_VERSION");

/// The first line in which a form of the report is not what it would be now.
fn first_difference(name: &str, expected: &str, found: &[u8]) -> Option<String> {
    if expected.as_bytes() == found {
        return None;
    }
    let lines = expected.as_bytes().split(|byte| *byte == b'\n').zip(found.split(|byte| *byte == b'\n'));
    let same = lines.take_while(|(expected, found)| expected == found).count();
    Some(format!("{name}:{}: is not what is recomputed", same + 1))
}
