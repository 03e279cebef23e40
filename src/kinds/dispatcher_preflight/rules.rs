//! The routing table: the first rule that holds wins, and one always does (design 5.1, seed 000).
//!
//! Invariant: pure. The same table decides, is printed on the contract page and answers `explain`.

use jiff::Timestamp;

use crate::decide::{self, Refusal, Ruling};
use crate::lang::{Words, words};

/// Visits that show that an adopted script is used.
pub(super) const VISITS_NEEDED: u32 = 2;
/// Roles whose signature permits an override.
pub(super) const OVERRIDING: &[&str] = &["ceo"];

/// What a preflight looks at.
#[derive(Clone, Debug)]
pub(super) struct Facts {
    /// Usable artifacts of the action in the registry.
    pub registry_hit_count: u32,
    pub review: Review,
    /// What is to be revised, when somebody said so.
    pub revise: Option<Revise>,
    /// Valid visit events.
    pub visit_event_count: u32,
    pub scope: Scope,
    /// Due time, and as it was written.
    pub due: Option<(Timestamp, String)>,
    pub now: (Timestamp, String),
    /// Whether the very task that the decision would create is open already.
    pub gap_task_open: bool,
    pub signed: Option<Override>,
}

/// Verdict of the product owner.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Review {
    Accept,
    Revise,
    EvidenceGap,
    None,
}

impl Review {
    pub(super) const WORDS: &[&str] = &["accept", "revise", "evidence_gap", "none"];

    pub(super) fn word(self) -> &'static str {
        match self {
            Self::Accept => "accept",
            Self::Revise => "revise",
            Self::EvidenceGap => "evidence_gap",
            Self::None => "none",
        }
    }

    pub(super) fn from_word(word: &str) -> Option<Self> {
        [Self::Accept, Self::Revise, Self::EvidenceGap, Self::None].into_iter().find(|review| review.word() == word)
    }
}

/// Whether the case may be shown outside.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Scope {
    Safe,
    Blocked,
    Unknown,
}

impl Scope {
    pub(super) const WORDS: &[&str] = &["safe", "blocked", "unknown"];

    pub(super) fn word(self) -> &'static str {
        match self {
            Self::Safe => "safe",
            Self::Blocked => "blocked",
            Self::Unknown => "unknown",
        }
    }

    pub(super) fn from_word(word: &str) -> Option<Self> {
        [Self::Safe, Self::Blocked, Self::Unknown].into_iter().find(|scope| scope.word() == word)
    }
}

/// A section that has to change. A part that is blank was not given.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Revise {
    pub section_id: Option<String>,
    pub reason: Option<String>,
}

impl Revise {
    fn is_complete(&self) -> bool {
        self.section_id.is_some() && self.reason.is_some()
    }
}

/// Leave to build in spite of the gates. A part that is blank was not given.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Override {
    pub decision_record_id: Option<String>,
    pub authorised_by: Option<String>,
}

impl Override {
    /// Why it does not count; `None` when it does.
    pub(super) fn fault(&self) -> Option<Words> {
        match (&self.decision_record_id, &self.authorised_by) {
            (None, None) => Some(words(
                "沒有有效的決策紀錄，也沒有授權角色",
                "it names neither a decision record that holds nor a role",
            )),
            (None, _) => Some(words("沒有有效的決策紀錄", "it names no decision record that holds")),
            (_, None) => Some(words("沒有授權角色", "it names no authorising role")),
            (_, Some(role)) if !OVERRIDING.contains(&role.as_str()) => {
                Some(words("該角色無權覆寫，只有 CEO 可以", "that role may not override, only the CEO may"))
            }
            _ => None,
        }
    }
}

impl Facts {
    fn is_overridden(&self) -> bool {
        self.signed.as_ref().is_some_and(|signed| signed.fault().is_none())
    }

    fn is_revisable(&self) -> bool {
        self.revise.as_ref().is_some_and(Revise::is_complete)
    }

    fn is_past_due(&self) -> bool {
        self.due.as_ref().is_some_and(|(due, _)| self.now.0 > *due)
    }

    fn has_visits(&self) -> bool {
        self.visit_event_count >= VISITS_NEEDED
    }
}

/// What a rule leads to.
#[derive(Debug)]
pub(super) struct Then {
    /// `preflight_result` of the run.
    pub result: &'static str,
    /// `dispatch_decision` of the run, unless the very gap task is open already.
    pub decision: &'static str,
    /// The gap task, by its kind and the role that has to do it.
    pub task: Option<(&'static str, &'static str)>,
    /// Who has to do what next.
    pub route: Words,
}

/// One line of the routing table.
pub(super) type Rule = decide::Rule<Facts, Then>;

/// The decision when a gap has to be filled.
const GAP: &str = "create_gap_task";
/// The decision when the very gap task is open already.
pub(super) const SUPPRESS: &str = "suppress_build";
/// The decision that creates a production job.
pub(super) const BUILD: &str = "create_build_job";
/// The decision that closes the action.
pub(super) const CLOSE: &str = "close_action";

/// The routing table in the order in which it is asked.
pub(super) static RULES: &[Rule] = &[
    Rule {
        id: "P0",
        when: words(
            "有簽核的覆寫：決策紀錄編號與授權角色（CEO）俱全",
            "a signed override: a decision record and an authorised role (CEO)",
        ),
        holds: Facts::is_overridden,
        then: Then {
            result: "allowed_build",
            decision: BUILD,
            task: None,
            route: words("建立一次產製工作，並記下這次覆寫", "build once; the override is recorded"),
        },
    },
    Rule {
        id: "P1",
        when: words("登錄中沒有可用成果", "no usable artifact in the registry"),
        holds: |facts| facts.registry_hit_count == 0,
        then: Then {
            result: "allowed_build", decision: BUILD, task: None, route: words("建立產製工作", "build")
        },
    },
    Rule {
        id: "P2",
        when: words(
            "採用審核為 revise，且段落編號與理由俱全",
            "adoption review is `revise` with section id and reason",
        ),
        holds: |facts| facts.review == Review::Revise && facts.is_revisable(),
        then: Then {
            result: "allowed_build",
            decision: GAP,
            task: Some(("section_revision", "worker")),
            route: words("只修該段落，不重做整份", "revise that section only, never a full rebuild"),
        },
    },
    Rule {
        id: "P3",
        when: words(
            "採用審核為 revise，但缺段落編號或理由",
            "adoption review is `revise` without section id or reason",
        ),
        holds: |facts| facts.review == Review::Revise && !facts.is_revisable(),
        then: Then {
            result: "need_adoption_review",
            decision: GAP,
            task: Some(("adoption_review", "product_owner")),
            route: words("產品負責人補上段落與理由", "product owner names section and reason"),
        },
    },
    Rule {
        id: "P4",
        when: words("尚無採用審核，未逾期（或無期限）", "no adoption review, not past due (or no due date)"),
        holds: |facts| facts.review == Review::None && !facts.is_past_due(),
        then: Then {
            result: "need_adoption_review",
            decision: GAP,
            task: Some(("adoption_review", "product_owner")),
            route: words("產品負責人回覆採用與否", "product owner reviews"),
        },
    },
    Rule {
        id: "P5",
        when: words("尚無採用審核，已逾期", "no adoption review, past due"),
        holds: |facts| facts.review == Review::None && facts.is_past_due(),
        then: Then {
            result: "no_response",
            decision: GAP,
            task: Some(("ceo_escalation", "ceo")),
            route: words("升級給 CEO 處理", "escalated to the CEO"),
        },
    },
    Rule {
        id: "P6",
        when: words(
            "證據不足，或已採用但有效拜訪少於 2 筆",
            "evidence gap, or accepted with fewer than 2 valid visits",
        ),
        holds: |facts| facts.review == Review::EvidenceGap || (facts.review == Review::Accept && !facts.has_visits()),
        then: Then {
            result: "need_visit_evidence",
            decision: GAP,
            task: Some(("visit_evidence", "customer_success")),
            route: words("客成補拜訪證據", "customer success adds visit evidence"),
        },
    },
    Rule {
        id: "P7",
        when: words(
            "已採用、拜訪 2 筆以上，但案例授權為 blocked 或 unknown",
            "accepted, 2 or more visits, case scope blocked or unknown",
        ),
        holds: |facts| facts.review == Review::Accept && facts.has_visits() && facts.scope != Scope::Safe,
        then: Then {
            result: "case_blocked",
            decision: GAP,
            task: Some(("case_authorisation", "case_authoriser")),
            route: words("取得案例授權；對外提案暫停", "case authorisation; the outside proposal waits"),
        },
    },
    Rule {
        id: "P8",
        when: words("已採用、拜訪 2 筆以上、案例授權為 safe", "accepted, 2 or more visits, case scope safe"),
        holds: |facts| facts.review == Review::Accept && facts.has_visits() && facts.scope == Scope::Safe,
        then: Then {
            result: "close_ready",
            decision: CLOSE,
            task: None,
            route: words("關閉行動，派出提案模組", "close the action and spawn the proposal module"),
        },
    },
];

/// What the table says about facts.
#[derive(Debug)]
pub(super) struct Decision {
    pub ruling: Ruling<Facts, Then>,
    /// `dispatch_decision` of the run.
    pub decision: &'static str,
}

impl Decision {
    pub(super) fn rule(&self) -> &'static Rule {
        self.ruling.rule
    }

    /// Whether nothing is created because the very gap task is open already.
    pub(super) fn is_suppressed(&self) -> bool {
        self.decision == SUPPRESS
    }
}

/// Decides.
pub(super) fn decide(facts: &Facts) -> Result<Decision, Vec<Refusal>> {
    let ruling = decide::first(RULES, facts)?;
    let then = &ruling.rule.then;
    let decision = if then.decision == GAP && facts.gap_task_open { SUPPRESS } else { then.decision };
    Ok(Decision { ruling, decision })
}

/// What may be counted: id, title and definition with numerator and denominator.
pub(super) static METRICS: &[(&str, Words, Words)] = &[
    (
        "duplicate_job_rate",
        words("重複產製率", "Duplicate jobs"),
        words(
            "同一行動已有可用成果仍建立的產製工作 ÷ 全部產製工作",
            "build jobs for an action that had usable artifacts ÷ all build jobs",
        ),
    ),
    (
        "suppressed_build_count",
        words("擋下的產製", "Suppressed builds"),
        words("檢查後未建立產製工作的次數", "preflight runs that created no build job"),
    ),
    ("gap_dispatch_count", words("派出的缺口任務", "Gap tasks"), words("派出的缺口任務數", "gap tasks created")),
    (
        "close_ready_count",
        words("可結案次數", "Ready to close"),
        words("檢查結果為 close_ready 的次數", "preflight runs that ended in close_ready"),
    ),
    (
        "close_latency",
        words("結案時間", "Time to close"),
        words("訊號到關閉的時間中位數", "median time from signal to close"),
    ),
    (
        "proposal_module_spawned",
        words("派出的提案模組", "Proposal modules"),
        words("關閉後派出的提案模組數 ÷ 關閉數", "proposal modules spawned ÷ actions closed"),
    ),
];

#[cfg(test)]
pub(super) mod tests {
    use std::collections::BTreeMap;

    use super::*;

    /// A moment on an hour of one day.
    fn hour(hour: u32) -> (Timestamp, String) {
        let text = format!("2026-05-25T{hour:02}:00:00+08:00");
        (text.parse().unwrap(), text)
    }

    /// Every combination of what the rules can tell apart, with one value on each side of every threshold.
    pub(in crate::kinds::dispatcher_preflight) fn every() -> Vec<Facts> {
        let some = |text: &str| Some(text.to_owned());
        let parts = [(false, false), (true, false), (false, true), (true, true)];
        let revises: Vec<Option<Revise>> = std::iter::once(None)
            .chain(parts.map(|(section, reason)| {
                Some(Revise {
                    section_id: section.then(|| "opening".to_owned()),
                    reason: reason.then(|| "why".to_owned()),
                })
            }))
            .collect();
        let overrides = [
            None,
            Some(Override::default()),
            Some(Override { decision_record_id: some("d"), authorised_by: None }),
            Some(Override { decision_record_id: None, authorised_by: some("ceo") }),
            Some(Override { decision_record_id: some("d"), authorised_by: some("worker") }),
            Some(Override { decision_record_id: some("d"), authorised_by: some("ceo") }),
        ];
        let mut every = Vec::new();
        for registry_hit_count in [0, 1, 4] {
            for review in [Review::Accept, Review::Revise, Review::EvidenceGap, Review::None] {
                for revise in &revises {
                    for visit_event_count in [0, 1, 2, 3] {
                        for scope in [Scope::Safe, Scope::Blocked, Scope::Unknown] {
                            for due in [None, Some(hour(17)), Some(hour(18)), Some(hour(19))] {
                                for gap_task_open in [false, true] {
                                    for signed in &overrides {
                                        every.push(Facts {
                                            registry_hit_count,
                                            review,
                                            revise: revise.clone(),
                                            visit_event_count,
                                            scope,
                                            due: due.clone(),
                                            now: hour(18),
                                            gap_task_open,
                                            signed: signed.clone(),
                                        });
                                    }
                                }
                            }
                        }
                    }
                }
            }
        }
        every
    }

    #[test]
    fn the_table_is_total_and_every_rule_wins_somewhere() {
        let mut wins: BTreeMap<&str, usize> = BTreeMap::new();
        for facts in every() {
            let decision = decide(&facts).unwrap_or_else(|_| panic!("no rule for {facts:?}"));
            *wins.entry(decision.rule().id).or_default() += 1;
            // Beneath the override and the empty registry the conditions exclude one another, so that their order
            // cannot hide a mistake in them.
            let below: Vec<_> = RULES[2..].iter().filter(|rule| (rule.holds)(&facts)).map(|rule| rule.id).collect();
            assert_eq!(below.len(), 1, "{below:?} for {facts:?}");
        }
        assert_eq!(wins.keys().copied().collect::<Vec<_>>(), RULES.iter().map(|rule| rule.id).collect::<Vec<_>>());
    }

    #[test]
    fn what_exists_is_built_again_only_by_a_signed_override() {
        for facts in every() {
            let decision = decide(&facts).unwrap();
            let signed = facts.signed.as_ref().is_some_and(|signed| {
                signed.decision_record_id.is_some() && signed.authorised_by.as_deref() == Some("ceo")
            });
            assert_eq!(decision.decision == BUILD, signed || facts.registry_hit_count == 0, "{facts:?}");
            if decision.decision == GAP {
                assert!(decision.rule().then.task.is_some() && !facts.gap_task_open);
            }
            if decision.decision == CLOSE {
                assert!(facts.scope == Scope::Safe && facts.visit_event_count >= 2);
            }
        }
    }
}
