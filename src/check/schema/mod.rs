//! The declared schema of a table in the form of Frictionless Table Schema v2: the same text validates the rows, prints
//! the data model and is what `proofpack schema` shows.
//!
//! Invariant: a schema of which any part would not be checked is refused, since it would promise what nobody does.
//! What a reader cannot know for a check (a key such as `foo`) is said.

use jiff::Timestamp;
use jiff::civil::{Date, DateTime};

use crate::check::value::Typed;
use crate::finding::Finding;
use crate::lang::Lang;
use crate::read::json;
use crate::read::text::{self, Text};

mod document;
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

/// The schema of a table.
#[derive(Clone, Debug)]
pub struct TableSchema {
    /// Name of the table and of its files; empty when it has none.
    pub name: String,
    /// Title for pages.
    pub title: OwnWords,
    /// What a row is.
    pub description: OwnWords,
    /// Fields in their order.
    pub fields: Vec<Field>,
    /// Which columns a table must and may have.
    pub fields_match: FieldsMatch,
    /// Places in `fields` of those that tell rows apart; they are required.
    pub primary_key: Vec<usize>,
    /// Places in `fields` of those that together must not repeat.
    pub unique_keys: Vec<Vec<usize>>,
    /// Fields whose values stand elsewhere too.
    pub foreign_keys: Vec<ForeignKey>,
    /// The JSON text that the schema was read from.
    pub source: String,
}

/// Which columns a table must and may have. Columns are known by their names in any case.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FieldsMatch {
    /// All fields in their order, and no others.
    Exact,
    /// All fields in any order, and no others.
    Equal,
    /// All fields; others may stand there too.
    Subset,
    /// No others than the fields.
    Superset,
    /// At least one of the fields; others may stand there too.
    Partial,
}

impl FieldsMatch {
    /// Whether every field has to be there, and not only the required ones.
    pub fn wants_all(self) -> bool {
        matches!(self, Self::Exact | Self::Equal | Self::Subset)
    }

    /// Whether columns may stand there that are no field.
    pub fn allows_others(self) -> bool {
        matches!(self, Self::Subset | Self::Partial)
    }
}

/// Fields whose values, where they have any, must be those of other fields.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ForeignKey {
    /// Places in [`TableSchema::fields`].
    pub fields: Vec<usize>,
    /// Where the values must stand.
    pub target: Target,
}

/// Where the values of a foreign key must stand.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Target {
    /// In the same table; places in [`TableSchema::fields`].
    Own(Vec<usize>),
    /// In another table.
    Other {
        /// Its name.
        resource: String,
        /// Its columns.
        columns: Vec<String>,
    },
}

impl ForeignKey {
    /// The fields of the same table that it looks at.
    pub(super) fn own_fields(&self) -> impl Iterator<Item = usize> {
        let target = match &self.target {
            Target::Own(fields) => &fields[..],
            Target::Other { .. } => &[],
        };
        self.fields.iter().chain(target).copied()
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

impl TableSchema {
    /// Reads the schema of a record table of ours from its JSON text: it has titles and descriptions in both languages,
    /// values are written in one way, and a table may have fewer columns and others. The error says everything that is
    /// wrong with it.
    pub fn from_json(source: &str) -> Result<Self, String> {
        let mut findings = Vec::new();
        let text = Text { path: "schema", content: source };
        let schema = json::parse(text, &mut findings)
            .and_then(|node| document::read(&node, text, document::Dialect::Own, &mut findings));
        schema.ok_or_else(|| {
            let lines = findings.iter().map(|finding| format!("{}: {}", finding.place, finding.message));
            lines.collect::<Vec<_>>().join("\n")
        })
    }

    /// Reads a schema that somebody else declared. `None` when it cannot be used; the findings say where and why.
    pub fn declared(path: &str, bytes: &[u8], findings: &mut Vec<Finding>) -> Option<Self> {
        let text = text::read(path, bytes, findings)?;
        let node = json::parse(text, findings)?;
        document::read(&node, text, document::Dialect::Declared, findings)
    }

    /// What a row is, in one language.
    pub fn description(&self, lang: Lang) -> &str {
        self.description.get(lang)
    }

    /// Where a field stands in `fields`.
    pub fn index_of(&self, field: &str) -> Option<usize> {
        self.fields.iter().position(|known| known.name == field)
    }
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

/// A day written `YYYY-MM-DD` and in no other way.
pub fn day(text: &str) -> Option<Date> {
    matches(text, "0000-00-00").then(|| text.parse().ok())?
}

/// A moment written as RFC 3339 has it, with `T` and an offset.
pub fn moment(text: &str) -> Option<Timestamp> {
    let offset = match text.strip_suffix('Z') {
        Some(rest) => rest.len(),
        None => text.len().checked_sub("+00:00".len())?,
    };
    let (civil, offset) = text.split_at_checked(offset)?;
    let offset_is_sound = offset == "Z" || matches(offset, "+00:00") || matches(offset, "-00:00");
    (offset_is_sound && is_civil(civil)).then(|| text.parse().ok())?
}

/// A moment without an offset: `2026-05-12T18:00:00`.
pub(super) fn civil(text: &str) -> Option<DateTime> {
    is_civil(text).then(|| text.parse().ok())?
}

fn is_civil(text: &str) -> bool {
    let (whole, fraction) = text.split_once('.').unwrap_or((text, "0"));
    let fraction_is_sound = (1..=9).contains(&fraction.len()) && fraction.bytes().all(|byte| byte.is_ascii_digit());
    matches(whole, "0000-00-00T00:00:00") && fraction_is_sound
}

/// Whether a text is like a pattern in which `0` stands for any digit.
fn matches(text: &str, pattern: &str) -> bool {
    text.len() == pattern.len()
        && text.bytes().zip(pattern.bytes()).all(|(byte, like)| match like {
            b'0' => byte.is_ascii_digit(),
            like => byte == like,
        })
}

#[cfg(test)]
pub(crate) mod tests {
    use std::collections::BTreeMap;

    use proptest::prelude::*;

    use super::*;

    /// A schema of a table `t` with these fields: name, type, further keys.
    pub(crate) fn schema_of(fields: &[(&str, &str, &str)], more: &str) -> Result<TableSchema, String> {
        let fields: Vec<_> = fields
            .iter()
            .map(|(name, kind, more)| {
                let words = r#""description":"en","description_zh_hant":"中""#;
                format!(r#"{{"name":"{name}","type":"{kind}",{words}{more}}}"#)
            })
            .collect();
        TableSchema::from_json(&format!(
            r#"{{"name":"t","title":"T","title_zh_hant":"表","description":"a row","description_zh_hant":"一列","fields":[{}]{more}}}"#,
            fields.join(",")
        ))
    }

    #[test]
    fn a_schema_is_read_whole() {
        let schema = schema_of(
            &[
                ("id", "string", r#","format":"uuid""#),
                ("amount", "number", r#","constraints":{"required":true,"minimum":-0.50,"maximum":1e3}"#),
                ("state", "string", r#","constraints":{"enum":["open","closed"],"unique":true}"#),
                ("day", "date", r#","constraints":{"minimum":"2026-05-12"}"#),
            ],
            r#","primaryKey":["id"]"#,
        )
        .unwrap();
        let [id, amount, state, day] = &schema.fields[..] else { panic!() };
        assert_eq!((&id.kind, id.required, &schema.primary_key[..]), (&FieldKind::Uuid, true, &[0][..]));
        let bounds = |field: &Field| {
            field
                .bounds
                .iter()
                .map(|bound| (bound.side, bound.value.clone(), bound.written.clone()))
                .collect::<Vec<_>>()
        };
        assert_eq!(
            bounds(amount),
            [
                (Side::Minimum, Typed::Decimal("-0.50".into()), "-0.50".to_owned()),
                (Side::Maximum, Typed::Decimal("1000".into()), "1e3".to_owned())
            ]
        );
        assert_eq!((&state.words[..], state.unique), (&["open".to_owned(), "closed".to_owned()][..], true));
        let first = Typed::Date(jiff::civil::date(2026, 5, 12));
        assert_eq!(bounds(day), [(Side::Minimum, first, "2026-05-12".to_owned())]);
        assert_eq!((schema.description(Lang::ZhHant), day.description(Lang::En)), ("一列", "en"));
        assert_eq!(schema.index_of("state"), Some(2));
        assert!(schema.source.starts_with("{\"name\":\"t\""));
    }

    #[test]
    fn a_schema_that_would_not_be_checked_is_refused() {
        for (field, more, error) in [
            (("a", "any", ""), "", "/fields/0: a record has no values of type any"),
            (
                ("a", "string", r#","constraints":{"patern":"x"}"#),
                "",
                "/fields/0/constraints/patern: key `patern` is not known here",
            ),
            (
                ("a", "string", r#","formatt":"uri""#),
                "",
                "/fields/0/formatt: key `formatt` is not known here and checks nothing",
            ),
            (("a", "integer", r#","format":"uuid""#), "", "/fields/0: format `uuid` of type integer is not supported"),
            (
                ("a", "integer", r#","constraints":{"enum":["x"]}"#),
                "",
                "/fields/0/constraints/enum: field `a`: is not a whole number such as 28000",
            ),
            (
                ("a", "string", r#","constraints":{"enum":[]}"#),
                "",
                "/fields/0/constraints/enum: field `a`: a list of values without a value",
            ),
            (
                ("a", "string", r#","constraints":{"minimum":1}"#),
                "",
                "/fields/0/constraints/minimum: field `a`: `minimum` is not a text, or the type has no order",
            ),
            (
                ("a", "date", r#","constraints":{"maximum":"2026-02-30"}"#),
                "",
                "/fields/0/constraints/maximum: field `a`: `maximum` is not a day such as 2026-05-12, or the type has no order",
            ),
            (
                ("a", "array", r#","constraints":{"unique":true}"#),
                "",
                "/fields/0/constraints: field `a`: JSON values are not compared, so that they can be no key",
            ),
            (
                ("a", "integer", r#","constraints":{"pattern":"1"}"#),
                "",
                "/fields/0/constraints/pattern: only a string has a `pattern`",
            ),
            (
                ("a", "string", r#","constraints":{"pattern":"[a-z-[x]]"}"#),
                "",
                "/fields/0/constraints/pattern: `pattern` cannot be used: `[` inside a set has two readings; write `\\[`, or the set without subtraction",
            ),
            (
                ("a", "array", r#","constraints":{"jsonSchema":{}}"#),
                "",
                "/fields/0/constraints/jsonSchema: `jsonSchema` is not supported",
            ),
            (
                ("a", "date", r#","constraints":{"maxLength":1}"#),
                "",
                "/fields/0/constraints: a value of type date has no length",
            ),
            (("a", "date", r#","format":"%d/%m""#), "", "/fields/0: format `%d/%m` does not make a whole date"),
            (("a", "date", r#","format":"%Q""#), "", "/fields/0: `%Q` in a format is not supported"),
            (("a", "date", r#","format":"iso""#), "", "/fields/0: format `iso` of type date is not supported"),
            (
                ("a", "string", r#","groupChar":",""#),
                "",
                "/fields/0/groupChar: `groupChar` says nothing about a value of type string",
            ),
            (
                ("a", "boolean", r#","trueValues":["0"],"falseValues":["0"]"#),
                "",
                "/fields/0: `0` would mean true and false",
            ),
            (("a", "string", ""), r#","primaryKey":["b"]"#, "/primaryKey: names `b`, which is no field"),
            (
                ("a", "string", ""),
                r#","fieldsMatch":"all""#,
                "/fieldsMatch: `fieldsMatch` is one of exact, equal, subset, superset, partial",
            ),
            (
                ("a", "string", ""),
                r#","missingValues":[1]"#,
                "/missingValues: `missingValues` is a list of texts, or of tables with the text `value`",
            ),
            (
                ("a", "string", ""),
                r#","foreignKeys":[{"fields":["a"],"reference":{"fields":["a","a"]}}]"#,
                "/foreignKeys/0/reference/fields: a reference has as many fields as the key",
            ),
        ] {
            let found = schema_of(&[field], more).unwrap_err();
            assert_eq!(found.rsplit(" at ").next(), Some(error));
        }
        let twice = schema_of(&[("a", "date", ""), ("a", "date", "")], "").unwrap_err();
        assert!(twice.ends_with("/fields/1: field `a` stands twice"), "{twice}");
        assert!(schema_of(&[], "").unwrap_err().ends_with("a table has at least one field"));
        assert_eq!(
            TableSchema::from_json("{").unwrap_err(),
            "schema:1:2: expected a key in double quotes, found the end of the file"
        );
    }

    /// What is wrong with a declared schema, and what is said about it although it can be used.
    fn declared(source: &str) -> (bool, Vec<String>) {
        let mut findings = Vec::new();
        let schema = TableSchema::declared("s.json", source.as_bytes(), &mut findings);
        let said = |finding: &Finding| format!("{} {}: {}", finding.severity.word(), finding.place, finding.message);
        (schema.is_some(), findings.iter().map(said).collect())
    }

    #[test]
    fn a_declared_schema_may_have_keys_of_other_programs() {
        let (is_usable, said) = declared(
            r#"{"fields":[{"name":"a","x-unit":"cm"}],"primaryKey":"a","missingValues":[{"value":"-","label":"none"}]}"#,
        );
        assert!(is_usable);
        assert_eq!(said, ["notice s.json:1:33 at /fields/0/x-unit: key `x-unit` is not known here and checks nothing"]);
        let (is_usable, said) = declared(r#"{"fields":[{"name":"a","constrains":{"required":true}}]}"#);
        assert!(!is_usable);
        assert_eq!(
            said,
            ["error s.json:1:37 at /fields/0/constrains: key `constrains` is not known here and checks nothing"]
        );
        let (is_usable, said) = declared(
            r#"{"fields":[{"name":"a","type":"geojson"},{"name":"b","type":"string","categories":["x"],"constraints":{"enum":["y"]}}]}"#,
        );
        assert!(!is_usable);
        assert_eq!(
            said,
            [
                "error s.json:1:31 at /fields/0: type `geojson` is not supported; `object` checks that it is JSON",
                "error s.json:1:111 at /fields/1/constraints/enum: `y` is none of the `categories`"
            ]
        );
    }

    #[test]
    fn days_and_moments_are_written_in_one_way() {
        for good in ["2026-05-12T18:00:00+08:00", "2026-05-12T10:00:00.123456789Z", "2026-12-31T23:59:60Z"] {
            assert!(moment(good).is_some(), "{good}");
        }
        for bad in [
            "2026-05-12T18:00:00",
            "2026-05-12 18:00:00+08:00",
            "2026-05-12T18:00+08:00",
            "2026-05-12T18:00:00+0800",
            "2026-05-12",
            "2026-02-30T18:00:00Z",
            "2026-05-12T25:00:00Z",
            "2026-05-12T18:00:00+08:00[Asia/Taipei]",
            "",
            "Z",
            "中文中文中文",
            "2026-05-12T18:00:00.Z",
        ] {
            assert!(moment(bad).is_none(), "{bad}");
        }
        assert!(
            civil("2026-05-12T18:00:00").is_some()
                && civil("2026-05-12").is_none()
                && civil("2026-13-12T18:00:00").is_none()
        );
        assert!(day("2026-05-12").is_some());
        for bad in ["2026-5-12", "20260512", "2026-02-30", "2026-05-12T00:00:00", "２０２６-05-12"] {
            assert!(day(bad).is_none(), "{bad}");
        }
    }

    /// Schemas of every type and option, with constraints that fit and that do not.
    fn any_field() -> impl Strategy<Value = String> {
        let word = |words: &'static [&'static str]| prop::sample::select(words);
        let kind = word(&[
            "any",
            "string",
            "integer",
            "number",
            "boolean",
            "date",
            "time",
            "datetime",
            "year",
            "yearmonth",
            "duration",
            "object",
            "array",
            "list",
            "geopoint",
        ]);
        let format = word(&[
            "",
            r#","format":"any""#,
            r#","format":"uri""#,
            r#","format":"array""#,
            r#","format":"%d.%m.%y %H%p""#,
        ]);
        let option = word(&[
            "",
            r#","groupChar":",""#,
            r#","bareNumber":false"#,
            r#","itemType":"date""#,
            r#","missingValues":["-"]"#,
        ]);
        let constraint = word(&[
            "",
            r#""minimum":"1""#,
            r#""maximum":"2026-05-12""#,
            r#""exclusiveMinimum":"P1M""#,
            r#""pattern":"[a-z]+""#,
            r#""enum":["1","a"]"#,
            r#""minLength":2"#,
            r#""unique":true"#,
            r#""maximum":"2026-05-12T00:00:00Z""#,
        ]);
        (kind, format, option, constraint).prop_map(|(kind, format, option, constraint)| {
            format!(r#"{{"fields":[{{"name":"id"}},{{"name":"v","type":"{kind}"{format}{option},"constraints":{{{constraint}}}}}]}}"#)
        })
    }

    proptest! {
        /// Whatever is declared and whatever stands in the cells: an answer, and no row is lost.
        #[test]
        fn never_panics(source in any_field(), cells in prop::collection::vec(r#"[0-9PTZ:.,+\-/% eE"{}\[\]中日]{0,20}|2026-05-12[T ]?[0-9:+.Z]{0,12}|P[0-9YMDTHS.]{0,8}"#, 0..8)) {
            let Some(schema) = TableSchema::declared("s", source.as_bytes(), &mut Vec::new()) else { return Ok(()) };
            let rows: Vec<_> = cells.iter().map(|cell| format!("1,\"{}\"\n", cell.replace('"', "\"\""))).collect();
            let csv = rows.concat();
            let mut findings = Vec::new();
            let checked =
                crate::check::table::check("f", &mut std::io::Cursor::new(format!("id,v\n{csv}")), crate::read::crew::alone, None, &schema, &BTreeMap::new(), &mut findings);
            prop_assert_eq!(checked.rows, Some(cells.len() as u64));
        }

        #[test]
        fn never_panics_on_documents(source in r#"\{"fields":\[\{"name":"a",("(type|format|constraints|missingValues|trueValues|groupChar)":("[a-z%]{0,4}"|[0-9\[\]{}]{0,3}),?){0,3}"n":1\}\](,"(primaryKey|uniqueKeys|foreignKeys|fieldsMatch)":("a"|\["a"\]|\[\["a"\]\]|\[\{"fields":"a","reference":\{"fields":"a"\}\}\]|[0-9])){0,2}\}"#) {
            let _ = TableSchema::declared("s", source.as_bytes(), &mut Vec::new());
        }
    }
}
