//! The plan: every check by its id, what it asks and what it expects, in the order in which they are reported.

use super::check::{Check, Elsewhere};
use super::claims::claims_supported;
use super::documents::{acceptance_cases, decision_complete, external_sources, keywords, memory_complete};
use super::files::{files_names, files_required, json_parse, manifest_hashes, manifest_unlisted, text_valid};
use super::links::internal_links;
use super::pages::{page_content, page_ids, page_primary, page_requests, page_scripts};
use super::privacy::{allowed, personal_data, secrets};
use crate::lang::{Words, words};

/// The plan of every bundle: what must pass before it is written and whenever it is verified.
pub(in crate::verify) const BUNDLE: &[Check] = &[
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
            "證據齊備且未經更動；每個主張都照證據重算出的狀態印出，文中引用的主張都存在並說明狀態",
            "evidence that is there and unchanged, and every claim printed, or referred to in a text, with the status recomputed from it",
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

/// Checks of the report itself: only somebody who did not write it can make them.
pub(in crate::verify) const REPORT: &[Elsewhere] = &[
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
pub(in crate::verify) const LATER: &[Elsewhere] = &[Elsewhere {
    id: "upload.count",
    about: words("上傳檔數", "files accepted by the PLS"),
    expected: words("PLS 確認收到每個檔案", "the PLS confirms every file"),
    reason: words("尚未上傳", "before upload"),
}];

/// Checks of what is published: part of the plan of `verify --online` alone.
pub(in crate::verify) const PUBLICATION: &[Elsewhere] = &[
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
pub(in crate::verify) const SOURCES_ALIVE: &[Elsewhere] = &[Elsewhere {
    id: "sources.alive",
    about: words("外部來源仍可開啟", "external sources answer"),
    expected: words("沒有失效的外部來源，每一個都有回應", "no source is dead, and every one answers"),
    reason: words("由 `proofpack verify --online --sources` 查核", "`proofpack verify --online --sources` checks it"),
}];

const OFFLINE: Words =
    words("由 `proofpack verify --online` 依收據查核", "`proofpack verify --online` checks it against the receipt");

/// What is known of a check before it is made.
#[derive(Clone, Copy)]
pub(in crate::verify) struct Described {
    /// What it asks.
    pub about: Words,
    /// What is expected.
    pub expected: Words,
    /// Why it is not part of the plan of a bundle; `None` when it is.
    pub reason: Option<Words>,
}

/// What a check asks, by its id.
pub(in crate::verify) fn describe(id: &str) -> Option<Described> {
    let planned = BUNDLE.iter().find(|check| check.id == id);
    let planned = planned.map(|check| Described { about: check.about, expected: check.expected, reason: None });
    let other = || REPORT.iter().chain(LATER).chain(PUBLICATION).chain(SOURCES_ALIVE).find(|check| check.id == id);
    planned.or_else(|| {
        other().map(|check| Described { about: check.about, expected: check.expected, reason: Some(check.reason) })
    })
}
