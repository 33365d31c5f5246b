//! Enters: a batch on record and its prepared rows. Leaves: each row that has not gone in the inbox, once.
//! Never: drops a row whose case file is queued, in hand or lies in the inbox, or one more once its batch is held.

use super::begin::hash;
use super::{Prepared, PreparedRow};
use crate::intake::Inbox;
use crate::operations::{Actor, Failure, OpenOffice};
use crate::pipeline::read_case;
use despatch_core::words::{BatchName, Sha256};
use despatch_ledger::{BatchOnRecord, Lease};
use serde::Serialize;

/// How many rows are put on record in one transaction, which waits for the disk once, before they are dropped.
const DROPPED_AT_ONCE: usize = 50;

/// How far a batch is.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct BatchProgress {
    /// The rows of the sheet, and those that were looked at.
    pub rows: usize,
    pub done: usize,
    /// Those that lie in the inbox since this command.
    pub dropped: usize,
    /// Those that were queued or in hand already, or lay there.
    pub known: usize,
}

/// What a command did of a batch.
#[derive(Debug, Serialize)]
pub struct BatchRun {
    pub batch: BatchOnRecord,
    #[serde(flatten)]
    pub progress: BatchProgress,
    /// Whether it was stopped before its end: the same command goes on.
    pub stopped: bool,
}

/// Takes the one place of whoever drops the rows of a batch.
///
/// # Errors
/// Somebody has it.
pub fn take_turn(open: &OpenOffice) -> Result<Lease, Failure> {
    open.ledger.files().lease("batch").map_err(|error| match Failure::from(error) {
        Failure::TryAgain(_) => {
            Failure::TryAgain("another batch is running: wait until it has ended".to_owned())
        }
        other => other,
    })
}

/// Drops the rows of a batch that have not gone, in their order. `each` is told how far it is, and says whether to go on.
///
/// # Errors
/// The batch is held or cancelled meanwhile; the inbox or the ledger fails. What was dropped before that stays.
pub fn go_on(
    open: &mut OpenOffice,
    actor: &Actor,
    (batch, prepared, _turn): (BatchOnRecord, &Prepared, &Lease),
    each: &mut dyn FnMut(BatchProgress) -> bool,
) -> Result<BatchRun, Failure> {
    let by = actor.staff()?.id.clone();
    let inbox = Inbox::open(open.office.intake())?;
    let mut progress = BatchProgress { rows: prepared.rows.len(), ..BatchProgress::default() };
    for part in prepared.rows.chunks(DROPPED_AT_ONCE) {
        open.ledger.check_batch_open(&batch.name)?;
        let mut new: Vec<(&PreparedRow, String, Sha256)> = Vec::new();
        for row in part {
            let sha256 = hash(row)?;
            let name = deposit_name(&batch.name, row.row, sha256);
            // In this order: what is taken from the inbox meanwhile is on record then.
            if inbox.has_deposit(&name)? || open.ledger.is_in_hand(sha256)? {
                progress.known += 1;
            } else {
                new.push((row, name, sha256));
            }
        }
        progress.done += part.len() - new.len();
        let files: Vec<Sha256> = new.iter().map(|(_, _, sha256)| *sha256).collect();
        if !files.is_empty() {
            let now = open.now();
            open.ledger.record_drops(&files, &by, now.at)?;
        }
        for (row, name, _) in new {
            if !each(progress) {
                return Ok(BatchRun { batch, progress, stopped: true });
            }
            let case = read_case(&open.office, row.file.bytes()?, row.file.owner)?;
            let attachments = row.file.attachments(&case.attachments)?;
            inbox.clear_unfinished(&name)?;
            inbox.deposit(&name, row.file.bytes()?, &attachments)?;
            progress.done += 1;
            progress.dropped += 1;
        }
        if !each(progress) {
            return Ok(BatchRun { batch, progress, stopped: progress.done < progress.rows });
        }
    }
    Ok(BatchRun { batch, progress, stopped: false })
}

/// Where a row lies in the inbox: under the same name whenever it is dropped, and another one once it is mended.
fn deposit_name(batch: &BatchName, row: u32, file: Sha256) -> String {
    format!("{batch}-{row}-{}", file.short())
}
