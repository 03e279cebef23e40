//! What a page contains, from its tokens: does it parse, are its ids unique, does it ask for anything outside itself,
//! does it say something without scripts.

use std::collections::BTreeSet;

use html5gum::emitters::default::DefaultEmitter;
use html5gum::{HtmlString, StartTag, Token, Tokenizer};

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
const VOID: &[&str] =
    &["area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "param", "source", "track", "wbr"];
/// Attributes whose value a browser fetches.
const FETCHED: &[&str] = &["src", "srcset", "poster", "data", "background", "action", "formaction", "ping", "manifest"];

/// Reads a page.
pub(super) fn read(content: &str) -> PageFacts {
    let mut facts = PageFacts::default();
    let mut emitter = DefaultEmitter::<usize>::new_with_span();
    emitter.naively_switch_states(true);
    let mut open: Vec<HtmlString> = Vec::new();
    for Ok(token) in Tokenizer::new_with_emitter(content, emitter) {
        match token {
            Token::Doctype(doctype) => {
                facts.doctype = open.is_empty() && doctype.name.eq_ignore_ascii_case(b"html");
            }
            Token::StartTag(tag) => {
                facts.element(&tag);
                let name = text(&tag.name);
                if !VOID.contains(&&*name) && !tag.self_closing {
                    open.push(tag.name);
                }
            }
            Token::EndTag(tag) => match open.pop() {
                Some(expected) if expected == tag.name => {}
                expected => {
                    let expected = expected.map_or("nothing".to_owned(), |name| format!("</{}>", text(&name)));
                    let wrong = format!("found </{}> where {expected} was due", text(&tag.name));
                    facts.errors.push((wrong, tag.span.start));
                }
            },
            Token::String(string) => {
                let inside = |name: &str| open.iter().any(|element| ***element == *name.as_bytes());
                let content = text(&string.value);
                if inside("title") && !inside("svg") {
                    facts.title.push_str(&content);
                } else if inside("style") {
                    facts.style(&content, string.span.start);
                } else if !inside("script") && !inside("template") && inside("body") {
                    facts.visible += content.chars().filter(|character| !character.is_whitespace()).count();
                }
            }
            Token::Comment(_) => {}
            Token::Error(error) => facts.errors.push((error.value.to_string(), error.span.start)),
        }
    }
    for name in open {
        facts.errors.push((format!("<{}> is never closed", text(&name)), content.len()));
    }
    facts
}

/// The texts between the tags of a page, trimmed, without blank ones.
pub(super) fn words(content: &str) -> Vec<String> {
    let mut emitter = DefaultEmitter::<usize>::new_with_span();
    emitter.naively_switch_states(true);
    let tokens = Tokenizer::new_with_emitter(content, emitter);
    tokens
        .filter_map(|token| match token {
            Ok(Token::String(string)) => Some(text(&string.value).trim().to_owned()).filter(|word| !word.is_empty()),
            _ => None,
        })
        .collect()
}

fn text(string: &HtmlString) -> std::borrow::Cow<'_, str> {
    String::from_utf8_lossy(string)
}

impl PageFacts {
    fn element(&mut self, tag: &StartTag<usize>) {
        let name = text(&tag.name);
        let at = tag.span.start;
        let value = |key: &str| tag.attributes.get(key.as_bytes()).map(|value| text(&value.value).into_owned());
        self.heading |= name == "h1";
        if name == "html" {
            self.language |= value("lang").is_some_and(|lang| !lang.is_empty());
        }
        if let Some(id) = value("id")
            && !self.ids.insert(id.clone())
        {
            self.repeated_ids.push((id, at));
        }
        match &*name {
            "a" | "area" => self.links.extend(value("href").map(|href| (href, at))),
            "link" | "base" | "image" | "use" => self.request(value("href"), at),
            "meta" => match value("http-equiv").map(|header| header.to_ascii_lowercase()).as_deref() {
                Some("content-security-policy") => self.policy = value("content"),
                Some("refresh") => self.requests.push(("a refresh".to_owned(), at)),
                _ => {}
            },
            _ => {}
        }
        for attribute in FETCHED {
            self.request(value(attribute), at);
        }
        if let Some(style) = value("style") {
            self.style(&style, at);
        }
    }

    fn request(&mut self, address: Option<String>, at: usize) {
        if let Some(address) = address
            && !address.starts_with("data:")
            && !address.starts_with('#')
        {
            self.requests.push((address, at));
        }
    }

    fn style(&mut self, style: &str, at: usize) {
        let lower = style.to_ascii_lowercase();
        if lower.contains("@import") {
            self.requests.push(("@import".to_owned(), at));
        }
        for (offset, _) in lower.match_indices("url(") {
            let address = lower[offset + 4..].trim_start_matches([' ', '"', '\'']);
            if !address.starts_with("data:") && !address.starts_with('#') {
                let end = address.find([')', '"', '\'']).unwrap_or(address.len());
                self.requests.push((address[..end].to_owned(), at + offset));
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
        assert_eq!(facts.visible, 6);
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
        assert_eq!(errors("<main><p>cut"), ["<main> is never closed", "<p> is never closed"]);
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
