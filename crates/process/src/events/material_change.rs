//! Enters: the event that something changed that bears on detention. Leaves: everything the program knows about it.
//! Never: judges the change: whoever reviews detention does.

use super::detention_began::REQUESTS;
use super::{CaseEvent, Day, FreeText, Known};
use crate::fields::prose::Prose;
use crate::fields::{IN_DETENTION, ask, fields};
use crate::plan::builder::PlanBuilder;
use chrono::NaiveDate;
use serde_json::Value;

fields! {
    /// A significant or material change in circumstances (general instructions, "Detention reviews").
    MaterialChange {
        on: NaiveDate = ask("The day of the change").past().order(IN_DETENTION);
        what: Prose = ask("What changed?");
    }
}

impl CaseEvent for MaterialChange {
    type Fact = Day;

    fn free_texts(&self) -> Vec<FreeText> {
        vec![("what changed", self.what.text())]
    }

    /// An ad hoc review is asked for at once.
    fn decide(&self, plan: &mut PlanBuilder<'_>) -> Option<Day> {
        ask_for_ad_hoc_review(plan, "/event/on", self.on)?;
        plan.because("Circumstances changed that bear on detention.");
        plan.note_on("Material change", self.on);
        Some(Day { on: self.on })
    }

    fn given_besides(&self, known: &Known<'_>) -> Value {
        known.detention()
    }
}

/// Asks for a review outside the timetable, by whoever may sign it at this point.
pub(super) fn ask_for_ad_hoc_review(plan: &mut PlanBuilder<'_>, at: &str, on: NaiveDate) -> Option<()> {
    use crate::detention::stages::Stage;
    plan.not_future(at, on);
    let began = plan.must_have_begun(at)?;
    plan.not_before_detention(at, began, on);
    let rules = &plan.detention_rules()?.reviews;
    let reviews = &plan.state.detention.reviews;
    let outstanding = rules.outstanding(began.detained, reviews, &plan.calendars);
    let outstanding = plan.covered(at, outstanding)?;
    let next = outstanding.first().map(|due| due.stage);
    let last = plan.state.detention.last_stage();
    let needs = rules.needs(began.detained.team, Stage::AdHoc, (last, next));
    let outcome = plan.detention();
    outcome.stage = Some(Stage::AdHoc);
    outcome.needs = needs;
    let who = needs.map(|needs| needs.who()).unwrap_or_default();
    plan.start_immediately(on, &format!("ad hoc review of detention, by {who}"), REQUESTS);
    plan.tell_reasons();
    Some(())
}
