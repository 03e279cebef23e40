//! `proofpack explain`.

use std::io::Write;

use super::{Ran, Stopped, show};
use crate::codes;
use crate::finding::did_you_mean;

pub(super) fn run(code: Option<&str>, out: &mut dyn Write) -> Ran {
    let Some(id) = code else {
        for code in codes::ALL {
            writeln!(out, "{:24} {:8} {}", code.id, code.severity.word(), code.title.en)?;
        }
        return Ok(true);
    };
    let Some(code) = codes::find(id) else {
        let near = did_you_mean(id, codes::ALL.iter().map(|code| code.id));
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
