//! Enters: where the person is detained, who represents them, or their death. Leaves: what is held, cancelled or
//! arranged anew (row 11, G10). Never: restarts a clock but after a temporary place, or writes to anybody of a death
//! but those who would otherwise wait.

use super::appointment::{assess_by, invite};
use super::ruling::Ruling;
use crate::case::{AppointmentConfirmed, Died, RepresentativeChanged, Transferred};
use crate::events::{Day, TransferFact};
use crate::policy::Unsent;
use crate::policy::history::{BookedFact, Fact};
use crate::policy::places::{PlaceClass, unknown_place};
use crate::policy::rule::Rule;
use crate::policy::standing::{Appointment, Booked};
use crate::policy::when::When;
use crate::policy::window::earliest_appointment;
use chrono::NaiveDate;
use despatch_core::words::weekday_words;

/// Row 11 after a temporary place, and G10 for every other move.
pub(super) fn transferred(ruling: &mut Ruling<'_>, event: &Transferred) -> Option<Fact> {
    const AT: &str = "/event/on";
    ruling.not_future(AT, event.on);
    ruling.must_be_there(AT);
    ruling.must_know_outcome(AT, event.on);
    let on_record = ruling.standing.place.as_ref().map(|(place, _)| place);
    if on_record.is_some_and(|place| *place != event.from) {
        let cause = "the record has the person at another place before this move";
        ruling.contradiction("/event/from", "history.place", cause);
    }
    let Some(from) = ruling.places.get(&event.from) else {
        ruling.faults.push(unknown_place("/event/from"));
        return None;
    };
    let from_class = from.kind.class();
    let to_assess = ruling.class() != PlaceClass::Temporary
        && ruling.standing.ended().is_none()
        && !ruling.standing.assessed();
    if from_class == PlaceClass::Temporary && to_assess {
        ruling.when.insert(When::FromTemporary);
        assess_from(ruling, Some(event.on))?;
        if ruling.class() == PlaceClass::Prison {
            ruling.warnings.push(
                "The guidance speaks of a move from a temporary place to an immigration removal centre; a move to a \
                 prison is treated alike."
                    .to_owned(),
            );
        }
    } else {
        ruling.when.insert(When::NotFromTemporary);
        if to_assess {
            assess_from(ruling, None)?;
        }
    }
    ruling.outcome.reason = Some(format!("The person was transferred on {}.", weekday_words(event.on)));
    if ruling.standing.ahead().is_some() && !ruling.standing.papers_only {
        ruling.cancel(true);
        ruling
            .warnings
            .push("The appointment at the former place is called off: arrange a new one.".to_owned());
    }
    if to_assess && ruling.standing.granted == Some(true) && ruling.standing.to_rebook().is_none() {
        arrange(ruling)?;
    }
    ruling.unsent.extend([Unsent::Held, Unsent::HeldLetters, Unsent::HeldCopies]);
    ruling.warn_of_copies("the healthcare team of the new place has to be sent it");
    Some(Fact::Transferred(TransferFact { on: event.on, from: event.from.clone(), from_class }))
}

/// The time for an assessment at the new place: from the transfer out of a temporary place, this one or an earlier one;
/// else from the referral. For an assessment that is to be booked again its own time runs on.
fn assess_from(ruling: &mut Ruling<'_>, transferred: Option<NaiveDate>) -> Option<()> {
    if ruling.standing.to_rebook().is_some() {
        return Some(());
    }
    let numbers = &ruling.pack.numbers;
    let referred = ruling.standing.referred_on;
    let earlier = referred.and_then(|referred| ruling.standing.counts_from_transfer(referred));
    let (number, from) = match (transferred.or(earlier), referred) {
        (Some(transferred), _) => (&numbers.assess_after_transfer, transferred),
        (None, Some(referred)) => (&numbers.assess, referred),
        (None, None) => return Some(()),
    };
    ruling.start("/event/on", Rule::Assess, number, from).map(|_| ())
}

/// "The DMRT must then make arrangements for an assessment to be held there": rows 3 and 4 at the new place, while
/// a lawful date is left.
fn arrange(ruling: &mut Ruling<'_>) -> Option<()> {
    const AT: &str = "/event/on";
    let earliest = earliest_appointment(ruling.today, ruling.days.persons(), &ruling.pack.numbers);
    let earliest = ruling.covered(AT, earliest)?;
    let due = ruling.outcome.dates.assess_by;
    if due.is_some_and(|due| earliest <= due) {
        ruling.when.insert(When::Granted);
    } else {
        ruling.warnings.push(
            "No lawful date for an assessment at the new place is left: report that no doctor is available \
             (no_doctor_available), so that the report is considered without a second opinion."
                .to_owned(),
        );
    }
    Some(())
}

/// G10: what waits for the former representative is held; the new one gets the invitation while it is open.
pub(super) fn representative_changed(ruling: &mut Ruling<'_>, event: &RepresentativeChanged) -> Option<Fact> {
    const AT: &str = "/event/on";
    ruling.not_future(AT, event.on);
    ruling.must_be_there(AT);
    let on_record = ruling.standing.representative.clone();
    if !ruling.history.events.is_empty() && event.previous != on_record {
        let cause = "the record has another representative before this change, or none";
        ruling.contradiction("/event/previous", "history.representative", cause);
    }
    ruling.unsent.insert(Unsent::HeldForRepresentative);
    ruling.outcome.reason = Some("The legal representative has changed.".to_owned());
    if ruling.case.representative.is_some() {
        invite_new(ruling, event.appointment.as_ref())?;
    }
    Some(Fact::RepresentativeChanged(Day { on: event.on }))
}

fn invite_new(ruling: &mut Ruling<'_>, details: Option<&AppointmentConfirmed>) -> Option<()> {
    const AT: &str = "/event/appointment";
    let booked = ruling.standing.ahead().cloned();
    match (booked, details) {
        (Some(booked), _) if !is_open(ruling, &booked) => {
            ruling.warnings.push(
                "An appointment is on record and the invitation to it is no longer open: a person tells the new \
                 representative how things stand."
                    .to_owned(),
            );
        }
        (Some(booked), Some(details)) => {
            if details.date != booked.fact.date || details.time != booked.fact.time {
                let cause = format!("the record has the appointment on {}", weekday_words(booked.fact.date));
                ruling.contradiction("/event/appointment/date", "history.appointment", cause);
            }
            ruling.when.insert(When::RepresentativeNew);
        }
        (Some(_), None) => ruling.fault(
            AT,
            "appointment.needed",
            "an appointment is ahead, and the new representative is to have the invitation",
            "add the appointment as it was confirmed: date, time, location, doctor and interpreter",
        ),
        (None, Some(details)) if ruling.history.events.is_empty() => invite_unrecorded(ruling, details)?,
        (None, Some(_)) => {
            ruling.contradiction(AT, "history.no_appointment", "the record has no appointment ahead");
        }
        (None, None) => {}
    }
    Some(())
}

/// Whether the invitation can still be answered: it asks something, its deadline is not past, and no answer or
/// silence has led to papers alone.
fn is_open(ruling: &Ruling<'_>, booked: &Booked) -> bool {
    let respond_by = booked.fact.window.as_ref().map(|window| window.respond_by);
    !ruling.standing.papers_only && respond_by.is_some_and(|respond_by| respond_by >= ruling.today)
}

/// No record to look the appointment up in: the window is worked out from the details, as of today.
fn invite_unrecorded(ruling: &mut Ruling<'_>, details: &AppointmentConfirmed) -> Option<()> {
    let assess_by = assess_by(details, ruling)?;
    let window = invite(ruling, details, &assess_by)?;
    ruling.clocks.clear();
    ruling.outcome.appointment = Some(Booked {
        number: 1,
        place: ruling.place.id.clone(),
        class: ruling.class(),
        fact: BookedFact {
            referred_on: details.referred_on,
            date: details.date,
            time: details.time,
            doctor: details.doctor.entry.clone(),
            interpreter: details.interpreter.is_some(),
            window: Some(window),
            invited_on: None,
        },
        state: Appointment::Ahead,
    });
    ruling.when.insert(When::RepresentativeNew);
    Some(())
}

/// G10: everything is held; doctor, bookings and place are told; nobody writes to the person, and the
/// representative is told by a person.
pub(super) fn died(ruling: &mut Ruling<'_>, event: &Died) -> Option<Fact> {
    ruling.not_future("/event/on", event.on);
    ruling.must_be_first(ruling.case.event.name());
    if let Some(when) = ruling.unknown_outcome(event.on) {
        ruling.warnings.push(format!(
            "The record has the appointment on {when} and not what came of it: find out, and agree with the doctor \
             whether the report is still completed."
        ));
    }
    use Unsent::{Held, HeldCopies, HeldForRepresentative, HeldLetters};
    ruling.unsent.extend([Held, HeldLetters, HeldForRepresentative, HeldCopies]);
    ruling.cancel(false);
    ruling.outcome.reason = Some("The process has ended.".to_owned());
    if ruling.case.representative.is_some() {
        ruling.warnings.push(
            "No letter is made for the legal representative: a person tells them, not this program."
                .to_owned(),
        );
    }
    if ruling.standing.assessed() && ruling.standing.unconcluded() {
        ruling.warnings.push(
            "The assessment has taken place, or is made on papers: a person agrees with the doctor whether the report \
             is still completed."
                .to_owned(),
        );
    }
    ruling.notes.push("The process has ended: update CID/Atlas.".to_owned());
    Some(Fact::Died(Day { on: event.on }))
}
