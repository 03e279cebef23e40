//! What workers may do by themselves: risk levels, policies and the changes of their state (design 5.2, seed 001).

use crate::decide::Rule;
use crate::lang::{Words, words};

/// Role of the PLS owner.
pub(super) const PLS_OWNER: &str = "pls_owner";
/// Role of Louis, who answers for what is risky.
pub(super) const LOUIS: &str = "ceo";

/// How much can go wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Risk {
    Low,
    Medium,
    High,
}

impl Risk {
    pub(super) const WORDS: &[&str] = &["low", "medium", "high"];

    pub(super) fn word(self) -> &'static str {
        match self {
            Self::Low => "low",
            Self::Medium => "medium",
            Self::High => "high",
        }
    }

    pub(super) fn from_word(word: &str) -> Option<Self> {
        [Self::Low, Self::Medium, Self::High].into_iter().find(|risk| risk.word() == word)
    }

    /// The risk of an action. A policy may state a higher one and never lowers it; an action that no level names is high.
    pub(super) fn of(action: &str, stated: Option<Self>) -> Self {
        let named =
            POLICIES.iter().find(|policy| policy.actions.contains(&action)).map_or(Self::High, |policy| policy.risk);
        stated.map_or(named, |stated| stated.max(named))
    }

    /// Who has to approve a policy of this risk before it permits anything.
    pub(super) fn approver(self) -> Option<&'static str> {
        match self {
            Self::Low => None,
            Self::Medium => Some(PLS_OWNER),
            Self::High => Some(LOUIS),
        }
    }

    /// Who may approve, reject or retire a policy of this risk.
    pub(super) fn deciders(self) -> &'static [&'static str] {
        match self {
            Self::Low => &[PLS_OWNER, LOUIS],
            Self::Medium => &[PLS_OWNER],
            Self::High => &[LOUIS],
        }
    }
}

/// What a risk level lets a worker do.
pub(super) struct Policy {
    /// Risk level.
    pub risk: Risk,
    /// Actions of this level; an action that no level names is high.
    pub actions: &'static [&'static str],
    /// Who has to approve them.
    pub approval: Words,
}

/// The risk of actions. An action is permitted only when its policy is approved by the role named; else it is proposed
/// only. No action is medium by itself: a policy says so of one.
pub(super) static POLICIES: &[Policy] = &[
    Policy {
        risk: Risk::Low,
        actions: &["diagnose", "touch", "retry_once", "propose", "write_learning_memory"],
        approval: words("不需核准", "no approval needed"),
    },
    Policy { risk: Risk::Medium, actions: &[], approval: words("PLS owner", "the PLS owner") },
    Policy {
        risk: Risk::High,
        actions: &["release", "reclaim", "cross_project_permission", "external_commitment"],
        approval: words("Louis", "Louis"),
    },
];

/// The state of a policy.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum State {
    Draft,
    Approved,
    Rejected,
    Retired,
}

impl State {
    pub(super) const WORDS: &[&str] = &["draft", "approved", "rejected", "retired"];

    pub(super) fn word(self) -> &'static str {
        match self {
            Self::Draft => "draft",
            Self::Approved => "approved",
            Self::Rejected => "rejected",
            Self::Retired => "retired",
        }
    }

    pub(super) fn from_word(word: &str) -> Option<Self> {
        [Self::Draft, Self::Approved, Self::Rejected, Self::Retired].into_iter().find(|state| state.word() == word)
    }
}

/// What a worker wants to do, and the policy about it.
#[derive(Clone, Debug)]
pub(super) struct Wanted {
    pub risk: Risk,
    /// State of the policy; `None` when there is none.
    pub state: Option<State>,
    /// Roles of whoever approved it.
    pub approved_by: Vec<String>,
}

impl Wanted {
    fn is_withdrawn(&self) -> bool {
        matches!(self.state, Some(State::Rejected | State::Retired))
    }

    fn is_approved_by_required(&self) -> bool {
        self.state == Some(State::Approved)
            && self.risk.approver().is_some_and(|role| self.approved_by.iter().any(|by| by == role))
    }
}

/// Whether a worker may act.
#[derive(Debug)]
pub(super) struct Leave {
    /// `permitted` or `propose_only`.
    pub decision: &'static str,
    pub route: Words,
}

/// `decision` that lets a worker act.
pub(super) const PERMITTED: &str = "permitted";
const PROPOSE_ONLY: &str = "propose_only";

/// Whether a worker may act by itself.
pub(super) static LEAVES: &[Rule<Wanted, Leave>] = &[
    Rule {
        id: "W1",
        when: words("low，政策未被拒絕或停用", "low risk, and no policy against it was rejected or retired"),
        holds: |wanted| wanted.risk == Risk::Low && !wanted.is_withdrawn(),
        then: Leave {
            decision: PERMITTED,
            route: words("worker 可自行執行並附原始輸出", "the worker may do it, with the raw output as evidence"),
        },
    },
    Rule {
        id: "W2",
        when: words("政策已被拒絕或停用", "the policy was rejected or retired"),
        holds: Wanted::is_withdrawn,
        then: Leave { decision: PROPOSE_ONLY, route: words("只能提案", "propose only") },
    },
    Rule {
        id: "W3",
        when: words("政策尚未核准", "the policy is not approved"),
        holds: |wanted| wanted.risk != Risk::Low && !wanted.is_withdrawn() && wanted.state != Some(State::Approved),
        then: Leave {
            decision: PROPOSE_ONLY,
            route: words("只能提案，等必要角色核准", "propose only, until the role that it requires approves"),
        },
    },
    Rule {
        id: "W4",
        when: words("政策已由必要角色核准", "the policy is approved by the role that it requires"),
        holds: |wanted| wanted.risk != Risk::Low && wanted.is_approved_by_required(),
        then: Leave {
            decision: PERMITTED,
            route: words("worker 可執行並附原始輸出", "the worker may do it, with the raw output as evidence"),
        },
    },
    Rule {
        id: "W5",
        when: words("政策已核准，但不是必要角色核准的", "the policy is approved, and not by the role that it requires"),
        holds: |wanted| {
            wanted.risk != Risk::Low && wanted.state == Some(State::Approved) && !wanted.is_approved_by_required()
        },
        then: Leave {
            decision: PROPOSE_ONLY,
            route: words("只能提案，等必要角色核准", "propose only, until the role that it requires approves"),
        },
    },
];

/// A change of the state of a policy.
#[derive(Clone, Debug)]
pub(super) struct Change {
    pub risk: Risk,
    pub old_state: State,
    pub new_state: State,
    /// Roles of whoever changed it.
    pub actor_roles: Vec<String>,
    /// Whether the raw command output was kept.
    pub has_output: bool,
    /// Whether a reason was given.
    pub has_reason: bool,
}

impl Change {
    fn is_a_step(&self) -> bool {
        matches!(
            (self.old_state, self.new_state),
            (State::Draft, State::Approved | State::Rejected) | (State::Approved, State::Retired)
        )
    }

    fn is_audited(&self) -> bool {
        self.has_output && self.has_reason
    }

    fn is_authorised(&self) -> bool {
        self.actor_roles.iter().any(|role| self.risk.deciders().contains(&role.as_str()))
    }
}

/// Whether a change of state counts.
#[derive(Debug)]
pub(super) struct Valid {
    /// `valid` or what is wrong.
    pub result: &'static str,
    pub route: Words,
}

/// The result of a change that counts.
pub(super) const VALID: &str = "valid";

/// Whether a change of the state of a policy counts.
pub(super) static CHANGES: &[Rule<Change, Valid>] = &[
    Rule {
        id: "T1",
        when: words(
            "不是 draft→approved、draft→rejected 或 approved→retired",
            "not draft → approved, draft → rejected or approved → retired",
        ),
        holds: |change| !change.is_a_step(),
        then: Valid {
            result: "illegal_transition",
            route: words("變更不採計，政策維持原狀", "the change does not count; the policy stays as it was"),
        },
    },
    Rule {
        id: "T2",
        when: words("缺原始輸出或理由", "no raw command output or no reason"),
        holds: |change| !change.is_audited(),
        then: Valid {
            result: "audit_incomplete",
            route: words("補齊稽核紀錄後才採計", "it counts once the audit is complete"),
        },
    },
    Rule {
        id: "T3",
        when: words("變更者沒有必要角色", "whoever changed it does not have the role that the risk requires"),
        holds: |change| !change.is_authorised(),
        then: Valid {
            result: "not_authorised",
            route: words("由必要角色決定", "the role that the risk requires decides"),
        },
    },
    Rule {
        id: "T4",
        when: words("合法變更、稽核完整、角色相符", "a permitted step, fully audited, by the role that it requires"),
        holds: |change| change.is_a_step() && change.is_audited() && change.is_authorised(),
        then: Valid { result: VALID, route: words("變更生效", "the change takes effect") },
    },
];

#[cfg(test)]
mod tests {
    use super::*;
    use crate::decide;
    use crate::kinds::worker_self_repair::rules::every_rule_wins;

    const FLAGS: [bool; 2] = [false, true];

    #[test]
    fn leaves_are_total_and_nothing_risky_goes_without_approval() {
        let states = [None, Some(State::Draft), Some(State::Approved), Some(State::Rejected), Some(State::Retired)];
        let by = [vec![], vec!["worker"], vec![PLS_OWNER], vec![LOUIS], vec![PLS_OWNER, LOUIS]];
        let mut facts = Vec::new();
        for risk in [Risk::Low, Risk::Medium, Risk::High] {
            for state in states {
                for roles in &by {
                    let approved_by = roles.iter().map(|role| (*role).to_owned()).collect();
                    facts.push(Wanted { risk, state, approved_by });
                }
            }
        }
        for wanted in &facts {
            let permitted = decide::first(LEAVES, wanted).unwrap().rule.then.decision == "permitted";
            let by =
                |role: &str| wanted.state == Some(State::Approved) && wanted.approved_by.iter().any(|by| by == role);
            let expected = match wanted.risk {
                Risk::Low => !matches!(wanted.state, Some(State::Rejected | State::Retired)),
                Risk::Medium => by("pls_owner"),
                Risk::High => by("ceo"),
            };
            assert_eq!(permitted, expected, "{wanted:?}");
        }
        every_rule_wins(LEAVES, facts);
    }

    #[test]
    fn changes_are_total() {
        let states = [State::Draft, State::Approved, State::Rejected, State::Retired];
        let mut facts = Vec::new();
        for risk in [Risk::Low, Risk::Medium, Risk::High] {
            for old_state in states {
                for new_state in states {
                    for role in ["worker", PLS_OWNER, LOUIS] {
                        for has_output in FLAGS {
                            for has_reason in FLAGS {
                                let actor_roles = vec![role.to_owned()];
                                facts.push(Change { risk, old_state, new_state, actor_roles, has_output, has_reason });
                            }
                        }
                    }
                }
            }
        }
        every_rule_wins(CHANGES, facts);
    }

    #[test]
    fn an_action_is_as_risky_as_the_table_or_its_policy_says() {
        let check = |action: &str, stated, expected| assert_eq!(Risk::of(action, stated), expected, "{action}");
        check("touch", None, Risk::Low);
        check("touch", Some(Risk::Medium), Risk::Medium);
        check("release", Some(Risk::Low), Risk::High);
        check("delete_workspace", None, Risk::High);
        check("delete_workspace", Some(Risk::Medium), Risk::High);
    }
}
