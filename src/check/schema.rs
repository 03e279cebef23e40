//! The declared schema of a record table, as Frictionless Table Schema v2: the same text validates the records, prints
//! the data model and is what `proofpack schema` shows.
//!
//! Invariant: a schema of which any part would not be checked is refused, since it would promise what nobody does.

use jiff::Timestamp;
use jiff::civil::Date;

use crate::check::shape::{self, Shape, Type, optional, required};
use crate::lang::Lang;
use crate::read::decimal::Decimal;
use crate::read::json;
use crate::read::text::Text;
use crate::read::tree::{Node, Value};

/// The words for `type`.
const TYPES: &[&str] = &["string", "integer", "number", "boolean", "date", "datetime", "object", "array"];

static CONSTRAINTS: Shape = Shape {
    about: "What a value has to be beyond its type.",
    closed: true,
    keys: &[
        optional("required", Type::Bool, "whether every row has a value"),
        optional("unique", Type::Bool, "whether no two rows have the same value"),
        optional("enum", Type::List(&Type::Text), "the only texts that have a meaning"),
        optional("minimum", Type::Any, "smallest number, first day or first moment"),
        optional("maximum", Type::Any, "largest number, last day or last moment"),
    ],
};

static FIELD: Shape = Shape {
    about: "A field of the table.",
    closed: true,
    keys: &[
        required("name", Type::Text, "name of the column or key"),
        required("type", Type::Word(TYPES), "what its values are"),
        optional("format", Type::Word(&["default", "uuid", "uri"]), "what sort of text"),
        required("description", Type::Text, "what it means, in English"),
        required("description_zh_hant", Type::Text, "what it means, in Chinese"),
        optional("constraints", Type::Table(&CONSTRAINTS), "what a value has to be beyond its type"),
    ],
};

static SHAPE: Shape = Shape {
    about: "A record table.",
    closed: true,
    keys: &[
        optional("$schema", Type::Text, "profile that the schema follows"),
        required("name", Type::Text, "name of the table and of its files"),
        required("title", Type::Text, "title in English"),
        required("title_zh_hant", Type::Text, "title in Chinese"),
        required("description", Type::Text, "what a row is, in English"),
        required("description_zh_hant", Type::Text, "what a row is, in Chinese"),
        required("fields", Type::List(&Type::Table(&FIELD)), "its fields in their order"),
        optional("primaryKey", Type::List(&Type::Text), "fields that tell rows apart"),
    ],
};

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

/// The schema of a record table.
#[derive(Clone, Debug)]
pub struct TableSchema {
    /// Name of the table and of its files.
    pub name: String,
    /// Title for pages.
    pub title: OwnWords,
    /// What a row is.
    pub description: OwnWords,
    /// Fields in their order.
    pub fields: Vec<Field>,
    /// Places in `fields` of those that tell rows apart; they are required.
    pub primary_key: Vec<usize>,
    /// The JSON text that the schema was read from.
    pub source: String,
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
    /// The only texts that have a meaning; any text when empty.
    pub words: Vec<String>,
    /// Smallest value.
    pub minimum: Option<Bound>,
    /// Largest value.
    pub maximum: Option<Bound>,
}

/// What the values of a field are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FieldKind {
    /// Any text.
    Text,
    /// A UUID.
    Uuid,
    /// An absolute URI.
    Uri,
    /// A whole number of 64 bits.
    Integer,
    /// A decimal number.
    Number,
    /// True or false.
    Boolean,
    /// A day, `YYYY-MM-DD`.
    Date,
    /// A moment, RFC 3339 with its offset.
    Moment,
    /// A JSON object; in CSV and XLSX its text.
    Object,
    /// A JSON list; in CSV and XLSX its text.
    Array,
}

impl FieldKind {
    /// What a value should look like, for messages.
    pub fn expected(self) -> &'static str {
        match self {
            Self::Text => "a text",
            Self::Uuid => "a UUID such as 261f40df-ef82-41a3-a28c-f7b1491e99f5",
            Self::Uri => "an absolute URI such as https://example.com/a",
            Self::Integer => "a whole number such as 28000",
            Self::Number => "a number such as 28000 or 0.5",
            Self::Boolean => "true or false",
            Self::Date => "a day such as 2026-05-12",
            Self::Moment => "a time with its offset such as 2026-05-25T18:00:00+08:00",
            Self::Object => "a JSON object",
            Self::Array => "a JSON list",
        }
    }
}

/// The smallest or largest value of a field.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Bound {
    /// Of an integer or number.
    Number(Decimal),
    /// Of a date.
    Date(Date),
    /// Of a moment.
    Moment(Timestamp),
}

impl TableSchema {
    /// Reads a schema from its JSON text. The error says everything that is wrong with it.
    pub fn from_json(source: &str) -> Result<Self, String> {
        let mut findings = Vec::new();
        let text = Text { path: "schema", content: source };
        let node = json::parse(text, &mut findings);
        if let Some(node) = &node {
            shape::check(node, &SHAPE, text, &mut findings);
        }
        match node {
            Some(node) if findings.is_empty() => Self::of(&node, source),
            _ => {
                let lines = findings.iter().map(|finding| format!("{}: {}", finding.place, finding.message));
                Err(lines.collect::<Vec<_>>().join("\n"))
            }
        }
    }

    fn of(node: &Node, source: &str) -> Result<Self, String> {
        let mut fields = Vec::new();
        for item in node.get("fields").map(Node::items).unwrap_or_default() {
            let field = Field::of(item)?;
            if fields.iter().any(|known: &Field| known.name == field.name) {
                return Err(format!("field `{}` stands twice", field.name));
            }
            fields.push(field);
        }
        if fields.is_empty() {
            return Err("a table has at least one field".to_owned());
        }
        let mut primary_key = Vec::new();
        for name in node.get("primaryKey").map(Node::texts).unwrap_or_default() {
            let index = fields.iter().position(|field| field.name == name);
            let index = index.ok_or_else(|| format!("`primaryKey` names `{name}`, which is no field"))?;
            fields[index].required = true;
            primary_key.push(index);
        }
        Ok(Self {
            name: node.text_at("name").unwrap_or_default().to_owned(),
            title: words(node, "title", "title_zh_hant"),
            description: words(node, "description", "description_zh_hant"),
            fields,
            primary_key,
            source: source.to_owned(),
        })
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
    fn of(node: &Node) -> Result<Self, String> {
        let name = node.text_at("name").unwrap_or_default().to_owned();
        let wrong = |what: &str| format!("field `{name}`: {what}");
        let kind = match (node.text_at("type").unwrap_or_default(), node.text_at("format").unwrap_or("default")) {
            ("string", "uuid") => FieldKind::Uuid,
            ("string", "uri") => FieldKind::Uri,
            ("string", _) => FieldKind::Text,
            (_, "uuid" | "uri") => return Err(wrong("only a string has a `format`")),
            ("integer", _) => FieldKind::Integer,
            ("number", _) => FieldKind::Number,
            ("boolean", _) => FieldKind::Boolean,
            ("date", _) => FieldKind::Date,
            ("datetime", _) => FieldKind::Moment,
            ("object", _) => FieldKind::Object,
            ("array", _) => FieldKind::Array,
            (other, _) => return Err(wrong(&format!("type `{other}` is not known"))),
        };
        let constraint = |key: &str| node.get("constraints").and_then(|constraints| constraints.get(key));
        let flag = |key: &str| constraint(key).is_some_and(|node| node.value == Value::Bool(true));
        let words = constraint("enum").map(Node::texts).unwrap_or_default();
        if constraint("enum").is_some() && (kind != FieldKind::Text || words.is_empty()) {
            return Err(wrong("`enum` is a list of the texts that a string without format may be"));
        }
        if flag("unique") && matches!(kind, FieldKind::Object | FieldKind::Array) {
            return Err(wrong("JSON values are not compared, so that they cannot be unique"));
        }
        let bound = |key: &str| match constraint(key) {
            None => Ok(None),
            Some(node) => Bound::of(node, kind)
                .map(Some)
                .ok_or_else(|| wrong(&format!("`{key}` is not {}, or the type has no order", kind.expected()))),
        };
        Ok(Self {
            description: self::words(node, "description", "description_zh_hant"),
            kind,
            required: flag("required"),
            unique: flag("unique"),
            words,
            minimum: bound("minimum")?,
            maximum: bound("maximum")?,
            name,
        })
    }

    /// What it means, in one language.
    pub fn description(&self, lang: Lang) -> &str {
        self.description.get(lang)
    }
}

impl Bound {
    fn of(node: &Node, kind: FieldKind) -> Option<Self> {
        match (kind, &node.value) {
            (FieldKind::Integer | FieldKind::Number, Value::Number(number)) => Decimal::parse(number).map(Self::Number),
            (FieldKind::Date, Value::Text(text)) => day(text).map(Self::Date),
            (FieldKind::Moment, Value::Text(text)) => moment(text).map(Self::Moment),
            _ => None,
        }
    }
}

fn words(node: &Node, en: &str, zh: &str) -> OwnWords {
    let text = |key| node.text_at(key).unwrap_or_default().to_owned();
    OwnWords { zh: text(zh), en: text(en) }
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

/// Whether a text would be a moment if it had an offset.
pub fn lacks_offset(text: &str) -> bool {
    is_civil(text) && text.parse::<jiff::civil::DateTime>().is_ok()
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
        assert_eq!((id.kind, id.required, &schema.primary_key[..]), (FieldKind::Uuid, true, &[0][..]));
        assert_eq!(amount.minimum, Decimal::parse("-0.5").map(Bound::Number));
        assert_eq!(amount.maximum, Decimal::parse("1000").map(Bound::Number));
        assert_eq!((&state.words[..], state.unique), (&["open".to_owned(), "closed".to_owned()][..], true));
        assert_eq!(day.minimum, Some(Bound::Date(jiff::civil::date(2026, 5, 12))));
        assert_eq!((schema.description(Lang::ZhHant), day.description(Lang::En)), ("一列", "en"));
        assert_eq!(schema.index_of("state"), Some(2));
        assert!(schema.source.starts_with("{\"name\":\"t\""));
    }

    #[test]
    fn a_schema_that_would_not_be_checked_is_refused() {
        for (field, more, error) in [
            (
                ("a", "any", ""),
                "",
                "/fields/0/type: `any` is none of string, integer, number, boolean, date, datetime, object, array",
            ),
            (
                ("a", "string", r#","constraints":{"pattern":"x"}"#),
                "",
                "/fields/0/constraints/pattern: key `pattern` is not known here",
            ),
            (("a", "integer", r#","format":"uuid""#), "", "field `a`: only a string has a `format`"),
            (
                ("a", "integer", r#","constraints":{"enum":["1"]}"#),
                "",
                "field `a`: `enum` is a list of the texts that a string without format may be",
            ),
            (
                ("a", "string", r#","constraints":{"enum":[]}"#),
                "",
                "field `a`: `enum` is a list of the texts that a string without format may be",
            ),
            (
                ("a", "string", r#","constraints":{"minimum":1}"#),
                "",
                "field `a`: `minimum` is not a text, or the type has no order",
            ),
            (
                ("a", "date", r#","constraints":{"maximum":"2026-02-30"}"#),
                "",
                "field `a`: `maximum` is not a day such as 2026-05-12, or the type has no order",
            ),
            (
                ("a", "array", r#","constraints":{"unique":true}"#),
                "",
                "field `a`: JSON values are not compared, so that they cannot be unique",
            ),
            (("a", "string", ""), r#","primaryKey":["b"]"#, "`primaryKey` names `b`, which is no field"),
        ] {
            let found = schema_of(&[field], more).unwrap_err();
            assert_eq!(found.rsplit(" at ").next(), Some(error));
        }
        assert_eq!(schema_of(&[("a", "date", ""), ("a", "date", "")], "").unwrap_err(), "field `a` stands twice");
        assert_eq!(schema_of(&[], "").unwrap_err(), "a table has at least one field");
        assert_eq!(
            TableSchema::from_json("{").unwrap_err(),
            "schema:1:2: expected a key in double quotes, found the end of the file"
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
            lacks_offset("2026-05-12T18:00:00") && !lacks_offset("2026-05-12") && !lacks_offset("2026-13-12T18:00:00")
        );
        assert!(day("2026-05-12").is_some());
        for bad in ["2026-5-12", "20260512", "2026-02-30", "2026-05-12T00:00:00", "２０２６-05-12"] {
            assert!(day(bad).is_none(), "{bad}");
        }
    }
}
