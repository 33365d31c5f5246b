//! Enters: the event that a detention ended. Leaves: everything the program knows about that event.
//! Never: takes a decision to release for the release.

use super::{CaseEvent, Known};
use crate::case_state::CaseState;
use crate::detention::facts::EndedFact;
use crate::detention::london_time::LondonTime;
use crate::detention::terms::Ending;
use crate::fields::{ask, fields};
use crate::history::PastEvent;
use crate::pending_effects::PendingEffect;
use crate::plan::builder::PlanBuilder;
use serde_json::Value;

fields! {
    /// The detention ended: no clock of it runs any more.
    DetentionEnded {
        ended_at: LondonTime = ask("When did the detention end?")
            .note("The moment in London with its offset");
        how: Ending = ask("How?");
    }
}

impl CaseEvent for DetentionEnded {
    type Fact = EndedFact;

    /// Nothing is sent. What is still to go is superseded, or waits for a person.
    fn decide(&self, plan: &mut PlanBuilder<'_>) -> Option<EndedFact> {
        const AT: &str = "/event/ended_at";
        plan.moment_not_future(AT, self.ended_at);
        if plan.state.detention.ended_at.is_some() {
            plan.contradiction("/event/type", "history.twice", "the record has the detention end already");
        }
        let on = self.ended_at.date();
        if let Some(began) = plan.state.detention.began {
            plan.not_before_detention(AT, began, on);
        }
        plan.pending_effects.extend([PendingEffect::WrittenReasons, PendingEffect::Held]);
        plan.note_on(&format!("Detention ended: {}", self.how.label()), on);
        Some(EndedFact { on, at: self.ended_at, how: self.how })
    }

    fn apply(fact: &Self::Fact, _: &PastEvent, state: &mut CaseState) {
        state.detention.ended_at = Some(fact.at);
        state.clocks.clear();
    }

    fn summary(fact: &Self::Fact, what: &str, _: &str) -> String {
        format!("{what} on {}: {}", fact.at.words(), fact.how.label())
    }

    fn given_besides(&self, known: &Known<'_>) -> Value {
        known.detention()
    }
}
