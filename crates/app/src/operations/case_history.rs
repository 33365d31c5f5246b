//! Enters: a case's id. Leaves: what is on record for it, its state, and its notes for the casework system.
//! Never: opens a sealed file, or changes anything but the tick of a note.

use super::casework::may_see;
use super::deadlines::DeadlineBoard;
use super::linked_cases::{LinkedCase, linked};
use super::matrix::Matrix;
use super::week_places::WeekPlaces;
use super::{Actor, Failure, OpenOffice, summary, unknown_case};
use chrono::NaiveDate;
use despatch_core::words::{CaseId, EntryId, PackId, PlaceId};
use despatch_ledger::{Despatch, Ledger, NoteId, OnRecord, Owner, Restriction, Tick};
use despatch_process::case::Level;
use despatch_process::{Answers, Booked, CaseState, Recorded};
use serde::{Deserialize, Serialize};

/// A case and, optionally, the note to tick as copied into the casework system.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct ShowCase {
    pub id: CaseId,
    pub recorded: Option<NoteId>,
}

/// Everything that is shown of a case.
#[derive(Debug, Serialize)]
pub struct CaseHistory {
    pub case_id: CaseId,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub owner: Option<Owner>,
    /// Who alone may see it; `None` if everybody may.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub restriction: Option<Restriction>,
    /// In order of receipt, including those replaced by a correction.
    pub events: Vec<CaseEvent>,
    /// Who has received which document.
    pub matrix: Matrix,
    pub notes: Vec<Note>,
    pub board: DeadlineBoard,
    /// The other cases of the person's reference, with what is due in them.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub linked: Vec<LinkedCase>,
    /// The places of the week in which the second opinion was asked for, if it was.
    pub week: Option<WeekPlaces>,
    pub standing: CaseStateView,
    /// Its state, each line with its label.
    #[serde(skip)]
    pub state_lines: Vec<(&'static str, String)>,
}

/// One case file.
#[derive(Debug, Serialize)]
pub struct CaseEvent {
    pub case_file: i64,
    /// Whether it counts; otherwise a correction has replaced it.
    pub counts: bool,
    pub pack: PackId,
    pub recorded: Recorded,
    pub despatches: Vec<Despatch>,
    /// The file that replaced it.
    #[serde(skip)]
    pub replaced_by: Option<i64>,
}

/// A note, and who has copied it.
#[derive(Debug, Serialize)]
pub struct Note {
    pub id: NoteId,
    pub text: String,
    #[serde(rename = "recorded")]
    pub tick: Option<Tick>,
}

/// The state of a case, for programs.
#[derive(Debug, Serialize)]
pub struct CaseStateView {
    place: Option<PlaceId>,
    detained_since: Option<NaiveDate>,
    representative: Option<EntryId>,
    appointment: Option<Booked>,
    answers: Answers,
    second_opinion_requested: Option<bool>,
    papers_only: bool,
    without_second_opinion: bool,
    second_opinion_received_on: Option<NaiveDate>,
    second_opinion_pending: bool,
    removal_on: Option<NaiveDate>,
    responded_on: Option<NaiveDate>,
    level_in_force: Option<Level>,
    route: &'static str,
    pending: String,
}

/// Returns the history of a case; if a note is given, ticks it first.
///
/// # Errors
/// Nothing is on record for the case, or there is no such note.
pub fn show(open: &mut OpenOffice, actor: &Actor, request: ShowCase) -> Result<CaseHistory, Failure> {
    let ShowCase { id, recorded } = request;
    let now = open.now();
    let OpenOffice { office, ledger, .. } = open;
    may_see(ledger, actor, &id)?;
    let events = ledger.case_events(&id)?;
    let replaced = ledger.replaced_events(&id)?;
    if events.is_empty() && replaced.is_empty() {
        return Err(unknown_case(&id).into());
    }
    if let Some(note) = recorded {
        ledger.tick(&events, note, actor.staff()?, now)?;
    }
    let standing = CaseState::of(&ledger.case_history(&id)?);
    let notes = notes(ledger, &events)?;
    let board = DeadlineBoard::of_case(ledger, office, &id, now)?;
    let week = WeekPlaces::of_case(ledger, office, &events)?;
    let counting: Vec<_> =
        events.iter().map(|event| (event.recorded.event_id.clone(), event.submission)).collect();
    let replaced = replaced.into_iter().map(|event| {
        let by =
            counting.iter().find(|(id, _)| *id == event.recorded.event_id).map(|(_, submission)| *submission);
        CaseEvent::of(event, false, by)
    });
    let mut events: Vec<CaseEvent> =
        events.into_iter().map(|event| CaseEvent::of(event, true, None)).chain(replaced).collect();
    events.sort_by_key(|event| event.case_file);
    let mut state_lines = summary::state_lines(&standing, &office.places);
    let (owner, restriction) = (ledger.owner_of(&id)?, ledger.restriction_of(&id)?);
    let despatches =
        events.iter().flat_map(|event| event.despatches.iter().map(|one| (event.case_file, one)));
    let matrix = Matrix::of(despatches, &office.catalogue);
    state_lines.extend(week.iter().map(|week| ("week's places", week.words())));
    let linked = linked(open, actor, &id)?;
    Ok(CaseHistory {
        case_id: id,
        owner,
        restriction,
        events,
        matrix,
        notes,
        board,
        linked,
        week,
        state_lines,
        standing: standing.into(),
    })
}

fn notes(ledger: &mut Ledger, events: &[OnRecord]) -> Result<Vec<Note>, Failure> {
    let mut notes = Vec::new();
    for event in events {
        let mut ticks = ledger.ticks(event.submission)?;
        notes.extend(event.notes.iter().zip(1..).map(|(text, note)| Note {
            id: NoteId { submission: event.submission, note },
            text: text.clone(),
            tick: ticks.remove(&note),
        }));
    }
    Ok(notes)
}

impl CaseEvent {
    fn of(event: OnRecord, counts: bool, replaced_by: Option<i64>) -> Self {
        let OnRecord { submission: case_file, pack, recorded, despatches, .. } = event;
        Self { case_file, counts, pack, recorded, despatches, replaced_by }
    }
}

impl From<CaseState> for CaseStateView {
    fn from(standing: CaseState) -> Self {
        Self {
            second_opinion_pending: standing.awaits_opinion(),
            route: summary::route(&standing),
            pending: summary::pending(&standing),
            place: standing.place.map(|(place, _)| place),
            detained_since: standing.detained_since,
            representative: standing.representative,
            appointment: standing.appointment,
            answers: standing.answers,
            second_opinion_requested: standing.requested,
            papers_only: standing.papers_only,
            without_second_opinion: standing.without_opinion,
            second_opinion_received_on: standing.opinion_received_on,
            removal_on: standing.removal_on,
            responded_on: standing.responded_on,
            level_in_force: standing.level,
        }
    }
}
