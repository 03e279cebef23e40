//! Audits with the plan for their children: what is to be posted, as files and as one plan that programs read.

use std::collections::BTreeMap;

use serde_json::{Value as Json, json};

use crate::kinds::dispatch::redact;
use crate::kinds::dispatch_workflow::audit::children::{self, Action, Child, Known, Parent};
use crate::kinds::dispatch_workflow::audit::{self, CLOSINGS};
use crate::kinds::dispatch_workflow::codes;
use crate::kinds::dispatch_workflow::issues::{self, State};
use crate::kinds::dispatch_workflow::view::console::{Console, code, none, said, shown};
use crate::lang::words;
use crate::read::tree::Node;
use crate::view::page::{Block, Inline, Tone};
use crate::view::texts;

/// Most children that get a file of their own, and most lists that a page holds.
const CHILDREN_SHOWN: usize = 100;
/// Longest text of a child or a list, in characters; the hosting services take no longer ones.
const CHILD_TEXT: usize = 60_000;

pub(super) fn add(console: &mut Console<'_>) {
    let blocks = audits(console);
    console.add("audits", words("稽核拆分", "Audits"), blocks);
}

/// What audits come to.
#[derive(Default)]
struct Plan {
    /// A row for each umbrella.
    umbrellas: Vec<Vec<Inline>>,
    /// A row for each child.
    children: Vec<Vec<Inline>>,
    /// The list of children that goes into each umbrella.
    lists: Vec<String>,
    /// The comment that closes each umbrella that may close.
    comments: Vec<String>,
    /// What is to be posted, for programs.
    posts: Vec<Json>,
}

/// The file that has what is to be posted, for programs.
const PLAN: &str = "audit-plan.json";

fn audits(console: &mut Console<'_>) -> Vec<Block> {
    let Some(rows) = console.rows("audits") else { return vec![console.not_given("audits")] };
    let lang = console.lang;
    let issues = console.rows("issues");
    let labels = console.rows("repo_labels");
    let states = states(issues.unwrap_or_default());
    let mut known: BTreeMap<&str, Known<'_>> = BTreeMap::new();
    let mut plan = Plan::default();
    for (at, row) in rows.iter().enumerate() {
        let repo = issues::repo(row);
        let Some(parent) = Parent::read(row, repo) else { continue };
        let key = issues::key(repo, Some(parent.number));
        let gate = audit::gate_of(parent.title, parent.state, parent.body);
        let mut why = gate.when.get(lang).to_owned();
        if gate.id == "state-unknown" {
            let (area, fix) = (words("狀態不明", "State not said"), words("匯出 state", "export its state"));
            console.attend(Tone::Warn, area, &key, &why, fix);
            let message = || format!("{} does not say whether it is open", shown(&key));
            console.find(&codes::UNKNOWN_STATE, "audits", format!("/{at}"), message, fix.en);
        }
        if gate.close_check {
            why = closing(console, &mut plan, &parent, &key, &states);
        }
        if gate.decompose {
            let of_repo = labels.map(|rows| {
                let own = rows.iter().filter(|row| issues::repo(row) == repo);
                own.filter_map(|row| row.text_at("name")).map(|name| name.trim().to_lowercase()).collect::<Vec<_>>()
            });
            let children = parent.children(of_repo.as_deref());
            if children.is_empty() {
                let message = || format!("{} has a breakdown without a child", shown(&key));
                console.find(
                    &codes::AUDIT_BREAKDOWN,
                    "audits",
                    format!("/{at}/body"),
                    message,
                    codes::AUDIT_BREAKDOWN.fix,
                );
                let why = words("拆分段落讀不出子 issue", "its breakdown has no child").get(lang);
                let fix = words("改寫成 ### [P1] 標題", "write it as ### [P1] Title");
                console.attend(Tone::Warn, words("稽核", "Audit"), &key, why, fix);
            } else {
                for child in children.iter().filter(|child| !child.missing_fields.is_empty()) {
                    let lacks = child.missing_fields.join(", ");
                    let message = || format!("{}: `{}` lacks {lacks}", shown(&key), shown(&child.title));
                    console.find(
                        &codes::AUDIT_CHILD_FIELDS,
                        "audits",
                        format!("/{at}/body"),
                        message,
                        codes::AUDIT_CHILD_FIELDS.fix,
                    );
                }
                let known = issues.map(|rows| &*known.entry(repo).or_insert_with(|| Known::read(rows, repo)));
                decompose(console, &mut plan, &parent, &children, known, &why);
            }
        }
        plan.umbrellas.push(vec![
            code(&key),
            Inline::Tag(
                if gate.decompose || gate.close_check { Tone::Info } else { Tone::Unknown },
                gate.id.to_owned(),
            ),
            Inline::Text(why),
            said(parent.title),
        ]);
    }
    let columns = [words("稽核", "Audit"), words("階段", "At"), words("因為", "Because"), words("標題", "Title")];
    let mut blocks = console.table(
        words("每份稽核等什麼", "What every audit waits for"),
        &columns,
        plan.umbrellas,
        words("沒有稽核。", "There is no audit."),
    );
    let columns = [
        words("子 issue", "Child"),
        words("計畫與原因", "Plan, because"),
        words("標籤", "Labels"),
        words("缺少", "Lacks"),
        words("稽核", "Audit"),
    ];
    blocks.extend(console.table(
        words("每個子 issue 該怎麼處理（只是計畫）", "What is to be done about every child (a plan only)"),
        &columns,
        plan.children,
        words("沒有要拆分的子 issue。", "No child is to be created."),
    ));
    for (export, given) in [("issues", issues.is_some()), ("repo_labels", labels.is_some())] {
        if !given {
            blocks.push(console.not_given(export));
        }
    }
    blocks.extend(posts(console, plan.lists, plan.comments, plan.posts));
    blocks
}

/// What is to be posted by hand: the lists for the umbrellas, the comments that close, and all of it for programs.
fn posts(console: &mut Console<'_>, lists: Vec<String>, comments: Vec<String>, posts: Vec<Json>) -> Vec<Block> {
    let mut blocks = Vec::new();
    for (title, texts) in [
        (words("貼回母 issue 的清單", "The lists for the umbrellas"), lists),
        (words("關閉母 issue 的留言", "The comments that close umbrellas"), comments),
    ] {
        if !texts.is_empty() {
            blocks.push(Block::Heading(console.word(title)));
        }
        blocks.extend(texts.into_iter().take(CHILDREN_SHOWN).map(Block::Code));
    }
    if !posts.is_empty() {
        let about = words(
            "標題、標籤、內文檔名、給伺服器的註記與關閉留言，供程式讀取：",
            "Titles, labels, names of the files with the bodies, notes for the server and closing comments, for programs: ",
        );
        let link = Inline::Link { href: PLAN.to_owned(), text: PLAN.to_owned() };
        blocks.push(Block::List(vec![Inline::Many(vec![Inline::Text(console.word(about)), link])]));
        let text = serde_json::to_string_pretty(&Json::from(posts)).unwrap_or_default();
        console.files.insert(PLAN.to_owned(), text + "\n");
    }
    blocks
}

/// Plans the children of an umbrella. What exists already is looked for in the issues of its repository, by the marker in
/// their bodies, then by title; while that was not looked for, nothing is planned.
fn decompose(
    console: &mut Console<'_>,
    plan: &mut Plan,
    parent: &Parent<'_>,
    children: &[Child],
    known: Option<&Known<'_>>,
    why: &str,
) {
    let key = issues::key(parent.repo, Some(parent.number));
    let known = known.filter(|known| !known.lacks_bodies);
    let mut is_sure = known.is_some();
    let (mut listed, mut posts) = (Vec::new(), Vec::new());
    for child in children {
        let planned = known.map(|known| known.plan(child));
        is_sure &= planned.is_some_and(|(action, _)| action.id != "not-checked");
        listed.push((planned.and_then(|(_, number)| number), child.title.clone()));
        let action = planned.map(|(action, _)| action);
        // Without a plan there is no file: the child may exist already.
        let is_to_be_posted = action.is_some_and(|action| ["created", "updated"].contains(&action.id));
        let file = if is_to_be_posted { file(console, child) } else { None };
        posts.push(json!({
            "title": shown(&child.title),
            "action": action.map(|action| action.planned),
            "number": planned.and_then(|(_, number)| number),
            "labels": child.labels,
            "missing_labels": child.missing_labels,
            "missing_fields": child.missing_fields,
            "body_file": file,
        }));
        plan.children.push(planned_row(console, child, action, file, &key));
    }
    if is_sure {
        let fix = words("依計畫建立子 issue", "create its children as planned");
        console.attend(Tone::Warn, words("稽核", "Audit"), &key, why, fix);
        plan.lists.push(redact::shown(&format!("{key}\n\n{}", audit::with_children("", &listed)), CHILD_TEXT));
        if plan.posts.len() < CHILDREN_SHOWN {
            let note = children::note(parent, &listed);
            plan.posts.push(json!({"umbrella": shown(&key), "children": posts, "server_note": harmless(note)}));
        }
    } else {
        let why = words(
            "未查核子 issue 是否已存在，可能重複建立",
            "not checked which of its children exist already; they might be created twice",
        );
        let fix = words(
            "匯出該 repository 的 issue，含狀態與內文",
            "export the repository's issues with their states and bodies",
        );
        console.attend(Tone::Warn, words("稽核", "Audit"), &key, why.get(console.lang), fix);
    }
}

/// A document whose texts a bundle may hold.
fn harmless(document: Json) -> Json {
    match document {
        Json::String(text) => redact::shown(&text, CHILD_TEXT).into(),
        Json::Array(items) => items.into_iter().map(harmless).collect(),
        Json::Object(keys) => keys.into_iter().map(|(key, value)| (key, harmless(value))).collect(),
        other => other,
    }
}

/// The state of every issue by its key.
fn states(rows: &[Node]) -> BTreeMap<String, State> {
    rows.iter().map(|row| (issues::id(issues::repo(row), issues::number(row)), issues::state(row))).collect()
}

/// Whether an umbrella may close, in words; the comment for one that may.
fn closing(
    console: &mut Console<'_>,
    plan: &mut Plan,
    parent: &Parent<'_>,
    key: &str,
    states: &BTreeMap<String, State>,
) -> String {
    let of_repo = |child: &u64| Some((*child, *states.get(&issues::id(parent.repo, Some(*child)))?));
    let of_children = audit::children_of(parent.body).iter().filter_map(of_repo).collect();
    let (rule, children) = audit::closing(parent.title, parent.state, parent.body, &of_children);
    let why = CLOSINGS.iter().find(|(id, _)| *id == rule).map_or("", |(_, words)| words.get(console.lang));
    if rule == "all-closed" {
        console.attend(Tone::Warn, words("稽核", "Audit"), key, why, words("關閉母 issue", "close the umbrella"));
        let comment = audit::closing_comment(children.len());
        plan.comments.push(format!("{}\n\n{comment}", shown(key)));
        if plan.posts.len() < CHILDREN_SHOWN {
            plan.posts
                .push(json!({"umbrella": shown(key), "close": {"state_reason": "completed", "comment": comment}}));
        }
    }
    why.to_owned()
}

/// The row of a child: what is planned for it, and its file when it is to be posted.
fn planned_row(
    console: &Console<'_>,
    child: &Child,
    planned: Option<&Action>,
    file: Option<String>,
    key: &str,
) -> Vec<Inline> {
    let lang = console.lang;
    let (action, because) = planned.map_or_else(
        || (Inline::Unknown(texts::NOT_CHECKED.get(lang).to_owned()), console.not_checked("issues")),
        |action| {
            let tag = match action.id {
                "not-checked" => Inline::Unknown(texts::NOT_CHECKED.get(lang).to_owned()),
                _ => Inline::Tag(Tone::Info, action.planned.to_owned()),
            };
            (tag, action.when.get(lang).to_owned())
        },
    );
    let title = shown(&child.title);
    let fields = child.missing_fields.iter().map(|field| Inline::Tag(Tone::Warn, (*field).to_owned()));
    let labels = child.missing_labels.iter().map(|label| code(label));
    let lacks: Vec<_> = fields.chain(labels).flat_map(|lack| [lack, Inline::Text(" ".to_owned())]).collect();
    vec![
        match file {
            Some(href) => Inline::Link { href, text: title },
            None => Inline::Text(title),
        },
        Inline::Many(vec![action, Inline::Text(format!(" {because}"))]),
        code(&child.labels.join(", ")),
        if lacks.is_empty() { none() } else { Inline::Many(lacks) },
        code(key),
    ]
}

/// Puts the text of a child into a file of the bundle, to be posted by hand; its name, unless there are too many.
fn file(console: &mut Console<'_>, child: &Child) -> Option<String> {
    if console.files.len() >= CHILDREN_SHOWN {
        return None;
    }
    let name = format!("audit-child-{}.txt", child.key);
    console.files.insert(name.clone(), redact::shown(&child.body, CHILD_TEXT));
    Some(name)
}
