//! Enters: a despatch that a reviewer has open. Leaves: the version before it, opened too: what was made before it was
//! regenerated, or the message of the case file that a corrected one replaced. Never: leaves the view of it off the record.

use super::casework::seen;
use super::reading::{OpenedDespatch, open_version_again};
use super::{Actor, Failure, OpenOffice};
use crate::office::Unlock;
use despatch_ledger::{Despatch, DespatchEvent, DespatchId, LedgerEvent, MessageBinding, State};

/// An earlier version of a message.
pub struct EarlierVersion {
    pub id: DespatchId,
    /// Its message; a despatch keeps its id when it is regenerated.
    pub bound: MessageBinding,
}

/// Finds the version before a message; `None` if it is the first.
///
/// # Errors
/// There is no such despatch; the ledger cannot be read.
pub fn find(open: &mut OpenOffice, actor: &Actor, id: DespatchId) -> Result<Option<EarlierVersion>, Failure> {
    let despatch = seen(&mut open.ledger, actor, id)?;
    let Some(bound) = &despatch.message else { return Ok(None) };
    let events = open.ledger.events(Some(&id.to_string()))?;
    let made = events.into_iter().filter_map(|event| match event.happened {
        LedgerEvent::Despatch(_, DespatchEvent::Made(made)) => made.message,
        LedgerEvent::Despatch(_, DespatchEvent::Regenerated(made)) => made.message,
        _ => None,
    });
    let before =
        made.filter(|earlier| earlier.revision < bound.revision).max_by_key(|earlier| earlier.revision);
    if let Some(bound) = before {
        return Ok(Some(EarlierVersion { id, bound }));
    }
    let of_case = open.ledger.despatches_of_case(&despatch.case_id)?;
    let replaced =
        of_case.into_iter().filter(|other| is_earlier(other, &despatch)).max_by_key(|other| other.id);
    Ok(replaced.and_then(|other| Some(EarlierVersion { id: other.id, bound: other.message? })))
}

/// Whether a despatch is what another one was before its case file was corrected.
fn is_earlier(other: &Despatch, despatch: &Despatch) -> bool {
    other.id < despatch.id
        && other.state == State::Superseded
        && other.event_id == despatch.event_id
        && other.planned.kind == despatch.planned.kind
        && other.planned.role == despatch.planned.role
        && other.planned.copy == despatch.planned.copy
        && other.message.is_some()
}

/// Opens an earlier version. The first view of it by this person is recorded.
///
/// # Errors
/// It was removed, or cannot be opened.
pub fn open(
    office: &mut OpenOffice,
    actor: &Actor,
    version: &EarlierVersion,
    unlock: &Unlock,
) -> Result<OpenedDespatch, Failure> {
    open_version_again(office, actor, (version.id, &version.bound), unlock)
}
