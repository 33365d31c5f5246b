//! Enters: the event that the Detained Medical Reports Team received a report. Leaves: everything the program knows
//! about that event.
//! Never: decides whether a second opinion may be requested (that is the event of the report).

use super::CaseEvent;
use crate::case_state::CaseState;
use crate::circumstances::Circumstance;
use crate::deadlines::DeadlineRule;
use crate::facts::ReferralFact;
use crate::fields::{ask, fields};
use crate::history::PastEvent;
use crate::people::Contact;
use crate::plan::builder::PlanBuilder;
use crate::purpose::Purpose;
use crate::response_window::earliest_appointment;
use chrono::NaiveDate;
use despatch_core::words::{Role, date_words};

fields! {
    /// The DMRT received the report, with or without a request for a second opinion (rows 3, 4 and 7).
    ReferralReceived {
        received_on: NaiveDate = ask("The day on which the referral came in").past();
        opinion_requested: bool = ask("Is a second opinion requested?");
        /// The contracted doctor who is asked whether they are available.
        doctor: Option<Contact> = ask("Is a contracted doctor to be asked whether they are free?")
            .note("The contracted doctor")
            .role(Role::Doctor);
    }
}

impl CaseEvent for ReferralReceived {
    type Fact = ReferralFact;

    fn doctor(&self) -> Option<&Contact> {
        self.doctor.as_ref()
    }

    /// Rows 3, 4 and 7 (G0, "Arranging an assessment" and "What happens if there is no capacity").
    fn decide(&self, plan: &mut PlanBuilder<'_>) -> Option<ReferralFact> {
        const AT: &str = "/event/received_on";
        plan.not_future(AT, self.received_on);
        if self.opinion_requested && plan.state.requested == Some(false) {
            let cause = "the record says that no second opinion was requested for this report";
            plan.contradiction("/event/opinion_requested", "history.not_requested", cause);
        } else if self.opinion_requested {
            // Every report is referred, whatever its outcome (G1); only an opinion needs an open process.
            plan.must_be_open(AT);
        }
        // One without a request may be followed by one with it: the report was mended meanwhile.
        let again =
            if self.opinion_requested { plan.state.granted } else { plan.state.referral_without_request };
        if again.is_some() {
            plan.contradiction(
                "/event/type",
                "history.twice",
                "a referral of this report is on record already",
            );
        }
        let capacity = &plan.second_opinion()?.capacity;
        let week = capacity.week_of(self.received_on);
        let taken = plan.history.granted.get(&week).copied().unwrap_or(0);
        let granted = self.opinion_requested && taken < capacity.reports;
        plan.outcome.dates.referred_on = Some(self.received_on);
        plan.outcome.second_opinion_requested = Some(self.opinion_requested);
        let most = capacity.reports;
        plan.because(if !self.opinion_requested {
            "No second opinion was requested, so nothing is arranged.".to_owned()
        } else if granted {
            format!("A second opinion was requested on {}.", date_words(self.received_on))
        } else {
            format!(
                "The most that can be referred for a second opinion, {most} reports a week, has been reached."
            )
        });
        if granted {
            let (place, most) = (taken + 1, capacity.reports);
            plan.note(format!(
                "Place {place} of {most} in the week that begins on {} (row 7).",
                date_words(week)
            ));
            grant(plan, self);
        } else if self.opinion_requested {
            plan.circumstances.insert(Circumstance::NoCapacity);
            plan.start_immediately(
                self.received_on,
                "tell the caseworker that there is no capacity",
                &[Purpose::NoCapacity],
            );
        } else {
            plan.note("No second opinion was requested: the report is kept on record.");
        }
        Some(ReferralFact {
            received_on: self.received_on,
            requested: self.opinion_requested,
            week,
            granted,
            doctor: self.doctor.as_ref().map(|doctor| doctor.entry.clone()),
        })
    }

    fn apply(fact: &Self::Fact, _: &PastEvent, state: &mut CaseState) {
        state.referred_on = Some(fact.received_on);
        if fact.requested || state.wanted != Some(true) {
            state.requested = Some(fact.requested);
        }
        if fact.requested {
            state.granted = Some(fact.granted);
        } else {
            state.referral_without_request = Some(true);
        }
        state.without_opinion = fact.requested && !fact.granted;
        state.doctor.clone_from(&fact.doctor);
        state.stop(&[DeadlineRule::Assess]);
    }

    fn summary(fact: &Self::Fact, what: &str, on: &str) -> String {
        let week = date_words(fact.week);
        match (fact.requested, fact.granted) {
            (false, _) => format!("{what} on {on}; no second opinion is asked for"),
            (true, true) => format!("{what} on {on}; it has a place of the week of {week}"),
            (true, false) => format!("{what} on {on}; no place was left in the week of {week}"),
        }
    }
}

fn grant(plan: &mut PlanBuilder<'_>, event: &ReferralReceived) {
    if plan.place_kind().is_temporary() {
        plan.warn(
            "The person is at a temporary place of detention: the assessment is arranged after a transfer, within the \
             working days that run from it.",
        );
        return;
    }
    plan.circumstances.insert(Circumstance::Granted);
    let Some(numbers) = plan.second_opinion().map(|rules| &rules.numbers) else { return };
    let (number, from) = match plan.state.counts_from_transfer(event.received_on) {
        Some(transferred) => (&numbers.assess_after_transfer, transferred),
        None => (&numbers.assess, event.received_on),
    };
    plan.start("/event/received_on", DeadlineRule::Assess, number, from);
    let earliest = earliest_appointment(plan.today, plan.calendars.persons(), numbers);
    plan.outcome.dates.earliest = plan.covered("/event/received_on", earliest);
}
