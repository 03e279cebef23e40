//! Claims: nowhere does a bundle print a statement without its status, and no authored text leans on one in silence.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use crate::harness::{NOW, PACKS, Sandbox};

/// What pages print for each status, in both languages.
const PRINTED: [(&str, &str, &str); 4] = [
    ("verified", "已驗證", "Verified"),
    ("refuted", "已被推翻", "Refuted"),
    ("unverified", "未經驗證", "Unverified"),
    ("expired", "已過期", "Expired"),
];

/// The claims of a built pack: statement and status.
fn claims(sandbox: &Sandbox, slug: &str) -> Vec<(String, String)> {
    let ledger: Value = serde_json::from_str(&sandbox.read(&format!("out/{slug}/claims.json"))).unwrap();
    let text = |claim: &Value, key: &str| claim[key].as_str().unwrap().to_owned();
    let claims = ledger["claims"].as_array().unwrap().iter();
    claims.map(|claim| (text(claim, "statement"), text(claim, "status"))).collect()
}

/// What stands around a statement: its row of the table in a page, else its element; its line elsewhere.
fn around<'a>(file: &str, text: &'a str, at: usize) -> &'a str {
    let between = |open: &str, close: &str| {
        let start = text[..at].rfind(open).unwrap_or(0);
        let end = text[at..].find(close).map_or(text.len(), |end| at + end);
        &text[start..end]
    };
    if file.rsplit_once('.').is_none_or(|(_, extension)| extension != "html") {
        return between("\n", "\n");
    }
    let row = between("<tr", "</tr>");
    if row.contains("</tr>") || row.contains("</table>") { between("<", "<") } else { row }
}

#[test]
fn a_statement_is_printed_with_its_status_or_not_at_all() {
    let mut statuses = BTreeSet::new();
    for language in ["zh-Hant", "en"] {
        let sandbox = Sandbox::example();
        sandbox.replace("proofpack.toml", "language = \"zh-Hant\"", &format!("language = \"{language}\""));
        sandbox.run(&["build", ".", "--now", NOW]).status(0);
        let texts: BTreeMap<String, String> = sandbox
            .tree("out")
            .into_iter()
            // The claims as they were authored, and the ledger, whose entries all have a status.
            .filter(|(name, _)| !name.ends_with("/claims.toml") && !name.ends_with("/claims.json"))
            .filter_map(|(name, bytes)| Some((name, String::from_utf8(bytes).ok()?)))
            .collect();
        for (slug, page) in PACKS {
            for (statement, status) in claims(&sandbox, slug) {
                let (_, zh, en) = PRINTED.iter().find(|(word, ..)| *word == status).unwrap();
                let printed = if language == "en" { en } else { zh };
                let mut files = BTreeSet::new();
                for (name, text) in &texts {
                    for (at, _) in text.match_indices(&statement) {
                        let row = around(name, text, at);
                        assert!(row.contains(printed), "{name} prints `{statement}` without `{printed}`: {row}");
                        files.insert(name.clone());
                    }
                }
                for expected in [format!("{slug}/{page}"), format!("{slug}/artifact-url-or-pr.md")] {
                    assert!(files.contains(&expected), "{expected} does not print `{statement}`");
                }
                statuses.insert(status);
            }
        }
    }
    assert_eq!(statuses, PRINTED.map(|(word, ..)| word.to_owned()).into());
}

#[test]
fn a_statement_without_a_claim_is_a_warning_with_its_place() {
    let sandbox = Sandbox::example();
    let pack = "packs/saffron-dispatch-workflow";
    let clean = sandbox.run(&["build", ".", "--now", NOW, "--format", "json"]).status(0);
    assert!(!clean.stdout.contains("unclaimed_statement"), "the example states nothing without a claim");
    let brief = format!("{pack}/production-brief.md");
    sandbox.write(&brief, sandbox.read(&brief) + "\n主控台已上線。\n");
    let ran = sandbox.run(&["build", ".", "--now", NOW, "--format", "json"]).status(0);
    let line = sandbox.read(&brief).lines().count();
    assert!(ran.findings().contains(&format!("unclaimed_statement {brief}:{line}")), "{:?}", ran.findings());
    // It fails nothing, but whoever verifies is told where to look, and so is who reads the page.
    let bundle = "out/saffron-dispatch-workflow";
    let verified = sandbox.run(&["verify", bundle, "--format", "json"]).status(0);
    let told = format!("1 statement without a claim, first production-brief.md:{line}:4");
    assert!(verified.stdout.contains(&told), "{}", verified.stdout);
    assert!(sandbox.read(&format!("{bundle}/dispatch-workflow-console.html")).contains("沒有主張的陳述"));
}

#[test]
fn a_reference_must_lead_to_a_claim_and_say_its_status() {
    let sandbox = Sandbox::example();
    let brief = "packs/saffron-dispatch-workflow/production-brief.md";
    let original = sandbox.read(brief);
    let cases = [
        ("修正的 PR 已合併 [claim:retry-fix-merged]。", None),
        ("主控台已上線（已過期 [claim:console-deployed]）。", None),
        ("主控台已上線 [claim:console-deployed]。", Some("unsaid_status")),
        ("主控台已上線 [claim:console-deploid]。", Some("unknown_claim")),
    ];
    for (sentence, expected) in cases {
        sandbox.write(brief, format!("{original}\n{sentence}\n"));
        let ran = sandbox.run(&["build", ".", "--now", NOW, "--format", "json"]);
        let found = ["unsaid_status", "unknown_claim", "unclaimed_statement"]
            .into_iter()
            .find(|code| ran.findings().iter().any(|finding| finding.starts_with(&format!("{code} {brief}"))));
        assert_eq!((ran.status, found), (i32::from(expected.is_some()), expected), "{sentence}");
    }
}
