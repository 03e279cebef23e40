//! What the results of all tasks would write: the verdict on every file, against the exported tree of its project. Without
//! a tree, path and contents are judged and the rest is said to be not checked. Nothing is ever written.

use std::collections::BTreeMap;

use serde_json::{Map, json};

use crate::check::export::Exports;
use crate::kinds::dispatch::redact::shown;
use crate::kinds::dispatch::value;
use crate::kinds::dispatch_run::appendix;
use crate::kinds::dispatch_run::files::{self, Reason, Verdict};
use crate::kinds::dispatch_run::tree::{self, Tree};
use crate::lang::{Words, words};
use crate::read::tree::Node;

/// The verdict on one file of a result.
#[derive(Clone, Debug)]
pub(super) struct Judged<'a> {
    /// The task, and where it stands in its export.
    pub task: &'a Node,
    pub at: usize,
    pub verdict: Verdict,
    /// Whether there was a tree to judge it against.
    pub has_tree: bool,
}

/// The repository of a project.
struct Repository<'a> {
    path: &'a str,
    tree: Tree<'static>,
    /// Names that no folder or file on the way may have.
    deny: Vec<String>,
}

/// The verdict on every file of every completed task, in the order of the export; `None` when no tasks were given.
pub(super) fn judged(exports: &Exports) -> Option<Vec<Judged<'_>>> {
    let repositories = repositories(exports);
    let mut judged = Vec::new();
    for (at, task) in exports.items("tasks")? {
        if value::text(task, "dispatch_status") != "completed" {
            continue;
        }
        let Some(result) = value::document(task, "execution_result") else { continue };
        // A list of no file wants nothing; what is no list is a fault of the result.
        let Some(listed) = result.get("files").filter(|files| !files.items().is_empty()) else { continue };
        let repository = repositories.get(value::text(task, "project_id"));
        let verdicts = match repository {
            Some(of) => files::apply(of.path, listed, &of.tree, &of.deny),
            None => files::without_tree(listed, &[]),
        };
        let has_tree = repository.is_some();
        judged.extend(verdicts.into_iter().map(|verdict| Judged { task, at, verdict, has_tree }));
    }
    Some(judged)
}

/// What a verdict comes to, in the order in which people look at them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Meaning {
    Refused(Reason),
    /// Path and contents are fine; without a tree nobody knows where links lead and what stands there.
    NotChecked,
    Written,
}

impl Meaning {
    /// The word for programs.
    pub(super) fn word(self) -> &'static str {
        match self {
            Self::Refused(reason) => reason.word(),
            Self::NotChecked => "not_checked",
            Self::Written => "written",
        }
    }

    /// What it means, for people.
    pub(super) fn about(self) -> Words {
        match self {
            Self::Refused(reason) => reason.about(),
            Self::NotChecked => words(
                "沒有檔案樹：路徑與內容沒有問題，連結與資料夾尚未查核",
                "no file tree: path and contents are fine, links and folders are not checked",
            ),
            Self::Written => words("會寫入", "would be written"),
        }
    }
}

impl Judged<'_> {
    /// What the verdict comes to.
    pub(super) fn meaning(&self) -> Meaning {
        match self.verdict.refused {
            Some(reason) => Meaning::Refused(reason),
            None if self.has_tree => Meaning::Written,
            None => Meaning::NotChecked,
        }
    }
}

/// The same, those that are refused first, then those that could not be judged whole; else in their order.
pub(super) fn refused_first<'a, 'b>(judged: &'b [Judged<'a>]) -> Vec<&'b Judged<'a>> {
    let mut ordered: Vec<_> = judged.iter().collect();
    ordered.sort_by_key(|of| match of.meaning() {
        Meaning::Refused(_) => 0,
        Meaning::NotChecked => 1,
        Meaning::Written => 2,
    });
    ordered
}

/// How many files there are of each verdict.
pub(super) fn counts(judged: &[Judged<'_>]) -> BTreeMap<Meaning, usize> {
    let mut counts = BTreeMap::new();
    for of in judged {
        *counts.entry(of.meaning()).or_default() += 1;
    }
    counts
}

/// Name of the file with the verdicts on all files.
pub(super) const FILE: &str = "file-verdicts.json";

/// Every verdict as JSON: how many there are of each, then one by one, those refused first.
pub(super) fn document(judged: &[Judged<'_>]) -> String {
    let counts: Map<_, _> =
        counts(judged).into_iter().map(|(of, count)| (of.word().to_owned(), count.into())).collect();
    let entry = |of: &Judged<'_>| {
        json!({
            "task": shown(value::text(of.task, "id"), 80),
            "path": shown(&of.verdict.path, 200),
            "verdict": of.meaning().word(),
        })
    };
    let entries = refused_first(judged).into_iter().map(entry);
    appendix::list(&json!({"counts": counts}), "files", judged.len(), entries)
}

/// The repositories that were exported, by project.
fn repositories(exports: &Exports) -> BTreeMap<&str, Repository<'_>> {
    let items = exports.items("repositories").into_iter().flatten();
    items
        .map(|(_, item)| {
            let path = value::text(item, "repo_path");
            let tree = tree::exported(path.trim(), Some(item));
            let deny = item.get("deny").map(Node::texts).unwrap_or_default();
            (value::text(item, "project_id"), Repository { path, tree, deny })
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::check::export;
    use crate::kinds::dispatch_run::exports::EXPORTS;

    /// The verdicts on the files of a completed task of the project `p`, and the repositories that were exported.
    fn check(files: &str, repositories: Option<&str>, expected: &str) {
        let task = format!(
            r#"[{{"id":"t","project_id":"p","dispatch_status":"completed","execution_result":{{"files":{files}}}}}]"#
        );
        let mut given = BTreeMap::from([("exports/tasks.json".to_owned(), task.into_bytes())]);
        given.extend(repositories.map(|text| ("exports/repositories.json".to_owned(), text.as_bytes().to_vec())));
        let exports = export::read(&given, "", EXPORTS, &mut Vec::new());
        let judged = judged(&exports).unwrap();
        let told = |of: &&Judged<'_>| format!("{}={}", of.verdict.path, of.meaning().word());
        assert_eq!(refused_first(&judged).iter().map(told).collect::<Vec<_>>().join(" "), expected, "{files}");
        let read: serde_json::Value = serde_json::from_str(&document(&judged)).unwrap();
        assert_eq!((&read["total"], &read["not_listed"]), (&judged.len().into(), &0.into()));
    }

    #[test]
    fn paths_are_judged_with_and_without_a_tree() {
        let files = r#"[{"path":"a/./b","contents":""},{"path":"../x","contents":""},{"path":".git/hooks/x","contents":""},"c",{"path":"d"},{"path":".","contents":""},{"path":"own/x","contents":""}]"#;
        let refused = "../x=unsafe_path .git/hooks/x=denied_path c=path_only d=missing_contents .=";
        let rest = format!("{refused}unsafe_path a/b=not_checked own/x=not_checked");
        check(files, None, &rest);
        check(files, Some(r#"[{"project_id":"other","repo_path":"/r"}]"#), &rest);
        check(
            r#"[{"path":"own/x","contents":""},{"path":"a","contents":""}]"#,
            Some(r#"[{"project_id":"p","repo_path":"/r","deny":["own"]}]"#),
            "own/x=denied_path a=written",
        );
        check(
            r#"[{"path":"a","contents":""}]"#,
            Some(r#"[{"project_id":"p","repo_path":"r"}]"#),
            "*=repo_path_not_absolute",
        );
        check("[]", None, "");
        check("null", None, "");
    }
}
