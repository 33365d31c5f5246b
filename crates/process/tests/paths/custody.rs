//! The person is moved, is represented by somebody else, or dies.

use super::{accepted, confirmed, individual, invited, nothing, referred};
use crate::day;
use crate::events::*;
use crate::story::Story;
use despatch_process::PendingEffect;
use despatch_process::case::Answer::*;
use despatch_process::case::{OpinionMethod, Outcome, Rebooking};

paths! {
    from_centre_to_centre_with_an_appointment_ahead,
    from_centre_to_centre_before_a_date_is_set,
    from_centre_to_prison_when_no_time_is_left,
    from_prison_to_centre_after_the_assessment,
    moved_while_the_doctor_is_at_the_papers,
    from_a_holding_facility_to_a_prison,
    to_hospital_and_back,
    moved_while_a_new_date_is_looked_for,
    moved_twice_after_a_holding_facility,
    moved_while_a_copy_for_healthcare_waits,
    what_follows_goes_on_in_a_hospital,
    an_outcome_that_is_told_after_the_move,
    a_death_after_an_appointment_of_which_nobody_has_told,
    the_representative_changes_with_an_appointment_ahead,
    the_representative_changes_with_none_ahead,
    there_is_no_representative_any_more,
    the_representative_changes_without_a_record,
    the_representative_changes_when_the_invitation_is_answered_on_papers,
    the_new_representative_is_told_of_a_cancellation,
    died_before_the_assessment,
    died_in_a_prison,
    died_after_the_assessment,
}

fn from_centre_to_centre_with_an_appointment_ahead() -> Story {
    let mut story = invited("brook-house");
    // The 7 working days still run from the referral of Tuesday 3 March: Thursday 12 March.
    story
        .moves("Friday 6 March 2026", "colnbrook")
        .affects(PendingEffect::Held)
        .warns("arrange a new one")
        .because("The person was transferred on Friday 6 March 2026.")
        .makes(&[
            "2 report-to-healthcare to healthcare of colnbrook, due Friday 6 March 2026",
            "G10 doctor-availability to the doctor, due Thursday 12 March 2026",
            "G10 date-request to the DET of colnbrook, due Thursday 12 March 2026",
            "G10 cancellation to the DET of colnbrook",
            "G10 cancellation to the representative",
            "G10 appointment-off to the DET of brook-house",
            "G10 booking-cancellation to the interpreters",
            "G10 booking-cancellation to the DET of brook-house",
            "G10 doctor-cancellation to the doctor",
            "G10 transfer-notice to the DMRT",
        ]);
    // The new one is no rebooking, and the person is asked anew.
    story
        .on("Friday 6 March 2026", appointment("Tuesday 3 March 2026", "Wednesday 11 March 2026"))
        .tells("12 service-pack to the DET of colnbrook, due Friday 6 March 2026");
    let move_back =
        |story: &mut Story, place: &str| story.case.detention.place = place.parse().expect("an id");
    move_back(&mut story, "brook-house");
    let there = story.refused("Monday 9 March 2026", served());
    assert!(there[0].starts_with("history.place at /detention/place"), "{there:?}");
    move_back(&mut story, "colnbrook");
    story
}

fn from_centre_to_centre_before_a_date_is_set() -> Story {
    let mut story = referred("brook-house");
    story.moves("Wednesday 4 March 2026", "dungavel").makes(&[
        "2 report-to-healthcare to healthcare of dungavel, due Wednesday 4 March 2026",
        "G10 doctor-availability to the doctor, due Thursday 12 March 2026",
        "G10 date-request to the DET of dungavel, due Thursday 12 March 2026",
        "G10 transfer-notice to the DMRT",
    ]);
    let elsewhere = story.refused(
        "Thursday 5 March 2026",
        Box::new(|on| {
            let from = "brook-house".parse().expect("an id");
            despatch_process::case::Event::Transferred(despatch_process::case::Transferred { on, from })
        }),
    );
    assert!(elsewhere[0].starts_with("history.place at /event/from"), "{elsewhere:?}");
    story
}

fn from_centre_to_prison_when_no_time_is_left() -> Story {
    let mut story = accepted("brook-house");
    // Served on Tuesday 10 March at the soonest: an appointment on Friday 13 March would be too late.
    story.moves("Tuesday 10 March 2026", "northmoor").warns("No lawful date").makes(&[
        "2 report-to-healthcare to healthcare of northmoor, due Tuesday 10 March 2026",
        "G10 cancellation to the OST of northmoor",
        "G10 cancellation to the representative",
        "G10 appointment-off to the DET of brook-house",
        "G10 booking-cancellation to the interpreters",
        "G10 booking-cancellation to the DET of brook-house",
        "G10 doctor-cancellation to the doctor",
        "G10 transfer-notice to the DMRT",
    ]);
    story
        .on("Tuesday 10 March 2026", no_doctor("Tuesday 3 March 2026"))
        .makes(&["6 report-returned to the caseworker, due Tuesday 10 March 2026"]);
    let mut prison = referred("northmoor");
    prison.on("Wednesday 4 March 2026", appointment("Tuesday 3 March 2026", "Wednesday 11 March 2026"));
    prison
        .moves("Thursday 5 March 2026", "glenfern")
        .tells("G10 date-request to the OST of glenfern, due Thursday 12 March 2026")
        .tells("G10 appointment-off to the OST of northmoor")
        .tells("G10 cancellation to the OST of glenfern");
    story.with(prison);
    story
}

fn from_prison_to_centre_after_the_assessment() -> Story {
    let mut story = accepted("northmoor");
    story.on("Wednesday 11 March 2026", completed("Wednesday 11 March 2026"));
    story.moves("Thursday 12 March 2026", "tinsley-house").warns_of_nothing().makes(&[
        "2 report-to-healthcare to healthcare of tinsley-house, due Thursday 12 March 2026",
        "G10 transfer-notice to the DMRT",
    ]);
    story
        .on("Tuesday 17 March 2026", opinion(OpinionMethod::Video))
        .tells("31 second-opinion to healthcare of tinsley-house");
    story
}

fn moved_while_the_doctor_is_at_the_papers() -> Story {
    let mut story = invited("brook-house");
    story.on("Friday 6 March 2026", individual(No, NotGiven));
    // The report goes on: nobody may tell the doctor to stop.
    story.moves("Monday 9 March 2026", "colnbrook").makes(&[
        "2 report-to-healthcare to healthcare of colnbrook, due Monday 9 March 2026",
        "G10 transfer-notice to the DMRT",
    ]);
    story.on("Tuesday 17 March 2026", opinion(OpinionMethod::Papers)).warns_of_nothing();
    story
}

fn from_a_holding_facility_to_a_prison() -> Story {
    let mut story = referred("larne-house");
    story.moves("Friday 6 March 2026", "northmoor").warns("a move to a prison is treated alike").makes(&[
        "2 report-to-healthcare to healthcare of northmoor, due Friday 6 March 2026",
        "3 doctor-availability to the doctor, due Tuesday 17 March 2026",
        "4 date-request to the OST of northmoor, due Tuesday 17 March 2026",
        "11 transfer-notice to the DMRT, due Tuesday 17 March 2026",
    ]);
    story
}

fn to_hospital_and_back() -> Story {
    let mut story = confirmed("brook-house");
    story.moves("Thursday 5 March 2026", "st-osyth").affects(PendingEffect::Held).makes(&[
        "2 report-to-healthcare to healthcare of st-osyth, due Thursday 5 March 2026",
        "G10 cancellation to the DET of st-osyth",
        "G10 cancellation to the representative",
        "G10 appointment-off to the DET of brook-house",
        "G10 booking-cancellation to the interpreters",
        "G10 booking-cancellation to the DET of brook-house",
        "G10 doctor-cancellation to the doctor",
        "G10 transfer-notice to the DMRT",
    ]);
    story.on("Friday 6 March 2026", guidance()).makes(&["15 guidance-answer to the DET of st-osyth"]);
    story
        .moves("Monday 9 March 2026", "brook-house")
        .tells("11 transfer-notice to the DMRT, due Wednesday 18 March 2026")
        .tells("4 date-request to the DET of brook-house");
    story
}

fn moved_while_a_new_date_is_looked_for() -> Story {
    const DAY: &str = "Wednesday 11 March 2026";
    let mut story = accepted("brook-house");
    story.on(DAY, outcome(DAY, Outcome::Technical, Some(Rebooking::Possible)));
    // All were told then that it is off; the time to book it again runs on.
    story.moves("Thursday 12 March 2026", "st-osyth").makes(&[
        "2 report-to-healthcare to healthcare of st-osyth, due Thursday 12 March 2026",
        "G10 transfer-notice to the DMRT",
    ]);
    story
        .on("Monday 16 March 2026", outcome(DAY, Outcome::Technical, Some(Rebooking::Impossible)))
        .tells("26 papers-only to the doctor, due Wednesday 18 March 2026");
    let mut found = accepted("brook-house");
    found.on(DAY, outcome(DAY, Outcome::Technical, Some(Rebooking::Possible)));
    found.moves("Thursday 12 March 2026", "colnbrook").makes(&[
        "2 report-to-healthcare to healthcare of colnbrook, due Thursday 12 March 2026",
        "G10 transfer-notice to the DMRT",
    ]);
    found
        .on("Thursday 12 March 2026", rebooking("Tuesday 3 March 2026", DAY, "Tuesday 17 March 2026"))
        .tells("24 rebooking to the DET of colnbrook");
    story.with(found);
    story
}

/// The time from the transfer out of a temporary place runs on at the next centre.
fn moved_twice_after_a_holding_facility() -> Story {
    let mut story = referred("manchester-sthf");
    story
        .moves("Friday 6 March 2026", "harmondsworth")
        .tells("4 date-request to the DET of harmondsworth, due Tuesday 17 March 2026");
    story.moves("Monday 9 March 2026", "brook-house").makes(&[
        "2 report-to-healthcare to healthcare of brook-house, due Monday 9 March 2026",
        "G10 doctor-availability to the doctor, due Tuesday 17 March 2026",
        "G10 date-request to the DET of brook-house, due Tuesday 17 March 2026",
        "G10 transfer-notice to the DMRT",
    ]);
    story
        .on("Tuesday 10 March 2026", appointment("Tuesday 3 March 2026", "Tuesday 17 March 2026"))
        .tells("12 service-pack to the DET of brook-house");
    // While one is to be booked again, no other time runs.
    const DAY: &str = "Wednesday 11 March 2026";
    let mut again = accepted("brook-house");
    again.on(DAY, outcome(DAY, Outcome::Technical, Some(Rebooking::Possible)));
    let made = again.moves("Thursday 12 March 2026", "colnbrook");
    let of_date =
        |clock: &despatch_process::Deadline| clock.rule != despatch_process::DeadlineRule::Immediately;
    assert!(!made.plan.recorded.clocks.iter().any(of_date), "{:?}", made.plan.recorded.clocks);
    story
}

/// The former team has the person no longer in its care.
fn moved_while_a_copy_for_healthcare_waits() -> Story {
    let mut story = Story::at("brook-house");
    story.on("Monday 2 March 2026", report());
    story.nothing_went();
    story.moves("Monday 2 March 2026", "colnbrook").affects(PendingEffect::HeldCopies).warns(
        "The healthcare team's copy (report-to-healthcare) has not gone to the former place and is held",
    );
    let mut gone = Story::at("brook-house");
    gone.on("Monday 2 March 2026", report());
    gone.moves("Monday 2 March 2026", "colnbrook").warns_of_nothing();
    story
}

/// A death is taken, whatever else is not on record.
fn a_death_after_an_appointment_of_which_nobody_has_told() -> Story {
    let mut story = accepted("brook-house");
    story
        .on("Friday 13 March 2026", died())
        .warns("the appointment on Wednesday 11 March 2026 and not what came of it")
        .tells("G10 doctor-cancellation to the doctor");
    // An appointment after the event's own day says nothing against it.
    for happens in [release(), left(despatch_process::case::Departure::Released), died()] {
        let earlier = on("Tuesday 10 March 2026", happens);
        accepted("brook-house").on("Friday 13 March 2026", earlier).tells("G10");
    }
    story
}

/// In hospital nothing is arranged, and what was begun before goes on.
fn what_follows_goes_on_in_a_hospital() -> Story {
    const DAY: &str = "Wednesday 11 March 2026";
    let there = |cause: Outcome| {
        let mut story = accepted("brook-house");
        story.on(DAY, outcome(DAY, cause, Some(Rebooking::Possible)));
        story.moves("Thursday 12 March 2026", "st-osyth");
        story
    };
    let mut story = there(Outcome::Technical);
    story
        .on("Thursday 12 March 2026", individual(NotGiven, Yes))
        .makes(&["G6 records-request to healthcare of st-osyth"]);
    story.on("Friday 13 March 2026", records()).makes(&["G6 records-to-doctor to the doctor"]);
    story
        .on("Friday 13 March 2026", individual(No, NotGiven))
        .tells("22 papers-only to the doctor, due Wednesday 18 March 2026, held: declined_with_records");
    story.all_went();
    story
        .on("Monday 16 March 2026", release())
        .tells("29 conclude to the doctor, due Wednesday 18 March 2026");
    let mut staff = there(Outcome::StaffUnavailable);
    staff
        .on("Monday 16 March 2026", outcome(DAY, Outcome::StaffUnavailable, Some(Rebooking::Impossible)))
        .tells("25 no-second-opinion to the caseworker");
    for place in ["st-osyth", "northmoor"] {
        let mut removed = accepted("brook-house");
        removed.on(DAY, completed(DAY));
        removed.moves("Thursday 12 March 2026", place);
        removed.on("Thursday 12 March 2026", removal("Friday 13 March 2026"));
        removed
            .on("Friday 13 March 2026", removal_failed(true, None))
            .makes(&["34 re-referral to the DMRT", "35 conclude to the doctor"]);
        story.with(removed);
    }
    story.with(staff);
    story
}

/// The place reports the day of the appointment when the move is on record already.
fn an_outcome_that_is_told_after_the_move() -> Story {
    const DAY: &str = "Wednesday 11 March 2026";
    let mut story = accepted("brook-house");
    story.moves("Wednesday 11 March 2026", "st-osyth");
    let late = story.refused("Thursday 12 March 2026", outcome(DAY, Outcome::TooIll, None));
    assert!(late[0].starts_with("history.no_appointment"), "{late:?}");
    story.despite_history();
    story
        .on("Thursday 12 March 2026", outcome(DAY, Outcome::TooIll, None))
        .warns("read it")
        .makes(&["22 papers-only to the doctor, due Wednesday 18 March 2026"]);
    let mut refused = accepted("brook-house");
    refused.moves("Wednesday 11 March 2026", "st-osyth");
    refused.despite_history();
    refused
        .on("Thursday 12 March 2026", outcome(DAY, Outcome::Refused, None))
        .makes(&["22 papers-only to the doctor, due Wednesday 18 March 2026"]);
    story.with(refused);
    story
}

/// The appointment of these stories, as it was confirmed.
fn confirmed_details() -> despatch_process::case::AppointmentConfirmed {
    details(day("Tuesday 3 March 2026"), day("Wednesday 11 March 2026"))
}

fn the_representative_changes_with_an_appointment_ahead() -> Story {
    let mut story = confirmed("brook-house");
    story.nothing_went();
    let without = story.new_representative(Some("new-representative"), None);
    let missing = story.refused("Thursday 5 March 2026", without);
    assert!(missing[0].starts_with("appointment.needed at /event/appointment"), "{missing:?}");
    story.case.representative = Some(despatch_process::case::Representative {
        entry: crate::cases::entry("the-representative"),
        reference: None,
        authority_date: day("Monday 12 January 2026"),
    });
    let change = story.new_representative(Some("new-representative"), Some(confirmed_details()));
    story
        .on("Thursday 5 March 2026", change)
        .affects(PendingEffect::HeldForRepresentative)
        .makes(&["G10 invitation to new representative"]);
    story
}

fn the_representative_changes_with_none_ahead() -> Story {
    let mut story = referred("northmoor");
    let change = story.new_representative(Some("new-representative"), None);
    nothing(&story.on("Wednesday 4 March 2026", change))
        .affects(PendingEffect::HeldForRepresentative)
        .warns_of_nothing();
    story
        .on("Wednesday 4 March 2026", appointment("Tuesday 3 March 2026", "Wednesday 11 March 2026"))
        .tells("14 invitation to new representative");
    let change = story.new_representative(Some("third-representative"), Some(confirmed_details()));
    story.on("Thursday 5 March 2026", change).makes(&["G10 invitation to third representative"]);
    story
}

fn there_is_no_representative_any_more() -> Story {
    let mut story = confirmed("brook-house");
    let change = story.new_representative(None, None);
    nothing(&story.on("Thursday 5 March 2026", change)).affects(PendingEffect::HeldForRepresentative);
    // Nobody writes to the former one.
    let made = story.on("Friday 6 March 2026", release());
    made.is_silent_on("G10 cancellation to the representative")
        .tells("G10 cancellation to the DET of brook-house");
    // Somebody who is not named cannot answer.
    let mut other = invited("brook-house").without_representative();
    let answers = other.refused("Friday 6 March 2026", super::representative(Yes, NotGiven));
    assert!(answers.iter().any(|fault| fault.starts_with("response.no_representative")), "{answers:?}");
    story
}

fn the_representative_changes_without_a_record() -> Story {
    let mut story = Story::at("brook-house");
    let change = story.new_representative(Some("new-representative"), Some(confirmed_details()));
    let made = story.on("Wednesday 4 March 2026", change);
    made.makes(&["G10 invitation to new representative"]);
    let outcome = &made.plan.outcome;
    assert_eq!(outcome.dates.respond_by, Some(day("Tuesday 10 March 2026")));
    assert!(outcome.appointment.is_some(), "the letter prints it");
    story
}

fn the_representative_changes_when_the_invitation_is_answered_on_papers() -> Story {
    let mut story = invited("brook-house");
    story.on("Friday 6 March 2026", individual(No, NotGiven));
    let change = story.new_representative(Some("new-representative"), None);
    nothing(&story.on("Monday 9 March 2026", change)).warns("no longer open");
    story
}

fn the_new_representative_is_told_of_a_cancellation() -> Story {
    let mut story = confirmed("brook-house").without_representative();
    let change = story.new_representative(Some("new-representative"), Some(confirmed_details()));
    story.despite_history();
    story.on("Thursday 5 March 2026", change).tells("G10 invitation to new representative");
    story.on("Friday 6 March 2026", release()).tells("G10 cancellation to new representative");
    // One who was told nothing of the appointment hears nothing of its end.
    let mut other = confirmed("brook-house");
    let change = other.new_representative(Some("new-representative"), Some(confirmed_details()));
    other.on("Thursday 5 March 2026", change);
    other.nothing_went();
    other.on("Friday 6 March 2026", release()).is_silent_on("G10 cancellation to new representative");
    story.with(other);
    story
}

fn died_before_the_assessment() -> Story {
    let mut story = invited("brook-house");
    story
        .on("Friday 6 March 2026", died())
        .affects(PendingEffect::Held)
        .because("The process has ended.")
        .warns("a person tells them")
        .makes(&[
            "G10 appointment-off to the DET of brook-house",
            "G10 booking-cancellation to the interpreters",
            "G10 booking-cancellation to the DET of brook-house",
            "G10 doctor-cancellation to the doctor",
        ]);
    let more = story.refused("Monday 9 March 2026", individual(Yes, Yes));
    assert!(more[0].contains("died"), "{more:?}");
    story
}

fn died_in_a_prison() -> Story {
    let mut story = invited("northmoor");
    story
        .on("Friday 6 March 2026", died())
        .makes(&["G10 appointment-off to the OST of northmoor", "G10 doctor-cancellation to the doctor"]);
    story
}

fn died_after_the_assessment() -> Story {
    let mut story = accepted("brook-house");
    story.on("Wednesday 11 March 2026", completed("Wednesday 11 March 2026"));
    nothing(&story.on("Thursday 12 March 2026", died())).warns("a person agrees with the doctor");
    story.on("Tuesday 17 March 2026", opinion(OpinionMethod::Video)).makes(&[
        "30 second-opinion to the caseworker, held: after_release",
        "31 second-opinion to healthcare of brook-house, held: after_release",
        "32 decision-needed to the team leader, held: after_release",
    ]);
    story
}
