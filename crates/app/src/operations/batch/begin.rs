//! Enters: a sheet whose rows all became case files. Leaves: the batch on record with its rows, or every row that `run`
//! would reject. Never: drops a row, or begins a batch of which a row is at fault.

use super::{Prepared, PreparedRow, RowFault};
use crate::operations::drop_case::check_actor;
use crate::operations::foresight::foresee_bytes;
use crate::operations::{Actor, Failure, OpenOffice};
use crate::pipeline::read_case;
use despatch_core::fault::Fault;
use despatch_core::words::{BatchName, CaseId, Sha256};
use despatch_ledger::{BatchOnRecord, BatchToBegin, ListedRow};
use std::collections::BTreeSet;

/// A sheet that is to run, and under which name.
#[derive(Debug, Clone, Copy)]
pub struct BeginBatch<'a> {
    pub name: &'a BatchName,
    pub prepared: &'a Prepared,
}

/// What came of beginning.
#[derive(Debug)]
pub enum Begun {
    Batch(BatchOnRecord),
    /// Rows that would be rejected: nothing was begun.
    Faults(Vec<RowFault>),
}

/// Records a batch, after each of its rows that has not gone was planned as `run` would plan it. Rows of one case follow
/// each other: only the first of them can be planned before it is on record.
///
/// `each` is told how many rows are planned; where it says no, nothing is begun.
///
/// # Errors
/// The actor is not the preparer whom the rows name; somebody else began a batch of this name, or it is held or
/// cancelled; the sheet has no rows; the ledger fails.
pub fn begin(
    open: &mut OpenOffice,
    actor: &Actor,
    request: BeginBatch<'_>,
    each: &mut dyn FnMut(usize) -> bool,
) -> Result<Begun, Failure> {
    let BeginBatch { name, prepared } = request;
    let by = actor.staff()?.clone();
    let mut faults = Vec::new();
    let mut seen: BTreeSet<CaseId> = BTreeSet::new();
    for (number, row) in prepared.rows.iter().enumerate() {
        if !each(number) {
            return Err(Failure::TryAgain("stopped before anything was begun".to_owned()));
        }
        match foreseen(open, actor, row, &mut seen) {
            Ok(()) => {}
            Err(Failure::Faults(found)) => faults.extend(found.into_iter().map(|fault| of_row(row.row, fault))),
            Err(other) => return Err(other),
        }
    }
    if !faults.is_empty() {
        return Ok(Begun::Faults(faults));
    }
    let rows = prepared.rows.iter().map(|row| Ok(ListedRow { row: row.row, sha256: hash(row)? }));
    let begin = BatchToBegin {
        name: name.clone(),
        event: prepared.event,
        sheet: prepared.sheet,
        rows: rows.collect::<Result<_, Fault>>()?,
        identical_reasons: prepared.identical_reasons,
    };
    let now = open.now();
    Ok(Begun::Batch(open.ledger.begin_batch(&begin, &by, now)?))
}

/// The hash by which a row's case file is known.
///
/// # Errors
/// The file could not be read.
pub(super) fn hash(row: &PreparedRow) -> Result<Sha256, Fault> {
    Ok(Sha256::of(row.file.bytes()?))
}

/// Plans a row that is neither queued nor in hand.
fn foreseen(
    open: &mut OpenOffice,
    actor: &Actor,
    row: &PreparedRow,
    seen: &mut BTreeSet<CaseId>,
) -> Result<(), Failure> {
    let bytes = row.file.bytes()?;
    let case = read_case(&open.office, bytes, row.file.owner)?;
    check_actor(open, actor, &case.prepared_by)?;
    if open.ledger.is_in_hand(Sha256::of(bytes))? || !seen.insert(case.case_id) {
        return Ok(());
    }
    foresee_bytes(open, &row.file, bytes).map(drop)
}

/// A fault of a row's case file, at the row.
fn of_row(row: u32, fault: Fault) -> RowFault {
    let column = Some(fault.at).filter(|at| !at.is_empty());
    RowFault { row: Some(row), column, cause: fault.cause, cure: fault.cure }
}
