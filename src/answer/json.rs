//! Findings and answers as JSON, and as JSON Lines: one finding a line, then a line that sums up.

use serde_json::{Map, Value, json};

use crate::answer::{Answer, UNVERIFIED};
use crate::check::upload::{Counts, Rows};
use crate::finding::{self, Finding, Severity};

/// The counts of findings.
pub fn counts(findings: &[Finding]) -> Value {
    json!({
        "error": finding::count(findings, Severity::Error),
        "warning": finding::count(findings, Severity::Warning),
        "notice": finding::count(findings, Severity::Notice),
    })
}

/// A finding; parts of its place that are not known are null.
pub fn finding(finding: &Finding) -> Value {
    let place = &finding.place;
    let fields: [(&str, Value); 14] = [
        ("code", finding.code.id.into()),
        ("severity", finding.severity.word().into()),
        ("file", place.file.clone().into()),
        ("sheet", place.sheet.clone().into()),
        ("line", place.line.into()),
        ("character", place.character.into()),
        ("byte", place.byte.into()),
        ("row", place.row.into()),
        ("column", place.column.clone().into()),
        ("cell", place.cell.clone().into()),
        ("pointer", place.pointer.clone().into()),
        ("message", finding.message.clone().into()),
        ("hint", finding.hint.clone().into()),
        ("count", finding.times.into()),
    ];
    Value::Object(fields.into_iter().map(|(key, value)| (key.to_owned(), value)).collect::<Map<_, _>>())
}

/// All findings.
pub fn findings<'a>(findings: impl IntoIterator<Item = &'a Finding>) -> Value {
    findings.into_iter().map(finding).collect()
}

/// One answer. Revenue that nothing proves is the word `unverified`.
pub fn answer(answer: &Answer) -> Value {
    let mut value = summary(answer);
    if answer.upload.is_some() {
        let (wrong, notices) = answer.parts();
        value["findings"] = findings(wrong);
        value["notices"] = findings(notices);
    } else {
        value["findings"] = findings(&answer.findings);
    }
    value
}

/// Several answers as lines: those of the findings of each, then the one that sums it up.
pub fn lines(answers: &[Answer]) -> String {
    let mut out = String::new();
    for answer in answers {
        let finding = |finding: &Finding| line("finding", &answer.path, self::finding(finding));
        answer.findings.iter().for_each(|one| out.push_str(&finding(one)));
        out.push_str(&line("summary", &answer.path, summary(answer)));
    }
    out
}

fn line(sort: &str, path: &str, value: Value) -> String {
    let mut object = Map::from_iter([("type".to_owned(), sort.into()), ("path".to_owned(), path.into())]);
    if let Value::Object(fields) = value {
        object.extend(fields);
    }
    format!("{}\n", Value::Object(object))
}

/// An answer without its findings.
fn summary(answer: &Answer) -> Value {
    let Some(upload) = &answer.upload else {
        return json!({
            "path": answer.path,
            "what": answer.what,
            "verdict": answer.verdict(),
            "counts": counts(&answer.findings),
        });
    };
    let count = |count: fn(&Counts) -> u64| upload.counts.as_ref().map(count);
    // Rows of any table have no status; that is not the same as none.
    let matching = upload.matching.as_ref().map(|matching| {
        let outcomes = matching.outcomes.iter().map(|(word, _, count)| ((*word).to_owned(), (*count).into()));
        let outcomes: Map<String, Value> = outcomes.collect();
        json!({"file": matching.file, "form": matching.form, "lines": matching.lines, "outcomes": outcomes})
    });
    let of_orders = |of: fn(&Counts) -> u64| count(of).filter(|_| upload.holds == Rows::Orders);
    let mut summary = json!({
        "path": answer.path,
        "what": answer.what,
        "verdict": answer.verdict(),
        "missing_fields": upload.missing_fields,
        "counts": {
            "rows": count(|counts| counts.rows),
            "paid": of_orders(|counts| counts.paid),
            "pending": of_orders(|counts| counts.pending),
            "refunded": of_orders(|counts| counts.refunded),
            "duplicate": of_orders(|counts| counts.duplicate),
        },
        "totals": counts(&answer.findings),
        "recognized_revenue": upload.recognised_revenue.map_or_else(|| UNVERIFIED.into(), Value::from),
    });
    if let Some(matching) = matching {
        summary["settlement"] = matching;
    }
    summary
}
