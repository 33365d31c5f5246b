//! Enters: a case file that has not been dropped. Leaves: what would be made of it, for whom, by when and why, or every
//! fault as `run` would report it. Never: writes anything, or renders a letter.

use super::casework::may_see;
use super::week_places::WeekPlaces;
use super::{Actor, Failure, OpenOffice};
use crate::intake::{AttachedFile, LocalCase};
use crate::office::Office;
use crate::pipeline::{PlannedCase, plan_undropped};
use chrono::NaiveDate;
use despatch_core::fault::Fault;
use despatch_core::words::{CaseId, EntryId, EventId};
use despatch_ledger::{DespatchId, Hold, Ledger, State};
use despatch_process::case::{Case, EventName};
use despatch_process::{Plan, Planned, Recorded};
use serde::Serialize;

/// What would become of a case file.
#[derive(Debug, Serialize)]
#[serde(untagged)]
pub enum Foresight {
    /// The same bytes are already queued.
    Known {
        duplicate_of: i64,
        faults: [Fault; 0],
    },
    New(Box<Foreseeable>),
}

/// What would be made of a case file.
#[derive(Debug, Serialize)]
pub struct Foreseeable {
    pub case_id: CaseId,
    pub event_id: EventId,
    pub event: EventName,
    pub plan: Plan,
    /// One for each despatch of the plan, in its order.
    pub made: Vec<Made>,
    pub unsent: Vec<GivesWay>,
    /// The places of the week in which the second opinion was asked for, if it was.
    pub week: Option<WeekPlaces>,
    /// Always empty: nothing is made of a file with faults.
    pub faults: [Fault; 0],
    #[serde(skip)]
    pub(super) case: Case,
    #[serde(skip)]
    pub(super) attachments: Vec<AttachedFile>,
}

/// One message that would be made.
#[derive(Debug, Serialize)]
pub struct Made {
    pub position: usize,
    pub title: String,
    pub to: Option<Named>,
    /// The titles of the letters and attachments enclosed with the cover note.
    pub encloses: Vec<String>,
    /// What would hold it.
    pub holds: Vec<Hold>,
}

/// An entry of the directory.
#[derive(Debug, Serialize)]
pub struct Named {
    pub entry: EntryId,
    pub name: String,
    pub organisation: String,
}

/// An unsent despatch of the case that the event affects.
#[derive(Debug, Serialize)]
pub struct GivesWay {
    pub id: DespatchId,
    pub becomes: State,
}

/// Plans a case file as `run` would today.
///
/// # Errors
/// Every fault of the case file, or the ledger cannot be read.
pub fn foresee(open: &mut OpenOffice, actor: &Actor, file: LocalCase) -> Result<Foresight, Failure> {
    let foreseen = foresee_bytes(open, &file, file.bytes()?)?;
    if let Foresight::New(one) = &foreseen {
        // What it would do tells of what is on record.
        may_see(&mut open.ledger, actor, &one.case_id)?;
    }
    Ok(foreseen)
}

/// Plans `bytes`, which may be those of `file` with added fields.
pub(super) fn foresee_bytes(
    open: &mut OpenOffice,
    file: &LocalCase,
    bytes: &[u8],
) -> Result<Foresight, Failure> {
    let today = open.now().today;
    let OpenOffice { office, ledger, .. } = open;
    let planned = match plan_undropped(office, ledger, (file, bytes), today)? {
        Ok(planned) => planned,
        Err(duplicate_of) => return Ok(Foresight::Known { duplicate_of, faults: [] }),
    };
    let PlannedCase { case, attachments, record, plan, .. } = planned;
    let made = plan.despatches.iter().zip(1..);
    Ok(Foresight::New(Box::new(Foreseeable {
        case_id: case.case_id.clone(),
        event_id: case.event_id.clone(),
        event: case.event.name(),
        made: made.map(|(planned, position)| Made::of(office, &case, planned, position, today)).collect(),
        unsent: giving_way(ledger, &case, &plan.recorded)?,
        week: WeekPlaces::of_plan(ledger, office, &plan, &record.history)?,
        plan,
        faults: [],
        case,
        attachments,
    })))
}

/// The unsent despatches of the case that this file would supersede or hold.
fn giving_way(ledger: &mut Ledger, case: &Case, by: &Recorded) -> Result<Vec<GivesWay>, Failure> {
    let replaced = match case.replaces {
        Some(file) => ledger.despatches_of_file(file)?,
        None => Vec::new(),
    };
    let replaced = replaced.into_iter().filter(|despatch| despatch.state.may_become(State::Superseded));
    let replaced = replaced.map(|despatch| (despatch.id, true));
    let overtaken = ledger.overtaken_by(&case.case_id, &case.event_id, by)?;
    let becomes = |gives_way| if gives_way { State::Superseded } else { State::Held };
    let let_go = ledger.let_go_by(&case.case_id, &case.event_id, by)?;
    let let_go = let_go.into_iter().map(|id| GivesWay { id, becomes: State::AwaitingReview });
    let all = replaced.chain(overtaken);
    Ok(all.map(|(id, gives_way)| GivesWay { id, becomes: becomes(gives_way) }).chain(let_go).collect())
}

impl Made {
    fn of(office: &Office, case: &Case, planned: &Planned, position: usize, today: NaiveDate) -> Self {
        let kind = office.catalogue.kind(&planned.kind);
        let resolution = office.directory.resolve(planned.role, &planned.to, &case.case_id, today);
        let mut holds: Vec<Hold> = resolution.holds.iter().map(Hold::from).collect();
        holds.extend(planned.hold.as_ref().map(Hold::from));
        let letters = kind.into_iter().flat_map(|kind| &kind.documents);
        let letters = letters.filter(|own| own.goes_to(planned.role)).map(|own| own.title.clone());
        let enclosed = planned.attachments.iter().filter_map(|index| case.attachments.get(*index));
        Made {
            position,
            title: kind.map_or_else(String::new, |kind| kind.title.clone()),
            to: resolution.entry.map(|entry| Named {
                entry: entry.id.clone(),
                name: entry.name.clone(),
                organisation: entry.organisation.clone(),
            }),
            encloses: letters.chain(enclosed.map(|listed| listed.title.clone())).collect(),
            holds,
        }
    }
}
