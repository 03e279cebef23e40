//! Markdown and plain texts to their sentences, each with its place and with what stands above it.
//!
//! Invariants: what is no prose yields no sentence: code, headings, headings of columns, front matter. One pass whose
//! time grows with the length of the text.

use std::ops::Range;
use std::rc::Rc;

use pulldown_cmark::{Event, HeadingLevel, Parser, Tag, TagEnd};

use crate::read::markdown;

/// Stands where code was: it is named, not said.
const CODE: char = '\u{FFFC}';
/// How much of what stands above a sentence is kept, in bytes; a heading is a few words.
const KEPT: usize = 120;
/// Longest words before a colon that say what a sentence is about, in bytes.
const LABEL: usize = 45;

/// A sentence, or an item or cell that is none but says as much.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sentence {
    /// Its words without markup, with its final mark; a line break between Chinese characters is no space.
    pub text: String,
    /// What stands above it: headings but the title, the words before a list, the heading of its column, the first
    /// cell of its row.
    pub under: Vec<Rc<str>>,
    /// Whether it is a task that is not done.
    pub open_task: bool,
    /// Where pieces of it begin: in its text and in the source, ascending.
    pieces: Vec<(usize, usize)>,
}

impl Sentence {
    /// Byte offset in the source of a byte offset into the text.
    pub fn offset(&self, at: usize) -> usize {
        let next = self.pieces.partition_point(|(start, _)| *start <= at);
        next.checked_sub(1).and_then(|last| self.pieces.get(last)).map_or(0, |(start, source)| source + (at - start))
    }
}

/// The sentences of a Markdown text.
pub fn markdown(content: &str) -> Vec<Sentence> {
    let start = markdown::front_matter(content).map_or(0, |(_, start)| start);
    let mut reader = Reader::default();
    for (event, range) in Parser::new_ext(&content[start..], markdown::options()).into_offset_iter() {
        reader.event(event, range.start + start);
    }
    reader.flush();
    reader.sentences
}

/// The sentences of a text without markup that stands under these words. Offsets are into that text.
pub fn plain(text: &str, under: &[&str]) -> Vec<Sentence> {
    let above = under.iter().map(|words| (Above::Lead, kept(words))).collect();
    let mut reader = Reader { above, ..Reader::default() };
    reader.push(text, 0);
    reader.flush();
    reader.sentences
}

fn kept(words: &str) -> Rc<str> {
    let end = words.char_indices().map(|(at, _)| at).take_while(|at| *at <= KEPT).last().unwrap_or_default();
    Rc::from(if words.len() <= KEPT { words } else { &words[..end] })
}

/// Something that stands above sentences.
#[derive(Clone, Copy, PartialEq)]
enum Above {
    Heading(HeadingLevel),
    Lead,
}

#[derive(Default)]
struct Reader {
    sentences: Vec<Sentence>,
    /// Text of the block that is open, with its pieces.
    text: String,
    pieces: Vec<(usize, usize)>,
    above: Vec<(Above, Rc<str>)>,
    /// For each open list, whether the words before it were put above.
    lists: Vec<bool>,
    heading: Option<HeadingLevel>,
    open_task: bool,
    in_code: bool,
    table: Table,
}

#[derive(Default)]
struct Table {
    columns: Vec<Rc<str>>,
    in_head: bool,
    column: usize,
    row: Option<Rc<str>>,
}

impl Reader {
    fn event(&mut self, event: Event<'_>, offset: usize) {
        match event {
            Event::Start(tag) => self.start(&tag),
            Event::End(tag) => self.end(tag),
            Event::Text(_) if self.in_code => {}
            Event::Text(text) => self.push(&text, offset),
            Event::Code(_) => self.push(CODE.encode_utf8(&mut [0; 4]), offset),
            Event::Html(html) | Event::InlineHtml(html) => self.html(&html, offset),
            Event::SoftBreak if self.text.ends_with(|last: char| last.is_ascii()) => self.push(" ", offset),
            Event::HardBreak => self.push("\n", offset),
            Event::TaskListMarker(done) => self.open_task = !done,
            Event::Rule => self.flush(),
            _ => {}
        }
    }

    fn start(&mut self, tag: &Tag<'_>) {
        match tag {
            Tag::Emphasis | Tag::Strong | Tag::Strikethrough | Tag::Link { .. } | Tag::Image { .. } => {}
            Tag::Heading { level, .. } => {
                self.flush();
                self.heading = Some(*level);
            }
            Tag::CodeBlock(_) => {
                self.flush();
                self.in_code = true;
            }
            Tag::List(_) => {
                let lead = self.text.trim_end();
                let leads = lead.ends_with([':', '：']);
                if leads {
                    self.above.push((Above::Lead, kept(last_sentence(lead))));
                }
                self.flush();
                self.lists.push(leads);
            }
            Tag::TableHead => self.table.in_head = true,
            Tag::TableRow => (self.table.column, self.table.row) = (0, None),
            _ => self.flush(),
        }
    }

    fn end(&mut self, tag: TagEnd) {
        match tag {
            TagEnd::Emphasis | TagEnd::Strong | TagEnd::Strikethrough | TagEnd::Link | TagEnd::Image => {}
            // What leads to a list may stand in the paragraph before it.
            TagEnd::Paragraph if self.text.trim_end().ends_with([':', '：']) => {}
            TagEnd::Heading(_) => self.end_heading(),
            TagEnd::CodeBlock => self.in_code = false,
            TagEnd::List(_) => {
                self.flush();
                if self.lists.pop().unwrap_or_default()
                    && let Some(lead) = self.above.iter().rposition(|(above, _)| *above == Above::Lead)
                {
                    self.above.truncate(lead);
                }
            }
            TagEnd::Table => self.table = Table::default(),
            TagEnd::TableHead => self.table.in_head = false,
            TagEnd::TableCell => self.end_cell(),
            _ => self.flush(),
        }
    }

    /// The title of a document says what all of it is about, which is not what each part says.
    fn end_heading(&mut self) {
        let Some(level) = self.heading.take() else { return };
        while let Some(last) =
            self.above.iter().rposition(|(above, _)| matches!(above, Above::Heading(at) if *at >= level))
        {
            self.above.remove(last);
        }
        if level != HeadingLevel::H1 {
            self.above.push((Above::Heading(level), kept(self.text.trim())));
        }
        self.clear();
    }

    fn end_cell(&mut self) {
        let cell = kept(self.text.trim());
        if self.table.in_head {
            self.table.columns.push(cell);
            self.clear();
        } else {
            self.flush();
            if self.table.column == 0 {
                self.table.row = Some(cell);
            }
            self.table.column += 1;
        }
    }

    /// What stands between tags is shown as text.
    fn html(&mut self, html: &str, offset: usize) {
        let mut at = 0;
        for part in html.split_inclusive(['<', '>']) {
            if let Some(text) = part.strip_suffix('<').or((!part.ends_with('>')).then_some(part))
                && !text.trim().is_empty()
            {
                self.push(text, offset + at);
            } else if part.ends_with('>') {
                self.push("\n", offset + at);
            }
            at += part.len();
        }
    }

    fn push(&mut self, text: &str, offset: usize) {
        self.pieces.push((self.text.len(), offset));
        self.text.push_str(text);
    }

    fn clear(&mut self) {
        self.text.clear();
        self.pieces.clear();
        self.open_task = false;
    }

    /// Ends the open block: its sentences are known now.
    fn flush(&mut self) {
        let mut under: Vec<_> = self.above.iter().map(|(_, words)| words.clone()).collect();
        under.extend(self.table.columns.get(self.table.column).cloned());
        under.extend(self.table.row.clone());
        let mut piece = 0;
        let lead = under.len();
        for range in sentences(&self.text) {
            while self.pieces.get(piece + 1).is_some_and(|(start, _)| *start <= range.start) {
                piece += 1;
            }
            let mut pieces = Vec::new();
            for (start, source) in self.pieces.iter().skip(piece).take_while(|(start, _)| *start < range.end) {
                let skipped = range.start.saturating_sub(*start);
                pieces.push((start.saturating_sub(range.start), source + skipped));
            }
            let text = self.text[range].to_owned();
            // What stands before a colon holds for the parts behind a semicolon too.
            let label = label(&text).map(kept);
            let goes_on = text.ends_with([';', '；']);
            let (above, open_task) = (under.clone(), self.open_task);
            self.sentences.push(Sentence { text, under: above, open_task, pieces });
            match label {
                _ if !goes_on => under.truncate(lead),
                Some(label) => under.push(label),
                _ => {}
            }
        }
        self.clear();
    }
}

/// The words before the colon with which a sentence says what it is about.
pub fn label(sentence: &str) -> Option<&str> {
    let (label, _) = sentence.split_once([':', '：'])?;
    (label.len() <= LABEL && !label.contains('[')).then_some(label)
}

fn last_sentence(text: &str) -> &str {
    sentences(text).pop().map_or(text, |range| &text[range])
}

/// Where the sentences of a block begin and end, without white space around them.
fn sentences(text: &str) -> Vec<Range<usize>> {
    let mut found = Vec::new();
    let mut start = 0;
    let mut rest = text.char_indices().peekable();
    while let Some((at, mark)) = rest.next() {
        let next = rest.peek().map(|(_, next)| *next);
        let ends = match mark {
            '。' | '！' | '？' | '；' | '\n' => true,
            '.' | '!' | '?' | ';' => next.is_none_or(char::is_whitespace) && !is_short(&text[start..at]),
            _ => false,
        };
        if !ends {
            continue;
        }
        let mut end = at + mark.len_utf8();
        while let Some((at, closing)) = rest.next_if(|(_, next)| "」』”’）)\"'".contains(*next)) {
            end = at + closing.len_utf8();
        }
        // A reference behind the final mark belongs to the sentence before it.
        let behind = &text[end..];
        let reference = behind.trim_start_matches(' ');
        if reference.starts_with("[claim:")
            && let Some(length) = reference.bytes().take(KEPT).position(|byte| byte == b']')
        {
            end += behind.len() - reference.len() + length + 1;
            while rest.next_if(|(at, _)| *at < end).is_some() {}
        }
        push(&mut found, text, start..end);
        start = end;
    }
    push(&mut found, text, start..text.len());
    found
}

fn push(found: &mut Vec<Range<usize>>, text: &str, range: Range<usize>) {
    let part = &text[range.clone()];
    let start = range.start + (part.len() - part.trim_start().len());
    let end = start + part.trim().len();
    if start < end {
        found.push(start..end);
    }
}

/// Whether what stands before a full stop is short for something, or the number of an item.
fn is_short(before: &str) -> bool {
    let word = before.rsplit(|one: char| one.is_whitespace() || one == '(').next().unwrap_or_default();
    ["e.g", "i.e", "etc", "vs", "approx", "No", "no"].contains(&word)
        || (!word.is_empty()
            && word.len() == before.trim_start().len()
            && word.bytes().all(|byte| byte.is_ascii_digit()))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// Sentences as `offset text (what stands above it)`.
    #[track_caller]
    fn check(source: &str, expected: &[&str]) {
        let found = markdown(source).into_iter().map(|sentence| {
            let task = if sentence.open_task { "☐ " } else { "" };
            let under = sentence.under.join(" > ");
            let under = if under.is_empty() { under } else { format!(" ({under})") };
            format!("{} {task}{}{under}", sentence.offset(0), sentence.text)
        });
        assert_eq!(found.collect::<Vec<_>>(), expected, "{source}");
    }

    #[test]
    fn sentences_end_at_marks_and_with_their_block() {
        check("一。二！「三？」四", &["0 一。", "6 二！", "12 「三？」", "24 四"]);
        check(
            "One. Two (e.g. this) at 1.5 and v2.0. Three",
            &["0 One.", "5 Two (e.g. this) at 1.5 and v2.0.", "38 Three"],
        );
        check("一\n二\n\nthree\nfour", &["0 一二", "9 three four"]);
        check("a。[claim:x] b. [claim:y] c.", &["0 a。[claim:x]", "14 b. [claim:y]", "27 c."]);
        check("*a* **b**<br>c &amp; d", &["1 a b", "13 c & d"]);
        check("- [ ] a\n- [x] b\n1. c", &["6 ☐ a", "14 b", "19 c"]);
    }

    #[test]
    fn what_is_no_prose_is_left_out() {
        check("---\na: b\n---\n# T\n\n```\ncode\n```\n`x` y", &["31 \u{FFFC} y"]);
        check("## A\n### B\na\n## C\nb\n# D\nc", &["11 a (A > B)", "18 b (C)", "24 c"]);
        check(
            "L:\n\n- a\n\n  x：\n  - b\n- c\n\nd",
            &["0 L: (L:)", "6 a (L:)", "11 x： (L: > x：)", "20 b (L: > x：)", "24 c (L:)", "27 d"],
        );
        check("|A|B|\n|-|-|\n|a|b|\n\nc", &["13 a (A)", "15 b (B > a)", "19 c"]);
        check("X：a；b。c", &["0 X：a；", "8 b。 (X)", "12 c"]);
    }

    proptest! {
        #[test]
        fn never_panics(source in "(一|。|；|a|\\. |：|\n|\\||-|#|>|`| |<b>|\\[claim:|\\]|&amp;|\\*|\\[ \\] |---\n){0,50}") {
            for sentence in markdown(&source) {
                prop_assert!(!sentence.text.trim().is_empty());
                prop_assert!(source.is_char_boundary(sentence.offset(0)));
            }
            plain(&source, &[&source]);
        }
    }
}
