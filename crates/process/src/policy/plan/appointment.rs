//! Enters: an appointment that was confirmed. Leaves: its window, its clocks, and what it replaces (B4, B5, G13).
//! Never: lets an invitation go that leaves too little time to answer.

use super::referral::referral_differs;
use super::ruling::Ruling;
use crate::case::AppointmentConfirmed;
use crate::policy::calendar::count_words;
use crate::policy::history::{BookedFact, Fact, Past};
use crate::policy::places::PlaceClass;
use crate::policy::rule::Rule;
use crate::policy::standing::{Appointment, Booked};
use crate::policy::when::When;
use crate::policy::window::{AssessBy, response_window};
use crate::policy::{Deadline, ResponseWindow, To, Unsent};
use chrono::NaiveDate;
use despatch_core::words::{date_words, weekday_words};

/// Rows 5, 8 to 10, 12, 14 and, for a rebooking, 24 (G0, "Arranging an assessment" to "What if the second opinion assessment is delayed").
pub(super) fn confirmed(ruling: &mut Ruling<'_>, event: &AppointmentConfirmed) -> Option<Fact> {
    check_doctors_day(ruling, event);
    check_dates(ruling, event);
    if ruling.class() == PlaceClass::Temporary {
        ruling.fault(
            "/detention/place",
            "place.temporary",
            "no assessment is arranged at a temporary place of detention",
            "wait for the transfer and drop it as an event of its own (transferred), then arrange the assessment",
        );
        return None;
    }
    ruling.must_be_open("/event/type");
    ruling.must_know_outcome("/event/type", ruling.today);
    if ruling.standing.assessed() {
        let cause = "the record says that the assessment took place, or is made on papers alone";
        ruling.contradiction("/event/type", "history.assessed", cause);
    }
    if !ruling.faults.is_empty() {
        // Lawful dates reckoned from a wrong referral would mislead.
        return None;
    }
    let rebooked = event.rebooks.is_some() && ruling.standing.answers.attend() == Some(true);
    let assess_by = assess_by(event, ruling)?;
    let mut kept = false;
    let window = if rebooked {
        check_rebooked(ruling, event, &assess_by)?;
        None
    } else if let Some((window, gone)) = kept_window(ruling, event) {
        kept = true;
        Some(keep(ruling, window, gone))
    } else {
        Some(invite(ruling, event, &assess_by)?)
    };
    replace(ruling, event);
    corrected(ruling, event);
    let number = &ruling.pack.numbers.report;
    ruling.start("/event/date", Rule::Report, number, event.date)?;
    if event.interpreter.is_some() {
        ruling.when.insert(When::Interpreter);
    }
    ruling.when.insert(if rebooked { When::Rebooked } else { When::Invited });
    let date = weekday_words(event.date);
    ruling.notes.push(format!("The assessment is set for {date} (row 5: record it on CID and ATLAS)."));
    let fact = BookedFact {
        referred_on: event.referred_on,
        date: event.date,
        time: event.time,
        doctor: event.doctor.entry.clone(),
        interpreter: event.interpreter.is_some(),
        invited_on: kept.then(|| ruling.history.replaced.as_deref().and_then(invited_on)).flatten(),
        window,
    };
    go_on_record(ruling, &fact, rebooked);
    Some(Fact::AppointmentConfirmed(fact))
}

/// The letters print this appointment, not the one before it.
fn go_on_record(ruling: &mut Ruling<'_>, fact: &BookedFact, rebooked: bool) {
    let dates = &mut ruling.outcome.dates;
    dates.rebook_by = None;
    if rebooked {
        // Nothing is asked, so nothing is due: the dates of the invitation before this are past.
        (dates.serve_by, dates.latest_service, dates.respond_by) = (None, None, None);
    } else {
        dates.served_on = None;
        ruling.outcome.answers.ask_anew();
    }
    ruling.outcome.dates.referred_on = Some(fact.referred_on);
    ruling.outcome.appointment = Some(Booked {
        number: ruling.standing.appointments + 1,
        place: ruling.place.id.clone(),
        class: ruling.class(),
        fact: fact.clone(),
        state: Appointment::Ahead,
    });
}

/// The window of the file that this one corrects, where date, time, place and interpreter are the same, so that nothing
/// starts anew (a mended room, say), and whether the invitation has gone to the place. One that never went and came too
/// late for service is none to keep.
fn kept_window(ruling: &Ruling<'_>, event: &AppointmentConfirmed) -> Option<(ResponseWindow, bool)> {
    let replaced = ruling.history.replaced.as_deref()?;
    let Fact::AppointmentConfirmed(before) = &replaced.recorded.fact else {
        return None;
    };
    let same = before.date == event.date
        && before.time == event.time
        && replaced.recorded.place == ruling.place.id
        && before.interpreter == event.interpreter.is_some();
    let invited = replaced.gone().any(|told| told.row == "12");
    let window = before.window.clone().filter(|_| same)?;
    (invited || window.is_open_on(ruling.today)).then_some((window, invited))
}

/// The day on which an invitation was issued whose time to answer goes on.
fn invited_on(replaced: &Past) -> Option<NaiveDate> {
    match &replaced.recorded.fact {
        Fact::AppointmentConfirmed(before) => Some(before.invited_on.unwrap_or(replaced.recorded.on)),
        _ => None,
    }
}

/// The time to answer goes on. Once it is too late for service, only what corrects a letter that was sent may go, and
/// until the appointment.
fn keep(ruling: &mut Ruling<'_>, window: ResponseWindow, invited: bool) -> ResponseWindow {
    let replaced = ruling.history.replaced.as_deref();
    let of_window = |clock: &&Deadline| matches!(clock.rule, Rule::Serve | Rule::Respond);
    let clocks = replaced.map(|past| past.recorded.clocks.iter().filter(of_window).cloned().collect());
    let clocks: Vec<Deadline> = clocks.unwrap_or_default();
    ruling.clocks.extend(clocks);
    if invited {
        ruling.warnings.push(
            "The earlier letter has gone, and its time to answer goes on: see that this one is handed over at once."
                .to_owned(),
        );
    }
    let dates = &mut ruling.outcome.dates;
    dates.serve_by = Some(window.serve_by);
    dates.latest_service = Some(window.latest_service);
    dates.respond_by = Some(window.respond_by);
    ruling.window = Some(window.clone()).filter(|window| window.is_open_on(ruling.today));
    window
}

/// The doctor whom a correction drops is stood down.
fn corrected(ruling: &mut Ruling<'_>, event: &AppointmentConfirmed) {
    let Some(replaced) = ruling.history.replaced.as_deref() else {
        return;
    };
    let Fact::AppointmentConfirmed(before) = &replaced.recorded.fact else {
        return;
    };
    let has_documents = replaced.gone().any(|told| told.row == "8");
    if before.doctor != event.doctor.entry {
        let booked = Booked {
            number: ruling.standing.appointments,
            place: replaced.recorded.place.clone(),
            class: replaced.recorded.class,
            fact: before.clone(),
            state: Appointment::Ahead,
        };
        stand_down(ruling, booked, has_documents);
    }
}

/// A window for the invitation, with its two clocks.
pub(super) fn invite(
    ruling: &mut Ruling<'_>,
    event: &AppointmentConfirmed,
    assess_by: &AssessBy,
) -> Option<ResponseWindow> {
    let (days, numbers, today) = (ruling.days, &ruling.pack.numbers, ruling.today);
    let opened = match response_window(event.date, assess_by, today, &days, numbers) {
        Ok(opened) => opened,
        Err(fault) => {
            ruling.faults.push(fault);
            return None;
        }
    };
    ruling.warnings.extend(opened.warnings);
    let window = opened.window;
    let persons = days.persons();
    let respond = numbers.respond.days;
    let stricter = days.stricter(today, numbers.serve.days);
    let arithmetic = match stricter {
        Ok((due, counted)) if due == window.serve_by => counted.arithmetic(numbers.serve.days, today, due),
        _ => {
            let counted = persons.arithmetic(respond + 1, window.appointment, window.serve_by);
            format!("{counted}, so that {respond} clear working days are left to respond")
        }
    };
    let mut start = |rule: Rule, due: NaiveDate, source: &str, arithmetic: String| {
        let (what, source) = (rule.what().to_owned(), source.to_owned());
        ruling.clocks.push(Deadline { rule, due, what, source, arithmetic });
    };
    start(Rule::Serve, window.serve_by, &numbers.serve.source, arithmetic);
    let counted = days.later_before(window.appointment, 1).ok();
    let arithmetic = counted.map(|(_, counted)| counted.arithmetic(1, window.appointment, window.respond_by));
    start(Rule::Respond, window.respond_by, &numbers.respond.source, arithmetic.unwrap_or_default());
    let dates = &mut ruling.outcome.dates;
    dates.serve_by = Some(window.serve_by);
    dates.latest_service = Some(window.latest_service);
    dates.respond_by = Some(window.respond_by);
    ruling.window = Some(window.clone());
    Some(window)
}

/// By when the assessment must be, and why (B4): after a cancellation, within the working days from the cancelled
/// date; after a temporary place, from the transfer; else from the referral.
pub(super) fn assess_by(event: &AppointmentConfirmed, ruling: &mut Ruling<'_>) -> Option<AssessBy> {
    let numbers = &ruling.pack.numbers;
    let transferred = match event.transferred_on {
        Some(transferred) => Some(transferred).filter(|on| *on >= event.referred_on),
        None => ruling.standing.counts_from_transfer(event.referred_on),
    };
    let (number, from, start, at) = match (event.rebooks, transferred) {
        (Some(cancelled), _) => (&numbers.rebook, cancelled, "cancelled assessment", "/event/rebooks"),
        (None, Some(on)) => (&numbers.assess_after_transfer, on, "transfer", "/event/transferred_on"),
        (None, None) => (&numbers.assess, event.referred_on, "referral", "/event/referred_on"),
    };
    let due = ruling.days.stricter(from, number.days).map(|(due, _)| due);
    let due = ruling.covered(at, due)?;
    ruling.outcome.dates.assess_by = Some(due);
    Some(AssessBy { due, within: count_words(number.days), start, class: ruling.class() })
}

/// A rebooking needs no new time to answer, for the answer stands; it must be in time all the same.
fn check_rebooked(ruling: &mut Ruling<'_>, event: &AppointmentConfirmed, assess_by: &AssessBy) -> Option<()> {
    let when = weekday_words(event.date);
    if event.date < ruling.today {
        let cause = format!("the appointment on {when} is in the past");
        ruling.fault("/event/date", "appointment.past", cause, "correct the date");
        return None;
    }
    if event.date > assess_by.due {
        let due = weekday_words(assess_by.due);
        let cause = format!(
            "the appointment on {when} is later than {due}, which is {} after the {}",
            assess_by.within, assess_by.start
        );
        let cure = format!("book a date up to {due}; if none is free, report that it cannot be booked again");
        ruling.fault("/event/date", "appointment.too_late", cause, &cure);
        return None;
    }
    let works = ruling.days.persons().is_working_day(event.date);
    if !ruling.covered("/event/date", works)? {
        ruling.warnings.push(format!("The appointment on {when} is not on a working day."));
    }
    Some(())
}

/// A new appointment takes the place of what is unsent of the old one, and calls off what was sent.
fn replace(ruling: &mut Ruling<'_>, event: &AppointmentConfirmed) {
    ruling.unsent.insert(Unsent::Appointment);
    if received_for_another(ruling, event) {
        ruling.warnings.push(
            "The healthcare records were received for another doctor: while the person consents, send them to this one \
             too (drop records_received again, as an event of its own)."
                .to_owned(),
        );
    }
    if let Some(old) = ruling.standing.ahead().map(|booked| booked.fact.date) {
        ruling.cancel(true);
        ruling.outcome.reason = Some(format!(
            "The appointment on {} does not take place; the new one is on {}.",
            weekday_words(old),
            weekday_words(event.date)
        ));
        return;
    }
    let waits =
        ruling.standing.to_rebook().filter(|booked| booked.fact.doctor != event.doctor.entry).cloned();
    if let Some(booked) = waits {
        // That doctor was told to wait for a date, and another doctor has it now.
        stand_down(ruling, booked, ruling.told(&["8"], None));
    }
}

/// The doctor of an appointment that another doctor holds now is told so, where they have the documents.
fn stand_down(ruling: &mut Ruling<'_>, booked: Booked, has_documents: bool) {
    if has_documents {
        ruling.when.insert(When::Cancelled);
        ruling.when.insert(When::DoctorTold);
        ruling.outcome.cancelled = Some(booked);
        ruling.outcome.reason = Some("The assessment is carried out by another doctor.".to_owned());
    }
}

/// The records are here, the consent holds, and this doctor has not been sent them.
fn received_for_another(ruling: &Ruling<'_>, event: &AppointmentConfirmed) -> bool {
    let received = |past: &&Past| matches!(past.recorded.fact, Fact::RecordsReceived(_));
    let records: Vec<&Past> = ruling.history.events.iter().filter(received).collect();
    let doctor = To::Entry(event.doctor.entry.clone());
    let has = records.iter().flat_map(|past| &past.told).any(|told| told.to == doctor);
    !records.is_empty() && !has && ruling.standing.answers.records() == Some(true)
}

/// What the dates of the event say against each other, today and the record.
fn check_dates(ruling: &mut Ruling<'_>, event: &AppointmentConfirmed) {
    const AT: &str = "/event/referred_on";
    ruling.not_future(AT, event.referred_on);
    if event.referred_on > event.date {
        ruling.fault(
            AT,
            "referral.after_appointment",
            "the referral is dated after the appointment",
            "correct the date of the referral or of the appointment",
        );
    }
    if ruling.standing.referred_on.is_some_and(|referred| referred != event.referred_on) {
        referral_differs(ruling, AT);
    }
    if let Some(transferred) = event.transferred_on {
        ruling.not_future("/event/transferred_on", transferred);
        let on_record = ruling.standing.transferred_on;
        if !ruling.history.events.is_empty() && on_record != Some(transferred) {
            let cause = match on_record {
                Some(_) => "the record has another date of transfer",
                None => "the record has no transfer from a temporary place of detention",
            };
            ruling.contradiction("/event/transferred_on", "history.transferred_on", cause);
        }
    }
    check_rebooks(ruling, event);
}

/// An assessment that the Home Office cancelled is booked again, and no other (row 24): the time runs from its date,
/// and a booking of another sort would stretch it.
fn check_rebooks(ruling: &mut Ruling<'_>, event: &AppointmentConfirmed) {
    const AT: &str = "/event/rebooks";
    let to_rebook = ruling.standing.to_rebook().map(|booked| booked.fact.date);
    match (event.rebooks, to_rebook) {
        (Some(rebooks), Some(cancelled)) if rebooks != cancelled => {
            let cause = format!("the assessment that was cancelled was on {}", date_words(cancelled));
            ruling.contradiction(AT, "history.rebooks", cause);
        }
        (Some(_), None) if !ruling.history.events.is_empty() => {
            let cause = "the record has no assessment that was cancelled and is to be booked again";
            ruling.contradiction(AT, "history.rebooks", cause);
        }
        (None, Some(cancelled)) => {
            let on = weekday_words(cancelled);
            let cause = format!(
                "the record has the assessment on {on} as cancelled, and this one does not rebook it"
            );
            ruling.contradiction(AT, "history.rebooks", cause);
        }
        _ => {}
    }
}

/// Without them the doctor has to call: the note says so, and a reviewer may get them first.
fn check_doctors_day(ruling: &mut Ruling<'_>, event: &AppointmentConfirmed) {
    let lacking = [
        (event.joining_instructions.is_none(), "how the doctor joins the video call"),
        (event.on_the_day_contact.is_none(), "whom the doctor calls on the day"),
    ];
    for (_, what) in lacking.iter().filter(|(lacks, _)| *lacks) {
        ruling
            .warnings
            .push(format!("The case does not say {what}: the doctor's note asks them to call us."));
    }
}
