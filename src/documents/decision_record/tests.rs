use proptest::prelude::*;

use super::status::status_of;
use super::*;

fn show(findings: &[Finding]) -> Vec<String> {
    findings
        .iter()
        .map(|found| format!("{} {} {}: {}", found.severity.word(), found.code.id, found.place, found.message))
        .collect()
}

/// The record in a line, its parts as `line «text»`, and the findings.
fn check(markdown: &str) -> (String, Vec<String>) {
    let mut findings = Vec::new();
    let record = read("d/r.md", markdown.as_bytes(), &mut findings).unwrap();
    let parts = [
        ("status", &record.status_text),
        ("context", &record.context),
        ("options", &record.options),
        ("decision", &record.decision),
        ("why", &record.why),
        ("consequences", &record.consequences),
        ("feedback", &record.feedback),
    ];
    let parts = parts.into_iter().filter_map(|(name, part)| part.as_ref().map(|part| (name, part)));
    let parts = parts.map(|(name, part)| format!("{name} {} «{}»", part.line, part.markdown));
    let links = record.supersedes.iter().map(|link| ("supersedes", link));
    let links = links.chain(record.superseded_by.iter().map(|link| ("by", link)));
    let links = links.map(|(name, link)| format!("{name} {}:{} {}", link.line, link.character, link.target));
    let status = record.status.map_or("-", Status::word);
    let head = format!("{} [{status}]", record.title);
    let shown = std::iter::once(head).chain(parts).chain(links).collect::<Vec<_>>().join(" ");
    (shown, show(&findings))
}

#[test]
fn a_record_with_a_table_of_options() {
    let (shown, findings) = check(
        "# Decision Record: Entry check\n\n## Background\nThe job is made again.\n\n## Options\n\n\
         | Option | Risk |\n|---|---|\n| Go on | Twice the work |\n\n## Decision\nCheck at the entry.\n\n\
         ## Why\nThe fault is upstream.\n\n## Adoption Status\n\npending_dispatcher_adoption\n\nOwner: dispatch.\n\n\
         ## Feedback Required If Rejected\n- Which rule is wrong.\n",
    );
    assert_eq!(
        shown,
        "Decision Record: Entry check [pending] status 18 «pending_dispatcher_adoption\n\nOwner: dispatch.» \
         context 3 «The job is made again.» options 6 «| Option | Risk |\n|---|---|\n| Go on | Twice the work |» \
         decision 12 «Check at the entry.» why 15 «The fault is upstream.» feedback 24 «- Which rule is wrong.»"
    );
    assert_eq!(findings, ["warning decision_part_missing d/r.md:1:1: the part `consequences` is missing"]);
}

#[test]
fn a_record_whose_reasons_stand_in_the_recommendation() {
    let (shown, findings) = check(
        "# Decision Record\n\n## Decision\n採用自修復。\n\n## Options Considered\n- 只看：無法修。\n- 看和修：最佳。\n\n\
         ## Recommendation\nD1 採用。\n\n## Adoption Status\nReady for PLS owner review. 預設不執行。\n\n\
         ## If Not Adopted\n請指出阻礙。\n",
    );
    assert_eq!(
        shown,
        "Decision Record [pending] status 13 «Ready for PLS owner review. 預設不執行。» \
         options 6 «- 只看：無法修。\n- 看和修：最佳。» decision 3 «採用自修復。» why 10 «D1 採用。» feedback 16 «請指出阻礙。»"
    );
    assert_eq!(
        findings,
        [
            "warning decision_part_missing d/r.md:1:1: the part `context` is missing",
            "warning decision_part_missing d/r.md:1:1: the part `consequences` is missing"
        ]
    );
    let (shown, findings) = check(
        "# Decision Record\n## Decision\nEscalate the gap.\n## Problem\nNo file.\n## Options Considered\n1. Again.\n   \
         - Rejected: is there.\n2. Escalate.\n   - Recommended: has an owner.\n## Recommendation\nAsk for the file.\n\
         ## Adoption Status\nProposed. Acceptance requires a file.\n## Landing Path\nOwner: A.\n\
         ## Feedback If Not Adopted\nName the owner.\n",
    );
    assert!(
        shown.starts_with("Decision Record [proposed] status 13 «Proposed. Acceptance requires a file.»"),
        "{shown}"
    );
    assert_eq!(findings, ["warning decision_part_missing d/r.md:1:1: the part `consequences` is missing"]);
}

#[test]
fn a_record_in_chinese() {
    let (shown, findings) = check(
        "# 入口檢查\n## 一、背景\na\n## 2. 選項\nb\n## 決策：\nc\n## 理由 / Why\nd\n## 後果\ne\n## 採用狀態\n\
         **已採用**，2026-05-24。取代 [舊](old.md)\n## 若被拒絕的回饋\nf\n",
    );
    assert_eq!(
        shown,
        "入口檢查 [accepted] status 12 «**已採用**，2026-05-24。取代 [舊](old.md)» context 2 «a» options 4 «b» decision 6 «c» \
         why 8 «d» consequences 10 «e» feedback 14 «f» supersedes 13:23 old.md"
    );
    assert_eq!(findings, [""; 0]);
}

#[test]
fn a_record_in_madr() {
    let (shown, findings) = check(
        "---\nstatus: \"superseded by ADR-0005\"\ndate: 2026-05-24\ndecision-makers: A\nsupersedes:\n  - 0001-a.md\n  - 0002-b.md\n---\n\
         # Use X\n\n## Context and Problem Statement\n\nWhat?\n\n## Considered Options\n\n* X\n* Y\n\n## Decision Outcome\n\n\
         Chosen option: \"X\", because it\nis there.\n\n### Consequences\n\n* Good\n\n## Pros and Cons of the Options\n\n### X\n\n* Good\n",
    );
    assert_eq!(
        shown,
        "Use X [superseded] status 2 «superseded by ADR-0005» context 11 «What?» options 15 «* X\n* Y» \
         decision 20 «Chosen option: \"X\", because it\nis there.» why 22 «it\nis there.» consequences 25 «* Good» \
         supersedes 6:5 0001-a.md supersedes 7:5 0002-b.md by 2:24 ADR-0005"
    );
    assert_eq!(findings, ["warning decision_part_missing d/r.md:9:1: the part `feedback` is missing"]);
    let (shown, _) = check("# Use X\n\n* Status: accepted\n* Deciders: [A](a.md)\n\n## Decision\nX\n");
    assert_eq!(shown, "Use X [accepted] status 3 «accepted» decision 6 «X»");
}

#[test]
fn what_is_missing_or_blank_is_named() {
    let (_, findings) =
        check("---\nstatus:\n---\n\n# T\n## Options\n<!-- list them -->\n## Decision\n\n### Why\n---\n");
    assert_eq!(
        findings,
        [
            "error decision_part_missing d/r.md:5:1: the part `status` is missing",
            "warning decision_part_missing d/r.md:5:1: the part `context` is missing",
            "error decision_part_missing d/r.md:6:1: the part `options` is blank",
            "error decision_part_missing d/r.md:8:1: the part `decision` is blank",
            "error decision_part_missing d/r.md:10:1: the part `why` is blank",
            "warning decision_part_missing d/r.md:5:1: the part `consequences` is missing",
            "warning decision_part_missing d/r.md:5:1: the part `feedback` is missing",
        ]
    );
    // Reasons and consequences of an option are not those of the decision.
    let (shown, _) = check("# T\n## Options\n### A\n#### Why\nbad\n### Consequences\nbad\n");
    assert_eq!(shown, "T [-] options 2 «### A\n#### Why\nbad\n### Consequences\nbad»");
}

#[test]
fn statuses_by_their_first_word() {
    for (said, expected) in [
        ("Accepted", "accepted"),
        ("**adopted** by Louis", "accepted"),
        ("Approved-with-conditions", "accepted"),
        ("`pending_adoption`", "pending"),
        ("ready-for PLS owner review", "pending"),
        ("> Draft.", "proposed"),
        ("提案中，待討論", "proposed"),
        ("待審查", "pending"),
        ("已被 [新](n.md) 取代", "superseded"),
        ("deprecated", "deprecated"),
        ("Rejected: too dear", "rejected"),
        ("", "-"),
        ("maybe accepted", "-"),
        ("acceptedly", "-"),
        ("not accepted", "-"),
        ("ready for launch. Then a review.", "-"),
        ("proposed | accepted | rejected", "-"),
        ("{proposed}", "-"),
    ] {
        assert_eq!(status_of(said).map_or("-", Status::word), expected, "{said}");
    }
    let (shown, findings) = check("---\nstatus: accepted\n---\n# T\n## Status\nrejected\n");
    assert_eq!(shown, "T [accepted] status 2 «accepted»");
    assert_eq!(
        findings[0],
        "error decision_unknown_status d/r.md:5:1: the status is `rejected` here and `accepted` before"
    );
    let (shown, findings) = check("# T\n## Status\nMaybe later\n");
    assert_eq!(shown, "T [-] status 2 «Maybe later»");
    assert!(findings[0].starts_with(
        "error decision_unknown_status d/r.md:2:1: status `Maybe later` begins with none of proposed, draft,"
    ));
    assert!(findings[0].ends_with("已被取代, ready for … review"), "{}", findings[0]);
}

#[test]
fn other_records_that_a_status_names() {
    for (said, expected) in [
        ("Superseded by [N](../n.md#why) and [M](m.md).", "by 2:15 ../n.md#why by 2:36 m.md"),
        ("superseded by n.md.", "by 2:15 n.md"),
        ("Superseded by\n[N](n.md)", "by 3:1 n.md"),
        ("accepted, supersedes a.md; superseded-by b.md", "supersedes 2:22 a.md by 2:42 b.md"),
        ("已被 [N](n.md) 取代；取代 [O](o.md)", "supersedes 2:20 o.md by 2:4 n.md"),
        ("已被取代：n.md", "by 2:6 n.md"),
        ("accepted; see [N](n.md)", ""),
        ("已接受，被要求補件。見 [N](n.md)", ""),
        ("Superseded by a newer one.", ""),
    ] {
        let (shown, _) = check(&format!("## Status\n{said}\n"));
        assert_eq!(shown.rsplit('»').next().unwrap().trim(), expected, "{said}");
    }
    let (_, findings) = check("# T\n## Status\nSuperseded by a newer one.\n");
    assert_eq!(
        findings.last().unwrap(),
        "error decision_dangling d/r.md:2:1: the decision is superseded, but its successor is not named"
    );
}

/// Findings about records of which only the path and the status are given.
fn check_all(records: &[(&str, &str)]) -> Vec<String> {
    let records: Vec<_> = records
        .iter()
        .map(|(path, status)| read(path, format!("## Status\n{status}\n").as_bytes(), &mut Vec::new()).unwrap())
        .collect();
    let mut findings = Vec::new();
    check_supersession(&records, &mut findings);
    show(&findings)
}

#[test]
fn supersession_leads_somewhere_and_not_in_a_circle() {
    assert_eq!(
        check_all(&[
            ("packs/a/r.md", "superseded by ../b/r.md#decision"),
            ("packs/b/r.md", "accepted, supersedes /packs/a/r.md and ./old/../s.md"),
            ("packs/b/s.md", "superseded by r.md"),
        ]),
        [""; 0]
    );
    assert_eq!(
        check_all(&[("a/r.md", "superseded by s.md and ../../r.md"), ("s.md", "supersedes https://a.example/r.md")]),
        [
            "error decision_dangling a/r.md:2:15: `s.md` is none of the decision records",
            "error decision_dangling a/r.md:2:24: `../../r.md` is none of the decision records",
            "error decision_dangling s.md:2:12: `https://a.example/r.md` is none of the decision records",
        ]
    );
    assert_eq!(
        check_all(&[
            ("c.md", "superseded by a.md"),
            ("b.md", "superseded by c.md"),
            ("a.md", "superseded by b.md"),
            ("d.md", "superseded by d.md"),
            ("e.md", "supersedes f.md; superseded by f.md"),
            ("f.md", "accepted"),
        ]),
        [
            "error decision_cycle a.md:2:15: `a.md` is superseded by `b.md` (a.md:2), `b.md` is superseded by `c.md` (b.md:2), `c.md` is superseded by `a.md` (c.md:2)",
            "error decision_cycle d.md:2:15: `d.md` is superseded by `d.md` (d.md:2)",
            "error decision_cycle e.md:2:32: `e.md` is superseded by `f.md` (e.md:2), `f.md` is superseded by `e.md` (e.md:2)",
        ]
    );
}

#[test]
fn a_record_is_named_by_link_or_by_number_in_front_matter() {
    let records = |said: &str| {
        let mut findings = Vec::new();
        let first = format!("---\nstatus: superseded by {said}\n---\n# A\n");
        let first = read("adr/0001-a.md", first.as_bytes(), &mut Vec::new()).unwrap();
        let targets: Vec<_> = first.superseded_by.iter().map(|link| link.target.clone()).collect();
        let fifth = read("adr/0005-example.md", b"# B\n", &mut Vec::new()).unwrap();
        check_supersession(&[first, fifth], &mut findings);
        (targets, show(&findings))
    };
    let named = |target: &str| (vec![target.to_owned()], Vec::<String>::new());
    assert_eq!(records("[ADR-0005](0005-example.md)"), named("0005-example.md"));
    assert_eq!(records("\"[ADR-0005](<0005-example.md> 'title')\""), named("0005-example.md"));
    assert_eq!(records("ADR-0005"), named("ADR-0005"));
    for (target, dangling) in
        [("[ADR-0005](0006-example.md)", "0006-example.md"), ("ADR-0006", "ADR-0006"), ("ADR-000", "ADR-000")]
    {
        let (targets, findings) = records(target);
        assert_eq!(targets, [dangling]);
        assert!(findings.len() == 1 && findings[0].contains(dangling), "{findings:?}");
    }
}

proptest! {
    #[test]
    fn never_panics(markdown in r"(#|##|###| |\n|---\n|status: |Status|Decision|Why|背景|superseded by |supersedes|被|取代|；|\[a\]\(b.md\)|a.md|because|Chosen option|<!--|-->|é|:){0,40}") {
        let mut findings = Vec::new();
        if let Some(record) = read("r.md", markdown.as_bytes(), &mut findings) {
            check_supersession(&[record], &mut findings);
        }
    }

    #[test]
    fn any_bytes_are_read(bytes: Vec<u8>) {
        read("r.md", &bytes, &mut Vec::new());
    }
}
