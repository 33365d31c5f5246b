//! Enters: the event that a removal did not happen. Leaves: everything the program knows about that event.
//! Never: sets another.

use super::CaseEvent;
use crate::cancellations::Cancellations;
use crate::case_state::{AppointmentState, CaseState};
use crate::circumstances::Circumstance;
use crate::deadlines::DeadlineRule;
use crate::facts::FailedRemovalFact;
use crate::fields::closed::closed;
use crate::fields::{Order, ask, fields};
use crate::history::PastEvent;
use crate::pending_effects::PendingEffect;
use crate::plan::builder::PlanBuilder;
use chrono::NaiveDate;
use despatch_core::words::{date_words, weekday_words};

fields! {
    /// A removal failed (rows 34 and 35).
    RemovalFailed {
        failed_on: NaiveDate = ask("The day on which the removal was to be").past();
        cause: RemovalFailure = ask("Why did it fail?");
        detention_maintained: bool = ask("Does the person stay detained?");
        /// The new date for which removal is set, if any.
        removal_set_for: Option<NaiveDate> = ask("The new date for which removal is set, where it is")
            .order(&[Order::NotBefore("failed_on", "the new removal is set for a day before the failed one")]);
    }
}

closed! {
    /// Why a removal failed (G0, "Where removal action has failed").
    RemovalFailure {
        Disruption = "disruption", "disruption";
        Representations = "representations", "representations";
    }
}

impl CaseEvent for RemovalFailed {
    type Fact = FailedRemovalFact;

    /// Rows 34 and 35 (G0, "Where removal action has failed"; B10).
    fn decide(&self, plan: &mut PlanBuilder<'_>) -> Option<FailedRemovalFact> {
        const AT: &str = "/event/failed_on";
        plan.not_future(AT, self.failed_on);
        plan.must_be_there(AT);
        if !plan.history.events.is_empty() && plan.state.removal_on.is_none() {
            plan.contradiction("/event/type", "history.no_removal", "the record has no removal that was set");
        }
        if self.detention_maintained && plan.state.release_decided_on.is_some() {
            let cause = "the record says that release was decided";
            plan.contradiction("/event/detention_maintained", "history.release", cause);
        }
        let exclusion = plan.second_opinion()?.numbers.removal_exclusion.days;
        // The person gets the longer time: a holiday in only one calendar excludes nobody (G3).
        let excluded_to = plan.calendars.stricter(self.failed_on, exclusion).map(|(day, _)| day);
        let excluded_to = plan.covered(AT, excluded_to)?;
        if let Some(removal) = self.removal_set_for {
            plan.start_before_removal("/event/removal_set_for", removal);
        } else {
            plan.outcome.dates.removal_on = None;
        }
        let failed =
            format!("The removal failed on {} ({})", weekday_words(self.failed_on), self.cause.label());
        let against = against_referral(plan, self, excluded_to);
        let referred = against.is_none();
        plan.because(match against {
            Some(against) => format!("{failed}: {against}."),
            None if plan.state.assessed() => {
                format!("{failed} and detention is maintained, so the report is to be concluded.")
            }
            None => format!("{failed} and detention is maintained, so a new assessment is to be arranged."),
        });
        if plan.state.cut_short {
            // What the removal held comes back, but not what serves an appointment that was called off.
            plan.pending_effects.insert(PendingEffect::Appointment);
        }
        if referred {
            plan.circumstances.insert(Circumstance::Referred);
            if plan.state.assessed() {
                plan.circumstances.insert(Circumstance::Conclude);
            }
        }
        Some(FailedRemovalFact {
            on: self.failed_on,
            maintained: self.detention_maintained,
            removal_on: self.removal_set_for,
            referred,
        })
    }

    fn apply(fact: &Self::Fact, _: &PastEvent, state: &mut CaseState) {
        state.removal_on = fact.removal_on;
        state.stop(&[DeadlineRule::BeforeRemoval]);
        if fact.referred {
            begin_again(state);
        }
    }

    fn summary(fact: &Self::Fact, what: &str, on: &str) -> String {
        let kept = if fact.maintained { "detention is maintained" } else { "detention is not maintained" };
        let next =
            fact.removal_on.map_or_else(String::new, |day| format!("; set again for {}", date_words(day)));
        format!("{what} on {on}; {kept}{next}")
    }
}

/// Returns why the report is not referred again "in line with the referral criteria": only what a removal had
/// excluded or cut short restarts.
fn against_referral(
    plan: &PlanBuilder<'_>,
    event: &RemovalFailed,
    excluded_to: NaiveDate,
) -> Option<&'static str> {
    let state = &plan.state;
    let excluded = state.cut_short || state.requested == Some(false);
    let nothing_known = plan.history.events.is_empty();
    if !event.detention_maintained {
        Some("detention is not maintained, so nothing is referred")
    } else if state.opinion_received_on.is_some() {
        Some("the second opinion report is in already")
    } else if event.removal_set_for.is_some_and(|removal| removal <= excluded_to) {
        Some("removal is set again too soon for a second opinion")
    } else if state.barred {
        Some("the report does not meet the criteria for a second opinion, whatever becomes of the removal")
    } else if state.without_opinion {
        Some("the report is considered without a second opinion, and not because of the removal")
    } else if !excluded && !nothing_known {
        Some("the removal did not stop the second opinion process, which goes on")
    } else {
        None
    }
}

/// Refers the report again, even if the removal had excluded it before (B10).
fn begin_again(state: &mut CaseState) {
    state.cut_short = false;
    state.requested = Some(true);
    state.wanted = state.requested;
    if state.responded_before_removal {
        state.responded_on = None;
    }
    if state.assessed() {
        return;
    }
    state.granted = None;
    state.cancellations = Cancellations::default();
    if let Some(booked) = &mut state.appointment {
        booked.state = AppointmentState::Cancelled;
    }
}
