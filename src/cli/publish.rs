//! `proofpack publish`.

use std::io::Write;
use std::path::{Path, PathBuf};

use serde_json::{Value, json};

use super::{Form, Ran, Remote, Stopped, Told, find, online, show};
use crate::answer::{Answer, json as answer_json};
use crate::build;
use crate::codes;
use crate::disk::{self, Output};
use crate::documents::workspace;
use crate::finding::{self, Finding, Place, Severity};
use crate::limits;
use crate::publish::plan::{self, Asked};
use crate::publish::protocol::{self, Before};
use crate::publish::{Failure, Intent, Plan, Receipt};
use crate::verify;

/// What is asked for.
pub(super) struct Order {
    pub slug: String,
    pub workspace: Option<PathBuf>,
    pub out: Option<PathBuf>,
    pub public: bool,
    pub dry_run: bool,
    pub remote: Remote,
}

/// Name of the receipt of a pack, beside its bundle.
pub(super) fn receipt_name(slug: &str) -> String {
    format!("{slug}.publish-receipt.json")
}

fn intent_name(slug: &str) -> String {
    format!("{slug}.publish-intent.json")
}

pub(super) fn run(order: &Order, told: &Told, out: &mut dyn Write) -> Ran {
    let slug = order.slug.as_str();
    let folder = match &order.out {
        Some(folder) => folder.clone(),
        None => out_folder(&find(order.workspace.clone())?)?,
    };
    if crate::check::names::artifact_name(slug).is_err() || !disk::is_folder(&folder.join(slug)) {
        let place = disk::shown(&folder);
        return Err(Stopped::new(format!("{place} has no bundle of that name; `proofpack build` makes it")));
    }
    let output = Output::open(&folder)?;
    let Some(bundle) = output.read_bundle(slug)? else {
        return Err(Stopped::new(format!("{} is not a folder", disk::shown(&output.bundle(slug)))));
    };
    let api = order.remote.api()?;
    let receipt = known(&output, &receipt_name(slug), Receipt::read)?;
    let intent = known(&output, &intent_name(slug), Intent::read)?;
    let asked = Asked { slug, api: &api, public: order.public, now: jiff::Timestamp::now() };
    let verification = verify::bundle(&bundle);
    let (plan, mut findings) = plan::plan(&asked, &bundle, &verification, receipt.as_ref(), intent.as_ref());
    finding::sort(&mut findings);
    let mut printed = Printed { told, plan: &plan, out };
    if finding::count(&findings, Severity::Error) > 0 {
        printed.refused("refused", &findings)?;
        return Ok(false);
    }
    if order.dry_run {
        printed.planned()?;
        return Ok(true);
    }
    let intended = intent_name(slug);
    let mut world = online::World::open(&order.remote, &api, Some((&output, &intended)))?;
    let before = Before { plan: &plan, files: &bundle.files, receipt: receipt.as_ref(), intent: intent.as_ref() };
    match protocol::publish(&before, &mut world) {
        Ok(mut receipt) => {
            receipt.published_at = jiff::Timestamp::now().strftime("%Y-%m-%dT%H:%M:%SZ").to_string();
            output.keep(&receipt_name(slug), &receipt.render())?;
            output.discard(&intended)?;
            // Success is said from what lies on disk, not from what is remembered.
            let Some(kept) = known(&output, &receipt_name(slug), Receipt::read)? else {
                return Err(Stopped::new("the receipt is gone after it was written"));
            };
            printed.published(&kept, &folder)?;
            Ok(true)
        }
        Err(Failure::Stopped(why)) => Err(Stopped::new(why)),
        Err(Failure::Differs(wrong)) => {
            let hint = "nothing counts as published, and no receipt was written";
            let findings: Vec<_> = wrong
                .into_iter()
                .map(|what| Finding::new(&codes::PUBLICATION_DIFFERS, Place::file(slug), what).hint(hint))
                .collect();
            printed.refused("failed", &findings)?;
            Ok(false)
        }
    }
}

/// The output folder that a workspace names.
pub(super) fn out_folder(root: &Path) -> Result<PathBuf, Stopped> {
    let mut findings = Vec::new();
    let opened = build::open(root, &mut findings)?;
    let opened = opened.ok_or_else(|| {
        Stopped::new(format!("{} cannot be used; `proofpack check` says why", disk::shown(&root.join(workspace::FILE))))
    })?;
    Ok(root.join(&opened.workspace.out))
}

fn known<T>(output: &Output, name: &str, read: fn(&[u8]) -> Result<T, String>) -> Result<Option<T>, Stopped> {
    let bytes = output.find(name, limits::DOCUMENT_BYTES)?;
    let read = bytes.map(|bytes| read(&bytes)).transpose();
    read.map_err(|why| Stopped::new(format!("{name} beside the bundle {why}; put the right one back, or remove it")))
}

struct Printed<'a> {
    told: &'a Told,
    plan: &'a Plan,
    out: &'a mut dyn Write,
}

impl Printed<'_> {
    /// Prints for programs; `false` when it is a person who asks.
    fn as_data(&mut self, verdict: &str, findings: &[Finding], receipt: Option<&Receipt>) -> Result<bool, Stopped> {
        match self.told.form {
            Form::Human => return Ok(false),
            Form::Json => {}
            _ => {
                let answer = Answer::new(self.plan.slug.clone(), "", "publication", findings.to_vec());
                return show::answers(&[answer], self.told, self.out).map(|()| true);
            }
        }
        let receipt = receipt.and_then(|receipt| serde_json::to_value(receipt).ok()).unwrap_or(Value::Null);
        let value = json!({
            "verdict": verdict,
            "plan": self.plan.as_json(),
            "receipt": receipt,
            "notes": plan::notes(self.plan),
            "findings": answer_json::findings(findings),
        });
        show::json(&value, self.out)?;
        Ok(true)
    }

    fn refused(&mut self, verdict: &str, findings: &[Finding]) -> Result<(), Stopped> {
        if self.as_data(verdict, findings, None)? {
            return Ok(());
        }
        for finding in findings {
            let word = show::failure(&format!("error[{}]", finding.code.id));
            writeln!(self.out, "{word}: {}: {}", finding.place, finding.message)?;
            if !finding.hint.is_empty() {
                writeln!(self.out, "  help: {}", finding.hint)?;
            }
        }
        let end = if verdict == "refused" { "nothing was sent" } else { "not published" };
        writeln!(self.out, "{} {}  {end}", show::failure(verdict), self.plan.slug)?;
        Ok(())
    }

    fn planned(&mut self) -> Result<(), Stopped> {
        if self.as_data("planned", &[], None)? {
            return Ok(());
        }
        let plan = self.plan;
        let visibility = if plan.public { "public" } else { "secret" };
        let what = plan.gist.as_ref().map_or_else(|| "a new".to_owned(), |id| format!("gist {id}, a"));
        writeln!(self.out, "would publish {} to {}: {what} {visibility} gist", plan.slug, plan.api)?;
        writeln!(self.out, "  description: {}", plan.description)?;
        for file in &plan.files {
            writeln!(self.out, "  {:6} {:>9}  {}", file.change.word(), file.bytes, file.name)?;
        }
        for name in &plan.removed {
            writeln!(self.out, "  remove            {name}")?;
        }
        writeln!(self.out, "  {} files, {} bytes; nothing was sent", plan.files.len(), plan.bytes())?;
        for note in plan::notes(plan) {
            writeln!(self.out, "  {}", show::faint(&note))?;
        }
        Ok(())
    }

    fn published(&mut self, receipt: &Receipt, folder: &Path) -> Result<(), Stopped> {
        if self.as_data("published", &[], Some(receipt))? {
            return Ok(());
        }
        let visibility = if receipt.public { "public" } else { "secret" };
        writeln!(self.out, "{} {}  {}", show::success("published"), receipt.slug, receipt.page)?;
        let (files, owner, revision) = (receipt.files.len(), &receipt.owner, &receipt.revision);
        writeln!(
            self.out,
            "  {visibility} gist of {owner}, revision {revision}, {files} files read back byte for byte"
        )?;
        writeln!(self.out, "  receipt: {}", disk::shown(&folder.join(receipt_name(&receipt.slug))))?;
        for note in plan::notes(self.plan) {
            writeln!(self.out, "  {}", show::faint(&note))?;
        }
        Ok(())
    }
}
