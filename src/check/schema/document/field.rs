//! A field of the document of a schema to the [`Field`] that its cells are read by.

use crate::check::field::{Bound, Clock, Digits, Field, FieldKind, Flags, Items, Missing, Pattern, PointForm, Side};
use crate::check::schema::document::reader::{Dialect, Reader, words};
use crate::check::schema::document::shapes::{FIELD, OWN_FIELD_KEYS};
use crate::check::typed::{Typed, compare};
use crate::check::value::{self, time};
use crate::read::format::Format;
use crate::read::row::Value as Cell;
use crate::read::tree::{Node, Value};

/// What the values of records may be.
const OWN_TYPES: &[&str] = &["string", "integer", "number", "boolean", "date", "datetime", "object", "array"];
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

impl Reader<'_, '_> {
    /// Reads a field; `missing` is what stands in place of a value in all the table.
    pub(super) fn field(&mut self, node: &Node, pointer: &str, missing: &Missing) -> Field {
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
            Some((value, written)) if has_order && compare(&value, &value).is_some() => {
                field.bounds.push(Bound { side, value, written });
            }
            _ => {
                let message =
                    format!("field `{}`: `{key}` is not {}, or the type has no order", field.name, kind.expected());
                self.wrong(given, pointer, message);
            }
        }
    }

    /// Texts that stand in place of a value: a list of texts, or of tables with a `value`.
    pub(super) fn missing(&mut self, list: &Node, pointer: &str) -> Missing {
        let text = |node: &Node| node.text().or_else(|| node.text_at("value")).map(str::to_owned);
        let texts: Option<Vec<_>> = list.items().iter().map(text).collect();
        if texts.is_none() {
            self.wrong(list, pointer, "`missingValues` is a list of texts, or of tables with the text `value`");
        }
        Missing::Exactly(texts.unwrap_or_default())
    }

    /// Refuses to compare values that have no one form.
    pub(super) fn comparable(&mut self, kind: &FieldKind, node: &Node, pointer: &str, name: &str) {
        if matches!(kind, FieldKind::Object | FieldKind::Array) {
            let message = format!("field `{name}`: JSON values are not compared, so that they can be no key");
            self.wrong(node, pointer, message);
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
