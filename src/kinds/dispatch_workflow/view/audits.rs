//! Audits with the plan for their children, and templates with what must not become public.

use std::collections::{BTreeMap, BTreeSet};

use crate::finding::{Finding, Place};
use crate::kinds::dispatch::redact;
use crate::kinds::dispatch_workflow::audit::children::{Action, Child, Known, Parent};
use crate::kinds::dispatch_workflow::audit::{self, CLOSINGS};
use crate::kinds::dispatch_workflow::codes;
use crate::kinds::dispatch_workflow::issues::{self, State};
use crate::kinds::dispatch_workflow::templates::{self, LINTS, NEVER, PLACEHOLDERS};
use crate::kinds::dispatch_workflow::view::{Console, code, none, said, shown};
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
    let blocks = templates(console);
    console.add("templates", words("提示詞範本", "Prompt templates"), blocks);
}

/// What audits come to.
#[derive(Default)]
struct Plan {
    /// A row for each umbrella.
    umbrellas: Vec<Vec<Inline>>,
    /// A row for each child.
    children: Vec<Vec<Inline>>,
    /// The lists of children that go into their umbrellas.
    lists: Vec<String>,
}

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
            why = closing(console, &parent, &key, &states);
        }
        if gate.decompose {
            let of_repo = labels.map(|rows| {
                let own = rows.iter().filter(|row| issues::repo(row) == repo);
                own.filter_map(|row| row.text_at("name")).map(|name| name.trim().to_lowercase()).collect::<Vec<_>>()
            });
            let children = parent.children(of_repo.as_deref());
            if children.is_empty() {
                let message = || format!("{} has a breakdown without a child", shown(&key));
                console.find(&codes::AUDIT_BREAKDOWN, "audits", format!("/{at}/body"), message, "");
                let why = words("拆分段落讀不出子 issue", "its breakdown has no child").get(lang);
                let fix = words("改寫成 ### [P1] 標題", "write it as ### [P1] Title");
                console.attend(Tone::Warn, words("稽核", "Audit"), &key, why, fix);
            } else {
                let known = issues.map(|rows| &*known.entry(repo).or_insert_with(|| Known::read(rows, repo)));
                decompose(console, &mut plan, &children, known, (&key, &why));
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
        words("計畫", "Plan"),
        words("因為", "Because"),
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
    if !plan.lists.is_empty() {
        blocks.push(Block::Heading(console.word(words("貼回母 issue 的清單", "The lists for the umbrellas"))));
    }
    blocks.extend(plan.lists.into_iter().take(CHILDREN_SHOWN).map(Block::Code));
    blocks
}

/// Plans the children of an umbrella. What exists already is looked for in the issues of its repository, by the marker in
/// their bodies, then by title; while that was not looked for, nothing is planned.
fn decompose(
    console: &mut Console<'_>,
    plan: &mut Plan,
    children: &[Child],
    known: Option<&Known<'_>>,
    (key, why): (&str, &str),
) {
    let known = known.filter(|known| !known.lacks_bodies);
    let mut is_sure = known.is_some();
    let mut listed = Vec::new();
    for child in children {
        let planned = known.map(|known| known.plan(child));
        is_sure &= planned.is_some_and(|(action, _)| action.id != "not-checked");
        listed.push((planned.and_then(|(_, number)| number), child.title.clone()));
        plan.children.push(planned_row(console, child, planned.map(|(action, _)| action), key));
    }
    if is_sure {
        let fix = words("依計畫建立子 issue", "create its children as planned");
        console.attend(Tone::Warn, words("稽核", "Audit"), key, why, fix);
        plan.lists.push(redact::shown(&format!("{key}\n\n{}", audit::with_children("", &listed)), CHILD_TEXT));
    } else {
        let why = words(
            "未查核子 issue 是否已存在，可能重複建立",
            "not checked which of its children exist already; they might be created twice",
        );
        let fix = words(
            "匯出該 repository 的 issue，含狀態與內文",
            "export the repository's issues with their states and bodies",
        );
        console.attend(Tone::Warn, words("稽核", "Audit"), key, why.get(console.lang), fix);
    }
}

/// The state of every issue by its key.
fn states(rows: &[Node]) -> BTreeMap<String, State> {
    rows.iter().map(|row| (issues::id(issues::repo(row), issues::number(row)), issues::state(row))).collect()
}

/// Whether an umbrella may close, in words.
fn closing(console: &mut Console<'_>, parent: &Parent<'_>, key: &str, states: &BTreeMap<String, State>) -> String {
    let of_repo = |child: &u64| Some((*child, *states.get(&issues::id(parent.repo, Some(*child)))?));
    let of_children = audit::children_of(parent.body).iter().filter_map(of_repo).collect();
    let (rule, _) = audit::closing(parent.title, parent.state, parent.body, &of_children);
    let why = CLOSINGS.iter().find(|(id, _)| *id == rule).map_or("", |(_, words)| words.get(console.lang));
    if rule == "all-closed" {
        console.attend(Tone::Warn, words("稽核", "Audit"), key, why, words("關閉母 issue", "close the umbrella"));
    }
    why.to_owned()
}

/// The row of a child: what is planned for it, and its file when it is to be posted. Without a plan there is no file:
/// the child may exist already.
fn planned_row(console: &mut Console<'_>, child: &Child, planned: Option<&Action>, key: &str) -> Vec<Inline> {
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
    let mut lacks: Vec<String> = child.missing_fields.iter().map(|field| (*field).to_owned()).collect();
    lacks.extend(child.missing_labels.iter().cloned());
    let is_to_be_posted = planned.is_some_and(|action| ["created", "updated"].contains(&action.id));
    vec![
        if is_to_be_posted { file(console, child) } else { said(&child.title) },
        action,
        Inline::Text(because),
        code(&child.labels.join(", ")),
        if lacks.is_empty() { none() } else { code(&lacks.join(", ")) },
        code(key),
    ]
}

/// Puts the text of a child into a file of the bundle, to be posted by hand, and links to it.
fn file(console: &mut Console<'_>, child: &Child) -> Inline {
    if console.files.len() >= CHILDREN_SHOWN {
        return said(&child.title);
    }
    let href = format!("audit-child-{}.txt", child.key);
    console.files.insert(href.clone(), redact::shown(&child.body, CHILD_TEXT));
    Inline::Link { href, text: shown(&child.title) }
}

fn templates(console: &mut Console<'_>) -> Vec<Block> {
    let lang = console.lang;
    let given = console.given.facts.exports.texts("templates");
    let jobs = console.rows("jobs");
    let config = console.tree("template_config");
    let values = templates::configured(config.and_then(|config| config.get("values")));
    let mut made: Vec<(String, Place, String)> = Vec::new();
    for (name, text) in given.into_iter().flatten() {
        let place =
            console.given.facts.exports.get("templates").map(|given| Place::file(format!("{}{name}", given.file)));
        made.push((name.clone(), place.unwrap_or_default(), text.clone()));
    }
    for (at, job) in jobs.unwrap_or_default().iter().enumerate() {
        let (prompt, _) = templates::prompt(job);
        let place = Place { pointer: Some(format!("/{at}/prompt")), ..console.place("jobs") };
        let name = job.text_at("name").unwrap_or_default();
        made.push((texts::named(lang, name, "jobs"), place, templates::with_placeholders(prompt, &values)));
    }
    let mut rows = Vec::new();
    let mut used = BTreeSet::new();
    for (name, place, text) in &made {
        used.extend(templates::used(text));
        let found = templates::lint(text);
        if found.is_empty() {
            rows.push(vec![
                code(name),
                Inline::Tag(Tone::Good, words("可公開", "safe").get(lang).to_owned()),
                none(),
                none(),
            ]);
            continue;
        }
        let ids: Vec<_> = found.iter().map(|(lint, _)| lint.id).collect();
        console.attend(
            Tone::Bad,
            words("提示詞範本", "Prompt template"),
            name,
            &ids.join(", "),
            words("公開前拿掉或改寫", "take it out or rewrite it before it is published"),
        );
        for (lint, lines) in found {
            let told: Vec<_> = lines.iter().take(10).map(usize::to_string).collect();
            let message = format!("{} in line {}", lint.what.en, told.join(", "));
            console.findings.push(Finding::new(&codes::UNSAFE_TEMPLATE, place.clone(), message).hint(lint.fix.en));
            rows.push(vec![
                code(name),
                Inline::Tag(Tone::Bad, lint.id.to_owned()),
                Inline::Text(told.join(", ")),
                Inline::Text(lint.fix.get(lang).to_owned()),
            ]);
        }
    }
    let mut blocks = Vec::new();
    for (export, is_given) in
        [("templates", given.is_some()), ("jobs", jobs.is_some()), ("template_config", config.is_some())]
    {
        if !is_given {
            blocks.push(console.not_given(export));
        }
    }
    let columns =
        [words("範本", "Template"), words("結果", "Result"), words("行", "Lines"), words("怎麼辦", "What to do")];
    blocks.extend(console.table(
        words("範本與從排程抽出的提示詞", "Templates, and prompts taken out of jobs"),
        &columns,
        rows,
        words("沒有範本。", "There is no template."),
    ));
    blocks.extend(drift(
        console,
        given.map(|texts| texts.keys().map(String::as_str).collect()).as_ref(),
        config,
        &used,
    ));
    let rules = LINTS.iter().map(|lint| {
        vec![
            Inline::Code(lint.id.to_owned()),
            Inline::Text(lint.what.get(lang).to_owned()),
            Inline::Text(lint.fix.get(lang).to_owned()),
        ]
    });
    let columns = [words("代碼", "Code"), words("不得出現", "Must not appear"), words("怎麼辦", "What to do")];
    blocks.extend(console.fixed(words("公開前的檢查", "What is looked for before publication"), &columns, rules));
    let never = NEVER
        .iter()
        .map(|(pattern, why)| vec![Inline::Code((*pattern).to_owned()), Inline::Text(why.get(lang).to_owned())]);
    blocks.extend(console.fixed(
        words("永不提交的檔案", "What is never committed"),
        &[words("檔名", "File"), words("是", "Which is")],
        never,
    ));
    blocks
}

/// Templates and placeholders that the documentation and the files do not agree on, and files that must not be committed.
fn drift(
    console: &mut Console<'_>,
    present: Option<&BTreeSet<&str>>,
    config: Option<&Node>,
    used: &BTreeSet<&str>,
) -> Vec<Block> {
    let lang = console.lang;
    let texts = |key: &str| config.and_then(|config| config.get(key)).map(Node::texts);
    let (documented, files) = (texts("documented"), texts("files"));
    let mut rows = Vec::new();
    let mut row = |what: crate::lang::Words, name: &str, tone: Tone| {
        rows.push(vec![code(name), Inline::Tag(tone, what.get(lang).to_owned())]);
    };
    if let (Some(documented), Some(present)) = (&documented, present) {
        for name in documented.iter().filter(|name| !present.contains(name.as_str())) {
            row(words("文件有列，檔案不存在", "documented, not there"), name, Tone::Warn);
        }
        for name in present.iter().filter(|name| !documented.iter().any(|known| known == *name)) {
            row(words("檔案存在，文件未列", "there, not documented"), name, Tone::Warn);
        }
    }
    if present.is_some() {
        for name in PLACEHOLDERS.iter().filter(|name| !used.contains(*name)) {
            row(words("宣告了，沒有範本使用", "declared, used by no template"), name, Tone::Info);
        }
    }
    for file in files.iter().flatten().filter(|file| templates::never_committed(file).is_some()) {
        row(words("永不提交的檔案", "never to be committed"), file, Tone::Bad);
    }
    let unwanted: Vec<_> =
        files.iter().flatten().filter(|file| templates::never_committed(file).is_some()).cloned().collect();
    for file in unwanted.iter().take(5) {
        console.attend(
            Tone::Bad,
            words("將提交的檔案", "File to be committed"),
            file,
            words("永不提交的檔案", "it is never to be committed").get(lang),
            words("從提交中拿掉", "take it out of the commit"),
        );
    }
    let columns = [words("名稱", "Name"), words("不一致", "Difference")];
    console.table(
        words("文件、檔案與佔位符的出入", "Where documentation, files and placeholders differ"),
        &columns,
        rows,
        words("沒有出入。", "They agree."),
    )
}
