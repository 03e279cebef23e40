//! What people call things of exports: an item, a span of time.

use crate::kinds::dispatch::redact::shown;
use crate::kinds::dispatch::value;
use crate::lang::Lang;
use crate::read::tree::Node;

/// What people call an item: its title, else its id.
pub(super) fn name_of(item: &Node) -> String {
    let named = ["title", "name", "id"].into_iter().find_map(|key| value::word(item, key));
    shown(named.unwrap_or("?"), 80)
}

/// Seconds as people tell them, in the largest unit that fits.
pub(super) fn duration(seconds: i64, lang: Lang) -> String {
    let (count, zh, en) = match seconds {
        ..120 => (seconds, "秒", "s"),
        120..7200 => (seconds / 60, "分鐘", "min"),
        7200..172_800 => (seconds / 3600, "小時", "h"),
        _ => (seconds / 86_400, "天", "d"),
    };
    match lang {
        Lang::ZhHant => format!("{count} {zh}"),
        Lang::En => format!("{count} {en}"),
    }
}
