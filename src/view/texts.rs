//! The fixed texts of pages and appendices, in both languages and in one place.
//!
//! Invariant: a text that takes a number or a name is a function, so that no page glues sentences together.

use crate::lang::{Lang, Words, words};
use crate::view::page::Tone;

macro_rules! texts {
    ($($name:ident $zh:literal $en:literal;)*) => {
        $(
            #[doc = $en]
            pub const $name: Words = words($zh, $en);
        )*
        #[cfg(test)]
        const ALL: &[(&str, Words)] = &[$((stringify!($name), $name)),*];
    };
}

texts! {
    // Frame of every page.
    SKIP "跳到主要內容" "Skip to main content";
    CONTENTS "目錄" "Contents";
    VERDICT "結論" "Verdict";
    NEXT_STEPS "下一步" "Next steps";
    NO_NEXT_STEP "沒有列出下一步" "No next step is named";
    AT_A_GLANCE "重點資訊" "At a glance";
    WHO "負責人" "Owner";
    WHAT "事項" "What";
    DUE "期限" "Due";
    NO_DUE "未訂期限" "No due date set";
    DEFINITION "定義" "Definition";
    SOURCE "來源" "Source";
    TABLE "表" "Table";
    ITEM "項目" "Item";
    VALUE "值" "Value";
    STAGE "階段" "Stage";
    DONE "已完成" "Done";
    OPEN "未完成" "Open";

    // What a tone says when nothing else does.
    TONE_GOOD "已確認" "Confirmed";
    TONE_WARN "請注意" "Attention";
    TONE_BAD "有問題" "Problem";
    TONE_INFO "說明" "Note";
    TONE_UNKNOWN "尚未查核" "Not checked";

    // What the script of long tables says; it puts numbers and names into the braces.
    TABLE_FILTER "篩選" "Filter";
    TABLE_SORT "排序" "Sort by";
    TABLE_COUNT "顯示 {shown}／{all} 列" "{shown} of {all} rows";
    TABLE_ASCENDING "；依「{column}」遞增排序" "; sorted by {column}, ascending";
    TABLE_DESCENDING "；依「{column}」遞減排序" "; sorted by {column}, descending";
    TABLE_RESTORED "；原來的順序" "; in the original order";

    // Absence is not emptiness: three words that must not be mixed up.
    NOT_CHECKED "尚未查核" "Not checked";
    NOT_GIVEN "未提供" "Not provided";
    NONE "無" "None";
    NO_ROWS "沒有任何資料列" "No rows";
    UNVERIFIED "未經驗證" "Unverified";
    UNKNOWN "未知" "Unknown";
    YES "是" "Yes";
    NO "否" "No";

    // A pack.
    KIND "類型" "Kind";
    STATUS "狀態" "Status";
    JOB "任務" "Job";
    PROJECT "專案" "Project";
    AI_NATIVE_PROJECT "AI-native 專案" "AI-native project";
    ACTION_ITEM "行動項目" "Action item";
    TOPIC "主題" "Topic";
    WINDOW "資料期間" "Window";
    OWNERS "負責人" "Owners";
    RESPONSIBILITY "職責" "Responsibility";
    PERSON "姓名" "Person";
    ROLE "角色" "Role";
    ROLES "角色" "Roles";
    MILESTONES "里程碑" "Milestones";
    BRIEF "製作說明" "Production brief";
    PEOPLE_SYNC "人員同步" "People sync";
    MARKET_CONTEXT "市場背景" "Market context";
    PRODUCTION_READINESS "上線準備度" "Production readiness";
    INPUTS "輸入資料" "Inputs";
    RECORDS "資料紀錄" "Records";
    EXPORTS "匯出檔" "Exports";
    EXPORT "匯出" "Export";
    EXPORTS_CAPTION "「未提供」的匯出不列入查核，不等於沒有任何項目" "An export that is not provided is not checked, which is not the same as having no item";
    DOCUMENTS "文件" "Documents";
    DOCUMENT "文件" "Document";
    ARTIFACTS "產出檔案" "Artifacts";
    FILE "檔案" "File";
    SOURCE_FILE "來源檔案" "Source file";
    ROWS "列數" "Rows";
    SIZE "大小" "Size";
    FORMAT "格式" "Format";
    PACKS "生產包" "Packs";
    PACK "生產包" "Pack";
    REGISTRY "成果登錄" "Registry";
    WORKSPACE "工作區" "Workspace";
    RATIONALE "理由" "Rationale";
    RULE "規則" "Rule";
    RULES "規則" "Rules";
    CONDITION "條件" "Condition";
    DECISION "決策" "Decision";
    DECISIONS "決策" "Decisions";
    GOES_TO "交給" "Goes to";
    TIME "時間" "Time";
    COUNT "數量" "Count";
    NUMERATOR "分子" "Numerator";
    DENOMINATOR "分母" "Denominator";
    METRICS "指標" "Metrics";

    // Findings.
    FINDINGS "檢查發現" "Findings";
    NO_FINDINGS "沒有發現問題" "No findings";
    NOTHING_WRONG "沒有錯誤或警告" "no errors or warnings";
    SEVERITY "程度" "Severity";
    ERROR "錯誤" "Error";
    WARNING "警告" "Warning";
    NOTICE "提示" "Notice";
    CODE "代碼" "Code";
    PLACE "位置" "Place";
    MESSAGE "內容" "Message";
    HINT "處理方式" "What to do";

    // Learning memory.
    LEARNING_MEMORY "學習記憶" "Learning memory";
    LESSONS "學到的事" "Lessons";
    NEXT_CHECKS "下次要查核" "Next checks";
    DO_NOT_REPEAT "不要再做" "Do not repeat";
    NEXT_PRIORITY "下一個優先事項" "Next priority";

    // Decision record.
    DECISION_RECORD "決策紀錄" "Decision record";
    ADOPTION_STATUS "採用狀態" "Adoption status";
    BACKGROUND "背景" "Background";
    OPTIONS "選項" "Options";
    WHY "選擇理由" "Why";
    FEEDBACK_IF_REJECTED "若不採用，請回覆" "Feedback needed if rejected";

    // Data model.
    DATA_MODEL "資料模型" "Data model";
    FIELD "欄位" "Field";
    TYPE "型別" "Type";
    REQUIRED "必填" "Required";
    OPTIONAL "選填" "Optional";
    DESCRIPTION "說明" "Description";
    ONE_OF "下列之一：" "one of ";
    WRITTEN_BY "可寫入者" "Written by";

    // Acceptance tests.
    ACCEPTANCE_TESTS "驗收測試" "Acceptance tests";
    CASE "案例" "Case";
    GIVEN "前提" "Given";
    EXPECTED "預期" "Expected";
    RESULT "結果" "Result";

    // Claims.
    CLAIMS "主張與證據" "Claims and evidence";
    STATEMENT "主張" "Statement";
    CLAIM_KIND "類別" "Kind";
    EVIDENCE "證據" "Evidence";
    VERIFIED "已驗證" "Verified";
    REFUTED "已被推翻" "Refuted";
    EXPIRED "已過期" "Expired";
    CLAIM_REASON "依據" "Why";
    ALLOWED "可以離開的例外，附原因與期限" "Exceptions that may leave, with reason and last day";
    CLAIMS_LEDGER "主張的狀態與依據，供程式讀取" "Claims with status and reasons, for programs";

    // End-to-end verification.
    E2E_VERIFICATION "端到端驗證" "End-to-end verification";
    CHECK "查核項目" "Check";
    CHECKS "查核項目" "Checks";
    PASS "通過" "Pass";
    FAIL "未通過" "Fail";
    OBSERVED "實際" "Observed";
    NOTHING_DECIDED "沒有做出決策" "Nothing was decided";
    SUBJECTS "受查檔案" "Files under check";
    DIGEST "SHA-256" "SHA-256";

    // Publication.
    PUBLICATION "發布" "Publication";
    PULL_REQUEST "PR" "Pull request";
    DEPLOYMENT "部署" "Deployment";
    ARTIFACT_URL "成果網址" "Artifact URL";

    // What the reading of a pack's files amounts to.
    DECISION_NOT_CHECKED "決策尚未查核" "Decision not checked";
    INPUTS_DOUBTFUL "輸入待確認" "Inputs to review";
    INPUTS_WRONG "輸入有誤" "Inputs wrong";
    OTHER_TABLES "其他資料表" "Other tables";
    TABLES_WITHOUT_ROWS "「沒有任何資料列」是已知為零；「未提供」是不知道" "“No rows” is known to be none; “Not provided” is not known";
    AUTHORED "人工撰寫" "Authored";
    GENERATED "工具產生" "Generated";
    ORIGIN "來歷" "Origin";
    PART "項目" "Part";
    CLAIM "主張編號" "Claim";
    CLAIMS_CAPTION "狀態由證據計算，不能手寫；沒有證據可以判定的一律是「未經驗證」" "Status is computed from evidence and never written by hand; what no evidence decides is unverified";
    MAKER "製作生產包的人" "Whoever makes the pack";
    NOW "現在" "Now";
    EVERY_ROW "每一列都相同：" "The same in every row: ";
    NO_VALUE "沒有填寫：" "Without a value: ";
    PRIMARY_PAGE "主要頁面" "Primary page";
    REPORT_PAGE "端到端驗證報告" "End-to-end verification report";
    REPORT_MARKDOWN "同一份報告，Markdown" "The same report in Markdown";
    REPORT_STATEMENT "同一份報告，in-toto Statement" "The same report as an in-toto Statement";
    FILES_AND_DIGESTS "檔案清單與 SHA-256" "Files with their SHA-256";
    FINDING "發現" "Finding";
    CASES "案例總覽" "Cases";
    ARTIFACT_URL_OR_PR "成果網址與 PR" "Artifact URL and pull request";
    PROPOSED "已提議" "Proposed";
    PENDING "等待採用" "Pending";
    ACCEPTED "已採用" "Accepted";
    REJECTED "不採用" "Rejected";
    DEPRECATED "已作廢" "Deprecated";
    SUPERSEDED "已被取代" "Superseded";
    SOURCES "資料來源" "Sources";
    SOLUTION_SELECTION "方案選擇" "Solution selection";
    SKILL_USAGE "技能使用" "Skill usage";
    REVENUE "營收" "Revenue";
    REVENUE_UNVERIFIED "營收未經驗證（unverified）：還沒有已接受的匯入，不得引用任何金額。" "Revenue is unverified: no import has been accepted, and no figure may be quoted.";
    PUBLICATION_UNPROVEN "這個生產包是否已發布，尚未查核。發布只能由發布收據證明；在那之前，不得宣稱任何網址、PR 或部署。" "Whether this bundle is published has not been checked. Only a publication receipt can prove it; until then no URL, pull request or deployment may be claimed.";
}

impl Tone {
    /// What a tone says where there is no word of its own.
    pub fn word(self) -> Words {
        match self {
            Self::Good => TONE_GOOD,
            Self::Warn => TONE_WARN,
            Self::Bad => TONE_BAD,
            Self::Info => TONE_INFO,
            Self::Unknown => TONE_UNKNOWN,
        }
    }
}

/// How many rows.
pub fn rows(lang: Lang, count: usize) -> String {
    match lang {
        Lang::ZhHant => format!("{count} 列"),
        Lang::En => counted(count, "row", "rows"),
    }
}

/// How many files.
pub fn files(lang: Lang, count: usize) -> String {
    match lang {
        Lang::ZhHant => format!("{count} 個檔案"),
        Lang::En => counted(count, "file", "files"),
    }
}

/// A median, and of how many.
pub fn median(lang: Lang, value: &str, of: u64) -> String {
    match lang {
        Lang::ZhHant => format!("{value}（{of} 筆的中位數）"),
        Lang::En => format!("{value} (median of {of})"),
    }
}

/// How many acceptance cases passed.
pub fn cases_passed(lang: Lang, passed: usize, all: usize) -> String {
    match lang {
        Lang::ZhHant => format!("建置時執行 {all} 個案例，{passed} 個通過"),
        Lang::En => format!("{passed} of {} passed when the pack was built", counted(all, "case", "cases")),
    }
}

/// How many findings there are; of each severity that there is, and that nothing is wrong when nothing is.
pub fn findings(lang: Lang, errors: usize, warnings: usize, notices: usize) -> String {
    let counts = [
        (errors, "個錯誤", "error", "errors"),
        (warnings, "個警告", "warning", "warnings"),
        (notices, "個提示", "notice", "notices"),
    ];
    let found = counts.into_iter().filter(|(count, ..)| *count > 0).map(|(count, unit, one, many)| match lang {
        Lang::ZhHant => format!("{count} {unit}"),
        Lang::En => counted(count, one, many),
    });
    let found = found.collect::<Vec<_>>().join(separator(lang));
    let nothing_wrong = NOTHING_WRONG.get(lang);
    match (lang, errors + warnings, notices) {
        (_, 0, 0) => nothing_wrong.to_owned(),
        (Lang::ZhHant, 0, _) => format!("{nothing_wrong}，有 {found}"),
        (Lang::En, 0, _) => format!("{nothing_wrong}, {found}"),
        _ => found,
    }
}

/// How many of the planned checks passed, and how many checks nobody has made.
pub fn passed(lang: Lang, passed: usize, planned: usize, unchecked: usize) -> String {
    match lang {
        Lang::ZhHant if passed == planned => {
            format!("計畫中的 {planned} 項查核全部通過。另有 {unchecked} 項尚未查核，不算通過。")
        }
        Lang::ZhHant => {
            format!("計畫中的 {planned} 項查核，只有 {passed} 項通過。另有 {unchecked} 項尚未查核，不算通過。")
        }
        Lang::En => {
            let planned = counted(planned, "planned check", "planned checks");
            format!("{passed} of {planned} passed. {unchecked} more not checked, which is never a pass.")
        }
    }
}

/// A moment with the time zone in which it is shown.
pub fn in_zone(lang: Lang, moment: &str, zone: &str) -> String {
    match lang {
        Lang::ZhHant => format!("{moment}（{zone}）"),
        Lang::En => format!("{moment} ({zone})"),
    }
}

/// A due date that is past.
pub fn past_due(lang: Lang, due: &str) -> String {
    match lang {
        Lang::ZhHant => format!("{due}（已逾期）"),
        Lang::En => format!("{due} (past due)"),
    }
}

/// A title with what it comes to.
pub fn titled(lang: Lang, title: &str, word: &str) -> String {
    match lang {
        Lang::ZhHant => format!("{title}：{word}"),
        Lang::En => format!("{title}: {word}"),
    }
}

/// Something that has a title for people and a name for programs.
pub fn named(lang: Lang, title: &str, name: &str) -> String {
    match lang {
        Lang::ZhHant => format!("{title}（{name}）"),
        Lang::En => format!("{title} ({name})"),
    }
}

/// What stands between the items of a list in a sentence.
pub fn separator(lang: Lang) -> &'static str {
    match lang {
        Lang::ZhHant => "、",
        Lang::En => ", ",
    }
}

/// Days from and to, both included.
pub fn days(lang: Lang, from: &str, to: &str) -> String {
    match lang {
        Lang::ZhHant => format!("{from} 至 {to}（含首尾兩日）"),
        Lang::En => format!("{from} to {to}, both days included"),
    }
}

/// As of when a page is true; the time is already formatted.
pub fn as_of(lang: Lang, time: &str) -> String {
    match lang {
        Lang::ZhHant => format!("資料截至 {time}"),
        Lang::En => format!("As of {time}"),
    }
}

/// Which tool in which version made a page.
pub fn generated_by(lang: Lang, tool: &str) -> String {
    match lang {
        Lang::ZhHant => format!("由 {tool} 產生"),
        Lang::En => format!("Generated by {tool}"),
    }
}

/// Which files a page was made from.
pub fn made_from(lang: Lang, files: &[&str]) -> String {
    match lang {
        Lang::ZhHant => format!("依據：{}", files.join("、")),
        Lang::En => format!("Made from {}", files.join(", ")),
    }
}

/// How many tables and rows were read, and what was found in them; the findings are already counted.
pub fn inputs_read(lang: Lang, tables: usize, rows: usize, findings: &str) -> String {
    match lang {
        Lang::ZhHant => {
            format!(
                "已讀入 {tables} 張資料表、{rows} 筆紀錄：{findings}。由此得出的決策，以及是否已發布，都還沒有查核。"
            )
        }
        Lang::En => {
            let (tables, rows) = (counted(tables, "table", "tables"), counted(rows, "record", "records"));
            format!("{tables} with {rows} read: {findings}. What follows from them, and publication, is not checked.")
        }
    }
}

/// How many items an export holds.
pub fn items(lang: Lang, count: usize) -> String {
    match lang {
        Lang::ZhHant => format!("{count} 項"),
        Lang::En => counted(count, "item", "items"),
    }
}

/// What to do about the errors that were found.
pub fn mend(lang: Lang, errors: usize) -> String {
    match lang {
        Lang::ZhHant => format!("修正檢查發現的 {errors} 個錯誤，再重新產生。"),
        Lang::En => format!("Fix the {} found, then build again.", counted(errors, "error", "errors")),
    }
}

/// In which time zone the moments of the records are shown.
pub fn records_intro(lang: Lang, zone: &str) -> String {
    match lang {
        Lang::ZhHant => format!("以下是各檔案裡可採用的紀錄，時間以 {zone} 表示。"),
        Lang::En => format!("The records that could be used, file by file. Times are in {zone}."),
    }
}

/// A responsibility of `[owners]` as a label; one that is not known stays as it was written.
pub fn responsibility(lang: Lang, word: &str) -> String {
    let known = match word {
        "owner" => words("負責人", "Owner"),
        "data_owner" => words("資料負責人", "Data owner"),
        "verification_owner" => words("驗證負責人", "Verification owner"),
        "escalation" => words("升級對象", "Escalation"),
        "policy" => words("政策核准", "Policy approval"),
        "high_risk_policy" => words("高風險核准", "High-risk approval"),
        "repair_reporting" => words("修復回報", "Repair reports"),
        "adoption_beneficiary" => words("採用受益者", "Adoption beneficiary"),
        "adoption_review" => words("採用審核", "Adoption review"),
        "visit_evidence" => words("拜訪證據", "Visit evidence"),
        "case_authorisation" => words("案例授權", "Case authorisation"),
        _ => return word.to_owned(),
    };
    known.get(lang).to_owned()
}

/// The caption of a record table: the file it came from and how many rows it has.
pub fn record_table(lang: Lang, file: &str, count: usize) -> String {
    let rows = rows(lang, count);
    match lang {
        Lang::ZhHant => format!("{file}，{rows}"),
        Lang::En => format!("{file}, {rows}"),
    }
}

/// How many rows of a file a page leaves out.
pub fn rows_not_shown(lang: Lang, count: usize, file: &str) -> String {
    match lang {
        Lang::ZhHant => format!("另有 {count} 列未顯示，見 {file}。"),
        Lang::En => format!("{} not shown; see {file}.", counted(count, "more row", "more rows")),
    }
}

/// How many rows of a file could not be used.
pub fn rows_refused(lang: Lang, count: usize, file: &str) -> String {
    match lang {
        Lang::ZhHant => format!("{file} 有 {count} 列無法採用，原因見檢查發現。"),
        Lang::En => format!("{} of {file} could not be used; the findings say why.", counted(count, "row", "rows")),
    }
}

/// Which file something came from.
pub fn from_file(lang: Lang, file: &str) -> String {
    match lang {
        Lang::ZhHant => format!("來自 {file}"),
        Lang::En => format!("From {file}"),
    }
}

/// Which columns tell the rows of a table apart.
pub fn primary_key(lang: Lang, columns: &[String]) -> String {
    match lang {
        Lang::ZhHant => format!("主鍵：{}", columns.join("、")),
        Lang::En => format!("Primary key: {}", columns.join(", ")),
    }
}

/// When a piece of evidence was captured, behind its address.
pub fn captured(lang: Lang, moment: &str) -> String {
    match lang {
        Lang::ZhHant => format!("（{moment} 擷取）"),
        Lang::En => format!(" (captured {moment})"),
    }
}

/// Until when the status of a claim holds.
pub fn valid_until(lang: Lang, moment: &str) -> String {
    match lang {
        Lang::ZhHant => format!("（有效至 {moment}）"),
        Lang::En => format!(" (valid until {moment})"),
    }
}

/// How many packs are usable and what was found; the findings are already counted.
pub fn built(lang: Lang, usable: usize, all: usize, findings: &str) -> String {
    match lang {
        Lang::ZhHant => format!("{all} 個生產包，{usable} 個通過驗證；{findings}。"),
        Lang::En => format!("{usable} of {} verified; {findings}.", counted(all, "pack", "packs")),
    }
}

/// `1 row`, `2 rows`.
fn counted(count: usize, one: &str, many: &str) -> String {
    format!("{count} {}", if count == 1 { one } else { many })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_text_says_something_in_both_languages() {
        for (name, words) in ALL {
            assert_eq!(words.zh.trim(), words.zh, "{name}");
            assert_eq!(words.en.trim_start(), words.en, "{name}");
            assert!(!words.zh.is_empty() && !words.en.is_empty(), "{name}");
            assert!(words.en.chars().all(|char| char.is_ascii() || "“”".contains(char)), "{name}");
            assert!(!has_narrow_punctuation(words.zh), "{name}: {}", words.zh);
        }
    }

    /// Whether Latin punctuation stands next to a Chinese character.
    fn has_narrow_punctuation(text: &str) -> bool {
        let chars: Vec<char> = text.chars().collect();
        let is_mixed = |mark: char, other: char| ",;:!?()".contains(mark) && ('\u{4E00}'..='\u{9FFF}').contains(&other);
        chars.windows(2).any(|pair| is_mixed(pair[0], pair[1]) || is_mixed(pair[1], pair[0]))
    }

    #[test]
    fn unchecked_absent_and_empty_are_three_words() {
        for lang in [Lang::ZhHant, Lang::En] {
            let mut texts = [NOT_CHECKED, NOT_GIVEN, NONE, UNVERIFIED, UNKNOWN].map(|words| words.get(lang));
            texts.sort_unstable();
            assert!(texts.windows(2).all(|pair| pair[0] != pair[1]), "{texts:?}");
        }
    }

    #[test]
    fn numbers_agree_with_their_nouns() {
        assert_eq!(rows(Lang::En, 1), "1 row");
        assert_eq!(rows(Lang::En, 0), "0 rows");
        assert_eq!(rows(Lang::ZhHant, 1), "1 列");
        assert_eq!(findings(Lang::En, 1, 0, 2), "1 error, 2 notices");
        assert_eq!(findings(Lang::ZhHant, 1, 0, 2), "1 個錯誤、2 個提示");
        assert_eq!(findings(Lang::En, 0, 0, 1), "no errors or warnings, 1 notice");
        assert_eq!(findings(Lang::ZhHant, 0, 0, 3), "沒有錯誤或警告，有 3 個提示");
        assert_eq!(
            passed(Lang::En, 1, 1, 2),
            "1 of 1 planned check passed. 2 more not checked, which is never a pass."
        );
        assert_eq!(mend(Lang::En, 1), "Fix the 1 error found, then build again.");
        assert_eq!(made_from(Lang::ZhHant, &["a.csv", "b.json"]), "依據：a.csv、b.json");
    }
}
