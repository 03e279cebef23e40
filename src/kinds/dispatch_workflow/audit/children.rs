//! Child issues as they would be posted, and what is to be done about each when the repository's issues are known.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use regex::Regex;
use serde_json::{Value as Json, json};

use crate::decide::Asked;
use crate::kinds::dispatch::form::{Form, Shape, form, object};
use crate::kinds::dispatch::pattern::pattern;
use crate::kinds::dispatch::value;
use crate::kinds::dispatch_workflow::audit::breakdown::{self, Recommended, UNPARSEABLE};
use crate::kinds::dispatch_workflow::audit::{gate_of, with_children};
use crate::kinds::dispatch_workflow::issues::{self, State};
use crate::lang::{Words, words};
use crate::read::tree::Node;

/// An umbrella, as far as its children repeat it.
pub(in crate::kinds::dispatch_workflow) struct Parent<'a> {
    /// `owner/repo`.
    pub repo: &'a str,
    /// Its number.
    pub number: u64,
    /// Its title.
    pub title: &'a str,
    /// Its body.
    pub body: &'a str,
    /// Its state.
    pub state: &'a str,
    /// Its address.
    pub url: String,
}

impl<'a> Parent<'a> {
    /// Reads an umbrella; `None` without a number.
    pub(in crate::kinds::dispatch_workflow) fn read(node: &'a Node, repo: &'a str) -> Option<Self> {
        let number = issues::number(node)?;
        let url = node.text_at("html_url").or_else(|| node.text_at("url")).filter(|url| !url.trim().is_empty());
        Some(Self {
            repo,
            number,
            title: node.text_at("title").unwrap_or_default(),
            body: node.text_at("body").unwrap_or_default(),
            state: node.text_at("state").unwrap_or_default(),
            url: url.map_or_else(|| format!("https://github.com/{repo}/issues/{number}"), str::to_owned),
        })
    }

    /// Day of the audit: bold behind `Audit date:` in the body, else the first day in the title.
    fn date(&self) -> Option<&'a str> {
        static BOLD: LazyLock<Regex> = LazyLock::new(|| pattern(r"(?i)audit date:\s*\*\*\s*([^*\n]+?)\s*\*\*"));
        static DAY: LazyLock<Regex> = LazyLock::new(|| pattern(r"[0-9]{4}-[0-9]{2}-[0-9]{2}"));
        let bold = BOLD.captures(self.body).and_then(|found| Some(found.get(1)?.as_str()));
        bold.or_else(|| DAY.find(self.title).map(|found| found.as_str()))
    }

    /// The children that it recommends, as they would be posted.
    pub(in crate::kinds::dispatch_workflow) fn children(&self, repo_labels: Option<&[String]>) -> Vec<Child> {
        let section = breakdown::section(self.body);
        let recommended = section.as_deref().map(breakdown::children).unwrap_or_default();
        recommended.into_iter().map(|child| Child::new(self, child, repo_labels)).collect()
    }
}

/// A child issue as it would be posted.
#[derive(Clone, Debug)]
pub(in crate::kinds::dispatch_workflow) struct Child {
    /// Its title.
    pub title: String,
    /// What tells it from all others.
    pub key: String,
    /// The comment that its body begins with.
    pub marker: String,
    /// Its body.
    pub body: String,
    /// Its labels that the repository has.
    pub labels: Vec<String>,
    /// Those that it lacks, sorted.
    pub missing_labels: Vec<String>,
    /// Fields that its text should have and has not.
    pub missing_fields: Vec<&'static str>,
}

impl Child {
    fn new(parent: &Parent<'_>, child: Recommended, repo_labels: Option<&[String]>) -> Self {
        let key = child.key(parent.repo, parent.number);
        let marker = format!("<!-- audit-child:v1 parent={}#{} key={key} -->", parent.repo, parent.number);
        let date = parent.date().map(|date| format!("Source audit date: {date}\n")).unwrap_or_default();
        let body = format!(
            "{marker}\n\nParent umbrella issue: {}\nSource audit: {}\n{date}\n## Recommendation\n\n{}\n",
            parent.url,
            parent.title.split_whitespace().collect::<Vec<_>>().join(" "),
            child.body
        );
        let priority = child.priority.map(|priority| format!("priority/p{priority}"));
        let wanted = ["audit", "status/backlog"].into_iter().map(str::to_owned).chain(priority);
        let has = |label: &String| repo_labels.is_none_or(|labels| labels.contains(label));
        let (labels, mut missing_labels): (Vec<_>, Vec<_>) = wanted.partition(has);
        missing_labels.sort();
        let missing_fields = child.missing_fields();
        Self { title: child.title, key, marker, body, labels, missing_labels, missing_fields }
    }

    /// Whether an existing issue is what would be posted. Its status may have moved on.
    fn is_same(&self, existing: &Existing<'_>) -> bool {
        let counted = |label: &&String| *label == "audit" || label.starts_with("priority/");
        let sorted = |labels: &[String]| {
            let mut labels: Vec<_> = labels.iter().filter(counted).cloned().collect();
            labels.sort();
            labels
        };
        self.title == existing.title
            && self.body.trim_end() == existing.body.replace("\r\n", "\n").trim_end()
            && sorted(&self.labels) == sorted(&existing.labels)
    }
}

/// Labels of a repository in lower case; they are listed as texts or as tables with a name.
pub(in crate::kinds::dispatch_workflow) fn repo_labels(list: &[Node]) -> Vec<String> {
    let names = list.iter().filter_map(|label| label.text().or_else(|| label.text_at("name")));
    names.map(|name| name.trim().to_lowercase()).collect()
}

struct Existing<'a> {
    number: Option<u64>,
    title: &'a str,
    body: &'a str,
    labels: Vec<String>,
}

/// The issues of a repository, found by marker and by title.
#[derive(Default)]
pub(in crate::kinds::dispatch_workflow) struct Known<'a> {
    by_marker: BTreeMap<String, &'a Node>,
    open_by_title: BTreeMap<String, &'a Node>,
    /// Issues that may be the child of this title, if they said more.
    unsaid_by_title: BTreeMap<String, &'a Node>,
    /// Whether there is an issue, and none was exported with its body, where markers stand.
    pub lacks_bodies: bool,
}

impl<'a> Known<'a> {
    /// Reads the issues of a repository once; the umbrella itself is none of its children.
    pub(in crate::kinds::dispatch_workflow) fn read(rows: &'a [Node], repo: &str) -> Self {
        static MARKER: LazyLock<Regex> =
            LazyLock::new(|| pattern(r"<!-- audit-child:v1 parent=\S+ key=[0-9a-f]{16} -->"));
        let mut known = Self::default();
        let (mut issues, mut bodies) = (0_usize, 0_usize);
        for row in rows {
            let of = issues::repo(row);
            if value::get(row, "pull_request").is_some() || (!of.is_empty() && !of.eq_ignore_ascii_case(repo)) {
                continue;
            }
            // A body that is null is an empty one; one that is not there was not exported.
            let has_body = row.get("body").is_some();
            issues += 1;
            bodies += usize::from(has_body);
            if let Some(marker) = MARKER.find(row.text_at("body").unwrap_or_default()) {
                known.by_marker.entry(marker.as_str().to_owned()).or_insert(row);
            }
            let by_title = match issues::state(row) {
                State::Open => &mut known.open_by_title,
                State::Closed if has_body => continue,
                _ => &mut known.unsaid_by_title,
            };
            by_title.entry(row.text_at("title").unwrap_or_default().trim().to_lowercase()).or_insert(row);
        }
        known.lacks_bodies = issues > 0 && bodies == 0;
        known
    }

    /// What is to be done about a child, and the issue that exists.
    pub(in crate::kinds::dispatch_workflow) fn plan(&self, child: &Child) -> (&'static Action, Option<u64>) {
        let existing = self.by_marker.get(&child.marker).map(|row| Existing {
            number: issues::number(row),
            title: row.text_at("title").unwrap_or_default(),
            body: row.text_at("body").unwrap_or_default(),
            labels: issues::labels(row),
        });
        let title = child.title.trim().to_lowercase();
        let (id, number) = match (existing, self.open_by_title.get(&title), self.unsaid_by_title.get(&title)) {
            (Some(existing), ..) if child.is_same(&existing) => ("unchanged", existing.number),
            (Some(existing), ..) => ("updated", existing.number),
            (None, Some(row), _) => ("dedup-skipped", issues::number(row)),
            (None, None, Some(row)) => ("not-checked", issues::number(row)),
            (None, None, None) => ("created", None),
        };
        (ACTIONS.iter().find(|action| action.id == id).unwrap_or(&ACTIONS[0]), number)
    }
}

/// What is done about a child.
pub(in crate::kinds::dispatch_workflow) struct Action {
    /// When it is done.
    pub id: &'static str,
    /// While it is only planned.
    pub planned: &'static str,
    /// When it applies.
    pub when: Words,
}

/// The actions.
pub(in crate::kinds::dispatch_workflow) static ACTIONS: &[Action] = &[
    Action { id: "created", planned: "would-create", when: words("沒有這個子 issue", "there is no such child") },
    Action {
        id: "unchanged",
        planned: "unchanged",
        when: words("標題、內文與標籤都相同", "title, body and labels are what they should be"),
    },
    Action {
        id: "updated",
        planned: "would-update",
        when: words("標題、內文或標籤不同", "title, body or labels differ"),
    },
    Action {
        id: "dedup-skipped",
        planned: "would-dedup-skip",
        when: words("已有同標題的未關 issue", "an open issue has the same title"),
    },
    Action {
        id: "not-checked",
        planned: "not-checked",
        when: words(
            "有同標題的 issue，但匯出沒有它的狀態或內文，無法判斷是否就是它",
            "an issue has the same title, and its state or body was not exported, so it may be this child",
        ),
    },
];

/// `audit-child`: a child as it would be posted, and what tells children apart.
pub(in crate::kinds::dispatch_workflow) static CHILD_FORMS: &[Shape] =
    &[form("key_for", &[], keys), form("parent", &["repo", "repo_labels"], child)];

fn keys(given: &mut Form<'_>, _: &Asked) -> Json {
    let list = given.list_if("key_for").unwrap_or_default();
    let keys: Vec<_> = list
        .iter()
        .map(|item| {
            let title = item.text_at("title").unwrap_or_default();
            breakdown::key(issues::repo(item), issues::number(item).unwrap_or_default(), title)
        })
        .collect();
    let equal = keys.windows(2).all(|pair| pair[0] == pair[1]);
    json!({"keys": keys, "equal": equal})
}

fn child(given: &mut Form<'_>, _: &Asked) -> Json {
    let labels = given.list_if("repo_labels").map(repo_labels);
    let Some(parent) = parent(given) else { return Json::Null };
    let mut children = parent.children(labels.as_deref()).into_iter().map(|child| {
        json!({
            "title": child.title,
            "key": child.key,
            "marker": child.marker,
            "labels": child.labels,
            "missing_labels": child.missing_labels,
            "missing_fields": child.missing_fields,
            "body": child.body,
        })
    });
    let mut answer = object(children.next().unwrap_or_else(|| json!({"title": null})));
    answer.insert("others".to_owned(), children.collect());
    answer.into()
}

fn parent<'a>(given: &mut Form<'a>) -> Option<Parent<'a>> {
    let repo = given.text("repo");
    let parent = given.table_if("parent").and_then(|node| Parent::read(node, repo));
    if parent.is_none() {
        given.refuse(&["parent"], "`parent` is missing or has no whole number");
    }
    parent
}

/// `audit-plan`: what is to be done about every child of an umbrella.
pub(in crate::kinds::dispatch_workflow) static PLAN_FORMS: &[Shape] =
    &[form("parent", &["repo", "repo_labels", "existing_issues", "apply"], plan)];

fn plan(given: &mut Form<'_>, asked: &Asked) -> Json {
    let labels = given.list_if("repo_labels").map(repo_labels);
    let apply = given.flag_if("apply") == Some(true);
    let existing = given.list_if("existing_issues");
    let Some(parent) = parent(given) else { return Json::Null };
    let Some(existing) = existing else {
        given.refuse(&[], "`existing_issues` is missing: without them nothing says which child exists");
        return Json::Null;
    };
    let gate = gate_of(parent.title, parent.state, parent.body);
    let lang = asked.lang;
    let known = Known::read(existing, parent.repo);
    let children = if gate.decompose { parent.children(labels.as_deref()) } else { Vec::new() };
    let findings = breakdown::findings(gate.decompose, children.iter().map(|child| child.missing_fields.clone()));
    let is_read = !findings.contains(&UNPARSEABLE.0);
    let mut listed = Vec::new();
    let mut rows = Vec::new();
    for child in &children {
        let (action, number) = known.plan(child);
        listed.push((number, child.title.clone()));
        rows.push(json!({
            "title": child.title,
            "action": if apply { action.id } else { action.planned },
            "number": number,
            "key": child.key,
            "labels": child.labels,
            "missing_labels": child.missing_labels,
            "missing_fields": child.missing_fields,
            "rule": action.id,
            "rationale": action.when.get(lang),
        }));
    }
    // A list without a child that may exist already would have to be taken back.
    let is_sure = rows.iter().all(|row| row["rule"] != "not-checked");
    let body = (is_sure && !listed.is_empty()).then(|| with_children(parent.body, &listed));
    json!({
        "children": rows,
        "parent_body": body,
        "server_note": (!listed.is_empty()).then(|| note(&parent, &listed)),
        "findings": findings,
        "rule": if is_read { gate.id } else { UNPARSEABLE.0 },
        "rationale": if is_read { gate.when } else { UNPARSEABLE.1 }.get(lang),
    })
}

/// What the server is told about a decomposed umbrella.
pub(in crate::kinds::dispatch_workflow) fn note(parent: &Parent<'_>, children: &[(Option<u64>, String)]) -> Json {
    let base = parent.url.rsplit_once('/').map_or("", |(base, _)| base);
    let urls: Vec<_> =
        children.iter().filter_map(|(number, _)| *number).map(|number| format!("{base}/{number}")).collect();
    json!({
        "repo": parent.repo,
        "issueNumber": parent.number,
        "decomposed": true,
        "followUpUrls": urls,
        "note": format!("Decomposed into {} child issues", children.len()),
        "agentName": "audit-decomposer",
        "actor": "audit-decomposer",
    })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use crate::kinds::dispatch_workflow::tests::check;

    fn facts(state: &str, existing: &serde_json::Value, apply: bool) -> String {
        let parent = json!({
            "number": 4, "title": "Audit 2026-03-04", "state": state, "html_url": "https://github.com/a/b/issues/4",
            "body": "## Recommended Issue Breakdown\n### [P1] One\nx\n### [P2] Two\ny\n",
        });
        json!({"repo": "a/b", "parent": parent, "existing_issues": existing, "apply": apply}).to_string()
    }

    #[test]
    fn a_plan_names_what_exists_and_what_is_new() {
        let twin = json!([{"number": 9, "title": " one ", "state": "OPEN", "body": "", "labels": []}]);
        check(
            "audit-plan",
            &facts("open", &twin, false),
            r#"{"children":[{"title":"One","action":"would-dedup-skip","number":9},{"title":"Two","action":"would-create"}]}"#,
        );
        check(
            "audit-plan",
            &facts("open", &twin, true),
            r#"{"children":[{"action":"dedup-skipped"},{"action":"created"}]}"#,
        );
        let no_pr = json!([{"number": 9, "title": "One", "state": "open", "body": null, "pull_request": null}]);
        check(
            "audit-plan",
            &facts("open", &no_pr, true),
            r#"{"children":[{"action":"dedup-skipped"},{"action":"created"}]}"#,
        );
        let closed = json!([{"number": 9, "title": "One", "state": "closed", "body": "", "labels": []}]);
        check(
            "audit-plan",
            &facts("open", &closed, true),
            r#"{"children":[{"action":"created"},{"action":"created"}]}"#,
        );
        check("audit-plan", &facts("closed", &json!([]), true), r#"{"children":[],"rule":"closed"}"#);
        check("audit-plan", &facts("paused", &json!([]), true), r#"{"children":[],"rule":"state-unknown"}"#);
    }

    #[test]
    fn nothing_is_created_beside_an_issue_that_may_be_it() {
        for unsaid in [
            json!({"number": 9, "title": "One", "body": ""}),
            json!({"number": 9, "title": " ONE", "body": "", "state": "paused"}),
            json!({"number": 9, "title": "One", "state": "closed"}),
        ] {
            check(
                "audit-plan",
                &facts("open", &json!([unsaid]), true),
                r#"{"children":[{"action":"not-checked","number":9},{"action":"created"}],"parent_body":null}"#,
            );
        }
    }

    #[test]
    fn without_labels_of_the_repository_none_is_missing() {
        check(
            "audit-child",
            &facts("open", &json!([]), false).replace(r#","existing_issues":[],"apply":false"#, ""),
            r#"{"title":"One","labels":["audit","status/backlog","priority/p1"],"missing_labels":[],"missing_fields":["Problem","Evidence","Acceptance"],"others":[{"title":"Two"}]}"#,
        );
    }
}
