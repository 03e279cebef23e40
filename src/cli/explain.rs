//! `proofpack explain`: finding codes and rules.

use std::io::Write;

use super::show;
use super::stopped::{Ran, Stopped};
use crate::decide::Told;
use crate::finding::{Code, did_you_mean};
use crate::kinds::{all_codes, questions, rules};

pub(super) fn run(id: Option<&str>, out: &mut dyn Write) -> Ran {
    let Some(id) = id else {
        for code in all_codes() {
            writeln!(out, "{:24} {:8} {}", code.id, code.severity.word(), code.title.en)?;
        }
        for rule in rules() {
            writeln!(out, "{:24} {:8} {}: {}", rule.id, "rule", rule.question, rule.when.en)?;
        }
        return Ok(true);
    };
    let code = all_codes().find(|code| code.id == id);
    // The same id may stand in several tables; `TABLE/ID` is the one of this table.
    let rules_of: Vec<_> =
        rules().filter(|rule| rule.id == id || id.split_once('/') == Some((rule.question, rule.id))).collect();
    if code.is_none() && rules_of.is_empty() {
        let rules: Vec<_> = rules().map(|rule| rule.id).collect();
        let near = did_you_mean(id, all_codes().map(|code| code.id).chain(rules));
        let hint =
            near.map_or("`proofpack explain` lists them all".to_owned(), |near| format!("did you mean `{near}`?"));
        return Err(Stopped::new(format!("`{id}` is neither a finding code nor a rule; {hint}")));
    }
    if let Some(code) = code {
        explain_code(code, out)?;
    }
    for (at, rule) in rules_of.iter().enumerate() {
        if at > 0 || code.is_some() {
            writeln!(out)?;
        }
        explain_rule(rule, out)?;
    }
    Ok(true)
}

fn explain_code(code: &Code, out: &mut dyn Write) -> Result<(), Stopped> {
    writeln!(out, "{} ({})", show::strong(code.id), code.severity.word())?;
    writeln!(out, "{} / {}", code.title.en, code.title.zh)?;
    writeln!(out, "\n{}", code.meaning)?;
    writeln!(out, "\n{}  {}", show::strong("Example:"), code.example)?;
    writeln!(out, "{}      {}", show::strong("Mend:"), code.fix)?;
    Ok(())
}

fn explain_rule(rule: &Told, out: &mut dyn Write) -> Result<(), Stopped> {
    writeln!(out, "{} (rule of {})", show::strong(rule.id), rule.question)?;
    writeln!(out, "{} / {}\n", rule.when.en, rule.when.zh)?;
    if !rule.decides.is_empty() {
        writeln!(out, "{}  {}", show::strong("Decides:"), rule.decides.join(", "))?;
    }
    if let Some(route) = rule.route {
        writeln!(out, "{}     {} / {}", show::strong("Next:"), route.en, route.zh)?;
    }
    let counts = if rule.is_first { "The first rule that holds wins" } else { "Every rule that holds is told" };
    if questions().any(|question| question.name == rule.question) {
        writeln!(out, "\n{counts}; `proofpack decide {} --trace` shows how it came about.", rule.question)?;
    } else {
        writeln!(out, "\n{counts}, on the page of the pack.")?;
    }
    Ok(())
}
