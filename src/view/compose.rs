//! Page content from plain words: sections, tables of fixed rows, texts in which names stand between backticks.

use crate::lang::{Lang, Words};
use crate::view::context::Context;
use crate::view::page::{Block, Inline, Section, Table, Tone};
use crate::view::texts;

/// A section of a page.
pub fn section(id: &str, title: &str, blocks: Vec<Block>) -> Section {
    Section { id: id.to_owned(), title: title.to_owned(), blocks }
}

/// A section of what was not given, which is not the same as an empty one.
pub(super) fn not_given(id: &str, title: &str, lang: Lang) -> Section {
    section(id, title, vec![Block::Note(Tone::Unknown, texts::NOT_GIVEN.get(lang).to_owned())])
}

/// A table of fixed rows, such as the rules of a kind.
pub fn table(context: &Context<'_>, caption: Words, columns: &[Words], rows: Vec<Vec<Inline>>) -> Block {
    let lang = context.lang;
    Block::Table(Table {
        caption: caption.get(lang).to_owned(),
        columns: headings(columns, lang),
        rows,
        empty: Inline::Text(String::new()),
    })
}

/// The headings of columns in one language.
pub(super) fn headings(columns: &[Words], lang: Lang) -> Vec<String> {
    columns.iter().map(|words| words.get(lang).to_owned()).collect()
}

/// Text in which names for programs stand between backticks.
pub fn prose(text: &str) -> Inline {
    prose_as(text, Inline::Text)
}

/// The same in English, whatever the language of the page.
pub fn english(text: &str) -> Inline {
    prose_as(text, Inline::English)
}

fn prose_as(text: &str, plain: fn(String) -> Inline) -> Inline {
    let parts: Vec<_> = text.split('`').collect();
    // An odd number of backticks leaves one alone.
    if parts.len() == 1 || parts.len() % 2 == 0 {
        return plain(text.to_owned());
    }
    let part = |(at, part): (usize, &&str)| match at % 2 {
        0 => plain((*part).to_owned()),
        _ => Inline::Code((*part).to_owned()),
    };
    Inline::Many(parts.iter().enumerate().map(part).collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::view::markdown;

    #[test]
    fn names_stand_between_backticks() {
        let check = |text: &str, expected: &str| {
            let markdown =
                markdown::document("t", &[section("s", "s", vec![Block::List(vec![prose(text)])])], Lang::En);
            assert_eq!(markdown.lines().last(), Some(expected));
        };
        check("填 `false`。", "- 填 `false`。");
        check("`a` or `b`", "- `a` or `b`");
        check("a", "- a");
        check("one ` alone", "- one \\` alone");
    }
}
