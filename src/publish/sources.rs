//! Do the addresses that a pack points to still answer? Asked on request only, address by address.
//!
//! Invariants: an answer that keeps us out is not a dead one; what was not asked is `not_checked`. Every address, also
//! each one that a redirect leads to, is put to the same rules before it is asked. A source lives outside: nothing about
//! it is proven by its answering.

use std::collections::BTreeMap;

use crate::bundle::{Folder, has_extension, is_authored};
use crate::publish::Address;
use crate::publish::online::Found;
use crate::read::markdown;
use crate::read::text::Text;

/// Most redirects from one address.
const HOPS: usize = 5;
/// Most addresses that are asked in one run.
const MOST: usize = 100;

/// What became of one question.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Asked {
    /// A status, and where a redirect leads.
    Status(u16, Option<String>),
    /// There is no host of that name.
    NoHost,
    /// The host is not on the public internet, so it was not asked.
    Private,
    /// There was no answer.
    Silence,
}

/// What a source answered.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Life {
    /// It answers.
    Alive,
    /// It answers, but not to a program: that says nothing against it.
    Blocked,
    /// It says itself that it is not there, or its host is not.
    Dead,
    /// There was no usable answer this time.
    Unreachable,
    /// It was not asked, and why.
    NotChecked(&'static str),
}

impl Life {
    fn words(self) -> String {
        match self {
            Self::Alive => "alive".to_owned(),
            Self::Blocked => "blocked".to_owned(),
            Self::Dead => "dead".to_owned(),
            Self::Unreachable => "unreachable".to_owned(),
            Self::NotChecked(why) => format!("not_checked ({why})"),
        }
    }
}

/// Every web address in the authored documents of a bundle, with the first file that has it.
fn addresses(folder: &Folder) -> BTreeMap<String, String> {
    let mut found = BTreeMap::new();
    for (name, bytes) in folder.files.iter().filter(|(name, _)| is_authored(name) && has_extension(name, "md")) {
        let Ok(content) = str::from_utf8(bytes) else { continue };
        for link in markdown::outline(Text { path: name, content }, &mut Vec::new()).links {
            if link.target.starts_with("https://") || link.target.starts_with("http://") {
                let target = link.target.split('#').next().unwrap_or_default();
                found.entry(target.to_owned()).or_insert_with(|| name.clone());
            }
        }
    }
    found
}

/// Asks every source of a bundle. Something is against it when one is dead; when one did not answer, the check was not
/// made.
pub fn check(folder: &Folder, ask: &mut dyn FnMut(&Address) -> Asked) -> (Found, Vec<String>) {
    let mut lives = BTreeMap::new();
    let addresses = addresses(folder);
    for (count, target) in addresses.keys().enumerate() {
        let life = if count < MOST { life(target, ask) } else { (Life::NotChecked("too many addresses"), false) };
        lives.insert(target, life);
    }
    // Where no name at all is found, it is this machine that has no connection.
    let connected = lives.values().any(|(life, _)| matches!(life, Life::Alive | Life::Blocked));
    let mut told = Vec::new();
    let (mut dead, mut open) = (Vec::new(), 0);
    for (target, (life, nameless)) in lives {
        let life = if nameless && !connected { Life::Unreachable } else { life };
        let answer = format!("{}: {target} {}", addresses[target], life.words());
        match life {
            Life::Alive | Life::Blocked => {}
            Life::Dead => dead.push(answer.clone()),
            Life::Unreachable | Life::NotChecked(_) => open += 1,
        }
        told.push(answer);
    }
    let found = if !dead.is_empty() {
        Ok(dead)
    } else if open > 0 {
        Err(format!("{open} of {} sources gave no answer", told.len()))
    } else {
        Ok(Vec::new())
    };
    (found, told)
}

/// What one source answers, and whether its host has no name.
fn life(target: &str, ask: &mut dyn FnMut(&Address) -> Asked) -> (Life, bool) {
    let mut next = Address::parse(target);
    for _ in 0..=HOPS {
        let Ok(address) = next else { return (Life::NotChecked("no usable address"), false) };
        if address.port() != if address.is_https() { 443 } else { 80 } {
            return (Life::NotChecked("unusual port"), false);
        }
        next = match ask(&address) {
            Asked::Status(301 | 302 | 303 | 307 | 308, Some(location)) => address.follow(&location),
            Asked::Status(200..=299, _) => return (Life::Alive, false),
            Asked::Status(401..=403 | 405..=407 | 418 | 429 | 451 | 999, _) => return (Life::Blocked, false),
            Asked::Status(404 | 410, _) => return (Life::Dead, false),
            Asked::NoHost => return (Life::Dead, true),
            Asked::Private => return (Life::NotChecked("not on the public internet"), false),
            Asked::Status(..) | Asked::Silence => return (Life::Unreachable, false),
        };
    }
    (Life::NotChecked("too many redirects"), false)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn five_answers() {
        let check = |target: &str, answers: &[(&str, Asked)]| {
            let mut ask = |address: &Address| {
                let found = answers.iter().find(|(asked, _)| *asked == address.to_string());
                found.map_or(Asked::Silence, |(_, answer)| answer.clone())
            };
            life(target, &mut ask).0
        };
        let to = |status: u16, location: &str| Asked::Status(status, Some(location.to_owned()));
        let at = |answer: Asked| check("https://a.tw/x", &[("https://a.tw/x", answer)]);
        assert_eq!(at(Asked::Status(200, None)), Life::Alive);
        assert_eq!(at(Asked::Status(403, None)), Life::Blocked);
        assert_eq!(at(Asked::Status(429, None)), Life::Blocked);
        assert_eq!(at(Asked::Status(404, None)), Life::Dead);
        assert_eq!(at(Asked::NoHost), Life::Dead);
        assert_eq!(at(Asked::Status(503, None)), Life::Unreachable);
        assert_eq!(at(Asked::Status(302, None)), Life::Unreachable);
        assert_eq!(at(Asked::Silence), Life::Unreachable);
        assert_eq!(at(Asked::Private), Life::NotChecked("not on the public internet"));
        // Every hop is put to the rules.
        let hops = [("https://a.tw/x", to(301, "https://b.tw/")), ("https://b.tw/", Asked::Private)];
        assert_eq!(check("https://a.tw/x", &hops), Life::NotChecked("not on the public internet"));
        assert_eq!(at(to(302, "file:///etc/passwd")), Life::NotChecked("no usable address"));
        assert_eq!(at(to(302, "https://b.tw:8443/")), Life::NotChecked("unusual port"));
        assert_eq!(at(to(302, "https://u:p@b.tw/")), Life::NotChecked("no usable address"));
        assert_eq!(at(to(302, "/x")), Life::NotChecked("too many redirects"));
        assert_eq!(check("http://a.tw:22/", &[]), Life::NotChecked("unusual port"));
    }

    #[test]
    fn one_dead_source_is_against_it_and_silence_is_no_pass() {
        let text = b"# A\n\n<https://a.tw/> and [b](https://b.tw/y) and [c](c.md)\n".to_vec();
        let folder = Folder { files: [("sources.md".to_owned(), text)].into(), strangers: Vec::new() };
        let run = |a: Asked, b: Asked| {
            check(&folder, &mut |address| if address.host() == "a.tw" { a.clone() } else { b.clone() }).0
        };
        let ok = Asked::Status(200, None);
        assert_eq!(run(ok.clone(), Asked::Status(403, None)), Ok(vec![]));
        assert_eq!(run(ok.clone(), Asked::NoHost), Ok(vec!["sources.md: https://b.tw/y dead".to_owned()]));
        assert_eq!(run(ok, Asked::Silence), Err("1 of 2 sources gave no answer".to_owned()));
        // Without a connection no name is found.
        assert_eq!(run(Asked::NoHost, Asked::NoHost), Err("2 of 2 sources gave no answer".to_owned()));
    }
}
