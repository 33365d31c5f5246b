//! Enters: the event that the legal representative was replaced or left. Leaves: everything the program knows about
//! that event.
//! Never: assumes the new representative's authority.

use super::{AppointmentConfirmed, CaseEvent, FreeText, appointment_confirmed};
use crate::case_state::Booked;
use crate::circumstances::Circumstance;
use crate::facts::Day;
use crate::fields::check::Checker;
use crate::fields::{When, ask, codes, fields, need};
use crate::pending_effects::PendingEffect;
use crate::plan::appointment::invite;
use crate::plan::builder::PlanBuilder;
use chrono::NaiveDate;
use despatch_core::words::{EntryId, Role, weekday_words};

fields! {
    /// The case has a new representative, or none (G10).
    RepresentativeChanged {
        on: NaiveDate = ask("The day of the change").past();
        previous: Option<EntryId> = ask("The representative before").role(Role::Representative).withheld().needed(need(
            When::Absent("/representative"),
            codes::FACT_UNCHANGED,
            "neither the previous representative nor a new one is named",
            "name the previous one here, or the new one as the representative",
        ));
        /// The appointment that is ahead, as confirmed: the new representative gets the invitation to it.
        appointment: Option<AppointmentConfirmed> =
            ask("Is an appointment ahead, to which the new representative is invited?").asked(When::There("/representative"));
    }
}

impl CaseEvent for RepresentativeChanged {
    type Fact = Day;

    fn check(checker: &mut Checker<'_, '_>) {
        const PREVIOUS: &str = "/event/previous";
        let previous = checker.text(PREVIOUS);
        if previous.is_some() && previous == checker.text("/representative/entry") {
            let cause = "the previous representative is the new one";
            let cure = "correct one of the two; where there is none any more, leave the representative out";
            checker.fault(PREVIOUS, codes::FACT_UNCHANGED, cause, cure);
        }
        appointment_confirmed::check_at(checker, "/event/appointment");
    }

    fn free_texts(&self) -> Vec<FreeText> {
        self.appointment.as_ref().map(CaseEvent::free_texts).unwrap_or_default()
    }

    fn appointment(&self) -> Option<&AppointmentConfirmed> {
        self.appointment.as_ref()
    }

    /// G10: messages waiting for the former representative are held; the new one gets the invitation while it is open.
    fn decide(&self, plan: &mut PlanBuilder<'_>) -> Option<Day> {
        const AT: &str = "/event/on";
        plan.not_future(AT, self.on);
        plan.must_be_there(AT);
        let on_record = plan.state.representative.clone();
        if !plan.history.events.is_empty() && self.previous != on_record {
            let cause = "the record has another representative before this change, or none";
            plan.contradiction("/event/previous", "history.representative", cause);
        }
        plan.pending_effects.insert(PendingEffect::HeldForRepresentative);
        plan.because("The legal representative has changed.");
        if plan.case.representative.is_some() {
            invite_new(plan, self.appointment.as_ref())?;
        }
        Some(Day { on: self.on })
    }
}

fn invite_new(plan: &mut PlanBuilder<'_>, details: Option<&AppointmentConfirmed>) -> Option<()> {
    const AT: &str = "/event/appointment";
    let booked = plan.state.ahead().cloned();
    match (booked, details) {
        (Some(booked), _) if !is_open(plan, &booked) => {
            plan.warn(
                "An appointment is on record and the invitation to it is no longer open: a person tells the new \
                 representative how things stand.",
            );
        }
        (Some(booked), Some(details)) => {
            if details.date != booked.fact.date || details.time != booked.fact.time {
                let cause = format!("the record has the appointment on {}", weekday_words(booked.fact.date));
                plan.contradiction("/event/appointment/date", "history.appointment", cause);
            }
            plan.circumstances.insert(Circumstance::RepresentativeNew);
        }
        (Some(_), None) => plan.fault(
            AT,
            "appointment.needed",
            "an appointment is ahead, and the new representative is to have the invitation",
            "add the appointment as it was confirmed: date, time, location, doctor and interpreter",
        ),
        (None, Some(details)) if plan.history.events.is_empty() => invite_unrecorded(plan, details)?,
        (None, Some(_)) => {
            plan.contradiction(AT, "history.no_appointment", "the record has no appointment ahead");
        }
        (None, None) => {}
    }
    Some(())
}

/// Returns whether the invitation can still be answered: it asks something, its deadline has not passed, and no
/// answer or silence has led to papers alone.
fn is_open(plan: &PlanBuilder<'_>, booked: &Booked) -> bool {
    let respond_by = booked.fact.window.as_ref().map(|window| window.respond_by);
    !plan.state.papers_only && respond_by.is_some_and(|respond_by| respond_by >= plan.today)
}

/// Calculates the window from the details as of today, as there is no record with the appointment.
fn invite_unrecorded(plan: &mut PlanBuilder<'_>, details: &AppointmentConfirmed) -> Option<()> {
    let assess_by = appointment_confirmed::assess_by(plan, details)?;
    let window = invite(plan, details.date, &assess_by, details.serve_by)?;
    plan.clocks.clear();
    let place = plan.case.place;
    let booked = Booked::ahead(1, &place.id, place.kind, details.fact(Some(window)));
    plan.outcome.appointment = Some(booked);
    plan.circumstances.insert(Circumstance::RepresentativeNew);
    Some(())
}
