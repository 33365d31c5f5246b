//! Enters: the event that a question of the serving or overseeing staff was answered. Leaves: everything the program
//! knows about it.
//! Never: answers a question itself.

use super::{CaseEvent, FreeText};
use crate::facts::Day;
use crate::fields::closed::closed;
use crate::fields::prose::Prose;
use crate::fields::{ask, fields};
use crate::plan::builder::PlanBuilder;
use chrono::NaiveDate;

fields! {
    /// The DMRT answered a question of the staff who serve the letter or oversee the appointment (row 15, G16).
    GuidanceGiven {
        asked_on: NaiveDate = ask("The day of the question").past();
        about: About = ask("What was it about?");
        question: Prose = ask("The question");
        answer: Prose = ask("The answer");
    }
}

closed! {
    /// The subject of a question (rows 15 and G16).
    About {
        Service = "service", "serving the letter";
        Appointment = "appointment", "the appointment";
    }
}

impl CaseEvent for GuidanceGiven {
    type Fact = Day;

    fn free_texts(&self) -> Vec<FreeText> {
        vec![("the question", self.question.text()), ("the answer", self.answer.text())]
    }

    /// Row 15 and G16: the DMRT answers.
    fn decide(&self, plan: &mut PlanBuilder<'_>) -> Option<Day> {
        plan.not_future("/event/asked_on", self.asked_on);
        Some(Day { on: self.asked_on })
    }
}
