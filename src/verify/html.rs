//! What a page contains, from its tokens: does it parse, are its ids unique, does it ask for anything outside itself,
//! does it say something without scripts, and does it run any but the one that is known here.
//!
//! Pages are held to a strict form of HTML, so that what is found here is what every browser finds.

use std::collections::BTreeSet;

use crate::view::script::{TABLES, TABLES_SOURCE};

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
    /// The content security policy that it gives itself before anything that the policy is to bind.
    pub policy: Option<(String, usize)>,
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
    /// What a browser would run that is not the script of long tables, once and to the letter.
    pub scripts: Vec<(String, usize)>,
    /// Characters of text that are there without scripts.
    pub visible: usize,
}

/// Elements without content.
const VOID: &[&str] =
    &["area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"];
/// Elements whose content is not markup.
const RAW: &[&str] = &["style", "script", "title", "textarea"];
/// Elements that parsers read in more than one way, that bring in another document or that change attributes.
const REFUSED: &[&str] = &[
    "plaintext",
    "xmp",
    "noscript",
    "noembed",
    "noframes",
    "iframe",
    "frame",
    "object",
    "embed",
    "applet",
    "animate",
    "set",
];
/// Elements that leave a page in its head.
const HEAD: &[&str] = &["html", "head", "meta"];
/// Schemes that a link may have.
const SCHEMES: &[&str] = &["https", "http", "mailto"];
/// What a policy may name, by directive. A directive without a source permits nothing.
const PERMITTED: &[(&str, &[&str])] = &[
    ("default-src", &["'none'"]),
    ("script-src", &["'none'", TABLES_SOURCE]),
    ("style-src", &["'none'", "'unsafe-inline'"]),
    ("img-src", &["'none'", "data:"]),
    ("base-uri", &["'none'"]),
    ("form-action", &["'none'"]),
];
/// Attributes of drawings that have capitals.
const CAPITALS: &[&str] = &["viewBox", "preserveAspectRatio"];
/// Attributes whose value a browser fetches.
const FETCHED: &[&str] = &["src", "srcset", "poster", "data", "background", "action", "formaction", "ping", "manifest"];

/// Reads a page.
pub(super) fn read(content: &str) -> PageFacts {
    let mut reader = Reader {
        content,
        facts: PageFacts::default(),
        open: Vec::new(),
        in_head: true,
        has_script: false,
        body: None,
        hidden: None,
        drawing: None,
    };
    scan(content, &mut |piece| reader.piece(piece));
    for name in reader.open.iter().rev() {
        reader.facts.errors.push((format!("<{name}> is never closed"), content.len()));
    }
    reader.facts
}

/// What a content security policy permits beyond what a page needs; nothing when it binds the page as it has to.
pub(super) fn excess(policy: &str) -> Vec<String> {
    let mut excess = Vec::new();
    let mut named = BTreeSet::new();
    for directive in policy.split(';') {
        let mut words = directive.split_ascii_whitespace();
        let Some(name) = words.next() else { continue };
        let Some((_, permitted)) = PERMITTED.iter().find(|(known, _)| *known == name) else {
            excess.push(format!("`{name}`, which is not a directive that a page needs"));
            continue;
        };
        if !named.insert(name) {
            excess.push(format!("`{name}` a second time"));
        }
        let others = words.filter(|source| !permitted.contains(source));
        excess.extend(others.map(|source| format!("`{source}` in `{name}`")));
    }
    if !named.contains("default-src") {
        excess.push("whatever it does not name, for want of `default-src 'none'`".to_owned());
    }
    excess
}

/// A piece of a page, in the order of the page.
enum Piece<'c, 'p> {
    Doctype,
    Text { start: usize, end: usize },
    Start { name: &'c str, attributes: &'p [(&'c str, &'c str)], closed: bool, at: usize },
    End { name: &'c str, at: usize },
    Wrong { what: String, at: usize },
}

/// Cuts a page into its pieces, for markup in the strict form that every parser reads the same way: lower-case names,
/// values in double quotes, every `<` a tag, nothing that browsers would have to mend.
fn scan<'c>(content: &'c str, sink: &mut dyn FnMut(Piece<'c, '_>)) {
    let mut scanner = Scanner { content, at: 0, attributes: Vec::new() };
    let mut raw: Option<&str> = None;
    while scanner.at < content.len() {
        let start = scanner.at;
        let end = memchr::memchr(b'<', &content.as_bytes()[start..]).map_or(content.len(), |at| start + at);
        if let Some(name) = raw
            && end < content.len()
            && !content[end..]
                .strip_prefix("</")
                .and_then(|rest| rest.strip_prefix(name))
                .is_some_and(|rest| rest.starts_with('>'))
        {
            sink(Piece::Wrong { what: format!("`<` inside of <{name}>"), at: end });
            // Where the element ends can be read in more than one way, so nothing after it can be relied on.
            return;
        }
        if end > start {
            sink(Piece::Text { start, end });
        }
        raw = None;
        scanner.at = end;
        if end == content.len() {
            return;
        }
        let before = scanner.at;
        match scanner.tag() {
            Ok(Tag::Comment) => {}
            Ok(Tag::Doctype) => sink(Piece::Doctype),
            Ok(Tag::End(name)) => sink(Piece::End { name, at: before }),
            Ok(Tag::Start { name, closed }) => {
                sink(Piece::Start { name, attributes: &scanner.attributes, closed, at: before });
                raw = RAW.iter().find(|raw| **raw == name).copied();
            }
            Err(what) => {
                sink(Piece::Wrong { what, at: scanner.at });
                scanner.at = before + 1;
            }
        }
    }
}

enum Tag<'a> {
    Comment,
    Doctype,
    Start { name: &'a str, closed: bool },
    End(&'a str),
}

struct Scanner<'a> {
    content: &'a str,
    at: usize,
    attributes: Vec<(&'a str, &'a str)>,
}

impl<'a> Scanner<'a> {
    fn rest(&self) -> &'a str {
        &self.content[self.at..]
    }

    fn take(&mut self, text: &str) -> bool {
        let found = self.rest().starts_with(text);
        self.at += if found { text.len() } else { 0 };
        found
    }

    fn name(&mut self) -> &'a str {
        let part = |byte: &u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || matches!(byte, b'-' | b':');
        let length = self.rest().bytes().take_while(part).count();
        let name = &self.rest()[..length];
        self.at += length;
        name
    }

    fn space(&mut self) -> bool {
        let length = self.rest().bytes().take_while(u8::is_ascii_whitespace).count();
        self.at += length;
        length > 0
    }

    fn tag(&mut self) -> Result<Tag<'a>, String> {
        self.at += 1;
        if self.take("!--") {
            let Some(length) = self.rest().find("--") else { return Err("a comment that never ends".to_owned()) };
            if self.rest().starts_with('>') || self.rest().starts_with("->") {
                return Err("a comment that ends at once".to_owned());
            }
            self.at += length;
            return if self.take("-->") { Ok(Tag::Comment) } else { Err("`--` inside of a comment".to_owned()) };
        }
        if self.rest().get(..9).is_some_and(|word| word.eq_ignore_ascii_case("!doctype ")) {
            self.at += 9;
            return if self.take("html>") { Ok(Tag::Doctype) } else { Err("a doctype other than html".to_owned()) };
        }
        if self.take("/") {
            let name = self.name();
            return if !name.is_empty() && self.take(">") {
                Ok(Tag::End(name))
            } else {
                Err("a malformed end tag".to_owned())
            };
        }
        let name = self.name();
        if !name.starts_with(|first: char| first.is_ascii_lowercase()) {
            return Err("`<` that begins no tag".to_owned());
        }
        self.attributes.clear();
        loop {
            let spaced = self.space();
            let closed = self.take("/");
            if self.take(">") {
                return Ok(Tag::Start { name, closed });
            }
            let attribute = match CAPITALS.iter().find(|known| self.take(known)) {
                Some(known) => known,
                None => self.name(),
            };
            if !spaced || closed || attribute.is_empty() {
                return Err(format!("a malformed tag <{name}>"));
            }
            let mut value = "";
            if self.take("=") {
                if !self.take("\"") {
                    return Err(format!("`{attribute}` of <{name}> without double quotes"));
                }
                let Some(length) = self.rest().find('"') else {
                    return Err(format!("`{attribute}` of <{name}> never ends"));
                };
                value = &self.rest()[..length];
                self.at += length + 1;
            }
            if self.attributes.iter().any(|(known, _)| *known == attribute) {
                return Err(format!("`{attribute}` of <{name}> twice"));
            }
            self.attributes.push((attribute, value));
        }
    }
}

struct Reader<'c> {
    content: &'c str,
    facts: PageFacts,
    /// Elements that are open, innermost last.
    open: Vec<&'c str>,
    /// Whether all so far can only stand in the head: a policy that comes later is passed over by browsers.
    in_head: bool,
    has_script: bool,
    /// How many elements were open when `<body>`, the outermost hidden element and the outermost drawing began.
    body: Option<usize>,
    hidden: Option<usize>,
    drawing: Option<usize>,
}

impl<'c> Reader<'c> {
    fn piece(&mut self, piece: Piece<'c, '_>) {
        match piece {
            Piece::Doctype => self.facts.doctype = self.open.is_empty(),
            Piece::Text { start, end } => self.text(start, end),
            Piece::Start { name, attributes, closed, at } => self.start(name, attributes, closed, at),
            Piece::End { name, at } => self.end(name, at),
            Piece::Wrong { what, at } => self.facts.errors.push((what, at)),
        }
    }

    fn text(&mut self, start: usize, end: usize) {
        let text = &self.content[start..end];
        self.in_head &= text.trim_ascii().is_empty();
        match self.open.last().copied() {
            Some("style") => self.facts.style(text, start),
            Some("script") if text != TABLES => {
                self.facts.scripts.push(("a script that is not known".to_owned(), start));
            }
            Some("title") if self.body.is_none() => self.facts.title.push_str(&decoded(text)),
            _ if self.body.is_some() && self.hidden.is_none() => {
                // Continuation bytes of UTF-8 do not begin a character.
                let begins = |byte: &u8| *byte & 0xC0 != 0x80 && !byte.is_ascii_whitespace();
                self.facts.visible += text.bytes().filter(begins).count();
            }
            _ => {}
        }
    }

    fn start(&mut self, name: &'c str, attributes: &[(&str, &str)], closed: bool, at: usize) {
        let facts = &mut self.facts;
        let value = |key: &str| attributes.iter().find(|(known, _)| *known == key).map(|(_, value)| *value);
        facts.heading |= name == "h1";
        let drawn = self.drawing.is_some();
        self.in_head &= HEAD.contains(&name);
        if REFUSED.contains(&name) || (drawn && matches!(name, "style" | "script" | "foreignobject")) {
            facts.errors.push((format!("<{name}> is not permitted"), at));
        }
        for (key, value) in attributes {
            let fetched = FETCHED.contains(key)
                || (matches!(name, "link" | "base" | "image" | "use") && matches!(*key, "href" | "xlink:href"));
            if key.starts_with("on") {
                facts.scripts.push((format!("`{key}` of <{name}>"), at));
            }
            match *key {
                "id" if !facts.ids.insert((*value).to_owned()) => facts.repeated_ids.push(((*value).to_owned(), at)),
                "style" => facts.style(value, at),
                _ if fetched && !value.starts_with("data:") && !value.starts_with('#') => {
                    facts.requests.push((decoded(value), at));
                }
                _ => {}
            }
        }
        match name {
            "html" => facts.language |= value("lang").is_some_and(|lang| !lang.is_empty()),
            "a" | "area" => {
                for href in [value("href"), value("xlink:href")].into_iter().flatten() {
                    if !leads_only(href) {
                        facts.scripts.push((format!("a link that may run a script, `{}`", decoded(href)), at));
                    }
                    facts.links.push((decoded(href), at));
                }
            }
            "script" => {
                if let Some((key, _)) = attributes.iter().find(|(key, _)| !key.starts_with("data-")) {
                    facts.scripts.push((format!("`{key}` of <script>"), at));
                }
                if self.has_script {
                    facts.scripts.push(("a second script".to_owned(), at));
                }
                self.has_script = true;
            }
            "meta" => match value("http-equiv").map(str::to_ascii_lowercase).as_deref() {
                Some("content-security-policy") if self.in_head && facts.policy.is_none() => {
                    facts.policy = value("content").map(|policy| (decoded(policy), at));
                }
                Some("refresh") => facts.requests.push(("a refresh".to_owned(), at)),
                _ => {}
            },
            "body" => self.body = Some(self.open.len()),
            "svg" | "math" if !drawn => self.drawing = Some(self.open.len()),
            _ => {}
        }
        if matches!(name, "script" | "template" | "style" | "title") && self.hidden.is_none() {
            self.hidden = Some(self.open.len());
        }
        if VOID.contains(&name) || (drawn && closed) {
            return;
        }
        if closed {
            facts.errors.push((format!("<{name}/> does not close itself"), at));
        }
        self.open.push(name);
    }

    fn end(&mut self, name: &str, at: usize) {
        let due = self.open.pop();
        if due != Some(name) {
            let due = due.map_or("nothing".to_owned(), |due| format!("</{due}>"));
            self.facts.errors.push((format!("found </{name}> where {due} was due"), at));
        }
        let closed = |depth: &mut Option<usize>| *depth = depth.filter(|depth| *depth < self.open.len());
        closed(&mut self.body);
        closed(&mut self.hidden);
        closed(&mut self.drawing);
    }
}

/// Whether a link leads somewhere and runs nothing, however a browser reads it.
fn leads_only(href: &str) -> bool {
    let target = decoded(href);
    // Browsers know more references than are resolved here, and pass over white space in an address.
    let is_told = target.matches('&').count() == href.matches("&amp;").count() + href.matches("&#38;").count();
    let scheme = target.find([':', '/', '?', '#']).filter(|at| target[*at..].starts_with(':'));
    is_told
        && !target.contains(|char: char| char.is_control())
        && !target.starts_with(char::is_whitespace)
        && scheme.is_none_or(|at| SCHEMES.iter().any(|known| target[..at].eq_ignore_ascii_case(known)))
}

/// A text with its character references resolved, as far as a page needs any.
fn decoded(text: &str) -> String {
    let mut decoded = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find('&') {
        decoded.push_str(&rest[..at]);
        rest = &rest[at..];
        let reference = rest.find(';').map(|end| (&rest[1..end], end + 1));
        let character = reference.and_then(|(name, length)| Some((character(name)?, length)));
        let (character, length) = character.unwrap_or(('&', 1));
        decoded.push(character);
        rest = &rest[length..];
    }
    decoded.push_str(rest);
    decoded
}

fn character(reference: &str) -> Option<char> {
    let number = |digits: &str, radix| u32::from_str_radix(digits, radix).ok().and_then(char::from_u32);
    match reference {
        "amp" => Some('&'),
        "lt" => Some('<'),
        "gt" => Some('>'),
        "quot" => Some('"'),
        "apos" => Some('\''),
        "nbsp" => Some('\u{A0}'),
        _ => match reference.strip_prefix('#')? {
            hex if hex.starts_with(['x', 'X']) => number(&hex[1..], 16),
            decimal => number(decimal, 10),
        },
    }
}

impl PageFacts {
    fn style(&mut self, style: &str, at: usize) {
        let lower = style.to_ascii_lowercase();
        for (what, name) in
            [("@import", "@import"), ("image-set(", "an image set"), ("\\", "a CSS escape, which can hide a request")]
        {
            if lower.contains(what) {
                self.requests.push((name.to_owned(), at));
            }
        }
        for (offset, _) in lower.match_indices("url(") {
            let address = lower[offset + 4..].trim_start();
            let address = address.strip_prefix(['"', '\'']).unwrap_or(address);
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
        let page = "<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\"><!-- a note -->\
            <meta http-equiv=\"Content-Security-Policy\" content=\"default-src &#39;none&#x27;\"><title>T &amp; U</title>\
            <style>a{background:url(data:x)} b>c{}</style></head><body><h1 id=\"a\">Hi &lt;</h1><a href=\"#a\">to</a>\
            <br><br /><svg viewBox=\"0 0 1 1\"><title>no</title><path d=\"M0\"/></svg></body></html>\n";
        let facts = read(page);
        assert!(facts.doctype && facts.language && facts.heading);
        let policy = facts.policy.map(|(policy, _)| policy);
        assert_eq!((facts.title.as_str(), policy.as_deref()), ("T & U", Some("default-src 'none'")));
        assert_eq!((facts.errors, facts.requests, facts.repeated_ids), (vec![], vec![], vec![]));
        assert_eq!(facts.scripts, []);
        assert_eq!(facts.links, [("#a".to_owned(), page.find("<a ").unwrap())]);
        assert_eq!(facts.visible, "Hi&lt;to".len());
    }

    #[test]
    fn the_page_of_an_answer_is_held_to_the_same_form() {
        use crate::answer::{Answer, page};
        use crate::check::upload::Upload;
        use crate::clock::Now;
        use crate::codes::ALL;
        use crate::finding::{Finding, Place};
        use crate::lang::Lang;
        use crate::view::context::Context;

        let now = Now::from_rfc3339("2026-05-24T12:00:00+08:00").unwrap();
        let finding = |code: &&'static crate::finding::Code| {
            Finding::new(code, Place::file("a<b>.csv").at(1, 2), "<script>&\"' `x`").hint("</td>")
        };
        let findings: Vec<_> = ALL.iter().map(finding).collect();
        let upload = || Answer::of_upload("a<b>.csv".to_owned(), Upload::refused(vec!["amount"], findings.clone()));
        let other = || Answer::new("w".to_owned(), "w", "workspace", findings.clone());
        for answers in [vec![upload()], vec![other()], vec![upload(), other(), upload()], Vec::new()] {
            for lang in [Lang::ZhHant, Lang::En] {
                let context = Context { lang, zone: &jiff::tz::TimeZone::UTC, now: &now, workspace: "" };
                let facts = read(&page::page(&answers, &context));
                assert!(facts.doctype && facts.language && facts.heading && facts.policy.is_some());
                assert_eq!((facts.errors, facts.requests, facts.repeated_ids), (vec![], vec![], vec![]));
                assert_eq!((facts.scripts, excess(&facts.policy.unwrap().0)), (vec![], vec![]));
                for (link, _) in facts.links {
                    assert!(link.strip_prefix('#').is_some_and(|id| facts.ids.contains(id)), "{link}");
                }
            }
        }
    }

    #[test]
    fn requests_are_found() {
        let check = |page: &str| read(page).requests.into_iter().map(|(what, _)| what).collect::<Vec<_>>();
        assert_eq!(
            check("<img src=\"https://e.org/?a&amp;b\"><script src=\"//e.org/y\"></script>"),
            ["https://e.org/?a&b", "//e.org/y"]
        );
        assert_eq!(
            check("<link rel=\"stylesheet\" href=\"a.css\"><p style=\"background:URL( 'b.png')\"></p>"),
            ["a.css", "b.png"]
        );
        assert_eq!(
            check("<style>@import 'x';</style><meta http-equiv=\"refresh\" content=\"0\">"),
            ["@import", "a refresh"]
        );
        assert_eq!(check("<style>a{background:u\\72l(x)}</style>"), ["a CSS escape, which can hide a request"]);
        assert_eq!(check("<form action=\"/x\"></form><video poster=\"p\"></video>"), ["/x", "p"]);
    }

    #[test]
    fn only_the_known_script_runs() {
        #[track_caller]
        fn check(page: &str, expected: &[&str]) {
            let found: Vec<_> = read(page).scripts.into_iter().map(|(what, _)| what).collect();
            assert_eq!(found, expected, "{page}");
        }
        let ours = format!("<script data-filter=\"x\">{TABLES}</script>");
        check(&ours, &[]);
        check(&ours.repeat(2), &["a second script"]);
        check(&format!("<script>{TABLES} </script>"), &["a script that is not known"]);
        check(&format!("<script src=\"x\" type=\"module\">{TABLES}</script>"), &["`src` of <script>"]);
        for at in [0, TABLES.len() / 2, TABLES.len() - 1] {
            let mut bytes = TABLES.as_bytes().to_vec();
            bytes[at] = if bytes[at] == b'x' { b'y' } else { b'x' };
            check(&format!("<script>{}</script>", String::from_utf8_lossy(&bytes)), &["a script that is not known"]);
        }
        check("<p onclick=\"x\" data-on=\"y\"></p>", &["`onclick` of <p>"]);
        for bad in [
            "javascript:x",
            "JavaScript:x",
            "&#106;avascript:x",
            "&#106avascript:x",
            "java&Tab;script:x",
            "java&#9;script:x",
            "javascript&colon;x",
            " javascript:x",
            "&#1;javascript:x",
            "data:text/html,x",
            "vbscript:x",
            "blob:x",
        ] {
            let what = format!("a link that may run a script, `{}`", decoded(bad));
            check(&format!("<a href=\"{bad}\"></a>"), &[&what]);
            check(&format!("<svg><a xlink:href=\"{bad}\"></a></svg>"), &[&what]);
        }
        for good in ["#a", "a.md#b:c", "https://a.example/?b&amp;c:d&#38;e", "MAILTO:a@b.example", "?a:b", ""] {
            check(&format!("<a href=\"{good}\"></a>"), &[]);
        }
        assert_eq!(read("<svg><animate/></svg>").errors[0].0, "<animate> is not permitted");
    }

    #[test]
    fn a_policy_permits_only_what_a_page_needs() {
        #[track_caller]
        fn check(policy: &str, expected: &[&str]) {
            assert_eq!(excess(policy), expected, "{policy}");
        }
        let ours = format!("default-src 'none'; script-src {TABLES_SOURCE}; style-src 'unsafe-inline'; img-src data:;");
        check(&ours, &[]);
        check("default-src 'none'", &[]);
        check("default-src;script-src", &[]);
        check(&format!("{ours} font-src data:"), &["`font-src`, which is not a directive that a page needs"]);
        check(&ours.replace("'sha256-", "'unsafe-inline' 'sha256-"), &["`'unsafe-inline'` in `script-src`"]);
        check(&format!("{ours}script-src 'none'"), &["`script-src` a second time"]);
        check(
            "Default-Src 'none'",
            &[
                "`Default-Src`, which is not a directive that a page needs",
                "whatever it does not name, for want of `default-src 'none'`",
            ],
        );
        check("default-src *; img-src https:", &["`*` in `default-src`", "`https:` in `img-src`"]);
        let at_once = |page: &str| read(page).policy.is_some();
        let meta = "<meta http-equiv=\"content-security-policy\" content=\"\">";
        assert!(at_once(&format!("<html><head><meta charset=\"utf-8\">{meta}")));
        assert!(!at_once(&format!("<html><head><style></style>{meta}")));
        assert!(!at_once(&format!("<html><head>x{meta}")));
        assert!(!at_once(&format!("<html><body>{meta}")));
    }

    #[test]
    fn what_parsers_would_have_to_mend_is_an_error() {
        let check = |page: &str| read(page).errors.into_iter().map(|(what, _)| what).collect::<Vec<_>>();
        assert_eq!(check("<p><b>x</p></b>"), ["found </p> where </b> was due", "found </b> where </p> was due"]);
        assert_eq!(check("<main><p>cut"), ["<p> is never closed", "<main> is never closed"]);
        assert_eq!(check("<p id=a></p>")[0], "`id` of <p> without double quotes");
        assert_eq!(check("<P></P>")[0], "`<` that begins no tag");
        assert_eq!(check("a < b"), ["`<` that begins no tag"]);
        assert_eq!(check("<a href=\"x\" href=\"y\"></a>")[0], "`href` of <a> twice");
        assert_eq!(check("<a SRC=\"x\"></a>")[0], "a malformed tag <a>");
        assert_eq!(check("<div/>"), ["<div/> does not close itself", "<div> is never closed"]);
        assert_eq!(check("<script>if (a<b) {}</script>"), ["`<` inside of <script>", "<script> is never closed"]);
        assert_eq!(check("<style>/*</styl*/</style>")[0], "`<` inside of <style>");
        assert_eq!(check("<iframe></iframe>"), ["<iframe> is not permitted"]);
        assert_eq!(check("<!-- a -- b -->")[0], "`--` inside of a comment");
        assert_eq!(check("<!--> <img src=\"x\"> -->")[0], "a comment that ends at once");
        assert_eq!(check("<![CDATA[x]]>")[0], "`<` that begins no tag");
        assert_eq!(check("<svg><style></style></svg>"), ["<style> is not permitted"]);
        assert_eq!(read("<p id=\"a\"></p><p id=\"a\"></p>").repeated_ids, [("a".to_owned(), 14)]);
        assert_eq!(read("<body><script>hidden</script><template>no</template></body>").visible, 0);
    }

    proptest! {
        #[test]
        fn never_panics(page in "(<[!/]?[a-z]{0,3}( [a-z]{1,3}=\"[^\"]{0,3}\")?[/>]|[^\\x00]{0,4}|-->|&#?x?[0-9a-f]{0,9};){0,12}") {
            read(&page);
        }
    }
}
