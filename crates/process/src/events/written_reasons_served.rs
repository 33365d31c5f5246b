//! Enters: the event that written reasons were handed over. Leaves: everything the program knows about that event.
//! Never: takes a sending for a service.

use super::{CaseEvent, Known};
use crate::case_state::CaseState;
use crate::deadlines::DeadlineRule;
use crate::detention::facts::ReasonsFact;
use crate::detention::london_time::LondonTime;
use crate::detention::reasons::Served;
use crate::detention::terms::ReasonsForm;
use crate::fields::{MAX_LABEL, MAX_NAME, ask, fields};
use crate::history::PastEvent;
use crate::plan::builder::PlanBuilder;
use serde_json::Value;

fields! {
    /// Written reasons were handed to the person, or refused (Detention Centre Rules 2001, rule 9).
    WrittenReasonsServed {
        served_at: LondonTime = ask("When were they handed over?")
            .note("The moment in London with its offset");
        form: ReasonsForm = ask("Which form was it?");
        by: String = ask("Who handed them over?").most(MAX_NAME);
        language: Option<String> = ask("In which language were they explained, if not in English?").most(MAX_LABEL);
        interpreter: Option<String> = ask("Who interpreted?").most(MAX_NAME);
        explained: bool = ask("Were they explained to the person?");
        refused: bool = ask("Did the person refuse to take them?");
    }
}

impl CaseEvent for WrittenReasonsServed {
    type Fact = ReasonsFact;

    /// The time for the next written reasons begins: nothing is sent.
    fn decide(&self, plan: &mut PlanBuilder<'_>) -> Option<ReasonsFact> {
        const AT: &str = "/event/served_at";
        plan.moment_not_future(AT, self.served_at);
        let began = plan.must_have_begun(AT)?;
        let on = self.served_at.date();
        plan.not_before_detention(AT, began, on);
        let rules = &plan.detention_rules()?.reasons;
        let counts = !self.refused || rules.refused_service_restarts;
        let mut served = plan.state.detention.reasons.clone();
        served.push(Served { on, refused: self.refused });
        plan.start_reasons(AT, rules.last_given(began.reasons_from, &served))?;
        if self.refused && !counts {
            plan.warn(
                "The person refused the written reasons: as the pack reads it, they do not count as given, and the time for \
                 them goes on. Try again, and record each attempt.",
            );
        }
        if !self.explained && !self.refused {
            plan.warn("The written reasons were not explained to the person: see that they are, in a language that they understand.");
        }
        plan.note_on(&format!("{} served", self.form.label()), on);
        Some(ReasonsFact { on, at: self.served_at, form: self.form, refused: self.refused })
    }

    fn apply(fact: &Self::Fact, _: &PastEvent, state: &mut CaseState) {
        state.detention.reasons.push(Served { on: fact.on, refused: fact.refused });
        state.stop(&[DeadlineRule::WrittenReasons]);
    }

    fn summary(fact: &Self::Fact, _: &str, on: &str) -> String {
        let how = if fact.refused { "refused" } else { "served" };
        format!("{} {how} on {on}", fact.form.label())
    }

    fn given_besides(&self, known: &Known<'_>) -> Value {
        known.detention()
    }
}
