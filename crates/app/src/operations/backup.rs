//! Enters: an office or a backup of one. Leaves: a backup, an office restored from it, and a record of what was sent
//! since the backup. Never: lets a restored office send before that is settled.
//!
//! A backup exceeds the size limit of a request, so it is named by its path on the office's machine.

use super::{Actor, Failure, OpenOffice, no_reason, reason};
use crate::backup::{self, BackedUp, Restoring};
use crate::office::Office;
use despatch_core::clock::Clock;
use despatch_core::fault::Fault;
use despatch_ledger::{Despatch, DespatchId, Found, LedgerError, Restored};
use despatch_seal::keys::SecretKey;
use serde::{Deserialize, Serialize};
use std::path::{Path, PathBuf};

/// Writes a sealed backup of the office to `to`; `run` and `send` may be running.
///
/// # Errors
/// The file exists or is inside the office; a removal is running; a file cannot be read or written.
pub fn make(open: &mut OpenOffice, actor: &Actor, to: &Path) -> Result<BackedUp, Failure> {
    let by = actor.keeper()?;
    let OpenOffice { office, ledger, clock, .. } = open;
    let _lease = ledger.files().lease("keeper")?;
    let made = backup::backup(office, ledger, to)?;
    ledger.record_backup(by, made.sha256, made.files, &made.sealed_to, clock.now())?;
    Ok(made)
}

/// An office restored from a backup.
#[derive(Debug, Serialize)]
pub struct OfficeRestored {
    pub office: PathBuf,
    pub files: usize,
    pub restored: Restored,
    /// Sealed files that were missing or damaged when the backup was made.
    pub damaged: Vec<PathBuf>,
}

/// Restores an office to `to` from the backup `from`, which `secret` opens. `who` determines from the restored office
/// who did it and when.
///
/// # Errors
/// `to` is not free; the key does not open the backup; a file is damaged; the person is not on the staff list.
pub fn restore(
    from: &Path,
    to: &Path,
    secret: &SecretKey,
    who: impl FnOnce(&Office) -> Result<(Actor, Clock), Failure>,
) -> Result<OfficeRestored, Failure> {
    let mut restoring = backup::restore(from, to, secret)?;
    let mark = |restoring: &mut Restoring| {
        let (actor, clock) = who(&restoring.office)?;
        Ok(restoring.ledger.mark_restored(actor.staff()?, restoring.backup, clock.now())?)
    };
    let restored = match mark(&mut restoring) {
        Ok(restored) => restored,
        Err(failure) => {
            restoring.abandon();
            return Err(failure);
        }
    };
    let (files, damaged) = (restoring.files, restoring.damaged.clone());
    restoring.finish()?;
    Ok(OfficeRestored { office: to.to_owned(), files, restored, damaged })
}

/// Despatches that may have been sent since a backup.
#[derive(Debug, Serialize)]
pub struct Unsettled {
    pub restored: Option<Restored>,
    pub despatches: Vec<Despatch>,
}

/// Returns what may have been sent since the backup from which the office was restored.
///
/// # Errors
/// The ledger cannot be read.
pub fn unsettled(open: &mut OpenOffice, _: &Actor) -> Result<Unsettled, Failure> {
    let restored = open.ledger.restored()?;
    let ids = restored.iter().flat_map(|restored| restored.open.clone());
    let despatches = ids.map(|id| open.ledger.despatch(id)).collect::<Result<_, _>>()?;
    Ok(Unsettled { restored, despatches })
}

/// Settles what a restored office may have sent since its backup.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Reconcile {
    pub sent: Vec<DespatchId>,
    pub not_sent: Vec<DespatchId>,
    /// Whether every despatch that is not listed as sent was not sent.
    pub others_not_sent: bool,
    /// How the person found out.
    pub reason: Option<String>,
}

/// What was settled, one by one, and what is left.
#[derive(Debug)]
pub struct Reconciled {
    /// Each despatch, with whether it was sent.
    pub settled: Vec<(bool, Result<Despatch, Fault>)>,
    /// Whether everything is settled.
    pub ended: bool,
    pub left: usize,
}

/// Records what a person found out about despatches that may have been sent.
///
/// # Errors
/// No reason is given; the actor is not on the staff list; the ledger fails.
pub fn reconcile(open: &mut OpenOffice, actor: &Actor, request: Reconcile) -> Result<Reconciled, Failure> {
    let why = request.reason.as_ref().ok_or_else(|| no_reason("say how you found out"))?;
    let (why, by) = (reason(why)?, actor.keeper()?);
    let OpenOffice { ledger, clock, .. } = open;
    let mut not_sent = request.not_sent;
    if request.others_not_sent {
        not_sent = ledger.restored()?.map_or_else(Vec::new, |restored| restored.open);
        not_sent.retain(|id| !request.sent.contains(id));
    }
    let mut settled = Vec::new();
    let sent = request.sent.into_iter().map(|id| (id, Found::Sent));
    for (id, found) in sent.chain(not_sent.into_iter().map(|id| (id, Found::NotSent))) {
        let outcome = match ledger.reconcile(id, found, by, &why, clock.now()) {
            Ok(despatch) => Ok(despatch),
            Err(LedgerError::Refused(fault)) => Err(fault),
            Err(other) => return Err(other.into()),
        };
        settled.push((found == Found::Sent, outcome));
    }
    let ended = ledger.end_reconciliation(by, &why, clock.now())?;
    let left = ledger.restored()?.map_or(0, |restored| restored.open.len());
    Ok(Reconciled { settled, ended, left })
}
