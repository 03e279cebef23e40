//! The finding codes that only orders and what people decide about them report. Those that every table reports stand
//! in the core.

use crate::codes::{Code, codes, lower};
use crate::finding::Severity::{Error, Notice, Warning};
use crate::lang::words;

codes! {
    pub(in crate::kinds::data_gap),
    // Cells.
    INVALID_AMOUNT: Error, "金額無效", "not a TWD amount",
        "The cell cannot be read as whole TWD, so the row recognises nothing.",
        "2.8萬, 二萬八千, 28000/2期, 28000.5",
        "Write whole TWD as digits alone, such as 28000.",
        "請只寫整數新台幣數字，例如 28000。";
    AMBIGUOUS_AMOUNT: Error, "金額有兩種讀法", "amount with two readings",
        "Half the world writes thousands with a point and the other half writes decimals with it. Nothing is guessed.",
        "28.000, $28,000",
        "Write whole TWD as digits alone, such as 28000.",
        "請只寫整數新台幣數字，例如 28000。";
    NEGATIVE_AMOUNT: Error, "負數金額", "negative amount",
        "Only a refund may be negative; here the sign contradicts the status.",
        "-28000 in a paid row",
        "Correct the amount, or the status if it is a refund.",
        "請更正金額；若是退款，請更正付款狀態。";
    CURRENCY: Error, "其他幣別", "another currency",
        "Amounts are TWD. Nothing is converted, because the rate is not in the file.",
        "US$900",
        "Give the amount in TWD.",
        "請改為新台幣金額；我們不會換算匯率。";
    INVALID_DATE: Error, "日期無效", "not a date",
        "The cell cannot be read as a day, so nobody can say whether it is in the window. A bare number may be a date that lost its format; which of the two calendars of Excel it counts in is not known.",
        "Invalid Date, 2026-02-30, 46154.83",
        "Write it as 2026-05-12 20:05.",
        "請寫成 2026-05-12 20:05 的格式。";
    AMBIGUOUS_DATE: Error, "日期有多種讀法", "date with more than one reading",
        "Day and month cannot be told apart, or the year has two digits.",
        "05/12/2026, 12-05-26",
        "Write it as 2026-05-12 20:05.",
        "請寫成 2026-05-12 20:05 的格式。";
    OUT_OF_WINDOW: Error, "不在期間內", "outside the dates asked for",
        "The order is of another day than those asked for; it is not recognised here. Both edges of the window belong to it.",
        "2026-05-22 00:00 for the window 2026-05-12..2026-05-21",
        "Remove the row, or ask with another window.",
        "請移除不在指定期間內的訂單。";
    UNKNOWN_STATUS: Error, "未知的付款狀態", "status outside the vocabulary",
        "Only paid, pending, refunded, partial_refund and failed have a meaning; a near miss is not taken for one of them.",
        "SUCCESS, 已付款",
        "Use one of the five words.",
        "請改用 paid、pending、refunded、partial_refund 或 failed。";
    MANGLED_ID: Error, "編號遭試算表破壞", "identifier damaged by a spreadsheet",
        "Spreadsheet programs turn long numbers into scientific notation and keep 15 digits. Different orders then look alike, so such rows are neither matched nor called duplicates.",
        "2.02605E+14",
        "Export the column as text, from the system and not from a file that Excel saved again.",
        "請從系統直接匯出，並把編號欄設為文字格式，不要用 Excel 另存。";
    NOT_HASHED: Error, "客戶代碼不是雜湊", "customer key that is not a hash",
        "Shared files carry hashed customer keys only. A member number is personal data too.",
        "customer-7",
        "Give a keyed hash, at least 16 hexadecimal digits or 20 characters of base64url.",
        "請改成雜湊過的客戶代碼（例如 HMAC-SHA-256）。";
    PII: Error, "疑似個人資料", "looks like personal data",
        "The cell looks like an e-mail address, a telephone, identity or card number, or a name. It is located and not repeated.",
        "an e-mail address in customer_key or in a column that is not used",
        "Remove it, or replace it by a keyed hash at the source.",
        "請移除個人資料，或在來源端改成雜湊後再上傳。";
    ERROR_CELL: Error, "錯誤儲存格", "spreadsheet error value",
        "The cell shows an error and has no value.",
        "#N/A left over by VLOOKUP",
        "Mend the formula, or paste the value.",
        "請修正公式，或直接貼上值。";
    FORMULA: Error, "公式沒有結果", "formula without a stored value",
        "The file was saved without the results of its formulas. Nothing is calculated here.",
        "a workbook written by a program and never opened",
        "Open the file in Excel and save it once.",
        "請用 Excel 開啟並存檔一次，或直接貼上值。";
    // Rows.
    TOTALS_ROW: Notice, "總計列", "summary row among data",
        "A totals row is no order. It is left out and compared with the sum of the rows above it; a difference is an error.",
        "合計 under the last order",
        "Nothing, or remove the row.",
        "總計與上方各列不符，可能少了訂單，請重新匯出。";
    DUPLICATE: Error, "重複的訂單", "same order seen again",
        "The row equals an earlier one in all ten columns. The first counts, this one does not.",
        "an export pasted twice",
        "Remove the row.",
        "請刪除重複的列。";
    CONFLICT: Error, "互相矛盾的訂單", "rows that contradict one another",
        "Two rows of one order differ, or two orders have one payment. None of them is recognised until somebody says which holds.",
        "order 7 with 3600 and with 6800",
        "Correct the rows.",
        "同一筆訂單或付款的內容互相矛盾，請更正。";
    POSSIBLE_DUPLICATE: Error, "可能重複", "candidate for a duplicate",
        "The same customer, programme and amount stand more than once in the window. It may be a double click or two seats; a person has to decide.",
        "two paid orders of 28000 by one customer, a minute apart",
        "Record the decision with its evidence, or remove the wrong row.",
        "同一客戶、方案與金額出現多次，請確認是否重複，並回覆哪幾筆是真的。";
    REFUND_LINK: Error, "另有退款", "paid row with a refund elsewhere",
        "Another row shows that this payment was refunded: it has the same order_id, the same payment_ref, or is a later refund of the same customer, programme and amount. The paid row is not recognised.",
        "a refund under a new order number with the payment_ref of the paid order",
        "Mark the order as refunded, or explain the refund.",
        "這筆付款另有退款，請更正付款狀態或說明。";
    REBUY: Error, "退款後重買", "bought again after a refund",
        "The customer was refunded and later paid for the same programme. The later order is recognised once a person confirms it as rebought.",
        "refunded on 13 May, paid on 15 May",
        "Record the decision with its evidence.",
        "退款後又購買，請確認是否為重新購買。";
    NOTE_CONFLICT: Error, "備註與狀態矛盾", "status and note disagree",
        "The status says paid, and the note says that the money was returned or never came.",
        "paid with the note 已退款",
        "Correct the status or the note.",
        "備註與付款狀態矛盾，請更正其中之一。";
    TRAINING_ORDER: Error, "28,000 訂單待確認", "28,000 order that nobody resolved",
        "Each of the 28,000 orders is paid, refunded, rebought or unresolved, as the verification owner writes into training_orders with the evidence. An unresolved one recognises nothing; one that the export tells otherwise is a warning.",
        "an order of 28,000 that training_orders does not list",
        "Have it resolved in records/training_orders, with its evidence.";
    // Settlement files.
    SETTLEMENT_AMOUNT: Error, "與金流金額不一致", "another amount in the settlement file",
        "The settlement file has another amount for the same payment reference. The order is not recognised.",
        "paid in two parts, one of which is not in the file",
        "Correct the order, ask the gateway, or record the decision of a person with its evidence.";
    SETTLEMENT_REFUND: Error, "金流端已退款", "refunded in the settlement file",
        "The gateway paid the money back, and the export knows of no refund. The order counts as refunded.",
        "refunded in the gateway's own console",
        "Mark the order as refunded, or record the decision of a person with its evidence.";
    SETTLEMENT_MISSING: Warning, "結算檔對不到", "order and settlement file do not agree",
        "The settlement file lacks the payment or the refund of an order that is old enough to be in it, or was paid for one that the export calls unpaid. What is recognised does not change.",
        "a manual payment that never went through the gateway",
        "Ask the gateway, or correct the order.";
    SETTLEMENT_UNKNOWN: Warning, "結算檔有不明付款", "payment without an order",
        "The settlement file has a payment of a day inside the window that no order of the export has.",
        "an order that the filter of the export left out",
        "Ask which order it belongs to, and export again.";
    SETTLEMENT_FEE: Warning, "手續費不符", "net amount that does not follow",
        "Amount less refund less fees is not the net amount of the line: a fee stands in none of the columns.",
        "a new fee of the gateway",
        "Ask the gateway which fee it is.";
    SETTLEMENT_LINE: Warning, "結算檔資料列無法使用", "line of a settlement file that cannot be used",
        "The line has no single reading, or stands there twice. It is not matched.",
        "an amount with a decimal part, a word that has no known meaning",
        "Ask the gateway for the file again.";
    // What people wrote.
    DECIDED: Notice, "已由人決定", "decided by a person",
        "A person who may do so decided about the order and named the evidence; what was decided is done.",
        "two seats for one customer",
        "Nothing.";
    UNUSED_DECISION: Error, "決定無法採用", "decision that cannot be used",
        "A record of a decision lacks its evidence, contradicts another one of the same moment, lies in the future, or cannot say which rows it means. Nothing is decided by it.",
        "two rows of the same moment, one says keep and one says block",
        "Add a later row that can be used; nothing is removed from such a table.";
    IDLE_DECISION: Notice, "目前用不到的決定", "decision about nothing",
        "Nothing in the current export needs this decision. It may be about an earlier one.",
        "the row was corrected in the next export",
        "Nothing.";
    REQUEST_STATE: Error, "請求狀態與事實不符", "state that the facts do not show",
        "The recorded state of a request, or the recorded result of an import, is not what the uploads give, and does not lead there.",
        "accepted, and there is no upload",
        "Correct the record; the page shows the state that the uploads give.";
    UNLISTED_UPLOAD: Error, "上傳未登錄", "upload that nobody recorded",
        "The table of received files is given and does not name the file, names one that is not there, or was written by somebody who may not. Such a file is checked and shown, and never answers the request.",
        "a file put into uploads/ without a row in received_files",
        "Add the row: file, who sent it, when.";
    // Files.
    NO_ROWS: Error, "沒有任何訂單", "header without rows",
        "The file has the ten columns and not one order. Whether nothing was sold or nothing was exported cannot be told.",
        "a filter that matched nothing",
        "Check the filter of the export, or say that there were no orders.",
        "檔案沒有任何訂單，請檢查匯出條件，或回覆確實沒有訂單。";
    // Notices.
    AMOUNT_NORMALISED: Notice, "金額已正規化", "amounts read without their decoration",
        "Signs, units and separators were left out where the amount has one reading.",
        "NT$28,000 read as 28000",
        "Nothing.";
    FREE_ORDER: Notice, "零元訂單", "paid orders of 0",
        "A paid order of 0 is a free order; it recognises 0.",
        "a voucher that covers the whole price",
        "Nothing.";
    DATE_NORMALISED: Notice, "日期已正規化", "dates read from another form",
        "ROC years, 上午 and 下午, Chinese dates and dates without a time were read where they have one reading; no time is 00:00.",
        "115/05/12 read as 2026-05-12",
        "Nothing.";
    DATE_SERIAL: Notice, "日期儲存格", "date cells of a workbook",
        "The dates are numbers that the workbook shows as dates; they were read by the calendar that the workbook names.",
        "46154.83 formatted as a date",
        "Nothing.";
    TIME_ZONE: Notice, "時區假設", "times without an offset",
        "The file does not say in which time zone its times are. They were read in the time zone of the window.",
        "2026-05-12 20:05 read as Asia/Taipei",
        "Nothing, if the assumption holds.";
    STATUS_NORMALISED: Notice, "狀態已正規化", "statuses read without regard to case or spaces",
        "Spaces, quotes and capitals around one of the five words were left out.",
        "Paid read as paid",
        "Nothing.";
    ID_NORMALISED: Notice, "編號已正規化", "identifiers read without what surrounds them",
        "Spaces, characters without width, full-width forms and the quotes of \"=…\" were left out.",
        "=0012= in quotes read as 0012",
        "Nothing.";
    NUMERIC_ID: Notice, "數字格式的編號", "identifiers in number cells",
        "The digits are exact, but whether leading zeros were lost cannot be checked.",
        "order_id 20260512001 in a number cell",
        "Format the column as text.";
    IGNORED_COLUMNS: Notice, "未使用的欄位", "columns that nothing reads",
        "They were looked through for personal data and otherwise left out.",
        "a column 課程名稱",
        "Nothing.";
}
