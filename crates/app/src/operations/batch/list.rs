//! Enters: the name of a batch, or none. Leaves: the batches, or how one stands: its rows, its messages, what comes next.
//! Never: opens a message, or counts one that the actor may not see.

use super::known::known;
use super::sampling::{SampleStanding, samples};
use crate::operations::{Actor, Failure, OpenOffice};
use despatch_core::words::{BatchName, StaffId};
use despatch_ledger::{BatchOnRecord, BatchTally, Despatch, DespatchId, Page, RowFate, RowOnRecord, State};
use serde::Serialize;
use std::collections::BTreeMap;

/// How many batches stand on one page.
pub const BATCHES_ON_A_PAGE: u32 = 20;
/// How many messages are looked through at once for the next one.
const LOOKED_THROUGH: u32 = 50;

/// A page of the batches, newest first.
#[derive(Debug, Serialize)]
pub struct BatchList {
    pub batches: Vec<BatchCounts>,
    /// Counted from 1.
    pub page: u32,
    pub pages: u32,
}

/// A batch in numbers.
#[derive(Debug, Serialize)]
pub struct BatchCounts {
    #[serde(flatten)]
    pub batch: BatchOnRecord,
    /// What became of its rows, and of its messages by state.
    pub rows: BTreeMap<RowFate, usize>,
    pub messages: BTreeMap<String, u64>,
}

/// How a batch stands.
#[derive(Debug, Serialize)]
pub struct BatchStanding {
    #[serde(flatten)]
    pub counts: BatchCounts,
    /// Its messages by kind, role and state.
    pub tally: Vec<BatchTally>,
    /// Its rows that were rejected, or lie nowhere.
    pub open_rows: Vec<RowOnRecord>,
    /// The next message for the actor to open.
    pub next: Option<DespatchId>,
    /// The kinds of which a sample stands for the rest.
    pub samples: Vec<SampleStanding>,
}

impl BatchCounts {
    /// Of rows that were read.
    pub(super) fn of(batch: BatchOnRecord, rows: &[RowOnRecord], tally: &[BatchTally]) -> Self {
        let mut fates: BTreeMap<RowFate, usize> = BTreeMap::new();
        rows.iter().for_each(|row| *fates.entry(row.fate).or_default() += 1);
        Self::counted(batch, fates, tally)
    }

    /// Of rows that the ledger counted.
    fn counted(batch: BatchOnRecord, rows: BTreeMap<RowFate, usize>, tally: &[BatchTally]) -> Self {
        let mut messages: BTreeMap<String, u64> = BTreeMap::new();
        tally.iter().for_each(|one| *messages.entry(one.state.clone()).or_default() += one.number);
        Self { batch, rows, messages }
    }

    /// How many rows the sheet has, without those that a later one replaced.
    pub fn rows_in_all(&self) -> usize {
        self.rows.iter().filter(|(fate, _)| **fate != RowFate::Replaced).map(|(_, number)| number).sum()
    }

    /// How many messages are in a state.
    pub fn in_state(&self, state: State) -> u64 {
        self.messages.get(state.code()).copied().unwrap_or(0)
    }
}

/// Lists the batches.
///
/// # Errors
/// The ledger cannot be read.
pub fn list(open: &mut OpenOffice, actor: &Actor, page: u32) -> Result<BatchList, Failure> {
    let page = page.max(1);
    let (found, total) = open.ledger.batches(Page { number: page, limit: BATCHES_ON_A_PAGE })?;
    let mut batches = Vec::new();
    for batch in found {
        let rows = open.ledger.batch_fates(&batch, actor.reader())?;
        let tally = open.ledger.batch_tally(&batch.name, actor.reader())?;
        batches.push(BatchCounts::counted(batch, rows, &tally));
    }
    let pages = u32::try_from(total.div_ceil(BATCHES_ON_A_PAGE.into())).unwrap_or(u32::MAX).max(1);
    Ok(BatchList { batches, page, pages })
}

/// Returns how a batch stands.
///
/// # Errors
/// There is none of this name, or the ledger cannot be read.
pub fn show(open: &mut OpenOffice, actor: &Actor, name: &BatchName) -> Result<BatchStanding, Failure> {
    let batch = known(open, name)?;
    let rows = open.ledger.batch_rows(&batch, actor.reader())?;
    let tally = open.ledger.batch_tally(name, actor.reader())?;
    let samples = samples(open, actor, &batch)?;
    let next = next_to_open(open, actor, name, None)?;
    let counts = BatchCounts::of(batch, &rows, &tally);
    let mut open_rows = rows;
    open_rows.retain(|row| matches!(row.fate, RowFate::Waiting | RowFate::Rejected));
    Ok(BatchStanding { counts, tally, open_rows, next, samples })
}

/// Returns the next message of a batch that the actor can decide about, after one of them or from its beginning; whoever is
/// on no staff list decides about none.
///
/// # Errors
/// The ledger cannot be read.
pub fn next_to_open(
    open: &mut OpenOffice,
    actor: &Actor,
    name: &BatchName,
    after: Option<DespatchId>,
) -> Result<Option<DespatchId>, Failure> {
    let Some(who) = actor.reader() else { return Ok(None) };
    let place = |id: DespatchId| (id.submission, i64::try_from(id.position).unwrap_or(i64::MAX));
    let mut from = after.map_or((0, 0), place);
    loop {
        let (state, limit) = (State::AwaitingReview, LOOKED_THROUGH);
        let waiting = open.ledger.despatches_of_batch_after(name, actor.reader(), state, from, limit)?;
        if let Some(next) = waiting.iter().find(|one| may_decide(one, who)) {
            return Ok(Some(next.id));
        }
        match waiting.last() {
            Some(last) if waiting.len() == limit as usize => from = place(last.id),
            _ => return Ok(None),
        }
    }
}

/// Returns the message of the same batch that comes after this one, or begins it anew, with the batch; none where this one is
/// of no batch.
///
/// # Errors
/// The ledger cannot be read.
pub fn next_after(
    open: &mut OpenOffice,
    actor: &Actor,
    despatch: &Despatch,
) -> Result<Option<(DespatchId, BatchName)>, Failure> {
    let Some(batch) = open.ledger.batches_of_file(despatch.case_file)?.into_iter().next() else {
        return Ok(None);
    };
    let mut next = next_to_open(open, actor, &batch.name, Some(despatch.id))?;
    if next.is_none() {
        next = next_to_open(open, actor, &batch.name, None)?;
    }
    Ok(next.filter(|next| *next != despatch.id).map(|next| (next, batch.name)))
}

/// Whether somebody is not kept from approving a message by what they did before.
fn may_decide(despatch: &Despatch, who: &StaffId) -> bool {
    despatch.prepared_by != *who && despatch.first_approval.as_ref().is_none_or(|first| first.by != *who)
}
