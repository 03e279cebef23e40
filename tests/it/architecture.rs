//! The house keeps its shape: who may know whom is read from the `use` lines.

use std::collections::{BTreeMap, BTreeSet};
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
            if other > place {
                wrong.push(format!("{name} uses {used}"));
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

/// The paths that a `use` declaration names, its braces unfolded: `a::{b, c::{self, d}}` is `a::b`, `a::c::self` and
/// `a::c::d`.
fn paths(tree: &str) -> Vec<String> {
    let Some((before, inner)) = tree.trim().split_once('{') else { return vec![tree.trim().to_owned()] };
    let inner = inner.trim_end().strip_suffix('}').unwrap();
    let (mut depth, mut items) = (0, vec![String::new()]);
    for character in inner.chars() {
        match character {
            ',' if depth == 0 => items.push(String::new()),
            _ => {
                depth += i32::from(character == '{') - i32::from(character == '}');
                items.last_mut().unwrap().push(character);
            }
        }
    }
    items.retain(|item| !item.trim().is_empty());
    items.iter().flat_map(|item| paths(item)).map(|path| before.trim().to_owned() + &path).collect()
}

/// What `use` declarations name, re-exports among them.
fn declarations(text: &str) -> impl Iterator<Item = &str> {
    let text = code(text);
    text.match_indices("use ").filter_map(|(at, keyword)| {
        let line = text[..at].rsplit('\n').next().unwrap();
        let is_declaration = line.is_empty() || (line.starts_with("pub") && !line.contains("fn "));
        Some(text[at + keyword.len()..].split_once(';')?.0).filter(|_| is_declaration)
    })
}

/// The modules that a module imports from, as its `use` lines say. A module may hand on what those inside it define, and
/// then they may not import from it.
fn imports(module: &str, text: &str, modules: &BTreeSet<String>) -> BTreeSet<String> {
    let parent = |module: &str| module.rsplit_once("::").map_or("", |(parent, _)| parent).to_owned();
    let mut imports = BTreeSet::new();
    for path in declarations(text).flat_map(paths) {
        let path = path.split(" as ").next().unwrap();
        let (mut above, mut path) = (module.to_owned(), path.strip_prefix("self::").unwrap_or(path));
        if let Some(rest) = path.strip_prefix("crate::") {
            (above, path) = (String::new(), rest);
        }
        while let Some(rest) = path.strip_prefix("super::") {
            (above, path) = (parent(&above), rest);
        }
        let mut named = format!("{above}::{path}").trim_start_matches("::").to_owned();
        while !named.is_empty() && !modules.contains(&named) {
            named = parent(&named);
        }
        if !named.is_empty() && named != module {
            imports.insert(named);
        }
    }
    imports
}

#[test]
fn no_module_imports_from_one_that_imports_from_it() {
    let sources = sources();
    let module = |name: &str| name.trim_end_matches(".rs").trim_end_matches("/mod").replace('/', "::");
    let modules: BTreeSet<_> = sources.keys().map(|name| module(name)).collect();
    let mut left: BTreeMap<_, _> =
        sources.iter().map(|(name, text)| (module(name), imports(&module(name), text, &modules))).collect();
    // Whoever imports from nobody, or is imported by nobody, is in no circle.
    loop {
        let used: BTreeSet<_> = left.values().flatten().cloned().collect();
        let is_known = |module: &String, imports: &BTreeSet<String>| imports.is_empty() || !used.contains(module);
        let Some((module, _)) = left.extract_if(.., |module, imports| is_known(module, imports)).next() else { break };
        for imports in left.values_mut() {
            imports.remove(&module);
        }
    }
    assert!(left.is_empty(), "in circles: {left:#?}");
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
