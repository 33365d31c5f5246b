//! Release, removal, and a removal that fails: before the assessment, after it, and when it changes nothing.

use super::{accepted, confirmed, individual, invited, nothing, referred};
use crate::day;
use crate::events::*;
use crate::story::Story;
use despatch_core::words::Role;
use despatch_process::PendingEffect;
use despatch_process::case::Answer::*;
use despatch_process::case::{Departure, OpinionMethod};

paths! {
    released_before_the_assessment,
    released_after_the_assessment,
    released_after_the_decision_for_papers,
    released_without_a_decision_on_record,
    release_when_the_opinion_is_in,
    release_when_nobody_has_said_what_came_of_the_appointment,
    a_second_opinion_after_release,
    a_response_before_release_still_goes,
    removed_before_the_assessment,
    removed_after_the_assessment,
    a_removal_that_leaves_time,
    release_and_then_removal,
    removal_fails_before_the_assessment,
    removal_fails_after_the_assessment,
    removal_fails_and_is_set_again,
    removal_fails_and_detention_is_not_maintained,
    removal_fails_that_had_excluded_the_report,
    removal_fails_that_had_stopped_nothing,
    removal_fails_after_a_stay_in_a_holding_facility,
}

const DAY: &str = "Wednesday 11 March 2026";

fn released_before_the_assessment() -> Story {
    let mut story = invited("brook-house");
    story
        .on("Friday 6 March 2026", release())
        .affects(PendingEffect::Held)
        .because("A decision to release the person from detention was made.")
        .makes(&[
            "G10 cancellation to the DET of brook-house",
            "G10 cancellation to the representative",
            "G10 booking-cancellation to the interpreters",
            "G10 booking-cancellation to the DET of brook-house",
            "28 release-or-removal to the DMRT, due Friday 6 March 2026",
            "29 doctor-cancellation to the doctor, due Friday 6 March 2026",
        ]);
    // The release itself is no news (G10).
    nothing(&story.on("Monday 9 March 2026", left(Departure::Released)));
    let again = story.refused("Monday 9 March 2026", release());
    assert!(again[0].starts_with("history.twice"), "{again:?}");
    story
}

fn released_after_the_assessment() -> Story {
    let mut story = accepted("brook-house");
    story.on(DAY, completed(DAY));
    story
        .on("Thursday 12 March 2026", release())
        .because("A decision to release the person from detention was made. The report is completed and kept on file.")
        .makes(&[
            "28 release-or-removal to the DMRT, due Thursday 12 March 2026",
            "29 conclude to the doctor, due Wednesday 18 March 2026",
        ]);
    nothing(&story.on("Friday 13 March 2026", left(Departure::Released)));
    story
}

fn released_after_the_decision_for_papers() -> Story {
    let mut story = invited("northmoor");
    story.on("Friday 6 March 2026", individual(No, NotGiven));
    // The day of the appointment is still ahead, and the report is completed all the same.
    story.on("Monday 9 March 2026", release()).makes(&[
        "28 release-or-removal to the DMRT, due Monday 9 March 2026",
        "29 conclude to the doctor, due Wednesday 18 March 2026",
    ]);
    story
}

fn released_without_a_decision_on_record() -> Story {
    let mut story = invited("brook-house");
    // Nobody is there any more to be handed a letter.
    story.on("Friday 6 March 2026", left(Departure::Released)).makes(&[
        "G10 cancellation to the representative",
        "G10 appointment-off to the DET of brook-house",
        "G10 booking-cancellation to the interpreters",
        "G10 booking-cancellation to the DET of brook-house",
        "28 release-or-removal to the DMRT, due Friday 6 March 2026",
        "29 doctor-cancellation to the doctor, due Friday 6 March 2026",
    ]);
    let mut prison = invited("northmoor");
    prison.on("Friday 6 March 2026", left(Departure::Released)).makes(&[
        "G10 cancellation to the representative",
        "G10 appointment-off to the OST of northmoor",
        "28 release-or-removal to the DMRT, due Friday 6 March 2026",
        "29 doctor-cancellation to the doctor, due Friday 6 March 2026",
    ]);
    let mut done = accepted("brook-house");
    done.on(DAY, completed(DAY));
    done.on("Thursday 12 March 2026", left(Departure::Released)).makes(&[
        "28 release-or-removal to the DMRT, due Thursday 12 March 2026",
        "29 conclude to the doctor, due Wednesday 18 March 2026",
    ]);
    story.with(prison);
    story.with(done);
    story
}

fn release_when_the_opinion_is_in() -> Story {
    let mut story = accepted("brook-house");
    story.on(DAY, completed(DAY));
    story.on("Tuesday 17 March 2026", opinion(OpinionMethod::Video));
    // "Before the second opinion has been concluded": it has been.
    nothing(&story.on("Wednesday 18 March 2026", release())).affects(PendingEffect::Held);
    story
}

fn release_when_nobody_has_said_what_came_of_the_appointment() -> Story {
    let mut story = accepted("brook-house");
    // Whether the assessment was held decides whether the report is completed.
    story.try_on(day(DAY), release()(day(DAY))).expect("a plan");
    let late = story.refused("Thursday 12 March 2026", release());
    assert_eq!(
        late,
        [
            "history.outcome at /event/decided_on: the record has the appointment on Wednesday 11 March 2026 and not what \
          came of it"
        ]
    );
    let moved = story
        .refused("Thursday 12 March 2026", appointment("Tuesday 3 March 2026", "Thursday 12 March 2026"));
    assert!(moved.iter().any(|fault| fault.starts_with("history.outcome at /event/type")), "{moved:?}");
    story
        .on(DAY, release())
        .warns("The appointment on record is of the same day")
        .tells("29 doctor-cancellation");
    story
}

fn a_second_opinion_after_release() -> Story {
    let mut story = accepted("brook-house");
    story.on(DAY, completed(DAY));
    story.on("Thursday 12 March 2026", release());
    // Decided and not yet done: the healthcare team still has the person in its care.
    let mut decided = accepted("brook-house");
    decided.on(DAY, completed(DAY));
    decided.on("Thursday 12 March 2026", release());
    let made = decided.on("Tuesday 17 March 2026", opinion(OpinionMethod::Video));
    made.makes(&[
        "30 second-opinion to the caseworker, held: after_release",
        "31 second-opinion to healthcare of brook-house",
        "32 decision-needed to the team leader, held: after_release",
    ]);
    story.on("Friday 13 March 2026", left(Departure::Released));
    let made = story.on("Tuesday 17 March 2026", opinion(OpinionMethod::Video));
    made.makes(&[
        "30 second-opinion to the caseworker, held: after_release",
        "31 second-opinion to healthcare of brook-house, held: after_release",
        "32 decision-needed to the team leader, held: after_release",
    ]);
    assert!(made.plan.despatches.iter().all(|one| !one.safety), "nobody is hurried");
    // Nothing runs on what is kept on file, whichever of the two came first.
    for kept in [&story, &decided] {
        let clocks = despatch_process::CaseState::of(&kept.history).clocks;
        assert!(clocks.iter().all(|clock| clock.what != "forward the second opinion report"), "{clocks:?}");
    }
    story.with(decided);
    story
}

/// What was complete before the release still goes: to those at the place while the person is there, and to the
/// representative afterwards.
fn a_response_before_release_still_goes() -> Story {
    let mut story = accepted("brook-house").with_complete_standards();
    story.on(DAY, completed(DAY));
    story.on("Tuesday 17 March 2026", opinion(OpinionMethod::Video));
    let made = story.on("Thursday 19 March 2026", response_with_opinion());
    story.nothing_went();
    let held = |by: &despatch_process::Plan, role| {
        let one = made.message("36", role);
        by.recorded.pending_effects.iter().any(|effect| effect.means(&by.recorded, one, None))
    };
    let release = story.on("Friday 20 March 2026", release()).plan;
    assert!(!held(&release, Role::Det) && !held(&release, Role::Representative));
    let left = story.on("Friday 20 March 2026", left(Departure::Released)).plan;
    assert!(held(&left, Role::Det), "nobody is there to be handed it");
    assert!(!held(&left, Role::Representative));
    // A representative who is on record no longer gets nothing.
    let change = story.new_representative(None, None);
    story.despite_history();
    let changed = story.on("Monday 23 March 2026", change).plan;
    assert!(held(&changed, Role::Representative));
    story
}

fn removed_before_the_assessment() -> Story {
    let mut story = invited("brook-house");
    story
        .on("Friday 6 March 2026", removal("Monday 16 March 2026"))
        .because("Removal is set for a day before the process has ended.")
        .makes(&[
            "G10 cancellation to the DET of brook-house",
            "G10 cancellation to the representative",
            "G10 booking-cancellation to the interpreters",
            "G10 booking-cancellation to the DET of brook-house",
            "28 release-or-removal to the DMRT, due Friday 6 March 2026",
            "29 doctor-cancellation to the doctor, due Friday 6 March 2026",
        ]);
    let more =
        story.refused("Monday 9 March 2026", appointment("Tuesday 3 March 2026", "Thursday 12 March 2026"));
    assert!(
        more[0].starts_with("history.ended at /event/type: the record says that removal is set"),
        "{more:?}"
    );
    nothing(&story.on("Monday 16 March 2026", left(Departure::Removed)))
        .warns("no service of a response to the report is on record");
    story
}

fn removed_after_the_assessment() -> Story {
    let mut story = accepted("brook-house");
    story.on(DAY, completed(DAY));
    story.on("Thursday 12 March 2026", removal("Monday 16 March 2026")).makes(&[
        "28 release-or-removal to the DMRT, due Thursday 12 March 2026",
        "29 conclude to the doctor, due Wednesday 18 March 2026, held: removed_after_assessment",
    ]);
    nothing(&story.on("Monday 16 March 2026", left(Departure::Removed)))
        .warns("decided with the earlier event");
    let mut sudden = accepted("brook-house");
    sudden.on(DAY, completed(DAY));
    sudden.on("Thursday 12 March 2026", left(Departure::Removed)).makes(&[
        "28 release-or-removal to the DMRT, due Thursday 12 March 2026",
        "29 conclude to the doctor, due Wednesday 18 March 2026, held: removed_after_assessment",
    ]);
    story.with(sudden);
    story
}

fn a_removal_that_leaves_time() -> Story {
    // Referred on Tuesday 3 March: assessment by Thursday 12, report by Thursday 19 March.
    let mut story = referred("brook-house");
    nothing(&story.on("Wednesday 4 March 2026", removal("Friday 20 March 2026"))).because(
        "Removal is set for Friday 20 March 2026, after Thursday 19 March 2026, when the second opinion is to be in.",
    );
    story
        .on("Wednesday 4 March 2026", appointment("Tuesday 3 March 2026", "Wednesday 11 March 2026"))
        .tells("12 service-pack");
    // A day earlier it comes too soon.
    let mut early = referred("brook-house");
    early
        .on("Wednesday 4 March 2026", removal("Thursday 19 March 2026"))
        .makes(&["28 release-or-removal to the DMRT, due Wednesday 4 March 2026"]);
    story.with(early);
    story
}

fn release_and_then_removal() -> Story {
    let mut story = invited("brook-house");
    story.on("Friday 6 March 2026", release());
    let odd = story.refused("Monday 9 March 2026", removal("Monday 16 March 2026"));
    assert_eq!(odd, ["history.release at /event/type: the record says that release was decided"]);
    story.despite_history();
    story
        .on("Monday 9 March 2026", removal("Monday 16 March 2026"))
        .warns("The record contradicts this event: the record says that release was decided.")
        .tells("28 release-or-removal to the DMRT");
    story
}

fn removal_fails_before_the_assessment() -> Story {
    let mut story = invited("brook-house");
    story.on("Friday 6 March 2026", removal("Thursday 12 March 2026"));
    story
        .on("Thursday 12 March 2026", removal_failed(true, None))
        .because(
            "The removal failed on Thursday 12 March 2026 (disruption) and detention is maintained, so a new assessment \
             is to be arranged.",
        )
        .makes(&["34 re-referral to the DMRT"]);
    // Everything begins anew: the referral, its 7 working days, and an appointment that rebooks none.
    story
        .on("Friday 13 March 2026", referral())
        .tells("4 date-request to the DET of brook-house, due Tuesday 24 March 2026");
    story
        .on("Monday 16 March 2026", appointment("Friday 13 March 2026", "Tuesday 24 March 2026"))
        .warns_of_nothing()
        .tells("12 service-pack to the DET of brook-house, due Thursday 19 March 2026");
    story
}

fn removal_fails_after_the_assessment() -> Story {
    let mut story = accepted("brook-house");
    story.on(DAY, completed(DAY));
    story.on("Thursday 12 March 2026", removal("Friday 13 March 2026"));
    story
        .on("Friday 13 March 2026", removal_failed(true, None))
        .because(
            "The removal failed on Friday 13 March 2026 (disruption) and detention is maintained, so the report is to be \
             concluded.",
        )
        .makes(&["34 re-referral to the DMRT", "35 conclude to the doctor"]);
    story.on("Tuesday 17 March 2026", opinion(OpinionMethod::Video)).warns_of_nothing();
    story
}

fn removal_fails_and_is_set_again() -> Story {
    let mut story = invited("brook-house").with_complete_standards();
    story.on("Friday 6 March 2026", removal("Thursday 12 March 2026"));
    story.on("Monday 9 March 2026", response_before_removal("Thursday 12 March 2026"));
    // Friday 27 March is the 11th working day from Thursday 12 March, Thursday 26 March the 10th.
    nothing(&story.on("Thursday 12 March 2026", removal_failed(true, Some("Thursday 26 March 2026")))).because(
        "The removal failed on Thursday 12 March 2026 (disruption): removal is set again too soon for a second opinion.",
    );
    let arranged = story.refused("Friday 13 March 2026", referral());
    assert!(arranged[0].contains("removal is set for a day before"), "{arranged:?}");
    story
        .on("Thursday 26 March 2026", removal_failed(true, Some("Friday 17 April 2026")))
        .makes(&["34 re-referral to the DMRT"]);
    // The response of that time was the one before a removal; another is to come (row 33 "must still").
    story.on("Friday 27 March 2026", referral()).tells("3 doctor-availability to the doctor");
    story
}

fn removal_fails_and_detention_is_not_maintained() -> Story {
    let mut story = invited("brook-house");
    story.on("Friday 6 March 2026", removal("Thursday 12 March 2026"));
    nothing(&story.on("Thursday 12 March 2026", removal_failed(false, None))).because(
        "The removal failed on Thursday 12 March 2026 (disruption): detention is not maintained, so nothing is referred.",
    );
    story
}

fn removal_fails_that_had_excluded_the_report() -> Story {
    let mut story = Story::at("northmoor");
    story.on("Monday 2 March 2026", report_before_removal("Tuesday 10 March 2026"));
    story.on("Tuesday 3 March 2026", referral_without_request());
    story.on("Tuesday 10 March 2026", removal_failed(true, None)).makes(&["34 re-referral to the DMRT"]);
    story.on("Wednesday 11 March 2026", referral()).tells("4 date-request to the OST of northmoor");
    // What stands against an opinion besides the removal still does.
    let mut barred = Story::at("brook-house");
    barred.on(
        "Monday 2 March 2026",
        but(report_of_an_unregulated_author(), |event| {
            if let despatch_process::case::Event::ExternalReportReceived(event) = event {
                event.removal_set_for = Some(day("Tuesday 10 March 2026"));
            }
        }),
    );
    nothing(&barred.on("Tuesday 10 March 2026", removal_failed(true, None))).because(
        "The removal failed on Tuesday 10 March 2026 (disruption): the report does not meet the criteria for a second \
         opinion, whatever becomes of the removal.",
    );
    story.with(barred);
    story
}

fn removal_fails_that_had_stopped_nothing() -> Story {
    let mut story = referred("brook-house");
    story.on("Wednesday 4 March 2026", removal("Friday 20 March 2026"));
    story.on("Wednesday 4 March 2026", appointment("Tuesday 3 March 2026", "Wednesday 11 March 2026"));
    nothing(&story.on("Thursday 5 March 2026", removal_failed(true, None))).because(
        "The removal failed on Thursday 5 March 2026 (disruption): the removal did not stop the second opinion process, \
         which goes on.",
    );
    nothing(&story.on("Thursday 5 March 2026", served()));
    let mut unset = confirmed("brook-house");
    let none = unset.refused("Thursday 5 March 2026", removal_failed(true, None));
    assert!(none[0].starts_with("history.no_removal"), "{none:?}");
    story
}

fn removal_fails_after_a_stay_in_a_holding_facility() -> Story {
    let mut story = referred("manchester-sthf");
    story.moves("Friday 6 March 2026", "harmondsworth");
    story.on("Monday 9 March 2026", removal("Thursday 12 March 2026"));
    story.on("Thursday 12 March 2026", removal_failed(true, None));
    // The transfer of then no longer counts: 7 working days from the new referral.
    story
        .on("Friday 13 March 2026", referral())
        .tells("4 date-request to the DET of harmondsworth, due Tuesday 24 March 2026");
    story
        .on("Monday 16 March 2026", appointment("Friday 13 March 2026", "Tuesday 24 March 2026"))
        .tells("12 service-pack to the DET of harmondsworth");
    story
}
