//! Enters: who prepares a case file, and the case. Leaves: what the office offers and knows for it. In the files beside
//! this one: the questions of each event, for a terminal, and the form of the same questions, for a page.
//! Never: offers personal data of the detained person: none is on record.

/// A case file in progress.
pub mod answers;
/// What a case file says of an attachment.
pub mod attached;
/// The choices that an office offers.
pub mod desk;
/// A case file in the making, as a form asks for it.
pub mod form;
/// The inputs of a form.
pub mod inputs;
/// Where each fault stands in a form.
pub mod placed;
/// Which questions are due.
pub mod questions;
mod of_file;
/// What somebody posted.
pub mod take;
/// Every question, in order.
pub mod walk;

use super::casework::may_see;
use super::{Actor, Failure, OpenOffice};
use desk::{Desk, OnFile};
use despatch_core::words::{CaseId, StaffId};
use despatch_process::case::EventName;
use serde::{Deserialize, Serialize};

/// What somebody needs who prepares a case file.
#[derive(Debug, Serialize, Deserialize)]
pub struct Preparation {
    /// The person who prepares it.
    pub prepared_by: StaffId,
    /// What the office offers.
    pub desk: Desk,
}

/// Returns what the office offers to whoever prepares a case file.
///
/// # Errors
/// The actor is not on the staff list.
pub fn preparation(open: &OpenOffice, actor: &Actor) -> Result<Preparation, Failure> {
    let prepared_by = actor.staff()?.id.clone();
    Ok(Preparation { prepared_by, desk: Desk::of(&open.office, open.now().today) })
}

/// Returns what is on record of a case, for an event of it.
///
/// # Errors
/// The actor is not on the staff list; the ledger cannot be read.
pub fn on_file(
    open: &mut OpenOffice,
    actor: &Actor,
    case: &CaseId,
    event: EventName,
) -> Result<OnFile, Failure> {
    actor.staff()?;
    may_see(&mut open.ledger, actor, case)?;
    Ok(OnFile::of(&open.office, &mut open.ledger, case, event)?)
}
