//! The finding codes that only orders and what people decide about them report. Those that every table reports stand
//! in the core.

use crate::codes::{codes, lower};
use crate::finding::Code;
use crate::finding::Severity::{Error, Notice, Warning};
use crate::lang::words;

codes! {
    pub(in crate::kinds::data_gap),
    // Cells.
    INVALID_AMOUNT: Error, "金額無效", "not a TWD amount",
        "The cell cannot be read as whole TWD, so the row recognises nothing.",
        "2.8萬, 二萬八千, 28000/2期, 28000.5",
        "Write whole TWD as digits alone, such as 28000.",
        "請只寫整數新台幣數字，例如 28000。",
        [
            "{} is not an amount: {}" => "{} 不是金額：{}",
            "{} is not whole TWD: {}" => "{} 不是整數新台幣：{}",
            "{} is more than 1000000000: {}" => "{} 超過十億：{}",
            "{} is a cell that holds no amount" => "{} 的儲存格不是金額",
        ];
    AMBIGUOUS_AMOUNT: Error, "金額有兩種讀法", "amount with two readings",
        "Half the world writes thousands with a point and the other half writes decimals with it. Nothing is guessed.",
        "28.000, $28,000",
        "Write whole TWD as digits alone, such as 28000.",
        "請只寫整數新台幣數字，例如 28000。",
        [
            "{} can be read in two ways: {}" => "{} 有兩種讀法：{}",
            "{} `$` can be TWD or another currency: {}" => "{} 的 `$` 可能是新台幣或其他幣別：{}",
        ];
    NEGATIVE_AMOUNT: Error, "負數金額", "negative amount",
        "Only a refund may be negative; here the sign contradicts the status.",
        "-28000 in a paid row",
        "Correct the amount, or the status if it is a refund.",
        "請更正金額；若是退款，請更正付款狀態。",
        [
            "{} is negative in a row that is not refunded" => "{} 是負數，但這一列不是退款",
        ];
    CURRENCY: Error, "其他幣別", "another currency",
        "Amounts are TWD. Nothing is converted, because the rate is not in the file.",
        "US$900",
        "Give the amount in TWD.",
        "請改為新台幣金額；我們不會換算匯率。",
        [
            "{} is in another currency than TWD: {}" => "{} 不是新台幣：{}",
            "{} is in another currency than TWD, as the format of the cell shows" => "{} 的儲存格格式顯示不是新台幣",
        ];
    INVALID_DATE: Error, "日期無效", "not a date",
        "The cell cannot be read as a day, so nobody can say whether it is in the window. A bare number may be a date that lost its format; which of the two calendars of Excel it counts in is not known.",
        "Invalid Date, 2026-02-30, 46154.83",
        "Write it as 2026-05-12 20:05.",
        "請寫成 2026-05-12 20:05 的格式。",
        [
            "{} names another day of the week than that day is: {}" => "{} 的星期與日期不符：{}",
            "{} is no date that exists: {}" => "{} 不是存在的日期：{}",
            "{} is a number, perhaps a date that lost its format: {}" => "{} 是數字，可能是失去格式的日期：{}",
            "{} is not a date: {}" => "{} 不是日期：{}",
            "{} is a cell that holds no date" => "{} 的儲存格不是日期",
        ];
    AMBIGUOUS_DATE: Error, "日期有多種讀法", "date with more than one reading",
        "Day and month cannot be told apart, or the year has two digits.",
        "05/12/2026, 12-05-26",
        "Write it as 2026-05-12 20:05.",
        "請寫成 2026-05-12 20:05 的格式。",
        [
            "{} has more than one reading as a date: {}" => "{} 的日期有多種讀法：{}",
        ];
    OUT_OF_WINDOW: Error, "不在期間內", "outside the dates asked for",
        "The order is of another day than those asked for; it is not recognised here. Both edges of the window belong to it.",
        "2026-05-22 00:00 for the window 2026-05-12..2026-05-21",
        "Remove the row, or ask with another window.",
        "請移除不在指定期間內的訂單。",
        [
            "{} is outside the window {} to {} ({})" => "{} 不在 {} 到 {} 之間（{}）",
        ];
    UNKNOWN_STATUS: Error, "未知的付款狀態", "status outside the vocabulary",
        "Only paid, pending, refunded, partial_refund and failed have a meaning; a near miss is not taken for one of them.",
        "SUCCESS, 已付款",
        "Use one of the five words.",
        "請改用 paid、pending、refunded、partial_refund 或 failed。",
        [
            "{} `{}` is none of the five words; did you mean `{}`?" => "{} 的 `{}` 不是五種狀態之一，是不是 `{}`？",
            "{} is none of the five words; did you mean `{}`?" => "{} 不是五種狀態之一，是不是 `{}`？",
            "{} is none of the five words" => "{} 不是五種狀態之一",
            "{} is not a word" => "{} 不是文字",
            "{} is a cell that holds no word" => "{} 的儲存格不是文字",
        ];
    MANGLED_ID: Error, "編號遭試算表破壞", "identifier damaged by a spreadsheet",
        "Spreadsheet programs turn long numbers into scientific notation and keep 15 digits. Different orders then look alike, so such rows are neither matched nor called duplicates.",
        "2.02605E+14",
        "Export the column as text, from the system and not from a file that Excel saved again.",
        "請從系統直接匯出，並把編號欄設為文字格式，不要用 Excel 另存。",
        [
            "{} has characters that were lost in another encoding" => "{} 有在其他編碼中遺失的字",
            "{} has several lines, as exports write several payments into one cell" => "{} 有好幾行，像是匯出程式把多筆付款寫在同一格",
            "{} was shortened to scientific notation by a spreadsheet program" => "{} 被試算表縮成科學記號",
            "{} became a number with a decimal point, so leading zeros may be lost" => "{} 變成有小數點的數字，開頭的 0 可能不見了",
            "{} has only zeros behind its 15th digit: a spreadsheet program replaced the others" => "{} 第 15 位以後都是 0，是試算表改掉的",
            "{} is the word of a totals row in a row that is none" => "{} 是總計列的字，但這一列不像總計列",
            "{} is a number with a fraction, not an identifier" => "{} 是有小數的數字，不是編號",
            "{} is a number of more than 15 digits, of which a spreadsheet program keeps only 15" => "{} 是超過 15 位的數字，試算表只保留 15 位",
            "{} is a negative number, not an identifier" => "{} 是負數，不是編號",
            "{} was turned into a date by a spreadsheet program" => "{} 被試算表轉成日期",
            "{} is a cell that holds no text" => "{} 的儲存格不是文字",
            "{} has 16 digits and ends with 0, as every such one in the column: a spreadsheet program keeps only 15" => "{} 有 16 位且結尾是 0，整欄都如此：試算表只保留 15 位",
            "{} has fewer digits than those of the column that begin with 0, which have {}: leading zeros may be lost (first here, {} in all)" => "{} 的位數比同欄 0 開頭的編號（{} 位）少，開頭的 0 可能不見了（從這裡開始，共 {} 個）",
        ];
    PII: Error, "疑似個人資料", "looks like personal data",
        "The cell looks like an e-mail address, a telephone, identity or card number, or a name; or a customer key is not a keyed hash, which a member number is not either. It is located and not repeated.",
        "an e-mail address in customer_key or in a column that is not used; customer-7",
        "Remove it, or replace it at the source by a keyed hash (HMAC-SHA-256): at least 16 hexadecimal digits or 20 characters of base64url.",
        "請移除個人資料，或在來源端改成雜湊後再上傳。",
        [
            "looks like personal data: {} (not repeated here)" => "疑似個資：{}（不重複顯示）",
            "{} looks like personal data: a name (not repeated here)" => "{} 疑似姓名（不重複顯示）",
            "{} is not a hash: expected at least 16 hexadecimal digits or 20 of base64url" => "{} 不是雜湊：至少要 16 位十六進位或 20 個 base64url 字元",
            "{} is the hash of personal data in the same row, made without a secret key" => "{} 是同一列個資的雜湊，沒有加密鑰",
            "{} is a number, perhaps of a member or a telephone, not a hash" => "{} 是數字，可能是會員編號或電話，不是雜湊",
            "e-mail address" => "電子郵件",
            "mobile number" => "手機號碼",
            "card number" => "卡號",
            "identity number" => "身分證字號",
            "resident number" => "居留證號",
            "looks like personal data or a credential: {} (not repeated here)" => "疑似個資或密鑰：{}（不重複顯示）",
        ];
    ERROR_CELL: Error, "錯誤儲存格", "spreadsheet error value",
        "The cell shows an error and has no value.",
        "#N/A left over by VLOOKUP",
        "Mend the formula, or paste the value.",
        "請修正公式，或直接貼上值。",
        [
            "{} is an error of the spreadsheet program, not a value" => "{} 是試算表的錯誤，不是值",
        ];
    FORMULA: Error, "公式沒有可用的結果", "formula without a value to rely on",
        "The file was saved without the results of its formulas, or the formula depends on the day, on chance or on another workbook, so that the sender may see another value. Nothing is calculated here.",
        "a workbook written by a program and never opened; =TODAY(), =[1]Prices!B2",
        "Open the file in Excel and save it once, or paste the value over the formula.",
        "請用 Excel 開啟並存檔一次，或直接貼上值。",
        [
            "{} is a formula without a stored value" => "{} 是沒有存下結果的公式",
            "{} is a formula that depends on the day, on chance or on another workbook" => "{} 的公式會隨日期、亂數或其他活頁簿改變",
        ];
    // Rows.
    TOTALS_ROW: Notice, "總計列", "summary row among data",
        "A totals row is no order. It is left out and compared with the sum of the rows above it; a difference is an error.",
        "合計 under the last order",
        "Nothing, or remove the row.",
        "總計與上方各列不符，可能少了訂單，請重新匯出。",
        [
            "is a totals row, left out; it equals the sum of the rows above" => "總計列，略過；與上方各列的合計相符",
            "is a totals row, left out; it does not equal the sum of the rows above" => "總計列，略過；與上方各列的合計不符",
            "is a totals row, left out; it could not be compared with the rows above" => "總計列，略過；無法與上方各列比較",
            "is a totals row, left out; it equals the sum of the rows below" => "總計列，略過；與下方各列的合計相符",
            "is a totals row, left out; it does not equal the sum of the rows below" => "總計列，略過；與下方各列的合計不符",
            "is a totals row, left out; it could not be compared with the rows below" => "總計列，略過；無法與下方各列比較",
        ];
    DUPLICATE: Error, "重複的訂單", "same order seen again",
        "The row equals an earlier one in all ten columns. The first counts, this one does not.",
        "an export pasted twice",
        "Remove the row.",
        "請刪除重複的列。",
        [
            "equals row {} in all ten columns" => "與第 {} 列十個欄位完全相同",
        ];
    CONFLICT: Error, "互相矛盾的訂單", "rows that contradict one another",
        "Two rows of one order differ, or two orders have one payment. None of them is recognised until somebody says which holds.",
        "order 7 with 3600 and with 6800",
        "Correct the rows.",
        "同一筆訂單或付款的內容互相矛盾，請更正。",
        [
            "row {} has the same order_id and differs in {}" => "第 {} 列的 order_id 相同，但 {} 不同",
            "row {} has the same payment_ref and another order_id" => "第 {} 列的 payment_ref 相同，但 order_id 不同",
        ];
    POSSIBLE_DUPLICATE: Error, "可能重複", "candidate for a duplicate",
        "The same customer, programme and amount stand more than once in the window. It may be a double click or two seats; a person has to decide.",
        "two paid orders of 28000 by one customer, a minute apart",
        "Record the decision with its evidence, or remove the wrong row.",
        "同一客戶、方案與金額出現多次，請確認是否重複，並回覆哪幾筆是真的。",
        [
            "row {} has the same customer, programme and amount in the window" => "第 {} 列在期間內有相同的客戶、方案與金額",
        ];
    REFUND_LINK: Error, "另有退款", "paid row with a refund elsewhere",
        "Another row shows that this payment was refunded: it has the same order_id, the same payment_ref, or is a later refund of the same customer, programme and amount. The paid row is not recognised.",
        "a refund under a new order number with the payment_ref of the paid order",
        "Mark the order as refunded, or explain the refund.",
        "這筆付款另有退款，請更正付款狀態或說明。",
        [
            "row {} refunds the same order_id" => "第 {} 列是同一 order_id 的退款",
            "row {} refunds the same payment_ref" => "第 {} 列是同一 payment_ref 的退款",
            "row {} is a later refund of the same customer, programme and amount" => "第 {} 列是同一客戶、方案與金額之後的退款",
        ];
    REBUY: Error, "退款後重買", "bought again after a refund",
        "The customer was refunded and later paid for the same programme. The later order is recognised once a person confirms it as rebought.",
        "refunded on 13 May, paid on 15 May",
        "Record the decision with its evidence.",
        "退款後又購買，請確認是否為重新購買。",
        [
            "row {} is an earlier refund of the same customer and programme" => "第 {} 列是同一客戶與方案先前的退款",
        ];
    NOTE_CONFLICT: Error, "備註與狀態矛盾", "status and note disagree",
        "The status says paid, and the note says that the money was returned or never came.",
        "paid with the note 已退款",
        "Correct the status or the note.",
        "備註與付款狀態矛盾，請更正其中之一。",
        [
            "{} speaks of a refund or of money that did not come, and the status says paid" => "{} 提到退款或未收款，但狀態是已付款",
        ];
    TRAINING_ORDER: Error, "28,000 訂單待確認", "28,000 order that nobody resolved",
        "Each of the 28,000 orders is paid, refunded, rebought or unresolved, as the verification owner writes into training_orders with the evidence. An unresolved one recognises nothing; one that the export tells otherwise is a warning.",
        "an order of 28,000 that training_orders does not list",
        "Have it resolved in records/training_orders, with its evidence.",
        "請在 records/training_orders 確認這筆訂單，並附上證據。",
        [
            "is one of the 28,000 orders, and nobody resolved it" => "28,000 訂單，還沒有人確認",
            "is not what training_orders says of it: {}" => "與 training_orders 的紀錄不符：{}",
        ];
    // Settlement files.
    SETTLEMENT_AMOUNT: Error, "與金流金額不一致", "another amount in the settlement file",
        "The settlement file has another amount for the same payment reference. The order is not recognised.",
        "paid in two parts, one of which is not in the file",
        "Correct the order, ask the gateway, or record the decision of a person with its evidence.",
        "請更正訂單、詢問金流，或記錄人工決定並附上證據。",
        [
            "row {} of the settlement file has another amount for the same payment_ref" => "結算檔第 {} 列的 payment_ref 相同，但金額不同",
        ];
    SETTLEMENT_REFUND: Error, "金流端已退款", "refunded in the settlement file",
        "The gateway paid the money back, and the export knows of no refund. The order counts as refunded.",
        "refunded in the gateway's own console",
        "Mark the order as refunded, or record the decision of a person with its evidence.",
        "請把訂單標為退款，或記錄人工決定並附上證據。",
        [
            "row {} of the settlement file refunds the same payment_ref" => "結算檔第 {} 列有同一 payment_ref 的退款",
        ];
    SETTLEMENT_MISSING: Warning, "結算檔對不到", "order and settlement file do not agree",
        "The settlement file lacks the payment or the refund of an order that is old enough to be in it, or was paid for one that the export calls unpaid. What is recognised does not change.",
        "a manual payment that never went through the gateway",
        "Ask the gateway, or correct the order.",
        "請詢問金流，或更正訂單。",
        [
            "{}: {}" => "{}",
            "missing_in_settlement" => "結算檔沒有這筆付款",
            "refunded_in_orders" => "只有訂單端退款",
            "status_mismatch" => "金流端已收款，訂單端未付款",
        ];
    SETTLEMENT_UNKNOWN: Warning, "結算檔有不明付款", "payment without an order",
        "The settlement file has a payment of a day inside the window that no order of the export has.",
        "an order that the filter of the export left out",
        "Ask which order it belongs to, and export again.",
        "請確認這筆付款屬於哪一張訂單，再重新匯出。",
        [
            "is about a payment that no order of the export has" => "訂單檔沒有這筆付款",
        ];
    SETTLEMENT_FEE: Warning, "手續費不符", "net amount that does not follow",
        "Amount less refund less fees is not the net amount of the line: a fee stands in none of the columns.",
        "a new fee of the gateway",
        "Ask the gateway which fee it is.",
        "請詢問金流是哪一項費用。",
        [
            "amount less refund less fees is not the net amount of the line" => "金額減退款減手續費不等於該列淨額",
        ];
    SETTLEMENT_LINE: Warning, "結算檔資料列無法使用", "line of a settlement file that cannot be used",
        "The line has no single reading, or stands there twice. It is not matched.",
        "an amount with a decimal part, a word that has no known meaning",
        "Ask the gateway for the file again.",
        "請向金流重新索取檔案；這一列沒有比對。",
        [
            "is not whole TWD" => "不是整數新台幣",
            "is a word that has no known meaning" => "是意義不明的用詞",
            "is not a day" => "不是日期",
            "holds neither text nor number" => "既不是文字也不是數字",
            "has no amount, or does not say for which payment" => "沒有金額，或沒有說是哪一筆付款",
            "equals an earlier line in every column; it is counted once" => "與前面一列完全相同，只算一次",
        ];
    // What people wrote.
    DECIDED: Notice, "已由人決定", "decided by a person",
        "A person who may do so decided about the order and named the evidence; what was decided is done.",
        "two seats for one customer",
        "Nothing.",
        "不需處理。",
        [
            "counts although `{}`: {} decided, by {}" => "雖有 `{}` 仍採計：{} 決定，依據 {}",
            "is left out as `{}`: {} decided, by {}" => "因 `{}` 排除：{} 決定，依據 {}",
            "{} counts although `{}`: {} decided, by {}" => "{}：雖有 `{}` 仍採計：{} 決定，依據 {}",
            "{} is left out as `{}`: {} decided, by {}" => "{}：因 `{}` 排除：{} 決定，依據 {}",
        ];
    UNUSED_DECISION: Error, "決定無法採用", "decision that cannot be used",
        "A record of a decision lacks its evidence, contradicts another one of the same moment, lies in the future, or cannot say which rows it means. Nothing is decided by it.",
        "two rows of the same moment, one says keep and one says block",
        "Add a later row that can be used; nothing is removed from such a table.",
        "請另加一列可以採用的決定；這種表只增不刪。",
        [
            "lets an order count of which several rows stand in the export; it is not used" => "要採計的訂單在匯出檔有好幾列，這項決定未採用",
            "is of a time after the moment of this run; the record is not used" => "時間在這次執行之後，這筆紀錄未採用",
            "says `{}` without evidence; the record is not used" => "寫 `{}` 但沒有證據，這筆紀錄未採用",
            "contradicts {}, which is of the same moment; neither is used" => "與同一時間的 {} 矛盾，兩筆都未採用",
        ];
    IDLE_DECISION: Warning, "沒有用到的決定", "decision about nothing",
        "Nothing in the current export needs this decision: it names an order that is not there, or a subject that this order does not have. The order may have been corrected since, or the record may mean another one.",
        "`duplicate` where the finding is `possible_duplicate`; a mistyped order_id",
        "Compare order_id and subject with the findings of the export; if another order or subject is meant, add a row that says so.",
        "請核對 order_id 與 subject 是否和檢查結果一致；若寫錯，請另加一列正確的決定。",
        [
            "nothing in the current export is `{}` for this order" => "目前的匯出檔裡，這筆訂單沒有 `{}` 的問題",
            "is about an order that is not in the current export" => "目前的匯出檔沒有這筆訂單",
            "the order is not in the current export" => "目前的匯出檔沒有這筆訂單",
        ];
    REQUEST_STATE: Error, "請求狀態與事實不符", "state that the facts do not show",
        "The recorded state of a request, or the recorded result of an import, is not what the uploads give, and does not lead there.",
        "accepted, and there is no upload",
        "Correct the record; the page shows the state that the uploads give.",
        "請更正紀錄；頁面顯示的是上傳檔案的實際狀態。",
        [
            "the request is recorded as `{}`, and the uploads give `{}`" => "紀錄中的請求狀態是 `{}`，上傳檔案顯示是 `{}`",
            "the import is recorded as `{}`, and the uploads give `{}`" => "紀錄中的匯入結果是 `{}`，上傳檔案顯示是 `{}`",
            "{} is recorded as {}, and the export has {}" => "{} 的紀錄是 {}，匯出檔是 {}",
        ];
    UNLISTED_UPLOAD: Error, "上傳未登錄", "upload that nobody recorded",
        "The table of received files is given and does not name the file, names one that is not there, or was written by somebody who may not. Such a file is checked and shown, and never answers the request.",
        "a file put into uploads/ without a row in received_files",
        "Add the row: file, who sent it, when.",
        "請在 received_files 加上這一列：檔案、寄件人、時間。",
        [
            "`{}` is not in {}" => "`{}` 不在 {}",
            "is not recorded as received by now from somebody who may send it; it answers no request" => "沒有由有權責的人登錄為已收到，不能用來回覆請求",
        ];
    // Files.
    NO_ROWS: Error, "沒有任何訂單", "header without rows",
        "The file has the ten columns and not one order. Whether nothing was sold or nothing was exported cannot be told.",
        "a filter that matched nothing",
        "Check the filter of the export, or say that there were no orders.",
        "檔案沒有任何訂單，請檢查匯出條件，或回覆確實沒有訂單。",
        [
            "has a header and no orders" => "只有欄位名稱，沒有任何訂單",
        ];
    // Notices.
    AMOUNT_NORMALISED: Notice, "金額已正規化", "amounts read without their decoration",
        "Signs, units and separators were left out where the amount has one reading.",
        "NT$28,000 read as 28000",
        "Nothing.",
        "不需處理。",
        [
            "{} was read as {}" => "{} 讀作 {}",
            "amount was read without its decoration" => "amount 已略過符號與單位",
        ];
    FREE_ORDER: Notice, "零元訂單", "paid orders of 0",
        "A paid order of 0 is a free order; it recognises 0.",
        "a voucher that covers the whole price",
        "Nothing.",
        "不需處理。",
        [
            "paid orders of 0 are free orders (first here, {} in all)" => "已付款的 0 元訂單視為免費訂單（從這裡開始，共 {} 筆）",
        ];
    DATE_NORMALISED: Notice, "日期已正規化", "dates read from another form",
        "ROC years, 上午 and 下午, Chinese dates and dates without a time were read where they have one reading; no time is 00:00.",
        "115/05/12 read as 2026-05-12",
        "Nothing.",
        "不需處理。",
        [
            "{} was read as {}" => "{} 讀作 {}",
        ];
    DATE_SERIAL: Notice, "日期儲存格", "date cells of a workbook",
        "The dates are numbers that the workbook shows as dates; they were read by the calendar that the workbook names.",
        "46154.83 formatted as a date",
        "Nothing.",
        "不需處理。",
        [
            "dates are date cells of the workbook (first here, {} in all)" => "日期是活頁簿的日期儲存格（從這裡開始，共 {} 個）",
        ];
    TIME_ZONE: Notice, "時區假設", "times without an offset",
        "The file does not say in which time zone its times are. They were read in the time zone of the window.",
        "2026-05-12 20:05 read as Asia/Taipei",
        "Nothing, if the assumption holds.",
        "時區假設正確就不需處理。",
        [
            "{} times without an offset were read as {}; {} others name their offset and were converted" => "{} 個沒有時差的時間當作 {}；另外 {} 個有標示時差，已換算",
            "{} times without an offset were read as {}" => "{} 個沒有時差的時間當作 {}",
        ];
    STATUS_NORMALISED: Notice, "狀態已正規化", "statuses read without regard to case or spaces",
        "Spaces, quotes and capitals around one of the five words were left out.",
        "Paid read as paid",
        "Nothing.",
        "不需處理。",
        [
            "{} was read without regard to case or spaces" => "{} 已忽略大小寫與空白",
        ];
    STATUS_MAPPING: Notice, "狀態對照", "what the statuses of a known export mean",
        "The file is the export of another program, whose words for payment statuses are known. They tell the sender which of the five words to write; none is taken over by itself.",
        "SUCCESS of a Kolable order log is paid",
        "Write one of the five words in the column payment_status.",
        "請在 payment_status 填五種狀態之一。",
        [
            "its status words mean: {}" => "這種匯出檔的狀態對照：{}",
        ];
    ID_NORMALISED: Notice, "編號已正規化", "identifiers read without what surrounds them",
        "Spaces, characters without width, full-width forms and the quotes of \"=…\" were left out.",
        "=0012= in quotes read as 0012",
        "Nothing.",
        "不需處理。",
        [
            "{} was read in small letters: digits of a hash have no case" => "{} 已改讀成小寫，雜湊的英文字母不分大小寫",
            "{} was read without spaces, invisible characters or full-width forms" => "{} 已去除空白、看不見的字元與全形",
        ];
    NUMERIC_ID: Notice, "數字格式的編號", "identifiers in number cells",
        "The digits are exact, but whether leading zeros were lost cannot be checked.",
        "order_id 20260512001 in a number cell",
        "Format the column as text.",
        "請把這一欄設為文字格式。",
        [
            "identifiers are number cells: whether leading zeros were lost cannot be checked (first here, {} in all)" => "編號是數字儲存格，無法確認開頭的 0 是否不見（從這裡開始，共 {} 個）",
        ];
    IGNORED_COLUMNS: Notice, "未使用的欄位", "columns that nothing reads",
        "They were looked through for personal data and otherwise left out.",
        "a column 課程名稱",
        "Nothing.",
        "不需處理。",
        [
            "columns that are not of the contract, looked through for personal data only ({}): {}" => "不在契約內的欄位（{} 欄），只檢查有沒有個資：{}",
        ];
}
