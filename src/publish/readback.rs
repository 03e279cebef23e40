//! Is what lies on a server what was sent? Told from its own words about the gist, from every byte at a fixed revision,
//! and from the page that people open.

use std::collections::{BTreeMap, BTreeSet};

use crate::bundle::{has_extension, manifest};
use crate::limits;
use crate::publish::gist::{File, Gist};
use crate::publish::receipt::Published;
use crate::publish::session::{Session, TRIES, shown};
use crate::publish::{Address, Failure};

/// What the gist must be.
pub(super) struct Expected<'a> {
    pub id: &'a str,
    pub owner: &'a str,
    pub public: bool,
    pub description: &'a str,
    /// Size and SHA-256 of each file by name.
    pub files: BTreeMap<&'a str, (u64, &'a str)>,
}

/// What differs, by how it can be wrong.
#[derive(Default)]
pub(super) struct Differences {
    /// What no delay explains: another gist, another owner, another visibility.
    pub identity: Vec<String>,
    /// What a server may still be catching up with: files, sizes, description.
    pub content: Vec<String>,
}

/// Compares what the API says about a gist.
pub(super) fn compare(expected: &Expected<'_>, gist: &Gist) -> Differences {
    let mut found = Differences::default();
    if gist.id != expected.id {
        found.identity.push(format!("the server answers with gist {} instead of {}", gist.id, expected.id));
    }
    if gist.owner != expected.owner {
        let owner = if gist.owner.is_empty() { "nobody" } else { &gist.owner };
        found.identity.push(format!("the gist belongs to {owner}, expected {}", expected.owner));
    }
    if gist.public != expected.public {
        let word = |public| if public { "public" } else { "secret" };
        found.identity.push(format!("the gist is {}, expected {}", word(gist.public), word(expected.public)));
    }
    if gist.description != expected.description {
        found.content.push("the description is another one".to_owned());
    }
    if gist.truncated {
        found.content.push("the server does not list all files".to_owned());
    }
    if gist.revision.as_ref().is_none_or(String::is_empty) {
        found.content.push("the server names no revision".to_owned());
    }
    let there: BTreeSet<&str> = gist.files.keys().map(String::as_str).collect();
    for (name, (size, _)) in &expected.files {
        match gist.files.get(*name) {
            None => found.content.push(format!("{name}: is missing")),
            Some(file) if file.size != *size => {
                found.content.push(format!("{name}: has {} bytes, expected {size}", file.size));
            }
            Some(_) => {}
        }
    }
    for name in there.iter().filter(|name| !expected.files.contains_key(**name)) {
        found.content.push(format!("{}: is not part of the bundle", limited(name)));
    }
    found
}

/// A name that a server gave, as messages show it.
fn limited(name: &str) -> String {
    crate::check::privacy::quoted(&name.chars().filter(|one| !one.is_control()).take(100).collect::<String>())
}

/// Reads every file at its fixed revision and compares its bytes.
pub(super) fn files(
    session: &mut Session<'_>,
    expected: &Expected<'_>,
    gist: &Gist,
) -> Result<(Vec<Published>, Vec<String>), Failure> {
    let (mut read, mut wrong) = (Vec::new(), Vec::new());
    for (name, (size, sha256)) in &expected.files {
        let Some(file) = gist.files.get(*name) else { continue };
        match one(session, expected, name, file)? {
            Ok((bytes, address)) if manifest::sha256(&bytes) == *sha256 => read.push(Published {
                name: (*name).to_owned(),
                bytes: *size,
                sha256: (*sha256).to_owned(),
                raw: address.to_string(),
            }),
            Ok((bytes, _)) if bytes.trim_ascii_start().starts_with(b"<") && !has_extension(name, "html") => {
                wrong.push(format!("{name}: a web page comes in its place"));
            }
            Ok((bytes, _)) => {
                wrong.push(format!(
                    "{name}: {} bytes with another SHA-256 come back, expected {size} bytes",
                    bytes.len()
                ));
            }
            Err(why) => wrong.push(format!("{name}: {why}")),
        }
        if session.is_deaf {
            wrong.push("the other files were not read".to_owned());
            break;
        }
    }
    Ok((read, wrong))
}

type Read = Result<(Vec<u8>, Address), String>;

fn one(session: &mut Session<'_>, expected: &Expected<'_>, name: &str, file: &File) -> Result<Read, Failure> {
    let address = match Address::parse(&file.raw) {
        Ok(address) => address,
        Err(why) => return Ok(Err(format!("its raw address {why}"))),
    };
    if !session.server.vouches_for(&address) {
        return Ok(Err(format!("its raw address is on {}, which is not the server's", address.origin())));
    }
    if !is_pinned(address.path(), expected.id, name) {
        return Ok(Err("its raw address does not name this gist, a revision and the file".to_owned()));
    }
    for attempt in 0..TRIES {
        let answer = match session.try_get(&address, limits::GIST_FILE_BYTES.value + 1)? {
            Ok(answer) => answer,
            Err(why) => {
                session.is_deaf = true;
                return Ok(Err(why));
            }
        };
        match answer.status {
            200 => return Ok(Ok((answer.body, address))),
            // A fresh revision may not be everywhere yet.
            404 if attempt + 1 < TRIES => session.back_off(attempt)?,
            status => return Ok(Err(format!("{} answers {status}", shown(&address)))),
        }
    }
    Ok(Err("it could not be read".to_owned()))
}

/// Whether a path is `…/ID/raw/REVISION/NAME` or, on an Enterprise Server, `…/raw/ID/REVISION/NAME`: without the
/// revision, what comes back may be another one tomorrow.
fn is_pinned(path: &str, id: &str, name: &str) -> bool {
    let parts: Vec<&str> = path.rsplit('/').take(4).collect();
    let revision = |text: &str| text.len() >= 7 && text.bytes().all(|byte| byte.is_ascii_alphanumeric());
    match parts[..] {
        [file, version, "raw", gist] | [file, version, gist, "raw"] => file == name && gist == id && revision(version),
        _ => false,
    }
}

/// Opens the page: it must be where the server's pages are, answer 200 and name every file. It may lag behind.
pub(super) fn page(session: &mut Session<'_>, expected: &Expected<'_>, gist: &Gist) -> Result<Vec<String>, Failure> {
    let address = match Address::parse(&gist.page) {
        Ok(address) => address,
        Err(why) => return Ok(vec![format!("the address of the page {why}")]),
    };
    if !session.server.vouches_for(&address) {
        return Ok(vec![format!("the page is on {}, which is not the server's", address.origin())]);
    }
    if !address.path().split('/').any(|part| part == expected.id) {
        return Ok(vec!["the address of the page does not name this gist".to_owned()]);
    }
    let mut wrong = Vec::new();
    for attempt in 0..TRIES {
        if attempt > 0 {
            session.back_off(attempt - 1)?;
        }
        let answer = session.page(&address, expected.owner, expected.id)?;
        let text = String::from_utf8_lossy(&answer.body);
        wrong = if answer.status == 200 {
            let missing = expected.files.keys().filter(|name| !text.contains(**name));
            missing.map(|name| format!("the page does not show {name}")).collect()
        } else {
            vec![format!("the page answers {}", answer.status)]
        };
        if wrong.is_empty() {
            break;
        }
    }
    Ok(wrong)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_raw_address_names_the_revision() {
        let sha = "0123456789012345678901234567890123456789";
        assert!(is_pinned(&format!("/o/1a/raw/{sha}/a.md"), "1a", "a.md"));
        assert!(is_pinned(&format!("/gist/raw/1a/{sha}/a.md"), "1a", "a.md"));
        for wrong in ["/o/1a/raw/a.md", "/o/1a/raw/x/a.md", "/o/2b/raw/0123456/a.md", "/o/1a/raw/0123456/b.md", "/"] {
            assert!(!is_pinned(wrong, "1a", "a.md"), "{wrong}");
        }
    }
}
