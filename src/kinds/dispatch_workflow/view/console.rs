//! The console while it is made: its sections, what needs attention, and findings, each kept only as far as a page shows
//! them.
//!
//! Invariants: every text of an export goes through [`said`] or [`code`], which redact it; a table that is longer than a
//! page may be says how many rows it leaves out; what was not exported is said to be not checked.

use std::collections::BTreeMap;

use crate::check::export::{FOLDER, Form};
use crate::finding::{Code, Finding, Place};
use crate::kinds::Given;
use crate::kinds::dispatch::redact;
use crate::kinds::dispatch_workflow::exports;
use crate::kinds::dispatch_workflow::links::Links;
use crate::lang::{Lang, Words, words};
use crate::limits;
use crate::read::tree::Node;
use crate::view::compose::{section, table};
use crate::view::page::{Block, Inline, Section, Table, Tone};
use crate::view::texts;

/// Most rows of one table, and most of one sort of what needs attention; the exports have the rest.
pub(super) const ROWS_SHOWN: usize = 100;
/// Longest text of a cell, in characters.
const TEXT_SHOWN: usize = 240;

/// Something that a person should look at.
pub(super) struct Attention {
    /// How urgent it is: [`Tone::Bad`] before [`Tone::Warn`].
    pub tone: Tone,
    /// What it is about.
    pub area: Words,
    /// Which one.
    pub item: String,
    /// Why.
    pub why: String,
    /// What to do.
    pub fix: String,
}

/// How many there are of one sort of what needs attention.
pub(super) struct Sort {
    pub tone: Tone,
    pub area: Words,
    pub total: usize,
}

/// The console while it is made.
pub(super) struct Console<'a> {
    pub given: &'a Given<'a>,
    /// Exports that name lanes as only the server's configuration does, under their present names.
    renamed: &'a BTreeMap<&'static str, Node>,
    /// Pull requests by the issue that they are for; `None` when they were not exported.
    pub links: Option<&'a Links<'a>>,
    pub lang: Lang,
    /// The first of each sort.
    pub attention: Vec<Attention>,
    /// All of each sort.
    pub counts: Vec<Sort>,
    pub findings: Vec<Finding>,
    /// How many findings there are of a code in an export.
    found: BTreeMap<(&'static str, &'static str), (&'static Code, u64)>,
    pub sections: Vec<Section>,
    pub files: BTreeMap<String, String>,
}

impl<'a> Console<'a> {
    /// A console without anything on it.
    pub(super) fn new(
        given: &'a Given<'a>,
        renamed: &'a BTreeMap<&'static str, Node>,
        links: Option<&'a Links<'a>>,
    ) -> Self {
        Self {
            given,
            renamed,
            links,
            lang: given.context.lang,
            attention: Vec::new(),
            counts: Vec::new(),
            findings: Vec::new(),
            found: BTreeMap::new(),
            sections: Vec::new(),
            files: BTreeMap::new(),
        }
    }

    /// The list or document of an export.
    pub(super) fn tree(&self, name: &str) -> Option<&'a Node> {
        self.renamed.get(name).or_else(|| self.given.facts.exports.tree(name))
    }

    /// The items of an export.
    pub(super) fn rows(&self, name: &str) -> Option<&'a [Node]> {
        self.tree(name).map(Node::items)
    }

    pub(super) fn word(&self, words: Words) -> String {
        words.get(self.lang).to_owned()
    }

    pub(super) fn add(&mut self, id: &str, title: Words, blocks: Vec<Block>) {
        self.sections.push(section(id, title.get(self.lang), blocks));
    }

    /// Asks for attention. Of each sort the first are kept, the rest are counted.
    pub(super) fn attend(&mut self, tone: Tone, area: Words, item: &str, why: &str, fix: Words) {
        let known = self.counts.iter().position(|of| of.tone == tone && of.area.en == area.en);
        let at = known.unwrap_or_else(|| {
            self.counts.push(Sort { tone, area, total: 0 });
            self.counts.len() - 1
        });
        self.counts[at].total += 1;
        if self.counts[at].total <= ROWS_SHOWN {
            let fix = self.word(fix);
            self.attention.push(Attention { tone, area, item: shown(item), why: shown(why), fix });
        }
    }

    /// A table with as many rows as a page shows, and how many more there are. The others are never made.
    pub(super) fn table<R>(&self, caption: Words, columns: &[Words], rows: R, empty: Words) -> Vec<Block>
    where
        R: IntoIterator<Item = Vec<Inline>>,
        R::IntoIter: ExactSizeIterator,
    {
        let mut rows = rows.into_iter();
        let first = rows.by_ref().take(ROWS_SHOWN).collect();
        self.cut_table(caption, columns, first, rows.len(), empty)
    }

    /// A table of fixed rows, such as rules.
    pub(super) fn fixed(
        &self,
        caption: Words,
        columns: &[Words],
        rows: impl IntoIterator<Item = Vec<Inline>>,
    ) -> Vec<Block> {
        vec![table(self.given.context, caption, columns, rows.into_iter().collect())]
    }

    /// A table with these rows, and how many more there are.
    fn cut_table(
        &self,
        caption: Words,
        columns: &[Words],
        rows: Vec<Vec<Inline>>,
        more: usize,
        empty: Words,
    ) -> Vec<Block> {
        let mut blocks = vec![Block::Listing(Table {
            caption: self.word(caption),
            columns: columns.iter().map(|words| self.word(*words)).collect(),
            rows,
            empty: Inline::Text(self.word(empty)),
        })];
        blocks.extend(self.left_out(more));
        blocks
    }

    /// Says how many rows a page does not show.
    pub(super) fn left_out(&self, more: usize) -> Option<Block> {
        (more > 0).then(|| {
            Block::Text(match self.lang {
                Lang::ZhHant => format!("另有 {more} 列未顯示，見匯出檔。"),
                Lang::En => format!("{more} more rows are not shown; the exports have them."),
            })
        })
    }

    /// Says that something is not checked because an export was not given.
    pub(super) fn not_given(&self, export: &'static str) -> Block {
        Block::Note(Tone::Unknown, self.not_checked(export))
    }

    pub(super) fn not_checked(&self, export: &'static str) -> String {
        let title = self.title(export);
        match (self.lang, self.given.facts.exports.get(export).is_some()) {
            (Lang::ZhHant, false) => format!("未檢查：沒有匯出「{title}」"),
            (Lang::En, false) => format!("Not checked: no export of {}", title.to_lowercase()),
            (Lang::ZhHant, true) => format!("未檢查：匯出「{title}」沒有所需的內容"),
            (Lang::En, true) => format!("Not checked: the export of {} lacks what is needed", title.to_lowercase()),
        }
    }

    pub(super) fn title(&self, export: &'static str) -> &'static str {
        exports::title(export).map_or(export, |title| title.get(self.lang))
    }

    /// Whether an export was given and could be read.
    pub(super) fn is_read(&self, export: &str) -> bool {
        let exports = &self.given.facts.exports;
        exports.tree(export).is_some() || exports.texts(export).is_some()
    }

    /// The place of an export, for findings.
    pub(super) fn place(&self, export: &str) -> Place {
        self.given.facts.exports.get(export).map(|given| given.place("")).unwrap_or_default()
    }

    /// Reports something about a row of an export. Of each code in an export the first are kept, the rest are counted.
    pub(super) fn find(
        &mut self,
        code: &'static Code,
        export: &'static str,
        pointer: String,
        message: impl FnOnce() -> String,
        hint: &str,
    ) {
        let (_, count) = self.found.entry((export, code.id)).or_insert((code, 0));
        *count += 1;
        if *count <= limits::FINDINGS_PER_CODE.value {
            let place = Place { pointer: Some(pointer), ..self.place(export) };
            self.findings.push(Finding::new(code, place, message()).hint(hint));
        }
    }

    /// Says how many findings were not kept.
    pub(super) fn count_the_rest(&mut self) {
        let limit = limits::FINDINGS_PER_CODE;
        for ((export, _), (code, count)) in std::mem::take(&mut self.found) {
            let Some(more) = count.checked_sub(limit.value).filter(|more| *more > 0) else { continue };
            let message = format!("{more} more like this in the file, {count} in all (limit `{}`)", limit.name);
            let place = Place { pointer: None, ..self.place(export) };
            self.findings.push(Finding::new(code, place, message).times(usize::try_from(more).unwrap_or(usize::MAX)));
        }
    }

    /// The exports that were not given or could not be read, and what nobody decided therefore; nothing when all were.
    pub(super) fn not_checked_section(&self) -> Option<Section> {
        let rows: Vec<_> = exports::EXPORTS
            .iter()
            .filter(|export| !self.is_read(export.name))
            .map(|export| {
                let is_given = self.given.facts.exports.get(export.name).is_some();
                let why = if is_given { words("讀不到", "cannot be read") } else { texts::NOT_GIVEN };
                let undecided = exports::UNDECIDED.iter().find(|(name, _)| *name == export.name);
                vec![
                    Inline::Text(self.word(export.title)),
                    Inline::Unknown(self.word(why)),
                    Inline::Text(undecided.map_or_else(String::new, |(_, words)| self.word(*words))),
                    Inline::Code(match export.form {
                        Form::Texts => format!("{FOLDER}{}/", export.name),
                        Form::Items { .. } | Form::Document(_) => format!("{FOLDER}{}.json", export.name),
                    }),
                ]
            })
            .collect();
        let columns = [
            words("匯出", "Export"),
            words("狀態", "State"),
            words("因此未決定", "Not decided therefore"),
            words("檔案", "File"),
        ];
        let caption =
            words("缺少的匯出，以及因此沒有決定的事", "Exports that are missing, and what was not decided therefore");
        let title = words("未檢查：未提供的匯出", "Not checked: exports that were not given");
        (!rows.is_empty()).then(|| section("not-checked", title.get(self.lang), self.fixed(caption, &columns, rows)))
    }

    /// What needs attention, the urgent first; of a long list how many there are of each sort.
    pub(super) fn first(&self) -> Section {
        let row = |attention: &Attention| {
            let urgent = match attention.tone {
                Tone::Bad => words("先處理", "First"),
                _ => words("待處理", "Then"),
            };
            vec![
                Inline::Code(attention.item.clone()),
                Inline::Tag(attention.tone, self.word(urgent)),
                Inline::Text(self.word(attention.area)),
                Inline::Text(attention.why.clone()),
                Inline::Text(attention.fix.clone()),
            ]
        };
        let columns = [
            words("對象", "Which"),
            words("順序", "Order"),
            words("範圍", "About"),
            words("原因", "Because"),
            words("怎麼辦", "What to do"),
        ];
        let rows: Vec<_> = self.attention.iter().take(ROWS_SHOWN).map(row).collect();
        let more = self.counts.iter().map(|of| of.total).sum::<usize>() - rows.len();
        let mut blocks = self.cut_table(
            words("要先處理的事，急的在前", "What needs attention, the urgent first"),
            &columns,
            rows,
            more,
            words("沒有要處理的事。", "Nothing needs attention."),
        );
        if more > 0 {
            let told = self.counts.iter().map(|of| match self.lang {
                Lang::ZhHant => format!("{}：{} 件", of.area.zh, of.total),
                Lang::En => format!("{}: {}", of.area.en, of.total),
            });
            blocks.push(Block::List(told.map(Inline::Text).collect()));
        }
        section("attention", words("要先處理的事", "Needs attention").get(self.lang), blocks)
    }
}

/// A text of an export as a page may show it.
pub(super) fn shown(text: &str) -> String {
    redact::shown(text, TEXT_SHOWN)
}

pub(super) fn said(text: &str) -> Inline {
    Inline::Text(shown(text))
}

pub(super) fn code(text: &str) -> Inline {
    Inline::Code(shown(text))
}

/// An address of an export as a link; as text when it holds what a page may not show.
pub(super) fn linked(url: &str) -> Inline {
    let text = shown(url);
    if text == url { Inline::Link { href: text.clone(), text } } else { Inline::Code(text) }
}

pub(super) fn none() -> Inline {
    Inline::Text("–".to_owned())
}
