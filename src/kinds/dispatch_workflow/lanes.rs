//! Lanes: who works where, the older names that still stand in exports, and what is wrong in a lane configuration.
//!
//! Invariants: names are resolved once, on reading. No lane is unset, which is not unknown. An unknown lane keeps its
//! text and is flagged; nothing is hidden or moved because of it.

use serde_json::{Value as Json, json};

use crate::decide::{Answer, Asked};
use crate::kinds::dispatch::form::{Form, Shape, form, object};
use crate::lang::{Words, words};
use crate::read::tree::{Node, Value};

/// A lane that every installation has.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Lane {
    /// Its name.
    pub id: &'static str,
    /// What it is for.
    pub role: Words,
    /// The sort of model that works in it.
    pub model: Option<Words>,
    /// The agent that works in it unless another is named.
    pub agent: Option<&'static str>,
    /// What a worker says when there is nothing to do. Only lanes with one are worked in.
    pub clear_text: Option<&'static str>,
}

/// The lanes in the order in which they are probed and shown.
pub(super) static LANES: &[Lane] = &[
    Lane {
        id: "local",
        role: words("預設", "default"),
        model: Some(words("本地模型", "local model")),
        agent: Some("saffron-local"),
        clear_text: Some("Pipeline is clear."),
    },
    Lane {
        id: "cloud",
        role: words("跨檔案工作", "work across files"),
        model: Some(words("雲端模型", "cloud model")),
        agent: Some("saffron-cloud"),
        clear_text: Some("Cloud lane is clear."),
    },
    Lane {
        id: "frontier",
        role: words("升級處理", "escalation"),
        model: Some(words("前沿模型", "frontier model")),
        agent: Some("saffron-frontier"),
        clear_text: Some("Frontier lane is clear."),
    },
    Lane {
        id: "backlog",
        role: words("待整理，不可領取", "to be groomed, not claimable"),
        model: None,
        agent: None,
        clear_text: None,
    },
    Lane {
        id: NEEDS_HUMAN,
        role: words("只用於 PR 修復，由人處理", "PR fixes that a person has to do"),
        model: None,
        agent: None,
        clear_text: None,
    },
];

/// The keys under which rows name their lane.
pub(super) const LANE_KEYS: [&str; 2] = ["lane", "currentLane"];
/// Where work of no lane goes.
pub(super) const DEFAULT: &str = "local";
/// Where work goes that no agent may do.
pub(super) const NEEDS_HUMAN: &str = "needs-human";

/// Older names and what they mean now.
pub(super) static ALIASES: &[(&str, &str)] = &[("normal", "local"), ("escalated", "frontier"), ("gpt", "frontier")];

/// A lane as an export names it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Named {
    /// Its present name; an unknown one as it was written.
    pub id: String,
    /// Whether it is a lane at all.
    pub known: bool,
    /// Whether it was written under an older name.
    pub aliased: bool,
}

/// The lane of this name.
pub(super) fn find(id: &str) -> Option<&'static Lane> {
    LANES.iter().find(|lane| lane.id == id)
}

/// The lanes that workers are started in.
pub(super) fn worked() -> impl Iterator<Item = &'static Lane> {
    LANES.iter().filter(|lane| lane.clear_text.is_some())
}

/// Resolves a lane as it was written; `None` when there is none.
pub(super) fn resolve(written: &str) -> Option<Named> {
    let written = written.trim();
    if written.is_empty() {
        return None;
    }
    let lower = written.to_lowercase();
    let alias = ALIASES.iter().find(|(old, _)| *old == lower).map(|(_, now)| *now);
    let known = alias.or_else(|| find(&lower).map(|lane| lane.id));
    // What PR-fix items write for `needs-human` is no lane elsewhere, and told as they write it.
    let unknown = if lower == "needs_human" { &lower } else { written };
    Some(Named { id: known.unwrap_or(unknown).to_owned(), known: known.is_some(), aliased: alias.is_some() })
}

/// Resolves the lane of a PR-fix item: those may write `_` for `-`, and without one they are in the default lane.
pub(super) fn resolve_pr_fix(written: &str) -> Named {
    resolve(&written.replace('_', "-")).map_or_else(
        || Named { id: DEFAULT.to_owned(), known: true, aliased: false },
        |named| if named.known { named } else { Named { id: written.trim().to_owned(), ..named } },
    )
}

/// A lane of a configuration.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Configured {
    /// Its name, in lower case.
    pub id: String,
    /// What people call it.
    pub title: String,
    /// Whether workers may claim in it.
    pub claimable: bool,
    /// The agent that works in it unless another is named.
    pub agent: Option<String>,
}

/// A lane configuration without faults.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Config {
    /// Its lanes, in file order.
    pub lanes: Vec<Configured>,
    /// Older names and the lane that each means.
    pub aliases: Vec<(String, String)>,
}

/// What can be wrong in a configuration, in the order in which it is looked for.
pub(super) static CONFIG_FAULTS: &[(&str, Words)] = &[
    ("no-lanes", words("沒有設定任何 lane", "no lane is configured")),
    ("blank-id", words("lane 的 id 空白", "a lane has a blank id")),
    ("duplicate-id", words("兩個 lane 的 id 相同", "two lanes have the same id")),
    ("blank-title", words("lane 的標題空白", "a lane has a blank title")),
    ("claimable-not-bool", words("`claimable` 不是 true 或 false", "`claimable` is not true or false")),
    ("no-claimable-lane", words("沒有任何可領取的 lane", "no lane is claimable")),
    ("alias-target-missing", words("別名指向未設定的 lane", "an alias leads to a lane that is not configured")),
];

impl Config {
    /// Reads a configuration; the first fault found otherwise, by its code of [`CONFIG_FAULTS`].
    pub(super) fn read(node: &Node) -> Result<Self, &'static str> {
        let mut config = Self::default();
        let blank = |node: &Node, key: &str| node.text_at(key).is_none_or(|text| text.trim().is_empty());
        for lane in node.get("lanes").map(Node::items).unwrap_or_default() {
            let id = lane.text_at("id").unwrap_or_default().trim().to_lowercase();
            if id.is_empty() {
                return Err("blank-id");
            }
            if config.lane(&id).is_some() {
                return Err("duplicate-id");
            }
            if blank(lane, "title") {
                return Err("blank-title");
            }
            let Some(Value::Bool(claimable)) = lane.get("claimable").map(|node| &node.value) else {
                return Err("claimable-not-bool");
            };
            let title = lane.text_at("title").unwrap_or_default().trim().to_owned();
            let agent = lane.text_at("defaultAgent").map(str::to_owned);
            config.lanes.push(Configured { id, title, claimable: *claimable, agent });
        }
        if config.lanes.is_empty() {
            return Err("no-lanes");
        }
        if !config.lanes.iter().any(|lane| lane.claimable) {
            return Err("no-claimable-lane");
        }
        for alias in node.get("laneAliases").map(Node::entries).unwrap_or_default() {
            let target = alias.node.text().unwrap_or_default().trim().to_lowercase();
            if config.lane(&target).is_none() {
                return Err("alias-target-missing");
            }
            config.aliases.push((alias.key.trim().to_lowercase(), target));
        }
        Ok(config)
    }

    /// The lane of this name.
    pub(super) fn lane(&self, id: &str) -> Option<&Configured> {
        self.lanes.iter().find(|lane| lane.id == id)
    }

    /// The rows of an export with the present names of lanes, where this configuration alone knows the older ones;
    /// `None` when no row needs it.
    pub(super) fn renamed(&self, rows: &Node) -> Option<Node> {
        if !rows.items().iter().any(|row| self.is_renamed(row)) {
            return None;
        }
        let mut rows = rows.clone();
        if let Value::List(rows) = &mut rows.value {
            for row in rows {
                self.rename(row);
            }
        }
        Some(rows)
    }

    fn is_renamed(&self, row: &Node) -> bool {
        LANE_KEYS.iter().any(|key| row.text_at(key).is_some_and(|lane| self.own_alias(lane).is_some()))
            || row.get("context").is_some_and(|context| self.is_renamed(context))
    }

    fn rename(&self, row: &mut Node) {
        let Value::Table(entries) = &mut row.value else { return };
        for entry in entries {
            if &*entry.key == "context" {
                self.rename(&mut entry.node);
            } else if LANE_KEYS.contains(&&*entry.key)
                && let Value::Text(lane) = &mut entry.node.value
                && let Some(now) = self.own_alias(lane)
            {
                *lane = now;
            }
        }
    }

    /// The lane that a name means in this configuration and nowhere else.
    fn own_alias(&self, written: &str) -> Option<String> {
        let is_known = || resolve(written).is_none_or(|named| named.known);
        let named = self.resolve(written).filter(|named| named.aliased && !is_known())?;
        Some(named.id)
    }

    /// Resolves a lane as it was written. A configured name is itself, whatever an alias says.
    fn resolve(&self, written: &str) -> Option<Named> {
        let lower = written.trim().to_lowercase();
        let alias = || self.aliases.iter().find(|(old, _)| *old == lower).map(|(_, now)| now.clone());
        let builtin = || resolve(written).filter(|named| self.lane(&named.id).is_some());
        if lower.is_empty() {
            None
        } else if self.lane(&lower).is_some() {
            Some(Named { id: lower, known: true, aliased: false })
        } else if let Some(id) = alias() {
            Some(Named { id, known: true, aliased: true })
        } else {
            builtin().or_else(|| Some(Named { id: written.trim().to_owned(), known: false, aliased: false }))
        }
    }
}

/// `lanes`: what a written lane means, and what is wrong in a configuration.
pub(super) static FORMS: &[Shape] =
    &[form("lane_config", &["lane"], configured), form("lane", &["consumer"], resolved)];

fn configured(given: &mut Form<'_>, asked: &Asked) -> Json {
    let lane = given.text_if("lane");
    let config = given.table_if("lane_config").map_or(Err("no-lanes"), Config::read);
    let config = match config {
        Ok(config) => config,
        Err(code) => {
            let fault = CONFIG_FAULTS.iter().find(|(id, _)| *id == code);
            let why = fault.map_or("", |(_, words)| words.get(asked.lang));
            return json!({"valid": false, "error_code": code, "rule": code, "rationale": why});
        }
    };
    let mut answer = object(json!({"valid": true, "error_code": null}));
    if let Some(named) = lane.map(|lane| config.resolve(lane)) {
        let lane = named.as_ref().and_then(|named| config.lane(&named.id));
        let builtin = named.as_ref().and_then(|named| find(&named.id));
        let agent = lane.and_then(|lane| lane.agent.as_deref()).or(builtin.and_then(|lane| lane.agent));
        answer.extend(described(
            named.as_ref(),
            lane.is_some_and(|lane| lane.claimable),
            builtin.and_then(|lane| lane.clear_text),
            agent,
        ));
    }
    answer.into()
}

fn resolved(given: &mut Form<'_>, _: &Asked) -> Json {
    let written = given.text_if("lane").unwrap_or_default();
    let named = match given.text_if("consumer") {
        Some("pr-fix-item") => Some(resolve_pr_fix(written)),
        _ => resolve(written),
    };
    let lane = named.as_ref().filter(|named| named.known).and_then(|named| find(&named.id));
    let clear_text = lane.and_then(|lane| lane.clear_text);
    described(named.as_ref(), clear_text.is_some(), clear_text, lane.and_then(|lane| lane.agent)).into()
}

fn described(named: Option<&Named>, claimable: bool, clear_text: Option<&str>, agent: Option<&str>) -> Answer {
    let text = |text: Option<&str>| text.map_or(Json::Null, Json::from);
    object(json!({
        "resolved": text(named.map(|named| named.id.as_str())),
        "known": named.is_none_or(|named| named.known),
        "aliased": named.is_some_and(|named| named.aliased),
        "claimable": claimable,
        "clear_text": text(clear_text),
        "default_agent": text(agent),
    }))
}

#[cfg(test)]
mod tests {
    use crate::kinds::dispatch_workflow::tests::check;

    #[test]
    fn older_names_resolve_and_unknown_ones_are_kept() {
        check("lanes", r#"{"lane":"normal"}"#, r#"{"resolved":"local","known":true,"aliased":true,"claimable":true}"#);
        check("lanes", r#"{"lane":" Escalated "}"#, r#"{"resolved":"frontier","aliased":true}"#);
        check("lanes", r#"{"lane":"gpt"}"#, r#"{"resolved":"frontier","default_agent":"saffron-frontier"}"#);
        check("lanes", r#"{"lane":"Blue Lane"}"#, r#"{"resolved":"Blue Lane","known":false,"claimable":false}"#);
        check("lanes", r#"{"lane":"backlog"}"#, r#"{"known":true,"claimable":false,"clear_text":null}"#);
        check("lanes", r#"{"lane":null}"#, r#"{"resolved":null,"known":true}"#);
    }

    #[test]
    fn pr_fix_items_write_needs_human_their_own_way_and_have_a_default() {
        check(
            "lanes",
            r#"{"lane":"NEEDS_HUMAN","consumer":"pr-fix-item"}"#,
            r#"{"resolved":"needs-human","known":true}"#,
        );
        check("lanes", r#"{"lane":"NEEDS_HUMAN"}"#, r#"{"resolved":"needs_human","known":false}"#);
        check("lanes", r#"{"lane":"","consumer":"pr-fix-item"}"#, r#"{"resolved":"local"}"#);
        check("lanes", r#"{"lane":"odd_one","consumer":"pr-fix-item"}"#, r#"{"resolved":"odd_one","known":false}"#);
    }

    #[test]
    fn every_fault_of_a_configuration_has_its_code() {
        let fault = |config: &str, code: &str| {
            let facts = format!(r#"{{"lane_config":{config}}}"#);
            check("lanes", &facts, &format!(r#"{{"valid":false,"error_code":"{code}"}}"#));
        };
        fault("{}", "no-lanes");
        fault(r#"{"lanes":[]}"#, "no-lanes");
        fault(r#"{"lanes":["x"]}"#, "blank-id");
        fault(
            r#"{"lanes":[{"id":"a","title":"A","claimable":true},{"id":"A ","title":"B","claimable":true}]}"#,
            "duplicate-id",
        );
        fault(r#"{"lanes":[{"id":"a","title":"","claimable":true}]}"#, "blank-title");
        fault(r#"{"lanes":[{"id":"a","title":"A","claimable":"yes"}]}"#, "claimable-not-bool");
        fault(r#"{"lanes":[{"id":"a","title":"A","claimable":true}],"laneAliases":{"b":"c"}}"#, "alias-target-missing");
    }

    #[test]
    fn a_configured_name_beats_an_alias_of_the_same_name() {
        let config = r#"{"lanes":[{"id":"normal","title":"N","claimable":true},{"id":"local","title":"L","claimable":false,"defaultAgent":"me"}],"laneAliases":{"normal":"local","old":"local"}}"#;
        check(
            "lanes",
            &format!(r#"{{"lane_config":{config},"lane":"normal"}}"#),
            r#"{"valid":true,"resolved":"normal","aliased":false,"claimable":true}"#,
        );
        check(
            "lanes",
            &format!(r#"{{"lane_config":{config},"lane":"old"}}"#),
            r#"{"resolved":"local","aliased":true,"claimable":false,"default_agent":"me"}"#,
        );
        check("lanes", &format!(r#"{{"lane_config":{config},"lane":"x"}}"#), r#"{"resolved":"x","known":false}"#);
    }
}
