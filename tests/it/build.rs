//! The main job: the example workspace becomes three bundles, each as its seed describes.

use std::collections::BTreeSet;

use crate::harness::{NOW, PACKS, Sandbox};

#[test]
fn the_example_builds_what_the_seeds_describe() {
    let sandbox = Sandbox::built();
    let files = |slug: &str| sandbox.tree(&format!("out/{slug}")).into_keys().collect::<BTreeSet<_>>();
    let every = [
        "acceptance-tests.md",
        "acceptance.toml",
        "artifact-url-or-pr.md",
        "claims.json",
        "claims.toml",
        "data-model.md",
        "decision-record.md",
        "e2e-verification.html",
        "e2e-verification.json",
        "e2e-verification.md",
        "learning-memory.json",
        "manifest.sha256",
        "people-sync.md",
        "production-brief.md",
    ];
    let own: [&[&str]; 3] = [
        &["market-context.md", "production-readiness.md", "skill-usage.md", "solution-selection.md"],
        &["sources.md"],
        &["context-snapshots.json", "evidence-test-run.json", "file-verdicts.json", "sources.md"],
    ];
    for ((slug, primary), own) in PACKS.iter().zip(own) {
        let expected: BTreeSet<String> =
            every.iter().chain(own).chain([primary]).map(|name| (*name).to_owned()).collect();
        assert_eq!(files(slug), expected, "{slug}");
        let authored = sandbox.tree(&format!("packs/{slug}"));
        let bundle = sandbox.tree(&format!("out/{slug}"));
        for (name, bytes) in authored.iter().filter(|(name, _)| bundle.contains_key(*name)) {
            assert!(bundle[name] == *bytes, "{slug}/{name} is not what was authored");
        }
    }
    assert!(sandbox.path("out/index.html").is_file());
    let registry: serde_json::Value = serde_json::from_str(&sandbox.read("out/registry.json")).unwrap();
    for (pack, (slug, primary)) in registry["packs"].as_array().unwrap().iter().zip(PACKS) {
        assert_eq!(
            (pack["slug"].as_str(), pack["primary"].as_str(), pack["usable"].as_bool()),
            (Some(slug), Some(primary), Some(true))
        );
    }
}

#[test]
fn what_is_enforced_is_what_is_printed() {
    let sandbox = Sandbox::built();
    // The fields that the reader demands are the fields that the document shows.
    let schema = sandbox.run(&["schema", "dispatcher_preflight_runs"]).status(0).json();
    let model = sandbox.read("out/customer-visit-script/data-model.md");
    for field in schema["fields"].as_array().unwrap() {
        let name = field["name"].as_str().unwrap();
        assert!(model.contains(&format!("| `{name}` |")), "{name} is not in data-model.md");
    }
    // An enforced word stands in the document too.
    for word in ["close_ready", "need_adoption_review", "suppress_build"] {
        assert!(model.contains(word), "{word}");
    }
    let page = sandbox.read("out/customer-visit-script/dispatcher-preflight-contract.html");
    for rule in ["P0", "P1", "P2", "P3", "P4", "P5", "P6", "P7", "P8"] {
        assert!(page.contains(&format!(">{rule}<")), "{rule} is not in the routing table");
    }
}

#[test]
fn what_nobody_computed_says_so() {
    let sandbox = Sandbox::built();
    let page = sandbox.read("out/kolable-data-gap/kolable-data-gap-escalation.html");
    assert!(page.contains("未經驗證"));
    for (slug, _) in PACKS {
        let report: serde_json::Value =
            serde_json::from_str(&sandbox.read(&format!("out/{slug}/e2e-verification.json"))).unwrap();
        let status = |id: &str| {
            let results = report["predicate"]["results"].as_array().unwrap();
            results.iter().find(|result| result["id"] == id).unwrap_or_else(|| panic!("{id}"))["status"].clone()
        };
        for id in ["publication.page", "upload.count", "report.truthful"] {
            assert_eq!(status(id), "not_checked", "{slug} {id}");
        }
        assert!(!report["predicate"]["plan"].as_array().unwrap().iter().any(|id| id == "publication.page"));
    }
}

#[test]
fn the_three_real_learning_memories_are_accepted() {
    let sandbox = Sandbox::example();
    for memory in ["000", "001", "002"] {
        let real =
            std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("fixtures/learning-memory/{memory}.json"));
        for (slug, _) in PACKS {
            std::fs::copy(&real, sandbox.path(&format!("packs/{slug}/learning-memory.json"))).unwrap();
        }
        let ran = sandbox.run(&["build", ".", "--now", NOW, "--format", "json"]).status(0);
        assert_eq!(ran.json()["counts"]["error"], 0);
        for (slug, _) in PACKS {
            sandbox.run(&["verify", &format!("out/{slug}")]).status(0);
        }
    }
}

#[test]
fn everything_that_is_wrong_is_said_in_one_run() {
    let sandbox = Sandbox::example();
    let pack = "packs/customer-visit-script";
    sandbox.replace(&format!("{pack}/pack.toml"), "summary =", "sumary =");
    sandbox.replace("packs/kolable-data-gap/pack.toml", "\"data-gap\"", "\"data-gab\"");
    sandbox.write("packs/codex-worker-self-repair/records/visits.csv", "id\n1\n");
    sandbox.write("packs/codex-worker-self-repair/notes.md", "# Notes\n");
    std::fs::remove_file(sandbox.path("packs/codex-worker-self-repair/skill-usage.md")).unwrap();
    sandbox.replace(
        "packs/codex-worker-self-repair/pack.toml",
        "\ninputs = [",
        "\ninputs = [\"uploads/*.csv\", \"../x\", ",
    );
    let ran = sandbox.run(&["build", ".", "--now", NOW, "--format", "json"]).status(1);
    let found = ran.findings();
    let expected = [
        "missing_document packs/codex-worker-self-repair",
        "not_verified packs/codex-worker-self-repair",
        "unused_file packs/codex-worker-self-repair/notes.md",
        "missing_input packs/codex-worker-self-repair/pack.toml",
        "bad_pattern packs/codex-worker-self-repair/pack.toml",
        "unknown_table packs/codex-worker-self-repair/records/visits.csv",
        "unknown_key packs/customer-visit-script/pack.toml",
        "missing_key packs/customer-visit-script/pack.toml",
        "unknown_kind packs/kolable-data-gap/pack.toml",
    ];
    for code in expected {
        assert!(found.iter().any(|finding| finding.starts_with(code)), "{code} not in {found:#?}");
    }
    let hints = ran.json()["findings"]
        .as_array()
        .unwrap()
        .iter()
        .map(|finding| finding["hint"].as_str().unwrap().to_owned())
        .collect::<Vec<_>>();
    assert!(
        hints.contains(&"did you mean `summary`?".to_owned()) && hints.contains(&"did you mean `data-gap`?".to_owned()),
        "{hints:#?}"
    );
}

/// The pack of this name in a list of packs.
fn of_slug<'a>(listed: &'a serde_json::Value, slug: &str) -> &'a serde_json::Value {
    let packs = listed["packs"].as_array().unwrap();
    packs.iter().find(|pack| pack["slug"] == slug).unwrap_or_else(|| panic!("{slug} is not in {listed:#}"))
}

#[test]
fn a_pack_that_does_not_verify_leaves_the_old_bundle() {
    let sandbox = Sandbox::built();
    let before = sandbox.tree("out/kolable-data-gap");
    for document in ["production-brief.md", "people-sync.md", "sources.md", "decision-record.md"] {
        let path = format!("packs/kolable-data-gap/{document}");
        let text = sandbox.read(&path).replace("people_sync", "people sync");
        sandbox.write(&path, text);
    }
    let ran = sandbox.run(&["build", ".", "--now", NOW]).status(1);
    assert!(ran.stdout.contains("keywords.required") && ran.stdout.contains("people_sync: not in"), "{}", ran.stdout);
    assert_eq!(sandbox.tree("out/kolable-data-gap"), before);
    let registry: serde_json::Value = serde_json::from_str(&sandbox.read("out/registry.json")).unwrap();
    assert_eq!(of_slug(&registry, "kolable-data-gap")["usable"], false);
}

#[test]
fn the_output_folder_lies_in_the_workspace_and_not_among_the_packs() {
    for out in ["../site", "a/../../site", "/tmp/site", "C:\\\\site", "packs/site", "./Packs", "", "."] {
        let sandbox = Sandbox::example();
        let before = sandbox.tree(".");
        sandbox.replace("proofpack.toml", "title = ", &format!("out = \"{out}\"\ntitle = "));
        let line = 1 + sandbox.read("proofpack.toml").lines().position(|line| line.starts_with("out = ")).unwrap();
        let ran = sandbox.run(&["build", ".", "--now", NOW, "--format", "json"]).status(1);
        assert!(ran.findings().contains(&format!("bad_out proofpack.toml:{line}")), "{out}: {:?}", ran.findings());
        assert_eq!(sandbox.tree(".").len(), before.len(), "{out}");
    }
    let sandbox = Sandbox::example();
    let before = sandbox.tree(".");
    for out in ["packs/site", "packs/kolable-data-gap/a/site", "packs/../packs/site"] {
        let ran = sandbox.run(&["build", ".", "--out", out, "--now", NOW]).status(2);
        assert!(ran.stderr.contains("among the packs"), "{}", ran.stderr);
    }
    assert!(sandbox.tree(".") == before && !sandbox.path("packs/site").exists());
    sandbox.replace("proofpack.toml", "title = ", "out = \"site/packs\"\ntitle = ");
    sandbox.run(&["build", ".", "--now", NOW]).status(0);
    assert!(sandbox.path("site/packs/index.html").is_file());
}

#[test]
fn what_is_said_about_a_bundle_is_what_lies_on_disk() {
    let sandbox = Sandbox::example();
    let brief = "packs/kolable-data-gap/pack.toml";
    let whole = sandbox.read(brief);
    // An error in the pack, which can still be assembled: the bundle in memory differs from the one on disk.
    let broken = whole.replace("\ninputs = [", "\ninputs = [\"uploads/*.csv\", ");
    let said = |sandbox: &Sandbox, status| {
        let built = sandbox.run(&["build", ".", "--now", NOW, "--format", "json"]).status(status).json();
        let pack = of_slug(&built, "kolable-data-gap").clone();
        let registry: serde_json::Value = serde_json::from_str(&sandbox.read("out/registry.json")).unwrap();
        assert_eq!(of_slug(&registry, "kolable-data-gap")["manifest_sha256"], pack["manifest_sha256"]);
        (pack["state"].clone(), pack["manifest_sha256"].clone(), pack["files"].clone(), pack["bytes"].clone())
    };
    sandbox.write(brief, &broken);
    assert_eq!(said(&sandbox, 1), ("not_written".into(), serde_json::Value::Null, 0.into(), 0.into()));
    sandbox.write(brief, &whole);
    let (state, manifest, files, bytes) = said(&sandbox, 0);
    assert!(state == "written" && manifest.is_string() && files.as_u64() > Some(0));
    sandbox.write(brief, &broken);
    assert_eq!(said(&sandbox, 1), ("not_written".into(), manifest, files, bytes));
}

#[test]
fn supersession_that_does_not_hold_is_an_error_every_time() {
    for (links, code) in [
        (&[("kolable-data-gap", "no-such-record.md")] as &[_], "decision_dangling"),
        (
            &[
                ("kolable-data-gap", "../customer-visit-script/decision-record.md"),
                ("customer-visit-script", "../kolable-data-gap/decision-record.md"),
            ],
            "decision_cycle",
        ),
    ] {
        let sandbox = Sandbox::example();
        for (slug, target) in links {
            let path = format!("packs/{slug}/decision-record.md");
            let text = sandbox.read(&path);
            let (before, after) = text.split_once("## Adoption Status\n").unwrap();
            sandbox
                .write(&path, format!("{before}## Adoption Status\n\nSuperseded by [the next]({target}).\n\n{after}"));
        }
        for _ in 0..2 {
            let ran = sandbox.run(&["build", ".", "--now", NOW, "--format", "json"]).status(1);
            assert!(ran.findings().iter().any(|finding| finding.starts_with(code)), "{code}: {:?}", ran.findings());
        }
    }
}

#[test]
fn claims_have_the_status_of_their_evidence() {
    let sandbox = Sandbox::built();
    let statuses = |sandbox: &Sandbox, slug: &str| {
        let ledger: serde_json::Value =
            serde_json::from_str(&sandbox.read(&format!("out/{slug}/claims.json"))).unwrap();
        let claims = ledger["claims"].as_array().unwrap().iter();
        claims.map(|claim| format!("{} {}", claim["id"], claim["status"]).replace('"', "")).collect::<Vec<_>>()
    };
    assert_eq!(
        statuses(&sandbox, "saffron-dispatch-workflow"),
        [
            "published unverified",
            "linked-pull-requests unverified",
            "retry-fix-merged verified",
            "console-deployed expired"
        ]
    );
    assert!(statuses(&sandbox, "dispatch-run-console").contains(&"contract-tests-pass refuted".to_owned()));
    let page = sandbox.read("out/dispatch-run-console/dispatch-run-console.html");
    assert!(page.contains("已被推翻"));
    // A month later the same evidence is too old.
    let later = Sandbox::example();
    later.run(&["build", ".", "--now", "2026-06-24T12:00:00+08:00"]).status(0);
    assert!(statuses(&later, "saffron-dispatch-workflow").contains(&"retry-fix-merged expired".to_owned()));
    // Evidence that was changed or is gone is an error of the pack.
    let pack = "packs/saffron-dispatch-workflow";
    later.replace(&format!("{pack}/evidence/pull-118.json"), "closed", "opened");
    std::fs::remove_file(later.path(&format!("{pack}/evidence/console-answers.json"))).unwrap();
    later.write(&format!("{pack}/evidence/other.json"), "{}");
    let ran = later.run(&["build", ".", "--now", NOW, "--format", "json"]).status(1);
    for found in ["evidence_changed", "evidence_missing", "unused_file"] {
        let file = if found == "unused_file" { "evidence/other.json" } else { "claims.toml" };
        let expected = format!("{found} {pack}/{file}");
        assert!(
            ran.findings().iter().any(|finding| finding.starts_with(&expected)),
            "{expected}: {:?}",
            ran.findings()
        );
    }
}

#[test]
fn adoption_and_revenue_are_claimed_with_what_the_pack_itself_says() {
    let sandbox = Sandbox::example();
    let hash = |path: &str| proofpack::bundle::manifest::sha256(sandbox.read(path).as_bytes());
    let orders = "packs/kolable-branch-orders";
    let report = hash(&format!("{orders}/evidence/import-report-4.json"));
    let claims = sandbox.read(&format!("{orders}/claims.toml"));
    let evidence =
        format!("{{ type = 'import_report', locator = 'evidence/import-report-4.json', sha256 = '{report}' }}");
    let revenue =
        format!("[[claim]]\nid = 'r'\nkind = 'revenue'\nstatement = '分站的認列營收。'\nevidence = [{evidence}]\n");
    sandbox.write(&format!("{orders}/claims.toml"), format!("{claims}\n{revenue}"));
    let visits = "packs/customer-visit-script";
    sandbox.write(
        &format!("{visits}/evidence/adoption.json"),
        r#"{"decision": "accept", "by": "PLS dispatcher", "role": "dispatcher", "captured_at": "2026-05-23T09:00:00+08:00", "tool": "form 1"}"#,
    );
    let adopted = hash(&format!("{visits}/evidence/adoption.json"));
    let claimed = "statement = \"PLS dispatcher 已採用 preflight contract。\"\nevidence = [";
    let named = format!("{{ type = 'file', locator = 'evidence/adoption.json', sha256 = '{adopted}' }}");
    sandbox.replace(&format!("{visits}/claims.toml"), claimed, &format!("{claimed}{named}"));
    let built = |slug: &str, id: &str| {
        sandbox.run(&["build", ".", "--now", NOW]).status(0);
        sandbox.run(&["verify", &format!("out/{slug}")]).status(0);
        let ledger: serde_json::Value =
            serde_json::from_str(&sandbox.read(&format!("out/{slug}/claims.json"))).unwrap();
        let claim = ledger["claims"].as_array().unwrap().iter().find(|claim| claim["id"] == id).unwrap().clone();
        (claim["status"].as_str().unwrap().to_owned(), ledger)
    };
    let (status, ledger) = built("kolable-branch-orders", "r");
    assert_eq!((status.as_str(), ledger["accepted_import"].as_str().unwrap().len()), ("verified", 64));
    // The decision record still says that adoption is pending.
    assert_eq!(built("customer-visit-script", "dispatcher-adopted").0, "unverified");
    sandbox.replace(&format!("{visits}/decision-record.md"), "pending_dispatcher_adoption", "accepted");
    let (status, ledger) = built("customer-visit-script", "dispatcher-adopted");
    assert_eq!((status.as_str(), &ledger["people"]["PLS dispatcher"][0]), ("verified", &"dispatcher".into()));
    // Somebody without the role cannot adopt, also not in a bundle that somebody changed.
    sandbox.replace("out/customer-visit-script/claims.json", "\"dispatcher\"\n", "\"worker\"\n");
    let ran = sandbox.run(&["verify", "out/customer-visit-script"]).status(1);
    assert!(ran.stdout.contains("claims.json: is not what the evidence gives"), "{}", ran.stdout);
}
