//! Next actions, request states, owners, the required columns and what counts as revenue (design 5.3, seed 002), as
//! data: what decides here is what pages print.

use crate::decide::{self, Refusal, Rule, Ruling};
use crate::lang::{Words, words};

/// What decides the next action.
#[derive(Clone, Copy, Debug)]
pub(super) struct Situation {
    /// Whether a file was sent.
    pub file_given: bool,
    /// What its import gave.
    pub import: Import,
    /// Whether a repository or an API was given.
    pub repo_or_api_given: bool,
}

/// What the import of an upload gave.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Import {
    /// There was none.
    None,
    /// Every row can be used.
    Accepted,
    /// The file cannot be used.
    Failed,
    /// Rows of it need a person.
    Partial,
}

impl Import {
    /// The words, in the order of the variants.
    pub(super) const WORDS: &'static [&'static str] = &["none", "accepted", "failed", "partial"];
    const ALL: [Self; 4] = [Self::None, Self::Accepted, Self::Failed, Self::Partial];

    /// Its word.
    pub(super) fn word(self) -> &'static str {
        Self::WORDS[self as usize]
    }

    /// The one of this word.
    pub(super) fn of(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|import| import.word() == word)
    }
}

/// What to do next in a situation, and what never to do.
#[derive(Debug)]
pub(super) struct NextAction {
    /// The word for what to do.
    pub word: &'static str,
    /// What to do.
    pub action: Words,
    /// Role of who does it.
    pub owner_role: &'static str,
    /// What must not be done.
    pub never: Words,
}

/// The seed's table of next actions, first match first. The last one always holds, so that the table is total.
pub(super) static NEXT_ACTIONS: &[Rule<Situation, NextAction>] = &[
    Rule {
        id: "D1",
        holds: |now| !now.file_given && !now.repo_or_api_given,
        when: words("沒有 CSV/XLSX，也沒有 repo 或 API", "no CSV or XLSX, and neither repository nor API"),
        then: NextAction {
            word: "data_request",
            action: words(
                "對 Wade 建立 P0 資料請求，24 小時內到期，通知 Louis",
                "P0 data request to Wade, due in 24 hours, Louis notified",
            ),
            owner_role: "data_owner",
            never: words("再做一份策略包", "another strategy pack"),
        },
    },
    Rule {
        id: "D2",
        holds: |now| matches!(now.import, Import::Failed | Import::Partial),
        when: words("有檔案，但缺欄位或有列需要處理", "a file with missing fields or with rows in doubt"),
        then: NextAction {
            word: "return_errors",
            action: words("把缺欄與逐列錯誤退回寄件人", "row and file errors back to the sender"),
            owner_role: "data_owner",
            never: words("人工猜欄位或補假資料", "guessing columns or filling data in"),
        },
    },
    Rule {
        id: "D3",
        holds: |now| now.import == Import::Accepted,
        when: words("檔案已接受", "an accepted file"),
        then: NextAction {
            word: "scorecard",
            action: words("產出營收認列記分卡", "the revenue recognition scorecard"),
            owner_role: "pls_owner",
            never: words("把 pending 或 refunded 算進實收", "counting pending or refunded as received"),
        },
    },
    Rule {
        id: "D4",
        holds: |now| !now.file_given,
        when: words("沒有檔案，但提供了 repo 或 API", "no file, but a repository or an API"),
        then: NextAction {
            word: "repo_change",
            action: words("派 repo_change 實作匯入", "dispatch repo_change for the import"),
            owner_role: "pls_owner",
            never: words("沒有 URL 就宣稱 PR 或部署", "claiming a PR or a deployment without a URL"),
        },
    },
    Rule {
        id: "D5",
        holds: |_| true,
        when: words("有檔案，尚未驗證", "a file that nobody has checked yet"),
        then: NextAction {
            word: "import",
            action: words("驗證檔案並匯入", "check the file and import it"),
            owner_role: "pls_owner",
            never: words("未驗證就認列", "recognising anything before that"),
        },
    },
];

/// The first rule that holds.
pub(super) fn next_action(situation: Situation) -> Result<Ruling<Situation, NextAction>, Vec<Refusal>> {
    decide::first(NEXT_ACTIONS, &situation)
}

/// Where a data request stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum State {
    /// Waiting for the file.
    Open,
    /// A file is there.
    Uploaded,
    /// It cannot be used.
    SchemaFailed,
    /// It can be reconciled.
    Accepted,
    /// No file came by the due time.
    Escalated,
}

/// A state, its word, what it means and what it leads on to.
pub(super) static STATES: &[(State, &str, Words, &[State])] = &[
    (
        State::Open,
        "open",
        words("已請求，等待檔案", "requested, waiting for the file"),
        &[State::Uploaded, State::Escalated],
    ),
    (
        State::Uploaded,
        "uploaded",
        words(
            "已收到檔案，等待驗證，或有列等人處理",
            "file received, waiting for validation or for people to settle rows of it",
        ),
        &[State::SchemaFailed, State::Accepted],
    ),
    (
        State::SchemaFailed,
        "schema_failed",
        words("缺欄或格式錯誤，退回寄件人", "fields missing or wrong, back to the sender"),
        &[State::Uploaded],
    ),
    (State::Accepted, "accepted", words("通過驗證，可對帳", "validated, can be reconciled"), &[]),
    (
        State::Escalated,
        "escalated",
        words("逾期未交，升級給 Louis", "not delivered by due, escalated to Louis"),
        &[State::Uploaded],
    ),
];

impl State {
    /// Its word.
    pub(super) fn word(self) -> &'static str {
        STATES[self as usize].1
    }

    /// The one of this word.
    pub(super) fn of(word: &str) -> Option<Self> {
        STATES.iter().find(|state| state.1 == word).map(|state| state.0)
    }

    /// Whether a request can come from here to there, in any number of steps.
    pub(super) fn leads_to(self, there: Self) -> bool {
        let mut reached = vec![self];
        let mut at = 0;
        while at < reached.len() {
            let next = STATES[reached[at] as usize].3.iter().filter(|state| !reached.contains(state));
            let next: Vec<_> = next.copied().collect();
            reached.extend(next);
            at += 1;
        }
        reached.contains(&there)
    }
}

/// The state that the facts give. A request that was escalated stays so until a file comes, also when its due time was
/// moved.
pub(super) fn state(recorded: Option<State>, situation: Situation, is_overdue: bool) -> State {
    match situation.import {
        _ if !situation.file_given && (is_overdue || recorded == Some(State::Escalated)) => State::Escalated,
        _ if !situation.file_given => State::Open,
        Import::Accepted => State::Accepted,
        Import::Failed => State::SchemaFailed,
        Import::None | Import::Partial => State::Uploaded,
    }
}

/// Hours that a request, or the correction of a file, may take.
pub(super) const DUE_HOURS: i64 = 24;

/// What a training order costs, in TWD: those are resolved one by one.
pub(super) const TRAINING_AMOUNT: i64 = 28_000;

/// Last day of each class of age, in days; beyond the last one everything is old.
pub(super) const AGES: &[i32] = &[3, 7, 14];

/// Codes of findings that somebody else than the data owner has to settle: who decides about recognition, and who
/// resolves the 28,000 orders. Keys of `owners` in `pack.toml`.
pub(super) static SETTLED_BY: &[(&str, &str)] = &[
    ("conflict", "owner"),
    ("possible_duplicate", "owner"),
    ("rebuy", "owner"),
    ("settlement_amount", "owner"),
    ("settlement_refund", "owner"),
    ("training_order", "verification_owner"),
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

/// The names of the ten columns.
pub(super) static COLUMN_NAMES: &[&str] = &[
    "order_id",
    "created_at",
    "customer_key",
    "program_id",
    "amount",
    "payment_status",
    "payment_ref",
    "discount_code",
    "source_event",
    "owner_note",
];

/// The money figures: id, title and definition. None is printed without an accepted import.
pub(super) static FIGURES: &[(&str, Words, Words)] = &[
    (
        "recognised",
        words("認列營收", "Recognised revenue"),
        words(
            "已接受的匯入中，期間內已付款、無任何退款、非重複、未被擋下的訂單金額",
            "paid orders of the window without any refund, not duplicate, not blocked, from an accepted import",
        ),
    ),
    (
        "gross_paid",
        words("已付款總額", "Gross paid"),
        words("狀態為已付款的各列金額", "amount of all rows that are paid"),
    ),
    (
        "refunded",
        words("已付款後退款", "Paid and refunded"),
        words("已付款、但另有退款的金額", "paid amount of which a refund stands elsewhere"),
    ),
    (
        "blocked",
        words("暫不認列", "Withheld"),
        words("已付款但不認列的金額，依原因列出", "paid amount that is not recognised, by reason"),
    ),
    (
        "gmv",
        words("訂單總額", "All orders"),
        words(
            "期間內每筆訂單只計一次的金額，不論狀態",
            "amount of every order of the window, once, whatever its status",
        ),
    ),
    (
        "refunds",
        words("退款", "Refunds"),
        words("全額退款各列的金額，每筆退款計一次", "amount of all rows that are refunded in full, each refund once"),
    ),
    (
        "partial_refunds",
        words("部分退款的訂單", "Partly refunded orders"),
        words(
            "部分退款訂單的金額；退了多少，檔案沒有說，整筆不認列",
            "amount of these orders; how much went back is not in the file, and none of it is recognised",
        ),
    ),
    (
        "settled",
        words("已撥款", "Settled"),
        words(
            "金流結算檔中與認列訂單相符且已撥款的金額，未扣手續費",
            "amount of recognised orders that the settlement file shows as paid out, before fees",
        ),
    ),
    ("fees", words("手續費", "Fees"), words("上述撥款的手續費", "what the gateway kept of these")),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tables_agree_with_themselves() {
        assert!(STATES.iter().enumerate().all(|(at, state)| state.0 as usize == at));
        assert!(REQUIRED_COLUMNS.iter().map(|column| &column.0).eq(COLUMN_NAMES));
    }

    #[test]
    fn a_request_goes_only_forward() {
        let check = |from: State, to: State, expected: bool| assert_eq!(from.leads_to(to), expected, "{from:?} {to:?}");
        check(State::Open, State::Open, true);
        check(State::Open, State::Accepted, true);
        check(State::Escalated, State::SchemaFailed, true);
        check(State::SchemaFailed, State::Accepted, true);
        check(State::Uploaded, State::Open, false);
        check(State::Uploaded, State::Escalated, false);
        check(State::Accepted, State::Uploaded, false);
    }

    #[test]
    fn every_situation_has_a_rule_and_a_state() {
        let check = |file: bool, import: Import, repo: bool, overdue: bool, rule: &str, expected: State| {
            let situation = Situation { file_given: file, import, repo_or_api_given: repo };
            assert_eq!(next_action(situation).unwrap().rule.id, rule);
            assert_eq!(state(None, situation, overdue), expected);
        };
        check(false, Import::None, false, false, "D1", State::Open);
        check(false, Import::None, false, true, "D1", State::Escalated);
        check(false, Import::None, true, false, "D4", State::Open);
        check(true, Import::Failed, false, true, "D2", State::SchemaFailed);
        check(true, Import::Partial, true, false, "D2", State::Uploaded);
        check(true, Import::Accepted, true, true, "D3", State::Accepted);
        check(true, Import::None, false, true, "D5", State::Uploaded);
        let situation = Situation { file_given: false, import: Import::None, repo_or_api_given: false };
        assert_eq!(state(Some(State::Escalated), situation, false), State::Escalated);
    }
}
