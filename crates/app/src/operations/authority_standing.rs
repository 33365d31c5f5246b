//! Enters: a case file whose step may need somebody's authority. Leaves: whether that is awaited, by when and of whom, or by
//! whom it was given. Never: gives it.

use super::authorise::{Unauthorised, awaiting};
use super::{Actor, Failure, OpenOffice};
use chrono::NaiveDate;
use despatch_ledger::{LedgerEvent, Subject, SubmissionEvent};
use despatch_process::{Deadline, Recorded};

/// How the authority stands that a step needs.
#[derive(Debug)]
pub enum Standing {
    Awaited(Box<Awaited>),
    Given(Given),
}

/// An authority that nobody has given who may.
#[derive(Debug)]
pub struct Awaited {
    pub step: Unauthorised,
    /// The nearest clock that goes on until somebody gives it; `None` where it stops none.
    pub goes_on: Option<Deadline>,
}

/// An authority that somebody gave by their own account.
#[derive(Debug)]
pub struct Given {
    pub by: String,
    /// As whom they signed.
    pub signed_as: String,
    pub on: NaiveDate,
}

/// Returns how the authority stands that the step of a case file needs; `None` if it needs none, or the signed paper
/// proved it.
///
/// # Errors
/// The actor may not see its case, or the ledger cannot be read.
pub fn standing(open: &mut OpenOffice, actor: &Actor, case_file: i64) -> Result<Option<Standing>, Failure> {
    let found = open.ledger.recorded_of(case_file)?;
    if let Some(waits) = found.filter(|found| found.recorded.awaits_authority().is_some()) {
        let step = awaiting(open, actor, case_file)?;
        return Ok(Some(Standing::Awaited(Box::new(Awaited { step, goes_on: goes_on(&waits.recorded) }))));
    }
    let events = open.ledger.events(Some(&Subject::Submission(case_file).to_string()))?;
    let given = events.into_iter().rev().find_map(|event| match event.happened {
        LedgerEvent::Submission(_, SubmissionEvent::Authorised(signer)) => {
            Some(Given { signed_as: signer.words(), on: event.day(), by: event.actor })
        }
        _ => None,
    });
    Ok(given.map(Standing::Given))
}

/// The nearest clock of a step that its authority stops.
fn goes_on(recorded: &Recorded) -> Option<Deadline> {
    if recorded.once_authorised.is_empty() {
        return None;
    }
    let stops = recorded.clocks.iter().filter(|clock| !recorded.once_authorised.contains(clock));
    stops.min_by_key(|clock| clock.due).cloned()
}
