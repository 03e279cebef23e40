//! `proofpack metrics`: what is counted from the history in the packs of a workspace.

use std::io::Write;
use std::path::Path;

use serde_json::json;

use super::show;
use super::stopped::{Ran, Stopped};
use super::told::ListForm;
use crate::answer::json as json_answer;
use crate::build;
use crate::check::privacy;
use crate::clock::Now;
use crate::finding::{self, Severity};

pub(super) fn run(root: &Path, now: &Now, form: ListForm, out: &mut dyn Write) -> Ran {
    let mut findings = Vec::new();
    let Some(opened) = build::open(root, &mut findings)? else {
        return Err(Stopped::new(format!(
            "{} is not a workspace that can be read; `proofpack check` says why",
            root.display()
        )));
    };
    let mut packs = Vec::new();
    for slug in &opened.slugs {
        let Some((kind, facts, _)) = build::read(&opened, slug, &mut findings) else { continue };
        if let Some(count) = kind.metrics {
            packs.push((slug, kind, count(&facts, &opened.workspace, now)));
        }
    }
    // What is counted stands in the records; other faults of the packs are for `check`.
    findings.retain(|found| found.severity == Severity::Error);
    findings.retain(|found| found.place.file.as_deref().is_some_and(|file| file.contains("/records/")));
    privacy::redact(&mut findings);
    finding::sort(&mut findings);
    match form {
        ListForm::Json => {
            let packs: Vec<_> = packs
                .iter()
                .map(|(slug, kind, metrics)| {
                    let metrics: Vec<_> = metrics.iter().map(|metric| metric.json(opened.workspace.lang)).collect();
                    json!({"slug": slug, "kind": kind.name, "metrics": metrics})
                })
                .collect();
            show::json(&json!({"packs": packs, "findings": json_answer::findings(&findings)}), out)?;
        }
        ListForm::Human => {
            let mut said = Vec::new();
            show::findings(&findings, root, &mut said)?;
            anstream::stderr().write_all(&said)?;
            for (slug, _, metrics) in &packs {
                writeln!(out, "{}", show::strong(slug))?;
                for metric in metrics {
                    writeln!(out, "  {}", metric.line())?;
                }
            }
        }
    }
    Ok(findings.is_empty())
}
