//! A decision to release is withdrawn, and somebody who had left is detained again: what comes back, and what does not.

use super::{accepted, invited, nothing, referred};
use crate::day;
use crate::events::*;
use crate::story::Story;
use despatch_core::words::Role;
use despatch_process::case::{Departure, Event, OpinionMethod};
use despatch_process::{CaseState, DeadlineRule, PendingEffect};

paths! {
    the_release_is_withdrawn_before_anybody_was_told,
    the_release_is_withdrawn_before_an_appointment_is_made,
    the_release_is_withdrawn_after_the_cancellations,
    the_release_is_withdrawn_after_the_assessment,
    the_release_is_withdrawn_when_the_opinion_was_kept,
    the_release_is_withdrawn_when_the_opinion_was_in_before,
    the_release_is_withdrawn_that_had_excluded_the_report,
    a_withdrawal_that_contradicts_the_record,
    the_release_is_withdrawn_and_removal_is_near,
    detained_again_with_an_opinion_that_was_kept,
    detained_again_while_the_doctor_completes,
    detained_again_before_anything_was_assessed,
    detained_again_when_the_report_was_answered,
    detained_again_when_the_report_was_rejected,
    a_new_detention_that_contradicts_the_record,
}

const DAY: &str = "Wednesday 11 March 2026";

fn due(story: &Story, rule: DeadlineRule) -> Option<chrono::NaiveDate> {
    CaseState::of(&story.history).due(rule)
}

/// What runs on the case.
fn runs(story: &Story, what: &str) -> bool {
    CaseState::of(&story.history).clocks.iter().any(|clock| clock.what.contains(what))
}

/// Assessed on Wednesday 11 March, released on Thursday 12; the opinion is in on Tuesday 17 March.
fn kept(place: &str) -> Story {
    let mut story = accepted(place);
    story.on(DAY, completed(DAY));
    story.on("Thursday 12 March 2026", release());
    story.on("Tuesday 17 March 2026", opinion(OpinionMethod::Video));
    story
}

fn the_release_is_withdrawn_before_anybody_was_told() -> Story {
    let mut story = invited("brook-house");
    let (serve, respond) = (due(&story, DeadlineRule::Serve), due(&story, DeadlineRule::Respond));
    story.on("Friday 6 March 2026", release());
    story.nothing_went();
    assert!(CaseState::of(&story.history).ahead().is_none());
    // Nothing is told, and what would have told of the release gives way: the appointment stands with its clocks.
    nothing(&story.on("Friday 6 March 2026", release_withdrawn())).affects(PendingEffect::Release).because(
        "The decision to release was withdrawn on Friday 6 March 2026: nobody had been told of the decision, so the \
         process goes on as it was.",
    );
    assert_eq!(CaseState::of(&story.history).ahead().map(|one| one.fact.date), Some(day(DAY)));
    assert_eq!((due(&story, DeadlineRule::Serve), due(&story, DeadlineRule::Respond)), (serve, respond));
    assert!(story.history.events[4].messages.is_empty(), "they have given way");
    story.on(
        "Monday 9 March 2026",
        super::individual(despatch_process::case::Answer::Yes, despatch_process::case::Answer::NotGiven),
    );
    story.on(DAY, completed(DAY));
    // Release may be decided again.
    story.on("Thursday 12 March 2026", release()).tells("29 conclude to the doctor");
    story
}

fn the_release_is_withdrawn_before_an_appointment_is_made() -> Story {
    let mut story = referred("northmoor");
    story
        .on("Wednesday 4 March 2026", release())
        .makes(&["28 release-or-removal to the DMRT, due Wednesday 4 March 2026"]);
    story
        .on("Thursday 5 March 2026", release_withdrawn())
        .makes(&["G10 re-referral to the DMRT"])
        .because("The decision to release was withdrawn on Thursday 5 March 2026, so a new assessment is to be arranged.");
    story
        .on("Friday 6 March 2026", referral())
        .tells("4 date-request to the OST of northmoor, due Tuesday 17 March 2026");
    story
}

fn the_release_is_withdrawn_after_the_cancellations() -> Story {
    let mut story = invited("brook-house");
    story.on("Friday 6 March 2026", release()).tells("29 doctor-cancellation");
    // Doctor, interpreter and room were told: they are not told that it stands after all, but asked anew.
    story.on("Monday 9 March 2026", release_withdrawn()).makes(&["G10 re-referral to the DMRT"]);
    assert!(CaseState::of(&story.history).ahead().is_none());
    story
        .on("Tuesday 10 March 2026", referral())
        .tells("4 date-request to the DET of brook-house, due Thursday 19 March 2026");
    story
        .on("Wednesday 11 March 2026", appointment("Tuesday 10 March 2026", "Thursday 19 March 2026"))
        .tells("12 service-pack to the DET of brook-house");
    // The doctor was told and nobody else yet: the others still are, for the day is given away.
    let mut some = invited("brook-house");
    some.on("Friday 6 March 2026", release());
    for message in &mut some.history.events[4].messages {
        message.sent = message.role == Role::Doctor;
    }
    some.on("Monday 9 March 2026", release_withdrawn()).makes(&["G10 re-referral to the DMRT"]);
    let left: Vec<&str> = some.history.events[4].messages.iter().map(|one| one.kind.as_str()).collect();
    assert_eq!(
        left,
        [
            "cancellation",
            "cancellation",
            "booking-cancellation",
            "booking-cancellation",
            "doctor-cancellation"
        ]
    );
    story.with(some);
    let mut sthf = referred("manchester-sthf");
    sthf.on("Wednesday 4 March 2026", release());
    sthf.on("Thursday 5 March 2026", release_withdrawn()).makes(&["G10 re-referral to the DMRT"]);
    story.with(sthf);
    story
}

fn the_release_is_withdrawn_after_the_assessment() -> Story {
    let mut all = accepted("brook-house");
    for place in ["brook-house", "northmoor", "moved"] {
        let mut story = accepted(if place == "moved" { "brook-house" } else { place });
        story.on(DAY, completed(DAY));
        if place == "moved" {
            story.moves("Wednesday 11 March 2026", "manchester-sthf");
        }
        story.on("Thursday 12 March 2026", release()).tells("29 conclude to the doctor");
        story
            .on("Friday 13 March 2026", release_withdrawn())
            .because("The decision to release was withdrawn on Friday 13 March 2026, so the report is to be concluded.")
            .makes(&["G10 re-referral to the DMRT", "G10 conclude to the doctor"]);
        // It comes as if release had never been decided.
        story
            .on("Tuesday 17 March 2026", opinion(OpinionMethod::Video))
            .tells("30 second-opinion to the caseworker, due Tuesday 17 March 2026");
        all.with(story);
    }
    all
}

fn the_release_is_withdrawn_when_the_opinion_was_kept() -> Story {
    let mut story = kept("brook-house");
    assert!(!runs(&story, "forward the second opinion report"));
    let made = story.on("Wednesday 18 March 2026", release_withdrawn());
    made.affects(PendingEffect::Kept).makes(&[
        "30 second-opinion to the caseworker, due Wednesday 18 March 2026",
        "32 decision-needed to the team leader",
    ]);
    story.nothing_went();
    assert!(runs(&story, "forward the second opinion report"), "its time goes on");
    // What was held of it gives way; the healthcare team's copy has gone.
    assert!(story.history.events[7].messages.iter().all(|message| message.sent));
    let mut prison = kept("northmoor");
    prison.on("Wednesday 18 March 2026", release_withdrawn()).tells("30 second-opinion to the caseworker");
    // The caseworker has what a person let go already.
    let mut forwarded = kept("brook-house");
    forwarded.all_went();
    nothing(&forwarded.on("Wednesday 18 March 2026", release_withdrawn()));
    // A person let it go to the caseworker, and nobody was asked to decide yet.
    let mut half = kept("brook-house");
    for message in &mut half.history.events[7].messages {
        message.sent |= message.role == Role::Caseworker;
    }
    half.on("Wednesday 18 March 2026", release_withdrawn()).tells("32 decision-needed to the team leader");
    // It is on file, and has to be attached.
    let mut bare = kept("brook-house");
    bare.nothing_is_attached();
    let none = bare.refused("Wednesday 18 March 2026", release_withdrawn());
    assert_eq!(
        none,
        [
            "attachments.no_opinion at /attachments: this event sends the second opinion report, and no attachment is one"
        ]
    );
    story.with(prison);
    story.with(forwarded);
    story
}

fn the_release_is_withdrawn_when_the_opinion_was_in_before() -> Story {
    let mut story = accepted("brook-house");
    story.on(DAY, completed(DAY));
    story.on("Tuesday 17 March 2026", opinion(OpinionMethod::Video));
    story.on("Wednesday 18 March 2026", release());
    nothing(&story.on("Thursday 19 March 2026", release_withdrawn()));
    story
}

fn the_release_is_withdrawn_that_had_excluded_the_report() -> Story {
    let released = |story: &mut Story| {
        story.on(
            "Monday 2 March 2026",
            but(report(), |event| {
                if let Event::ExternalReportReceived(event) = event {
                    event.release_decided_on = Some(day("Friday 27 February 2026"));
                }
            }),
        );
    };
    let mut story = Story::at("brook-house");
    released(&mut story);
    story.on("Tuesday 3 March 2026", release_withdrawn()).makes(&["G10 re-referral to the DMRT"]);
    story.on("Wednesday 4 March 2026", referral()).tells("3 doctor-availability to the doctor");
    // What stands against an opinion besides the release still does.
    let mut barred = Story::at("brook-house");
    barred.on("Monday 2 March 2026", report_of_an_unregulated_author());
    barred.on("Tuesday 3 March 2026", release());
    nothing(&barred.on("Wednesday 4 March 2026", release_withdrawn()));
    story.with(barred);
    story
}

fn a_withdrawal_that_contradicts_the_record() -> Story {
    let mut story = invited("brook-house");
    let none = story.refused("Friday 6 March 2026", release_withdrawn());
    assert_eq!(
        none,
        ["history.no_release at /event/type: the record has no decision to release that stands"]
    );
    story.on("Friday 6 March 2026", release());
    let early = story.try_on(day("Monday 9 March 2026"), release_withdrawn()(day("Thursday 5 March 2026")));
    assert_eq!(early.expect_err("a fault")[0].cause, "the record has the release decided after this day");
    story.on("Monday 9 March 2026", left(Departure::Released));
    let gone = story.refused("Tuesday 10 March 2026", release_withdrawn());
    assert_eq!(
        gone,
        ["history.ended at /event/withdrawn_on: the record says that the person has left detention"]
    );
    story
}

fn the_release_is_withdrawn_and_removal_is_near() -> Story {
    let mut story = invited("brook-house");
    story.on("Friday 6 March 2026", removal("Monday 16 March 2026"));
    story.on("Monday 9 March 2026", release());
    nothing(&story.on("Tuesday 10 March 2026", release_withdrawn()))
        .because("The decision to release was withdrawn on Tuesday 10 March 2026: removal is set too soon for a second opinion.")
        .warns("Removal is on record for Monday 16 March 2026");
    story
}

fn detained_again_with_an_opinion_that_was_kept() -> Story {
    let mut all = kept("brook-house");
    for place in ["brook-house", "northmoor", "manchester-sthf"] {
        let mut story = kept("brook-house");
        story.on("Wednesday 18 March 2026", left(Departure::Released));
        assert!(!runs(&story, "forward the second opinion report"));
        let made = story.is_detained_again("Monday 11 May 2026", place);
        made.affects(PendingEffect::Kept)
            .because(
                "The person was detained again on Monday 11 May 2026, and the external medical report pre-dates this \
                 detention. The second opinion, which was kept on file, comes back.",
            )
            .makes(&[
                &format!("2 report-to-healthcare to healthcare of {place}, due Monday 11 May 2026"),
                "38 earlier-report to the caseworker",
                "30 second-opinion to the caseworker, due Monday 11 May 2026",
                "32 decision-needed to the team leader",
                &format!("31 second-opinion to healthcare of {place}"),
            ]);
        assert!(made.message("31", Role::Healthcare).safety);
        story.nothing_went();
        assert!(runs(&story, "forward the second opinion report"), "its time goes on");
        // No second opinion is asked for: the report pre-dates this detention.
        let asked = story.refused("Tuesday 12 May 2026", referral());
        assert!(asked[0].starts_with("history."), "{asked:?}");
        all.with(story);
    }
    all
}

fn detained_again_while_the_doctor_completes() -> Story {
    let mut story = accepted("brook-house");
    story.on(DAY, completed(DAY));
    story.on("Thursday 12 March 2026", release());
    story.on("Friday 13 March 2026", left(Departure::Released));
    story.is_detained_again("Monday 16 March 2026", "harmondsworth").makes(&[
        "2 report-to-healthcare to healthcare of harmondsworth, due Monday 16 March 2026",
        "38 earlier-report to the caseworker",
    ]);
    assert!(CaseState::of(&story.history).awaits_opinion(), "what the doctor has begun is completed");
    assert_eq!(due(&story, DeadlineRule::Report), Some(day("Wednesday 18 March 2026")));
    story.on("Tuesday 17 March 2026", opinion(OpinionMethod::Video)).makes(&[
        "30 second-opinion to the caseworker, due Tuesday 17 March 2026",
        "31 second-opinion to healthcare of harmondsworth",
        "32 decision-needed to the team leader",
    ]);
    story
}

fn detained_again_before_anything_was_assessed() -> Story {
    let mut story = invited("brook-house");
    story.on("Friday 6 March 2026", left(Departure::Released));
    story.is_detained_again("Monday 9 March 2026", "brook-house").makes(&[
        "2 report-to-healthcare to healthcare of brook-house, due Monday 9 March 2026",
        "38 earlier-report to the caseworker",
    ]);
    let state = CaseState::of(&story.history);
    assert!(state.requested == Some(false) && !state.awaits_opinion() && state.ahead().is_none());
    let booked =
        story.refused("Tuesday 10 March 2026", appointment("Tuesday 3 March 2026", "Tuesday 17 March 2026"));
    assert!(booked.iter().any(|fault| fault.contains("no second opinion was requested")), "{booked:?}");
    // They may leave again.
    nothing(&story.on("Tuesday 10 March 2026", left(Departure::Released)));
    story
}

fn detained_again_when_the_report_was_answered() -> Story {
    let mut story = accepted("brook-house").with_complete_standards();
    story.on(DAY, completed(DAY));
    story.on("Tuesday 17 March 2026", opinion(OpinionMethod::Video));
    story.on("Thursday 19 March 2026", response_with_opinion());
    story.on("Friday 20 March 2026", left(Departure::Released));
    // Both were considered: they are considered for what they may still mean.
    story.is_detained_again("Monday 11 May 2026", "harmondsworth").makes(&[
        "2 report-to-healthcare to healthcare of harmondsworth, due Monday 11 May 2026",
        "38 earlier-report to the caseworker",
        "31 second-opinion to healthcare of harmondsworth",
    ]);
    story
}

fn detained_again_when_the_report_was_rejected() -> Story {
    let mut story = Story::at("brook-house");
    story.on("Monday 2 March 2026", report_of_an_unregulated_author());
    story.on("Friday 6 March 2026", left(Departure::Released));
    story
        .is_detained_again("Monday 11 May 2026", "northmoor")
        .makes(&["2 report-to-healthcare to healthcare of northmoor, due Monday 11 May 2026"])
        .warns("The report was rejected below the baseline standard");
    story
}

fn a_new_detention_that_contradicts_the_record() -> Story {
    let mut story = invited("brook-house");
    let again = |story: &mut Story, words: &str| {
        let since = std::mem::replace(&mut story.case.detention.since, day(words));
        let event = Box::new(|detained_on| {
            Event::DetainedAgain(despatch_process::case::DetainedAgain { detained_on })
        });
        let found = story.refused(words, event);
        story.case.detention.since = since;
        found
    };
    let there = again(&mut story, "Friday 6 March 2026");
    assert_eq!(
        there,
        ["history.not_left at /event/type: the record does not say that the person has left detention"]
    );
    story.on("Friday 6 March 2026", left(Departure::Released));
    let early = again(&mut story, "Thursday 5 March 2026");
    assert_eq!(
        early,
        ["history.not_left at /event/detained_on: the record has the person leave detention after this day"]
    );
    story.is_detained_again("Friday 6 March 2026", "brook-house").tells("38 earlier-report");
    let twice = again(&mut story, "Monday 9 March 2026");
    assert!(twice[0].starts_with("history.not_left"), "{twice:?}");
    story.on("Tuesday 10 March 2026", died());
    let dead = again(&mut story, "Wednesday 11 March 2026");
    assert!(dead.iter().any(|fault| fault.contains("has died")), "{dead:?}");
    story
}
