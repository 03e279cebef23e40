//! Whether workers took the repair loop up by day 7 (design 5.2, seed 001).

use crate::decide::{Moment, Rule};
use crate::lang::{Words, words};

/// How far workers took the loop up, as of a moment.
#[derive(Clone, Debug)]
pub(super) struct Adopted {
    /// Observed numbers in the order of [`THRESHOLDS`].
    pub counts: [u32; 3],
    pub now: Moment,
    /// End of day 7.
    pub due: Moment,
}

impl Adopted {
    fn is_enough(&self) -> bool {
        self.counts.iter().zip(THRESHOLDS).all(|(count, (_, threshold, _))| count >= threshold)
    }

    fn is_past(&self) -> bool {
        self.now.0 > self.due.0
    }
}

/// Whether workers took the loop up.
#[derive(Debug)]
pub(super) struct Adoption {
    /// `sufficient`, `not_yet` or `worker_adoption_insufficient`.
    pub result: &'static str,
    pub route: Words,
}

/// The result when adoption falls short.
pub(super) const INSUFFICIENT: &str = "worker_adoption_insufficient";

/// Whether workers took the loop up by day 7.
pub(super) static ADOPTIONS: &[Rule<Adopted, Adoption>] = &[
    Rule {
        id: "N1",
        when: words("三項門檻都達到", "all three thresholds are reached"),
        holds: Adopted::is_enough,
        then: Adoption { result: "sufficient", route: words("可以往 D14 前進", "go on to D14") },
    },
    Rule {
        id: "N2",
        when: words("尚未達標，D7 還沒到", "not all are reached, and day 7 is not over"),
        holds: |adopted| !adopted.is_enough() && !adopted.is_past(),
        then: Adoption {
            result: "not_yet",
            route: words("在 D7 前補足缺少的項目", "make up what is missing before day 7"),
        },
    },
    Rule {
        id: "N3",
        when: words("D7 已過仍未達標", "day 7 is over and not all are reached"),
        holds: |adopted| !adopted.is_enough() && adopted.is_past(),
        then: Adoption {
            result: INSUFFICIENT,
            route: words(
                "不升級 agent，維持 watchdog 與人工核准",
                "the agent is not promoted; watchdog and manual approval stay",
            ),
        },
    },
];

/// What must be reached by day 7, else the pack is `worker_adoption_insufficient`: id, threshold and definition.
pub(super) static THRESHOLDS: &[(&str, u32, Words)] = &[
    ("repair_events", 3, words("D7 前的修復或摩擦事件", "repair or friction events by D7")),
    ("guard_passes", 1, words("artifact_guard 通過次數", "passes of artifact_guard")),
    ("policies_decided", 1, words("已核准或拒絕的政策", "policies approved or rejected")),
];

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kinds::worker_self_repair::rules::every_rule_wins;

    #[test]
    fn adoptions_are_total() {
        let moment = |text: &str| (text.parse().unwrap(), text.to_owned());
        let due = || moment("2026-05-31T18:00:00+08:00");
        let mut facts = Vec::new();
        for events in [0, 2, 3, 4] {
            for passes in 0..3 {
                for decided in 0..3 {
                    for now in ["2026-05-31T17:59:59+08:00", "2026-05-31T18:00:00+08:00", "2026-05-31T18:00:01+08:00"] {
                        facts.push(Adopted { counts: [events, passes, decided], now: moment(now), due: due() });
                    }
                }
            }
        }
        every_rule_wins(ADOPTIONS, facts);
    }
}
