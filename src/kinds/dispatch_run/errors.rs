//! Error kinds of runs: which one a message stands for, and what helps.

use serde_json::json;

use crate::decide::{Question, Told};
use crate::kinds::dispatch::form::{self, form};
use crate::kinds::dispatch::redact::shown;
use crate::kinds::dispatch::value;
use crate::lang::{Words, words};
use crate::read::tree::Node;

/// Most bytes of an agent's output unless somebody sets another limit.
const OUTPUT_CAP: i64 = 5 << 20;

/// An error kind.
#[derive(Debug)]
pub(super) struct Kind {
    /// The word.
    pub id: &'static str,
    /// What helps; nothing is known to help against `unknown`.
    pub remedy: Option<Words>,
}

const fn kind(id: &'static str, zh: &'static str, en: &'static str) -> Kind {
    Kind { id, remedy: Some(words(zh, en)) }
}

/// Every error kind.
pub(super) static KINDS: &[Kind] = &[
    Kind { id: "unknown", remedy: None },
    kind("session_expired", "重新登入 CLI，再試一次", "sign in to the CLI again, then try again"),
    kind("rate_limited", "等候配額恢復，再試一次", "wait until the quota is back, then try again"),
    kind("context_overflow", "縮小需求或減少情境來源", "make the requirement smaller, or give it fewer sources"),
    kind("adapter_timeout", "拆小需求，或延長轉接器的時限", "split the requirement, or give the adapter more time"),
    kind("dispatch_timeout", "拆小任務，或延長該角色的時限", "split the task, or give its role more time"),
    kind(
        "cli_not_found",
        "在連接器的主機安裝 CLI，或修正其路徑",
        "install the CLI where the connector runs, or mend its path",
    ),
    kind("cli_timeout", "檢查 CLI 能否獨立完成，再試一次", "see whether the CLI finishes by itself, then try again"),
    kind("model_not_available", "改用帳號可用的模型", "choose a model that the account may use"),
    kind("adapter_protocol_error", "更新轉接器，使它與連接器版本相符", "update the adapter to the connector's version"),
    kind("output_too_large", "要求較短的輸出，或提高輸出上限", "ask for less output, or raise the output cap"),
    kind(
        "invalid_result_schema",
        "對照角色的結果格式修正提示",
        "mend the prompt so that the result is what the role has to give",
    ),
    kind("role_not_found", "改用目錄中的角色", "choose a role of the catalogue"),
    kind("role_dispatch_malformed", "重新套用候選項目並選定角色", "apply the candidate again, with a role"),
    kind("router_no_match", "由人選定角色", "let a person choose the role"),
];

/// The kinds for `explain`.
pub(super) fn told() -> impl Iterator<Item = Told> {
    KINDS.iter().map(|kind| Told {
        id: kind.id,
        question: "error-kind",
        when: words("錯誤種類", "a kind of error"),
        decides: Vec::new(),
        route: kind.remedy,
        is_first: true,
    })
}

/// The kind of exactly this word.
pub(super) fn find(word: &str) -> Option<&'static Kind> {
    KINDS.iter().find(|kind| kind.id == word)
}

/// The kind of this word; blanks around it do not count, anything else is `unknown`.
pub(super) fn normalised(word: &str) -> &'static Kind {
    find(word.trim()).unwrap_or(&KINDS[0])
}

/// The kind as it was exported, fit to be shown, also one that nobody knows.
pub(super) fn exported(kind: Option<&str>) -> String {
    shown(kind.map_or(KINDS[0].id, str::trim), 40)
}

/// The kind that a message stands for, by the words in it; the first that fits.
pub(super) fn classified(message: &str, for_dispatch: bool) -> &'static str {
    let message = message.to_lowercase();
    let has = |word: &str| message.contains(word);
    if has("timed out") {
        return if for_dispatch { "dispatch_timeout" } else { "adapter_timeout" };
    }
    if has("session") && has("expired") {
        return "session_expired";
    }
    if has("rate limit") {
        return "rate_limited";
    }
    if has("context") && has("overflow") {
        return "context_overflow";
    }
    "unknown"
}

/// Kind and message of a planning run that failed. A run that names no kind has the one that its message stands for.
pub(super) fn of_run(run: &Node) -> (&str, &str) {
    let message = value::text(run, "error_message");
    let kind = value::word(run, "error_kind").unwrap_or_else(|| classified(message, false));
    (kind, message)
}

/// The output cap that a setting asks for, in bytes; 0 is none. A negative number or no number is no setting.
pub(super) fn output_cap(setting: &str) -> i64 {
    setting.trim().parse().ok().filter(|bytes| *bytes >= 0).unwrap_or(OUTPUT_CAP)
}

/// `error-kind`: of a message (`message`, `for_dispatch`), of a word (`kind`), of a run that ended (`run`: `error`,
/// `truncated`), or the output cap of a setting (`env_output_max`).
pub(super) static QUESTION: Question = Question {
    name: "error-kind",
    about: words("錯誤訊息屬於哪一種，以及該怎麼辦", "which kind an error is, and what helps"),
    facts: None,
    sanitises: false,
    answer: |facts, asked| {
        form::answer(
            facts,
            asked,
            &[
                form("message", &["for_dispatch"], |form, asked| {
                    let for_dispatch = form.flag_if("for_dispatch").unwrap_or(true);
                    let id = classified(form.text_if("message").unwrap_or_default(), for_dispatch);
                    json!({"error_kind": id, "hint": normalised(id).remedy.map(|remedy| remedy.get(asked.lang))})
                }),
                form("kind", &[], |form, asked| {
                    let kind = normalised(form.text_if("kind").unwrap_or_default());
                    json!({
                        "normalised": kind.id,
                        "has_hint": kind.remedy.is_some(),
                        "hint": kind.remedy.map(|remedy| remedy.get(asked.lang)),
                    })
                }),
                form("run", &["for_dispatch"], |form, _| {
                    let for_dispatch = form.flag_if("for_dispatch").unwrap_or(true);
                    let Some(run) = form.table("run") else { return json!({"error_kind": null}) };
                    // Output is looked at only when nothing else went wrong.
                    let kind = match value::word(run, "error") {
                        Some(error) => Some(classified(error, for_dispatch)),
                        None => value::is_true(run, "truncated").then_some("output_too_large"),
                    };
                    json!({"error_kind": kind})
                }),
                form(
                    "env_output_max",
                    &[],
                    |form, _| json!({"cap_bytes": output_cap(form.text_if("env_output_max").unwrap_or_default())}),
                ),
            ],
        )
    },
};

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn messages_are_told_by_their_words_in_order() {
        let check = |message: &str, kind: &str| assert_eq!(classified(message, true), kind, "{message}");
        check("Session has EXPIRED and the rate limit", "session_expired");
        check("timed out: session expired", "dispatch_timeout");
        check("Rate Limit reached, context overflow", "rate_limited");
        check("rate-limited", "unknown");
        check("timeout", "unknown");
        check("session", "unknown");
        check("stack overflow", "unknown");
        assert_eq!(classified("Timed Out", false), "adapter_timeout");
    }

    #[test]
    fn words_outside_the_catalogue_are_unknown() {
        for kind in KINDS {
            assert_eq!((normalised(kind.id).id, kind.remedy.is_none()), (kind.id, kind.id == "unknown"));
        }
        assert_eq!(KINDS.len(), 15);
        assert_eq!(normalised(" rate_limited\n").id, "rate_limited");
        assert_eq!(normalised("Rate_limited").id, "unknown");
        assert_eq!(normalised("").id, "unknown");
    }

    #[test]
    fn the_output_cap_is_a_number_that_is_not_negative() {
        for (setting, cap) in
            [("", OUTPUT_CAP), ("0", 0), (" 7 ", 7), ("-1", OUTPUT_CAP), ("5MB", OUTPUT_CAP), ("1.5", OUTPUT_CAP)]
        {
            assert_eq!(output_cap(setting), cap, "{setting}");
        }
    }
}
