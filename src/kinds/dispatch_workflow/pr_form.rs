//! How a pull request of a worker has to be written: its first line, its footer, its branch, one open at a time.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use regex::Regex;

use crate::kinds::dispatch::pattern::pattern;
use crate::kinds::dispatch::value;
use crate::kinds::dispatch_workflow::issues::{self, Issue, State};
use crate::kinds::dispatch_workflow::lanes::{self, Named};
use crate::kinds::dispatch_workflow::links::Links;
use crate::kinds::dispatch_workflow::pull_requests::{is_foreign, state};
use crate::lang::{Words, words};
use crate::read::tree::Node;

/// A rule for open pull requests of workers. A part that was not exported breaks none.
pub(super) struct Rule {
    /// Stable id.
    pub id: &'static str,
    /// What is wrong when it is broken.
    pub broken: Words,
    /// Whether a person has to look before the rest is judged.
    pub is_urgent: bool,
    is_broken: fn(&Node) -> bool,
}

/// The rules.
pub(super) static RULES: &[Rule] = &[
    Rule {
        id: "pr-reference",
        broken: words(
            "內文開頭不是其 issue 的 Fixes #n 或 Refs #n",
            "its body does not begin with Fixes #n or Refs #n of its issue",
        ),
        is_urgent: false,
        is_broken: |pr| {
            static FIRST: LazyLock<Regex> = LazyLock::new(|| pattern(r"^(?:Fixes|Refs) #([1-9][0-9]*)\b"));
            pr.text_at("body").is_some_and(|body| !names_its_issue(pr, &FIRST, body))
        },
    },
    Rule {
        id: "pr-footer",
        broken: words(
            "內文結尾缺三行 worker 註腳",
            "its body does not end with the three lines of the worker's footer",
        ),
        is_urgent: false,
        is_broken: |pr| {
            static LAST: LazyLock<Regex> = LazyLock::new(|| {
                pattern(
                    r"<!--[^\n]*saffron-worker-footer[^\n]*-->[ \t]*\r?\nWorker: saffron-([\w-]+)[ \t]*\r?\nModel: \S[^\n]*\s*$",
                )
            });
            let lane = |body| lanes::resolve(LAST.captures(body)?.get(1)?.as_str());
            let is_worked = |lane: Named| lanes::worked().any(|worked| worked.id == lane.id);
            pr.text_at("body").is_some_and(|body| !lane(body).is_some_and(is_worked))
        },
    },
    Rule {
        id: "pr-cross-repository",
        broken: words("來自 fork", "it comes from a fork"),
        is_urgent: true,
        is_broken: |pr| value::is_true(pr, "isCrossRepository"),
    },
    Rule {
        id: "pr-branch",
        broken: words(
            "分支不是其 issue 的 fix/issue-<n>-<最多三個詞>",
            "its branch is not fix/issue-<n>-<at most three words> of its issue",
        ),
        is_urgent: false,
        is_broken: |pr| {
            static BRANCH: LazyLock<Regex> =
                LazyLock::new(|| pattern(r"^fix/issue-([1-9][0-9]*)-[a-z0-9]+(?:-[a-z0-9]+){0,2}$"));
            pr.text_at("headRefName").is_some_and(|branch| !names_its_issue(pr, &BRANCH, branch))
        },
    },
];

/// Whether a text has a form, and the number in it is that of the issue, as far as the export names one.
fn names_its_issue(pr: &Node, form: &Regex, text: &str) -> bool {
    let issue = pr.get("issueNumber").and_then(issues::integer);
    let named = form.captures(text).and_then(|found| found.get(1)?.as_str().parse().ok());
    named.is_some_and(|named: u64| issue.is_none_or(|issue| issue == named))
}

/// More than one open pull request for the same issue: no single one tells that.
static SEVERAL: Rule = Rule {
    id: "several-open-prs",
    broken: words("同一 issue 有多個未關 PR", "several are open for the same issue"),
    is_urgent: true,
    is_broken: |_| false,
};

/// Every rule, also that which none tells alone.
pub(super) fn rules() -> impl Iterator<Item = &'static Rule> {
    RULES.iter().chain([&SEVERAL])
}

/// What every open pull request breaks, with its index; those that break nothing are left out. `links` are those of the
/// same rows. How workers write theirs binds neither people, as far as `authors` says who is none, nor dependency bots.
pub(super) fn judge<'a>(
    rows: &'a [Node],
    links: &Links<'_>,
    authors: &[String],
) -> Vec<(usize, &'a Node, Vec<&'static Rule>)> {
    let is_of_a_worker = |pr: &Node| !is_foreign(pr, authors) && !Issue::read(pr).is_some_and(|row| row.is_of_a_bot());
    let open = || rows.iter().enumerate().filter(|(_, pr)| state(pr) == State::Open);
    let mut per_issue: BTreeMap<&str, usize> = BTreeMap::new();
    for issue in open().flat_map(|(at, _)| links.of_row(at)) {
        *per_issue.entry(issue).or_default() += 1;
    }
    let judged = open().map(|(at, pr)| {
        let is_bound = is_of_a_worker(pr);
        let broken = RULES.iter().filter(move |rule| is_bound && (rule.is_broken)(pr));
        let several = links.of_row(at).any(|issue| per_issue.get(issue).is_some_and(|count| *count > 1));
        (at, pr, broken.chain(several.then_some(&SEVERAL)).collect())
    });
    judged.filter(|(.., broken): &(_, _, Vec<_>)| !broken.is_empty()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kinds::dispatch_workflow::pull_requests::key;
    use crate::read::json;

    fn check(rows: &str, expected: &[&str]) {
        let rows = json::read("f", rows.as_bytes(), &mut Vec::new()).unwrap();
        let told: Vec<_> = judge(rows.items(), &Links::read(rows.items(), None), &["Saffron".to_owned()])
            .into_iter()
            .map(|(_, pr, broken)| {
                format!("{} {}", key(pr), broken.iter().map(|rule| rule.id).collect::<Vec<_>>().join(" "))
            })
            .collect();
        assert_eq!(told, expected);
    }

    #[test]
    fn open_pull_requests_are_written_as_agreed() {
        let good = r#"{"repoFullName":"a/b","number":1,"issueNumber":7,"state":"OPEN","headRefName":"fix/issue-7-cart-total","isCrossRepository":false,"body":"Fixes #7\n\nText\n\n<!-- saffron-worker-footer -->\nWorker: saffron-local\nModel: m-1\n"}"#;
        check(&format!("[{good}]"), &[]);
        check(
            &format!("[{good},{}]", good.replace(r#""number":1"#, r#""number":2"#)),
            &["a/b#1 several-open-prs", "a/b#2 several-open-prs"],
        );
        // The body says which issue it is for when nothing else does.
        let unlinked = good.replace(r#""issueNumber":7,"#, "");
        check(
            &format!("[{good},{}]", unlinked.replace(r#""number":1"#, r#""number":2"#)),
            &["a/b#1 several-open-prs", "a/b#2 several-open-prs"],
        );
        check(&format!("[{}]", good.replace("saffron-local", "saffron-purple")), &["a/b#1 pr-footer"]);
        check(&format!("[{}]", good.replace("saffron-local", "saffron-escalated")), &[]);
        check(
            &format!("[{}]", good.replace(r#""issueNumber":7"#, r#""issueNumber":8"#)),
            &["a/b#1 pr-reference pr-branch"],
        );
        check(
            r#"[{"number":1,"state":"open","headRefName":"main","isCrossRepository":true,"body":" Fixes #7"}]"#,
            &["#1 pr-reference pr-footer pr-cross-repository pr-branch"],
        );
        check(r#"[{"number":1,"state":"OPEN"},{"number":2,"state":"MERGED","headRefName":"main"}]"#, &[]);
        // People and dependency bots write theirs as they like.
        check(
            r#"[{"number":1,"state":"OPEN","headRefName":"main","author":{"login":"someone"}},{"number":2,"state":"OPEN","headRefName":"x","title":"Update dependency serde to v2"},{"number":3,"state":"OPEN","headRefName":"main","author":"saffron"}]"#,
            &["#3 pr-branch"],
        );
        check(
            r#"[{"repoFullName":"a/b","number":1,"state":"OPEN","headRefName":"fix/issue-7-one-two-three-four"}]"#,
            &["a/b#1 pr-branch"],
        );
    }
}
