//! Pages as HTML: one self-contained file without a request; pages with a long listing have the one script of
//! [`script`].
//!
//! Invariants: templates escape every text; a link leads only where [`link`] permits; ids that are made here have an
//! `_`, so that they never meet a section's; no tone is told by colour alone.

use std::cell::Cell;

use askama::Template;

use crate::lang::{Lang, Words};
use crate::view::html::authored::{Around, is_wide};
use crate::view::html::escape::without_forbidden;
use crate::view::page::{Bar, Block, Inline, Page, Section, Table, Tone, Verdict};
use crate::view::{link, script, texts};

mod authored;
mod escape;

/// Room for the style sheet and the frame of a page.
const FRAME_BYTES: usize = 16 << 10;

/// Width in rem that the columns of a table share before it scrolls on a desktop.
const ROOM: usize = 50;

/// Width in half ems of a text that is never broken: a moment with its seconds, ten Chinese characters.
const SHORT: usize = 20;

/// Longest word in bytes that widens its column instead of being broken: a UUID, the path of a record file.
const LONG_WORD: usize = 48;

/// Characters of an identifier that are shown.
const SHOWN_OF_ID: usize = 8;

/// Rows of a table that are looked at to lay out its columns.
const MEASURED_ROWS: usize = 200;

/// The page as an HTML document.
pub fn page(page: &Page) -> String {
    let mut html = String::with_capacity(FRAME_BYTES);
    // The only thing that can fail is the String, and that cannot.
    let _ = PageHtml { page, tables: Cell::new(0) }.render_into(&mut html);
    without_forbidden(html)
}

/// Whether a page has this section with these contents; the numbers that its tables have on the page do not count.
pub fn shows(html: &str, section: &Section, lang: Lang) -> bool {
    let begin = format!("<section id=\"{}\"", section.id);
    let contents = |html: &str| {
        let (_, rest) = html.split_once(begin.as_str())?;
        let section = rest.split_once("</section>").map_or(rest, |(section, _)| section);
        let body = section.split_once("<tbody>").map_or(section, |(_, body)| body);
        Some(body.to_owned())
    };
    let alone = page(&Page {
        lang,
        title: String::new(),
        eyebrow: String::new(),
        lead: String::new(),
        verdict: Verdict { tone: Tone::Unknown, word: String::new(), text: String::new() },
        next: Vec::new(),
        facts: Vec::new(),
        sections: vec![section.clone()],
        footer: Vec::new(),
    });
    let expected = contents(&alone);
    expected.is_some() && html.matches(begin.as_str()).count() == 1 && contents(html) == expected
}

#[derive(Template)]
#[template(path = "page.html", whitespace = "minimize")]
struct PageHtml<'a> {
    page: &'a Page,
    /// Number of the last table so far.
    tables: Cell<u32>,
}

impl<'a> PageHtml<'a> {
    fn say(&self, words: Words) -> &'static str {
        words.get(self.page.lang)
    }

    fn block(&'a self, section: &'a Section, block: &'a Block) -> BlockHtml<'a> {
        BlockHtml { block, section, lang: self.page.lang, tables: &self.tables }
    }
}

#[derive(Template)]
#[template(path = "block.html", whitespace = "minimize")]
struct BlockHtml<'a> {
    block: &'a Block,
    section: &'a Section,
    lang: Lang,
    tables: &'a Cell<u32>,
}

impl BlockHtml<'_> {
    fn say(&self, words: Words) -> &'static str {
        words.get(self.lang)
    }

    fn authored(&self, source: &str) -> String {
        let mut html = String::with_capacity(source.len() * 3 / 2);
        let around = Around { lang: self.lang, title: &self.section.title, tables: self.tables.get() };
        self.tables.set(authored::push(&mut html, source, around));
        html
    }

    /// The number of the next table.
    fn number(&self) -> u32 {
        self.tables.set(self.tables.get() + 1);
        self.tables.get()
    }
}

#[derive(Template)]
#[template(path = "inline.html", whitespace = "minimize")]
struct InlineHtml<'a>(&'a Inline);

/// A name that may be broken after each `_`.
#[derive(Template)]
#[template(path = "name.html", whitespace = "minimize")]
struct Name<'a>(&'a str);

/// Text whose line breaks are kept.
#[derive(Template)]
#[template(path = "lines.html", whitespace = "minimize")]
struct Lines<'a>(&'a str);

impl Tone {
    /// Its class in the style sheet.
    fn class(self) -> &'static str {
        match self {
            Self::Good => "good",
            Self::Warn => "warn",
            Self::Bad => "bad",
            Self::Info => "info",
            Self::Unknown => "unknown",
        }
    }
}

/// Height of a bar with its label and its values, in CSS pixels.
const BAR_PX: usize = 68;

/// The lengths of a bar, whole and part, as SVG writes them: a little less than all, so that the outline has room.
fn lengths(bar: &Bar) -> [String; 2] {
    [bar.whole, bar.part].map(|thousandths| {
        let tenths = u32::from(thousandths.min(1000)) * 99 / 100;
        format!("{}.{}%", tenths / 10, tenths % 10)
    })
}

/// How a column is laid out.
struct Column<'a> {
    heading: &'a str,
    /// Whether it holds numbers, which are set to the right.
    is_numeric: bool,
    /// Least width in rem that its texts need to be read; none where the longest word says enough.
    least_width: Option<usize>,
}

fn columns(table: &Table) -> Vec<Column<'_>> {
    // What a page has room for, shared by all columns.
    let room = (ROOM / table.columns.len().max(1)).clamp(9, 14);
    let columns = table.columns.iter().enumerate();
    columns
        .map(|(at, heading)| {
            let cells = || table.rows.iter().take(MEASURED_ROWS).filter_map(|row| row.get(at));
            let mut known = cells().filter(|cell| !matches!(cell, Inline::Unknown(_)) && !is_empty(cell)).peekable();
            let is_numeric = at > 0 && known.peek().is_some() && known.all(is_number);
            let widest = cells().map(inline_width).max().unwrap_or(0);
            // Half ems to rem, and the padding of a cell.
            let whole = widest * 3 / 5 + 2;
            let least = if widest > SHORT { whole.min(room) } else { whole };
            Column { heading, is_numeric, least_width: (widest > 8).then_some(least) }
        })
        .collect()
}

fn is_number(cell: &Inline) -> bool {
    let Inline::Text(text) = cell else { return false };
    let amount = text.strip_prefix("NT$").unwrap_or(text).trim();
    let digits = amount.strip_prefix(['-', '+', '\u{2212}']).unwrap_or(amount);
    digits.starts_with(|char: char| char.is_ascii_digit())
        && digits.chars().all(|char| char.is_ascii_digit() || matches!(char, ',' | '.' | '%' | ' '))
}

fn is_empty(cell: &Inline) -> bool {
    match cell {
        Inline::Text(text)
        | Inline::English(text)
        | Inline::Code(text)
        | Inline::Id(text)
        | Inline::Tag(_, text)
        | Inline::Unknown(text) => text.trim().is_empty(),
        Inline::Link { href, text } => text.trim().is_empty() && link::target(href).is_none(),
        Inline::Many(several) => several.iter().all(is_empty),
    }
}

fn inline_width(inline: &Inline) -> usize {
    match inline {
        Inline::Text(text) | Inline::English(text) | Inline::Link { text, .. } => {
            text.lines().map(width).max().unwrap_or(0)
        }
        Inline::Code(text) if text.contains(['-', '/', ' ']) => width(text),
        // They are never broken.
        Inline::Code(_) | Inline::Id(_) | Inline::Tag(..) | Inline::Unknown(_) => 0,
        Inline::Many(several) => several.iter().map(inline_width).max().unwrap_or(0),
    }
}

/// Whether a cell has a word that no table has room for.
fn is_long(cell: &Inline) -> bool {
    match cell {
        Inline::Text(text)
        | Inline::English(text)
        | Inline::Code(text)
        | Inline::Tag(_, text)
        | Inline::Unknown(text) => {
            text.split(|char: char| char.is_whitespace() || is_wide(char)).any(|word| word.len() > LONG_WORD)
        }
        // Shortened, or always broken where it has to be.
        Inline::Id(_) | Inline::Link { .. } => false,
        Inline::Many(several) => several.iter().any(is_long),
    }
}

/// The beginning of an identifier that tells it apart for people, and the rest.
fn shortened(id: &str) -> (&str, &str) {
    match id.char_indices().nth(SHOWN_OF_ID) {
        Some((at, _)) if id.chars().count() > 2 * SHOWN_OF_ID => id.split_at(at),
        _ => (id, ""),
    }
}

/// Width of a text in half ems, as far as it matters.
fn width(text: &str) -> usize {
    text.chars().take(40).map(|char| 1 + usize::from(is_wide(char))).sum()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::view::page::{Chart, Section, Verdict};
    use crate::view::sample;

    const NASTY: &str = "<img src=x>&\"'\u{1}\u{FDD0}";
    const TAME: &str = "&#60;img src=x&#62;&#38;&#34;&#39;\u{FFFD}\u{FFFD}";

    /// What one block becomes.
    fn block(block: Block) -> String {
        let title = "Title".to_owned();
        let page = Page {
            lang: Lang::En,
            title: String::new(),
            eyebrow: String::new(),
            lead: String::new(),
            verdict: Verdict { tone: Tone::Info, word: String::new(), text: String::new() },
            next: Vec::new(),
            facts: Vec::new(),
            sections: vec![Section { id: "s".to_owned(), title, blocks: vec![block] }],
            footer: Vec::new(),
        };
        let html = super::page(&page);
        let start = html.find("<h2 id=\"h_s\">").unwrap();
        let end = html[start..].find("</section>").unwrap();
        html[start..start + end].split_once("</h2>").unwrap().1.trim().to_owned()
    }

    #[track_caller]
    fn check(inline: Inline, expected: &str) {
        let html = block(Block::List(vec![inline]));
        assert_eq!(html, format!("<ul>\n<li>{expected}</li>\n</ul>"));
    }

    #[test]
    fn inlines_are_escaped() {
        let nasty = || NASTY.to_owned();
        check(Inline::Text(nasty()), TAME);
        check(Inline::Text("a\nb\r\nc\n".to_owned()), "a<br>b<br>c<br>");
        check(Inline::English(nasty()), &format!("<span lang=\"en\">{TAME}</span>"));
        check(Inline::Id("<short>".to_owned()), "<code>&#60;short&#62;</code>");
        check(
            Inline::Id("76890f66-<04c-4bc5>".to_owned()),
            "<code class=\"id\" title=\"76890f66-&#60;04c-4bc5&#62;\">76890f66<span>-&#60;04c-4bc5&#62;</span></code>",
        );
        check(Inline::Code(nasty()), &format!("<code>{TAME}</code>"));
        check(Inline::Tag(Tone::Bad, nasty()), &format!("<span class=\"tag bad\">{TAME}</span>"));
        check(Inline::Unknown(nasty()), &format!("<span class=\"tag unknown\">{TAME}</span>"));
        check(Inline::Many(vec![Inline::Text("a".to_owned()), Inline::Code("b".to_owned())]), "a<code>b</code>");
    }

    #[test]
    fn links_lead_only_where_they_may() {
        let link = |href: &str, text: &str| Inline::Link { href: href.to_owned(), text: text.to_owned() };
        check(
            link("https://a.example/?b&c=\"", NASTY),
            &format!("<a href=\"https://a.example/?b&#38;c=%22\">{TAME}</a>"),
        );
        check(link("JaVaScript:alert(1)", "a"), "a");
        check(link("//host", "a"), "a");
        check(link("a.md", " "), "<a href=\"a.md\">a.md</a>");
    }

    #[test]
    fn texts_of_a_page_are_escaped_everywhere() {
        let mut page = sample::page(Lang::ZhHant);
        page.title = NASTY.to_owned();
        page.eyebrow = NASTY.to_owned();
        page.lead = NASTY.to_owned();
        page.verdict.word = NASTY.to_owned();
        page.verdict.text = NASTY.to_owned();
        page.next[0].what = NASTY.to_owned();
        page.next[0].who = NASTY.to_owned();
        page.next[0].due = Some(NASTY.to_owned());
        page.facts[0].label = NASTY.to_owned();
        page.sections[0].title = NASTY.to_owned();
        page.footer[0] = NASTY.to_owned();
        let html = super::page(&page);
        assert!(!html.contains("<img"));
        // The title stands twice and the section's title in its heading and in the contents.
        assert_eq!(html.matches(TAME).count(), 13);
    }

    #[test]
    fn blocks_are_escaped() {
        let nasty = || NASTY.to_owned();
        let bar = || Bar { label: nasty(), text: nasty(), whole: 1000, part: 5 };
        let stage = || crate::view::page::Stage { name: nasty(), text: nasty(), state: Some((Tone::Good, nasty())) };
        let figure = || crate::view::page::Figure {
            label: nasty(),
            value: Inline::Text(nasty()),
            definition: nasty(),
            source: nasty(),
        };
        let table = || Table {
            caption: nasty(),
            columns: vec![nasty(), nasty()],
            rows: vec![vec![Inline::Text(nasty()), Inline::Code(nasty())]],
            empty: Inline::Text(nasty()),
        };
        for (nasty_block, times) in [
            (Block::Heading(nasty()), 1),
            (Block::Text(nasty()), 1),
            (Block::Note(Tone::Warn, nasty()), 1),
            (Block::Code(nasty()), 1),
            (Block::Stages(vec![stage()]), 3),
            // The words of a bar stand in the drawing and in its description.
            (Block::Chart(Chart { caption: nasty(), bars: vec![bar()] }), 5),
            (Block::Figures(vec![figure()]), 4),
            // The heading of a column stands in its cells too, for phones.
            (Block::Table(table()), 6),
            (Block::Table(Table { rows: Vec::new(), ..table() }), 4),
        ] {
            let html = block(nasty_block);
            assert_eq!(html.matches(TAME).count(), times, "{html}");
            assert!(!html.contains("<img"), "{html}");
        }
    }

    #[test]
    fn a_note_says_its_tone_in_a_word() {
        assert_eq!(
            block(Block::Note(Tone::Unknown, "a".to_owned())),
            "<p class=\"note unknown\"><strong class=\"tag unknown\">Not checked</strong> a</p>"
        );
    }

    #[test]
    fn a_table_without_rows_says_why() {
        let empty = Inline::Unknown("not given".to_owned());
        let html = block(Block::Table(Table {
            caption: "c".to_owned(),
            columns: vec!["a".to_owned(), "b".to_owned()],
            rows: Vec::new(),
            empty,
        }));
        assert!(html.contains("<td colspan=\"2\"><span class=\"tag unknown\">not given</span></td>"), "{html}");
    }

    #[test]
    fn a_name_may_be_broken_after_each_underscore() {
        let columns = vec!["<a>_hit_".to_owned()];
        let empty = Inline::Text(String::new());
        let html = block(Block::Table(Table { caption: String::new(), columns, rows: Vec::new(), empty }));
        assert!(html.contains(">&#60;a&#62;_<wbr>hit_</th>"), "{html}");
    }

    #[test]
    fn a_word_that_no_table_has_room_for_is_broken() {
        let long = |text: &str| is_long(&Inline::Many(vec![Inline::Text(text.to_owned())]));
        assert!(long(&"a".repeat(49)));
        assert!(!long(&"a".repeat(48)) && !long(&"a ".repeat(99)) && !long(&"中".repeat(99)));
    }

    #[test]
    fn columns_of_numbers_are_set_to_the_right() {
        let row = |cells: [&str; 3]| cells.map(|cell| Inline::Text(cell.to_owned())).to_vec();
        let columns_of = |rows| {
            let columns = ["id", "amount", "date"].map(str::to_owned).to_vec();
            let table = Table { caption: String::new(), columns, rows, empty: Inline::Text(String::new()) };
            super::columns(&table).iter().map(|column| column.is_numeric).collect::<Vec<_>>()
        };
        assert_eq!(columns_of(vec![row(["1", "NT$ 1,200", "2026-05-12"])]), [false, true, false]);
        assert_eq!(columns_of(vec![row(["1", "-3.5%", "1"]), row(["1", "a", "2"])]), [false, false, true]);
        let mut unknown = row(["1", "2", "3"]);
        unknown[1] = Inline::Unknown("not checked".to_owned());
        assert_eq!(columns_of(vec![unknown]), [false, false, true]);
    }

    #[test]
    fn the_same_page_gives_the_same_bytes_and_ids_are_unique() {
        for lang in [Lang::ZhHant, Lang::En] {
            let html = page(&sample::page(lang));
            assert_eq!(html, page(&sample::page(lang)));
            let mut ids: Vec<_> =
                html.match_indices(" id=\"").map(|(at, _)| html[at + 5..].split('"').next().unwrap()).collect();
            let all = ids.len();
            ids.sort_unstable();
            ids.dedup();
            assert_eq!(ids.len(), all);
            assert!(html.starts_with("<!doctype html>\n<html lang=\""));
            assert!(!html.contains("<script") && !html.contains("<img"));
        }
    }

    /// `PROOFPACK_SAMPLES=FOLDER cargo test sample_pages` writes the sample pages for looking at them.
    #[test]
    #[expect(clippy::disallowed_methods, reason = "for people only, and only where they say")]
    fn sample_pages_can_be_written() {
        let Some(folder) = option_env!("PROOFPACK_SAMPLES") else { return };
        for lang in [Lang::ZhHant, Lang::En] {
            let page = sample::page(lang);
            std::fs::write(format!("{folder}/{}.html", lang.tag()), super::page(&page)).unwrap();
        }
    }
}
