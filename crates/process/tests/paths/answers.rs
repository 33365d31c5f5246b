//! The answer to the invitation: given, opposite, late, changed, withdrawn, or none at all.

use super::{accepted, confirmed, individual, invited, nothing, representative};
use crate::events::*;
use crate::story::Story;
use despatch_process::Purpose;
use despatch_process::case::Answer::*;
use despatch_process::case::OpinionMethod;

paths! {
    the_person_declines,
    the_person_accepts_and_the_representative_declines,
    the_person_declines_and_the_representative_accepts,
    they_differ_on_the_records_alone,
    the_representative_answers_alone,
    a_bare_decline_of_the_representative_cancels_nothing,
    a_bare_decline_and_the_persons_own_answer,
    a_bare_decline_and_then_silence,
    a_bare_decline_after_the_deadline,
    silence_after_service,
    silence_without_service,
    silence_in_a_prison,
    records_are_agreed_to_later,
    records_are_withdrawn,
    records_are_withdrawn_through_the_representative,
    records_are_withdrawn_after_the_assessment,
    a_new_invitation_does_not_hide_a_withdrawal,
    declined_and_records_agreed_to,
    a_late_answer_waits_for_a_person,
    a_late_answer_after_silence,
    a_change_of_mind_in_time,
    what_an_earlier_answer_called_for_gives_way,
    a_new_representative_is_not_held_to_the_former_ones_answer,
    an_answer_to_an_earlier_invitation,
    a_decline_while_a_new_date_is_looked_for,
}

/// What was called off for Wednesday 11 March is booked again.
fn again(happens: Happens) -> Happens {
    and_book_again(happens, "Tuesday 3 March 2026", "Wednesday 11 March 2026")
}

/// The doctor assesses on papers, and what was booked is called off.
const PAPERS: [&str; 5] = [
    "22 papers-only to the doctor, due Wednesday 18 March 2026",
    "G6 response-result to the doctor",
    "G6 response-result to the DET of brook-house",
    "G10 booking-cancellation to the interpreters",
    "G10 booking-cancellation to the DET of brook-house",
];

fn the_person_declines() -> Story {
    let mut story = invited("brook-house");
    story
        .on("Friday 6 March 2026", individual(No, No))
        .because(
            "The person declined the invitation to attend the assessment. The person does not consent to the release \
             of their healthcare records.",
        )
        .makes(&PAPERS);
    // Nothing was to be held, so nothing came of it.
    let none = story.refused(
        "Wednesday 11 March 2026",
        outcome("Wednesday 11 March 2026", despatch_process::case::Outcome::DidNotAttend, None),
    );
    assert!(none[0].starts_with("history.assessed"), "{none:?}");
    story
        .on("Wednesday 18 March 2026", opinion(OpinionMethod::Papers))
        .warns_of_nothing()
        .tells("30 second-opinion");
    story
}

fn the_person_accepts_and_the_representative_declines() -> Story {
    let mut story = invited("brook-house");
    story
        .on("Friday 6 March 2026", individual(Yes, NotGiven))
        .makes(&["G6 response-result to the doctor", "G6 response-result to the DET of brook-house"]);
    // The individual's own answer counts, so the doctor hears nothing new.
    story
        .on("Monday 9 March 2026", representative(No, NotGiven))
        .makes(&["21 opposite-responses to the representative, due Monday 9 March 2026"]);
    // Said once.
    nothing(&story.on("Tuesday 10 March 2026", representative(No, NotGiven)));
    nothing(&story.on("Wednesday 11 March 2026", completed("Wednesday 11 March 2026")));
    story
}

fn the_person_declines_and_the_representative_accepts() -> Story {
    let mut story = invited("brook-house");
    story.on("Friday 6 March 2026", representative(Yes, NotGiven)).tells("G6 response-result to the doctor");
    let mut expected = vec!["21 opposite-responses to the representative, due Monday 9 March 2026"];
    expected.extend(PAPERS);
    story.on("Monday 9 March 2026", individual(No, NotGiven)).makes(&expected);
    story
}

fn they_differ_on_the_records_alone() -> Story {
    let mut story = accepted("brook-house");
    story.on("Monday 9 March 2026", individual(NotGiven, Yes)).makes(&[
        "G6 response-result to the doctor",
        "G6 response-result to the DET of brook-house",
        "G6 records-request to healthcare of brook-house",
    ]);
    // Without the client's instruction it is the representative's own view: the consent stands.
    story
        .on("Tuesday 10 March 2026", representative(NotGiven, No))
        .makes(&["21 opposite-responses to the representative, due Tuesday 10 March 2026"]);
    story.on("Tuesday 10 March 2026", records()).tells("G6 records-to-doctor to the doctor");
    story
}

fn the_representative_answers_alone() -> Story {
    let mut story = invited("brook-house");
    story.on("Friday 6 March 2026", instructed(Yes, Yes)).makes(&[
        "G6 response-result to the doctor",
        "G6 response-result to the DET of brook-house",
        "G6 records-request to healthcare of brook-house",
    ]);
    story
}

/// The person is asked on the same day, and the representative is told so.
const ASKED: [&str; 2] = [
    "G5 representative-declined to the DET of brook-house, due Friday 6 March 2026",
    "G5 representative-declined to the representative, due Friday 6 March 2026",
];

fn a_bare_decline_of_the_representative_cancels_nothing() -> Story {
    let mut story = invited("brook-house");
    let made = story.on("Friday 6 March 2026", representative(No, NotGiven));
    made.makes(&ASKED).because(
        "The legal representative declined the invitation to attend the assessment, and does not say that this is the \
         person's own instruction. The person has not answered. Attending is their own choice, so the appointment stands.",
    );
    let state = despatch_process::CaseState::of(&story.history);
    assert!(state.ahead().is_some() && !state.papers_only && !state.bookings_off);
    assert_eq!(state.due(despatch_process::DeadlineRule::Respond), Some(crate::day("Tuesday 10 March 2026")));
    // Said once.
    nothing(&story.on("Monday 9 March 2026", representative(No, NotGiven)));
    // Nor does the decline of a representative who had agreed before.
    let mut changed = invited("northmoor");
    changed.on("Friday 6 March 2026", representative(Yes, NotGiven));
    changed
        .on("Monday 9 March 2026", representative(No, NotGiven))
        .tells("G5 representative-declined to the OST of northmoor")
        .is_silent_on("22");
    // With the person's own instruction in writing it is their answer.
    let mut own = invited("brook-house");
    own.on("Friday 6 March 2026", instructed(No, NotGiven)).makes(&PAPERS);
    story.with(changed);
    story.with(own);
    story
}

fn a_bare_decline_and_the_persons_own_answer() -> Story {
    let mut story = invited("brook-house");
    story.on("Friday 6 March 2026", representative(No, NotGiven));
    story
        .on("Monday 9 March 2026", individual(Yes, NotGiven))
        .tells("21 opposite-responses to the representative")
        .tells("G6 response-result to the DET of brook-house");
    let mut declines = invited("brook-house");
    declines.on("Friday 6 March 2026", representative(No, NotGiven));
    declines
        .on("Monday 9 March 2026", individual(No, NotGiven))
        .because("The person declined the invitation to attend the assessment.")
        .makes(&PAPERS);
    story.with(declines);
    story
}

fn a_bare_decline_and_then_silence() -> Story {
    let mut story = invited("brook-house");
    story.on("Friday 6 March 2026", representative(No, NotGiven));
    story
        .on("Wednesday 11 March 2026", silence())
        .because(
            "The legal representative declined the invitation, and the person did not answer it by the deadline on the \
             letter.",
        )
        .tells("22 papers-only to the doctor, due Wednesday 18 March 2026");
    // A later yes goes to a person.
    let late = story.on("Wednesday 11 March 2026", again(individual(Yes, NotGiven)));
    late.tells("G6 response-result to the doctor, held: late_response");
    story
}

fn a_bare_decline_after_the_deadline() -> Story {
    let mut story = invited("brook-house");
    nothing(&story.on("Wednesday 11 March 2026", representative(No, NotGiven)))
        .warns("confirm their silence (no_response)");
    story.on("Wednesday 11 March 2026", silence()).tells("22 papers-only to the doctor");
    story
}

fn silence_after_service() -> Story {
    let mut story = invited("brook-house");
    // The deadline is Tuesday 10 March, to its end.
    let early = story.refused("Tuesday 10 March 2026", silence());
    assert_eq!(early.len(), 2, "{early:?}");
    assert_eq!(
        early[0],
        "response.not_due at /event/place_confirmed_on: the deadline on the letter is Tuesday 10 March 2026, and it is \
         not over on Tuesday 10 March 2026"
    );
    story
        .on("Wednesday 11 March 2026", silence())
        .because("No response was received by the deadline on the letter.")
        .makes(&[
            "22 papers-only to the doctor, due Wednesday 18 March 2026",
            "G10 appointment-off to the DET of brook-house",
            "G10 booking-cancellation to the interpreters",
            "G10 booking-cancellation to the DET of brook-house",
        ]);
    let twice = story.refused("Wednesday 11 March 2026", silence());
    assert!(twice[0].starts_with("history.twice"), "{twice:?}");
    story
}

fn silence_without_service() -> Story {
    let mut story = confirmed("brook-house");
    let never = story.refused("Wednesday 11 March 2026", silence());
    assert_eq!(
        never,
        [
            "history.not_served at /event/type: the record has no service of the invitation, and silence is not presumed \
          without it"
        ]
    );
    // "Sent for service" is not "served": who was not asked cannot fail to come either.
    let absent = story.refused(
        "Wednesday 11 March 2026",
        outcome("Wednesday 11 March 2026", despatch_process::case::Outcome::DidNotAttend, None),
    );
    assert!(absent[0].starts_with("history.not_served at /event/outcome"), "{absent:?}");
    story
}

fn silence_in_a_prison() -> Story {
    let mut story = super::referred("northmoor");
    story.on("Tuesday 3 March 2026", appointment("Tuesday 3 March 2026", "Monday 9 March 2026"));
    story.on("Wednesday 4 March 2026", served());
    // The OST holds the bookings, and the day is still ahead.
    story.on("Saturday 7 March 2026", silence()).makes(&[
        "22 papers-only to the doctor, due Monday 16 March 2026",
        "G10 appointment-off to the OST of northmoor",
    ]);
    // On the day itself the officers may be waiting.
    let mut late = confirmed("northmoor");
    late.on("Thursday 5 March 2026", served());
    late.on("Wednesday 11 March 2026", silence()).makes(&[
        "22 papers-only to the doctor, due Wednesday 18 March 2026",
        "G10 appointment-off to the OST of northmoor",
    ]);
    story.with(late);
    story
}

fn records_are_agreed_to_later() -> Story {
    let mut story = accepted("brook-house");
    let early = story.refused("Monday 9 March 2026", records());
    assert!(early[0].starts_with("records.no_consent at /attachments"), "{early:?}");
    story
        .on("Tuesday 10 March 2026", individual(NotGiven, Yes))
        .because("The person consents to the release of their healthcare records.")
        .tells("G6 records-request to healthcare of brook-house");
    story.on("Tuesday 10 March 2026", records()).makes(&["G6 records-to-doctor to the doctor"]);
    story
}

/// Both who could use the records are told, and nobody waits.
const WITHDRAWN: [&str; 2] =
    ["G5 records-withdrawn to the doctor", "G5 records-withdrawn to healthcare of brook-house"];

fn records_are_withdrawn() -> Story {
    let mut story = invited("brook-house");
    story.on("Friday 6 March 2026", individual(Yes, Yes));
    story
        .on("Monday 9 March 2026", individual(NotGiven, No))
        .because("The person has withdrawn consent to the release of their healthcare records.")
        .tells(WITHDRAWN[0])
        .tells(WITHDRAWN[1])
        .is_silent_on("22");
    let after = story.refused("Tuesday 10 March 2026", records());
    assert!(after[0].starts_with("records.no_consent"), "{after:?}");
    story
}

fn records_are_withdrawn_through_the_representative() -> Story {
    let mut story = invited("brook-house");
    story.on("Friday 6 March 2026", individual(Yes, Yes));
    // The client's own instruction in writing is the client's own answer: no opposite answers, but a withdrawal.
    story.on("Monday 9 March 2026", instructed(NotGiven, No)).tells(WITHDRAWN[0]).is_silent_on("21");
    // A yes by instruction after the person's own no asks for the person.
    let mut other = invited("brook-house");
    other.on("Friday 6 March 2026", individual(Yes, No));
    other
        .on("Monday 9 March 2026", instructed(NotGiven, Yes))
        .warns("nobody is sent them: 1")
        .makes(&["21 opposite-responses to the representative, due Monday 9 March 2026"]);
    story.with(other);
    story
}

fn records_are_withdrawn_after_the_assessment() -> Story {
    let mut story = invited("brook-house");
    story.on("Friday 6 March 2026", individual(Yes, Yes));
    story.on("Wednesday 11 March 2026", completed("Wednesday 11 March 2026"));
    story.on("Thursday 12 March 2026", individual(NotGiven, No)).makes(&WITHDRAWN);
    // A new consent comes too late to be of use.
    nothing(&story.on("Friday 13 March 2026", individual(NotGiven, Yes))).warns("no records are asked for");
    // The assessment that was held is still the assessment.
    story.on("Wednesday 18 March 2026", opinion(OpinionMethod::Video)).warns_of_nothing();
    story
}

fn a_new_invitation_does_not_hide_a_withdrawal() -> Story {
    let mut story = invited("brook-house");
    story.on("Friday 6 March 2026", individual(Yes, Yes));
    story.on("Friday 6 March 2026", appointment("Tuesday 3 March 2026", "Thursday 12 March 2026"));
    story.on("Monday 9 March 2026", served());
    story.on("Tuesday 10 March 2026", individual(Yes, No)).tells(WITHDRAWN[0]).tells(WITHDRAWN[1]);
    story
}

fn declined_and_records_agreed_to() -> Story {
    let mut story = invited("brook-house");
    story.on("Friday 6 March 2026", individual(No, Yes)).makes(&[
        "22 papers-only to the doctor, due Wednesday 18 March 2026, held: declined_with_records",
        "G6 response-result to the doctor, held: declined_with_records",
        "G6 response-result to the DET of brook-house, held: declined_with_records",
        "G6 records-request to healthcare of brook-house, held: declined_with_records",
        "G10 booking-cancellation to the interpreters, held: declined_with_records",
        "G10 booking-cancellation to the DET of brook-house, held: declined_with_records",
    ]);
    // Nobody has told the doctor yet, so a release now cancels and completes nothing.
    story
        .on("Monday 9 March 2026", release())
        .tells("29 doctor-cancellation to the doctor, due Monday 9 March 2026");
    story
}

fn a_late_answer_waits_for_a_person() -> Story {
    let mut story = invited("brook-house");
    story.on("Wednesday 11 March 2026", individual(No, NotGiven)).makes(&[
        "22 papers-only to the doctor, due Wednesday 18 March 2026, held: late_response",
        "G6 response-result to the doctor, held: late_response",
        "G6 response-result to the DET of brook-house, held: late_response",
        "G10 booking-cancellation to the interpreters, held: late_response",
        "G10 booking-cancellation to the DET of brook-house, held: late_response",
    ]);
    // A person lets it go: from now on the doctor assesses on papers.
    story.all_went();
    story.on("Wednesday 18 March 2026", opinion(OpinionMethod::Papers)).warns_of_nothing();
    story
}

fn a_late_answer_after_silence() -> Story {
    let mut story = invited("brook-house");
    story.on("Wednesday 11 March 2026", silence());
    story
        .on("Wednesday 11 March 2026", again(individual(Yes, NotGiven)))
        .warns("The doctor was told to assess on papers alone")
        .warns("are booked again")
        .makes(&[
            "9 interpreter-booking to the interpreters, held: late_response",
            "10 room-booking to the DET of brook-house, held: late_response",
            "G6 response-result to the doctor, held: late_response",
            "G6 response-result to the DET of brook-house, held: late_response",
        ]);
    // Held and not released, it changes nothing.
    story.on("Wednesday 18 March 2026", opinion(OpinionMethod::Papers)).warns_of_nothing();
    story
}

fn a_change_of_mind_in_time() -> Story {
    let mut story = invited("brook-house");
    story.on("Friday 6 March 2026", individual(No, NotGiven)).makes(&PAPERS);
    // After the deadline of Tuesday 10 March and before the assessment: it may still change. What was called off is
    // booked again, and for that the appointment has to be told.
    let without = story.refused("Wednesday 11 March 2026", individual(Yes, NotGiven));
    assert!(without[0].starts_with("appointment.needed at /event/appointment"), "{without:?}");
    story
        .on("Wednesday 11 March 2026", again(individual(Yes, NotGiven)))
        .because("The person has changed their answer and agrees to attend the assessment.")
        .warns("agree with the doctor")
        .warns("are booked again")
        .makes(&[
            "9 interpreter-booking to the interpreters",
            "10 room-booking to the DET of brook-house",
            "G6 response-result to the doctor",
            "G6 response-result to the DET of brook-house",
        ]);
    // Another day is not the appointment on record.
    let mut other = invited("brook-house");
    other.on("Friday 6 March 2026", individual(No, NotGiven));
    let wrong = and_book_again(individual(Yes, NotGiven), "Tuesday 3 March 2026", "Thursday 12 March 2026");
    let wrong = other.refused("Monday 9 March 2026", wrong);
    assert!(wrong[0].starts_with("history.appointment at /event/appointment/date"), "{wrong:?}");
    // In a prison the OST books again, as the note of the answer tells it.
    let mut prison = invited("northmoor");
    prison.on("Friday 6 March 2026", individual(No, NotGiven));
    prison
        .on("Monday 9 March 2026", individual(Yes, NotGiven))
        .tells("G6 response-result to the OST of northmoor")
        .is_silent_on("9");
    story.with(prison);
    story.on("Wednesday 11 March 2026", completed("Wednesday 11 March 2026"));
    story
}

/// The kinds of an event's messages that are still to go.
fn still_to_go(story: &Story, event: usize) -> Vec<&str> {
    story.history.events[event].messages.iter().map(|told| told.kind.as_str()).collect()
}

/// Nothing that an answer called for goes once another answer counts.
fn what_an_earlier_answer_called_for_gives_way() -> Story {
    let mut story = invited("brook-house");
    let invitations = [Purpose::InvitationToServe, Purpose::InvitationToRepresentative];
    story.history.events[2]
        .messages
        .iter_mut()
        .for_each(|message| message.sent = invitations.contains(&message.purpose));
    story.on("Friday 6 March 2026", individual(No, NotGiven));
    // The bookings need not be made; the doctor needs the documents all the same.
    assert_eq!(still_to_go(&story, 2), ["assessment-date", "doctor-bundle", "service-pack", "invitation"]);
    story.nothing_went();
    story.on("Monday 9 March 2026", individual(Yes, NotGiven));
    assert_eq!(still_to_go(&story, 4), [] as [&str; 0]);
    story.nothing_went();
    story.on("Tuesday 10 March 2026", representative(No, NotGiven)).tells("21 opposite-responses");
    story.nothing_went();
    assert_eq!(
        still_to_go(&story, 5),
        ["response-result", "response-result"],
        "the answer that counts is the same"
    );
    story.on("Tuesday 10 March 2026", individual(No, NotGiven)).tells("22 papers-only");
    assert_eq!(still_to_go(&story, 6), [] as [&str; 0], "they are opposite no longer");
    // Without consent nobody asks for the records or sends them; an answer on attending alone changes nothing there.
    let mut records = invited("brook-house");
    records.on("Friday 6 March 2026", individual(Yes, Yes));
    records.nothing_went();
    records.on("Monday 9 March 2026", individual(No, NotGiven));
    let waits = ["response-result", "response-result", "records-request"];
    assert_eq!(still_to_go(&records, 4), waits, "a person decides how to go on, so nothing gives way yet");
    records
        .on("Tuesday 10 March 2026", individual(NotGiven, No))
        .is_silent_on("G5 records-withdrawn to healthcare");
    assert_eq!(still_to_go(&records, 4), [] as [&str; 0]);
    story.with(records);
    story
}

fn a_new_representative_is_not_held_to_the_former_ones_answer() -> Story {
    let mut story = invited("brook-house");
    story.on("Friday 6 March 2026", instructed(No, NotGiven)).tells("22 papers-only");
    let change = story.new_representative(Some("new-representative"), None);
    story.on("Friday 6 March 2026", change);
    // The former one declined; the new one has said nothing.
    story.on("Monday 9 March 2026", again(individual(Yes, NotGiven))).is_silent_on("21");
    story
        .on("Tuesday 10 March 2026", representative(No, NotGiven))
        .tells("21 opposite-responses to new representative");
    story
}

fn an_answer_to_an_earlier_invitation() -> Story {
    let mut story = confirmed("brook-house");
    story.on("Friday 6 March 2026", appointment("Tuesday 3 March 2026", "Thursday 12 March 2026"));
    let earlier = story.refused("Friday 6 March 2026", on("Thursday 5 March 2026", individual(Yes, No)));
    assert!(earlier[0].starts_with("history.answered_before_issue at /event/received_on"), "{earlier:?}");
    let nobody = Story::at("brook-house").refused("Friday 6 March 2026", individual(Yes, No));
    assert!(nobody[0].starts_with("history.no_invitation"), "{nobody:?}");
    story
}

fn a_decline_while_a_new_date_is_looked_for() -> Story {
    use despatch_process::case::Outcome::Technical;
    use despatch_process::case::Rebooking::Possible;
    let mut story = accepted("brook-house");
    story.on("Wednesday 11 March 2026", outcome("Wednesday 11 March 2026", Technical, Some(Possible)));
    story
        .on("Thursday 12 March 2026", individual(No, NotGiven))
        .makes(&["22 papers-only to the doctor, due Wednesday 18 March 2026"]);
    let again = story.refused(
        "Friday 13 March 2026",
        rebooking("Tuesday 3 March 2026", "Wednesday 11 March 2026", "Wednesday 18 March 2026"),
    );
    assert!(again.iter().any(|fault| fault.starts_with("history.assessed")), "{again:?}");
    story
}
