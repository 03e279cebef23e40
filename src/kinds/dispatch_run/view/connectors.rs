//! Who works for the console: connectors with their last report, and the roles of the catalogue.

use std::collections::BTreeSet;

use crate::kinds::dispatch::redact::shown;
use crate::kinds::dispatch::value;
use crate::kinds::dispatch_run::view::{Page, ROWS};
use crate::kinds::dispatch_run::wording::{duration, name_of};
use crate::kinds::dispatch_run::{activity, roles};
use crate::lang::words;
use crate::read::tree::Node;
use crate::view::page::{Block, Inline, Tone};
use crate::view::texts;

impl Page<'_> {
    pub(super) fn connectors(&self) -> Vec<Block> {
        let Some(connectors) = self.items("connectors") else { return vec![self.not_given()] };
        let listed: Vec<_> = connectors.into_iter().filter(|one| activity::is_listed(one, self.now)).collect();
        let row = |connector: &&Node| {
            let activity = value::get(connector, "activity");
            let field = |key: &str| activity.map(|activity| value::text(activity, key)).unwrap_or_default();
            let online = activity::is_online(value::moment(connector, "last_seen_at"), self.now);
            let phase = Some(field("phase").trim()).filter(|phase| !phase.is_empty()).unwrap_or("idle");
            let (label, colour) = activity::badge(phase, online);
            let tone = match colour {
                "green" => Tone::Good,
                "amber" => Tone::Warn,
                "blue" => Tone::Info,
                _ => Tone::Unknown,
            };
            let updated = activity.and_then(|activity| value::moment(activity, "updated_at"));
            let age = updated.map_or_else(
                || Inline::Unknown(self.say(texts::UNKNOWN)),
                |_| Inline::Text(duration(activity::age_seconds(updated, self.now), self.lang)),
            );
            let mut fresh = vec![age];
            if activity::is_stale(updated, self.now) {
                fresh.push(Inline::Tag(Tone::Warn, self.say(words("過舊", "Stale"))));
            }
            let presence = if online { words("在線", "Online") } else { words("離線", "Offline") };
            vec![
                Inline::Text(name_of(connector)),
                Inline::Tag(tone, shown(&label, 40)),
                self.text(presence),
                Inline::Many(fresh),
                Inline::Text(shown(field("subject_title"), 80)),
                Inline::Text(shown(field("step"), 80)),
            ]
        };
        let rows: Vec<_> = listed.iter().take(ROWS).map(row).collect();
        let columns = [
            words("連接器", "Connector"),
            words("階段", "Phase"),
            words("在線", "Presence"),
            words("距上次回報", "Last heard"),
            words("對象", "About"),
            words("步驟", "Step"),
        ];
        let caption = self.say(words(
            "當掉的連接器會停在最後的階段：看距上次回報多久",
            "A connector that died stays in its last phase: see how old it is",
        ));
        self.table(
            caption,
            &columns,
            rows,
            listed.len(),
            words("沒有在線或忙碌的連接器", "No connector is there or busy"),
        )
    }

    pub(super) fn roles(&self) -> Vec<Block> {
        let drift = roles::drifted(self.exports);
        let state = |id: &str| {
            let off: BTreeSet<&str> = drift
                .iter()
                .flatten()
                .filter_map(|found| found.split_once(':').filter(|(_, of)| *of == id).map(|(what, _)| what))
                .collect();
            match (&drift, off.is_empty()) {
                (None, _) => Inline::Unknown(self.say(texts::NOT_CHECKED)),
                (_, true) => Inline::Tag(Tone::Good, self.say(words("一致", "Agrees"))),
                _ => Inline::Many(off.iter().map(|what| Inline::Code((*what).to_owned())).collect()),
            }
        };
        let row = |role: &roles::Role| {
            let result: Vec<_> = role.result.iter().map(|(key, _)| *key).collect();
            vec![
                Inline::Code(role.id.to_owned()),
                Inline::Text(duration(self.roles.timeout_sec(role.id), self.lang)),
                Inline::Code(role.category.to_owned()),
                Inline::Text(result.join(texts::separator(self.lang))),
                state(role.id),
            ]
        };
        let beyond = |(id, role): (&str, &Node)| {
            vec![
                Inline::Code(shown(id, 60)),
                Inline::Text(duration(self.roles.timeout_sec(id), self.lang)),
                Inline::Code(shown(value::text(role, "category"), 20)),
                Inline::Unknown(self.say(words("未知：匯出才有的角色", "unknown: only the export has this role"))),
                state(id),
            ]
        };
        let count = roles::CATALOGUE.len() + self.roles.beyond().count();
        let rows = roles::CATALOGUE.iter().map(row).chain(self.roles.beyond().map(beyond)).take(ROWS).collect();
        let columns = [
            texts::ROLE,
            words("時限", "Time limit"),
            words("類別", "Category"),
            words("結果必須有", "Its result has"),
            words("目錄與提示檔", "Catalogue and prompts"),
        ];
        let caption = self.say(words("meta 角色不能被派工", "Nobody can be dispatched as a meta role"));
        self.table(caption, &columns, rows, count, texts::NONE)
    }
}
