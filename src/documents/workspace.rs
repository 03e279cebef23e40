//! `proofpack.toml`: what holds for the whole workspace.

use std::collections::BTreeMap;

use jiff::tz::TimeZone;

use crate::check::names;
use crate::check::shape::{self, Shape, Type, optional, required};
use crate::codes;
use crate::documents::place::place_of;
use crate::documents::target::{self, Target};
use crate::finding::Finding;
use crate::lang::Lang;
use crate::read::tree::Node;
use crate::read::{text, toml};

/// Name of the document; the folder that holds it is the workspace.
pub const FILE: &str = "proofpack.toml";

/// Folder of the packs in a workspace.
pub const PACKS: &str = "packs";

/// Roles that a person may have. Rules count a fact only when the role that may state it wrote it.
pub const ROLES: &[&str] = &[
    "ceo",
    "pls_owner",
    "product_owner",
    "customer_success",
    "case_authoriser",
    "data_owner",
    "verification_owner",
    "dispatcher",
    "worker",
];

static PERSON: Shape = Shape {
    about: "A person or a team.",
    closed: true,
    keys: &[
        required("name", Type::Text, "name as pages show it"),
        required("roles", Type::List(&Type::Word(ROLES)), "what this person may state and decide"),
    ],
};

/// The shape of `proofpack.toml`.
pub static SHAPE: Shape = Shape {
    about: "A proofpack workspace.",
    closed: true,
    keys: &[
        required("title", Type::Text, "title of the index page"),
        required("language", Type::Word(Lang::TAGS), "language of pages and reports, unless a pack has its own"),
        required("time_zone", Type::Text, "IANA time zone in which days begin and times are shown"),
        optional("out", Type::Text, "output folder, relative to the workspace; `out` unless given"),
        required("people", Type::Map(&Type::Table(&PERSON)), "people by the short name that packs use"),
        optional(target::KEY, Type::Table(&target::SHAPE), "where bundles are uploaded, unless a pack has its own"),
    ],
};

/// What `proofpack.toml` says.
#[derive(Clone, Debug)]
pub struct Workspace {
    /// Title of the index page.
    pub title: String,
    /// Language of pages and reports.
    pub lang: Lang,
    /// Time zone in which days begin and times are shown.
    pub zone: TimeZone,
    /// Its IANA name.
    pub zone_name: String,
    /// Output folder relative to the workspace, with `/`.
    pub out: String,
    /// People by short name.
    pub people: BTreeMap<String, Person>,
    /// Where bundles are uploaded.
    pub upload: Option<Target>,
}

/// A person or a team.
#[derive(Clone, Debug)]
pub struct Person {
    /// Name as pages show it.
    pub name: String,
    /// Words of [`ROLES`].
    pub roles: Vec<String>,
}

/// Reads `proofpack.toml`. `None` when a required part is missing; the findings say which.
pub fn read(path: &str, bytes: &[u8], findings: &mut Vec<Finding>) -> Option<Workspace> {
    let before = findings.len();
    let node = toml::read(path, bytes, findings)?;
    let text = text::read(path, bytes, &mut Vec::new())?;
    shape::check(&node, &SHAPE, text, findings);
    let zone_name = node.text_at("time_zone").unwrap_or_default().to_owned();
    let zone = TimeZone::get(&zone_name);
    if zone.is_err()
        && let Some(value) = node.get("time_zone")
    {
        let message = format!("`{zone_name}` is not an IANA time zone");
        findings.push(
            Finding::new(&codes::UNKNOWN_WORD, text.place(value.offset), message)
                .hint("write one such as `Asia/Taipei`"),
        );
    }
    if let Some(value) = node.get("out")
        && let Some(why) = node.text_at("out").and_then(misplaced)
    {
        findings.push(
            Finding::new(&codes::BAD_OUT, place_of(text, value, &["out"]), why)
                .hint("name a folder inside the workspace and outside packs/, such as `out`"),
        );
    }
    let upload = target::read(&node, text, findings);
    if findings[before..].iter().any(|finding| finding.severity == crate::finding::Severity::Error) {
        return None;
    }
    Some(Workspace {
        title: node.text_at("title")?.to_owned(),
        lang: Lang::from_tag(node.text_at("language")?)?,
        zone: zone.ok()?,
        zone_name,
        out: node.text_at("out").unwrap_or("out").to_owned(),
        people: node
            .get("people")?
            .entries()
            .iter()
            .filter_map(|entry| Some((entry.key.to_string(), person(&entry.node)?)))
            .collect(),
        upload,
    })
}

/// Why a path is no place for the output folder of a workspace.
fn misplaced(out: &str) -> Option<&'static str> {
    let mut parts = out.split('/').filter(|part| !part.is_empty() && *part != ".").peekable();
    if out.starts_with('/') || out.contains(['\\', ':']) {
        Some("is not a path relative to the workspace, with `/`")
    } else if parts.clone().any(|part| part == "..") {
        Some("has `..`, which can lead out of the workspace")
    } else {
        match parts.peek() {
            None => Some("is the workspace itself"),
            // On many systems `Packs` is the same folder.
            Some(first) if names::folded(first) == PACKS => Some("lies among the packs"),
            Some(_) => None,
        }
    }
}

fn person(node: &Node) -> Option<Person> {
    Some(Person { name: node.text_at("name")?.to_owned(), roles: node.get("roles")?.texts() })
}
