//! What was proposed, which role was suggested for it, and who set which role.

use std::collections::BTreeMap;

use crate::kinds::dispatch::redact::shown;
use crate::kinds::dispatch::value;
use crate::kinds::dispatch_run::audit;
use crate::kinds::dispatch_run::suggestion::{self, Suggestion};
use crate::kinds::dispatch_run::view::{Page, ROWS, code};
use crate::kinds::dispatch_run::wording::name_of;
use crate::lang::words;
use crate::read::tree::Node;
use crate::view::page::{Block, Inline, Tone};
use crate::view::texts;

/// Most roles that are told to be left out of one suggestion.
const MOST_DROPPED: usize = 6;

impl Page<'_> {
    pub(super) fn candidates(&self) -> Vec<Block> {
        let Some(candidates) = self.items("backlog_candidates") else { return vec![self.not_given()] };
        // What nobody has decided comes first.
        let rank = |one: &Node| match value::text(one, "status") {
            "approved" => 1,
            "applied" => 2,
            "rejected" => 3,
            _ => 0,
        };
        let mut ordered = candidates;
        ordered.sort_by_cached_key(|one| (rank(one), value::text(one, "planning_run_id"), value::text(one, "id")));
        let row = |candidate: &&Node| {
            let (tone, word) = match value::text(candidate, "status") {
                "draft" => (Tone::Info, self.say(words("待決定", "To decide"))),
                "approved" => (Tone::Good, self.say(words("採納", "Approved"))),
                "applied" => (Tone::Good, self.say(words("已套用", "Applied"))),
                "rejected" => (Tone::Bad, self.say(words("拒絕", "Rejected"))),
                other => (Tone::Unknown, shown(other, 40)),
            };
            let role = value::text(candidate, "execution_role");
            let mut roles = vec![code(role, 60)];
            if !role.trim().is_empty() && !self.roles.is_selectable(role.trim()) {
                roles.push(Inline::Text(" ".to_owned()));
                roles.push(Inline::Tag(Tone::Bad, self.say(words("不能派工", "Cannot be dispatched"))));
            }
            let mut feedback = vec![code(value::text(candidate, "feedback_kind"), 40)];
            feedback.push(Inline::Text(format!(" {}", shown(value::text(candidate, "feedback_note"), 200))));
            vec![
                Inline::Many(vec![
                    Inline::Text(format!("{} ", name_of(candidate))),
                    Inline::Code(shown(value::text(candidate, "id"), 60)),
                ]),
                Inline::Tag(tone, word),
                Inline::Many(feedback),
                Inline::Many(roles),
                code(value::text(candidate, "planning_run_id"), 60),
            ]
        };
        let rows: Vec<_> = ordered.iter().take(ROWS).map(row).collect();
        let columns = [
            words("候選項目", "Candidate"),
            texts::STATUS,
            words("回饋", "Feedback"),
            words("已確認角色", "Confirmed role"),
            words("執行", "Run"),
        ];
        let caption = self.say(words("待決定的在前", "Those to be decided first"));
        self.table(caption, &columns, rows, ordered.len(), words("沒有候選項目", "No candidate"))
    }

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
            vec![
                Inline::Text(name_of(candidate)),
                Inline::Tag(tone, shown(&word, 60)),
                Inline::Text(if read.error.is_none() { format!("{:.2}", read.confidence) } else { String::new() }),
                Inline::Text(shown(&read.reasoning, 240)),
                self.alternatives(&read),
                code(value::text(candidate, "execution_role"), 60),
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

    /// The other roles that were weighed with their reasons, those that were left out and why, and what the router did
    /// not keep to.
    fn alternatives(&self, read: &Suggestion) -> Inline {
        let mut parts: Vec<Inline> = Vec::new();
        for one in &read.alternatives {
            parts.push(Inline::Code(shown(&one.role_id, 60)));
            parts.push(Inline::Text(format!(" {:.2} {}\n", one.score, shown(&one.reason, 160))));
        }
        for (role, why) in read.dropped.iter().take(MOST_DROPPED) {
            parts.push(Inline::Tag(Tone::Warn, self.say(words("略去", "Left out"))));
            parts.push(Inline::Text(" ".to_owned()));
            parts.extend((!role.is_empty()).then(|| Inline::Code(shown(role, 60))));
            parts.push(Inline::Text(format!(" {}\n", self.say(suggestion::about(why)))));
        }
        // What was left out has been told.
        let told = |note: &&&str| !read.dropped.iter().any(|(_, why)| why == *note);
        for note in read.notes.iter().filter(told) {
            parts.push(Inline::Tag(Tone::Warn, self.say(words("注意", "Note"))));
            parts.push(Inline::Text(format!(" {}\n", self.say(suggestion::about(note)))));
        }
        if read.error.is_none() && parts.is_empty() {
            parts.push(self.text(texts::NONE));
        }
        Inline::Many(parts)
    }

    /// Who set which role, the latest first; a row that does not hold says so.
    pub(super) fn audits(&self) -> Vec<Block> {
        let Some(rows) = self.exports.tree("role_audits").map(Node::items) else { return vec![self.not_given()] };
        let faults: BTreeMap<_, _> = audit::faults(rows).into_iter().collect();
        let mut order: Vec<usize> = (0..rows.len()).collect();
        order
            .sort_by_cached_key(|at| std::cmp::Reverse(rows.get(*at).and_then(|row| value::moment(row, "created_at"))));
        let of = |row: &Node, key: &str| code(value::text(row, key), 60);
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
