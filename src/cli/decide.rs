//! `proofpack decide`: facts as JSON in, decisions as JSON out, one for one.

use std::io::{self, BufRead, BufReader, Cursor, Read, Write};
use std::path::Path;

use serde_json::{Value, json};

use super::show;
use super::stopped::{Ran, Stopped};
use crate::answer::json as json_answer;
use crate::check::privacy;
use crate::decide::{self, Answer, Asked, Question};
use crate::disk;
use crate::finding::{Finding, did_you_mean};
use crate::kinds;
use crate::limits;
use crate::read::json;
use crate::read::text::{self, Text};
use crate::read::tree::Node;

/// Lists the questions that can be asked.
pub(super) fn list(out: &mut dyn Write) -> Ran {
    for question in kinds::questions() {
        writeln!(out, "{:24} {}", question.name, question.about.en)?;
    }
    Ok(true)
}

/// The question of this name.
pub(super) fn question(name: &str) -> Result<&'static Question, Stopped> {
    kinds::questions().find(|question| question.name == name).ok_or_else(|| {
        let near = did_you_mean(name, kinds::questions().map(|question| question.name));
        let hint =
            near.map_or("`proofpack decide` lists them all".to_owned(), |near| format!("did you mean `{near}`?"));
        Stopped::new(format!("there is no decision `{name}`; {hint}"))
    })
}

/// Answers every object of a file or of what comes in (`-` or nothing named). Each answer is a line of its own, and so is
/// what stands in place of one for facts that are refused; then the run ends with status 2.
pub(super) fn run(question: &Question, file: Option<&Path>, asked: &Asked, out: &mut dyn Write) -> Ran {
    let named = file.filter(|path| *path != Path::new("-"));
    let shown = named.map_or("-".to_owned(), disk::shown);
    let input: Box<dyn Read> = match named {
        Some(path) => Box::new(disk::open(path)?),
        None => Box::new(io::stdin().lock()),
    };
    let mut decider = Decider { question, asked, shown: &shown, refused: 0, answered: 0, out };
    decider.all(BufReader::new(input))?;
    let (answered, refused) = (decider.answered, decider.refused);
    if answered + refused == 0 {
        return Err(Stopped::new(format!("{shown} has no facts; write one JSON object, or one in each line")));
    }
    if refused > 0 {
        decider.out.flush()?;
        let all = answered + refused;
        return Err(Stopped::new(format!("{refused} of {all} facts refused, no decision was made from them")));
    }
    Ok(true)
}

/// An input of which the beginning has been read.
type Begun = io::Chain<Cursor<Vec<u8>>, BufReader<Box<dyn Read>>>;

struct Decider<'a> {
    question: &'a Question,
    asked: &'a Asked,
    /// Name of the input for findings.
    shown: &'a str,
    refused: usize,
    answered: usize,
    out: &'a mut dyn Write,
}

impl Decider<'_> {
    /// One document, which may have many lines, or a document in each line.
    fn all(&mut self, mut input: BufReader<Box<dyn Read>>) -> Result<(), Stopped> {
        let mut first = Vec::new();
        while first.iter().all(u8::is_ascii_whitespace) {
            if line(&mut input, &mut first)? == 0 {
                return Ok(());
            }
        }
        if parse(&first).is_some() {
            return self.lines(Cursor::new(first).chain(input));
        }
        // The first line is not a document by itself: it begins one, or it is a bad line among good ones.
        let mut whole = first;
        input.by_ref().take(limits::DOCUMENT_BYTES.value).read_to_end(&mut whole)?;
        let content = whole.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(&whole);
        let is_lines =
            parse(content).is_none() && content.split(|byte| *byte == b'\n').any(|line| parse(line).is_some());
        if is_lines { self.lines(Cursor::new(whole).chain(input)) } else { self.document(&whole, 0) }
    }

    fn lines(&mut self, mut input: Begun) -> Result<(), Stopped> {
        let mut bytes = Vec::new();
        let mut number = 0;
        loop {
            bytes.clear();
            if line(&mut input, &mut bytes)? == 0 {
                return Ok(());
            }
            // What ends too early ends in this line and not in the next.
            let bytes = bytes.trim_ascii_end();
            if !bytes.iter().all(u8::is_ascii_whitespace) {
                self.document(bytes, number)?;
                // Whoever asks line by line and waits for each answer gets it.
                if input.get_ref().1.buffer().is_empty() {
                    self.out.flush()?;
                }
            }
            number += 1;
        }
    }

    /// Answers one document, which begins after so many lines.
    fn document(&mut self, bytes: &[u8], lines_before: u32) -> Result<(), Stopped> {
        let mut findings = Vec::new();
        let read = text::read(self.shown, bytes, &mut findings);
        let answer = read.and_then(|text| {
            let facts = json::parse(text, &mut findings)?;
            // A key that stands twice has two readings.
            if findings.iter().any(is_fault) { None } else { self.ask(&facts, text, &mut findings) }
        });
        let Some(answer) = answer else {
            self.refused += 1;
            for finding in &mut findings {
                finding.place.line = finding.place.line.map(|line| line.saturating_add(lines_before));
            }
            findings.retain(is_fault);
            privacy::redact(&mut findings);
            // The places are those of what came in, so there is no line of a file to show beside them.
            let mut said = Vec::new();
            show::findings(&findings, Path::new(""), &mut said)?;
            anstream::stderr().write_all(&said)?;
            let error = json!({"error": {
                "line": lines_before.saturating_add(1),
                "findings": json_answer::findings(&findings),
            }});
            return Ok(writeln!(self.out, "{error}")?);
        };
        self.answered += 1;
        Ok(writeln!(self.out, "{}", Value::Object(answer))?)
    }

    fn ask(&self, facts: &Node, text: Text<'_>, findings: &mut Vec<Finding>) -> Option<Answer> {
        decide::ask(self.question, facts, self.asked, text, findings)
    }
}

fn is_fault(finding: &Finding) -> bool {
    finding.severity != crate::finding::Severity::Notice
}

fn parse(bytes: &[u8]) -> Option<Node> {
    let mut findings = Vec::new();
    text::read("", bytes, &mut findings).and_then(|text| json::parse(text, &mut findings))
}

/// Reads a line, which may not be longer than a document. 0 at the end.
fn line(input: &mut impl BufRead, bytes: &mut Vec<u8>) -> Result<usize, Stopped> {
    let limit = limits::DOCUMENT_BYTES;
    let read = input.by_ref().take(limit.value).read_until(b'\n', bytes)?;
    if bytes.len() as u64 >= limit.value && bytes.last() != Some(&b'\n') {
        return Err(Stopped::new(format!("a line is longer than {} bytes (limit `{}`)", limit.value, limit.name)));
    }
    Ok(read)
}
