//! Markdown (`CommonMark` with GitHub's tables, strikethrough and task lists) to an [`Outline`]: its headings with
//! their link targets, the text that stands under each, its links and its front matter.
//!
//! Invariants: one pass whose time grows with the length of the text; code yields neither headings nor links; every
//! range lies on character boundaries of the text.

use std::collections::BTreeMap;
use std::ops::Range;

use pulldown_cmark::{Event, HeadingLevel, LinkType, Options, Parser, Tag, TagEnd};
use unicode_normalization::char::is_combining_mark;

use crate::codes;
use crate::finding::Finding;
use crate::limits;
use crate::read::text::{Positions, Text};

/// What a Markdown text is made of.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Outline {
    /// Headings in the order of the text.
    pub headings: Vec<Heading>,
    /// Links, images and bare addresses in the order of the text.
    pub links: Vec<Link>,
    /// The lines between the `---` lines at the very beginning, when there are such.
    pub front_matter: Option<Range<usize>>,
}

/// A heading.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Heading {
    /// 1 to 6.
    pub level: u8,
    /// What it says, without markup.
    pub text: String,
    /// Its link target as GitHub makes it, without `#`.
    pub slug: String,
    /// Line, from 1.
    pub line: u32,
    /// Byte offset at which it begins.
    pub offset: usize,
    /// Bytes from behind the heading to the next heading of the same or a higher level. `None` for a heading inside
    /// a quotation or a list, which divides nothing.
    pub body: Option<Range<usize>>,
}

/// A link, an image or a bare `http:` or `https:` address.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Link {
    /// Where it leads, as written; `mailto:` stands before an address in `<…>`.
    pub target: String,
    /// Line, from 1.
    pub line: u32,
    /// Character within the line, from 1.
    pub character: u32,
    /// Byte offset at which it begins.
    pub offset: usize,
    /// Whether the target is shown instead of linked to.
    pub image: bool,
}

/// The extensions in which all Markdown is read and rendered.
pub fn options() -> Options {
    Options::ENABLE_TABLES | Options::ENABLE_STRIKETHROUGH | Options::ENABLE_TASKLISTS
}

/// The bytes of the front matter (without its `---` lines) and the offset at which the text behind it begins.
pub fn front_matter(content: &str) -> Option<(Range<usize>, usize)> {
    let mut at = 0;
    let mut start = None;
    for line in content.split_inclusive('\n') {
        let fence = line.trim_end() == "---";
        match start {
            None if fence => start = Some(at + line.len()),
            None => return None,
            Some(start) if fence => return Some((start..at, at + line.len())),
            Some(_) => {}
        }
        at += line.len();
    }
    None
}

/// Reads the outline of a Markdown text.
pub fn outline(text: Text<'_>, findings: &mut Vec<Finding>) -> Outline {
    let (front_matter, start) = front_matter(text.content).map_or((None, 0), |(range, start)| (Some(range), start));
    let mut reader = Reader {
        content: text.content,
        positions: Positions::new(text.content.as_bytes()),
        outline: Outline { front_matter, ..Outline::default() },
        heading: None,
        depth: 0,
        no_addresses: 0,
        scanned: 0,
        slugs: BTreeMap::new(),
    };
    let mut too_deep = None;
    for (event, range) in Parser::new_ext(&text.content[start..], options()).into_offset_iter() {
        let range = range.start + start..range.end + start;
        if too_deep.is_none() && reader.depth > limits::NESTING.value {
            too_deep = Some(range.start);
        }
        reader.event(event, range);
    }
    if let Some(offset) = too_deep {
        let limit = limits::NESTING;
        let message = format!("is nested deeper than {} levels (limit `{}`)", limit.value, limit.name);
        findings.push(Finding::new(&codes::TOO_DEEP, text.place(offset), message));
    }
    let mut outline = reader.outline;
    close_bodies(&mut outline.headings, text.content.len());
    outline
}

struct Reader<'a> {
    content: &'a str,
    positions: Positions<'a>,
    outline: Outline,
    /// The heading that is being read.
    heading: Option<Heading>,
    /// How many elements are open.
    depth: u64,
    /// How many of them are such that an address in them is no link: code, links, images.
    no_addresses: usize,
    /// Offset before which addresses have been found already.
    scanned: usize,
    /// How often each slug was given, and those that were made by numbering.
    slugs: BTreeMap<String, u32>,
}

impl Reader<'_> {
    fn event(&mut self, event: Event<'_>, range: Range<usize>) {
        match event {
            Event::Start(tag) => self.start(tag, range),
            Event::End(tag) => self.end(tag),
            Event::Text(piece) => {
                if let Some(heading) = &mut self.heading {
                    heading.text.push_str(&piece);
                }
                if self.no_addresses == 0 {
                    self.addresses(range);
                }
            }
            Event::Code(piece) => {
                if let Some(heading) = &mut self.heading {
                    heading.text.push_str(&piece);
                }
            }
            Event::SoftBreak | Event::HardBreak => {
                if let Some(heading) = &mut self.heading {
                    heading.text.push(' ');
                }
            }
            _ => {}
        }
    }

    fn start(&mut self, tag: Tag<'_>, range: Range<usize>) {
        match tag {
            Tag::Heading { level, .. } => {
                let (line, _) = self.positions.of(range.start);
                self.heading = Some(Heading {
                    level: number(level),
                    text: String::new(),
                    slug: String::new(),
                    line,
                    offset: range.start,
                    body: (self.depth == 0).then_some(range.end..range.end),
                });
            }
            Tag::Link { link_type, dest_url, .. } => {
                let target =
                    if link_type == LinkType::Email { format!("mailto:{dest_url}") } else { dest_url.into_string() };
                self.link(target, range.start, false);
                self.no_addresses += 1;
            }
            Tag::Image { dest_url, .. } => {
                self.link(dest_url.into_string(), range.start, true);
                self.no_addresses += 1;
            }
            Tag::CodeBlock(_) => self.no_addresses += 1,
            _ => {}
        }
        self.depth += 1;
    }

    fn end(&mut self, tag: TagEnd) {
        self.depth -= 1;
        match tag {
            TagEnd::Heading(_) => {
                if let Some(mut heading) = self.heading.take() {
                    heading.slug = self.slug(&heading.text);
                    self.outline.headings.push(heading);
                }
            }
            TagEnd::Link | TagEnd::Image | TagEnd::CodeBlock => self.no_addresses -= 1,
            _ => {}
        }
    }

    fn link(&mut self, target: String, offset: usize, image: bool) {
        let (line, character) = self.positions.of(offset);
        self.outline.links.push(Link { target, line, character, offset, image });
    }

    /// The bare addresses that begin in a piece of text. An address goes on over what would be markup, as on GitHub.
    fn addresses(&mut self, range: Range<usize>) {
        let mut at = range.start.max(self.scanned);
        while let Some(found) = self.content.get(at..range.end).and_then(|rest| rest.find("://")) {
            let colon = at + found;
            at = colon + 3;
            let before = &self.content[range.start.max(self.scanned)..colon];
            let Some(scheme) = ["https", "http"].into_iter().find(|scheme| {
                let Some(cut) = before.len().checked_sub(scheme.len()) else { return false };
                before.as_bytes()[cut..].eq_ignore_ascii_case(scheme.as_bytes())
                    && !before.as_bytes()[..cut].last().is_some_and(u8::is_ascii_alphanumeric)
            }) else {
                continue;
            };
            let start = colon - scheme.len();
            let end = at + address_length(&self.content[at..]);
            if end > at {
                self.link(self.content[start..end].replace("&amp;", "&"), start, false);
                self.scanned = end;
                at = end;
            }
        }
    }

    /// GitHub's rule: lower case, letters, marks, digits, `_` and `-` stay, a space becomes `-`, the rest goes;
    /// what was given before gets a number.
    fn slug(&mut self, text: &str) -> String {
        let base: String = text
            .trim()
            .chars()
            .flat_map(char::to_lowercase)
            .filter_map(|character| match character {
                ' ' => Some('-'),
                '-' | '_' | '0'..='9' | '０'..='９' => Some(character),
                _ if character.is_alphabetic() || is_combining_mark(character) => Some(character),
                _ => None,
            })
            .collect();
        let mut slug = base.clone();
        while self.slugs.contains_key(&slug) {
            let times = self.slugs.entry(base.clone()).or_default();
            *times += 1;
            slug = format!("{base}-{times}");
        }
        self.slugs.insert(slug.clone(), 0);
        slug
    }
}

/// How many bytes behind `://` belong to the address. Chinese punctuation ends it: nobody sets a space there.
fn address_length(rest: &str) -> usize {
    let ends = |character: char| {
        character.is_whitespace()
            || character.is_control()
            || matches!(character, '<' | '>' | '"' | '`' | '|' | '\\')
            || matches!(character, '‘'..='‟' | '…' | '\u{3000}'..='〿' | '！'..='／' | '：'..='＠' | '［'..='｀' | '｛'..='･')
    };
    let address = &rest[..rest.find(ends).unwrap_or(rest.len())];
    if !address.starts_with(|first: char| first.is_alphanumeric() || first == '[') {
        return 0;
    }
    let count = |bracket: u8| memchr::memchr_iter(bracket, address.as_bytes()).count();
    let mut surplus = count(b')').saturating_sub(count(b'('));
    let kept = address.trim_end_matches(|last: char| match last {
        ')' if surplus > 0 => {
            surplus -= 1;
            true
        }
        _ => matches!(last, '?' | '!' | '.' | ',' | ':' | ';' | '*' | '_' | '~' | '\'' | ']'),
    });
    kept.len()
}

fn number(level: HeadingLevel) -> u8 {
    match level {
        HeadingLevel::H1 => 1,
        HeadingLevel::H2 => 2,
        HeadingLevel::H3 => 3,
        HeadingLevel::H4 => 4,
        HeadingLevel::H5 => 5,
        HeadingLevel::H6 => 6,
    }
}

/// Lets every body end where the next heading of the same or a higher level begins.
fn close_bodies(headings: &mut [Heading], end: usize) {
    // By level: where the nearest later heading of that level begins.
    let mut next = [end; 7];
    for heading in headings.iter_mut().rev() {
        let Some(body) = &mut heading.body else { continue };
        let level = usize::from(heading.level);
        body.end = next[..=level].iter().copied().min().unwrap_or(end);
        next[level] = heading.offset;
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn read(markdown: &str) -> Outline {
        outline(Text { path: "f.md", content: markdown }, &mut Vec::new())
    }

    /// Headings as `level line slug «body»` and links as `line:character target`.
    fn check(markdown: &str) -> Vec<String> {
        let outline = read(markdown);
        let headings = outline.headings.iter().map(|heading| {
            let body = heading.body.clone().map_or("-".to_owned(), |body| format!("«{}»", markdown[body].trim()));
            format!("{} {} #{} {body}", heading.level, heading.line, heading.slug)
        });
        let links = outline.links.iter().map(|link| {
            format!("{}:{} {}{}", link.line, link.character, if link.image { "!" } else { "" }, link.target)
        });
        headings.chain(links).collect()
    }

    #[test]
    fn headings_and_what_stands_under_them() {
        assert_eq!(
            check("# A\na\n## B\nb\n### C\nc\n## D\nd\n# E\n"),
            ["1 1 #a «a\n## B\nb\n### C\nc\n## D\nd»", "2 3 #b «b\n### C\nc»", "3 5 #c «c»", "2 7 #d «d»", "1 9 #e «»"]
        );
        assert_eq!(check("Setext\n======\n\ntext\n\nTwo\n---\n"), ["1 1 #setext «text\n\nTwo\n---»", "2 6 #two «»"]);
        assert_eq!(
            check("# A\n> ## quoted\n\n- # listed\n\nend"),
            ["1 1 #a «> ## quoted\n\n- # listed\n\nend»", "2 2 #quoted -", "1 4 #listed -"]
        );
        assert_eq!(check("```\n# no\n```\n\n    # no\n\n<!--\n# no\n-->\n\n`# no`"), [""; 0]);
    }

    #[test]
    fn link_targets_are_those_of_github() {
        assert_eq!(check("# `a_b` & C-d, *e*!"), ["1 1 #a_b--c-d-e «»"]);
        assert_eq!(check("# 決策:為什麼？ (Why)"), ["1 1 #決策為什麼-why «»"]);
        assert_eq!(check("# ① Été ２"), ["1 1 #-été-２ «»"]);
        assert_eq!(
            check("# a\n# a\n# a-1\n# a\n# !\n# ?\n"),
            ["1 1 #a «»", "1 2 #a-1 «»", "1 3 #a-1-1 «»", "1 4 #a-2 «»", "1 5 # «»", "1 6 #-1 «»"]
        );
    }

    #[test]
    fn links_of_every_sort() {
        assert_eq!(
            check("[a](b.md#c) ![i](p.png) <https://a.example> <m@a.example>\n\n[r][]\n\n[r]: ../r.md"),
            ["1:1 b.md#c", "1:13 !p.png", "1:25 https://a.example", "1:45 mailto:m@a.example", "3:1 ../r.md"]
        );
        assert_eq!(check("中 [![i](p.png)](q.md)"), ["1:3 q.md", "1:4 !p.png"]);
        assert_eq!(check("| a |\n|---|\n| [x](y.md) https://a.example/z|"), ["3:3 y.md", "3:13 https://a.example/z"]);
        assert_eq!(check("`[a](b)` `https://a.example`\n\n```\nhttps://a.example\n```\n"), [""; 0]);
        assert_eq!(check("[https://a.example/shown](https://b.example)"), ["1:1 https://b.example"]);
    }

    #[test]
    fn bare_addresses_are_links() {
        assert_eq!(check("URL: https://a.example/b?c=d&amp;e Use: x"), ["1:6 https://a.example/b?c=d&e"]);
        assert_eq!(check("見 https://a.example/一。然後"), ["1:3 https://a.example/一"]);
        assert_eq!(check("網址：HTTP://a.example/x），"), ["1:4 HTTP://a.example/x"]);
        assert_eq!(check("(https://a.example/b_(c)_d)."), ["1:2 https://a.example/b_(c)_d"]);
        assert_eq!(
            check("https://a.example/*b*/_c_/d, https://e.example"),
            ["1:1 https://a.example/*b*/_c_/d", "1:30 https://e.example"]
        );
        assert_eq!(check("**https://a.example**"), ["1:3 https://a.example"]);
        assert_eq!(check("xhttps://a.example https:// ftp://a.example https://."), [""; 0]);
    }

    #[test]
    fn front_matter_is_no_heading() {
        let outline = read("---\nstatus: accepted\n---\n# A\n[x](y)");
        assert_eq!(outline.front_matter, Some(4..21));
        assert_eq!((outline.headings.len(), outline.headings[0].line, outline.links[0].line), (1, 4, 5));
        assert_eq!(read("---\r\na: b\r\n---\r\n").front_matter, Some(5..11));
        assert_eq!(read("---\nno end\n").front_matter, None);
        assert_eq!(read("\n---\na\n---\n").front_matter, None);
    }

    #[test]
    fn deep_nesting_is_reported_once_and_harmless() {
        let mut findings = Vec::new();
        let deep = format!("{}a", ">".repeat(10_000));
        outline(Text { path: "f.md", content: &deep }, &mut findings);
        let found: Vec<_> = findings.iter().map(|found| format!("{} {}", found.code.id, found.place)).collect();
        assert_eq!(found, ["too_deep f.md:1:130"]);
    }

    proptest! {
        #[test]
        fn never_panics_and_ranges_hold(markdown in r"([#>\-*_`~\[\]()!<|.: \n中é：。]|https://|---\n|[a-c]){0,60}") {
            for heading in read(&markdown).headings {
                if let Some(body) = heading.body {
                    prop_assert!(heading.offset <= body.start && markdown.get(body).is_some());
                }
            }
        }

        #[test]
        fn any_text_is_read(markdown: String) {
            read(&markdown);
        }
    }
}
