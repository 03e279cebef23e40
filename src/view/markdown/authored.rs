//! Authored Markdown as part of a document: harmless there, its headings below those of the document.
//!
//! Invariants: there is no raw HTML, no image and no link that may not lead there; nothing swallows what follows; what
//! cannot be made so is shown as it was typed.

use std::ops::Range;

use pulldown_cmark::{Event, LinkType, Parser, Tag, TagEnd};

use crate::view::authored::{Levels, OPTIONS, is_line_break, is_titled};
use crate::view::link;
use crate::view::markdown::text::fenced;

/// Authored Markdown is made safe in at most so many passes; each takes away what the one before has laid bare.
const PASSES: usize = 32;

/// The Markdown of an author, without raw HTML, images and links that may not lead there, with headings from level 3.
/// What cannot be made so is shown as it was typed.
pub(super) fn authored(source: &str, title: &str) -> String {
    harmless(source).map(|text| edited(&text, &layout(&text, title))).and_then(closed).unwrap_or_else(|| fenced(source))
}

/// Markdown without raw HTML, images and links that may not lead there; headings stay as they are. `None` when it cannot
/// be made so.
pub(super) fn harmless(source: &str) -> Option<String> {
    let mut text = source.to_owned();
    for _ in 0..PASSES {
        let edits = unsafe_parts(&text);
        if edits.is_empty() {
            return Some(text);
        }
        text = edited(&text, &edits);
    }
    None
}

/// Closes a block of code that would swallow what follows.
fn closed(mut text: String) -> Option<String> {
    if !swallows_what_follows(&text) {
        return Some(text);
    }
    let blocks = Parser::new_ext(&text, OPTIONS).into_offset_iter();
    let last = blocks.filter(|(event, _)| matches!(event, Event::Start(Tag::CodeBlock(_)))).last()?.1.start;
    let mark = text[last..].chars().next()?;
    let fence: String = text[last..].chars().take_while(|char| *char == mark).collect();
    text.push('\n');
    text.push_str(&fence);
    (!swallows_what_follows(&text)).then_some(text)
}

fn swallows_what_follows(text: &str) -> bool {
    let probe = format!("{text}\n\n# x\n");
    let is_probe = |(event, range): (Event<'_>, Range<usize>)| {
        matches!(event, Event::Start(Tag::Heading { .. })) && range.start == text.len() + 2
    };
    !Parser::new_ext(&probe, OPTIONS).into_offset_iter().any(is_probe)
}

/// A byte range of the source and what takes its place.
pub(super) type Edit = (Range<usize>, String);

/// What has to be taken away or made visible.
pub(super) fn unsafe_parts(source: &str) -> Vec<Edit> {
    let mut edits = Vec::new();
    for (event, range) in Parser::new_ext(source, OPTIONS).into_offset_iter() {
        let start = range.start;
        match event {
            Event::Html(html) | Event::InlineHtml(html) if !is_line_break(&html) => {
                let opens = source[range].match_indices('<');
                edits.extend(opens.map(|(at, _)| (start + at..start + at + 1, "&lt;".to_owned())));
            }
            // Without its mark an image is a link.
            Event::Start(Tag::Image { .. }) => edits.push((start..start + 1, String::new())),
            Event::Start(Tag::Link { dest_url, link_type, .. })
                if link_type != LinkType::Email && link::target(&dest_url).is_none() =>
            {
                let escape = if source[start..].starts_with('<') { "&lt;" } else { "\\[" };
                edits.push((start..start + 1, escape.to_owned()));
            }
            _ => {}
        }
    }
    edits
}

/// Headings at their levels, and line breaks that do not hang on spaces at the end of a line.
fn layout(source: &str, title: &str) -> Vec<Edit> {
    let mut edits = Vec::new();
    let mut levels = Levels::default();
    let mut heading: Option<(String, bool)> = None;
    let mut is_first = true;
    let is_titled = is_titled(source);
    for (event, range) in Parser::new_ext(source, OPTIONS).into_offset_iter() {
        match event {
            Event::Start(Tag::Heading { .. }) => heading = Some((String::new(), is_first)),
            Event::End(TagEnd::Heading(level)) => {
                let (text, is_first) = heading.take().unwrap_or_default();
                let whole = range.start..range.start + source[range.clone()].trim_end().len();
                if is_first && (is_titled || text.trim() == title.trim()) {
                    edits.push((whole, String::new()));
                } else {
                    let marks = "#".repeat(levels.next(level));
                    edits.push((whole.clone(), format!("{marks} {}", heading_text(&source[whole]))));
                }
            }
            Event::Text(text) | Event::Code(text) => {
                if let Some((heading, _)) = &mut heading {
                    heading.push_str(&text);
                }
            }
            Event::HardBreak if source[range.clone()].starts_with(' ') => {
                let spaces = source[range.clone()].len() - source[range.clone()].trim_start_matches(' ').len();
                edits.push((range.start..range.start + spaces, "\\".to_owned()));
            }
            _ => {}
        }
        is_first = false;
    }
    edits
}

/// What a heading says, without the marks of its level, on one line.
fn heading_text(source: &str) -> String {
    if source.starts_with('#') {
        return source.trim_start_matches('#').trim_start().to_owned();
    }
    let lines = source.rsplit_once('\n').map_or(source, |(lines, _underline)| lines);
    let mut text = lines.lines().map(|line| line.trim_matches(['>', ' ', '\t'])).collect::<Vec<_>>().join(" ");
    if text.ends_with('#') {
        text.insert(text.len() - 1, '\\');
    }
    text
}

/// The source with its edits; of edits that overlap the first is made.
fn edited(source: &str, edits: &[Edit]) -> String {
    let mut out = String::with_capacity(source.len());
    let mut written = 0;
    for (range, text) in edits {
        if range.start >= written {
            out.push_str(&source[written..range.start]);
            out.push_str(text);
            written = range.end;
        }
    }
    out.push_str(&source[written..]);
    out
}
