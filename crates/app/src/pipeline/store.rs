//! Enters: a sealed case. Leaves: it in the outbox, with what is told of it; or why it is not there.
//! Never: answers before it is on disk.

use crate::intake::{Finding, Incoming};
use despatch_core::fault::Fault;
use despatch_ledger::{DurableError, DurableHandle, Queued, SealedCase};

/// What became of a sealed case.
pub(super) enum Stored {
    Told(Finding),
    /// The record has changed since it was planned: it is planned again.
    Overtaken,
    /// The same bytes are queued already, as this submission.
    Duplicate(i64),
    /// It contradicts a queued file.
    Conflict(Fault),
}

/// Has a sealed case stored that was made of `incoming`.
///
/// # Errors
/// The write could not be made durable.
pub(super) fn store(
    durable: &DurableHandle,
    incoming: &Incoming,
    case: SealedCase,
) -> Result<Stored, DurableError> {
    let (case_id, not_made) = (case.case_id.clone(), case.not_made.clone());
    let despatches = case.despatches.iter().map(|one| one.despatch.clone()).collect();
    let (file, submission) = (incoming.file.clone(), incoming.submission);
    Ok(match durable.queue(case)? {
        Queued::Made { superseded, already_sent } => Stored::Told(Finding::Queued {
            file,
            submission,
            case_id,
            despatches,
            not_made,
            superseded,
            already_sent,
        }),
        Queued::Overtaken => Stored::Overtaken,
        Queued::Duplicate(of) => Stored::Duplicate(of),
        Queued::Conflict(fault) => Stored::Conflict(fault),
    })
}
