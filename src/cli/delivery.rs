//! What commands that send a bundle somewhere have in common: the bundle in its output folder, what is kept beside it, and
//! how plan, refusal and receipt are printed.

use std::io::Write;
use std::path::{Path, PathBuf};

use serde::Serialize;
use serde_json::{Value, json};

use super::show;
use super::stopped::Stopped;
use super::told::{Form, Told};
use crate::answer::{Answer, json as answer_json};
use crate::build;
use crate::bundle::Folder;
use crate::codes;
use crate::disk::{self, Output};
use crate::documents::workspace;
use crate::finding::{Finding, Place};
use crate::limits;
use crate::publish::Failure;

/// A bundle that is to be sent.
pub(super) struct Outgoing {
    pub output: Output,
    pub folder: PathBuf,
    pub bundle: Folder,
}

/// The bundle of a pack in an output folder, which nobody else can write to meanwhile.
pub(super) fn outgoing(folder: PathBuf, slug: &str) -> Result<Outgoing, Stopped> {
    if crate::check::names::artifact_name(slug).is_err() || !disk::is_folder(&folder.join(slug)) {
        let place = disk::shown(&folder);
        return Err(Stopped::new(format!("{place} has no bundle of that name; `proofpack build` makes it")));
    }
    let output = Output::open(&folder)?;
    let Some(bundle) = output.read_bundle(slug)? else {
        return Err(Stopped::new(format!("{} is not a folder", disk::shown(&output.bundle(slug)))));
    };
    Ok(Outgoing { output, folder, bundle })
}

/// Opens a workspace that has to be usable.
pub(super) fn opened(root: &Path) -> Result<build::Opened, Stopped> {
    let opened = build::open(root, &mut Vec::new())?;
    opened.ok_or_else(|| {
        Stopped::new(format!("{} cannot be used; `proofpack check` says why", disk::shown(&root.join(workspace::FILE))))
    })
}

/// What is kept beside a bundle by this name; `None` when it is not there.
pub(super) fn known<T>(
    output: &Output,
    name: &str,
    read: fn(&[u8]) -> Result<T, String>,
) -> Result<Option<T>, Stopped> {
    let bytes = output.find(name, limits::DOCUMENT_BYTES)?;
    let read = bytes.map(|bytes| read(&bytes)).transpose();
    read.map_err(|why| Stopped::new(format!("{name} beside the bundle {why}; put the right one back, or remove it")))
}

/// What is kept by this name in the folder of a bundle that is only looked at; `None` when it is not there.
pub(super) fn beside<T>(folder: &Path, name: &str, read: fn(&[u8]) -> Result<T, String>) -> Option<Result<T, String>> {
    let beside = folder.join(name);
    if !disk::is_file(&beside) {
        return None;
    }
    let mut findings = Vec::new();
    let bytes = disk::read(&beside, name, limits::DOCUMENT_BYTES, &mut findings);
    Some(
        bytes.map_or_else(
            || Err(findings.pop().map(|finding| finding.message).unwrap_or_default()),
            |bytes| read(&bytes),
        ),
    )
}

/// What was sent, printed.
pub(super) struct Printed<'a> {
    pub told: &'a Told,
    pub slug: &'a str,
    /// What it is called that was done, such as `publication`.
    pub what: &'static str,
    pub plan: Value,
    pub notes: Vec<String>,
    pub out: &'a mut dyn Write,
}

impl Printed<'_> {
    /// Prints for programs; `false` when it is a person who asks.
    pub(super) fn as_data<R: Serialize>(
        &mut self,
        verdict: &str,
        findings: &[Finding],
        receipt: Option<&R>,
    ) -> Result<bool, Stopped> {
        match self.told.form {
            Form::Human => return Ok(false),
            Form::Json => {}
            _ => {
                let answer = Answer::new(self.slug.to_owned(), "", self.what, findings.to_vec());
                return show::answers(&[answer], self.told, self.out).map(|()| true);
            }
        }
        let receipt = receipt.and_then(|receipt| serde_json::to_value(receipt).ok()).unwrap_or(Value::Null);
        let value = json!({
            "verdict": verdict,
            "plan": self.plan,
            "receipt": receipt,
            "notes": self.notes,
            "findings": answer_json::findings(findings),
        });
        show::json(&value, self.out)?;
        Ok(true)
    }

    /// Nothing may be sent.
    pub(super) fn refused(&mut self, findings: &[Finding]) -> Result<(), Stopped> {
        self.against("refused", findings, "nothing was sent")
    }

    /// What came of it when it did not come to a receipt; `Err` when it could not be done.
    pub(super) fn failed(&mut self, failure: Failure, end: &str) -> Result<(), Stopped> {
        let wrong = match failure {
            Failure::Stopped(why) => return Err(Stopped::new(why)),
            Failure::Differs(wrong) => wrong,
        };
        let hint = format!("nothing counts as {end}, and no receipt was written");
        let finding = |what| Finding::new(&codes::PUBLICATION_DIFFERS, Place::file(self.slug), what).hint(hint.clone());
        let findings: Vec<_> = wrong.into_iter().map(finding).collect();
        self.against("failed", &findings, &format!("not {end}"))
    }

    fn against(&mut self, verdict: &str, findings: &[Finding], end: &str) -> Result<(), Stopped> {
        if self.as_data::<Value>(verdict, findings, None)? {
            return Ok(());
        }
        for finding in findings {
            let word = show::failure(&format!("error[{}]", finding.code.id));
            writeln!(self.out, "{word}: {}: {}", finding.place, finding.message)?;
            if !finding.hint.is_empty() {
                writeln!(self.out, "  help: {}", finding.hint)?;
            }
        }
        writeln!(self.out, "{} {}  {end}", show::failure(verdict), self.slug)?;
        Ok(())
    }

    /// What is worth knowing besides.
    pub(super) fn noted(&mut self) -> Result<(), Stopped> {
        for note in &self.notes {
            writeln!(self.out, "  {}", show::faint(note))?;
        }
        Ok(())
    }
}
