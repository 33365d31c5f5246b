//! Enters: the event that the invitation cannot be served in time. Leaves: everything the program knows about it.
//! Never: repeats the reason where it could be read in clear.

use super::{CaseEvent, FreeText, Known};
use crate::case_state::CaseState;
use crate::facts::Day;
use crate::fields::{MAX_PARAGRAPH, ask, fields};
use crate::history::PastEvent;
use crate::plan::appointment::invited;
use crate::plan::builder::PlanBuilder;
use crate::plan::ending::go_without_opinion;
use chrono::NaiveDate;
use despatch_core::words::weekday_words;
use serde_json::{Value, json};

fields! {
    /// The invitation could not be served in time (rows 17 and 18).
    ServiceFailed {
        reported_on: NaiveDate = ask("The day on which the place reported it").past();
        reason: String = ask("Why can the letter not be served in time?").most(MAX_PARAGRAPH).withheld();
    }
}

impl CaseEvent for ServiceFailed {
    type Fact = Day;
    const OF_INVITATION: bool = true;

    fn free_texts(&self) -> Vec<FreeText> {
        vec![("the reason", self.reason.clone())]
    }

    fn given_besides(&self, _: &Known<'_>) -> Value {
        json!({ "failure_reason": self.reason })
    }

    /// Rows 17 and 18: service failed (only that leads here, not a date that was too soon from the start: G3).
    fn decide(&self, plan: &mut PlanBuilder<'_>) -> Option<Day> {
        const AT: &str = "/event/reported_on";
        plan.not_future(AT, self.reported_on);
        plan.must_be_open(AT);
        let window = invited(plan).map(|(_, window)| window);
        if let Some(window) = window.filter(|window| window.is_open_on(plan.today)) {
            plan.warn(format!(
                "There was time to serve the invitation until {}: check that it could not be served by then.",
                weekday_words(window.latest_service)
            ));
        }
        if plan.state.served_on.is_some() {
            plan.contradiction("/event/type", "history.served", "the record says that the letter was served");
        }
        if plan.state.papers_only {
            let cause = "the record says that the doctor assesses on papers alone, which needs no service";
            plan.contradiction("/event/type", "history.assessed", cause);
        }
        plan.because(
            "The invitation could not be served in time to leave the working days to respond before the assessment.",
        );
        go_without_opinion(plan, self.reported_on);
        Some(Day { on: self.reported_on })
    }

    fn apply(_: &Self::Fact, past: &PastEvent, state: &mut CaseState) {
        if !state.is_of_earlier(past) {
            state.fail_service();
        }
    }
}
