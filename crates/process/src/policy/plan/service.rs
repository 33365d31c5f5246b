//! Enters: what the place of detention reports of the letter: served, not served, a question. Leaves: whether the
//! person has the days to answer (B5), and what follows where not. Never: takes "sent for service" for "served" (G4).

use super::ruling::Ruling;
use crate::case::{GuidanceGiven, LetterServed, ServiceFailed};
use crate::events::{Day, ServiceFact};
use crate::policy::history::Fact;
use crate::policy::standing::Booked;
use crate::policy::when::When;
use crate::policy::{ResponseWindow, Unsent};
use despatch_core::words::weekday_words;

/// Row 16, and rows 17 and 18 where the day of service leaves too little time.
pub(super) fn served(ruling: &mut Ruling<'_>, event: &LetterServed) -> Option<Fact> {
    const AT: &str = "/event/served_on";
    ruling.not_future(AT, event.served_on);
    ruling.must_be_open(AT);
    let booked = ahead(ruling);
    // The letter about a new date asks nothing, so no time to answer depends on its service.
    let window = booked.as_ref().and_then(|booked| booked.fact.window.clone());
    if window.is_some() && ruling.standing.served_on.is_some() {
        ruling.contradiction(AT, "history.twice", "service of this letter is on record already");
    }
    if booked.is_some() {
        check_sent(ruling, event);
    }
    let in_time = window.is_none_or(|window| window.is_open_on(event.served_on));
    // With an answer that led to papers alone, nobody waits for time to answer any more.
    let goes_on = in_time || ruling.standing.papers_only;
    ruling.outcome.dates.served_on = Some(event.served_on);
    ruling.notes.push(format!(
        "The letter was served on {} (row 16: record service on CID and Atlas).",
        weekday_words(event.served_on)
    ));
    if event.refused {
        ruling.warnings.push(
            "The person refused to take the letter. Their answer is not presumed: silence needs its own confirmation."
                .to_owned(),
        );
    }
    if !goes_on {
        ruling.outcome.reason = Some(format!(
            "The invitation was served on {}, which leaves too little time to respond before the assessment.",
            weekday_words(event.served_on)
        ));
        go_without_opinion(ruling, event.served_on);
    }
    Some(Fact::LetterServed(ServiceFact { on: event.served_on, in_time: goes_on }))
}

/// The letter went to the place, on a day that is not later than its service.
fn check_sent(ruling: &mut Ruling<'_>, event: &LetterServed) {
    if !ruling.told(&["12", "24"], None) {
        let cause = "the record does not show that the letter was sent to the place of detention";
        ruling.contradiction("/event/type", "history.not_sent", cause);
    }
    if ruling.invited_on().is_some_and(|invited| event.served_on < invited) {
        let cause = "the record has the letter issued after this day";
        ruling.contradiction("/event/served_on", "history.served_before_issue", cause);
    }
}

/// The appointment that is ahead on record.
fn ahead(ruling: &mut Ruling<'_>) -> Option<Booked> {
    let ahead = ruling.standing.ahead().cloned();
    if ahead.is_none() {
        let cause = "the record has no appointment ahead to which the person was invited";
        ruling.contradiction("/event/type", "history.no_invitation", cause);
    }
    ahead
}

/// The appointment with an invitation that is open on record.
pub(super) fn invited(ruling: &mut Ruling<'_>) -> Option<(Booked, ResponseWindow)> {
    let booked = ahead(ruling)?;
    let window = booked.fact.window.clone();
    if window.is_none() {
        let cause = "the appointment on record is one that was booked again, and the answers to it stand";
        ruling.contradiction("/event/type", "history.no_invitation", cause);
    }
    Some((booked, window?))
}

/// Rows 17 and 18: service has failed (G3: only that leads here, not a date that was too soon from the start).
pub(super) fn failed(ruling: &mut Ruling<'_>, event: &ServiceFailed) -> Option<Fact> {
    const AT: &str = "/event/reported_on";
    ruling.not_future(AT, event.reported_on);
    ruling.must_be_open(AT);
    let window = invited(ruling).map(|(_, window)| window);
    if let Some(window) = window.filter(|window| window.is_open_on(ruling.today)) {
        ruling.warnings.push(format!(
            "There was time to serve the invitation until {}: check that it could not be served by then.",
            weekday_words(window.latest_service)
        ));
    }
    if ruling.standing.served_on.is_some() {
        ruling.contradiction("/event/type", "history.served", "the record says that the letter was served");
    }
    if ruling.standing.papers_only {
        let cause = "the record says that the doctor assesses on papers alone, which needs no service";
        ruling.contradiction("/event/type", "history.assessed", cause);
    }
    ruling.outcome.reason = Some(
        "The invitation could not be served in time to leave the working days to respond before the assessment."
            .to_owned(),
    );
    go_without_opinion(ruling, event.reported_on);
    Some(Fact::ServiceFailed(Day { on: event.reported_on }))
}

fn go_without_opinion(ruling: &mut Ruling<'_>, on: chrono::NaiveDate) {
    ruling.when.insert(When::WithoutOpinion);
    if ruling.standing.answers.attend() == Some(true) {
        ruling.warnings.push(
            "The record has the answer that the person attends; the guidance makes no exception for it: tell a \
             manager before this goes."
                .to_owned(),
        );
    }
    ruling.cancel(true);
    ruling.unsent.insert(Unsent::Appointment);
    ruling.start_immediately(on, "tell the casework team", &["18"]);
}

/// Row 15 and G16: the DMRT answers.
pub(super) fn guidance(ruling: &mut Ruling<'_>, event: &GuidanceGiven) -> Option<Fact> {
    ruling.not_future("/event/asked_on", event.asked_on);
    Some(Fact::GuidanceGiven(Day { on: event.asked_on }))
}
