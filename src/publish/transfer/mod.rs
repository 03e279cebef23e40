//! The files of a bundle to a server that takes them one by one and says which it took: the declared target of
//! `[upload]`. (What a partner sent and a kind checks is [`crate::check::upload`], which is another matter.)
//!
//! Invariants: those of [`crate::publish`]. A file is sent once: before it is sent an intent says so, and as long as
//! nobody knows what became of it, it is not sent again. Only what the server confirmed, by name and with an id of its
//! own, stands in the receipt.

mod answer;
mod form;
pub mod plan;
pub mod protocol;
pub mod receipt;

use std::collections::BTreeSet;

use crate::bundle::{Folder, MANIFEST, manifest};
use crate::publish::online::Found;

pub use plan::Plan;
use plan::expected;
pub use receipt::{Intent, Receipt};

/// Whether a receipt shows that a server accepted every file of this bundle, and as many as have to be. `Err` when the
/// receipt is about another state of the bundle: then it says nothing about this one.
pub fn count(folder: &Folder, receipt: &Result<Receipt, String>) -> Found {
    let receipt = match receipt {
        Ok(receipt) => receipt,
        Err(why) => return Ok(vec![format!("the receipt {why}")]),
    };
    let digest = folder.files.get(MANIFEST).map(|bytes| manifest::sha256(bytes));
    if digest.as_ref() != Some(&receipt.manifest_sha256) {
        return Err("the receipt is for the bundle before it was built anew; upload it again".to_owned());
    }
    let mut wrong = Vec::new();
    let expected = expected(folder);
    if receipt.files.len() as u64 != expected {
        wrong.push(format!("{} files were accepted, expected {expected}", receipt.files.len()));
    }
    let (mut ids, mut names) = (BTreeSet::new(), BTreeSet::new());
    for file in &receipt.files {
        let name = &file.name;
        match folder.files.get(name) {
            None => wrong.push(format!("{name}: was accepted and is not in the bundle")),
            Some(bytes) if file.bytes != bytes.len() as u64 || file.sha256 != manifest::sha256(bytes) => {
                wrong.push(format!("{name}: is not the file that was accepted"));
            }
            Some(_) => {}
        }
        if file.id.trim().is_empty() || !ids.insert(&file.id) {
            wrong.push(format!("{name}: has no id of its own"));
        }
        if !names.insert(name) {
            wrong.push(format!("{name}: was accepted more than once"));
        }
    }
    wrong.extend(
        folder.files.keys().filter(|name| !names.contains(name)).map(|name| format!("{name}: was not accepted")),
    );
    Ok(wrong)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::publish::transfer::receipt::Accepted;

    #[test]
    fn a_receipt_must_be_for_every_file() {
        let folder = |more: &[(&str, &str)]| {
            let files = [("manifest.sha256", "m"), ("a.md", "a")];
            let files = files.iter().chain(more).map(|(name, text)| ((*name).to_owned(), text.as_bytes().to_vec()));
            Folder { files: files.collect(), strangers: Vec::new() }
        };
        let receipt = |change: fn(&mut Receipt)| {
            let accepted = |name: &str, text: &str, id: &str| Accepted {
                name: name.to_owned(),
                bytes: 1,
                sha256: manifest::sha256(text.as_bytes()),
                id: id.to_owned(),
            };
            let mut receipt = Receipt::blank();
            receipt.manifest_sha256 = manifest::sha256(b"m");
            receipt.files = vec![accepted("a.md", "a", "1"), accepted("manifest.sha256", "m", "2")];
            change(&mut receipt);
            Ok(receipt)
        };
        let check = |more: &[(&str, &str)], change: fn(&mut Receipt), expected: &[&str]| {
            assert_eq!(count(&folder(more), &receipt(change)).unwrap(), expected);
        };
        check(&[], |_| {}, &[]);
        check(&[], |receipt| receipt.files[0].id = "2".to_owned(), &["manifest.sha256: has no id of its own"]);
        check(&[], |receipt| receipt.files[0].id.clear(), &["a.md: has no id of its own"]);
        check(&[], |receipt| receipt.files[0].bytes = 2, &["a.md: is not the file that was accepted"]);
        let one = &["1 files were accepted, expected 2", "a.md: was not accepted"];
        check(&[], |receipt| drop(receipt.files.remove(0)), one);
        check(
            &[("acceptance.toml", "upload_files = 8")],
            |_| {},
            &["2 files were accepted, expected 8", "acceptance.toml: was not accepted"],
        );
        assert!(count(&folder(&[]), &receipt(|receipt| receipt.manifest_sha256.clear())).is_err());
        assert_eq!(count(&folder(&[]), &Err("is none".to_owned())), Ok(vec!["the receipt is none".to_owned()]));
    }
}
