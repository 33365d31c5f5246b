//! Enters: release, removal and its failure. Leaves: what is cancelled, completed or begun anew (B9, B10, row 33).
//! Never: takes the decision to release for the release itself, or a removal that comes later for the end.

use super::ruling::Ruling;
use crate::case::{Departure, LeftDetention, ReleaseDecided, RemovalFailed, RemovalSet};
use crate::events::{Day, DepartureFact, FailedRemovalFact, RemovalFact};
use crate::policy::Unsent;
use crate::policy::calendar::BeyondCalendar;
use crate::policy::history::Fact;
use crate::policy::rule::Rule;
use crate::policy::when::When;
use chrono::NaiveDate;
use despatch_core::words::weekday_words;

/// Rows 28 and 29 for the decision to release.
pub(super) fn release_decided(ruling: &mut Ruling<'_>, event: &ReleaseDecided) -> Option<Fact> {
    ruling.not_future("/event/decided_on", event.decided_on);
    ruling.must_be_first(ruling.case.event.name());
    ruling.must_be_there("/event/decided_on");
    ruling.must_know_outcome("/event/decided_on", event.decided_on);
    let what = "A decision to release the person from detention was made";
    end(ruling, event.decided_on, what, Ending { released: true, known: false });
    Some(Fact::ReleaseDecided(Day { on: event.decided_on }))
}

/// Rows 28, 29 and 33 for a removal that is set: it ends the process only where it comes first.
pub(super) fn removal_set(ruling: &mut Ruling<'_>, event: &RemovalSet) -> Option<Fact> {
    const AT: &str = "/event/removal_on";
    ruling.not_future("/event/set_on", event.set_on);
    ruling.must_be_there("/event/set_on");
    ruling.must_know_outcome("/event/set_on", event.set_on);
    if ruling.standing.release_decided_on.is_some() {
        ruling.contradiction("/event/type", "history.release", "the record says that release was decided");
    }
    if event.removal_on < ruling.today {
        let cause = "the removal is set for a day that has passed";
        let cure = "give the day for which removal is set now, or report what became of it";
        ruling.fault(AT, "removal.past", cause, cure);
    }
    let opinion_by = opinion_by(ruling);
    let opinion_by = ruling.covered(AT, opinion_by)?;
    let removal = weekday_words(event.removal_on);
    let calls_off = ruling.standing.cut_short || opinion_by.is_some_and(|by| by >= event.removal_on);
    if calls_off {
        let what = format!("Removal is set for {removal}, before the process has ended");
        let known = ruling.standing.cut_short;
        end(ruling, event.set_on, &what, Ending { released: false, known });
    } else {
        let why = match opinion_by {
            Some(by) => format!("after {}, when the second opinion is to be in", weekday_words(by)),
            None => "and no second opinion is still to come".to_owned(),
        };
        ruling.outcome.reason = Some(format!("Removal is set for {removal}, {why}."));
        ruling.notes.push(format!("Removal is set for {removal}: update CID/Atlas."));
    }
    if ruling.standing.responded_on.is_none() {
        ruling.start_before_removal(AT, event.removal_on);
    }
    Some(Fact::RemovalSet(RemovalFact { on: event.set_on, removal_on: event.removal_on, calls_off }))
}

/// The last day on which the second opinion is to be in as things stand (B4); `None` where none is to come. Before a
/// date for the assessment is due there is the whole time that the guidance gives.
fn opinion_by(ruling: &Ruling<'_>) -> Result<Option<NaiveDate>, BeyondCalendar> {
    let standing = &ruling.standing;
    if !standing.unconcluded() || standing.responded_on.is_some() {
        return Ok(None);
    }
    // What is overdue may still come, and not before today.
    let due = |rule| standing.due(rule).map(|due| due.max(ruling.today));
    if let Some(due) = due(Rule::Report) {
        return Ok(Some(due));
    }
    let numbers = &ruling.pack.numbers;
    let days = ruling.days.persons();
    let assessed_by = match due(Rule::Rebook).or(due(Rule::Assess)) {
        Some(due) => due,
        None => days.after(ruling.today, numbers.assess.days)?,
    };
    days.after(assessed_by, numbers.report.days).map(Some)
}

/// Row 29 and B9 for the day on which the person leaves detention.
pub(super) fn left(ruling: &mut Ruling<'_>, event: &LeftDetention) -> Option<Fact> {
    ruling.not_future("/event/on", event.on);
    ruling.must_be_first(ruling.case.event.name());
    ruling.must_be_alive("/event/on");
    ruling.must_know_outcome("/event/on", event.on);
    let released = event.how == Departure::Released;
    let standing = &ruling.standing;
    let known = if released { standing.release_decided_on.is_some() } else { standing.cut_short };
    if !released && standing.release_decided_on.is_some() {
        ruling.contradiction("/event/how", "history.release", "the record says that release was decided");
    }
    ruling.unsent.extend([Unsent::HeldLetters, Unsent::HeldCopies]);
    ruling
        .warn_of_copies("nobody there has the person in their care, and a person decides what becomes of it");
    let words = format!("The person was {}", event.how.words());
    end(ruling, event.on, &words, Ending { released, known });
    if !released && ruling.standing.responded_on.is_none() {
        ruling.warnings.push(
            "The person was removed and no response to the report is on record: it was to be served before removal \
             (row 33). Take it to a manager."
                .to_owned(),
        );
    }
    Some(Fact::LeftDetention(DepartureFact { on: event.on, how: event.how }))
}

/// How the process ends.
#[derive(Clone, Copy)]
struct Ending {
    /// By a release; else by a removal.
    released: bool,
    /// The record has the decision already, so all were told then.
    known: bool,
}

/// What is unsent is held. Before the assessment everything is cancelled and no report is made; after it the doctor
/// completes the report where the person is released, and a person decides where they are removed (B9).
fn end(ruling: &mut Ruling<'_>, on: NaiveDate, what: &str, ending: Ending) {
    ruling.unsent.insert(Unsent::Held);
    ruling.notes.push(format!("{what} ({}) (row 28: update CID/Atlas).", weekday_words(on)));
    ruling.outcome.reason = Some(format!("{what}."));
    let standing = &ruling.standing;
    if !standing.unconcluded() {
        return;
    }
    let assessed = standing.assessed();
    if !ending.known {
        ruling.when.insert(When::Unconcluded);
        ruling.start_immediately(on, "tell the Detained Medical Reports Team and the doctor", &["28"]);
    }
    if !assessed {
        ruling.cancel(true);
    } else if ending.known {
        ruling.warnings.push("What becomes of the report was decided with the earlier event.".to_owned());
    } else if ending.released {
        ruling.when.insert(When::Conclude);
        ruling.outcome.reason = Some(format!("{what}. The report is completed and kept on file."));
    } else {
        ruling.when.insert(When::Conclude);
        ruling.hold(
            &["29"],
            "removed_after_assessment",
            "the guidance does not say what becomes of a report when removal follows the assessment: a person decides",
        );
    }
}

/// Rows 34 and 35 (G0, "Where removal action has failed"; B10).
pub(super) fn removal_failed(ruling: &mut Ruling<'_>, event: &RemovalFailed) -> Option<Fact> {
    const AT: &str = "/event/failed_on";
    ruling.not_future(AT, event.failed_on);
    ruling.must_be_there(AT);
    if !ruling.history.events.is_empty() && ruling.standing.removal_on.is_none() {
        ruling.contradiction("/event/type", "history.no_removal", "the record has no removal that was set");
    }
    if event.detention_maintained && ruling.standing.release_decided_on.is_some() {
        let cause = "the record says that release was decided";
        ruling.contradiction("/event/detention_maintained", "history.release", cause);
    }
    let exclusion = ruling.pack.numbers.removal_exclusion.days;
    // The person gets the longer time: a holiday of one calendar alone excludes nobody (G3).
    let excluded_to = ruling.days.stricter(event.failed_on, exclusion).map(|(day, _)| day);
    let excluded_to = ruling.covered(AT, excluded_to)?;
    if let Some(removal) = event.removal_set_for {
        ruling.start_before_removal("/event/removal_set_for", removal);
    } else {
        ruling.outcome.dates.removal_on = None;
    }
    let failed =
        format!("The removal failed on {} ({})", weekday_words(event.failed_on), event.cause.words());
    let against = against_referral(ruling, event, excluded_to);
    let referred = against.is_none();
    ruling.outcome.reason = Some(match against {
        Some(against) => format!("{failed}: {against}."),
        None if ruling.standing.assessed() => {
            format!("{failed} and detention is maintained, so the report is to be concluded.")
        }
        None => format!("{failed} and detention is maintained, so a new assessment is to be arranged."),
    });
    if referred {
        ruling.when.insert(When::Referred);
        if ruling.standing.assessed() {
            ruling.when.insert(When::Conclude);
        }
    }
    Some(Fact::RemovalFailed(FailedRemovalFact {
        on: event.failed_on,
        maintained: event.detention_maintained,
        removal_on: event.removal_set_for,
        referred,
    }))
}

/// Why the report is not referred again "in line with the referral criteria": only what a removal had excluded or
/// cut short begins anew.
fn against_referral(
    ruling: &Ruling<'_>,
    event: &RemovalFailed,
    excluded_to: NaiveDate,
) -> Option<&'static str> {
    let standing = &ruling.standing;
    let excluded = standing.cut_short || standing.requested == Some(false);
    let nothing_known = ruling.history.events.is_empty();
    if !event.detention_maintained {
        Some("detention is not maintained, so nothing is referred")
    } else if standing.opinion_received_on.is_some() {
        Some("the second opinion report is in already")
    } else if event.removal_set_for.is_some_and(|removal| removal <= excluded_to) {
        Some("removal is set again too soon for a second opinion")
    } else if standing.barred {
        Some("the report does not meet the criteria for a second opinion, whatever becomes of the removal")
    } else if standing.without_opinion {
        Some("the report is considered without a second opinion, and not because of the removal")
    } else if !excluded && !nothing_known {
        Some("the removal did not stop the second opinion process, which goes on")
    } else {
        None
    }
}
