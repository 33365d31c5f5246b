//! Enters: the event that the person left detention. Leaves: everything the program knows about that event.
//! Never: takes a decision to release for the release.

use super::CaseEvent;
use crate::case_state::CaseState;
use crate::deadlines::DeadlineRule;
use crate::facts::{Departure, DepartureFact};
use crate::fields::{IN_DETENTION, ask, fields};
use crate::history::PastEvent;
use crate::pending_effects::PendingEffect;
use crate::plan::builder::PlanBuilder;
use crate::plan::ending::{Ending, end};
use chrono::NaiveDate;

fields! {
    /// The person left detention (B9).
    LeftDetention {
        on: NaiveDate = ask("The day on which the person left detention").past().order(IN_DETENTION);
        how: Departure = ask("How?");
    }
}

impl CaseEvent for LeftDetention {
    type Fact = DepartureFact;

    /// Row 29 and B9, for the day on which the person leaves detention.
    fn decide(&self, plan: &mut PlanBuilder<'_>) -> Option<DepartureFact> {
        plan.not_future("/event/on", self.on);
        if plan.state.left.is_some() {
            let cause = "the record has the person leave detention already, and no new detention since";
            plan.contradiction("/event/type", "history.twice", cause);
        }
        plan.must_be_alive("/event/on");
        plan.must_know_outcome("/event/on", self.on);
        let released = self.how == Departure::Released;
        let state = &plan.state;
        let known = if released { state.release_decided_on.is_some() } else { state.cut_short };
        if !released && state.release_decided_on.is_some() {
            plan.contradiction("/event/how", "history.release", "the record says that release was decided");
        }
        plan.pending_effects.extend([PendingEffect::HeldLetters, PendingEffect::HeldCopies]);
        plan.warn_of_copies(
            "nobody there has the person in their care, and a person decides what becomes of it",
        );
        let words = format!("The person was {}", self.how.label());
        end(plan, self.on, &words, Ending { released, known });
        if !released && plan.state.answer_served_on.is_none() {
            plan.warn(
                "The person was removed and no service of a response to the report is on record: it was to be served \
                 before removal (row 33). Take it to a manager.",
            );
        }
        Some(DepartureFact { on: self.on, how: self.how })
    }

    fn apply(fact: &Self::Fact, _: &PastEvent, state: &mut CaseState) {
        state.left = Some((fact.on, fact.how));
        state.suspended = None;
        state.call_off();
        state.give_up_rebooking();
        // The doctor still completes the report of a person who was released after the assessment (B9).
        let completes = fact.how == Departure::Released && state.assessed();
        state.clocks.retain(|clock| completes && clock.rule == DeadlineRule::Report);
    }

    fn summary(fact: &Self::Fact, what: &str, on: &str) -> String {
        format!("{what} on {on}: {}", fact.how.label())
    }
}
