//! The process as the guidance tells it: in a centre, in a prison, from a temporary place, and without an opinion.

use super::{confirmed, individual, invited, nothing, referred};
use crate::events::*;
use crate::story::Story;
use despatch_process::PendingEffect;
use despatch_process::case::Answer::*;
use despatch_process::case::OpinionMethod;

paths! {
    straight_through_in_a_centre,
    straight_through_in_a_prison,
    from_a_holding_facility_to_a_centre,
    the_report_is_below_the_baseline,
    corrected_evidence_of_regulation_reopens_the_report,
    no_second_opinion_is_requested,
    the_places_of_the_week_are_taken,
    no_doctor_is_free_in_a_centre,
    no_doctor_is_free_in_a_prison,
    no_doctor_is_free_after_a_holding_facility,
    service_fails,
    service_is_too_late,
    questions_and_concerns,
}

fn straight_through_in_a_centre() -> Story {
    let mut story = Story::at("brook-house").with_complete_standards();
    story.on("Monday 2 March 2026", report()).warns_of_nothing().makes(&[
        "1 referral to the DMRT, due Tuesday 3 March 2026",
        "1 referral to the manager, due Tuesday 3 March 2026",
        "2 report-to-healthcare to healthcare of brook-house, due Monday 2 March 2026",
    ]);
    story.on("Tuesday 3 March 2026", referral()).warns_of_nothing().makes(&[
        "3 doctor-availability to the doctor, due Thursday 12 March 2026",
        "4 date-request to the DET of brook-house, due Thursday 12 March 2026",
    ]);
    let made =
        story.on("Wednesday 4 March 2026", appointment("Tuesday 3 March 2026", "Wednesday 11 March 2026"));
    made.warns("must be served by Friday 6 March 2026, which leaves only 2 working days").makes(&[
        "5 assessment-date to the caseworker",
        "8 doctor-bundle to the doctor, due Wednesday 18 March 2026",
        "9 interpreter-booking to the interpreters",
        "10 room-booking to the DET of brook-house",
        "12 service-pack to the DET of brook-house, due Friday 6 March 2026",
        "14 invitation to the representative, due Tuesday 10 March 2026",
    ]);
    nothing(&story.on("Thursday 5 March 2026", served())).warns_of_nothing();
    story
        .on("Friday 6 March 2026", individual(Yes, Yes))
        .because(
            "The person agrees to attend the assessment. The person consents to the release of their healthcare records.",
        )
        .makes(&[
            "G6 response-result to the doctor",
            "G6 response-result to the DET of brook-house",
            "G6 records-request to healthcare of brook-house",
        ]);
    story.on("Monday 9 March 2026", records()).makes(&["G6 records-to-doctor to the doctor"]);
    nothing(&story.on("Wednesday 11 March 2026", completed("Wednesday 11 March 2026"))).warns_of_nothing();
    story.on("Tuesday 17 March 2026", opinion(OpinionMethod::Video)).warns_of_nothing().makes(&[
        "30 second-opinion to the caseworker, due Tuesday 17 March 2026",
        "31 second-opinion to healthcare of brook-house",
        "32 decision-needed to the team leader",
    ]);
    story.on("Thursday 19 March 2026", response_with_opinion()).warns_of_nothing().makes(&[
        "36 response to the DET of brook-house",
        "36 response to the representative",
        "37 vulnerability-outcome to the DMRT",
    ]);
    story
}

fn straight_through_in_a_prison() -> Story {
    let mut story = Story::at("northmoor").with_complete_standards();
    story.on("Monday 2 March 2026", report()).makes(&[
        "1 referral to the DMRT, due Tuesday 3 March 2026",
        "1 referral to the manager, due Tuesday 3 March 2026",
        "2 report-to-healthcare to healthcare of northmoor, due Monday 2 March 2026",
    ]);
    story.on("Tuesday 3 March 2026", referral()).makes(&[
        "3 doctor-availability to the doctor, due Thursday 12 March 2026",
        "4 date-request to the OST of northmoor, due Thursday 12 March 2026",
    ]);
    // One instruction for the OST: the letter, the room and the interpreter; nobody writes to the IPT.
    story.on("Wednesday 4 March 2026", appointment("Tuesday 3 March 2026", "Wednesday 11 March 2026")).makes(
        &[
            "5 assessment-date to the caseworker",
            "8 doctor-bundle to the doctor, due Wednesday 18 March 2026",
            "12 prison-instruction to the OST of northmoor, due Friday 6 March 2026",
            "14 invitation to the representative, due Tuesday 10 March 2026",
        ],
    );
    nothing(&story.on("Friday 6 March 2026", served()));
    story
        .on("Tuesday 10 March 2026", individual(Yes, No))
        .makes(&["G6 response-result to the doctor", "G6 response-result to the OST of northmoor"]);
    nothing(&story.on("Wednesday 11 March 2026", completed("Wednesday 11 March 2026")));
    story.on("Wednesday 18 March 2026", opinion(OpinionMethod::Video)).warns_of_nothing().makes(&[
        "30 second-opinion to the caseworker, due Wednesday 18 March 2026",
        "31 second-opinion to healthcare of northmoor",
        "32 decision-needed to the team leader",
    ]);
    story.on("Thursday 19 March 2026", response_with_opinion()).makes(&[
        "36 response to the OST of northmoor",
        "36 response to the representative",
        "37 vulnerability-outcome to the DMRT",
    ]);
    story
}

fn from_a_holding_facility_to_a_centre() -> Story {
    let mut story = Story::at("manchester-sthf");
    story.on("Monday 2 March 2026", report()).warns("Report the transfer").makes(&[
        "1 referral to the DMRT, due Tuesday 3 March 2026",
        "1 referral to the manager, due Tuesday 3 March 2026",
        "2 report-to-healthcare to healthcare of manchester-sthf, due Monday 2 March 2026",
    ]);
    nothing(&story.on("Tuesday 3 March 2026", referral())).warns("arranged after a transfer");
    let early = story
        .refused("Wednesday 4 March 2026", appointment("Tuesday 3 March 2026", "Wednesday 11 March 2026"));
    assert_eq!(
        early,
        ["place.temporary at /detention/place: no assessment is arranged at a temporary place of detention"]
    );
    // The 7 working days begin anew on the day of the move.
    story
        .moves("Friday 6 March 2026", "harmondsworth")
        .warns_of_nothing()
        .affects(PendingEffect::Held)
        .makes(&[
            "2 report-to-healthcare to healthcare of harmondsworth, due Friday 6 March 2026",
            "3 doctor-availability to the doctor, due Tuesday 17 March 2026",
            "4 date-request to the DET of harmondsworth, due Tuesday 17 March 2026",
            "11 transfer-notice to the DMRT, due Tuesday 17 March 2026",
        ]);
    story
        .on("Monday 9 March 2026", appointment("Tuesday 3 March 2026", "Tuesday 17 March 2026"))
        .tells("12 service-pack to the DET of harmondsworth, due Thursday 12 March 2026");
    story
}

fn the_report_is_below_the_baseline() -> Story {
    let mut story = Story::at("brook-house");
    story.on("Monday 2 March 2026", report_of_an_unregulated_author()).makes(&[
        "1 referral to the DMRT, due Tuesday 3 March 2026",
        "1 referral to the manager, due Tuesday 3 March 2026",
        "2 report-to-healthcare to healthcare of brook-house, due Monday 2 March 2026",
        "G14 report-rejected to the DET of brook-house",
        "G14 report-rejected to the representative",
    ]);
    nothing(&story.on("Tuesday 3 March 2026", referral_without_request()))
        .because("No second opinion was requested, so nothing is arranged.");
    let asked = story.refused("Tuesday 3 March 2026", referral());
    assert!(asked[0].starts_with("history.not_requested at /event/opinion_requested"), "{asked:?}");
    // Rejected, and no evidence: nobody weighs it, whatever the response says of its author.
    let weighed = story.refused("Wednesday 4 March 2026", response());
    assert!(weighed[0].starts_with("history.rejected at /event/report/author_regulated"), "{weighed:?}");
    let unregulated = decided(|event| {
        event.report.author_regulated = false;
        event.report.register_checked = Some("Marker-Register".to_owned());
    });
    let weighed = story.refused("Wednesday 4 March 2026", unregulated);
    assert!(weighed.iter().any(|fault| fault.starts_with("report.below_baseline")), "{weighed:?}");
    // The letter that rejects it is served like a response.
    nothing(&story.on("Wednesday 4 March 2026", answer_served()));
    story
}

/// The author is regulated after all: the corrected file opens the process, though the DMRT knew of no request.
fn corrected_evidence_of_regulation_reopens_the_report() -> Story {
    let mut story = Story::at("northmoor").with_complete_standards();
    story.on("Monday 2 March 2026", report_of_an_unregulated_author());
    story.on("Tuesday 3 March 2026", referral_without_request());
    story
        .corrects(0, "Wednesday 4 March 2026", on("Monday 2 March 2026", report()))
        .tells("1 referral to the DMRT");
    let state = despatch_process::CaseState::of(&story.history);
    assert!(!state.rejected && state.requested == Some(true));
    let again = story.refused("Wednesday 4 March 2026", referral_without_request());
    assert!(again[0].starts_with("history.twice"), "{again:?}");
    story.on("Wednesday 4 March 2026", referral()).tells("3 doctor-availability to the doctor");
    story
}

fn no_second_opinion_is_requested() -> Story {
    let mut story = Story::at("brook-house").with_complete_standards();
    // Monday 16 March is the 10th working day.
    story
        .on("Monday 2 March 2026", report_before_removal("Monday 16 March 2026"))
        .because("No second opinion is requested: removal is set to take effect within 10 working days of receipt of the report.")
        .tells("1 referral to the DMRT");
    nothing(&story.on("Tuesday 3 March 2026", referral_without_request()));
    let arranged = story
        .refused("Wednesday 4 March 2026", appointment("Tuesday 3 March 2026", "Wednesday 11 March 2026"));
    assert_eq!(
        arranged,
        [
            "history.ended at /event/type: the record says that no second opinion was requested for this report"
        ]
    );
    story.on("Tuesday 10 March 2026", response_before_removal("Monday 16 March 2026")).makes(&[
        "33 response-before-removal to the DET of brook-house, due Friday 13 March 2026",
        "33 response-before-removal to the representative, due Friday 13 March 2026",
        "37 vulnerability-outcome to the DMRT",
    ]);
    story
}

fn the_places_of_the_week_are_taken() -> Story {
    let mut story = Story::at("brook-house").with_complete_standards();
    story.on("Thursday 5 March 2026", report());
    story.history.granted.insert(super::super::day("Monday 2 March 2026"), 10);
    story
        .on("Friday 6 March 2026", referral())
        .because("The most that can be referred for a second opinion, 10 reports a week, has been reached.")
        .makes(&["7 no-capacity to the caseworker, due Friday 6 March 2026"]);
    story.on("Tuesday 10 March 2026", response()).tells("36 response to the DET of brook-house");
    story
}

fn no_doctor_is_free_in_a_centre() -> Story {
    let mut story = referred("brook-house");
    story
        .on("Monday 9 March 2026", no_doctor("Tuesday 3 March 2026"))
        .because(
            "No assessment with a Home Office contracted doctor can be booked within 7 working days of the referral on \
             3 March 2026, that is by Thursday 12 March 2026.",
        )
        .makes(&["6 no-second-opinion to the caseworker"]);
    let late = story
        .refused("Tuesday 10 March 2026", appointment("Tuesday 3 March 2026", "Wednesday 11 March 2026"));
    assert!(late.iter().any(|fault| fault.starts_with("history.ended")), "{late:?}");
    story
}

fn no_doctor_is_free_in_a_prison() -> Story {
    let mut story = referred("northmoor");
    let made = story.on("Monday 9 March 2026", no_doctor("Tuesday 3 March 2026"));
    made.makes(&["6 report-returned to the caseworker, due Monday 9 March 2026"]);
    assert_eq!(made.plan.despatches[0].attachments, [0], "the report goes back");
    story
}

fn no_doctor_is_free_after_a_holding_facility() -> Story {
    let mut story = referred("manchester-sthf");
    let nowhere = story.refused("Wednesday 4 March 2026", no_doctor("Tuesday 3 March 2026"));
    assert!(nowhere[0].starts_with("place.temporary"), "{nowhere:?}");
    story.moves("Friday 6 March 2026", "harmondsworth");
    let made = story.on("Tuesday 10 March 2026", no_doctor("Tuesday 3 March 2026"));
    made.makes(&["6 report-returned to the caseworker, due Tuesday 10 March 2026"]).because(
        "No assessment with a Home Office contracted doctor can be booked within 7 working days of the transfer on \
         6 March 2026, that is by Tuesday 17 March 2026.",
    );
    story
}

fn service_fails() -> Story {
    let mut story = confirmed("brook-house");
    story
        .on("Monday 9 March 2026", service_failed())
        .affects(PendingEffect::Appointment)
        .because("The invitation could not be served in time to leave the working days to respond before the assessment.")
        .makes(&[
            "18 no-second-opinion to the caseworker, due Monday 9 March 2026",
            "G10 doctor-cancellation to the doctor",
            "G10 cancellation to the DET of brook-house",
            "G10 cancellation to the representative",
            "G10 booking-cancellation to the interpreters",
            "G10 booking-cancellation to the DET of brook-house",
        ]);
    story
}

fn service_is_too_late() -> Story {
    let mut story = confirmed("northmoor");
    // Monday 9 March leaves one clear working day before Wednesday 11 March.
    story
        .on("Monday 9 March 2026", served())
        .because(
            "The invitation was served on Monday 9 March 2026, which leaves too little time to respond before the assessment.",
        )
        .makes(&[
            "18 no-second-opinion to the caseworker, due Monday 9 March 2026",
            "G10 doctor-cancellation to the doctor",
            "G10 cancellation to the OST of northmoor",
            "G10 cancellation to the representative",
        ]);
    story
}

fn questions_and_concerns() -> Story {
    let mut story = invited("brook-house");
    story.on("Friday 6 March 2026", guidance()).makes(&["15 guidance-answer to the DET of brook-house"]);
    story
        .on("Wednesday 11 March 2026", concerns())
        .makes(&["G16 concern-notice to the caseworker, due Wednesday 11 March 2026"]);
    let mut prison = invited("northmoor");
    prison.on("Friday 6 March 2026", guidance()).makes(&["15 guidance-answer to the OST of northmoor"]);
    story.with(prison);
    story
}
