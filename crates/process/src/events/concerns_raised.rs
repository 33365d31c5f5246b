//! Enters: the event that somebody reported a concern. Leaves: everything the program knows about that event.
//! Never: judges the concern.

use super::{CaseEvent, FreeText};
use crate::facts::Day;
use crate::fields::prose::Prose;
use crate::fields::{ask, fields};
use crate::plan::builder::PlanBuilder;
use crate::purpose::Purpose;
use chrono::NaiveDate;

fields! {
    /// The staff who oversee the appointment reported a concern (G16).
    ConcernsRaised {
        raised_on: NaiveDate = ask("The day on which the concern was raised").past();
        concerns: Prose = ask("The concern");
    }
}

impl CaseEvent for ConcernsRaised {
    type Fact = Day;

    fn free_texts(&self) -> Vec<FreeText> {
        vec![("the concern", self.concerns.text())]
    }

    /// G16: the staff who oversee the appointment reported a concern.
    fn decide(&self, plan: &mut PlanBuilder<'_>) -> Option<Day> {
        plan.not_future("/event/raised_on", self.raised_on);
        plan.start_immediately(
            self.raised_on,
            "tell the caseworker of the concerns",
            &[Purpose::ConcernNotice],
        );
        Some(Day { on: self.raised_on })
    }
}
