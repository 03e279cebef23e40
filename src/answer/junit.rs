//! JUnit XML, as CI systems read it: one suite a file, one case a finding, and counts that agree with the cases.

use std::collections::BTreeMap;
use std::io;

use quick_xml::Writer;
use quick_xml::events::{BytesDecl, BytesText, Event};

use crate::answer::{Answer, groups};
use crate::finding::{Finding, Severity};

/// Everything of one file or bundle.
#[derive(Debug)]
pub struct Suite {
    /// What it is about.
    pub name: String,
    /// Exact totals and other short facts.
    pub properties: Vec<(String, String)>,
    /// Never none: what is clean has one that passes.
    pub cases: Vec<Case>,
}

/// One thing that passes or does not.
#[derive(Debug)]
pub struct Case {
    /// What was looked at.
    pub name: String,
    /// How it came out.
    pub outcome: Outcome,
}

/// How a case came out.
#[derive(Debug)]
pub enum Outcome {
    /// It is as it should be; perhaps something is to be said all the same.
    Passed(String),
    /// It is not: a sort, a line and a longer text.
    Failed {
        /// Stable word for the sort of failure.
        sort: String,
        /// One line.
        message: String,
        /// All of it.
        text: String,
    },
    /// Nobody looked, with the reason.
    Skipped(String),
}

/// The suites of several answers.
pub fn suites(answers: &[Answer]) -> Vec<Suite> {
    answers.iter().flat_map(of_answer).collect()
}

fn of_answer(answer: &Answer) -> Vec<Suite> {
    let mut files: BTreeMap<String, Vec<Finding>> = BTreeMap::new();
    for finding in &answer.findings {
        files.entry(answer.file(finding)).or_default().push(finding.clone());
    }
    // What was asked about has a suite, also when nothing is to be said about it.
    if files.is_empty() {
        files.insert(answer.path.clone(), Vec::new());
    }
    files.into_iter().map(|(file, findings)| of_file(answer, file, &findings)).collect()
}

fn of_file(answer: &Answer, file: String, findings: &[Finding]) -> Suite {
    let total =
        |group: super::Group<'_>| (format!("{}.{}", group.severity.word(), group.code.id), group.total.to_string());
    let mut properties = vec![("what".to_owned(), answer.what.to_owned())];
    if answer.upload.is_some() {
        properties.push(("verdict".to_owned(), answer.verdict().to_owned()));
    }
    properties.extend(groups(findings).into_iter().map(total));
    let cases = findings.iter().filter(|finding| finding.severity != Severity::Notice);
    let mut cases: Vec<_> = cases.map(|finding| case(answer, finding)).collect();
    if cases.is_empty() {
        cases.push(Case { name: answer.what.to_owned(), outcome: Outcome::Passed(String::new()) });
    }
    Suite { name: file, properties, cases }
}

fn case(answer: &Answer, finding: &Finding) -> Case {
    let spot = answer.spot(finding).map(|spot| format!("{spot}: ")).unwrap_or_default();
    let help = if finding.hint.is_empty() { finding.code.fix } else { &finding.hint };
    let text = format!("{}\nat {}\nhelp: {help}", finding.message, finding.place);
    let outcome = match finding.severity {
        Severity::Error => Outcome::Failed { sort: finding.code.id.to_owned(), message: finding.message.clone(), text },
        Severity::Warning | Severity::Notice => Outcome::Passed(text),
    };
    Case { name: format!("{spot}{}", finding.code.id), outcome }
}

/// The document.
pub fn document(suites: &[Suite]) -> String {
    let mut writer = Writer::new_with_indent(Vec::new(), b' ', 2);
    // Nothing that writes into memory fails.
    let _ = push(&mut writer, suites);
    let mut text = String::from_utf8(writer.into_inner()).unwrap_or_default();
    text.push('\n');
    text
}

fn failed(suite: &Suite) -> usize {
    suite.cases.iter().filter(|case| matches!(case.outcome, Outcome::Failed { .. })).count()
}

fn skipped(suite: &Suite) -> usize {
    suite.cases.iter().filter(|case| matches!(case.outcome, Outcome::Skipped(_))).count()
}

fn push(writer: &mut Writer<Vec<u8>>, suites: &[Suite]) -> io::Result<()> {
    writer.write_event(Event::Decl(BytesDecl::new("1.0", Some("UTF-8"), None)))?;
    let sum = |count: fn(&Suite) -> usize| suites.iter().map(count).sum::<usize>().to_string();
    let (tests, failures) = (sum(|suite| suite.cases.len()), sum(failed));
    writer
        .create_element("testsuites")
        .with_attribute(("name", "proofpack"))
        .with_attribute(("tests", tests.as_str()))
        .with_attribute(("failures", failures.as_str()))
        .with_attribute(("errors", "0"))
        // How many were skipped stands in the suites; the schema of Jenkins does not have it here.
        .write_inner_content(|writer| suites.iter().try_for_each(|suite| push_suite(writer, suite)))?;
    Ok(())
}

fn push_suite(writer: &mut Writer<Vec<u8>>, suite: &Suite) -> io::Result<()> {
    let name = allowed(&suite.name);
    writer
        .create_element("testsuite")
        .with_attribute(("name", name.as_str()))
        .with_attribute(("tests", suite.cases.len().to_string().as_str()))
        .with_attribute(("failures", failed(suite).to_string().as_str()))
        .with_attribute(("errors", "0"))
        .with_attribute(("skipped", skipped(suite).to_string().as_str()))
        .write_inner_content(|writer| {
            writer.create_element("properties").write_inner_content(|writer| {
                suite.properties.iter().try_for_each(|(name, value)| {
                    let property = writer.create_element("property");
                    property
                        .with_attribute(("name", allowed(name).as_str()))
                        .with_attribute(("value", allowed(value).as_str()))
                        .write_empty()?;
                    Ok(())
                })
            })?;
            suite.cases.iter().try_for_each(|case| push_case(writer, &name, case))
        })?;
    Ok(())
}

fn push_case(writer: &mut Writer<Vec<u8>>, suite: &str, case: &Case) -> io::Result<()> {
    let name = allowed(&case.name);
    let element =
        writer.create_element("testcase").with_attribute(("name", name.as_str())).with_attribute(("classname", suite));
    match &case.outcome {
        Outcome::Passed(text) if text.is_empty() => element.write_empty()?,
        Outcome::Passed(text) => element.write_inner_content(|writer| {
            writer.create_element("system-out").write_text_content(BytesText::new(&allowed(text)))?;
            Ok(())
        })?,
        Outcome::Failed { sort, message, text } => element.write_inner_content(|writer| {
            writer
                .create_element("failure")
                .with_attribute(("type", allowed(sort).as_str()))
                .with_attribute(("message", allowed(message).as_str()))
                .write_text_content(BytesText::new(&allowed(text)))?;
            Ok(())
        })?,
        Outcome::Skipped(reason) => element.write_inner_content(|writer| {
            writer.create_element("skipped").with_attribute(("message", allowed(reason).as_str())).write_empty()?;
            Ok(())
        })?,
    };
    Ok(())
}

/// A text without the characters that XML 1.0 forbids.
fn allowed(text: &str) -> String {
    let is_forbidden = |character: char| matches!(character, '\0'..='\u{8}' | '\u{B}' | '\u{C}' | '\u{E}'..='\u{1F}' | '\u{FFFE}' | '\u{FFFF}');
    text.replace(is_forbidden, "\u{FFFD}")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::codes::{RAGGED_ROW, SHEETS};
    use crate::finding::Place;

    #[test]
    fn one_suite_a_file_and_counts_that_agree() {
        let row = |row| Finding::new(&RAGGED_ROW, Place { row: Some(row), ..Place::file("a.csv") }, "<\"\u{1}&>");
        let findings = vec![
            row(2),
            row(3),
            Finding::new(&RAGGED_ROW, Place::file("a.csv"), "rest").times(98),
            Finding::new(&SHEETS, Place::file("b.xlsx"), "two"),
        ];
        let text = document(&suites(&[Answer::new("w".to_owned(), "", "workspace", findings)]));
        for expected in [
            r#"<testsuites name="proofpack" tests="4" failures="3" errors="0">"#,
            r#"<testsuite name="a.csv" tests="3" failures="3" errors="0" skipped="0">"#,
            r#"<testsuite name="b.xlsx" tests="1" failures="0" errors="0" skipped="0">"#,
            r#"<property name="error.ragged_row" value="100"/>"#,
            r#"<testcase name="row 2: ragged_row" classname="a.csv">"#,
            "message=\"&lt;&quot;\u{FFFD}&amp;&gt;\"",
        ] {
            assert!(text.contains(expected), "{expected}\n{text}");
        }
        let mut reader = quick_xml::Reader::from_str(&text);
        while reader.read_event().unwrap() != Event::Eof {}
    }

    #[test]
    fn what_is_clean_has_a_case_that_passes() {
        let text = document(&suites(&[Answer::new("w".to_owned(), "", "workspace", Vec::new())]));
        assert!(
            text.contains(r#"tests="1" failures="0""#)
                && text.contains(r#"<testcase name="workspace" classname="w"/>"#),
            "{text}"
        );
    }
}
