//! What a field of a table is declared to be: what its values are and how they are written, what they have to be beyond
//! that, and what stands there in place of one.

use crate::check::typed::Typed;
use crate::lang::Lang;

mod pattern;
mod places;

pub use pattern::Pattern;

/// A text in both languages, read from a schema.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OwnWords {
    /// Traditional Chinese.
    pub zh: String,
    /// English.
    pub en: String,
}

impl OwnWords {
    /// The text in one language.
    pub fn get(&self, lang: Lang) -> &str {
        match lang {
            Lang::ZhHant => &self.zh,
            Lang::En => &self.en,
        }
    }
}

/// A field of a table.
#[derive(Clone, Debug)]
pub struct Field {
    /// Name of the column or key.
    pub name: String,
    /// What it means.
    pub description: OwnWords,
    /// What its values are.
    pub kind: FieldKind,
    /// Whether every row has a value.
    pub required: bool,
    /// Whether no two rows have the same value.
    pub unique: bool,
    /// The only texts that have a meaning, or other values as they are written; anything when empty.
    pub words: Vec<String>,
    /// The same as texts that are equal for equal values; empty for a text, whose words are that.
    pub(super) keys: Vec<String>,
    /// Smallest and largest values.
    pub bounds: Vec<Bound>,
    /// Least and most characters, items or keys.
    pub length: (Option<u32>, Option<u32>),
    /// What the whole text has to look like.
    pub pattern: Option<Pattern>,
    /// What stands there in place of a value.
    pub missing: Missing,
}

/// What stands in a cell in place of a value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Missing {
    /// Nothing, or only spaces and characters without width. So it is in the tables of packs, which moreover convert
    /// nothing in JSON.
    Blank,
    /// Exactly one of these texts; an absent cell or JSON null in any case.
    Exactly(Vec<String>),
}

/// What the values of a field are.
#[derive(Clone, Debug, PartialEq)]
pub enum FieldKind {
    /// Anything that can be read.
    Any,
    /// Any text.
    Text,
    /// An e-mail address.
    Email,
    /// An absolute URI.
    Uri,
    /// Base64.
    Binary,
    /// A UUID.
    Uuid,
    /// A whole number.
    Integer(Digits),
    /// A decimal number.
    Number(Digits),
    /// True or false.
    Boolean(Flags),
    /// A day.
    Date(Clock),
    /// A time of day.
    Time(Clock),
    /// A day with a time of day.
    Moment(Clock),
    /// A year.
    Year,
    /// A month of a year.
    YearMonth,
    /// A length of time, ISO 8601.
    Duration,
    /// A JSON object; in CSV and XLSX its text.
    Object,
    /// A JSON list; in CSV and XLSX its text.
    Array,
    /// Values with a separator between them.
    List(Items),
    /// Longitude and latitude.
    Point(PointForm),
}

/// How numbers are written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Digits {
    /// Only as JSON writes numbers: no `+5`, `.5`, `007`, and whole ones in 64 bits.
    pub as_json: bool,
    /// What stands for the point.
    pub decimal: char,
    /// What may stand between digits before the point.
    pub group: Option<char>,
    /// Whether nothing else may stand around the number.
    pub bare: bool,
}

/// How truth is written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Flags {
    /// Texts that mean true.
    pub yes: Vec<String>,
    /// Texts that mean false.
    pub no: Vec<String>,
}

/// How days and times are written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Clock {
    /// As ISO 8601 and XML Schema have it; a moment may have an offset.
    Iso,
    /// A moment as RFC 3339 has it: with its offset.
    WithOffset,
    /// In the forms that have one reading: the year first, and no month by name.
    Any,
    /// As a `strptime` pattern says.
    Like(String),
}

/// How the items of a list are written.
#[derive(Clone, Debug, PartialEq)]
pub struct Items {
    /// What stands between two.
    pub delimiter: String,
    /// What each is.
    pub kind: Box<FieldKind>,
}

/// How a point is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PointForm {
    /// `121.56, 25.03`
    Text,
    /// `[121.56, 25.03]`
    Array,
    /// `{"lon": 121.56, "lat": 25.03}`
    Object,
}

impl FieldKind {
    /// The word for `type` (or, for a text of a special form, `format`).
    pub fn word(&self) -> &'static str {
        match self {
            Self::Any => "any",
            Self::Text => "text",
            Self::Email => "email",
            Self::Uri => "uri",
            Self::Binary => "binary",
            Self::Uuid => "uuid",
            Self::Integer(_) => "integer",
            Self::Number(_) => "number",
            Self::Boolean(_) => "boolean",
            Self::Date(_) => "date",
            Self::Time(_) => "time",
            Self::Moment(_) => "datetime",
            Self::Year => "year",
            Self::YearMonth => "yearmonth",
            Self::Duration => "duration",
            Self::Object => "object",
            Self::Array => "array",
            Self::List(_) => "list",
            Self::Point(_) => "geopoint",
        }
    }

    /// Whether values are texts in which length and pattern have a meaning.
    pub fn is_text(&self) -> bool {
        matches!(self, Self::Text | Self::Email | Self::Uri | Self::Binary | Self::Uuid)
    }

    /// What a value should look like, for messages.
    pub fn expected(&self) -> String {
        let fixed = match self {
            Self::Any => "a value",
            Self::Text => "a text",
            Self::Email => "an e-mail address",
            Self::Uri => "an absolute URI such as https://example.com/a",
            Self::Binary => "base64",
            Self::Uuid => "a UUID such as 261f40df-ef82-41a3-a28c-f7b1491e99f5",
            Self::Integer(digits) => return digits.expected("a whole number", "28000"),
            Self::Number(digits) => return digits.expected("a number", "28000 or 0.5"),
            Self::Boolean(flags) => return flags.expected(),
            Self::Date(clock) => return clock.expected("a day", "2026-05-12"),
            Self::Time(clock) => return clock.expected("a time of day", "18:00:00"),
            Self::Moment(Clock::WithOffset) => "a time with its offset such as 2026-05-25T18:00:00+08:00",
            Self::Moment(clock) => return clock.expected("a day with its time", "2026-05-25T18:00:00+08:00"),
            Self::Year => "a year such as 2026",
            Self::YearMonth => "a month such as 2026-05",
            Self::Duration => "a length of time such as P1DT12H",
            Self::Object => "a JSON object",
            Self::Array => "a JSON list",
            Self::List(Items { delimiter, kind }) => {
                return format!("a list, separated by `{delimiter}`, of which each is {}", kind.expected());
            }
            Self::Point(PointForm::Text) => "longitude and latitude such as `121.56, 25.03`",
            Self::Point(PointForm::Array) => "longitude and latitude such as `[121.56, 25.03]`",
            Self::Point(PointForm::Object) => "longitude and latitude such as `{\"lon\": 121.56, \"lat\": 25.03}`",
        };
        fixed.to_owned()
    }
}

impl Digits {
    /// As JSON writes numbers.
    pub(super) const JSON: Self = Self { as_json: true, decimal: '.', group: None, bare: true };
    /// As Table Schema has them unless it says otherwise.
    pub(super) const PLAIN: Self = Self { as_json: false, ..Self::JSON };

    fn expected(&self, what: &str, example: &str) -> String {
        let example = example.replace('.', &self.decimal.to_string());
        let groups = self.group.map(|group| format!(", its digits grouped by `{group}` or not")).unwrap_or_default();
        format!("{what} such as {example}{groups}")
    }
}

impl Flags {
    fn expected(&self) -> String {
        let short = |words: &[String]| words.first().map_or("(nothing)", String::as_str).to_owned();
        format!("{} or {}", short(&self.yes), short(&self.no))
    }
}

impl Clock {
    fn expected(&self, what: &str, example: &str) -> String {
        match self {
            Self::Iso | Self::WithOffset => format!("{what} such as {example}"),
            Self::Any => format!("{what} such as {example}, the year first"),
            Self::Like(pattern) => format!("{what} written as `{pattern}`"),
        }
    }
}

/// A smallest or largest value.
#[derive(Clone, Debug)]
pub struct Bound {
    /// Which.
    pub side: Side,
    /// The value.
    pub(super) value: Typed<'static>,
    /// The value as the schema writes it.
    pub written: String,
}

/// How a value has to stand to a bound.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Side {
    /// Not below it.
    Minimum,
    /// Not above it.
    Maximum,
    /// Above it.
    Above,
    /// Below it.
    Below,
}

impl Side {
    /// The constraint, and the word for messages.
    pub(super) const ALL: [(Self, &'static str, &'static str); 4] = [
        (Self::Minimum, "minimum", "from"),
        (Self::Above, "exclusiveMinimum", "above"),
        (Self::Maximum, "maximum", "to"),
        (Self::Below, "exclusiveMaximum", "below"),
    ];
}

impl Field {
    /// What it means, in one language.
    pub fn description(&self, lang: Lang) -> &str {
        self.description.get(lang)
    }

    /// Whether it is a field of ours, of which JSON values are not converted.
    pub(super) fn is_own(&self) -> bool {
        self.missing == Missing::Blank
    }
}
