//! Enters: a case that was taken, and the record. Leaves: whose it is, where the record knows that for certain, and who is
//! told if it is rejected. Never: believes the case itself about who prepared it.

use crate::intake::Incoming;
use crate::office::Office;
use despatch_core::words::{Sha256, StaffId};
use despatch_ledger::{DurableError, Ledger};
use despatch_process::case::Said;
use nix::unistd::geteuid;

/// Takes a case that was dropped through the service for a file of whoever dropped it: it belongs to the office's
/// account, and the record says whose account gave these bytes.
pub(super) fn prove_preparer(
    office: &Office,
    ledger: &mut Ledger,
    incoming: &mut Incoming,
) -> Result<(), DurableError> {
    if incoming.owner != geteuid().as_raw() {
        return Ok(());
    }
    let by = ledger.dropped_by(Sha256::of(&incoming.bytes));
    let by = by.map_err(|error| DurableError(error.to_string()))?;
    if let Some(owner) = by.and_then(|by| office.account_of_staff(&by)) {
        incoming.owner = owner;
        incoming.others_write = false;
    }
    Ok(())
}

/// The member of staff who is told of a reject: whose file it is, or whom it names as its preparer. Nobody else's name is
/// taken from a file at fault.
pub(super) fn told_of(office: &Office, incoming: &Incoming) -> Option<StaffId> {
    let owner = office.staff_of_uid(incoming.owner).filter(|_| !incoming.others_write);
    let named = || office.config.staff_member(&Said::in_file(&incoming.bytes).prepared_by?);
    owner.or_else(named).map(|staff| staff.id.clone())
}
