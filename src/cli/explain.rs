//! `proofpack explain`: finding codes and rules.

use std::io::Write;

use super::{Ran, Stopped, show};
use crate::decide::Told;
use crate::finding::did_you_mean;
use crate::kinds::{all_codes, rules};

pub(super) fn run(code: Option<&str>, out: &mut dyn Write) -> Ran {
    let Some(id) = code else {
        for code in all_codes() {
            writeln!(out, "{:24} {:8} {}", code.id, code.severity.word(), code.title.en)?;
        }
        for rule in rules() {
            writeln!(out, "{:24} {:8} {}", rule.id, "rule", rule.when.en)?;
        }
        return Ok(true);
    };
    if let Some(rule) = rules().find(|rule| rule.id == id) {
        return explain_rule(&rule, out);
    }
    let Some(code) = all_codes().find(|code| code.id == id) else {
        let rules: Vec<_> = rules().map(|rule| rule.id).collect();
        let near = did_you_mean(id, all_codes().map(|code| code.id).chain(rules));
        let hint =
            near.map_or("`proofpack explain` lists them all".to_owned(), |near| format!("did you mean `{near}`?"));
        return Err(Stopped::new(format!("`{id}` is neither a finding code nor a rule; {hint}")));
    };
    writeln!(out, "{} ({})", show::strong(code.id), code.severity.word())?;
    writeln!(out, "{} / {}", code.title.en, code.title.zh)?;
    writeln!(out, "\n{}", code.meaning)?;
    writeln!(out, "\n{}  {}", show::strong("Example:"), code.example)?;
    writeln!(out, "{}      {}", show::strong("Mend:"), code.fix)?;
    Ok(true)
}

fn explain_rule(rule: &Told, out: &mut dyn Write) -> Ran {
    writeln!(out, "{} (rule of {})", show::strong(rule.id), rule.question)?;
    writeln!(out, "{} / {}", rule.when.en, rule.when.zh)?;
    if !rule.decides.is_empty() {
        writeln!(out, "\n{}  {}", show::strong("Decides:"), rule.decides.join(", "))?;
    }
    writeln!(out, "{}     {} / {}", show::strong("Next:"), rule.route.en, rule.route.zh)?;
    writeln!(
        out,
        "\nThe first rule that holds wins; `proofpack decide {} --trace` lists those before it.",
        rule.question
    )?;
    Ok(true)
}
