//! Enters: a sheet whose rows became case files, and what people decide about it as a whole. Leaves: both on record.
//! Never: stops what has gone, or may have.

use crate::batch_state::BatchState;
use crate::despatch::{Despatch, Hold, SealedCase, State};
use crate::error::{LedgerError, refuse};
use crate::events::{BatchEvent, DespatchEvent, HoldCause, LedgerEvent, ListedRow};
use crate::ids::DespatchId;
use crate::ledger::Ledger;
use crate::queries::batches::{BatchOnRecord, load, of_file, part_of, rows_of};
use crate::transact::Transaction;
use despatch_core::clock::Moment;
use despatch_core::fault::Fault;
use despatch_core::words::{BatchName, CaseId, Sha256};
use despatch_process::case::EventName;
use despatch_settings::Staff;
use std::collections::BTreeSet;

/// How many rows one event lists: an event is one row of the record, which people read too.
const ROWS_AT_ONCE: usize = 500;

/// A sheet that is to be dropped row by row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BatchToBegin {
    pub name: BatchName,
    /// The event of every row; `None` where each case file names its own.
    pub event: Option<EventName>,
    /// The SHA-256 of the sheet.
    pub sheet: Sha256,
    pub rows: Vec<ListedRow>,
    /// Whether somebody confirmed that many rows give the same reason and that this is right.
    pub identical_reasons: bool,
}

/// What somebody decides about a whole batch, and why.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum BatchDecision {
    /// No further row is dropped until it is released.
    Hold(String),
    Release(String),
    Cancel(String),
}

/// How many messages are stopped in one transaction, which waits for the disk once.
const STOPPED_AT_ONCE: u32 = 500;

/// Messages that were held or cancelled with their batch.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoppedPart {
    /// Each with its case.
    pub stopped: Vec<(DespatchId, CaseId)>,
    /// Where to go on; `None` if nothing is left.
    pub next: Option<(i64, i64)>,
}

impl BatchOnRecord {
    /// The fault of whoever asks for something that a batch in this state does not allow.
    fn not_open(&self) -> Fault {
        let cause = format!("the batch is {}", self.state.label());
        let cure = match self.state {
            BatchState::Held => "release it first, with `despatch batch release`",
            _ => "give the sheet another name with --name, if its rows are to go after all",
        };
        Fault::new(at(&self.name), "batch.state", cause, cure)
    }
}

impl Ledger {
    /// Records a batch with its rows, or another sheet of one that is on record. What is on record of this very sheet stays
    /// as it is.
    ///
    /// # Errors
    /// There are no rows; somebody else began it; it is held or cancelled; the ledger fails.
    pub fn begin_batch(
        &mut self,
        begin: &BatchToBegin,
        by: &Staff,
        now: Moment,
    ) -> Result<BatchOnRecord, LedgerError> {
        let BatchToBegin { name, event, sheet, rows, identical_reasons } = begin;
        if rows.is_empty() {
            return refuse(at(name), "batch.empty", "it has no rows", "give a sheet that has some");
        }
        self.transact(by.id.as_str(), now.at, async |tx| {
            let known = load(tx.connection(), name).await?;
            if let Some(known) = &known {
                if known.by != by.id {
                    let cause = format!("{} began a batch of this name", known.by);
                    return refuse(at(name), "batch.other", cause, "give yours another name with --name");
                }
                if known.state != BatchState::Open {
                    return Err(known.not_open().into());
                }
            }
            let listed = match &known {
                Some(known) if known.sheet == *sheet => rows_of(tx.connection(), known).await?,
                _ => Vec::new(),
            };
            let files: BTreeSet<Sha256> = listed.iter().map(|row| row.file).collect();
            if !rows.iter().all(|row| files.contains(&row.sha256)) {
                let begun = BatchEvent::Begun {
                    event: *event,
                    sheet: *sheet,
                    rows: rows.len(),
                    identical_reasons: *identical_reasons,
                };
                tx.record(LedgerEvent::Batch(name.clone(), begun)).await?;
                for part in rows.chunks(ROWS_AT_ONCE) {
                    let rows = BatchEvent::Rows { rows: part.to_vec() };
                    tx.record(LedgerEvent::Batch(name.clone(), rows)).await?;
                }
            }
            load(tx.connection(), name).await?.ok_or_else(|| LedgerError::Refused(unknown(name)))
        })
    }

    /// Holds, releases or cancels a batch: whether further rows of it are dropped. Where it is so already, nothing is recorded.
    ///
    /// # Errors
    /// There is no such batch, or it is cancelled and cannot become anything else; the ledger fails.
    pub fn decide_batch(
        &mut self,
        name: &BatchName,
        decision: &BatchDecision,
        by: &Staff,
        now: Moment,
    ) -> Result<BatchOnRecord, LedgerError> {
        self.transact(by.id.as_str(), now.at, async |tx| {
            let batch = load(tx.connection(), name).await?.ok_or_else(|| unknown(name))?;
            let (wanted, happened) = match decision.clone() {
                BatchDecision::Hold(reason) => (BatchState::Held, BatchEvent::Held { reason }),
                BatchDecision::Release(reason) => (BatchState::Open, BatchEvent::Released { reason }),
                BatchDecision::Cancel(reason) => (BatchState::Cancelled, BatchEvent::Cancelled { reason }),
            };
            if batch.state == wanted {
                return Ok(batch);
            }
            if batch.state == BatchState::Cancelled {
                let cure = "what has not gone never goes; give the sheet another name to drop it again";
                return refuse(at(name), "batch.state", "it is cancelled already", cure);
            }
            tx.record(LedgerEvent::Batch(name.clone(), happened)).await?;
            load(tx.connection(), name).await?.ok_or_else(|| LedgerError::Refused(unknown(name)))
        })
    }

    /// Holds or cancels some messages of a batch after a place: those that have not gone. A release lifts nothing by itself.
    ///
    /// # Errors
    /// The ledger fails.
    pub fn stop_part_of_batch(
        &mut self,
        name: &BatchName,
        decision: &BatchDecision,
        by: &Staff,
        after: (i64, i64),
        now: Moment,
    ) -> Result<StoppedPart, LedgerError> {
        self.transact(by.id.as_str(), now.at, async |tx| {
            let part = part_of(tx.connection(), name, after, STOPPED_AT_ONCE).await?;
            let last = part.last().map(|last| (last.id.submission, last.id.position as i64));
            let next = last.filter(|_| part.len() == STOPPED_AT_ONCE as usize);
            let mut stopped = StoppedPart { stopped: Vec::new(), next };
            for despatch in part {
                let happened = match decision {
                    BatchDecision::Hold(reason) => held(&despatch, name, (by.id.as_str(), reason)),
                    BatchDecision::Cancel(reason) => cancelled(&despatch, name, reason),
                    BatchDecision::Release(_) => None,
                };
                if let Some(happened) = happened {
                    let despatch = tx.change(despatch.id, happened).await?;
                    stopped.stopped.push((despatch.id, despatch.case_id));
                }
            }
            Ok(stopped)
        })
    }

    /// Checks that rows of a batch may still be dropped: somebody may hold it while it runs.
    ///
    /// # Errors
    /// There is no such batch, or it is held or cancelled; the ledger cannot be read.
    pub fn check_batch_open(&mut self, name: &BatchName) -> Result<(), LedgerError> {
        match self.batch(name)? {
            None => Err(unknown(name).into()),
            Some(batch) if batch.state != BatchState::Open => Err(batch.not_open().into()),
            Some(_) => Ok(()),
        }
    }
}

/// The fault of a batch that nobody has begun.
pub(crate) fn unknown(name: &BatchName) -> Fault {
    let cure = "look at `despatch batch list`";
    Fault::new(at(name), "batch.unknown", "there is no batch of this name", cure)
}

fn at(name: &BatchName) -> String {
    format!("batch {name}")
}

/// What holds a message of a batch; `None` if it has gone, or is held with its batch already.
fn held(despatch: &Despatch, batch: &BatchName, (by, reason): (&str, &str)) -> Option<DespatchEvent> {
    let may = despatch.state == State::Held || despatch.state.may_become(State::Held);
    if !may || despatch.holds.iter().any(|hold| hold.is_of_batch(batch)) {
        return None;
    }
    let reason = format!("batch {batch}: {reason}");
    let words = format!("held by {by}: {reason}");
    let hold = Hold { code: Hold::BY_PERSON.to_owned(), words, regenerate: false };
    let holds = despatch.holds.iter().cloned().chain([hold]).collect();
    Some(DespatchEvent::Held { holds, cause: HoldCause::Batch { reason } })
}

/// What cancels a message of a batch; `None` if it has gone, or may have.
fn cancelled(despatch: &Despatch, batch: &BatchName, reason: &str) -> Option<DespatchEvent> {
    let may = despatch.state.may_become(State::Cancelled) && despatch.state != State::InDoubt;
    may.then(|| DespatchEvent::Cancelled { reason: format!("batch {batch}: {reason}") })
}

/// Stops what was just made of a case file whose batch was held or cancelled since the file was dropped.
///
/// # Errors
/// The ledger fails.
pub(crate) async fn stop_made(tx: &mut Transaction<'_>, case: &SealedCase) -> Result<(), LedgerError> {
    let batches = of_file(tx.connection(), case.file_sha256).await?;
    let Some(batch) = batches.first().filter(|batch| batch.state != BatchState::Open) else { return Ok(()) };
    let reason = format!("it is {}", batch.state.label());
    for sealed in &case.despatches {
        let despatch = tx.despatch(sealed.despatch.id).await?;
        let happened = match batch.state {
            BatchState::Cancelled => cancelled(&despatch, &batch.name, &reason),
            _ => held(&despatch, &batch.name, (batch.by.as_str(), &reason)),
        };
        if let Some(happened) = happened {
            tx.change(despatch.id, happened).await?;
        }
    }
    Ok(())
}

impl Hold {
    /// Whether it came with the hold of this batch.
    pub fn is_of_batch(&self, batch: &BatchName) -> bool {
        let named = format!("batch {batch}:");
        self.code == Self::BY_PERSON
            && self.words.split_once(&named).is_some_and(|(by, _)| by.starts_with("held by "))
    }
}
