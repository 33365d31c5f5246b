//! Enters: the event that a decision to release was withdrawn before the person left. Leaves: everything the program
//! knows about that event. Never: takes back what somebody was told: that is arranged anew.

use super::{AttachmentKind, CaseEvent, Due};
use crate::cancellations::Cancellations;
use crate::case_state::{AppointmentState, Booked, CaseState};
use crate::circumstances::Circumstance;
use crate::facts::{Fact, WithdrawalFact};
use crate::fields::{IN_DETENTION, ask, fields};
use crate::history::PastEvent;
use crate::pending_effects::PendingEffect;
use crate::plan::builder::PlanBuilder;
use chrono::NaiveDate;
use despatch_core::words::weekday_words;

fields! {
    /// A decision to release was withdrawn, and the person stays detained (G10).
    ReleaseWithdrawn {
        withdrawn_on: NaiveDate = ask("The day on which the decision to release was withdrawn").past().order(IN_DETENTION);
    }
}

impl CaseEvent for ReleaseWithdrawn {
    type Fact = WithdrawalFact;
    // A second opinion that came meanwhile was kept on file.
    const ATTACHMENTS: &'static [(AttachmentKind, Due)] = &[(AttachmentKind::SecondOpinionReport, Due::May)];

    /// G10: what the decision ended goes on where nobody was told of it, and is arranged anew elsewhere, as after a removal
    /// that failed (B10).
    fn decide(&self, plan: &mut PlanBuilder<'_>) -> Option<WithdrawalFact> {
        const AT: &str = "/event/withdrawn_on";
        plan.not_future(AT, self.withdrawn_on);
        plan.must_be_there(AT);
        let state = &plan.state;
        let (decided, barred) = (state.release_decided_on, state.barred_by_release);
        if decided.is_none() && !barred && !plan.history.events.is_empty() {
            let cause = "the record has no decision to release that stands";
            plan.contradiction("/event/type", "history.no_release", cause);
        }
        if decided.is_some_and(|decided| self.withdrawn_on < decided) {
            let cause = "the record has the release decided after this day";
            plan.contradiction(AT, "history.no_release", cause);
        }
        let day = weekday_words(self.withdrawn_on);
        let withdrawn = format!("The decision to release was withdrawn on {day}");
        plan.note(format!("{withdrawn}: update CID/Atlas."));
        plan.pending_effects.insert(PendingEffect::Release);
        let stands = stands(plan);
        let exclusion = plan.second_opinion()?.numbers.removal_exclusion.days;
        // The person gets the longer time: a holiday in only one calendar excludes nobody (G3).
        let excluded_to = plan.calendars.stricter(self.withdrawn_on, exclusion).map(|(day, _)| day);
        let excluded_to = plan.covered(AT, excluded_to)?;
        let against = against_referral(plan, stands, excluded_to);
        let referred = against.is_none();
        plan.because(match against {
            Some(against) => format!("{withdrawn}: {against}."),
            None if plan.state.assessed() => format!("{withdrawn}, so the report is to be concluded."),
            None => format!("{withdrawn}, so a new assessment is to be arranged."),
        });
        if !stands {
            // What the decision held comes back, but not what serves an appointment that was called off.
            plan.pending_effects.insert(PendingEffect::Appointment);
        }
        if referred {
            plan.circumstances.insert(Circumstance::Referred);
            if plan.state.assessed() {
                plan.circumstances.insert(Circumstance::Conclude);
            }
        }
        if plan.state.kept {
            plan.bring_opinion_back(self.withdrawn_on);
        }
        if let Some(removal) = plan.state.removal_on {
            plan.warn(format!("Removal is on record for {}: see that it still stands.", weekday_words(removal)));
        }
        Some(WithdrawalFact { on: self.withdrawn_on, stands, referred })
    }

    fn apply(fact: &Self::Fact, _: &PastEvent, state: &mut CaseState) {
        (state.release_decided_on, state.kept) = (None, false);
        if fact.stands {
            state.resume();
        }
        state.suspended = None;
        if fact.referred {
            (state.barred, state.barred_by_release) = (false, false);
            (state.requested, state.wanted) = (Some(true), Some(true));
            if !state.assessed() {
                (state.granted, state.cancellations) = (None, Cancellations::default());
                if let Some(booked) = &mut state.appointment {
                    booked.state = AppointmentState::Cancelled;
                }
            }
        }
    }

    fn summary(fact: &Self::Fact, what: &str, on: &str) -> String {
        let then = match (fact.stands, fact.referred) {
            (true, _) => "nobody had been told of it, so the process goes on",
            (false, true) => "the report is referred anew",
            (false, false) => "no second opinion is to be arranged",
        };
        format!("{what} on {on}; {then}")
    }
}

/// Returns whether nobody was told of the decision, so that what it called off still stands: the day of an appointment
/// must not have passed meanwhile.
fn stands(plan: &PlanBuilder<'_>) -> bool {
    let decision = plan.history.events.iter().rev().find(|past| matches!(past.recorded.fact, Fact::ReleaseDecided(_)));
    let told = decision.is_none_or(|past| past.gone().next().is_some());
    let booked = plan.state.suspended.as_ref().map(|suspended| suspended.appointment.as_ref());
    let in_time = |booked: Option<&Booked>| {
        booked.is_none_or(|booked| booked.state != AppointmentState::Ahead || booked.fact.date >= plan.today)
    };
    !told && booked.is_some_and(in_time)
}

/// Returns why the report is not referred anew.
fn against_referral(
    plan: &PlanBuilder<'_>,
    stands: bool,
    excluded_to: NaiveDate,
) -> Option<&'static str> {
    let state = &plan.state;
    if stands {
        Some("nobody had been told of the decision, so the process goes on as it was")
    } else if state.opinion_received_on.is_some() {
        Some("the second opinion report is in already")
    } else if state.barred && !state.barred_by_release {
        Some("the report does not meet the criteria for a second opinion, whatever becomes of the release")
    } else if state.without_opinion {
        Some("the report is considered without a second opinion, and not because of the release")
    } else if state.cut_short || state.removal_on.is_some_and(|removal| removal <= excluded_to) {
        Some("removal is set too soon for a second opinion")
    } else if state.requested == Some(false) && !state.barred_by_release {
        Some("no second opinion was requested, and not because of the release")
    } else {
        None
    }
}
