//! Enters: the events of a case. Leaves: the response that is still to be decided or sent, and since when it could have been.
//! Never: calls it overdue, as no deadline is set for it (row 36).

use super::at_rest::rest_awaited;
use chrono::NaiveDate;
use despatch_ledger::{Despatch, OnRecord};
use despatch_process::events::DecisionFact;
use despatch_process::{CaseState, Fact, Purpose};
use serde::{Deserialize, Serialize};

/// What there is to do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Awaited {
    RestOfFile,
    ServiceOfRejection,
    RejectedReport,
    SendingOfResponse,
    Decision,
    DecisionWithoutOpinion,
}

impl Awaited {
    /// It in words.
    pub(super) fn words(self) -> &'static str {
        match self {
            Self::RestOfFile => "only the healthcare team's copy was made: the rest of its file was rejected",
            Self::ServiceOfRejection => "the letter that rejects the report is not served",
            Self::RejectedReport => "the rejected report has not gone to everybody who must have it",
            Self::SendingOfResponse => "the response is decided and has not gone to everybody",
            Self::Decision => "the second opinion is here and the response is not decided",
            Self::DecisionWithoutOpinion => "no second opinion is to come and the response is not decided",
        }
    }

    /// That of a case.
    pub(super) fn of(standing: &CaseState, events: &[OnRecord]) -> Option<(Awaited, NaiveDate)> {
        if let Some(since) = rest_awaited(events) {
            return Some((Self::RestOfFile, since));
        }
        let decided = events.iter().rev().find_map(|event| match event.recorded.fact {
            Fact::ResponseDecided(DecisionFact { on, before_removal: false, .. }) => Some((event, on)),
            _ => None,
        });
        if let Some((event, on)) = decided {
            let unsent = event
                .despatches
                .iter()
                .any(|one| one.planned.purpose == Purpose::Response && one.state.waits());
            return unsent.then_some((Self::SendingOfResponse, on));
        }
        if standing.is_over() || standing.responded_on.is_some() || standing.awaits_opinion() {
            return None;
        }
        if standing.rejected {
            return rejection(standing, events);
        }
        // While the person was not detained, nothing ran.
        let again = |on: NaiveDate| standing.detained_again_on.map_or(on, |again| again.max(on));
        let arrived = standing.received_on.or(standing.referred_on).map(again);
        match standing.opinion_received_on {
            Some(on) => Some((Self::Decision, again(on))),
            // Unknown: the record does not say whether a second opinion was requested.
            None if standing.requested.is_none() && !standing.without_opinion => None,
            None => Some((Self::DecisionWithoutOpinion, arrived?)),
        }
    }
}

/// What is left of a report that was rejected below the baseline (G14): no response is awaited, and the case is over once
/// the referral and the healthcare team's copy have gone and the letter that rejects the report is served.
fn rejection(standing: &CaseState, events: &[OnRecord]) -> Option<(Awaited, NaiveDate)> {
    let since = standing.received_on?;
    let waits = |despatch: &Despatch| {
        let needed = matches!(despatch.planned.purpose, Purpose::Referral | Purpose::ReportToHealthcare);
        needed && despatch.state.waits()
    };
    if standing.answer_served_on.is_none() {
        Some((Awaited::ServiceOfRejection, since))
    } else if events.iter().flat_map(|event| &event.despatches).any(waits) {
        Some((Awaited::RejectedReport, since))
    } else {
        None
    }
}
