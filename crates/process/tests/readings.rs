//! The readings G1 to G22 that the rules of policy carry out: a test for each. The others are those of
//! templates (7, 20), of the office (2 in part, 17 in part) and of the data of a case (7).

use super::events::*;
use super::paths::{accepted, confirmed, individual, invited, referred, representative};
use super::story::Story;
use super::{day, the_pack};
use despatch_core::words::{Role, Team};
use despatch_process::case::Answer::*;
use despatch_process::case::{Departure, Event, OpinionMethod, Outcome, Rebooking};
use despatch_process::{CaseState, PendingEffect, PlaceKind};

const DAY: &str = "Wednesday 11 March 2026";

#[test]
fn g1_telling_the_dmrt_copying_healthcare_and_asking_are_three_things() {
    let made =
        Story::at("brook-house").on("Monday 2 March 2026", report_before_removal("Tuesday 3 March 2026"));
    made.tells("1 referral to the DMRT").tells("2 report-to-healthcare");
    assert_eq!(made.plan.outcome.second_opinion_requested, Some(false));
    // After a decision to release the DMRT can still take note of the report, and arranges nothing.
    let mut story = Story::at("brook-house");
    story.on("Monday 2 March 2026", release());
    let asked = story.refused("Tuesday 3 March 2026", referral());
    assert_eq!(asked, ["history.ended at /event/received_on: the record says that release was decided"]);
    story.on("Tuesday 3 March 2026", referral_without_request()).makes(&[]);
}

#[test]
fn g2_a_prison_gets_one_instruction_and_each_row_has_its_team() {
    let made = referred("northmoor").on("Wednesday 4 March 2026", appointment("Tuesday 3 March 2026", DAY));
    let of = |role| made.plan.despatches.iter().filter(|one| one.role == role).count();
    assert_eq!((of(Role::Ost), of(Role::Det), of(Role::InterpreterBooking)), (1, 0, 0));
    let casework: Vec<String> = the_pack()
        .rows
        .into_iter()
        .filter(|row| row.team == Team::Casework && row.number.to_string().starts_with('G'))
        .map(|row| format!("{} {}", row.number, row.kind))
        .collect();
    let rejected = "G14 report-rejected";
    assert_eq!(casework, [rejected, rejected, rejected, "G10 transfer-notice", "G10 re-referral"]);
}

#[test]
fn g3_a_date_that_leaves_too_little_time_is_a_fault_and_service_is_checked_on_its_day() {
    let mut story = referred("brook-house");
    let event = appointment("Tuesday 3 March 2026", "Friday 6 March 2026")(day("Wednesday 4 March 2026"));
    let faults = story.try_on(day("Wednesday 4 March 2026"), event).expect_err("too soon");
    assert_eq!(faults[0].cure, "book a date from Monday 9 March 2026 to Thursday 12 March 2026");
    // Served on Saturday 7 March: too late for Wednesday 11 March, by whichever event it is told.
    confirmed("brook-house").on("Monday 9 March 2026", on("Saturday 7 March 2026", served())).tells("18");
    confirmed("brook-house").on("Monday 9 March 2026", on("Friday 6 March 2026", served())).makes(&[]);
    let mut story = confirmed("brook-house");
    let before = story.refused("Thursday 5 March 2026", on("Tuesday 3 March 2026", served()));
    assert!(before[0].starts_with("history.served_before_issue"), "{before:?}");
    story.nothing_went();
    let unsent = story.refused("Thursday 5 March 2026", served());
    assert!(unsent[0].starts_with("history.not_sent at /event/type"), "{unsent:?}");
}

#[test]
fn g4_silence_is_not_presumed() {
    let mut story = confirmed("brook-house");
    assert!(story.refused(DAY, silence())[0].starts_with("history.not_served"));
    // A refusal to take the letter is service, and no answer.
    let refusing = but(served(), |event| {
        if let Event::LetterServed(event) = event {
            event.refused = true;
        }
    });
    story.on("Thursday 5 March 2026", refusing).warns("not presumed").makes(&[]);
    assert_eq!(CaseState::of(&story.history).answers.attend(), None);
    // Both look, and both on a day on which the deadline is over.
    for (at, change) in [("/event/place_confirmed_on", true), ("/event/inbox_checked_on", false)] {
        let half = but(silence(), move |event| {
            if let Event::NoResponse(event) = event {
                let early = day("Tuesday 10 March 2026");
                *(if change { &mut event.place_confirmed_on } else { &mut event.inbox_checked_on }) = early;
            }
        });
        let faults = story.refused(DAY, half);
        assert!(faults[0].starts_with(&format!("response.not_due at {at}")), "{faults:?}");
    }
    story.on(DAY, silence()).tells("22");
    // Somebody answered, be it the representative.
    let mut answered = invited("brook-house");
    answered.on("Friday 6 March 2026", representative(Yes, NotGiven));
    assert!(answered.refused(DAY, silence())[0].starts_with("history.answered"));
}

/// What became of the earlier letter says nothing of the one that takes its place.
#[test]
fn g4_a_corrected_invitation_is_served_anew() {
    let mut story = confirmed("brook-house");
    story.on("Thursday 5 March 2026", service_failed());
    assert!(CaseState::of(&story.history).without_opinion);
    let mended = appointment("Tuesday 3 March 2026", "Thursday 12 March 2026");
    story.corrects(2, "Friday 6 March 2026", mended).tells("12 service-pack to the DET of brook-house");
    let state = CaseState::of(&story.history);
    let ahead = state.ahead().map(|booked| booked.fact.date);
    assert_eq!(ahead, Some(day("Thursday 12 March 2026")));
    assert_eq!((state.service_failed, state.without_opinion, state.ended()), (false, false, None));
    story.on("Monday 9 March 2026", served()).makes(&[]);
}

#[test]
fn g5_consent_is_the_individuals_own_and_its_withdrawal_stops_the_use_at_once() {
    let mut story = invited("brook-house");
    story.on("Friday 6 March 2026", individual(Yes, Yes));
    // After the deadline and with the answer late in every other way: it is never held.
    let made = story.on("Wednesday 11 March 2026", individual(NotGiven, No));
    for role in [Role::Doctor, Role::Healthcare] {
        assert_eq!(made.message("G5", role).hold, None);
    }
    // After a release too.
    let mut story = invited("brook-house");
    story.on("Friday 6 March 2026", individual(Yes, Yes));
    story.on("Monday 9 March 2026", release());
    story
        .on("Tuesday 10 March 2026", individual(NotGiven, No))
        .makes(&["G5 records-withdrawn to the doctor", "G5 records-withdrawn to healthcare of brook-house"]);
}

#[test]
fn g6_records_go_to_the_doctor_and_to_nobody_else() {
    let mut story = invited("northmoor");
    let made = story.on("Friday 6 March 2026", individual(Yes, Yes));
    assert_eq!(made.message("G6", Role::Healthcare).attachments, [0], "with the signed consent");
    story.on("Monday 9 March 2026", records()).makes(&["G6 records-to-doctor to the doctor"]);
    let rows = the_pack().rows;
    let kind = despatch_process::case::AttachmentKind::HealthcareRecords;
    assert!(rows.iter().all(|row| !row.encloses.contains(&kind) || row.role == Role::Doctor));
}

#[test]
fn g8_the_gate_follows_the_route() {
    // No second opinion: none to cite. No representative: none to send to.
    let mut story = confirmed("brook-house").without_representative().with_complete_standards();
    story.despite_history();
    story.on("Monday 9 March 2026", service_failed());
    story
        .on("Tuesday 10 March 2026", response())
        .makes(&["36 response to the DET of brook-house", "37 vulnerability-outcome to the DMRT"]);
    // An incomplete list holds firmly.
    let mut story = confirmed("brook-house");
    story.on("Monday 9 March 2026", service_failed());
    let made = story.on("Tuesday 10 March 2026", response());
    assert!(made.message("36", Role::Det).hold.as_ref().is_some_and(|hold| hold.firm));
}

#[test]
fn g9_the_level_in_force_is_on_record_from_the_first() {
    let story = referred("brook-house");
    assert_eq!(CaseState::of(&story.history).level, Some(despatch_process::case::Level::Two));
}

#[test]
fn g10_each_change_of_custody_holds_what_is_unsent() {
    let mut story = invited("brook-house");
    story.moves("Friday 6 March 2026", "colnbrook").affects(PendingEffect::Held);
    for happens in [release(), removal("Thursday 12 March 2026"), left(Departure::Released), died()] {
        invited("brook-house").on("Friday 6 March 2026", happens).affects(PendingEffect::Held);
    }
    // What stops something goes on, whatever comes after it: that consent is withdrawn, that an appointment is off.
    let mut story = invited("brook-house");
    story.on("Friday 6 March 2026", individual(Yes, Yes));
    let withdrawn = story.on("Monday 9 March 2026", individual(NotGiven, No));
    let moved = story.moves("Tuesday 10 March 2026", "colnbrook");
    let off =
        moved.plan.despatches.iter().find(|one| one.kind.as_str() == "doctor-cancellation").expect("one");
    let letter =
        moved.plan.despatches.iter().find(|one| one.kind.as_str() == "cancellation").expect("a letter");
    let later = story.on("Wednesday 11 March 2026", died()).plan.recorded;
    let held = |by: &despatch_process::Recorded, one: &despatch_process::Planned| {
        by.pending_effects.iter().any(|unsent| unsent.means(by, one, None))
    };
    for stops in [withdrawn.message("G5", Role::Doctor), withdrawn.message("G5", Role::Healthcare)] {
        assert!(!held(&moved.plan.recorded, stops) && !held(&later, stops), "{}", stops.kind);
    }
    let bookings = moved.plan.despatches.iter().filter(|one| one.kind.as_str() == "booking-cancellation");
    assert!(bookings.chain([off]).all(|one| !held(&later, one)));
    assert!(held(&later, letter), "nobody hands a letter to somebody who has died");
    // A removal that leaves time changes nothing.
    accepted("brook-house").on("Monday 9 March 2026", removal("Friday 27 March 2026")).leaves_the_unsent();
    let mut story = referred("brook-house");
    let change = story.new_representative(None, None);
    story.on("Wednesday 4 March 2026", change).affects(PendingEffect::HeldForRepresentative);
}

#[test]
fn g11_what_goes_stale_says_when() {
    let made = referred("brook-house").on("Wednesday 4 March 2026", appointment("Tuesday 3 March 2026", DAY));
    for one in &made.plan.despatches {
        let last = if one.window.is_some() { "Friday 6 March 2026" } else { DAY };
        assert_eq!(one.not_after, Some(day(last)), "{} {}", one.row, one.kind);
    }
}

#[test]
fn g12_every_temporary_place_waits_for_a_transfer() {
    for place in ["manchester-sthf", "kirk-street", "st-osyth", "gatwick-pda"] {
        let mut story = referred(place);
        let there = story.refused("Wednesday 4 March 2026", appointment("Tuesday 3 March 2026", DAY));
        assert!(there[0].starts_with("place.temporary"), "{place}: {there:?}");
        story
            .moves("Friday 6 March 2026", "brook-house")
            .tells("11 transfer-notice to the DMRT, due Tuesday 17 March 2026");
    }
}

#[test]
fn g13_immediately_is_for_prisons_and_after_temporary_places() {
    let deadline = |mut story: Story, on: &str| {
        story.on(on, no_doctor("Tuesday 3 March 2026")).message("6", Role::Caseworker).deadline.is_some()
    };
    assert!(!deadline(referred("brook-house"), "Monday 9 March 2026"));
    assert!(deadline(referred("northmoor"), "Monday 9 March 2026"));
    let mut story = referred("larne-house");
    story.moves("Friday 6 March 2026", "brook-house");
    assert!(deadline(story, "Monday 9 March 2026"));
    // A report that was referred after the move is like any other's.
    let mut story = Story::at("larne-house");
    story.on("Monday 2 March 2026", report());
    story.moves("Monday 2 March 2026", "brook-house");
    story
        .on("Tuesday 3 March 2026", referral())
        .tells("4 date-request to the DET of brook-house, due Thursday 12 March 2026");
    assert!(!deadline(story, "Monday 9 March 2026"));
    // Row 25's "next 5 working days" has no stated start.
    let made =
        accepted("brook-house").on(DAY, outcome(DAY, Outcome::StaffUnavailable, Some(Rebooking::Possible)));
    made.warns("counted from the cancelled assessment");
}

#[test]
fn g14_a_report_below_the_baseline_is_rejected_by_a_letter_that_the_guidance_lacks() {
    for (place, whom) in
        [("manchester-sthf", "the DET of manchester-sthf"), ("northmoor", "the OST of northmoor")]
    {
        let made = Story::at(place).on("Monday 2 March 2026", report_of_an_unregulated_author());
        made.tells(&format!("G14 report-rejected to {whom}"))
            .tells("G14 report-rejected to the representative");
        made.tells("2 report-to-healthcare");
        assert_eq!(made.message("G14", Role::Representative).source, "implied");
    }
}

#[test]
fn g15_rows_5_16_20_and_28_make_a_note_for_the_casework_systems() {
    let note = |story: &Story| story.plans.last().expect("a plan").2.notes.join(" ");
    let mut story = confirmed("brook-house");
    assert!(note(&story).contains("row 5"));
    story.on("Thursday 5 March 2026", served());
    assert!(note(&story).contains("row 16"));
    story.on(DAY, completed(DAY));
    assert!(note(&story).contains("row 20"));
    story.on("Thursday 12 March 2026", release());
    assert!(note(&story).contains("row 28"));
}

#[test]
fn g16_questions_are_answered_and_concerns_passed_on() {
    let mut story = accepted("northmoor");
    story.on(DAY, guidance()).makes(&["15 guidance-answer to the OST of northmoor"]);
    story.on(DAY, concerns()).makes(&["G16 concern-notice to the caseworker, due Wednesday 11 March 2026"]);
}

#[test]
fn g18_one_case_is_one_report() {
    let mut story = referred("brook-house");
    let second = story.refused("Wednesday 4 March 2026", report());
    assert!(second[0].starts_with("history.twice at /event/type"), "{second:?}");
}

#[test]
fn g19_healthcare_copies_are_safety_messages() {
    let rows = the_pack().rows;
    let safety: Vec<String> =
        rows.iter().filter(|row| row.safety).map(|row| row.number.to_string()).collect();
    assert_eq!(safety, ["2", "2", "31", "31"]);
}

#[test]
fn g21_bookings_enclose_nothing() {
    let mut story = accepted("brook-house");
    let made = story.on(DAY, outcome(DAY, Outcome::TooIll, None));
    let bookings = |made: &super::story::Made| {
        made.plan
            .despatches
            .iter()
            .filter(|one| one.kind.as_str().contains("booking"))
            .all(|one| one.attachments.is_empty())
    };
    assert!(bookings(&made));
    let made = referred("brook-house").on("Wednesday 4 March 2026", appointment("Tuesday 3 March 2026", DAY));
    assert!(bookings(&made));
}

#[test]
fn g22_places_have_ids_of_their_own_and_kinds() {
    let kind = |id: &str| {
        let id = id.parse().expect("an id");
        super::story::EVERY_PLACE.get(&id).expect("a place").kind
    };
    assert_eq!(kind("yarls-wood"), PlaceKind::Irc);
    assert!(kind("yarls-wood-sthf").is_temporary());
    assert_eq!(kind("northmoor"), PlaceKind::Prison);
    let mut story = accepted("yarls-wood");
    story.on(DAY, completed(DAY));
    story
        .on("Tuesday 17 March 2026", opinion(OpinionMethod::Video))
        .tells("31 second-opinion to healthcare of yarls-wood");
}

#[test]
fn each_reading_of_the_rules_has_its_test() {
    let source = include_str!("readings.rs");
    let elsewhere = [7, 17, 20];
    for number in (1..=22).filter(|number| !elsewhere.contains(number)) {
        assert!(source.contains(&format!("#[test]\nfn g{number}_")), "G{number} has no test");
    }
}
