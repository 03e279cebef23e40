//! Pull requests of a worker's own issues that call it back.

use serde_json::json;

use crate::kinds::dispatch_workflow::issues::{self, Issue, State};
use crate::kinds::dispatch_workflow::preflight::given::{Exports, Need};
use crate::kinds::dispatch_workflow::preflight::packet::{Outcome, Packet};
use crate::kinds::dispatch_workflow::preflight::worker::Worker;
use crate::kinds::dispatch_workflow::{evidence, pull_requests};
use crate::read::tree::Node;

/// Most pull requests that are looked at for one worker.
const PULL_REQUESTS_LOOKED_AT: usize = 10;

/// Whether a pull request of its own calls a worker back.
pub(super) fn follow_up(worker: &Worker<'_>) -> Outcome {
    let exports = worker.exports;
    if exports.no_gh {
        return Outcome::HoldsNot;
    }
    let Some(rows) = exports.issues else { return Outcome::NotChecked(Need::Issues) };
    let own = Issue::all(rows).filter(|issue| {
        issue.is_of(worker.agent)
            && issue.status.is(&["in-progress", "in-review"])
            && !issue.is_of_a_bot()
            && issue.lane.as_ref().is_none_or(|named| worker.lane.is_some_and(|lane| lane.id == named.id))
    });
    let (mut looked_at, mut unseen) = (0, None);
    for issue in own {
        let Some((url, number)) = pull_request_of(&issue, exports) else {
            let absent = [
                (may_have_led_to_another(&issue, exports), Need::AgentWork),
                (may_have_another(&issue, exports), Need::PullRequests),
            ];
            unseen = unseen.or_else(|| absent.iter().find(|(is_absent, _)| *is_absent).map(|(_, need)| *need));
            continue;
        };
        let found = exports.pull_requests.as_ref().and_then(|all| all.get(&issues::id(issue.repo, Some(number))));
        let Some(pull_request) = found.filter(|found| pull_requests::state(found) != State::Unknown) else {
            unseen = unseen.or(Some(Need::PullRequests));
            continue;
        };
        if let Some(evidence) = evidence::of(pull_request) {
            let more = json!({
                "evidence": evidence,
                "prUrl": url,
                "prNumber": number,
                "issueKey": issue.key(),
                "issue": {"number": issue.number, "repoFullName": issue.repo, "title": issue.title},
            });
            return Outcome::Holds(Packet::go("active-follow-up", more));
        }
        looked_at += 1;
        if looked_at == PULL_REQUESTS_LOOKED_AT {
            break;
        }
    }
    unseen.map_or(Outcome::HoldsNot, Outcome::NotChecked)
}

/// The pull request of an issue in its own repository, with its address when there is one: the one that work has led
/// to, else the first that is linked.
fn pull_request_of<'a>(issue: &Issue<'_>, exports: &Exports<'a>) -> Option<(Option<&'a str>, u64)> {
    let own = |(repo, number): (&str, u64)| repo.eq_ignore_ascii_case(issue.repo).then_some(number);
    let id = issue.id();
    let worked = || {
        let of = |work: &&'a Node| {
            let url = work.text_at("prUrl")?;
            Some((Some(url), own(pull_requests::place_of_url(url)?)?))
        };
        exports.work.as_ref()?.get(&id)?.iter().find_map(of)
    };
    let linked = || {
        let of = |link: &&'a Node| Some((pull_requests::address(link), own(pull_requests::place_of(link)?)?));
        exports.linked?.of_issue(&id).iter().find_map(of)
    };
    worked().or_else(linked)
}

/// Whether work may have led to a pull request of which the export does not tell.
fn may_have_led_to_another(issue: &Issue<'_>, exports: &Exports<'_>) -> bool {
    let is_unsaid = |work: &&Node| work.get("prUrl").is_none();
    exports.work.as_ref().is_none_or(|work| work.get(&issue.id()).is_some_and(|rows| rows.iter().any(is_unsaid)))
}

/// Whether an issue without a pull request may have one all the same: none were exported, one of its own does not say
/// where it is, or one that calls its worker back does not say which issue it is for.
fn may_have_another(issue: &Issue<'_>, exports: &Exports<'_>) -> bool {
    exports.linked.is_none_or(|links| {
        links.of_issue(&issue.id()).iter().any(|link| pull_requests::place_of(link).is_none())
            || links.unsaid(issue.repo).calls_back
    })
}
