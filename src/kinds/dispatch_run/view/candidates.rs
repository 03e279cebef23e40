//! What was proposed, which role was suggested for it, and who set which role.

use std::collections::BTreeMap;

use crate::kinds::dispatch::redact::shown;
use crate::kinds::dispatch::value;
use crate::kinds::dispatch_run::attention::name_of;
use crate::kinds::dispatch_run::view::{Page, ROWS};
use crate::kinds::dispatch_run::{audit, suggestion};
use crate::lang::words;
use crate::read::tree::Node;
use crate::view::page::{Block, Inline, Tone};
use crate::view::texts;

impl<'a> Page<'a> {
    pub(super) fn suggestions(&self) -> Vec<Block> {
        let Some(candidates) = self.items("backlog_candidates") else { return vec![self.not_given()] };
        let suggested: Vec<_> =
            candidates.into_iter().filter_map(|one| Some((one, value::get(one, "suggestion")?))).collect();
        let row = |(candidate, given): &(&Node, &Node)| {
            let read = suggestion::exported(given, &self.roles);
            let (tone, word) = match &read.error {
                None => (Tone::Good, read.role_id.clone()),
                Some((kind, _)) => (Tone::Bad, (*kind).to_owned()),
            };
            let others: Vec<_> =
                read.alternatives.iter().map(|one| format!("{} {:.2}", one.role_id, one.score)).collect();
            vec![
                Inline::Text(name_of(candidate)),
                Inline::Tag(tone, shown(&word, 60)),
                Inline::Text(if read.error.is_none() { format!("{:.2}", read.confidence) } else { String::new() }),
                Inline::Text(shown(&read.reasoning, 240)),
                Inline::Text(others.join(texts::separator(self.lang))),
                Inline::Code(shown(value::text(candidate, "execution_role"), 60)),
            ]
        };
        let rows: Vec<_> = suggested.iter().take(ROWS).map(row).collect();
        let columns = [
            words("候選項目", "Candidate"),
            words("建議", "Suggestion"),
            words("信心", "Confidence"),
            texts::RATIONALE,
            words("其他選擇", "Alternatives"),
            words("已確認角色", "Confirmed role"),
        ];
        let caption = self.say(words("建議不會自動套用，由人確認", "Nothing is applied by itself; a person confirms"));
        self.table(caption, &columns, rows, suggested.len(), words("沒有角色建議", "No suggestion"))
    }

    /// Who set which role, the latest first; a row that does not hold says so.
    pub(super) fn audits(&self) -> Vec<Block> {
        let Some(rows) = self.exports.tree("role_audits").map(Node::items) else { return vec![self.not_given()] };
        let faults: BTreeMap<_, _> = audit::faults(rows).into_iter().collect();
        let mut order: Vec<usize> = (0..rows.len()).collect();
        order
            .sort_by_cached_key(|at| std::cmp::Reverse(rows.get(*at).and_then(|row| value::moment(row, "created_at"))));
        let of = |row: &Node, key: &str| Inline::Code(shown(value::text(row, key), 60));
        let line = |(at, row): (usize, &Node)| {
            let state = faults.get(&at).map_or_else(
                || Inline::Tag(Tone::Good, self.say(words("成立", "Holds"))),
                |fault| Inline::Tag(Tone::Warn, self.say(audit::about(fault))),
            );
            vec![
                Inline::Many(vec![of(row, "subject_kind"), Inline::Text(" ".to_owned()), of(row, "subject_id")]),
                state,
                Inline::Many(vec![of(row, "old_value"), Inline::Text(" → ".to_owned()), of(row, "new_value")]),
                of(row, "actor_kind"),
                Inline::Text(shown(value::text(row, "rationale"), 200)),
                self.moment(row, "created_at"),
            ]
        };
        let shown_rows = order.iter().filter_map(|at| Some((*at, rows.get(*at)?))).take(ROWS).map(line).collect();
        let columns = [
            words("對象", "About"),
            texts::STATUS,
            words("變更", "Change"),
            words("寫入者", "By"),
            texts::RATIONALE,
            words("時間", "When"),
        ];
        let caption = self.say(words("最近的在前；只增不改", "The latest first; only ever added to"));
        self.table(caption, &columns, shown_rows, rows.len(), words("沒有稽核紀錄", "No audit row"))
    }
}
