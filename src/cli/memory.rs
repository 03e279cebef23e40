//! `proofpack memory`: what all packs of a workspace have learnt, side by side.

use std::io::Write;
use std::path::Path;

use serde_json::json;

use super::show;
use super::stopped::{Ran, Stopped};
use super::told::ListForm;
use crate::answer::json as json_answer;
use crate::build;
use crate::check::privacy;
use crate::documents::lessons::{self, Remembered};
use crate::documents::workspace::PACKS;
use crate::finding::{self, Finding, Severity};

pub(super) fn run(root: &Path, form: ListForm, out: &mut dyn Write) -> Ran {
    let mut findings = Vec::new();
    let Some(opened) = build::open(root, &mut findings)? else {
        let why = format!("{} is not a workspace that can be read; `proofpack check` says why", root.display());
        return Err(Stopped::new(why));
    };
    let mut packs = Vec::new();
    for slug in &opened.slugs {
        // Faults of the packs themselves are for `check`; only those of the memories are told here.
        let mut noticed = Vec::new();
        let read = build::read(&opened, slug, &mut noticed);
        findings.extend(noticed.into_iter().filter(is_about_memory));
        if let Some((_, facts, _)) = read {
            packs.push(Remembered::new(&facts.pack, facts.memory, &format!("{PACKS}/{slug}")));
        }
    }
    lessons::compare(&packs, &mut findings);
    privacy::redact(&mut findings);
    finding::sort(&mut findings);
    match form {
        ListForm::Json => {
            let packs: Vec<_> = packs.iter().map(as_json).collect();
            show::json(&json!({"packs": packs, "findings": json_answer::findings(&findings)}), out)?;
        }
        ListForm::Human => human(&packs, &findings, root, out)?,
    }
    Ok(finding::count(&findings, Severity::Error) == 0)
}

fn is_about_memory(found: &Finding) -> bool {
    found.place.file.as_deref().is_some_and(|file| file.ends_with(crate::documents::memory::FILE))
}

fn as_json(pack: &Remembered) -> serde_json::Value {
    let memory = pack.memory.as_ref();
    json!({
        "slug": pack.slug,
        "learned_at": memory.and_then(|memory| memory.learned_at.as_deref()),
        "lessons": memory.map(|memory| &memory.lessons),
        "do_not_repeat": memory.map(|memory| &memory.do_not_repeat),
        "next_checks": memory.map(|memory| &memory.next_checks),
        "next_priority": memory.and_then(|memory| memory.next_priority.as_deref()),
    })
}

fn human(packs: &[Remembered], findings: &[Finding], root: &Path, out: &mut dyn Write) -> std::io::Result<()> {
    for pack in packs {
        writeln!(out, "{}", show::strong(&pack.slug))?;
        let Some(memory) = &pack.memory else {
            writeln!(out, "  {}", show::doubt("no learning memory that can be read"))?;
            continue;
        };
        let priority: Vec<String> = memory.next_priority.iter().cloned().collect();
        let parts = [
            ("lesson", &memory.lessons),
            ("do not repeat", &memory.do_not_repeat),
            ("next check", &memory.next_checks),
            ("next priority", &priority),
        ];
        for (name, texts) in parts {
            for text in texts.iter().filter(|text| privacy::is_harmless(text)) {
                writeln!(out, "  {} {text}", show::faint(&format!("{name}:")))?;
            }
        }
    }
    show::findings(findings, root, out)?;
    writeln!(out, "{} packs: {}", packs.len(), show::counts(findings))
}
