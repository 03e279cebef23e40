//! Every finding code of the core: what it means, why it matters, an example and how to fix it.
//!
//! A code is a promise to other programs: it is never renamed and never reused. Codes that only one kind of pack can
//! report stand in that kind's folder.

use crate::finding::Code;
use crate::finding::Severity::{Error, Notice, Warning};
use crate::lang::words;

/// Declares codes; `Code`, `lower` and `words` are in scope where it is used.
macro_rules! codes {
    ($vis:vis, $($name:ident: $severity:ident, $zh:literal, $en:literal, $meaning:literal, $example:literal, $fix:literal $(, $fix_zh:literal)? $(, [$($said:literal => $said_zh:literal),* $(,)?])?;)*) => {
        $(
            #[doc = $en]
            $vis static $name: Code = Code {
                id: {
                    const LOWER: [u8; stringify!($name).len()] = lower(stringify!($name));
                    match str::from_utf8(&LOWER) { Ok(id) => id, Err(_) => panic!() }
                },
                severity: $severity,
                title: words($zh, $en),
                meaning: $meaning,
                example: $example,
                fix: $fix,
                fix_zh: concat!($($fix_zh)?),
                said_zh: &[$($(($said, $said_zh)),*)?],
            };
        )*
        /// Every code of this file, in its order.
        $vis static ALL: &[&Code] = &[$(&$name),*];
    };
}

/// ASCII lower case at compile time.
pub(crate) const fn lower<const N: usize>(name: &str) -> [u8; N] {
    let mut bytes = [0; N];
    let mut at = 0;
    while at < N {
        bytes[at] = name.as_bytes()[at].to_ascii_lowercase();
        at += 1;
    }
    bytes
}

pub(crate) use codes;

codes! {
    pub,
    // Files and text.
    UNREADABLE: Error, "檔案無法讀取", "file cannot be read",
        "The operating system refused to give the file, or it is a workbook that is damaged or contradicts itself. Nothing in it was checked.",
        "a file without read permission; a workbook whose sheet has two rows of one number",
        "Give read permission, or remove the file from the pack; open a workbook in a spreadsheet program and save it again.",
        "檔案無法讀取，請用 Excel 開啟並另存新檔，或重新匯出後再上傳。",
        [
            "cannot be read a second time as it was read first" => "第二次讀取時內容已不同",
            "cannot be read: {}" => "無法讀取：{}",
            "is {} that cannot be read: {}" => "這是{}，無法讀取：{}",
            "is a ZIP container that is damaged" => "檔案已損壞",
            "its part `{}` is missing" => "檔案內缺少 `{}`",
            "its part `{}` is damaged: {}" => "檔案內的 `{}` 已損壞：{}",
            "its part `{}` ends in the middle" => "檔案內的 `{}` 不完整",
            "its part `{}` declares a document type, which no workbook does" => "檔案內的 `{}` 宣告了文件類型，正常活頁簿不會有",
            "an old XLS workbook" => "舊版 XLS 活頁簿",
            "a binary workbook (XLSB)" => "二進位活頁簿（XLSB）",
            "an OpenDocument workbook (ODS)" => " OpenDocument 活頁簿（ODS）",
        ];
    SYMLINK: Error, "不接受符號連結", "symbolic link",
        "A link can lead outside the workspace, so what is read would depend on the machine. Links are not followed.",
        "packs/a/notes.md -> /etc/hostname",
        "Replace the link by a copy of the file.",
        "請改放檔案本身，不要放連結。",
        [
            "is a symbolic link and was not followed" => "這是符號連結，沒有讀取",
        ];
    TOO_LARGE: Error, "超過大小上限", "larger than a limit",
        "The file is larger than a named limit and was not read.",
        "a Markdown file of 50 MB",
        "Shorten or split it. The message names the limit.",
        "檔案超過上限，請分成幾個檔案，或刪掉不相關的內容後再上傳。",
        [
            "is {} bytes, more than {} (limit `{}`)" => "檔案有 {} 位元組，超過 {}（上限 `{}`）",
            "the workbook inflates to more bytes than {} (limit `{}`)" => "活頁簿解壓縮後超過 {} 位元組（上限 `{}`）",
            "the workbook has more parts than {} (limit `{}`)" => "活頁簿的內部檔案超過 {} 個（上限 `{}`）",
            "the table has more rows than {} (limit `{}`)" => "超過 {} 列（上限 `{}`）",
            "the sheet has more rows than {} (limit `{}`)" => "工作表超過 {} 列（上限 `{}`）",
            "the row has more cells than {} (limit `{}`)" => "這一列超過 {} 格（上限 `{}`）",
            "the row has more columns than {} (limit `{}`)" => "這一列超過 {} 欄（上限 `{}`）",
            "the row has more bytes than {} (limit `{}`)" => "這一列超過 {} 位元組（上限 `{}`）",
            "the cell has more bytes than {} (limit `{}`)" => "這一格超過 {} 位元組（上限 `{}`）",
        ];
    EMPTY_FILE: Error, "空白檔案", "blank file",
        "A file that holds nothing proves nothing, and a gist refuses it.",
        "an empty production-brief.md",
        "Write it, or remove it from the pack.",
        "檔案是空的，請重新匯出後再上傳。",
        [
            "is blank" => "檔案是空的",
            "has no visible sheet with content" => "沒有任何看得見且有內容的工作表",
            "has nothing in the sheet that was asked for" => "指定的工作表沒有內容",
        ];
    ENCODING: Error, "文字編碼", "text encoding",
        "Documents are UTF-8, tables also UTF-16 and what is exactly CP950. Anything else would have to be guessed at. As a notice: another encoding than UTF-8 was read, or a byte order mark was left out.",
        "a Markdown file saved as Big5; one damaged byte in a cell",
        "Save the file as UTF-8.",
        "請另存為「CSV UTF-8」或 XLSX 後再上傳。",
        [
            "begins with a UTF-8 byte order mark, left out" => "開頭有 UTF-8 位元組順序記號，已略過",
            "is {}, read as such" => "編碼是 {}，已照此讀取",
            "is not UTF-8 and has one exact reading as CP950 (Big5 of Windows); it was read as CP950" => "不是 UTF-8，可完全對應為 CP950（Windows 的 Big5），已照此讀取",
            "is UTF-8, but would be exact as CP950 (Big5 of Windows) as well, first on line {}; it was read as UTF-8" => "是 UTF-8，但當作 CP950（Windows 的 Big5）也能完全對應（最先在第 {} 行），已照 UTF-8 讀取",
            "is neither UTF-8 nor CP950: the byte {} at offset {} does not begin a character of either" => "既不是 UTF-8 也不是 CP950：位元組 {}（位移 {}）在兩者都不是字的開頭",
            "is not UTF-8, and as CP950 would be mostly rare characters, so that it is something else" => "不是 UTF-8；當作 CP950 讀幾乎都是罕用字，應是其他編碼",
            "byte {} at offset {} is not UTF-8" => "位元組 {}（位移 {}）不是 UTF-8",
            "is UTF-32, expected UTF-8" => "編碼是 UTF-32，需要 UTF-8",
        ];
    WRONG_FILE: Error, "檔案類型不符", "file of another type",
        "What a file is, is decided by its bytes and its header and not by its name. This is no table that can be read, or a known export of another kind; its columns are not guessed into those that are needed.",
        "an HTML page under the name orders.xls; the order log as Kolable exports it",
        "Export the table asked for as CSV or XLSX; the message says what the file is and what it can give.",
        "這不是指定的訂單檔，請匯出含十個欄位的 CSV 或 XLSX。",
        [
            "is {} with {} columns, not the order file with the ten columns" => "這是{}（{} 欄），不是有十個欄位的訂單檔",
            "is {}, and this program cannot convert it, expected CSV or XLSX" => "這是{}，這個程式不能轉換，需要 CSV 或 XLSX",
            "is a JSON file, expected CSV or XLSX" => "這是 JSON 檔，需要 CSV 或 XLSX",
            "is {}, expected CSV, XLSX, JSON or JSONL" => "這是{}，需要 CSV 或 XLSX",
            "a PDF document" => " PDF 文件",
            "a picture (PNG)" => "圖片（PNG）",
            "a picture (JPEG)" => "圖片（JPEG）",
            "an old XLS workbook" => "舊版 XLS 活頁簿",
            "a binary workbook (XLSB)" => "二進位活頁簿（XLSB）",
            "an OpenDocument workbook (ODS)" => " OpenDocument 活頁簿（ODS）",
            "a web archive (MHTML)" => "網頁封存檔（MHTML）",
            "binary data" => "二進位資料",
            "an HTML page" => " HTML 網頁",
            "a Word document" => " Word 文件",
        ];
    ENCRYPTED: Error, "檔案已加密", "file that is encrypted",
        "Nothing of it can be read without its password or the label's permission, and proofpack asks for neither.",
        "a workbook saved with a password or a sensitivity label",
        "Save a copy without password and without sensitivity label.",
        "請另存一份沒有密碼、沒有敏感度標籤的檔案。",
        [
            "is {}, expected CSV, XLSX, JSON or JSONL" => "這是{}，無法開啟",
            "is {} that is protected with a password" => "這是{}，有密碼保護",
            "a workbook that is encrypted with a password" => "用密碼加密的活頁簿",
            "a workbook that a sensitivity label encrypts" => "以敏感度標籤加密的活頁簿",
            "an old XLS workbook" => "舊版 XLS 活頁簿",
        ];
    TRUNCATED: Error, "檔案不完整", "file that was cut off",
        "The end of the file is missing. What came before it is not the whole table and was not used.",
        "an upload that broke off",
        "Take the file from its source again.",
        "檔案不完整，請從系統重新匯出後再上傳。",
        [
            "is a ZIP container that was cut off: its end is missing" => "檔案沒有傳完，缺少結尾",
            "is UTF-16 and ends in the middle of a character" => "檔案沒有傳完，最後一個字不完整",
        ];
    CONTROL_CHARACTER: Error, "控制字元", "control character",
        "NUL bytes and bidirectional overrides make a text look different from what it says.",
        "U+202E in a decision record",
        "Delete the character at the place named.",
        "請刪除這些看不見的控制字元。",
        [
            "has the hidden character {}" => "含有看不見的控制字元 {}",
        ];
    BAD_NAME: Error, "檔名不安全", "unsafe file name",
        "Names of artifacts must be the same file on every system and in a gist: letters, digits, `.`, `_`, `-`, at most 100 characters, beginning with a letter or digit, no name that Windows reserves.",
        "con.md, a:b.md, 提案.md as an artifact",
        "Rename the file.";
    NAME_COLLISION: Error, "名稱衝突", "names that collide",
        "Two names that differ only in case or Unicode form are one file on many systems.",
        "Brief.md and brief.md",
        "Rename one of them.";
    UNUSED_FILE: Warning, "未使用的檔案", "file that nothing uses",
        "The file lies in the pack but no part of the pack reads it, so it will not be in the bundle.",
        "packs/a/notes.md that pack.toml does not list under `artifacts`",
        "List it under `artifacts` in pack.toml, or remove it.";
    // Configuration and documents.
    NO_PACKS: Error, "沒有生產包", "workspace without a pack",
        "Nothing was built and nothing was checked; that must not look like success.",
        "packs/ is empty",
        "Add packs/<slug>/pack.toml; `proofpack init` shows one.";
    TOML_SYNTAX: Error, "TOML 語法錯誤", "not TOML",
        "The file does not follow TOML 1.0.",
        "title = Brief",
        "Mend the place named; texts stand in quotes.";
    JSON_SYNTAX: Error, "JSON 語法錯誤", "not JSON",
        "The file does not follow RFC 8259.",
        "{\"a\": 1,}",
        "Mend the place named.";
    DUPLICATE_KEY: Error, "重複的鍵", "key given twice",
        "Programs disagree on which of two equal keys counts, so the document has two readings.",
        "{\"job_id\": \"a\", \"job_id\": \"b\"}",
        "Keep one.";
    TOO_DEEP: Error, "巢狀過深", "nested too deep",
        "The document is nested deeper than any real one; it was not read.",
        "10,000 opening brackets",
        "Flatten it.";
    UNKNOWN_KEY: Error, "未知的鍵", "key that nothing reads",
        "A misspelt key would be ignored in silence and its default would rule.",
        "owner = \"louis\" in place of [owners]",
        "Correct or remove it; `proofpack schema` prints the known keys.";
    MISSING_KEY: Error, "缺少必要的鍵", "required key is missing",
        "The document is not complete without it.",
        "a pack.toml without `kind`",
        "Add it; `proofpack schema` prints what is required.";
    WRONG_TYPE: Error, "型別不符", "value of the wrong sort",
        "The value is not of the sort that this key takes; nothing is converted by guessing.",
        "due = \"soon\"",
        "Write a value of the sort named.";
    UNKNOWN_WORD: Error, "未知的用詞", "word outside the list",
        "Only the listed words have a meaning; a near miss is not taken for one of them.",
        "language = \"zh-TW\"",
        "Use one of the words that the message lists.";
    NEW_WORD: Warning, "未列出的用詞", "word that proofpack does not know yet",
        "An export of another program uses a word that is not among those that have a meaning here. It is kept and shown as it is, and no rule that needs its meaning holds.",
        "\"dispatch_status\": \"paused\"",
        "Check that it is no misspelling; if the program has learnt a new word, nothing has to be done.";
    UNKNOWN_KIND: Error, "未知的類型", "kind that does not exist",
        "The kind decides which records, rules and pages a pack has; without it nothing can be built.",
        "kind = \"dispatcher\"",
        "Use one of the kinds that the message lists.";
    UNKNOWN_PERSON: Error, "未知的人員", "person who is not in the workspace",
        "Owners are people of proofpack.toml, so that a name means the same person everywhere.",
        "owner = \"luis\"",
        "Correct the name, or add the person under [people].";
    BAD_PATTERN: Error, "路徑樣式錯誤", "path pattern that is none",
        "The pattern cannot be read, or leads out of the pack.",
        "inputs = [\"../other/*.csv\"]",
        "Write a path inside the pack, with `/`, `*`, `?` or `[…]`.";
    MISSING_INPUT: Error, "缺少輸入檔", "declared input is missing",
        "The pack says it is made from this file. Absence is not emptiness: nothing is concluded from it.",
        "inputs = [\"uploads/*.csv\"] and uploads/ is empty",
        "Add the file, or take the line out of `inputs`.";
    MISSING_DOCUMENT: Error, "缺少必要文件", "required document is missing",
        "Every bundle of this kind holds this document.",
        "a pack without decision-record.md",
        "Write it; the seeds of the kind and `proofpack init` show one.";
    NO_LESSON: Error, "學習記憶沒有教訓", "memory without a lesson",
        "A learning memory from which nothing was learnt cannot keep the next worker from repeating the work.",
        "do_not_repeat, what_hermes_learned and assumptions_overturned all empty",
        "Write at least one lesson.";
    NO_NEXT_STEP: Error, "學習記憶沒有下一步", "memory without a next step",
        "A learning memory must say what to check or to do next.",
        "recommended_next_check is empty",
        "Write at least one next check or the next priority.";
    UNKNOWN_SHAPE: Error, "未知的學習記憶格式", "memory of no known shape",
        "The document has none of the key sets of the three known learning memories.",
        "{\"notes\": []}",
        "Use one of the shapes that `proofpack schema learning-memory` prints.";
    STATUS_BY_HAND: Error, "手寫的主張狀態", "status written by hand",
        "Whether a claim is verified, refuted, unverified or expired is computed from its evidence. A status that someone wrote would be a claim that proves itself.",
        "status = \"verified\" in claims.toml",
        "Remove it, and name the evidence.";
    FIGURE_BY_HAND: Error, "手寫的營收數字", "figure of revenue written by hand",
        "A figure of revenue is computed from an accepted import. One that somebody wrote into a claim would stand on the page whether or not anything proves it.",
        "statement = \"Revenue is NT$72,780\" in claims.toml",
        "Take the figure out of the statement; days such as 2026-05-12 may stay.";
    UNCLAIMED_STATEMENT: Warning, "沒有主張的陳述", "statement without a claim",
        "The sentence says that something outside was achieved, and nothing lets anyone look up whether that is so. A claim has evidence and a computed status; a sentence alone has neither.",
        "\"主控台已上線。\" or \"All tests pass.\" in production-brief.md",
        "Add a claim with its evidence to claims.toml and write [claim:ID] into the sentence, or say what is known instead. Plans, rules, questions and negations need no claim; when a sentence is one of them and was taken for a claim, word it more plainly.";
    UNKNOWN_CLAIM: Error, "主張不存在", "reference to a claim that does not exist",
        "The sentence leans on a claim that claims.toml does not have, or that could not be read, so nothing stands behind it.",
        "\"… 已上線 [claim:console-deploid]\"",
        "Correct the id, or add the claim.";
    UNSAID_STATUS: Error, "未說明主張的狀態", "status of a claim that is not said",
        "The sentence states what its claim says, and the evidence does not verify that. A claim's statement is printed only with its status, in authored texts too.",
        "\"主控台已上線 [claim:console-deployed]。\" when the claim is expired",
        "Say in the sentence that it is unverified, refuted or expired, or capture evidence that verifies it.";
    EVIDENCE_MISSING: Error, "證據檔案不存在", "evidence that is not there",
        "The claim names a file that the folder evidence/ of the pack does not have, so nobody can look at it.",
        "locator = \"evidence/test-run.json\" without such a file",
        "Add the file as a JSON document directly in evidence/, or take the evidence out of the claim.";
    EVIDENCE_CHANGED: Error, "證據與記載的雜湊值不符", "evidence that is not what was captured",
        "The SHA-256 that the claim gives is not that of the file. Either the file was changed after it was captured, or the claim is about another one.",
        "an evidence file that was edited",
        "Restore the file as it was captured, or capture it again and write its SHA-256.";
    BAD_OUT: Error, "輸出資料夾位置不當", "output folder in a wrong place",
        "The output folder of a workspace lies in the workspace, apart from its packs; elsewhere a build would write where nobody expects it.",
        "out = \"../site\" in proofpack.toml",
        "Name a folder inside the workspace and outside packs/; `build --out` writes elsewhere.";
    // Decision records.
    DECISION_PART_MISSING: Error, "決策紀錄缺少段落", "decision record lacks a part",
        "Whoever doubts or rejects the decision needs every part: status, background, options, decision, why, consequences, and what feedback is asked for.",
        "a record without `## Options`",
        "Add the section with at least a sentence.";
    DECISION_UNKNOWN_STATUS: Error, "決策狀態不明", "decision status outside the list",
        "The status must tell whether the decision holds. It is not guessed from prose.",
        "status: maybe",
        "Begin the status with one of the words that the message lists.";
    DECISION_DANGLING: Error, "取代的決策不存在", "supersession that leads nowhere",
        "The record names a successor or predecessor that the workspace does not have.",
        "superseded by decision-record-9.md",
        "Correct the link or add the record.";
    DECISION_CYCLE: Error, "決策互相取代", "supersession in a circle",
        "Records that supersede one another in a circle leave no decision in force.",
        "A superseded by B, B superseded by A",
        "Remove one of the links.";
    // Records.
    UNKNOWN_TABLE: Error, "未知的紀錄表", "table that the kind does not have",
        "The name of a record file is the name of its table; the rows of this one were not used.",
        "records/visits.csv where the table is visit_events",
        "Rename the file to one of the tables that the message lists.";
    UNKNOWN_EXPORT: Error, "未知的匯出檔", "export that the kind does not have",
        "The name of a file in exports/ is the name of its export; this one was not read.",
        "exports/task.json where the export is tasks",
        "Rename the file to one of the exports that the message lists, or remove it.";
    UNKNOWN_FORMAT: Error, "未知的檔案格式", "format that is not read",
        "Records are CSV, XLSX, JSON or JSONL: a JSON document has to be a list of objects. As a notice: the file is not what its name says.",
        "{\"rows\": [...]}",
        "Export it in one of these formats.",
        "請匯出為 CSV 或 XLSX。",
        [
            "is named like {} and is {}; it was read as {}" => "副檔名是 {}，內容是 {}，已當作 {} 讀取",
        ];
    DUPLICATE_TABLE: Error, "紀錄表重複", "table given twice",
        "Two files hold the same table, so it has two contents.",
        "records/visit_events.csv and records/visit_events.json",
        "Merge them into one file.";
    BAD_SCHEMA: Error, "資料表結構無效", "schema that cannot be used",
        "A part of the table schema contradicts itself, or asks for a check that does not exist here. Nothing was checked with it, since the answer would promise more than was done.",
        "`pattern` on a number; `jsonSchema`; a primary key of no field",
        "Correct or remove the part named.";
    MISSING_COLUMN: Error, "缺少必要欄位", "required column is missing",
        "Without the column the rows cannot be understood; it is not guessed from another one.",
        "a visit_events.csv without `occurred_at`",
        "Add the column with its exact name.",
        "請補上這個名稱的欄位，名稱要一字不差。",
        [
            "the column `{}` is missing" => "缺少欄位 `{}`",
            "has no header in its first {} rows" => "前 {} 列找不到欄位名稱",
        ];
    DUPLICATE_COLUMN: Error, "欄位重複", "column given twice",
        "Two columns of one name give every row two readings.",
        "id,amount,amount",
        "Rename or remove one.",
        "同名欄位請只留一個。",
        [
            "`{}` stands in the header twice" => "欄位名稱 `{}` 出現兩次",
        ];
    UNKNOWN_COLUMN: Warning, "未知的欄位", "column that nothing reads",
        "The column is not part of the table and was ignored. It is an error where a schema permits its own columns only.",
        "a column `remarks` in visit_events.csv",
        "Correct its name, or remove it.",
        "請更正欄名，或刪除這一欄。";
    BLANK_REQUIRED: Error, "必填欄位空白", "required cell is blank",
        "The row is not used: a blank is not a value.",
        "a visit event without a date",
        "Fill the cell in.",
        "請填入實際的值；我們不會代填。",
        [
            "{} is blank in a paid row" => "{} 空白，但這一列是已付款",
            "{} is blank" => "{} 空白",
            "{} holds a word that stands for nothing" => "{} 是代表「無」的字，視為空白",
        ];
    INVALID_VALUE: Error, "值無效", "value that is not of the column's type",
        "The row is not used: the value has no reading of this type.",
        "`yesterday` in a date-time column",
        "Correct the cell.",
        "請更正這些儲存格的值。";
    OUT_OF_RANGE: Error, "超出範圍", "value outside its range",
        "The value is below the smallest or above the largest one that the schema permits, or it cannot be told whether it is.",
        "-1 where the minimum is 0; a time without an offset where the minimum has one",
        "Correct the cell.",
        "請更正超出範圍的值。";
    PATTERN_MISMATCH: Error, "格式不符樣式", "text that is not like its pattern",
        "The whole text has to be like the regular expression that the schema gives.",
        "PRG-1 where the pattern is PRG-[0-9]{3}",
        "Correct the cell.",
        "請依指定的格式更正這些儲存格。";
    WRONG_LENGTH: Error, "長度不符", "text or list of a wrong length",
        "The schema says how many characters, items or keys a value has at least and at most.",
        "a note of 600 characters where 500 are the most",
        "Shorten or complete the value.",
        "請縮短或補齊這些儲存格的內容。";
    MISSING_REFERENCE: Error, "參照不存在", "reference to a row that is not there",
        "The schema declares that the value stands in another column, of the same table or of another one, and it does not.",
        "a refund that names an order which is not in the file",
        "Correct the value, or add the row that it names.",
        "請更正參照的編號，或補上它所指的那一列。";
    REFERENCE_NOT_CHECKED: Error, "參照未檢查", "reference that nobody looked up",
        "The schema declares that values stand in another table, and that table was not given or could not be read. What was not checked does not pass.",
        "a foreign key to `programs` without --table programs=FILE",
        "Give the table with --table NAME=FILE.",
        "請一併提供所參照的表。";
    COLUMN_ORDER: Error, "欄位順序不符", "columns in another order",
        "The schema wants its columns in their order (`fieldsMatch` is `exact`, also when it is not written). They were checked by their names.",
        "amount,id where the schema has id, amount",
        "Put the columns into order, or declare `fieldsMatch` as `equal`.",
        "請依結構的順序排列欄位。";
    RAGGED_ROW: Error, "欄數不符", "row with too many or too few cells",
        "The cells of the row no longer stand under their columns: there are more or fewer than columns, or quotes do not close (RFC 4180), so that where a cell and a row end would have to be guessed at.",
        "an unquoted `28,000` in a CSV file; a quote that is opened and never closed",
        "Quote the cell, close the quote or complete the row; a quote inside a quoted cell is written twice.",
        "請補齊這些列的儲存格；含逗號的值（例如 \"28,000\"）要加引號，引號要成對。",
        [
            "a quote opens here and never closes" => "這裡的引號沒有結束",
            "text follows the closing quote of this cell" => "結束引號後面還有文字",
            "a quote stands inside a cell that does not begin with one; a cell above it was torn apart here" => "沒有用引號開頭的儲存格裡出現引號；上面的儲存格在這裡被拆開",
            "has {} cells, expected {}" => "這一列有 {} 格，應有 {} 格",
            "the last row is too short: the file looks cut off" => "最後一列不完整，檔案可能被截斷",
        ];
    DUPLICATE_ID: Error, "編號重複", "key of the table stands twice",
        "The columns that tell rows apart have the same values in two rows.",
        "two rows with id 7",
        "Correct one of them; an append-only table never repeats a key.",
        "編號重複的列請更正或刪除。";
    DELIMITER: Notice, "分隔符號", "cells separated by something else than a comma",
        "One separator alone splits the header into cells, and it is not the comma; the whole file was read with it.",
        "id;amount",
        "Nothing, or export the file with commas.",
        "不需處理。",
        [
            "the cells are separated by {}" => "儲存格以{}分隔",
            "tabs" => "定位字元（Tab）",
            "semicolons" => "分號",
            "vertical bars" => "直線",
        ];
    SHEETS: Warning, "其他工作表", "other sheets beside the table",
        "A table is one sheet. Where a header is looked for, the one visible sheet that has it was read, and each sheet that was left aside is named with its rows. Where none is, the first visible sheet with content was read.",
        "a workbook with the sheets Orders and Notes",
        "Nothing when the sheet that was read is the table; else keep one visible sheet with content, or name the sheet with --sheet.",
        "請把資料放在同一張工作表，其他工作表隱藏或刪除。",
        [
            "the sheet was left aside: the header stands in another sheet (rows with content: {})" => "這張工作表沒有採用：標題列在另一張工作表（有內容的列數：{}）",
            "the sheet was left aside: it has the header and nothing below it (rows with content: {})" => "這張工作表沒有採用：只有標題列，下面沒有資料（有內容的列數：{}）",
            "the sheet was left aside: no sheet has the whole header, and another one is nearer to it (rows with content: {})" => "這張工作表沒有採用：沒有一張工作表的標題列齊全，另一張較接近（有內容的列數：{}）",
            "the sheet was left aside: another sheet was asked for (rows with content: {})" => "這張工作表沒有採用：指定的是另一張工作表（有內容的列數：{}）",
        ];
    SEVERAL_SHEETS: Error, "多張工作表都可能是資料", "several sheets that may be the table",
        "Reading the first sheet only would take a part of the rows for all of them, and whether the sheets are parts of one table or versions of it is not guessed. The message names each with its rows.",
        "one sheet for each day",
        "Put all rows into one sheet, or say which sheet counts with --sheet NAME.",
        "請把所有資料放在同一張工作表；若只有一張算數，請告訴我們是哪一張。",
        [
            "the header stands in several sheets: {}; which of their rows count is not guessed" => "多張工作表都有標題列：{}；我們不猜哪些列算數",
            "has content in several sheets: {}, and the rows of all of them would have to count" => "多個工作表有內容：{}，每一張的列都應計入",
        ];
    NO_SHEET: Error, "沒有指定的工作表", "no sheet of that name",
        "A sheet was asked for by its name, and the file does not have it, so nothing was read in its place.",
        "--sheet May for a workbook with the sheets 5月 and 6月",
        "Name one of the sheets that the hint lists, or leave the option out.",
        "請確認工作表的名稱。",
        [
            "does not have the sheet that was asked for" => "沒有指定的工作表",
            "is {} and has no sheets, and one was asked for" => "是 {}，沒有工作表，卻指定了工作表",
        ];
    HIDDEN_SHEET: Notice, "隱藏的工作表", "sheet that is hidden",
        "Only visible sheets are tables. What stands in hidden ones does not count; where a header is looked for, it is said whether a hidden sheet has it, and what looks personal in it.",
        "a workbook with a hidden sheet of look-up lists",
        "Nothing, or show the sheet when it holds the table.",
        "不需處理；若資料在隱藏的工作表，請取消隱藏後重新上傳。",
        [
            "the sheet is hidden and was not read" => "這張工作表是隱藏的，沒有讀取",
            "the sheet is hidden and was not read (rows with content: {})" => "這張工作表是隱藏的，沒有讀取（有內容的列數：{}）",
            "the sheet is hidden and was not read, although it has the header (rows below it: {})" => "這張工作表是隱藏的，沒有讀取，但裡面有標題列（其下的列數：{}）",
            "the sheet is hidden, was not read, and could not be looked at to its end" => "這張工作表是隱藏的，沒有讀取，也無法看到最後",
        ];
    HIDDEN_ROW: Notice, "隱藏的列", "row that is hidden",
        "The row is part of the file and was read like any other, although nobody sees it in the sheet.",
        "a filter that was left on",
        "Remove the filter and look at the rows.",
        "請取消篩選或隱藏，確認這些列是否要算。",
        [
            "the row is hidden and was read like any other" => "這一列是隱藏的，照常讀取",
            "rows {} to {} are hidden and were read like any other (rows with content: {})" => "第 {} 到 {} 列是隱藏的，照常讀取（有內容的 {} 列）",
        ];
    HIDDEN_COLUMN: Notice, "隱藏的欄", "column that is hidden",
        "The column is part of the file and was read like any other, although nobody sees it in the sheet.",
        "a column with customer names, hidden before sending",
        "Show the column and look at it; delete what must not be sent.",
        "請取消隱藏並確認內容；不該傳送的請刪除。",
        [
            "column {} is hidden and was read like any other" => "{} 欄是隱藏的，照常讀取",
            "columns {} to {} are hidden and were read like any other" => "{} 到 {} 欄是隱藏的，照常讀取",
        ];
    MERGED_CELL: Notice, "合併儲存格", "cells that are merged",
        "Only the first cell of a merged range has the value; the others are blank and were not filled.",
        "one date over five orders",
        "Unmerge the cells and write the value into each.",
        "請取消合併，並在每一格填入值。",
        [
            "the cells {} are merged; only the first of them has the value" => "{} 是合併儲存格，只有第一格有值",
        ];
    UNSTABLE_FORMULA: Warning, "會變動的公式", "formula whose value changes by itself",
        "The formula depends on today's date, on chance or on another workbook, so that its saved value may be another one than the sender sees.",
        "=TODAY(), =[1]Prices!B2",
        "Paste the value over the formula.",
        "請把公式改貼成值。",
        [
            "the formula depends on the day, on chance or on another workbook; the value that was saved with it was used" => "公式會隨日期、亂數或其他活頁簿改變，採用存檔時的結果",
        ];
    OTHER_CURRENCY: Warning, "其他幣別的格式", "number formatted in another currency",
        "The cell shows its number with the sign of another currency than the New Taiwan dollar. The number was used as it is; nothing is converted.",
        "900 in the format [$USD] #,##0",
        "Give the amount in TWD, or mend the format if it is one.",
        "請改為新台幣金額；若只是格式設錯，請改儲存格格式。",
        [
            "the number is formatted as an amount in another currency than TWD; the number alone was used" => "儲存格格式顯示的是其他幣別，只採用其中的數字",
        ];
    REPEATED_HEADER: Notice, "重複的標題列", "header row repeated among data",
        "A second header, or a row of machine names below it, is no row of data. It is left out.",
        "orderLogId,paymentLogNo,… in the second row",
        "Nothing, or remove the row.",
        "不需處理，或刪除這一列。",
        [
            "is a header again, left out" => "又是一列欄位名稱，略過",
        ];
    HEADER_NORMALISED: Notice, "標題已正規化", "column name read without what surrounds it",
        "Spaces, and in order exports full-width forms and capitals, were left out; another word would not have been taken.",
        "Order_ID read as order_id",
        "Nothing.",
        "不需處理。",
        [
            "the name was read as `{}`" => "欄位名稱已讀作 `{}`",
        ];
    HEADER_ROW: Notice, "標題不在第一列", "header below other rows",
        "The one row with the names of the columns was taken for the header; what stands above it was left out.",
        "two title rows above the header",
        "Nothing.",
        "不需處理。",
        [
            "the header was found in row {}; what stands above it was left out" => "欄位名稱在第 {} 列，以上的內容略過",
        ];
    CONVERTED: Notice, "已轉換格式", "workbook of another format, converted",
        "The workbook was converted to XLSX to be read, cell by cell with addresses, sheets, errors, dates and formulas. What the conversion does not see (hidden rows and columns, merged cells, formats of numbers) could not be reported.",
        "an .xls, .xlsb or .ods file",
        "Nothing, or save it as an Excel workbook (.xlsx).",
        "不需處理，或另存成 Excel 活頁簿（.xlsx）。";
    FORMULA_VALUE: Notice, "公式的值", "cells that are formulas",
        "The value that the spreadsheet program saved with each formula was used; nothing was calculated anew. In text files a cell such as `=\"0012\"` is the text in its quotes.",
        "=SUM(E2:E9)",
        "Nothing, or paste the values over the formulas.",
        "不需處理，或用「貼上值」取代公式。",
        [
            "cells of the form `=\"…\"` were read as the text in their quotes (cells in the file: {})" => "`=\"…\"` 形式的儲存格讀作引號內的文字（共 {} 格）",
            "the values that were saved with formulas were used (formulas in the sheet: {})" => "公式採用存檔時的結果（工作表內有 {} 個公式）",
        ];
    // Privacy.
    SECRET: Error, "疑似憑證", "looks like a credential",
        "A published token is a lost token. The rule that found it is named, and at most four characters are shown.",
        "a GitHub token in a Markdown file, or the same token in base64",
        "Remove it and revoke it; history keeps it.",
        "請移除金鑰或密碼，並立即作廢。",
        [
            "looks like a credential: {} (not repeated here)" => "疑似金鑰或密碼：{}（不重複顯示）",
        ];
    PERSONAL_DATA: Error, "疑似個人資料", "looks like personal data",
        "Shared artifacts carry hashed keys only. The rule that found it is named, and at most four characters are shown.",
        "a mobile number in people-sync.md, also in full-width digits",
        "Remove or hash it at the source. What may leave all the same is written into privacy-allow.toml, with a reason and a last day.",
        "請移除，或在來源端改成雜湊後再上傳。";
    PUBLIC_NUMBER: Notice, "公開的編號", "public number",
        "A unified business number is public; it is told so that nobody publishes one by accident.",
        "統編 with the number of a partner",
        "Nothing, or take it out.";
    HIDDEN_CHARACTER: Warning, "看不見的字元", "character that nobody sees",
        "An invisible character makes two texts look the same that are not; one that turns the direction makes a text read differently from what it says, and no bundle may hold it. Joiners of emoji and of scripts that need them are no finding.",
        "a zero-width space inside a word, copied from a web page",
        "Type the place anew.",
        "請把這個地方重新輸入一次。";
    ALLOWED_TOO_LONG: Error, "例外已過期", "exception that has expired",
        "What privacy-allow.toml lets through, it lets through until a day. After it the entry lets nothing through, and the bundle is refused.",
        "until = 2026-05-01 in a build of 2026-05-24",
        "Take the value out of the pack, or look at it again and write a later day with the reason that holds now.";
    ALLOWED_TWO: Error, "例外涵蓋不只一個值", "exception that covers more than one value",
        "An entry of privacy-allow.toml is for one value that somebody looked at. Another one with the same first and last characters was not looked at.",
        "`09…78` in two files, and they are two numbers",
        "Name the one file in the entry, and take the other value out.";
    ALLOWED_NOTHING: Notice, "沒有用到的例外", "exception that nothing needs",
        "An entry of privacy-allow.toml fits nothing in the pack. It may be misspelt, or what it was for is gone.",
        "file = \"source.md\" where the file is sources.md",
        "Take it out, or copy rule and characters from the finding.";
    // Learning memory across packs.
    BREAKS_A_LESSON: Warning, "計畫重犯已學到的教訓", "plan that breaks a lesson",
        "A next step or milestone does what an earlier pack learnt not to do. The rule and the clause are compared by their words, so a person decides whether it is meant.",
        "“build the production pack again” where an earlier memory says do not create another production build",
        "Change the plan, or write in the decision record why the rule no longer holds.";
    CONTRADICTING_LESSONS: Warning, "教訓互相矛盾", "lessons that contradict each other",
        "Two memories tell the next worker opposite things.",
        "one says retry after a timeout, the other says do not",
        "Decide which one holds and take the other out.";
    REPEATED_LESSON: Notice, "重複學到的教訓", "lesson learnt again",
        "Two packs learnt the same. A lesson that has to be learnt twice did not reach anybody the first time.",
        "the same do_not_repeat in two packs",
        "Find out why the first time did not help.";
    // Who may state what, and when.
    NOT_ENTITLED: Error, "填寫人沒有權責", "written by somebody who may not",
        "A fact counts only when the role that may state it wrote it. This record is not used.",
        "a decision about recognition by the data owner",
        "Have somebody with that role write it.",
        "請由有該角色的人填寫。";
    FUTURE_RECORD: Error, "紀錄晚於現在", "record from the future",
        "The record says that it was written after the moment that is asked about. It is not used: nothing can be decided from what was not known yet.",
        "an adoption review of 2026-05-26 when `--now` is 2026-05-24",
        "Correct the time of the record, or ask about a later moment.";
    OUT_OF_ORDER: Error, "時間順序顛倒", "events out of order",
        "One of two moments cannot come before the other. The record is not used, since nothing says which of them is right.",
        "closed_at before created_at; an event of an append-only file that is older than the one above it",
        "Correct the times at their source.";
    CONTRADICTION: Error, "互相矛盾的紀錄", "records that contradict each other",
        "Two records cannot both hold and nothing says which one does, so neither is used.",
        "two adoption reviews of the same moment, one `accept` and one `revise`",
        "Correct or remove one of them, or write a newer one.";
    OVERRIDE_REFUSED: Error, "覆寫不採計", "override that does not count",
        "Only a decision record that exists in the workspace, signed by somebody whose role permits it, overrides the gates.",
        "--override decision-9.md when there is no such file; --by a worker",
        "Name the path of a decision record in the workspace and the person with the role `ceo`.";
    NOT_USABLE: Warning, "成果不可用", "artifact that is not usable",
        "What does not verify does not count as built.",
        "a bundle of the registry in which a byte was changed",
        "Build it again, or take it out of the registry.";
    // Acceptance cases.
    UNKNOWN_RULE: Error, "未知的規則", "rule that does not exist",
        "The case asks a decision that nothing makes, so it shows nothing.",
        "rule = \"dispatch-preflight\" in acceptance.toml",
        "Ask one that `proofpack decide` lists.";
    ACCEPTANCE_FAILED: Error, "驗收案例未通過", "acceptance case that fails",
        "The rules decide something else from these facts than the case expects. Either the case or the rule is wrong, and the pack claims both.",
        "rule = \"P4\" expected, P5 decided",
        "Correct the case, or change the rule with everybody who relies on it.";
    // Bundles.
    NOT_VERIFIED: Error, "驗證未通過", "bundle that does not verify",
        "The staged bundle failed a check of its plan. The old bundle was left as it was.",
        "a pack whose texts never mention people_sync",
        "Mend what the message names and build again.";
    STALE_BUNDLE: Warning, "多餘的成果", "bundle without a pack",
        "The output folder holds a bundle whose pack no longer exists. It was left alone.",
        "out/old-pack/ after packs/old-pack was renamed",
        "Remove the folder when nobody needs it.";
    NOT_OURS: Error, "不是本工具的輸出", "folder that proofpack did not make",
        "Replacing the folder would delete files that proofpack did not write, so it was left alone.",
        "out/a-pack/notes.txt added by hand",
        "Move the named files elsewhere, or choose another output folder.";
    // Publishing.
    UNPUBLISHABLE: Error, "不能發布", "bundle that cannot be published as it is",
        "The server would refuse it, or something would leave that must not. Nothing was sent.",
        "a blank file, a file over 1 MB, a bundle that does not verify",
        "Mend what the message names, build and publish again.";
    PUBLICATION_DIFFERS: Error, "發布內容不符", "published is not what was sent",
        "What the server has or says is not this bundle, so no receipt was written and nothing counts as published.",
        "a file that is missing from the gist, a gist that is public and should be secret",
        "Look at the gist. When it was only a passing fault, publish again: the same gist is used.";
}

/// A code by its word.
pub fn find(id: &str) -> Option<&'static Code> {
    ALL.iter().copied().find(|code| code.id == id)
}
