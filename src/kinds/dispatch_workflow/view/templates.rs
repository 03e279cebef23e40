//! Prompt templates: taken out of jobs, checked for what must not become public, and compared with the documentation.

use std::borrow::Cow;
use std::collections::BTreeSet;

use crate::finding::{Finding, Place};
use crate::kinds::dispatch::redact;
use crate::kinds::dispatch_workflow::codes;
use crate::kinds::dispatch_workflow::templates::{self, LINTS, NEVER, PLACEHOLDERS};
use crate::kinds::dispatch_workflow::view::console::{Console, code, none, shown};
use crate::lang::words;
use crate::read::tree::Node;
use crate::view::page::{Block, Inline, Tone};
use crate::view::texts;

/// Most templates that become files.
const TEMPLATES_WRITTEN: usize = 100;
/// Longest template that becomes a file, in characters.
const TEMPLATE_TEXT: usize = 60_000;

pub(super) fn add(console: &mut Console<'_>) {
    let blocks = templates(console);
    console.add("templates", words("提示詞範本", "Prompt templates"), blocks);
}

/// A template, whether it was exported as one or taken out of a job.
struct Made<'a> {
    name: String,
    place: Place,
    text: Cow<'a, str>,
}

fn templates(console: &mut Console<'_>) -> Vec<Block> {
    let lang = console.lang;
    let given = console.given.facts.exports.texts("templates");
    let jobs = console.rows("jobs");
    let config = console.tree("template_config");
    let values = templates::configured(config.and_then(|config| config.get("values")));
    let mut made = Vec::new();
    for (name, text) in given.into_iter().flatten() {
        let place =
            console.given.facts.exports.get("templates").map(|given| Place::file(format!("{}{name}", given.file)));
        made.push(Made { name: name.clone(), place: place.unwrap_or_default(), text: Cow::Borrowed(text) });
    }
    let mut extracted = Vec::new();
    for (at, job) in jobs.unwrap_or_default().iter().enumerate() {
        let (prompt, dropped) = templates::prompt(job);
        let name = job.text_at("name").unwrap_or_default();
        let text = templates::with_placeholders(prompt, &values);
        extracted.push(extracted_row(console, at, name, &text, &dropped));
        let place = Place { pointer: Some(format!("/{at}/prompt")), ..console.place("jobs") };
        if !prompt.trim().is_empty() {
            made.push(Made { name: texts::named(lang, name, "jobs"), place, text: text.into() });
        }
    }
    let mut rows = Vec::new();
    let mut used = BTreeSet::new();
    for Made { name, place, text } in &made {
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
            let message = format!("{} in line {} ({})", lint.id, told.join(", "), lint.what.en);
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
    if jobs.is_some() {
        let columns = [
            words("排程", "Job"),
            words("範本檔", "Template"),
            words("丟掉的欄位", "Fields that are dropped"),
            words("佔位符", "Placeholders"),
        ];
        blocks.extend(console.table(
            words("從排程抽出的範本：只留提示詞", "Templates taken out of jobs: the prompt alone is kept"),
            &columns,
            extracted,
            words("沒有排程。", "There is no job."),
        ));
    }
    blocks.extend(drift(
        console,
        given.map(|texts| texts.keys().map(String::as_str).collect()).as_ref(),
        config,
        &used,
    ));
    blocks.extend(rules(console));
    blocks
}

/// What is looked for in templates, and the files that are never committed.
fn rules(console: &Console<'_>) -> Vec<Block> {
    let lang = console.lang;
    let rules = LINTS.iter().map(|lint| {
        vec![
            Inline::Code(lint.id.to_owned()),
            Inline::Text(lint.what.get(lang).to_owned()),
            Inline::Text(lint.fix.get(lang).to_owned()),
        ]
    });
    let columns = [words("代碼", "Code"), words("不得出現", "Must not appear"), words("怎麼辦", "What to do")];
    let mut blocks = console.fixed(words("公開前的檢查", "What is looked for before publication"), &columns, rules);
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

/// What is taken out of a job. A template that is safe to publish becomes a file of the bundle, to the letter; of any
/// other it is said why not.
fn extracted_row(console: &mut Console<'_>, at: usize, name: &str, text: &str, dropped: &[&str]) -> Vec<Inline> {
    let lang = console.lang;
    let result = if text.trim().is_empty() {
        Inline::Unknown(words("沒有提示詞", "no prompt").get(lang).to_owned())
    } else if !templates::lint(text).is_empty() {
        Inline::Tag(Tone::Bad, words("不可公開，未寫出", "not safe, not written").get(lang).to_owned())
    } else if redact::shown(text, TEMPLATE_TEXT) != text {
        Inline::Tag(Tone::Warn, words("內容會被遮蔽，未寫出", "would be redacted, not written").get(lang).to_owned())
    } else if at >= TEMPLATES_WRITTEN {
        Inline::Unknown(words("未寫出", "not written").get(lang).to_owned())
    } else {
        let href = file_name(at, &shown(name));
        console.files.insert(href.clone(), text.to_owned());
        Inline::Link { text: href.clone(), href }
    };
    let words_of = |words: &[&str]| if words.is_empty() { none() } else { code(&words.join(", ")) };
    vec![code(name), result, words_of(dropped), words_of(&templates::used(text))]
}

/// A safe and distinct name for the template of a job, by its place in the export.
fn file_name(at: usize, name: &str) -> String {
    let plain = name.to_lowercase();
    let words = plain.split(|character: char| !character.is_ascii_alphanumeric()).filter(|word| !word.is_empty());
    let mut parts = vec!["template".to_owned(), (at + 1).to_string()];
    parts.extend(words.take(6).map(|word| word.chars().take(24).collect()));
    parts.join("-") + ".txt"
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
