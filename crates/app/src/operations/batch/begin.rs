//! Enters: a sheet whose rows all became case files. Leaves: the batch on record with its rows.
//! Never: drops a row, or begins a batch of what somebody else prepared.

use super::{Prepared, PreparedRow};
use crate::operations::drop_case::check_actor;
use crate::operations::{Actor, Failure, OpenOffice};
use crate::pipeline::read_case;
use despatch_core::fault::Fault;
use despatch_core::words::{BatchName, Sha256};
use despatch_ledger::{BatchOnRecord, BatchToBegin, ListedRow};

/// A sheet that is to run, and under which name.
#[derive(Debug, Clone, Copy)]
pub struct BeginBatch<'a> {
    pub name: &'a BatchName,
    pub prepared: &'a Prepared,
}

/// Records a batch. Its rows were found sound by [`super::reading::read`].
///
/// # Errors
/// The actor is not the preparer whom the rows name; somebody else began a batch of this name, or it is held or
/// cancelled; the sheet has no rows; the ledger fails.
pub fn begin(
    open: &mut OpenOffice,
    actor: &Actor,
    request: BeginBatch<'_>,
) -> Result<BatchOnRecord, Failure> {
    let BeginBatch { name, prepared } = request;
    let by = actor.staff()?.clone();
    let mut rows = Vec::with_capacity(prepared.rows.len());
    for row in &prepared.rows {
        let case = read_case(&open.office, row.file.bytes()?, row.file.owner)?;
        check_actor(open, actor, &case.prepared_by)?;
        rows.push(ListedRow { row: row.row, sha256: hash(row)? });
    }
    let Prepared { event, sheet, identical_reasons, .. } = *prepared;
    let begin = BatchToBegin { name: name.clone(), event, sheet, rows, identical_reasons };
    let now = open.now();
    Ok(open.ledger.begin_batch(&begin, &by, now)?)
}

/// The hash by which a row's case file is known.
///
/// # Errors
/// The file could not be read.
pub(super) fn hash(row: &PreparedRow) -> Result<Sha256, Fault> {
    Ok(Sha256::of(row.file.bytes()?))
}
