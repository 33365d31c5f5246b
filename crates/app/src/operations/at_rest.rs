//! Enters: the events of a case. Leaves: whether it has ended and nothing runs or waits in it any more, which the ledger
//! takes note of, so that whoever asks what is due does not read it again. Never: says so of a case that could still be due
//! on another day.

use chrono::NaiveDate;
use despatch_ledger::OnRecord;
use despatch_process::case::EventName;
use despatch_process::events::CopyOf;
use despatch_process::{CaseState, Fact};

/// Whether the person has left detention or has died, no clock runs, nothing is awaited, and every message has gone or
/// will not go. All of that is so on any day, until something happens in the case.
pub(super) fn rests(events: &[OnRecord], standing: &CaseState) -> bool {
    let ended =
        standing.left.is_some() || standing.died_on.is_some() || standing.detention.ended_at.is_some();
    let nothing_runs = standing.clocks.is_empty() && standing.ahead().is_none();
    let mut messages = events.iter().flat_map(|event| &event.despatches);
    ended && nothing_runs && rest_awaited(events).is_none() && messages.all(|one| one.state.is_settled())
}

/// Returns since when the rest of a file is awaited of which only the healthcare team's copy was made.
pub(super) fn rest_awaited(events: &[OnRecord]) -> Option<NaiveDate> {
    events.iter().rev().find_map(|event| match &event.recorded.fact {
        Fact::CopiedToHealthcare(copy) => {
            let rest = match copy.of {
                CopyOf::Report => EventName::ExternalReportReceived,
                CopyOf::SecondOpinion => EventName::SecondOpinionReceived,
            };
            let mended = events.iter().any(|other| other.recorded.fact.name() == rest);
            (!mended).then_some(event.recorded.on)
        }
        _ => None,
    })
}
