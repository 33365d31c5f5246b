//! An assessment that the Home Office cancels more than once: the days for a new date count from the first, and what
//! follows depends on the causes of all of them.

use super::accepted;
use crate::day;
use crate::events::*;
use crate::story::Story;
use despatch_process::case::{AfterCancellation, Event, Outcome, Rebooking};

paths! {
    five_days_count_from_the_first_cancelled_assessment,
    a_second_failure_of_the_home_office_leads_to_the_papers,
    a_second_failure_of_the_staff_leads_to_the_standards,
    failures_of_both_kinds_are_for_a_person,
    days_for_a_new_date_that_are_over,
    the_days_begin_anew_with_a_new_arrangement,
    an_amended_letter_is_served_by_a_day_that_is_not_past,
    an_amended_letter_that_nobody_can_serve_in_time,
    an_amendment_of_a_letter_that_was_served,
    a_deadline_for_service_that_the_dmrt_sets,
}

const FIRST: &str = "Wednesday 11 March 2026";
const SECOND: &str = "Monday 16 March 2026";
use Rebooking::{Impossible, Possible};

/// Cancelled on Wednesday 11 March for this cause, booked again for Monday 16 March.
fn booked_again(cause: Outcome) -> Story {
    let mut story = accepted("brook-house");
    story.on(FIRST, outcome(FIRST, cause, Some(Possible)));
    story.on("Thursday 12 March 2026", rebooking("Tuesday 3 March 2026", FIRST, SECOND));
    story
}

fn five_days_count_from_the_first_cancelled_assessment() -> Story {
    let mut story = booked_again(Outcome::Technical);
    let made = story.on(SECOND, outcome(SECOND, Outcome::Technical, Some(Possible)));
    made.because(
        "Technical issues prevented the appointment. It will be booked again, by Wednesday 18 March 2026.",
    );
    assert_eq!(made.plan.outcome.dates.rebook_by, Some(day("Wednesday 18 March 2026")));
    let beyond = story.refused(SECOND, rebooking("Tuesday 3 March 2026", SECOND, "Thursday 19 March 2026"));
    assert_eq!(
        beyond,
        [
            "appointment.too_late at /event/date: the appointment on Thursday 19 March 2026 is later than Wednesday 18 March \
          2026, which is 5 working days after the first cancelled assessment"
        ]
    );
    story
        .on(SECOND, rebooking("Tuesday 3 March 2026", SECOND, "Wednesday 18 March 2026"))
        .tells("24 rebooking to the DET of brook-house");
    // However often: the third failure has the days of the first.
    let third = "Wednesday 18 March 2026";
    let none = story.refused("Thursday 19 March 2026", outcome(third, Outcome::Technical, Some(Possible)));
    assert!(none[0].starts_with("rebooking.over at /event/rebooking"), "{none:?}");
    story
        .on(third, outcome(third, Outcome::InterpreterUnavailable, Some(Impossible)))
        .tells("26 papers-only to the doctor, due Wednesday 25 March 2026");
    story
}

fn a_second_failure_of_the_home_office_leads_to_the_papers() -> Story {
    let mut story = booked_again(Outcome::InterpreterUnavailable);
    story
        .on(SECOND, outcome(SECOND, Outcome::OtherHomeOffice, Some(Impossible)))
        .tells("26 papers-only to the doctor, due Monday 23 March 2026")
        .is_silent_on("25");
    story
}

fn a_second_failure_of_the_staff_leads_to_the_standards() -> Story {
    let mut story = booked_again(Outcome::StaffUnavailable);
    story
        .on(SECOND, outcome(SECOND, Outcome::StaffUnavailable, Some(Impossible)))
        .tells("25 no-second-opinion to the caseworker, due Monday 16 March 2026")
        .tells("G10 doctor-cancellation to the doctor")
        .is_silent_on("26");
    story
}

fn failures_of_both_kinds_are_for_a_person() -> Story {
    let kinds = [
        (Outcome::StaffUnavailable, Outcome::Technical),
        (Outcome::InterpreterUnavailable, Outcome::StaffUnavailable),
    ];
    let mut all = Story::at("brook-house");
    for (first, second) in kinds {
        let mut story = booked_again(first);
        let undecided = story.refused(SECOND, outcome(SECOND, second, Some(Impossible)));
        assert_eq!(
            undecided,
            [
                "outcome.mixed at /event/then: both the place's staff and another cause stood in the way of this \
              assessment, and the guidance says something else for each"
            ]
        );
        story
            .on(SECOND, outcome_decided(SECOND, second, AfterCancellation::PapersOnly))
            .warns("a person decided it")
            .tells("26 papers-only to the doctor")
            .is_silent_on("25");
        let mut other = booked_again(first);
        other
            .on(SECOND, outcome_decided(SECOND, second, AfterCancellation::StandardsOnly))
            .tells("25 no-second-opinion to the caseworker")
            .is_silent_on("26");
        assert!(despatch_process::CaseState::of(&other.history).without_opinion);
        all.with(story);
        all.with(other);
    }
    // Where the guidance says what follows, nobody decides otherwise.
    let mut story = booked_again(Outcome::Technical);
    let against =
        story.refused(SECOND, outcome_decided(SECOND, Outcome::Technical, AfterCancellation::StandardsOnly));
    assert!(against[0].starts_with("outcome.not_mixed at /event/then"), "{against:?}");
    all
}

fn days_for_a_new_date_that_are_over() -> Story {
    // Reported late, the first failure leaves no day either.
    let mut story = accepted("northmoor");
    let over = story.refused("Thursday 19 March 2026", outcome(FIRST, Outcome::Technical, Some(Possible)));
    assert_eq!(
        over,
        [
            "rebooking.over at /event/rebooking: the assessment was first cancelled on Wednesday 11 March 2026, and the 5 \
          working days for a new date ended on Wednesday 18 March 2026"
        ]
    );
    story
        .on("Thursday 19 March 2026", outcome(FIRST, Outcome::Technical, Some(Impossible)))
        .tells("26 papers-only to the doctor, due Wednesday 18 March 2026");
    story
}

fn the_days_begin_anew_with_a_new_arrangement() -> Story {
    // A removal that failed has the assessment arranged anew, with its own days.
    let mut story = booked_again(Outcome::StaffUnavailable);
    story.on("Friday 13 March 2026", removal("Monday 16 March 2026"));
    story.on("Monday 16 March 2026", removal_failed(true, None));
    story.on("Tuesday 17 March 2026", referral());
    let (referred, date) = ("Tuesday 17 March 2026", "Wednesday 25 March 2026");
    story.on("Tuesday 17 March 2026", appointment(referred, date));
    story.on("Wednesday 18 March 2026", served());
    story.on(
        "Thursday 19 March 2026",
        super::individual(despatch_process::case::Answer::Yes, despatch_process::case::Answer::NotGiven),
    );
    let made = story.on(date, outcome(date, Outcome::Technical, Some(Possible)));
    assert_eq!(made.plan.outcome.dates.rebook_by, Some(day("Wednesday 1 April 2026")));
    story
        .on("Thursday 2 April 2026", outcome(date, Outcome::Technical, Some(Impossible)))
        .tells("26 papers-only");
    story
}

/// The room is another one.
fn amended() -> Happens {
    but(appointment("Tuesday 3 March 2026", FIRST), |event| {
        if let Event::AppointmentConfirmed(event) = event {
            event.location = "Marker-Location-2".to_owned();
        }
    })
}

fn an_amended_letter_is_served_by_a_day_that_is_not_past() -> Story {
    // Confirmed on Monday 2 March for Thursday 12 March: to be served by Thursday 5, and by Monday 9 at the latest.
    let early = |date: &str| appointment("Monday 2 March 2026", date);
    let mut story = Story::at("brook-house");
    story.on("Monday 2 March 2026", report());
    story.on("Monday 2 March 2026", referral());
    let far = "Wednesday 11 March 2026";
    story.on("Monday 2 March 2026", early(far));
    let mut other = Story::at("brook-house");
    other.on("Monday 2 March 2026", report());
    other.on("Monday 2 March 2026", referral());
    other
        .on("Monday 2 March 2026", early(far))
        .tells("12 service-pack to the DET of brook-house, due Thursday 5 March 2026");
    // While that day is ahead it stays; once it is past, the amended letter has its own, within the two working days.
    story
        .corrects(2, "Wednesday 4 March 2026", early(far))
        .tells("12 service-pack to the DET of brook-house, due Thursday 5 March 2026");
    other
        .corrects(2, "Friday 6 March 2026", early(far))
        .tells("12 service-pack to the DET of brook-house, due Friday 6 March 2026");
    story.with(other);
    story
}

fn an_amended_letter_that_nobody_can_serve_in_time() -> Story {
    let mut story = super::confirmed("brook-house");
    let late = story.refuses_correction(2, "Monday 9 March 2026", amended());
    assert_eq!(
        late,
        [
            "appointment.unserved at /event/date: the record has no service of the earlier letter in time, and Friday 6 March \
          2026 was the last day that leaves the working days to respond to this one"
        ]
    );
    // The route of failed service.
    story
        .on("Monday 9 March 2026", service_failed())
        .tells("18 no-second-opinion to the caseworker, due Monday 9 March 2026");
    story
}

fn an_amendment_of_a_letter_that_was_served() -> Story {
    let mut story = super::invited("brook-house");
    let made = story.corrects(2, "Tuesday 10 March 2026", amended());
    made.warns("see that this one is handed over at once")
        .tells("12 service-pack to the DET of brook-house")
        .is_silent_on("12 service-pack to the DET of brook-house, due");
    let dates = &made.plan.outcome.dates;
    assert_eq!((dates.serve_by, dates.latest_service), (None, None), "nobody is told a day that is past");
    assert_eq!(dates.respond_by, Some(day("Tuesday 10 March 2026")));
    story
}

fn a_deadline_for_service_that_the_dmrt_sets() -> Story {
    let set = |by: &str| {
        let by = day(by);
        but(appointment("Tuesday 3 March 2026", FIRST), move |event| {
            if let Event::AppointmentConfirmed(event) = event {
                event.serve_by = Some(by);
            }
        })
    };
    let confirm = "Wednesday 4 March 2026";
    // Whichever is sooner: Friday 6 March is the guidance's own.
    for wrong in ["Monday 9 March 2026", "Tuesday 3 March 2026"] {
        let refused = super::referred("brook-house").refused(confirm, set(wrong));
        assert_eq!(
            refused,
            [
                "service.deadline at /event/serve_by: the letter is served from its day on and by Friday 6 March 2026, and \
              this is another day"
            ]
        );
    }
    let mut story = super::referred("brook-house");
    let made = story.on(confirm, set("Thursday 5 March 2026"));
    made.tells("12 service-pack to the DET of brook-house, due Thursday 5 March 2026");
    let deadline = made.message("12", despatch_core::words::Role::Det).deadline.clone().expect("one");
    assert!(
        deadline.arithmetic.starts_with("set by the Detained Medical Reports Team"),
        "{}",
        deadline.arithmetic
    );
    story
}
