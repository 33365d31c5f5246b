//! Enters: the event that the answer to the report was handed to the person. Leaves: everything the program knows about
//! it. Never: takes an answer that was sent for one that was served.

use super::CaseEvent;
use crate::case_state::CaseState;
use crate::deadlines::DeadlineRule;
use crate::facts::Day;
use crate::fields::{IN_DETENTION, ask, fields};
use crate::history::{PastEvent, PastMessage};
use crate::plan::builder::PlanBuilder;
use chrono::NaiveDate;
use despatch_core::words::{Role, weekday_words};

fields! {
    /// The answer to the report was handed over in person: the response, or the letter that rejects the report (rows 33
    /// and 36, G14).
    AnswerServed {
        served_on: NaiveDate = ask("The day of service").past().order(IN_DETENTION);
        explained: bool = ask("Was it explained?");
        /// The person refused to take it.
        refused: bool = ask("Did the person refuse to take it?");
    }
}

impl CaseEvent for AnswerServed {
    type Fact = Day;

    /// Rows 33 and 36: what must be served is done once it is served, and not once it is sent.
    fn decide(&self, plan: &mut PlanBuilder<'_>) -> Option<Day> {
        const AT: &str = "/event/served_on";
        plan.not_future(AT, self.served_on);
        plan.must_be_alive(AT);
        let state = &plan.state;
        let (answered, since) = (state.responded_on.is_some() || state.rejected, state.responded_on);
        if state.answer_served_on.is_some() {
            plan.contradiction("/event/type", "history.twice", "service of the answer is on record already");
        } else if !answered {
            let cause = "the record has neither a response to the report nor a letter that rejects it";
            plan.contradiction("/event/type", "history.no_answer", cause);
        } else if !has_gone(plan) {
            let cause = "the record does not show that the answer was sent to the place of detention";
            plan.contradiction("/event/type", "history.not_sent", cause);
        }
        if since.is_some_and(|since| self.served_on < since) {
            let cause = "the record has the response decided after this day";
            plan.contradiction(AT, "history.served_before_issue", cause);
        }
        if self.refused {
            plan.warn("The person refused to take it: record that with the service.");
        }
        plan.note(format!(
            "The answer to the report was served on {} (record service on CID and Atlas).",
            weekday_words(self.served_on)
        ));
        Some(Day { on: self.served_on })
    }

    fn apply(fact: &Self::Fact, _: &PastEvent, state: &mut CaseState) {
        state.answer_served_on = Some(fact.on);
        state.stop(&[DeadlineRule::BeforeRemoval]);
    }
}

/// Returns whether the latest answer was sent to those who serve it.
fn has_gone(plan: &PlanBuilder<'_>) -> bool {
    let to_serve = |message: &PastMessage| {
        message.purpose.answers_report() && matches!(message.role, Role::Det | Role::Ost)
    };
    plan.history.events.iter().flat_map(PastEvent::gone).any(to_serve)
}
