use std::collections::BTreeMap;

use serde_json::json;

use super::*;
use crate::documents::claims::{self, ClaimKind};
use crate::documents::decision_record;

const NOW: &str = "2026-05-24T00:00:00Z";
const HASH: &str = "0000000000000000000000000000000000000000000000000000000000000000";

/// A workspace in which W is the product owner, of a pack that is adopted and accepts the export with this hash.
fn premises() -> Premises {
    Premises {
        roles: [("W".to_owned(), vec!["product_owner".to_owned()])].into(),
        decision: Some(decision_record::Status::Accepted),
        accepted_import: Some(HASH.to_owned()),
    }
}

/// An answer of an address, captured on a day of May 2026.
fn answer(url: &str, status: u32, body: &str, day: u32) -> String {
    let body = json!(body).to_string();
    let hash = manifest::sha256(serde_json::from_str::<String>(&body).unwrap().as_bytes());
    format!(
        r#"{{"url": "{url}", "status": {status}, "body": {body}, "body_sha256": "{hash}",
        "captured_at": "2026-05-{day:02}T00:00:00Z", "tool": "curl 8"}}"#
    )
}

fn with_tool(fields: &str, tool: &str) -> String {
    format!(r#"{{{fields}, "captured_at": "2026-05-20T00:00:00Z", "tool": "{tool}"}}"#)
}

/// Judges one claim of this kind. Each piece of evidence is its type, its locator (of an answer, its address), what
/// else stands in it, and the document. The expectation is the status and the last reason, then codes of findings.
fn check(kind: &str, more: &str, evidence: &[(&str, &str, &str, &str)], expected: &[&str]) {
    let mut files = BTreeMap::new();
    let mut toml =
        format!("deployment_hosts = ['App.example']\n[[claim]]\nid = 'a'\nkind = '{kind}'\nstatement = 'S'\n{more}\n");
    for (index, (sort, locator, also, document)) in evidence.iter().enumerate() {
        let path = format!("evidence/{index}.json");
        let named = if *sort == "url_capture" {
            format!("locator = '{locator}'\nfile = '{path}'")
        } else {
            format!("locator = '{path}'")
        };
        let hash = manifest::sha256(document.as_bytes());
        let hash = if also.contains("sha256") { String::new() } else { format!("sha256 = '{hash}'") };
        toml = format!("{toml}[[claim.evidence]]\ntype = '{sort}'\n{named}\n{hash}\n{also}\n");
        files.insert(path, document.as_bytes().to_vec());
    }
    let mut findings = Vec::new();
    let read = claims::read("claims.toml", toml.as_bytes(), &mut findings);
    let file = |path: &str| Some((path.to_owned(), files.get(path)?.as_slice()));
    let judged = judge(&read, &premises(), &file, NOW.parse().unwrap(), &mut findings);
    let mut found: Vec<&str> = judged.iter().map(|one| one.status.word()).collect();
    found.extend(judged.iter().filter_map(|one| Some(one.reasons.last()?.why.en)));
    found.extend(findings.iter().map(|finding| finding.code.id));
    assert_eq!(found, expected, "{toml}\n{evidence:#?}");
}

fn one(kind: &str, sort: &str, locator: &str, document: &str, expected: &[&str]) {
    check(kind, "", &[(sort, locator, "", document)], expected);
}

#[test]
fn nothing_given_is_unverified() {
    for kind in ClaimKind::WORDS {
        check(kind, "", &[], &["unverified", "no evidence is given"]);
        let stranger = with_tool(r#""decision": "accept", "by": "W", "role": "product_owner""#, "form");
        let fits = *kind == "adopted";
        let expected = if fits {
            ["verified", "it was decided to adopt it, and the decision record says so"]
        } else {
            ["unverified", "such evidence cannot back such a claim"]
        };
        one(kind, "file", "", &stranger, &expected);
    }
}

#[test]
fn pull_requests_are_told_by_the_api() {
    let url = "https://api.github.com/repos/o/r/pulls/7";
    let body = |state: &str, merged: bool, number: u32| {
        format!(r#"{{"html_url": "https://github.com/o/r/pull/{number}", "state": "{state}", "merged": {merged}}}"#)
    };
    let check = |url: &str, status, body: &str, expected: [&str; 2]| {
        one("pull_request", "url_capture", url, &answer(url, status, body, 20), &expected);
    };
    check(url, 200, &body("open", false, 7), ["verified", "the pull request is open"]);
    check(url, 200, &body("closed", true, 7), ["verified", "the pull request is merged"]);
    let untold = ["unverified", "the answer does not tell the state of this pull request"];
    check(url, 200, &body("open", false, 8), untold);
    check(url, 200, &body("open", true, 7), untold);
    check(url, 200, "<h1>Sign in to the Wi-Fi</h1>", untold);
    check(url, 404, "{}", ["unverified", "the address did not answer with 200"]);
    check(url, 410, "{}", ["refuted", "the address answered that there is nothing"]);
    let elsewhere = ["unverified", "is not the address of a pull request at api.github.com"];
    check("https://github.com/o/r/pull/7", 200, &body("open", false, 7), elsewhere);
    check("https://api.github.com.example/repos/o/r/pulls/7", 200, &body("open", false, 7), elsewhere);
    let plain = ["unverified", "is not an https address that can be trusted"];
    check("http://api.github.com/repos/o/r/pulls/7", 200, &body("open", false, 7), plain);
}

#[test]
fn deployments_stand_on_declared_hosts_and_answers_age() {
    let check_on = |url: &str, status, day, more: &str, expected: [&str; 2]| {
        check("deployment", more, &[("url_capture", url, "", &answer(url, status, "b", day))], &expected);
    };
    let answered = "the address of the deployment answered";
    check_on("https://app.example/", 200, 20, "", ["verified", answered]);
    check_on("https://app.example/", 404, 20, "", ["refuted", "the address answered that there is nothing"]);
    check_on("https://app.example/", 503, 20, "", ["unverified", "the address did not answer with 200"]);
    check_on("https://b.example/", 200, 20, "", ["unverified", "its host is not among `deployment_hosts`"]);
    check_on("https://app.example/", 200, 20, "valid_until = 2026-05-24T00:00:00Z", ["verified", answered]);
    check_on("https://app.example/", 200, 20, "valid_until = 2026-05-23T23:59:59Z", ["expired", answered]);
    check_on("https://app.example/", 200, 25, "", ["unverified", "it was captured later than now"]);
    let old = answer("https://app.example/", 200, "b", 1).replace("2026-05-01", "2026-04-23");
    let years = "valid_until = 2036-01-01T00:00:00Z";
    check("deployment", years, &[("url_capture", "https://app.example/", "", &old)], &["expired", answered]);
    // The newest decides.
    let (was, is) = (answer("https://app.example/", 404, "b", 10), answer("https://app.example/", 200, "b", 11));
    let both = |first: &str, second: &str| {
        let answers =
            [("url_capture", "https://app.example/", "", first), ("url_capture", "https://app.example/", "", second)];
        let mut last = vec!["verified"];
        last.push(if second.contains("404") { "the address answered that there is nothing" } else { answered });
        check("deployment", "", &answers, &last);
    };
    both(&was, &is);
    both(&is, &was);
}

#[test]
fn market_facts_are_quoted() {
    let url = "https://docs.example/page";
    let quote = "quote = 'it is so'";
    let check_quote = |url: &str, also: &str, body: &str, expected: [&str; 2]| {
        check("market_fact", "", &[("url_capture", url, also, &answer(url, 200, body, 20))], &expected);
    };
    check_quote(url, quote, "They say it is so.", ["verified", "the captured text has the quoted words"]);
    check_quote(url, quote, "They do not.", ["refuted", "the captured text does not have the quoted words"]);
    let unquoted = ["unverified", "the captured text is missing, or no words of it are quoted"];
    check_quote(url, "", "They say it is so.", unquoted);
    let gist = "https://gist.github.com/o/1";
    check_quote(gist, quote, "it is so", ["unverified", "a gist may be what proofpack itself published"]);
}

#[test]
fn what_proofpack_wrote_proves_nothing_alone() {
    let own = ["unverified", "proofpack wrote it itself, which proves nothing about the outside"];
    let page = "https://gist.github.com/o/1";
    let receipt = format!(
        r#"{{"type": "{}", "page": "{page}", "published_at": "2026-05-20T00:00:00Z", "tool": "proofpack 0.1.0"}}"#,
        evidence::RECEIPT_TYPE
    );
    one("published", "gist_receipt", "", &receipt, &own);
    one("adopted", "gist_receipt", "", &receipt, &["unverified", "such evidence cannot back such a claim"]);
    let seen = answer(page, 200, "b", 20);
    one("published", "url_capture", page, &seen, &["unverified", "no receipt names this page"]);
    let with_receipt = |seen: &str, expected: &[&str]| {
        check("published", "", &[("gist_receipt", "", "", &receipt), ("url_capture", page, "", seen)], expected);
    };
    with_receipt(&seen, &["verified", "the page that the receipt names answered"]);
    with_receipt(&answer(page, 404, "b", 20), &["refuted", "the address answered that there is nothing"]);
    with_receipt(&seen.replace("curl 8", "proofpack 0.1.0"), &own);
    let ran = |command: &str, tool: &str| {
        with_tool(&format!(r#""command": "{command}", "exit_code": 0, "output": "ok""#), tool)
    };
    one("test_passed", "command_output", "", &ran("cargo run -- ./Proofpack verify", "bash"), &own);
    one("test_passed", "command_output", "", &ran("make test", "proofpack 0.1.0"), &own);
    one("test_passed", "command_output", "", &ran("make test", "bash"), &["verified", "the command ended with 0"]);
    let failed = ran("make test", "bash").replace(": 0", ": 2");
    one("test_passed", "command_output", "", &failed, &["refuted", "the command did not end with 0"]);
}

#[test]
fn imports_are_accepted_whole_and_revenue_is_of_the_accepted_export() {
    let report = |status: &str, accepted: u32, hash: &str| {
        let fields =
            format!(r#""status": "{status}", "source_sha256": "{hash}", "rows": 3, "accepted_rows": {accepted}"#);
        with_tool(&fields, "importer 2")
    };
    let check = |kind: &str, report: String, expected: [&str; 2]| one(kind, "import_report", "", &report, &expected);
    check("import_accepted", report("accepted", 3, HASH), ["verified", "the receiver took every row"]);
    check("import_accepted", report("partial", 2, HASH), ["refuted", "the receiver took only a part"]);
    check("import_accepted", report("failed", 0, HASH), ["refuted", "the receiver refused the file"]);
    let contradicts = ["unverified", "its counts contradict it, or it has no SHA-256 of the file"];
    check("import_accepted", report("accepted", 2, HASH), contradicts);
    check("import_accepted", report("accepted", 3, "none"), contradicts);
    let counted = "the receiver took every row of the export that the pack itself accepts and counts revenue from";
    check("revenue", report("accepted", 3, HASH), ["verified", counted]);
    let other = "it is not about the export that the pack itself accepts, so revenue is unverified";
    check("revenue", report("accepted", 3, &HASH.replace('0', "1")), ["unverified", other]);
    let not_whole = "the receiver did not take every row, so revenue is unverified";
    check("revenue", report("accepted", 2, HASH), ["unverified", not_whole]);
    check("revenue", report("partial", 3, HASH), ["unverified", not_whole]);
    check("revenue", report("failed", 3, HASH), ["unverified", not_whole]);
}

#[test]
fn adoption_is_decided_by_whoever_may_and_recorded() {
    use decision_record::Status::{Accepted, Pending, Rejected};

    let check = |decision: &str, by: &str, role: &str, record: Option<decision_record::Status>, expected: &str| {
        let premises = Premises { decision: record, ..premises() };
        let known = Known { hosts: &[], pages: &[], premises: &premises };
        let says = Says::Adoption { decision: decision.to_owned(), by: by.to_owned(), role: role.to_owned() };
        let document = Document { captured_at: NOW.parse().unwrap(), tool: "form".to_owned(), says };
        let claims =
            "[[claim]]\nid = 'a'\nkind = 'adopted'\nstatement = 'S'\nevidence = [{ type = 'file', locator = 'x' }]";
        let claims = claims::read("c", claims.as_bytes(), &mut Vec::new());
        let found = match opinion::of(ClaimKind::Adopted, &claims.list[0].evidence[0], &document, &known) {
            Opinion::For(why) => format!("for: {}", why.en),
            Opinion::Against(why) => format!("against: {}", why.en),
            Opinion::Nothing(why) => why.en.to_owned(),
        };
        assert!(found.starts_with(expected), "{decision} {by} {role} {record:?}: {found}");
    };
    check("accept", "W", "product_owner", Some(Accepted), "for: it was decided");
    check("accept", "W", "product_owner", Some(Pending), "the decision record does not say");
    check("accept", "W", "product_owner", Some(Rejected), "the decision record does not say");
    check("accept", "W", "product_owner", None, "the decision record does not say");
    check("reject", "W", "product_owner", Some(Accepted), "against: it was decided not");
    check("revise", "W", "product_owner", Some(Accepted), "a revision was asked for");
    check("accept", "W", "ceo", Some(Accepted), "the workspace knows nobody");
    check("accept", "V", "product_owner", Some(Accepted), "the workspace knows nobody");
    check("accept", "W", "worker", Some(Accepted), "this role may not decide");
}

#[test]
fn evidence_that_is_not_sound_counts_for_nothing() {
    let url = "https://app.example/";
    let good = answer(url, 200, "b", 20);
    let check = |also: &str, document: &str, expected: &[&str]| {
        check("deployment", "", &[("url_capture", url, also, document)], expected);
    };
    let wrong = format!("sha256 = '{HASH}'");
    let changed = "its file does not have the SHA-256 that is given";
    check(&wrong, &good, &["unverified", changed, "evidence_changed"]);
    let unnamed = "the SHA-256 of its file is not given, so it may have been changed";
    check("# no sha256", &good, &["unverified", unnamed]);
    let other_time = ["unverified", "its file says another moment of capture"];
    check("captured_at = 2026-05-21T00:00:00Z", &good, &other_time);
    let unreadable = "its file is not written as such evidence is";
    check("", &good.replace("200", "-1"), &["unverified", unreadable, "wrong_type"]);
    check("", &good.replace(url, "https://portal.example/"), &["unverified", "another address answered"]);
    check("", &good.replace("\"b\"", "\"c\""), &["unverified", "the body does not have its SHA-256"]);
    for path in ["evidence/none.json", "claims.json", "evidence/../claims.json", "evidence/a.txt"] {
        let toml = format!(
            "[[claim]]\nid = 'a'\nkind = 'adopted'\nstatement = 'S'\nevidence = [{{ type = 'file', locator = '{path}' }}]"
        );
        let mut findings = Vec::new();
        let read = claims::read("c", toml.as_bytes(), &mut findings);
        let file = |path: &str| (path != "evidence/none.json").then(|| (path.to_owned(), b"{}".as_slice()));
        let judged = judge(&read, &premises(), &file, NOW.parse().unwrap(), &mut findings);
        assert_eq!((judged[0].status, findings[0].code.id), (Status::Unverified, "evidence_missing"), "{path}");
    }
}
