//! Enters: the event that the invitation was handed over. Leaves: everything the program knows about that event.
//! Never: takes a letter that was sent for one that was served (G4).

use super::{CaseEvent, Known};
use crate::case_state::CaseState;
use crate::deadlines::DeadlineRule;
use crate::facts::ServiceFact;
use crate::fields::{IN_DETENTION, ask, date_value, fields};
use crate::history::PastEvent;
use crate::plan::appointment::{LETTERS_TO_SERVE, ahead};
use crate::plan::builder::PlanBuilder;
use crate::plan::ending::go_without_opinion;
use chrono::NaiveDate;
use despatch_core::words::weekday_words;
use serde_json::{Value, json};

fields! {
    /// The invitation was handed over in person (row 16).
    LetterServed {
        served_on: NaiveDate = ask("The day of service").past().order(IN_DETENTION);
        explained: bool = ask("Was the letter explained?");
        /// The person refused to take the letter.
        refused: bool = ask("Did the person refuse to take it?");
    }
}

impl CaseEvent for LetterServed {
    type Fact = ServiceFact;
    const OF_INVITATION: bool = true;

    fn given_besides(&self, _: &Known<'_>) -> Value {
        json!({ "served_on": date_value(self.served_on) })
    }

    /// Row 16, and rows 17 and 18 if the day of service leaves too little time.
    fn decide(&self, plan: &mut PlanBuilder<'_>) -> Option<ServiceFact> {
        const AT: &str = "/event/served_on";
        plan.not_future(AT, self.served_on);
        plan.must_be_open(AT);
        let booked = ahead(plan);
        // The letter about a new date asks nothing, so no time to answer depends on its service.
        let window = booked.as_ref().and_then(|booked| booked.fact.window.clone());
        if window.is_some() && plan.state.served_on.is_some() {
            plan.contradiction(AT, "history.twice", "service of this letter is on record already");
        }
        if booked.is_some() {
            check_sent(plan, self);
        }
        let in_time = window.is_none_or(|window| window.is_open_on(self.served_on));
        // After an answer that led to papers alone, the time to answer is irrelevant.
        let goes_on = in_time || plan.state.papers_only;
        plan.outcome.dates.served_on = Some(self.served_on);
        plan.note(format!(
            "The letter was served on {} (row 16: record service on CID and Atlas).",
            weekday_words(self.served_on)
        ));
        if self.refused {
            plan.warn(
                "The person refused to take the letter. Their answer is not presumed: silence needs its own \
                 confirmation.",
            );
        }
        if !goes_on {
            plan.because(format!(
                "The invitation was served on {}, which leaves too little time to respond before the assessment.",
                weekday_words(self.served_on)
            ));
            go_without_opinion(plan, self.served_on);
        }
        Some(ServiceFact { on: self.served_on, in_time: goes_on })
    }

    fn apply(fact: &Self::Fact, past: &PastEvent, state: &mut CaseState) {
        if state.is_of_earlier(past) {
            return;
        }
        state.served_on = Some(fact.on);
        state.stop(&[DeadlineRule::Serve]);
        if !fact.in_time {
            state.fail_service();
        }
    }

    fn summary(fact: &Self::Fact, what: &str, on: &str) -> String {
        format!("{what} on {on}, {}", if fact.in_time { "in time" } else { "too late" })
    }
}

/// Checks that the letter was sent to the place, no later than the day of its service.
fn check_sent(plan: &mut PlanBuilder<'_>, event: &LetterServed) {
    if !plan.has_gone(LETTERS_TO_SERVE, None) {
        let cause = "the record does not show that the letter was sent to the place of detention";
        plan.contradiction("/event/type", "history.not_sent", cause);
    }
    if plan.invited_on().is_some_and(|invited| event.served_on < invited) {
        let cause = "the record has the letter issued after this day";
        plan.contradiction("/event/served_on", "history.served_before_issue", cause);
    }
}
