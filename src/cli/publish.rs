//! `proofpack publish`.

use std::io::Write;
use std::path::{Path, PathBuf};

use serde_json::Value;

use super::args::Remote;
use super::delivery::{self, Outgoing, Printed};
use super::root::find;
use super::stopped::{Ran, Stopped};
use super::told::Told;
use super::{online, show};
use crate::disk;
use crate::finding::{self, Severity};
use crate::publish::plan::{self, Asked};
use crate::publish::protocol::{self, Before};
use crate::publish::{Intent, Plan, Receipt, moment};
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

/// Name of what a run leaves that did not come to a receipt.
pub(super) fn intent_name(slug: &str) -> String {
    format!("{slug}.publish-intent.json")
}

pub(super) fn run(order: &Order, told: &Told, out: &mut dyn Write) -> Ran {
    let slug = order.slug.as_str();
    let folder = match &order.out {
        Some(folder) => folder.clone(),
        None => delivery::opened(&find(order.workspace.clone())?)?.out(),
    };
    let Outgoing { output, folder, bundle } = delivery::outgoing(folder, slug)?;
    let api = order.remote.api()?;
    let receipt = delivery::known(&output, &receipt_name(slug), Receipt::read)?;
    let intent = delivery::known(&output, &intent_name(slug), Intent::read)?;
    let asked = Asked { slug, api: &api, public: order.public, now: jiff::Timestamp::now() };
    let verification = verify::bundle(&bundle);
    let (plan, mut findings) = plan::plan(&asked, &bundle, &verification, receipt.as_ref(), intent.as_ref());
    finding::sort(&mut findings);
    let mut printed = Printed { told, slug, what: "publication", plan: plan.as_json(), notes: plan::notes(&plan), out };
    if finding::count(&findings, Severity::Error) > 0 {
        printed.refused(&findings)?;
        return Ok(false);
    }
    if order.dry_run {
        planned(&mut printed, &plan)?;
        return Ok(true);
    }
    let intended = intent_name(slug);
    let keep = Some((&output, intended.as_str()));
    let mut world = online::World::open(&order.remote.access, &api, Some(online::GITHUB), keep)?;
    let before = Before { plan: &plan, files: &bundle.files, receipt: receipt.as_ref(), intent: intent.as_ref() };
    match protocol::publish(&before, &mut world) {
        Ok(mut receipt) => {
            receipt.published_at = moment(jiff::Timestamp::now());
            output.keep(&receipt_name(slug), &receipt.render())?;
            output.discard(&intended)?;
            // Success is said from what lies on disk, not from what is remembered.
            let Some(kept) = delivery::known(&output, &receipt_name(slug), Receipt::read)? else {
                return Err(Stopped::new("the receipt is gone after it was written"));
            };
            published(&mut printed, &kept, &folder)?;
            Ok(true)
        }
        Err(failure) => printed.failed(failure, "published").map(|()| false),
    }
}

fn planned(printed: &mut Printed<'_>, plan: &Plan) -> Result<(), Stopped> {
    if printed.as_data::<Value>("planned", &[], None)? {
        return Ok(());
    }
    let visibility = if plan.public { "public" } else { "secret" };
    let what = plan.gist.as_ref().map_or_else(|| "a new".to_owned(), |id| format!("gist {id}, a"));
    writeln!(printed.out, "would publish {} to {}: {what} {visibility} gist", plan.slug, plan.api)?;
    writeln!(printed.out, "  description: {}", plan.description)?;
    for file in &plan.files {
        writeln!(printed.out, "  {:6} {:>9}  {}", file.change.word(), file.bytes, file.name)?;
    }
    for name in &plan.removed {
        writeln!(printed.out, "  remove            {name}")?;
    }
    writeln!(printed.out, "  {} files, {} bytes; nothing was sent", plan.files.len(), plan.bytes())?;
    printed.noted()
}

fn published(printed: &mut Printed<'_>, receipt: &Receipt, folder: &Path) -> Result<(), Stopped> {
    if printed.as_data("published", &[], Some(receipt))? {
        return Ok(());
    }
    let visibility = if receipt.public { "public" } else { "secret" };
    writeln!(printed.out, "{} {}  {}", show::success("published"), receipt.slug, receipt.page)?;
    let (files, owner, revision) = (receipt.files.len(), &receipt.owner, &receipt.revision);
    writeln!(
        printed.out,
        "  {visibility} gist of {owner}, revision {revision}, {files} files read back byte for byte"
    )?;
    writeln!(printed.out, "  receipt: {}", disk::shown(&folder.join(receipt_name(&receipt.slug))))?;
    printed.noted()
}
