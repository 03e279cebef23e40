//! Exports of other programs: nested JSON that does not fit into tables, and folders of texts. Each is declared once;
//! the declaration reads the file, checks it, documents it and says what was not given.
//!
//! Invariant: read leniently. Keys that nobody knows are passed over and what does not fit is a finding, but nothing
//! is dropped: rules see the document as it is.

use std::collections::BTreeMap;

use crate::check::shape::{self, Shape};
use crate::codes;
use crate::finding::{Finding, Place, did_you_mean};
use crate::lang::Words;
use crate::read::text::Text;
use crate::read::tree::{Node, Value};
use crate::read::{json, text};

/// Folder of the exports in a pack.
pub const FOLDER: &str = "exports/";

/// An export that a kind reads.
#[derive(Debug)]
pub struct Export {
    /// Name of its file without the ending, or of its folder.
    pub name: &'static str,
    /// What people call it.
    pub title: Words,
    /// What it holds.
    pub about: Words,
    /// How it is written.
    pub form: Form,
}

/// How an export is written.
#[derive(Debug)]
pub enum Form {
    /// `exports/<name>.json` with a list, or `exports/<name>.jsonl`: items of one shape.
    Items {
        /// The shape of an item; it is open.
        shape: &'static Shape,
        /// The key whose text tells items apart, if there is one.
        id: Option<&'static str>,
    },
    /// `exports/<name>.json`: one document.
    Document(&'static Shape),
    /// `exports/<name>/…`: texts such as prompts, in any folders.
    Texts,
}

impl Form {
    /// The shape of an item or of the document.
    pub fn shape(&self) -> Option<&'static Shape> {
        match self {
            Self::Items { shape, .. } | Self::Document(shape) => Some(shape),
            Self::Texts => None,
        }
    }
}

/// The exports that a pack gives, by name. One that was not given is not there, which is not the same as an empty one.
#[derive(Debug, Default)]
pub struct Exports(BTreeMap<&'static str, Exported>);

/// An export that was given.
#[derive(Debug)]
pub struct Exported {
    /// Its file, or its folder with `/` at the end, as findings name it.
    pub file: String,
    /// What it holds.
    pub content: Content,
}

/// What an export holds.
#[derive(Debug)]
pub enum Content {
    /// A list of items or a document; `None` when the file could not be read.
    Tree(Option<Node>),
    /// Texts by their path inside the folder.
    Texts(BTreeMap<String, String>),
}

impl Exported {
    /// The place of what a pointer leads to, for findings of rules.
    pub fn place(&self, pointer: impl Into<String>) -> Place {
        Place { pointer: Some(pointer.into()), ..Place::file(self.file.as_str()) }
    }

    /// How many items or texts there are; `None` when the file could not be read.
    pub fn count(&self) -> Option<usize> {
        match &self.content {
            Content::Tree(node) => node.as_ref().map(|node| match &node.value {
                Value::List(items) => items.len(),
                _ => 1,
            }),
            Content::Texts(texts) => Some(texts.len()),
        }
    }
}

impl Exports {
    /// An export, when it was given.
    pub fn get(&self, name: &str) -> Option<&Exported> {
        self.0.get(name)
    }

    /// The tables of a list, with their index; `None` when the export was not given or could not be read.
    pub fn items(&self, name: &str) -> Option<impl Iterator<Item = (usize, &Node)> + Clone> {
        let items = self.tree(name)?.items();
        Some(items.iter().enumerate().filter(|(_, item)| matches!(item.value, Value::Table(_))))
    }

    /// The list or document; `None` when the export was not given or could not be read.
    pub fn tree(&self, name: &str) -> Option<&Node> {
        match &self.get(name)?.content {
            Content::Tree(node) => node.as_ref(),
            Content::Texts(_) => None,
        }
    }

    /// The texts of a folder by their path inside it; `None` when there is none.
    pub fn texts(&self, name: &str) -> Option<&BTreeMap<String, String>> {
        match &self.get(name)?.content {
            Content::Texts(texts) => Some(texts),
            Content::Tree(_) => None,
        }
    }
}

/// Reads the exports among the files of a pack. `shown` is the pack's folder as findings name it.
pub fn read(
    files: &BTreeMap<String, Vec<u8>>,
    shown: &str,
    declared: &'static [Export],
    findings: &mut Vec<Finding>,
) -> Exports {
    let mut exports = Exports::default();
    for (name, bytes) in files {
        let Some(file) = name.strip_prefix(FOLDER) else { continue };
        let path = format!("{shown}/{name}");
        if let Some((folder, below)) = file.split_once('/') {
            match declared.iter().find(|export| export.name == folder && matches!(export.form, Form::Texts)) {
                Some(export) => {
                    let given = exports.0.entry(export.name).or_insert_with(|| Exported {
                        file: format!("{shown}/{FOLDER}{folder}/"),
                        content: Content::Texts(BTreeMap::new()),
                    });
                    if let (Content::Texts(texts), Some(text)) =
                        (&mut given.content, text::read(&path, bytes, findings))
                    {
                        texts.insert(below.to_owned(), text.content.to_owned());
                    }
                }
                None => findings.push(unknown(folder, path, declared)),
            }
            continue;
        }
        let (stem, ending) = file.rsplit_once('.').unwrap_or((file, ""));
        let Some(export) = declared.iter().find(|export| export.name == stem && export.form.shape().is_some()) else {
            findings.push(unknown(stem, path, declared));
            continue;
        };
        if let Some(other) = exports.get(stem) {
            let message = format!("`{stem}` is already given by {}", other.file);
            findings.push(
                Finding::new(&codes::DUPLICATE_TABLE, Place::file(path), message).hint("merge them into one file"),
            );
            continue;
        }
        let node = tree(export, &path, ending, bytes, findings);
        exports.0.insert(export.name, Exported { file: path, content: Content::Tree(node) });
    }
    exports
}

fn unknown(name: &str, path: String, declared: &[Export]) -> Finding {
    let known = || declared.iter().map(|export| export.name);
    let hint = match did_you_mean(name, known()) {
        Some(near) => format!("did you mean `{near}`?"),
        None if declared.is_empty() => "packs of this kind have no exports".to_owned(),
        None => format!("exports: {}", known().collect::<Vec<_>>().join(", ")),
    };
    Finding::new(&codes::UNKNOWN_EXPORT, Place::file(path), format!("`{name}` is not an export of this kind"))
        .hint(hint)
}

fn tree(export: &Export, path: &str, ending: &str, bytes: &[u8], findings: &mut Vec<Finding>) -> Option<Node> {
    // A list of lines without a line was given and is empty; blank JSON is none.
    let is_lines = matches!(export.form, Form::Items { .. }) && ending == "jsonl";
    let text = if is_lines { text::read_any(path, bytes, findings)? } else { text::read(path, bytes, findings)? };
    match (&export.form, ending) {
        (Form::Items { shape, id }, "jsonl" | "json") => {
            let node = if is_lines { json::lines(text, findings)? } else { json::parse(text, findings)? };
            if !matches!(node.value, Value::List(_)) {
                let message = format!("is {}, expected a list", node.value.sort());
                findings.push(Finding::new(&codes::WRONG_TYPE, Place::file(path), message).hint(hint(export)));
                return None;
            }
            shape::check_list(&node, shape, *id, text, findings);
            Some(node)
        }
        (Form::Document(shape), "json") => {
            let node = json::parse(text, findings)?;
            shape::check(&node, shape, text, findings);
            Some(node)
        }
        _ => {
            findings.push(wrong_format(export, text));
            None
        }
    }
}

fn wrong_format(export: &Export, text: Text<'_>) -> Finding {
    Finding::new(&codes::UNKNOWN_FORMAT, Place::file(text.path), "is not a format of this export").hint(hint(export))
}

fn hint(export: &Export) -> String {
    let name = export.name;
    match export.form {
        Form::Items { .. } => format!("write {FOLDER}{name}.json with a list, or {FOLDER}{name}.jsonl"),
        Form::Document(_) => format!("write {FOLDER}{name}.json with an object"),
        Form::Texts => format!("put the texts into {FOLDER}{name}/"),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::check::shape::{Type, optional, required};
    use crate::lang::words;

    static ITEM: Shape = Shape {
        about: "an item",
        closed: false,
        keys: &[
            required("id", Type::Text, "its id"),
            optional("state", Type::Known(&["open", "closed"]), "how it is"),
            optional("note", Type::Nullable(&Type::AnyText), "what is said of it"),
        ],
    };
    static EXPORTS: &[Export] = &[
        Export {
            name: "items",
            title: words("項目", "Items"),
            about: words("", ""),
            form: Form::Items { shape: &ITEM, id: Some("id") },
        },
        Export { name: "lone", title: words("單件", "Lone"), about: words("", ""), form: Form::Document(&ITEM) },
        Export { name: "notes", title: words("筆記", "Notes"), about: words("", ""), form: Form::Texts },
    ];

    fn check(files: &[(&str, &str)], expected: &[&str]) -> Exports {
        let files = files.iter().map(|(name, text)| ((*name).to_owned(), text.as_bytes().to_vec())).collect();
        let mut findings = Vec::new();
        let exports = read(&files, "p", EXPORTS, &mut findings);
        let found: Vec<_> = findings
            .iter()
            .map(|found| format!("{} {}: {} [{}]", found.code.id, found.place, found.message, found.hint))
            .collect();
        assert_eq!(found, expected);
        exports
    }

    #[test]
    fn what_is_given_is_read_and_what_is_not_is_not_there() {
        let exports = check(
            &[
                ("exports/items.jsonl", "{\"id\":\"a\",\"more\":1}\n{\"id\":\"b\",\"note\":null,\"state\":\"open\"}\n"),
                ("exports/notes/deep/er.md", "x"),
                ("exports/notes/a.md", "y"),
            ],
            &[],
        );
        assert_eq!(exports.items("items").unwrap().count(), 2);
        assert_eq!(exports.texts("notes").unwrap().keys().collect::<Vec<_>>(), ["a.md", "deep/er.md"]);
        assert!(exports.get("lone").is_none() && exports.items("lone").is_none());
        for (name, text) in
            [("exports/items.json", "[]"), ("exports/items.jsonl", ""), ("exports/items.jsonl", "\n \r\n")]
        {
            let empty = check(&[(name, text)], &[]);
            assert_eq!((empty.items("items").unwrap().count(), empty.get("items").unwrap().count()), (0, Some(0)));
        }
    }

    #[test]
    fn blank_json_is_no_list() {
        let blank = "empty_file p/exports/items.json: is blank [write it, or remove it from the pack]";
        for text in ["", " \n"] {
            let exports = check(&[("exports/items.json", text)], &[blank]);
            assert!(exports.get("items").is_some_and(|items| items.count().is_none()));
        }
    }

    #[test]
    fn what_does_not_fit_is_said_and_kept() {
        let exports = check(
            &[("exports/items.json", r#"[{"id":"a","state":"paused","note":""},{"id":"a"},7,{}]"#)],
            &[
                "new_word p/exports/items.json:1:20 at /0/state: `paused` is none of open, closed []",
                "duplicate_id p/exports/items.json:1:46 at /1/id: `a` is also the id of item 0 [keep one of them]",
                "wrong_type p/exports/items.json:1:51 at /2: `2` is the number 7, expected a table []",
                "missing_key p/exports/items.json:1:53 at /3: key `id` is missing (its id) [add `id`]",
            ],
        );
        assert_eq!(exports.items("items").unwrap().map(|(at, _)| at).collect::<Vec<_>>(), [0, 1, 3]);
        assert_eq!(exports.get("items").unwrap().count(), Some(4));
    }

    #[test]
    fn files_that_are_no_export_are_told() {
        check(
            &[
                ("exports/item.json", "[]"),
                ("exports/items.csv", "id"),
                ("exports/items.json", "[]"),
                ("exports/lone.json", "[]"),
                ("exports/notes.json", "[]"),
                ("exports/other/a.md", "x"),
                ("records/a.csv", "x"),
            ],
            &[
                "unknown_export p/exports/item.json: `item` is not an export of this kind [did you mean `items`?]",
                "unknown_format p/exports/items.csv: is not a format of this export [write exports/items.json with a list, or exports/items.jsonl]",
                "duplicate_table p/exports/items.json: `items` is already given by p/exports/items.csv [merge them into one file]",
                "wrong_type p/exports/lone.json:1:1: `the document` is a list, expected a table []",
                "unknown_export p/exports/notes.json: `notes` is not an export of this kind [did you mean `notes`?]",
                "unknown_export p/exports/other/a.md: `other` is not an export of this kind [exports: items, lone, notes]",
            ],
        );
        let exports = check(
            &[("exports/items.json", "{}")],
            &[
                "wrong_type p/exports/items.json: is a table, expected a list [write exports/items.json with a list, or exports/items.jsonl]",
            ],
        );
        assert_eq!(exports.get("items").unwrap().count(), None);
    }

    #[test]
    fn a_long_list_of_faults_is_cut_and_counted() {
        let long = format!("[{}{{}}]", "{},".repeat(249));
        let files = BTreeMap::from([("exports/items.json".to_owned(), long.into_bytes())]);
        let mut findings = Vec::new();
        read(&files, "p", EXPORTS, &mut findings);
        assert_eq!(findings.len(), 101);
        assert_eq!(findings[100].message, "150 more like these are not listed (limit `findings_per_code`)");
    }

    proptest! {
        #[test]
        fn never_panics(name in "exports/(items|lone|notes)(\\.json|\\.jsonl|/a)", bytes: Vec<u8>, json in r#"[\[\]{}",:0-9a-z\n]{0,60}"#) {
            let files = BTreeMap::from([(name.clone(), bytes), (format!("{name}l"), json.into_bytes())]);
            read(&files, "p", EXPORTS, &mut Vec::new());
        }
    }
}
