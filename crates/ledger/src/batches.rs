//! Enters: a sheet whose rows became case files, and what people decide about it as a whole. Leaves: both on record.
//! Never: decides about a message, except one that is made after its batch was held or cancelled.

use crate::batch_state::BatchState;
use crate::despatch::{Hold, SealedCase, State};
use crate::error::{LedgerError, refuse};
use crate::events::{BatchEvent, DespatchEvent, HoldCause, LedgerEvent, ListedRow};
use crate::ledger::Ledger;
use crate::queries::batches::{BatchOnRecord, load, of_file, rows_of};
use crate::transact::Transaction;
use despatch_core::clock::Moment;
use despatch_core::fault::Fault;
use despatch_core::words::{BatchName, Sha256};
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

impl BatchOnRecord {
    /// The fault of whoever asks for something that a batch in this state does not allow.
    fn not_open(&self) -> Fault {
        let cause = format!("the batch is {}", self.state.label());
        let cure = match self.state {
            BatchState::Held => "release it first, with `despatch batch release`",
            _ => "give the sheet another name with --name, if its rows are to go after all",
        };
        Fault::new(format!("batch {}", self.name), "batch.state", cause, cure)
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
        let at = format!("batch {name}");
        if rows.is_empty() {
            return refuse(at, "batch.empty", "it has no rows", "give a sheet that has some");
        }
        self.transact(by.id.as_str(), now.at, async |tx| {
            let known = load(tx.connection(), name).await?;
            if let Some(known) = &known {
                if known.by != by.id {
                    let cause = format!("{} began a batch of this name", known.by);
                    return refuse(at, "batch.other", cause, "give yours another name with --name");
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

    /// Holds, releases or cancels a batch: whether further rows of it are dropped.
    ///
    /// # Errors
    /// There is no such batch, or it is in no state for that; the ledger fails.
    pub fn decide_batch(
        &mut self,
        name: &BatchName,
        decision: &BatchDecision,
        by: &Staff,
        now: Moment,
    ) -> Result<BatchOnRecord, LedgerError> {
        self.transact(by.id.as_str(), now.at, async |tx| {
            let batch = load(tx.connection(), name).await?.ok_or_else(|| unknown(name))?;
            let (allowed, happened) = match decision {
                BatchDecision::Hold(reason) => {
                    (batch.state == BatchState::Open, BatchEvent::Held { reason: reason.clone() })
                }
                BatchDecision::Release(reason) => {
                    (batch.state == BatchState::Held, BatchEvent::Released { reason: reason.clone() })
                }
                BatchDecision::Cancel(reason) => {
                    (batch.state != BatchState::Cancelled, BatchEvent::Cancelled { reason: reason.clone() })
                }
            };
            if !allowed {
                let cause = format!("it is {} already", batch.state.label());
                let cure = "look at it with `despatch batch show`";
                return refuse(format_args!("batch {name}"), "batch.state", cause, cure);
            }
            tx.record(LedgerEvent::Batch(name.clone(), happened)).await?;
            load(tx.connection(), name).await?.ok_or_else(|| LedgerError::Refused(unknown(name)))
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
    Fault::new(format!("batch {name}"), "batch.unknown", "there is no batch of this name", cure)
}

/// Stops what was just made of a case file whose batch was held or cancelled since the file was dropped.
///
/// # Errors
/// The ledger fails.
pub(crate) async fn stop_made(tx: &mut Transaction<'_>, case: &SealedCase) -> Result<(), LedgerError> {
    let batches = of_file(tx.connection(), case.file_sha256).await?;
    let Some(batch) = batches.first().filter(|batch| batch.state != BatchState::Open) else { return Ok(()) };
    let reason = format!("batch {}: it is {}", batch.name, batch.state.label());
    for sealed in &case.despatches {
        let despatch = tx.despatch(sealed.despatch.id).await?;
        let happened = match batch.state {
            BatchState::Cancelled => DespatchEvent::Cancelled { reason: reason.clone() },
            _ => {
                let words = format!("held with its {reason}");
                let hold = Hold { code: Hold::BY_PERSON.to_owned(), words, regenerate: false };
                let holds = despatch.holds.iter().cloned().chain([hold]).collect();
                DespatchEvent::Held { holds, cause: HoldCause::Person { reason: reason.clone() } }
            }
        };
        if batch.state != BatchState::Cancelled || despatch.state.may_become(State::Cancelled) {
            tx.change(despatch.id, happened).await?;
        }
    }
    Ok(())
}
