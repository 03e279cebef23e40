//! The JSON document of a schema to the [`TableSchema`] that checks. Everything wrong with it is reported in one run.

use crate::check::schema::pattern::Pattern;
use crate::check::schema::{
    Bound, Clock, Digits, Field, FieldKind, FieldsMatch, Flags, ForeignKey, Items, Missing, OwnWords, PointForm, Side,
    TableSchema, Target,
};
use crate::check::shape::{self, Shape, Type, optional, required};
use crate::check::value::{self, Typed, time};
use crate::codes;
use crate::finding::{Code, Finding, Place, Severity, did_you_mean};
use crate::read::format::Format;
use crate::read::json::push_pointer;
use crate::read::row::Value as Cell;
use crate::read::text::Text;
use crate::read::tree::{Node, Value};

/// Whose schema it is.
#[derive(Clone, Copy, PartialEq)]
pub(super) enum Dialect {
    /// Of a record table of ours.
    Own,
    /// Of somebody else, as Table Schema v2 has it.
    Declared,
}

const TYPES: &[&str] = &[
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
    "geojson",
];
/// What the values of records may be.
const OWN_TYPES: &[&str] = &["string", "integer", "number", "boolean", "date", "datetime", "object", "array"];
/// What the items of a list may be.
const ITEM_TYPES: &[&str] = &["string", "integer", "number", "boolean", "date", "time", "datetime"];
const MATCHES: [(&str, FieldsMatch); 5] = [
    ("exact", FieldsMatch::Exact),
    ("equal", FieldsMatch::Equal),
    ("subset", FieldsMatch::Subset),
    ("superset", FieldsMatch::Superset),
    ("partial", FieldsMatch::Partial),
];
/// Keys of a field that say how values of some types are written.
const OPTIONS: [(&str, &[&str]); 7] = [
    ("decimalChar", &["number"]),
    ("groupChar", &["number", "integer"]),
    ("bareNumber", &["number", "integer"]),
    ("trueValues", &["boolean"]),
    ("falseValues", &["boolean"]),
    ("delimiter", &["list"]),
    ("itemType", &["list"]),
];
/// What a schema of ours has beyond what Table Schema asks for.
const OWN_KEYS: [&str; 5] = ["name", "title", "title_zh_hant", "description", "description_zh_hant"];
const OWN_FIELD_KEYS: [&str; 3] = ["type", "description", "description_zh_hant"];

static CONSTRAINTS: Shape = Shape {
    about: "What a value has to be beyond its type.",
    closed: true,
    keys: &[
        optional("required", Type::Bool, "whether every row has a value"),
        optional("unique", Type::Bool, "whether no two rows have the same value"),
        optional("enum", Type::List(&Type::Any), "the only values that have a meaning"),
        optional("pattern", Type::Any, "what the whole text has to look like"),
        optional("minimum", Type::Any, "smallest value"),
        optional("maximum", Type::Any, "largest value"),
        optional("exclusiveMinimum", Type::Any, "value above which all others are"),
        optional("exclusiveMaximum", Type::Any, "value below which all others are"),
        optional("minLength", Type::Count, "least characters, items or keys"),
        optional("maxLength", Type::Count, "most characters, items or keys"),
        optional("jsonSchema", Type::Any, "not supported"),
    ],
};

static FIELD: Shape = Shape {
    about: "A field of the table.",
    closed: false,
    keys: &[
        required("name", Type::Text, "name of the column or key"),
        optional("type", Type::Word(TYPES), "what its values are"),
        optional("format", Type::Text, "how they are written"),
        optional("title", Type::Any, "a title"),
        optional("description", Type::Any, "what it means, in English"),
        optional("description_zh_hant", Type::Any, "what it means, in Chinese"),
        optional("example", Type::Any, "an example"),
        optional("rdfType", Type::Any, "class that it stands for"),
        optional("constraints", Type::Table(&CONSTRAINTS), "what a value has to be beyond its type"),
        optional("categories", Type::List(&Type::Any), "the only values that have a meaning"),
        optional("categoriesOrdered", Type::Bool, "whether they have an order"),
        optional("missingValues", Type::List(&Type::Any), "texts that stand in place of a value"),
        optional("decimalChar", Type::Any, "what stands for the decimal point"),
        optional("groupChar", Type::Any, "what groups digits"),
        optional("bareNumber", Type::Bool, "whether nothing else stands around a number"),
        optional("trueValues", Type::List(&Type::Any), "texts that mean true"),
        optional("falseValues", Type::List(&Type::Any), "texts that mean false"),
        optional("delimiter", Type::Any, "what separates the items of a list"),
        optional("itemType", Type::Word(ITEM_TYPES), "what the items of a list are"),
    ],
};

static SHAPE: Shape = Shape {
    about: "A table.",
    closed: false,
    keys: &[
        optional("$schema", Type::Any, "profile that the schema follows"),
        optional("name", Type::Text, "name of the table and of its files"),
        optional("title", Type::Any, "title in English"),
        optional("title_zh_hant", Type::Any, "title in Chinese"),
        optional("description", Type::Any, "what a row is, in English"),
        optional("description_zh_hant", Type::Any, "what a row is, in Chinese"),
        required("fields", Type::List(&Type::Table(&FIELD)), "its fields in their order"),
        optional("fieldsMatch", Type::Any, "which columns there must and may be"),
        optional("missingValues", Type::List(&Type::Any), "texts that stand in place of a value"),
        optional("primaryKey", Type::Any, "fields that tell rows apart"),
        optional("uniqueKeys", Type::List(&Type::Any), "fields that together do not repeat"),
        optional("foreignKeys", Type::List(&Type::Any), "fields whose values stand elsewhere too"),
    ],
};

/// Reads a schema. `None` when it cannot be used; the findings say where and why.
pub(super) fn read(node: &Node, text: Text<'_>, dialect: Dialect, findings: &mut Vec<Finding>) -> Option<TableSchema> {
    let before = findings.len();
    shape::check(node, &SHAPE, text, findings);
    let schema = Reader { text, dialect, findings }.schema(node);
    let is_sound = findings[before..].iter().all(|finding| finding.severity != Severity::Error);
    is_sound.then_some(schema)
}

struct Reader<'a, 'f> {
    text: Text<'a>,
    dialect: Dialect,
    findings: &'f mut Vec<Finding>,
}

impl Reader<'_, '_> {
    fn add(&mut self, code: &'static Code, node: &Node, pointer: &str, message: impl Into<String>) -> &mut Finding {
        let place = Place { pointer: Some(pointer.to_owned()), ..self.text.place(node.offset) };
        self.findings.push(Finding::new(code, place, message));
        let last = self.findings.len() - 1;
        &mut self.findings[last]
    }

    fn wrong(&mut self, node: &Node, pointer: &str, message: impl Into<String>) {
        self.add(&codes::BAD_SCHEMA, node, pointer, message);
    }

    fn schema(&mut self, node: &Node) -> TableSchema {
        self.keys(node, &SHAPE, "", &OWN_KEYS);
        let missing = match (self.dialect, node.get("missingValues")) {
            (Dialect::Own, None) => Missing::Blank,
            (_, Some(list)) => self.missing(list, "/missingValues"),
            (Dialect::Declared, None) => Missing::Exactly(vec![String::new()]),
        };
        let mut fields: Vec<Field> = Vec::new();
        for (index, item) in node.get("fields").map(Node::items).unwrap_or_default().iter().enumerate() {
            let pointer = format!("/fields/{index}");
            let field = self.field(item, &pointer, &missing);
            if fields.iter().any(|known| known.name == field.name) {
                self.wrong(item, &pointer, format!("field `{}` stands twice", field.name));
            }
            fields.push(field);
        }
        if fields.is_empty() {
            self.wrong(node, "/fields", "a table has at least one field");
        }
        let primary_key = match node.get("primaryKey") {
            Some(key) => self.places(key, "/primaryKey", &fields),
            None => Vec::new(),
        };
        for index in &primary_key {
            fields[*index].required = true;
        }
        let mut unique_keys = Vec::new();
        for (index, key) in node.get("uniqueKeys").map(Node::items).unwrap_or_default().iter().enumerate() {
            unique_keys.push(self.places(key, &format!("/uniqueKeys/{index}"), &fields));
        }
        for keyed in unique_keys.iter().chain([&primary_key]).flatten() {
            self.comparable(&fields[*keyed].kind, node, "/primaryKey", &fields[*keyed].name);
        }
        let mut foreign_keys = Vec::new();
        for (index, key) in node.get("foreignKeys").map(Node::items).unwrap_or_default().iter().enumerate() {
            foreign_keys.extend(self.foreign_key(key, &format!("/foreignKeys/{index}"), &fields));
        }
        TableSchema {
            name: node.text_at("name").unwrap_or_default().to_owned(),
            title: words(node, "title", "title_zh_hant"),
            description: words(node, "description", "description_zh_hant"),
            fields_match: self.fields_match(node),
            fields,
            primary_key,
            unique_keys,
            foreign_keys,
            source: self.text.content.to_owned(),
        }
    }

    /// Says which keys nothing reads, and which a schema of ours lacks.
    fn keys(&mut self, node: &Node, shape: &Shape, pointer: &str, own: &[&'static str]) {
        let known = || shape.keys.iter().map(|key| key.name);
        for entry in node.entries().iter().filter(|entry| known().all(|name| *name != *entry.key)) {
            let near = did_you_mean(&entry.key, known());
            // Table Schema permits keys of other programs; a misspelt one would be a check that nobody makes.
            let is_harmless = self.dialect == Dialect::Declared && near.is_none();
            let mut pointer = pointer.to_owned();
            push_pointer(&mut pointer, &entry.key);
            let message = format!("key `{}` is not known here and checks nothing", entry.key);
            let finding = self.add(&codes::UNKNOWN_KEY, &entry.node, &pointer, message);
            finding.hint = near.map(|near| format!("did you mean `{near}`?")).unwrap_or_default();
            if is_harmless {
                finding.severity = Severity::Notice;
            }
        }
        if self.dialect == Dialect::Own {
            for key in own.iter().filter(|key| node.text_at(key).is_none_or(|text| text.trim().is_empty())) {
                self.add(&codes::MISSING_KEY, node, pointer, format!("key `{key}` is missing"));
            }
        }
    }

    fn fields_match(&mut self, node: &Node) -> FieldsMatch {
        let Some(given) = node.get("fieldsMatch") else {
            return if self.dialect == Dialect::Own { FieldsMatch::Partial } else { FieldsMatch::Exact };
        };
        let word = given.text().or_else(|| given.items().first().and_then(Node::text)).unwrap_or_default();
        if let Some((_, fields_match)) = MATCHES.iter().find(|(known, _)| *known == word) {
            return *fields_match;
        }
        let known: Vec<_> = MATCHES.iter().map(|(known, _)| *known).collect();
        self.wrong(given, "/fieldsMatch", format!("`fieldsMatch` is one of {}", known.join(", ")));
        FieldsMatch::Exact
    }

    /// Texts that stand in place of a value: a list of texts, or of tables with a `value`.
    fn missing(&mut self, list: &Node, pointer: &str) -> Missing {
        let text = |node: &Node| node.text().or_else(|| node.text_at("value")).map(str::to_owned);
        let texts: Option<Vec<_>> = list.items().iter().map(text).collect();
        if texts.is_none() {
            self.wrong(list, pointer, "`missingValues` is a list of texts, or of tables with the text `value`");
        }
        Missing::Exactly(texts.unwrap_or_default())
    }

    /// The places of the fields that a key names: a list of names, or one name.
    fn places(&mut self, key: &Node, pointer: &str, fields: &[Field]) -> Vec<usize> {
        let mut places = Vec::new();
        let names: Vec<_> = if key.text().is_some() { vec![key] } else { key.items().iter().collect() };
        if names.is_empty() {
            self.wrong(key, pointer, "expected the names of fields");
        }
        for name in names {
            let place = name.text().and_then(|name| fields.iter().position(|field| field.name == name));
            if let Some(place) = place {
                places.push(place);
            } else {
                {
                    let shown = name.text().unwrap_or("something that is no text");
                    self.wrong(name, pointer, format!("names `{shown}`, which is no field"));
                }
            }
        }
        places
    }

    fn foreign_key(&mut self, key: &Node, pointer: &str, fields: &[Field]) -> Option<ForeignKey> {
        let (Some(own), Some(reference)) = (key.get("fields"), key.get("reference")) else {
            self.wrong(key, pointer, "a foreign key has `fields` and `reference`");
            return None;
        };
        let Some(columns) = reference.get("fields") else {
            self.wrong(reference, &format!("{pointer}/reference"), "a reference has `fields`");
            return None;
        };
        let fields_pointer = format!("{pointer}/fields");
        let own_fields = self.places(own, &fields_pointer, fields);
        for index in &own_fields {
            self.comparable(&fields[*index].kind, own, &fields_pointer, &fields[*index].name);
        }
        let target_pointer = format!("{pointer}/reference/fields");
        let target = match reference.text_at("resource").unwrap_or_default() {
            "" => Target::Own(self.places(columns, &target_pointer, fields)),
            resource => {
                let columns = columns.text().map_or_else(|| columns.texts(), |one| vec![one.to_owned()]);
                Target::Other { resource: resource.to_owned(), columns }
            }
        };
        let count = match &target {
            Target::Own(places) => places.len(),
            Target::Other { columns, .. } => columns.len(),
        };
        if count != own_fields.len() || count == 0 {
            self.wrong(columns, &target_pointer, "a reference has as many fields as the key");
            return None;
        }
        Some(ForeignKey { fields: own_fields, target })
    }

    /// Refuses to compare values that have no one form.
    fn comparable(&mut self, kind: &FieldKind, node: &Node, pointer: &str, name: &str) {
        if matches!(kind, FieldKind::Object | FieldKind::Array) {
            let message = format!("field `{name}`: JSON values are not compared, so that they can be no key");
            self.wrong(node, pointer, message);
        }
    }

    fn field(&mut self, node: &Node, pointer: &str, missing: &Missing) -> Field {
        self.keys(node, &FIELD, pointer, &OWN_FIELD_KEYS);
        let kind = self.kind(node, pointer);
        let missing = match node.get("missingValues") {
            Some(list) => self.missing(list, &format!("{pointer}/missingValues")),
            None => missing.clone(),
        };
        let mut field = Field {
            name: node.text_at("name").unwrap_or_default().to_owned(),
            description: words(node, "description", "description_zh_hant"),
            kind,
            required: false,
            unique: false,
            words: Vec::new(),
            keys: Vec::new(),
            bounds: Vec::new(),
            length: (None, None),
            pattern: None,
            missing,
        };
        if let Some(categories) = node.get("categories") {
            let pointer = format!("{pointer}/categories");
            let values: Vec<_> = categories.items().iter().map(|item| item.get("value").unwrap_or(item)).collect();
            self.words(&mut field, &values, categories, &pointer);
        }
        if let Some(constraints) = node.get("constraints") {
            self.constraints(&mut field, constraints, &format!("{pointer}/constraints"));
        }
        field
    }

    fn kind(&mut self, node: &Node, pointer: &str) -> FieldKind {
        let word = node.text_at("type").unwrap_or("any");
        for (option, types) in OPTIONS {
            if let Some(option_node) = node.get(option)
                && !types.contains(&word)
            {
                let message = format!("`{option}` says nothing about a value of type {word}");
                self.wrong(option_node, &format!("{pointer}/{option}"), message);
            }
        }
        let format = node.text_at("format").unwrap_or("default");
        let format = format.strip_prefix("fmt:").unwrap_or(format);
        match self.kind_of(word, format, node, pointer) {
            Ok(kind) => kind,
            Err(message) => {
                let at = node.get("format").or_else(|| node.get("type")).unwrap_or(node);
                self.wrong(at, pointer, message);
                FieldKind::Any
            }
        }
    }

    fn kind_of(&mut self, word: &str, format: &str, node: &Node, pointer: &str) -> Result<FieldKind, String> {
        let own = self.dialect == Dialect::Own;
        if own && !OWN_TYPES.contains(&word) {
            return Err(format!("a record has no values of type {word}"));
        }
        let clock = match (word, format) {
            ("datetime", "default") if own => Clock::WithOffset,
            (_, "default") => Clock::Iso,
            (_, "any") => Clock::Any,
            _ => Clock::Like(format.to_owned()),
        };
        let kind = match (word, format) {
            ("string", "default") => FieldKind::Text,
            ("string", "email") => FieldKind::Email,
            ("string", "uri") => FieldKind::Uri,
            ("string", "binary") => FieldKind::Binary,
            ("string", "uuid") => FieldKind::Uuid,
            ("date", _) => FieldKind::Date(clock),
            ("time", _) => FieldKind::Time(clock),
            ("datetime", _) => FieldKind::Moment(clock),
            ("geopoint", "default") => FieldKind::Point(PointForm::Text),
            ("geopoint", "array") => FieldKind::Point(PointForm::Array),
            ("geopoint", "object") => FieldKind::Point(PointForm::Object),
            ("geojson", _) => return Err("type `geojson` is not supported; `object` checks that it is JSON".to_owned()),
            (_, other) if other != "default" => {
                return Err(format!("format `{other}` of type {word} is not supported"));
            }
            ("integer", _) => FieldKind::Integer(self.digits(node, pointer)),
            ("number", _) => FieldKind::Number(self.digits(node, pointer)),
            ("boolean", _) => FieldKind::Boolean(self.flags(node, pointer)),
            ("year", _) => FieldKind::Year,
            ("yearmonth", _) => FieldKind::YearMonth,
            ("duration", _) => FieldKind::Duration,
            ("object", _) => FieldKind::Object,
            ("array", _) => FieldKind::Array,
            ("list", _) => FieldKind::List(self.items(node, pointer)),
            _ => FieldKind::Any,
        };
        if let FieldKind::Date(Clock::Like(like))
        | FieldKind::Time(Clock::Like(like))
        | FieldKind::Moment(Clock::Like(like)) = &kind
        {
            time::check_pattern(&kind, like)?;
        }
        Ok(kind)
    }

    /// A text of exactly one character.
    fn character(&mut self, node: &Node, key: &str, pointer: &str) -> Option<char> {
        let given = node.get(key)?;
        let mut characters = given.text().unwrap_or_default().chars();
        let one = characters.next().filter(|one| characters.next().is_none() && !one.is_ascii_digit());
        if one.is_none() {
            self.wrong(given, &format!("{pointer}/{key}"), format!("`{key}` is one character, and no digit"));
        }
        one
    }

    fn digits(&mut self, node: &Node, pointer: &str) -> Digits {
        if self.dialect == Dialect::Own {
            return Digits::JSON;
        }
        let decimal = self.character(node, "decimalChar", pointer).unwrap_or('.');
        let group = self.character(node, "groupChar", pointer);
        if group == Some(decimal) {
            self.wrong(node, pointer, "`groupChar` and `decimalChar` are the same character");
        }
        let bare = node.get("bareNumber").is_none_or(|node| node.value != Value::Bool(false));
        Digits { decimal, group, bare, ..Digits::PLAIN }
    }

    fn flags(&mut self, node: &Node, pointer: &str) -> Flags {
        let usual = |words: &[&str]| words.iter().map(|word| (*word).to_owned()).collect::<Vec<_>>();
        // In records of ours a 1 is a number.
        let most = if self.dialect == Dialect::Own { 3 } else { 4 };
        let mut flags = Flags {
            yes: usual(&["true", "True", "TRUE", "1"][..most]),
            no: usual(&["false", "False", "FALSE", "0"][..most]),
        };
        for (key, words) in [("trueValues", &mut flags.yes), ("falseValues", &mut flags.no)] {
            if let Some(list) = node.get(key) {
                *words = list.texts();
                if words.is_empty() || words.len() != list.items().len() {
                    self.wrong(list, &format!("{pointer}/{key}"), format!("`{key}` is a list of texts"));
                }
            }
        }
        if let Some(both) = flags.yes.iter().find(|word| flags.no.contains(word)) {
            self.wrong(node, pointer, format!("`{both}` would mean true and false"));
        }
        flags
    }

    fn items(&mut self, node: &Node, pointer: &str) -> Items {
        let delimiter = node.get("delimiter").map_or(Some(","), Node::text).filter(|text| !text.is_empty());
        if delimiter.is_none() {
            self.wrong(node, &format!("{pointer}/delimiter"), "`delimiter` is a text that is not empty");
        }
        let kind = match node.text_at("itemType").unwrap_or("string") {
            "integer" => FieldKind::Integer(Digits::PLAIN),
            "number" => FieldKind::Number(Digits::PLAIN),
            "boolean" => FieldKind::Boolean(self.flags(node, pointer)),
            "date" => FieldKind::Date(Clock::Iso),
            "time" => FieldKind::Time(Clock::Iso),
            "datetime" => FieldKind::Moment(Clock::Iso),
            _ => FieldKind::Text,
        };
        Items { delimiter: delimiter.unwrap_or(",").to_owned(), kind: Box::new(kind) }
    }

    fn constraints(&mut self, field: &mut Field, node: &Node, pointer: &str) {
        let flag = |key: &str| node.get(key).is_some_and(|node| node.value == Value::Bool(true));
        field.required = flag("required");
        field.unique = flag("unique");
        if field.unique {
            self.comparable(&field.kind, node, pointer, &field.name);
        }
        if let Some(list) = node.get("enum") {
            let categories = std::mem::take(&mut field.words);
            let pointer = format!("{pointer}/enum");
            self.words(field, &list.items().iter().collect::<Vec<_>>(), list, &pointer);
            if let Some(other) = field.words.iter().find(|word| !categories.is_empty() && !categories.contains(word)) {
                self.wrong(list, &pointer, format!("`{other}` is none of the `categories`"));
            }
        }
        for (side, key, _) in Side::ALL {
            if let Some(given) = node.get(key) {
                self.bound(field, side, key, given, &format!("{pointer}/{key}"));
            }
        }
        let length = |key: &str| match node.get(key).map(|node| &node.value) {
            Some(Value::Number(number)) => number.parse().ok(),
            _ => None,
        };
        field.length = (length("minLength"), length("maxLength"));
        let has_length =
            field.kind.is_text() || matches!(field.kind, FieldKind::Array | FieldKind::Object | FieldKind::List(_));
        if field.length != (None, None) && !has_length {
            self.wrong(node, pointer, format!("a value of type {} has no length", field.kind.word()));
        }
        if let Some(given) = node.get("pattern") {
            let pointer = format!("{pointer}/pattern");
            match given.text().map(Pattern::new) {
                _ if !field.kind.is_text() => self.wrong(given, &pointer, "only a string has a `pattern`"),
                Some(Ok(pattern)) => field.pattern = Some(pattern),
                Some(Err(error)) => self.wrong(given, &pointer, format!("`pattern` cannot be used: {error}")),
                None => self.wrong(given, &pointer, "`pattern` is a text"),
            }
        }
        if let Some(given) = node.get("jsonSchema") {
            self.wrong(given, &format!("{pointer}/jsonSchema"), "`jsonSchema` is not supported");
        }
    }

    /// The only values of a field, each of its type or as a text that is read like a cell.
    fn words(&mut self, field: &mut Field, values: &[&Node], list: &Node, pointer: &str) {
        field.words.clear();
        field.keys.clear();
        if values.is_empty() {
            self.wrong(list, pointer, format!("field `{}`: a list of values without a value", field.name));
        }
        if matches!(field.kind, FieldKind::Object | FieldKind::Array) {
            self.wrong(list, pointer, format!("field `{}`: JSON values are not compared", field.name));
            return;
        }
        for node in values {
            let Some((typed, written)) = typed(&field.kind, node) else {
                self.wrong(node, pointer, format!("field `{}`: is not {}", field.name, field.kind.expected()));
                continue;
            };
            if !field.kind.is_text() {
                let mut key = String::new();
                typed.write_key(&mut key);
                field.keys.push(key);
            }
            field.words.push(written);
        }
    }

    fn bound(&mut self, field: &mut Field, side: Side, key: &str, given: &Node, pointer: &str) {
        let has_order = matches!(
            field.kind,
            FieldKind::Integer(_)
                | FieldKind::Number(_)
                | FieldKind::Date(_)
                | FieldKind::Time(_)
                | FieldKind::Moment(_)
                | FieldKind::Year
                | FieldKind::YearMonth
                | FieldKind::Duration
        );
        // A whole number may well have a bound that is none, such as 0.5.
        let kind = match &field.kind {
            FieldKind::Integer(digits) => &FieldKind::Number(digits.clone()),
            other => other,
        };
        match typed(kind, given) {
            Some((value, written)) if has_order && value::compare(&value, &value).is_some() => {
                field.bounds.push(Bound { side, value, written });
            }
            _ => {
                let message =
                    format!("field `{}`: `{key}` is not {}, or the type has no order", field.name, kind.expected());
                self.wrong(given, pointer, message);
            }
        }
    }
}

/// A value of a schema, which is of the field's type or a text that is read like a cell, and the same as it is written.
fn typed(kind: &FieldKind, node: &Node) -> Option<(Typed<'static>, String)> {
    let (format, written) = match &node.value {
        Value::Text(text) => (Format::Csv, text.clone()),
        Value::Number(number) => (Format::Json, number.clone()),
        _ => (Format::Json, node.to_json().to_string()),
    };
    let typed = value::typed(kind, Cell::of(node), format, false).ok()?;
    Some((typed.into_owned(), written))
}

fn words(node: &Node, en: &str, zh: &str) -> OwnWords {
    let text = |key| node.text_at(key).unwrap_or_default().to_owned();
    OwnWords { zh: text(zh), en: text(en) }
}
