//! `proofpack upload`.

use std::io::Write;
use std::path::{Path, PathBuf};

use serde_json::Value;

use super::args::Access;
use super::delivery::{self, Outgoing, Printed};
use super::online::{self, TokenUse};
use super::root::find;
use super::show;
use super::stopped::{Ran, Stopped};
use super::told::Told;
use crate::build;
use crate::disk;
use crate::documents::target;
use crate::finding::{self, Severity};
use crate::publish::moment;
use crate::publish::transfer::plan::{self, Asked};
use crate::publish::transfer::protocol::{self, Before};
use crate::publish::transfer::{Intent, Plan, Receipt};
use crate::verify;

/// Where the token of an upload target comes from, unless from standard input.
const TOKEN: &str = "PROOFPACK_UPLOAD_TOKEN";

/// What is asked for.
pub(super) struct Order {
    pub slug: String,
    pub workspace: Option<PathBuf>,
    pub out: Option<PathBuf>,
    pub dry_run: bool,
    pub resend: Vec<String>,
    pub access: Access,
}

/// Name of the receipt of a pack, beside its bundle.
pub(super) fn receipt_name(slug: &str) -> String {
    format!("{slug}.upload-receipt.json")
}

/// Name of what a run leaves that did not come to a receipt.
pub(super) fn intent_name(slug: &str) -> String {
    format!("{slug}.upload-intent.json")
}

pub(super) fn run(order: &Order, told: &Told, out: &mut dyn Write) -> Ran {
    let slug = order.slug.as_str();
    let opened = delivery::opened(&find(order.workspace.clone())?)?;
    let folder = order.out.clone().unwrap_or_else(|| opened.out());
    let Outgoing { output, folder, bundle } = delivery::outgoing(folder, slug)?;
    let target = match build::pack(&opened, slug) {
        Some(pack) => pack.upload,
        None => return Err(Stopped::new(format!("{slug} is no pack of the workspace that can be read"))),
    };
    let target = target.ok_or_else(|| {
        let key = target::KEY;
        Stopped::new(format!(
            "there is no upload target: write [{key}] into proofpack.toml or the pack's pack.toml (`proofpack schema upload-target`)"
        ))
    })?;
    let receipt = delivery::known(&output, &receipt_name(slug), Receipt::read)?;
    let intent = delivery::known(&output, &intent_name(slug), Intent::read)?;
    let asked = Asked { slug, target: &target, resend: &order.resend, now: jiff::Timestamp::now() };
    let verification = verify::bundle(&bundle);
    let planned = plan::plan(&asked, &bundle, &verification, receipt.as_ref(), intent.as_ref());
    let (plan, mut findings) = planned.map_err(Stopped::new)?;
    finding::sort(&mut findings);
    let mut printed = Printed { told, slug, what: "upload", plan: plan.as_json(), notes: plan.notes(), out };
    if finding::count(&findings, Severity::Error) > 0 {
        printed.refused(&findings)?;
        return Ok(false);
    }
    if order.dry_run {
        show_plan(&mut printed, &plan)?;
        return Ok(true);
    }
    let intended = intent_name(slug);
    let token = target.token_header.as_deref().map(|header| TokenUse { variable: TOKEN, header });
    let mut world = online::World::open(&order.access, &plan.address, token, Some((&output, &intended)))?;
    let before = Before { plan: &plan, files: &bundle.files, receipt: receipt.as_ref(), intent: intent.as_ref() };
    match protocol::upload(&before, &mut world) {
        Ok(mut receipt) => {
            receipt.uploaded_at = moment(jiff::Timestamp::now());
            output.keep(&receipt_name(slug), &receipt.render())?;
            output.discard(&intended)?;
            // Success is said from what lies on disk, not from what is remembered.
            let Some(kept) = delivery::known(&output, &receipt_name(slug), Receipt::read)? else {
                return Err(Stopped::new("the receipt is gone after it was written"));
            };
            uploaded(&mut printed, &kept, &folder)?;
            Ok(true)
        }
        Err(failure) => printed.failed(failure, "uploaded").map(|()| false),
    }
}

fn show_plan(printed: &mut Printed<'_>, plan: &Plan) -> Result<(), Stopped> {
    if printed.as_data::<Value>("planned", &[], None)? {
        return Ok(());
    }
    writeln!(printed.out, "would upload {} to {}", plan.slug, plan.address)?;
    for (name, value) in &plan.fields {
        writeln!(printed.out, "  field {name}: {value}")?;
    }
    for file in &plan.files {
        writeln!(printed.out, "  {:6} {:>9}  {}", file.change.word(), file.bytes, file.name)?;
    }
    writeln!(printed.out, "  {} files, {} bytes; nothing was sent", plan.files.len(), plan.bytes())?;
    printed.noted()
}

fn uploaded(printed: &mut Printed<'_>, receipt: &Receipt, folder: &Path) -> Result<(), Stopped> {
    if printed.as_data("uploaded", &[], Some(receipt))? {
        return Ok(());
    }
    writeln!(printed.out, "{} {}  {}", show::success("uploaded"), receipt.slug, receipt.target)?;
    let files = receipt.files.len();
    let listed = if receipt.listed { " and listed" } else { "" };
    writeln!(printed.out, "  {files} files, each confirmed with an id of its own{listed}")?;
    writeln!(printed.out, "  receipt: {}", disk::shown(&folder.join(receipt_name(&receipt.slug))))?;
    printed.noted()
}
