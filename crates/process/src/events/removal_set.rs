//! Enters: the event that removal was set. Leaves: everything the program knows about that event.
//! Never: sets a removal.

use super::{CaseEvent, Known};
use crate::calendar::BeyondCalendar;
use crate::case_state::CaseState;
use crate::deadlines::DeadlineRule;
use crate::facts::RemovalFact;
use crate::fields::{Order, ask, date_value, fields};
use crate::history::PastEvent;
use crate::packs::pack::Numbers;
use crate::plan::builder::PlanBuilder;
use crate::plan::ending::{Ending, end};
use chrono::NaiveDate;
use despatch_core::words::{date_words, weekday_words};
use serde_json::{Value, json};

fields! {
    /// Removal was set (rows 28, 29 and 33).
    RemovalSet {
        set_on: NaiveDate = ask("The day on which removal was set").past();
        removal_on: NaiveDate = ask("The day for which it is set")
            .order(&[Order::NotBefore("set_on", "removal is set for a day before the one on which it was set")]);
    }
}

impl CaseEvent for RemovalSet {
    type Fact = RemovalFact;

    fn given_besides(&self, _: &Known<'_>) -> Value {
        json!({ "removal_on": date_value(self.removal_on) })
    }

    /// Rows 28, 29 and 33, for a removal that is set: it ends the process only if it precedes the second opinion.
    fn decide(&self, plan: &mut PlanBuilder<'_>) -> Option<RemovalFact> {
        const AT: &str = "/event/removal_on";
        plan.not_future("/event/set_on", self.set_on);
        plan.must_be_there("/event/set_on");
        plan.must_know_outcome("/event/set_on", self.set_on);
        if plan.state.release_decided_on.is_some() {
            plan.contradiction("/event/type", "history.release", "the record says that release was decided");
        }
        let cure = "give the day for which removal is set now, or report what became of it";
        plan.removal_not_past(AT, self.removal_on, cure);
        let opinion_by = opinion_by(plan, &plan.second_opinion()?.numbers);
        let opinion_by = plan.covered(AT, opinion_by)?;
        let removal = weekday_words(self.removal_on);
        let calls_off = plan.state.cut_short || opinion_by.is_some_and(|by| by >= self.removal_on);
        if calls_off {
            let what = format!("Removal is set for {removal}, before the process has ended");
            let known = plan.state.cut_short;
            end(plan, self.set_on, &what, Ending { released: false, known });
            // The reason stands in letters to people who are not told the day.
            plan.because("Removal is set for a day before the process has ended.");
        } else {
            let why = match opinion_by {
                Some(by) => format!("after {}, when the second opinion is to be in", weekday_words(by)),
                None => "and no second opinion is still to come".to_owned(),
            };
            plan.because(format!("Removal is set for {removal}, {why}."));
            plan.note(format!("Removal is set for {removal}: update CID/Atlas."));
        }
        if plan.state.responded_on.is_none() || plan.state.answer_served_on.is_none() {
            plan.start_before_removal(AT, self.removal_on);
        }
        Some(RemovalFact { on: self.set_on, removal_on: self.removal_on, calls_off })
    }

    fn apply(fact: &Self::Fact, _: &PastEvent, state: &mut CaseState) {
        state.removal_on = Some(fact.removal_on);
        state.stop(&[DeadlineRule::BeforeRemoval]);
        if fact.calls_off {
            state.cut_short = true;
            state.call_off();
            state.give_up_rebooking();
        }
    }

    fn summary(fact: &Self::Fact, what: &str, on: &str) -> String {
        format!("{what} on {on} for {}", date_words(fact.removal_on))
    }
}

/// Returns the last day on which the second opinion is due as things are (B4); `None` if none is expected. Until the
/// assessment has a due date, the full time that the guidance allows is assumed.
fn opinion_by(plan: &PlanBuilder<'_>, numbers: &Numbers) -> Result<Option<NaiveDate>, BeyondCalendar> {
    let state = &plan.state;
    if !state.unconcluded() || state.responded_on.is_some() {
        return Ok(None);
    }
    // What is overdue may still arrive, but not before today.
    let due = |rule| state.due(rule).map(|due| due.max(plan.today));
    if let Some(due) = due(DeadlineRule::Report) {
        return Ok(Some(due));
    }
    let days = plan.calendars.persons();
    let assessed_by = match due(DeadlineRule::Rebook).or(due(DeadlineRule::Assess)) {
        Some(due) => due,
        None => days.after(plan.today, numbers.assess.days)?,
    };
    days.after(assessed_by, numbers.report.days).map(Some)
}
