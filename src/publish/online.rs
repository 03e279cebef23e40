//! Does a receipt still hold? Asks the server again, from the files of the bundle and the receipt alone.

use std::collections::BTreeMap;

use crate::bundle::{Folder, MANIFEST, manifest};
use crate::publish::gist::Gist;
use crate::publish::readback::{self, Expected};
use crate::publish::session::Session;
use crate::publish::{Address, Failure, Outside, Receipt, github};

/// What was found about one check of a publication: nothing against it, what is wrong, or why it could not be checked.
pub type Found = Result<Vec<String>, String>;

/// Looks whether what is published is this bundle, by the ids of the checks.
pub fn check(
    folder: &Folder,
    receipt: &Result<Receipt, String>,
    api: &Address,
    outside: &mut dyn Outside,
) -> BTreeMap<&'static str, Found> {
    let mut found: BTreeMap<&'static str, Found> = BTreeMap::new();
    let receipt = match receipt {
        Ok(receipt) => receipt,
        Err(why) => {
            found.insert("publication.receipt", Ok(vec![format!("the receipt {why}")]));
            for id in ["publication.gist", "publication.files", "publication.page"] {
                found.insert(id, Err("there is no usable receipt".to_owned()));
            }
            return found;
        }
    };
    found.insert("publication.receipt", Ok(against_bundle(receipt, folder, api)));
    if receipt.api != api.to_string() {
        for id in ["publication.gist", "publication.files", "publication.page"] {
            found.insert(id, Err("the receipt is of another server".to_owned()));
        }
        return found;
    }
    // The bytes that have to be up there are those of the bundle; the receipt only says where.
    let digests: BTreeMap<_, _> = folder
        .files
        .iter()
        .map(|(name, bytes)| (name.as_str(), (bytes.len() as u64, manifest::sha256(bytes))))
        .collect();
    let expected = Expected {
        id: &receipt.id,
        owner: &receipt.owner,
        public: receipt.public,
        description: &receipt.description,
        files: digests.iter().map(|(name, (size, sha256))| (*name, (*size, sha256.as_str()))).collect(),
    };
    let mut session = github::session(api, outside);
    let gist = match look(&mut session, &receipt.id) {
        Ok(gist) => gist,
        Err(failure) => {
            found.insert("publication.gist", told(failure));
            for id in ["publication.files", "publication.page"] {
                found.insert(id, Err("the gist could not be read".to_owned()));
            }
            return found;
        }
    };
    let mut differences = readback::compare(&expected, &gist);
    if gist.revision.as_ref() != Some(&receipt.revision) {
        differences.identity.push(format!(
            "the gist is at revision {}, the receipt is for {}",
            gist.revision.as_deref().unwrap_or("none"),
            receipt.revision
        ));
    }
    if gist.page != receipt.page {
        differences.identity.push("the page has another address than the receipt says".to_owned());
    }
    found.insert("publication.gist", Ok(differences.identity));
    let files = readback::files(&mut session, &expected, &gist).map(|(_, wrong)| wrong);
    let mut content = differences.content;
    let files = match files {
        Ok(wrong) => {
            content.extend(wrong);
            Ok(content)
        }
        Err(failure) => told(failure),
    };
    found.insert("publication.files", files);
    found.insert("publication.page", readback::page(&mut session, &expected, &gist).or_else(told));
    found
}

/// What cannot be reached has not been checked; anything else is against it.
fn told(failure: Failure) -> Found {
    match failure {
        Failure::Stopped(why) => Err(why),
        Failure::Differs(wrong) => Ok(wrong),
    }
}

fn look(session: &mut Session<'_>, id: &str) -> Result<Gist, Failure> {
    // The id becomes part of an address.
    if id.is_empty() || !id.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_".contains(&byte)) {
        return Err(Failure::differs("the receipt names no usable gist"));
    }
    let answer = session.api(&format!("/gists/{id}"))?;
    match answer.status {
        200 => Gist::read(&answer.body).map_err(|why| Failure::differs(format!("the answer about the gist {why}"))),
        404 | 410 => Err(Failure::differs(format!("gist {id} is not there ({})", answer.status))),
        _ => Err(session.refusal(&answer, &format!("reading gist {id}"))),
    }
}

/// The receipt must be for exactly these files.
fn against_bundle(receipt: &Receipt, folder: &Folder, api: &Address) -> Vec<String> {
    let mut wrong = Vec::new();
    if receipt.api != api.to_string() {
        wrong.push(format!("the receipt is of another server than {api}; name that one with --api"));
    }
    let digest = folder.files.get(MANIFEST).map(|bytes| manifest::sha256(bytes));
    if digest.as_ref() != Some(&receipt.manifest_sha256) {
        wrong.push("the receipt is for another manifest: the bundle was built anew since it was published".to_owned());
    }
    let mut listed: BTreeMap<&str, _> = receipt.files.iter().map(|file| (file.name.as_str(), file)).collect();
    for (name, bytes) in &folder.files {
        match listed.remove(name.as_str()) {
            None => wrong.push(format!("{name}: is not in the receipt")),
            Some(file) if file.bytes != bytes.len() as u64 || file.sha256 != manifest::sha256(bytes) => {
                wrong.push(format!("{name}: is not the file that was published"));
            }
            Some(_) => {}
        }
    }
    wrong.extend(listed.keys().map(|name| format!("{name}: was published and is not in the bundle")));
    wrong
}
