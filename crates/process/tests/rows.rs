//! The communications that the guidance prescribes, rows 1 to 38: a test for each.

use super::events::*;
use super::paths::{accepted, confirmed, individual, invited, referred, representative};
use super::story::{Made, Story};
use super::{day, the_pack};
use despatch_core::words::Role;
use despatch_process::case::Answer::*;
use despatch_process::case::{Departure, EventName, OpinionMethod, Outcome, Rebooking};
use despatch_process::{PendingEffect, Purpose};

const DAY: &str = "Wednesday 11 March 2026";

/// The lines of these rows.
#[track_caller]
fn of(made: &Made, rows: &[&str], expected: &[&str]) {
    let of_rows = made.plan.despatches.iter().filter(|one| rows.contains(&one.row.to_string().as_str()));
    let lines: Vec<String> = of_rows.map(super::story::line).collect();
    assert_eq!(lines, expected);
}

/// The office writes nothing: others report it, by this event.
#[track_caller]
fn awaited(number: &str, event: EventName, says: &str) {
    let pack = the_pack();
    assert!(pack.rows.iter().all(|row| row.number.to_string() != number), "row {number} is not made");
    let awaited = pack.awaited.iter().find(|row| row.number.to_string() == number).expect(number);
    assert_eq!(awaited.event, Some(event));
    assert!(awaited.reason.contains(says), "{}", awaited.reason);
}

/// A story up to a second opinion of Tuesday 17 March 2026.
fn concluded(place: &str) -> Story {
    let mut story = accepted(place).with_complete_standards();
    story.on(DAY, completed(DAY));
    story.on("Tuesday 17 March 2026", opinion(OpinionMethod::Video));
    story
}

#[test]
fn row_1_every_report_goes_to_the_dmrt_within_a_working_day_and_is_copied_to_the_manager() {
    // A Friday's report is due on Monday; one of a Saturday on Monday too.
    for received in ["Friday 6 March 2026", "Saturday 7 March 2026"] {
        let made = Story::at("brook-house").on(received, report());
        let due = "due Monday 9 March 2026";
        of(
            &made,
            &["1"],
            &[&format!("1 referral to the DMRT, {due}"), &format!("1 referral to the manager, {due}")],
        );
        assert!(made.message("1", Role::CaseworkManager).copy && !made.message("1", Role::Dmrt).copy);
        assert!(made.plan.despatches.iter().all(|one| one.attachments == [0]), "the report is attached");
    }
    let made = Story::at("northmoor").on("Friday 6 March 2026", report_of_an_unregulated_author());
    made.tells("1 referral to the DMRT, due Monday 9 March 2026");
}

#[test]
fn row_2_every_report_goes_to_healthcare_at_once() {
    for place in ["brook-house", "northmoor", "manchester-sthf"] {
        let made = Story::at(place).on("Saturday 7 March 2026", report_before_removal("Monday 9 March 2026"));
        made.tells(&format!("2 report-to-healthcare to healthcare of {place}, due Saturday 7 March 2026"));
        let copy = made.message("2", Role::Healthcare);
        assert!(copy.safety && copy.hold.is_none() && copy.not_after.is_none());
    }
}

#[test]
fn row_3_the_doctor_is_asked_whether_they_are_free() {
    let mut story = Story::at("brook-house");
    let made = story.on("Tuesday 31 March 2026", referral());
    // Over Easter: Good Friday and Easter Monday are bank holidays.
    of(&made, &["3"], &["3 doctor-availability to the doctor, due Monday 13 April 2026"]);
    assert!(made.message("3", Role::Doctor).attachments.is_empty(), "nothing about the person");
}

#[test]
fn row_4_the_date_is_agreed_with_those_at_the_place() {
    for (place, whom) in [("brook-house", "the DET of brook-house"), ("northmoor", "the OST of northmoor")] {
        let made = Story::at(place).on("Tuesday 3 March 2026", referral());
        of(&made, &["4"], &[&format!("4 date-request to {whom}, due Thursday 12 March 2026")]);
    }
}

#[test]
fn row_5_the_caseworker_learns_the_date() {
    let mut story = referred("brook-house");
    let made = story.on("Wednesday 4 March 2026", appointment("Tuesday 3 March 2026", DAY));
    of(&made, &["5"], &["5 assessment-date to the caseworker"]);
    assert_eq!(made.message("5", Role::Caseworker).not_after, Some(day(DAY)), "stale after it (G11)");
    assert_eq!(
        made.plan.notes,
        ["The assessment is set for Wednesday 11 March 2026 (row 5: record it on CID and ATLAS)."]
    );
}

#[test]
fn row_6_no_doctor_within_seven_working_days() {
    for (place, line) in [
        ("brook-house", "6 no-second-opinion to the caseworker"),
        ("northmoor", "6 report-returned to the caseworker, due Monday 9 March 2026"),
    ] {
        let made = referred(place).on("Monday 9 March 2026", no_doctor("Tuesday 3 March 2026"));
        of(&made, &["6"], &[line]);
    }
}

#[test]
fn row_7_no_capacity() {
    let taken = |monday: &str, received: &str| {
        let mut story = Story::at("brook-house");
        story.history.granted.insert(day(monday), 10);
        story.on(received, referral())
    };
    let made = taken("Monday 2 March 2026", "Sunday 8 March 2026");
    made.makes(&["7 no-capacity to the caseworker, due Sunday 8 March 2026"]);
    // The next week begins on Monday.
    taken("Monday 2 March 2026", "Monday 9 March 2026").is_silent_on("7").tells("3");
}

#[test]
fn row_8_the_doctor_gets_the_report_and_what_supports_it() {
    let made = referred("northmoor").on("Wednesday 4 March 2026", appointment("Tuesday 3 March 2026", DAY));
    of(&made, &["8"], &["8 doctor-bundle to the doctor, due Wednesday 18 March 2026"]);
    let bundle = made.message("8", Role::Doctor);
    assert_eq!(bundle.attachments, [1, 0], "the report, then the supporting information");
    assert_eq!(bundle.not_after, Some(day(DAY)));
}

#[test]
fn row_9_the_dmrt_books_an_interpreter_in_a_centre_and_only_where_one_is_needed() {
    let book =
        |place: &str| referred(place).on("Wednesday 4 March 2026", appointment("Tuesday 3 March 2026", DAY));
    of(&book("brook-house"), &["9"], &["9 interpreter-booking to the interpreters"]);
    of(&book("northmoor"), &["9"], &[]);
    let mut story = referred("brook-house");
    story.case.person.interpreter_needed = false;
    let without = but(appointment("Tuesday 3 March 2026", DAY), |event| {
        if let despatch_process::case::Event::AppointmentConfirmed(event) = event {
            event.interpreter = None;
        }
    });
    of(&story.on("Wednesday 4 March 2026", without), &["9"], &[]);
}

#[test]
fn row_10_the_dmrt_books_a_room_in_a_centre() {
    let book =
        |place: &str| referred(place).on("Wednesday 4 March 2026", appointment("Tuesday 3 March 2026", DAY));
    of(&book("brook-house"), &["10"], &["10 room-booking to the DET of brook-house"]);
    of(&book("northmoor"), &["10"], &[]);
}

#[test]
fn row_11_a_move_from_a_holding_facility_starts_the_time_anew() {
    let made = referred("manchester-sthf").moves("Friday 6 March 2026", "colnbrook");
    of(&made, &["11"], &["11 transfer-notice to the DMRT, due Tuesday 17 March 2026"]);
    let made = referred("brook-house").moves("Friday 6 March 2026", "colnbrook");
    of(&made, &["11"], &[]);
}

#[test]
fn row_12_the_letter_goes_for_service_in_person() {
    for (place, line) in [
        ("brook-house", "12 service-pack to the DET of brook-house, due Friday 6 March 2026"),
        ("northmoor", "12 prison-instruction to the OST of northmoor, due Friday 6 March 2026"),
    ] {
        let made = referred(place).on("Wednesday 4 March 2026", appointment("Tuesday 3 March 2026", DAY));
        of(&made, &["12"], &[line]);
    }
    // The sooner of 3 working days from receipt and the last day that leaves 2 clear ones.
    let made = referred("brook-house")
        .on("Tuesday 3 March 2026", appointment("Tuesday 3 March 2026", "Thursday 12 March 2026"));
    of(&made, &["12"], &["12 service-pack to the DET of brook-house, due Friday 6 March 2026"]);
}

#[test]
fn row_13_the_ost_instructs_the_prison_team_with_one_message_of_ours() {
    awaited("13", EventName::AppointmentConfirmed, "never written to twice");
    let made = referred("northmoor").on("Wednesday 4 March 2026", appointment("Tuesday 3 March 2026", DAY));
    assert_eq!(made.plan.despatches.iter().filter(|one| one.role == Role::Ost).count(), 1);
}

#[test]
fn row_14_the_representative_gets_the_letter_by_email() {
    let made = referred("northmoor").on("Wednesday 4 March 2026", appointment("Tuesday 3 March 2026", DAY));
    of(&made, &["14"], &["14 invitation to the representative, due Tuesday 10 March 2026"]);
    let mut story = Story::at("brook-house").without_representative();
    let made = story.on("Wednesday 4 March 2026", appointment("Tuesday 3 March 2026", DAY));
    assert_eq!(made.plan.not_made[0].reason, "The case names no legal representative.");
}

#[test]
fn row_15_questions_are_answered() {
    invited("brook-house")
        .on("Friday 6 March 2026", guidance())
        .makes(&["15 guidance-answer to the DET of brook-house"]);
    invited("northmoor")
        .on("Friday 6 March 2026", guidance())
        .makes(&["15 guidance-answer to the OST of northmoor"]);
}

#[test]
fn row_16_service_is_recorded() {
    awaited("16", EventName::LetterServed, "reports it");
    let made = confirmed("brook-house").on("Thursday 5 March 2026", served());
    made.makes(&[]);
    assert_eq!(
        made.plan.notes,
        ["The letter was served on Thursday 5 March 2026 (row 16: record service on CID and Atlas)."]
    );
}

#[test]
fn row_17_the_place_reports_that_it_cannot_serve() {
    awaited("17", EventName::ServiceFailed, "row 18 follows");
    let made = confirmed("brook-house").on("Thursday 5 March 2026", service_failed());
    made.warns("There was time to serve the invitation until Friday 6 March 2026");
}

#[test]
fn row_18_the_caseworker_considers_the_report_without_a_second_opinion() {
    for happens in [service_failed(), served()] {
        let made = confirmed("brook-house").on("Monday 9 March 2026", happens);
        of(&made, &["18"], &["18 no-second-opinion to the caseworker, due Monday 9 March 2026"]);
    }
    // Friday 6 March is the last day that leaves Monday and Tuesday.
    confirmed("brook-house").on("Friday 6 March 2026", served()).makes(&[]);
}

#[test]
fn row_19_the_answer_is_reported() {
    awaited("19", EventName::ResponseReceived, "rows 21 and 22");
    let made = invited("brook-house").on("Friday 6 March 2026", individual(Yes, NotGiven));
    made.because("The person agrees to attend the assessment.").is_silent_on("2");
}

#[test]
fn row_20_the_outcome_of_the_appointment_is_reported() {
    awaited("20", EventName::AssessmentOutcome, "rows 22 to 26 follow");
    let made = accepted("brook-house").on(DAY, completed(DAY));
    made.makes(&[]);
    assert_eq!(
        made.plan.notes,
        [
            "The appointment on Wednesday 11 March 2026: the assessment was completed (row 20: record it on CID and Atlas, \
          with the reasons)."
        ]
    );
}

#[test]
fn row_21_opposite_answers_in_both_directions() {
    let line = ["21 opposite-responses to the representative, due Monday 9 March 2026"];
    for own in [Yes, No] {
        let other = if own == Yes { No } else { Yes };
        let mut story = invited("brook-house");
        story.on("Friday 6 March 2026", individual(own, NotGiven));
        of(&story.on("Monday 9 March 2026", representative(other, NotGiven)), &["21"], &line);
        let mut story = invited("northmoor");
        story.on("Friday 6 March 2026", representative(other, NotGiven));
        of(&story.on("Monday 9 March 2026", individual(own, NotGiven)), &["21"], &line);
    }
}

#[test]
fn row_22_the_doctor_assesses_on_papers_when_the_person_does_not_attend() {
    let line = ["22 papers-only to the doctor, due Wednesday 18 March 2026"];
    of(&invited("brook-house").on("Friday 6 March 2026", individual(No, NotGiven)), &["22"], &line);
    of(&invited("brook-house").on(DAY, silence()), &["22"], &line);
    for cause in [Outcome::TooIll, Outcome::Unfit, Outcome::DidNotAttend, Outcome::Refused] {
        let made = accepted("brook-house").on(DAY, outcome(DAY, cause, None));
        of(&made, &["22", "24", "25", "26"], &line);
        let ill = matches!(cause, Outcome::TooIll | Outcome::Unfit);
        let says = if ill { "states that they are too ill" } else { "simply fails to attend, or refuses" };
        assert!(made.message("22", Role::Doctor).source.contains(says), "each with its own sentence");
    }
}

#[test]
fn row_23_nobody_is_there_to_facilitate() {
    awaited("23", EventName::AssessmentOutcome, "staff_unavailable");
    let made =
        accepted("brook-house").on(DAY, outcome(DAY, Outcome::StaffUnavailable, Some(Rebooking::Impossible)));
    made.tells("25");
}

#[test]
fn row_24_the_person_and_the_representative_are_told_of_a_cancellation_and_of_a_new_date() {
    let mut story = accepted("brook-house");
    let made = story.on(DAY, outcome(DAY, Outcome::Technical, Some(Rebooking::Possible)));
    of(
        &made,
        &["24"],
        &["24 cancellation to the DET of brook-house", "24 cancellation to the representative"],
    );
    assert_eq!(made.plan.outcome.dates.rebook_by, Some(day("Wednesday 18 March 2026")));
    let made =
        story.on("Thursday 12 March 2026", rebooking("Tuesday 3 March 2026", DAY, "Wednesday 18 March 2026"));
    of(&made, &["24"], &["24 rebooking to the DET of brook-house", "24 rebooking to the representative"]);
    // Not on a working day, and in time all the same.
    let mut story = accepted("northmoor");
    story.on(DAY, outcome(DAY, Outcome::Technical, Some(Rebooking::Possible)));
    story
        .on("Thursday 12 March 2026", rebooking("Tuesday 3 March 2026", DAY, "Saturday 14 March 2026"))
        .warns("Saturday 14 March 2026 is not on a working day");
}

#[test]
fn row_25_no_new_date_because_of_the_staff_leads_to_the_standards() {
    let made =
        accepted("northmoor").on(DAY, outcome(DAY, Outcome::StaffUnavailable, Some(Rebooking::Impossible)));
    of(&made, &["25", "26"], &["25 no-second-opinion to the caseworker, due Wednesday 11 March 2026"]);
    assert_eq!(made.plan.outcome.dates.report_by, None, "no report is due");
}

#[test]
fn row_26_no_new_date_for_another_reason_leads_to_the_papers() {
    for cause in [Outcome::Technical, Outcome::InterpreterUnavailable, Outcome::OtherHomeOffice] {
        let made = accepted("northmoor").on(DAY, outcome(DAY, cause, Some(Rebooking::Impossible)));
        of(&made, &["25", "26"], &["26 papers-only to the doctor, due Wednesday 18 March 2026"]);
    }
}

#[test]
fn row_27_the_report_is_due_five_working_days_after_the_appointment() {
    awaited("27", EventName::SecondOpinionReceived, "rows 30 to 32 follow");
    for (received, late) in [("Wednesday 18 March 2026", false), ("Thursday 19 March 2026", true)] {
        let mut story = accepted("brook-house");
        story.on(DAY, completed(DAY));
        let made = story.on(received, opinion(OpinionMethod::Video));
        assert_eq!(
            made.plan.warnings.iter().any(|one| one.contains("was due by Wednesday 18 March 2026")),
            late
        );
    }
    let unlimited = but(opinion(OpinionMethod::Video), |event| {
        if let despatch_process::case::Event::SecondOpinionReceived(event) = event {
            event.limitations_stated = false;
        }
    });
    let mut story = accepted("brook-house");
    story.on(DAY, completed(DAY));
    story.on("Tuesday 17 March 2026", unlimited).warns("does not state the limits of its method");
}

#[test]
fn row_28_the_dmrt_learns_of_the_decision_to_release_or_of_a_removal_and_not_of_the_release() {
    let line = ["28 release-or-removal to the DMRT, due Friday 6 March 2026"];
    let mut story = invited("brook-house");
    of(&story.on("Friday 6 March 2026", release()), &["28"], &line);
    of(&story.on("Monday 9 March 2026", left(Departure::Released)), &["28"], &[]);
    let made = invited("northmoor").on("Friday 6 March 2026", removal("Thursday 12 March 2026"));
    of(&made, &["28"], &line);
    assert!(made.plan.notes[0].ends_with("(row 28: update CID/Atlas)."), "{:?}", made.plan.notes);
    // "Before the second opinion has been concluded."
    of(&concluded("brook-house").on("Wednesday 18 March 2026", release()), &["28"], &[]);
}

#[test]
fn row_29_the_doctor_is_told_to_stop_or_to_complete() {
    let made = invited("brook-house").on("Friday 6 March 2026", release());
    of(&made, &["29"], &["29 doctor-cancellation to the doctor, due Friday 6 March 2026"]);
    let mut story = accepted("brook-house");
    story.on(DAY, completed(DAY));
    let made = story.on("Thursday 12 March 2026", release());
    of(&made, &["29"], &["29 conclude to the doctor, due Wednesday 18 March 2026"]);
    // Who has nothing yet is told nothing.
    let mut story = confirmed("brook-house");
    story.nothing_went();
    let made = story.on("Thursday 5 March 2026", release());
    made.affects(PendingEffect::Held)
        .makes(&["28 release-or-removal to the DMRT, due Thursday 5 March 2026"]);
}

#[test]
fn row_30_the_second_opinion_goes_to_the_caseworker_on_receipt() {
    let mut story = accepted("brook-house");
    story.on(DAY, completed(DAY));
    let made = story.on("Saturday 14 March 2026", opinion(OpinionMethod::Video));
    of(&made, &["30"], &["30 second-opinion to the caseworker, due Saturday 14 March 2026"]);
    assert_eq!(made.message("30", Role::Caseworker).attachments, [0]);
}

#[test]
fn row_31_healthcare_gets_a_copy_that_nothing_delays() {
    let mut story = accepted("northmoor");
    story.on(DAY, completed(DAY));
    let made = story.on("Tuesday 17 March 2026", opinion(OpinionMethod::Video));
    of(&made, &["31"], &["31 second-opinion to healthcare of northmoor"]);
    assert!(made.message("31", Role::Healthcare).safety);
}

#[test]
fn row_32_the_senior_caseworker_or_team_leader_decides() {
    let mut story = accepted("brook-house");
    story.on(DAY, completed(DAY));
    let made = story.on("Tuesday 17 March 2026", opinion(OpinionMethod::Video));
    of(&made, &["32"], &["32 decision-needed to the team leader"]);
    let mut story = accepted("brook-house");
    story.on(DAY, completed(DAY));
    story.case.decision_maker = None;
    let made = story.on("Tuesday 17 March 2026", opinion(OpinionMethod::Video));
    assert_eq!(made.plan.not_made[0].reason, "The case names no senior caseworker or team leader.");
}

#[test]
fn row_33_the_response_is_served_before_a_removal() {
    let mut story = invited("brook-house").with_complete_standards();
    story.on("Friday 6 March 2026", removal("Tuesday 10 March 2026"));
    let made = story.on("Monday 9 March 2026", response_before_removal("Tuesday 10 March 2026"));
    of(
        &made,
        &["33", "36"],
        &[
            "33 response-before-removal to the DET of brook-house, due Monday 9 March 2026",
            "33 response-before-removal to the representative, due Monday 9 March 2026",
        ],
    );
}

#[test]
fn row_34_a_removal_that_failed_refers_the_report_anew() {
    let mut story = invited("brook-house");
    story.on("Friday 6 March 2026", removal("Thursday 12 March 2026"));
    let made = story.on("Thursday 12 March 2026", removal_failed(true, None));
    of(&made, &["34", "35"], &["34 re-referral to the DMRT"]);
}

#[test]
fn row_35_the_doctor_concludes_after_a_removal_that_failed() {
    // Assessed by video-link, or to be considered on the papers.
    let mut by_video = accepted("brook-house");
    by_video.on(DAY, completed(DAY));
    let mut on_papers = invited("brook-house");
    on_papers.on(DAY, silence());
    for mut story in [by_video, on_papers] {
        story.on("Thursday 12 March 2026", removal("Friday 13 March 2026"));
        let made = story.on("Friday 13 March 2026", removal_failed(true, None));
        of(&made, &["35"], &["35 conclude to the doctor"]);
    }
}

#[test]
fn row_36_the_response_goes_to_the_person_and_the_representative_with_the_second_opinion() {
    for (place, whom) in [("brook-house", "the DET of brook-house"), ("northmoor", "the OST of northmoor")] {
        let made = concluded(place).on("Thursday 19 March 2026", response_with_opinion());
        of(&made, &["36"], &[&format!("36 response to {whom}"), "36 response to the representative"]);
        assert!(
            made.plan
                .despatches
                .iter()
                .filter(|one| one.purpose == Purpose::Response)
                .all(|one| one.attachments == [0])
        );
    }
}

#[test]
fn row_37_the_dmrt_learns_the_outcome() {
    let made = concluded("northmoor").on("Thursday 19 March 2026", response_with_opinion());
    of(&made, &["37"], &["37 vulnerability-outcome to the DMRT"]);
    assert!(made.message("37", Role::Dmrt).attachments.is_empty());
}

#[test]
fn row_38_a_report_from_before_the_detention_is_considered_on_its_merits() {
    // Detained since Monday 5 January 2026.
    let dated = |words: &'static str| {
        but(report(), move |event| {
            if let despatch_process::case::Event::ExternalReportReceived(event) = event {
                (event.report.report_date, event.report.assessed_on) = (day(words), day(words));
            }
        })
    };
    for place in ["brook-house", "northmoor", "st-osyth"] {
        let made = Story::at(place).on("Monday 2 March 2026", dated("Sunday 4 January 2026"));
        of(&made, &["38"], &["38 earlier-report to the caseworker"]);
        assert!(made.plan.notes.iter().any(|note| note.contains("on its merits")), "{:?}", made.plan.notes);
        assert_eq!(made.message("38", Role::Caseworker).attachments, [0]);
    }
    let made = Story::at("brook-house").on("Monday 2 March 2026", dated("Monday 5 January 2026"));
    of(&made, &["38"], &[]);
    // The guidance is for immigration powers alone.
    let mut prisoner = Story::at("northmoor");
    prisoner.case.detention.powers = Some(despatch_process::case::Powers::Other);
    let other = prisoner.refused("Monday 2 March 2026", report());
    assert!(other[0].starts_with("detention.powers at /detention/powers"), "{other:?}");
    prisoner
        .on("Monday 2 March 2026", copied(despatch_process::case::CopyOf::Report))
        .tells("2 report-to-healthcare to healthcare of northmoor");
}

#[test]
fn each_row_has_its_test() {
    let source = include_str!("rows.rs");
    for number in 1..=38 {
        assert!(source.contains(&format!("#[test]\nfn row_{number}_")), "row {number} has no test");
    }
}
