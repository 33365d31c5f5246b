//! The day of the assessment: it is not held, is booked again, or gives way to another date.

use super::{accepted, confirmed, individual, invited, nothing, referred};
use crate::events::*;
use crate::story::Story;
use despatch_core::words::Role;
use despatch_process::case::Answer::*;
use despatch_process::case::{Event, Outcome, Rebooking};
use despatch_process::{PendingEffect, Purpose};

paths! {
    too_ill_to_attend,
    too_ill_in_a_prison_before_the_day,
    refused_or_absent,
    staff_are_not_there_and_it_is_booked_again,
    staff_are_not_there_and_no_date_is_left,
    no_interpreter_and_it_is_booked_again,
    no_interpreter_and_no_date_is_left,
    booked_again_without_an_answer_on_record,
    booked_again_in_a_prison,
    no_date_is_found_after_all,
    a_new_appointment_replaces_one_that_was_sent,
    a_new_appointment_replaces_one_that_was_not,
    a_new_appointment_with_another_doctor,
    booked_again_without_a_record,
    a_withdrawal_does_not_give_way,
    booked_again_with_another_doctor,
    what_the_process_ends_while_a_new_date_is_looked_for,
    papers_while_the_documents_have_not_gone,
}

const DAY: &str = "Wednesday 11 March 2026";

/// What the Home Office's own cancellation tells everybody who has the letter.
const CANCELLED: [&str; 2] =
    ["24 cancellation to the DET of brook-house", "24 cancellation to the representative"];
const BOOKINGS: [&str; 2] =
    ["G10 booking-cancellation to the interpreters", "G10 booking-cancellation to the DET of brook-house"];

fn too_ill_to_attend() -> Story {
    let mut story = accepted("brook-house");
    story
        .on(DAY, outcome(DAY, Outcome::TooIll, None))
        .because("The person said that they were too ill to attend.")
        .makes(&[
            "22 papers-only to the doctor, due Wednesday 18 March 2026",
            "G10 appointment-off to the DET of brook-house",
            BOOKINGS[0],
            BOOKINGS[1],
        ]);
    story
}

fn too_ill_in_a_prison_before_the_day() -> Story {
    let mut story = accepted("northmoor");
    story.on("Monday 9 March 2026", outcome(DAY, Outcome::Unfit, None)).makes(&[
        "22 papers-only to the doctor, due Wednesday 18 March 2026",
        "G10 appointment-off to the OST of northmoor",
    ]);
    story
}

fn refused_or_absent() -> Story {
    let mut story = accepted("brook-house");
    // Who was waited for used the room.
    story
        .on(DAY, outcome(DAY, Outcome::DidNotAttend, None))
        .because("The person did not attend.")
        .makes(&["22 papers-only to the doctor, due Wednesday 18 March 2026"]);
    let mut other = accepted("brook-house");
    other.on(DAY, outcome(DAY, Outcome::Refused, None)).tells("22 papers-only to the doctor");
    let mut prison = accepted("northmoor");
    prison.on(DAY, outcome(DAY, Outcome::DidNotAttend, None)).tells("22 papers-only to the doctor");
    story.with(prison);
    story.with(other);
    story
}

fn staff_are_not_there_and_it_is_booked_again() -> Story {
    let mut story = accepted("brook-house");
    story
        .on(DAY, outcome(DAY, Outcome::StaffUnavailable, Some(Rebooking::Possible)))
        .affects(PendingEffect::Appointment)
        .warns("not from when")
        .because(
            "Nobody at the place of detention was available to facilitate the appointment. It will be booked again, by \
             Wednesday 18 March 2026.",
        )
        .makes(&[
            CANCELLED[0],
            CANCELLED[1],
            "G10 doctor-cancellation to the doctor",
            BOOKINGS[0],
            BOOKINGS[1],
        ]);
    // The answer stands, so there is no new invitation and no new time to answer.
    let made =
        story.on("Thursday 12 March 2026", rebooking("Tuesday 3 March 2026", DAY, "Monday 16 March 2026"));
    made.warns_of_nothing().makes(&[
        "5 assessment-date to the caseworker",
        "8 doctor-bundle to the doctor, due Monday 23 March 2026",
        "9 interpreter-booking to the interpreters",
        "10 room-booking to the DET of brook-house",
        "24 rebooking to the DET of brook-house",
        "24 rebooking to the representative",
    ]);
    let dates = &made.plan.outcome.dates;
    assert_eq!(
        (dates.serve_by, dates.respond_by, dates.rebook_by),
        (None, None, None),
        "the earlier letter's"
    );
    nothing(&story.on("Friday 13 March 2026", served()));
    nothing(&story.on("Monday 16 March 2026", completed("Monday 16 March 2026")));
    story
}

fn staff_are_not_there_and_no_date_is_left() -> Story {
    let mut story = accepted("brook-house");
    story
        .on(DAY, outcome(DAY, Outcome::StaffUnavailable, Some(Rebooking::Impossible)))
        .because(
            "Nobody at the place of detention was available to facilitate the appointment. It cannot be booked again in \
             time, so the report is considered without a second opinion.",
        )
        .makes(&[
            "25 no-second-opinion to the caseworker, due Wednesday 11 March 2026",
            CANCELLED[0],
            CANCELLED[1],
            "G10 doctor-cancellation to the doctor",
            BOOKINGS[0],
            BOOKINGS[1],
        ]);
    story
}

fn no_interpreter_and_it_is_booked_again() -> Story {
    let mut story = accepted("brook-house");
    story
        .on(DAY, outcome(DAY, Outcome::InterpreterUnavailable, Some(Rebooking::Possible)))
        .tells(CANCELLED[0]);
    let beyond = story
        .refused("Thursday 12 March 2026", rebooking("Tuesday 3 March 2026", DAY, "Thursday 19 March 2026"));
    assert_eq!(
        beyond,
        [
            "appointment.too_late at /event/date: the appointment on Thursday 19 March 2026 is later than Wednesday 18 March \
          2026, which is 5 working days after the cancelled assessment"
        ]
    );
    let other = story
        .refused("Thursday 12 March 2026", appointment("Tuesday 3 March 2026", "Thursday 12 March 2026"));
    assert!(other.iter().any(|fault| fault.contains("this one does not rebook it")), "{other:?}");
    story
        .on("Thursday 12 March 2026", rebooking("Tuesday 3 March 2026", DAY, "Wednesday 18 March 2026"))
        .tells("24 rebooking to the representative");
    story
}

fn no_interpreter_and_no_date_is_left() -> Story {
    let mut story = accepted("brook-house");
    story.on(DAY, outcome(DAY, Outcome::InterpreterUnavailable, Some(Rebooking::Impossible))).makes(&[
        "26 papers-only to the doctor, due Wednesday 18 March 2026",
        CANCELLED[0],
        CANCELLED[1],
        BOOKINGS[0],
        BOOKINGS[1],
    ]);
    story
}

fn booked_again_without_an_answer_on_record() -> Story {
    let mut story = invited("brook-house");
    story.on("Monday 9 March 2026", outcome(DAY, Outcome::Technical, Some(Rebooking::Possible)));
    // Nobody has answered, so the invitation asks anew and needs its time.
    let soon = story
        .refused("Monday 9 March 2026", rebooking("Tuesday 3 March 2026", DAY, "Wednesday 11 March 2026"));
    assert!(soon[0].starts_with("appointment.too_soon"), "{soon:?}");
    story.on("Monday 9 March 2026", rebooking("Tuesday 3 March 2026", DAY, "Monday 16 March 2026")).makes(&[
        "5 assessment-date to the caseworker",
        "8 doctor-bundle to the doctor, due Monday 23 March 2026",
        "9 interpreter-booking to the interpreters",
        "10 room-booking to the DET of brook-house",
        "12 service-pack to the DET of brook-house, due Wednesday 11 March 2026",
        "14 invitation to the representative, due Friday 13 March 2026",
    ]);
    story
}

fn booked_again_in_a_prison() -> Story {
    let mut story = accepted("northmoor");
    story.on(DAY, outcome(DAY, Outcome::OtherHomeOffice, Some(Rebooking::Possible))).makes(&[
        "24 cancellation to the OST of northmoor",
        "24 cancellation to the representative",
        "G10 doctor-cancellation to the doctor",
    ]);
    story.on(DAY, rebooking("Tuesday 3 March 2026", DAY, "Friday 13 March 2026")).makes(&[
        "5 assessment-date to the caseworker",
        "8 doctor-bundle to the doctor, due Friday 20 March 2026",
        "24 rebooking to the OST of northmoor",
        "24 rebooking to the representative",
    ]);
    // Not only the first attempt can fail.
    story
        .on(
            "Friday 13 March 2026",
            outcome("Friday 13 March 2026", Outcome::Technical, Some(Rebooking::Impossible)),
        )
        .tells("26 papers-only to the doctor, due Friday 20 March 2026");
    story
}

fn no_date_is_found_after_all() -> Story {
    let mut story = accepted("brook-house");
    story.on(DAY, outcome(DAY, Outcome::Technical, Some(Rebooking::Possible)));
    // The person, the representative and the doctor wait for a date; the bookings are off already.
    story
        .on("Tuesday 17 March 2026", outcome(DAY, Outcome::Technical, Some(Rebooking::Impossible)))
        .makes(&["26 papers-only to the doctor, due Wednesday 18 March 2026", CANCELLED[0], CANCELLED[1]]);
    let mut staff = accepted("brook-house");
    staff.on(DAY, outcome(DAY, Outcome::StaffUnavailable, Some(Rebooking::Possible)));
    staff
        .on("Tuesday 17 March 2026", outcome(DAY, Outcome::StaffUnavailable, Some(Rebooking::Impossible)))
        .makes(&[
            "25 no-second-opinion to the caseworker, due Tuesday 17 March 2026",
            CANCELLED[0],
            CANCELLED[1],
            "G10 doctor-cancellation to the doctor",
        ]);
    story.with(staff);
    story
}

fn a_new_appointment_replaces_one_that_was_sent() -> Story {
    let mut story = confirmed("brook-house");
    let made =
        story.on("Thursday 5 March 2026", appointment("Tuesday 3 March 2026", "Thursday 12 March 2026"));
    made.affects(PendingEffect::Appointment)
        .because(
            "The appointment on Wednesday 11 March 2026 does not take place; the new one is on Thursday 12 March 2026.",
        )
        .makes(&[
            "5 assessment-date to the caseworker",
            "8 doctor-bundle to the doctor, due Thursday 19 March 2026",
            "9 interpreter-booking to the interpreters",
            "10 room-booking to the DET of brook-house",
            "12 service-pack to the DET of brook-house, due Monday 9 March 2026",
            "14 invitation to the representative, due Wednesday 11 March 2026",
            CANCELLED[0],
            CANCELLED[1],
            "G10 doctor-cancellation to the doctor",
            BOOKINGS[0],
            BOOKINGS[1],
        ]);
    let cancelled = made.plan.outcome.cancelled.as_ref().expect("the old one");
    assert_eq!(cancelled.fact.date, crate::day(DAY));
    story
}

fn a_new_appointment_replaces_one_that_was_not() -> Story {
    let mut story = confirmed("brook-house");
    story.nothing_went();
    // Whoever was told nothing is told nothing more than the new date.
    let made =
        story.on("Thursday 5 March 2026", appointment("Tuesday 3 March 2026", "Thursday 12 March 2026"));
    made.affects(PendingEffect::Appointment)
        .tells("12 service-pack to the DET of brook-house")
        .is_silent_on("24")
        .is_silent_on("G10");
    assert!(story.history.events[2].messages.is_empty(), "what was unsent gave way");
    story
}

fn a_new_appointment_with_another_doctor() -> Story {
    let mut story = confirmed("brook-house");
    let another = but(appointment("Tuesday 3 March 2026", "Thursday 12 March 2026"), |event| {
        if let Event::AppointmentConfirmed(event) = event {
            event.doctor = crate::cases::contact("another-doctor");
        }
    });
    story
        .on("Thursday 5 March 2026", another)
        .tells("8 doctor-bundle to another doctor")
        .tells("G10 doctor-cancellation to the doctor");
    story
}

fn booked_again_without_a_record() -> Story {
    let mut story = Story::at("brook-house");
    // Nothing is known of an answer, so the person is invited anew.
    let made =
        story.on("Thursday 12 March 2026", rebooking("Tuesday 3 March 2026", DAY, "Wednesday 18 March 2026"));
    made.tells("12 service-pack to the DET of brook-house, due Friday 13 March 2026");
    assert!(made.message("12", Role::Det).window.is_some());
    // With a record, only what it has as cancelled is booked again.
    let stretched = referred("brook-house")
        .refused("Thursday 12 March 2026", rebooking("Tuesday 3 March 2026", DAY, "Wednesday 18 March 2026"));
    assert!(stretched[0].starts_with("history.rebooks at /event/rebooks"), "{stretched:?}");
    let mut ahead = confirmed("brook-house");
    ahead.on("Thursday 5 March 2026", individual(Yes, NotGiven));
    let stretched = ahead
        .refused("Thursday 5 March 2026", rebooking("Tuesday 3 March 2026", DAY, "Wednesday 18 March 2026"));
    assert!(stretched[0].starts_with("history.rebooks at /event/rebooks"), "{stretched:?}");
    story
}

/// The doctor who was told to wait for a new date is stood down when another doctor has it.
fn booked_again_with_another_doctor() -> Story {
    let another = || {
        but(rebooking("Tuesday 3 March 2026", DAY, "Monday 16 March 2026"), |event| {
            if let Event::AppointmentConfirmed(event) = event {
                event.doctor = crate::cases::contact("another-doctor");
            }
        })
    };
    let mut story = accepted("brook-house");
    story.on("Monday 9 March 2026", individual(NotGiven, Yes));
    story.on("Tuesday 10 March 2026", records());
    story.on(DAY, outcome(DAY, Outcome::Technical, Some(Rebooking::Possible)));
    story
        .on("Thursday 12 March 2026", another())
        .warns("The healthcare records were received for another doctor")
        .because("The assessment is carried out by another doctor.")
        .makes(&[
            "5 assessment-date to the caseworker",
            "8 doctor-bundle to another doctor, due Monday 23 March 2026",
            "9 interpreter-booking to the interpreters",
            "10 room-booking to the DET of brook-house",
            "24 rebooking to the DET of brook-house",
            "24 rebooking to the representative",
            "G10 doctor-cancellation to the doctor",
        ]);
    // Both doctors stop using the records: the one who has them, and the one who may still be sent them.
    story
        .on("Friday 13 March 2026", individual(NotGiven, No))
        .tells("G5 records-withdrawn to the doctor")
        .tells("G5 records-withdrawn to another doctor")
        .tells("G5 records-withdrawn to healthcare of brook-house");
    // With the same doctor nobody is stood down.
    let mut same = accepted("brook-house");
    same.on(DAY, outcome(DAY, Outcome::Technical, Some(Rebooking::Possible)));
    same.on("Thursday 12 March 2026", rebooking("Tuesday 3 March 2026", DAY, "Monday 16 March 2026"))
        .is_silent_on("G10");
    story
}

/// Whoever was promised a new date is told that there will be none, and the doctor is told once.
fn what_the_process_ends_while_a_new_date_is_looked_for() -> Story {
    let looking = |place: &str| {
        let mut story = accepted(place);
        story.on(DAY, outcome(DAY, Outcome::Technical, Some(Rebooking::Possible)));
        story
    };
    let mut story = looking("brook-house");
    story.on("Thursday 12 March 2026", release()).makes(&[
        "G10 cancellation to the DET of brook-house",
        "G10 cancellation to the representative",
        "28 release-or-removal to the DMRT, due Thursday 12 March 2026",
        "29 doctor-cancellation to the doctor, due Thursday 12 March 2026",
    ]);
    nothing(&story.on("Friday 13 March 2026", left(despatch_process::case::Departure::Released)));
    let mut removed = looking("northmoor");
    removed
        .on("Thursday 12 March 2026", removal("Monday 16 March 2026"))
        .tells("G10 cancellation to the OST of northmoor")
        .tells("G10 cancellation to the representative");
    // No doctor is looked for while this one waits for a date.
    let other = looking("brook-house").refused("Thursday 12 March 2026", no_doctor("Tuesday 3 March 2026"));
    assert!(other[0].starts_with("history.rebooks at /event/type"), "{other:?}");
    story.with(removed);
    story
}

/// A new appointment, or a cancellation, takes the place of what serves the old one, and of nothing else.
fn a_withdrawal_does_not_give_way() -> Story {
    let mut story = invited("brook-house");
    story.on("Friday 6 March 2026", individual(Yes, Yes));
    story.on("Monday 9 March 2026", individual(NotGiven, No));
    story.nothing_went();
    story
        .on(DAY, outcome(DAY, Outcome::Technical, Some(Rebooking::Possible)))
        .affects(PendingEffect::Appointment);
    let unsent: Vec<&str> = story.history.events[5].messages.iter().map(|told| told.kind.as_str()).collect();
    // How it was answered serves the appointment; that consent is withdrawn does not.
    assert_eq!(unsent, ["records-withdrawn", "records-withdrawn"]);
    story
}

fn papers_while_the_documents_have_not_gone() -> Story {
    let mut story = confirmed("brook-house");
    story.history.events[2]
        .messages
        .iter_mut()
        .filter(|message| message.purpose == Purpose::DoctorBundle)
        .for_each(|told| told.sent = false);
    story.on("Thursday 5 March 2026", served());
    story.on("Friday 6 March 2026", individual(Yes, NotGiven));
    // What waits is held in place of giving way, for the doctor needs the documents all the same.
    story
        .on(DAY, outcome(DAY, Outcome::Technical, Some(Rebooking::Impossible)))
        .affects(PendingEffect::Held)
        .warns("they must go before this instruction")
        .tells("26 papers-only to the doctor");
    story
}
