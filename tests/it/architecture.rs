//! The house keeps its shape: who may know whom is read from the `use` lines.

use std::collections::BTreeMap;
use std::path::Path;

/// The rooms in the order in which data goes through them; each may use those before it.
/// `kinds` is known only to those behind it, and `disk` only to `build` and `cli`.
const ORDER: &[&str] = &[
    "lang",
    "finding",
    "codes",
    "limits",
    "clock",
    "read",
    "check",
    "decide",
    "documents",
    "bundle",
    "claims",
    "statements",
    "guard",
    "facts",
    "view",
    "answer",
    "kinds",
    "verify",
    "publish",
    "assemble",
    "status",
    "disk",
    "convert",
    "net",
    "build",
    "cli",
];
/// Pairs that know each other because they are two halves of one thing.
const HALVES: &[(&str, &str)] = &[("finding", "codes")];

fn sources() -> BTreeMap<String, String> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    crate::harness::tree(&root)
        .into_iter()
        .filter(|(name, _)| name != "lib.rs" && name != "main.rs")
        .filter_map(|(name, bytes)| {
            Some((name.strip_suffix(".rs")?.to_owned() + ".rs", String::from_utf8(bytes).unwrap()))
        })
        .collect()
}

/// The code of a file without the unit tests at its end.
fn code(text: &str) -> &str {
    text.split("#[cfg(test)]\nmod tests {").next().unwrap()
}

#[test]
fn data_flows_one_way() {
    let mut wrong = Vec::new();
    for (name, text) in sources() {
        let room = name.split(['/', '.']).next().unwrap();
        let place =
            ORDER.iter().position(|known| *known == room).unwrap_or_else(|| panic!("{name} is in no known room"));
        for part in code(&text).split("crate::").skip(1) {
            let used = part.split(|character: char| !character.is_alphanumeric() && character != '_').next().unwrap();
            let Some(other) = ORDER.iter().position(|known| *known == used) else { continue };
            if other > place && !HALVES.contains(&(room, used)) {
                wrong.push(format!("{name} uses {used}"));
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn the_core_names_no_kind_and_kinds_do_not_know_one_another() {
    let kinds = [
        "dispatcher-preflight",
        "worker-self-repair",
        "data-gap",
        "dispatch-run",
        "dispatch-workflow",
        "dispatcher_preflight",
        "worker_self_repair",
        "data_gap",
        "dispatch_run",
        "dispatch_workflow",
    ];
    for (name, text) in sources() {
        let own = name.strip_prefix("kinds/").and_then(|rest| rest.split('/').next()).unwrap_or_default();
        for kind in kinds {
            let itself = own == kind.replace('-', "_") || name == "kinds/mod.rs";
            assert!(itself || !code(&text).contains(kind), "{name} names {kind}");
        }
    }
}

/// `kinds/dispatch` is no kind: it holds what the kinds that look at dispatching share, and only they know it.
#[test]
fn what_kinds_share_is_known_only_to_those_that_share_it() {
    let sharing = ["kinds/dispatch/", "kinds/dispatch_run/", "kinds/dispatch_workflow/"];
    for (name, text) in sources() {
        if !sharing.iter().any(|kind| name.starts_with(kind)) {
            assert!(!code(&text).contains("kinds::dispatch::"), "{name} uses kinds::dispatch");
        }
    }
}

#[test]
fn the_inside_has_no_file_system_clock_network_or_terminal() {
    let outside = ["disk.rs", "convert/", "net.rs", "build/", "cli/"];
    for (name, text) in sources() {
        if outside.iter().any(|room| name.starts_with(room)) {
            continue;
        }
        for word in [
            "std::fs",
            "std::env",
            "std::process",
            "std::net",
            "SystemTime",
            "Instant::now",
            "stdout",
            "stderr",
            "Timestamp::now",
            "Zoned::now",
            "rayon",
            "ureq",
        ] {
            assert!(!code(&text).contains(word), "{name} has {word}");
        }
    }
}

#[test]
fn connections_are_opened_in_one_room() {
    for (name, text) in sources() {
        for word in ["ureq", "TcpStream", "UdpSocket", "std::net"] {
            assert!(name == "net.rs" || !code(&text).contains(word), "{name} has {word}");
        }
    }
}

#[test]
fn nothing_is_left_unfinished() {
    for (name, text) in sources() {
        for word in ["todo!", "unimplemented!", "FIXME", "XXX", "dbg!", "Not written yet"] {
            assert!(!text.contains(word), "{name} has {word}");
        }
    }
}

#[test]
fn pages_have_one_script_and_no_handler() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("templates");
    let templates = crate::harness::tree(&root)
        .into_iter()
        .filter(|(name, _)| Path::new(name).extension().is_some_and(|extension| extension == "html"));
    let mut scripts = Vec::new();
    for (name, bytes) in templates {
        let text = String::from_utf8(bytes).unwrap();
        scripts.extend(text.matches("<script").map(|_| name.clone()));
        assert!(!text.contains(" on") && !text.contains("javascript:"), "{name} has a handler");
    }
    assert_eq!(scripts, ["page.html"]);
}
