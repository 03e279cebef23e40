//! The content of a page, free of any markup: what kinds compose and what the templates lay out.

use crate::lang::Lang;

/// How something should be felt. Never told by colour alone: a tone always comes with a word.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tone {
    /// Proven or done.
    Good,
    /// Needs attention.
    Warn,
    /// Wrong or blocked.
    Bad,
    /// Known and neutral.
    Info,
    /// Not checked, not known, not given.
    Unknown,
}

/// One self-contained page.
#[derive(Clone, Debug)]
pub struct Page {
    /// Language of the page.
    pub lang: Lang,
    /// `<title>` and `<h1>`.
    pub title: String,
    /// The line above the title: workspace, kind, job.
    pub eyebrow: String,
    /// What this is, in two sentences.
    pub lead: String,
    /// What is concluded.
    pub verdict: Verdict,
    /// What to do next and who does it.
    pub next: Vec<NextStep>,
    /// Short facts under the head: label and value (owner, due, window, ids).
    pub facts: Vec<Fact>,
    /// The rest, in reading order.
    pub sections: Vec<Section>,
    /// Lines of the footer: where this comes from and as of when.
    pub footer: Vec<String>,
}

/// The conclusion shown on the first screen.
#[derive(Clone, Debug)]
pub struct Verdict {
    /// How it should be felt.
    pub tone: Tone,
    /// One or two words.
    pub word: String,
    /// One sentence.
    pub text: String,
}

/// What to do next.
#[derive(Clone, Debug)]
pub struct NextStep {
    /// What to do.
    pub what: String,
    /// Who does it.
    pub who: String,
    /// By when, already formatted.
    pub due: Option<String>,
}

/// A label with a short value.
#[derive(Clone, Debug)]
pub struct Fact {
    /// What it is.
    pub label: String,
    /// Its value.
    pub value: Inline,
}

/// A short piece of text.
#[derive(Clone, Debug)]
pub enum Inline {
    /// Plain text; line breaks are kept.
    Text(String),
    /// An identifier, file name or code word, set in a fixed-width font.
    Code(String),
    /// An identifier that is long and rarely read, such as a UUID. Pages show its beginning; it is there in full for
    /// copying, for assistive technology and in print.
    Id(String),
    /// Text in English, whatever the language of the page; line breaks are kept.
    English(String),
    /// A word with a tone.
    Tag(Tone, String),
    /// A link; only `https:`, `http:`, `mailto:`, `#fragment` and names of files in the bundle.
    Link {
        /// Where it leads.
        href: String,
        /// What it says.
        text: String,
    },
    /// Not checked, not known or not given; looks different from zero and from none.
    Unknown(String),
    /// Several, one after the other.
    Many(Vec<Inline>),
}

/// A part of a page with a heading of its own and a link target.
#[derive(Clone, Debug)]
pub struct Section {
    /// Link target, unique in the page: ASCII letters, digits and `-`.
    pub id: String,
    /// Heading.
    pub title: String,
    /// What stands under it.
    pub blocks: Vec<Block>,
}

/// What a section is made of.
#[derive(Clone, Debug)]
pub enum Block {
    /// Authored Markdown, rendered without raw HTML; headings begin at level 3.
    Markdown(String),
    /// A heading within the section, at level 3.
    Heading(String),
    /// A paragraph of plain text.
    Text(String),
    /// A paragraph that stands out.
    Note(Tone, String),
    /// A table.
    Table(Table),
    /// A table of many alike, such as what an export holds: people sort and filter it when it is long.
    Listing(Table),
    /// Figures with their definition and source.
    Figures(Vec<Figure>),
    /// Stages in time or in a flow.
    Stages(Vec<Stage>),
    /// Text to copy as it is (a message, a payload).
    Code(String),
    /// Short items, each a line.
    List(Vec<Inline>),
    /// Labels with their values.
    Facts(Vec<Fact>),
    /// Bars to compare; whatever they say stands beside them in words.
    Chart(Chart),
}

/// Bars, one for each of what is compared, with a whole and a part of it.
#[derive(Clone, Debug)]
pub struct Chart {
    /// What is compared, and what whole and part are.
    pub caption: String,
    /// The bars from top to bottom.
    pub bars: Vec<Bar>,
}

/// A bar.
#[derive(Clone, Debug)]
pub struct Bar {
    /// What it stands for.
    pub label: String,
    /// Its values in words.
    pub text: String,
    /// Length of the whole, in thousandths of the room there is.
    pub whole: u16,
    /// Length of the part, in the same.
    pub part: u16,
}

/// A table that scrolls inside its own frame when it is wide, and becomes a list of its rows on a phone.
#[derive(Clone, Debug)]
pub struct Table {
    /// What the table shows, read out before it.
    pub caption: String,
    /// Column headings.
    pub columns: Vec<String>,
    /// Rows with as many cells as there are columns; the first cell heads the row.
    pub rows: Vec<Vec<Inline>>,
    /// What to say when there is no row.
    pub empty: Inline,
}

/// A number with its definition and its source.
#[derive(Clone, Debug)]
pub struct Figure {
    /// What is counted.
    pub label: String,
    /// The number, or why there is none.
    pub value: Inline,
    /// How it is defined.
    pub definition: String,
    /// Which file or table it was counted from.
    pub source: String,
}

/// A stage in time or in a flow.
#[derive(Clone, Debug)]
pub struct Stage {
    /// Name of the stage.
    pub name: String,
    /// What happens in it.
    pub text: String,
    /// How far it is, when that is known.
    pub state: Option<(Tone, String)>,
}
