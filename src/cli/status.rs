//! `proofpack status`.

use std::io::Write;
use std::path::{Path, PathBuf};

use serde_json::json;
use unicode_width::UnicodeWidthStr as _;

use super::args::Remote;
use super::stopped::{Ran, Stopped};
use super::told::ListForm;
use super::{delivery, online, publish, show, transfer};
use crate::build;
use crate::clock::Now;
use crate::disk;
use crate::publish::online::check;
use crate::publish::{Address, Receipt, transfer::Receipt as Uploaded};
use crate::status::{self, COLUMNS, Given, Kept, Status};
use crate::verify;

/// What is asked for.
pub(super) struct Order {
    pub slugs: Vec<String>,
    pub root: PathBuf,
    pub out: Option<PathBuf>,
    /// The server to compare with, if it is to be asked.
    pub remote: Option<Remote>,
}

pub(super) fn run(order: &Order, now: &Now, form: ListForm, out: &mut dyn Write) -> Ran {
    let opened = delivery::opened(&order.root)?;
    if let Some(stranger) = order.slugs.iter().find(|slug| !opened.slugs.contains(slug)) {
        return Err(Stopped::new(format!("{stranger} is no pack of the workspace")));
    }
    let folder = order.out.clone().unwrap_or_else(|| opened.out());
    let api = order.remote.as_ref().map(Remote::api).transpose()?;
    let mut world = match (&order.remote, &api) {
        (Some(remote), Some(api)) => Some((api, online::World::open(&remote.access, api, Some(online::GITHUB), None)?)),
        _ => None,
    };
    let mut packs = Vec::new();
    for slug in opened.slugs.iter().filter(|slug| order.slugs.is_empty() || order.slugs.contains(slug)) {
        packs.push(pack(&opened, slug, &folder, &mut world, now)?);
    }
    let well = packs.iter().all(|pack| pack.attention.is_empty());
    match form {
        ListForm::Json => {
            let list: Vec<_> = packs.iter().map(|pack| &pack.json).collect();
            let verdict = if well { "well" } else { "attention" };
            show::json(&json!({"verdict": verdict, "as_of": now.rfc3339(&opened.workspace.zone), "packs": list}), out)?;
        }
        ListForm::Human => human(&packs, out)?,
    }
    Ok(well)
}

fn pack(
    opened: &build::Opened,
    slug: &str,
    folder: &Path,
    world: &mut Option<(&Address, online::World<'_>)>,
    now: &Now,
) -> Result<Status, Stopped> {
    let place = folder.join(slug);
    let bundle = if disk::is_folder(&place) { Some(disk::read_folder(&place)?) } else { None };
    let verification = bundle.as_ref().map(verify::bundle);
    // Built again as of the moment of the bundle, the same sources give the same bytes.
    let moment = verification.as_ref().and_then(|found| Now::from_rfc3339(found.as_of.as_deref()?).ok());
    let (sources, assembled) = build::again(opened, slug, moment.as_ref().unwrap_or(now));
    let is_begun = |name: String| disk::is_file(&folder.join(name));
    let published = Kept {
        receipt: delivery::beside(folder, &publish::receipt_name(slug), Receipt::read),
        is_begun: is_begun(publish::intent_name(slug)),
    };
    let uploaded = Kept {
        receipt: delivery::beside(folder, &transfer::receipt_name(slug), Uploaded::read),
        is_begun: is_begun(transfer::intent_name(slug)),
    };
    let online = match (world, &bundle, &published.receipt) {
        (Some((api, world)), Some(bundle), Some(receipt)) => Some(check(bundle, receipt, api, world)),
        _ => None,
    };
    Ok(status::of(&Given {
        slug,
        sources: &sources,
        again: assembled.files.as_ref().filter(|_| assembled.complete),
        bundle: bundle.as_ref().zip(verification.as_ref()),
        published: &published,
        uploaded: &uploaded,
        online: online.as_ref(),
        now: now.timestamp(),
    }))
}

fn human(packs: &[Status], out: &mut dyn Write) -> Result<(), Stopped> {
    let rows: Vec<Vec<&str>> = packs
        .iter()
        .map(|pack| [pack.slug.as_str()].into_iter().chain(pack.words.iter().map(String::as_str)).collect())
        .collect();
    let heads: Vec<&str> = ["pack"].into_iter().chain(COLUMNS).collect();
    let width = |column: usize| {
        let cells = rows.iter().chain([&heads]).filter_map(|row| row.get(column));
        cells.map(|cell| cell.width()).max().unwrap_or(0)
    };
    let widths: Vec<_> = (0..heads.len()).map(width).collect();
    let line = |row: &[&str]| {
        let cells = row.iter().zip(&widths).map(|(cell, width)| format!("{cell}{}", " ".repeat(width - cell.width())));
        cells.collect::<Vec<_>>().join("  ").trim_end().to_owned()
    };
    writeln!(out, "{}", show::strong(&line(&heads)))?;
    for row in &rows {
        writeln!(out, "{}", line(row))?;
    }
    for pack in packs.iter().filter(|pack| !pack.attention.is_empty() || !pack.notes.is_empty()) {
        writeln!(out, "\n{}", show::strong(&pack.slug))?;
        for what in &pack.attention {
            writeln!(out, "  {} {what}", show::failure("attention:"))?;
        }
        for note in &pack.notes {
            writeln!(out, "  {} {note}", show::doubt("note:"))?;
        }
    }
    Ok(())
}
