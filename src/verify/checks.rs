//! Every check that a bundle can be put to, in the order in which they are reported. A check is one line of a table:
//! its id, what it asks, and the pure function that answers.

use std::collections::{BTreeMap, BTreeSet};

use jiff::tz::TimeZone;
use unicode_normalization::UnicodeNormalization as _;

use crate::bundle::{
    self, ACCEPTANCE, CLAIMS, DECISION, Files, GENERATED, LEDGER, MANIFEST, MEMORY, REPORT_JSON, REPORTS,
    has_extension, is_authored,
};
use crate::check::names;
use crate::check::privacy::{self, hidden};
use crate::claims::{self, Premises};
use crate::clock::Now;
use crate::decide::Asked;
use crate::documents::acceptance::{self, Trial};
use crate::documents::{self, decision_record, memory};
use crate::finding::{Finding, Severity};
use crate::kinds;
use crate::lang::{Lang, Words, words};
use crate::limits;
use crate::read::{json, text};
use crate::verify::Subject;
use crate::verify::html;
use crate::verify::page;
use crate::verify::recorded::Recorded;
use crate::verify::report::{Outcome, Report, Status};
use crate::verify::sources;
use crate::view::pack::Context;
use crate::view::{self, markdown, pack, texts};

/// One check.
pub(super) struct Check {
    /// Stable id.
    pub id: &'static str,
    /// What it asks.
    pub about: Words,
    /// What is expected.
    pub expected: Words,
    run: fn(&Subject<'_>) -> Answer,
}

/// What a check found: nothing against it, or what is wrong and where.
struct Answer {
    observed: String,
    wrong: Vec<String>,
    /// What the report tells although nothing is wrong with it.
    told: Vec<String>,
}

/// The words that the authored documents of every pack must contain (seed 000, gate 0).
const KEYWORDS: [&str; 5] =
    ["market_context", "production_readiness", "e2e_verification", "people_sync", "learning_memory"];
/// Fewest characters that a page must show without scripts.
const VISIBLE: usize = 200;
/// Fewest distinct external sites (seed 001, check 5).
const SOURCES: usize = 2;
/// Most lines of evidence that one check gives; the rest are counted.
const EVIDENCE: usize = 20;

/// The plan of every bundle: what must pass before it is written and whenever it is verified.
pub(super) const BUNDLE: &[Check] = &[
    Check {
        id: "files.required",
        about: words("必要檔案齊備", "required files are there"),
        expected: words("這一類生產包規定的檔案都在", "every file that the kind requires"),
        run: files_required,
    },
    Check {
        id: "files.names",
        about: words("檔名安全且不重複", "names are safe and unique"),
        expected: words("沒有資料夾；檔名安全、不重複，檔案都可讀取", "flat, safe, unique names of readable files"),
        run: files_names,
    },
    Check {
        id: "manifest.hashes",
        about: words("雜湊值與清單相符", "files match the manifest"),
        expected: words("清單列出的檔案，SHA-256 都相符", "every listed file has its listed SHA-256"),
        run: manifest_hashes,
    },
    Check {
        id: "manifest.unlisted",
        about: words("沒有未列入清單的檔案", "no file is unlisted"),
        expected: words("每個檔案都列在清單裡", "every file is listed"),
        run: manifest_unlisted,
    },
    Check {
        id: "text.valid",
        about: words("文字編碼正確", "texts are clean UTF-8"),
        expected: words(
            "UTF-8、不空白、沒有控制字元或雙向文字字元",
            "UTF-8, not blank, no control or bidirectional characters",
        ),
        run: text_valid,
    },
    Check {
        id: "json.parse",
        about: words("JSON 可解析", "JSON parses"),
        expected: words("合乎標準的 JSON，沒有重複的鍵", "strict JSON without repeated keys"),
        run: json_parse,
    },
    Check {
        id: "keywords.required",
        about: words("必要關鍵詞", "required keywords"),
        expected: words(
            "人工撰寫的文件含有 market_context、production_readiness、e2e_verification、people_sync、learning_memory",
            "market_context, production_readiness, e2e_verification, people_sync, learning_memory in authored documents",
        ),
        run: keywords,
    },
    Check {
        id: "sources.external",
        about: words("至少兩個外部來源", "two external sources"),
        expected: words(
            "人工撰寫的文件引用至少 2 個不同的外部網站",
            "at least 2 distinct external sites in authored documents",
        ),
        run: external_sources,
    },
    Check {
        id: "page.primary",
        about: words("主要頁面可開啟", "primary page opens"),
        expected: words(
            "可解析的 HTML 頁面，標明語言，有標題與主標題",
            "an HTML page with language, title and main heading that parses",
        ),
        run: page_primary,
    },
    Check {
        id: "page.ids",
        about: words("頁面 id 不重複", "ids are unique"),
        expected: words("同一頁面內沒有重複的 id", "no id twice in a page"),
        run: page_ids,
    },
    Check {
        id: "page.requests",
        about: words("頁面不對外連線", "pages are self-contained"),
        expected: words(
            "沒有任何連線要求，且內容安全政策一概禁止",
            "no request, and a content security policy that permits none",
        ),
        run: page_requests,
    },
    Check {
        id: "page.scripts",
        about: words("頁面不執行陌生腳本", "pages run no script but the known one"),
        expected: words(
            "沒有腳本，或只有 proofpack 的表格腳本，一字不差；沒有事件屬性或會執行腳本的連結",
            "no script, or only the one of proofpack for tables, to the letter; no event handler, no link that runs one",
        ),
        run: page_scripts,
    },
    Check {
        id: "page.content",
        about: words("不需腳本即可閱讀", "pages read without scripts"),
        expected: words("不執行腳本也至少有 200 個字", "at least 200 characters of text without scripts"),
        run: page_content,
    },
    Check {
        id: "decision.complete",
        about: words("決策紀錄完整", "decision record is complete"),
        expected: words("有狀態、選項、決策與理由", "status, options, decision and why"),
        run: decision_complete,
    },
    Check {
        id: "memory.complete",
        about: words("學習記憶完整", "learning memory is complete"),
        expected: words("格式已知，有學到的事與下一步", "a known shape with a lesson and a next step"),
        run: memory_complete,
    },
    Check {
        id: "acceptance.cases",
        about: words("驗收案例", "acceptance cases"),
        expected: words(
            "至少一個案例，每個都得到預期的決策，結果也照實印出",
            "at least one case, every one decided as expected, and the results printed as they are",
        ),
        run: acceptance_cases,
    },
    Check {
        id: "claims.supported",
        about: words("主張有證據", "claims carry the status of their evidence"),
        expected: words(
            "證據齊備且未經更動；每個主張都照證據重算出的狀態印出",
            "evidence that is there and unchanged, and every claim printed with the status recomputed from it",
        ),
        run: claims_supported,
    },
    Check {
        id: "privacy.secrets",
        about: words("沒有憑證", "no credentials"),
        expected: words("沒有任何看似憑證的內容", "nothing that looks like a credential"),
        run: secrets,
    },
    Check {
        id: "privacy.personal",
        about: words("沒有個人資料", "no personal data"),
        expected: words("沒有任何看似個人資料的內容", "nothing that looks like personal data"),
        run: personal_data,
    },
    Check {
        id: "privacy.allowed",
        about: words("放行的例外有依據", "exceptions are in force"),
        expected: words(
            "放行的每個值都寫明規則、檔案、原因與期限，且未過期",
            "every value that is let through has its rule, file, reason and last day, and that day is not over",
        ),
        run: allowed,
    },
    Check {
        id: "links.internal",
        about: words("內部連結有效", "internal links lead somewhere"),
        expected: words("每個相對連結與錨點都存在", "every relative link and fragment exists in the bundle"),
        run: internal_links,
    },
];

/// A check that this plan does not hold, and why.
pub(super) struct Elsewhere {
    /// Stable id.
    pub id: &'static str,
    /// What it asks.
    pub about: Words,
    /// What is expected.
    pub expected: Words,
    /// Why it is not checked here.
    pub reason: Words,
}

/// Checks of the report itself: only somebody who did not write it can make them.
pub(super) const REPORT: &[Elsewhere] = &[
    Elsewhere {
        id: "report.readable",
        about: words("報告可讀取", "report can be read"),
        expected: words(
            "JSON 為已知類型的 in-toto Statement，並附 Markdown 與 HTML 版本",
            "an in-toto Statement of the known type in JSON, with its Markdown and HTML forms",
        ),
        reason: SELF,
    },
    Elsewhere {
        id: "report.subjects",
        about: words("報告對象與檔案相符", "report speaks about these files"),
        expected: words(
            "報告列出的檔案與 SHA-256，就是這些檔案",
            "the subjects are the bundle's files with their SHA-256",
        ),
        reason: SELF,
    },
    Elsewhere {
        id: "report.plan",
        about: words("報告計畫完整", "report has the whole plan"),
        expected: words("計畫中的每項查核都剛好有一個結果", "every planned check has exactly one result"),
        reason: SELF,
    },
    Elsewhere {
        id: "report.truthful",
        about: words("報告屬實", "report tells the truth"),
        expected: words("記載的結果與重算的結果一致", "every recorded result is what is recomputed"),
        reason: SELF,
    },
];

const SELF: Words = words(
    "報告不能替自己作證，由 `proofpack verify` 查核",
    "a report cannot vouch for itself; `proofpack verify` checks it",
);

/// Checks that the report names so that nobody takes them for made: part of the plan of `verify` where there is an upload
/// receipt for this very bundle.
pub(super) const LATER: &[Elsewhere] = &[Elsewhere {
    id: "upload.count",
    about: words("上傳檔數", "files accepted by the PLS"),
    expected: words("PLS 確認收到每個檔案", "the PLS confirms every file"),
    reason: words("尚未上傳", "before upload"),
}];

/// Checks of what is published: part of the plan of `verify --online` alone.
pub(super) const PUBLICATION: &[Elsewhere] = &[
    Elsewhere {
        id: "publication.receipt",
        about: words("發布收據", "publication receipt"),
        expected: words("有一張收據，內容正是這些檔案", "a receipt for exactly these files"),
        reason: OFFLINE,
    },
    Elsewhere {
        id: "publication.gist",
        about: words("發布的 gist 相符", "the published gist"),
        expected: words(
            "id、擁有者、是否公開、版本都和收據相同",
            "id, owner, visibility and revision are those of the receipt",
        ),
        reason: OFFLINE,
    },
    Elsewhere {
        id: "publication.files",
        about: words("發布的檔案相符", "the published files"),
        expected: words("檔案齊全、沒有多餘的檔案，每個位元組都相同", "exactly the files of the bundle, byte for byte"),
        reason: OFFLINE,
    },
    Elsewhere {
        id: "publication.page",
        about: words("發布頁面可開啟", "published page answers"),
        expected: words("固定主機上的網頁回應 HTTP 200，列出每個檔案", "HTTP 200 on the pinned host with every file"),
        reason: OFFLINE,
    },
];

/// The check of what packs point to outside: part of the plan when it was asked for.
pub(super) const SOURCES_ALIVE: &[Elsewhere] = &[Elsewhere {
    id: "sources.alive",
    about: words("外部來源仍可開啟", "external sources answer"),
    expected: words("沒有失效的外部來源，每一個都有回應", "no source is dead, and every one answers"),
    reason: words("由 `proofpack verify --online --sources` 查核", "`proofpack verify --online --sources` checks it"),
}];

const OFFLINE: Words =
    words("由 `proofpack verify --online` 依收據查核", "`proofpack verify --online` checks it against the receipt");

/// Checks that were made elsewhere, with what was found.
pub(super) fn made(
    checks: &[Elsewhere],
    found: &mut BTreeMap<&'static str, Result<Vec<String>, String>>,
) -> Vec<Outcome> {
    let line = |check: &Elsewhere| match found.remove(check.id) {
        Some(Ok(wrong)) => {
            let observed = if wrong.is_empty() { "as expected".to_owned() } else { format!("{} wrong", wrong.len()) };
            outcome(check.id, check.expected.en, answer(observed, wrong))
        }
        other => Outcome {
            id: check.id,
            status: Status::NotChecked,
            expected: check.expected.en.to_owned(),
            observed: other.and_then(Result::err).unwrap_or_else(|| "was not looked at".to_owned()),
            evidence: Vec::new(),
        },
    };
    checks.iter().map(line).collect()
}

/// The ids of these checks.
pub(super) fn ids<T: Identified>(checks: &[T]) -> Vec<&'static str> {
    checks.iter().map(Identified::id).collect()
}

/// Something with a stable id.
pub(super) trait Identified {
    fn id(&self) -> &'static str;
}

impl Identified for Check {
    fn id(&self) -> &'static str {
        self.id
    }
}

impl Identified for Elsewhere {
    fn id(&self) -> &'static str {
        self.id
    }
}

/// What is known of a check before it is made.
#[derive(Clone, Copy)]
pub(super) struct Described {
    /// What it asks.
    pub about: Words,
    /// What is expected.
    pub expected: Words,
    /// Why it is not part of the plan of a bundle; `None` when it is.
    pub reason: Option<Words>,
}

/// What a check asks, by its id.
pub(super) fn describe(id: &str) -> Option<Described> {
    let planned = BUNDLE.iter().find(|check| check.id == id);
    let planned = planned.map(|check| Described { about: check.about, expected: check.expected, reason: None });
    let other = || REPORT.iter().chain(LATER).chain(PUBLICATION).chain(SOURCES_ALIVE).find(|check| check.id == id);
    planned.or_else(|| {
        other().map(|check| Described { about: check.about, expected: check.expected, reason: Some(check.reason) })
    })
}

/// Makes these checks.
pub(super) fn run(checks: &[Check], subject: &Subject<'_>) -> Vec<Outcome> {
    checks.iter().map(|check| outcome(check.id, check.expected.en, (check.run)(subject))).collect()
}

/// Lines that say that these checks were not made.
pub(super) fn not_checked(checks: &[Elsewhere]) -> Vec<Outcome> {
    let line = |check: &Elsewhere| Outcome {
        id: check.id,
        status: Status::NotChecked,
        expected: check.expected.en.to_owned(),
        observed: check.reason.en.to_owned(),
        evidence: Vec::new(),
    };
    checks.iter().map(line).collect()
}

fn outcome(id: &'static str, expected: &str, answer: Answer) -> Outcome {
    let status = if answer.wrong.is_empty() { Status::Pass } else { Status::Fail };
    let mut evidence = if answer.wrong.is_empty() { answer.told } else { answer.wrong };
    let more = evidence.len().saturating_sub(EVIDENCE);
    evidence.truncate(EVIDENCE);
    // The name of a file may be what must not be repeated.
    let mut evidence: Vec<_> = evidence.iter().map(|line| privacy::cleaned(line)).collect();
    if more > 0 {
        evidence.push(format!("… and {more} more"));
    }
    Outcome { id, status, expected: expected.to_owned(), observed: answer.observed, evidence }
}

fn answer(observed: impl Into<String>, wrong: Vec<String>) -> Answer {
    Answer { observed: observed.into(), wrong, told: Vec::new() }
}

/// `5 files` when nothing is wrong, `3 wrong among 5 files` when something is.
fn counted(all: usize, wrong: &[String], what: &str) -> String {
    let what = if all == 1 { what.strip_suffix('s').unwrap_or(what) } else { what };
    if wrong.is_empty() { format!("{all} {what}") } else { format!("{} wrong among {all} {what}", wrong.len()) }
}

fn files_required(subject: &Subject<'_>) -> Answer {
    let Some(kind) = subject.kind else {
        return answer("the kind of the pack cannot be told", vec![format!("{REPORT_JSON}: names no known kind")]);
    };
    let required: Vec<&str> = [kind.primary, MEMORY, acceptance::FILE]
        .into_iter()
        .chain(kind.documents.iter().copied())
        .chain(GENERATED)
        .collect();
    let missing: Vec<_> = required
        .iter()
        .filter(|name| !subject.files.contains_key(**name))
        .map(|name| format!("{name}: is missing"))
        .collect();
    answer(format!("{} of {} required files", required.len() - missing.len(), required.len()), missing)
}

fn files_names(subject: &Subject<'_>) -> Answer {
    let mut wrong: Vec<_> = subject.strangers.iter().map(|(name, why)| format!("{name}: {why}")).collect();
    for name in subject.files.keys() {
        if let Err(why) = names::artifact_name(name) {
            wrong.push(format!("{name}: {why}"));
        }
        if !privacy::is_harmless(name) {
            wrong.push(format!("{}: is the name of a file", privacy::quoted(name)));
        }
    }
    let collisions = names::collisions(subject.files.keys().copied());
    wrong.extend(collisions.into_iter().map(|(one, other)| format!("{one} and {other}: are one name on many systems")));
    let limit = limits::BUNDLE_FILES;
    if subject.files.len() as u64 > limit.value {
        wrong.push(format!("more than {} files (limit `{}`)", limit.value, limit.name));
    }
    answer(counted(subject.files.len(), &wrong, "names"), wrong)
}

fn manifest_hashes(subject: &Subject<'_>) -> Answer {
    let listed = match &subject.manifest {
        Ok(listed) => listed,
        Err(faults) => {
            return answer("no usable manifest", faults.iter().map(|fault| format!("{MANIFEST}: {fault}")).collect());
        }
    };
    let mut wrong = Vec::new();
    for (name, digest) in listed {
        match subject.digests.get(name) {
            None => wrong.push(format!("{name}: is listed and missing")),
            Some(found) if found != digest => wrong.push(format!("{name}: has SHA-256 {found}, listed {digest}")),
            Some(_) => {}
        }
    }
    let observed =
        if wrong.is_empty() { "all listed files match".to_owned() } else { format!("{} do not match", wrong.len()) };
    answer(observed, wrong)
}

fn manifest_unlisted(subject: &Subject<'_>) -> Answer {
    let Ok(listed) = &subject.manifest else {
        return answer("no usable manifest", vec![format!("{MANIFEST}: cannot be used")]);
    };
    let wrong: Vec<_> = subject
        .digests
        .keys()
        .filter(|name| !listed.contains_key(*name))
        .map(|name| format!("{name}: is not listed"))
        .collect();
    let observed = if wrong.is_empty() { "no unlisted file".to_owned() } else { format!("{} unlisted", wrong.len()) };
    answer(observed, wrong)
}

fn text_valid(subject: &Subject<'_>) -> Answer {
    let mut wrong = Vec::new();
    for (name, bytes) in &subject.files {
        let mut findings = Vec::new();
        if let Some(content) = text::read(name, bytes, &mut findings) {
            wrong.extend(strange_characters(name, content.content));
        }
        wrong.extend(lines(&findings, Severity::Error));
    }
    answer(counted(subject.files.len(), &wrong, "texts"), wrong)
}

/// The first control character or bidirectional override: they make a text look different from what it says.
fn strange_characters(name: &str, content: &str) -> Option<String> {
    let strange = hidden::find(content).into_iter().find(|one| one.deceives)?;
    let (line, column) = text::position(content.as_bytes(), strange.offset);
    Some(format!("{name}:{line}:{column}: has U+{:04X}", u32::from(strange.character)))
}

fn json_parse(subject: &Subject<'_>) -> Answer {
    let mut documents = 0;
    let mut wrong = Vec::new();
    for (name, bytes) in subject.files.iter().filter(|(name, _)| has_extension(name, "json")) {
        documents += 1;
        let mut findings = Vec::new();
        json::read(name, bytes, &mut findings);
        wrong.extend(lines(&findings, Severity::Error));
    }
    if documents == 0 {
        wrong.push("no JSON document".to_owned());
    }
    answer(counted(documents, &wrong, "documents"), wrong)
}

fn lines(findings: &[Finding], at_least: Severity) -> Vec<String> {
    findings
        .iter()
        .filter(|finding| finding.severity <= at_least)
        .map(|finding| format!("{}: {}", finding.place, finding.message))
        .collect()
}

fn authored<'a>(subject: &'a Subject<'_>) -> impl Iterator<Item = &'a str> {
    subject.files.keys().copied().filter(|name| is_authored(name))
}

fn keywords(subject: &Subject<'_>) -> Answer {
    let texts: Vec<&str> = authored(subject).filter_map(|name| subject.text(name)).collect();
    // Compatibility forms are folded, so that a keyword in full-width letters is one too.
    let says = |keyword: &str| {
        texts.iter().any(|text| has_word(text, keyword))
            || texts.iter().any(|text| has_word(&text.nfkc().collect::<String>(), keyword))
    };
    let looked_in = || authored(subject).collect::<Vec<_>>().join(", ");
    let missing: Vec<_> = KEYWORDS
        .iter()
        .filter(|keyword| !says(keyword))
        .map(|keyword| format!("{keyword}: not in {}", looked_in()))
        .collect();
    answer(format!("{} of {} keywords", KEYWORDS.len() - missing.len(), KEYWORDS.len()), missing)
}

/// Whether a text has a word that no ASCII letter, digit or `_` touches.
fn has_word(text: &str, word: &str) -> bool {
    let part = |byte: Option<&u8>| byte.is_some_and(|byte| byte.is_ascii_alphanumeric() || *byte == b'_');
    memchr::memmem::find_iter(text.as_bytes(), word).any(|at| {
        !part(at.checked_sub(1).and_then(|before| text.as_bytes().get(before)))
            && !part(text.as_bytes().get(at + word.len()))
    })
}

fn external_sources(subject: &Subject<'_>) -> Answer {
    let outlines = subject.outlines.iter().filter(|(name, _)| is_authored(name));
    let sites = sources::sites(outlines.flat_map(|(_, outline)| &outline.links).map(|link| link.target.as_str()));
    let found = sites.iter().map(String::as_str).collect::<Vec<_>>().join(", ");
    let wrong = if sites.len() < SOURCES { vec![format!("found {}: {found}", sites.len())] } else { Vec::new() };
    answer(format!("{} sites: {found}", sites.len()), wrong)
}

fn page_primary(subject: &Subject<'_>) -> Answer {
    let Some(kind) = subject.kind else {
        return answer("the kind of the pack cannot be told", vec![format!("{REPORT_JSON}: names no known kind")]);
    };
    let name = kind.primary;
    let Some(page) = subject.pages.get(name) else {
        return answer("no page", vec![format!("{name}: is missing or not UTF-8")]);
    };
    let mut wrong: Vec<_> = page
        .errors
        .iter()
        .map(|(error, at)| {
            let (line, column) = subject.position(name, *at);
            format!("{name}:{line}:{column}: {error}")
        })
        .collect();
    for (there, what) in [
        (page.doctype, "begin with <!doctype html>"),
        (page.language, "say its language"),
        (!page.title.trim().is_empty(), "have a title"),
        (page.heading, "have a main heading"),
    ] {
        if !there {
            wrong.push(format!("{name}: does not {what}"));
        }
    }
    answer(format!("{name}, {} bytes", subject.files.get(name).map_or(0, |bytes| bytes.len())), wrong)
}

fn page_ids(subject: &Subject<'_>) -> Answer {
    on_pages(subject, |page| {
        page.repeated_ids.iter().map(|(id, at)| (format!("id `{id}` a second time"), *at)).collect()
    })
}

fn page_requests(subject: &Subject<'_>) -> Answer {
    on_pages(subject, |page| {
        let mut wrong: Vec<_> = page.requests.iter().map(|(what, at)| (format!("asks for {what}"), *at)).collect();
        match &page.policy {
            Some((policy, at)) => {
                let excess = html::excess(policy).into_iter();
                wrong.extend(excess.map(|excess| (format!("its content security policy permits {excess}"), *at)));
            }
            None => wrong.push(("has no content security policy with default-src 'none'".to_owned(), 0)),
        }
        wrong
    })
}

fn page_scripts(subject: &Subject<'_>) -> Answer {
    on_pages(subject, |page| page.scripts.iter().map(|(what, at)| (format!("has {what}"), *at)).collect())
}

fn page_content(subject: &Subject<'_>) -> Answer {
    on_pages(subject, |page| {
        if page.visible < VISIBLE {
            vec![(format!("shows {} characters without scripts", page.visible), 0)]
        } else {
            Vec::new()
        }
    })
}

fn on_pages(subject: &Subject<'_>, faults: fn(&html::PageFacts) -> Vec<(String, usize)>) -> Answer {
    let mut wrong = Vec::new();
    for (name, page) in &subject.pages {
        for (fault, at) in faults(page) {
            let (line, column) = subject.position(name, at);
            wrong.push(format!("{name}:{line}:{column}: {fault}"));
        }
    }
    if subject.pages.is_empty() {
        wrong.push("no page".to_owned());
    }
    answer(counted(subject.pages.len(), &wrong, "pages"), wrong)
}

fn decision_complete(subject: &Subject<'_>) -> Answer {
    let Some(bytes) = subject.files.get(DECISION) else {
        return answer("no decision record", vec![format!("{DECISION}: is missing")]);
    };
    let mut findings = Vec::new();
    let record = decision_record::read(DECISION, bytes, &mut findings);
    let observed = record.map_or("cannot be read".to_owned(), |record| {
        format!("status: {}", record.status.map_or("none", decision_record::Status::word))
    });
    answer(observed, lines(&findings, Severity::Error))
}

fn memory_complete(subject: &Subject<'_>) -> Answer {
    let Some(bytes) = subject.files.get(MEMORY) else {
        return answer("no learning memory", vec![format!("{MEMORY}: is missing")]);
    };
    let mut findings = Vec::new();
    let memory = memory::read(MEMORY, bytes, &mut findings);
    let observed = memory.map_or("cannot be read".to_owned(), |memory| {
        format!(
            "{} lessons, {} next checks",
            memory.lessons.len() + memory.do_not_repeat.len(),
            memory.next_checks.len()
        )
    });
    answer(observed, lines(&findings, Severity::Error))
}

/// Runs the cases that the bundle holds again, and compares what the bundle prints about them.
fn acceptance_cases(subject: &Subject<'_>) -> Answer {
    let Some(bytes) = subject.files.get(acceptance::FILE) else {
        return answer("no acceptance cases", vec![format!("{}: is missing", acceptance::FILE)]);
    };
    let mut findings = Vec::new();
    let cases = acceptance::read(acceptance::FILE, bytes, &mut findings);
    let mut wrong = lines(&findings, Severity::Error);
    let tried =
        |lang| acceptance::run(acceptance::FILE, bytes, &cases, &Asked { lang, trace: false }, &kinds::questions());
    // The report is in English; the document is in the language of the pack, which the bundle need not say.
    let trials = tried(Lang::En);
    let passed = trials.iter().filter(|trial| trial.passed()).count();
    wrong.extend(trials.iter().flat_map(|trial| lines(&trial.findings, Severity::Error)));
    if cases.is_empty() {
        wrong.push(format!("{}: has no case that can be run", acceptance::FILE));
    }
    let printed = subject.text(ACCEPTANCE).unwrap_or_default();
    let expected = |lang: Lang, trials: &[Trial<'_>]| {
        markdown::document(texts::ACCEPTANCE_TESTS.get(lang), &pack::acceptance(Some(trials), lang), lang)
    };
    if expected(Lang::En, &trials) != printed && expected(Lang::ZhHant, &tried(Lang::ZhHant)) != printed {
        wrong.push(format!("{ACCEPTANCE}: is not what is printed of the cases when they are run"));
    }
    answer(format!("{passed} of {} cases decided as expected", cases.len()), wrong)
}

/// Judges the claims that the bundle holds again, as of the moment that it gives, and compares what is printed of them.
/// A claim that is not verified fails nothing: it is printed as what it is.
fn claims_supported(subject: &Subject<'_>) -> Answer {
    let ledger = subject.files.get(LEDGER).and_then(|bytes| json::read(LEDGER, bytes, &mut Vec::new()));
    let said = |key: &str| ledger.as_ref().and_then(|ledger| ledger.text_at(key));
    let (Some(as_of), Some(zone_name)) = (said("as_of"), said("time_zone")) else {
        return answer(
            "no ledger of claims",
            vec![format!("{LEDGER}: is missing, or does not say as of when it holds")],
        );
    };
    let (Ok(now), Ok(zone)) = (Now::from_rfc3339(as_of), TimeZone::get(zone_name)) else {
        return answer("no usable ledger", vec![format!("{LEDGER}: as_of or time_zone cannot be read")]);
    };
    let mut findings = Vec::new();
    let given = subject.files.get(documents::claims::FILE);
    let given = given.map(|bytes| documents::claims::read(documents::claims::FILE, bytes, &mut findings));
    let file = |path: &str| {
        let name = bundle::evidence_name(path)?;
        let bytes = subject.files.get(name.as_str())?;
        Some((name, *bytes))
    };
    let record = subject.files.get(DECISION).copied();
    let premises = ledger.as_ref().map(|ledger| Premises::of_bundle(ledger, record)).unwrap_or_default();
    let judged = given.as_ref().map(|given| claims::judge(given, &premises, &file, now.timestamp(), &mut findings));
    let judged = judged.as_deref();
    let mut wrong = lines(&findings, Severity::Error);
    if subject.files.get(LEDGER).copied() != Some(claims::ledger(judged, &premises, as_of, zone_name).as_slice()) {
        wrong.push(format!("{LEDGER}: is not what the evidence gives"));
    }
    let primary = subject.kind.and_then(|kind| subject.text(kind.primary)).unwrap_or_default();
    // The bundle need not say its language; what is printed must be right in one.
    let context = |lang| Context { lang, zone: &zone, now: &now, workspace: "" };
    let document = |lang: Lang| {
        let sections = pack::claims_document(judged, &context(lang));
        markdown::document(texts::ARTIFACT_URL_OR_PR.get(lang), &sections, lang)
    };
    let langs = [Lang::ZhHant, Lang::En];
    if !langs.iter().any(|lang| subject.text(CLAIMS) == Some(document(*lang).as_str())) {
        wrong.push(format!("{CLAIMS}: is not what is printed of the claims when they are judged"));
    }
    let shown = |lang: &Lang| view::html::shows(primary, &pack::claimed(judged, &context(*lang)), *lang);
    if !langs.iter().any(shown) {
        let page = subject.kind.map_or("the primary page", |kind| kind.primary);
        wrong.push(format!("{page}: does not print the claims with the status that they have"));
    }
    let count = |status: claims::Status| judged.unwrap_or_default().iter().filter(|one| one.status == status).count();
    let observed = if judged.is_none() {
        "nothing is claimed".to_owned()
    } else {
        use claims::Status::{Expired, Refuted, Unverified, Verified};
        let counts = [Verified, Refuted, Unverified, Expired].map(|one| format!("{} {}", count(one), one.word()));
        counts.join(", ")
    };
    answer(observed, wrong)
}

fn secrets(subject: &Subject<'_>) -> Answer {
    guard(subject, true)
}

fn personal_data(subject: &Subject<'_>) -> Answer {
    guard(subject, false)
}

fn guard(subject: &Subject<'_>, secret: bool) -> Answer {
    let hits: Vec<_> = subject.guarded.stopped.iter().filter(|(_, hit)| hit.secret == secret).collect();
    let place = |(name, hit): &&(&str, privacy::Hit)| {
        let (line, column) = subject.position(name, hit.offset);
        format!("{name}:{line}:{column}: {hit}")
    };
    // The places of those that are not shown are not looked up.
    let mut wrong: Vec<_> = hits.iter().take(EVIDENCE).map(place).collect();
    wrong.extend(hits.iter().skip(EVIDENCE).map(|(name, hit)| format!("{name}: {hit}")));
    answer(counted(subject.files.len(), &wrong, "files"), wrong)
}

/// Each exception that was used, with its reason, whatever became of it.
fn allowed(subject: &Subject<'_>) -> Answer {
    let mut wrong = lines(subject.not_allowed, Severity::Error);
    wrong.extend(lines(&subject.guarded.findings, Severity::Error));
    let passed = &subject.guarded.passed;
    let mut files: BTreeMap<_, BTreeSet<&str>> = BTreeMap::new();
    for (name, hit, entry) in passed {
        let what = format!("{hit} until {}: {}", entry.until, entry.reason);
        files.entry(what).or_default().insert(name);
    }
    let told: Vec<_> = files
        .into_iter()
        .map(|(what, names)| format!("{}: {what}", names.into_iter().collect::<Vec<_>>().join(", ")))
        .collect();
    let observed = match told.len() {
        0 => "nothing is let through".to_owned(),
        1 => "1 value is let through".to_owned(),
        more => format!("{more} values are let through"),
    };
    Answer { told, ..answer(observed, wrong) }
}

fn internal_links(subject: &Subject<'_>) -> Answer {
    let mut links = 0;
    let mut wrong = Vec::new();
    for (name, page) in &subject.pages {
        links += page.links.len();
        for (target, at) in &page.links {
            if let Some(fault) = dangling(subject, name, target) {
                let (line, _) = subject.position(name, *at);
                wrong.push(format!("{name}:{line}: `{target}` {fault}"));
            }
        }
    }
    for (name, outline) in &subject.outlines {
        links += outline.links.len();
        for link in &outline.links {
            if let Some(fault) = dangling(subject, name, &link.target) {
                wrong.push(format!("{name}:{}: `{}` {fault}", link.line, link.target));
            }
        }
    }
    let observed = counted(links, &wrong, "links");
    answer(observed, wrong)
}

/// Why a link does not lead anywhere in the bundle; `None` when it does or leads outside.
fn dangling(subject: &Subject<'_>, from: &str, target: &str) -> Option<&'static str> {
    let scheme = target.split_once(':').is_some_and(|(scheme, _)| {
        !scheme.is_empty()
            && scheme.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'-' | b'.'))
    });
    if scheme || target.starts_with("//") {
        return None;
    }
    let (file, fragment) = target.split_once('#').unwrap_or((target, ""));
    let file = if file.is_empty() { from } else { file.strip_prefix("./").unwrap_or(file) };
    // The report and the manifest are written after this check is made, and always are.
    if REPORTS.contains(&file) || file == MANIFEST {
        return None;
    }
    if !subject.files.contains_key(file) {
        return Some("is not in the bundle");
    }
    if fragment.is_empty() {
        return None;
    }
    let found = match (subject.pages.get(file), subject.outlines.get(file)) {
        (Some(page), _) => page.ids.contains(fragment),
        (None, Some(outline)) => outline.headings.iter().any(|heading| heading.slug == fragment),
        (None, None) => false,
    };
    (!found).then_some("names a place that does not exist")
}

/// Compares what the report says with what was recomputed. `files` are all files of the bundle.
pub(super) fn report(
    recorded: &Recorded,
    files: &Files,
    subject: &Subject<'_>,
    recomputed: &[Outcome],
) -> Vec<Outcome> {
    let answers = [
        report_readable(recorded, files),
        report_subjects(recorded, &subject.digests),
        report_plan(recorded),
        report_truthful(recorded, files, subject, recomputed),
    ];
    REPORT.iter().zip(answers).map(|(check, answer)| outcome(check.id, check.expected.en, answer)).collect()
}

fn report_readable(recorded: &Recorded, files: &Files) -> Answer {
    let mut wrong: Vec<_> = recorded.faults.iter().map(|fault| format!("{REPORT_JSON}: {fault}")).collect();
    let missing = REPORTS.iter().filter(|name| !files.contains_key(**name) && **name != REPORT_JSON);
    wrong.extend(missing.map(|name| format!("{name}: is missing")));
    answer(if wrong.is_empty() { "readable" } else { "not readable" }, wrong)
}

fn report_subjects(recorded: &Recorded, digests: &BTreeMap<String, String>) -> Answer {
    let mut wrong = Vec::new();
    let mut seen = BTreeSet::new();
    for (name, digest) in &recorded.subjects {
        if !seen.insert(name) {
            wrong.push(format!("{name}: is a subject twice"));
        }
        match digests.get(name) {
            None => wrong.push(format!("{name}: is a subject and missing")),
            Some(found) if found != digest => {
                wrong.push(format!("{name}: is not the file that the report speaks about"));
            }
            Some(_) => {}
        }
    }
    for name in digests.keys().filter(|name| !REPORTS.contains(&name.as_str()) && !seen.contains(name)) {
        wrong.push(format!("{name}: is not a subject of the report"));
    }
    answer(counted(recorded.subjects.len(), &wrong, "subjects"), wrong)
}

fn report_plan(recorded: &Recorded) -> Answer {
    let mut wrong = Vec::new();
    let plan = ids(BUNDLE);
    if recorded.plan != plan {
        let missing = plan.iter().filter(|id| !recorded.plan.iter().any(|recorded| recorded == *id));
        wrong.extend(missing.map(|id| format!("{REPORT_JSON}: {id} is not in the plan")));
        let extra = recorded.plan.iter().filter(|id| !plan.contains(&id.as_str()));
        wrong.extend(extra.map(|id| format!("{REPORT_JSON}: {id} is in the plan and no known check")));
        if wrong.is_empty() {
            wrong.push(format!("{REPORT_JSON}: the plan repeats checks or is out of order"));
        }
    }
    for id in &plan {
        match recorded.results.iter().filter(|(recorded, _)| recorded == id).count() {
            1 => {}
            0 => wrong.push(format!("{REPORT_JSON}: {id} has no result")),
            _ => wrong.push(format!("{REPORT_JSON}: {id} has more than one result")),
        }
    }
    answer(counted(recorded.plan.len(), &wrong, "planned checks"), wrong)
}

fn report_truthful(recorded: &Recorded, files: &Files, subject: &Subject<'_>, recomputed: &[Outcome]) -> Answer {
    let mut wrong = Vec::new();
    let truth = |id: &str| {
        recomputed.iter().find(|outcome| outcome.id == id).map_or("not_checked", |outcome| outcome.status.word())
    };
    for (id, status) in &recorded.results {
        if describe(id).is_none() {
            wrong.push(format!("{REPORT_JSON}: {id} is no known check"));
        } else if status != truth(id) {
            wrong.push(format!("{REPORT_JSON}: {id} is recorded as `{status}` and is `{}`", truth(id)));
        }
    }
    match (recorded.header(), recorded.version.as_deref()) {
        (Some(header), Some(VERSION)) => {
            let subjects = subject.digests.iter().filter(|(name, _)| !REPORTS.contains(&name.as_str()));
            let report = Report {
                subjects: subjects.map(|(name, digest)| (name.clone(), digest.clone())).collect(),
                plan: ids(BUNDLE),
                results: recomputed
                    .iter()
                    .cloned()
                    .chain(not_checked(REPORT))
                    .chain(not_checked(LATER))
                    .chain(not_checked(PUBLICATION))
                    .chain(not_checked(SOURCES_ALIVE))
                    .collect(),
            };
            let page = subject.kind.and_then(|kind| subject.pages.get(kind.primary));
            if page.is_some_and(|page| page.title != header.title) {
                wrong.push(format!("{REPORT_JSON}: its title is not that of the primary page"));
            }
            let ledger = subject.files.get(LEDGER).and_then(|bytes| json::read(LEDGER, bytes, &mut Vec::new()));
            if ledger.is_some_and(|ledger| ledger.text_at("as_of") != Some(header.as_of)) {
                wrong.push(format!("{LEDGER}: is not as of the same moment as {REPORT_JSON}"));
            }
            for (name, expected) in page::forms(&report, &header) {
                let found = files.get(name).map(Vec::as_slice).unwrap_or_default();
                wrong.extend(first_difference(name, &expected, found));
            }
        }
        (Some(_), Some(version)) => {
            let advice = "its wording can only be recomputed by that version, or build the pack again";
            wrong.push(format!("{REPORT_JSON}: was written by version {version}, this is {VERSION}: {advice}"));
        }
        _ => wrong.push(format!("{REPORT_JSON}: does not say which pack it is about, or which version wrote it")),
    }
    answer(counted(recorded.results.len(), &wrong, "recorded results"), wrong)
}

/// The version whose reports can be recomputed to the letter.
const VERSION: &str = env!("CARGO_PKG_VERSION");

/// The first line in which a form of the report is not what it would be now.
fn first_difference(name: &str, expected: &str, found: &[u8]) -> Option<String> {
    if expected.as_bytes() == found {
        return None;
    }
    let lines = expected.as_bytes().split(|byte| *byte == b'\n').zip(found.split(|byte| *byte == b'\n'));
    let same = lines.take_while(|(expected, found)| expected == found).count();
    Some(format!("{name}:{}: is not what is recomputed", same + 1))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_are_unique() {
        let all: Vec<_> = ids(BUNDLE)
            .into_iter()
            .chain(ids(REPORT))
            .chain(ids(LATER))
            .chain(ids(PUBLICATION))
            .chain(ids(SOURCES_ALIVE))
            .collect();
        assert_eq!(all.iter().collect::<BTreeSet<_>>().len(), all.len());
    }

    #[test]
    fn words_stand_alone() {
        assert!(has_word("## market_context\n", "market_context"));
        assert!(has_word("含market_context、", "market_context"));
        assert!(!has_word("my_market_context market_contexts", "market_context"));
        assert!(has_word("xmarket_context market_context", "market_context"));
    }

    #[test]
    fn strange_characters_are_named() {
        assert_eq!(strange_characters("f", "中文 é — \t ok\n"), None);
        assert_eq!(strange_characters("f", "ok\nab\u{202E}c"), Some("f:2:3: has U+202E".to_owned()));
        assert_eq!(strange_characters("f", "a\u{85}"), Some("f:1:2: has U+0085".to_owned()));
        assert_eq!(strange_characters("f", "a\u{7}"), Some("f:1:2: has U+0007".to_owned()));
    }
}
