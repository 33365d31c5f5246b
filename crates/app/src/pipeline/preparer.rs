//! Enters: a case that was taken, and the record. Leaves: whose it is, where the record knows that for certain.
//! Never: believes the case itself.

use crate::intake::Incoming;
use crate::office::Office;
use despatch_core::words::Sha256;
use despatch_ledger::{DurableError, Ledger};
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
