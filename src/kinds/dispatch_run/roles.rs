//! The role catalogue: who may execute what, for how long and with which result; and whether the prompt files still
//! say the same as the catalogue.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value as Json, json};

use crate::check::export::Exports;
use crate::decide::Question;
use crate::kinds::dispatch::form::{self, form};
use crate::kinds::dispatch::value;
use crate::lang::words;
use crate::read::tree::Node;

/// An execution role, or one that only serves the others.
#[derive(Debug)]
pub(super) struct Role {
    /// The id, in exactly this case.
    pub id: &'static str,
    /// Time limit, in seconds.
    pub timeout_sec: u32,
    /// `role`, or `meta` for one that nobody can be dispatched as.
    pub category: &'static str,
    /// What its result is useless without.
    pub result: &'static [(&'static str, Sort)],
    /// What its prompt asks for besides; left out it is missed by nobody, but it is of its sort.
    pub besides: &'static [(&'static str, Sort)],
}

/// What a key of a result has to be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Sort {
    Array,
    Object,
    Text,
    Number,
}

/// The catalogue, in the order in which it is shown.
pub(super) static CATALOGUE: &[Role] = &[
    Role {
        id: "code-reviewer",
        timeout_sec: 900,
        category: "role",
        result: &[("findings", Sort::Array)],
        besides: &[("not_reviewed", Sort::Array)],
    },
    Role {
        id: "test-writer",
        timeout_sec: 1200,
        category: "role",
        result: FILES,
        besides: &[("coverage_matrix", Sort::Array), ("not_tested", Sort::Array)],
    },
    Role {
        id: "api-contract-writer",
        timeout_sec: 1800,
        category: "role",
        result: &[("endpoints", Sort::Array)],
        besides: &[],
    },
    Role { id: "ui-scaffolder", timeout_sec: 2700, category: "role", result: FILES, besides: &[] },
    Role {
        id: "db-schema-designer",
        timeout_sec: 2700,
        category: "role",
        result: &[("migration", Sort::Object)],
        besides: &[("invariants_added", Sort::Array), ("indexes_added", Sort::Array)],
    },
    Role { id: "backend-architect", timeout_sec: 5400, category: "role", result: FILES, besides: &[] },
    Role {
        id: "dispatcher",
        timeout_sec: 60,
        category: "meta",
        result: &[("role_id", Sort::Text)],
        besides: &[("confidence", Sort::Number), ("reasoning", Sort::Text), ("alternatives", Sort::Array)],
    },
];

/// What the result of a role that writes files has to have, and that of a role that nobody knows.
pub(super) const FILES: &[(&str, Sort)] = &[("files", Sort::Array)];

/// The categories of roles. Meta roles serve others and nobody is dispatched as one.
const CATEGORIES: [(&str, &str); 2] = [("role", "roles"), ("meta", "meta")];

/// Time limit of a role that the catalogue does not have, in seconds.
const UNKNOWN_TIMEOUT_SEC: u32 = 1800;

/// The role with exactly this id.
pub(super) fn find(id: &str) -> Option<&'static Role> {
    CATALOGUE.iter().find(|role| role.id == id)
}

/// The role with exactly this id, if tasks may be dispatched as it.
pub(super) fn selectable(id: &str) -> Option<&'static Role> {
    find(id).filter(|role| role.category == "role")
}

/// The roles of an installation: those that its export names, or the catalogue when none was given.
#[derive(Debug, Default)]
pub(super) struct Roles<'a>(Option<BTreeMap<&'a str, &'a Node>>);

impl<'a> Roles<'a> {
    /// The roles that were exported.
    pub(super) fn of(exports: &'a Exports) -> Self {
        Self(exports.items("roles").map(|roles| roles.map(|(_, role)| (value::text(role, "id"), role)).collect()))
    }

    /// Whether there is a role with exactly this id.
    pub(super) fn has(&self, id: &str) -> bool {
        self.0.as_ref().map_or_else(|| find(id).is_some(), |roles| roles.contains_key(id))
    }

    /// Whether tasks may be dispatched as the role with exactly this id.
    pub(super) fn is_selectable(&self, id: &str) -> bool {
        let exported =
            |roles: &BTreeMap<&str, &Node>| roles.get(id).map(|role| value::text(role, "category") == "role");
        self.0.as_ref().map_or_else(|| selectable(id).is_some(), |roles| exported(roles) == Some(true))
    }

    /// Time limit of a role, in seconds.
    pub(super) fn timeout_sec(&self, id: &str) -> i64 {
        let exported = self.0.as_ref().and_then(|roles| value::integer(roles.get(id)?, "default_timeout_sec"));
        exported.filter(|seconds| *seconds > 0).unwrap_or_else(|| timeout_sec(id, None))
    }

    /// Exported roles that the catalogue does not have, by id.
    pub(super) fn beyond(&self) -> impl Iterator<Item = (&'a str, &'a Node)> {
        self.0.iter().flatten().filter(|(id, _)| find(id).is_none()).map(|(id, role)| (*id, *role))
    }
}

/// Time limit of a role in seconds; 0 is none. A setting that is a positive number wins for every role; anything but
/// digits is no setting.
fn timeout_sec(id: &str, setting: Option<&str>) -> i64 {
    let set = setting.filter(|text| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit()));
    let usual = || find(id).map_or(UNKNOWN_TIMEOUT_SEC, |role| role.timeout_sec).into();
    set.and_then(|text| text.parse().ok()).unwrap_or_else(usual)
}

/// Where catalogue and prompt files say different things, as `what:role`, in a stable order.
pub(super) fn drift<'a>(
    catalogue: impl Iterator<Item = &'a Node>,
    prompts: impl Iterator<Item = &'a Node>,
) -> Vec<String> {
    let mut found = BTreeSet::new();
    let mut entries = BTreeMap::new();
    for entry in catalogue {
        let id = value::text(entry, "id");
        if entries.insert(id, entry).is_some() {
            found.insert(format!("duplicate-role:{id}"));
        }
        if value::integer(entry, "default_timeout_sec").is_none_or(|seconds| seconds <= 0) {
            found.insert(format!("invalid-timeout:{id}"));
        }
        if !CATEGORIES.iter().any(|(category, _)| *category == value::text(entry, "category")) {
            found.insert(format!("invalid-category:{id}"));
        }
    }
    let mut prompted = BTreeSet::new();
    for prompt in prompts {
        let path = value::text(prompt, "path");
        let (folder, file) = path.rsplit_once('/').unwrap_or(("", path));
        let name = file.strip_suffix(".md").unwrap_or(file);
        if name.eq_ignore_ascii_case("readme") {
            continue;
        }
        let id = value::text(prompt, "role_id");
        if !prompted.insert(id) {
            found.insert(format!("duplicate-prompt:{id}"));
        }
        if name != id {
            found.insert(format!("file-name-mismatch:{id}"));
        }
        let folder = folder.rsplit('/').next().unwrap_or_default();
        let category = value::text(prompt, "category");
        if CATEGORIES.iter().any(|(known, home)| *known == category && *home != folder) {
            found.insert(format!("folder-mismatch:{id}"));
        }
        let Some(entry) = entries.get(id) else {
            found.insert(format!("not-in-catalog:{id}"));
            continue;
        };
        for key in ["title", "version", "use_case", "category"] {
            if json_of(entry, key) != json_of(prompt, key) {
                found.insert(format!("{key}-mismatch:{id}"));
            }
        }
    }
    found.extend(entries.keys().filter(|id| !prompted.contains(*id)).map(|id| format!("missing-prompt:{id}")));
    found.into_iter().collect()
}

/// Where the exported catalogue and the prompt files disagree; `None` when one of them was not given.
pub(super) fn drifted(exports: &Exports) -> Option<Vec<String>> {
    let (roles, prompts) = (exports.items("roles")?, exports.texts("prompts")?);
    let prompts: Vec<_> =
        prompts.iter().filter_map(|(path, text)| value::parsed(&front_matter(path, text).to_string())).collect();
    Some(drift(roles.map(|(_, role)| role), prompts.iter()))
}

/// A value as it compares: front matter may write a version as text.
fn json_of(node: &Node, key: &str) -> String {
    match node.get(key).map_or(Json::Null, Node::to_json) {
        Json::String(text) => text,
        other => other.to_string(),
    }
}

/// A prompt with its variables filled in: front matter at its beginning is left out once, `{{NAME}}` is replaced when
/// the name is known, and what was filled in is not looked at again.
pub(super) fn render<'a>(prompt: &str, value: impl Fn(&str) -> Option<&'a str>) -> String {
    let mut rest = without_front_matter(prompt);
    let mut rendered = String::with_capacity(rest.len());
    while let Some(at) = rest.find("{{") {
        let (before, behind) = rest.split_at(at);
        rendered.push_str(before);
        let name = behind[2..].split("}}").next().unwrap_or_default();
        let closed = behind[2 + name.len()..].starts_with("}}");
        if let Some(text) = value(name).filter(|_| is_variable(name) && closed) {
            rendered.push_str(text);
            rest = &behind[name.len() + 4..];
        } else {
            // Only one brace is passed: `{{{A}}` begins a variable one character later.
            rendered.push('{');
            rest = &behind[1..];
        }
    }
    rendered.push_str(rest);
    rendered
}

/// A capital letter, then capitals, digits and `_`.
fn is_variable(name: &str) -> bool {
    name.starts_with(|first: char| first.is_ascii_uppercase())
        && name.bytes().all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit() || byte == b'_')
}

fn without_front_matter(prompt: &str) -> &str {
    let Some(body) = prompt.strip_prefix("---\n").or_else(|| prompt.strip_prefix("---\r\n")) else { return prompt };
    let mut at = 0;
    for line in body.split_inclusive('\n') {
        at += line.len();
        if line.trim_end() == "---" {
            return &body[at..];
        }
    }
    prompt
}

/// The front matter of a prompt file: the keys that are compared with the catalogue.
pub(super) fn front_matter(path: &str, text: &str) -> Json {
    let mut prompt = json!({"path": path, "role_id": "", "title": "", "version": null, "use_case": "", "category": ""});
    let Some(body) = text.strip_prefix("---\n").or_else(|| text.strip_prefix("---\r\n")) else { return prompt };
    for line in body.lines().take_while(|line| line.trim_end() != "---") {
        let Some((key, given)) = line.split_once(':') else { continue };
        let given = given.trim().trim_matches(['"', '\'']);
        if let Some(known) = prompt.get_mut(key.trim()).filter(|_| key.trim() != "path") {
            *known = given.into();
        }
    }
    prompt
}

/// `role-catalog`: a role's time limit (`role_id`), the roles that can be chosen (`list`), drift between catalogue and
/// prompt files (`catalog`), and a prompt filled in (`prompt`).
pub(super) static QUESTION: Question = Question {
    name: "role-catalog",
    about: words(
        "角色目錄：時限、可選角色、與提示檔的差異",
        "the role catalogue: time limits, choices, drift from prompts",
    ),
    facts: None,
    sanitises: false,
    answer: |facts, asked| {
        form::answer(
            facts,
            asked,
            &[
                form("role_id", &["env"], |form, _| {
                    let id = form.text("role_id");
                    json!({
                        "timeout_sec": timeout_sec(id, form.text_if("env")),
                        "known": find(id).is_some(),
                        "selectable": selectable(id).is_some(),
                    })
                }),
                form("list", &[], |form, _| {
                    form.flag_if("list");
                    let ids = CATALOGUE.iter().filter(|role| role.category == "role").map(|role| role.id);
                    json!({"ids": ids.collect::<Vec<_>>()})
                }),
                form("catalog", &["prompt_files"], |form, _| {
                    let (catalogue, prompts) = (form.list("catalog"), form.list("prompt_files"));
                    json!({"findings": drift(catalogue.iter(), prompts.iter())})
                }),
                form("prompt", &["vars"], |form, _| {
                    let prompt = form.text("prompt");
                    let vars = form.table_if("vars");
                    json!({"text": render(prompt, |name| vars?.text_at(name))})
                }),
            ],
        )
    },
};

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kinds::dispatch::value::parsed;

    #[test]
    fn a_setting_wins_when_it_is_a_number() {
        let check = |id: &str, setting: Option<&str>, seconds: i64| assert_eq!(timeout_sec(id, setting), seconds);
        check("code-reviewer", None, 900);
        check("nobody", None, 1800);
        check("nobody", Some("7"), 7);
        check("nobody", Some("5000000000"), 5_000_000_000);
        check("test-writer", Some("0"), 0);
        for nothing in ["", " 7", "7 ", "-1", "+7", "2m", "99999999999999999999"] {
            check("test-writer", Some(nothing), 1200);
        }
    }

    #[test]
    fn ids_are_exact_and_meta_roles_cannot_be_chosen() {
        assert!(find("dispatcher").is_some() && selectable("dispatcher").is_none());
        assert!(find("Test-Writer").is_none() && find(" test-writer").is_none());
    }

    #[test]
    fn every_difference_between_catalogue_and_prompts_is_found() {
        let entry = |id: &str, more: &str| {
            format!(
                r#"{{"id":"{id}","title":"T","version":1,"use_case":"u","default_timeout_sec":60,"category":"role"{more}}}"#
            )
        };
        let prompt = |path: &str, id: &str, category: &str| {
            format!(
                r#"{{"path":"{path}","role_id":"{id}","title":"T","version":1,"use_case":"u","category":"{category}"}}"#
            )
        };
        let check = |entries: &[String], prompts: &[String], expected: &[&str]| {
            let read = |items: &[String]| parsed(&format!("[{}]", items.join(","))).unwrap();
            let (entries, prompts) = (read(entries), read(prompts));
            assert_eq!(drift(entries.items().iter(), prompts.items().iter()), expected);
        };
        let a = || entry("a", "");
        check(&[a()], &[prompt("roles/a.md", "a", "role"), prompt("roles/README.md", "", "")], &[]);
        check(&[a()], &[], &["missing-prompt:a"]);
        check(&[], &[prompt("roles/a.md", "a", "role")], &["not-in-catalog:a"]);
        check(&[a()], &[prompt("roles/b.md", "a", "role")], &["file-name-mismatch:a"]);
        check(&[a()], &[prompt("prompts/meta/a.md", "a", "role")], &["folder-mismatch:a"]);
        check(&[a()], &[prompt("meta/a.md", "a", "meta")], &["category-mismatch:a"]);
        let twice = [prompt("roles/a.md", "a", "role"), prompt("roles/a.md", "a", "role")];
        check(&[a(), a()], &twice, &["duplicate-prompt:a", "duplicate-role:a"]);
        let odd = r#"[{"id":"a","title":"T","version":1,"use_case":"u","default_timeout_sec":0,"category":"x"}]"#;
        let odd = parsed(odd).unwrap();
        let found = drift(odd.items().iter(), [].iter());
        assert_eq!(found, ["invalid-category:a", "invalid-timeout:a", "missing-prompt:a"]);
    }

    #[test]
    fn prompts_are_filled_in_once() {
        let check = |prompt: &str, expected: &str| {
            let value = |name: &str| match name {
                "A" => Some("{{B_1}}"),
                "B_1" => Some("b"),
                "a" | "1A" => Some("wrong"),
                _ => None,
            };
            assert_eq!(render(prompt, value), expected, "{prompt}");
        };
        check("{{A}} {{B_1}}{{B_1}}", "{{B_1}} bb");
        check("{{C}} {{a}} {{1A}} {{ A }} {{A}", "{{C}} {{a}} {{1A}} {{ A }} {{A}");
        check("{{{B_1}}}", "{b}");
        check("---\ntitle: x\n---\n{{B_1}}\n---\nstays", "b\n---\nstays");
        check("---\r\ntitle: x\r\n---\r\n\r\n{{B_1}}", "\r\nb");
        check("---\nnever closed {{B_1}}", "---\nnever closed b");
    }

    #[test]
    fn front_matter_is_read_as_it_compares() {
        let text = "---\nrole_id: a\ntitle: \"T: one\"\nversion: 2\n---\nbody: no";
        let read = front_matter("roles/a.md", text);
        assert_eq!((&read["role_id"], &read["title"], &read["version"]), (&json!("a"), &json!("T: one"), &json!("2")));
        assert_eq!(front_matter("p", "no matter")["role_id"], "");
    }
}
