//! `proofpack explain`.

use std::io::Write;

use super::{Ran, Stopped, show};
use crate::finding::did_you_mean;
use crate::kinds::all_codes;

pub(super) fn run(code: Option<&str>, out: &mut dyn Write) -> Ran {
    let Some(id) = code else {
        for code in all_codes() {
            writeln!(out, "{:24} {:8} {}", code.id, code.severity.word(), code.title.en)?;
        }
        return Ok(true);
    };
    let Some(code) = all_codes().find(|code| code.id == id) else {
        let near = did_you_mean(id, all_codes().map(|code| code.id));
        let hint =
            near.map_or("`proofpack explain` lists them all".to_owned(), |near| format!("did you mean `{near}`?"));
        return Err(Stopped::new(format!("`{id}` is not a finding code; {hint}")));
    };
    writeln!(out, "{} ({})", show::strong(code.id), code.severity.word())?;
    writeln!(out, "{} / {}", code.title.en, code.title.zh)?;
    writeln!(out, "\n{}", code.meaning)?;
    writeln!(out, "\n{}  {}", show::strong("Example:"), code.example)?;
    writeln!(out, "{}      {}", show::strong("Mend:"), code.fix)?;
    Ok(true)
}
