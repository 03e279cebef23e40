use jiff::Timestamp;
use proptest::prelude::*;

use super::*;
use crate::claims::{self, Premises};
use crate::documents::claims as documents;
use crate::documents::decision_record::Status;

const NOW: &str = "2026-05-24T00:00:00Z";

/// The kinds that a Markdown text claims, in its order.
fn kinds(markdown: &str) -> Vec<&'static str> {
    let sentences = prose::markdown(markdown);
    sentences.iter().flat_map(grammar::statements).map(|stated| stated.kind.word()).collect()
}

/// Reads a file of a pack whose claims are `a` (adopted, verified) and `d` (deployment, unverified).
fn check(name: &str, text: &str) -> Vec<String> {
    let decision = r#"{"decision": "accept", "by": "W", "role": "product_owner", "captured_at": "2026-05-20T00:00:00Z", "tool": "form"}"#;
    let hash = crate::bundle::manifest::sha256(decision.as_bytes());
    let toml = format!(
        "[[claim]]\nid = 'd'\nkind = 'deployment'\nstatement = 'D'\n[[claim]]\nid = 'a'\nkind = 'adopted'\nstatement = 'A'\n\
         evidence = [{{ type = 'file', locator = 'evidence/a.json', sha256 = '{hash}' }}]\n"
    );
    let read = documents::read("claims.toml", toml.as_bytes(), &mut Vec::new());
    let file = |path: &str| (path == "evidence/a.json").then(|| (path.to_owned(), decision.as_bytes()));
    let premises = Premises {
        roles: [("W".to_owned(), vec!["product_owner".to_owned()])].into(),
        decision: Some(Status::Accepted),
        accepted_import: None,
    };
    let judged = claims::judge(&read, &premises, &file, NOW.parse::<Timestamp>().unwrap(), &mut Vec::new());
    let findings = findings(name, text.as_bytes(), &judged);
    findings.iter().map(|found| format!("{} {} {}", found.code.id, found.place, found.message)).collect()
}

/// Every line of the corpus, and none of it by chance: the known faults are faults, until someone mends them.
#[test]
fn the_corpus_is_judged_as_by_hand() {
    let mut wrong = Vec::new();
    let mut judged = 0;
    for line in include_str!("corpus.tsv").lines().filter(|line| !line.is_empty() && !line.starts_with('#')) {
        let (verdict, sentence) = line.split_once('\t').expect("a verdict and a sentence");
        let expected = match verdict.split_once(' ') {
            Some(("missed", _)) => vec![],
            Some(("alarm", kind)) => vec![kind],
            None if verdict == "-" => vec![],
            _ => vec![verdict],
        };
        judged += 1;
        let found = kinds(sentence);
        if found != expected {
            wrong.push(format!("{sentence}: {found:?}, expected {expected:?}"));
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
    assert!(judged > 150, "{judged}");
}

#[test]
fn every_kind_of_claim_is_looked_for() {
    for kind in documents::ClaimKind::WORDS {
        assert!(phrases::WORDINGS.iter().any(|wording| wording.kind.word() == *kind), "{kind}");
    }
}

#[test]
fn what_stands_above_tells_plans_from_reports() {
    let check = |markdown: &str, expected: &[&str]| assert_eq!(kinds(markdown), expected, "{markdown}");
    check("## 部署狀態\n主控台已上線。", &["deployment"]);
    check("## 驗收標準\n主控台已上線。", &[]);
    check("## 驗收標準\n### 細節\n主控台已上線。", &[]);
    check("## 驗收標準\n## 現況\n主控台已上線。", &["deployment"]);
    check("## 驗收結果\n測試全部通過。", &["test_passed"]);
    check("# Acceptance tests\n## Current verification\nAll tests pass.", &["test_passed"]);
    check("| 節點 | 成果 |\n|-|-|\n| D1 | 主控台已上線 |", &[]);
    check("| 項目 | 現況 |\n|-|-|\n| 主控台 | 已上線 |", &["deployment"]);
    check("| 已上線 | 已合併的 PR |\n|-|-|\n| 2 | 3 |", &[]);
    check("回報應區分：\n\n- 主控台已上線\n\n主控台已上線。", &["deployment"]);
    check("- [ ] 主控台已上線\n- [x] 測試全部通過", &["test_passed"]);
    check("**Acceptance**：輸出固定；測試全部通過。測試全部通過。", &["test_passed"]);
    check("```\n主控台已上線。\n```\n`測試全部通過`", &[]);
    check("# 主控台已上線", &[]);
    check("> 主控台已上線。", &["deployment"]);
    check("<div>主控台已上線。</div>", &["deployment"]);
    check("---\nstatus: 主控台已上線\n---\n", &[]);
    check("主控台已\n上線。", &["deployment"]);
    check("The console\nis deployed.", &["deployment"]);
    check("主控台**已上線**，PR #3 已合併。", &["deployment", "pull_request"]);
}

#[test]
fn a_statement_names_its_claim() {
    assert_eq!(
        check("p/brief.md", "# T\n\n前言。主控台已上線。\n"),
        ["unclaimed_statement p/brief.md:3:7 `已上線` claims `deployment` and names no claim"]
    );
    assert_eq!(check("b.md", "已採用新制度 [claim:a]。"), [""; 0]);
    assert_eq!(check("b.md", "已採用新制度。[claim:a]"), [""; 0]);
    assert_eq!(check("b.md", "They adopted the rules. [claim:a] More follows."), [""; 0]);
    assert_eq!(
        check("b.md", "已採用新制度。\n\n[claim:a]"),
        ["unclaimed_statement b.md:1:1 `已採用` claims `adopted` and names no claim"]
    );
    assert_eq!(
        check("b.md", "主控台已上線 [claim:a]。"),
        ["unclaimed_statement b.md:1:4 `已上線` claims `deployment`, and `a` is about `adopted`"]
    );
    assert_eq!(check("b.md", "`[claim:x]` [claim:y"), [""; 0]);
    assert_eq!(check("b.md", "見 [claim:x]。"), ["unknown_claim b.md:1:3 `x` is not a claim of this pack"]);
}

#[test]
fn a_claim_that_is_not_verified_is_called_so() {
    let unsaid = ["unsaid_status b.md:1:8 claim `d` is unverified, and the sentence does not say so"];
    assert_eq!(check("b.md", "主控台已上線 [claim:d]。"), unsaid);
    assert_eq!(check("b.md", "主控台已上線（未經驗證）[claim:d]。"), [""; 0]);
    assert_eq!(check("b.md", "The console is deployed (unverified) [claim:d]."), [""; 0]);
    assert_eq!(check("b.md", "主控台尚未上線 [claim:d]。"), [""; 0]);
}

#[test]
fn memories_and_summaries_are_read_too() {
    assert_eq!(
        check(
            "m.json",
            "{\"market_learning\": [\"Fine.\",\n \"The CRM market grew by 13.9%.\"],\n \"recommended_next_check\": [\"All tests pass.\"]}"
        ),
        ["unclaimed_statement m.json:2:2 at /market_learning/1 `%` claims `market_fact` and names no claim"]
    );
    assert_eq!(
        check("pack.toml", "title = 'T'\nsummary = '''\n主控台已上線。'''\n[milestones]\nD1 = '主控台已上線。'\n"),
        ["unclaimed_statement pack.toml:2:11 at /summary `已上線` claims `deployment` and names no claim"]
    );
}

proptest! {
    #[test]
    fn never_panics(
        markdown in "(主控台|已|部署|上線|了|的|未|。|；|：|「|」|\\[claim:|d\\]|PR|merged|is|the|NT\\$|72|%|市場| |\n|\\||-|#|>|`|<b>|\\*|&amp;|é|😀){0,60}",
        bytes: Vec<u8>,
    ) {
        for name in ["a.md", "a.json", "pack.toml"] {
            check(name, &markdown);
            findings(name, &bytes, &[]);
        }
        check("a.json", &serde_json::json!({ "a": [&markdown] }).to_string());
    }
}
