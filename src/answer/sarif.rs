//! SARIF 2.1.0 (OASIS): one run, a rule for each code that occurs, a result for each finding.

use serde_json::{Map, Value, json};

use crate::answer::Answer;
use crate::finding::{Code, Finding, Severity};

/// The document.
pub fn document(answers: &[Answer]) -> String {
    let mut codes: Vec<&'static Code> =
        answers.iter().flat_map(|answer| &answer.findings).map(|one| one.code).collect();
    codes.sort_by_key(|code| code.id);
    codes.dedup();
    let results: Vec<_> = answers
        .iter()
        .flat_map(|answer| answer.findings.iter().map(|finding| result(answer, finding, &codes)))
        .collect();
    let document = json!({
        "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
        "version": "2.1.0",
        "runs": [{
            "tool": {"driver": {
                "name": env!("CARGO_PKG_NAME"),
                "version": env!("CARGO_PKG_VERSION"),
                "rules": codes.iter().map(|code| rule(code)).collect::<Vec<_>>(),
            }},
            "columnKind": "unicodeCodePoints",
            "results": results,
        }],
    });
    format!("{document:#}\n")
}

fn rule(code: &Code) -> Value {
    json!({
        "id": code.id,
        "shortDescription": {"text": capital(code.title.en)},
        "fullDescription": {"text": code.meaning},
        "help": {
            "text": format!("{}\n\nExample: {}\n\nMend: {}", code.meaning, code.example, code.fix),
        },
        "defaultConfiguration": {"level": level(code.severity)},
    })
}

fn level(severity: Severity) -> &'static str {
    match severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
        Severity::Notice => "note",
    }
}

fn result(answer: &Answer, finding: &Finding, codes: &[&'static Code]) -> Value {
    let place = &finding.place;
    let mut physical = json!({"artifactLocation": {"uri": uri(&answer.file(finding))}});
    // Of a text file: where in it, by line and character and by bytes. Both say the same place (3.30.4).
    let region = [
        ("startLine", place.line.map(u64::from)),
        ("startColumn", place.line.and(place.character).map(u64::from)),
        ("byteOffset", place.byte),
    ];
    let region: Map<_, _> =
        region.into_iter().filter_map(|(key, value)| Some((key.to_owned(), value?.into()))).collect();
    if !region.is_empty() {
        physical["region"] = Value::Object(region);
    }
    let mut location = json!({"physicalLocation": physical});
    if let Some(logical) = logical(finding) {
        location["logicalLocations"] = json!([logical]);
    }
    let hint = if finding.hint.is_empty() { String::new() } else { format!("\nHelp: {}", finding.hint) };
    let mut result = json!({
        "ruleId": finding.code.id,
        "ruleIndex": codes.iter().position(|code| *code == finding.code),
        "level": level(finding.severity),
        "message": {"text": format!("{}{hint}", capital(&finding.message))},
        "locations": [location],
    });
    if finding.times > 1 {
        result["occurrenceCount"] = finding.times.into();
    }
    let known = [
        ("sheet", place.sheet.clone().map(Value::from)),
        ("row", place.row.map(Value::from)),
        ("column", place.column.clone().map(Value::from)),
        ("cell", place.cell.clone().map(Value::from)),
    ];
    let known = known.into_iter().filter_map(|(key, value)| Some((key.to_owned(), value?)));
    let properties: Map<String, Value> = known.collect();
    if !properties.is_empty() {
        result["properties"] = Value::Object(properties);
    }
    result
}

/// A cell or a part of a JSON document, which no line of text tells.
fn logical(finding: &Finding) -> Option<Value> {
    let place = &finding.place;
    let row = place.row.map(|row| format!("row {row}"));
    let spot = place.cell.clone().or(row);
    match (spot, &place.pointer) {
        (Some(spot), _) => {
            let whole = place.sheet.as_ref().map_or_else(|| spot.clone(), |sheet| format!("{sheet}!{spot}"));
            Some(json!({"name": spot, "fullyQualifiedName": whole, "kind": "element"}))
        }
        (None, None) => {
            place.sheet.as_ref().map(|sheet| json!({"name": sheet, "fullyQualifiedName": sheet, "kind": "element"}))
        }
        (None, Some(pointer)) if !pointer.is_empty() => Some(json!({"fullyQualifiedName": pointer, "kind": "value"})),
        _ => None,
    }
}

/// A path as a URI reference (RFC 3986): relative as it was typed, or one of a file.
fn uri(path: &str) -> String {
    let mut uri = String::from(if path.starts_with('/') { "file://" } else { "" });
    for byte in path.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~/".contains(&byte) {
            uri.push(char::from(byte));
        } else {
            uri.push('%');
            uri.extend([byte >> 4, byte & 15].map(|digit| char::from(b"0123456789ABCDEF"[usize::from(digit)])));
        }
    }
    uri
}

fn capital(text: &str) -> String {
    let mut characters = text.chars();
    characters.next().map_or_else(String::new, |first| first.to_uppercase().chain(characters).collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::codes::{RAGGED_ROW, SYMLINK};
    use crate::finding::Place;

    #[test]
    fn results_have_their_rule_and_their_place() {
        let cell = Place {
            sheet: Some("訂單".to_owned()),
            row: Some(4),
            column: Some("amount".to_owned()),
            cell: Some("E4".to_owned()),
            ..Place::file("a b.xlsx")
        };
        let findings = vec![
            Finding::new(&SYMLINK, Place::file("n/ö.md").at(3, 7), "is a link"),
            Finding::new(&RAGGED_ROW, cell, "m").hint("h"),
            Finding::new(&RAGGED_ROW, Place::file("a b.xlsx"), "rest").times(30),
            Finding::new(&RAGGED_ROW, Place { line: Some(9), byte: Some(410), ..Place::file("a.csv") }, "m"),
        ];
        let value: Value =
            serde_json::from_str(&document(&[Answer::new("w".to_owned(), "w", "pack", findings)])).unwrap();
        let run = &value["runs"][0];
        let rules: Vec<_> = run["tool"]["driver"]["rules"].as_array().unwrap().iter().map(|rule| &rule["id"]).collect();
        assert_eq!(rules, ["ragged_row", "symlink"]);
        let result = |index: usize| &run["results"][index];
        let region = |index| &result(index)["locations"][0]["physicalLocation"]["region"];
        assert_eq!(*region(2), json!({"startLine": 9, "byteOffset": 410}));
        assert_eq!((&result(0)["ruleIndex"], &result(0)["occurrenceCount"]), (&json!(0), &json!(30)));
        assert_eq!(result(1)["locations"][0]["logicalLocations"][0]["fullyQualifiedName"], "訂單!E4");
        assert_eq!(result(1)["properties"]["cell"], "E4");
        assert_eq!(result(1)["message"]["text"], "M\nHelp: h");
        let physical = &result(3)["locations"][0]["physicalLocation"];
        assert_eq!(physical["artifactLocation"]["uri"], "w/n/%C3%B6.md");
        assert_eq!(physical["region"], json!({"startLine": 3, "startColumn": 7}));
        assert_eq!((&result(3)["ruleIndex"], &result(3)["level"]), (&json!(1), &json!("error")));
    }
}
