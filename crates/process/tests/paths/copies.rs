//! The healthcare team's copy: ahead of a file that is at fault, and at a new place.

use super::{accepted, individual, invited, referred};
use crate::events::*;
use crate::story::Story;
use despatch_core::words::Role;
use despatch_process::case::Answer::Yes;
use despatch_process::case::{CopyOf, Departure, OpinionMethod};

paths! {
    the_copy_goes_ahead_of_a_file_at_fault,
    the_copy_of_the_opinion_goes_ahead_too,
    the_copy_needs_the_person_to_be_there,
    the_new_place_gets_its_own_copies,
    the_copy_goes_ahead_everywhere,
    a_report_from_before_the_detention,
    papers_alone_bring_the_relevant_records,
    a_representative_agrees_by_email,
}

const COPY: &str = "2 report-to-healthcare to healthcare of brook-house, due Monday 2 March 2026";

fn the_copy_goes_ahead_of_a_file_at_fault() -> Story {
    let mut story = Story::at("brook-house");
    let made = story.on("Monday 2 March 2026", copied(CopyOf::Report));
    made.makes(&[COPY]).warns("Mend it and drop it again now");
    assert!(made.message("2", Role::Healthcare).safety);
    let again = story.refused("Monday 2 March 2026", copied(CopyOf::Report));
    assert!(again[0].starts_with("copy.twice"), "{again:?}");
    // The mended file sends everything else, once.
    story
        .on("Tuesday 3 March 2026", on("Monday 2 March 2026", report()))
        .warns("was made ahead of this file")
        .makes(&[
            "1 referral to the DMRT, due Tuesday 3 March 2026",
            "1 referral to the manager, due Tuesday 3 March 2026",
        ]);
    // Of another document it makes its own copy.
    let mut other = Story::at("brook-house");
    other.on("Monday 2 March 2026", copied(CopyOf::Report));
    if let despatch_process::Fact::CopiedToHealthcare(copy) = &mut other.history.events[0].recorded.fact {
        copy.sha256 = None;
    }
    other.on("Monday 2 March 2026", report()).tells(COPY);
    // A child's report is as urgent; a manager hears of the rest.
    let mut child = Story::at("brook-house");
    child.case.person.date_of_birth = crate::day("5 May 2010");
    let refused = child.refused("Monday 2 March 2026", report());
    assert!(refused[0].starts_with("person.under_18"), "{refused:?}");
    child.on("Monday 2 March 2026", copied(CopyOf::Report)).warns("to a manager at once").makes(&[COPY]);
    story.with(other);
    story.with(child);
    story
}

fn the_copy_of_the_opinion_goes_ahead_too() -> Story {
    let mut story = accepted("northmoor");
    story.on("Wednesday 11 March 2026", completed("Wednesday 11 March 2026"));
    story
        .on("Tuesday 17 March 2026", copied(CopyOf::SecondOpinion))
        .makes(&["31 second-opinion to healthcare of northmoor"]);
    story.on("Wednesday 18 March 2026", opinion(OpinionMethod::Video)).makes(&[
        "30 second-opinion to the caseworker, due Wednesday 18 March 2026",
        "32 decision-needed to the team leader",
    ]);
    story
}

fn the_copy_needs_the_person_to_be_there() -> Story {
    let mut story = referred("brook-house");
    story.on("Wednesday 4 March 2026", release());
    story.on("Thursday 5 March 2026", left(Departure::Released));
    let gone = story.refused("Friday 6 March 2026", copied(CopyOf::SecondOpinion));
    assert!(gone[0].starts_with("history.ended"), "{gone:?}");
    story
}

fn the_new_place_gets_its_own_copies() -> Story {
    let mut story = accepted("brook-house");
    story
        .moves("Friday 6 March 2026", "colnbrook")
        .tells("2 report-to-healthcare to healthcare of colnbrook, due Friday 6 March 2026")
        .is_silent_on("31");
    // A team that has the report is not sent it again.
    story.moves("Monday 9 March 2026", "brook-house").is_silent_on("2 ");
    let mut later = accepted("northmoor");
    later.on("Wednesday 11 March 2026", completed("Wednesday 11 March 2026"));
    later.on("Tuesday 17 March 2026", opinion(OpinionMethod::Video));
    // Without the document the move counts all the same: it holds what is on its way to the place that was left.
    let mut without = accepted("northmoor");
    without.on("Wednesday 11 March 2026", completed("Wednesday 11 March 2026"));
    without.on("Tuesday 17 March 2026", opinion(OpinionMethod::Video));
    without.nothing_is_attached();
    without
        .moves("Wednesday 18 March 2026", "brook-house")
        .is_silent_on("2 ")
        .is_silent_on("31")
        .warns("was not sent its own copy");
    story.with(without);
    later
        .moves("Wednesday 18 March 2026", "brook-house")
        .tells("2 report-to-healthcare to healthcare of brook-house")
        .tells("31 second-opinion to healthcare of brook-house");
    story.with(later);
    story
}

fn the_copy_goes_ahead_everywhere() -> Story {
    let mut all = Story::at("northmoor");
    all.on("Monday 2 March 2026", copied(CopyOf::Report));
    all.on("Monday 2 March 2026", copied(CopyOf::SecondOpinion));
    for place in ["brook-house", "manchester-sthf"] {
        let mut story = Story::at(place);
        story.on("Monday 2 March 2026", copied(CopyOf::Report));
        story.on("Monday 2 March 2026", copied(CopyOf::SecondOpinion));
        all.with(story);
    }
    all
}

fn a_report_from_before_the_detention() -> Story {
    let mut all = Story::at("brook-house");
    // A file that does not say under which powers somebody is detained is taken, and its reviewer warned.
    let mut silent = Story::at("brook-house");
    silent.case.detention.powers = None;
    silent.on("Monday 2 March 2026", report()).warns("does not say under which powers");
    all.with(silent);
    for place in ["brook-house", "northmoor", "manchester-sthf"] {
        let mut story = Story::at(place);
        let earlier = but(report(), |event| {
            if let despatch_process::case::Event::ExternalReportReceived(event) = event {
                event.report.report_date = crate::day("Sunday 4 January 2026");
                event.report.assessed_on = crate::day("Sunday 4 January 2026");
            }
        });
        story.on("Monday 2 March 2026", earlier).tells("38 earlier-report to the caseworker");
        all.with(story);
    }
    all
}

/// "And (where relevant) other immigration records": enclosed, or looked for and not there.
fn papers_alone_bring_the_relevant_records() -> Story {
    use despatch_process::case::{Answer, AttachmentKind, Event};
    let unlooked = |happens: Happens| {
        but(happens, |event| match event {
            Event::NoResponse(event) => event.no_other_records = None,
            Event::ResponseReceived(event) => event.no_other_records = None,
            Event::AssessmentOutcome(event) => event.no_other_records = Some(false),
            _ => panic!("another event"),
        })
    };
    let day = "Wednesday 11 March 2026";
    let ill = || outcome(day, despatch_process::case::Outcome::TooIll, None);
    let no = || super::individual(Answer::No, Answer::NotGiven);
    for happens in [unlooked(silence()), unlooked(no()), unlooked(ill())] {
        let refused = super::invited("brook-house").refused(day, happens);
        assert_eq!(
            refused,
            [
                "papers.records at /event/no_other_records: the doctor is left with papers alone, which include other \
              immigration records where relevant, and none is attached"
            ]
        );
    }
    let mut story = super::invited("brook-house");
    let event = unlooked(no())(crate::day("Friday 6 March 2026"));
    story.case.event = event;
    story.case.attachments =
        vec![crate::cases::attachment("interview.pdf", AttachmentKind::SupportingInformation)];
    let plan = despatch_process::plan(
        &story.case,
        &story.history,
        &story.pack,
        &crate::story::CALENDAR,
        &crate::story::EVERY_PLACE,
        crate::day("Friday 6 March 2026"),
    );
    let plan = plan.expect("a plan");
    let papers = plan.despatches.iter().find(|one| one.kind.as_str() == "papers-only").expect("one");
    assert_eq!(papers.attachments, [0], "the records go with the instruction");
    // A yes calls for no papers.
    super::invited("brook-house")
        .on("Friday 6 March 2026", unlooked(super::individual(Answer::Yes, Answer::NotGiven)));
    story
}

/// "Sent by email from the legal representative": what the person signed goes with the request if it is there, and the
/// reviewer is warned where it is not.
fn a_representative_agrees_by_email() -> Story {
    let mut story = invited("brook-house");
    let made = story.on("Friday 6 March 2026", instructed(Yes, Yes));
    assert_eq!(made.message("G6", Role::Healthcare).attachments, [0], "what the person signed");
    let mut bare = invited("brook-house");
    bare.nothing_is_attached();
    let made = bare.on("Friday 6 March 2026", instructed(Yes, Yes));
    made.warns("nothing that the person signed is attached");
    assert!(made.message("G6", Role::Healthcare).attachments.is_empty());
    // The person's own yes is their signature.
    let mut own = invited("brook-house");
    own.nothing_is_attached();
    let none = own.refused("Friday 6 March 2026", individual(Yes, Yes));
    assert_eq!(
        none,
        [
            "attachments.no_consent at /attachments: this event sends the signed consent, and no attachment is one"
        ]
    );
    story.with(bare);
    story
}
