//! Authored Markdown as HTML, one event at a time and straight into the page.
//!
//! Invariants: no element, attribute or address of the author's reaches the page unless it is written here: raw HTML
//! becomes visible text, an image becomes a link, a link that may not lead there becomes text; no id is emitted but
//! that of a table's caption; headings begin at level 3 and never skip one; nesting is bounded.

use std::fmt::Write as _;

use pulldown_cmark::{Alignment, Event, HeadingLevel, LinkType, Parser, Tag, TagEnd, TextMergeStream};

use crate::lang::Lang;
use crate::view::authored::{Levels, OPTIONS, is_line_break, is_titled};
use crate::view::html::escape::push_escaped;
use crate::view::{link, texts};

/// Lists, quotes and emphasis are nested at most this deep, so that they fit a narrow screen; what is deeper stands in
/// the innermost of them.
const DEEPEST: usize = 12;

/// What the page around the Markdown knows.
#[derive(Clone, Copy, Debug)]
pub(super) struct Around<'a> {
    /// Language of the page.
    pub(super) lang: Lang,
    /// Heading of the section, which stands for the title of the document.
    pub(super) title: &'a str,
    /// Number of the page's last table so far.
    pub(super) tables: u32,
}

/// Appends the Markdown as HTML and returns the number of the page's last table.
pub(super) fn push(out: &mut String, source: &str, around: Around<'_>) -> u32 {
    let start = out.len();
    let mut writer = Writer {
        out,
        start,
        around,
        first: Some(is_titled(source)),
        levels: Levels::default(),
        open: Vec::new(),
        depth: 0,
        heading: None,
        plain: String::new(),
        name: around.title.to_owned(),
        targets: Vec::new(),
        in_link: false,
        in_code: false,
        table: Columns::default(),
        last: ' ',
        soft_break: false,
    };
    for event in TextMergeStream::new(Parser::new_ext(source, OPTIONS)) {
        writer.event(event);
    }
    writer.around.tables
}

struct Writer<'a> {
    out: &'a mut String,
    /// Where the Markdown begins in the page.
    start: usize,
    around: Around<'a>,
    /// Until the first heading has ended: whether it is the title of the document, which the section has already.
    first: Option<bool>,
    levels: Levels,
    /// What closes each element that is open; empty for those that were not written.
    open: Vec<&'static str>,
    /// How many of them were written.
    depth: usize,
    /// Where the open heading begins, and what the author made it.
    heading: Option<(usize, HeadingLevel)>,
    /// Text of the last heading or heading of a column, without marks.
    plain: String,
    /// Text of the last heading; it names the tables under it.
    name: String,
    /// Where the text of each open link begins, and its target.
    targets: Vec<(usize, String)>,
    in_link: bool,
    in_code: bool,
    table: Columns,
    /// Last character of text, to know whether a line break stands between words.
    last: char,
    soft_break: bool,
}

/// Where in a table the writer is.
#[derive(Default)]
struct Columns {
    alignments: Vec<Alignment>,
    headings: Vec<String>,
    in_head: bool,
    column: usize,
    /// Where the open cell begins and where its content does.
    cell: (usize, usize),
}

impl Writer<'_> {
    fn event(&mut self, event: Event<'_>) {
        match event {
            Event::Start(tag) => self.start(tag),
            Event::End(tag) => self.end(tag),
            Event::Text(text) if self.in_code => push_escaped(self.out, &text),
            Event::Text(text) => self.text(&text),
            Event::Code(code) => {
                self.line_break(code.chars().next());
                self.out.push_str("<code>");
                push_escaped(self.out, &code);
                self.out.push_str("</code>");
                self.plain.push_str(&code);
                self.last = code.chars().last().unwrap_or(' ');
            }
            // The one element that authors of Markdown tables cannot do without.
            Event::InlineHtml(html) | Event::Html(html) if is_line_break(&html) => self.out.push_str("<br>"),
            Event::InlineHtml(html) | Event::Html(html) => self.text(&html),
            Event::SoftBreak => self.soft_break = true,
            Event::HardBreak => self.out.push_str("<br>\n"),
            Event::Rule => self.out.push_str("<hr>\n"),
            Event::TaskListMarker(done) => {
                let (mark, word) = if done { ('☑', texts::DONE) } else { ('☐', texts::OPEN) };
                // Writing into a String cannot fail.
                let _ = write!(
                    self.out,
                    "<span class=\"box\" role=\"img\" aria-label=\"{}\">{mark}</span> ",
                    word.get(self.around.lang)
                );
            }
            // Of what `OPTIONS` leaves off.
            Event::InlineMath(_) | Event::DisplayMath(_) | Event::FootnoteReference(_) => {}
        }
    }

    fn start(&mut self, tag: Tag<'_>) {
        match tag {
            Tag::Paragraph | Tag::HtmlBlock => self.open("<p>", "</p>\n"),
            Tag::Heading { level, .. } => {
                self.heading = Some((self.out.len(), level));
                self.plain.clear();
                self.open.push("");
            }
            Tag::CodeBlock(_) => {
                self.in_code = true;
                self.open("<pre><code>", "</code></pre>\n");
            }
            Tag::BlockQuote(_) => self.open_bounded("<blockquote>\n", "</blockquote>\n"),
            Tag::List(None) => self.open_bounded("<ul>\n", "</ul>\n"),
            Tag::List(Some(1)) => self.open_bounded("<ol>\n", "</ol>\n"),
            Tag::List(Some(first)) => self.open_bounded(&format!("<ol start=\"{first}\">\n"), "</ol>\n"),
            Tag::Item => self.open_inside("<li>", "</li>\n"),
            Tag::Emphasis => self.open_bounded("<em>", "</em>"),
            Tag::Strong => self.open_bounded("<strong>", "</strong>"),
            Tag::Strikethrough => self.open_bounded("<del>", "</del>"),
            Tag::Link { link_type: LinkType::Email, dest_url, .. } => self.link(format!("mailto:{dest_url}")),
            Tag::Link { dest_url, .. } | Tag::Image { dest_url, .. } => self.link(dest_url.into_string()),
            Tag::Table(alignments) => self.table(alignments),
            Tag::TableHead => {
                self.table.in_head = true;
                self.table.column = 0;
                self.open("<thead>\n<tr>", "</tr>\n</thead>\n<tbody>\n");
            }
            Tag::TableRow => {
                self.table.column = 0;
                self.open("<tr>", "</tr>\n");
            }
            Tag::TableCell => self.cell(),
            // Of what `OPTIONS` leaves off.
            Tag::FootnoteDefinition(_)
            | Tag::DefinitionList
            | Tag::DefinitionListTitle
            | Tag::DefinitionListDefinition
            | Tag::Superscript
            | Tag::Subscript
            | Tag::MetadataBlock(_) => self.open.push(""),
        }
    }

    fn end(&mut self, tag: TagEnd) {
        match tag {
            TagEnd::Heading(_) => self.end_heading(),
            TagEnd::CodeBlock => self.in_code = false,
            TagEnd::Link | TagEnd::Image => self.end_link(),
            TagEnd::TableHead => self.table.in_head = false,
            TagEnd::TableCell => self.end_cell(),
            _ => {}
        }
        let close = self.open.pop().unwrap_or_default();
        self.depth -= usize::from(!close.is_empty());
        self.out.push_str(close);
        if !close.is_empty() && !tag_is_inline(tag) {
            self.last = ' ';
            self.soft_break = false;
        }
    }

    fn open(&mut self, tag: &str, close: &'static str) {
        self.out.push_str(tag);
        self.open.push(close);
        self.depth += 1;
    }

    /// Opens an element that can be nested without end, unless it is too deep.
    fn open_bounded(&mut self, tag: &str, close: &'static str) {
        if self.depth < DEEPEST { self.open(tag, close) } else { self.open.push("") }
    }

    /// Opens a list item where its list was opened.
    fn open_inside(&mut self, tag: &str, close: &'static str) {
        if self.open.last().is_some_and(|list| !list.is_empty()) {
            self.open(tag, close);
        } else {
            self.out.push_str("<br>");
            self.open.push("");
        }
    }

    /// Writes the heading that has just ended, now that its text is known.
    fn end_heading(&mut self) {
        let Some((start, authored)) = self.heading.take() else { return };
        let text = self.out.split_off(start);
        let mut title = String::new();
        push_escaped(&mut title, self.around.title);
        let first = self.first.take().filter(|_| start == self.start);
        let repeats_title = first.is_some_and(|is_title| is_title || text.trim() == title.trim());
        if !repeats_title && !text.trim().is_empty() {
            let level = self.levels.next(authored);
            let _ = writeln!(self.out, "<h{level}>{text}</h{level}>");
            self.name.clone_from(&self.plain);
        }
        self.last = ' ';
        self.soft_break = false;
    }

    fn link(&mut self, href: String) {
        match link::target(&href) {
            Some(target) if !self.in_link && self.depth < DEEPEST => {
                // A space at the beginning of a link would be underlined.
                if !is_wide(self.last) {
                    self.line_break(None);
                }
                self.out.push_str("<a href=\"");
                push_escaped(self.out, &target);
                self.open("\">", "</a>");
                self.in_link = true;
            }
            _ => self.open.push(""),
        }
        self.targets.push((self.out.len(), href));
    }

    /// A link without a text says where it leads.
    fn end_link(&mut self) {
        if let Some((start, href)) = self.targets.pop()
            && self.out[start..].trim().is_empty()
        {
            push_escaped(self.out, &href);
        }
        self.in_link &= self.open.last().is_some_and(|close| close.is_empty());
    }

    fn table(&mut self, alignments: Vec<Alignment>) {
        self.table.alignments = alignments;
        self.table.headings.clear();
        self.around.tables += 1;
        let number = self.around.tables;
        let _ = write!(
            self.out,
            "<div class=\"frame\" tabindex=\"0\" role=\"group\" aria-labelledby=\"t_{number}\"><table>\n\
             <caption class=\"vh\" id=\"t_{number}\">"
        );
        push_escaped(self.out, &self.name);
        self.open("</caption>\n", "</tbody>\n</table></div>\n");
    }

    fn cell(&mut self) {
        let start = self.out.len();
        self.plain.clear();
        self.out.push_str(match (self.table.in_head, self.table.column) {
            (true, _) => "<th scope=\"col\"",
            (false, 0) => "<th scope=\"row\"",
            (false, _) => "<td",
        });
        let close = if self.table.in_head || self.table.column == 0 { "</th>" } else { "</td>" };
        self.out.push_str(match self.table.alignments.get(self.table.column) {
            Some(Alignment::Right) => " class=\"n\"",
            Some(Alignment::Center) => " class=\"c\"",
            _ => "",
        });
        if close == "</td>"
            && let Some(heading) = self.table.headings.get(self.table.column)
            && !heading.is_empty()
        {
            self.out.push_str(" data-label=\"");
            push_escaped(self.out, heading);
            self.out.push('"');
        }
        self.open(">", close);
        self.table.cell = (start, self.out.len());
        self.table.column += 1;
    }

    /// A heading cell without a text is no heading.
    fn end_cell(&mut self) {
        if self.table.in_head {
            self.table.headings.push(self.plain.trim().to_owned());
        }
        let (start, content) = self.table.cell;
        if self.out.len() == content
            && let Some(close) = self.open.last_mut()
        {
            self.out.truncate(start);
            self.out.push_str("<td>");
            *close = "</td>";
        }
    }

    /// Text, with addresses in it made links.
    fn text(&mut self, text: &str) {
        self.line_break(text.chars().next());
        self.last = text.chars().last().unwrap_or(' ');
        self.plain.push_str(text);
        let mut rest = text;
        while !self.in_link
            && let Some((start, end)) = bare_address(rest)
        {
            push_escaped(self.out, &rest[..start]);
            let address = &rest[start..end];
            if let Some(target) = link::target(address) {
                self.out.push_str("<a href=\"");
                push_escaped(self.out, &target);
                self.out.push_str("\">");
                push_escaped(self.out, address);
                self.out.push_str("</a>");
            } else {
                push_escaped(self.out, address);
            }
            rest = &rest[end..];
        }
        push_escaped(self.out, rest);
    }

    /// Writes the line break that was held back, except where Chinese is set without a space.
    fn line_break(&mut self, next: Option<char>) {
        let needs_none = is_wide_mark(self.last)
            || next.is_some_and(|next| is_wide_mark(next) || (is_wide(next) && is_wide(self.last)));
        if std::mem::take(&mut self.soft_break) && !needs_none {
            self.out.push('\n');
        }
    }
}

fn tag_is_inline(tag: TagEnd) -> bool {
    matches!(tag, TagEnd::Emphasis | TagEnd::Strong | TagEnd::Strikethrough | TagEnd::Link | TagEnd::Image)
}

/// Whether a character is Chinese or Japanese writing or its punctuation, which is set without spaces.
pub(super) fn is_wide(char: char) -> bool {
    matches!(char, '\u{2E80}'..='\u{A4CF}' | '\u{F900}'..='\u{FAFF}' | '\u{FE30}'..='\u{FE4F}' | '\u{FF00}'..='\u{FFEF}' | '\u{20000}'..='\u{3FFFF}')
}

/// Whether a character is punctuation as wide as a Chinese character, which brings its own space.
fn is_wide_mark(char: char) -> bool {
    matches!(char, '\u{3000}'..='\u{303F}' | '\u{FF01}'..='\u{FF0F}' | '\u{FF1A}'..='\u{FF20}' | '\u{FF3B}'..='\u{FF40}' | '\u{FF5B}'..='\u{FF65}')
}

/// Where the first bare `http://` or `https://` address of a text begins and ends.
fn bare_address(text: &str) -> Option<(usize, usize)> {
    let mut from = 0;
    loop {
        let colon = from + memchr::memmem::find(&text.as_bytes()[from..], b"://")?;
        let scheme = ["https", "http"].into_iter().find(|scheme| text[from..colon].ends_with(scheme));
        let start = colon - scheme.map_or(0, str::len);
        if scheme.is_some() && !text[..start].ends_with(|before: char| before.is_ascii_alphanumeric()) {
            let end = start + address_length(&text[start..]);
            if end > colon + 3 {
                return Some((start, end));
            }
        }
        from = colon + 3;
    }
}

/// How much of a text that begins with an address belongs to it: printable ASCII, without what ends the sentence.
fn address_length(text: &str) -> usize {
    let is_part = |byte: u8| byte.is_ascii_graphic() && !b"<>\"`\\^{|}".contains(&byte);
    let mut address = &text[..text.bytes().position(|byte| !is_part(byte)).unwrap_or(text.len())];
    while let Some(last) = address.bytes().last() {
        let unbalanced = last == b')' && address.matches(')').count() > address.matches('(').count();
        if !unbalanced && !b".,;:!?'*_~]".contains(&last) {
            break;
        }
        address = &address[..address.len() - 1];
    }
    address.len()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn html(source: &str) -> String {
        let mut out = String::new();
        push(&mut out, source, Around { lang: Lang::En, title: "Title", tables: 0 });
        out
    }

    #[track_caller]
    fn check(source: &str, expected: &str) {
        assert_eq!(html(source).trim_end(), expected);
    }

    #[test]
    fn paragraphs_lists_and_code() {
        check("a *b* **c** ~~d~~ `e<`", "<p>a <em>b</em> <strong>c</strong> <del>d</del> <code>e&lt;</code></p>");
        check("- a\n- b\n  1. c", "<ul>\n<li>a</li>\n<li>b<ol>\n<li>c</li>\n</ol>\n</li>\n</ul>");
        check("3. a", "<ol start=\"3\">\n<li>a</li>\n</ol>");
        check(
            "```sql\nselect '<' -- http://a.example\n```",
            "<pre><code>select &#39;&lt;&#39; -- http://a.example\n</code></pre>",
        );
        check("> a\n\n---", "<blockquote>\n<p>a</p>\n</blockquote>\n<hr>");
        check(
            "- [x] a\n- [ ] b",
            "<ul>\n<li><span class=\"box\" role=\"img\" aria-label=\"Done\">☑</span> a</li>\n\
             <li><span class=\"box\" role=\"img\" aria-label=\"Open\">☐</span> b</li>\n</ul>",
        );
    }

    #[test]
    fn a_line_break_between_chinese_characters_is_no_space() {
        check("先查\n再派", "<p>先查再派</p>");
        check("先查\n**再**\n派", "<p>先查<strong>再</strong>派</p>");
        check("先查\nregistry", "<p>先查\nregistry</p>");
        check("先查：\nregistry\n（全部）", "<p>先查：registry（全部）</p>");
        check("a\n[b](https://c.example)", "<p>a\n<a href=\"https://c.example\">b</a></p>");
        check("a  \nb", "<p>a<br>\nb</p>");
    }

    #[test]
    fn headings_begin_at_three_and_skip_nothing() {
        check("# A\n## B\n#### C\n## D\n# E", "<h3>A</h3>\n<h4>B</h4>\n<h5>C</h5>\n<h4>D</h4>\n<h3>E</h3>");
        check("### A\n# B\n###### C", "<h3>A</h3>\n<h3>B</h3>\n<h4>C</h4>");
        check(
            "a\n# A\n## B\n### C\n#### D\n##### E\n###### F",
            "<p>a</p>\n<h3>A</h3>\n<h4>B</h4>\n<h5>C</h5>\n<h6>D</h6>\n<h6>E</h6>\n<h6>F</h6>",
        );
        // The title of a document gives way to that of its section; one of several of level 1 is no title.
        check("# A\n## B\n### C", "<h3>B</h3>\n<h4>C</h4>");
        check("# A\n# B", "<h3>A</h3>\n<h3>B</h3>");
        check("## Title\n### B", "<h3>B</h3>");
        check("## B\n# Title", "<h3>B</h3>\n<h3>Title</h3>");
        check("#\n\na", "<p>a</p>");
    }

    #[test]
    fn raw_html_is_text() {
        check("<script>alert(1)</script>", "<p>&lt;script&gt;alert(1)&lt;/script&gt;</p>");
        check("a <img src=x onerror=y> b", "<p>a &lt;img src=x onerror=y&gt; b</p>");
        check("<!-- a -->", "<p>&lt;!-- a --&gt;</p>");
        check("a<br>b<BR/>c", "<p>a<br>b<br>c</p>");
        check("`</code><script>`", "<p><code>&lt;/code&gt;&lt;script&gt;</code></p>");
    }

    #[test]
    fn links_by_the_list_and_no_image() {
        check("[a](https://b.example/?c&d=\"e\")", "<p><a href=\"https://b.example/?c&amp;d=%22e%22\">a</a></p>");
        check("[a](javascript:alert(1))", "<p>a</p>");
        check("[](data:text/html,x)", "<p>data:text/html,x</p>");
        check("[](https://b.example)", "<p><a href=\"https://b.example\">https://b.example</a></p>");
        check("<w@b.example>", "<p><a href=\"mailto:w@b.example\">w@b.example</a></p>");
        check("![a](https://b.example/c.png)", "<p><a href=\"https://b.example/c.png\">a</a></p>");
        check("![a](data:image/png,x)", "<p>a</p>");
        check("[![a](c.png)](d.md)", "<p><a href=\"d.md\">a</a></p>");
        check("[a][b]\n\n[b]: //host", "<p>a</p>");
    }

    #[test]
    fn bare_addresses_are_links() {
        let linked = |address: &str| format!("<a href=\"{address}\">{address}</a>");
        check("見https://a.example/b_c。", &format!("<p>見{}。</p>", linked("https://a.example/b_c")));
        check("(http://a.example/b(c)).", &format!("<p>({}).</p>", linked("http://a.example/b(c)")));
        check(
            "https://a.example, https://b.example!",
            &format!("<p>{}, {}!</p>", linked("https://a.example"), linked("https://b.example")),
        );
        check("xhttps://a.example https:// ://a", "<p>xhttps://a.example https:// ://a</p>");
        check("https://u@a.example", "<p>https://u@a.example</p>");
        check("[https://a.example](b.md)", "<p><a href=\"b.md\">https://a.example</a></p>");
        check("`https://a.example`", "<p><code>https://a.example</code></p>");
    }

    #[test]
    fn tables_stand_in_a_frame() {
        check(
            "| |b|\n|-|-:|\n|c|1|\n||2|",
            "<div class=\"frame\" tabindex=\"0\" role=\"group\" aria-labelledby=\"t_1\"><table>\n\
             <caption class=\"vh\" id=\"t_1\">Title</caption>\n\
             <thead>\n<tr><td></td><th scope=\"col\" class=\"n\">b</th></tr>\n</thead>\n<tbody>\n\
             <tr><th scope=\"row\">c</th><td class=\"n\" data-label=\"b\">1</td></tr>\n\
             <tr><td></td><td class=\"n\" data-label=\"b\">2</td></tr>\n</tbody>\n</table></div>",
        );
    }

    #[test]
    fn a_table_is_named_by_the_heading_above_it() {
        let html = html("## A `b` *c*\n\n|d|\n|-|\n");
        assert!(html.contains("<caption class=\"vh\" id=\"t_1\">A b c</caption>"), "{html}");
    }

    #[test]
    fn nesting_is_bounded_and_loses_nothing() {
        for source in [">".repeat(5000) + "a", "- ".repeat(2000) + "a", "*a _b ".repeat(2000) + &"_ *".repeat(2000)] {
            let html = html(&source);
            let mut depth = 0_i32;
            for (at, _) in html.match_indices('<') {
                match &html[at + 1..=at + 1] {
                    "/" => depth -= 1,
                    _ if html[at..].starts_with("<br>") => {}
                    _ => depth += 1,
                }
                assert!(depth <= 60, "{depth}");
            }
            assert_eq!(depth, 0);
            assert!(html.contains('a'));
        }
    }

    proptest! {
        #[test]
        fn any_markdown_gives_balanced_html_of_known_elements(source in "[ -~\n]{0,80}|(<|>|\\*|_|\\[|\\]|\\(|\\)|\\||-|#|`|\n| |a|\\\\|!|&|http://a\\.b){0,60}") {
            let html = html(&source);
            let mut open = Vec::new();
            for (at, _) in html.match_indices('<') {
                let tag = &html[at + 1..at + html[at..].find('>').unwrap()];
                let name = tag.split([' ', '\n']).next().unwrap();
                match name.strip_prefix('/') {
                    Some(name) => prop_assert_eq!(open.pop(), Some(name), "{}", html),
                    None if matches!(name, "br" | "hr") => {}
                    None => open.push(name),
                }
                let known = ["p", "h3", "h4", "h5", "h6", "ul", "ol", "li", "blockquote", "pre", "code", "em", "strong", "del", "a", "br", "hr", "div", "table", "caption", "span", "thead", "tbody", "tr", "th", "td"];
                prop_assert!(known.contains(&name.trim_start_matches('/')), "{}", html);
            }
            prop_assert!(open.is_empty(), "{}", html);
        }
    }
}
