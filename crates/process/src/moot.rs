//! Enters: a message that is held, its holds and the record of its case; then today. Leaves: why it waits for nothing any
//! more.
//! Never: ends a hold: a person closes what is moot, and an event that undoes another ends what that one held.

use crate::case_state::CaseState;
use crate::events::list::EventName;
use crate::facts::Fact;
use crate::history::{History, PastEvent};
use crate::plan::planned::{Planned, To};
use crate::purpose::Purpose;
use crate::response_window::ResponseWindow;
use chrono::NaiveDate;
use despatch_core::words::weekday_words;
use serde::{Deserialize, Serialize};

/// What makes a message that is held pointless: all that the record tells of it, where only the day is still open.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Pointless {
    not_after: Option<NaiveDate>,
    window: Option<ResponseWindow>,
    /// What the later record has settled, on whatever day.
    settled: Option<String>,
}

impl Pointless {
    /// Looks at a message and the record of its case. `holds` are the codes of its holds.
    pub fn of(planned: &Planned, holds: &[&str], history: &History) -> Pointless {
        let state = CaseState::of(history);
        // What stops something is told to the living and of the dead.
        let settled = if state.died_on.is_some() && !planned.purpose.stops_work() {
            Some("the person has died")
        } else {
            passed_by(planned.purpose, &state)
                .or_else(|| copied_elsewhere(planned, &state, history))
                .or_else(|| holds.iter().find_map(|code| settled(code, &state)))
        };
        let (not_after, window) = (planned.not_after, planned.window.clone());
        Pointless { not_after, window, settled: settled.map(str::to_owned) }
    }

    /// Returns why it waits for nothing any more on this day, whatever holds it.
    pub fn on(&self, today: NaiveDate) -> Option<String> {
        if let Some(last) = self.not_after.filter(|last| today > *last) {
            return Some(format!("it made sense until {} and no longer", weekday_words(last)));
        }
        if let Some(window) = self.window.as_ref().filter(|window| !window.is_open_on(today)) {
            let last = weekday_words(window.latest_service);
            return Some(format!("it was to be served by {last}, and the appointment needs a new date"));
        }
        self.settled.clone()
    }
}

/// Returns what has come since that a message of this purpose was for.
fn passed_by(purpose: Purpose, state: &CaseState) -> Option<&'static str> {
    use Purpose::*;
    match purpose {
        RecordsRequest | RecordsToDoctor | PapersOnly | ConcludeReport
            if state.opinion_received_on.is_some() =>
        {
            Some("the second opinion is in")
        }
        NoCapacity | NoSecondOpinion | ReportReturned | DecisionNeeded | SecondOpinionToCaseworker
            if state.responded_on.is_some() =>
        {
            Some("the response to the report is decided")
        }
        _ => None,
    }
}

/// Returns whether a healthcare team's copy waits although the person is elsewhere, and the team there was sent its own.
fn copied_elsewhere(planned: &Planned, state: &CaseState, history: &History) -> Option<&'static str> {
    let now = state.place.as_ref().map(|(place, _)| To::Body(Some(place.clone())))?;
    let elsewhere = planned.safety && planned.to != now;
    let mut sent = history.events.iter().flat_map(PastEvent::gone);
    let own = elsewhere && sent.any(|message| message.purpose == planned.purpose && message.to == now);
    own.then_some("the healthcare team that has the person in its care now was sent its own copy")
}

/// Returns what has come since that a person was to decide.
fn settled(code: &str, state: &CaseState) -> Option<&'static str> {
    let assessment_over = state.ahead().is_none() && state.to_rebook().is_none();
    match code {
        "late_response" | "declined_with_records" if assessment_over => {
            Some("the assessment that the answer concerned is over, or called off")
        }
        "removed_after_assessment" if state.removal_on.is_none() && state.left.is_none() => {
            Some("the removal did not take place")
        }
        "limit_lapsed" if state.detention.ended_at.is_some() => Some("the detention has ended"),
        "left_detention" if state.left.is_none() => {
            Some("the person is detained again: the response is decided anew for the place where they are")
        }
        _ => None,
    }
}

impl Fact {
    /// Returns the event that this one undoes: what that one held is held no longer.
    pub fn undoes(&self) -> Option<EventName> {
        match self {
            Fact::ReleaseWithdrawn(_) => Some(EventName::ReleaseDecided),
            Fact::RemovalFailed(failed) if failed.maintained && failed.removal_on.is_none() => {
                Some(EventName::RemovalSet)
            }
            _ => None,
        }
    }
}
