//! What the other paths tell of a centre, in a prison, in hospital, in a police cell.

use super::{accepted, confirmed, individual, invited, referred, representative};
use crate::day;
use crate::events::*;
use crate::story::Story;
use despatch_process::case::Answer::*;
use despatch_process::case::{OpinionMethod, Outcome, Rebooking};

paths! {
    a_report_below_the_baseline_elsewhere,
    no_capacity_elsewhere,
    concerns_elsewhere,
    answers_in_a_prison,
    records_are_withdrawn_in_hospital,
    cancellations_in_a_prison,
    service_is_too_late_in_a_centre,
    the_opinion_and_the_response_in_hospital,
    removal_comes_first_in_hospital,
}

const DAY: &str = "Wednesday 11 March 2026";

fn together(stories: impl IntoIterator<Item = Story>) -> Story {
    let mut stories = stories.into_iter();
    let mut first = stories.next().expect("a story");
    stories.for_each(|story| first.with(story));
    first
}

fn a_report_below_the_baseline_elsewhere() -> Story {
    together([("northmoor", "the OST of northmoor"), ("kirk-street", "the DET of kirk-street")].map(
        |(place, whom)| {
            let mut story = Story::at(place);
            story
                .on("Monday 2 March 2026", report_of_an_unregulated_author())
                .tells(&format!("G14 report-rejected to {whom}"))
                .tells("G14 report-rejected to the representative");
            story
        },
    ))
}

fn no_capacity_elsewhere() -> Story {
    together(["northmoor", "kirk-street"].map(|place| {
        let mut story = Story::at(place);
        story.history.granted.insert(day("Monday 2 March 2026"), 10);
        story
            .on("Tuesday 3 March 2026", referral())
            .makes(&["7 no-capacity to the caseworker, due Tuesday 3 March 2026"]);
        story
    }))
}

fn concerns_elsewhere() -> Story {
    let mut hospital = accepted("brook-house");
    hospital.moves("Tuesday 10 March 2026", "st-osyth");
    together([accepted("northmoor"), hospital].map(|mut story| {
        story
            .on("Tuesday 10 March 2026", concerns())
            .makes(&["G16 concern-notice to the caseworker, due Tuesday 10 March 2026"]);
        story
    }))
}

fn answers_in_a_prison() -> Story {
    let mut story = invited("northmoor");
    story.on("Friday 6 March 2026", individual(Yes, Yes)).makes(&[
        "G6 response-result to the doctor",
        "G6 response-result to the OST of northmoor",
        "G6 records-request to healthcare of northmoor",
    ]);
    story.on("Monday 9 March 2026", records()).makes(&["G6 records-to-doctor to the doctor"]);
    story
        .on("Monday 9 March 2026", representative(No, NotGiven))
        .makes(&["21 opposite-responses to the representative, due Monday 9 March 2026"]);
    story.on("Tuesday 10 March 2026", individual(NotGiven, No)).makes(&[
        "G6 response-result to the doctor",
        "G6 response-result to the OST of northmoor",
        "G5 records-withdrawn to the doctor",
        "G5 records-withdrawn to healthcare of northmoor",
    ]);
    story.on(DAY, outcome(DAY, Outcome::StaffUnavailable, Some(Rebooking::Impossible))).makes(&[
        "25 no-second-opinion to the caseworker, due Wednesday 11 March 2026",
        "24 cancellation to the OST of northmoor",
        "24 cancellation to the representative",
        "G10 doctor-cancellation to the doctor",
    ]);
    story
}

fn records_are_withdrawn_in_hospital() -> Story {
    let mut story = invited("brook-house");
    story.on("Friday 6 March 2026", individual(Yes, Yes));
    story.on(DAY, completed(DAY));
    story.moves("Thursday 12 March 2026", "st-osyth");
    // Those who were asked for the records must stop, wherever the person is now.
    story
        .on("Friday 13 March 2026", individual(NotGiven, No))
        .makes(&["G5 records-withdrawn to the doctor", "G5 records-withdrawn to healthcare of brook-house"]);
    story
}

fn cancellations_in_a_prison() -> Story {
    let mut replaced = confirmed("northmoor");
    replaced
        .on("Thursday 5 March 2026", appointment("Tuesday 3 March 2026", "Thursday 12 March 2026"))
        .tells("24 cancellation to the OST of northmoor");
    let mut failed = confirmed("northmoor");
    failed.on("Monday 9 March 2026", service_failed()).makes(&[
        "18 no-second-opinion to the caseworker, due Monday 9 March 2026",
        "G10 doctor-cancellation to the doctor",
        "G10 cancellation to the OST of northmoor",
        "G10 cancellation to the representative",
    ]);
    let mut released = confirmed("northmoor");
    released.on("Thursday 5 March 2026", release()).tells("G10 cancellation to the OST of northmoor");
    together([replaced, failed, released])
}

fn service_is_too_late_in_a_centre() -> Story {
    let mut story = confirmed("brook-house");
    story.on("Monday 9 March 2026", served()).makes(&[
        "18 no-second-opinion to the caseworker, due Monday 9 March 2026",
        "G10 doctor-cancellation to the doctor",
        "G10 cancellation to the DET of brook-house",
        "G10 cancellation to the representative",
        "G10 booking-cancellation to the interpreters",
        "G10 booking-cancellation to the DET of brook-house",
    ]);
    story
}

fn the_opinion_and_the_response_in_hospital() -> Story {
    let mut story = accepted("brook-house").with_complete_standards();
    story.on(DAY, completed(DAY));
    story.moves("Thursday 12 March 2026", "st-osyth");
    story.on("Tuesday 17 March 2026", opinion(OpinionMethod::Video)).makes(&[
        "30 second-opinion to the caseworker, due Tuesday 17 March 2026",
        "31 second-opinion to healthcare of st-osyth",
        "32 decision-needed to the team leader",
    ]);
    story.on("Thursday 19 March 2026", response_with_opinion()).makes(&[
        "36 response to the DET of st-osyth",
        "36 response to the representative",
        "37 vulnerability-outcome to the DMRT",
    ]);
    story
}

fn removal_comes_first_in_hospital() -> Story {
    let mut story = referred("st-osyth").with_complete_standards();
    story
        .on("Wednesday 4 March 2026", removal("Thursday 12 March 2026"))
        .makes(&["28 release-or-removal to the DMRT, due Wednesday 4 March 2026"]);
    story.on("Monday 9 March 2026", response_before_removal("Thursday 12 March 2026")).makes(&[
        "33 response-before-removal to the DET of st-osyth, due Wednesday 11 March 2026",
        "33 response-before-removal to the representative, due Wednesday 11 March 2026",
        "37 vulnerability-outcome to the DMRT",
    ]);
    story
}
