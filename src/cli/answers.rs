//! Answers, printed.

use std::io::Write;
use std::path::Path;

use super::stopped::Stopped;
use super::told::{Form, Told};
use super::{show, upload};
use crate::answer::{Answer, json};

/// Prints answers about so many paths in the form that was asked for.
pub(super) fn print(answers: &[Answer], paths: usize, told: &Told, out: &mut dyn Write) -> Result<(), Stopped> {
    match told.form {
        Form::Json => {
            let results: Vec<_> = answers.iter().map(json::answer).collect();
            // One path gives its result, several give a list of them.
            let value = if let ([one], 1) = (results.as_slice(), paths) { one.clone() } else { results.into() };
            show::json(&value, out)?;
        }
        Form::Human => {
            for (at, answer) in answers.iter().enumerate() {
                if at > 0 {
                    writeln!(out)?;
                }
                human(answer, out)?;
            }
        }
        _ => show::answers(answers, told, out)?,
    }
    Ok(())
}

fn human(answer: &Answer, out: &mut dyn Write) -> std::io::Result<()> {
    match &answer.upload {
        Some(upload) => upload::human(answer, upload, out)?,
        None => show::findings(&answer.findings, Path::new(&answer.root), out)?,
    }
    let word = if answer.is_clean() { show::success("ok") } else { show::failure("wrong") };
    writeln!(out, "{word} {} {}: {}", answer.what, answer.path, show::counts(&answer.findings))?;
    if let Some(code) = show::ask_about(&answer.findings) {
        writeln!(out, "{}", show::faint(&format!("`proofpack explain {code}` tells more")))?;
    }
    Ok(())
}
