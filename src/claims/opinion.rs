//! Which way a sound document speaks for a claim of some kind: one function for each kind that takes more than a look.

use super::premises::Premises;
use crate::check::address::Address;
use crate::documents::claims::{ClaimKind, Evidence};
use crate::documents::decision_record::Status;
use crate::documents::evidence::{Document, Says};
use crate::lang::{Words, words};
use crate::read::json as reader;
use crate::read::tree::{Node, Value};

/// Why what proofpack wrote counts for nothing.
pub(super) const OWN: Words = words(
    "由 proofpack 自己寫出，不能證明外部的事",
    "proofpack wrote it itself, which proves nothing about the outside",
);

/// Where what was published by proofpack itself may lie.
const GIST_HOSTS: [&str; 2] = ["gist.github.com", "gist.githubusercontent.com"];

/// Roles that may decide about adopting something. Who made it is not among them.
const ADOPTERS: [&str; 4] = ["ceo", "pls_owner", "product_owner", "dispatcher"];

/// What a document is held against.
pub(super) struct Known<'a> {
    /// Hosts on which deployments may stand.
    pub hosts: &'a [String],
    /// Pages that the claim's receipts name.
    pub pages: &'a [String],
    pub premises: &'a Premises,
}

/// Which way a document speaks, with what it says.
pub(super) enum Opinion {
    For(Words),
    Against(Words),
    Nothing(Words),
}

use Opinion::{Against, For, Nothing};

const WRONG_TYPE: Words = words("這一類證據不能支持這一類主張", "such evidence cannot back such a claim");
const NOT_ANSWERED: Words = words("網址沒有回應 200", "the address did not answer with 200");
const GONE: Words = words("網址回應不存在", "the address answered that there is nothing");

/// What a sound document says about a claim of this kind.
pub(super) fn of(kind: ClaimKind, evidence: &Evidence, document: &Document, known: &Known<'_>) -> Opinion {
    match (kind, &document.says) {
        (ClaimKind::Published, Says::Published { .. }) => Nothing(OWN),
        (_, Says::Answered { url, status, body, .. }) => {
            let Some(address) = Address::parse(url).ok().filter(Address::is_https) else {
                return Nothing(words("不是可信的 https 網址", "is not an https address that can be trusted"));
            };
            let answer = Answer { url, address: &address, status: *status, body: body.as_deref() };
            match kind {
                ClaimKind::Published => published(&answer, known.pages),
                ClaimKind::PullRequest => pull_request(&answer),
                ClaimKind::Deployment => deployment(&answer, known.hosts),
                ClaimKind::MarketFact => market_fact(&answer, evidence.quote.as_deref()),
                _ => Nothing(WRONG_TYPE),
            }
        }
        (ClaimKind::Revenue, Says::Imported { status, source_sha256, rows, accepted_rows }) => {
            let whole = status == "accepted" && *rows > 0 && rows == accepted_rows;
            if !whole {
                Nothing(words(
                    "匯入端沒有完整接受，營收未經驗證",
                    "the receiver did not take every row, so revenue is unverified",
                ))
            } else if known.premises.accepted_import.as_ref() != Some(source_sha256) {
                Nothing(words(
                    "這不是生產包核對後接受的匯出檔，營收未經驗證",
                    "it is not about the export that the pack itself accepts, so revenue is unverified",
                ))
            } else {
                For(words(
                    "匯入端接受了每一列，生產包也接受同一個匯出檔並重算營收",
                    "the receiver took every row of the export that the pack itself accepts and counts revenue from",
                ))
            }
        }
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
        (ClaimKind::Adopted, Says::Adoption { decision, by, role }) => adopted(decision, by, role, known.premises),
        (ClaimKind::TestPassed, Says::Ran { exit_code: 0, .. }) => {
            For(words("指令以 0 結束", "the command ended with 0"))
        }
        (ClaimKind::TestPassed, Says::Ran { .. }) => {
            Against(words("指令沒有以 0 結束", "the command did not end with 0"))
        }
        _ => Nothing(WRONG_TYPE),
    }
}

/// Somebody who may decide must have decided, and the decision record must say the same.
fn adopted(decision: &str, by: &str, role: &str, premises: &Premises) -> Opinion {
    if !ADOPTERS.contains(&role) {
        return Nothing(words("這個角色不能決定採用", "this role may not decide about adopting"));
    }
    if !premises.roles.get(by).is_some_and(|roles| roles.iter().any(|has| has == role)) {
        return Nothing(words(
            "工作區裡沒有這個人，或這個人沒有這個角色",
            "the workspace knows nobody of that name with that role",
        ));
    }
    match (decision, premises.decision) {
        ("accept", Some(Status::Accepted)) => {
            For(words("已決定採用，決策紀錄也這樣記載", "it was decided to adopt it, and the decision record says so"))
        }
        ("accept", _) => {
            Nothing(words("決策紀錄沒有記載已採用", "the decision record does not say that it is adopted"))
        }
        ("reject", _) => Against(words("已決定不採用", "it was decided not to adopt it")),
        _ => Nothing(words("要求修改，尚未採用", "a revision was asked for")),
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

pub(super) fn is_sha256(text: &str) -> bool {
    text.len() == 64 && text.bytes().all(|byte| byte.is_ascii_hexdigit())
}
