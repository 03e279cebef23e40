//! `proofpack verify`.

use std::io::Write;
use std::path::{Path, PathBuf};

use serde_json::json;

use super::args::Remote;
use super::stopped::{Ran, Stopped};
use super::told::{Form, Told};
use super::{delivery, online, publish, show, transfer};
use crate::answer::Answer;
use crate::answer::junit::{self, Case, Suite};
use crate::codes;
use crate::disk;
use crate::finding::{Finding, Place};
use crate::publish::online::check;
use crate::publish::transfer::{Receipt as Uploaded, count};
use crate::publish::{Address, Receipt};
use crate::verify::report::Outcome;
use crate::verify::{self, Status, Verification};

/// What is asked for besides the files.
pub(super) struct Asked<'a> {
    /// The server to compare with.
    pub remote: Option<&'a Remote>,
    /// Whether to ask external sources.
    pub sources: bool,
}

pub(super) fn run(bundles: &[PathBuf], asked: &Asked<'_>, told: &Told, out: &mut dyn Write) -> Ran {
    let (mut verified, mut stopped) = (Vec::new(), Vec::new());
    let api = asked.remote.map(Remote::api).transpose()?;
    let mut world = match (asked.remote, &api) {
        (Some(remote), Some(api)) => Some((api, online::World::open(&remote.access, api, Some(online::GITHUB), None)?)),
        _ => None,
    };
    for path in bundles {
        match verify(path, &mut world, asked.sources) {
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

fn verify(
    path: &Path,
    online: &mut Option<(&Address, online::World<'_>)>,
    sources: bool,
) -> Result<Verification, Stopped> {
    if !disk::is_folder(path) {
        return Err(Stopped::new(format!("{} is not a folder", path.display())));
    }
    let folder = disk::read_folder(path)?;
    let mut verification = verify::bundle(&folder);
    let (slug, around) = (disk::name(path)?, path.join(".."));
    let uploaded = delivery::beside(&around, &transfer::receipt_name(&slug), Uploaded::read);
    if let Some(receipt) = uploaded {
        verification = verification.uploaded(count(&folder, &receipt));
    }
    let Some((api, world)) = online else { return Ok(verification) };
    let name = publish::receipt_name(&slug);
    let receipt = delivery::beside(&around, &name, Receipt::read);
    let receipt = receipt.unwrap_or_else(|| Err(format!("is missing: {name} beside the bundle")));
    let verification = verification.published(check(&folder, &receipt, api, world));
    if !sources {
        return Ok(verification);
    }
    let (found, lines) = world.sources(&folder);
    Ok(verification.sources(found, lines))
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
            // What is planned and was not checked is no pass, and a skipped case counts as one.
            Status::NotChecked if !verification.report.plan.contains(&outcome.id) => {
                junit::Outcome::Skipped(outcome.observed.clone())
            }
            Status::Fail | Status::NotChecked => junit::Outcome::Failed {
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
