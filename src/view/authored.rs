//! How authored Markdown is understood, the same in pages and in appendices: which extensions it may use, what its title
//! is, at which level its headings stand.

use pulldown_cmark::{Event, HeadingLevel, Options, Parser, Tag};

/// What is understood beyond `CommonMark`.
pub(super) const OPTIONS: Options =
    Options::ENABLE_TABLES.union(Options::ENABLE_STRIKETHROUGH).union(Options::ENABLE_TASKLISTS);

/// Whether a document begins with its title: a heading of level 1 that no other follows.
pub(super) fn is_titled(source: &str) -> bool {
    let is_title = |event: &Event<'_>| matches!(event, Event::Start(Tag::Heading { level: HeadingLevel::H1, .. }));
    let mut events = Parser::new_ext(source, OPTIONS);
    events.next().as_ref().is_some_and(is_title) && !events.any(|event| is_title(&event))
}

/// Which level a heading gets, so that none is skipped.
#[derive(Debug, Default)]
pub(super) struct Levels(Vec<HeadingLevel>);

impl Levels {
    /// The level of the next heading, 3 to 6, from the level that its author gave it.
    pub(super) fn next(&mut self, authored: HeadingLevel) -> usize {
        while self.0.last().is_some_and(|above| *above >= authored) {
            self.0.pop();
        }
        self.0.push(authored);
        (self.0.len() + 2).min(6)
    }
}

/// Whether raw HTML is a line break, the one element that is read as such and not as text.
pub(super) fn is_line_break(html: &str) -> bool {
    matches!(html.trim().to_ascii_lowercase().as_str(), "<br>" | "<br/>" | "<br />")
}
