//! The guard of what a worker says last: one of a few exact forms, whole and on one line.
//!
//! Invariant: a text that is not exactly a form is refused, whatever it begins with.

use std::sync::LazyLock;

use regex::Regex;
use serde_json::{Value as Json, json};

use crate::decide::Asked;
use crate::kinds::dispatch::form::{Form, Shape, form};
use crate::kinds::dispatch::pattern::pattern;
use crate::kinds::dispatch_workflow::lanes;
use crate::kinds::dispatch_workflow::pull_requests;
use crate::lang::{Words, words};

/// A form that a worker may end with.
pub(super) struct Terminal {
    /// Stable id.
    pub id: &'static str,
    /// How it is written.
    pub form: &'static str,
    /// When it is used.
    pub when: Words,
}

/// The forms beside the clear text of each lane.
pub(super) static TERMINALS: &[Terminal] = &[
    Terminal {
        id: "pr-opened",
        form: "Done. PR #<n> opened for <owner/repo> #<issue>: <pr url>.",
        when: words("開了 PR", "a pull request was opened"),
    },
    Terminal {
        id: "pr-updated",
        form: "Done. PR #<n> updated for <owner/repo>: <pr url>.",
        when: words("更新了 PR", "a pull request was updated"),
    },
    Terminal { id: "stuck", form: "Stuck: <reason>.", when: words("需要人處理", "a person has to look") },
];

/// What the guard concludes, with the exit status that goes with it.
pub(super) struct Verdict {
    /// The word for it.
    pub code: &'static str,
    /// Whether the text may be the last.
    pub valid: bool,
    /// In words.
    pub why: Words,
}

/// The conclusions in the order in which they are looked for; the last one holds when no other does.
pub(super) static VERDICTS: &[Verdict] = &[
    Verdict { code: "empty", valid: false, why: words("沒有文字", "there is no text") },
    Verdict { code: "terminal", valid: true, why: words("整段符合結尾格式", "all of it is one of the forms") },
    Verdict {
        code: "wrong-lane",
        valid: false,
        why: words("這是別的 lane 的結尾", "it is the clear text of another lane"),
    },
    Verdict {
        code: "inconsistent",
        valid: false,
        why: words("PR 編號或 repository 與網址不符", "number or repository differ from those of the address"),
    },
    Verdict { code: "mid-task", valid: false, why: words("話說到一半", "it was said in the middle of the work") },
    Verdict { code: "no-match", valid: false, why: words("不是任何一種結尾格式", "it is none of the forms") },
];

static OPENED: LazyLock<Regex> = LazyLock::new(|| {
    pattern(r"^Done\. PR #([1-9][0-9]*) opened for ([\w.-]+/[\w.-]+) #[1-9][0-9]*: (https?://\S+/pull/[0-9]+)\.$")
});
static UPDATED: LazyLock<Regex> = LazyLock::new(|| {
    pattern(r"^Done\. PR #([1-9][0-9]*) updated for ([\w.-]+/[\w.-]+): (https?://\S+/pull/[0-9]+)\.$")
});
static STUCK: LazyLock<Regex> = LazyLock::new(|| pattern(r"^Stuck: [^\r\n]*[^\s.][^\r\n]*\.$"));
static MID_TASK: LazyLock<Regex> = LazyLock::new(|| {
    pattern(r"(?i)^(?:(?:let me|now|i['’]ll|i need|i have|the checkpoint|the test|claimed)\b|good[,\s])")
});

/// Judges a text; without a lane the clear text of any lane will do.
pub(super) fn judge(text: &str, lane: Option<&str>) -> &'static Verdict {
    let text = text.trim();
    let clear_of = lanes::worked().find(|known| known.clear_text == Some(text));
    let code = if text.is_empty() {
        "empty"
    } else if let Some(of) = clear_of {
        let named = lane.and_then(lanes::resolve);
        if named.is_none_or(|named| named.id == of.id) { "terminal" } else { "wrong-lane" }
    } else if let Some(found) = OPENED.captures(text).or_else(|| UPDATED.captures(text)) {
        let part = |at: usize| found.get(at).map_or("", |part| part.as_str());
        let (number, repo) = (part(1).parse().ok(), part(2));
        let named = pull_requests::place_of_url(part(3));
        let agrees = named.is_some_and(|(of, pr)| Some(pr) == number && of.eq_ignore_ascii_case(repo));
        if agrees { "terminal" } else { "inconsistent" }
    } else if STUCK.is_match(text) {
        "terminal"
    } else if MID_TASK.is_match(text) {
        "mid-task"
    } else {
        "no-match"
    };
    VERDICTS.iter().find(|verdict| verdict.code == code).unwrap_or(&VERDICTS[VERDICTS.len() - 1])
}

/// `result-guard`: whether a text may be the last that a worker says.
pub(super) static FORMS: &[Shape] = &[form("text", &["lane"], guard)];

fn guard(given: &mut Form<'_>, asked: &Asked) -> Json {
    let lane = given.text_if("lane");
    let text = given.text_if("text").unwrap_or_default();
    let verdict = judge(text, lane);
    json!({
        "valid": verdict.valid,
        "reason_code": verdict.code,
        "exit_code": if verdict.valid { 0 } else { 2 },
        "rule": verdict.code,
        "rationale": verdict.why.get(asked.lang),
    })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use crate::kinds::dispatch_workflow::tests::check;

    fn guarded(text: &str, lane: &str, code: &str) {
        let facts = json!({"text": text, "lane": lane}).to_string();
        check("result-guard", &facts, &json!({"reason_code": code, "valid": code == "terminal"}).to_string());
    }

    #[test]
    fn clear_texts_belong_to_their_lane() {
        guarded("Cloud lane is clear.", "cloud", "terminal");
        guarded("Pipeline is clear.", "normal", "terminal");
        guarded("Frontier lane is clear.", "local", "wrong-lane");
        guarded("Escalated lane is clear.", "frontier", "no-match");
        guarded("Pipeline is clear. Bye.", "local", "no-match");
        guarded("Pipeline is clear", "local", "no-match");
    }

    #[test]
    fn done_names_one_pull_request_twice() {
        guarded("Done. PR #12 updated for acme/shop: https://github.com/acme/shop/pull/12.", "cloud", "terminal");
        guarded("Done. PR #12 updated for acme/shop: https://github.com/acme/shop/pull/13.", "cloud", "inconsistent");
        guarded(
            "Done. PR #12 opened for acme/shop #7: https://github.com/other/shop/pull/12.",
            "local",
            "inconsistent",
        );
        guarded(
            "Done. PR #12 opened for acme/shop #7: https://github.com/acme/shop/pull/12. All good.",
            "local",
            "no-match",
        );
        guarded("Done. PR #12 opened for acme/shop: https://github.com/acme/shop/pull/12.", "local", "no-match");
        guarded("Done. PR #12 opened for acme/shop #7: https://github.com/acme/shop/issues/12.", "local", "no-match");
        guarded("Done. Decomposed audit #40", "frontier", "no-match");
    }

    #[test]
    fn stuck_has_a_reason_on_one_line() {
        guarded("Stuck: no token.", "local", "terminal");
        guarded("Stuck: no token.\nMore.", "local", "no-match");
        guarded("Stuck: .", "local", "no-match");
        guarded("stuck: no token.", "local", "no-match");
    }

    #[test]
    fn talk_in_the_middle_of_the_work_is_told_apart() {
        for text in [
            "Let me look",
            "NOW I see",
            "I'll do it",
            "I’ll do it",
            "I need x",
            "I have x",
            "The checkpoint is",
            "The test fails",
            "Good, next",
            "good work",
            "Claimed it",
        ] {
            guarded(text, "local", "mid-task");
        }
        for text in ["Nowhere", "Goodness", "Let meals", "Claimedx", "I needle"] {
            guarded(text, "local", "no-match");
        }
    }
}
