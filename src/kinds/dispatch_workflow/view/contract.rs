//! The status contract: every issue that breaks it, and pull requests that are not written as agreed.

use std::collections::BTreeMap;

use crate::finding::Severity;
use crate::kinds::dispatch_workflow::codes;
use crate::kinds::dispatch_workflow::contract::{self, Case, RULES};
use crate::kinds::dispatch_workflow::issues::{self, Issue, State};
use crate::kinds::dispatch_workflow::pr_form;
use crate::kinds::dispatch_workflow::pull_requests;
use crate::kinds::dispatch_workflow::status::STATUSES;
use crate::kinds::dispatch_workflow::templates;
use crate::kinds::dispatch_workflow::view::console::{Console, code, none, said, shown};
use crate::kinds::dispatch_workflow::view::names;
use crate::lang::{Lang, words};
use crate::read::tree::Node;
use crate::view::compose::prose;
use crate::view::page::{Block, Inline, Tone};
use crate::view::texts;

/// How many issues are named that break the same rule.
const NAMED: usize = 3;

fn tone(severity: Severity) -> Tone {
    match severity {
        Severity::Error => Tone::Bad,
        Severity::Warning => Tone::Warn,
        Severity::Notice => Tone::Info,
    }
}

pub(super) fn add(console: &mut Console<'_>) {
    let blocks = contract(console);
    console.add("status-contract", words("狀態合約", "Status contract"), blocks);
    let blocks = written(console);
    console.add("pull-requests", words("PR 寫法", "Form of pull requests"), blocks);
}

fn contract(console: &mut Console<'_>) -> Vec<Block> {
    let Some(rows) = console.rows("issues") else { return vec![console.not_given("issues")] };
    let lang = console.lang;
    let linked = console.links;
    let work = console.rows("agent_work").map(issues::by_issue);
    let (mut counts, mut broken, mut judged) = (BTreeMap::new(), Vec::new(), 0_usize);
    let mut per_rule: BTreeMap<&str, (usize, Vec<String>)> = BTreeMap::new();
    let mut unsaid = Vec::new();
    for (at, issue) in rows.iter().enumerate().filter_map(|(at, row)| Some((at, Issue::read(row)?))) {
        let case = Case::of(issue, linked, work.as_ref());
        judged += 1;
        let verdict = contract::judge(&case);
        for rule in &verdict.violations {
            *counts.entry(rule.id).or_insert(0_usize) += 1;
        }
        for rule in verdict.telling().filter(|rule| rule.severity == Severity::Error) {
            let (count, first) = per_rule.entry(rule.id).or_default();
            *count += 1;
            if first.len() < NAMED {
                first.push(case.issue.key());
            }
        }
        if case.issue.state == State::Unknown {
            unsaid.push(at);
        }
        let worst = verdict.violations.iter().map(|rule| rule.severity).min();
        if let Some(worst) = worst.filter(|worst| *worst != Severity::Notice) {
            tell(console, at, &case.issue, &verdict);
            broken.push((worst, case.issue.node));
        }
    }
    broken.sort_by_key(|(worst, _)| *worst);
    for rule in RULES {
        let Some((count, first)) = per_rule.get(rule.id) else { continue };
        let items = few(first.iter().cloned(), *count);
        console.attend(
            tone(rule.severity),
            words("狀態合約", "Status contract"),
            &items,
            rule.when.get(lang),
            rule.fix,
        );
    }
    let mut blocks = vec![Block::Text(match lang {
        Lang::ZhHant => {
            format!("{judged} 個 issue，{} 個違反合約。建議的改動要先查當下狀態；這裡不改任何 issue。", broken.len())
        }
        Lang::En => format!(
            "{judged} issues, {} break the contract. Look up the live state before a suggestion is followed; nothing is changed here.",
            broken.len()
        ),
    })];
    blocks.extend(say_unsaid(console, "issues", rows, &unsaid, |row| {
        issues::key(issues::repo(row), issues::number(row))
    }));
    blocks.extend(unlinked(console));
    // Judged a second time: of a long list only the first rows are ever shown.
    let listed = broken.iter().map(|(_, node)| {
        let Some(issue) = Issue::read(node) else { return Vec::new() };
        let case = Case::of(issue, linked, work.as_ref());
        let (verdict, issue) = (contract::judge(&case), &case.issue);
        let rules = verdict.violations.iter().map(|rule| Inline::Tag(tone(rule.severity), rule.id.to_owned()));
        let why: Vec<_> = verdict.telling().map(|rule| rule.fix.get(lang)).collect();
        vec![
            code(&issue.key()),
            names::statuses(console, issue),
            Inline::Many(rules.flat_map(|tag| [tag, Inline::Text(" ".to_owned())]).collect()),
            verdict.suggested.map_or_else(none, |status| Inline::Code(status.to_owned())),
            Inline::Text(why.join(words("；", "; ").get(lang))),
            said(issue.title),
        ]
    });
    let columns = [
        words("Issue", "Issue"),
        words("狀態", "Status"),
        words("違反", "Breaks"),
        words("建議狀態", "Suggested"),
        words("怎麼辦", "What to do"),
        words("標題", "Title"),
    ];
    blocks.extend(console.table(
        words("違反合約的 issue，嚴重的在前", "Issues that break the contract, the worst first"),
        &columns,
        listed,
        words("沒有違反合約的 issue。", "No issue breaks the contract."),
    ));
    for (export, given) in [("pull_requests", linked.is_some()), ("agent_work", work.is_some())] {
        if !given {
            blocks.push(console.not_given(export));
        }
    }
    blocks.extend(rules(console, &counts));
    blocks
}

/// The first of so many keys, and how many more there are.
fn few(keys: impl Iterator<Item = String>, count: usize) -> String {
    let first = keys.take(NAMED).collect::<Vec<_>>().join(", ");
    if count > NAMED { format!("{first} +{}", count - NAMED) } else { first }
}

/// Reports an issue that breaks the contract.
fn tell(console: &mut Console<'_>, at: usize, issue: &Issue<'_>, verdict: &contract::Verdict) {
    let message = || {
        let ids: Vec<_> = verdict.violations.iter().map(|rule| rule.id).collect();
        let when: Vec<_> = verdict.telling().map(|rule| rule.when.en).collect();
        format!("{}: {} ({})", shown(&issue.key()), ids.join(", "), when.join("; "))
    };
    let fix: Vec<_> = verdict.telling().map(|rule| rule.fix.en).collect();
    console.find(&codes::STATUS_CONTRACT, "issues", format!("/{at}"), message, &fix.join("; "));
}

/// Flags rows that do not say whether they are open: what depends on that is not checked.
fn say_unsaid(
    console: &mut Console<'_>,
    export: &'static str,
    rows: &[Node],
    unsaid: &[usize],
    key: fn(&Node) -> String,
) -> Option<Block> {
    for at in unsaid {
        let Some(row) = rows.get(*at) else { continue };
        let pointer = if row.get("state").is_some() { format!("/{at}/state") } else { format!("/{at}") };
        let message = || format!("{} does not say whether it is open", shown(&key(row)));
        console.find(&codes::UNKNOWN_STATE, export, pointer, message, "export its state");
    }
    let few = few(unsaid.iter().filter_map(|at| rows.get(*at)).map(|row| shown(&key(row))), unsaid.len());
    let why = words(
        "沒有說明是否開啟；取決於此的規則未檢查",
        "does not say whether it is open; the rules that depend on it are not checked",
    );
    let count = unsaid.len();
    (count > 0).then(|| {
        let area = words("狀態不明", "State not said");
        console.attend(Tone::Warn, area, &few, why.get(console.lang), words("匯出 state", "export its state"));
        Block::Note(
            Tone::Unknown,
            match console.lang {
                Lang::ZhHant => format!("{count} 筆{}：{few}", why.zh),
                Lang::En => format!("{count} of them: {} ({few})", why.en),
            },
        )
    })
}

/// Flags open pull requests that do not say which issue they are for: of an issue of their repository that seems to have
/// none nobody can tell.
fn unlinked(console: &mut Console<'_>) -> Option<Block> {
    let rows = console.rows("pull_requests")?;
    let of_row = |at: &usize| Some((*at, rows.get(*at)?));
    let unsaid = console.links?.unsaid_rows().iter().filter_map(of_row);
    let unsaid: Vec<_> = unsaid.filter(|(_, pr)| pull_requests::state(pr) == State::Open).collect();
    for (at, pr) in &unsaid {
        let message = || format!("{} does not say which issue it is for", shown(&pull_requests::key(pr)));
        let hint = codes::UNLINKED_PULL_REQUEST.fix;
        console.find(&codes::UNLINKED_PULL_REQUEST, "pull_requests", format!("/{at}"), message, hint);
    }
    let count = unsaid.len();
    let few = few(unsaid.iter().map(|(_, pr)| shown(&pull_requests::key(pr))), count);
    (count > 0).then(|| {
        let text = match console.lang {
            Lang::ZhHant => format!(
                "{count} 個未關的 PR 沒說是哪個 issue 的（{few}）；同一 repository 的 issue 是否缺少未關的 PR 因此未檢查"
            ),
            Lang::En => format!(
                "{count} open pull requests do not say which issue they are for ({few}); whether an issue of their repository lacks an open one is not checked therefore"
            ),
        };
        Block::Note(Tone::Unknown, text)
    })
}

/// The contract itself: statuses and rules, with how often each is broken.
fn rules(console: &Console<'_>, counts: &BTreeMap<&str, usize>) -> Vec<Block> {
    let lang = console.lang;
    let rows = RULES.iter().map(|rule| {
        let count = counts.get(rule.id).copied().unwrap_or(0);
        let severity = match rule.severity {
            Severity::Error => texts::ERROR,
            Severity::Warning => texts::WARNING,
            Severity::Notice => texts::NOTICE,
        };
        vec![
            Inline::Code(rule.id.to_owned()),
            Inline::Text(count.to_string()),
            Inline::Text(console.word(severity)),
            prose(rule.when.get(lang)),
            Inline::Text(rule.fix.get(lang).to_owned()),
        ]
    });
    let columns = [
        words("規則", "Rule"),
        words("次數", "Count"),
        words("程度", "Weight"),
        words("何時", "When"),
        words("怎麼辦", "What to do"),
    ];
    let mut blocks = console.fixed(words("合約的規則", "The rules of the contract"), &columns, rows);
    let statuses = STATUSES.iter().map(|status| {
        let claimable = if status.claimable { texts::YES } else { texts::NO };
        vec![
            Inline::Code(format!("status/{}", status.id)),
            Inline::Text(status.meaning.get(lang).to_owned()),
            Inline::Text(console.word(claimable)),
        ]
    });
    let columns = [words("狀態", "Status"), words("意思", "Meaning"), words("可領取", "Claimable")];
    blocks.extend(console.fixed(words("合約的狀態，依順序", "The statuses, in their order"), &columns, statuses));
    blocks
}

fn written(console: &mut Console<'_>) -> Vec<Block> {
    let Some(rows) = console.rows("pull_requests") else { return vec![console.not_given("pull_requests")] };
    let lang = console.lang;
    let authors = templates::tracked_authors(console.tree("template_config"));
    let judged = console.links.map(|links| pr_form::judge(rows, links, &authors)).unwrap_or_default();
    let means = |broken: &[&pr_form::Rule]| {
        broken.iter().map(|rule| rule.broken.get(lang)).collect::<Vec<_>>().join(words("；", "; ").get(lang))
    };
    let fix = words("改正或關閉這個 PR", "mend or close the pull request");
    for (at, pr, broken) in &judged {
        let key = pull_requests::key(pr);
        let message = || {
            let ids: Vec<_> = broken.iter().map(|rule| rule.id).collect();
            let told: Vec<_> = broken.iter().map(|rule| rule.broken.en).collect();
            format!("{}: {} ({})", shown(&key), ids.join(", "), told.join("; "))
        };
        console.find(&codes::PULL_REQUEST_FORM, "pull_requests", format!("/{at}"), message, fix.en);
        if broken.iter().any(|rule| rule.is_urgent) {
            let area = words("PR 寫法", "Form of a pull request");
            console.attend(Tone::Warn, area, &key, &means(broken), fix);
        }
    }
    let is_unsaid = |(_, pr): &(usize, &Node)| pull_requests::state(pr) == State::Unknown;
    let unsaid: Vec<_> = rows.iter().enumerate().filter(is_unsaid).map(|(at, _)| at).collect();
    let mut blocks: Vec<_> =
        say_unsaid(console, "pull_requests", rows, &unsaid, pull_requests::key).into_iter().collect();
    let listed = judged.iter().map(|(_, pr, broken)| {
        let tags =
            broken.iter().flat_map(|rule| [Inline::Tag(Tone::Warn, rule.id.to_owned()), Inline::Text(" ".to_owned())]);
        vec![code(&pull_requests::key(pr)), Inline::Many(tags.collect()), Inline::Text(means(broken))]
    });
    let columns = [words("PR", "Pull request"), words("違反", "Breaks"), words("說明", "Which means")];
    blocks.extend(console.table(
        words("未關的 PR 中寫法不符的", "Open pull requests that are not written as agreed"),
        &columns,
        listed,
        words("未關的 PR 都符合。", "Every open pull request is written as agreed."),
    ));
    blocks
}
