//! Enters: the event that release was decided. Leaves: everything the program knows about that event.
//! Never: decides it.

use super::CaseEvent;
use crate::case_state::{CaseState, Suspended};
use crate::facts::Day;
use crate::fields::{IN_DETENTION, ask, fields};
use crate::history::PastEvent;
use crate::plan::builder::PlanBuilder;
use crate::plan::ending::{Ending, end};
use chrono::NaiveDate;

fields! {
    /// Release was decided (rows 28 and 29).
    ReleaseDecided {
        decided_on: NaiveDate = ask("The day of the decision to release").past().order(IN_DETENTION);
    }
}

impl CaseEvent for ReleaseDecided {
    type Fact = Day;

    /// Rows 28 and 29, for the decision to release.
    fn decide(&self, plan: &mut PlanBuilder<'_>) -> Option<Day> {
        plan.not_future("/event/decided_on", self.decided_on);
        if plan.state.release_decided_on.is_some() {
            let cause = "a decision to release is on record already, and was not withdrawn";
            plan.contradiction("/event/type", "history.twice", cause);
        }
        plan.must_be_there("/event/decided_on");
        plan.must_know_outcome("/event/decided_on", self.decided_on);
        let what = "A decision to release the person from detention was made";
        end(plan, self.decided_on, what, Ending { released: true, known: false });
        Some(Day { on: self.decided_on })
    }

    fn apply(fact: &Self::Fact, _: &PastEvent, state: &mut CaseState) {
        state.release_decided_on = Some(fact.on);
        state.suspended =
            Some(Suspended { appointment: state.appointment.clone(), clocks: state.clocks.clone() });
        state.call_off();
        state.give_up_rebooking();
    }
}
