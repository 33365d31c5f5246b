//! Enters: the event that nobody answered the invitation. Leaves: everything the program knows about that event.
//! Never: takes silence for an answer before both sides have confirmed it.

use super::CaseEvent;
use crate::case_state::CaseState;
use crate::deadlines::DeadlineRule;
use crate::facts::Day;
use crate::fields::{ask, fields};
use crate::history::PastEvent;
use crate::pending_effects::PendingEffect;
use crate::plan::appointment::invited;
use crate::plan::builder::PlanBuilder;
use crate::plan::papers_only::{NO_OTHER_RECORDS, papers_only};
use chrono::NaiveDate;
use despatch_core::words::weekday_words;

fields! {
    /// Nobody answered, as the place of detention and the inbox both confirm (G4).
    NoResponse {
        place_confirmed_on: NaiveDate = ask("The day on which the place confirmed that nothing came").past();
        inbox_checked_on: NaiveDate = ask("The day on which the inbox was checked").past();
        /// Papers alone, and no record is enclosed: the preparer confirms that none bears on the person's health.
        no_other_records: Option<bool> = NO_OTHER_RECORDS;
    }
}

impl CaseEvent for NoResponse {
    type Fact = Day;
    const OF_INVITATION: bool = true;

    /// Row 22 for silence (G4): service is on record and in time, the deadline has passed, and both sides have checked.
    fn decide(&self, plan: &mut PlanBuilder<'_>) -> Option<Day> {
        let confirmed = self.place_confirmed_on.max(self.inbox_checked_on);
        let confirmations = [
            ("/event/place_confirmed_on", self.place_confirmed_on),
            ("/event/inbox_checked_on", self.inbox_checked_on),
        ];
        for (at, day) in confirmations {
            plan.not_future(at, day);
        }
        plan.must_be_open("/event/type");
        let Some((_, window)) = invited(plan) else {
            return Some(Day { on: confirmed });
        };
        match plan.state.served_on {
            None => {
                let cause =
                    "the record has no service of the invitation, and silence is not presumed without it";
                plan.contradiction("/event/type", "history.not_served", cause);
            }
            Some(served) if !window.is_open_on(served) => {
                let cause = "the record has service on a day that left too little time to respond";
                plan.contradiction("/event/type", "history.served_late", cause);
            }
            Some(_) => {}
        }
        if plan.state.silent {
            plan.contradiction(
                "/event/type",
                "history.twice",
                "the record has it already that nobody answered",
            );
        }
        if plan.state.answers.attend().is_some() {
            let cause = "the record has an answer to the invitation";
            plan.contradiction("/event/type", "history.answered", cause);
        }
        // "By" the deadline includes its last hour, so silence can only be confirmed from the next day.
        for (at, day) in confirmations.into_iter().filter(|(_, day)| *day <= window.respond_by) {
            let due = weekday_words(window.respond_by);
            let cause =
                format!("the deadline on the letter is {due}, and it is not over on {}", weekday_words(day));
            plan.fault(at, "response.not_due", cause, "look again on a later day and give that day");
        }
        plan.because(if plan.state.answers.declined_for_another() {
            "The legal representative declined the invitation, and the person did not answer it by the deadline on the \
             letter."
        } else {
            "No response was received by the deadline on the letter."
        });
        papers_only(plan, true, self.no_other_records);
        plan.pending_effects.insert(PendingEffect::Bookings);
        Some(Day { on: confirmed })
    }

    fn apply(_: &Self::Fact, past: &PastEvent, state: &mut CaseState) {
        if state.is_of_earlier(past) {
            return;
        }
        state.silent = true;
        state.papers_only = true;
        state.bookings_off = true;
        state.stop(&[DeadlineRule::Respond, DeadlineRule::Assess]);
    }
}
