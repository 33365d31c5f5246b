//! Enters: a case, its history, a pack, the calendar, the places and today's date. Leaves: what the event calls for,
//! or every fault. Never: copies a word of the case into a reason, a warning or a fault.

mod answers;
mod appointment;
mod assessment;
mod custody;
mod departure;
mod opinion;
mod referral;
mod report;
mod response;
mod rows;
mod ruling;
mod service;

use super::calendar::Calendar;
use super::history::{Fact, History, Recorded};
use super::pack::{Pack, Row};
use super::places::{Places, unknown_place};
use super::timing::Days;
use super::{Plan, Planned};
use crate::case::{Case, Event};
use despatch_core::fault::Fault;
use ruling::Ruling;
use std::collections::BTreeSet;

/// What the event calls for under `pack`, for letters that are issued on `today`.
///
/// Whether the pack may be used at all is [`super::permits`]' question.
///
/// # Errors
/// Every fault at once, each with a JSON pointer into the case. What contradicts the record has a code that begins
/// with `history.`; with `despite_history` in the case file it is a warning.
pub fn plan(
    case: &Case,
    history: &History,
    pack: &Pack,
    calendar: &Calendar,
    places: &Places,
    today: chrono::NaiveDate,
) -> Result<Plan, Vec<Fault>> {
    let Some(place) = places.get(&case.detention.place) else {
        return Err(vec![unknown_place("/detention/place")]);
    };
    let days = Days::of(calendar, pack, place.division);
    let mut ruling = Ruling::new(case, history, pack, days, place, places, today);
    ruling.check_case();
    let fact = decide(&mut ruling, &case.event);
    ruling.weigh_contradictions();
    let rows = rows::find(&mut ruling);
    ruling.source_immediate(&rows);
    match fact {
        Some(fact) if ruling.faults.is_empty() => Ok(whole(ruling, fact, &rows)),
        _ => Err(ruling.faults),
    }
}

/// What the event means; `None` where it means nothing that could go on record, with a fault that says why.
fn decide(ruling: &mut Ruling<'_>, event: &Event) -> Option<Fact> {
    match event {
        Event::ExternalReportReceived(event) => report::received(ruling, event),
        Event::ReferralReceived(event) => referral::received(ruling, event),
        Event::NoDoctorAvailable(event) => referral::no_doctor(ruling, event),
        Event::AppointmentConfirmed(event) => appointment::confirmed(ruling, event),
        Event::LetterServed(event) => service::served(ruling, event),
        Event::ServiceFailed(event) => service::failed(ruling, event),
        Event::GuidanceGiven(event) => service::guidance(ruling, event),
        Event::ResponseReceived(event) => answers::received(ruling, event),
        Event::NoResponse(event) => answers::silence(ruling, event),
        Event::RecordsReceived(event) => answers::records_in(ruling, event),
        Event::AssessmentOutcome(event) => assessment::outcome(ruling, event),
        Event::ConcernsRaised(event) => assessment::concerns(ruling, event),
        Event::SecondOpinionReceived(event) => opinion::received(ruling, event),
        Event::Transferred(event) => custody::transferred(ruling, event),
        Event::ReleaseDecided(event) => departure::release_decided(ruling, event),
        Event::RemovalSet(event) => departure::removal_set(ruling, event),
        Event::LeftDetention(event) => departure::left(ruling, event),
        Event::RemovalFailed(event) => departure::removal_failed(ruling, event),
        Event::RepresentativeChanged(event) => custody::representative_changed(ruling, event),
        Event::Died(event) => custody::died(ruling, event),
        Event::ResponseDecided(event) => response::decided(ruling, event),
    }
}

/// Who was sent something of the file that this one corrects, and is sent nothing of this one.
fn dropped(history: &History, despatches: &[Planned]) -> Vec<String> {
    let gone = history.replaced.iter().flat_map(|replaced| replaced.gone());
    let left_out =
        gone.filter(|told| !despatches.iter().any(|one| (one.role, &one.to) == (told.role, &told.to)));
    let words = left_out.map(|told| {
        format!(
            "The file that this one corrects sent {} (row {}) to the {}, who gets nothing of this one: tell them that it \
             no longer holds.",
            told.kind,
            told.row,
            told.role.words()
        )
    });
    let distinct: BTreeSet<String> = words.collect();
    distinct.into_iter().collect()
}

fn whole(ruling: Ruling<'_>, fact: Fact, rows: &[&Row]) -> Plan {
    let (despatches, not_made) = rows::plan(&ruling, rows);
    let mut ruling = ruling;
    ruling.warnings.extend(dropped(ruling.history, &despatches));
    let Ruling { case, place, today, .. } = ruling;
    let recorded = Recorded {
        event_id: case.event_id.clone(),
        on: today,
        place: place.id.clone(),
        class: place.kind.class(),
        detained_since: case.detention.since,
        representative: case.representative.as_ref().map(|one| one.entry.clone()),
        fact,
        clocks: ruling.clocks,
        unsent: ruling.unsent,
    };
    Plan {
        pack: ruling.pack.id.clone(),
        issued_on: today,
        corrects: case.replaces.and(ruling.history.replaced_on),
        despatches,
        not_made,
        warnings: ruling.warnings,
        notes: ruling.notes,
        recorded,
        outcome: ruling.outcome,
    }
}
