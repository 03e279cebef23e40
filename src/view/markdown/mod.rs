//! Sections as Markdown (GFM tables): the generated appendices of a bundle.
//!
//! Invariants: a text reads the same after rendering, whatever characters it has, and changes nothing around it; there
//! is no raw HTML, no image and no link that may not lead there; a document ends with one newline and no line ends
//! with a space.

use crate::lang::Lang;
use crate::view::markdown::authored::{authored, harmless};
use crate::view::markdown::text::{fenced, push_lines, push_text, push_whole};
use crate::view::page::{Block, Chart, Fact, Figure, Inline, Section, Stage, Table};
use crate::view::{link, texts};

mod authored;
mod text;

/// A document with a title and its sections.
pub fn document(title: &str, sections: &[Section], lang: Lang) -> String {
    let mut out = String::new();
    push_heading(&mut out, "#", title);
    for section in sections {
        push_heading(&mut out, "##", &section.title);
        for block in &section.blocks {
            push_block(&mut out, block, section, lang);
            out.truncate(out.trim_end().len());
            out.push_str("\n\n");
        }
    }
    // What is written here needs no second look. Of authored parts, those that are harmless alone may not be so
    // together: one part may define the links of another.
    let is_authored = |section: &Section| section.blocks.iter().any(|block| matches!(block, Block::Markdown(_)));
    if sections.iter().any(is_authored) {
        out = harmless(&out).unwrap_or_else(|| fenced(&out));
    }
    tidy(&out)
}

fn push_heading(out: &mut String, marks: &str, title: &str) {
    out.push_str(marks);
    out.push(' ');
    push_whole(out, |out| push_text(out, title, false));
    // What looks like closing marks would be left out.
    if out.ends_with('#') && title.ends_with('#') {
        out.insert(out.len() - 1, '\\');
    }
    out.push_str("\n\n");
}

fn push_block(out: &mut String, block: &Block, section: &Section, lang: Lang) {
    match block {
        Block::Markdown(source) => out.push_str(authored(source, &section.title).trim_start_matches('\n')),
        Block::Heading(text) => push_heading(out, "###", text),
        Block::Text(text) => push_lines(out, text, "\n"),
        Block::Note(tone, text) => {
            out.push_str("> **");
            out.push_str(tone.word().get(lang));
            out.push_str("**\\\n> ");
            push_lines(out, text, "\n> ");
        }
        Block::Table(table) | Block::Listing(table) => push_table(out, table),
        Block::Figures(figures) => push_table(out, &table_of_figures(figures, lang)),
        Block::Stages(stages) => push_table(out, &table_of_stages(stages, lang)),
        Block::Code(text) => out.push_str(&fenced(text)),
        Block::List(items) => {
            for item in items {
                out.push_str("- ");
                push_whole(out, |out| push_inline(out, item, true));
                out.push('\n');
            }
        }
        Block::Chart(chart) => push_table(out, &table_of_bars(chart, lang)),
        Block::Facts(facts) => {
            let colon = match lang {
                Lang::ZhHant => "：",
                Lang::En => ": ",
            };
            for Fact { label, value } in facts {
                out.push_str("- ");
                push_whole(out, |out| push_text(out, label, true));
                out.push_str(colon);
                push_whole(out, |out| push_inline(out, value, false));
                out.push('\n');
            }
        }
    }
}

fn table_of_figures(figures: &[Figure], lang: Lang) -> Table {
    let heading = [texts::ITEM, texts::VALUE, texts::DEFINITION, texts::SOURCE];
    let row = |figure: &Figure| {
        let text = |text: &String| Inline::Text(text.clone());
        vec![text(&figure.label), figure.value.clone(), text(&figure.definition), text(&figure.source)]
    };
    Table {
        caption: String::new(),
        columns: heading.map(|words| words.get(lang).to_owned()).to_vec(),
        rows: figures.iter().map(row).collect(),
        empty: Inline::Text(texts::NONE.get(lang).to_owned()),
    }
}

fn table_of_bars(chart: &Chart, lang: Lang) -> Table {
    let text = |text: &String| Inline::Text(text.clone());
    Table {
        caption: chart.caption.clone(),
        columns: [texts::ITEM, texts::VALUE].map(|words| words.get(lang).to_owned()).to_vec(),
        rows: chart.bars.iter().map(|bar| vec![text(&bar.label), text(&bar.text)]).collect(),
        empty: Inline::Text(texts::NONE.get(lang).to_owned()),
    }
}

fn table_of_stages(stages: &[Stage], lang: Lang) -> Table {
    let heading = [texts::STAGE, texts::STATUS, texts::DESCRIPTION];
    let row = |stage: &Stage| {
        let state =
            stage.state.clone().map_or_else(|| Inline::Text(String::new()), |(tone, word)| Inline::Tag(tone, word));
        vec![Inline::Text(stage.name.clone()), state, Inline::Text(stage.text.clone())]
    };
    Table {
        caption: String::new(),
        columns: heading.map(|words| words.get(lang).to_owned()).to_vec(),
        rows: stages.iter().map(row).collect(),
        empty: Inline::Text(texts::NONE.get(lang).to_owned()),
    }
}

fn push_table(out: &mut String, table: &Table) {
    if !table.caption.trim().is_empty() {
        push_lines(out, &table.caption, "\n");
        out.push_str("\n\n");
    }
    out.push('|');
    for column in &table.columns {
        out.push(' ');
        push_whole(out, |out| push_text(out, column, false));
        out.push_str(" |");
    }
    out.push_str("\n|");
    for _ in &table.columns {
        out.push_str(" --- |");
    }
    for row in &table.rows {
        out.push_str("\n|");
        for at in 0..table.columns.len() {
            out.push(' ');
            if let Some(cell) = row.get(at) {
                push_whole(out, |out| push_inline(out, cell, false));
            }
            out.push_str(" |");
        }
    }
    if table.rows.is_empty() {
        out.push_str("\n\n");
        push_whole(out, |out| push_inline(out, &table.empty, true));
    }
}

fn push_inline(out: &mut String, inline: &Inline, begins_line: bool) {
    match inline {
        Inline::Code(text) | Inline::Id(text) if is_plain_code(text) => {
            out.push('`');
            out.push_str(text);
            out.push('`');
        }
        Inline::Text(text) | Inline::English(text) | Inline::Code(text) | Inline::Id(text) => {
            push_text(out, text, begins_line);
        }
        Inline::Tag(_, word) => push_marked(out, "**", word, begins_line),
        Inline::Unknown(word) => push_marked(out, "*", word, begins_line),
        Inline::Link { href, text } => {
            let text = if text.trim().is_empty() { href } else { text };
            let Some(target) = link::target(href) else { return push_text(out, text, begins_line) };
            out.push('[');
            push_text(out, text, false);
            out.push_str("](");
            out.push_str(&target.replace('&', "&amp;").replace('(', "%28").replace(')', "%29"));
            out.push(')');
        }
        Inline::Many(several) => {
            for (at, inline) in several.iter().enumerate() {
                push_inline(out, inline, begins_line && at == 0);
            }
        }
    }
}

/// Whether a text can stand between two backticks, also in a table.
fn is_plain_code(text: &str) -> bool {
    !text.is_empty()
        && text.trim() == text
        && !text.contains(|char: char| char == '`' || char == '|' || char.is_control())
}

/// A word in marks of emphasis, where they are sure to be read as such.
fn push_marked(out: &mut String, mark: &str, word: &str, begins_line: bool) {
    let is_safe = word.starts_with(char::is_alphanumeric) && word.ends_with(char::is_alphanumeric);
    let mark = if is_safe { mark } else { "" };
    out.push_str(mark);
    push_text(out, word, begins_line && !is_safe);
    out.push_str(mark);
}

/// No space at the end of a line, one newline at the end.
fn tidy(markdown: &str) -> String {
    let mut out = String::with_capacity(markdown.len());
    for line in markdown.trim_end().lines() {
        out.push_str(line.trim_end());
        out.push('\n');
    }
    out
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use pulldown_cmark::{Event, Parser, Tag, TagEnd};

    use super::authored::unsafe_parts;
    use super::*;
    use crate::view::authored::OPTIONS;
    use crate::view::page::Tone;
    use crate::view::sample;

    fn document_of(blocks: Vec<Block>) -> String {
        let section = Section { id: "s".to_owned(), title: "Section".to_owned(), blocks };
        document("Title", &[section], Lang::En)
    }

    #[track_caller]
    fn check(block: Block, expected: &str) {
        assert_eq!(document_of(vec![block]), format!("# Title\n\n## Section\n\n{expected}\n"));
    }

    fn text(text: &str) -> Inline {
        Inline::Text(text.to_owned())
    }

    fn table(rows: Vec<Vec<Inline>>) -> Block {
        let columns = vec!["a|b".to_owned(), String::new()];
        Block::Table(Table { caption: "c".to_owned(), columns, rows, empty: Inline::Unknown("not given".to_owned()) })
    }

    #[test]
    fn tables() {
        check(
            table(vec![vec![text("1|2\n3"), Inline::Code("x_y".to_owned())], vec![text(" ")]]),
            "c\n\n| a\\|b |  |\n| --- | --- |\n| 1\\|2&#10;3 | `x_y` |\n| &#32; |  |",
        );
        check(table(Vec::new()), "c\n\n| a\\|b |  |\n| --- | --- |\n\n*not given*");
        check(
            Block::Stages(vec![Stage { name: "D1".to_owned(), text: "t".to_owned(), state: None }]),
            "| Stage | Status | Description |\n| --- | --- | --- |\n| D1 |  | t |",
        );
    }

    #[test]
    fn inlines() {
        let link = |href: &str, text: &str| Inline::Link { href: href.to_owned(), text: text.to_owned() };
        let list = |items: Vec<Inline>| Block::List(items);
        check(
            list(vec![
                text("- a_b_ 1. *"),
                text("1. a"),
                Inline::Tag(Tone::Good, "pass".to_owned()),
                Inline::Tag(Tone::Good, "(x)".to_owned()),
                Inline::Code("`".to_owned()),
                link("https://a.example/(b)?c&d", "]("),
                link("javascript:x", "e"),
                Inline::Many(vec![text("a "), Inline::Code("b".to_owned()), text(" ")]),
            ]),
            "- \\- a_b\\_ 1. \\*\n- 1\\. a\n- **pass**\n- (x)\n- \\`\n\
             - [\\](](https://a.example/%28b%29?c&amp;d)\n- e\n- a `b`&#32;",
        );
    }

    #[test]
    fn paragraphs_notes_code_and_facts() {
        check(Block::Text("a \n\n# b\n  1) c".to_owned()), "a\\\n\\# b\\\n1\\) c");
        check(Block::Note(Tone::Warn, "a\nb".to_owned()), "> **Attention**\\\n> a\\\n> b");
        check(Block::Code("a ```` \n\n\nb\n".to_owned()), "`````\na ````\n\n\nb\n`````");
        check(Block::Facts(vec![Fact { label: "# a".to_owned(), value: text("b") }]), "- \\# a: b");
    }

    #[test]
    fn authored_markdown_is_made_harmless() {
        let check = |source: &str, expected: &str| check(Block::Markdown(source.to_owned()), expected);
        check("# Section\n\n# A #\n\n## B\nC\n===", "### A #\n\n#### B\n### C");
        check("a <b>c</b>\n\n<div>\n*d*\n</div>", "a &lt;b>c&lt;/b>\n\n&lt;div>\n*d*\n&lt;/div>");
        check("a ![b](https://c.example/d.png)", "a [b](https://c.example/d.png)");
        check("!![b](c.md)", "[b](c.md)");
        check("[a](javascript:b) <javascript:c>", "\\[a](javascript:b) &lt;javascript:c>");
        check("a  \nb", "a\\\nb");
        check("```\n<a>", "```\n<a>\n```");
        check("- ```\n  a", "- ```\n  a");
    }

    #[test]
    fn one_part_cannot_define_the_links_of_another() {
        let part = |text: &str| Block::Markdown(text.to_owned());
        let document = document_of(vec![part("[a]"), part("[a]: javascript:b")]);
        assert!(document.contains("\\[a]\n"), "{document}");
    }

    #[test]
    fn the_sample_reads_well_and_is_the_same_every_time() {
        for lang in [Lang::ZhHant, Lang::En] {
            let page = sample::page(lang);
            let markdown = document(&page.title, &page.sections, lang);
            assert_eq!(markdown, document(&page.title, &page.sections, lang));
            assert!(markdown.ends_with('\n') && !markdown.ends_with("\n\n"));
            assert!(markdown.lines().all(|line| line.trim_end() == line));
            assert!(unsafe_parts(&markdown).is_empty());
        }
    }

    /// What is read in each cell of each row of the only table.
    fn cells(markdown: &str) -> Vec<Vec<String>> {
        let mut rows: Vec<Vec<String>> = Vec::new();
        let mut cell = None;
        for event in Parser::new_ext(markdown, OPTIONS) {
            match event {
                Event::Start(Tag::TableHead | Tag::TableRow) => rows.push(Vec::new()),
                Event::Start(Tag::TableCell) => cell = Some(String::new()),
                Event::End(TagEnd::TableCell) => rows.last_mut().unwrap().push(cell.take().unwrap()),
                Event::Text(text) => {
                    if let Some(cell) = &mut cell {
                        cell.push_str(&text);
                    }
                }
                other => assert!(cell.is_none(), "{other:?} in a cell of {markdown}"),
            }
        }
        rows
    }

    fn any_text() -> impl Strategy<Value = String> {
        // No NUL: it cannot be written in Markdown.
        "[^\0]{0,12}|[\\\\`*_\\[\\]<>|~$&!#+=:.0-9a\n -]{0,16}|(&amp;|&#35;|<br>|https://a\\.b|- \\[ \\] |\u{3000}|中|\r\n|  ){0,5}"
    }

    proptest! {
        #[test]
        fn a_cell_reads_as_its_text(left in any_text(), right in any_text(), column in any_text()) {
            let markdown = document_of(vec![Block::Table(Table {
                caption: String::new(),
                columns: vec![column.clone(), "b".to_owned()],
                rows: vec![vec![text(&left), text(&right)], vec![text(&right), text(&left)]],
                empty: text(""),
            })]);
            let expected = vec![
                vec![column, "b".to_owned()],
                vec![left.clone(), right.clone()],
                vec![right, left],
            ];
            prop_assert_eq!(cells(&markdown), expected, "{}", markdown);
        }

        #[test]
        fn titles_items_and_paragraphs_read_as_their_text(any in any_text()) {
            let markdown = document(&any, &[Section { id: String::new(), title: "S".to_owned(), blocks: vec![
                Block::List(vec![text(&any), text("end")]),
                Block::Text(any.clone()),
                Block::Text("end".to_owned()),
            ] }], Lang::En);
            let mut read = vec![String::new()];
            for event in Parser::new_ext(&markdown, OPTIONS) {
                match event {
                    Event::Text(text) => read.last_mut().unwrap().push_str(&text),
                    Event::HardBreak => read.last_mut().unwrap().push('\n'),
                    Event::End(TagEnd::Heading(_) | TagEnd::Item | TagEnd::Paragraph) => read.push(String::new()),
                    Event::Start(Tag::Heading { .. } | Tag::Item | Tag::Paragraph | Tag::List(None)) | Event::End(TagEnd::List(false)) => {}
                    other => prop_assert!(false, "{:?} in {}", other, markdown),
                }
            }
            let lines: Vec<_> = any.lines().map(str::trim).filter(|line| !line.is_empty()).collect();
            let mut expected = vec![any.clone(), "S".to_owned(), any.clone(), "end".to_owned()];
            if !lines.is_empty() {
                expected.push(lines.join("\n"));
            }
            expected.extend(["end".to_owned(), String::new()]);
            prop_assert_eq!(read, expected, "{}", markdown);
        }

        #[test]
        fn what_is_written_here_is_harmless(any in prop::collection::vec((any_text(), 0..6_u8), 1..5)) {
            let inlines = || Inline::Many(any.iter().map(|(text, form)| match form {
                0 => Inline::Code(text.clone()),
                1 => Inline::Tag(Tone::Good, text.clone()),
                2 => Inline::Link { href: "https://a.example".to_owned(), text: text.clone() },
                // Of a path these are escaped, and an escaped path is none that may be written.
                3 => Inline::Link { href: text.replace([' ', '(', ')'], ""), text: "[".to_owned() },
                _ => Inline::Text(text.clone()),
            }).collect());
            let text = any.iter().map(|(text, _)| text.as_str()).collect::<String>();
            let markdown = document_of(vec![
                Block::List(vec![inlines()]),
                Block::Code(text.clone()),
                Block::Note(Tone::Warn, text.clone()),
                Block::Facts(vec![Fact { label: text.clone(), value: inlines() }]),
                table(vec![vec![inlines(), inlines()]]),
                Block::Text(text),
            ]);
            prop_assert!(unsafe_parts(&markdown).is_empty(), "{}", markdown);
        }

        #[test]
        fn any_authored_markdown_becomes_harmless(source in "[ -~\n]{0,60}|(<|>|<a|!|\\[|\\]|\\(|\\)|`|```\n|\n|#|- |x:|\\\\| |javascript:|~~~){0,40}") {
            let markdown = document_of(vec![Block::Markdown(source), Block::Markdown("[a]: b".to_owned()), Block::Text("end".to_owned())]);
            prop_assert!(unsafe_parts(&markdown).is_empty(), "{}", markdown);
        }
    }
}
