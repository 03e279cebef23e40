//! The words of the linter, zh-Hant and English: by what a sentence says that something was achieved, and by what it
//! says that it was not, will be, or should be. To teach the linter a word, add it to its line.
//!
//! A word of Latin letters, written here in lower case, matches whole words in any case.

use crate::documents::claims::ClaimKind;

/// Words between bars.
pub(super) type Words = &'static str;

/// How a claim of one kind is worded.
pub(super) struct Wording {
    pub kind: ClaimKind,
    /// What it is about. With a predicate behind one of them in the same clause, the sentence states it.
    pub subjects: Words,
    pub predicates: Words,
    /// Chinese verbs that state it when they are said to be done: 已…, …完成, …了.
    pub verbs: Words,
    /// English participles that state it as verb of the clause: `is …`, `we …`.
    pub participles: Words,
    /// Whether verbs and participles count only in sentences with one of the subjects.
    pub only_about: bool,
    /// Words that state it alone.
    pub phrases: Words,
    /// What states it together with one of the subjects and a figure.
    pub figures: Words,
}

const NONE: Wording = Wording {
    kind: ClaimKind::Published,
    subjects: "",
    predicates: "",
    verbs: "",
    participles: "",
    only_about: false,
    phrases: "",
    figures: "",
};

pub(super) const WORDINGS: &[Wording] = &[
    Wording {
        kind: ClaimKind::Published,
        verbs: "發布 | 發佈 | 公開 | 上傳 | 刊登 | 刊出 | 交付",
        participles: "published | uploaded | released | posted | delivered",
        subjects: "http | url | gist | link | 網址 | 連結 | 頁面",
        predicates: "returns http 200 | returned http 200 | returns 200 | returned 200 | 回應 http 200 | 回應 200 | \
            回傳 200 | 回傳 http 200 | 已可開啟",
        phrases: "is publicly available | are publicly available | is public now | already public | \
            files uploaded",
        ..NONE
    },
    Wording {
        kind: ClaimKind::Deployment,
        verbs: "部署 | 佈署 | 布署 | 上線 | 投產 | 上架",
        participles: "deployed | launched | rolled out | shipped to production | shipped | redeployed",
        phrases: "went live | gone live | is live | are live | now live | is in production | are in production | \
            now in production | runs in production | run in production | running in production | \
            up and running | 推上正式環境 | 推上正式站 | 在正式環境運行 | 在正式環境運作 | 於正式環境運行 | 線上運作中 | 在線上運作 | \
            正式營運中",
        ..NONE
    },
    Wording {
        kind: ClaimKind::PullRequest,
        subjects: "pr | prs | pull request | pull requests | 拉取請求 | 合併請求 | branch | 分支 | main | 主幹 | \
            主線 | commit | commits",
        predicates: "is open | was opened | has been opened | 開好了 | 已開 | 已送出 | 已提交 | 已建立 | 送出了",
        verbs: "合併 | 併入 | 合進 | merge",
        participles: "merged",
        only_about: true,
        phrases: "opened a pull request | opened a pr | opened pr | merged commit | landed in main | landed on main | created a pull request | created a pr | \
            開了 pr | 開了pr | 送了 pr | 已開 pr | 已送 pr",
        ..NONE
    },
    Wording {
        kind: ClaimKind::Revenue,
        subjects: "營收 | 收入 | 實收 | 進帳 | 營業額 | 業績 | 銷售額 | gmv | 認列 | 獲利 | 毛利 | 成交額 | \
            成交金額 | 賺 | 入帳 | revenue | sales | income | earned | earnings | turnover | profit | takings | \
            grossed",
        verbs: "入帳 | 認列 | 到帳 | 收款 | 變現",
        figures: "nt$ | $ | twd | usd | 元 | 萬 | 億 | 塊 | % | ％ | million | billion | k",
        ..NONE
    },
    Wording {
        kind: ClaimKind::ImportAccepted,
        subjects: "匯入 | 檔案 | 訂單檔 | 付款檔 | 資料檔 | csv | xlsx | import | imports | upload | file | \
            files | export | rows | pls",
        predicates: "succeeded | was successful | went through | is accepted | are accepted | was accepted | \
            were accepted | has been accepted | have been accepted | was accepted in full",
        verbs: "匯入 | 接受 | 收下",
        participles: "imported",
        ..NONE
    },
    Wording {
        kind: ClaimKind::ImportAccepted,
        subjects: "import | imports | upload | file | files | csv | rows | pls",
        participles: "accepted",
        only_about: true,
        ..NONE
    },
    Wording {
        kind: ClaimKind::Adopted,
        verbs: "採用 | 採納 | 核准 | 批准 | 同意 | 簽核 | 核可 | 啟用",
        participles: "adopted | approved | signed off | endorsed",
        phrases: "signed off on | in daily use | everyone uses it | 點頭了 | 每天都在用 | 都在使用",
        ..NONE
    },
    Wording {
        kind: ClaimKind::TestPassed,
        subjects: "測試 | 驗收 | 檢查 | 檢核 | 查核 | 驗證 | 回歸 | 案例 | 建置 | ci | test | tests | suite | \
            build | check | checks | verification | validation | pipeline | case | cases | smoke | parse",
        predicates: "通過 | 全過 | 全綠 | 過關 | 綠燈 | pass | passes | passed | all green | is green | are green | \
            succeed | succeeds | succeeded",
        phrases: "已通過 | works end-to-end | works end to end | all pass | all passed | all green | 全數通過 | \
            全部通過 | 全部過關",
        ..NONE
    },
    Wording {
        kind: ClaimKind::MarketFact,
        subjects: "市場 | 市占 | 市佔 | 產業 | 業界 | 全球 | 消費者 | 企業 | 商家 | 賣家 | 店家 | 用戶 | 使用者 | \
            調查 | 報告 | 研究 | 年增 | 成長率 | 滲透率 | market | industry | global | globally | \
            worldwide | consumers | companies | businesses | enterprises | retailers | merchants | \
            sellers | shoppers | users | survey | surveys | study | according to | cagr | analysts",
        figures: "% | ％ | 億 | 兆 | 萬 | 倍 | 成 | million | billion | trillion | percent | bn",
        ..NONE
    },
];

/// A whole sentence that says nothing but that something passed.
pub(super) const VERDICTS: Words = "pass | passed | all pass | 通過 | 驗證通過 | 測試通過 | 全數通過";

/// Before a Chinese verb, in its clause: that it is done.
pub(super) const DONE: Words = "已 | 已經 | 早就";
/// Directly before a Chinese verb: that it is done.
pub(super) const DONE_BEFORE: Words = "成功 | 順利 | 正式 | 完成 | 剛 | 終於 | 獲 | 經 | 全數 | 全部";
/// Directly behind a Chinese verb: that it is done.
pub(super) const DONE_BEHIND: Words = "完成 | 成功 | 完畢 | 了 | 好了";
/// Directly behind a participle that begins a sentence: that it is a verb.
pub(super) const PREPOSITIONS: Words =
    "to | on | in | at | as | with | via | for | by | yesterday | today | successfully";
/// Before an English participle: that it is the verb of the clause.
pub(super) const AUXILIARIES: Words = "is | are | was | were | been | has | have | had | got | gets | it's | we've | i've | i | we | \
    they | it | successfully";
/// Directly before a participle: that it only describes. Directly behind one: that it is a verb.
pub(super) const DETERMINERS: Words =
    "the | a | an | any | each | every | this | our | its | no | some | newly | of | all | it";

/// In the clause, before what is stated: that it is not so.
pub(super) const NEGATIONS: Words = "未 | 沒 | 不 | 無 | 非 | 尚待 | 待 | 拒絕 | 失敗 | 缺 | 假 | 避免 | 防止 | 禁止 | 勿 | 別 | \
    除了 | 除外 | 以為 | 誤 | not | no | never | without | none | nor | neither | cannot | \
    nothing | nobody | isn't | aren't | wasn't | weren't | hasn't | haven't | hadn't | doesn't | \
    don't | didn't | won't | can't | couldn't | wouldn't | shouldn't | fail | fails | failed | \
    unverified | refuse | refuses | refused | avoid | avoids | prevent | prevents | instead of | \
    rather than | fake | lack | lacks | missing | too early | pretend";
/// In the clause, before what is stated: that it is planned, wanted, asked for or possible.
pub(super) const HEDGES: Words = "會 | 將 | 要 | 應 | 須 | 需 | 請 | 可 | 能 | 預計 | 計畫 | 計劃 | 預期 | 打算 | 準備 | 希望 | \
    目標 | 期待 | 是否 | 有沒有 | 允許 | 宣稱 | 聲稱 | 建議 | 例如 | 比如 | 假設 | 模擬 | 試算 | \
    草稿 | 意思 | 代表 | 條件 | 標準 | 等待 | 等到 | 再 | 才 | 之前 | 要求 | 追到 | 標為 | 標成 | \
    改為 | 視為 | 等於 | 表示 | 決定何時 | 確保 | 確認 | 證明 | 驗收標準 | 假裝 | 好像 | 如同 | \
    為了 | will | would | should | shall | must | may | might | can | could | need | needs | \
    to be | going to | plan | plans | planned | expect | expects | expected | goal | aim | aims | \
    target | want | wants | hope | let | please | ensure | make sure | verify | check that | \
    confirm | claim | claims | claimed | claiming | require | requires | required | ready to | \
    ready for | waiting | wait | pending | for example | e.g | intend | propose | proposes | \
    recommend | recommends | criteria | condition | assume | assumes | prove | proves | means | \
    counts as | ask | asks | how | what | which | where | who | whoever | that is | that are | that was | that were | that has | that have | \
    that pass | that passed";
/// From here to the end of the sentence: that it holds on a condition.
pub(super) const CONDITIONS: Words = "若 | 如果 | 如 | 倘 | 假如 | 一旦 | 除非 | 只要 | 只有 | 要是 | 當 | 等 | 等到 | 每次 | 每當 | \
    每一次 | 凡 | 無論 | 不論 | if | when | once | whether | unless | until | after | before | \
    suppose | in case | as soon as | only | while | provided | whenever | each time | every time";
/// Directly behind what is stated, or at the beginning of the next clause: that it is a condition.
pub(super) const CONDITIONAL_BEHIND: Words = "後 | 前 | 時 | 之後 | 之前 | 以後 | 以前 | 才 | 就 | 則 | 再 | 即 | 的話 | 便 | 與否 | if | \
    when | unless | until | only";
/// Directly behind what is stated: that it is a name of something or describes something.
pub(super) const NOMINAL_BEHIND: Words = "的 | 之 | 日 | 日期 | 時間 | 時程 | 流程 | 計畫 | 計劃 | 狀態 | 紀錄 | 記錄 | 率 | 標準 | \
    條件 | 方式 | 步驟 | 環境 | 規則 | 範圍 | 平台 | 失敗 | 與 | 和 | 或 | 、 | ／ | / | 數 | \
    測試 | 門檻 | 檢查 | 案例 | 機制 | 權限 | 人 | 者 | 檔 | 包 | 端 | 欄位 | 格式 | 模板 | 工具 | \
    rate | rates | status | state | criteria | or | artifact | artifacts | url | urls | files | \
    file | rows | policy | policies | version";
/// Words that hold one of those above and mean something else.
pub(super) const INNOCENT: Words = "已經 | 已知 | 而已 | 不得已 | 不但 | 不僅 | 不只 | 不過 | 不久 | 不少 | 不同 | 無縫 | 無線 | \
    非常 | 會員 | 會議 | 社會 | 機會 | 委員會 | 主要 | 重要 | 要求的 | 對應 | 回應 | 供應 | 反應 | \
    應用 | 功能 | 性能 | 智能 | 可靠 | 可是 | 可用 | 可以開啟 | 許可 | 目前 | 日前 | 最後 | 後台 | \
    後端 | 前端 | 同時 | 時間 | 及時 | 即時 | 時區 | 申請 | 請求 | 期待 | 等級 | 平等 | 等三 | \
    中等 | 例如 | 如下 | 如上 | 如期 | 當天 | 當日 | 當下 | 相當 | 人才 | 剛才 | 再次 | 一再 | \
    特別 | 分別 | 類別 | 個別 | 級別 | 識別 | 差別 | 假日 | 缺口 | 無誤 | 需求 | 必要 | 摘要 | \
    概要 | 成果 | 成本 | 成交 | 成員 | 成為 | 完成 | 成功 | 成立 | 成熟 | 成品 | 萬一 | 未來 | \
    非同步 | 不變 | 不斷 | 將近 | 能力 | 產能 | 可視 | 如實 | not only | no doubt | \
    no longer only | at all costs";
/// What ends a clause besides punctuation.
pub(super) const BREAKS: Words =
    "， | , | （ | ） | ( | ) | — | – | → | 但是 | 但 | 卻 | 而 | 不過 | but | yet | ； | ;";
/// In a sentence: that it asks.
pub(super) const QUESTIONS: Words = "嗎 | 是否 | 有沒有 | 能否 | 可否 | ？ | ?";

/// In a heading, in the words before a list, in the heading of a column or the first cell of a row: that what stands
/// under it is a plan, a rule, a criterion or a question.
pub(super) const PLANS: Words = "驗收 | 條件 | 標準 | 規則 | 計畫 | 計劃 | 路徑 | 節點 | 里程碑 | 目標 | 下一 | 下次 | 選項 | \
    風險 | 待辦 | 期待 | 建議 | 範例 | 假設 | 情境 | 不得 | 不應 | 應做 | 何時 | 期限 | 優點 | \
    不足 | 觸發 | 期望 | 預期 | 請確認 | 確認 | 若被拒 | 定義 | 說明 | 狀態合約 | d1 | d7 | d14 | \
    d30 | acceptance | criteria | expected | plan | roadmap | options | option | risk | risks | \
    rules | rule | next | todo | goal | goals | if | example | examples | requirements | \
    assumptions | condition | conditions | trigger | do_not_repeat | must | should | when | \
    meaning | definition | status | states | milestones | given | then";

/// Beside one of those: that it is about what came of it all the same.
pub(super) const RESULTS: Words = "結果 | 實際 | 現況 | 已完成 | done | result | results | current | actual | completed | \
    verified";

/// In a sentence with a claim that is not verified: that it says so.
pub(super) const UNPROVEN: Words = "未經驗證 | 未驗證 | 尚未 | 待驗證 | 未查證 | 推翻 | 過期 | unverified | not verified | \
    not yet verified | refuted | expired";
