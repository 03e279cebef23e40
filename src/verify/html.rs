//! What a page contains, from its tokens: does it parse, are its ids unique, does it ask for anything outside itself,
//! does it say something without scripts.

use std::collections::BTreeSet;
use std::convert::Infallible;

use html5gum::emitters::callback::{CallbackEmitter, CallbackEvent};
use html5gum::{Span, Tokenizer};

/// What was found in a page. Offsets are byte offsets.
#[derive(Debug, Default)]
pub(super) struct PageFacts {
    /// Whether it begins as an HTML document.
    pub doctype: bool,
    /// Whether `<html>` says its language.
    pub language: bool,
    /// Text of `<title>`.
    pub title: String,
    /// Whether there is a main heading.
    pub heading: bool,
    /// The content security policy that it gives itself.
    pub policy: Option<String>,
    /// Parse errors and tags that do not pair, with their offset.
    pub errors: Vec<(String, usize)>,
    /// Ids that elements have.
    pub ids: BTreeSet<String>,
    /// Ids that a second element has.
    pub repeated_ids: Vec<(String, usize)>,
    /// Where `<a>` elements lead.
    pub links: Vec<(String, usize)>,
    /// What a browser would fetch to show the page.
    pub requests: Vec<(String, usize)>,
    /// Characters of text that are there without scripts.
    pub visible: usize,
}

/// Elements without content.
const VOID: &[&[u8]] = &[
    b"area", b"base", b"br", b"col", b"embed", b"hr", b"img", b"input", b"link", b"meta", b"param", b"source", b"track",
    b"wbr",
];
/// Attributes whose value a browser fetches.
const FETCHED: &[&[u8]] =
    &[b"src", b"srcset", b"poster", b"data", b"background", b"action", b"formaction", b"ping", b"manifest"];

/// Reads a page.
pub(super) fn read(content: &str) -> PageFacts {
    let mut reader = Reader::default();
    let mut emitter = CallbackEmitter::new(|event: CallbackEvent<'_>, span: Span<usize>| -> Option<Infallible> {
        reader.event(&event, span.start);
        None
    });
    emitter.naively_switch_states(true);
    for Ok(never) in Tokenizer::new_with_emitter(content, emitter) {
        match never {}
    }
    while let Some(name) = reader.open.pop() {
        reader.facts.errors.push((format!("<{name}> is never closed"), content.len()));
    }
    reader.facts
}

/// The texts between the tags of a page, trimmed, without blank ones.
pub(super) fn words(content: &str) -> Vec<String> {
    let mut emitter = CallbackEmitter::new(|event: CallbackEvent<'_>, _: Span<()>| match event {
        CallbackEvent::String { value } => Some(text(value.trim_ascii())).filter(|word| !word.is_empty()),
        _ => None,
    });
    emitter.naively_switch_states(true);
    Tokenizer::new_with_emitter(content, emitter).map(|Ok(word)| word).collect()
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

/// The names of the elements that are open, innermost last, in one buffer.
#[derive(Default)]
struct OpenElements {
    names: Vec<u8>,
    ends: Vec<usize>,
}

impl OpenElements {
    fn push(&mut self, name: &[u8]) {
        self.names.extend_from_slice(name);
        self.ends.push(self.names.len());
    }

    fn last(&self) -> Option<&[u8]> {
        let end = *self.ends.last()?;
        Some(&self.names[self.ends.iter().rev().nth(1).copied().unwrap_or(0)..end])
    }

    fn pop(&mut self) -> Option<String> {
        let name = text(self.last()?);
        self.drop_last();
        Some(name)
    }

    fn drop_last(&mut self) {
        self.ends.pop();
        self.names.truncate(self.ends.last().copied().unwrap_or(0));
    }
}

/// Where in the page the text is that comes next.
#[derive(Clone, Copy, Default, PartialEq)]
enum Inside {
    #[default]
    Head,
    Title,
    Style,
    Body,
    /// Scripts, templates and titles of drawings: not shown.
    Hidden,
}

#[derive(Default)]
struct Reader {
    facts: PageFacts,
    open: OpenElements,
    /// The tag that is being read: its place, name and attribute.
    at: usize,
    name: Vec<u8>,
    attribute: Vec<u8>,
    /// `http-equiv` and `content` of the `<meta>` that is being read.
    header: String,
    value: String,
    /// Where the text stands, and how many elements were open when that began.
    inside: Vec<(Inside, usize)>,
}

impl Reader {
    fn event(&mut self, event: &CallbackEvent<'_>, at: usize) {
        match event {
            CallbackEvent::Doctype { name, .. } => {
                self.facts.doctype = self.open.ends.is_empty() && name.eq_ignore_ascii_case(b"html");
            }
            CallbackEvent::OpenStartTag { name } => {
                self.at = at;
                self.name.clear();
                self.name.extend_from_slice(name);
                self.attribute.clear();
                self.header.clear();
                self.value.clear();
                self.facts.heading |= *name == b"h1";
            }
            CallbackEvent::AttributeName { name } => {
                self.attribute.clear();
                self.attribute.extend_from_slice(name);
            }
            CallbackEvent::AttributeValue { value } => self.attribute_value(value),
            CallbackEvent::CloseStartTag { self_closing } => self.start_tag(*self_closing),
            CallbackEvent::EndTag { name } => self.end_tag(name, at),
            CallbackEvent::String { value } => self.string(value, at),
            CallbackEvent::Comment { .. } => {}
            CallbackEvent::Error(error) => self.facts.errors.push((error.to_string(), at)),
        }
    }

    fn attribute_value(&mut self, value: &[u8]) {
        let at = self.at;
        match (self.name.as_slice(), self.attribute.as_slice()) {
            (b"html", b"lang") => self.facts.language |= !value.is_empty(),
            (_, b"id") => {
                let id = text(value);
                if !self.facts.ids.insert(id.clone()) {
                    self.facts.repeated_ids.push((id, at));
                }
            }
            (b"a" | b"area", b"href") => self.facts.links.push((text(value), at)),
            (b"link" | b"base" | b"image" | b"use", b"href" | b"xlink:href") => self.request(value),
            (b"meta", b"http-equiv") => self.header = text(value).to_ascii_lowercase(),
            (b"meta", b"content") => self.value = text(value),
            (_, b"style") => self.facts.style(value, at),
            (_, attribute) if FETCHED.contains(&attribute) => self.request(value),
            _ => {}
        }
    }

    fn request(&mut self, address: &[u8]) {
        if !address.starts_with(b"data:") && !address.starts_with(b"#") {
            self.facts.requests.push((text(address), self.at));
        }
    }

    fn start_tag(&mut self, self_closing: bool) {
        if self.name == b"meta" {
            match self.header.as_str() {
                "content-security-policy" => self.facts.policy = Some(std::mem::take(&mut self.value)),
                "refresh" => self.facts.requests.push(("a refresh".to_owned(), self.at)),
                _ => {}
            }
        }
        if self_closing || VOID.contains(&self.name.as_slice()) {
            return;
        }
        let inside = match self.name.as_slice() {
            b"body" => Some(Inside::Body),
            b"title" if self.place() == Inside::Head => Some(Inside::Title),
            b"style" => Some(Inside::Style),
            b"script" | b"template" | b"title" => Some(Inside::Hidden),
            _ => None,
        };
        self.inside.extend(inside.map(|inside| (inside, self.open.ends.len())));
        self.open.push(&self.name);
    }

    fn end_tag(&mut self, name: &[u8], at: usize) {
        if self.open.last() == Some(name) {
            self.open.drop_last();
        } else {
            let due = self.open.pop().map_or("nothing".to_owned(), |name| format!("</{name}>"));
            self.facts.errors.push((format!("found </{}> where {due} was due", text(name)), at));
        }
        if self.inside.last().is_some_and(|(_, depth)| *depth >= self.open.ends.len()) {
            self.inside.pop();
        }
    }

    fn place(&self) -> Inside {
        self.inside.last().map_or(Inside::Head, |(inside, _)| *inside)
    }

    fn string(&mut self, value: &[u8], at: usize) {
        match self.place() {
            Inside::Title => self.facts.title.push_str(&text(value)),
            Inside::Style => self.facts.style(value, at),
            // Continuation bytes of UTF-8 do not begin a character.
            Inside::Body => {
                let begins = |byte: &&u8| **byte & 0xC0 != 0x80 && !byte.is_ascii_whitespace();
                self.facts.visible += value.iter().filter(begins).count();
            }
            Inside::Head | Inside::Hidden => {}
        }
    }
}

impl PageFacts {
    fn style(&mut self, style: &[u8], at: usize) {
        let lower = style.to_ascii_lowercase();
        if memchr::memmem::find(&lower, b"@import").is_some() {
            self.requests.push(("@import".to_owned(), at));
        }
        for offset in memchr::memmem::find_iter(&lower, b"url(") {
            let address = lower[offset + 4..].trim_ascii_start();
            let address = address.strip_prefix(b"\"").or(address.strip_prefix(b"'")).unwrap_or(address);
            if !address.starts_with(b"data:") && !address.starts_with(b"#") {
                let end = address.iter().position(|byte| b")\"'".contains(byte)).unwrap_or(address.len());
                self.requests.push((text(&address[..end]), at + offset));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_whole_page_has_no_faults() {
        let page = "<!doctype html><html lang=en><head><meta charset=utf-8>\
            <meta http-equiv=Content-Security-Policy content=\"default-src 'none'\"><title>T &amp; U</title>\
            <style>a{background:url(data:x)}</style></head><body><h1 id=a>Hi</h1><a href=\"#a\">to</a><br>\
            <svg><title>no</title></svg></body></html>";
        let facts = read(page);
        assert!(facts.doctype && facts.language && facts.heading);
        assert_eq!((facts.title.as_str(), facts.policy.as_deref()), ("T & U", Some("default-src 'none'")));
        assert_eq!((facts.errors, facts.requests, facts.repeated_ids), (vec![], vec![], vec![]));
        assert_eq!(facts.links, [("#a".to_owned(), page.find("<a ").unwrap())]);
        assert_eq!(facts.visible, 4);
    }

    #[test]
    fn faults_are_found() {
        let requests = |page: &str| read(page).requests.into_iter().map(|(what, _)| what).collect::<Vec<_>>();
        assert_eq!(
            requests("<img src=https://e.org/x><script src=//e.org/y></script>"),
            ["https://e.org/x", "//e.org/y"]
        );
        assert_eq!(
            requests("<link rel=stylesheet href=a.css><p style=\"background:URL( 'b.png')\"></p>"),
            ["a.css", "b.png"]
        );
        assert_eq!(
            requests("<style>@import 'x';</style><meta http-equiv=refresh content=0>"),
            ["@import", "a refresh"]
        );
        let errors = |page: &str| read(page).errors.into_iter().map(|(what, _)| what).collect::<Vec<_>>();
        assert_eq!(errors("<p><b>x</p></b>"), ["found </p> where </b> was due", "found </b> where </p> was due"]);
        assert_eq!(errors("<main><p>cut"), ["<p> is never closed", "<main> is never closed"]);
        assert_eq!(read("<p id=a></p><p id=a></p>").repeated_ids, [("a".to_owned(), 12)]);
        assert_eq!(read("<body><script>hidden</script></body>").visible, 0);
    }

    proptest! {
        #[test]
        fn never_panics(page: String) {
            read(&page);
        }
    }
}
