//! Enters: the event that the person died. Leaves: everything the program knows about that event.
//! Never: says how they died.

use super::CaseEvent;
use crate::case_state::CaseState;
use crate::facts::Day;
use crate::fields::{IN_DETENTION, ask, fields};
use crate::history::PastEvent;
use crate::pending_effects::PendingEffect;
use crate::plan::builder::PlanBuilder;
use chrono::NaiveDate;

fields! {
    /// The person died (G10).
    Died {
        on: NaiveDate = ask("The day of the death").past().order(IN_DETENTION);
    }
}

impl CaseEvent for Died {
    type Fact = Day;

    /// G10: everything is held; doctor, bookings and place are told; nobody writes to the person, and a member of
    /// staff tells the representative.
    fn decide(&self, plan: &mut PlanBuilder<'_>) -> Option<Day> {
        plan.not_future("/event/on", self.on);
        plan.must_be_first();
        if let Some(when) = plan.unknown_outcome(self.on) {
            plan.warn(format!(
                "The record has the appointment on {when} and not what came of it: find out, and agree with the doctor \
                 whether the report is still completed."
            ));
        }
        use PendingEffect::{Held, HeldCopies, HeldForRepresentative, HeldLetters};
        plan.pending_effects.extend([Held, HeldLetters, HeldForRepresentative, HeldCopies]);
        plan.cancel(false);
        plan.because("The process has ended.");
        if plan.case.representative.is_some() {
            plan.warn(
                "No letter is made for the legal representative: a person tells them, not this program.",
            );
        }
        if plan.state.assessed() && plan.state.unconcluded() {
            plan.warn(
                "The assessment has taken place, or is made on papers: a person agrees with the doctor whether the \
                 report is still completed.",
            );
        }
        plan.note("The process has ended: update CID/Atlas.");
        Some(Day { on: self.on })
    }

    fn apply(fact: &Self::Fact, _: &PastEvent, state: &mut CaseState) {
        state.died_on = Some(fact.on);
        state.call_off();
        state.give_up_rebooking();
        state.clocks.clear();
    }
}
