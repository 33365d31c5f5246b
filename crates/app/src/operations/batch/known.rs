//! Enters: the name of a batch. Leaves: what is on record of it.
//! Never: takes a name for a batch that nobody began.

use crate::operations::{Failure, OpenOffice};
use despatch_core::fault::Fault;
use despatch_core::words::BatchName;
use despatch_ledger::BatchOnRecord;

/// Returns a batch.
///
/// # Errors
/// There is none of this name, or the ledger cannot be read.
pub(super) fn known(open: &mut OpenOffice, name: &BatchName) -> Result<BatchOnRecord, Failure> {
    open.ledger.batch(name)?.ok_or_else(|| {
        let cure = "look at `despatch batch list`";
        let at = format!("batch {name}");
        Fault::new(at, "batch.unknown", "there is no batch of this name", cure).into()
    })
}
