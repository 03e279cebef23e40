//! Next actions, request states, the required columns and what counts as revenue (design 5.3, seed 002).

use crate::lang::{Words, words};

/// What to do next in a situation, and what never to do.
pub(super) struct NextAction {
    /// Stable id.
    pub id: &'static str,
    /// The situation.
    pub when: Words,
    /// What to do.
    pub action: Words,
    /// What must not be done.
    pub never: Words,
}

/// The seed's table of next actions, first match first.
pub(super) static NEXT_ACTIONS: &[NextAction] = &[
    NextAction {
        id: "D1",
        when: words("沒有 CSV/XLSX", "no CSV or XLSX"),
        action: words(
            "對 Wade 建立 P0 資料請求，24 小時內到期，通知 Louis",
            "P0 data request to Wade, due in 24 hours, Louis notified",
        ),
        never: words("再做一份策略包", "another strategy pack"),
    },
    NextAction {
        id: "D2",
        when: words("有檔案但缺欄位", "a file with missing fields"),
        action: words("把缺欄與逐列錯誤退回寄件人", "row and file errors back to the sender"),
        never: words("人工猜欄位或補假資料", "guessing columns or filling data in"),
    },
    NextAction {
        id: "D3",
        when: words("檔案已接受", "an accepted file"),
        action: words("產出營收認列記分卡", "the revenue recognition scorecard"),
        never: words("把 pending 或 refunded 算進實收", "counting pending or refunded as received"),
    },
    NextAction {
        id: "D4",
        when: words("提供了 repo 或 API", "a repository or API was given"),
        action: words("派 repo_change 實作匯入", "dispatch repo_change for the import"),
        never: words("沒有 URL 就宣稱 PR 或部署", "claiming a PR or a deployment without a URL"),
    },
];

/// A state of a data request and what leads on from it.
pub(super) static STATES: &[(&str, Words)] = &[
    ("open", words("已請求，等待檔案", "requested, waiting for the file")),
    ("uploaded", words("已收到檔案，等待驗證", "file received, waiting for validation")),
    ("schema_failed", words("缺欄或格式錯誤，退回寄件人", "fields missing or wrong, back to the sender")),
    ("accepted", words("通過驗證，可對帳", "validated, can be reconciled")),
    ("escalated", words("逾期未交，升級給 Louis", "not delivered by due, escalated to Louis")),
];

/// The ten columns that an order export must have.
pub(super) static REQUIRED_COLUMNS: &[(&str, Words)] = &[
    ("order_id", words("訂單編號，以文字保存", "order number, kept as text")),
    ("created_at", words("下單時間", "when it was ordered")),
    ("customer_key", words("雜湊過的客戶代碼，不含個資", "hashed customer key, no personal data")),
    ("program_id", words("課程或方案編號", "programme or plan")),
    ("amount", words("整數新台幣", "whole TWD")),
    (
        "payment_status",
        words("paid、pending、refunded、partial_refund、failed", "paid, pending, refunded, partial_refund, failed"),
    ),
    ("payment_ref", words("金流交易編號，以文字保存", "payment reference, kept as text")),
    ("discount_code", words("折扣碼", "discount code")),
    ("source_event", words("來源直播或活動", "live event that it came from")),
    ("owner_note", words("備註", "note")),
];

/// The money figures: id, title and definition.
pub(super) static FIGURES: &[(&str, Words, Words)] = &[
    (
        "gmv",
        words("訂單總額", "All orders"),
        words("期間內所有訂單的金額，不論狀態", "amount of every order of the window, whatever its status"),
    ),
    ("gross_paid", words("已付款總額", "Gross paid"), words("已付款訂單的金額", "amount of paid orders")),
    (
        "recognised",
        words("認列營收", "Recognised revenue"),
        words(
            "已接受的匯入中，期間內已付款、無任何退款、非重複、未被擋下的訂單金額",
            "paid orders of the window without any refund, not duplicate, not blocked, from an accepted import",
        ),
    ),
    ("refunded", words("退款", "Refunds"), words("已退款或部分退款的金額", "amount refunded in full or in part")),
    (
        "blocked",
        words("暫不認列", "Withheld"),
        words("已付款但因待確認而不認列的金額，依原因列出", "paid amount withheld until somebody decides, by reason"),
    ),
];
