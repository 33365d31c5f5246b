//! Enters: a case, its history, a pack, the calendar, the places and today's date. Leaves: what the event requires,
//! or every fault. Never: copies text of the case into a reason, a warning or a fault.

pub(crate) mod appointment;
pub(crate) mod builder;
mod case_checks;
mod checks;
pub(crate) mod detention;
/// What the rules found about a detention, for its letters.
pub mod detention_outcome;
mod effects;
mod family;
pub(crate) mod ending;
mod messages;
pub(crate) mod outcome;
pub(crate) mod papers_only;
pub(crate) mod planned;

pub use outcome::{Dates, Outcome};
pub use planned::{NotMade, Planned, PolicyHold, To};

use crate::calendar::Calendar;
use crate::case::Case;
use crate::case_calendars::CaseCalendars;
use crate::case_state::CaseState;
use crate::facts::Fact;
use crate::history::{History, PastMessage, Recorded};
use crate::packs::pack::{Pack, Row};
use crate::places::{Places, unknown_place};
use builder::{CaseFacts, PlanBuilder};
use chrono::NaiveDate;
use despatch_core::fault::Fault;
use despatch_core::words::{PackId, Role};
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

/// What one event requires.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Plan {
    pub pack: PackId,
    /// The day on which the plan was first made: the date on all its letters.
    pub issued_on: NaiveDate,
    /// The issue date of what this corrects, if the case file replaces another.
    pub corrects: Option<NaiveDate>,
    pub despatches: Vec<Planned>,
    /// Rows for the event that were not made, with the reason.
    pub not_made: Vec<NotMade>,
    /// What a reviewer should know but does not block anything.
    pub warnings: Vec<String>,
    /// Notes to be copied to CID and Atlas (G15).
    pub notes: Vec<String>,
    /// What is recorded.
    pub recorded: Recorded,
    pub outcome: Outcome,
}

impl Planned {
    /// Returns the recipient's own reference for the case; a new doctor's reference is not the former doctor's.
    pub fn reference<'c>(&self, case: &'c Case) -> Option<&'c str> {
        let doctor = case.event.doctor().map(|doctor| To::Entry(doctor.entry.clone()));
        let another = self.role == Role::Doctor && doctor.as_ref() != Some(&self.to);
        case.reference_of(self.role).filter(|_| !another)
    }
}

/// Plans what the event requires under `pack`, for letters issued on `today`.
///
/// Whether the pack may be used at all is checked by [`crate::packs::permits`].
///
/// # Errors
/// The case breaks a rule; every fault is returned, each with a JSON pointer into the case. Contradictions of the
/// record have a code that begins with `history.`; with `despite_history` in the case file they are warnings.
pub fn plan(
    case: &Case,
    history: &History,
    pack: &Pack,
    calendar: &Calendar,
    places: &Places,
    today: NaiveDate,
) -> Result<Plan, Vec<Fault>> {
    let Some(place) = places.get(&case.detention.place) else {
        return Err(vec![unknown_place("/detention/place")]);
    };
    let facts = CaseFacts {
        event: case.event.name(),
        place,
        detained_since: case.detention.since,
        representative: case.representative.as_ref().map(|one| &one.entry),
        date_of_birth: case.person.date_of_birth,
        powers: case.detention.powers,
        attachments: &case.attachments,
    };
    let (history, copies) = &history.apart();
    let calendars = CaseCalendars::of(calendar, pack.calendar, place.division);
    let record = (history, copies.as_slice());
    let mut plan = PlanBuilder::new(facts, record, CaseState::of(history), pack, calendars, places, today);
    family::check(&mut plan, case)?;
    case_checks::check(&mut plan, case);
    let fact = case.event.decide(&mut plan);
    plan.weigh_contradictions(case.despite_history.is_some());
    let rows = messages::rows(&mut plan, case);
    plan.source_immediate(&rows);
    match fact {
        Some(fact) if plan.faults.is_empty() => Ok(whole(plan, case, fact, &rows)),
        _ => Err(plan.faults),
    }
}

/// Warns of recipients of the corrected file who get nothing from this one.
fn dropped(history: &History, despatches: &[Planned]) -> Vec<String> {
    let gone = history.replaced.iter().flat_map(|replaced| replaced.gone());
    let again = |one: &PastMessage| despatches.iter().any(|new| (new.role, &new.to) == (one.role, &one.to));
    let words = gone.filter(|message| !again(message)).map(|message| {
        format!(
            "The file that this one corrects sent {} (row {}) to the {}, who gets nothing of this one: tell them that it \
             no longer holds.",
            message.kind,
            message.row,
            message.role.label()
        )
    });
    let distinct: BTreeSet<String> = words.collect();
    distinct.into_iter().collect()
}

fn whole(mut plan: PlanBuilder<'_>, case: &Case, fact: Fact, rows: &[&Row]) -> Plan {
    let (despatches, not_made) = messages::make(&plan, case, rows);
    plan.warnings.extend(dropped(plan.history, &despatches));
    let mut once_authorised = Vec::new();
    if let Some((rule, instead)) = plan.once_authorised {
        let of_others = plan.clocks.iter().filter(|clock| clock.rule != rule).cloned();
        once_authorised.extend(instead.into_iter().chain(of_others));
    }
    let CaseFacts { place, detained_since, representative, .. } = plan.case;
    let recorded = Recorded {
        event_id: case.event_id.clone(),
        on: plan.today,
        place: place.id.clone(),
        place_kind: place.kind,
        detained_since,
        representative: representative.cloned(),
        fact,
        clocks: plan.clocks,
        pending_effects: plan.pending_effects,
        once_authorised,
    };
    Plan {
        pack: plan.pack.id.clone(),
        issued_on: plan.today,
        corrects: case.replaces.and(plan.history.replaced_on),
        despatches,
        not_made,
        warnings: plan.warnings,
        notes: plan.notes,
        recorded,
        outcome: plan.outcome,
    }
}
