//! `proofpack verify`.

use std::io::Write;
use std::path::{Path, PathBuf};

use serde_json::json;

use super::{Form, Ran, Stopped, Told, show};
use crate::answer::Answer;
use crate::answer::junit::{self, Case, Suite};
use crate::codes;
use crate::disk;
use crate::finding::{Finding, Place};
use crate::verify::report::Outcome;
use crate::verify::{self, Status, Verification};

pub(super) fn run(bundles: &[PathBuf], told: &Told, out: &mut dyn Write) -> Ran {
    let (mut verified, mut stopped) = (Vec::new(), Vec::new());
    for path in bundles {
        match verify(path) {
            Ok(verification) => verified.push((path.as_path(), verification)),
            Err(why) => stopped.push(why),
        }
    }
    if verified.is_empty()
        && let Some(stopped) = Stopped::all(&stopped)
    {
        return Err(stopped);
    }
    let passed = verified.iter().all(|(_, verification)| verification.report.passed());
    match told.form {
        Form::Json => {
            let bundles: Vec<_> = verified.iter().map(|(path, verification)| as_json(path, verification)).collect();
            show::json(&json!({"verdict": verdict(passed && stopped.is_empty()), "bundles": bundles}), out)?;
        }
        Form::Human => {
            for (path, verification) in &verified {
                human(path, verification, out)?;
            }
        }
        Form::Junit => {
            let suites: Vec<_> = verified.iter().map(|(path, verification)| suite(path, verification)).collect();
            out.write_all(junit::document(&suites).as_bytes())?;
        }
        _ => {
            let answers: Vec<_> = verified.iter().map(|(path, verification)| answer(path, verification)).collect();
            show::answers(&answers, told, out)?;
        }
    }
    Stopped::all(&stopped).map_or(Ok(passed), Err)
}

fn verify(path: &Path) -> Result<Verification, Stopped> {
    if !disk::is_folder(path) {
        return Err(Stopped::new(format!("{} is not a folder", path.display())));
    }
    Ok(verify::bundle(&disk::read_folder(path)?))
}

fn verdict(passed: bool) -> &'static str {
    if passed { "pass" } else { "fail" }
}

fn human(path: &Path, verification: &Verification, out: &mut dyn Write) -> std::io::Result<()> {
    let report = &verification.report;
    let word = if report.passed() { show::success("pass") } else { show::failure("FAIL") };
    let others = report.results.iter().filter(|outcome| outcome.status == Status::NotChecked).count();
    let counts = format!("{} of {} checks passed, {others} not checked", report.passes(), report.plan.len());
    writeln!(out, "{word} {}  {}", disk::shown(path), show::faint(&counts))?;
    for failure in report.failures() {
        writeln!(out, "  {} {}", show::failure(failure.status.word()), show::strong(failure.id))?;
        writeln!(out, "       expected: {}", failure.expected)?;
        writeln!(out, "       observed: {}", failure.observed)?;
        for line in &failure.evidence {
            writeln!(out, "       - {line}")?;
        }
    }
    for outcome in report.results.iter().filter(|outcome| outcome.status == Status::NotChecked) {
        writeln!(out, "  {} {}  {}", show::doubt("not checked"), outcome.id, show::faint(&outcome.observed))?;
    }
    Ok(())
}

/// A failed check as a finding.
fn answer(path: &Path, verification: &Verification) -> Answer {
    let path = disk::shown(path);
    let finding = |failure: &Outcome| {
        let message = format!("{}: expected {}, observed {}", failure.id, failure.expected, failure.observed);
        Finding::new(&codes::NOT_VERIFIED, Place::file(&path), message).hint(failure.evidence.join("; "))
    };
    let findings = verification.report.failures().map(finding).collect();
    Answer::new(path.clone(), "", "bundle", findings)
}

/// One case a check.
fn suite(path: &Path, verification: &Verification) -> Suite {
    let case = |outcome: &Outcome| Case {
        name: outcome.id.to_owned(),
        outcome: match outcome.status {
            Status::Pass => junit::Outcome::Passed(String::new()),
            Status::NotChecked => junit::Outcome::Skipped(outcome.observed.clone()),
            Status::Fail => junit::Outcome::Failed {
                sort: outcome.id.to_owned(),
                message: outcome.observed.clone(),
                text: format!("expected: {}\n{}", outcome.expected, outcome.evidence.join("\n")),
            },
        },
    };
    let cases = verification.report.results.iter().map(case).collect();
    let properties = vec![("what".to_owned(), "bundle".to_owned())];
    Suite { name: disk::shown(path), properties, cases }
}

fn as_json(path: &Path, verification: &Verification) -> serde_json::Value {
    let report = &verification.report;
    json!({
        "path": disk::shown(path),
        "slug": verification.slug,
        "kind": verification.kind,
        "verdict": verdict(report.passed()),
        "plan": report.plan,
        "results": report.results.iter().map(verify::report::outcome).collect::<Vec<_>>(),
    })
}
