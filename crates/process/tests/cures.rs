//! Each cure can be done at the place and for the event at hand: what it says is tried.

use super::events::*;
use super::paths::{confirmed, invited, referred};
use super::story::{EVERY_PLACE, Story};
use super::{day, paths};
use chrono::NaiveDate;
use despatch_core::fault::Fault;
use despatch_process::PlaceKind;
use despatch_process::case::{
    AppointmentConfirmed, AssessmentOutcome, Event, NoDoctorAvailable, Outcome, Rebooking,
};

fn faults(story: &mut Story, on: &str, event: Event) -> Vec<Fault> {
    story.try_on(day(on), event).expect_err("a fault")
}

/// Whether the rules take an event, as a cure says that they do.
#[track_caller]
fn can_be_done(story: &mut Story, on: &str, event: Event) {
    let what = story.case.detention.place.clone();
    if let Err(faults) = story.try_on(day(on), event) {
        let told: Vec<String> =
            faults.iter().map(|one| format!("{} at {}: {}", one.code, one.at, one.cause)).collect();
        panic!("at {what} on {on}: {}", told.join("\n"));
    }
}

fn no_doctor(referred_on: &str, on: &str) -> Event {
    Event::NoDoctorAvailable(NoDoctorAvailable { established_on: day(on), referred_on: day(referred_on) })
}

fn outcome(date: NaiveDate, on: &str, rebooking: Rebooking) -> Event {
    Event::AssessmentOutcome(AssessmentOutcome {
        date,
        reported_on: day(on),
        outcome: Outcome::Technical,
        rebooking: Some(rebooking),
        no_other_records: Some(true),
        then: None,
    })
}

fn booked(referred_on: &str, date: &str, rebooks: Option<&str>) -> Event {
    let details = details(day(referred_on), day(date));
    Event::AppointmentConfirmed(AppointmentConfirmed { rebooks: rebooks.map(day), ..details })
}

/// Where no lawful date is left, the event that the cure names is taken at every place at which there is an assessment.
#[test]
fn where_no_date_is_left_the_event_of_the_cure_is_taken() {
    for place in ["brook-house", "northmoor"] {
        let mut story = referred(place);
        let late = faults(&mut story, DAY_LATE, booked(REFERRED, "Friday 13 March 2026", None));
        assert!(late[0].cure.contains("no_doctor_available"), "{place}: {}", late[0].cure);
        can_be_done(&mut story, DAY_LATE, no_doctor(REFERRED, DAY_LATE));
        // Where an appointment is ahead, that event is none of the record: the one that is booked is kept, or called off.
        let mut story = confirmed(place);
        let late =
            faults(&mut story, "Tuesday 10 March 2026", booked(REFERRED, "Friday 13 March 2026", None));
        assert!(!late[0].cure.contains("no_doctor_available"), "{place}: {}", late[0].cure);
        assert!(late[0].cure.contains("assessment_outcome"), "{place}: {}", late[0].cure);
        let none = faults(&mut story, "Tuesday 10 March 2026", no_doctor(REFERRED, "Tuesday 10 March 2026"));
        assert_eq!(none[0].code, "history.appointment");
        let off = outcome(day(APPOINTED), "Tuesday 10 March 2026", Rebooking::Impossible);
        can_be_done(&mut story, "Tuesday 10 March 2026", off);
    }
}

const REFERRED: &str = "Tuesday 3 March 2026";
const APPOINTED: &str = "Wednesday 11 March 2026";
/// Too late for an invitation to an assessment within 7 working days of the referral.
const DAY_LATE: &str = "Tuesday 10 March 2026";

/// At a centre nobody is sent the report back, so none has to be attached; from a prison it is returned.
#[test]
fn no_doctor_available_at_a_centre_needs_no_report() {
    let mut centre = referred("brook-house");
    centre.nothing_is_attached();
    can_be_done(&mut centre, DAY_LATE, no_doctor(REFERRED, DAY_LATE));
    let mut prison = referred("northmoor");
    prison.nothing_is_attached();
    let bare = faults(&mut prison, DAY_LATE, no_doctor(REFERRED, DAY_LATE));
    assert_eq!(bare[0].code, "attachments.no_report");
}

/// A place where no assessment is arranged: the cure waits for a transfer, and says what can be done where none is to come.
#[test]
fn at_every_temporary_place_the_response_can_go_without_an_opinion() {
    let temporary: Vec<_> = EVERY_PLACE.iter().filter(|place| place.kind.is_temporary()).collect();
    assert!(temporary.iter().any(|place| place.kind == PlaceKind::Hospital));
    for place in temporary {
        let mut story = referred(place.id.as_str()).with_complete_standards();
        for refused in [booked(REFERRED, APPOINTED, None), no_doctor(REFERRED, "Wednesday 4 March 2026")] {
            let temporary = faults(&mut story, "Wednesday 4 March 2026", refused);
            assert_eq!(temporary[0].code, "place.temporary");
            assert!(temporary[0].cure.contains("despite_history"), "{}", temporary[0].cure);
        }
        let today = day("Wednesday 4 March 2026");
        story.despite_history();
        can_be_done(&mut story, "Wednesday 4 March 2026", response()(today));
        story.moves("Wednesday 4 March 2026", "harmondsworth").tells("11 transfer-notice");
    }
}

/// A cancelled assessment whose days are over: no date is offered, and the event of the cure is taken.
#[test]
fn a_cancelled_assessment_whose_days_are_over_can_be_given_up() {
    let mut story = paths::accepted("brook-house");
    story.take_outcome(APPOINTED, outcome(day(APPOINTED), APPOINTED, Rebooking::Possible));
    // By Wednesday 18 March.
    let late = faults(
        &mut story,
        "Thursday 12 March 2026",
        booked(REFERRED, "Thursday 19 March 2026", Some(APPOINTED)),
    );
    assert!(late[0].cure.starts_with("book a date up to Wednesday 18 March 2026"), "{}", late[0].cure);
    let over = faults(
        &mut story,
        "Thursday 19 March 2026",
        booked(REFERRED, "Friday 20 March 2026", Some(APPOINTED)),
    );
    assert!(!over[0].cure.contains("book a date"), "{}", over[0].cure);
    assert!(over[0].cure.contains("rebooking \"impossible\""), "{}", over[0].cure);
    let given_up = outcome(day(APPOINTED), "Thursday 19 March 2026", Rebooking::Impossible);
    can_be_done(&mut story, "Thursday 19 March 2026", given_up);
    let again = outcome(day(APPOINTED), "Thursday 19 March 2026", Rebooking::Possible);
    let mut ahead = invited("brook-house");
    let over = faults(&mut ahead, "Thursday 19 March 2026", again);
    assert!(
        over.iter().any(|one| one.code == "rebooking.over" && one.cure.contains("impossible")),
        "{over:?}"
    );
    can_be_done(
        &mut ahead,
        "Thursday 19 March 2026",
        outcome(day(APPOINTED), "Thursday 19 March 2026", Rebooking::Impossible),
    );
}
