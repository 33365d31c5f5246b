//! Enters: an answer to the invitation, its absence, or the records. Leaves: what counts now, and who is told (B6,
//! G4 to G6). Never: presumes silence, or lets a representative's answer stand against the individual's own.

use super::ruling::Ruling;
use super::service::invited;
use crate::case::{Answer, NoResponse, RecordsReceived, Respondent, ResponseReceived};
use crate::events::{Day, ResponseFact};
use crate::policy::Unsent;
use crate::policy::history::Fact;
use crate::policy::rule::Rule;
use crate::policy::standing::Answers;
use crate::policy::when::When;
use chrono::NaiveDate;
use despatch_core::words::{Role, weekday_words};

/// The rows that a late answer, or one that asks for a person's judgement, holds. The note that consent is withdrawn
/// is not among them: it stops what is going on, and no hold may delay that (G5).
const OF_ANSWERS: &[&str] = &["21", "22", "G6", "G10"];

/// Rows 19, 21 and 22, and the rows that G5 and G6 imply.
pub(super) fn received(ruling: &mut Ruling<'_>, event: &ResponseReceived) -> Option<Fact> {
    const AT: &str = "/event/received_on";
    ruling.not_future(AT, event.received_on);
    // After a release the person may still withdraw their consent.
    ruling.must_be_alive(AT);
    check_giver(ruling, event);
    let respond_by = invited_or_assessed(ruling);
    check_date(ruling, event);
    let before = ruling.standing.answers;
    let mut after = before;
    after.take(event.from, event.attend, event.records, event.own_instruction);
    ruling.outcome.answers = after;
    if !event.signed && event.from == Respondent::Individual {
        ruling.warnings.push("The individual's answer is not signed: have it confirmed.".to_owned());
    }
    opposite(ruling, &before, &after);
    attendance(ruling, &before, &after);
    records(ruling, &before, &after);
    if after.attend() == Some(false) && after.records() == Some(true) && before != after {
        ruling.hold(
            OF_ANSWERS,
            "declined_with_records",
            "the person declines to attend and consents to the release of records: a person decides how to go on",
        );
    }
    if is_late(ruling, event, respond_by, &before, &after) {
        ruling.hold(
            OF_ANSWERS,
            "late_response",
            "the answer came after the deadline on the letter, and the guidance does not say what follows: a person \
             decides",
        );
    }
    overtake(ruling, &before, &after);
    Some(Fact::ResponseReceived(ResponseFact {
        on: event.received_on,
        from: event.from,
        attend: event.attend,
        records: event.records,
        own_instruction: event.own_instruction,
        held: !ruling.holds.is_empty(),
    }))
}

/// What earlier answers called for and has not gone gives way where another answer counts now (G5). What a person must
/// decide first changes nothing yet, but for the records: without consent nobody asks for them or sends them.
fn overtake(ruling: &mut Ruling<'_>, before: &Answers, after: &Answers) {
    if after.records() != Some(true) {
        ruling.unsent.insert(Unsent::Records);
    }
    if !ruling.holds.is_empty() {
        return;
    }
    if before.opposite() != after.opposite() {
        ruling.unsent.insert(Unsent::Opposites);
    }
    if ruling.when.contains(&When::Answered) {
        ruling.unsent.insert(Unsent::Results);
        if after.attend() == Some(true) && before.attend() != Some(true) {
            ruling.unsent.insert(Unsent::Papers);
        }
    }
    if ruling.when.contains(&When::PapersOnly) {
        ruling.unsent.insert(Unsent::Bookings);
    }
}

/// Who answers must be there.
fn check_giver(ruling: &mut Ruling<'_>, event: &ResponseReceived) {
    if event.from != Respondent::Representative {
        return;
    }
    if ruling.case.representative.is_none() {
        ruling.fault(
            "/event/from",
            "response.no_representative",
            "the answer is said to be the legal representative's, and the case names none",
            "correct who answered, or name the representative",
        );
    }
}

/// An answer is not older than the invitation that it answers.
fn check_date(ruling: &mut Ruling<'_>, event: &ResponseReceived) {
    let issued = ruling.invited_on();
    if ruling.standing.ahead().is_some() && issued.is_some_and(|issued| event.received_on < issued) {
        let cause = "the record has the invitation issued after this day, so this answers an earlier one";
        ruling.contradiction("/event/received_on", "history.answered_before_issue", cause);
    }
}

/// The deadline of the invitation that is answered. After the assessment only consent can still change.
fn invited_or_assessed(ruling: &mut Ruling<'_>) -> Option<NaiveDate> {
    let standing = &ruling.standing;
    let latest = standing.appointment.as_ref();
    let window = latest.and_then(|booked| booked.fact.window.as_ref());
    if latest.is_some_and(|booked| booked.fact.window.is_none())
        || standing.assessed()
        || standing.ended().is_some()
        || standing.to_rebook().is_some()
    {
        return window.map(|window| window.respond_by);
    }
    invited(ruling).map(|(_, window)| window.respond_by)
}

/// A first answer after the deadline on the letter is a late one (B6), and so is any after the day of the
/// assessment; one that was given in time may change until then (G5), and a refusal of records is never too late.
fn is_late(
    ruling: &Ruling<'_>,
    event: &ResponseReceived,
    respond_by: Option<NaiveDate>,
    before: &Answers,
    after: &Answers,
) -> bool {
    let Some(booked) = ruling.standing.ahead() else {
        return false;
    };
    let attends = after.attend() != before.attend();
    let consents = after.records() == Some(true) && before.records() != Some(true);
    let first = attends && before.attend().is_none() || consents && before.records().is_none();
    let missed = respond_by.is_some_and(|respond_by| event.received_on > respond_by);
    first && missed || (attends || consents) && event.received_on > booked.fact.date
}

/// Row 21, while there is something to attend: where an opposition is new, or counts the other way.
fn opposite(ruling: &mut Ruling<'_>, before: &Answers, after: &Answers) {
    let is_new = |(was, is): (Option<bool>, Option<bool>)| is.is_some() && was != is;
    let any_new = before.opposite().into_iter().zip(after.opposite()).any(is_new);
    if any_new && ruling.is_to_be_held() {
        ruling.when.insert(When::Opposite);
        ruling.start_immediately(ruling.today, "tell the legal representative", &["21"]);
    }
}

fn attendance(ruling: &mut Ruling<'_>, before: &Answers, after: &Answers) {
    let Some(attends) = after.attend().filter(|attends| before.attend() != Some(*attends)) else {
        return;
    };
    let is_ahead = ruling.standing.ahead().is_some();
    match (ruling.standing.to_rebook().is_some(), attends) {
        _ if is_ahead => {
            if ruling.is_to_be_held() {
                ruling.when.insert(When::Answered);
            }
        }
        (true, false) => {}
        (true, true) => {
            ruling.warnings.push(
                "The appointment is still to be booked again: the answer counts for the new date.".to_owned(),
            );
            return;
        }
        (false, _) => {
            ruling.warnings.push(
                "The answer on attendance comes when no appointment is ahead, so it changes nothing."
                    .to_owned(),
            );
            return;
        }
    }
    if attends {
        agreed(ruling, before.attend() == Some(false));
    } else {
        ruling.outcome.reason =
            Some("The person declined the invitation to attend the assessment.".to_owned());
        papers_only(ruling, true);
    }
}

fn agreed(ruling: &mut Ruling<'_>, changed: bool) {
    ruling.outcome.reason = Some(if changed {
        "The person has changed their answer and agrees to attend the assessment.".to_owned()
    } else {
        "The person agrees to attend the assessment.".to_owned()
    });
    if ruling.standing.papers_only {
        ruling.warnings.push(
            "The doctor was told to assess on papers alone: agree with the doctor that the assessment takes place."
                .to_owned(),
        );
    }
    if ruling.standing.bookings_off {
        ruling.warnings.push(
            "The room and any interpreter were called off: book them again for the same day, or arrange a new \
             appointment."
                .to_owned(),
        );
    }
}

fn records(ruling: &mut Ruling<'_>, before: &Answers, after: &Answers) {
    // A consent that the file said which is corrected may have been acted on.
    let (was, is) = (before.records().or(said_before(ruling)), after.records());
    if was == is {
        return;
    }
    if is == Some(true) {
        // Either answer may change until the assessment (G5); after it, or without one, nobody needs the records.
        let wanted =
            ruling.standing.ended().is_none() && (ruling.standing.papers_only || !ruling.standing.assessed());
        if wanted {
            ruling.when.insert(When::RecordsAgreed);
        } else {
            ruling.warnings.push(
                "The consent comes after the assessment or the end of the process: no records are asked for."
                    .to_owned(),
            );
        }
    }
    if was == Some(true) {
        // A withdrawal stops onward use at any time (G5).
        ruling.when.insert(When::RecordsWithdrawn);
    }
    if ruling.is_to_be_held() {
        ruling.when.insert(When::Answered);
    }
    let words = match (was, is) {
        (_, Some(true)) => "The person consents to the release of their healthcare records.",
        (Some(true), _) => "The person has withdrawn consent to the release of their healthcare records.",
        _ => "The person does not consent to the release of their healthcare records.",
    };
    let reason = ruling.outcome.reason.take();
    ruling.outcome.reason = Some(reason.map_or_else(|| words.to_owned(), |first| format!("{first} {words}")));
}

/// The consent that the file gave which this one corrects.
fn said_before(ruling: &Ruling<'_>) -> Option<bool> {
    let replaced = ruling.history.replaced.as_deref()?;
    let said =
        matches!(replaced.recorded.fact, Fact::ResponseReceived(ResponseFact { records: Answer::Yes, .. }));
    said.then_some(true)
}

/// Row 22: the doctor assesses on papers alone; what was booked for the day is called off. Said once.
pub(super) fn papers_only(ruling: &mut Ruling<'_>, call_off: bool) {
    if ruling.standing.papers_only {
        ruling.warnings.push("The doctor has been told already to assess on papers alone.".to_owned());
        return;
    }
    let Some(day) = ruling.standing.appointment.as_ref().map(|booked| booked.fact.date) else {
        ruling.warnings.push(
            "No appointment is on record, so no instruction can be made: a person tells the doctor to assess on papers \
             alone."
                .to_owned(),
        );
        return;
    };
    ruling.when.insert(When::PapersOnly);
    if !ruling.told(&["8"], None) {
        ruling.warnings.push(
            "The record does not show that the doctor has the documents (row 8): they must go before this instruction."
                .to_owned(),
        );
    }
    if ruling.outcome.dates.report_by.is_none() {
        // "Regardless of whether the assessment is conducted by video-link, or on papers": from the appointment, also
        // where it was cancelled.
        let number = &ruling.pack.numbers.report;
        ruling.start("/event/type", Rule::Report, number, day);
    }
    if let Some(booked) = ruling.standing.ahead().cloned().filter(|_| call_off) {
        ruling.when.insert(When::Cancelled);
        ruling.outcome.cancelled = Some(booked.clone());
        ruling.cancel_bookings(&booked);
        // In prisons the OST holds the bookings, and learns of it as a whole.
        if booked.fact.date > ruling.today && ruling.told(&["12", "24"], Some(Role::Ost)) {
            ruling.when.insert(When::PlaceTold);
        }
    }
    ruling.start_immediately(ruling.today, "tell the doctor to assess on papers only", &["22", "26"]);
}

/// Row 22 for silence (G4): served on record and in time, the deadline past, and both sides have looked.
pub(super) fn silence(ruling: &mut Ruling<'_>, event: &NoResponse) -> Option<Fact> {
    let confirmed = event.place_confirmed_on.max(event.inbox_checked_on);
    let confirmations = [
        ("/event/place_confirmed_on", event.place_confirmed_on),
        ("/event/inbox_checked_on", event.inbox_checked_on),
    ];
    for (at, day) in confirmations {
        ruling.not_future(at, day);
    }
    ruling.must_be_open("/event/type");
    let Some((_, window)) = invited(ruling) else {
        return Some(Fact::NoResponse(Day { on: confirmed }));
    };
    match ruling.standing.served_on {
        None => {
            let cause = "the record has no service of the invitation, and silence is not presumed without it";
            ruling.contradiction("/event/type", "history.not_served", cause);
        }
        Some(served) if !window.is_open_on(served) => {
            let cause = "the record has service on a day that left too little time to respond";
            ruling.contradiction("/event/type", "history.served_late", cause);
        }
        Some(_) => {}
    }
    if ruling.standing.silent {
        ruling.contradiction(
            "/event/type",
            "history.twice",
            "the record has it already that nobody answered",
        );
    }
    if ruling.standing.answers.attend().is_some() {
        let cause = "the record has an answer to the invitation";
        ruling.contradiction("/event/type", "history.answered", cause);
    }
    // "By" the deadline includes its last hour, so nobody can say before the next day that nothing came.
    for (at, day) in confirmations.into_iter().filter(|(_, day)| *day <= window.respond_by) {
        let due = weekday_words(window.respond_by);
        let cause =
            format!("the deadline on the letter is {due}, and it is not over on {}", weekday_words(day));
        ruling.fault(at, "response.not_due", cause, "look again on a later day and give that day");
    }
    ruling.outcome.reason = Some("No response was received by the deadline on the letter.".to_owned());
    papers_only(ruling, true);
    ruling.unsent.insert(Unsent::Bookings);
    Some(Fact::NoResponse(Day { on: confirmed }))
}

/// The healthcare team sent the records: they go to the doctor, and to nobody else, while the consent on record
/// holds (G6). Despite the record they do not go: only a consent on record lets them.
pub(super) fn records_in(ruling: &mut Ruling<'_>, event: &RecordsReceived) -> Option<Fact> {
    const AT: &str = "/event/received_on";
    ruling.not_future(AT, event.received_on);
    ruling.must_be_open(AT);
    if ruling.standing.answers.records() == Some(true) {
        ruling.when.insert(When::RecordsUsable);
    } else {
        ruling.fault(
            "/attachments",
            "records.no_consent",
            "the record has no consent to the release of the person's healthcare records, or it was withdrawn",
            "drop the response that gives the consent first; without one, return the records",
        );
    }
    ruling.outcome.reason =
        Some("The person consents to the release of their healthcare records.".to_owned());
    Some(Fact::RecordsReceived(Day { on: event.received_on }))
}
