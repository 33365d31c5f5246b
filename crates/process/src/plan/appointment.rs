//! Enters: an appointment that is booked or on record. Leaves: its window, its clocks and its latest date (B4, B5).
//! Never: lets through an invitation that leaves too little time to answer.

use super::builder::PlanBuilder;
use crate::case_state::{AppointmentState, Booked};
use crate::circumstances::Circumstance;
use crate::deadlines::{Deadline, DeadlineRule};
use crate::history::{PastEvent, PastMessage};
use crate::plan::planned::To;
use crate::purpose::Purpose;
use crate::response_window::{AssessBy, ResponseWindow, response_window};
use chrono::NaiveDate;
use despatch_core::words::{Role, weekday_words};

/// The messages that tell a place of an appointment: the letter to hand over, or the cancellation of the previous
/// appointment, which names the new date.
pub(crate) const LETTERS_TO_SERVE: &[Purpose] =
    &[Purpose::InvitationToServe, Purpose::Rebooking, Purpose::Cancellation];
/// The messages that tell a representative of an appointment.
const OF_APPOINTMENT: &[Purpose] =
    &[Purpose::InvitationToRepresentative, Purpose::Rebooking, Purpose::Cancellation];

impl PlanBuilder<'_> {
    /// Returns the latest appointment's event, with its messages.
    pub(crate) fn appointment_past(&self) -> Option<&PastEvent> {
        self.history.events.iter().rev().find(|past| past.booked().is_some())
    }

    /// Returns the issue date of the invitation to the latest appointment.
    pub(crate) fn invited_on(&self) -> Option<NaiveDate> {
        self.appointment_past()?.invited_on()
    }

    /// Returns whether the appointment on record is still to be held.
    pub(crate) fn is_to_be_held(&self) -> bool {
        self.state.ahead().is_some_and(|booked| booked.fact.date >= self.today)
    }

    /// Returns whether a message about the latest appointment, with one of these purposes, was sent to this role.
    pub(crate) fn has_gone(&self, purposes: &[Purpose], role: Option<Role>) -> bool {
        let meant = |message: &PastMessage| {
            purposes.contains(&message.purpose) && role.is_none_or(|role| message.role == role)
        };
        self.appointment_past().is_some_and(|past| past.gone().any(meant))
    }

    /// Returns whether the doctor of the latest appointment has the documents.
    pub(crate) fn doctor_has_documents(&self) -> bool {
        self.has_gone(&[Purpose::DoctorBundle], None)
    }

    /// Cancels the appointment that was ahead and tells everybody who was told of it (G10). After a decision to
    /// assess on papers there is none to cancel. If it awaits rebooking, there are no bookings to cancel, but the
    /// doctor, the person and the representative are waiting for its date.
    pub(crate) fn cancel(&mut self, person_told: bool) {
        let state = &self.state;
        let Some(booked) = state.ahead().or(state.to_rebook()).filter(|_| !state.papers_only).cloned() else {
            return;
        };
        self.circumstances.insert(Circumstance::Cancelled);
        self.outcome.cancelled = Some(booked.clone());
        if self.doctor_has_documents() {
            self.circumstances.insert(Circumstance::DoctorTold);
        }
        if person_told {
            self.circumstances.insert(Circumstance::PersonTold);
        }
        if booked.state == AppointmentState::ToRebook {
            if person_told {
                self.cancel_letters();
            }
            return;
        }
        self.cancel_bookings(&booked);
        self.cancel_letters();
    }

    /// Tells those who have the letter.
    pub(crate) fn cancel_letters(&mut self) {
        let has_letter = |role| self.has_gone(LETTERS_TO_SERVE, Some(role));
        if has_letter(Role::Det) || has_letter(Role::Ost) {
            self.circumstances.insert(Circumstance::PlaceTold);
        }
        if self.representative_told() {
            self.circumstances.insert(Circumstance::RepresentativeTold);
        }
    }

    /// Returns whether the case's current representative has the letter about the appointment: a new one may have
    /// received it after a change (G10), and a former one is not written to again.
    fn representative_told(&self) -> bool {
        let Some(current) = self.case.representative else {
            return false;
        };
        let current = To::Entry(current.clone());
        let events = &self.history.events;
        let booked = events.iter().rposition(|past| past.booked().is_some()).unwrap_or(events.len());
        let since = events.iter().skip(booked).flat_map(PastEvent::gone);
        since.filter(|message| message.to == current).any(|message| OF_APPOINTMENT.contains(&message.purpose))
    }

    /// Returns whether a cancellation of the latest appointment's bookings was sent.
    pub(crate) fn bookings_called_off(&self) -> bool {
        let events = &self.history.events;
        let booked = events.iter().rposition(|past| past.booked().is_some()).unwrap_or(events.len());
        let off = [Purpose::BookingCancellation, Purpose::AppointmentOff];
        events.iter().skip(booked + 1).flat_map(PastEvent::gone).any(|message| off.contains(&message.purpose))
    }

    /// Cancels the interpreter and the room if the day is still ahead.
    pub(crate) fn cancel_bookings(&mut self, booked: &Booked) {
        if booked.fact.date < self.today || self.state.bookings_off {
            return;
        }
        if self.has_gone(&[Purpose::InterpreterBooking], None) {
            self.circumstances.insert(Circumstance::InterpreterTold);
        }
        if self.has_gone(&[Purpose::RoomBooking], None) {
            self.circumstances.insert(Circumstance::RoomTold);
        }
    }
}

/// Where no assessment is arranged. Not everybody moves on: from a hospital some are released.
pub(crate) const TEMPORARY: &str = "wait for the transfer and drop it as an event of its own (transferred); if none is to come, a person decides \
     whether the response goes without a second opinion (response_decided, with the reason in despite_history)";

/// Opens a window for the invitation, with its two clocks.
pub(crate) fn invite(
    plan: &mut PlanBuilder<'_>,
    appointment: NaiveDate,
    assess_by: &AssessBy,
    set: Option<NaiveDate>,
) -> Option<ResponseWindow> {
    let (days, numbers, today) = (plan.calendars, &plan.second_opinion()?.numbers, plan.today);
    let opened = match response_window(appointment, assess_by, today, &days, numbers) {
        Ok(opened) => opened,
        Err(fault) => {
            plan.faults.push(fault);
            return None;
        }
    };
    plan.warnings.extend(opened.warnings);
    let guidances = opened.window;
    let window = ResponseWindow { serve_by: set.unwrap_or(guidances.serve_by), ..guidances.clone() };
    if window.serve_by < today || window.serve_by > guidances.serve_by {
        let by = weekday_words(guidances.serve_by);
        let cause = format!("the letter is served from its day on and by {by}, and this is another day");
        plan.fault(
            "/event/serve_by",
            "service.deadline",
            cause,
            "give a day within this time, or leave it out",
        );
        return None;
    }
    let persons = days.persons();
    let respond = numbers.respond.days;
    let stricter = days.stricter(today, numbers.serve.days);
    let arithmetic = match stricter {
        _ if set.is_some() => {
            let latest = persons.arithmetic(respond + 1, window.appointment, window.latest_service);
            format!("set by the Detained Medical Reports Team; at the latest {latest}")
        }
        Ok((due, counted)) if due == window.serve_by => counted.arithmetic(numbers.serve.days, today, due),
        Ok((due, counted)) if due <= window.latest_service => {
            let counted = counted.arithmetic(numbers.serve.days, today, due);
            format!("{counted}; nobody serves there on that day, so it is the nearest working day")
        }
        _ => {
            let counted = persons.arithmetic(respond + 1, window.appointment, window.serve_by);
            format!("{counted}, so that {respond} clear working days are left to respond")
        }
    };
    let mut start = |rule: DeadlineRule, due: NaiveDate, source: &str, arithmetic: String| {
        plan.clocks.push(Deadline::of_day(rule, due, rule.label(), source, arithmetic));
    };
    start(DeadlineRule::Serve, window.serve_by, &numbers.serve.source, arithmetic);
    let counted = days.later_before(window.appointment, 1).ok();
    let arithmetic = counted.map(|(_, counted)| counted.arithmetic(1, window.appointment, window.respond_by));
    start(DeadlineRule::Respond, window.respond_by, &numbers.respond.source, arithmetic.unwrap_or_default());
    plan.outcome.dates.set_window(&window);
    plan.window = Some(window.clone());
    Some(window)
}

/// Returns the appointment that is ahead on record.
pub(crate) fn ahead(plan: &mut PlanBuilder<'_>) -> Option<Booked> {
    let ahead = plan.state.ahead().cloned();
    if ahead.is_none() {
        let cause = "the record has no appointment ahead to which the person was invited";
        plan.contradiction("/event/type", "history.no_invitation", cause);
    }
    ahead
}

/// Returns the appointment on record that has an invitation with a window.
pub(crate) fn invited(plan: &mut PlanBuilder<'_>) -> Option<(Booked, ResponseWindow)> {
    let booked = ahead(plan)?;
    let window = booked.fact.window.clone();
    if window.is_none() {
        let cause = "the appointment on record is one that was booked again, and the answers to it stand";
        plan.contradiction("/event/type", "history.no_invitation", cause);
    }
    Some((booked, window?))
}

/// Adds a contradiction if the case gives a different referral date from the record.
pub(crate) fn check_referral(plan: &mut PlanBuilder<'_>, at: &str, referred_on: NaiveDate) {
    if let Some(referred) = plan.state.referred_on.filter(|referred| *referred != referred_on) {
        let cause = format!("the record says that the report was referred on {}", weekday_words(referred));
        plan.contradiction(at, "history.referred_on", cause);
    }
}
