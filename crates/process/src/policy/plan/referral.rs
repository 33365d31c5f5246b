//! Enters: a referral at the DMRT. Leaves: whether a place of the week's is left (B3), and by when to assess (B4).
//! Never: lets a case's profile count ("regardless of case background or profile").

use super::ruling::Ruling;
use crate::case::{NoDoctorAvailable, ReferralReceived};
use crate::events::{Day, ReferralFact};
use crate::policy::calendar::count_words;
use crate::policy::history::Fact;
use crate::policy::places::PlaceClass;
use crate::policy::rule::Rule;
use crate::policy::when::When;
use despatch_core::words::{date_words, weekday_words};

/// Rows 3, 4 and 7 (G0, "Arranging an assessment" and "What happens if there is no capacity").
pub(super) fn received(ruling: &mut Ruling<'_>, event: &ReferralReceived) -> Option<Fact> {
    const AT: &str = "/event/received_on";
    ruling.not_future(AT, event.received_on);
    if event.opinion_requested && ruling.standing.requested == Some(false) {
        let cause = "the record says that no second opinion was requested for this report";
        ruling.contradiction("/event/opinion_requested", "history.not_requested", cause);
    } else if event.opinion_requested {
        // Every report is referred, whatever its fate (G1); only an opinion needs an open process.
        ruling.must_be_open(AT);
    }
    if ruling.standing.granted.is_some() {
        ruling.contradiction(
            "/event/type",
            "history.twice",
            "a referral of this report is on record already",
        );
    }
    let capacity = &ruling.pack.capacity;
    let week = capacity.week_of(event.received_on);
    let taken = ruling.history.granted.get(&week).copied().unwrap_or(0);
    let granted = event.opinion_requested && taken < capacity.reports;
    ruling.outcome.dates.referred_on = Some(event.received_on);
    ruling.outcome.second_opinion_requested = Some(event.opinion_requested);
    let most = capacity.reports;
    ruling.outcome.reason = Some(if !event.opinion_requested {
        "No second opinion was requested, so nothing is arranged.".to_owned()
    } else if granted {
        format!("A second opinion was requested on {}.", date_words(event.received_on))
    } else {
        format!(
            "The most that can be referred for a second opinion, {most} reports a week, has been reached."
        )
    });
    if granted {
        grant(ruling, event);
    } else if event.opinion_requested {
        ruling.when.insert(When::NoCapacity);
        ruling.start_immediately(event.received_on, "tell the caseworker that there is no capacity", &["7"]);
    } else {
        ruling.notes.push("No second opinion was requested: the report is kept on record.".to_owned());
    }
    Some(Fact::ReferralReceived(ReferralFact {
        received_on: event.received_on,
        requested: event.opinion_requested,
        week,
        granted,
        doctor: event.doctor.as_ref().map(|doctor| doctor.entry.clone()),
    }))
}

fn grant(ruling: &mut Ruling<'_>, event: &ReferralReceived) {
    if ruling.class() == PlaceClass::Temporary {
        ruling.warnings.push(
            "The person is at a temporary place of detention: the assessment is arranged after a transfer, within \
             the working days that run from it."
                .to_owned(),
        );
        return;
    }
    ruling.when.insert(When::Granted);
    let numbers = &ruling.pack.numbers;
    match ruling.standing.counts_from_transfer(event.received_on) {
        Some(transferred) => {
            ruling.start("/event/received_on", Rule::Assess, &numbers.assess_after_transfer, transferred);
        }
        None => {
            ruling.start("/event/received_on", Rule::Assess, &numbers.assess, event.received_on);
        }
    }
}

/// Row 6 (G0, "Arranging an assessment"): an IRC's caseworker gets an answer with the reason; a prison's, and that of
/// somebody who came from a temporary place, gets the report back immediately (G13).
pub(super) fn no_doctor(ruling: &mut Ruling<'_>, event: &NoDoctorAvailable) -> Option<Fact> {
    const AT: &str = "/event/established_on";
    ruling.not_future(AT, event.established_on);
    ruling.must_be_open(AT);
    if ruling.class() == PlaceClass::Temporary {
        ruling.fault(
            "/detention/place",
            "place.temporary",
            "no assessment is arranged at a temporary place of detention, so no doctor is looked for",
            "wait for the transfer and drop it as an event of its own (transferred)",
        );
        return None;
    }
    if ruling.standing.ahead().is_some() {
        let cause = "the record has an appointment that is still ahead";
        ruling.contradiction("/event/type", "history.appointment", cause);
    } else if ruling.standing.to_rebook().is_some() {
        let cause = "the record has an assessment that is to be booked again: what follows where it cannot be is told \
                     by its outcome (assessment_outcome, with rebooking \"impossible\")";
        ruling.contradiction("/event/type", "history.rebooks", cause);
    } else if ruling.standing.assessed() {
        let cause = "the record says that the assessment took place, or is made on papers alone";
        ruling.contradiction("/event/type", "history.assessed", cause);
    }
    if ruling.standing.referred_on.is_some_and(|referred| referred != event.referred_on) {
        referral_differs(ruling, "/event/referred_on");
    }
    let numbers = &ruling.pack.numbers;
    let transferred = ruling.standing.counts_from_transfer(event.referred_on);
    let (number, from, start) = match transferred {
        Some(transferred) => (&numbers.assess_after_transfer, transferred, "transfer"),
        None => (&numbers.assess, event.referred_on, "referral"),
    };
    let assess_by = ruling.days.stricter(from, number.days).map(|(due, _)| due);
    let assess_by = ruling.covered("/event/referred_on", assess_by)?;
    ruling.outcome.dates.referred_on = Some(event.referred_on);
    ruling.outcome.dates.assess_by = Some(assess_by);
    ruling.when.insert(if transferred.is_some() { When::FromTemporary } else { When::NotFromTemporary });
    ruling.outcome.reason = Some(format!(
        "No assessment with a Home Office contracted doctor can be booked within {} of the {start} on {}, that is \
         by {}.",
        count_words(number.days),
        date_words(from),
        weekday_words(assess_by)
    ));
    ruling.start_immediately(event.established_on, "tell the casework team", &["6"]);
    Some(Fact::NoDoctorAvailable(Day { on: event.established_on }))
}

/// The case gives another day of referral than the record.
pub(super) fn referral_differs(ruling: &mut Ruling<'_>, at: &str) {
    if let Some(referred) = ruling.standing.referred_on {
        let cause = format!("the record says that the report was referred on {}", weekday_words(referred));
        ruling.contradiction(at, "history.referred_on", cause);
    }
}
