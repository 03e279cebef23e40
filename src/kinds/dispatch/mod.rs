//! What the kinds that look at dispatching share: how their exports are read, how texts of agents are told
//! apart and made fit to be shown, and how questions about them are read. It is no kind and knows none.

use crate::lang::Lang;

pub(super) mod form;
pub(super) mod pattern;
pub(super) mod redact;
pub(super) mod value;

/// How many exports were not given, and what follows from it, as the end of a verdict.
pub(in crate::kinds) fn not_given(lang: Lang, missing: usize) -> String {
    match (lang, missing) {
        (Lang::ZhHant, 0) => "匯出都已提供。".to_owned(),
        (Lang::ZhHant, _) => format!("{missing} 種匯出未提供，相關規則未檢查。"),
        (Lang::En, 0) => "every export was given.".to_owned(),
        (Lang::En, 1) => "one export was not given, so its rules are not checked.".to_owned(),
        (Lang::En, _) => format!("{missing} exports were not given, so their rules are not checked."),
    }
}
