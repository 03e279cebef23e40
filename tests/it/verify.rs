//! Every tampering makes `verify` fail and name the culprit, also when the manifest was made anew to hide it.

use std::fs;
use std::process::Command;

use serde_json::Value;

use crate::harness::{PACKS, Sandbox};

const BUNDLE: &str = "out/customer-visit-script";

/// Verifies the bundle, which must fail in this check and name this culprit.
#[track_caller]
fn caught(sandbox: &Sandbox, check: &str, culprit: &str) {
    let ran = sandbox.run(&["verify", BUNDLE, "--format", "json"]).status(1);
    let json = ran.json();
    let results = json["bundles"][0]["results"].as_array().unwrap();
    let result = results.iter().find(|result| result["id"] == check).unwrap_or_else(|| panic!("no {check}"));
    assert_eq!(result["status"], "fail", "{check}: {result:#}");
    let evidence = result["evidence"].as_array().unwrap();
    assert!(evidence.iter().any(|line| line.as_str().unwrap().contains(culprit)), "{culprit} not in {result:#}");
    let human = sandbox.run(&["verify", BUNDLE]).status(1).stdout;
    assert!(human.contains(check) && human.contains(culprit), "{human}");
}

/// What somebody would do who wants to hide a change: a new manifest, and new digests in the report.
fn cover_up(sandbox: &Sandbox) {
    let path = sandbox.path(BUNDLE);
    let sum = |name: &str| {
        let output = Command::new("sha256sum").arg(name).current_dir(&path).output().unwrap();
        String::from_utf8(output.stdout).unwrap()[..64].to_owned()
    };
    let report = format!("{BUNDLE}/e2e-verification.json");
    if let Ok(mut statement) = serde_json::from_str::<Value>(&sandbox.read(&report)) {
        let mut subjects: Vec<Value> = Vec::new();
        for name in sandbox.tree(BUNDLE).keys().filter(|name| !name.starts_with("e2e-") && *name != "manifest.sha256") {
            subjects.push(serde_json::json!({"name": name, "digest": {"sha256": sum(name)}}));
        }
        statement["subject"] = subjects.into();
        sandbox.write(&report, format!("{statement:#}\n"));
    }
    let names: Vec<String> = sandbox.tree(BUNDLE).into_keys().filter(|name| name != "manifest.sha256").collect();
    let lines: Vec<String> = names.iter().map(|name| format!("{}  {name}\n", sum(name))).collect();
    sandbox.write(&format!("{BUNDLE}/manifest.sha256"), lines.concat());
}

#[test]
fn built_bundles_pass_and_their_manifest_is_one_for_sha256sum() {
    let sandbox = Sandbox::built();
    for (slug, _) in PACKS {
        let ran = sandbox.run(&["verify", &format!("out/{slug}")]).status(0);
        assert!(ran.stdout.starts_with("pass "), "{}", ran.stdout);
        let sums = Command::new("sha256sum")
            .args(["--strict", "-c", "manifest.sha256"])
            .current_dir(sandbox.path(&format!("out/{slug}")))
            .output()
            .unwrap();
        assert!(sums.status.success(), "{sums:?}");
        assert_eq!(
            String::from_utf8(sums.stdout).unwrap().lines().count(),
            sandbox.tree(&format!("out/{slug}")).len() - 1
        );
    }
    // Covering up without a change is no lie.
    cover_up(&sandbox);
    sandbox.run(&["verify", BUNDLE]).status(0);
}

#[test]
fn one_changed_byte_in_any_file() {
    let sandbox = Sandbox::built();
    for (name, bytes) in sandbox.tree(BUNDLE) {
        let path = format!("{BUNDLE}/{name}");
        let mut changed = bytes.clone();
        let middle = changed.len() / 2;
        changed[middle] ^= 1;
        sandbox.write(&path, &changed);
        let ran = sandbox.run(&["verify", BUNDLE]).status(1);
        // A changed manifest speaks of the files that it now lists wrongly.
        let named = ran.stdout.contains(&name) || name == "manifest.sha256";
        assert!(ran.stdout.contains("manifest.hashes") && named, "{name}: {}", ran.stdout);
        sandbox.write(&path, &bytes);
    }
    sandbox.run(&["verify", BUNDLE]).status(0);
}

#[test]
fn missing_extra_and_renamed_files() {
    let sandbox = Sandbox::built();
    let page = format!("{BUNDLE}/dispatcher-preflight-contract.html");
    let bytes = fs::read(sandbox.path(&page)).unwrap();
    fs::remove_file(sandbox.path(&page)).unwrap();
    caught(&sandbox, "manifest.hashes", "dispatcher-preflight-contract.html: is listed and missing");
    caught(&sandbox, "files.required", "dispatcher-preflight-contract.html: is missing");
    sandbox.write(&page, &bytes);
    sandbox.write(&format!("{BUNDLE}/extra.txt"), "x\n");
    caught(&sandbox, "manifest.unlisted", "extra.txt");
    fs::remove_file(sandbox.path(&format!("{BUNDLE}/extra.txt"))).unwrap();
    fs::create_dir(sandbox.path(&format!("{BUNDLE}/deep"))).unwrap();
    caught(&sandbox, "files.names", "deep: is a folder");
    fs::remove_dir(sandbox.path(&format!("{BUNDLE}/deep"))).unwrap();
    fs::rename(sandbox.path(&format!("{BUNDLE}/data-model.md")), sandbox.path(&format!("{BUNDLE}/model.md"))).unwrap();
    caught(&sandbox, "manifest.hashes", "data-model.md");
    caught(&sandbox, "manifest.unlisted", "model.md");
    cover_up(&sandbox);
    caught(&sandbox, "files.required", "data-model.md");
    caught(&sandbox, "links.internal", "`data-model.md` is not in the bundle");
}

#[test]
fn a_manifest_that_is_missing_or_broken() {
    let sandbox = Sandbox::built();
    let path = format!("{BUNDLE}/manifest.sha256");
    let manifest = sandbox.read(&path);
    sandbox.write(&path, manifest.replacen("  ", " ", 1));
    caught(&sandbox, "manifest.hashes", "line 1 is not");
    fs::remove_file(sandbox.path(&path)).unwrap();
    caught(&sandbox, "manifest.hashes", "manifest.sha256: is missing");
    caught(&sandbox, "manifest.unlisted", "manifest.sha256");
}

/// Changes a file, covers the change up, and expects it to be caught all the same.
#[track_caller]
fn covered(file: &str, from: &str, to: &str, check: &str, culprit: &str) {
    let sandbox = Sandbox::built();
    sandbox.replace(&format!("{BUNDLE}/{file}"), from, to);
    cover_up(&sandbox);
    caught(&sandbox, check, culprit);
}

#[test]
fn content_that_no_longer_holds_is_caught_under_a_new_manifest() {
    let page = "dispatcher-preflight-contract.html";
    covered("learning-memory.json", "{", "{,", "json.parse", "learning-memory.json:1:2");
    covered("learning-memory.json", "\"job_id\"", "\"learned_at\": \"x\", \"job_id\"", "json.parse", "a second time");
    covered("learning-memory.json", "do_not_repeat", "do_not", "memory.complete", "do_not_repeat");
    covered("decision-record.md", "## Options", "## Wishes", "decision.complete", "options");
    covered("sources.md", "https://", "hxxps://", "sources.external", "found 0");
    covered("sources.md", "# ", "# \u{202E}", "text.valid", "has U+202E");
    covered(page, "<h1", "<h2", "page.primary", "main heading");
    covered(page, "</main>", "", "page.primary", page);
    covered(
        page,
        "<main",
        "<img src=\"https://tracker.example/x.png\" alt=\"\"><main",
        "page.requests",
        "https://tracker.example/x.png",
    );
    covered(page, "default-src 'none'", "default-src *", "page.requests", "content security policy");
    covered(page, "; style-src", "; script-src 'self'; style-src", "page.requests", "`'self'` in `script-src`");
    covered(page, "<main", "<script>alert(1)</script><main", "page.scripts", "a script that is not known");
    covered(page, "<main", "<main onfocus=\"alert(1)\" ", "page.scripts", "`onfocus` of <main>");
    covered(page, "href=\"#content\"", "href=\"javascript:alert(1)\"", "page.scripts", "`javascript:alert(1)`");
    covered(page, "id=\"records\"", "id=\"routing\"", "page.ids", "id `routing`");
    covered("production-brief.md", "(data-model.md)", "(gone.md)", "links.internal", "`gone.md` is not in the bundle");
    covered(
        "people-sync.md",
        "people_sync",
        &format!("people_sync 09{}", "12345678"),
        "privacy.personal",
        "people-sync.md",
    );
    covered("sources.md", "market_context", &format!("ghp_{}", "a1B2".repeat(9)), "privacy.secrets", "sources.md");
}

#[test]
fn a_removed_keyword_is_caught_and_the_report_does_not_count() {
    let sandbox = Sandbox::built();
    for name in sandbox.tree(BUNDLE).into_keys().filter(|name| !name.starts_with("e2e-") && name != "manifest.sha256") {
        let path = format!("{BUNDLE}/{name}");
        let text = sandbox.read(&path).replace("people_sync", "people-sync");
        sandbox.write(&path, text);
    }
    cover_up(&sandbox);
    // The report still says the word, and that is no evidence.
    assert!(sandbox.read(&format!("{BUNDLE}/e2e-verification.json")).contains("people_sync"));
    caught(&sandbox, "keywords.required", "people_sync: not in");
    caught(&sandbox, "report.truthful", "keywords.required is recorded as `pass` and is `fail`");
}

#[test]
fn a_report_that_lies_or_is_incomplete() {
    let report = format!("{BUNDLE}/e2e-verification.json");
    let tamper = |change: &dyn Fn(&mut Value)| {
        let sandbox = Sandbox::built();
        let mut statement: Value = serde_json::from_str(&sandbox.read(&report)).unwrap();
        change(&mut statement);
        sandbox.write(&report, format!("{statement:#}\n"));
        cover_up(&sandbox);
        sandbox
    };
    let remove =
        |list: &mut Value, id: &str| list.as_array_mut().unwrap().retain(|entry| entry != id && entry["id"] != id);
    let without_result = tamper(&|statement| remove(&mut statement["predicate"]["results"], "json.parse"));
    caught(&without_result, "report.plan", "json.parse has no result");
    let without_plan = tamper(&|statement| {
        remove(&mut statement["predicate"]["results"], "json.parse");
        remove(&mut statement["predicate"]["plan"], "json.parse");
    });
    caught(&without_plan, "report.plan", "json.parse is not in the plan");
    let twice = tamper(&|statement| {
        let result = statement["predicate"]["results"][0].clone();
        statement["predicate"]["results"].as_array_mut().unwrap().push(result);
    });
    caught(&twice, "report.plan", "files.required has more than one result");
    let publication = tamper(&|statement| {
        for result in statement["predicate"]["results"].as_array_mut().unwrap() {
            result["status"] = "pass".into();
        }
    });
    caught(&publication, "report.truthful", "publication.page is recorded as `pass` and is `not_checked`");
    let kind = tamper(&|statement| statement["predicate"]["pack"]["kind"] = "other".into());
    caught(&kind, "files.required", "names no known kind");
    let later = tamper(&|statement| remove(&mut statement["predicate"]["results"], "publication.page"));
    caught(&later, "report.truthful", "e2e-verification.json:");
    for (key, value) in [("title", "Another"), ("job_id", "another"), ("slug", "another")] {
        let header = tamper(&|statement| statement["predicate"]["pack"][key] = value.into());
        caught(&header, "report.truthful", "e2e-verification.");
    }
    let observed = tamper(&|statement| statement["predicate"]["results"][0]["observed"] = "all is well".into());
    caught(&observed, "report.truthful", "e2e-verification.json:");
    let version = tamper(&|statement| statement["predicate"]["tool"]["version"] = "0.0.1".into());
    caught(&version, "report.truthful", "was written by version 0.0.1");
}

#[test]
fn no_form_of_the_report_says_more_than_was_found() {
    let lies = [
        ("md", "**pass**", "**fail**"),
        ("md", "# ", "Published, and revenue verified.\n\n# "),
        ("html", ">pass<", ">fail<"),
        ("html", "</main>", "<p>Published.</p></main>"),
        ("html", "</main>", "<script src=\"https://tracker.example/x.js\"></script></main>"),
        ("html", "<main", "<p hidden><code>publication.page</code> <b>not_checked</b></p><main"),
    ];
    for (form, from, to) in lies {
        let sandbox = Sandbox::built();
        let file = format!("{BUNDLE}/e2e-verification.{form}");
        let text = sandbox.read(&file);
        assert!(text.contains(from), "{file} has no {from}");
        sandbox.write(&file, text.replacen(from, to, 1));
        cover_up(&sandbox);
        let line = text[..text.find(from).unwrap()].matches('\n').count() + 1;
        caught(&sandbox, "report.truthful", &format!("e2e-verification.{form}:{line}: is not what is recomputed"));
    }
}

#[test]
fn a_stranger_learns_what_is_wrong_with_the_arguments() {
    let sandbox = Sandbox::example();
    let ran = sandbox.run(&["verify", "nowhere"]).status(2);
    assert_eq!((ran.stdout.as_str(), ran.stderr.as_str()), ("", "error: nowhere is not a folder\n"));
    sandbox.run(&["verify"]).status(2);
    // A folder that is no bundle at all fails every check and does not crash.
    sandbox.run(&["verify", "packs"]).status(1);
}

/// A claim fares no better than its evidence, whoever writes what about it.
#[test]
fn no_claim_gets_a_better_status_than_its_evidence_gives() {
    let tamper = |name: &str, from: &str, to: &str| {
        let sandbox = Sandbox::built();
        let path = format!("{BUNDLE}/{name}");
        sandbox.replace(&path, from, to);
        cover_up(&sandbox);
        sandbox
    };
    let ledger = tamper("claims.json", "\"status\": \"unverified\"", "\"status\": \"verified\"");
    caught(&ledger, "claims.supported", "claims.json: is not what the evidence gives");
    let printed = tamper("artifact-url-or-pr.md", "*未經驗證*", "**已驗證**");
    caught(&printed, "claims.supported", "artifact-url-or-pr.md: is not what is printed");
    let statement = tamper("claims.toml", "statement = \"本生產包", "statement = \"這個生產包");
    caught(&statement, "claims.supported", "dispatcher-preflight-contract.html: does not print the claims");
    let status = tamper("claims.toml", "id = \"published\"\n", "id = \"published\"\nstatus = \"verified\"\n");
    caught(&status, "claims.supported", "is computed from its evidence and never written");
    let earlier = tamper("claims.json", "\"as_of\": \"2026-05-24", "\"as_of\": \"2026-05-23");
    caught(&earlier, "report.truthful", "claims.json: is not as of the same moment");
    let page = "dispatcher-preflight-contract.html";
    let sandbox = Sandbox::built();
    let html = sandbox.read(&format!("{BUNDLE}/{page}"));
    let (before, after) = html.split_once("<section id=\"claims\"").unwrap();
    let (claims, after) = after.split_once("</section>").unwrap();
    let lied = claims.replace("未經驗證", "已驗證");
    assert_ne!(claims, lied);
    sandbox.write(&format!("{BUNDLE}/{page}"), format!("{before}<section id=\"claims\"{lied}</section>{after}"));
    cover_up(&sandbox);
    caught(&sandbox, "claims.supported", "does not print the claims with the status");
    let sandbox = Sandbox::built();
    fs::remove_file(sandbox.path(&format!("{BUNDLE}/claims.toml"))).unwrap();
    cover_up(&sandbox);
    caught(&sandbox, "claims.supported", "claims.json: is not what the evidence gives");
}

/// Evidence lies in the bundle, so that nobody has to believe the status.
#[test]
fn evidence_is_looked_at_again() {
    let bundle = "out/saffron-dispatch-workflow";
    let evidence = format!("{bundle}/evidence-pull-118.json");
    let failed = |sandbox: &Sandbox| {
        let ran = sandbox.run(&["verify", bundle, "--format", "json"]).status(1).json();
        let results = ran["bundles"][0]["results"].as_array().unwrap();
        let result = results.iter().find(|result| result["id"] == "claims.supported").unwrap().clone();
        assert_eq!(result["status"], "fail");
        result["evidence"].to_string()
    };
    let sandbox = Sandbox::built();
    sandbox.replace(&evidence, "closed", "opened");
    assert!(failed(&sandbox).contains("has SHA-256"));
    let sandbox = Sandbox::built();
    fs::remove_file(sandbox.path(&evidence)).unwrap();
    assert!(failed(&sandbox).contains("`evidence/pull-118.json` is not a JSON file in evidence/"));
}

#[test]
fn the_script_of_a_page_is_known_to_the_letter() {
    let sandbox = Sandbox::built();
    let (bundle, page) = ("out/dispatch-run-console", "dispatch-run-console.html");
    let path = format!("{bundle}/{page}");
    let whole = fs::read(sandbox.path(&path)).unwrap();
    let text = str::from_utf8(&whole).unwrap();
    let begin = text.find("(() => {").unwrap();
    let end = text.find("</script>").unwrap();
    let scripts = |bytes: &[u8]| {
        sandbox.write(&path, bytes);
        let json = sandbox.run(&["verify", bundle, "--format", "json"]).status(1).json();
        let results = json["bundles"][0]["results"].as_array().unwrap().clone();
        results.into_iter().find(|result| result["id"] == "page.scripts").unwrap()
    };
    for at in [begin, usize::midpoint(begin, end), end - 2] {
        let mut changed = whole.clone();
        changed[at] = if changed[at] == b'x' { b'y' } else { b'x' };
        let result = scripts(&changed);
        assert_eq!(result["status"], "fail", "{at}");
        assert!(result["evidence"][0].as_str().unwrap().contains("a script that is not known"), "{result}");
    }
    // What stands before the script is not the script.
    assert_eq!(scripts(text.replacen("<title>", "<title>x", 1).as_bytes())["status"], "pass");
    sandbox.write(&path, &whole);
    sandbox.run(&["verify", bundle]).status(0);
}
