//! Enters: a case, its history, a pack, the calendar, the places and today's date. Leaves: what the event requires,
//! or every fault. Never: copies text of the case into a reason, a warning or a fault.

pub(crate) mod appointment;
pub(crate) mod builder;
mod checks;
pub(crate) mod ending;
mod messages;
pub(crate) mod papers_only;

use crate::answers::Answers;
use crate::calendar::Calendar;
use crate::case::Case;
use crate::case_state::Booked;
use crate::deadlines::{CaseCalendars, Deadline, DeadlineRule};
use crate::events::Fact;
use crate::history::{History, PastMessage, Recorded};
use crate::packs::pack::{Pack, Row, RowNumber};
use crate::places::{Places, unknown_place};
use crate::purpose::Purpose;
use crate::response_window::ResponseWindow;
use builder::PlanBuilder;
use chrono::NaiveDate;
use despatch_core::fault::Fault;
use despatch_core::words::{EntryId, KindName, PackId, PlaceId, Role, Team};
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

/// One message that the plan requires.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Planned {
    pub purpose: Purpose,
    /// The number that its row cites ("12", "G6"), for people.
    pub row: RowNumber,
    /// The team whose row it is, which determines the letterhead and the From address (G2).
    pub team: Team,
    pub kind: KindName,
    pub role: Role,
    pub to: To,
    /// A copy of a message to somebody else (row 1's manager).
    pub copy: bool,
    /// Indexes into the case's attachments, in the order in which they are enclosed.
    pub attachments: Vec<usize>,
    pub deadline: Option<Deadline>,
    /// The response window that must still be open when this is approved and sent (B5).
    pub window: Option<ResponseWindow>,
    /// The last day on which sending this is useful (G11); `None` if it never goes stale.
    pub not_after: Option<NaiveDate>,
    /// A copy for the healthcare team: policy holds do not delay it (G19).
    pub safety: bool,
    /// What a person must decide first, according to the rules.
    pub hold: Option<PolicyHold>,
    /// The sentence of the guidance that requires it, or "implied".
    pub source: String,
}

impl Planned {
    /// Returns whether it serves an appointment, booked or to be arranged, and is superseded with it
    /// (`PendingEffect::Appointment`). What cancels one, or withdraws consent, never goes stale and remains; the
    /// response before a removal has another purpose.
    pub fn gives_way(&self) -> bool {
        let of_removal =
            self.deadline.as_ref().is_some_and(|deadline| deadline.rule == DeadlineRule::BeforeRemoval);
        self.not_after.is_some() && !self.safety && !of_removal
    }

    /// Returns the recipient's own reference for the case; a new doctor's reference is not the former doctor's.
    pub fn reference<'c>(&self, case: &'c Case) -> Option<&'c str> {
        let doctor = case.event.doctor().map(|doctor| To::Entry(doctor.entry.clone()));
        let another = self.role == Role::Doctor && doctor.as_ref() != Some(&self.to);
        case.reference_of(self.role).filter(|_| !another)
    }
}

/// What a person must decide before a despatch may be sent.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PolicyHold {
    /// A code from a closed list (`late_response`).
    pub code: String,
    /// What it is and how to proceed.
    pub words: String,
    /// Whether only a change of the pack or the case lifts it; otherwise a person may, with a reason.
    pub firm: bool,
}

/// The recipient: an entry that the case names, or the body that serves a role at a place.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum To {
    Entry(EntryId),
    /// The one verified entry of this role that serves the place; `None` for a role without places (DMRT).
    Body(Option<PlaceId>),
}

/// A row that was not made.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct NotMade {
    pub purpose: Purpose,
    pub row: RowNumber,
    pub reason: String,
}

/// The rules' findings about the event, for the letters.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Outcome {
    /// Why these messages are sent: a sentence that names nobody.
    pub reason: Option<String>,
    /// Whether a second opinion is requested (B1, B2).
    pub second_opinion_requested: Option<bool>,
    /// The dates that the letters may print.
    pub dates: Dates,
    /// The appointment that the event concerns, or the one on record.
    pub appointment: Option<Booked>,
    /// The appointment that is cancelled.
    pub cancelled: Option<Booked>,
    /// The answers to the invitation that count (B6).
    pub answers: Answers,
    /// Before this event the doctor was told to assess on papers alone.
    pub papers_only: bool,
}

/// The dates of a case that letters print; `None` if unknown.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Dates {
    pub referred_on: Option<NaiveDate>,
    pub refer_by: Option<NaiveDate>,
    pub assess_by: Option<NaiveDate>,
    pub serve_by: Option<NaiveDate>,
    pub latest_service: Option<NaiveDate>,
    pub respond_by: Option<NaiveDate>,
    pub report_by: Option<NaiveDate>,
    pub rebook_by: Option<NaiveDate>,
    pub served_on: Option<NaiveDate>,
    pub removal_on: Option<NaiveDate>,
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
    let calendars = CaseCalendars::of(calendar, pack, place.division);
    let mut plan = PlanBuilder::new(case, history, pack, calendars, place, places, today);
    plan.check_case();
    let fact = case.event.decide(&mut plan);
    plan.weigh_contradictions();
    let rows = messages::rows(&mut plan);
    plan.source_immediate(&rows);
    match fact {
        Some(fact) if plan.faults.is_empty() => Ok(whole(plan, fact, &rows)),
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

fn whole(plan: PlanBuilder<'_>, fact: Fact, rows: &[&Row]) -> Plan {
    let (despatches, not_made) = messages::make(&plan, rows);
    let mut plan = plan;
    plan.warnings.extend(dropped(plan.history, &despatches));
    let PlanBuilder { case, place, today, .. } = plan;
    let recorded = Recorded {
        event_id: case.event_id.clone(),
        on: today,
        place: place.id.clone(),
        place_kind: place.kind,
        detained_since: case.detention.since,
        representative: case.representative.as_ref().map(|one| one.entry.clone()),
        fact,
        clocks: plan.clocks,
        pending_effects: plan.pending_effects,
    };
    Plan {
        pack: plan.pack.id.clone(),
        issued_on: today,
        corrects: case.replaces.and(plan.history.replaced_on),
        despatches,
        not_made,
        warnings: plan.warnings,
        notes: plan.notes,
        recorded,
        outcome: plan.outcome,
    }
}
