//! Which claims hold: the status of each, computed from the documents of evidence that it names, and nothing else.
//!
//! Invariants: pure; the same claims, documents and moment give the same statuses. What cannot be looked at proves
//! nothing. What proofpack wrote itself proves nothing about the outside, and no claim is evidence of another: evidence
//! is only what stands in `evidence/`, unchanged since it was captured. A claim for which nothing speaks is unverified,
//! which is not refuted.

use jiff::{SignedDuration, Timestamp};
use serde_json::json;

use crate::bundle::{self, manifest};
use crate::check::address::Address;
use crate::codes;
use crate::documents::claims::{Claim, ClaimKind, Claims, Evidence};
use crate::documents::evidence::{self, Document, Says};
use crate::finding::Finding;
use crate::lang::{Words, words};
use crate::read::json as reader;
use crate::read::tree::{Node, Value};

/// How long an answer of an address is believed: that it answered then is not that it answers now.
const ANSWER_LASTS: SignedDuration = SignedDuration::from_hours(30 * 24);
/// The type of `claims.json`.
const LEDGER_TYPE: &str = "urn:proofpack:claims:v1";
/// What evidence calls this program, as the tool that made it or in a command.
const SELF: &str = env!("CARGO_PKG_NAME");
/// Where what was published by proofpack itself may lie.
const GIST_HOSTS: [&str; 2] = ["gist.github.com", "gist.githubusercontent.com"];

/// What the evidence makes of a claim.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Status {
    /// The evidence says so.
    Verified,
    /// The evidence says the contrary.
    Refuted,
    /// Nothing that counts speaks for it or against it.
    Unverified,
    /// What decided it is too old.
    Expired,
}

impl Status {
    /// The word of `claims.json`.
    pub fn word(self) -> &'static str {
        match self {
            Self::Verified => "verified",
            Self::Refuted => "refuted",
            Self::Unverified => "unverified",
            Self::Expired => "expired",
        }
    }
}

/// What one piece of evidence does for a claim.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reason {
    /// The evidence; empty when there is none.
    pub about: String,
    /// What it says, or why it counts for nothing.
    pub why: Words,
}

/// A claim with its status.
#[derive(Clone, Debug)]
pub struct Judged<'c> {
    /// The claim.
    pub claim: &'c Claim,
    /// What its evidence makes of it.
    pub status: Status,
    /// Until when that holds; `None` when nothing decided it or it does not age.
    pub valid_until: Option<Timestamp>,
    /// One line for each piece of evidence.
    pub reasons: Vec<Reason>,
}

/// Which way a document speaks, with what it says.
enum Opinion {
    For(Words),
    Against(Words),
    Nothing(Words),
}

use Opinion::{Against, For, Nothing};

/// The name to show and the bytes of a file, by its path in the pack.
pub type Look<'a, 'f> = dyn Fn(&str) -> Option<(String, &'f [u8])> + 'a;

/// Judges every claim as of `now`.
/// Evidence that is missing, changed or not well written is a finding.
pub fn judge<'c>(
    claims: &'c Claims,
    file: &Look<'_, '_>,
    now: Timestamp,
    findings: &mut Vec<Finding>,
) -> Vec<Judged<'c>> {
    claims.list.iter().map(|claim| status(claim, claims, file, now, findings)).collect()
}

fn status<'c>(
    claim: &'c Claim,
    claims: &Claims,
    file: &Look<'_, '_>,
    now: Timestamp,
    findings: &mut Vec<Finding>,
) -> Judged<'c> {
    let documents: Vec<_> =
        claim.evidence.iter().map(|evidence| (evidence, examine(evidence, file, now, findings))).collect();
    let pages: Vec<String> = documents
        .iter()
        .filter_map(|(_, document)| match &document.as_ref().ok()?.says {
            Says::Published { page } => Some(page.clone()),
            _ => None,
        })
        .collect();
    let mut reasons = Vec::new();
    // The newest document that decides anything decides; of two at the same moment, the one that speaks against.
    let mut decisive: Option<(Timestamp, bool, bool)> = None;
    for (evidence, document) in &documents {
        let opinion = match document {
            Ok(document) => opinion(claim.kind, evidence, document, claims, &pages),
            Err(why) => Nothing(*why),
        };
        let (why, against) = match opinion {
            For(why) => (why, Some(false)),
            Against(why) => (why, Some(true)),
            Nothing(why) => (why, None),
        };
        if let (Some(against), Ok(document)) = (against, document) {
            let ages = matches!(document.says, Says::Answered { .. });
            let next = (document.captured_at, against, ages);
            decisive = Some(decisive.map_or(next, |before| before.max(next)));
        }
        reasons.push(Reason { about: evidence.locator.clone(), why });
    }
    if reasons.is_empty() {
        reasons.push(Reason { about: String::new(), why: words("沒有任何證據", "no evidence is given") });
    }
    let aged = decisive.filter(|(_, _, ages)| *ages).and_then(|(at, ..)| at.checked_add(ANSWER_LASTS).ok());
    let valid_until = decisive.and_then(|_| claim.valid_until.into_iter().chain(aged).min());
    let status = match decisive {
        None => Status::Unverified,
        Some(_) if valid_until.is_some_and(|until| now > until) => Status::Expired,
        Some((_, true, _)) => Status::Refuted,
        Some((_, false, _)) => Status::Verified,
    };
    Judged { claim, status, valid_until, reasons }
}

/// The document of a piece of evidence, or why it counts for nothing.
fn examine(
    evidence: &Evidence,
    file: &Look<'_, '_>,
    now: Timestamp,
    findings: &mut Vec<Finding>,
) -> Result<Document, Words> {
    let path = evidence.path().ok_or(words("沒有擷取內容，只有網址", "nothing was captured of it"))?;
    let Some((shown, bytes)) = bundle::evidence_name(path).and_then(|_| file(path)) else {
        let message = format!("`{path}` is not a JSON file in {}", evidence::FOLDER);
        let hint = format!("add it directly in {}, or take the evidence out", evidence::FOLDER);
        findings.push(Finding::new(&codes::EVIDENCE_MISSING, evidence.place.clone(), message).hint(hint));
        return Err(words("證據檔案不存在", "its file is not there"));
    };
    let hash = evidence.sha256.as_ref().ok_or(words(
        "沒有記載證據檔案的 SHA-256，無法確認未經更動",
        "the SHA-256 of its file is not given, so it may have been changed",
    ))?;
    let found = manifest::sha256(bytes);
    if *hash != found {
        let message = format!("`{path}` has SHA-256 {found}, and the claim gives {hash}");
        let hint = "restore the file as it was captured, or capture it again and give its SHA-256";
        findings.push(Finding::new(&codes::EVIDENCE_CHANGED, evidence.place.clone(), message).hint(hint));
        return Err(words("證據檔案與記載的 SHA-256 不符", "its file does not have the SHA-256 that is given"));
    }
    let document = evidence::read(&shown, bytes, evidence.kind, findings)
        .ok_or(words("證據檔案不是這一類證據的格式", "its file is not written as such evidence is"))?;
    if evidence.captured_at.is_some_and(|at| at != document.captured_at) {
        return Err(words("擷取時間與證據檔案不同", "its file says another moment of capture"));
    }
    if document.captured_at > now {
        return Err(words("擷取時間在未來", "it was captured later than now"));
    }
    let own = |text: &str| text.to_ascii_lowercase().contains(SELF);
    match &document.says {
        // A receipt is always ours; what it proves is decided with the claim.
        Says::Published { .. } => return Ok(document),
        Says::Ran { command, .. } if own(command) => return Err(OWN),
        Says::Answered { url, body_sha256, body, .. } => {
            if *url != evidence.locator {
                return Err(words("回應的是另一個網址", "another address answered"));
            }
            if !is_sha256(body_sha256)
                || body.as_ref().is_some_and(|body| manifest::sha256(body.as_bytes()) != *body_sha256)
            {
                return Err(words("內文與它的 SHA-256 不符", "the body does not have its SHA-256"));
            }
        }
        _ => {}
    }
    if own(&document.tool) { Err(OWN) } else { Ok(document) }
}

const OWN: Words = words(
    "由 proofpack 自己寫出，不能證明外部的事",
    "proofpack wrote it itself, which proves nothing about the outside",
);
const WRONG_TYPE: Words = words("這一類證據不能支持這一類主張", "such evidence cannot back such a claim");
const NOT_ANSWERED: Words = words("網址沒有回應 200", "the address did not answer with 200");
const GONE: Words = words("網址回應不存在", "the address answered that there is nothing");

fn is_sha256(text: &str) -> bool {
    text.len() == 64 && text.bytes().all(|byte| byte.is_ascii_hexdigit())
}

/// What a sound document says about a claim of this kind. `pages` are those that the claim's receipts name.
fn opinion(kind: ClaimKind, evidence: &Evidence, document: &Document, claims: &Claims, pages: &[String]) -> Opinion {
    match (kind, &document.says) {
        (ClaimKind::Published, Says::Published { .. }) => Nothing(OWN),
        (_, Says::Answered { url, status, body, .. }) => {
            let Some(address) = Address::parse(url).ok().filter(Address::is_https) else {
                return Nothing(words("不是可信的 https 網址", "is not an https address that can be trusted"));
            };
            let answer = Answer { url, address: &address, status: *status, body: body.as_deref() };
            match kind {
                ClaimKind::Published => published(&answer, pages),
                ClaimKind::PullRequest => pull_request(&answer),
                ClaimKind::Deployment => deployment(&answer, &claims.deployment_hosts),
                ClaimKind::MarketFact => market_fact(&answer, evidence.quote.as_deref()),
                _ => Nothing(WRONG_TYPE),
            }
        }
        (ClaimKind::Revenue, Says::Imported { .. }) => Nothing(words(
            "生產包不含訂單，金額無法從這裡重算",
            "a bundle holds no orders, so the amounts cannot be computed again from it",
        )),
        (ClaimKind::ImportAccepted, Says::Imported { status, source_sha256, rows, accepted_rows }) => {
            let whole = *rows > 0 && rows == accepted_rows && is_sha256(source_sha256);
            match status.as_str() {
                "accepted" if whole => For(words("匯入端接受了每一列", "the receiver took every row")),
                "failed" => Against(words("匯入端沒有接受", "the receiver refused the file")),
                "partial" => Against(words("匯入端只接受一部分", "the receiver took only a part")),
                _ => Nothing(words(
                    "列數不一致，或沒有來源檔的 SHA-256",
                    "its counts contradict it, or it has no SHA-256 of the file",
                )),
            }
        }
        (ClaimKind::Adopted, Says::Adoption(decision)) => match decision.as_str() {
            "accept" => For(words("已決定採用", "it was decided to adopt it")),
            "reject" => Against(words("已決定不採用", "it was decided not to adopt it")),
            _ => Nothing(words("要求修改，尚未採用", "a revision was asked for")),
        },
        (ClaimKind::TestPassed, Says::Ran { exit_code: 0, .. }) => {
            For(words("指令以 0 結束", "the command ended with 0"))
        }
        (ClaimKind::TestPassed, Says::Ran { .. }) => {
            Against(words("指令沒有以 0 結束", "the command did not end with 0"))
        }
        _ => Nothing(WRONG_TYPE),
    }
}

/// What an address answered.
struct Answer<'a> {
    url: &'a str,
    address: &'a Address,
    status: u32,
    body: Option<&'a str>,
}

fn published(answer: &Answer<'_>, pages: &[String]) -> Opinion {
    match answer.status {
        _ if !pages.iter().any(|page| page == answer.url) => {
            Nothing(words("沒有收據說明這是發布的頁面", "no receipt names this page"))
        }
        200 => For(words("收據所載的頁面有回應", "the page that the receipt names answered")),
        404 | 410 => Against(GONE),
        _ => Nothing(NOT_ANSWERED),
    }
}

/// The API of GitHub must say it: `https://api.github.com/repos/OWNER/REPO/pulls/N`. That it answers 404 may only mean
/// that the repository is not public.
fn pull_request(answer: &Answer<'_>) -> Opinion {
    let parts: Vec<_> = answer.address.path().split('/').collect();
    let (["", "repos", owner, repo, "pulls", number], "api.github.com") = (parts.as_slice(), answer.address.host())
    else {
        return Nothing(words(
            "不是 api.github.com 的 PR 網址",
            "is not the address of a pull request at api.github.com",
        ));
    };
    match answer.status {
        200 => {}
        410 => return Against(GONE),
        _ => return Nothing(NOT_ANSWERED),
    }
    let node = answer.body.and_then(|body| reader::read("", body.as_bytes(), &mut Vec::new()));
    let page = format!("https://github.com/{owner}/{repo}/pull/{number}");
    let node = node.filter(|node| node.text_at("html_url").is_some_and(|url| url.eq_ignore_ascii_case(&page)));
    let merged = node.as_ref().and_then(|node| node.get("merged")).map(|merged| &merged.value);
    match (node.as_ref().and_then(|node: &Node| node.text_at("state")), merged) {
        (Some("open"), Some(Value::Bool(false))) => For(words("PR 存在，開啟中", "the pull request is open")),
        (Some("closed"), Some(Value::Bool(true))) => For(words("PR 存在，已合併", "the pull request is merged")),
        (Some("closed"), Some(Value::Bool(false))) => {
            For(words("PR 存在，已關閉、未合併", "the pull request is closed and not merged"))
        }
        _ => Nothing(words("回應沒有說出這個 PR 的狀態", "the answer does not tell the state of this pull request")),
    }
}

fn deployment(answer: &Answer<'_>, hosts: &[String]) -> Opinion {
    match answer.status {
        _ if !hosts.iter().any(|host| host == answer.address.host()) => {
            Nothing(words("主機不在 deployment_hosts 裡", "its host is not among `deployment_hosts`"))
        }
        200 => For(words("部署的網址有回應", "the address of the deployment answered")),
        404 | 410 => Against(GONE),
        _ => Nothing(NOT_ANSWERED),
    }
}

fn market_fact(answer: &Answer<'_>, quote: Option<&str>) -> Opinion {
    if GIST_HOSTS.contains(&answer.address.host()) {
        return Nothing(words("gist 可能就是自己發布的", "a gist may be what proofpack itself published"));
    }
    if answer.status != 200 {
        return Nothing(NOT_ANSWERED);
    }
    match (answer.body, quote) {
        (Some(body), Some(quote)) if body.contains(quote) => {
            For(words("擷取的內容有引用的這句話", "the captured text has the quoted words"))
        }
        (Some(_), Some(_)) => {
            Against(words("擷取的內容沒有引用的這句話", "the captured text does not have the quoted words"))
        }
        _ => Nothing(words(
            "沒有擷取的內文，或沒有引用其中的話",
            "the captured text is missing, or no words of it are quoted",
        )),
    }
}

/// `claims.json`: every claim with its status and why. `None` when the pack has no claims document, which is not the same
/// as claiming nothing. `as_of` is RFC 3339, `zone` the IANA name in which the documents show times.
pub fn ledger(judged: Option<&[Judged<'_>]>, as_of: &str, zone: &str) -> Vec<u8> {
    let evidence = |one: &Evidence| {
        json!({
            "type": one.kind.word(),
            "locator": one.locator,
            "file": one.path().and_then(bundle::evidence_name),
            "sha256": one.sha256,
            "captured_at": one.captured_at.map(|at| at.to_string()),
        })
    };
    let claim = |one: &Judged<'_>| {
        json!({
            "id": one.claim.id,
            "kind": one.claim.kind.word(),
            "statement": one.claim.statement,
            "status": one.status.word(),
            "valid_until": one.valid_until.map(|until| until.to_string()),
            "evidence": one.claim.evidence.iter().map(evidence).collect::<Vec<_>>(),
            "reasons": one.reasons.iter().map(|reason| json!({"about": reason.about, "reason": reason.why.en})).collect::<Vec<_>>(),
        })
    };
    let claims = judged.map(|judged| judged.iter().map(claim).collect::<Vec<_>>());
    let ledger = json!({"type": LEDGER_TYPE, "as_of": as_of, "time_zone": zone, "claims": claims});
    format!("{ledger:#}\n").into_bytes()
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;
    use crate::documents::claims;

    const NOW: &str = "2026-05-24T00:00:00Z";
    const HASH: &str = "0000000000000000000000000000000000000000000000000000000000000000";

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
        let mut toml = format!(
            "deployment_hosts = ['App.example']\n[[claim]]\nid = 'a'\nkind = '{kind}'\nstatement = 'S'\n{more}\n"
        );
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
        let judged = judge(&read, &file, NOW.parse().unwrap(), &mut findings);
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
            let stranger = with_tool(r#""decision": "accept", "by": "W", "role": "r""#, "form");
            let fits = *kind == "adopted";
            let expected = if fits {
                ["verified", "it was decided to adopt it"]
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
            let answers = [
                ("url_capture", "https://app.example/", "", first),
                ("url_capture", "https://app.example/", "", second),
            ];
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
    fn imports_are_accepted_whole_and_prove_no_revenue() {
        let report = |status: &str, accepted: u32, hash: &str| {
            let fields =
                format!(r#""status": "{status}", "source_sha256": "{hash}", "rows": 3, "accepted_rows": {accepted}"#);
            with_tool(&fields, "importer 2")
        };
        let check =
            |kind: &str, report: String, expected: [&str; 2]| one(kind, "import_report", "", &report, &expected);
        check("import_accepted", report("accepted", 3, HASH), ["verified", "the receiver took every row"]);
        check("import_accepted", report("partial", 2, HASH), ["refuted", "the receiver took only a part"]);
        check("import_accepted", report("failed", 0, HASH), ["refuted", "the receiver refused the file"]);
        let contradicts = ["unverified", "its counts contradict it, or it has no SHA-256 of the file"];
        check("import_accepted", report("accepted", 2, HASH), contradicts);
        check("import_accepted", report("accepted", 3, "none"), contradicts);
        let no_orders = "a bundle holds no orders, so the amounts cannot be computed again from it";
        check("revenue", report("accepted", 3, HASH), ["unverified", no_orders]);
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
            let judged = judge(&read, &file, NOW.parse().unwrap(), &mut findings);
            assert_eq!((judged[0].status, findings[0].code.id), (Status::Unverified, "evidence_missing"), "{path}");
        }
    }
}
