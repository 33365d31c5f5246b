//! Enters: what came of an appointment, or a concern of the day. Leaves: what follows, split by cause (B7): papers
//! only, a rebooking, or the standards alone. Never: says papers for what the staff at the place could not provide.

use super::answers::papers_only;
use super::ruling::Ruling;
use crate::case::{AssessmentOutcome, ConcernsRaised, Outcome, Rebooking};
use crate::events::{Day, OutcomeFact};
use crate::policy::Unsent;
use crate::policy::history::Fact;
use crate::policy::rule::Rule;
use crate::policy::when::When;
use despatch_core::words::weekday_words;
use std::collections::BTreeSet;

/// Rows 20 and 22 to 26 (G0, "What if the second opinion assessment is delayed or cancelled?").
pub(super) fn outcome(ruling: &mut Ruling<'_>, event: &AssessmentOutcome) -> Option<Fact> {
    const AT: &str = "/event/date";
    ruling.not_future("/event/reported_on", event.reported_on);
    ruling.must_be_open(AT);
    check_appointment(ruling, event);
    check_outcome(ruling, event);
    let numbers = &ruling.pack.numbers;
    ruling.start(AT, Rule::Report, &numbers.report, event.date)?;
    let what = event.outcome.words();
    ruling.notes.push(format!(
        "The appointment on {}: {what} (row 20: record it on CID and Atlas, with the reasons).",
        weekday_words(event.date)
    ));
    let cause = sentence(what);
    match (event.outcome, event.rebooking) {
        (Outcome::Completed, _) => {}
        (Outcome::TooIll | Outcome::Unfit | Outcome::DidNotAttend | Outcome::Refused, _) => {
            ruling.outcome.reason = Some(cause);
            ruling.when.insert(When::PersonsCause);
            let ill = matches!(event.outcome, Outcome::TooIll | Outcome::Unfit);
            ruling.when.insert(if ill { When::TooIll } else { When::FailedOrRefused });
            // Who did not come was waited for: the room and the interpreter were used.
            papers_only(ruling, event.outcome != Outcome::DidNotAttend);
            ruling.unsent.extend([Unsent::Results, Unsent::Opposites, Unsent::Bookings]);
        }
        (_, Some(Rebooking::Possible)) => rebook(ruling, event, &cause)?,
        (Outcome::StaffUnavailable, _) => without_opinion(ruling, &cause),
        _ => {
            let rest = "It cannot be booked again in time, so the assessment is made on papers alone.";
            ruling.outcome.reason = Some(format!("{cause} {rest}"));
            cancel_for_person(ruling);
            ruling.when.remove(&When::DoctorTold);
            papers_only(ruling, false);
            if !ruling.told(&["8"], None) {
                // The doctor's documents are among what is unsent, and are needed all the same: a person decides.
                ruling.unsent = BTreeSet::from([Unsent::Held]);
            }
        }
    }
    Some(Fact::AssessmentOutcome(OutcomeFact {
        date: event.date,
        outcome: event.outcome,
        rebooking: event.rebooking,
    }))
}

/// The outcome is that of the appointment ahead; or it says of one that was to be booked again that it cannot be.
fn check_appointment(ruling: &mut Ruling<'_>, event: &AssessmentOutcome) {
    let gives_up = event.rebooking == Some(Rebooking::Impossible);
    let booked = ruling.standing.ahead().or(ruling.standing.to_rebook().filter(|_| gives_up));
    match booked.map(|booked| booked.fact.date) {
        Some(on_record) if on_record != event.date => {
            let cause = format!("the record has the appointment on {}", weekday_words(on_record));
            ruling.contradiction("/event/date", "history.appointment", cause);
        }
        Some(_) if ruling.standing.papers_only && event.outcome != Outcome::Completed => {
            let cause = "the record says that the doctor assesses on papers alone, so nothing was to be held";
            ruling.contradiction("/event/type", "history.assessed", cause);
        }
        Some(_) => {}
        None => ruling.contradiction(
            "/event/type",
            "history.no_appointment",
            "the record has no appointment ahead",
        ),
    }
}

fn check_outcome(ruling: &mut Ruling<'_>, event: &AssessmentOutcome) {
    // Who was never told of an appointment cannot fail to attend it (G4).
    let standing = &ruling.standing;
    let asked = standing.ahead().is_some_and(|booked| booked.fact.window.is_some());
    let knows = standing.served_on.is_some() || standing.answers.attend().is_some();
    if event.outcome == Outcome::DidNotAttend && asked && !knows {
        let cause = "the record has neither service of the invitation nor an answer to it";
        ruling.contradiction("/event/outcome", "history.not_served", cause);
    }
}

/// Row 24: the person and the representative are told; the new date must lie within the working days.
fn rebook(ruling: &mut Ruling<'_>, event: &AssessmentOutcome, cause: &str) -> Option<()> {
    no_report(ruling);
    let number = &ruling.pack.numbers.rebook;
    let due = ruling.start("/event/date", Rule::Rebook, number, event.date)?;
    ruling.outcome.reason = Some(format!("{cause} It will be booked again, by {}.", weekday_words(due)));
    if event.outcome == Outcome::StaffUnavailable {
        ruling.warnings.push(
            "The guidance says \"within the next 5 working days\" and not from when: they are counted from the \
             cancelled assessment."
                .to_owned(),
        );
    }
    cancel_for_person(ruling);
    Some(())
}

/// Row 25.
fn without_opinion(ruling: &mut Ruling<'_>, cause: &str) {
    no_report(ruling);
    let rest = "It cannot be booked again in time, so the report is considered without a second opinion.";
    ruling.outcome.reason = Some(format!("{cause} {rest}"));
    ruling.when.insert(When::WithoutOpinion);
    cancel_for_person(ruling);
    ruling.start_immediately(ruling.today, "tell the casework team", &["25"]);
}

fn no_report(ruling: &mut Ruling<'_>) {
    ruling.clocks.retain(|clock| clock.rule != Rule::Report);
    ruling.outcome.dates.report_by = None;
}

/// The Home Office cancels: everybody who was told of the appointment, or waits for another date, is told.
fn cancel_for_person(ruling: &mut Ruling<'_>) {
    ruling.when.insert(When::HomeOfficeCause);
    ruling.cancel(true);
    ruling.unsent.insert(Unsent::Appointment);
}

fn sentence(words: &str) -> String {
    let mut letters = words.chars();
    let first = letters.next().map(|first| first.to_uppercase().to_string()).unwrap_or_default();
    format!("{first}{}.", letters.as_str())
}

/// G16: those who oversee the appointment reported a concern.
pub(super) fn concerns(ruling: &mut Ruling<'_>, event: &ConcernsRaised) -> Option<Fact> {
    ruling.not_future("/event/raised_on", event.raised_on);
    ruling.start_immediately(event.raised_on, "tell the caseworker of the concerns", &["G16"]);
    Some(Fact::ConcernsRaised(Day { on: event.raised_on }))
}
