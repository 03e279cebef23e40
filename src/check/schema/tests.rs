use std::collections::BTreeMap;

use proptest::prelude::*;

use crate::check::field::{Field, FieldKind, Side};
use crate::check::schema::TableSchema;
use crate::check::schema::document::shapes::TYPES;
use crate::check::typed::Typed;
use crate::finding::Finding;
use crate::lang::Lang;

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
        field.bounds.iter().map(|bound| (bound.side, bound.value.clone(), bound.written.clone())).collect::<Vec<_>>()
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

/// Schemas of every type and option, with constraints that fit and that do not.
fn any_field() -> impl Strategy<Value = String> {
    let word = |words: &'static [&'static str]| prop::sample::select(words);
    let kind = word(TYPES);
    let format =
        word(&["", r#","format":"any""#, r#","format":"uri""#, r#","format":"array""#, r#","format":"%d.%m.%y %H%p""#]);
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
