//! The response: the ordinary one, the one before a removal, what stands in its way, and a correction.

use super::{accepted, confirmed, invited};
use crate::day;
use crate::events::*;
use crate::story::Story;
use despatch_core::words::{Role, Sha256};
use despatch_process::Purpose;
use despatch_process::case::{Agreement, Decision, Departure, Level, OpinionMethod};

paths! {
    the_list_of_standards_is_not_complete,
    removal_comes_first,
    removal_comes_first_in_a_prison,
    removal_comes_first_and_the_list_is_not_complete,
    an_opinion_is_still_to_come,
    an_opinion_is_overdue_and_removal_is_near,
    an_opinion_is_in_and_not_cited,
    an_opinion_is_cited_and_not_there,
    without_a_representative,
    after_the_person_has_left,
    hints_on_the_level,
    words_that_might_dismiss,
    each_standard_has_one_finding,
    a_correction_after_sending,
    the_response_before_removal_when_the_opinion_comes_too_late_to_be_weighed,
    the_clock_before_removal_ends_with_service_and_not_with_the_email,
    without_a_completed_review_the_reason_is_on_record_and_the_review_stays_a_task,
    an_opinion_before_service_opens_the_response_again,
    the_answer_is_served_once_and_only_after_it_was_sent,
}

const DAY: &str = "Wednesday 11 March 2026";

/// The second opinion is in since Tuesday 17 March 2026.
fn concluded(place: &str) -> Story {
    let mut story = accepted(place);
    story.on(DAY, completed(DAY));
    story.on("Tuesday 17 March 2026", opinion(OpinionMethod::Video));
    story
}

fn the_list_of_standards_is_not_complete() -> Story {
    let mut story = concluded("brook-house");
    let made = story.on("Thursday 19 March 2026", response_with_opinion());
    made.makes(&[
        "36 response to the DET of brook-house, held firmly: standards_incomplete",
        "36 response to the representative, held firmly: standards_incomplete",
        "37 vulnerability-outcome to the DMRT",
    ]);
    story
}

fn removal_comes_first() -> Story {
    let mut story = invited("brook-house").with_complete_standards();
    story.on("Friday 6 March 2026", removal("Monday 16 March 2026"));
    let ordinary = story.refused("Tuesday 10 March 2026", response());
    assert_eq!(
        ordinary,
        [
            "history.removal at /event/removal_on: the record has removal set for Monday 16 March 2026, before the second \
          opinion is in"
        ]
    );
    let other = story.refused("Tuesday 10 March 2026", response_before_removal("Tuesday 17 March 2026"));
    assert!(other[0].starts_with("history.removal"), "{other:?}");
    // Before Monday is Friday: nobody serves on the days between.
    let made = story.on("Tuesday 10 March 2026", response_before_removal("Monday 16 March 2026"));
    made.warns_of_nothing().makes(&[
        "33 response-before-removal to the DET of brook-house, due Friday 13 March 2026",
        "33 response-before-removal to the representative, due Friday 13 March 2026",
        "37 vulnerability-outcome to the DMRT",
    ]);
    let det = made.message("33", Role::Det);
    assert_eq!(det.not_after, Some(day("Monday 16 March 2026")));
    let deadline = det.deadline.as_ref().expect("a deadline");
    assert_eq!(
        deadline.arithmetic,
        "before the removal: 1 working day before 16 March 2026, by the calendar of England and Wales"
    );
    story
}

fn removal_comes_first_in_a_prison() -> Story {
    let mut story = confirmed("northmoor").with_complete_standards();
    story.on("Thursday 5 March 2026", removal("Monday 16 March 2026"));
    story.on("Tuesday 10 March 2026", response_before_removal("Monday 16 March 2026")).makes(&[
        "33 response-before-removal to the OST of northmoor, due Friday 13 March 2026",
        "33 response-before-removal to the representative, due Friday 13 March 2026",
        "37 vulnerability-outcome to the DMRT",
    ]);
    story
}

fn removal_comes_first_and_the_list_is_not_complete() -> Story {
    let mut story = invited("brook-house");
    story.on("Friday 6 March 2026", removal("Monday 16 March 2026"));
    // Held, and never in silence: the hold and a warning say what to do.
    let made = story.on("Tuesday 10 March 2026", response_before_removal("Monday 16 March 2026"));
    made.warns("take it to a manager at once")
        .tells("33 response-before-removal to the DET of brook-house, due Friday 13 March 2026, held firmly: standards_incomplete");
    let hold = made.message("33", Role::Det).hold.as_ref().expect("held");
    assert!(
        hold.words.ends_with("removal is set for Monday 16 March 2026: take this to a manager at once"),
        "{}",
        hold.words
    );
    story
}

fn an_opinion_is_still_to_come() -> Story {
    let mut story = accepted("brook-house").with_complete_standards();
    story.on(DAY, completed(DAY));
    let early = story.refused("Thursday 12 March 2026", response());
    assert!(early[0].starts_with("history.pending at /event/second_opinion"), "{early:?}");
    // Nor does a removal that leaves time for it let the response go without it.
    story.on("Thursday 12 March 2026", removal("Friday 27 March 2026"));
    let early = story.refused("Thursday 12 March 2026", response_before_removal("Friday 27 March 2026"));
    assert_eq!(
        early,
        [
            "history.pending at /event/removal_on: a second opinion is still to come, by Wednesday 18 March 2026, and the \
          removal leaves time for it"
        ]
    );
    story
}

fn an_opinion_is_overdue_and_removal_is_near() -> Story {
    let mut story = accepted("brook-house").with_complete_standards();
    story.on(DAY, completed(DAY));
    story.on("Thursday 12 March 2026", removal("Friday 27 March 2026"));
    // Due on Wednesday 18 March and not there on Thursday 19: nobody waits for it longer.
    story
        .on("Thursday 19 March 2026", response_before_removal("Friday 27 March 2026"))
        .tells("33 response-before-removal to the DET of brook-house, due Thursday 26 March 2026");
    story
}

fn an_opinion_is_in_and_not_cited() -> Story {
    let mut story = concluded("brook-house").with_complete_standards();
    let uncited = story.refused("Thursday 19 March 2026", response());
    assert!(uncited[0].starts_with("history.opinion at /event/second_opinion"), "{uncited:?}");
    // The review has to have had it before it.
    let before = story.refused("Thursday 19 March 2026", on("Monday 16 March 2026", response_with_opinion()));
    assert!(before[0].starts_with("history.review at /event/dcpr_completed_on"), "{before:?}");
    let made = story.on("Thursday 19 March 2026", response_with_opinion());
    for role in [Role::Det, Role::Representative] {
        assert_eq!(made.message("36", role).attachments, [0], "the second opinion is enclosed for both");
    }
    let twice = story.refused("Thursday 19 March 2026", response_with_opinion());
    assert!(twice.iter().any(|fault| fault.starts_with("history.twice")), "{twice:?}");
    story
}

fn an_opinion_is_cited_and_not_there() -> Story {
    let mut story = confirmed("brook-house").with_complete_standards();
    story.on("Monday 9 March 2026", service_failed());
    let none = story.refused("Tuesday 10 March 2026", response_with_opinion());
    assert_eq!(none, ["history.opinion at /event/second_opinion: no second opinion report is on record"]);
    story.on("Tuesday 10 March 2026", response()).tells("36 response to the DET of brook-house");
    story
}

fn without_a_representative() -> Story {
    let mut story = Story::at("brook-house").without_representative().with_complete_standards();
    story.on("Monday 2 March 2026", report());
    story.despite_history();
    let made = story.on("Thursday 19 March 2026", response());
    made.makes(&["36 response to the DET of brook-house", "37 vulnerability-outcome to the DMRT"]);
    let not_made: Vec<(Purpose, &str)> =
        made.plan.not_made.iter().map(|one| (one.purpose, one.reason.as_str())).collect();
    assert_eq!(not_made, [(Purpose::Response, "The case names no legal representative.")]);
    story
}

fn after_the_person_has_left() -> Story {
    let mut story = concluded("brook-house").with_complete_standards();
    story.on("Wednesday 18 March 2026", release());
    story.on("Wednesday 18 March 2026", left(Departure::Released));
    let released = decided_from(response_with_opinion(), |event| event.outcome = Decision::Release);
    story.on("Thursday 19 March 2026", released).makes(&[
        "36 response to the DET of brook-house, held: left_detention",
        "36 response to the representative, held: left_detention",
        "37 vulnerability-outcome to the DMRT",
    ]);
    story
}

fn hints_on_the_level() -> Story {
    use Agreement::{No, NotStated, Yes};
    // The guidance's own three cases, each for the decision-maker to weigh; nothing else gives a hint.
    for (condition, harm, level, hint) in [
        (Yes, NotStated, Level::One, Some("level 2")),
        (Yes, NotStated, Level::Two, None),
        (Yes, Yes, Level::Two, Some("level 3")),
        (Yes, Yes, Level::Three, None),
        (NotStated, Yes, Level::None, Some("level 3")),
        (Yes, No, Level::Three, Some("level 2 for the most likely")),
        (Yes, No, Level::Two, None),
        (No, No, Level::Three, None),
        (NotStated, NotStated, Level::One, None),
        (No, NotStated, Level::Three, None),
    ] {
        let mut story = concluded("brook-house").with_complete_standards();
        let made = story.on(
            "Thursday 19 March 2026",
            decided_from(response_with_opinion(), move |event| {
                event.level = level;
                let opinion = event.second_opinion.as_mut().expect("one");
                (opinion.agrees_condition, opinion.agrees_harm) = (condition, harm);
            }),
        );
        match hint {
            Some(hint) => {
                made.warns(hint).warns("Full consideration of the individual circumstances decides.")
            }
            None => made.warns_of_nothing(),
        };
    }
    concluded("northmoor")
}

fn words_that_might_dismiss() -> Story {
    let mut story = concluded("brook-house").with_complete_standards();
    let dismissing = decided_from(response_with_opinion(), |event| {
        event.differences = Some(crate::cases::prose("- It is **not\n  credible**.\n\n> Self-Serving!"));
    });
    story
        .on("Thursday 19 March 2026", dismissing)
        .warns("where they differ holds \"not credible\"")
        .warns("where they differ holds \"self-serving\"");
    story
}

fn each_standard_has_one_finding() -> Story {
    let mut story = concluded("brook-house").with_complete_standards();
    let fewer = decided_from(response_with_opinion(), |event| {
        event.standards.truncate(2);
        event.standards[0].id = "another".parse().expect("an id");
    });
    let faults = story.refused("Thursday 19 March 2026", fewer);
    let codes: Vec<&str> = faults.iter().filter_map(|fault| fault.split(':').next()).collect();
    assert_eq!(
        codes,
        [
            "standard.unknown at /event/standards/0/id",
            "standard.missing at /event/standards",
            "standard.missing at /event/standards",
        ]
    );
    story
}

fn a_correction_after_sending() -> Story {
    let mut story = confirmed("brook-house");
    // The file that this one replaces is no part of the record any more, and its letters have gone.
    story.history.events.pop();
    story.history.replaced_on = Some(day("Wednesday 4 March 2026"));
    story.case.replaces = Some(Sha256::of(b"the first file"));
    story.case.correction = Some("Marker-Correction".to_owned());
    let made =
        story.on("Thursday 5 March 2026", appointment("Tuesday 3 March 2026", "Thursday 12 March 2026"));
    assert_eq!(made.plan.corrects, Some(day("Wednesday 4 March 2026")));
    made.tells("12 service-pack to the DET of brook-house").is_silent_on("24");
    // What replaces nothing corrects nothing.
    story.case.replaces = None;
    assert_eq!(story.on("Friday 6 March 2026", served()).plan.corrects, None);
    story
}

/// Assessed on Friday 13 March: the opinion is due on Friday 20 March, the last day of service before a Monday's removal.
fn assessed_before_a_weekend() -> Story {
    let mut story = super::referred("brook-house").with_complete_standards();
    story.on("Wednesday 4 March 2026", appointment("Tuesday 3 March 2026", "Thursday 12 March 2026"));
    story.on("Thursday 5 March 2026", served());
    story.on("Thursday 12 March 2026", completed("Thursday 12 March 2026"));
    story
}

fn the_response_before_removal_when_the_opinion_comes_too_late_to_be_weighed() -> Story {
    let mut story = assessed_before_a_weekend();
    // The opinion is due on Thursday 19 March. One that is to be served on that same day cannot weigh it.
    story.on("Monday 16 March 2026", removal("Friday 20 March 2026"));
    story
        .on("Monday 16 March 2026", response_before_removal("Friday 20 March 2026"))
        .tells("33 response-before-removal to the DET of brook-house, due Thursday 19 March 2026");
    // A day more leaves time to weigh it, and the response waits.
    let mut later = assessed_before_a_weekend();
    later.on("Monday 16 March 2026", removal("Monday 23 March 2026"));
    let early = later.refused("Monday 16 March 2026", response_before_removal("Monday 23 March 2026"));
    assert!(early[0].starts_with("history.pending at /event/removal_on"), "{early:?}");
    // A removal on Monday is preceded by Friday: an opinion that is due on Friday comes too late as well.
    let mut weekend = Story::at("brook-house").with_complete_standards();
    weekend.on("Tuesday 3 March 2026", report());
    weekend.on("Wednesday 4 March 2026", referral());
    let (referred, friday, removed) =
        ("Wednesday 4 March 2026", "Friday 13 March 2026", "Monday 23 March 2026");
    weekend.on("Thursday 5 March 2026", appointment(referred, friday));
    weekend.on("Friday 6 March 2026", served());
    weekend.on(friday, completed(friday));
    weekend.on("Monday 16 March 2026", removal(removed));
    weekend
        .on("Monday 16 March 2026", response_before_removal(removed))
        .tells("33 response-before-removal to the DET of brook-house, due Friday 20 March 2026");
    assert_eq!(
        despatch_process::CaseState::of(&weekend.history).due(despatch_process::DeadlineRule::Report),
        Some(day("Friday 20 March 2026"))
    );
    story.with(weekend);
    story
}

/// Decided on Monday 16 March, for a removal on Friday 20 March.
fn decided_before_removal() -> Story {
    let mut story = assessed_before_a_weekend();
    story.on("Monday 16 March 2026", removal("Friday 20 March 2026"));
    story.on("Monday 16 March 2026", response_before_removal("Friday 20 March 2026"));
    story
}

/// The clocks that run: "before_removal by 19 March".
fn running(story: &Story) -> Vec<String> {
    let clocks = despatch_process::CaseState::of(&story.history).clocks;
    clocks.iter().map(|clock| format!("{} by {}", clock.rule.code(), clock.due)).collect()
}

fn the_clock_before_removal_ends_with_service_and_not_with_the_email() -> Story {
    let mut story = decided_before_removal();
    assert!(running(&story).contains(&"before_removal by 2026-03-19".to_owned()), "{:?}", running(&story));
    let made = story.on("Tuesday 17 March 2026", answer_served());
    super::nothing(&made);
    assert_eq!(
        made.plan.notes,
        ["The answer to the report was served on Tuesday 17 March 2026 (record service on CID and Atlas)."]
    );
    assert!(
        !running(&story).iter().any(|clock| clock.starts_with("before_removal")),
        "{:?}",
        running(&story)
    );
    // Whoever is removed without it was to have had it.
    let mut unserved = decided_before_removal();
    unserved.on("Friday 20 March 2026", left(Departure::Removed)).warns("Take it to a manager");
    let made = story.on("Friday 20 March 2026", left(Departure::Removed));
    assert!(!made.plan.warnings.iter().any(|one| one.contains("to a manager")), "{:?}", made.plan.warnings);
    story
}

fn without_a_completed_review_the_reason_is_on_record_and_the_review_stays_a_task() -> Story {
    let mut story = assessed_before_a_weekend();
    story.on("Monday 16 March 2026", removal("Friday 20 March 2026"));
    // Nothing is blocked, the DMRT is told the outcome once the review is complete.
    story
        .on("Monday 16 March 2026", response_before_review("Friday 20 March 2026"))
        .warns("read the reason")
        .makes(&[
            "33 response-before-removal to the DET of brook-house, due Thursday 19 March 2026",
            "33 response-before-removal to the representative, due Thursday 19 March 2026",
        ]);
    assert!(running(&story).contains(&"review by 2026-03-19".to_owned()), "{:?}", running(&story));
    story.on("Tuesday 17 March 2026", answer_served());
    assert!(running(&story).contains(&"review by 2026-03-19".to_owned()), "service is no review");
    story
        .corrects(6, "Wednesday 18 March 2026", response_before_removal("Friday 20 March 2026"))
        .tells("37 vulnerability-outcome to the DMRT");
    assert!(!running(&story).iter().any(|clock| clock.starts_with("review")), "{:?}", running(&story));
    story
}

fn an_opinion_before_service_opens_the_response_again() -> Story {
    let mut story = decided_before_removal();
    let decided = story.plans.last().expect("a plan").2.clone();
    let made = story.on("Tuesday 17 March 2026", opinion(OpinionMethod::Video));
    made.warns("decide it anew").affects(despatch_process::PendingEffect::HeldResponses);
    let held = despatch_process::PendingEffect::HeldResponses;
    let of = |role| decided.despatches.iter().find(|one| one.role == role).expect("one");
    assert!(held.means(&made.plan.recorded, of(Role::Det), None));
    assert!(!held.means(&made.plan.recorded, of(Role::Dmrt), None), "the outcome was told");
    assert!(running(&story).contains(&"before_removal by 2026-03-19".to_owned()), "{:?}", running(&story));
    let cites =
        decided_from(response_with_opinion(), |event| event.removal_on = Some(day("Friday 20 March 2026")));
    story
        .on("Wednesday 18 March 2026", cites)
        .affects(despatch_process::PendingEffect::Responses)
        .tells("33 response-before-removal to the DET of brook-house, due Thursday 19 March 2026");
    // After service it stays as it was.
    let mut served = decided_before_removal();
    served.on("Tuesday 17 March 2026", answer_served());
    served.on("Wednesday 18 March 2026", opinion(OpinionMethod::Video)).leaves_the_unsent();
    story.with(served);
    story
}

fn the_answer_is_served_once_and_only_after_it_was_sent() -> Story {
    let mut story = concluded("northmoor").with_complete_standards();
    let early = story.refused("Thursday 19 March 2026", answer_served());
    assert!(early[0].starts_with("history.no_answer at /event/type"), "{early:?}");
    story.on("Thursday 19 March 2026", response_with_opinion());
    story.nothing_went();
    let unsent = story.refused("Friday 20 March 2026", answer_served());
    assert!(unsent[0].starts_with("history.not_sent at /event/type"), "{unsent:?}");
    story.all_went();
    let before = story.refused("Friday 20 March 2026", on("Wednesday 18 March 2026", answer_served()));
    assert!(before[0].starts_with("history.served_before_issue at /event/served_on"), "{before:?}");
    story.on("Friday 20 March 2026", answer_served()).warns_of_nothing();
    let twice = story.refused("Friday 20 March 2026", answer_served());
    assert!(twice[0].starts_with("history.twice"), "{twice:?}");
    story
}
