//! `proofpack template`: empty forms for those who send files.

use std::path::Path;

use super::stopped::{Ran, Stopped};
use crate::clock::Now;
use crate::disk;
use crate::finding::did_you_mean;
use crate::kinds::KINDS;
use crate::lang::Lang;

pub(super) fn run(name: &str, target: &Path, lang: Lang, now: &Now) -> Ran {
    let forms = || KINDS.iter().filter_map(|kind| kind.upload.as_ref()).map(|upload| (upload.name, upload.form));
    let Some((_, form)) = forms().find(|(known, _)| *known == name) else {
        let names: Vec<_> = forms().map(|(name, _)| name).collect();
        let near = did_you_mean(name, names.iter().copied());
        let hint =
            near.map_or_else(|| format!("there is {}", names.join(", ")), |near| format!("did you mean `{near}`?"));
        return Err(Stopped::new(format!("there is no form `{name}`; {hint}")));
    };
    let bytes = form(lang, now).map_err(Stopped::new)?;
    disk::write_whole(target, &bytes)?;
    Ok(true)
}
